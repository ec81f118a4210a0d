//! Execution graphs: the tasks that come from a root, and how authority follows them.
//!
//! A task can be delegated, fanned out, and merged again, and each task has its own mandate. This
//! module helps to mint the mandates of such a graph, to choose among chains, and to draw the
//! graph:
//!
//! - [`merge`] mints the mandate of a merge point, which has the powers that all branches have.
//! - [`minimal_for`] computes the least powers for the planned calls of one step.
//! - [`Portfolio`] holds an agent's chains from several owners, and chooses one for a call.
//! - [`ExecutionGraph`] collects chains and draws them as Mermaid or DOT.
//!
//! None of them decides: a server decides by the chain alone. The guide has a page on
//! [graphs](crate::guide::graphs).
//!
//! | name | what it is |
//! |---|---|
//! | [`merge`], [`Merge`] | the function that mints a merge point, and its terms |
//! | [`Portfolio`] | the chains of one agent on one mission |
//! | [`ExecutionGraph`] | the tasks of some chains, as a graph |
//! | [`Picture`], [`TaskNode`] | a graph at one moment, and one task in it |
//! | [`TaskState`], [`TaskStateError`] | the state of a task, and an unknown name of one |
//! | [`MergeError`] | why branches do not merge |
//! | [`MinimalError`] | why there are no least powers |
//! | [`PortfolioError`] | why no chain of a portfolio suffices for a call |
//! | [`PortfolioMissionError`] | why a chain does not belong to a portfolio |
//!
//! # Example
//!
//! ```
//! use mandatum::graph::{MinimalError, minimal_for};
//! use mandatum::{Action, Capability, Effect, Powers};
//! let parent = Powers::new([Capability::new("crm.read", Effect::Read)?.allow_delegation()])?;
//! let read = Action::new("crm.read", [("", ""); 0], Effect::Read)?;
//! assert_eq!(minimal_for(&[read], &parent)?.to_string(), "crm.read() up to read");
//! let write = Action::new("crm.write", [("", ""); 0], Effect::Write)?;
//! let refused = minimal_for(&[write], &parent);
//! assert!(matches!(refused, Err(MinimalError::Refused { call: 0, .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod execution;
mod merge;
mod minimal;
mod picture;
mod portfolio;
mod sample;
mod state;
mod text;

pub use execution::ExecutionGraph;
pub use merge::{Merge, MergeError, merge};
pub use minimal::{MinimalError, minimal_for};
pub use picture::{Picture, TaskNode};
pub use portfolio::{Portfolio, PortfolioError, PortfolioMissionError};
pub use state::{TaskState, TaskStateError};
