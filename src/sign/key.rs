use crate::primitives::{KeyError, PublicKey, Signature};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::Signer;
use sha2::{Digest, Sha512};
use std::fmt;
use std::ops::Neg;
use thiserror::Error;

/// A signature that does not verify under the key it should: other bytes, another key, or one of
/// the malleable and small-order forms that strict verification refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// A private key that signs in this process. Zeroized when dropped; says nothing in `Debug`; can't
/// be compared or printed.
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
pub(crate) struct VerifyingKey {
    bytes: [u8; 32],
    minus: EdwardsPoint,
}

impl VerifyingKey {
    /// The point that the key encodes.
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

    /// Verifies strictly (RFC 8032 section 5.1.7, without cofactor; S below the group order; R of
    /// large order).
    pub(crate) fn verify(
        &self,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        let computed = self.compute(message, signature)?;
        if computed.point.compress() == computed.r {
            Ok(())
        } else {
            Err(SignatureError)
        }
    }

    /// All of verifying but the last step: the R that would make the signature valid, S·B − k·A,
    /// beside the R that it has.
    ///
    /// The verdict is what `verify_strict` says, without its square root: that decompresses R to
    /// see whether it and the key are of small order. The key is not, by its type; and R, whose
    /// bytes are compared with those of a point that is computed, can only be one of the eight such
    /// points in their canonical spelling, which are told by a table.
    pub(crate) fn compute(
        &self,
        message: &[u8],
        signature: &Signature,
    ) -> Result<ComputedR, SignatureError> {
        if signature.has_weak_r() {
            return Err(SignatureError);
        }
        let (r, s) = signature.parts();
        let s = Option::from(Scalar::from_canonical_bytes(s)).ok_or(SignatureError)?;
        let hash = Sha512::new()
            .chain_update(r)
            .chain_update(self.bytes)
            .chain_update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let point = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &self.minus, &s);
        Ok(ComputedR {
            r: CompressedEdwardsY(r),
            point,
        })
    }
}

/// A signature that verifies if the R it has is the one that was computed.
pub(crate) struct ComputedR {
    r: CompressedEdwardsY,
    point: EdwardsPoint,
}

impl ComputedR {
    /// The first of these that does not verify; each is judged by itself, as
    /// [`VerifyingKey::verify`] does.
    ///
    /// To spell a point takes the inverse of a coordinate, a tenth of a verification; all inverses
    /// together cost little more than one (Montgomery's trick). Nothing is added up over
    /// signatures, so no signature can make up for another. Adding them up, which batch
    /// verification does to save more, says of some sets of signatures that they verify although
    /// one does not alone: the parts of small order of keys and Rs may cancel out, and whoever
    /// chooses keys can try until they do.
    pub(crate) fn first_invalid(signatures: &[Self]) -> Option<usize> {
        if signatures.is_empty() {
            return None;
        }
        let points: Vec<EdwardsPoint> =
            signatures.iter().map(|signature| signature.point).collect();
        let spelled = EdwardsPoint::compress_batch_alloc(&points);
        signatures
            .iter()
            .zip(spelled)
            .position(|(signature, spelled)| signature.r != spelled)
    }
}
