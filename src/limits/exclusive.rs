use super::{LimitError, ToolSet};
use crate::ground::Label;
use crate::ground::bounds::MAX_GROUPS;
use std::fmt;

/// Separation of duty: once a tool of one group was used under an account, the tools of the other groups are closed to it.
/// Who has read untrusted content does not send outside, and the other way around.
///
/// The ledger keeps a latch for the account, which all descendants of the mandate share. Tools in no group stay open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exclusive {
    account: Label,
    ledger: Label,
    groups: Vec<ToolSet>,
}

impl Exclusive {
    /// 2 to 8 groups that have no tool in common.
    ///
    /// # Errors
    /// [`LimitError::Groups`] for fewer or more; [`LimitError::GroupsOverlap`].
    pub fn new(account: Label, ledger: Label, groups: impl IntoIterator<Item = ToolSet>) -> Result<Self, LimitError> {
        let groups: Vec<ToolSet> = groups.into_iter().collect();
        if !(2..=MAX_GROUPS).contains(&groups.len()) {
            return Err(LimitError::Groups { found: groups.len() });
        }
        let overlap = |(index, group): (usize, &ToolSet)| {
            groups.iter().skip(index.saturating_add(1)).any(|other| group.overlaps(other))
        };
        if groups.iter().enumerate().any(overlap) {
            return Err(LimitError::GroupsOverlap);
        }
        Ok(Self { account, ledger, groups })
    }

    /// Under which account of the issuer the latch is kept.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// The same under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self { account, ..self.clone() }
    }

    /// The ledger that keeps it.
    #[must_use]
    pub const fn ledger(&self) -> &Label {
        &self.ledger
    }

    /// The groups, in the order they were given.
    #[must_use]
    pub fn groups(&self) -> &[ToolSet] {
        &self.groups
    }
}

impl fmt::Display for Exclusive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tools of one group only: ")?;
        for (index, group) in self.groups.iter().enumerate() {
            f.write_str(if index > 0 { " or {" } else { "{" })?;
            crate::powers::join(f, ", ", group.iter())?;
            f.write_str("}")?;
        }
        write!(f, ", on account {}", crate::ground::Named(self.account.as_str()))
    }
}
