//! The execution graph: what comes of a root once its work is spawned, fanned out, merged and
//! handed on.
//!
//! Authority follows the graph of the work. A merge point gets what its branches have in common
//! ([`Merge`]), a planned step what it needs ([`minimal_for`]), an agent that works for several
//! owners holds a chain of each ([`Portfolio`]), and the graph can be looked at
//! ([`ExecutionGraph`]).

mod execution;
mod merge;
mod minimal;
mod picture;
mod portfolio;
mod sample;
mod state;
mod text;

pub use execution::ExecutionGraph;
pub use merge::{Merge, MergeError};
pub use minimal::{MinimalError, minimal_for};
pub use picture::{Picture, TaskNode};
pub use portfolio::{Portfolio, PortfolioError, PortfolioMissionError};
pub use state::{TaskState, TaskStateError};
