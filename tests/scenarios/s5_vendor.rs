//! S5, as far as it is about news: an officer's due diligence on a vendor goes from agent to agent through a broker, and ends
//! for all of them with one notice, or with one fact.

use crate::stage::{Agent, Company, Desk, Grant, Server, Terms, at, only};
use mandatum::{
    Action, Code, Condition, Constraint, Denial, Effect, Ending, Facts, Life, Limit, Limits, LivesBy, MaxAge, Permit,
    Powers, Seconds, Timestamp,
};

const MISSION: &str = "vendor-acme-p9";
const CONFLICT: &str = "conflict-of-interest/acme";

struct World {
    desk: Desk,
    /// A, the broker, B.
    agents: [Agent; 3],
    server: Server,
}

impl World {
    fn new() -> Self {
        let mut desk = Desk::new(90);
        let company = Company::new("https://procurement.example", powers()).expect("a company");
        let mission = desk.mission(MISSION).expect("a mission");
        let a = company.grants(
            Grant {
                person: "officer",
                purpose: ["due-diligence", "acme", "Is Acme fit to be our vendor in cycle P-9?"],
                task: "vendor-acme",
                life: Life::Mission(LivesBy::new(mission, MaxAge::of_all(Seconds::minutes(5)))),
            },
            terms("agent-a", 1, 2, Limits::none()),
        );
        let a = a.expect("a root");
        let no_conflict = Condition {
            fact: CONFLICT.parse().expect("a label"),
            holds: Constraint::one_of([false]).expect("a constraint"),
            max_age: Seconds::minutes(1),
        };
        let limits = Limits::new([Limit::condition(no_conflict)]).expect("limits");
        let broker = a.delegates(terms("broker", 2, 1, limits)).expect("a child");
        let b = broker.delegates(terms("agent-b", 3, 0, Limits::none())).expect("a child");
        let server = Server::new("https://registry.example", &company).expect("a server");
        let mut server = server.watches([&a, &broker, &b]).expect("the chains verify");
        server.hears([&desk.begins(MISSION, at(9, 0, 0)).expect("a status")], at(9, 0, 0));
        Self { desk, agents: [a, broker, b], server }
    }

    /// What the host observes about conflicts of interest.
    fn observe(&mut self, conflict: bool, when: Timestamp) {
        let fact = CONFLICT.parse().expect("a label");
        self.server.facts = Facts::none().observed(fact, conflict, when);
    }

    fn ask(&mut self, agent: usize, now: Timestamp) -> Result<Permit, Denial> {
        let agent = self.agents.get(agent).expect("one of three");
        self.server.asked(agent, &read("acme"), now).expect("the call can be made")
    }

    fn codes(&mut self, now: Timestamp) -> [Option<Code>; 3] {
        [0, 1, 2].map(|agent| self.ask(agent, now).err().map(|denial| denial.code()))
    }
}

fn powers() -> Powers {
    let read = only("registry.read", Effect::Read, "vendor", "acme").expect("a capability");
    let read = read.require("cycle", Constraint::one_of(["P-9"]).expect("a constraint")).expect("a capability");
    Powers::new([read]).expect("powers")
}

fn terms(agent: &'static str, seed: u8, hops: u8, limits: Limits) -> Terms {
    Terms { agent, seed, powers: powers(), limits, hops, from: at(9, 0, 0), until: at(17, 0, 0) }
}

fn read(vendor: &str) -> Action {
    Action::new("registry.read", [("vendor", vendor), ("cycle", "P-9")], Effect::Read).expect("an action")
}

/// The control: an access token with the registry's scope, good until five.
fn token_permits(action: &Action, now: Timestamp) -> bool {
    action.tool.as_str().starts_with("registry.") && now < at(17, 0, 0)
}

#[test]
fn the_trace_names_everyone_from_the_officer_to_the_tool() {
    let mut world = World::new();
    world.observe(false, at(9, 1, 0));
    let permit = world.ask(2, at(9, 1, 0)).expect("permitted");
    assert_eq!(permit.trace().to_string(), "officer → agent-a → broker → agent-b → registry.read");
    let tasks: Vec<String> = permit.trace().hops.iter().map(|hop| hop.task.to_string()).collect();
    assert_eq!(tasks, ["vendor-acme", "vendor-acme/broker", "vendor-acme/broker/agent-b"]);
}

#[test]
fn procurement_closes_and_one_notice_ends_all_three() {
    let mut world = World::new();
    let (before, close) = (at(9, 1, 0), at(9, 2, 0));
    world.observe(false, before);
    assert_eq!(world.codes(before), [None; 3]);
    let name = MISSION.parse().expect("a label");
    let end = world.desk.says(|controller, id| controller.end(&name, Ending::Completed, id, close));
    world.server.hears([&end.expect("signed").expect("said")], close);
    assert_eq!(world.codes(close), [Some(Code::MissionEnded); 3]);
    assert!(token_permits(&read("acme"), close), "a token would go on");
}

/// The condition stands at the broker's link, so it binds the broker and everyone below, and A not.
#[test]
fn a_conflict_of_interest_that_turns_up_stops_the_broker_and_all_below() {
    let mut world = World::new();
    let (before, after) = (at(9, 1, 0), at(9, 1, 30));
    world.observe(false, before);
    assert_eq!(world.codes(before), [None; 3]);
    world.observe(true, after);
    let denial = world.ask(2, after).expect_err("denied");
    assert_eq!((denial.code(), denial.place().link()), (Code::ConditionFails, Some(1)));
    assert_eq!(world.codes(after), [None, Some(Code::ConditionFails), Some(Code::ConditionFails)]);
    assert!(token_permits(&read("acme"), after), "a token would go on");
}

/// A permit rests on the fact: it can't outlive the observation.
#[test]
fn a_permit_ends_with_the_observation_it_rests_on() {
    let mut world = World::new();
    world.observe(false, at(9, 1, 0));
    assert_eq!(world.ask(2, at(9, 1, 0)).expect("permitted").valid_until(), at(9, 2, 1));
    assert_eq!(world.ask(0, at(9, 1, 0)).expect("permitted").valid_until(), at(9, 5, 1));
    let queued = world.ask(2, at(9, 1, 30)).expect("permitted");
    assert_eq!(queued.start(at(9, 2, 1)).expect_err("too late").denial.code(), Code::PermitExpired);
}
