//! What was heard of one mission, as a join: order, duplicates and replicas don't matter.

use crate::claims::{Snapshot, Wave};
use crate::ground::bounds::{MAX_EVENTS, MAX_WITHDRAWN};
use crate::ground::{Label, Timestamp};
use crate::powers::ToolPattern;
use std::collections::BTreeMap;

/// Everything a controller said of one mission, but its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MissionNews {
    /// The snapshot that counts.
    pub(super) heard: Option<Heard>,
    /// The highest wave seen in any snapshot, with the earliest beginning told of it.
    pub(super) wave: Option<Wave>,
    /// Events told ahead of a status, with when they were told.
    pub(super) events: BTreeMap<Label, Timestamp>,
    /// Tools withdrawn ahead of a status, with when that was told.
    pub(super) withdrawn: BTreeMap<ToolPattern, Timestamp>,
    /// More events or withdrawals were told than a mission may have, the latest of them then. Denies the mission.
    pub(super) too_much: Option<Timestamp>,
}

/// The snapshot that counts, and how fresh it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) snapshot: Box<Snapshot>,
    /// The latest time as of which this very snapshot was said to be true.
    pub(super) as_of: Timestamp,
    /// Two different snapshots were said under this sequence number.
    pub(super) equivocated: bool,
}

impl Heard {
    pub(super) fn new(snapshot: &Snapshot, as_of: Timestamp) -> Self {
        Self { snapshot: Box::new(snapshot.clone()), as_of, equivocated: false }
    }

    /// The higher sequence wins, and with it its freshness alone. Of two different snapshots under one sequence the
    /// controller has equivocated; a suspended one is kept, then the smaller, so that every order of hearing agrees.
    fn join(&mut self, other: &Self) {
        if other.snapshot.sequence > self.snapshot.sequence {
            *self = other.clone();
        } else if other.snapshot.sequence == self.snapshot.sequence {
            self.equivocated |= other.equivocated || other.snapshot != self.snapshot;
            self.as_of = self.as_of.max(other.as_of);
            let rank = |heard: &Self| (!heard.snapshot.suspended, heard.snapshot.clone());
            if rank(other) < rank(self) {
                self.snapshot = other.snapshot.clone();
            }
        }
    }
}

impl MissionNews {
    pub(super) fn of_snapshot(snapshot: &Snapshot, as_of: Timestamp) -> Self {
        // A wave that is said to begin later would drain longer.
        let wave = Wave { since: snapshot.wave.since.min(as_of), ..snapshot.wave };
        Self { heard: Some(Heard::new(snapshot, as_of)), wave: Some(wave), ..Self::default() }
    }

    pub(super) fn of_event(event: Label, at: Timestamp) -> Self {
        Self { events: BTreeMap::from([(event, at)]), ..Self::default() }
    }

    pub(super) fn of_withdrawal(tool: ToolPattern, at: Timestamp) -> Self {
        Self { withdrawn: BTreeMap::from([(tool, at)]), ..Self::default() }
    }

    /// The join of both: idempotent, commutative, associative.
    pub(super) fn join(&mut self, other: &Self) {
        match (&mut self.heard, &other.heard) {
            (Some(mine), Some(theirs)) => mine.join(theirs),
            (mine @ None, Some(theirs)) => *mine = Some(theirs.clone()),
            (_, None) => {}
        }
        self.wave = self.wave.into_iter().chain(other.wave).reduce(Wave::join);
        join_latest(&mut self.events, &other.events);
        join_latest(&mut self.withdrawn, &other.withdrawn);
        let is_more = self.events.len() > MAX_EVENTS || self.withdrawn.len() > MAX_WITHDRAWN;
        if is_more || self.too_much.is_some() || other.too_much.is_some() {
            self.too_much = self.told().chain(other.too_much).max();
            self.events.clear();
            self.withdrawn.clear();
        }
    }

    /// Whether the event has fired; any may have where more was told than is kept.
    pub(super) fn has_fired(&self, event: &Label) -> bool {
        self.too_much.is_some()
            || self.events.contains_key(event)
            || self.heard.as_ref().is_some_and(|heard| heard.snapshot.events.contains(event))
    }

    /// The tools withdrawn, by status or ahead of it.
    pub(super) fn withdrawn(&self) -> impl Iterator<Item = &ToolPattern> {
        self.withdrawn.keys().chain(self.heard.iter().flat_map(|heard| &heard.snapshot.withdrawn))
    }

    /// Whether nothing in it was said at or after `before`.
    pub(super) fn is_older_than(&self, before: Timestamp) -> bool {
        self.told().chain(self.heard.iter().map(|heard| heard.as_of)).all(|at| at < before)
    }

    /// When each thing was told ahead of a status.
    fn told(&self) -> impl Iterator<Item = Timestamp> {
        self.events.values().chain(self.withdrawn.values()).copied().chain(self.too_much)
    }
}

fn join_latest<K: Ord + Clone>(mine: &mut BTreeMap<K, Timestamp>, theirs: &BTreeMap<K, Timestamp>) {
    for (key, at) in theirs {
        let kept = mine.entry(key.clone()).or_insert(*at);
        *kept = (*kept).max(*at);
    }
}
