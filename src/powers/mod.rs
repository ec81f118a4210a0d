//! Powers: which tools may be called, with which arguments, up to which effect.
//!
//! [`Powers`] are a set of [`Capability`]s. The set permits a call when *any* entry permits it. A
//! child's entry must be covered by *one* entry of its parent, so powers only shrink. Every
//! function here is pure, and ends within a budget of steps. Three questions are answered:
//!
//! - **permits**: whether a call is within the powers ([`Powers::permits`]).
//! - **covers**: whether every call that a child permits is permitted by its parent
//!   ([`Powers::covers`]). A yes is always right. A no is always right for two constraints of one
//!   value type that do not nest; a nested child may be refused although it is narrower.
//! - **meet**: the powers that permit exactly the calls that two sets both permit
//!   ([`Powers::meet`]).
//!
//! ```
//! use mandatum::powers::{Action, Capability, Constraint, Effect, PermissionError, Powers};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let refund = |most: i64| -> Result<Powers, Box<dyn std::error::Error>> {
//!     let amount = Constraint::between(0.into(), most.into())?;
//!     let refund = Capability::new("pay.refund", Effect::Irreversible)?;
//!     Ok(Powers::new([refund.require("amount", amount)?])?)
//! };
//! let (parent, child) = (refund(100)?, refund(500)?);
//! let small = Action::new("pay.refund", [("amount", 80)], Effect::Irreversible)?;
//! assert_eq!(parent.permits(&small), Ok(()));
//! let export = Action::new("crm.export", [("amount", 80)], Effect::Read)?;
//! assert_eq!(parent.permits(&export), Err(PermissionError::Tool));
//!
//! // The child permits more than its parent, and the error has a call that shows it.
//! let witness = parent.covers(&child).unwrap_err().witness.ok_or("a witness")?;
//! assert!(child.permits(&witness).is_ok() && parent.permits(&witness).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # Types
//!
//! | name | what it is |
//! |---|---|
//! | [`Powers`] | a set of at most 256 capabilities |
//! | [`Capability`] | a tool or family, rules for its arguments, the highest effect |
//! | [`ArgumentRules`], [`Presence`] | the arguments that are required, allowed, or left open |
//! | [`Constraint`] | the values that one argument may have |
//! | [`Action`], [`Effect`] | a call as powers see it, and how far it reaches |
//! | [`ToolName`], [`ToolPattern`], [`ToolPrefix`] | one tool, a pattern, the part before its `*` |
//! | [`ToolTable`] | the effects of a server's tools |
//! | [`ValueSet`] | the members of a `one_of`, `none_of` or `contains` |
//! | [`Range`], [`Bound`] | numbers between two ends |
//! | [`Pattern`] | texts by literals and `*` |
//! | [`Path`], [`Host`], [`Network`] | a root of paths, of host names, of addresses |
//! | [`Url`], [`UrlRule`], [`Port`] | a canonical URL, and a rule that admits some |
//! | [`PermissionError`], [`ArgumentError`] | why a call is refused, and why an argument is |
//! | [`CoverageError`], [`CoverageGap`] | which capability of a child goes beyond, and how |
//! | [`MeetError`] | why two sets of powers have no meet within bounds |
//! | [`PowersError`], [`ConstraintError`], [`ActionError`] | why parts do not make such a value |
//! | [`ToolError`], [`ToolTableError`], [`EffectError`] | errors of tools, tables and effects |
//! | [`ValueSetError`], [`RangeError`], [`PatternError`] | errors of sets, ranges and patterns |
//! | [`PathError`], [`HostError`], [`UrlError`], [`NetworkError`] | errors of canonical texts |
//!
//! # Canonical or refused
//!
//! A path, host, URL or address has one canonical spelling. Under [`Constraint::path_under`],
//! [`host_under`](Constraint::host_under), [`url`](Constraint::url) and
//! [`network`](Constraint::network), an argument in another spelling is refused and never
//! rewritten, so the tool receives the bytes that were checked. Other constraints do not check
//! spellings: the pattern `/decks/*` compares the raw text and admits `/decks/../etc/passwd`. The
//! grammars are on [`Path`], [`Host`], [`Url`] and [`Network`]. Symlinks, redirects and DNS
//! rebinding are outside of this check: the tool must stop them.

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

/// Searches for a witness within a budget, for the test that compares its steps with its time.
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
