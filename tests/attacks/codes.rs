//! Every code of a denial is reached by some attack.

use crate::{chain, codec, decide, notices};
use mandatum::DenialCode;
use std::collections::BTreeSet;

/// What a server's caller can't reach, and why.
const OUT_OF_REACH: [(DenialCode, &str); 3] = [
    (
        DenialCode::TooManyLinks,
        "the reader refuses so many links; minting and joining meet the rule, see `chain::size`",
    ),
    (
        DenialCode::TooLarge,
        "the reader refuses such bytes; minting meets the rule, see `chain::size`",
    ),
    (
        DenialCode::CeilingRefuses,
        "coverage refuses such a root before: the second lock, whose test takes the first one away",
    ),
];

#[test]
fn the_tables_reach_every_code_but_those_out_of_reach() {
    let reached: BTreeSet<DenialCode> = [
        codec::codes(),
        chain::codes(),
        decide::codes(),
        notices::codes(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let out_of_reach: BTreeSet<DenialCode> = OUT_OF_REACH.iter().map(|(code, _)| *code).collect();
    let both: Vec<&DenialCode> = reached.intersection(&out_of_reach).collect();
    assert!(both.is_empty(), "no longer out of reach: {both:?}");
    let neither: Vec<&DenialCode> = DenialCode::ALL
        .iter()
        .filter(|code| !reached.contains(code) && !out_of_reach.contains(code))
        .collect();
    assert!(neither.is_empty(), "reached by no attack: {neither:?}");
}

#[test]
fn what_only_minting_meets_is_met_by_minting() {
    let met: BTreeSet<DenialCode> = chain::minted_codes().into_iter().collect();
    assert_eq!(
        met,
        BTreeSet::from([DenialCode::TooManyLinks, DenialCode::TooLarge])
    );
}
