//! The checks of the ladder, one function each.

use super::approvals::{gate_open, gates};
use super::call::{Context, Presentation};
use super::charge::{Charge, NotCharged, charge_of, one_an_account};
use super::in_scope::in_scope;
use super::reason::Reason;
use crate::chain::{VerifiedChain, Verifier};
use crate::claims::{CallClaims, Life, Link, Root, RootAudience};
use crate::ground::{Label, MandateId, Timestamp};
use crate::limits::{AudienceSet, LimitRule, LivesBy, Window};
use crate::mission::{barrier_open, event_not_fired, in_wave, mission_alive, speakers};
use crate::powers::{Action, Effect};

pub(super) fn same_configuration(verifier: &Verifier, chain: &VerifiedChain) -> Result<(), Reason> {
    if verifier.configuration() == chain.configuration() { Ok(()) } else { Err(Reason::OtherConfiguration) }
}

pub(super) fn issued(link: &Link, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    let issued_at = link.lifetime.issued_at();
    if issued_at <= now.plus(verifier.leeway()) { Ok(()) } else { Err(Reason::IssuedInFuture { issued_at, now }) }
}

pub(super) fn not_expired(link: &Link, now: Timestamp) -> Result<(), Reason> {
    let expires = link.lifetime.expires();
    if now < expires { Ok(()) } else { Err(Reason::Expired { expires, now }) }
}

pub(super) fn root_audience(audience: &RootAudience, context: &Context<'_>) -> Result<(), Reason> {
    match audience {
        RootAudience::Anywhere => Ok(()),
        RootAudience::Only(audiences) => within_audience(audiences, context),
    }
}

/// The principal's name in the server's system; none is asked for where the server names no system.
pub(super) fn local_name<'c>(root: &'c Root, context: &Context<'_>) -> Result<Option<&'c Label>, Reason> {
    let Some(system) = context.system() else { return Ok(None) };
    let alias = root.principal.aliases.get(system);
    alias.map(Some).ok_or_else(|| Reason::AliasMissing { system: system.clone() })
}

pub(super) fn within_audience(audiences: &AudienceSet, context: &Context<'_>) -> Result<(), Reason> {
    let here = context.audience();
    if audiences.contains(here) { Ok(()) } else { Err(Reason::WrongAudience { here: here.clone() }) }
}

/// One call, as limits are asked about it.
pub(super) struct Asked<'a> {
    pub(super) chain: &'a VerifiedChain,
    pub(super) action: &'a Action,
    pub(super) context: &'a Context<'a>,
    pub(super) is_signed: bool,
    pub(super) verifier: &'a Verifier,
}

impl Asked<'_> {
    /// Whether a limit of a link holds; if so, the first second in which it may no longer, where that can be told.
    pub(super) fn within(&self, link: usize, rule: &LimitRule) -> Result<Option<Timestamp>, Reason> {
        match rule {
            LimitRule::Window(window) => {
                within_window(*window, self.context.now(), self.verifier).map(|()| window.closes())
            }
            LimitRule::Audience(audiences) => within_audience(audiences, self.context).map(|()| None),
            LimitRule::SignedCalls if self.is_signed => Ok(None),
            LimitRule::SignedCalls => Err(Reason::SignedCallRequired),
            LimitRule::LivesBy(lives_by) => self.alive(lives_by),
            LimitRule::Condition(condition) => self.context.condition_holds(condition).map(Some),
            LimitRule::EndsOn(event) => {
                let leaf = self.chain.chain().len();
                event_not_fired(self.chain.chain().missions(leaf), event, self.context.news())?;
                Ok(None)
            }
            LimitRule::Waves(waves) => Ok(in_wave(waves, self.context.news(), self.context.now())?),
            LimitRule::Barrier(barrier) => {
                barrier_open(barrier, &speakers(self.chain, link), self.context.news(), self.context.now())?;
                Ok(None)
            }
            LimitRule::Budget(_) | LimitRule::Rate(_) | LimitRule::Exclusive(_) => {
                charge_of(self.chain, link, rule, self.action, self.context.ledgers())?;
                Ok(None)
            }
            // Steps 16 and 17.
            LimitRule::Gate(_) => Ok(None),
        }
    }

    pub(super) fn alive(&self, lives_by: &LivesBy) -> Result<Option<Timestamp>, Reason> {
        let (tool, effect) = (Some(&self.action.tool), self.action.effect);
        Ok(Some(mission_alive(lives_by, tool, effect, self.context.news(), self.context.now())?))
    }
}

/// The leeway forgives a clock that is behind at the opening; it never lengthens the window.
pub(super) fn within_window(window: Window, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    match (window.opens(), window.closes()) {
        (Some(opens), _) if now.plus(verifier.leeway()) < opens => Err(Reason::NotYet { opens, now }),
        (_, Some(closes)) if now >= closes => Err(Reason::WindowClosed { closes, now }),
        _ => Ok(()),
    }
}

pub(super) fn assertion_accepted(up_to: Option<Effect>, effect: Effect) -> Result<(), Reason> {
    if up_to.is_some_and(|ceiling| effect <= ceiling) { Ok(()) } else { Err(Reason::AssertionNotAccepted { effect }) }
}

pub(super) fn same_leaf(chain: &VerifiedChain, named: MandateId) -> Result<(), Reason> {
    let leaf = chain.chain().leaf_id();
    if named == leaf { Ok(()) } else { Err(Reason::WrongLeaf { named, leaf }) }
}

pub(super) fn call_audience(claims: &CallClaims, context: &Context<'_>) -> Result<(), Reason> {
    if claims.audience == *context.audience() {
        Ok(())
    } else {
        Err(Reason::CallForAnotherAudience { named: claims.audience.clone() })
    }
}

pub(super) fn call_time(claims: &CallClaims, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    let at = claims.at;
    if at > now.plus(verifier.leeway()) {
        return Err(Reason::CallFromFuture { at, now });
    }
    if now.since(at) > verifier.max_call_age() { Err(Reason::CallTooOld { at, now }) } else { Ok(()) }
}

pub(super) fn call_content(claims: &CallClaims, presentation: &Presentation<'_>) -> Result<(), Reason> {
    if claims.id != presentation.call.id {
        return Err(Reason::CallIdMismatch);
    }
    if claims.request == presentation.call.request() { Ok(()) } else { Err(Reason::RequestMismatch) }
}

/// The first second in which something that the decision rests on no longer holds: the earliest expiry of any link, or the
/// earliest end of a limit in scope: a window that closes, a status, a fact or an approval that grows too old.
pub(super) fn rests_until(
    verifier: &Verifier,
    chain: &VerifiedChain,
    action: &Action,
    is_signed: bool,
    context: &Context<'_>,
) -> Timestamp {
    let asked = Asked { chain, action, context, is_signed, verifier };
    let life = match &chain.chain().root().claims().life {
        Life::Mission(lives_by) => asked.alive(lives_by).ok().flatten(),
        Life::ExpiryOnly => None,
    };
    let ends = in_scope(chain, action).filter_map(|(link, rule)| asked.within(link, rule).ok().flatten());
    let approvals = gates(chain, action).filter_map(|(_, gate)| gate_open(gate, context).ok());
    [expires(chain)].into_iter().chain(life).chain(ends).chain(approvals).min().unwrap_or(context.now())
}

/// What a call is charged, of each account one; or the link that it can't be charged for.
pub(super) fn charges_of(
    chain: &VerifiedChain,
    action: &Action,
    context: &Context<'_>,
) -> Result<Vec<Charge>, (usize, NotCharged)> {
    let charge = |(link, rule)| {
        charge_of(chain, link, rule, action, context.ledgers()).map_err(|not_charged| (link, not_charged)).transpose()
    };
    let charges: Result<Vec<_>, _> = in_scope(chain, action).filter_map(charge).collect();
    charges.map(one_an_account)
}

/// The first second in which a link has expired.
pub(super) fn expires(chain: &VerifiedChain) -> Timestamp {
    let expiries = chain.chain().links().map(|link| link.lifetime.expires());
    expiries.min().unwrap_or(chain.chain().leaf().lifetime.expires())
}
