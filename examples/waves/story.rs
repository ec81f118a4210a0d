//! The story itself. The scenario's test includes this file and asserts what the example prints.

#[path = "tools.rs"]
mod tools;

use crate::stage::{
    Agent, Attempt, Company, Desk, Grant, Result, Scene, Server, Story, Terms, at, clock,
};
use mandatum::claims::Ending;
use mandatum::limits::{MaxAge, Waves};
use mandatum::{
    DenialCode, Life, Limit, Limits, LivesBy, Mission, Notice, Powers, Seconds, Timestamp,
    ToolTable,
};
use std::collections::{BTreeMap, BTreeSet};
use tools::{CASE, TOOLS, WAVES, action, first};

/// The time that the leaf of wave 2 has to finish.
const DRAIN: Seconds = Seconds::new(90);
/// The wave that is looked at closely.
const CLOSELY: u64 = 3;

/// The story, and its numbers.
pub(crate) struct Told {
    pub(crate) story: Story,
    pub(crate) counted: Vec<Counted>,
}

/// The results of asking for every tool with every mandate in one wave.
pub(crate) struct Counted {
    pub(crate) wave: u64,
    /// The tools that this wave's leaf was permitted.
    pub(crate) permitted: BTreeSet<&'static str>,
    /// Why it was refused the others.
    pub(crate) refused: Verdicts,
    /// The results of the same calls with the leaves of the other waves.
    pub(crate) others: Verdicts,
    /// How many tools the root's holder was permitted.
    pub(crate) root: usize,
    /// The control: how many a token with all their scopes would have let through.
    pub(crate) token: usize,
}

impl Counted {
    /// Whether the leaf of the wave was permitted its own tools, no other leaf anything, and the
    /// root's holder all.
    pub(crate) fn as_expected(&self) -> bool {
        let own = (0..)
            .zip(WAVES)
            .find(|(wave, _)| *wave == self.wave)
            .map_or(0, |(_, (_, tools))| tools);
        self.permitted == TOOLS.iter().take(own).map(|(tool, _)| *tool).collect()
            && self
                .refused
                .keys()
                .all(|verdict| *verdict == Some(DenialCode::ToolNotPermitted))
            && self.others == self.others_expected()
            && self.root == TOOLS.len()
    }

    /// A leaf of another wave is refused each of its own tools for the wave, and all others because
    /// it never had them.
    fn others_expected(&self) -> Verdicts {
        let mut expected = Verdicts::new();
        for (of_wave, (_, own)) in (0..)
            .zip(WAVES)
            .filter(|(of_wave, _)| *of_wave != self.wave)
        {
            let code = if of_wave < self.wave {
                DenialCode::WaveClosed
            } else {
                DenialCode::NotYet
            };
            for tool in 0..TOOLS.len() {
                count(
                    &mut expected,
                    Some(if tool < own {
                        code
                    } else {
                        DenialCode::ToolNotPermitted
                    }),
                );
            }
        }
        expected
    }
}

/// How many calls met which verdict; `None` is a permit.
type Verdicts = BTreeMap<Option<DenialCode>, usize>;

/// Plays the whole story.
pub(crate) fn tell() -> Result<Told> {
    let mut world = World::new()?;
    let mut scenes = vec![world.the_grant()];
    let mut counted = Vec::new();
    for (wave, _) in (0..).zip(WAVES) {
        let began = world.begins(wave)?;
        if wave == CLOSELY {
            scenes.extend([world.stragglers(began)?, world.out_of_turn(began)?]);
        }
        counted.push(world.counts(wave, began.plus(Seconds::minutes(5)))?);
    }
    scenes.extend([numbers(&counted), world.completed()?]);
    Ok(Told {
        story: Story { scenes },
        counted,
    })
}

struct World {
    mission: Mission,
    desk: Desk,
    lead: Agent,
    /// One for each wave.
    leaves: Vec<Agent>,
    server: Server,
    /// The first status, which says that it is wave 0.
    beginning: Notice,
}

impl World {
    fn new() -> Result<Self> {
        let (mut desk, nine) = (Desk::new(90), at(9, 0, 0));
        let mission = desk.mission(CASE)?;
        let company = Company::new("https://northwind.example", first(TOOLS.len())?)?;
        let lead = company.grants(
            Grant {
                person: "soc-manager@northwind.example",
                purpose: [
                    "incident",
                    CASE,
                    "Find out what happened in INC-1187, and stop it.",
                ],
                task: "inc-1187",
                life: Life::Mission(LivesBy::new(
                    mission.clone(),
                    MaxAge::uniform(Seconds::minutes(5)),
                )),
            },
            terms("lead", 1, first(TOOLS.len())?, Limits::none(), 2),
        )?;
        let mut leaves = Vec::new();
        for ((wave, seed), (task, tools)) in (0..).zip(2..).zip(WAVES) {
            let waves = Waves::only(mission.clone(), wave);
            let waves = if task == "contain" {
                waves.with_drain(DRAIN)?
            } else {
                waves
            };
            leaves.push(lead.delegates(terms(
                task,
                seed,
                first(tools)?,
                Limits::new([Limit::waves(waves)])?,
                1,
            ))?);
        }
        let mut server = Server::new("https://tools.northwind.example", &company)?
            .watches(leaves.iter().chain([&lead]))?;
        server.verifier = server.verifier.with_tools(ToolTable::new(TOOLS)?);
        let beginning = desk.begins(&mission, nine)?;
        server.receives([&beginning], nine);
        Ok(Self {
            mission,
            desk,
            lead,
            leaves,
            server,
            beginning,
        })
    }

    fn the_grant(&self) -> Scene {
        let mut scene = Scene::new("A breach is investigated in six waves");
        let root = self.lead.chain.root().claims();
        scene.fact(format!(
            "{} agreed; {} holds {} tools for task {} until {}.",
            root.principal.name,
            self.lead.name,
            root.link.powers.capabilities().len(),
            root.task,
            clock(root.link.lifetime.expires())
        ));
        scene.fact(
            "It mints a leaf for each wave, at once, all of them valid until then:".to_owned(),
        );
        for leaf in &self.leaves {
            let link = leaf.chain.leaf();
            let limits: Vec<String> = link.limits.iter().map(ToString::to_string).collect();
            scene.fact(format!(
                "    {:<8} {:>2} of them, {}",
                leaf.name,
                link.powers.capabilities().len(),
                limits.join(", ")
            ));
        }
        scene
    }

    /// The controller begins a wave, by a status. Wave 0 it began with the mission.
    fn begins(&mut self, wave: u64) -> Result<Timestamp> {
        let began = at(9, wave.saturating_mul(30), 0);
        if wave > 0 {
            let mission = &self.mission;
            let status = self
                .desk
                .signs(|controller, id| controller.advance_wave(mission, id, began))??;
            self.server.receives([&status], began);
        }
        Ok(began)
    }

    /// The wave before is over. One of its leaves has time to drain, the others of old have none.
    fn stragglers(&mut self, began: Timestamp) -> Result<Scene> {
        let mut scene = Scene::new("Wave 3 has begun: stragglers");
        let drained = began.plus(DRAIN);
        scene.fact(format!(
            "{} wave 3 begins; contain, of wave 2, may finish until {}",
            clock(began),
            clock(drained)
        ));
        let last = drained.minus(Seconds::new(1));
        scene.attempt(self.tries("contain", "accounts.disable", last, None)?);
        scene.attempt(self.tries("scope", "netflow.read", last, Some(DenialCode::WaveClosed))?);
        scene.attempt(self.tries(
            "contain",
            "accounts.disable",
            drained,
            Some(DenialCode::WaveClosed),
        )?);
        Ok(scene)
    }

    fn out_of_turn(&mut self, began: Timestamp) -> Result<Scene> {
        let mut scene = Scene::new("Still wave 3: mandates of other waves");
        let now = began.plus(Seconds::minutes(2));
        scene.attempt(self.tries("verify", "evidence.read", now, None)?);
        scene.attempt(self.tries(
            "verify",
            "logs.search",
            now,
            Some(DenialCode::ToolNotPermitted),
        )?);
        scene.attempt(self.tries(
            "triage",
            "hr.roster.read",
            now,
            Some(DenialCode::WaveClosed),
        )?);
        scene.attempt(self.tries("triage", "evidence.read", now, Some(DenialCode::WaveClosed))?);
        scene.attempt(self.tries("report", "report.write", now, Some(DenialCode::NotYet))?);

        let mut terms = terms("triage-helper", 20, first(TOOLS.len())?, Limits::none(), 0);
        terms.from = now;
        let helper = find("triage", &self.leaves)?.delegates(terms)?;
        self.server = self.server.clone().watches([&helper])?;
        let outcome = self
            .server
            .asked(&helper, &action("hr.roster.read")?, now)?;
        let what =
            "triage-helper, to whom triage just handed all it has, for any wave: hr.roster.read";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::WaveClosed),
            token("hr.roster.read", now),
        ));

        let beginning = self.beginning.clone();
        self.server.receives([&beginning], now);
        scene.fact(format!(
            "{} someone sends the server the status of 09:00:00 again, which says wave 0",
            clock(now)
        ));
        let outcome = self.server.asked(
            find("triage", &self.leaves)?,
            &action("hr.roster.read")?,
            now,
        )?;
        let what = "triage, after the replayed status: hr.roster.read";
        scene.attempt(Attempt::call(
            now,
            what,
            &outcome,
            Some(DenialCode::WaveClosed),
            token("hr.roster.read", now),
        ));

        scene.fact(format!(
            "{} is bound to no wave and keeps its ceiling:",
            self.lead.name
        ));
        scene.attempt(self.tries("lead", "hr.roster.read", now, None)?);
        Ok(scene)
    }

    /// Asks for every tool with every mandate.
    fn counts(&mut self, wave: u64, now: Timestamp) -> Result<Counted> {
        let notices = self.desk.heartbeat(now)?;
        self.server.receives(&notices, now);
        let (mut permitted, mut refused, mut others) =
            (BTreeSet::new(), Verdicts::new(), Verdicts::new());
        let (mut root, mut scopes) = (0_usize, 0_usize);
        for (tool, _) in TOOLS {
            let action = action(tool)?;
            for (of_wave, leaf) in (0..).zip(&self.leaves) {
                let code = self.server.code_for(leaf, &action, now)?;
                match code {
                    _ if of_wave != wave => count(&mut others, code),
                    Some(_) => count(&mut refused, code),
                    None => {
                        permitted.insert(tool);
                    }
                }
            }
            root = root.saturating_add(usize::from(
                self.server.code_for(&self.lead, &action, now)?.is_none(),
            ));
            scopes = scopes.saturating_add(usize::from(token(tool, now)));
        }
        Ok(Counted {
            wave,
            permitted,
            refused,
            others,
            root,
            token: scopes,
        })
    }

    fn completed(&mut self) -> Result<Scene> {
        let mut scene = Scene::new("Half past twelve: the mission is completed");
        let (mission, now) = (&self.mission, at(12, 30, 0));
        let end = self
            .desk
            .signs(|controller, id| controller.end(mission, Ending::Completed, id, now))??;
        self.server.receives([&end], now);
        let mut codes = BTreeMap::new();
        for (tool, _) in TOOLS {
            for agent in self.leaves.iter().chain([&self.lead]) {
                count(
                    &mut codes,
                    self.server.code_for(agent, &action(tool)?, now)?,
                );
            }
        }
        scene.fact(format!(
            "{} every tool is asked for with every mandate: {}",
            clock(now),
            told(&codes)
        ));
        for (agent, tools) in WAVES.into_iter().chain([("lead", TOOLS.len())]) {
            let code = if tools == 0 {
                DenialCode::ToolNotPermitted
            } else {
                DenialCode::MissionEnded
            };
            scene.attempt(self.tries(agent, "report.write", now, Some(code))?);
        }
        Ok(scene)
    }

    fn tries(
        &mut self,
        agent: &str,
        tool: &str,
        now: Timestamp,
        expected: Option<DenialCode>,
    ) -> Result<Attempt> {
        let action = action(tool)?;
        let agent = find(agent, self.leaves.iter().chain([&self.lead]))?;
        let outcome = self.server.asked(agent, &action, now)?;
        Ok(Attempt::call(
            now,
            format!("{}: {tool}", agent.name),
            &outcome,
            expected,
            token(tool, now),
        ))
    }
}

/// The table, and the shrinking.
fn numbers(counted: &[Counted]) -> Scene {
    let mut scene = Scene::new("All six waves: every tool asked for with every mandate");
    scene.fact(format!(
        "{:<5} {:<8} {:>9}  {:<20} {:<46} {:>4} {:>6}",
        "wave", "leaf", "permitted", "refused", "leaves of other waves", "lead", "token"
    ));
    for (row, (task, _)) in counted.iter().zip(WAVES) {
        scene.fact(format!(
            "{:<5} {task:<8} {:>9}  {:<20} {:<46} {:>4} {:>6}",
            row.wave,
            row.permitted.len(),
            told(&row.refused),
            told(&row.others),
            row.root,
            row.token
        ));
    }
    scene.fact("What the leaves can do, and what a token could:");
    for row in counted {
        let (permitted, token) = (
            row.permitted.len(),
            row.token.saturating_sub(row.permitted.len()),
        );
        scene.fact(format!(
            "    wave {} {}{} {permitted}",
            row.wave,
            "█".repeat(permitted),
            "░".repeat(token)
        ));
    }
    scene
}

fn told(verdicts: &Verdicts) -> String {
    let told = |(code, calls): (&Option<DenialCode>, &usize)| match code {
        None => format!("{calls} permitted"),
        Some(code) => format!("{calls} {code}"),
    };
    match verdicts.len() {
        0 => "none".to_owned(),
        _ => verdicts.iter().map(told).collect::<Vec<_>>().join(", "),
    }
}

fn count(verdicts: &mut Verdicts, verdict: Option<DenialCode>) {
    let calls = verdicts.entry(verdict).or_default();
    *calls = calls.saturating_add(1);
}

fn find<'a>(name: &str, agents: impl IntoIterator<Item = &'a Agent>) -> Result<&'a Agent> {
    Ok(agents
        .into_iter()
        .find(|agent| agent.name == name)
        .ok_or("an agent of this name")?)
}

fn terms(agent: &'static str, seed: u8, powers: Powers, limits: Limits, hops: u8) -> Terms {
    Terms {
        agent,
        seed,
        powers,
        limits,
        hops,
        from: at(9, 0, 0),
        until: evening(),
    }
}

/// The end of all mandates and tokens.
fn evening() -> Timestamp {
    at(17, 0, 0)
}

/// The control: an access token with the scopes of all tools, until the evening.
fn token(tool: &str, now: Timestamp) -> bool {
    now < evening() && TOOLS.iter().any(|(name, _)| *name == tool)
}
