//! Rule 17 on waves, and rule 18.

use super::keys::{kept_by, lives_by};
use super::links::terms;
use super::{Row, delegate, row};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, chain_of};
use crate::support::order::{
    after_tasks, awaited, barrier_of, in_waves, limit, mission_of, waves_of,
};
use crate::support::story::{
    INTERN, THIEF, anchor, child_of, key, now, pay, powers, read_crm, root, root_claims, verifier,
};
use mandatum::chain::ChainErrorKind;
use mandatum::limits::{Barrier, Reporters, Waves};
use mandatum::mission::Watches;
use mandatum::primitives::MandateId;
use mandatum::sign::Unsigned;
use mandatum::{ChainError, Life, Limit, Limits, Mission, bounds, issue};

/// The controller and an ender of the mission, which hold nothing.
const CONTROLLER: u8 = THIEF;
const ENDER: u8 = INTERN;

fn alive() -> Vec<u8> {
    limit(3, lives_by(CONTROLLER, ENDER))
}

/// The same limit, for the calls of these tools.
fn scoped(limit: &[u8], tools: &[&str]) -> Vec<u8> {
    let tools: Vec<Vec<u8>> = tools.iter().map(|tool| cbor::text(tool)).collect();
    // A limit is an array of two; with its scope it is one of three.
    [&cbor::head(4, 3)[..], &limit[1..], &cbor::array(tools)].concat()
}

fn wave_one(controller: u8) -> Vec<u8> {
    in_waves(&waves_of(controller).set(2, cbor::int(1)))
}

fn limits(forge: Forge, limits: &[Vec<u8>]) -> Forge {
    forge.term(1, cbor::array(limits))
}

/// The root with these limits of its own, kept alive by the mission where that is said.
fn root_with(living: bool, own: &[Vec<u8>]) -> Forge {
    let root = if living {
        root().term(6, lives_by(CONTROLLER, ENDER))
    } else {
        root()
    };
    if own.is_empty() {
        root
    } else {
        limits(root, own)
    }
}

fn below(root: &Forge, own: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let root = root.token();
    let child = child_of(&root);
    let child = if own.is_empty() {
        child
    } else {
        limits(child, own)
    };
    vec![root, child.token()]
}

fn issuing(living: bool, own: Vec<Limit>) -> Result<Unsigned<mandatum::Root>, ChainError> {
    let mut root = root_claims(powers([read_crm(&["acme", "globex"]), pay(1_000)]));
    if living {
        root.life = Life::Mission(kept_by(CONTROLLER, ENDER));
    }
    root.link = root.link.with_limits(Limits::new(own).unwrap());
    issue(&anchor(), root, now())
}

fn delegating(
    root: &Forge,
    own: Vec<Limit>,
) -> Result<Unsigned<mandatum::claims::Child>, ChainError> {
    delegate(
        &[root.token()],
        terms().with_limits(Limits::new(own).unwrap()),
    )
}

/// In wave 1 of a mission of this controller's.
fn in_wave_one(controller: u8, name: &str) -> Limit {
    Limit::waves(Waves::starting_at(
        Mission::new(key(controller).public(), name.parse().unwrap(), [7; 16]),
        1,
    ))
}

fn living() -> Limit {
    Limit::lives_by(kept_by(CONTROLLER, ENDER))
}

pub(super) fn rows() -> Vec<Row> {
    [of_waves(), of_many_missions(), of_watched()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_waves() -> Vec<Row> {
    let untold = |name: &str| ChainErrorKind::WaveUntold {
        mission: name.parse().unwrap(),
    };
    let audit = in_waves(&Map::of([(0, mission_of(CONTROLLER, "audit"))]));
    let for_pay = |limit: Limit| limit.with_tools(["pay"]).unwrap();
    let (qbr, wave) = (|| in_wave_one(CONTROLLER, "qbr"), || wave_one(CONTROLLER));
    vec![
        row(
            "a root in waves of what it does not live by",
            below(&root_with(false, &[wave()]), &[]),
            0,
            untold("qbr"),
        )
        .minted(issuing(false, vec![qbr()])),
        row(
            "a child in waves of what nothing lives by",
            below(&root_with(false, &[]), &[wave()]),
            1,
            untold("qbr"),
        )
        .minted(delegating(&root_with(false, &[]), vec![qbr()])),
        row(
            "in waves of another controller's mission of that name",
            below(&root_with(true, &[wave_one(ENDER)]), &[]),
            0,
            untold("qbr"),
        )
        .minted(issuing(true, vec![in_wave_one(ENDER, "qbr")])),
        row(
            "in waves of another mission of the controller",
            below(&root_with(true, &[]), std::slice::from_ref(&audit)),
            1,
            untold("audit"),
        )
        .minted(delegating(
            &root_with(true, &[]),
            vec![Limit::waves(Waves::starting_at(
                Mission::new(key(CONTROLLER).public(), "audit".parse().unwrap(), [7; 16]),
                0,
            ))],
        )),
        row(
            "the mission whose waves they are is further down",
            below(&root_with(false, &[wave()]), &[alive()]),
            0,
            untold("qbr"),
        ),
        row(
            "it lives by the mission for other calls only",
            below(
                &root_with(false, &[scoped(&alive(), &["pay"]), wave()]),
                &[],
            ),
            0,
            untold("qbr"),
        )
        .minted(issuing(false, vec![for_pay(living()), qbr()])),
        row(
            "waves of some calls, a mission of some of them",
            below(
                &root_with(false, &[scoped(&alive(), &["pay"])]),
                &[scoped(&wave(), &["pay", "crm.read"])],
            ),
            1,
            untold("qbr"),
        )
        .minted(delegating(
            &root_with(false, &[scoped(&alive(), &["pay"])]),
            vec![qbr().with_tools(["crm.read", "pay"]).unwrap()],
        )),
    ]
}

/// It counts what is said, also when it is the same mission again.
fn of_many_missions() -> Vec<Row> {
    let many = |count: usize| vec![alive(); count];
    let minted = |count: usize| vec![living(); count];
    let too_many = || ChainErrorKind::TooManyMissions;
    vec![
        row(
            "a root that lives by one too many",
            below(&root_with(true, &many(32)), &[]),
            0,
            too_many(),
        )
        .minted(issuing(true, minted(32))),
        row(
            "a child that adds one too many",
            below(&root_with(true, &many(31)), &many(1)),
            1,
            too_many(),
        )
        .minted(delegating(&root_with(true, &many(31)), minted(1))),
        row(
            "a child that adds far too many",
            below(&root_with(true, &[]), &many(32)),
            1,
            too_many(),
        )
        .minted(delegating(&root_with(true, &[]), minted(32))),
        row(
            "one too many for some calls",
            below(
                &root_with(true, &many(31)),
                &[scoped(&alive(), &["crm.read"])],
            ),
            1,
            too_many(),
        )
        .minted(delegating(
            &root_with(true, &many(31)),
            vec![living().with_tools(["crm.read"]).unwrap()],
        )),
    ]
}

/// The reporters of 99 tasks, so many in all.
fn reporters(all: usize) -> Vec<(u8, Vec<u8>)> {
    let more = all - 99;
    let of_task = |task: usize| 1 + more.saturating_sub(3 * task).min(3);
    (0..99)
        .map(|task| {
            (
                u8::try_from(task).unwrap(),
                (60..).take(of_task(task)).collect(),
            )
        })
        .collect()
}

fn barrier(all: usize) -> Vec<u8> {
    let tasks = reporters(all)
        .into_iter()
        .map(|(task, by)| awaited([task; 32], &by));
    after_tasks(&barrier_of(tasks.collect()))
}

fn minted_barrier(all: usize) -> Limit {
    let by =
        |seeds: Vec<u8>| Reporters::new(seeds.into_iter().map(|seed| key(seed).public())).unwrap();
    let tasks = reporters(all)
        .into_iter()
        .map(|(task, seeds)| (MandateId::from_bytes([task; 32]), by(seeds)));
    Limit::barrier(Barrier::new(tasks).unwrap())
}

/// 31 missions with one ender each, the holder, four keys of the issuer and 31 controllers for the
/// root itself, and the same 35 and again four for each of 99 tasks: 62 + 36 + 99 × 39, and the
/// reporters.
const REPORTERS: usize = bounds::MAX_WATCHED_PAIRS - 62 - 36 - 99 * 39;

fn full_root(reporters: usize) -> Forge {
    root_with(
        true,
        &[vec![alive(); 30], vec![barrier(reporters)]].concat(),
    )
}

fn minted_full(reporters: usize) -> Vec<Limit> {
    [vec![living(); 30], vec![minted_barrier(reporters)]].concat()
}

fn of_watched() -> Vec<Row> {
    let too_many = || ChainErrorKind::TooManyWatched;
    vec![
        row(
            "a root that makes one pair too many watched",
            below(&full_root(REPORTERS + 1), &[]),
            0,
            too_many(),
        )
        .minted(issuing(true, minted_full(REPORTERS + 1))),
        row(
            "a child below a root that makes all watched",
            below(&full_root(REPORTERS), &[]),
            1,
            too_many(),
        )
        .minted(delegating(&full_root(REPORTERS), vec![])),
    ]
}

#[test]
fn a_chain_makes_a_verifier_watch_as_many_pairs_as_it_may() {
    let chain = chain_of(&[full_root(REPORTERS).token()]);
    let watched = Watches::new(&verifier().verify(&chain).unwrap());
    // The same missions and keys again and again are counted each time, and are one pair each.
    assert!(
        watched.len() < bounds::MAX_WATCHED_PAIRS && !watched.is_empty(),
        "{}",
        watched.len()
    );
    assert_eq!(issuing(true, minted_full(REPORTERS)).map(drop), Ok(()));
}

#[test]
fn waves_are_told_by_what_lives_for_all_calls_or_for_the_same() {
    let verifies = |tokens: Vec<Vec<u8>>| verifier().verify(&chain_of(&tokens)).map(drop);
    let wave = || wave_one(CONTROLLER);
    let read = |limit: Vec<u8>| scoped(&limit, &["crm.read"]);
    assert_eq!(verifies(below(&root_with(true, &[wave()]), &[])), Ok(()));
    assert_eq!(
        verifies(below(&root_with(true, &[]), &[wave()])),
        Ok(()),
        "the root's mission tells the child's waves"
    );
    assert_eq!(
        verifies(below(&root_with(false, &[]), &[wave(), alive()])),
        Ok(()),
        "in any order"
    );
    assert_eq!(
        verifies(below(&root_with(true, &[]), &[read(wave())])),
        Ok(())
    );
    assert_eq!(
        verifies(below(&root_with(false, &[read(alive())]), &[read(wave())])),
        Ok(())
    );
}

#[test]
fn a_chain_lives_by_as_many_missions_as_it_may() {
    let many = |count: usize| vec![alive(); count];
    let at_root = below(&root_with(true, &many(31)), &[]);
    let shared = below(&root_with(true, &many(15)), &many(16));
    for tokens in [at_root, shared] {
        let chain = verifier().verify(&chain_of(&tokens)).unwrap();
        assert_eq!(chain.chain().lives_by().count(), 32);
    }
    assert_eq!(issuing(true, vec![living(); 31]).map(drop), Ok(()));
    assert_eq!(
        delegating(&root_with(true, &many(15)), vec![living(); 16]).map(drop),
        Ok(())
    );
}

#[test]
fn the_rules_have_their_numbers() {
    assert_eq!(
        ChainErrorKind::WaveUntold {
            mission: "qbr".parse().unwrap()
        }
        .rule(),
        17
    );
    assert_eq!(ChainErrorKind::TooManyMissions.rule(), 18);
    assert_eq!(ChainErrorKind::TooManyWatched.rule(), 18);
}
