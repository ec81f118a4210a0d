use super::context::DecisionContext;
use super::explanation::Explanation;
use super::ladder;
use super::opened_proof::OpenedProof;
use super::permit::{Permit, StartError, Unsettled};
use super::presentation::Presentation;
use super::server_context::ServerContext;
use crate::chain::{
    AcceptedGrants, Anchor, Call, Chain, ChainCache, ChainError, Floors, Settings, VerifiedChain,
    VerifierError, verify,
};
use crate::charge::LedgerTerms;
use crate::denial::{AccessRequest, Denial};
use crate::mission::Retention;
use crate::powers::{Action, ActionError, Effect, ToolTable};
use crate::primitives::{Digest, Issuer, Seconds, Timestamp, Value};
use std::fmt;

/// The anchors and settings by which a server decides. It is a plain value; a host of several
/// tenants has one for each.
///
/// Its configuration has a digest, which every chain that it verifies carries. So a chain verified
/// under another configuration (an anchor removed, a ceiling lowered) is refused instead of
/// trusted.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// use mandatum::{Action, DecisionContext, DenialCode, Effect, MemoryLedger, Register};
/// let context = DecisionContext::new(here, Register::none());
/// let unsettled = verifier.check(&proof, &call.action, &context)?;
/// let permit = MemoryLedger::new(100).settle(unsettled, now)?;
/// assert_eq!(permit.call(), &call);
///
/// // The signed call is not about this action.
/// let other = Action::new("crm.read", [("account", "eu/globex")], Effect::Read)?;
/// let denial = verifier.check(&proof, &other, &context).unwrap_err();
/// assert_eq!(denial.code(), DenialCode::RequestMismatch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier(Settings);

impl Verifier {
    /// Creates a verifier with these anchors and the defaults:
    ///
    /// - grants that are direct or from a template
    /// - 30 seconds of leeway
    /// - signed calls only, no older than 30 seconds
    /// - no [tools](Self::with_tools) listed, so every call is irreversible
    ///
    /// # Errors
    /// [`VerifierError`] for no anchor, two for one issuer, or a key that is no point of the curve.
    ///
    /// ```
    /// use mandatum::chain::Ceiling;
    /// use mandatum::{Anchor, Effect, Seconds, SigningKey, ToolTable, Verifier};
    /// let (issuer, day) = ("https://acme.example".parse()?, Seconds::hours(24));
    /// let company = SigningKey::from_seed(&[1; 32]).public();
    /// let anchor = Anchor::new(issuer, company, Ceiling::Unlimited, day)?;
    /// let tools = ToolTable::new([("crm.*", Effect::Read)])?;
    /// let verifier = Verifier::new([anchor])?.with_tools(tools);
    /// assert_eq!(verifier.action("crm.read", [("account", "acme")])?.effect, Effect::Read);
    /// assert_eq!(verifier.action("mail.send", [("to", "ana")])?.effect, Effect::Irreversible);
    /// assert!(Verifier::new([]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, VerifierError> {
        Settings::new(anchors).map(Self)
    }

    /// Sets the kinds of grant that are accepted.
    #[must_use]
    pub fn with_grants(self, grants: AcceptedGrants) -> Self {
        Self(self.0.with_grants(grants))
    }

    /// Sets the leeway for a clock that is behind: issued-at, not-before and call times may lie
    /// that far in the future. It never lengthens anything.
    #[must_use]
    pub fn with_leeway(self, leeway: Seconds) -> Self {
        Self(self.0.with_leeway(leeway))
    }

    /// Sets the greatest age of a signed call. Refuses signed calls older than this.
    #[must_use]
    pub fn with_max_call_age(self, max_call_age: Seconds) -> Self {
        Self(self.0.with_max_call_age(max_call_age))
    }

    /// Sets what the verifier demands of every chain, whatever its links state.
    #[must_use]
    pub fn with_floors(self, floors: Floors) -> Self {
        Self(self.0.with_floors(floors))
    }

    /// Sets the table of the effects of its tools. The host can only raise them for a call.
    #[must_use]
    pub fn with_tools(self, tools: ToolTable) -> Self {
        Self(self.0.with_tools(tools))
    }

    /// Accepts the host's statement of who calls, for effects up to `effect`: a caller in the same
    /// process, or on a channel whose authenticated peer itself named the leaf. Whoever can make
    /// the host state a holder can then use any mandate that it has seen.
    #[must_use]
    pub fn dangerous_accept_asserted_up_to(self, effect: Effect) -> Self {
        Self(self.0.dangerous_accept_asserted_up_to(effect))
    }

    /// Accepts the effect that the host states for each call, for a host that knows the effects
    /// without a table of tools. A host that copies the effect from a request lets the caller
    /// choose it.
    #[must_use]
    pub fn dangerous_effects_as_stated(self) -> Self {
        Self(self.0.dangerous_effects_as_stated())
    }

    /// Verifies everything about a chain that can't change.
    ///
    /// The checks in their order are relations between links (rules 1 and 3 to 7), the issuer (8),
    /// signatures (11), the anchor's terms (9, 10, 12, 19), powers (13), scopes (20), and key
    /// roles, missions, facts and delegates (14 to 18, 21, 22). An issuer's terms, which only the
    /// host knows, are checked once that issuer's signature is verified. Each signature is verified
    /// once, strictly, over the bytes that were received.
    ///
    /// # No batch verification
    ///
    /// Every signature gets a verdict of its own. Only the last step, encoding the R that each
    /// signature should have, is shared by all children, because their inverses can be computed
    /// together without changing any.
    ///
    /// Batch verification instead adds up the equations of all signatures, each with an
    /// unpredictable factor, and takes half the time for long chains. It is not used for three
    /// reasons:
    ///
    /// - Whoever delegates may choose keys or Rs with a part of small order. The sum can then hold
    ///   where one of its equations does not. With random factors the verdict is a matter of
    ///   chance. Factors computed from the input, which a library without randomness needs, let an
    ///   attacker try inputs until the sum holds. See Chalkias, Garillot and Nikolaenko, *Taming
    ///   the many `EdDSA`s*, 2020.
    /// - Multiplying by the cofactor makes batches sound, but gives other verdicts than strict
    ///   verification.
    /// - To show that a point has no such part takes as long as the verification that it would
    ///   save.
    ///
    /// # Errors
    /// [`ChainError`] with the rule and the link, for instance rule 13 for a child that permits
    /// more than its parent.
    pub fn verify(&self, chain: &Chain) -> Result<VerifiedChain, ChainError> {
        verify(&self.0, chain)
    }

    /// Verifies a chain like [`verify`](Self::verify), with the same verdict for every chain, but
    /// links that `cache` knows are not verified again. The cache keeps a chain that verifies.
    ///
    /// # Errors
    /// [`ChainError`], as for [`verify`](Self::verify). The cache then keeps nothing new.
    pub fn verify_cached(
        &self,
        chain: &Chain,
        cache: &ChainCache,
    ) -> Result<VerifiedChain, ChainError> {
        cache.verify(&self.0, chain)
    }

    /// Authenticates an execution proof for the action that the server is about to run, and stops
    /// before anything that changes is checked. See [`OpenedProof`].
    ///
    /// # Errors
    /// [`Denial`] for bytes that are no proof, for a chain that breaks a rule, for another call
    /// than the action, and for a call that its holder did not sign.
    pub fn open(
        &self,
        proof: &[u8],
        action: &Action,
        here: &ServerContext,
    ) -> Result<OpenedProof<'_>, Denial> {
        OpenedProof::read(&self.0, proof, action, here, None, true)
    }

    /// Authenticates a proof like [`open`](Self::open), but neither decodes nor verifies links that
    /// `cache` knows. Only the chain of a call that is decided in favour is kept in the cache, so
    /// nobody fills it with useless chains.
    ///
    /// # Errors
    /// [`Denial`], as for [`open`](Self::open).
    pub fn open_cached<'v>(
        &'v self,
        proof: &[u8],
        action: &Action,
        here: &ServerContext,
        cache: &'v ChainCache,
    ) -> Result<OpenedProof<'v>, Denial> {
        OpenedProof::read(&self.0, proof, action, here, Some(cache), true)
    }

    /// Opens an execution proof for the action that the server is about to run, and decides in this
    /// context. A host that must fetch the state of missions or facts first calls
    /// [`open`](Self::open) instead.
    ///
    /// The claims of root, leaf and call are checked first, so most calls that are to be refused
    /// cost no signature, and a long chain costs hardly more than a short one. Such calls have an
    /// unknown issuer, or are for another server, too late, or for another tool. The host's state,
    /// such as whether a mission has ended, is checked only once the call's own signature, the
    /// chain and the anchor's terms are verified.
    ///
    /// # Errors
    /// [`Denial`], as for [`open`](Self::open) and [`OpenedProof::decide`].
    pub fn check(
        &self,
        proof: &[u8],
        action: &Action,
        context: &DecisionContext<'_>,
    ) -> Result<Unsettled, Denial> {
        self.open(proof, action, context.here())?.decide(context)
    }

    /// Decides like [`check`](Self::check), with a cache. See [`open_cached`](Self::open_cached).
    ///
    /// # Errors
    /// [`Denial`], as for [`check`](Self::check).
    pub fn check_cached(
        &self,
        proof: &[u8],
        action: &Action,
        context: &DecisionContext<'_>,
        cache: &ChainCache,
    ) -> Result<Unsettled, Denial> {
        self.open_cached(proof, action, context.here(), cache)?
            .decide(context)
    }

    /// Returns the request that the holder of a refused call can make, as [`Denial::request`] does,
    /// for a server that offers requests.
    ///
    /// [`check`](Self::check) refuses what a leaf doesn't permit before it verifies anything, but
    /// nobody may ask in another's name. This function therefore verifies the chain and that its
    /// holder signed this very call. It returns `None` where the call lacks no powers, and for an
    /// execution that should no longer run: it has nothing to ask for.
    #[must_use]
    pub fn request_for(
        &self,
        proof: &[u8],
        action: &Action,
        context: &DecisionContext<'_>,
    ) -> Option<AccessRequest> {
        OpenedProof::read(&self.0, proof, action, context.here(), None, false)
            .ok()?
            .request(context)
    }

    /// Decides on a call under a verified chain. The decision is pure: it reads only what it is
    /// given, and remembers nothing. The result is unusable until it is settled with the host's
    /// ledger.
    ///
    /// [`Step`](crate::decide::Step) has the order of the checks.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails.
    pub fn decide(
        &self,
        chain: &VerifiedChain,
        presentation: &Presentation<'_>,
        context: &DecisionContext<'_>,
    ) -> Result<Unsettled, Denial> {
        ladder::decide(&self.0, chain, presentation, context)
    }

    /// Returns until when [`decide`](Self::decide) would permit this call if the holder signed it
    /// now. It checks every step of [`Step`](crate::decide::Step) except 6 to 11. It is for
    /// planning and permits nothing.
    ///
    /// # Errors
    /// [`Denial`] for the first check that fails.
    pub fn preview(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        context: &DecisionContext<'_>,
    ) -> Result<Timestamp, Denial> {
        ladder::preview(&self.0, chain, call, context)
    }

    /// Decides again on a permit, for work that was queued or resumes. It checks everything except
    /// the presenter, with the state of now.
    ///
    /// The new permit is valid until the first of its new grounds ends. The call's mark and charges
    /// stay. A gate needs its approvals again, and those presented now are the ones that the permit
    /// rests on.
    ///
    /// # Errors
    /// [`StartError`] for the first check that fails. It has the denial, and the record by which
    /// the ledger gives back what was charged.
    pub fn recheck(
        &self,
        permit: Permit,
        context: &DecisionContext<'_>,
    ) -> Result<Permit, Box<StartError>> {
        ladder::recheck(&self.0, permit, context)
    }

    /// Evaluates everything that [`decide`](Verifier::decide) would, without stopping at the first
    /// failure, and returns each check. It permits nothing.
    #[must_use]
    pub fn explain(
        &self,
        chain: &VerifiedChain,
        presentation: &Presentation<'_>,
        context: &DecisionContext<'_>,
    ) -> Explanation {
        Explanation::new(&self.0, chain, presentation, context)
    }

    /// Returns the settings of a [`Register`](crate::Register) for this verifier, from its anchors
    /// and its leeway. `max_status_age` is the greatest age of a status that counts for any call.
    #[must_use]
    pub fn retention(&self, max_status_age: Seconds) -> Retention {
        Retention::for_settings(&self.0, max_status_age)
    }

    /// Returns a call of one of its tools, with the effect in the table of tools. A server makes
    /// the action of each received call with it. A host keeps a clone of the verifier for this
    /// beside its [`Guard`](crate::Guard).
    ///
    /// # Errors
    /// [`ActionError`] for a tool name that is not one, or arguments that are out of bounds. A host
    /// answers it as a malformed request, because the caller chose both.
    pub fn action<N: Into<String>, V: Into<Value>>(
        &self,
        tool: &str,
        arguments: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Action, ActionError> {
        self.0.action(tool, arguments)
    }

    /// Returns the floors: the least that it demands of every chain.
    #[must_use]
    pub const fn floors(&self) -> &Floors {
        self.0.floors()
    }

    /// Returns the anchor of an issuer.
    #[must_use]
    pub fn anchor(&self, issuer: &Issuer) -> Option<&Anchor> {
        self.0.anchor(issuer)
    }

    /// Returns its anchors, by issuer.
    #[must_use]
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.0.anchors()
    }

    /// Returns the digest of the whole configuration.
    #[must_use]
    pub const fn configuration(&self) -> Digest {
        self.0.configuration()
    }

    /// Returns how far in the future an issuing, an opening window or a call may lie.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.0.leeway()
    }

    /// Returns the greatest age of a signed call.
    #[must_use]
    pub const fn max_call_age(&self) -> Seconds {
        self.0.max_call_age()
    }

    /// Returns the highest effect for which the host's statement of the holder is accepted.
    #[must_use]
    pub const fn asserted_up_to(&self) -> Option<Effect> {
        self.0.asserted_up_to()
    }
}

#[cfg(test)]
impl Verifier {
    pub(super) const fn settings(&self) -> &Settings {
        &self.0
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&Verifier> for LedgerTerms {
    /// Returns the terms that cover the verifier.
    fn from(verifier: &Verifier) -> Self {
        (&verifier.0).into()
    }
}
