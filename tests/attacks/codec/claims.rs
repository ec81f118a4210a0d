//! Claims that are missing, misplaced, of another kind, spelled out for nothing, or not right.

use super::{
    Row, good_call, good_child, good_root, row, with_call, with_child, with_limits, with_root,
};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::{Forge, MANDATE};
use crate::support::order::{NONCE, limit, mission_id, mission_of, ordered, public};
use crate::support::story::{NOW, confirmation_of, cose_key};
use mandatum::Timestamp;
use mandatum::codec::{CodecErrorKind, Expected, InvalidValue};
use mandatum::limits::LimitError;
use mandatum::primitives::{IdError, KeyError, NameError, TimeError};

fn unknown(key: i64) -> CodecErrorKind {
    CodecErrorKind::UnknownKey { key }
}

fn missing(key: i64) -> CodecErrorKind {
    CodecErrorKind::MissingKey { key }
}

fn root_term(key: i64, value: Vec<u8>) -> Vec<u8> {
    with_root(&good_root().term(key, value))
}

fn child_term(key: i64, value: Vec<u8>) -> Vec<u8> {
    with_child(&good_child().term(key, value))
}

fn child_claim(key: i64, value: Vec<u8>) -> Vec<u8> {
    with_child(&good_child().claim(key, value))
}

/// The child with these bytes under `cnf`.
fn cnf(content: Vec<u8>) -> Vec<u8> {
    child_claim(8, content)
}

/// The child with this `COSE_Key`.
fn cose(key: &Map) -> Vec<u8> {
    cnf(Map::of([(1, key.bytes())]).bytes())
}

/// A token of the child's type without our claim.
fn without_terms(forge: &Forge) -> Vec<u8> {
    super::with_token(1, forge.token_of(&forge.claims.bytes()))
}

/// A child with this under our claim.
fn terms_by(forge: &Forge, terms: Vec<u8>) -> Vec<u8> {
    super::with_token(
        1,
        forge.token_of(&forge.claims.clone().set(MANDATE, terms).bytes()),
    )
}

pub(super) fn rows() -> Vec<Row> {
    [
        of_roots(),
        of_children(),
        of_calls(),
        keys(),
        defaults(),
        limits(),
        missions(),
        conditions(),
        delegates(),
        replaced(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_roots() -> Vec<Row> {
    let mut rows: Vec<Row> = [
        (0, "powers"),
        (4, "task"),
        (5, "audience"),
        (6, "life"),
        (7, "principal"),
        (9, "purpose"),
        (13, "signer"),
    ]
    .into_iter()
    .map(|(key, name)| row(name, with_root(&good_root().no_term(key)), missing(key)))
    .collect();
    rows.extend([1, 4, 6, 7, 8].map(|key| {
        row(
            "a root's claim is missing",
            with_root(&good_root().no_claim(key)),
            missing(key),
        )
    }));
    rows.extend([
        row(
            "a signer by null",
            root_term(13, cbor::null()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "half a signer",
            root_term(13, cbor::bytes([1; 16])),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a signer by a text",
            root_term(13, cbor::text("acme")),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "a weak signer",
            root_term(13, cbor::bytes([0; 32])),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "a signer in a second spelling",
            root_term(13, cbor::bytes(second_spelling())),
            InvalidValue::Key(KeyError::NotCanonical),
        ),
        row(
            "a child with a signer",
            child_term(13, public(51)),
            unknown(13),
        ),
        row(
            "a root with a parent",
            root_term(11, cbor::bytes([0; 32])),
            unknown(11),
        ),
        row(
            "a root that is its child's kind of same key",
            root_term(5, cbor::bool(true)),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a root with an audience claim",
            with_root(&good_root().no_claim(1).claim(3, cbor::text("a"))),
            unknown(3),
        ),
        row(
            "an audience that is no list",
            root_term(5, cbor::text("https://crm.example")),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "no audience",
            root_term(5, cbor::array::<Vec<u8>>([])),
            InvalidValue::Limit(LimitError::Audiences { found: 0 }),
        ),
        row(
            "a life that is not known",
            root_term(6, Map::default().bytes()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a purpose without its text",
            root_term(9, cbor::array([cbor::text("a"), cbor::text("b")])),
            CodecErrorKind::Expected(Expected::ArrayOfLength(3)),
        ),
        row(
            "a purpose with more",
            root_term(
                9,
                cbor::array([
                    cbor::text("a"),
                    cbor::text("b"),
                    cbor::bytes([0; 32]),
                    cbor::null(),
                ]),
            ),
            CodecErrorKind::TooMany { max: 3 },
        ),
        row(
            "a grant of another kind",
            grant(cbor::int(3)),
            CodecErrorKind::UnknownKind { kind: 3 },
        ),
        row(
            "a grant of a negative kind",
            grant(cbor::int(-1)),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a grant by null",
            root_term(10, cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "an empty name",
            root_term(7, cbor::text("")),
            InvalidValue::Name(NameError::Empty),
        ),
        row(
            "a name with a line break",
            root_term(7, cbor::text("alice\nok")),
            InvalidValue::Name(NameError::Unprintable {
                character: '\n',
                at: 5,
            }),
        ),
        row(
            "a name that reorders what is read",
            root_term(7, cbor::text("ali\u{202e}ce")),
            InvalidValue::Name(NameError::Unprintable {
                character: '\u{202e}',
                at: 3,
            }),
        ),
        row(
            "a name with an Arabic letter mark",
            root_term(7, cbor::text("\u{61c}alice")),
            InvalidValue::Name(NameError::Unprintable {
                character: '\u{61c}',
                at: 0,
            }),
        ),
        row(
            "a name that is too long",
            root_term(7, cbor::text(&"a".repeat(257))),
            CodecErrorKind::TooLarge { max: 256 },
        ),
        row(
            "a task that climbs",
            root_term(4, cbor::text("acme/../globex")),
            InvalidValue::Name(NameError::NotATask),
        ),
        row(
            "more aliases than there may be",
            root_term(8, {
                let names: Vec<_> = (10..43)
                    .map(|n| (cbor::text(&format!("s{n}")), cbor::text("x")))
                    .collect();
                Map(names).bytes()
            }),
            CodecErrorKind::TooMany { max: 32 },
        ),
    ]);
    rows
}

fn grant(kind: Vec<u8>) -> Vec<u8> {
    root_term(
        10,
        cbor::array([
            kind,
            cbor::text("alice"),
            cbor::int(NOW),
            cbor::bytes([0; 32]),
        ]),
    )
}

fn of_children() -> Vec<Row> {
    let mut rows: Vec<Row> = [4, 6, 7, 8]
        .into_iter()
        .map(|key| {
            row(
                "a child's claim is missing",
                with_child(&good_child().no_claim(key)),
                missing(key),
            )
        })
        .collect();
    rows.extend([0, 11].map(|key| {
        row(
            "a child's term is missing",
            with_child(&good_child().no_term(key)),
            missing(key),
        )
    }));
    let root = good_root();
    rows.extend([7, 9, 10].map(|key| {
        row(
            "a child with what only a root says",
            child_term(key, root.terms.get(key)),
            unknown(key),
        )
    }));
    let aliases = Map::of_texts([("crm", cbor::text("u17"))]).bytes();
    rows.extend([
        row("a child with aliases", child_term(8, aliases), unknown(8)),
        row(
            "a child with a life",
            child_term(6, cbor::null()),
            unknown(6),
        ),
        row(
            "a child with audiences in the root's place",
            child_term(5, root.terms.get(5)),
            CodecErrorKind::Expected(Expected::True),
        ),
        row(
            "a child with an issuer",
            with_child(&good_child().no_claim(4).claim(1, cbor::text("x"))),
            unknown(1),
        ),
        row(
            "a child with a subject",
            with_child(&good_child().no_claim(4).claim(2, cbor::text("x"))),
            unknown(2),
        ),
        row(
            "a child with a not-before",
            with_child(&good_child().no_claim(4).claim(5, cbor::int(1))),
            unknown(5),
        ),
        row(
            "a child with an issuer",
            child_claim(1, cbor::text("x")),
            unknown(1),
        ),
        row(
            "a child without terms",
            without_terms(&good_child()),
            missing(0),
        ),
        row(
            "an id that is too short",
            child_claim(7, cbor::bytes([1; 7])),
            InvalidValue::Id(IdError::TokenIdLength { found: 7 }),
        ),
        row(
            "an id that is too long",
            child_claim(7, cbor::bytes([1; 17])),
            CodecErrorKind::TooLarge { max: 16 },
        ),
        row(
            "a parent by half a digest",
            child_term(11, cbor::bytes([1; 16])),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a parent by name",
            child_term(11, cbor::text("root")),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "a parent that is null",
            child_term(11, cbor::null()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "more delegations than count",
            child_term(2, cbor::int(256)),
            CodecErrorKind::TooMany { max: 255 },
        ),
        row(
            "delegations below zero",
            child_term(2, cbor::int(-1)),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "no end of time",
            child_claim(4, cbor::int(253_402_300_800)),
            InvalidValue::Time(TimeError::OutOfRange),
        ),
        row(
            "a time before 1970",
            child_claim(6, cbor::int(-1)),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "an end that is null",
            child_claim(4, cbor::null()),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a tagged time",
            child_claim(4, cbor::tag(1, cbor::int(NOW + 3600))),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "an end at the beginning",
            child_claim(4, cbor::int(NOW)),
            InvalidValue::Time(TimeError::NeverValid {
                issued_at: at(NOW),
                expires: at(NOW),
            }),
        ),
        row(
            "terms that are no map",
            terms_by(&good_child(), cbor::array([cbor::int(0)])),
            CodecErrorKind::Expected(Expected::Map),
        ),
        row(
            "terms by null",
            terms_by(&good_child(), cbor::null()),
            CodecErrorKind::Expected(Expected::Map),
        ),
    ]);
    rows
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(u64::try_from(seconds).unwrap()).unwrap()
}

fn of_calls() -> Vec<Row> {
    let mut rows: Vec<Row> = [3, 6, 7]
        .into_iter()
        .map(|key| {
            row(
                "a call's claim is missing",
                with_call(&good_call().no_claim(key)),
                missing(key),
            )
        })
        .collect();
    rows.extend([0, 1].map(|key| {
        row(
            "a call's term is missing",
            with_call(&good_call().no_term(key)),
            missing(key),
        )
    }));
    rows.extend([
        row(
            "a call with an expiry",
            with_call(&good_call().no_claim(6).claim(4, cbor::int(NOW))),
            unknown(4),
        ),
        row(
            "a call with a holder's key",
            with_call(&good_call().no_claim(7).claim(8, confirmation_of(&[7; 32]))),
            unknown(8),
        ),
        row(
            "a call with powers",
            with_call(&good_call().no_term(1).term(2, cbor::array::<Vec<u8>>([]))),
            unknown(2),
        ),
        row(
            "a call with a short id",
            with_call(&good_call().claim(7, cbor::bytes([7; 15]))),
            CodecErrorKind::Expected(Expected::BytesOfLength(16)),
        ),
        row(
            "a call for two servers",
            with_call(&good_call().claim(3, cbor::array([cbor::text("a"), cbor::text("b")]))),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "a call for no server",
            with_call(&good_call().claim(3, cbor::text(""))),
            InvalidValue::Name(NameError::Empty),
        ),
    ]);
    rows
}

fn keys() -> Vec<Row> {
    let good = || cose_key(&[7; 32]);
    let above_p = [&[0xee][..], &[0xff; 30], &[0x7f]].concat();
    let minus_one = [&[0xec][..], &[0xff; 30], &[0x7f]].concat();
    let mut one = [0; 32];
    one[0] = 1;
    vec![
        row(
            "a key of another type",
            cose(&good().set(1, cbor::int(2))),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key on another curve",
            cose(&good().set(-1, cbor::int(4))),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a private key",
            cose(&good().set(-4, cbor::bytes([7; 32]))),
            CodecErrorKind::TooMany { max: 3 },
        ),
        row(
            "a private key in the public one's place",
            cose(&good().without(-2).set(-4, cbor::bytes([7; 32]))),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key with an algorithm",
            cose(&good().without(-1).set(3, cbor::int(-8))),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key without its coordinate",
            cose(&good().without(-2)),
            CodecErrorKind::CoseKey,
        ),
        row(
            "no key",
            cnf(Map::default().bytes()),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key by its id",
            cnf(Map::of([(3, cbor::bytes("key 1"))]).bytes()),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key that is encrypted",
            cnf(Map::of([(2, cbor::null())]).bytes()),
            CodecErrorKind::CoseKey,
        ),
        row(
            "a key and its id",
            cnf(Map::of([(1, good().bytes()), (3, cbor::bytes("k"))]).bytes()),
            CodecErrorKind::TooMany { max: 1 },
        ),
        row(
            "a short key",
            cose(&good().set(-2, cbor::bytes([7; 31]))),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a long key",
            cose(&good().set(-2, cbor::bytes([7; 33]))),
            CodecErrorKind::TooLarge { max: 32 },
        ),
        row(
            "a weak key: all zero",
            cose(&cose_key(&[0; 32])),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "a weak key: the neutral point",
            cose(&cose_key(&one)),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "a weak key: of order two",
            cose(&cose_key(&minus_one)),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "a second spelling of a weak key",
            cose(&cose_key(&above_p)),
            InvalidValue::Key(KeyError::NotCanonical),
        ),
        row(
            "a second spelling of another key",
            cose(&cose_key(&second_spelling())),
            InvalidValue::Key(KeyError::NotCanonical),
        ),
    ]
}

/// y = p + 3, which is 3.
pub(super) fn second_spelling() -> Vec<u8> {
    [&[0xf0][..], &[0xff; 30], &[0x7f]].concat()
}

fn defaults() -> Vec<Row> {
    let none = || cbor::array::<Vec<u8>>([]);
    vec![
        row(
            "no further delegation, spelled out",
            child_term(2, cbor::int(0)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no limit, spelled out",
            child_term(1, none()),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no limit, by null",
            child_term(1, cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "another key, spelled out",
            child_term(5, cbor::bool(false)),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "the same key, by a number",
            child_term(5, cbor::int(1)),
            CodecErrorKind::Expected(Expected::True),
        ),
        row(
            "no alias, spelled out",
            root_term(8, Map::default().bytes()),
            CodecErrorKind::DefaultSpelled,
        ),
        row(
            "no step, by null",
            child_term(4, cbor::null()),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "no step, by an empty one",
            child_term(4, cbor::text("")),
            InvalidValue::Name(NameError::NotATask),
        ),
        row(
            "no name, by null",
            child_term(3, cbor::null()),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "all powers, by null",
            child_term(0, cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "the parent's powers, by true",
            child_term(0, cbor::bool(true)),
            CodecErrorKind::Expected(Expected::Array),
        ),
    ]
}

fn limits() -> Vec<Row> {
    let signed = || limit(2, cbor::null());
    let scoped = |scope: Vec<u8>| with_limits(&[cbor::array([cbor::int(2), cbor::null(), scope])]);
    let window = |entries: Map| with_limits(&[limit(0, entries.bytes())]);
    vec![
        row(
            "a limit of another kind",
            with_limits(&[limit(99, cbor::null())]),
            CodecErrorKind::UnknownKind { kind: 99 },
        ),
        row(
            "a limit of a negative kind",
            with_limits(&[limit(-1, cbor::null())]),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a limit that says nothing",
            with_limits(&[cbor::array([cbor::int(2)])]),
            CodecErrorKind::Expected(Expected::ArrayOfLength(2)),
        ),
        row(
            "a limit that says too much",
            with_limits(&[cbor::array([
                cbor::int(2),
                cbor::null(),
                cbor::array([cbor::text("a")]),
                cbor::null(),
            ])]),
            CodecErrorKind::TooMany { max: 3 },
        ),
        row(
            "signed calls, by false",
            with_limits(&[limit(2, cbor::bool(false))]),
            CodecErrorKind::Expected(Expected::Null),
        ),
        row(
            "more limits than there may be",
            with_limits(&vec![signed(); 33]),
            CodecErrorKind::TooMany { max: 32 },
        ),
        row(
            "a window without an end",
            window(Map::default()),
            InvalidValue::Limit(LimitError::EndlessWindow),
        ),
        row(
            "a window that never opens",
            window(Map::of([(0, cbor::int(NOW)), (1, cbor::int(NOW))])),
            InvalidValue::Limit(LimitError::EmptyWindow {
                from: at(NOW),
                until: at(NOW),
            }),
        ),
        row(
            "a window with an end by null",
            window(Map::of([(1, cbor::null())])),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a window with another end",
            window(Map::of([(2, cbor::int(NOW))])),
            unknown(2),
        ),
        row(
            "no audience in a limit",
            with_limits(&[limit(1, cbor::array::<Vec<u8>>([]))]),
            InvalidValue::Limit(LimitError::Audiences { found: 0 }),
        ),
        row(
            "anywhere in a limit",
            with_limits(&[limit(1, cbor::null())]),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a scope of no tool",
            scoped(cbor::array::<Vec<u8>>([])),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        row(
            "a scope by null",
            scoped(cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a scope out of order",
            scoped(cbor::array([cbor::text("b"), cbor::text("a")])),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a scope with a tool twice",
            scoped(cbor::array([cbor::text("a"), cbor::text("a")])),
            CodecErrorKind::Duplicate,
        ),
    ]
}

/// What keeps something alive: `[mission, ages, ? enders]`, with one part replaced.
pub(super) fn lives_by(place: usize, part: Vec<u8>) -> Vec<u8> {
    let mut parts = [
        mission_of(50, "qbr"),
        ages([300, 60, 10]),
        cbor::array([public(51)]),
    ];
    parts[place] = part;
    cbor::array(parts)
}

/// A mission with one part replaced: `[controller, name, nonce]`.
pub(super) fn mission(place: usize, part: Vec<u8>) -> Vec<u8> {
    let mut parts = [public(50), cbor::text("qbr"), cbor::bytes(NONCE)];
    parts[place] = part;
    cbor::array(parts)
}

/// What is wrong with a mission, wherever a mandate names one.
pub(super) fn broken_missions() -> Vec<(&'static str, Vec<u8>, CodecErrorKind)> {
    vec![
        (
            "a mission by name",
            cbor::text("qbr"),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "a mission by digest",
            mission_id(50, "qbr"),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "a mission without a nonce",
            cbor::array([public(50), cbor::text("qbr")]),
            CodecErrorKind::Expected(Expected::ArrayOfLength(3)),
        ),
        (
            "a mission with more",
            cbor::array([
                public(50),
                cbor::text("qbr"),
                cbor::bytes(NONCE),
                cbor::null(),
            ]),
            CodecErrorKind::TooMany { max: 3 },
        ),
        (
            "a controller by name",
            mission(0, cbor::text("controller")),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        (
            "a controller by half a key",
            mission(0, cbor::bytes([7; 16])),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        (
            "a controller by a weak key",
            mission(0, cbor::bytes([0; 32])),
            InvalidValue::Key(KeyError::Weak).into(),
        ),
        (
            "a controller in a second spelling",
            mission(0, cbor::bytes(second_spelling())),
            InvalidValue::Key(KeyError::NotCanonical).into(),
        ),
        (
            "a mission's name by bytes",
            mission(1, cbor::bytes("qbr")),
            CodecErrorKind::Expected(Expected::Text),
        ),
        (
            "a mission without a name",
            mission(1, cbor::text("")),
            InvalidValue::Name(NameError::Empty).into(),
        ),
        (
            "a nonce by null",
            mission(2, cbor::null()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        (
            "half a nonce",
            mission(2, cbor::bytes([7; 8])),
            CodecErrorKind::Expected(Expected::BytesOfLength(16)),
        ),
        (
            "twice a nonce",
            mission(2, cbor::bytes([7; 32])),
            CodecErrorKind::TooLarge { max: 16 },
        ),
    ]
}

fn ages(ages: [i64; 3]) -> Vec<u8> {
    cbor::array(ages.map(cbor::int))
}

/// The same faults, whether it is said in the root or in a limit.
fn missions() -> Vec<Row> {
    let unordered: Vec<Vec<u8>> = ordered([51, 52]).into_iter().rev().collect();
    let table: Vec<(&'static str, Vec<u8>, CodecErrorKind)> = vec![
        (
            "a life by name",
            cbor::text("qbr"),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "a life by its mission alone",
            mission_of(50, "qbr"),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "a life with more",
            cbor::array([
                mission_of(50, "qbr"),
                ages([9, 9, 9]),
                cbor::array([public(51)]),
                cbor::null(),
            ]),
            CodecErrorKind::TooMany { max: 3 },
        ),
        (
            "one age",
            lives_by(1, cbor::int(300)),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "two ages",
            lives_by(1, cbor::array([cbor::int(300), cbor::int(60)])),
            CodecErrorKind::Expected(Expected::ArrayOfLength(3)),
        ),
        (
            "four ages",
            lives_by(1, cbor::array([9, 9, 9, 9].map(cbor::int))),
            CodecErrorKind::TooMany { max: 3 },
        ),
        (
            "an age below zero",
            lives_by(1, ages([300, 60, -1])),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        (
            "an age by null",
            lives_by(1, cbor::array([cbor::null(), cbor::int(6), cbor::int(1)])),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        (
            "older news for writes",
            lives_by(1, ages([60, 61, 10])),
            InvalidValue::Limit(LimitError::AgesIncrease).into(),
        ),
        (
            "older news for what is for good",
            lives_by(1, ages([60, 10, 11])),
            InvalidValue::Limit(LimitError::AgesIncrease).into(),
        ),
        (
            "an ender by itself",
            lives_by(2, public(51)),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "no ender, spelled out",
            lives_by(2, cbor::array::<Vec<u8>>([])),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        (
            "no ender, by null",
            lives_by(2, cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "more enders than there may be",
            lives_by(2, cbor::array(ordered(51..56))),
            CodecErrorKind::TooMany { max: 4 },
        ),
        (
            "enders out of order",
            lives_by(2, cbor::array(unordered)),
            CodecErrorKind::Unsorted,
        ),
        (
            "an ender twice",
            lives_by(2, cbor::array([public(51), public(51)])),
            CodecErrorKind::Duplicate,
        ),
        (
            "a weak ender",
            lives_by(2, cbor::array([cbor::bytes([0; 32])])),
            InvalidValue::Key(KeyError::Weak).into(),
        ),
    ];
    let broken = broken_missions()
        .into_iter()
        .map(|(name, mission, fault)| (name, lives_by(0, mission), fault));
    let table: Vec<_> = table.into_iter().chain(broken).collect();
    let in_root = |(name, content, fault): &(&'static str, Vec<u8>, CodecErrorKind)| {
        row(name, root_term(6, content.clone()), fault.clone())
    };
    let in_limit = |(name, content, fault): &(&'static str, Vec<u8>, CodecErrorKind)| {
        row(
            name,
            with_limits(&[limit(3, content.clone())]),
            fault.clone(),
        )
    };
    table
        .iter()
        .map(in_root)
        .chain(table.iter().map(in_limit))
        .collect()
}

fn conditions() -> Vec<Row> {
    let any = || cbor::array([cbor::int(0)]);
    let condition = |parts: [Vec<u8>; 3]| with_limits(&[limit(4, cbor::array(parts))]);
    vec![
        row(
            "a condition by name",
            with_limits(&[limit(4, cbor::text("a"))]),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "a condition of any age",
            with_limits(&[limit(4, cbor::array([cbor::text("a"), any()]))]),
            CodecErrorKind::Expected(Expected::ArrayOfLength(3)),
        ),
        row(
            "a condition with more",
            with_limits(&[limit(
                4,
                cbor::array([cbor::text("a"), any(), cbor::int(1), cbor::null()]),
            )]),
            CodecErrorKind::TooMany { max: 3 },
        ),
        row(
            "a fact without a name",
            condition([cbor::text(""), any(), cbor::int(1)]),
            InvalidValue::Name(NameError::Empty),
        ),
        row(
            "a fact by number",
            condition([cbor::int(1), any(), cbor::int(1)]),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "a condition of an unknown kind",
            condition([cbor::text("a"), cbor::array([cbor::int(99)]), cbor::int(1)]),
            CodecErrorKind::UnknownKind { kind: 99 },
        ),
        row(
            "a condition's age by null",
            condition([cbor::text("a"), any(), cbor::null()]),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "a condition's age below zero",
            condition([cbor::text("a"), any(), cbor::int(-1)]),
            CodecErrorKind::Expected(Expected::UnsignedInteger),
        ),
        row(
            "an event by null",
            with_limits(&[limit(5, cbor::null())]),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "an event without a name",
            with_limits(&[limit(5, cbor::text(""))]),
            InvalidValue::Name(NameError::Empty),
        ),
        row(
            "two events in one limit",
            with_limits(&[limit(5, cbor::array([cbor::text("a"), cbor::text("b")]))]),
            CodecErrorKind::Expected(Expected::Text),
        ),
    ]
}

fn delegates() -> Vec<Row> {
    let with = |keys: Vec<u8>| with_limits(&[limit(12, keys)]);
    let backwards: Vec<Vec<u8>> = ordered([51, 52]).into_iter().rev().collect();
    let scoped = cbor::array([
        cbor::int(12),
        cbor::array([public(51)]),
        cbor::array([cbor::text("crm.read")]),
    ]);
    let refused = |error: LimitError| CodecErrorKind::from(InvalidValue::Limit(error));
    vec![
        row(
            "delegates that are nobody",
            with(cbor::array::<Vec<u8>>([])),
            refused(LimitError::Delegates { found: 0 }),
        ),
        row(
            "delegates by null",
            with(cbor::null()),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "one delegate, by itself",
            with(public(51)),
            CodecErrorKind::Expected(Expected::Array),
        ),
        row(
            "33 delegates",
            with(cbor::array(ordered(51..84))),
            CodecErrorKind::TooMany { max: 32 },
        ),
        row(
            "delegates out of order",
            with(cbor::array(backwards)),
            CodecErrorKind::Unsorted,
        ),
        row(
            "a delegate twice",
            with(cbor::array([public(51), public(51)])),
            CodecErrorKind::Duplicate,
        ),
        row(
            "half a delegate",
            with(cbor::array([cbor::bytes([1; 16])])),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        row(
            "a weak delegate",
            with(cbor::array([cbor::bytes([0; 32])])),
            InvalidValue::Key(KeyError::Weak),
        ),
        row(
            "delegates of some tools",
            with_limits(&[scoped]),
            refused(LimitError::DelegatesInScope),
        ),
    ]
}

fn replaced() -> Vec<Row> {
    let ids = |ids: &[u8]| {
        cbor::array(
            ids.iter()
                .map(|id| cbor::bytes([*id; 32]))
                .collect::<Vec<_>>(),
        )
    };
    let table: Vec<(&'static str, Vec<u8>, CodecErrorKind)> = vec![
        (
            "nothing replaced, spelled out",
            ids(&[]),
            CodecErrorKind::Expected(Expected::ArrayOfLength(1)),
        ),
        (
            "nothing replaced, by null",
            cbor::null(),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "one replaced, by itself",
            cbor::bytes([1; 32]),
            CodecErrorKind::Expected(Expected::Array),
        ),
        (
            "more replaced than there may be",
            ids(&(1..=33).collect::<Vec<u8>>()),
            CodecErrorKind::TooMany { max: 32 },
        ),
        (
            "replaced out of order",
            ids(&[2, 1]),
            CodecErrorKind::Unsorted,
        ),
        ("replaced twice", ids(&[1, 1]), CodecErrorKind::Duplicate),
        (
            "replaced by half a digest",
            cbor::array([cbor::bytes([1; 16])]),
            CodecErrorKind::Expected(Expected::BytesOfLength(32)),
        ),
        (
            "replaced by a text",
            cbor::array([cbor::text("root")]),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
    ];
    let of_root = |(name, content, fault): &(&'static str, Vec<u8>, CodecErrorKind)| {
        row(name, root_term(12, content.clone()), fault.clone())
    };
    let of_child = |(name, content, fault): &(&'static str, Vec<u8>, CodecErrorKind)| {
        row(name, child_term(12, content.clone()), fault.clone())
    };
    table
        .iter()
        .map(of_root)
        .chain(table.iter().map(of_child))
        .collect()
}
