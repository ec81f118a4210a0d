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

/// Why something is not a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConstraintError {
    /// A set of values is wrong.
    #[error(transparent)]
    Set(#[from] ValueSetError),
    /// A range is wrong.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// A pattern is wrong.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A path is wrong.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A host is wrong.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A URL rule is wrong.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// A network is wrong.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// `none_of` excludes every value of its type.
    #[error("no {0} is left")]
    NothingLeft(ValueType),
    /// Nested deeper than constraints may be.
    #[error("constraints nest at most {MAX_CONSTRAINT_DEPTH} deep")]
    TooDeep,
    /// `all_of` and `any_of` have at least one clause.
    #[error("`all_of` and `any_of` have at least one clause")]
    NoClause,
    /// More clauses than there may be.
    #[error("at most {MAX_MEMBERS} clauses, found {found}")]
    TooManyClauses {
        /// Clauses given.
        found: usize,
    },
    /// The same argument is named twice.
    #[error("an argument is named twice")]
    NamedTwice,
    /// An argument's name is too long.
    #[error("an argument's name has at most {MAX_KEY_BYTES} bytes")]
    NameTooLong,
    /// More arguments named than there may be.
    #[error("at most {MAX_ARGUMENT_RULES} arguments are named")]
    TooManyArguments,
}

/// What one argument may be. Each kind but [`any`](Constraint::any) admits values of one type only.
///
/// There is no other kind, because one whose coverage can't be computed doesn't exist here. Money
/// is a range beside a one-of on its currency.
///
/// | JSON | admits |
/// |---|---|
/// | `{"any": true}` | everything |
/// | `{"one_of": [v, …]}` | these values, of one type |
/// | `{"none_of": [v, …]}` | values of their type but these |
/// | `{"range": {"min": n, "max": n}}`, with `above`, `below` for ends that are not within | numbers |
/// | `{"pattern": "a*"}` | texts; `*` is any characters |
/// | `{"path_under": "/decks/acme"}` | canonical paths, this one and below |
/// | `{"host_under": "example.com"}` | canonical host names, this one and below |
/// | `{"url": {"schemes": ["https"], "host": "example.com", "path_under": "/v1", "port": 8443}}` | canonical URLs; `port` absent is the scheme's own, or `"any"` |
/// | `{"network": "10.0.0.0/8"}` | canonical addresses |
/// | `{"contains": [v, …]}` | lists with all these elements |
/// | `{"each": c}` | lists whose every element satisfies `c` |
/// | `{"record": {"args": {name: c}, "optional": {name: c}, "open": false}}` | maps, by rules like a tool's arguments |
/// | `{"all_of": [c, …]}`, `{"any_of": [c, …]}` | what all, or some, of these admit |
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constraint(Kind);

/// The kinds of constraint. Only the constructors of [`Constraint`] make one, so every one is in
/// bounds.
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

/// The constraints that one is made of.
#[derive(Clone, Copy)]
pub(super) enum Parts<'a> {
    None,
    One(&'a Constraint),
    Rules(&'a ArgumentRules),
    Clauses(&'a [Constraint]),
}

/// The canonical grammar of a kind's texts, and of a tree the root.
#[derive(Clone, Copy)]
pub(super) enum Spelled<'a> {
    Path(&'a Path),
    Host(&'a Host),
    Url(&'a UrlRule),
    Network,
}

impl Kind {
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

    /// The grammar by which a text that is refused may be misspelled; `None` of a kind that takes
    /// texts as they are, or none.
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
    /// Everything.
    #[must_use]
    pub const fn any() -> Self {
        Self(Kind::Any)
    }

    /// One of these values, which have one type.
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

    /// Any value of the type of these, but none of them.
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

    /// Numbers within a range.
    #[must_use]
    pub const fn range(range: Range) -> Self {
        Self(Kind::Range(range))
    }

    /// Numbers from `low` to `high`, both within.
    ///
    /// # Errors
    /// [`ConstraintError::Range`] when they are crossed.
    pub fn between(low: Number, high: Number) -> Result<Self, ConstraintError> {
        Ok(Self::range(Range::new(
            Some(Bound::Inclusive(low)),
            Some(Bound::Inclusive(high)),
        )?))
    }

    /// Numbers up to `high`, which is within. There is no lower end: an amount also wants
    /// [`Constraint::between`].
    #[must_use]
    pub fn at_most(high: Number) -> Self {
        Self::range(Range::up_to(high))
    }

    /// Texts that match a pattern of literals and `*`.
    ///
    /// # Errors
    /// [`ConstraintError::Pattern`] for `**` or an overlong pattern.
    pub fn pattern(pattern: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::Text(Pattern::new(pattern)?)))
    }

    /// The path itself and everything below it, in canonical spelling (see [`Path`]).
    ///
    /// # Errors
    /// [`ConstraintError::Path`] when the path is not canonical.
    pub fn path_under(path: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::PathUnder(Path::new(path)?)))
    }

    /// The host itself and every host below it, in canonical spelling (see [`Host`]).
    ///
    /// # Errors
    /// [`ConstraintError::Host`] when the host is not canonical.
    pub fn host_under(host: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::HostUnder(Host::new(host)?)))
    }

    /// URLs of a rule, in canonical spelling (see [`Url`](super::Url)).
    #[must_use]
    pub const fn url(rule: UrlRule) -> Self {
        Self(Kind::Url(rule))
    }

    /// Addresses of a network in CIDR form, in canonical spelling (see [`Network`]).
    ///
    /// # Errors
    /// [`ConstraintError::Network`] when it is not a network.
    pub fn network(network: &str) -> Result<Self, ConstraintError> {
        Ok(Self(Kind::Network(network.parse()?)))
    }

    /// Lists that have each of these elements, in any order, among others of any type. The elements
    /// named have one type, as in every set.
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

    /// Lists whose every element satisfies `constraint`; the empty list does.
    ///
    /// # Errors
    /// [`ConstraintError::TooDeep`].
    pub fn each(constraint: Self) -> Result<Self, ConstraintError> {
        Self(Kind::Each(Box::new(constraint))).within_depth()
    }

    /// Maps whose entries follow rules like a tool's arguments do.
    ///
    /// # Errors
    /// [`ConstraintError::TooDeep`].
    pub fn record(rules: ArgumentRules) -> Result<Self, ConstraintError> {
        Self(Kind::Record(rules)).within_depth()
    }

    /// What all clauses admit.
    ///
    /// # Errors
    /// [`ConstraintError::NoClause`], [`ConstraintError::TooManyClauses`],
    /// [`ConstraintError::TooDeep`].
    pub fn all_of(clauses: impl IntoIterator<Item = Self>) -> Result<Self, ConstraintError> {
        Self(Kind::AllOf(check_clauses(clauses)?)).within_depth()
    }

    /// What some clause admits.
    ///
    /// # Errors
    /// As [`Constraint::all_of`].
    pub fn any_of(clauses: impl IntoIterator<Item = Self>) -> Result<Self, ConstraintError> {
        Self(Kind::AnyOf(check_clauses(clauses)?)).within_depth()
    }

    /// Whether the constraint admits `value`.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn admits(&self, value: &Value, work: &mut Work) -> Result<bool, OutOfWork> {
        admits::admits(self, value, work)
    }

    /// Whether every value that `child` admits is admitted by this.
    ///
    /// Sound always. Complete for every pair of constraints that do not nest within one value type,
    /// with numbers taken as dense, and texts, paths, hosts, URLs and addresses as types of their
    /// own; across types for a child whose values can be listed (at most 256), a parent `any`, and
    /// a parent that admits its whole type, such as the text pattern `*`. Nests may refuse a child
    /// that is in fact narrower.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        covers::covers(self, child, work)
    }

    /// Parts within another constraint, for a reader that bounds how deep they nest, and need not
    /// walk them for it.
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

    /// How deep constraints nest; recursion ends because every part was within the bound when it
    /// was made.
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
