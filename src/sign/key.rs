use crate::ground::{KeyError, PublicKey, Signature};
use ed25519_dalek::{Signer, Verifier};
use std::fmt;
use thiserror::Error;

/// A signature that does not verify under the key it should: other bytes, another key, or one of the malleable and
/// small-order forms that strict verification refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct InvalidSignature;

/// A private key that signs in this process. Zeroized when dropped; says nothing in `Debug`; can't be compared or printed.
///
/// For a key that lives elsewhere (a KMS, an HSM, an agent), sign in two steps: see [`Unsigned`](super::Unsigned).
///
/// ```
/// use mandatum::SigningKey;
/// let key = SigningKey::from_seed(&[7; 32]);
/// assert_eq!(format!("{key:?}"), "SigningKey(..)");
/// assert_eq!(key.public().as_bytes().len(), 32);
/// ```
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The Ed25519 key of a secret seed (RFC 8032 section 5.1.5): 32 random bytes from the host.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of_secret(self.0.verifying_key().to_bytes())
    }

    /// The signature of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::Ed25519(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// A public key on the curve, ready to verify with.
#[derive(Clone)]
pub(crate) struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// The point that the key encodes.
    pub(crate) fn of(key: &PublicKey) -> Result<Self, KeyError> {
        ed25519_dalek::VerifyingKey::from_bytes(key.as_bytes()).map(Self).map_err(|_| KeyError::NotOnCurve)
    }

    /// Verifies strictly (RFC 8032 section 5.1.7, without cofactor; S below the group order; R of large order).
    ///
    /// It says what `verify_strict` does, without its square root: that decompresses R to see whether it and the key are of small
    /// order. The key is not, by its type; and R, whose bytes are compared with those of a point that is computed, can only be
    /// one of the eight such points in their canonical spelling, which are told by a table.
    pub(crate) fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), InvalidSignature> {
        if signature.has_weak_r() {
            return Err(InvalidSignature);
        }
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        self.0.verify(message, &signature).map_err(|_| InvalidSignature)
    }
}
