//! Liveness: whether an execution should still be running. Decisions and re-binding check every
//! mission that a chain lives by, and every link.

use super::mission_state::{Latest, MissionState};
use super::readiness::{NotReadyError, barrier_open};
use super::register::Register;
use super::retention::Retention;
use super::signers::{KnownLineage, Lineage};
use super::steps;
use super::task_ends::MandateStatements;
use crate::chain::{IssuerKeys, Mandates, VerifiedChain, Whose};
use crate::claims::{Ending, TaskEnding, Wave};
use crate::limits::{Barrier, LivesBy};
use crate::powers::{ToolName, ToolPattern};
use crate::primitives::{
    Label, MandateId, MissionId, OutOfWork, PublicKey, Seconds, Timestamp, Work, tally,
};
use thiserror::Error;

/// Reason why an execution should not run, or is not known to be alive.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LivenessError {
    /// The mission has ended.
    #[error("mission {mission} was {ending}")]
    MissionEnded {
        /// The mission.
        mission: Label,
        /// The ending.
        ending: Ending,
    },
    /// Work on the mission is suspended.
    #[error("mission {mission} is suspended")]
    MissionSuspended {
        /// The mission.
        mission: Label,
    },
    /// No status of the mission was received, or only one that is dated ahead by more than the
    /// leeway.
    #[error("no status of mission {mission}")]
    StatusMissing {
        /// The mission.
        mission: Label,
    },
    /// The status of the mission is too old for the effect of the call.
    #[error(
        "the status of mission {mission} is as of {as_of}, at most {max_age} old is accepted, now is {now}"
    )]
    StatusStale {
        /// The mission.
        mission: Label,
        /// The time as of which it was true.
        as_of: Timestamp,
        /// The greatest age that is accepted.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// The controller stated two different states under one sequence number.
    #[error("the controller of mission {mission} contradicts itself")]
    ControllerEquivocated {
        /// The mission.
        mission: Label,
    },
    /// The controller stated more events, withdrawals or listed mandates than are kept of one
    /// mission.
    #[error(
        "the controller of mission {mission} stated more events, withdrawals or listed mandates than are kept"
    )]
    TooMuchNews {
        /// The mission.
        mission: Label,
    },
    /// A tool is withdrawn mission-wide.
    #[error("{tool} is withdrawn from mission {mission}")]
    ToolWithdrawn {
        /// The mission.
        mission: Label,
        /// The withdrawn tool or family of tools.
        tool: ToolPattern,
    },
    /// The task of a link, or of a mandate that it replaces, has ended.
    #[error("mandate {mandate} was {}", .ending.map_or("ended".to_owned(), |ending| ending.to_string()))]
    TaskEnded {
        /// The mandate that was ended.
        mandate: MandateId,
        /// The ending, or `None` if only a status lists the mandate, because it does not state how.
        ending: Option<TaskEnding>,
    },
    /// The key of a link's holder was revoked. The mandate can be re-bound to another key.
    #[error("the key that holds mandate {mandate} was revoked")]
    KeyRevoked {
        /// The mandate.
        mandate: MandateId,
    },
    /// An event on which the execution ends has fired.
    #[error("event {event} has fired")]
    EventFired {
        /// The event.
        event: Label,
    },
    /// The chain needs more look-ups than are granted. That depends on the chain alone.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// The state that a decision may use: the host's register, and the notices stapled to the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct News<'a> {
    register: &'a Register,
    stapled: Option<&'a Register>,
}

impl<'a> News<'a> {
    pub(crate) const fn new(register: &'a Register) -> Self {
        Self {
            register,
            stapled: None,
        }
    }

    pub(crate) const fn with_stapled(self, stapled: &'a Register) -> Self {
        Self {
            stapled: Some(stapled),
            ..self
        }
    }

    pub(crate) const fn register(self) -> &'a Register {
        self.register
    }

    fn is_empty(self) -> bool {
        self.registers().all(Register::is_empty)
    }

    fn registers(self) -> impl Iterator<Item = &'a Register> {
        std::iter::once(self.register).chain(self.stapled)
    }

    /// Looks up a mission.
    pub(crate) fn mission(
        self,
        mission: &MissionId,
        work: &mut Work,
    ) -> Result<Known<'a>, OutOfWork> {
        steps::find_mission(work)?;
        let stapled = self.stapled.and_then(|stapled| stapled.state(mission));
        Ok(Known {
            states: [self.register.state(mission), stapled],
            retention: self.register.retention(),
        })
    }

    /// Returns the statements on the end of a mandate, of the register and of the stapled notices.
    /// Empty ones are left out.
    pub(super) fn statements(
        self,
        mandate: &MandateId,
    ) -> impl Iterator<Item = MandateStatements<'a>> + use<'a> {
        let sides = [
            Some(self.register.task(mandate)),
            self.stapled.map(|stapled| stapled.task(mandate)),
        ];
        sides
            .into_iter()
            .flatten()
            .filter(|statements| !statements.is_empty())
    }
}

/// The state of one mission by the register and by the stapled notices. They are read side by side,
/// and neither is copied or joined.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    states: [Option<&'a MissionState>; 2],
    retention: &'a Retention,
}

impl<'a> Known<'a> {
    fn states(self) -> impl Iterator<Item = &'a MissionState> {
        self.states.into_iter().flatten()
    }

    /// Returns the present part of the state.
    fn latest(self) -> Option<Latest> {
        self.states()
            .filter_map(|state| state.latest)
            .reduce(Latest::join)
    }

    pub(super) fn wave(self) -> Option<Wave> {
        self.states()
            .filter_map(|state| state.wave)
            .reduce(Wave::join)
    }

    /// Returns the ending that `signer` stated.
    fn ending(self, signer: &PublicKey) -> Option<Ending> {
        let found = |state: &'a MissionState| {
            tally::searched(state.ends.len(), 32);
            state.ends.get(signer)
        };
        self.states()
            .filter_map(found)
            .map(|ended| ended.ending)
            .max()
    }

    /// Returns whether a status lists the mandate as ended.
    pub(super) fn lists_ended(self, mandate: MandateId) -> bool {
        self.states().any(|state| state.lists_ended(mandate))
    }

    /// Returns whether a status lists the mandate because the key of its holder is revoked.
    pub(super) fn lists_key_revoked(self, mandate: MandateId) -> bool {
        self.states().any(|state| state.lists_key_revoked(mandate))
    }

    pub(super) fn overflows(self) -> bool {
        self.states().any(MissionState::overflows)
    }

    /// Returns a time of the mission by our clock, or `None` if it is ahead by more than the
    /// leeway. The register may have been filled by a clock that is ahead of ours.
    pub(super) fn by_our_clock(self, time: Timestamp, now: Timestamp) -> Option<Timestamp> {
        time.received(now, self.retention.leeway())
    }
}

/// The state of all missions that a chain depends on. Each is looked up once for a whole decision.
pub(crate) struct Standing<'a> {
    chain: &'a VerifiedChain,
    news: News<'a>,
    /// The missions that the links live by, each with the link, root first.
    missions: Vec<(usize, &'a LivesBy, Known<'a>)>,
}

impl<'a> Standing<'a> {
    pub(crate) fn new(
        chain: &'a VerifiedChain,
        news: News<'a>,
        work: &mut Work,
    ) -> Result<Self, OutOfWork> {
        let known = |(link, lives_by, mission): (usize, &'a LivesBy, MissionId)| {
            news.mission(&mission, work)
                .map(|known| (link, lives_by, known))
        };
        Ok(Self {
            chain,
            news,
            missions: chain.lives_by().map(known).collect::<Result<_, _>>()?,
        })
    }

    /// Returns the missions that the links down to this one live by.
    fn missions(&self, link: usize) -> impl Iterator<Item = (&'a LivesBy, Known<'a>)> + Clone {
        let down_to = self.missions.iter().filter(move |(at, ..)| *at <= link);
        down_to.map(|(_, lives_by, known)| (*lives_by, *known))
    }

    /// Returns a link with the links above it, or `None` beyond the leaf.
    fn at(&self, link: usize) -> Option<LinkStanding<'_, 'a>> {
        let mandates = self.chain.chain().mandates(link)?;
        Some(LinkStanding {
            standing: self,
            link,
            mandates,
        })
    }

    /// Checks that no key that may do so has ended the task of a link or of a mandate that it
    /// replaces, or revoked its holder's key. It checks notices, and the statuses of the missions
    /// that the link lives by.
    pub(crate) fn link_not_ended(&self, link: usize, work: &mut Work) -> Result<(), LivenessError> {
        // Callers pass links of this chain, so there is a link. If not, the answer denies.
        not_ended(&self.at(link).ok_or(OutOfWork)?, self.news, work)
    }

    /// Checks that no key that may do so has ended the task of a link, before the link is re-bound
    /// to another key. If its holder's key is revoked, the link can be re-bound, and the statements
    /// of that key on the link do not count.
    pub(super) fn task_not_ended(&self, link: usize, work: &mut Work) -> Result<(), LivenessError> {
        // Callers pass links of this chain, so there is a link. If not, the answer denies.
        let at = self.at(link).ok_or(OutOfWork)?;
        let revoked = match key_not_revoked(&at, self.news, work) {
            Ok(()) => None,
            Err(LivenessError::KeyRevoked { .. }) => at.holders().last(),
            Err(other) => return Err(other),
        };
        let may_end = |whose| {
            at.may_end(whose)
                .filter(|key| revoked.as_ref() != Some(key))
        };
        task_not_ended(&at, may_end, self.news, work)
    }

    /// Checks that no mission of the chain has fired the event.
    pub(crate) fn event_not_fired(
        &self,
        event: &Label,
        work: &mut Work,
    ) -> Result<(), LivenessError> {
        event_not_fired(
            self.missions(usize::MAX).map(|(_, known)| known),
            event,
            work,
        )
    }

    /// Checks that a link's barrier is open.
    pub(crate) fn barrier_open(
        &self,
        link: usize,
        barrier: &Barrier,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<(), NotReadyError> {
        // Callers pass links of this chain, so there is a link. If not, the answer denies.
        let at = self.at(link).ok_or(OutOfWork)?;
        barrier_open(barrier, &at, self.news, now, work)
    }
}

/// A link of a verified chain, with the missions that it lives by.
struct LinkStanding<'s, 'a> {
    standing: &'s Standing<'a>,
    link: usize,
    mandates: Mandates<'a>,
}

impl Lineage for LinkStanding<'_, '_> {
    fn issuer(&self) -> IssuerKeys<'_> {
        self.standing.chain.issuer_keys()
    }

    fn holders(&self) -> impl Iterator<Item = PublicKey> {
        self.standing.chain.chain().holders_down_to(self.link)
    }

    fn controllers(&self) -> impl Iterator<Item = PublicKey> {
        let missions = self.standing.missions(self.link);
        missions.map(|(lives_by, _)| lives_by.mission().controller)
    }
}

impl KnownLineage for LinkStanding<'_, '_> {
    fn mandates(&self) -> Mandates<'_> {
        self.mandates
    }

    fn missions(&self) -> impl Iterator<Item = (&LivesBy, Known<'_>)> {
        self.standing.missions(self.link)
    }
}

/// Checks that a mission keeps a call alive, by a status no older than `max_age`. Returns the first
/// second in which the status is older.
pub(crate) fn mission_alive(
    (lives_by, mission): (&LivesBy, MissionId),
    tool: Option<&ToolName>,
    max_age: Seconds,
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<Timestamp, LivenessError> {
    let name = || lives_by.mission().name.clone();
    let known = news.mission(&mission, work)?;
    steps::find_ends(lives_by.enders().len().saturating_add(1), work)?;
    steps::compare_withdrawn(tool, work)?;

    // The end comes first, because it is permanent: no other reason may hide it.
    let signers = lives_by.enders().chain([&lives_by.mission().controller]);
    if let Some(ending) = signers.filter_map(|signer| known.ending(signer)).max() {
        return Err(LivenessError::MissionEnded {
            mission: name(),
            ending,
        });
    }
    if known.overflows() {
        return Err(LivenessError::TooMuchNews { mission: name() });
    }
    let is_withdrawn = |pattern: &&ToolPattern| tool.is_some_and(|tool| pattern.matches(tool));
    if let Some(withdrawn) = known
        .states()
        .flat_map(MissionState::withdrawn)
        .find(is_withdrawn)
    {
        return Err(LivenessError::ToolWithdrawn {
            mission: name(),
            tool: withdrawn.clone(),
        });
    }
    let Some(latest) = known.latest() else {
        return Err(LivenessError::StatusMissing { mission: name() });
    };
    if latest.equivocated {
        return Err(LivenessError::ControllerEquivocated { mission: name() });
    }
    let Some(as_of) = known.by_our_clock(latest.freshness.as_of, now) else {
        return Err(LivenessError::StatusMissing { mission: name() });
    };
    // The register may have forgotten the successor of an older state.
    let max_age = max_age.min(known.retention.max_status_age());
    if now.since(as_of) > max_age || as_of < known.retention.not_before() {
        return Err(LivenessError::StatusStale {
            mission: name(),
            as_of,
            max_age,
            now,
        });
    }
    if latest.suspended {
        return Err(LivenessError::MissionSuspended { mission: name() });
    }
    Ok(as_of.too_old_at(max_age))
}

/// Checks that none of a link's mandates was ended, and that the key of its holder was not revoked.
pub(crate) fn not_ended(
    at: &impl KnownLineage,
    news: News<'_>,
    work: &mut Work,
) -> Result<(), LivenessError> {
    task_not_ended(at, |whose| at.may_end(whose), news, work)?;
    key_not_revoked(at, news, work)
}

/// Checks that the task of none of a link's mandates was ended: by a notice of the keys that
/// `may_end` it, or by a status of one of the missions.
fn task_not_ended<S: Iterator<Item = PublicKey>>(
    at: &impl KnownLineage,
    may_end: impl Fn(Whose) -> S,
    news: News<'_>,
    work: &mut Work,
) -> Result<(), LivenessError> {
    let mandates = at.mandates();
    steps::find_mandates(1, may_end(Whose::Own).count(), work)?;
    if mandates.len() > 1 {
        let replaced = mandates.len().saturating_sub(1);
        steps::find_mandates(replaced, may_end(Whose::Replaced).count(), work)?;
    }
    steps::find_listed(mandates.len().saturating_mul(at.missions().count()), work)?;
    // This comes after the steps are counted, so that their number is the same whatever is known.
    if news.is_empty() {
        return Ok(());
    }
    let ending = |(mandate, whose)| {
        let statements = news.statements(&mandate);
        let endings = statements.flat_map(|statements| {
            may_end(whose).filter_map(move |signer| statements.by(&signer).ending)
        });
        endings.max().map(|ending| (ending, mandate))
    };
    if let Some((ending, mandate)) = mandates.iter().filter_map(ending).max() {
        return Err(LivenessError::TaskEnded {
            mandate,
            ending: Some(ending),
        });
    }
    for (lives_by, known) in at.missions() {
        if known.overflows() {
            return Err(LivenessError::TooMuchNews {
                mission: lives_by.mission().name.clone(),
            });
        }
        if let Some((mandate, _)) = mandates
            .iter()
            .find(|(mandate, _)| known.lists_ended(*mandate))
        {
            return Err(LivenessError::TaskEnded {
                mandate,
                ending: None,
            });
        }
    }
    Ok(())
}

/// Checks that the key that holds a link's own mandate was not revoked. The keys of the mandates
/// that it replaces may be revoked, which is why these were replaced.
fn key_not_revoked(
    at: &impl KnownLineage,
    news: News<'_>,
    work: &mut Work,
) -> Result<(), LivenessError> {
    let mandate = at.mandates().own;
    steps::find_mandates(1, at.may_end(Whose::Own).count(), work)?;
    steps::find_listed(at.missions().count(), work)?;
    if news.is_empty() {
        return Ok(());
    }
    let is_stated = |statements: MandateStatements<'_>| {
        at.may_end(Whose::Own)
            .any(|signer| statements.by(&signer).is_key_revoked)
    };
    let is_revoked = news.statements(&mandate).any(is_stated)
        || at
            .missions()
            .any(|(_, known)| known.overflows() || known.lists_key_revoked(mandate));
    if is_revoked {
        Err(LivenessError::KeyRevoked { mandate })
    } else {
        Ok(())
    }
}

/// Checks that none of the missions has fired the event. In a mission that stated more than is
/// kept, every event counts as fired.
pub(crate) fn event_not_fired<'a>(
    missions: impl Iterator<Item = Known<'a>>,
    event: &Label,
    work: &mut Work,
) -> Result<(), LivenessError> {
    for known in missions {
        steps::find_event(event, work)?;
        if known
            .states()
            .any(|state| state.overflows() || state.has_fired(event))
        {
            return Err(LivenessError::EventFired {
                event: event.clone(),
            });
        }
    }
    Ok(())
}
