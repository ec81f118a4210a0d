//! Answers to requests: whoever asks keeps every limit that it has.

use crate::stage::*;
use crate::support::{
    COMPANY, LIFETIME, OFFICE, Random, at, here, key, label, public, signed, verifier,
};
use mandatum::chain::ChainErrorKind;
use mandatum::charge::Demand;
use mandatum::claims::NoticeHeader;
use mandatum::decide::{Facts, Presentation, Presenter};
use mandatum::denial::{AccessRequest, AnswerError};
use mandatum::limits::{
    ApprovalGate, Barrier, Condition, LimitError, LimitRule, MaxAge, RateLimit, SeparationOfDuty,
    ToolSet, Waves, Window,
};
use mandatum::mission::Watches;
use mandatum::primitives::{AccountId, MandateId, Number};
use mandatum::{
    Action, AttestedGrant, Budget, Call, Capability, Chain, Constraint, Controller,
    DecisionContext, Denial, DenialCode, Digest, Effect, Lifetime, Limit, Limits, LivesBy,
    MemoryLedger, Mission, Notice, Powers, Register, Root, Seconds, ServerContext, Unsettled,
    VerifiedChain, Verifier, issue,
};
use std::collections::BTreeMap;

const LEAD: usize = 0;
const HELPER: usize = 1;
const INTERN: usize = 2;

/// A lead's root with `limits`, below it a helper's mandate and below that an intern's.
fn chains(limits: [Vec<Limit>; 3]) -> [VerifiedChain; 3] {
    let verifier = verifier();
    let [of_lead, of_helper, of_intern] = limits;
    let life = life(&qbr());
    let lead = verifier
        .verify(&root(&agent(LEAD), everything(), life, of_lead, [1; 16]))
        .unwrap();
    let little = tools(&["crm.read"]);
    let helper = child(
        &verifier,
        &lead,
        &agent(LEAD),
        &agent(HELPER),
        little.clone(),
        of_helper,
        [2; 16],
    );
    let intern = child(
        &verifier,
        &helper,
        &agent(HELPER),
        &agent(INTERN),
        little,
        of_intern,
        [3; 16],
    );
    [lead, helper, intern]
}

fn everything() -> Powers {
    tools(&["crm.*", "files.*", "pay.send"])
}

/// What is known of a chain: its mission is active.
fn active(chain: &VerifiedChain) -> Register {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let begun: Notice = signed(
        controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    );
    let mut register = empty_register();
    register.apply(&begun, &Watches::new(chain), at(0)).unwrap();
    register
}

/// The wish of a chain's holder for these powers.
fn wish(asker: &VerifiedChain, powers: Powers) -> AccessRequest {
    AccessRequest {
        mandate: asker.chain().leaf_id(),
        holder: asker.chain().leaf().holder.clone(),
        task: asker.tasks().last().unwrap().clone(),
        powers,
    }
}

/// A wish for this call.
fn wanted(asker: &VerifiedChain, tool: &str) -> AccessRequest {
    let call = action(tool, "acme", Effect::Irreversible);
    wish(
        asker,
        Powers::new([Capability::exactly(&call).unwrap()]).unwrap(),
    )
}

fn by_child(
    parent: &VerifiedChain,
    by: usize,
    asker: &VerifiedChain,
    request: &AccessRequest,
) -> VerifiedChain {
    let terms = request
        .delegation(
            parent.chain(),
            asker,
            &active(asker),
            [9; 16],
            at(0),
            at(LIFETIME),
        )
        .unwrap();
    let minted = parent
        .chain()
        .delegate(terms, at(0))
        .unwrap()
        .sign(&agent(by))
        .unwrap();
    verifier()
        .verify(&parent.chain().extend(minted).unwrap())
        .unwrap()
}

fn by_root(asker: &VerifiedChain, request: &AccessRequest) -> VerifiedChain {
    let claims = claims_of_root(asker, request).unwrap();
    let minted = issue(&anchor(ISSUER, COMPANY), claims, at(0))
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    verifier().verify(&Chain::from(minted)).unwrap()
}

fn claims_of_root(asker: &VerifiedChain, request: &AccessRequest) -> Result<Root, AnswerError> {
    let consent = AttestedGrant::direct(label("bob"), at(0), Digest::hash("consent"));
    request.root(
        asker,
        &active(asker),
        [9; 16],
        Lifetime::new(at(0), at(LIFETIME)).unwrap(),
        consent,
    )
}

/// Each kind of limit, all about the calls that will be asked for.
fn one_of_each() -> Vec<Limit> {
    let fact = Condition {
        fact: label("ticket"),
        holds: Constraint::one_of(["open"]).unwrap(),
        max_age: Seconds::new(60),
    };
    let group = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let qbr = || qbr();
    vec![
        Limit::window(Window::closing(at(60))),
        Limit::audience(here()),
        Limit::signed_calls(),
        Limit::lives_by(LivesBy::new(qbr(), MaxAge::uniform(Seconds::new(60)))),
        Limit::condition(fact),
        Limit::ends_on(label("over")),
        Limit::waves(Waves::only(qbr(), 0)),
        Limit::barrier(Barrier::new([(MandateId::from_bytes([5; 32]), public(9))]).unwrap()),
        budget("helper", 1),
        Limit::rate_limit(
            RateLimit::new(label("pace"), label("eu-1"), 1, Seconds::new(60)).unwrap(),
        ),
        Limit::separation_of_duty(
            SeparationOfDuty::new(
                label("duty"),
                label("eu-1"),
                [group("crm.*"), group("pay.*")],
            )
            .unwrap(),
        ),
        Limit::approval_gate(ApprovalGate::new(1, [public(40)], Seconds::hours(1)).unwrap()),
    ]
}

fn budget(name: &str, max: u64) -> Limit {
    Limit::budget(Budget::calls(label(name), label("eu-1"), max))
}

#[test]
fn whoever_is_answered_keeps_each_kind_of_limit() {
    for limit in one_of_each() {
        // The root names the facts of all below, here by the very condition.
        let named = matches!(limit.rule(), LimitRule::Condition(_)).then(|| limit.clone());
        let [lead, helper, _] = chains([Vec::from_iter(named), vec![limit.clone()], vec![]]);
        let request = wanted(&helper, "pay.send");
        let set_for_good = matches!(
            limit.rule(),
            LimitRule::Barrier(_) | LimitRule::SeparationOfDuty(_)
        );
        let root = claims_of_root(&helper, &request).map(drop);
        assert_eq!(
            root.err(),
            set_for_good.then_some(AnswerError::SetBelow { link: 1 }),
            "{limit}"
        );
        let root = (!set_for_good).then(|| by_root(&helper, &request));
        for answer in [Some(by_child(&lead, LEAD, &helper, &request)), root]
            .into_iter()
            .flatten()
        {
            let carried: Vec<&LimitRule> = answer
                .chain()
                .leaf()
                .limits
                .iter()
                .map(Limit::rule)
                .collect();
            assert_eq!(carried.len(), 1, "{limit}");
            let is_same_kind =
                std::mem::discriminant(carried[0]) == std::mem::discriminant(limit.rule());
            assert!(is_same_kind, "{limit}: {carried:?}");
        }
    }
}

#[test]
fn limits_above_the_one_who_answers_stay_where_they_are() {
    let [lead, _, intern] = chains([
        vec![budget("lead", 5)],
        vec![budget("helper", 3)],
        vec![budget("intern", 2)],
    ]);
    let request = wanted(&intern, "crm.write");
    let names = |chain: &VerifiedChain| accounts(chain.chain().leaf().limits.iter());
    let deeper = format!("intern of {}", agent(HELPER).public());
    assert_eq!(
        names(&by_child(&lead, LEAD, &intern, &request)),
        ["helper".to_owned(), deeper.clone()]
    );
    let of_lead = format!("helper of {}", agent(LEAD).public());
    assert_eq!(
        names(&by_root(&intern, &request)),
        ["lead".to_owned(), of_lead, deeper]
    );
}

fn accounts<'a>(limits: impl Iterator<Item = &'a Limit>) -> Vec<String> {
    let budgets = limits.filter_map(|limit| match limit.rule() {
        LimitRule::Budget(budget) => Some(budget.account().to_string()),
        _ => None,
    });
    budgets.collect()
}

/// The helper names the lead's own pool; an answer by the lead does not let the helper's intern
/// spend from it.
#[test]
fn an_account_that_another_key_named_is_not_the_one_of_that_name() {
    let [lead, _, intern] = chains([
        vec![],
        vec![budget("helper", 3)],
        vec![budget("pool", 1_000)],
    ]);
    let answer = by_child(&lead, LEAD, &intern, &wanted(&intern, "crm.write"));
    let own = child(
        &verifier(),
        &lead,
        &agent(LEAD),
        &agent(7),
        everything(),
        vec![budget("pool", 10)],
        [7; 16],
    );
    let charged = |chain: &VerifiedChain| {
        charges(chain, "crm.write")
            .unwrap()
            .into_keys()
            .collect::<Vec<_>>()
    };
    let (of_answer, of_pool) = (charged(&answer), charged(&own));
    assert_eq!((of_answer.len(), of_pool.len()), (2, 1));
    assert!(!of_answer.contains(&of_pool[0]));
}

/// What a call under a chain is charged, by account, with the maximum; or why it is denied.
fn charges(chain: &VerifiedChain, tool: &str) -> Result<BTreeMap<AccountId, Number>, DenialCode> {
    let action = action(tool, "acme", Effect::Irreversible);
    let unsettled = decided(&verifier(), chain, &action, 1).map_err(|denial| denial.code())?;
    let spent = unsettled
        .charges()
        .charges()
        .iter()
        .filter_map(|charge| match charge.demand {
            Demand::Spend { max, .. } => Some((charge.account, max)),
            _ => None,
        });
    Ok(spent.collect())
}

fn decided(
    verifier: &Verifier,
    chain: &VerifiedChain,
    action: &Action,
    seconds: u64,
) -> Result<Unsettled, Denial> {
    decided_call(verifier, chain, &asked(action), seconds)
}

fn decided_call(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &Call,
    seconds: u64,
) -> Result<Unsettled, Denial> {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let begun: Notice = signed(
        controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    );
    let mut register = empty_register();
    register.apply(&begun, &Watches::new(chain), at(1)).unwrap();
    let facts = Facts::none().with_fact(label("ticket"), "open", at(1), [ISSUER.parse().unwrap()]);
    let ledgers = [label("eu-1")];
    let context = DecisionContext::new(ServerContext::new(at(seconds), here()), &register)
        .with_facts(&facts)
        .with_ledgers(&ledgers);
    let holder = chain.chain().leaf().holder.key;
    let presenter = Presenter::Asserted {
        holder,
        leaf: chain.chain().leaf_id(),
    };
    verifier.decide(chain, &Presentation { call, presenter }, &context)
}

/// Asking once for one tool and then, under the answer, for another is no way around a limit on the
/// other.
#[test]
fn a_limit_on_tools_that_were_not_asked_for_goes_along() {
    let gate = || {
        Limit::approval_gate(ApprovalGate::new(1, [public(40)], Seconds::hours(1)).unwrap())
            .with_tools(["pay.*"])
            .unwrap()
    };
    let [lead, helper, _] = chains([vec![], vec![gate()], vec![]]);
    let first = by_child(&lead, LEAD, &helper, &wanted(&helper, "crm.write"));
    assert_eq!(
        first.chain().leaf().limits.iter().collect::<Vec<_>>(),
        [&gate()]
    );
    let second = by_child(&lead, LEAD, &first, &wanted(&first, "pay.send"));
    let call = action("pay.send", "acme", Effect::Irreversible);
    let denied = decided(&verifier(), &second, &call, 1)
        .map(drop)
        .map_err(|denial| denial.code());
    assert_eq!(denied, Err(DenialCode::ApprovalsMissing));
    // A root has nobody above it who would keep the limit.
    let refused = claims_of_root(&helper, &wanted(&helper, "crm.write")).map(drop);
    assert_eq!(
        refused,
        Err(AnswerError::LimitLeftOut { link: 1, limit: 0 })
    );
}

/// A mission on whose events all calls end goes along, although it is for other tools.
#[test]
fn an_event_of_a_mission_for_other_tools_still_ends_an_answer() {
    let age = MaxAge::uniform(Seconds::new(600));
    let mission = Mission::new(public(41), label("audit"), [7; 16]);
    let audit = Limit::lives_by(LivesBy::new(mission.clone(), age))
        .with_tools(["crm.*"])
        .unwrap();
    let [lead, helper, _] = chains([vec![], vec![audit, Limit::ends_on(label("stop"))], vec![]]);
    let mut register = active(&helper);
    let mut desk = Controller::new(public(41), Seconds::new(30));
    let begun: Notice = signed(desk.begin(&mission, [2; 16], at(0)).unwrap(), &key(41));
    register
        .apply(&begun, &Watches::new(&helper), at(0))
        .unwrap();
    let request = wanted(&helper, "pay.send");
    let terms = request
        .delegation(
            lead.chain(),
            &helper,
            &register,
            [9; 16],
            at(0),
            at(LIFETIME),
        )
        .unwrap();
    let minted = lead
        .chain()
        .delegate(terms, at(0))
        .unwrap()
        .sign(&agent(LEAD))
        .unwrap();
    let answer = verifier()
        .verify(&lead.chain().extend(minted).unwrap())
        .unwrap();
    let fired: Notice = signed(
        desk.fire(&mission, label("stop"), [3; 16], at(0)).unwrap(),
        &key(41),
    );
    assert!(
        register
            .apply(&fired, &Watches::new(&answer), at(1))
            .is_ok(),
        "the answer watches it"
    );
    let refused = request
        .delegation(
            lead.chain(),
            &helper,
            &register,
            [8; 16],
            at(1),
            at(LIFETIME),
        )
        .unwrap_err();
    assert!(matches!(refused, AnswerError::NotAlive(_)), "{refused}");
}

/// Whoever answers is not who set it: other keys would report the tasks, and the groups would begin
/// anew.
#[test]
fn barriers_and_groups_of_another_key_refuse_the_answer() {
    let group = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let barrier =
        Limit::barrier(Barrier::new([(MandateId::from_bytes([5; 32]), public(9))]).unwrap());
    let groups = [group("crm.read"), group("pay.send")];
    let apart = Limit::separation_of_duty(
        SeparationOfDuty::new(label("duty"), label("eu-1"), groups).unwrap(),
    );
    for limit in [barrier, apart] {
        let [lead, helper, intern] = chains([vec![], vec![], vec![limit]]);
        let request = wanted(&intern, "pay.send");
        let answered = |parent: &VerifiedChain| {
            request
                .delegation(
                    parent.chain(),
                    &intern,
                    &active(&intern),
                    [9; 16],
                    at(0),
                    at(60),
                )
                .map(drop)
        };
        assert_eq!(answered(&lead), Err(AnswerError::SetBelow { link: 2 }));
        assert_eq!(answered(&helper), Ok(()), "who set it may answer");
        assert_eq!(
            claims_of_root(&intern, &request).map(drop),
            Err(AnswerError::SetBelow { link: 2 })
        );
    }
}

/// An end is not undone by asking.
#[test]
fn who_should_no_longer_run_is_not_answered() {
    let [lead, helper, _] = chains([vec![], vec![], vec![]]);
    let request = wanted(&helper, "crm.write");
    let answered = |register: &Register, now| {
        let child = request
            .delegation(lead.chain(), &helper, register, [9; 16], now, at(LIFETIME))
            .map(drop);
        let consent = AttestedGrant::direct(label("bob"), at(0), Digest::hash("consent"));
        let lifetime = Lifetime::new(now, at(2 * LIFETIME)).unwrap();
        assert_eq!(
            request
                .root(&helper, register, [9; 16], lifetime, consent)
                .map(drop),
            child
        );
        child
    };
    assert_eq!(answered(&active(&helper), at(1)), Ok(()));
    assert!(
        matches!(
            answered(Register::none(), at(1)),
            Err(AnswerError::NotAlive(_))
        ),
        "nothing is known"
    );
    let mut ended = active(&helper);
    let end = mandatum::claims::TaskEnd::by_holder(
        NoticeHeader::new([9; 16], agent(LEAD).public(), at(1)),
        helper.chain().leaf_id(),
        mandatum::claims::TaskEnding::Revoked,
        at(LIFETIME),
    );
    ended
        .apply(&signed(end, &agent(LEAD)), &Watches::new(&helper), at(1))
        .unwrap();
    assert!(matches!(
        answered(&ended, at(1)),
        Err(AnswerError::NotAlive(_))
    ));
    let mut late = active(&helper);
    let mut office = Controller::new(public(OFFICE), Seconds::new(30));
    let _ = office.begin(&qbr(), [1; 16], at(0)).unwrap();
    for status in office.heartbeat(|| [3; 16].into(), at(LIFETIME)).unwrap() {
        late.apply(
            &signed(status, &key(OFFICE)),
            &Watches::new(&helper),
            at(LIFETIME),
        )
        .unwrap();
    }
    assert!(matches!(
        answered(&late, at(LIFETIME)),
        Err(AnswerError::Expired { .. })
    ));
}

#[test]
fn a_request_is_answered_for_the_mandate_holder_and_task_that_asks() {
    let [lead, helper, intern] = chains([vec![], vec![], vec![]]);
    let honest = wanted(&intern, "crm.write");
    let answered = |request: &AccessRequest, asker: &VerifiedChain| {
        let child = request
            .delegation(lead.chain(), asker, &active(asker), [9; 16], at(0), at(60))
            .map(drop);
        assert_eq!(child, claims_of_root(asker, request).map(drop));
        child
    };
    assert_eq!(answered(&honest, &intern), Ok(()));
    // With another chain of its own, which has fewer limits.
    let (named, leaf) = (honest.mandate, helper.chain().leaf_id());
    assert_eq!(
        answered(&honest, &helper),
        Err(AnswerError::AnotherMandate { named, leaf })
    );
    let for_another = AccessRequest {
        holder: agent(7).public().into(),
        ..honest.clone()
    };
    assert_eq!(answered(&for_another, &intern), Err(AnswerError::Misstated));
    let elsewhere = AccessRequest {
        task: "payroll".parse().unwrap(),
        ..honest
    };
    assert_eq!(answered(&elsewhere, &intern), Err(AnswerError::Misstated));
}

#[test]
fn more_limits_than_fit_are_refused() {
    let many = |from: u64, count: u64| {
        (from..from + count)
            .map(|n| budget(&format!("b{n}"), n))
            .collect::<Vec<_>>()
    };
    let [lead, _, intern] = chains([vec![], many(0, 20), many(20, 13)]);
    let request = wanted(&intern, "crm.write");
    let refused = request
        .delegation(
            lead.chain(),
            &intern,
            &active(&intern),
            [9; 16],
            at(0),
            at(60),
        )
        .unwrap_err();
    assert_eq!(
        refused,
        AnswerError::Limit(LimitError::TooMany { found: 33 })
    );

    // One fewer fits, and then no limit of the answerer's own does.
    let [lead, _, intern] = chains([vec![], many(0, 20), many(20, 12)]);
    let request = wanted(&intern, "crm.write");
    let terms = || {
        request
            .delegation(
                lead.chain(),
                &intern,
                &active(&intern),
                [9; 16],
                at(0),
                at(60),
            )
            .unwrap()
    };
    assert!(lead.chain().delegate(terms(), at(0)).is_ok());
    let own = Limits::new([Limit::window(Window::closing(at(30)))]).unwrap();
    let refused = lead
        .chain()
        .delegate(terms().with_limits(own), at(0))
        .unwrap_err();
    assert_eq!(
        (refused.link, refused.kind.clone()),
        (1, ChainErrorKind::TooManyLimits { found: 33 })
    );
    assert_eq!(refused.kind.rule(), 2);

    let long = "x".repeat(250);
    let [lead, _, intern] = chains([vec![], vec![], vec![budget(&long, 1)]]);
    let refused = wanted(&intern, "crm.write")
        .delegation(
            lead.chain(),
            &intern,
            &active(&intern),
            [9; 16],
            at(0),
            at(60),
        )
        .unwrap_err();
    assert!(matches!(refused, AnswerError::Account(_)), "{refused}");
}

#[test]
fn limits_of_the_one_who_answers_come_besides_those_that_are_carried() {
    let [lead, helper, _] = chains([vec![], vec![budget("helper", 1)], vec![]]);
    let window = Limit::window(Window::closing(at(30)));
    let terms = wanted(&helper, "crm.write")
        .delegation(
            lead.chain(),
            &helper,
            &active(&helper),
            [9; 16],
            at(0),
            at(60),
        )
        .unwrap();
    let minted = lead
        .chain()
        .delegate(
            terms.with_limits(Limits::new([window.clone()]).unwrap()),
            at(0),
        )
        .unwrap();
    let limits: Vec<&Limit> = minted.claims().link.limits.iter().collect();
    assert_eq!(limits, [&budget("helper", 1), &window]);
}

/// What was spent before is spent: asking refills nothing, and neither does asking again.
#[test]
fn an_answer_spends_from_what_is_left_to_the_one_who_asks() {
    let verifier = verifier();
    let [lead, helper, _] = chains([vec![budget("lead", 9)], vec![budget("helper", 4)], vec![]]);
    let answered = |number: u8| {
        let request = wanted(&helper, "crm.write");
        let terms = request
            .delegation(
                lead.chain(),
                &helper,
                &active(&helper),
                [number; 16],
                at(0),
                at(LIFETIME),
            )
            .unwrap();
        let minted = lead
            .chain()
            .delegate(terms, at(0))
            .unwrap()
            .sign(&agent(LEAD))
            .unwrap();
        verifier
            .verify(&lead.chain().extend(minted).unwrap())
            .unwrap()
    };
    let ledger = MemoryLedger::new(99);
    let mut id = 0;
    let mut runs = |chain: &VerifiedChain, tool: &str| {
        id += 1;
        let call = Call::new([id; 16], action(tool, "acme", Effect::Irreversible));
        let unsettled = decided_call(&verifier, chain, &call, 1).unwrap();
        ledger
            .settle(unsettled, at(1))
            .map(drop)
            .map_err(|denial| denial.code())
    };
    let spent = Err(DenialCode::BudgetExhausted);
    assert_eq!(
        [runs(&helper, "crm.read"), runs(&helper, "crm.read")],
        [Ok(()), Ok(())]
    );
    let (first, second) = (answered(21), answered(22));
    assert_eq!(
        [runs(&first, "crm.write"), runs(&second, "crm.write")],
        [Ok(()), Ok(())]
    );
    assert_eq!(
        [runs(&first, "crm.write"), runs(&second, "crm.write")],
        [spent, spent]
    );
    assert_eq!(runs(&helper, "crm.read"), spent);
    // A root of the person's spends from what the asker's root has left: nine, less those four.
    let root = by_root(&helper, &wanted(&helper, "pay.send"));
    assert_eq!(
        [(); 4].map(|()| runs(&root, "pay.send")),
        [Ok(()); 4],
        "and four of its own, as `helper of` the lead"
    );
    assert_eq!(runs(&root, "pay.send"), spent);
}

/// A limit in one of a few scopes, denied or charged by what `decided` knows.
fn limit(random: &mut Random, number: u64) -> Limit {
    let name = label(&format!("b{}", random.below(3)));
    let group = |tool: &str| ToolSet::new([tool.parse().unwrap()]).unwrap();
    let rule = match random.below(9) {
        0 => Limit::window(Window::closing(at(2 + 40 * number))),
        1 => Limit::window(Window::opening(at(40 * number))),
        2 => Limit::audience(if random.chance(70) {
            here()
        } else {
            "https://else.example".parse().unwrap()
        }),
        3 => Limit::ends_on(label("over")),
        4 => Limit::condition(Condition {
            fact: label("ticket"),
            holds: Constraint::one_of([random.name(&["open", "shut"])]).unwrap(),
            max_age: Seconds::new(60),
        }),
        5 => Limit::approval_gate(ApprovalGate::new(1, [public(40)], Seconds::hours(1)).unwrap()),
        6 => Limit::separation_of_duty(
            SeparationOfDuty::new(name, label("eu-1"), [group("crm.*"), group("pay.*")]).unwrap(),
        ),
        7 => Limit::budget(Budget::calls(name, label("us-1"), 5)),
        _ => Limit::budget(Budget::calls(name, label("eu-1"), random.next() % 9)),
    };
    if matches!(rule.rule(), LimitRule::SeparationOfDuty(_)) {
        return rule;
    }
    match random.below(4) {
        0 => rule.with_tools(["crm.*"]).unwrap(),
        1 => rule.with_tools(["crm.read", "pay.send"]).unwrap(),
        _ => rule,
    }
}

/// What lets links below a root put conditions on the fact, and holds whatever its value.
fn ticket_is_known() -> Limit {
    let fact = Condition {
        fact: label("ticket"),
        holds: Constraint::any(),
        max_age: Seconds::hours(1),
    };
    Limit::condition(fact)
}

/// Over random chains and wishes: a call that a limit of the asker's denies is denied under the
/// answer, and by a limit that is the same; and of each account that both name, the answer can
/// bring no more than the asker's chain lets.
#[test]
fn no_answer_permits_what_a_limit_of_the_asker_denies() {
    let (mut denied, mut shared, mut answered) = (0, 0, 0);
    let verifier = verifier();
    for seed in 0..80 {
        let mut random = Random::new(seed);
        let mut some = |count: u64| -> Vec<Limit> {
            (0..count)
                .map(|number| limit(&mut random, number))
                .collect()
        };
        let limits = [some(2), some(2), some(2)];
        // The asker has all powers here, so that its limits alone deny.
        let life = life(&qbr());
        let [mut of_lead, of_helper, of_intern] = limits;
        of_lead.push(ticket_is_known());
        let lead = verifier
            .verify(&root(&agent(LEAD), everything(), life, of_lead, [1; 16]))
            .unwrap();
        let helper = child(
            &verifier,
            &lead,
            &agent(LEAD),
            &agent(HELPER),
            everything(),
            of_helper,
            [2; 16],
        );
        let intern = child(
            &verifier,
            &helper,
            &agent(HELPER),
            &agent(INTERN),
            everything(),
            of_intern,
            [3; 16],
        );
        for tool in ["crm.read", "crm.write", "pay.send", "files.read"] {
            let request = wanted(&intern, tool);
            let by_lead = request.delegation(
                lead.chain(),
                &intern,
                &active(&intern),
                [9; 16],
                at(0),
                at(LIFETIME),
            );
            let answers = [
                by_lead
                    .is_ok()
                    .then(|| by_child(&lead, LEAD, &intern, &request)),
                Some(by_child(&helper, HELPER, &intern, &request)),
                claims_of_root(&intern, &request)
                    .is_ok()
                    .then(|| by_root(&intern, &request)),
            ];
            for answer in answers.iter().flatten() {
                for seconds in [1, 30, 50] {
                    let call = action(tool, "acme", Effect::Irreversible);
                    let before = decided(&verifier, &intern, &call, seconds);
                    let after = decided(&verifier, answer, &call, seconds);
                    assert_eq!(
                        before.as_ref().err().map(Denial::code),
                        after.as_ref().err().map(Denial::code),
                        "seed {seed}, {tool} at {seconds}"
                    );
                    let (Ok(before), Ok(after)) = (before, after) else {
                        denied += 1;
                        continue;
                    };
                    answered += 1;
                    // Both are charged for as many limits, and an account that both have has the
                    // same maximum.
                    let (before, after) = (before.charges().charges(), after.charges().charges());
                    assert_eq!(before.len(), after.len(), "seed {seed}, {tool}");
                    for charge in after {
                        let known = before.iter().find(|known| known.account == charge.account);
                        shared += usize::from(known.is_some());
                        assert!(
                            known.is_none_or(|known| known.demand == charge.demand),
                            "seed {seed}, {tool}"
                        );
                    }
                }
            }
        }
    }
    assert!(
        denied > 200 && answered > 100 && shared > 100,
        "{denied}, {answered}, {shared}"
    );
}
