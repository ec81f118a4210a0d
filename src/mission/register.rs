use super::mission_state::{MissionState, Times};
use super::notice::Notice;
use super::retention::Retention;
use super::task_ends::{MandateWords, TaskEnds, Word};
use super::watches::{ChainWatching, MissionRole, Watches, Watching};
use crate::chain::VerifiedChain;
use crate::claims::{Ending, Snapshot, TaskEnd, TaskEnding, Wave};
use crate::powers::ToolPattern;
use crate::primitives::{Label, MandateId, MissionId, PublicKey, Timestamp, tally};
use crate::sign::SignatureError;
use std::collections::HashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// Why a notice was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// No watched chain depends on what this signer says of this subject. **The host stores the
    /// notice's bytes all the same**, and applies them again when a chain arrives that watches the
    /// pair: a mandate may be ended before its first use, and a register that never received that
    /// end would permit it. See [`Register::apply`].
    #[error("no watched chain depends on what this signer says of this subject")]
    NotWatched,
    /// It is dated in the future, further than the leeway.
    #[error("said at {at}, now is {now}")]
    FutureDated {
        /// When it claims to have been said.
        at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// The key it claims did not sign it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// What a notice changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It said something new.
    New,
    /// Everything in it was known, or is outdone by what is known.
    Known,
}

/// The state of missions and tasks that a verifier knows: the join of the notices it has received.
///
/// [`apply`](Self::apply) and [`merge`](Self::merge) are idempotent, commutative and associative,
/// and an end absorbs everything, so it does not matter in which order, how often or over which
/// replicas notices arrive. It is built from signed notices and from nothing else: what a host
/// stores are the notices' bytes, so a compromised store can delay notices within the bound, but
/// not forge them.
///
/// # Which of several statuses counts
/// - What a status says for good is kept whatever any other status says: a fired event, a withdrawn
///   tool, an ended mandate, a wave that was reached. A later status that leaves one out revives
///   nothing.
/// - Whether work is suspended, and how fresh the state is, is that of the highest sequence number.
/// - Two different states under one sequence number contradict each other: the mission is denied
///   until a higher number comes. Nothing depends on which of the two is kept.
/// - More events, withdrawals or listed mandates than are kept (64, 64 and 16,384 of each list)
///   deny the mission for as long as the register knows it, and every event, tool and mandate of
///   it.
///
/// So of all notices only these turn a denial into a permit: a status that is fresher, or has a
/// higher sequence number (work is resumed, a contradiction is resolved); a status of a higher
/// wave, for what waits for that wave; the completion of a task that a barrier waits for; and the
/// revocation of a key, after which what it reported of its mandate does not count.
///
/// # Times
/// A notice from up to the leeway ahead of our clock counts as of its receipt: the status is as
/// fresh, and the wave began, when the notice was first applied. Applied again later, or merged
/// from a replica that received it later, it still counts from the first time. A notice from
/// further ahead is refused. A host that builds a register anew applies each notice with the time
/// of its receipt, which it stores beside the bytes.
///
/// # What is kept, and for how long
/// [`prune`](Self::prune) forgets by the rules on [`Retention`], which the register is made with. A
/// status older than the greatest age stated there is stale, whatever a mandate allows: so a state
/// that is forgotten can't come back with an old status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    retention: Retention,
    missions: HashMap<MissionId, MissionState>,
    task_ends: TaskEnds,
}

impl Register {
    /// Makes an empty register that keeps what it receives for as long as `retention` says. Notices
    /// may be dated ahead by the leeway stated there.
    #[must_use]
    pub fn new(retention: Retention) -> Self {
        Self {
            retention,
            missions: HashMap::new(),
            task_ends: TaskEnds::default(),
        }
    }

    /// The register that knows nothing: for a host whose mandates live by no mission and are never
    /// ended early, or that relies on stapled notices alone.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: LazyLock<Register> = LazyLock::new(|| Register::new(Retention::forever()));
        &NONE
    }

    /// Accepts a notice, if one of the watched chains depends on it. Cheap checks come first; the
    /// signature is checked against the key that it claims; whether that key may say it is part of
    /// what is watched.
    ///
    /// A notice that nobody watches is refused, so that strangers can't fill the register; it may
    /// still be the end of a mandate that was never used here. So a host stores the bytes of every
    /// notice by subject and signer. When a chain arrives, it applies what it has stored for the
    /// pairs that [`VerifiedChain::watches`] or [`OpenedProof::watches`](crate::decide::OpenedProof::watches) lists,
    /// and only then decides.
    ///
    /// A notice that changes nothing is [`Applied::Known`], and its signature is not verified.
    ///
    /// `received` is the time of receipt by the host's clock: now, or for a stored notice the time
    /// that is stored beside it. What is kept is kept from then on.
    ///
    /// # Errors
    /// [`NoticeError`]; the register is then as it was.
    pub fn apply(
        &mut self,
        notice: &Notice,
        watches: &Watches,
        received: Timestamp,
    ) -> Result<Applied, NoticeError> {
        self.accept(notice, watches, received)
    }

    /// Makes a register of what is stapled to a proof of this chain. Notices that don't count are
    /// passed over: without them the chain stands or falls by itself.
    pub(crate) fn of_stapled(
        &self,
        chain: &VerifiedChain,
        stapled: &[Notice],
        now: Timestamp,
    ) -> Self {
        let mut register = Self::new(self.retention);
        let watching = ChainWatching::new(chain);
        for notice in stapled {
            let _ = register.accept(notice, &watching, now);
        }
        register
    }

    fn accept(
        &mut self,
        notice: &Notice,
        watching: &impl Watching,
        received: Timestamp,
    ) -> Result<Applied, NoticeError> {
        let at = notice.header().at;
        let as_of = at.received(received, self.retention.leeway());
        let parts = watched_parts(notice, watching);
        if parts.is_empty() {
            return Err(NoticeError::NotWatched);
        }
        let Some(as_of) = as_of else {
            return Err(NoticeError::FutureDated { at, now: received });
        };
        let times = Times {
            said_at: at,
            as_of,
            received,
        };
        if parts.iter().all(|part| self.knows_part(part, times)) {
            return Ok(Applied::Known);
        }
        notice.verify()?;
        let changed = parts
            .into_iter()
            .fold(false, |changed, part| self.join_part(part, times) | changed);
        Ok(if changed {
            Applied::New
        } else {
            Applied::Known
        })
    }

    /// Whether nothing in a notice would change this register, so that its signature need not be
    /// verified.
    pub(crate) fn knows(&self, notice: &Notice, watches: &Watches, now: Timestamp) -> bool {
        let said_at = notice.header().at;
        let Some(as_of) = said_at.received(now, self.retention.leeway()) else {
            return false;
        };
        let times = Times {
            said_at,
            as_of,
            received: now,
        };
        watched_parts(notice, watches)
            .iter()
            .all(|part| self.knows_part(part, times))
    }

    fn knows_part(&self, part: &Part<'_>, times: Times) -> bool {
        match part {
            Part::Mission(mission, told) => self
                .missions
                .get(mission)
                .is_some_and(|known| known.knows(&told.state(times))),
            Part::TaskEnd(end, watched) => {
                let word = self.word(end, *watched, times);
                self.task_ends
                    .words(&end.mandate)
                    .know(&end.header.by, word)
            }
        }
    }

    fn join_part(&mut self, part: Part<'_>, times: Times) -> bool {
        match part {
            Part::Mission(mission, told) => self
                .missions
                .entry(mission)
                .or_default()
                .join(&told.state(times)),
            Part::TaskEnd(end, watched) => {
                let word = self.word(end, watched, times);
                self.task_ends.tell(end.mandate, &end.header.by, word)
            }
        }
    }

    /// The word of a notice that is accepted for chains which live until `watched`.
    fn word(&self, end: &TaskEnd, watched: Timestamp, times: Times) -> Word {
        Word::new(
            end.ending,
            self.retention
                .mandate_until(end.root_expires, watched, times.received),
        )
    }

    /// Joins what another register knows. The settings stay this one's.
    pub fn merge(&mut self, other: &Self) {
        for (mission, state) in &other.missions {
            self.missions.entry(*mission).or_default().join(state);
        }
        self.task_ends.join(&other.task_ends);
    }

    /// Forgets what can no longer matter, by the rules on [`Retention`]. A host calls this from
    /// time to time; how often makes no difference to any decision.
    pub fn prune(&mut self, now: Timestamp) {
        let retention = self.retention;
        self.missions.retain(|_, state| {
            state.forget(&retention, now);
            state.len() > 0
        });
        self.task_ends
            .forget(|root_expires| retention.forgets_mandate(root_expires, now));
    }

    /// Returns the settings by which it keeps what it received.
    #[must_use]
    pub const fn retention(&self) -> &Retention {
        &self.retention
    }

    /// How many entries it holds: missions, ends of missions, ends of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions
            .values()
            .map(MissionState::len)
            .fold(self.task_ends.len(), usize::saturating_add)
    }

    /// Whether nothing was received.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missions.is_empty() && self.task_ends.len() == 0
    }

    /// The time as of which the mission's state is known.
    #[must_use]
    pub fn as_of(&self, mission: impl Into<MissionId>) -> Option<Timestamp> {
        Some(self.state(&mission.into())?.latest?.freshness.as_of)
    }

    /// The highest wave of the mission in any status, with its earliest beginning.
    #[must_use]
    pub fn wave(&self, mission: impl Into<MissionId>) -> Option<Wave> {
        self.state(&mission.into())?.wave
    }

    /// How `signer` said that the mission ended.
    #[must_use]
    pub fn ending(&self, mission: impl Into<MissionId>, signer: PublicKey) -> Option<Ending> {
        self.state(&mission.into())?
            .ends
            .get(&signer)
            .map(|ended| ended.ending)
    }

    /// How `signer` said that the task ended.
    #[must_use]
    pub fn task_ending(&self, mandate: MandateId, signer: PublicKey) -> Option<TaskEnding> {
        self.task(&mandate).by(&signer).ending
    }

    /// Returns whether `signer` revoked the key of the mandate's holder.
    #[must_use]
    pub fn is_key_revoked(&self, mandate: MandateId, signer: PublicKey) -> bool {
        self.task(&mandate).by(&signer).is_key_revoked
    }

    pub(super) fn state(&self, mission: &MissionId) -> Option<&MissionState> {
        tally::count(16);
        self.missions.get(mission)
    }

    pub(super) fn task(&self, mandate: &MandateId) -> MandateWords<'_> {
        self.task_ends.words(mandate)
    }

    /// The missions that anything was received of.
    pub(super) fn missions(&self) -> impl Iterator<Item = &MissionId> {
        self.missions.keys()
    }

    pub(super) const fn task_ends(&self) -> &TaskEnds {
        &self.task_ends
    }
}

/// One thing that a notice says.
enum Part<'a> {
    Mission(MissionId, MissionNotice<'a>),
    /// The end of a mandate, and until when it is watched.
    TaskEnd(&'a TaskEnd, Timestamp),
}

/// The statement of a notice on a mission.
enum MissionNotice<'a> {
    Status(&'a Snapshot),
    EventFired(&'a Label),
    Withdrawn(&'a ToolPattern),
    Ended(PublicKey, MissionRole, Ending),
}

impl MissionNotice<'_> {
    fn state(&self, times: Times) -> MissionState {
        match self {
            Self::Status(snapshot) => MissionState::of_snapshot(snapshot, times),
            Self::EventFired(event) => MissionState::of_event((*event).clone(), times),
            Self::Withdrawn(tool) => MissionState::of_withdrawal((*tool).clone(), times),
            Self::Ended(signer, role, ending) => {
                MissionState::of_end(*signer, *role, *ending, times)
            }
        }
    }
}

/// Returns the parts of a notice that are watched. The signer of all but ends must be the mission's
/// controller: an ender keeps nothing alive.
fn watched_parts<'n>(notice: &'n Notice, watching: &impl Watching) -> Vec<Part<'n>> {
    let signer = notice.signer();
    let is_own =
        |mission: &MissionId| watching.role(mission, signer) == Some(MissionRole::Controller);
    let own = |mission: MissionId, told| is_own(&mission).then_some(Part::Mission(mission, told));
    match notice {
        Notice::Status(token) => {
            let snapshots = token.claims().missions.iter();
            snapshots
                .filter_map(|snapshot| own(snapshot.mission, MissionNotice::Status(snapshot)))
                .collect()
        }
        Notice::EventFired(token) => {
            let fired = token.claims();
            own(fired.mission, MissionNotice::EventFired(&fired.event))
                .into_iter()
                .collect()
        }
        Notice::Withdrawal(token) => {
            let withdrawal = token.claims();
            own(
                withdrawal.mission,
                MissionNotice::Withdrawn(&withdrawal.tool),
            )
            .into_iter()
            .collect()
        }
        Notice::End(token) => {
            let end = token.claims();
            let role = watching.role(&end.mission, signer);
            let ended = role.map(|role| {
                Part::Mission(end.mission, MissionNotice::Ended(signer, role, end.ending))
            });
            ended.into_iter().collect()
        }
        Notice::TaskEnd(token) => {
            let end = token.claims();
            let watched = watching.mandate_until(end.mandate, signer);
            watched
                .map(|until| Part::TaskEnd(end, until))
                .into_iter()
                .collect()
        }
    }
}
