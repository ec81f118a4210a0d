//! A server with a ledger, and mandates that are charged there.

use crate::stage::{ISSUER, agent, root, tools};
use crate::support::{COMPANY, LIFETIME, at, decide, here, key, label, public, verifier};
use mandatum::chain::Ceiling;
use mandatum::decide::OperationRecord;
use mandatum::denial::{ChargeError, DenialReason};
use mandatum::limits::{Source, Unit};
use mandatum::primitives::{Number, Value};
use mandatum::{
    Action, Anchor, Audience, Budget, Call, Chain, DecisionContext, Delegation, Denial, Effect,
    Label, Life, Lifetime, Limit, Limits, MemoryLedger, Permit, Powers, Register, Seconds,
    ServerContext, Timestamp, Unsettled, VerifiedChain, Verifier, issue,
};

pub(crate) const EU: &str = "eu-1";
pub(crate) const US: &str = "us-1";

/// Who holds the root.
pub(crate) const LEAD: usize = 1;

/// A server, what it is attached to, and its ledger.
pub(crate) struct Till {
    pub(crate) name: Audience,
    pub(crate) verifier: Verifier,
    pub(crate) ledger: MemoryLedger,
    pub(crate) attached: Vec<Label>,
    /// For how many seconds its mandates live.
    pub(crate) lives: u64,
}

impl Till {
    /// Attached to the ledger of Europe.
    pub(crate) fn new() -> Self {
        Self::with(MemoryLedger::new(10_000))
    }

    pub(crate) fn with(ledger: MemoryLedger) -> Self {
        Self {
            name: here(),
            verifier: verifier(),
            ledger,
            attached: vec![label(EU)],
            lives: LIFETIME,
        }
    }

    /// With mandates that live for so many seconds, days among them.
    pub(crate) fn living(lives: u64) -> Self {
        let anchor = Anchor::new(
            ISSUER.parse().unwrap(),
            public(COMPANY),
            Ceiling::Unlimited,
            Seconds::new(lives),
        );
        let verifier = Verifier::new([anchor.unwrap()])
            .unwrap()
            .dangerous_effects_as_stated();
        Self {
            verifier: verifier.dangerous_accept_asserted_up_to(Effect::Irreversible),
            lives,
            ..Self::new()
        }
    }

    pub(crate) fn attached_to(self, ledgers: &[&str]) -> Self {
        Self {
            attached: ledgers.iter().copied().map(label).collect(),
            ..self
        }
    }

    pub(crate) fn decides(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        now: Timestamp,
    ) -> Result<Unsettled, Denial> {
        let context =
            DecisionContext::new(ServerContext::new(now, self.name.clone()), Register::none())
                .with_ledgers(&self.attached);
        decide(&self.verifier, chain, call, &context)
    }

    /// Decided and settled in one second.
    pub(crate) fn asks(
        &self,
        chain: &VerifiedChain,
        call: &Call,
        now: Timestamp,
    ) -> Result<Permit, Denial> {
        self.ledger.settle(self.decides(chain, call, now)?, now)
    }

    pub(crate) fn closes(&self, record: &OperationRecord) {
        self.ledger.close(record.reservation(), record.outcome);
    }

    /// An action's `number`th call, in the first second.
    pub(crate) fn tries(
        &self,
        chain: &VerifiedChain,
        number: usize,
        action: &Action,
    ) -> Result<Permit, Denial> {
        self.asks(chain, &numbered(number, action), at(0))
    }

    /// The lead's root with these limits.
    pub(crate) fn root(&self, limits: impl IntoIterator<Item = Limit>) -> VerifiedChain {
        self.root_numbered(1, limits)
    }

    pub(crate) fn root_numbered(
        &self,
        number: u8,
        limits: impl IntoIterator<Item = Limit>,
    ) -> VerifiedChain {
        let limits = limits.into_iter().collect();
        let short = root(&agent(LEAD), all(), Life::ExpiryOnly, limits, [number; 16]);
        if self.lives == LIFETIME {
            return self.verifier.verify(&short).unwrap();
        }
        let mut claims = short.root().claims().clone();
        claims.link.lifetime = Lifetime::new(at(0), at(self.lives)).unwrap();
        let anchor = self.verifier.anchors().next().unwrap();
        self.verifier
            .verify(&Chain::from(
                issue(anchor, claims, at(0))
                    .unwrap()
                    .sign(&key(COMPANY))
                    .unwrap(),
            ))
            .unwrap()
    }

    /// What one agent hands to another: everything, with these limits besides.
    pub(crate) fn child(
        &self,
        above: &VerifiedChain,
        [by, to]: [usize; 2],
        limits: impl IntoIterator<Item = Limit>,
    ) -> VerifiedChain {
        self.child_until(above, [by, to], limits, self.lives)
    }

    pub(crate) fn child_until(
        &self,
        above: &VerifiedChain,
        [by, to]: [usize; 2],
        limits: impl IntoIterator<Item = Limit>,
        seconds: u64,
    ) -> VerifiedChain {
        let id = u128::try_from(to).unwrap().to_be_bytes();
        let terms = Delegation::new(id, agent(to).public(), all(), at(seconds))
            .with_hops(above.chain().leaf().hops - 1);
        self.minted(above, by, terms.with_limits(Limits::new(limits).unwrap()))
    }

    pub(crate) fn minted(
        &self,
        above: &VerifiedChain,
        by: usize,
        terms: Delegation,
    ) -> VerifiedChain {
        let child = above
            .chain()
            .delegate(terms, at(0))
            .unwrap()
            .sign(&agent(by))
            .unwrap();
        self.verifier
            .verify(&above.chain().extend(child).unwrap())
            .unwrap()
    }
}

/// What any mandate here may do: four tools, with any arguments.
pub(crate) fn all() -> Powers {
    tools(&["crm.read", "mail.send", "notes.add", "pay.send"])
}

pub(crate) fn numbered(number: usize, action: &Action) -> Call {
    let id = u128::try_from(number).unwrap().to_be_bytes();
    Call::new(id, action.clone())
}

pub(crate) fn action<const N: usize>(tool: &str, arguments: [(&str, Value); N]) -> Action {
    Action::new(tool, arguments, Effect::Write).unwrap()
}

pub(crate) fn using(tool: &str) -> Action {
    action(tool, [])
}

/// A payment of so much.
pub(crate) fn pays(amount: &str) -> Action {
    action("pay.send", [("amount", number(amount).into())])
}

pub(crate) fn number(decimal: &str) -> Number {
    decimal.parse().unwrap()
}

pub(crate) fn calls(max: u64) -> Limit {
    Limit::budget(Budget::calls(label("jobs"), label(EU), max))
}

pub(crate) fn sum(max: &str) -> Limit {
    Limit::budget(sum_of(max))
}

/// What the calls of every tool state at this path.
pub(crate) fn source(path: &str) -> Source {
    Source::new(path.parse().unwrap())
}

/// The same, in dollars.
pub(crate) fn dollars(path: &str) -> Source {
    source(path).with_unit(Unit::new("currency".parse().unwrap(), "USD").unwrap())
}

pub(crate) fn sum_of(max: &str) -> Budget {
    Budget::sum(label("travel"), label(EU), [source("amount")], number(max)).unwrap()
}

/// Why it can't be charged.
pub(crate) fn refusal<T>(result: Result<T, Denial>) -> ChargeError {
    match result.map(drop).unwrap_err().reason() {
        DenialReason::NotCharged(why) => (**why).clone(),
        other => panic!("refused for another reason: {other:?}"),
    }
}

/// Refused for a budget, with so much left.
pub(crate) fn exhausted(account: &str, left: &str) -> ChargeError {
    ChargeError::BudgetExhausted {
        account: label(account),
        left: number(left),
    }
}
