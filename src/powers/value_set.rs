use super::constraint::{Constraint, ConstraintError};
use crate::primitives::bounds::MAX_MEMBERS;
use crate::primitives::encoded::{Key, read_back, type_of, write_value};
use crate::primitives::{OutOfWork, Value, ValueError, ValueType, Work, tally};
use std::cmp::Ordering;
use thiserror::Error;

/// Reason why values do not make a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueSetError {
    /// There is no value.
    #[error("a set of values is not empty")]
    Empty,
    /// There are more members than a set may have.
    #[error("a set has at most {MAX_MEMBERS} members, this one {found}")]
    TooMany {
        /// Number of different members given.
        found: usize,
    },
    /// The members have several types. One type is required, so that the type that `none_of` admits
    /// is clear.
    #[error("a set has values of one type, found {first} and {other}")]
    MixedTypes {
        /// First of the types found, in the order of [`ValueType`].
        first: ValueType,
        /// Second of the types found.
        other: ValueType,
    },
    /// A member is out of bounds.
    #[error(transparent)]
    Member(#[from] ValueError),
}

/// A non-empty set of values of one type, at most 256.
///
/// The members are kept in their encoding of a mandate. So reading a mandate allocates no member, a
/// look-up compares bytes, and copying a set copies bytes, however many parts its members have.
///
/// ```
/// use mandatum::powers::{ValueSet, ValueSetError};
/// let regions = ValueSet::new(["eu", "us", "eu"])?;
/// assert!(regions.len() == 2 && regions.contains(&"eu".into()));
/// assert!(ValueSet::new(["eu"])?.is_subset(&regions));
/// assert_eq!(ValueSet::new([""; 0]), Err(ValueSetError::Empty));
/// # Ok::<(), ValueSetError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueSet {
    /// The encodings of all members, concatenated. They ascend, and each occurs once.
    encoded: Box<[u8]>,
    /// The end of each member but the last.
    ends: Box<[u32]>,
    /// The length of the longest member.
    longest: usize,
}

/// The contents of a set while it is read: the encodings of its members, which ascend.
#[derive(Default)]
pub(crate) struct EncodedSet<'a> {
    members: &'a [u8],
    /// The end of each member but the last.
    ends: Vec<u32>,
    count: usize,
    /// The end of the member that was read last.
    end: usize,
    longest: usize,
    types: OneType,
}

impl<'a> EncodedSet<'a> {
    /// Prepares to read so many members.
    pub(crate) fn with_room(count: usize) -> Self {
        Self {
            ends: Vec::with_capacity(count.saturating_sub(1)),
            ..Self::default()
        }
    }

    /// Adds a member of this type, which was read and ends at `end`.
    pub(crate) fn ends_at(&mut self, end: usize, value_type: ValueType) {
        if self.count > 0 {
            // 256 values of at most 256 KiB each are within 32 bits.
            self.ends.push(u32::try_from(self.end).unwrap_or(u32::MAX));
        }
        self.count = self.count.saturating_add(1);
        self.longest = self.longest.max(end.saturating_sub(self.end));
        self.end = end;
        self.types.add(value_type);
    }

    /// Sets the bytes of all members, which were read.
    pub(crate) fn with_members(self, members: &'a [u8]) -> Self {
        Self { members, ..self }
    }

    /// Returns the constraint that admits the members.
    pub(crate) fn one_of(self) -> Result<Constraint, ConstraintError> {
        Ok(Constraint::one_of_set(self.set()?))
    }

    /// Returns the constraint that admits all values of the members' type except the members.
    pub(crate) fn none_of(self) -> Result<Constraint, ConstraintError> {
        Constraint::none_of_set(self.set()?)
    }

    /// Returns the constraint that admits lists with all the members.
    pub(crate) fn contains(self) -> Result<Constraint, ConstraintError> {
        Ok(Constraint::contains_set(self.set()?))
    }

    fn set(self) -> Result<ValueSet, ValueSetError> {
        self.types.check()?;
        Ok(ValueSet {
            encoded: self.members.into(),
            ends: self.ends.into(),
            longest: self.longest,
        })
    }
}

/// A check that members have one type.
#[derive(Clone, Copy, Default)]
struct OneType {
    first: Option<ValueType>,
    /// The lowest type beside `first`, which is the lowest of all.
    other: Option<ValueType>,
}

impl OneType {
    fn add(&mut self, value_type: ValueType) {
        let (first, other) = (self.first.unwrap_or(value_type), self.other);
        let further = if value_type == first {
            None
        } else {
            Some(value_type.max(first))
        };
        self.first = Some(first.min(value_type));
        self.other = other.into_iter().chain(further).min();
    }

    fn check(self) -> Result<(), ValueSetError> {
        match (self.first, self.other) {
            (None, _) => Err(ValueSetError::Empty),
            (Some(first), Some(other)) => Err(ValueSetError::MixedTypes { first, other }),
            (Some(_), None) => Ok(()),
        }
    }
}

/// The first bytes of an encoding as a number, so that most comparisons compare two numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Prefix(u64);

impl Prefix {
    const BYTES: usize = 8;

    fn new(encoded: &[u8]) -> Self {
        let mut bytes = [0; Self::BYTES];
        bytes
            .iter_mut()
            .zip(encoded)
            .for_each(|(to, from)| *to = *from);
        Self(u64::from_be_bytes(bytes))
    }

    /// Returns the first `length` of these bytes, with zeros for the others.
    fn cut(bytes: [u8; Self::BYTES], length: usize) -> Self {
        // At most eight, so the conversion never fails.
        let bits = u32::try_from(length.min(Self::BYTES))
            .unwrap_or(0)
            .saturating_mul(8);
        // A shift by all 64 bits is out of range: then no byte is cut.
        let beyond = u64::MAX.checked_shr(bits).unwrap_or(0);
        Self(u64::from_be_bytes(bytes) & !beyond)
    }
}

impl ValueSet {
    /// Makes the set of `values`. A value that occurs twice counts once.
    ///
    /// # Errors
    /// [`ValueSetError::Empty`] for no value, [`ValueSetError::TooMany`] for more than 256,
    /// [`ValueSetError::MixedTypes`] for a number beside a text, and [`ValueSetError::Member`] for
    /// a value out of bounds.
    pub fn new<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Result<Self, ValueSetError> {
        let (mut types, mut members) = (OneType::default(), Vec::new());
        for value in values.into_iter().map(Into::into) {
            // Checked first, because encoding descends into the value, and the check bounds how
            // deep it nests.
            value.check()?;
            types.add(value.value_type());
            let mut encoded = Vec::new();
            write_value(&mut encoded, &value);
            members.push(encoded);
        }
        members.sort_unstable();
        members.dedup();
        if members.len() > MAX_MEMBERS {
            return Err(ValueSetError::TooMany {
                found: members.len(),
            });
        }
        types.check()?;
        match members.as_mut_slice() {
            [only] => {
                let encoded = std::mem::take(only);
                Ok(Self {
                    longest: encoded.len(),
                    encoded: encoded.into(),
                    ends: Box::default(),
                })
            }
            all => Ok(Self::of_members(all.iter().map(Vec::as_slice))),
        }
    }

    /// Makes a set of at least one member. The members ascend.
    fn of_members<'m>(members: impl Iterator<Item = &'m [u8]>) -> Self {
        let (mut encoded, mut set) = (Vec::new(), EncodedSet::default());
        for member in members {
            encoded.extend_from_slice(member);
            // The type does not matter here: the caller has checked that all members have one.
            set.ends_at(encoded.len(), ValueType::Null);
        }
        Self {
            encoded: encoded.into(),
            ends: set.ends.into(),
            longest: set.longest,
        }
    }

    /// Returns the type of all members.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        // A set is never empty, so the default is never taken.
        self.encoded
            .first()
            .map_or(ValueType::Null, |first| type_of(*first))
    }

    /// Returns the members in the order of [`Value`].
    pub fn iter(&self) -> impl Iterator<Item = Value> {
        // Every member was encoded here or read by the codec, so reading it back never fails.
        let work = &mut Work::new(u64::MAX);
        let mut members: Vec<Value> = self
            .members()
            .filter_map(|member| read_back(member, work).ok())
            .collect();
        members.sort_unstable();
        members.into_iter()
    }

    /// Returns the number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len().saturating_add(1)
    }

    /// Returns `false`, because a set has at least one member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Returns whether `value` is a member.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        // The budget is never spent: a look-up takes a few steps for each of 256 members.
        self.holds(value, &mut Work::new(u64::MAX)).unwrap_or(false)
    }

    /// Returns whether every member is one of `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.is_within(other, &mut Work::new(u64::MAX))
            .unwrap_or(false)
    }

    /// Returns the encodings of all members, in order.
    pub(crate) const fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// Returns the members as values, in the order of their encodings. It spends steps for each
    /// allocation.
    pub(crate) fn values(&self, work: &mut Work) -> Result<Vec<Value>, OutOfWork> {
        work.spend_len(self.len().saturating_add(8))?;
        tally::allocated(1);
        self.members()
            .map(|member| read_back(member, work))
            .collect()
    }

    fn members(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.member(index))
    }

    /// Returns the encoding of a member.
    fn member(&self, index: usize) -> &[u8] {
        let end = |index: usize| {
            self.ends
                .get(index)
                .and_then(|end| usize::try_from(*end).ok())
        };
        // A member begins where the one before it ends, and the last ends with all bytes. An index
        // out of range, which no caller passes, gives an empty slice.
        let start = index
            .checked_sub(1)
            .map_or(0, |before| end(before).unwrap_or(self.encoded.len()));
        self.encoded
            .get(start..end(index).unwrap_or(self.encoded.len()))
            .unwrap_or_default()
    }

    /// Returns the steps of one comparison with a member.
    const fn comparison(&self) -> usize {
        (self.longest >> 6).saturating_add(1)
    }

    /// Returns whether `value` is a member.
    pub(crate) fn holds(&self, value: &Value, work: &mut Work) -> Result<bool, OutOfWork> {
        Ok(self.place(value, work)?.is_some())
    }

    /// Returns the index of the member that equals `value`.
    fn place(&self, value: &Value, work: &mut Work) -> Result<Option<usize>, OutOfWork> {
        if self.value_type() != value.value_type() {
            return Ok(None);
        }
        // A value whose encoding is longer than every member has no key.
        let Some(key) = Key::new(value, self.longest, work)? else {
            return Ok(None);
        };
        let halves = usize::try_from(self.len().checked_ilog2().unwrap_or(0))
            .unwrap_or(0)
            .saturating_add(2);
        // A processor can't predict the branches of a binary search, so each comparison takes
        // longer than its bytes. The numbers are measured (`work_bound`).
        let comparison = if self.longest <= Prefix::BYTES {
            4
        } else {
            self.comparison().saturating_add(7)
        };
        work.spend_len(halves.saturating_mul(comparison))?;
        let (prefix, mut place, mut among) = (Prefix::new(&key.start()), 0_usize, self.len());
        while among > 1 {
            let half = among >> 1;
            let middle = place.saturating_add(half);
            let member = self.member(middle);
            let is_beyond = match self.prefix(middle, member).cmp(&prefix) {
                Ordering::Equal => key.compare(member) == Ordering::Greater,
                Ordering::Greater => true,
                Ordering::Less => false,
            };
            place = if is_beyond { place } else { middle };
            among = among.saturating_sub(half);
        }
        Ok((key.compare(self.member(place)) == Ordering::Equal).then_some(place))
    }

    /// Returns the first bytes of a member, read in one piece where other members follow.
    fn prefix(&self, index: usize, member: &[u8]) -> Prefix {
        tally::count(2);
        let start = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .and_then(|end| usize::try_from(*end).ok());
        match self
            .encoded
            .get(start.unwrap_or(0)..)
            .and_then(|rest| rest.first_chunk())
        {
            Some(bytes) => Prefix::cut(*bytes, member.len()),
            None => Prefix::new(member),
        }
    }

    /// Returns whether every member is one of `items`.
    pub(super) fn all_among(&self, items: &[Value], work: &mut Work) -> Result<bool, OutOfWork> {
        let mut found = [false; MAX_MEMBERS];
        let mut left = self.len();
        work.spend(1)?;
        for item in items {
            work.spend(1)?;
            let place = self
                .place(item, work)?
                .and_then(|place| found.get_mut(place));
            if let Some(place) = place.filter(|place| !**place) {
                *place = true;
                left = left.saturating_sub(1);
                if left == 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Returns whether every member is one of `other`.
    pub(super) fn is_within(&self, other: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        if self.len() > other.len() {
            return Ok(false);
        }
        work.spend_len(
            other
                .len()
                .saturating_mul(other.comparison().saturating_add(2)),
        )?;
        // Both ascend, so a member that was passed over is not needed again.
        let mut others = other.members();
        let mut same = |member: &[u8]| {
            others.any(|other| {
                tally::bulk(member.len().min(other.len()));
                other == member
            })
        };
        Ok(self.members().all(&mut same))
    }

    /// Returns the union, or `None` when the types differ or there are too many members.
    pub(super) fn union(&self, other: &Self, work: &mut Work) -> Result<Option<Self>, OutOfWork> {
        let comparisons = self.len().saturating_add(other.len());
        work.spend_len(
            comparisons
                .saturating_mul(self.comparison().max(other.comparison()))
                .saturating_add(16),
        )?;
        work.spend_len(self.encoded.len().saturating_add(other.encoded.len()) >> 4)?;
        if self.value_type() != other.value_type() {
            return Ok(None);
        }
        tally::allocated(3);
        let mut members = Vec::with_capacity(comparisons);
        let (mut mine, mut theirs) = (self.members().peekable(), other.members().peekable());
        loop {
            let order = match (mine.peek(), theirs.peek()) {
                (Some(a), Some(b)) => {
                    tally::bulk(a.len().min(b.len()));
                    a.cmp(b)
                }
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            let member = if order == Ordering::Greater {
                theirs.next()
            } else {
                mine.next()
            };
            // A member of both counts once.
            if order == Ordering::Equal {
                theirs.next();
            }
            members.extend(member);
        }
        Ok((members.len() <= MAX_MEMBERS).then(|| Self::of_members(members.into_iter())))
    }

    /// Returns the steps of a copy.
    pub(super) const fn copy(&self) -> usize {
        (self.encoded.len() >> 6)
            .saturating_add(self.ends.len() >> 4)
            .saturating_add(16)
    }
}

impl IntoIterator for &ValueSet {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}
