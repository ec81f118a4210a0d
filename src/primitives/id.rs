use super::text_encoding::{TextFormError, from_hex, hex, write_hex};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Reason why bytes are not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// A token id has fewer than 8 or more than 16 bytes.
    #[error("a token id has 8 to 16 bytes, this one {found}")]
    TokenIdLength {
        /// Number of bytes given.
        found: usize,
    },
    /// An identifier of fixed length has another length. A digest has 32 bytes, a call id 16.
    #[error("expected {expected} bytes, found {found}")]
    Length {
        /// Number of bytes expected.
        expected: usize,
        /// Number of bytes given.
        found: usize,
    },
}

/// Defines an identifier of fixed size with its conversions from bytes, and to and from lower-case
/// hex.
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

            /// Returns the bytes.
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
    /// A BLAKE3 digest, 32 bytes, of something outside the tokens: the text of a purpose, the
    /// evidence of a grant.
    ///
    /// ```
    /// use mandatum::Digest;
    /// let digest = Digest::hash("consent record 17");
    /// assert_eq!(digest.to_string().parse(), Ok(digest));
    /// assert_ne!(digest, Digest::hash("consent record 18"));
    /// ```
    Digest,
    32
);
fixed_id!(
    /// The identity of a mandate: the BLAKE3 digest of its exact bytes, signature included.
    MandateId,
    32
);
fixed_id!(
    /// The first 12 bytes of a mandate's id. A status lists the mandate by them.
    ListedId,
    12
);

impl From<MandateId> for ListedId {
    fn from(mandate: MandateId) -> Self {
        // 32 bytes have a first chunk of 12, so the default is never taken.
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
    /// The digest of a call's tool and arguments. A holder signs it instead of the arguments
    /// themselves.
    RequestDigest,
    32
);
fixed_id!(
    /// The identity of a call: the digest of leaf, call id and audience.
    ///
    /// The tool and the arguments are not part of it, but of the [`RequestDigest`]. So a ledger
    /// finds a call id that is used for two requests.
    CallKey,
    32
);
fixed_id!(
    /// The identity of a ledger's account: the digest of the ledger's name, the account's owner,
    /// the account's name and what it counts.
    ///
    /// Two mandates of one issuer with equal limits share an account. The limits of another issuer
    /// never name it.
    AccountId,
    32
);
fixed_id!(
    /// The identity of a mission in notices: the digest of its controller, its name and its nonce.
    ///
    /// The nonce can't be computed from it. So statuses, stores and logs may show it: a reader
    /// can't mint a mandate of the mission with it.
    MissionId,
    32
);
fixed_id!(
    /// The id of a call: 16 bytes that the host chooses and never uses twice.
    ///
    /// ```
    /// use mandatum::CallId;
    /// let id = CallId::from([0xab; 16]);
    /// assert_eq!(id.to_string(), "ab".repeat(16));
    /// assert_eq!(id.to_string().parse(), Ok(id));
    /// assert!("AB".repeat(16).parse::<CallId>().is_err());
    /// assert!(CallId::try_from(&[1, 2, 3][..]).is_err());
    /// ```
    CallId,
    16
);
fixed_id!(
    /// The id of one attempt to reserve a call in a ledger: 16 random bytes from the host, new for
    /// each reservation, and in no token.
    ///
    /// A host whose ledger did not reply repeats the attempt with the same id. It gets the same
    /// answer while the reservation is open.
    AttemptId,
    16
);

/// The unique id of a token (`cti`, RFC 8392 section 3.1.7): 8 to 16 bytes from the host.
///
/// Two mandates that are equal otherwise and minted in the same second differ by it. So ending one
/// does not end the other.
///
/// ```
/// use mandatum::primitives::{IdError, TokenId};
/// assert_eq!(TokenId::from([7; 8]).as_bytes(), [7; 8]);
/// assert_eq!(TokenId::new(&[7; 5]), Err(IdError::TokenIdLength { found: 5 }));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId {
    bytes: [u8; 16],
    length: u8,
}

impl TokenId {
    /// Makes an id of 8 to 16 bytes.
    ///
    /// # Errors
    /// [`IdError::TokenIdLength`] for 7 or 17 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, IdError> {
        let wrong = IdError::TokenIdLength { found: bytes.len() };
        if bytes.len() < 8 {
            return Err(wrong);
        }
        let mut padded = [0; 16];
        match padded.get_mut(..bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            // More than 16 bytes.
            None => return Err(wrong),
        }
        let length = u8::try_from(bytes.len()).map_err(|_| wrong)?;
        Ok(Self {
            bytes: padded,
            length,
        })
    }

    /// Returns the 8 to 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        // The length is at most 16, so the default is never taken.
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

/// The secret part of a mission's name: 16 random bytes from the host, new for every mission.
///
/// `Debug` does not show it, because a log with it would be a capability.
///
/// ```
/// use mandatum::primitives::MissionNonce;
/// let nonce = MissionNonce::from([7; 16]);
/// assert_eq!(format!("{nonce:?}"), "MissionNonce(..)");
/// assert_eq!(nonce.to_hex().parse(), Ok(nonce));
/// ```
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

    /// Returns the lower-case hex form, for a host that mints mandates of the mission.
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
