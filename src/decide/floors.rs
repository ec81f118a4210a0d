//! The verifier's floors: what it demands of every chain, whatever the links say.

use super::checks::Evaluation;
use crate::chain::Floors;
use crate::claims::{AttestedGrant, RootAudience};
use crate::denial::FloorError;
use crate::limits::LimitRule;
use crate::powers::Action;
use crate::primitives::{Seconds, Timestamp};

/// Checks all floors but the age of statuses, which is checked with each mission; returns the first
/// second in which the root or its grant is too old.
pub(crate) fn above_floors(asked: &Evaluation<'_>) -> Result<Option<Timestamp>, FloorError> {
    let (floors, action, now) = (asked.settings.floors(), asked.action, asked.context.now());
    let chain = asked.chain.chain();
    let links = chain.len();
    match floors.max_links() {
        Some(max) if links > max => return Err(FloorError::ChainTooLong { links, max }),
        _ => {}
    }
    if floors.mission() && !lives_by_a_mission(asked) {
        return Err(FloorError::MissionRequired);
    }
    if floors.audience() && !names_a_server(asked) {
        return Err(FloorError::AudienceRequired);
    }
    let root = chain.root().claims();
    let root_age = root_fresh(floors, root.link.lifetime.issued_at(), action, now)?;
    let grant_age = grant_fresh(floors, root.grant.as_ref(), now, asked.settings.leeway())?;
    Ok(root_age.into_iter().chain(grant_age).min())
}

fn lives_by_a_mission(asked: &Evaluation<'_>) -> bool {
    let root = asked.chain.chain().root().claims().life.mission();
    root.is_some() || by_the_issuer(asked).any(|rule| rule.mission().is_some())
}

fn names_a_server(asked: &Evaluation<'_>) -> bool {
    let root = matches!(
        asked.chain.chain().root().claims().audience,
        RootAudience::Only(_)
    );
    root || by_the_issuer(asked).any(|rule| rule.audience().is_some())
}

/// Yields what the root's limits demand of the call. Only the issuer can meet a floor: a holder
/// could delegate to a key of its own, under a mission of its own.
fn by_the_issuer<'a>(asked: &'a Evaluation<'_>) -> impl Iterator<Item = &'a LimitRule> {
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
) -> Result<Option<Timestamp>, FloorError> {
    let Some(max_age) = floors.root_age().map(|ages| ages.for_effect(action.effect)) else {
        return Ok(None);
    };
    // A root dated ahead within the leeway is as old as its receipt, which is now.
    let issued_at = issued_at.min(now);
    if now.since(issued_at) > max_age {
        return Err(FloorError::RootTooOld {
            issued_at,
            max_age,
            now,
        });
    }
    Ok(Some(issued_at.too_old_at(max_age)))
}

fn grant_fresh(
    floors: &Floors,
    grant: Option<&AttestedGrant>,
    now: Timestamp,
    leeway: Seconds,
) -> Result<Option<Timestamp>, FloorError> {
    let Some(max_age) = floors.grant_age() else {
        return Ok(None);
    };
    let at = grant
        .and_then(|grant| grant.at.received(now, leeway))
        .ok_or(FloorError::GrantRequired)?;
    if now.since(at) > max_age {
        return Err(FloorError::GrantTooOld { at, max_age, now });
    }
    Ok(Some(at.too_old_at(max_age)))
}
