//! The investigation of the example `waves`, by more agents: each wave's work is fanned out, the
//! wave of containing is merged into that of verifying, and one branch fails.

#[path = "../waves/tools.rs"]
mod tools;

use crate::stage::{Agent, Company, Desk, Grant, Result, Server, Terms, at, root_expires};
use mandatum::claims::{Ending, Holder, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::{ExecutionGraph, Merge, Picture, TaskState, merge};
use mandatum::limits::{MaxAge, Waves};
use mandatum::{
    Delegation, Life, Limit, Limits, LivesBy, Mission, Notice, Powers, Seconds, SigningKey,
    Timestamp, ToolTable, VerifiedChain,
};
use std::collections::BTreeSet;
use tools::{action, first, powers};

pub(crate) use tools::{CASE, TOOLS, WAVES};

/// Three tools that every agent of the wave of containing has besides its own, so that they are
/// left to the merge point.
const COMMON: [&str; 3] = ["report.write", "ticket.comment", "evidence.read"];

/// Below which task, which task, held by whom, with which tools. The name of one holder tries to
/// break out of any picture.
const HELPERS: [(&str, &str, &str, &[&str]); 10] = [
    (
        "triage",
        "accounts",
        "directory-agent",
        &[
            "users.list",
            "groups.list",
            "hr.roster.read",
            "auth.events.read",
        ],
    ),
    (
        "triage",
        "network",
        "netops-agent",
        &["netflow.read", "firewall.rules.read", "dns.queries.read"],
    ),
    (
        "triage",
        "endpoints",
        "edr-agent",
        &[
            "processes.list",
            "patches.list",
            "registry.read",
            "files.hash",
        ],
    ),
    (
        "triage",
        "cloud",
        "\"]:::x<script>alert(1)</script>",
        &["cloud.audit.read", "containers.list", "images.scan"],
    ),
    (
        "scope",
        "identity",
        "directory-agent",
        &["auth.events.read", "cloud.audit.read"],
    ),
    (
        "scope",
        "traffic",
        "netops-agent",
        &["netflow.read", "dns.queries.read", "proxy.logs.read"],
    ),
    (
        "scope",
        "hosts",
        "edr-agent",
        &["processes.list", "files.hash"],
    ),
    (
        "contain",
        "accounts",
        "directory-agent",
        &["accounts.disable", "keys.revoke"],
    ),
    ("contain", "hosts", "edr-agent", &["hosts.isolate"]),
    ("contain", "mail", "mail-agent", &["mail.quarantine"]),
];

/// The agents' reports of their own tasks: minutes after nine, the task, its end. One branch fails;
/// two are enough to continue.
const REPORTS: [(u64, &str, TaskEnding); 13] = [
    (20, "inc-1187/triage/accounts", TaskEnding::Completed),
    (20, "inc-1187/triage/network", TaskEnding::Completed),
    (45, "inc-1187/scope/identity", TaskEnding::Completed),
    (45, "inc-1187/scope/traffic", TaskEnding::Completed),
    (48, "inc-1187/scope/hosts", TaskEnding::Completed),
    (50, "inc-1187/scope", TaskEnding::Completed),
    (65, "inc-1187/contain/accounts", TaskEnding::Failed),
    (66, "inc-1187/contain/hosts", TaskEnding::Completed),
    (80, "inc-1187/contain/mail", TaskEnding::Completed),
    (85, "inc-1187/contain", TaskEnding::Completed),
    (110, "inc-1187/verify", TaskEnding::Completed),
    (140, "inc-1187/report", TaskEnding::Completed),
    (170, "inc-1187/close", TaskEnding::Completed),
];

/// How long a wave lasts, and how long after its beginning it is looked at.
const WAVE: u64 = 30;
const LOOK: u64 = 10;

/// The graph at one moment, and what the verifier lets its agents do then.
pub(crate) struct Moment<'g> {
    pub(crate) title: String,
    pub(crate) when: Timestamp,
    pub(crate) picture: Picture<'g>,
    /// The tools that some agent below the lead is permitted.
    pub(crate) permitted: BTreeSet<&'static str>,
    /// Whether the verifier permits each agent all its tools if the picture says that it is live,
    /// and else none.
    pub(crate) agrees: bool,
}

pub(crate) struct World {
    pub(crate) graph: ExecutionGraph,
    mission: Mission,
    desk: Desk,
    agents: Vec<Agent>,
    server: Server,
}

impl World {
    pub(crate) fn new() -> Result<Self> {
        let mut desk = Desk::new(90);
        let mission = desk.mission(CASE)?;
        let company = Company::new("https://northwind.example", first(TOOLS.len())?)?;
        let grant = Grant {
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
        };
        let terms = Terms {
            agent: "lead",
            seed: 1,
            powers: first(TOOLS.len())?,
            limits: Limits::none(),
            hops: 2,
            from: at(9, 0, 0),
            until: at(17, 0, 0),
        };
        let mut agents = vec![company.grants(grant, terms)?];
        let mut server = Server::new("https://tools.northwind.example", &company)?;
        server.verifier = server.verifier.with_tools(ToolTable::new(TOOLS)?);
        let mut seeds = 2..;
        let mut seed = || seeds.next().unwrap_or_default();
        for (wave, (task, tools)) in (0..).zip(WAVES) {
            let lead = agents.first().ok_or("the lead")?;
            let waves = Limit::waves(Waves::only(mission.clone(), wave));
            let agent = if task == "verify" {
                merged(&server, lead, &agents, waves, seed())?
            } else {
                handed(
                    lead,
                    task,
                    &format!("{task}-lead"),
                    first(tools)?,
                    Limits::new([waves])?,
                    seed(),
                )?
            };
            let mut helpers = Vec::new();
            for (_, task, holder, own) in HELPERS.iter().filter(|(above, ..)| *above == task) {
                let common = if agent.name == "contain" {
                    &COMMON[..]
                } else {
                    &[]
                };
                let powers = powers(own.iter().chain(common).copied())?;
                helpers.push(handed(
                    &agent,
                    task,
                    holder,
                    powers,
                    Limits::none(),
                    seed(),
                )?);
            }
            agents.push(agent);
            agents.extend(helpers);
        }
        server = server.watches(&agents)?;
        let mut graph = ExecutionGraph::new(&server.verifier);
        for agent in &agents {
            graph.add(&agent.chain)?;
        }
        server.receives([&desk.begins(&mission, at(9, 0, 0))?], at(9, 0, 0));
        Ok(Self {
            graph,
            mission,
            desk,
            agents,
            server,
        })
    }
}

/// Plays the story; a moment in each wave, and one when the mission is completed.
pub(crate) fn moments(world: &mut World) -> Result<Vec<Moment<'_>>> {
    let World {
        graph,
        mission,
        desk,
        agents,
        server,
    } = world;
    let mut moments = Vec::new();
    for (wave, (task, _)) in (0_u64..).zip(WAVES) {
        let began = wave.saturating_mul(WAVE);
        if wave > 0 {
            let now = at(9, began, 0);
            let status =
                desk.signs(|controller, id| controller.advance_wave(&*mission, id, now))??;
            server.receives([&status], now);
        }
        let (look, ends) = (began.saturating_add(LOOK), began.saturating_add(WAVE));
        report(agents, server, began..look)?;
        let now = at(9, look, 0);
        server.receives(&desk.heartbeat(now)?, now);
        moments.push(moment(
            format!("Wave {wave}: {task}"),
            graph,
            agents,
            server,
            now,
        )?);
        report(agents, server, look..ends)?;
    }
    let now = at(12, 30, 0);
    let end =
        desk.signs(|controller, id| controller.end(&*mission, Ending::Completed, id, now))??;
    server.receives([&end], now);
    moments.push(moment(
        "Mission completed".to_owned(),
        graph,
        agents,
        server,
        now,
    )?);
    Ok(moments)
}

/// Asks for every tool with every mandate, and compares with the picture.
fn moment<'g>(
    title: String,
    graph: &'g ExecutionGraph,
    agents: &[Agent],
    server: &mut Server,
    now: Timestamp,
) -> Result<Moment<'g>> {
    let picture = graph.picture(&server.register, now);
    let (mut permitted, mut agrees) = (BTreeSet::new(), true);
    for (agent, is_lead) in agents.iter().zip((0..).map(|index| index == 0)) {
        let mut own = BTreeSet::new();
        for (tool, _) in TOOLS {
            if server.code_for(agent, &action(tool)?, now)?.is_none() {
                own.insert(tool);
            }
        }
        let is_live = picture.state(&agent.chain.leaf_id()) == Some(TaskState::Live);
        let powers = agent.chain.leaf().powers.capabilities().len();
        agrees &= own.len() == if is_live { powers } else { 0 };
        if !is_lead {
            permitted.extend(own);
        }
    }
    Ok(Moment {
        title,
        when: now,
        picture,
        permitted,
        agrees,
    })
}

/// The agents' own words on their tasks, in some minutes after nine.
fn report(agents: &[Agent], server: &mut Server, minutes: std::ops::Range<u64>) -> Result<()> {
    for (number, (minute, task, ending)) in (0_u8..).zip(REPORTS) {
        if minutes.contains(&minute) {
            let agent = agents
                .iter()
                .find(|agent| task_of(agent).as_deref() == Some(task))
                .ok_or("an agent")?;
            let (id, now) = ([number; 16], at(9, minute, 0));
            let (task, expires) = (agent.chain.leaf_id(), root_expires(&agent.chain));
            let end = TaskEnd::by_holder(
                NoticeHeader::new(id, agent.key.public(), now),
                task,
                ending,
                expires,
            );
            server.receives([&Notice::from(end.sign(&agent.key)?)], now);
        }
    }
    Ok(())
}

fn task_of(agent: &Agent) -> Option<String> {
    agent.chain.tasks().ok()?.last().map(ToString::to_string)
}

fn handed(
    above: &Agent,
    task: &'static str,
    holder: &str,
    powers: Powers,
    limits: Limits,
    seed: u8,
) -> Result<Agent> {
    let key = SigningKey::from_seed(&[seed; 32]);
    let hops = above.chain.leaf().hops.saturating_sub(1);
    let terms = Delegation::new(
        [seed; 16],
        Holder::new(key.public()).with_name(holder.parse()?),
        powers,
        at(17, 0, 0),
    )
    .with_limits(limits)
    .with_hops(hops)
    .with_step(task.parse()?);
    let child = above.chain.delegate(terms, at(9, 0, 0))?.sign(&above.key)?;
    Ok(Agent {
        name: task,
        key,
        chain: above.chain.extend(child)?,
    })
}

/// The merge point after the wave of containing: what the branches have in common, once two of the
/// three are done.
fn merged(
    server: &Server,
    lead: &Agent,
    agents: &[Agent],
    waves: Limit,
    seed: u8,
) -> Result<Agent> {
    let key = SigningKey::from_seed(&[seed; 32]);
    let is_branch =
        |agent: &&Agent| task_of(agent).is_some_and(|task| task.starts_with("inc-1187/contain/"));
    let verified = |agent: &Agent| server.verifier.verify(&agent.chain);
    let branches: std::result::Result<Vec<VerifiedChain>, _> =
        agents.iter().filter(is_branch).map(verified).collect();
    let holder = Holder::new(key.public()).with_name("verify-lead".parse()?);
    let terms = Merge::new([seed; 16], holder, at(17, 0, 0))
        .with_limits([waves])
        .with_quorum(2)
        .with_step("verify".parse()?);
    let child = merge(&verified(lead)?, &branches?, terms, at(9, 0, 0))?.sign(&lead.key)?;
    Ok(Agent {
        name: "verify",
        key,
        chain: lead.chain.extend(child)?,
    })
}
