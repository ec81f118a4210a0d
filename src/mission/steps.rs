//! The steps that look-ups cost.
//!
//! They depend on what is asked, never on what is known: whether the steps run out must tell
//! nothing of the state of others. So a set counts as full, and a look-up that finds nothing costs
//! as much as one that does.

use crate::powers::ToolName;
use crate::primitives::bounds::{MAX_ENDED_KEPT, MAX_EVENTS, MAX_WITHDRAWN};
use crate::primitives::{Label, OutOfWork, Work};

/// The register, and what is stapled.
const SIDES: usize = 2;

/// To find what a signer said of a mandate, among all words on all mandates: a comparison of 48
/// bytes for each power of two, up to 2³², in steps of eight operations.
const AMONG_SIGNERS: usize = 16;

/// To find whether anything was said of a mandate, likewise; and who may say so, to be listed.
const AMONG_MANDATES: usize = 32;

/// Hashing a key and comparing it.
const HASH: usize = 16;

/// Finds a mission's state.
pub(super) fn find_mission(work: &mut Work) -> Result<(), OutOfWork> {
    spend(HASH, work)
}

/// Finds how a mission ended, by each of so many signers.
pub(super) fn find_ends(signers: usize, work: &mut Work) -> Result<(), OutOfWork> {
    spend(signers.saturating_mul(AMONG_SIGNERS), work)
}

/// Finds what each of so many signers stated of each of so many mandates.
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

/// Finds so many mandates among those that a mission's statuses list.
pub(super) fn find_listed(mandates: usize, work: &mut Work) -> Result<(), OutOfWork> {
    spend(mandates.saturating_mul(comparisons(MAX_ENDED_KEPT)), work)
}

/// Compares a tool with all that a mission has withdrawn.
pub(super) fn compare_withdrawn(tool: Option<&ToolName>, work: &mut Work) -> Result<(), OutOfWork> {
    let tool = tool.map_or(0, |tool| text(tool.as_str()));
    spend(MAX_WITHDRAWN.saturating_mul(tool), work)
}

/// Finds an event among those that a mission has fired.
pub(super) fn find_event(event: &Label, work: &mut Work) -> Result<(), OutOfWork> {
    spend(
        comparisons(MAX_EVENTS).saturating_mul(text(event.as_str())),
        work,
    )
}

fn spend(steps: usize, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend_len(steps.saturating_mul(SIDES))
}

/// Comparing a text: one, and one for each eight bytes.
const fn text(text: &str) -> usize {
    (text.len() >> 3).saturating_add(1)
}

/// Comparisons that find a member among so many.
const fn comparisons(members: usize) -> usize {
    match members.checked_ilog2() {
        None => 0,
        #[expect(clippy::as_conversions, reason = "a logarithm is at most 63")]
        Some(log) => (log as usize).saturating_add(1),
    }
}
