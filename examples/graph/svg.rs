//! A moment as an SVG.

use crate::layout::{HEIGHT, Layout, Placed, WIDTH};
use crate::story::{Moment, TOOLS};
use mandatum::graph::TaskState;
use mandatum::limits::Waves;
use std::fmt::{Display, Formatter, Result, Write};

/// The height of the row of tools above the tasks.
const HEAD: f64 = 44.0;
/// One tool in it, and from one to the next.
const TOOL: f64 = 12.0;
const TOOL_STEP: f64 = 16.0;
/// Width of a box, in characters of the font of fixed width.
const FITS: usize = 31;

/// The `number`th moment, with the states, holders and tools at it.
pub(crate) fn svg(out: &mut String, number: usize, moment: &Moment<'_>) -> Result {
    let layout = Layout::new(&moment.picture, HEAD);
    let (width, height) = (layout.width, layout.height);
    writeln!(
        out,
        r#"<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="t{number} d{number}">"#
    )?;
    writeln!(
        out,
        r#"<title id="t{number}">{}</title>"#,
        Escaped(&moment.title)
    )?;
    writeln!(
        out,
        r#"<desc id="d{number}">{}</desc>"#,
        Escaped(&description(&layout))
    )?;
    writeln!(
        out,
        r#"<marker id="a{number}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>"#
    )?;
    tools(out, moment)?;
    // The lines of live tasks lie above those of others.
    let (live, others): (Vec<_>, Vec<_>) = layout
        .tasks
        .iter()
        .partition(|task| task.node.state() == TaskState::Live);
    for task in others.into_iter().chain(live) {
        if let Some(parent) = task.node.parent().and_then(|parent| layout.task(parent)) {
            edge(out, parent, task)?;
        }
        waits(out, number, &layout, task)?;
    }
    layout
        .tasks
        .iter()
        .try_for_each(|task| draw(out, &layout, task))?;
    writeln!(out, "</svg>")
}

/// How many tasks are in which state, for those who can't see it, and above the picture for those
/// who can.
pub(crate) fn states(moment: &Moment<'_>) -> String {
    let counts = TaskState::ALL.map(|state| (state, moment.picture.count(state)));
    let present = counts.iter().filter(|(_, count)| *count > 0);
    present
        .map(|(state, count)| format!("{count} {state}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn description(layout: &Layout<'_>) -> String {
    layout
        .tasks
        .iter()
        .map(|task| sentence(task) + ".")
        .collect::<Vec<_>>()
        .join(" ")
}

fn sentence(task: &Placed<'_>) -> String {
    let node = &task.node;
    format!(
        "{}, held by {}: {}, {}",
        node.task(),
        node.holder(),
        powers(task),
        node.state()
    )
}

fn powers(task: &Placed<'_>) -> String {
    let plural = if task.node.powers() == 1 { "" } else { "s" };
    let waves: String = task
        .node
        .waves()
        .map(|waves| spelled(waves) + ", ")
        .collect();
    format!("{waves}{} power{plural}", task.node.powers())
}

fn spelled(waves: &Waves) -> String {
    match waves.last() {
        None => format!("from wave {}", waves.first()),
        Some(last) if last == waves.first() => format!("wave {last}"),
        Some(last) => format!("waves {} to {last}", waves.first()),
    }
}

/// One square for each tool: filled, if some agent below the root's holder may use it.
fn tools(out: &mut String, moment: &Moment<'_>) -> Result {
    let mut left = 12.0;
    for (tool, _) in TOOLS {
        let (class, said) = if moment.permitted.contains(tool) {
            ("on", "permitted")
        } else {
            ("off", "refused to all")
        };
        write!(
            out,
            r#"<rect class="{class}" x="{left}" y="14" width="{TOOL}" height="{TOOL}" rx="2">"#
        )?;
        writeln!(out, "<title>{}: {said}</title></rect>", Escaped(tool))?;
        left += TOOL_STEP;
    }
    let count = format!("{} of {} tools", moment.permitted.len(), TOOLS.len());
    writeln!(
        out,
        r#"<text class="count" x="{}" y="25">{count}</text>"#,
        left + 8.0
    )
}

/// From the box above to the one below: along the gap behind the first, and then straight.
fn edge(out: &mut String, from: &Placed<'_>, to: &Placed<'_>) -> Result {
    let (right, bend, left) = (from.left + WIDTH, from.left + WIDTH + 20.0, to.left);
    let (start, end) = (
        from.middle,
        to.middle
            + if to.node.waits_for().next().is_some() {
                10.0
            } else {
                0.0
            },
    );
    let state = to.node.state();
    writeln!(
        out,
        r#"<path class="edge {state}" d="M{right} {start}H{bend}V{end}H{left}"/>"#
    )
}

/// From each that must be done first straight to the gap before the box that waits, and along the
/// gap together.
fn waits(out: &mut String, number: usize, layout: &Layout<'_>, to: &Placed<'_>) -> Result {
    let (bend, left, end) = (to.left - 24.0, to.left - 1.0, to.middle - 10.0);
    let before: Vec<_> = to
        .node
        .waits_for()
        .filter_map(|before| layout.task(before))
        .collect();
    for before in &before {
        writeln!(
            out,
            r#"<path class="wait" d="M{} {}H{bend}"/>"#,
            before.left + WIDTH,
            before.middle
        )?;
    }
    if before.is_empty() {
        return Ok(());
    }
    let (top, bottom) = before.iter().fold((end, end), |(top, bottom), before| {
        (before.middle.min(top), before.middle.max(bottom))
    });
    writeln!(out, r#"<path class="wait" d="M{bend} {top}V{bottom}"/>"#)?;
    writeln!(
        out,
        r#"<path class="wait" marker-end="url(#a{number})" d="M{bend} {end}H{left}"/>"#
    )
}

fn draw(out: &mut String, layout: &Layout<'_>, task: &Placed<'_>) -> Result {
    let state = task.node.state();
    let (left, top) = (task.left, task.middle - HEIGHT / 2.0);
    writeln!(
        out,
        r#"<g class="task {state}"><title>{}</title>"#,
        Escaped(&sentence(task))
    )?;
    writeln!(
        out,
        r#"<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>"#
    )?;
    let (text, right) = (left + 10.0, left + WIDTH - 10.0);
    let name = shortened(&short_name(layout, task), FITS - 9);
    writeln!(
        out,
        r#"<text class="name" x="{text}" y="{}">{}</text>"#,
        top + 18.0,
        Escaped(&name)
    )?;
    writeln!(
        out,
        r#"<text class="state" x="{right}" y="{}">{state}</text>"#,
        top + 18.0
    )?;
    let holder = task.node.holder();
    let holder = holder
        .name
        .as_ref()
        .map_or_else(|| holder.key.to_string(), ToString::to_string);
    let holder = shortened(&holder, FITS);
    writeln!(
        out,
        r#"<text x="{text}" y="{}">{}</text>"#,
        top + 33.0,
        Escaped(&holder)
    )?;
    writeln!(
        out,
        r#"<text x="{text}" y="{}">{}</text>"#,
        top + 48.0,
        Escaped(&powers(task))
    )?;
    writeln!(out, "</g>")
}

/// A task as it is called below its root's.
fn short_name(layout: &Layout<'_>, task: &Placed<'_>) -> String {
    let root = std::iter::successors(Some(task), |task| layout.task(task.node.parent()?)).last();
    let below = root.and_then(|root| task.node.task().below(root.node.task()));
    below
        .unwrap_or_else(|| task.node.task().clone())
        .to_string()
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars()
        .take(most.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// Text in HTML, in elements and quoted attributes.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.chars().try_for_each(|char| match char {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            char => f.write_char(char),
        })
    }
}
