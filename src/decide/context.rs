use super::facts::Facts;
use super::server_context::ServerContext;
use crate::claims::Approval;
use crate::denial::DenialReason;
use crate::limits::Condition;
use crate::mission::{News, Register};
use crate::primitives::{Audience, Issuer, Label, Seconds, Timestamp, Work};
use crate::sign::Token;

/// The time and place of a decision, and what the host knows: the state of missions, facts,
/// approvals and ledgers.
///
/// Missing knowledge never permits anything. A chain that lives by a mission is refused without its
/// status, a condition without its fact, a gate without its approvals, a budget without its ledger.
/// A revocation is the exception, because it only takes away. The register is therefore required; a
/// host whose mandates live by no mission passes [`Register::none`].
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # use mandatum::{Budget, Label, Limit};
/// # let (account, ledger) = (Label::new("reads")?, Label::new("main")?);
/// # let budget = Limit::budget(Budget::calls(account, ledger.clone(), 5));
/// # let sample = setup::sample_with([budget])?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, .. } = sample;
/// use mandatum::{DecisionContext, DenialCode, Register};
/// // The root has a budget that the ledger `main` counts.
/// let context = DecisionContext::new(here, Register::none());
/// let denial = verifier.check(&proof, &call.action, &context).unwrap_err();
/// assert_eq!(denial.code(), DenialCode::LedgerUnknown);
/// let ledgers = [ledger];
/// assert!(verifier.check(&proof, &call.action, &context.with_ledgers(&ledgers)).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A context without a register does not compile:
///
/// ```compile_fail
/// fn forgets_its_register(here: mandatum::ServerContext) -> mandatum::DecisionContext<'static> {
///     mandatum::DecisionContext::new(here)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionContext<'a> {
    here: ServerContext,
    news: News<'a>,
    facts: Option<&'a Facts>,
    approvals: &'a [Token<Approval>],
    ledgers: &'a [Label],
}

impl<'a> DecisionContext<'a> {
    /// Creates a context with the state of missions and tasks that this host has received.
    #[must_use]
    pub const fn new(here: ServerContext, register: &'a Register) -> Self {
        Self {
            here,
            news: News::new(register),
            facts: None,
            approvals: &[],
            ledgers: &[],
        }
    }

    /// Replaces the register.
    #[must_use]
    pub fn with_register(self, register: &'a Register) -> Self {
        Self {
            news: News::new(register),
            ..self
        }
    }

    /// Sets the facts that the host observed.
    #[must_use]
    pub fn with_facts(self, facts: &'a Facts) -> Self {
        Self {
            facts: Some(facts),
            ..self
        }
    }

    /// Sets the approvals that arrived with the call.
    #[must_use]
    pub fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }

    /// Sets the ledgers that the host is attached to; a decision in favour is settled with them. A
    /// limit that another ledger counts denies.
    #[must_use]
    pub fn with_ledgers(self, ledgers: &'a [Label]) -> Self {
        Self { ledgers, ..self }
    }

    /// Sets the system on whose accounts the server acts. See [`ServerContext::with_system`].
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self {
            here: self.here.with_system(system),
            ..self
        }
    }

    /// Adds the notices that arrived with the presentation to the register's.
    pub(crate) fn with_stapled<'b>(&'b self, stapled: &'b Register) -> DecisionContext<'b> {
        DecisionContext {
            news: self.news.with_stapled(stapled),
            ..self.clone()
        }
    }

    pub(crate) const fn register(&self) -> &'a Register {
        self.news.register()
    }

    /// Returns the time and place.
    #[must_use]
    pub const fn here(&self) -> &ServerContext {
        &self.here
    }

    /// Returns the time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.here.now()
    }

    /// Returns the name of the server that decides.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        self.here.audience()
    }

    pub(crate) const fn approvals(&self) -> &'a [Token<Approval>] {
        self.approvals
    }

    pub(crate) const fn ledgers(&self) -> &'a [Label] {
        self.ledgers
    }

    pub(crate) const fn system(&self) -> Option<&Label> {
        self.here.system()
    }

    pub(crate) const fn news(&self) -> News<'a> {
        self.news
    }

    /// Checks a condition on the facts. Without facts every condition is unknown.
    pub(super) fn condition_holds(
        &self,
        condition: &Condition,
        issuer: &Issuer,
        leeway: Seconds,
        work: &mut Work,
    ) -> Result<Timestamp, DenialReason> {
        match self.facts {
            Some(facts) => facts.hold(condition, issuer, self.now(), leeway, work),
            None => Facts::none().hold(condition, issuer, self.now(), leeway, work),
        }
    }
}
