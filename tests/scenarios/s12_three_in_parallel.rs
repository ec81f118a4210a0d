//! S12: three agents work on three tasks at once, one notice ends them all, the graph shows it, and
//! receipts show what had been read by then.

use crate::stage::{Agent, Company, Desk, Grant, Server, Terms, at, call, root_expires};
use mandatum::claims::{Ending, Outcome, Receipt, ReceiptEvent, TaskEnding};
use mandatum::decide::OperationRecord;
use mandatum::graph::{ExecutionGraph, TaskState};
use mandatum::guard::{GuardError, ReceivedCall};
use mandatum::limits::MaxAge;
use mandatum::primitives::{CallKey, MandateId};
use mandatum::receipts::verify_receipts;
use mandatum::sign::Token;
use mandatum::{
    Action, Capability, Constraint, Controller, DenialCode, Effect, Guard, Life, Limits, LivesBy,
    MemoryLedger, Notice, Powers, Register, Seconds, SigningKey, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

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
            life: Life::Mission(LivesBy::new(
                mission.clone(),
                MaxAge::uniform(Seconds::minutes(5)),
            )),
        };
        let lead = company
            .grants(grant, terms("lead", 1, under("/tasks"), 1))
            .expect("a root");
        let agents: Vec<Agent> = TASKS
            .into_iter()
            .zip(2..)
            .map(|(task, seed)| {
                lead.delegates(terms(task, seed, under(&format!("/tasks/{task}")), 0))
                    .expect("a child")
            })
            .collect();
        let server = Server::new("https://files.example", &company).expect("a server");
        let mut server = server.watches(&agents).expect("the chains verify");
        server.receives(
            [&desk.begins(&mission, at(9, 0, 0)).expect("a status")],
            at(9, 0, 0),
        );
        Self {
            desk,
            lead,
            agents,
            server,
        }
    }

    /// Who reads what; the record of it if it was permitted.
    fn reads(
        &mut self,
        agent: usize,
        path: &str,
        now: Timestamp,
    ) -> Result<OperationRecord, DenialCode> {
        let agent = self.agents.get(agent).expect("one of three");
        let permit = self
            .server
            .asked(agent, &read(path), now)
            .expect("the call can be made");
        let running = permit
            .and_then(|permit| permit.start(now).map_err(|late| late.denial))
            .map_err(|denial| denial.code())?;
        Ok(running.finish(Outcome::Done))
    }
}

/// How the lead and the three stand, as the execution graph sees them.
fn states(world: &World, now: Timestamp) -> Vec<TaskState> {
    let mut graph = ExecutionGraph::new(&world.server.verifier);
    for agent in &world.agents {
        graph
            .add(&agent.chain)
            .expect("the chain is below an anchor");
    }
    let picture = graph.picture(&world.server.register, now);
    [&world.lead]
        .into_iter()
        .chain(&world.agents)
        .filter_map(|agent| picture.state(&agent.chain.leaf_id()))
        .collect()
}

fn under(path: &str) -> Powers {
    let constraint = Constraint::path_under(path).expect("a path");
    let read = Capability::new("file.read", Effect::Read)
        .and_then(|read| read.require("path", constraint));
    Powers::new([read.expect("a capability").allow_delegation()]).expect("powers")
}

fn terms(agent: &'static str, seed: u8, powers: Powers, hops: u8) -> Terms {
    Terms {
        agent,
        seed,
        powers,
        limits: Limits::none(),
        hops,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    }
}

fn read(path: &str) -> Action {
    Action::new("file.read", [("path", path)], Effect::Read).expect("an action")
}

fn own(agent: usize) -> String {
    format!("/tasks/{}/canary", TASKS.get(agent).expect("one of three"))
}

/// The control: a token with the scope `file`, valid until five.
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
            let expected = if agent == other {
                None
            } else {
                Some(DenialCode::ArgumentRefused)
            };
            assert_eq!(outcome.err(), expected, "{agent} reads {}", own(other));
        }
        assert_eq!(
            world.reads(agent, "/home/maintainer/canary", now).err(),
            Some(DenialCode::ArgumentRefused)
        );
    }
    for path in ["/home/maintainer/canary", &own(0), &own(1), &own(2)] {
        assert!(
            token_permits(&read(path), now),
            "a token would have read {path}"
        );
    }
}

/// What was read before the end is exactly what there are records of; nothing can be un-read.
#[test]
fn one_notice_ends_all_three() {
    let mut world = World::new();
    let (before, end) = (at(9, 1, 0), at(9, 2, 0));
    let records: Vec<OperationRecord> = (0..3)
        .filter_map(|agent| world.reads(agent, &own(agent), before).ok())
        .collect();
    let mission = world.desk.mission(MISSION).expect("a mission");
    let notice = world
        .desk
        .signs(|controller, id| controller.end(&mission, Ending::Revoked, id, end));
    world
        .server
        .receives([&notice.expect("signed").expect("said")], end);
    for agent in 0..3 {
        assert_eq!(
            world.reads(agent, &own(agent), end).err(),
            Some(DenialCode::MissionEnded)
        );
    }
    let leaves: Vec<_> = world
        .agents
        .iter()
        .map(|agent| agent.chain.leaf_id())
        .collect();
    assert_eq!(
        records.iter().map(|record| record.leaf).collect::<Vec<_>>(),
        leaves
    );
    assert!(
        records
            .iter()
            .all(|record| record.started_at == Some(before))
    );
    assert!(
        token_permits(&read("/tasks/docs/canary"), end),
        "a token would go on"
    );
    assert_eq!(states(&world, end), [TaskState::Ended; 4]);
}

/// One of the three is ended alone; the others go on.
#[test]
fn one_task_ends_and_the_others_go_on() {
    let mut world = World::new();
    let (mission, end) = (world.desk.mission(MISSION).expect("a mission"), at(9, 2, 0));
    let api = &world.agents.get(1).expect("the second").chain;
    let (api, expires) = (api.leaf_id(), root_expires(api));
    let ends = |controller: &mut Controller, id| {
        controller.end_task(&mission, api, TaskEnding::Failed, expires, id, end)
    };
    let ends = world
        .desk
        .signs(|controller, id| ends(controller, id).map(|end| end.notice));
    world
        .server
        .receives([&ends.expect("signed").expect("said")], end);
    let codes = [0, 1, 2].map(|agent| world.reads(agent, &own(agent), end).err());
    assert_eq!(codes, [None, Some(DenialCode::TaskEnded), None]);
    assert!(
        token_permits(&read("/tasks/api/canary"), end),
        "a token would go on"
    );
    assert_eq!(
        states(&world, end),
        [
            TaskState::Live,
            TaskState::Live,
            TaskState::Ended,
            TaskState::Live
        ]
    );
}

/// Each agent's task is narrower than the lead's, and done one by one: what is done is denied like
/// what was ended.
#[test]
fn each_is_done_in_its_own_time() {
    let mut world = World::new();
    let now = at(9, 3, 0);
    assert_eq!(states(&world, now), [TaskState::Live; 4]);
    for agent in 0..3 {
        let word = world
            .agents
            .get(agent)
            .expect("one of three")
            .reports(TaskEnding::Completed, now);
        world.server.receives([&word.expect("signed")], now);
        let codes = [0, 1, 2].map(|other| world.reads(other, &own(other), now).err());
        assert_eq!(
            codes,
            [0, 1, 2].map(|other| (other <= agent).then_some(DenialCode::TaskEnded))
        );
        assert!(
            token_permits(&read(&own(agent)), now),
            "a token does not know that its work is done"
        );
    }
    let done = TaskState::Done;
    assert_eq!(states(&world, now), [TaskState::Live, done, done, done]);
}

/// What a guard's tool was asked to read, by call: what left the server.
type ReadBy = Mutex<BTreeMap<CallKey, (MandateId, String)>>;

/// All three at once try everybody's canary, and home; each gets the code it meets, or none.
fn all_try_everything(
    world: &World,
    guard: &Guard,
    read_by: &ReadBy,
    from: usize,
    now: Timestamp,
) -> [Vec<Option<DenialCode>>; 3] {
    let canaries = || {
        (0..3)
            .map(own)
            .chain(["/home/maintainer/canary".to_owned()])
    };
    let tries = |number: usize| {
        let agent = world.agents.get(number).expect("one of three");
        let one = |(path, id): (String, usize)| {
            let action = read(&path);
            let proof = agent
                .proof(&call(id, &action), &world.server, now)
                .expect("signed")
                .to_bytes();
            let outcome = guard.run(
                &ReceivedCall::new(&proof, &action),
                || now,
                |running| {
                    let (key, leaf) = (running.permit().key(), agent.chain.leaf_id());
                    read_by
                        .lock()
                        .map(|mut read_by| read_by.insert(key, (leaf, path.clone())))
                        .map_err(|_| "poisoned")
                },
            );
            match outcome {
                Err(GuardError::Denied(denial)) => Some(denial.code()),
                outcome => outcome
                    .map(|_| None)
                    .expect("the tool works and receipts are stored"),
            }
        };
        canaries().zip(from..).map(one).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        [0, 1, 2]
            .map(|number| scope.spawn(move || tries(number)))
            .map(|thread| thread.join().expect("no thread panics"))
    })
}

/// Nothing can be un-read; but who keeps the receipts knows what was, by whom, and that there was
/// nothing else.
#[test]
fn receipts_show_exactly_what_had_already_been_read() {
    let mut world = World::new();
    let (before, end) = (at(9, 1, 0), at(9, 2, 0));
    let stored: Arc<Mutex<Vec<Token<Receipt>>>> = Arc::default();
    let store = {
        let stored = Arc::clone(&stored);
        move |receipt: &Token<Receipt>| {
            stored
                .lock()
                .map(|mut stored| stored.push(receipt.clone()))
                .map_err(|_| mandatum::guard::StoreError)
        }
    };
    let key = SigningKey::from_seed(&[70; 32]);
    let signer = key.public();
    let ledger = MemoryLedger::new(100);
    let server = &world.server;
    let register = Register::new(*server.register.retention());
    let guard = Guard::new(
        server.verifier.clone(),
        server.name.clone(),
        register,
        ledger,
        key,
        store,
    );
    let receive = |notice: &Notice, now| {
        let taken = guard.update(|register| register.apply(notice, &world.server.watches, now));
        assert!(taken.is_ok(), "{taken:?}");
    };
    receive(
        world.desk.stored.first().expect("it has begun"),
        at(9, 0, 0),
    );
    let read_by = ReadBy::default();
    let codes = all_try_everything(&world, &guard, &read_by, 0, before);
    for (agent, codes) in codes.iter().enumerate() {
        let expected =
            [0, 1, 2, 3].map(|path| (path != agent).then_some(DenialCode::ArgumentRefused));
        assert_eq!(codes, &expected, "{agent}");
    }
    let mission = world.desk.mission(MISSION).expect("a mission");
    let notice = world
        .desk
        .signs(|controller, id| controller.end(&mission, Ending::Revoked, id, end));
    receive(&notice.expect("signed").expect("said"), end);
    let head = guard.head();
    let codes = all_try_everything(&world, &guard, &read_by, 4, end);
    // What was never theirs is refused for that, before and after; what was is refused for the
    // mission alone.
    for (agent, codes) in codes.iter().enumerate() {
        let code = |path| {
            if path == agent {
                DenialCode::MissionEnded
            } else {
                DenialCode::ArgumentRefused
            }
        };
        assert_eq!(codes, &[0, 1, 2, 3].map(|path| Some(code(path))), "{agent}");
    }
    assert_eq!(guard.head(), head, "nothing was permitted after the end");

    let receipts = stored.lock().expect("no thread panicked").clone();
    let summary = verify_receipts(signer, &receipts, Some(head)).expect("a sound record");
    assert_eq!((summary.started, summary.open.len()), (3, 0));
    let shown: BTreeMap<CallKey, MandateId> = receipts
        .iter()
        .filter_map(|receipt| match &receipt.claims().event {
            ReceiptEvent::Started(started) => Some((started.call, started.leaf)),
            _ => None,
        })
        .collect();
    let read_by = read_by.into_inner().expect("no thread panicked");
    assert_eq!(
        shown,
        read_by
            .iter()
            .map(|(call, (leaf, _))| (*call, *leaf))
            .collect()
    );
    // Who has the requests finds in the receipts which of them were answered: those of the own
    // canaries, and no other.
    for (agent, number) in world.agents.iter().zip(0..) {
        for (id, path) in (0..3)
            .map(own)
            .chain(["/home/maintainer/canary".to_owned()])
            .enumerate()
        {
            let key = call(id, &read(&path)).key(&agent.chain.leaf_id(), &world.server.name);
            assert_eq!(shown.contains_key(&key), path == own(number), "{path}");
            assert!(
                token_permits(&read(&path), end),
                "a token would have read {path}, and nobody would know"
            );
        }
    }
}
