//! The ladder: every check of a decision, once, in a fixed order with the cheap ones first. `decide` stops at the first that
//! fails, `explain` walks them all.

use super::call::{Context, Presentation, Presenter};
use super::denial::{Denial, Place, just};
use super::mark::Mark;
use super::permit::Unsettled;
use super::reason::Reason;
use crate::chain::{Ceiling, VerifiedChain, Verifier};
use crate::claims::{CallClaims, Link, RootAudience};
use crate::ground::bounds::DECIDE_STEPS;
use crate::ground::{Timestamp, Work};
use crate::limits::{AudienceSet, Limit, LimitRule, Scope, Window};
use crate::powers::{Action, Capability, Effect, Powers, Refusal};
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
    /// 5: a limit holds.
    Limit(Limit),
    /// 6: a link's powers permit the call; of links above the leaf only what is delegable counts.
    Powers,
    /// 7: the anchor's ceiling permits the call.
    Ceiling,
    /// 8: the holder's word is of a kind that is accepted.
    PresenterAccepted,
    /// 9: the presenter speaks of this leaf.
    Leaf,
    /// 10: the signed call is for this server.
    CallAudience,
    /// 11: the signed call is recent.
    CallTime,
    /// 12: the signed call is this call: its id, tool and arguments.
    CallContent,
    /// 13: the presenter is the holder.
    Holder,
}

/// What became of a check.
pub(super) enum Outcome {
    Held,
    /// The limit is about other tools.
    OutOfScope,
    Failed(Reason),
}

impl From<Result<(), Reason>> for Outcome {
    fn from(result: Result<(), Reason>) -> Self {
        match result {
            Ok(()) => Self::Held,
            Err(reason) => Self::Failed(reason),
        }
    }
}

/// Takes note of each check; an error ends the walk.
pub(super) type Note<'n> = &'n mut dyn FnMut(&dyn Fn() -> Step, Place, Outcome) -> Result<(), Denial>;

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
        context: &Context,
    ) -> Result<Unsettled, Denial> {
        walk(self, chain, presentation, context, &mut |_, place, outcome| match outcome {
            Outcome::Failed(reason) => Err(Denial::new(place, reason)),
            Outcome::Held | Outcome::OutOfScope => Ok(()),
        })?;
        let until = rests_until(chain, &presentation.call.action);
        let mark = Mark::new(
            presentation.call.key(&chain.chain().leaf_id(), context.audience()),
            match presentation.presenter {
                Presenter::Signed(signed) => signed.claims().at.plus(self.max_call_age()).plus(ONE_SECOND),
                Presenter::Asserted { .. } => until,
            },
        );
        Ok(Unsettled::new(chain.clone(), presentation.call.clone(), context, until, mark))
    }
}

const ONE_SECOND: crate::ground::Seconds = crate::ground::Seconds::new(1);

/// Walks the ladder.
pub(super) fn walk(
    verifier: &Verifier,
    chain: &VerifiedChain,
    presentation: &Presentation<'_>,
    context: &Context,
    note: Note<'_>,
) -> Result<(), Denial> {
    let action = &presentation.call.action;
    let is_signed = matches!(presentation.presenter, Presenter::Signed(_));
    let links = || chain.chain().links().enumerate().map(|(index, link)| (Place::Link(index), link));

    note(&|| Step::Configuration, Place::Verifier, same_configuration(verifier, chain).into())?;
    for (place, link) in links() {
        note(&|| Step::Issued, place, issued(link, context.now(), verifier).into())?;
    }
    for (place, link) in links() {
        note(&|| Step::NotExpired, place, not_expired(link, context.now()).into())?;
    }
    let root_audience = root_audience(&chain.chain().root().claims().audience, context);
    note(&|| Step::RootAudience, Place::Link(0), root_audience.into())?;
    for (place, link) in links() {
        for limit in link.limits.iter() {
            let outcome = if limit.scope().includes(&action.tool) {
                within_limit(limit.rule(), is_signed, context, verifier).into()
            } else {
                Outcome::OutOfScope
            };
            note(&|| Step::Limit(limit.clone()), place, outcome)?;
        }
    }
    check_powers(chain, action, note)?;
    match presentation.presenter {
        Presenter::Signed(signed) => check_signed(verifier, chain, presentation, signed, context, note),
        Presenter::Asserted { holder, leaf } => {
            let accepted = assertion_accepted(verifier.asserted_up_to(), action.effect);
            note(&|| Step::PresenterAccepted, Place::Verifier, accepted.into())?;
            note(&|| Step::Leaf, Place::Call, same_leaf(chain, leaf).into())?;
            let is_holder = holder == chain.chain().leaf().holder.key;
            note(&|| Step::Holder, Place::Call, is_holder.then_some(()).ok_or(Reason::NotTheHolder).into())
        }
    }
}

/// The two locks on powers: besides the coverage that verification checked, every link's powers and the ceiling are asked
/// about this very call. Leaf first, because it is the narrowest.
fn check_powers(chain: &VerifiedChain, action: &Action, note: Note<'_>) -> Result<(), Denial> {
    let mut work = Work::new(DECIDE_STEPS);
    let missing = || Box::new(just(action));
    let leaf = chain.chain().len().saturating_sub(1);
    let links: Vec<&Link> = chain.chain().links().collect();
    for (index, link) in links.into_iter().enumerate().rev() {
        let counts = |capability: &Capability| index == leaf || capability.is_delegable();
        let permitted = permits(&link.powers, action, counts, &mut work, |refusal| Reason::NotPermitted {
            refusal,
            missing: missing(),
        });
        note(&|| Step::Powers, Place::Link(index), permitted.into())?;
    }
    let permitted = match chain.anchor().ceiling() {
        Ceiling::Unlimited => Ok(()),
        Ceiling::Powers(ceiling) => permits(
            ceiling,
            action,
            |_| true,
            &mut work,
            |refusal| Reason::CeilingRefuses { refusal, missing: missing() },
        ),
    };
    note(&|| Step::Ceiling, Place::Ceiling, permitted.into())
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
    context: &Context,
    note: Note<'_>,
) -> Result<(), Denial> {
    let (claims, place) = (signed.claims(), Place::Call);
    note(&|| Step::PresenterAccepted, place, Outcome::Held)?;
    note(&|| Step::Leaf, place, same_leaf(chain, claims.leaf).into())?;
    note(&|| Step::CallAudience, place, call_audience(claims, context).into())?;
    note(&|| Step::CallTime, place, call_time(claims, context.now(), verifier).into())?;
    note(&|| Step::CallContent, place, call_content(claims, presentation).into())?;
    let holder = signed.verify(chain.leaf_key()).map_err(|_| Reason::NotTheHolder);
    note(&|| Step::Holder, place, holder.into())
}

fn same_configuration(verifier: &Verifier, chain: &VerifiedChain) -> Result<(), Reason> {
    if verifier.configuration() == chain.configuration() { Ok(()) } else { Err(Reason::OtherConfiguration) }
}

fn issued(link: &Link, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    let issued_at = link.lifetime.issued_at();
    if issued_at <= now.plus(verifier.leeway()) { Ok(()) } else { Err(Reason::IssuedInFuture { issued_at, now }) }
}

fn not_expired(link: &Link, now: Timestamp) -> Result<(), Reason> {
    let expires = link.lifetime.expires();
    if now < expires { Ok(()) } else { Err(Reason::Expired { expires, now }) }
}

fn root_audience(audience: &RootAudience, context: &Context) -> Result<(), Reason> {
    match audience {
        RootAudience::Anywhere => Ok(()),
        RootAudience::Only(audiences) => within_audience(audiences, context),
    }
}

fn within_audience(audiences: &AudienceSet, context: &Context) -> Result<(), Reason> {
    let here = context.audience();
    if audiences.contains(here) { Ok(()) } else { Err(Reason::WrongAudience { here: here.clone() }) }
}

fn within_limit(rule: &LimitRule, is_signed: bool, context: &Context, verifier: &Verifier) -> Result<(), Reason> {
    match rule {
        LimitRule::Window(window) => within_window(*window, context.now(), verifier),
        LimitRule::Audience(audiences) => within_audience(audiences, context),
        LimitRule::SignedCalls if is_signed => Ok(()),
        LimitRule::SignedCalls => Err(Reason::SignedCallRequired),
    }
}

/// The leeway forgives a clock that is behind at the opening; it never lengthens the window.
fn within_window(window: Window, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    match (window.opens(), window.closes()) {
        (Some(opens), _) if now.plus(verifier.leeway()) < opens => Err(Reason::NotYet { opens, now }),
        (_, Some(closes)) if now >= closes => Err(Reason::WindowClosed { closes, now }),
        _ => Ok(()),
    }
}

fn assertion_accepted(up_to: Option<Effect>, effect: Effect) -> Result<(), Reason> {
    if up_to.is_some_and(|ceiling| effect <= ceiling) { Ok(()) } else { Err(Reason::AssertionNotAccepted { effect }) }
}

fn same_leaf(chain: &VerifiedChain, named: crate::ground::MandateId) -> Result<(), Reason> {
    let leaf = chain.chain().leaf_id();
    if named == leaf { Ok(()) } else { Err(Reason::WrongLeaf { named, leaf }) }
}

fn call_audience(claims: &CallClaims, context: &Context) -> Result<(), Reason> {
    if claims.audience == *context.audience() {
        Ok(())
    } else {
        Err(Reason::CallForAnotherAudience { named: claims.audience.clone() })
    }
}

fn call_time(claims: &CallClaims, now: Timestamp, verifier: &Verifier) -> Result<(), Reason> {
    let at = claims.at;
    if at > now.plus(verifier.leeway()) {
        return Err(Reason::CallFromFuture { at, now });
    }
    if now.since(at) > verifier.max_call_age() { Err(Reason::CallTooOld { at, now }) } else { Ok(()) }
}

fn call_content(claims: &CallClaims, presentation: &Presentation<'_>) -> Result<(), Reason> {
    if claims.id != presentation.call.id {
        return Err(Reason::CallIdMismatch);
    }
    if claims.request == presentation.call.request() { Ok(()) } else { Err(Reason::RequestMismatch) }
}

/// The first second in which something that the decision rests on no longer holds: the earliest expiry of any link, or the
/// earliest closing of a window in scope.
fn rests_until(chain: &VerifiedChain, action: &Action) -> Timestamp {
    let links = || chain.chain().links();
    let closings =
        links().flat_map(|link| link.limits.iter()).filter_map(|limit| match (limit.scope(), limit.rule()) {
            (scope, LimitRule::Window(window)) if Scope::includes(scope, &action.tool) => window.closes(),
            _ => None,
        });
    links()
        .map(|link| link.lifetime.expires())
        .chain(closings)
        .min()
        .unwrap_or_else(|| chain.chain().leaf().lifetime.expires())
}
