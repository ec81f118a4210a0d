//! Rules 21 and 22: the facts that a root names, and the keys to whom a link lets anything be
//! delegated.

use super::links::terms;
use super::{Row, delegate, row};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of};
use crate::support::order::{limit, ordered};
use crate::support::story::{
    HELPER, INTERN, ORCHESTRATOR, THIEF, after, child_of, grandchild_of, key, now, powers,
    read_crm, root, verifier,
};
use mandatum::chain::ChainErrorKind;
use mandatum::limits::Condition;
use mandatum::mission::rebind_leaf;
use mandatum::{Chain, Constraint, Delegation, Limit, Limits, Register, Seconds, SigningKey};

fn limited(forge: Forge, limits: &[Vec<u8>]) -> Forge {
    if limits.is_empty() {
        forge
    } else {
        forge.term(1, cbor::array(limits))
    }
}

/// A condition on a fact, for the calls of these tools or all.
fn on(fact: &str, tools: &[&str]) -> Vec<u8> {
    let open = cbor::array([cbor::int(1), cbor::array([cbor::text("open")])]);
    let condition = cbor::array([cbor::text(fact), open, cbor::int(60)]);
    let scope = cbor::array(
        tools
            .iter()
            .map(|tool| cbor::text(tool))
            .collect::<Vec<_>>(),
    );
    let scope = (!tools.is_empty()).then_some(scope);
    cbor::array(
        [cbor::int(4), condition]
            .into_iter()
            .chain(scope)
            .collect::<Vec<_>>(),
    )
}

fn condition(fact: &str) -> Limit {
    let holds = Constraint::one_of(["open"]).unwrap();
    Limit::condition(Condition {
        fact: fact.parse().unwrap(),
        holds,
        max_age: Seconds::new(60),
    })
}

/// A limit to delegates of these seeds.
fn only(seeds: &[u8]) -> Vec<u8> {
    limit(12, cbor::array(ordered(seeds.iter().copied())))
}

/// Root, child and grandchild with these limits.
fn three(at_root: &[Vec<u8>], at_child: &[Vec<u8>], at_grandchild: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let root = limited(root(), at_root).token();
    let child = limited(child_of(&root), at_child).token();
    let grandchild = limited(grandchild_of(&child), at_grandchild).token();
    vec![root, child, grandchild]
}

fn below(
    tokens: &[Vec<u8>],
    limits: impl IntoIterator<Item = Limit>,
) -> Option<mandatum::ChainError> {
    delegate(
        tokens,
        terms_for(THIEF).with_limits(Limits::new(limits).unwrap()),
    )
    .map(drop)
    .err()
}

fn terms_for(seed: u8) -> Delegation {
    Delegation::new(
        [1; 16],
        key(seed).public(),
        powers([read_crm(&["acme"])]),
        after(3600),
    )
}

pub(super) fn rows() -> Vec<Row> {
    facts().into_iter().chain(delegates()).collect()
}

fn facts() -> Vec<Row> {
    let unnamed = |fact: &str| ChainErrorKind::FactUnnamed {
        fact: fact.parse().unwrap(),
    };
    let minted = |row: Row, above: &[Vec<u8>], fact: &str| {
        let terms = terms().with_limits(Limits::new([condition(fact)]).unwrap());
        row.minted(delegate(above, terms))
    };
    let two = |at_root: &[Vec<u8>], own: &[Vec<u8>]| three(at_root, own, &[])[..2].to_vec();
    let alone = |at_root: &[Vec<u8>]| three(at_root, &[], &[])[..1].to_vec();
    vec![
        minted(
            row(
                "a fact where the root names none",
                two(&[], &[on("a", &[])]),
                1,
                unnamed("a"),
            ),
            &alone(&[]),
            "a",
        ),
        minted(
            row(
                "another fact than the root names",
                two(&[on("a", &[])], &[on("b", &[])]),
                1,
                unnamed("b"),
            ),
            &alone(&[on("a", &[])]),
            "b",
        ),
        minted(
            row(
                "a fact that begins like the root's",
                two(&[on("ab", &[])], &[on("a", &[])]),
                1,
                unnamed("a"),
            ),
            &alone(&[on("ab", &[])]),
            "a",
        ),
        row(
            "a second fact beside the root's",
            two(&[on("a", &[])], &[on("a", &[]), on("b", &[])]),
            1,
            unnamed("b"),
        ),
        row(
            "a fact for calls that are not made",
            two(&[], &[on("a", &["pay"])]),
            1,
            unnamed("a"),
        ),
        row(
            "a grandchild's fact",
            three(&[on("a", &[])], &[on("a", &[])], &[on("b", &[])]),
            2,
            unnamed("b"),
        ),
        row(
            "the link where it begins is named",
            three(&[], &[on("a", &[])], &[on("a", &[])]),
            1,
            unnamed("a"),
        ),
    ]
}

fn delegates() -> Vec<Row> {
    let broken = |by| ChainErrorKind::NotADelegate { by };
    let two = |at_root: &[Vec<u8>]| three(at_root, &[], &[])[..2].to_vec();
    let held_by_root = |tokens: &[Vec<u8>]| {
        let child = tokens[1].clone();
        let back =
            grandchild_of(&child).claim(8, crate::support::story::confirmation(ORCHESTRATOR));
        vec![
            tokens[0].clone(),
            child,
            back.term(5, cbor::bool(true)).token(),
        ]
    };
    vec![
        row(
            "a child is no delegate",
            two(&[only(&[THIEF, INTERN])]),
            1,
            broken(0),
        )
        .minted(delegate(&two(&[only(&[THIEF, INTERN])])[..1], terms())),
        row(
            "a grandchild is no delegate of the root's",
            three(&[only(&[HELPER])], &[], &[]),
            2,
            broken(0),
        )
        .minted(delegate(&two(&[only(&[HELPER])]), terms_for(INTERN))),
        row(
            "a grandchild is none of the child's",
            three(&[], &[only(&[THIEF])], &[]),
            2,
            broken(1),
        )
        .minted(delegate(
            &three(&[], &[only(&[THIEF])], &[])[..2],
            terms_for(INTERN),
        )),
        row(
            "a grandchild is the root's and not the child's",
            three(&[only(&[HELPER, INTERN])], &[only(&[THIEF])], &[]),
            2,
            broken(1),
        ),
        row(
            "a grandchild is the child's and not the root's",
            three(&[only(&[HELPER, THIEF])], &[only(&[INTERN])], &[]),
            2,
            broken(0),
        ),
        row(
            "two lists in one link, and it is on one",
            two(&[only(&[HELPER, INTERN]), only(&[INTERN])]),
            1,
            broken(0),
        ),
        row(
            "the root's holder, who says so",
            held_by_root(&two(&[only(&[HELPER])])),
            2,
            broken(0),
        )
        .minted(delegate(
            &two(&[only(&[HELPER])]),
            terms_for(ORCHESTRATOR).with_same_key(),
        )),
    ]
}

#[test]
fn whoever_is_named_may_hold_and_whatever_is_named_may_be_asked() {
    let verifies = |tokens: &[Vec<u8>]| verifier().verify(&chain_of(tokens)).map(drop);
    assert_eq!(
        verifies(&three(
            &[on("a", &["pay"])],
            &[on("a", &[])],
            &[on("a", &[])]
        )),
        Ok(())
    );
    assert_eq!(
        verifies(&three(&[only(&[HELPER, INTERN])], &[only(&[INTERN])], &[])),
        Ok(())
    );
    assert_eq!(
        verifies(&three(&[only(&[THIEF])], &[], &[])[..1]),
        Ok(()),
        "its own holder is not bound"
    );
    assert_eq!(verifies(&three(&[], &[], &[only(&[THIEF])])), Ok(()));
    assert_eq!(
        below(&three(&[only(&[HELPER, THIEF])], &[], &[])[..2], []),
        None
    );
}

/// Re-binding is minting: the fresh key is a delegate, or there is none.
#[test]
fn a_mandate_is_rebound_only_to_a_delegate() {
    let spare: SigningKey = key(30);
    let chain: Chain = chain_of(&three(&[only(&[HELPER, 30])], &[], &[])[..2]);
    let verified = verifier().verify(&chain).unwrap();
    let rebound =
        |to: &SigningKey| rebind_leaf(&verified, to.public(), [7; 16], Register::none(), now());
    let refused = rebound(&key(THIEF)).map(drop).unwrap_err();
    let expected = mandatum::ChainError {
        link: 1,
        kind: ChainErrorKind::NotADelegate { by: 0 },
    };
    assert_eq!(refused, mandatum::mission::RebindError::Chain(expected));
    let fresh = rebound(&spare).unwrap().sign(&key(ORCHESTRATOR)).unwrap();
    let fresh = chain.parent().unwrap().extend(fresh).unwrap();
    assert!(verifier().verify(&fresh).is_ok());
}
