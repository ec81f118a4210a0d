//! The same with powers and limits that nobody chose.

use crate::cbor::assert_deterministic;
use crate::coset_reads::{assert_call, assert_child, assert_root};
use crate::examples;
use crate::examples::{Example, Terms, at, constraints, numbers};
use mandatum::limits::{
    ApprovalGate, ArgumentPath, AudienceSet, Barrier, Condition, Delegates, LimitRule, MaxAge,
    Meter, PerValue, Reporters, Scope, Source, ToolSet, Unit, Waves, Window,
};
use mandatum::powers::{ArgumentRules, Presence};
use mandatum::primitives::{MandateId, Number, Period, Value};
use mandatum::sign::Token;
use mandatum::{
    Audience, Budget, Capability, Constraint, Effect, Label, Limit, Limits, LivesBy, Mission,
    Powers, Seconds, SigningKey, Timestamp,
};
use proptest::prelude::*;
use proptest::sample::select;

/// A value of any type, and texts and numbers with long and short encodings.
fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        select(numbers()).prop_map(Value::Number),
        (any::<i64>(), -400..=380).prop_map(|(number, exponent)| Number::scientific(
            number.into(),
            exponent
        )
        .unwrap()
        .into()),
        ".{0,40}".prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ];
    scalar.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            proptest::collection::btree_map(".{0,30}", inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn constraint() -> impl Strategy<Value = Constraint> {
    let plain = prop_oneof![
        3 => select(constraints()).prop_filter("room to nest", |constraint| Constraint::each(constraint.clone()).is_ok()),
        1 => value().prop_map(|value| Constraint::one_of([value]).unwrap()),
        1 => value().prop_map(|value| Constraint::contains([value]).unwrap()),
    ];
    plain.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Constraint::each),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Constraint::any_of),
            proptest::collection::vec(inner, 1..4).prop_map(Constraint::all_of),
        ]
        .prop_filter_map("too deep", Result::ok)
    })
}

fn capability() -> impl Strategy<Value = Capability> {
    let tool = prop_oneof!["[A-Za-z0-9_.:/-]{1,128}", "[A-Za-z0-9_.:/-]{1,127}\\*"];
    let effect = select(vec![Effect::Read, Effect::Write, Effect::Irreversible]);
    let rules = proptest::collection::btree_map(".{0,30}", (any::<bool>(), constraint()), 0..4);
    (tool, effect, rules, any::<bool>()).prop_map(|(tool, effect, rules, open)| {
        let rules = rules.iter().fold(
            ArgumentRules::closed(),
            |rules, (name, (required, constraint))| {
                let presence = if *required {
                    Presence::Required
                } else {
                    Presence::Optional
                };
                rules.with_rule(name, presence, constraint.clone()).unwrap()
            },
        );
        let capability = Capability::for_tool(tool.parse().unwrap(), effect)
            .with_arguments(rules)
            .allow_delegation();
        if open {
            capability.allow_others()
        } else {
            capability
        }
    })
}

fn lives_by() -> impl Strategy<Value = LivesBy> {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    ("[a-zà-ü]{1,40}", any::<[u64; 3]>(), 0..=4_u8).prop_map(move |(name, mut ages, enders)| {
        ages.sort_unstable();
        let [irreversible, write, read] = ages.map(Seconds::new);
        let mission = Mission::new(key(50), Label::new(&name).unwrap(), [7; 16]);
        let lives_by = LivesBy::new(mission, MaxAge::new(read, write, irreversible).unwrap());
        lives_by.with_enders((51..51 + enders).map(key)).unwrap()
    })
}

/// Waves of the mission by which all of the examples live that have waves.
fn waves() -> impl Strategy<Value = Waves> {
    let number = || prop_oneof![0..30_u64, any::<u64>()];
    (number(), proptest::option::of(number()), number()).prop_map(|(one, other, drain)| {
        let mission = examples::lives_by(0).mission().clone();
        let waves = match other {
            None => Ok(Waves::starting_at(mission, one)),
            Some(other) => Waves::new(mission, one.min(other), one.max(other))
                .and_then(|waves| waves.with_drain(Seconds::new(drain))),
        };
        waves.unwrap()
    })
}

fn time() -> impl Strategy<Value = Timestamp> {
    select(vec![0, 23, 24, 65_536, 1_767_225_600, 253_402_300_799]).prop_map(at)
}

fn barrier() -> impl Strategy<Value = Barrier> {
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let reporters = proptest::collection::btree_set(51..60_u8, 1..=4)
        .prop_map(move |seeds| Reporters::new(seeds.into_iter().map(key)).unwrap());
    let id = any::<[u8; 32]>().prop_map(MandateId::from_bytes);
    let tasks = proptest::collection::btree_map(id, reporters, 1..30);
    (tasks, any::<usize>(), proptest::option::of(time())).prop_map(|(tasks, quorum, deadline)| {
        let quorum = quorum % tasks.len() + 1;
        let barrier = Barrier::new(tasks).unwrap().with_quorum(quorum).unwrap();
        deadline.into_iter().fold(barrier, Barrier::with_deadline)
    })
}

fn number() -> impl Strategy<Value = Number> {
    // Ledgers add up what is below 2¹²⁷, in units of 10⁻¹⁸.
    let is_amount =
        |number: &Number| *number >= Number::ZERO && (-18..=0).contains(&number.exponent());
    select(numbers()).prop_filter("an amount", is_amount)
}

fn budget() -> impl Strategy<Value = Budget> {
    let name = || "[a-zà-ü]{1,40}";
    let path = || {
        let names = proptest::collection::vec(".{0,30}", 1..=8);
        names.prop_map(|names| ArgumentPath::new(names.iter().map(String::as_str)).unwrap())
    };
    let unit = (path(), ".{0,30}").prop_map(|(path, unit)| Unit::new(path, &unit).unwrap());
    let tool = select(vec!["pay", "crm.*", "crm.read"]).prop_map(|tool| tool.parse().unwrap());
    use proptest::option::of;
    let source =
        (path(), of(unit), of(tool), any::<bool>()).prop_map(|(path, unit, tool, takes_texts)| {
            let source = unit.into_iter().fold(Source::new(path), Source::with_unit);
            let source = tool.into_iter().fold(source, Source::with_tool);
            if takes_texts {
                source.with_decimal_texts()
            } else {
                source
            }
        });
    let sources = proptest::collection::vec(source, 1..=8);
    let sum = (sources, name(), name(), number()).prop_map(|(sources, account, ledger, max)| {
        Budget::sum(
            examples::label(&account),
            examples::label(&ledger),
            sources,
            max,
        )
        .unwrap()
    });
    let calls = proptest::collection::btree_map(name(), any::<u64>(), 1..=16);
    let calls = (name(), calls).prop_map(|(account, lines)| {
        let lines = lines
            .into_iter()
            .map(|(ledger, max)| (examples::label(&ledger), max.into()));
        Budget::new(examples::label(&account), Meter::Calls, lines).unwrap()
    });
    let per_value =
        (path(), 1..=316_224_000_u64, any::<bool>()).prop_map(|(path, remember, is_any_case)| {
            let per_value = PerValue::new(path, Seconds::new(remember)).unwrap();
            if is_any_case {
                per_value.with_any_case()
            } else {
                per_value
            }
        });
    let terms = (
        of(select(Period::ALL.to_vec())),
        of(per_value),
        any::<bool>(),
    );
    (prop_oneof![sum, calls], terms).prop_map(|(budget, (period, per_value, is_askable))| {
        let budget = period.into_iter().fold(budget, Budget::with_period);
        let budget = per_value.into_iter().fold(budget, Budget::with_per_value);
        if is_askable {
            budget.with_askable()
        } else {
            budget
        }
    })
}

fn gate() -> impl Strategy<Value = ApprovalGate> {
    let approvers = proptest::collection::btree_set(80..200_u8, 1..=16);
    let effect = select(vec![Effect::Read, Effect::Write, Effect::Irreversible]);
    let number = || select(numbers());
    let range =
        (number(), number()).prop_map(|(a, b)| Constraint::between(a.min(b), a.max(b)).unwrap());
    let exempt = prop_oneof![
        range,
        value().prop_map(|value| Constraint::one_of([value]).unwrap())
    ];
    let unless = proptest::option::of((".{0,30}", exempt));
    (approvers, any::<usize>(), any::<u64>(), effect, unless).prop_map(
        |(approvers, needed, age, effect, unless)| {
            let needed = needed % approvers.len() + 1;
            let approvers = approvers
                .into_iter()
                .map(|seed| SigningKey::from_seed(&[seed; 32]).public());
            let gate = ApprovalGate::new(needed, approvers, Seconds::new(age))
                .unwrap()
                .with_effect(effect);
            match unless {
                None => gate,
                Some((argument, is)) => gate.with_exemption(&argument, is).unwrap(),
            }
        },
    )
}

fn limit() -> impl Strategy<Value = Limit> {
    let rule = prop_oneof![
        time().prop_map(|opens| LimitRule::Window(Window::opening(opens))),
        time().prop_map(|closes| LimitRule::Window(Window::closing(closes))),
        proptest::collection::vec("[a-zà-ü]{1,40}", 1..4).prop_map(|names| {
            let names = names.iter().map(|name| Audience::new(name).unwrap());
            LimitRule::Audience(AudienceSet::new(names).unwrap())
        }),
        Just(LimitRule::SignedCalls),
        lives_by().prop_map(LimitRule::LivesBy),
        ("[a-zà-ü]{1,40}", constraint(), any::<u64>()).prop_map(|(fact, holds, max_age)| {
            LimitRule::Condition(Condition {
                fact: Label::new(&fact).unwrap(),
                holds,
                max_age: Seconds::new(max_age),
            })
        }),
        waves().prop_map(LimitRule::Waves),
        barrier().prop_map(LimitRule::Barrier),
        budget().prop_map(LimitRule::Budget),
        gate().prop_map(LimitRule::ApprovalGate),
        proptest::collection::btree_set(any::<u8>(), 1..=32).prop_map(|seeds| {
            // The child's holder has seed 3, and the same limits stand in the root.
            let keys = seeds
                .into_iter()
                .take(31)
                .chain([3])
                .map(|seed| SigningKey::from_seed(&[seed; 32]).public());
            LimitRule::Delegates(Delegates::new(keys).unwrap())
        }),
        select(examples::spending_limits()).prop_map(|limit| limit.rule().clone()),
    ];
    let scope = proptest::option::of(proptest::collection::vec("[a-z]{1,30}(\\.\\*)?", 1..4));
    (rule, scope).prop_map(|(rule, scope)| {
        let scope = scope.map_or(Scope::All, |tools| {
            Scope::Tools(ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap())
        });
        // A sum is here for the tools that its sources are of. Groups are for all calls, or for a
        // scope that has all their tools; here only for all. Delegates are of all calls.
        match rule {
            LimitRule::Budget(sum) if matches!(sum.meter(), Meter::Sum(_)) => Limit::budget(sum),
            LimitRule::SeparationOfDuty(_) | LimitRule::Delegates(_) => {
                Limit::new(Scope::All, rule).unwrap()
            }
            rule => Limit::new(scope, rule).unwrap(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_we_write_others_read(
        capabilities in proptest::collection::vec(capability(), 0..5),
        limits in proptest::collection::vec(limit(), 0..5),
    ) {
        let powers = Powers::new(capabilities.clone()).unwrap();
        let narrower = Powers::new(capabilities.into_iter().skip(1)).unwrap();
        let in_waves = limits.iter().any(|limit| matches!(limit.rule(), LimitRule::Waves(_)));
        let living = in_waves.then(|| Limit::lives_by(examples::lives_by(0)));
        let limits = Limits::new(living.into_iter().chain(limits)).unwrap();
        let example = Example::of(Terms { root_powers: powers, child_powers: narrower, limits, full: false });
        let Example { root, child, call, signers: [issuer, orchestrator, helper] } = example;
        assert_root(&root, &issuer);
        assert_child(&child, &orchestrator);
        assert_call(&call, &helper);
        for token in [root.as_bytes(), child.as_bytes(), call.as_bytes()] {
            assert_deterministic(token);
        }
        prop_assert_eq!(Token::from_bytes(root.as_bytes()), Ok(root));
        prop_assert_eq!(Token::from_bytes(child.as_bytes()), Ok(child));
        prop_assert_eq!(Token::from_bytes(call.as_bytes()), Ok(call));
    }
}
