//! What is signed can't be changed, and the signer can't be claimed.

use super::{
    CONTROLLER, ENDER, end, event, links, read, snapshot, status, status_of, task_end, task_ended,
    withdrawal,
};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of, id_of};
use crate::support::order::{mission_id, register as empty};
use crate::support::story::{COMPANY, HELPER, ORCHESTRATOR, THIEF, now, verifier};
use mandatum::Notice;
use mandatum::mission::{Applied, NoticeError, Watches};

fn watches() -> Watches {
    Watches::new(&verifier().verify(&chain_of(&links())).unwrap())
}

/// Every notice that counts for the chain.
fn all() -> Vec<Forge> {
    let [root, child] = links();
    // Two mandates in each list.
    let listed = |byte: u8| cbor::bytes([[byte; 12], [byte + 1; 12]].concat());
    let full = snapshot("qbr")
        .set(2, cbor::bool(true))
        .set(4, cbor::array([cbor::text("over")]));
    let full = full
        .set(5, cbor::array([cbor::text("crm.*")]))
        .set(6, listed(1))
        .set(7, listed(2));
    let key_revoked =
        task_ended(CONTROLLER, id_of(&child).as_bytes(), 4).term(4, mission_id(CONTROLLER, "qbr"));
    vec![
        status(CONTROLLER),
        status_of(CONTROLLER, &[full]),
        key_revoked,
        end(CONTROLLER),
        end(ENDER),
        event(CONTROLLER),
        withdrawal(CONTROLLER),
        task_end(COMPANY, &root),
        task_end(ORCHESTRATOR, &root),
        task_end(HELPER, &child),
    ]
}

#[test]
fn every_single_bit_counts() {
    let watches = watches();
    let mut refused = [0, 0];
    for notice in all() {
        let good = notice.token();
        assert_eq!(
            empty().apply(&read(&notice), &watches, now()),
            Ok(Applied::New)
        );
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut register = empty();
            match Notice::from_bytes(&bytes) {
                Err(_) => refused[0] += 1,
                Ok(flipped) => {
                    assert!(
                        register.apply(&flipped, &watches, now()).is_err(),
                        "bit {bit}"
                    );
                    refused[1] += 1;
                }
            }
            assert!(register.is_empty());
        }
    }
    assert!(refused.iter().all(|count| *count > 1_000), "{refused:?}");
}

#[test]
fn nobody_signs_in_the_name_of_another() {
    let watches = watches();
    for notice in all() {
        for signer in [COMPANY, ORCHESTRATOR, HELPER, THIEF, CONTROLLER, ENDER] {
            if signer != notice.signer {
                let forged = read(&notice.clone().signed_by(signer));
                let refused = empty().apply(&forged, &watches, now());
                assert!(
                    matches!(refused, Err(NoticeError::Signature(_))),
                    "{refused:?}"
                );
            }
        }
    }
}
