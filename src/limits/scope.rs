use super::error::LimitError;
use crate::powers::{Powers, ToolName, ToolPattern};
use crate::primitives::bounds::MAX_SCOPE_MEMBERS;
use crate::primitives::{OutOfWork, Work};

/// The calls that a limit applies to.
///
/// ```
/// use mandatum::limits::{Scope, ToolSet};
/// use mandatum::powers::ToolName;
/// let scope = Scope::Tools(ToolSet::new(["crm.*".parse()?])?);
/// assert!(scope.includes(&ToolName::new("crm.read")?));
/// assert!(!scope.includes(&ToolName::new("mail.send")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every call.
    #[default]
    All,
    /// The calls of these tools.
    Tools(ToolSet),
}

impl Scope {
    /// Returns whether calls of `tool` are in scope.
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
        // In order, all members that a family covers directly follow it.
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

    /// Returns whether a call that `powers` have a capability for is in scope. The scope of all
    /// calls meets any powers.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget of work runs out first.
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
///
/// ```
/// use mandatum::limits::{LimitError, ToolSet};
/// let tools = ToolSet::new(["crm.*".parse()?, "mail.send".parse()?])?;
/// assert_eq!(tools.iter().count(), 2);
/// assert_eq!(ToolSet::new([]), Err(LimitError::Tools { found: 0 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ToolSet(Box<[ToolPattern]>);

impl ToolSet {
    /// Returns the set of `tools`.
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

    /// Returns the members in order.
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
