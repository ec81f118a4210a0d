//! The cost of powers: steps that copying them takes, or comparing them for equality, which looks
//! at no more than a copy does; and bytes on the heap.

use crate::powers::arguments::ArgumentRules;
use crate::powers::capability::{Capability, Powers};
use crate::powers::constraint::{Constraint, Kind};
use crate::primitives::{OutOfWork, Value, Work, tally};

/// Steps that a place on the heap takes, and giving it back.
pub(crate) const PLACE: usize = 8;

impl ArgumentRules {
    /// Counts a copy, part by part.
    pub(crate) fn count_copy(&self, work: &mut Work) -> Result<(), OutOfWork> {
        work.spend_len(self.count().saturating_mul(4).saturating_add(PLACE))?;
        tally::allocated(1);
        tally::count(self.count().saturating_mul(8));
        self.iter()
            .try_for_each(|(_, _, constraint)| constraint.count_copy(work))
    }
}

impl Constraint {
    /// Counts a copy, part by part.
    pub(crate) fn count_copy(&self, work: &mut Work) -> Result<(), OutOfWork> {
        work.spend(2)?;
        tally::count(8);
        let text = |bytes: usize, places: usize, work: &mut Work| {
            work.spend_len((bytes >> 6).saturating_add(places.saturating_mul(PLACE)))?;
            tally::bulk(bytes);
            tally::allocated(places);
            Ok(())
        };
        match self.kind() {
            Kind::Any | Kind::Range(_) | Kind::Network(_) => Ok(()),
            Kind::OneOf(set) | Kind::NoneOf(set) | Kind::Contains(set) => {
                work.spend_len(set.copy())?;
                tally::allocated(2);
                tally::bulk(set.encoded().len());
                Ok(())
            }
            Kind::Text(pattern) => text(pattern.as_str().len(), 1, work),
            Kind::PathUnder(path) => text(path.as_str().len(), 1, work),
            Kind::HostUnder(host) => text(host.as_str().len(), 1, work),
            Kind::Url(rule) => {
                let bytes = rule
                    .host()
                    .as_str()
                    .len()
                    .saturating_add(rule.path().as_str().len());
                // Each scheme is a text, and a set of them has a node for each five.
                text(
                    bytes,
                    rule.schemes().count().saturating_mul(2).saturating_add(3),
                    work,
                )
            }
            Kind::Each(inner) => {
                text(0, 1, work)?;
                inner.count_copy(work)
            }
            Kind::Record(rules) => rules.count_copy(work),
            Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
                text(0, 1, work)?;
                clauses
                    .iter()
                    .try_for_each(|clause| clause.count_copy(work))
            }
        }
    }
}

/// Counts a copy of a value, part by part; to compare two values, or to look one up, takes less.
pub(crate) fn count_value(value: &Value, work: &mut Work) -> Result<(), OutOfWork> {
    let bytes = |bytes: usize, work: &mut Work| {
        work.spend_len((bytes >> 6).saturating_add(PLACE))?;
        tally::bulk(bytes);
        tally::allocated(1);
        Ok(())
    };
    work.spend(2)?;
    tally::count(4);
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::Text(text) => bytes(text.len(), work),
        Value::Bytes(of) => bytes(of.len(), work),
        Value::List(items) => {
            bytes(0, work)?;
            items.iter().try_for_each(|item| count_value(item, work))
        }
        Value::Map(entries) => {
            // A node of a map has room for eleven entries.
            work.spend_len(entries.len().min(1).saturating_mul(4 * PLACE))?;
            tally::allocated(entries.len().min(1).saturating_mul(4));
            entries.iter().try_for_each(|(key, value)| {
                bytes(key.len(), work)?;
                work.spend_len(PLACE)?;
                tally::count(16);
                count_value(value, work)
            })
        }
    }
}

/// Bytes that the allocator keeps for each place.
const PLACE_BYTES: usize = 16;

impl Powers {
    /// Bytes that they take on the heap, estimated from above: lists grow by doubling.
    pub(crate) fn heap_bytes(&self) -> usize {
        let each = |capability: &Capability| {
            let name = capability
                .tool()
                .text()
                .len()
                .saturating_add(2 * PLACE_BYTES);
            size_of::<Capability>()
                .saturating_mul(2)
                .saturating_add(name)
                .saturating_add(capability.arguments().heap_bytes())
        };
        self.capabilities()
            .iter()
            .map(each)
            .fold(PLACE_BYTES, usize::saturating_add)
    }
}

impl ArgumentRules {
    fn heap_bytes(&self) -> usize {
        let each = |(name, _, constraint): (&str, _, &Constraint)| {
            let place = Self::rule_bytes()
                .saturating_add(name.len())
                .saturating_add(2 * PLACE_BYTES);
            place.saturating_add(constraint.heap_bytes())
        };
        self.iter()
            .map(each)
            .fold(PLACE_BYTES, usize::saturating_add)
    }
}

impl Constraint {
    /// Bytes on the heap beside its own place.
    fn heap_bytes(&self) -> usize {
        let of_all = |clauses: &[Self]| {
            let each = |clause: &Self| {
                size_of::<Self>()
                    .saturating_mul(2)
                    .saturating_add(clause.heap_bytes())
            };
            clauses
                .iter()
                .map(each)
                .fold(PLACE_BYTES, usize::saturating_add)
        };
        match self.kind() {
            Kind::Any | Kind::Range(_) | Kind::Network(_) => 0,
            Kind::OneOf(set) | Kind::NoneOf(set) | Kind::Contains(set) => {
                let ends = set.len().saturating_mul(size_of::<u32>());
                set.encoded()
                    .len()
                    .saturating_add(ends)
                    .saturating_add(2 * PLACE_BYTES)
            }
            Kind::Text(pattern) => pattern.as_str().len().saturating_add(PLACE_BYTES),
            Kind::PathUnder(path) => path.as_str().len().saturating_add(PLACE_BYTES),
            Kind::HostUnder(host) => host.as_str().len().saturating_add(PLACE_BYTES),
            Kind::Url(rule) => {
                let schemes = rule
                    .schemes()
                    .map(|scheme| scheme.len().saturating_add(1))
                    .fold(0, usize::saturating_add);
                let (host, path) = (rule.host().as_str().len(), rule.path().as_str().len());
                schemes
                    .saturating_add(host)
                    .saturating_add(path)
                    .saturating_add(3 * PLACE_BYTES)
            }
            Kind::Each(inner) => size_of::<Self>()
                .saturating_add(PLACE_BYTES)
                .saturating_add(inner.heap_bytes()),
            Kind::Record(rules) => rules.heap_bytes(),
            Kind::AllOf(clauses) | Kind::AnyOf(clauses) => of_all(clauses),
        }
    }
}
