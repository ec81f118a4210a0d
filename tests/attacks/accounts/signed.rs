//! What is signed can't be changed, and the signer can't be claimed.

use super::{ANNA, SERVER, finished, read_receipt, receipt_of, started};
use crate::decide::{approved, gated};
use crate::support::cbor;
use crate::support::story::{HELPER, ORCHESTRATOR, THIEF, key};
use mandatum::claims::{Approval, Receipt};
use mandatum::receipts::verify_receipts;
use mandatum::sign::Token;
use mandatum::{DenialCode, Digest};

#[test]
fn every_single_bit_of_an_approval_counts() {
    let scene = approved();
    assert!(scene.is_permitted());
    let good = scene.approvals()[0].clone();
    let mut refused = [0, 0];
    for bit in 0..good.as_bytes().len() * 8 {
        match Token::<Approval>::from_bytes(&flipped(good.as_bytes(), bit)) {
            Err(_) => refused[0] += 1,
            Ok(token) => {
                assert!(
                    !scene.clone().with_approvals(vec![token]).is_permitted(),
                    "bit {bit}"
                );
                refused[1] += 1;
            }
        }
    }
    assert!(refused.iter().all(|count| *count > 400), "{refused:?}");
}

#[test]
fn nobody_approves_in_the_name_of_another() {
    for signer in [ORCHESTRATOR, HELPER, THIEF, SERVER] {
        let denial = gated()
            .approving(ANNA, |approval| approval.signed_by(signer))
            .denial();
        assert_eq!(denial.code(), DenialCode::ApprovalSignature, "{signer}");
    }
}

/// A log of three entries.
fn log() -> Vec<Token<Receipt>> {
    let events = [
        cbor::array(started()),
        cbor::array(finished(0)),
        cbor::array([cbor::int(2)]),
    ];
    let mut log: Vec<Token<Receipt>> = Vec::new();
    for (sequence, event) in (0..).zip(events) {
        let entry = receipt_of(event).term(1, cbor::int(sequence));
        let entry = match log.last() {
            None => entry.no_term(2),
            Some(before) => entry.term(2, cbor::bytes(Digest::hash(before.as_bytes()).as_bytes())),
        };
        log.push(read_receipt(&entry.token()).unwrap());
    }
    log
}

#[test]
fn every_single_bit_of_a_log_counts() {
    let (log, signer) = (log(), key(SERVER).public());
    assert!(verify_receipts(signer, &log, None).is_ok());
    let mut refused = [0, 0];
    for (place, entry) in log.iter().enumerate() {
        for bit in 0..entry.as_bytes().len() * 8 {
            match read_receipt(&flipped(entry.as_bytes(), bit)) {
                Err(_) => refused[0] += 1,
                Ok(changed) => {
                    let mut log = log.clone();
                    log[place] = changed;
                    assert!(
                        verify_receipts(signer, &log, None).is_err(),
                        "bit {bit} of {place}"
                    );
                    refused[1] += 1;
                }
            }
        }
    }
    assert!(refused.iter().all(|count| *count > 1_000), "{refused:?}");
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
