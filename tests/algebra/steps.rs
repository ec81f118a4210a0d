//! The steps that questions cost, reckoned once more from the page of the format that says so.

use crate::generate::{check, specs};
use crate::model::{Rules, Spec, address, is_host, segments, url_parts};
use mandatum::powers::{Bound, Presence};
use mandatum::primitives::{Number, OutOfWork, Value, ValueType, Work};
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

/// Steps counted so far.
#[derive(Default)]
struct Steps(Cell<usize>);

impl Steps {
    fn add(&self, steps: usize) {
        self.0.set(self.0.get() + steps);
    }
}

fn log2(n: usize) -> usize {
    n.checked_ilog2().unwrap_or(0) as usize
}

fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    let short = |code: u8, from: usize| [&[major << 5 | code], &bytes[from..]].concat();
    match argument {
        0..24 => vec![major << 5 | argument as u8],
        24..=0xff => short(24, 7),
        0x100..=0xffff => short(25, 6),
        0x1_0000..=0xffff_ffff => short(26, 4),
        _ => short(27, 0),
    }
}

fn integer(integer: i128) -> Vec<u8> {
    let (negative, magnitude) = (
        integer < 0,
        if integer < 0 { -1 - integer } else { integer } as u128,
    );
    match u64::try_from(magnitude) {
        Ok(small) => head(u8::from(negative), small),
        Err(_) => {
            let bytes: Vec<u8> = magnitude
                .to_be_bytes()
                .into_iter()
                .skip_while(|byte| *byte == 0)
                .collect();
            [
                head(6, 2 + u64::from(negative)),
                head(2, bytes.len() as u64),
                bytes,
            ]
            .concat()
        }
    }
}

fn number(number: Number) -> Vec<u8> {
    match number.exponent() {
        0 => integer(number.coefficient()),
        exponent => [
            vec![0xc4, 0x82],
            integer(exponent.into()),
            integer(number.coefficient()),
        ]
        .concat(),
    }
}

fn encode(value: &Value) -> Vec<u8> {
    let chunk = |major, bytes: &[u8]| [&head(major, bytes.len() as u64), bytes].concat();
    match value {
        Value::Null => vec![0xf6],
        Value::Bool(bool) => vec![0xf4 + u8::from(*bool)],
        Value::Number(it) => number(*it),
        Value::Text(text) => chunk(3, text.as_bytes()),
        Value::Bytes(bytes) => chunk(2, bytes),
        Value::List(items) => [head(4, items.len() as u64)]
            .into_iter()
            .chain(items.iter().map(encode))
            .flatten()
            .collect(),
        Value::Map(entries) => {
            let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = entries
                .iter()
                .map(|(key, value)| (chunk(3, key.as_bytes()), encode(value)))
                .collect();
            pairs.sort();
            let pairs = pairs.into_iter().map(|(key, value)| [key, value].concat());
            [head(5, entries.len() as u64)]
                .into_iter()
                .chain(pairs)
                .flatten()
                .collect()
        }
    }
}

/// A set of values as it is kept: each once, in the order of the encodings; and the length of the
/// longest of those.
fn members(values: &[Value]) -> (Vec<Value>, usize) {
    let sorted: BTreeMap<Vec<u8>, Value> = values
        .iter()
        .map(|value| (encode(value), value.clone()))
        .collect();
    let longest = sorted.keys().map(Vec::len).max().unwrap();
    (sorted.into_values().collect(), longest)
}

/// Whether the parts of a value come to no more than `room`.
fn parts_fit(value: &Value, room: &mut usize, steps: &Steps) -> bool {
    let mut takes = |bytes: usize| {
        steps.add(bytes / 64 + 3);
        let left = room.checked_sub(bytes);
        *room = left.unwrap_or(*room);
        left.is_some()
    };
    match value {
        Value::Text(text) => takes(text.len() + 1),
        Value::Bytes(bytes) => takes(bytes.len() + 1),
        Value::Null | Value::Bool(_) | Value::Number(_) => takes(1),
        Value::List(items) => {
            takes(1)
                && items.len() <= *room
                && items.iter().all(|item| parts_fit(item, room, steps))
        }
        Value::Map(entries) => {
            if !takes(1) || entries.len() > *room {
                return false;
            }
            steps.add(2 * entries.len() * log2(entries.len()) + 8);
            entries.iter().all(|(key, value)| {
                steps.add((key.len() + 1) / 64 + 3);
                let left = room.checked_sub(key.len() + 1);
                *room = left.unwrap_or(*room);
                left.is_some() && parts_fit(value, room, steps)
            })
        }
    }
}

fn look_up(set: &[Value], value: &Value, steps: &Steps) -> bool {
    if set[0].value_type() != value.value_type() {
        return false;
    }
    let (set, longest) = members(set);
    steps.add(16);
    match value {
        Value::Text(text) if text.len() > longest => return false,
        Value::Bytes(bytes) if bytes.len() > longest => return false,
        Value::List(_) | Value::Map(_) => {
            if !parts_fit(value, &mut longest.clone(), steps) {
                return false;
            }
            steps.add(8);
        }
        _ => {}
    }
    steps.add((log2(set.len()) + 2) * if longest <= 8 { 4 } else { longest / 64 + 8 });
    set.contains(value)
}

fn matches(pattern: &str, text: &str, steps: &Steps) -> bool {
    steps.add(pattern.len() / 16 + 2);
    let pieces: Vec<&str> = pattern.split('*').collect();
    let [first, between @ .., last] = &pieces[..] else {
        return text == pattern;
    };
    let Some(mut rest) = text
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last))
    else {
        return false;
    };
    let mut once = rest.len();
    for piece in between {
        steps.add(std::mem::take(&mut once) + piece.len() + 8);
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    true
}

/// The readings of one text that were paid for: as a path, host, URL, address.
type Readings = Cell<[bool; 4]>;

fn read(kind: usize, text: &str, readings: &Readings, steps: &Steps) {
    let mut known = readings.get();
    if !std::mem::replace(&mut known[kind], true) {
        steps.add(match kind {
            0 => text.len() + 1,
            1 if text.len() > 253 => 1,
            1 => text.len() / 2 + 1,
            2 => 2 * text.len() + 16,
            _ if text.len() > 45 => 1,
            _ => 72,
        });
    }
    readings.set(known);
}

fn within(base: &str, steps: &Steps) {
    steps.add(base.len() / 64 + 1);
}

fn admits(spec: &Spec, value: &Value, readings: &Readings, steps: &Steps) -> bool {
    steps.add(1);
    match (spec, value) {
        (Spec::OneOf(set), _) => look_up(set, value, steps),
        (Spec::NoneOf(set), _) => {
            set[0].value_type() == value.value_type() && !look_up(set, value, steps)
        }
        (Spec::Range(..), Value::Number(_)) => {
            steps.add(4);
            spec.admits(value)
        }
        (Spec::Pattern(pattern), Value::Text(text)) => matches(pattern, text, steps),
        (Spec::Path(base), Value::Text(text)) => {
            read(0, text, readings, steps);
            if segments(text).is_some() {
                within(base, steps);
            }
            spec.admits(value)
        }
        (Spec::Host(base), Value::Text(text)) => {
            read(1, text, readings, steps);
            if is_host(text) {
                within(base, steps);
            }
            spec.admits(value)
        }
        (Spec::Url { host, path, .. }, Value::Text(text)) => {
            read(2, text, readings, steps);
            if url_parts(text).is_some() {
                steps.add(6);
                within(host, steps);
                within(path, steps);
            }
            spec.admits(value)
        }
        (Spec::Network(_), Value::Text(text)) => {
            read(3, text, readings, steps);
            spec.admits(value)
        }
        (Spec::Contains(set), Value::List(items)) => {
            steps.add(1);
            let (mut missing, _) = members(set);
            for item in items {
                if missing.is_empty() {
                    break;
                }
                steps.add(1);
                look_up(set, item, steps);
                missing.retain(|member| member != item);
            }
            missing.is_empty()
        }
        (Spec::Each(inner), Value::List(items)) => {
            items.iter().all(|item| admits_anew(inner, item, steps))
        }
        (Spec::Record(rules, open), Value::Map(entries)) => permits(rules, *open, entries, steps),
        (Spec::AllOf(clauses), _) => clauses
            .iter()
            .all(|clause| admits(clause, value, readings, steps)),
        (Spec::AnyOf(clauses), _) => clauses
            .iter()
            .any(|clause| admits(clause, value, readings, steps)),
        _ => *spec == Spec::Any,
    }
}

fn admits_anew(spec: &Spec, value: &Value, steps: &Steps) -> bool {
    admits(spec, value, &Readings::default(), steps)
}

fn permits(rules: &Rules, open: bool, entries: &BTreeMap<String, Value>, steps: &Steps) -> bool {
    let mut passed: BTreeSet<&str> = BTreeSet::new();
    for (name, (presence, spec)) in rules {
        let before: Vec<&str> = entries
            .keys()
            .map(String::as_str)
            .filter(|key| *key < name.as_str() && !passed.contains(key))
            .collect();
        steps.add(2 + 2 * before.len());
        passed.extend(before);
        passed.insert(name);
        match entries.get(name) {
            Some(value) if !admits_anew(spec, value, steps) => return false,
            None if *presence == Presence::Required => return false,
            _ => {}
        }
    }
    open || entries.keys().all(|key| rules.contains_key(key))
}

fn read_back(value: &Value, steps: &Steps) {
    steps.add(4);
    match value {
        Value::Text(text) => steps.add(text.len() / 64 + 8),
        Value::Bytes(bytes) => steps.add(bytes.len() / 64 + 8),
        Value::List(items) => {
            steps.add(8);
            items.iter().for_each(|item| read_back(item, steps));
        }
        Value::Map(entries) => {
            steps.add(32);
            for (key, value) in entries {
                steps.add(key.len() / 64 + 40);
                read_back(value, steps);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn values_of(set: &[Value], steps: &Steps) -> Vec<Value> {
    let (set, _) = members(set);
    steps.add(set.len() + 8);
    set.iter().for_each(|value| read_back(value, steps));
    set
}

fn addresses(network: &str) -> Option<Vec<Value>> {
    let (first, bits) = network.split_once('/').unwrap();
    let (first, bits) = (
        first.parse::<std::net::Ipv4Addr>().ok()?,
        bits.parse::<u32>().unwrap(),
    );
    let count = 1_u64 << (32 - bits);
    let address =
        |n: u64| Value::from(std::net::Ipv4Addr::from(u32::from(first) + n as u32).to_string());
    (count <= 256).then(|| (0..count).map(address).collect())
}

fn count(spec: &Spec, steps: &Steps) -> Option<usize> {
    steps.add(1);
    match spec {
        Spec::OneOf(set) => Some(members(set).0.len()),
        Spec::NoneOf(set) if set[0].value_type() == ValueType::Bool => Some(1),
        Spec::Range(Some(low), Some(high)) if low.number() == high.number() => Some(1),
        Spec::Pattern(pattern) => {
            steps.add(pattern.len() / 16);
            (!pattern.contains('*')).then_some(1)
        }
        Spec::Network(network) => addresses(network).map(|all| all.len()),
        Spec::AllOf(clauses) => first_listed(clauses, steps).map(|(_, count)| count),
        Spec::AnyOf(clauses) => {
            let mut sum = 0;
            for clause in clauses {
                let more = count(clause, steps)?;
                if sum > 256 {
                    return None;
                }
                sum += more;
            }
            Some(sum)
        }
        _ => None,
    }
}

fn first_listed<'s>(clauses: &'s [Spec], steps: &Steps) -> Option<(&'s Spec, usize)> {
    clauses
        .iter()
        .find_map(|clause| Some((clause, count(clause, steps).filter(|count| *count <= 256)?)))
}

fn list(spec: &Spec, steps: &Steps) -> Vec<Value> {
    steps.add(8);
    match spec {
        Spec::OneOf(set) => values_of(set, steps),
        Spec::NoneOf(set) => {
            steps.add(8);
            [false, true]
                .map(Value::from)
                .into_iter()
                .filter(|value| !set.contains(value))
                .collect()
        }
        Spec::Range(Some(end), _) => vec![Value::Number(end.number())],
        Spec::Pattern(pattern) => {
            steps.add(pattern.len() / 64 + 8);
            vec![pattern.as_str().into()]
        }
        Spec::Network(network) => {
            let all = addresses(network).unwrap();
            steps.add(48 * all.len());
            all
        }
        Spec::AllOf(clauses) => {
            let (listed, _) = first_listed(clauses, steps).unwrap();
            let mut admitted = list(listed, steps);
            admitted.retain(|value| {
                clauses
                    .iter()
                    .all(|clause| admits_anew(clause, value, steps))
            });
            admitted
        }
        Spec::AnyOf(clauses) => clauses
            .iter()
            .flat_map(|clause| list(clause, steps))
            .collect(),
        _ => panic!("not listed"),
    }
}

fn types(spec: &Spec, steps: &Steps) -> BTreeSet<ValueType> {
    use ValueType::{Bool, Bytes, List, Map, Null, Number, Text};
    steps.add(1);
    match spec {
        Spec::Any => [Null, Bool, Number, Text, Bytes, List, Map].into(),
        Spec::OneOf(set) | Spec::NoneOf(set) => [set[0].value_type()].into(),
        Spec::Range(..) => [Number].into(),
        Spec::Pattern(_) | Spec::Path(_) | Spec::Host(_) | Spec::Url { .. } | Spec::Network(_) => {
            [Text].into()
        }
        Spec::Contains(_) | Spec::Each(_) => [List].into(),
        Spec::Record(..) => [Map].into(),
        Spec::AllOf(clauses) => {
            let of_clauses = clauses.iter().map(|clause| types(clause, steps));
            of_clauses
                .reduce(|all, more| all.intersection(&more).copied().collect())
                .unwrap()
        }
        Spec::AnyOf(clauses) => clauses
            .iter()
            .flat_map(|clause| types(clause, steps))
            .collect(),
    }
}

fn whole(spec: &Spec, steps: &Steps) -> BTreeSet<ValueType> {
    let everything = |inner: &Spec| covers(inner, &Asked::new(&Spec::Any), steps);
    let is_whole = match spec {
        Spec::Pattern(pattern) => pattern == "*",
        Spec::Range(low, high) => (low, high) == (&None, &None),
        Spec::Each(inner) => everything(inner),
        Spec::Record(rules, open) => {
            *open
                && rules
                    .values()
                    .all(|(presence, inner)| *presence == Presence::Optional && everything(inner))
        }
        _ => false,
    };
    if is_whole {
        types(spec, steps)
    } else {
        BTreeSet::new()
    }
}

/// A child's constraint, and what is paid for once.
struct Asked<'s> {
    spec: &'s Spec,
    parts: OnceCell<Vec<Asked<'s>>>,
    listed: OnceCell<Option<Vec<Value>>>,
    types: OnceCell<BTreeSet<ValueType>>,
}

impl<'s> Asked<'s> {
    fn new(spec: &'s Spec) -> Self {
        Self {
            spec,
            parts: OnceCell::new(),
            listed: OnceCell::new(),
            types: OnceCell::new(),
        }
    }

    fn parts(&self, steps: &Steps) -> &[Self] {
        self.parts.get_or_init(|| {
            let parts: Vec<&Spec> = match self.spec {
                Spec::AllOf(clauses) | Spec::AnyOf(clauses) => clauses.iter().collect(),
                Spec::Each(inner) => vec![inner],
                Spec::Record(rules, _) => rules.values().map(|(_, spec)| spec).collect(),
                _ => panic!("no parts"),
            };
            steps.add(4 * parts.len() + 8);
            parts.into_iter().map(Self::new).collect()
        })
    }

    fn listed(&self, steps: &Steps) -> Option<&[Value]> {
        let listed = self.listed.get_or_init(|| {
            count(self.spec, steps)
                .filter(|count| *count <= 256)
                .map(|_| list(self.spec, steps))
        });
        listed.as_deref()
    }
}

fn covers(parent: &Spec, asked: &Asked<'_>, steps: &Steps) -> bool {
    steps.add(2);
    let child = asked.spec;
    match (parent, child) {
        (Spec::Any, _) => return true,
        (Spec::Network(mine), Spec::Network(theirs)) => {
            let bits = |network: &str| {
                let (first, bits) = network.split_once('/').unwrap();
                let (first, bits) = (address(first).unwrap(), bits.parse::<usize>().unwrap());
                (first.len(), first[..bits].to_vec())
            };
            let (mine, theirs) = (bits(mine), bits(theirs));
            return mine.0 == theirs.0 && theirs.1.starts_with(&mine.1);
        }
        (Spec::OneOf(mine), Spec::OneOf(theirs)) => return subset(theirs, mine, steps),
        (_, Spec::AnyOf(_)) => {
            return asked
                .parts(steps)
                .iter()
                .all(|clause| covers(parent, clause, steps));
        }
        (Spec::AllOf(clauses), _) => {
            return clauses.iter().all(|clause| covers(clause, asked, steps));
        }
        (Spec::AnyOf(clauses), Spec::Network(_))
            if clauses.iter().any(|clause| covers(clause, asked, steps)) =>
        {
            return true;
        }
        _ => {}
    }
    if let Some(values) = asked.listed(steps) {
        return values.iter().all(|value| admits_anew(parent, value, steps));
    }
    if let Spec::AnyOf(clauses) = parent {
        if clauses.iter().any(|clause| covers(clause, asked, steps)) {
            return true;
        }
    }
    let types = asked.types.get_or_init(|| types(child, steps));
    if types.is_subset(&whole(parent, steps)) {
        return true;
    }
    if let Spec::NoneOf(excluded) = parent {
        if types.is_subset(&[excluded[0].value_type()].into()) {
            let excluded = values_of(excluded, steps);
            if !excluded
                .iter()
                .any(|value| admits_anew(child, value, steps))
            {
                return true;
            }
        }
    }
    match (parent, child) {
        (_, Spec::AllOf(_)) => asked
            .parts(steps)
            .iter()
            .any(|clause| covers(parent, clause, steps)),
        (Spec::Range(low, high), Spec::Range(from, to)) => {
            steps.add(6);
            range_within((*low, *high), (*from, *to))
        }
        (Spec::Pattern(mine), Spec::Pattern(theirs)) => {
            steps.add(mine.len() + theirs.len() + 16);
            matches(mine, &theirs.replace('*', "\u{10fffd}"), steps)
        }
        (Spec::Path(mine), Spec::Path(theirs)) => {
            within(mine, steps);
            parent.admits(&theirs.as_str().into())
        }
        (Spec::Host(mine), Spec::Host(theirs)) => {
            within(mine, steps);
            parent.admits(&theirs.as_str().into())
        }
        (Spec::Url { host, path, .. }, Spec::Url { schemes, .. }) => {
            steps.add(6 + 8 * schemes.len());
            within(host, steps);
            within(path, steps);
            parent
                .build()
                .covers(&child.build(), &mut Work::new(u64::MAX))
                .unwrap()
        }
        (Spec::Contains(mine), Spec::Contains(theirs)) => subset(mine, theirs, steps),
        (Spec::Each(mine), Spec::Each(_)) => covers(mine, &asked.parts(steps)[0], steps),
        (Spec::Record(mine, mine_open), Spec::Record(theirs, open)) => {
            let parts = asked.parts(steps);
            rules_cover((mine, *mine_open), (theirs, *open), parts, steps)
        }
        _ => false,
    }
}

/// Whether the first set is within the second.
fn subset(some: &[Value], all: &[Value], steps: &Steps) -> bool {
    let ((some, _), (all, longest)) = (members(some), members(all));
    if some.len() > all.len() {
        return false;
    }
    steps.add(all.len() * (longest / 64 + 3));
    some.iter().all(|value| all.contains(value))
}

type ChainEndpoints = (Option<Bound>, Option<Bound>);

fn range_within((low, high): ChainEndpoints, (from, to): ChainEndpoints) -> bool {
    let looser = |mine: Option<Bound>,
                  theirs: Option<Bound>,
                  beyond: fn(Number, Number) -> bool| match (mine, theirs) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(mine), Some(theirs)) if mine.number() == theirs.number() => {
            matches!(mine, Bound::Inclusive(_)) || matches!(theirs, Bound::Exclusive(_))
        }
        (Some(mine), Some(theirs)) => beyond(theirs.number(), mine.number()),
    };
    looser(low, from, |theirs, mine| theirs > mine)
        && looser(high, to, |theirs, mine| theirs < mine)
}

fn rules_cover(
    (mine, mine_open): (&Rules, bool),
    (theirs, open): (&Rules, bool),
    asked: &[Asked<'_>],
    steps: &Steps,
) -> bool {
    if open && !mine_open {
        return false;
    }
    steps.add(4 * (mine.len() + theirs.len()) + 1);
    for ((name, (presence, _)), asked) in theirs.iter().zip(asked) {
        let covered = match mine.get(name) {
            None => mine_open,
            Some((Presence::Required, _)) if *presence == Presence::Optional => false,
            Some((_, mine)) => covers(mine, asked, steps),
        };
        if !covered {
            return false;
        }
    }
    mine.iter()
        .filter(|(name, _)| !theirs.contains_key(*name))
        .all(|(_, (presence, spec))| {
            *presence == Presence::Optional
                && (!open || covers(spec, &Asked::new(&Spec::Any), steps))
        })
}

/// Asks within just enough steps, and within one fewer.
fn costs<T: std::fmt::Debug + PartialEq>(
    what: &str,
    expected: T,
    steps: &Steps,
    ask: impl Fn(&mut Work) -> Result<T, OutOfWork>,
) {
    let steps = steps.0.get() as u64;
    assert_eq!(
        ask(&mut Work::new(steps)),
        Ok(expected),
        "{what}: within {steps}"
    );
    assert_eq!(
        ask(&mut Work::new(steps - 1)),
        Err(OutOfWork),
        "{what}: within {steps} less one"
    );
}

#[test]
fn a_value_costs_what_the_format_says() {
    let asked = Cell::new(0);
    check(1200, &(specs(), specs()), |(spec, other)| {
        let constraint = spec.build();
        for value in spec.near().into_iter().chain(other.near()) {
            let steps = Steps::default();
            let admitted = admits_anew(&spec, &value, &steps);
            costs(
                &format!("{constraint} and {value}"),
                admitted,
                &steps,
                |work| constraint.admits(&value, work),
            );
            asked.set(asked.get() + 1);
        }
    });
    assert!(asked.get() > 10_000, "{asked:?}");
}

#[test]
fn coverage_costs_what_the_format_says() {
    let covered = Cell::new([0; 2]);
    let choices = crate::generate::choices();
    check(
        2500,
        &(specs(), specs(), choices),
        |(parent, other, mut choices)| {
            for child in [
                parent.narrowed(&other, &mut choices),
                other.clone(),
                parent.clone(),
            ] {
                let steps = Steps::default();
                let is_covered = covers(&parent, &Asked::new(&child), &steps);
                let (parent, child) = (parent.build(), child.build());
                costs(
                    &format!("{parent} and {child}"),
                    is_covered,
                    &steps,
                    |work| parent.covers(&child, work),
                );
                let mut counts = covered.get();
                counts[usize::from(is_covered)] += 1;
                covered.set(counts);
            }
        },
    );
    assert!(
        covered.get().iter().all(|count| *count > 1000),
        "{covered:?}"
    );
}

/// What is long, of which the generated values have little.
#[test]
fn long_texts_sets_and_patterns_cost_what_the_format_says() {
    let long = |letter: &str, count: usize| Value::from(letter.repeat(count));
    let map = |length: usize| Value::Map([("k".repeat(length.min(128)), long("v", length))].into());
    let lists = |length: usize| Value::List((0..length as i64).map(Value::from).collect());
    let text = "ab".repeat(700);
    let mut specs = vec![
        Spec::OneOf((0..200).map(|n| long("x", n + 1)).collect()),
        Spec::OneOf((0..256_i64).map(Value::from).collect()),
        Spec::NoneOf(vec![map(3), map(70), map(200)]),
        Spec::OneOf(vec![lists(5), lists(100), lists(300)]),
        Spec::Contains((0..9).map(|n| long("x", 100 * n + 1)).collect()),
        Spec::Pattern(format!("*{}*", text.split_at(400).0)),
        Spec::Pattern("*a*b*a*b*a*b*".to_owned()),
        Spec::Path(format!("/{}", "a/".repeat(200) + "b")),
        Spec::Host(format!("{}com", "a.".repeat(100))),
        Spec::Network("10.0.0.0/24".to_owned()),
        Spec::Network("10.0.0.0/8".to_owned()),
        Spec::Network("2001:db8::/100".to_owned()),
    ];
    specs.push(Spec::AnyOf(specs.clone()));
    specs.push(Spec::AllOf(specs.clone()));
    let mut values: Vec<Value> = [1, 20, 63, 64, 65, 199, 200, 260, 5000]
        .map(|count| long("x", count))
        .to_vec();
    values.extend([
        map(3),
        map(70),
        map(200),
        map(250),
        lists(5),
        lists(100),
        lists(300),
        lists(400),
    ]);
    values.extend([
        text.as_str().into(),
        format!("/{}", "a/".repeat(300) + "b").as_str().into(),
    ]);
    values.extend([
        "10.0.0.77".into(),
        format!("{}com", "a.".repeat(101)).as_str().into(),
        Value::Null,
    ]);
    values.push(Value::List(
        (0..9).map(|n| long("x", 100 * n + 1)).collect(),
    ));
    for spec in &specs {
        let constraint = spec.build();
        for value in &values {
            let steps = Steps::default();
            let admitted = admits_anew(spec, value, &steps);
            costs(
                &format!("{constraint} and {value}"),
                admitted,
                &steps,
                |work| constraint.admits(value, work),
            );
        }
        for child in &specs {
            let steps = Steps::default();
            let covered = covers(spec, &Asked::new(child), &steps);
            let child = child.build();
            costs(
                &format!("{constraint} and {child}"),
                covered,
                &steps,
                |work| constraint.covers(&child, work),
            );
        }
    }
}
