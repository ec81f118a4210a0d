use crate::ground::bounds::{MAX_ENDED, MAX_EVENTS, MAX_STATUS_MISSIONS, MAX_WITHDRAWN};
use crate::ground::{Label, MandateId, Mission, PublicKey, Timestamp, TokenId};
use crate::powers::ToolPattern;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// Who signs a notice and when: what every kind of notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its unique id (`cti`).
    pub id: TokenId,
    /// The key that signs it. Whether that key may say it is decided from the chain.
    pub by: PublicKey,
    /// When it was said (`iat`); of a status, the time as of which it is true. Up to the leeway ahead of a verifier's clock it
    /// counts as the time of receipt; further ahead, the notice counts as absent.
    pub at: Timestamp,
}

/// A snapshot of one or several missions of one controller, true as of one moment. The controller is its signer.
///
/// Of several statuses of one mission, the one of the highest sequence says whether work is suspended and how fresh the state
/// is. Waves, events, withdrawals and ended mandates are for good: a verifier keeps those of every status that it received,
/// whatever the others say. See [`Register`](crate::Register).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Who says so, as of when.
    pub said: Said,
    /// The missions, by name.
    pub missions: Snapshots,
}

/// 1 to 256 snapshots, each of another mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots(Vec<Snapshot>);

/// A mission's state at one moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// The mission's name at its controller.
    pub name: Label,
    /// Rises with every change of what follows, and only then.
    pub sequence: u64,
    /// Whether work is halted for now.
    pub suspended: bool,
    /// The current wave, and when it began.
    pub wave: Wave,
    /// The events that have fired, at most 64.
    pub events: BTreeSet<Label>,
    /// The tools and families withdrawn mission-wide, at most 64.
    pub withdrawn: BTreeSet<ToolPattern>,
    /// The mandates that were ended and have not expired, at most 256. Each ends in every chain that lives by the mission, in any
    /// scope.
    pub ended: BTreeSet<MandateId>,
}

/// A batch of a mission's work, counted from 0, and when it began.
///
/// A beginning that is after the status that states it, or after the receipt of that status, counts as the earlier of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wave {
    /// Its number.
    pub number: u64,
    /// When it began.
    pub since: Timestamp,
}

impl Wave {
    /// Waves only go up, and of two beginnings of one wave the earlier counts, so that its stragglers are not given more time.
    pub(crate) fn join(self, other: Self) -> Self {
        match self.number.cmp(&other.number) {
            Ordering::Greater => self,
            Ordering::Less => other,
            Ordering::Equal => Self { since: self.since.min(other.since), ..self },
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
    /// More ended mandates than a status can name.
    #[error("at most {MAX_ENDED} ended mandates, found {found}")]
    Ended {
        /// Mandates given.
        found: usize,
    },
}

impl Snapshot {
    /// A mission at its beginning: active, in wave 0, nothing fired, withdrawn or ended.
    #[must_use]
    pub const fn beginning(name: Label, since: Timestamp) -> Self {
        Self {
            name,
            sequence: 0,
            suspended: false,
            wave: Wave { number: 0, since },
            events: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            ended: BTreeSet::new(),
        }
    }

    /// Whether its lists are within bounds.
    pub(crate) fn check(&self) -> Result<(), StatusError> {
        match (self.events.len(), self.withdrawn.len(), self.ended.len()) {
            (found, ..) if found > MAX_EVENTS => Err(StatusError::Events { found }),
            (_, found, _) if found > MAX_WITHDRAWN => Err(StatusError::Withdrawn { found }),
            (.., found) if found > MAX_ENDED => Err(StatusError::Ended { found }),
            _ => Ok(()),
        }
    }
}

impl Snapshots {
    /// Snapshots of 1 to 256 missions.
    ///
    /// # Errors
    /// [`StatusError`]: none, too many, one twice, or one with lists out of bounds.
    pub fn new(snapshots: impl IntoIterator<Item = Snapshot>) -> Result<Self, StatusError> {
        let mut snapshots: Vec<Snapshot> = snapshots.into_iter().collect();
        if !(1..=MAX_STATUS_MISSIONS).contains(&snapshots.len()) {
            return Err(StatusError::Missions { found: snapshots.len() });
        }
        snapshots.iter().try_for_each(Snapshot::check)?;
        snapshots.sort_by(|a, b| a.name.cmp(&b.name));
        if snapshots.iter().zip(snapshots.iter().skip(1)).any(|(a, b)| a.name == b.name) {
            return Err(StatusError::MissionTwice);
        }
        Ok(Self(snapshots))
    }

    /// The snapshots, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Snapshot> {
        self.0.iter()
    }
}

/// A mission has ended, once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Who says so, when.
    pub said: Said,
    /// Which mission.
    pub mission: Mission,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEnd {
    /// Who says so, when.
    pub said: Said,
    /// Which mandate.
    pub mandate: MandateId,
    /// The mission in whose statuses the controller will name it. Absent where another says it. A verifier does not read it: the
    /// word of a controller counts for every mandate that lives by one of its missions, whichever it names here.
    pub mission: Option<Label>,
    /// How.
    pub ending: TaskEnding,
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
pub struct Fired {
    /// Who says so, when.
    pub said: Said,
    /// The mission's name at its controller.
    pub mission: Label,
    /// The event.
    pub event: Label,
}

/// A tool or family is withdrawn mission-wide, for good, ahead of the status that will say so. The controller is its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Who says so, when.
    pub said: Said,
    /// The mission's name at its controller.
    pub mission: Label,
    /// The tool or family.
    pub tool: ToolPattern,
}
