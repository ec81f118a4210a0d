//! A naive ledger, written from what budgets, rates and exclusive groups are said to mean: it keeps
//! every charge that is remembered, in whole cents, and adds them all up each time. It knows of no
//! digest, no shard and no arrival time.

use crate::support::{START, label};
use mandatum::limits::{
    Meter, PerValue, RateLimit, SeparationOfDuty, Source, Sources, ToolSet, Unit,
};
use mandatum::powers::ToolPattern;
use mandatum::primitives::{Number, Period};
use mandatum::{Budget, DenialCode, Limit, Seconds};

/// Who an account belongs to: the company, or the agent who handed out the mandate.
pub(crate) type Owner = Option<usize>;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    Calls,
    /// The sum of `amount`, in the `currency` where there is one; whether it may be a text; whether
    /// `fee` is added.
    Sum(Option<&'static str>, bool, bool),
    /// So many at once, and again in so many seconds.
    Rate(u32, u64),
    /// Either `crm.*` or `mail.*`.
    Groups,
}

impl Counts {
    /// What a call that was permitted comes to, in cents.
    pub(crate) fn comes_to(self, ask: &Ask) -> i64 {
        match self {
            Self::Sum(unit, takes_texts, adds_fee) => {
                summed(ask, unit, takes_texts, adds_fee).unwrap()
            }
            _ => 100,
        }
    }
}

/// A limit of a mandate that is charged.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) account: &'static str,
    pub(crate) scope: Option<&'static str>,
    pub(crate) counts: Counts,
    /// The ledgers, and the most of each in cents; a call is a hundred.
    pub(crate) shares: Vec<(&'static str, i64)>,
    /// Begins anew with each.
    pub(crate) period: Option<Period>,
    /// For each value of `order`.
    pub(crate) per_order: Option<PerOrder>,
}

/// For how many seconds an order is remembered, and whether its letters' case makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PerOrder {
    pub(crate) remember: u64,
    pub(crate) is_any_case: bool,
}

impl PerOrder {
    fn per_value(self) -> PerValue {
        let per_value =
            PerValue::new("order".parse().unwrap(), Seconds::new(self.remember)).unwrap();
        if self.is_any_case {
            per_value.with_any_case()
        } else {
            per_value
        }
    }
}

/// The days before the 1st of each month of 2026, and before that of 2027.
const DAYS_BEFORE: [u64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// The number of a period in 2026, whose first second is the tests' first, a Thursday.
fn number_of(period: Period, second: u64) -> usize {
    assert_eq!(START, 1_767_225_600);
    let day = second / 86_400;
    match period {
        Period::Day => usize::try_from(day).unwrap(),
        Period::Week => usize::try_from((day + 3) / 7).unwrap(),
        Period::Month => DAYS_BEFORE.iter().filter(|before| **before <= day).count(),
    }
}

/// A number of cents.
pub(crate) fn cents(cents: i64) -> Number {
    Number::new(cents.into(), 2).unwrap()
}

impl Line {
    pub(crate) fn limit(&self) -> Limit {
        let (account, ledger) = (label(self.account), label(self.shares[0].0));
        let shares = self
            .shares
            .iter()
            .map(|(ledger, max)| (label(ledger), cents(*max)));
        let limit = match self.counts {
            Counts::Calls => self.of_terms(Budget::new(account, Meter::Calls, shares).unwrap()),
            Counts::Sum(unit, takes_texts, adds_fee) => {
                let unit = unit.map(|value| Unit::new("currency".parse().unwrap(), value).unwrap());
                let source = unit
                    .into_iter()
                    .fold(Source::new("amount".parse().unwrap()), Source::with_unit);
                let source = if takes_texts {
                    source.with_decimal_texts()
                } else {
                    source
                };
                let fee = adds_fee.then(|| Source::new("costs.fee".parse().unwrap()));
                let meter = Meter::Sum(Sources::new([source].into_iter().chain(fee)).unwrap());
                self.of_terms(Budget::new(account, meter, shares).unwrap())
            }
            Counts::Rate(burst, per) => Limit::rate_limit(
                RateLimit::new(account, ledger, burst, Seconds::new(per)).unwrap(),
            ),
            Counts::Groups => {
                let group = |tool: &str| ToolSet::new([ToolPattern::new(tool).unwrap()]).unwrap();
                Limit::separation_of_duty(
                    SeparationOfDuty::new(account, ledger, [group("crm.*"), group("mail.*")])
                        .unwrap(),
                )
            }
        };
        match self.scope {
            None => limit,
            Some(tool) => limit.with_tools([tool]).unwrap(),
        }
    }

    fn of_terms(&self, budget: Budget) -> Limit {
        let budget = self.period.into_iter().fold(budget, Budget::with_period);
        let per_value = self.per_order.map(PerOrder::per_value);
        Limit::budget(per_value.into_iter().fold(budget, Budget::with_per_value))
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
    /// In a text.
    Spelled(i64),
    /// In a list of two.
    Both(i64, i64),
}

impl Amount {
    /// In cents, or why there is none.
    fn cents(self, takes_texts: bool) -> Result<i64, DenialCode> {
        let cents = match self {
            Self::Unsaid => return Err(DenialCode::AmountMissing),
            Self::Words => return Err(DenialCode::AmountNotANumber),
            Self::Spelled(_) if !takes_texts => return Err(DenialCode::AmountNotANumber),
            Self::Cents(cents) | Self::Spelled(cents) => cents,
            Self::Both(one, other) if one.min(other) < 0 => -1,
            Self::Both(one, other) => one + other,
        };
        if cents < 0 {
            Err(DenialCode::AmountNegative)
        } else {
            Ok(cents)
        }
    }
}

/// The order that a call states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Unsaid,
    List,
    Named(&'static str),
    Numbered(i64),
}

impl Order {
    /// The value that it is counted under, or why it is none.
    fn value(self, is_any_case: bool) -> Result<String, DenialCode> {
        match self {
            Self::Unsaid => Err(DenialCode::ValueMissing),
            Self::List => Err(DenialCode::ValueNotScalar),
            Self::Named(name) if is_any_case => Ok(format!("'{}", name.to_ascii_lowercase())),
            Self::Named(name) => Ok(format!("'{name}")),
            Self::Numbered(number) => Ok(number.to_string()),
        }
    }
}

/// A call: which, with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) node: usize,
    pub(crate) number: usize,
    pub(crate) tool: &'static str,
    pub(crate) amount: Amount,
    pub(crate) currency: Option<&'static str>,
    /// In cents.
    pub(crate) fee: Option<i64>,
    pub(crate) order: Order,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) ledger: &'static str,
    pub(crate) owner: Owner,
    pub(crate) name: &'static str,
    pub(crate) counts: Counts,
    pub(crate) period: Option<Period>,
    /// The value that it is of, and whether that was folded.
    pub(crate) value: Option<(bool, String)>,
}

/// What a call asks of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) link: usize,
    pub(crate) account: Account,
    /// In cents; of a budget.
    pub(crate) amount: i64,
    pub(crate) max: i64,
    /// For how many seconds the value is remembered.
    pub(crate) remember: Option<u64>,
    /// Of groups that exclude each other.
    pub(crate) group: &'static str,
}

/// Why a call is refused: at which link, if at one, and what is told besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) link: Option<usize>,
    pub(crate) code: DenialCode,
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
    wanted: Expected,
    at: u64,
    is_over: bool,
    /// When a charge with an effect was closed.
    closed: Option<u64>,
}

impl Made {
    fn number(&self) -> usize {
        self.wanted
            .account
            .period
            .map_or(0, |period| number_of(period, self.at))
    }
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
pub(crate) fn wanted(
    links: &[(Owner, &[Line])],
    ask: &Ask,
    attached: &str,
) -> Result<Vec<Expected>, Refused> {
    let mut all: Vec<Expected> = Vec::new();
    for (link, (owner, lines)) in links.iter().enumerate() {
        for line in lines.iter().filter(|line| line.meters(ask)) {
            let refused = |code| Refused {
                link: Some(link),
                code,
                told: None,
            };
            let (group, _) = ask.tool.split_once('.').unwrap();
            // A tool of no group stays open, also where nobody keeps the groups apart.
            if line.counts == Counts::Groups && !["crm", "mail"].contains(&group) {
                continue;
            }
            let share = line.shares.iter().find(|(ledger, _)| *ledger == attached);
            let (ledger, max) = *share.ok_or_else(|| refused(DenialCode::LedgerUnknown))?;
            let amount = match line.counts {
                Counts::Calls => 100,
                Counts::Sum(unit, takes_texts, adds_fee) => {
                    summed(ask, unit, takes_texts, adds_fee).map_err(refused)?
                }
                Counts::Rate(..) | Counts::Groups => 0,
            };
            let value = match line.per_order {
                Some(PerOrder { is_any_case, .. }) => {
                    Some((is_any_case, ask.order.value(is_any_case).map_err(refused)?))
                }
                None => None,
            };
            let (period, remember) = (
                line.period,
                line.per_order.map(|per_order| per_order.remember),
            );
            let account = Account {
                ledger,
                owner: *owner,
                name: line.account,
                counts: line.counts,
                period,
                value,
            };
            match all.iter_mut().find(|known| known.account == account) {
                Some(known) => {
                    known.remember = known.remember.max(remember);
                    if max < known.max {
                        (known.max, known.link) = (max, link);
                    }
                }
                None => all.push(Expected {
                    link,
                    account,
                    amount,
                    max,
                    remember,
                    group,
                }),
            }
        }
    }
    Ok(all)
}

/// What a call comes to, in cents. A source with more parts comes later.
fn summed(
    ask: &Ask,
    unit: Option<&str>,
    takes_texts: bool,
    adds_fee: bool,
) -> Result<i64, DenialCode> {
    let amount = || match unit {
        Some(unit) if ask.currency != Some(unit) => Err(DenialCode::WrongUnit),
        _ => ask.amount.cents(takes_texts),
    };
    let fee = || {
        if adds_fee {
            ask.fee.ok_or(DenialCode::AmountMissing)
        } else {
            Ok(0)
        }
    };
    // The fee's path is longer, and without a unit or texts the source has no more parts than its
    // path.
    if unit.is_none() && !takes_texts {
        return Ok(amount()? + fee()?);
    }
    let fee = fee()?;
    Ok(amount()? + fee)
}

impl Reference {
    fn of<'m>(&'m self, account: &'m Account) -> impl Iterator<Item = &'m Made> {
        self.made
            .iter()
            .filter(move |made| made.wanted.account == *account)
    }

    /// What an account has spent, and what it holds for calls that are not over; in the period that
    /// it is now. `None` where nothing is remembered.
    pub(crate) fn spent(&self, account: &Account) -> Option<(i64, i64)> {
        self.of(account).next()?;
        if self.is_forgotten(account) {
            return None;
        }
        let now = account
            .period
            .map_or(0, |period| number_of(period, self.latest));
        let sum = |over: bool| {
            let made = self
                .of(account)
                .filter(|made| made.number() == now && made.is_over == over);
            made.map(|made| made.wanted.amount).sum()
        };
        Some((sum(true), sum(false)))
    }

    /// Whether an account's value is no longer remembered.
    fn is_forgotten(&self, account: &Account) -> bool {
        let times = |made: &Made| {
            made.wanted
                .remember
                .map(|time| made.closed.unwrap_or(made.at).max(made.at) + time)
        };
        let Some(until) = self.of(account).filter_map(times).max() else {
            return false;
        };
        until <= self.latest && self.of(account).all(|made| made.is_over)
    }

    /// Time passes, and what is no longer needed or remembered goes.
    pub(crate) fn is_now(&mut self, now: u64) {
        self.latest = self.latest.max(now);
        self.marks
            .retain(|marked| marked.until > self.latest || self.open.contains(&marked.call));
        let is_forgotten =
            |made: &Made| made.wanted.remember.is_some() && self.is_forgotten(&made.wanted.account);
        let forgotten: Vec<bool> = self.made.iter().map(is_forgotten).collect();
        let mut forgotten = forgotten.into_iter();
        self.made.retain(|_| forgotten.next() == Some(false));
    }

    /// Marks first, then charges all or nothing. By the host's word, so a mark is kept until the
    /// mandate ends; where a charge is refused, for a call's age of 30 seconds and a leeway of 30.
    /// A call is known by its mandate and its number, and what it asks for is the rest.
    pub(crate) fn settle(
        &mut self,
        call: Ask,
        (decided, ends): (u64, u64),
        wanted: &[Expected],
        (now, attempt): (u64, Option<u64>),
    ) -> Result<(), Refused> {
        self.is_now(now);
        let now = self.latest;
        let nowhere = |code| Refused {
            link: None,
            code,
            told: None,
        };
        let too_old = decided + 30 + 30 + 1;
        let is_same = |marked: &&mut Marked| {
            (marked.call.node, marked.call.number) == (call.node, call.number)
        };
        if let Some(marked) = self.marks.iter_mut().find(is_same) {
            marked.until = marked.until.max(too_old);
            if marked.call != call {
                return Err(nowhere(DenialCode::CallConflict));
            }
            let is_the_attempt =
                attempt.is_some() && attempt == marked.attempt && decided == marked.first;
            if is_the_attempt && marked.outcome == "open" {
                return Ok(());
            }
            let told = (decided > marked.last).then_some(Told::Outcome(marked.outcome));
            marked.last = marked.last.max(decided);
            return Err(Refused {
                told,
                ..nowhere(DenialCode::AlreadyDecided)
            });
        }
        if now >= too_old || now >= ends {
            return Err(nowhere(DenialCode::LedgerFull));
        }
        let fits = wanted.iter().try_for_each(|wanted| self.fits(wanted, now));
        let (until, outcome) = if fits.is_ok() {
            (too_old.max(ends), "open")
        } else {
            (too_old, "refused")
        };
        self.marks.push(Marked {
            call,
            first: decided,
            last: decided,
            until,
            attempt,
            outcome,
        });
        fits?;
        if wanted
            .iter()
            .any(|wanted| wanted.amount > 0 || wanted.remember.is_some())
        {
            self.open.push(call);
        }
        let made = |wanted: &Expected| Made {
            call,
            wanted: wanted.clone(),
            at: now,
            is_over: false,
            closed: None,
        };
        self.made.extend(wanted.iter().map(made));
        Ok(())
    }

    fn fits(&self, wanted: &Expected, now: u64) -> Result<(), Refused> {
        let refused = |code, told| {
            Err(Refused {
                link: Some(wanted.link),
                code,
                told,
            })
        };
        let before: Vec<&Made> = self
            .made
            .iter()
            .filter(|made| made.wanted.account == wanted.account)
            .collect();
        match wanted.account.counts {
            Counts::Calls | Counts::Sum(..) => {
                let (spent, held) = self.spent(&wanted.account).unwrap_or_default();
                let left = wanted.max - spent - held;
                if wanted.amount <= left {
                    return Ok(());
                }
                refused(
                    DenialCode::BudgetExhausted,
                    Some(Told::Left(cents(left.max(0)))),
                )
            }
            Counts::Rate(burst, per) => {
                let times: Vec<u64> = before.iter().map(|made| made.at).collect();
                if may_come(&times, burst, per, now) {
                    return Ok(());
                }
                let until = (now..)
                    .find(|second| may_come(&times, burst, per, *second))
                    .unwrap();
                refused(DenialCode::RateExceeded, Some(Told::Until(until)))
            }
            Counts::Groups if before.iter().all(|made| made.wanted.group == wanted.group) => Ok(()),
            Counts::Groups => refused(DenialCode::GroupClosed, None),
        }
    }

    /// A call is over. Had it no effect, what it spent is given back, once, however late; whether
    /// it was.
    pub(crate) fn close(&mut self, call: Ask, outcome: &'static str) -> bool {
        if let Some(marked) = self
            .marks
            .iter_mut()
            .find(|marked| marked.call == call && marked.outcome == "open")
        {
            marked.outcome = outcome;
        }
        let had_effect = outcome != "undone";
        let Some(at) = self.open.iter().position(|open| *open == call) else {
            return false;
        };
        self.open.swap_remove(at);
        let is_budget =
            |made: &Made| matches!(made.wanted.account.counts, Counts::Calls | Counts::Sum(..));
        for made in self
            .made
            .iter_mut()
            .filter(|made| made.call == call && !made.is_over)
        {
            made.is_over = true;
            if !had_effect && is_budget(made) {
                made.wanted.amount = 0;
            }
            if had_effect {
                made.closed = Some(self.latest);
            }
        }
        !had_effect
    }
}

/// Whether one more call may come: in every stretch that ends with it, at most the burst and its
/// share of the time.
pub(crate) fn may_come(times: &[u64], burst: u32, per: u64, now: u64) -> bool {
    let (burst, per, now) = (i128::from(burst), i128::from(per), i128::from(now));
    times.iter().enumerate().all(|(first, time)| {
        let came = i128::try_from(times.len() - first + 1).unwrap();
        came * per <= burst * per + burst * (now - i128::from(*time))
    })
}
