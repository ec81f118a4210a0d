use super::denial::Denial;
use super::mark::{LedgerAnswer, Mark, Marked};
use super::permit::{Permit, Unsettled};
use crate::ground::{CallKey, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// A ledger of marks in memory, for one audience served by one process. Bounded: when it is full of marks that are still
/// needed, calls are refused, never forgotten. A decision that is settled so late that its mark would be forgotten is refused
/// too, because its first settling may be.
///
/// ```
/// use mandatum::{MemoryReplay, Timestamp};
/// let mut replay = MemoryReplay::new(100_000);
/// replay.forget_before(Timestamp::from_unix(1_767_225_600)?);
/// assert!(replay.is_empty());
/// # Ok::<(), mandatum::TimeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MemoryReplay {
    marks: HashMap<CallKey, Timestamp>,
    by_time: BTreeSet<(Timestamp, CallKey)>,
    capacity: usize,
    /// Marks that were needed until then or less are forgotten.
    forgotten: Option<Timestamp>,
}

impl MemoryReplay {
    /// Room for `capacity` marks, each of about 200 bytes. A mark lives about as long as a signed call may be old.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { marks: HashMap::new(), by_time: BTreeSet::new(), capacity, forgotten: None }
    }

    /// Marks the call and settles the decision. `now` lets old marks go.
    ///
    /// # Errors
    /// As [`Unsettled::settle`].
    pub fn settle(&mut self, unsettled: Unsettled, now: Timestamp) -> Result<Permit, Denial> {
        let answer = self.mark(unsettled.mark(), now);
        unsettled.settle(answer)
    }

    /// Marks a call.
    #[must_use = "the answer settles the decision"]
    pub fn mark(&mut self, mark: &Mark, now: Timestamp) -> LedgerAnswer {
        self.forget_before(now);
        let outcome = if self.marks.contains_key(&mark.key()) {
            Marked::Before
        } else if self.marks.len() >= self.capacity || Some(mark.keep_until()) <= self.forgotten {
            Marked::NoRoom
        } else {
            self.marks.insert(mark.key(), mark.keep_until());
            self.by_time.insert((mark.keep_until(), mark.key()));
            Marked::First
        };
        LedgerAnswer { key: mark.key(), outcome }
    }

    /// Forgets the marks that are no longer needed at `now`.
    pub fn forget_before(&mut self, now: Timestamp) {
        self.forgotten = self.forgotten.max(Some(now));
        while let Some((keep_until, key)) = self.by_time.first().copied() {
            if keep_until > now {
                return;
            }
            self.by_time.remove(&(keep_until, key));
            self.marks.remove(&key);
        }
    }

    /// How many calls are marked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }
}
