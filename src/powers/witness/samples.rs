//! Values at the edges of those that constraints mention, from which a witness is chosen.

use crate::powers::algebra::admits::{all, any};
use crate::powers::algebra::cost::{PLACE, count_copy, count_rules_copy, count_value};
use crate::powers::algebra::finite::values;
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::constraint::{Constraint, Kind, Spelled};
use crate::powers::grammar::pattern::letters;
use crate::powers::grammar::url::Port;
use crate::primitives::{Number, OutOfWork, Value, ValueType, Work, tally};
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of samples of one constraint.
const MAX_SAMPLES: usize = 64;
/// Maximum number of samples of a constraint inside another, which multiply with those outside.
const MAX_INNER_SAMPLES: usize = 16;

/// The values that some constraints mention, and the numbers and texts at their edges.
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
    /// Collects the values of constraints and those at their edges.
    pub(super) fn new<'a>(
        constraints: impl IntoIterator<Item = &'a Constraint>,
        work: &mut Work,
    ) -> Result<Self, OutOfWork> {
        let mut pool = Self::default();
        for constraint in constraints {
            pool.mention(constraint, work)?;
        }
        pool.number_edges(work)?;
        pool.branch(work)?;
        pool.letter = pool.unused(letters().map(String::from), work)?;
        Ok(pool)
    }

    /// Adds the values that a constraint mentions.
    fn mention(&mut self, constraint: &Constraint, work: &mut Work) -> Result<(), OutOfWork> {
        work.spend(1)?;
        match constraint.kind() {
            Kind::Any => {}
            Kind::OneOf(set) | Kind::NoneOf(set) | Kind::Contains(set) => {
                for value in set.values(work)? {
                    if let Value::Number(number) = value {
                        self.mention_number(number, work)?;
                    }
                    self.mention_value(value, work)?;
                }
            }
            Kind::Range(range) => {
                for end in [range.low(), range.high()].into_iter().flatten() {
                    self.mention_number(end.number(), work)?;
                }
            }
            Kind::Text(pattern) => {
                work.spend_len((pattern.as_str().len() >> 4).saturating_add(PLACE))?;
                tally::allocated(1);
                self.patterns.push(pattern.as_str().to_owned());
                self.mention_text(pattern.filled(""), work)?;
            }
            Kind::PathUnder(_) | Kind::HostUnder(_) => {
                count_copy(constraint, work)?;
                self.trees.push(constraint.clone());
            }
            Kind::Url(rule) => {
                count_copy(constraint, work)?;
                work.spend_len(PLACE)?;
                if let Port::Only(port) = rule.port() {
                    self.ports.insert(port);
                }
                self.trees.push(constraint.clone());
            }
            Kind::Network(network) => {
                for end in [network.first(), network.last()] {
                    work.spend(64)?;
                    tally::allocated(2);
                    self.mention_text(end.to_string(), work)?;
                }
            }
            Kind::Each(inner) => self.mention(inner, work)?,
            Kind::Record(rules) => {
                count_rules_copy(rules, work)?;
                self.records.push(rules.clone());
                rules
                    .iter()
                    .try_for_each(|(_, _, inner)| self.mention(inner, work))?;
            }
            Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
                clauses
                    .iter()
                    .try_for_each(|clause| self.mention(clause, work))?;
            }
        }
        Ok(())
    }

    /// Adds the root of each tree, and a branch of it that is not mentioned. For URLs it adds them
    /// on the ports mentioned, on the usual ones, and on one that is neither.
    fn branch(&mut self, work: &mut Work) -> Result<(), OutOfWork> {
        let branch = self.unused(numbered("x"), work)?;
        work.spend_len(self.ports.len().saturating_add(4).saturating_mul(4))?;
        // 8443 is a usual alternative for https; any port that is not mentioned would do.
        let other = (8443..=u16::MAX).find(|port| !self.ports.contains(port));
        self.ports.extend([80, 443].into_iter().chain(other));
        for tree in std::mem::take(&mut self.trees) {
            let texts = match tree.kind().spelled() {
                Some(Spelled::Path(path)) => vec![path.as_str().to_owned(), path.below(&branch)],
                Some(Spelled::Host(host)) => vec![host.as_str().to_owned(), host.below(&branch)],
                Some(Spelled::Url(rule)) => {
                    // Four new texts for each scheme and port.
                    let texts = rule
                        .schemes()
                        .count()
                        .saturating_mul(self.ports.len().saturating_add(1))
                        .saturating_mul(4);
                    let bytes = rule
                        .host()
                        .as_str()
                        .len()
                        .saturating_add(rule.path().as_str().len());
                    work.spend_len(texts.saturating_mul((bytes >> 4).saturating_add(8 * PLACE)))?;
                    tally::allocated(texts.saturating_mul(4));
                    rule.samples(&self.ports, &branch)
                }
                // The ends of a network were added before, and no other kind is a tree.
                Some(Spelled::Network) | None => Vec::new(),
            };
            for text in texts {
                self.mention_text(text, work)?;
            }
        }
        Ok(())
    }

    /// Adds a text.
    fn mention_text(&mut self, text: String, work: &mut Work) -> Result<(), OutOfWork> {
        self.mention_value(Value::Text(text), work)
    }

    /// Adds a value to a set of hundreds, which takes some eight comparisons.
    fn mention_value(&mut self, value: Value, work: &mut Work) -> Result<(), OutOfWork> {
        count_look_up(&value, work)?;
        self.values.insert(value);
        Ok(())
    }

    /// Adds a number.
    fn mention_number(&mut self, number: Number, work: &mut Work) -> Result<(), OutOfWork> {
        work.spend_len(16 + PLACE)?;
        tally::count(16);
        self.numbers.insert(number);
        Ok(())
    }

    /// Adds a number between each two neighbours, and one beyond each end.
    fn number_edges(&mut self, work: &mut Work) -> Result<(), OutOfWork> {
        // Each number takes at most one division for each digit, and a look-up.
        work.spend_len(self.numbers.len().saturating_add(2).saturating_mul(128))?;
        tally::count(self.numbers.len().saturating_mul(128));
        let sorted: Vec<Number> = self.numbers.iter().copied().collect();
        let pairs = sorted.iter().zip(sorted.iter().skip(1));
        self.numbers
            .extend(pairs.filter_map(|(a, b)| a.between(*b)));
        let below = sorted
            .first()
            .map_or(Some(Number::ZERO), |least| least.below());
        let above = sorted
            .last()
            .map_or(Some(Number::from(1)), |most| most.above());
        self.numbers.extend([below, above].into_iter().flatten());
        Ok(())
    }

    /// Returns the first of `words` that is in none of the texts mentioned.
    fn unused(
        &self,
        words: impl Iterator<Item = String>,
        work: &mut Work,
    ) -> Result<String, OutOfWork> {
        for word in words {
            work.spend_len(PLACE)?;
            tally::allocated(1);
            let in_patterns = !all(&self.patterns, |pattern| {
                count_search(pattern, work)?;
                Ok(!pattern.contains(&word))
            })?;
            if !in_patterns && all(&self.values, |value| Ok(!mentions(value, &word, work)?))? {
                return Ok(word);
            }
        }
        // Every word is mentioned. The empty text is a candidate like any other, which may separate
        // nothing: then no witness is found, and the refusal stands without one.
        Ok(String::new())
    }

    /// Returns values of a type: those mentioned, and one that is not.
    fn of_type(&self, value_type: ValueType, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
        work.spend_len(
            self.values
                .len()
                .saturating_add(self.numbers.len().saturating_mul(2))
                .saturating_add(8 * PLACE),
        )?;
        tally::count(
            self.values
                .len()
                .saturating_add(self.numbers.len())
                .saturating_mul(4),
        );
        tally::allocated(4);
        let letter = self.letter.clone();
        let mut all: Vec<Value> = match value_type {
            ValueType::Null => vec![Value::Null],
            ValueType::Bool => vec![false.into(), true.into()],
            ValueType::Number => self.numbers.iter().copied().map(Value::Number).collect(),
            ValueType::Text => vec![letter.into(), "".into()],
            ValueType::Bytes => vec![
                Value::Bytes(self.fresh_bytes(work)?),
                Value::Bytes(Vec::new()),
            ],
            ValueType::List => vec![Value::List(vec![letter.into()]), Value::List(Vec::new())],
            ValueType::Map => vec![
                Value::Map([(letter, Value::Null)].into()),
                Value::Map([].into()),
            ],
        };
        for value in self
            .values
            .iter()
            .filter(|value| value.value_type() == value_type)
        {
            count_value(value, work)?;
            all.push(value.clone());
        }
        Ok(all)
    }

    /// Returns bytes that are longer than any mentioned.
    fn fresh_bytes(&self, work: &mut Work) -> Result<Vec<u8>, OutOfWork> {
        work.spend_len(self.values.len())?;
        let length = |value: &Value| {
            if let Value::Bytes(bytes) = value {
                bytes.len()
            } else {
                0
            }
        };
        let longer = self
            .values
            .iter()
            .map(length)
            .max()
            .unwrap_or(0)
            .saturating_add(1);
        work.spend_len((longer >> 4).saturating_add(PLACE))?;
        tally::bulk(longer);
        Ok(vec![0; longer])
    }
}

/// Counts the steps of adding a value to a set of hundreds: some nine comparisons, most of which
/// end where values first differ, and an allocation.
fn count_look_up(value: &Value, work: &mut Work) -> Result<(), OutOfWork> {
    (0..2).try_for_each(|_| count_value(value, work))?;
    work.spend_len(16 + PLACE)
}

/// Counts the steps of searching a text for a short one.
fn count_search(text: &str, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend_len((text.len() >> 2).saturating_add(4))?;
    tally::count(text.len().saturating_add(16));
    Ok(())
}

/// Returns whether a text inside the value contains a word.
fn mentions(value: &Value, word: &str, work: &mut Work) -> Result<bool, OutOfWork> {
    work.spend(1)?;
    match value {
        Value::Text(text) => {
            count_search(text, work)?;
            Ok(text.contains(word))
        }
        Value::List(items) => any(items, |item| mentions(item, word, work)),
        Value::Map(entries) => any(entries, |(key, value)| {
            count_search(key, work)?;
            Ok(key.contains(word) || mentions(value, word, work)?)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Bytes(_) => Ok(false),
    }
}

/// Returns values that the constraint admits, each once.
fn samples(constraint: &Constraint, pool: &Pool, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
    let mut known = BTreeSet::new();
    let mut admitted = Vec::new();
    for value in candidates(constraint, pool, work)? {
        count_look_up(&value, work)?;
        if known.insert(value.clone()) && constraint.admits(&value, work)? {
            admitted.push(value);
        }
    }
    Ok(admitted)
}

/// Returns at most 16 samples, for values inside another, which are copied with it.
fn some_samples(
    constraint: &Constraint,
    pool: &Pool,
    work: &mut Work,
) -> Result<Vec<Value>, OutOfWork> {
    let mut admitted = samples(constraint, pool, work)?;
    admitted.truncate(MAX_INNER_SAMPLES);
    Ok(admitted)
}

/// Returns values that the constraint may admit: its own if they can be listed, otherwise those of
/// the pool that have its type.
fn candidates(
    constraint: &Constraint,
    pool: &Pool,
    work: &mut Work,
) -> Result<Vec<Value>, OutOfWork> {
    if let Some(listed) = values(constraint, work)? {
        return Ok(listed);
    }
    let mut of_type = |value_type| pool.of_type(value_type, work);
    Ok(match constraint.kind() {
        Kind::Any => {
            use ValueType::{Bool, Bytes, List, Map, Null, Number, Text};
            let types = [Text, Number, Bool, Null, Bytes, List, Map];
            types
                .into_iter()
                .map(of_type)
                .collect::<Result<Vec<_>, _>>()?
                .concat()
        }
        Kind::OneOf(set) | Kind::NoneOf(set) => of_type(set.value_type())?,
        Kind::Range(_) => of_type(ValueType::Number)?,
        Kind::Text(pattern) => {
            // No path, host, URL or address has a backslash, so such a text is outside of each.
            let bytes = pattern
                .as_str()
                .len()
                .saturating_mul(pool.letter.len().saturating_add(1));
            work.spend_len((bytes >> 2).saturating_add(4 * PLACE))?;
            tally::count(bytes);
            tally::allocated(3);
            let filled =
                [&pool.letter, "", "\\"].map(|filling| Value::Text(pattern.filled(filling)));
            filled
                .into_iter()
                .chain(pool.of_type(ValueType::Text, work)?)
                .collect()
        }
        Kind::PathUnder(_) | Kind::HostUnder(_) | Kind::Url(_) | Kind::Network(_) => {
            of_type(ValueType::Text)?
        }
        Kind::Contains(set) => {
            let lists = of_type(ValueType::List)?;
            // One list of all required elements for each further element. The steps are counted for
            // each value that is copied.
            let required = set.values(work)?;
            let extras = pool.values.iter().take(MAX_SAMPLES).map(Some).chain([None]);
            let mut all = Vec::new();
            for extra in [None].into_iter().chain(extras.map(Some)) {
                work.spend_len(PLACE)?;
                tally::allocated(1);
                let mut items = Vec::with_capacity(required.len().saturating_add(1));
                for value in &required {
                    count_value(value, work)?;
                    items.push(value.clone());
                }
                match extra {
                    None => {}
                    Some(Some(value)) => {
                        count_value(value, work)?;
                        items.push(value.clone());
                    }
                    Some(None) => items.push(pool.letter.clone().into()),
                }
                all.push(Value::List(items));
            }
            all.extend(lists);
            all
        }
        Kind::Each(inner) => {
            let lists = of_type(ValueType::List)?;
            let items = some_samples(inner, pool, work)?;
            work.spend_len(items.len().saturating_mul(PLACE))?;
            tally::allocated(items.len());
            items
                .into_iter()
                .map(|item| Value::List(vec![item]))
                .chain(lists)
                .collect()
        }
        Kind::Record(rules) => {
            let maps = of_type(ValueType::Map)?;
            work.spend_len(pool.records.len().saturating_mul(2))?;
            let mut others: Vec<&ArgumentRules> = Vec::new();
            for other in &pool.records {
                count_rules_copy(other, work)?;
                if other != rules {
                    others.push(other);
                }
            }
            let inner = arguments(rules, &others, work)?;
            let mut all = Vec::new();
            let mut named = inner.first;
            for variation in inner.variations.iter().take(MAX_INNER_SAMPLES) {
                let before = variation.apply(&mut named, work)?;
                let varied = Value::Map(named);
                count_value(&varied, work)?;
                all.push(varied.clone());
                // It was made a map four lines above, so the other arm is never taken.
                named = if let Value::Map(named) = varied {
                    named
                } else {
                    BTreeMap::new()
                };
                variation.undo(&mut named, before);
            }
            let bare = Value::Map(inner.bare);
            [Value::Map(named), bare]
                .into_iter()
                .chain(all)
                .chain(maps)
                .collect()
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

/// Sets of arguments that the child permits.
pub(super) struct Candidates {
    /// The set in which every argument has the value that the most parents refuse.
    pub(crate) first: BTreeMap<String, Value>,
    /// The same set without the optional arguments.
    pub(crate) bare: BTreeMap<String, Value>,
    /// The changes of `first`, each of which makes one further set.
    pub(crate) variations: Vec<Variation>,
}

/// One argument with another value, or without one.
pub(super) struct Variation {
    name: String,
    value: Option<Value>,
}

impl Variation {
    /// Makes the change, and returns the value that was there.
    pub(super) fn apply(
        &self,
        named: &mut BTreeMap<String, Value>,
        work: &mut Work,
    ) -> Result<Option<Value>, OutOfWork> {
        // Its place is searched for among 64, here and in `undo`.
        work.spend_len(16 + 4 * PLACE)?;
        tally::count(24);
        tally::allocated(2);
        self.value
            .iter()
            .try_for_each(|value| count_value(value, work))?;
        Ok(Self::put(&self.name, self.value.clone(), named))
    }

    /// Puts back the value that was there.
    pub(super) fn undo(&self, named: &mut BTreeMap<String, Value>, before: Option<Value>) {
        tally::count(24);
        Self::put(&self.name, before, named);
    }

    /// Sets or removes an argument, and returns the value that was there.
    fn put(name: &str, value: Option<Value>, named: &mut BTreeMap<String, Value>) -> Option<Value> {
        match value {
            Some(value) => named.insert(name.to_owned(), value),
            None => named.remove(name),
        }
    }
}

/// Returns sets of arguments that the child permits, with values at the edges of those that it and
/// its parents mention.
pub(super) fn arguments(
    child: &ArgumentRules,
    parents: &[&ArgumentRules],
    work: &mut Work,
) -> Result<Candidates, OutOfWork> {
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    let mut variations: Vec<Variation> = Vec::new();
    let everything = Constraint::any();
    let opened = opened(child, parents, work)?;
    let opened = opened
        .iter()
        .map(|name| (name.as_str(), Presence::Optional, &everything));
    for (name, presence, constraint) in child.iter().chain(opened) {
        // A look-up among at most 64 rules of each parent.
        let look_ups = parents.len().saturating_mul(12).saturating_add(8 * PLACE);
        work.spend_len(look_ups)?;
        tally::count(parents.len().saturating_mul(24));
        let theirs: Vec<Option<&Constraint>> = parents
            .iter()
            .map(|rules| rules.get(name).map(|(_, constraint)| constraint))
            .collect();
        let pool = Pool::new(theirs.iter().copied().flatten().chain([constraint]), work)?;
        let mut ranked = Vec::new();
        for value in samples(constraint, &pool, work)? {
            work.spend_len(parents.len().saturating_add(PLACE))?;
            let mut refusals = 0_usize;
            for (rules, theirs) in parents.iter().zip(&theirs) {
                let admitted = match theirs {
                    Some(theirs) => theirs.admits(&value, work)?,
                    None => rules.is_open(),
                };
                refusals = refusals.saturating_add(usize::from(!admitted));
            }
            ranked.push((refusals, value));
        }
        // Sorting takes some ten comparisons for each value.
        work.spend_len(ranked.len().saturating_mul(10))?;
        ranked.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut values = ranked.into_iter().map(|(_, value)| value).take(MAX_SAMPLES);
        work.spend_len(MAX_SAMPLES.min(values.len()).saturating_mul(PLACE))?;
        tally::allocated(values.len());
        if let Some(value) = values.next() {
            first.insert(name.to_owned(), value);
        }
        if presence == Presence::Optional {
            variations.push(Variation {
                name: name.to_owned(),
                value: None,
            });
        }
        variations.extend(values.map(|value| Variation {
            name: name.to_owned(),
            value: Some(value),
        }));
    }
    let mut bare = BTreeMap::new();
    for (name, value) in &first {
        work.spend_len(8 + PLACE)?;
        if matches!(child.get(name), Some((Presence::Required, _))) {
            count_value(value, work)?;
            bare.insert(name.clone(), value.clone());
        }
    }
    Ok(Candidates {
        first,
        bare,
        variations,
    })
}

/// Returns names of arguments that an open child permits without naming them: those that parents
/// name, and one that none of them names.
fn opened(
    child: &ArgumentRules,
    parents: &[&ArgumentRules],
    work: &mut Work,
) -> Result<BTreeSet<String>, OutOfWork> {
    if !child.is_open() {
        return Ok(BTreeSet::new());
    }
    // Each name is stored once, and looked up among the child's.
    let names = parents
        .iter()
        .map(|rules| rules.count())
        .fold(0, usize::saturating_add);
    work.spend_len(
        names
            .saturating_mul(16 + PLACE)
            .saturating_add(parents.len()),
    )?;
    tally::count(names.saturating_mul(24));
    tally::allocated(names);
    let mut named: BTreeSet<String> = parents
        .iter()
        .flat_map(|rules| rules.iter())
        .map(|(name, ..)| name.to_owned())
        .collect();
    let fresh = numbered("x").find(|name| !named.contains(name) && child.get(name).is_none());
    named.extend(fresh);
    named.retain(|name| child.get(name).is_none());
    Ok(named)
}

/// Returns `x`, `x1`, `x2` and so on, more than any powers can name.
fn numbered(word: &str) -> impl Iterator<Item = String> {
    let more = (1..=u16::MAX).map(move |number| format!("{word}{number}"));
    [word.to_owned()].into_iter().chain(more)
}
