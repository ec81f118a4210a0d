//! The parties of the stories: a company that grants, agents that hold, servers that decide, a
//! controller's desk.

use super::Result;
use mandatum::claims::{GrantKind, Holder, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::codec::Claims;
use mandatum::decide::Facts;
use mandatum::denial::AccessRequest;
use mandatum::mission::{ControllerError, Watches};
use mandatum::powers::ConstraintError;
use mandatum::primitives::{MissionId, TokenId, Value};
use mandatum::sign::{Token, Unsigned};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, CallId, Capability, Chain,
    Constraint, Controller, DecisionContext, Delegation, Denial, DenialCode, Digest, Effect,
    ExecutionProof, Issuer, Label, Life, Lifetime, Limits, Link, Mission, Notice, Permit, Powers,
    Purpose, Register, Root, RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Verifier,
    issue,
};
use std::collections::BTreeMap;

/// An issuer of roots.
pub(crate) struct Company {
    pub(crate) key: SigningKey,
    pub(crate) anchor: Anchor,
}

/// The grant that a person agrees to.
pub(crate) struct Grant {
    pub(crate) person: &'static str,
    /// Code, subject, text.
    pub(crate) purpose: [&'static str; 3],
    pub(crate) task: &'static str,
    pub(crate) life: Life,
}

/// The terms of an agent's mandate.
pub(crate) struct Terms {
    pub(crate) agent: &'static str,
    /// Seed of its key, and of the mandate's id.
    pub(crate) seed: u8,
    pub(crate) powers: Powers,
    pub(crate) limits: Limits,
    pub(crate) hops: u8,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// One who acts: a name, a key, and the chain that ends in its mandate.
pub(crate) struct Agent {
    pub(crate) name: &'static str,
    pub(crate) key: SigningKey,
    pub(crate) chain: Chain,
}

impl Company {
    pub(crate) fn new(issuer: &str, ceiling: Powers) -> Result<Self> {
        Self::with_key(SigningKey::from_seed(&[200; 32]), issuer, ceiling)
    }

    /// With a key of its own, where there are several.
    pub(crate) fn with_key(key: SigningKey, issuer: &str, ceiling: Powers) -> Result<Self> {
        let anchor = Anchor::new(issuer.parse()?, key.public(), ceiling, Seconds::hours(24))?;
        Ok(Self { key, anchor })
    }

    pub(crate) fn grants(&self, grant: Grant, terms: Terms) -> Result<Agent> {
        let (name, seed, from) = (terms.agent, terms.seed, terms.from);
        let root = issue(&self.anchor, self.root(grant, terms)?, from)?;
        self.signs(root, name, seed)
    }

    /// Makes the root that it grants, unchecked and unsigned.
    pub(crate) fn root(&self, grant: Grant, terms: Terms) -> Result<Root> {
        let [code, subject, text] = grant.purpose;
        let key = SigningKey::from_seed(&[terms.seed; 32]);
        let holder = Holder::new(key.public()).with_name(terms.agent.parse()?);
        let lifetime = Lifetime::new(terms.from, terms.until)?;
        let link = Link::new([terms.seed; 16], holder, terms.powers, lifetime)
            .with_limits(terms.limits)
            .with_hops(terms.hops);
        let root = Root::new(
            &self.anchor,
            link,
            Label::new(grant.person)?,
            Purpose::new(code.parse()?, subject.parse()?, text),
            grant.task.parse()?,
            RootAudience::Anywhere,
            grant.life,
        );
        Ok(root.with_grant(AttestedGrant::direct(
            grant.person.parse()?,
            terms.from,
            Digest::hash(format!("{} agreed to: {text}", grant.person)),
        )))
    }

    /// Signs a root for the agent whose key is of this seed.
    pub(crate) fn signs(
        &self,
        root: Unsigned<Root>,
        name: &'static str,
        seed: u8,
    ) -> Result<Agent> {
        Ok(Agent {
            name,
            key: SigningKey::from_seed(&[seed; 32]),
            chain: Chain::from(root.sign(&self.key)?),
        })
    }
}

impl Agent {
    /// Delegates a part of its powers to another agent, for a task of that agent's name.
    pub(crate) fn delegates(&self, terms: Terms) -> Result<Self> {
        let key = SigningKey::from_seed(&[terms.seed; 32]);
        let holder = Holder::new(key.public()).with_name(terms.agent.parse()?);
        let delegation = Delegation::new([terms.seed; 16], holder, terms.powers, terms.until)
            .with_limits(terms.limits)
            .with_hops(terms.hops)
            .with_step(terms.agent.parse()?);
        let child = self
            .chain
            .delegate(delegation, terms.from)?
            .sign(&self.key)?;
        Ok(Self {
            name: terms.agent,
            key,
            chain: self.chain.extend(child)?,
        })
    }

    /// Signs how its task ended.
    pub(crate) fn reports(&self, ending: TaskEnding, at: Timestamp) -> Result<Notice> {
        reports_ended(&self.key, self, ending, at)
    }

    /// A signed call and the chain behind it.
    pub(crate) fn proof(
        &self,
        call: &Call,
        server: &Server,
        at: Timestamp,
    ) -> Result<ExecutionProof> {
        let signed = CallClaims::new(&self.chain, call, server.name.clone(), at).sign(&self.key)?;
        Ok(ExecutionProof::new(self.chain.clone(), signed))
    }
}

/// A server, with its anchors, the notices it received, its observations and the calls it has seen.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) name: Audience,
    pub(crate) verifier: Verifier,
    pub(crate) register: Register,
    pub(crate) watches: Watches,
    pub(crate) facts: Facts,
    /// The system in which it acts on people's accounts, where it does.
    pub(crate) system: Option<Label>,
    seen: Vec<CallId>,
}

impl Server {
    pub(crate) fn new(name: &str, company: &Company) -> Result<Self> {
        Self::trusting(name, [company])
    }

    /// Makes a server that trusts several owners, each by its anchor.
    pub(crate) fn trusting<'a>(
        name: &str,
        companies: impl IntoIterator<Item = &'a Company>,
    ) -> Result<Self> {
        let verifier = Verifier::new(companies.into_iter().map(|company| company.anchor.clone()))?
            .with_tools(super::tools()?);
        Ok(Self {
            name: Audience::new(name)?,
            register: Register::new(verifier.retention(MAX_STATUS_AGE)),
            verifier,
            watches: Watches::none(),
            facts: Facts::none(),
            system: None,
            seen: Vec::new(),
        })
    }

    /// Observes a fact, which chains of every issuer that it trusts may ask for.
    pub(crate) fn observes(
        &mut self,
        fact: &str,
        value: impl Into<Value>,
        now: Timestamp,
    ) -> Result<()> {
        let issuers: Vec<Issuer> = self
            .verifier
            .anchors()
            .map(|anchor| anchor.issuer().clone())
            .collect();
        self.facts = std::mem::take(&mut self.facts).with_fact(fact.parse()?, value, now, issuers);
        Ok(())
    }

    /// Cares from now on for what concerns these agents.
    pub(crate) fn watches<'a>(
        mut self,
        agents: impl IntoIterator<Item = &'a Agent>,
    ) -> Result<Self> {
        for agent in agents {
            self.watches
                .extend(&Watches::new(&self.verifier.verify(&agent.chain)?));
        }
        Ok(self)
    }

    /// Applies notices; those that do not count here are skipped.
    pub(crate) fn receives<'n>(
        &mut self,
        notices: impl IntoIterator<Item = &'n Notice>,
        now: Timestamp,
    ) {
        for notice in notices {
            let _ = self.register.apply(notice, &self.watches, now);
        }
    }

    /// Bytes in, verdict out; each call once.
    pub(crate) fn decides(
        &mut self,
        proof: &ExecutionProof,
        action: &Action,
        now: Timestamp,
    ) -> std::result::Result<Permit, Denial> {
        let unsettled = self
            .verifier
            .check(&proof.to_bytes(), action, &self.context(now))?;
        let outcome = if self.seen.contains(&proof.call_id()) {
            mandatum::charge::LedgerOutcome::Before { recorded: None }
        } else {
            mandatum::charge::LedgerOutcome::Reserved
        };
        self.seen.push(proof.call_id());
        let answer = unsettled.charges().answer(outcome);
        unsettled.settle(answer)
    }

    /// The request that this server offers for a denied call.
    pub(crate) fn offers(
        &self,
        proof: &ExecutionProof,
        action: &Action,
        now: Timestamp,
    ) -> Option<AccessRequest> {
        self.verifier
            .request_for(&proof.to_bytes(), action, &self.context(now))
    }

    /// The context of its decisions.
    fn context(&self, now: Timestamp) -> DecisionContext<'_> {
        let context =
            DecisionContext::new(ServerContext::new(now, self.name.clone()), &self.register)
                .with_facts(&self.facts);
        self.system
            .iter()
            .cloned()
            .fold(context, DecisionContext::with_system)
    }

    /// An agent's next call, signed for this server.
    pub(crate) fn next_proof(
        &self,
        agent: &Agent,
        action: &Action,
        now: Timestamp,
    ) -> Result<ExecutionProof> {
        agent.proof(&call(self.seen.len(), action), self, now)
    }

    /// An agent's call, from signature to verdict.
    pub(crate) fn asked(
        &mut self,
        agent: &Agent,
        action: &Action,
        now: Timestamp,
    ) -> Result<std::result::Result<Permit, Denial>> {
        let proof = self.next_proof(agent, action, now)?;
        Ok(self.decides(&proof, action, now))
    }

    /// The code with which an agent's call is denied, if it is.
    pub(crate) fn code_for(
        &mut self,
        agent: &Agent,
        action: &Action,
        now: Timestamp,
    ) -> Result<Option<DenialCode>> {
        Ok(self
            .asked(agent, action, now)?
            .err()
            .map(|denial| denial.code()))
    }
}

/// Signs how an agent's task ended, by anyone, true or not.
pub(crate) fn reports_ended(
    key: &SigningKey,
    agent: &Agent,
    ending: TaskEnding,
    at: Timestamp,
) -> Result<Notice> {
    let (task, id) = (agent.chain.leaf_id(), at.as_unix().to_be_bytes());
    Ok(Notice::from(
        TaskEnd::by_holder(
            NoticeHeader::new(id, key.public(), at),
            task,
            ending,
            root_expires(&agent.chain),
        )
        .sign(key)?,
    ))
}

/// When a chain's root has expired: until then everybody keeps the ends of its mandates.
pub(crate) fn root_expires(chain: &Chain) -> Timestamp {
    chain.root().claims().link.lifetime.expires()
}

/// The `number`th call of a story.
pub(crate) fn call(number: usize, action: &Action) -> Call {
    let mut id = [0; 16];
    for (room, byte) in id.iter_mut().zip(number.to_be_bytes()) {
        *room = byte;
    }
    Call::new(id, action.clone())
}

/// How old a status may be for any call in the stories. A mandate asks for a fresher one.
pub(crate) const MAX_STATUS_AGE: Seconds = Seconds::hours(1);

/// The part of a mission's name that nobody guesses. A host takes 16 random bytes for each mission;
/// the stories are the same whenever they are told.
const NONCE: [u8; 16] = [0x5a; 16];

/// The host of a controller: signs a notice, stores it, and only then sends it.
pub(crate) struct Desk {
    pub(crate) key: SigningKey,
    pub(crate) controller: Controller,
    pub(crate) stored: Vec<Notice>,
    /// Those that it began: notices name them by their ids, which people can't read.
    missions: BTreeMap<MissionId, Mission>,
    header: u8,
}

impl Desk {
    pub(crate) fn new(seed: u8) -> Self {
        let key = SigningKey::from_seed(&[seed; 32]);
        let controller = Controller::new(key.public(), Seconds::new(30));
        Self {
            controller,
            key,
            stored: Vec::new(),
            missions: BTreeMap::new(),
            header: 0,
        }
    }

    /// Its mission of this name.
    pub(crate) fn mission(&self, name: &str) -> Result<Mission> {
        Ok(self.controller.mission(name.parse()?, NONCE))
    }

    pub(crate) fn begins(&mut self, mission: &Mission, now: Timestamp) -> Result<Notice> {
        self.missions.insert(mission.id(), mission.clone());
        Ok(self.signs(|controller, id| controller.begin(mission, id, now))??)
    }

    /// The missions that a status is of.
    pub(crate) fn missions_of<'a>(&'a self, notice: &'a Notice) -> Vec<&'a Mission> {
        match notice {
            Notice::Status(status) => status
                .claims()
                .missions
                .iter()
                .filter_map(|snapshot| self.missions.get(&snapshot.mission))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Signs and stores a statement of the controller.
    pub(crate) fn signs<C: Claims>(
        &mut self,
        intent: impl FnOnce(
            &mut Controller,
            TokenId,
        ) -> std::result::Result<Unsigned<C>, ControllerError>,
    ) -> Result<std::result::Result<Notice, ControllerError>>
    where
        Notice: From<Token<C>>,
    {
        self.header = self.header.wrapping_add(1);
        match intent(&mut self.controller, TokenId::from([self.header; 8])) {
            Ok(unsigned) => Ok(Ok(self.stores(unsigned)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Signs that all its missions are active.
    pub(crate) fn heartbeat(&mut self, now: Timestamp) -> Result<Vec<Notice>> {
        let mut said = self.header;
        let statuses = self.controller.heartbeat(
            || {
                said = said.wrapping_add(1);
                TokenId::from([said; 8])
            },
            now,
        )?;
        self.header = said;
        statuses
            .into_iter()
            .map(|status| self.stores(status))
            .collect()
    }

    fn stores<C: Claims>(&mut self, unsigned: Unsigned<C>) -> Result<Notice>
    where
        Notice: From<Token<C>>,
    {
        let notice = Notice::from(unsigned.sign(&self.key)?);
        self.stored.push(notice.clone());
        Ok(notice)
    }
}

/// A capability on one argument with one value.
pub(crate) fn only(tool: &str, effect: Effect, argument: &str, value: &str) -> Result<Capability> {
    let one: std::result::Result<Constraint, ConstraintError> = Constraint::one_of([value]);
    Ok(Capability::new(tool, effect)?
        .require(argument, one?)?
        .allow_delegation())
}
