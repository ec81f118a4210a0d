//! The ladder: every check of a decision, once, in a fixed order with the cheap ones first.
//! `decide` stops at the first that fails, `explain` walks them all.

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

/// What became of a check.
pub(crate) enum StepOutcome {
    Held(StepResult),
    /// The limit is about other calls.
    OutOfScope,
    Failed(DenialReason),
}

impl From<Result<StepResult, DenialReason>> for StepOutcome {
    fn from(result: Result<StepResult, DenialReason>) -> Self {
        match result {
            Ok(held) => Self::Held(held),
            Err(reason) => Self::Failed(reason),
        }
    }
}

impl From<Result<(), DenialReason>> for StepOutcome {
    fn from(result: Result<(), DenialReason>) -> Self {
        result.map(|()| StepResult::ALWAYS).into()
    }
}

/// Takes note of each check, in the order of the ladder; an error ends the walk.
pub(crate) trait StepObserver {
    fn note(
        &mut self,
        step: impl FnOnce() -> Step,
        place: DenialPlace,
        outcome: StepOutcome,
    ) -> Result<(), Denial>;
}

/// What a decision in favour rests on, as far as it was walked; the first failure ends the walk.
#[derive(Default)]
pub(crate) struct Grounds {
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
            StepOutcome::Held(held) => {
                self.until = self.until.into_iter().chain(held.until).min();
                self.charges.extend(held.charge.map(|charge| *charge));
            }
            StepOutcome::OutOfScope => {}
        }
        Ok(())
    }
}

impl Grounds {
    /// The first second in which something that it rests on no longer holds: the earliest expiry of
    /// any link, or the earliest end of a limit in scope: a window that closes, a status, a fact or
    /// an approval that grows too old. Links expire, so there is one.
    fn valid_until(&self, context: &DecisionContext<'_>) -> Timestamp {
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
    let asked = Evaluation::new(
        settings,
        chain,
        &call.action,
        context,
        presentation.is_signed(),
    );
    let mut rests = Grounds::default();
    walk_public(&asked, &mut rests)?;
    walk_presenter(&asked, presentation, &mut rests)?;
    settle_on(&asked, &call, presentation.presenter, rests)
}

/// Returns until when a call would be permitted if the holder signed it now.
pub(super) fn preview(
    settings: &Settings,
    chain: &VerifiedChain,
    call: &Call,
    context: &DecisionContext<'_>,
) -> Result<Timestamp, Denial> {
    let call = with_effect(settings, call);
    let asked = Evaluation::new(settings, chain, &call.action, context, true);
    let mut rests = Grounds::default();
    walk_public(&asked, &mut rests)?;
    walk_host(&asked, &mut rests)?;
    walk_gates(&asked, &call, &mut rests)?;
    Ok(rests.valid_until(context))
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

fn renew(
    settings: &Settings,
    permit: &Permit,
    context: &DecisionContext<'_>,
) -> Result<Renewed, Denial> {
    let CallAt { call, audience, .. } = permit.charges.call();
    if audience != context.audience() {
        return Err(Denial::new(
            DenialPlace::Call,
            DenialReason::CallForAnotherAudience {
                named: audience.clone(),
            },
        ));
    }
    let (chain, action) = (&permit.chain, &call.action);
    let asked = Evaluation::new(settings, chain, action, context, permit.is_signed);
    let mut rests = Grounds::default();
    walk_public(&asked, &mut rests)?;
    walk_host(&asked, &mut rests)?;
    let gated = walk_gates(&asked, call, &mut rests)?;
    let (valid_until, approvals) = (rests.valid_until(context), digests(gated, context));
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

/// The parts of a permit that are new once it was decided again.
struct Renewed {
    valid_until: Timestamp,
    approvals: Vec<Digest>,
    local_name: Option<Label>,
}

/// The call with the effect by which it is decided: the one that the verifier's table of tools
/// says, or more.
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

/// Walks what comes after the presenter is authenticated, and makes the decision.
pub(crate) fn settle_on(
    asked: &Evaluation<'_>,
    call: &Call,
    presenter: Presenter<'_>,
    mut rests: Grounds,
) -> Result<Unsettled, Denial> {
    let Evaluation {
        chain,
        context,
        is_signed,
        ..
    } = *asked;
    walk_host(asked, &mut rests)?;
    let gated = walk_gates(asked, call, &mut rests)?;
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
        valid_until: rests.valid_until(context),
        approvals: digests(gated, context),
        charges: Charges::new(
            call,
            (chain.anchor().issuer().clone(), root.digest()),
            accepted(asked, presenter, gated),
            one_an_account(rests.charges),
        ),
    };
    Ok(Unsettled::new(permit))
}

/// Returns how long the call could be presented. A signed call is good for its age. One that is
/// gated, or by the host's word, can be presented anew until the chain expires, and one that is
/// irreversible must not run twice, even signed anew.
fn accepted(asked: &Evaluation<'_>, presenter: Presenter<'_>, gated: bool) -> Accepted {
    let is_irreversible = asked.action.effect == Effect::Irreversible;
    let (at, is_renewable) = match presenter {
        Presenter::Signed(signed) => (signed.claims().at, gated || is_irreversible),
        Presenter::Asserted { .. } => (asked.context.now(), true),
    };
    Accepted {
        at,
        terms: asked.settings.into(),
        expires: is_renewable.then(|| expires(asked.chain)),
    }
}

/// Walks the whole ladder.
pub(crate) fn walk(
    settings: &Settings,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &DecisionContext<'_>,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    let call = with_effect(settings, presentation.call);
    let asked = Evaluation::new(
        settings,
        chain,
        &call.action,
        context,
        presentation.is_signed(),
    );
    walk_public(&asked, notes)?;
    walk_presenter(&asked, presentation, notes)?;
    walk_host(&asked, notes)?;
    walk_gates(&asked, &call, notes).map(drop)
}

/// Walks steps 1 to 5, which take nothing of the host but its clock and its name.
pub(crate) fn walk_public(
    asked: &Evaluation<'_>,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    let (settings, chain, here) = (asked.settings, asked.chain, asked.context.here());
    notes.note(
        || Step::Configuration,
        DenialPlace::Verifier,
        same_configuration(settings, chain).into(),
    )?;
    let links = chain.chain().links().enumerate();
    walk_links(settings, chain.chain().root().claims(), links, here, notes)?;
    walk_limits(asked, AskedOf::Bytes, &mut Missions::new(), notes)
}

/// Walks steps 2 to 4 of these links, each with its number.
pub(crate) fn walk_links<'a>(
    settings: &Settings,
    root: &Root,
    links: impl Iterator<Item = (usize, &'a Link)> + Clone,
    here: &ServerContext,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    for (index, link) in links.clone() {
        let issued = issued(link, here.now(), settings);
        notes.note(|| Step::Issued, DenialPlace::Link(index), issued.into())?;
    }
    for (index, link) in links {
        let not_expired = not_expired(link, here.now()).map(StepResult::until);
        notes.note(
            || Step::NotExpired,
            DenialPlace::Link(index),
            not_expired.into(),
        )?;
    }
    let root_audience = root_audience(&root.audience, here);
    notes.note(
        || Step::RootAudience,
        DenialPlace::Link(0),
        root_audience.into(),
    )
}

/// Walks steps 12 to 18, which the host's own terms and state decide. They are asked once the
/// presenter is authenticated, and again when work was queued or resumes.
fn walk_host(asked: &Evaluation<'_>, notes: &mut impl StepObserver) -> Result<(), Denial> {
    let Evaluation {
        settings,
        chain,
        action,
        context,
        ..
    } = *asked;
    check_powers(chain, action, notes)?;
    let root = chain.chain().root().claims();
    let floors = above_floors(asked).map(|until| StepResult {
        until,
        ..StepResult::ALWAYS
    });
    notes.note(
        || Step::Floors,
        DenialPlace::Verifier,
        floors.map_err(DenialReason::from).into(),
    )?;
    notes.note(
        || Step::Grant,
        DenialPlace::Link(0),
        grant_received(root, context.now(), settings).into(),
    )?;
    if context.system().is_some() {
        notes.note(
            || Step::LocalName,
            DenialPlace::Link(0),
            local_name(root, context).map(drop).into(),
        )?;
    }
    let mut missions = Missions::new();
    if let Some((_, lives_by)) = root.life.mission() {
        let alive = asked.alive(lives_by, &mut missions.work);
        notes.note(
            || Step::Limit(Limit::lives_by(lives_by.clone())),
            DenialPlace::Link(0),
            alive.into(),
        )?;
    }
    walk_limits(asked, AskedOf::Host, &mut missions, notes)?;
    for (index, _) in chain.chain().links().enumerate() {
        let not_ended = missions
            .standing(asked)
            .map_err(DenialReason::from)
            .and_then(|(standing, work)| {
                standing
                    .link_not_ended(index, work)
                    .map_err(DenialReason::from)
            });
        notes.note(
            || Step::NotEnded,
            DenialPlace::Link(index),
            not_ended.into(),
        )?;
    }
    Ok(())
}

/// The two walks over the limits: step 5, which is public, and step 17, which asks the host.
#[derive(Clone, Copy)]
enum AskedOf {
    Bytes,
    Host,
}

/// Walks the limits of all links that are asked of this. Those out of scope are noted where they
/// would be asked.
fn walk_limits<'a>(
    asked: &Evaluation<'a>,
    by: AskedOf,
    missions: &mut Missions<'a>,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    for (index, limit, in_scope) in asked.in_scope.limits(asked.chain) {
        let outcome = match (decided_by(limit.rule()), by) {
            (DecidedBy::Bytes, AskedOf::Bytes) | (DecidedBy::Host, AskedOf::Host) if in_scope => {
                asked.within(index, limit.rule(), missions).into()
            }
            // A gate that stands before the call is asked last, at steps 19 and 20; one that
            // doesn't is out of scope.
            (DecidedBy::People(gate), AskedOf::Host)
                if in_scope && stands_before(gate, asked.action) =>
            {
                continue;
            }
            (DecidedBy::Bytes, AskedOf::Bytes)
            | (DecidedBy::Host | DecidedBy::People(_), AskedOf::Host) => StepOutcome::OutOfScope,
            (DecidedBy::Bytes, AskedOf::Host)
            | (DecidedBy::Host | DecidedBy::People(_), AskedOf::Bytes) => continue,
        };
        notes.note(
            || Step::Limit(limit.clone()),
            DenialPlace::Link(index),
            outcome,
        )?;
    }
    Ok(())
}

/// Walks steps 6 to 11: who makes the call.
pub(crate) fn walk_presenter(
    asked: &Evaluation<'_>,
    presentation: &Presentation<'_>,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    let Evaluation {
        settings,
        chain,
        action,
        ..
    } = *asked;
    match presentation.presenter {
        Presenter::Signed(signed) => walk_signed(asked, presentation, signed, notes),
        Presenter::Asserted { holder, leaf } => {
            notes.note(
                || Step::Leaf,
                DenialPlace::Call,
                same_leaf(chain.chain().leaf_id(), leaf).into(),
            )?;
            let is_holder = holder == chain.chain().leaf().holder.key;
            notes.note(
                || Step::Holder,
                DenialPlace::Call,
                is_holder
                    .then_some(())
                    .ok_or(DenialReason::NotTheHolder)
                    .into(),
            )?;
            let accepted = assertion_accepted(settings.asserted_up_to(), action.effect);
            notes.note(
                || Step::PresenterAccepted,
                DenialPlace::Verifier,
                accepted.into(),
            )
        }
    }
}

/// A signed call, cheap checks first and the signature last.
fn walk_signed(
    asked: &Evaluation<'_>,
    presentation: &Presentation<'_>,
    signed: &Token<CallClaims>,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    let (claims, chain, place) = (signed.claims(), asked.chain, DenialPlace::Call);
    let here = asked.context.here();
    notes.note(
        || Step::Leaf,
        place,
        same_leaf(chain.chain().leaf_id(), claims.leaf).into(),
    )?;
    walk_call(asked.settings, here, claims, notes)?;
    notes.note(
        || Step::CallContent,
        place,
        call_content(claims, presentation.call).into(),
    )?;
    let holder = signed
        .verify(chain.leaf_key())
        .map_err(|_| DenialReason::NotTheHolder);
    notes.note(|| Step::Holder, place, holder.into())?;
    notes.note(
        || Step::PresenterAccepted,
        place,
        StepOutcome::Held(StepResult::ALWAYS),
    )
}

/// Walks steps 7 and 8, whose answers change with the time and the place of the decision.
pub(crate) fn walk_call(
    settings: &Settings,
    here: &ServerContext,
    claims: &CallClaims,
    notes: &mut impl StepObserver,
) -> Result<(), Denial> {
    notes.note(
        || Step::CallAudience,
        DenialPlace::Call,
        call_audience(claims, here).into(),
    )?;
    notes.note(
        || Step::CallTime,
        DenialPlace::Call,
        call_time(claims, here.now(), settings).into(),
    )
}

/// Walks steps 19 and 20: who has approved the call. Returns whether there is a gate.
fn walk_gates(
    asked: &Evaluation<'_>,
    call: &Call,
    notes: &mut impl StepObserver,
) -> Result<bool, Denial> {
    let Evaluation {
        settings,
        chain,
        context,
        ..
    } = *asked;
    let gates: Vec<_> = gates(asked).collect();
    if gates.is_empty() {
        return Ok(false);
    }
    let sound = approvals_sound(&gates, call, chain.chain().leaf_id(), context, settings)
        .map_err(DenialReason::from);
    notes.note(|| Step::Approvals, DenialPlace::Call, sound.into())?;
    for (link, gate) in gates {
        let open = gate_open(gate, context)
            .map(StepResult::until)
            .map_err(DenialReason::from);
        notes.note(
            || Step::Gate(gate.clone()),
            DenialPlace::Link(link),
            open.into(),
        )?;
    }
    Ok(true)
}

/// The two locks on powers: besides the coverage that verification checked, every link's powers and
/// the ceiling are asked about this very call. Leaf first, because it is the narrowest.
fn check_powers(
    chain: &VerifiedChain,
    action: &Action,
    notes: &mut impl StepObserver,
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
        notes.note(|| Step::Powers, DenialPlace::Link(index), permitted.into())?;
    }
    let permitted = match chain.anchor().ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => {
            let refused = |refusal| DenialReason::CeilingRefuses {
                refusal,
                missing: Powers::exactly(action),
            };
            // A budget of its own, so that the ceiling's size has no part in what is left for the
            // links. The root may use all of it; below the root only what it lets be delegated
            // counts.
            let counts = |capability: &Capability| leaf == 0 || capability.is_delegable();
            permits(ceiling, action, counts, &mut action.work(), refused)
        }
    };
    notes.note(|| Step::Ceiling, DenialPlace::Ceiling, permitted.into())
}

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
