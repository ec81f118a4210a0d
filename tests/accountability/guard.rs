//! The guard around a tool: it runs on a started permit, at most once, or not at all, and the
//! record says so.

use crate::forging::story::{CRM, after, audience, call_of, key};
use crate::stage::*;
use mandatum::chain::ChainCache;
use mandatum::charge::LedgerTerms;
use mandatum::claims::{Ending, Outcome, Receipt, ReceiptEvent};
use mandatum::decide::{Facts, RunningCall};
use mandatum::denial::DenialPlace;
use mandatum::guard::{GuardError, OnFailure, ReceivedCall, StoreError};
use mandatum::ledger::Balance;
use mandatum::limits::{Condition, MaxAge, RateLimit, SeparationOfDuty, Source, ToolSet, Window};
use mandatum::mission::{MissionRole, Watches};
use mandatum::primitives::AccountId;
use mandatum::receipts::{LogHead, ReceiptSummary, verify_receipts};
use mandatum::sign::Token;
use mandatum::{
    Action, Budget, Call, Chain, Constraint, Controller, Denial, DenialCode, Effect, Guard, Life,
    Limit, LivesBy, MemoryLedger, Mission, Notice, Register, Seconds, Timestamp, Verifier,
};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Seed of the server's key.
const SERVER: u8 = 40;

/// What the host keeps: the receipts, and whether it can store them now.
#[derive(Default)]
struct Shelf {
    receipts: Mutex<Vec<Token<Receipt>>>,
    is_full: AtomicBool,
    /// Seconds that the host's clock shows; storing takes some.
    clock: AtomicI64,
    storing_takes: AtomicI64,
}

impl Shelf {
    fn store(&self, receipt: &Token<Receipt>) -> Result<(), StoreError> {
        self.clock
            .fetch_add(self.storing_takes.load(Ordering::SeqCst), Ordering::SeqCst);
        if self.is_full.load(Ordering::SeqCst) {
            return Err(StoreError);
        }
        self.receipts.lock().unwrap().push(receipt.clone());
        Ok(())
    }

    fn now(&self) -> Timestamp {
        after(self.clock.load(Ordering::SeqCst))
    }

    /// The record, which is sound up to this head.
    fn verified(&self, head: LogHead) -> ReceiptSummary {
        verify_receipts(
            public(SERVER),
            self.receipts.lock().unwrap().iter(),
            Some(head),
        )
        .unwrap()
    }

    fn events(&self) -> Vec<ReceiptEvent> {
        self.receipts
            .lock()
            .unwrap()
            .iter()
            .map(|receipt| receipt.claims().event.clone())
            .collect()
    }

    /// How the operations that are over ended, in order.
    fn outcomes(&self) -> Vec<Outcome> {
        let outcome = |event: ReceiptEvent| match event {
            ReceiptEvent::Finished { outcome, .. } => Some(outcome),
            ReceiptEvent::Started(_) | ReceiptEvent::Counted | ReceiptEvent::WouldDeny(_) => None,
        };
        self.events().into_iter().filter_map(outcome).collect()
    }
}

struct Host {
    shelf: Arc<Shelf>,
    guard: Guard,
    chain: Chain,
}

fn patient() -> Verifier {
    verifier().with_max_call_age(Seconds::hours(1))
}

/// A register that has received nothing.
fn register() -> Register {
    Register::new(patient().retention(Seconds::minutes(10)))
}

/// A ledger for it, with room for four roots of so many calls.
fn ledger(calls: usize) -> MemoryLedger {
    MemoryLedger::with_terms(4 * calls, LedgerTerms::from(&patient()))
}

fn host_with(chain: Chain, ledger: MemoryLedger, change: impl FnOnce(Guard) -> Guard) -> Host {
    let shelf = Arc::new(Shelf::default());
    let stored = Arc::clone(&shelf);
    let store = move |receipt: &Token<Receipt>| stored.store(receipt);
    let guard = Guard::new(patient(), here(), register(), ledger, key(SERVER), store)
        .with_ledgers([label("main")]);
    Host {
        shelf,
        guard: change(guard),
        chain,
    }
}

fn host(chain: Chain) -> Host {
    host_with(chain, ledger(1_000), |guard| guard)
}

/// Payments of so much in all.
fn at_most(amount: i64) -> Limit {
    let budget = Budget::sum(
        label("payments"),
        label("main"),
        [Source::new("amount".parse().unwrap())],
        amount.into(),
    )
    .unwrap();
    Limit::budget(budget).with_tools(["pay"]).unwrap()
}

impl Host {
    /// Runs a tool for a call of the helper's.
    fn run<T, E>(
        &self,
        call: &Call,
        tool: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, GuardError<E>> {
        let proof = proof(&self.chain, call, 0);
        self.guard.run(
            &ReceivedCall::new(&proof, &call.action),
            || self.shelf.now(),
            |_| tool(),
        )
    }

    /// The denial of a call, whose tool does not run.
    fn denial(&self, call: &Call) -> Denial {
        match self.run(call, || -> Result<(), ()> { panic!("it runs") }) {
            Err(GuardError::Denied(denial)) => denial,
            other => panic!("{other:?}"),
        }
    }

    fn account(&self) -> AccountId {
        let main = [label("main")];
        let context = context(0).with_ledgers(&main);
        let call = payment(99, 0);
        let unsettled = decide(&self.chain, &call, &context).unwrap();
        unsettled.charges().charges()[0].account
    }

    /// What was spent on the payments, and what is held.
    fn balance(&self) -> (i64, i64) {
        let whole = |number: mandatum::primitives::Number| number.to_string().parse().unwrap();
        match self.guard.ledger().balance(&self.account()) {
            Some(Balance { spent, held }) => (whole(spent), whole(held)),
            None => (0, 0),
        }
    }
}

fn code<T, E: std::fmt::Debug>(result: Result<T, GuardError<E>>) -> DenialCode {
    match result.map(drop).unwrap_err() {
        GuardError::Denied(denial) => denial.code(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_call_runs_once_however_many_present_it() {
    let host = host(chain([at_most(100)], []));
    let (call, ran) = (payment(7, 10), AtomicUsize::new(0));
    let attempts: Vec<Result<(), GuardError<()>>> = thread::scope(|scope| {
        let run = || {
            host.run(&call, || {
                ran.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let (ok, refused): (Vec<_>, Vec<_>) = attempts.into_iter().partition(Result::is_ok);
    assert_eq!((ran.into_inner(), ok.len(), refused.len()), (1, 1, 15));
    assert!(
        refused
            .into_iter()
            .all(|refused| code(refused) == DenialCode::AlreadyDecided)
    );
    assert_eq!(host.balance(), (10, 0));
    // The next receipt counts the rest of the denials.
    host.run(&payment(8, 10), || Ok::<(), ()>(())).unwrap();
    let summary = host.shelf.verified(host.guard.head());
    assert_eq!(
        (summary.started, summary.denied, summary.open),
        (2, 15, vec![])
    );
}

/// Whatever runs at once: what ran is what was permitted, and the record is sound, its times in
/// order.
#[test]
fn many_calls_at_once_stay_within_the_budget_and_in_order() {
    let host = host(chain([at_most(40)], []));
    let (clock, ran) = (AtomicI64::new(0), AtomicUsize::new(0));
    let now = || after(clock.fetch_add(1, Ordering::SeqCst) / 8);
    thread::scope(|scope| {
        for thread in 0..8 {
            let (host, ran, now) = (&host, &ran, &now);
            scope.spawn(move || {
                for number in 0..12 {
                    let call = payment(thread * 12 + number, 1);
                    let proof = proof(&host.chain, &call, 0);
                    let tool = |_: &RunningCall| {
                        ran.fetch_add(1, Ordering::SeqCst);
                        if number % 3 == 0 { Err(()) } else { Ok(()) }
                    };
                    match host
                        .guard
                        .run(&ReceivedCall::new(&proof, &call.action), now, tool)
                    {
                        Ok(()) | Err(GuardError::Tool(())) => {}
                        Err(GuardError::Denied(denial)) => {
                            assert_eq!(denial.code(), DenialCode::BudgetExhausted);
                        }
                        Err(GuardError::NotStored(StoreError)) => panic!("it can be stored"),
                    }
                }
            });
        }
    });
    assert_eq!((ran.into_inner(), host.balance()), (40, (40, 0)));
    host.shelf.clock.store(clock.into_inner(), Ordering::SeqCst);
    assert_eq!(
        host.denial(&payment(255, 1)).code(),
        DenialCode::BudgetExhausted
    );
    let summary = host.shelf.verified(host.guard.head());
    assert_eq!((summary.started, summary.open), (40, vec![]));
    assert_eq!(host.shelf.outcomes().len(), 40);
}

/// Every kind of refusal, whoever refuses: the verifier, the ledger, the people.
#[test]
fn nothing_runs_on_a_denial() {
    let reading = call_of(
        7,
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    );
    let closing = |seconds| Limit::window(Window::closing(after(seconds)));
    let rate = RateLimit::new(label("r"), label("main"), 1, Seconds::new(60)).unwrap();
    let groups = ["pay", "crm.*"].map(|tool| ToolSet::new([tool.parse().unwrap()]).unwrap());
    let exclusive = SeparationOfDuty::new(label("x"), label("main"), groups).unwrap();
    let elsewhere = Limit::budget(Budget::calls(label("a"), label("other"), 9));
    let full = ledger(0);
    let first = |host: Host| {
        host.run(&payment(1, 60), || Ok::<(), ()>(())).unwrap();
        host
    };
    let rows = [
        (
            "a window",
            host(chain([closing(0)], [])),
            DenialCode::WindowClosed,
            DenialPlace::Link(0),
        ),
        (
            "approvals",
            host(chain([], [for_payments(gate(1, &[ANNA]))])),
            DenialCode::ApprovalsMissing,
            DenialPlace::Link(1),
        ),
        (
            "a budget",
            first(host(chain([at_most(100)], []))),
            DenialCode::BudgetExhausted,
            DenialPlace::Link(0),
        ),
        (
            "a rate",
            first(host(chain([], [Limit::rate_limit(rate)]))),
            DenialCode::RateExceeded,
            DenialPlace::Link(1),
        ),
        (
            "another ledger",
            host(chain([elsewhere], [])),
            DenialCode::LedgerUnknown,
            DenialPlace::Link(0),
        ),
        (
            "no room",
            host_with(chain([], []), full, |guard| guard),
            DenialCode::LedgerFull,
            DenialPlace::Verifier,
        ),
        (
            "no alias",
            host_with(chain([], []), ledger(9), |guard| {
                guard.with_system(label("crm"))
            }),
            { DenialCode::AliasMissing },
            DenialPlace::Link(0),
        ),
    ];
    for (name, host, code, place) in rows {
        let before = host.guard.head();
        let denial = host.denial(&payment(7, 60));
        assert_eq!((denial.code(), denial.place()), (code, place), "{name}");
        assert_eq!(host.guard.head(), before, "{name}");
    }
    let exhausted = first(host(chain([at_most(100)], [])));
    assert_eq!(
        exhausted.denial(&payment(7, 60)).code(),
        DenialCode::BudgetExhausted
    );
    assert_eq!(
        exhausted.balance(),
        (60, 0),
        "what was spent before stays, and nothing more"
    );
    let latched = first(host(chain([Limit::separation_of_duty(exclusive)], [])));
    assert_eq!(latched.denial(&reading).code(), DenialCode::GroupClosed);

    let host = host(chain([], []));
    let run = |proof: &[u8], action: &Action| {
        code(host.guard.run(
            &ReceivedCall::new(proof, action),
            || after(0),
            |_| -> Result<(), ()> { panic!("it runs") },
        ))
    };
    let call = payment(7, 60);
    let good = proof(&host.chain, &call, 0);
    assert_eq!(run(&[], &call.action), DenialCode::Truncated);
    assert_eq!(
        run(&good[..good.len() - 1], &call.action),
        DenialCode::Truncated
    );
    assert_eq!(run(&good, &paying(61)), DenialCode::RequestMismatch);
    assert!(host.shelf.events().is_empty());
    host.run(&call, || Ok::<(), ()>(())).unwrap();
    assert_eq!(host.shelf.verified(host.guard.head()).denied, 3);
}

/// The permit is asked once more when its receipt is stored, because that takes time.
#[test]
fn nothing_runs_on_a_permit_that_expired_while_it_was_put_on_record() {
    let closing = Limit::window(Window::closing(after(5)));
    let host = host(chain([at_most(100), closing], []));
    host.shelf.storing_takes.store(4, Ordering::SeqCst);
    host.run(&payment(1, 10), || Ok::<(), ()>(())).unwrap();
    host.shelf.clock.store(4, Ordering::SeqCst);
    let denial = host.denial(&payment(7, 60));
    assert_eq!(
        (denial.code(), denial.place()),
        (DenialCode::PermitExpired, DenialPlace::Verifier)
    );
    host.shelf.clock.store(0, Ordering::SeqCst);
    assert_eq!(host.balance(), (10, 0), "what was charged is given back");
    assert_eq!(host.shelf.outcomes(), [Outcome::Done, Outcome::Undone]);
}

#[test]
fn nothing_runs_that_can_not_be_put_on_record() {
    let host = host(chain([at_most(100)], []));
    host.shelf.is_full.store(true, Ordering::SeqCst);
    let head = host.guard.head();
    let refused = host.run(&payment(7, 60), || -> Result<(), ()> { panic!("it runs") });
    assert!(
        matches!(refused, Err(GuardError::NotStored(StoreError))),
        "{refused:?}"
    );
    assert_eq!((host.balance(), host.guard.head()), ((0, 0), head));
    host.shelf.is_full.store(false, Ordering::SeqCst);
    // The call is spent, its charges are not.
    assert_eq!(
        host.denial(&payment(7, 60)).code(),
        DenialCode::AlreadyDecided
    );
    host.run(&payment(8, 100), || Ok::<(), ()>(())).unwrap();
    assert_eq!(host.balance(), (100, 0));
    assert_eq!(host.shelf.verified(host.guard.head()).started, 1);
}

/// The operation has happened, so its result counts; that its outcome is not on record is to be
/// seen there.
#[test]
fn an_outcome_that_can_not_be_put_on_record_stays_open() {
    let host = host(chain([at_most(100)], []));
    let fills = || {
        host.shelf.is_full.store(true, Ordering::SeqCst);
        Ok::<u8, ()>(1)
    };
    assert_eq!(host.run(&payment(7, 60), fills).unwrap(), 1);
    assert_eq!(host.balance(), (60, 0));
    let open = vec![payment(7, 60).key(&host.chain.leaf_id(), &here())];
    assert_eq!(host.shelf.verified(host.guard.head()).open, open);
    host.shelf.is_full.store(false, Ordering::SeqCst);
    host.run(&payment(8, 40), || Ok::<(), ()>(())).unwrap();
    let summary = host.shelf.verified(host.guard.head());
    assert_eq!((summary.started, summary.open), (2, open));
}

/// How a tool fails.
#[derive(Clone, Copy, Debug)]
enum Fails {
    ByError,
    ByPanic,
}

#[test]
fn a_tool_that_fails_is_charged_as_the_host_chose() {
    for (chosen, released) in [(OnFailure::Commit, false), (OnFailure::Release, true)] {
        for fails in [Fails::ByError, Fails::ByPanic] {
            // A panic may come after the effect, so what panicked is never given back.
            let (outcome, balance) = match fails {
                Fails::ByError if released => (Outcome::Undone, (0, 0)),
                Fails::ByError | Fails::ByPanic => (Outcome::Failed, (60, 0)),
            };
            let host = host_with(chain([at_most(100)], []), ledger(9), |guard| {
                guard.with_on_failure(chosen)
            });
            let tool = || match fails {
                Fails::ByError => Err("no"),
                Fails::ByPanic => panic!("the tool panics"),
            };
            let result = catch_unwind(AssertUnwindSafe(|| {
                host.run::<(), &str>(&payment(7, 60), tool)
            }));
            match fails {
                Fails::ByError => assert!(matches!(result, Ok(Err(GuardError::Tool("no"))))),
                Fails::ByPanic => assert!(result.is_err(), "the panic goes on to the host"),
            }
            assert_eq!(
                (host.balance(), host.shelf.outcomes()),
                (balance, vec![outcome]),
                "{chosen:?} {fails:?}"
            );
            assert_eq!(
                host.denial(&payment(7, 60)).code(),
                DenialCode::AlreadyDecided,
                "a retry is another call"
            );

            // No lock is poisoned: everything works on.
            host.guard.update(|register| register.prune(after(0)));
            host.run(&payment(8, 40), || Ok::<(), ()>(())).unwrap();
            assert_eq!(host.balance(), (balance.0 + 40, 0));
            let summary = host.shelf.verified(host.guard.head());
            assert_eq!(
                (summary.started, summary.denied, summary.open),
                (2, 1, vec![])
            );
        }
    }
}

/// The call may be forgotten as new by then; the charge of a tool that failed is given back all the
/// same.
#[test]
fn a_failed_tool_is_released_however_long_it_took() {
    for seconds in [0, 31, 3_601, 3_600 * 24 * 365] {
        for (chosen, balance) in [(OnFailure::Commit, (60, 0)), (OnFailure::Release, (0, 0))] {
            let host = host_with(chain([at_most(100)], []), ledger(9), |guard| {
                guard.with_on_failure(chosen)
            });
            let failed = host.run(&payment(7, 60), || {
                host.shelf.clock.store(seconds, Ordering::SeqCst);
                // What other calls do meanwhile.
                host.guard.ledger().forget_before(host.shelf.now());
                host.guard
                    .ledger()
                    .forget_accounts(host.shelf.now(), Seconds::new(0));
                Err::<(), ()>(())
            });
            assert!(matches!(failed, Err(GuardError::Tool(()))));
            host.shelf.clock.store(0, Ordering::SeqCst);
            assert_eq!(host.balance(), balance, "{chosen:?} after {seconds} s");
        }
    }
}

/// No lock is held while a tool runs, so a tool may be long, or use the guard itself.
#[test]
fn a_tool_may_use_the_guard() {
    let host = host(chain([at_most(100)], []));
    let outer = host.run(&payment(1, 10), || {
        host.guard.update(|register| register.prune(after(0)));
        let length = host.guard.head().length;
        host.run(&payment(2, 20), || Ok::<u64, ()>(length))
            .map_err(drop)
    });
    assert_eq!(outer.unwrap(), 1);
    assert_eq!(host.balance(), (30, 0));
    let key = |number, amount| payment(number, amount).key(&host.chain.leaf_id(), &here());
    let finished = |event| match event {
        ReceiptEvent::Finished { call, .. } => Some(call),
        ReceiptEvent::Started(_) | ReceiptEvent::Counted | ReceiptEvent::WouldDeny(_) => None,
    };
    let ended: Vec<_> = host
        .shelf
        .events()
        .into_iter()
        .filter_map(finished)
        .collect();
    assert_eq!(ended, [key(2, 20), key(1, 10)]);
}

const OFFICE: u8 = 41;

fn qbr() -> Mission {
    Mission::new(public(OFFICE), label("qbr"), [7; 16])
}

/// Payments that live by a mission of the office's.
fn on_a_mission() -> Chain {
    let root = root_with(|root| {
        root.life = Life::Mission(LivesBy::new(qbr(), MaxAge::uniform(Seconds::new(600))));
    });
    let root = mandatum::issue(
        &crate::forging::story::anchor_with(mandatum::chain::Ceiling::Unlimited),
        root,
        after(0),
    )
    .unwrap();
    below(&Chain::from(root.sign(&key(1)).unwrap()), limits([]), 1)
}

/// The mission's first status, and its end.
fn begun_and_ended() -> [Notice; 2] {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let begun = controller
        .begin(&qbr(), [1; 16], after(0))
        .unwrap()
        .sign(&key(OFFICE))
        .unwrap();
    let end = controller
        .end(&qbr(), Ending::Revoked, [2; 16], after(0))
        .unwrap();
    [begun.into(), end.sign(&key(OFFICE)).unwrap().into()]
}

/// An end that was stored before its mandate was first used here is not lost.
#[test]
fn what_is_stored_is_fetched_before_a_call_is_decided() {
    let [begun, end] = begun_and_ended();
    let stored = Arc::new(Mutex::new(vec![begun]));
    let shelf = Arc::clone(&stored);
    let host = host_with(on_a_mission(), ledger(100), |guard| {
        guard.with_source(move |watches| {
            assert_eq!(
                watches.mission(&qbr().id(), public(OFFICE)),
                Some(MissionRole::Controller)
            );
            shelf
                .lock()
                .unwrap()
                .iter()
                .map(|notice| (notice.clone(), after(0)))
                .collect()
        })
    });
    host.run(&payment(1, 1), || Ok::<(), ()>(())).unwrap();
    stored.lock().unwrap().push(end);
    assert_eq!(host.denial(&payment(2, 1)).code(), DenialCode::MissionEnded);
}

#[test]
fn news_arrives_while_tools_run() {
    let host = host(on_a_mission());
    let watches = Watches::new(&verified(&host.chain));
    let [begun, end] = begun_and_ended();
    let hears = |notice: &Notice| {
        host.guard
            .update(|register| register.apply(notice, &watches, after(0)))
            .map(drop)
    };

    assert_eq!(
        host.denial(&payment(1, 1)).code(),
        DenialCode::StatusMissing
    );
    hears(&begun).unwrap();
    host.run(&payment(2, 1), || Ok::<(), ()>(())).unwrap();
    // A tool that runs is not stopped; what comes after the end is.
    host.run(&payment(3, 1), || hears(&end).map_err(drop))
        .unwrap();
    assert_eq!(host.denial(&payment(4, 1)).code(), DenialCode::MissionEnded);

    // Many decide while the news arrives again and again.
    thread::scope(|scope| {
        scope.spawn(|| (0..50).for_each(|_| hears(&begun).unwrap_or_default()));
        for thread in 0..4 {
            let host = &host;
            scope.spawn(move || {
                for number in 0..10 {
                    assert_eq!(
                        host.denial(&payment(50 + thread * 10 + number, 1)).code(),
                        DenialCode::MissionEnded
                    );
                }
            });
        }
    });
    let open: Vec<mandatum::primitives::CallKey> = vec![];
    assert_eq!(host.shelf.verified(host.guard.head()).open, open);
}

/// Facts, approvals, the system and the ledgers reach the decision, and what was decided reaches
/// the tool.
#[test]
fn what_is_known_and_what_came_along_is_passed_through() {
    let frozen = Condition {
        fact: label("account/frozen"),
        holds: Constraint::one_of([false]).unwrap(),
        max_age: Seconds::new(60),
    };
    let limited = [
        at_most(100),
        Limit::condition(frozen),
        for_payments(gate(1, &[ANNA])),
    ];
    let anchor = crate::forging::story::anchor_with(mandatum::chain::Ceiling::Unlimited)
        .with_systems([label("bank")]);
    let root = root_with(|root| {
        root.principal.aliases =
            mandatum::claims::Aliases::new([(label("bank"), label("A-17"))].into()).unwrap();
        root.link.limits = limits(limited);
    });
    let root = mandatum::issue(&anchor, root, after(0))
        .unwrap()
        .sign(&key(1))
        .unwrap();
    let chain = below(&Chain::from(root), limits([]), 1);
    let shelf = Arc::new(Shelf::default());
    let stored = Arc::clone(&shelf);
    let verifier = Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated();
    let store = move |receipt: &Token<Receipt>| stored.store(receipt);
    let guard = Guard::new(
        verifier,
        audience(CRM),
        register(),
        MemoryLedger::new(99),
        key(SERVER),
        store,
    );
    let guard = guard
        .with_ledgers([label("main")])
        .with_system(label("bank"));

    let call = payment(7, 60);
    let (proof, words) = (proof(&chain, &call, 0), approvals(&chain, &call, &[ANNA]));
    let facts = Facts::none().with_fact(
        label("account/frozen"),
        false,
        after(0),
        ["https://acme.example".parse().unwrap()],
    );
    let run = |received: ReceivedCall<'_>| {
        guard.run(
            &received,
            || after(0),
            |running| {
                let permit = running.permit();
                let charges: Vec<_> = permit
                    .charges()
                    .iter()
                    .map(|charge| (charge.name.clone(), charge.amount()))
                    .collect();
                Ok::<_, ()>((
                    running.call().clone(),
                    permit.local_name().cloned(),
                    charges,
                ))
            },
        )
    };
    let received = ReceivedCall::new(&proof, &call.action);
    assert_eq!(code(run(received)), DenialCode::FactUnknown);
    assert_eq!(
        code(run(received.with_facts(&facts))),
        DenialCode::ApprovalsMissing
    );
    assert_eq!(
        code(run(received.with_approvals(&words))),
        DenialCode::FactUnknown
    );
    let frozen = Facts::none().with_fact(
        label("account/frozen"),
        true,
        after(0),
        ["https://acme.example".parse().unwrap()],
    );
    assert_eq!(
        code(run(received.with_approvals(&words).with_facts(&frozen))),
        DenialCode::ConditionFails
    );
    let (ran, name, charges) = run(received.with_approvals(&words).with_facts(&facts)).unwrap();
    assert_eq!((ran, name), (call, Some(label("A-17"))));
    assert_eq!(charges, [(label("payments"), Some(60.into()))]);
    match &shelf.events()[0] {
        ReceiptEvent::Started(started) => {
            let digest = mandatum::Digest::from_bytes(*words[0].digest().as_bytes());
            assert_eq!(
                (started.charges[0].1, &started.approvals),
                (Some(60.into()), &vec![digest])
            );
        }
        other => panic!("{other:?}"),
    }
}

/// Where nothing is permitted any more, what is denied is put on record all the same.
#[test]
fn denials_are_put_on_record_without_a_permit() {
    let host = host(chain([at_most(0)], []));
    let denied = |count: u8| {
        (0..count).for_each(|number| {
            assert_eq!(
                host.denial(&payment(number, 1)).code(),
                DenialCode::BudgetExhausted
            );
        });
    };
    denied(3);
    host.shelf.is_full.store(true, Ordering::SeqCst);
    assert_eq!(
        host.guard.record_denials([1; 16], || after(0)),
        Err(StoreError)
    );
    host.shelf.is_full.store(false, Ordering::SeqCst);
    assert_eq!(host.guard.record_denials([1; 16], || after(0)), Ok(()));
    assert_eq!(host.shelf.verified(host.guard.head()).denied, 3);
    assert_eq!(host.guard.record_denials([2; 16], || after(0)), Ok(()));
    assert_eq!(host.shelf.verified(host.guard.head()).denied, 3);
    assert_eq!(
        host.shelf.events(),
        [ReceiptEvent::Counted, ReceiptEvent::Counted]
    );
}

/// After a crash the record goes on where the stored receipts end, and what ran then stays open.
#[test]
fn a_guard_goes_on_with_its_record() {
    let first = host(chain([], []));
    first.run(&payment(1, 1), || Ok::<(), ()>(())).unwrap();
    // The machine dies while a tool runs: its outcome is never stored.
    let dies = || {
        first.shelf.is_full.store(true, Ordering::SeqCst);
        Ok::<(), ()>(())
    };
    first.run(&payment(2, 1), dies).unwrap();
    let stored = first.shelf.receipts.lock().unwrap().clone();
    let summary = verify_receipts(public(SERVER), &stored, None).unwrap();
    assert_eq!((summary.head, summary.open.len()), (first.guard.head(), 1));

    let second = host_with(chain([], []), ledger(9), |guard| {
        guard.with_head(summary.head)
    });
    *second.shelf.receipts.lock().unwrap() = stored;
    second.run(&payment(3, 1), || Ok::<(), ()>(())).unwrap();
    let whole = second.shelf.verified(second.guard.head());
    assert_eq!(
        (whole.head.length, whole.started, whole.open),
        (5, 3, summary.open)
    );
}

/// Whoever makes a reversible call that holds nothing can sign it again when its mark is forgotten,
/// even while it runs. That spoils no record.
#[test]
fn a_call_that_is_signed_again_spoils_no_record() {
    let mut host = host(chain([], []));
    let stored = Arc::clone(&host.shelf);
    let store = move |receipt: &Token<Receipt>| stored.store(receipt);
    host.guard = Guard::new(
        verifier(),
        here(),
        register(),
        MemoryLedger::new(99),
        key(SERVER),
        store,
    );
    let run = |seconds, tool: &dyn Fn()| {
        host.shelf.clock.store(seconds, Ordering::SeqCst);
        let call = call_of(
            1,
            Action::new("pay", [("amount", 1)], Effect::Write).unwrap(),
        );
        let proof = proof(&host.chain, &call, seconds);
        let tool = |_: &RunningCall| {
            tool();
            Ok::<(), ()>(())
        };
        host.guard
            .run(
                &ReceivedCall::new(&proof, &call.action),
                || host.shelf.now(),
                tool,
            )
            .unwrap();
    };
    run(0, &|| run(61, &|| ()));
    let summary = host.shelf.verified(host.guard.head());
    assert_eq!(
        (summary.started, summary.open.len(), summary.again.len()),
        (2, 0, 1)
    );
}

#[test]
fn an_error_says_what_happened_in_one_sentence() {
    let host = host(chain([at_most(10)], []));
    let failed = host
        .run(&payment(1, 1), || Err::<(), _>("the bank is closed"))
        .unwrap_err();
    assert_eq!(failed.to_string(), "the tool failed: the bank is closed");
    let denied = host
        .run(&payment(2, 10), || Ok::<(), &str>(()))
        .unwrap_err();
    assert_eq!(denied.to_string(), "refused by the server's policy");
    let GuardError::Denied(denial) = denied else {
        panic!("{denied:?}")
    };
    let details = "the root: the budget on account payments has 9 left, and the call takes more";
    assert_eq!(denial.details().to_string(), details);
    assert_eq!(StoreError.to_string(), "the receipt could not be stored");
}

/// What a guard knows is not verified again, and decides nothing.
#[test]
fn a_guard_that_knows_a_chain_decides_as_one_that_does_not() {
    let forgetful = host(chain([at_most(10)], []));
    let knowing = host_with(chain([at_most(10)], []), ledger(1_000), |guard| {
        guard.with_cache(ChainCache::new(1 << 20))
    });
    for host in [&forgetful, &knowing] {
        let paid = (0..4_u8).map(|id| {
            host.run(&payment(id, 4), || Ok::<_, ()>(id))
                .map_err(|error| code(Err::<(), _>(error)))
        });
        let exhausted = Err(DenialCode::BudgetExhausted);
        assert_eq!(
            paid.collect::<Vec<_>>(),
            [Ok(0), Ok(1), exhausted, exhausted]
        );
        assert_eq!(
            host.denial(&payment(0, 4)).code(),
            DenialCode::AlreadyDecided
        );
        host.shelf.clock.store(3_601, Ordering::SeqCst);
        assert_eq!(host.denial(&payment(9, 1)).code(), DenialCode::Expired);
    }
}

#[test]
fn every_receipt_of_a_guard_has_an_id_of_its_own() {
    let host = host(chain([], []));
    for id in 1..=3 {
        host.run(&payment(id, 1), || Ok::<_, ()>(())).unwrap();
    }
    let receipts = host.shelf.receipts.lock().unwrap();
    let ids: BTreeSet<_> = receipts
        .iter()
        .map(|receipt| receipt.claims().header.id.as_bytes().to_vec())
        .collect();
    assert_eq!((receipts.len(), ids.len()), (6, 6));
}

/// An id may be used again once its mark is forgotten. The receipts of both runs are apart, and the
/// record says that it ran twice.
#[test]
fn receipts_of_an_id_that_is_used_again_have_ids_of_their_own() {
    let shelf = Arc::new(Shelf::default());
    let stored = Arc::clone(&shelf);
    let store = move |receipt: &Token<Receipt>| stored.store(receipt);
    let guard = Guard::new(
        verifier(),
        here(),
        Register::none().clone(),
        MemoryLedger::new(100),
        key(SERVER),
        store,
    );
    let chain = chain([], []);
    let runs = |id: u8, text: &str, seconds: i64| {
        let action = Action::new("crm.read", [("account", text)], Effect::Read).unwrap();
        let call = Call::new(mandatum::CallId::from_bytes([id; 16]), action);
        let proof = proof(&chain, &call, seconds);
        shelf.clock.store(seconds, Ordering::SeqCst);
        guard
            .run(
                &ReceivedCall::new(&proof, &call.action),
                || shelf.now(),
                |_| Ok::<_, ()>(()),
            )
            .map_err(|error| code(Err::<(), _>(error)))
    };
    assert_eq!(
        [
            runs(7, "acme", 0),
            runs(7, "acme", 61),
            runs(7, "globex", 122)
        ],
        [Ok(()); 3]
    );
    let receipts = shelf.receipts.lock().unwrap();
    let ids: BTreeSet<_> = receipts
        .iter()
        .map(|receipt| receipt.claims().header.id.as_bytes().to_vec())
        .collect();
    assert_eq!((receipts.len(), ids.len()), (6, 6));
    let summary = verify_receipts(public(SERVER), receipts.iter(), Some(guard.head())).unwrap();
    assert_eq!(
        (summary.started, summary.again.len(), summary.open.len()),
        (3, 1, 0)
    );
}
