use crate::choices::Choices;
use crate::world::*;
use mandatum::*;
use std::collections::BTreeMap;

/// Most things that are asked of a ledger.
const STEPS: usize = 30;

/// Calls, of which some are the same, under chains that share accounts, at a clock that also steps back: against a model that adds
/// up by hand, a call is reserved once, no sum exceeds its maximum, all charges of a call are made or none, and what a call holds
/// is given back or spent once.
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
        let (id, tool) = ([u8::try_from(number).unwrap_or_default(); 16], TOOLS[number % 3]);
        let call = call(id, tool, Effect::Irreversible, amount);
        let context = Context::new(Here::new(now, here()), Register::none()).with_ledgers(&attached);
        let unsettled = sure(decide(chain, &call, &context));
        match choices.below(8) {
            0..=2 => {
                let charges = unsettled.charges();
                model.reserved(charges, ledger.reserve(charges, now));
            }
            3..=5 => {
                let outcome = choices.pick(&[Outcome::Done, Outcome::Failed, Outcome::Undone]);
                ledger.close(unsettled.charges().key(), outcome);
                model.closed(unsettled.charges().key(), outcome);
            }
            6 => ledger.forget_before(now),
            _ => {
                // What is charged under one key never gives back what another holds.
                ledger.close(CallKey::from_bytes([0xee; 32]), Outcome::Undone);
            }
        }
        model.assert_balances(&ledger);
    }
}

/// What a ledger should know.
#[derive(Default)]
struct Model {
    /// The calls that were reserved, with what they hold until they are closed.
    reserved: BTreeMap<CallKey, Vec<(AccountId, Number)>>,
    /// What is spent and held on each account.
    accounts: BTreeMap<AccountId, (Number, Number)>,
}

impl Model {
    fn reserved(&mut self, charges: &Charges, answer: LedgerAnswer) {
        assert_eq!(answer.key, charges.key());
        let is_known = self.reserved.contains_key(&charges.key());
        match answer.outcome {
            LedgerOutcome::Reserved => {
                assert!(!is_known, "a call is reserved again before its chain expires");
                let mut holds = Vec::new();
                for charge in charges.charges() {
                    let Demand::Spend { amount, max } = charge.demand else { continue };
                    let (spent, held) = self.accounts.entry(charge.account).or_insert((0.into(), 0.into()));
                    *held = sum(*held, amount);
                    assert!(sum(*spent, *held) <= max, "{} of {max} are spent or held", sum(*spent, *held));
                    holds.push((charge.account, amount));
                }
                self.reserved.insert(charges.key(), holds);
            }
            LedgerOutcome::Refused { charge, why } => {
                assert!(!is_known, "a call that was reserved is charged again");
                let Some(refused) = charges.charges().get(charge) else { panic!("no charge {charge}") };
                let (spent, held) = self.accounts.get(&refused.account).copied().unwrap_or((0.into(), 0.into()));
                match (why, refused.demand) {
                    (ChargeRefusal::Exhausted { left }, Demand::Spend { amount, max }) => {
                        assert!(sum(sum(spent, held), amount) > max, "{amount} fits into {max}: {spent}, {held}");
                        // Another chain may have been granted more of the same account.
                        assert_eq!(Ok(left), max.checked_sub(sum(spent, held)).map(|left| left.max(0.into())));
                    }
                    (ChargeRefusal::TooFast { .. }, Demand::Pace { .. }) => {}
                    (ChargeRefusal::GroupClosed, Demand::Latch { .. }) => {}
                    other => panic!("a refusal of another kind: {other:?}"),
                }
            }
            // A call that was refused is marked as well, for a short time.
            LedgerOutcome::Before | LedgerOutcome::NoRoom => {}
            LedgerOutcome::BeyondTerms => panic!("the verifier's terms are the ledger's"),
        }
        assert!(!is_known || answer.outcome == LedgerOutcome::Before, "{:?} of a call that is known", answer.outcome);
    }

    fn closed(&mut self, key: CallKey, outcome: Outcome) {
        for (account, amount) in self.reserved.get_mut(&key).map(std::mem::take).into_iter().flatten() {
            let Some((spent, held)) = self.accounts.get_mut(&account) else { panic!("it holds what it never charged") };
            *held = sure(held.checked_sub(amount));
            if outcome != Outcome::Undone {
                *spent = sum(*spent, amount);
            }
        }
    }

    fn assert_balances(&self, ledger: &MemoryLedger) {
        for (account, (spent, held)) in &self.accounts {
            let expected = Balance { spent: *spent, held: *held };
            assert_eq!(ledger.balance(account), Some(expected), "{account:?}");
        }
    }
}

fn sum(one: Number, other: Number) -> Number {
    sure(one.checked_add(other))
}

/// A root of one budget for all that the company issues under this name, and of some limits of its own.
fn chain(choices: &mut Choices<'_>, number: u8) -> VerifiedChain {
    let budget = |limit: Result<Budget, LimitError>| Limit::budget(sure(limit));
    let groups = ["crm.*", "pay.send"].map(|tool| sure(ToolSet::new([sure(tool.parse())])));
    let own = [
        budget(Budget::sum(label("travel"), label("eu-1"), "amount", sure("1000.5".parse()))),
        budget(Ok(Budget::calls(label("own"), label("eu-1"), 1))),
        Limit::rate(sure(Rate::new(label("pace"), label("eu-1"), 2, Seconds::new(60)))),
        Limit::exclusive(sure(Exclusive::new(label("duty"), label("eu-1"), groups))),
    ];
    let shared = budget(Ok(Budget::calls(label("jobs"), label("eu-1"), choices.within(1, 6))));
    let limits: Vec<Limit> = choices.some(&own).into_iter().chain([shared]).collect();
    let Some(chain) = root([number; 16], Life::ExpiryOnly, &limits) else { panic!("a root with limits") };
    sure(verifier().verify(&chain))
}
