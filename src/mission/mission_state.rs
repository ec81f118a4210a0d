//! The received state of one mission. It is a join: order, duplicates and replicas do not matter.

use super::listed::ListedEver;
use super::receipt::Kept;
use super::retention::Retention;
use super::watches::MissionRole;
use crate::claims::{Ending, Snapshot, Wave};
use crate::codec::snapshot_bytes;
use crate::powers::ToolPattern;
use crate::primitives::bounds::{MAX_EVENTS, MAX_WITHDRAWN};
use crate::primitives::{Digest, Label, MandateId, PublicKey, Timestamp, tally};
use std::collections::{BTreeMap, BTreeSet};

/// The state of one mission, from all notices that were received.
///
/// - The *permanent* part (events, withdrawals, listed mandates, waves) is joined over all
///   statuses, whatever their sequence and even if they contradict each other. A later status that
///   leaves something out revives nothing.
/// - The *present* part (suspended, freshness) is that of the highest sequence alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MissionState {
    /// The present part.
    pub(super) latest: Option<Latest>,
    /// The highest wave in any status, with the earliest beginning of it.
    pub(super) wave: Option<Wave>,
    /// The ends of the mission, by signer.
    pub(super) ends: BTreeMap<PublicKey, EndedBy>,
    /// The events that have fired.
    events: BTreeSet<Label>,
    /// The tools that are withdrawn.
    withdrawn: BTreeSet<ToolPattern>,
    /// The mandates that statuses list as ended.
    ended: ListedEver,
    /// The mandates that statuses list because the keys of their holders are revoked.
    keys_revoked: ListedEver,
    /// Whether one of the four sets had more members than are kept.
    ///
    /// All four are then empty, and every event, tool and mandate counts as a member. Dropping
    /// members without this flag would revive what they ended.
    overflows: bool,
    /// The latest time or receipt of anything.
    last: Kept,
    /// The latest receipt of a status.
    status_received: Kept,
}

/// One signer's statement that a mission ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndedBy {
    pub(super) ending: Ending,
    role: MissionRole,
    last: Kept,
}

/// The time that a notice states, and the time of its receipt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// The time that the notice states.
    pub(super) stated_at: Timestamp,
    /// The time that counts: the stated one, but never after the receipt.
    pub(super) as_of: Timestamp,
    /// The time of receipt.
    pub(super) received: Timestamp,
}

impl Times {
    /// Returns the time from which retention counts.
    fn last(self) -> Kept {
        Kept::since(self.stated_at.max(self.received))
    }
}

/// The present part of a mission's state: that of the highest sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Latest {
    sequence: u64,
    /// The digest of the snapshot, which tells two snapshots of one sequence apart.
    ///
    /// The smallest of several is kept, so every order of receipt gives the same state. No verdict
    /// depends on it.
    snapshot: Digest,
    /// Whether any snapshot of this sequence is suspended.
    pub(super) suspended: bool,
    /// Whether two different snapshots were received under this sequence.
    pub(super) equivocated: bool,
    /// The freshness of the latest status with this sequence.
    pub(super) freshness: Freshness,
}

/// The freshness of a state.
///
/// The status with the later stated time counts. If one status is received several times, the first
/// receipt counts: a status from a clock that is ahead stays as fresh as it was at first, however
/// often it is sent again. This is a total order, so joining is idempotent, commutative and
/// associative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    /// The time that the status states.
    stated_at: Timestamp,
    /// The time that counts: the stated one, but never after the receipt.
    pub(super) as_of: Timestamp,
}

impl Freshness {
    fn join(self, other: Self) -> Self {
        let rank = |it: Self| (it.stated_at, std::cmp::Reverse(it.as_of));
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

impl Latest {
    pub(super) fn join(self, other: Self) -> Self {
        if self.sequence != other.sequence {
            return if self.sequence > other.sequence {
                self
            } else {
                other
            };
        }
        Self {
            sequence: self.sequence,
            snapshot: self.snapshot.min(other.snapshot),
            suspended: self.suspended || other.suspended,
            equivocated: self.equivocated || other.equivocated || self.snapshot != other.snapshot,
            freshness: self.freshness.join(other.freshness),
        }
    }
}

impl MissionState {
    /// Returns the state in a snapshot.
    pub(super) fn of_snapshot(snapshot: &Snapshot, times: Times) -> Self {
        let Times {
            stated_at,
            as_of,
            received,
        } = times;
        let latest = Latest {
            sequence: snapshot.sequence,
            snapshot: Digest::hash(snapshot_bytes(snapshot)),
            suspended: snapshot.suspended,
            equivocated: false,
            freshness: Freshness { stated_at, as_of },
        };
        Self {
            latest: Some(latest),
            // A controller can't lengthen the drain time by dating the wave ahead.
            wave: Some(Wave {
                since: snapshot.wave.since.min(as_of),
                ..snapshot.wave
            }),
            events: snapshot.events.clone(),
            withdrawn: snapshot.withdrawn.clone(),
            ended: ListedEver::at(&snapshot.ended, times.last()),
            keys_revoked: ListedEver::at(&snapshot.keys_revoked, times.last()),
            last: times.last(),
            status_received: Kept::since(received),
            ..Self::default()
        }
    }

    /// Returns the state in the notice of a fired event.
    pub(super) fn of_event(event: Label, times: Times) -> Self {
        Self {
            events: BTreeSet::from([event]),
            last: times.last(),
            ..Self::default()
        }
    }

    /// Returns the state in the notice of a withdrawn tool.
    pub(super) fn of_withdrawal(tool: ToolPattern, times: Times) -> Self {
        Self {
            withdrawn: BTreeSet::from([tool]),
            last: times.last(),
            ..Self::default()
        }
    }

    /// Returns the state in the notice of a mission's end.
    pub(super) fn of_end(
        signer: PublicKey,
        role: MissionRole,
        ending: Ending,
        times: Times,
    ) -> Self {
        let ended = EndedBy {
            ending,
            role,
            last: times.last(),
        };
        Self {
            ends: BTreeMap::from([(signer, ended)]),
            last: times.last(),
            ..Self::default()
        }
    }

    /// Joins `other`, and returns whether that changed anything.
    ///
    /// It is idempotent, commutative and associative. The cost grows with `other`, and with this
    /// state only by the logarithm unless `other` lists mandates that are new.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        // Times of retention are no part of the state, so they count as no change.
        self.last = self.last.join(other.last);
        self.status_received = self.status_received.join(other.status_received);
        let latest = self
            .latest
            .into_iter()
            .chain(other.latest)
            .reduce(Latest::join);
        let wave = self.wave.into_iter().chain(other.wave).reduce(Wave::join);
        let mut changed = (latest, wave) != (self.latest, self.wave);
        (self.latest, self.wave) = (latest, wave);
        for (signer, ended) in &other.ends {
            let joined = self
                .ends
                .get(signer)
                .map_or(*ended, |known| known.join(*ended));
            changed |= self.ends.insert(*signer, joined) != Some(joined);
        }
        changed | self.join_sets(other)
    }

    /// Returns whether joining `other` would change nothing. It copies nothing.
    pub(super) fn knows(&self, other: &Self) -> bool {
        let latest = self
            .latest
            .into_iter()
            .chain(other.latest)
            .reduce(Latest::join);
        let wave = self.wave.into_iter().chain(other.wave).reduce(Wave::join);
        let knows_end = |(signer, ended): (&PublicKey, &EndedBy)| {
            self.ends
                .get(signer)
                .is_some_and(|known| known.join(*ended) == *known)
        };
        let knows_sets = || {
            !other.overflows
                && other.events.is_subset(&self.events)
                && other.withdrawn.is_subset(&self.withdrawn)
                && self.ended.has_all_of(&other.ended)
                && self.keys_revoked.has_all_of(&other.keys_revoked)
        };
        (latest, wave) == (self.latest, self.wave)
            && other.ends.iter().all(knows_end)
            && (self.overflows || knows_sets())
    }

    fn join_sets(&mut self, other: &Self) -> bool {
        if self.overflows {
            return false;
        }
        if other.overflows {
            self.overflow();
            return true;
        }
        let mut changed = join_set(&mut self.events, &other.events);
        changed |= join_set(&mut self.withdrawn, &other.withdrawn);
        changed |= self.ended.join(&other.ended);
        changed |= self.keys_revoked.join(&other.keys_revoked);
        let is_too_many = self.events.len() > MAX_EVENTS
            || self.withdrawn.len() > MAX_WITHDRAWN
            || self.ended.is_too_many()
            || self.keys_revoked.is_too_many();
        if is_too_many {
            self.overflow();
        }
        changed
    }

    fn overflow(&mut self) {
        self.events.clear();
        self.withdrawn.clear();
        self.ended.clear();
        self.keys_revoked.clear();
        self.overflows = true;
    }

    /// Returns whether the permanent part had more members than are kept.
    pub(super) const fn overflows(&self) -> bool {
        self.overflows
    }

    /// Returns whether the event has fired. Only for a state that does not overflow.
    pub(super) fn has_fired(&self, event: &Label) -> bool {
        tally::searched(self.events.len(), event.as_str().len());
        self.events.contains(event)
    }

    /// Returns the withdrawn tools. Only for a state that does not overflow.
    pub(super) fn withdrawn(&self) -> impl Iterator<Item = &ToolPattern> {
        self.withdrawn
            .iter()
            .inspect(|pattern| tally::bulk(pattern.text().len()))
    }

    /// Returns whether a status lists the mandate as ended.
    pub(super) fn lists_ended(&self, mandate: MandateId) -> bool {
        self.ended.contains(mandate)
    }

    /// Returns whether a status lists the mandate because the key of its holder is revoked.
    pub(super) fn lists_key_revoked(&self, mandate: MandateId) -> bool {
        self.keys_revoked.contains(mandate)
    }

    /// Forgets what can no longer matter.
    ///
    /// - The present part goes first, because a call needs a fresh status in any case.
    /// - The permanent part stays for as long as mandates live. It also bears on calls that need no
    ///   status of this mission.
    /// - Ends by enders stay longest. The controller may not know of them, and may still state that
    ///   the mission is active.
    pub(super) fn forget(&mut self, retention: &Retention, now: Timestamp) {
        if retention.forgets_mission(self.last.time(), now) {
            (self.latest, self.wave) = (None, None);
            self.ends
                .retain(|_, ended| ended.role == MissionRole::Ender);
            if retention.forgets_listed(self.last.time(), now) {
                self.events.clear();
                self.withdrawn.clear();
                self.overflows = false;
            }
        }
        // Each further status of the controller shows that it does not know of the end.
        let status_received = self.status_received;
        self.ends.retain(|_, ended| {
            let last = ended.last.join(status_received);
            ended.role == MissionRole::Controller || !retention.forgets_ender(last.time(), now)
        });
        for listed in [&mut self.ended, &mut self.keys_revoked] {
            listed.forget(|last| retention.forgets_listed(last, now));
        }
    }

    /// Returns the number of entries: one for the mission itself, and one for each end of it.
    pub(super) fn len(&self) -> usize {
        let is_known = self.latest.is_some()
            || self.overflows
            || !(self.events.is_empty() && self.withdrawn.is_empty())
            || !(self.ended.is_empty() && self.keys_revoked.is_empty());
        usize::from(is_known).saturating_add(self.ends.len())
    }
}

impl EndedBy {
    /// Joins two statements of one signer. The worse ending counts.
    fn join(self, other: Self) -> Self {
        Self {
            ending: self.ending.max(other.ending),
            role: self.role.max(other.role),
            last: self.last.join(other.last),
        }
    }
}

/// Adds the members of another set, and returns whether any is new.
fn join_set<T: Ord + Clone>(mine: &mut BTreeSet<T>, theirs: &BTreeSet<T>) -> bool {
    theirs.iter().fold(false, |changed, item| {
        let is_new = !mine.contains(item);
        if is_new {
            mine.insert(item.clone());
        }
        changed | is_new
    })
}
