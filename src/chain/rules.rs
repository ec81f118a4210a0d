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
    MAX_TOKEN_BYTES, MAX_WATCHED_PAIRS,
};
use crate::primitives::{Label, MandateId, NameError, PublicKey, TaskPath, Timestamp, Work};

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

/// Rule 4: a child is issued no earlier than its parent.
pub(super) fn issued_after_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (issued_at, parent) = (child.lifetime.issued_at(), parent.lifetime.issued_at());
    if issued_at < parent {
        Err(ChainErrorKind::IssuedBeforeParent { issued_at, parent })
    } else {
        Ok(())
    }
}

/// Rule 5: a child expires no later than its parent.
pub(super) fn expires_with_parent(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
    let (expires, parent) = (child.lifetime.expires(), parent.lifetime.expires());
    if expires > parent {
        Err(ChainErrorKind::OutlivesParent { expires, parent })
    } else {
        Ok(())
    }
}

/// Rule 6: fewer delegations may follow a child than its parent.
pub(super) const fn fewer_hops(child: &Link, parent: &Link) -> Result<(), ChainErrorKind> {
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

/// Rule 9: a root lives no longer than its anchor allows.
pub(super) fn lives_within_cap(root: &Root, anchor: &Anchor) -> Result<(), ChainErrorKind> {
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
pub(super) fn signer_counts(signer: AnchorKey, root: &Root) -> Result<(), ChainErrorKind> {
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
pub(super) fn within_ceiling(
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

/// Rule 13: a child's powers are covered by its parent's delegable ones.
pub(super) fn within_parent(
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

/// Rule 21: a child's conditions name only facts that a condition of the root names, in whatever
/// scope. Whoever can put a condition on a fact can read it, and who delegates mints conditions; so
/// the issuer says which facts are read below its root.
pub(super) fn facts_named(child: &Link, root: &Link) -> Result<(), ChainErrorKind> {
    match facts_of(child).find(|fact| facts_of(root).all(|named| named != *fact)) {
        Some(fact) => Err(ChainErrorKind::FactUnnamed { fact: fact.clone() }),
        None => Ok(()),
    }
}

/// The facts that a link's conditions name.
fn facts_of(link: &Link) -> impl Iterator<Item = &Label> {
    link.limits.iter().filter_map(|limit| match limit.rule() {
        LimitRule::Condition(condition) => Some(&condition.fact),
        _ => None,
    })
}

/// Rule 22: a holder below a limit on delegates is one of them.
pub(super) fn is_a_delegate<'a>(
    holder: &PublicKey,
    above: impl Iterator<Item = &'a Link>,
) -> Result<(), ChainErrorKind> {
    for (by, link) in above.enumerate() {
        let leaves_out =
            |rule: &LimitRule| matches!(rule, LimitRule::Delegates(keys) if !keys.contains(holder));
        if link.limits.iter().map(Limit::rule).any(leaves_out) {
            return Err(ChainErrorKind::NotADelegate { by });
        }
    }
    Ok(())
}

/// Rule 23: a root is not dated ahead, but for the leeway. Verifiers refuse it until then, at every
/// decision.
pub(super) fn issued_by_now(root: &Root, now: Timestamp) -> Result<(), ChainErrorKind> {
    let issued_at = root.link.lifetime.issued_at();
    issued_at
        .received(now, ISSUE_LEEWAY)
        .map(drop)
        .ok_or(ChainErrorKind::IssuedAhead { issued_at, now })
}

fn or_work(beyond: CoverageError, kind: fn(CoverageError) -> ChainErrorKind) -> ChainErrorKind {
    match beyond.gap {
        CoverageGap::OutOfWork(out) => ChainErrorKind::OutOfWork(out),
        _ => kind(beyond),
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
pub(super) fn own_key<'a>(
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

/// Rules 16 and 18 for the limits of a link and of those above it that a ledger or people stand
/// behind.
pub(super) fn meters_allow<'a>(
    holder: &PublicKey,
    limits: impl Iterator<Item = &'a LimitRule> + Clone,
) -> Result<(), ChainErrorKind> {
    at_most_64_meters(limits.clone())?;
    not_own_approver(holder, limits)
}

/// Rule 16: nobody approves their own calls.
fn not_own_approver<'a>(
    holder: &PublicKey,
    mut limits: impl Iterator<Item = &'a LimitRule>,
) -> Result<(), ChainErrorKind> {
    let approves =
        |rule: &LimitRule| matches!(rule, LimitRule::Gate(gate) if gate.may_approve(holder));
    if limits.any(approves) {
        Err(ChainErrorKind::OwnApprover)
    } else {
        Ok(())
    }
}

/// Rule 18: the links of a chain have so many limits that a ledger or people stand behind, at most.
fn at_most_64_meters<'a>(
    limits: impl Iterator<Item = &'a LimitRule>,
) -> Result<(), ChainErrorKind> {
    let is_meter = |rule: &&LimitRule| {
        matches!(
            rule,
            LimitRule::Budget(_)
                | LimitRule::Rate(_)
                | LimitRule::Exclusive(_)
                | LimitRule::Gate(_)
        )
    };
    if limits.filter(is_meter).count() > MAX_CHAIN_METERS {
        Err(ChainErrorKind::TooManyMeters)
    } else {
        Ok(())
    }
}

/// Rule 19: a root's aliases are for systems of its issuer, because whoever sees the root reads
/// them.
pub(super) fn own_aliases(root: &Root, anchor: &Anchor) -> Result<(), ChainErrorKind> {
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
pub(super) fn missions_allow(
    link: &Link,
    missions: &[(&Scope, &LivesBy)],
) -> Result<(), ChainErrorKind> {
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
    link.limits.iter().try_for_each(|limit| match limit.rule() {
        LimitRule::EndsOn(event) if !told(limit, &|_| true) => Err(ChainErrorKind::EventUntold {
            event: event.clone(),
        }),
        LimitRule::Waves(waves)
            if !told(limit, &|lives_by| lives_by.mission() == waves.mission()) =>
        {
            Err(ChainErrorKind::WaveUntold {
                mission: waves.mission().name.clone(),
            })
        }
        _ => Ok(()),
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
    // The root's own life is of link 0.
    let mut living: Option<&LivesBy> = match life {
        Life::Mission(lives_by) => Some(lives_by),
        Life::ExpiryOnly => None,
    };
    for (above, link) in links.enumerate() {
        let own = link.limits.iter().filter_map(|limit| match limit.rule() {
            LimitRule::LivesBy(lives_by) => Some(lives_by),
            _ => None,
        });
        for lives_by in living.take().into_iter().chain(own) {
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
        for limit in link.limits.iter() {
            if let LimitRule::Barrier(barrier) = limit.rule() {
                let of_task =
                    |(_, named): (_, &Reporters)| named.iter().len().saturating_add(speakers);
                pairs = barrier
                    .tasks()
                    .map(of_task)
                    .fold(pairs, usize::saturating_add);
            }
        }
        if pairs > MAX_WATCHED_PAIRS {
            return Err(ChainErrorKind::TooManyWatched.at(above));
        }
    }
    Ok(())
}
