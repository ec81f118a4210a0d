//! Approvals: did the people that the gates name sign this very call?

use super::checks::Evaluation;
use super::context::DecisionContext;
use crate::chain::{Call, Settings};
use crate::claims::{Approval, NoticeHeader};
use crate::denial::ApprovalError;
use crate::limits::ApprovalGate;
use crate::powers::Action;
use crate::primitives::bounds::{EXEMPTION_STEPS, MAX_APPROVALS};
use crate::primitives::{Audience, Digest, MandateId, PublicKey, Timestamp, Work};
use crate::sign::{Token, Unsigned, VerifyingKey};

impl Approval {
    /// Returns a person's approval of one call under `leaf` at `audience`, for the key in `said` to
    /// sign. The person sees the call itself: its digest is what is signed, so an amount that is
    /// changed afterwards voids it.
    pub fn new(
        call: &Call,
        leaf: MandateId,
        audience: Audience,
        header: NoticeHeader,
        expires: Timestamp,
    ) -> Unsigned<Self> {
        let (key, request) = (call.key(&leaf, &audience), call.request());
        let approver = header.by;
        Unsigned::new(
            Self {
                header,
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
pub(crate) fn gates<'c>(
    asked: &'c Evaluation<'_>,
) -> impl Iterator<Item = (usize, &'c ApprovalGate)> {
    asked
        .in_scope
        .rules(asked.chain)
        .filter_map(|(link, rule)| Some((link, rule.gate()?)))
        .filter(|(_, gate)| stands_before(gate, asked.action))
}

/// What can't be shown to be harmless is not.
pub(crate) fn stands_before(gate: &ApprovalGate, action: &Action) -> bool {
    if action.effect < gate.effect() {
        return false;
    }
    let Some((argument, harmless)) = gate.exemption() else {
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
pub(crate) fn approvals_sound(
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
    let (key, asked, now) = (
        call.key(&leaf, context.audience()),
        call.request(),
        context.now(),
    );
    let mut seen = Vec::new();
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
        if seen.contains(&by) {
            return Err(ApprovalError::ApprovedTwice { by });
        }
        if audience != context.audience() {
            return Err(ApprovalError::ApprovalForAnotherAudience {
                by,
                named: audience.clone(),
            });
        }
        if *named != leaf || *call != key || *request != asked {
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
        seen.push(by);
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

/// Whether enough of a gate's people approved, recently enough; if so, the first second in which
/// that is no longer so. The approvals are sound.
pub(crate) fn gate_open(
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
    // One from a clock that is ahead counts from now; further ahead than the leeway it was refused.
    let end = |approval: &&Approval| {
        approval
            .expires
            .min(approval.header.at.min(now).too_old_at(max_age))
    };
    let mut ends: Vec<Timestamp> = recent.iter().map(end).collect();
    ends.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(end) = needed.checked_sub(1).and_then(|last| ends.get(last)) {
        return Ok(*end);
    }
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

/// The digests of the approvals that a call rests on.
pub(crate) fn digests(gated: bool, context: &DecisionContext<'_>) -> Vec<Digest> {
    let approvals = if gated { context.approvals() } else { &[] };
    approvals
        .iter()
        .map(|approval| Digest::from_bytes(*approval.digest().as_bytes()))
        .collect()
}
