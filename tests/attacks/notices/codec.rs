//! One broken rule of the format a row, with its fault.

use super::{
    CONTROLLER, END, EVENT, STATUS, TASK_END, WITHDRAWAL, end, event, notice, read, snapshot,
    status, status_of, task_end, withdrawal,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, proof_bytes};
use crate::support::story::{
    NOW, call_under, here, proof as story_proof, reading, root, two_links, verifier,
};
use mandatum::bounds::{MAX_PROOF_BYTES, MAX_STATUS_BYTES, MAX_TOKEN_BYTES};
use mandatum::claims::StatusError;
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::primitives::{IdError, KeyError, NameError, TimeError};
use mandatum::{ExecutionProof, Notice};

struct Row {
    name: String,
    bytes: Vec<u8>,
    kind: CodecErrorKind,
}

fn row(name: impl Into<String>, notice: &Forge, fault: impl Into<CodecErrorKind>) -> Row {
    Row {
        name: name.into(),
        bytes: notice.token(),
        kind: fault.into(),
    }
}

/// One good notice of each kind, with its type and how many terms it has.
fn good() -> [(&'static str, Forge, i64); 5] {
    [
        (STATUS, status(CONTROLLER), 2),
        (END, end(CONTROLLER), 3),
        (TASK_END, task_end(CONTROLLER, &root().token()), 4),
        (EVENT, event(CONTROLLER), 3),
        (WITHDRAWAL, withdrawal(CONTROLLER), 3),
    ]
}

fn expected(wanted: Expected) -> CodecErrorKind {
    CodecErrorKind::Expected(wanted)
}

/// What every kind has in common.
fn common() -> Vec<Row> {
    let mut rows = Vec::new();
    for (typ, good, terms) in good() {
        let mut add = |name: &str, notice: &Forge, fault: CodecErrorKind| {
            rows.push(row(format!("{typ}: {name}"), notice, fault));
        };
        for key in [6, 7] {
            add(
                "a claim is missing",
                &good.clone().no_claim(key),
                CodecErrorKind::MissingKey { key },
            );
            add(
                "a claim by null",
                &good.clone().claim(key, cbor::null()),
                match key {
                    6 => expected(Expected::UnsignedInteger),
                    _ => expected(Expected::Bytes),
                },
            );
        }
        for key in 0..terms {
            add(
                "a term is missing",
                &good.clone().no_term(key),
                CodecErrorKind::MissingKey { key },
            );
        }
        for key in [1, 2, 3, 4, 5, 8, 9, 40, -1] {
            add(
                "a foreign claim",
                &good.clone().claim(key, cbor::int(NOW)),
                CodecErrorKind::UnknownKey { key },
            );
        }
        // A controller's end of a task may name its mission under the key after the last.
        let optional = i64::from(typ == TASK_END);
        for key in [terms + optional, terms + optional + 1, 12, 40] {
            add(
                "a foreign term",
                &good.clone().term(key, cbor::null()),
                CodecErrorKind::UnknownKey { key },
            );
        }
        add(
            "an id too short",
            &good.clone().claim(7, cbor::bytes([1; 7])),
            InvalidValue::Id(IdError::TokenIdLength { found: 7 }).into(),
        );
        add(
            "an id too long",
            &good.clone().claim(7, cbor::bytes([1; 17])),
            CodecErrorKind::TooLarge { max: 16 },
        );
        add(
            "a time below zero",
            &good.clone().claim(6, cbor::int(-1)),
            expected(Expected::UnsignedInteger),
        );
        add(
            "a time without end",
            &good.clone().claim(6, cbor::int(253_402_300_800)),
            InvalidValue::Time(TimeError::OutOfRange).into(),
        );
        add(
            "a signer by text",
            &good.clone().term(0, cbor::text("me")),
            expected(Expected::Bytes),
        );
        add(
            "half a signer",
            &good.clone().term(0, cbor::bytes([7; 16])),
            expected(Expected::BytesOfLength(32)),
        );
        add(
            "a weak signer",
            &good.clone().term(0, cbor::bytes([0; 32])),
            InvalidValue::Key(KeyError::Weak).into(),
        );
        for other in [STATUS, END, TASK_END, EVENT, WITHDRAWAL]
            .into_iter()
            .filter(|other| *other != typ)
        {
            let header = Map::of([(1, cbor::int(-8)), (16, cbor::text(other))]).bytes();
            let disguised = good.clone().protected(header);
            assert!(disguised.token() != good.token());
            // An event and a withdrawal have terms of one shape; their types alone tell them apart.
            if !matches!((typ, other), (EVENT, WITHDRAWAL) | (WITHDRAWAL, EVENT)) {
                assert!(
                    Notice::from_bytes(&disguised.token()).is_err(),
                    "{typ} as {other}"
                );
            }
        }
    }
    rows
}

/// What is wrong with one term, by its kind.
fn terms() -> Vec<Row> {
    let controllers = |good: fn(u8) -> Forge| good(CONTROLLER);
    let (end, event, withdrawal) = (
        controllers(end),
        controllers(event),
        controllers(withdrawal),
    );
    let task_end = task_end(CONTROLLER, &root().token());
    let empty = || CodecErrorKind::from(InvalidValue::Name(NameError::Empty));
    let mut rows = vec![
        row(
            "a mission by text",
            &end.clone().term(1, cbor::text("qbr")),
            expected(Expected::Bytes),
        ),
        row(
            "half a mission",
            &end.clone().term(1, cbor::bytes([1; 16])),
            expected(Expected::BytesOfLength(32)),
        ),
        row(
            "another ending",
            &end.clone().term(2, cbor::int(3)),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        row(
            "an ending below zero",
            &end.clone().term(2, cbor::int(-1)),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "an ending by text",
            &end.term(2, cbor::text("revoked")),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "a mandate by text",
            &task_end.clone().term(1, cbor::text("x")),
            expected(Expected::Bytes),
        ),
        row(
            "half a mandate",
            &task_end.clone().term(1, cbor::bytes([1; 16])),
            expected(Expected::BytesOfLength(32)),
        ),
        row(
            "two mandates",
            &task_end
                .clone()
                .term(1, cbor::array([cbor::bytes([1; 32])])),
            expected(Expected::Bytes),
        ),
        row(
            "another ending of a task",
            &task_end.clone().term(2, cbor::int(5)),
            CodecErrorKind::UnknownKind { kind: 5 },
        ),
        row(
            "a root that expires by null",
            &task_end.clone().term(3, cbor::null()),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "a root that never expires",
            &task_end.clone().term(3, cbor::int(253_402_300_800)),
            InvalidValue::Time(TimeError::OutOfRange),
        ),
        row(
            "a mission of a task by number",
            &task_end.clone().term(4, cbor::int(1)),
            expected(Expected::Bytes),
        ),
        row(
            "a mission of a task by name",
            &task_end.clone().term(4, cbor::text("qbr")),
            expected(Expected::Bytes),
        ),
        row(
            "an ending of a task by null",
            &task_end.term(2, cbor::null()),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "an event without a name",
            &event.clone().term(2, cbor::text("")),
            empty(),
        ),
        row(
            "an event by number",
            &event.clone().term(2, cbor::int(1)),
            expected(Expected::Text),
        ),
        row(
            "an event of no mission",
            &event.term(1, cbor::null()),
            expected(Expected::Bytes),
        ),
        row(
            "a tool by null",
            &withdrawal.clone().term(2, cbor::null()),
            expected(Expected::Text),
        ),
        row(
            "a mission by null",
            &withdrawal.clone().term(1, cbor::null()),
            expected(Expected::Bytes),
        ),
    ];
    for tool in ["", "*", "crm read", "crm.**"] {
        let notice = withdrawal.clone().term(2, cbor::text(tool));
        let fault = Notice::from_bytes(&notice.token()).expect_err(tool).kind;
        assert!(
            matches!(fault, CodecErrorKind::Invalid(InvalidValue::Powers(_))),
            "{tool}: {fault:?}"
        );
        rows.push(row(tool, &notice, fault));
    }
    rows
}

/// The first bytes of a mandate's id.
fn listed_id(n: u16) -> [u8; 12] {
    std::array::from_fn(|at| n.to_be_bytes().get(at).copied().unwrap_or_default())
}

/// A status of one mission that says this.
fn of(snapshot: Map) -> Forge {
    status_of(CONTROLLER, &[snapshot])
}

fn snapshots() -> Vec<Row> {
    let qbr = || snapshot("qbr");
    let with = |key: i64, value: Vec<u8>| of(qbr().set(key, value));
    let none = || cbor::array::<Vec<u8>>([]);
    let many = |count: usize| {
        (0..count)
            .map(|n| cbor::text(&format!("t{n:03}")))
            .collect::<Vec<_>>()
    };
    let listed = |count: u16| cbor::bytes((0..count).flat_map(listed_id).collect::<Vec<u8>>());
    let status_by_hand =
        |missions: Vec<Vec<u8>>| notice(STATUS, CONTROLLER, [(1, cbor::array(missions))]);
    let mut unordered = [snapshot("a").bytes(), snapshot("b").bytes()].to_vec();
    unordered.sort_by(|a, b| b.cmp(a));
    let status_by = |missions: Vec<u8>| notice(STATUS, CONTROLLER, [(1, missions)]);
    let mut rows = vec![
        row(
            "no mission",
            &status_of(CONTROLLER, &[]),
            InvalidValue::Status(StatusError::Missions { found: 0 }),
        ),
        row(
            "missions by null",
            &status_by(cbor::null()),
            expected(Expected::Array),
        ),
        row(
            "missions by a map",
            &status_by(qbr().bytes()),
            expected(Expected::Array),
        ),
        row(
            "a mission by name",
            &status_by(cbor::array([cbor::text("qbr")])),
            expected(Expected::Map),
        ),
        row(
            "missions out of order",
            &status_by_hand(unordered),
            CodecErrorKind::Unsorted,
        ),
        row(
            "the same of a mission twice",
            &status_of(CONTROLLER, &[qbr(), qbr()]),
            CodecErrorKind::Duplicate,
        ),
        row(
            "two states of a mission",
            &status_of(CONTROLLER, &[qbr(), qbr().set(1, cbor::int(2))]),
            InvalidValue::Status(StatusError::MissionTwice),
        ),
        row(
            "more missions than there may be",
            &status_by_hand(vec![qbr().bytes(); 257]),
            CodecErrorKind::TooMany { max: 256 },
        ),
        row(
            "a foreign key",
            &with(8, cbor::null()),
            CodecErrorKind::UnknownKey { key: 8 },
        ),
        row(
            "a sequence below zero",
            &with(1, cbor::int(-1)),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "a sequence by null",
            &with(1, cbor::null()),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "active, spelled out",
            &with(2, cbor::bool(false)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "suspended by a number",
            &with(2, cbor::int(1)),
            expected(Expected::True),
        ),
        row(
            "a wave by its number",
            &with(3, cbor::int(0)),
            expected(Expected::Array),
        ),
        row(
            "a wave without a beginning",
            &with(3, cbor::array([cbor::int(0)])),
            expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a wave with more",
            &with(3, cbor::array([0, 0, 0].map(cbor::int))),
            CodecErrorKind::TooMany { max: 2 },
        ),
        row(
            "a wave below zero",
            &with(3, cbor::array([-1, 0].map(cbor::int))),
            expected(Expected::UnsignedInteger),
        ),
        row(
            "a wave without end",
            &with(3, cbor::array([0, 253_402_300_800].map(cbor::int))),
            InvalidValue::Time(TimeError::OutOfRange),
        ),
        row(
            "an event without a name",
            &with(4, cbor::array([cbor::text("")])),
            InvalidValue::Name(NameError::Empty),
        ),
        row(
            "an event by bytes",
            &with(4, cbor::array([cbor::bytes("a")])),
            expected(Expected::Text),
        ),
        row(
            "more events than there may be",
            &with(4, cbor::array(many(65))),
            CodecErrorKind::TooMany { max: 64 },
        ),
        row(
            "more withdrawn than there may be",
            &with(5, cbor::array(many(65))),
            CodecErrorKind::TooMany { max: 64 },
        ),
        row(
            "withdrawn by number",
            &with(5, cbor::array([cbor::int(1)])),
            expected(Expected::Text),
        ),
        row(
            "ended by text",
            &with(6, cbor::text("a")),
            expected(Expected::Bytes),
        ),
        row(
            "a mission of a snapshot by name",
            &with(0, cbor::text("qbr")),
            expected(Expected::Bytes),
        ),
        row(
            "more listed than there may be, in both lists together",
            &of(qbr().set(6, listed(4_000)).set(7, listed(97))),
            InvalidValue::Status(StatusError::Ended { found: 4_097 }),
        ),
        row(
            "more names of all missions than there may be",
            &status_of(CONTROLLER, &{
                let full = |n: u8| snapshot(&n.to_string()).set(4, cbor::array(many(64)));
                let mut snapshots: Vec<Map> = (0..17).map(full).collect();
                snapshots.sort_by_key(Map::bytes);
                snapshots
            }),
            CodecErrorKind::TooMany { max: 1_024 },
        ),
        row(
            "names of more bytes than there may be",
            &of(qbr().set(
                4,
                cbor::array(
                    (0..64)
                        .map(|n| cbor::text(&format!("{n:0256}")))
                        .collect::<Vec<_>>(),
                ),
            )),
            InvalidValue::Status(StatusError::NameBytes { found: 16_384 }),
        ),
    ];
    for key in [6, 7] {
        let [a, b] = [1, 2].map(|n| listed_id(n).to_vec());
        rows.extend([
            row(
                "more listed than there may be",
                &with(key, listed(4_097)),
                CodecErrorKind::TooLarge { max: 49_152 },
            ),
            row(
                "listed by a list",
                &with(key, cbor::array([cbor::bytes([1; 12])])),
                expected(Expected::Bytes),
            ),
            row(
                "listed by half",
                &with(key, cbor::bytes([1; 6])),
                expected(Expected::BytesInGroupsOf(12)),
            ),
            row(
                "one and a half listed",
                &with(key, cbor::bytes([1; 18])),
                expected(Expected::BytesInGroupsOf(12)),
            ),
            row(
                "a whole id",
                &with(key, cbor::bytes([1; 32])),
                expected(Expected::BytesInGroupsOf(12)),
            ),
            row(
                "none listed, spelled out",
                &with(key, cbor::bytes([])),
                CodecErrorKind::DefaultSpelled,
            ),
            row(
                "none listed, by null",
                &with(key, cbor::null()),
                expected(Expected::Bytes),
            ),
            row(
                "listed out of order",
                &with(key, cbor::bytes([b.clone(), a.clone()].concat())),
                CodecErrorKind::Unsorted,
            ),
            row(
                "one listed twice",
                &with(key, cbor::bytes([a.clone(), a.clone()].concat())),
                CodecErrorKind::Duplicate,
            ),
        ]);
        assert!(
            Notice::from_bytes(&with(key, cbor::bytes([a, b].concat())).token()).is_ok(),
            "{key}"
        );
    }
    for key in [0, 1, 3] {
        rows.push(row(
            "a part is missing",
            &of(qbr().without(key)),
            CodecErrorKind::MissingKey { key },
        ));
    }
    for (key, [a, b]) in [
        (4, [cbor::text("a"), cbor::text("b")]),
        (5, [cbor::text("a"), cbor::text("b")]),
    ] {
        rows.extend([
            row(
                format!("{key}: none, spelled out"),
                &with(key, none()),
                CodecErrorKind::DefaultSpelled,
            ),
            row(
                format!("{key}: none, by null"),
                &with(key, cbor::null()),
                expected(Expected::Array),
            ),
            row(
                format!("{key}: one, by itself"),
                &with(key, a.clone()),
                expected(Expected::Array),
            ),
            row(
                format!("{key}: out of order"),
                &with(key, cbor::array([b.clone(), a.clone()])),
                CodecErrorKind::Unsorted,
            ),
            row(
                format!("{key}: one twice"),
                &with(key, cbor::array([a.clone(), a.clone()])),
                CodecErrorKind::Duplicate,
            ),
        ]);
        assert!(
            Notice::from_bytes(&with(key, cbor::array([a, b])).token()).is_ok(),
            "{key}"
        );
    }
    rows
}

fn rows() -> Vec<Row> {
    [common(), terms(), snapshots()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_row_gets_its_fault() {
    let rows = rows();
    assert!(rows.len() > 180, "{}", rows.len());
    let wrong = |row: &Row| match Notice::from_bytes(&row.bytes) {
        Err(error) if error.kind == row.kind => None,
        other => Some(format!("{}: {other:?} instead of {:?}", row.name, row.kind)),
    };
    let failed: Vec<String> = rows.iter().filter_map(wrong).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_right_is_read_and_kept_byte_for_byte() {
    for (typ, good, _) in good() {
        let read = Notice::from_bytes(&good.token()).expect(typ);
        assert_eq!(read.as_bytes(), good.token(), "{typ}");
        assert_eq!(
            Notice::from_text(&data_encoding::BASE64URL_NOPAD.encode(&good.token())),
            Ok(read),
            "{typ}"
        );
        for length in 0..good.token().len() {
            assert!(
                Notice::from_bytes(&good.token()[..length]).is_err(),
                "{typ} of {length} bytes"
            );
        }
        let longer = [good.token(), vec![0]].concat();
        assert_eq!(
            Notice::from_bytes(&longer).map_err(|error| error.kind),
            Err(CodecErrorKind::TrailingBytes),
            "{typ}"
        );
    }
}

#[test]
fn a_mandate_or_a_call_is_no_notice_and_a_notice_is_none_of_them() {
    let [root, child] = two_links();
    for token in [root.clone(), child.clone(), call_under(&child).token()] {
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
    let notice = status(CONTROLLER).token();
    assert!(mandatum::sign::Token::<mandatum::Root>::from_bytes(&notice).is_err());
    assert!(mandatum::sign::Token::<mandatum::claims::Child>::from_bytes(&notice).is_err());
    assert!(mandatum::sign::Token::<mandatum::CallClaims>::from_bytes(&notice).is_err());
}

/// The third part of an execution proof.
#[test]
fn what_is_stapled_is_read_as_strictly() {
    let links = two_links();
    let call = call_under(&links[1]).token();
    let proof = |third: Vec<u8>| {
        ExecutionProof::from_bytes(&cbor::array([cbor::array(&links), call.clone(), third]))
            .map(|proof| proof.stapled().len())
            .map_err(|error| error.kind)
    };
    let notice = || cbor::bytes(status(CONTROLLER).token());
    assert_eq!(proof(cbor::array([notice()])), Ok(1));
    assert_eq!(proof(cbor::array(vec![notice(); 16])), Ok(16));
    assert_eq!(
        proof(cbor::array(vec![notice(); 17])),
        Err(CodecErrorKind::TooMany { max: 16 })
    );
    assert_eq!(
        proof(cbor::array::<Vec<u8>>([])),
        Err(expected(Expected::ArrayOfLength(1)))
    );
    assert_eq!(proof(cbor::null()), Err(expected(Expected::Array)));
    assert_eq!(proof(notice()), Err(expected(Expected::Array)));
    assert_eq!(
        proof(cbor::array([status(CONTROLLER).token()])),
        Err(expected(Expected::Bytes))
    );
    assert_eq!(
        proof(cbor::array([cbor::bytes(&links[0])]))
            .map_err(|fault| matches!(fault, CodecErrorKind::TokenType { .. })),
        Err(true)
    );
    let cut = status(CONTROLLER).token();
    assert_eq!(
        proof(cbor::array([cbor::bytes(&cut[..cut.len() - 1])])),
        Err(CodecErrorKind::Truncated)
    );
    assert_eq!(
        proof(cbor::array([cbor::bytes([cut, vec![0]].concat())])),
        Err(CodecErrorKind::TrailingBytes)
    );
}

#[test]
fn nothing_is_stapled_that_a_reader_would_refuse() {
    let links = two_links();
    let proof =
        ExecutionProof::from_bytes(&proof_bytes(&links, &call_under(&links[1]).token())).unwrap();
    let ended: Vec<u8> = (0..700).flat_map(listed_id).collect();
    let large = || read(&of(snapshot("qbr").set(6, cbor::bytes(&ended))));
    let stapled = |count: usize| proof.clone().with_stapled((0..count).map(|_| large()));
    let most = (1..=16)
        .rev()
        .find(|count| stapled(*count).is_ok())
        .unwrap();
    assert!((10..16).contains(&most), "{most}");
    let full = stapled(most).unwrap();
    assert_eq!(ExecutionProof::from_bytes(&full.to_bytes()), Ok(full));
    let too_large = CodecErrorKind::TooLarge {
        max: MAX_PROOF_BYTES,
    };
    assert_eq!(
        stapled(most + 1).map_err(|error| error.kind),
        Err(too_large)
    );
    let small = || read(&status(CONTROLLER));
    assert!(proof.clone().with_stapled((0..16).map(|_| small())).is_ok());
    let too_many = proof.with_stapled((0..17).map(|_| small()));
    assert_eq!(
        too_many.map_err(|error| error.kind),
        Err(CodecErrorKind::TooMany { max: 16 })
    );
}

/// A status of so many bytes: with about as many ended mandates as that takes, and an event whose
/// name takes the rest.
fn status_of_size(bytes: usize) -> Notice {
    let ended: Vec<u8> = (0..u16::try_from((bytes - 300) / 12).unwrap())
        .flat_map(listed_id)
        .collect();
    let with = |letters: usize| {
        let event = cbor::array([cbor::text(&"a".repeat(letters))]);
        of(snapshot("qbr").set(4, event).set(6, cbor::bytes(&ended)))
    };
    let status = read(&with(30 + bytes - with(30).token().len()));
    assert_eq!(status.as_bytes().len(), bytes);
    status
}

/// The greatest status, and not a byte more. Two of them leave no room for a chain.
#[test]
fn a_status_of_the_greatest_size_is_read_and_stapled_once() {
    let ended = |count: u16| cbor::bytes((0..count).flat_map(listed_id).collect::<Vec<u8>>());
    let names = |key: i64, last: usize| {
        let name =
            move |n: usize| format!("{key}{n:02}{}", "x".repeat(if n == 62 { last } else { 93 }));
        cbor::array((0..63).map(|n| cbor::text(&name(n))).collect::<Vec<_>>())
    };
    let with = |missions: usize, last: usize| {
        let large = snapshot("qbr")
            .set(4, names(4, last))
            .set(5, names(5, 93))
            .set(6, ended(4_000))
            .bytes();
        let others = (0..missions).map(|n| snapshot(&format!("m{n}")).bytes());
        let mut all: Vec<Vec<u8>> = others.chain([large]).collect();
        all.sort();
        notice(STATUS, CONTROLLER, [(1, cbor::array(all))]).token()
    };
    let missions = (0..200)
        .take_while(|missions| with(*missions, 93).len() <= MAX_STATUS_BYTES)
        .last()
        .unwrap();
    let last = (93..250)
        .find(|last| with(missions, *last).len() == MAX_STATUS_BYTES)
        .unwrap();
    let full = with(missions, last);
    let read = Notice::from_bytes(&full).unwrap();
    let larger = Notice::from_bytes(&with(missions, last + 1)).map_err(|error| error.kind);
    assert_eq!(
        larger,
        Err(CodecErrorKind::TooLarge {
            max: MAX_STATUS_BYTES
        })
    );
    let proof = ExecutionProof::from_bytes(&story_proof()).unwrap();
    assert!(proof.clone().with_stapled([read.clone()]).is_ok());
    let twice = proof
        .with_stapled([read.clone(), read])
        .map_err(|error| error.kind);
    assert_eq!(
        twice,
        Err(CodecErrorKind::TooLarge {
            max: MAX_PROOF_BYTES
        })
    );
    // A notice of another kind is no larger than any token.
    let mut end = end(CONTROLLER).token();
    end.resize(MAX_TOKEN_BYTES + 1, 0);
    assert!(Notice::from_bytes(&end).is_err());
}

#[test]
fn a_proof_of_the_greatest_size_is_read_made_and_decided() {
    let proof = ExecutionProof::from_bytes(&story_proof()).unwrap();
    let large: Vec<Notice> = vec![status_of_size(8_900); 14];
    let filled = proof
        .clone()
        .with_stapled(large.clone())
        .unwrap()
        .to_bytes()
        .len();
    // The last one fills what is left, but for the head of its byte string.
    let left = MAX_PROOF_BYTES - filled - 3;
    let stapled = |last: usize| large.iter().cloned().chain([status_of_size(last)]);
    let full = proof.clone().with_stapled(stapled(left)).unwrap();
    assert_eq!(full.to_bytes().len(), MAX_PROOF_BYTES);
    assert_eq!(
        ExecutionProof::from_bytes(&full.to_bytes()).as_ref(),
        Ok(&full)
    );
    assert!(
        verifier()
            .check(&full.to_bytes(), &reading("acme"), &here())
            .is_ok()
    );

    let too_large = CodecErrorKind::TooLarge {
        max: MAX_PROOF_BYTES,
    };
    assert_eq!(
        proof
            .with_stapled(stapled(left + 1))
            .map_err(|error| error.kind),
        Err(too_large)
    );
}
