//! The controller's side of missions: it makes the notices, and can be made again from them.

pub(super) mod controller;
pub(super) mod lifecycle;
pub(super) mod rebuild;
