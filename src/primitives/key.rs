use super::text_encoding::{TextFormError, base64url, from_base64url};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Reason why bytes are not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key has another length than the 32 bytes of Ed25519.
    #[error("an Ed25519 public key has 32 bytes, this one {found}")]
    Length {
        /// Number of bytes given.
        found: usize,
    },
    /// The y coordinate is 2²⁵⁵ − 19 or more (RFC 8032 section 5.1.3).
    ///
    /// Two encodings of one key would be two keys to every comparison. A zero x coordinate with a
    /// sign, the other case of the RFC, is [`Weak`](Self::Weak).
    #[error("the key is not in its one canonical encoding")]
    NotCanonical,
    /// The key is one of the eight points of small order. Anyone can make signatures that verify
    /// under such a key.
    #[error("the key is weak: it has small order")]
    Weak,
    /// The bytes encode no point of the curve. This is found when the key is first used to verify.
    #[error("the key is not a point of the curve")]
    NotOnCurve,
    /// The text is not base64url.
    #[error(transparent)]
    Text(#[from] TextFormError),
}

/// A public key as bytes, by algorithm. The one algorithm today is Ed25519 (RFC 8032).
///
/// A value of this type is canonical and not weak. Whether it is a point of the curve takes a
/// square root to compute, so that is checked when the key is first used to verify. A key that is
/// not a point verifies nothing.
///
/// The text form is base64url without padding:
///
/// ```
/// use mandatum::primitives::KeyError;
/// use mandatum::{PublicKey, SigningKey};
/// let key = SigningKey::from_seed(&[1; 32]).public();
/// assert_eq!(key.to_string().parse(), Ok(key));
/// assert_eq!(PublicKey::ed25519([0; 32]), Err(KeyError::Weak));
/// assert_eq!(PublicKey::try_from(&[1; 31][..]), Err(KeyError::Length { found: 31 }));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PublicKey {
    /// Ed25519, 32 bytes.
    Ed25519(Ed25519Bytes),
}

/// The bytes of an Ed25519 public key that passed [`PublicKey::ed25519`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ed25519Bytes([u8; 32]);

impl PublicKey {
    /// Makes an Ed25519 public key from its 32 bytes.
    ///
    /// # Errors
    /// - [`KeyError::Weak`] for a point of small order, such as 32 zero bytes.
    /// - [`KeyError::NotCanonical`] for a second encoding of a y coordinate: 31 bytes `0xff` and
    ///   `0x7f` stand for y = 18, like a `0x12` with 31 zero bytes.
    pub fn ed25519(bytes: [u8; 32]) -> Result<Self, KeyError> {
        if is_small_order(&bytes) {
            return Err(KeyError::Weak);
        }
        if !is_canonical(&bytes) {
            return Err(KeyError::NotCanonical);
        }
        Ok(Self::Ed25519(Ed25519Bytes(bytes)))
    }

    /// Wraps the public key that was computed from a secret key.
    ///
    /// It needs no check. The encoding was computed, so it is canonical. The point is not of small
    /// order, because RFC 8032 section 5.1.5 clamps the secret scalar to a value that the order of
    /// the base point does not divide.
    pub(crate) const fn of_secret(bytes: [u8; 32]) -> Self {
        Self::Ed25519(Ed25519Bytes(bytes))
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        match self {
            Self::Ed25519(bytes) => &bytes.0,
        }
    }
}

impl TryFrom<&[u8]> for PublicKey {
    type Error = KeyError;
    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        match bytes.try_into() {
            Ok(array) => Self::ed25519(array),
            Err(_) => Err(KeyError::Length { found: bytes.len() }),
        }
    }
}

impl AsRef<[u8]> for PublicKey {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::try_from(from_base64url(text, 32)?.as_slice())
    }
}

/// A signature as bytes, by algorithm. The one algorithm today is Ed25519.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signature {
    /// Ed25519: R, then S, 64 bytes together.
    Ed25519([u8; 64]),
}

impl Signature {
    /// Returns whether R is one of the eight points of small order. The signature then commits to
    /// no message.
    ///
    /// A second encoding of such a point is not found here. It never equals the computed R, so
    /// verification refuses it.
    pub(crate) fn has_weak_r(&self) -> bool {
        is_small_order(&self.parts().0)
    }

    /// Returns R and S.
    pub(crate) fn parts(&self) -> ([u8; 32], [u8; 32]) {
        let bytes = self.as_bytes();
        // 64 bytes have a first and a last chunk of 32, so the defaults are never taken.
        let (r, s) = (bytes.first_chunk(), bytes.last_chunk());
        (
            r.copied().unwrap_or_default(),
            s.copied().unwrap_or_default(),
        )
    }

    /// Returns the 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        match self {
            Self::Ed25519(bytes) => bytes,
        }
    }
}

impl From<[u8; 64]> for Signature {
    fn from(bytes: [u8; 64]) -> Self {
        Self::Ed25519(bytes)
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", base64url(self.as_bytes()))
    }
}

/// The y coordinates of the eight points of small order, little-endian, with the sign bit clear.
///
/// Each stands for the one or two points with this y. Source: Taming the many `EdDSA`s (Chalkias,
/// Garillot, Nikolaenko, 2020, table 1). A test compares them with the torsion points of the curve
/// library.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    // Order 4: y = 0.
    [0; 32],
    // Order 1: y = 1.
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    // Order 8.
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    // Order 8.
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    // Order 2: y = −1.
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
];

fn without_sign(bytes: &[u8; 32]) -> [u8; 32] {
    let mut y = *bytes;
    y[31] &= 0x7f;
    y
}

fn is_small_order(bytes: &[u8; 32]) -> bool {
    SMALL_ORDER_Y.contains(&without_sign(bytes))
}

/// Returns whether y is below p = 2²⁵⁵ − 19.
///
/// The 19 values from p to 2²⁵⁵ − 1 begin with `ed` to `ff`, and all their other bits are ones.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let y = without_sign(bytes);
    let all_ones_above = y[31] == 0x7f && y[1..31].iter().all(|byte| *byte == 0xff);
    !(all_ones_above && y[0] >= 0xed)
}
