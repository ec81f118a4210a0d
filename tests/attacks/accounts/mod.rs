//! What people approve and what servers record: approvals and receipts as bytes.

mod codec;
mod signed;

use crate::support::cbor;
use crate::support::forge::{Forge, notice};
use crate::support::story::{CRM, NOW};
use mandatum::claims::Receipt;
use mandatum::codec::CodecError;
use mandatum::sign::Token;

const APPROVAL: &str = "mandate2-approval+cwt";
const RECEIPT: &str = "mandate2-receipt+cwt";

/// Seeds of the keys that approve and that keep a record.
const ANNA: u8 = 60;
const SERVER: u8 = 61;

/// An approval of a call that nobody makes.
pub(crate) fn approval() -> Forge {
    crate::support::spending::approval(ANNA, &[0x0a; 32], [&[0x0c; 32], &[0x0e; 32]], CRM)
}

/// An entry with this event, which is not the first.
fn receipt_of(event: Vec<u8>) -> Forge {
    let terms = [
        (1, cbor::int(7)),
        (2, cbor::bytes([0x0d; 32])),
        (3, cbor::int(4)),
        (4, event),
    ];
    notice(RECEIPT, SERVER, terms)
}

/// A charge to an account, with its amount where it is a sum.
fn charge(account: u8, amount: Option<Vec<u8>>) -> Vec<u8> {
    let account = cbor::bytes([account; 32]);
    cbor::array(
        [Some(account), amount]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
    )
}

/// The parts of the event that a call was permitted.
fn started() -> [Vec<u8>; 8] {
    [
        cbor::int(0),
        cbor::bytes([0x0c; 32]),
        cbor::bytes([0x0e; 32]),
        cbor::bytes([0x0a; 32]),
        cbor::text(CRM),
        cbor::int(NOW),
        cbor::array([charge(1, Some(cbor::int(120))), charge(2, None)]),
        cbor::array([cbor::bytes([0x0e; 32])]),
    ]
}

fn finished(how: i64) -> [Vec<u8>; 4] {
    [
        cbor::int(1),
        cbor::bytes([0x0c; 32]),
        cbor::bytes([0x0e; 32]),
        cbor::int(how),
    ]
}

/// The parts of the event that a call would have been denied, for want of these powers.
fn would_deny(missing: Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let parts = [
        cbor::int(3),
        cbor::bytes([0x0c; 32]),
        cbor::bytes([0x0e; 32]),
        cbor::bytes([0x0a; 32]),
        cbor::text(CRM),
        cbor::text("ToolNotPermitted"),
    ];
    parts.into_iter().chain(missing).collect()
}

pub(crate) fn receipt() -> Forge {
    receipt_of(cbor::array(started()))
}

fn read_receipt(bytes: &[u8]) -> Result<Token<Receipt>, CodecError> {
    Token::from_bytes(bytes)
}
