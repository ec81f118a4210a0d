use crate::choices::Choices;
use crate::world::*;
use mandatum::claims::{Receipt, ReceiptEvent};
use mandatum::guard::{GuardError, ReceivedCall, StoreError};
use mandatum::receipts::{LogHead, verify_receipts};
use mandatum::sign::Token;
use mandatum::{Budget, Effect, Guard, Life, Limit, MemoryLedger, Register, SigningKey};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Most calls that reach the guard.
const CALLS: usize = 10;

/// A guard around a tool, and calls that come once or again, in time or late, by the holder or not,
/// with a store that works or not: the tool runs once for a call at most, however often that is
/// signed, only after its receipt was stored, and the record is sound and says so.
pub fn guard(data: &[u8]) {
    let mut choices = Choices::new(data);
    let shelf: Arc<Mutex<Vec<Token<Receipt>>>> = Arc::default();
    let is_full = Arc::new(AtomicBool::new(false));
    let guard = {
        let (shelf, is_full) = (Arc::clone(&shelf), Arc::clone(&is_full));
        let room = choices.pick(&[100, 2]);
        Guard::new(
            verifier().clone(),
            here(),
            Register::none().clone(),
            MemoryLedger::new(room),
            SigningKey::from_seed(&[SERVER; 32]),
            move |receipt| {
                if is_full.load(Ordering::SeqCst) {
                    return Err(StoreError);
                }
                shelf.lock().map_err(|_| StoreError)?.push(receipt.clone());
                Ok(())
            },
        )
    };
    let guard = guard.with_ledgers([label("eu-1")]);
    let limit = Limit::budget(Budget::calls(
        label("jobs"),
        label("eu-1"),
        choices.within(1, 6),
    ));
    let Some(chain) = root([1; 16], Life::ExpiryOnly, &[limit]) else {
        panic!("a root with a budget")
    };

    let runs: RefCell<BTreeMap<usize, usize>> = RefCell::default();
    let now = Cell::new(0);
    let mut denied = 0;
    for _ in 0..CALLS {
        let number = choices.below(4);
        let id = [u8::try_from(number).unwrap_or_default(); 16];
        let call = call(id, "pay.send", Effect::Irreversible, 1);
        let is_signed = !choices.once_in(5);
        let mut proof = proof(&chain, &call, LEAD, at(now.get())).to_bytes();
        if let Some(last) = proof.last_mut().filter(|_| !is_signed) {
            // The last byte of the call's signature.
            *last ^= 1;
        }
        let other = self::call(id, "pay.send", Effect::Irreversible, 2);
        let asked = if choices.once_in(6) {
            &other.action
        } else {
            &call.action
        };
        now.set(now.get() + choices.pick(&[0, 0, 1, 40]));
        is_full.store(choices.once_in(5), Ordering::SeqCst);
        let fails = choices.once_in(4);
        let before = stored(&shelf);
        let ran = Cell::new(false);
        let outcome = guard.run(
            &ReceivedCall::new(&proof, asked),
            || at(now.get()),
            |running| {
                ran.set(true);
                assert!(is_signed, "what its holder did not sign runs");
                assert_eq!(asked, &call.action, "another call runs");
                *runs.borrow_mut().entry(number).or_default() += 1;
                let last = shelf.lock().ok().and_then(|shelf| shelf.last().map(|last| last.claims().event.clone()));
                let started =
                    matches!(last, Some(ReceiptEvent::Started(started)) if started.call == running.permit().key());
                assert!(started && stored(&shelf) == before + 1, "it runs before its receipt is stored");
                if fails { Err(()) } else { Ok(()) }
            },
        );
        match outcome {
            Ok(()) | Err(GuardError::Tool(())) => assert!(ran.get()),
            Err(GuardError::NotStored(StoreError)) => {
                assert!(!ran.get() && is_full.load(Ordering::SeqCst))
            }
            Err(GuardError::Denied(_)) => {
                denied += 1;
                assert!(!ran.get(), "it ran and was denied");
            }
        }
    }
    is_full.store(false, Ordering::SeqCst);
    sure(guard.record_denials([0xff; 16], || at(now.get())));
    assert_record(&shelf, guard.head(), denied, &runs.borrow());
}

fn stored(shelf: &Mutex<Vec<Token<Receipt>>>) -> usize {
    shelf.lock().map_or(0, |shelf| shelf.len())
}

/// The record is sound, and says of just those calls that ran that they did; none ran twice.
fn assert_record(
    shelf: &Mutex<Vec<Token<Receipt>>>,
    head: LogHead,
    denied: u64,
    runs: &BTreeMap<usize, usize>,
) {
    let Ok(record) = shelf.lock() else {
        panic!("a poisoned shelf")
    };
    let summary = sure(verify_receipts(public(SERVER), record.iter(), Some(head)));
    assert!(
        runs.values().all(|runs| *runs == 1),
        "a call ran twice: {runs:?}"
    );
    assert_eq!(
        (summary.started, summary.denied),
        (u64::try_from(runs.len()).unwrap_or_default(), denied)
    );
    assert!(summary.again.is_empty(), "{:?}", summary.again);
}
