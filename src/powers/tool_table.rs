use super::action::Effect;
use super::tool::{ToolError, ToolName, ToolPattern};
use crate::primitives::ForeignText;
use std::collections::BTreeMap;
use std::ops::Bound::{Included, Unbounded};
use thiserror::Error;

/// The effects of a server's tools, by pattern. A tool that is not listed is
/// [`Effect::Irreversible`].
///
/// Only the server knows what its tools do, so this belongs to its verifier, and no caller can
/// state less. The most specific pattern counts: a tool's own name before a prefix, and of prefixes
/// the longest.
///
/// There are no ties: of two different patterns that match one tool one is longer, because both are
/// beginnings of its name, and the same pattern twice is refused.
///
/// ```
/// use mandatum::powers::ToolName;
/// use mandatum::{Effect, ToolTable};
/// let tools = ToolTable::new([("crm.*", Effect::Read), ("crm.contacts.*", Effect::Write), ("crm.purge", Effect::Irreversible)])?;
/// assert_eq!(tools.effect(&ToolName::new("crm.read")?), Effect::Read);
/// assert_eq!(tools.effect(&ToolName::new("crm.contacts.add")?), Effect::Write);
/// assert_eq!(tools.effect(&ToolName::new("mail.send")?), Effect::Irreversible);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolTable {
    tools: BTreeMap<Box<str>, Effect>,
    /// By what stands before `*`.
    prefixes: BTreeMap<Box<str>, Effect>,
}

/// Why entries make no table of tools.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolTableError {
    /// A pattern is wrong.
    #[error("tool pattern {pattern}: {error}")]
    Tool {
        /// The pattern as given.
        pattern: ForeignText,
        /// What is wrong with it.
        error: ToolError,
    },
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

    /// Returns the effect of a tool.
    #[must_use]
    pub fn effect(&self, tool: &ToolName) -> Effect {
        let own = self.tools.get(tool.as_str()).copied();
        own.or_else(|| self.of_longest_prefix(tool.as_str()))
            .unwrap_or(Effect::Irreversible)
    }

    /// Returns the effect of the longest prefix that a name goes on from.
    fn of_longest_prefix(&self, name: &str) -> Option<Effect> {
        let mut longest = name.len().checked_sub(1)?;
        loop {
            let beginning = name.get(..longest)?;
            // A prefix of it stands before it in order, and all that stands between the two begins
            // with the prefix. So the last entry up to it is its longest prefix, or has all of them
            // in what the two have in common.
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

    /// Returns the entries, as they are written, by name; prefixes after tools.
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
