//! Keys that anyone can sign for, or that have two spellings, are refused when they are parsed.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use mandatum::primitives::KeyError;
use mandatum::{PublicKey, SigningKey};

/// 2²⁵⁵ − 19 + `above`, little-endian.
fn prime_plus(above: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    (bytes[0], bytes[31]) = (0xed + above, 0x7f);
    bytes
}

fn with_sign(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes[31] |= 0x80;
    bytes
}

#[test]
fn points_of_small_order_are_weak() {
    for point in EIGHT_TORSION {
        let bytes = point.compress().to_bytes();
        assert_eq!(
            PublicKey::ed25519(bytes),
            Err(KeyError::Weak),
            "{bytes:02x?}"
        );
        // The same y with the other sign is another such point, or a second spelling of this one.
        let mut other = bytes;
        other[31] ^= 0x80;
        assert_eq!(
            PublicKey::ed25519(other),
            Err(KeyError::Weak),
            "{other:02x?}"
        );
    }
}

#[test]
fn second_spellings_are_refused() {
    for above in 0..=18 {
        for bytes in [prime_plus(above), with_sign(prime_plus(above))] {
            assert_eq!(
                PublicKey::ed25519(bytes),
                Err(KeyError::NotCanonical),
                "{above}"
            );
        }
    }
    let last = [0xec; 1]
        .into_iter()
        .chain([0xff; 30])
        .chain([0x7f])
        .collect::<Vec<u8>>();
    assert_eq!(PublicKey::try_from(last.as_slice()), Err(KeyError::Weak));
    // The largest y below the prime that is not weak is canonical, with either sign.
    let mut below = prime_plus(0);
    below[0] = 0xeb;
    assert!(PublicKey::ed25519(below).is_ok() && PublicKey::ed25519(with_sign(below)).is_ok());
}

/// What the curve library reads and writes back unchanged, and what it does not, is told apart
/// alike.
#[test]
fn the_curve_library_agrees() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..=255_u8 {
        for (index, value) in [(0, seed), (0, seed ^ 0x55), (15, seed), (31, seed)] {
            for mut bytes in [[0; 32], [0xff; 32], [0x42; 32], prime_plus(0)] {
                bytes[index] = value;
                let Some(point) = CompressedEdwardsY(bytes).decompress() else {
                    continue;
                };
                let good = point.compress().to_bytes() == bytes && !point.is_small_order();
                assert_eq!(PublicKey::ed25519(bytes).is_ok(), good, "{bytes:02x?}");
                accepted += usize::from(good);
                refused += usize::from(!good);
            }
        }
    }
    assert!(accepted > 500 && refused > 20, "{accepted} {refused}");
}

#[test]
fn keys_have_32_bytes() {
    for found in [0, 31, 33, 64] {
        assert_eq!(
            PublicKey::try_from(vec![7; found].as_slice()),
            Err(KeyError::Length { found })
        );
    }
}

#[test]
fn a_secret_key_says_nothing_of_itself() {
    assert_eq!(
        format!("{:?}", SigningKey::from_seed(&[7; 32])),
        "SigningKey(..)"
    );
}
