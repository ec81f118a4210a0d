//! What the verifier adds to what the links say: its table of tools, its floors, and when a grant
//! counts.

use super::missions::{CONTROLLER, lives, named};
use super::news::{active, status};
use super::scene::{ISSUED, NOW, Scene, limits, time};
use mandatum::{AttestedGrant, DenialCode, Root, RootAudience};

pub(super) fn cases() -> Vec<Scene> {
    [tools(), missions(), audiences(), links(), ages(), grants()]
        .into_iter()
        .flatten()
        .collect()
}

/// The effect of a call is what the table says.
fn tools() -> Vec<Scene> {
    let listed = |scene: Scene, entries: &[(&str, &'static str)]| {
        let entries: Vec<_> = entries
            .iter()
            .map(|(tool, effect)| ((*tool).to_owned(), *effect))
            .collect();
        scene
            .effect(None)
            .verifier(move |verifier| verifier.tools.extend(entries))
    };
    let denied = |name: &str, description: &str| {
        Scene::deny(DenialCode::EffectTooHigh, name, description).link(0)
    };
    vec![
        listed(
            Scene::permit("tool-of-a-family", "The tool is listed by its family."),
            &[("crm.*", "read")],
        ),
        listed(
            denied(
                "of-another-family",
                "No family that is listed has the tool.",
            ),
            &[("crmx.*", "read")],
        ),
        listed(
            denied("by-its-own-name", "Its own name counts before its family."),
            &[("crm.*", "read"), ("crm.read", "write")],
        ),
        listed(
            Scene::permit(
                "tool-of-the-longest-family",
                "Of two families the longer counts.",
            )
            .powers(r#"[{"tool":"crm.eu.read","effect":"read"}]"#)
            .tool("crm.eu.read")
            .args("{}"),
            &[("crm.*", "irreversible"), ("crm.eu.*", "read")],
        ),
        listed(
            denied(
                "unlisted",
                "No tool is listed, so every call is irreversible.",
            ),
            &[],
        ),
    ]
}

fn missions() -> Vec<Scene> {
    let demanding = |scene: Scene| scene.floors(r#"{"mission":true}"#);
    let limit =
        r#"{"lives_by":{"mission":MISSION,"max_age":{"read":300,"write":60,"irreversible":10}}"#;
    let limit = limit.replace("MISSION", &named(CONTROLLER, "qbr"));
    let beside = |scene: Scene, tools: &str| {
        let both = r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}},{"tool":"mail.read","effect":"read"}]"#;
        demanding(
            scene
                .powers(both)
                .limits(&format!("[{limit},\"tools\":[\"{tools}\"]}}]")),
        )
        .heard(status(CONTROLLER, NOW, [active("qbr", 1)]))
    };
    vec![
        demanding(lives(Scene::permit(
            "floor-mission",
            "The root lives by a mission, as the verifier demands.",
        )))
        .heard(status(CONTROLLER, NOW, [active("qbr", 1)]))
        .until(NOW + 301),
        demanding(Scene::deny(
            DenialCode::MissionRequired,
            "no-mission",
            "The root lives until it expires.",
        )),
        beside(
            Scene::permit(
                "floor-mission-by-a-limit",
                "A limit on the call says a mission.",
            ),
            "crm.read",
        )
        .until(NOW + 301),
        beside(
            Scene::deny(
                DenialCode::MissionRequired,
                "of-other-tools",
                "The mission is for the calls of other tools.",
            ),
            "mail.read",
        ),
    ]
}

fn audiences() -> Vec<Scene> {
    let anywhere = |scene: Scene| {
        scene
            .root(|root| root.audience = RootAudience::Anywhere)
            .floors(r#"{"audience":true}"#)
    };
    vec![
        Scene::permit("floor-audience", "The root names this server.")
            .floors(r#"{"audience":true}"#),
        anywhere(Scene::deny(
            DenialCode::AudienceRequired,
            "anywhere",
            "The root is for every server.",
        )),
        anywhere(Scene::permit(
            "floor-audience-by-a-limit",
            "A limit of the root names this server.",
        ))
        .limits(r#"[{"audience":["https://crm.example"]}]"#),
        anywhere(Scene::deny(
            DenialCode::AudienceRequired,
            "by-a-child",
            "Only what the issuer said meets a floor.",
        ))
        .child_with(|terms| terms.with_limits(limits(r#"[{"audience":["https://crm.example"]}]"#))),
    ]
}

fn links() -> Vec<Scene> {
    vec![
        Scene::permit("floor-links", "As many links as the verifier accepts.")
            .floors(r#"{"max_links":2}"#)
            .child(),
        Scene::deny(DenialCode::ChainTooLong, "by-one", "One link more.")
            .floors(r#"{"max_links":1}"#)
            .child(),
    ]
}

/// Of token and verifier the stricter counts.
fn ages() -> Vec<Scene> {
    let statuses = |scene: Scene, floor: u64, age: u64| {
        let floor = format!(r#"{{"status_age":{{"read":{floor},"write":0,"irreversible":0}}}}"#);
        lives(scene)
            .floors(&floor)
            .heard(status(CONTROLLER, NOW - age, [active("qbr", 1)]))
    };
    let roots = |scene: Scene, floor: &str| scene.floors(&format!(r#"{{"root_age":{floor}}}"#));
    let issued_ago = NOW - ISSUED;
    vec![
        statuses(
            Scene::permit("floor-status-age", "As old as the verifier accepts."),
            100,
            100,
        )
        .until(NOW + 1),
        statuses(
            Scene::deny(
                DenialCode::StatusStale,
                "floor",
                "The token accepts it, the verifier does not.",
            )
            .link(0),
            100,
            101,
        ),
        statuses(
            Scene::deny(
                DenialCode::StatusStale,
                "token",
                "The verifier accepts it, the token does not.",
            )
            .link(0),
            400,
            301,
        ),
        roots(
            Scene::permit(
                "floor-root-age",
                "Issued as long ago as the verifier accepts.",
            )
            .until(NOW + 1),
            &format!(r#"{{"read":{issued_ago},"write":0,"irreversible":0}}"#),
        ),
        roots(
            Scene::deny(
                DenialCode::RootTooOld,
                "by-a-second",
                "Issued a second longer ago.",
            ),
            &format!(
                r#"{{"read":{},"write":0,"irreversible":0}}"#,
                issued_ago - 1
            ),
        ),
        roots(
            Scene::permit(
                "floor-root-age-of-another-effect",
                "Only what can't be taken back needs a recent root.",
            ),
            r#"{"irreversible":0}"#,
        ),
    ]
}

fn grants() -> Vec<Scene> {
    let given = |scene: Scene, at: u64| {
        scene.root(move |root: &mut Root| {
            root.grant = root.grant.take().map(|grant| AttestedGrant {
                at: time(at),
                ..grant
            });
        })
    };
    let fresh = |scene: Scene| scene.floors(r#"{"grant_age":60}"#);
    vec![
        fresh(given(
            Scene::permit(
                "floor-grant-age",
                "Given as long ago as the verifier accepts.",
            ),
            NOW - 60,
        ))
        .until(NOW + 1),
        fresh(given(
            Scene::deny(
                DenialCode::GrantTooOld,
                "by-a-second",
                "Given a second longer ago.",
            ),
            NOW - 61,
        )),
        given(
            Scene::permit(
                "grant-ahead-by-the-leeway",
                "Given by a clock that is ahead: it counts from now.",
            ),
            NOW + 30,
        ),
        given(
            Scene::deny(
                DenialCode::NoAttestedGrant,
                "ahead",
                "Given further ahead than the leeway: it counts as none.",
            )
            .link(0),
            NOW + 31,
        ),
        fresh(given(
            Scene::permit(
                "floor-grant-age-ahead",
                "A grant from a clock that is ahead is as old as its receipt.",
            ),
            NOW + 30,
        ))
        .until(NOW + 61),
    ]
}
