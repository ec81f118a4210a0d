//! Should it still be running? Asked of every mission that a chain lives by and of every link, by decisions and by rebinding
//! alike.

use super::news::MissionNews;
use super::register::Register;
use super::watches::may_end;
use crate::chain::VerifiedChain;
use crate::claims::{Ending, TaskEnding, Wave};
use crate::ground::{Label, MandateId, Mission, PublicKey, Seconds, Timestamp};
use crate::limits::LivesBy;
use crate::powers::{ToolName, ToolPattern};
use std::borrow::Cow;
use thiserror::Error;

/// Why an execution should no longer run, or it is not known that it should.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotAlive {
    /// The mission has ended.
    #[error("mission {mission} was {ending}")]
    MissionEnded {
        /// The mission.
        mission: Label,
        /// How.
        ending: Ending,
    },
    /// Work on the mission is halted for now.
    #[error("mission {mission} is suspended")]
    MissionSuspended {
        /// The mission.
        mission: Label,
    },
    /// Nothing was heard of the mission.
    #[error("no status of mission {mission}")]
    StatusMissing {
        /// The mission.
        mission: Label,
    },
    /// What was heard of the mission is too old for this effect.
    #[error("the status of mission {mission} is as of {as_of}, at most {max_age} old is accepted, now is {now}")]
    StatusStale {
        /// The mission.
        mission: Label,
        /// As of when it was true.
        as_of: Timestamp,
        /// How old it may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// The controller said two different things under one sequence number.
    #[error("the controller of mission {mission} contradicts itself")]
    ControllerEquivocated {
        /// The mission.
        mission: Label,
    },
    /// The controller told more events or withdrawals than a mission may have.
    #[error("more was told of mission {mission} than may be kept")]
    TooMuchNews {
        /// The mission.
        mission: Label,
    },
    /// A tool is withdrawn mission-wide.
    #[error("{tool} is withdrawn from mission {mission}")]
    ToolWithdrawn {
        /// The mission.
        mission: Label,
        /// What is withdrawn.
        tool: ToolPattern,
    },
    /// The task of a link, or of a mandate it replaces, has ended.
    #[error("mandate {mandate} was {}", .ending.map_or("ended".to_owned(), |ending| ending.to_string()))]
    TaskEnded {
        /// The mandate that was ended.
        mandate: MandateId,
        /// How; a status does not say.
        ending: Option<TaskEnding>,
    },
    /// An event on which it ends has fired.
    #[error("event {event} has fired")]
    EventFired {
        /// The event.
        event: Label,
    },
}

/// What a decision may know: the host's register, and what was stapled to the presentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct News<'a> {
    register: &'a Register,
    stapled: Option<&'a Register>,
}

impl<'a> News<'a> {
    pub(crate) const fn new(register: &'a Register) -> Self {
        Self { register, stapled: None }
    }

    pub(crate) const fn with_stapled(self, stapled: &'a Register) -> Self {
        Self { stapled: Some(stapled), ..self }
    }

    fn is_empty(self) -> bool {
        self.registers().all(Register::is_empty)
    }

    fn registers(self) -> impl Iterator<Item = &'a Register> {
        std::iter::once(self.register).chain(self.stapled)
    }

    fn of(self, mission: &Mission) -> Option<Cow<'a, MissionNews>> {
        let mut news = self.registers().filter_map(|register| register.news(mission));
        let first = news.next()?;
        Some(match news.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                let mut joined = first.clone();
                joined.join(second);
                Cow::Owned(joined)
            }
        })
    }

    fn ending(self, mission: &Mission, signer: PublicKey) -> Option<Ending> {
        self.registers().filter_map(|register| register.ending(mission, signer)).max()
    }

    pub(super) fn wave(self, mission: &Mission) -> Option<Wave> {
        self.registers().filter_map(|register| register.wave(mission)).reduce(Wave::join)
    }

    fn ending_by_any<S: IntoIterator<Item = PublicKey>>(
        self,
        mandate: MandateId,
        signers: impl Fn() -> S,
    ) -> Option<TaskEnding> {
        self.registers().filter_map(|register| register.ending_by_any(mandate, signers())).max()
    }

    pub(super) fn task_ending(self, mandate: MandateId, signer: PublicKey) -> Option<TaskEnding> {
        self.registers().filter_map(|register| register.task_ending(mandate, signer)).max()
    }
}

/// Checks whether a mission keeps a call alive, by a status no older than `max_age`; returns the first second in which this news
/// no longer does.
pub(crate) fn mission_alive(
    lives_by: &LivesBy,
    tool: Option<&ToolName>,
    max_age: Seconds,
    news: News<'_>,
    now: Timestamp,
) -> Result<Timestamp, NotAlive> {
    let mission = lives_by.mission();
    let name = || mission.name.clone();
    let signers = lives_by.enders().chain([&mission.controller]);
    if let Some(ending) = signers.filter_map(|signer| news.ending(mission, *signer)).max() {
        return Err(NotAlive::MissionEnded { mission: name(), ending });
    }
    let Some(told) = news.of(mission) else { return Err(NotAlive::StatusMissing { mission: name() }) };
    if told.too_much.is_some() {
        return Err(NotAlive::TooMuchNews { mission: name() });
    }
    if let Some(withdrawn) = told.withdrawn().find(|withdrawn| tool.is_some_and(|tool| withdrawn.matches(tool))) {
        return Err(NotAlive::ToolWithdrawn { mission: name(), tool: withdrawn.clone() });
    }
    let Some(heard) = &told.heard else { return Err(NotAlive::StatusMissing { mission: name() }) };
    if heard.equivocated {
        return Err(NotAlive::ControllerEquivocated { mission: name() });
    }
    let as_of = heard.as_of;
    if now.since(as_of) > max_age {
        return Err(NotAlive::StatusStale { mission: name(), as_of, max_age, now });
    }
    if heard.snapshot.suspended {
        return Err(NotAlive::MissionSuspended { mission: name() });
    }
    Ok(as_of.plus(max_age).plus(Seconds::new(1)))
}

/// Whether nobody entitled has ended a link's task, or that of a mandate it replaces: by a notice, or by the status of a
/// mission that it lives by.
pub(crate) fn link_not_ended(chain: &VerifiedChain, link: usize, news: News<'_>) -> Result<(), NotAlive> {
    // Where nothing was heard there is nothing to look up.
    if news.is_empty() {
        return Ok(());
    }
    not_ended(chain.chain().mandates(link), || may_end(chain, link), chain.chain().missions(link), news)
}

/// Whether none of the mandates was ended: by a notice of those who may end them, or by the status of one of the missions.
pub(crate) fn not_ended<'a, S: IntoIterator<Item = PublicKey>>(
    mandates: impl Iterator<Item = MandateId> + Clone,
    may_end: impl Fn() -> S,
    missions: impl IntoIterator<Item = &'a Mission>,
    news: News<'_>,
) -> Result<(), NotAlive> {
    let told = mandates.clone().filter_map(|id| Some((news.ending_by_any(id, &may_end)?, id)));
    if let Some((ending, mandate)) = told.max() {
        return Err(NotAlive::TaskEnded { mandate, ending: Some(ending) });
    }
    for mission in missions {
        let Some(told) = news.of(mission) else { continue };
        let is_named = |id: &MandateId| told.heard.as_ref().is_some_and(|heard| heard.snapshot.ended.contains(id));
        if let Some(mandate) = mandates.clone().find(is_named) {
            return Err(NotAlive::TaskEnded { mandate, ending: None });
        }
    }
    Ok(())
}

/// Whether none of the missions has fired the event.
pub(crate) fn event_not_fired<'a>(
    missions: impl IntoIterator<Item = &'a Mission>,
    event: &Label,
    news: News<'_>,
) -> Result<(), NotAlive> {
    if missions.into_iter().any(|mission| news.of(mission).is_some_and(|told| told.has_fired(event))) {
        return Err(NotAlive::EventFired { event: event.clone() });
    }
    Ok(())
}
