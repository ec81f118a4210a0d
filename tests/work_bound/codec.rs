//! Reading powers and limits from bytes, whose steps are the bytes: strangers are read too.

use super::hostile::{constraint, scoped_limit};
use super::{Took, work_bound};
use crate::codec::{Reader, Writer, read_limits, read_powers, write_limits, write_powers};
use crate::limits::Limits;
use crate::powers::{Capability, Effect, Powers};
use crate::primitives::tally::counted;

#[test]
fn work_bound_of_reading_powers_from_bytes() {
    work_bound("decoding", |dice| {
        let capability = |constraint| {
            Capability::new("a", Effect::Read)
                .unwrap()
                .require("x", constraint)
                .unwrap()
        };
        let powers =
            Powers::new((0..dice.size(4)).map(|_| capability(constraint(dice, 3)))).unwrap();
        let mut w = Writer::new();
        write_powers(&mut w, &powers);
        let bytes = w.into_bytes();
        let (read, operations) = counted(|| read_powers(&mut Reader::new(&bytes)));
        assert_eq!(read.as_ref(), Ok(&powers));
        Took {
            operations,
            steps: bytes.len() as u64,
        }
    });
}

#[test]
fn work_bound_of_reading_limits_from_bytes() {
    work_bound("decoding limits", |dice| {
        let limits = Limits::new(
            (0..1 + dice.below(4))
                .filter_map(|_| scoped_limit(dice))
                .collect::<std::collections::HashSet<_>>(),
        );
        let limits = limits.unwrap();
        let mut w = Writer::new();
        write_limits(&mut w, &limits);
        let bytes = w.into_bytes();
        let (read, operations) = counted(|| read_limits(&mut Reader::new(&bytes)));
        assert_eq!(read.as_ref(), Ok(&limits));
        Took {
            operations,
            steps: bytes.len() as u64,
        }
    });
}
