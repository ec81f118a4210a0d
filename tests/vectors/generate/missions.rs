//! Missions, news of them, and facts.

use super::forge::put;
use super::news::{
    NONCE, Told, active, end, event, forged_end, forged_status, key_revoked, mission, mission_id,
    notice, public, status, task_end, task_end_terms, withdrawal,
};
use super::scene::{COMPANY, ISSUED, NOW, STRANGER, Scene, holder, key, limits};
use ciborium::Value;
use mandatum::json::JsonForm;
use mandatum::{Chain, DenialCode, Life, LivesBy};

pub(super) const CONTROLLER: u8 = 50;
pub(super) const ENDER: u8 = 51;
pub(super) const SECOND_CONTROLLER: u8 = 52;
pub(super) const READ_AGE: u64 = 300;
const WRITE_AGE: u64 = 60;
const IRREVERSIBLE_AGE: u64 = 10;
/// The end of a permit that rests on a status as of now.
pub(super) const FRESH: u64 = NOW + READ_AGE + 1;

pub(super) fn cases() -> Vec<Scene> {
    [
        freshness(),
        future(),
        winners(),
        for_good(),
        speakers(),
        ends(),
        task_ends(),
        replaced(),
        revoked_keys(),
        digests(),
        events(),
        withdrawals(),
        too_much(),
        rules(),
        own_missions(),
        facts(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn lives_by(controller: u8, mission: &str) -> String {
    format!(
        r#"{{"mission":{},"enders":["{}"],"max_age":{{"read":{READ_AGE},"write":{WRITE_AGE},"irreversible":{IRREVERSIBLE_AGE}}}}}"#,
        named(controller, mission),
        key(ENDER).public()
    )
}

/// A mission as JSON.
pub(super) fn named(controller: u8, mission: &str) -> String {
    let nonce: String = NONCE.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        r#"{{"controller":"{}","name":"{mission}","nonce":"{nonce}"}}"#,
        key(controller).public()
    )
}

/// The root lives by the mission `qbr`.
pub(super) fn lives(scene: Scene) -> Scene {
    let life = LivesBy::from_json(&lives_by(CONTROLLER, "qbr")).expect("a mission");
    scene.root(|root| root.life = Life::Mission(life))
}

/// And that it is active was heard as of now.
pub(super) fn alive(scene: Scene) -> Scene {
    lives(scene).heard(status(CONTROLLER, NOW, [active("qbr", 1)]))
}

fn permit(name: &str, description: &str) -> Scene {
    alive(Scene::permit(name, description)).until(FRESH)
}

fn deny(code: DenialCode, name: &str, description: &str) -> Scene {
    alive(Scene::deny(code, name, description).link(0))
}

fn reaching(scene: Scene, effect: &'static str) -> Scene {
    scene
        .powers(&format!(
            r#"[{{"tool":"crm.read","effect":"{effect}","open":true}}]"#
        ))
        .effect(Some(effect))
}

fn id(chain: &Chain, link: usize) -> [u8; 32] {
    *chain.ids().nth(link).expect("a link").as_bytes()
}

/// How old a status may be, by effect.
fn freshness() -> Vec<Scene> {
    let mut scenes = vec![
        permit(
            "mission-active",
            "A mission that is active as of this second.",
        ),
        lives(
            Scene::deny(
                DenialCode::StatusMissing,
                "nothing-heard",
                "Nothing was heard of the mission.",
            )
            .link(0),
        ),
        permit(
            "mission-as-of-this-second-for-an-hour",
            "A permit ends with the status or the root, whichever is first.",
        )
        .lives(ISSUED, NOW + 200)
        .until(NOW + 200),
    ];
    for (effect, age) in [
        ("read", READ_AGE),
        ("write", WRITE_AGE),
        ("irreversible", IRREVERSIBLE_AGE),
    ] {
        let oldest = format!("status-as-old-as-may-be-{effect}");
        let heard = |scene: Scene, age| {
            reaching(lives(scene), effect).heard(status(CONTROLLER, NOW - age, [active("qbr", 1)]))
        };
        let permit = Scene::permit(
            &oldest,
            "A status exactly as old as the effect allows; it rests on it for this second.",
        );
        scenes.push(heard(permit, age).until(NOW + 1));
        let by_a_second = format!("{effect}-by-a-second");
        let deny = Scene::deny(
            DenialCode::StatusStale,
            &by_a_second,
            "A status one second older; leeway never lengthens.",
        );
        scenes.push(heard(deny.link(0), age + 1));
    }
    let unstated = Scene::deny(
        DenialCode::StatusStale,
        "effect-unstated",
        "An effect that is not stated is irreversible.",
    );
    scenes.push(
        reaching(lives(unstated.link(0)), "irreversible")
            .effect(None)
            .heard(status(
                CONTROLLER,
                NOW - IRREVERSIBLE_AGE - 1,
                [active("qbr", 1)],
            )),
    );
    scenes
}

/// Statuses as of the future.
fn future() -> Vec<Scene> {
    let as_of = |scene: Scene, at| lives(scene).heard(status(CONTROLLER, at, [active("qbr", 1)]));
    vec![
        as_of(
            Scene::permit(
                "status-within-leeway",
                "A status as of exactly the leeway ahead counts as of its receipt.",
            ),
            NOW + 30,
        )
        .until(FRESH),
        as_of(
            Scene::deny(
                DenialCode::StatusMissing,
                "beyond-leeway",
                "A status as of a second more ahead is not taken in.",
            )
            .link(0),
            NOW + 31,
        ),
        as_of(
            Scene::deny(
                DenialCode::StatusMissing,
                "no-leeway",
                "No leeway, and a status as of the next second.",
            )
            .link(0),
            NOW + 1,
        )
        .verifier(|verifier| verifier.leeway = Some(0)),
        permit(
            "end-of-the-future",
            "The end of the mission, told for a time beyond the leeway, is not taken in.",
        )
        .heard(end(CONTROLLER, CONTROLLER, "qbr", NOW + 31)),
    ]
}

/// Which of several statuses counts.
fn winners() -> Vec<Scene> {
    let heard = |scene: Scene, statuses: Vec<Vec<u8>>| {
        statuses.into_iter().fold(lives(scene), Scene::heard)
    };
    let told = |as_of, told| status(CONTROLLER, as_of, [told]);
    vec![
        heard(
            Scene::permit(
                "status-older-ignored",
                "An older sequence, although suspended, says nothing any more.",
            )
            .until(FRESH),
            vec![
                told(NOW, active("qbr", 5)),
                told(NOW - 5, active("qbr", 4).suspended()),
            ],
        ),
        heard(
            Scene::permit(
                "status-older-ignored-although-later",
                "An older sequence as of later is a race, and is ignored.",
            )
            .until(FRESH - 5),
            vec![
                told(NOW, active("qbr", 4).suspended()),
                told(NOW - 5, active("qbr", 5)),
            ],
        ),
        heard(
            Scene::deny(
                DenialCode::MissionSuspended,
                "suspended",
                "The mission is suspended.",
            )
            .link(0),
            vec![told(NOW, active("qbr", 1).suspended())],
        ),
        heard(
            Scene::deny(
                DenialCode::MissionSuspended,
                "higher-sequence",
                "Suspended by a higher sequence than a later status has.",
            )
            .link(0),
            vec![
                told(NOW - 10, active("qbr", 2).suspended()),
                told(NOW, active("qbr", 1)),
            ],
        ),
        heard(
            Scene::permit(
                "mission-resumed",
                "Suspended, and resumed by a higher sequence.",
            )
            .until(FRESH),
            vec![
                told(NOW - 10, active("qbr", 1).suspended()),
                told(NOW, active("qbr", 2)),
            ],
        ),
        heard(
            Scene::deny(
                DenialCode::StatusStale,
                "freshness-of-the-winner",
                "Freshness comes from the highest sequence alone.",
            )
            .link(0),
            vec![
                told(NOW - READ_AGE - 1, active("qbr", 2)),
                told(NOW, active("qbr", 1)),
            ],
        ),
        heard(
            Scene::permit("status-heartbeat", "The same state, said to be true later.")
                .until(FRESH - 1),
            vec![
                told(NOW - 400, active("qbr", 1)),
                told(NOW - 1, active("qbr", 1)),
            ],
        ),
        heard(
            Scene::deny(
                DenialCode::ControllerEquivocated,
                "another-wave",
                "Two different states under one sequence.",
            )
            .link(0),
            vec![
                told(NOW, active("qbr", 1)),
                told(NOW, active("qbr", 1).wave(1)),
            ],
        ),
        heard(
            Scene::deny(
                DenialCode::ControllerEquivocated,
                "suspended-and-active",
                "Suspended and active under one sequence.",
            )
            .link(0),
            vec![
                told(NOW, active("qbr", 1)),
                told(NOW, active("qbr", 1).suspended()),
            ],
        ),
        heard(
            Scene::permit(
                "equivocation-outdone",
                "Two states under one sequence, and then a higher one.",
            )
            .until(FRESH),
            vec![
                told(NOW, active("qbr", 1)),
                told(NOW, active("qbr", 1).wave(1)),
                told(NOW, active("qbr", 2)),
            ],
        ),
        heard(
            Scene::permit(
                "status-of-several-missions",
                "One status for three missions of the controller.",
            )
            .until(FRESH),
            vec![status(
                CONTROLLER,
                NOW,
                [
                    active("audit", 9).suspended(),
                    active("qbr", 1),
                    active("zz", 0),
                ],
            )],
        ),
    ]
}

/// A status that leaves something out which another said for good: of a higher sequence, or of the
/// same.
fn for_good() -> Vec<Scene> {
    let ended = |name: &str, code: DenialCode, description: &str| {
        lives(Scene::deny(code, name, description).link(0))
    };
    let both = |scene: Scene, said: Told, other: Told| {
        scene
            .heard(status(CONTROLLER, NOW - 1, [said]))
            .heard(status(CONTROLLER, NOW, [other]))
    };
    let event = || active("qbr", 1).fired("deal closed");
    let tool = || active("qbr", 1).withdrawn("crm.read");
    let ends_on = |scene: Scene| scene.limits(r#"[{"ends_on":"deal closed"}]"#);
    // The child's own mission is for other tools, so that nothing else is asked of it.
    let childs = |scene: Scene| {
        let limit = format!(
            r#"[{{"lives_by":{},"tools":["revenue.*"]}}]"#,
            lives_by(SECOND_CONTROLLER, "slides")
        );
        alive(scene)
            .also("revenue.*")
            .child_with(move |terms| terms.with_limits(limits(&limit)))
    };
    let of_child = |scene: Scene, sequence: u64| {
        childs(scene)
            .heard_of(|chain| {
                status(
                    SECOND_CONTROLLER,
                    NOW,
                    [active("slides", 1).ended(&id(chain, 1))],
                )
            })
            .heard(status(SECOND_CONTROLLER, NOW, [active("slides", sequence)]))
    };
    let fires = |scene: Scene| {
        scene.heard(status(
            SECOND_CONTROLLER,
            NOW,
            [active("slides", 1).fired("deal closed")],
        ))
    };
    vec![
        both(
            ends_on(ended(
                "left-out-later",
                DenialCode::EventFired,
                "A later status leaves the fired event out.",
            )),
            event(),
            active("qbr", 2),
        ),
        both(
            ended(
                "left-out-later",
                DenialCode::ToolWithdrawn,
                "A later status leaves the withdrawn tool out.",
            ),
            tool(),
            active("qbr", 2),
        ),
        both(
            ended(
                "left-out-by-another",
                DenialCode::ToolWithdrawn,
                "Another status of the sequence leaves it out.",
            ),
            tool(),
            active("qbr", 1),
        ),
        both(
            ended(
                "told-by-a-lower-sequence",
                DenialCode::ToolWithdrawn,
                "A lower sequence is known later, and names it.",
            ),
            active("qbr", 2),
            tool(),
        ),
        both(
            lives(Scene::permit(
                "another-event-left-out",
                "A later status leaves out an event on which nothing ends.",
            )),
            event(),
            active("qbr", 2),
        )
        .until(FRESH),
        both(
            lives(Scene::permit(
                "another-tool-left-out",
                "A later status leaves out another tool.",
            )),
            active("qbr", 1).withdrawn("crm.export"),
            active("qbr", 2),
        )
        .until(FRESH),
        both(
            lives(Scene::permit(
                "another-mandate-left-out",
                "A later status leaves out another mandate.",
            )),
            active("qbr", 1).ended(&[7; 32]),
            active("qbr", 2),
        )
        .until(FRESH),
        childs(permit(
            "contradicted-out-of-scope",
            "The controller of a mission for other tools contradicts itself.",
        ))
        .heard(status(SECOND_CONTROLLER, NOW, [active("slides", 1)]))
        .heard(status(
            SECOND_CONTROLLER,
            NOW,
            [active("slides", 1).wave(1)],
        )),
        of_child(
            Scene::deny(
                DenialCode::TaskEnded,
                "left-out-later",
                "A later status leaves the ended mandate out.",
            )
            .link(1),
            2,
        ),
        of_child(
            Scene::deny(
                DenialCode::TaskEnded,
                "left-out-by-another",
                "Another status of the sequence leaves it out.",
            )
            .link(1),
            1,
        ),
        fires(childs(ends_on(
            Scene::deny(
                DenialCode::EventFired,
                "below",
                "It is fired by a mission that only a child lives by.",
            )
            .link(0),
        ))),
        fires(childs(ends_on(
            Scene::deny(
                DenialCode::EventFired,
                "below-and-left-out",
                "A child's mission fires it, and leaves it out.",
            )
            .link(0),
        )))
        .heard(status(SECOND_CONTROLLER, NOW, [active("slides", 1)])),
        (0..65).fold(
            childs(ends_on(
                Scene::deny(
                    DenialCode::EventFired,
                    "below-for-too-much",
                    "Where too much was withdrawn, any event may have fired.",
                )
                .link(0),
            )),
            |scene, tool| {
                scene.heard(withdrawal(
                    SECOND_CONTROLLER,
                    "slides",
                    &format!("t{tool}"),
                    NOW,
                ))
            },
        ),
        alive(
            Scene::deny(
                DenialCode::TaskEnded,
                "naming-another-mission",
                "The controller names another mission, to no avail.",
            )
            .link(0),
        )
        .heard_of(|chain| {
            let mut terms = task_end_terms(&id(chain, 0), 3);
            terms.push((4, mission_id(CONTROLLER, "audit")));
            notice("mandate2-task-end+cwt", CONTROLLER, CONTROLLER, NOW, terms)
        }),
    ]
}

/// Whose status counts.
fn speakers() -> Vec<Scene> {
    let missing = |name: &str, description: &str, notice| {
        lives(Scene::deny(DenialCode::StatusMissing, name, description).link(0)).heard(notice)
    };
    vec![
        missing(
            "of-another-mission",
            "A status of another mission.",
            status(CONTROLLER, NOW, [active("audit", 1)]),
        ),
        missing(
            "by-a-stranger",
            "A status of the mission that a stranger signed in their own name.",
            status(STRANGER, NOW, [active("qbr", 1)]),
        ),
        missing(
            "by-an-ender",
            "An ender may end the mission, not keep it alive.",
            status(ENDER, NOW, [active("qbr", 1)]),
        ),
        missing(
            "by-the-holder",
            "Nobody keeps themself alive.",
            status(holder(0), NOW, [active("qbr", 1)]),
        ),
        missing(
            "by-the-issuer",
            "The issuer is not the controller.",
            status(COMPANY, NOW, [active("qbr", 1)]),
        ),
        missing(
            "forged",
            "A status in the controller's name that a stranger signed.",
            forged_status(STRANGER, CONTROLLER, NOW, &active("qbr", 1)),
        ),
        permit(
            "strangers-suspension",
            "A stranger says that the mission is suspended.",
        )
        .heard(status(STRANGER, NOW, [active("qbr", 9).suspended()])),
    ]
}

fn ends() -> Vec<Scene> {
    let ended = |name: &str, description: &str, by| {
        deny(DenialCode::MissionEnded, name, description).heard(end(by, CONTROLLER, "qbr", NOW))
    };
    let ignored = |name: &str, description: &str, notice| permit(name, description).heard(notice);
    vec![
        ended(
            "by-the-controller",
            "The controller ended the mission.",
            CONTROLLER,
        ),
        ended("by-an-ender", "An ender ended the mission.", ENDER),
        ended(
            "for-good",
            "A later status with a higher sequence brings nothing back.",
            CONTROLLER,
        )
        .heard(status(CONTROLLER, NOW + 1, [active("qbr", 7)])),
        lives(
            Scene::deny(
                DenialCode::MissionEnded,
                "without-a-status",
                "An end is known although no status ever was.",
            )
            .link(0),
        )
        .heard(end(CONTROLLER, CONTROLLER, "qbr", NOW - 4000)),
        deny(
            DenialCode::MissionEnded,
            "above",
            "What the root lives by ends what is below.",
        )
        .child()
        .heard(end(ENDER, CONTROLLER, "qbr", NOW)),
        ignored(
            "end-by-a-stranger",
            "A stranger may end nothing.",
            end(STRANGER, CONTROLLER, "qbr", NOW),
        ),
        ignored(
            "end-by-the-holder",
            "The holder is no ender of the mission.",
            end(holder(0), CONTROLLER, "qbr", NOW),
        ),
        ignored(
            "end-by-the-issuer",
            "The issuer is no ender of the mission.",
            end(COMPANY, CONTROLLER, "qbr", NOW),
        ),
        ignored(
            "end-of-another-mission",
            "Another mission of the controller ended.",
            end(CONTROLLER, CONTROLLER, "audit", NOW),
        ),
        ignored(
            "end-of-a-namesake",
            "The ender's own mission of that name ended.",
            end(ENDER, ENDER, "qbr", NOW),
        ),
        ignored(
            "end-forged",
            "An end in the controller's name, signed by a stranger.",
            forged_end(STRANGER, CONTROLLER, "qbr", NOW),
        ),
    ]
}

/// Who may end which mandate.
fn task_ends() -> Vec<Scene> {
    let by = |scene: Scene, by: u8, link: usize| {
        scene
            .child()
            .heard_of(move |chain| task_end(by, &id(chain, link), NOW))
    };
    let ended = |name: &str, description: &str, link: u8| {
        alive(Scene::deny(DenialCode::TaskEnded, name, description).link(link.into()))
    };
    vec![
        by(
            ended("by-its-holder", "The leaf's holder ended it.", 1),
            holder(1),
            1,
        ),
        by(
            ended("by-its-parent", "The leaf's issuer ended it.", 1),
            holder(0),
            1,
        ),
        by(
            ended("by-the-anchor", "The company ended the leaf.", 1),
            COMPANY,
            1,
        ),
        by(
            ended(
                "by-the-controller",
                "The controller of the mission that it lives by ended the leaf.",
                1,
            ),
            CONTROLLER,
            1,
        ),
        by(
            ended(
                "above",
                "The root's holder ended the root, and so all below.",
                0,
            ),
            holder(0),
            0,
        ),
        by(
            ended(
                "root-by-the-anchor",
                "The company ended the root, and so all below.",
                0,
            ),
            COMPANY,
            0,
        ),
        by(
            permit(
                "task-end-of-the-parent",
                "A child's holder can't end its parent.",
            ),
            holder(1),
            0,
        ),
        by(
            permit("task-end-by-a-stranger", "A stranger may end nothing."),
            STRANGER,
            1,
        ),
        by(
            permit(
                "task-end-by-an-ender",
                "An ender of the mission is none of its tasks.",
            ),
            ENDER,
            1,
        ),
        permit("task-end-of-another", "The holder ended another mandate.").heard(task_end(
            holder(0),
            &[7; 32],
            NOW,
        )),
        by(
            Scene::deny(
                DenialCode::TaskEnded,
                "expiry-only",
                "Without any mission, a holder's word still ends its task.",
            )
            .link(1),
            holder(1),
            1,
        ),
        lives(
            Scene::deny(
                DenialCode::TaskEnded,
                "by-status",
                "The status names the leaf among the ended.",
            )
            .link(1),
        )
        .child()
        .heard_of(|chain| status(CONTROLLER, NOW, [active("qbr", 2).ended(&id(chain, 1))])),
        permit(
            "task-end-by-another-status",
            "The status of a mission that it doesn't live by names the leaf.",
        )
        .heard_of(|chain| {
            status(
                SECOND_CONTROLLER,
                NOW,
                [active("slides", 2).ended(&id(chain, 0))],
            )
        }),
    ]
}

/// Mandates that were re-bound.
fn replaced() -> Vec<Scene> {
    const OLD: [u8; 32] = [0x0d; 32];
    let rebound = |scene: Scene| {
        scene.child().edit(|link| {
            link.terms(|terms| put(terms, 12, Value::Array(vec![Value::Bytes(OLD.to_vec())])));
        })
    };
    vec![
        rebound(permit(
            "replaces-another",
            "A mandate that replaces another, of which nothing was heard.",
        )),
        rebound(alive(
            Scene::deny(
                DenialCode::TaskEnded,
                "replaced",
                "The end of the replaced is the end of its replacement.",
            )
            .link(1),
        ))
        .heard(task_end(holder(0), &OLD, NOW)),
        rebound(lives(
            Scene::deny(
                DenialCode::TaskEnded,
                "replaced-by-status",
                "The status names the replaced.",
            )
            .link(1),
        ))
        .heard(status(CONTROLLER, NOW, [active("qbr", 2).ended(&OLD)])),
        rebound(permit(
            "replaced-ended-by-a-stranger",
            "A stranger can't end the replaced.",
        ))
        .heard(task_end(STRANGER, &OLD, NOW)),
    ]
}

/// Keys that were revoked: the mandate ends, and not what replaces it.
fn revoked_keys() -> Vec<Scene> {
    const OLD: [u8; 32] = [0x0d; 32];
    let rebound = |scene: Scene| {
        scene.child().edit(|link| {
            link.terms(|terms| put(terms, 12, Value::Array(vec![Value::Bytes(OLD.to_vec())])));
        })
    };
    let by = |scene: Scene, by: u8, link: usize| {
        scene
            .child()
            .heard_of(move |chain| key_revoked(by, &id(chain, link), NOW))
    };
    let revoked = |name: &str, description: &str, link: u8| {
        alive(Scene::deny(DenialCode::KeyRevoked, name, description).link(link.into()))
    };
    vec![
        by(
            revoked("by-its-holder", "The leaf's holder revoked its own key.", 1),
            holder(1),
            1,
        ),
        by(
            revoked(
                "by-its-parent",
                "The leaf's issuer revoked the leaf's key.",
                1,
            ),
            holder(0),
            1,
        ),
        by(
            revoked("by-the-anchor", "The company revoked the leaf's key.", 1),
            COMPANY,
            1,
        ),
        by(
            revoked(
                "by-the-controller",
                "The controller revoked the leaf's key.",
                1,
            ),
            CONTROLLER,
            1,
        ),
        by(
            revoked(
                "above",
                "The root's key was revoked, and so all below ends.",
                0,
            ),
            COMPANY,
            0,
        ),
        by(
            permit(
                "key-revoked-by-a-stranger",
                "A stranger may revoke nothing.",
            ),
            STRANGER,
            1,
        ),
        by(
            permit(
                "key-revoked-of-the-parent",
                "A child's holder can't revoke its parent's key.",
            ),
            holder(1),
            0,
        ),
        lives(
            Scene::deny(
                DenialCode::KeyRevoked,
                "by-status",
                "The status lists the leaf for its holder's key.",
            )
            .link(1),
        )
        .child()
        .heard_of(|chain| {
            status(
                CONTROLLER,
                NOW,
                [active("qbr", 2).key_revoked(&id(chain, 1))],
            )
        }),
        lives(
            Scene::deny(
                DenialCode::KeyRevoked,
                "by-an-older-status",
                "A later status leaves the leaf out.",
            )
            .link(1),
        )
        .child()
        .heard_of(|chain| {
            status(
                CONTROLLER,
                NOW - 1,
                [active("qbr", 2).key_revoked(&id(chain, 1))],
            )
        })
        .heard(status(CONTROLLER, NOW, [active("qbr", 3)])),
        rebound(permit(
            "key-revoked-and-re-bound",
            "The key of the replaced was revoked: that is why.",
        ))
        .heard(key_revoked(holder(0), &OLD, NOW)),
        rebound(lives(Scene::permit(
            "key-revoked-by-status-and-re-bound",
            "The status lists the replaced for its key.",
        )))
        .until(FRESH)
        .heard(status(
            CONTROLLER,
            NOW,
            [active("qbr", 2).key_revoked(&OLD)],
        )),
        by(
            alive(
                Scene::deny(
                    DenialCode::TaskEnded,
                    "and-its-key-revoked",
                    "The task's end is asked first.",
                )
                .link(1),
            ),
            holder(0),
            1,
        )
        .heard_of(|chain| task_end(holder(0), &id(chain, 1), NOW)),
    ]
}

/// Notices name a mission by its digest, statuses a mandate by its first bytes.
fn digests() -> Vec<Scene> {
    let other_nonce = |scene: Scene| {
        scene.root(|root| {
            let json = lives_by(CONTROLLER, "qbr").replace("0707", "0708");
            root.life = Life::Mission(LivesBy::from_json(&json).expect("a mission"));
        })
    };
    let near = |chain: &Chain, at: usize| {
        let mut id = id(chain, 0);
        id[at] ^= 1;
        id
    };
    vec![
        other_nonce(
            Scene::deny(
                DenialCode::StatusMissing,
                "another-nonce",
                "A mission of that name with another nonce.",
            )
            .link(0),
        )
        .heard(status(CONTROLLER, NOW, [active("qbr", 1)])),
        lives(
            Scene::deny(
                DenialCode::TaskEnded,
                "by-its-first-bytes",
                "A status lists the first 12 bytes of an id.",
            )
            .link(0),
        )
        .heard_of(move |chain| status(CONTROLLER, NOW, [active("qbr", 2).ended(&near(chain, 12))])),
        lives(Scene::permit(
            "ended-another-by-a-byte",
            "A status lists an id that differs in its twelfth byte.",
        ))
        .until(FRESH)
        .heard_of(move |chain| status(CONTROLLER, NOW, [active("qbr", 2).ended(&near(chain, 11))])),
    ]
}

fn events() -> Vec<Scene> {
    let ends_on = |scene: Scene| scene.limits(r#"[{"ends_on":"deal closed"}]"#);
    let scoped = |scene: Scene| {
        scene
            .also("revenue.*")
            .limits(r#"[{"ends_on":"deal closed","tools":["revenue.*"]}]"#)
    };
    let fired = |scene: Scene| scene.heard(event(CONTROLLER, "qbr", "deal closed", NOW));
    vec![
        ends_on(permit(
            "event-not-fired",
            "It ends on an event, which has not fired.",
        )),
        fired(ends_on(deny(
            DenialCode::EventFired,
            "by-notice",
            "The event on which it ends was told.",
        ))),
        lives(
            Scene::deny(
                DenialCode::EventFired,
                "by-status",
                "The event is in the status.",
            )
            .link(0),
        )
        .limits(r#"[{"ends_on":"deal closed"}]"#)
        .heard(status(
            CONTROLLER,
            NOW,
            [active("qbr", 2).fired("deal closed")],
        )),
        ends_on(permit("event-another", "Another event has fired.")).heard(event(
            CONTROLLER,
            "qbr",
            "deal lost",
            NOW,
        )),
        ends_on(permit(
            "event-by-a-stranger",
            "A stranger says that the event has fired.",
        ))
        .heard(event(STRANGER, "qbr", "deal closed", NOW)),
        ends_on(permit("event-by-an-ender", "An ender's word on an event.")).heard(event(
            ENDER,
            "qbr",
            "deal closed",
            NOW,
        )),
        fired(permit(
            "event-without-limit",
            "The event has fired, and nothing here ends on it.",
        )),
        fired(scoped(permit(
            "event-out-of-scope",
            "The event ends other tools.",
        ))),
        fired(alive(
            Scene::deny(
                DenialCode::EventFired,
                "childs",
                "A child ends on an event of its root's mission.",
            )
            .link(1),
        ))
        .child_with(|terms| terms.with_limits(limits(r#"[{"ends_on":"deal closed"}]"#))),
    ]
}

fn withdrawals() -> Vec<Scene> {
    let told = |scene: Scene, by, mission: &str, tool: &str| {
        scene.heard(withdrawal(by, mission, tool, NOW))
    };
    let withdrawn =
        |name: &str, description: &str| deny(DenialCode::ToolWithdrawn, name, description);
    vec![
        told(
            withdrawn("by-notice", "The tool was withdrawn."),
            CONTROLLER,
            "qbr",
            "crm.read",
        ),
        told(
            withdrawn("family", "The tool's family was withdrawn."),
            CONTROLLER,
            "qbr",
            "crm.*",
        ),
        told(
            withdrawn("prefix", "The tools that begin so were withdrawn."),
            CONTROLLER,
            "qbr",
            "crm.re*",
        ),
        told(
            permit(
                "withdrawn-longer-names",
                "The tools whose names go on from this one's were withdrawn.",
            ),
            CONTROLLER,
            "qbr",
            "crm.read*",
        ),
        lives(
            Scene::deny(
                DenialCode::ToolWithdrawn,
                "by-status",
                "The status names the tool.",
            )
            .link(0),
        )
        .heard(status(
            CONTROLLER,
            NOW,
            [active("qbr", 2).withdrawn("crm.read")],
        )),
        told(
            permit("withdrawn-another", "Another tool was withdrawn."),
            CONTROLLER,
            "qbr",
            "crm.export",
        ),
        told(
            permit(
                "withdrawn-by-a-stranger",
                "A stranger may withdraw nothing.",
            ),
            STRANGER,
            "qbr",
            "crm.read",
        ),
        told(
            permit(
                "withdrawn-elsewhere",
                "The tool was withdrawn from another mission.",
            ),
            CONTROLLER,
            "audit",
            "crm.read",
        ),
    ]
}

fn too_much() -> Vec<Scene> {
    let told = |scene: Scene, count: usize| {
        (0..count).fold(scene, |scene, number| {
            scene.heard(event(CONTROLLER, "qbr", &format!("event {number}"), NOW))
        })
    };
    vec![
        told(
            permit(
                "events-as-many-as-may-be",
                "As many events as a mission may have.",
            ),
            64,
        ),
        told(
            deny(
                DenialCode::TooMuchNews,
                "events",
                "More events than a mission may have.",
            ),
            65,
        ),
        told(
            lives(
                Scene::deny(
                    DenialCode::TooMuchNews,
                    "and-no-status",
                    "More events, and no status.",
                )
                .link(0),
            ),
            65,
        ),
    ]
}

/// Rules 16 and 17.
fn rules() -> Vec<Scene> {
    let ages = || {
        Value::Array(vec![
            READ_AGE.into(),
            WRITE_AGE.into(),
            IRREVERSIBLE_AGE.into(),
        ])
    };
    let kept_by = move |scene: Scene, controller: u8, enders: Option<u8>| {
        scene.edit(move |root| {
            root.terms(|terms| {
                let mut life = vec![mission(controller, "qbr"), ages()];
                life.extend(enders.map(|ender| Value::Array(vec![public(ender)])));
                put(terms, 6, Value::Array(life));
            });
        })
    };
    let ends_on = |scene: Scene| {
        scene.edit(|link| {
            let limit = Value::Array(vec![5.into(), "deal closed".into()]);
            link.terms(|terms| put(terms, 1, Value::Array(vec![limit])));
        })
    };
    let own = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::OwnController, name, description).link(link)
    };
    vec![
        lives(Scene::deny(
            DenialCode::InvalidValue,
            "ages-that-increase",
            "A status may be older for writes than for reads.",
        ))
        .edit(|root| {
            root.terms(|terms| {
                let ages = Value::Array(vec![60.into(), 61.into(), 10.into()]);
                put(
                    terms,
                    6,
                    Value::Array(vec![mission(CONTROLLER, "qbr"), ages]),
                );
            });
        }),
        kept_by(
            own(
                "root",
                "The root's holder controls the mission that it lives by.",
                0,
            ),
            holder(0),
            None,
        ),
        kept_by(
            own("ender", "The root's holder is an ender of the mission.", 0),
            CONTROLLER,
            Some(holder(0)),
        ),
        lives(own(
            "child",
            "The controller of the root's mission holds a link below.",
            1,
        ))
        .child()
        .held_by(CONTROLLER)
        .forged(),
        lives(own(
            "child-ender",
            "An ender of the root's mission holds a link below.",
            1,
        ))
        .child()
        .held_by(ENDER)
        .forged(),
        ends_on(
            Scene::deny(
                DenialCode::EventUntold,
                "root",
                "It ends on an event, and lives by no mission.",
            )
            .link(0),
        ),
        ends_on(
            Scene::deny(
                DenialCode::EventUntold,
                "child",
                "A child ends on an event, and no link lives by a mission.",
            )
            .link(1)
            .child(),
        ),
    ]
}

/// A subtree with a mission of its own.
fn own_missions() -> Vec<Scene> {
    let own = |scene: Scene, scope: &str| {
        let limit = format!(
            r#"[{{"lives_by":{}{scope}}}]"#,
            lives_by(SECOND_CONTROLLER, "slides")
        );
        scene.child_with(move |terms| terms.with_limits(limits(&limit)))
    };
    let slides = |as_of| status(SECOND_CONTROLLER, as_of, [active("slides", 3)]);
    let deny =
        |code, name: &str, description: &str| alive(Scene::deny(code, name, description).link(1));
    vec![
        own(
            permit(
                "two-missions",
                "Both missions are active; the permit ends with the older status.",
            ),
            "",
        )
        .heard(slides(NOW - 100))
        .until(FRESH - 100),
        own(
            deny(
                DenialCode::StatusMissing,
                "childs",
                "Nothing was heard of the child's own mission.",
            ),
            "",
        ),
        own(
            deny(
                DenialCode::StatusStale,
                "childs",
                "The status of the child's own mission is too old.",
            ),
            "",
        )
        .heard(slides(NOW - READ_AGE - 1)),
        own(
            deny(
                DenialCode::MissionEnded,
                "childs",
                "The child's own mission has ended.",
            ),
            "",
        )
        .heard(slides(NOW))
        .heard(end(SECOND_CONTROLLER, SECOND_CONTROLLER, "slides", NOW)),
        own(
            deny(
                DenialCode::MissionSuspended,
                "childs",
                "The child's own mission is suspended.",
            ),
            "",
        )
        .heard(status(
            SECOND_CONTROLLER,
            NOW,
            [active("slides", 1).suspended()],
        )),
        own(
            permit(
                "own-mission-out-of-scope",
                "The child's own mission is for other tools.",
            )
            .also("revenue.*"),
            r#","tools":["revenue.*"]"#,
        ),
        own(
            lives(
                Scene::deny(
                    DenialCode::StatusMissing,
                    "parents",
                    "The child's own mission is active, its parent's unknown.",
                )
                .link(0),
            ),
            "",
        )
        .heard(slides(NOW)),
        own(
            alive(
                Scene::deny(
                    DenialCode::TaskEnded,
                    "by-own-controller",
                    "The own mission's controller ended the child.",
                )
                .link(1),
            ),
            "",
        )
        .heard(slides(NOW))
        .heard_of(|chain| task_end(SECOND_CONTROLLER, &id(chain, 1), NOW)),
        own(
            permit(
                "task-end-above-own-mission",
                "The own mission's controller can't end the root above it.",
            ),
            "",
        )
        .heard(slides(NOW))
        .heard_of(|chain| task_end(SECOND_CONTROLLER, &id(chain, 0), NOW)),
    ]
}

/// Conditions on facts.
fn facts() -> Vec<Scene> {
    const TICKET: &str = "ticket/INC-42";
    let long = format!("\"{}\"", "a".repeat(2048));
    let open = |max_age: u64, scope: &str| {
        format!(
            r#"[{{"condition":{{"fact":"{TICKET}","holds":{{"one_of":["open"]}},"max_age":{max_age}}}{scope}}}]"#
        )
    };
    let asks = |scene: Scene| scene.limits(&open(60, ""));
    let deny =
        |code, name: &str, description: &str| asks(Scene::deny(code, name, description).link(0));
    let childs = |scene: Scene| {
        let hour = r#"[{"condition":{"fact":"risk","holds":{"range":{"max":5}},"max_age":20}}]"#;
        // The root names the child's fact, for other calls.
        let own = open(60, "");
        let named = r#"{"condition":{"fact":"risk","holds":{"any":true},"max_age":0},"tools":["revenue.*"]}]"#;
        let own = format!("{},{named}", own.trim_end_matches(']'));
        let scene = scene.also("revenue.*").limits(&own);
        scene
            .child_with(move |terms| terms.with_limits(limits(hour)))
            .fact(TICKET, "\"open\"", NOW)
    };
    vec![
        asks(Scene::permit(
            "fact",
            "The ticket is open as of this second.",
        ))
        .fact(TICKET, "\"open\"", NOW)
        .until(NOW + 61),
        asks(Scene::permit(
            "fact-as-old-as-may-be",
            "Observed exactly as long ago as may be.",
        ))
        .fact(TICKET, "\"open\"", NOW - 60)
        .until(NOW + 1),
        Scene::permit(
            "fact-of-2048-bytes",
            "A long fact against an ordinary pattern: steps grow with its length.",
        )
        .limits(r#"[{"condition":{"fact":"f","holds":{"pattern":"*a"},"max_age":60}}]"#)
        .fact("f", &long, NOW)
        .until(NOW + 61),
        deny(
            DenialCode::FactTooOld,
            "by-a-second",
            "Observed one second longer ago.",
        )
        .fact(TICKET, "\"open\"", NOW - 61),
        deny(
            DenialCode::FactUnknown,
            "nothing-observed",
            "Nothing was observed.",
        ),
        deny(
            DenialCode::FactUnknown,
            "another",
            "Another ticket was observed.",
        )
        .fact("ticket/INC-43", "\"open\"", NOW),
        asks(Scene::permit(
            "fact-ahead-by-the-leeway",
            "Observed by a clock that is ahead: it counts from now.",
        ))
        .fact(TICKET, "\"open\"", NOW + 30)
        .until(NOW + 61),
        deny(
            DenialCode::FactUnknown,
            "ahead",
            "Observed further ahead than the leeway: it counts as not observed.",
        )
        .fact(TICKET, "\"open\"", NOW + 31),
        deny(
            DenialCode::FactUnknown,
            "not-open",
            "The fact is open to other issuers only.",
        )
        .fact_open_to(TICKET, "\"open\"", NOW, &["https://globex.example"]),
        deny(
            DenialCode::ConditionFails,
            "closed",
            "The ticket is closed.",
        )
        .fact(TICKET, "\"closed\"", NOW),
        deny(
            DenialCode::ConditionFails,
            "type",
            "What was observed has another type.",
        )
        .fact(TICKET, "1", NOW),
        deny(DenialCode::ConditionFails, "null", "Null was observed.").fact(TICKET, "null", NOW),
        Scene::permit("fact-out-of-scope", "The condition is for other tools.")
            .also("revenue.*")
            .limits(&open(60, r#","tools":["revenue.*"]"#)),
        childs(Scene::permit(
            "facts-of-two-links",
            "Conditions accumulate down the chain, and the first to age ends the permit.",
        ))
        .fact("risk", "4.5", NOW)
        .until(NOW + 21),
        childs(
            Scene::deny(
                DenialCode::ConditionFails,
                "childs",
                "The root's condition holds, the child's doesn't.",
            )
            .link(1),
        )
        .fact("risk", "5.5", NOW),
        childs(
            Scene::deny(
                DenialCode::FactUnknown,
                "childs",
                "The root's fact is known, the child's is not.",
            )
            .link(1),
        ),
        asks(permit(
            "fact-and-mission",
            "A fact that ages before the status does.",
        ))
        .fact(TICKET, "\"open\"", NOW - 50)
        .until(NOW + 11),
        asks(lives(
            Scene::permit(
                "mission-and-fact",
                "A status that ages before the fact does.",
            )
            .until(NOW + 6),
        ))
        .heard(status(CONTROLLER, NOW - READ_AGE + 5, [active("qbr", 1)]))
        .fact(TICKET, "\"open\"", NOW),
    ]
}
