//! The numbered rules, one function each. `issue`, `delegate` and `verify` call these and have none
//! of their own.

use super::anchor::{Anchor, AnchorKey, AnchorKeyState, Ceiling};
use super::error::{ChainError, ChainErrorKind};
use super::settings::{AcceptedGrants, ISSUE_LEEWAY};
use crate::claims::{AttestedGrant, Child, Life, Link, Root};
use crate::limits::{Limit, LimitRule, Limits, LivesBy, Reporters, Scope};
use crate::powers::{Capability, CoverageError, CoverageGap, Powers};
use crate::primitives::bounds::{
    MAX_CHAIN_BYTES, MAX_CHAIN_LINKS, MAX_CHAIN_METERS, MAX_CHAIN_MISSIONS, MAX_ISSUER_KEYS,
    MAX_TOKEN_BYTES, MAX_WATCHED_PAIRS, VERIFY_STEPS,
};
use crate::primitives::{
    Issuer, Label, MandateId, NameError, PublicKey, TaskPath, Timestamp, Work,
};

/// Rule 1: a chain has at most so many links.
pub(super) const fn at_most_16_links(links: usize) -> Result<(), ChainErrorKind> {
    if links > MAX_CHAIN_LINKS {
        Err(ChainErrorKind::TooManyLinks)
    } else {
        Ok(())
    }
}

/// Rule 2: a token is within its size.
pub(super) const fn token_within_size(found: usize) -> Result<(), ChainErrorKind> {
    if found > MAX_TOKEN_BYTES {
        Err(ChainErrorKind::TokenTooLarge { found })
    } else {
        Ok(())
    }
}

/// Rule 2: a link has so many limits at most, those it carries for others included.
pub(super) fn limits_within_bound(
    carried: &Limits,
    own: &Limits,
) -> Result<Limits, ChainErrorKind> {
    let found = carried.iter().len().saturating_add(own.iter().len());
    Limits::new(carried.iter().chain(own.iter()).cloned())
        .map_err(|_| ChainErrorKind::TooManyLimits { found })
}

/// Rule 2: a chain is within its size.
pub(super) const fn chain_within_size(found: usize) -> Result<(), ChainErrorKind> {
    if found > MAX_CHAIN_BYTES {
        Err(ChainErrorKind::ChainTooLarge { found })
    } else {
        Ok(())
    }
}

/// Rule 3: a child names its parent by the digest of its exact bytes.
pub(super) fn names_parent(child: &Child, above: MandateId) -> Result<(), ChainErrorKind> {
    if child.parent == above {
        Ok(())
    } else {
        Err(ChainErrorKind::ParentMismatch {
            named: child.parent,
            above,
        })
    }
}

/// Rules 4 to 6: a child's times and hops lie within its parent's.
pub(super) fn within_terms(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    issued_after_parent(child, parent)?;
    expires_with_parent(child, parent)?;
    fewer_hops(child, parent)
}

/// Rule 4: a child is issued no earlier than its parent.
fn issued_after_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (issued_at, parent) = (child.lifetime.issued_at(), parent.lifetime.issued_at());
    if issued_at < parent {
        Err(ChainErrorKind::IssuedBeforeParent { issued_at, parent })
    } else {
        Ok(())
    }
}

/// Rule 5: a child expires no later than its parent.
fn expires_with_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (expires, parent) = (child.lifetime.expires(), parent.lifetime.expires());
    if expires > parent {
        Err(ChainErrorKind::OutlivesParent { expires, parent })
    } else {
        Ok(())
    }
}

/// Rule 6: fewer delegations may follow a child than its parent.
const fn fewer_hops(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    if child.hops < parent.hops {
        Ok(())
    } else {
        Err(ChainErrorKind::TooManyHops {
            hops: child.hops,
            parent: parent.hops,
        })
    }
}

/// Rule 7: the task extends the parent's, within bounds. That it can only extend it is in the
/// format.
pub(super) fn task_of(parent: &TaskPath, child: &Child) -> Result<TaskPath, ChainErrorKind> {
    let joined: Result<TaskPath, NameError> = match &child.step {
        Some(step) => parent.join(step),
        None => Ok(parent.clone()),
    };
    joined.map_err(ChainErrorKind::Task)
}

/// Rule 8: the root's issuer has an anchor; returns what `find` knows by its name. Whose roots a
/// verifier trusts is public.
pub(crate) fn issuer_anchored<A>(
    root: &Root,
    find: impl FnOnce(&Issuer) -> Option<A>,
) -> Result<A, ChainErrorKind> {
    find(&root.issuer).ok_or_else(|| ChainErrorKind::UnknownIssuer {
        issuer: root.issuer.clone(),
    })
}

/// Rule 9: a root lives no longer than its anchor allows.
fn lives_within_cap(root: &Root, anchor: &Anchor) -> Result<(), ChainErrorKind> {
    let (lives, cap) = (root.link.lifetime.length(), anchor.max_lifetime());
    if lives > cap {
        Err(ChainErrorKind::LivesTooLong { lives, cap })
    } else {
        Ok(())
    }
}

/// Rule 10: a human stands behind a root in a way that is accepted.
pub(crate) fn grant_accepted(
    grant: Option<&AttestedGrant>,
    accepted: &AcceptedGrants,
) -> Result<(), ChainErrorKind> {
    match grant {
        Some(grant) if accepted.accepts(grant.kind) => Ok(()),
        Some(grant) => Err(ChainErrorKind::GrantNotAccepted { kind: grant.kind }),
        None if accepted.accepts_none() => Ok(()),
        None => Err(ChainErrorKind::NoAttestedGrant),
    }
}

/// Rule 11, for roots: the key that the root names is its anchor's. It is the only one that its
/// signature is checked with.
pub(super) fn signer_known(root: &Root, anchor: &Anchor) -> Result<AnchorKey, ChainErrorKind> {
    anchor
        .key(root.signed_by)
        .ok_or(ChainErrorKind::SignerUnknown {
            key: root.signed_by,
        })
}

/// Rule 11, for roots: the key counts for a root that was issued then.
fn signer_counts(signer: AnchorKey, root: &Root) -> Result<(), ChainErrorKind> {
    let issued_at = root.link.lifetime.issued_at();
    match signer.state() {
        state if state.counts_for(issued_at) => Ok(()),
        AnchorKeyState::Retired {
            roots_issued_before: before,
        } => Err(ChainErrorKind::RetiredKey { before, issued_at }),
        AnchorKeyState::InService | AnchorKeyState::Revoked => {
            Err(ChainErrorKind::RevokedKey { key: signer.key() })
        }
    }
}

/// Rules 9 to 12 and 19: the anchor's terms for a root that `signer`, one of its keys, signs. Which
/// grants count is each verifier's to say, so issuing asks of none.
pub(super) fn anchor_terms(
    root: &Root,
    anchor: &Anchor,
    signer: AnchorKey,
    grants: Option<&AcceptedGrants>,
    covers: &Covers,
) -> Result<(), ChainErrorKind> {
    signer_counts(signer, root)?;
    lives_within_cap(root, anchor)?;
    if let Some(grants) = grants {
        grant_accepted(root.grant.as_ref(), grants)?;
    }
    own_aliases(root, anchor)?;
    // The ceiling has a budget of its own, so that its size has no part in what is left for the
    // links.
    within_ceiling(root, anchor, covers, &mut Work::new(VERIFY_STEPS))
}

/// How rules 12 and 13 compare powers: [`Powers::covers_within`] everywhere but in the test of the
/// second lock.
pub(super) type Covers = dyn Fn(
        &Powers,
        &Powers,
        fn(&Capability, &Capability) -> bool,
        &mut Work,
    ) -> Result<(), CoverageError>
    + Send
    + Sync;

/// Rule 12: a root's powers are covered by the ceiling, what is delegable in them by what is
/// delegable in it.
fn within_ceiling(
    root: &Root,
    anchor: &Anchor,
    covers: &Covers,
    work: &mut Work,
) -> Result<(), ChainErrorKind> {
    match anchor.ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => covers(ceiling, &root.link.powers, Capability::passes_on, work)
            .map_err(|beyond| or_work(beyond, ChainErrorKind::BeyondCeiling)),
    }
}

/// Rules 13 and 20 for a child: its powers and the scopes of its limits.
pub(super) fn powers_and_scopes(
    child: &Link,
    parent: &Link,
    covers: &Covers,
    work: &mut Work,
) -> Result<(), ChainErrorKind> {
    within_parent(child, parent, covers, work)?;
    scopes_meet(child, Some(parent), work)
}

/// Rule 13: a child's powers are covered by its parent's delegable ones.
fn within_parent(
    child: &Link,
    parent: &Link,
    covers: &Covers,
    work: &mut Work,
) -> Result<(), ChainErrorKind> {
    covers(
        &parent.powers,
        &child.powers,
        |parent, _| parent.is_delegable(),
        work,
    )
    .map_err(|beyond| or_work(beyond, ChainErrorKind::BeyondParent))
}

/// Rule 20: a limit's scope meets a capability of the link that has it, or of its parent. A scope
/// that meets none is a tool's name spelled wrong, and the limit would never apply.
///
/// The parent counts because limits go along with whom they bind: an answer to a request keeps a
/// limit on tools that it does not have, and a later answer may give these.
pub(super) fn scopes_meet(
    link: &Link,
    parent: Option<&Link>,
    work: &mut Work,
) -> Result<(), ChainErrorKind> {
    for (limit, of_link) in link.limits.iter().enumerate() {
        if of_link.scope().meets(&link.powers, work)? {
            continue;
        }
        let meets_parent = parent.map_or(Ok(false), |parent| {
            of_link.scope().meets(&parent.powers, work)
        })?;
        if !meets_parent {
            return Err(ChainErrorKind::ScopeMeetsNothing { limit });
        }
    }
    Ok(())
}

/// Rules 15, 21 and 22 for a child and the links above it, root first.
pub(super) fn links_above_allow<'a>(
    child: &Child,
    root: &Link,
    above: impl Iterator<Item = &'a Link> + Clone,
) -> Result<(), ChainErrorKind> {
    own_key(child, above.clone().map(|link| &link.holder.key))?;
    facts_named(&child.link, root)?;
    is_a_delegate(&child.link.holder.key, above)
}

/// Rule 21: a child's conditions name only facts that a condition of the root names, in whatever
/// scope. Whoever can put a condition on a fact can read it, and who delegates mints conditions; so
/// the issuer says which facts are read below its root.
fn facts_named(child: &Link, root: &Link) -> Result<(), ChainErrorKind> {
    match facts_of(child).find(|fact| facts_of(root).all(|named| named != *fact)) {
        Some(fact) => Err(ChainErrorKind::FactUnnamed { fact: fact.clone() }),
        None => Ok(()),
    }
}

/// The facts that a link's conditions name.
fn facts_of(link: &Link) -> impl Iterator<Item = &Label> {
    link.limits
        .iter()
        .map(Limit::rule)
        .filter_map(LimitRule::fact)
}

/// Rule 22: a holder below a limit on delegates is one of them.
fn is_a_delegate<'a>(
    holder: &PublicKey,
    above: impl Iterator<Item = &'a Link>,
) -> Result<(), ChainErrorKind> {
    for (by, link) in above.enumerate() {
        let mut delegates = link
            .limits
            .iter()
            .map(Limit::rule)
            .filter_map(LimitRule::delegates);
        if delegates.any(|keys| !keys.contains(holder)) {
            return Err(ChainErrorKind::NotADelegate { by });
        }
    }
    Ok(())
}

/// Rule 23: a root is not dated ahead, but for the leeway. Verifiers refuse it until then, at every
/// decision.
pub(super) fn issued_by_now(root: &Root, now: Timestamp) -> Result<(), ChainErrorKind> {
    if root.link.lifetime.has_begun(now, ISSUE_LEEWAY) {
        return Ok(());
    }
    let issued_at = root.link.lifetime.issued_at();
    Err(ChainErrorKind::IssuedAhead { issued_at, now })
}

fn or_work(beyond: CoverageError, kind: fn(CoverageError) -> ChainErrorKind) -> ChainErrorKind {
    if let CoverageGap::OutOfWork(out) = beyond.gap {
        ChainErrorKind::OutOfWork(out)
    } else {
        kind(beyond)
    }
}

/// Rule 14: the anchor's keys are no holder's.
pub(super) fn not_the_anchor(link: &Link, anchor: &Anchor) -> Result<(), ChainErrorKind> {
    if anchor
        .keys()
        .iter()
        .any(|known| known.key() == link.holder.key)
    {
        Err(ChainErrorKind::AnchorKeyHeld)
    } else {
        Ok(())
    }
}

/// Rule 15: a holder's key is no ancestor's, unless the link says so, and then it is.
fn own_key<'a>(
    child: &Child,
    ancestors: impl IntoIterator<Item = &'a PublicKey>,
) -> Result<(), ChainErrorKind> {
    let reused = ancestors
        .into_iter()
        .position(|key| *key == child.link.holder.key);
    match (reused, child.same_key) {
        (None, false) | (Some(_), true) => Ok(()),
        (Some(ancestor), false) => Err(ChainErrorKind::KeyReused { ancestor }),
        (None, true) => Err(ChainErrorKind::KeyNotReused),
    }
}

/// Rules 16 to 18 for a link, the missions that it and those above it live by, and all of their
/// `limits`.
pub(super) fn limits_allow<'a>(
    link: &Link,
    missions: &[(&Scope, &LivesBy)],
    limits: impl Iterator<Item = &'a LimitRule> + Clone,
) -> Result<(), ChainErrorKind> {
    missions_allow(link, missions)?;
    meters_allow(&link.holder.key, limits)
}

/// Rules 16 and 18 for the limits of a link and of those above it that a ledger or people stand
/// behind.
fn meters_allow<'a>(
    holder: &PublicKey,
    limits: impl Iterator<Item = &'a LimitRule> + Clone,
) -> Result<(), ChainErrorKind> {
    at_most_64_meters(limits.clone())?;
    not_own_approver(holder, limits)
}

/// Rule 16: nobody approves their own calls.
fn not_own_approver<'a>(
    holder: &PublicKey,
    limits: impl Iterator<Item = &'a LimitRule>,
) -> Result<(), ChainErrorKind> {
    if limits
        .filter_map(LimitRule::gate)
        .any(|gate| gate.may_approve(holder))
    {
        Err(ChainErrorKind::OwnApprover)
    } else {
        Ok(())
    }
}

/// Rule 18: the links of a chain have so many limits that a ledger or people stand behind, at most.
fn at_most_64_meters<'a>(
    limits: impl Iterator<Item = &'a LimitRule>,
) -> Result<(), ChainErrorKind> {
    if limits.filter(|rule| rule.is_meter()).count() > MAX_CHAIN_METERS {
        Err(ChainErrorKind::TooManyMeters)
    } else {
        Ok(())
    }
}

/// Rule 19: a root's aliases are for systems of its issuer, because whoever sees the root reads
/// them.
fn own_aliases(root: &Root, anchor: &Anchor) -> Result<(), ChainErrorKind> {
    match root
        .principal
        .aliases
        .iter()
        .find(|(system, _)| !anchor.has_system(system))
    {
        Some((system, _)) => Err(ChainErrorKind::AliasOfAnother {
            system: system.clone(),
        }),
        None => Ok(()),
    }
}

/// Rules 16 to 18 for a link and the missions that it and those above it live by.
fn missions_allow(link: &Link, missions: &[(&Scope, &LivesBy)]) -> Result<(), ChainErrorKind> {
    at_most_32_missions(missions.len())?;
    not_own_controller(
        &link.holder.key,
        missions.iter().map(|(_, lives_by)| *lives_by),
    )?;
    news_reaches(link, missions.iter().copied())
}

/// Rule 16: nobody keeps themself alive. The controller and the enders of a mission hold neither
/// the link that lives by it nor one below.
fn not_own_controller<'a>(
    holder: &PublicKey,
    lives_by: impl IntoIterator<Item = &'a LivesBy>,
) -> Result<(), ChainErrorKind> {
    let kept_by_holder = |lives_by: &&LivesBy| {
        lives_by.mission().controller == *holder || lives_by.enders().any(|key| key == holder)
    };
    match lives_by.into_iter().find(kept_by_holder) {
        Some(lives_by) => Err(ChainErrorKind::OwnController {
            mission: lives_by.mission().name.clone(),
        }),
        None => Ok(()),
    }
}

/// Rule 17: what ends on an event lives by a mission, and what is good in waves lives by the
/// mission whose waves they are; for all calls or in the very same scope. Otherwise nobody could
/// say that the event has fired or the wave is over, or the word that it has could be held back for
/// good.
fn news_reaches<'a>(
    link: &Link,
    missions: impl Iterator<Item = (&'a Scope, &'a LivesBy)> + Clone,
) -> Result<(), ChainErrorKind> {
    let told = |limit: &Limit, by: &dyn Fn(&LivesBy) -> bool| {
        missions.clone().any(|(scope, lives_by)| {
            (*scope == Scope::All || scope == limit.scope()) && by(lives_by)
        })
    };
    link.limits.iter().try_for_each(|limit| {
        let event = limit.rule().event().filter(|_| !told(limit, &|_| true));
        if let Some(event) = event {
            return Err(ChainErrorKind::EventUntold {
                event: event.clone(),
            });
        }
        let waves = limit
            .rule()
            .waves()
            .filter(|waves| !told(limit, &|lives_by| lives_by.mission() == waves.mission()));
        if let Some(waves) = waves {
            return Err(ChainErrorKind::WaveUntold {
                mission: waves.mission().name.clone(),
            });
        }
        Ok(())
    })
}

/// Rule 18: the links of a chain live by so many missions at most, each scope counted.
const fn at_most_32_missions(missions: usize) -> Result<(), ChainErrorKind> {
    if missions > MAX_CHAIN_MISSIONS {
        Err(ChainErrorKind::TooManyMissions)
    } else {
        Ok(())
    }
}

/// Rule 18: a chain makes a verifier watch so many pairs of a subject and a signer, at most.
/// Counted before anything is listed, without looking for pairs that are the same, and as if the
/// issuer had four keys, which who delegates can't know:
///
/// - for each mission that a link lives by: its controller and its enders;
/// - for each link: its mandate and those that it replaces, each with the holders down to it, the
///   issuer's keys, and the controllers of the missions that it or a link above lives by;
/// - for each task of a link's barrier: the keys that it names, that of the link's issuer (for the
///   root the issuer's keys), the same controllers, and again the issuer's keys and every holder
///   above.
pub(super) fn at_most_4096_watched<'a>(
    life: &Life,
    links: impl Iterator<Item = &'a Link>,
) -> Result<(), ChainError> {
    let (mut pairs, mut missions) = (0_usize, 0_usize);
    // Only the root has a life of its own.
    let mut life = Some(life);
    for (above, link) in links.enumerate() {
        for (_, lives_by) in link.missions(life.take()) {
            missions = missions.saturating_add(1);
            pairs = pairs
                .saturating_add(lives_by.enders().len())
                .saturating_add(1);
        }
        let over = above.saturating_add(MAX_ISSUER_KEYS);
        let mandates = link.replaces.iter().len().saturating_add(1);
        pairs = pairs.saturating_add(
            mandates.saturating_mul(over.saturating_add(1).saturating_add(missions)),
        );
        let issuers = if above == 0 { MAX_ISSUER_KEYS } else { 1 };
        let speakers = issuers.saturating_add(missions).saturating_add(over);
        for barrier in link
            .limits
            .iter()
            .map(Limit::rule)
            .filter_map(LimitRule::barrier)
        {
            let of_task = |(_, named): (_, &Reporters)| named.iter().len().saturating_add(speakers);
            pairs = barrier
                .tasks()
                .map(of_task)
                .fold(pairs, usize::saturating_add);
        }
        if pairs > MAX_WATCHED_PAIRS {
            return Err(ChainErrorKind::TooManyWatched.at(above));
        }
    }
    Ok(())
}
