//! Rules 14 to 16: whose key a holder's is not. And 17, on events.

use super::links::terms;
use super::{Row, delegate, row};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of};
use crate::support::order::mission_of;
use crate::support::story::{
    COMPANY, HELPER, INTERN, ORCHESTRATOR, THIEF, after, anchor, child_of, confirmation,
    grandchild_of, key, powers, read_crm, root, root_claims, three_links, verifier,
};
use mandatum::chain::ChainErrorKind;
use mandatum::limits::MaxAge;
use mandatum::{Delegation, Life, Limit, Limits, LivesBy, Mission, Seconds, issue};

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
    Delegation::new(
        [1; 16],
        key(seed).public(),
        powers([read_crm(&["acme"])]),
        after(3600),
    )
}

fn reused(ancestor: usize) -> ChainErrorKind {
    ChainErrorKind::KeyReused { ancestor }
}

/// A root that lives by a mission of this controller's, which this key may end as well.
fn alive(controller: u8, ender: u8) -> Forge {
    root().term(6, lives_by(controller, ender))
}

pub(super) fn lives_by(controller: u8, ender: u8) -> Vec<u8> {
    let public = |seed| cbor::bytes(key(seed).public().as_bytes());
    let ages = cbor::array([300, 60, 10].map(cbor::int));
    cbor::array([
        mission_of(controller, "qbr"),
        ages,
        cbor::array([public(ender)]),
    ])
}

pub(super) fn kept_by(controller: u8, ender: u8) -> LivesBy {
    let mission = Mission::new(key(controller).public(), "qbr".parse().unwrap(), [7; 16]);
    let ages = MaxAge::new(Seconds::new(300), Seconds::new(60), Seconds::new(10)).unwrap();
    LivesBy::new(mission, ages)
        .with_enders([key(ender).public()])
        .unwrap()
}

/// A limit of a kind, in the only place of a link's limits.
fn limited(forge: Forge, kind: i64, content: Vec<u8>) -> Forge {
    forge.term(1, cbor::array([cbor::array([cbor::int(kind), content])]))
}

fn limits(limit: Limit) -> Limits {
    Limits::new([limit]).unwrap()
}

/// Rules 16 and 17.
fn of_missions() -> Vec<Row> {
    let own = || ChainErrorKind::OwnController {
        mission: "qbr".parse().unwrap(),
    };
    let untold = || ChainErrorKind::EventUntold {
        event: "done".parse().unwrap(),
    };
    let ends_on = |forge: Forge| limited(forge, 5, cbor::text("done"));
    let below = |root: &Forge, change: &dyn Fn(Forge) -> Forge| {
        let root = root.token();
        let child = change(child_of(&root)).token();
        vec![root, child]
    };
    let plain = |forge: Forge| forge;
    let issuing = |life: Life, limits: Limits| {
        let mut root = root_claims(powers([read_crm(&["acme", "globex"])]));
        root.life = life;
        root.link = root.link.with_limits(limits);
        issue(&anchor(), root, after(0))
    };
    let alone = |forge: &Forge| vec![forge.token()];
    let by = |controller, ender| Life::Mission(kept_by(controller, ender));
    let none = Limits::none;
    let by_limit = |controller, ender| Limit::lives_by(kept_by(controller, ender));
    vec![
        row(
            "the root's holder keeps it alive",
            below(&alive(ORCHESTRATOR, THIEF), &plain),
            0,
            own(),
        )
        .minted(issuing(by(ORCHESTRATOR, THIEF), none())),
        row(
            "the root's holder may end it",
            below(&alive(THIEF, ORCHESTRATOR), &plain),
            0,
            own(),
        )
        .minted(issuing(by(THIEF, ORCHESTRATOR), none())),
        row(
            "a child's holder keeps the root alive",
            below(&alive(HELPER, THIEF), &plain),
            1,
            own(),
        )
        .minted(delegate(&alone(&alive(HELPER, THIEF)), terms())),
        row(
            "a child's holder may end what the root lives by",
            below(&alive(THIEF, HELPER), &plain),
            1,
            own(),
        )
        .minted(delegate(&alone(&alive(THIEF, HELPER)), terms())),
        row(
            "the root's holder keeps its limit alive",
            below(&limited(root(), 3, lives_by(ORCHESTRATOR, THIEF)), &plain),
            0,
            own(),
        )
        .minted(issuing(
            Life::ExpiryOnly,
            limits(by_limit(ORCHESTRATOR, THIEF)),
        )),
        row(
            "a child's holder keeps its own limit alive",
            below(&root(), &|child| limited(child, 3, lives_by(HELPER, THIEF))),
            1,
            own(),
        )
        .minted(delegate(
            &alone(&root()),
            terms().with_limits(limits(by_limit(HELPER, THIEF))),
        )),
        row(
            "a child's holder may end its own limit",
            below(&root(), &|child| limited(child, 3, lives_by(THIEF, HELPER))),
            1,
            own(),
        )
        .minted(delegate(
            &alone(&root()),
            terms().with_limits(limits(by_limit(THIEF, HELPER))),
        )),
        row(
            "a root ends on what nobody tells",
            below(&ends_on(root()), &plain),
            0,
            untold(),
        )
        .minted(issuing(
            Life::ExpiryOnly,
            limits(Limit::ends_on("done".parse().unwrap())),
        )),
        row(
            "a child ends on what nobody tells",
            below(&root(), &ends_on),
            1,
            untold(),
        )
        .minted(delegate(
            &alone(&root()),
            terms().with_limits(limits(Limit::ends_on("done".parse().unwrap()))),
        )),
        row(
            "the mission that could tell the event is further down",
            below(&ends_on(root()), &|child| {
                limited(child, 3, lives_by(THIEF, INTERN))
            }),
            0,
            untold(),
        ),
    ]
}

#[test]
fn who_holds_nothing_below_may_keep_it_alive() {
    let verifies = |tokens: Vec<Vec<u8>>| verifier().verify(&chain_of(&tokens)).map(drop);
    let below = |root: Forge, change: &dyn Fn(Forge) -> Forge| {
        let root = root.token();
        let child = change(child_of(&root)).token();
        vec![root, child]
    };
    assert_eq!(
        verifies(below(alive(THIEF, INTERN), &|child| child)),
        Ok(())
    );
    assert_eq!(
        verifies(below(alive(COMPANY, INTERN), &|child| child)),
        Ok(()),
        "the issuer holds nothing"
    );
    // An orchestrator gives its subtree a mission of its own.
    assert_eq!(
        verifies(below(root(), &|child| limited(
            child,
            3,
            lives_by(ORCHESTRATOR, THIEF)
        ))),
        Ok(())
    );
    // The root's mission tells the child's event.
    assert_eq!(
        verifies(below(alive(THIEF, INTERN), &|child| limited(
            child,
            5,
            cbor::text("done")
        ))),
        Ok(())
    );
}

pub(super) fn rows() -> Vec<Row> {
    [of_holders(), of_missions()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_holders() -> Vec<Row> {
    let root_token = || vec![root().token()];
    let two = || three_links()[..2].to_vec();
    let mut held = root_claims(powers([read_crm(&["acme", "globex"])]));
    held.link.holder = key(COMPANY).public().into();
    let held_root = holder(COMPANY)(root()).token();
    vec![
        row(
            "a root for the issuer's own key",
            [
                held_root.clone(),
                child_of(&held_root).signed_by(COMPANY).token(),
            ],
            0,
            ChainErrorKind::AnchorKeyHeld,
        )
        .minted(issue(&anchor(), held, after(0))),
        row(
            "a child for the issuer's key",
            child(holder(COMPANY)),
            1,
            ChainErrorKind::AnchorKeyHeld,
        ),
        row(
            "a grandchild for the issuer's key",
            grandchild(holder(COMPANY)),
            2,
            ChainErrorKind::AnchorKeyHeld,
        ),
        row(
            "a child for the issuer's key, said to be an ancestor's",
            child(|child| same_key(holder(COMPANY)(child))),
            1,
            ChainErrorKind::AnchorKeyHeld,
        ),
        row(
            "a child for its parent's key",
            child(holder(ORCHESTRATOR)),
            1,
            reused(0),
        )
        .minted(delegate(&root_token(), terms_for(ORCHESTRATOR))),
        row(
            "a grandchild for the root's key",
            grandchild(holder(ORCHESTRATOR)),
            2,
            reused(0),
        )
        .minted(delegate(&two(), terms_for(ORCHESTRATOR))),
        row(
            "a grandchild for its parent's key",
            grandchild(holder(HELPER)),
            2,
            reused(1),
        )
        .minted(delegate(&two(), terms_for(HELPER))),
        row(
            "said to be an ancestor's and is not",
            child(same_key),
            1,
            ChainErrorKind::KeyNotReused,
        )
        .minted(delegate(&root_token(), terms().with_same_key())),
        row(
            "said to be an ancestor's and is a stranger's",
            grandchild(|link| same_key(holder(THIEF)(link))),
            2,
            ChainErrorKind::KeyNotReused,
        )
        .minted(delegate(&two(), terms_for(THIEF).with_same_key())),
    ]
}

#[test]
fn the_same_key_is_taken_where_it_is_said() {
    let verifies = |tokens: &[Vec<u8>]| verifier().verify(&chain_of(tokens)).map(drop);
    assert_eq!(
        verifies(&child(|child| same_key(holder(ORCHESTRATOR)(child)))),
        Ok(())
    );
    assert_eq!(
        verifies(&grandchild(|link| same_key(holder(ORCHESTRATOR)(link)))),
        Ok(())
    );
    assert_eq!(
        verifies(&grandchild(|link| same_key(holder(HELPER)(link)))),
        Ok(())
    );
}
