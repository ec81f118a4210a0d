//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Result, Scene, Server, Story, Terms, at, clock, only,
};
use mandatum::decide::Facts;
use mandatum::limits::{Condition, MaxAge};
use mandatum::{
    Action, Constraint, DenialCode, Effect, Label, Life, Limit, Limits, LivesBy, Mission, Powers,
    Seconds, Timestamp,
};

const MISSION: &str = "incident-42";
const TICKET: &str = "ticket/INC-42";
const CLOSED: &str = "ticket.closed/INC-42";

/// Greatest age of the mission's status, for every effect.
const AGE: Seconds = Seconds::minutes(5);

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut world = World::new()?;
    Ok(Story {
        scenes: vec![
            world.the_grant(),
            world.open()?,
            world.what_is_known()?,
            world.closed()?,
            world.who_received_what()?,
        ],
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    agent: Agent,
    /// The database, which receives everything at once.
    database: Server,
    /// A replica that receives statuses, and no notice ahead of them.
    by_status: Server,
    /// A replica that is cut off as the ticket is closed.
    cut_off: Server,
}

impl World {
    fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(MISSION)?;
        let company = Company::new("https://northwind.example", powers()?)?;
        let life = LivesBy::new(mission.clone(), MaxAge::uniform(AGE));
        let agent = company.grants(
            Grant {
                person: "oncall@northwind.example",
                purpose: ["incident", "INC-42", "Find out why orders fail."],
                task: "inc-42",
                life: Life::Mission(life),
            },
            Terms {
                agent: "incident-agent",
                seed: 1,
                powers: powers()?,
                limits: limits()?,
                hops: 0,
                from: at(10, 0, 0),
                until: at(22, 0, 0),
            },
        )?;
        let database = Server::new("https://db.example", &company)?.watches([&agent])?;
        let (by_status, cut_off) = (database.clone(), database.clone());
        desk.begins(&mission, at(10, 0, 0))?;
        Ok(Self {
            mission,
            desk,
            agent,
            database,
            by_status,
            cut_off,
        })
    }

    fn the_grant(&self) -> Scene {
        let mut scene =
            Scene::new("Orders fail; an agent is to find out why, while the ticket is open");
        let root = self.agent.chain.root().claims();
        let until = clock(root.link.lifetime.expires());
        scene.fact(format!(
            "{} agreed; {} holds until {until}:",
            root.principal.name, self.agent.name
        ));
        for capability in root.link.powers.capabilities() {
            scene.fact(format!("    {capability}"));
        }
        for limit in root.link.limits.iter() {
            scene.fact(format!("    limit: {limit}"));
        }
        scene.fact(format!(
            "All of it lives by mission {}, on a status at most {AGE} old.",
            self.mission
        ));
        scene
    }

    fn open(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The ticket is open");
        let now = at(10, 5, 0);
        self.beat(now)?;
        self.see("open", at(10, 4, 40))?;
        scene.fact(format!(
            "{} the host looks at {TICKET}: open",
            clock(at(10, 4, 40))
        ));
        for tool in ["db.read", "logs.read", "service.restart"] {
            scene.attempt(self.attempt(tool, "", now, None)?);
        }
        Ok(scene)
    }

    /// A fact that is unknown, outdated or not yet observed never permits.
    fn what_is_known(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("What is not known never helps");
        let now = at(10, 8, 0);
        self.beat(now)?;
        scene.attempt(self.attempt(
            "db.read",
            "the ticket was last seen at 10:04:40",
            now,
            Some(DenialCode::FactTooOld),
        )?);
        scene.attempt(self.attempt("logs.read", "which needs no ticket", now, None)?);
        self.database.facts = Facts::none();
        scene.attempt(self.attempt(
            "db.read",
            "nobody looked",
            now,
            Some(DenialCode::FactUnknown),
        )?);
        self.see("open", at(10, 8, 10))?;
        scene.attempt(self.attempt(
            "db.read",
            "seen at 10:08:10, by a clock that is a little ahead",
            now,
            None,
        )?);
        self.see("open", at(10, 9, 0))?;
        let future = Some(DenialCode::FactUnknown);
        scene.attempt(self.attempt(
            "db.read",
            "seen at 10:09, by a clock that is wrong",
            now,
            future,
        )?);
        self.database.facts = Facts::none();
        self.see("pending", now)?;
        scene.attempt(self.attempt(
            "db.read",
            "seen pending",
            now,
            Some(DenialCode::ConditionFails),
        )?);
        self.database.facts = Facts::none();
        self.see("open", now)?;
        scene.attempt(self.attempt("db.read", "seen open again", now, None)?);
        Ok(scene)
    }

    /// The same call before and after.
    fn closed(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The ticket is closed");
        let (before, close, after) = (at(10, 19, 50), at(10, 20, 0), at(10, 20, 10));
        self.beat(at(10, 19, 0))?;
        self.see("open", before)?;
        scene.attempt(self.attempt("db.read", "before", before, None)?);
        let (mission, event) = (&self.mission, Label::new(CLOSED)?);
        let notice = self
            .desk
            .signs(|controller, id| controller.fire(mission, event, id, close))??;
        self.database.receives([&notice], close);
        scene.fact(format!(
            "{} the controller states: {CLOSED} has fired; the host still sees the ticket open",
            clock(close)
        ));
        scene.attempt(self.attempt("db.read", "after", after, Some(DenialCode::EventFired))?);
        for tool in ["logs.read", "service.restart"] {
            scene.attempt(self.attempt(tool, "after", after, None)?);
        }
        Ok(scene)
    }

    fn who_received_what(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("With or without the notice");
        let (close, status) = (at(10, 20, 0), at(10, 21, 0));
        let read = action("db.read")?;
        let ask =
            |server: &mut Server, agent: &Agent, now, what: &str, expected| -> Result<Attempt> {
                server.facts = Facts::none();
                server.observes(TICKET, "open", now)?;
                let outcome = server.asked(agent, &read, now)?;
                Ok(Attempt::call(
                    now,
                    format!("incident-agent: db.read, {what}"),
                    &outcome,
                    expected,
                    role_permits("db.read"),
                ))
            };
        let notices = self.desk.heartbeat(status)?;
        self.by_status.receives(&notices, status);
        let what = "at a replica that received only the next status";
        let fired = Some(DenialCode::EventFired);
        scene.attempt(ask(&mut self.by_status, &self.agent, status, what, fired)?);
        let what = "at a replica cut off since 10:19, which can't know";
        scene.attempt(ask(&mut self.cut_off, &self.agent, status, what, None)?);
        let silent = self.silent_from(&read)?;
        let what = "at that replica, whose status is too old now";
        scene.attempt(ask(
            &mut self.cut_off,
            &self.agent,
            silent,
            what,
            Some(DenialCode::StatusStale),
        )?);
        let bound = close.plus(AGE).plus(Seconds::new(1));
        scene.fact(format!(
            "it fell silent at {}, no later than the bound {}",
            clock(silent),
            clock(bound)
        ));
        Ok(scene)
    }

    /// The first second at which the replica that is cut off refuses, tried one by one.
    fn silent_from(&mut self, read: &Action) -> Result<Timestamp> {
        let mut now = at(10, 21, 0);
        loop {
            self.cut_off.facts = Facts::none();
            self.cut_off.observes(TICKET, "open", now)?;
            if self.cut_off.asked(&self.agent, read, now)?.is_err() {
                return Ok(now);
            }
            now = now.plus(Seconds::new(1));
        }
    }

    fn beat(&mut self, now: Timestamp) -> Result<()> {
        let notices = self.desk.heartbeat(now)?;
        for server in [&mut self.database, &mut self.by_status, &mut self.cut_off] {
            server.receives(&notices, now);
        }
        Ok(())
    }

    /// The host looks at the ticket.
    fn see(&mut self, state: &str, when: Timestamp) -> Result<()> {
        self.database.observes(TICKET, state, when)?;
        Ok(())
    }

    fn attempt(
        &mut self,
        tool: &str,
        aside: &str,
        now: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Attempt> {
        let outcome = self.database.asked(&self.agent, &action(tool)?, now)?;
        let comma = if aside.is_empty() { "" } else { ", " };
        let what = format!("incident-agent: {tool}{comma}{aside}");
        Ok(Attempt::call(
            now,
            what,
            &outcome,
            expected,
            role_permits(tool),
        ))
    }
}

fn powers() -> Result<Powers> {
    Ok(Powers::new([
        only("db.read", Effect::Read, "table", "orders")?,
        only("logs.read", Effect::Read, "service", "orders")?,
        only("service.restart", Effect::Write, "service", "orders")?,
    ])?)
}

/// The database is read while the ticket is open, seen so within two minutes, and until it is
/// closed.
fn limits() -> Result<Limits> {
    let open = Condition {
        fact: TICKET.parse()?,
        holds: Constraint::one_of(["open"])?,
        max_age: Seconds::minutes(2),
    };
    Ok(Limits::new([
        Limit::condition(open).with_tools(["db.*"])?,
        Limit::ends_on(CLOSED.parse()?).with_tools(["db.*"])?,
    ])?)
}

fn action(tool: &str) -> Result<Action> {
    let (argument, effect) = match tool {
        "db.read" => ("table", Effect::Read),
        "logs.read" => ("service", Effect::Read),
        _ => ("service", Effect::Write),
    };
    Ok(Action::new(tool, [(argument, "orders")], effect)?)
}

/// The control: a database role of the incident team, which knows of no ticket.
fn role_permits(tool: &str) -> bool {
    ["db.read", "logs.read", "service.restart"].contains(&tool)
}
