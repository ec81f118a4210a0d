//! Powers: which tools with which arguments, up to which effect. Pure and total.
//!
//! Powers only shrink. A set of capabilities permits a call when *any* entry does; a child's entry
//! must be covered by *one* entry of its parent. Three questions are asked of them, each within a
//! budget of work:
//!
//! - **admits**: is this call within them? ([`Powers::permits`])
//! - **covers**: is every call that these permit permitted by those? ([`Powers::covers`]) Sound
//!   always; complete within a value type for every pair of constraints that do not nest.
//! - **meet**: what do both permit? ([`Powers::meet`]) Exact.
//!
//! # Canonical or refused
//!
//! A path, host, URL or address argument that is not already in its one canonical spelling is
//! refused, never rewritten, so what was checked is byte for byte what the tool receives. The
//! grammars are ours, small, and written down on [`Path`], [`Host`], [`Url`] and [`Network`]. Not
//! covered: symlinks, redirects, DNS rebinding.

mod action;
mod admits;
mod arguments;
mod asked;
mod capability;
mod constraint;
mod cost;
mod covers;
mod finite;
mod host;
mod meet;
mod network;
mod path;
mod pattern;
mod probe;
mod range;
mod samples;
mod show;
mod tool;
mod tools;
mod types;
mod url;
mod values;
mod witness;

pub use action::{Action, ActionError, Effect, UnknownEffect};
pub use admits::{ArgumentRefusal, Refusal};
pub use arguments::{ArgumentRules, Presence};
pub use capability::{Capability, Powers, PowersError};
pub use constraint::{Constraint, ConstraintError};
pub use covers::{Gap, NotCovered};
pub use host::{Host, HostError};
pub use meet::MeetError;
pub use network::{Network, NetworkError};
pub use path::{Path, PathError};
pub use pattern::{Pattern, PatternError};
pub use range::{Bound, Range, RangeError};
pub use tool::{ToolError, ToolName, ToolPattern, ToolPrefix};
pub use tools::{ToolTable, ToolTableError};
pub use url::{Port, Url, UrlError, UrlRule};
pub use values::{ValueSet, ValueSetError};

pub(crate) use constraint::{Kind, check_clauses};
pub(crate) use show::join;
pub(crate) use values::EncodedSet;

/// The search for a witness within a budget, for the test of what it counts.
#[cfg(test)]
pub(crate) fn search_for_witness(
    parent: &Powers,
    child: &Capability,
    work: &mut crate::ground::Work,
) -> Result<Option<Action>, crate::ground::OutOfWork> {
    witness::search(
        &parent.capabilities().iter().collect::<Vec<_>>(),
        child,
        work,
    )
}
