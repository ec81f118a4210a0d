use super::algebra::{admits, covers};
use super::arguments::ArgumentRules;
use super::range::{Bound, Range, RangeError};
use super::value_set::{ValueSet, ValueSetError};
use crate::powers::grammar::host::{Host, HostError};
use crate::powers::grammar::network::{Network, NetworkError};
use crate::powers::grammar::path::{Path, PathError};
use crate::powers::grammar::pattern::{Pattern, PatternError};
use crate::powers::grammar::url::{UrlError, UrlRule};
use crate::primitives::bounds::{
    MAX_ARGUMENT_RULES, MAX_CONSTRAINT_DEPTH, MAX_KEY_BYTES, MAX_MEMBERS,
};
use crate::primitives::{Number, OutOfWork, Value, ValueType, Work};
use thiserror::Error;

/// Reason why a constraint can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConstraintError {
    /// A set of values is empty, too large, or of several types.
    #[error(transparent)]
    Set(#[from] ValueSetError),
    /// A range contains no number.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// A pattern is too long or has two stars in a row.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A path is not canonical.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A host is not canonical.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A part of a URL rule is not canonical.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A network is not canonical.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// `none_of` excludes every value of its type.
    #[error("`none_of` excludes every {0}")]
    NothingLeft(ValueType),
    /// Constraints nest too deep.
    #[error("constraints nest at most {MAX_CONSTRAINT_DEPTH} deep")]
    TooDeep,
    /// An `all_of` or `any_of` has no clause.
    #[error("`all_of` and `any_of` have at least one clause")]
    NoClause,
    /// An `all_of` or `any_of` has too many clauses.
    #[error("at most {MAX_MEMBERS} clauses, found {found}")]
    TooManyClauses {
        /// Number of clauses given.
        found: usize,
    },
    /// The same argument is named twice.
    #[error("an argument is named twice")]
    NamedTwice,
    /// An argument's name is too long.
    #[error("an argument's name has at most {MAX_KEY_BYTES} bytes")]
    NameTooLong,
    /// Too many arguments are named.
    #[error("at most {MAX_ARGUMENT_RULES} arguments are named")]
    TooManyArguments,
}

/// The values that one argument may have.
///
/// Each kind but [`any`](Constraint::any), and but clauses of several types, admits values of one
/// type only. There is no further kind, because coverage must be computable for every kind. Money
/// is two arguments: a range for the amount, and a `one_of` for the currency.
///
/// ```
/// use mandatum::powers::{Constraint, ConstraintError};
/// use mandatum::primitives::{Value, Work};
/// let folder = Constraint::path_under("/decks/acme")?;
/// let admits = |text: &str| folder.admits(&Value::from(text), &mut Work::new(1_000));
/// assert!(admits("/decks/acme/q3.pdf")?);
/// // Another folder; and a spelling that is not canonical.
/// assert!(!admits("/decks/acme-2")? && !admits("/decks/acme/../globex")?);
/// assert!(matches!(Constraint::path_under("decks"), Err(ConstraintError::Path(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In JSON, with `v` for a value, `n` for a number and `c` for a constraint:
///
/// | JSON | admits |
/// |---|---|
/// | `{"any": true}` | everything |
/// | `{"one_of": [v, …]}` | these values, of one type |
/// | `{"none_of": [v, …]}` | values of their type but these |
/// | `{"range": {"min": n, "max": n}}` | numbers from `min` to `max` |
/// | `{"pattern": "a*"}` | texts; `*` is any characters |
/// | `{"path_under": "/decks/acme"}` | canonical paths, this one and below |
/// | `{"host_under": "example.com"}` | canonical host names, this one and below |
/// | `{"url": {"schemes": ["https"], "host": "example.com"}}` | canonical URLs |
/// | `{"network": "10.0.0.0/8"}` | canonical addresses |
/// | `{"contains": [v, …]}` | lists with all these elements |
/// | `{"each": c}` | lists whose every element satisfies `c` |
/// | `{"record": {"args": {name: c}}}` | maps, by rules like a tool's arguments |
/// | `{"all_of": [c, …]}`, `{"any_of": [c, …]}` | values that all, or some, of these admit |
///
/// - `range`: `above` and `below` replace `min` and `max` for an end that is itself excluded.
/// - `url`: `path_under` is a path such as `"/v1"`. `port` is a number or `"any"`; absent, it is
///   the scheme's own.
/// - `record`: `optional` and `open` are as on [`Capability`](super::Capability).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint(Kind);

/// The kinds of constraint. Only the constructors of [`Constraint`] and its readers make them, and
/// both check the bounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Any,
    OneOf(ValueSet),
    NoneOf(ValueSet),
    Range(Range),
    Text(Pattern),
    PathUnder(Path),
    HostUnder(Host),
    Url(UrlRule),
    Network(Network),
    Contains(ValueSet),
    Each(Box<Constraint>),
    Record(ArgumentRules),
    AllOf(Vec<Constraint>),
    AnyOf(Vec<Constraint>),
}

/// The constraints directly inside a constraint.
#[derive(Clone, Copy)]
pub(super) enum Parts<'a> {
    None,
    One(&'a Constraint),
    Rules(&'a ArgumentRules),
    Clauses(&'a [Constraint]),
}

/// The canonical grammar of the texts that a kind admits, with the root of a tree.
#[derive(Clone, Copy)]
pub(super) enum Spelled<'a> {
    Path(&'a Path),
    Host(&'a Host),
    Url(&'a UrlRule),
    Network,
}

impl Kind {
    /// Returns the constraints directly inside.
    pub(super) fn parts(&self) -> Parts<'_> {
        match self {
            Self::Each(inner) => Parts::One(inner),
            Self::Record(rules) => Parts::Rules(rules),
            Self::AllOf(clauses) | Self::AnyOf(clauses) => Parts::Clauses(clauses),
            Self::Any
            | Self::OneOf(_)
            | Self::NoneOf(_)
            | Self::Range(_)
            | Self::Text(_)
            | Self::PathUnder(_)
            | Self::HostUnder(_)
            | Self::Url(_)
            | Self::Network(_)
            | Self::Contains(_) => Parts::None,
        }
    }

    /// Returns the grammar that a refused text may violate. `None` for a kind that compares texts
    /// as they are, or that admits no text.
    pub(super) const fn spelled(&self) -> Option<Spelled<'_>> {
        match self {
            Self::PathUnder(path) => Some(Spelled::Path(path)),
            Self::HostUnder(host) => Some(Spelled::Host(host)),
            Self::Url(rule) => Some(Spelled::Url(rule)),
            Self::Network(_) => Some(Spelled::Network),
            Self::Any
            | Self::OneOf(_)
            | Self::NoneOf(_)
            | Self::Range(_)
            | Self::Text(_)
            | Self::Contains(_)
            | Self::Each(_)
            | Self::Record(_)
            | Self::AllOf(_)
            | Self::AnyOf(_) => None,
        }
    }
}

impl Constraint {
    /// Admits every value.
    #[must_use]
    pub const fn any() -> Self {
        Self(Kind::Any)
    }

    /// Admits these values, which all have one type.
    ///
    /// # Errors
    /// [`ConstraintError::Set`] for no value, more than 256, or several types.
    pub fn one_of<V: Into<Value>>(
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, ConstraintError> {
        Ok(Self::one_of_set(ValueSet::new(values)?))
    }

    pub(super) const fn one_of_set(set: ValueSet) -> Self {
        Self(Kind::OneOf(set))
    }

    /// Admits all values of the type of these, except these.
    ///
    /// # Errors
    /// As [`Constraint::one_of`], and [`ConstraintError::NothingLeft`] when these are all values of
    /// their type.
    pub fn none_of<V: Into<Value>>(
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, ConstraintError> {
        Self::none_of_set(ValueSet::new(values)?)
    }

    pub(super) fn none_of_set(set: ValueSet) -> Result<Self, ConstraintError> {
        let all = match set.value_type() {
            ValueType::Null => 1,
            ValueType::Bool => 2,
            ValueType::Number
            | ValueType::Text
            | ValueType::Bytes
            | ValueType::List
            | ValueType::Map => usize::MAX,
        };
        if set.len() == all {
            Err(ConstraintError::NothingLeft(set.value_type()))
        } else {
            Ok(Self(Kind::NoneOf(set)))
        }
    }

    /// Admits the numbers within a range.
    #[must_use]
    pub const fn range(range: Range) -> Self {
        Self(Kind::Range(range))
    }

    /// Admits the numbers from `low` to `high`, both included.
    ///
    /// # Errors
    /// [`ConstraintError::Range`] when `low` is above `high`.
    pub fn between(low: Number, high: Number) -> Result<Self, ConstraintError> {
        Ok(Self::range(Range::new(
            Some(Bound::Inclusive(low)),
            Some(Bound::Inclusive(high)),
        )?))
    }

    /// Admits the numbers up to `high`, included. There is no lower end, so negative numbers are
    /// admitted too. An amount needs [`Constraint::between`].
    #[must_use]
    pub fn at_most(high: Number) -> Self {
        Self::range(Range::up_to(high))
    }

    /// Admits texts that match a pattern of literals and `*` (see [`Pattern`]).
    ///
    /// **Warning**: a pattern compares the raw text, and `*` also matches `/` and `..`. For a path,
    /// host, URL or address use [`path_under`](Self::path_under), [`host_under`](Self::host_under),
    /// [`url`](Self::url) or [`network`](Self::network), which refuse other spellings.
    ///
    /// ```
    /// use mandatum::Constraint;
    /// use mandatum::primitives::{Value, Work};
    /// let (text, work) = (Value::from("/decks/../etc/passwd"), &mut Work::new(1_000));
    /// assert!(Constraint::pattern("/decks/*")?.admits(&text, work)?);
    /// assert!(!Constraint::path_under("/decks")?.admits(&text, work)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ConstraintError::Pattern`] for `a**`, or a pattern of more than 1,024 bytes.
    pub fn pattern(pattern: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::Text(Pattern::new(pattern)?)))
    }

    /// Admits the path itself and every path below it, in canonical spelling (see [`Path`]).
    ///
    /// # Errors
    /// [`ConstraintError::Path`] for `decks`, `/decks/` or `/decks/..`.
    pub fn path_under(path: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::PathUnder(Path::new(path)?)))
    }

    /// Admits the host itself and every host below it, in canonical spelling (see [`Host`]).
    ///
    /// # Errors
    /// [`ConstraintError::Host`] for `Example.com`, `example.com.` or `10.0.0.1`.
    pub fn host_under(host: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::HostUnder(Host::new(host)?)))
    }

    /// Admits the URLs of a rule, in canonical spelling (see [`Url`](super::Url)).
    #[must_use]
    pub const fn url(rule: UrlRule) -> Self {
        Self(Kind::Url(rule))
    }

    /// Admits the addresses of a network in CIDR form, in canonical spelling (see [`Network`]).
    ///
    /// # Errors
    /// [`ConstraintError::Network`] for `10.0.0.1/8`, `10.0.0.0` or `::ffff:10.0.0.0/104`.
    pub fn network(network: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::Network(network.parse()?)))
    }

    /// Admits lists that have each of these elements, in any order. Other elements may be of any
    /// type. The elements named have one type, as in every set.
    ///
    /// # Errors
    /// [`ConstraintError::Set`] for no element, more than 256, or several types.
    pub fn contains<V: Into<Value>>(
        elements: impl IntoIterator<Item = V>,
    ) -> Result<Self, ConstraintError> {
        Ok(Self::contains_set(ValueSet::new(elements)?))
    }

    pub(super) const fn contains_set(set: ValueSet) -> Self {
        Self(Kind::Contains(set))
    }

    /// Admits lists whose every element satisfies `constraint`, and the empty list.
    ///
    /// # Errors
    /// [`ConstraintError::TooDeep`] when the result is more than 8 levels deep.
    pub fn each(constraint: Self) -> Result<Self, ConstraintError> {
        Self(Kind::Each(Box::new(constraint))).within_depth()
    }

    /// Admits maps whose entries follow rules, as a tool's arguments do.
    ///
    /// # Errors
    /// [`ConstraintError::TooDeep`] when the result is more than 8 levels deep.
    pub fn record(rules: ArgumentRules) -> Result<Self, ConstraintError> {
        Self(Kind::Record(rules)).within_depth()
    }

    /// Admits the values that every clause admits.
    ///
    /// # Errors
    /// [`ConstraintError::NoClause`] for none, [`ConstraintError::TooManyClauses`] for more than
    /// 256, and [`ConstraintError::TooDeep`] when the result is more than 8 levels deep.
    pub fn all_of(clauses: impl IntoIterator<Item = Self>) -> Result<Self, ConstraintError> {
        Self(Kind::AllOf(check_clauses(clauses)?)).within_depth()
    }

    /// Admits the values that at least one clause admits.
    ///
    /// # Errors
    /// As [`Constraint::all_of`].
    pub fn any_of(clauses: impl IntoIterator<Item = Self>) -> Result<Self, ConstraintError> {
        Self(Kind::AnyOf(check_clauses(clauses)?)).within_depth()
    }

    /// Returns whether the constraint admits `value`.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn admits(&self, value: &Value, work: &mut Work) -> Result<bool, OutOfWork> {
        admits::admits(self, value, work)
    }

    /// Returns whether every value that `child` admits is admitted by this.
    ///
    /// A yes is always right. A no is always right in these cases:
    ///
    /// - Both constraints have one value type and do not nest. Numbers count as dense. Texts,
    ///   paths, hosts, URLs and addresses count as types of their own.
    /// - The values of the child can be listed: they are at most 256.
    /// - The parent is `any`, or admits its whole type, as the text pattern `*` does.
    ///
    /// Otherwise a child that is in fact narrower may be refused.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        covers::covers(self, child, work)
    }

    /// Wraps a kind without checking its depth. The reader of bytes bounds the depth while it
    /// reads, so that no constraint is walked again for each level above it.
    pub(crate) const fn nested(kind: Kind) -> Self {
        Self(kind)
    }

    pub(crate) const fn kind(&self) -> &Kind {
        &self.0
    }

    fn within_depth(self) -> Result<Self, ConstraintError> {
        if self.depth() > MAX_CONSTRAINT_DEPTH {
            Err(ConstraintError::TooDeep)
        } else {
            Ok(self)
        }
    }

    /// Returns how many levels deep constraints nest. The recursion is bounded, because every part
    /// was within the bound when it was made.
    fn depth(&self) -> usize {
        let deepest = match self.0.parts() {
            Parts::None => 0,
            Parts::One(inner) => inner.depth(),
            Parts::Rules(rules) => rules
                .iter()
                .map(|(_, _, inner)| inner.depth())
                .max()
                .unwrap_or(0),
            Parts::Clauses(clauses) => clauses.iter().map(Self::depth).max().unwrap_or(0),
        };
        deepest.saturating_add(1)
    }
}

/// Checks the number of clauses.
pub(crate) fn check_clauses(
    clauses: impl IntoIterator<Item = Constraint>,
) -> Result<Vec<Constraint>, ConstraintError> {
    let clauses: Vec<Constraint> = clauses.into_iter().collect();
    match clauses.len() {
        0 => Err(ConstraintError::NoClause),
        found if found > MAX_MEMBERS => Err(ConstraintError::TooManyClauses { found }),
        _ => Ok(clauses),
    }
}
