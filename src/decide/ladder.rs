//! The ladder: every check of a decision, once, in a fixed order with the cheap ones first. `decide` stops at the first that
//! fails, `explain` walks them all.

use super::approvals::{approvals_sound, digests, gate_open, gates, stands_before};
use super::call::{Call, CallAt, Presentation, Presenter};
use super::charge::{Charge, Charges, one_an_account};
use super::checks::{
    Asked, assertion_accepted, call_audience, call_content, call_time, expires, issued, local_name, not_expired,
    root_audience, same_configuration, same_leaf,
};
use super::context::Context;
use super::denial::{Denial, Place};
use super::held::Held;
use super::permit::{Permit, Unsettled};
use super::reason::Reason;
use super::request::Request;
use crate::chain::{Ceiling, VerifiedChain, Verifier};
use crate::claims::{CallClaims, Life};
use crate::ground::bounds::DECIDE_STEPS;
use crate::ground::{Timestamp, Work};
use crate::limits::{Gate, Limit, LimitRule};
use crate::mission::link_not_ended;
use crate::powers::{Action, Capability, Powers, Refusal};
use crate::sign::Token;

/// One check of a decision, in the order of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// 1: the chain was verified under this very configuration.
    Configuration,
    /// 2: a link's beginning is not in the future, but for the leeway.
    Issued,
    /// 3: a link has not expired.
    NotExpired,
    /// 4: the root is good at this server.
    RootAudience,
    /// 5: the root names its principal in the server's system, where the server asks.
    LocalName,
    /// 6: a limit holds; the mission that keeps the root alive is one. Of a budget, a rate and exclusive groups that the call can
    /// be charged; whether it fits is the ledger's to say. A gate that stands before the call comes last.
    Limit(Limit),
    /// 7: nobody entitled has ended the task of a link.
    NotEnded,
    /// 8: a link's powers permit the call; of links above the leaf only what is delegable counts.
    Powers,
    /// 9: the anchor's ceiling permits the call.
    Ceiling,
    /// 10: the holder's word is of a kind that is accepted.
    PresenterAccepted,
    /// 11: the presenter speaks of this leaf.
    Leaf,
    /// 12: the signed call is for this server.
    CallAudience,
    /// 13: the signed call is recent.
    CallTime,
    /// 14: the signed call is this call: its id, tool and arguments.
    CallContent,
    /// 15: the presenter is the holder.
    Holder,
    /// 16: every approval that was presented is one, of this very call.
    Approvals,
    /// 17: enough people have approved at a gate.
    Gate(Gate),
}

/// What became of a check.
pub(super) enum Outcome {
    Held(Held),
    /// The limit is about other calls.
    OutOfScope,
    Failed(Reason),
}

impl From<Result<Held, Reason>> for Outcome {
    fn from(result: Result<Held, Reason>) -> Self {
        match result {
            Ok(held) => Self::Held(held),
            Err(reason) => Self::Failed(reason),
        }
    }
}

impl From<Result<(), Reason>> for Outcome {
    fn from(result: Result<(), Reason>) -> Self {
        result.map(|()| Held::ALWAYS).into()
    }
}

/// Takes note of each check, in the order of the ladder; an error ends the walk.
pub(super) trait Notes {
    fn note(&mut self, step: impl FnOnce() -> Step, place: Place, outcome: Outcome) -> Result<(), Denial>;
}

/// What a decision in favour rests on, as far as it was walked; the first failure ends the walk.
#[derive(Default)]
pub(super) struct Rests {
    until: Option<Timestamp>,
    charges: Vec<Charge>,
}

impl Notes for Rests {
    fn note(&mut self, _: impl FnOnce() -> Step, place: Place, outcome: Outcome) -> Result<(), Denial> {
        match outcome {
            Outcome::Failed(reason) => return Err(Denial::new(place, reason)),
            Outcome::Held(held) => {
                self.until = self.until.into_iter().chain(held.until).min();
                self.charges.extend(held.charge.map(|charge| *charge));
            }
            Outcome::OutOfScope => {}
        }
        Ok(())
    }
}

impl Rests {
    /// The first second in which something that it rests on no longer holds: the earliest expiry of any link, or the earliest end
    /// of a limit in scope: a window that closes, a status, a fact or an approval that grows too old. Links expire, so there is one.
    fn valid_until(&self, context: &Context<'_>) -> Timestamp {
        self.until.unwrap_or(context.now())
    }
}

impl Verifier {
    /// Decides on a call under a verified chain. Pure: no state is read but what is passed, and nothing is remembered; the
    /// result is unusable until it is settled with the host's ledger.
    ///
    /// The order of the checks is that of [`Step`].
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails.
    pub fn decide(
        &self,
        chain: &VerifiedChain,
        presentation: &Presentation<'_>,
        context: &Context<'_>,
    ) -> Result<Unsettled, Denial> {
        let mut rests = Rests::default();
        let gated = walk(self, chain, presentation, context, &mut rests)?;
        let keep_until = match presentation.presenter {
            Presenter::Signed(signed) if !gated => signed.claims().at.plus(self.max_call_age()).plus(ONE_SECOND),
            // What it rests on may be renewed by fresher news, and an approved call signed again while its approvals still
            // count; only a chain that has expired refuses the call for good.
            Presenter::Signed(_) | Presenter::Asserted { .. } => expires(chain),
        };
        let root = chain.chain().root();
        let local_name = local_name(root.claims(), context).map_err(|reason| Denial::new(Place::Link(0), reason))?;
        let call = CallAt::new(presentation.call.clone(), chain.chain().leaf_id(), context.audience().clone());
        let permit = Permit {
            chain: chain.clone(),
            is_signed: presentation.is_signed(),
            local_name: local_name.cloned(),
            decided_at: context.now(),
            valid_until: rests.valid_until(context),
            approvals: digests(gated, context),
            charges: Charges::new(call, root.digest(), keep_until, one_an_account(rests.charges)),
        };
        Ok(Unsettled::new(permit))
    }

    /// What [`decide`](Self::decide) would say of this call if the holder signed it now: every step of [`Step`] but 10 to 15, and
    /// until when. For planning; it permits nothing.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails.
    pub fn preview(&self, chain: &VerifiedChain, call: &Call, context: &Context<'_>) -> Result<Timestamp, Denial> {
        let mut rests = Rests::default();
        walk_chain(self, chain, &call.action, true, context, &mut rests)?;
        walk_gates(self, chain, call, context, &mut rests)?;
        Ok(rests.valid_until(context))
    }

    /// Decides again on a permit for work that was queued or resumes: everything but who calls, with today's news. The
    /// permit that comes back is valid until what it now rests on ends; the call's mark and charges stay. A gate asks for its approvals
    /// again, and those presented now are the ones that the permit rests on.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails; the permit is then gone.
    pub fn recheck(&self, permit: Permit, context: &Context<'_>) -> Result<Permit, Denial> {
        let CallAt { call, audience, .. } = permit.charges.call();
        if audience != context.audience() {
            return Err(Denial::new(Place::Call, Reason::CallForAnotherAudience { named: audience.clone() }));
        }
        let mut rests = Rests::default();
        let chain = &permit.chain;
        walk_chain(self, chain, &call.action, permit.is_signed, context, &mut rests)?;
        let gated = walk_gates(self, chain, call, context, &mut rests)?;
        let (valid_until, approvals) = (rests.valid_until(context), digests(gated, context));
        let local_name = local_name(chain.chain().root().claims(), context);
        let local_name = local_name.map_err(|reason| Denial::new(Place::Link(0), reason))?.cloned();
        Ok(Permit { decided_at: context.now(), valid_until, approvals, local_name, ..permit })
    }
}

const ONE_SECOND: crate::ground::Seconds = crate::ground::Seconds::new(1);

/// Walks the ladder; whether the call was gated.
pub(super) fn walk(
    verifier: &Verifier,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<bool, Denial> {
    walk_chain(verifier, chain, &presentation.call.action, presentation.is_signed(), context, notes)?;
    walk_presenter(verifier, chain, presentation, context, notes)?;
    walk_gates(verifier, chain, presentation.call, context, notes)
}

/// Walks what is asked of the chain: steps 1 to 9, which are asked again when work was queued or resumes.
fn walk_chain(
    verifier: &Verifier,
    chain: &VerifiedChain,
    action: &Action,
    is_signed: bool,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let links = || chain.chain().links().enumerate().map(|(index, link)| (Place::Link(index), link));

    notes.note(|| Step::Configuration, Place::Verifier, same_configuration(verifier, chain).into())?;
    for (place, link) in links() {
        notes.note(|| Step::Issued, place, issued(link, context.now(), verifier).into())?;
    }
    for (place, link) in links() {
        notes.note(|| Step::NotExpired, place, not_expired(link, context.now()).map(Held::until).into())?;
    }
    let root_audience = root_audience(&chain.chain().root().claims().audience, context);
    notes.note(|| Step::RootAudience, Place::Link(0), root_audience.into())?;
    if context.system().is_some() {
        let name = local_name(chain.chain().root().claims(), context).map(drop);
        notes.note(|| Step::LocalName, Place::Link(0), name.into())?;
    }
    let asked = Asked { chain, action, context, is_signed, verifier };
    if let Life::Mission(lives_by) = &chain.chain().root().claims().life {
        notes.note(|| Step::Limit(Limit::lives_by(lives_by.clone())), Place::Link(0), asked.alive(lives_by).into())?;
    }
    for (index, link) in chain.chain().links().enumerate() {
        for limit in link.limits.iter() {
            let in_scope = limit.scope().includes(&action.tool);
            let outcome = match limit.rule() {
                _ if !in_scope => Outcome::OutOfScope,
                // It is asked last, at steps 16 and 17.
                LimitRule::Gate(gate) if stands_before(gate, action) => continue,
                LimitRule::Gate(_) => Outcome::OutOfScope,
                rule => asked.within(index, rule).into(),
            };
            notes.note(|| Step::Limit(limit.clone()), Place::Link(index), outcome)?;
        }
    }
    for (index, _) in chain.chain().links().enumerate() {
        let standing = link_not_ended(chain, index, context.news()).map_err(Reason::from);
        notes.note(|| Step::NotEnded, Place::Link(index), standing.into())?;
    }
    check_powers(chain, action, notes)
}

/// Walks the part about who makes the call.
pub(super) fn walk_presenter(
    verifier: &Verifier,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let action = &presentation.call.action;
    match presentation.presenter {
        Presenter::Signed(signed) => check_signed(verifier, chain, presentation, signed, context, notes),
        Presenter::Asserted { holder, leaf } => {
            let accepted = assertion_accepted(verifier.asserted_up_to(), action.effect);
            notes.note(|| Step::PresenterAccepted, Place::Verifier, accepted.into())?;
            notes.note(|| Step::Leaf, Place::Call, same_leaf(chain.chain().leaf_id(), leaf).into())?;
            let is_holder = holder == chain.chain().leaf().holder.key;
            notes.note(|| Step::Holder, Place::Call, is_holder.then_some(()).ok_or(Reason::NotTheHolder).into())
        }
    }
}

/// Walks the last part: who has approved the call. Whether there is a gate.
fn walk_gates(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<bool, Denial> {
    let gates: Vec<_> = gates(chain, &call.action).collect();
    if gates.is_empty() {
        return Ok(false);
    }
    let sound = approvals_sound(&gates, call, chain.chain().leaf_id(), context, verifier).map_err(Reason::from);
    notes.note(|| Step::Approvals, Place::Call, sound.into())?;
    for (link, gate) in gates {
        let open = gate_open(gate, context).map(Held::until).map_err(Reason::from);
        notes.note(|| Step::Gate(gate.clone()), Place::Link(link), open.into())?;
    }
    Ok(true)
}

/// The two locks on powers: besides the coverage that verification checked, every link's powers and the ceiling are asked
/// about this very call. Leaf first, because it is the narrowest.
fn check_powers(chain: &VerifiedChain, action: &Action, notes: &mut impl Notes) -> Result<(), Denial> {
    let mut work = Work::new(DECIDE_STEPS);
    let request = || Request::new(chain, Powers::exactly(action)?).map(Box::new);
    let leaf = chain.chain().len().saturating_sub(1);
    for (index, link) in (0..=leaf).rev().zip(chain.chain().links().rev()) {
        let counts = |capability: &Capability| index == leaf || capability.is_delegable();
        let not_permitted = |refusal| Reason::NotPermitted { refusal, missing: None, request: request() };
        let permitted = permits(&link.powers, action, counts, &mut work, not_permitted);
        notes.note(|| Step::Powers, Place::Link(index), permitted.into())?;
    }
    let permitted = match chain.anchor().ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => {
            let refused = |refusal| Reason::CeilingRefuses { refusal, missing: Powers::exactly(action) };
            permits(ceiling, action, |_| true, &mut work, refused)
        }
    };
    notes.note(|| Step::Ceiling, Place::Ceiling, permitted.into())
}

fn permits(
    powers: &Powers,
    action: &Action,
    counts: impl Fn(&Capability) -> bool,
    work: &mut Work,
    refused: impl Fn(Refusal) -> Reason,
) -> Result<(), Reason> {
    powers.permits_within(action, counts, work).map_err(|refusal| match refusal {
        Refusal::OutOfWork(out) => out.into(),
        refusal => refused(refusal),
    })
}

/// A signed call, cheap checks first and the signature last.
fn check_signed(
    verifier: &Verifier,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    signed: &Token<CallClaims>,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let (claims, place) = (signed.claims(), Place::Call);
    notes.note(|| Step::PresenterAccepted, place, Outcome::Held(Held::ALWAYS))?;
    notes.note(|| Step::Leaf, place, same_leaf(chain.chain().leaf_id(), claims.leaf).into())?;
    notes.note(|| Step::CallAudience, place, call_audience(claims, context).into())?;
    notes.note(|| Step::CallTime, place, call_time(claims, context.now(), verifier).into())?;
    notes.note(|| Step::CallContent, place, call_content(claims, presentation).into())?;
    let holder = signed.verify(chain.leaf_key()).map_err(|_| Reason::NotTheHolder);
    notes.note(|| Step::Holder, place, holder.into())
}
