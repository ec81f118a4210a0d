use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use thiserror::Error;

/// Reason why a text is not the hex or base64url form of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextFormError {
    /// A character is not one of base64url without padding (RFC 4648 section 5): a line break, a
    /// space after `Bearer`, the dot of a JWT, padding.
    #[error("not base64url without padding: '{}' at byte {at}", character.escape_default())]
    NotBase64Url {
        /// The character.
        character: char,
        /// Byte offset of the character.
        at: usize,
    },
    /// The text ends within a byte: no bytes have so many characters, or the last character has
    /// bits set that belong to no byte. The text was cut off or mistyped.
    #[error("not base64url without padding: {found} characters that end within a byte")]
    CutBase64Url {
        /// Number of characters given.
        found: usize,
    },
    /// The text is not lower-case hex of the expected length.
    #[error("not lower-case hex of the wanted length")]
    NotHex,
    /// The text is longer than any text of this kind.
    #[error("longer than {max} characters")]
    TooLong {
        /// Most characters accepted.
        max: usize,
    },
}

/// Returns the base64url text of `bytes`, without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// Reads a base64url text of at most `max_bytes` bytes. Surrounding white space is not accepted.
pub(crate) fn from_base64url(text: &str, max_bytes: usize) -> Result<Vec<u8>, TextFormError> {
    let max = BASE64URL_NOPAD.encode_len(max_bytes);
    if text.len() > max {
        return Err(TextFormError::TooLong { max });
    }
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| not_base64url(text))
}

/// Returns the error for a text that does not decode: the first character that base64url does not
/// have, or the cut at the end.
fn not_base64url(text: &str) -> TextFormError {
    let is_base64url =
        |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let other = text
        .char_indices()
        .find(|(_, character)| !is_base64url(character));
    let cut = TextFormError::CutBase64Url { found: text.len() };
    other.map_or(cut, |(at, character)| TextFormError::NotBase64Url {
        character,
        at,
    })
}

/// Returns the lower-case hex text of `bytes`.
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
