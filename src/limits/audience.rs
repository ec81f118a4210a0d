use super::error::LimitError;
use crate::primitives::bounds::MAX_SCOPE_MEMBERS;
use crate::primitives::{Audience, Ticked};
use std::collections::BTreeSet;
use std::fmt;

/// The servers at which a call may be made: a non-empty set of audience names, at most 32.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AudienceSet(BTreeSet<Audience>);

impl AudienceSet {
    /// Returns the set of `audiences`.
    ///
    /// # Errors
    /// [`LimitError::Audiences`] for none or more than 32.
    pub fn new(audiences: impl IntoIterator<Item = Audience>) -> Result<Self, LimitError> {
        let audiences: BTreeSet<Audience> = audiences.into_iter().collect();
        match audiences.len() {
            1..=MAX_SCOPE_MEMBERS => Ok(Self(audiences)),
            found => Err(LimitError::Audiences { found }),
        }
    }

    /// Returns whether `audience` is a member.
    #[must_use]
    pub fn contains(&self, audience: &Audience) -> bool {
        self.0.contains(audience)
    }

    /// Returns the members in order.
    pub fn iter(&self) -> impl Iterator<Item = &Audience> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a AudienceSet {
    type Item = &'a Audience;
    type IntoIter = std::collections::btree_set::Iter<'a, Audience>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for AudienceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::powers::join(
            f,
            ", ",
            self.iter().map(|audience| Ticked(audience.as_str())),
        )
    }
}

impl From<Audience> for AudienceSet {
    fn from(audience: Audience) -> Self {
        Self(BTreeSet::from([audience]))
    }
}
