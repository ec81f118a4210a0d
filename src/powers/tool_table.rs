use super::action::Effect;
use super::tool::{ToolError, ToolName, ToolPattern};
use crate::primitives::ForeignText;
use std::collections::BTreeMap;
use std::ops::Bound::{Included, Unbounded};
use thiserror::Error;

/// The effects of a server's tools, by pattern. A tool that is not listed is
/// [`Effect::Irreversible`].
///
/// Only the server knows what its tools do. So the table belongs to its verifier, and no caller can
/// state a lower effect. The most specific pattern counts: a tool's own name before a prefix, and
/// the longest of several prefixes.
///
/// Ties can't occur. Two prefixes that match one tool are both beginnings of its name, so one is
/// longer, and the same pattern twice is refused.
///
/// ```
/// use mandatum::powers::ToolName;
/// use mandatum::{Effect, ToolTable};
/// let tools = ToolTable::new([("crm.*", Effect::Read), ("crm.contacts.*", Effect::Write)])?;
/// assert_eq!(tools.effect(&ToolName::new("crm.read")?), Effect::Read);
/// assert_eq!(tools.effect(&ToolName::new("crm.contacts.add")?), Effect::Write);
/// assert_eq!(tools.effect(&ToolName::new("mail.send")?), Effect::Irreversible);
/// assert!(ToolTable::new([("crm.*", Effect::Read), ("crm.*", Effect::Write)]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolTable {
    tools: BTreeMap<Box<str>, Effect>,
    /// By the part before `*`.
    prefixes: BTreeMap<Box<str>, Effect>,
}

/// Reason why entries do not make a table of tools.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolTableError {
    /// An entry is not a tool pattern.
    #[error("tool pattern {pattern}: {error}")]
    Tool {
        /// Text of the entry as given.
        pattern: ForeignText,
        /// Reason why it is not a pattern.
        error: ToolError,
    },
    /// A pattern is listed twice, so its effect is ambiguous.
    #[error("`{pattern}` is listed twice")]
    Twice {
        /// Pattern that is listed twice.
        pattern: ToolPattern,
    },
}

impl ToolTable {
    /// Reads a table of patterns (`crm.read`, `crm.*`) and effects.
    ///
    /// # Errors
    /// [`ToolTableError::Tool`] for `crm read` or `*` alone; [`ToolTableError::Twice`] for a
    /// pattern that is listed twice.
    pub fn new<'p>(
        entries: impl IntoIterator<Item = (&'p str, Effect)>,
    ) -> Result<Self, ToolTableError> {
        let mut table = Self::default();
        for (text, effect) in entries {
            let pattern = ToolPattern::new(text).map_err(|error| ToolTableError::Tool {
                pattern: text.into(),
                error,
            })?;
            let listed = match &pattern {
                ToolPattern::Exact(tool) => table.tools.insert(tool.as_str().into(), effect),
                ToolPattern::Prefix(prefix) => {
                    table.prefixes.insert(prefix.as_str().into(), effect)
                }
            };
            if listed.is_some() {
                return Err(ToolTableError::Twice { pattern });
            }
        }
        Ok(table)
    }

    /// Returns the effect of a tool, which is [`Effect::Irreversible`] for one that is not listed.
    #[must_use]
    pub fn effect(&self, tool: &ToolName) -> Effect {
        let own = self.tools.get(tool.as_str()).copied();
        own.or_else(|| self.of_longest_prefix(tool.as_str()))
            .unwrap_or(Effect::Irreversible)
    }

    /// Returns the effect of the longest listed prefix that a name is longer than.
    fn of_longest_prefix(&self, name: &str) -> Option<Effect> {
        // A family's tools have at least one character after the prefix.
        let mut longest = name.len().checked_sub(1)?;
        loop {
            let beginning = name.get(..longest)?;
            // In order, a prefix of `beginning` is before it, and every entry between the two
            // begins with that prefix. So the last entry up to `beginning` is either its longest
            // prefix, or shares with it at least the longest prefix.
            let (prefix, effect) = self
                .prefixes
                .range::<str, _>((Unbounded, Included(beginning)))
                .next_back()?;
            let common = prefix
                .bytes()
                .zip(beginning.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            if common == prefix.len() {
                return Some(*effect);
            }
            longest = common;
        }
    }

    /// Returns the entries as pattern texts. Exact names come first, then prefixes, each sorted by
    /// name.
    pub fn iter(&self) -> impl Iterator<Item = (String, Effect)> {
        let tools = self
            .tools
            .iter()
            .map(|(tool, effect)| (tool.to_string(), *effect));
        tools.chain(
            self.prefixes
                .iter()
                .map(|(prefix, effect)| (format!("{prefix}*"), *effect)),
        )
    }
}

impl<'a> IntoIterator for &'a ToolTable {
    type Item = (String, Effect);
    type IntoIter = Box<dyn Iterator<Item = (String, Effect)> + 'a>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}
