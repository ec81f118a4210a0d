//! Limits pile up: with one more budget, rate, exclusive group or gate, at any link, no calls are
//! permitted that would not be without it.
//!
//! What a ledger permits hangs on what it permitted before, so a whole run is compared: the calls
//! that were permitted with the limit are made again without it, these alone, and all of them are
//! permitted. Approvals are presented as a holder does who sends what is asked for: not those of
//! people whom no gate names.

use crate::forging::story::{after, call_of};
use crate::stage::*;
use crate::support::Random;
use mandatum::claims::Outcome;
use mandatum::denial::{ApprovalError, DenialReason};
use mandatum::limits::{ApprovalGate, RateLimit, SeparationOfDuty, Source, ToolSet, Unit};
use mandatum::primitives::Value;
use mandatum::{
    Action, Budget, Call, Chain, Constraint, Denial, DenialCode, Effect, Limit, MemoryLedger,
    Permit, Seconds,
};
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [u8; 3] = [ANNA, BEN, CLEO];
const KINDS: [Kind; 4] = [Kind::Budget, Kind::Rate, Kind::Exclusive, Kind::Gate];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Budget,
    Rate,
    Exclusive,
    Gate,
}

/// A call that is made, when, who approves it, and whether it is undone.
#[derive(Clone, Debug)]
struct Made {
    call: Call,
    seconds: i64,
    approved_by: Vec<u8>,
    is_undone: bool,
}

fn budget(random: &mut Random) -> Budget {
    let account = label(random.name(&["a", "b"]));
    // Counted mostly where the verifier is attached.
    let ledger = label(if random.chance(90) { "main" } else { "side" });
    if random.chance(50) {
        return Budget::calls(account, ledger, u64::try_from(random.below(7)).unwrap());
    }
    let source = Source::new("amount".parse().unwrap());
    let unit = || Unit::new("currency".parse().unwrap(), "USD").unwrap();
    let most = random.within(0, 40).into();
    let source = if random.chance(30) {
        source.with_unit(unit())
    } else {
        source
    };
    Budget::sum(account, ledger, [source], most).unwrap()
}

fn limit(random: &mut Random, kind: Kind) -> Limit {
    let limit = match kind {
        Kind::Budget => Limit::budget(budget(random)),
        Kind::Rate => {
            let (burst, per) = (random.below(3) + 1, random.within(1, 20));
            let per = Seconds::new(u64::try_from(per).unwrap());
            Limit::rate_limit(
                RateLimit::new(
                    label("r"),
                    label("main"),
                    u32::try_from(burst).unwrap(),
                    per,
                )
                .unwrap(),
            )
        }
        Kind::Exclusive => {
            let groups =
                ["pay", "crm.*"].map(|tool| ToolSet::new([tool.parse().unwrap()]).unwrap());
            Limit::separation_of_duty(
                SeparationOfDuty::new(label("x"), label("main"), groups).unwrap(),
            )
        }
        Kind::Gate => {
            let mut people = PEOPLE;
            random.shuffle(&mut people);
            let named = random.below(3) + 1;
            let gate =
                gate(random.below(named) + 1, &people[..named]).with_effect(*random.pick(&EFFECTS));
            Limit::approval_gate(if random.chance(40) {
                harmless(gate, random.within(0, 8))
            } else {
                gate
            })
        }
    };
    match random.below(3) {
        0 => limit,
        // Groups are set apart in a scope that has all their tools.
        1 if kind == Kind::Exclusive => limit.with_tools(["pay", "crm.*"]).unwrap(),
        _ if kind == Kind::Exclusive => limit,
        1 => limit.with_tools(["pay"]).unwrap(),
        _ => limit.with_tools(["crm.*"]).unwrap(),
    }
}

const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Write, Effect::Irreversible];

fn harmless(gate: ApprovalGate, most: i64) -> ApprovalGate {
    gate.with_exemption(
        "amount",
        Constraint::between(0.into(), most.into()).unwrap(),
    )
    .unwrap()
}

fn few_limits(random: &mut Random) -> Vec<Limit> {
    (0..random.below(3))
        .map(|_| KINDS[random.below(4)])
        .collect::<Vec<_>>()
        .into_iter()
        .map(|kind| limit(random, kind))
        .collect()
}

fn calls(random: &mut Random) -> Vec<Made> {
    let mut seconds = 0;
    let made = |number: u8| {
        seconds += random.within(0, 6);
        let mut arguments: Vec<(&str, Value)> = Vec::new();
        if random.chance(90) {
            arguments.push(("amount", random.within(-1, 12).into()));
        }
        if random.chance(70) {
            arguments.push(("currency", random.name(&["USD", "USD", "EUR"]).into()));
        }
        let action = Action::new(
            random.name(&["pay", "pay", "crm.read"]),
            arguments,
            *random.pick(&EFFECTS),
        )
        .unwrap();
        let approved_by = PEOPLE.into_iter().filter(|_| random.chance(70)).collect();
        Made {
            call: call_of(number, action),
            seconds,
            approved_by,
            is_undone: random.chance(20),
        }
    };
    (0..10).map(made).collect()
}

/// What is decided and settled, with the approvals of those who are asked.
fn permit(chain: &Chain, made: &Made, ledger: &MemoryLedger) -> Result<Permit, Denial> {
    let (main, mut by) = ([label("main")], made.approved_by.clone());
    loop {
        let word = |by: &u8| {
            let word = Word::on(chain, &made.call, *by);
            Word {
                at: made.seconds,
                expires: made.seconds + 300,
                ..word
            }
            .sign()
        };
        let words: Vec<_> = by.iter().map(word).collect();
        let context = context(made.seconds)
            .with_approvals(&words)
            .with_ledgers(&main);
        match decide(chain, &made.call, &context) {
            Ok(unsettled) => return ledger.settle(unsettled, after(made.seconds)),
            Err(denial) => match denial.reason() {
                DenialReason::NotApproved(why) => match **why {
                    ApprovalError::ApprovalByStranger { by: stranger } => {
                        by.retain(|by| public(*by) != stranger);
                    }
                    _ => return Err(denial),
                },
                _ => return Err(denial),
            },
        }
    }
}

/// What became of each call of a run.
fn run(chain: &Chain, calls: &[Made]) -> Vec<Result<(), DenialCode>> {
    let ledger = MemoryLedger::new(100);
    let mut results = Vec::new();
    for made in calls {
        results.push(
            permit(chain, made, &ledger)
                .map_err(|denial| denial.code())
                .map(|permit| {
                    let outcome = if made.is_undone {
                        Outcome::Undone
                    } else {
                        Outcome::Done
                    };
                    let record = permit.start(after(made.seconds)).unwrap().finish(outcome);
                    ledger.close(record.reservation(), record.outcome);
                }),
        );
    }
    results
}

#[test]
fn one_more_limit_never_permits_more() {
    // Of each kind: calls permitted with it, and calls that only it refuses.
    let mut tally: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    let mut refusals = BTreeSet::new();
    for seed in 0..240 {
        let random = &mut Random::new(seed);
        let kind = KINDS[usize::try_from(seed).unwrap() % 4];
        let (upper, lower, calls) = (few_limits(random), few_limits(random), calls(random));
        let more = limit(random, kind);
        let add = |limits: &[Limit], at: usize| {
            let mut limits = limits.to_vec();
            limits.insert(at, more.clone());
            limits
        };
        let with = if random.chance(50) {
            chain(add(&upper, random.below(upper.len() + 1)), lower.clone())
        } else {
            chain(upper.clone(), add(&lower, random.below(lower.len() + 1)))
        };
        let without = chain(upper, lower);

        let results = run(&with, &calls);
        let permitted: Vec<Made> = calls
            .iter()
            .zip(&results)
            .filter(|(_, result)| result.is_ok())
            .map(|(made, _)| made.clone())
            .collect();
        for (made, result) in permitted.iter().zip(run(&without, &permitted)) {
            assert_eq!(
                result,
                Ok(()),
                "seed {seed}: {} only with {more}",
                made.call.action
            );
        }
        refusals.extend(results.iter().filter_map(|result| result.err()));
        let alone = run(&without, &calls);
        let bitten = alone
            .iter()
            .zip(&results)
            .filter(|(alone, with)| alone.is_ok() && with.is_err())
            .count();
        let (all, only) = tally.entry(kind).or_default();
        (*all, *only) = (*all + permitted.len(), *only + bitten);
    }
    // Every kind let some calls through, and stopped some that nothing else did.
    assert_eq!(tally.len(), 4);
    assert!(
        tally
            .values()
            .all(|(permitted, bitten)| *permitted > 40 && *bitten > 20),
        "{tally:?}"
    );
    let expected = [
        DenialCode::LedgerUnknown,
        DenialCode::AmountMissing,
        DenialCode::AmountNegative,
        DenialCode::WrongUnit,
        DenialCode::BudgetExhausted,
        DenialCode::RateExceeded,
        DenialCode::GroupClosed,
        DenialCode::ApprovalsMissing,
    ];
    assert_eq!(refusals, BTreeSet::from(expected));
}
