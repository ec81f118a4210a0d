//! The world of the main benchmarks: one tool with two constrained arguments, at every link of every chain.

use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Budget, Call, CallId, Capability, Ceiling, Chain, Constraint, Context,
    Controller, Delegation, Digest, Effect, ExecutionProof, GrantKind, Label, Life, Lifetime, Limit, Limits, Link,
    LivesBy, MaxAge, Mission, Notice, Powers, Presentation, Presenter, Purpose, Root, RootAudience, Seconds,
    SigningKey, Timestamp, Value, Verifier, issue, sign_call,
};

fn powers() -> Powers {
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let read = read.require("account", Constraint::one_of(["acme"]).unwrap()).unwrap();
    let read = read.require("limit", Constraint::between(1.into(), 100.into()).unwrap()).unwrap();
    Powers::new([read.delegable()]).unwrap()
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// The anchor's key has number 0, that of the holder of link n − 1 number n, and the mission's controller's 200.
pub(crate) fn key(number: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(number).unwrap(); 32])
}

pub(crate) const CONTROLLER: usize = 200;

/// An action like the permitted one, of this tool on this account.
pub(crate) fn action(tool: &str, account: &str) -> Action {
    Action::new(tool, [("account", Value::from(account)), ("limit", 10.into())], Effect::Read).unwrap()
}

/// Everyone and everything that a path needs.
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) server: Audience,
    pub(crate) verifier: Verifier,
    pub(crate) call: Call,
    anchor: Anchor,
    life: Life,
    limits: Limits,
}

impl World {
    pub(crate) fn new() -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor = Anchor::new(issuer, key(0).public(), powers(), Seconds::hours(8)).unwrap();
        Self {
            now: Timestamp::from_unix(1_767_225_600).unwrap(),
            server: Audience::new("https://crm.example").unwrap(),
            verifier: Verifier::new([anchor.clone()]).unwrap().dangerous_accept_asserted_up_to(Effect::Read),
            call: Call { id: CallId::from_bytes([9; 16]), action: action("crm.read", "acme") },
            anchor,
            life: Life::ExpiryOnly,
            limits: Limits::none(),
        }
    }

    /// The same, but every chain lives by one mission.
    pub(crate) fn with_mission(self) -> Self {
        let mission = Mission::new(key(CONTROLLER).public(), label("qbr"));
        Self { life: Life::Mission(LivesBy::new(mission, MaxAge::of_all(Seconds::minutes(5)))), ..self }
    }

    /// The same, but every root bounds how many calls there are.
    pub(crate) fn with_budget(self, most: u32) -> Self {
        let budget = Budget::sum(label("records"), label("eu-1"), "limit", u64::from(most).into()).unwrap();
        Self { limits: Limits::new([Limit::budget(budget)]).unwrap(), ..self }
    }

    /// A chain of sixteen links, packed with small sets of texts: what costs the most to decode, and may be anybody's.
    pub(crate) fn packed(&self) -> Chain {
        let letters = || Constraint::one_of((b' '..=b'~').map(|letter| char::from(letter).to_string())).unwrap();
        let read = (0..18).fold(Capability::new("crm.read", Effect::Read).unwrap(), |read, number| {
            read.require(&number.to_string(), letters()).unwrap()
        });
        let powers = Powers::new([read.delegable()]).unwrap();
        let anchor = Anchor::new(self.anchor.issuer().clone(), key(0).public(), Ceiling::Unlimited, Seconds::hours(8));
        let mut root = self.root();
        root.link.powers = powers.clone();
        let root = issue(&anchor.unwrap(), root).unwrap().sign(&key(0)).unwrap();
        (1..16).fold(Chain::from(root), |chain, link| {
            let expires = self.now.plus(Seconds::hours(1));
            let id = [u8::try_from(link).unwrap(); 16];
            let terms = Delegation::new(id, key(link + 1).public(), powers.clone(), expires);
            let terms = terms.hops(u8::try_from(15 - link).unwrap());
            chain.extend(chain.delegate(terms, self.now).unwrap().sign(&key(link)).unwrap()).unwrap()
        })
    }

    /// The ledger that the budget names.
    pub(crate) fn ledgers() -> [Label; 1] {
        [label("eu-1")]
    }

    /// The news that the mission is active.
    pub(crate) fn status(&self) -> Notice {
        let mut controller = Controller::new(key(CONTROLLER).public(), Seconds::hours(8));
        controller.begin(&label("qbr"), [1; 16], self.now).unwrap().sign(&key(CONTROLLER)).unwrap().into()
    }

    /// One that knows none of the issuers here.
    pub(crate) fn stranger(&self) -> Verifier {
        let issuer = "https://globex.example".parse().unwrap();
        Verifier::new([Anchor::new(issuer, key(0).public(), powers(), Seconds::hours(8)).unwrap()]).unwrap()
    }

    fn root(&self) -> Root {
        let lifetime = Lifetime::new(self.now, self.now.plus(Seconds::hours(1))).unwrap();
        Root {
            link: Link::new([0; 16], key(1).public(), powers(), lifetime).hops(15).limits(self.limits.clone()),
            issuer: self.anchor.issuer().clone(),
            principal: label("alice").into(),
            purpose: Purpose { code: label("qbr"), subject: label("acme"), text: Digest::of("") },
            grant: Some(AttestedGrant {
                kind: GrantKind::Direct,
                by: label("alice"),
                at: self.now,
                evidence: Digest::of(""),
            }),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Only(self.server.clone().into()),
            life: self.life.clone(),
        }
    }

    pub(crate) fn delegation(&self, link: usize) -> Delegation {
        let id = [u8::try_from(link).unwrap(); 16];
        Delegation::new(id, key(link + 1).public(), powers(), self.now.plus(Seconds::hours(1)))
            .hops(u8::try_from(15 - link).unwrap())
    }

    /// A chain of so many links.
    pub(crate) fn chain(&self, depth: usize) -> Chain {
        let root = issue(&self.anchor, self.root()).unwrap().sign(&key(0)).unwrap();
        (1..depth).fold(Chain::from(root), |chain, link| {
            let child = chain.delegate(self.delegation(link), self.now).unwrap().sign(&key(link)).unwrap();
            chain.extend(child).unwrap()
        })
    }

    /// One of many leaves below a chain.
    pub(crate) fn leaf(&self, above: &Chain, leaf: u8) -> Chain {
        let link = above.len();
        let terms = Delegation::new([leaf; 8], key(link + 1).public(), powers(), self.now.plus(Seconds::hours(1)));
        above.extend(above.delegate(terms, self.now).unwrap().sign(&key(link)).unwrap()).unwrap()
    }

    /// The chain with the call, signed by the leaf's holder.
    pub(crate) fn proof(&self, chain: &Chain) -> ExecutionProof {
        let signed = sign_call(chain, &self.call, self.server.clone(), self.now).sign(&key(chain.len())).unwrap();
        ExecutionProof::new(chain.clone(), signed)
    }

    pub(crate) fn context(&self) -> Context<'static> {
        Context::new(self.now, self.server.clone())
    }

    /// The call by the host's word that the leaf's holder makes it.
    pub(crate) fn asserted<'a>(&self, chain: &Chain, call: &'a Call) -> Presentation<'a> {
        Presentation { call, presenter: Presenter::Asserted { holder: chain.leaf().holder.key, leaf: chain.leaf_id() } }
    }
}
