//! Approvals: did the people that the gates name sign this very call?

use super::call::Call;
use super::checks::Asked;
use super::context::Context;
use super::not_approved::NotApproved;
use crate::chain::Verifier;
use crate::claims::Approval;
use crate::ground::bounds::{EXEMPTION_STEPS, MAX_APPROVALS};
use crate::ground::{Audience, Digest, MandateId, PublicKey, Seconds, Timestamp, TokenId, Work};
use crate::limits::{Gate, LimitRule};
use crate::powers::Action;
use crate::sign::{Token, Unsigned, VerifyingKey};

impl Approval {
    /// A person's word for one call, to be signed by `approver`. The person sees the call itself:
    /// its digest is what is signed, so an amount that is changed afterwards voids it.
    pub fn of(
        call: &Call,
        leaf: MandateId,
        audience: Audience,
        approver: PublicKey,
        id: impl Into<TokenId>,
        at: Timestamp,
        expires: Timestamp,
    ) -> Unsigned<Self> {
        let (key, request) = (call.key(&leaf, &audience), call.request());
        let said = crate::claims::Said {
            id: id.into(),
            by: approver,
            at,
        };
        Unsigned::new(
            Self {
                said,
                leaf,
                call: key,
                request,
                audience,
                expires,
            },
            vec![approver],
        )
    }
}

/// The gates of a chain that stand before a call, each with its link.
pub(super) fn gates<'c>(asked: &'c Asked<'_>) -> impl Iterator<Item = (usize, &'c Gate)> {
    asked
        .in_scope
        .rules(asked.chain)
        .filter_map(|(link, rule)| match rule {
            LimitRule::Gate(gate) if stands_before(gate, asked.action) => Some((link, gate)),
            _ => None,
        })
}

/// What can't be shown to be harmless is not.
pub(super) fn stands_before(gate: &Gate, action: &Action) -> bool {
    if action.effect < gate.effect() {
        return false;
    }
    let Some((argument, harmless)) = gate.lets_by() else {
        return true;
    };
    let value = action.arguments.get(argument);
    !value.is_some_and(|value| {
        harmless
            .admits(value, &mut Work::new(EXEMPTION_STEPS))
            .unwrap_or(false)
    })
}

/// Whether every approval presented is one: by somebody whom a gate names, once, of this very call,
/// in time. Signatures come last.
pub(super) fn approvals_sound(
    gates: &[(usize, &Gate)],
    call: &Call,
    leaf: MandateId,
    context: &Context<'_>,
    verifier: &Verifier,
) -> Result<(), NotApproved> {
    let approvals = context.approvals();
    if approvals.len() > MAX_APPROVALS {
        return Err(NotApproved::TooManyApprovals {
            found: approvals.len(),
        });
    }
    let (key, asked, now) = (
        call.key(&leaf, context.audience()),
        call.request(),
        context.now(),
    );
    let mut seen = Vec::new();
    for approval in approvals {
        let Approval {
            said,
            leaf: named,
            call,
            request,
            audience,
            expires,
        } = approval.claims();
        let (by, at) = (said.by, said.at);
        if !gates.iter().any(|(_, gate)| gate.may_approve(&by)) {
            return Err(NotApproved::ApprovalByStranger { by });
        }
        if seen.contains(&by) {
            return Err(NotApproved::ApprovedTwice { by });
        }
        if audience != context.audience() {
            return Err(NotApproved::ApprovalForAnotherAudience {
                by,
                named: audience.clone(),
            });
        }
        if *named != leaf || *call != key || *request != asked {
            return Err(NotApproved::ApprovalForAnotherCall { by });
        }
        if at > now.plus(verifier.leeway()) {
            return Err(NotApproved::ApprovalFromFuture { by, at, now });
        }
        if now >= *expires {
            return Err(NotApproved::ApprovalExpired {
                by,
                expires: *expires,
                now,
            });
        }
        seen.push(by);
    }
    for approval in approvals {
        let by = approval.claims().said.by;
        let verified = VerifyingKey::of(&by).is_ok_and(|key| approval.verify(&key).is_ok());
        if !verified {
            return Err(NotApproved::ApprovalSignature { by });
        }
    }
    Ok(())
}

/// Whether enough of a gate's people approved, recently enough; if so, the first second in which
/// that is no longer so. The approvals are sound.
pub(super) fn gate_open(gate: &Gate, context: &Context<'_>) -> Result<Timestamp, NotApproved> {
    let (needed, max_age, now) = (gate.needed(), gate.max_age(), context.now());
    let given = context
        .approvals()
        .iter()
        .map(Token::claims)
        .filter(|approval| gate.may_approve(&approval.said.by));
    let (recent, old): (Vec<&Approval>, Vec<&Approval>) =
        given.partition(|approval| now.since(approval.said.at) <= max_age);
    // One from a clock that is ahead counts from now; further ahead than the leeway it was refused.
    let end = |approval: &&Approval| {
        approval.expires.min(
            approval
                .said
                .at
                .min(now)
                .plus(max_age)
                .plus(Seconds::new(1)),
        )
    };
    let mut ends: Vec<Timestamp> = recent.iter().map(end).collect();
    ends.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(end) = needed.checked_sub(1).and_then(|last| ends.get(last)) {
        return Ok(*end);
    }
    if let Some(old) = old.first() {
        return Err(NotApproved::ApprovalTooOld {
            by: old.said.by,
            at: old.said.at,
            max_age,
            now,
        });
    }
    let has_not = |key: &&PublicKey| !recent.iter().any(|approval| approval.said.by == **key);
    let open = gate.approvers().filter(has_not).copied().collect();
    Err(NotApproved::ApprovalsMissing {
        needed,
        given: recent.len(),
        open,
    })
}

/// The digests of the approvals that a call rests on.
pub(super) fn digests(gated: bool, context: &Context<'_>) -> Vec<Digest> {
    let approvals = if gated { context.approvals() } else { &[] };
    approvals
        .iter()
        .map(|approval| Digest::from_bytes(*approval.digest().as_bytes()))
        .collect()
}
