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

/// Who decides: its anchors and how strict it is. A value; one per tenant.
///
/// Its configuration has a digest, which every chain that it verifies carries, so a chain verified
/// under another configuration (an anchor removed, a ceiling lowered) is refused instead of
/// trusted.
#[derive(Clone)]
pub struct Verifier(Settings);

impl Verifier {
    /// A verifier with these anchors, and the defaults: grants direct or from a template, 30
    /// seconds of leeway, signed calls no older than 30 seconds, signed calls only, no
    /// [tools](Self::with_tools) listed, so that every call is irreversible.
    ///
    /// # Errors
    /// [`VerifierError`] for no anchor, two for one issuer, or a key that is no point of the curve.
    ///
    /// ```
    /// use mandatum::chain::Ceiling;
    /// use mandatum::{Anchor, Effect, Seconds, SigningKey, ToolTable, Verifier};
    /// let company = SigningKey::from_seed(&[1; 32]).public();
    /// let anchor = Anchor::new("https://acme.example".parse()?, company, Ceiling::Unlimited, Seconds::hours(8))?;
    /// let verifier = Verifier::new([anchor])?.with_tools(ToolTable::new([("crm.*", Effect::Read)])?);
    /// assert_eq!(verifier.action("crm.read", [("account", "acme")])?.effect, Effect::Read);
    /// assert_eq!(verifier.action("mail.send", [("to", "ana")])?.effect, Effect::Irreversible);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, VerifierError> {
        Settings::new(anchors).map(Self)
    }

    /// Takes these kinds of grant.
    #[must_use]
    pub fn with_grants(self, grants: AcceptedGrants) -> Self {
        Self(self.0.with_grants(grants))
    }

    /// Forgives a clock that is behind by so much: issued-at, not-before and call times may lie
    /// that far in the future. It never lengthens anything.
    #[must_use]
    pub fn with_leeway(self, leeway: Seconds) -> Self {
        Self(self.0.with_leeway(leeway))
    }

    /// Refuses signed calls older than this.
    #[must_use]
    pub fn with_max_call_age(self, max_call_age: Seconds) -> Self {
        Self(self.0.with_max_call_age(max_call_age))
    }

    /// Demands this of every chain, whatever its links say.
    #[must_use]
    pub fn with_floors(self, floors: Floors) -> Self {
        Self(self.0.with_floors(floors))
    }

    /// Takes the effects of its tools from this table. What the host states of a call can only
    /// raise them.
    #[must_use]
    pub fn with_tools(self, tools: ToolTable) -> Self {
        Self(self.0.with_tools(tools))
    }

    /// Takes the host's word for who calls, for effects up to `effect`: in-process, or on a channel
    /// whose authenticated peer itself named the leaf. Whoever can make the host say so can then
    /// use any mandate it has seen.
    #[must_use]
    pub fn dangerous_accept_asserted_up_to(self, effect: Effect) -> Self {
        Self(self.0.dangerous_accept_asserted_up_to(effect))
    }

    /// Takes the host's word for the effect of each call, for hosts that know it otherwise than by
    /// a table of tools. A host that passes on what a request says lets the caller choose.
    #[must_use]
    pub fn dangerous_effects_as_stated(self) -> Self {
        Self(self.0.dangerous_effects_as_stated())
    }

    /// Verifies a chain: everything about it that can't change.
    ///
    /// In order: relations between links (rules 1 and 3 to 7), the issuer (8), signatures (11), the
    /// anchor's terms (9, 10, 12, 19), powers (13), scopes (20), key roles, missions, facts and
    /// delegates (14 to 18, 21, 22). What only the host knows about an issuer is asked once that
    /// issuer has signed. Each signature is verified once, strictly, over the bytes that came.
    ///
    /// The signatures are judged each by itself; only the last step, spelling the R that each
    /// should have, is done for all children at once, because the inverses that it takes can be had
    /// together without changing any of them. Batch verification in its usual sense adds the
    /// equations of all signatures up, each times a number that nobody foresees, and takes half the
    /// time for long chains. It is left out on purpose: with keys or Rs that have a part of small
    /// order, which whoever delegates may choose, such a sum can hold where one of its equations
    /// does not; where the numbers are drawn at random the verdict is then a matter of chance, and
    /// where they are computed from the input, as they have to be here, an attacker tries inputs
    /// until it holds (Chalkias, Garillot and Nikolaenko, *Taming the many `EdDSA`s*, 2020, on
    /// batch verification). Multiplying by the cofactor makes batches sound, but gives other
    /// verdicts than strict verification; and to show that a point has no such part takes as long
    /// as the verification that it would save.
    ///
    /// # Errors
    /// [`ChainError`], with the rule and the link.
    pub fn verify(&self, chain: &Chain) -> Result<VerifiedChain, ChainError> {
        verify(&self.0, chain)
    }

    /// The same as [`verify`](Self::verify), with the same verdict for every chain, but links that
    /// `cache` knows are not verified again. What verifies is known from then on.
    ///
    /// # Errors
    /// [`ChainError`], as [`verify`](Self::verify); the cache is then as it was, but for what it
    /// was asked.
    pub fn verify_cached(
        &self,
        chain: &Chain,
        cache: &ChainCache,
    ) -> Result<VerifiedChain, ChainError> {
        cache.verify(&self.0, chain)
    }

    /// Authenticates an execution proof for the action that the server is about to run, and stops
    /// before anything that changes is asked. See [`OpenedProof`].
    ///
    /// # Errors
    /// [`Denial`], whatever is wrong.
    pub fn open(
        &self,
        proof: &[u8],
        action: &Action,
        here: &ServerContext,
    ) -> Result<OpenedProof<'_>, Denial> {
        OpenedProof::read(&self.0, proof, action, here, None, true)
    }

    /// Does the same with links that `cache` knows neither decoded nor verified again. Only the
    /// chain of a call that is decided in favour is known from then on, so nobody fills the cache
    /// with chains that are of no use.
    ///
    /// # Errors
    /// [`Denial`], as [`open`](Self::open).
    pub fn open_cached<'v>(
        &'v self,
        proof: &[u8],
        action: &Action,
        here: &ServerContext,
        cache: &'v ChainCache,
    ) -> Result<OpenedProof<'v>, Denial> {
        OpenedProof::read(&self.0, proof, action, here, Some(cache), true)
    }

    /// Decides on an execution proof's bytes in one: opens it for the action that the server is
    /// about to run, and decides in this context. A host that must fetch the state of missions or
    /// facts first calls [`open`](Self::open).
    ///
    /// What the root, the leaf and the call say by themselves is asked first, so most calls that
    /// are to be refused cost no signature and hardly more for a long chain than for a short one:
    /// those under an unknown issuer, of another server, too late, of another tool. What the host
    /// knows, such as whether a mission has ended, is asked only once the call's own signature, the
    /// chain and the anchor's terms are verified.
    ///
    /// # Errors
    /// [`Denial`], whatever is wrong.
    pub fn check(
        &self,
        proof: &[u8],
        action: &Action,
        context: &DecisionContext<'_>,
    ) -> Result<Unsettled, Denial> {
        self.open(proof, action, context.here())?.decide(context)
    }

    /// Does the same with a cache. See [`open_cached`](Self::open_cached).
    ///
    /// # Errors
    /// [`Denial`], as [`check`](Self::check).
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

    /// Returns what the holder of a refused call can ask for: the request of [`Denial::request`],
    /// for a server that offers one. [`check`](Self::check) refuses what a leaf doesn't permit
    /// before it verifies anything, and nobody shall ask in another's name: so here the chain is
    /// verified, and that its holder signed this very call. `None` where powers are not what it
    /// lacks, and for an execution that should no longer run: it has nothing to ask for.
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
        context: &DecisionContext<'_>,
    ) -> Result<Unsettled, Denial> {
        ladder::decide(&self.0, chain, presentation, context)
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
        context: &DecisionContext<'_>,
    ) -> Result<Timestamp, Denial> {
        ladder::preview(&self.0, chain, call, context)
    }

    /// Decides again on a permit for work that was queued or resumes: everything but who calls,
    /// with the state of now. The permit that comes back is valid until what it now rests on ends;
    /// the call's mark and charges stay. A gate asks for its approvals again, and those presented
    /// now are the ones that the permit rests on.
    ///
    /// # Errors
    /// [`StartError`] for the first check that fails: the denial, and the record by which the
    /// ledger gives back what was charged.
    pub fn recheck(
        &self,
        permit: Permit,
        context: &DecisionContext<'_>,
    ) -> Result<Permit, Box<StartError>> {
        ladder::recheck(&self.0, permit, context)
    }

    /// Evaluates everything that [`decide`](Verifier::decide) would, without stopping at the first
    /// failure, and shows each check. It permits nothing.
    #[must_use]
    pub fn explain(
        &self,
        chain: &VerifiedChain,
        presentation: &Presentation<'_>,
        context: &DecisionContext<'_>,
    ) -> Explanation {
        Explanation::new(&self.0, chain, presentation, context)
    }

    /// Returns the retention of a register for this verifier, which accepts statuses up to this
    /// age.
    #[must_use]
    pub fn retention(&self, max_status_age: Seconds) -> Retention {
        Retention::for_settings(&self.0, max_status_age)
    }

    /// Returns a call of one of its tools, with the effect that the table of tools says.
    ///
    /// # Errors
    /// [`ActionError`] when the tool's name is not one, or the arguments are out of bounds.
    pub fn action<N: Into<String>, V: Into<Value>>(
        &self,
        tool: &str,
        arguments: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Action, ActionError> {
        self.0.action(tool, arguments)
    }

    /// The floors: the least that it demands of every chain.
    #[must_use]
    pub const fn floors(&self) -> &Floors {
        self.0.floors()
    }

    /// The anchor of an issuer.
    #[must_use]
    pub fn anchor(&self, issuer: &Issuer) -> Option<&Anchor> {
        self.0.anchor(issuer)
    }

    /// Its anchors, by issuer.
    #[must_use]
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.0.anchors()
    }

    /// The digest of the whole configuration.
    #[must_use]
    pub const fn configuration(&self) -> Digest {
        self.0.configuration()
    }

    /// How far in the future an issuing, an opening window or a call may lie.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.0.leeway()
    }

    /// The greatest age of a signed call.
    #[must_use]
    pub const fn max_call_age(&self) -> Seconds {
        self.0.max_call_age()
    }

    /// Up to which effect the host's word for the holder is taken.
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
    /// Those that cover the verifier.
    fn from(verifier: &Verifier) -> Self {
        (&verifier.0).into()
    }
}
