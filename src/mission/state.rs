//! The received state of one mission, as a join: order, duplicates and replicas don't matter.

use crate::claims::{Ending, Snapshot, Wave};
use crate::codec::snapshot_bytes;
use crate::ground::bounds::{MAX_ENDED_KEPT, MAX_EVENTS, MAX_WITHDRAWN};
use crate::ground::{Digest, Label, MandateId, PublicKey, Timestamp, tally};
use crate::powers::ToolPattern;
use std::collections::BTreeMap;

/// Everything that was received of one mission.
///
/// Two kinds of things are kept apart. What a status says *for good* (events, withdrawals, ended mandates, waves) is joined
/// over all statuses, whatever their sequence and whether they contradict each other: a later one that leaves something out
/// revives nothing. What a status says *for now* (suspended, how fresh) is that of the highest sequence alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MissionState {
    /// The state for now.
    pub(super) latest: Option<Latest>,
    /// The highest wave in any status, with the earliest beginning of it.
    pub(super) wave: Option<Wave>,
    /// How the mission ended, by each signer, and when that was said last.
    pub(super) ends: BTreeMap<PublicKey, (Ending, Timestamp)>,
    /// The events that have fired, with when that was said last.
    events: BTreeMap<Label, Timestamp>,
    /// The tools that are withdrawn, with when that was said last.
    withdrawn: BTreeMap<ToolPattern, Timestamp>,
    /// The mandates that statuses name as ended, with when that was said last.
    ended: BTreeMap<MandateId, Timestamp>,
    /// Set when one of the three has more members than are kept; when any of them was said last. All three are then empty,
    /// and any event, tool and mandate counts as named: what can't be kept must not be forgotten in silence.
    overflow: Option<Timestamp>,
}

/// The state for now: that of the highest sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Latest {
    sequence: u64,
    /// The digest of the snapshot, by which two of one sequence are told apart. Of several the smallest is kept, so that every
    /// order of receipt agrees; no verdict depends on which.
    snapshot: Digest,
    /// Whether any snapshot of this sequence says so.
    pub(super) suspended: bool,
    /// Whether two different snapshots came under this sequence.
    pub(super) equivocated: bool,
    /// The latest time as of which this state was said to be true, and of that very status the earliest receipt, if the
    /// controller's clock was ahead of it.
    pub(super) freshness: Freshness,
}

/// How fresh a state is.
///
/// Of two statuses the one that was said later counts, and of one that is received again the first receipt: a status from a
/// clock that is ahead stays as fresh as it was when it came, however often it is sent again. This is a total order, so joining
/// is idempotent, commutative and associative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    /// The time that the status states.
    said_at: Timestamp,
    /// The time that counts: the same, but never after the receipt.
    pub(super) as_of: Timestamp,
}

impl Freshness {
    fn join(self, other: Self) -> Self {
        let rank = |it: Self| (it.said_at, std::cmp::Reverse(it.as_of));
        if rank(other) > rank(self) { other } else { self }
    }
}

impl Latest {
    pub(super) fn join(self, other: Self) -> Self {
        if self.sequence != other.sequence {
            return if self.sequence > other.sequence { self } else { other };
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
    /// The state that a snapshot conveys, which was said at one time and counts as of another.
    pub(super) fn of_snapshot(snapshot: &Snapshot, said_at: Timestamp, as_of: Timestamp) -> Self {
        let latest = Latest {
            sequence: snapshot.sequence,
            snapshot: Digest::of(snapshot_bytes(snapshot)),
            suspended: snapshot.suspended,
            equivocated: false,
            freshness: Freshness { said_at, as_of },
        };
        Self {
            latest: Some(latest),
            // A wave that is said to begin later would drain for longer.
            wave: Some(Wave { since: snapshot.wave.since.min(as_of), ..snapshot.wave }),
            events: snapshot.events.iter().map(|event| (event.clone(), said_at)).collect(),
            withdrawn: snapshot.withdrawn.iter().map(|tool| (tool.clone(), said_at)).collect(),
            ended: snapshot.ended.iter().map(|mandate| (*mandate, said_at)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn of_event(event: Label, at: Timestamp) -> Self {
        Self { events: BTreeMap::from([(event, at)]), ..Self::default() }
    }

    pub(super) fn of_withdrawal(tool: ToolPattern, at: Timestamp) -> Self {
        Self { withdrawn: BTreeMap::from([(tool, at)]), ..Self::default() }
    }

    pub(super) fn of_end(signer: PublicKey, ending: Ending, at: Timestamp) -> Self {
        Self { ends: BTreeMap::from([(signer, (ending, at))]), ..Self::default() }
    }

    /// Joins what `other` knows; returns whether anything changed. Idempotent, commutative, associative; its cost grows with
    /// `other`, and with this state only by the logarithm.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let latest = self.latest.into_iter().chain(other.latest).reduce(Latest::join);
        let wave = self.wave.into_iter().chain(other.wave).reduce(Wave::join);
        let mut changed = (latest, wave) != (self.latest, self.wave);
        (self.latest, self.wave) = (latest, wave);
        changed |= join_by(&mut self.ends, &other.ends, |mine, theirs| (mine.0.max(theirs.0), mine.1.max(theirs.1)));
        changed | self.join_sets(other)
    }

    fn join_sets(&mut self, other: &Self) -> bool {
        if self.overflows() || other.overflows() {
            return self.overflow_at(self.said().chain(other.said()).max());
        }
        let mut changed = join_by(&mut self.events, &other.events, Timestamp::max);
        changed |= join_by(&mut self.withdrawn, &other.withdrawn, Timestamp::max);
        changed |= join_by(&mut self.ended, &other.ended, Timestamp::max);
        let is_more =
            self.events.len() > MAX_EVENTS || self.withdrawn.len() > MAX_WITHDRAWN || self.ended.len() > MAX_ENDED_KEPT;
        if is_more { self.overflow_at(self.said().max()) } else { changed }
    }

    fn overflow_at(&mut self, latest: Option<Timestamp>) -> bool {
        self.events.clear();
        self.withdrawn.clear();
        self.ended.clear();
        let changed = self.overflow != latest;
        self.overflow = latest;
        changed
    }

    /// Whether more was said for good than is kept.
    pub(super) const fn overflows(&self) -> bool {
        self.overflow.is_some()
    }

    /// Whether the event has fired, as far as that is kept.
    pub(super) fn has_fired(&self, event: &Label) -> bool {
        tally::searched(self.events.len(), event.as_str().len());
        self.events.contains_key(event)
    }

    /// The tools that are withdrawn, as far as they are kept.
    pub(super) fn withdrawn(&self) -> impl Iterator<Item = &ToolPattern> {
        self.withdrawn.keys().inspect(|pattern| tally::bulk(pattern.name().as_str().len()))
    }

    /// Whether a status names the mandate as ended.
    pub(super) fn names(&self, mandate: &MandateId) -> bool {
        tally::searched(self.ended.len(), 32);
        self.ended.contains_key(mandate)
    }

    /// Forgets what was said before `before` and can no longer matter: ended mandates one by one, because those have
    /// expired; all else only together, because the controller goes on saying that the mission is active.
    pub(super) fn forget(&mut self, before: Timestamp) {
        if self.said().chain(self.latest.map(|latest| latest.freshness.said_at)).all(|at| at < before) {
            let ends = std::mem::take(&mut self.ends).into_iter().filter(|(_, (_, at))| *at >= before).collect();
            *self = Self { ends, ..Self::default() };
        }
        self.ended.retain(|_, at| *at >= before);
    }

    /// How many entries it is: the mission itself, and each end of it.
    pub(super) fn len(&self) -> usize {
        let is_known = self.latest.is_some() || self.said().next().is_some();
        usize::from(is_known).saturating_add(self.ends.len())
    }

    /// When each thing was said for good.
    fn said(&self) -> impl Iterator<Item = Timestamp> {
        let sets = self.events.values().chain(self.withdrawn.values()).chain(self.ended.values());
        sets.copied().chain(self.overflow)
    }
}

/// Joins a map into another, the values of a key by `join`; returns whether anything changed.
fn join_by<K: Ord + Clone, V: Copy + PartialEq>(
    mine: &mut BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
    join: impl Fn(V, V) -> V,
) -> bool {
    let mut changed = false;
    for (key, value) in theirs {
        match mine.get_mut(key) {
            None => {
                mine.insert(key.clone(), *value);
                changed = true;
            }
            Some(kept) => {
                let joined = join(*kept, *value);
                changed |= joined != *kept;
                *kept = joined;
            }
        }
    }
    changed
}
