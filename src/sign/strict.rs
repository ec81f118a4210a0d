//! The same verdict as `verify_strict`, on the edges that attackers can make: keys with a part of small order, R of small or
//! mixed order or in a second spelling, S beyond the group order.

use super::key::{SigningKey, VerifyingKey};
use crate::ground::{PublicKey, Signature};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::Verifier;
use proptest::prelude::*;

/// What a key's holder, who may choose a key with a part of small order, makes a signature of.
#[derive(Clone, Debug)]
struct Forgery {
    secret: u64,
    nonce: u64,
    key_torsion: usize,
    nonce_torsion: usize,
    message: u8,
}

fn challenge(r: [u8; 32], key: [u8; 32], message: &[u8]) -> Scalar {
    use sha2::Digest;
    let hash = sha2::Sha512::new().chain_update(r).chain_update(key).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn compressed(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

impl Forgery {
    /// Key, message and signature; the equation holds but for the parts of small order.
    #[expect(clippy::arithmetic_side_effects, reason = "arithmetic modulo the group's order does not overflow")]
    fn made(&self) -> ([u8; 32], Vec<u8>, [u8; 64]) {
        let (secret, nonce) = (Scalar::from(self.secret), Scalar::from(self.nonce));
        let key = compressed(secret * B + EIGHT_TORSION[self.key_torsion]);
        let r = compressed(nonce * B + EIGHT_TORSION[self.nonce_torsion]);
        let message = vec![self.message; 3];
        let s = nonce + challenge(r, key, &message) * secret;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&r);
        signature[32..].copy_from_slice(s.as_bytes());
        (key, message, signature)
    }
}

/// Ours, the library's strict one, and its plain one; `None` for a key that is refused when it is parsed.
fn verdicts(key: [u8; 32], message: &[u8], signature: [u8; 64]) -> Option<(bool, bool, bool)> {
    let ours = VerifyingKey::of(&PublicKey::ed25519(key).ok()?).ok()?;
    let theirs = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let parsed = ed25519_dalek::Signature::from_bytes(&signature);
    let ours = ours.verify(message, &Signature::Ed25519(signature)).is_ok();
    Some((ours, theirs.verify_strict(message, &parsed).is_ok(), theirs.verify(message, &parsed).is_ok()))
}

#[test]
fn weak_nonces_that_plain_verification_takes_are_refused() {
    let mut plainly = 0;
    for message in 0..64 {
        for key_torsion in 0..8 {
            for nonce_torsion in 0..8 {
                let forgery = Forgery { secret: 7, nonce: 0, key_torsion, nonce_torsion, message };
                let (key, message, signature) = forgery.made();
                let Some((ours, strict, plain)) = verdicts(key, &message, signature) else { continue };
                assert_eq!((ours, strict), (false, false), "{forgery:?}");
                plainly += usize::from(plain);
            }
        }
    }
    assert!(plainly > 100, "{plainly} of them fool a verifier that does not look at R");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_verdict_is_the_strict_one(
        secret in 0_u64..40, nonce in 0_u64..3, torsions in (0..8_usize, 0..8_usize), message in any::<u8>(),
        change in proptest::option::of((0..64_usize, any::<u8>())),
    ) {
        let forgery = Forgery { secret, nonce, key_torsion: torsions.0, nonce_torsion: torsions.1, message };
        let (key, message, mut signature) = forgery.made();
        if let Some((at, value)) = change {
            signature[at] = value;
        }
        if let Some((ours, strict, _)) = verdicts(key, &message, signature) {
            prop_assert_eq!(ours, strict);
        }
    }

    #[test]
    fn honest_signatures_and_their_neighbours_too(
        seed in any::<[u8; 32]>(), message in any::<[u8; 8]>(), change in proptest::option::of((0..64_usize, any::<u8>())),
    ) {
        let key = SigningKey::from_seed(&seed);
        let mut signature = *key.sign(&message).as_bytes();
        if let Some((at, value)) = change {
            signature[at] = value;
        }
        let (ours, strict, _) = verdicts(*key.public().as_bytes(), &message, signature).unwrap();
        prop_assert_eq!(ours, strict);
        prop_assert_eq!(ours, signature == *key.sign(&message).as_bytes());
    }
}

/// Encodings of R that are no point, or a second spelling of one, can't be what is computed.
#[test]
fn other_spellings_of_r_are_refused_alike() {
    let key = SigningKey::from_seed(&[3; 32]);
    let good = *key.sign(b"m").as_bytes();
    for first in 0xed..=0xff_u8 {
        for last in [0x7f, 0xff] {
            let mut signature = good;
            signature[..32].copy_from_slice(&[0xff; 32]);
            (signature[0], signature[31]) = (first, last);
            assert_eq!(verdicts(*key.public().as_bytes(), b"m", signature), Some((false, false, false)));
        }
    }
}
