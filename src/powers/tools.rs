use super::{Effect, ToolError, ToolName, ToolPattern};
use std::collections::BTreeMap;
use thiserror::Error;

/// The effects of a server's tools, by pattern. A tool that is not listed is [`Effect::Irreversible`].
///
/// Only the server knows what its tools do, so this belongs to its verifier, and no caller can state less. The most specific
/// pattern counts: a tool's own name before a family, and of families the longest.
///
/// ```
/// use mandatum::{Effect, ToolName, ToolTable};
/// let tools = ToolTable::new([("crm.*", Effect::Read), ("crm.contacts.*", Effect::Write), ("crm.purge", Effect::Irreversible)])?;
/// assert_eq!(tools.effect(&ToolName::new("crm.read")?), Effect::Read);
/// assert_eq!(tools.effect(&ToolName::new("crm.contacts.add")?), Effect::Write);
/// assert_eq!(tools.effect(&ToolName::new("mail.send")?), Effect::Irreversible);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolTable {
    tools: BTreeMap<Box<str>, Effect>,
    /// By what comes before `.*`.
    families: BTreeMap<Box<str>, Effect>,
}

/// Why entries make no table of tools.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolTableError {
    /// A pattern is wrong.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A pattern is listed twice, so that it is not clear which effect it has.
    #[error("`{pattern}` is listed twice")]
    Twice {
        /// The pattern.
        pattern: ToolPattern,
    },
}

impl ToolTable {
    /// Reads a table of patterns (`crm.read`, `crm.*`) and effects.
    ///
    /// # Errors
    /// [`ToolTableError`] for a pattern that is none, or that is listed twice.
    pub fn new<'p>(entries: impl IntoIterator<Item = (&'p str, Effect)>) -> Result<Self, ToolTableError> {
        let mut table = Self::default();
        for (pattern, effect) in entries {
            let pattern = ToolPattern::new(pattern)?;
            let listed = match &pattern {
                ToolPattern::Exact(tool) => table.tools.insert(tool.as_str().into(), effect),
                ToolPattern::Family(family) => table.families.insert(family.as_str().into(), effect),
            };
            if listed.is_some() {
                return Err(ToolTableError::Twice { pattern });
            }
        }
        Ok(table)
    }

    /// Returns the effect of a tool.
    #[must_use]
    pub fn effect(&self, tool: &ToolName) -> Effect {
        let name = tool.as_str();
        let own = self.tools.get(name);
        // From the longest family that the tool may be in to the shortest.
        let families = || name.rmatch_indices('.').filter_map(|(dot, _)| self.families.get(name.get(..dot)?)).next();
        own.or_else(families).copied().unwrap_or(Effect::Irreversible)
    }

    /// The entries, as they are written, by name; families after tools.
    pub fn iter(&self) -> impl Iterator<Item = (String, Effect)> {
        let tools = self.tools.iter().map(|(tool, effect)| (tool.to_string(), *effect));
        tools.chain(self.families.iter().map(|(family, effect)| (format!("{family}.*"), *effect)))
    }
}
