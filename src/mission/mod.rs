//! Missions: the lifecycle of work, and the notices that end it.
//!
//! A mandate can live by a mission. It is then valid only while the mission's controller states, in
//! a fresh signed [`Status`](crate::claims::Status), that the mission is active. A missing or old
//! status denies. Single notices travel ahead of the next status: the end of a mission or task, a
//! fired event, a withdrawn tool.
//!
//! A [`Controller`] makes these notices, and its host signs, stores and sends them. A verifier
//! joins the notices that it receives in a [`Register`]. The order of notices, duplicates and
//! replicas do not matter, and an end is never undone. The guide has a page on
//! [missions](crate::guide::missions).
//!
//! | name | what it is |
//! |---|---|
//! | [`Controller`] | the notices that may be stated next about some missions |
//! | [`MandateEnd`], [`Listing`] | the end of a mandate, and whether statuses repeat it |
//! | [`Notice`] | a signed notice of any kind |
//! | [`Register`] | the state of missions and tasks that a verifier knows |
//! | [`Applied`] | the effect of a notice on a register |
//! | [`Retention`] | how old a status may be, and how long a register keeps it |
//! | [`Watches`], [`WatchesIter`] | the pairs of subject and signer that a decision depends on |
//! | [`Watch`], [`WatchSubject`], [`MissionRole`] | one such pair |
//! | [`EndsSigned`], [`EndSigned`] | the ends that one key signed, to be signed again |
//! | [`ControllerError`] | why a controller refuses to make a notice |
//! | [`NoticeError`] | why a register refuses a notice |
//! | [`LivenessError`] | why an execution should not run |
//! | [`NotReadyError`] | why it is not the turn of an execution |
//! | [`RebindError`] | why a mandate is not re-bound to another key |
//!
//! # Example
//!
//! ```
//! use mandatum::claims::Ending;
//! use mandatum::mission::ControllerError;
//! use mandatum::{Controller, Notice, Seconds, SigningKey, Timestamp};
//! let (key, now) = (SigningKey::from_seed(&[1; 32]), Timestamp::from_unix(1_767_225_600)?);
//! let mut controller = Controller::new(key.public(), Seconds::new(30));
//! let mission = controller.mission("qbr".parse()?, [7; 16]);
//! let status = Notice::from(controller.begin(&mission, [1; 16], now)?.sign(&key)?);
//! let end = Notice::from(controller.end(&mission, Ending::Completed, [2; 16], now)?.sign(&key)?);
//! assert_eq!((status.signer(), end.signer()), (key.public(), key.public()));
//! // An ended mission has no further status.
//! let ended = controller.status(&mission, [3; 16], now);
//! assert!(matches!(ended, Err(ControllerError::Ended { ending: Ending::Completed })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod controller;
mod ends_signed;
mod listed;
mod liveness;
mod mission_state;
mod notice;
mod readiness;
mod rebind;
mod receipt;
mod register;
mod retention;
mod running;
mod signers;
mod steps;
mod task_ends;
mod watches;

pub use controller::controller::{Controller, ControllerError, MandateEnd};
pub use controller::lifecycle::Listing;
pub use ends_signed::{EndSigned, EndsSigned};
pub use liveness::LivenessError;
pub use notice::Notice;
pub use readiness::NotReadyError;
pub use rebind::{RebindError, rebind_leaf, rebind_root};
pub use register::{Applied, NoticeError, Register};
pub use retention::Retention;
pub use watches::{MissionRole, Watch, WatchSubject, Watches, WatchesIter};

pub(crate) use liveness::{Known, News, Standing, event_not_fired, mission_alive, not_ended};
pub(crate) use readiness::{barrier_open, in_wave};
pub(crate) use running::{NotRunningError, still_running};
pub(crate) use signers::{KnownLineage, Lineage};
