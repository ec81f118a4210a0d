//! Text forms: one text for one chain, proof, token or notice, and the exact refusal of everything
//! that is almost it.

use crate::codec::chain_of_greatest_size;
use crate::notices::{CONTROLLER, status};
use crate::support::forge::{chain_bytes, proof_bytes};
use crate::support::story::{call_under, two_links};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use mandatum::bounds::{MAX_CHAIN_BYTES, MAX_PROOF_BYTES, MAX_STATUS_BYTES, MAX_TOKEN_BYTES};
use mandatum::claims::Child;
use mandatum::codec::{CodecError, CodecErrorKind, TextError};
use mandatum::primitives::TextFormError;
use mandatum::sign::Token;
use mandatum::{CallClaims, Chain, ExecutionProof, Notice, Root};

/// What is wrong with a text, whatever it should have been.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Text(TextFormError),
    Bytes(CodecError),
}

macro_rules! refused_from {
    ($($error:ident)*) => {$(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                match error {
                    $error::Text(error) => Self::Text(error),
                    $error::Bytes(error) => Self::Bytes(error),
                    other => panic!("{other:?}"),
                }
            }
        }
    )*};
}

refused_from!(TextError);

/// Reads a text as something, and gives the bytes of that.
type Read = fn(&str) -> Result<Vec<u8>, Refused>;

/// Each thing that has a text form: its name, its bytes, how it is read, the most bytes it may
/// have.
fn things() -> Vec<(&'static str, Vec<u8>, Read, usize)> {
    let [root, child] = two_links();
    let call = call_under(&child).token();
    let links = [root.clone(), child.clone()];
    vec![
        (
            "a chain",
            chain_bytes(&links),
            |text| {
                let chain = Chain::from_text(text)?;
                assert_eq!(chain.to_text(), text);
                Ok(chain.to_bytes())
            },
            MAX_CHAIN_BYTES,
        ),
        (
            "a proof",
            proof_bytes(&links, &call),
            |text| {
                let proof = ExecutionProof::from_text(text)?;
                assert_eq!(proof.to_text(), text);
                Ok(proof.to_bytes())
            },
            MAX_PROOF_BYTES,
        ),
        (
            "a root",
            root,
            |text| {
                let token = Token::<Root>::from_text(text)?;
                assert_eq!(token.to_text(), text);
                Ok(token.as_bytes().to_vec())
            },
            MAX_TOKEN_BYTES,
        ),
        (
            "a child",
            child,
            |text| Ok(Token::<Child>::from_text(text)?.as_bytes().to_vec()),
            MAX_TOKEN_BYTES,
        ),
        (
            "a call",
            call,
            |text| Ok(Token::<CallClaims>::from_text(text)?.as_bytes().to_vec()),
            MAX_TOKEN_BYTES,
        ),
        (
            "a notice",
            status(CONTROLLER).token(),
            |text| Ok(Notice::from_text(text)?.as_bytes().to_vec()),
            MAX_STATUS_BYTES,
        ),
    ]
}

#[test]
fn what_is_written_is_read() {
    for (name, bytes, read, _) in things() {
        assert_eq!(read(&BASE64URL_NOPAD.encode(&bytes)), Ok(bytes), "{name}");
    }
}

#[test]
fn a_text_has_one_spelling() {
    // At the first character that base64url does not have.
    let at = |text: &str| {
        let is_of_it =
            |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        let (at, character) = text
            .char_indices()
            .find(|(_, character)| !is_of_it(character))
            .unwrap();
        Err(Refused::Text(TextFormError::NotBase64Url { character, at }))
    };
    for (name, mut bytes, read, _) in things() {
        let text = BASE64URL_NOPAD.encode(&bytes);
        // With so many characters replaced, in the midst of it.
        let with = |put: &str, characters: usize| {
            let mut other = text.clone();
            other.replace_range(40..40 + characters, put);
            other
        };
        for other in [
            format!("{text}="),
            format!("{text}=="),
            format!(" {text}"),
            format!("{text} "),
            format!("{text}\n"),
            format!("{text}\0"),
            format!("\"{text}\""),
            with("\n", 0),
            with("+", 1),
            with("/", 1),
            with("é", 2),
        ] {
            assert_eq!(read(&other), at(&other), "{name}: {other:?}");
        }
        // The bits that the last character has beyond the last byte are zero. Three bytes fill four
        // characters without any.
        if bytes.len() % 3 == 0 {
            bytes.pop();
        }
        let mut stray = BASE64URL_NOPAD.encode(&bytes);
        stray.pop();
        stray.push('_');
        let cut = Err(Refused::Text(TextFormError::CutBase64Url {
            found: stray.len(),
        }));
        assert_eq!(read(&stray), cut, "{name}: stray bits");
    }
    // Ordinary base64 has other characters for two of the sixty-four, and padding.
    let ordinary = things()
        .into_iter()
        .map(|(name, bytes, read, _)| (name, BASE64.encode(&bytes), read));
    let other: Vec<_> = ordinary
        .filter(|(_, text, _)| text.contains(['+', '/', '=']))
        .collect();
    assert!(other.len() > 3, "{}", other.len());
    for (name, text, read) in other {
        assert_eq!(read(&text), at(&text), "{name}: {text}");
    }
}

#[test]
fn a_text_is_of_one_thing() {
    for (name, bytes, ..) in things() {
        let text = BASE64URL_NOPAD.encode(&bytes);
        for (other, _, read, _) in things().into_iter().filter(|(other, ..)| *other != name) {
            assert!(
                matches!(read(&text), Err(Refused::Bytes(_))),
                "{name} is read as {other}"
            );
        }
    }
}

#[test]
fn nothing_is_nothing() {
    for (name, _, read, _) in things() {
        assert_eq!(
            read(""),
            Err(Refused::Bytes(CodecError {
                at: 0,
                kind: CodecErrorKind::Truncated
            })),
            "{name}"
        );
    }
}

/// The text of the most bytes is looked at, and one of a character more is not.
#[test]
fn a_text_is_as_long_as_the_bytes_may_be() {
    for (name, _, read, max) in things() {
        let characters = BASE64URL_NOPAD.encode_len(max);
        assert!(
            matches!(read(&"A".repeat(characters)), Err(Refused::Bytes(_))),
            "{name}"
        );
        let too_long = Err(Refused::Text(TextFormError::TooLong { max: characters }));
        assert_eq!(read(&"A".repeat(characters + 1)), too_long, "{name}");
        assert_eq!(
            read(&"é".repeat(characters)),
            too_long,
            "{name}: counted in bytes"
        );
    }
    let largest = chain_bytes(&chain_of_greatest_size());
    let read = Chain::from_text(&BASE64URL_NOPAD.encode(&largest)).map(|chain| chain.to_bytes());
    assert_eq!(read.as_ref(), Ok(&largest));
}

#[test]
fn a_refusal_says_what_was_expected() {
    let read = |text: &str| Chain::from_text(text).map(drop).unwrap_err().to_string();
    assert_eq!(read("%"), "not base64url without padding: '%' at byte 0");
    // As people paste them: with a line break, with the header's scheme, another kind of token, the
    // text of other bytes.
    assert_eq!(
        read("gdKE\nVqIB"),
        "not base64url without padding: '\\n' at byte 4"
    );
    assert_eq!(
        read("Bearer gdKE"),
        "not base64url without padding: ' ' at byte 6"
    );
    assert_eq!(
        read("eyJhbGciOiJub25lIn0.e30."),
        "not base64url without padding: '.' at byte 19"
    );
    assert_eq!(
        read("gdKE\u{202e}"),
        "not base64url without padding: '\\u{202e}' at byte 4"
    );
    assert_eq!(
        read("gdKEV"),
        "not base64url without padding: 5 characters that end within a byte"
    );
    assert_eq!(read(&"A".repeat(100_000)), "longer than 87382 characters");
    assert!(read("AAAA").starts_with("byte 0: "), "{}", read("AAAA"));
}
