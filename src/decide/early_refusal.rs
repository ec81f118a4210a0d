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
    let (root, leaf) = (ends.root.claims(), ends.leaf());
    let last = links.saturating_sub(1);
    let at = |place: DenialPlace| move |reason: DenialReason| Denial::new(place, reason);
    // Nothing that holds is noted: it is all walked again.
    let mut rests = Grounds::default();

    check_issuer(settings, root).map_err(|kind| kind.at(0))?;
    let both = [(0, &root.link), (last, leaf)];
    walk_links(settings, root, both.into_iter(), here, &mut rests)?;
    for (link, claims) in both {
        let in_scope = claims
            .limits
            .iter()
            .filter(|limit| limit.scope().includes(&call.action.tool));
        for limit in in_scope {
            within_public(limit.rule(), here, settings, true)
                .map_err(at(DenialPlace::Link(link)))?;
        }
    }
    let signed = signed.claims();
    same_leaf(ends.leaf_id(), signed.leaf).map_err(at(DenialPlace::Call))?;
    walk_call(settings, here, signed, &mut rests)
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
