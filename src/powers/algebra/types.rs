//! The types of values that a constraint may admit. Two constraints without a common type are
//! apart, which is found before anything else is compared.

use crate::powers::constraint::{Constraint, Kind};
use crate::primitives::{OutOfWork, ValueType, Work, tally};

/// A set of types of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    const ALL: Self = Self(0b111_1111);

    /// Returns the set of one type.
    pub(super) const fn only(value_type: ValueType) -> Self {
        Self(match value_type {
            ValueType::Null => 1,
            ValueType::Bool => 1 << 1,
            ValueType::Number => 1 << 2,
            ValueType::Text => 1 << 3,
            ValueType::Bytes => 1 << 4,
            ValueType::List => 1 << 5,
            ValueType::Map => 1 << 6,
        })
    }

    /// Returns the types in both sets.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the types in either set.
    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether every type of this set is in `other`.
    pub(super) fn is_within(self, other: Self) -> bool {
        self.and(other) == self
    }
}

/// Returns the types that admitted values may have. The set is empty where clauses contradict each
/// other, because then nothing is admitted.
pub(super) fn admitted_types(constraint: &Constraint, work: &mut Work) -> Result<Types, OutOfWork> {
    work.spend(1)?;
    tally::count(2);
    Ok(match constraint.kind() {
        Kind::Any => Types::ALL,
        Kind::OneOf(set) | Kind::NoneOf(set) => Types::only(set.value_type()),
        Kind::Range(_) => Types::only(ValueType::Number),
        Kind::Text(_)
        | Kind::PathUnder(_)
        | Kind::HostUnder(_)
        | Kind::Url(_)
        | Kind::Network(_) => Types::only(ValueType::Text),
        Kind::Contains(_) | Kind::Each(_) => Types::only(ValueType::List),
        Kind::Record(_) => Types::only(ValueType::Map),
        Kind::AllOf(clauses) => clauses.iter().try_fold(Types::ALL, |types, clause| {
            Ok(types.and(admitted_types(clause, work)?))
        })?,
        Kind::AnyOf(clauses) => clauses.iter().try_fold(Types::NONE, |types, clause| {
            Ok(types.or(admitted_types(clause, work)?))
        })?,
    })
}
