use super::constraint::{Constraint, ConstraintError};
use crate::primitives::Quoted;
use crate::primitives::bounds::{MAX_ARGUMENT_RULES, MAX_KEY_BYTES};
use std::fmt;
use std::sync::Arc;

/// Whether a call must have a named argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// A call without the argument is refused.
    Required,
    /// A call may leave the argument out. If it has the argument, the constraint must hold.
    Optional,
}

/// Rules for the arguments of a tool, or for the entries of a record.
///
/// An argument that is not named is refused, unless the rules are open. A named argument is
/// required unless it is optional.
///
/// ```
/// use mandatum::powers::ArgumentRules;
/// use mandatum::Constraint;
/// let rules = ArgumentRules::closed()
///     .require("account", Constraint::one_of(["acme"])?)?
///     .allow("limit", Constraint::at_most(100.into()))?;
/// assert_eq!(rules.to_string(), r#"account = "acme", limit? ≤ 100"#);
/// assert!(rules.require("limit", Constraint::any()).is_err(), "it is named already");
/// # Ok::<(), mandatum::powers::ConstraintError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgumentRules {
    /// Ascending by name, each name once.
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
    /// Returns rules that permit no argument.
    #[must_use]
    pub const fn closed() -> Self {
        Self {
            rules: Vec::new(),
            open: false,
        }
    }

    /// Adds a required argument.
    ///
    /// # Errors
    /// [`ConstraintError::NamedTwice`] for a name that has a rule already,
    /// [`ConstraintError::NameTooLong`] for one of more than 128 bytes, and
    /// [`ConstraintError::TooManyArguments`] for a 65th name.
    pub fn require(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with_rule(name, Presence::Required, constraint)
    }

    /// Adds an optional argument.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn allow(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with_rule(name, Presence::Optional, constraint)
    }

    /// Prepares for `named` more rules. They are sorted once at the end, so that adding one moves
    /// no other.
    pub(crate) fn with_more(mut self, named: usize) -> MoreRules {
        self.rules.reserve_exact(named);
        MoreRules {
            sorted: self.rules.len(),
            rules: self,
        }
    }

    /// Permits every argument that is not named, with any value.
    #[must_use]
    pub fn allow_others(mut self) -> Self {
        self.open = true;
        self
    }

    /// Adds a rule for a named argument.
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

    /// Returns whether arguments that are not named are permitted.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Returns the rules in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Presence, &Constraint)> {
        self.rules
            .iter()
            .map(|rule| (&*rule.name, rule.presence, &rule.constraint))
    }

    /// Returns the bytes that one rule takes beside its name and constraint.
    pub(super) const fn rule_bytes() -> usize {
        size_of::<Rule>()
    }

    /// Returns the number of named arguments.
    pub(super) fn count(&self) -> usize {
        self.rules.len()
    }

    /// Returns, for each argument that `other` names in order, the rule that these have for it.
    /// Both are in order of name, so one walk over both suffices.
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

    /// Returns the rule for the argument called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(Presence, &Constraint)> {
        let rule = self.rules.get(self.place(name).ok()?)?;
        Some((rule.presence, &rule.constraint))
    }

    /// Returns the index of the rule for `name`; the error is the index where it would be inserted.
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

/// Rules to which more are being added. The caller adds each name once.
pub(crate) struct MoreRules {
    rules: ArgumentRules,
    /// Number of rules that were there before, which are in order.
    sorted: usize,
}

impl MoreRules {
    /// Adds a rule. The caller has checked that its name differs from those added before; one that
    /// was there from the start is refused here.
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

    /// Returns all rules, in order of name.
    pub(crate) fn sorted(mut self) -> ArgumentRules {
        self.rules.rules.sort_by(|a, b| a.name.cmp(&b.name));
        self.rules
    }
}
