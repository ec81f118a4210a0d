use super::LimitError;
use crate::ground::bounds::MAX_SCOPE_MEMBERS;
use crate::ground::{OutOfWork, Work, tally};
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

    /// Returns the first of several sets that has a tool out of scope.
    ///
    /// Limits are decoded before anything is verified, so this takes a binary search for each tool: the scope is sorted
    /// once, and of its members only the widest are kept, of which no two have a tool in common.
    pub(super) fn leaves_out(&self, sets: &[ToolSet]) -> Option<usize> {
        let Self::Tools(tools) = self else { return None };
        let mut widest: Vec<&ToolPattern> = Vec::new();
        for tool in tools.in_tree_order() {
            if !widest.last().is_some_and(|family| family.covers(tool)) {
                widest.push(tool);
            }
        }
        let is_out = |other: &ToolPattern| {
            let after = widest.partition_point(|tool| in_tree_order(tool, other).is_le());
            let nearest = after.checked_sub(1).and_then(|place| widest.get(place));
            !nearest.is_some_and(|tool| tool.covers(other))
        };
        sets.iter().position(|set| set.iter().any(is_out))
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

    fn in_tree_order(&self) -> Vec<&ToolPattern> {
        let mut tools: Vec<&ToolPattern> = self.iter().collect();
        tools.sort_by(|a, b| in_tree_order(a, b));
        tools
    }
}

/// Orders patterns so that all that a prefix covers follows it directly: by text, and the tool whose
/// name is the prefix, which the prefix does not cover, before it.
pub(super) fn in_tree_order(a: &ToolPattern, b: &ToolPattern) -> Ordering {
    tally::bulk(a.text().len().min(b.text().len()));
    a.text().cmp(b.text()).then_with(|| a.cmp(b))
}
