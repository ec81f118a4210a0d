//! The content of a notice, for people and for machines.

use super::tree::{Page, list, notice_kind, object, shown, time};
use mandatum::Notice;
use mandatum::claims::Snapshot;
use mandatum::primitives::{ListedId, Value};

/// Kind, who, what, as of when.
pub(crate) fn show_notice(page: &mut Page, notice: &Notice) {
    let said = notice.header();
    page.field(0, "by", &said.by);
    let when = if matches!(notice, Notice::Status(_)) {
        "as of"
    } else {
        "stated at"
    };
    page.field(0, when, &said.at);
    match notice {
        Notice::Status(token) => token
            .claims()
            .missions
            .iter()
            .for_each(|snapshot| show_snapshot(page, snapshot)),
        Notice::End(token) => {
            page.field(0, "mission", &token.claims().mission);
            page.field(0, "was", &token.claims().ending);
        }
        Notice::TaskEnd(token) => {
            let end = token.claims();
            page.field(0, "mandate", &end.mandate);
            page.field(0, "was", &end.ending);
            page.field(0, "its root", &format!("expires at {}", end.root_expires));
            if let Some(mission) = &end.mission {
                page.field(0, "mission", mission);
            }
        }
        Notice::EventFired(token) => {
            page.field(0, "mission", &token.claims().mission);
            page.field(0, "event", &token.claims().event);
        }
        Notice::Withdrawal(token) => {
            page.field(0, "mission", &token.claims().mission);
            page.field(0, "tool", &token.claims().tool);
        }
    }
}

fn show_snapshot(page: &mut Page, snapshot: &Snapshot) {
    page.line(0, &format!("└─ mission {}", snapshot.mission));
    page.field(
        3,
        "state",
        &if snapshot.suspended {
            "suspended"
        } else {
            "active"
        },
    );
    page.field(3, "sequence", &snapshot.sequence);
    page.field(
        3,
        "wave",
        &format!("{} since {}", snapshot.wave.number, snapshot.wave.since),
    );
    list(page, 3, "fired", "no event", &snapshot.events);
    list(page, 3, "withdrawn", "no tool", &snapshot.withdrawn);
    list(
        page,
        3,
        "ended",
        "no mandate",
        snapshot.ended.iter().map(begins_with),
    );
    let key_of = |mandate| format!("the key of {}", begins_with(mandate));
    list(
        page,
        3,
        "revoked",
        "no key",
        snapshot.keys_revoked.iter().map(key_of),
    );
}

/// A status lists mandates by the first bytes of their ids.
fn begins_with(mandate: &ListedId) -> String {
    format!("{mandate}…")
}

/// The same for machines.
pub(crate) fn news(notice: &Notice) -> Value {
    let said = notice.header();
    let about = [
        ("kind", Value::from(notice_kind(notice))),
        ("token_id", shown(&said.id)),
        ("by", shown(&said.by)),
        ("at", time(said.at)),
    ];
    let content = match notice {
        Notice::Status(token) => {
            vec![(
                "missions",
                Value::List(token.claims().missions.iter().map(snapshot).collect()),
            )]
        }
        Notice::End(token) => vec![
            ("mission", shown(&token.claims().mission)),
            ("was", shown(&token.claims().ending)),
        ],
        Notice::TaskEnd(token) => {
            let end = token.claims();
            let mission = end
                .mission
                .as_ref()
                .map(|mission| ("mission", shown(mission)));
            let fields = [
                ("mandate", shown(&end.mandate)),
                ("was", shown(&end.ending)),
                ("root_expires", time(end.root_expires)),
            ];
            fields.into_iter().chain(mission).collect()
        }
        Notice::EventFired(token) => {
            vec![
                ("mission", shown(&token.claims().mission)),
                ("event", shown(&token.claims().event)),
            ]
        }
        Notice::Withdrawal(token) => {
            vec![
                ("mission", shown(&token.claims().mission)),
                ("tool", shown(&token.claims().tool)),
            ]
        }
    };
    object(about.into_iter().chain(content))
}

fn snapshot(snapshot: &Snapshot) -> Value {
    object([
        ("mission", shown(&snapshot.mission)),
        ("sequence", Value::Number(snapshot.sequence.into())),
        ("suspended", Value::Bool(snapshot.suspended)),
        ("wave", Value::Number(snapshot.wave.number.into())),
        ("wave_since", time(snapshot.wave.since)),
        (
            "events",
            Value::List(snapshot.events.iter().map(shown).collect()),
        ),
        (
            "withdrawn",
            Value::List(snapshot.withdrawn.iter().map(shown).collect()),
        ),
        (
            "ended",
            Value::List(snapshot.ended.iter().map(shown).collect()),
        ),
        (
            "keys_revoked",
            Value::List(snapshot.keys_revoked.iter().map(shown).collect()),
        ),
    ])
}
