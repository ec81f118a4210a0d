use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use thiserror::Error;

/// Why a text is not the hex or base64url form of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextFormError {
    /// A character that base64url without padding (RFC 4648 section 5) does not have: a line break,
    /// a space after `Bearer`, the dot of a JWT, padding.
    #[error("not base64url without padding: '{}' at byte {at}", character.escape_default())]
    NotBase64Url {
        /// The character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// As many characters as no bytes have, or stray bits in the last one: the text was cut or
    /// mistyped.
    #[error("not base64url without padding: {found} characters that end within a byte")]
    CutBase64Url {
        /// Characters given.
        found: usize,
    },
    /// Not lower-case hex of the wanted length.
    #[error("not lower-case hex of the wanted length")]
    NotHex,
    /// Longer than anything of this kind may be.
    #[error("longer than {max} characters")]
    TooLong {
        /// Most characters accepted.
        max: usize,
    },
}

/// The base64url text of `bytes`, without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The bytes behind a base64url text of at most `max_bytes` bytes; surrounding white space is not
/// accepted.
pub(crate) fn from_base64url(text: &str, max_bytes: usize) -> Result<Vec<u8>, TextFormError> {
    let max = BASE64URL_NOPAD.encode_len(max_bytes);
    if text.len() > max {
        return Err(TextFormError::TooLong { max });
    }
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| not_base64url(text))
}

/// What is wrong with a text that does not decode.
fn not_base64url(text: &str) -> TextFormError {
    let is_of_it =
        |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let stranger = text
        .char_indices()
        .find(|(_, character)| !is_of_it(character));
    let cut = TextFormError::CutBase64Url { found: text.len() };
    stranger.map_or(cut, |(at, character)| TextFormError::NotBase64Url {
        character,
        at,
    })
}

/// The lower-case hex text of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

pub(super) fn write_hex(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

pub(super) fn from_hex(text: &str) -> Result<Vec<u8>, TextFormError> {
    HEXLOWER
        .decode(text.as_bytes())
        .map_err(|_| TextFormError::NotHex)
}
