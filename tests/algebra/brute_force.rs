//! Coverage against set inclusion, for every ordered pair of many constraints, over a world in
//! which nothing is left out.
//!
//! The world is rich enough that inclusion within it is inclusion outright wherever coverage
//! promises to be complete: it has every number that is an end, and one between and beyond each;
//! texts with a letter that no pattern uses; names, paths and addresses at, below, beside and above
//! those mentioned; values longer than those mentioned.

use crate::model::{EFFECTS, Entry, Rules, Spec, glob, number, plenty, powers, wrapped};
use mandatum::powers::{Bound, Port, Presence};
use mandatum::primitives::{Arguments, Value};
use mandatum::{Action, Constraint, Effect, Powers};
use std::collections::BTreeMap;

/// A set of positions in a world.
#[derive(PartialEq)]
struct Places(Vec<u64>);

impl Places {
    fn of(holds: impl Iterator<Item = bool>) -> Self {
        let mut words = Vec::new();
        for (index, held) in holds.enumerate() {
            if index % 64 == 0 {
                words.push(0);
            }
            words[index / 64] |= u64::from(held) << (index % 64);
        }
        Self(words)
    }

    fn is_within(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(mine, theirs)| mine & !theirs == 0)
    }

    fn or(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(mine, theirs)| mine | theirs)
                .collect(),
        )
    }
}

/// Every text of at most `longest` of these letters.
fn texts_over(letters: &[char], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|text| letters.iter().map(move |letter| format!("{text}{letter}")))
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

fn patterns(longest: usize) -> Vec<String> {
    texts_over(&['a', 'b', '*'], longest)
        .into_iter()
        .filter(|pattern| !pattern.contains("**"))
        .collect()
}

fn numbers(texts: &[&str]) -> Vec<Value> {
    texts
        .iter()
        .map(|text| Value::Number(number(text)))
        .collect()
}

fn words(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(*text)).collect()
}

fn map(entries: &[(&str, Value)]) -> Value {
    Value::Map(
        entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect(),
    )
}

/// What a pair must share for coverage to be complete: texts, paths, hosts, URLs and addresses are
/// types of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Any,
    Null,
    Bool,
    Number,
    Text,
    Bytes,
    List,
    Map,
    Path,
    Host,
    Url,
    Network,
}

fn class(spec: &Spec) -> Class {
    match spec {
        Spec::Any => Class::Any,
        Spec::OneOf(values) | Spec::NoneOf(values) => match values[0] {
            Value::Null => Class::Null,
            Value::Bool(_) => Class::Bool,
            Value::Number(_) => Class::Number,
            Value::Text(_) => Class::Text,
            Value::Bytes(_) => Class::Bytes,
            Value::List(_) => Class::List,
            Value::Map(_) => Class::Map,
        },
        Spec::Range(..) => Class::Number,
        Spec::Pattern(_) => Class::Text,
        Spec::Path(_) => Class::Path,
        Spec::Host(_) => Class::Host,
        Spec::Url { .. } => Class::Url,
        Spec::Network(_) => Class::Network,
        Spec::Contains(_) => Class::List,
        Spec::Each(_) | Spec::Record(..) | Spec::AllOf(_) | Spec::AnyOf(_) => panic!("nests"),
    }
}

/// Where coverage is promised to find every inclusion.
fn is_promised(parent: &Spec, child: &Spec) -> bool {
    let is_text = matches!(
        class(child),
        Class::Text | Class::Path | Class::Host | Class::Url | Class::Network
    );
    *parent == Spec::Any
        || child.is_listable()
        || class(parent) == class(child)
        || (is_text && *parent == Spec::Pattern("*".to_owned()))
}

fn ranges() -> Vec<Spec> {
    let at = |text: &str| {
        [
            Some(Bound::Inclusive(number(text))),
            Some(Bound::Exclusive(number(text))),
        ]
    };
    let ends = [at("0"), at("1e-300"), at("1"), at("2"), at("1e39")].concat();
    let mut all = vec![Spec::Range(None, None)];
    for end in &ends {
        all.extend([Spec::Range(*end, None), Spec::Range(None, *end)]);
        let closed = ends
            .iter()
            .filter(|high| mandatum::powers::Range::new(*end, **high).is_ok());
        all.extend(closed.map(|high| Spec::Range(*end, *high)));
    }
    all
}

fn urls() -> Vec<Spec> {
    let mut all = Vec::new();
    for schemes in [
        &["https"][..],
        &["http", "https"],
        &["coap"],
        &["coap", "https"],
    ] {
        for (host, path) in [
            ("a.com", "/"),
            ("a.com", "/v1"),
            ("x.a.com", "/"),
            ("b.com", "/v1"),
        ] {
            for port in [Port::Default, Port::Any, Port::Only(8443), Port::Only(443)] {
                if schemes != ["https"] || port != Port::Only(443) {
                    all.push(Spec::Url {
                        schemes: schemes.iter().map(|scheme| (*scheme).to_owned()).collect(),
                        host: host.to_owned(),
                        port,
                        path: path.to_owned(),
                    });
                }
            }
        }
    }
    all
}

const NETWORKS: [&str; 15] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.0.0/23",
    "10.0.0.0/30",
    "10.0.0.2/31",
    "10.0.0.2/32",
    "::/0",
    "::/80",
    "::fffc:0:0/94",
    "::fffe:0:0/95",
    "::fffe:0:0/96",
    "2001:db8::/32",
    "2001:db8::/126",
    "2001:db8::1/128",
];

fn constraints() -> Vec<Spec> {
    let sets = |sets: &[&[Value]]| sets.iter().map(|set| set.to_vec()).collect::<Vec<_>>();
    let n = |texts: &[&str]| numbers(texts);
    let list = |items: &[i64]| Value::from(items.to_vec());
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    let mut all = vec![
        Spec::Any,
        Spec::OneOf(vec![Value::Null]),
        Spec::OneOf(vec![true.into()]),
        Spec::OneOf(vec![true.into(), false.into()]),
        Spec::NoneOf(vec![true.into()]),
        Spec::NoneOf(vec![false.into()]),
    ];
    let values = sets(&[
        &n(&["0"]),
        &n(&["1"]),
        &n(&["0", "1"]),
        &n(&["1", "2"]),
        &n(&["0", "0.5", "1"]),
        &n(&["-1", "1.5", "3"]),
        &words(&["a"]),
        &words(&["ab"]),
        &words(&["", "a"]),
        &words(&["a", "b", "ab"]),
        &words(&["/a", "/a/b"]),
        &words(&["a.com", "x.a.com"]),
        &words(&["https://a.com/", "https://a.com/v1"]),
        &words(&["10.0.0.2", "10.0.0.3"]),
        &words(&["2001:db8::1"]),
        &words(&["/a/../b", "A.com"]),
        &[bytes(&[])],
        &[bytes(&[]), bytes(&[1])],
        &[bytes(&[1])],
        &[list(&[])],
        &[list(&[1]), list(&[1, 2])],
        &[list(&[1, 2, 3])],
        &[Value::from(vec!["a"])],
        &[map(&[])],
        &[map(&[("k", 1.into())])],
        &[map(&[]), map(&[("k", 1.into())])],
    ]);
    all.extend(values.iter().cloned().map(Spec::OneOf));
    all.extend(values.into_iter().map(Spec::NoneOf));
    all.extend(ranges());
    all.extend(patterns(3).into_iter().map(Spec::Pattern));
    all.extend(
        ["/*", "*.a.com", "https://*", "10.*", "*:*"]
            .map(|pattern| Spec::Pattern(pattern.to_owned())),
    );
    all.extend(["/", "/a", "/a/b", "/ab", "/b"].map(|path| Spec::Path(path.to_owned())));
    all.extend(["com", "a.com", "x.a.com", "xa.com", "a"].map(|host| Spec::Host(host.to_owned())));
    all.extend(urls());
    all.extend(NETWORKS.map(|network| Spec::Network(network.to_owned())));
    let elements = sets(&[
        &n(&["1"]),
        &n(&["1", "2"]),
        &n(&["2"]),
        &n(&["1", "2", "3"]),
        &words(&["a"]),
        &[list(&[1])],
    ]);
    all.extend(elements.into_iter().map(Spec::Contains));
    all
}

/// Every value that sets two of the constraints apart.
fn universe() -> Vec<Value> {
    let mut world = vec![Value::Null, true.into(), false.into()];
    world.extend(numbers(&[
        "-1e300", "-2", "-1", "-0.5", "0", "1e-301", "1e-300", "2e-300", "0.5", "0.75", "1", "1.5",
    ]));
    world.extend(numbers(&[
        "1.75", "2", "2.5", "3", "4", "1e39", "1.5e39", "1e300",
    ]));
    world.extend(texts_over(&['a', 'b', 'x'], 4).into_iter().map(Value::from));
    for path in [
        "/", "/a", "/a/b", "/a/b/x", "/a/x", "/ab", "/ab/x", "/b", "/b/x", "/x", "/ax", "/a/",
        "/a/../b", "//a",
    ] {
        world.push(path.into());
    }
    for host in [
        "com",
        "a.com",
        "x.a.com",
        "x.x.a.com",
        "y.a.com",
        "xa.com",
        "x.xa.com",
        "a",
        "x.a",
        "A.com",
        "a.com.",
    ] {
        world.push(host.into());
    }
    for scheme in ["http", "https", "coap", "ftp"] {
        for host in ["a.com", "x.a.com", "y.x.a.com", "xa.com", "b.com"] {
            for port in ["", ":8443", ":443", ":80", ":9"] {
                for path in [
                    "/",
                    "/v1",
                    "/v1/",
                    "/v1/x",
                    "/v1x",
                    "/v1?q=/..",
                    "/v1/..",
                    "",
                    "//",
                ] {
                    world.push(format!("{scheme}://{host}{port}{path}").into());
                }
            }
        }
    }
    world.extend((0..=255).map(|last| Value::from(format!("10.0.0.{last}"))));
    for address in [
        "0.0.0.0",
        "9.255.255.255",
        "10.0.1.0",
        "10.0.1.255",
        "10.0.2.0",
        "10.255.255.255",
        "11.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "::fffb:ffff:ffff",
        "::fffc:0:0",
        "::fffd:ffff:ffff",
        "::fffe:0:0",
        "::fffe:ffff:ffff",
        "::ffff:0:0",
        "::ffff:10.0.0.2",
        "::1:0:0:0",
        "::ffff:ffff:ffff",
        "2001:db7:ffff::",
        "2001:db8::",
        "2001:db8::1",
        "2001:db8::2",
        "2001:db8::3",
        "2001:db8::4",
        "2001:db8:1::",
        "2001:db9::",
        "2001:DB8::1",
        "10.0.0.02",
        "ffff::",
    ] {
        world.push(address.into());
    }
    world.extend([vec![], vec![0], vec![1], vec![2], vec![0, 0]].map(Value::Bytes));
    let elements: Vec<Value> = [1, 2, 3, 4]
        .map(Value::from)
        .into_iter()
        .chain(["a".into(), Value::from(vec![1])])
        .collect();
    world.push(Value::List(vec![]));
    for a in &elements {
        world.push(Value::List(vec![a.clone()]));
        for b in &elements {
            world.push(Value::List(vec![a.clone(), b.clone()]));
            world.extend(
                elements
                    .iter()
                    .map(|c| Value::List(vec![a.clone(), b.clone(), c.clone()])),
            );
        }
    }
    world.extend([
        map(&[]),
        map(&[("k", 1.into())]),
        map(&[("k", 2.into())]),
        map(&[("x", Value::Null)]),
    ]);
    world
}

struct DenialPlace {
    spec: Spec,
    constraint: Constraint,
    powers: Powers,
    admitted: Places,
}

#[test]
fn coverage_is_inclusion() {
    let world = universe();
    let places: Vec<DenialPlace> = constraints()
        .into_iter()
        .map(|spec| {
            let constraint = spec.build();
            let admitted = Places::of(world.iter().map(|value| {
                let admitted = constraint.admits(value, &mut plenty()).unwrap();
                assert_eq!(admitted, spec.admits(value), "{constraint} and {value}");
                admitted
            }));
            DenialPlace {
                powers: wrapped(&constraint),
                constraint,
                spec,
                admitted,
            }
        })
        .collect();
    let (mut covered, mut promised, mut beyond) = (0, 0, 0);
    for parent in &places {
        for child in &places {
            let included = child.admitted.is_within(&parent.admitted);
            let covers = parent
                .constraint
                .covers(&child.constraint, &mut plenty())
                .unwrap();
            let pair = || format!("{} and {}", parent.constraint, child.constraint);
            assert!(included || !covers, "unsound: {}", pair());
            if is_promised(&parent.spec, &child.spec) {
                assert_eq!(covers, included, "incomplete: {}", pair());
                promised += 1;
            }
            if !included {
                let refused = parent.powers.covers(&child.powers).unwrap_err();
                let witness = refused
                    .witness
                    .unwrap_or_else(|| panic!("no witness: {}", pair()));
                assert!(
                    child.powers.permits(&witness).is_ok()
                        && parent.powers.permits(&witness).is_err(),
                    "{}",
                    pair()
                );
                beyond += 1;
            }
            covered += usize::from(covers);
        }
    }
    let counts = (places.len(), world.len(), covered, promised, beyond);
    assert!(
        counts >= (200, 1500, 0, 0, 0) && covered > 2500 && promised > 15_000 && beyond > 30_000,
        "{counts:?}"
    );
}

#[test]
fn a_pattern_covers_a_pattern_if_and_only_if_every_text_says_so() {
    let texts = texts_over(&['a', 'b', 'x'], 6);
    let letters: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
    let values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    let matched: Vec<(Constraint, Places)> = patterns(5)
        .into_iter()
        .map(|pattern| {
            let constraint = Constraint::pattern(&pattern).unwrap();
            let stars: Vec<char> = pattern.chars().collect();
            let places = Places::of(letters.iter().map(|text| glob(&stars, text)));
            let admitted = values
                .iter()
                .map(|value| constraint.admits(value, &mut plenty()).unwrap());
            assert!(places == Places::of(admitted), "{pattern}");
            (constraint, places)
        })
        .collect();
    assert_eq!(matched.len(), 258);
    let mut covered = 0;
    for (parent, all) in &matched {
        for (child, some) in &matched {
            let covers = parent.covers(child, &mut plenty()).unwrap();
            assert_eq!(covers, some.is_within(all), "{parent} and {child}");
            covered += usize::from(covers);
        }
    }
    assert!(covered > 2000, "{covered}");
}

#[test]
fn two_stars_are_no_pattern() {
    for pattern in texts_over(&['a', 'b', '*'], 5) {
        assert_eq!(
            Constraint::pattern(&pattern).is_err(),
            pattern.contains("**"),
            "{pattern}"
        );
    }
}

fn entries() -> Vec<Entry> {
    let one =
        |values: &[i64]| Spec::OneOf(values.iter().map(|value| Value::from(*value)).collect());
    let shapes = |specs: &[Spec]| {
        let both = |spec: &Spec| {
            [Presence::Required, Presence::Optional].map(|presence| Some((presence, spec.clone())))
        };
        [None]
            .into_iter()
            .chain(specs.iter().flat_map(both))
            .collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for a in shapes(&[Spec::Any, one(&[1]), one(&[1, 2])]) {
        for b in shapes(&[one(&[1])]) {
            for open in [false, true] {
                let named = [("a", &a), ("b", &b)];
                let named = named
                    .into_iter()
                    .filter_map(|(name, rule)| Some((name.to_owned(), rule.clone()?)));
                let named: Rules = named.collect();
                // Every shape of arguments with one tool and effect, and some with each of the
                // others.
                let others = [
                    ("crm*", Effect::Read),
                    ("crm.*", Effect::Write),
                    ("crm.rea*", Effect::Write),
                    ("crm.read*", Effect::Read),
                    ("crm.read", Effect::Write),
                    ("crm.read.*", Effect::Read),
                ];
                let others = others.into_iter().filter(|_| a.is_none() || b.is_none());
                for (tool, effect) in [("crm.read", Effect::Read)].into_iter().chain(others) {
                    all.push(Entry {
                        tool,
                        effect,
                        named: named.clone(),
                        open,
                    });
                }
            }
        }
    }
    all
}

fn actions() -> Vec<Action> {
    let mut all = Vec::new();
    for index in 0..32_i64 {
        // Absent, or one of three values; the third argument absent or there.
        let named = [("a", index % 4), ("b", index / 4 % 4), ("c", index / 16)].into_iter();
        let named = named
            .filter(|(_, value)| *value > 0)
            .map(|(name, value)| (name.to_owned(), Value::from(value)));
        let named: BTreeMap<String, Value> = named.collect();
        for tool in [
            "crm",
            "crmx",
            "crm.",
            "crm.rea",
            "crm.reap",
            "crm.read",
            "crm.ready",
            "crm.read.",
            "crm.read.x",
            "crm.write",
            "mail",
        ] {
            for effect in EFFECTS {
                let arguments = Arguments::new(named.clone()).unwrap();
                all.push(Action {
                    tool: tool.parse().unwrap(),
                    arguments,
                    effect,
                });
            }
        }
    }
    all
}

#[test]
fn coverage_of_capabilities_is_inclusion_of_calls() {
    let world = actions();
    let entries = entries();
    let places: Vec<(Powers, Places)> = entries
        .iter()
        .map(|entry| {
            let powers = powers(std::slice::from_ref(entry));
            let permitted = Places::of(world.iter().map(|action| {
                let permitted = powers.permits(action).is_ok();
                assert_eq!(permitted, entry.permits(action), "{powers} and {action}");
                permitted
            }));
            (powers, permitted)
        })
        .collect();
    let mut covered = 0;
    for (parent, all) in &places {
        for (child, some) in &places {
            let included = some.is_within(all);
            match parent.covers(child) {
                Ok(()) => assert!(included, "unsound: {parent} and {child}"),
                Err(refused) => {
                    assert!(!included, "incomplete: {parent} and {child}");
                    let witness = refused
                        .witness
                        .unwrap_or_else(|| panic!("no witness: {parent} and {child}"));
                    assert!(
                        child.permits(&witness).is_ok() && parent.permits(&witness).is_err(),
                        "{witness}"
                    );
                }
            }
            covered += usize::from(included);
        }
    }
    assert!(
        places.len() >= 80 && covered > 500,
        "{} {covered}",
        places.len()
    );
    // Sets permit the union of what their entries do, and cover a union that each of its entries is
    // within one of.
    for pair in places.windows(2).zip(places.windows(2).rev()) {
        let ([(a, in_a), (b, in_b)], [(c, in_c), (d, in_d)]) = pair else {
            continue;
        };
        let join = |a: &Powers, b: &Powers| {
            Powers::new([a.capabilities(), b.capabilities()].concat()).unwrap()
        };
        let (parent, child) = (join(a, b), join(c, d));
        let (all, some) = (in_a.or(in_b), in_c.or(in_d));
        let one_covers = |part: &Places| part.is_within(in_a) || part.is_within(in_b);
        assert_eq!(
            parent.covers(&child).is_ok(),
            one_covers(in_c) && one_covers(in_d),
            "{parent} and {child}"
        );
        assert!(
            some.is_within(&all) || parent.covers(&child).unwrap_err().witness.is_some(),
            "{parent} and {child}"
        );
        let meet = parent.meet(&child).unwrap();
        for (index, action) in world.iter().enumerate() {
            let within = |places: &Places| places.0[index / 64] >> (index % 64) & 1 == 1;
            assert_eq!(
                meet.permits(action).is_ok(),
                within(&all) && within(&some),
                "{parent}, {child}, {action}"
            );
        }
    }
}
