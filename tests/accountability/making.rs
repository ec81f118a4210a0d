//! What is out of bounds is not made: anchors, verifiers, lists of keys and mandates, arguments.

use crate::forging::story::{ISSUER, anchor_with};
use crate::stage::*;
use mandatum::bounds::{MAX_ARGUMENT_BYTES, MAX_VALUE_BYTES};
use mandatum::chain::{AnchorError, AnchorKey, Ceiling, VerifierError};
use mandatum::claims::{Replaced, ReplacedError};
use mandatum::limits::{LimitError, MaxAge, Reporters};
use mandatum::primitives::{Arguments, MandateId, ValueError};
use mandatum::{Anchor, LivesBy, Mission, Seconds, Verifier};

#[test]
fn an_anchor_has_one_to_four_keys_each_once_and_roots_that_live() {
    let anchor = |seeds: &[u8], lifetime| {
        let keys = seeds.iter().map(|seed| AnchorKey::from(public(*seed)));
        Anchor::with_keys(
            ISSUER.parse().unwrap(),
            keys,
            Ceiling::Unlimited,
            Seconds::new(lifetime),
        )
        .map(drop)
    };
    assert_eq!(anchor(&[1, 2, 3, 4], 1), Ok(()));
    assert_eq!(anchor(&[], 1), Err(AnchorError::Keys { found: 0 }));
    assert_eq!(
        anchor(&[1, 2, 3, 4, 5], 1),
        Err(AnchorError::Keys { found: 5 })
    );
    assert_eq!(anchor(&[1, 1], 1), Err(AnchorError::KeyTwice));
    assert_eq!(anchor(&[1, 2, 3, 2], 1), Err(AnchorError::KeyTwice));
    assert_eq!(anchor(&[1], 0), Err(AnchorError::NoLifetime));
}

#[test]
fn a_verifier_has_one_anchor_an_issuer_and_at_least_one() {
    let anchor = || anchor_with(Ceiling::Unlimited);
    assert!(Verifier::new([anchor()]).is_ok());
    assert_eq!(Verifier::new([]).map(drop), Err(VerifierError::NoAnchor));
    let twice = VerifierError::IssuerTwice {
        issuer: ISSUER.parse().unwrap(),
    };
    assert_eq!(Verifier::new([anchor(), anchor()]).map(drop), Err(twice));
}

#[test]
fn few_keys_end_a_mission_or_report_a_task_and_few_mandates_are_replaced() {
    let life = LivesBy::new(
        Mission::new(public(90), label("qbr"), [7; 16]),
        MaxAge::uniform(Seconds::new(60)),
    );
    assert!(life.clone().with_enders((0..4).map(public)).is_ok());
    assert_eq!(
        life.with_enders((0..5).map(public)),
        Err(LimitError::Enders { found: 5 })
    );
    assert!(Reporters::new((0..16).map(public)).is_ok());
    assert_eq!(
        Reporters::new((0..17).map(public)),
        Err(LimitError::Reporters { found: 17 })
    );
    assert_eq!(Reporters::new([]), Err(LimitError::Reporters { found: 0 }));
    let replaced =
        |count| Replaced::new((0..count).map(|number| MandateId::from_bytes([number; 32])));
    assert!(replaced(32).is_ok());
    assert_eq!(replaced(33), Err(ReplacedError { found: 33 }));
    let delegates = |count| mandatum::limits::Delegates::new((0..count).map(public)).map(drop);
    assert_eq!([delegates(1), delegates(32)], [Ok(()), Ok(())]);
    for found in [0, 33] {
        assert_eq!(
            delegates(found),
            Err(LimitError::Delegates {
                found: found.into()
            })
        );
    }
}

/// Names count as well as values.
#[test]
fn all_arguments_together_are_bounded() {
    let arguments = |lengths: &[usize]| {
        let named = ["a", "b", "c", "d", "e"]
            .into_iter()
            .zip(lengths.iter().map(|length| "x".repeat(*length)));
        Arguments::from_pairs(named).map(drop)
    };
    let most = MAX_VALUE_BYTES;
    assert_eq!(MAX_ARGUMENT_BYTES, 4 * most);
    assert_eq!(arguments(&[most, most, most, most - 4]), Ok(()));
    assert_eq!(
        arguments(&[most, most, most, most - 3]),
        Err(ValueError::ArgumentsTooLong)
    );
    assert_eq!(arguments(&[most, most, most, most - 5, 0]), Ok(()));
    assert_eq!(
        arguments(&[most, most, most, most - 5, 1]),
        Err(ValueError::ArgumentsTooLong)
    );
}
