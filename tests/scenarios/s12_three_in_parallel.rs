//! S12, but for receipts: three agents work on three tasks at once, one notice ends them all, and the graph shows it.

use crate::stage::{Agent, Company, Desk, Grant, Server, Terms, at};
use mandatum::{
    Action, Capability, Code, Constraint, Effect, Ending, ExecutionGraph, Life, Limits, LivesBy, MaxAge, Outcome,
    Powers, Record, Seconds, TaskEnding, TaskState, Timestamp,
};

const MISSION: &str = "release-7";
const TASKS: [&str; 3] = ["docs", "api", "ui"];

struct World {
    desk: Desk,
    lead: Agent,
    agents: Vec<Agent>,
    server: Server,
}

impl World {
    fn new() -> Self {
        let mut desk = Desk::new(90);
        let company = Company::new("https://builds.example", under("/tasks")).expect("a company");
        let mission = desk.mission(MISSION).expect("a mission");
        let grant = Grant {
            person: "maintainer",
            purpose: ["release", "7", "Prepare release 7."],
            task: "release",
            life: Life::Mission(LivesBy::new(mission, MaxAge::of_all(Seconds::minutes(5)))),
        };
        let lead = company.grants(grant, terms("lead", 1, under("/tasks"), 1)).expect("a root");
        let agents: Vec<Agent> = TASKS
            .into_iter()
            .zip(2..)
            .map(|(task, seed)| {
                lead.delegates(terms(task, seed, under(&format!("/tasks/{task}")), 0)).expect("a child")
            })
            .collect();
        let server = Server::new("https://files.example", &company).expect("a server");
        let mut server = server.watches(&agents).expect("the chains verify");
        server.hears([&desk.begins(MISSION, at(9, 0, 0)).expect("a status")], at(9, 0, 0));
        Self { desk, lead, agents, server }
    }

    /// Who reads what; the record of it if it was permitted.
    fn reads(&mut self, agent: usize, path: &str, now: Timestamp) -> Result<Record, Code> {
        let agent = self.agents.get(agent).expect("one of three");
        let permit = self.server.asked(agent, &read(path), now).expect("the call can be made");
        let running = permit.and_then(|permit| Ok(permit.start(now)?)).map_err(|denial| denial.code())?;
        Ok(running.finish(Outcome::Done))
    }
}

/// How the lead and the three stand, as the execution graph sees them.
fn states(world: &World, now: Timestamp) -> Vec<TaskState> {
    let mut graph = ExecutionGraph::new(&world.server.verifier);
    for agent in &world.agents {
        graph.add(&agent.chain).expect("the chain is below an anchor");
    }
    let picture = graph.picture(&world.server.register, now);
    [&world.lead].into_iter().chain(&world.agents).filter_map(|agent| picture.state(&agent.chain.leaf_id())).collect()
}

fn under(path: &str) -> Powers {
    let constraint = Constraint::path_under(path).expect("a path");
    let read = Capability::new("file.read", Effect::Read).and_then(|read| read.require("path", constraint));
    Powers::new([read.expect("a capability").delegable()]).expect("powers")
}

fn terms(agent: &'static str, seed: u8, powers: Powers, hops: u8) -> Terms {
    Terms { agent, seed, powers, limits: Limits::none(), hops, from: at(9, 0, 0), until: at(17, 0, 0) }
}

fn read(path: &str) -> Action {
    Action::new("file.read", [("path", path)], Effect::Read).expect("an action")
}

fn own(agent: usize) -> String {
    format!("/tasks/{}/canary", TASKS.get(agent).expect("one of three"))
}

/// The control: a token with the scope `file`, good until five.
fn token_permits(action: &Action, now: Timestamp) -> bool {
    action.tool.as_str().starts_with("file.") && now < at(17, 0, 0)
}

#[test]
fn each_reads_its_own_and_nobody_elses() {
    let mut world = World::new();
    let now = at(9, 1, 0);
    for agent in 0..3 {
        for other in 0..3 {
            let outcome = world.reads(agent, &own(other), now);
            let expected = if agent == other { None } else { Some(Code::ArgumentRefused) };
            assert_eq!(outcome.err(), expected, "{agent} reads {}", own(other));
        }
        assert_eq!(world.reads(agent, "/home/maintainer/canary", now).err(), Some(Code::ArgumentRefused));
    }
    for path in ["/home/maintainer/canary", &own(0), &own(1), &own(2)] {
        assert!(token_permits(&read(path), now), "a token would have read {path}");
    }
}

/// What was read before the end is exactly what there are records of; nothing can be un-read.
#[test]
fn one_notice_ends_all_three() {
    let mut world = World::new();
    let (before, end) = (at(9, 1, 0), at(9, 2, 0));
    let records: Vec<Record> = (0..3).filter_map(|agent| world.reads(agent, &own(agent), before).ok()).collect();
    let name = MISSION.parse().expect("a label");
    let notice = world.desk.says(|controller, id| controller.end(&name, Ending::Revoked, id, end));
    world.server.hears([&notice.expect("signed").expect("said")], end);
    for agent in 0..3 {
        assert_eq!(world.reads(agent, &own(agent), end).err(), Some(Code::MissionEnded));
    }
    let leaves: Vec<_> = world.agents.iter().map(|agent| agent.chain.leaf_id()).collect();
    assert_eq!(records.iter().map(|record| record.leaf).collect::<Vec<_>>(), leaves);
    assert!(records.iter().all(|record| record.started_at == Some(before)));
    assert!(token_permits(&read("/tasks/docs/canary"), end), "a token would go on");
    assert_eq!(states(&world, end), [TaskState::Ended; 4]);
}

/// One of the three is ended alone; the others go on.
#[test]
fn one_task_ends_and_the_others_go_on() {
    let mut world = World::new();
    let (name, end) = (MISSION.parse().expect("a label"), at(9, 2, 0));
    let api = world.agents.get(1).expect("the second").chain.leaf_id();
    let ends = world.desk.says(|controller, id| controller.end_task(&name, api, TaskEnding::Failed, id, end));
    world.server.hears([&ends.expect("signed").expect("said")], end);
    let codes = [0, 1, 2].map(|agent| world.reads(agent, &own(agent), end).err());
    assert_eq!(codes, [None, Some(Code::TaskEnded), None]);
    assert!(token_permits(&read("/tasks/api/canary"), end), "a token would go on");
    assert_eq!(states(&world, end), [TaskState::Live, TaskState::Live, TaskState::Ended, TaskState::Live]);
}

/// Each agent's task is narrower than the lead's, and done one by one: what is done is denied like what was ended.
#[test]
fn each_is_done_in_its_own_time() {
    let mut world = World::new();
    let now = at(9, 3, 0);
    assert_eq!(states(&world, now), [TaskState::Live; 4]);
    for agent in 0..3 {
        let word = world.agents.get(agent).expect("one of three").reports(TaskEnding::Completed, now);
        world.server.hears([&word.expect("signed")], now);
        let codes = [0, 1, 2].map(|other| world.reads(other, &own(other), now).err());
        assert_eq!(codes, [0, 1, 2].map(|other| (other <= agent).then_some(Code::TaskEnded)));
        assert!(token_permits(&read(&own(agent)), now), "a token does not know that its work is done");
    }
    let done = TaskState::Done;
    assert_eq!(states(&world, now), [TaskState::Live, done, done, done]);
}
