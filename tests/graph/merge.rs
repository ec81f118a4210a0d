//! Merge points: exactly what the branches have in common, under their limits, once they are done.

use crate::forging::forge::chain_of;
use crate::forging::story::{child_of, confirmation, encoded_powers};
use crate::stage::*;
use crate::support::{
    COMPANY, LIFETIME, OFFICE, Random, STRANGER, at, here, key, label, mission, public, signed,
    verifier,
};
use crate::world::capability;
use mandatum::chain::ChainErrorKind;
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::decide::Facts;
use mandatum::graph::{Merge, MergeError, merge};
use mandatum::limits::{
    AudienceSet, Barrier, Condition, LimitError, LimitRule, MaxAge, Waves, Window,
};
use mandatum::mission::Watches;
use mandatum::powers::CoverageGap;
use mandatum::{
    Audience, Budget, Capability, Chain, ChainError, Constraint, Controller, DecisionContext,
    DenialCode, Effect, Limit, LivesBy, Notice, Powers, Seconds, ServerContext, SigningKey,
    VerifiedChain, Verifier,
};

const ORCHESTRATOR: usize = 1000;
const WRITER: usize = 1001;

/// An orchestrator's root that lives by the office's mission, and branches of it.
struct Stage {
    verifier: Verifier,
    root: VerifiedChain,
    controller: Controller,
    notices: Vec<Notice>,
}

impl Stage {
    fn new(powers: Powers) -> Self {
        Self::with(powers, vec![])
    }

    /// The root has these limits.
    fn with(powers: Powers, limits: Vec<Limit>) -> Self {
        let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
        let begun = signed(
            controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
            &key(OFFICE),
        );
        let verifier = verifier();
        let chain = root(&agent(ORCHESTRATOR), powers, life(&qbr()), limits, [1; 16]);
        Self {
            root: verifier.verify(&chain).unwrap(),
            verifier,
            controller,
            notices: vec![begun],
        }
    }

    fn branch(&self, number: u8, powers: Powers, limits: Vec<Limit>) -> VerifiedChain {
        let (by, to) = (agent(ORCHESTRATOR), agent(number.into()));
        child(
            &self.verifier,
            &self.root,
            &by,
            &to,
            powers,
            limits,
            [number; 16],
        )
    }

    fn merged(&self, branches: &[VerifiedChain], terms: Merge) -> VerifiedChain {
        let token = merge(&self.root, branches, terms, at(0))
            .unwrap()
            .sign(&agent(ORCHESTRATOR))
            .unwrap();
        self.verifier
            .verify(&self.root.chain().extend(token).unwrap())
            .unwrap()
    }

    fn says(&mut self, by: &SigningKey, of: &VerifiedChain, ending: TaskEnding) {
        let end = TaskEnd::by_holder(
            NoticeHeader::new([2; 16], by.public(), at(0)),
            of.chain().leaf_id(),
            ending,
            at(LIFETIME),
        );
        self.notices.push(signed(end, by));
    }

    /// Why reading a note is refused under a chain at this time; `None` if it is not.
    fn refused(&self, chain: &VerifiedChain, tool: &str, seconds: u64) -> Option<DenialCode> {
        let mut register = empty_register();
        for notice in &self.notices {
            let _ = register.apply(notice, &Watches::new(chain), at(LIFETIME));
        }
        let context = DecisionContext::new(ServerContext::new(at(seconds), here()), &register);
        self.verifier
            .preview(chain, &asked(&action(tool, "acme", Effect::Read)), &context)
            .err()
            .map(|denial| denial.code())
    }
}

fn ticket_is_open() -> Limit {
    Limit::condition(Condition {
        fact: label("ticket/INC-42"),
        holds: Constraint::one_of(["open"]).unwrap(),
        max_age: Seconds::new(60),
    })
}

fn merge_terms() -> Merge {
    Merge::new([99; 16], agent(WRITER).public(), at(LIFETIME))
}

#[test]
fn a_merge_point_has_what_all_its_branches_have_and_no_more() {
    let (universe, mut nonempty) = (universe(), 0);
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let stage = Stage::new(tools(&["crm.*", "files.*", "pay.send"]));
        let count = 1 + random.below(3);
        let branch = |number: usize, random: &mut Random| {
            let some = Powers::new((0..4).map(|_| capability(random))).unwrap();
            stage.branch(u8::try_from(number + 1).unwrap(), some, vec![])
        };
        let branches: Vec<VerifiedChain> = (0..count)
            .map(|number| branch(number, &mut random))
            .collect();
        let merged = stage.merged(&branches, merge_terms());
        let held: Vec<Calls> = branches
            .iter()
            .map(|branch| permitted(&branch.chain().leaf().powers, &universe))
            .collect();
        let mut common = held[0].clone();
        common.retain(|call| held.iter().all(|held| held.contains(call)));
        assert_eq!(
            permitted(&merged.chain().leaf().powers, &universe),
            common,
            "seed {seed}"
        );
        nonempty += usize::from(!common.is_empty());

        // Asked for anything, it is given exactly that, or names the branch and a call that it
        // lacks.
        let asked = Powers::new((0..2).map(|_| capability(&mut random))).unwrap();
        let wanted = permitted(&asked, &universe);
        match merge(
            &stage.root,
            &branches,
            merge_terms().with_powers(asked.clone()),
            at(0),
        ) {
            Ok(minted) => {
                assert_eq!(minted.claims().link.powers, asked);
                assert!(
                    wanted.is_subset(&common),
                    "seed {seed}: beyond what they have in common"
                );
            }
            Err(MergeError::BeyondBranch {
                branch,
                not_covered,
            }) => {
                let witness = not_covered.witness.expect("a call that shows it");
                assert!(asked.permits(&witness).is_ok());
                let held = &branches[branch].chain().leaf().powers;
                let counts = if asked.capabilities()[not_covered.entry].is_delegable() {
                    delegable(held)
                } else {
                    held.clone()
                };
                assert!(counts.permits(&witness).is_err(), "seed {seed}: {witness}");
                for earlier in &branches[..branch] {
                    assert!(
                        earlier.chain().leaf().powers.covers(&asked).is_ok(),
                        "seed {seed}: the first is named"
                    );
                }
            }
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    assert!(
        nonempty > 30,
        "{nonempty} merge points with any power are few"
    );
}

#[test]
fn what_a_branch_may_not_pass_on_its_merge_point_may_not_either() {
    let stage = Stage::new(tools(&["crm.read"]));
    let kept = Powers::new([Capability::new("crm.read", Effect::Irreversible)
        .unwrap()
        .allow_others()])
    .unwrap();
    let branches = [
        stage.branch(1, tools(&["crm.read"]), vec![]),
        stage.branch(2, kept.clone(), vec![]),
    ];
    assert_eq!(
        stage.merged(&branches, merge_terms()).chain().leaf().powers,
        kept
    );
    assert_eq!(
        stage
            .merged(&branches, merge_terms().with_powers(kept))
            .chain()
            .len(),
        2
    );
    let error = merge(
        &stage.root,
        &branches,
        merge_terms().with_powers(tools(&["crm.read"])),
        at(0),
    )
    .unwrap_err();
    let MergeError::BeyondBranch {
        branch: 1,
        not_covered,
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (not_covered.entry, not_covered.gap),
        (0, CoverageGap::NotDelegable)
    );
}

#[test]
fn asked_for_more_the_branch_that_lacks_it_is_named_and_then_the_ancestor() {
    let stage = Stage::new(tools(&["crm.read", "crm.write"]));
    let both = tools(&["crm.read", "crm.write"]);
    let branches = [
        stage.branch(1, both.clone(), vec![]),
        stage.branch(2, tools(&["crm.read"]), vec![]),
    ];
    let error = merge(
        &stage.root,
        &branches,
        merge_terms().with_powers(both),
        at(0),
    )
    .unwrap_err();
    let MergeError::BeyondBranch {
        branch: 1,
        not_covered,
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(not_covered.witness.unwrap().tool.as_str(), "crm.write");

    // And more than the ancestor has, it can pass on in no way at all.
    let more = terms(
        stage.root.chain(),
        &agent(WRITER),
        tools(&["pay.send"]),
        [99; 16],
    );
    let ChainError { kind: broken, .. } = stage.root.chain().delegate(more, at(0)).unwrap_err();
    let ChainErrorKind::BeyondParent(beyond) = broken else {
        panic!("{broken}")
    };
    assert_eq!(beyond.witness.unwrap().tool.as_str(), "pay.send");
}

/// Each limit, and whether a merge point keeps it.
#[test]
fn limits_are_carried_but_those_that_say_when() {
    let audience = || AudienceSet::new([Audience::new("https://crm.example").unwrap()]).unwrap();
    let slides = LivesBy::new(mission(11, "slides"), MaxAge::uniform(Seconds::new(60)));
    let waves = Waves::only(qbr(), 3);
    let awaited = Barrier::new([(
        mandatum::primitives::MandateId::from_bytes([5; 32]),
        public(STRANGER),
    )])
    .unwrap();
    let cases = [
        (Limit::audience(audience()), true),
        (
            Limit::audience(audience())
                .with_tools(["crm.read"])
                .unwrap(),
            true,
        ),
        (Limit::signed_calls(), true),
        (ticket_is_open(), true),
        (Limit::lives_by(slides), true),
        (Limit::ends_on(label("over")), true),
        (Limit::window(Window::closing(at(60))), false),
        (Limit::waves(waves), false),
        (Limit::barrier(awaited), false),
    ];
    // The root names the fact.
    let stage = Stage::with(tools(&["crm.read"]), vec![ticket_is_open()]);
    for (limit, is_kept) in cases {
        let limited = stage.branch(1, tools(&["crm.read"]), vec![limit.clone()]);
        let free = stage.branch(2, tools(&["crm.read"]), vec![]);
        let merged = stage.merged(&[free.clone(), limited.clone()], merge_terms());
        let has = |chain: &VerifiedChain| {
            chain
                .chain()
                .leaf()
                .limits
                .iter()
                .any(|held| *held == limit)
        };
        assert_eq!(has(&merged), is_kept, "{limit}");
        assert_eq!(
            merged.chain().leaf().limits.iter().len(),
            if is_kept { 2 } else { 1 },
            "{limit}"
        );

        // Said by both, it is said once; said further down a branch, it is kept the same.
        let twice = stage.branch(3, tools(&["crm.read"]), vec![limit.clone()]);
        let merged = stage.merged(&[limited.clone(), twice], merge_terms());
        assert_eq!(
            merged
                .chain()
                .leaf()
                .limits
                .iter()
                .filter(|held| **held == limit)
                .count(),
            usize::from(is_kept)
        );
        let deep = child(
            &stage.verifier,
            &free,
            &agent(2),
            &agent(4),
            tools(&["crm.read"]),
            vec![limit.clone()],
            [4; 16],
        );
        assert_eq!(
            has(&stage.merged(
                &[deep, stage.branch(5, tools(&["crm.read"]), vec![])],
                merge_terms()
            )),
            is_kept
        );
    }
    // What the minter adds is there besides.
    let window = Limit::window(Window::closing(at(60)));
    let branches = [stage.branch(1, tools(&["crm.read"]), vec![Limit::signed_calls()])];
    let merged = stage.merged(&branches, merge_terms().with_limits([window.clone()]));
    let rules: Vec<&LimitRule> = merged
        .chain()
        .leaf()
        .limits
        .iter()
        .map(Limit::rule)
        .collect();
    assert!(
        matches!(
            rules[..],
            [
                LimitRule::SignedCalls,
                LimitRule::Window(_),
                LimitRule::Barrier(_)
            ]
        ),
        "{rules:?}"
    );
}

#[test]
fn a_carried_condition_is_asked_of_the_merge_point() {
    // The root names the fact, for other calls.
    let named = ticket_is_open().with_tools(["files.read"]).unwrap();
    let mut stage = Stage::with(tools(&["crm.read", "files.read"]), vec![named]);
    let branch = stage.branch(1, tools(&["crm.read"]), vec![ticket_is_open()]);
    let merged = stage.merged(std::slice::from_ref(&branch), merge_terms());
    stage.says(&agent(1), &branch, TaskEnding::Completed);
    assert_eq!(
        stage.refused(&merged, "crm.read", 1),
        Some(DenialCode::FactUnknown)
    );
    let mut register = empty_register();
    for notice in &stage.notices {
        register
            .apply(notice, &Watches::new(&merged), at(1))
            .unwrap();
    }
    let facts = Facts::none().with_fact(
        label("ticket/INC-42"),
        "open",
        at(1),
        [ISSUER.parse().unwrap()],
    );
    let context =
        DecisionContext::new(ServerContext::new(at(1), here()), &register).with_facts(&facts);
    assert!(
        stage
            .verifier
            .preview(
                &merged,
                &asked(&action("crm.read", "acme", Effect::Read)),
                &context
            )
            .is_ok()
    );
}

#[test]
fn it_waits_for_its_branches_by_the_word_of_those_who_may_say_so() {
    let completed = TaskEnding::Completed;
    let branches =
        |stage: &Stage| [1, 2].map(|number| stage.branch(number, tools(&["crm.read"]), vec![]));
    let closed = Some(DenialCode::BarrierClosed);
    // Who says what of which branch, and what comes of it.
    type NoticeHeader = (SigningKey, usize, TaskEnding);
    let cases: Vec<(&str, Vec<NoticeHeader>, Option<DenialCode>)> = vec![
        ("nobody", vec![], closed),
        ("one branch", vec![(agent(1), 0, completed)], closed),
        (
            "both",
            vec![(agent(1), 0, completed), (agent(2), 1, completed)],
            None,
        ),
        (
            "one of the other",
            vec![(agent(1), 0, completed), (agent(1), 1, completed)],
            closed,
        ),
        (
            "the minter",
            vec![
                (agent(ORCHESTRATOR), 0, completed),
                (agent(2), 1, completed),
            ],
            None,
        ),
        (
            "a stranger",
            vec![(key(STRANGER), 0, completed), (agent(2), 1, completed)],
            closed,
        ),
        (
            "the company, which did not mint it",
            vec![(key(COMPANY), 0, completed), (agent(2), 1, completed)],
            closed,
        ),
        (
            "the merge point itself",
            vec![(agent(WRITER), 0, completed), (agent(2), 1, completed)],
            closed,
        ),
        (
            "failed",
            vec![(agent(1), 0, TaskEnding::Failed), (agent(2), 1, completed)],
            Some(DenialCode::BarrierBroken),
        ),
        (
            "abandoned",
            vec![(agent(1), 0, TaskEnding::Abandoned)],
            Some(DenialCode::BarrierBroken),
        ),
        (
            "revoked after it was completed",
            vec![
                (agent(1), 0, completed),
                (agent(2), 1, completed),
                (agent(ORCHESTRATOR), 0, TaskEnding::Revoked),
            ],
            Some(DenialCode::BarrierBroken),
        ),
    ];
    for (case, said, expected) in cases {
        let mut stage = Stage::new(tools(&["crm.read"]));
        let branches = branches(&stage);
        let merged = stage.merged(&branches, merge_terms());
        for (by, branch, ending) in &said {
            stage.says(by, &branches[*branch], *ending);
        }
        assert_eq!(stage.refused(&merged, "crm.read", 1), expected, "{case}");
    }
    // The controller's word counts too.
    let mut stage = Stage::new(tools(&["crm.read"]));
    let branches = branches(&stage);
    let merged = stage.merged(&branches, merge_terms());
    for (number, branch) in (1..).zip(&branches) {
        let id = branch.chain().leaf_id();
        let end = stage
            .controller
            .end_task(&qbr(), id, completed, at(LIFETIME), [number; 16], at(0))
            .unwrap()
            .notice;
        stage.notices.push(signed(end, &key(OFFICE)));
    }
    assert_eq!(stage.refused(&merged, "crm.read", 1), None);
}

#[test]
fn a_quorum_is_enough_at_once_or_after_the_deadline() {
    let mut stage = Stage::new(tools(&["crm.read"]));
    let branches = [1, 2, 3].map(|number| stage.branch(number, tools(&["crm.read"]), vec![]));
    let at_once = stage.merged(&branches, merge_terms().with_quorum(2));
    let patient = stage.merged(
        &branches,
        merge_terms().with_quorum(2).with_deadline(at(300)),
    );
    let all = stage.merged(&branches, merge_terms().with_deadline(at(300)));
    stage.says(&agent(1), &branches[0], TaskEnding::Completed);
    assert_eq!(
        stage.refused(&at_once, "crm.read", 400),
        Some(DenialCode::BarrierClosed)
    );
    assert_eq!(
        stage.refused(&patient, "crm.read", 400),
        Some(DenialCode::BarrierClosed)
    );

    stage.says(&agent(2), &branches[1], TaskEnding::Completed);
    assert_eq!(stage.refused(&at_once, "crm.read", 1), None);
    assert_eq!(
        stage.refused(&patient, "crm.read", 299),
        Some(DenialCode::BarrierClosed)
    );
    assert_eq!(stage.refused(&patient, "crm.read", 300), None);
    assert_eq!(
        stage.refused(&all, "crm.read", 400),
        Some(DenialCode::BarrierClosed),
        "a deadline alone lowers no quorum"
    );

    stage.says(&agent(3), &branches[2], TaskEnding::Failed);
    assert_eq!(
        stage.refused(&all, "crm.read", 400),
        Some(DenialCode::BarrierBroken)
    );
    assert_eq!(
        stage.refused(&patient, "crm.read", 299),
        Some(DenialCode::BarrierClosed)
    );
    assert_eq!(stage.refused(&patient, "crm.read", 300), None);

    for (quorum, count) in [(0, 1), (4, 3), (usize::MAX, 3)] {
        let error = merge(
            &stage.root,
            &branches[..count],
            merge_terms().with_quorum(quorum),
            at(0),
        )
        .unwrap_err();
        assert_eq!(
            error,
            MergeError::Limit(LimitError::Quorum {
                quorum,
                tasks: count
            })
        );
    }
}

#[test]
fn branches_that_are_none() {
    let stage = Stage::new(tools(&["crm.read"]));
    let one = stage.branch(1, tools(&["crm.read"]), vec![]);
    let refused = |branches: &[VerifiedChain]| {
        merge(&stage.root, branches, merge_terms(), at(0)).unwrap_err()
    };
    assert_eq!(refused(&[]), MergeError::NoBranch);
    assert_eq!(
        refused(&[one.clone(), one.clone()]),
        MergeError::Limit(LimitError::TaskTwice)
    );
    assert_eq!(
        refused(&[one.clone(), stage.root.clone()]),
        MergeError::NotBelow { branch: 1 }
    );

    // From another root, though it looks the same and has the same holders.
    let other = root(
        &agent(ORCHESTRATOR),
        tools(&["crm.read"]),
        life(&qbr()),
        vec![],
        [7; 16],
    );
    let other = stage.verifier.verify(&other).unwrap();
    let (by, to) = (agent(ORCHESTRATOR), agent(1));
    let cousin = child(
        &stage.verifier,
        &other,
        &by,
        &to,
        tools(&["crm.read"]),
        vec![],
        [1; 16],
    );
    assert_eq!(
        refused(&[one.clone(), cousin]),
        MergeError::NotBelow { branch: 1 }
    );

    let strict = stage.verifier.clone().with_leeway(Seconds::new(1));
    let elsewhere = strict.verify(one.chain()).unwrap();
    assert_eq!(
        refused(&[elsewhere]),
        MergeError::OtherConfiguration { branch: 0 }
    );

    let many: Vec<VerifiedChain> = (1..=129)
        .map(|number| stage.branch(number, Powers::none(), vec![]))
        .collect();
    assert_eq!(
        refused(&many),
        MergeError::Limit(LimitError::BarrierTasks { found: 129 })
    );
    assert!(merge(&stage.root, &many[..100], merge_terms(), at(0)).is_ok());
}

/// Branches of hostile holders carry so many limits that comparing each with each would take
/// minutes; they are refused as soon as they are too many.
#[test]
fn too_many_limits_are_refused_before_all_are_compared() {
    let stage = Stage::new(tools(&["crm.read"]));
    let branches: Vec<VerifiedChain> = (1..=128_u8)
        .map(|number| {
            let events =
                (0..32).map(|event| Limit::ends_on(label(&format!("event-{number}-{event}"))));
            stage.branch(number, tools(&["crm.read"]), events.collect())
        })
        .collect();
    let error = merge(&stage.root, &branches, merge_terms(), at(0)).unwrap_err();
    assert_eq!(error, MergeError::Limit(LimitError::TooMany { found: 33 }));
}

#[test]
fn a_branch_may_be_deeper_and_its_leaf_counts() {
    let mut stage = Stage::new(tools(&["crm.read", "crm.write"]));
    let wide = stage.branch(1, tools(&["crm.read", "crm.write"]), vec![]);
    let deep = child(
        &stage.verifier,
        &wide,
        &agent(1),
        &agent(2),
        tools(&["crm.read"]),
        vec![],
        [2; 16],
    );
    let other = stage.branch(3, tools(&["crm.read", "crm.write"]), vec![]);
    let merged = stage.merged(&[deep.clone(), other.clone()], merge_terms());
    assert_eq!(
        permitted(&merged.chain().leaf().powers, &universe()),
        permitted(&tools(&["crm.read"]), &universe())
    );
    stage.says(&agent(2), &deep, TaskEnding::Completed);
    stage.says(&agent(3), &other, TaskEnding::Completed);
    assert_eq!(stage.refused(&merged, "crm.read", 1), None);
    // Who is between the minter and the branch issued the branch, and reports it as well.
    let mut stage = Stage::new(tools(&["crm.read", "crm.write"]));
    stage.says(&agent(1), &deep, TaskEnding::Completed);
    stage.says(&agent(3), &other, TaskEnding::Completed);
    assert_eq!(stage.refused(&merged, "crm.read", 1), None);
    assert_eq!(
        stage.refused(&deep, "crm.read", 1),
        Some(DenialCode::TaskEnded)
    );
}

/// `merge` bounds who asks it. Who does not ask, and makes children by hand, is bounded by its own
/// chain.
#[test]
fn a_hostile_minter_is_bounded_by_its_own_chain() {
    let seeds = (
        crate::forging::story::ORCHESTRATOR,
        crate::forging::story::HELPER,
    );
    let verifier = verifier();
    let holder = key(seeds.0);
    let chain = root(&holder, tools(&["crm.read"]), life(&qbr()), vec![], [1; 16]);
    let token = chain.root().as_bytes().to_vec();
    let forged = |powers: Powers| {
        let child = child_of(&token)
            .term(0, encoded_powers(powers))
            .claim(8, confirmation(seeds.1));
        chain_of(&[token.clone(), child.signed_by(seeds.0).token()])
    };
    let honest: Chain = forged(tools(&["crm.read"]));
    assert!(
        verifier.verify(&honest).is_ok(),
        "what is forged below differs from this in its powers alone"
    );
    let ChainError { link, kind: broken } = verifier
        .verify(&forged(tools(&["crm.read", "crm.write"])))
        .unwrap_err();
    let ChainErrorKind::BeyondParent(beyond) = broken else {
        panic!("{broken}")
    };
    assert_eq!(
        (link, beyond.witness.unwrap().tool.as_str()),
        (1, "crm.write")
    );

    // The holder of a merge point makes a child without its barrier: the barrier above still holds
    // it.
    let stage = Stage::new(tools(&["crm.read"]));
    let branch = stage.branch(1, tools(&["crm.read"]), vec![]);
    let merged = stage.merged(&[branch], merge_terms().with_hops(1));
    let below = child(
        &stage.verifier,
        &merged,
        &agent(WRITER),
        &agent(5),
        tools(&["crm.read"]),
        vec![],
        [5; 16],
    );
    assert_eq!(
        stage.refused(&below, "crm.read", 1),
        Some(DenialCode::BarrierClosed)
    );
}

/// A call that needs what two chains have half each is permitted under neither, nor under what
/// merges them.
#[test]
fn halves_never_add_up() {
    let half = |effect, accounts: &[&str]| {
        let accounts = Constraint::one_of(accounts.iter().copied()).unwrap();
        let tool = Capability::new("crm.write", effect)
            .unwrap()
            .require("account", accounts)
            .unwrap();
        Powers::new([tool.allow_delegation()]).unwrap()
    };
    let mut stage = Stage::new(tools(&["crm.write"]));
    let far = stage.branch(1, half(Effect::Irreversible, &["beta"]), vec![]);
    let right = stage.branch(2, half(Effect::Read, &["acme", "beta"]), vec![]);
    let merged = stage.merged(&[far.clone(), right.clone()], merge_terms());
    stage.says(&agent(1), &far, TaskEnding::Completed);
    stage.says(&agent(2), &right, TaskEnding::Completed);
    let mut register = empty_register();
    let mut watches = Watches::none();
    [&far, &right, &merged]
        .into_iter()
        .for_each(|chain| watches.extend(&Watches::new(chain)));
    for notice in &stage.notices {
        register.apply(notice, &watches, at(1)).unwrap();
    }
    let context = DecisionContext::new(ServerContext::new(at(1), here()), &register);
    let wanted = action("crm.write", "acme", Effect::Irreversible);
    for chain in [&far, &right, &merged] {
        assert!(
            stage
                .verifier
                .preview(chain, &asked(&wanted), &context)
                .is_err()
        );
    }
    // What both have is permitted at the merge point, so it was not for other reasons.
    assert!(
        stage
            .verifier
            .preview(
                &merged,
                &asked(&action("crm.write", "beta", Effect::Read)),
                &context
            )
            .is_ok()
    );
}

/// The ancestor may be a child itself: the accounts that its own holder named keep their names, and
/// only those.
#[test]
fn below_a_child_accounts_are_named_after_whoever_named_them() {
    let stage = Stage::new(tools(&["crm.read"]));
    let calls = |name: &str| Limit::budget(Budget::calls(label(name), label("eu-1"), 9));
    let below = |above: &VerifiedChain, by: usize, to: usize, limits: Vec<Limit>| {
        let id = [u8::try_from(to).unwrap(); 16];
        child(
            &stage.verifier,
            above,
            &agent(by),
            &agent(to),
            tools(&["crm.read"]),
            limits,
            id,
        )
    };
    let lead = below(&stage.root, ORCHESTRATOR, 1, vec![calls("above")]);
    let one = below(&lead, 1, 2, vec![calls("own")]);
    let deep = below(&below(&lead, 1, 3, vec![]), 3, 4, vec![calls("far")]);
    let merged = merge(&lead, &[one, deep], merge_terms(), at(0)).unwrap();
    let accounts: Vec<String> = merged
        .claims()
        .link
        .limits
        .iter()
        .filter_map(|limit| match limit.rule() {
            LimitRule::Budget(budget) => Some(budget.account().to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        accounts,
        ["own".to_owned(), format!("far of {}", agent(3).public())]
    );
}

/// A merge point has no power for the tools of a limit that one branch alone has a power for. The
/// limit goes along, for a later answer to a request could give these.
#[test]
fn a_limit_on_tools_that_the_merge_point_has_not_goes_along() {
    let stage = Stage::new(tools(&["crm.*"]));
    let scoped = |tool: &str| Limit::signed_calls().with_tools([tool]).unwrap();
    let wide = stage.branch(
        1,
        tools(&["crm.*"]),
        vec![scoped("crm.write"), scoped("crm.*")],
    );
    let narrow = stage.branch(2, tools(&["crm.read"]), vec![scoped("crm.read")]);
    let merged = stage.merged(&[wide.clone(), narrow.clone()], merge_terms());
    let kept: Vec<&Limit> = merged.chain().leaf().limits.iter().take(3).collect();
    assert_eq!(
        kept,
        [&scoped("crm.write"), &scoped("crm.*"), &scoped("crm.read")]
    );
    assert_eq!(
        merged.chain().leaf().limits.iter().len(),
        4,
        "and the barrier"
    );
    // A tool that nobody has is its minter's mistake.
    let error = merge(
        &stage.root,
        &[wide, narrow],
        merge_terms().with_limits([scoped("crn.write")]),
        at(0),
    )
    .unwrap_err();
    let MergeError::Chain(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.kind, ChainErrorKind::ScopeMeetsNothing { limit: 3 });
}
