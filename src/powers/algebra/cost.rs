//! The cost of powers: the steps of copying them, and their bytes on the heap. A comparison for
//! equality looks at no more than a copy does, so it is counted as a copy.

use crate::powers::arguments::ArgumentRules;
use crate::powers::capability::Capability;
use crate::powers::constraint::{Constraint, Kind};
use crate::powers::powers::Powers;
use crate::primitives::{OutOfWork, Value, Work, tally};

/// Steps of one allocation and its release.
pub(in crate::powers) const PLACE: usize = 8;

/// Counts the steps of copying rules, part by part.
pub(in crate::powers) fn count_rules_copy(
    rules: &ArgumentRules,
    work: &mut Work,
) -> Result<(), OutOfWork> {
    work.spend_len(rules.count().saturating_mul(4).saturating_add(PLACE))?;
    tally::allocated(1);
    tally::count(rules.count().saturating_mul(8));
    rules
        .iter()
        .try_for_each(|(_, _, constraint)| count_copy(constraint, work))
}

/// Counts the steps of copying a constraint, part by part.
pub(in crate::powers) fn count_copy(
    constraint: &Constraint,
    work: &mut Work,
) -> Result<(), OutOfWork> {
    work.spend(2)?;
    tally::count(8);
    let text = |bytes: usize, places: usize, work: &mut Work| {
        work.spend_len((bytes >> 6).saturating_add(places.saturating_mul(PLACE)))?;
        tally::bulk(bytes);
        tally::allocated(places);
        Ok(())
    };
    match constraint.kind() {
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
            // Schemes, host and path are three texts. Two more places for each scheme pay for its
            // bytes, which are at most 32.
            text(
                bytes,
                rule.schemes().count().saturating_mul(2).saturating_add(3),
                work,
            )
        }
        Kind::Each(inner) => {
            text(0, 1, work)?;
            count_copy(inner, work)
        }
        Kind::Record(rules) => count_rules_copy(rules, work),
        Kind::AllOf(clauses) | Kind::AnyOf(clauses) => {
            text(0, 1, work)?;
            clauses
                .iter()
                .try_for_each(|clause| count_copy(clause, work))
        }
    }
}

/// Counts the steps of copying a value, part by part. Comparing two values, or looking one up,
/// takes fewer.
pub(in crate::powers) fn count_value(value: &Value, work: &mut Work) -> Result<(), OutOfWork> {
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
            // A node of a `BTreeMap` has room for eleven entries.
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

/// Bytes that an allocator typically adds to each allocation.
const PLACE_BYTES: usize = 16;

/// Returns an upper estimate of the bytes that powers take on the heap. A list may have twice the
/// capacity that it needs, because it grows by doubling.
pub(in crate::powers) fn powers_bytes(powers: &Powers) -> usize {
    let each = |capability: &Capability| {
        let name = capability
            .tool()
            .text()
            .len()
            .saturating_add(2 * PLACE_BYTES);
        size_of::<Capability>()
            .saturating_mul(2)
            .saturating_add(name)
            .saturating_add(rules_bytes(capability.arguments()))
    };
    powers
        .into_iter()
        .map(each)
        .fold(PLACE_BYTES, usize::saturating_add)
}

/// Returns an upper estimate of the bytes that rules take on the heap.
fn rules_bytes(rules: &ArgumentRules) -> usize {
    let each = |(name, _, constraint): (&str, _, &Constraint)| {
        let place = ArgumentRules::rule_bytes()
            .saturating_add(name.len())
            .saturating_add(2 * PLACE_BYTES);
        place.saturating_add(constraint_bytes(constraint))
    };
    rules
        .iter()
        .map(each)
        .fold(PLACE_BYTES, usize::saturating_add)
}

/// Returns an upper estimate of the bytes that a constraint takes on the heap, without itself.
fn constraint_bytes(constraint: &Constraint) -> usize {
    let of_all = |clauses: &[Constraint]| {
        let each = |clause: &Constraint| {
            size_of::<Constraint>()
                .saturating_mul(2)
                .saturating_add(constraint_bytes(clause))
        };
        clauses
            .iter()
            .map(each)
            .fold(PLACE_BYTES, usize::saturating_add)
    };
    match constraint.kind() {
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
        Kind::Each(inner) => size_of::<Constraint>()
            .saturating_add(PLACE_BYTES)
            .saturating_add(constraint_bytes(inner)),
        Kind::Record(rules) => rules_bytes(rules),
        Kind::AllOf(clauses) | Kind::AnyOf(clauses) => of_all(clauses),
    }
}
