//! Random powers from a world small enough that they overlap.

use crate::model::{EFFECTS, Entry, Rules, Spec, number};
use mandatum::Effect;
use mandatum::bounds::MAX_CONSTRAINT_DEPTH;
use mandatum::powers::{Bound, Port, Presence};
use mandatum::primitives::Value;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Runs a property on the same cases every time, so that what it is seen to cover it covers
/// tomorrow.
pub(crate) fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value)) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let run = TestRunner::new_with_rng(config, rng).run(strategy, |input| {
        property(input);
        Ok(())
    });
    match run {
        Ok(()) => {}
        // The message shows the input as powers are shown, which is shorter than the input itself.
        Err(TestError::Fail(message, _)) => panic!("{message}"),
        Err(abort) => panic!("{abort}"),
    }
}

fn numbers() -> Vec<Value> {
    ["0", "0.5", "1", "2", "3", "1e-300", "1e39"]
        .map(|text| Value::Number(number(text)))
        .to_vec()
}

fn texts() -> Vec<Value> {
    [
        "",
        "a",
        "ab",
        "/a",
        "/a/b",
        "a.com",
        "x.a.com",
        "https://a.com/v1",
        "10.0.0.1",
        "10.0.0.2",
    ]
    .map(Value::from)
    .to_vec()
}

fn lists() -> Vec<Value> {
    vec![
        Value::List(Vec::new()),
        vec![1].into_list(),
        vec![1, 2].into_list(),
        Value::from(vec!["a"]),
    ]
}

/// Vectors of integers as values.
trait IntoList {
    fn into_list(self) -> Value;
}

impl IntoList for Vec<i64> {
    fn into_list(self) -> Value {
        Value::from(self)
    }
}

fn maps() -> Vec<Value> {
    let map = |value: i64| Value::Map([("a".to_owned(), value.into())].into());
    vec![Value::Map([].into()), map(1), map(2)]
}

fn some_of(values: Vec<Value>) -> BoxedStrategy<Vec<Value>> {
    let most = values.len().min(4);
    subsequence(values, 1..=most).boxed()
}

fn sets() -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![
        4 => some_of(numbers()),
        4 => some_of(texts()),
        2 => some_of(lists()),
        2 => some_of(maps()),
        1 => some_of(vec![Value::Bytes(vec![]), Value::Bytes(vec![1])]),
    ]
}

fn ends() -> impl Strategy<Value = Option<Bound>> {
    let number = select(
        ["0", "1", "2", "3", "1e-300", "-1e39", "1e300"]
            .map(number)
            .to_vec(),
    );
    (number, 0..3_u8).prop_map(|(number, kind)| match kind {
        0 => Some(Bound::Inclusive(number)),
        1 => Some(Bound::Exclusive(number)),
        _ => None,
    })
}

fn ranges() -> impl Strategy<Value = Spec> {
    (ends(), ends()).prop_map(|(a, b)| match mandatum::powers::Range::new(a, b) {
        Ok(_) => Spec::Range(a, b),
        Err(_) => Spec::Range(a, None),
    })
}

fn urls() -> impl Strategy<Value = Spec> {
    let schemes = select(vec![vec!["https"], vec!["http", "https"], vec!["coap"]]);
    let ports = select(vec![Port::Default, Port::Only(8443), Port::Any]);
    (
        schemes,
        select(vec!["a.com", "x.a.com"]),
        ports,
        select(vec!["/", "/v1", "/v1/x"]),
    )
        .prop_map(|(schemes, host, port, path)| Spec::Url {
            schemes: schemes.into_iter().map(str::to_owned).collect(),
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
}

fn word(words: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    select(words.to_vec()).prop_map(str::to_owned)
}

pub(crate) fn leaves() -> impl Strategy<Value = Spec> {
    prop_oneof![
        1 => Just(Spec::Any),
        4 => sets().prop_map(Spec::OneOf),
        3 => sets().prop_map(Spec::NoneOf),
        1 => any::<bool>().prop_map(|left| Spec::NoneOf(vec![left.into()])),
        1 => some_of(vec![false.into(), true.into()]).prop_map(Spec::OneOf),
        1 => Just(Spec::OneOf(vec![Value::Null])),
        4 => ranges(),
        4 => word(&["*", "a*", "*a", "a*b", "*a*", "/*", "/a*", "*.a.com", "https://*", "10.*", "ab", ""]).prop_map(Spec::Pattern),
        3 => word(&["/", "/a", "/a/b", "/ab"]).prop_map(Spec::Path),
        3 => word(&["com", "a.com", "x.a.com", "xa.com"]).prop_map(Spec::Host),
        3 => urls(),
        3 => word(&["10.0.0.0/8", "10.0.0.0/30", "10.0.0.1/32", "::/0", "::fffe:0:0/95", "::fffe:0:0/96"]).prop_map(Spec::Network),
        3 => some_of([numbers(), lists()].concat()).prop_map(Spec::Contains),
    ]
    .prop_filter("of one type", |spec| match spec {
        Spec::Contains(values) => values.iter().all(|value| value.value_type() == values[0].value_type()),
        _ => true,
    })
}

pub(crate) fn specs() -> impl Strategy<Value = Spec> {
    leaves().prop_recursive(3, 12, 3, |inner| {
        let clauses = prop::collection::vec(inner.clone(), 1..=3);
        prop_oneof![
            inner.clone().prop_map(|inner| Spec::Each(Box::new(inner))),
            (named(inner), any::<bool>()).prop_map(|(named, open)| Spec::Record(named, open)),
            clauses.clone().prop_map(Spec::AllOf),
            clauses.prop_map(Spec::AnyOf),
        ]
    })
}

fn named(spec: impl Strategy<Value = Spec>) -> impl Strategy<Value = Rules> {
    let presence = select(vec![Presence::Required, Presence::Optional]);
    prop::collection::btree_map(word(&["a", "b", "c"]), (presence, spec), 0..=2)
}

pub(crate) fn entries() -> impl Strategy<Value = Entry> {
    let tools = select(vec![
        "crm*",
        "crm.*",
        "crm.r*",
        "crm.read",
        "crm.read*",
        "crm.read.*",
        "mail",
    ]);
    let effects = select(EFFECTS.to_vec());
    (tools, effects, named(specs()), any::<bool>()).prop_map(|(tool, effect, named, open)| Entry {
        tool,
        effect,
        named,
        open,
    })
}

/// A random source of small choices.
pub(crate) fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 24)
}

/// The next choice of so many.
fn pick(choices: &mut Vec<u8>, of: usize) -> usize {
    usize::from(choices.pop().unwrap_or(0)) % of
}

impl Spec {
    /// A constraint that admits no more, often less; `other` is what it may be narrowed by.
    pub(crate) fn narrowed(&self, other: &Self, choices: &mut Vec<u8>) -> Self {
        let narrower = self.narrower(other, choices);
        if narrower.depth() > MAX_CONSTRAINT_DEPTH {
            self.clone()
        } else {
            narrower
        }
    }

    fn depth(&self) -> usize {
        1 + match self {
            Self::Each(inner) => inner.depth(),
            Self::Record(named, _) => named
                .values()
                .map(|(_, spec)| spec.depth())
                .max()
                .unwrap_or(0),
            Self::AllOf(clauses) | Self::AnyOf(clauses) => {
                clauses.iter().map(Self::depth).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn narrower(&self, other: &Self, choices: &mut Vec<u8>) -> Self {
        if pick(choices, 6) == 0 {
            return Self::AllOf(vec![self.clone(), other.clone()]);
        }
        let half = |values: &[Value]| values[..values.len().div_ceil(2)].to_vec();
        match self {
            Self::Any => other.clone(),
            Self::OneOf(values) => Self::OneOf(half(values)),
            Self::NoneOf(values) => {
                let more: Vec<Value> = [numbers(), texts(), lists(), maps()].concat();
                let extra = more
                    .into_iter()
                    .find(|v| v.value_type() == values[0].value_type() && !values.contains(v));
                Self::NoneOf(values.iter().cloned().chain(extra).collect())
            }
            Self::Range(low, high) => match (low, high) {
                (Some(Bound::Inclusive(low)), Some(Bound::Inclusive(high))) if low < high => {
                    Self::Range(Some(Bound::Exclusive(*low)), Some(Bound::Inclusive(*high)))
                }
                (None, Some(_)) => self.clone(),
                (low, None) => {
                    let high = if low.is_none_or(|end| end.number() < number("4")) {
                        "4"
                    } else {
                        "1e301"
                    };
                    Self::Range(*low, Some(Bound::Inclusive(number(high))))
                }
                _ => self.clone(),
            },
            Self::Pattern(pattern) => {
                Self::Pattern(pattern.replacen('*', ["", "a", "b*", "*c"][pick(choices, 4)], 1))
            }
            Self::Path(path) => Self::Path(format!(
                "{}/{}",
                path.trim_end_matches('/'),
                ["b", "c"][pick(choices, 2)]
            )),
            Self::Host(host) => Self::Host(format!("{}.{host}", ["x", "y"][pick(choices, 2)])),
            Self::Url {
                schemes,
                host,
                path,
                port,
            } => Self::Url {
                schemes: schemes[..1].to_vec(),
                host: host.clone(),
                port: *port,
                path: format!("{}/x", path.trim_end_matches('/')),
            },
            Self::Network(network) if network == "10.0.0.0/8" => {
                Self::Network("10.0.0.0/30".to_owned())
            }
            Self::Network(network) if network == "::/0" => {
                Self::Network("::fffe:0:0/95".to_owned())
            }
            Self::Network(_) => self.clone(),
            Self::Contains(values) => {
                let extra: Value = match values[0] {
                    Value::Number(_) => 9.into(),
                    _ => Value::List(vec![Value::Null]),
                };
                Self::Contains(values.iter().cloned().chain([extra]).collect())
            }
            Self::Each(inner) => Self::Each(Box::new(inner.narrower(other, choices))),
            Self::Record(named, open) => {
                let mut named = named.clone();
                for (presence, spec) in named.values_mut() {
                    *spec = spec.narrower(other, choices);
                    if pick(choices, 2) == 0 {
                        *presence = Presence::Required;
                    }
                }
                Self::Record(named, *open && pick(choices, 2) == 0)
            }
            Self::AllOf(clauses) => Self::AllOf(
                clauses
                    .iter()
                    .map(|clause| clause.narrower(other, choices))
                    .chain([other.clone()])
                    .collect(),
            ),
            Self::AnyOf(clauses) => match pick(choices, 2) {
                0 => clauses[pick(choices, clauses.len())].clone(),
                _ => Self::AnyOf(
                    clauses
                        .iter()
                        .map(|clause| clause.narrower(other, choices))
                        .collect(),
                ),
            },
        }
    }
}

impl Entry {
    /// An entry that permits no more, often less.
    pub(crate) fn narrowed(&self, other: &Spec, choices: &mut Vec<u8>) -> Self {
        let Spec::Record(named, open) =
            Spec::Record(self.named.clone(), self.open).narrowed(&Spec::Any, choices)
        else {
            return self.clone();
        };
        let mut named = named;
        if let (0, Some((_, spec))) = (pick(choices, 2), named.values_mut().next()) {
            *spec = spec.narrowed(other, choices);
        }
        let tool = match self.tool {
            "crm*" | "crm.*" | "crm.r*" if pick(choices, 2) == 0 => {
                ["crm.read", "crm.read.*", "crm.read*", "crm.r*"][pick(choices, 4)]
            }
            tool => tool,
        };
        let effect = if pick(choices, 3) == 0 {
            Effect::Read
        } else {
            self.effect
        };
        Self {
            tool,
            effect,
            named,
            open,
        }
    }
}
