//! What a decision needs is exactly what `watches()` names: a register that took nothing else
//! decides as one that took everything.

use crate::support::*;
use mandatum::claims::{End, Ending, MandateEnding, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::{Barrier, LimitRule, Waves};
use mandatum::mission::{MissionRole, NoticeError, Watch, WatchSubject, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Chain, Controller, Delegation, DenialCode, Effect, Limit, LivesBy, Mission, Notice, PublicKey,
    Seconds, VerifiedChain, bounds,
};
use std::collections::BTreeMap;

const NAMES: [&str; 3] = ["qbr", "slides", "tickets"];

/// A chain of one to three links, whose limits are about missions of a few controllers.
fn chain(random: &mut Random) -> Chain {
    let life = lives_by(random);
    let mut living = vec![life.mission().clone()];
    let mut chain = root(life, random.id());
    for (by, to) in [(ORCHESTRATOR, HELPER), (HELPER, INTERN)] {
        if random.chance(70) {
            let (limits, id) = (limits(random, &mut living), random.id());
            chain = child(&chain, by, to, limits, id);
        } else {
            break;
        }
    }
    chain
}

fn lives_by(random: &mut Random) -> LivesBy {
    let enders = [ENDER, STRANGER, DESK]
        .into_iter()
        .filter(|_| random.chance(40))
        .map(public)
        .collect::<Vec<_>>();
    LivesBy::new(any_mission(random), ages(90, 60, 30))
        .with_enders(enders)
        .unwrap()
}

/// Limits of a link, where these missions keep alive all calls of the links so far.
fn limits(random: &mut Random, living: &mut Vec<Mission>) -> Vec<Limit> {
    let mut limits = Vec::new();
    for _ in 0..random.below(4) {
        let scoped = random.chance(40);
        let limit = match random.below(5) {
            0 | 1 => {
                let lives_by = lives_by(random);
                if !scoped {
                    living.push(lives_by.mission().clone());
                }
                Limit::lives_by(lives_by)
            }
            2 => Limit::waves(waves(random, living)),
            3 => Limit::barrier(barrier(random)),
            _ => Limit::ends_on(label(random.name(&["over", "late"]))),
        };
        limits.push(if scoped {
            limit.with_tools(["pay.*"]).unwrap()
        } else {
            limit
        });
    }
    limits
}

fn waves(random: &mut Random, living: &[Mission]) -> Waves {
    let (of, first) = (random.pick(living).clone(), u64::from(random.chance(20)));
    match random.below(3) {
        0 => Waves::starting_at(of, first),
        last => {
            let last = first + u64::try_from(last).unwrap() - 1;
            Waves::new(of, first, last)
                .unwrap()
                .with_drain(Seconds::new(random.next() % 100))
                .unwrap()
        }
    }
}

/// The tasks that barriers wait for.
const TASKS: u8 = 4;

fn task(random: &mut Random) -> MandateId {
    MandateId::from_bytes([u8::try_from(random.below(TASKS.into())).unwrap(); 32])
}

/// The keys that barriers name; some have other roles as well.
const REPORTERS: [u8; 4] = [30, 31, HELPER, DESK];

fn barrier(random: &mut Random) -> Barrier {
    let tasks: BTreeMap<MandateId, PublicKey> = (0..2)
        .map(|_| (task(random), public(*random.pick(&REPORTERS))))
        .collect();
    let barrier = Barrier::new(tasks).unwrap();
    let barrier = if random.chance(70) {
        barrier.with_quorum(1).unwrap()
    } else {
        barrier
    };
    if random.chance(30) {
        barrier.with_deadline(at(99 + random.next() % 3))
    } else {
        barrier
    }
}

fn any_mission(random: &mut Random) -> Mission {
    mission(*random.pick(&[OFFICE, DESK]), random.name(&NAMES))
}

/// What two controllers say of their missions, and what others say of missions and mandates,
/// entitled or not.
fn news(random: &mut Random, chains: &[VerifiedChain]) -> Vec<Notice> {
    let mut notices = Vec::new();
    for seed in [OFFICE, DESK] {
        let (mut it, key) = (Controller::new(public(seed), Seconds::new(30)), key(seed));
        for name in NAMES {
            notices.push(signed(
                it.begin(&mission(seed, name), random.id(), at(0)).unwrap(),
                &key,
            ));
        }
        for step in 0..random.below(8) {
            let (name, id) = (mission(seed, random.name(&NAMES)), random.id());
            let now = at(u64::try_from(step).unwrap() * 10);
            let mandate = *random.pick(&mandates(random.clone().pick(chains)));
            let said = match random.below(9) {
                0 => it.suspend(&name, id, now).map(|said| signed(said, &key)),
                1 => it
                    .end(&name, Ending::Completed, id, now)
                    .map(|said| signed(said, &key)),
                2 => it
                    .fire(&name, label("over"), id, now)
                    .map(|said| signed(said, &key)),
                3 => it
                    .withdraw(&name, ToolPattern::new("pay.*").unwrap(), id, now)
                    .map(|said| signed(said, &key)),
                4 => it
                    .advance_wave(&name, id, now)
                    .map(|said| signed(said, &key)),
                5 => it
                    .end_task(&name, mandate, TaskEnding::Failed, at(LIFETIME), id, now)
                    .map(|end| signed(end.notice, &key)),
                _ => {
                    let statuses = it.heartbeat(|| id.into(), now).unwrap();
                    notices.extend(statuses.into_iter().map(|status| signed(status, &key)));
                    continue;
                }
            };
            notices.extend(said);
        }
        if random.chance(90) {
            let id = random.id();
            let statuses = it.heartbeat(|| id.into(), at(80)).unwrap();
            notices.extend(statuses.into_iter().map(|status| signed(status, &key)));
        }
    }
    for _ in 0..random.below(4) {
        let seed = *random.pick(&[ENDER, STRANGER, DESK, HELPER, COMPANY]);
        let (of, id) = (any_mission(random), random.id());
        notices.push(signed(
            End::by_ender(
                NoticeHeader::new(id, public(seed), at(40)),
                &of,
                Ending::Revoked,
            ),
            &key(seed),
        ));
        let mandate = *random.pick(&mandates(random.clone().pick(chains)));
        let how = if random.chance(30) {
            MandateEnding::KeyRevoked
        } else {
            TaskEnding::Abandoned.into()
        };
        let task_end = TaskEnd::by_holder(
            NoticeHeader::new(random.id(), public(seed), at(40)),
            mandate,
            how,
            at(LIFETIME),
        );
        notices.push(signed(task_end, &key(seed)));
    }
    for _ in 0..random.below(16) {
        let seed = *random.pick(&[
            30,
            31,
            HELPER,
            DESK,
            OFFICE,
            ORCHESTRATOR,
            COMPANY,
            STRANGER,
        ]);
        let how = match random.below(100) {
            0..85 => TaskEnding::Completed.into(),
            85..95 => TaskEnding::Failed.into(),
            _ => MandateEnding::KeyRevoked,
        };
        let word = TaskEnd::by_holder(
            NoticeHeader::new(random.id(), public(seed), at(40)),
            task(random),
            how,
            at(LIFETIME),
        );
        notices.push(signed(word, &key(seed)));
    }
    notices
}

#[test]
fn what_is_watched_is_all_that_matters() {
    let verifier = verifier();
    let (mut permits, mut denials, mut smaller, mut turns) = (0, 0, 0, BTreeMap::new());
    let mut by_staple: BTreeMap<Option<DenialCode>, usize> = BTreeMap::new();
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let chains: Vec<VerifiedChain> = (0..5)
            .map(|_| verifier.verify(&chain(&mut random)).unwrap())
            .collect();
        let notices = news(&mut random, &chains);
        let mut everything = Watches::none();
        chains
            .iter()
            .for_each(|chain| everything.extend(&Watches::new(chain)));
        let mut full = empty();
        for notice in &notices {
            let _ = full.apply(notice, &everything, at(100));
        }
        for chain in &chains {
            let watches = Watches::new(chain);
            let mut subset = empty();
            for notice in &notices {
                let taken = subset.apply(notice, &watches, at(100));
                assert!(
                    taken.is_ok() || taken == Err(NoticeError::NotWatched),
                    "{taken:?}"
                );
            }
            smaller += usize::from(subset.len() < full.len());
            for (tool, effect) in [
                ("crm.read", Effect::Read),
                ("pay.send", Effect::Write),
                ("pay.send", Effect::Irreversible),
            ] {
                let call = call(random.id(), tool, effect);
                let by_subset = verdict(&verifier, chain, &call, &subset, at(100));
                assert_eq!(
                    by_subset,
                    verdict(&verifier, chain, &call, &full, at(100)),
                    "seed {seed}"
                );
                // What is stapled counts by the same pairs, though nobody lists them.
                let mut few = notices.clone();
                random.shuffle(&mut few);
                few.truncate(bounds::MAX_STAPLED);
                let mut heard = empty();
                for notice in &few {
                    let _ = heard.apply(notice, &watches, at(100));
                }
                let stapled = proven(&verifier, chain, &call, &empty(), &few, at(100));
                let stapled = stapled.map_err(|denial| denial.code());
                let asked = verdict(&verifier, chain, &call, &heard, at(100))
                    .map_err(|denial| denial.code());
                assert_eq!(stapled, asked, "seed {seed}");
                *by_staple.entry(stapled.err()).or_insert(0) += 1;
                let limits = || chain.chain().links().flat_map(|link| link.limits.iter());
                let waits = limits().any(|limit| matches!(limit.rule(), LimitRule::Barrier(_)));
                let code = by_subset.as_ref().err().map(mandatum::Denial::code);
                *turns.entry((waits, code)).or_insert(0) += 1;
                *if by_subset.is_ok() {
                    &mut permits
                } else {
                    &mut denials
                } += 1;
            }
        }
    }
    println!("{permits} permits and {denials} denials agree, {smaller} registers were smaller");
    assert!(
        permits > 200 && denials > 200 && smaller > 500,
        "{permits} {denials} {smaller}"
    );
    for code in [
        None,
        Some(DenialCode::MissionEnded),
        Some(DenialCode::TaskEnded),
        Some(DenialCode::EventFired),
    ] {
        assert!(
            by_staple.get(&code).is_some_and(|times| *times > 5),
            "{by_staple:?}"
        );
    }
    // Also where it takes a completion, and where too few were heard.
    let found =
        |waits: bool, code: Option<DenialCode>| turns.get(&(waits, code)).copied().unwrap_or(0);
    println!("{turns:?}");
    assert!(found(true, None) > 20, "{turns:?}");
    for code in [DenialCode::BarrierClosed, DenialCode::BarrierBroken] {
        assert!(found(true, Some(code)) > 10, "{turns:?}");
    }
    for code in [DenialCode::NotYet, DenialCode::WaveClosed] {
        assert!(
            found(true, Some(code)) + found(false, Some(code)) > 5,
            "{turns:?}"
        );
    }
}

/// Each single thing that is watched does matter: whoever names less decides otherwise.
#[test]
fn a_watch_names_missions_and_mandates_with_their_signers() {
    let verifier = verifier();
    let life = LivesBy::new(mission(OFFICE, "qbr"), ages(90, 60, 30))
        .with_enders([public(ENDER)])
        .unwrap();
    let slides = LivesBy::new(mission(DESK, "slides"), ages(90, 60, 30));
    let chain = child(
        &root(life, [1; 16]),
        ORCHESTRATOR,
        HELPER,
        [Limit::lives_by(slides)],
        [2; 16],
    );
    let watches = Watches::new(&verifier.verify(&chain).unwrap());
    let missions: Vec<_> = watches.missions().cloned().collect();
    assert_eq!(missions.len(), 3);
    for (of, signer) in [
        (mission(OFFICE, "qbr"), OFFICE),
        (mission(OFFICE, "qbr"), ENDER),
        (mission(DESK, "slides"), DESK),
    ] {
        let role = if signer == ENDER {
            MissionRole::Ender
        } else {
            MissionRole::Controller
        };
        assert_eq!(watches.mission(&of.id(), public(signer)), Some(role));
        assert_eq!(watches.mission(&of.id(), public(STRANGER)), None);
    }
    let [root, leaf]: [_; 2] = chain.ids().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(watches.mandates().len(), 3 + 5);
    for (mandate, signers) in [
        (root, &[COMPANY, ORCHESTRATOR, OFFICE][..]),
        (leaf, &[COMPANY, ORCHESTRATOR, HELPER, OFFICE, DESK]),
    ] {
        assert!(
            signers
                .iter()
                .all(|signer| watches.mandate(mandate, public(*signer)))
        );
    }
}

/// A chain of the helper's that expires then.
fn expiring(id: u8, expires: u64) -> VerifiedChain {
    let life = LivesBy::new(mission(OFFICE, "qbr"), ages(90, 60, 30));
    let root = root(life, [1; 16]);
    let terms = Delegation::new([id; 16], public(HELPER), powers(), at(expires));
    let child = root
        .delegate(terms, at(0))
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    verifier().verify(&root.extend(child).unwrap()).unwrap()
}

#[test]
fn a_pair_is_watched_until_the_last_chain_that_watches_it_expires() {
    let [early, late] = [(2, 60), (3, 90)].map(|(id, expires)| expiring(id, expires));
    let (own, root) = (early.chain().leaf_id(), mandates(&early)[0]);
    for order in [[&early, &late], [&late, &early]] {
        let mut watches = Watches::none();
        assert!(watches.is_empty());
        order
            .iter()
            .for_each(|chain| watches.extend(&Watches::new(chain)));
        // Of both chains the controller; the root by three keys; each leaf by four.
        assert_eq!(watches.len(), 1 + 3 + 2 * 4);
        assert_eq!(watches.iter().count(), watches.len());

        watches.forget_expired(at(59), Seconds::new(0));
        assert_eq!(watches.len(), 12, "nothing has expired");
        watches.forget_expired(at(62), Seconds::new(3));
        assert_eq!(watches.len(), 12, "a clock may be three seconds behind");
        watches.forget_expired(at(63), Seconds::new(3));
        assert_eq!(watches, Watches::new(&late));
        assert!(!watches.mandate(own, public(HELPER)));
        assert!(
            watches.mandate(root, public(COMPANY))
                && watches
                    .mission(&mission(OFFICE, "qbr").id(), public(OFFICE))
                    .is_some()
        );
        watches.forget_expired(at(90), Seconds::new(0));
        assert!(watches.is_empty());
    }
}

/// A host that serves many agents, each for a minute, watches for those of a minute.
#[test]
fn a_host_that_drops_what_expired_watches_no_more_than_lives() {
    let (mut watches, mut most) = (Watches::none(), 0);
    for number in 1..=200_u8 {
        let now = 10 * u64::from(number);
        watches.forget_expired(at(now), Seconds::new(0));
        watches.extend(&Watches::new(&expiring(number, now + 60)));
        most = most.max(watches.len());
    }
    assert_eq!(most, 1 + 3 + 6 * 4);
}

#[test]
fn watches_are_listed_with_their_subjects() {
    let chain = expiring(2, 60);
    let watches = Watches::new(&chain);
    let (mut missions, mut ids) = (Vec::new(), Vec::new());
    for Watch {
        subject,
        signer,
        until,
    } in &watches
    {
        assert_eq!(until, at(60));
        match subject {
            WatchSubject::Mission(mission, role) => {
                assert_eq!(role, MissionRole::Controller);
                missions.push((mission, signer));
            }
            WatchSubject::Mandate(mandate) => ids.push((mandate, signer)),
        }
    }
    assert_eq!(missions, watches.missions().cloned().collect::<Vec<_>>());
    assert_eq!(ids, watches.mandates().copied().collect::<Vec<_>>());
    assert_eq!((missions.len(), ids.len()), (1, 7));
}
