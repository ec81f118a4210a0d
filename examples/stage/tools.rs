use mandatum::powers::ToolTableError;
use mandatum::{Effect, ToolTable};

/// The effects of the tools of the stories, as the servers list them. A tool that is not
/// listed is irreversible.
const TOOLS: [(&str, Effect); 29] = [
    ("crm.*", Effect::Read),
    ("customers.*", Effect::Read),
    ("db.read", Effect::Read),
    ("file.read", Effect::Read),
    ("file.write", Effect::Write),
    ("files.copy", Effect::Write),
    ("filings.read", Effect::Read),
    ("github.read", Effect::Read),
    ("http.post", Effect::Write),
    ("hubspot.read", Effect::Read),
    ("jira.read", Effect::Read),
    ("logs.*", Effect::Read),
    ("notes.read", Effect::Read),
    ("notes.write", Effect::Write),
    ("orders.read", Effect::Read),
    ("parcels.track", Effect::Read),
    ("payments.read", Effect::Read),
    ("records.buy", Effect::Write),
    ("registry.read", Effect::Read),
    ("report.write", Effect::Write),
    ("revenue.read", Effect::Read),
    ("room.enter", Effect::Write),
    ("room.look", Effect::Read),
    ("s3.get", Effect::Read),
    ("salesforce.read", Effect::Read),
    ("service.restart", Effect::Write),
    ("slides.*", Effect::Write),
    ("support.*", Effect::Read),
    ("tickets.read", Effect::Read),
];

/// The stories' tools.
pub(crate) fn tools() -> Result<ToolTable, ToolTableError> {
    ToolTable::new(TOOLS)
}
