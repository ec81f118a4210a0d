//! The controller's side of the stories: what it will and won't say, and what it says after a
//! crash.

use crate::edges::{MISSION, World, label, seed, task_end};
use crate::stage::{Desk, at, root_expires};
use mandatum::claims::{Ending, Snapshot, StatusError, TaskEnd, TaskEnding};
use mandatum::mission::ControllerError;
use mandatum::powers::ToolPattern;
use mandatum::primitives::TokenId;
use mandatum::sign::Unsigned;
use mandatum::{Chain, Controller, DenialCode, Mission, Notice, Seconds, SigningKey, Timestamp};

/// The desk's mission of this name, begun at nine.
fn begun(desk: &mut Desk, name: &str) -> Mission {
    let mission = desk.mission(name).expect("a mission");
    desk.begins(&mission, at(9, 0, 0)).expect("begun");
    mission
}

/// The controller ends the task of a chain's leaf: it failed.
fn fails(
    controller: &mut Controller,
    mission: &Mission,
    chain: &Chain,
    id: TokenId,
    now: Timestamp,
) -> Result<Unsigned<TaskEnd>, ControllerError> {
    let (mandate, expires) = (chain.leaf_id(), root_expires(chain));
    controller
        .end_task(mission, mandate, TaskEnding::Failed, expires, id, now)
        .map(|end| end.notice)
}

#[test]
fn a_controller_says_only_what_can_be_true() {
    let mut controller = Controller::new(seed([90; 32]), Seconds::new(30));
    let (mission, now) = (controller.mission(label(MISSION), [7; 16]), at(9, 0, 0));
    let id = TokenId::from([1; 8]);
    assert_eq!(
        controller.suspend(&mission, id, now).err(),
        Some(ControllerError::UnknownMission)
    );
    assert!(controller.begin(&mission, id, now).is_ok());
    assert_eq!(
        controller.begin(&mission, id, now).err(),
        Some(ControllerError::AlreadyBegun)
    );
    assert_eq!(
        controller.resume(&mission, id, now).err(),
        Some(ControllerError::AlreadySo)
    );
    assert!(controller.suspend(&mission, id, now).is_ok());
    assert_eq!(
        controller.suspend(&mission, id, now).err(),
        Some(ControllerError::AlreadySo)
    );
    let stepped_back = ControllerError::ClockSteppedBack {
        last: now,
        now: at(8, 59, 59),
    };
    assert_eq!(
        controller.resume(&mission, id, at(8, 59, 59)).err(),
        Some(stepped_back)
    );
    assert_eq!(
        controller.heartbeat(|| id, at(8, 59, 59)).err(),
        Some(stepped_back)
    );
    assert!(controller.fire(&mission, label("done"), id, now).is_ok());
    assert_eq!(
        controller.fire(&mission, label("done"), id, now).err(),
        Some(ControllerError::AlreadySo)
    );
    assert!(controller.end(&mission, Ending::Revoked, id, now).is_ok());
    let ended = Some(ControllerError::Ended {
        ending: Ending::Revoked,
    });
    assert_eq!(
        controller.end(&mission, Ending::Completed, id, now).err(),
        ended
    );
    assert_eq!(controller.resume(&mission, id, now).err(), ended);
    assert_eq!(
        controller.begin(&mission, id, now).err(),
        Some(ControllerError::AlreadyBegun)
    );
    assert!(
        controller
            .heartbeat(|| id, now)
            .expect("nothing to say")
            .is_empty()
    );
}

/// Rebuilt from what was stored, in any order, a controller goes on with the same words.
#[test]
fn a_rebuilt_controller_says_the_same_next() {
    let mut desk = Desk::new(90);
    let [attic, cellar, garden] = ["attic", "cellar", "garden"].map(|name| begun(&mut desk, name));
    let now = at(9, 1, 0);
    let helper = World::new().helpers[0].chain.clone();
    let tool = ToolPattern::new("file.write").expect("a tool");
    let said = [
        desk.signs(|desk, id| desk.suspend(&attic, id, now)),
        desk.signs(|desk, id| desk.resume(&attic, id, now)),
        desk.signs(|desk, id| desk.advance_wave(&attic, id, now)),
        desk.signs(|desk, id| desk.fire(&attic, label("swept"), id, now)),
        desk.signs(|desk, id| desk.withdraw(&cellar, tool, id, now)),
        desk.signs(|desk, id| fails(desk, &cellar, &helper, id, now)),
        desk.signs(|desk, id| desk.end(&garden, Ending::Completed, id, now)),
    ];
    assert!(
        said.into_iter()
            .all(|said| said.is_ok_and(|said| said.is_ok()))
    );
    desk.heartbeat(at(9, 2, 0)).expect("said");
    let later = at(9, 3, 0);
    let next = |mut controller: Controller| -> Vec<Snapshot> {
        let statuses = controller
            .heartbeat(|| TokenId::from([3; 8]), later)
            .expect("said");
        statuses
            .iter()
            .flat_map(|status| status.claims().missions.iter().cloned())
            .collect()
    };
    let key = desk.controller.key();
    let rebuild = |stored: &[Notice]| Controller::rebuild(key, Seconds::new(30), stored);
    let expected = next(desk.controller.clone());
    assert_eq!(expected.len(), 2);
    assert_eq!(next(rebuild(&desk.stored)), expected);
    let reversed: Vec<Notice> = desk.stored.iter().rev().cloned().collect();
    assert_eq!(next(rebuild(&reversed)), expected);
    let mut rebuilt = rebuild(&desk.stored);
    let ended = ControllerError::Ended {
        ending: Ending::Completed,
    };
    assert_eq!(
        rebuilt.resume(&garden, TokenId::from([4; 8]), later).err(),
        Some(ended)
    );
    let stepped_back = ControllerError::ClockSteppedBack {
        last: at(9, 2, 0),
        now,
    };
    assert_eq!(
        rebuilt.suspend(&attic, TokenId::from([4; 8]), now).err(),
        Some(stepped_back)
    );
}

/// What others say of a mission of the same name is no part of a controller's own, and neither is
/// what is forged.
#[test]
fn what_others_said_is_no_part_of_a_rebuilt_controller() {
    let (mut desk, mut other) = (Desk::new(90), Desk::new(91));
    let now = at(9, 1, 0);
    let missions = [&mut desk, &mut other].map(|desk| begun(desk, "attic"));
    let (stored, expected) = (desk.stored.clone(), desk.controller.clone());
    let suspends = |(desk, mission): (&mut Desk, Mission)| {
        desk.signs(|desk, id| desk.suspend(&mission, id, now))
            .expect("signed")
            .expect("said")
    };
    let [attic, others] = missions;
    let (own, others) = (suspends((&mut desk, attic)), suspends((&mut other, others)));
    let mut forged = own.as_bytes().to_vec();
    *forged.last_mut().expect("a signature") ^= 1;
    let forged = Notice::from_bytes(&forged).expect("a notice, but for its signature");
    let rebuilt = Controller::rebuild(
        desk.controller.key(),
        Seconds::new(30),
        stored.iter().chain([&others, &forged]),
    );
    assert_eq!(rebuilt, expected);
}

/// What was told ahead of a status that was never said is not lost with the process, and others'
/// notices are passed over.
#[test]
fn a_controller_that_crashed_before_the_status_says_it_after() {
    let mut world = World::new();
    let (mission, now) = (world.mission(), at(9, 1, 0));
    let helper = world.helpers[0].chain.clone();
    let ended = world
        .desk
        .signs(|desk, id| fails(desk, &mission, &helper, id, now));
    assert!(ended.expect("signed").is_ok());
    let strangers = task_end(&SigningKey::from_seed(&[99; 32]), &world.helpers[1], now);
    let stored = world.desk.stored.iter().chain([&strangers]);
    world.desk.controller = Controller::rebuild(world.desk.key.public(), Seconds::new(30), stored);
    world.beat(at(9, 2, 0));
    assert_eq!(
        world.code(0, "file.read", at(9, 2, 0)),
        Some(DenialCode::TaskEnded),
        "by the status alone"
    );
    assert_eq!(world.code(1, "file.read", at(9, 2, 0)), None);
}

/// A mission's lists are bounded, and the bound is met when the intent is.
#[test]
fn the_65th_event_is_refused() {
    let mut desk = Desk::new(90);
    let (attic, now) = (begun(&mut desk, "attic"), at(9, 1, 0));
    let mut fire = |number: usize| {
        let event = label(&format!("event-{number}"));
        desk.signs(|desk, id| desk.fire(&attic, event, id, now))
            .expect("signed")
            .err()
    };
    assert!((0..64).all(|number| fire(number).is_none()));
    assert_eq!(
        fire(64),
        Some(ControllerError::State(StatusError::Events { found: 65 }))
    );
    assert_eq!(desk.heartbeat(now).expect("it goes on").len(), 1);
}

/// One mission's state that fits no status must not silence the others.
#[test]
fn a_state_too_large_to_say_is_refused_before_it_is_so() {
    let mut desk = Desk::new(90);
    let [attic, _] = ["attic", "cellar"].map(|name| begun(&mut desk, name));
    let now = at(9, 1, 0);
    let long = |number: usize| label(&format!("{number:0>256}"));
    let refused = (0..64).find_map(|number| {
        desk.signs(|desk, id| desk.fire(&attic, long(number), id, now))
            .expect("signed")
            .err()
    });
    assert_eq!(
        refused,
        Some(ControllerError::State(StatusError::NameBytes {
            found: 12_544
        }))
    );
    let statuses = desk.heartbeat(now).expect("both go on");
    assert!(!statuses.is_empty());
}

/// A mandate that was ended in one mission is, after a crash, still ended in another that had only
/// told it ahead of a status.
#[test]
fn what_one_mission_has_said_does_not_stand_for_another() {
    let mut desk = Desk::new(90);
    let [attic, cellar] = ["attic", "cellar"].map(|name| begun(&mut desk, name));
    let helper = World::new().helpers[0].chain.clone();
    for (mission, minute) in [(&attic, 1), (&cellar, 3)] {
        let ended = desk.signs(|desk, id| fails(desk, mission, &helper, id, at(9, minute, 0)));
        assert!(ended.expect("signed").is_ok());
        if mission == &attic {
            desk.heartbeat(at(9, 2, 0)).expect("said");
        }
    }
    let mut rebuilt = Controller::rebuild(desk.controller.key(), Seconds::new(30), &desk.stored);
    let statuses = rebuilt
        .heartbeat(|| TokenId::from([3; 8]), at(9, 4, 0))
        .expect("said");
    let snapshots = statuses
        .iter()
        .flat_map(|status| status.claims().missions.iter());
    let named = snapshots.map(|said| said.ended.contains(helper.leaf_id()));
    assert_eq!(named.collect::<Vec<_>>(), [true, true]);
}
