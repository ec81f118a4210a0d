//! A record of what a server permitted: sound as it was written, and found out however it is
//! changed.

use crate::forging::story::{after, key};
use crate::stage::*;
use mandatum::claims::{Outcome, Receipt, ReceiptEvent, Started};
use mandatum::limits::{RateLimit, SeparationOfDuty, Source, ToolSet};
use mandatum::receipts::{
    LogHead, ReceiptError, ReceiptErrorKind, ReceiptLog, ReceiptSummary, verify_receipts,
};
use mandatum::sign::{SignError, Token};
use mandatum::{Budget, Call, Chain, Digest, Limit, MemoryLedger, Permit, Seconds};
use proptest::collection::vec;
use proptest::prelude::*;

const SERVER: u8 = 40;
const OTHER: u8 = 41;

fn permit(chain: &Chain, call: &Call, ledger: &MemoryLedger) -> Permit {
    let words = approvals(chain, call, &[ANNA]);
    let main = [label("main")];
    let context = context(0).with_approvals(&words).with_ledgers(&main);
    ledger
        .settle(decide(chain, call, &context).unwrap(), after(0))
        .unwrap()
}

/// What happens at a server.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Starts,
    /// The one of those that run.
    Ends(usize, Outcome),
    Denied,
    Counted,
}

/// A server's record of these happenings, a second apart.
fn written(happenings: &[Happens], signer: u8) -> (Vec<Token<Receipt>>, ReceiptLog) {
    let (chain, ledger) = (chain([], []), MemoryLedger::new(1_000));
    let (mut log, mut receipts, mut running) = (ReceiptLog::new(public(signer)), vec![], vec![]);
    for (number, happens) in happenings.iter().enumerate() {
        let (id, now) = (
            [u8::try_from(number).unwrap(); 16],
            after(i64::try_from(number).unwrap()),
        );
        let receipt = match *happens {
            Happens::Starts => {
                let permit = permit(&chain, &payment(u8::try_from(number).unwrap(), 1), &ledger);
                let receipt = log.started(&permit, id, now, &key(signer)).unwrap();
                running.push(permit.start(after(0)).unwrap());
                receipt
            }
            Happens::Ends(_, _) if running.is_empty() => continue,
            Happens::Ends(which, outcome) => {
                let record = running.remove(which % running.len()).finish(outcome);
                log.finished(&record, id, now, &key(signer)).unwrap()
            }
            Happens::Denied => {
                log.count_denial();
                continue;
            }
            Happens::Counted => log.counted(id, now, &key(signer)).unwrap(),
        };
        receipts.push(receipt);
    }
    (receipts, log)
}

/// Two calls, of which the first ends, and two denials.
fn story() -> [Happens; 7] {
    use Happens::{Counted, Denied, Ends, Starts};
    [
        Starts,
        Denied,
        Starts,
        Denied,
        Ends(0, Outcome::Done),
        Counted,
        Ends(0, Outcome::Failed),
    ]
}

fn record() -> (Vec<Token<Receipt>>, LogHead) {
    let (receipts, log) = written(&story(), SERVER);
    (receipts, log.head())
}

fn verify(
    receipts: &[Token<Receipt>],
    head: Option<LogHead>,
) -> Result<ReceiptSummary, ReceiptError> {
    verify_receipts(public(SERVER), receipts, head)
}

/// The receipt with other claims, signed by somebody.
fn again(
    receipt: &Token<Receipt>,
    signer: u8,
    change: impl FnOnce(&mut Receipt),
) -> Token<Receipt> {
    let mut claims = receipt.claims().clone();
    change(&mut claims);
    forge::receipt(&claims, signer)
}

/// Receipts by hand.
mod forge {
    use crate::forging::cbor::{self, Map};
    use crate::forging::forge::Forge;
    use mandatum::claims::{Outcome, Receipt, ReceiptEvent};
    use mandatum::sign::Token;

    pub(super) fn receipt(claims: &Receipt, signer: u8) -> Token<Receipt> {
        let number = |number: u64| cbor::int(i64::try_from(number).unwrap());
        let event = match &claims.event {
            ReceiptEvent::Started(started) => {
                assert!(started.charges.is_empty() && started.approvals.is_empty());
                cbor::array([
                    cbor::int(0),
                    cbor::bytes(started.call.as_bytes()),
                    cbor::bytes(started.request.as_bytes()),
                    cbor::bytes(started.leaf.as_bytes()),
                    cbor::text(started.audience.as_str()),
                    number(started.decided_at.as_unix()),
                    cbor::array::<Vec<u8>>([]),
                    cbor::array::<Vec<u8>>([]),
                ])
            }
            ReceiptEvent::Finished {
                call,
                request,
                outcome,
            } => {
                let outcome = match outcome {
                    Outcome::Done => 0,
                    Outcome::Failed => 1,
                    Outcome::Undone => 2,
                };
                let digests = [call.as_bytes(), request.as_bytes()].map(cbor::bytes);
                cbor::array([&[cbor::int(1)], &digests[..], &[cbor::int(outcome)]].concat())
            }
            ReceiptEvent::Counted => cbor::array([cbor::int(2)]),
            ReceiptEvent::WouldDeny(observed) => {
                assert!(observed.missing.is_none());
                cbor::array([
                    cbor::int(3),
                    cbor::bytes(observed.call.as_bytes()),
                    cbor::bytes(observed.request.as_bytes()),
                    cbor::bytes(observed.leaf.as_bytes()),
                    cbor::text(observed.audience.as_str()),
                    cbor::text(&observed.code),
                ])
            }
        };
        let terms = Map::of([
            (0, cbor::bytes(claims.header.by.as_bytes())),
            (1, number(claims.sequence)),
            (4, event),
        ]);
        let terms = claims.previous.iter().fold(terms, |terms, previous| {
            terms.set(2, cbor::bytes(previous.as_bytes()))
        });
        let terms = if claims.denied > 0 {
            terms.set(3, number(claims.denied))
        } else {
            terms
        };
        let registered = Map::of([
            (6, number(claims.header.at.as_unix())),
            (7, cbor::bytes(claims.header.id.as_bytes())),
        ]);
        Token::from_bytes(&Forge::new("mandate2-receipt+cwt", registered, terms, signer).token())
            .unwrap()
    }
}

/// The same record from `from` on, with each receipt naming the one before it again and signed by
/// the server's own key: what only the server can do, and what the head that was kept elsewhere
/// shows.
fn rewritten(mut receipts: Vec<Token<Receipt>>, from: usize) -> Vec<Token<Receipt>> {
    for at in from..receipts.len() {
        let previous = at
            .checked_sub(1)
            .map(|before| Digest::from_bytes(*receipts[before].digest().as_bytes()));
        receipts[at] = again(&receipts[at], SERVER, |claims| {
            claims.sequence = u64::try_from(at).unwrap();
            claims.previous = previous;
        });
    }
    receipts
}

#[test]
fn the_forger_writes_as_the_library_does() {
    let (receipts, _) = record();
    for receipt in &receipts {
        assert_eq!(
            again(receipt, SERVER, |_| ()).as_bytes(),
            receipt.as_bytes()
        );
    }
    assert_eq!(rewritten(receipts.clone(), 0), receipts);
}

#[test]
fn a_record_as_it_was_written_is_sound() {
    let (receipts, head) = record();
    let summary = verify(&receipts, Some(head)).unwrap();
    assert_eq!(
        summary,
        ReceiptSummary {
            head,
            started: 2,
            denied: 2,
            ..ReceiptSummary::default()
        }
    );
    assert_eq!(verify(&receipts, None), Ok(summary));
    let denied: Vec<u64> = receipts
        .iter()
        .map(|receipt| receipt.claims().denied)
        .collect();
    assert_eq!(denied, [0, 1, 1, 0, 0]);
    let nothing = ReceiptSummary::default();
    assert_eq!(
        (verify(&[], Some(LogHead::default())), verify(&[], None)),
        (Ok(nothing.clone()), Ok(nothing))
    );
}

/// What is done to a record, and how it is found out.
struct Row {
    name: &'static str,
    receipts: Vec<Token<Receipt>>,
    found: (u64, ReceiptErrorKind),
}

fn row(name: &'static str, receipts: Vec<Token<Receipt>>, at: u64, fault: ReceiptErrorKind) -> Row {
    Row {
        name,
        receipts,
        found: (at, fault),
    }
}

fn without(at: usize) -> Vec<Token<Receipt>> {
    let (mut receipts, _) = record();
    receipts.remove(at);
    receipts
}

fn swapped(a: usize, b: usize) -> Vec<Token<Receipt>> {
    let (mut receipts, _) = record();
    receipts.swap(a, b);
    receipts
}

fn with(at: usize, change: impl FnOnce(&Token<Receipt>) -> Token<Receipt>) -> Vec<Token<Receipt>> {
    let (mut receipts, _) = record();
    receipts[at] = change(&receipts[at]);
    receipts
}

fn inserted(at: usize, from: usize) -> Vec<Token<Receipt>> {
    let (mut receipts, _) = record();
    receipts.insert(at, receipts[from].clone());
    receipts
}

/// By strangers, who lack the server's key.
fn by_strangers() -> Vec<Row> {
    use ReceiptErrorKind::{BrokenLink, OtherEnd, OtherSigner, OutOfPlace, Signature};
    let (receipts, _) = record();
    let (others, _) = written(&story(), OTHER);
    // As long as the record, with another beginning.
    let (splice, _) = written(
        &[
            Happens::Counted,
            Happens::Starts,
            Happens::Starts,
            Happens::Counted,
        ],
        SERVER,
    );
    let flipped = |receipt: &Token<Receipt>| {
        let mut bytes = receipt.as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        Token::from_bytes(&bytes).unwrap()
    };
    let more = |receipt: &Token<Receipt>| again(receipt, OTHER, |claims| claims.denied += 1);
    vec![
        row("a bit of a signature", with(2, flipped), 2, Signature),
        row(
            "a denial hidden",
            with(1, |receipt| {
                again(receipt, OTHER, |claims| claims.denied = 0)
            }),
            1,
            Signature,
        ),
        row("a denial made up", with(4, more), 4, Signature),
        row(
            "an outcome made good",
            {
                with(4, |receipt| {
                    again(receipt, OTHER, |claims| match &mut claims.event {
                        ReceiptEvent::Finished { outcome, .. } => *outcome = Outcome::Done,
                        other => panic!("{other:?}"),
                    })
                })
            },
            4,
            Signature,
        ),
        row(
            "another time",
            with(3, |receipt| {
                again(receipt, OTHER, |claims| claims.header.at = after(9))
            }),
            3,
            Signature,
        ),
        row(
            "signed again by another key",
            with(2, |receipt| again(receipt, OTHER, |_| ())),
            2,
            Signature,
        ),
        row(
            "said by another server",
            with(2, |receipt| {
                again(receipt, OTHER, |claims| claims.header.by = public(OTHER))
            }),
            2,
            OtherSigner,
        ),
        row("another server's record", others, 0, OtherSigner),
        row("the first dropped", without(0), 0, OutOfPlace { found: 1 }),
        row("one dropped", without(2), 2, OutOfPlace { found: 3 }),
        row(
            "two in another order",
            swapped(1, 2),
            1,
            OutOfPlace { found: 2 },
        ),
        row(
            "all in another order",
            receipts.iter().rev().cloned().collect(),
            0,
            OutOfPlace { found: 4 },
        ),
        row("one twice", inserted(2, 1), 2, OutOfPlace { found: 1 }),
        row(
            "the whole record twice",
            [receipts.clone(), receipts.clone()].concat(),
            5,
            OutOfPlace { found: 0 },
        ),
        row(
            "another record's end",
            [&receipts[..2], &splice[2..]].concat(),
            2,
            BrokenLink,
        ),
        row(
            "one from another record",
            with(1, |_| splice[1].clone()),
            1,
            BrokenLink,
        ),
        row("the end cut off", receipts[..4].to_vec(), 4, OtherEnd),
        row("all cut off", vec![], 0, OtherEnd),
        row("another record of the server's", splice, 4, OtherEnd),
    ]
}

/// By the server itself, who signs whatever it likes: what its own words show, and what the head
/// does.
fn by_the_server() -> Vec<Row> {
    use ReceiptErrorKind::{NotRunning, OtherEnd, OutOfPlace, StepsBack};
    let (receipts, head) = record();
    let signed = |at: usize, change: fn(&mut Receipt)| {
        let (mut receipts, _) = record();
        receipts[at] = again(&receipts[at], SERVER, change);
        receipts
    };
    let longer = |changed: &[usize]| {
        let more = changed.iter().map(|at| {
            again(&receipts[*at], SERVER, |claims| {
                claims.header.at = after(60);
            })
        });
        rewritten(receipts.iter().cloned().chain(more).collect(), 5)
    };
    let mut resumed = ReceiptLog::resume(public(SERVER), head);
    let later = resumed.counted([9; 16], after(60), &key(SERVER)).unwrap();
    vec![
        row(
            "a denial hidden",
            rewritten(signed(1, |claims| claims.denied = 0), 2),
            5,
            OtherEnd,
        ),
        row(
            "one dropped and all after it written anew",
            rewritten(without(3), 3),
            4,
            OtherEnd,
        ),
        row(
            "a gap in the numbers",
            signed(4, |claims| claims.sequence = 5),
            4,
            OutOfPlace { found: 5 },
        ),
        row(
            "a number twice",
            signed(4, |claims| claims.sequence = 3),
            4,
            OutOfPlace { found: 3 },
        ),
        row(
            "no link",
            signed(3, |claims| claims.previous = None),
            3,
            ReceiptErrorKind::BrokenLink,
        ),
        row(
            "a link before the first",
            signed(0, |claims| claims.previous = Some(Digest::hash("before"))),
            0,
            ReceiptErrorKind::BrokenLink,
        ),
        row(
            "time stepping back",
            signed(4, |claims| claims.header.at = after(4)),
            4,
            StepsBack,
        ),
        row(
            "an outcome without a start",
            rewritten(without(0), 0),
            1,
            NotRunning,
        ),
        row(
            "an outcome before its start",
            rewritten(swapped_times(), 0),
            1,
            NotRunning,
        ),
        row("an outcome twice", longer(&[4]), 5, NotRunning),
        row("a start twice", longer(&[1]), 6, OtherEnd),
        row(
            "more outcomes than starts",
            longer(&[1, 4, 4]),
            7,
            NotRunning,
        ),
        row(
            "a receipt after the end",
            [receipts.clone(), vec![later]].concat(),
            6,
            OtherEnd,
        ),
    ]
}

/// The second start after the outcome of it.
fn swapped_times() -> Vec<Token<Receipt>> {
    let (receipts, _) = record();
    let order = [0, 4, 2, 1, 3];
    let at = |(second, from): (i64, &usize)| {
        again(&receipts[*from], SERVER, |claims| {
            claims.header.at = after(second);
        })
    };
    (0..).zip(&order).map(at).collect()
}

fn rows() -> Vec<Row> {
    [by_strangers(), by_the_server()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_change_is_found_where_it_is() {
    let (_, head) = record();
    for row in rows() {
        let found = verify(&row.receipts, Some(head)).map_err(|error| (error.at, error.kind));
        assert_eq!(found.map(drop), Err(row.found), "{}", row.name);
    }
}

/// Only what the server itself rewrites, and a cut at the end, need the head that was kept
/// elsewhere.
#[test]
fn without_a_head_the_end_alone_is_in_doubt() {
    for row in rows() {
        let needs_head = row.found
            == (
                u64::try_from(row.receipts.len()).unwrap(),
                ReceiptErrorKind::OtherEnd,
            );
        assert_eq!(
            verify(&row.receipts, None).is_ok(),
            needs_head,
            "{}",
            row.name
        );
    }
}

/// A bit of every byte there is.
#[test]
fn every_byte_counts() {
    let (receipts, head) = record();
    for (at, receipt) in receipts.iter().enumerate() {
        for byte in 0..receipt.as_bytes().len() {
            let mut bytes = receipt.as_bytes().to_vec();
            bytes[byte] ^= 1 << ((byte + at) % 8);
            let Ok(changed) = Token::from_bytes(&bytes) else {
                continue;
            };
            let error = verify(&with(at, |_| changed), Some(head)).unwrap_err();
            assert_eq!(
                error.at,
                u64::try_from(at).unwrap(),
                "byte {byte} of receipt {at}: {error}"
            );
        }
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    let outcomes = prop::sample::select(vec![Outcome::Done, Outcome::Failed, Outcome::Undone]);
    prop_oneof![
        3 => Just(Happens::Starts),
        3 => (0_usize..8, outcomes).prop_map(|(which, outcome)| Happens::Ends(which, outcome)),
        2 => Just(Happens::Denied),
        1 => Just(Happens::Counted),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What a record says in all is what happened, and any part of it in any other order is found
    /// out.
    #[test]
    fn a_record_says_what_happened_and_nothing_else(happenings in vec(happens(), 1..24), order in any::<prop::sample::Index>(), keep in any::<u32>()) {
        let (receipts, log) = written(&happenings, SERVER);
        let summary = verify(&receipts, Some(log.head())).unwrap();
        let count = |wanted: fn(&ReceiptEvent) -> bool| receipts.iter().filter(|receipt| wanted(&receipt.claims().event)).count();
        let started = count(|event| matches!(event, ReceiptEvent::Started(_)));
        let finished = count(|event| matches!(event, ReceiptEvent::Finished { .. }));
        let happened = |wanted: fn(&Happens) -> bool| happenings.iter().filter(|happens| wanted(happens)).count();
        prop_assert_eq!(started, happened(|happens| matches!(happens, Happens::Starts)));
        prop_assert_eq!(summary.started, u64::try_from(started).unwrap());
        prop_assert_eq!(summary.open.len(), started - finished);
        // Denials after the last receipt are in the next.
        let mut longer = log.clone();
        let last = longer.counted([0xff; 16], after(60), &key(SERVER)).unwrap();
        let longest = verify(&[receipts.clone(), vec![last]].concat(), Some(longer.head())).unwrap();
        let denied = happened(|happens| matches!(happens, Happens::Denied));
        prop_assert_eq!(longest.denied, u64::try_from(denied).unwrap());

        // Some of them, one of them moved to the front.
        let mut part: Vec<_> = receipts.iter().enumerate().filter(|(at, _)| keep >> at & 1 == 1).map(|(_, receipt)| receipt.clone()).collect();
        if !part.is_empty() {
            let front = part.remove(order.index(part.len()));
            part.insert(0, front);
        }
        let is_whole = part == receipts;
        let is_beginning = receipts.starts_with(&part);
        prop_assert_eq!(verify(&part, Some(log.head())).is_ok(), is_whole);
        prop_assert_eq!(verify(&part, None).is_ok(), is_beginning);
    }
}

#[test]
fn a_record_goes_on_after_a_crash() {
    let (receipts, head) = record();
    let summary = verify(&receipts[..3], None).unwrap();
    assert_eq!((summary.head.length, summary.open.len()), (3, 1));
    // The machine died after the third receipt; it goes on from what is stored, and what was not
    // stored never was.
    let mut log = ReceiptLog::resume(public(SERVER), summary.head);
    log.count_denial();
    let counted = log.counted([8; 16], after(60), &key(SERVER)).unwrap();
    let whole = [&receipts[..3], &[counted]].concat();
    let resumed = verify(&whole, Some(log.head())).unwrap();
    assert_eq!(
        (resumed.started, resumed.denied, resumed.open),
        (2, 3, summary.open)
    );
    assert_eq!(
        verify(&whole, Some(head)).unwrap_err().kind,
        ReceiptErrorKind::OtherEnd
    );
    // From another head it fits nowhere.
    let mut elsewhere = ReceiptLog::resume(public(SERVER), head);
    let misplaced = elsewhere.counted([8; 16], after(60), &key(SERVER)).unwrap();
    let error = verify(&[&receipts[..3], &[misplaced]].concat(), None).unwrap_err();
    assert_eq!(
        error,
        ReceiptError {
            at: 3,
            kind: ReceiptErrorKind::OutOfPlace { found: 5 }
        }
    );
}

#[test]
fn only_the_servers_key_writes_its_record() {
    let mut log = ReceiptLog::new(public(SERVER));
    log.count_denial();
    let before = log.clone();
    assert_eq!(
        log.counted([1; 16], after(0), &key(OTHER)).map(drop),
        Err(SignError::WrongKey)
    );
    assert_eq!(
        log, before,
        "the record, and the denials counted, are as they were"
    );
    let receipt = log.counted([1; 16], after(0), &key(SERVER)).unwrap();
    assert_eq!(
        (
            receipt.claims().denied,
            receipt.claims().sequence,
            receipt.claims().previous
        ),
        (1, 0, None)
    );
}

/// A receipt says exactly what the permit said: call, mandate, server, time, charges, approvals.
#[test]
fn a_receipt_says_what_the_permit_said() {
    let (main, groups) = (label("main"), ["pay", "crm.*"]);
    let groups = groups.map(|tool| ToolSet::new([tool.parse().unwrap()]).unwrap());
    let upper = [
        Limit::budget(
            Budget::sum(
                label("sum"),
                main.clone(),
                [Source::new("amount".parse().unwrap())],
                5_000.into(),
            )
            .unwrap(),
        ),
        Limit::separation_of_duty(
            SeparationOfDuty::new(label("duty"), main.clone(), groups).unwrap(),
        ),
        for_payments(gate(1, &[ANNA])),
    ];
    let lower = [
        Limit::rate_limit(RateLimit::new(label("pace"), main.clone(), 5, Seconds::new(1)).unwrap()),
        Limit::budget(Budget::calls(label("calls"), main, 3)),
    ];
    let chain = chain(upper, lower);
    let call = payment(7, 2_600);
    let permit = permit(&chain, &call, &MemoryLedger::new(99));
    let mut log = ReceiptLog::new(public(SERVER));
    let receipt = log
        .started(&permit, [1; 16], after(1), &key(SERVER))
        .unwrap();
    let accounts: Vec<_> = permit
        .charges()
        .iter()
        .map(|charge| charge.account)
        .collect();
    let amounts = [Some(2_600.into()), None, None, Some(1.into())];
    let expected = Started {
        call: call.key(&chain.leaf_id(), &here()),
        request: call.request(),
        leaf: chain.leaf_id(),
        audience: here(),
        decided_at: after(0),
        charges: accounts.into_iter().zip(amounts).collect(),
        approvals: approvals(&chain, &call, &[ANNA])
            .iter()
            .map(|word| Digest::from_bytes(*word.digest().as_bytes()))
            .collect(),
    };
    assert_eq!(permit.charges().len(), 4);
    assert_eq!(receipt.claims().event, ReceiptEvent::Started(expected));
    let read: Token<Receipt> = Token::from_bytes(receipt.as_bytes()).unwrap();
    assert_eq!(read, receipt);
}

#[test]
fn a_fault_is_said_in_one_sentence() {
    let at = |fault| ReceiptError { at: 3, kind: fault }.to_string();
    assert_eq!(
        at(ReceiptErrorKind::OutOfPlace { found: 4 }),
        "receipt 3: it is receipt 4 of the record"
    );
    assert_eq!(
        at(ReceiptErrorKind::OtherEnd),
        "receipt 3: the record does not end where it should"
    );
}

/// A clock that steps back once would spoil the record for good.
#[test]
fn a_clock_that_steps_back_dates_nothing_before_what_was_said() {
    let mut log = ReceiptLog::new(public(SERVER));
    let receipts: Vec<_> = [5, 3, 4, 9]
        .map(|seconds| log.counted([7; 16], after(seconds), &key(SERVER)).unwrap())
        .into_iter()
        .collect();
    let dates: Vec<_> = receipts
        .iter()
        .map(|receipt| receipt.claims().header.at)
        .collect();
    assert_eq!(dates, [5, 5, 5, 9].map(after));
    assert_eq!(
        verify(&receipts, Some(log.head())).map(|summary| summary.head),
        Ok(log.head())
    );

    let mut resumed = ReceiptLog::resume(public(SERVER), log.head());
    let next = resumed.counted([7; 16], after(2), &key(SERVER)).unwrap();
    assert_eq!(
        next.claims().header.at,
        after(9),
        "nor where the server has started anew"
    );
    assert!(verify(&[receipts, vec![next]].concat(), Some(resumed.head())).is_ok());
}

/// A server that only observes: the record says which call, why not, and what was missing; nothing
/// runs and nothing is denied.
#[test]
fn what_would_have_been_denied_is_on_record_and_permits_nothing() {
    let chain = chain([], []);
    let here = here();
    let denied = |call: &Call| decide(&chain, call, &context(0)).map(drop).unwrap_err();
    let asked = |text: &str| {
        let action =
            mandatum::Action::new("files.delete", [("path", text)], mandatum::Effect::Read)
                .unwrap();
        Call::new(mandatum::CallId::from_bytes([7; 16]), action)
    };
    let (little, much) = (asked("a"), asked(&"a".repeat(9_000)));
    let denials = [&little, &much].map(denied);
    assert!(
        denials.iter().all(|denial| denial.missing().is_some()),
        "{denials:?}"
    );

    let mut log = ReceiptLog::new(public(SERVER));
    log.count_denial();
    let observed = |denial: &mandatum::Denial, call| denial.observed(call, chain.leaf_id(), &here);
    let receipts = [(&denials[0], &little), (&denials[1], &much)].map(|(denial, call)| {
        log.would_deny(observed(denial, call), [1; 16], after(1), &key(SERVER))
            .unwrap()
    });
    for (receipt, call) in receipts.iter().zip([&little, &much]) {
        let ReceiptEvent::WouldDeny(said) = &receipt.claims().event else {
            panic!("an observation")
        };
        assert_eq!(
            (said.call, said.request),
            (call.key(&chain.leaf_id(), &here), call.request())
        );
        assert_eq!(
            (said.leaf, &said.audience, &*said.code),
            (chain.leaf_id(), &here, denials[0].code().as_str())
        );
        let read: Token<Receipt> = Token::from_bytes(receipt.as_bytes()).unwrap();
        assert_eq!(&read, receipt);
    }
    let missing = receipts
        .each_ref()
        .map(|receipt| match &receipt.claims().event {
            ReceiptEvent::WouldDeny(said) => said.missing.clone(),
            _ => None,
        });
    assert_eq!(
        missing,
        [denials[0].missing(), None],
        "what is too large for a receipt is left out"
    );
    let summary = verify(&receipts, Some(log.head())).unwrap();
    assert_eq!(
        (summary.would_deny, summary.denied, summary.started),
        (2, 1, 0)
    );
    assert!(summary.open.is_empty() && summary.again.is_empty());
}
