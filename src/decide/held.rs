use super::charge::Charge;
use crate::ground::Timestamp;

/// What a decision in favour takes from a check that held.
#[derive(Default)]
pub(super) struct Held {
    /// The first second in which it may no longer hold, where that can be told.
    pub(super) until: Option<Timestamp>,
    /// What the call is charged for it.
    pub(super) charge: Option<Box<Charge>>,
}

impl Held {
    pub(super) const ALWAYS: Self = Self {
        until: None,
        charge: None,
    };

    pub(super) const fn until(until: Timestamp) -> Self {
        Self {
            until: Some(until),
            charge: None,
        }
    }
}
