use super::course::{Course, Running};
use crate::claims::{
    End, Ending, Fired, Said, Snapshot, Snapshots, Status, StatusError, TaskEnd, TaskEnding, Wave, Withdrawal,
};
use crate::ground::bounds::{MAX_STATUS_MISSIONS, MAX_TOKEN_BYTES};
use crate::ground::{Label, MandateId, Mission, PublicKey, Seconds, Timestamp, TokenId};
use crate::powers::ToolPattern;
use crate::sign::Unsigned;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why an intent of a controller's host can't become news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ControllerError {
    /// No mission of this name was begun.
    #[error("no mission of this name was begun")]
    UnknownMission,
    /// A mission of this name was begun before, and names are not used again.
    #[error("a mission of this name was begun before")]
    AlreadyBegun,
    /// The mission has ended; nothing more can be said of it.
    #[error("the mission was {ending}")]
    Ended {
        /// How.
        ending: Ending,
    },
    /// It is so already.
    #[error("it is so already")]
    AlreadySo,
    /// The clock stepped back behind what was said before. Saying anything now could be taken for older news.
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
    /// The mission's state alone takes more than a token.
    #[error("the state of the mission takes more than {MAX_TOKEN_BYTES} bytes")]
    TooLarge,
}

/// The controller's side: turns intents into the next true thing to say, so that a host can't regress by accident.
///
/// A pure value. The host signs what comes out, **stores it, and only then sends it**; after a crash it makes the same
/// controller again with [`rebuild`](Self::rebuild). It must be one logical writer, must not sign ahead of time, and must
/// send a heartbeat more often than the shortest age that its missions' mandates accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    pub(super) key: PublicKey,
    /// How long an ended mandate may live at most, and is therefore named in statuses.
    pub(super) keep: Seconds,
    pub(super) missions: BTreeMap<Label, Course>,
    /// The latest time said.
    pub(super) last: Timestamp,
}

/// An id of the greatest length, which stands for those that heartbeats will have.
const LONGEST_ID: [u8; 16] = [0; 16];

impl Controller {
    /// A controller without missions. `keep` is the largest lifetime of the mandates it can end.
    #[must_use]
    pub const fn new(key: PublicKey, keep: Seconds) -> Self {
        Self { key, keep, missions: BTreeMap::new(), last: Timestamp::EPOCH }
    }

    /// The controller's key.
    #[must_use]
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// The mission of this name, as mandates live by it.
    #[must_use]
    pub const fn mission(&self, name: Label) -> Mission {
        Mission::new(self.key, name)
    }

    /// Begins a mission: active, in wave 0.
    ///
    /// # Errors
    /// [`ControllerError`]; names are never used again.
    pub fn begin(
        &mut self,
        mission: &Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.check_clock(now)?;
        if self.missions.contains_key(mission) {
            return Err(ControllerError::AlreadyBegun);
        }
        let snapshot = Snapshot::beginning(mission.clone(), now);
        let course = Course::Running(Running { snapshot: snapshot.clone(), ended_until: BTreeMap::new() });
        self.missions.insert(mission.clone(), course);
        self.say(vec![snapshot], id.into(), now)
    }

    /// Halts work for now.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn suspend(
        &mut self,
        mission: &Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission, id.into(), now, |snapshot| !std::mem::replace(&mut snapshot.suspended, true))
    }

    /// Lets work go on.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn resume(
        &mut self,
        mission: &Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission, id.into(), now, |snapshot| std::mem::replace(&mut snapshot.suspended, false))
    }

    /// Begins the next wave.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn advance_wave(
        &mut self,
        mission: &Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        self.change(mission, id.into(), now, |snapshot| {
            snapshot.wave = Wave { number: snapshot.wave.number.saturating_add(1), since: now };
            true
        })
    }

    /// Fires an event. The notice travels ahead; the next status says it too.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn fire(
        &mut self,
        mission: &Label,
        event: Label,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Fired>, ControllerError> {
        self.apply(mission, now, |running| running.snapshot.events.insert(event.clone()))?;
        Ok(self.unsigned(Fired { said: self.said(id.into(), now), mission: mission.clone(), event }))
    }

    /// Withdraws a tool or family mission-wide, for good. The notice travels ahead; the next status says it too.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn withdraw(
        &mut self,
        mission: &Label,
        tool: ToolPattern,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<Withdrawal>, ControllerError> {
        self.apply(mission, now, |running| running.snapshot.withdrawn.insert(tool.clone()))?;
        Ok(self.unsigned(Withdrawal { said: self.said(id.into(), now), mission: mission.clone(), tool }))
    }

    /// Ends a mandate of the mission, and all below it. The notice travels ahead; statuses name it until it has expired.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn end_task(
        &mut self,
        mission: &Label,
        mandate: MandateId,
        ending: TaskEnding,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<TaskEnd>, ControllerError> {
        let until = now.plus(self.keep);
        self.apply(mission, now, |running| {
            running.ended_until.insert(mandate, until);
            running.snapshot.ended.insert(mandate)
        })?;
        Ok(self.unsigned(TaskEnd { said: self.said(id.into(), now), mandate, mission: Some(mission.clone()), ending }))
    }

    /// Ends the mission, once and for all. It is in no status any more.
    ///
    /// # Errors
    /// [`ControllerError`].
    pub fn end(
        &mut self,
        mission: &Label,
        ending: Ending,
        id: impl Into<TokenId>,
        now: Timestamp,
    ) -> Result<Unsigned<End>, ControllerError> {
        self.check_clock(now)?;
        self.running(mission)?;
        self.missions.insert(mission.clone(), Course::Ended(ending));
        self.last = now;
        Ok(self.unsigned(End { said: self.said(id.into(), now), mission: self.mission(mission.clone()), ending }))
    }

    /// Says of every running mission that its state is still so, in as few statuses as they fit. `id` gives each a unique id.
    ///
    /// # Errors
    /// [`ControllerError::ClockSteppedBack`], or [`ControllerError::TooLarge`] for a mission that fits no token.
    pub fn heartbeat(
        &mut self,
        mut id: impl FnMut() -> TokenId,
        now: Timestamp,
    ) -> Result<Vec<Unsigned<Status>>, ControllerError> {
        self.check_clock(now)?;
        let mut snapshots = Vec::new();
        for course in self.missions.values_mut() {
            if let Course::Running(running) = course {
                running.forget_expired(now);
                snapshots.push(running.snapshot.clone());
            }
        }
        let mut statuses = Vec::new();
        for batch in snapshots.chunks(MAX_STATUS_MISSIONS) {
            self.say_in_parts(batch, &mut id, now, &mut statuses)?;
        }
        Ok(statuses)
    }

    /// A batch as one status if it fits a token, else as its halves.
    fn say_in_parts(
        &mut self,
        batch: &[Snapshot],
        id: &mut impl FnMut() -> TokenId,
        now: Timestamp,
        statuses: &mut Vec<Unsigned<Status>>,
    ) -> Result<(), ControllerError> {
        match self.say(batch.to_vec(), id(), now) {
            Ok(status) => {
                statuses.push(status);
                Ok(())
            }
            Err(ControllerError::TooLarge) if batch.len() > 1 => {
                let (first, second) = batch.split_at(batch.len() >> 1);
                self.say_in_parts(first, id, now, statuses)?;
                self.say_in_parts(second, id, now, statuses)
            }
            Err(error) => Err(error),
        }
    }

    const fn check_clock(&self, now: Timestamp) -> Result<(), ControllerError> {
        if now.as_unix() < self.last.as_unix() {
            return Err(ControllerError::ClockSteppedBack { last: self.last, now });
        }
        Ok(())
    }

    fn running(&mut self, mission: &Label) -> Result<&mut Running, ControllerError> {
        match self.missions.get_mut(mission) {
            None => Err(ControllerError::UnknownMission),
            Some(Course::Ended(ending)) => Err(ControllerError::Ended { ending: *ending }),
            Some(Course::Running(running)) => Ok(running),
        }
    }

    /// Changes a running mission's state, if `change` does; the sequence rises with it.
    fn apply(
        &mut self,
        mission: &Label,
        now: Timestamp,
        change: impl FnOnce(&mut Running) -> bool,
    ) -> Result<Snapshot, ControllerError> {
        self.check_clock(now)?;
        let mut changed = self.running(mission)?.clone();
        changed.forget_expired(now);
        if !change(&mut changed) {
            return Err(ControllerError::AlreadySo);
        }
        changed.snapshot.sequence = changed.snapshot.sequence.saturating_add(1);
        let snapshot = changed.snapshot.clone();
        // A state that no status could say would silence every mission at the next heartbeat.
        self.status(vec![snapshot.clone()], LONGEST_ID.into(), now).map(|_| ())?;
        *self.running(mission)? = changed;
        self.last = now;
        Ok(snapshot)
    }

    fn change(
        &mut self,
        mission: &Label,
        id: TokenId,
        now: Timestamp,
        change: impl FnOnce(&mut Snapshot) -> bool,
    ) -> Result<Unsigned<Status>, ControllerError> {
        let snapshot = self.apply(mission, now, |running| change(&mut running.snapshot))?;
        self.say(vec![snapshot], id, now)
    }

    fn say(
        &mut self,
        missions: Vec<Snapshot>,
        id: TokenId,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        let unsigned = self.status(missions, id, now)?;
        self.last = now;
        Ok(unsigned)
    }

    /// A status, if it is within bounds and fits a token.
    fn status(
        &self,
        missions: Vec<Snapshot>,
        id: TokenId,
        now: Timestamp,
    ) -> Result<Unsigned<Status>, ControllerError> {
        let unsigned = self.unsigned(Status { said: self.said(id, now), missions: Snapshots::new(missions)? });
        if unsigned.sealed_length() > MAX_TOKEN_BYTES {
            return Err(ControllerError::TooLarge);
        }
        Ok(unsigned)
    }

    const fn said(&self, id: TokenId, at: Timestamp) -> Said {
        Said { id, by: self.key, at }
    }

    fn unsigned<C: crate::codec::Claims>(&self, claims: C) -> Unsigned<C> {
        Unsigned::new(claims, vec![self.key])
    }
}
