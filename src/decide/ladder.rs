//! The ladder: every check of a decision, once, in a fixed order with the cheap ones first.
//! `decide` stops at the first that fails, `explain` walks them all.

use super::approvals::{approvals_sound, digests, gate_open, gates, stands_before};
use super::call::{Call, CallAt, Presentation, Presenter};
use super::charge::{Accepted, Charge, Charges, one_an_account};
use super::checks::{
    Asked, DecidedBy, Missions, assertion_accepted, call_audience, call_content, call_time,
    decided_by, expires, grant_received, issued, local_name, not_expired, root_audience,
    same_configuration, same_leaf,
};
use super::context::Context;
use super::denial::{Denial, Place};
use super::floors::above_floors;
use super::held::Held;
use super::permit::{NotStarted, Permit, Unsettled};
use super::reason::Reason;
use super::request::Request;
use crate::chain::{Ceiling, VerifiedChain, Verifier};
use crate::claims::{CallClaims, Life};
use crate::ground::{Digest, Label, Timestamp, Work};
use crate::limits::{Gate, Limit, LimitRule};
use crate::powers::{Action, Capability, Effect, Powers, Refusal};
use crate::sign::Token;

/// One check of a decision.
///
/// In the order of the ladder:
///
/// | | step | what it takes |
/// |---|---|---|
/// | 1–4 | configuration, issued, not expired, root audience | the chain, the clock, the server's name |
/// | 5 | limits that these decide: windows, audiences, signed calls | the same |
/// | 6–11 | leaf, call audience, call time, call content, holder, presenter accepted | who calls |
/// | 12, 13 | powers, ceiling | the chain and its anchor |
/// | 14–16 | floors, grant, local name | the host's own terms |
/// | 17 | all other limits but gates; the mission that keeps the root alive is one | the host's state |
/// | 18 | not ended | the host's state |
/// | 19, 20 | approvals, gates | the people who approve |
///
/// Who calls comes before all that the host alone knows, so that nobody who can't make the call
/// learns any of it.
///
/// The ledger is asked last, when all steps held. It looks for the call's mark first:
/// `CallConflict`, then `AlreadyDecided`; then it compares its terms, then the age of the call,
/// then it asks its room, and then makes the charges in their order.
///
/// # Where several checks fail
///
/// The first one gives the code and the link. The order is this:
///
/// | of | first to last |
/// |---|---|
/// | a step that is asked of several links | the root first; only of powers, step 12, the leaf first |
/// | the limits of all links in one step | those of the root in their order, then those of the next link |
/// | several capabilities | the refusal that came furthest: another tool, a higher effect, an unknown argument, a missing one, a refused one; of equals the first |
/// | the arguments of one capability | those with a rule, by the bytes of their names; then those without |
/// | a mission | ended; too much told; the tool withdrawn; no status; contradicted; from the future, which counts as no status; too old; suspended |
/// | a budget | its ledger; of each source its unit, then its amounts: missing, no number, negative, out of range; the sum; the value |
/// | the approvals | their number; then of each: a stranger's, one person's second, its server, its call, from the future, expired; then all signatures |
/// | a gate | enough recent approvals; one that is too old; too few |
///
/// A chain is verified before all steps: rules 1; 3 to 6 for each link; 7; 8 and 11 for the root,
/// 11 for the other links; 11 for retired and revoked keys, 9, 10, 19 and 12; 20 for the root; then
/// for each further link 13 and 20; then for each link 14, 18 for missions, 16 for controllers, 17,
/// 18 for meters, 16 for approvers; then 15, 21 and 22 for each further link; then 18 for what is
/// watched.
///
/// [`Verifier::open`](crate::Verifier::open) asks steps 2 to 9 of root, leaf and call, and step 12
/// of the leaf, before anything is verified, and 8 before the rest. So of a proof whose root has an
/// unknown issuer and whose call is too old, the issuer is told. All of them are asked again
/// afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// 1: the chain was verified under this very configuration.
    Configuration,
    /// 2: a link's beginning is not in the future, but for the leeway.
    Issued,
    /// 3: a link has not expired.
    NotExpired,
    /// 4: the root is valid at this server.
    RootAudience,
    /// 5 or 17: a limit holds. Of a budget, a rate and exclusive groups: the call can be charged;
    /// whether it fits is the ledger's to say.
    Limit(Limit),
    /// 6: the presenter speaks of this leaf.
    Leaf,
    /// 7: the signed call is for this server.
    CallAudience,
    /// 8: the signed call is recent.
    CallTime,
    /// 9: the signed call is this call: its id, tool and arguments.
    CallContent,
    /// 10: the presenter is the holder.
    Holder,
    /// 11: a holder whom the host names is accepted for this effect.
    PresenterAccepted,
    /// 12: a link's powers permit the call; of links above the leaf only what is delegable counts.
    Powers,
    /// 13: the anchor's ceiling permits the call; of a call below the root only what is delegable
    /// counts.
    Ceiling,
    /// 14: the chain is not below the verifier's floors.
    Floors,
    /// 15: the grant behind the root is accepted, and not from the future.
    Grant,
    /// 16: the root names its principal in the server's system, where the server asks.
    LocalName,
    /// 18: nobody entitled has ended the task of a link.
    NotEnded,
    /// 19: every approval that was presented is one, of this very call.
    Approvals,
    /// 20: enough people have approved at a gate.
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
    fn note(
        &mut self,
        step: impl FnOnce() -> Step,
        place: Place,
        outcome: Outcome,
    ) -> Result<(), Denial>;
}

/// What a decision in favour rests on, as far as it was walked; the first failure ends the walk.
#[derive(Default)]
pub(super) struct Rests {
    until: Option<Timestamp>,
    charges: Vec<Charge>,
}

impl Notes for Rests {
    fn note(
        &mut self,
        _: impl FnOnce() -> Step,
        place: Place,
        outcome: Outcome,
    ) -> Result<(), Denial> {
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
    /// The first second in which something that it rests on no longer holds: the earliest expiry of
    /// any link, or the earliest end of a limit in scope: a window that closes, a status, a fact or
    /// an approval that grows too old. Links expire, so there is one.
    fn valid_until(&self, context: &Context<'_>) -> Timestamp {
        self.until.unwrap_or(context.now())
    }
}

impl Verifier {
    /// Decides on a call under a verified chain. Pure: no state is read but what is passed, and
    /// nothing is remembered; the result is unusable until it is settled with the host's ledger.
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
        let call = with_effect(self, presentation.call);
        let asked = Asked::new(self, chain, &call.action, context, presentation.is_signed());
        let mut rests = Rests::default();
        walk_public(&asked, &mut rests)?;
        walk_presenter(&asked, presentation, &mut rests)?;
        settle_on(&asked, &call, presentation.presenter, rests)
    }

    /// Returns what [`decide`](Self::decide) would say of this call if the holder signed it now,
    /// and until when: every step of [`Step`] but 6 to 11. For planning; it permits nothing.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails.
    pub fn preview(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        context: &Context<'_>,
    ) -> Result<Timestamp, Denial> {
        let call = with_effect(self, call);
        let asked = Asked::new(self, chain, &call.action, context, true);
        let mut rests = Rests::default();
        walk_public(&asked, &mut rests)?;
        walk_host(&asked, &mut rests)?;
        walk_gates(&asked, &call, &mut rests)?;
        Ok(rests.valid_until(context))
    }

    /// Decides again on a permit for work that was queued or resumes: everything but who calls,
    /// with the state of now. The permit that comes back is valid until what it now rests on ends;
    /// the call's mark and charges stay. A gate asks for its approvals again, and those presented
    /// now are the ones that the permit rests on.
    ///
    /// # Errors
    /// [`NotStarted`] for the first check that fails: the denial, and the record by which the
    /// ledger gives back what was charged.
    pub fn recheck(
        &self,
        permit: Permit,
        context: &Context<'_>,
    ) -> Result<Permit, Box<NotStarted>> {
        match self.renew(&permit, context) {
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

    fn renew(&self, permit: &Permit, context: &Context<'_>) -> Result<Renewed, Denial> {
        let CallAt { call, audience, .. } = permit.charges.call();
        if audience != context.audience() {
            return Err(Denial::new(
                Place::Call,
                Reason::CallForAnotherAudience {
                    named: audience.clone(),
                },
            ));
        }
        let (chain, action) = (&permit.chain, &call.action);
        let asked = Asked::new(self, chain, action, context, permit.is_signed);
        let mut rests = Rests::default();
        walk_public(&asked, &mut rests)?;
        walk_host(&asked, &mut rests)?;
        let gated = walk_gates(&asked, call, &mut rests)?;
        let (valid_until, approvals) = (rests.valid_until(context), digests(gated, context));
        let local_name = local_name(chain.chain().root().claims(), context);
        let local_name = local_name
            .map_err(|reason| Denial::new(Place::Link(0), reason))?
            .cloned();
        Ok(Renewed {
            valid_until,
            approvals,
            local_name,
        })
    }
}

/// The parts of a permit that are new once it was decided again.
struct Renewed {
    valid_until: Timestamp,
    approvals: Vec<Digest>,
    local_name: Option<Label>,
}

/// The call with the effect by which it is decided: the one that the verifier's table of tools
/// says, or more.
pub(super) fn with_effect(verifier: &Verifier, call: &Call) -> Call {
    let effect = verifier.effect(&call.action);
    Call {
        id: call.id,
        action: Action {
            effect,
            ..call.action.clone()
        },
    }
}

/// Walks what comes after the presenter is authenticated, and makes the decision.
pub(super) fn settle_on(
    asked: &Asked<'_>,
    call: &Call,
    presenter: Presenter<'_>,
    mut rests: Rests,
) -> Result<Unsettled, Denial> {
    let Asked {
        chain,
        context,
        is_signed,
        ..
    } = *asked;
    walk_host(asked, &mut rests)?;
    let gated = walk_gates(asked, call, &mut rests)?;
    let root = chain.chain().root();
    let local_name =
        local_name(root.claims(), context).map_err(|reason| Denial::new(Place::Link(0), reason))?;
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
fn accepted(asked: &Asked<'_>, presenter: Presenter<'_>, gated: bool) -> Accepted {
    let is_irreversible = asked.action.effect == Effect::Irreversible;
    let (at, is_renewable) = match presenter {
        Presenter::Signed(signed) => (signed.claims().at, gated || is_irreversible),
        Presenter::Asserted { .. } => (asked.context.now(), true),
    };
    Accepted {
        at,
        terms: asked.verifier.into(),
        expires: is_renewable.then(|| expires(asked.chain)),
    }
}

/// Walks the whole ladder.
pub(super) fn walk(
    verifier: &Verifier,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &Context<'_>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let call = with_effect(verifier, presentation.call);
    let asked = Asked::new(
        verifier,
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
pub(super) fn walk_public(asked: &Asked<'_>, notes: &mut impl Notes) -> Result<(), Denial> {
    let (verifier, chain, here) = (asked.verifier, asked.chain, asked.context.here());
    let links = || {
        chain
            .chain()
            .links()
            .enumerate()
            .map(|(index, link)| (Place::Link(index), link))
    };

    notes.note(
        || Step::Configuration,
        Place::Verifier,
        same_configuration(verifier, chain).into(),
    )?;
    for (place, link) in links() {
        notes.note(
            || Step::Issued,
            place,
            issued(link, here.now(), verifier).into(),
        )?;
    }
    for (place, link) in links() {
        notes.note(
            || Step::NotExpired,
            place,
            not_expired(link, here.now()).map(Held::until).into(),
        )?;
    }
    let root_audience = root_audience(&chain.chain().root().claims().audience, here);
    notes.note(|| Step::RootAudience, Place::Link(0), root_audience.into())?;
    walk_limits(asked, DecidedBy::Bytes, &mut Missions::new(), notes)
}

/// Walks steps 12 to 18, which the host's own terms and state decide. They are asked once the
/// presenter is authenticated, and again when work was queued or resumes.
fn walk_host(asked: &Asked<'_>, notes: &mut impl Notes) -> Result<(), Denial> {
    let Asked {
        verifier,
        chain,
        action,
        context,
        ..
    } = *asked;
    check_powers(chain, action, notes)?;
    let root = chain.chain().root().claims();
    let floors = above_floors(asked).map(|until| Held {
        until,
        ..Held::ALWAYS
    });
    notes.note(
        || Step::Floors,
        Place::Verifier,
        floors.map_err(Reason::from).into(),
    )?;
    notes.note(
        || Step::Grant,
        Place::Link(0),
        grant_received(root, context.now(), verifier).into(),
    )?;
    if context.system().is_some() {
        notes.note(
            || Step::LocalName,
            Place::Link(0),
            local_name(root, context).map(drop).into(),
        )?;
    }
    let mut missions = Missions::new();
    if let Life::Mission(lives_by) = &root.life {
        let alive = asked.alive(lives_by, &mut missions.work);
        notes.note(
            || Step::Limit(Limit::lives_by(lives_by.clone())),
            Place::Link(0),
            alive.into(),
        )?;
    }
    walk_limits(asked, DecidedBy::Host, &mut missions, notes)?;
    for (index, _) in chain.chain().links().enumerate() {
        let not_ended =
            missions
                .standing(asked)
                .map_err(Reason::from)
                .and_then(|(standing, work)| {
                    standing.link_not_ended(index, work).map_err(Reason::from)
                });
        notes.note(|| Step::NotEnded, Place::Link(index), not_ended.into())?;
    }
    Ok(())
}

/// Walks the limits of all links that are decided by this. Those out of scope are noted where they
/// would be asked.
fn walk_limits<'a>(
    asked: &Asked<'a>,
    by: DecidedBy,
    missions: &mut Missions<'a>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    for (index, limit, in_scope) in asked.in_scope.limits(asked.chain) {
        let outcome = match (limit.rule(), decided_by(limit.rule())) {
            // A gate that stands before the call is asked last, at steps 19 and 20; one that
            // doesn't is out of scope.
            (LimitRule::Gate(gate), DecidedBy::People) if by == DecidedBy::Host => {
                if in_scope && stands_before(gate, asked.action) {
                    continue;
                }
                Outcome::OutOfScope
            }
            (_, other) if other != by => continue,
            _ if !in_scope => Outcome::OutOfScope,
            (rule, _) => asked.within(index, rule, missions).into(),
        };
        notes.note(|| Step::Limit(limit.clone()), Place::Link(index), outcome)?;
    }
    Ok(())
}

/// Walks steps 6 to 11: who makes the call.
pub(super) fn walk_presenter(
    asked: &Asked<'_>,
    presentation: &Presentation<'_>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let Asked {
        verifier,
        chain,
        action,
        ..
    } = *asked;
    match presentation.presenter {
        Presenter::Signed(signed) => walk_signed(asked, presentation, signed, notes),
        Presenter::Asserted { holder, leaf } => {
            notes.note(
                || Step::Leaf,
                Place::Call,
                same_leaf(chain.chain().leaf_id(), leaf).into(),
            )?;
            let is_holder = holder == chain.chain().leaf().holder.key;
            notes.note(
                || Step::Holder,
                Place::Call,
                is_holder.then_some(()).ok_or(Reason::NotTheHolder).into(),
            )?;
            let accepted = assertion_accepted(verifier.asserted_up_to(), action.effect);
            notes.note(|| Step::PresenterAccepted, Place::Verifier, accepted.into())
        }
    }
}

/// A signed call, cheap checks first and the signature last.
fn walk_signed(
    asked: &Asked<'_>,
    presentation: &Presentation<'_>,
    signed: &Token<CallClaims>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let (claims, chain, place) = (signed.claims(), asked.chain, Place::Call);
    notes.note(
        || Step::Leaf,
        place,
        same_leaf(chain.chain().leaf_id(), claims.leaf).into(),
    )?;
    walk_call(asked, signed, notes)?;
    notes.note(
        || Step::CallContent,
        place,
        call_content(claims, presentation.call).into(),
    )?;
    let holder = signed
        .verify(chain.leaf_key())
        .map_err(|_| Reason::NotTheHolder);
    notes.note(|| Step::Holder, place, holder.into())?;
    notes.note(
        || Step::PresenterAccepted,
        place,
        Outcome::Held(Held::ALWAYS),
    )
}

/// Walks steps 7 and 8, whose answers change with the time and the place of the decision.
pub(super) fn walk_call(
    asked: &Asked<'_>,
    signed: &Token<CallClaims>,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let (claims, here) = (signed.claims(), asked.context.here());
    notes.note(
        || Step::CallAudience,
        Place::Call,
        call_audience(claims, here).into(),
    )?;
    notes.note(
        || Step::CallTime,
        Place::Call,
        call_time(claims, here.now(), asked.verifier).into(),
    )
}

/// Walks steps 19 and 20: who has approved the call. Returns whether there is a gate.
fn walk_gates(asked: &Asked<'_>, call: &Call, notes: &mut impl Notes) -> Result<bool, Denial> {
    let Asked {
        verifier,
        chain,
        context,
        ..
    } = *asked;
    let gates: Vec<_> = gates(asked).collect();
    if gates.is_empty() {
        return Ok(false);
    }
    let sound = approvals_sound(&gates, call, chain.chain().leaf_id(), context, verifier)
        .map_err(Reason::from);
    notes.note(|| Step::Approvals, Place::Call, sound.into())?;
    for (link, gate) in gates {
        let open = gate_open(gate, context)
            .map(Held::until)
            .map_err(Reason::from);
        notes.note(|| Step::Gate(gate.clone()), Place::Link(link), open.into())?;
    }
    Ok(true)
}

/// The two locks on powers: besides the coverage that verification checked, every link's powers and
/// the ceiling are asked about this very call. Leaf first, because it is the narrowest.
fn check_powers(
    chain: &VerifiedChain,
    action: &Action,
    notes: &mut impl Notes,
) -> Result<(), Denial> {
    let mut work = action.work();
    let request = || Request::new(chain, Powers::exactly(action)?).map(Box::new);
    let leaf = chain.chain().len().saturating_sub(1);
    for (index, link) in (0..=leaf).rev().zip(chain.chain().links().rev()) {
        let counts = |capability: &Capability| index == leaf || capability.is_delegable();
        let not_permitted = |refusal| Reason::NotPermitted {
            refusal,
            missing: None,
            request: request(),
        };
        let permitted = permits(&link.powers, action, counts, &mut work, not_permitted);
        notes.note(|| Step::Powers, Place::Link(index), permitted.into())?;
    }
    let permitted = match chain.anchor().ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => {
            let refused = |refusal| Reason::CeilingRefuses {
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
    notes.note(|| Step::Ceiling, Place::Ceiling, permitted.into())
}

fn permits(
    powers: &Powers,
    action: &Action,
    counts: impl Fn(&Capability) -> bool,
    work: &mut Work,
    refused: impl Fn(Refusal) -> Reason,
) -> Result<(), Reason> {
    powers
        .permits_within(action, counts, work)
        .map_err(|refusal| match refusal {
            Refusal::OutOfWork(out) => out.into(),
            refusal => refused(refusal),
        })
}
