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
