//! The mandates that statuses of a mission listed.

use super::receipt::Kept;
use crate::claims::Listed;
use crate::primitives::bounds::MAX_ENDED_KEPT;
use crate::primitives::{ListedId, MandateId, Timestamp, tally};

/// Mandates, each with the latest time or receipt of a status that lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListedEver(Vec<(ListedId, Kept)>);

impl ListedEver {
    pub(super) fn at(listed: &Listed, at: Kept) -> Self {
        Self(listed.iter().map(|mandate| (*mandate, at)).collect())
    }

    pub(super) fn contains(&self, mandate: MandateId) -> bool {
        tally::searched(self.0.len(), 12);
        self.find(&mandate.into()).is_ok()
    }

    fn find(&self, mandate: &ListedId) -> Result<usize, usize> {
        self.0.binary_search_by_key(mandate, |(known, _)| *known)
    }

    /// Returns whether it holds every mandate of another.
    pub(super) fn has_all_of(&self, other: &Self) -> bool {
        other
            .0
            .iter()
            .all(|(mandate, _)| self.find(mandate).is_ok())
    }

    /// Joins another; returns whether it holds a mandate that this one did not. The cost grows with
    /// the other, unless it holds something new.
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

    /// Drops the mandates of which `is_forgotten` says so.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Timestamp) -> bool) {
        self.0.retain(|(_, at)| !is_forgotten(at.time()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
