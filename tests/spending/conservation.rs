//! Random mandates, random calls: what the ledger keeps is what a naive one keeps, and no budget is
//! ever exceeded.

use crate::reference::{
    Account, Amount, Ask, Counts, Expected, Line, Order, Owner, PerOrder, Reference, Refused, Told,
    cents, wanted,
};
use crate::support::{Random, START, at, label};
use crate::till::{EU, LEAD, Till, US, numbered};
use mandatum::charge::{Charge, Demand, LedgerAnswer, LedgerOutcome};
use mandatum::claims::Outcome;
use mandatum::denial::{ChargeError, DenialPlace, DenialReason, RecordedOutcome};
use mandatum::ledger::Balance;
use mandatum::primitives::{AccountId, AttemptId, Period, Value};
use mandatum::{Audience, Denial, Permit, Seconds, Unsettled, VerifiedChain};
use std::collections::BTreeMap;

const TOOLS: [&str; 4] = ["crm.read", "mail.send", "notes.add", "pay.send"];
/// Mandates live across the boundaries of days, weeks and months.
const LIVES: u64 = 70 * 86_400;
const HOLDERS: [usize; 5] = [10, 11, 12, 13, 14];

/// A mandate, with what the reference needs to know of it.
struct Node {
    /// From the root to itself.
    path: Vec<usize>,
    owner: Owner,
    holder: usize,
    lines: Vec<Line>,
    chain: VerifiedChain,
    expires: u64,
}

/// A server with its own ledger, and the reference for it.
struct Site {
    ledger: &'static str,
    till: Till,
    reference: Reference,
    accounts: Vec<(Account, AccountId)>,
    asked: Vec<Ask>,
    /// Decided then, and not yet settled.
    waiting: Vec<(Ask, u64, Vec<Expected>, Unsettled)>,
    running: Vec<(Ask, Permit)>,
    /// What was permitted and not given back.
    counted: Vec<Ask>,
}

/// How often it came to what, over all worlds.
type CacheView = BTreeMap<String, usize>;

struct World {
    nodes: Vec<Node>,
    sites: Vec<Site>,
    now: u64,
}

impl Site {
    fn new(name: &str, ledger: &'static str) -> Self {
        let till = Till {
            name: Audience::new(name).unwrap(),
            ..Till::living(LIVES).attached_to(&[ledger])
        };
        let (accounts, asked, waiting, running, counted) = Default::default();
        Self {
            ledger,
            till,
            reference: Reference::default(),
            accounts,
            asked,
            waiting,
            running,
            counted,
        }
    }
}

fn line(random: &mut Random) -> Line {
    let counts = match random.below(8) {
        0..2 => Counts::Calls,
        2..4 => Counts::Sum(None, random.chance(30), random.chance(20)),
        4..6 => Counts::Sum(
            Some(*random.pick(&["EUR", "USD"])),
            random.chance(30),
            random.chance(20),
        ),
        6 => Counts::Rate(
            1 + u32::try_from(random.below(4)).unwrap(),
            1 + random.next() % 40,
        ),
        _ => Counts::Groups,
    };
    let max = |random: &mut Random| match counts {
        Counts::Calls => 100 * random.within(0, 9),
        _ => random.within(0, 60_000),
    };
    let is_split = !matches!(counts, Counts::Rate(..) | Counts::Groups) && random.chance(60);
    let is_budget = !matches!(counts, Counts::Rate(..) | Counts::Groups);
    let period = (is_budget && random.chance(30)).then(|| *random.pick(&Period::ALL));
    let per_order = (is_budget && random.chance(30)).then(|| PerOrder {
        remember: *random.pick(&[20, 60, 200_000]),
        is_any_case: random.chance(30),
    });
    let ledgers: &[&str] = if is_split {
        &[EU, US]
    } else {
        [&[EU], &[US]][usize::from(random.chance(15))]
    };
    Line {
        account: random.name(&["a", "b"]),
        // Groups are set apart in a scope that has all their tools; here for all calls.
        scope: (random.chance(25) && counts != Counts::Groups).then(|| random.name(&TOOLS)),
        counts,
        shares: ledgers
            .iter()
            .map(|ledger| (*ledger, max(random)))
            .collect(),
        period,
        per_order,
    }
}

impl World {
    /// Two roots of one company for one lead, as if issued again, and a tree below them. Few agents
    /// hold it all, so that accounts of one name meet.
    fn new(random: &mut Random) -> Self {
        let till = Till::living(LIVES);
        let mut nodes: Vec<Node> = Vec::new();
        while nodes.len() < 9 {
            let lines: Vec<Line> = (0..random.below(3)).map(|_| line(random)).collect();
            let limits = lines.iter().map(Line::limit);
            if nodes.len() < 2 {
                let chain = till.root_numbered(u8::try_from(nodes.len()).unwrap(), limits);
                let path = vec![nodes.len()];
                nodes.push(Node {
                    path,
                    owner: None,
                    holder: LEAD,
                    lines,
                    chain,
                    expires: LIVES,
                });
                continue;
            }
            let above = &nodes[random.below(nodes.len())];
            let holder = *random.pick(&HOLDERS);
            if above.chain.chain().leaf().hops == 12
                || above.path.iter().any(|node| nodes[*node].holder == holder)
            {
                continue;
            }
            let expires = above.expires.min(if random.chance(30) {
                20 + random.next() % 100
            } else {
                LIVES
            });
            let chain = till.child_until(&above.chain, [above.holder, holder], limits, expires);
            // Two with the same terms are one mandate.
            if nodes
                .iter()
                .any(|node| node.chain.chain().leaf_id() == chain.chain().leaf_id())
            {
                continue;
            }
            let path = above.path.iter().copied().chain([nodes.len()]).collect();
            nodes.push(Node {
                path,
                owner: Some(above.holder),
                holder,
                lines,
                chain,
                expires,
            });
        }
        let sites = vec![
            Site::new("https://eu.example", EU),
            Site::new("https://us.example", US),
        ];
        Self {
            nodes,
            sites,
            now: 0,
        }
    }

    fn ask(&self, random: &mut Random, site: usize) -> Ask {
        let asked = &self.sites[site].asked;
        if !asked.is_empty() && random.chance(15) {
            return *random.pick(asked);
        }
        let amount = match random.below(20) {
            0 => Amount::Unsaid,
            1 => Amount::Words,
            2 => Amount::Cents(-1),
            3 => Amount::Cents(0),
            4 => Amount::Both(-1, 2),
            5..8 => Amount::Both(random.within(0, 4_000), random.within(0, 4_000)),
            8..11 => Amount::Spelled(random.within(1, 9_000)),
            _ => Amount::Cents(random.within(1, 9_000)),
        };
        let currency = [None, Some("EUR"), Some("EUR"), Some("USD"), Some("USD")][random.below(5)];
        // Few numbers, so that some are used twice, for other calls.
        Ask {
            node: random.below(self.nodes.len()),
            number: random.below(500),
            tool: random.name(&TOOLS),
            amount,
            currency,
            fee: random.chance(90).then(|| random.within(0, 500)),
            order: match random.below(20) {
                0 => Order::Unsaid,
                1 => Order::List,
                2..5 => Order::Numbered(7),
                _ => Order::Named(random.name(&["7", "A-1", "a-1", "B"])),
            },
        }
    }

    fn links(&self, node: usize) -> Vec<(Owner, &[Line])> {
        self.nodes[node]
            .path
            .iter()
            .map(|node| (self.nodes[*node].owner, &*self.nodes[*node].lines))
            .collect()
    }

    /// From when on all calls of a mandate are refused for good.
    fn ends(&self, node: usize) -> u64 {
        self.nodes[node]
            .path
            .iter()
            .map(|node| self.nodes[*node].expires)
            .min()
            .unwrap()
    }

    /// What the reference says of a call before the ledger is asked.
    fn chargeable(&self, ask: &Ask, attached: &str) -> Result<Vec<Expected>, Refused> {
        let path = &self.nodes[ask.node].path;
        match path
            .iter()
            .position(|node| self.nodes[*node].expires <= self.now)
        {
            Some(link) => Err(Refused {
                link: Some(link),
                code: mandatum::DenialCode::Expired,
                told: None,
            }),
            None => wanted(&self.links(ask.node), ask, attached),
        }
    }

    fn asks(&mut self, random: &mut Random, site: usize, seen: &mut CacheView) {
        let ask = self.ask(random, site);
        let expected = self.chargeable(&ask, self.sites[site].ledger);
        let (now, chain) = (at(self.now), &self.nodes[ask.node].chain);
        let site_of = &mut self.sites[site];
        site_of.asked.push(ask);
        match (
            site_of
                .till
                .decides(chain, &numbered(ask.number, &said(&ask)), now),
            expected,
        ) {
            (Ok(unsettled), Ok(wanted)) => site_of.waiting.push((ask, self.now, wanted, unsettled)),
            (Err(denial), expected) => {
                let refused = of(&denial);
                assert_eq!(Err(refused), expected, "{denial}");
                count(seen, refused.code);
            }
            (Ok(unsettled), Err(refused)) => panic!("{refused:?} expected, found {unsettled:?}"),
        }
        if random.chance(85) {
            self.settles(random, site, seen);
        }
    }

    fn settles(&mut self, random: &mut Random, site: usize, seen: &mut CacheView) {
        let waiting = self.sites[site].waiting.len();
        if waiting == 0 {
            return;
        }
        let (ask, decided, wanted, unsettled) =
            self.sites[site].waiting.swap_remove(random.below(waiting));
        let (ends, now) = (self.ends(ask.node), self.now);
        let site = &mut self.sites[site];
        // Half of the hosts ask a ledger elsewhere, whose reply is lost now and then: they ask
        // again.
        let attempt = random.chance(50).then(|| random.next());
        let times = if attempt.is_some() && random.chance(30) {
            2
        } else {
            1
        };
        let mut ask_reference = || {
            site.reference
                .settle(ask, (decided, ends), &wanted, (now, attempt))
        };
        let expected = (0..times).map(|_| ask_reference()).last().unwrap();
        let settled = match attempt {
            None => site.till.ledger.settle(unsettled, at(now)),
            Some(attempt) => {
                let id = AttemptId::from_bytes(u128::from(attempt).to_be_bytes());
                let reserve = |_| site.till.ledger.reserve(unsettled.charges(), id, at(now));
                let answers: Vec<LedgerAnswer> = (0..times).map(reserve).collect();
                if let [lost, again] = answers[..] {
                    count(
                        seen,
                        if again.outcome == LedgerOutcome::Reserved {
                            "asked again"
                        } else {
                            "lost"
                        },
                    );
                    assert!(lost == again || lost.outcome != LedgerOutcome::Reserved);
                }
                unsettled.settle(*answers.last().unwrap())
            }
        };
        match settled {
            Ok(permit) => {
                assert_eq!(expected, Ok(()), "{ask:?}");
                assert_eq!(permit.charges().len(), wanted.len());
                for (charge, wanted) in permit.charges().iter().zip(&wanted) {
                    assert_eq!(same(charge, wanted), Ok(()));
                    know(&mut site.accounts, wanted.account.clone(), charge.account);
                }
                site.counted.push(ask);
                site.running.push((ask, permit));
                count(seen, "permitted");
            }
            Err(denial) => {
                let refused = of(&denial);
                assert_eq!(Err(refused), expected, "{denial}");
                count(seen, refused.code);
                if let Some(Told::Outcome(outcome)) = refused.told {
                    count(seen, outcome);
                }
            }
        }
    }

    fn closes(&mut self, random: &mut Random, site: usize, seen: &mut CacheView) {
        let (site, now) = (&mut self.sites[site], at(self.now));
        if site.running.is_empty() {
            return;
        }
        let (ask, permit) = site.running.swap_remove(random.below(site.running.len()));
        let outcome = *random.pick(&[Outcome::Done, Outcome::Failed, Outcome::Undone]);
        let record = if random.chance(25) {
            permit.cancel()
        } else {
            match permit.start(now) {
                Ok(running) => running.finish(outcome),
                Err(not_started) => not_started.record,
            }
        };
        for _ in 0..=usize::from(random.chance(30)) {
            site.till.closes(&record);
            if site
                .reference
                .close(ask, RecordedOutcome::Closed(record.outcome).as_str())
            {
                let counted = site
                    .counted
                    .iter()
                    .position(|counted| *counted == ask)
                    .unwrap();
                site.counted.swap_remove(counted);
                count(seen, "given back");
            }
        }
    }

    fn time_passes(&mut self, random: &mut Random) {
        self.now = match random.below(40) {
            0 => self.now + 120,
            1 => self.now.saturating_sub(random.next() % 10),
            2 => {
                let boundary = (self.now / 86_400 + 1) * 86_400;
                (boundary + random.next() % 3 - 1).min(LIVES - 1)
            }
            3 if random.chance(30) => (self.now + 7 * 86_400).min(LIVES - 1),
            _ => self.now + random.next() % 4,
        };
        for site in &mut self.sites {
            site.till.ledger.forget_before(at(self.now));
            site.reference.is_now(self.now);
        }
    }

    /// Every account holds what the reference says, and under every link no more was spent than it
    /// allows.
    fn is_in_balance(&self) {
        for site in &self.sites {
            for (account, id) in &site.accounts {
                let is_budget = matches!(account.counts, Counts::Calls | Counts::Sum(..));
                let spent = site.reference.spent(account).filter(|_| is_budget);
                let expected = spent.map(|(spent, held)| Balance {
                    spent: cents(spent),
                    held: cents(held),
                });
                assert_eq!(site.till.ledger.balance(id), expected, "{account:?}");
            }
            for (number, line) in self.lines() {
                let amount = |ask: &Ask| line.counts.comes_to(ask);
                let under =
                    |ask: &&Ask| self.nodes[ask.node].path.contains(&number) && line.meters(ask);
                let spent: i64 = site.counted.iter().filter(under).map(amount).sum();
                let max = line
                    .shares
                    .iter()
                    .find(|(ledger, _)| *ledger == site.ledger)
                    .map_or(0, |(_, max)| *max);
                assert!(
                    spent <= max,
                    "{spent} of {max} under mandate {number}: {line:?}"
                );
            }
        }
    }

    /// The budgets, each with its mandate.
    fn lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        let nodes = self.nodes.iter().enumerate();
        let lines =
            nodes.flat_map(|(number, node)| node.lines.iter().map(move |line| (number, line)));
        lines
            .filter(|(_, line)| !matches!(line.counts, Counts::Rate(..) | Counts::Groups))
            // What begins anew, or is per value, lets more through in all.
            .filter(|(_, line)| line.period.is_none() && line.per_order.is_none())
    }
}

fn said(ask: &Ask) -> mandatum::Action {
    let amount = match ask.amount {
        Amount::Unsaid => None,
        Amount::Words => Some("a lot".into()),
        Amount::Cents(number) => Some(cents(number).into()),
        Amount::Spelled(number) => Some(cents(number).to_string().into()),
        Amount::Both(one, other) => Some(Value::from(vec![cents(one), cents(other)])),
    };
    let fee = ask
        .fee
        .map(|fee| Value::Map(BTreeMap::from([("fee".to_owned(), cents(fee).into())])));
    let order = match ask.order {
        Order::Unsaid => None,
        Order::List => Some(vec!["A-1"].into()),
        Order::Named(name) => Some(name.into()),
        Order::Numbered(number) => Some(number.into()),
    };
    let currency = ask.currency.map(Value::from);
    let arguments: Vec<(&str, Value)> = [
        ("amount", amount),
        ("currency", currency),
        ("costs", fee),
        ("order", order),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    mandatum::Action::new(ask.tool, arguments, mandatum::Effect::Write).unwrap()
}

/// A denial in the reference's words.
fn of(denial: &Denial) -> Refused {
    let told = match denial.reason() {
        DenialReason::NotCharged(why) => match **why {
            ChargeError::BudgetExhausted { left, .. } => Some(Told::Left(left)),
            ChargeError::RateExceeded { until, .. } => Some(Told::Until(until.as_unix() - START)),
            _ => None,
        },
        DenialReason::AlreadyDecided { recorded } => {
            recorded.map(|recorded| Told::Outcome(recorded.as_str()))
        }
        _ => None,
    };
    let link = match denial.place() {
        DenialPlace::Link(link) => Some(link),
        _ => None,
    };
    Refused {
        link,
        code: denial.code(),
        told,
    }
}

/// Whether a charge is the one that is wanted.
fn same(charge: &Charge, wanted: &Expected) -> Result<(), String> {
    let is_same = match (charge.demand, wanted.account.counts) {
        (
            Demand::Spend {
                amount,
                max,
                period,
                remember,
            },
            Counts::Calls | Counts::Sum(..),
        ) => {
            (amount, max) == (cents(wanted.amount), cents(wanted.max))
                && (period, remember) == (wanted.account.period, wanted.remember.map(Seconds::new))
        }
        (Demand::Pace { burst, per }, Counts::Rate(most, time)) => {
            (burst, per.get()) == (most, time)
        }
        (Demand::Latch { group }, Counts::Groups) => ["crm", "mail"][group] == wanted.group,
        _ => false,
    };
    let names = (&charge.ledger, &charge.name)
        == (&label(wanted.account.ledger), &label(wanted.account.name));
    if is_same && names && charge.link == wanted.link {
        Ok(())
    } else {
        Err(format!("{charge:?} is not {wanted:?}"))
    }
}

/// One account, one id.
fn know(accounts: &mut Vec<(Account, AccountId)>, account: Account, id: AccountId) {
    match accounts
        .iter()
        .find(|(known, other)| *known == account || *other == id)
    {
        Some(known) => assert_eq!(*known, (account.clone(), id)),
        None => accounts.push((account, id)),
    }
}

fn count(seen: &mut CacheView, what: impl ToString) {
    *seen.entry(what.to_string()).or_default() += 1;
}

#[test]
fn under_no_link_is_more_spent_than_it_allows() {
    let mut seen = CacheView::new();
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let mut world = World::new(&mut random);
        for step in 0..250 {
            let site = random.below(2);
            match random.below(10) {
                0..5 => world.asks(&mut random, site, &mut seen),
                5 => world.settles(&mut random, site, &mut seen),
                6 => world.time_passes(&mut random),
                _ => world.closes(&mut random, site, &mut seen),
            }
            if step % 10 == 0 {
                world.is_in_balance();
            }
        }
        world.is_in_balance();
    }
    let often = [
        "permitted",
        "given back",
        "AlreadyDecided",
        "BudgetExhausted",
        "GroupClosed",
    ];
    let told = [
        "CallConflict",
        "asked again",
        "open",
        "done",
        "failed",
        "undone",
        "refused",
    ]
    .map(|what| (what, 10));
    let once = [
        "RateExceeded",
        "AmountMissing",
        "AmountNotANumber",
        "AmountNegative",
        "WrongUnit",
        "ValueMissing",
        "ValueNotScalar",
        "LedgerUnknown",
        "Expired",
    ];
    for (what, least) in often
        .map(|what| (what, 50))
        .into_iter()
        .chain(once.map(|what| (what, 10)))
        .chain(told)
        .chain([("LedgerFull", 1)])
    {
        assert!(
            seen.get(what).is_some_and(|found| *found >= least),
            "{what}: {seen:?}"
        );
    }
}
