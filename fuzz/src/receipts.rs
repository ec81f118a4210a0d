use crate::choices::Choices;
use crate::world::*;
use mandatum::charge::LedgerOutcome;
use mandatum::claims::Receipt;
use mandatum::receipts::{LogHead, ReceiptLog, verify_receipts};
use mandatum::sign::Token;
use mandatum::{DecisionContext, Effect, Life, Register, ServerContext};

/// Most things that happen at a server.
const EVENTS: usize = 10;

/// Most edits of one record, each of it as it was written.
const EDITS: usize = 8;

/// A server's record of what happened: as it was written it is sound and says what happened; edited
/// in any way, it is not.
pub fn receipts(data: &[u8]) {
    let mut choices = Choices::new(data);
    let (record, head, counts) = record(&mut choices);
    let summary = sure(verify_receipts(public(SERVER), &record, Some(head)));
    assert_eq!(
        (summary.head, summary.started, summary.denied),
        (head, counts.started, counts.denied)
    );
    assert_eq!(summary.open.len(), counts.open);
    for end in 0..record.len() {
        let cut = &record[..end];
        assert!(
            verify_receipts(public(SERVER), cut, None).is_ok(),
            "a record is sound at any time"
        );
        assert!(
            verify_receipts(public(SERVER), cut, Some(head)).is_err(),
            "the end was cut off"
        );
    }
    for _ in 0..EDITS {
        if record.is_empty() || choices.is_over() {
            return;
        }
        if let Some(edited) = edited(&mut choices, &record) {
            let found = verify_receipts(public(SERVER), &edited, Some(head));
            assert_eq!(
                found.is_ok(),
                edited == record,
                "{} receipts, {} before",
                edited.len(),
                record.len()
            );
            // Without a head, just the end may be missing.
            let is_begin = record
                .get(..edited.len())
                .is_some_and(|begin| begin == edited);
            assert_eq!(
                verify_receipts(public(SERVER), &edited, None).is_ok(),
                is_begin,
                "{found:?}"
            );
        }
    }
}

/// What a record should say in all.
#[derive(Default)]
struct Counts {
    started: u64,
    denied: u64,
    open: usize,
}

fn record(choices: &mut Choices<'_>) -> (Vec<Token<Receipt>>, LogHead, Counts) {
    let Some(chain) = root([1; 16], Life::ExpiryOnly, &[]) else {
        panic!("a root without limits")
    };
    let chain = sure(verifier().verify(&chain));
    let (mut log, mut counts) = (ReceiptLog::new(public(SERVER)), Counts::default());
    let (mut record, mut running) = (Vec::new(), Vec::new());
    let (mut now, mut uncounted) = (0, 0);
    for _ in 0..EVENTS {
        now += choices.within(0, 2);
        let (id, server) = (choices.id(), key(SERVER));
        match choices.below(5) {
            0 | 1 => {
                let call = call(id, "crm.read", Effect::Read, 1);
                let context =
                    DecisionContext::new(ServerContext::new(at(now), here()), Register::none());
                let unsettled = sure(decide(&chain, &call, &context));
                let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
                let permit = sure(unsettled.settle(answer));
                record.push(sure(log.started(&permit, id, at(now), server)));
                running.push(permit);
                counts.started += 1;
            }
            2 if !running.is_empty() => {
                let permit = running.swap_remove(choices.below(running.len()));
                record.push(sure(log.finished(&permit.cancel(), id, at(now), server)));
            }
            3 => record.push(sure(log.counted(id, at(now), server))),
            _ => {
                log.count_denial();
                uncounted += 1;
                continue;
            }
        }
        (counts.denied, uncounted) = (counts.denied + uncounted, 0);
    }
    counts.open = running.len();
    (record, log.head(), counts)
}

/// The record after one edit of somebody who does not have the server's key.
fn edited(choices: &mut Choices<'_>, record: &[Token<Receipt>]) -> Option<Vec<Token<Receipt>>> {
    let mut edited = record.to_vec();
    let (one, other) = (choices.below(record.len()), choices.below(record.len()));
    match choices.below(6) {
        0 => drop(edited.remove(one)),
        1 => edited.swap(one, other),
        2 => edited.insert(one, record[other].clone()),
        3 => edited[one] = record[other].clone(),
        4 => edited.truncate(one),
        _ => {
            let mut bytes = record[one].as_bytes().to_vec();
            let at = choices.below(bytes.len());
            bytes[at] ^= choices.pick(&[1, 2, 0x20, 0x80]);
            edited[one] = Token::from_bytes(&bytes).ok()?;
        }
    }
    Some(edited)
}
