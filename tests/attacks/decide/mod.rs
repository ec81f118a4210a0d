//! Decisions: every denial of the ladder, one row a code, and what surrounds it.

mod approvals;
mod boundaries;
mod charges;
mod configuration;
mod identity;
mod ladder;
mod leaks;
mod missing;
mod permits;
mod replay;
mod saying;
mod scene;
mod screen;

use mandatum::DenialCode;

pub(crate) use approvals::{approved, gated};
pub(crate) use charges::codes as charging_codes;
pub(crate) use ladder::rows as ladder_rows;
pub(crate) use replay::codes as settling_codes;

/// The codes that decisions reach, up to starting the operation.
pub(crate) fn codes() -> Vec<DenialCode> {
    ladder_rows()
        .iter()
        .map(|row| row.code)
        .chain(settling_codes())
        .chain(charging_codes())
        .collect()
}
