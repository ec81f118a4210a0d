use super::{Constraint, ConstraintError};
use crate::ground::bounds::{MAX_ARGUMENT_RULES, MAX_KEY_BYTES};
use std::collections::BTreeMap;

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
/// An argument that is neither named nor opened is refused; a named one must be there unless it is optional.
///
/// ```
/// use mandatum::{ArgumentRules, Constraint};
/// let rules = ArgumentRules::closed()
///     .require("account", Constraint::one_of(["acme"])?)?
///     .allow("limit", Constraint::at_most(100.into()))?;
/// assert_eq!(rules.to_string(), r#"account = "acme", limit? ≤ 100"#);
/// # Ok::<(), mandatum::ConstraintError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgumentRules {
    rules: BTreeMap<Box<str>, (Presence, Constraint)>,
    open: bool,
}

impl ArgumentRules {
    /// No argument at all.
    #[must_use]
    pub const fn closed() -> Self {
        Self { rules: BTreeMap::new(), open: false }
    }

    /// Adds an argument that must be there.
    ///
    /// # Errors
    /// [`ConstraintError`] when it is named already, its name is too long, or there are too many.
    pub fn require(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with(name, Presence::Required, constraint)
    }

    /// Adds an argument that may be there.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn allow(self, name: &str, constraint: Constraint) -> Result<Self, ConstraintError> {
        self.with(name, Presence::Optional, constraint)
    }

    /// Lets every unnamed argument through, whatever it is.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Adds a named argument.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn with(mut self, name: &str, presence: Presence, constraint: Constraint) -> Result<Self, ConstraintError> {
        if name.len() > MAX_KEY_BYTES {
            return Err(ConstraintError::NameTooLong);
        }
        if self.rules.len() >= MAX_ARGUMENT_RULES {
            return Err(ConstraintError::TooManyArguments);
        }
        match self.rules.insert(name.into(), (presence, constraint)) {
            None => Ok(self),
            Some(_) => Err(ConstraintError::NamedTwice),
        }
    }

    /// Whether unnamed arguments are let through.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// The named arguments in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Presence, &Constraint)> {
        self.rules.iter().map(|(name, (presence, constraint))| (&**name, *presence, constraint))
    }

    /// The rule for the argument called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(Presence, &Constraint)> {
        self.rules.get(name).map(|(presence, constraint)| (*presence, constraint))
    }
}
