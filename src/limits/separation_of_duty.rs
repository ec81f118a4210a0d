use super::error::LimitError;
use super::scope::{Scope, ToolSet};
use crate::powers::ToolPattern;
use crate::primitives::Label;
use crate::primitives::bounds::MAX_GROUPS;
use std::fmt;

/// Groups of tools that exclude each other (separation of duty). Once a tool of one group was used
/// under an account, the tools of the other groups are closed to it. For example, an agent that has
/// read untrusted content can't send messages outside, and the other way around.
///
/// The ledger keeps a latch for the account, which all descendants of the mandate share. Tools in
/// no group stay open, also where the ledger is not attached. The scope of the limit, where it has
/// one, covers every group.
///
/// The groups are part of the account, so other groups, or the same groups in another order, begin
/// anew. See [what begins anew](crate::MemoryLedger#accounts).
///
/// ```
/// use mandatum::limits::{LimitError, SeparationOfDuty, ToolSet};
/// let group = |tool: &str| ToolSet::new([tool.parse()?]);
/// let exclusive = |groups| SeparationOfDuty::new("duty".parse()?, "eu-1".parse()?, groups)
///     .map_err(Box::<dyn std::error::Error>::from);
/// let shown = "tools of one group only: {web.*} or {mail.send}, on account duty";
/// assert_eq!(exclusive([group("web.*")?, group("mail.send")?])?.to_string(), shown);
/// let overlap = exclusive([group("web.*")?, group("web.read")?]).unwrap_err();
/// assert_eq!(overlap.downcast_ref(), Some(&LimitError::GroupsOverlap));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeparationOfDuty {
    account: Label,
    ledger: Label,
    groups: Vec<ToolSet>,
    is_askable: bool,
}

impl SeparationOfDuty {
    /// Returns 2 to 8 groups that have no tool in common.
    ///
    /// # Errors
    /// [`LimitError::Groups`] for fewer than 2 or more than 8 groups; [`LimitError::GroupsOverlap`]
    /// for two that have a tool in common.
    pub fn new(
        account: Label,
        ledger: Label,
        groups: impl IntoIterator<Item = ToolSet>,
    ) -> Result<Self, LimitError> {
        let groups: Vec<ToolSet> = groups.into_iter().collect();
        // One group alone excludes nothing.
        if !(2..=MAX_GROUPS).contains(&groups.len()) {
            return Err(LimitError::Groups {
                found: groups.len(),
            });
        }
        if overlap(&groups) {
            return Err(LimitError::GroupsOverlap);
        }
        Ok(Self {
            account,
            ledger,
            groups,
            is_askable: false,
        })
    }

    /// Lets every holder of a mandate under it ask which group was used.
    #[must_use]
    pub fn with_askable(self) -> Self {
        Self {
            is_askable: true,
            ..self
        }
    }

    /// Returns whether every holder of a mandate under it may ask which group was used.
    #[must_use]
    pub const fn is_askable(&self) -> bool {
        self.is_askable
    }

    /// Checks that every tool of every group is in scope. The ledger would not see a use of another
    /// tool, so it would exclude nothing.
    pub(super) fn within(&self, scope: &Scope) -> Result<(), LimitError> {
        match scope.leaves_out(&self.groups) {
            Some(group) => Err(LimitError::GroupOutOfScope { group }),
            None => Ok(()),
        }
    }

    /// Returns the account of the issuer under which the latch is kept.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// Returns the groups under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self {
            account,
            ..self.clone()
        }
    }

    /// Returns the ledger that keeps the latch.
    #[must_use]
    pub const fn ledger(&self) -> &Label {
        &self.ledger
    }

    /// Returns the groups, in the order in which they were given.
    #[must_use]
    pub fn groups(&self) -> &[ToolSet] {
        &self.groups
    }
}

/// Returns whether two groups have a tool in common.
///
/// In order, all members that a family covers directly follow it. So one pass finds an overlap,
/// where a comparison of all pairs would take 32,000 steps in limits that are decoded before
/// anything is verified.
fn overlap(groups: &[ToolSet]) -> bool {
    let mut above: Vec<(&ToolPattern, usize)> = Vec::new();
    for (tool, group) in in_order(groups, 0) {
        // Families that do not cover this tool cover no later one either.
        while above.last().is_some_and(|(family, _)| !family.covers(tool)) {
            above.pop();
        }
        if above.last().is_some_and(|(_, other)| *other != group) {
            return true;
        }
        above.push((tool, group));
    }
    false
}

/// Returns the tools of all groups in order, each with the number of its group. The first group has
/// the number `first`. Each group is ordered, so they are merged in pairs.
fn in_order(groups: &[ToolSet], first: usize) -> Vec<(&ToolPattern, usize)> {
    // A shift halves, because the lints deny a bare division.
    let (left, right) = groups.split_at(groups.len() >> 1);
    // One group, or none, is left.
    if left.is_empty() {
        return right
            .iter()
            .flat_map(ToolSet::iter)
            .map(|tool| (tool, first))
            .collect();
    }
    let later = in_order(right, first.saturating_add(left.len()));
    let mut earlier = in_order(left, first).into_iter().peekable();
    let mut all = Vec::with_capacity(earlier.len().saturating_add(later.len()));
    for entry in later {
        while let Some(before) = earlier.next_if(|before| *before <= entry) {
            all.push(before);
        }
        all.push(entry);
    }
    all.extend(earlier);
    all
}

impl fmt::Display for SeparationOfDuty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tools of one group only: ")?;
        for (index, group) in self.groups.iter().enumerate() {
            f.write_str(if index > 0 { " or {" } else { "{" })?;
            crate::powers::join(f, ", ", group.iter())?;
            f.write_str("}")?;
        }
        write!(
            f,
            ", on account {}",
            crate::primitives::Named(self.account.as_str())
        )?;
        if self.is_askable {
            f.write_str(", which may be asked about")
        } else {
            Ok(())
        }
    }
}
