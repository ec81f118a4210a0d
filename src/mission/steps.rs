//! Steps of work for look-ups.
//!
//! They depend on the question and never on the state, because an exhausted budget must reveal
//! nothing about the missions of others. So every set counts as full, and a look-up that finds
//! nothing takes as many steps as one that finds something.

use crate::powers::ToolName;
use crate::primitives::bounds::{MAX_ENDED_KEPT, MAX_EVENTS, MAX_WITHDRAWN};
use crate::primitives::{Label, OutOfWork, Work};

/// The register and the stapled notices, which are both searched.
const SIDES: usize = 2;

/// Steps for finding a signer's statement on a mandate among all statements on all mandates.
///
/// The search compares 48 bytes, which are four operations, once for each power of two up to 2³².
/// A step stands for eight operations.
const AMONG_SIGNERS: usize = 16;

/// Steps for finding whether there is any statement on a mandate, and for listing the keys that may
/// state its end. Each takes as many as [`AMONG_SIGNERS`].
const AMONG_MANDATES: usize = 32;

/// Steps for hashing a key and comparing it.
const HASH: usize = 16;

/// Counts the steps for finding the state of a mission.
pub(super) fn find_mission(work: &mut Work) -> Result<(), OutOfWork> {
    spend(HASH, work)
}

/// Counts the steps for finding the end of a mission by each of so many signers.
pub(super) fn find_ends(signers: usize, work: &mut Work) -> Result<(), OutOfWork> {
    spend(signers.saturating_mul(AMONG_SIGNERS), work)
}

/// Counts the steps for finding the statement of each of so many signers on each of so many
/// mandates.
pub(super) fn find_mandates(
    mandates: usize,
    signers: usize,
    work: &mut Work,
) -> Result<(), OutOfWork> {
    let each = signers
        .saturating_mul(AMONG_SIGNERS)
        .saturating_add(AMONG_MANDATES);
    spend(mandates.saturating_mul(each), work)
}

/// Counts the steps for finding so many mandates in a list of a mission's statuses.
pub(super) fn find_listed(mandates: usize, work: &mut Work) -> Result<(), OutOfWork> {
    spend(mandates.saturating_mul(comparisons(MAX_ENDED_KEPT)), work)
}

/// Counts the steps for comparing a tool with all that a mission has withdrawn.
pub(super) fn compare_withdrawn(tool: Option<&ToolName>, work: &mut Work) -> Result<(), OutOfWork> {
    let tool = tool.map_or(0, |tool| text(tool.as_str()));
    spend(MAX_WITHDRAWN.saturating_mul(tool), work)
}

/// Counts the steps for finding an event among those that a mission has fired.
pub(super) fn find_event(event: &Label, work: &mut Work) -> Result<(), OutOfWork> {
    spend(
        comparisons(MAX_EVENTS).saturating_mul(text(event.as_str())),
        work,
    )
}

fn spend(steps: usize, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend_len(steps.saturating_mul(SIDES))
}

/// Returns the steps for comparing a text: one, and one for each eight bytes.
const fn text(text: &str) -> usize {
    (text.len() >> 3).saturating_add(1)
}

/// Returns the number of comparisons that find a member among so many.
const fn comparisons(members: usize) -> usize {
    match members.checked_ilog2() {
        None => 0,
        #[expect(clippy::as_conversions, reason = "a logarithm is at most 63")]
        Some(log) => (log as usize).saturating_add(1),
    }
}
