//! Limits: demands on calls that only take away. A child adds limits and never repeats its
//! parent's. Every limit of every link is checked at every call.
//!
//! A limit has a [`Scope`]: all calls, or the calls of a set of tools. It has no effect on other
//! calls, so one mandate can allow tickets for an hour and revenue for thirty minutes. Limits only
//! subtract, so another limit never permits more.
//!
//! | type | what it is |
//! |---|---|
//! | [`Limit`], [`LimitRule`] | A demand on the calls in a scope, and the demand alone |
//! | [`Limits`] | The limits of one mandate |
//! | [`Scope`], [`ToolSet`] | The calls that a limit applies to |
//! | [`Window`] | A window of time |
//! | [`AudienceSet`] | The servers at which a call may be made |
//! | [`LivesBy`], [`MaxAge`] | A mission that keeps calls alive, and the age of its status |
//! | [`Waves`] | The waves of a mission in which calls are valid |
//! | [`Condition`] | A fact that a host observes |
//! | [`Barrier`], [`Reporters`] | Other tasks that must be done, and the keys that report them |
//! | [`Budget`], [`Meter`], [`PerValue`] | The most that all calls together may spend |
//! | [`Source`], [`Sources`], [`Unit`] | The places in which calls state amounts |
//! | [`ArgumentPath`] | The path to a value among a call's arguments |
//! | [`RateLimit`] | The rate of calls |
//! | [`SeparationOfDuty`] | Groups of tools that exclude each other |
//! | [`ApprovalGate`] | The people who must approve a call |
//! | [`Delegates`] | The keys that may hold mandates below |
//! | [`LimitError`] | The reason why parts make no limit |
//!
//! Two kinds have no type of their own: [`Limit::signed_calls`] and [`Limit::ends_on`].
//!
//! ```
//! use mandatum::limits::{RateLimit, Window};
//! use mandatum::{Budget, Limit, Limits, Seconds, Timestamp};
//! let until = Window::closing(Timestamp::from_unix(1_767_227_400)?);
//! let rate = RateLimit::new("mails".parse()?, "eu-1".parse()?, 5, Seconds::minutes(1))?;
//! let limits = Limits::new([
//!     Limit::window(until).with_tools(["revenue.*"])?,
//!     Limit::budget(Budget::calls("mails".parse()?, "eu-1".parse()?, 20)),
//!     Limit::rate_limit(rate).with_tools(["mail.send"])?,
//! ])?;
//! let shown: Vec<String> = limits.iter().map(ToString::to_string).collect();
//! assert_eq!(shown, [
//!     "until 2026-01-01T00:30:00Z, for revenue.*",
//!     "at most 20 calls in all, on account mails",
//!     "at most 5 calls at once, and 5 more each 60 s, on account mails, for mail.send",
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod approval_gate;
mod audience;
mod barrier;
mod budget;
mod condition;
mod delegates;
mod error;
mod kinds;
mod limit;
mod lives_by;
mod per_value;
mod rate_limit;
mod scope;
mod separation_of_duty;
mod source;
mod waves;
mod window;

pub use approval_gate::ApprovalGate;
pub use audience::AudienceSet;
pub use barrier::{Barrier, Reporters};
pub use budget::{Budget, Meter};
pub use condition::Condition;
pub use delegates::Delegates;
pub use error::LimitError;
pub use limit::{Limit, LimitRule, Limits};
pub use lives_by::{LivesBy, MaxAge};
pub use per_value::PerValue;
pub use rate_limit::RateLimit;
pub use scope::{Scope, ToolSet};
pub use separation_of_duty::SeparationOfDuty;
pub use source::{ArgumentPath, Source, Sources, Unit};
pub use waves::Waves;
pub use window::Window;

pub(crate) use window::WindowState;
