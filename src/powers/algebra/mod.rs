//! The three questions that powers are asked: admits, covers, meet. Pure, each within a budget.

pub(super) mod admits;
pub(super) mod constraint_view;
pub(super) mod cost;
pub(super) mod covers;
pub(super) mod finite;
pub(super) mod meet;
pub(super) mod probe;
pub(super) mod types;
