use super::error::LimitError;
use crate::primitives::bounds::{MAX_BARRIER_TASKS, MAX_REPORTERS};
use crate::primitives::{MandateId, PublicKey, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A merge point: calls are valid only after other tasks are done.
///
/// It opens when all its tasks are completed. It also opens when a quorum of them is, if there is
/// no deadline or the deadline has come. A task that failed, was abandoned or was revoked is not
/// completed. When too few tasks are left for the quorum, the barrier can never open and reports
/// so. Each call checks it again.
///
/// These keys can report how a task ended:
///
/// - the keys named here for the task
/// - the key that signed the mandate with the barrier
/// - the controllers of the missions that this mandate lives by
///
/// The issuers above can cancel a task, but not complete it. A completion is a claim by its signer,
/// not evidence of good work.
///
/// ```
/// use mandatum::SigningKey;
/// use mandatum::limits::{Barrier, LimitError};
/// use mandatum::primitives::MandateId;
/// let worker = SigningKey::from_seed(&[1; 32]).public();
/// let tasks = [1, 2, 3].map(|task| (MandateId::from_bytes([task; 32]), worker));
/// let barrier = Barrier::new(tasks)?;
/// assert_eq!(barrier.quorum(), 3);
/// assert_eq!(barrier.clone().with_quorum(2)?.to_string(), "after 2 of 3 other tasks");
/// assert_eq!(barrier.with_quorum(4), Err(LimitError::Quorum { quorum: 4, tasks: 3 }));
/// # Ok::<(), LimitError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Barrier {
    tasks: BTreeMap<MandateId, Reporters>,
    quorum: usize,
    deadline: Option<Timestamp>,
}

/// The keys that may report how a task ended, at most 16: its holder's and those of its issuers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reporters(BTreeSet<PublicKey>);

impl Reporters {
    /// Returns these keys.
    ///
    /// # Errors
    /// [`LimitError::Reporters`] for none or more than 16.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, LimitError> {
        let keys: BTreeSet<PublicKey> = keys.into_iter().collect();
        match keys.len() {
            1..=MAX_REPORTERS => Ok(Self(keys)),
            found => Err(LimitError::Reporters { found }),
        }
    }

    /// Returns the keys in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.0.iter()
    }

    pub(crate) fn has(&self, key: &PublicKey) -> bool {
        self.0.contains(key)
    }
}

impl<'a> IntoIterator for &'a Reporters {
    type Item = &'a PublicKey;
    type IntoIter = std::collections::btree_set::Iter<'a, PublicKey>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<PublicKey> for Reporters {
    fn from(key: PublicKey) -> Self {
        Self(BTreeSet::from([key]))
    }
}

impl Barrier {
    /// Returns a barrier that waits for all of these tasks, each with the keys that may report it.
    ///
    /// # Errors
    /// [`LimitError::BarrierTasks`] for none or more than 128; [`LimitError::TaskTwice`] for a task
    /// that is listed twice.
    pub fn new<R: Into<Reporters>>(
        tasks: impl IntoIterator<Item = (MandateId, R)>,
    ) -> Result<Self, LimitError> {
        let mut by_id = BTreeMap::new();
        for (task, reporters) in tasks {
            if by_id.insert(task, reporters.into()).is_some() {
                return Err(LimitError::TaskTwice);
            }
        }
        match by_id.len() {
            found @ 1..=MAX_BARRIER_TASKS => Ok(Self {
                tasks: by_id,
                // Without a quorum of its own, all tasks must be completed.
                quorum: found,
                deadline: None,
            }),
            found => Err(LimitError::BarrierTasks { found }),
        }
    }

    /// Returns the barrier with a quorum, which opens it when this number of tasks is completed.
    ///
    /// # Errors
    /// [`LimitError::Quorum`] for zero, or for more than the barrier's tasks.
    pub fn with_quorum(self, quorum: usize) -> Result<Self, LimitError> {
        match self.tasks.len() {
            tasks if quorum == 0 || quorum > tasks => Err(LimitError::Quorum { quorum, tasks }),
            _ => Ok(Self { quorum, ..self }),
        }
    }

    /// Sets a deadline. Before the deadline all tasks must be completed. From the deadline on, the
    /// quorum suffices.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Returns the tasks, by mandate, each with the keys that may report it.
    #[must_use]
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = (MandateId, &Reporters)> {
        self.tasks
            .iter()
            .map(|(task, reporters)| (*task, reporters))
    }

    /// Returns the keys that may report how this task ended, if the barrier waits for it.
    pub(crate) fn reporters(&self, task: MandateId) -> Option<&Reporters> {
        self.tasks.get(&task)
    }

    /// Returns the number of tasks that must be completed.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        self.quorum
    }

    /// Returns the first second in which the quorum is enough; `None` where it always is.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }
}

impl fmt::Display for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tasks.len(), self.quorum) {
            (1, _) => f.write_str("after another task")?,
            (tasks, quorum) if tasks == quorum => write!(f, "after {tasks} other tasks")?,
            (tasks, quorum) => write!(f, "after {quorum} of {tasks} other tasks")?,
        }
        match self.deadline {
            Some(deadline) => write!(f, ", waiting for all until {deadline}"),
            None => Ok(()),
        }
    }
}
