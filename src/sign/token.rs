use super::digest::mandate_id;
use super::key::{ComputedR, SignatureError, SigningKey, VerifyingKey};
use crate::codec::{
    Claims, CodecError, Envelope, Reader, TextError, payload, protected_header, seal, to_be_signed,
};
use crate::primitives::{MandateId, PublicKey, Signature, base64url, from_base64url};
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use thiserror::Error;

/// Why claims were not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// Only the keys that a verifier will ask may sign: the parent's holder, one of the issuer's.
    #[error("this key may not sign the token")]
    WrongKey,
    /// The signature does not verify under any key that may sign.
    #[error(transparent)]
    InvalidSignature(#[from] SignatureError),
}

/// Claims that wait for a signature.
///
/// In one step with [`sign`](Self::sign), or in two where the key lives elsewhere: the exact bytes
/// to sign go out with [`to_be_signed`](Self::to_be_signed), the signature comes back in with
/// [`attach`](Self::attach).
///
/// ```
/// # use mandatum::primitives::Signature;
/// # use mandatum::sign::{SignError, Token, Unsigned};
/// # use mandatum::{CallClaims, SigningKey};
/// # fn elsewhere(bytes: &[u8]) -> Signature { SigningKey::from_seed(&[7; 32]).sign(bytes) }
/// fn sign_in_two_steps(unsigned: Unsigned<CallClaims>) -> Result<Token<CallClaims>, SignError> {
///     let signature = elsewhere(&unsigned.to_be_signed());
///     unsigned.attach(signature)
/// }
/// ```
#[must_use = "unsigned claims are worth nothing"]
#[derive(Clone, Debug)]
pub struct Unsigned<C> {
    claims: C,
    protected: Vec<u8>,
    payload: Vec<u8>,
    signers: Vec<PublicKey>,
}

impl<C: Claims> Unsigned<C> {
    /// Claims to be signed by one of `signers`.
    pub(crate) fn new(claims: C, signers: Vec<PublicKey>) -> Self {
        let (protected, payload) = (protected_header(C::TYPE), payload(&claims));
        Self {
            claims,
            protected,
            payload,
            signers,
        }
    }

    /// The length of the token once it is signed.
    pub(crate) fn sealed_length(&self) -> usize {
        seal(&self.protected, &self.payload, &[0; 64]).len()
    }

    /// What the token will say.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The keys that may sign.
    #[must_use]
    pub fn signers(&self) -> &[PublicKey] {
        &self.signers
    }

    /// The exact bytes to sign (`Sig_structure`, RFC 9052 section 4.4).
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        to_be_signed(&self.protected, &self.payload)
    }

    /// Signs with a key in this process.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] when it is not a key that may sign.
    pub fn sign(self, key: &SigningKey) -> Result<Token<C>, SignError> {
        if !self.signers.contains(&key.public()) {
            return Err(SignError::WrongKey);
        }
        let signature = key.sign(&self.to_be_signed());
        Ok(self.seal(signature))
    }

    /// Takes a signature made elsewhere, if it verifies.
    ///
    /// # Errors
    /// [`SignError::InvalidSignature`] when it verifies under none of the keys that may sign.
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

/// A token: the bytes that came, and what they say. That it decoded says nothing about who signed
/// it.
#[derive(Clone)]
pub struct Token<C> {
    bytes: Box<[u8]>,
    /// Computed when it is first asked for, because a token that is refused is not asked for it.
    digest: OnceLock<MandateId>,
    claims: C,
}

impl<C> PartialEq for Token<C> {
    /// The bytes say it all.
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<C> Eq for Token<C> {}

impl<C: Claims> Token<C> {
    /// Reads a token of this type, strictly; see the codec's format.
    ///
    /// # Errors
    /// [`CodecError`], with the place.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        let token = Self::read(&mut r)?;
        r.end()?;
        Ok(token)
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`TextError`] when it is not base64url, or its bytes are not such a token.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, C::MAX_BYTES)?)?)
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_envelope(&Envelope::read_within(r, C::MAX_BYTES)?)
    }

    /// What came in an envelope.
    pub(crate) fn from_envelope(envelope: &Envelope<'_>) -> Result<Self, CodecError> {
        Self::digested(envelope, None)
    }

    /// The same, with the digest of its bytes where that was computed already.
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

    /// The exact bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log shows
    /// it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.bytes)
    }

    /// What it says.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The BLAKE3 digest of its exact bytes, by which a mandate is known.
    #[must_use]
    pub fn digest(&self) -> MandateId {
        *self.digest.get_or_init(|| mandate_id(&self.bytes))
    }

    /// Verifies the signature over the bytes that came.
    pub(crate) fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureError> {
        let (signed, signature) = self.signed()?;
        key.verify(&signed, &signature)
    }

    /// The same but for the last step.
    pub(crate) fn compute(&self, key: &VerifyingKey) -> Result<ComputedR, SignatureError> {
        let (signed, signature) = self.signed()?;
        key.compute(&signed, &signature)
    }

    /// What was signed, and the signature. Taken apart once more rather than kept in parts: a token
    /// is verified once, and kept for as long as its chain.
    fn signed(&self) -> Result<(Vec<u8>, Signature), SignatureError> {
        let envelope = Envelope::read_within(&mut Reader::new(&self.bytes), C::MAX_BYTES)
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
