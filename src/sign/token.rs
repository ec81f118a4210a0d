use super::digest::mandate_id;
use super::equation::ComputedR;
use super::key::{SignatureError, SigningKey, VerifyingKey};
use crate::codec::{
    Claims, CodecError, Envelope, Reader, TextError, payload, protected_header, seal, to_be_signed,
};
use crate::primitives::{MandateId, PublicKey, Signature, base64url, from_base64url};
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use thiserror::Error;

/// The reason why claims were not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key is none of those that a verifier checks the token with, such as that of the parent's
    /// holder.
    #[error("this key may not sign the token")]
    WrongKey,
    /// The signature does not verify under any key that may sign.
    #[error(transparent)]
    InvalidSignature(#[from] SignatureError),
}

/// Claims that wait for a signature.
///
/// A key in this process signs them in one step, with [`sign`](Self::sign). A key that lives
/// elsewhere takes two steps: [`to_be_signed`](Self::to_be_signed) returns the exact bytes to sign,
/// and [`attach`](Self::attach) accepts the signature of these.
///
/// ```
/// use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
/// # use mandatum::primitives::MandateId;
/// # use mandatum::{SigningKey, Timestamp};
/// # let (key, at) = (SigningKey::from_seed(&[7; 32]), Timestamp::from_unix(1_767_225_600)?);
/// # let mandate = MandateId::from_bytes([1; 32]);
/// # let header = NoticeHeader::new([2; 8], key.public(), at);
/// # let kms = |bytes: &[u8]| key.sign(bytes);
/// let unsigned = TaskEnd::by_holder(header, mandate, TaskEnding::Completed, at);
/// assert!(unsigned.clone().attach(kms(b"other bytes")).is_err());
/// let signature = kms(&unsigned.to_be_signed());
/// let token = unsigned.attach(signature)?;
/// assert_eq!(token.claims().mandate, mandate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "no verifier accepts unsigned claims"]
#[derive(Clone, Debug)]
pub struct Unsigned<C> {
    claims: C,
    protected: Vec<u8>,
    payload: Vec<u8>,
    signers: Vec<PublicKey>,
}

impl<C: Claims> Unsigned<C> {
    /// Encodes claims that one of `signers` has to sign.
    pub(crate) fn new(claims: C, signers: Vec<PublicKey>) -> Self {
        let (protected, payload) = (protected_header(C::TYPE), payload(&claims));
        Self {
            claims,
            protected,
            payload,
            signers,
        }
    }

    /// Returns the length of the token once it is signed.
    pub(crate) fn sealed_length(&self) -> usize {
        // Every signature has 64 bytes, so any will do.
        seal(&self.protected, &self.payload, &[0; 64]).len()
    }

    /// Returns the claims of the token.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// Returns the keys that may sign.
    #[must_use]
    pub fn signers(&self) -> &[PublicKey] {
        &self.signers
    }

    /// Returns the exact bytes to sign (`Sig_structure`, RFC 9052 section 4.4).
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        to_be_signed(&self.protected, &self.payload)
    }

    /// Signs with a key in this process.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] for a key that is none of [`signers`](Self::signers).
    pub fn sign(self, key: &SigningKey) -> Result<Token<C>, SignError> {
        if !self.signers.contains(&key.public()) {
            return Err(SignError::WrongKey);
        }
        let signature = key.sign(&self.to_be_signed());
        Ok(self.seal(signature))
    }

    /// Accepts a signature made elsewhere if it verifies.
    ///
    /// # Errors
    /// [`SignError::InvalidSignature`] for a signature of other bytes, or by a key that is none of
    /// [`signers`](Self::signers).
    pub fn attach(self, signature: Signature) -> Result<Token<C>, SignError> {
        let message = self.to_be_signed();
        let verifies = |key: &PublicKey| {
            VerifyingKey::new(key).is_ok_and(|key| key.verify(&message, &signature).is_ok())
        };
        if self.signers.iter().any(verifies) {
            Ok(self.seal(signature))
        } else {
            Err(SignatureError.into())
        }
    }

    fn seal(self, signature: Signature) -> Token<C> {
        let bytes = seal(&self.protected, &self.payload, signature.as_bytes());
        Token {
            bytes: bytes.into(),
            digest: OnceLock::new(),
            claims: self.claims,
        }
    }
}

/// A token: the bytes that came, and their claims.
///
/// A token that decoded is not verified: anybody may have signed it.
///
/// ```
/// use mandatum::codec::CodecErrorKind;
/// use mandatum::sign::Token;
/// use mandatum::{Root, claims::Status};
/// let error = Token::<Root>::from_bytes(&[0xd2, 0x84]).unwrap_err();
/// assert_eq!((error.at, error.kind), (2, CodecErrorKind::Truncated));
/// assert!(Token::<Status>::from_text("not base64url").is_err());
/// ```
#[derive(Clone)]
pub struct Token<C> {
    bytes: Box<[u8]>,
    /// Computed when it is first asked for, because nobody asks for that of a refused token.
    digest: OnceLock<MandateId>,
    claims: C,
}

impl<C> PartialEq for Token<C> {
    /// Compares the bytes, because they determine the claims.
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<C> Eq for Token<C> {}

impl<C: Claims> Token<C> {
    /// Reads a token of this type in the one encoding of the [format](crate::format).
    ///
    /// # Errors
    /// [`CodecError`] for bytes in another encoding, a token of another type, and bytes after the
    /// end. It names the byte.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        let token = Self::read(&mut r)?;
        r.end()?;
        Ok(token)
    }

    /// Reads the text form: base64url without padding.
    ///
    /// # Errors
    /// [`TextError::Text`] for a text that is not base64url or is too long, and
    /// [`TextError::Bytes`] as for [`from_bytes`](Self::from_bytes).
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, C::MAX_BYTES)?)?)
    }

    /// Reads a token as one item of more bytes.
    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_envelope(&Envelope::read_within(r, C::MAX_BYTES)?)
    }

    /// Reads the claims in an envelope.
    pub(crate) fn from_envelope(envelope: &Envelope<'_>) -> Result<Self, CodecError> {
        Self::digested(envelope, None)
    }

    /// Reads the claims in an envelope, the digest of whose bytes may be known already.
    pub(crate) fn digested(
        envelope: &Envelope<'_>,
        digest: Option<MandateId>,
    ) -> Result<Self, CodecError> {
        let digest = digest.map_or_else(OnceLock::new, OnceLock::from);
        Ok(Self {
            claims: envelope.claims()?,
            digest,
            bytes: envelope.bytes.into(),
        })
    }

    /// Returns the exact bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log
    /// shows it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.bytes)
    }

    /// Returns the claims.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// Returns the BLAKE3 digest of the exact bytes, which is the id of a mandate.
    #[must_use]
    pub fn digest(&self) -> MandateId {
        *self.digest.get_or_init(|| mandate_id(&self.bytes))
    }

    /// Verifies the signature over the bytes that came.
    pub(crate) fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureError> {
        let (signed, signature) = self.signed()?;
        key.verify(&signed, &signature)
    }

    /// Does all of verifying but the last step.
    pub(crate) fn compute(&self, key: &VerifyingKey) -> Result<ComputedR, SignatureError> {
        let (signed, signature) = self.signed()?;
        key.compute(&signed, &signature)
    }

    /// Returns the signed bytes and the signature.
    ///
    /// The token is split once more here, and its parts are not kept: a token is verified once, and
    /// kept for as long as its chain.
    fn signed(&self) -> Result<(Vec<u8>, Signature), SignatureError> {
        let envelope = Envelope::read_within(&mut Reader::new(&self.bytes), C::MAX_BYTES)
            // These bytes were split before, so this can't happen; if it did, nothing verifies.
            .map_err(|_| SignatureError)?;
        Ok((
            to_be_signed(envelope.protected, envelope.payload),
            Signature::Ed25519(*envelope.signature),
        ))
    }
}

impl<C> AsRef<[u8]> for Token<C> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<C: Claims> TryFrom<&[u8]> for Token<C> {
    type Error = CodecError;
    fn try_from(bytes: &[u8]) -> Result<Self, CodecError> {
        Self::from_bytes(bytes)
    }
}

impl<C: Claims> FromStr for Token<C> {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::from_text(text)
    }
}

impl<C: fmt::Debug> fmt::Debug for Token<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("digest", &mandate_id(&self.bytes))
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}
