//! The verifier's floors: what it demands of every chain, whatever the links state.

use super::checks::Evaluation;
use crate::chain::Floors;
use crate::claims::{AttestedGrant, RootAudience};
use crate::denial::FloorError;
use crate::limits::LimitRule;
use crate::powers::Action;
use crate::primitives::{Seconds, Timestamp};

/// Checks step 14: all floors except the age of statuses, which is checked with each mission.
/// Returns the first second in which the root or its grant is too old.
pub(super) fn above_floors(evaluation: &Evaluation<'_>) -> Result<Option<Timestamp>, FloorError> {
    let (floors, action, now) = (
        evaluation.settings.floors(),
        evaluation.action,
        evaluation.context.now(),
    );
    let chain = evaluation.chain.chain();
    let links = chain.len();
    match floors.max_links() {
        Some(max) if links > max => return Err(FloorError::ChainTooLong { links, max }),
        _ => {}
    }
    if floors.mission() && !lives_by_a_mission(evaluation) {
        return Err(FloorError::MissionRequired);
    }
    if floors.audience() && !names_a_server(evaluation) {
        return Err(FloorError::AudienceRequired);
    }
    let root = chain.root().claims();
    let root_age = root_fresh(floors, root.link.lifetime.issued_at(), action, now)?;
    let grant_age = grant_fresh(
        floors,
        root.grant.as_ref(),
        now,
        evaluation.settings.leeway(),
    )?;
    Ok(root_age.into_iter().chain(grant_age).min())
}

/// Returns whether the root lives by a mission for this call.
fn lives_by_a_mission(evaluation: &Evaluation<'_>) -> bool {
    let root = evaluation.chain.chain().root().claims().life.mission();
    root.is_some() || by_the_issuer(evaluation).any(|rule| rule.mission().is_some())
}

/// Returns whether the root names its servers for this call.
fn names_a_server(evaluation: &Evaluation<'_>) -> bool {
    let root = matches!(
        evaluation.chain.chain().root().claims().audience,
        RootAudience::Only(_)
    );
    root || by_the_issuer(evaluation).any(|rule| rule.audience().is_some())
}

/// Yields the rules of the root's limits in whose scope the call is. Only the issuer can satisfy a
/// floor: a holder could delegate to a key of its own, under a mission of its own.
fn by_the_issuer<'a>(evaluation: &'a Evaluation<'_>) -> impl Iterator<Item = &'a LimitRule> {
    evaluation
        .in_scope
        .rules(evaluation.chain)
        .filter(|(link, _)| *link == 0)
        .map(|(_, rule)| rule)
}

/// Checks the age of the root. Returns the first second in which it is too old.
fn root_fresh(
    floors: &Floors,
    issued_at: Timestamp,
    action: &Action,
    now: Timestamp,
) -> Result<Option<Timestamp>, FloorError> {
    let Some(max_age) = floors.root_age().map(|ages| ages.for_effect(action.effect)) else {
        return Ok(None);
    };
    // A root dated ahead within the leeway counts from now.
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

/// Checks the age of the root's grant. Returns the first second in which it is too old.
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
