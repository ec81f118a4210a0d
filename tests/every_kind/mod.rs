//! One limit and one constraint of every kind, and each reader, writer and search that can't be
//! held to all kinds by its types: readers match on numbers and names, searches compare pairs.
//!
//! Part of the crate's own tests, because only there a match on the kinds is exhaustive. A new kind
//! does not compile here before it says which sample follows it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod constraints;
mod limits;

/// All samples: from the first, each says which one follows it.
fn all<T: Clone>(first: T, next: impl Fn(&T) -> Option<T>) -> Vec<T> {
    std::iter::successors(Some(first), |sample| next(sample)).collect()
}

/// The numbers of kinds, from 0 on, that a reader knows: any other it refuses as unknown.
fn known(reads: impl Fn(u8) -> Result<(), crate::codec::CodecErrorKind>) -> Vec<u8> {
    // One byte in CBOR each.
    (0..24)
        .filter(|kind| {
            let unknown = crate::codec::CodecErrorKind::UnknownKind {
                kind: u64::from(*kind),
            };
            reads(*kind) != Err(unknown)
        })
        .collect()
}
