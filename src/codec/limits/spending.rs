//! What a ledger keeps: budgets, rates, exclusive groups.

use super::{read_seconds, read_tools, write_tools};
use crate::codec::claims::{read_entries, read_label, set};
use crate::codec::error::{CodecError, Fault, Invalid};
use crate::codec::reader::Reader;
use crate::codec::value::{read_number, write_number};
use crate::codec::writer::Writer;
use crate::ground::bounds::{MAX_GROUPS, MAX_KEY_BYTES, MAX_SHARES};
use crate::ground::encoded::by_encoded_key;
use crate::ground::{Label, Number};
use crate::limits::{Budget, Exclusive, Meter, Rate, ToolSet, Unit};

/// `{0: account, 1: {ledger: max, …}, ? 2: [argument, ? unit argument, unit]}`.
pub(super) fn write_budget(w: &mut Writer, budget: &Budget) {
    w.entries(|m| {
        m.entry(0, |w| w.text(budget.account().as_str()));
        m.entry(1, |w| {
            let shares = by_encoded_key(budget.shares().map(|(ledger, max)| (ledger.as_str(), max)));
            w.map(shares.len());
            for (ledger, max) in shares {
                w.text(ledger);
                write_number(w, max);
            }
        });
        let Meter::Sum { argument, unit } = budget.meter() else { return };
        m.entry(2, |w| {
            w.array(if unit.is_some() { 3 } else { 1 });
            w.text(argument);
            if let Some(unit) = unit {
                w.text(&unit.argument);
                w.text(&unit.value);
            }
        });
    });
}

pub(super) fn read_budget(r: &mut Reader<'_>) -> Result<Budget, CodecError> {
    let (mut account, mut shares, mut meter) = (None, None, Meter::Calls);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut account, read_label(r)?),
        1 => set(&mut shares, read_shares(r)?),
        2 => read_sum(r).map(|sum| meter = sum),
        key => r.fail(Fault::UnknownKey { key }),
    })?;
    let account = account.ok_or_else(|| end.missing(0))?;
    let shares = shares.ok_or_else(|| end.missing(1))?;
    Budget::new(account, meter, shares).map_err(|error| end.invalid(error))
}

fn read_shares(r: &mut Reader<'_>) -> Result<Vec<(Label, Number)>, CodecError> {
    let mut entries = r.map(MAX_SHARES)?;
    let mut shares = Vec::new();
    while let Some(ledger) = entries.next(r, read_label)? {
        shares.push((ledger, read_number(r)?));
    }
    Ok(shares)
}

fn read_sum(r: &mut Reader<'_>) -> Result<Meter, CodecError> {
    let at = r.clone();
    let parts = r.array(1, 3)?;
    let argument = r.text(MAX_KEY_BYTES)?.into();
    let unit = match parts {
        1 => None,
        3 => Some(Unit { argument: r.text(MAX_KEY_BYTES)?.into(), value: r.text(MAX_KEY_BYTES)?.into() }),
        _ => return at.fail(Fault::Expected(crate::codec::error::Wanted::ArrayOfLength(3))),
    };
    Ok(Meter::Sum { argument, unit })
}

/// `[account, ledger, burst, per]`.
pub(super) fn write_rate(w: &mut Writer, rate: &Rate) {
    w.array(4);
    w.text(rate.account().as_str());
    w.text(rate.ledger().as_str());
    w.unsigned(u64::from(rate.burst()));
    w.unsigned(rate.per().get());
}

pub(super) fn read_rate(r: &mut Reader<'_>) -> Result<Rate, CodecError> {
    r.make(
        |r| {
            r.array_of_length(4)?;
            Ok((read_label(r)?, read_label(r)?, r.unsigned()?, read_seconds(r)?))
        },
        |(account, ledger, burst, per)| {
            // A burst beyond 32 bits is out of bounds like one just beyond the greatest.
            Rate::new(account, ledger, u32::try_from(burst).unwrap_or(u32::MAX), per)
        },
    )
}

/// `[account, ledger, [[tool, …], …]]`.
pub(super) fn write_exclusive(w: &mut Writer, exclusive: &Exclusive) {
    w.array(3);
    w.text(exclusive.account().as_str());
    w.text(exclusive.ledger().as_str());
    write_groups(w, exclusive.groups());
}

pub(in crate::codec) fn write_groups(w: &mut Writer, groups: &[ToolSet]) {
    w.array(groups.len());
    groups.iter().for_each(|group| write_tools(w, group));
}

pub(super) fn read_exclusive(r: &mut Reader<'_>) -> Result<Exclusive, CodecError> {
    let at = r.clone();
    r.array_of_length(3)?;
    let (account, ledger) = (read_label(r)?, read_label(r)?);
    let groups = r.array(0, MAX_GROUPS)?;
    let groups = (0..groups).map(|_| read_tools(r)).collect::<Result<Vec<_>, _>>()?;
    Exclusive::new(account, ledger, groups).or_else(|error| at.fail(Invalid::from(error)))
}
