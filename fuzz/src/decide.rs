use crate::choices::Choices;
use crate::world::*;
use mandatum::charge::LedgerOutcome;
use mandatum::claims::{Approval, NoticeHeader};
use mandatum::decide::{Facts, Presentation};
use mandatum::limits::{
    ApprovalGate, Barrier, Condition, LimitRule, MaxAge, RateLimit, SeparationOfDuty, Source,
    ToolSet, Waves, Window,
};
use mandatum::mission::Watches;
use mandatum::primitives::{AccountId, MandateId};
use mandatum::sign::Token;
use mandatum::{
    Action, Audience, Budget, Call, CallClaims, Constraint, Controller, DecisionContext, Denial,
    Effect, Label, Life, Limit, LivesBy, Register, Seconds, ServerContext, Timestamp,
    VerifiedChain,
};
use std::collections::BTreeSet;

const NOW: u64 = 100;

/// A chain with some limits, a call, and what a host knows: fewer facts, approvals or ledgers never
/// permit more, nor does one limit more or a greater effect, and nothing is permitted for longer;
/// explanation and preview say what is decided.
pub fn decide(data: &[u8]) {
    let mut choices = Choices::new(data);
    let pool = pool();
    let [upper, lower, more] = [3, 3, 1].map(|times| limits(&mut choices, &pool, times));
    let (less_known, known) = knowledge(&mut choices);
    let tool = choices.pick(&TOOLS);
    let amount = choices.pick(&[0, 5, 10, 11]);
    let Some(chain) = chain(&upper, &lower) else {
        return;
    };

    let mut last: Option<Timestamp> = None;
    for effect in [Effect::Irreversible, Effect::Write, Effect::Read] {
        let call = call([9; 16], tool, effect, amount);
        let decided = known.asked(&chain, &call);
        if let Ok(decided) = &decided {
            known.assert_deserved(decided, upper.iter().chain(&lower), &call.action);
        }
        let until = decided.as_ref().ok().map(Decided::until);
        assert!(
            last.is_none_or(|last| until.is_some_and(|until| last <= until)),
            "a lesser effect is refused"
        );
        last = until;

        let fewer = less_known.asked(&chain, &call);
        assert_narrower(&fewer, &decided, "with less known");
        let both = [lower.as_slice(), &more].concat();
        if let Some(longer) = self::chain(&upper, &both) {
            assert_narrower(
                &known.asked(&longer, &call),
                &decided,
                "with limits added below",
            );
        }
        if let Some(longer) = self::chain(&[upper.as_slice(), &more].concat(), &lower) {
            assert_narrower(
                &known.asked(&longer, &call),
                &decided,
                "with limits added above",
            );
        }
    }
}

/// A decision in favour: until when, and what it is charged to.
#[derive(Debug)]
struct Decided {
    until: Timestamp,
    accounts: BTreeSet<AccountId>,
}

impl Decided {
    const fn until(&self) -> Timestamp {
        self.until
    }
}

/// What is permitted with less, or under more, is permitted with more or under less, for as long
/// and charged as much.
fn assert_narrower(narrow: &Result<Decided, Denial>, wide: &Result<Decided, Denial>, why: &str) {
    match (narrow, wide) {
        (Ok(narrow), Ok(wide)) => assert!(narrow.until <= wide.until, "{why}: {narrow:?} {wide:?}"),
        (Ok(narrow), Err(denial)) => {
            panic!("{why}, it is permitted: {narrow:?}, otherwise {denial:?}")
        }
        (Err(_), _) => {}
    }
    if let (Ok(narrow), Ok(wide)) = (narrow, wide) {
        assert!(
            why == "with less known" || wide.accounts.is_subset(&narrow.accounts),
            "{why}: an account is spared"
        );
    }
}

/// What a host knows.
struct Known {
    observed: Vec<Fact>,
    approvers: Vec<u8>,
    ledgers: Vec<Label>,
    register: Register,
    now: Timestamp,
}

impl Known {
    /// What a permit rests on, said again as plainly as can be: each limit in whose scope the call
    /// is holds, and for as long.
    fn assert_deserved<'l>(
        &self,
        decided: &Decided,
        limits: impl Iterator<Item = &'l Limit>,
        action: &Action,
    ) {
        for limit in limits.filter(|limit| limit.scope().includes(&action.tool)) {
            let (now, until) = (self.now, decided.until);
            let holds = match limit.rule() {
                LimitRule::Window(window) => {
                    window.opens().is_none_or(|opens| opens <= now)
                        && window
                            .closes()
                            .is_none_or(|closes| now < closes && until <= closes)
                }
                LimitRule::Audience(audiences) => audiences.contains(&here()),
                LimitRule::Condition(condition) => {
                    self.observed.iter().any(|(name, value, seconds)| {
                        let (open, end) = (
                            Constraint::one_of([*value]),
                            at(*seconds).plus(condition.max_age),
                        );
                        condition.fact == label(name)
                            && open.as_ref() == Ok(&condition.holds)
                            && now <= end
                            && until <= end.plus(Seconds::new(1))
                    })
                }
                LimitRule::Barrier(_) => false,
                LimitRule::ApprovalGate(gate) => {
                    action.effect < gate.effect() || self.approvers.len() >= gate.needed()
                }
                LimitRule::Budget(budget) => budget
                    .shares()
                    .any(|(ledger, _)| self.ledgers.contains(ledger)),
                LimitRule::RateLimit(rate) => self.ledgers.contains(rate.ledger()),
                _ => true,
            };
            assert!(holds, "{limit} does not hold at {now}, and {decided:?}");
        }
    }

    fn facts(&self) -> Facts {
        let observed = |facts: Facts, (name, value, seconds): &Fact| {
            facts.with_fact(label(name), *value, at(*seconds), [sure("acme".parse())])
        };
        self.observed.iter().fold(Facts::none(), observed)
    }

    fn asked(&self, chain: &VerifiedChain, call: &Call) -> Result<Decided, Denial> {
        let word = |by: &u8| {
            let (leaf, until) = (chain.chain().leaf_id(), self.now.plus(Seconds::new(50)));
            sure(
                Approval::new(
                    call,
                    leaf,
                    here(),
                    NoticeHeader::new([*by; 16], public(*by), self.now),
                    until,
                )
                .sign(key(*by)),
            )
        };
        let approvals: Vec<Token<Approval>> = self.approvers.iter().map(word).collect();
        let context = DecisionContext::new(ServerContext::new(self.now, here()), &self.register);
        let facts = self.facts();
        let context = context
            .with_facts(&facts)
            .with_ledgers(&self.ledgers)
            .with_approvals(&approvals);
        let signed = sure(CallClaims::new(chain.chain(), call, here(), self.now).sign(key(HELPER)));
        let presentation = Presentation::signed(call, &signed);

        let decided = verifier().decide(chain, &presentation, &context);
        let explained = verifier().explain(chain, &presentation, &context);
        assert_eq!(
            explained.denial(),
            decided.as_ref().err(),
            "an explanation of something else"
        );
        let previewed = verifier().preview(chain, call, &context);
        let unsettled =
            decided.inspect_err(|denial| assert_eq!(previewed.as_ref(), Err(denial)))?;
        let accounts = unsettled
            .charges()
            .charges()
            .iter()
            .map(|charge| charge.account)
            .collect();
        let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
        let until = sure(unsettled.settle(answer)).valid_until();
        assert_eq!(previewed, Ok(until), "a preview of something else");
        Ok(Decided { until, accounts })
    }
}

/// A fact's name, its value, when it was observed.
type Fact = (&'static str, &'static str, u64);

/// What some host knows, and what one knows that has heard of less.
fn knowledge(choices: &mut Choices<'_>) -> (Known, Known) {
    let names = ["ticket", "weather"];
    let facts: Vec<Fact> = names
        .map(|name| {
            (
                name,
                choices.pick(&["open", "open", "closed"]),
                choices.within(0, NOW),
            )
        })
        .into();
    let ledgers = ["eu-1", "us-1"].map(label);
    let now = at(choices.pick(&[NOW, NOW, NOW + 20, NOW + 200]));
    let mut register = empty_register();
    if !choices.once_in(4) {
        let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
        let status = sure(
            sure(controller.begin(&mission(OFFICE, "qbr"), choices.id(), at(NOW - 50)))
                .sign(key(OFFICE)),
        );
        let watches = chain(&[], &[])
            .map(|chain| Watches::new(&chain))
            .unwrap_or_default();
        sure(register.apply(&status.into(), &watches, at(NOW)));
    }
    let mut with = |of: &[Fact], approvers: &[u8], ledgers: &[Label]| {
        let (of, approvers, ledgers) = (
            choices.some(of),
            choices.some(approvers),
            choices.some(ledgers),
        );
        (
            of.clone(),
            Known {
                observed: of,
                approvers,
                ledgers,
                register: register.clone(),
                now,
            },
        )
    };
    let (of, known) = with(&facts, &APPROVERS, &ledgers);
    let (_, less) = with(&of, &known.approvers, &known.ledgers);
    (less, known)
}

/// Some of the pool, once in so many times each.
fn limits(choices: &mut Choices<'_>, pool: &[Limit], times: u8) -> Vec<Limit> {
    let mut some = Vec::new();
    for limit in pool {
        if choices.once_in(times.saturating_mul(3)) || times == 1 && choices.once_in(4) {
            let scoped = choices.pick(&[&["*"][..], &["crm.*"], &["pay.send", "notes.add"]]);
            some.push(match scoped {
                ["*"] => limit.clone(),
                // Groups are only set apart in a scope that has their tools.
                tools => limit
                    .clone()
                    .with_tools(tools.iter().copied())
                    .unwrap_or_else(|_| limit.clone()),
            });
        }
    }
    some
}

/// A limit of every kind, several where what they say differs.
fn pool() -> Vec<Limit> {
    let condition = |fact: &str, value: &str, age: u64| {
        let holds = sure(Constraint::one_of([value]));
        Limit::condition(Condition {
            fact: label(fact),
            holds,
            max_age: Seconds::new(age),
        })
    };
    let gate = |needed, effect| {
        Limit::approval_gate(
            sure(ApprovalGate::new(
                needed,
                APPROVERS.map(public),
                Seconds::new(60),
            ))
            .with_effect(effect),
        )
    };
    let lives_by = LivesBy::new(mission(OFFICE, "qbr"), MaxAge::uniform(Seconds::new(100)));
    let sum = Budget::sum(
        label("travel"),
        label("us-1"),
        [Source::new(sure("amount".parse()))],
        10.into(),
    );
    let group = |tool: &str| sure(ToolSet::new([sure(tool.parse())]));
    let groups = [group("crm.*"), group("pay.send")];
    vec![
        Limit::window(sure(Window::new(at(50), at(150)))),
        Limit::window(Window::closing(at(200))),
        Limit::audience(here()),
        Limit::audience(sure(Audience::new("https://files.example"))),
        Limit::signed_calls(),
        condition("ticket", "open", 60),
        condition("ticket", "open", 90),
        condition("weather", "open", 30),
        Limit::lives_by(lives_by),
        Limit::ends_on(label("over")),
        Limit::waves(Waves::starting_at(mission(OFFICE, "qbr"), 0)),
        Limit::waves(Waves::starting_at(mission(OFFICE, "qbr"), 1)),
        Limit::barrier(sure(Barrier::new([(
            MandateId::from_bytes([7; 32]),
            public(STRANGER),
        )]))),
        Limit::budget(Budget::calls(label("jobs"), label("eu-1"), 5)),
        Limit::budget(Budget::calls(label("jobs"), label("eu-1"), 9)),
        Limit::budget(sure(sum)),
        Limit::rate_limit(sure(RateLimit::new(
            label("pace"),
            label("eu-1"),
            2,
            Seconds::new(60),
        ))),
        Limit::separation_of_duty(sure(SeparationOfDuty::new(
            label("duty"),
            label("us-1"),
            groups,
        ))),
        gate(1, Effect::Read),
        gate(2, Effect::Irreversible),
    ]
}

/// A root of the lead's that lives by a mission, and a child of the helper's; `None` where a rule
/// is against it.
fn chain(upper: &[Limit], lower: &[Limit]) -> Option<VerifiedChain> {
    let life = Life::Mission(LivesBy::new(
        mission(OFFICE, "qbr"),
        MaxAge::uniform(Seconds::new(200)),
    ));
    let root = root([1; 16], life, upper)?;
    Some(sure(verifier().verify(&child(
        &root,
        [LEAD, HELPER],
        all_tools(),
        lower,
        [2; 16],
    )?)))
}
