use super::error::LimitError;
use crate::powers::{Powers, ToolName, ToolPattern};
use crate::primitives::bounds::MAX_SCOPE_MEMBERS;
use crate::primitives::{OutOfWork, Work};

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
    /// Limits are decoded before anything is verified, so this takes a binary search for each tool,
    /// among the widest members of the scope: no two of these have a tool in common.
    pub(super) fn leaves_out(&self, sets: &[ToolSet]) -> Option<usize> {
        let Self::Tools(tools) = self else {
            return None;
        };
        let mut widest: Vec<&ToolPattern> = Vec::new();
        for tool in tools.iter() {
            if !widest.last().is_some_and(|family| family.covers(tool)) {
                widest.push(tool);
            }
        }
        let is_out = |other: &ToolPattern| {
            let after = widest.partition_point(|tool| *tool <= other);
            let nearest = after.checked_sub(1).and_then(|place| widest.get(place));
            !nearest.is_some_and(|tool| tool.covers(other))
        };
        sets.iter().position(|set| set.iter().any(is_out))
    }

    /// Whether some call that `powers` have a capability for is in scope; all calls are, whatever
    /// the powers.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub(crate) fn meets(&self, powers: &Powers, work: &mut Work) -> Result<bool, OutOfWork> {
        let Self::Tools(tools) = self else {
            return Ok(true);
        };
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
pub struct ToolSet(Box<[ToolPattern]>);

impl ToolSet {
    /// The set of `tools`.
    ///
    /// # Errors
    /// [`LimitError::Tools`] for none or more than 32.
    pub fn new(tools: impl IntoIterator<Item = ToolPattern>) -> Result<Self, LimitError> {
        let mut tools: Vec<ToolPattern> = tools.into_iter().collect();
        tools.sort_unstable();
        tools.dedup();
        match tools.len() {
            1..=MAX_SCOPE_MEMBERS => Ok(Self(tools.into())),
            found => Err(LimitError::Tools { found }),
        }
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = &ToolPattern> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a ToolSet {
    type Item = &'a ToolPattern;
    type IntoIter = std::slice::Iter<'a, ToolPattern>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
