//! Values at the edges of what constraints mention: what a witness is chosen from.

use super::finite::values;
use super::pattern::letters;
use super::values::comparison;
use super::{ArgumentRules, Constraint, Kind, Port, Presence};
use crate::ground::{Number, OutOfWork, Value, ValueType, Work};
use std::borrow::Cow;
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
    /// Paths, hosts and URL rules.
    trees: Vec<Constraint>,
    /// A letter in none of the texts mentioned.
    letter: String,
}

impl Pool {
    pub(super) fn of<'a>(
        constraints: impl IntoIterator<Item = &'a Constraint>,
        work: &mut Work,
    ) -> Result<Self, OutOfWork> {
        let mut pool = Self::default();
        for constraint in constraints {
            pool.mention(constraint, work)?;
        }
        pool.number_edges();
        pool.branch(work)?;
        pool.letter = pool.unused(letters().map(String::from), work)?;
        Ok(pool)
    }

    fn mention(&mut self, constraint: &Constraint, work: &mut Work) -> Result<(), OutOfWork> {
        work.spend(1)?;
        match constraint.kind() {
            Kind::Any => {}
            Kind::OneOf(set) | Kind::NoneOf(set) | Kind::Contains(set) => {
                work.spend_len(set.len().saturating_mul(set.comparison()))?;
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
            Kind::PathUnder(_) | Kind::HostUnder(_) => self.trees.push(constraint.clone()),
            Kind::Url(rule) => {
                if let Port::Only(port) = rule.ports() {
                    self.ports.insert(port);
                }
                self.trees.push(constraint.clone());
            }
            Kind::Network(network) => {
                self.mention_text(network.first().to_string());
                self.mention_text(network.last().to_string());
            }
            Kind::Each(inner) => self.mention(inner, work)?,
            Kind::Record(rules) => {
                self.records.push(rules.clone());
                rules.iter().try_for_each(|(_, _, inner)| self.mention(inner, work))?;
            }
            Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
                clauses.iter().try_for_each(|clause| self.mention(clause, work))?;
            }
        }
        Ok(())
    }

    /// Adds the root of each tree of names and a branch of it that is not mentioned; of URLs on the ports mentioned, the
    /// usual ones, and one that is neither.
    fn branch(&mut self, work: &mut Work) -> Result<(), OutOfWork> {
        let branch = self.unused(numbered("x"), work)?;
        let other = (8443..=u16::MAX).find(|port| !self.ports.contains(port));
        self.ports.extend([80, 443].into_iter().chain(other));
        for tree in &self.trees {
            let texts = match tree.kind() {
                Kind::PathUnder(path) => vec![path.as_str().to_owned(), path.below(&branch)],
                Kind::HostUnder(host) => vec![host.as_str().to_owned(), host.below(&branch)],
                Kind::Url(rule) => {
                    work.spend_len(rule.schemes().count().saturating_mul(self.ports.len()).saturating_mul(4))?;
                    rule.samples(&self.ports, &branch)
                }
                _ => Vec::new(),
            };
            self.values.extend(texts.into_iter().map(Value::Text));
        }
        Ok(())
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

    /// The first of `words` that is in none of the texts mentioned.
    fn unused(&self, words: impl Iterator<Item = String>, work: &mut Work) -> Result<String, OutOfWork> {
        let patterns = self.patterns.iter().map(|pattern| pattern.len() >> 4).sum::<usize>();
        let search = self.values.iter().map(comparison).fold(patterns, usize::saturating_add);
        for word in words {
            work.spend_len(search)?;
            let in_values = self.values.iter().any(|value| mentions(value, &word));
            if !in_values && !self.patterns.iter().any(|pattern| pattern.contains(&word)) {
                return Ok(word);
            }
        }
        Ok(String::new())
    }

    /// Values of a type: those mentioned, and one that is not.
    fn of_type(&self, value_type: ValueType, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
        work.spend_len(self.values.len().saturating_add(self.numbers.len()))?;
        let letter = self.letter.clone();
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
        Ok(fresh.into_iter().chain(mentioned).collect())
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

fn mentions(value: &Value, word: &str) -> bool {
    match value {
        Value::Text(text) => text.contains(word),
        Value::List(items) => items.iter().any(|item| mentions(item, word)),
        Value::Map(entries) => entries.iter().any(|(key, value)| key.contains(word) || mentions(value, word)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Bytes(_) => false,
    }
}

/// Values that the constraint admits, each once.
fn samples(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    let mut seen = BTreeSet::new();
    let mut admitted = Vec::new();
    for value in candidates(constraint, pool, work)? {
        // It is looked for among hundreds, which takes some eight comparisons.
        work.spend_len(comparison(&value).saturating_mul(8))?;
        if seen.insert(value.clone()) && constraint.admits(&value, work)? {
            admitted.push(value);
        }
    }
    Ok(admitted)
}

/// At most 64 of them, for a place inside another value.
fn some_samples(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    let mut admitted = samples(constraint, pool, work)?;
    admitted.truncate(MAX_SAMPLES);
    Ok(admitted)
}

fn candidates(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    if let Some(listed) = values(constraint, work)? {
        return Ok(listed.into_iter().map(Cow::into_owned).collect());
    }
    let mut of_type = |value_type| pool.of_type(value_type, work);
    Ok(match constraint.kind() {
        Kind::Any => {
            use ValueType::{Bool, Bytes, List, Map, Null, Number, Text};
            let types = [Text, Number, Bool, Null, Bytes, List, Map];
            types.into_iter().map(of_type).collect::<Result<Vec<_>, _>>()?.concat()
        }
        Kind::OneOf(set) | Kind::NoneOf(set) => of_type(set.value_type())?,
        Kind::Range(_) => of_type(ValueType::Number)?,
        Kind::Text(pattern) => {
            // No path, host, URL or address has a backslash.
            let filled = [&pool.letter, "", "\\"].map(|filling| Value::Text(pattern.filled(filling)));
            filled.into_iter().chain(of_type(ValueType::Text)?).collect()
        }
        Kind::PathUnder(_) | Kind::HostUnder(_) | Kind::Url(_) | Kind::Network(_) => of_type(ValueType::Text)?,
        Kind::Contains(set) => {
            let lists = of_type(ValueType::List)?;
            let extras: Vec<Value> = pool.values.iter().take(MAX_SAMPLES).cloned().collect();
            work.spend_len(set.len().saturating_mul(set.comparison()).saturating_mul(extras.len()))?;
            let with = |extra: Option<Value>| Value::List(set.iter().cloned().chain(extra).collect());
            let more = extras.into_iter().chain([pool.letter.clone().into()]).map(Some);
            [None].into_iter().chain(more).map(with).chain(lists).collect()
        }
        Kind::Each(inner) => {
            let lists = of_type(ValueType::List)?;
            let items = some_samples(inner, pool, work)?;
            items.into_iter().map(|item| Value::List(vec![item])).chain(lists).collect()
        }
        Kind::Record(rules) => {
            let maps = of_type(ValueType::Map)?;
            let others: Vec<&ArgumentRules> = pool.records.iter().filter(|other| *other != rules).collect();
            let inner = arguments(rules, &others, work)?;
            inner.into_iter().map(Value::Map).chain(maps).collect()
        }
        Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
            let mut all = Vec::new();
            for clause in clauses {
                all.extend(some_samples(clause, pool, work)?);
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
    let opened = opened(child, parents, work)?;
    let opened = opened.iter().map(|name| (name.as_str(), Presence::Optional, &everything));
    for (name, presence, constraint) in child.iter().chain(opened) {
        work.spend_len(parents.len())?;
        let theirs: Vec<&Constraint> =
            parents.iter().filter_map(|rules| rules.get(name)).map(|(_, constraint)| constraint).collect();
        let pool = Pool::of(theirs.iter().copied().chain([constraint]), work)?;
        let mut ranked = Vec::new();
        for value in samples(constraint, &pool, work)? {
            work.spend_len(parents.len())?;
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
        let mut values = ranked.into_iter().map(|(_, value)| value).take(MAX_SAMPLES);
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

/// Names of arguments that an open child lets in unnamed: those that parents name, and one that nobody does.
fn opened(child: &ArgumentRules, parents: &[&ArgumentRules], work: &mut Work) -> Result<BTreeSet<String>, OutOfWork> {
    if !child.is_open() {
        return Ok(BTreeSet::new());
    }
    work.spend_len(parents.iter().map(|rules| rules.iter().count()).sum())?;
    let mut named: BTreeSet<String> =
        parents.iter().flat_map(|rules| rules.iter()).map(|(name, ..)| name.to_owned()).collect();
    let fresh = numbered("x").find(|name| !named.contains(name) && child.get(name).is_none());
    named.extend(fresh);
    named.retain(|name| child.get(name).is_none());
    Ok(named)
}

/// `x`, `x1`, `x2` and so on, more than any powers can name.
pub(super) fn numbered(word: &str) -> impl Iterator<Item = String> {
    let more = (1..=u16::MAX).map(move |number| format!("{word}{number}"));
    [word.to_owned()].into_iter().chain(more)
}
