//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Refusal, Result, Scene, Server, Story, Terms, at, call,
    clock,
};
use mandatum::chain::Ceiling;
use mandatum::claims::Holder;
use mandatum::denial::AccessRequest;
use mandatum::graph::{Portfolio, minimal_for};
use mandatum::json::JsonForm;
use mandatum::limits::MaxAge;
use mandatum::{
    Action, Anchor, AttestedGrant, Capability, Chain, Constraint, DecisionContext, Delegation,
    Denial, DenialCode, Digest, Effect, Life, Lifetime, Limits, LivesBy, Mission, Powers, Root,
    Seconds, ServerContext, SigningKey, Timestamp, VerifiedChain, Verifier, issue,
};

const MISSION: &str = "complaint-17";
const PERSON: &str = "ines@northwind.example";

/// How long a step has.
const STEP: Seconds = Seconds::minutes(5);

/// A tool, its effect, its argument, a value.
type Tried = (&'static str, Effect, &'static str, &'static str);

const TICKET: Tried = ("tickets.read", Effect::Read, "ticket", "acme/T-17");
const ORDER: Tried = ("orders.read", Effect::Read, "order", "acme/O-4");
const PARCEL: Tried = ("parcels.track", Effect::Read, "parcel", "acme/P-9");
const OTHER_ORDER: Tried = ("orders.read", Effect::Read, "order", "acme/O-5");
const STRANGE_ORDER: Tried = ("orders.read", Effect::Read, "order", "globex/O-1");
const REFUND: Tried = ("orders.refund", Effect::Irreversible, "order", "acme/O-4");
const OTHER_REFUND: Tried = ("orders.refund", Effect::Irreversible, "order", "acme/O-5");
const DELETE: Tried = ("orders.delete", Effect::Irreversible, "order", "acme/O-4");

/// The calls that the agent finds out to make, one after the other.
const STEPS: [(&str, &[Tried]); 3] = [
    ("read-ticket", &[TICKET]),
    ("find-parcel", &[ORDER, PARCEL]),
    ("compare-orders", &[ORDER]),
];

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    let nothing = world.nothing()?;
    let (steps, step) = world.step_by_step()?;
    let (parent, asked) = world.the_parent_answers(&step)?;
    let (person, granted) = world.the_person_answers(&step)?;
    let old = world.the_old_is_never_widened(&step, &asked, &granted)?;
    Ok(Story {
        scenes: vec![
            nothing,
            steps,
            parent,
            person,
            old,
            world.the_ceiling(&granted)?,
        ],
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    company: Company,
    lead: Agent,
    server: Server,
    minted: u8,
    /// How often the person was asked.
    person_asked: u32,
}

impl World {
    fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(MISSION)?;
        let company = Company::new("https://northwind.example", ceiling()?)?;
        let life = Life::Mission(LivesBy::new(
            mission.clone(),
            MaxAge::uniform(Seconds::minutes(5)),
        ));
        let grant = Grant {
            person: PERSON,
            purpose: [
                "complaint",
                "acme/T-17",
                "Find out what went wrong with Acme's order.",
            ],
            task: "complaint-17",
            life,
        };
        let terms = Terms {
            agent: "lead",
            seed: 1,
            powers: leads_powers()?,
            limits: Limits::none(),
            hops: 1,
            from: at(9, 0, 0),
            until: at(17, 0, 0),
        };
        let lead = company.grants(grant, terms)?;
        let server = Server::new("https://shop.example", &company)?.watches([&lead])?;
        desk.begins(&mission, at(9, 0, 0))?;
        Ok(Self {
            mission,
            desk,
            company,
            lead,
            server,
            minted: 10,
            person_asked: 0,
        })
    }

    fn nothing(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The explorer starts with nothing");
        scene.fact(format!("{PERSON} agreed to a mandate for the lead:"));
        for capability in self.lead.chain.leaf().powers.capabilities() {
            scene.fact(format!("    {capability}"));
        }
        let now = at(9, 59, 0);
        self.beat(now)?;
        let context = DecisionContext::new(
            ServerContext::new(now, self.server.name.clone()),
            &self.server.register,
        );
        let portfolio = Portfolio::new(self.mission.clone());
        let chosen = portfolio.choose(&self.server.verifier, &call(0, &action(TICKET)?), &context);
        let what = "explorer looks for a chain to read ticket acme/T-17 with";
        scene.attempt(Attempt::choice(now, what, &chosen, Some(Refusal::NoChain)));
        Ok(scene)
    }

    /// It states its next calls. The lead's host gives it powers for just those, and asks nobody.
    /// The last step is delegated.
    fn step_by_step(&mut self) -> Result<(Scene, Agent)> {
        let mut scene =
            Scene::new("Each step gets the least powers inside the lead's, and nobody is asked");
        let mut last = None;
        for (minute, (step, calls)) in (0..).zip(STEPS) {
            let now = at(10, minute, 0);
            self.beat(now)?;
            let least = minimal_for(&actions(calls)?, &self.lead.chain.leaf().powers);
            scene.attempt(Attempt::plan(
                now,
                format!("explorer plans {step}"),
                &least,
                None,
            ));
            let terms = Delegation::new(
                self.next_id(),
                Holder::new(explorer_key().public()).with_name("explorer".parse()?),
                least?,
                now.plus(STEP),
            )
            .with_step(step.parse()?);
            let agent = self.gives(terms, now)?;
            for capability in agent.chain.leaf().powers.capabilities() {
                scene.fact(format!(
                    "    until {}: {capability}",
                    clock(agent.chain.leaf().lifetime.expires())
                ));
            }
            for call in calls {
                scene.attempt(asks(&mut self.server, &agent, *call, "", now, None)?);
            }
            last = Some(agent);
        }
        let (last, now) = (last.ok_or("there are steps")?, at(10, 2, 30));
        scene.fact(format!(
            "in all these steps {PERSON} was asked {} times",
            self.person_asked
        ));
        let aside = "of the step before";
        scene.attempt(asks(
            &mut self.server,
            &last,
            PARCEL,
            aside,
            now,
            Some(DenialCode::ToolNotPermitted),
        )?);
        let other = SigningKey::from_seed(&[3; 32]).public();
        let terms = Delegation::new(
            self.next_id(),
            other,
            last.chain.leaf().powers.clone(),
            now.plus(Seconds::minutes(1)),
        );
        let onward = last
            .chain
            .delegate(terms, now)
            .err()
            .ok_or("a step can be passed on")?;
        let what = "explorer passes its step on to another agent";
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(onward),
            DenialCode::TooManyHops,
            true,
        ));
        Ok((scene, last))
    }

    /// Beyond the step, but within what the lead has.
    fn the_parent_answers(&mut self, step: &Agent) -> Result<(Scene, AccessRequest)> {
        let mut scene =
            Scene::new("Beyond the step: the denial becomes a request, and the lead answers");
        let now = at(10, 3, 0);
        let (attempt, request) = is_denied(
            &mut self.server,
            step,
            OTHER_ORDER,
            now,
            DenialCode::ArgumentRefused,
        )?;
        scene.attempt(attempt);
        let text = request.to_json();
        scene.fact(format!("explorer sends the lead: {text}"));
        let request = AccessRequest::from_json(&text)?;
        let id = self.next_id();
        // The lead's host answers by itself what the lead has set aside for this; the rest it would
        // show its owner.
        set_aside()?.covers(&request.powers)?;
        let asker = self.verified(step)?;
        let terms = request.delegation(
            &self.lead.chain,
            &asker,
            &self.server.register,
            id,
            now,
            now.plus(STEP),
        )?;
        let answer = self.gives(terms, now)?;
        scene.fact(format!(
            "the lead answers with a child for task {}, until {}:",
            answer.chain.tasks()?.last().ok_or("a task")?,
            clock(answer.chain.leaf().lifetime.expires())
        ));
        scene.fact(format!("    {}", answer.chain.leaf().powers));
        scene.attempt(asks(
            &mut self.server,
            &answer,
            OTHER_ORDER,
            "under the answer",
            now,
            None,
        )?);
        scene.attempt(asks(
            &mut self.server,
            &answer,
            ORDER,
            "under the answer",
            now,
            Some(DenialCode::ArgumentRefused),
        )?);
        let plan = minimal_for(
            &actions(&[ORDER, STRANGE_ORDER])?,
            &self.lead.chain.leaf().powers,
        );
        let what = "explorer plans to compare the order with one of globex";
        scene.attempt(Attempt::plan(now, what, &plan, Some(Refusal::NotPlanned)));
        Ok((scene, request))
    }

    /// Beyond what the lead has.
    fn the_person_answers(&mut self, step: &Agent) -> Result<(Scene, Agent)> {
        let mut scene = Scene::new("Beyond the lead: only the person can say yes");
        let (now, yes) = (at(10, 4, 0), at(10, 6, 0));
        let (attempt, request) = is_denied(
            &mut self.server,
            step,
            REFUND,
            now,
            DenialCode::ToolNotPermitted,
        )?;
        scene.attempt(attempt);
        let request = AccessRequest::from_json(&request.to_json())?;
        let id = self.next_id();
        let asker = self.verified(step)?;
        let terms = request.delegation(
            &self.lead.chain,
            &asker,
            &self.server.register,
            id,
            now,
            now.plus(STEP),
        )?;
        let refused = self
            .lead
            .chain
            .delegate(terms, now)
            .err()
            .ok_or("the lead has no refunds")?;
        let what = "the lead answers with a child that refunds";
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(refused),
            DenialCode::BeyondParent,
            true,
        ));

        self.beat(yes)?;
        let root = self.says_yes(&request, step, yes)?;
        let chain = Chain::from(issue(&self.company.anchor, root, yes)?.sign(&self.company.key)?);
        let granted = explorer(chain);
        let claims = granted.chain.root().claims();
        let grant = claims.grant.as_ref().ok_or("a person stands behind it")?;
        scene.fact(format!(
            "{} {} is asked and says yes: a new root for task {}, until {}:",
            clock(grant.at),
            grant.by,
            claims.task,
            clock(claims.link.lifetime.expires())
        ));
        scene.fact(format!("    {}", claims.link.powers));
        self.server = self.server.clone().watches([&granted])?;
        scene.attempt(asks(
            &mut self.server,
            &granted,
            REFUND,
            "under the new root",
            yes,
            None,
        )?);
        for (call, code) in [
            (OTHER_REFUND, DenialCode::ArgumentRefused),
            (ORDER, DenialCode::ToolNotPermitted),
        ] {
            scene.attempt(asks(
                &mut self.server,
                &granted,
                call,
                "under the new root",
                yes,
                Some(code),
            )?);
        }
        Ok((scene, granted))
    }

    /// A yes makes a new mandate. Those that were there before do not change, which the servers'
    /// own denials show.
    fn the_old_is_never_widened(
        &mut self,
        step: &Agent,
        asked: &AccessRequest,
        granted: &Agent,
    ) -> Result<Scene> {
        let mut scene = Scene::new("The old mandates are what they were, and end when they did");
        let now = at(10, 6, 30);
        let (attempt, request) = is_denied(
            &mut self.server,
            step,
            REFUND,
            now,
            DenialCode::ToolNotPermitted,
        )?;
        scene.attempt(attempt);
        let same = if request.mandate == asked.mandate {
            "the same"
        } else {
            "another"
        };
        scene.fact(format!(
            "{same} mandate is denied as before the yes: {}",
            asked.mandate
        ));
        scene.fact(format!("the new one is {}", granted.chain.leaf_id()));
        let (attempt, _) = is_denied(
            &mut self.server,
            &self.lead,
            REFUND,
            now,
            DenialCode::ToolNotPermitted,
        )?;
        scene.attempt(attempt);
        for (name, old) in [("the step", step), ("the lead", &self.lead)] {
            let refunds = old
                .chain
                .leaf()
                .powers
                .covers(&granted.chain.leaf().powers)
                .is_ok();
            let refunds = if refunds {
                "has refunds now"
            } else {
                "has no refund"
            };
            scene.fact(format!(
                "{name} {refunds}, it has {}",
                old.chain.leaf().powers
            ));
        }
        let expired = step.chain.leaf().lifetime.expires();
        scene.attempt(asks(
            &mut self.server,
            step,
            ORDER,
            "five minutes after its step began",
            expired,
            Some(DenialCode::Expired),
        )?);
        Ok(scene)
    }

    /// Powers that the owner of the resource gives to nobody.
    fn the_ceiling(&mut self, granted: &Agent) -> Result<Scene> {
        let mut scene = Scene::new("Beyond the ceiling: no request helps");
        let now = at(10, 8, 0);
        self.beat(now)?;
        let (attempt, request) = is_denied(
            &mut self.server,
            granted,
            DELETE,
            now,
            DenialCode::ToolNotPermitted,
        )?;
        scene.attempt(attempt);
        let root = self.says_yes(&request, granted, now)?;
        let refused = issue(&self.company.anchor, root.clone(), now)
            .err()
            .ok_or("the ceiling has no deletions")?;
        let what = format!("{PERSON} says yes to that, too");
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(refused),
            DenialCode::BeyondCeiling,
            true,
        ));

        // Whoever signs for the company leaves its own ceiling out of account.
        let issuer = self.company.anchor.issuer().clone();
        let careless = Anchor::new(
            issuer,
            self.company.key.public(),
            Ceiling::Unlimited,
            Seconds::hours(24),
        )?;
        let chain = Chain::from(issue(&careless, root, now)?.sign(&self.company.key)?);
        let past = explorer(chain);
        let proof = self.server.next_proof(&past, &action(DELETE)?, now)?;
        let outcome = self.server.decides(&proof, &action(DELETE)?, now);
        let what = "explorer: orders.delete, under a root issued without regard to the ceiling";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::BeyondCeiling),
            true,
        ));
        let offers = self.server.offers(&proof, &action(DELETE)?, now).is_some();
        scene.fact(format!(
            "the server {} to ask for",
            if offers {
                "offers something"
            } else {
                "offers nothing"
            }
        ));
        Ok(scene)
    }

    /// The person's own consent to just what is asked for.
    fn says_yes(&mut self, request: &AccessRequest, asker: &Agent, now: Timestamp) -> Result<Root> {
        self.person_asked = self.person_asked.saturating_add(1);
        let consent = AttestedGrant::direct(
            PERSON.parse()?,
            now,
            Digest::hash(format!("{PERSON} agreed to: {}", request.powers)),
        );
        let lifetime = Lifetime::new(now, now.plus(Seconds::minutes(10)))?;
        let id = self.next_id();
        Ok(request.root(
            &self.verified(asker)?,
            &self.server.register,
            id,
            lifetime,
            consent,
        )?)
    }

    /// Verifies the chain of one who asks, as whoever answers does: its limits go along.
    fn verified(&self, asker: &Agent) -> Result<VerifiedChain> {
        Ok(Verifier::new([self.company.anchor.clone()])?.verify(&asker.chain)?)
    }

    /// A child of the lead's for the explorer, which the server watches.
    fn gives(&mut self, terms: Delegation, now: Timestamp) -> Result<Agent> {
        let child = self.lead.chain.delegate(terms, now)?.sign(&self.lead.key)?;
        let agent = explorer(self.lead.chain.extend(child)?);
        self.server = self.server.clone().watches([&agent])?;
        Ok(agent)
    }

    fn next_id(&mut self) -> [u8; 16] {
        self.minted = self.minted.saturating_add(1);
        [self.minted; 16]
    }

    fn beat(&mut self, now: Timestamp) -> Result<()> {
        let notices = self.desk.heartbeat(now)?;
        self.server.receives(&notices, now);
        Ok(())
    }
}

/// A call that is denied; the story of it, and what the server offers its holder to ask for.
fn is_denied(
    server: &mut Server,
    agent: &Agent,
    call: Tried,
    now: Timestamp,
    expected: DenialCode,
) -> Result<(Attempt, AccessRequest)> {
    let action = action(call)?;
    let proof = server.next_proof(agent, &action, now)?;
    let denial = server
        .decides(&proof, &action, now)
        .err()
        .ok_or("the call is permitted")?;
    let request = server.offers(&proof, &action, now).ok_or("asking helps")?;
    let what = format!("{}: {} on {}", agent.name, call.0, call.3);
    Ok((
        Attempt::denied(now, what, &denial, expected, token_permits(call.0)),
        request,
    ))
}

fn asks(
    server: &mut Server,
    agent: &Agent,
    call: Tried,
    aside: &str,
    now: Timestamp,
    expected: Option<DenialCode>,
) -> Result<Attempt> {
    let outcome = server.asked(agent, &action(call)?, now)?;
    let comma = if aside.is_empty() { "" } else { ", " };
    let what = format!("{}: {} on {}{comma}{aside}", agent.name, call.0, call.3);
    Ok(Attempt::call(
        now,
        what,
        &outcome,
        expected,
        token_permits(call.0),
    ))
}

/// The explorer's key; what it holds, it holds for a step.
fn explorer_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn explorer(chain: Chain) -> Agent {
    Agent {
        name: "explorer",
        key: explorer_key(),
        chain,
    }
}

/// The lead's powers: everything of Acme's that can be read.
fn leads_powers() -> Result<Powers> {
    on_those_like("acme/*", &[TICKET, ORDER, PARCEL])
}

/// Powers that the lead's host gives on request, without asking anybody.
fn set_aside() -> Result<Powers> {
    on_those_like("acme/*", &[ORDER, PARCEL])
}

/// The company's ceiling.
fn ceiling() -> Result<Powers> {
    on_those_like("*", &[TICKET, ORDER, PARCEL, REFUND])
}

fn on_those_like(which: &str, calls: &[Tried]) -> Result<Powers> {
    let all: Result<Vec<Capability>> = calls
        .iter()
        .map(|(tool, effect, argument, _)| {
            Ok(Capability::new(tool, *effect)?
                .require(argument, Constraint::pattern(which)?)?
                .allow_delegation())
        })
        .collect();
    Ok(Powers::new(all?)?)
}

fn action((tool, effect, argument, value): Tried) -> Result<Action> {
    Ok(Action::new(tool, [(argument, value)], effect)?)
}

fn actions(calls: &[Tried]) -> Result<Vec<Action>> {
    calls.iter().map(|call| action(*call)).collect()
}

/// The control: an access token with the scopes that support has all day.
fn token_permits(tool: &str) -> bool {
    ["tickets", "orders", "parcels"]
        .iter()
        .any(|scope| tool.split('.').next() == Some(*scope))
}
