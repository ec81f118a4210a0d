//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Refusal, Result, Scene, Server, Story, Terms, at, clock,
    only,
};
use mandatum::claims::Ending;
use mandatum::limits::MaxAge;
use mandatum::{
    Action, DecisionContext, DenialCode, Effect, Life, Limits, LivesBy, Mission, Powers, Seconds,
    ServerContext, Timestamp,
};

const MISSION: &str = "acquisition-of-globex";
const TOOLS: [(&str, Effect); 3] = [
    ("filings.read", Effect::Read),
    ("notes.write", Effect::Write),
    ("briefing.send", Effect::Irreversible),
];

/// Greatest age of the mission's status for a read, a write and an irreversible call.
const AGES: [Seconds; 3] = [
    Seconds::minutes(10),
    Seconds::minutes(3),
    Seconds::minutes(1),
];

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    Ok(Story {
        scenes: vec![
            world.the_grant(),
            world.before()?,
            world.at_two()?,
            world.after()?,
            world.refreshing()?,
            world.partitioned()?,
        ],
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    agent: Agent,
    readers: Vec<Agent>,
    /// Hears everything at once.
    server: Server,
    /// Cut off from all statuses after 13:50.
    stale: Server,
    /// Has never received a notice.
    deaf: Server,
    /// Was cut off after 13:59.
    partitioned: Server,
}

impl World {
    fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(MISSION)?;
        let company = Company::new("https://northwind.example", powers()?)?;
        let [read, write, irreversible] = AGES;
        let life = LivesBy::new(mission.clone(), MaxAge::new(read, write, irreversible)?);
        let agent = company.grants(
            Grant {
                person: "cfo@northwind.example",
                purpose: [
                    "research",
                    "globex",
                    "Research Globex until the board has decided.",
                ],
                task: "board-research",
                life: Life::Mission(life),
            },
            terms("research-agent", 1, (9, 0), (18, 0), 1)?,
        )?;
        let server = Server::new("https://research.example", &company)?.watches([&agent])?;
        let (stale, deaf, partitioned) = (server.clone(), server.clone(), server.clone());
        desk.begins(&mission, at(9, 0, 0))?;
        let audit = desk.mission("quarterly-audit")?;
        desk.begins(&audit, at(9, 0, 0))?;
        Ok(Self {
            mission,
            desk,
            agent,
            readers: Vec::new(),
            server,
            stale,
            deaf,
            partitioned,
        })
    }

    fn the_grant(&self) -> Scene {
        let mut scene = Scene::new("The CFO wants Globex researched until the board has decided");
        let root = self.agent.chain.root().claims();
        scene.fact(format!(
            "{} agreed; {} holds a mandate for task {} until {}.",
            root.principal.name,
            self.agent.name,
            root.task,
            clock(root.link.lifetime.expires())
        ));
        if let Life::Mission(lives_by) = &root.life {
            scene.fact(format!(
                "It lives by mission {}: without a fresh status of it nothing runs.",
                lives_by.mission()
            ));
            for ((tool, effect), age) in TOOLS.iter().zip(AGES) {
                scene.fact(format!(
                    "    {tool} ({}) on a status at most {age} old",
                    name_of(*effect)
                ));
            }
        }
        scene
    }

    /// The controller signs every minute that the mission is active. Each verifier receives what
    /// reaches it.
    fn before(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Before two o'clock: the mission is active");
        for minute in 50..=59 {
            let now = at(13, minute, 0);
            let notices = self.desk.heartbeat(now)?;
            self.server.receives(&notices, now);
            self.partitioned.receives(&notices, now);
            if minute == 50 {
                self.stale.receives(&notices, now);
            }
            if minute == 58 {
                self.spawn()?;
            }
        }
        scene.fact(format!(
            "The controller says so every minute; last at {}.",
            clock(at(13, 59, 0))
        ));
        for reader in &self.readers {
            let life = reader.chain.leaf().lifetime;
            let (from, until) = (clock(life.issued_at()), clock(life.expires()));
            scene.fact(format!(
                "{} was spawned at {from}, with mandates valid until {until}.",
                reader.name
            ));
        }
        for (tool, _) in TOOLS {
            scene.attempt(self.research_agent(tool, at(13, 59, 0), None)?);
        }
        for reader in &self.readers {
            let action = read()?;
            let outcome = self.server.asked(reader, &action, at(13, 59, 30))?;
            scene.attempt(Attempt::call(
                at(13, 59, 30),
                reads(reader),
                &outcome,
                None,
                token(at(13, 59, 30)),
            ));
        }
        Ok(scene)
    }

    fn spawn(&mut self) -> Result<()> {
        for (name, seed) in [("filings-reader", 2), ("chart-reader", 3)] {
            let mut terms = terms(name, seed, (13, 58), (17, 0), 0)?;
            terms.powers = Powers::new([only("filings.read", Effect::Read, "company", "globex")?])?;
            let reader = self.agent.delegates(terms)?;
            self.server = self.server.clone().watches([&reader])?;
            self.readers.push(reader);
        }
        Ok(())
    }

    /// The board decides. A briefing, permitted just before, waits in a queue.
    fn at_two(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Two o'clock: the board has decided");
        let action = action("briefing.send")?;
        let queued = self.server.asked(&self.agent, &action, at(13, 59, 50))?;
        let what = "research-agent: a second briefing.send is permitted and waits in a queue";
        scene.attempt(Attempt::call(at(13, 59, 50), what, &queued, None, true));

        let (mission, two) = (&self.mission, at(14, 0, 0));
        let end = self
            .desk
            .signs(|controller, id| controller.end(mission, Ending::Completed, id, two))??;
        scene.fact(format!(
            "{} the mission's controller says: {mission} is completed",
            clock(two)
        ));
        self.server.receives([&end], two);
        scene.attempt(self.research_agent("filings.read", two, Some(DenialCode::MissionEnded))?);

        let context = DecisionContext::new(
            ServerContext::new(two, self.server.name.clone()),
            &self.server.register,
        );
        let rechecked = self
            .server
            .verifier
            .recheck(queued.map_err(|denial| denial.to_string())?, &context);
        let rechecked = rechecked.map_err(|refused| refused.denial);
        let what = "the queue runs the second briefing.send, and asks again first";
        scene.attempt(Attempt::call(
            two,
            what,
            &rechecked,
            Some(DenialCode::MissionEnded),
            true,
        ));
        Ok(scene)
    }

    /// Mandates with four hours left, and every way to present them.
    fn after(&mut self) -> Result<Scene> {
        let mut scene =
            Scene::new("Five past two: valid signatures, mandates with four hours left");
        let now = at(14, 5, 0);
        // The controller has other missions and goes on speaking; of the ended one it says nothing
        // any more.
        for minute in 1..=5 {
            let notices = self.desk.heartbeat(at(14, minute, 0))?;
            [&mut self.server, &mut self.stale, &mut self.deaf]
                .into_iter()
                .for_each(|server| server.receives(&notices, now));
        }
        let mut ask = |server: &mut Server, agent: &Agent, what: &str, expected| -> Result<()> {
            let outcome = server.asked(agent, &read()?, now)?;
            scene.attempt(Attempt::call(
                now,
                what,
                &outcome,
                Some(expected),
                token(now),
            ));
            Ok(())
        };
        ask(
            &mut self.server,
            &self.agent,
            "research-agent, at a server that received the end",
            DenialCode::MissionEnded,
        )?;
        ask(
            &mut self.stale,
            &self.agent,
            "research-agent, at a server whose status is of 13:50",
            DenialCode::StatusStale,
        )?;
        ask(
            &mut self.deaf,
            &self.agent,
            "research-agent, at a server without any status",
            DenialCode::StatusMissing,
        )?;
        for reader in &self.readers {
            let what = format!(
                "{}, spawned at 13:58, at the server that received the end",
                reader.name
            );
            ask(&mut self.server, reader, &what, DenialCode::MissionEnded)?;
        }
        Ok(scene)
    }

    fn refreshing(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Refreshing helps nobody");
        let (mission, now) = (&self.mission, at(14, 5, 30));
        let refused = Some(Refusal::NotSigned);
        let resumed = self
            .desk
            .signs(|controller, id| controller.resume(mission, id, now))?;
        scene.attempt(Attempt::word(
            now,
            "someone asks the controller to keep the mission active",
            &resumed,
            refused,
        ));
        let again = self
            .desk
            .signs(|controller, id| controller.begin(mission, id, now))?;
        scene.attempt(Attempt::word(
            now,
            "someone asks it to begin the mission once more",
            &again,
            refused,
        ));
        let notices = self.desk.heartbeat(now)?;
        let named = notices
            .iter()
            .flat_map(|notice| self.desk.missions_of(notice));
        let named: Vec<&str> = named.map(|mission| mission.name.as_str()).collect();
        scene.fact(format!(
            "a heartbeat at {} speaks of: {}",
            clock(now),
            named.join(", ")
        ));
        self.stale.receives(&notices, now);
        let outcome = self.stale.asked(&self.agent, &read()?, now)?;
        let what = "research-agent, with that heartbeat, at the server whose status is of 13:50";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::StatusStale),
            token(now),
        ));
        Ok(scene)
    }

    /// Nobody tells this server of the end. Seconds are tried one by one until it falls silent.
    fn partitioned(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("A server cut off from all statuses at 13:59 stops by itself");
        let received = self
            .partitioned
            .register
            .as_of(&self.mission)
            .ok_or("it received the status of 13:59")?;
        scene.fact(format!(
            "its last status is of {}; the mission ended at 14:00:00",
            clock(received)
        ));
        for ((tool, effect), age) in TOOLS.into_iter().zip(AGES).rev() {
            let last = self.last_permitted(tool)?;
            let bound = at(14, 0, 0).plus(age).plus(Seconds::new(1));
            scene.fact(format!(
                "{:<13} ({}) last permitted at {}, no later than the bound {}; a token's last: {}",
                tool,
                name_of(effect),
                clock(last),
                clock(bound),
                clock(last_of_token())
            ));
            let next = last.plus(Seconds::new(1));
            let outcome = self.partitioned.asked(&self.agent, &action(tool)?, next)?;
            let what = format!("research-agent: {tool}, a second later");
            scene.attempt(Attempt::call(
                next,
                what,
                &outcome,
                Some(DenialCode::StatusStale),
                token(next),
            ));
        }
        Ok(scene)
    }

    /// The last second at which the server that is cut off permits a tool.
    fn last_permitted(&mut self, tool: &str) -> Result<Timestamp> {
        let action = action(tool)?;
        let mut now = at(13, 59, 1);
        loop {
            let next = now.plus(Seconds::new(1));
            if self.partitioned.asked(&self.agent, &action, next)?.is_err() {
                return Ok(now);
            }
            now = next;
        }
    }

    fn research_agent(
        &mut self,
        tool: &str,
        now: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Attempt> {
        let action = action(tool)?;
        let outcome = self.server.asked(&self.agent, &action, now)?;
        let what = format!("research-agent: {tool}({})", action.arguments);
        Ok(Attempt::call(now, what, &outcome, expected, token(now)))
    }
}

fn powers() -> Result<Powers> {
    let all: Result<Vec<_>> = TOOLS
        .into_iter()
        .map(|(tool, effect)| only(tool, effect, "company", "globex"))
        .collect();
    Ok(Powers::new(all?)?)
}

fn terms(
    agent: &'static str,
    seed: u8,
    from: (u64, u64),
    until: (u64, u64),
    hops: u8,
) -> Result<Terms> {
    let (from, until) = (at(from.0, from.1, 0), at(until.0, until.1, 0));
    Ok(Terms {
        agent,
        seed,
        powers: powers()?,
        limits: Limits::none(),
        hops,
        from,
        until,
    })
}

fn action(tool: &str) -> Result<Action> {
    let effect = TOOLS
        .iter()
        .find(|(name, _)| *name == tool)
        .map_or(Effect::Irreversible, |(_, effect)| *effect);
    Ok(Action::new(tool, [("company", "globex")], effect)?)
}

fn read() -> Result<Action> {
    action("filings.read")
}

fn reads(agent: &Agent) -> String {
    format!("{}: filings.read(company=\"globex\")", agent.name)
}

const fn name_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "a read",
        Effect::Write => "a write",
        Effect::Irreversible => "for good",
    }
}

/// The control: an access token with the tools' scopes that expires at 18:00.
fn token(now: Timestamp) -> bool {
    now <= last_of_token()
}

fn last_of_token() -> Timestamp {
    at(18, 0, 0).minus(Seconds::new(1))
}
