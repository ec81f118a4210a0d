use super::LimitError;
use crate::ground::bounds::MAX_SCOPE_MEMBERS;
use crate::ground::{OutOfWork, Work};
use crate::powers::{Powers, ToolName, ToolPattern};
use std::cmp::Ordering;
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

    /// Whether all tools of `others` are in scope.
    pub(super) fn covers(&self, others: &ToolSet) -> bool {
        match self {
            Self::All => true,
            Self::Tools(tools) => others.iter().all(|other| tools.iter().any(|tool| tool.covers(other))),
        }
    }

    /// Whether some call that `powers` have a capability for is in scope; all calls are, whatever the powers.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub(crate) fn meets(&self, powers: &Powers, work: &mut Work) -> Result<bool, OutOfWork> {
        let Self::Tools(tools) = self else { return Ok(true) };
        for capability in powers.capabilities() {
            for tool in tools.iter() {
                if tool.meets(capability.tool(), work)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
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

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = &ToolPattern> {
        self.0.iter()
    }
}

/// Orders patterns so that all that a prefix covers follows it directly: by text, and the tool whose
/// name is the prefix, which the prefix does not cover, before it.
pub(super) fn in_tree_order(a: &ToolPattern, b: &ToolPattern) -> Ordering {
    a.text().cmp(b.text()).then_with(|| a.cmp(b))
}
