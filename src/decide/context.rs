use super::facts::Facts;
use super::reason::Reason;
use crate::claims::Approval;
use crate::ground::{Audience, Label, Timestamp};
use crate::limits::Condition;
use crate::mission::{News, Register};
use crate::sign::Token;

/// Where and when a decision is made, and what is known there: the news of missions, the facts, the approvals, the
/// ledgers. What is not known never helps: a chain that lives by a mission is refused without its status, a condition without its
/// fact, a gate without its approvals, a budget without its ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    now: Timestamp,
    audience: Audience,
    news: News<'a>,
    facts: Option<&'a Facts>,
    approvals: &'a [Token<Approval>],
    ledgers: &'a [Label],
    system: Option<Label>,
}

impl<'a> Context<'a> {
    /// Now, by the verifier's clock, which must not step back; and the name of the server that decides.
    #[must_use]
    pub fn new(now: Timestamp, audience: Audience) -> Self {
        Self { now, audience, news: News::default(), facts: None, approvals: &[], ledgers: &[], system: None }
    }

    /// With what was heard of missions and tasks.
    #[must_use]
    pub fn with_register(mut self, register: &'a Register) -> Self {
        self.news.register = Some(register);
        self
    }

    /// With what was observed.
    #[must_use]
    pub fn with_facts(self, facts: &'a Facts) -> Self {
        Self { facts: Some(facts), ..self }
    }

    /// With the approvals that came with the call.
    #[must_use]
    pub fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }

    /// Attached to these ledgers: a decision in favour will be settled with them. A limit that another ledger counts denies.
    #[must_use]
    pub fn with_ledgers(self, ledgers: &'a [Label]) -> Self {
        Self { ledgers, ..self }
    }

    /// For a server that acts on the principal's account in this system: it asks for the principal's local name there, and a root
    /// without one is denied.
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self { system: Some(system), ..self }
    }

    /// With what came along with the presentation, beside the register.
    pub(super) fn with_stapled<'b>(&'b self, stapled: &'b Register) -> Context<'b> {
        Context { news: News { stapled: Some(stapled), ..self.news }, ..self.clone() }
    }

    /// Now.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The server that decides.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    pub(super) const fn approvals(&self) -> &'a [Token<Approval>] {
        self.approvals
    }

    pub(super) const fn ledgers(&self) -> &'a [Label] {
        self.ledgers
    }

    pub(super) const fn system(&self) -> Option<&Label> {
        self.system.as_ref()
    }

    pub(super) const fn news(&self) -> News<'a> {
        self.news
    }

    /// Whether a condition holds, by the facts; none is observed where there are no facts.
    pub(super) fn condition_holds(&self, condition: &Condition) -> Result<Timestamp, Reason> {
        match self.facts {
            Some(facts) => facts.hold(condition, self.now),
            None => Facts::none().hold(condition, self.now),
        }
    }
}
