//! Measures in **U**, the time of one plain Ed25519 verification with a key that is already parsed.
//!
//! U verifies ever other signatures, and so do the rows that can.
//!
//! A machine that is shared is never equally fast for long, so the unit is measured beside what it
//! measures: in each round a small batch of each row runs between two batches of the unit, and
//! counts as the ratio of its time to theirs. What is told of a row is the median of its ratios
//! over all rounds, and their quartiles.

#![allow(dead_code, reason = "each benchmark uses its part of it")]

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds over which the median is taken.
const ROUNDS: usize = 41;
/// About how long a batch takes.
const BATCH: Duration = Duration::from_millis(2);

/// Whether this is `cargo bench`. If not, rows only run once to see that what they assert holds.
pub(crate) fn is_measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Something to measure. It asserts its result each time.
pub(crate) struct Row<'r> {
    name: String,
    run: Box<dyn FnMut() + 'r>,
}

impl<'r> Row<'r> {
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut() + 'r) -> Self {
        Self {
            name: name.into(),
            run: Box::new(run),
        }
    }

    fn batch(&mut self, runs: u32) -> Duration {
        let begun = Instant::now();
        for _ in 0..runs {
            (self.run)();
        }
        begun.elapsed()
    }

    /// How many runs take about as long as a batch should.
    fn runs_per_batch(&mut self) -> u32 {
        let mut runs = 1;
        loop {
            let elapsed = self.batch(runs);
            if elapsed * 2 >= BATCH || runs == u32::MAX {
                let one = elapsed.as_secs_f64() / f64::from(runs);
                return ((BATCH.as_secs_f64() / one) as u32).max(1);
            }
            runs = runs.saturating_mul(2);
        }
    }
}

/// What was measured of a row, in U.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

#[derive(Debug)]
pub(crate) struct Report {
    /// The median of the unit, in µs.
    pub(crate) unit: f64,
    pub(crate) rows: Vec<Measured>,
}

impl Report {
    /// The row of this name. Every row has its own.
    pub(crate) fn row(&self, name: &str) -> &Measured {
        self.rows
            .iter()
            .find(|row| row.name == name)
            .expect("the row was measured")
    }

    /// In which the unit is told, and how the rows were measured.
    pub(crate) fn about(&self) -> String {
        format!(
            "U = one plain Ed25519 verification = {:.1} µs here. Medians of {ROUNDS} rounds, each beside its own unit; in brackets the quartiles.",
            self.unit
        )
    }
}

/// Measures each row; or under `cargo test` only runs each once, and measures nothing.
pub(crate) fn measure(mut rows: Vec<Row<'_>>) -> Option<Report> {
    let mut unit = unit();
    if !is_measured() {
        (unit.run)();
        rows.iter_mut().for_each(|row| (row.run)());
        println!("{} rows ran once", rows.len());
        return None;
    }
    let unit_runs = unit.runs_per_batch();
    let runs: Vec<u32> = rows.iter_mut().map(Row::runs_per_batch).collect();
    let mut units = Vec::new();
    let mut ratios = vec![Vec::with_capacity(ROUNDS); rows.len()];
    for _ in 0..ROUNDS {
        let mut before = seconds(&mut unit, unit_runs);
        for ((row, runs), ratios) in rows.iter_mut().zip(&runs).zip(&mut ratios) {
            let elapsed = seconds(row, *runs);
            let after = seconds(&mut unit, unit_runs);
            ratios.push(elapsed / f64::midpoint(before, after));
            units.push(after);
            before = after;
        }
    }
    let measured = rows.iter().zip(ratios).map(|(row, ratios)| {
        let [lower, median, upper] = quartiles(ratios);
        Measured {
            name: row.name.clone(),
            lower,
            median,
            upper,
        }
    });
    let [_, median, _] = quartiles(units);
    Some(Report {
        unit: median * 1e6,
        rows: measured.collect(),
    })
}

/// Of one run, on the average of a batch.
fn seconds(row: &mut Row<'_>, runs: u32) -> f64 {
    row.batch(runs).as_secs_f64() / f64::from(runs)
}

fn quartiles(mut of: Vec<f64>) -> [f64; 3] {
    of.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| of[(of.len() - 1) * quarter / 4])
}

/// The keys are parsed beforehand. Each time another of many signatures, because a verifier sees
/// each once: one that is verified again and again, which takes time by its bits, is some 2 %
/// faster once the processor foretells its branches.
fn unit() -> Row<'static> {
    let signatures: Vec<([u8; 200], Signature, VerifyingKey)> = (0..=u8::MAX)
        .map(|number| {
            let key = SigningKey::from_bytes(&[number; 32]);
            ([number; 200], key.sign(&[number; 200]), key.verifying_key())
        })
        .collect();
    let mut signatures = signatures.into_iter().cycle();
    Row::new("U", move || {
        let (message, signature, key) = signatures.next().expect("there is always a next");
        key.verify(black_box(&message), &signature)
            .expect("it verifies");
    })
}

/// A number with as many digits as are of use: three, and none after the point from 100 on.
pub(crate) fn number(of: f64) -> String {
    let decimals = match of {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        _ => 4,
    };
    format!("{of:.decimals$}")
}

/// The median, and the quartiles in brackets.
pub(crate) fn spread(of: &Measured) -> String {
    format!(
        "{} ({}–{})",
        number(of.median),
        number(of.lower),
        number(of.upper)
    )
}

/// A Markdown table.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    line(&head) + &rule + &rows.iter().map(|cells| line(cells)).collect::<String>()
}

/// The machine's load over the last minute, where it is told.
pub(crate) fn load() -> Option<String> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    load.split(' ').next().map(str::to_owned)
}
