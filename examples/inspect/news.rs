//! What a notice says, for people and for machines.

use super::tree::{Page, list, notice_kind, object, shown, time};
use mandatum::{Mission, Notice, Snapshot, Value};

/// Kind, who, what, as of when.
pub(crate) fn show_notice(page: &mut Page, notice: &Notice) {
    let said = notice.said();
    page.field(0, "by", &said.by);
    let when = if matches!(notice, Notice::Status(_)) { "as of" } else { "said at" };
    page.field(0, when, &said.at);
    match notice {
        Notice::Status(token) => token.claims().missions.iter().for_each(|snapshot| show_snapshot(page, snapshot)),
        Notice::End(token) => {
            show_mission(page, &token.claims().mission);
            page.field(0, "was", &token.claims().ending);
        }
        Notice::TaskEnd(token) => {
            page.field(0, "mandate", &token.claims().mandate);
            page.field(0, "was", &token.claims().ending);
        }
        Notice::Fired(token) => {
            page.field(0, "mission", &token.claims().mission);
            page.field(0, "event", &token.claims().event);
        }
        Notice::Withdrawal(token) => {
            page.field(0, "mission", &token.claims().mission);
            page.field(0, "tool", &token.claims().tool);
        }
    }
}

fn show_mission(page: &mut Page, mission: &Mission) {
    page.field(0, "mission", &mission.name);
    page.field(0, "of", &mission.controller);
}

fn show_snapshot(page: &mut Page, snapshot: &Snapshot) {
    page.line(0, &format!("└─ mission {}", snapshot.name));
    page.field(3, "state", &if snapshot.suspended { "suspended" } else { "active" });
    page.field(3, "sequence", &snapshot.sequence);
    page.field(3, "wave", &format!("{} since {}", snapshot.wave.number, snapshot.wave.since));
    list(page, 3, "fired", "no event", &snapshot.events);
    list(page, 3, "withdrawn", "no tool", &snapshot.withdrawn);
    list(page, 3, "ended", "no mandate", &snapshot.ended);
}

/// The same for machines.
pub(crate) fn news(notice: &Notice) -> Value {
    let said = notice.said();
    let about = [
        ("kind", Value::from(notice_kind(notice))),
        ("token_id", shown(&said.id)),
        ("by", shown(&said.by)),
        ("at", time(said.at)),
    ];
    let content = match notice {
        Notice::Status(token) => {
            vec![("missions", Value::List(token.claims().missions.iter().map(snapshot).collect()))]
        }
        Notice::End(token) => vec![
            ("mission", shown(&token.claims().mission.name)),
            ("controller", shown(&token.claims().mission.controller)),
            ("was", shown(&token.claims().ending)),
        ],
        Notice::TaskEnd(token) => {
            vec![("mandate", shown(&token.claims().mandate)), ("was", shown(&token.claims().ending))]
        }
        Notice::Fired(token) => {
            vec![("mission", shown(&token.claims().mission)), ("event", shown(&token.claims().event))]
        }
        Notice::Withdrawal(token) => {
            vec![("mission", shown(&token.claims().mission)), ("tool", shown(&token.claims().tool))]
        }
    };
    object(about.into_iter().chain(content))
}

fn snapshot(snapshot: &Snapshot) -> Value {
    object([
        ("mission", shown(&snapshot.name)),
        ("sequence", Value::Number(snapshot.sequence.into())),
        ("suspended", Value::Bool(snapshot.suspended)),
        ("wave", Value::Number(snapshot.wave.number.into())),
        ("wave_since", time(snapshot.wave.since)),
        ("events", Value::List(snapshot.events.iter().map(shown).collect())),
        ("withdrawn", Value::List(snapshot.withdrawn.iter().map(shown).collect())),
        ("ended", Value::List(snapshot.ended.iter().map(shown).collect())),
    ])
}
