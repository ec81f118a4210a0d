//! The controller's side: the next true thing to state of its missions.

pub(super) mod controller;
pub(super) mod lifecycle;
pub(super) mod rebuild;
