//! Missions: what keeps executions alive, and how notices of their end travel.
//!
//! A mission's state comes as signed snapshots ([`Status`](crate::Status)) with an age limit;
//! missing or older means deny. Single notices travel ahead and join like sets: order, duplicates
//! and replicas don't matter, and an end is never undone. A [`Register`] is the join of what a
//! verifier has received, a [`Controller`] states the next true thing.

mod controller;
mod course;
mod ends_signed;
mod listed;
mod notice;
mod order;
mod rebind;
mod recall;
mod receipt;
mod register;
mod retention;
mod standing;
mod state;
mod steps;
mod task_ends;
mod watches;

pub use controller::{Controller, ControllerError, MandateEnd};
pub use course::Listing;
pub use ends_signed::{EndSigned, EndsSigned};
pub use notice::Notice;
pub use order::NotItsTurn;
pub use rebind::RebindError;
pub use register::{NotTaken, Register, Taken};
pub use retention::Retention;
pub use standing::NotAlive;
pub use watches::{MissionRole, Watch, WatchSubject, Watches, WatchesIter};

pub(crate) use order::{barrier_open, in_wave};
pub(crate) use rebind::NotRunning;
pub(crate) use standing::{Known, News, Standing, event_not_fired, mission_alive, not_ended};
pub(crate) use watches::Speakers;
