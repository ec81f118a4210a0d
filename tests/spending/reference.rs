//! A naive ledger, written from what budgets, rates and exclusive groups are said to mean: it keeps every charge ever made, in
//! whole cents, and adds them all up each time. It knows of no digest, no shard and no arrival time.

use crate::support::label;
use mandatum::{Budget, Code, Exclusive, Limit, Meter, Number, Rate, Seconds, ToolPattern, ToolSet, Unit};

/// Who an account belongs to: the company, or the agent who handed out the mandate.
pub(crate) type Owner = Option<usize>;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    Calls,
    /// The sum of `amount`, in the `currency` where there is one.
    Sum(Option<&'static str>),
    /// So many at once, and again in so many seconds.
    Rate(u32, u64),
    /// Either `crm.*` or `mail.*`.
    Groups,
}

/// A limit of a mandate that is charged.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) account: &'static str,
    pub(crate) scope: Option<&'static str>,
    pub(crate) counts: Counts,
    /// The ledgers, and the most of each in cents; a call is a hundred.
    pub(crate) shares: Vec<(&'static str, i64)>,
}

/// A number of cents.
pub(crate) fn cents(cents: i64) -> Number {
    Number::new(cents.into(), 2).unwrap()
}

impl Line {
    pub(crate) fn limit(&self) -> Limit {
        let (account, ledger) = (label(self.account), label(self.shares[0].0));
        let shares = self.shares.iter().map(|(ledger, max)| (label(ledger), cents(*max)));
        let limit = match self.counts {
            Counts::Calls => Limit::budget(Budget::new(account, Meter::Calls, shares).unwrap()),
            Counts::Sum(unit) => {
                let unit = unit.map(|value| Unit { argument: "currency".into(), value: value.into() });
                let meter = Meter::Sum { argument: "amount".into(), unit };
                Limit::budget(Budget::new(account, meter, shares).unwrap())
            }
            Counts::Rate(burst, per) => Limit::rate(Rate::new(account, ledger, burst, Seconds::new(per)).unwrap()),
            Counts::Groups => {
                let group = |tool: &str| ToolSet::new([ToolPattern::new(tool).unwrap()]).unwrap();
                Limit::exclusive(Exclusive::new(account, ledger, [group("crm.*"), group("mail.*")]).unwrap())
            }
        };
        match self.scope {
            None => limit,
            Some(tool) => limit.for_tools([tool]).unwrap(),
        }
    }

    /// Whether a call of this tool is metered.
    pub(crate) fn meters(&self, ask: &Ask) -> bool {
        self.scope.is_none_or(|tool| tool == ask.tool)
    }
}

/// What is said to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Unsaid,
    Words,
    Cents(i64),
}

/// A call: which, with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) node: usize,
    pub(crate) number: usize,
    pub(crate) tool: &'static str,
    pub(crate) amount: Amount,
    pub(crate) currency: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) ledger: &'static str,
    pub(crate) owner: Owner,
    pub(crate) name: &'static str,
    pub(crate) counts: Counts,
}

/// What a call asks of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) link: usize,
    pub(crate) account: Account,
    /// In cents; of a budget.
    pub(crate) amount: i64,
    pub(crate) max: i64,
    /// Of groups that exclude each other.
    pub(crate) group: &'static str,
}

/// Why a call is refused: at which link, if at one, and what is told besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) link: Option<usize>,
    pub(crate) code: Code,
    pub(crate) told: Option<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Left(Number),
    Until(u64),
    /// What became of the call that was decided first.
    Outcome(&'static str),
}

/// A call that was decided.
#[derive(Debug)]
struct Marked {
    call: Ask,
    /// When it was decided first, and last asked about with this content.
    first: u64,
    last: u64,
    until: u64,
    attempt: Option<u64>,
    outcome: &'static str,
}

/// A charge that was made.
#[derive(Debug)]
struct Made {
    call: Ask,
    wanted: Wanted,
    at: u64,
    is_over: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Reference {
    made: Vec<Made>,
    marks: Vec<Marked>,
    /// Calls that hold something, of which the marks stay until they are closed.
    open: Vec<Ask>,
    /// The ledger's clock.
    latest: u64,
}

/// What a call under these links is charged, root first; or why it can't be.
pub(crate) fn wanted(links: &[(Owner, &[Line])], ask: &Ask, attached: &str) -> Result<Vec<Wanted>, Refused> {
    let mut all: Vec<Wanted> = Vec::new();
    for (link, (owner, lines)) in links.iter().enumerate() {
        for line in lines.iter().filter(|line| line.meters(ask)) {
            let refused = |code| Refused { link: Some(link), code, told: None };
            let (group, _) = ask.tool.split_once('.').unwrap();
            // A tool of no group stays open, also where nobody keeps the groups apart.
            if line.counts == Counts::Groups && !["crm", "mail"].contains(&group) {
                continue;
            }
            let share = line.shares.iter().find(|(ledger, _)| *ledger == attached);
            let (ledger, max) = *share.ok_or_else(|| refused(Code::LedgerUnknown))?;
            let amount = match line.counts {
                Counts::Calls => 100,
                Counts::Sum(Some(unit)) if ask.currency != Some(unit) => return Err(refused(Code::WrongUnit)),
                Counts::Sum(_) => match ask.amount {
                    Amount::Unsaid => return Err(refused(Code::AmountMissing)),
                    Amount::Words => return Err(refused(Code::AmountNotANumber)),
                    Amount::Cents(cents) if cents < 0 => return Err(refused(Code::AmountNegative)),
                    Amount::Cents(cents) => cents,
                },
                Counts::Rate(..) | Counts::Groups => 0,
            };
            let account = Account { ledger, owner: *owner, name: line.account, counts: line.counts };
            match all.iter_mut().find(|known| known.account == account) {
                Some(known) => known.max = known.max.min(max),
                None => all.push(Wanted { link, account, amount, max, group }),
            }
        }
    }
    Ok(all)
}

impl Reference {
    /// What an account has spent, and what it holds for calls that are not over.
    pub(crate) fn spent(&self, account: &Account) -> (i64, i64) {
        let sum = |over: bool| {
            let made = self.made.iter().filter(|made| made.wanted.account == *account && made.is_over == over);
            made.map(|made| made.wanted.amount).sum()
        };
        (sum(true), sum(false))
    }

    /// Time passes, and marks that are no longer needed go.
    pub(crate) fn is_now(&mut self, now: u64) {
        self.latest = self.latest.max(now);
        self.marks.retain(|marked| marked.until > self.latest || self.open.contains(&marked.call));
    }

    /// Marks first, then charges all or nothing. By the host's word, so a mark is kept until the mandate ends; where a charge
    /// is refused, for a call's age of 30 seconds and a leeway of 30. A call is known by its mandate and its number, and what it
    /// asks for is the rest.
    pub(crate) fn settle(
        &mut self,
        call: Ask,
        (decided, ends): (u64, u64),
        wanted: &[Wanted],
        (now, attempt): (u64, Option<u64>),
    ) -> Result<(), Refused> {
        self.is_now(now);
        let now = self.latest;
        let nowhere = |code| Refused { link: None, code, told: None };
        let too_old = decided + 30 + 30 + 1;
        let is_same = |marked: &&mut Marked| (marked.call.node, marked.call.number) == (call.node, call.number);
        if let Some(marked) = self.marks.iter_mut().find(is_same) {
            marked.until = marked.until.max(too_old);
            if marked.call != call {
                return Err(nowhere(Code::CallConflict));
            }
            let is_the_attempt = attempt.is_some() && attempt == marked.attempt && decided == marked.first;
            if is_the_attempt && marked.outcome == "open" {
                return Ok(());
            }
            let told = (decided > marked.last).then_some(Told::Outcome(marked.outcome));
            marked.last = marked.last.max(decided);
            return Err(Refused { told, ..nowhere(Code::AlreadyDecided) });
        }
        if now >= too_old || now >= ends {
            return Err(nowhere(Code::LedgerFull));
        }
        let fits = wanted.iter().try_for_each(|wanted| self.fits(wanted, now));
        let (until, outcome) = if fits.is_ok() { (too_old.max(ends), "open") } else { (too_old, "refused") };
        self.marks.push(Marked { call, first: decided, last: decided, until, attempt, outcome });
        fits?;
        if wanted.iter().any(|wanted| wanted.amount > 0) {
            self.open.push(call);
        }
        self.made.extend(wanted.iter().map(|wanted| Made { call, wanted: *wanted, at: now, is_over: false }));
        Ok(())
    }

    fn fits(&self, wanted: &Wanted, now: u64) -> Result<(), Refused> {
        let refused = |code, told| Err(Refused { link: Some(wanted.link), code, told });
        let before: Vec<&Made> = self.made.iter().filter(|made| made.wanted.account == wanted.account).collect();
        match wanted.account.counts {
            Counts::Calls | Counts::Sum(_) => {
                let (spent, held) = self.spent(&wanted.account);
                let left = wanted.max - spent - held;
                if wanted.amount <= left {
                    return Ok(());
                }
                refused(Code::BudgetExhausted, Some(Told::Left(cents(left.max(0)))))
            }
            Counts::Rate(burst, per) => {
                let times: Vec<u64> = before.iter().map(|made| made.at).collect();
                if may_come(&times, burst, per, now) {
                    return Ok(());
                }
                let until = (now..).find(|second| may_come(&times, burst, per, *second)).unwrap();
                refused(Code::RateExceeded, Some(Told::Until(until)))
            }
            Counts::Groups if before.iter().all(|made| made.wanted.group == wanted.group) => Ok(()),
            Counts::Groups => refused(Code::GroupClosed, None),
        }
    }

    /// A call is over. Had it no effect, what it spent is given back, once, however late; whether it was.
    pub(crate) fn close(&mut self, call: Ask, outcome: &'static str) -> bool {
        if let Some(marked) = self.marks.iter_mut().find(|marked| marked.call == call && marked.outcome == "open") {
            marked.outcome = outcome;
        }
        let had_effect = outcome != "undone";
        let Some(at) = self.open.iter().position(|open| *open == call) else { return false };
        self.open.swap_remove(at);
        let is_budget = |made: &Made| matches!(made.wanted.account.counts, Counts::Calls | Counts::Sum(_));
        for made in self.made.iter_mut().filter(|made| made.call == call && !made.is_over) {
            made.is_over = true;
            if !had_effect && is_budget(made) {
                made.wanted.amount = 0;
            }
        }
        !had_effect
    }
}

/// Whether one more call may come: in every stretch that ends with it, at most the burst and its share of the time.
pub(crate) fn may_come(times: &[u64], burst: u32, per: u64, now: u64) -> bool {
    let (burst, per, now) = (i128::from(burst), i128::from(per), i128::from(now));
    times.iter().enumerate().all(|(first, time)| {
        let came = i128::try_from(times.len() - first + 1).unwrap();
        came * per <= burst * per + burst * (now - i128::from(*time))
    })
}
