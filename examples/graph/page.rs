//! All moments as one page: nothing is fetched, and without scripts they stand below each other.

use crate::stage::clock;
use crate::story::{CASE, Moment, TOOLS};
use crate::svg::{Escaped, states, svg};
use std::fmt::{Result, Write};

pub(crate) fn page(moments: &[Moment<'_>]) -> std::result::Result<String, std::fmt::Error> {
    let mut out = String::new();
    write_page(&mut out, moments)?;
    Ok(out)
}

fn write_page(out: &mut String, moments: &[Moment<'_>]) -> Result {
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
    )?;
    writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    )?;
    writeln!(
        out,
        "<title>The execution graph of {CASE}, wave by wave</title>\n<style>{}</style>",
        include_str!("page.css")
    )?;
    writeln!(out, "<h1>The execution graph of {CASE}, wave by wave</h1>")?;
    writeln!(
        out,
        "<p>Every mandate of the mission is valid until the evening. What can be done with it is another matter: each square is a \
         tool, filled while a verifier permits it to some agent below the lead, who keeps all {}.</p>",
        TOOLS.len()
    )?;
    writeln!(out, "<ul class=\"legend\">")?;
    for (state, meaning) in LEGEND {
        writeln!(out, "<li class=\"{state}\"><b>{state}</b> {meaning}</li>")?;
    }
    writeln!(
        out,
        "<li class=\"dashed\"><b>dashed line</b> must be done first</li>\n</ul>"
    )?;
    writeln!(
        out,
        "<div id=\"moments\" role=\"group\" aria-label=\"Moments\"></div>"
    )?;
    for (number, moment) in moments.iter().enumerate() {
        writeln!(out, "<section aria-labelledby=\"h{number}\">")?;
        writeln!(out, "<h2 id=\"h{number}\">{}</h2>", Escaped(&moment.title))?;
        writeln!(out, "<p>{}: {}</p>", clock(moment.when), states(moment))?;
        writeln!(out, "<div>")?;
        svg(out, number, moment)?;
        writeln!(out, "</div>\n</section>")?;
    }
    writeln!(out, "<script>{}</script>\n</html>", include_str!("page.js"))
}

const LEGEND: [(&str, &str); 5] = [
    ("live", "may act"),
    ("dormant", "not yet its turn"),
    ("closed", "its turn is over"),
    ("ended", "failed, or ended from above"),
    ("done", "completed"),
];
