//! Budgets.

use crate::codec::claims::{read_entries, read_label, set};
use crate::codec::error::{CodecError, CodecErrorKind};
use crate::codec::limits::read_seconds;
use crate::codec::powers::read_tool;
use crate::codec::reader::Reader;
use crate::codec::value::{read_number, write_number};
use crate::codec::writer::Writer;
use crate::limits::{ArgumentPath, Budget, Meter, PerValue, Source, Sources, Unit};
use crate::primitives::bounds::{MAX_KEY_BYTES, MAX_PATH_NAMES, MAX_SHARES, MAX_SOURCES};
use crate::primitives::encoded::by_encoded_key;
use crate::primitives::{Label, Number, Period};

/// Writes `{0: account, 1: {ledger: max, …}, ? 2: [source, …], ? 3: period, ? 4: per value, ? 5:
/// true}`.
pub(super) fn write_budget(w: &mut Writer, budget: &Budget) {
    w.entries(|m| {
        m.entry(0, |w| w.text(budget.account().as_str()));
        m.entry(1, |w| {
            let shares =
                by_encoded_key(budget.shares().map(|(ledger, max)| (ledger.as_str(), max)));
            w.map(shares.len());
            for (ledger, max) in shares {
                w.text(ledger);
                write_number(w, max);
            }
        });
        if let Meter::Sum(sources) = budget.meter() {
            m.entry(2, |w| write_sources(w, sources));
        }
        m.entry_if(3, budget.period(), |w, period| {
            w.unsigned(period_number(period));
        });
        m.entry_if(4, budget.per_value(), |w, per_value| {
            w.entries(|m| {
                m.entry(0, |w| write_path(w, per_value.path()));
                m.entry(1, |w| w.unsigned(per_value.remember().get()));
                m.flag(2, per_value.is_any_case());
            });
        });
        m.flag(5, budget.is_askable());
    });
}

pub(in crate::codec) const fn period_number(period: Period) -> u64 {
    match period {
        Period::Day => 0,
        Period::Week => 1,
        Period::Month => 2,
    }
}

/// Writes sorted sources, each `{0: path, ? 1: tool, ? 2: [path, unit], ? 3: true}`.
pub(in crate::codec) fn write_sources(w: &mut Writer, sources: &Sources) {
    w.sorted(sources.iter(), |w, source| {
        w.entries(|m| {
            m.entry(0, |w| write_path(w, source.path()));
            m.entry_if(1, source.tool(), |w, tool| w.text(&tool.to_string()));
            m.entry_if(2, source.unit(), |w, unit| {
                w.array(2);
                write_path(w, unit.path());
                w.text(unit.value());
            });
            m.flag(3, source.takes_decimal_texts());
        });
    });
}

pub(in crate::codec) fn write_path(w: &mut Writer, path: &ArgumentPath) {
    w.array(path.names().len());
    path.names().iter().for_each(|name| w.text(name));
}

pub(super) fn read_budget(r: &mut Reader<'_>) -> Result<Budget, CodecError> {
    let (mut account, mut shares, mut meter) = (None, None, Meter::Calls);
    let (mut period, mut per_value, mut is_askable) = (None, None, false);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut account, read_label(r)?),
        1 => set(&mut shares, read_shares(r)?),
        2 => read_sources(r).map(|sources| meter = Meter::Sum(sources)),
        3 => set(&mut period, read_period(r)?),
        4 => set(&mut per_value, read_per_value(r)?),
        5 => r.true_flag().map(|()| is_askable = true),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    let account = account.ok_or_else(|| end.missing(0))?;
    let shares = shares.ok_or_else(|| end.missing(1))?;
    let budget = Budget::new(account, meter, shares).map_err(|error| end.invalid(error))?;
    let budget = period.into_iter().fold(budget, Budget::with_period);
    let budget = per_value.into_iter().fold(budget, Budget::with_per_value);
    Ok(if is_askable {
        budget.with_askable()
    } else {
        budget
    })
}

fn read_shares(r: &mut Reader<'_>) -> Result<Vec<(Label, Number)>, CodecError> {
    let mut entries = r.map(MAX_SHARES)?;
    let mut shares = Vec::new();
    while let Some(ledger) = entries.next(r, read_label)? {
        shares.push((ledger, read_number(r)?));
    }
    Ok(shares)
}

fn read_sources(r: &mut Reader<'_>) -> Result<Sources, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_SOURCES)?;
            r.sorted(count, read_source)
        },
        Sources::new,
    )
}

fn read_source(r: &mut Reader<'_>) -> Result<Source, CodecError> {
    let (mut path, mut tool, mut unit, mut takes_texts) = (None, None, None, false);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut path, read_path(r)?),
        1 => set(&mut tool, read_tool(r)?),
        2 => set(&mut unit, read_unit(r)?),
        3 => r.true_flag().map(|()| takes_texts = true),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    let source = Source::new(path.ok_or_else(|| end.missing(0))?);
    let source = tool.into_iter().fold(source, Source::with_tool);
    let source = unit.into_iter().fold(source, Source::with_unit);
    Ok(if takes_texts {
        source.with_decimal_texts()
    } else {
        source
    })
}

fn read_unit(r: &mut Reader<'_>) -> Result<Unit, CodecError> {
    r.make(
        |r| {
            r.array_of_length(2)?;
            Ok((read_path(r)?, r.text(MAX_KEY_BYTES)?))
        },
        |(path, unit)| Unit::new(path, unit),
    )
}

fn read_path(r: &mut Reader<'_>) -> Result<ArgumentPath, CodecError> {
    r.make(
        |r| {
            let names = r.array(0, MAX_PATH_NAMES)?;
            r.items(names, |r| r.text(MAX_KEY_BYTES))
        },
        ArgumentPath::new,
    )
}

fn read_period(r: &mut Reader<'_>) -> Result<Period, CodecError> {
    let at_period = r.clone();
    match r.unsigned()? {
        0 => Ok(Period::Day),
        1 => Ok(Period::Week),
        2 => Ok(Period::Month),
        kind => at_period.fail(CodecErrorKind::UnknownKind { kind }),
    }
}

fn read_per_value(r: &mut Reader<'_>) -> Result<PerValue, CodecError> {
    let (mut path, mut remember, mut is_any_case) = (None, None, false);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut path, read_path(r)?),
        1 => set(&mut remember, read_seconds(r)?),
        2 => r.true_flag().map(|()| is_any_case = true),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    let path = path.ok_or_else(|| end.missing(0))?;
    let remember = remember.ok_or_else(|| end.missing(1))?;
    let per_value = PerValue::new(path, remember).map_err(|error| end.invalid(error))?;
    Ok(if is_any_case {
        per_value.with_any_case()
    } else {
        per_value
    })
}
