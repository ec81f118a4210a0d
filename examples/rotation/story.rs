//! The story itself. The scenario's test includes this file and asserts what the example prints.

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Refusal, Result, Scene, Server, Story, Terms, at, call,
    clock, exchange, only, resign, root_expires,
};
use mandatum::claims::{Child, Ending, Holder, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::{MaxAge, Window};
use mandatum::mission::{RebindError, rebind_leaf};
use mandatum::sign::Token;
use mandatum::{
    Action, CallClaims, DenialCode, Effect, ExecutionProof, Life, Limit, Limits, LivesBy, Mission,
    Notice, Powers, Register, Seconds, SigningKey, Timestamp,
};

const MISSION: &str = "nightly-reconciliation";

/// Plays the whole story.
pub(crate) fn tell() -> Result<Story> {
    let mut cancelled = World::new()?;
    let mut active = World::new()?;
    Ok(Story {
        scenes: vec![
            cancelled.the_grant(),
            cancelled.the_afternoon()?,
            cancelled.three_in_the_morning()?,
            cancelled.mandate_made_by_hand()?,
            cancelled.yesterdays_news()?,
            active.had_it_been_active()?,
        ],
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    scheduler: Agent,
    /// Holds its mandate by the key that it had yesterday.
    reconciler: Agent,
    server: Server,
    /// Has received nothing yet.
    new_server: Server,
    /// The notices that the desk signed at 13:59, which anyone may have kept.
    kept: Vec<Notice>,
}

impl World {
    fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(MISSION)?;
        let company = Company::new("https://northwind.example", powers()?)?;
        let ages = MaxAge::new(
            Seconds::minutes(10),
            Seconds::minutes(5),
            Seconds::minutes(1),
        )?;
        let scheduler = company.grants(
            Grant {
                person: "treasurer@northwind.example",
                purpose: [
                    "reconciliation",
                    "2026-03-12",
                    "Reconcile today's payments overnight.",
                ],
                task: "reconcile",
                life: Life::Mission(LivesBy::new(mission.clone(), ages)),
            },
            terms("scheduler", 1, (9, 0), (32, 0), Limits::none(), 1)?,
        )?;
        let six = Limit::window(Window::closing(at(30, 0, 0))).with_tools(["payments.*"])?;
        let reconciler = scheduler.delegates(terms(
            "reconciler",
            2,
            (9, 0),
            (31, 0),
            Limits::new([six])?,
            0,
        )?)?;
        let server = Server::new("https://payments.example", &company)?.watches([&reconciler])?;
        let new_server = server.clone();
        desk.begins(&mission, at(9, 0, 0))?;
        Ok(Self {
            mission,
            desk,
            scheduler,
            reconciler,
            server,
            new_server,
            kept: Vec::new(),
        })
    }

    fn the_grant(&self) -> Scene {
        let mut scene = Scene::new("Payments are to be reconciled overnight");
        let principal = &self.scheduler.chain.root().claims().principal.name;
        scene.fact(format!("{principal} agreed, for mission {}.", self.mission));
        for agent in [&self.scheduler, &self.reconciler] {
            let until = agent.chain.leaf().lifetime.expires();
            scene.fact(format!(
                "{} holds a mandate until {} tomorrow",
                agent.name,
                clock(until)
            ));
        }
        scene
    }

    fn the_afternoon(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("The mission is cancelled in the afternoon");
        self.kept = self.desk.heartbeat(at(13, 59, 0))?;
        self.server.receives(&self.kept, at(13, 59, 0));
        scene.attempt(self.reconciles("reconciler, before", at(13, 59, 30), None)?);
        let (mission, two) = (&self.mission, at(14, 0, 0));
        let end = self
            .desk
            .signs(|controller, id| controller.end(mission, Ending::Revoked, id, two))??;
        self.server.receives([&end], two);
        scene.fact(format!(
            "{} the controller states: {mission} is revoked",
            clock(two)
        ));
        scene.attempt(self.reconciles(
            "reconciler, after",
            at(14, 0, 30),
            Some(DenialCode::MissionEnded),
        )?);
        Ok(scene)
    }

    /// Every night at three the vault makes a new key, and asks for a mandate on it.
    fn three_in_the_morning(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Three in the morning: the vault rotates the reconciler's key");
        let (three, refused) = (at(27, 0, 0), Some(Refusal::NotRebound));
        let mut missed = self.new_server.clone();
        missed.receives(&self.kept, at(13, 59, 0));
        for (what, server) in [
            ("the vault asks, where the end was received", &self.server),
            ("the vault asks, where 13:59 was received last", &missed),
            (
                "the vault asks, where nothing was received",
                &self.new_server,
            ),
        ] {
            let outcome = self.rebind(server, &server.register, three)?;
            scene.attempt(Attempt::rebind(three, what, &outcome, refused));
        }
        Ok(scene)
    }

    fn mandate_made_by_hand(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("So a mandate for the new key is made by hand");
        let three = at(27, 1, 0);
        let honest = self
            .reconciler
            .chain
            .children()
            .last()
            .ok_or("the reconciler has a mandate")?
            .as_bytes();
        let (old, new) = (self.reconciler.key.public(), fresh().public());
        let exchanged = exchange(honest, old.as_bytes(), new.as_bytes());
        let by_itself = resign(&exchanged, &fresh());
        for (what, bytes) in [
            (
                "the new key is written over the old in the mandate",
                exchanged,
            ),
            ("the same, signed again with the new key", by_itself),
        ] {
            let child = Token::<Child>::from_bytes(&bytes)?;
            let forged = Agent {
                chain: self.scheduler.chain.extend(child)?,
                ..self.with_fresh_key()
            };
            let outcome = self.server.asked(&forged, &payments()?, three)?;
            scene.attempt(Attempt::call(
                three,
                what,
                &outcome,
                Some(DenialCode::BadSignature),
                true,
            ));
        }

        // The signature is not the holder's: the call names the old mandate and is signed with the
        // new key.
        let read = call(77, &payments()?);
        let chain = &self.reconciler.chain;
        let signed = CallClaims::new(chain, &read, self.server.name.clone(), three)
            .sign(&self.reconciler.key)?;
        let signed = Token::from_bytes(&resign(signed.as_bytes(), &fresh()))?;
        let mut awake = World::new()?;
        let notices = awake.desk.heartbeat(three)?;
        awake.server.receives(&notices, three);
        let outcome = awake.server.decides(
            &ExecutionProof::new(chain.clone(), signed),
            &read.action,
            three,
        );
        let what = "the new key signs a call under the old mandate, even were the mission active";
        scene.attempt(Attempt::call(
            three,
            what,
            &outcome,
            Some(DenialCode::NotTheHolder),
            true,
        ));

        // A scheduler that does not ask can still mint; every signature is true.
        let terms = terms("reconciler", 3, (27, 1), (31, 0), Limits::none(), 0)?;
        let careless = self.scheduler.delegates(terms)?;
        let outcome = self.server.asked(&careless, &payments()?, three)?;
        let what = "a scheduler that asks nobody mints a true mandate for the new key";
        scene.attempt(Attempt::call(
            three,
            what,
            &outcome,
            Some(DenialCode::MissionEnded),
            true,
        ));
        Ok(scene)
    }

    /// A status states its time, so keeping one is of no use.
    fn yesterdays_news(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Yesterday's \"active\" is replayed");
        let three = at(27, 2, 0);
        self.server.receives(&self.kept, three);
        scene.attempt(self.reconciles(
            "to a server that received the end",
            three,
            Some(DenialCode::MissionEnded),
        )?);
        self.new_server.receives(&self.kept, three);
        let outcome = self
            .new_server
            .asked(&self.reconciler, &payments()?, three)?;
        let stale = Some(DenialCode::StatusStale);
        scene.attempt(Attempt::call(
            three,
            "to a server that received nothing else",
            &outcome,
            stale,
            true,
        ));
        let read = call(78, &payments()?);
        let proof = self
            .reconciler
            .proof(&read, &self.new_server, three)?
            .with_stapled(self.kept.clone())?;
        let outcome = self.new_server.decides(&proof, &read.action, three);
        scene.attempt(Attempt::call(
            three,
            "stapled to the call itself",
            &outcome,
            stale,
            true,
        ));
        let outcome = self.rebind(&self.new_server, &self.new_server.register, three)?;
        scene.attempt(Attempt::rebind(
            three,
            "to the one who re-binds",
            &outcome,
            Some(Refusal::NotRebound),
        ));
        Ok(scene)
    }

    fn had_it_been_active(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Had the mission been active");
        let three = at(27, 0, 0);
        let notices = self.desk.heartbeat(three)?;
        self.server.receives(&notices, three);
        let outcome = self.rebind(&self.server, &self.server.register, three)?;
        scene.attempt(Attempt::rebind(
            three,
            "the vault asks for a mandate on the new key",
            &outcome,
            None,
        ));
        let child = outcome?;
        let renewed = Agent {
            chain: self.scheduler.chain.extend(child)?,
            ..self.with_fresh_key()
        };
        let (old, new) = (self.reconciler.chain.leaf(), renewed.chain.leaf());
        let same = |same: bool| if same { "the same" } else { "another" };
        scene.fact(format!(
            "         its expiry is {}, its limits are {}, its powers are {}, its task is {}",
            same(old.lifetime.expires() == new.lifetime.expires()),
            same(old.limits == new.limits),
            same(old.powers == new.powers),
            same(self.reconciler.chain.tasks()? == renewed.chain.tasks()?),
        ));
        self.server = self.server.clone().watches([&renewed])?;
        let outcome = self.server.asked(&renewed, &payments()?, three)?;
        scene.attempt(Attempt::call(
            three,
            "the reconciler works on with the new key",
            &outcome,
            None,
            true,
        ));

        let later = three.plus(Seconds::minutes(1));
        let replaced = self.reconciler.chain.leaf_id();
        let scheduler = &self.scheduler.key;
        let (ending, expires) = (TaskEnding::Revoked, root_expires(&self.reconciler.chain));
        let end = TaskEnd::by_holder(
            NoticeHeader::new([9; 16], scheduler.public(), later),
            replaced,
            ending,
            expires,
        )
        .sign(scheduler)?;
        self.server.receives([&end.into()], later);
        scene.fact(format!(
            "{} the scheduler ends the mandate that was replaced",
            clock(later)
        ));
        let outcome = self.server.asked(&renewed, &payments()?, later)?;
        let ended = Some(DenialCode::TaskEnded);
        scene.attempt(Attempt::call(
            later,
            "the reconciler, with the new key",
            &outcome,
            ended,
            true,
        ));
        scene.attempt(self.reconciles("the reconciler, with the old key", later, ended)?);
        Ok(scene)
    }

    fn rebind(
        &self,
        server: &Server,
        register: &Register,
        now: Timestamp,
    ) -> Result<std::result::Result<Token<Child>, RebindError>> {
        let holder = Holder::new(fresh().public()).with_name(self.reconciler.name.parse()?);
        let rebound = rebind_leaf(
            &server.verifier.verify(&self.reconciler.chain)?,
            holder,
            [4; 16],
            register,
            now,
        );
        Ok(match rebound {
            Ok(unsigned) => Ok(unsigned.sign(&self.scheduler.key)?),
            Err(error) => Err(error),
        })
    }

    fn with_fresh_key(&self) -> Agent {
        Agent {
            name: self.reconciler.name,
            key: fresh(),
            chain: self.reconciler.chain.clone(),
        }
    }

    fn reconciles(
        &mut self,
        what: &str,
        now: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Attempt> {
        let outcome = self.server.asked(&self.reconciler, &payments()?, now)?;
        Ok(Attempt::call(now, what, &outcome, expected, true))
    }
}

/// The key that the vault makes at three.
fn fresh() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn powers() -> Result<Powers> {
    Ok(Powers::new([only(
        "payments.read",
        Effect::Read,
        "day",
        "2026-03-12",
    )?])?)
}

fn payments() -> Result<Action> {
    Ok(Action::new(
        "payments.read",
        [("day", "2026-03-12")],
        Effect::Read,
    )?)
}

fn terms(
    agent: &'static str,
    seed: u8,
    from: (u64, u64),
    until: (u64, u64),
    limits: Limits,
    hops: u8,
) -> Result<Terms> {
    let (from, until) = (at(from.0, from.1, 0), at(until.0, until.1, 0));
    Ok(Terms {
        agent,
        seed,
        powers: powers()?,
        limits,
        hops,
        from,
        until,
    })
}
