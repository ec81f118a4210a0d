//! Questions made to be slow or deep end within their budget, with an answer or without one.

use crate::model::{number, wrapped};
use mandatum::bounds::{
    DECIDE_STEPS, MAX_CAPABILITIES, MAX_CONSTRAINT_DEPTH, MAX_KEY_BYTES, MAX_MEMBERS,
    MAX_PATTERN_BYTES, MAX_VALUE_BYTES, MAX_VALUE_DEPTH, VERIFY_STEPS,
};
use mandatum::powers::{
    ArgumentRules, Bound, ConstraintError, CoverageError, CoverageGap, Host, MeetError,
    PatternError, PermissionError, Port, PowersError, Range, RangeError, ToolName, UrlRule,
    ValueSetError,
};
use mandatum::primitives::{Arguments, OutOfWork, Value, ValueError, Work};
use mandatum::{Action, Capability, Constraint, Effect, Powers};
use std::fmt::Debug;

/// Asks in a thread with a quarter of the usual stack. No clock decides: what is not bounded by its
/// budget takes minutes or more here, which nobody who runs the tests would miss.
fn on_a_small_stack<T: Send + Debug>(what: &str, question: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name(what.to_owned())
            .stack_size(512 * 1024);
        builder
            .spawn_scoped(scope, question)
            .unwrap()
            .join()
            .unwrap()
    })
}

fn covers(what: &str, parent: &Constraint, child: &Constraint) -> Result<bool, OutOfWork> {
    on_a_small_stack(what, || parent.covers(child, &mut Work::new(VERIFY_STEPS)))
}

fn admits(what: &str, constraint: &Constraint, value: &Value) -> Result<bool, OutOfWork> {
    on_a_small_stack(what, || {
        constraint.admits(value, &mut Work::new(DECIDE_STEPS))
    })
}

/// Asks with a constraint each as the one argument of a tool, which looks for a witness too.
fn covers_with_witness(
    what: &str,
    parent: &Constraint,
    child: &Constraint,
) -> Result<(), CoverageError> {
    let (parent, child) = (wrapped(parent), wrapped(child));
    on_a_small_stack(what, || parent.covers(&child))
}

fn any_of(clauses: impl IntoIterator<Item = Constraint>) -> Constraint {
    Constraint::any_of(clauses).unwrap()
}

fn all_of(clauses: impl IntoIterator<Item = Constraint>) -> Constraint {
    Constraint::all_of(clauses).unwrap()
}

fn at_most(high: i64) -> Constraint {
    Constraint::at_most(high.into())
}

#[test]
fn patterns_that_backtrack() {
    let hostile = Constraint::pattern(&format!("{}b", "*a".repeat(511))).unwrap();
    let long: Value = "a".repeat(MAX_VALUE_BYTES).into();
    assert!(matches!(
        admits("many stars", &hostile, &long),
        Ok(false) | Err(OutOfWork)
    ));
    // Steps grow with the lengths, not with their product.
    let hostile = Constraint::pattern(&format!("*{}b", "a".repeat(1000))).unwrap();
    assert_eq!(admits("a long literal", &hostile, &long), Ok(false));
    let many = any_of(vec![Constraint::pattern("*b*").unwrap(); MAX_MEMBERS]);
    assert_eq!(
        admits("a long text asked for many times", &many, &long),
        Err(OutOfWork)
    );
    let child = Constraint::pattern(&"a*".repeat(512)).unwrap();
    assert!(covers("pattern in pattern", &hostile, &child).is_ok());
    // Letters are looked for among those that neither uses, which is slowest where they use many.
    let letters: String = ('a'..='z').chain('\u{4e00}'..).take(300).collect();
    let (mine, theirs) = (format!("{letters}*"), format!("*{letters}"));
    let (mine, theirs) = (
        Constraint::pattern(&mine).unwrap(),
        Constraint::pattern(&theirs).unwrap(),
    );
    let wide = |clause: &Constraint| vec![clause.clone(); MAX_MEMBERS];
    assert!(matches!(
        covers("many letters", &any_of(wide(&mine)), &all_of(wide(&theirs))),
        Ok(false) | Err(OutOfWork)
    ));
}

/// Any-of and all-of in turn, `depth` deep, `width` wide, above `leaf` for each path.
fn nest(
    depth: usize,
    width: usize,
    outer_is_any: bool,
    leaf: &mut impl FnMut() -> Constraint,
) -> Constraint {
    if depth == 0 {
        return leaf();
    }
    let clauses: Vec<Constraint> = (0..width)
        .map(|_| nest(depth - 1, width, !outer_is_any, leaf))
        .collect();
    if outer_is_any {
        any_of(clauses)
    } else {
        all_of(clauses)
    }
}

/// Different ranges, none of which covers another of the other side.
fn ranges(from: i64, step: i64) -> impl FnMut() -> Constraint {
    let mut next = from;
    move || {
        next += step;
        at_most(next)
    }
}

#[test]
fn nests_that_multiply() {
    for (depth, width) in [(7, 2), (7, 3), (3, 12), (1, 256)] {
        for (parent_is_any, child_is_any) in
            [(true, false), (false, true), (true, true), (false, false)]
        {
            let parent = nest(depth, width, parent_is_any, &mut ranges(0, -1));
            let child = nest(depth, width, child_is_any, &mut ranges(0, 1));
            let answer = covers(
                &format!("nests {depth} deep and {width} wide"),
                &parent,
                &child,
            );
            assert!(matches!(answer, Ok(false) | Err(OutOfWork)), "{answer:?}");
            let refused = covers_with_witness("with a witness", &parent, &child);
            let refused = refused.unwrap_err();
            assert_eq!(
                answer.is_err(),
                matches!(refused.gap, CoverageGap::OutOfWork(_))
            );
        }
    }
}

#[test]
fn nests_that_are_as_deep_as_may_be() {
    let mut each = Constraint::any();
    let mut records = Constraint::any();
    for _ in 1..MAX_CONSTRAINT_DEPTH {
        each = Constraint::each(each).unwrap();
        records = Constraint::record(
            ArgumentRules::closed()
                .require("a", records)
                .unwrap()
                .allow_others(),
        )
        .unwrap();
    }
    for deepest in [each.clone(), records.clone()] {
        assert_eq!(covers("the deepest nest", &deepest, &deepest), Ok(true));
        assert_eq!(
            Constraint::each(deepest.clone()),
            Err(ConstraintError::TooDeep)
        );
        assert_eq!(
            Constraint::all_of([deepest.clone()]),
            Err(ConstraintError::TooDeep)
        );
        assert_eq!(
            Constraint::any_of([Constraint::any(), deepest.clone()]),
            Err(ConstraintError::TooDeep)
        );
        let rules = ArgumentRules::closed()
            .require("a", deepest.clone())
            .unwrap();
        assert_eq!(Constraint::record(rules), Err(ConstraintError::TooDeep));
        let mut value = Value::Null;
        for _ in 1..MAX_CONSTRAINT_DEPTH {
            value = Value::List(vec![value]);
        }
        assert!(admits("the deepest value", &deepest, &value).is_ok());
    }
    assert_eq!(covers("lists of lists", &each, &records), Ok(false));
    // A witness of nests as deep as this takes more work than is granted for one.
    assert!(covers_with_witness("no witness", &each, &records).is_err());
    let half = Constraint::record(
        ArgumentRules::closed()
            .require("a", Constraint::any())
            .unwrap()
            .allow_others(),
    )
    .unwrap();
    let half = Constraint::record(
        ArgumentRules::closed()
            .require("a", half)
            .unwrap()
            .allow_others(),
    )
    .unwrap();
    assert!(
        covers_with_witness("a witness", &each, &half)
            .unwrap_err()
            .witness
            .is_some()
    );
}

#[test]
fn large_sets_of_large_sets() {
    let sets = |from: i64| {
        any_of(
            (0..256).map(|row| Constraint::one_of((0..256).map(|n| from + row * 256 + n)).unwrap()),
        )
    };
    let (low, high) = (sets(0), sets(30_000));
    assert!(matches!(
        covers("sets of sets", &low, &high),
        Ok(false) | Err(OutOfWork)
    ));
    assert!(matches!(
        covers("sets of sets in themselves", &low, &low),
        Ok(true) | Err(OutOfWork)
    ));
    assert!(covers_with_witness("their witness", &low, &high).is_err());
    let (low, high) = (wrapped(&low), wrapped(&high));
    let meet = on_a_small_stack("their meet", || low.meet(&high));
    assert!(
        matches!(meet, Ok(_) | Err(MeetError::OutOfWork(_))),
        "{meet:?}"
    );

    // Values that differ only at their end, in every comparison.
    let heavy = |last: i64| Value::from([vec![0; 255], vec![last]].concat());
    let set = Constraint::contains((0..MAX_MEMBERS as i64).map(heavy)).unwrap();
    let list = Value::List((0..16).map(|_| heavy(-1)).collect());
    assert!(matches!(
        admits("heavy elements", &set, &list),
        Ok(false) | Err(OutOfWork)
    ));
    let many =
        all_of((0..64).map(|_| any_of([Constraint::contains([heavy(-2)]).unwrap(), set.clone()])));
    assert!(matches!(
        admits("many heavy elements", &many, &list),
        Ok(false) | Err(OutOfWork)
    ));
    let parent = any_of((0..64).map(|_| set.clone()));
    let child = all_of((0..64).map(|n| Constraint::contains([heavy(n)]).unwrap()));
    assert!(matches!(
        covers("sets of heavy elements", &parent, &child),
        Ok(false) | Err(OutOfWork)
    ));
    assert!(covers_with_witness("their witness", &parent, &child).is_err());
    let long =
        Constraint::one_of((0..MAX_MEMBERS).map(|n| format!("{}{n}", "a".repeat(1000)))).unwrap();
    let wide = any_of(vec![long; MAX_MEMBERS]);
    let text: Value = "a".repeat(2000).into();
    assert!(matches!(
        admits("long members", &wide, &text),
        Ok(false) | Err(OutOfWork)
    ));
}

/// The first typed clause is the last: to find the type of a child takes a walk.
#[test]
fn types_that_are_far() {
    let far = all_of([any_of(
        (0..200).map(|_| all_of((0..25).map(|_| Constraint::any()))),
    )]);
    let parent = any_of((0..250).map(at_most));
    assert!(matches!(
        covers("types far in", &parent, &far),
        Ok(false) | Err(OutOfWork)
    ));
    let deep = nest(7, 3, false, &mut Constraint::any);
    let parent = nest(7, 3, true, &mut ranges(0, 1));
    assert!(matches!(
        covers("types deep in", &parent, &deep),
        Ok(false) | Err(OutOfWork)
    ));
}

#[test]
fn networks_that_are_spelled_out() {
    let wide = |network: &str| vec![Constraint::network(network).unwrap(); MAX_MEMBERS];
    let parent = any_of(wide("10.0.1.0/24"));
    let child = all_of(wide("10.0.2.0/24"));
    assert!(matches!(
        covers("spelled-out networks", &parent, &child),
        Ok(false) | Err(OutOfWork)
    ));
    let texts = Constraint::pattern("10.0.3.*").unwrap();
    let parent = any_of(vec![texts; MAX_MEMBERS]);
    assert!(matches!(
        covers("networks in patterns", &parent, &child),
        Ok(false) | Err(OutOfWork)
    ));
}

#[test]
fn witnesses_among_many_urls() {
    let schemes: Vec<String> = (0..32).map(|n| format!("s{n}")).collect();
    let rule = |port: u16| {
        let rule = UrlRule::new(
            schemes.iter().map(String::as_str),
            Host::new("a.com").unwrap(),
        )
        .unwrap();
        Constraint::url(rule.with_port(Port::Only(port)).unwrap())
    };
    let (parent, child) = (any_of((1..=256).map(rule)), any_of((1001..=1256).map(rule)));
    assert!(covers_with_witness("many URLs", &parent, &child).is_err());
}

#[test]
fn many_capabilities() {
    let capability = |n: usize, high: i64| {
        let mut capability = Capability::new(&format!("t.n{n}"), Effect::Read).unwrap();
        for name in 0..60 {
            capability = capability
                .require(&format!("argument{name}"), at_most(high))
                .unwrap();
        }
        capability
    };
    let powers =
        |high: i64| Powers::new((0..MAX_CAPABILITIES).map(|n| capability(n, high))).unwrap();
    let (parent, child) = (powers(1), powers(2));
    assert!(on_a_small_stack("many capabilities", || child.covers(&parent)).is_ok());
    assert!(
        on_a_small_stack("their witness", || parent.covers(&child))
            .unwrap_err()
            .witness
            .is_some()
    );
    assert_eq!(
        on_a_small_stack("their meet", || parent.meet(&child)),
        Ok(parent)
    );
    // All overlap, so that the meet would have 65536 entries.
    let overlapping = |from: i64, name: &str| {
        let one_of = |n: i64| Constraint::none_of([from + n]).unwrap();
        let capability = |n| {
            Capability::new("t", Effect::Read)
                .unwrap()
                .require(name, one_of(n))
                .unwrap()
                .allow_others()
        };
        Powers::new((0..MAX_CAPABILITIES as i64).map(capability)).unwrap()
    };
    let meet = on_a_small_stack("a meet that is too large", || {
        overlapping(0, "x").meet(&overlapping(1000, "y"))
    });
    assert_eq!(
        meet,
        Err(MeetError::Powers(PowersError::TooMany {
            found: MAX_CAPABILITIES + 1
        }))
    );
    let tool = |n: usize| Capability::new(&format!("t{n}"), Effect::Read).unwrap();
    assert_eq!(
        Powers::new((0..257).map(tool)),
        Err(PowersError::TooMany { found: 257 })
    );
}

/// Permission is asked within a budget too.
#[test]
fn calls_that_are_slow_to_decide_are_refused() {
    let slow = any_of(vec![Constraint::pattern("*b*").unwrap(); MAX_MEMBERS]);
    let arguments = Arguments::from_pairs([("x", "a".repeat(MAX_VALUE_BYTES))]).unwrap();
    let action = Action {
        tool: ToolName::new("t").unwrap(),
        arguments,
        effect: Effect::Read,
    };
    let refused = on_a_small_stack("a slow call", || wrapped(&slow).permits(&action)).unwrap_err();
    assert_eq!(refused, PermissionError::OutOfWork(OutOfWork));
    assert_eq!(
        Constraint::any().admits(&Value::Null, &mut Work::new(0)),
        Err(OutOfWork)
    );
    assert_eq!(
        Constraint::any().covers(&Constraint::any(), &mut Work::new(0)),
        Err(OutOfWork)
    );
    let mut work = Work::new(10);
    assert_eq!(
        (work.spend(11), work.spend(1)),
        (Err(OutOfWork), Err(OutOfWork))
    );
}

/// A budget that is too small never turns into an answer that a larger one would not give.
#[test]
fn less_work_gives_the_same_answer_or_none() {
    let parent = nest(2, 3, true, &mut ranges(5, -1));
    for (child, covered) in [
        (nest(2, 3, false, &mut ranges(0, 1)), false),
        (parent.clone(), true),
    ] {
        let given = |steps| parent.covers(&child, &mut Work::new(steps));
        let enough = (0..10_000).find(|steps| given(*steps).is_ok()).unwrap();
        assert!(
            enough > 20 && (enough..enough + 100).all(|steps| given(steps) == Ok(covered)),
            "{enough}"
        );
    }
}

#[test]
fn what_is_out_of_bounds_is_not_made() {
    let none: [i64; 0] = [];
    let set = |error| Err(ConstraintError::Set(error));
    let mixed = || [Value::from(1), Value::from("a")];
    type Make = fn(Vec<Value>) -> Result<Constraint, ConstraintError>;
    for make in [
        Constraint::one_of as Make,
        Constraint::none_of as Make,
        Constraint::contains as Make,
    ] {
        assert_eq!(
            make(none.map(Value::from).to_vec()),
            set(ValueSetError::Empty)
        );
        assert_eq!(
            make((0..257).map(Value::from).collect()),
            set(ValueSetError::TooMany { found: 257 })
        );
        assert!(make((0..256).chain(0..256).map(Value::from).collect()).is_ok());
        let (first, other) = (Value::from(1).value_type(), Value::from("a").value_type());
        assert_eq!(
            make(mixed().to_vec()),
            set(ValueSetError::MixedTypes { first, other })
        );
        let long = vec![Value::from("a".repeat(MAX_VALUE_BYTES + 1))];
        assert_eq!(make(long), set(ValueSetError::Member(ValueError::TooLong)));
        let deep = |depth: usize| (1..depth).fold(Value::Null, |inner, _| Value::List(vec![inner]));
        assert!(make(vec![deep(MAX_VALUE_DEPTH)]).is_ok());
        assert_eq!(
            make(vec![deep(MAX_VALUE_DEPTH + 1)]),
            set(ValueSetError::Member(ValueError::TooDeep))
        );
        assert_eq!(
            make(vec![deep(1000), deep(1000)]),
            set(ValueSetError::Member(ValueError::TooDeep))
        );
        let wide = vec![Value::List(vec![Value::Null; 4096])];
        assert_eq!(
            make(wide),
            set(ValueSetError::Member(ValueError::TooManyNodes))
        );
    }
    for all in [vec![Value::Null], vec![true.into(), false.into()]] {
        let left = all[0].value_type();
        assert_eq!(
            Constraint::none_of(all),
            Err(ConstraintError::NothingLeft(left))
        );
    }
    assert_eq!(Constraint::all_of([]), Err(ConstraintError::NoClause));
    assert_eq!(Constraint::any_of([]), Err(ConstraintError::NoClause));
    let many = || vec![Constraint::any(); MAX_MEMBERS + 1];
    assert_eq!(
        Constraint::all_of(many()),
        Err(ConstraintError::TooManyClauses { found: 257 })
    );
    assert_eq!(
        Constraint::any_of(many()),
        Err(ConstraintError::TooManyClauses { found: 257 })
    );
    let pattern = |error| Err(ConstraintError::Pattern(error));
    assert_eq!(
        Constraint::pattern("a**"),
        pattern(PatternError::DoubleStar)
    );
    assert_eq!(
        Constraint::pattern(&"a".repeat(MAX_PATTERN_BYTES + 1)),
        pattern(PatternError::TooLong)
    );

    let (low, high) = (number("1"), number("0.5"));
    assert_eq!(
        Constraint::between(low, high),
        Err(ConstraintError::Range(RangeError::Empty { low, high }))
    );
    for (from, to) in [
        (Bound::Exclusive(low), Bound::Inclusive(low)),
        (Bound::Exclusive(low), Bound::Exclusive(low)),
    ] {
        assert_eq!(
            Range::new(Some(from), Some(to)),
            Err(RangeError::Empty { low, high: low })
        );
    }

    let full = (0..64).try_fold(ArgumentRules::closed(), |rules, n| {
        rules.require(&format!("a{n}"), Constraint::any())
    });
    assert_eq!(
        full.unwrap().allow("b", Constraint::any()),
        Err(ConstraintError::TooManyArguments)
    );
    let named = ArgumentRules::closed()
        .require("a", Constraint::any())
        .unwrap();
    assert_eq!(
        named.allow("a", Constraint::any()),
        Err(ConstraintError::NamedTwice)
    );
    let long = "a".repeat(MAX_KEY_BYTES + 1);
    assert_eq!(
        ArgumentRules::closed().allow(&long, Constraint::any()),
        Err(ConstraintError::NameTooLong)
    );
}
