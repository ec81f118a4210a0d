//! A plot of cost against depth, as SVG that is good in light and in dark, with each line's name at
//! its end.

use crate::DEPTHS;
use crate::peer::Entry;
use crate::units::{Report, number};
use std::fmt::Write;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 620.0;
/// The area of the plot itself.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 470.0;
/// Between the baselines of two labels, at least.
const LINE: f64 = 19.0;

/// Plain classes, without variables, because not everything that draws SVG knows these.
const STYLE: &str = "
  .ground { fill: #ffffff; }
  text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; font-size: 14px; fill: #1f2328; }
  text.title { font-size: 18px; font-weight: 600; }
  text.soft { fill: #59636e; font-size: 13px; }
  .grid { fill: none; stroke: #d8dee4; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .thin { fill: none; stroke-width: 1; }
  circle.a, text.a { fill: #0550ae; } .line.a, .thin.a { stroke: #0550ae; }
  circle.b, text.b { fill: #bc4c00; } .line.b, .thin.b { stroke: #bc4c00; }
  circle.c, text.c { fill: #8250df; } .line.c, .thin.c { stroke: #8250df; }
  circle.d, text.d { fill: #116329; } .line.d, .thin.d { stroke: #116329; }
  circle.floor, text.floor { fill: #6e7781; } .line.floor, .thin.floor { stroke: #6e7781; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #f0f6fc; } text.soft { fill: #9198a1; } .grid { stroke: #30363d; }
    circle.a, text.a { fill: #79c0ff; } .line.a, .thin.a { stroke: #79c0ff; }
    circle.b, text.b { fill: #ffa657; } .line.b, .thin.b { stroke: #ffa657; }
    circle.c, text.c { fill: #d2a8ff; } .line.c, .thin.c { stroke: #d2a8ff; }
    circle.d, text.d { fill: #7ee787; } .line.d, .thin.d { stroke: #7ee787; }
    circle.floor, text.floor { fill: #9198a1; } .line.floor, .thin.floor { stroke: #9198a1; }
  }
";

struct Scale {
    top: f64,
}

impl Scale {
    fn x(depth: usize) -> f64 {
        LEFT + (RIGHT - LEFT) * depth as f64 / 16.0
    }

    fn y(&self, units: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * units / self.top
    }
}

pub(crate) fn svg(entries: &[Entry], report: &Report, origin: &str) -> String {
    let median = |entry: &Entry, depth| report.row(&entry.cold(depth)).median;
    let most = entries
        .iter()
        .flat_map(|entry| DEPTHS.map(|depth| median(entry, depth)))
        .fold(0.0, f64::max);
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        .into_iter()
        .find(|step| most / step <= 9.0)
        .unwrap_or(100.0);
    let scale = Scale {
        top: (most / step).ceil() * step,
    };

    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\">\n<title>What a decision costs, by depth</title>\n<style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" class=\"ground\"/>\n"
    );
    text(
        &mut out,
        LEFT - 46.0,
        32.0,
        "class=\"title\"",
        "From received bytes to a decision: what it costs, by length of the chain",
    );
    let unit = format!(
        "U = one plain Ed25519 verification ({:.1} µs here). Lower is better.",
        report.unit
    );
    text(&mut out, LEFT - 46.0, 56.0, "class=\"soft\"", &unit);
    axes(&mut out, &scale, step);

    let mut colours = ["a", "b", "c", "d"].into_iter().cycle();
    let mut labels = Vec::new();
    let coloured = entries.iter().map(|entry| match entry.is_floor {
        true => (entry, "floor"),
        false => (entry, colours.next().unwrap_or("a")),
    });
    // What comes first is drawn last, over the others.
    for (entry, colour) in coloured.collect::<Vec<_>>().into_iter().rev() {
        let points = DEPTHS.map(|depth| (Scale::x(depth), scale.y(median(entry, depth))));
        let path = points.map(|(x, y)| format!("{x:.1},{y:.1}")).join(" ");
        let dashes = if entry.is_floor {
            " stroke-dasharray=\"5 4\""
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<polyline class=\"line {colour}\"{dashes} points=\"{path}\"/>"
        );
        for (x, y) in points {
            let _ = writeln!(
                out,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" class=\"{colour}\"/>"
            );
        }
        let last = median(entry, 16);
        labels.push((
            scale.y(last),
            format!("{} {}", entry.label, number(last)),
            colour,
        ));
    }
    for ((end, label, colour), y) in apart(labels) {
        let (from, to) = (RIGHT + 5.0, RIGHT + 20.0);
        let _ = writeln!(
            out,
            "<path class=\"thin {colour}\" d=\"M{from} {end:.1}L{to} {y:.1}\"/>"
        );
        text(
            &mut out,
            to + 4.0,
            y + 5.0,
            &format!("class=\"{colour}\""),
            &label,
        );
    }
    let differing = entries
        .iter()
        .filter(|entry| !entry.is_floor)
        .filter_map(|entry| Some((entry.label, entry.differs?)));
    let notes = differing.map(|(label, differs)| format!("{label}: {differs}."));
    let origin = (!origin.is_empty()).then(|| origin.to_owned());
    for (line, note) in notes.chain(origin).enumerate() {
        text(
            &mut out,
            LEFT - 46.0,
            BOTTOM + 74.0 + LINE * line as f64,
            "class=\"soft\"",
            &note,
        );
    }
    out + "</svg>\n"
}

fn axes(out: &mut String, scale: &Scale, step: f64) {
    let steps = (scale.top / step).round() as usize;
    for units in (0..=steps).map(|number| number as f64 * step) {
        let y = scale.y(units);
        let _ = writeln!(out, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>");
        text(
            out,
            LEFT - 8.0,
            y + 5.0,
            "text-anchor=\"end\" class=\"soft\"",
            &format!("{units}"),
        );
    }
    for depth in DEPTHS {
        let x = Scale::x(depth);
        let _ = writeln!(out, "<path class=\"grid\" d=\"M{x:.1} {BOTTOM}v6\"/>");
        text(
            out,
            x,
            BOTTOM + 22.0,
            "text-anchor=\"middle\" class=\"soft\"",
            &depth.to_string(),
        );
    }
    let middle = f64::midpoint(TOP, BOTTOM);
    let turned = format!(
        "text-anchor=\"middle\" transform=\"rotate(-90 {} {middle})\"",
        LEFT - 46.0 + 10.0
    );
    text(out, LEFT - 46.0 + 10.0, middle, &turned, "cost in U");
    text(
        out,
        f64::midpoint(LEFT, RIGHT),
        BOTTOM + 46.0,
        "text-anchor=\"middle\"",
        "links in the chain",
    );
}

fn text(out: &mut String, x: f64, y: f64, attributes: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{text}</text>"
    );
}

/// Labels by where their lines end, each with where it stands so that none covers another: those
/// that crowd share the room around their middle.
fn apart<L>(mut labels: Vec<(f64, L, &'static str)>) -> Vec<((f64, L, &'static str), f64)> {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Groups of labels: how many, and the middle of the group.
    let mut groups: Vec<(f64, f64)> = Vec::new();
    for (end, ..) in &labels {
        let mut group = (1.0, *end);
        while let Some((count, middle)) = groups.last().copied() {
            if middle + count * LINE / 2.0 <= group.1 - group.0 * LINE / 2.0 {
                break;
            }
            groups.pop();
            group = (
                count + group.0,
                (middle * count + group.1 * group.0) / (count + group.0),
            );
        }
        groups.push(group);
    }
    let places = groups.iter().flat_map(|(count, middle)| {
        let first = middle - (count - 1.0) * LINE / 2.0;
        (0..*count as usize).map(move |place| first + place as f64 * LINE)
    });
    let places: Vec<f64> = places.collect();
    labels.into_iter().zip(places).collect()
}
