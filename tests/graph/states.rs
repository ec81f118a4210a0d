//! How tasks stand: by hand-made graphs whose states are known, and as decisions are made.

use crate::forging::cbor;
use crate::forging::forge::chain_of;
use crate::forging::story::{HELPER, ORCHESTRATOR, child_of};
use crate::stage::*;
use crate::support::{
    COMPANY, LIFETIME, OFFICE, STRANGER, at, here, key, label, mission, public, signed, verifier,
};
use TaskState::{Closed, Done, Dormant, Ended, Live};
use mandatum::chain::ChainErrorKind;
use mandatum::claims::{Ending, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::{ExecutionGraph, TaskState};
use mandatum::limits::{Barrier, MaxAge, Waves, Window};
use mandatum::mission::{Watches, rebind_leaf};
use mandatum::primitives::MandateId;
use mandatum::{
    Controller, DecisionContext, Effect, Issuer, Life, Limit, LivesBy, Notice, Register, Seconds,
    ServerContext, SigningKey, VerifiedChain, Verifier,
};

const DESK: u8 = 11;

/// A root, a child and a grandchild, each with limits, and what was said.
struct Stage {
    verifier: Verifier,
    chains: Vec<VerifiedChain>,
    office: Controller,
    notices: Vec<Notice>,
}

fn desk() -> LivesBy {
    LivesBy::new(mission(DESK, "slides"), MaxAge::uniform(Seconds::new(600)))
}

impl Stage {
    fn new(limits: [Vec<Limit>; 3]) -> Self {
        let mut office = Controller::new(public(OFFICE), Seconds::new(30));
        let mut slides = Controller::new(public(DESK), Seconds::new(30));
        let notices = vec![
            signed(office.begin(&qbr(), [1; 16], at(0)).unwrap(), &key(OFFICE)),
            signed(
                slides
                    .begin(&mission(DESK, "slides"), [1; 16], at(0))
                    .unwrap(),
                &key(DESK),
            ),
        ];
        let verifier = verifier();
        let [first, second, third] = limits;
        let root = root(
            &agent(0),
            tools(&["crm.read", "files.read"]),
            life(&qbr()),
            first,
            [1; 16],
        );
        let root = verifier.verify(&root).unwrap();
        let powers = || tools(&["crm.read", "files.read"]);
        let middle = child(
            &verifier,
            &root,
            &agent(0),
            &agent(1),
            powers(),
            second,
            [2; 16],
        );
        let leaf = child(
            &verifier,
            &middle,
            &agent(1),
            &agent(2),
            powers(),
            third,
            [3; 16],
        );
        Self {
            verifier,
            chains: vec![root, middle, leaf],
            office,
            notices,
        }
    }

    fn free() -> Self {
        Self::new([vec![], vec![], vec![]])
    }

    fn ends(mut self, by: &SigningKey, link: usize, ending: TaskEnding) -> Self {
        let end = TaskEnd::by_holder(
            NoticeHeader::new([2; 16], by.public(), at(0)),
            self.chains[link].chain().leaf_id(),
            ending,
            at(LIFETIME),
        );
        self.notices.push(signed(end, by));
        self
    }

    fn office(mut self, say: impl FnOnce(&mut Controller) -> Notice) -> Self {
        let said = say(&mut self.office);
        self.notices.push(said);
        self
    }

    fn register(&self) -> Register {
        let (mut register, mut watches) = (empty_register(), Watches::none());
        self.chains
            .iter()
            .for_each(|chain| watches.extend(&Watches::new(chain)));
        for notice in &self.notices {
            let _ = register.apply(notice, &watches, at(LIFETIME));
        }
        register
    }

    /// What a picture shows of each chain's leaf. What it shows as live, and only that, is
    /// permitted a call.
    fn states(&self, seconds: u64) -> Vec<TaskState> {
        let (mut graph, register) = (ExecutionGraph::new(&self.verifier), self.register());
        for chain in &self.chains {
            graph.add(chain.chain()).unwrap();
        }
        let picture = graph.picture(&register, at(seconds));
        let context = DecisionContext::new(ServerContext::new(at(seconds), here()), &register);
        let call = action("crm.read", "acme", Effect::Read);
        let state = |chain: &VerifiedChain| {
            let state = picture.state(&chain.chain().leaf_id()).unwrap();
            let decided = self.verifier.preview(chain, &asked(&call), &context);
            assert_eq!(
                state == Live,
                decided.is_ok(),
                "drawn {state}, and decided {decided:?}"
            );
            state
        };
        self.chains.iter().map(state).collect()
    }
}

fn waves(first: u64, last: u64) -> Vec<Limit> {
    vec![Limit::waves(Waves::new(qbr(), first, last).unwrap())]
}

fn advance(office: &mut Controller) -> Notice {
    signed(
        office.advance_wave(&qbr(), [3; 16], at(1)).unwrap(),
        &key(OFFICE),
    )
}

#[test]
fn each_state_and_what_is_below_it() {
    let awaited = || MandateId::from_bytes([5; 32]);
    let barrier = || {
        vec![Limit::barrier(
            Barrier::new([(awaited(), public(STRANGER))]).unwrap(),
        )]
    };
    let reported = |ending| {
        signed(
            TaskEnd::by_holder(
                NoticeHeader::new([2; 16], public(STRANGER), at(0)),
                awaited(),
                ending,
                at(LIFETIME),
            ),
            &key(STRANGER),
        )
    };
    let window = |from, until| vec![Limit::window(Window::new(at(from), at(until)).unwrap())];
    let on_middle = |limits| Stage::new([vec![], limits, vec![]]);
    let suspend = |office: &mut Controller| {
        signed(
            office.suspend(&qbr(), [3; 16], at(1)).unwrap(),
            &key(OFFICE),
        )
    };
    let end = |office: &mut Controller| {
        signed(
            office
                .end(&qbr(), Ending::Completed, [3; 16], at(1))
                .unwrap(),
            &key(OFFICE),
        )
    };
    let fire = |office: &mut Controller| {
        signed(
            office.fire(&qbr(), label("over"), [3; 16], at(1)).unwrap(),
            &key(OFFICE),
        )
    };
    let over = || vec![Limit::ends_on(label("over"))];
    let (completed, failed) = (TaskEnding::Completed, TaskEnding::Failed);
    let cases = [
        ("all is well", Stage::free(), 1, [Live, Live, Live]),
        ("expired", Stage::free(), LIFETIME, [Closed, Closed, Closed]),
        (
            "no fresh news",
            Stage::free(),
            601,
            [Dormant, Dormant, Dormant],
        ),
        (
            "suspended",
            Stage::free().office(suspend),
            1,
            [Dormant, Dormant, Dormant],
        ),
        (
            "the mission ended",
            Stage::free().office(end),
            1,
            [Ended, Ended, Ended],
        ),
        (
            "a window that opens",
            on_middle(window(100, 200)),
            1,
            [Live, Dormant, Dormant],
        ),
        (
            "a window that is open",
            on_middle(window(100, 200)),
            100,
            [Live, Live, Live],
        ),
        (
            "a window that is closed",
            on_middle(window(100, 200)),
            200,
            [Live, Closed, Closed],
        ),
        (
            "a window on other calls",
            {
                let other = window(100, 200).remove(0).with_tools(["files.*"]).unwrap();
                on_middle(vec![other])
            },
            1,
            [Live, Live, Live],
        ),
        (
            "a later wave",
            on_middle(waves(1, 1)),
            1,
            [Live, Dormant, Dormant],
        ),
        (
            "this wave",
            on_middle(waves(1, 1)).office(advance),
            1,
            [Live, Live, Live],
        ),
        (
            "a past wave",
            on_middle(waves(0, 0)).office(advance),
            1,
            [Live, Closed, Closed],
        ),
        ("an event to come", on_middle(over()), 1, [Live, Live, Live]),
        (
            "an event that fired",
            on_middle(over()).office(fire),
            1,
            [Live, Ended, Ended],
        ),
        (
            "a barrier",
            on_middle(barrier()),
            1,
            [Live, Dormant, Dormant],
        ),
        (
            "an open barrier",
            on_middle(barrier()).office(|_| reported(completed)),
            1,
            [Live, Live, Live],
        ),
        (
            "a broken barrier",
            on_middle(barrier()).office(|_| reported(failed)),
            1,
            [Live, Closed, Closed],
        ),
        (
            "completed",
            Stage::free().ends(&agent(1), 1, completed),
            1,
            [Live, Done, Ended],
        ),
        (
            "the leaf, then all",
            {
                Stage::free()
                    .ends(&agent(2), 2, completed)
                    .ends(&agent(0), 0, TaskEnding::Revoked)
            },
            1,
            [Ended, Ended, Done],
        ),
        (
            "failed",
            Stage::free().ends(&agent(1), 1, failed),
            1,
            [Live, Ended, Ended],
        ),
        (
            "by the company",
            Stage::free().ends(&key(COMPANY), 1, failed),
            1,
            [Live, Ended, Ended],
        ),
        (
            "by one below",
            Stage::free().ends(&agent(2), 1, failed),
            1,
            [Live, Live, Live],
        ),
        (
            "revoked after it was completed",
            {
                Stage::free()
                    .ends(&agent(1), 1, completed)
                    .ends(&agent(0), 1, TaskEnding::Revoked)
            },
            1,
            [Live, Ended, Ended],
        ),
        (
            "completed, and then expired",
            Stage::free().ends(&agent(1), 1, completed),
            LIFETIME,
            [Closed, Done, Ended],
        ),
        (
            "ended while it waits",
            on_middle(barrier()).ends(&agent(0), 1, failed),
            1,
            [Live, Ended, Ended],
        ),
    ];
    for (case, stage, seconds, expected) in cases {
        assert_eq!(stage.states(seconds), expected, "{case}");
    }
}

/// A mission that only a task further down lives by may fire the event on which all of it ends.
#[test]
fn an_event_is_fired_from_further_down() {
    let over = vec![Limit::ends_on(label("over"))];
    let mut stage = Stage::new([over, vec![Limit::lives_by(desk())], vec![]]);
    let mut slides = Controller::new(public(DESK), Seconds::new(30));
    stage.notices.push(signed(
        slides
            .begin(&mission(DESK, "slides"), [1; 16], at(0))
            .unwrap(),
        &key(DESK),
    ));
    let fired = slides
        .fire(&mission(DESK, "slides"), label("over"), [2; 16], at(1))
        .unwrap();
    stage.notices.push(signed(fired, &key(DESK)));
    assert_eq!(stage.states(1), [Live, Ended, Ended]);
}

/// A clock that is behind is forgiven by the same leeway in pictures and decisions.
#[test]
fn the_leeway_opens_early() {
    let from = vec![Limit::window(Window::opening(at(100)))];
    let mut stage = Stage::new([vec![], from, vec![]]);
    let holder = agent(3);
    let chain = stage.chains[0].chain();
    let late = chain
        .delegate(
            terms(chain, &holder, tools(&["crm.read"]), [4; 16]),
            at(100),
        )
        .unwrap();
    let late = stage
        .verifier
        .verify(&chain.extend(late.sign(&agent(0)).unwrap()).unwrap())
        .unwrap();
    stage.chains.push(late);
    assert_eq!(stage.states(69), [Live, Dormant, Dormant, Dormant]);
    assert_eq!(stage.states(70), [Live, Live, Live, Live]);
    stage.verifier = stage.verifier.with_leeway(Seconds::new(0));
    stage.chains = stage
        .chains
        .iter()
        .map(|chain| stage.verifier.verify(chain.chain()).unwrap())
        .collect();
    assert_eq!(stage.states(99), [Live, Dormant, Dormant, Dormant]);
    assert_eq!(stage.states(100), [Live, Live, Live, Live]);
}

#[test]
fn the_end_of_a_replaced_mandate_is_that_of_its_replacement() {
    let mut stage = Stage::free();
    let fresh = rebind_leaf(
        &stage.chains[2],
        agent(4).public(),
        [4; 16],
        &stage.register(),
        at(1),
    )
    .unwrap();
    let rebound = stage.chains[1]
        .chain()
        .extend(fresh.sign(&agent(1)).unwrap())
        .unwrap();
    stage.chains.push(stage.verifier.verify(&rebound).unwrap());
    assert_eq!(stage.states(1), [Live, Live, Live, Live]);
    let ended = stage.ends(&agent(1), 2, TaskEnding::Revoked);
    assert_eq!(ended.states(1), [Live, Live, Ended, Ended]);

    let mut other = Stage::free();
    let fresh = rebind_leaf(
        &other.chains[2],
        agent(4).public(),
        [4; 16],
        &other.register(),
        at(1),
    )
    .unwrap();
    let rebound = other.chains[1]
        .chain()
        .extend(fresh.sign(&agent(1)).unwrap())
        .unwrap();
    other.chains.push(other.verifier.verify(&rebound).unwrap());
    let ended = other.ends(&agent(1), 3, TaskEnding::Revoked);
    assert_eq!(
        ended.states(1),
        [Live, Live, Live, Ended],
        "but not the other way round"
    );
}

#[test]
fn chains_that_do_not_hold_together_are_not_added() {
    let verifier = verifier();
    let chain = root(
        &key(ORCHESTRATOR),
        tools(&["crm.read"]),
        life(&qbr()),
        vec![],
        [1; 16],
    );
    let token = chain.root().as_bytes().to_vec();
    let child = child_of(&token).token();
    let below = child_of(&child).signed_by(HELPER).token();
    let long = child_of(&token)
        .term(4, cbor::text(&"x".repeat(250)))
        .token();
    let mut graph = ExecutionGraph::new(&verifier);
    graph.add(&chain).unwrap();

    let spliced = graph
        .add(&chain_of(&[token.clone(), below.clone()]))
        .unwrap_err();
    assert!(matches!(
        (spliced.link, spliced.kind),
        (1, ChainErrorKind::ParentMismatch { .. })
    ));
    let deep = graph
        .add(&chain_of(&[token.clone(), child.clone(), child.clone()]))
        .unwrap_err();
    assert!(matches!(
        (deep.link, deep.kind),
        (2, ChainErrorKind::ParentMismatch { .. })
    ));
    let long = graph.add(&chain_of(&[token.clone(), long])).unwrap_err();
    assert!(matches!(
        (long.link, long.kind),
        (1, ChainErrorKind::Task(_))
    ));

    let strange = anchor("https://strange.example", STRANGER);
    let issuer: Issuer = strange.issuer().clone();
    let strange = root_of(
        &strange,
        STRANGER,
        &agent(0),
        tools(&["crm.read"]),
        Life::ExpiryOnly,
        vec![],
        [1; 16],
    );
    let unknown = graph.add(&strange).unwrap_err();
    assert_eq!(
        (unknown.link, unknown.kind),
        (0, ChainErrorKind::UnknownIssuer { issuer })
    );
    assert_eq!(graph.len(), 1, "none of it was added");

    graph.add(&chain_of(&[token, child, below])).unwrap();
    assert_eq!(graph.len(), 3);
}

/// A graph is the same however it was built: from the leaf, which brings along what is above it, or
/// link by link.
#[test]
fn what_is_known_already_is_not_added_again() {
    let stage = Stage::new([vec![], vec![Limit::lives_by(desk())], waves(0, 3)]);
    let graph = |chains: &[&VerifiedChain]| {
        let mut graph = ExecutionGraph::new(&stage.verifier);
        assert!(graph.is_empty());
        chains
            .iter()
            .for_each(|chain| graph.add(chain.chain()).unwrap());
        assert_eq!(graph.len(), 3);
        // All that it holds, with no regard to the order in which its index prints.
        let mut text: Vec<char> = format!("{graph:?}").chars().collect();
        text.sort_unstable();
        text
    };
    let [root, middle, leaf] = &stage.chains[..] else {
        panic!("three chains")
    };
    let at_once = graph(&[leaf]);
    assert_eq!(graph(&[root, middle, leaf]), at_once);
    assert_eq!(graph(&[root, leaf, middle, leaf]), at_once);
}
