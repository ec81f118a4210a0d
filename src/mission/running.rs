//! The check that an execution may still run, before it gets a further mandate or a new key.

use super::liveness::{LivenessError, News, Standing, mission_alive};
use super::register::Register;
use crate::chain::VerifiedChain;
use crate::claims::Link;
use crate::limits::Scope;
use crate::powers::Effect;
use crate::primitives::bounds::MISSION_STEPS;
use crate::primitives::{Label, Timestamp, Work};

/// Why an execution gets no further mandate.
pub(crate) enum NotRunningError {
    /// Its mission or task has ended, is suspended, or is not known to go on.
    NotAlive(LivenessError),
    /// A link has expired.
    Expired {
        /// When.
        expires: Timestamp,
    },
}

impl From<LivenessError> for NotRunningError {
    fn from(not_alive: LivenessError) -> Self {
        Self::NotAlive(not_alive)
    }
}

/// Checks that an execution may still run, as for an irreversible call, before it gets a
/// further mandate in answer to a request. No link has expired, nobody has ended the task of
/// one or revoked the key that holds it, its missions are active and fresh, and no event has
/// fired that ends all of a link.
pub(crate) fn still_running(
    chain: &VerifiedChain,
    register: &Register,
    now: Timestamp,
) -> Result<(), NotRunningError> {
    running_down_to(chain, chain.chain().len(), register, now)
}

/// Checks the same, but that the key of the last link may have been revoked: only its task must
/// not have ended.
pub(super) fn task_still_running(
    chain: &VerifiedChain,
    register: &Register,
    now: Timestamp,
) -> Result<(), NotRunningError> {
    running_down_to(chain, chain.chain().len().saturating_sub(1), register, now)
}

/// Checks all links; of those from `rebound` on, that their tasks have not ended.
fn running_down_to(
    chain: &VerifiedChain,
    rebound: usize,
    register: &Register,
    now: Timestamp,
) -> Result<(), NotRunningError> {
    let news = News::new(register);
    let mut work = Work::new(MISSION_STEPS);
    let standing = Standing::new(chain, news, &mut work).map_err(LivenessError::from)?;
    for (_, lives_by, mission) in chain.lives_by() {
        let max_age = lives_by.max_age().for_effect(Effect::Irreversible);
        mission_alive((lives_by, mission), None, max_age, news, now, &mut work)?;
    }
    for (link, claims) in chain.chain().links().enumerate() {
        if link < rebound {
            standing.link_not_ended(link, &mut work)?;
        } else {
            standing.task_not_ended(link, &mut work)?;
        }
        if claims.lifetime.is_over(now) {
            let expires = claims.lifetime.expires();
            return Err(NotRunningError::Expired { expires });
        }
        for event in ending_events(claims) {
            standing.event_not_fired(event, &mut work)?;
        }
    }
    Ok(())
}

/// The events that end all of a link, not only the calls of some tools.
fn ending_events(link: &Link) -> impl Iterator<Item = &Label> {
    let of_all = link
        .limits
        .iter()
        .filter(|limit| *limit.scope() == Scope::All);
    of_all.filter_map(|limit| limit.rule().event())
}
