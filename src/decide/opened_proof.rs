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

/// A proof whose holder is authenticated: the signed call is this call, and the chain is verified
/// and within its anchor's terms.
///
/// Nothing that changes was checked yet. A host whose missions or facts are in a store fetches what
/// this very call depends on, and then decides.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, .. } = sample;
/// # let retention = verifier.retention(mandatum::Seconds::minutes(5));
/// # type Stored = Vec<(mandatum::Notice, mandatum::Timestamp)>;
/// # let stored = |_: &mandatum::mission::Watches| Stored::new();
/// use mandatum::{DecisionContext, Register};
/// let opened = verifier.open(&proof, &call.action, &here)?;
/// let (watches, mut register) = (opened.watches(), Register::new(retention));
/// // `stored` returns the host's notices about these subjects, each with the time of its receipt.
/// for (notice, received) in stored(&watches) {
///     // A notice that does not count for this chain is ignored.
///     let _ = register.apply(&notice, &watches, received);
/// }
/// assert!(opened.decide(&DecisionContext::new(here, &register)).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// Authenticates a proof. The order of the checks reveals nothing to a caller who may not know
    /// it:
    ///
    /// 1. what the bytes of root, leaf and call refuse
    /// 2. the call's signature under the key that the leaf claims
    /// 3. the root's signature
    /// 4. the signatures of the other links, and all other rules
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
        let received = ReceivedChain::read(&mut r)?;
        let signed = Envelope::read(&mut r)?;

        let view = cache.map(|cache| CacheView {
            cache,
            configuration: settings.configuration(),
        });
        let endpoints = received.ends(view)?;
        let signed = Token::<CallClaims>::from_envelope(&signed)?;
        let call = with_effect(settings, &Call::new(signed.claims().id, action.clone()));
        screen(settings, &endpoints, received.len(), &signed, &call, here)?;
        if ask_powers {
            screen_powers(&endpoints, received.len(), &call)?;
        }
        screen_content(&signed, &call)?;

        let last = received.len().saturating_sub(1);
        let leaf_key = match endpoints.known_whole(received.len()) {
            Some(known) => known.leaf_key().clone(),
            None => holder_key(endpoints.leaf()).map_err(|kind| kind.at(last))?,
        };
        signed
            .verify(&leaf_key)
            .map_err(|_| Denial::new(DenialPlace::Call, DenialReason::NotTheHolder))?;

        // Verified before the links between are decoded, because a stranger has no signed root.
        let start = match endpoints.known() {
            Some(_) => None,
            None => {
                Some(check_root_signature(settings, &endpoints.root).map_err(|kind| kind.at(0))?)
            }
        };
        let (chain, known) = received.chain(endpoints, view)?;
        let start = match (known, start) {
            (Some(known), _) => Start::Known(known),
            (None, Some(signed)) => Start::SignedRoot(Box::new(signed)),
            // Unreachable: `start` is `None` only for endpoints that the cache knows, and then so
            // is `known`. Verifying from the root is right in any case.
            (None, None) => Start::Root,
        };
        let chain = verify_after(settings, chain, start, Some(leaf_key))?;
        // Stapled notices take long to read, so they are read only for the holder of a chain.
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

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &VerifiedChain {
        &self.chain
    }

    /// Returns the call, with the effect by which it is decided.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// Returns the missions and tasks whose state the decision depends on, each with the keys that
    /// may change it.
    #[must_use]
    pub fn watches(&self) -> Watches {
        Watches::new(&self.chain)
    }

    /// Yields the names of the facts that the decision depends on, root first. A fact is named once
    /// for each condition on it.
    pub fn facts(&self) -> impl Iterator<Item = &Label> {
        let conditions = self
            .chain
            .chain()
            .links()
            .flat_map(|link| link.limits.iter());
        let in_scope = conditions.filter(|limit| limit.scope().includes(&self.call.action.tool));
        in_scope.filter_map(|limit| limit.rule().fact())
    }

    /// Decides with what the host knows. The checks that depend on the time are made again, so a
    /// call that was opened too long ago is refused.
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

    /// Returns the request for the powers that the call lacks, for an execution that may still run.
    pub(crate) fn request(self, context: &DecisionContext<'_>) -> Option<AccessRequest> {
        let received = context
            .register()
            .of_stapled(&self.chain, &self.stapled, context.now());
        let context = context.with_stapled(&received);
        let presentation = Presentation::signed(&self.call, &self.signed);
        let mut finder = RequestFinder::default();
        walk(
            self.settings,
            &self.chain,
            &presentation,
            &context,
            &mut finder,
        )
        .ok()?;
        finder.request
    }

    /// Decides in a context that has the stapled notices.
    fn decide_in(&self, context: &DecisionContext<'_>) -> Result<Unsettled, Denial> {
        let (settings, chain, action) = (self.settings, &self.chain, &self.call.action);
        let evaluation = Evaluation::new(settings, chain, action, context, true);
        let mut grounds = Grounds::default();
        walk_public(&evaluation, &mut grounds)?;
        // Time changes only these of steps 6 to 11; `read` checked the others.
        walk_call(settings, context.here(), self.signed.claims(), &mut grounds)?;
        let decided = settle_on(
            &evaluation,
            &self.call,
            Presenter::Signed(&self.signed),
            grounds,
        )?;
        // Only after a decision in favour, so that nobody fills the cache with useless chains.
        if let Some(cache) = self.cache {
            cache.keep(self.chain.clone());
        }
        Ok(decided)
    }
}

/// Finds the request for missing powers.
///
/// It walks past missing powers, and stops where the execution should no longer run or the call is
/// refused in public. Every other refusal that only the host knows is ignored, because the offer of
/// a request must not reveal ceilings, floors, facts or ledgers.
#[derive(Default)]
struct RequestFinder {
    request: Option<AccessRequest>,
}

impl StepObserver for RequestFinder {
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
                // Every link that lacks the powers gives the same request; the first is kept.
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
