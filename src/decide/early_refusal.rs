use super::checks::{
    DecidedBy, call_audience, call_content, call_time, decided_by, issued, not_expired,
    root_audience, same_leaf, within_audience, within_window,
};
use super::server_context::ServerContext;
use crate::chain::{Call, ChainEndpoints, Settings, check_issuer};
use crate::claims::CallClaims;
use crate::denial::{Denial, DenialPlace, DenialReason};
use crate::limits::LimitRule;
use crate::powers::{PermissionError, Powers};
use crate::primitives::Work;
use crate::primitives::bounds::SCREEN_STEPS;
use crate::sign::Token;

/// Rejects a call that the bytes of the root, the leaf and the call alone refuse, before any
/// signature is verified.
///
/// These are steps of the ladder, by the same functions and in its order; all of them are walked
/// again once the chain is verified. Nothing of the host is asked but its clock, its name and whose
/// roots it trusts, which are public.
pub(crate) fn screen(
    settings: &Settings,
    ends: &ChainEndpoints,
    links: usize,
    signed: &Token<CallClaims>,
    call: &Call,
    here: &ServerContext,
) -> Result<(), Denial> {
    let (root, leaf, now) = (ends.root.claims(), ends.leaf(), here.now());
    let last = links.saturating_sub(1);
    let at = |place: DenialPlace| move |reason: DenialReason| Denial::new(place, reason);

    check_issuer(settings, root).map_err(|kind| kind.at(0))?;
    let both = [(0, &root.link), (last, leaf)];
    for (link, claims) in both {
        issued(claims, now, settings).map_err(at(DenialPlace::Link(link)))?;
    }
    for (link, claims) in both {
        not_expired(claims, now).map_err(at(DenialPlace::Link(link)))?;
    }
    root_audience(&root.audience, here).map_err(at(DenialPlace::Link(0)))?;
    for (link, claims) in both {
        let in_scope = claims
            .limits
            .iter()
            .filter(|limit| limit.scope().includes(&call.action.tool));
        for rule in in_scope
            .map(|limit| limit.rule())
            .filter(|rule| decided_by(rule) == DecidedBy::Bytes)
        {
            match rule {
                LimitRule::Window(window) => within_window(*window, now, settings),
                LimitRule::Audience(audiences) => within_audience(audiences, here),
                // The call is signed.
                _ => Ok(()),
            }
            .map_err(at(DenialPlace::Link(link)))?;
        }
    }
    same_leaf(ends.leaf_id(), signed.claims().leaf)
        .and_then(|()| call_audience(signed.claims(), here))
        .and_then(|()| call_time(signed.claims(), now, settings))
        .map_err(at(DenialPlace::Call))
}

/// Rejects a call that the leaf's powers refuse, before any signature is verified. Powers that take
/// more work to ask are asked once the chain is verified.
pub(crate) fn screen_powers(
    ends: &ChainEndpoints,
    links: usize,
    call: &Call,
) -> Result<(), Denial> {
    let action = &call.action;
    match ends
        .leaf()
        .powers
        .permits_within(action, |_| true, &mut Work::new(SCREEN_STEPS))
    {
        Ok(()) | Err(PermissionError::OutOfWork(_)) => Ok(()),
        Err(refusal) => {
            let reason = DenialReason::NotPermitted {
                refusal,
                missing: Powers::exactly(action),
                request: None,
            };
            Err(Denial::new(
                DenialPlace::Link(links.saturating_sub(1)),
                reason,
            ))
        }
    }
}

/// Rejects a signed call that is about other arguments. It takes a hash of them, so it comes last
/// before the signature.
pub(crate) fn screen_content(signed: &Token<CallClaims>, call: &Call) -> Result<(), Denial> {
    call_content(signed.claims(), call).map_err(|reason| Denial::new(DenialPlace::Call, reason))
}
