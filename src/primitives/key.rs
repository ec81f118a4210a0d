use super::text_encoding::{TextFormError, base64url, from_base64url};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why bytes are not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// An Ed25519 public key has 32 bytes.
    #[error("an Ed25519 public key has 32 bytes, this one {found}")]
    Length {
        /// Bytes given.
        found: usize,
    },
    /// The y coordinate is not below 2²⁵⁵ − 19, or a zero x coordinate carries a sign (RFC 8032
    /// section 5.1.3). Two spellings of one key would be two keys to every comparison.
    #[error("the key is not in its one canonical encoding")]
    NotCanonical,
    /// One of the eight points of small order: anyone can make signatures that verify under it.
    #[error("the key is weak: it has small order")]
    Weak,
    /// The bytes encode no point of the curve. Found when the key is first used to verify.
    #[error("the key is not a point of the curve")]
    NotOnCurve,
    /// The text is not base64url.
    #[error(transparent)]
    Text(#[from] TextFormError),
}

/// A public key as bytes, by algorithm. One algorithm today: Ed25519 (RFC 8032).
///
/// A value of this type is canonical and not weak. That it is a point of the curve costs a square
/// root, so it is found out where the key is first used to verify; a key that is none verifies
/// nothing.
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
    /// An Ed25519 public key from its 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::NotCanonical`] for a second spelling of a point, [`KeyError::Weak`] for a point
    /// of small order.
    pub fn ed25519(bytes: [u8; 32]) -> Result<Self, KeyError> {
        if is_small_order(&bytes) {
            return Err(KeyError::Weak);
        }
        if !is_canonical(&bytes) {
            return Err(KeyError::NotCanonical);
        }
        Ok(Self::Ed25519(Ed25519Bytes(bytes)))
    }

    /// The public key of a secret one: a multiple of the base point, computed and therefore
    /// canonical, and never of small order because RFC 8032 section 5.1.5 clamps the secret scalar
    /// to a value the group order does not divide.
    pub(crate) const fn of_secret(bytes: [u8; 32]) -> Self {
        Self::Ed25519(Ed25519Bytes(bytes))
    }

    /// The key's 32 bytes.
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

/// A signature as bytes, by algorithm. One algorithm today: Ed25519, 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signature {
    /// Ed25519, R then S, 64 bytes.
    Ed25519([u8; 64]),
}

impl Signature {
    /// Whether its R is one of the eight points of small order, in whichever spelling: then it
    /// commits to nothing.
    pub(crate) fn has_weak_r(&self) -> bool {
        is_small_order(&self.parts().0)
    }

    /// R and S.
    pub(crate) fn parts(&self) -> ([u8; 32], [u8; 32]) {
        let bytes = self.as_bytes();
        let (r, s) = (bytes.first_chunk(), bytes.last_chunk());
        (
            r.copied().unwrap_or_default(),
            s.copied().unwrap_or_default(),
        )
    }

    /// The signature's 64 bytes.
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

/// The y coordinates of the eight points of small order, little-endian, sign bit clear. Each stands
/// for the two points that differ in the sign of x. From the edge cases of Taming the many `EdDSA`s
/// (Chalkias, Garillot, Nikolaenko, 2020, table 1); a test holds them against the curve library's
/// own torsion points.
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

/// Whether y is below p = 2²⁵⁵ − 19: the 19 residues from p up start with `ed`…`ff` and are all
/// ones above.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let y = without_sign(bytes);
    let all_ones_above = y[31] == 0x7f && y[1..31].iter().all(|byte| *byte == 0xff);
    !(all_ones_above && y[0] >= 0xed)
}
