//! The targets on stable, as a test: their seeds, every seed with each of its bytes changed or cut off, and some noise.

use crate::{check, covers, decode, seeds};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 3] = [("decode", decode), ("covers", covers), ("check", check)];

#[test]
fn seeds_and_their_neighbours() {
    for ((name, target), (seeded, seeds)) in TARGETS.into_iter().zip(seeds()) {
        assert_eq!(name, seeded);
        for (_, seed) in seeds {
            target(&seed);
            for at in 0..seed.len() {
                target(&seed[..at]);
                for flip in [1, 0x20, 0x80] {
                    let mut neighbour = seed.clone();
                    neighbour[at] ^= flip;
                    target(&neighbour);
                }
            }
        }
    }
}

#[test]
fn noise() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..3_000 {
        let noise: Vec<u8> = (0..1_024)
            .map(|_| {
                // xorshift64 (Marsaglia 2003)
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[3]
            })
            .collect();
        covers(&noise);
    }
}
