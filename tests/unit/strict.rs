//! Verification gives the verdict of `verify_strict` on the edges that attackers can make: keys
//! with a part of small order, R of small or mixed order or in a second encoding, S above the group
//! order. `src/sign/equation.rs` argues why.

use super::equation::ComputedR;
use super::key::{SigningKey, VerifyingKey};
use crate::primitives::{PublicKey, Signature};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::Verifier;
use proptest::prelude::*;

/// A signature by a holder who may choose a key with a part of small order.
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
    let hash = sha2::Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn compressed(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

impl Forgery {
    /// Returns key, message and signature. The equation holds but for the parts of small order.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "arithmetic modulo the group's order does not overflow"
    )]
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

/// Returns our verdict, the library's strict one, and its plain one; `None` for a key that is
/// refused when it is parsed.
fn verdicts(key: [u8; 32], message: &[u8], signature: [u8; 64]) -> Option<(bool, bool, bool)> {
    let ours = VerifyingKey::new(&PublicKey::ed25519(key).ok()?).ok()?;
    let theirs = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
    let parsed = ed25519_dalek::Signature::from_bytes(&signature);
    let ours = ours.verify(message, &Signature::Ed25519(signature)).is_ok();
    Some((
        ours,
        theirs.verify_strict(message, &parsed).is_ok(),
        theirs.verify(message, &parsed).is_ok(),
    ))
}

#[test]
fn weak_nonces_that_plain_verification_takes_are_refused() {
    let mut plainly = 0;
    for message in 0..64 {
        for key_torsion in 0..8 {
            for nonce_torsion in 0..8 {
                let forgery = Forgery {
                    secret: 7,
                    nonce: 0,
                    key_torsion,
                    nonce_torsion,
                    message,
                };
                let (key, message, signature) = forgery.made();
                let Some((ours, strict, plain)) = verdicts(key, &message, signature) else {
                    continue;
                };
                assert_eq!((ours, strict), (false, false), "{forgery:?}");
                plainly += usize::from(plain);
            }
        }
    }
    assert!(
        plainly > 100,
        "only {plainly} of them fool a verifier that does not check R"
    );
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

/// Encodings of R that are no point, or a second encoding of one, never equal the computed one.
#[test]
fn other_spellings_of_r_are_refused_alike() {
    let key = SigningKey::from_seed(&[3; 32]);
    let good = *key.sign(b"m").as_bytes();
    for first in 0xed..=0xff_u8 {
        for last in [0x7f, 0xff] {
            let mut signature = good;
            signature[..32].copy_from_slice(&[0xff; 32]);
            (signature[0], signature[31]) = (first, last);
            assert_eq!(
                verdicts(*key.public().as_bytes(), b"m", signature),
                Some((false, false, false))
            );
        }
    }
}

/// A key, a message and a signature.
type Signed = ([u8; 32], Vec<u8>, [u8; 64]);

fn is_strictly_valid((key, message, signature): &Signed) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).unwrap();
    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
        .is_ok()
}

/// Finds the first signature that does not verify, as a chain finds it: each is computed until one
/// can't be, and the last step is of all at once.
fn first_invalid(signed: &[Signed]) -> Option<usize> {
    let compute = |(key, message, signature): &Signed| {
        let key = VerifyingKey::new(&PublicKey::ed25519(*key).unwrap()).unwrap();
        key.compute(message, &Signature::Ed25519(*signature)).ok()
    };
    let computed: Vec<_> = signed.iter().map_while(compute).collect();
    let stopped_at = (computed.len() < signed.len()).then_some(computed.len());
    ComputedR::first_invalid(&computed).or(stopped_at)
}

fn honest(seed: u8) -> Signed {
    let key = SigningKey::from_seed(&[seed; 32]);
    let message = vec![seed; usize::from(seed)];
    (
        *key.public().as_bytes(),
        message.clone(),
        *key.sign(&message).as_bytes(),
    )
}

/// Spoils a signature. R becomes another point (0), no point (1), a weak point (2) or negated (3).
/// S becomes another number (4) or one above the group order (5). Else the message becomes another.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "arithmetic modulo the group's order does not overflow"
)]
fn spoiled(signed: &Signed, way: usize) -> Signed {
    let (key, mut message, mut signature) = signed.clone();
    match way {
        0 => signature[..32].copy_from_slice(&compressed(Scalar::from(5_u8) * B)),
        1 => signature[..32].copy_from_slice(&[0xff; 32]),
        2 => signature[..32].copy_from_slice(&compressed(EIGHT_TORSION[0])),
        3 => signature[31] ^= 0x80,
        4 => signature[32] ^= 1,
        5 => signature[32..].copy_from_slice(&beyond_the_order(&signed.2)),
        _ => message.push(0),
    }
    (key, message, signature)
}

/// Returns S + L, where L is the group order: in the plain equation it equals S.
fn beyond_the_order(signature: &[u8; 64]) -> [u8; 32] {
    // This is L − 1; the carry of one in the beginning adds what is missing.
    let order = (-Scalar::ONE).to_bytes();
    let mut carry = 1_u16;
    let mut sum = [0; 32];
    for ((byte, s), l) in sum.iter_mut().zip(&signature[32..]).zip(order) {
        carry = carry
            .saturating_add(u16::from(*s))
            .saturating_add(u16::from(l));
        let [high, low] = carry.to_be_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
    sum
}

const WAYS: usize = 7;

#[test]
fn of_many_the_first_that_one_by_one_is_not_valid_is_found() {
    assert_eq!(first_invalid(&[]), None);
    for length in 1..=15_u8 {
        let signed: Vec<_> = (1..=length).map(honest).collect();
        assert!(signed.iter().all(is_strictly_valid));
        assert_eq!(first_invalid(&signed), None);
        for at in 0..signed.len() {
            for way in 0..WAYS {
                let mut spoilt = signed.clone();
                spoilt[at] = spoiled(&signed[at], way);
                assert!(!is_strictly_valid(&spoilt[at]), "way {way}");
                assert_eq!(
                    first_invalid(&spoilt),
                    Some(at),
                    "{length} signatures, way {way}"
                );
            }
        }
    }
}

/// Whether Σ zᵢ·(Sᵢ·B − Rᵢ − kᵢ·Aᵢ) = 0, as batch verification asks. The coefficients have 128 bits
/// and are a hash of all signatures.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "arithmetic modulo the group's order does not overflow"
)]
fn sum_verifies(signed: &[Signed]) -> bool {
    use sha2::Digest;
    let parts = |(key, message, signature): &Signed| {
        let (r, s): ([u8; 32], [u8; 32]) = (
            signature[..32].try_into().unwrap(),
            signature[32..].try_into().unwrap(),
        );
        let point = |bytes| {
            curve25519_dalek::edwards::CompressedEdwardsY(bytes)
                .decompress()
                .unwrap()
        };
        (
            point(*key),
            point(r),
            Scalar::from_canonical_bytes(s).unwrap(),
            challenge(r, *key, message),
        )
    };
    let transcript = signed
        .iter()
        .fold(sha2::Sha512::new(), |hash, (key, message, signature)| {
            hash.chain_update(key)
                .chain_update(message)
                .chain_update(signature)
        });
    let sum = signed
        .iter()
        .zip(0_u8..)
        .fold(EdwardsPoint::default(), |sum, (signed, index)| {
            let hash = transcript.clone().chain_update([index]).finalize();
            let z = Scalar::from(u128::from_le_bytes(hash[..16].try_into().unwrap()));
            let (key, r, s, k) = parts(signed);
            sum + (z * s) * B - z * r - (z * k) * key
        });
    sum == EdwardsPoint::default()
}

/// Two signatures that are both invalid may compensate for each other: this is why signatures are
/// not summed.
#[test]
fn a_sum_takes_what_one_by_one_is_refused() {
    assert!(sum_verifies(&[honest(1), honest(2)]));
    assert!(!sum_verifies(&[honest(1), spoiled(&honest(2), 4)]));
    let forged = |nonce, message| {
        Forgery {
            secret: 7,
            nonce,
            key_torsion: 1,
            nonce_torsion: 0,
            message,
        }
        .made()
    };
    let mut taken = 0;
    for message in 0..=u8::MAX {
        let both = [forged(2, 0), forged(3, message)];
        if both.iter().any(is_strictly_valid) {
            continue;
        }
        assert_eq!(first_invalid(&both), Some(0));
        taken += usize::from(sum_verifies(&both));
    }
    assert!(
        taken > 8,
        "one holder, whose key has a part of small order, finds {taken} messages among 256"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn of_any_mixture_the_first_is_found(
        mixture in proptest::collection::vec(
            prop_oneof![
                4 => (1..40_u8).prop_map(honest),
                1 => (1..40_u8, 0..WAYS).prop_map(|(seed, way)| spoiled(&honest(seed), way)),
                2 => (1..40_u64, 0..3_u64, 0..8_usize, 0..8_usize, any::<u8>()).prop_map(
                    |(secret, nonce, key_torsion, nonce_torsion, message)|
                    Forgery { secret, nonce, key_torsion, nonce_torsion, message }.made()
                ),
            ],
            0..16,
        ),
    ) {
        let one_by_one = mixture.iter().position(|signed| !is_strictly_valid(signed));
        prop_assert_eq!(first_invalid(&mixture), one_by_one);
    }
}
