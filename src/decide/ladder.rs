//! The ladder: every check of a decision, once, in a fixed order with the cheap ones first.
//! `decide` stops at the first check that fails, `explain` walks all of them.

use super::approvals::{approvals_sound, digests, gate_open, gates, stands_before};
use super::checks::{
    DecidedBy, Evaluation, Missions, assertion_accepted, call_audience, call_content, call_time,
    decided_by, expires, grant_received, issued, local_name, not_expired, root_audience,
    same_configuration, same_leaf,
};
use super::context::DecisionContext;
use super::floors::above_floors;
use super::permit::{Permit, StartError, Unsettled};
use super::presentation::{Presentation, Presenter};
use super::server_context::ServerContext;
use super::step::Step;
use super::step_result::StepResult;
use crate::chain::{Call, CallAt, Ceiling, Settings, VerifiedChain};
use crate::charge::{Accepted, Charge, Charges, one_an_account};
use crate::claims::{CallClaims, Link, Root};
use crate::denial::{AccessRequest, Denial, DenialPlace, DenialReason};
use crate::limits::Limit;
use crate::powers::{Action, Capability, Effect, PermissionError, Powers};
use crate::primitives::{Digest, Label, Timestamp, Work};
use crate::sign::Token;

/// The outcome of a check.
pub(super) enum StepOutcome {
    /// The check held.
    Held(StepResult),
    /// The limit does not apply to this call.
    OutOfScope,
    /// The check failed.
    Failed(DenialReason),
}

impl From<Result<StepResult, DenialReason>> for StepOutcome {
    fn from(result: Result<StepResult, DenialReason>) -> Self {
        match result {
            Ok(result) => Self::Held(result),
            Err(reason) => Self::Failed(reason),
        }
    }
}

impl From<Result<(), DenialReason>> for StepOutcome {
    fn from(result: Result<(), DenialReason>) -> Self {
        result.map(|()| StepResult::ALWAYS).into()
    }
}

/// Receives the outcome of each check, in the order of the ladder. An error ends the walk.
pub(super) trait StepObserver {
    fn note(
        &mut self,
        step: impl FnOnce() -> Step,
        place: DenialPlace,
        outcome: StepOutcome,
    ) -> Result<(), Denial>;
}

/// The results on which a decision in favour rests, as far as the ladder was walked. The first
/// failure ends the walk.
#[derive(Default)]
pub(super) struct Grounds {
    until: Option<Timestamp>,
    charges: Vec<Charge>,
}

impl StepObserver for Grounds {
    fn note(
        &mut self,
        _: impl FnOnce() -> Step,
        place: DenialPlace,
        outcome: StepOutcome,
    ) -> Result<(), Denial> {
        match outcome {
            StepOutcome::Failed(reason) => return Err(Denial::new(place, reason)),
            StepOutcome::Held(result) => {
                self.until = self.until.into_iter().chain(result.until).min();
                self.charges.extend(result.charge.map(|charge| *charge));
            }
            StepOutcome::OutOfScope => {}
        }
        Ok(())
    }
}

impl Grounds {
    /// Returns the first second in which a ground no longer holds: the earliest expiry of a link,
    /// or the earliest end of a limit in scope, such as a window that closes, or a status, fact or
    /// approval that grows too old.
    fn valid_until(&self, context: &DecisionContext<'_>) -> Timestamp {
        // Step 3 always gives an end. Without one the permit would be valid for no time at all.
        self.until.unwrap_or(context.now())
    }
}

/// Decides on a call under a verified chain.
pub(super) fn decide(
    settings: &Settings,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &DecisionContext<'_>,
) -> Result<Unsettled, Denial> {
    let call = with_effect(settings, presentation.call);
    let evaluation = Evaluation::new(
        settings,
        chain,
        &call.action,
        context,
        presentation.is_signed(),
    );
    let mut grounds = Grounds::default();
    walk_public(&evaluation, &mut grounds)?;
    // Before the host's own state, so that only the holder's call can learn something of it.
    walk_presenter(&evaluation, presentation, &mut grounds)?;
    settle_on(&evaluation, &call, presentation.presenter, grounds)
}

/// Returns until when a call would be permitted if the holder signed it now.
pub(super) fn preview(
    settings: &Settings,
    chain: &VerifiedChain,
    call: &Call,
    context: &DecisionContext<'_>,
) -> Result<Timestamp, Denial> {
    let call = with_effect(settings, call);
    let evaluation = Evaluation::new(settings, chain, &call.action, context, true);
    let mut grounds = Grounds::default();
    walk_public(&evaluation, &mut grounds)?;
    walk_host(&evaluation, &mut grounds)?;
    walk_gates(&evaluation, &call, &mut grounds)?;
    Ok(grounds.valid_until(context))
}

/// Decides again on a permit.
pub(super) fn recheck(
    settings: &Settings,
    permit: Permit,
    context: &DecisionContext<'_>,
) -> Result<Permit, Box<StartError>> {
    match renew(settings, &permit, context) {
        Ok(Renewed {
            valid_until,
            approvals,
            local_name,
        }) => Ok(Permit {
            decided_at: context.now(),
            valid_until,
            approvals,
            local_name,
            ..permit
        }),
        Err(denial) => Err(permit.not_started(denial)),
    }
}

/// Checks a permit again: all steps except those about the presenter.
fn renew(
    settings: &Settings,
    permit: &Permit,
    context: &DecisionContext<'_>,
) -> Result<Renewed, Denial> {
    let CallAt { call, audience, .. } = permit.charges.call();
    // The ledger's mark is of this server, so no other server may renew the permit.
    if audience != context.audience() {
        return Err(Denial::new(
            DenialPlace::Call,
            DenialReason::CallForAnotherAudience {
                named: audience.clone(),
            },
        ));
    }
    let (chain, action) = (&permit.chain, &call.action);
    let evaluation = Evaluation::new(settings, chain, action, context, permit.is_signed);
    let mut grounds = Grounds::default();
    walk_public(&evaluation, &mut grounds)?;
    walk_host(&evaluation, &mut grounds)?;
    let gated = walk_gates(&evaluation, call, &mut grounds)?;
    let (valid_until, approvals) = (grounds.valid_until(context), digests(gated, context));
    let local_name = local_name(chain.chain().root().claims(), context);
    let local_name = local_name
        .map_err(|reason| Denial::new(DenialPlace::Link(0), reason))?
        .cloned();
    Ok(Renewed {
        valid_until,
        approvals,
        local_name,
    })
}

/// The parts of a permit that a second decision replaces.
struct Renewed {
    valid_until: Timestamp,
    approvals: Vec<Digest>,
    local_name: Option<Label>,
}

/// Returns the call with the effect by which it is decided: the effect in the verifier's table of
/// tools, or the stated one if that is higher.
pub(crate) fn with_effect(settings: &Settings, call: &Call) -> Call {
    let effect = settings.effect(&call.action);
    Call::new(
        call.id,
        Action {
            effect,
            ..call.action.clone()
        },
    )
}

/// Walks the steps after the presenter is authenticated, and makes the decision.
pub(super) fn settle_on(
    evaluation: &Evaluation<'_>,
    call: &Call,
    presenter: Presenter<'_>,
    mut grounds: Grounds,
) -> Result<Unsettled, Denial> {
    let Evaluation {
        chain,
        context,
        is_signed,
        ..
    } = *evaluation;
    walk_host(evaluation, &mut grounds)?;
    let gated = walk_gates(evaluation, call, &mut grounds)?;
    let root = chain.chain().root();
    let local_name = local_name(root.claims(), context)
        .map_err(|reason| Denial::new(DenialPlace::Link(0), reason))?;
    let call = CallAt::new(
        call.clone(),
        chain.chain().leaf_id(),
        context.audience().clone(),
    );
    let permit = Permit {
        chain: chain.clone(),
        is_signed,
        local_name: local_name.cloned(),
        decided_at: context.now(),
        valid_until: grounds.valid_until(context),
        approvals: digests(gated, context),
        charges: Charges::new(
            call,
            (chain.anchor().issuer().clone(), root.digest()),
            accepted(evaluation, presenter, gated),
            one_an_account(grounds.charges),
        ),
    };
    Ok(Unsettled::new(permit))
}

/// Returns the terms on which the call was accepted, from which a ledger computes how long it keeps
/// the mark.
///
/// A signed call can be presented until it is too old. A gated or asserted call can be presented
/// anew until the chain expires. An irreversible call must not run twice, even if it is signed
/// anew.
fn accepted(evaluation: &Evaluation<'_>, presenter: Presenter<'_>, gated: bool) -> Accepted {
    let is_irreversible = evaluation.action.effect == Effect::Irreversible;
    let (at, is_renewable) = match presenter {
        Presenter::Signed(signed) => (signed.claims().at, gated || is_irreversible),
        Presenter::Asserted { .. } => (evaluation.context.now(), true),
    };
    Accepted {
        at,
        terms: evaluation.settings.into(),
        expires: is_renewable.then(|| expires(evaluation.chain)),
    }
}

/// Walks the whole ladder.
pub(crate) fn walk(
    settings: &Settings,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &DecisionContext<'_>,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    let call = with_effect(settings, presentation.call);
    let evaluation = Evaluation::new(
        settings,
        chain,
        &call.action,
        context,
        presentation.is_signed(),
    );
    walk_public(&evaluation, observer)?;
    walk_presenter(&evaluation, presentation, observer)?;
    walk_host(&evaluation, observer)?;
    walk_gates(&evaluation, &call, observer).map(drop)
}

/// Walks steps 1 to 5, which read nothing of the host except its clock and its name.
pub(super) fn walk_public(
    evaluation: &Evaluation<'_>,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    let (settings, chain, here) = (
        evaluation.settings,
        evaluation.chain,
        evaluation.context.here(),
    );
    observer.note(
        || Step::Configuration,
        DenialPlace::Verifier,
        same_configuration(settings, chain).into(),
    )?;
    let links = chain.chain().links().enumerate();
    walk_links(
        settings,
        chain.chain().root().claims(),
        links,
        here,
        observer,
    )?;
    walk_limits(
        evaluation,
        LimitWalk::Public,
        &mut Missions::new(),
        observer,
    )
}

/// Walks steps 2 to 4 for these links, each with its number.
pub(super) fn walk_links<'a>(
    settings: &Settings,
    root: &Root,
    links: impl Iterator<Item = (usize, &'a Link)> + Clone,
    here: &ServerContext,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    for (index, link) in links.clone() {
        let issued = issued(link, here.now(), settings);
        observer.note(|| Step::Issued, DenialPlace::Link(index), issued.into())?;
    }
    for (index, link) in links {
        let not_expired = not_expired(link, here.now()).map(StepResult::until);
        observer.note(
            || Step::NotExpired,
            DenialPlace::Link(index),
            not_expired.into(),
        )?;
    }
    let root_audience = root_audience(&root.audience, here);
    observer.note(
        || Step::RootAudience,
        DenialPlace::Link(0),
        root_audience.into(),
    )
}

/// Walks steps 12 to 18, which the host's own terms and state decide. They are checked once the
/// presenter is authenticated, and again when work was queued or resumes.
fn walk_host(evaluation: &Evaluation<'_>, observer: &mut impl StepObserver) -> Result<(), Denial> {
    let Evaluation {
        settings,
        chain,
        action,
        context,
        ..
    } = *evaluation;
    check_powers(chain, action, observer)?;
    let root = chain.chain().root().claims();
    let floors = above_floors(evaluation).map(|until| StepResult {
        until,
        ..StepResult::ALWAYS
    });
    observer.note(
        || Step::Floors,
        DenialPlace::Verifier,
        floors.map_err(DenialReason::from).into(),
    )?;
    observer.note(
        || Step::Grant,
        DenialPlace::Link(0),
        grant_received(root, context.now(), settings).into(),
    )?;
    // Without a system the step would say nothing, so it is not in an explanation.
    if context.system().is_some() {
        observer.note(
            || Step::LocalName,
            DenialPlace::Link(0),
            local_name(root, context).map(drop).into(),
        )?;
    }
    let mut missions = Missions::new();
    // The root's own mission is a claim, not one of its limits, and is checked like one.
    if let Some((_, lives_by)) = root.life.mission() {
        let alive = evaluation.alive(lives_by, &mut missions.work);
        observer.note(
            || Step::Limit(Limit::lives_by(lives_by.clone())),
            DenialPlace::Link(0),
            alive.into(),
        )?;
    }
    walk_limits(evaluation, LimitWalk::Host, &mut missions, observer)?;
    for (index, _) in chain.chain().links().enumerate() {
        let not_ended = missions
            .standing(evaluation)
            .map_err(DenialReason::from)
            .and_then(|(standing, work)| {
                standing
                    .link_not_ended(index, work)
                    .map_err(DenialReason::from)
            });
        observer.note(
            || Step::NotEnded,
            DenialPlace::Link(index),
            not_ended.into(),
        )?;
    }
    Ok(())
}

/// The two walks over the limits: step 5, which is public, and step 17, which reads the host's
/// state.
#[derive(Clone, Copy)]
enum LimitWalk {
    Public,
    Host,
}

/// Walks the limits of all links that belong to this walk. A limit out of scope is noted in the
/// walk in which it would be checked.
fn walk_limits<'a>(
    evaluation: &Evaluation<'a>,
    walk: LimitWalk,
    missions: &mut Missions<'a>,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    for (index, limit, in_scope) in evaluation.in_scope.limits(evaluation.chain) {
        let outcome = match (decided_by(limit.rule()), walk) {
            (DecidedBy::Bytes, LimitWalk::Public) | (DecidedBy::Host, LimitWalk::Host)
                if in_scope =>
            {
                evaluation.within(index, limit.rule(), missions).into()
            }
            // A gate that applies to the call is checked last, at steps 19 and 20. Any other gate
            // is out of scope.
            (DecidedBy::People(gate), LimitWalk::Host)
                if in_scope && stands_before(gate, evaluation.action) =>
            {
                continue;
            }
            (DecidedBy::Bytes, LimitWalk::Public)
            | (DecidedBy::Host | DecidedBy::People(_), LimitWalk::Host) => StepOutcome::OutOfScope,
            (DecidedBy::Bytes, LimitWalk::Host)
            | (DecidedBy::Host | DecidedBy::People(_), LimitWalk::Public) => continue,
        };
        observer.note(
            || Step::Limit(limit.clone()),
            DenialPlace::Link(index),
            outcome,
        )?;
    }
    Ok(())
}

/// Walks steps 6 to 11: who makes the call.
pub(super) fn walk_presenter(
    evaluation: &Evaluation<'_>,
    presentation: &Presentation<'_>,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    let Evaluation {
        settings,
        chain,
        action,
        ..
    } = *evaluation;
    match presentation.presenter {
        Presenter::Signed(signed) => walk_signed(evaluation, presentation, signed, observer),
        Presenter::Asserted { holder, leaf } => {
            observer.note(
                || Step::Leaf,
                DenialPlace::Call,
                same_leaf(chain.chain().leaf_id(), leaf).into(),
            )?;
            let is_holder = holder == chain.chain().leaf().holder.key;
            observer.note(
                || Step::Holder,
                DenialPlace::Call,
                is_holder
                    .then_some(())
                    .ok_or(DenialReason::NotTheHolder)
                    .into(),
            )?;
            let accepted = assertion_accepted(settings.asserted_up_to(), action.effect);
            observer.note(
                || Step::PresenterAccepted,
                DenialPlace::Verifier,
                accepted.into(),
            )
        }
    }
}

/// Walks steps 6 to 11 for a signed call, with the signature after the cheap checks.
fn walk_signed(
    evaluation: &Evaluation<'_>,
    presentation: &Presentation<'_>,
    signed: &Token<CallClaims>,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    let (claims, chain, place) = (signed.claims(), evaluation.chain, DenialPlace::Call);
    let here = evaluation.context.here();
    observer.note(
        || Step::Leaf,
        place,
        same_leaf(chain.chain().leaf_id(), claims.leaf).into(),
    )?;
    walk_call(evaluation.settings, here, claims, observer)?;
    observer.note(
        || Step::CallContent,
        place,
        call_content(claims, presentation.call).into(),
    )?;
    let holder = signed
        .verify(chain.leaf_key())
        .map_err(|_| DenialReason::NotTheHolder);
    observer.note(|| Step::Holder, place, holder.into())?;
    // A signed call needs no opt-in of the verifier.
    observer.note(
        || Step::PresenterAccepted,
        place,
        StepOutcome::Held(StepResult::ALWAYS),
    )
}

/// Walks steps 7 and 8, whose outcomes change with the time and place of the decision.
pub(super) fn walk_call(
    settings: &Settings,
    here: &ServerContext,
    claims: &CallClaims,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    observer.note(
        || Step::CallAudience,
        DenialPlace::Call,
        call_audience(claims, here).into(),
    )?;
    observer.note(
        || Step::CallTime,
        DenialPlace::Call,
        call_time(claims, here.now(), settings).into(),
    )
}

/// Walks steps 19 and 20: who has approved the call. Returns whether a gate applies.
fn walk_gates(
    evaluation: &Evaluation<'_>,
    call: &Call,
    observer: &mut impl StepObserver,
) -> Result<bool, Denial> {
    let Evaluation {
        settings,
        chain,
        context,
        ..
    } = *evaluation;
    let gates: Vec<_> = gates(evaluation).collect();
    if gates.is_empty() {
        return Ok(false);
    }
    let sound = approvals_sound(&gates, call, chain.chain().leaf_id(), context, settings)
        .map_err(DenialReason::from);
    observer.note(|| Step::Approvals, DenialPlace::Call, sound.into())?;
    for (link, gate) in gates {
        let open = gate_open(gate, context)
            .map(StepResult::until)
            .map_err(DenialReason::from);
        observer.note(
            || Step::Gate(gate.clone()),
            DenialPlace::Link(link),
            open.into(),
        )?;
    }
    Ok(true)
}

/// Walks steps 12 and 13. Verification has checked coverage from link to link; here every link's
/// powers and the ceiling are checked for this very call. The leaf is first, because it is the
/// narrowest.
fn check_powers(
    chain: &VerifiedChain,
    action: &Action,
    observer: &mut impl StepObserver,
) -> Result<(), Denial> {
    let mut work = action.work();
    let request = || AccessRequest::new(chain, Powers::exactly(action)?).map(Box::new);
    let leaf = chain.chain().len().saturating_sub(1);
    for (index, link) in (0..=leaf).rev().zip(chain.chain().links().rev()) {
        let counts = |capability: &Capability| index == leaf || capability.is_delegable();
        let not_permitted = |refusal| DenialReason::NotPermitted {
            refusal,
            missing: None,
            request: request(),
        };
        let permitted = permits(&link.powers, action, counts, &mut work, not_permitted);
        observer.note(|| Step::Powers, DenialPlace::Link(index), permitted.into())?;
    }
    let permitted = match chain.anchor().ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => {
            let refused = |refusal| DenialReason::CeilingRefuses {
                refusal,
                missing: Powers::exactly(action),
            };
            // The ceiling has work of its own: its size is the host's, and must not show in what is
            // left for the links. The root may use all of the ceiling; below the root only what may
            // be delegated counts.
            let counts = |capability: &Capability| leaf == 0 || capability.is_delegable();
            permits(ceiling, action, counts, &mut action.work(), refused)
        }
    };
    observer.note(|| Step::Ceiling, DenialPlace::Ceiling, permitted.into())
}

/// Checks powers for the action. Running out of work is a reason of its own.
fn permits(
    powers: &Powers,
    action: &Action,
    counts: impl Fn(&Capability) -> bool,
    work: &mut Work,
    refused: impl Fn(PermissionError) -> DenialReason,
) -> Result<(), DenialReason> {
    powers
        .permits_within(action, counts, work)
        .map_err(|refusal| {
            if let PermissionError::OutOfWork(out) = refusal {
                out.into()
            } else {
                refused(refusal)
            }
        })
}
