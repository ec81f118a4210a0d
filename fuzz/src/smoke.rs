//! The targets on stable, as tests: their seeds, their own seeds with each byte changed or cut off,
//! and some noise.

use crate::seeds::Target;
use crate::targets;
use std::path::Path;

/// How much noise a target gets: of those whose laws hang on rare coincidences, more.
fn noise(name: &str) -> usize {
    match name {
        "covers" => 3_000,
        "missions" => 1_000,
        "decide" => 800,
        "merge" | "ledger" => 300,
        _ => 120,
    }
}

/// Longest seed of which each byte is changed; of longer ones every so many.
const DENSE: usize = 1_200;

fn run(name: &str) {
    let Some(target) = targets().into_iter().find(|target| target.name == name) else {
        panic!("no target {name}")
    };
    for (_, seed) in &target.seeds {
        (target.body)(seed);
    }
    if target.is_read {
        let own = target
            .seeds
            .iter()
            .filter(|(name, _)| !name.starts_with("permit-") && !name.starts_with("deny-"));
        own.for_each(|(_, seed)| neighbours(&target, seed));
    }
    let mut source = Noise::new();
    (0..noise(name)).for_each(|_| (target.body)(&source.bytes(512)));
}

/// The seed with a byte changed, or all from it on cut off.
fn neighbours(target: &Target, seed: &[u8]) {
    for at in (0..seed.len()).step_by(seed.len() / DENSE + 1) {
        (target.body)(&seed[..at]);
        for flip in [1, 0x20, 0x80] {
            let mut neighbour = seed.to_vec();
            neighbour[at] ^= flip;
            (target.body)(&neighbour);
        }
    }
}

struct Noise(u64);

impl Noise {
    const fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .map(|_| {
                // xorshift64 (Marsaglia 2003)
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                self.0.to_le_bytes()[3]
            })
            .collect()
    }
}

macro_rules! smoke {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                run(stringify!($target));
            }
        )*

        /// The targets of which there is a test above.
        const TESTED: &[&str] = &[$(stringify!($target)),*];
    };
}

smoke!(decode check notices json text covers missions decide merge receipts guard cache ledger);

#[test]
fn every_target_has_a_test_a_binary_and_a_line_in_the_readme() {
    let names: Vec<&str> = targets().iter().map(|target| target.name).collect();
    assert_eq!(names, TESTED);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(here.join(path)).unwrap_or_default();
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));
    for name in &names {
        assert!(
            readme.contains(&format!("| `{name}` |")),
            "{name} is not in the readme"
        );
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} has no binary"
        );
        let body = format!("mandatum_fuzz::{name}(data)");
        assert!(
            read(&format!("fuzz_targets/{name}.rs")).contains(&body),
            "{name}'s binary runs something else"
        );
    }
    assert_eq!(manifest.matches("[[bin]]").count(), names.len());
}
