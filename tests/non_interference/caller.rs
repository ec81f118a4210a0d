//! An agent of one issuer that tries to learn what is another's, and a stranger that has only seen
//! its chain.

use crate::host::{ACME_KEY, ACME_OFFICE, FACTS, LEDGERS, NAMED, Part, VALUES};
use crate::siblings;
use crate::siblings::{LEAD, lead};
use crate::support::{Random, here, label, public};
use mandatum::chain::Ceiling;
use mandatum::claims::{Aliases, Child, GrantKind, Principal};
use mandatum::limits::{
    Barrier, Condition, MaxAge, PerValue, RateLimit, Reporters, SeparationOfDuty, Source, ToolSet,
    Waves, Window,
};
use mandatum::primitives::{MandateId, Period, Value};
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, AttestedGrant, Budget, Call, CallClaims, Capability, Chain, Constraint,
    Delegation, Digest, Effect, ExecutionProof, Life, Lifetime, Limit, Limits, Link, LivesBy,
    Mission, Notice, Powers, Purpose, Root, RootAudience, Seconds, SigningKey, Timestamp, issue,
};
use std::collections::BTreeMap;

pub(crate) const ACME: &str = "https://acme.example";
pub(crate) const GLOBEX: &str = "https://globex.example";
pub(crate) const TOOLS: [(&str, Effect); 4] = [
    ("crm.read", Effect::Read),
    ("crm.write", Effect::Write),
    ("mail.read", Effect::Read),
    ("mail.send", Effect::Irreversible),
];

/// A tool that the caller has and never calls.
const UNCALLED: &str = "notes.read";

/// So many seconds after the beginning, or before it.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(1_767_225_600_u64.checked_add_signed(seconds).unwrap()).unwrap()
}

pub(crate) fn agent(number: u8) -> SigningKey {
    SigningKey::from_seed(&[100 + number; 32])
}

pub(crate) fn all() -> Powers {
    let capability = |(tool, effect): &(&str, Effect)| {
        let any = Capability::new(tool, *effect)
            .unwrap()
            .require("account", Constraint::any())
            .unwrap();
        any.allow_others().allow_delegation()
    };
    Powers::new(
        TOOLS
            .iter()
            .chain([&(UNCALLED, Effect::Read)])
            .map(capability),
    )
    .unwrap()
}

pub(crate) fn call_of(id: u8, tool: &str, account: &str) -> Call {
    let action = Action::new(
        tool,
        [("account", Value::from(account)), ("amount", 1.into())],
        Effect::Read,
    )
    .unwrap();
    Call::new([id; 16], action)
}

/// A root that any anchor of this name and key would have issued.
pub(crate) fn root_of(
    issuer: &str,
    by: u8,
    holder: &SigningKey,
    limits: impl IntoIterator<Item = Limit>,
    id: u8,
) -> Chain {
    let link = Link::new(
        [id; 16],
        holder.public(),
        all(),
        Lifetime::new(at(-60), at(500)).unwrap(),
    );
    let root = Root {
        issuer: issuer.parse().unwrap(),
        ..like(link.with_hops(9).with_limits(Limits::new(limits).unwrap()))
    };
    signed(by, root)
}

pub(crate) fn like(link: Link) -> Root {
    Root {
        link,
        issuer: ACME.parse().unwrap(),
        signed_by: crate::support::key(crate::support::COMPANY).public(),
        principal: label("alice").into(),
        purpose: Purpose::new(label("qbr"), label("acme"), ""),
        grant: Some(AttestedGrant::direct(
            label("alice"),
            at(-60),
            Digest::hash(""),
        )),
        task: "task".parse().unwrap(),
        audience: RootAudience::Only(here().into()),
        life: Life::ExpiryOnly,
    }
}

/// Issued under terms that allow anything.
pub(crate) fn signed(by: u8, root: Root) -> Chain {
    let key = crate::support::key(by);
    let anchor = Anchor::new(
        root.issuer.clone(),
        key.public(),
        Ceiling::Unlimited,
        Seconds::new(u64::MAX),
    )
    .unwrap();
    let anchor = anchor.with_systems([label("bank")]);
    let (root, now) = (
        Root {
            signed_by: key.public(),
            ..root.clone()
        },
        root.link.lifetime.issued_at(),
    );
    issue(&anchor, root, now)
        .unwrap()
        .sign(&key)
        .unwrap()
        .into()
}

pub(crate) struct Caller {
    chain: Chain,
    /// What it would like to learn of.
    probes: Part,
}

/// A proof as it arrives, and what the server would run for it.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) proof: Vec<u8>,
    pub(crate) action: Action,
    pub(crate) now: Timestamp,
    chain: Chain,
    call: Token<CallClaims>,
    holder: u8,
    stapled: Vec<Notice>,
    probes: Part,
}

impl Caller {
    /// Of the issuer itself, or one of the orchestrator's sub-agents.
    pub(crate) fn new(random: &mut Random, about: Part) -> Self {
        if random.chance(40) {
            Self::below_the_orchestrator(random, about)
        } else {
            Self::of_the_issuer(random, about)
        }
    }

    fn below_the_orchestrator(random: &mut Random, about: Part) -> Self {
        let chain = siblings::root();
        let limits = Limits::new(probes(random, 2, &NAMED, about)).unwrap();
        let terms = Delegation::new(
            [40; 16],
            agent(0).public(),
            all(),
            chain.leaf().lifetime.expires(),
        );
        let child = chain
            .delegate(terms.with_limits(limits).with_hops(9), at(0))
            .unwrap()
            .sign(&lead())
            .unwrap();
        Self {
            chain: chain.extend(child).unwrap(),
            probes: about,
        }
    }

    fn of_the_issuer(random: &mut Random, about: Part) -> Self {
        let lifetime = Lifetime::new(
            at(-60),
            at(*random.pick(&[500, 500, 500, 500, 500, 3_000, 80_000])),
        )
        .unwrap();
        let link = Link::new([9; 16], agent(0).public(), all(), lifetime).with_hops(9);
        let limits = NAMED
            .map(named)
            .into_iter()
            .chain(probes(random, 2, &FACTS[..3], about));
        let mut root = like(link.with_limits(Limits::new(limits).unwrap()));
        root.life = if random.chance(30) {
            Life::Mission(mission(random))
        } else {
            Life::ExpiryOnly
        };
        if let Some(grant) = &mut root.grant {
            grant.kind = if random.chance(8) {
                GrantKind::Policy
            } else {
                GrantKind::Direct
            };
            grant.at = at(*random.pick(&[-60, -60, -60, 20, 40]));
        }
        if random.chance(5) {
            root.grant = None;
        }
        if random.chance(15) {
            let aliases = Aliases::new(BTreeMap::from([(label("bank"), label("aj"))])).unwrap();
            root.principal = Principal {
                aliases,
                ..root.principal
            };
        }
        Self {
            chain: signed(ACME_KEY, root),
            probes: about,
        }
    }

    /// Delegates to itself, with whatever limits tell it something, and calls.
    pub(crate) fn presents(&self, random: &mut Random) -> Presented {
        let mut chain = self.chain.clone();
        let depth = random.below(3);
        for link in 1..=depth {
            let link = u8::try_from(link).unwrap();
            let hops = chain.leaf().hops - 1;
            let terms = Delegation::new(
                [link; 16],
                agent(link).public(),
                all(),
                chain.leaf().lifetime.expires(),
            );
            // Now and then by hand, with conditions on facts that the root does not name.
            let past_minting = random.chance(40);
            let facts: &[&'static str] = if past_minting { &FACTS } else { &NAMED };
            let lives = matches!(chain.root().claims().life, Life::Mission(_)) && random.chance(20);
            let when = lives.then(|| when(random));
            let limits = Limits::new(
                probes(random, 2, facts, self.probes)
                    .into_iter()
                    .chain(when),
            )
            .unwrap();
            let terms = terms.with_hops(hops).with_limits(limits);
            let child = match past_minting {
                true => minted_by_hand(&chain, terms, &agent(link - 1)),
                false => chain
                    .delegate(terms, at(0))
                    .unwrap()
                    .sign(&agent(link - 1))
                    .unwrap(),
            };
            chain = chain.extend(child).unwrap();
        }
        let (tool, _) = *random.pick(&TOOLS);
        let call = call_of(
            random.below(MARKED).try_into().unwrap(),
            tool,
            random.name(&["acme", "beta"]),
        );
        let now = at(random.within(0, 3));
        let signed_at = if random.chance(5) { at(-60) } else { at(0) };
        let holder = u8::try_from(depth).unwrap();
        let signed = CallClaims::new(&chain, &call, here(), signed_at)
            .sign(&agent(holder))
            .unwrap();
        let stapled = if random.chance(20) {
            siblings::news_of_others(random)
        } else {
            Vec::new()
        };
        Presented::new(chain, signed, call.action, now, holder, self.probes).with_stapled(stapled)
    }
}

impl Presented {
    fn new(
        chain: Chain,
        call: Token<CallClaims>,
        action: Action,
        now: Timestamp,
        holder: u8,
        probes: Part,
    ) -> Self {
        let proof = ExecutionProof::new(chain.clone(), call.clone()).to_bytes();
        Self {
            proof,
            action,
            now,
            chain,
            call,
            holder,
            stapled: Vec::new(),
            probes,
        }
    }

    fn with_stapled(self, stapled: Vec<Notice>) -> Self {
        if stapled.is_empty() {
            return self;
        }
        let proof = ExecutionProof::new(self.chain.clone(), self.call.clone())
            .with_stapled(stapled.clone())
            .unwrap();
        Self {
            proof: proof.to_bytes(),
            stapled,
            ..self
        }
    }

    /// The same by somebody who has no key of it: a call that the holder did not sign; a link below
    /// that its parent's holder did not sign; a root in the issuer's name that is a stranger's.
    pub(crate) fn forgeries(&self, random: &mut Random) -> [Self; 3] {
        let again = |chain: Chain, call, holder| {
            Self::new(
                chain,
                call,
                self.action.clone(),
                self.now,
                holder,
                self.probes,
            )
            .with_stapled(self.stapled.clone())
        };
        let call = again(self.chain.clone(), forged(&self.call), self.holder);

        let thief = agent(77);
        let terms = Delegation::new(
            [77; 16],
            thief.public(),
            all(),
            self.chain.leaf().lifetime.expires(),
        );
        let terms = terms.with_limits(Limits::new(probes(random, 2, &NAMED, self.probes)).unwrap());
        let child: Token<Child> = forged(
            &self
                .chain
                .delegate(terms, at(0))
                .unwrap()
                .sign(&agent(self.holder))
                .unwrap(),
        );
        let chain = self.chain.extend(child).unwrap();
        let by_thief = |chain: &Chain| {
            let call = call_of(7, self.action.tool.as_str(), "acme");
            let claims = Call {
                action: self.action.clone(),
                ..call
            };
            CallClaims::new(chain, &claims, here(), at(0))
                .sign(&thief)
                .unwrap()
        };
        let link = again(chain.clone(), by_thief(&chain), 77);

        let lifetime = Lifetime::new(
            at(-60),
            at(*random.pick(&[500, 500, 500, 500, 500, 3_000, 80_000])),
        )
        .unwrap();
        let own = Link::new([9; 16], thief.public(), all(), lifetime)
            .with_limits(Limits::new(probes(random, 2, &FACTS, self.probes)).unwrap());
        let chain = signed(66, like(own));
        let root = again(chain.clone(), by_thief(&chain), 77);
        [call, link, root]
    }
}

/// What names a fact in a root, for calls that nobody makes.
fn named(fact: &str) -> Limit {
    let condition = Condition {
        fact: label(fact),
        holds: Constraint::any(),
        max_age: Seconds::new(0),
    };
    Limit::condition(condition).with_tools([UNCALLED]).unwrap()
}

/// A child that the leaf's holder signs, whatever minting says: minted below a root that names
/// every fact, and put below this leaf.
fn minted_by_hand(chain: &Chain, terms: Delegation, holder: &SigningKey) -> Token<Child> {
    let lifetime = Lifetime::new(at(-60), at(80_000)).unwrap();
    let generous = Link::new([8; 16], holder.public(), all(), lifetime).with_hops(11);
    let generous = like(generous.with_limits(Limits::new(FACTS.map(named)).unwrap()));
    let generous = signed(
        ACME_KEY,
        Root {
            life: chain.root().claims().life.clone(),
            ..generous
        },
    );
    let mut signed = generous.delegate(terms, at(0)).unwrap().to_be_signed();
    let (parent, leaf) = (generous.leaf_id(), chain.leaf_id());
    let place = signed
        .windows(32)
        .position(|bytes| bytes == parent.as_bytes())
        .unwrap();
    signed[place..place + 32].copy_from_slice(leaf.as_bytes());
    // A Sig_structure is an array of four: a text, the header, nothing, the payload. Both have
    // short heads here.
    let header = &signed[12..];
    let (protected, rest) = header.split_at(1 + usize::from(header[0] - 0x40));
    let signature = [&[0x58, 64][..], holder.sign(&signed).as_bytes()].concat();
    Token::from_bytes(
        &[
            &[0xd2, 0x84][..],
            protected,
            &[0xa0],
            &rest[1..],
            &signature,
        ]
        .concat(),
    )
    .unwrap()
}

/// The same token with another signature.
fn forged<C: mandatum::codec::Claims>(token: &Token<C>) -> Token<C> {
    let mut bytes = token.as_bytes().to_vec();
    // The lowest byte of S, of the 64 bytes at the end.
    let at = bytes.len() - 32;
    bytes[at] ^= 1;
    Token::from_bytes(&bytes).unwrap()
}

fn mission(random: &mut Random) -> LivesBy {
    let age = MaxAge::uniform(Seconds::new(*random.pick(&[20, 600, 600])));
    LivesBy::new(qbr(KNOWN), age)
}

/// Nonces of missions: which the caller knows, which it does not know, and what it guesses instead.
pub(crate) const KNOWN: [u8; 16] = [7; 16];
pub(crate) const UNKNOWN: [u8; 16] = [8; 16];
const GUESSED: [u8; 16] = [9; 16];

/// A mission of the caller's issuer.
pub(crate) fn qbr(nonce: [u8; 16]) -> Mission {
    Mission::new(public(ACME_OFFICE), label("qbr"), nonce)
}

/// A mission of the orchestrator's, for a branch.
pub(crate) fn branch(nonce: [u8; 16]) -> Mission {
    Mission::new(public(LEAD), label("branch"), nonce)
}

/// So many ids are used for calls, by the caller and by others.
pub(crate) const MARKED: usize = 6;

/// What depends on the mission that the caller's root lives by.
fn when(random: &mut Random) -> Limit {
    match random.below(2) {
        0 => Limit::ends_on(label("over")),
        _ => Limit::waves(Waves::new(qbr(KNOWN), 0, 1).unwrap()),
    }
}

/// A barrier on a task that is nobody's, but for a bit that of a sibling's.
fn barrier(random: &mut Random) -> Limit {
    let tasks = (0..1 + random.below(2)).map(|sibling| {
        let mut id = *siblings::task(sibling).leaf_id().as_bytes();
        id[*random.pick(&[0, 11, 12, 31])] ^= 1 << random.below(8);
        (
            MandateId::from_bytes(id),
            Reporters::new([lead().public(), siblings::key(sibling).public()]).unwrap(),
        )
    });
    Limit::barrier(Barrier::new(tasks).unwrap())
}

/// What a ledger counts, of each kind, under few names.
pub(crate) fn counted(random: &mut Random) -> Limit {
    let account = label(random.name(&["travel", "mail", "own"]));
    let ledger = label(random.name(&LEDGERS));
    let most = *random.pick(&[0, 1, 3]);
    let budget = match random.below(7) {
        0 | 1 => Budget::calls(account, ledger, most),
        2 => Budget::calls(account, ledger, most).with_period(Period::Day),
        3 => Budget::calls(account, ledger, most).with_per_value(each_account()),
        4 => Budget::sum(
            account,
            ledger,
            [Source::new("amount".parse().unwrap())],
            most.into(),
        )
        .unwrap(),
        5 => {
            return Limit::rate_limit(
                RateLimit::new(account, ledger, 1, Seconds::new(60)).unwrap(),
            );
        }
        _ => {
            let group = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
            return Limit::separation_of_duty(
                SeparationOfDuty::new(account, ledger, [group("mail.*"), group("crm.*")]).unwrap(),
            );
        }
    };
    Limit::budget(budget)
}

fn each_account() -> PerValue {
    PerValue::new("account".parse().unwrap(), Seconds::hours(1)).unwrap()
}

/// Limits by which an answer could tell something, of one part most of all.
fn probes(random: &mut Random, most: usize, facts: &[&'static str], about: Part) -> Vec<Limit> {
    (0..random.below(most + 1))
        .map(|_| probe(random, facts, about))
        .collect()
}

fn probe(random: &mut Random, facts: &[&'static str], about: Part) -> Limit {
    let kind = match about {
        _ if random.chance(50) => random.below(11),
        Part::UnnamedFacts => 0,
        Part::OtherIssuer => *random.pick(&[0, 2]),
        Part::Accounts => 2,
        Part::Staples => *random.pick(&[7, 8]),
        Part::UnknownMissions | Part::Branches => 9,
        Part::Tasks => 10,
        Part::Own | Part::Policy | Part::Marks | Part::Chains => random.below(11),
    };
    let guess = |mission: Mission| {
        Limit::lives_by(LivesBy::new(mission, MaxAge::uniform(Seconds::new(600))))
    };
    match kind {
        0 | 1 => {
            let value = *random.pick(&VALUES);
            let holds = match random.below(3) {
                0 => Constraint::one_of([value]).unwrap(),
                1 => Constraint::pattern(&format!(
                    "{}*",
                    value.split('e').next().unwrap_or_default()
                ))
                .unwrap(),
                _ => Constraint::pattern("*a*a*a*b").unwrap(),
            };
            let fact = label(random.name(facts));
            Limit::condition(Condition {
                fact,
                holds,
                max_age: Seconds::new(*random.pick(&[60, 9_000])),
            })
        }
        2..6 => counted(random),
        6 => Limit::window(Window::closing(at(*random.pick(&[0, 100])))),
        7 => Limit::lives_by(mission(random)),
        8 => guess(branch(KNOWN)),
        9 => guess(if random.chance(50) {
            branch(GUESSED)
        } else {
            qbr(GUESSED)
        }),
        _ => barrier(random),
    }
}
