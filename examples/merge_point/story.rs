//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Refusal, Result, Scene, Server, Story, Terms, at, call,
    clock, only, reports_ended, root_expires,
};
use mandatum::claims::{Holder, TaskEnding};
use mandatum::graph::{Merge, MergeError, Portfolio, merge};
use mandatum::limits::{MaxAge, Waves};
use mandatum::mission::rebind_leaf;
use mandatum::{
    Action, Capability, Constraint, Controller, DecisionContext, Delegation, Denial, DenialCode,
    Digest, Effect, Life, Limit, Limits, LivesBy, Mission, Powers, Seconds, ServerContext,
    SigningKey, Timestamp,
};

const MISSION: &str = "market-report";

/// Greatest age of the mission's status, for every effect.
const AGE: Seconds = Seconds::minutes(5);

/// The branches' powers: reading private data, writing the report, publishing it.
const READ: (&str, Effect, &str, &str) = ("customers.read", Effect::Read, "segment", "retail");
const WRITE: (&str, Effect, &str, &str) = ("report.write", Effect::Write, "report", "market");
const PUBLISH: (&str, Effect, &str, &str) =
    ("press.publish", Effect::Irreversible, "channel", "newswire");

/// How many strangers report that the branches are done.
const STRANGERS: u64 = 1000;

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    Ok(Story {
        scenes: vec![
            world.two_branches()?,
            world.asking_for_more()?,
            world.dormant()?,
            world.speaking_for_others()?,
            world.a_branch_fails()?,
            world.a_quorum_and_a_deadline()?,
            world.stragglers()?,
            world.cut_off()?,
            world.a_late_call()?,
            world.two_halves()?,
        ],
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    company: Company,
    coordinator: Agent,
    research: Agent,
    publicity: Agent,
    server: Server,
}

impl World {
    fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(MISSION)?;
        let company = Company::new("https://northwind.example", all_powers()?)?;
        let coordinator = company.grants(
            grant(&mission),
            terms("coordinator", 1, all_powers()?, Limits::none(), 2),
        )?;
        let first_wave = || Limit::waves(Waves::only(mission.clone(), 0));
        let limits = Limits::new([first_wave(), Limit::signed_calls()])?;
        let research =
            coordinator.delegates(terms("research", 2, powers([READ, WRITE])?, limits, 0))?;
        let limits = Limits::new([first_wave()])?;
        let publicity =
            coordinator.delegates(terms("publicity", 3, powers([WRITE, PUBLISH])?, limits, 0))?;
        let server =
            Server::new("https://reports.example", &company)?.watches([&research, &publicity])?;
        desk.begins(&mission, at(9, 0, 0))?;
        Ok(Self {
            mission,
            desk,
            company,
            coordinator,
            research,
            publicity,
            server,
        })
    }

    fn two_branches(&mut self) -> Result<Scene> {
        let mut scene =
            Scene::new("One branch reads what is private, the other speaks to the press");
        for branch in [&self.research, &self.publicity] {
            scene.fact(format!("{} holds:", branch.name));
            holdings(&mut scene, branch);
        }
        let now = at(9, 10, 0);
        self.beat(now)?;
        for (branch, call) in [(&self.research, READ), (&self.publicity, PUBLISH)] {
            scene.attempt(ask(&mut self.server, branch, call, "", now, None)?);
        }
        for (branch, call) in [(&self.research, PUBLISH), (&self.publicity, READ)] {
            scene.attempt(ask(
                &mut self.server,
                branch,
                call,
                "",
                now,
                Some(DenialCode::ToolNotPermitted),
            )?);
        }
        let editor = self.editor(now)?;
        scene.fact(
            "Where they merge, by default the editor holds what both have, and waits for both:",
        );
        holdings(&mut scene, &editor);
        Ok(scene)
    }

    fn asking_for_more(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Asking the merge point for what only one of them has");
        let now = at(9, 20, 0);
        let both = [&self.research, &self.publicity];
        for (what, asked) in [
            (
                "the coordinator merges them with customers.read and press.publish",
                powers([READ, PUBLISH])?,
            ),
            (
                "the coordinator merges them with press.publish alone",
                powers([PUBLISH])?,
            ),
        ] {
            let merged = self.merges("editor", 4, &both, |merge| merge.with_powers(asked), now)?;
            scene.attempt(Attempt::merge(now, what, &merged, Some(Refusal::NotMerged)));
        }
        let by_hand =
            |powers| Delegation::new([12; 16], self.publicity.key.public(), powers, at(17, 0, 0));
        let held = self
            .coordinator
            .chain
            .delegate(by_hand(powers([READ, PUBLISH])?), now);
        let held = if held.is_ok() { "are" } else { "are not" };
        scene.fact(format!(
            "merge bounds who calls it: delegated by hand, both {held} within what the coordinator holds"
        ));
        let export = Powers::new([only("customers.export", Effect::Read, "segment", "retail")?])?;
        let beyond = self
            .coordinator
            .chain
            .delegate(by_hand(export), now)
            .err()
            .ok_or("it was minted")?;
        let what = "the coordinator delegates customers.export by hand";
        scene.attempt(Attempt::denied(
            now,
            what,
            &Denial::from(beyond),
            DenialCode::BeyondParent,
            token_permits(now),
        ));
        Ok(scene)
    }

    /// Nobody opens it but the branches themselves, the one who minted it and the mission's
    /// controller.
    fn dormant(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Dormant until both branches report that they are done");
        let now = at(10, 0, 0);
        self.beat(now)?;
        let editor = self.editor(now)?;
        self.server = self.server.clone().watches([&editor])?;
        let closed = Some(DenialCode::BarrierClosed);
        let mut ask = |server: &mut Server, aside: &str, now, expected| -> Result<()> {
            scene.attempt(ask(server, &editor, WRITE, aside, now, expected)?);
            Ok(())
        };
        ask(&mut self.server, "nothing is done", now, closed)?;

        let branches = [&self.research, &self.publicity];
        let before = self.server.register.clone();
        for stranger in 0..STRANGERS {
            let key =
                SigningKey::from_seed(Digest::hash(format!("stranger {stranger}")).as_bytes());
            for branch in branches {
                let word = reports_ended(&key, branch, TaskEnding::Completed, now)?;
                self.server.receives([&word], now);
            }
        }
        let unmoved = if self.server.register == before {
            "is"
        } else {
            "is not"
        };
        ask(
            &mut self.server,
            &format!("{STRANGERS} strangers report that both are done"),
            now,
            closed,
        )?;
        for branch in branches {
            let word = reports_ended(&editor.key, branch, TaskEnding::Completed, now)?;
            self.server.receives([&word], now);
        }
        ask(
            &mut self.server,
            "the editor itself reports so",
            now,
            closed,
        )?;
        let word = reports_ended(
            &self.research.key,
            &self.publicity,
            TaskEnding::Completed,
            now,
        )?;
        self.server.receives([&word], now);
        ask(
            &mut self.server,
            "research reports that publicity is done",
            now,
            closed,
        )?;

        let (first, second) = (at(10, 2, 0), at(10, 4, 0));
        self.server.receives(
            [&self.research.reports(TaskEnding::Completed, first)?],
            first,
        );
        ask(
            &mut self.server,
            "research reports that research is done",
            first,
            closed,
        )?;
        self.server.receives(
            [&self.publicity.reports(TaskEnding::Completed, second)?],
            second,
        );
        ask(
            &mut self.server,
            "publicity reports that publicity is done",
            second,
            None,
        )?;
        scene.fact(format!(
            "after the strangers' reports the register {unmoved} as it was before"
        ));
        self.open(&mut scene, &editor, second)?;
        Ok(scene)
    }

    /// The calls that each agent may make once the branches are done.
    fn open(&mut self, scene: &mut Scene, editor: &Agent, now: Timestamp) -> Result<()> {
        for call in [READ, PUBLISH] {
            scene.attempt(ask(
                &mut self.server,
                editor,
                call,
                "all the same",
                now,
                Some(DenialCode::ToolNotPermitted),
            )?);
        }
        scene.attempt(ask(
            &mut self.server,
            &self.research,
            READ,
            "being done",
            now,
            Some(DenialCode::TaskEnded),
        )?);
        Ok(())
    }

    /// A branch that does not answer any more can be spoken for by those who gave it its work.
    fn speaking_for_others(&mut self) -> Result<Scene> {
        let mut scene = Scene::new(
            "Who speaks for branches that do not answer: the one who minted, and the controller",
        );
        let (begin, now) = (at(10, 6, 0), at(10, 7, 0));
        self.beat(begin)?;
        let [survey, poll] = [("survey", 15), ("poll", 16)]
            .map(|(name, seed)| self.writer(name, seed, Seconds::default()));
        let (survey, poll) = (survey?, poll?);
        let results = self.merges("results", 17, &[&survey, &poll], |merge| merge, begin)??;
        self.server = self.server.clone().watches([&results])?;
        let rebound = self.rebinds(&survey, 18, begin)?;
        self.server = self.server.clone().watches([&rebound])?;
        self.server
            .receives([&rebound.reports(TaskEnding::Completed, begin)?], begin);
        let aside = "survey, re-bound to a new key since, reports that it is done";
        scene.attempt(ask(
            &mut self.server,
            &results,
            WRITE,
            aside,
            begin,
            Some(DenialCode::BarrierClosed),
        )?);
        let word = reports_ended(&self.coordinator.key, &survey, TaskEnding::Completed, now)?;
        self.server.receives([&word], now);
        let aside = "the coordinator reports that survey is done";
        scene.attempt(ask(
            &mut self.server,
            &results,
            WRITE,
            aside,
            now,
            Some(DenialCode::BarrierClosed),
        )?);
        let (mission, ended, ending) = (&self.mission, poll.chain.leaf_id(), TaskEnding::Completed);
        let expires = root_expires(&poll.chain);
        let end = |controller: &mut Controller, id| {
            controller.end_task(mission, ended, ending, expires, id, now)
        };
        let word = self
            .desk
            .signs(|controller, id| end(controller, id).map(|end| end.notice))??;
        self.server.receives([&word], now);
        let aside = "the controller reports that poll is done";
        scene.attempt(ask(&mut self.server, &results, WRITE, aside, now, None)?);
        let word = reports_ended(&self.coordinator.key, &survey, TaskEnding::Revoked, now)?;
        self.server.receives([&word], now);
        let aside = "the coordinator takes survey back";
        scene.attempt(ask(
            &mut self.server,
            &results,
            WRITE,
            aside,
            now,
            Some(DenialCode::BarrierBroken),
        )?);
        Ok(scene)
    }

    fn a_branch_fails(&mut self) -> Result<Scene> {
        let mut scene = Scene::new(
            "A branch fails: a task that needs both waits in vain, and its denial states so",
        );
        let (begin, failed, done) = (at(10, 10, 0), at(10, 12, 0), at(10, 13, 0));
        self.beat(begin)?;
        let [legal, tax] = [("legal", 5), ("tax", 6)]
            .map(|(name, seed)| self.writer(name, seed, Seconds::default()));
        let (legal, tax) = (legal?, tax?);
        let needs_both = self.merges("signer", 7, &[&legal, &tax], |merge| merge, begin)??;
        let needs_one = self.merges(
            "summary",
            8,
            &[&legal, &tax],
            |merge| merge.with_quorum(1),
            begin,
        )??;
        self.server = self.server.clone().watches([&needs_both, &needs_one])?;
        self.server
            .receives([&tax.reports(TaskEnding::Failed, failed)?], failed);
        let (broken, closed) = (
            Some(DenialCode::BarrierBroken),
            Some(DenialCode::BarrierClosed),
        );
        let both = "which needs both: tax reports that it failed";
        scene.attempt(ask(
            &mut self.server,
            &needs_both,
            WRITE,
            both,
            failed,
            broken,
        )?);
        let one = "which needs one: tax reports that it failed";
        scene.attempt(ask(
            &mut self.server,
            &needs_one,
            WRITE,
            one,
            failed,
            closed,
        )?);
        self.server
            .receives([&legal.reports(TaskEnding::Completed, done)?], done);
        let both = "which needs both: legal is done";
        scene.attempt(ask(
            &mut self.server,
            &needs_both,
            WRITE,
            both,
            done,
            broken,
        )?);
        scene.attempt(ask(
            &mut self.server,
            &needs_one,
            WRITE,
            "which needs one: legal is done",
            done,
            None,
        )?);
        self.server
            .receives([&tax.reports(TaskEnding::Completed, done)?], done);
        let both = "which needs both: tax reports that it is done after all";
        scene.attempt(ask(
            &mut self.server,
            &needs_both,
            WRITE,
            both,
            done,
            broken,
        )?);
        Ok(scene)
    }

    fn a_quorum_and_a_deadline(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("One of two will do, but not before eleven");
        let (begin, deadline) = (at(10, 56, 0), at(11, 0, 0));
        self.beat(begin)?;
        let [europe, asia] = [("europe", 9), ("asia", 10)]
            .map(|(name, seed)| self.writer(name, seed, Seconds::default()));
        let (europe, asia) = (europe?, asia?);
        let shape = |merge: Merge| merge.with_quorum(1).with_deadline(deadline);
        let digest = self.merges("digest", 11, &[&europe, &asia], shape, begin)??;
        self.server = self.server.clone().watches([&digest])?;
        holdings(&mut scene, &digest);
        self.server
            .receives([&europe.reports(TaskEnding::Completed, begin)?], begin);
        let before = deadline.minus(Seconds::new(1));
        let closed = Some(DenialCode::BarrierClosed);
        scene.attempt(ask(
            &mut self.server,
            &digest,
            WRITE,
            "europe is done, asia is not",
            begin,
            closed,
        )?);
        scene.attempt(ask(
            &mut self.server,
            &digest,
            WRITE,
            "a second before the deadline",
            before,
            closed,
        )?);
        scene.attempt(ask(
            &mut self.server,
            &digest,
            WRITE,
            "at the deadline",
            deadline,
            None,
        )?);
        scene.attempt(ask(
            &mut self.server,
            &asia,
            WRITE,
            "given up, but its wave goes on",
            deadline,
            None,
        )?);
        Ok(scene)
    }

    /// S8: the wave closes over branches that are still at work.
    fn stragglers(&mut self) -> Result<Scene> {
        let mut scene = Scene::new(
            "The wave closes over two stragglers, one of which may drain for two minutes",
        );
        let (close, drain) = (at(11, 5, 0), Seconds::minutes(2));
        self.beat(at(11, 4, 0))?;
        let (asia, archive) = (
            self.writer("asia", 10, Seconds::default())?,
            self.writer("archive", 13, drain)?,
        );
        let (before, drained) = (close.minus(Seconds::new(1)), close.plus(drain));
        self.server = self.server.clone().watches([&archive])?;
        for straggler in [&asia, &archive] {
            scene.attempt(ask(
                &mut self.server,
                straggler,
                WRITE,
                "a second before",
                before,
                None,
            )?);
        }
        let mission = &self.mission;
        let notices = self
            .desk
            .signs(|controller, id| controller.advance_wave(mission, id, close))??;
        self.server.receives([&notices], close);
        let wave = self
            .server
            .register
            .wave(&self.mission)
            .ok_or("the wave is known")?;
        scene.fact(format!(
            "{} the controller states: wave {} begins",
            clock(close),
            wave.number
        ));
        let over = Some(DenialCode::WaveClosed);
        scene.attempt(ask(
            &mut self.server,
            &asia,
            WRITE,
            "as it closes",
            close,
            over,
        )?);
        let last = drained.minus(Seconds::new(1));
        scene.attempt(ask(
            &mut self.server,
            &archive,
            WRITE,
            "in the last second of its drain",
            last,
            None,
        )?);
        let queued = self
            .server
            .asked(&archive, &action(WRITE)?, last)?
            .map_err(|denial| denial.to_string())?;
        scene.attempt(ask(
            &mut self.server,
            &archive,
            WRITE,
            "drained",
            drained,
            over,
        )?);
        let context = DecisionContext::new(
            ServerContext::new(drained, self.server.name.clone()),
            &self.server.register,
        );
        let rechecked = self
            .server
            .verifier
            .recheck(queued, &context)
            .map_err(|refused| refused.denial);
        let what = "a queue runs archive's second report.write, permitted a second ago, and asks again first";
        scene.attempt(Attempt::call(drained, what, &rechecked, over, true));
        Ok(scene)
    }

    /// A server that does not receive the wave's end decides by its last status, until that is too
    /// old.
    fn cut_off(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("A server that never receives the second wave");
        let mut server = Server::new("https://reports.example", &self.company)?;
        let asia = self.writer("asia", 10, Seconds::default())?;
        server = server.watches([&asia])?;
        let (received, closed) = (at(11, 4, 0), at(11, 5, 0));
        server.receives(
            self.desk
                .stored
                .iter()
                .filter(|notice| notice.header().at <= received),
            received,
        );
        let (silent, bound) = (
            received.plus(AGE).plus(Seconds::new(1)),
            closed.plus(AGE).plus(Seconds::new(1)),
        );
        let now = closed.plus(Seconds::new(30));
        scene.attempt(ask(
            &mut server,
            &asia,
            WRITE,
            "there, the wave being over",
            now,
            None,
        )?);
        scene.attempt(ask(
            &mut server,
            &asia,
            WRITE,
            "there, on a status too old",
            silent,
            Some(DenialCode::StatusStale),
        )?);
        scene.fact(format!(
            "it fell silent at {}, no later than the bound {}",
            clock(silent),
            clock(bound)
        ));
        Ok(scene)
    }

    /// S8: a call signed in the morning turns up after lunch. The mandate is good and the mission
    /// goes on.
    fn a_late_call(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("A call queued in the morning is presented after lunch");
        let (signed, now) = (at(9, 15, 0), at(13, 15, 0));
        self.beat(now)?;
        let action = action(WRITE)?;
        let proof = self
            .coordinator
            .proof(&call(5000, &action), &self.server, signed)?;
        let outcome = self.server.decides(&proof, &action, now);
        let what = "coordinator: report.write, signed at 09:15:00";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::CallTooOld),
            true,
        ));
        scene.attempt(ask(
            &mut self.server,
            &self.coordinator,
            WRITE,
            "signed now",
            now,
            None,
        )?);
        Ok(scene)
    }

    /// A courier with two owners' chains, each with half of the powers that it needs.
    fn two_halves(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Two owners' chains with half the need each");
        let now = at(13, 20, 0);
        let contoso = Company::with_key(
            SigningKey::from_seed(&[201; 32]),
            "https://contoso.example",
            Powers::new([copies("contoso")?])?,
        )?;
        let mut server = Server::trusting("https://files.example", [&self.company, &contoso])?;
        let mut portfolio = Portfolio::new(self.mission.clone());
        let mut couriers = Vec::new();
        for (owner, name) in [(&self.company, "northwind"), (&contoso, "contoso")] {
            let terms = terms(
                "courier",
                14,
                Powers::new([copies(name)?])?,
                Limits::none(),
                0,
            );
            let courier = owner.grants(grant(&self.mission), terms)?;
            portfolio.add(server.verifier.verify(&courier.chain)?)?;
            server = server.watches([&courier])?;
            scene.fact(format!(
                "{} grants {}",
                owner.anchor.issuer(),
                courier.chain.leaf().powers
            ));
            couriers.push(courier);
        }
        let notices = self.desk.heartbeat(now)?;
        server.receives(&notices, now);
        for owner in ["northwind", "contoso"] {
            let action = copy(owner, owner)?;
            let context = DecisionContext::new(
                ServerContext::new(now, server.name.clone()),
                &server.register,
            );
            let chosen = portfolio
                .choose(&server.verifier, &call(0, &action), &context)?
                .chain();
            let courier = couriers
                .iter()
                .find(|courier| courier.chain == *chosen)
                .ok_or("one of the courier's")?;
            let what = format!(
                "courier: {action}, by the chain of {}",
                chosen.root().claims().issuer
            );
            let outcome = server.asked(courier, &action, now)?;
            scene.attempt(Attempt::call(now, what, &outcome, None, true));
        }
        let across = copy("northwind", "contoso")?;
        let context = DecisionContext::new(
            ServerContext::new(now, server.name.clone()),
            &server.register,
        );
        let chosen = portfolio.choose(&server.verifier, &call(0, &across), &context);
        let what = format!("courier looks for a chain for {across}");
        scene.attempt(Attempt::choice(now, what, &chosen, Some(Refusal::NoChain)));
        for courier in &couriers {
            let what = format!(
                "courier tries it with that of {}",
                courier.chain.root().claims().issuer
            );
            let outcome = server.asked(courier, &across, now)?;
            scene.attempt(Attempt::call(
                now,
                what,
                &outcome,
                Some(DenialCode::ArgumentRefused),
                true,
            ));
        }
        Ok(scene)
    }

    fn beat(&mut self, now: Timestamp) -> Result<()> {
        let notices = self.desk.heartbeat(now)?;
        self.server.receives(&notices, now);
        Ok(())
    }

    /// Mints a merge point below the coordinator.
    fn merges(
        &self,
        name: &'static str,
        seed: u8,
        branches: &[&Agent],
        shape: impl FnOnce(Merge) -> Merge,
        now: Timestamp,
    ) -> Result<std::result::Result<Agent, MergeError>> {
        let verified = |agent: &Agent| self.server.verifier.verify(&agent.chain);
        let branches: Vec<_> = branches
            .iter()
            .map(|branch| verified(branch))
            .collect::<std::result::Result<_, _>>()?;
        let key = SigningKey::from_seed(&[seed; 32]);
        let terms = Merge::new(
            [seed; 16],
            Holder::new(key.public()).with_name(name.parse()?),
            at(17, 0, 0),
        )
        .with_step(name.parse()?);
        let child = match merge(&verified(&self.coordinator)?, &branches, shape(terms), now) {
            Ok(child) => child.sign(&self.coordinator.key)?,
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(Agent {
            name,
            key,
            chain: self.coordinator.chain.extend(child)?,
        }))
    }

    /// The coordinator re-issues a branch's mandate to a fresh key.
    fn rebinds(&self, branch: &Agent, seed: u8, now: Timestamp) -> Result<Agent> {
        let key = SigningKey::from_seed(&[seed; 32]);
        let holder = Holder::new(key.public()).with_name(branch.name.parse()?);
        let verified = self.server.verifier.verify(&branch.chain)?;
        let child = rebind_leaf(&verified, holder, [seed; 16], &self.server.register, now)?
            .sign(&self.coordinator.key)?;
        Ok(Agent {
            name: branch.name,
            key,
            chain: self.coordinator.chain.extend(child)?,
        })
    }

    fn editor(&self, now: Timestamp) -> Result<Agent> {
        Ok(self.merges(
            "editor",
            4,
            &[&self.research, &self.publicity],
            |merge| merge,
            now,
        )??)
    }

    /// A branch of the first wave that only writes.
    fn writer(&self, name: &'static str, seed: u8, drain: Seconds) -> Result<Agent> {
        let first_wave = Limit::waves(Waves::only(self.mission.clone(), 0).with_drain(drain)?);
        self.coordinator.delegates(terms(
            name,
            seed,
            powers([WRITE])?,
            Limits::new([first_wave])?,
            0,
        ))
    }
}

/// An agent's call; by the stories' control, a token with the scopes of the whole team lets it
/// through.
fn ask(
    server: &mut Server,
    agent: &Agent,
    tried: (&str, Effect, &str, &str),
    aside: &str,
    now: Timestamp,
    expected: Option<DenialCode>,
) -> Result<Attempt> {
    let outcome = server.asked(agent, &action(tried)?, now)?;
    let comma = if aside.is_empty() { "" } else { ", " };
    let what = format!("{}: {}{comma}{aside}", agent.name, tried.0);
    Ok(Attempt::call(
        now,
        what,
        &outcome,
        expected,
        token_permits(now),
    ))
}

/// The control: an access token for the tools of the report, valid until five.
fn token_permits(now: Timestamp) -> bool {
    now < at(17, 0, 0)
}

fn holdings(scene: &mut Scene, agent: &Agent) {
    let leaf = agent.chain.leaf();
    for capability in leaf.powers.capabilities() {
        scene.fact(format!("    {capability}"));
    }
    for limit in leaf.limits.iter() {
        scene.fact(format!("    limit: {limit}"));
    }
}

fn grant(mission: &Mission) -> Grant {
    Grant {
        person: "dana@northwind.example",
        purpose: ["report", "market", "Write the market report."],
        task: "market-report",
        life: Life::Mission(LivesBy::new(mission.clone(), MaxAge::uniform(AGE))),
    }
}

fn terms(agent: &'static str, seed: u8, powers: Powers, limits: Limits, hops: u8) -> Terms {
    Terms {
        agent,
        seed,
        powers,
        limits,
        hops,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    }
}

fn powers<const N: usize>(calls: [(&str, Effect, &str, &str); N]) -> Result<Powers> {
    let all: Result<Vec<_>> = calls
        .into_iter()
        .map(|(tool, effect, argument, value)| only(tool, effect, argument, value))
        .collect();
    Ok(Powers::new(all?)?)
}

fn all_powers() -> Result<Powers> {
    let report = powers([READ, WRITE, PUBLISH])?;
    Ok(Powers::new(
        report
            .capabilities()
            .iter()
            .cloned()
            .chain([copies("northwind")?]),
    )?)
}

fn action((tool, effect, argument, value): (&str, Effect, &str, &str)) -> Result<Action> {
    Ok(Action::new(tool, [(argument, value)], effect)?)
}

/// Copying within an owner's own files.
fn copies(owner: &str) -> Result<Capability> {
    let own = || Constraint::pattern(&format!("{owner}/*"));
    Ok(Capability::new("files.copy", Effect::Write)?
        .require("from", own()?)?
        .require("to", own()?)?)
}

fn copy(from: &str, to: &str) -> Result<Action> {
    let (from, to) = (format!("{from}/figures"), format!("{to}/figures-copy"));
    Ok(Action::new(
        "files.copy",
        [("from", from), ("to", to)],
        Effect::Write,
    )?)
}
