use super::LimitError;
use crate::ground::bounds::MAX_SCOPE_MEMBERS;
use crate::powers::{ToolName, ToolPattern};
use std::collections::BTreeSet;

/// Which calls a limit is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every call.
    #[default]
    All,
    /// The calls of these tools.
    Tools(ToolSet),
}

impl Scope {
    /// Whether calls of `tool` are in scope.
    #[must_use]
    pub fn includes(&self, tool: &ToolName) -> bool {
        match self {
            Self::All => true,
            Self::Tools(tools) => tools.iter().any(|pattern| pattern.matches(tool)),
        }
    }
}

/// A non-empty set of tools and families, at most 32.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ToolSet(BTreeSet<ToolPattern>);

impl ToolSet {
    /// The set of `tools`.
    ///
    /// # Errors
    /// [`LimitError::Tools`] for none or more than 32.
    pub fn new(tools: impl IntoIterator<Item = ToolPattern>) -> Result<Self, LimitError> {
        let tools: BTreeSet<ToolPattern> = tools.into_iter().collect();
        match tools.len() {
            1..=MAX_SCOPE_MEMBERS => Ok(Self(tools)),
            found => Err(LimitError::Tools { found }),
        }
    }

    /// Whether a tool is in both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.iter().any(|tool| other.iter().any(|others| tool.covers(others) || others.covers(tool)))
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = &ToolPattern> {
        self.0.iter()
    }
}
