use super::ends_signed::{EndsSigned, ends_signed};
use super::mission_state::{MissionState, Times};
use super::notice::Notice;
use super::retention::Retention;
use super::task_ends::{MandateStatements, Statement, TaskEnds};
use super::watches::{ChainWatching, MissionRole, Watches, Watching};
use crate::chain::VerifiedChain;
use crate::claims::{Ending, Snapshot, TaskEnd, TaskEnding, Wave};
use crate::powers::ToolPattern;
use crate::primitives::{Label, MandateId, MissionId, PublicKey, Timestamp, tally};
use crate::sign::SignatureError;
use std::collections::HashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// Reason why a notice was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// No watched chain depends on the statements of this signer about this subject.
    ///
    /// **The host stores the bytes of the notice all the same.** It applies them again when a chain
    /// arrives that watches the pair. A mandate may be ended before its first use, and a register
    /// that never received that end would permit the use. See [`Register::apply`].
    #[error("no watched chain depends on statements of this signer about this subject")]
    NotWatched,
    /// The notice is dated in the future by more than the leeway.
    #[error("the notice is dated {at}, which is later than now ({now}) by more than the leeway")]
    FutureDated {
        /// The time that the notice states.
        at: Timestamp,
        /// The time of receipt.
        now: Timestamp,
    },
    /// The signature does not verify by the key that claims to have signed it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// Effect of a notice that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The notice changed the register.
    New,
    /// The notice changed nothing: the register knows as much or more.
    Known,
}

/// The state of missions and tasks that a verifier knows: the join of the notices it has received.
///
/// [`apply`](Self::apply) and [`merge`](Self::merge) are idempotent, commutative and associative,
/// and no notice undoes an end. So the order, the number of repetitions and the path over replicas
/// do not matter.
///
/// A register is built from signed notices alone. A host stores the bytes of the notices, so a
/// compromised store can delay notices within the bound, but not forge them.
///
/// ```
/// use mandatum::mission::{NoticeError, Retention, Watches};
/// use mandatum::{Controller, Notice, Register, Seconds, SigningKey, Timestamp};
/// let (key, now) = (SigningKey::from_seed(&[1; 32]), Timestamp::from_unix(1_767_225_600)?);
/// let mut controller = Controller::new(key.public(), Seconds::new(30));
/// let mission = controller.mission("qbr".parse()?, [7; 16]);
/// let status = Notice::from(controller.begin(&mission, [1; 16], now)?.sign(&key)?);
/// let retention = Retention::new(Seconds::hours(1), Seconds::hours(8), Seconds::new(30));
/// let mut register = Register::new(retention);
/// // No chain watches the mission yet: see `VerifiedChain::watches`.
/// assert_eq!(register.apply(&status, &Watches::none(), now), Err(NoticeError::NotWatched));
/// assert_eq!(register.as_of(&mission), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Precedence among statuses
/// - Permanent statements are kept whatever any other status states: a fired event, a withdrawn
///   tool, an ended mandate, a wave that was reached. A later status that leaves one out revives
///   nothing.
/// - The status with the highest sequence number decides whether work is suspended, and how fresh
///   the state is.
/// - Two different states under one sequence number contradict each other: the mission is denied
///   until a higher number comes. Nothing depends on which of the two is kept.
/// - A mission with more events, withdrawals or listed mandates than are kept (64, 64 and 16,384 of
///   each list) is denied for as long as the register knows it. So is every event, tool and mandate
///   of it.
///
/// So only these notices turn a denial into a permit:
///
/// - a status that is fresher, or has a higher sequence number (work is resumed, a contradiction is
///   resolved);
/// - a status of a higher wave, for a mandate that waits for that wave;
/// - the completion of a task that a barrier waits for;
/// - the revocation of a key, after which the reports of that key on its mandate do not count.
///
/// # Times
/// A notice dated ahead of our clock by up to the leeway counts as of its receipt: the status is as
/// fresh, and the wave began, when the notice was first applied. Applied again later, or merged
/// from a replica that received it later, it still counts from the first time. A notice from
/// further ahead is refused. A host that builds a register anew applies each notice with the time
/// of its receipt, which it stores with the bytes.
///
/// # Forgetting
/// [`prune`](Self::prune) forgets by the rules on [`Retention`], which the register is made with. A
/// status older than the greatest age stated there is stale, whatever a mandate allows. So a state
/// that was forgotten can't come back with an old status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    retention: Retention,
    missions: HashMap<MissionId, MissionState>,
    task_ends: TaskEnds,
}

impl Register {
    /// Makes an empty register. It keeps what it receives for as long as `retention` states, and
    /// accepts notices that are dated ahead by the leeway stated there.
    #[must_use]
    pub fn new(retention: Retention) -> Self {
        Self {
            retention,
            missions: HashMap::new(),
            task_ends: TaskEnds::default(),
        }
    }

    /// Returns an empty register, for a host whose mandates live by no mission and are never ended
    /// early, or that relies on stapled notices alone.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: LazyLock<Register> = LazyLock::new(|| Register::new(Retention::forever()));
        &NONE
    }

    /// Accepts a notice if one of the watched chains depends on it.
    ///
    /// The signature is verified by the key that claims to have signed it. The watches state which
    /// keys may state what. Cheap checks come first. The signature of a notice that changes nothing
    /// is not verified, and the result is [`Applied::Known`].
    ///
    /// A notice that no chain watches is refused, so strangers can't fill the register. It may
    /// still be the end of a mandate that was never used here. So a host stores the bytes of every
    /// notice by subject and signer. When a chain arrives, the host applies the stored notices of
    /// the pairs in [`Watches::new`] or
    /// [`OpenedProof::watches`](crate::decide::OpenedProof::watches), and only then decides.
    ///
    /// `received` is the time of receipt by the host's clock: now, or for a stored notice the time
    /// that is stored with it. The times of keeping count from it.
    ///
    /// # Errors
    /// [`NoticeError`] for a notice that no chain watches, that is dated ahead by more than the
    /// leeway, or that another key signed. The register is then unchanged.
    pub fn apply(
        &mut self,
        notice: &Notice,
        watches: &Watches,
        received: Timestamp,
    ) -> Result<Applied, NoticeError> {
        self.accept(notice, watches, received)
    }

    /// Makes a register of the notices that are stapled to a proof of this chain.
    ///
    /// A notice that is not accepted is passed over. The decision then does without it, and denies
    /// if it was needed.
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
        // A host stores a notice that is not watched, so this error precedes that of the time.
        if parts.is_empty() {
            return Err(NoticeError::NotWatched);
        }
        let Some(as_of) = as_of else {
            return Err(NoticeError::FutureDated { at, now: received });
        };
        let times = Times {
            stated_at: at,
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

    /// Returns whether a notice would change nothing, so that its signature need not be verified.
    pub(crate) fn knows(&self, notice: &Notice, watches: &Watches, now: Timestamp) -> bool {
        let stated_at = notice.header().at;
        let Some(as_of) = stated_at.received(now, self.retention.leeway()) else {
            return false;
        };
        let times = Times {
            stated_at,
            as_of,
            received: now,
        };
        watched_parts(notice, watches)
            .iter()
            .all(|part| self.knows_part(part, times))
    }

    fn knows_part(&self, part: &Part<'_>, times: Times) -> bool {
        match part {
            Part::Mission(mission, statement) => self
                .missions
                .get(mission)
                .is_some_and(|known| known.knows(&statement.state(times))),
            Part::TaskEnd(end, watched) => {
                let statement = self.end_statement(end, *watched, times);
                self.task_ends
                    .statements(&end.mandate)
                    .include(&end.header.by, statement)
            }
        }
    }

    fn join_part(&mut self, part: Part<'_>, times: Times) -> bool {
        match part {
            Part::Mission(mission, statement) => self
                .missions
                .entry(mission)
                .or_default()
                .join(&statement.state(times)),
            Part::TaskEnd(end, watched) => {
                let statement = self.end_statement(end, watched, times);
                self.task_ends.add(end.mandate, &end.header.by, statement)
            }
        }
    }

    /// Returns the statement in a notice that is accepted for chains which live until `watched`.
    fn end_statement(&self, end: &TaskEnd, watched: Timestamp, times: Times) -> Statement {
        Statement::new(
            end.ending,
            self.retention
                .mandate_until(end.root_expires, watched, times.received),
        )
    }

    /// Joins the state of another register. The settings of this register stay.
    pub fn merge(&mut self, other: &Self) {
        for (mission, state) in &other.missions {
            self.missions.entry(*mission).or_default().join(state);
        }
        self.task_ends.join(&other.task_ends);
    }

    /// Forgets what can no longer matter, by the rules on [`Retention`]. A host calls it from time
    /// to time. No decision depends on how often.
    pub fn prune(&mut self, now: Timestamp) {
        let retention = self.retention;
        self.missions.retain(|_, state| {
            state.forget(&retention, now);
            state.len() > 0
        });
        self.task_ends
            .forget(|root_expires| retention.forgets_mandate(root_expires, now));
    }

    /// Returns the settings of the register.
    #[must_use]
    pub const fn retention(&self) -> &Retention {
        &self.retention
    }

    /// Returns the number of entries: missions, ends of missions, ends of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions
            .values()
            .map(MissionState::len)
            .fold(self.task_ends.len(), usize::saturating_add)
    }

    /// Returns whether the register has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missions.is_empty() && self.task_ends.len() == 0
    }

    /// Returns the time as of which the mission's state is known.
    #[must_use]
    pub fn as_of(&self, mission: impl Into<MissionId>) -> Option<Timestamp> {
        Some(self.state(&mission.into())?.latest?.freshness.as_of)
    }

    /// Returns the highest wave of the mission in any status, with its earliest beginning.
    #[must_use]
    pub fn wave(&self, mission: impl Into<MissionId>) -> Option<Wave> {
        self.state(&mission.into())?.wave
    }

    /// Returns the ending of the mission that `signer` stated.
    #[must_use]
    pub fn ending(&self, mission: impl Into<MissionId>, signer: PublicKey) -> Option<Ending> {
        self.state(&mission.into())?
            .ends
            .get(&signer)
            .map(|ended| ended.ending)
    }

    /// Returns the ending of the task that `signer` stated.
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

    pub(super) fn task(&self, mandate: &MandateId) -> MandateStatements<'_> {
        self.task_ends.statements(mandate)
    }

    /// Returns the missions for which anything was received.
    pub(super) fn missions(&self) -> impl Iterator<Item = &MissionId> {
        self.missions.keys()
    }

    pub(super) const fn task_ends(&self) -> &TaskEnds {
        &self.task_ends
    }

    /// Returns the ends that this key signed, as far as the register has accepted them.
    ///
    /// Once a verifier's anchor [revokes](crate::Anchor::revoke) a key, the ends of mandates that
    /// the key signed no longer count. So a host replaces them first:
    ///
    /// 1. It reads them from its register and from [its store](EndsSigned::with_stored).
    /// 2. It has a key in service sign the same ends again.
    /// 3. It stores and applies the new notices.
    /// 4. Only then does it decide by the new anchor.
    ///
    /// A thief of the key may have signed some of these ends. Signing them again only denies, and a
    /// host that knows better leaves one out.
    ///
    /// ```
    /// use mandatum::claims::{NoticeHeader, TaskEnd};
    /// use mandatum::mission::Watches;
    /// use mandatum::{Anchor, Notice, PublicKey, Register, SigningKey, Timestamp};
    /// fn revoke(
    ///     anchor: &Anchor,
    ///     stolen: PublicKey,
    ///     spare: &SigningKey,
    ///     (register, watches, store): (&mut Register, &Watches, &mut Vec<Notice>),
    ///     now: Timestamp,
    /// ) -> Result<Anchor, Box<dyn std::error::Error>> {
    ///     let ends = register.ends_signed_by(stolen).with_stored(&*store);
    ///     for (number, end) in (0_u64..).zip(ends.mandates) {
    ///         let mut id = [0; 16]; // from the host's random source
    ///         id[..8].copy_from_slice(&number.to_be_bytes());
    ///         let header = NoticeHeader::new(id, spare.public(), now);
    ///         let again = TaskEnd::by_holder(header, end.mandate, end.ending, end.root_expires);
    ///         let again = Notice::from(again.sign(spare)?);
    ///         // The mandate may not be watched now. Then the end is in the store alone.
    ///         let _ = register.apply(&again, watches, now);
    ///         store.push(again);
    ///     }
    ///     Ok(anchor.revoke(stolen)?)
    /// }
    /// # let _ = revoke;
    /// ```
    #[must_use]
    pub fn ends_signed_by(&self, key: PublicKey) -> EndsSigned {
        ends_signed(self, key)
    }
}

/// One statement in a notice.
enum Part<'a> {
    Mission(MissionId, MissionNotice<'a>),
    /// The end of a mandate, and the time until which it is watched.
    TaskEnd(&'a TaskEnd, Timestamp),
}

/// A statement on a mission.
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

/// Returns the parts of a notice that are watched.
///
/// Only the end of a mission may be signed by an ender. Every other notice on a mission must be
/// signed by its controller: an ender keeps nothing alive.
fn watched_parts<'n>(notice: &'n Notice, watching: &impl Watching) -> Vec<Part<'n>> {
    let signer = notice.signer();
    let is_own =
        |mission: &MissionId| watching.role(mission, signer) == Some(MissionRole::Controller);
    let own = |mission: MissionId, statement| {
        is_own(&mission).then_some(Part::Mission(mission, statement))
    };
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
