//! A server that serves two issuers, and what it knows.

use crate::caller::{
    ACME, GLOBEX, KNOWN, Presented, TOOLS, UNKNOWN, agent, at, branch, call_of, counted, qbr,
    root_of,
};
use crate::siblings;
use crate::siblings::{LEAD, lead};
use crate::support::{Random, here, key, label, public};
use mandatum::chain::{AcceptedGrants, Ceiling, ChainCache, Floors};
use mandatum::claims::{Ending, GrantKind};
use mandatum::decide::Facts;
use mandatum::denial::PublicDenial;
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::{
    Anchor, CallClaims, Capability, Chain, Constraint, Controller, DecisionContext, Denial, Effect,
    ExecutionProof, Issuer, Label, Limit, MemoryLedger, Mission, Notice, Permit, Powers, Register,
    Seconds, ServerContext, SigningKey, ToolTable, Verifier,
};

/// What a caller is told: what is charged for a permitted call, until when it may start, and for
/// whom; or the public part of a denial, and what it may ask for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Permit(String),
    Deny(PublicDenial, String),
}

impl Answer {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Permit(_) => "permit".to_owned(),
            Self::Deny(denial, _) => denial.code.to_owned(),
        }
    }
}

/// A part of what a host knows. Two hosts that agree on all parts but one differ in that alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What is the caller's issuer's, and known to the caller.
    Own,
    /// What is another issuer's: its terms, its facts, its missions, what its agents spend.
    OtherIssuer,
    /// The host's own terms.
    Policy,
    /// Of the caller's issuer, as all that follow: a fact that the caller's root does not name.
    UnnamedFacts,
    /// A mission of which the caller does not know the nonce.
    UnknownMissions,
    /// The mission of a branch beside the caller's, which the orchestrator made for it.
    Branches,
    /// What agents of other branches staple to their proofs: news of the caller's own mission, too.
    Staples,
    /// How the tasks of other branches ended.
    Tasks,
    /// What agents of other branches spend, from accounts that they named.
    Accounts,
    /// The calls that others made, by the ids of the caller's.
    Marks,
    /// Which chains of other branches the host verified before.
    Chains,
}

impl Part {
    const ALL: [Self; 11] = [
        Self::Own,
        Self::OtherIssuer,
        Self::Policy,
        Self::UnnamedFacts,
        Self::UnknownMissions,
        Self::Branches,
        Self::Staples,
        Self::Tasks,
        Self::Accounts,
        Self::Marks,
        Self::Chains,
    ];

    /// A generator for each part of one seed.
    pub(crate) fn drawn_from(self, seed: u64) -> Random {
        let place = Self::ALL.iter().position(|part| *part == self).unwrap();
        Random::new(seed + 10 * u64::try_from(place).unwrap())
    }
}

/// The keys of the issuers, and of their missions' controllers.
pub(crate) const ACME_KEY: u8 = 1;
pub(crate) const GLOBEX_KEY: u8 = 2;
pub(crate) const ACME_OFFICE: u8 = 3;
pub(crate) const GLOBEX_OFFICE: u8 = 4;
pub(crate) const LEDGERS: [&str; 2] = ["eu-1", "us-1"];
/// Facts that are open to one issuer, to both, to the other; and one that is open to the first,
/// whose roots don't name it.
pub(crate) const FACTS: [&str; 4] = ["acme/ticket", "weather", "globex/salary", "acme/salary"];
/// The facts that the caller's root names.
pub(crate) const NAMED: [&str; 2] = ["acme/ticket", "weather"];
pub(crate) const VALUES: [&str; 4] = ["open", "closed", "4217500 EUR", "pending"];

pub(crate) struct Host {
    verifier: Verifier,
    facts: Facts,
    register: Register,
    ledger: MemoryLedger,
    attached: Vec<Label>,
    system: Option<Label>,
    cache: ChainCache,
    /// Whether it keeps what is stapled, as no host should.
    keeps_staples: bool,
    /// What others were told when they came.
    pub(crate) told_to_others: Vec<String>,
}

fn issuer(name: &str) -> Issuer {
    name.parse().unwrap()
}

/// An issuer's terms at this host.
fn anchor(name: &str, seed: u8, random: &mut Random) -> Anchor {
    let ceiling = match random.below(12) {
        0..9 => Ceiling::Unlimited,
        9 => Powers::new([Capability::new("crm.*", Effect::Irreversible)
            .unwrap()
            .allow_others()
            .allow_delegation()])
        .unwrap()
        .into(),
        which => Powers::new(TOOLS.iter().take(which - 8).map(|(tool, effect)| {
            let which = if random.chance(50) {
                Constraint::any()
            } else {
                Constraint::pattern("a*").unwrap()
            };
            Capability::new(tool, *effect)
                .unwrap()
                .require("account", which)
                .unwrap()
                .allow_others()
                .allow_delegation()
        }))
        .unwrap()
        .into(),
    };
    let lifetime = Seconds::new(*random.pick(&[600, 3_600, 86_400, 86_400, 86_400, 86_400]));
    let systems = if random.chance(50) {
        vec![label("bank")]
    } else {
        Vec::new()
    };
    Anchor::new(issuer(name), public(seed), ceiling, lifetime)
        .unwrap()
        .with_systems(systems)
}

impl Host {
    /// Each part is drawn by itself, or stays empty where nothing is drawn for it. Without terms of
    /// its own the host is lenient.
    pub(crate) fn new(draw: impl Fn(Part) -> Option<Random>) -> Self {
        let some = |part| draw(part).unwrap();
        let [mut own, mut others] = [Part::Own, Part::OtherIssuer].map(some);
        let facts = facts(&mut own, &mut others, &mut some(Part::UnnamedFacts));
        let mut host = match draw(Part::Policy) {
            Some(mut policy) => Self::with_terms(&mut own, &mut others, &mut policy, facts),
            None => Self::lenient(facts),
        };
        host.hears(ACME_OFFICE, &qbr(KNOWN), &mut own);
        host.hears(
            GLOBEX_OFFICE,
            &Mission::new(public(GLOBEX_OFFICE), label("audit"), KNOWN),
            &mut others,
        );
        host.hears(LEAD, &branch(KNOWN), &mut own);
        host.serves_the_other_issuer(&mut others);
        for part in Part::ALL {
            if let Some(mut random) = draw(part) {
                host.plays(part, &mut random);
            }
        }
        host
    }

    /// Lets happen what is in one of the parts that are others' within the caller's issuer.
    fn plays(&mut self, part: Part, random: &mut Random) {
        match part {
            Part::Own | Part::OtherIssuer | Part::Policy | Part::UnnamedFacts => {}
            Part::UnknownMissions => self.hears(ACME_OFFICE, &qbr(UNKNOWN), random),
            Part::Branches => self.hears(LEAD, &branch(UNKNOWN), random),
            Part::Staples => self.is_shown_staples(random),
            Part::Tasks => self.hears_of_tasks(random),
            Part::Accounts => self.serves_other_branches(random),
            Part::Marks => self.marks_calls(random),
            Part::Chains => self.verifies_chains(random),
        }
    }

    fn with_terms(
        own: &mut Random,
        others: &mut Random,
        policy: &mut Random,
        facts: Facts,
    ) -> Self {
        let anchors = [
            anchor(ACME, ACME_KEY, own),
            anchor(GLOBEX, GLOBEX_KEY, others),
        ];
        let grants = match policy.below(12) {
            0 => AcceptedGrants::only([GrantKind::Policy]),
            1 => AcceptedGrants::dangerous_any_or_none(),
            _ => AcceptedGrants::default(),
        };
        let verifier = Verifier::new(anchors)
            .unwrap()
            .with_grants(grants)
            .with_floors(floors(policy));
        let host = Self::of(verifier, facts);
        let attached = host
            .attached
            .into_iter()
            .take(1 + policy.below(2))
            .collect();
        Self {
            attached,
            system: policy.chance(8).then(|| label("bank")),
            ..host
        }
    }

    /// One whose own terms refuse nothing, so that what is asked last is asked often.
    fn lenient(facts: Facts) -> Self {
        let anchor = |name, seed| {
            let anchor = Anchor::new(
                issuer(name),
                public(seed),
                Ceiling::Unlimited,
                Seconds::hours(24),
            )
            .unwrap();
            anchor.with_systems([label("bank")])
        };
        let verifier = Verifier::new([anchor(ACME, ACME_KEY), anchor(GLOBEX, GLOBEX_KEY)]).unwrap();
        Self::of(
            verifier.with_grants(AcceptedGrants::dangerous_any_or_none()),
            facts,
        )
    }

    fn of(verifier: Verifier, facts: Facts) -> Self {
        let verifier = verifier.with_tools(ToolTable::new(TOOLS).unwrap());
        Self {
            facts,
            register: Register::new(verifier.retention(Seconds::hours(1))),
            ledger: MemoryLedger::new(10_000),
            attached: LEDGERS.map(label).into(),
            system: None,
            verifier,
            // Room for two or three chains of these, so that others' drive out the caller's.
            cache: ChainCache::new(120 << 10),
            keeps_staples: false,
            told_to_others: Vec::new(),
        }
    }

    /// One that keeps what others staple.
    pub(crate) fn dangerous_keep_staples(draw: impl Fn(Part) -> Option<Random>) -> Self {
        let mut host = Self::new(|part| draw(part).filter(|_| part != Part::Staples));
        host.keeps_staples = true;
        if let Some(mut random) = draw(Part::Staples) {
            host.is_shown_staples(&mut random);
        }
        host
    }

    /// A mission's controller says something of it, or nothing.
    fn hears(&mut self, office: u8, mission: &Mission, random: &mut Random) {
        let mut controller = Controller::new(public(office), Seconds::new(30));
        let mut notices: Vec<Notice> = Vec::new();
        let mut say = |notice: Notice| notices.push(notice);
        let office_key = key(office);
        if random.chance(80) {
            say(controller
                .begin(mission, [1; 16], at(-60))
                .unwrap()
                .sign(&office_key)
                .unwrap()
                .into());
            let (id, now) = ([2; 16], at(-30));
            match random.below(8) {
                0 => say(controller
                    .suspend(mission, id, now)
                    .unwrap()
                    .sign(&office_key)
                    .unwrap()
                    .into()),
                1 => say(controller
                    .fire(mission, label("over"), id, now)
                    .unwrap()
                    .sign(&office_key)
                    .unwrap()
                    .into()),
                2 => say(controller
                    .end(mission, Ending::Revoked, id, now)
                    .unwrap()
                    .sign(&office_key)
                    .unwrap()
                    .into()),
                3 => say(controller
                    .withdraw(mission, "crm.*".parse().unwrap(), id, now)
                    .unwrap()
                    .sign(&office_key)
                    .unwrap()
                    .into()),
                4 => say(controller
                    .advance_wave(mission, id, now)
                    .unwrap()
                    .sign(&office_key)
                    .unwrap()
                    .into()),
                _ => {}
            }
        }
        let (issuer, seed) = if office == GLOBEX_OFFICE {
            (GLOBEX, GLOBEX_KEY)
        } else {
            (ACME, ACME_KEY)
        };
        self.applies(
            &watching(issuer, seed, mission.clone()),
            (issuer, seed),
            &notices,
        );
    }

    /// Receives these, watching what a chain of this issuer watches.
    pub(crate) fn applies(
        &mut self,
        chain: &Chain,
        (issuer, seed): (&str, u8),
        notices: &[Notice],
    ) {
        let watches = Watches::new(&generous(issuer, seed).verify(chain).unwrap());
        for notice in notices {
            let _ = self.register.apply(notice, &watches, at(0));
        }
    }

    /// What the other issuer's agents spend before, on accounts of the same names.
    fn serves_the_other_issuer(&mut self, random: &mut Random) {
        for number in 0..u8::try_from(random.below(6)).unwrap() {
            let (chain, holder) = match random.below(2) {
                0 => (
                    root_of(GLOBEX, GLOBEX_KEY, &agent(50), [counted(random)], number),
                    agent(50),
                ),
                // The keys that mint for the caller hold mandates of the other issuer too.
                _ => {
                    let minter = if random.chance(50) { lead() } else { agent(0) };
                    let root = root_of(GLOBEX, GLOBEX_KEY, &minter, [], number);
                    (
                        siblings::below(&root, &minter, 7, [counted(random), counted(random)]),
                        siblings::key(7),
                    )
                }
            };
            let _ = self.decides_for(&chain, &holder, 200 + number, "crm.read", &[]);
        }
    }

    /// What another is told, who signs a call of this id with its own key.
    pub(crate) fn decides_for(
        &mut self,
        chain: &Chain,
        holder: &SigningKey,
        id: u8,
        tool: &str,
        stapled: &[Notice],
    ) -> Result<Permit, Denial> {
        let call = call_of(id, tool, "acme");
        let signed = CallClaims::new(chain, &call, here(), at(0))
            .sign(holder)
            .unwrap();
        let proof = ExecutionProof::new(chain.clone(), signed)
            .with_stapled(stapled.to_vec())
            .unwrap();
        if self.keeps_staples {
            self.applies(chain, (ACME, ACME_KEY), stapled);
        }
        self.settle(&proof.to_bytes(), &call.action, at(0))
    }

    /// Verifies a chain, and keeps it if there is room.
    pub(crate) fn verifies(&self, chain: &Chain) {
        let _ = self.verifier.verify_cached(chain, &self.cache);
    }

    pub(crate) fn knows(&self, chain: &Chain) -> bool {
        self.cache.knows(&chain.leaf_id())
    }

    /// What the other issuer's agent is told of a call that hangs by a fact of its own.
    pub(crate) fn answers_to_others(&mut self) -> String {
        self.answers_about(FACTS[2], GLOBEX, GLOBEX_KEY)
    }

    /// What an agent is told whose root, of the caller's issuer, names the fact that the caller's
    /// does not.
    pub(crate) fn answers_to_named(&mut self) -> String {
        self.answers_about(FACTS[3], ACME, ACME_KEY)
    }

    fn answers_about(&mut self, fact: &str, issuer: &str, by: u8) -> String {
        let holds = Constraint::one_of(["open"]).unwrap();
        let condition = mandatum::limits::Condition {
            fact: label(fact),
            holds,
            max_age: Seconds::hours(1),
        };
        let chain = root_of(issuer, by, &agent(50), [Limit::condition(condition)], 99);
        told(&self.decides_for(&chain, &agent(50), 209, "crm.read", &[]))
    }

    /// What an agent is told that knows the mission: its root lives by it.
    pub(crate) fn answers_to_one_on(&mut self, mission: Mission) -> String {
        let chain = watching(ACME, ACME_KEY, mission);
        told(&self.decides_for(&chain, &agent(51), 209, "crm.read", &[]))
    }

    pub(crate) fn decide(&mut self, presented: &Presented) -> Result<Permit, Denial> {
        self.settle(&presented.proof, &presented.action, presented.now)
    }

    fn settle(
        &mut self,
        proof: &[u8],
        action: &mandatum::Action,
        now: mandatum::Timestamp,
    ) -> Result<Permit, Denial> {
        let context = DecisionContext::new(ServerContext::new(now, here()), &self.register)
            .with_facts(&self.facts);
        let context = context.with_ledgers(&self.attached);
        let context = self
            .system
            .iter()
            .cloned()
            .fold(context, DecisionContext::with_system);
        let unsettled = self
            .verifier
            .check_cached(proof, action, &context, &self.cache)?;
        self.ledger.settle(unsettled, now)
    }

    pub(crate) fn answer(&mut self, presented: &Presented) -> Answer {
        match self.decide(presented) {
            Ok(permit) => {
                let (until, who) = (permit.valid_until(), permit.local_name().cloned());
                Answer::Permit(format!(
                    "{:?} {until} {who:?} {}",
                    permit.charges(),
                    permit.trace()
                ))
            }
            Err(denial) => Answer::Deny(
                denial.public(),
                format!("{denial} {:?}", self.request(presented)),
            ),
        }
    }

    /// What the caller is offered to ask for.
    fn request(&self, presented: &Presented) -> Option<mandatum::denial::AccessRequest> {
        let context =
            DecisionContext::new(ServerContext::new(presented.now, here()), &self.register)
                .with_facts(&self.facts);
        let context = context.with_ledgers(&self.attached);
        let context = self
            .system
            .iter()
            .cloned()
            .fold(context, DecisionContext::with_system);
        self.verifier
            .request_for(&presented.proof, &presented.action, &context)
    }
}

/// An answer in a word.
pub(crate) fn told(answer: &Result<Permit, Denial>) -> String {
    format!(
        "{:?}",
        answer.as_ref().map(|_| "permit").map_err(Denial::code)
    )
}

/// A verifier that a chain of this issuer convinces, to see what it watches.
fn generous(issuer_name: &str, seed: u8) -> Verifier {
    let anchor = Anchor::new(
        issuer(issuer_name),
        public(seed),
        Ceiling::Unlimited,
        Seconds::hours(48),
    )
    .unwrap();
    Verifier::new([anchor]).unwrap()
}

fn watching(issuer_name: &str, seed: u8, mission: Mission) -> Chain {
    let lives_by = Limit::lives_by(mandatum::LivesBy::new(
        mission,
        MaxAge::uniform(Seconds::hours(1)),
    ));
    root_of(issuer_name, seed, &agent(51), [lives_by], 98)
}

fn floors(random: &mut Random) -> Floors {
    let mut floors = Floors::default();
    if random.chance(4) {
        floors = floors.with_mission();
    }
    if random.chance(4) {
        floors = floors.with_max_links(1 + random.below(3));
    }
    if random.chance(4) {
        floors = floors.with_root_age(MaxAge::uniform(Seconds::new(30)));
    }
    if random.chance(4) {
        floors = floors.with_grant_age(Seconds::new(30));
    }
    if random.chance(4) {
        floors = floors.with_status_age(MaxAge::uniform(Seconds::new(10)));
    }
    floors
}

fn facts(own: &mut Random, others: &mut Random, unnamed: &mut Random) -> Facts {
    let [acme, globex] = [ACME, GLOBEX].map(issuer);
    let observe = |facts: Facts, name: &str, random: &mut Random, open_to: Vec<Issuer>| {
        let value = if random.chance(20) {
            "a".repeat(50_000)
        } else {
            (*random.pick(&VALUES)).to_owned()
        };
        let seen = at(if random.chance(70) {
            -1
        } else {
            random.within(-7_200, 60)
        });
        if random.chance(80) {
            facts.with_fact(label(name), value, seen, open_to)
        } else {
            facts
        }
    };
    let facts = observe(Facts::none(), FACTS[0], own, vec![acme.clone()]);
    let facts = observe(facts, FACTS[1], own, vec![acme, globex.clone()]);
    let facts = observe(facts, FACTS[2], others, vec![globex]);
    observe(facts, FACTS[3], unnamed, vec![issuer(ACME)])
}
