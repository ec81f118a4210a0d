//! The three operations on powers: admits, covers and meet. Each is pure and has a budget of steps.

pub(super) mod admits;
pub(super) mod constraint_view;
pub(super) mod cost;
pub(super) mod covers;
pub(super) mod finite;
pub(super) mod meet;
pub(super) mod probe;
pub(super) mod types;
