use crate::charge::Charge;
use crate::primitives::Timestamp;

/// What a decision in favour takes from a check that held.
#[derive(Default)]
pub(crate) struct StepResult {
    /// The first second in which it may no longer hold, where that can be told.
    pub(crate) until: Option<Timestamp>,
    /// What the call is charged for it.
    pub(crate) charge: Option<Box<Charge>>,
}

impl StepResult {
    pub(crate) const ALWAYS: Self = Self {
        until: None,
        charge: None,
    };

    pub(crate) const fn until(until: Timestamp) -> Self {
        Self {
            until: Some(until),
            charge: None,
        }
    }
}
