use super::lifecycle::{Listing, MissionLifecycle, RunningMission};
use crate::claims::{
    End, Ending, EventFired, MandateEnding, NoticeHeader, Snapshot, Snapshots, Status, StatusError,
    TaskEnd, TaskEnding, Wave, Withdrawal,
};
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

/// Why an intent of a controller's host can't become a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ControllerError {
    /// The mission was not begun.
    #[error("the mission was not begun")]
    UnknownMission,
    /// The mission was begun before. Another of the same name takes another nonce.
    #[error("the mission was begun before")]
    AlreadyBegun,
    /// The mission names another key as its controller.
    #[error("the mission names another controller")]
    OtherController,
    /// The mission has ended; nothing more can be said of it.
    #[error("the mission was {ending}")]
    Ended {
        /// How.
        ending: Ending,
    },
    /// It is so already.
    #[error("it is so already")]
    AlreadySo,
    /// The clock stepped back behind what was said before. Saying anything now could be taken for
    /// older news.
    #[error("the clock stepped back: {last} was said before, now is {now}")]
    ClockSteppedBack {
        /// The latest time said.
        last: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// The mission's state would be out of bounds.
    #[error(transparent)]
    State(#[from] StatusError),
}

/// The controller's side: turns intents into the next true thing to say, so that a host can't
/// regress by accident.
///
/// A pure value. The host signs what comes out, **stores it, and only then sends it**; after a
/// crash it makes the same controller again with [`rebuild`](Self::rebuild). It must be one logical
/// writer, must not sign ahead of time, and must send a heartbeat more often than the shortest age
/// that its missions' mandates accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    pub(crate) key: PublicKey,
    /// How far the clocks of verifiers may be behind ours.
    pub(crate) leeway: Seconds,
    pub(crate) missions: BTreeMap<MissionId, MissionLifecycle>,
    /// The latest time said.
    pub(crate) last: Timestamp,
}

/// The end of a mandate, and whether statuses repeat it.
#[derive(Clone, Debug)]
#[must_use = "the notice must be signed and sent, and a full list asks for the end of the parent"]
pub struct MandateEnd {
    /// The notice, which travels ahead of any status.
    pub notice: Unsigned<TaskEnd>,
    /// Whether the statuses of the mission repeat it.
    pub listing: Listing,
}

impl Controller {
    /// A controller without missions. `leeway` is how far the clocks of verifiers may be behind its
    /// own: for so long after a root has expired, statuses list what was ended under it.
    #[must_use]
    pub const fn new(key: PublicKey, leeway: Seconds) -> Self {
        Self {
            key,
            leeway,
            missions: BTreeMap::new(),
            last: Timestamp::EPOCH,
        }
    }

    /// The controller's key.
    #[must_use]
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// The mission that this controller calls `name`, told from others of that name by `nonce`: 16
    /// random bytes.
    #[must_use]
    pub fn mission(&self, name: Label, nonce: impl Into<MissionNonce>) -> Mission {
        Mission::new(self.key, name, nonce)
    }

    /// Begins a mission: active, in wave 0.
    ///
    /// # Errors
    /// [`ControllerError`]: another key controls the mission, or it was begun before.
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
        self.say(vec![snapshot], id.into(), now)
    }

    /// Halts work for now.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Lets work go on.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Begins the next wave.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Fires an event. The notice travels ahead; the next status says it too.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Withdraws a tool or family mission-wide, for good. The notice travels ahead; the next status
    /// says it too.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Ends the task of a mandate of the mission: the mandate, all below it, and what replaces it.
    ///
    /// The notice travels ahead. Statuses list the mandate until its root has expired, which is at
    /// `root_expires`; for a barrier under another root, state the later of both. A list that is
    /// full says so: the notice then stands alone, and the mandate above should be ended too.
    ///
    /// # Errors
    /// [`ControllerError`]; [`AlreadySo`](ControllerError::AlreadySo) where this ending, or a later
    /// one in their order, and this expiry were stated.
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

    /// Revokes the key of a mandate's holder: ends the mandate and all below it, but not what
    /// replaces it. Then the mandate can be re-bound to a fresh key.
    ///
    /// Notice, statuses and errors are as with [`end_task`](Self::end_task).
    ///
    /// # Errors
    /// [`ControllerError`].
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
        // What no status repeats, no controller that is made again shall list: there is no room for
        // it.
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

    /// Ends the mission, once and for all. It is in no status any more. An end that an ender signed
    /// is to be delivered to the controller's host, which calls this.
    ///
    /// # Errors
    /// [`ControllerError`].
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

    /// Returns the present status of one running mission, for agents to staple to their proofs: who
    /// gets it learns of no other mission.
    ///
    /// # Errors
    /// [`ControllerError`].
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
        self.say(vec![snapshot], id.into(), now)
    }

    /// Returns the present statuses of all running missions, as few as hold them, for verifiers.
    /// `id` gives each a unique id.
    ///
    /// # Errors
    /// [`ControllerError::ClockSteppedBack`].
    pub fn heartbeat(
        &mut self,
        mut id: impl FnMut() -> TokenId,
        now: Timestamp,
    ) -> Result<Vec<Unsigned<Status>>, ControllerError> {
        self.check_clock(now)?;
        let leeway = self.leeway;
        let mut snapshots = Vec::new();
        for course in self.missions.values_mut() {
            if let MissionLifecycle::Running(running) = course {
                running.forget_expired(now, leeway);
                snapshots.push(running.snapshot.clone());
            }
        }
        let mut statuses = Vec::new();
        for batch in snapshots.chunks(MAX_STATUS_MISSIONS) {
            self.say_in_parts(batch, &mut id, now, &mut statuses)?;
        }
        Ok(statuses)
    }

    /// States a batch in one status if it fits, else in its halves. One mission always fits.
    fn say_in_parts(
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
            let status = self.say(batch.to_vec(), id(), now)?;
            if status.sealed_length() <= MAX_STATUS_BYTES || batch.len() == 1 {
                statuses.push(status);
                return Ok(());
            }
        }
        let (first, second) = batch.split_at(batch.len() >> 1);
        self.say_in_parts(first, id, now, statuses)?;
        self.say_in_parts(second, id, now, statuses)
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

    /// Changes what a running mission's statuses state, if `change` does; the sequence rises with
    /// it.
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
        // A state that no status could hold would silence every mission at the next heartbeat.
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
        self.say(vec![snapshot], id, now)
    }

    fn say(
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
