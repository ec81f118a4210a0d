//! One broken rule of the format a row, with its fault.

use super::{
    APPROVAL, RECEIPT, approval, charge, finished, read_receipt, receipt, receipt_of, started,
    would_deny,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::Forge;
use crate::support::story::{CRM, NOW, call_under, two_links};
use mandatum::Notice;
use mandatum::claims::{Approval, Outcome, Receipt, ReceiptEvent};
use mandatum::codec::{Claims, CodecError, CodecErrorKind, Expected, InvalidValue};
use mandatum::primitives::{IdError, KeyError, NameError, TimeError};
use mandatum::sign::Token;

type MakeRow = fn(&str, &Forge, CodecErrorKind) -> Row;
/// Reads bytes as one kind of token, which is let go.
type Read = fn(&[u8]) -> Result<(), CodecError>;

struct Row {
    name: String,
    bytes: Vec<u8>,
    read: Read,
    kind: CodecErrorKind,
}

fn read<C: Claims>(bytes: &[u8]) -> Result<(), CodecError> {
    Token::<C>::from_bytes(bytes).map(drop)
}

fn of_approval(name: &str, token: &Forge, fault: impl Into<CodecErrorKind>) -> Row {
    Row {
        name: name.into(),
        bytes: token.token(),
        read: read::<Approval>,
        kind: fault.into(),
    }
}

fn of_receipt(name: &str, token: &Forge, fault: impl Into<CodecErrorKind>) -> Row {
    Row {
        name: name.into(),
        bytes: token.token(),
        read: read::<Receipt>,
        kind: fault.into(),
    }
}

const fn expected(wanted: Expected) -> CodecErrorKind {
    CodecErrorKind::Expected(wanted)
}

fn unsigned() -> CodecErrorKind {
    expected(Expected::UnsignedInteger)
}

fn out_of_range() -> CodecErrorKind {
    InvalidValue::Time(TimeError::OutOfRange).into()
}

/// What both have in common.
fn common() -> Vec<Row> {
    let kinds: [(&'static str, i64, Forge, MakeRow); 2] = [
        (APPROVAL, 5, approval(), of_approval),
        (RECEIPT, 4, receipt(), of_receipt),
    ];
    let mut rows = Vec::new();
    for (typ, last, good, row) in kinds {
        let mut add = |name: &str, token: &Forge, fault: CodecErrorKind| {
            rows.push(row(&format!("{typ}: {name}"), token, fault));
        };
        for key in [6, 7] {
            add(
                "a claim is missing",
                &good.clone().no_claim(key),
                CodecErrorKind::MissingKey { key },
            );
        }
        add(
            "a time by null",
            &good.clone().claim(6, cbor::null()),
            unsigned(),
        );
        add(
            "a time below zero",
            &good.clone().claim(6, cbor::int(-1)),
            unsigned(),
        );
        add(
            "a time without end",
            &good.clone().claim(6, cbor::int(253_402_300_800)),
            out_of_range(),
        );
        for key in [1, 2, 3, 4, 5, 8, 9, 40, -1] {
            add(
                "a foreign claim",
                &good.clone().claim(key, cbor::int(NOW)),
                CodecErrorKind::UnknownKey { key },
            );
        }
        for key in [last + 1, last + 2, 12, 40, -1] {
            add(
                "a foreign term",
                &good.clone().term(key, cbor::null()),
                CodecErrorKind::UnknownKey { key },
            );
        }
        let short = InvalidValue::Id(IdError::TokenIdLength { found: 7 });
        add(
            "an id too short",
            &good.clone().claim(7, cbor::bytes([1; 7])),
            short.into(),
        );
        add(
            "an id too long",
            &good.clone().claim(7, cbor::bytes([1; 17])),
            CodecErrorKind::TooLarge { max: 16 },
        );
        add(
            "an id by null",
            &good.clone().claim(7, cbor::null()),
            expected(Expected::Bytes),
        );
        add(
            "a speaker by name",
            &good.clone().term(0, cbor::text("anna")),
            expected(Expected::Bytes),
        );
        add(
            "nobody speaks",
            &good.clone().no_term(0),
            CodecErrorKind::MissingKey { key: 0 },
        );
        add(
            "a weak speaker",
            &good.clone().term(0, cbor::bytes([0; 32])),
            InvalidValue::Key(KeyError::Weak).into(),
        );
        let twice = Forge {
            terms: good.terms.clone().push(cbor::int(last), cbor::int(NOW)),
            ..good.clone()
        };
        add("the last term twice", &twice, CodecErrorKind::Duplicate);
        let backwards = Forge {
            terms: good.terms.clone().push(cbor::int(0), cbor::null()),
            ..good.clone()
        };
        add("the first term again", &backwards, CodecErrorKind::Unsorted);
        for other in mandatum::codec::TokenType::ALL
            .into_iter()
            .filter(|other| other.as_str() != typ)
        {
            let header = Map::of([(1, cbor::int(-8)), (16, cbor::text(other.as_str()))]);
            let fault = CodecErrorKind::TokenType {
                expected: typ,
                found: other.as_str().into(),
            };
            add(
                "another type",
                &good.clone().protected(header.bytes()),
                fault,
            );
        }
    }
    rows
}

fn approvals() -> Vec<Row> {
    let with = |name: &str, key: i64, value: Vec<u8>, fault: CodecErrorKind| {
        of_approval(name, &approval().term(key, value), fault)
    };
    let mut rows = vec![
        with(
            "a server by bytes",
            4,
            cbor::bytes("crm"),
            expected(Expected::Text),
        ),
        with(
            "a server without a name",
            4,
            cbor::text(""),
            InvalidValue::Name(NameError::Empty).into(),
        ),
        with(
            "a server of a long name",
            4,
            cbor::text(&"a".repeat(257)),
            CodecErrorKind::TooLarge { max: 256 },
        ),
        with(
            "servers",
            4,
            cbor::array([cbor::text("crm")]),
            expected(Expected::Text),
        ),
        with("an end by null", 5, cbor::null(), unsigned()),
        with("an end below zero", 5, cbor::int(-1), unsigned()),
        with("no end", 5, cbor::int(253_402_300_800), out_of_range()),
    ];
    for key in [1, 2, 3] {
        rows.extend([
            with(
                "a digest by text",
                key,
                cbor::text("x"),
                expected(Expected::Bytes),
            ),
            with(
                "a digest by null",
                key,
                cbor::null(),
                expected(Expected::Bytes),
            ),
            with(
                "half a digest",
                key,
                cbor::bytes([1; 16]),
                expected(Expected::BytesOfLength(32)),
            ),
            with(
                "a digest and a half",
                key,
                cbor::bytes([1; 48]),
                CodecErrorKind::TooLarge { max: 32 },
            ),
            with(
                "digests",
                key,
                cbor::array([cbor::bytes([1; 32])]),
                expected(Expected::Bytes),
            ),
        ]);
    }
    for key in [1, 2, 3, 4, 5] {
        rows.push(of_approval(
            "a term is missing",
            &approval().no_term(key),
            CodecErrorKind::MissingKey { key },
        ));
    }
    rows
}

fn receipts() -> Vec<Row> {
    let with = |name: &str, key: i64, value: Vec<u8>, fault: CodecErrorKind| {
        of_receipt(name, &receipt().term(key, value), fault)
    };
    let mut rows = vec![
        with("a number below zero", 1, cbor::int(-1), unsigned()),
        with("a number by text", 1, cbor::text("7"), unsigned()),
        with(
            "an entry before by null",
            2,
            cbor::null(),
            expected(Expected::Bytes),
        ),
        with(
            "half an entry before",
            2,
            cbor::bytes([1; 16]),
            expected(Expected::BytesOfLength(32)),
        ),
        with(
            "no denial, spelled out",
            3,
            cbor::int(0),
            CodecErrorKind::DefaultSpelled,
        ),
        with("less than no denial", 3, cbor::int(-1), unsigned()),
        with("denials by null", 3, cbor::null(), unsigned()),
    ];
    for key in [1, 4] {
        rows.push(of_receipt(
            "a term is missing",
            &receipt().no_term(key),
            CodecErrorKind::MissingKey { key },
        ));
    }
    rows
}

fn events() -> Vec<Row> {
    let with = |name: &str, parts: &[Vec<u8>], fault: CodecErrorKind| {
        of_receipt(name, &receipt_of(cbor::array(parts)), fault)
    };
    let without_last = |parts: &[Vec<u8>]| parts[..parts.len() - 1].to_vec();
    let and_null = |parts: &[Vec<u8>]| [parts, &[cbor::null()]].concat();
    let kind = |kind: Vec<u8>| {
        let mut parts = finished(0);
        parts[0] = kind;
        parts
    };
    let outcome = |outcome: Vec<u8>| {
        let mut parts = finished(0);
        parts[3] = outcome;
        parts
    };
    vec![
        of_receipt(
            "an event by number",
            &receipt_of(cbor::int(2)),
            expected(Expected::Array),
        ),
        of_receipt(
            "an event by null",
            &receipt_of(cbor::null()),
            expected(Expected::Array),
        ),
        with("no event", &[], expected(Expected::ArrayOfLength(1))),
        with(
            "another event",
            &[cbor::int(4)],
            CodecErrorKind::UnknownKind { kind: 4 },
        ),
        with(
            "an event that is far away",
            &kind(cbor::head(0, u64::MAX)),
            CodecErrorKind::UnknownKind { kind: u64::MAX },
        ),
        with("an event by text", &kind(cbor::text("started")), unsigned()),
        with("an event below zero", &kind(cbor::int(-1)), unsigned()),
        with(
            "a start without approvals",
            &without_last(&started()),
            expected(Expected::ArrayOfLength(8)),
        ),
        with(
            "a start with more",
            &and_null(&started()),
            CodecErrorKind::TooMany { max: 8 },
        ),
        with(
            "an end without an outcome",
            &without_last(&finished(0)),
            expected(Expected::ArrayOfLength(4)),
        ),
        with(
            "an end with more",
            &and_null(&finished(0)),
            CodecErrorKind::TooMany { max: 4 },
        ),
        with(
            "a count with more",
            &[cbor::int(2), cbor::int(9)],
            CodecErrorKind::TooMany { max: 1 },
        ),
        with(
            "another outcome",
            &outcome(cbor::int(3)),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        with(
            "an outcome by name",
            &outcome(cbor::text("done")),
            unsigned(),
        ),
        with(
            "an end of half a call",
            &[
                cbor::int(1),
                cbor::bytes([1; 16]),
                cbor::bytes([1; 32]),
                cbor::int(0),
            ],
            expected(Expected::BytesOfLength(32)),
        ),
    ]
}

fn starts() -> Vec<Row> {
    let with = |name: &str, place: usize, part: Vec<u8>, fault: CodecErrorKind| {
        let mut parts = started();
        parts[place] = part;
        of_receipt(name, &receipt_of(cbor::array(parts)), fault)
    };
    let charges = |name: &str, charges: &[Vec<u8>], fault: CodecErrorKind| {
        with(name, 6, cbor::array(charges), fault)
    };
    let digest = || cbor::bytes([1; 32]);
    let mut rows = vec![
        with(
            "a server without a name",
            4,
            cbor::text(""),
            InvalidValue::Name(NameError::Empty).into(),
        ),
        with("a decision at no time", 5, cbor::null(), unsigned()),
        with(
            "a decision after all time",
            5,
            cbor::int(253_402_300_800),
            out_of_range(),
        ),
        with(
            "charges by null",
            6,
            cbor::null(),
            expected(Expected::Array),
        ),
        with(
            "approvals by null",
            7,
            cbor::null(),
            expected(Expected::Array),
        ),
        with(
            "an approval by itself",
            7,
            digest(),
            expected(Expected::Array),
        ),
        with(
            "half an approval",
            7,
            cbor::array([cbor::bytes([1; 16])]),
            expected(Expected::BytesOfLength(32)),
        ),
        with(
            "more approvals than there may be",
            7,
            cbor::array(vec![digest(); 33]),
            CodecErrorKind::TooMany { max: 32 },
        ),
        charges(
            "more charges than there may be",
            &vec![charge(1, None); 65],
            CodecErrorKind::TooMany { max: 64 },
        ),
        charges(
            "a charge by its account",
            &[digest()],
            expected(Expected::Array),
        ),
        charges(
            "a charge to nothing",
            &[cbor::array::<Vec<u8>>([])],
            expected(Expected::ArrayOfLength(1)),
        ),
        charges(
            "a charge with more",
            &[cbor::array([digest(), cbor::int(1), cbor::int(1)])],
            CodecErrorKind::TooMany { max: 2 },
        ),
        charges(
            "a charge to half an account",
            &[cbor::array([cbor::bytes([1; 16])])],
            expected(Expected::BytesOfLength(32)),
        ),
        charges(
            "a charge of null",
            &[charge(1, Some(cbor::null()))],
            expected(Expected::Integer),
        ),
        charges(
            "a charge by text",
            &[charge(1, Some(cbor::text("1")))],
            expected(Expected::Integer),
        ),
        charges(
            "a charge by a float",
            &[charge(1, Some(vec![0xf9, 0x3c, 0x00]))],
            CodecErrorKind::Float,
        ),
    ];
    for place in [1, 2, 3] {
        rows.extend([
            with(
                "a digest by text",
                place,
                cbor::text("x"),
                expected(Expected::Bytes),
            ),
            with(
                "half a digest",
                place,
                cbor::bytes([1; 16]),
                expected(Expected::BytesOfLength(32)),
            ),
        ]);
    }
    rows
}

fn observed() -> Vec<Row> {
    let with = |name: &str, place: usize, part: Vec<u8>, fault: CodecErrorKind| {
        let mut parts = would_deny(Some(reading()));
        parts[place] = part;
        of_receipt(name, &receipt_of(cbor::array(parts)), fault)
    };
    let without_code = &would_deny(None)[..5];
    let with_more = [would_deny(Some(reading())), vec![cbor::null()]].concat();
    let mut rows = vec![
        of_receipt(
            "an observation without a code",
            &receipt_of(cbor::array(without_code)),
            expected(Expected::ArrayOfLength(6)),
        ),
        of_receipt(
            "an observation with more",
            &receipt_of(cbor::array(with_more)),
            CodecErrorKind::TooMany { max: 7 },
        ),
        with(
            "an observation at a server without a name",
            4,
            cbor::text(""),
            InvalidValue::Name(NameError::Empty).into(),
        ),
        with(
            "an observation at a server by bytes",
            4,
            cbor::bytes("crm"),
            expected(Expected::Text),
        ),
        with(
            "a code without a name",
            5,
            cbor::text(""),
            InvalidValue::Name(NameError::Empty).into(),
        ),
        with(
            "a code by number",
            5,
            cbor::int(7),
            expected(Expected::Text),
        ),
        with(
            "a code that is too long",
            5,
            cbor::text(&"a".repeat(257)),
            CodecErrorKind::TooLarge { max: 256 },
        ),
        with(
            "nothing missing, spelled out",
            6,
            cbor::array::<Vec<u8>>([]),
            CodecErrorKind::DefaultSpelled,
        ),
        with(
            "powers missing by null",
            6,
            cbor::null(),
            expected(Expected::Array),
        ),
        with(
            "powers missing by text",
            6,
            cbor::text("crm.read"),
            expected(Expected::Array),
        ),
        with(
            "a power missing by text",
            6,
            cbor::array([cbor::text("crm.read")]),
            expected(Expected::Map),
        ),
    ];
    for place in [1, 2, 3] {
        rows.extend([
            with(
                "a digest by text",
                place,
                cbor::text("x"),
                expected(Expected::Bytes),
            ),
            with(
                "half a digest",
                place,
                cbor::bytes([1; 16]),
                expected(Expected::BytesOfLength(32)),
            ),
        ]);
    }
    rows
}

/// The power to read, as the format writes it.
fn reading() -> Vec<u8> {
    cbor::array([Map::of([(0, cbor::text("crm.read")), (1, cbor::int(0))]).bytes()])
}

#[test]
fn every_row_gets_its_fault() {
    let rows: Vec<Row> = [
        common(),
        approvals(),
        receipts(),
        events(),
        starts(),
        observed(),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(rows.len() > 130, "{}", rows.len());
    let wrong = |row: &Row| match (row.read)(&row.bytes) {
        Err(error) if error.kind == row.kind => None,
        other => Some(format!("{}: {other:?} instead of {:?}", row.name, row.kind)),
    };
    let failed: Vec<String> = rows.iter().filter_map(wrong).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_right_is_read_and_kept_byte_for_byte() {
    let counted = receipt_of(cbor::array([cbor::int(2)]));
    let first = counted.clone().term(1, cbor::int(0)).no_term(2).no_term(3);
    let bare = || {
        let mut parts = started();
        (parts[6], parts[7]) = (cbor::array::<Vec<u8>>([]), cbor::array::<Vec<u8>>([]));
        receipt_of(cbor::array(parts))
    };
    let ends = [0, 1, 2].map(|how| receipt_of(cbor::array(finished(how))));
    let observed =
        [None, Some(reading())].map(|missing| receipt_of(cbor::array(would_deny(missing))));
    for good in [receipt(), counted, first, bare()]
        .into_iter()
        .chain(ends)
        .chain(observed)
    {
        kept::<Receipt>(&good.token());
    }
    kept::<Approval>(&approval().token());
}

fn kept<C: Claims + std::fmt::Debug + PartialEq>(good: &[u8]) {
    let token = Token::<C>::from_bytes(good).unwrap();
    assert_eq!(token.as_bytes(), good);
    assert_eq!(Token::from_text(&token.to_text()), Ok(token));
    for length in 0..good.len() {
        assert!(read::<C>(&good[..length]).is_err(), "{length} bytes");
    }
    let longer = [good, &[0]].concat();
    assert_eq!(
        read::<C>(&longer).map_err(|error| error.kind),
        Err(CodecErrorKind::TrailingBytes)
    );
}

#[test]
fn what_is_read_is_what_was_written() {
    let event = |forge: &Forge| read_receipt(&forge.token()).unwrap().claims().event.clone();
    let ReceiptEvent::Started(call) = event(&receipt()) else {
        panic!("a start")
    };
    let digests = [
        call.call.as_bytes(),
        call.request.as_bytes(),
        call.leaf.as_bytes(),
    ];
    assert_eq!(digests, [&[0x0c; 32], &[0x0e; 32], &[0x0a; 32]]);
    let charges: Vec<(u8, Option<mandatum::primitives::Number>)> = call
        .charges
        .iter()
        .map(|(account, amount)| (account.as_bytes()[0], *amount))
        .collect();
    assert_eq!(charges, [(1, Some(120.into())), (2, None)]);
    assert_eq!(call.approvals.len(), 1);
    for (how, outcome) in [
        (0, Outcome::Done),
        (1, Outcome::Failed),
        (2, Outcome::Undone),
    ] {
        let found = event(&receipt_of(cbor::array(finished(how))));
        assert_eq!(
            found,
            ReceiptEvent::Finished {
                call: call.call,
                request: call.request,
                outcome
            }
        );
    }
    let ReceiptEvent::WouldDeny(observed) =
        event(&receipt_of(cbor::array(would_deny(Some(reading())))))
    else {
        panic!("an observation")
    };
    let digests = [
        observed.call.as_bytes(),
        observed.request.as_bytes(),
        observed.leaf.as_bytes(),
    ];
    assert_eq!(digests, [&[0x0c; 32], &[0x0e; 32], &[0x0a; 32]]);
    assert_eq!(
        (observed.audience.as_str(), &*observed.code),
        (CRM, "ToolNotPermitted")
    );
    let read = mandatum::Capability::new("crm.read", mandatum::Effect::Read).unwrap();
    assert_eq!(
        observed.missing,
        Some(mandatum::Powers::new([read]).unwrap())
    );
    let counted = read_receipt(&receipt_of(cbor::array([cbor::int(2)])).token()).unwrap();
    let claims = counted.claims();
    assert_eq!(
        (claims.sequence, claims.denied, &claims.event),
        (7, 4, &ReceiptEvent::Counted)
    );
    assert_eq!(
        claims.previous.map(|digest| *digest.as_bytes()),
        Some([0x0d; 32])
    );
}

#[test]
fn neither_is_a_mandate_a_call_or_a_notice() {
    let [root, child] = two_links();
    for token in [root, child.clone(), call_under(&child).token()] {
        assert!(read::<Approval>(&token).is_err() && read::<Receipt>(&token).is_err());
    }
    for token in [approval().token(), receipt().token()] {
        let fault = Notice::from_bytes(&token).unwrap_err().kind;
        assert!(
            matches!(
                fault,
                CodecErrorKind::TokenType {
                    expected: "a notice",
                    ..
                }
            ),
            "{fault:?}"
        );
    }
}
