//! Verifiers that share a ledger: no order of clocks, ages and forgetting permits a captured call
//! twice.

use crate::stage::agent;
use crate::support::{LIFETIME, Random, at, here, label, verifier};
use crate::till::{EU, LEAD, Till, calls, numbered, using};
use mandatum::charge::{LedgerOutcome, LedgerTerms};
use mandatum::decide::Presentation;
use mandatum::primitives::AttemptId;
use mandatum::sign::Token;
use mandatum::{
    Action, Call, CallClaims, DecisionContext, Denial, DenialCode, Effect, MemoryLedger, Permit,
    Register, Seconds, ServerContext, Timestamp, Unsettled, VerifiedChain, Verifier,
};

fn terms(max_call_age: u64, leeway: u64) -> LedgerTerms {
    LedgerTerms::new(Seconds::new(max_call_age), Seconds::new(leeway))
}

fn verifier_of(terms: LedgerTerms) -> Verifier {
    verifier()
        .with_max_call_age(terms.max_call_age())
        .with_leeway(terms.leeway())
}

/// A call that its holder signed.
struct Signed {
    chain: VerifiedChain,
    call: Call,
    token: Token<CallClaims>,
}

fn signed(chain: &VerifiedChain, number: usize, effect: Effect, when: Timestamp) -> Signed {
    let call = numbered(
        number,
        &Action {
            effect,
            ..using("crm.read")
        },
    );
    let token = CallClaims::new(chain.chain(), &call, here(), when)
        .sign(&agent(LEAD))
        .unwrap();
    Signed {
        chain: chain.clone(),
        call,
        token,
    }
}

fn decides(verifier: &Verifier, signed: &Signed, now: Timestamp) -> Result<Unsettled, Denial> {
    decides_under(
        verifier,
        &verifier.verify(signed.chain.chain()).unwrap(),
        signed,
        now,
    )
}

fn decides_under(
    verifier: &Verifier,
    chain: &VerifiedChain,
    signed: &Signed,
    now: Timestamp,
) -> Result<Unsettled, Denial> {
    let presentation = Presentation::signed(&signed.call, &signed.token);
    let ledgers = [label(EU)];
    let context = DecisionContext::new(ServerContext::new(now, here()), Register::none())
        .with_ledgers(&ledgers);
    verifier.decide(chain, &presentation, &context)
}

fn code(result: Result<Permit, Denial>) -> Option<DenialCode> {
    result.err().map(|denial| denial.code())
}

/// Any verifiers within the terms, each with a clock of its own; presented at any of them, decided
/// now and settled later, while marks are forgotten. Clocks may even be further apart than the
/// leeway: that refuses calls, and permits none twice.
#[test]
fn a_captured_call_is_permitted_once_at_most() {
    let (mut permitted, mut captured) = (0, 0);
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let below = |random: &mut Random, bound: u64| random.next() % (bound + 1);
        let ledger_terms = terms(below(&mut random, 60), below(&mut random, 30));
        let (age, leeway) = (
            ledger_terms.max_call_age().get(),
            ledger_terms.leeway().get(),
        );
        let till = Till::with(MemoryLedger::with_terms(1_000, ledger_terms));
        let chain = till.root([]);
        let verifiers: Vec<(Verifier, VerifiedChain, i64)> = (0..3)
            .map(|_| {
                let own = terms(below(&mut random, age), below(&mut random, leeway));
                let apart = i64::try_from(if random.chance(80) { leeway } else { 90 }).unwrap();
                // Behind the fastest one.
                let verifier = verifier_of(own);
                let verified = verifier.verify(chain.chain()).unwrap();
                (verifier, verified, random.within(-apart, 0))
            })
            .collect();
        let effect = *random.pick(&[Effect::Read, Effect::Write, Effect::Irreversible]);
        let call = signed(&chain, 1, effect, at(100 + random.next() % 60));
        let (mut permits, mut accepted, mut time, mut waiting) = (0, 0, 60_i64, Vec::new());
        for _ in 0..40 {
            time += random.within(0, 8);
            let (verifier, verified, skew) = random.pick(&verifiers);
            let clock = |time: i64| at(u64::try_from((time + skew).max(0)).unwrap());
            match random.below(10) {
                0 => till.ledger.forget_before(clock(time)),
                1..7 => {
                    // A table of effects that differs from one server's verifier to the next
                    // changes nothing.
                    let stated = if random.chance(20) {
                        Effect::Write
                    } else {
                        effect
                    };
                    let call = Signed {
                        call: numbered(
                            1,
                            &Action {
                                effect: stated,
                                ..using("crm.read")
                            },
                        ),
                        chain: call.chain.clone(),
                        token: call.token.clone(),
                    };
                    let decided = decides_under(verifier, verified, &call, clock(time));
                    accepted += usize::from(decided.is_ok());
                    waiting.extend(decided);
                }
                _ if waiting.is_empty() => {}
                _ => {
                    let unsettled = waiting.swap_remove(random.below(waiting.len()));
                    permits += usize::from(till.ledger.settle(unsettled, clock(time)).is_ok());
                }
            }
        }
        assert!(permits <= 1, "seed {seed}: {permits} permits");
        permitted += permits;
        captured += usize::from(accepted > 1);
    }
    assert!(
        permitted > 200 && captured > 200,
        "{permitted} permitted, {captured} presented more than once"
    );
}

/// By clocks within the leeway, no call is refused that its verifier accepts in time.
#[test]
fn a_verifier_that_is_behind_by_the_leeway_is_served() {
    let ledger = || MemoryLedger::with_terms(100, terms(30, 30));
    let till = Till::new();
    let chain = till.root([]);
    let verifier = verifier_of(terms(30, 30));
    let call = |number| signed(&chain, number, Effect::Read, at(100));
    // The last second in which it is accepted, while the fastest clock is ahead by the leeway.
    let late = decides(&verifier, &call(1), at(130)).unwrap();
    let ahead = ledger();
    ahead.forget_before(at(160));
    assert_eq!(code(ahead.settle(late, at(130))), None);
    let late = decides(&verifier, &call(2), at(130)).unwrap();
    ahead.forget_before(at(161));
    assert_eq!(
        code(ahead.settle(late, at(130))),
        Some(DenialCode::LedgerFull)
    );
    assert!(decides(&verifier, &call(3), at(131)).is_err());
}

/// A ledger that forgets before a verifier stops accepting is told so by the first call, and not by
/// the first replay.
#[test]
fn a_verifier_beyond_the_terms_is_refused() {
    let till = Till::new();
    let chain = till.root([calls(9)]);
    let call = |number| signed(&chain, number, Effect::Read, at(0));
    let cases = [
        ((30, 30), true),
        ((0, 0), true),
        ((31, 30), false),
        ((30, 31), false),
        ((300, 0), false),
    ];
    for (number, ((age, leeway), is_covered)) in (0..).zip(cases) {
        let verifier = verifier_of(terms(age, leeway));
        let unsettled = decides(&verifier, &call(number), at(0)).unwrap();
        let outcome = till
            .ledger
            .reserve(unsettled.charges(), AttemptId::from_bytes([1; 16]), at(0))
            .outcome;
        let expected = if is_covered {
            LedgerOutcome::Reserved
        } else {
            LedgerOutcome::BeyondTerms
        };
        assert_eq!(outcome, expected, "{age} and {leeway}");
        let denial = till
            .ledger
            .settle(decides(&verifier, &call(number), at(0)).unwrap(), at(0))
            .map(drop);
        let denial = denial.unwrap_err();
        assert_eq!(
            denial.code(),
            if is_covered {
                DenialCode::AlreadyDecided
            } else {
                DenialCode::BeyondLedgerTerms
            }
        );
        assert_eq!(
            denial.public().code,
            if is_covered {
                "AlreadyDecided"
            } else {
                "Refused"
            }
        );
        let its_own = MemoryLedger::with_terms(9, LedgerTerms::from(&verifier));
        assert_eq!(
            code(its_own.settle(unsettled, at(0))),
            None,
            "one made for it serves it"
        );
    }
    assert_eq!(till.ledger.len(), 2, "who is refused leaves no mark");
}

/// A client that retries, with a new signature under the same id.
#[test]
fn an_irreversible_call_signed_anew_is_remembered_until_its_chain_expires() {
    let till = Till::new();
    let root = till.root([calls(9)]);
    let retry = |effect, seconds| {
        let call = signed(&root, 42, effect, at(seconds));
        code(till.ledger.settle(
            decides(&till.verifier, &call, at(seconds)).unwrap(),
            at(seconds),
        ))
    };
    assert_eq!(retry(Effect::Irreversible, 0), None);
    for seconds in [10, 31, 61, 600, LIFETIME - 1] {
        assert_eq!(
            retry(Effect::Irreversible, seconds),
            Some(DenialCode::AlreadyDecided),
            "at {seconds}"
        );
    }
    till.ledger.forget_before(at(LIFETIME));
    assert_eq!(
        till.ledger.len(),
        1,
        "it holds a call of the budget, and was never closed"
    );
}

/// Any other call may be signed anew, once all signed bytes of it are too old; these themselves are
/// never good again.
#[test]
fn a_reversible_call_is_remembered_until_it_is_too_old() {
    let till = Till::new();
    let root = till.root([]);
    let old = signed(&root, 42, Effect::Write, at(0));
    let settle = |call: &Signed, decided, settled| {
        code(till.ledger.settle(
            decides(&till.verifier, call, at(decided)).unwrap(),
            at(settled),
        ))
    };
    assert_eq!(settle(&old, 0, 0), None);
    let again = signed(&root, 42, Effect::Write, at(60));
    assert_eq!(settle(&again, 60, 60), Some(DenialCode::AlreadyDecided));
    assert_eq!(
        settle(&again, 90, 120),
        Some(DenialCode::AlreadyDecided),
        "who was refused an answer once is refused it again"
    );
    let slow = signed(&root, 42, Effect::Write, at(0));
    assert_eq!(settle(&slow, 30, 120), Some(DenialCode::AlreadyDecided));
    let once_more = signed(&root, 42, Effect::Write, at(121));
    assert_eq!(settle(&once_more, 121, 121), None);
    till.ledger.forget_before(at(200));
    assert_eq!(
        settle(&slow, 30, 30),
        Some(DenialCode::LedgerFull),
        "by a clock that stepped back"
    );
}

/// A clock that is far ahead refuses what others accept, and lets nothing by twice; when they catch
/// up they are served again.
#[test]
fn a_clock_that_is_far_ahead_stops_the_others_until_they_catch_up() {
    let till = Till::new();
    let pace =
        mandatum::limits::RateLimit::new(label("pace"), label(EU), 1, Seconds::new(10)).unwrap();
    let (free, paced) = (
        till.root_numbered(1, []),
        till.root_numbered(2, [mandatum::Limit::rate_limit(pace)]),
    );
    let asks = |chain: &VerifiedChain, number, seconds| {
        let call = signed(chain, number, Effect::Read, at(seconds));
        code(till.ledger.settle(
            decides(&till.verifier, &call, at(seconds)).unwrap(),
            at(seconds),
        ))
    };
    assert_eq!(asks(&free, 1, 100), None);
    assert_eq!(asks(&paced, 1, 100), None);
    till.ledger.forget_before(at(3_600));
    assert_eq!(
        [1, 2].map(|number| asks(&free, number, 101)),
        [Some(DenialCode::LedgerFull); 2]
    );
    assert_eq!(asks(&free, 3, 3_539), Some(DenialCode::LedgerFull));
    assert_eq!(
        asks(&free, 3, 3_540),
        None,
        "within the call age and the leeway of the latest clock"
    );
    // By the ledger's clock it is 3,600 all the while.
    assert_eq!(asks(&paced, 2, 3_540), None);
    assert_eq!(asks(&paced, 3, 3_599), Some(DenialCode::RateExceeded));
    assert_eq!(asks(&paced, 4, 3_609), Some(DenialCode::RateExceeded));
    assert_eq!(asks(&paced, 5, 3_610), None);
}
