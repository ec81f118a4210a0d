use crate::powers::Constraint;
use crate::primitives::{Label, Seconds};

/// A fact that satisfies a constraint, and that the host observed recently.
///
/// A root's conditions may name any fact that its issuer may know. A child's conditions name only
/// facts that a condition of the root names. A root may name a fact for the links below without
/// depending on it: with a condition in the scope of a tool that nobody calls, or one that any
/// value satisfies.
///
/// ```
/// use mandatum::limits::Condition;
/// use mandatum::{Constraint, Limit, Seconds};
/// let fact = "ticket/INC-42/open".parse()?;
/// let holds = Constraint::one_of([true])?;
/// let limit = Limit::condition(Condition { fact, holds, max_age: Seconds::minutes(2) });
/// assert_eq!(limit.to_string(), "while ticket/INC-42/open is true, seen at most 120 s ago");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// Name of the fact: `ticket/INC-42`.
    pub fact: Label,
    /// The constraint that its value satisfies.
    pub holds: Constraint,
    /// Maximum age of its observation.
    pub max_age: Seconds,
}
