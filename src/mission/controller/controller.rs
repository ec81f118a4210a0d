use super::lifecycle::{Listing, MissionLifecycle, RunningMission};
use super::rebuild::rebuild;
use crate::claims::{
    End, Ending, EventFired, MandateEnding, NoticeHeader, Snapshot, Snapshots, Status, StatusError,
    TaskEnd, TaskEnding, Wave, Withdrawal,
};
use crate::mission::notice::Notice;
use crate::powers::ToolPattern;
use crate::primitives::bounds::{
    MAX_ENDED, MAX_STATUS_BYTES, MAX_STATUS_MISSIONS, MAX_STATUS_NAMES,
};
use crate::primitives::{
    Label, MandateId, Mission, MissionId, MissionNonce, PublicKey, Seconds, Timestamp, TokenId,
};
use crate::sign::Unsigned;
use std::collections::BTreeMap;
use thiserror::Error;

/// Reason why a controller makes no notice of what its host intends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ControllerError {
    /// The mission was not begun.
    #[error("the mission was not begun")]
    UnknownMission,
    /// The mission was begun before. Another mission with the same name has another nonce.
    #[error("the mission was begun before")]
    AlreadyBegun,
    /// The mission names another key as its controller.
    #[error("the mission names another controller")]
    OtherController,
    /// The mission has ended, so no further notice can be made of it.
    #[error("the mission was {ending}")]
    Ended {
        /// The ending.
        ending: Ending,
    },
    /// The notice would change nothing.
    #[error("the notice would change nothing in the state of the mission")]
    AlreadySo,
    /// The clock stepped back behind the time of an earlier notice. Receivers would take a notice
    /// that is made now for an older one.
    #[error("the clock stepped back: an earlier notice is of {last}, now is {now}")]
    ClockSteppedBack {
        /// The latest time of a notice.
        last: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// The state of the mission would be out of bounds.
    #[error(transparent)]
    State(#[from] StatusError),
}

/// The controller's side of missions. It makes the notices, so that a host can't contradict an
/// earlier notice by accident.
///
/// It is a value without I/O. Its host must:
///
/// - sign each notice, **store it, and only then send it**;
/// - be one logical writer, and never sign ahead of time;
/// - send a heartbeat more often than the shortest age that the mandates of its missions accept;
/// - make the same controller again after a crash, with [`rebuild`](Self::rebuild).
///
/// ```
/// use mandatum::mission::ControllerError;
/// use mandatum::{Controller, Notice, Seconds, SigningKey, Timestamp};
/// let (key, now) = (SigningKey::from_seed(&[1; 32]), Timestamp::from_unix(1_767_225_600)?);
/// let mut controller = Controller::new(key.public(), Seconds::new(30));
/// let mission = controller.mission("qbr".parse()?, [7; 16]);
/// let status = Notice::from(controller.begin(&mission, [1; 16], now)?.sign(&key)?);
/// let again = controller.begin(&mission, [2; 16], now);
/// assert!(matches!(again, Err(ControllerError::AlreadyBegun)));
/// assert_eq!(Controller::rebuild(key.public(), Seconds::new(30), [&status]), controller);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    pub(super) key: PublicKey,
    /// Time by which the clocks of verifiers may be behind ours.
    pub(super) leeway: Seconds,
    pub(super) missions: BTreeMap<MissionId, MissionLifecycle>,
    /// The latest time of a notice.
    pub(super) last: Timestamp,
}

/// The end of a mandate, with whether statuses repeat it.
#[derive(Clone, Debug)]
#[must_use = "the notice must be signed and sent, and a full list asks for the end of the parent"]
pub struct MandateEnd {
    /// The notice, which travels ahead of any status.
    pub notice: Unsigned<TaskEnd>,
    /// Whether the statuses of the mission repeat it.
    pub listing: Listing,
}

impl Controller {
    /// Makes a controller without missions.
    ///
    /// `leeway` is the time by which the clocks of verifiers may be behind the controller's. For so
    /// long after a root has expired, statuses list the mandates that were ended under it.
    #[must_use]
    pub const fn new(key: PublicKey, leeway: Seconds) -> Self {
        Self {
            key,
            leeway,
            missions: BTreeMap::new(),
            last: Timestamp::EPOCH,
        }
    }

    /// Returns the controller that signed `notices`, in the state after the last stored notice.
    ///
    /// The store of a controller keeps every notice that the controller signed, above all every
    /// end: a mission whose end is missing would be active again. Of the statuses it needs only the
    /// latest of each mission, because each repeats the earlier ones. Notices of others, and those
    /// whose signature does not verify, are passed over.
    ///
    /// [`Controller`] has an example.
    #[must_use]
    pub fn rebuild<'n>(
        key: PublicKey,
        leeway: Seconds,
        notices: impl IntoIterator<Item = &'n Notice>,
    ) -> Self {
        rebuild(key, leeway, notices)
    }

    /// Returns the controller's key.
    #[must_use]
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// Returns the mission that this controller calls `name`. The `nonce` is 16 random bytes and
    /// tells it from other missions of that name.
    #[must_use]
    pub fn mission(&self, name: Label, nonce: impl Into<MissionNonce>) -> Mission {
        Mission::new(self.key, name, nonce)
    }

    /// Begins a mission, which is then active and in wave 0. Returns its first status.
    ///
    /// # Errors
    /// - [`ControllerError::OtherController`] if the mission names another key as its controller.
    /// - [`ControllerError::AlreadyBegun`] if it was begun before, also if it has ended since.
    /// - [`ControllerError::ClockSteppedBack`] if `now` is before the time of an earlier notice.
    pub fn begin(
        &mut self,
        mission: &Mission,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.check_clock(now)?;
        if mission.controller != self.key {
            return Err(ControllerError::OtherController);
        }
        let mission = mission.id();
        if self.missions.contains_key(&mission) {
            return Err(ControllerError::AlreadyBegun);
        }
        let snapshot = Snapshot::beginning(mission, now);
        self.missions.insert(
            mission,
            MissionLifecycle::Running(Box::new(RunningMission::new(snapshot.clone()))),
        );
        self.status_with(vec![snapshot], id.into(), now)
    }

    /// Suspends work until [`resume`](Self::resume). Returns the new status.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if the mission is suspended;
    /// [`UnknownMission`](ControllerError::UnknownMission), [`Ended`](ControllerError::Ended) and
    /// [`ClockSteppedBack`](ControllerError::ClockSteppedBack) as their names state.
    pub fn suspend(
        &mut self,
        mission: impl Into<MissionId>,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission.into(), id.into(), now, |snapshot| {
            !std::mem::replace(&mut snapshot.suspended, true)
        })
    }

    /// Resumes suspended work. Returns the new status.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if the mission is not suspended; else as
    /// [`suspend`](Self::suspend).
    pub fn resume(
        &mut self,
        mission: impl Into<MissionId>,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission.into(), id.into(), now, |snapshot| {
            std::mem::replace(&mut snapshot.suspended, false)
        })
    }

    /// Begins the next wave. Returns the new status.
    ///
    /// # Errors
    /// [`ControllerError`] for a mission that was not begun or has ended, and for a clock that
    /// stepped back.
    pub fn advance_wave(
        &mut self,
        mission: impl Into<MissionId>,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission.into(), id.into(), now, |snapshot| {
            snapshot.wave = Wave {
                number: snapshot.wave.number.saturating_add(1),
                since: now,
            };
            true
        })
    }

    /// Fires an event. The notice travels ahead, and the next status repeats it.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if the event has fired, and [`ControllerError::State`] for
    /// the 65th event; else as [`advance_wave`](Self::advance_wave).
    pub fn fire(
        &mut self,
        mission: impl Into<MissionId>,
        event: Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<EventFired>, ControllerError> {
        let mission = mission.into();
        self.apply(mission, now, |snapshot| {
            snapshot.events.insert(event.clone())
        })?;
        Ok(self.unsigned(EventFired {
            header: self.header(id.into(), now),
            mission,
            event,
        }))
    }

    /// Withdraws a tool or a family of tools from the whole mission, which is irreversible. The
    /// notice travels ahead, and the next status repeats it.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if the pattern is withdrawn, and [`ControllerError::State`]
    /// for the 65th pattern; else as [`advance_wave`](Self::advance_wave).
    pub fn withdraw(
        &mut self,
        mission: impl Into<MissionId>,
        tool: ToolPattern,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Withdrawal>, ControllerError> {
        let mission = mission.into();
        self.apply(mission, now, |snapshot| {
            snapshot.withdrawn.insert(tool.clone())
        })?;
        Ok(self.unsigned(Withdrawal {
            header: self.header(id.into(), now),
            mission,
            tool,
        }))
    }

    /// Ends the task of a mandate of the mission. That ends the mandate, all mandates below it, and
    /// those that replace it.
    ///
    /// The notice travels ahead. Statuses list the mandate until its root has expired, which is at
    /// `root_expires`. If a barrier under another root waits for the task, state the later of both
    /// expiries. If the list is full, the result is [`Listing::Full`]: only the notice states the
    /// end then, and the mandate above should be ended too.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if this ending or a later one in their order was stated
    /// before with this expiry or a later one; else as [`advance_wave`](Self::advance_wave).
    pub fn end_task(
        &mut self,
        mission: impl Into<MissionId>,
        mandate: MandateId,
        ending: TaskEnding,
        root_expires: Timestamp,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<MandateEnd, ControllerError> {
        self.end_mandate(
            mission.into(),
            mandate,
            ending.into(),
            root_expires,
            id.into(),
            now,
        )
    }

    /// Revokes the key of a mandate's holder. That ends the mandate and all mandates below it, but
    /// not those that replace it, so the mandate can be re-bound to a fresh key.
    ///
    /// The notice and the statuses are as with [`end_task`](Self::end_task).
    ///
    /// # Errors
    /// [`ControllerError`], as for [`end_task`](Self::end_task).
    pub fn revoke_key(
        &mut self,
        mission: impl Into<MissionId>,
        mandate: MandateId,
        root_expires: Timestamp,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<MandateEnd, ControllerError> {
        self.end_mandate(
            mission.into(),
            mandate,
            MandateEnding::KeyRevoked,
            root_expires,
            id.into(),
            now,
        )
    }

    fn end_mandate(
        &mut self,
        mission: MissionId,
        mandate: MandateId,
        ending: MandateEnding,
        root_expires: Timestamp,
        id: TokenId,
        now: Timestamp,
    ) -> Result<MandateEnd, ControllerError> {
        self.check_clock(now)?;
        let leeway = self.leeway;
        let running = self.running(mission)?;
        if running.snapshot.listed() >= MAX_ENDED {
            running.forget_expired(now, leeway);
        }
        let listing = running
            .end_mandate(mandate.into(), ending, root_expires)
            .ok_or(ControllerError::AlreadySo)?;
        if listing == Listing::Listed {
            running.snapshot.sequence = running.snapshot.sequence.saturating_add(1);
        }
        self.last = now;
        // Only a listed mandate names its mission. A controller that is made again lists the
        // mandates that name one, and it must not run out of room for them.
        let mission = (listing == Listing::Listed).then_some(mission);
        let claims = TaskEnd {
            header: self.header(id, now),
            mandate,
            ending,
            root_expires,
            mission,
        };
        Ok(MandateEnd {
            notice: self.unsigned(claims),
            listing,
        })
    }

    /// Ends the mission, which is irreversible. No later status contains it.
    ///
    /// An ender delivers the end that it signed to the controller's host too, which then calls
    /// this.
    ///
    /// # Errors
    /// [`ControllerError`], as for [`advance_wave`](Self::advance_wave).
    pub fn end(
        &mut self,
        mission: impl Into<MissionId>,
        ending: Ending,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<End>, ControllerError> {
        let mission = mission.into();
        self.check_clock(now)?;
        self.running(mission)?;
        self.missions
            .insert(mission, MissionLifecycle::Ended(ending));
        self.last = now;
        Ok(self.unsigned(End {
            header: self.header(id.into(), now),
            mission,
            ending,
        }))
    }

    /// Returns the present status of one running mission, for agents to staple to their proofs. It
    /// reveals no other mission.
    ///
    /// # Errors
    /// [`ControllerError`], as for [`advance_wave`](Self::advance_wave).
    pub fn status(
        &mut self,
        mission: impl Into<MissionId>,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.check_clock(now)?;
        let leeway = self.leeway;
        let running = self.running(mission.into())?;
        running.forget_expired(now, leeway);
        let snapshot = running.snapshot.clone();
        self.status_with(vec![snapshot], id.into(), now)
    }

    /// Returns the present state of all running missions for verifiers, in few statuses.
    ///
    /// `id` returns a new unique id at each call.
    ///
    /// # Errors
    /// [`ControllerError::ClockSteppedBack`] if `now` is before the time of an earlier notice.
    ///
    /// ```
    /// use mandatum::primitives::TokenId;
    /// use mandatum::{Controller, Seconds, SigningKey, Timestamp};
    /// let (key, now) = (SigningKey::from_seed(&[1; 32]), Timestamp::from_unix(1_767_225_600)?);
    /// let mut controller = Controller::new(key.public(), Seconds::new(30));
    /// let mission = controller.mission("qbr".parse()?, [7; 16]);
    /// let _first = controller.begin(&mission, [1; 16], now)?;
    /// let mut ids = (2_u64..).map(|number| TokenId::from(number.to_be_bytes()));
    /// let statuses = controller.heartbeat(|| ids.next().unwrap(), now.plus(Seconds::new(10)))?;
    /// assert_eq!(statuses.len(), 1);
    /// assert!(controller.heartbeat(|| ids.next().unwrap(), now).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heartbeat(
        &mut self,
        mut id: impl FnMut() -> TokenId,
        now: Timestamp,
    ) -> Result<Vec<Unsigned<Status>>, ControllerError> {
        self.check_clock(now)?;
        let leeway = self.leeway;
        let mut snapshots = Vec::new();
        for lifecycle in self.missions.values_mut() {
            if let MissionLifecycle::Running(running) = lifecycle {
                running.forget_expired(now, leeway);
                snapshots.push(running.snapshot.clone());
            }
        }
        let mut statuses = Vec::new();
        for batch in snapshots.chunks(MAX_STATUS_MISSIONS) {
            self.push_statuses(batch, &mut id, now, &mut statuses)?;
        }
        Ok(statuses)
    }

    /// Makes one status of a batch if it fits, else statuses of its halves.
    ///
    /// One mission always fits, by the bounds of a snapshot. So the recursion ends, and it is as
    /// deep as the logarithm of [`MAX_STATUS_MISSIONS`].
    fn push_statuses(
        &mut self,
        batch: &[Snapshot],
        id: &mut impl FnMut() -> TokenId,
        now: Timestamp,
        statuses: &mut Vec<Unsigned<Status>>,
    ) -> Result<(), ControllerError> {
        let names = batch
            .iter()
            .map(Snapshot::names)
            .fold(0, usize::saturating_add);
        if names <= MAX_STATUS_NAMES {
            let status = self.status_with(batch.to_vec(), id(), now)?;
            if status.sealed_length() <= MAX_STATUS_BYTES || batch.len() == 1 {
                statuses.push(status);
                return Ok(());
            }
        }
        let (first, second) = batch.split_at(batch.len() >> 1);
        self.push_statuses(first, id, now, statuses)?;
        self.push_statuses(second, id, now, statuses)
    }

    const fn check_clock(&self, now: Timestamp) -> Result<(), ControllerError> {
        if now.as_unix() < self.last.as_unix() {
            return Err(ControllerError::ClockSteppedBack {
                last: self.last,
                now,
            });
        }
        Ok(())
    }

    fn running(&mut self, mission: MissionId) -> Result<&mut RunningMission, ControllerError> {
        match self.missions.get_mut(&mission) {
            None => Err(ControllerError::UnknownMission),
            Some(MissionLifecycle::Ended(ending)) => {
                Err(ControllerError::Ended { ending: *ending })
            }
            Some(MissionLifecycle::Running(running)) => Ok(running),
        }
    }

    /// Changes the state of a running mission. The sequence rises with the change.
    ///
    /// # Errors
    /// [`ControllerError::AlreadySo`] if `change` returns `false`.
    fn apply(
        &mut self,
        mission: MissionId,
        now: Timestamp,
        change: impl FnOnce(&mut Snapshot) -> bool,
    ) -> Result<Snapshot, ControllerError> {
        self.check_clock(now)?;
        let leeway = self.leeway;
        let running = self.running(mission)?;
        running.forget_expired(now, leeway);
        let mut snapshot = running.snapshot.clone();
        if !change(&mut snapshot) {
            return Err(ControllerError::AlreadySo);
        }
        snapshot.sequence = snapshot.sequence.saturating_add(1);
        // If no status could hold the state, the next heartbeat would fail for every mission.
        snapshot.check()?;
        running.snapshot = snapshot.clone();
        self.last = now;
        Ok(snapshot)
    }

    fn change(
        &mut self,
        mission: MissionId,
        id: TokenId,
        now: Timestamp,
        change: impl FnOnce(&mut Snapshot) -> bool,
    ) -> Result<Unsigned<Status>, ControllerError> {
        let snapshot = self.apply(mission, now, change)?;
        self.status_with(vec![snapshot], id, now)
    }

    /// Makes a status of these missions.
    fn status_with(
        &mut self,
        missions: Vec<Snapshot>,
        id: TokenId,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        let status = Status {
            header: self.header(id, now),
            missions: Snapshots::new(missions)?,
        };
        self.last = now;
        Ok(self.unsigned(status))
    }

    const fn header(&self, id: TokenId, at: Timestamp) -> NoticeHeader {
        NoticeHeader {
            id,
            by: self.key,
            at,
        }
    }

    fn unsigned<C: crate::codec::Claims>(&self, claims: C) -> Unsigned<C> {
        Unsigned::new(claims, vec![self.key])
    }
}
