//! What it costs from received bytes to a decision, for mandatum, its peers, and the signatures
//! alone; see the README beside this.

mod biscuit;
mod floor;
mod macaroon;
mod mandatum;
mod peer;
mod plot;
mod tenuo;
#[path = "../../units/mod.rs"]
mod units;
#[path = "../../world/mod.rs"]
mod world;

use peer::{Entry, Peer};
use units::{Report, number, spread, table};

pub(crate) const DEPTHS: [usize; 5] = world::DEPTHS;

/// What is said on the command line: nothing here looks at the calendar or at the machine's name.
fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)
}

fn main() {
    let mandatum = mandatum::Mandatum::new();
    let (tenuo, biscuit, macaroon) = (
        tenuo::Tenuo::new(),
        biscuit::Biscuit::new(),
        macaroon::Macaroon::new(),
    );
    let mut rows = Vec::new();
    let entries = [
        Peer::entry(&mandatum, &mut rows),
        Peer::entry(&tenuo, &mut rows),
        Peer::entry(&biscuit, &mut rows),
        Peer::entry(&macaroon, &mut rows),
        floor::one_by_one(&mut rows),
        floor::batch(&mut rows),
    ];
    let before = units::load();
    let Some(report) = units::measure(rows) else {
        return;
    };
    let text = tell(&entries, &report, before);
    println!("{text}");
    let write = |name: &str, text: &str| {
        std::fs::write(format!("{}/{name}", env!("CARGO_MANIFEST_DIR")), text)
            .expect("it is written");
    };
    let origin = [argument("--date"), argument("--machine")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    write("cost.md", &text);
    write("cost.svg", &plot::svg(&entries, &report, &origin));
}

fn tell(entries: &[Entry], report: &Report, load_before: Option<String>) -> String {
    let mut about = vec![report.about()];
    if let (Some(before), Some(after)) = (load_before, units::load()) {
        about.push(format!(
            "Load over the last minute: {before} before, {after} after."
        ));
    }
    about.extend(argument("--machine").map(|machine| format!("Machine: {machine}.")));
    about.extend(argument("--date").map(|date| format!("Date: {date}.")));
    about.push(format!("Built by {}.", env!("VERSION_RUSTC")));

    let mut head = vec!["bytes to decision, links:".to_owned()];
    head.extend(DEPTHS.map(|depth| depth.to_string()));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let cold = entries.iter().map(|entry| {
        let cells = DEPTHS.map(|depth| spread(report.row(&entry.cold(depth))));
        std::iter::once(entry.name.to_owned())
            .chain(cells)
            .collect()
    });
    let one = |name: Option<String>| {
        name.map(|name| spread(report.row(&name)))
            .unwrap_or_default()
    };
    let others = entries.iter().map(|entry| {
        let hop = entry.hop.map(|bytes| bytes.to_string()).unwrap_or_default();
        let mint = one(entry.has_mint.then(|| entry.mint()));
        vec![
            entry.name.to_owned(),
            mint,
            one(entry.warm.map(|_| entry.warm_name())),
            hop,
        ]
    });
    let deep = |entry: &Entry| report.row(&entry.cold(16)).median;
    let [own, others_cold @ ..] = entries else {
        return String::new();
    };
    let ratios = others_cold
        .iter()
        .map(|entry| format!("{} {}", entry.label, number(deep(entry) / deep(own))));
    let ratios = ratios.collect::<Vec<_>>().join(", ");
    let warm = entries.iter().filter_map(|entry| {
        entry
            .warm
            .map(|warm| format!("- {}: {warm}\n", entry.label))
    });
    format!(
        "{}\n\n{}\nAt 16 links, in times of what {} costs: {ratios}.\n\n{}\nThe same again means:\n\n{}",
        about.join("\n"),
        table(&head, &cold.collect::<Vec<_>>()),
        own.label,
        table(
            &[
                "",
                "mint a child",
                "the same again, 4 links",
                "bytes per link"
            ],
            &others.collect::<Vec<_>>()
        ),
        warm.collect::<String>(),
    )
}
