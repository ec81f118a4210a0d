use super::facts::Facts;
use super::server_context::ServerContext;
use crate::claims::Approval;
use crate::denial::DenialReason;
use crate::limits::Condition;
use crate::mission::{News, Register};
use crate::primitives::{Audience, Issuer, Label, Seconds, Timestamp, Work};
use crate::sign::Token;

/// When and where a decision is made, and what the host knows: the state of missions, facts,
/// approvals, ledgers.
///
/// What is not known never helps: a chain that lives by a mission is refused without its status, a
/// condition without its fact, a gate without its approvals, a budget without its ledger. A
/// revocation is the exception, because it only takes away; so the register is required, and a host
/// whose mandates live by no mission says so with [`Register::none`].
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
    /// A context with the state of missions and tasks that this host has received.
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

    /// With another register.
    #[must_use]
    pub fn with_register(self, register: &'a Register) -> Self {
        Self {
            news: News::new(register),
            ..self
        }
    }

    /// With what was observed.
    #[must_use]
    pub fn with_facts(self, facts: &'a Facts) -> Self {
        Self {
            facts: Some(facts),
            ..self
        }
    }

    /// With the approvals that came with the call.
    #[must_use]
    pub fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }

    /// Attached to these ledgers: a decision in favour will be settled with them. A limit that
    /// another ledger counts denies.
    #[must_use]
    pub fn with_ledgers(self, ledgers: &'a [Label]) -> Self {
        Self { ledgers, ..self }
    }

    /// For a server that acts on the principal's account in this system. See [`ServerContext::with_system`].
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self {
            here: self.here.with_system(system),
            ..self
        }
    }

    /// With what came along with the presentation, beside the register.
    pub(crate) fn with_stapled<'b>(&'b self, stapled: &'b Register) -> DecisionContext<'b> {
        DecisionContext {
            news: self.news.with_stapled(stapled),
            ..self.clone()
        }
    }

    pub(crate) const fn register(&self) -> &'a Register {
        self.news.register()
    }

    /// When and where.
    #[must_use]
    pub const fn here(&self) -> &ServerContext {
        &self.here
    }

    /// Now.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.here.now()
    }

    /// The server that decides.
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

    /// The facts; none is observed where there are no facts.
    pub(crate) fn condition_holds(
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
