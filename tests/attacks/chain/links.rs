//! Rules 3 to 7: what a child says of its parent, and how it relates to it.

use super::{Row, delegate, row};
use crate::support::forge::{Forge, ROOT, chain_of, id_of};
use crate::support::story::{
    HELPER, INTERN, NOW, after, child_of, grandchild_of, key, now, powers, read_crm, root,
    three_links, two_links,
};
use crate::support::{cbor, story};
use mandatum::chain::ChainErrorKind;
use mandatum::primitives::{MandateId, NameError};
use mandatum::{Delegation, Digest, Timestamp};
use std::slice::from_ref;

fn mismatch(named: &[u8], above: &[u8]) -> ChainErrorKind {
    ChainErrorKind::ParentMismatch {
        named: id_of(named),
        above: id_of(above),
    }
}

/// The terms of the story's child.
pub(super) fn terms() -> Delegation {
    Delegation::new(
        [1; 16],
        key(HELPER).public(),
        powers([read_crm(&["acme"])]),
        after(3600),
    )
    .with_hops(2)
}

fn child(change: impl FnOnce(Forge) -> Forge) -> [Vec<u8>; 2] {
    let root = root().token();
    let child = change(child_of(&root)).token();
    [root, child]
}

pub(super) fn rows() -> Vec<Row> {
    [spliced(), times(), hops(), tasks()]
        .into_iter()
        .flatten()
        .collect()
}

fn spliced() -> Vec<Row> {
    let [root, child, grandchild] = three_links();
    let other_root = story::root().claim(7, cbor::bytes([99; 16])).token();
    let other_child = child_of(&other_root).token();
    let extended = |child: &[u8]| {
        chain_of(from_ref(&root)).extend(mandatum::sign::Token::from_bytes(child).unwrap())
    };
    let resigned = story::root();
    let header = cbor::Map::of([(1, cbor::int(-19)), (16, cbor::text(ROOT))]).bytes();
    let resigned = resigned.protected(header).token();
    let naming = |parent: &[u8]| child_of(&root).term(11, cbor::bytes(parent)).token();
    let of_payload = *Digest::hash(story::root().payload()).as_bytes();
    vec![
        row(
            "a child of another root",
            [root.clone(), other_child.clone()],
            1,
            mismatch(&other_root, &root),
        )
        .minted(extended(&other_child)),
        row(
            "a whole branch of another root",
            [
                root.clone(),
                other_child.clone(),
                grandchild_of(&other_child).token(),
            ],
            1,
            mismatch(&other_root, &root),
        ),
        row(
            "a link is missing",
            [root.clone(), grandchild.clone()],
            1,
            mismatch(&child, &root),
        )
        .minted(extended(&grandchild)),
        row(
            "links in another order",
            [root.clone(), grandchild.clone(), child.clone()],
            1,
            mismatch(&child, &root),
        ),
        row(
            "a link twice",
            [root.clone(), child.clone(), child.clone()],
            2,
            mismatch(&root, &child),
        ),
        row(
            "back to a link above: a cycle",
            [
                root.clone(),
                child.clone(),
                grandchild.clone(),
                child.clone(),
            ],
            3,
            mismatch(&root, &grandchild),
        ),
        row(
            "round and round",
            [
                root.clone(),
                child.clone(),
                grandchild.clone(),
                child.clone(),
                grandchild.clone(),
            ],
            3,
            mismatch(&root, &grandchild),
        ),
        row(
            "a parent with the same claims but other bytes",
            [resigned.clone(), child.clone()],
            1,
            mismatch(&root, &resigned),
        ),
        row(
            "a parent of zeros",
            [root.clone(), naming(&[0; 32])],
            1,
            ChainErrorKind::ParentMismatch {
                named: MandateId::from_bytes([0; 32]),
                above: id_of(&root),
            },
        ),
        row(
            "a parent by the digest of its payload",
            [root.clone(), naming(&of_payload)],
            1,
            ChainErrorKind::ParentMismatch {
                named: MandateId::from_bytes(of_payload),
                above: id_of(&root),
            },
        ),
        row(
            "a grandchild that names the root",
            [root.clone(), child.clone(), grandchild_of(&root).token()],
            2,
            mismatch(&root, &child),
        ),
    ]
}

fn times() -> Vec<Row> {
    let outlives = |seconds: i64| ChainErrorKind::OutlivesParent {
        expires: after(seconds),
        parent: after(3600),
    };
    let early = |issued_at: Timestamp| ChainErrorKind::IssuedBeforeParent {
        issued_at,
        parent: now(),
    };
    let expires = |seconds: i64| cbor::int(NOW + seconds);
    let forever = Timestamp::MAX;
    let last = i64::try_from(forever.as_unix()).unwrap();
    let [root, first] = two_links();
    let short = child_of(&root).claim(4, expires(60)).token();
    let long = grandchild_of(&short).token();
    let later = Delegation::new(
        [1; 16],
        key(HELPER).public(),
        powers([read_crm(&["acme"])]),
        after(3601),
    )
    .with_hops(2);
    let endless = Delegation::new(
        [1; 16],
        key(HELPER).public(),
        powers([read_crm(&["acme"])]),
        forever,
    )
    .with_hops(2);
    let longer = Delegation::new(
        [2; 16],
        key(INTERN).public(),
        powers([read_crm(&["acme"])]),
        after(3600),
    )
    .with_hops(1);
    vec![
        row(
            "outlives its parent by a second",
            child(|child| child.claim(4, expires(3601))),
            1,
            outlives(3601),
        )
        .minted(delegate(from_ref(&root), later)),
        row(
            "never ends",
            child(|child| child.claim(4, cbor::int(last))),
            1,
            ChainErrorKind::OutlivesParent {
                expires: forever,
                parent: after(3600),
            },
        )
        .minted(delegate(from_ref(&root), endless)),
        row(
            "outlives its parent, but not its grandparent",
            [root.clone(), short.clone(), long],
            2,
            ChainErrorKind::OutlivesParent {
                expires: after(3600),
                parent: after(60),
            },
        )
        .minted(delegate(&[root.clone(), short], longer)),
        row(
            "issued a second before its parent",
            child(|child| child.claim(6, cbor::int(NOW - 1))),
            1,
            early(after(-1)),
        ),
        row(
            "issued in 1970",
            child(|child| child.claim(6, cbor::int(0))),
            1,
            early(Timestamp::from_unix(0).unwrap()),
        ),
        row(
            "issued before its parent, but not before its grandparent",
            {
                let late = child_of(&root).claim(6, cbor::int(NOW + 10)).token();
                [root.clone(), late.clone(), grandchild_of(&late).token()]
            },
            2,
            ChainErrorKind::IssuedBeforeParent {
                issued_at: now(),
                parent: after(10),
            },
        ),
        row(
            "relations before signatures",
            [
                root,
                child_of(&first)
                    .claim(4, expires(7200))
                    .term(11, cbor::bytes(id_of(&two_links()[0]).as_bytes()))
                    .token(),
            ],
            1,
            outlives(7200),
        ),
    ]
}

fn hops() -> Vec<Row> {
    let many = |hops, parent| ChainErrorKind::TooManyHops { hops, parent };
    let last = root().no_term(2).token();
    let below_last = child_of(&last).no_term(2).token();
    let root = root().token();
    let at_end = child_of(&root).no_term(2).token();
    let beyond = grandchild_of(&at_end).no_term(2).token();
    let none = || {
        Delegation::new(
            [1; 16],
            key(HELPER).public(),
            powers([read_crm(&["acme"])]),
            after(3600),
        )
    };
    let intern = || {
        Delegation::new(
            [2; 16],
            key(INTERN).public(),
            powers([read_crm(&["acme"])]),
            after(3600),
        )
    };
    vec![
        row(
            "as many delegations as its parent",
            child(|child| child.term(2, cbor::int(3))),
            1,
            many(3, 3),
        )
        .minted(delegate(from_ref(&root), none().with_hops(3))),
        row(
            "more delegations than its parent",
            child(|child| child.term(2, cbor::int(255))),
            1,
            many(255, 3),
        )
        .minted(delegate(from_ref(&root), none().with_hops(255))),
        row(
            "a child of a root that may not delegate",
            [last.clone(), below_last],
            1,
            many(0, 0),
        )
        .minted(delegate(&[last], none())),
        row(
            "one delegation too deep",
            [root.clone(), at_end.clone(), beyond],
            2,
            many(0, 0),
        )
        .minted(delegate(&[root, at_end], intern())),
    ]
}

fn tasks() -> Vec<Row> {
    let stepping = |step: &str| child(|child| child.term(4, cbor::text(step)));
    let minted = |step: &str| delegate(&[root().token()], terms().with_step(step.parse().unwrap()));
    let (long, deep) = ("a".repeat(248), ["a"; 32].join("/"));
    vec![
        row(
            "a task that is too long",
            stepping(&long),
            1,
            ChainErrorKind::Task(NameError::TooLong {
                max: 256,
                found: 257,
            }),
        )
        .minted(minted(&long)),
        row(
            "a task that is too deep",
            stepping(&deep),
            1,
            ChainErrorKind::Task(NameError::TooManySegments),
        )
        .minted(minted(&deep)),
    ]
}
