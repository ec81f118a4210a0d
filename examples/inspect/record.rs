//! The content of an approval or a receipt, for people and for machines.

use super::tree::{Page, list, object, shown, time};
use mandatum::Powers;
use mandatum::claims::{Approval, Receipt, ReceiptEvent, WouldDeny};
use mandatum::json::JsonForm;
use mandatum::primitives::{AccountId, Number, Value};
use mandatum::sign::Token;

/// Shows the signer, the call, the time and the end of an approval.
pub(crate) fn show_approval(page: &mut Page, token: &Token<Approval>) {
    let approval = token.claims();
    page.field(0, "by", &approval.header.by);
    page.field(0, "stated at", &approval.header.at);
    page.field(0, "call", &approval.call);
    page.field(0, "request", &approval.request);
    page.field(0, "mandate", &approval.leaf);
    page.field(0, "audience", &approval.audience);
    page.field(0, "until", &approval.expires);
    page.field(0, "digest", &token.digest());
}

/// Shows the server, the time, the place in the log and the event of a receipt.
pub(crate) fn show_receipt(page: &mut Page, token: &Token<Receipt>) {
    let receipt = token.claims();
    page.field(0, "by", &receipt.header.by);
    page.field(0, "stated at", &receipt.header.at);
    page.field(0, "number", &receipt.sequence);
    list(
        page,
        0,
        "after",
        "nothing: it is the first",
        receipt.previous,
    );
    page.field(0, "digest", &token.digest());
    page.field(0, "denied", &format!("{} before it", calls(receipt.denied)));
    match &receipt.event {
        ReceiptEvent::Started(started) => {
            page.field(0, "started", &started.call);
            page.field(0, "request", &started.request);
            page.field(0, "mandate", &started.leaf);
            page.field(0, "audience", &started.audience);
            page.field(0, "decided", &started.decided_at);
            let charges = started
                .charges
                .iter()
                .map(|(account, amount)| match amount {
                    Some(amount) => format!("{amount} to account {account}"),
                    None => format!("at account {account}"),
                });
            list(page, 0, "charged", "nothing", charges);
            list(
                page,
                0,
                "approved",
                "by nobody",
                started
                    .approvals
                    .iter()
                    .map(|digest| format!("by {digest}")),
            );
        }
        ReceiptEvent::Finished {
            call,
            request,
            outcome,
        } => {
            page.field(0, "ended", call);
            page.field(0, "request", request);
            page.field(0, "was", &outcome.to_string());
        }
        ReceiptEvent::Counted => page.field(0, "event", &"none: it only counts what was denied"),
        ReceiptEvent::WouldDeny(observed) => {
            page.field(0, "observed", &observed.call);
            page.field(0, "request", &observed.request);
            page.field(0, "mandate", &observed.leaf);
            page.field(0, "audience", &observed.audience);
            page.field(0, "denial", &&*observed.code);
            list(
                page,
                0,
                "missing",
                "nothing that is named",
                observed.missing.iter().flat_map(Powers::capabilities),
            );
        }
    }
}

/// The same for machines.
pub(crate) fn approval(token: &Token<Approval>) -> Value {
    let approval = token.claims();
    object([
        ("token_id", shown(&approval.header.id)),
        ("by", shown(&approval.header.by)),
        ("at", time(approval.header.at)),
        ("call", shown(&approval.call)),
        ("request", shown(&approval.request)),
        ("leaf", shown(&approval.leaf)),
        ("audience", shown(&approval.audience)),
        ("expires", time(approval.expires)),
        ("digest", shown(&token.digest())),
    ])
}

/// The same for machines.
pub(crate) fn receipt(token: &Token<Receipt>) -> Value {
    let receipt = token.claims();
    let about = [
        ("token_id", shown(&receipt.header.id)),
        ("by", shown(&receipt.header.by)),
        ("at", time(receipt.header.at)),
        ("sequence", Value::Number(receipt.sequence.into())),
        (
            "previous",
            receipt
                .previous
                .map_or(Value::Null, |previous| shown(&previous)),
        ),
        ("digest", shown(&token.digest())),
        ("denied", Value::Number(receipt.denied.into())),
    ];
    let event = match &receipt.event {
        ReceiptEvent::Started(started) => vec![
            ("event", "started".into()),
            ("call", shown(&started.call)),
            ("request", shown(&started.request)),
            ("leaf", shown(&started.leaf)),
            ("audience", shown(&started.audience)),
            ("decided_at", time(started.decided_at)),
            (
                "charges",
                Value::List(started.charges.iter().map(charge).collect()),
            ),
            (
                "approvals",
                Value::List(started.approvals.iter().map(shown).collect()),
            ),
        ],
        ReceiptEvent::Finished {
            call,
            request,
            outcome,
        } => vec![
            ("event", "finished".into()),
            ("call", shown(call)),
            ("request", shown(request)),
            ("was", outcome.to_string().into()),
        ],
        ReceiptEvent::Counted => vec![("event", "counted".into())],
        ReceiptEvent::WouldDeny(observed) => would_deny(observed),
    };
    object(about.into_iter().chain(event))
}

fn would_deny(observed: &WouldDeny) -> Vec<(&'static str, Value)> {
    let missing = observed
        .missing
        .as_ref()
        .map(|missing| ("missing", missing.to_value()));
    let about = [
        ("event", "would-deny".into()),
        ("call", shown(&observed.call)),
        ("request", shown(&observed.request)),
        ("leaf", shown(&observed.leaf)),
        ("audience", shown(&observed.audience)),
        ("code", (&*observed.code).into()),
    ];
    about.into_iter().chain(missing).collect()
}

fn charge((account, amount): &(AccountId, Option<Number>)) -> Value {
    let amount = amount.map(|amount| ("amount", amount.into()));
    object([("account", shown(account))].into_iter().chain(amount))
}

fn calls(number: u64) -> String {
    if number == 1 {
        "1 call".to_owned()
    } else {
        format!("{number} calls")
    }
}
