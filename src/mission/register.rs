use super::notice::Notice;
use super::state::MissionState;
use super::task_ends::{TaskEnds, TaskWords};
use super::watches::{ChainWatching, Watches, Watching};
use crate::chain::VerifiedChain;
use crate::claims::{Ending, Snapshot, TaskEnding, Wave};
use crate::ground::{Label, MandateId, Mission, PublicKey, Seconds, Timestamp, tally};
use crate::sign::InvalidSignature;
use std::collections::HashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// Why a notice was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// No watched chain depends on what this signer says of this subject. **The host stores the notice's bytes all the same**,
    /// and applies them again when a chain arrives that watches the pair: a mandate may be ended before its first use, and a
    /// register that never received that end would permit it. See [`Register::apply`].
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
    Signature(#[from] InvalidSignature),
}

/// What a notice changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It said something new.
    New,
    /// Everything in it was known, or is outdone by what is known.
    Known,
}

/// The state of missions and tasks that a verifier knows: the join of the notices it has received.
///
/// [`apply`](Self::apply) and [`merge`](Self::merge) are idempotent, commutative and associative, and an end absorbs
/// everything, so it does not matter in which order, how often or over which replicas notices arrive. It is built from signed
/// notices and from nothing else: what a host stores are the notices' bytes, so a compromised store can delay notices within
/// the bound, but not forge them.
///
/// # Which of several statuses counts
/// - What a status says for good is kept whatever any other status says: a fired event, a withdrawn tool, an ended mandate, a
///   wave that was reached. A later status that leaves one out revives nothing.
/// - Whether work is suspended, and how fresh the state is, is that of the highest sequence number.
/// - Two different states under one sequence number contradict each other: the mission is denied until a higher number comes.
///   Nothing depends on which of the two is kept.
/// - More events, withdrawals or ended mandates than are kept (64, 64 and 4,096) deny the mission for as long as the register
///   knows it, and every event, tool and mandate of it.
///
/// So of all notices only these turn a denial into a permit: a status that is fresher, or has a higher sequence number (work
/// is resumed, a contradiction is resolved); a status of a higher wave, for what waits for that wave; and the completion of a
/// task that a barrier waits for.
///
/// # Times
/// A notice from up to the leeway ahead of our clock counts as of its receipt: the status is as fresh, and the wave began, when
/// the notice was first applied. Applied again later, or merged from a replica that received it later, it still counts from
/// the first time. A notice from further ahead is refused. A register that is built anew has no memory of first receipts, so
/// there a status may count for longer, by no more than the controller's clock is ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    leeway: Seconds,
    missions: HashMap<Mission, MissionState>,
    task_ends: TaskEnds,
}

impl Register {
    /// Makes an empty register for a clock that may be behind by `leeway`: notices may be dated so far in the future.
    #[must_use]
    pub fn new(leeway: Seconds) -> Self {
        Self { leeway, ..Self::default() }
    }

    /// The register that knows nothing: for a host whose mandates live by no mission and are never ended early.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: LazyLock<Register> = LazyLock::new(Register::default);
        &NONE
    }

    /// Accepts a notice, if one of the watched chains depends on it. Cheap checks come first; the signature is checked against
    /// the key that it claims; whether that key may say it is part of what is watched.
    ///
    /// A notice that nobody watches is refused, so that strangers can't fill the register; it may still be the end of a mandate
    /// that was never used here. So a host stores the bytes of every notice by subject and signer. When a chain arrives, it
    /// applies what it has stored for the pairs that [`VerifiedChain::watches`] or [`Opened::watches`](crate::Opened::watches)
    /// lists, and only then decides.
    ///
    /// A notice that changes nothing is [`Taken::Known`], and its signature is not verified.
    ///
    /// # Errors
    /// [`NotTaken`]; the register is then as it was.
    pub fn apply(&mut self, notice: &Notice, watches: &Watches, now: Timestamp) -> Result<Taken, NotTaken> {
        self.accept(notice, watches, now)
    }

    /// Makes a register of what is stapled to a proof of this chain. Notices that don't count are passed over: without them the
    /// chain stands or falls by itself.
    pub(crate) fn of_stapled(chain: &VerifiedChain, stapled: &[Notice], leeway: Seconds, now: Timestamp) -> Self {
        let mut register = Self::new(leeway);
        let watching = ChainWatching::new(chain);
        for notice in stapled {
            let _ = register.accept(notice, &watching, now);
        }
        register
    }

    fn accept(&mut self, notice: &Notice, watching: &impl Watching, now: Timestamp) -> Result<Taken, NotTaken> {
        let parts = watched_parts(notice, watching);
        if parts.is_empty() {
            return Err(NotTaken::NotWatched);
        }
        let at = notice.said().at;
        let as_of = at.received(now, self.leeway).ok_or(NotTaken::FutureDated { at, now })?;
        if parts.iter().all(|part| self.knows_part(part, at, as_of)) {
            return Ok(Taken::Known);
        }
        notice.verify()?;
        let changed = parts.into_iter().fold(false, |changed, part| self.join_part(part, at, as_of) | changed);
        Ok(if changed { Taken::New } else { Taken::Known })
    }

    /// Whether nothing in a notice would change this register, so that its signature need not be verified.
    pub(crate) fn knows(&self, notice: &Notice, watches: &Watches, now: Timestamp) -> bool {
        let at = notice.said().at;
        let Some(as_of) = at.received(now, self.leeway) else { return false };
        watched_parts(notice, watches).iter().all(|part| self.knows_part(part, at, as_of))
    }

    fn knows_part(&self, part: &Part<'_>, at: Timestamp, as_of: Timestamp) -> bool {
        let knows_state = |mission: &Mission, state: &MissionState| {
            self.missions.get(mission).is_some_and(|known| !known.clone().join(state))
        };
        match part {
            Part::Status(mission, snapshot) => knows_state(mission, &MissionState::of_snapshot(snapshot, at, as_of)),
            Part::Early(mission, state) => knows_state(mission, state),
            Part::TaskEnd(mandate, signer, ending) => self.task_ends.of(mandate).know(signer, *ending, at),
        }
    }

    fn join_part(&mut self, part: Part<'_>, at: Timestamp, as_of: Timestamp) -> bool {
        match part {
            Part::Status(mission, snapshot) => {
                self.join_state(mission, &MissionState::of_snapshot(snapshot, at, as_of))
            }
            Part::Early(mission, state) => self.join_state(mission, &state),
            Part::TaskEnd(mandate, signer, ending) => self.task_ends.tell(mandate, &signer, ending, at),
        }
    }

    fn join_state(&mut self, mission: Mission, state: &MissionState) -> bool {
        self.missions.entry(mission).or_default().join(state)
    }

    /// Joins what another register knows.
    pub fn merge(&mut self, other: &Self) {
        for (mission, state) in &other.missions {
            self.join_state(mission.clone(), state);
        }
        self.task_ends.join(&other.task_ends);
    }

    /// Forgets what can no longer matter: `keep` is the largest lifetime accepted of a mandate, and the leeway. An end is
    /// forgotten only when every mandate that it could have ended has expired, and that of a mission only when nothing was
    /// received of the mission for as long: its controller may not have received an ender's notice, and goes on saying that
    /// the mission is active.
    pub fn prune(&mut self, now: Timestamp, keep: Seconds) {
        let before = now.minus(keep);
        self.missions.retain(|_, state| {
            state.forget(before);
            state.len() > 0
        });
        self.task_ends.keep_from(before);
    }

    /// How many entries it holds: missions, ends of missions, ends of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions.values().map(MissionState::len).fold(self.task_ends.len(), usize::saturating_add)
    }

    /// Whether nothing was received.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missions.is_empty() && self.task_ends.len() == 0
    }

    /// The time as of which the mission's state is known.
    #[must_use]
    pub fn as_of(&self, mission: &Mission) -> Option<Timestamp> {
        Some(self.state(mission)?.latest?.freshness.as_of)
    }

    /// The highest wave of the mission in any status, with its earliest beginning.
    #[must_use]
    pub fn wave(&self, mission: &Mission) -> Option<Wave> {
        self.state(mission)?.wave
    }

    /// How `signer` said that the mission ended.
    #[must_use]
    pub fn ending(&self, mission: &Mission, signer: PublicKey) -> Option<Ending> {
        self.state(mission)?.ends.get(&signer).map(|(ending, _)| *ending)
    }

    /// How `signer` said that the task ended.
    #[must_use]
    pub fn task_ending(&self, mandate: MandateId, signer: PublicKey) -> Option<TaskEnding> {
        self.task(&mandate).by(&signer)
    }

    pub(super) fn state(&self, mission: &Mission) -> Option<&MissionState> {
        tally::count(mission.name.as_str().len().saturating_add(32) >> 2);
        self.missions.get(mission)
    }

    pub(super) fn task(&self, mandate: &MandateId) -> TaskWords<'_> {
        self.task_ends.of(mandate)
    }

    pub(super) const fn leeway(&self) -> Seconds {
        self.leeway
    }
}

/// One thing that a notice says.
enum Part<'a> {
    Status(Mission, &'a Snapshot),
    /// An event, a withdrawal or an end, ahead of any status.
    Early(Mission, MissionState),
    TaskEnd(MandateId, PublicKey, TaskEnding),
}

/// Returns the parts of a notice that are watched.
fn watched_parts<'n>(notice: &'n Notice, watching: &impl Watching) -> Vec<Part<'n>> {
    let (signer, at) = (notice.signer(), notice.said().at);
    let own = |name: &Label| Some(Mission::new(signer, name.clone())).filter(|it| watching.watches_mission(it, signer));
    match notice {
        Notice::Status(token) => {
            let snapshots = token.claims().missions.iter();
            snapshots.filter_map(|snapshot| Some(Part::Status(own(&snapshot.name)?, snapshot))).collect()
        }
        Notice::Fired(token) => {
            let fired = token.claims();
            let state = || MissionState::of_event(fired.event.clone(), at);
            own(&fired.mission).map(|mission| Part::Early(mission, state())).into_iter().collect()
        }
        Notice::Withdrawal(token) => {
            let withdrawal = token.claims();
            let state = || MissionState::of_withdrawal(withdrawal.tool.clone(), at);
            own(&withdrawal.mission).map(|mission| Part::Early(mission, state())).into_iter().collect()
        }
        Notice::End(token) => {
            let end = token.claims();
            let mission = Some(&end.mission).filter(|mission| watching.watches_mission(mission, signer));
            let early = |mission: &Mission| Part::Early(mission.clone(), MissionState::of_end(signer, end.ending, at));
            mission.map(early).into_iter().collect()
        }
        Notice::TaskEnd(token) => {
            let end = token.claims();
            let is_watched = watching.watches_mandate(end.mandate, signer);
            is_watched.then_some(Part::TaskEnd(end.mandate, signer, end.ending)).into_iter().collect()
        }
    }
}
