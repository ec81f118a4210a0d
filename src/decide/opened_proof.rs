use super::checks::Evaluation;
use super::context::DecisionContext;
use super::early_refusal::{screen, screen_content, screen_powers};
use super::ladder::{
    Grounds, StepObserver, StepOutcome, settle_on, walk, walk_call, walk_public, with_effect,
};
use super::permit::Unsettled;
use super::presentation::{Presentation, Presenter};
use super::proof::{TOO_LARGE, read_stapled};
use super::server_context::ServerContext;
use super::step::Step;
use crate::chain::{
    CacheView, Call, ChainCache, ReceivedChain, Settings, Start, VerifiedChain,
    check_root_signature, holder_key, verify_after,
};
use crate::claims::CallClaims;
use crate::codec::{Envelope, Reader};
use crate::denial::{AccessRequest, Denial, DenialPlace, DenialReason};
use crate::mission::{Notice, Watches};
use crate::powers::Action;
use crate::primitives::Label;
use crate::primitives::bounds::MAX_PROOF_BYTES;
use crate::sign::Token;

/// A proof whose holder is authenticated: the signed call is this call, and the chain is sound and
/// within its anchor's terms.
///
/// Nothing that changes was asked yet. A host whose missions or facts lie in a store fetches here
/// what this very call depends on, and then decides.
///
/// ```
/// use mandatum::mission::{Retention, Watches};
/// use mandatum::{Action, DecisionContext, Denial, Notice, Register, ServerContext, Timestamp, Unsettled, Verifier};
/// /// The notices that a host has stored, by what they are about, each with the time of its receipt.
/// fn stored(watches: &Watches) -> Vec<(Notice, Timestamp)> {
/// #    let _ = watches;
///     Vec::new()
/// }
///
/// fn decide(
///     verifier: &Verifier, retention: Retention, proof: &[u8], action: &Action, here: ServerContext,
/// ) -> Result<Unsettled, Denial> {
///     let opened = verifier.open(proof, action, &here)?;
///     let (watches, mut register) = (opened.watches(), Register::new(retention));
///     for (notice, received) in stored(&watches) {
///         // What does not count for this chain is passed over.
///         let _ = register.apply(&notice, &watches, received);
///     }
///     opened.decide(&DecisionContext::new(here, &register))
/// }
/// ```
#[must_use = "nothing is decided yet"]
#[derive(Debug)]
pub struct OpenedProof<'v> {
    settings: &'v Settings,
    cache: Option<&'v ChainCache>,
    chain: VerifiedChain,
    signed: Token<CallClaims>,
    call: Call,
    stapled: Vec<Notice>,
}

impl<'v> OpenedProof<'v> {
    /// Authenticates a proof. In the order in which nobody learns what is not theirs: what the
    /// bytes of root, leaf and call refuse; the call's signature under the leaf's claimed key; the
    /// root's signature, the other links; the anchor's terms.
    pub(crate) fn read(
        settings: &'v Settings,
        proof: &[u8],
        action: &Action,
        here: &ServerContext,
        cache: Option<&'v ChainCache>,
        ask_powers: bool,
    ) -> Result<Self, Denial> {
        if proof.len() > MAX_PROOF_BYTES {
            return Err(TOO_LARGE.into());
        }
        let mut r = Reader::new(proof);
        let parts = r.array(2, 3)?;
        let arrival = ReceivedChain::read(&mut r)?;
        let signed = Envelope::read(&mut r)?;

        let seen = cache.map(|cache| CacheView {
            cache,
            configuration: settings.configuration(),
        });
        let ends = arrival.ends(seen)?;
        let signed = Token::<CallClaims>::from_envelope(&signed)?;
        let call = with_effect(settings, &Call::new(signed.claims().id, action.clone()));
        screen(settings, &ends, arrival.len(), &signed, &call, here)?;
        if ask_powers {
            screen_powers(&ends, arrival.len(), &call)?;
        }
        screen_content(&signed, &call)?;

        let last = arrival.len().saturating_sub(1);
        let leaf_key = match ends.known_whole(arrival.len()) {
            Some(known) => known.leaf_key().clone(),
            None => holder_key(ends.leaf()).map_err(|kind| kind.at(last))?,
        };
        signed
            .verify(&leaf_key)
            .map_err(|_| Denial::new(DenialPlace::Call, DenialReason::NotTheHolder))?;

        // The root's signature before the links between are decoded: a stranger has none.
        let start = match ends.known() {
            Some(_) => None,
            None => Some(check_root_signature(settings, &ends.root).map_err(|kind| kind.at(0))?),
        };
        let (chain, known) = arrival.chain(ends, seen)?;
        let start = match (known, start) {
            (Some(known), _) => Start::Known(known),
            (None, Some(signed)) => Start::SignedRoot(Box::new(signed)),
            (None, None) => Start::Root,
        };
        let chain = verify_after(settings, chain, start, Some(leaf_key))?;
        // What is stapled takes long to read, so only who holds a chain has it read.
        let stapled = if parts == 3 {
            read_stapled(&mut r)?
        } else {
            Vec::new()
        };
        r.end()?;
        Ok(Self {
            settings,
            cache,
            chain,
            signed,
            call,
            stapled,
        })
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> &VerifiedChain {
        &self.chain
    }

    /// The call, with the effect by which it is decided.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the missions and tasks whose state the decision depends on, each with the keys that
    /// may change it.
    #[must_use]
    pub fn watches(&self) -> Watches {
        self.chain.watches()
    }

    /// The facts that the decision depends on, root first; a fact is named once for each condition
    /// on it.
    pub fn facts(&self) -> impl Iterator<Item = &Label> {
        let conditions = self
            .chain
            .chain()
            .links()
            .flat_map(|link| link.limits.iter());
        let in_scope = conditions.filter(|limit| limit.scope().includes(&self.call.action.tool));
        in_scope.filter_map(|limit| limit.rule().fact())
    }

    /// Decides, with what the host knows. What time changes is asked again, so a call that was
    /// opened too long ago is refused.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails, in the order of [`Step`](crate::decide::Step).
    pub fn decide(self, context: &DecisionContext<'_>) -> Result<Unsettled, Denial> {
        if self.stapled.is_empty() {
            return self.decide_in(context);
        }
        let received = context
            .register()
            .of_stapled(&self.chain, &self.stapled, context.now());
        self.decide_in(&context.with_stapled(&received))
    }

    /// Returns the request for the powers that the call lacks, of an execution that may still run.
    pub(crate) fn request(self, context: &DecisionContext<'_>) -> Option<AccessRequest> {
        let received = context
            .register()
            .of_stapled(&self.chain, &self.stapled, context.now());
        let context = context.with_stapled(&received);
        let presentation = Presentation::signed(&self.call, &self.signed);
        let mut lacks = Lacks::default();
        walk(
            self.settings,
            &self.chain,
            &presentation,
            &context,
            &mut lacks,
        )
        .ok()?;
        lacks.request
    }

    fn decide_in(&self, context: &DecisionContext<'_>) -> Result<Unsettled, Denial> {
        let (settings, chain, action) = (self.settings, &self.chain, &self.call.action);
        let asked = Evaluation::new(settings, chain, action, context, true);
        let mut rests = Grounds::default();
        walk_public(&asked, &mut rests)?;
        walk_call(settings, context.here(), self.signed.claims(), &mut rests)?;
        let decided = settle_on(&asked, &self.call, Presenter::Signed(&self.signed), rests)?;
        if let Some(cache) = self.cache {
            cache.keep(self.chain.clone());
        }
        Ok(decided)
    }
}

/// Walks on past missing powers, and stops where the execution should no longer run, or the call is
/// refused in public. All else that the host alone knows is passed over: whether a request is
/// offered must not tell of ceilings, floors, facts or ledgers.
#[derive(Default)]
struct Lacks {
    request: Option<AccessRequest>,
}

impl StepObserver for Lacks {
    fn note(
        &mut self,
        _: impl FnOnce() -> Step,
        place: DenialPlace,
        outcome: StepOutcome,
    ) -> Result<(), Denial> {
        match outcome {
            StepOutcome::Failed(DenialReason::NotPermitted {
                request: Some(request),
                ..
            }) => {
                self.request.get_or_insert(*request);
                Ok(())
            }
            StepOutcome::Failed(reason @ DenialReason::NotAlive(_)) => {
                Err(Denial::new(place, reason))
            }
            StepOutcome::Failed(reason)
                if place == DenialPlace::Ceiling || reason.is_hosts_own() =>
            {
                Ok(())
            }
            StepOutcome::Failed(reason) => Err(Denial::new(place, reason)),
            StepOutcome::Held(_) | StepOutcome::OutOfScope => Ok(()),
        }
    }
}
