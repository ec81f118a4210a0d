//! Rates and exclusive groups.

use crate::codec::claims::read_label;
use crate::codec::error::{CodecError, InvalidValue};
use crate::codec::limits::{read_seconds, read_tools, write_tools};
use crate::codec::reader::Reader;
use crate::codec::writer::Writer;
use crate::limits::{LimitError, RateLimit, SeparationOfDuty, ToolSet};
use crate::primitives::bounds::MAX_GROUPS;

/// Writes `[account, ledger, burst, per, ? true]`.
pub(super) fn write_rate(w: &mut Writer, rate: &RateLimit) {
    w.array(if rate.is_askable() { 5 } else { 4 });
    w.text(rate.account().as_str());
    w.text(rate.ledger().as_str());
    w.unsigned(u64::from(rate.burst()));
    w.unsigned(rate.per().get());
    if rate.is_askable() {
        w.bool(true);
    }
}

pub(super) fn read_rate(r: &mut Reader<'_>) -> Result<RateLimit, CodecError> {
    r.make(
        |r| {
            let parts = r.array(4, 5)?;
            let terms = (
                read_label(r)?,
                read_label(r)?,
                r.unsigned()?,
                read_seconds(r)?,
            );
            Ok((terms, read_askable(r, parts == 5)?))
        },
        |((account, ledger, burst, per), is_askable)| {
            // A burst beyond 32 bits is out of bounds, and so is the greatest of 32 bits.
            let rate = RateLimit::new(
                account,
                ledger,
                u32::try_from(burst).unwrap_or(u32::MAX),
                per,
            )?;
            Ok::<_, LimitError>(if is_askable {
                rate.with_askable()
            } else {
                rate
            })
        },
    )
}

/// Reads the flag at the end of an array, if the array has an element for it.
fn read_askable(r: &mut Reader<'_>, is_there: bool) -> Result<bool, CodecError> {
    if is_there {
        r.true_flag()?;
    }
    Ok(is_there)
}

/// Writes `[account, ledger, [[tool, …], …], ? true]`.
pub(super) fn write_exclusive(w: &mut Writer, exclusive: &SeparationOfDuty) {
    w.array(if exclusive.is_askable() { 4 } else { 3 });
    w.text(exclusive.account().as_str());
    w.text(exclusive.ledger().as_str());
    write_groups(w, exclusive.groups());
    if exclusive.is_askable() {
        w.bool(true);
    }
}

pub(in crate::codec) fn write_groups(w: &mut Writer, groups: &[ToolSet]) {
    w.array(groups.len());
    groups.iter().for_each(|group| write_tools(w, group));
}

pub(super) fn read_exclusive(r: &mut Reader<'_>) -> Result<SeparationOfDuty, CodecError> {
    let at = r.clone();
    let parts = r.array(3, 4)?;
    let (account, ledger) = (read_label(r)?, read_label(r)?);
    let groups = r.array(0, MAX_GROUPS)?;
    let groups = (0..groups)
        .map(|_| read_tools(r))
        .collect::<Result<Vec<_>, _>>()?;
    let is_askable = read_askable(r, parts == 4)?;
    let exclusive = SeparationOfDuty::new(account, ledger, groups)
        .or_else(|error| at.fail(InvalidValue::from(error)))?;
    Ok(if is_askable {
        exclusive.with_askable()
    } else {
        exclusive
    })
}
