use crate::ground::bounds::MAX_MEMBERS;
use crate::ground::{OutOfWork, Value, ValueError, ValueType, Work};
use thiserror::Error;

/// Why values do not form a set for a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueSetError {
    /// A set has at least one member.
    #[error("a set of values is not empty")]
    Empty,
    /// More members than a set may have.
    #[error("a set has at most {MAX_MEMBERS} members, this one {found}")]
    TooMany {
        /// Members given.
        found: usize,
    },
    /// All members have one type, so that it is clear what `none_of` still admits.
    #[error("a set has values of one type, found {first} and {other}")]
    MixedTypes {
        /// Type of the smallest member.
        first: ValueType,
        /// Another type found.
        other: ValueType,
    },
    /// A member is out of bounds.
    #[error(transparent)]
    Member(#[from] ValueError),
}

/// A non-empty set of values of one type, at most 256.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueSet {
    /// Ascending, each once.
    members: Box<[Value]>,
    value_type: ValueType,
    /// What comparing with the heaviest member takes.
    comparison: usize,
}

impl ValueSet {
    /// The set of `values`; repeated ones count once.
    ///
    /// # Errors
    /// [`ValueSetError`] when it would be empty, too large, of several types, or hold an out-of-bounds value.
    pub fn new<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Result<Self, ValueSetError> {
        let values = values.into_iter().map(Into::into);
        // Checked first, because to compare values is to descend into them.
        let mut members = values.map(|value| value.check().map(|()| value)).collect::<Result<Vec<_>, _>>()?;
        members.sort_unstable();
        members.dedup();
        let first = members.first().ok_or(ValueSetError::Empty)?.value_type();
        if members.len() > MAX_MEMBERS {
            return Err(ValueSetError::TooMany { found: members.len() });
        }
        if let Some(other) = members.iter().map(Value::value_type).find(|other| *other != first) {
            return Err(ValueSetError::MixedTypes { first, other });
        }
        let comparison = members.iter().map(comparison).max().unwrap_or(1);
        Ok(Self { members: members.into(), value_type: first, comparison })
    }

    /// The one type of all members.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.members.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Never: a set has at least one member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Steps that comparing any value with a member may take.
    pub(super) const fn comparison(&self) -> usize {
        self.comparison
    }

    /// Whether `value` is a member.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        self.members.binary_search(value).is_ok()
    }

    /// Whether every member is one of `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        // Both ascend, so what was passed over is not asked for again.
        let mut others = other.iter();
        self.iter().all(|member| others.any(|other| other == member))
    }

    /// Both sets in one, within the bound and of one type.
    pub(super) fn union(&self, other: &Self, work: &mut Work) -> Result<Option<Self>, OutOfWork> {
        work.spend_len(self.len().saturating_add(other.len()).saturating_mul(self.comparison))?;
        Ok(Self::new(self.iter().chain(other.iter()).cloned()).ok())
    }
}

/// Steps that comparing with a value may take: one a node, and one for sixteen bytes.
pub(super) fn comparison(value: &Value) -> usize {
    let inner = match value {
        Value::Text(text) => text.len() >> 4,
        Value::Bytes(bytes) => bytes.len() >> 4,
        Value::List(items) => items.iter().map(comparison).sum(),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| (key.len() >> 4).saturating_add(comparison(value))).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    inner.saturating_add(1)
}
