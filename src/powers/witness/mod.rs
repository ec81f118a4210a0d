//! The search for a call that shows why powers are not covered.

pub(super) mod samples;
pub(super) mod search;
