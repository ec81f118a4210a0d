//! The investigation's tools, and how few of them each wave needs.

use crate::stage::{Result, only};
use mandatum::{Action, Effect, Powers};

pub(crate) const CASE: &str = "INC-1187";

/// Each wave's task, and how many tools it needs: of all the first so many.
pub(crate) const WAVES: [(&str, usize); 6] = [
    ("triage", 37),
    ("scope", 19),
    ("contain", 8),
    ("verify", 3),
    ("report", 1),
    ("close", 0),
];

/// All tools, the ones that are needed longest first.
pub(crate) const TOOLS: [(&str, Effect); 37] = [
    ("report.write", Effect::Write),
    ("ticket.comment", Effect::Write),
    ("evidence.read", Effect::Read),
    ("logs.search", Effect::Read),
    ("accounts.disable", Effect::Write),
    ("hosts.isolate", Effect::Write),
    ("mail.quarantine", Effect::Write),
    ("keys.revoke", Effect::Irreversible),
    ("auth.events.read", Effect::Read),
    ("cloud.audit.read", Effect::Read),
    ("dns.queries.read", Effect::Read),
    ("files.hash", Effect::Read),
    ("intel.lookup", Effect::Read),
    ("mail.headers.read", Effect::Read),
    ("netflow.read", Effect::Read),
    ("processes.list", Effect::Read),
    ("proxy.logs.read", Effect::Read),
    ("registry.read", Effect::Read),
    ("timeline.build", Effect::Write),
    ("assets.list", Effect::Read),
    ("backups.list", Effect::Read),
    ("badge.events.read", Effect::Read),
    ("certificates.list", Effect::Read),
    ("ci.runs.read", Effect::Read),
    ("containers.list", Effect::Read),
    ("firewall.rules.read", Effect::Read),
    ("groups.list", Effect::Read),
    ("hr.roster.read", Effect::Read),
    ("images.scan", Effect::Read),
    ("patches.list", Effect::Read),
    ("print.jobs.read", Effect::Read),
    ("repo.audit.read", Effect::Read),
    ("saas.audit.read", Effect::Read),
    ("users.list", Effect::Read),
    ("vpn.sessions.read", Effect::Read),
    ("vulnerabilities.list", Effect::Read),
    ("wifi.sessions.read", Effect::Read),
];

/// The powers to use the first so many tools on this case.
pub(crate) fn first(tools: usize) -> Result<Powers> {
    powers(TOOLS.iter().take(tools).map(|(tool, _)| *tool))
}

/// The powers to use these tools on this case.
pub(crate) fn powers<'t>(tools: impl IntoIterator<Item = &'t str>) -> Result<Powers> {
    let entries: Result<Vec<_>> = tools
        .into_iter()
        .map(|tool| only(tool, effect_of(tool), "case", CASE))
        .collect();
    Ok(Powers::new(entries?)?)
}

/// The use of a tool on this case.
pub(crate) fn action(tool: &str) -> Result<Action> {
    Ok(Action::new(tool, [("case", CASE)], effect_of(tool))?)
}

fn effect_of(tool: &str) -> Effect {
    TOOLS
        .iter()
        .find(|(name, _)| *name == tool)
        .map_or(Effect::Irreversible, |(_, effect)| *effect)
}
