//! Approvals: whether the people that the gates name signed this very call.

use super::checks::Evaluation;
use super::context::DecisionContext;
use crate::chain::{Call, Settings};
use crate::claims::Approval;
use crate::denial::ApprovalError;
use crate::limits::ApprovalGate;
use crate::powers::Action;
use crate::primitives::bounds::{EXEMPTION_STEPS, MAX_APPROVALS};
use crate::primitives::{Digest, MandateId, PublicKey, Timestamp, Work};
use crate::sign::{Token, VerifyingKey};

/// Yields the gates of a chain that apply to a call, each with its link.
pub(crate) fn gates<'c>(
    asked: &'c Evaluation<'_>,
) -> impl Iterator<Item = (usize, &'c ApprovalGate)> {
    asked
        .in_scope
        .rules(asked.chain)
        .filter_map(|(link, rule)| Some((link, rule.gate()?)))
        .filter(|(_, gate)| stands_before(gate, asked.action))
}

/// Returns whether a gate applies to the action. A call is exempt only where its argument shows
/// that it is harmless.
pub(super) fn stands_before(gate: &ApprovalGate, action: &Action) -> bool {
    if action.effect < gate.effect() {
        return false;
    }
    let Some((argument, harmless)) = gate.exemption() else {
        return true;
    };
    let value = action.arguments.get(argument);
    // A value that takes more work is not shown to be harmless.
    !value.is_some_and(|value| {
        harmless
            .admits(value, &mut Work::new(EXEMPTION_STEPS))
            .unwrap_or(false)
    })
}

/// Checks step 19: every approval presented is by somebody whom a gate names, once, of this very
/// call, in time. Signatures are verified last, because they cost most.
pub(super) fn approvals_sound(
    gates: &[(usize, &ApprovalGate)],
    call: &Call,
    leaf: MandateId,
    context: &DecisionContext<'_>,
    settings: &Settings,
) -> Result<(), ApprovalError> {
    let approvals = context.approvals();
    if approvals.len() > MAX_APPROVALS {
        return Err(ApprovalError::TooManyApprovals {
            found: approvals.len(),
        });
    }
    let (key, requested, now) = (
        call.key(&leaf, context.audience()),
        call.request(),
        context.now(),
    );
    let mut approvers = Vec::new();
    for approval in approvals {
        let Approval {
            header,
            leaf: named,
            call,
            request,
            audience,
            expires,
        } = approval.claims();
        let (by, at) = (header.by, header.at);
        if !gates.iter().any(|(_, gate)| gate.may_approve(&by)) {
            return Err(ApprovalError::ApprovalByStranger { by });
        }
        if approvers.contains(&by) {
            return Err(ApprovalError::ApprovedTwice { by });
        }
        if audience != context.audience() {
            return Err(ApprovalError::ApprovalForAnotherAudience {
                by,
                named: audience.clone(),
            });
        }
        if *named != leaf || *call != key || *request != requested {
            return Err(ApprovalError::ApprovalForAnotherCall { by });
        }
        if at.received(now, settings.leeway()).is_none() {
            return Err(ApprovalError::ApprovalFromFuture { by, at, now });
        }
        if now >= *expires {
            return Err(ApprovalError::ApprovalExpired {
                by,
                expires: *expires,
                now,
            });
        }
        approvers.push(by);
    }
    for approval in approvals {
        let by = approval.claims().header.by;
        let verified = VerifyingKey::new(&by).is_ok_and(|key| approval.verify(&key).is_ok());
        if !verified {
            return Err(ApprovalError::ApprovalSignature { by });
        }
    }
    Ok(())
}

/// Checks step 20: enough of a gate's people approved, recently enough. Returns the first second in
/// which that is no longer so. The approvals have passed step 19.
pub(super) fn gate_open(
    gate: &ApprovalGate,
    context: &DecisionContext<'_>,
) -> Result<Timestamp, ApprovalError> {
    let (needed, max_age, now) = (gate.needed(), gate.max_age(), context.now());
    let given = context
        .approvals()
        .iter()
        .map(Token::claims)
        .filter(|approval| gate.may_approve(&approval.header.by));
    let (recent, old): (Vec<&Approval>, Vec<&Approval>) =
        given.partition(|approval| now.since(approval.header.at) <= max_age);
    // An approval dated ahead counts from now; step 19 refused those beyond the leeway.
    let expiry = |approval: &&Approval| {
        approval
            .expires
            .min(approval.header.at.min(now).too_old_at(max_age))
    };
    // Latest first: the gate stays open for as long as the last of the `needed` latest counts.
    let mut expiries: Vec<Timestamp> = recent.iter().map(expiry).collect();
    expiries.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(expiry) = needed.checked_sub(1).and_then(|last| expiries.get(last)) {
        return Ok(*expiry);
    }
    // An old approval explains the refusal better than a number, so it is reported first.
    if let Some(old) = old.first() {
        return Err(ApprovalError::ApprovalTooOld {
            by: old.header.by,
            at: old.header.at,
            max_age,
            now,
        });
    }
    let has_not = |key: &&PublicKey| !recent.iter().any(|approval| approval.header.by == **key);
    let open = gate.approvers().filter(has_not).copied().collect();
    Err(ApprovalError::ApprovalsMissing {
        needed,
        given: recent.len(),
        open,
    })
}

/// Returns the digests of the approvals that a call rests on; none where no gate applies.
pub(super) fn digests(gated: bool, context: &DecisionContext<'_>) -> Vec<Digest> {
    let approvals = if gated { context.approvals() } else { &[] };
    approvals
        .iter()
        .map(|approval| Digest::from_bytes(*approval.digest().as_bytes()))
        .collect()
}
