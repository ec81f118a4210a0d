use crate::ground::{CallKey, Timestamp};

/// What a ledger remembers of a call so that it is never permitted twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    key: CallKey,
    keep_until: Timestamp,
}

impl Mark {
    pub(super) const fn new(key: CallKey, keep_until: Timestamp) -> Self {
        Self { key, keep_until }
    }

    /// The one identity of the call.
    #[must_use]
    pub const fn key(&self) -> CallKey {
        self.key
    }

    /// The first second in which the same call would be refused for its age anyway, so that the mark may be forgotten. A
    /// ledger that forgets answers [`Marked::NoRoom`] from this second on, because it can't tell the first time from the next.
    #[must_use]
    pub const fn keep_until(&self) -> Timestamp {
        self.keep_until
    }
}

/// What a ledger found when it marked a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marked {
    /// It was not marked before, and is now.
    First,
    /// It was marked before.
    Before,
    /// It can't be marked: there is no room, or marks as old as its own are forgotten already.
    NoRoom,
}

/// A ledger's answer about one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerAnswer {
    /// Which call.
    pub key: CallKey,
    /// What was found. Marking and finding out must be one atomic step.
    pub outcome: Marked,
}
