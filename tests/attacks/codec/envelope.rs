//! The envelope: tag, header, algorithm, type, signature.

use super::{Row, good_child, row, with_child, with_token};
use crate::support::cbor;
use crate::support::cbor::Map;
use crate::support::forge::CHILD;
use mandatum::codec::{CodecErrorKind, Expected};

fn header<const N: usize>(entries: [(i64, Vec<u8>); N]) -> Vec<u8> {
    with_child(&good_child().protected(Map::of(entries).bytes()))
}

fn typ() -> (i64, Vec<u8>) {
    (16, cbor::text(CHILD))
}

fn alg() -> (i64, Vec<u8>) {
    (1, cbor::int(-8))
}

fn parameter(parameter: i64) -> CodecErrorKind {
    CodecErrorKind::HeaderParameter { parameter }
}

fn algorithm(found: i128) -> CodecErrorKind {
    CodecErrorKind::Algorithm { found }
}

/// The token taken apart and put together otherwise.
fn parts(change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> Vec<u8> {
    with_token(
        1,
        cbor::tag(18, cbor::array(change(good_child().parts().into()))),
    )
}

/// The token with one of its four parts replaced.
fn part(place: usize, item: Vec<u8>) -> Vec<u8> {
    parts(|mut parts| {
        parts[place] = item;
        parts
    })
}

/// The token's content under another tag, or none.
fn tagged(tag: &[u8]) -> Vec<u8> {
    with_token(1, [tag, &cbor::array(good_child().parts())].concat())
}

pub(super) fn rows() -> Vec<Row> {
    let no_tag = CodecErrorKind::Expected(Expected::Tag(18));
    let four = CodecErrorKind::Expected(Expected::ArrayOfLength(4));
    let key = super::super::support::story::cose_key(&[7; 32]).bytes();
    vec![
        row(
            "algorithm: reserved, the nearest there is to none",
            header([(1, cbor::int(0)), typ()]),
            algorithm(0),
        ),
        row(
            "algorithm: ES256",
            header([(1, cbor::int(-7)), typ()]),
            algorithm(-7),
        ),
        row(
            "algorithm: HMAC 256/256",
            header([(1, cbor::int(5)), typ()]),
            algorithm(5),
        ),
        row(
            "algorithm: Ed448",
            header([(1, cbor::int(-53)), typ()]),
            algorithm(-53),
        ),
        row(
            "algorithm: by name",
            header([(1, cbor::text("none")), typ()]),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "algorithm: null",
            header([(1, cbor::null()), typ()]),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "algorithm: missing",
            header([typ()]),
            CodecErrorKind::MissingKey { key: 1 },
        ),
        row(
            "type: missing",
            header([alg()]),
            CodecErrorKind::MissingKey { key: 16 },
        ),
        row(
            "type: a number",
            header([alg(), (16, cbor::int(18))]),
            CodecErrorKind::Expected(Expected::Text),
        ),
        row(
            "header: crit",
            header([alg(), (2, cbor::array([cbor::int(1)])), typ()]),
            parameter(2),
        ),
        row(
            "header: content type",
            header([alg(), (3, cbor::text("cwt")), typ()]),
            parameter(3),
        ),
        row(
            "header: key id",
            header([alg(), (4, cbor::bytes("key 1")), typ()]),
            parameter(4),
        ),
        row(
            "header: CWT claims",
            header([alg(), (15, Map::default().bytes()), typ()]),
            parameter(15),
        ),
        row(
            "header: certificate chain",
            header([alg(), typ(), (33, cbor::bytes("x509"))]),
            parameter(33),
        ),
        row(
            "header: a key",
            header([alg(), typ(), (-1, key)]),
            parameter(-1),
        )
        .at(&[0x20, 0xa3, 0x01, 0x01]),
        row(
            "header: a named parameter",
            with_child(
                &good_child().protected(
                    Map::of([alg(), typ()])
                        .push(cbor::text("alg"), cbor::text("none"))
                        .bytes(),
                ),
            ),
            CodecErrorKind::Expected(Expected::Integer),
        ),
        row(
            "header: algorithm twice",
            with_child(&good_child().protected(Map::of([alg(), alg(), typ()]).bytes())),
            CodecErrorKind::Duplicate,
        ),
        row(
            "header: out of order",
            header([typ(), alg()]),
            CodecErrorKind::Unsorted,
        ),
        row(
            "header: bytes after it",
            with_child(
                &good_child().protected([Map::of([alg(), typ()]).bytes(), vec![0]].concat()),
            ),
            CodecErrorKind::TrailingBytes,
        ),
        row(
            "header: empty",
            with_child(&good_child().protected(Vec::new())),
            CodecErrorKind::Truncated,
        ),
        row(
            "header: not a map",
            with_child(&good_child().protected(cbor::null())),
            CodecErrorKind::Expected(Expected::Map),
        ),
        row(
            "header: not wrapped",
            part(0, Map::of([alg(), typ()]).bytes()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "header: a long number",
            header([(1, vec![0x38, 0x07]), typ()]),
            CodecErrorKind::NotShortest,
        )
        .at(&[0x38, 0x07]),
        row(
            "unprotected header: a key id",
            part(1, Map::of([(4, cbor::bytes("key 1"))]).bytes()),
            CodecErrorKind::UnprotectedHeader,
        )
        .at(&[0xa1, 0x04, 0x45]),
        row(
            "unprotected header: an algorithm",
            part(1, Map::of([alg()]).bytes()),
            CodecErrorKind::UnprotectedHeader,
        ),
        row(
            "unprotected header: null",
            part(1, cbor::null()),
            CodecErrorKind::Expected(Expected::Map),
        ),
        row(
            "unprotected header: indefinite",
            part(1, vec![0xbf, 0xff]),
            CodecErrorKind::Indefinite,
        ),
        row(
            "payload: detached",
            part(2, cbor::null()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "payload: empty",
            part(2, cbor::bytes([])),
            CodecErrorKind::Truncated,
        ),
        row(
            "payload: in pieces",
            part(2, vec![0x5f, 0x41, 0xa0, 0xff]),
            CodecErrorKind::Indefinite,
        ),
        row(
            "signature: short",
            part(3, cbor::bytes([1; 63])),
            CodecErrorKind::Expected(Expected::BytesOfLength(64)),
        ),
        row(
            "signature: long",
            part(3, cbor::bytes([1; 65])),
            CodecErrorKind::TooLarge { max: 64 },
        ),
        row(
            "signature: empty",
            part(3, cbor::bytes([])),
            CodecErrorKind::Expected(Expected::BytesOfLength(64)),
        ),
        row(
            "signature: null",
            part(3, cbor::null()),
            CodecErrorKind::Expected(Expected::Bytes),
        ),
        row(
            "a part is missing",
            parts(|mut parts| {
                parts.pop();
                parts
            }),
            four.clone(),
        ),
        row(
            "a part too many",
            parts(|parts| [parts, vec![cbor::null()]].concat()),
            four.clone(),
        ),
        row("no part", parts(|_| Vec::new()), four),
        row("tag: none", tagged(&[]), no_tag.clone()),
        row("tag: CWT", tagged(&cbor::head(6, 61)), no_tag.clone()),
        row(
            "tag: CWT around COSE_Sign1",
            tagged(&[0xd8, 61, 0xd2]),
            no_tag.clone(),
        ),
        row("tag: COSE_Sign", tagged(&cbor::head(6, 98)), no_tag.clone()),
        row("tag: COSE_Mac0", tagged(&cbor::head(6, 17)), no_tag.clone()),
        row(
            "tag: in a long head",
            tagged(&[0xd8, 18]),
            CodecErrorKind::NotShortest,
        ),
        row(
            "tag: self-described CBOR around it",
            tagged(&[0xd9, 0xd9, 0xf7, 0xd2]),
            no_tag.clone(),
        ),
        row(
            "a token in a byte string",
            with_token(1, cbor::bytes(good_child().token())),
            no_tag,
        ),
    ]
}
