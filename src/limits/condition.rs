use crate::ground::{Label, Seconds};
use crate::powers::Constraint;

/// What must be the case: a fact that the host observed satisfies a constraint, and was observed recently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The fact's name: `ticket/INC-42`.
    pub fact: Label,
    /// What its value must be.
    pub holds: Constraint,
    /// How long ago it may have been observed.
    pub max_age: Seconds,
}
