//! Rules 14 and 15: whose key a holder's is not.

use super::links::terms;
use super::{Row, delegate, row};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of};
use crate::support::story::{
    COMPANY, HELPER, ORCHESTRATOR, THIEF, after, anchor, child_of, confirmation, grandchild_of, key, powers, read_crm,
    root, root_claims, three_links, verifier,
};
use mandatum::{Broken, Delegation, issue};

fn holder(seed: u8) -> impl Fn(Forge) -> Forge {
    move |forge| forge.claim(8, confirmation(seed))
}

fn same_key(forge: Forge) -> Forge {
    forge.term(5, cbor::bool(true))
}

fn child(change: impl FnOnce(Forge) -> Forge) -> [Vec<u8>; 2] {
    let root = root().token();
    let child = change(child_of(&root)).token();
    [root, child]
}

fn grandchild(change: impl FnOnce(Forge) -> Forge) -> [Vec<u8>; 3] {
    let [root, child, _] = three_links();
    let grandchild = change(grandchild_of(&child)).token();
    [root, child, grandchild]
}

fn terms_for(seed: u8) -> Delegation {
    Delegation::new([1; 16], key(seed).public(), powers([read_crm(&["acme"])]), after(3600))
}

fn reused(ancestor: usize) -> Broken {
    Broken::KeyReused { ancestor }
}

pub(super) fn rows() -> Vec<Row> {
    let root_token = || vec![root().token()];
    let two = || three_links()[..2].to_vec();
    let mut held = root_claims(powers([read_crm(&["acme", "globex"])]));
    held.link.holder = key(COMPANY).public().into();
    let held_root = holder(COMPANY)(root()).token();
    vec![
        row(
            "a root for the issuer's own key",
            [held_root.clone(), child_of(&held_root).signed_by(COMPANY).token()],
            0,
            Broken::AnchorKeyHeld,
        )
        .minted(issue(&anchor(), held)),
        row("a child for the issuer's key", child(holder(COMPANY)), 1, Broken::AnchorKeyHeld),
        row("a grandchild for the issuer's key", grandchild(holder(COMPANY)), 2, Broken::AnchorKeyHeld),
        row(
            "a child for the issuer's key, said to be an ancestor's",
            child(|child| same_key(holder(COMPANY)(child))),
            1,
            Broken::AnchorKeyHeld,
        ),
        row("a child for its parent's key", child(holder(ORCHESTRATOR)), 1, reused(0))
            .minted(delegate(&root_token(), terms_for(ORCHESTRATOR))),
        row("a grandchild for the root's key", grandchild(holder(ORCHESTRATOR)), 2, reused(0))
            .minted(delegate(&two(), terms_for(ORCHESTRATOR))),
        row("a grandchild for its parent's key", grandchild(holder(HELPER)), 2, reused(1))
            .minted(delegate(&two(), terms_for(HELPER))),
        row("said to be an ancestor's and is not", child(same_key), 1, Broken::KeyNotReused)
            .minted(delegate(&root_token(), terms().same_key())),
        row(
            "said to be an ancestor's and is a stranger's",
            grandchild(|link| same_key(holder(THIEF)(link))),
            2,
            Broken::KeyNotReused,
        )
        .minted(delegate(&two(), terms_for(THIEF).same_key())),
    ]
}

#[test]
fn the_same_key_is_taken_where_it_is_said() {
    let verifies = |tokens: &[Vec<u8>]| verifier().verify(&chain_of(tokens)).map(drop);
    assert_eq!(verifies(&child(|child| same_key(holder(ORCHESTRATOR)(child)))), Ok(()));
    assert_eq!(verifies(&grandchild(|link| same_key(holder(ORCHESTRATOR)(link)))), Ok(()));
    assert_eq!(verifies(&grandchild(|link| same_key(holder(HELPER)(link)))), Ok(()));
}
