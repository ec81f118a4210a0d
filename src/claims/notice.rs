use super::listed::Listed;
use crate::powers::ToolPattern;
use crate::primitives::bounds::{
    MAX_ENDED, MAX_EVENTS, MAX_STATUS_MISSIONS, MAX_STATUS_NAME_BYTES, MAX_STATUS_NAMES,
    MAX_WITHDRAWN,
};
use crate::primitives::{Label, MandateId, MissionId, PublicKey, Timestamp, TokenId};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// The id, signer and time of a notice, which every kind of notice has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeHeader {
    /// Unique id of the notice (`cti`).
    pub id: TokenId,
    /// The key that signs it. The chain decides whether that key may state it.
    pub by: PublicKey,
    /// Time of signing (`iat`); in a status, the time at which its state was true. A time ahead of
    /// a verifier's clock by at most the leeway counts as the time of receipt. A notice from
    /// further ahead counts as absent.
    pub at: Timestamp,
}

impl NoticeHeader {
    /// Returns the header of a notice that `by` signs at `at`, under a unique id from the host.
    #[must_use]
    pub fn new(id: impl Into<TokenId>, by: PublicKey, at: Timestamp) -> Self {
        Self {
            id: id.into(),
            by,
            at,
        }
    }
}

/// A snapshot of one or several missions of one controller at one moment. The controller is its
/// signer.
///
/// The status with the highest sequence of a mission states whether work is suspended and how fresh
/// the state is. Waves, events, withdrawals and ended mandates are irreversible: a verifier keeps
/// those of every status that it received, also those that a later status omits. See
/// [`Register`](crate::Register).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The id, controller and time of the status.
    pub header: NoticeHeader,
    /// The missions, by id.
    pub missions: Snapshots,
}

/// 1 to 256 snapshots, each of another mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots(Vec<Snapshot>);

/// The state of a mission at one moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// Rises with every change of what follows, and only then.
    pub sequence: u64,
    /// Whether work is suspended for now.
    pub suspended: bool,
    /// The current wave, and the time at which it began.
    pub wave: Wave,
    /// The events that have fired, at most 64. Their names and those of the withdrawn tools take at
    /// most 12 KiB together.
    pub events: BTreeSet<Label>,
    /// The tools and families that are withdrawn in the whole mission, at most 64.
    pub withdrawn: BTreeSet<ToolPattern>,
    /// The mandates that the controller ended and whose roots have not expired. Each is ended in
    /// every chain that lives by the mission, in any scope, and so is a mandate that replaces it.
    pub ended: Listed,
    /// The mandates whose holder's key the controller revoked. Each is ended in the same chains,
    /// but a mandate that replaces it is not. Both lists together hold at most 4,096.
    pub keys_revoked: Listed,
}

/// A batch of a mission's work, counted from 0, and the time at which it began.
///
/// A beginning after the status that states it, or after the receipt of that status, counts as the
/// earlier of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wave {
    /// Number of the wave.
    pub number: u64,
    /// Time at which it began.
    pub since: Timestamp,
}

impl Wave {
    /// Returns the later of two waves. The earlier of two beginnings of one wave counts, so that
    /// late calls get no more time.
    pub(crate) fn join(self, other: Self) -> Self {
        match self.number.cmp(&other.number) {
            Ordering::Greater => self,
            Ordering::Less => other,
            Ordering::Equal => Self {
                since: self.since.min(other.since),
                ..self
            },
        }
    }
}

/// The reason why snapshots make no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The number of missions is out of bounds.
    #[error("a status is of 1 to {MAX_STATUS_MISSIONS} missions, found {found}")]
    Missions {
        /// Number of missions given.
        found: usize,
    },
    /// A mission appears twice.
    #[error("a mission appears twice")]
    MissionTwice,
    /// There are more events than a mission may fire.
    #[error("at most {MAX_EVENTS} events, found {found}")]
    Events {
        /// Number of events given.
        found: usize,
    },
    /// There are more withdrawn tools than a mission may have.
    #[error("at most {MAX_WITHDRAWN} withdrawn tools, found {found}")]
    Withdrawn {
        /// Number of tools given.
        found: usize,
    },
    /// The names of events and tools take more bytes than they may together.
    #[error(
        "the names of events and withdrawn tools take {found} bytes together, at most {MAX_STATUS_NAME_BYTES} are accepted"
    )]
    NameBytes {
        /// Number of bytes of all names.
        found: usize,
    },
    /// There are more events and withdrawn tools of all missions than a status may hold.
    #[error(
        "at most {MAX_STATUS_NAMES} events and withdrawn tools of all missions together, found {found}"
    )]
    Names {
        /// Number of events and tools of all missions.
        found: usize,
    },
    /// There are more listed mandates than a status may hold.
    #[error(
        "at most {MAX_ENDED} mandates are listed as ended or with a revoked key, found {found}"
    )]
    Ended {
        /// Number of mandates in both lists.
        found: usize,
    },
}

impl Snapshot {
    /// Returns a mission at its beginning: active, in wave 0, nothing fired, withdrawn or ended.
    #[must_use]
    pub const fn beginning(mission: MissionId, since: Timestamp) -> Self {
        Self {
            mission,
            sequence: 0,
            suspended: false,
            wave: Wave { number: 0, since },
            events: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            ended: Listed::none(),
            keys_revoked: Listed::none(),
        }
    }

    /// Checks that the lists are within bounds.
    pub(crate) fn check(&self) -> Result<(), StatusError> {
        let events = self.events.iter().map(|event| event.as_str().len());
        let names: usize = events
            .chain(self.withdrawn.iter().map(|tool| tool.to_string().len()))
            .sum();
        match (self.events.len(), self.withdrawn.len(), self.listed()) {
            (found, ..) if found > MAX_EVENTS => Err(StatusError::Events { found }),
            (_, found, _) if found > MAX_WITHDRAWN => Err(StatusError::Withdrawn { found }),
            _ if names > MAX_STATUS_NAME_BYTES => Err(StatusError::NameBytes { found: names }),
            (.., found) if found > MAX_ENDED => Err(StatusError::Ended { found }),
            _ => Ok(()),
        }
    }

    /// Returns the number of events and withdrawn tools.
    pub(crate) fn names(&self) -> usize {
        self.events.len().saturating_add(self.withdrawn.len())
    }

    /// Returns the number of mandates in both lists.
    pub(crate) fn listed(&self) -> usize {
        self.ended.len().saturating_add(self.keys_revoked.len())
    }
}

impl Snapshots {
    /// Returns snapshots of 1 to 256 missions, ordered by mission.
    ///
    /// # Errors
    /// [`StatusError`] for no snapshot or more than 256, two of one mission, or lists that are out
    /// of bounds, of one mission or of all together.
    pub fn new(snapshots: impl IntoIterator<Item = Snapshot>) -> Result<Self, StatusError> {
        let mut snapshots: Vec<Snapshot> = snapshots.into_iter().collect();
        if !(1..=MAX_STATUS_MISSIONS).contains(&snapshots.len()) {
            return Err(StatusError::Missions {
                found: snapshots.len(),
            });
        }
        snapshots.iter().try_for_each(Snapshot::check)?;
        match snapshots
            .iter()
            .map(Snapshot::names)
            .fold(0, usize::saturating_add)
        {
            found if found > MAX_STATUS_NAMES => return Err(StatusError::Names { found }),
            _ => {}
        }
        snapshots.sort_by_key(|snapshot| snapshot.mission);
        if snapshots
            .iter()
            // Sorted by mission, so equal missions are neighbours.
            .zip(snapshots.iter().skip(1))
            .any(|(a, b)| a.mission == b.mission)
        {
            return Err(StatusError::MissionTwice);
        }
        Ok(Self(snapshots))
    }

    /// Returns the snapshots, ordered by mission.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Snapshot> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Snapshots {
    type Item = &'a Snapshot;
    type IntoIter = std::slice::Iter<'a, Snapshot>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The irreversible end of a mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The id, signer and time of the notice.
    pub header: NoticeHeader,
    /// The mission that ended.
    pub mission: MissionId,
    /// The way in which it ended.
    pub ending: Ending,
}

/// The way in which a mission ended. The later of two in this order is kept. Each ends the mission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The purpose of the mission is fulfilled.
    Completed,
    /// Another mission took its place.
    Superseded,
    /// The mission was cancelled.
    Revoked,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        })
    }
}

/// The end of a mandate and of every mandate below it.
///
/// Registers, stores and controllers keep it until the root of the mandate has expired, so its
/// signer states that time. A barrier under another root may wait for the task. Its signer then
/// states the expiry of that root if it is later, because a barrier does not open on an end that
/// was forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEnd {
    /// The id, signer and time of the notice.
    pub header: NoticeHeader,
    /// The mandate that ended.
    pub mandate: MandateId,
    /// The way in which it ended.
    pub ending: MandateEnding,
    /// The first second in which the mandate's root has expired.
    pub root_expires: Timestamp,
    /// The mission in whose statuses the controller lists it. It is absent where another key signs
    /// the notice, and where the list is full.
    ///
    /// A verifier does not read it: a notice that a controller signs counts for every mandate that
    /// lives by one of its missions. A controller that is restored lists the mandates whose notice
    /// names a mission.
    pub mission: Option<MissionId>,
}

/// The way in which a mandate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MandateEnding {
    /// The task ended. This ends the mandate, those below it, and any mandate that replaces it,
    /// where the signer may end that too.
    Task(TaskEnding),
    /// Its holder's key is revoked: the mandate and what is below it end, but not what replaces it.
    ///
    /// Notices about the mandate that the key signed no longer count. At barriers the waiting
    /// mandate's issuer or a controller reports instead. Where a key that the barrier names has
    /// revoked it, the named keys can still report failures, but no completion. No notice that the
    /// revoked key signed prevents the mandate from being re-bound to another key.
    KeyRevoked,
}

impl From<TaskEnding> for MandateEnding {
    fn from(ending: TaskEnding) -> Self {
        Self::Task(ending)
    }
}

impl fmt::Display for MandateEnding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(ending) => write!(f, "{ending}"),
            Self::KeyRevoked => f.write_str("revoked for its holder's key"),
        }
    }
}

/// The way in which a task ended. If one signer's notices conflict, the later variant in this order
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskEnding {
    /// The work of the task is done.
    Completed,
    /// The task was given up.
    Abandoned,
    /// The task failed.
    Failed,
    /// The task was cancelled.
    Revoked,
}

impl fmt::Display for TaskEnding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::Abandoned => "abandoned",
            Self::Failed => "failed",
            Self::Revoked => "revoked",
        })
    }
}

/// A fired event of a mission, sent before the next status. The controller is its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFired {
    /// The id, controller and time of the notice.
    pub header: NoticeHeader,
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// The event.
    pub event: Label,
}

/// An irreversible withdrawal of a tool or family in the whole mission, sent before the next
/// status. The controller is its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The id, controller and time of the notice.
    pub header: NoticeHeader,
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// The withdrawn tool or family.
    pub tool: ToolPattern,
}
