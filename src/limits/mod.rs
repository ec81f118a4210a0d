//! Limits: everything that only takes away. A child adds limits and never restates its parent's;
//! every limit of every link is checked at every call.
//!
//! A limit has a [`Scope`]: all calls, or those whose tool is one of a set. Out of scope it has no
//! effect, so tickets for an hour and revenue for thirty minutes fit in one mandate. Scopes are
//! matched on the call and limits only subtract, so adding one never widens anything.

mod audience;
mod barrier;
mod budget;
mod condition;
mod delegates;
mod error;
mod exclusive;
mod gate;
mod kinds;
mod limit;
mod lives_by;
mod per_value;
mod rate;
mod scope;
mod source;
mod waves;
mod window;

pub use audience::AudienceSet;
pub use barrier::{Barrier, Reporters};
pub use budget::{Budget, Meter};
pub use condition::Condition;
pub use delegates::Delegates;
pub use error::LimitError;
pub use exclusive::SeparationOfDuty;
pub use gate::ApprovalGate;
pub use limit::{Limit, LimitRule, Limits};
pub use lives_by::{LivesBy, MaxAge};
pub use per_value::PerValue;
pub use rate::RateLimit;
pub use scope::{Scope, ToolSet};
pub use source::{ArgumentPath, Source, Sources, Unit};
pub use waves::Waves;
pub use window::Window;

pub(crate) use window::WindowState;
