//! The signatures alone, of a chain and of a call on it: nothing is read and nothing is decided.

use crate::DEPTHS;
use crate::peer::Entry;
use crate::units::Row;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey, verify_batch};
use std::hint::black_box;

/// As many bytes as a link of one tool and two constraints, about.
const MESSAGE: usize = 200;

struct Signed {
    key: [u8; 32],
    message: [u8; MESSAGE],
    signature: [u8; 64],
}

/// Of each link and of the call, each by another key.
fn signed(depth: usize) -> Vec<Signed> {
    let by = |number: usize| {
        let number = u8::try_from(number).unwrap();
        let (key, message) = (SigningKey::from_bytes(&[number; 32]), [number; MESSAGE]);
        Signed {
            key: key.verifying_key().to_bytes(),
            message,
            signature: key.sign(&message).to_bytes(),
        }
    };
    (0..=depth).map(by).collect()
}

fn all_verify(signed: &[Signed]) -> bool {
    signed.iter().all(
        |Signed {
             key,
             message,
             signature,
         }| {
            let key = VerifyingKey::from_bytes(key).unwrap();
            key.verify_strict(message, &Signature::from_bytes(signature))
                .is_ok()
        },
    )
}

fn batch_verifies(signed: &[Signed]) -> bool {
    let keys: Vec<_> = signed
        .iter()
        .map(|signed| VerifyingKey::from_bytes(&signed.key).unwrap())
        .collect();
    let signatures: Vec<_> = signed
        .iter()
        .map(|signed| Signature::from_bytes(&signed.signature))
        .collect();
    let messages: Vec<&[u8]> = signed.iter().map(|signed| &signed.message[..]).collect();
    verify_batch(&messages, &signatures, &keys).is_ok()
}

fn cold(entry: &Entry, rows: &mut Vec<Row<'_>>, verify: fn(&[Signed]) -> bool) {
    for depth in DEPTHS {
        let mut signed = signed(depth);
        signed[depth].message[0] ^= 1;
        assert!(!verify(&signed));
        signed[depth].message[0] ^= 1;
        rows.push(Row::new(entry.cold(depth), move || {
            assert!(verify(black_box(&signed)));
        }));
    }
}

/// Each signature of chain and call verified strictly, its key parsed from bytes.
pub(crate) fn one_by_one(rows: &mut Vec<Row<'_>>) -> Entry {
    let entry = Entry {
        name: concat!(
            "signatures only, `verify_strict`: ",
            env!("VERSION_ED25519_DALEK")
        ),
        label: "signatures only, one by one",
        is_floor: true,
        differs: None,
        has_mint: true,
        hop: None,
        warm: Some("the call's signature alone, with its key parsed"),
    };
    cold(&entry, rows, all_verify);
    let (key, message) = (SigningKey::from_bytes(&[7; 32]), [7; MESSAGE]);
    let (public, signature) = (key.verifying_key(), key.sign(&message));
    rows.push(Row::new(entry.warm_name(), move || {
        assert!(
            public
                .verify_strict(black_box(&message), &signature)
                .is_ok()
        );
    }));
    rows.push(Row::new(entry.mint(), move || {
        assert_eq!(key.sign(black_box(&message)), signature);
    }));
    entry
}

/// All of them in one batch, which may say otherwise than one by one for signatures that were made
/// to be doubtful.
pub(crate) fn batch(rows: &mut Vec<Row<'_>>) -> Entry {
    let entry = Entry {
        name: concat!(
            "signatures only, `verify_batch`: ",
            env!("VERSION_ED25519_DALEK")
        ),
        label: "signatures only, in a batch",
        is_floor: true,
        differs: None,
        has_mint: false,
        hop: None,
        warm: None,
    };
    cold(&entry, rows, batch_verifies);
    entry
}
