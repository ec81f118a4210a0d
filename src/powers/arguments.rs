use super::constraint::{Constraint, ConstraintError};
use crate::primitives::Quoted;
use crate::primitives::bounds::{MAX_ARGUMENT_RULES, MAX_KEY_BYTES};
use std::fmt;
use std::sync::Arc;

/// Whether a named argument must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// A call without it is refused.
    Required,
    /// It may be left out; where it is there, its constraint holds.
    Optional,
}

/// Rules for named arguments, as of a tool or a record: a closed world.
///
/// An argument that is neither named nor opened is refused; a named one must be there unless it is
/// optional.
///
/// ```
/// use mandatum::powers::ArgumentRules;
/// use mandatum::Constraint;
/// let rules = ArgumentRules::closed()
///     .require("account", Constraint::one_of(["acme"])?)?
///     .allow("limit", Constraint::at_most(100.into()))?;
/// assert_eq!(rules.to_string(), r#"account = "acme", limit? ≤ 100"#);
/// # Ok::<(), mandatum::powers::ConstraintError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgumentRules {
    /// Ascending by name, each once.
    rules: Vec<Rule>,
    open: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Rule {
    name: Arc<str>,
    presence: Presence,
    constraint: Constraint,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Rule");
        shown
            .field("name", &Quoted(&self.name))
            .field("presence", &self.presence);
        shown.field("constraint", &self.constraint).finish()
    }
}

impl ArgumentRules {
    /// No argument at all.
    #[must_use]
    pub const fn closed() -> Self {
        Self {
            rules: Vec::new(),
            open: false,
        }
    }

    /// Adds an argument that must be there.
    ///
    /// # Errors
    /// [`ConstraintError`] when it is named already, its name is too long, or there are too many.
    pub fn require(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with_rule(name, Presence::Required, constraint)
    }

    /// Adds an argument that may be there.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn allow(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with_rule(name, Presence::Optional, constraint)
    }

    /// These and so many more, that are sorted when all of them are there, so that adding one moves
    /// no other.
    pub(crate) fn with_more(mut self, named: usize) -> MoreRules {
        self.rules.reserve_exact(named);
        MoreRules {
            sorted: self.rules.len(),
            rules: self,
        }
    }

    /// Lets every unnamed argument through, whatever it is.
    #[must_use]
    pub fn allow_others(mut self) -> Self {
        self.open = true;
        self
    }

    /// Adds a named argument.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn with_rule(
        mut self,
        name: &str,
        presence: Presence,
        constraint: Constraint,
    ) -> Result<Self, ConstraintError> {
        let place = self.place_for(name, self.rules.len())?;
        self.rules.insert(
            place,
            Rule {
                name: name.into(),
                presence,
                constraint,
            },
        );
        Ok(self)
    }

    /// Returns the place of a new name among the first `sorted` rules.
    fn place_for(&self, name: &str, sorted: usize) -> Result<usize, ConstraintError> {
        if name.len() > MAX_KEY_BYTES {
            return Err(ConstraintError::NameTooLong);
        }
        if self.rules.len() >= MAX_ARGUMENT_RULES {
            return Err(ConstraintError::TooManyArguments);
        }
        let rules = self.rules.get(..sorted).unwrap_or_default();
        match rules.binary_search_by(|rule| (*rule.name).cmp(name)) {
            Ok(_) => Err(ConstraintError::NamedTwice),
            Err(place) => Ok(place),
        }
    }

    /// Whether unnamed arguments are let through.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// The named arguments in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Presence, &Constraint)> {
        self.rules
            .iter()
            .map(|rule| (&*rule.name, rule.presence, &rule.constraint))
    }

    /// Bytes that the place of one rule takes.
    pub(super) const fn rule_bytes() -> usize {
        size_of::<Rule>()
    }

    /// How many arguments are named.
    pub(super) fn count(&self) -> usize {
        self.rules.len()
    }

    /// For each argument that `other` names, in order, the rule of these for it: one walk over
    /// both.
    pub(super) fn beside<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = Option<(&'a str, Presence, &'a Constraint)>> {
        let mut mine = self.iter().peekable();
        other.iter().map(move |(name, ..)| {
            while mine.next_if(|(mine, ..)| *mine < name).is_some() {}
            mine.next_if(|(mine, ..)| *mine == name)
        })
    }

    /// The rule for the argument called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(Presence, &Constraint)> {
        let rule = self.rules.get(self.place(name).ok()?)?;
        Some((rule.presence, &rule.constraint))
    }

    /// Where the rule for `name` is; the error is where it would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.rules.binary_search_by(|rule| (*rule.name).cmp(name))
    }
}

impl<'a> IntoIterator for &'a ArgumentRules {
    type Item = (&'a str, Presence, &'a Constraint);
    type IntoIter = Box<dyn Iterator<Item = (&'a str, Presence, &'a Constraint)> + 'a>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

/// Rules to which more are added, no two with one name.
pub(crate) struct MoreRules {
    rules: ArgumentRules,
    /// How many of them were there before.
    sorted: usize,
}

impl MoreRules {
    /// Adds a rule for a name that none of those added has.
    pub(crate) fn add(
        &mut self,
        name: &str,
        presence: Presence,
        constraint: Constraint,
    ) -> Result<(), ConstraintError> {
        self.rules.place_for(name, self.sorted)?;
        self.rules.rules.push(Rule {
            name: name.into(),
            presence,
            constraint,
        });
        Ok(())
    }

    /// All of them, in order.
    pub(crate) fn sorted(mut self) -> ArgumentRules {
        self.rules.rules.sort_by(|a, b| a.name.cmp(&b.name));
        self.rules
    }
}
