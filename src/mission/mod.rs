//! Missions: what keeps executions alive, and how news of their end travels.
//!
//! A mission's state comes as signed snapshots ([`Status`](crate::Status)) with an age limit; missing or older means deny. Single
//! pieces of news travel ahead as notices that join like sets: order, duplicates and replicas don't matter, and an end is
//! never undone. A [`Register`] is the join of what a verifier has heard, a [`Controller`] says the next true thing.

mod controller;
mod course;
mod news;
mod notice;
mod order;
mod rebind;
mod recall;
mod register;
mod standing;
mod task_ends;
mod watches;

pub use controller::{Controller, ControllerError};
pub use notice::Notice;
pub use order::NotItsTurn;
pub use rebind::RebindError;
pub use register::{NotTaken, Register, Taken};
pub use standing::NotAlive;
pub use watches::Watches;

pub(crate) use order::{barrier_open, in_wave};
pub(crate) use standing::{News, event_not_fired, link_not_ended, mission_alive, not_ended};
pub(crate) use watches::{Speakers, speakers};
