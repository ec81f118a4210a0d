//! The numbered rules, one function each. `issue`, `delegate` and `verify` call these functions and
//! have no rules of their own.

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

/// Rule 1: checks that a chain has at most 16 links.
pub(super) const fn at_most_16_links(links: usize) -> Result<(), ChainErrorKind> {
    if links > MAX_CHAIN_LINKS {
        Err(ChainErrorKind::TooManyLinks)
    } else {
        Ok(())
    }
}

/// Rule 2: checks that a token is within its size.
pub(super) const fn token_within_size(found: usize) -> Result<(), ChainErrorKind> {
    if found > MAX_TOKEN_BYTES {
        Err(ChainErrorKind::TokenTooLarge { found })
    } else {
        Ok(())
    }
}

/// Rule 2: returns all limits of a link, those that it carries for others included, if they are at
/// most 32.
pub(super) fn limits_within_bound(
    carried: &Limits,
    own: &Limits,
) -> Result<Limits, ChainErrorKind> {
    let found = carried.iter().len().saturating_add(own.iter().len());
    Limits::new(carried.iter().chain(own.iter()).cloned())
        .map_err(|_| ChainErrorKind::TooManyLimits { found })
}

/// Rule 2: checks that a chain is within its size.
pub(super) const fn chain_within_size(found: usize) -> Result<(), ChainErrorKind> {
    if found > MAX_CHAIN_BYTES {
        Err(ChainErrorKind::ChainTooLarge { found })
    } else {
        Ok(())
    }
}

/// Rule 3: checks that a child names its parent by the digest of the parent's exact bytes.
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

/// Rules 4 to 6: checks that a child's times and hops lie within its parent's.
pub(super) fn within_terms(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    issued_after_parent(child, parent)?;
    expires_with_parent(child, parent)?;
    fewer_hops(child, parent)
}

/// Rule 4: checks that a child is issued no earlier than its parent.
fn issued_after_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (issued_at, parent) = (child.lifetime.issued_at(), parent.lifetime.issued_at());
    if issued_at < parent {
        Err(ChainErrorKind::IssuedBeforeParent { issued_at, parent })
    } else {
        Ok(())
    }
}

/// Rule 5: checks that a child expires no later than its parent.
fn expires_with_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (expires, parent) = (child.lifetime.expires(), parent.lifetime.expires());
    if expires > parent {
        Err(ChainErrorKind::OutlivesParent { expires, parent })
    } else {
        Ok(())
    }
}

/// Rule 6: checks that fewer delegations may follow a child than its parent.
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

/// Rule 7: returns the task of a child, if it is within bounds. The format can only extend the
/// parent's task, so this does not compare the two.
pub(super) fn task_of(parent: &TaskPath, child: &Child) -> Result<TaskPath, ChainErrorKind> {
    let joined: Result<TaskPath, NameError> = match &child.step {
        Some(step) => parent.join(step),
        None => Ok(parent.clone()),
    };
    joined.map_err(ChainErrorKind::Task)
}

/// Rule 8: returns what `find` knows by the name of the root's issuer, if it has an anchor. The
/// error names the issuer, because the issuers that a verifier trusts are public.
pub(crate) fn issuer_anchored<A>(
    root: &Root,
    find: impl FnOnce(&Issuer) -> Option<A>,
) -> Result<A, ChainErrorKind> {
    find(&root.issuer).ok_or_else(|| ChainErrorKind::UnknownIssuer {
        issuer: root.issuer.clone(),
    })
}

/// Rule 9: checks that a root lives no longer than its anchor allows.
fn lives_within_cap(root: &Root, anchor: &Anchor) -> Result<(), ChainErrorKind> {
    let (lives, cap) = (root.link.lifetime.length(), anchor.max_lifetime());
    if lives > cap {
        Err(ChainErrorKind::LivesTooLong { lives, cap })
    } else {
        Ok(())
    }
}

/// Rule 10: checks that a human stands behind a root in an accepted way.
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

/// Rule 11, for roots: returns the key of the anchor that the root names. A signature is checked
/// with this key alone.
pub(super) fn signer_known(root: &Root, anchor: &Anchor) -> Result<AnchorKey, ChainErrorKind> {
    anchor
        .key(root.signed_by)
        .ok_or(ChainErrorKind::SignerUnknown {
            key: root.signed_by,
        })
}

/// Rule 11, for roots: checks that the key counts for a root that was issued at this time.
fn signer_counts(signer: AnchorKey, root: &Root) -> Result<(), ChainErrorKind> {
    let issued_at = root.link.lifetime.issued_at();
    match signer.state() {
        state if state.counts_for(issued_at) => Ok(()),
        AnchorKeyState::Retired {
            roots_issued_before: before,
        } => Err(ChainErrorKind::RetiredKey { before, issued_at }),
        // A key in service always counts, so it never gets here.
        AnchorKeyState::InService | AnchorKeyState::Revoked => {
            Err(ChainErrorKind::RevokedKey { key: signer.key() })
        }
    }
}

/// Rules 9 to 12 and 19: checks the anchor's terms for a root that `signer`, one of its keys,
/// signs. `grants` is `None` when issuing, because each verifier decides which grants it accepts.
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
    // The ceiling has its own budget of work, so a large ceiling leaves no less for the links.
    within_ceiling(root, anchor, covers, &mut Work::new(VERIFY_STEPS))
}

/// The comparison of powers for rules 12 and 13. It is [`Powers::covers_within`] everywhere but in
/// the test of the second lock, which replaces it.
pub(super) type Covers = dyn Fn(
        &Powers,
        &Powers,
        fn(&Capability, &Capability) -> bool,
        &mut Work,
    ) -> Result<(), CoverageError>
    + Send
    + Sync;

/// Rule 12: checks that the ceiling covers a root's powers, and that its delegable entries cover
/// the delegable ones.
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

/// Rules 13 and 20 for a child: checks its powers and the scopes of its limits.
pub(super) fn powers_and_scopes(
    child: &Link,
    parent: &Link,
    covers: &Covers,
    work: &mut Work,
) -> Result<(), ChainErrorKind> {
    within_parent(child, parent, covers, work)?;
    scopes_meet(child, Some(parent), work)
}

/// Rule 13: checks that a parent's delegable powers cover its child's powers.
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

/// Rule 20: checks that the scope of each limit meets a capability of the link, or of its parent. A
/// scope that meets none has a misspelled tool, and the limit would never apply.
///
/// The parent counts because a request's answer keeps limits on tools that its link does not have.
/// A later answer may permit these tools.
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

/// Rules 15, 21 and 22: checks a child against the links above it, root first.
pub(super) fn links_above_allow<'a>(
    child: &Child,
    root: &Link,
    above: impl Iterator<Item = &'a Link> + Clone,
) -> Result<(), ChainErrorKind> {
    own_key(child, above.clone().map(|link| &link.holder.key))?;
    facts_named(&child.link, root)?;
    is_a_delegate(&child.link.holder.key, above)
}

/// Rule 21: checks that a child's conditions name only facts that a condition of the root names, in
/// any scope. A refusal by a condition reveals the fact, and every holder who delegates can mint
/// conditions. So the issuer decides which facts are read below its root.
fn facts_named(child: &Link, root: &Link) -> Result<(), ChainErrorKind> {
    match facts_of(child).find(|fact| facts_of(root).all(|named| named != *fact)) {
        Some(fact) => Err(ChainErrorKind::FactUnnamed { fact: fact.clone() }),
        None => Ok(()),
    }
}

/// Returns the facts that a link's conditions name.
fn facts_of(link: &Link) -> impl Iterator<Item = &Label> {
    link.limits
        .iter()
        .map(Limit::rule)
        .filter_map(LimitRule::fact)
}

/// Rule 22: checks that a holder below a limit on delegates is one of them.
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

/// Rule 23: checks that a root is dated ahead of the clock by at most the leeway. Verifiers refuse
/// it at every decision until its time has come.
pub(super) fn issued_by_now(root: &Root, now: Timestamp) -> Result<(), ChainErrorKind> {
    if root.link.lifetime.has_begun(now, ISSUE_LEEWAY) {
        return Ok(());
    }
    let issued_at = root.link.lifetime.issued_at();
    Err(ChainErrorKind::IssuedAhead { issued_at, now })
}

/// Returns the error of the work budget where that is what ended a comparison, and `kind`
/// otherwise.
fn or_work(beyond: CoverageError, kind: fn(CoverageError) -> ChainErrorKind) -> ChainErrorKind {
    if let CoverageGap::OutOfWork(out) = beyond.gap {
        ChainErrorKind::OutOfWork(out)
    } else {
        kind(beyond)
    }
}

/// Rule 14: checks that no holder has a key of the anchor, in whatever state.
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

/// Rule 15: checks that no holder has an ancestor's key, unless the link states it. A link that
/// states it must have one.
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

/// Rules 16 to 18 for a link: checks the missions that it and the links above live by, and all of
/// their `limits`.
pub(super) fn limits_allow<'a>(
    link: &Link,
    missions: &[(&Scope, &LivesBy)],
    limits: impl Iterator<Item = &'a LimitRule> + Clone,
) -> Result<(), ChainErrorKind> {
    missions_allow(link, missions)?;
    meters_allow(&link.holder.key, limits)
}

/// Rules 16 and 18: checks the limits, of a link and of those above it, that a ledger counts or
/// that people approve.
fn meters_allow<'a>(
    holder: &PublicKey,
    limits: impl Iterator<Item = &'a LimitRule> + Clone,
) -> Result<(), ChainErrorKind> {
    at_most_64_meters(limits.clone())?;
    not_own_approver(holder, limits)
}

/// Rule 16: checks that no holder approves its own calls.
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

/// Rule 18: checks that the links of a chain have at most 64 limits that a ledger counts or that
/// people approve.
fn at_most_64_meters<'a>(
    limits: impl Iterator<Item = &'a LimitRule>,
) -> Result<(), ChainErrorKind> {
    if limits.filter(|rule| rule.is_meter()).count() > MAX_CHAIN_METERS {
        Err(ChainErrorKind::TooManyMeters)
    } else {
        Ok(())
    }
}

/// Rule 19: checks that a root's aliases are for systems of its issuer. Everyone who sees a root
/// reads its aliases.
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

/// Rules 16 to 18: checks a link and the missions that it and those above it live by.
fn missions_allow(link: &Link, missions: &[(&Scope, &LivesBy)]) -> Result<(), ChainErrorKind> {
    at_most_32_missions(missions.len())?;
    not_own_controller(
        &link.holder.key,
        missions.iter().map(|(_, lives_by)| *lives_by),
    )?;
    state_reaches(link, missions.iter().copied())
}

/// Rule 16: checks that no holder keeps itself alive. The controller and the enders of a mission
/// hold neither the link that lives by it nor one below.
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

/// Rule 17: checks that calls that end on an event live by a mission, and that calls that are bound
/// to waves live by the mission of these waves. The mission keeps alive all calls, or the calls of
/// the very same scope. Otherwise no status would have to be presented that states the event or the
/// wave, and whoever presents statuses could withhold it for good.
fn state_reaches<'a>(
    link: &Link,
    missions: impl Iterator<Item = (&'a Scope, &'a LivesBy)> + Clone,
) -> Result<(), ChainErrorKind> {
    let keeps_alive = |limit: &Limit, by: &dyn Fn(&LivesBy) -> bool| {
        missions.clone().any(|(scope, lives_by)| {
            (*scope == Scope::All || scope == limit.scope()) && by(lives_by)
        })
    };
    link.limits.iter().try_for_each(|limit| {
        // Any mission of the chain can fire the event, so any of them suffices.
        let event = limit
            .rule()
            .event()
            .filter(|_| !keeps_alive(limit, &|_| true));
        if let Some(event) = event {
            return Err(ChainErrorKind::EventUntold {
                event: event.clone(),
            });
        }
        let waves = limit
            .rule()
            .waves()
            .filter(|waves| !keeps_alive(limit, &|lives_by| lives_by.mission() == waves.mission()));
        if let Some(waves) = waves {
            return Err(ChainErrorKind::WaveUntold {
                mission: waves.mission().name.clone(),
            });
        }
        Ok(())
    })
}

/// Rule 18: checks that the links of a chain live by at most 32 missions, each scope counted.
const fn at_most_32_missions(missions: usize) -> Result<(), ChainErrorKind> {
    if missions > MAX_CHAIN_MISSIONS {
        Err(ChainErrorKind::TooManyMissions)
    } else {
        Ok(())
    }
}

/// Rule 18: checks that a chain makes a verifier watch at most 4,096 pairs of a subject and a
/// signer.
///
/// The pairs are counted before anything is listed, and equal pairs are not merged. The issuer
/// counts as if it had four keys, because a holder who delegates can't know how many it has. The
/// pairs are:
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
    // Only the root has a life of its own, so the first link takes it.
    let mut life = Some(life);
    for (above, link) in links.enumerate() {
        for (_, lives_by) in link.missions(life.take()) {
            missions = missions.saturating_add(1);
            pairs = pairs
                .saturating_add(lives_by.enders().len())
                .saturating_add(1);
        }
        let above_and_issuer = above.saturating_add(MAX_ISSUER_KEYS);
        // `above` holders stand above this link, which has one more.
        let mandates = link.replaces.iter().len().saturating_add(1);
        pairs = pairs.saturating_add(
            mandates.saturating_mul(above_and_issuer.saturating_add(1).saturating_add(missions)),
        );
        // The root's issuer may sign with each of its keys, every other issuer is one holder.
        let issuers = if above == 0 { MAX_ISSUER_KEYS } else { 1 };
        let signers = issuers
            .saturating_add(missions)
            .saturating_add(above_and_issuer);
        for barrier in link
            .limits
            .iter()
            .map(Limit::rule)
            .filter_map(LimitRule::barrier)
        {
            let of_task = |(_, named): (_, &Reporters)| named.iter().len().saturating_add(signers);
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
