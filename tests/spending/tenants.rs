//! Many tenants of one ledger: whatever greedy ones do, an honest one with modest needs is served.

use crate::stage::{agent, anchor, root_of};
use crate::support::{COMPANY, Random, STRANGER, at, label};
use crate::till::{EU, LEAD, Till, all, numbered, using};
use mandatum::claims::Outcome;
use mandatum::limits::RateLimit;
use mandatum::{
    Budget, DenialCode, Effect, Life, Limit, MemoryLedger, Permit, Seconds, VerifiedChain, Verifier,
};

const ROOM: usize = 320;
/// An honest root's calls that are marked at one time, and its accounts. A quarter of the ledger
/// goes to one greedy root, an eighth to a second one of the same issuer; a root of that issuer is
/// left a sixteenth, which is this.
const MODEST: usize = ROOM / 16;

struct Greedy {
    chain: VerifiedChain,
    next: usize,
    open: Vec<Permit>,
}

fn budget(name: &str, max: u64) -> Limit {
    Limit::budget(Budget::calls(label(name), label(EU), max))
}

impl Greedy {
    /// Makes one call, in one of the ways that the API allows.
    fn acts(&mut self, till: &Till, random: &mut Random, now: u64) {
        self.next += 1;
        let junk = |limits: Vec<Limit>| till.child(&self.chain, [LEAD, 10_000 + self.next], limits);
        let chain = match random.below(5) {
            // Refused by a rate that never lets a second call by.
            0 => junk(vec![Limit::rate_limit(
                RateLimit::new(label("slow"), label(EU), 1, Seconds::hours(8)).unwrap(),
            )]),
            // Refused by a budget.
            1 => junk(vec![budget("none", 0)]),
            // Accounts that nobody needs.
            2 => junk(
                (0..8)
                    .map(|of| budget(&format!("junk {} {of}", self.next), 9))
                    .collect(),
            ),
            // One account, used again and again.
            3 => junk(vec![budget("much", 1_000_000)]),
            _ => self.chain.clone(),
        };
        let call = numbered(self.next, &using("crm.read"));
        let Ok(permit) = till.asks(&chain, &call, at(now)) else {
            return;
        };
        match random.below(4) {
            0 => till.closes(&permit.cancel()),
            1 => till.closes(&permit.start(at(now)).unwrap().finish(Outcome::Done)),
            // Never closed, or much later.
            2 => drop(permit),
            _ => self.open.push(permit),
        }
        if random.chance(10) && !self.open.is_empty() {
            let late = self.open.swap_remove(random.below(self.open.len()));
            till.closes(&late.cancel());
        }
    }
}

/// Two greedy roots of one issuer from the beginning; an honest root of the same issuer and one of
/// another come whenever they like.
#[test]
fn whatever_greedy_tenants_do_an_honest_one_is_served() {
    let other = anchor("https://other.example", STRANGER);
    let verifier = Verifier::new([anchor("https://acme.example", COMPANY), other.clone()]).unwrap();
    let verifier = verifier
        .dangerous_effects_as_stated()
        .dangerous_accept_asserted_up_to(Effect::Write);
    let mut greedy_were_refused = 0;
    for seed in 0..24 {
        let mut random = Random::new(seed);
        let till = Till {
            verifier: verifier.clone(),
            ..Till::with(MemoryLedger::new(ROOM))
        };
        let mut greedy: Vec<Greedy> = [1, 2]
            .map(|number| Greedy {
                chain: till.root_numbered(number, []),
                next: 0,
                open: Vec::new(),
            })
            .into();
        let own: Vec<Limit> = (0..MODEST)
            .map(|name| budget(&format!("own {name}"), 1_000))
            .collect();
        let honest = till.root_numbered(3, own.clone());
        let foreign = root_of(
            &other,
            STRANGER,
            &agent(LEAD),
            all(),
            Life::ExpiryOnly,
            own,
            [4; 16],
        );
        let foreign = till.verifier.verify(&foreign).unwrap();
        let begins = random.below(600);
        let mut made = 0;
        for step in 0..1_200_usize {
            let now = u64::try_from(step).unwrap() / 40;
            greedy[random.below(2)].acts(&till, &mut random, now);
            if step >= begins && made < MODEST && random.chance(10) {
                for chain in [&honest, &foreign] {
                    let call = numbered(made, &using("crm.read"));
                    let permit = till.asks(chain, &call, at(now)).unwrap_or_else(|denial| {
                        panic!("seed {seed}, step {step}: call {made} is refused: {denial}")
                    });
                    till.closes(&permit.start(at(now)).unwrap().finish(Outcome::Done));
                }
                made += 1;
            }
        }
        assert_eq!(made, MODEST);
        let call = numbered(usize::MAX, &using("crm.read"));
        let refused = till
            .asks(&greedy[0].chain, &call, at(30))
            .err()
            .map(|denial| denial.code());
        greedy_were_refused += usize::from(refused == Some(DenialCode::LedgerFull));
    }
    assert!(
        greedy_were_refused > 20,
        "the greedy took all that they may: {greedy_were_refused}"
    );
}
