//! Values at the edges of what constraints mention: what a witness is chosen from.

use super::pattern::fresh_letter;
use super::{ArgumentRules, Constraint, Kind, Port, Presence};
use crate::ground::{Number, OutOfWork, Value, ValueType, Work};
use std::collections::{BTreeMap, BTreeSet};

/// Most samples of one constraint.
const MAX_SAMPLES: usize = 64;

/// What some constraints mention: their values, and numbers and texts at their edges.
#[derive(Default)]
pub(super) struct Pool {
    values: BTreeSet<Value>,
    numbers: BTreeSet<Number>,
    ports: BTreeSet<u16>,
    patterns: Vec<String>,
    records: Vec<ArgumentRules>,
}

impl Pool {
    pub(super) fn of<'a>(constraints: impl IntoIterator<Item = &'a Constraint>) -> Self {
        let mut pool = Self::default();
        for constraint in constraints {
            pool.mention(constraint);
        }
        pool.number_edges();
        pool
    }

    fn mention(&mut self, constraint: &Constraint) {
        match constraint.kind() {
            Kind::Any => {}
            Kind::OneOf(set) | Kind::NoneOf(set) | Kind::Contains(set) => {
                for value in set.iter() {
                    if let Value::Number(number) = value {
                        self.numbers.insert(*number);
                    }
                    self.values.insert(value.clone());
                }
            }
            Kind::Range(range) => {
                self.numbers.extend([range.low(), range.high()].iter().flatten().map(|end| end.number()));
            }
            Kind::Text(pattern) => {
                self.patterns.push(pattern.as_str().to_owned());
                self.mention_text(pattern.filled(""));
            }
            Kind::PathUnder(path) => {
                self.mention_text(path.as_str().to_owned());
                self.mention_text(path.below("x"));
            }
            Kind::HostUnder(host) => {
                self.mention_text(host.as_str().to_owned());
                self.mention_text(host.below("x"));
            }
            Kind::Url(rule) => {
                if let Port::Only(port) = rule.ports() {
                    self.ports.insert(port);
                }
                self.ports.extend([443, 80, 8443]);
                let ports: Vec<u16> = self.ports.iter().copied().collect();
                rule.samples(&ports).into_iter().for_each(|url| self.mention_text(url));
            }
            Kind::Network(network) => {
                self.mention_text(network.first().to_string());
                self.mention_text(network.last().to_string());
            }
            Kind::Each(inner) => self.mention(inner),
            Kind::Record(rules) => {
                self.records.push(rules.clone());
                rules.iter().for_each(|(_, _, inner)| self.mention(inner));
            }
            Kind::AllOf(clauses) | Kind::AnyOf(clauses) => clauses.iter().for_each(|clause| self.mention(clause)),
        }
    }

    fn mention_text(&mut self, text: String) {
        self.values.insert(Value::Text(text));
    }

    /// Adds a number between each two neighbours, and one beyond each end.
    fn number_edges(&mut self) {
        let sorted: Vec<Number> = self.numbers.iter().copied().collect();
        let pairs = sorted.iter().zip(sorted.iter().skip(1));
        self.numbers.extend(pairs.filter_map(|(a, b)| a.between(*b)));
        let one = Number::from(1);
        let below = sorted.first().map_or(Ok(Number::ZERO), |least| least.checked_sub(one));
        let above = sorted.last().map_or(Ok(one), |most| most.checked_add(one));
        self.numbers.extend([below, above].into_iter().flatten());
    }

    /// A letter in none of the texts mentioned.
    fn letter(&self) -> String {
        let in_values = |letter| self.values.iter().any(|value| mentions(value, letter));
        let in_patterns = |letter| self.patterns.iter().any(|pattern| pattern.contains(letter));
        fresh_letter(|letter| in_values(letter) || in_patterns(letter)).to_string()
    }

    /// Values of a type: those mentioned, and one that is not.
    fn of_type(&self, value_type: ValueType) -> Vec<Value> {
        let letter = self.letter();
        let fresh: Vec<Value> = match value_type {
            ValueType::Null => vec![Value::Null],
            ValueType::Bool => vec![false.into(), true.into()],
            ValueType::Number => self.numbers.iter().copied().map(Value::Number).collect(),
            ValueType::Text => vec![letter.into(), "".into()],
            ValueType::Bytes => vec![Value::Bytes(self.fresh_bytes()), Value::Bytes(Vec::new())],
            ValueType::List => vec![Value::List(vec![letter.into()]), Value::List(Vec::new())],
            ValueType::Map => vec![Value::Map([(letter, Value::Null)].into()), Value::Map([].into())],
        };
        let mentioned = self.values.iter().filter(|value| value.value_type() == value_type).cloned();
        fresh.into_iter().chain(mentioned).collect()
    }

    /// Bytes longer than any mentioned.
    fn fresh_bytes(&self) -> Vec<u8> {
        let length = |value: &Value| match value {
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        vec![0; self.values.iter().map(length).max().unwrap_or(0).saturating_add(1)]
    }
}

fn mentions(value: &Value, letter: char) -> bool {
    match value {
        Value::Text(text) => text.contains(letter),
        Value::List(items) => items.iter().any(|item| mentions(item, letter)),
        Value::Map(entries) => entries.iter().any(|(key, value)| key.contains(letter) || mentions(value, letter)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Bytes(_) => false,
    }
}

/// At most 64 values that the constraint admits.
pub(super) fn samples(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    let mut admitted = Vec::new();
    for value in candidates(constraint, pool, work)? {
        if admitted.len() < MAX_SAMPLES && !admitted.contains(&value) && constraint.admits(&value, work)? {
            admitted.push(value);
        }
    }
    Ok(admitted)
}

fn candidates(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    work.spend_len(pool.values.len())?;
    Ok(match constraint.kind() {
        Kind::Any => {
            use ValueType::{Bool, Bytes, List, Map, Null, Number, Text};
            [Text, Number, Bool, Null, Bytes, List, Map].into_iter().flat_map(|each| pool.of_type(each)).collect()
        }
        Kind::OneOf(set) => set.iter().cloned().collect(),
        Kind::NoneOf(set) => pool.of_type(set.value_type()),
        Kind::Range(_) => pool.of_type(ValueType::Number),
        Kind::Text(pattern) => {
            let filled = [pattern.filled(&pool.letter()), pattern.filled("")].map(Value::Text);
            filled.into_iter().chain(pool.of_type(ValueType::Text)).collect()
        }
        Kind::PathUnder(_) | Kind::HostUnder(_) | Kind::Url(_) | Kind::Network(_) => pool.of_type(ValueType::Text),
        Kind::Contains(set) => {
            let required: Vec<Value> = set.iter().cloned().collect();
            let with = |extra: Value| Value::List(required.iter().cloned().chain([extra]).collect());
            let extras = pool.values.iter().cloned().chain([pool.letter().into()]);
            [Value::List(required.clone())].into_iter().chain(extras.map(with)).collect()
        }
        Kind::Each(inner) => {
            let items = samples(inner, pool, work)?;
            let singles = items.into_iter().map(|item| Value::List(vec![item]));
            singles.chain(pool.of_type(ValueType::List)).collect()
        }
        Kind::Record(rules) => {
            let others: Vec<&ArgumentRules> = pool.records.iter().filter(|other| *other != rules).collect();
            let inner = arguments(rules, &others, work)?;
            inner.into_iter().map(Value::Map).chain(pool.of_type(ValueType::Map)).collect()
        }
        Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
            let mut all = Vec::new();
            for clause in clauses {
                all.extend(samples(clause, pool, work)?);
            }
            all
        }
    })
}

/// Argument sets that the child permits: first the one in which every argument has the value that most parents refuse,
/// then each that differs from it in one argument.
pub(super) fn arguments(
    child: &ArgumentRules,
    parents: &[&ArgumentRules],
    work: &mut Work,
) -> Result<Vec<BTreeMap<String, Value>>, OutOfWork> {
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    let mut variations: Vec<(String, Option<Value>)> = Vec::new();
    let everything = Constraint::any();
    let unnamed = parents.iter().flat_map(|rules| rules.iter()).map(|(name, ..)| name).chain(["x"]);
    let opened = unnamed.filter(|name| child.is_open() && child.get(name).is_none());
    let named = child.iter().chain(opened.map(|name| (name, Presence::Optional, &everything)));
    for (name, presence, constraint) in named {
        let theirs: Vec<&Constraint> =
            parents.iter().filter_map(|rules| rules.get(name)).map(|(_, constraint)| constraint).collect();
        let pool = Pool::of(theirs.iter().copied().chain([constraint]));
        let mut ranked = Vec::new();
        for value in samples(constraint, &pool, work)? {
            let mut refusals = 0_usize;
            for rules in parents {
                let admitted = match rules.get(name) {
                    Some((_, theirs)) => theirs.admits(&value, work)?,
                    None => rules.is_open(),
                };
                refusals = refusals.saturating_add(usize::from(!admitted));
            }
            ranked.push((refusals, value));
        }
        ranked.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut values = ranked.into_iter().map(|(_, value)| value);
        if let Some(value) = values.next() {
            first.insert(name.to_owned(), value);
        }
        if presence == Presence::Optional {
            variations.push((name.to_owned(), None));
        }
        variations.extend(values.map(|value| (name.to_owned(), Some(value))));
    }
    let required = |name: &str| matches!(child.get(name), Some((Presence::Required, _)));
    let bare = first.iter().filter(|(name, _)| required(name)).map(|(name, value)| (name.clone(), value.clone()));
    let mut all = vec![first.clone(), bare.collect()];
    for (name, value) in variations {
        let mut varied = first.clone();
        match value {
            Some(value) => varied.insert(name, value),
            None => varied.remove(&name),
        };
        work.spend_len(varied.len())?;
        all.push(varied);
    }
    Ok(all)
}
