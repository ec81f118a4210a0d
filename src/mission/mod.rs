//! Missions: what keeps executions alive, and how notices of their end travel.
//!
//! A mission's state comes as signed snapshots ([`Status`](crate::claims::Status)) with an age limit;
//! missing or older means deny. Single notices travel ahead and join like sets: order, duplicates
//! and replicas don't matter, and an end is never undone. A [`Register`] is the join of what a
//! verifier has received, a [`Controller`] states the next true thing.

mod controller;
mod ends_signed;
mod lineage;
mod listed;
mod liveness;
mod mission_state;
mod notice;
mod readiness;
mod rebind;
mod receipt;
mod register;
mod retention;
mod steps;
mod task_ends;
mod watches;

pub use controller::controller::{Controller, ControllerError, MandateEnd};
pub use controller::lifecycle::Listing;
pub use ends_signed::{EndSigned, EndsSigned};
pub use liveness::LivenessError;
pub use notice::Notice;
pub use readiness::NotReadyError;
pub use rebind::RebindError;
pub use register::{Applied, NoticeError, Register};
pub use retention::Retention;
pub use watches::{MissionRole, Watch, WatchSubject, Watches, WatchesIter};

pub(crate) use lineage::{KnownLineage, Lineage};
pub(crate) use liveness::{Known, News, Standing, event_not_fired, mission_alive, not_ended};
pub(crate) use readiness::{barrier_open, in_wave};
pub(crate) use rebind::NotRunningError;
