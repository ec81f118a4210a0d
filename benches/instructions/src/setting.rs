//! What some paths need besides the world of the benchmarks.

use crate::world::{World, key, powers};
use mandatum::chain::Ceiling;
use mandatum::decide::Presentation;
use mandatum::limits::{MaxAge, Source};
use mandatum::primitives::Value;
use mandatum::{
    Action, Anchor, Budget, Call, Capability, Chain, Constraint, Controller, Delegation, Effect,
    Label, Life, Limit, Limits, LivesBy, Mission, Notice, Powers, Register, Seconds, Verifier,
    issue,
};

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// The number of the mission's controller's key.
pub(crate) const CONTROLLER: usize = 200;

fn qbr() -> Mission {
    Mission::new(key(CONTROLLER).public(), label("qbr"), [7; 16])
}

/// An action like the permitted one, of this tool on this account.
pub(crate) fn action(tool: &str, account: &str) -> Action {
    Action::new(
        tool,
        [("account", Value::from(account)), ("limit", 10.into())],
        Effect::Read,
    )
    .unwrap()
}

impl World {
    /// The same, but every chain lives by one mission.
    pub(crate) fn with_mission(self) -> Self {
        Self {
            life: Life::Mission(LivesBy::new(qbr(), MaxAge::uniform(Seconds::minutes(5)))),
            ..self
        }
    }

    /// The same, but every root bounds how many calls there are.
    pub(crate) fn with_budget(self, most: u32) -> Self {
        let budget = Budget::sum(
            label("records"),
            label("eu-1"),
            [Source::new("limit".parse().unwrap())],
            u64::from(most).into(),
        )
        .unwrap();
        Self {
            limits: Limits::new([Limit::budget(budget)]).unwrap(),
            ..self
        }
    }

    /// A chain of sixteen links, packed with small sets of texts: what costs the most to decode,
    /// and may be anybody's.
    pub(crate) fn packed(&self) -> Chain {
        let letters = || {
            Constraint::one_of((b' '..=b'~').map(|letter| char::from(letter).to_string())).unwrap()
        };
        let read = (0..18).fold(
            Capability::new("crm.read", Effect::Read).unwrap(),
            |read, number| read.require(&number.to_string(), letters()).unwrap(),
        );
        let powers = Powers::new([read.allow_delegation()]).unwrap();
        let anchor = Anchor::new(
            self.anchor.issuer().clone(),
            key(0).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        );
        let mut root = self.root();
        root.link.powers = powers.clone();
        let root = issue(&anchor.unwrap(), root, self.now)
            .unwrap()
            .sign(&key(0))
            .unwrap();
        (1..16).fold(Chain::from(root), |chain, link| {
            let expires = self.now.plus(Seconds::hours(1));
            let id = [u8::try_from(link).unwrap(); 16];
            let terms = Delegation::new(id, key(link + 1).public(), powers.clone(), expires);
            let terms = terms.with_hops(u8::try_from(15 - link).unwrap());
            chain
                .extend(
                    chain
                        .delegate(terms, self.now)
                        .unwrap()
                        .sign(&key(link))
                        .unwrap(),
                )
                .unwrap()
        })
    }

    /// The ledger that the budget names.
    pub(crate) fn ledgers() -> [Label; 1] {
        [label("eu-1")]
    }

    /// A register that has received nothing.
    pub(crate) fn register(&self) -> Register {
        Register::new(self.verifier.retention(Seconds::minutes(5)))
    }

    /// The news that the mission is active.
    pub(crate) fn status(&self) -> Notice {
        let mut controller = Controller::new(key(CONTROLLER).public(), Seconds::new(30));
        controller
            .begin(&qbr(), [1; 16], self.now)
            .unwrap()
            .sign(&key(CONTROLLER))
            .unwrap()
            .into()
    }

    /// One that knows none of the issuers here.
    pub(crate) fn stranger(&self) -> Verifier {
        let issuer = "https://globex.example".parse().unwrap();
        Verifier::new([Anchor::new(issuer, key(0).public(), powers(), Seconds::hours(8)).unwrap()])
            .unwrap()
            .dangerous_effects_as_stated()
    }

    /// The call by the host's word that the leaf's holder makes it.
    pub(crate) fn asserted<'a>(&self, chain: &Chain, call: &'a Call) -> Presentation<'a> {
        Presentation::asserted(call, chain.leaf().holder.key, chain.leaf_id())
    }
}
