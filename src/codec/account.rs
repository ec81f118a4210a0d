//! What an account's digest is over.

use super::limits::write_groups;
use super::writer::Writer;
use crate::ground::{Issuer, Label, PublicKey};
use crate::limits::{Budget, Exclusive, Meter, Rate};

/// Whose account it is: that of the issuer of the mandate that has the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    /// An anchor, by the issuer's name, whichever of its keys signed.
    Issuer(&'a Issuer),
    /// A holder, by its key.
    Holder(&'a PublicKey),
}

/// `[ledger, owner, account, [0]]` for calls, `[1, argument, ? unit argument, unit]` for a sum.
pub(crate) fn budget_account(ledger: &Label, owner: Owner<'_>, budget: &Budget) -> Vec<u8> {
    account(ledger, owner, budget.account(), |w| match budget.meter() {
        Meter::Calls => {
            w.array(1);
            w.unsigned(0);
        }
        Meter::Sum { argument, unit } => {
            w.array(if unit.is_some() { 4 } else { 2 });
            w.unsigned(1);
            w.text(argument);
            if let Some(unit) = unit {
                w.text(&unit.argument);
                w.text(&unit.value);
            }
        }
    })
}

/// `[ledger, owner, account, [2, burst, per]]`.
pub(crate) fn rate_account(owner: Owner<'_>, rate: &Rate) -> Vec<u8> {
    account(rate.ledger(), owner, rate.account(), |w| {
        w.array(3);
        w.unsigned(2);
        w.unsigned(u64::from(rate.burst()));
        w.unsigned(rate.per().get());
    })
}

/// `[ledger, owner, account, [3, groups]]`.
pub(crate) fn exclusive_account(owner: Owner<'_>, exclusive: &Exclusive) -> Vec<u8> {
    account(exclusive.ledger(), owner, exclusive.account(), |w| {
        w.array(2);
        w.unsigned(3);
        write_groups(w, exclusive.groups());
    })
}

fn account(ledger: &Label, owner: Owner<'_>, name: &Label, counts: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::new();
    w.array(4);
    w.text(ledger.as_str());
    match owner {
        Owner::Issuer(issuer) => w.text(issuer.as_str()),
        Owner::Holder(key) => w.bytes(key.as_bytes()),
    }
    w.text(name.as_str());
    counts(&mut w);
    w.into_bytes()
}
