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
mod algebra;
mod arguments;
mod capability;
mod constraint;
mod display;
mod grammar;
mod powers;
mod range;
mod tool;
mod tool_table;
mod value_set;
mod witness;

pub use action::{Action, ActionError, Effect, EffectError};
pub use algebra::admits::{ArgumentError, PermissionError};
pub use algebra::covers::{CoverageError, CoverageGap};
pub use algebra::meet::MeetError;
pub use arguments::{ArgumentRules, Presence};
pub use capability::Capability;
pub use constraint::{Constraint, ConstraintError};
pub use grammar::host::{Host, HostError};
pub use grammar::network::{Network, NetworkError};
pub use grammar::path::{Path, PathError};
pub use grammar::pattern::{Pattern, PatternError};
pub use grammar::url::{Port, Url, UrlError, UrlRule};
pub use powers::{Powers, PowersError};
pub use range::{Bound, Range, RangeError};
pub use tool::{ToolError, ToolName, ToolPattern, ToolPrefix};
pub use tool_table::{ToolTable, ToolTableError};
pub use value_set::{ValueSet, ValueSetError};

pub(crate) use constraint::{Kind, check_clauses};
pub(crate) use display::join;
pub(crate) use value_set::EncodedSet;

/// The search for a witness within a budget, for the test of what it counts.
#[cfg(test)]
pub(crate) fn search_for_witness(
    parent: &Powers,
    child: &Capability,
    work: &mut crate::primitives::Work,
) -> Result<Option<Action>, crate::primitives::OutOfWork> {
    witness::search::search(
        &parent.capabilities().iter().collect::<Vec<_>>(),
        child,
        work,
    )
}
