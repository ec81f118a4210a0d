//! Waves and barriers that are wrong, each in one part.

use super::claims::{broken_missions, lives_by};
use super::{Row, row, with_limits};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::order::{
    after_tasks, awaited, barrier_of, in_waves, limit, mission_of, ordered, public, waves_of,
};
use crate::support::story::{NOW, encoded_limits, key};
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::limits::{Barrier, LimitError, MaxAge, Reporters, Waves};
use mandatum::primitives::{KeyError, MandateId, TimeError};
use mandatum::{Limit, LivesBy, Mission, Seconds, Timestamp};

const CONTROLLER: u8 = 50;

pub(super) fn rows() -> Vec<Row> {
    [waves(), tasks(), reporters(), opening()]
        .into_iter()
        .flatten()
        .collect()
}

fn qbr() -> Map {
    waves_of(CONTROLLER)
}

fn with_waves(waves: &Map) -> Vec<u8> {
    with_limits(&[in_waves(waves)])
}

const fn expected(wanted: Expected) -> CodecErrorKind {
    CodecErrorKind::Expected(wanted)
}

fn waves() -> Vec<Row> {
    let with = |key: i64, value: Vec<u8>| with_waves(&qbr().set(key, value));
    let until = |last: i64| qbr().set(2, cbor::int(last));
    let unsigned = || expected(Expected::UnsignedInteger);
    let mut rows = vec![
        row(
            "waves by number",
            with_limits(&[limit(6, cbor::int(1))]),
            expected(Expected::Map),
        ),
        row(
            "waves by null",
            with_limits(&[limit(6, cbor::null())]),
            expected(Expected::Map),
        ),
        row(
            "waves as a list",
            with_limits(&[limit(6, cbor::array([qbr().bytes()]))]),
            expected(Expected::Map),
        ),
        row(
            "waves of nobody's mission",
            with_waves(&qbr().without(0)),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "waves with more",
            with(4, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: 4 },
        ),
        row(
            "waves with a key below zero",
            with(-1, cbor::int(1)),
            CodecErrorKind::UnknownKey { key: -1 },
        ),
        row(
            "the first wave of all, spelled out",
            with(1, cbor::int(0)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no drain, spelled out",
            with_waves(&until(2).set(3, cbor::int(0))),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no drain of what never closes, spelled out",
            with(3, cbor::int(0)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "a drain of what never closes",
            with(3, cbor::int(60)),
            InvalidValue::Limit(LimitError::NothingToDrain),
        ),
        row(
            "a last wave before the first",
            with_waves(&until(1).set(1, cbor::int(2))),
            InvalidValue::Limit(LimitError::NoWave { first: 2, last: 1 }),
        ),
        row(
            "wave zero last and wave one first",
            with_waves(&until(0).set(1, cbor::int(1))),
            InvalidValue::Limit(LimitError::NoWave { first: 1, last: 0 }),
        ),
        row(
            "waves out of order",
            with_waves(
                &qbr()
                    .push(cbor::int(2), cbor::int(2))
                    .push(cbor::int(1), cbor::int(1)),
            ),
            CodecErrorKind::Unsorted,
        ),
        row(
            "two last waves",
            with_waves(&until(1).push(cbor::int(2), cbor::int(2))),
            CodecErrorKind::Duplicate,
        ),
        row(
            "two drains",
            with_waves(
                &until(1)
                    .set(3, cbor::int(1))
                    .push(cbor::int(3), cbor::int(2)),
            ),
            CodecErrorKind::Duplicate,
        ),
    ];
    rows.extend(
        broken_missions()
            .into_iter()
            .map(|(name, mission, fault)| row(name, with(0, mission), fault)),
    );
    for key in [1, 2, 3] {
        rows.extend([
            row("a wave below zero", with(key, cbor::int(-1)), unsigned()),
            row("a wave by null", with(key, cbor::null()), unsigned()),
            row("a wave by text", with(key, cbor::text("1")), unsigned()),
        ]);
    }
    rows
}

fn task(byte: u8) -> Vec<u8> {
    awaited([byte; 32], &[51])
}

fn after(tasks: &[u8]) -> Map {
    barrier_of(tasks.iter().copied().map(task).collect())
}

fn with_barrier(barrier: &Map) -> Vec<u8> {
    with_limits(&[after_tasks(barrier)])
}

/// The barrier with these tasks as they are.
fn with_tasks(tasks: &[Vec<u8>]) -> Vec<u8> {
    with_barrier(&Map::of([(0, cbor::array(tasks))]))
}

fn tasks() -> Vec<Row> {
    let one = |parts: &[Vec<u8>]| with_tasks(&[cbor::array(parts)]);
    let reporters = || cbor::array([public(51)]);
    let digest = |bytes: usize| cbor::bytes(vec![1; bytes]);
    vec![
        row(
            "a barrier by its tasks",
            with_limits(&[limit(7, cbor::array([task(1)]))]),
            expected(Expected::Map),
        ),
        row(
            "a barrier by null",
            with_limits(&[limit(7, cbor::null())]),
            expected(Expected::Map),
        ),
        row(
            "a barrier of nothing",
            with_barrier(&Map::default()),
            CodecErrorKind::MissingKey { key: 0 },
        ),
        row(
            "a barrier with more",
            with_barrier(&after(&[1]).set(3, cbor::int(1))),
            CodecErrorKind::UnknownKey { key: 3 },
        ),
        row(
            "a barrier after no task",
            with_tasks(&[]),
            InvalidValue::Limit(LimitError::BarrierTasks { found: 0 }),
        ),
        row(
            "tasks by null",
            with_barrier(&Map::of([(0, cbor::null())])),
            expected(Expected::Array),
        ),
        row(
            "more tasks than there may be",
            with_tasks(&(0..129).map(task).collect::<Vec<_>>()),
            CodecErrorKind::TooMany { max: 128 },
        ),
        row(
            "a task by its digest",
            with_tasks(&[digest(32)]),
            expected(Expected::Array),
        ),
        row(
            "a task that anybody reports",
            one(&[digest(32)]),
            expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a task with more",
            one(&[digest(32), reporters(), cbor::null()]),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row(
            "half a task",
            one(&[digest(16), reporters()]),
            expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a task and a half",
            one(&[digest(48), reporters()]),
            CodecErrorKind::TooLarge { max: 32 },
        ),
        row(
            "a task by name",
            one(&[cbor::text("slides"), reporters()]),
            expected(Expected::Bytes),
        ),
        row(
            "tasks out of order",
            with_tasks(&[task(2), task(1)]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a task twice",
            with_tasks(&[task(1), task(1)]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "a task twice, by other reporters",
            with_barrier(&barrier_of(vec![
                awaited([1; 32], &[51]),
                awaited([1; 32], &[52]),
            ])),
            InvalidValue::Limit(LimitError::TaskTwice),
        ),
    ]
}

fn reporters() -> Vec<Row> {
    let by = |reporters: Vec<u8>| with_tasks(&[cbor::array([cbor::bytes([1; 32]), reporters])]);
    let reversed: Vec<Vec<u8>> = ordered([51, 52]).into_iter().rev().collect();
    vec![
        row(
            "nobody reports",
            by(cbor::array::<Vec<u8>>([])),
            InvalidValue::Limit(LimitError::Reporters { found: 0 }),
        ),
        row(
            "nobody reports, by null",
            by(cbor::null()),
            expected(Expected::Array),
        ),
        row(
            "a reporter by itself",
            by(public(51)),
            expected(Expected::Array),
        ),
        row(
            "a reporter by name",
            by(cbor::array([cbor::text("helper")])),
            expected(Expected::Bytes),
        ),
        row(
            "half a reporter",
            by(cbor::array([cbor::bytes([7; 16])])),
            expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a weak reporter",
            by(cbor::array([cbor::bytes([0; 32])])),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "more reporters than there may be",
            by(cbor::array(ordered(51..68))),
            CodecErrorKind::TooMany { max: 16 },
        ),
        row(
            "reporters out of order",
            by(cbor::array(reversed)),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a reporter twice",
            by(cbor::array([public(51), public(51)])),
            CodecErrorKind::Duplicate,
        ),
    ]
}

/// Quorum and deadline.
fn opening() -> Vec<Row> {
    let with = |key: i64, value: Vec<u8>| with_barrier(&after(&[1, 2, 3]).set(key, value));
    let unsigned = || expected(Expected::UnsignedInteger);
    let quorum = |quorum: usize| InvalidValue::Limit(LimitError::Quorum { quorum, tasks: 3 });
    let huge = cbor::head(0, u64::MAX);
    vec![
        row("a quorum of none", with(1, cbor::int(0)), quorum(0)),
        row(
            "a quorum of more than there are",
            with(1, cbor::int(4)),
            quorum(4),
        ),
        row(
            "a quorum beyond all numbers",
            with(1, huge.clone()),
            quorum(usize::MAX),
        ),
        row(
            "a quorum of all, spelled out",
            with(1, cbor::int(3)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "a quorum of one of one, spelled out",
            with_barrier(&after(&[1]).set(1, cbor::int(1))),
            CodecErrorKind::DefaultSpelled,
        ),
        row("a quorum below zero", with(1, cbor::int(-1)), unsigned()),
        row("a quorum by null", with(1, cbor::null()), unsigned()),
        row("a deadline by null", with(2, cbor::null()), unsigned()),
        row("a deadline below zero", with(2, cbor::int(-1)), unsigned()),
        row(
            "a deadline without end",
            with(2, huge),
            InvalidValue::Time(TimeError::OutOfRange),
        ),
        row(
            "a quorum after the deadline",
            with_barrier(
                &after(&[1, 2])
                    .push(cbor::int(2), cbor::int(NOW))
                    .push(cbor::int(1), cbor::int(1)),
            ),
            CodecErrorKind::Unsorted,
        ),
        row(
            "two quorums",
            with_barrier(
                &after(&[1, 2, 3])
                    .set(1, cbor::int(1))
                    .push(cbor::int(1), cbor::int(2)),
            ),
            CodecErrorKind::Duplicate,
        ),
    ]
}

/// By hand as the library writes it.
#[test]
fn what_is_right_is_written_one_way() {
    let mission = || Mission::new(key(CONTROLLER).public(), "qbr".parse().unwrap(), [7; 16]);
    let ages = MaxAge::new(Seconds::new(300), Seconds::new(60), Seconds::new(10)).unwrap();
    let alive = LivesBy::new(mission(), ages)
        .with_enders([key(51).public()])
        .unwrap();
    let alive_by_hand = limit(3, lives_by(0, mission_of(CONTROLLER, "qbr")));
    let written = |limit: Limit| encoded_limits([Limit::lives_by(alive.clone()), limit]);
    let spelled = |limit: Vec<u8>| cbor::array([alive_by_hand.clone(), limit]);
    let until = |first, last| Waves::new(mission(), first, last).unwrap();
    let waves = [
        (Waves::starting_at(mission(), 0), qbr()),
        (Waves::starting_at(mission(), 3), qbr().set(1, cbor::int(3))),
        (Waves::only(mission(), 0), qbr().set(2, cbor::int(0))),
        (until(1, 2), qbr().set(1, cbor::int(1)).set(2, cbor::int(2))),
        (
            until(0, u64::MAX)
                .with_drain(Seconds::new(u64::MAX))
                .unwrap(),
            qbr()
                .set(2, cbor::head(0, u64::MAX))
                .set(3, cbor::head(0, u64::MAX)),
        ),
    ];
    for (waves, by_hand) in waves {
        assert_eq!(
            written(Limit::waves(waves.clone())),
            spelled(in_waves(&by_hand)),
            "{waves}"
        );
    }
    let id = |byte| MandateId::from_bytes([byte; 32]);
    let by = |seeds: &[u8]| Reporters::new(seeds.iter().map(|seed| key(*seed).public())).unwrap();
    let three = || {
        Barrier::new([
            (id(3), by(&[51])),
            (id(1), by(&[54, 53, 52, 51])),
            (id(2), by(&[51])),
        ])
        .unwrap()
    };
    let tasks = || barrier_of(vec![task(2), task(3), awaited([1; 32], &[51, 52, 53, 54])]);
    let deadline = Timestamp::from_unix(NOW.unsigned_abs()).unwrap();
    let barriers = [
        (three(), tasks()),
        (three().with_quorum(3).unwrap(), tasks()),
        (
            three().with_quorum(2).unwrap(),
            tasks().set(1, cbor::int(2)),
        ),
        (
            three().with_quorum(1).unwrap().with_deadline(deadline),
            tasks().set(1, cbor::int(1)).set(2, cbor::int(NOW)),
        ),
        (
            three().with_deadline(deadline),
            tasks().set(2, cbor::int(NOW)),
        ),
    ];
    for (barrier, by_hand) in barriers {
        assert_eq!(
            written(Limit::barrier(barrier.clone())),
            spelled(after_tasks(&by_hand)),
            "{barrier}"
        );
    }
}
