use super::text_encoding::{TextFormError, from_hex, hex, write_hex};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why bytes are not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// A token id has 8 to 16 bytes.
    #[error("a token id has 8 to 16 bytes, this one {found}")]
    TokenIdLength {
        /// Bytes given.
        found: usize,
    },
    /// A digest has 32 bytes, a call id 16.
    #[error("expected {expected} bytes, found {found}")]
    Length {
        /// Bytes wanted.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
}

/// A fixed-size identifier: bytes in, lower-case hex out.
macro_rules! fixed_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Wraps the bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl From<[u8; $len]> for $name {
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }

        impl From<$name> for [u8; $len] {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;
            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                match bytes.try_into() {
                    Ok(array) => Ok(Self(array)),
                    Err(_) => Err(IdError::Length { expected: $len, found: bytes.len() }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = TextFormError;
            fn from_str(text: &str) -> Result<Self, TextFormError> {
                Self::try_from(from_hex(text)?.as_slice()).map_err(|_| TextFormError::NotHex)
            }
        }
    };
}

fixed_id!(
    /// A BLAKE3 digest, 32 bytes, of something outside: a purpose's text, the evidence of a grant.
    Digest,
    32
);
fixed_id!(
    /// What identifies a mandate: the BLAKE3 digest of its exact bytes, signature included.
    MandateId,
    32
);
fixed_id!(
    /// The first 12 bytes of a mandate's id, by which a status lists it.
    ListedId,
    12
);

impl From<MandateId> for ListedId {
    fn from(mandate: MandateId) -> Self {
        Self(
            mandate
                .as_bytes()
                .first_chunk()
                .copied()
                .unwrap_or_default(),
        )
    }
}

fixed_id!(
    /// The digest of a call's tool and arguments, which is what a holder signs instead of the
    /// arguments themselves.
    RequestDigest,
    32
);
fixed_id!(
    /// The identity of a call: the digest of leaf, call id and audience. What the call asks for is
    /// not in it; that is the [`RequestDigest`], so one id with two requests is found to be a
    /// conflict.
    CallKey,
    32
);
fixed_id!(
    /// An account of a ledger: the digest of the ledger's name, whose account it is, its name there
    /// and what it counts. Two mandates of one issuer with equal limits share an account; nobody
    /// else's limits reach it.
    AccountId,
    32
);
fixed_id!(
    /// The digest by which notices name a mission: of its controller, its name and its nonce.
    ///
    /// Nobody guesses it, because nobody guesses the nonce. So it may stand in statuses, stores and
    /// logs, which then show nothing that would let a reader ask for the state of the mission.
    MissionId,
    32
);
fixed_id!(
    /// A call's id, 16 bytes, chosen by the host and never used twice.
    CallId,
    16
);
fixed_id!(
    /// One attempt to reserve a call in a ledger: 16 random bytes, made by the host for each
    /// reservation and in no token.
    ///
    /// It answers a lost reply: the same attempt again is given the same answer while its
    /// reservation is open.
    AttemptId,
    16
);

/// The unique id of a token (`cti`, RFC 8392 section 3.1.7): 8 to 16 bytes from the host.
///
/// It makes two equal siblings minted in the same second two tokens, so that ending one does not
/// end the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId {
    bytes: [u8; 16],
    length: u8,
}

impl TokenId {
    /// An id of 8 to 16 bytes.
    ///
    /// # Errors
    /// [`IdError::TokenIdLength`] for fewer or more.
    pub fn new(bytes: &[u8]) -> Result<Self, IdError> {
        let wrong = IdError::TokenIdLength { found: bytes.len() };
        if bytes.len() < 8 {
            return Err(wrong);
        }
        let mut padded = [0; 16];
        match padded.get_mut(..bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            None => return Err(wrong),
        }
        let length = u8::try_from(bytes.len()).map_err(|_| wrong)?;
        Ok(Self {
            bytes: padded,
            length,
        })
    }

    /// The 8 to 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl TryFrom<&[u8]> for TokenId {
    type Error = IdError;
    fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
        Self::new(bytes)
    }
}

impl AsRef<[u8]> for TokenId {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl FromStr for TokenId {
    type Err = TextFormError;
    fn from_str(text: &str) -> Result<Self, TextFormError> {
        Self::new(&from_hex(text)?).map_err(|_| TextFormError::NotHex)
    }
}

/// The part of a mission's name that nobody guesses: 16 random bytes from the host, new for every
/// mission.
///
/// `Debug` does not show it, so that logs hold no capability.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MissionNonce([u8; 16]);

impl MissionNonce {
    /// Wraps the bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the lower-case hex form, for whoever mints mandates of the mission.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }
}

impl FromStr for MissionNonce {
    type Err = TextFormError;
    fn from_str(text: &str) -> Result<Self, TextFormError> {
        <[u8; 16]>::try_from(from_hex(text)?)
            .map(Self)
            .map_err(|_| TextFormError::NotHex)
    }
}

impl TryFrom<&[u8]> for MissionNonce {
    type Error = IdError;
    fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
        <[u8; 16]>::try_from(bytes)
            .map(Self)
            .map_err(|_| IdError::Length {
                expected: 16,
                found: bytes.len(),
            })
    }
}

impl From<[u8; 16]> for MissionNonce {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for MissionNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MissionNonce(..)")
    }
}

impl From<[u8; 16]> for TokenId {
    fn from(bytes: [u8; 16]) -> Self {
        Self { bytes, length: 16 }
    }
}

impl From<[u8; 8]> for TokenId {
    fn from(bytes: [u8; 8]) -> Self {
        let mut padded = [0; 16];
        for (room, byte) in padded.iter_mut().zip(bytes) {
            *room = byte;
        }
        Self {
            bytes: padded,
            length: 8,
        }
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(self.as_bytes(), f)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}
