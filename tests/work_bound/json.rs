//! Reading JSON, whose steps are its bytes.

use super::dice::Dice;
use super::{Took, work_bound};
use crate::json::JsonForm;
use crate::primitives::Value;
use crate::primitives::tally::counted;

fn document(dice: &mut Dice<'_>, depth: usize, out: &mut String) {
    let kind = dice.below(if depth == 0 { 5 } else { 8 });
    let count = dice.size(12);
    match kind {
        0 => out.push_str("null"),
        1 => out.push_str(&"1234567890".repeat(dice.size(3))),
        2 => out.push_str("0.00000000000000001"),
        3 => out.push_str(&format!("\"{}\"", "a".repeat(dice.size(40)))),
        4 => out.push_str(&format!("\"{}\"", "\\n".repeat(dice.size(40)))),
        5 => {
            let levels = dice.size(40);
            out.push_str(&"[".repeat(levels));
            out.push_str(&"]".repeat(levels));
        }
        kind => {
            let (open, close) = if kind == 6 { ('[', ']') } else { ('{', '}') };
            out.push(open);
            for n in 0..count {
                out.push_str(if n > 0 { ", " } else { "" });
                if kind == 7 {
                    out.push_str(&format!("\"{}{n}\":", "k".repeat(dice.below(20))));
                }
                document(dice, depth - 1, out);
            }
            out.push(close);
        }
    }
}

#[test]
fn work_bound_of_reading_json() {
    work_bound("JSON", |dice| {
        let mut text = String::new();
        document(dice, 4, &mut text);
        let (read, operations) = counted(|| Value::from_json(&text));
        assert!(read.is_ok(), "{text}: {read:?}");
        Took {
            operations,
            steps: text.len() as u64,
        }
    });
}

/// Shapes that take time by the square of their depth where each level is read again.
#[test]
fn work_bound_of_deep_json() {
    let objects = format!(
        "{}[{}]{}",
        "[".repeat(61),
        vec!["{}"; 10_000].join(","),
        "]".repeat(61)
    );
    let towers = format!(
        "[{}]",
        vec![format!("{}{}", "[".repeat(62), "]".repeat(62)); 500].join(",")
    );
    for text in [objects, towers] {
        let (read, operations) = counted(|| Value::from_json(&text));
        assert!(read.is_ok());
        assert!(
            operations <= 8 * text.len() as u64,
            "{operations} operations for {} bytes",
            text.len()
        );
    }
}
