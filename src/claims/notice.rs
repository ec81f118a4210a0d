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

/// Who signs a notice and when: what every kind of notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeHeader {
    /// Its unique id (`cti`).
    pub id: TokenId,
    /// The key that signs it. Whether that key may say it is decided from the chain.
    pub by: PublicKey,
    /// When it was said (`iat`); of a status, the time as of which it is true. Up to the leeway
    /// ahead of a verifier's clock it counts as the time of receipt; further ahead, the notice
    /// counts as absent.
    pub at: Timestamp,
}

impl NoticeHeader {
    /// Said by `by` at `at`, under a unique id from the host.
    #[must_use]
    pub fn new(id: impl Into<TokenId>, by: PublicKey, at: Timestamp) -> Self {
        Self {
            id: id.into(),
            by,
            at,
        }
    }
}

/// A snapshot of one or several missions of one controller, true as of one moment. The controller
/// is its signer.
///
/// Of several statuses of one mission, the one of the highest sequence says whether work is
/// suspended and how fresh the state is. Waves, events, withdrawals and ended mandates are for
/// good: a verifier keeps those of every status that it received, whatever the others say. See
/// [`Register`](crate::Register).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Who says so, as of when.
    pub header: NoticeHeader,
    /// The missions, by id.
    pub missions: Snapshots,
}

/// 1 to 256 snapshots, each of another mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots(Vec<Snapshot>);

/// A mission's state at one moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// Rises with every change of what follows, and only then.
    pub sequence: u64,
    /// Whether work is halted for now.
    pub suspended: bool,
    /// The current wave, and when it began.
    pub wave: Wave,
    /// The events that have fired, at most 64. Their names and those of the withdrawn tools take at
    /// most 12 KiB together.
    pub events: BTreeSet<Label>,
    /// The tools and families withdrawn mission-wide, at most 64.
    pub withdrawn: BTreeSet<ToolPattern>,
    /// The mandates that the controller ended and whose roots have not expired. Each is ended, and
    /// so is what replaces it, in every chain that lives by the mission, in any scope.
    pub ended: Listed,
    /// The mandates whose holder's key the controller revoked. Each is ended in the same chains,
    /// but not what replaces it. Both lists together hold at most 4,096.
    pub keys_revoked: Listed,
}

/// A batch of a mission's work, counted from 0, and when it began.
///
/// A beginning that is after the status that states it, or after the receipt of that status, counts
/// as the earlier of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wave {
    /// Its number.
    pub number: u64,
    /// When it began.
    pub since: Timestamp,
}

impl Wave {
    /// Waves only go up, and of two beginnings of one wave the earlier counts, so that its
    /// stragglers are not given more time.
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

/// Why snapshots make no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The number of missions is wrong.
    #[error("a status is of 1 to {MAX_STATUS_MISSIONS} missions, found {found}")]
    Missions {
        /// Missions given.
        found: usize,
    },
    /// The same mission twice.
    #[error("a mission appears twice")]
    MissionTwice,
    /// More events than a mission may fire.
    #[error("at most {MAX_EVENTS} events, found {found}")]
    Events {
        /// Events given.
        found: usize,
    },
    /// More withdrawn tools than there may be.
    #[error("at most {MAX_WITHDRAWN} withdrawn tools, found {found}")]
    Withdrawn {
        /// Tools given.
        found: usize,
    },
    /// Names of events and tools that take more bytes than they may together.
    #[error(
        "the names of events and withdrawn tools take {found} bytes together, at most {MAX_STATUS_NAME_BYTES} are accepted"
    )]
    NameBytes {
        /// Bytes of all names.
        found: usize,
    },
    /// More events and withdrawn tools of all missions than a status may hold.
    #[error(
        "at most {MAX_STATUS_NAMES} events and withdrawn tools of all missions together, found {found}"
    )]
    Names {
        /// Events and tools given, of all missions.
        found: usize,
    },
    /// More listed mandates than a status may hold.
    #[error(
        "at most {MAX_ENDED} mandates are listed as ended or with a revoked key, found {found}"
    )]
    Ended {
        /// Mandates given, of both lists.
        found: usize,
    },
}

impl Snapshot {
    /// A mission at its beginning: active, in wave 0, nothing fired, withdrawn or ended.
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

    /// Checks that its lists are within bounds.
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

    /// The number of events and withdrawn tools.
    pub(crate) fn names(&self) -> usize {
        self.events.len().saturating_add(self.withdrawn.len())
    }

    /// The number of mandates in both lists.
    pub(crate) fn listed(&self) -> usize {
        self.ended.len().saturating_add(self.keys_revoked.len())
    }
}

impl Snapshots {
    /// Snapshots of 1 to 256 missions.
    ///
    /// # Errors
    /// [`StatusError`]: none, too many, one twice, or lists out of bounds, of one or of all.
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
            .zip(snapshots.iter().skip(1))
            .any(|(a, b)| a.mission == b.mission)
        {
            return Err(StatusError::MissionTwice);
        }
        Ok(Self(snapshots))
    }

    /// The snapshots, by mission.
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

/// A mission has ended, once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Who says so, when.
    pub header: NoticeHeader,
    /// Which mission.
    pub mission: MissionId,
    /// How.
    pub ending: Ending,
}

/// How a mission ended. Of two, the later in this order is kept; either absorbs everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Its purpose is fulfilled.
    Completed,
    /// Another mission took its place.
    Superseded,
    /// It was called off.
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

/// A mandate has ended, and with it all below.
///
/// Registers, stores and controllers keep it until the root of the mandate has expired, so its
/// signer states when that is. Where a barrier under another root waits for the task, the signer
/// states the expiry of that root if it is later: what is forgotten opens no barrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEnd {
    /// Who says so, when.
    pub header: NoticeHeader,
    /// Which mandate.
    pub mandate: MandateId,
    /// How.
    pub ending: MandateEnding,
    /// The first second in which the mandate's root has expired.
    pub root_expires: Timestamp,
    /// The mission in whose statuses the controller lists it. Absent where another says it, and
    /// where the list is full. A verifier does not read it: what a controller signs counts for
    /// every mandate that lives by one of its missions, whichever it names here. A controller that
    /// is made again lists what names a mission.
    pub mission: Option<MissionId>,
}

/// How a mandate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MandateEnding {
    /// Its task ended: the mandate, what is below it, and whatever replaces it, where the signer
    /// may end that too.
    Task(TaskEnding),
    /// Its holder's key is revoked: the mandate and what is below it, but not what replaces it.
    ///
    /// What that key signed about the mandate counts no more. At barriers the waiting mandate's
    /// issuer or a controller reports instead; where a key that the barrier names has revoked it,
    /// the named keys still report failures, and complete the task no more. Nothing that the
    /// revoked key signed keeps the mandate from being re-bound to another key.
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

/// How a task ended. Of conflicting words of one signer the later in this order wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskEnding {
    /// Its work is done.
    Completed,
    /// It was given up.
    Abandoned,
    /// It failed.
    Failed,
    /// It was called off.
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

/// A mission's event has fired, ahead of the status that will say so. The controller is its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFired {
    /// Who says so, when.
    pub header: NoticeHeader,
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// The event.
    pub event: Label,
}

/// A tool or family is withdrawn mission-wide, for good, ahead of the status that will say so. The
/// controller is its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Who says so, when.
    pub header: NoticeHeader,
    /// The mission, one of its signer's.
    pub mission: MissionId,
    /// The tool or family.
    pub tool: ToolPattern,
}
