use crate::powers::Constraint;
use crate::primitives::{Label, Seconds};

/// What must be the case: a fact that the host observed satisfies a constraint, and was observed
/// recently.
///
/// A root's conditions are on any fact that is open to its issuer. A child's are only on facts that
/// a condition of the root names. A root that names a fact for others below, and does not depend on
/// it itself, has a condition for a tool that nobody calls, or one that any value satisfies.
///
/// ```
/// use mandatum::limits::Condition;
/// use mandatum::{Constraint, Limit, Seconds};
/// let fact = "ticket/INC-42/open".parse()?;
/// let open = Condition { fact, holds: Constraint::one_of([true])?, max_age: Seconds::minutes(2) };
/// assert_eq!(Limit::condition(open).to_string(), "while ticket/INC-42/open is true, seen at most 120 s ago");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The fact's name: `ticket/INC-42`.
    pub fact: Label,
    /// What its value must be.
    pub holds: Constraint,
    /// How long ago it may have been observed.
    pub max_age: Seconds,
}
