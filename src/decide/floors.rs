//! The verifier's floors: what it demands of every chain, whatever the links say.

use super::checks::Asked;
use crate::chain::Floors;
use crate::claims::{AttestedGrant, Life, RootAudience};
use crate::ground::{Seconds, Timestamp};
use crate::limits::LimitRule;
use crate::powers::Action;
use thiserror::Error;

/// Why a chain is below what the verifier demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BelowFloor {
    /// The call lives by no mission.
    #[error("the verifier demands a mission, and nothing in the chain lives by one for this call")]
    MissionRequired,
    /// No server is named.
    #[error("the verifier demands an audience, and the chain names none for this call")]
    AudienceRequired,
    /// The chain has more links than the verifier allows.
    #[error("the chain has {links} links, the verifier accepts {max}")]
    ChainTooLong {
        /// Links of the chain.
        links: usize,
        /// The most that are accepted.
        max: usize,
    },
    /// The root was issued too long ago for the call's effect.
    #[error("the root was issued at {issued_at}, at most {max_age} ago is accepted, now is {now}")]
    RootTooOld {
        /// When it was issued.
        issued_at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
    /// No person's grant stands behind the root, or one that is dated further ahead than clocks may
    /// differ.
    #[error("the verifier demands a recent grant, and the chain has none")]
    GrantRequired,
    /// The grant was given too long ago.
    #[error("the grant was given at {at}, at most {max_age} ago is accepted, now is {now}")]
    GrantTooOld {
        /// When it was given.
        at: Timestamp,
        /// How long ago that may be.
        max_age: Seconds,
        /// Now.
        now: Timestamp,
    },
}

/// Checks all floors but the age of statuses, which is checked with each mission; returns the first
/// second in which the root or its grant is too old.
pub(super) fn above_floors(asked: &Asked<'_>) -> Result<Option<Timestamp>, BelowFloor> {
    let (floors, action, now) = (asked.verifier.floors(), asked.action, asked.context.now());
    let chain = asked.chain.chain();
    let links = chain.len();
    match floors.max_links() {
        Some(max) if links > max => return Err(BelowFloor::ChainTooLong { links, max }),
        _ => {}
    }
    if floors.mission() && !lives_by_a_mission(asked) {
        return Err(BelowFloor::MissionRequired);
    }
    if floors.audience() && !names_a_server(asked) {
        return Err(BelowFloor::AudienceRequired);
    }
    let root = chain.root().claims();
    let root_age = root_fresh(floors, root.link.lifetime.issued_at(), action, now)?;
    let grant_age = grant_fresh(floors, root.grant.as_ref(), now, asked.verifier.leeway())?;
    Ok(root_age.into_iter().chain(grant_age).min())
}

fn lives_by_a_mission(asked: &Asked<'_>) -> bool {
    let root = matches!(asked.chain.chain().root().claims().life, Life::Mission(_));
    root || by_the_issuer(asked).any(|rule| matches!(rule, LimitRule::LivesBy(_)))
}

fn names_a_server(asked: &Asked<'_>) -> bool {
    let root = matches!(
        asked.chain.chain().root().claims().audience,
        RootAudience::Only(_)
    );
    root || by_the_issuer(asked).any(|rule| matches!(rule, LimitRule::Audience(_)))
}

/// Yields what the root's limits demand of the call. Only the issuer can meet a floor: a holder
/// could delegate to a key of its own, under a mission of its own.
fn by_the_issuer<'a>(asked: &'a Asked<'_>) -> impl Iterator<Item = &'a LimitRule> {
    asked
        .in_scope
        .rules(asked.chain)
        .filter(|(link, _)| *link == 0)
        .map(|(_, rule)| rule)
}

fn root_fresh(
    floors: &Floors,
    issued_at: Timestamp,
    action: &Action,
    now: Timestamp,
) -> Result<Option<Timestamp>, BelowFloor> {
    let Some(max_age) = floors.root_age().map(|ages| ages.of(action.effect)) else {
        return Ok(None);
    };
    // A root dated ahead within the leeway is as old as its receipt, which is now.
    let issued_at = issued_at.min(now);
    if now.since(issued_at) > max_age {
        return Err(BelowFloor::RootTooOld {
            issued_at,
            max_age,
            now,
        });
    }
    Ok(Some(too_old_at(issued_at, max_age)))
}

fn grant_fresh(
    floors: &Floors,
    grant: Option<&AttestedGrant>,
    now: Timestamp,
    leeway: Seconds,
) -> Result<Option<Timestamp>, BelowFloor> {
    let Some(max_age) = floors.grant_age() else {
        return Ok(None);
    };
    let at = grant
        .and_then(|grant| grant.at.received(now, leeway))
        .ok_or(BelowFloor::GrantRequired)?;
    if now.since(at) > max_age {
        return Err(BelowFloor::GrantTooOld { at, max_age, now });
    }
    Ok(Some(too_old_at(at, max_age)))
}

/// The first second in which something from `at` is older than `max_age`.
fn too_old_at(at: Timestamp, max_age: Seconds) -> Timestamp {
    at.plus(max_age).plus(Seconds::new(1))
}
