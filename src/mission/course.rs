//! A mission's course, as its controller keeps it.

use crate::claims::{Ending, Snapshot};
use crate::ground::{MandateId, Timestamp};
use std::collections::BTreeMap;

/// A mission's course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Course {
    Running(Running),
    Ended(Ending),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) snapshot: Snapshot,
    /// Until when each ended mandate must be named.
    pub(super) ended_until: BTreeMap<MandateId, Timestamp>,
}

impl Running {
    /// Adds the events and withdrawals that another snapshot states; returns whether any is new.
    pub(super) fn join_for_good(&mut self, other: &Snapshot) -> bool {
        let count = |snapshot: &Snapshot| (snapshot.events.len(), snapshot.withdrawn.len());
        let before = count(&self.snapshot);
        self.snapshot.events.extend(other.events.iter().cloned());
        self.snapshot.withdrawn.extend(other.withdrawn.iter().cloned());
        count(&self.snapshot) != before
    }

    /// Stops naming ended mandates that have expired.
    pub(super) fn forget_expired(&mut self, now: Timestamp) {
        let before = self.snapshot.ended.len();
        self.ended_until.retain(|_, until| *until > now);
        self.snapshot.ended.retain(|mandate| self.ended_until.contains_key(mandate));
        if self.snapshot.ended.len() != before {
            self.snapshot.sequence = self.snapshot.sequence.saturating_add(1);
        }
    }
}
