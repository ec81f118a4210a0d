//! What comes after what: waves and barriers.

use super::forge::{Entries, encode, put};
use super::missions::{
    CONTROLLER, ENDER, FRESH, READ_AGE, SECOND_CONTROLLER, alive, lives, lives_by, named,
};
use super::news::{
    active, end, event, forged_task_end, key_revoked, mission, mission_id, public, status,
    task_ended,
};
use super::scene::{COMPANY, NOW, STRANGER, Scene, holder, key, limits};
use ciborium::Value;
use mandatum::DenialCode;

pub(super) fn cases() -> Vec<Scene> {
    let waves = [
        waves(),
        closed(),
        drain(),
        wave_news(),
        wave_bytes(),
        wave_rules(),
        many_missions(),
        steps(),
        watched(),
    ];
    let barriers = [
        open(),
        waiting(),
        broken(),
        deadlines(),
        reporters(),
        barrier_bytes(),
    ];
    waves.into_iter().chain(barriers).flatten().collect()
}

/// The mission in this wave, which began then, as of now.
fn wave(number: u64, since: u64) -> Vec<u8> {
    status(
        CONTROLLER,
        NOW,
        [active("qbr", 7).wave(number).since(since)],
    )
}

/// Waves of the mission `qbr`, as JSON.
fn in_waves(of: u8, words: &str) -> String {
    format!(r#"{{"waves":{{"mission":{}{words}}}}}"#, named(of, "qbr"))
}

/// The root lives by the mission and is good in these waves.
fn bound(scene: Scene, words: &str) -> Scene {
    lives(scene).limits(&format!("[{}]", in_waves(CONTROLLER, words)))
}

/// The same limit, for the calls of these tools.
pub(super) fn for_tools(limit: &str, tools: &str) -> String {
    limit.replacen('{', &format!(r#"{{"tools":["{tools}"],"#), 1)
}

const TWO_TO_THREE: &str = r#","first":2,"last":3,"drain":10"#;

/// In this wave, which began then, the root is good from wave 2 to wave 3, with ten seconds for
/// stragglers.
fn in_wave(scene: Scene, number: u64, since: u64) -> Scene {
    bound(scene, TWO_TO_THREE).heard(wave(number, since))
}

fn permit(name: &str, description: &str) -> Scene {
    Scene::permit(name, description).until(FRESH)
}

fn deny(code: DenialCode, name: &str, description: &str) -> Scene {
    Scene::deny(code, name, description).link(0)
}

fn waves() -> Vec<Scene> {
    let childs = |scene: Scene, number: u64| {
        let limit = format!("[{}]", in_waves(CONTROLLER, r#","first":1,"last":1"#));
        lives(scene)
            .child_with(move |terms| terms.with_limits(limits(&limit)))
            .heard(wave(number, NOW - 30))
    };
    let scoped = |scene: Scene, tools: &str| {
        let limit = for_tools(&in_waves(CONTROLLER, r#","last":0"#), tools);
        lives(scene)
            .limits(&format!("[{limit}]"))
            .heard(wave(1, NOW - 30))
    };
    vec![
        in_wave(
            permit("wave-first", "The first wave in which it is good."),
            2,
            NOW - 30,
        ),
        in_wave(
            permit("wave-last", "The last wave in which it is good."),
            3,
            NOW - 30,
        ),
        in_wave(
            deny(
                DenialCode::NotYet,
                "wave-before",
                "The wave before the first.",
            ),
            1,
            NOW - 30,
        ),
        in_wave(
            deny(
                DenialCode::NotYet,
                "wave-zero",
                "The mission has just begun.",
            ),
            0,
            NOW,
        ),
        bound(
            permit("wave-without-a-last", "From wave 2 on."),
            r#","first":2"#,
        )
        .heard(wave(u64::MAX, NOW)),
        bound(
            deny(
                DenialCode::NotYet,
                "wave-without-a-last",
                "From wave 2 on, in wave 1.",
            ),
            r#","first":2"#,
        )
        .heard(wave(1, NOW)),
        bound(permit("wave-zero-only", "In wave 0 alone."), r#","last":0"#).heard(wave(0, NOW)),
        childs(
            permit(
                "wave-childs",
                "A child is good in one wave of its root's mission.",
            ),
            1,
        ),
        childs(
            Scene::deny(
                DenialCode::NotYet,
                "wave-childs",
                "A child whose wave has not come.",
            )
            .link(1),
            0,
        ),
        childs(
            Scene::deny(
                DenialCode::WaveClosed,
                "childs",
                "A child whose wave is over.",
            )
            .link(1),
            2,
        ),
        scoped(
            permit("wave-out-of-scope", "The waves are for other tools.").also("revenue.*"),
            "revenue.*",
        ),
        scoped(
            deny(
                DenialCode::WaveClosed,
                "in-scope",
                "The waves are for this tool.",
            ),
            "crm.*",
        ),
    ]
}

fn closed() -> Vec<Scene> {
    let late = |name: &str, description: &str| deny(DenialCode::WaveClosed, name, description);
    vec![
        bound(
            late("next", "The next wave has begun, and nothing drains."),
            r#","last":0"#,
        )
        .heard(wave(1, NOW)),
        in_wave(
            late(
                "two-later",
                "The wave after the next has begun in this second.",
            ),
            5,
            NOW,
        ),
        in_wave(
            late(
                "at-the-end-of-all-waves",
                "The last wave that can be counted.",
            ),
            u64::MAX,
            NOW,
        ),
        bound(
            deny(
                DenialCode::MissionSuspended,
                "in-a-closed-wave",
                "The mission is suspended besides, and what it lives by is asked first.",
            ),
            TWO_TO_THREE,
        )
        .heard(status(
            CONTROLLER,
            NOW,
            [active("qbr", 7).wave(5).suspended()],
        )),
        bound(
            late(
                "seen-before",
                "A higher sequence goes back to an earlier wave; waves only go up.",
            ),
            TWO_TO_THREE,
        )
        .heard(status(
            CONTROLLER,
            NOW - 20,
            [active("qbr", 1).wave(5).since(NOW - 30)],
        ))
        .heard(wave(3, NOW - 30)),
        bound(
            late(
                "seen-in-a-stale-status",
                "A status too old to live by still tells the wave.",
            ),
            TWO_TO_THREE,
        )
        .heard(status(
            CONTROLLER,
            NOW - 2 * READ_AGE,
            [active("qbr", 1).wave(5).since(NOW - 2 * READ_AGE)],
        ))
        .heard(wave(3, NOW - 2 * READ_AGE)),
        lives(late(
            "as-of-within-leeway",
            "The wave is told as of the future, within the leeway.",
        ))
        .limits(&format!("[{}]", in_waves(CONTROLLER, r#","last":0"#)))
        .heard(status(
            CONTROLLER,
            NOW + 30,
            [active("qbr", 7).wave(1).since(NOW + 30)],
        )),
    ]
}

/// To the second.
fn drain() -> Vec<Scene> {
    let claimed = |scene: Scene, as_of| {
        bound(scene, TWO_TO_THREE).heard(status(
            CONTROLLER,
            as_of,
            [active("qbr", 7).wave(4).since(NOW + 1000)],
        ))
    };
    let again = |scene: Scene, since| {
        bound(scene, TWO_TO_THREE)
            .heard(status(
                CONTROLLER,
                NOW - 1,
                [active("qbr", 6).wave(4).since(since)],
            ))
            .heard(wave(4, NOW))
    };
    let late = |name: &str, description: &str| deny(DenialCode::WaveClosed, name, description);
    vec![
        in_wave(
            permit(
                "wave-drains",
                "The next wave began in this second; stragglers have ten.",
            ),
            4,
            NOW,
        )
        .until(NOW + 10),
        in_wave(
            permit(
                "wave-drains-for-a-last-second",
                "The next wave began nine seconds ago.",
            ),
            4,
            NOW - 9,
        )
        .until(NOW + 1),
        in_wave(
            late("drained", "The next wave began ten seconds ago."),
            4,
            NOW - 10,
        ),
        in_wave(
            late("drained-with-leeway", "Leeway lengthens no drain."),
            4,
            NOW - 10,
        )
        .verifier(|verifier| verifier.leeway = Some(3600)),
        claimed(
            permit(
                "wave-claimed-to-begin-later",
                "A beginning after the status that tells it counts as that status's time.",
            ),
            NOW - 9,
        )
        .until(NOW + 1),
        claimed(
            late(
                "claimed-to-begin-later",
                "A beginning in the future lengthens no drain.",
            ),
            NOW - 10,
        ),
        bound(
            permit(
                "wave-drains-from-receipt",
                "A wave that is told 30 s ahead drains from its receipt.",
            ),
            TWO_TO_THREE,
        )
        .heard(status(
            CONTROLLER,
            NOW + 30,
            [active("qbr", 7).wave(4).since(NOW + 30)],
        ))
        .until(NOW + 10),
        again(
            permit(
                "wave-beginning-told-twice",
                "Of two beginnings of a wave the earlier counts.",
            ),
            NOW - 9,
        )
        .until(NOW + 1),
        again(
            late(
                "beginning-told-twice",
                "Of two beginnings of a wave the earlier counts, and has drained.",
            ),
            NOW - 10,
        ),
    ]
}

/// Who tells the wave.
fn wave_news() -> Vec<Scene> {
    let unknown = |name: &str, description: &str| {
        let both = format!(
            r#"[{},{{"lives_by":{}}}]"#,
            in_waves(CONTROLLER, r#","last":0"#),
            lives_by(CONTROLLER, "qbr")
        );
        Scene::deny(DenialCode::WaveUnknown, name, description)
            .link(1)
            .child_with(move |terms| terms.with_limits(limits(&both)))
    };
    let good = |scene: Scene| in_wave(scene, 3, NOW - 30);
    vec![
        unknown(
            "nothing-heard",
            "Nothing was heard of the mission, of which the waves are asked first.",
        ),
        unknown(
            "by-a-stranger",
            "A stranger's mission of that name is in wave 0.",
        )
        .heard(status(STRANGER, NOW, [active("qbr", 1)])),
        unknown(
            "by-a-notice",
            "An event of the mission was told, which says nothing of its wave.",
        )
        .heard(event(CONTROLLER, "qbr", "deal closed", NOW)),
        bound(
            deny(
                DenialCode::StatusMissing,
                "in-waves",
                "Nothing was heard of the mission that it lives by.",
            ),
            TWO_TO_THREE,
        ),
        bound(
            deny(
                DenialCode::StatusStale,
                "in-waves",
                "The wave is right, and the status too old.",
            ),
            TWO_TO_THREE,
        )
        .heard(status(
            CONTROLLER,
            NOW - READ_AGE - 1,
            [active("qbr", 1).wave(2)],
        )),
        bound(
            deny(
                DenialCode::MissionEnded,
                "in-waves",
                "The wave is right, and the mission has ended.",
            ),
            TWO_TO_THREE,
        )
        .heard(wave(2, NOW - 30))
        .heard(end(CONTROLLER, CONTROLLER, "qbr", NOW)),
        good(permit(
            "wave-by-a-stranger",
            "A stranger's mission of that name is in a later wave.",
        ))
        .heard(status(STRANGER, NOW, [active("qbr", 9).wave(9)])),
        good(permit(
            "wave-of-another-mission",
            "Another mission of the controller is in a later wave.",
        ))
        .heard(status(CONTROLLER, NOW, [active("audit", 9).wave(9)])),
        good(permit(
            "wave-of-the-future",
            "A status as of beyond the leeway tells a later wave, and is not taken in.",
        ))
        .heard(status(CONTROLLER, NOW + 31, [active("qbr", 9).wave(9)])),
    ]
}

/// A limit of a kind, in the place of the root's or child's limits.
pub(super) fn limited(scene: Scene, kind: u64, content: Entries) -> Scene {
    let limit = Value::Array(vec![Value::Array(vec![kind.into(), Value::Map(content)])]);
    scene.edit(move |link| link.terms(|terms| put(terms, 1, limit.clone())))
}

/// The waves of a mission `qbr` of this controller's, from wave 1 on.
fn from_one(of: u8) -> Entries {
    vec![(0.into(), mission(of, "qbr")), (1.into(), 1.into())]
}

fn with(mut entries: Entries, key: i64, value: impl Into<Value>) -> Entries {
    put(&mut entries, key, value);
    entries
}

fn wave_bytes() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, content| {
        limited(lives(Scene::deny(code, name, description)), 6, content)
    };
    vec![
        wrong(
            DenialCode::NotDeterministic,
            "wave-zero-first",
            "That wave 0 is the first, spelled out.",
            with(from_one(CONTROLLER), 1, 0),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "no-drain",
            "That nothing drains, spelled out.",
            with(with(from_one(CONTROLLER), 2, 2), 3, 0),
        ),
        wrong(
            DenialCode::InvalidValue,
            "last-wave-before-first",
            "A last wave before the first.",
            with(from_one(CONTROLLER), 2, 0),
        ),
        wrong(
            DenialCode::InvalidValue,
            "drain-without-a-last-wave",
            "Time to drain what never closes.",
            with(from_one(CONTROLLER), 3, 60),
        ),
        wrong(
            DenialCode::UnknownClaim,
            "waves-key",
            "Waves with a key that is not known.",
            with(from_one(CONTROLLER), 4, 1),
        ),
        wrong(
            DenialCode::MissingClaim,
            "waves-mission",
            "Waves of no mission.",
            vec![(1.into(), 1.into())],
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "waves-of-a-mission-by-digest",
            "Mandates name a mission in full.",
            with(from_one(CONTROLLER), 0, mission_id(CONTROLLER, "qbr")),
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "wave-by-null",
            "A last wave by null.",
            with(from_one(CONTROLLER), 2, Value::Null),
        ),
    ]
}

/// Rule 17 on waves.
fn wave_rules() -> Vec<Scene> {
    let untold = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::WaveUntold, name, description).link(link)
    };
    let scoped = |tools: &str| {
        format!(
            r#"[{{"lives_by":{},"tools":["{tools}"]}}]"#,
            lives_by(CONTROLLER, "qbr")
        )
    };
    let waves = |tools: &str| for_tools(&in_waves(CONTROLLER, r#","first":1"#), tools);
    let both = format!(
        r#"[{{"lives_by":{},"tools":["crm.*"]}},{}]"#,
        lives_by(CONTROLLER, "qbr"),
        waves("crm.*")
    );
    vec![
        limited(
            untold(
                "root",
                "It is good in waves of a mission, and lives by none.",
                0,
            ),
            6,
            from_one(CONTROLLER),
        ),
        limited(
            lives(untold(
                "another-controller",
                "It lives by another controller's mission of that name.",
                0,
            )),
            6,
            from_one(ENDER),
        ),
        limited(
            lives(untold(
                "another-mission",
                "It lives by another mission of that controller.",
                0,
            )),
            6,
            with(from_one(CONTROLLER), 0, mission(CONTROLLER, "audit")),
        ),
        limited(
            untold(
                "child",
                "A child in waves of a mission, and no link lives by it.",
                1,
            )
            .child(),
            6,
            from_one(CONTROLLER),
        ),
        limited(
            untold(
                "narrower-scope",
                "It is good in waves for all calls, and lives by their mission for some.",
                1,
            )
            .limits(&scoped("crm.*"))
            .child(),
            6,
            from_one(CONTROLLER),
        ),
        permit(
            "wave-told-in-scope",
            "It lives by the mission in the very scope in which it is good in its waves.",
        )
        .limits(&both)
        .heard(wave(1, NOW - 30)),
        lives(permit(
            "wave-told-for-all",
            "It lives by the mission for all calls, and is good in its waves for some.",
        ))
        .limits(&format!("[{}]", waves("crm.*")))
        .heard(wave(1, NOW - 30)),
    ]
}

/// It lives by the mission so many times more.
fn living(scene: Scene, times: usize) -> Scene {
    // [mission, ages] as in the root's own.
    let ages = Value::Array([READ_AGE, READ_AGE, READ_AGE].map(Value::from).into());
    let lives_by = Value::Array(vec![
        3.into(),
        Value::Array(vec![mission(CONTROLLER, "qbr"), ages]),
    ]);
    let limits = Value::Array(vec![lives_by; times]);
    scene.edit(move |link| link.terms(|terms| put(terms, 1, limits.clone())))
}

/// The steps that look-ups take, to the last event: 1,048,576 for all.
///
/// The root's own mission, with an ender, takes 32 + 64 + 256, each of 31 others 32 + 32 + 256; all
/// once more 32; that four links have not ended 2 × (2,112 + 32 × the number of the link). An event
/// takes 14 for each eight of its bytes and 14, in each of 32 missions. So 71 events of 255 bytes
/// and one of up to 31 fit.
fn steps() -> Vec<Scene> {
    let event = |number: usize, length: usize| format!("{number:02}{}", "e".repeat(length - 2));
    let ending = move |scene: Scene, last: usize| {
        let events: Vec<String> = (0..72)
            .map(|number| event(number, if number < 71 { 255 } else { last }))
            .collect();
        events.chunks(32).fold(living(scene, 31), |scene, events| {
            let limits: Vec<Value> = events
                .iter()
                .map(|event| Value::Array(vec![5.into(), event.as_str().into()]))
                .collect();
            let limits = Value::Array(limits);
            scene
                .child()
                .edit(move |link| link.terms(|terms| put(terms, 1, limits.clone())))
        })
    };
    vec![
        ending(
            alive(permit(
                "events-that-take-long",
                "As many look-ups as a decision is granted.",
            )),
            31,
        ),
        ending(
            alive(
                Scene::deny(
                    DenialCode::OutOfWork,
                    "events",
                    "An event of one byte more.",
                )
                .link(3),
            ),
            32,
        ),
    ]
}

/// Rule 18.
fn many_missions() -> Vec<Scene> {
    let many = |name: &str, description: &str, link| {
        alive(Scene::deny(DenialCode::TooManyMissions, name, description).link(link))
    };
    vec![
        living(
            alive(permit(
                "missions-as-many-as-may-be",
                "It lives by 32 missions, the same one again and again.",
            )),
            31,
        ),
        living(
            many(
                "root",
                "It lives by one mission too many, although it is the same one.",
                0,
            ),
            32,
        ),
        living(
            living(many("child", "A child adds one mission too many.", 1), 31).child(),
            1,
        ),
    ]
}

/// Rule 18 on what is watched: 31 missions, and a barrier of 99 tasks for other calls.
fn watched() -> Vec<Scene> {
    let limited = |scene: Scene, limits: Vec<Value>| {
        let limits = Value::Array(limits);
        scene.edit(move |link| link.terms(|terms| put(terms, 1, limits.clone())))
    };
    let lives_by = || {
        let ages = Value::Array([READ_AGE, READ_AGE, READ_AGE].map(Value::from).into());
        vec![
            Value::Array(vec![
                3.into(),
                Value::Array(vec![mission(CONTROLLER, "qbr"), ages])
            ]);
            30
        ]
    };
    let barrier = |reporters: usize| {
        let task = |task: usize| {
            let named = 1 + (reporters - 99).saturating_sub(3 * task).min(3);
            let mut named: Vec<Value> = (60..).take(named).map(public).collect();
            named.sort_by_key(encode);
            Value::Array(vec![
                Value::Bytes(vec![u8::try_from(task).expect("small"); 32]),
                Value::Array(named),
            ])
        };
        let tasks = Value::Map(vec![(0.into(), Value::Array((0..99).map(task).collect()))]);
        vec![Value::Array(vec![
            7.into(),
            tasks,
            Value::Array(vec!["revenue.*".into()]),
        ])]
    };
    let full = |scene: Scene, reporters: usize| {
        limited(
            scene.also("revenue.*"),
            [lives_by(), barrier(reporters)].concat(),
        )
    };
    let replacing = |scene: Scene| {
        let replaced = Value::Array(vec![Value::Bytes([0xb1; 32].to_vec())]);
        scene.edit(move |link| link.terms(|terms| put(terms, 12, replaced.clone())))
    };
    // Of the root's own mission the controller and an ender, of 30 the controller; the root's
    // holder, four keys of the issuer and 31 controllers; for each task 35 of these and again four.
    let all = 4096 - 32 - 36 - 99 * 39;
    vec![
        full(
            alive(permit(
                "watched-as-many-as-may-be",
                "It makes a verifier watch 4,096 pairs.",
            )),
            all,
        ),
        full(
            alive(
                Scene::deny(
                    DenialCode::TooManyWatched,
                    "by-one",
                    "It makes a verifier watch 4,097 pairs.",
                )
                .link(0),
            ),
            all + 1,
        ),
        // And for each replaced mandate the same signers as for the link's own.
        replacing(full(
            alive(permit(
                "watched-with-the-replaced",
                "It replaces one, and watches 4,096 pairs.",
            )),
            all - 36,
        )),
        replacing(full(
            alive(
                Scene::deny(
                    DenialCode::TooManyWatched,
                    "replaced",
                    "It replaces one, and watches 4,097 pairs.",
                )
                .link(0),
            ),
            all - 36 + 1,
        )),
        // The barrier of a child, whose issuer has one key.
        limited(
            limited(
                alive(
                    Scene::deny(
                        DenialCode::TooManyWatched,
                        "child",
                        "A child makes it watch one pair too many.",
                    )
                    .link(1),
                )
                .also("revenue.*"),
                lives_by(),
            )
            .child(),
            barrier(4097 - 32 - 36 - 37 - 99 * 37),
        ),
    ]
}

const TASKS: [[u8; 32]; 3] = [[0xa1; 32], [0xa2; 32], [0xa3; 32]];
/// Who holds the tasks that are waited for.
const REPORTER: u8 = 60;

/// A barrier after the three tasks, as JSON.
fn after_three(words: &str) -> String {
    after(&TASKS.map(|task| (task, REPORTER)), words)
}

/// A barrier after these tasks, each reported by one, as JSON.
pub(super) fn after(tasks: &[([u8; 32], u8)], words: &str) -> String {
    let hex = |task: &[u8; 32]| mandatum::primitives::MandateId::from_bytes(*task).to_string();
    let tasks: Vec<String> = tasks
        .iter()
        .map(|(task, by)| {
            format!(
                r#"{{"mandate":"{}","reported_by":["{}"]}}"#,
                hex(task),
                key(*by).public()
            )
        })
        .collect();
    format!(r#"{{"barrier":{{"tasks":[{}]{words}}}}}"#, tasks.join(","))
}

const COMPLETED: u64 = 0;
const ABANDONED: u64 = 1;
const FAILED: u64 = 2;
const REVOKED: u64 = 3;

/// How the reporter says that tasks ended.
fn told(scene: Scene, endings: &[(usize, u64)]) -> Scene {
    told_by(scene, REPORTER, endings)
}

fn told_by(scene: Scene, by: u8, endings: &[(usize, u64)]) -> Scene {
    endings.iter().fold(scene, |scene, (task, how)| {
        scene.heard(task_ended(by, &TASKS[*task], *how, NOW))
    })
}

/// The root waits for these.
fn waits(scene: Scene, words: &str) -> Scene {
    alive(scene).limits(&format!("[{}]", after_three(words)))
}

const ALL_DONE: [(usize, u64); 3] = [(0, COMPLETED), (1, COMPLETED), (2, COMPLETED)];
const TWO_DONE: [(usize, u64); 2] = [(0, COMPLETED), (2, COMPLETED)];
const QUORUM: &str = r#","quorum":2"#;

fn open() -> Vec<Scene> {
    let scoped = |scene: Scene, tools: &str| {
        alive(scene).limits(&format!("[{}]", for_tools(&after_three(""), tools)))
    };
    vec![
        told(
            waits(permit("barrier-all-done", "All three tasks are done."), ""),
            &ALL_DONE,
        ),
        told(
            waits(
                permit(
                    "barrier-quorum",
                    "Two of three are done, and two are enough.",
                ),
                QUORUM,
            ),
            &TWO_DONE,
        ),
        told_by(
            told(
                waits(
                    permit(
                        "barrier-listed-and-done",
                        "A status lists what its controller completed.",
                    ),
                    "",
                ),
                &ALL_DONE,
            ),
            CONTROLLER,
            &[(0, COMPLETED)],
        )
        .heard(status(CONTROLLER, NOW, [active("qbr", 2).ended(&TASKS[0])])),
        told(
            waits(
                permit(
                    "barrier-quorum-and-one-lost",
                    "Two of three are done, and the third failed.",
                ),
                QUORUM,
            ),
            &[(0, COMPLETED), (1, FAILED), (2, COMPLETED)],
        ),
        told(
            waits(
                permit(
                    "barrier-more-than-the-quorum",
                    "All three are done where two are enough.",
                ),
                QUORUM,
            ),
            &ALL_DONE,
        ),
        told(
            Scene::permit(
                "barrier-expiry-only",
                "Without any mission, barriers open all the same.",
            )
            .limits(&format!("[{}]", after_three(""))),
            &ALL_DONE,
        ),
        scoped(
            permit("barrier-out-of-scope", "The barrier is for other tools.").also("revenue.*"),
            "revenue.*",
        ),
        scoped(
            deny(
                DenialCode::BarrierClosed,
                "in-scope",
                "The barrier is for this tool.",
            ),
            "crm.*",
        ),
    ]
}

/// The root waits, and lives by another mission for other calls, of which more was told than is
/// kept.
fn too_much(scene: Scene) -> Scene {
    let other = format!(
        r#"{{"lives_by":{},"tools":["revenue.*"]}}"#,
        lives_by(SECOND_CONTROLLER, "slides")
    );
    let scene = scene
        .also("revenue.*")
        .limits(&format!("[{},{other}]", after_three("")));
    let events =
        (0..65).map(|number| event(SECOND_CONTROLLER, "slides", &format!("event {number}"), NOW));
    events.fold(scene, Scene::heard)
}

/// The root waits for one task, which either of two reports.
fn by_two(scene: Scene) -> Scene {
    let mut named = [public(REPORTER), public(61)];
    named.sort_by_key(encode);
    let task = Value::Array(vec![
        Value::Bytes(TASKS[0].to_vec()),
        Value::Array(named.into()),
    ]);
    limited(alive(scene), 7, vec![(0.into(), Value::Array(vec![task]))])
}

fn waiting() -> Vec<Scene> {
    let closed = |name: &str, description: &str| deny(DenialCode::BarrierClosed, name, description);
    vec![
        waits(
            closed("nothing-heard", "Nothing was heard of the tasks."),
            "",
        ),
        told(
            waits(closed("all-but-one", "One of three is not done."), ""),
            &TWO_DONE,
        ),
        told(
            waits(
                closed("below-quorum", "One is done where two must be."),
                QUORUM,
            ),
            &[(1, COMPLETED)],
        ),
        told(
            waits(
                closed(
                    "one-lost",
                    "One failed, and the other two may still be done.",
                ),
                QUORUM,
            ),
            &[(1, FAILED)],
        ),
        waits(
            closed(
                "of-the-future",
                "Completions told for a time beyond the leeway are not taken in.",
            ),
            "",
        )
        .heard(task_ended(REPORTER, &TASKS[0], COMPLETED, NOW + 31))
        .heard(task_ended(REPORTER, &TASKS[1], COMPLETED, NOW + 31))
        .heard(task_ended(REPORTER, &TASKS[2], COMPLETED, NOW + 31)),
        waits(
            lives(closed(
                "ended-by-status",
                "A status names an ended task, and doesn't say how it ended.",
            )),
            "",
        )
        .heard(status(CONTROLLER, NOW, [active("qbr", 2).ended(&TASKS[0])])),
        told(
            waits(
                lives(closed(
                    "reported-and-ended-by-status",
                    "Done by its reporter's word; its controller ended it.",
                )),
                "",
            )
            .heard(status(CONTROLLER, NOW, [active("qbr", 2).ended(&TASKS[0])])),
            &ALL_DONE,
        ),
        told(
            waits(
                closed(
                    "key-revoked",
                    "Its reporter's key was revoked by the issuer above.",
                ),
                "",
            )
            .heard(key_revoked(COMPANY, &TASKS[0], NOW)),
            &ALL_DONE,
        ),
        told(
            waits(
                lives(closed(
                    "key-revoked-by-status",
                    "A status lists the task for its holder's key.",
                )),
                "",
            )
            .heard(status(
                CONTROLLER,
                NOW,
                [active("qbr", 2).key_revoked(&TASKS[0])],
            )),
            &ALL_DONE,
        ),
        told(
            waits(
                closed(
                    "key-revoked-by-its-reporter",
                    "Its reporter revoked the key that it reports with.",
                ),
                "",
            )
            .heard(key_revoked(REPORTER, &TASKS[0], NOW)),
            &ALL_DONE,
        ),
        by_two(closed(
            "key-revoked-by-another-reporter",
            "Done by one reporter, and another revoked the key.",
        ))
        .heard(task_ended(REPORTER, &TASKS[0], COMPLETED, NOW))
        .heard(key_revoked(61, &TASKS[0], NOW)),
        by_two(deny(
            DenialCode::BarrierBroken,
            "failed-by-who-revoked",
            "Who revoked the key says that the task failed.",
        ))
        .heard(task_ended(REPORTER, &TASKS[0], COMPLETED, NOW))
        .heard(task_ended(61, &TASKS[0], FAILED, NOW))
        .heard(key_revoked(61, &TASKS[0], NOW)),
        by_two(permit(
            "barrier-reported-instead",
            "The issuer reports a task whose reporters' keys count no more.",
        ))
        .heard(task_ended(COMPANY, &TASKS[0], COMPLETED, NOW))
        .heard(key_revoked(61, &TASKS[0], NOW)),
        told_by(
            too_much(closed(
                "too-much-told",
                "Done by the issuer's word, and too much was told of a mission.",
            )),
            COMPANY,
            &ALL_DONE,
        ),
        told(
            waits(
                closed("done-once-each", "One task that is done twice is one."),
                QUORUM,
            ),
            &[(0, COMPLETED), (0, COMPLETED)],
        ),
        told(
            lives(deny(
                DenialCode::StatusStale,
                "barrier-open",
                "All tasks are done, and the mission's status is too old.",
            ))
            .limits(&format!("[{}]", after_three("")))
            .heard(status(CONTROLLER, NOW - READ_AGE - 1, [active("qbr", 1)])),
            &ALL_DONE,
        ),
    ]
}

fn broken() -> Vec<Scene> {
    let broken = |name: &str, description: &str| deny(DenialCode::BarrierBroken, name, description);
    let issuers = |scene: Scene| {
        let limit = format!("[{}]", after_three(""));
        told(
            alive(scene).child_with(move |terms| terms.with_limits(limits(&limit))),
            &ALL_DONE,
        )
    };
    vec![
        told(
            waits(
                broken("failed", "One of three failed, and all must be done."),
                "",
            ),
            &[(1, FAILED)],
        ),
        told(
            waits(broken("abandoned", "One of three was abandoned."), ""),
            &[(1, ABANDONED)],
        ),
        told(
            waits(broken("revoked", "One of three was revoked."), ""),
            &[(1, REVOKED)],
        ),
        told(
            waits(
                broken("quorum", "Two of three are lost, and two must be done."),
                QUORUM,
            ),
            &[(0, COMPLETED), (1, FAILED), (2, ABANDONED)],
        ),
        told(
            waits(
                broken(
                    "completed-and-failed",
                    "Of two words of one key the worse counts.",
                ),
                "",
            ),
            &[(0, COMPLETED), (0, FAILED)],
        ),
        told_by(
            told(
                waits(
                    broken(
                        "failed-and-listed",
                        "Failed by its reporter's word, completed by its controller's, and listed.",
                    ),
                    "",
                ),
                &[(0, FAILED)],
            ),
            CONTROLLER,
            &ALL_DONE,
        )
        .heard(status(CONTROLLER, NOW, [active("qbr", 2).ended(&TASKS[0])])),
        told_by(
            issuers(
                Scene::deny(
                    DenialCode::BarrierBroken,
                    "by-the-minter",
                    "Who minted the barrier calls a task off that is done.",
                )
                .link(1),
            ),
            holder(0),
            &[(1, REVOKED)],
        ),
        told_by(
            issuers(permit(
                "barrier-revoked-by-a-stranger",
                "A stranger calls off a task that is done.",
            )),
            STRANGER,
            &[(1, REVOKED)],
        ),
    ]
}

/// To the second.
fn deadlines() -> Vec<Scene> {
    let by = |at: u64| format!(r#","quorum":2,"deadline":{at}"#);
    let closed = |name: &str, description: &str| deny(DenialCode::BarrierClosed, name, description);
    let lost = [(0, COMPLETED), (1, FAILED), (2, COMPLETED)];
    vec![
        told(
            waits(
                permit(
                    "barrier-deadline",
                    "Two of three are done, and this second is the deadline.",
                ),
                &by(NOW),
            ),
            &TWO_DONE,
        ),
        told(
            waits(
                closed(
                    "before-the-deadline",
                    "Two of three are done, a second before the deadline.",
                ),
                &by(NOW + 1),
            ),
            &TWO_DONE,
        ),
        told(
            waits(
                permit(
                    "barrier-before-the-deadline",
                    "All three are done before the deadline.",
                ),
                &by(NOW + 1),
            ),
            &ALL_DONE,
        ),
        told(
            waits(
                closed(
                    "before-the-deadline-one-lost",
                    "The third will not come, and the deadline is waited for.",
                ),
                &by(NOW + 1),
            ),
            &lost,
        ),
        told(
            waits(
                permit(
                    "barrier-deadline-one-lost",
                    "The third will not come, and the deadline has.",
                ),
                &by(NOW),
            ),
            &lost,
        ),
        told(
            waits(
                closed(
                    "past-the-deadline",
                    "Past the deadline a quorum must still be done.",
                ),
                &by(NOW - 1),
            ),
            &[(0, COMPLETED)],
        ),
        told(
            waits(
                closed(
                    "deadline-without-quorum",
                    "A deadline without a quorum gives nothing up.",
                ),
                &format!(r#","deadline":{NOW}"#),
            ),
            &TWO_DONE,
        ),
        told(
            waits(
                deny(
                    DenialCode::BarrierBroken,
                    "before-the-deadline",
                    "Too few can come; no deadline is waited for.",
                ),
                &by(NOW + 1),
            ),
            &[(0, FAILED), (1, FAILED)],
        ),
    ]
}

/// By whose word.
fn reporters() -> Vec<Scene> {
    let closed = |name: &str, description: &str, link: i64| {
        alive(Scene::deny(DenialCode::BarrierClosed, name, description).link(link))
    };
    let at_root = |scene: Scene| scene.limits(&format!("[{}]", after_three("")));
    let at_child = |scene: Scene| {
        let limit = format!("[{}]", after_three(""));
        scene.child_with(move |terms| terms.with_limits(limits(&limit)))
    };
    let by = |scene: Scene, by| told_by(scene, by, &ALL_DONE);
    let each = |scene: Scene| {
        alive(scene).limits(&format!(
            "[{}]",
            after(&[(TASKS[0], 61), (TASKS[1], 62)], "")
        ))
    };
    vec![
        by(
            at_root(alive(permit(
                "barrier-by-the-company",
                "A root's barrier, by the word of its issuer.",
            ))),
            COMPANY,
        ),
        by(
            at_root(alive(permit(
                "barrier-by-the-controller",
                "By the word of the mission's controller.",
            ))),
            CONTROLLER,
        ),
        by(
            at_child(alive(permit(
                "barrier-by-its-minter",
                "A child's barrier, by the word of its parent's holder.",
            ))),
            holder(0),
        ),
        by(
            at_child(alive(permit(
                "barrier-childs-by-the-controller",
                "A child's barrier, by its root's controller.",
            ))),
            CONTROLLER,
        ),
        by(
            at_root(closed(
                "by-a-stranger",
                "A stranger says that all is done.",
                0,
            )),
            STRANGER,
        ),
        by(
            at_root(closed(
                "by-its-holder",
                "Who waits says that all is done.",
                0,
            )),
            holder(0),
        ),
        by(
            at_root(closed(
                "by-an-ender",
                "An ender of the mission says that all is done.",
                0,
            )),
            ENDER,
        ),
        by(
            at_root(closed(
                "by-another-controller",
                "A controller by whose missions it doesn't live.",
                0,
            )),
            SECOND_CONTROLLER,
        ),
        by(
            at_root(closed(
                "by-a-controller-below",
                "A controller of a mission that only a child lives by.",
                0,
            ))
            .also("revenue.*")
            .child_with(|terms| {
                let own = format!(
                    r#"[{{"lives_by":{},"tools":["revenue.*"]}}]"#,
                    lives_by(SECOND_CONTROLLER, "slides")
                );
                terms.with_limits(limits(&own))
            }),
            SECOND_CONTROLLER,
        ),
        by(
            at_child(closed(
                "childs-by-its-holder",
                "Who waits says that all is done.",
                1,
            )),
            holder(1),
        ),
        by(
            at_child(closed(
                "childs-by-the-company",
                "The company minted the root, and not this barrier.",
                1,
            )),
            COMPANY,
        ),
        at_root(closed(
            "forged",
            "Completions in the reporter's name, signed by a stranger.",
            0,
        ))
        .heard(forged_task_end(
            STRANGER, REPORTER, &TASKS[0], COMPLETED, NOW,
        ))
        .heard(forged_task_end(
            STRANGER, REPORTER, &TASKS[1], COMPLETED, NOW,
        ))
        .heard(forged_task_end(
            STRANGER, REPORTER, &TASKS[2], COMPLETED, NOW,
        )),
        each(permit(
            "barrier-each-by-its-own",
            "Each task by the word of its own reporter.",
        ))
        .heard(task_ended(61, &TASKS[0], COMPLETED, NOW))
        .heard(task_ended(62, &TASKS[1], COMPLETED, NOW)),
        each(deny(
            DenialCode::BarrierClosed,
            "each-by-the-other",
            "Each task by the word of the other's reporter.",
        ))
        .heard(task_ended(62, &TASKS[0], COMPLETED, NOW))
        .heard(task_ended(61, &TASKS[1], COMPLETED, NOW)),
        // Many strangers, as many as a task may have reporters and more.
        (70..80).fold(
            at_root(closed(
                "by-many-strangers",
                "Ten strangers say that all is done.",
                0,
            )),
            by,
        ),
    ]
}

fn barrier_bytes() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, content: Entries| {
        limited(Scene::deny(code, name, description), 7, content)
    };
    let task = |id: [u8; 32], by: Vec<Value>| {
        Value::Array(vec![Value::Bytes(id.to_vec()), Value::Array(by)])
    };
    let tasks = |tasks: Vec<Value>| vec![(0.into(), Value::Array(tasks))];
    let three = || tasks(TASKS.map(|id| task(id, vec![public(REPORTER)])).into());
    let mut two_keys = [public(61), public(62)];
    two_keys.sort_by_key(encode);
    let backwards: Vec<Value> = two_keys.iter().rev().cloned().collect();
    let too_many = (0..129_u8)
        .map(|id| task([id; 32], vec![public(REPORTER)]))
        .collect();
    let many = || (61..78).map(public).collect::<Vec<_>>();
    vec![
        wrong(
            DenialCode::NotDeterministic,
            "quorum-of-all",
            "That all must be done, spelled out.",
            with(three(), 1, 3),
        ),
        wrong(
            DenialCode::InvalidValue,
            "quorum-of-none",
            "A quorum of none.",
            with(three(), 1, 0),
        ),
        wrong(
            DenialCode::InvalidValue,
            "quorum-of-four",
            "A quorum of four where three are waited for.",
            with(three(), 1, 4),
        ),
        wrong(
            DenialCode::InvalidValue,
            "barrier-of-nothing",
            "A barrier after no task.",
            tasks(Vec::new()),
        ),
        wrong(
            DenialCode::InvalidValue,
            "task-of-nobody",
            "A task that nobody is named for.",
            tasks(vec![task(TASKS[0], Vec::new())]),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "tasks-unsorted",
            "Tasks in the wrong order.",
            tasks(vec![
                task(TASKS[1], vec![public(REPORTER)]),
                task(TASKS[0], vec![public(REPORTER)]),
            ]),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "task-twice",
            "A task that appears twice.",
            tasks(vec![task(TASKS[0], vec![public(REPORTER)]); 2]),
        ),
        wrong(
            DenialCode::InvalidValue,
            "task-twice-by-others",
            "A task that appears twice, with other reporters.",
            {
                let mut twice = vec![
                    task(TASKS[0], vec![public(61)]),
                    task(TASKS[0], vec![public(62)]),
                ];
                twice.sort_by_key(encode);
                tasks(twice)
            },
        ),
        wrong(
            DenialCode::NotDeterministic,
            "reporters-unsorted",
            "Reporters in the wrong order.",
            tasks(vec![task(TASKS[0], backwards)]),
        ),
        wrong(
            DenialCode::OutOfBounds,
            "barrier-tasks",
            "129 tasks to wait for.",
            tasks(too_many),
        ),
        wrong(
            DenialCode::OutOfBounds,
            "reporters",
            "17 reporters of one task.",
            tasks(vec![task(TASKS[0], many())]),
        ),
        wrong(
            DenialCode::UnknownClaim,
            "barrier-key",
            "A barrier with a key that is not known.",
            with(three(), 3, 1),
        ),
        wrong(
            DenialCode::MissingClaim,
            "barrier-tasks",
            "A barrier that names no tasks.",
            vec![(1.into(), 1.into())],
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "deadline-by-null",
            "A deadline by null.",
            with(three(), 2, Value::Null),
        ),
    ]
}
