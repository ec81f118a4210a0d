use super::checks::{
    call_audience, call_time, issued, not_expired, root_audience, same_leaf, within_audience, within_window,
};
use super::context::Context;
use super::denial::{Denial, Place};
use super::reason::Reason;
use crate::chain::{Ends, Verifier};
use crate::claims::CallClaims;
use crate::ground::Work;
use crate::ground::bounds::SCREEN_STEPS;
use crate::limits::LimitRule;
use crate::powers::{Action, Powers, Refusal};
use crate::sign::Token;

/// What can be told of a call before any signature is verified: by the words of the root, the leaf and the call alone, the clock and
/// the server's name. Those steps of the ladder, by the same functions and in its order; all of them are walked again once the
/// chain is verified. Nothing is asked here that the presenter may not know: no news, no facts, no ledger.
pub(super) fn screen(
    verifier: &Verifier,
    ends: &Ends,
    links: usize,
    call: &Token<CallClaims>,
    action: &Action,
    context: &Context<'_>,
) -> Result<(), Denial> {
    let (root, leaf, now) = (ends.root.claims(), ends.leaf(), context.now());
    let last = links.saturating_sub(1);
    let at = |place: Place| move |reason: Reason| Denial::new(place, reason);

    verifier.check_terms(root).map_err(|broken| broken.at(0))?;
    let both = [(0, &root.link), (last, leaf)];
    for (link, claims) in both {
        issued(claims, now, verifier).map_err(at(Place::Link(link)))?;
    }
    for (link, claims) in both {
        not_expired(claims, now).map_err(at(Place::Link(link)))?;
    }
    root_audience(&root.audience, context).map_err(at(Place::Link(0)))?;
    for (link, claims) in both {
        for limit in claims.limits.iter().filter(|limit| limit.scope().includes(&action.tool)) {
            match limit.rule() {
                LimitRule::Window(window) => within_window(*window, now, verifier),
                LimitRule::Audience(audiences) => within_audience(audiences, context),
                _ => Ok(()),
            }
            .map_err(at(Place::Link(link)))?;
        }
    }
    let not_permitted = |refusal| Reason::NotPermitted { refusal, missing: Powers::exactly(action), request: None };
    match leaf.powers.permits_within(action, |_| true, &mut Work::new(SCREEN_STEPS)) {
        // What takes more work is told once the chain is verified.
        Ok(()) | Err(Refusal::OutOfWork(_)) => {}
        Err(refusal) => return Err(Denial::new(Place::Link(last), not_permitted(refusal))),
    }
    same_leaf(ends.leaf_id(), call.claims().leaf)
        .and_then(|()| call_audience(call.claims(), context))
        .and_then(|()| call_time(call.claims(), now, verifier))
        .map_err(at(Place::Call))
}
