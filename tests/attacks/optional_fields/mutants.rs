//! Every change of one place in generic CBOR: an entry dropped, added, replaced.

use crate::support::cbor;
use ciborium::Value;
use std::collections::BTreeSet;

/// What changes are made of, encoded.
pub(super) struct Mutants {
    numbered: BTreeSet<Vec<u8>>,
    named: BTreeSet<Vec<u8>>,
    values: BTreeSet<Vec<u8>>,
}

/// Takes a changed encoding.
type Emit<'e> = &'e mut dyn FnMut(Vec<u8>);
/// Whether the next change is wanted; asked once for each, in order.
type Expected<'w> = &'w mut dyn FnMut() -> bool;

impl Mutants {
    /// Keys and values that these links use anywhere, and plausible others.
    pub(super) fn from_links(links: &[Value]) -> Self {
        let numbered = (0..=15).chain([-65537, -1, -2]).map(cbor::int).collect();
        let plain = [
            cbor::null(),
            cbor::bool(true),
            cbor::bool(false),
            cbor::text(""),
            cbor::text("*"),
        ];
        let containers = [
            cbor::array::<Vec<u8>>([]),
            cbor::Map::default().bytes(),
            cbor::array([cbor::int(0)]),
        ];
        let edges = [0, 1, 2, 3, 255, i64::MAX].map(cbor::int);
        let values = plain.into_iter().chain(containers).chain(edges).collect();
        let mut mutants = Self {
            numbered,
            named: BTreeSet::from([cbor::text("zz")]),
            values,
        };
        links.iter().for_each(|link| mutants.collect(link));
        mutants
    }

    /// Every key and value below.
    fn collect(&mut self, value: &Value) {
        self.values.insert(cbor::encode(value));
        match value {
            Value::Map(entries) => entries.iter().for_each(|(key, value)| {
                if key.is_text() {
                    &mut self.named
                } else {
                    &mut self.numbered
                }
                .insert(cbor::encode(key));
                self.collect(value);
            }),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            _ => {}
        }
    }

    /// Every change of one place, at every depth.
    pub(super) fn each(&self, value: &Value, emit: Emit<'_>) {
        self.walk(value, &mut || true, emit);
    }

    /// About so many of these changes, spread evenly.
    pub(super) fn some(&self, value: &Value, count: usize, emit: Emit<'_>) {
        let mut all = 0;
        let mut count_only = || {
            all += 1;
            false
        };
        self.walk(value, &mut count_only, &mut |_| {});
        let (stride, mut number) = (all / count + 1, 0);
        let mut every_so_many = || {
            number += 1;
            number % stride == 0
        };
        self.walk(value, &mut every_so_many, emit);
    }

    fn walk(&self, value: &Value, wanted: Expected<'_>, emit: Emit<'_>) {
        match value {
            Value::Map(entries) => {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| (cbor::encode(key), value))
                    .collect();
                self.of_map(&entries, wanted, emit);
            }
            Value::Array(items) => self.of_array(items, wanted, emit),
            _ => {}
        }
    }

    fn of_map(&self, entries: &[(Vec<u8>, &Value)], wanted: Expected<'_>, emit: Emit<'_>) {
        let encoded: Vec<Vec<u8>> = entries
            .iter()
            .map(|(key, value)| [key.as_slice(), &cbor::encode(value)].concat())
            .collect();
        for (place, (key, value)) in entries.iter().enumerate() {
            let (before, after) = (encoded[..place].concat(), encoded[place + 1..].concat());
            if wanted() {
                emit([&head(5, entries.len() - 1)[..], &before, &after].concat());
            }
            let replaced =
                |value: &[u8]| [&head(5, entries.len())[..], &before, key, value, &after].concat();
            self.values
                .iter()
                .filter(|_| wanted())
                .for_each(|value| emit(replaced(value)));
            self.walk(value, wanted, &mut |changed| emit(replaced(&changed)));
        }
        let named = entries.first().is_some_and(|(key, _)| key[0] >> 5 == 3);
        let absent = if named { &self.named } else { &self.numbered }
            .iter()
            .filter(|key| entries.iter().all(|(present, _)| present != *key));
        for key in absent {
            let place = entries
                .iter()
                .position(|(other, _)| other > key)
                .unwrap_or(entries.len());
            let (before, after) = (encoded[..place].concat(), encoded[place..].concat());
            let added = |value: &[u8]| {
                [&head(5, entries.len() + 1)[..], &before, key, value, &after].concat()
            };
            self.values
                .iter()
                .filter(|_| wanted())
                .for_each(|value| emit(added(value)));
        }
    }

    fn of_array(&self, items: &[Value], wanted: Expected<'_>, emit: Emit<'_>) {
        let encoded: Vec<Vec<u8>> = items.iter().map(cbor::encode).collect();
        for place in 0..=items.len() {
            let (before, after) = (encoded[..place].concat(), encoded[place..].concat());
            let added =
                |item: &[u8]| [&head(4, items.len() + 1)[..], &before, item, &after].concat();
            self.values
                .iter()
                .filter(|_| wanted())
                .for_each(|item| emit(added(item)));
        }
        for (place, item) in items.iter().enumerate() {
            let (before, after) = (encoded[..place].concat(), encoded[place + 1..].concat());
            if wanted() {
                emit([&head(4, items.len() - 1)[..], &before, &after].concat());
            }
            let replaced =
                |item: &[u8]| [&head(4, items.len())[..], &before, item, &after].concat();
            self.values
                .iter()
                .filter(|_| wanted())
                .for_each(|item| emit(replaced(item)));
            self.walk(item, wanted, &mut |changed| emit(replaced(&changed)));
        }
    }
}

fn head(major: u8, count: usize) -> Vec<u8> {
    cbor::head(major, u64::try_from(count).unwrap())
}
