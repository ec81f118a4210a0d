//! The lifecycle of a mission, as its controller keeps it.

use crate::claims::{Ending, Listed, MandateEnding, Snapshot, TaskEnding};
use crate::primitives::bounds::MAX_ENDED;
use crate::primitives::{ListedId, Seconds, Timestamp};
use std::collections::BTreeMap;

/// The lifecycle of a mission: it runs, and then has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MissionLifecycle {
    Running(Box<RunningMission>),
    Ended(Ending),
}

/// A mission that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunningMission {
    pub(crate) snapshot: Snapshot,
    /// The mandates that the snapshot lists as ended, with the known statements on each.
    ended: BTreeMap<ListedId, Stated>,
    /// The mandates that the snapshot lists because the keys of their holders are revoked.
    keys_revoked: BTreeMap<ListedId, Stated>,
}

/// The known statements on a listed mandate. If only a status is left after a crash, nothing is
/// known but that the mandate is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stated {
    ending: Option<TaskEnding>,
    /// The first second in which the root has expired. If it is not known, the mandate stays
    /// listed.
    root_expires: Option<Timestamp>,
}

/// Whether the statuses of a mission list an ended mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Statuses list it until its root has expired.
    Listed,
    /// The list is full with 4,096 others. Only the notice states the end, and a notice may be
    /// lost. So the host should end the mandate above, which ends all mandates below it.
    Full,
}

impl RunningMission {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let unknown = |listed: &Listed| {
            listed
                .iter()
                .map(|mandate| (*mandate, Stated::default()))
                .collect()
        };
        Self {
            ended: unknown(&snapshot.ended),
            keys_revoked: unknown(&snapshot.keys_revoked),
            snapshot,
        }
    }

    /// Lists a mandate. Returns `None` if the statement is not new.
    pub(super) fn end_mandate(
        &mut self,
        mandate: ListedId,
        ending: MandateEnding,
        root_expires: Timestamp,
    ) -> Option<Listing> {
        let is_full = self.snapshot.listed() >= MAX_ENDED;
        let (ending, stated, listed) = match ending {
            MandateEnding::Task(ending) => {
                (Some(ending), &mut self.ended, &mut self.snapshot.ended)
            }
            MandateEnding::KeyRevoked => (
                None,
                &mut self.keys_revoked,
                &mut self.snapshot.keys_revoked,
            ),
        };
        // A mandate that is listed already needs no room.
        let known = stated.get(&mandate).copied();
        if known.is_none() && is_full {
            return Some(Listing::Full);
        }
        let joined = known.unwrap_or_default().join(Stated {
            ending,
            root_expires: Some(root_expires),
        });
        stated.insert(mandate, joined);
        listed.insert(mandate);
        (known != Some(joined)).then_some(Listing::Listed)
    }

    /// Returns whether either list holds the mandate.
    pub(crate) fn lists(&self, mandate: ListedId) -> bool {
        self.snapshot.ended.contains(mandate) || self.snapshot.keys_revoked.contains(mandate)
    }

    /// Adds the events and withdrawals of another snapshot, which are permanent.
    pub(super) fn join_permanent(&mut self, other: &Snapshot) {
        self.snapshot.events.extend(other.events.iter().cloned());
        self.snapshot
            .withdrawn
            .extend(other.withdrawn.iter().cloned());
    }

    /// Removes the mandates whose roots have expired, also by a clock that is behind ours by the
    /// leeway. The sequence rises if any is removed.
    pub(in crate::mission) fn forget_expired(&mut self, now: Timestamp, leeway: Seconds) {
        let before = self.snapshot.listed();
        let lists = [
            (&mut self.ended, &mut self.snapshot.ended),
            (&mut self.keys_revoked, &mut self.snapshot.keys_revoked),
        ];
        for (stated, listed) in lists {
            stated.retain(|_, stated| {
                stated
                    .root_expires
                    .is_none_or(|expires| expires.plus(leeway) > now)
            });
            listed.retain(|mandate| stated.contains_key(mandate));
        }
        if self.snapshot.listed() != before {
            self.snapshot.sequence = self.snapshot.sequence.saturating_add(1);
        }
    }
}

impl Stated {
    /// Joins two statements. The later ending in their order counts, and the later expiry, which
    /// may be that of another root under which a barrier waits.
    fn join(self, other: Self) -> Self {
        Self {
            ending: self.ending.max(other.ending),
            root_expires: self.root_expires.max(other.root_expires),
        }
    }
}
