//! Whose turn it is: every denial by waves and barriers, to the second, and by whose word.

use super::speakers::{as_of, decide_at};
use super::{CONTROLLER, ENDER, alive, links, snapshot, status_of, task_ended};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, chain_of};
use crate::support::order::{after_tasks, awaited, barrier_of, in_waves, limit, waves_of};
use crate::support::story::{
    COMPANY, HELPER, INTERN, NOW, ORCHESTRATOR, THIEF, after, child_of, grandchild_of, root,
    verifier,
};
use mandatum::DenialCode;
use mandatum::denial::{DenialKind, DenialPlace, DenialReason};
use mandatum::mission::{NotReadyError, Watches};

/// The mission in this wave, which began so many seconds after now; as of then, or as of now for
/// what was before.
fn wave(number: i64, since: i64) -> Forge {
    wave_as_of(number, since, since.max(0), number)
}

fn wave_as_of(number: i64, since: i64, seconds: i64, sequence: i64) -> Forge {
    let wave = cbor::array([number, NOW + since].map(cbor::int));
    as_of(
        status_of(
            CONTROLLER,
            &[snapshot("qbr").set(1, cbor::int(sequence)).set(3, wave)],
        ),
        seconds,
    )
}

/// The root, which lives by the mission, and a child with this limit.
fn child_limited(limit: &[u8]) -> [Vec<u8>; 2] {
    let [root, _] = links();
    let child = child_of(&root).term(1, cbor::array([limit])).token();
    [root, child]
}

/// A root that lives by the mission and has this limit, and a child.
fn root_limited(limit: &[u8]) -> [Vec<u8>; 2] {
    let root = root()
        .term(6, alive())
        .term(1, cbor::array([limit]))
        .token();
    let child = child_of(&root).token();
    [root, child]
}

/// From wave 2 to wave 3, and 10 seconds for stragglers.
fn two_to_three() -> Vec<u8> {
    let waves = waves_of(CONTROLLER)
        .set(1, cbor::int(2))
        .set(2, cbor::int(3))
        .set(3, cbor::int(10));
    in_waves(&waves)
}

/// The tasks that are waited for, and who holds them.
const TASKS: [u8; 3] = [0xa1, 0xa2, 0xa3];
const REPORTER: u8 = 60;

fn three() -> Map {
    barrier_of(TASKS.map(|task| awaited([task; 32], &[REPORTER])).into())
}

/// After all three.
fn all() -> Vec<u8> {
    after_tasks(&three())
}

/// After two of three, waiting for the third until ten seconds from now.
fn two_by_then() -> Vec<u8> {
    after_tasks(&three().set(1, cbor::int(2)).set(2, cbor::int(NOW + 10)))
}

fn two() -> Vec<u8> {
    after_tasks(&three().set(1, cbor::int(2)))
}

const COMPLETED: i64 = 0;
const ABANDONED: i64 = 1;
const FAILED: i64 = 2;
const REVOKED: i64 = 3;

/// How this key says that one of the tasks ended.
fn ended(by: u8, task: usize, how: i64) -> Forge {
    task_ended(by, &[TASKS[task]; 32], how)
}

/// A status, and how the reporter says that tasks ended.
fn told<const N: usize>(endings: [(usize, i64); N]) -> Vec<Forge> {
    let endings = endings
        .into_iter()
        .map(|(task, how)| ended(REPORTER, task, how));
    [super::status(CONTROLLER)]
        .into_iter()
        .chain(endings)
        .collect()
}

struct Row {
    name: &'static str,
    limit: Vec<u8>,
    notices: Vec<Forge>,
    code: DenialCode,
    kind: DenialKind,
}

fn rows() -> Vec<Row> {
    use DenialKind::{Ended, OutOfTime};
    let row = |name, limit: Vec<u8>, notices: Vec<Forge>, code, kind| Row {
        name,
        limit,
        notices,
        code,
        kind,
    };
    let early = |name, notices| row(name, two_to_three(), notices, DenialCode::NotYet, OutOfTime);
    let late = |name, notices| row(name, two_to_three(), notices, DenialCode::WaveClosed, Ended);
    let waits =
        |name, limit, notices| row(name, limit, notices, DenialCode::BarrierClosed, OutOfTime);
    let broken = |name, limit, notices| row(name, limit, notices, DenialCode::BarrierBroken, Ended);
    let drainless = in_waves(&waves_of(CONTROLLER).set(2, cbor::int(0)));
    vec![
        early("in the wave before the first", vec![wave(1, -50)]),
        early("in the very first wave", vec![wave(0, -50)]),
        late("in the wave after the next", vec![wave(5, -1)]),
        late("in the next, when it has drained", vec![wave(4, -10)]),
        late("far beyond", vec![wave(i64::MAX, 0)]),
        row(
            "a wave that does not drain",
            drainless,
            vec![wave(1, 0)],
            DenialCode::WaveClosed,
            Ended,
        ),
        row(
            "a wave that does not drain, told by a clock ahead",
            in_waves(&waves_of(CONTROLLER).set(2, cbor::int(0))),
            vec![wave(1, 30)],
            DenialCode::WaveClosed,
            Ended,
        ),
        // Waves only go up, whatever the state that counts says.
        late(
            "a wave seen before, which a higher sequence takes back",
            vec![wave_as_of(4, -20, -15, 1), wave_as_of(3, -20, 0, 2)],
        ),
        late(
            "a wave seen in a status that is too old to live by",
            vec![wave_as_of(4, -500, -400, 1), wave_as_of(3, -500, 0, 9)],
        ),
        late(
            "the earliest beginning of the wave counts",
            vec![wave_as_of(4, -10, -5, 4), wave_as_of(4, 0, 0, 5)],
        ),
        waits("nothing was heard of the tasks", all(), told([])),
        waits("all but one", all(), told([(0, COMPLETED), (1, COMPLETED)])),
        waits("one of two of three", two(), told([(2, COMPLETED)])),
        waits(
            "a quorum before the deadline",
            two_by_then(),
            told([(0, COMPLETED), (1, COMPLETED)]),
        ),
        waits(
            "a quorum before the deadline, and the third will not come",
            two_by_then(),
            told([(0, COMPLETED), (1, COMPLETED), (2, FAILED)]),
        ),
        waits("two may still be done", two(), told([(0, FAILED)])),
        broken("one failed of all", all(), told([(0, FAILED)])),
        broken("one was abandoned of all", all(), told([(0, ABANDONED)])),
        broken(
            "one was revoked of all",
            all(),
            told([(2, REVOKED), (1, COMPLETED), (0, COMPLETED)]),
        ),
        broken(
            "two failed of two of three",
            two(),
            told([(0, FAILED), (1, ABANDONED), (2, COMPLETED)]),
        ),
        broken(
            "the deadline does not wait for what can't come",
            two_by_then(),
            told([(0, FAILED), (1, REVOKED)]),
        ),
        broken(
            "completed, and then revoked",
            all(),
            told([(0, COMPLETED), (0, REVOKED)]),
        ),
        broken(
            "completed by its holder, failed by its issuer",
            all(),
            [told([(0, COMPLETED)]), vec![ended(ORCHESTRATOR, 0, FAILED)]].concat(),
        ),
    ]
}

/// The codes that waves and barriers reach.
pub(crate) fn codes() -> Vec<DenialCode> {
    rows()
        .into_iter()
        .map(|row| row.code)
        .chain([unheard().code()])
        .collect()
}

#[test]
fn every_row_is_denied_by_its_code_at_its_link() {
    for row in rows() {
        let mut notices = row.notices;
        for order in ["as told", "the other way round"] {
            let denial = decide_at(&child_limited(&row.limit), &notices, 0)
                .map(drop)
                .expect_err(row.name);
            let found = (denial.code(), denial.place(), denial.kind());
            assert_eq!(
                found,
                (row.code, DenialPlace::Link(1), row.kind),
                "{}, {order}",
                row.name
            );
            let at_root = decide_at(&root_limited(&row.limit), &notices, 0)
                .map(drop)
                .expect_err(row.name);
            // Of a barrier at the root, the parent's holder is no reporter.
            if !row.name.contains("issuer") {
                assert_eq!(
                    (at_root.code(), at_root.place()),
                    (row.code, DenialPlace::Link(0)),
                    "{}, {order}",
                    row.name
                );
            }
            notices.reverse();
        }
    }
}

#[test]
fn waves_are_good_from_the_first_to_the_last() {
    for (number, good) in [
        (0, false),
        (1, false),
        (2, true),
        (3, true),
        (4, false),
        (5, false),
    ] {
        let heard = [wave(number, -100)];
        assert_eq!(
            decide_at(&child_limited(&two_to_three()), &heard, 0).is_ok(),
            good,
            "{number}"
        );
    }
    let from_three = in_waves(&waves_of(CONTROLLER).set(1, cbor::int(3)));
    for (number, good) in [(2, false), (3, true), (4, true), (i64::MAX, true)] {
        assert_eq!(
            decide_at(&child_limited(&from_three), &[wave(number, -100)], 0).is_ok(),
            good,
            "{number}"
        );
    }
    let only_first = in_waves(&waves_of(CONTROLLER).set(2, cbor::int(0)));
    for (number, good) in [(0, true), (1, false)] {
        assert_eq!(
            decide_at(&child_limited(&only_first), &[wave(number, 0)], 0).is_ok(),
            good,
            "{number}"
        );
    }
}

/// Whether a call is permitted in these seconds.
fn good_at(limit: &[u8], notices: &[Forge], seconds: impl IntoIterator<Item = i64>) -> Vec<i64> {
    seconds
        .into_iter()
        .filter(|second| decide_at(&child_limited(limit), notices, *second).is_ok())
        .collect()
}

#[test]
fn stragglers_drain_to_the_second() {
    let edges = [0, 1, 9, 10, 11];
    assert_eq!(good_at(&two_to_three(), &[wave(4, 0)], edges), [0, 1, 9]);
    // Only the wave right after the last drains.
    assert_eq!(good_at(&two_to_three(), &[wave(5, 0)], edges), [0; 0]);
    assert_eq!(
        good_at(
            &two_to_three(),
            &[wave(4, 0), wave_as_of(5, 5, 5, 5)],
            edges
        ),
        [0; 0]
    );
    // A wave that is said to begin later does not drain longer than from when that was said.
    let claimed = wave_as_of(4, 1000, 0, 4);
    assert_eq!(good_at(&two_to_three(), &[claimed], edges), [0, 1, 9]);
    // Nor does one whose beginning is told again, later.
    let again = [wave(4, 0), wave_as_of(4, 8, 8, 5)];
    assert_eq!(good_at(&two_to_three(), &again, [8, 9, 10, 11, 17]), [8, 9]);
    // Nor with more leeway.
    let patient = verifier().with_leeway(mandatum::Seconds::hours(2));
    let decided =
        super::speakers::decide_by(&patient, &child_limited(&two_to_three()), &[wave(4, 0)], 10);
    assert_eq!(decided.unwrap_err().code(), DenialCode::WaveClosed);
}

#[test]
fn what_drains_is_permitted_until_it_has() {
    let key_of = |unsettled: mandatum::Unsettled| {
        let answer = unsettled
            .charges()
            .answer(mandatum::charge::LedgerOutcome::Reserved);
        unsettled.settle(answer).unwrap().valid_until()
    };
    let until =
        |notices: &[Forge]| key_of(decide_at(&child_limited(&two_to_three()), notices, 0).unwrap());
    assert_eq!(until(&[wave(4, -3)]), after(7));
    // In the wave itself nothing is known to end, and the news counts.
    assert_eq!(until(&[wave(3, -3)]), after(301));
}

#[test]
fn a_deadline_gives_up_in_its_second() {
    let done = told([(0, COMPLETED), (1, COMPLETED)]);
    assert_eq!(good_at(&two_by_then(), &done, [0, 9, 10, 11]), [10, 11]);
    let all_done = told([(0, COMPLETED), (1, COMPLETED), (2, COMPLETED)]);
    assert_eq!(
        good_at(&two_by_then(), &all_done, [0, 9, 10, 11]),
        [0, 9, 10, 11]
    );
    let lost = told([(0, COMPLETED), (1, COMPLETED), (2, FAILED)]);
    assert_eq!(good_at(&two_by_then(), &lost, [0, 9, 10, 11]), [10, 11]);
    assert_eq!(
        good_at(&two_by_then(), &told([(0, COMPLETED)]), [10, 300]),
        [0; 0]
    );
    // A deadline without a quorum waits for all of them, for ever.
    let all_by_then = after_tasks(&three().set(2, cbor::int(NOW + 10)));
    assert_eq!(good_at(&all_by_then, &done, [0, 10, 11]), [0; 0]);
    assert_eq!(good_at(&all_by_then, &all_done, [0, 9, 10]), [0, 9, 10]);
}

/// Everybody's word on the tasks, at a child, at a grandchild and at the root.
#[test]
fn only_who_may_report_opens_a_barrier() {
    let everybody = [
        COMPANY,
        ORCHESTRATOR,
        HELPER,
        INTERN,
        THIEF,
        CONTROLLER,
        ENDER,
        REPORTER,
    ];
    let barrier = || cbor::array([all()]);
    let [root_token, _] = links();
    let at_child = vec![
        root_token.clone(),
        child_of(&root_token).term(1, barrier()).token(),
    ];
    let child = child_of(&root_token).token();
    let at_grandchild = vec![
        root_token,
        child.clone(),
        grandchild_of(&child).term(1, barrier()).token(),
    ];
    let root_token = root().term(6, alive()).term(1, barrier()).token();
    let at_root = vec![root_token.clone(), child_of(&root_token).token()];
    // Who may report, and which issuers above may only call off.
    for (name, links, entitled, above) in [
        (
            "root",
            at_root,
            &[COMPANY, CONTROLLER, REPORTER][..],
            &[][..],
        ),
        (
            "child",
            at_child,
            &[ORCHESTRATOR, CONTROLLER, REPORTER],
            &[COMPANY],
        ),
        (
            "grandchild",
            at_grandchild,
            &[HELPER, CONTROLLER, REPORTER],
            &[COMPANY, ORCHESTRATOR],
        ),
    ] {
        let watches = Watches::new(&verifier().verify(&chain_of(&links)).unwrap());
        for by in everybody {
            let by_all = [0, 1, 2].map(|task| ended(by, task, COMPLETED));
            let notices = [&[super::status(CONTROLLER)][..], &by_all].concat();
            let opened = signed_by_leaf(&links, &notices);
            assert_eq!(opened, entitled.contains(&by), "{by} at the {name}");
            let key = crate::support::story::key(by).public();
            let watched = TASKS.iter().all(|task| {
                watches.mandate(
                    mandatum::primitives::MandateId::from_bytes([*task; 32]),
                    key,
                )
            });
            assert_eq!(watched, opened || above.contains(&by), "{by} at the {name}");
            // A completion by who may report it is none once somebody above calls the task off.
            let called_off = [
                &notices[..],
                &[ended(by, 0, REVOKED)],
                &[0, 1, 2].map(|task| ended(REPORTER, task, COMPLETED)),
            ];
            let opened = decide_at(&links, &called_off.concat(), 0)
                .map(drop)
                .map_err(|denial| denial.code());
            let expected = if watched {
                Err(DenialCode::BarrierBroken)
            } else {
                Ok(())
            };
            assert_eq!(opened, expected, "{by} calls off at the {name}");
        }
        // Forged in the reporter's name, it is a stranger's word.
        let forged = [0, 1, 2].map(|task| ended(REPORTER, task, COMPLETED).signed_by(THIEF));
        let notices = [&[super::status(CONTROLLER)][..], &forged].concat();
        assert!(!signed_by_leaf(&links, &notices), "forged at the {name}");
    }
}

fn signed_by_leaf(links: &[Vec<u8>], notices: &[Forge]) -> bool {
    match decide_at(links, notices, 0) {
        Ok(_) => true,
        Err(denial) => {
            assert_eq!(denial.code(), DenialCode::BarrierClosed);
            false
        }
    }
}

/// What each names counts for it alone.
#[test]
fn a_reporter_speaks_of_its_own_tasks() {
    let tasks = [(0, REPORTER), (1, THIEF), (2, INTERN)];
    let barrier = tasks
        .map(|(task, by)| awaited([TASKS[task]; 32], &[by]))
        .to_vec();
    let links = child_limited(&after_tasks(&barrier_of(barrier)));
    let by_own = tasks.map(|(task, by)| ended(by, task, COMPLETED));
    assert!(
        decide_at(
            &links,
            &[&[super::status(CONTROLLER)][..], &by_own].concat(),
            0
        )
        .is_ok()
    );
    let by_another =
        [(0, THIEF), (1, INTERN), (2, REPORTER)].map(|(task, by)| ended(by, task, COMPLETED));
    let denial = decide_at(
        &links,
        &[&[super::status(CONTROLLER)][..], &by_another].concat(),
        0,
    )
    .unwrap_err();
    assert_eq!(
        denial.reason(),
        &DenialReason::NotItsTurn(NotReadyError::BarrierClosed {
            done: 0,
            needed: 3,
            tasks: 3,
            deadline: None
        })
    );
}

/// The mission's news may be stale or missing where the tasks' is not, and the other way round.
#[test]
fn whose_turn_it_is_keeps_nothing_alive() {
    let code = |limit: &[u8], notices: &[Forge]| {
        decide_at(&child_limited(limit), notices, 0)
            .unwrap_err()
            .code()
    };
    let done = [0, 1, 2].map(|task| ended(REPORTER, task, COMPLETED));
    assert_eq!(code(&all(), &done), DenialCode::StatusMissing);
    let stale = as_of(super::status(CONTROLLER), -301);
    assert_eq!(
        code(&all(), &[&[stale][..], &done].concat()),
        DenialCode::StatusStale
    );
    assert_eq!(
        code(&two_to_three(), &[wave_as_of(2, -500, -301, 1)]),
        DenialCode::StatusStale
    );
    assert_eq!(
        code(&two_to_three(), &[super::end(ENDER), wave(2, -5)]),
        DenialCode::MissionEnded
    );
    // Told by no status, a wave is not known; the limit that lives by the mission would have said
    // so before.
    assert_eq!(unheard().code(), DenialCode::WaveUnknown);
}

/// A limit on waves that comes before the one by which the child lives, and nothing heard.
fn unheard() -> mandatum::Denial {
    let root = root().token();
    let limits = cbor::array([two_to_three(), limit(3, alive())]);
    let links = [root.clone(), child_of(&root).term(1, limits).token()];
    let denial = decide_at(&links, &[], 0).unwrap_err();
    assert_eq!(
        (denial.place(), denial.kind()),
        (DenialPlace::Link(1), DenialKind::Unconfirmed)
    );
    denial
}

#[test]
fn waves_and_barriers_count_in_their_scope() {
    let scoped = |kind: i64, content: Map, tool: &str| {
        cbor::array([
            cbor::int(kind),
            content.bytes(),
            cbor::array([cbor::text(tool)]),
        ])
    };
    let closed = || waves_of(CONTROLLER).set(1, cbor::int(7));
    let notices = [wave(0, -5)];
    for (tool, good) in [("crm.read", false), ("crm.*", false), ("pay", true)] {
        for limit in [scoped(6, closed(), tool), scoped(7, three(), tool)] {
            assert_eq!(
                decide_at(&root_limited(&limit), &notices, 0).is_ok(),
                good,
                "{tool}"
            );
        }
    }
}

#[test]
fn a_denial_says_whose_turn_it_is_instead() {
    let said = |limit: &[u8], notices: &[Forge]| {
        decide_at(&child_limited(limit), notices, 0)
            .map(drop)
            .unwrap_err()
            .details()
            .to_string()
    };
    assert_eq!(
        unheard().details().to_string(),
        "link 1: the wave of mission qbr is not known"
    );
    let table = [
        (
            two_to_three(),
            vec![wave(1, 0)],
            "mission qbr is in wave 1, before wave 2, the first that is good",
        ),
        (
            two_to_three(),
            vec![wave(5, 0)],
            "mission qbr is in wave 5, past wave 3, the last that was good",
        ),
        (
            all(),
            told([(1, COMPLETED)]),
            "waits for other tasks: 1 of 3 are done, 3 must be",
        ),
        (
            two_by_then(),
            told([(0, COMPLETED), (1, COMPLETED)]),
            "waits for other tasks: 2 of 3 are done, all must be before 2026-01-01T00:00:10Z and 2 from then on",
        ),
        (
            two(),
            told([(0, FAILED), (1, REVOKED)]),
            "waits in vain: 2 of 3 other tasks ended without being done, 2 must be done",
        ),
    ];
    for (limit, notices, expected) in table {
        assert_eq!(said(&limit, &notices), format!("link 1: {expected}"));
    }
}

/// What the caller is told says nothing of what the host heard.
#[test]
fn the_public_part_tells_no_news() {
    for row in rows() {
        let denial = decide_at(&child_limited(&row.limit), &row.notices, 0)
            .map(drop)
            .unwrap_err();
        let public = denial.public();
        assert_eq!(
            (public.kind, public.code, public.link),
            (DenialKind::Untrusted, "Refused", None),
            "{}",
            row.name
        );
        assert_eq!(denial.to_string(), public.message, "{}", row.name);
        assert!(
            !denial.details().to_string().contains(&public.message),
            "{}: {}",
            row.name,
            public.message
        );
    }
}
