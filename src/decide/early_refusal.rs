use super::checks::{call_content, same_leaf, within_public};
use super::ladder::{Grounds, walk_call, walk_links};
use super::server_context::ServerContext;
use crate::chain::{Call, ChainEndpoints, Settings, check_issuer};
use crate::claims::CallClaims;
use crate::denial::{Denial, DenialPlace, DenialReason};
use crate::powers::{PermissionError, Powers};
use crate::primitives::Work;
use crate::primitives::bounds::SCREEN_STEPS;
use crate::sign::Token;

/// Rejects a call that the bytes of the root, the leaf and the call alone refuse, before any
/// signature is verified.
///
/// It checks rule 8 and steps 2 to 8, by the functions of the ladder and in its order. Checks that
/// depend on the time are made again once the chain is verified. Of the host it reads only its
/// clock, its name and the issuers that it trusts, which are public.
pub(super) fn screen(
    settings: &Settings,
    endpoints: &ChainEndpoints,
    links: usize,
    signed: &Token<CallClaims>,
    call: &Call,
    here: &ServerContext,
) -> Result<(), Denial> {
    let (root, leaf) = (endpoints.root.claims(), endpoints.leaf());
    let last = links.saturating_sub(1);
    let at = |place: DenialPlace| move |reason: DenialReason| Denial::new(place, reason);
    // Discarded at the end: the checks that give an end are made again by the decision.
    let mut grounds = Grounds::default();

    check_issuer(settings, root).map_err(|kind| kind.at(0))?;
    let both = [(0, &root.link), (last, leaf)];
    walk_links(settings, root, both.into_iter(), here, &mut grounds)?;
    for (link, claims) in both {
        let in_scope = claims
            .limits
            .iter()
            .filter(|limit| limit.scope().includes(&call.action.tool));
        for limit in in_scope {
            // Only a signed call comes as a proof.
            within_public(limit.rule(), here, settings, true)
                .map_err(at(DenialPlace::Link(link)))?;
        }
    }
    let signed = signed.claims();
    same_leaf(endpoints.leaf_id(), signed.leaf).map_err(at(DenialPlace::Call))?;
    walk_call(settings, here, signed, &mut grounds)
}

/// Rejects a call that the leaf's powers refuse, before any signature is verified. Powers that take
/// more work are checked once the chain is verified.
pub(super) fn screen_powers(
    endpoints: &ChainEndpoints,
    links: usize,
    call: &Call,
) -> Result<(), Denial> {
    let action = &call.action;
    match endpoints
        .leaf()
        .powers
        .permits_within(action, |_| true, &mut Work::new(SCREEN_STEPS))
    {
        // A stranger gets few steps. Running out of them is no refusal: the decision has more.
        Ok(()) | Err(PermissionError::OutOfWork(_)) => Ok(()),
        Err(refusal) => {
            let reason = DenialReason::NotPermitted {
                refusal,
                missing: Powers::exactly(action),
                // Nothing is verified yet, so nobody is known who could ask.
                request: None,
            };
            Err(Denial::new(
                DenialPlace::Link(links.saturating_sub(1)),
                reason,
            ))
        }
    }
}

/// Rejects a signed call for another id, tool or other arguments. It hashes the arguments, so it is
/// the last check before the signature.
pub(super) fn screen_content(signed: &Token<CallClaims>, call: &Call) -> Result<(), Denial> {
    call_content(signed.claims(), call).map_err(|reason| Denial::new(DenialPlace::Call, reason))
}
