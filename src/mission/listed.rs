//! The mandates that the statuses of a mission have listed.

use super::receipt::Kept;
use crate::claims::Listed;
use crate::primitives::bounds::MAX_ENDED_KEPT;
use crate::primitives::{ListedId, MandateId, Timestamp, tally};

/// Mandates in the order of their ids, each with the latest time or receipt of a status that lists
/// it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListedEver(Vec<(ListedId, Kept)>);

impl ListedEver {
    pub(super) fn at(listed: &Listed, at: Kept) -> Self {
        Self(listed.iter().map(|mandate| (*mandate, at)).collect())
    }

    pub(super) fn contains(&self, mandate: MandateId) -> bool {
        // A listed id has 12 bytes.
        tally::searched(self.0.len(), 12);
        self.find(&mandate.into()).is_ok()
    }

    fn find(&self, mandate: &ListedId) -> Result<usize, usize> {
        self.0.binary_search_by_key(mandate, |(known, _)| *known)
    }

    /// Returns whether it holds every mandate of `other`.
    pub(super) fn has_all_of(&self, other: &Self) -> bool {
        other
            .0
            .iter()
            .all(|(mandate, _)| self.find(mandate).is_ok())
    }

    /// Joins `other`, and returns whether that added a mandate.
    ///
    /// The cost grows with `other`, and with this list only by the logarithm unless a mandate is
    /// added.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut new = Vec::new();
        for (mandate, at) in &other.0 {
            match self
                .find(mandate)
                .ok()
                .and_then(|known| self.0.get_mut(known))
            {
                Some((_, known)) => *known = known.join(*at),
                None => new.push((*mandate, *at)),
            }
        }
        if new.is_empty() {
            return false;
        }
        self.0.append(&mut new);
        self.0.sort_unstable_by_key(|(mandate, _)| *mandate);
        true
    }

    pub(super) fn is_too_many(&self) -> bool {
        self.0.len() > MAX_ENDED_KEPT
    }

    pub(super) fn clear(&mut self) {
        self.0 = Vec::new();
    }

    /// Drops the mandates whose latest time `is_forgotten`.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Timestamp) -> bool) {
        self.0.retain(|(_, at)| !is_forgotten(at.time()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
