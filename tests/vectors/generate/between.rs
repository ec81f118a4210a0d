//! Between links: whose word counts for which link, and what one link holds against another. Each
//! case is decided otherwise by a verifier that asks the nearest link only, or all of them where
//! some are meant.

use super::approvals::gate;
use super::forge::put;
use super::missions::{CONTROLLER, FRESH, READ_AGE, SECOND_CONTROLLER, alive, lives_by};
use super::news::{active, event, mission, status, task_ended};
use super::order::after;
use super::scene::{COMPANY, NOW, Scene, holder, limits};
use ciborium::Value;
use mandatum::DenialCode;

pub(super) fn cases() -> Vec<Scene> {
    [missions(), gates(), powers(), ages()]
        .into_iter()
        .flatten()
        .collect()
}

/// The task that is waited for, and who holds it.
const TASK: [u8; 32] = [0xa1; 32];
const REPORTER: u8 = 60;

/// A child that lives by a mission of its own, which is active, with this limit besides.
fn with_own_mission(scene: Scene, limit: &str) -> Scene {
    let own = format!(
        r#"[{{"lives_by":{}}}{limit}]"#,
        lives_by(SECOND_CONTROLLER, "slides")
    );
    alive(scene)
        .child_with(move |terms| terms.with_limits(limits(&own)))
        .heard(status(SECOND_CONTROLLER, NOW, [active("slides", 1)]))
}

fn missions() -> Vec<Scene> {
    let waits = || after(&[(TASK, REPORTER)], "");
    let done = |scene: Scene, by| scene.heard(task_ended(by, &TASK, 0, NOW));
    let ends_on = |scene: Scene| scene.limits(r#"[{"ends_on":"deal closed"}]"#);
    let fired = |scene: Scene, by, mission| scene.heard(event(by, mission, "deal closed", NOW));
    let permit = |name: &str, description: &str| Scene::permit(name, description).until(FRESH);
    let waiting = |name: &str, description: &str| {
        Scene::deny(DenialCode::BarrierClosed, name, description).link(0)
    };
    let ended = |name: &str, description: &str| {
        Scene::deny(DenialCode::EventFired, name, description).link(0)
    };
    vec![
        done(
            with_own_mission(
                waiting(
                    "reported-by-a-childs-controller",
                    "The controller of a mission that only the child lives by says that the root's task is done.",
                )
                .limits(&format!("[{}]", waits())),
                "",
            ),
            SECOND_CONTROLLER,
        ),
        done(
            with_own_mission(
                permit("barrier-reported-by-own-controller", "The controller of the child's own mission says so."),
                &format!(",{}", waits()),
            ),
            SECOND_CONTROLLER,
        ),
        done(
            with_own_mission(
                permit("barrier-reported-by-roots-controller", "The controller of the root's mission says so."),
                &format!(",{}", waits()),
            ),
            CONTROLLER,
        ),
        done(
            with_own_mission(
                Scene::deny(
                    DenialCode::BarrierBroken,
                    "completed-and-called-off",
                    "The reporter says that the task is done, and the company above the parent revokes it.",
                )
                .link(1),
                &format!(",{}", waits()),
            )
            .heard(task_ended(COMPANY, &TASK, 3, NOW)),
            REPORTER,
        ),
        done(
            alive(Scene::deny(
                DenialCode::BarrierBroken,
                "worst-of-two-words",
                "The reporter says that the task is done, the controller that it failed.",
            ))
            .link(0)
            .limits(&format!("[{}]", waits()))
            .heard(task_ended(CONTROLLER, &TASK, 2, NOW)),
            REPORTER,
        ),
        fired(
            with_own_mission(
                ends_on(ended("by-a-childs-mission", "The event fired in the mission that only the child lives by.")),
                "",
            ),
            SECOND_CONTROLLER,
            "slides",
        ),
        fired(
            with_own_mission(
                ends_on(permit("event-of-a-mission-of-nobody", "It fired in a mission that no link lives by.")),
                "",
            ),
            SECOND_CONTROLLER,
            "audit",
        ),
    ]
}

/// Rule 16: who may approve at a gate above holds no link below it, whatever gates stand between.
fn gates() -> Vec<Scene> {
    let gated = |scene: Scene, upper: u8, lower: u8| {
        let lower = format!("[{}]", gate(1, &[lower], ""));
        let scene = scene.limits(&format!("[{}]", gate(1, &[upper], "")));
        scene
            .child_with(move |terms| terms.with_limits(limits(&lower)))
            .child()
    };
    let own = |name: &str, description: &str| {
        Scene::deny(DenialCode::OwnApprover, name, description).link(2)
    };
    vec![
        gated(
            own(
                "below-another-gate",
                "Who holds the leaf approves at the root's gate.",
            ),
            holder(2),
            80,
        )
        .forged(),
        gated(
            own(
                "below-the-nearer-gate",
                "Who holds the leaf approves at the child's gate.",
            ),
            80,
            holder(2),
        )
        .forged(),
    ]
}

/// Rule 13, at the edges where the child has just one call more.
fn powers() -> Vec<Scene> {
    let amounts = |range: &str, words: &str| {
        format!(
            r#"[{{"tool":"crm.read","effect":"read","args":{{"x":{{"range":{range}}}}}{words},"delegable":true}}]"#
        )
    };
    let child = |scene: Scene, parent: &str, powers: &str| {
        scene
            .ceiling("\"unlimited\"")
            .powers(parent)
            .args(r#"{"x":5}"#)
            .child()
            .with_powers(powers)
    };
    let beyond = |name: &str, description: &str, parent: &str, powers: &str| {
        child(
            Scene::deny(DenialCode::BeyondParent, name, description).link(1),
            parent,
            powers,
        )
        .forged()
    };
    let within = |name: &str, description: &str, parent: &str, powers: &str| {
        child(Scene::permit(name, description), parent, powers)
    };
    let [max, below, min, above] = [
        r#"{"max":10}"#,
        r#"{"below":10}"#,
        r#"{"min":0}"#,
        r#"{"above":0}"#,
    ]
    .map(|range| amounts(range, ""));
    let [open, closed] = [r#","open":true"#, ""].map(|words| amounts(r#"{"max":10}"#, words));
    vec![
        beyond(
            "inclusive-under-exclusive",
            "The child may have the very end that its parent may not.",
            &below,
            &max,
        ),
        beyond(
            "inclusive-over-exclusive",
            "So too at the lower end.",
            &above,
            &min,
        ),
        within(
            "child-exclusive-under-inclusive",
            "The child may not have the end that its parent may.",
            &max,
            &below,
        ),
        within(
            "child-exclusive-over-inclusive",
            "So too at the lower end.",
            &min,
            &above,
        ),
        within(
            "child-as-exclusive",
            "The same exclusive end.",
            &below,
            &below,
        ),
        beyond(
            "open-under-closed",
            "The child takes any argument, its parent the one it names.",
            &closed,
            &open,
        ),
        within(
            "child-closed-under-open",
            "The child takes the one argument it names, its parent any.",
            &open,
            &closed,
        ),
    ]
}

/// A status may be the younger the further an effect reaches.
fn ages() -> Vec<Scene> {
    let aged = |name: &str, description: &str, ages: [u64; 3]| {
        let life = Value::Array(vec![
            mission(CONTROLLER, "qbr"),
            Value::Array(ages.map(Value::from).into()),
        ]);
        Scene::deny(DenialCode::InvalidValue, name, description)
            .edit(move |root| root.terms(|terms| put(terms, 6, life.clone())))
    };
    let limit = |name: &str, description: &str, ages: [u64; 3]| {
        let lives_by = Value::Array(vec![
            mission(CONTROLLER, "qbr"),
            Value::Array(ages.map(Value::from).into()),
        ]);
        let limit = Value::Array(vec![Value::Array(vec![3.into(), lives_by])]);
        Scene::deny(DenialCode::InvalidValue, name, description)
            .child()
            .edit(move |child| child.terms(|terms| put(terms, 1, limit.clone())))
    };
    vec![
        aged(
            "older-for-writes",
            "A status may be older for writes than for reads.",
            [READ_AGE, READ_AGE + 1, 10],
        ),
        aged(
            "older-for-irreversible",
            "It may be older for what can't be undone than for writes.",
            [READ_AGE, 10, 11],
        ),
        aged(
            "older-for-irreversible-than-for-reads",
            "It may be oldest for what can't be undone.",
            [10, 10, 11],
        ),
        limit(
            "older-for-writes-in-a-child",
            "So too in a child's limit.",
            [READ_AGE, READ_AGE + 1, 10],
        ),
    ]
}
