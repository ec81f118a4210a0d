use super::error::LimitError;
use crate::primitives::PublicKey;
use crate::primitives::bounds::MAX_DELEGATES;
use std::collections::BTreeSet;
use std::fmt;

/// The keys that may hold mandates below the link that has this limit, at most 32.
///
/// It binds every link below, at any distance, and not the link that has it. A mandate below is
/// re-bound only to one of these keys, so a holder who rotates keys lists the next ones too.
///
/// The number of mandates that a holder mints has no bound: offline minting can't be counted, and
/// the children together have no more than their parent. A link without hops forbids all
/// delegation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delegates(BTreeSet<PublicKey>);

impl Delegates {
    /// Returns these keys.
    ///
    /// # Errors
    /// [`LimitError::Delegates`] for none or more than 32.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, LimitError> {
        let keys: BTreeSet<PublicKey> = keys.into_iter().collect();
        match keys.len() {
            1..=MAX_DELEGATES => Ok(Self(keys)),
            found => Err(LimitError::Delegates { found }),
        }
    }

    /// Returns whether `key` is one of them.
    #[must_use]
    pub fn contains(&self, key: &PublicKey) -> bool {
        self.0.contains(key)
    }

    /// Returns the keys in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Delegates {
    type Item = &'a PublicKey;
    type IntoIter = std::collections::btree_set::Iter<'a, PublicKey>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Delegates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.first(), self.0.len()) {
            (Some(only), 1) => write!(f, "delegated only to {only}"),
            (_, keys) => write!(f, "delegated only to {keys} keys"),
        }
    }
}
