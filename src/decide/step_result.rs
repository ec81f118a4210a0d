use crate::charge::Charge;
use crate::primitives::Timestamp;

/// The result of a check that held.
#[derive(Default)]
pub(super) struct StepResult {
    /// The first second in which the check may no longer hold; `None` where it has no end.
    pub(crate) until: Option<Timestamp>,
    /// The charge of the call.
    pub(crate) charge: Option<Box<Charge>>,
}

impl StepResult {
    pub(super) const ALWAYS: Self = Self {
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
