use crate::choices::Choices;
use crate::world::*;
use mandatum::charge::{ChargeRefusal, Charges, Demand, LedgerAnswer, LedgerOutcome, Reservation};
use mandatum::claims::Outcome;
use mandatum::denial::RecordedOutcome;
use mandatum::ledger::Balance;
use mandatum::limits::{LimitError, RateLimit, SeparationOfDuty, Source, ToolSet};
use mandatum::primitives::{AccountId, AttemptId, CallKey, Number, RequestDigest};
use mandatum::{
    Budget, DecisionContext, Effect, Life, Limit, MemoryLedger, Register, Seconds, ServerContext,
    Timestamp, VerifiedChain,
};
use std::collections::BTreeMap;

/// Most things that are asked of a ledger.
const STEPS: usize = 30;

/// Calls, of which some are the same, under chains that share accounts, at a clock that also steps
/// back: against a model that adds up by hand, a call is reserved once, no sum exceeds its maximum,
/// all charges of a call are made or none, and what a call holds is given back or spent once. An id
/// is decided with one request, and its outcome is told to what was signed later than all before.
pub fn ledger(data: &[u8]) {
    let mut choices = Choices::new(data);
    let ledger = MemoryLedger::new(choices.pick(&[1_000, 1_000, 8]));
    let chains: Vec<VerifiedChain> = (1..=2).map(|number| chain(&mut choices, number)).collect();
    let attached = [label("eu-1")];
    let mut model = Model::default();
    for _ in 0..STEPS {
        let now = at(choices.within(0, 120));
        let number = choices.below(6);
        let chain = &chains[number % 2];
        let amount = choices.pick(&[1, 1, 2, 5, 0, 1_000]);
        let (id, tool) = (
            [u8::try_from(number).unwrap_or_default(); 16],
            TOOLS[number % 3],
        );
        let call = call(id, tool, Effect::Irreversible, amount);
        let context = DecisionContext::new(ServerContext::new(now, here()), Register::none())
            .with_ledgers(&attached);
        let unsettled = sure(decide(chain, &call, &context));
        match choices.below(8) {
            0..=2 => {
                let charges = unsettled.charges();
                let attempt = AttemptId::from_bytes([choices.pick(&[1, 2]); 16]);
                model.reserved(charges, attempt, ledger.reserve(charges, attempt, now));
            }
            3..=5 => {
                let outcome = choices.pick(&[Outcome::Done, Outcome::Failed, Outcome::Undone]);
                // Sometimes of another reservation under this id, which is not there.
                let reservation = unsettled.charges().reservation();
                let at = if choices.below(4) == 0 {
                    reservation.at
                } else {
                    model.at(&reservation)
                };
                let reservation = Reservation { at, ..reservation };
                ledger.close(reservation, outcome);
                model.closed(reservation, outcome);
            }
            6 => ledger.forget_before(now),
            _ => {
                // What is charged under one key never gives back what another holds.
                let key = CallKey::from_bytes([0xee; 32]);
                ledger.close(Reservation { key, at: now }, Outcome::Undone);
            }
        }
        model.assert_balances(&ledger);
    }
}

/// What a ledger should know.
#[derive(Default)]
struct Model {
    /// The calls that were reserved.
    reserved: BTreeMap<CallKey, Known>,
    /// What is spent and held on each account.
    accounts: BTreeMap<AccountId, (Number, Number)>,
}

/// A call that was reserved. Irreversible, so its mark is kept until its chain expires.
struct Known {
    request: RequestDigest,
    at: Timestamp,
    latest: Timestamp,
    attempt: AttemptId,
    recorded: RecordedOutcome,
    /// What it holds until it is closed.
    holds: Vec<(AccountId, Number)>,
}

impl Known {
    fn answer(&mut self, charges: &Charges, attempt: AttemptId) -> LedgerOutcome {
        let is_open = self.recorded == RecordedOutcome::Open;
        if charges.request() != self.request {
            return LedgerOutcome::Conflict;
        }
        if is_open && attempt == self.attempt && charges.at() == self.at {
            return LedgerOutcome::Reserved;
        }
        let is_later = charges.at() > self.latest;
        self.latest = self.latest.max(charges.at());
        LedgerOutcome::Before {
            recorded: is_later.then_some(self.recorded),
        }
    }
}

impl Model {
    /// When the call that is known under this key was signed; else as it is said.
    fn at(&self, reservation: &Reservation) -> Timestamp {
        self.reserved
            .get(&reservation.key)
            .map_or(reservation.at, |known| known.at)
    }

    fn reserved(&mut self, charges: &Charges, attempt: AttemptId, answer: LedgerAnswer) {
        assert_eq!(answer, charges.answer(answer.outcome));
        if let Some(known) = self.reserved.get_mut(&charges.key()) {
            assert_eq!(
                answer.outcome,
                known.answer(charges, attempt),
                "of a call that is known"
            );
            return;
        }
        match answer.outcome {
            LedgerOutcome::Reserved => {
                let mut holds = Vec::new();
                for charge in charges.charges() {
                    let Demand::Spend { amount, max, .. } = charge.demand else {
                        continue;
                    };
                    let (spent, held) = self
                        .accounts
                        .entry(charge.account)
                        .or_insert((0.into(), 0.into()));
                    *held = sum(*held, amount);
                    assert!(
                        sum(*spent, *held) <= max,
                        "{} of {max} are spent or held",
                        sum(*spent, *held)
                    );
                    holds.push((charge.account, amount));
                }
                let (request, at) = (charges.request(), charges.at());
                let known = Known {
                    request,
                    at,
                    latest: at,
                    attempt,
                    recorded: RecordedOutcome::Open,
                    holds,
                };
                self.reserved.insert(charges.key(), known);
            }
            LedgerOutcome::Refused { charge, why } => {
                let Some(refused) = charges.charges().get(charge) else {
                    panic!("no charge {charge}")
                };
                let (spent, held) = self
                    .accounts
                    .get(&refused.account)
                    .copied()
                    .unwrap_or((0.into(), 0.into()));
                match (why, refused.demand) {
                    (ChargeRefusal::Exhausted { left }, Demand::Spend { amount, max, .. }) => {
                        assert!(
                            sum(sum(spent, held), amount) > max,
                            "{amount} fits into {max}: {spent}, {held}"
                        );
                        // Another chain may have been granted more of the same account.
                        assert_eq!(
                            Ok(left),
                            max.checked_sub(sum(spent, held))
                                .map(|left| left.max(0.into()))
                        );
                    }
                    (ChargeRefusal::TooFast { .. }, Demand::Pace { .. }) => {}
                    (ChargeRefusal::GroupClosed, Demand::Latch { .. }) => {}
                    other => panic!("a refusal of another kind: {other:?}"),
                }
            }
            // A call that was refused is marked as well, for a short time.
            LedgerOutcome::Before {
                recorded: None | Some(RecordedOutcome::Refused),
            }
            | LedgerOutcome::Conflict
            | LedgerOutcome::NoRoom => {}
            LedgerOutcome::Before { recorded } => {
                panic!("{recorded:?} of a call that was never reserved")
            }
            LedgerOutcome::BeyondTerms => panic!("the verifier's terms are the ledger's"),
        }
    }

    fn closed(&mut self, reservation: Reservation, outcome: Outcome) {
        let Some(known) = self.reserved.get_mut(&reservation.key) else {
            return;
        };
        if known.at != reservation.at || known.recorded != RecordedOutcome::Open {
            return;
        }
        known.recorded = RecordedOutcome::Closed(outcome);
        for (account, amount) in std::mem::take(&mut known.holds) {
            let Some((spent, held)) = self.accounts.get_mut(&account) else {
                panic!("it holds what it never charged")
            };
            *held = sure(held.checked_sub(amount));
            if outcome != Outcome::Undone {
                *spent = sum(*spent, amount);
            }
        }
    }

    fn assert_balances(&self, ledger: &MemoryLedger) {
        for (account, (spent, held)) in &self.accounts {
            let expected = Balance {
                spent: *spent,
                held: *held,
            };
            assert_eq!(ledger.balance(account), Some(expected), "{account:?}");
        }
    }
}

fn sum(one: Number, other: Number) -> Number {
    sure(one.checked_add(other))
}

/// A root of one budget for all that the company issues under this name, and of some limits of its
/// own.
fn chain(choices: &mut Choices<'_>, number: u8) -> VerifiedChain {
    let budget = |limit: Result<Budget, LimitError>| Limit::budget(sure(limit));
    let groups = ["crm.*", "pay.send"].map(|tool| sure(ToolSet::new([sure(tool.parse())])));
    let own = [
        budget(Budget::sum(
            label("travel"),
            label("eu-1"),
            [Source::new(sure("amount".parse()))],
            sure("1000.5".parse()),
        )),
        budget(Ok(Budget::calls(label("own"), label("eu-1"), 1))),
        Limit::rate_limit(sure(RateLimit::new(
            label("pace"),
            label("eu-1"),
            2,
            Seconds::new(60),
        ))),
        Limit::separation_of_duty(sure(SeparationOfDuty::new(
            label("duty"),
            label("eu-1"),
            groups,
        ))),
    ];
    let shared = budget(Ok(Budget::calls(
        label("jobs"),
        label("eu-1"),
        choices.within(1, 6),
    )));
    let limits: Vec<Limit> = choices.some(&own).into_iter().chain([shared]).collect();
    let Some(chain) = root([number; 16], Life::ExpiryOnly, &limits) else {
        panic!("a root with limits")
    };
    sure(verifier().verify(&chain))
}
