//! The equation that Ed25519 verification checks, on curve25519-dalek.
//!
//! A signature is *R* and *S*. It verifies under the key *A* if *S·B − k·A* is encoded as *R*, byte
//! for byte, where *k* is SHA-512 of *R*, *A* and the message.
//!
//! # Why not the library's own function
//!
//! The verdicts are those of `ed25519_dalek::VerifyingKey::verify_strict`. That function also takes
//! a square root, to decompress *R*. This equation does not need it. Apart from that, the encodings
//! of several computed points can share one inversion, see [`ComputedR::first_invalid`].
//!
//! # Why the verdicts are equal
//!
//! Strict verification refuses a signature for five reasons. Each is checked here, too:
//!
//! 1. *S* is not below the group order: `from_canonical_bytes` refuses it.
//! 2. *A* has small order: [`PublicKey`](crate::primitives::PublicKey) holds no such key, and a
//!    `VerifyingKey` is made of nothing else.
//! 3. *R* is no point of the curve: then it is not the encoding of the computed point, so the
//!    comparison refuses it.
//! 4. *R* has small order. Of its encodings, only a canonical one can equal that of the computed
//!    point. The canonical encodings of the eight points of small order have five *y*, and
//!    `has_weak_r` refuses all encodings with these. The comparison refuses every other encoding.
//! 5. The encodings differ: this is the comparison itself.
//!
//! Strict verification accepts everything else, and so does this equation, because `has_weak_r`
//! refuses nothing that strict verification accepts: a point with one of the five *y* has small
//! order.
//!
//! # Tests
//!
//! These tests in `tests/unit/strict.rs` compare both verdicts on signatures that an attacker can
//! make:
//!
//! - `every_verdict_is_the_strict_one`: keys and *R* with a part of small order, bytes replaced;
//! - `weak_nonces_that_plain_verification_takes_are_refused`: *R* of small order;
//! - `other_spellings_of_r_are_refused_alike`: *R* that is not canonical;
//! - `honest_signatures_and_their_neighbours_too`: valid signatures, bytes replaced;
//! - `of_many_the_first_that_one_by_one_is_not_valid_is_found` and
//!   `of_any_mixture_the_first_is_found`: several signatures at once, also *S* above the group
//!   order;
//! - `a_sum_takes_what_one_by_one_is_refused`: why signatures are not summed.

use super::key::{SignatureError, VerifyingKey};
use crate::primitives::Signature;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// The *R* that would make a signature valid, beside the *R* that it has.
pub(crate) struct ComputedR {
    r: CompressedEdwardsY,
    point: EdwardsPoint,
}

impl ComputedR {
    /// Computes *S·B − k·A*: all of verifying but the comparison of the encodings.
    pub(super) fn new(
        key: &VerifyingKey,
        message: &[u8],
        signature: &Signature,
    ) -> Result<Self, SignatureError> {
        // Reason 4 above. A signature with such an R may verify for many messages.
        if signature.has_weak_r() {
            return Err(SignatureError);
        }
        let (r, s) = signature.parts();
        // Reason 1: S plus the group order would be a second signature of the same message.
        let s = Option::from(Scalar::from_canonical_bytes(s)).ok_or(SignatureError)?;
        let hash = Sha512::new()
            .chain_update(r)
            .chain_update(key.bytes())
            .chain_update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        // Variable time is right: key, message and signature are public.
        let point = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, key.minus(), &s);
        Ok(Self {
            r: CompressedEdwardsY(r),
            point,
        })
    }

    /// Returns whether the signature verifies.
    pub(super) fn is_valid(&self) -> bool {
        self.point.compress() == self.r
    }

    /// Returns the first of several signatures that does not verify. Each is judged by itself, as
    /// [`VerifyingKey::verify`] does.
    ///
    /// Encoding a point takes the inverse of a coordinate, a tenth of a verification. All inverses
    /// together cost little more than one (Montgomery's trick). Nothing is summed over signatures,
    /// so no signature can compensate for another. Batch verification sums them, and so accepts
    /// some sets with a signature that does not verify alone: the parts of small order of keys and
    /// *R* may cancel out, and whoever chooses the keys can try until they do.
    pub(crate) fn first_invalid(signatures: &[Self]) -> Option<usize> {
        // A root alone has no other signatures.
        if signatures.is_empty() {
            return None;
        }
        let points: Vec<EdwardsPoint> =
            signatures.iter().map(|signature| signature.point).collect();
        let encoded = EdwardsPoint::compress_batch_alloc(&points);
        signatures
            .iter()
            .zip(encoded)
            .position(|(signature, encoded)| signature.r != encoded)
    }
}
