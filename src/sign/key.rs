use super::equation::ComputedR;
use crate::primitives::{KeyError, PublicKey, Signature};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use ed25519_dalek::Signer;
use std::fmt;
use std::ops::Neg;
use thiserror::Error;

/// A signature that does not verify under the expected key.
///
/// The message or the key is another one, or the signature has a malleable or small-order form,
/// which strict verification refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// A private key that signs in this process.
///
/// It is zeroized when dropped. `Debug` does not show it, and it can't be compared or printed.
///
/// For a key that lives elsewhere (a KMS, an HSM, an agent), sign in two steps: see
/// [`Unsigned`](super::Unsigned).
///
/// ```
/// use mandatum::SigningKey;
/// let key = SigningKey::from_seed(&[7; 32]);
/// assert_eq!(format!("{key:?}"), "SigningKey(..)");
/// assert_eq!(key.public().as_bytes().len(), 32);
/// ```
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes the Ed25519 key of a secret seed (RFC 8032 section 5.1.5): 32 random bytes from the
    /// host.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Returns the public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of_secret(self.0.verifying_key().to_bytes())
    }

    /// Signs `message`.
    ///
    /// It signs any bytes. Claims are signed with [`Unsigned::sign`](super::Unsigned::sign), which
    /// also checks that this key may sign them.
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
pub(crate) struct VerifyingKey {
    bytes: [u8; 32],
    /// The negated point, because the equation subtracts.
    minus: EdwardsPoint,
}

impl VerifyingKey {
    /// Finds the point that the key encodes.
    pub(crate) fn new(key: &PublicKey) -> Result<Self, KeyError> {
        let bytes = *key.as_bytes();
        let point = CompressedEdwardsY(bytes)
            .decompress()
            .ok_or(KeyError::NotOnCurve)?;
        Ok(Self {
            bytes,
            minus: point.neg(),
        })
    }

    /// Returns the key's bytes, as they came.
    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Returns the negated point.
    pub(super) const fn minus(&self) -> &EdwardsPoint {
        &self.minus
    }

    /// Verifies strictly: RFC 8032 section 5.1.7 without cofactor, with S below the group order and
    /// R of large order.
    pub(crate) fn verify(
        &self,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        if self.compute(message, signature)?.is_valid() {
            Ok(())
        } else {
            Err(SignatureError)
        }
    }

    /// Does all of verifying but the last step, which [`ComputedR::first_invalid`] does for several
    /// signatures at once.
    pub(crate) fn compute(
        &self,
        message: &[u8],
        signature: &Signature,
    ) -> Result<ComputedR, SignatureError> {
        ComputedR::new(self, message, signature)
    }
}
