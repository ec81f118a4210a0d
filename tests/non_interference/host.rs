//! A server that serves two issuers, and what it knows.

use crate::caller::{ACME, GLOBEX, Presented, TOOLS, agent, at, call_of, root_of};
use crate::support::{Random, here, key, label, public};
use mandatum::{
    AcceptedGrants, Anchor, Budget, Capability, Ceiling, Chain, Constraint, Context, Controller, Denial, Effect,
    Ending, ExecutionProof, Facts, Floors, GrantKind, Here, Issuer, Label, Limit, MaxAge, MemoryLedger, Mission,
    Notice, Permit, Powers, PublicDenial, Register, Seconds, ToolTable, Verifier, sign_call,
};

/// What a caller is told: the charges of a permitted call, or the public part of a denial.
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

/// The keys of the issuers, and of their missions' controllers.
pub(crate) const ACME_KEY: u8 = 1;
pub(crate) const GLOBEX_KEY: u8 = 2;
pub(crate) const ACME_OFFICE: u8 = 3;
pub(crate) const GLOBEX_OFFICE: u8 = 4;
pub(crate) const LEDGERS: [&str; 2] = ["eu-1", "us-1"];
/// Facts that are open to one issuer, to both, to the other; and one that is open to the first, whose roots don't name it.
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
}

fn issuer(name: &str) -> Issuer {
    name.parse().unwrap()
}

/// An issuer's terms at this host.
fn anchor(name: &str, seed: u8, random: &mut Random) -> Anchor {
    let ceiling = match random.below(12) {
        0..9 => Ceiling::Unlimited,
        9 => Powers::new([Capability::new("crm.*", Effect::Irreversible).unwrap().open().delegable()]).unwrap().into(),
        which => Powers::new(TOOLS.iter().take(which - 8).map(|(tool, effect)| {
            let which = if random.chance(50) { Constraint::any() } else { Constraint::pattern("a*").unwrap() };
            Capability::new(tool, *effect).unwrap().require("account", which).unwrap().open().delegable()
        }))
        .unwrap()
        .into(),
    };
    let lifetime = Seconds::new(*random.pick(&[600, 3_600, 86_400, 86_400, 86_400, 86_400]));
    let systems = if random.chance(50) { vec![label("bank")] } else { Vec::new() };
    Anchor::new(issuer(name), public(seed), ceiling, lifetime).unwrap().with_systems(systems)
}

impl Host {
    /// What is the caller's issuer's, what is the other's, its own terms, and what is the caller's issuer's but is not named by
    /// the caller's root, each drawn by itself.
    pub(crate) fn new(own: &mut Random, others: &mut Random, policy: &mut Random, unnamed: &mut Random) -> Self {
        let anchors = [anchor(ACME, ACME_KEY, own), anchor(GLOBEX, GLOBEX_KEY, others)];
        let grants = match policy.below(12) {
            0 => AcceptedGrants::only([GrantKind::Policy]),
            1 => AcceptedGrants::dangerous_any_or_none(),
            _ => AcceptedGrants::default(),
        };
        let verifier = Verifier::new(anchors).unwrap().with_grants(grants);
        let verifier = verifier.with_tools(ToolTable::new(TOOLS).unwrap()).with_floors(floors(policy));
        let mut host = Self {
            facts: facts(own, others, unnamed),
            register: Register::new(verifier.retention(Seconds::hours(1))),
            ledger: MemoryLedger::new(10_000),
            attached: LEDGERS.iter().take(1 + policy.below(2)).map(|name| label(name)).collect(),
            system: policy.chance(8).then(|| label("bank")),
            verifier,
        };
        for (seed, name, random) in [(ACME_OFFICE, "qbr", own), (GLOBEX_OFFICE, "audit", &mut *others)] {
            host.hears(seed, name, random);
        }
        host.serves_others(others);
        host
    }

    /// A mission's controller says something of it, or nothing.
    fn hears(&mut self, office: u8, mission: &str, random: &mut Random) {
        let mut controller = Controller::new(public(office), Seconds::new(30));
        let mission = controller.mission(label(mission), [7; 16]);
        let mut notices: Vec<Notice> = Vec::new();
        let mut say = |notice: Notice| notices.push(notice);
        let office_key = key(office);
        if random.chance(80) {
            say(controller.begin(&mission, [1; 16], at(-60)).unwrap().sign(&office_key).unwrap().into());
            let (id, now) = ([2; 16], at(-30));
            match random.below(8) {
                0 => say(controller.suspend(&mission, id, now).unwrap().sign(&office_key).unwrap().into()),
                1 => say(controller.fire(&mission, label("over"), id, now).unwrap().sign(&office_key).unwrap().into()),
                2 => say(controller.end(&mission, Ending::Revoked, id, now).unwrap().sign(&office_key).unwrap().into()),
                _ => {}
            }
        }
        let (issuer, seed) = if office == ACME_OFFICE { (ACME, ACME_KEY) } else { (GLOBEX, GLOBEX_KEY) };
        let chain = watching(issuer, seed, mission);
        let watches = generous(issuer, seed).verify(&chain).unwrap().watches();
        for notice in &notices {
            let _ = self.register.apply(notice, &watches, at(0));
        }
    }

    /// What the other issuer's agents spend before, on accounts of the same names.
    fn serves_others(&mut self, random: &mut Random) {
        for number in 0..random.below(4) {
            let budget = Limit::budget(Budget::calls(label("travel"), label("eu-1"), 3));
            let chain = root_of(GLOBEX, GLOBEX_KEY, agent(50), [budget], u8::try_from(number).unwrap());
            let _ = self.decide_for_others(&chain, u8::try_from(number).unwrap());
        }
    }

    fn decide_for_others(&mut self, chain: &Chain, number: u8) -> Result<Permit, Denial> {
        let call = call_of(200 + number, "crm.read", "acme");
        let signed = sign_call(chain, &call, here(), at(0)).sign(&agent(50)).unwrap();
        let proof = ExecutionProof::new(chain.clone(), signed).to_bytes();
        self.settle(&proof, &call.action, at(0))
    }

    /// What the other issuer's agent is told of a call that hangs by a fact of its own.
    pub(crate) fn answers_to_others(&mut self) -> String {
        self.answers_about(FACTS[2], GLOBEX, GLOBEX_KEY)
    }

    /// What an agent is told whose root, of the caller's issuer, names the fact that the caller's does not.
    pub(crate) fn answers_to_named(&mut self) -> String {
        self.answers_about(FACTS[3], ACME, ACME_KEY)
    }

    fn answers_about(&mut self, fact: &str, issuer: &str, by: u8) -> String {
        let holds = Constraint::one_of(["open"]).unwrap();
        let condition = mandatum::Condition { fact: label(fact), holds, max_age: Seconds::hours(1) };
        let chain = root_of(issuer, by, agent(50), [Limit::condition(condition)], 99);
        let answer = self.decide_for_others(&chain, 9).map(|_| "permit").map_err(|denial| denial.code());
        format!("{answer:?}")
    }

    pub(crate) fn decide(&mut self, presented: &Presented) -> Result<Permit, Denial> {
        self.settle(&presented.proof, &presented.action, presented.now)
    }

    fn settle(&mut self, proof: &[u8], action: &mandatum::Action, now: mandatum::Timestamp) -> Result<Permit, Denial> {
        let context = Context::new(Here::new(now, here()), &self.register).with_facts(&self.facts);
        let context = context.with_ledgers(&self.attached);
        let context = self.system.iter().cloned().fold(context, Context::with_system);
        let unsettled = self.verifier.check(proof, action, &context)?;
        self.ledger.settle(unsettled, now)
    }

    pub(crate) fn answer(&mut self, presented: &Presented) -> Answer {
        match self.decide(presented) {
            Ok(permit) => Answer::Permit(format!("{:?}", permit.charges())),
            Err(denial) => Answer::Deny(denial.public(), denial.to_string()),
        }
    }
}

/// A verifier that a chain of this issuer convinces, to see what it watches.
fn generous(issuer_name: &str, seed: u8) -> Verifier {
    let anchor = Anchor::new(issuer(issuer_name), public(seed), Ceiling::Unlimited, Seconds::hours(48)).unwrap();
    Verifier::new([anchor]).unwrap()
}

fn watching(issuer_name: &str, seed: u8, mission: Mission) -> Chain {
    let lives_by = Limit::lives_by(mandatum::LivesBy::new(mission, MaxAge::of_all(Seconds::hours(1))));
    root_of(issuer_name, seed, agent(51), [lives_by], 98)
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
        floors = floors.with_root_age(MaxAge::of_all(Seconds::new(30)));
    }
    if random.chance(4) {
        floors = floors.with_grant_age(Seconds::new(30));
    }
    if random.chance(4) {
        floors = floors.with_status_age(MaxAge::of_all(Seconds::new(10)));
    }
    floors
}

fn facts(own: &mut Random, others: &mut Random, unnamed: &mut Random) -> Facts {
    let [acme, globex] = [ACME, GLOBEX].map(issuer);
    let observe = |facts: Facts, name: &str, random: &mut Random, open_to: Vec<Issuer>| {
        let value = if random.chance(20) { "a".repeat(50_000) } else { (*random.pick(&VALUES)).to_owned() };
        let seen = at(if random.chance(70) { -1 } else { random.within(-7_200, 60) });
        if random.chance(80) { facts.observed(label(name), value, seen, open_to) } else { facts }
    };
    let facts = observe(Facts::none(), FACTS[0], own, vec![acme.clone()]);
    let facts = observe(facts, FACTS[1], own, vec![acme, globex.clone()]);
    let facts = observe(facts, FACTS[2], others, vec![globex]);
    observe(facts, FACTS[3], unnamed, vec![issuer(ACME)])
}
