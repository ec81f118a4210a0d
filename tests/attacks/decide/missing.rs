//! What is missing would permit the call, and nothing else.

use super::ladder::rows;
use super::scene::{scene, under};
use crate::support::story::{
    ORCHESTRATOR, anchor_with, encoded_powers, reading, root, verifier_of,
};
use mandatum::chain::Ceiling;
use mandatum::denial::DenialKind;
use mandatum::powers::ToolName;
use mandatum::primitives::{Arguments, Value};
use mandatum::{Action, DenialCode, Effect, Powers};
use std::collections::BTreeMap;

/// Calls that differ from this one in one thing.
fn neighbours(action: &Action) -> Vec<Action> {
    let mut neighbours = vec![Action {
        tool: ToolName::new("other").unwrap(),
        ..action.clone()
    }];
    let named = action.arguments.as_map();
    let with = |named: BTreeMap<String, Value>| Action {
        arguments: Arguments::new(named).unwrap(),
        ..action.clone()
    };
    let mut more = named.clone();
    more.insert("zz".into(), Value::Null);
    neighbours.push(with(more));
    for name in named.keys() {
        let mut fewer = named.clone();
        fewer.remove(name);
        neighbours.push(with(fewer));
        let mut other = named.clone();
        other.insert(name.clone(), Value::from("something else"));
        neighbours.push(with(other));
    }
    if action.effect < Effect::Irreversible {
        neighbours.push(Action {
            effect: Effect::Irreversible,
            ..action.clone()
        });
    }
    neighbours
}

/// What is not permitted although the powers permit it: it can't be counted, or nobody here is the
/// principal.
const NO_POWERS_HELP: [DenialCode; 8] = [
    DenialCode::AmountMissing,
    DenialCode::AmountNotANumber,
    DenialCode::AmountNegative,
    DenialCode::AmountOutOfRange,
    DenialCode::WrongUnit,
    DenialCode::ValueMissing,
    DenialCode::ValueNotScalar,
    DenialCode::AliasMissing,
];

#[test]
fn it_is_there_where_powers_are_what_is_missing() {
    for row in rows() {
        let denial = row.scene.denial();
        let asks =
            denial.kind() == DenialKind::NotPermitted && !NO_POWERS_HELP.contains(&denial.code());
        assert_eq!(denial.missing().is_some(), asks, "{}", row.name);
    }
}

#[test]
fn it_permits_the_call_and_no_neighbour() {
    let missing: Vec<(Action, Powers)> = rows()
        .iter()
        .filter_map(|row| Some((row.scene.action().clone(), row.scene.denial().missing()?)))
        .collect();
    assert!(missing.len() > 10);
    for (action, powers) in missing {
        assert_eq!(powers.permits(&action), Ok(()));
        for neighbour in neighbours(&action) {
            assert!(powers.permits(&neighbour).is_err(), "{neighbour}");
        }
    }
}

#[test]
fn a_root_with_it_permits_the_call() {
    let refused = scene().calling(reading("globex"));
    let missing = refused.denial().missing().unwrap();
    let root = root().term(0, encoded_powers(missing)).token();
    let again = under([root])
        .verifier(verifier_of(anchor_with(Ceiling::Unlimited)))
        .calling(reading("globex"))
        .signing(|call| call.signed_by(ORCHESTRATOR));
    assert!(again.is_permitted());
    assert_eq!(
        again.calling(reading("acme")).denial().code(),
        DenialCode::ArgumentRefused
    );
}
