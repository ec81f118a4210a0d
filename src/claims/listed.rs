use crate::primitives::ListedId;

/// The mandates that a status lists, by the first 12 bytes of their ids, in order and each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed(Vec<ListedId>);

impl Listed {
    /// Returns an empty list.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns whether the mandate is listed.
    #[must_use]
    pub fn contains(&self, mandate: impl Into<ListedId>) -> bool {
        self.0.binary_search(&mandate.into()).is_ok()
    }

    /// Lists a mandate, and returns whether it was not listed before.
    pub fn insert(&mut self, mandate: impl Into<ListedId>) -> bool {
        let mandate = mandate.into();
        match self.0.binary_search(&mandate) {
            Ok(_) => false,
            Err(place) => {
                self.0.insert(place, mandate);
                true
            }
        }
    }

    /// Keeps the mandates for which `keep` returns true.
    pub fn retain(&mut self, mut keep: impl FnMut(&ListedId) -> bool) {
        self.0.retain(|mandate| keep(mandate));
    }

    /// Returns the number of mandates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether no mandate is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the listed ids in increasing order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ListedId> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Listed {
    type Item = &'a ListedId;
    type IntoIter = std::slice::Iter<'a, ListedId>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Into<ListedId>> FromIterator<T> for Listed {
    fn from_iter<I: IntoIterator<Item = T>>(mandates: I) -> Self {
        let mut listed: Vec<ListedId> = mandates.into_iter().map(Into::into).collect();
        listed.sort_unstable();
        listed.dedup();
        Self(listed)
    }
}

impl<T: Into<ListedId>> Extend<T> for Listed {
    fn extend<I: IntoIterator<Item = T>>(&mut self, mandates: I) {
        self.0.extend(mandates.into_iter().map(Into::into));
        self.0.sort_unstable();
        self.0.dedup();
    }
}
