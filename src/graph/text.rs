//! Pictures as text: Mermaid and DOT.

use super::picture::{Picture, TaskNode};
use super::sample::More;
use super::state::TaskState;
use crate::limits::Waves;
use crate::primitives::MandateId;
use std::collections::HashMap;
use std::fmt;
use std::fmt::{Display, Write};

/// A text format, which writes nodes, edges, and names that strangers chose.
trait Format {
    fn begin(&self, out: &mut String) -> fmt::Result;
    fn node(
        &self,
        out: &mut String,
        id: usize,
        label: &[String],
        state: Option<TaskState>,
    ) -> fmt::Result;
    fn edge(&self, out: &mut String, from: usize, to: usize, is_wait: bool) -> fmt::Result;
    fn end(&self, out: &mut String) -> fmt::Result;
}

/// Returns a picture as a Mermaid flowchart.
pub(super) fn mermaid(picture: &Picture<'_>) -> String {
    written(picture, &Mermaid)
}

/// Returns a picture in DOT.
pub(super) fn dot(picture: &Picture<'_>) -> String {
    written(picture, &Dot)
}

fn written(picture: &Picture<'_>, format: &dyn Format) -> String {
    let mut out = String::new();
    let written = write_picture(&mut out, picture, format);
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    out
}

fn write_picture(out: &mut String, picture: &Picture<'_>, format: &dyn Format) -> fmt::Result {
    format.begin(out)?;
    let ids: HashMap<MandateId, usize> = picture
        .nodes()
        .map(|node| node.mandate())
        .zip(0..)
        .collect();
    for (id, node) in picture.nodes().enumerate() {
        format.node(out, id, &label(&node), Some(node.state()))?;
        if let Some(parent) = node.parent().and_then(|parent| ids.get(&parent)) {
            format.edge(out, *parent, id, false)?;
        }
    }
    for (id, more) in (ids.len()..).zip(picture.more()) {
        format.node(out, id, &left_out(more), None)?;
        if let Some(parent) = more.below.and_then(|below| ids.get(&below)) {
            format.edge(out, *parent, id, false)?;
        }
    }
    for (id, node) in picture.nodes().enumerate() {
        for awaited in node.waits_for().filter_map(|task| ids.get(&task)) {
            format.edge(out, *awaited, id, true)?;
        }
    }
    format.end(out)
}

/// Returns the lines of a node's label, not escaped.
fn label(node: &TaskNode<'_>) -> Vec<String> {
    let plural = if node.powers() == 1 { "" } else { "s" };
    // Only the name, because a key in every box would take up most of Mermaid's 50,000 characters.
    let holder = node
        .holder()
        .name
        .as_ref()
        .map_or_else(|| node.holder().key.to_string(), ToString::to_string);
    let mut lines = vec![node.task().to_string(), holder];
    lines.extend(node.waves().map(waves));
    lines.push(format!("{} power{plural}, {}", node.powers(), node.state()));
    lines
}

fn waves(waves: &Waves) -> String {
    match waves.last() {
        None => format!("from wave {}", waves.first()),
        Some(last) if last == waves.first() => format!("wave {last}"),
        Some(last) => format!("waves {} to {last}", waves.first()),
    }
}

fn left_out(more: &More) -> Vec<String> {
    let present = TaskState::ALL
        .into_iter()
        .zip(more.counts)
        .filter(|(_, count)| *count > 0);
    let counts: Vec<String> = present
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    vec![
        format!("and {} more", more.counts.iter().sum::<usize>()),
        counts.join(", "),
    ]
}

/// Returns the fill and the border of a state. The label states it too, for readers who do not see
/// the colours.
const fn colours(state: TaskState) -> (&'static str, &'static str) {
    match state {
        TaskState::Live => ("#d7f0dd", "#2e7d32"),
        TaskState::Dormant => ("#fff3d6", "#b7791f"),
        TaskState::Closed => ("#e6e6e6", "#757575"),
        TaskState::Ended => ("#f8d7da", "#b02a37"),
        TaskState::Done => ("#d6e6fb", "#1f5fa8"),
    }
}

/// The format of Mermaid: <https://mermaid.js.org/syntax/flowchart.html>.
struct Mermaid;

impl Format for Mermaid {
    fn begin(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "flowchart TD")
    }

    fn node(
        &self,
        out: &mut String,
        id: usize,
        label: &[String],
        state: Option<TaskState>,
    ) -> fmt::Result {
        write!(out, "  n{id}[\"")?;
        join(out, label, "<br/>", MermaidText)?;
        match state {
            Some(state) => writeln!(out, "\"]:::{state}"),
            None => writeln!(out, "\"]"),
        }
    }

    fn edge(&self, out: &mut String, from: usize, to: usize, is_wait: bool) -> fmt::Result {
        if is_wait {
            writeln!(out, "  n{from} -. before .-> n{to}")
        } else {
            writeln!(out, "  n{from} --> n{to}")
        }
    }

    fn end(&self, out: &mut String) -> fmt::Result {
        TaskState::ALL.into_iter().try_for_each(|state| {
            let (fill, stroke) = colours(state);
            writeln!(
                out,
                "  classDef {state} fill:{fill},stroke:{stroke},color:#1b1b1b"
            )
        })
    }
}

/// A text inside quotes of Mermaid.
///
/// Letters, digits and harmless punctuation are written as they are, and every other character as
/// an entity code with its number. Mermaid decodes these codes before it looks for Markdown,
/// formulas and icons in labels. So a character that could begin or end one of these is written
/// between invisible spaces.
struct MermaidText<'a>(&'a str);

/// U+FEFF. It has no width, and Mermaid takes it for a space, beside which a mark of Markdown has
/// no meaning.
const INVISIBLE: &str = "#65279;";

impl Display for MermaidText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = None;
        for (at, char) in self.0.char_indices() {
            let rest = self.0.get(at..).unwrap_or_default();
            // Markdown gives an underscore no meaning inside of a word.
            let within_word = before.is_some_and(char::is_alphanumeric)
                && rest.chars().nth(1).is_some_and(char::is_alphanumeric);
            match char {
                ' ' | '.' | ',' | '/' | '-' => f.write_char(char)?,
                '_' if within_word => f.write_char(char)?,
                '*' | '_' | '\\' | '$' => write!(f, "{INVISIBLE}#{};{INVISIBLE}", u32::from(char))?,
                ':' if rest.starts_with(":fa-") => write!(f, "#{};{INVISIBLE}", u32::from(char))?,
                char if char.is_alphanumeric() => f.write_char(char)?,
                char => write!(f, "#{};", u32::from(char))?,
            }
            before = Some(char);
        }
        Ok(())
    }
}

/// The format of Graphviz: <https://graphviz.org/doc/info/lang.html>.
struct Dot;

impl Format for Dot {
    fn begin(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "digraph execution {{")?;
        writeln!(
            out,
            "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"Helvetica\"];"
        )
    }

    fn node(
        &self,
        out: &mut String,
        id: usize,
        label: &[String],
        state: Option<TaskState>,
    ) -> fmt::Result {
        write!(out, "  n{id} [label=\"")?;
        join(out, label, "\\n", DotText)?;
        match state.map(colours) {
            Some((fill, stroke)) => writeln!(out, "\", fillcolor=\"{fill}\", color=\"{stroke}\"];"),
            None => writeln!(out, "\", style=\"rounded,dashed\"];"),
        }
    }

    fn edge(&self, out: &mut String, from: usize, to: usize, is_wait: bool) -> fmt::Result {
        if is_wait {
            writeln!(out, "  n{from} -> n{to} [style=dashed, label=\"before\"];")
        } else {
            writeln!(out, "  n{from} -> n{to};")
        }
    }

    fn end(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "}}")
    }
}

/// A text inside quotes of DOT.
///
/// Backslash and quote are escaped, because they end or change the string. The special characters
/// of HTML are written as entities, because Graphviz decodes entities in labels.
struct DotText<'a>(&'a str);

impl Display for DotText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '"' | '\\' => write!(f, "\\{char}"),
            '&' | '<' | '>' => write!(f, "&#{};", u32::from(char)),
            char => f.write_char(char),
        })
    }
}

fn join<'a, T: Display>(
    out: &mut String,
    lines: &'a [String],
    between: &str,
    escaped: impl Fn(&'a str) -> T,
) -> fmt::Result {
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write!(out, "{}", escaped(line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DotText, MermaidText};

    /// The test `tests/render` shows how the real tools draw such names.
    #[test]
    fn a_name_is_written_so_that_no_tool_reads_more_than_text_in_it() {
        let gap = "#65279;";
        let table = [
            ("acme/agent-7, v1.2", "acme/agent-7, v1.2".to_owned()),
            ("\"]:::x", "#34;#93;#58;#58;#58;x".to_owned()),
            ("my_agent", "my_agent".to_owned()),
            ("_x", format!("{gap}#95;{gap}x")),
            ("x_", format!("x{gap}#95;{gap}")),
            ("*x", format!("{gap}#42;{gap}x")),
            ("\\", format!("{gap}#92;{gap}")),
            ("$x", format!("{gap}#36;{gap}x")),
            ("fa:fa-ban", format!("fa#58;{gap}fa-ban")),
            ("style a:b#c;", "style a#58;b#35;c#59;".to_owned()),
            ("é日", "é日".to_owned()),
        ];
        for (name, written) in table {
            assert_eq!(MermaidText(name).to_string(), written, "{name}");
        }
        assert_eq!(
            DotText("\"\\N&<b>").to_string(),
            "\\\"\\\\N&#38;&#60;b&#62;"
        );
    }
}
