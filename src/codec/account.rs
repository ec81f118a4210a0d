//! The encoding of an account, which its digest is taken of.

use super::limits::{period_number, write_groups, write_path, write_sources};
use super::writer::Writer;
use crate::limits::{Budget, Meter, PerValue, RateLimit, SeparationOfDuty};
use crate::primitives::{Issuer, Label, Number, Period, PublicKey};

/// The owner of an account: the party that issued the mandate with the limit.
///
/// The issuer of the root is always part of it. A key may hold mandates under several issuers, and
/// each issuer has accounts of its own for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    /// The name of the root's issuer. It does not depend on which key of the anchor signed.
    pub(crate) issuer: &'a Issuer,
    /// The key of the holder that issued a child; `None` for a root.
    pub(crate) holder: Option<&'a PublicKey>,
}

/// A value that a budget counts by itself.
#[derive(Clone, Copy)]
pub(crate) enum CountedValue<'a> {
    Text(&'a str),
    Number(Number),
    Bool(bool),
}

/// Writes `[0, period, value]` for calls, `[1, sources, period, value]` for a sum.
pub(crate) fn budget_account(
    ledger: &Label,
    owner: Owner<'_>,
    budget: &Budget,
    value: Option<(&PerValue, CountedValue<'_>)>,
) -> Vec<u8> {
    account(ledger, owner, budget.account(), |w| {
        match budget.meter() {
            Meter::Calls => {
                w.array(3);
                w.unsigned(0);
            }
            Meter::Sum(sources) => {
                w.array(4);
                w.unsigned(1);
                write_sources(w, sources);
            }
        }
        write_period(w, budget.period());
        match value {
            None => w.null(),
            Some((per_value, value)) => write_counted(w, per_value, value),
        }
    })
}

fn write_period(w: &mut Writer, period: Option<Period>) {
    match period {
        None => w.null(),
        Some(period) => w.unsigned(period_number(period)),
    }
}

/// Writes `[path, in any case, value]`.
fn write_counted(w: &mut Writer, per_value: &PerValue, value: CountedValue<'_>) {
    w.array(3);
    write_path(w, per_value.path());
    w.bool(per_value.is_any_case());
    match value {
        // Texts that differ in the case of ASCII letters only have one account.
        CountedValue::Text(text) if per_value.is_any_case() => w.text(&text.to_ascii_lowercase()),
        CountedValue::Text(text) => w.text(text),
        CountedValue::Number(number) => w.number(number),
        CountedValue::Bool(bool) => w.bool(bool),
    }
}

/// Writes `[2, burst, per]`.
pub(crate) fn rate_account(owner: Owner<'_>, rate: &RateLimit) -> Vec<u8> {
    account(rate.ledger(), owner, rate.account(), |w| {
        w.array(3);
        w.unsigned(2);
        w.unsigned(u64::from(rate.burst()));
        w.unsigned(rate.per().get());
    })
}

/// Writes `[3, groups]`.
pub(crate) fn exclusive_account(owner: Owner<'_>, exclusive: &SeparationOfDuty) -> Vec<u8> {
    account(exclusive.ledger(), owner, exclusive.account(), |w| {
        w.array(2);
        w.unsigned(3);
        write_groups(w, exclusive.groups());
    })
}

/// Writes `[ledger, issuer, holder, account, counts]`, with `counts` by one of the functions above.
fn account(
    ledger: &Label,
    owner: Owner<'_>,
    name: &Label,
    counts: impl FnOnce(&mut Writer),
) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(5);
    w.text(ledger.as_str());
    w.text(owner.issuer.as_str());
    match owner.holder {
        None => w.null(),
        Some(key) => w.bytes(key.as_bytes()),
    }
    w.text(name.as_str());
    counts(&mut w);
    w.into_bytes()
}
