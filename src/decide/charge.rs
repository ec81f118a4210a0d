use super::amount::{amount, counted_value};
use super::call::CallAt;
use super::ledger::LedgerTerms;
use crate::chain::VerifiedChain;
use crate::codec::{Owner, budget_account, exclusive_account, rate_account};
use crate::ground::{
    AccountId, CallKey, ForeignText, Issuer, Label, MandateId, Number, OutOfWork, Period,
    RequestDigest, Seconds, Timestamp, Work,
};
use crate::limits::{ArgumentPath, Budget, Exclusive, LimitRule, PerValue, Rate};
use crate::powers::Action;
use crate::sign::account_id;
use thiserror::Error;

/// Why a call can't be charged to an account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotCharged {
    /// The verifier is attached to none of the ledgers that count a limit.
    #[error("counted by a ledger that is not known here: {}", .ledgers.iter().map(Label::as_str).collect::<Vec<_>>().join(", "))]
    LedgerUnknown {
        /// The ledgers that do.
        ledgers: Vec<Label>,
    },
    /// An amount that a budget counts is not there.
    #[error("argument {argument} is counted, and is missing")]
    AmountMissing {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is no number, nor a decimal number in a text where these are
    /// accepted.
    #[error("argument {argument} is counted, and is no number")]
    AmountNotANumber {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is negative.
    #[error("argument {argument} is counted, and is negative")]
    AmountNegative {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is 10⁵⁰ or more, or has more than 18 digits after the point.
    #[error("argument {argument} is counted, and is too large or has too many digits")]
    AmountOutOfRange {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// The sum of all amounts that a call states is 10⁵⁰ or more, or has more digits than a
    /// [`Number`].
    #[error(
        "the amounts that are counted come to a sum that is too large, or has more digits than a number has"
    )]
    SumOutOfRange,
    /// An amount that a budget counts is not in its unit.
    #[error("argument {argument} must be {unit:?}, which is what is counted")]
    WrongUnit {
        /// The path to the unit.
        argument: ArgumentPath,
        /// The only unit.
        unit: ForeignText,
    },
    /// The argument whose every value has a budget of its own is not there.
    #[error("argument {argument} has a budget for each value, and is missing")]
    ValueMissing {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// The argument whose every value has a budget of its own is no text, number, true or false.
    #[error(
        "argument {argument} has a budget for each value, and is no text, number, true or false"
    )]
    ValueNotScalar {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// Finding the amounts takes more work than a decision may.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
    /// A budget would be exceeded.
    #[error("the budget on account {account} has {left} left, and the call takes more")]
    BudgetExhausted {
        /// The account's name at its issuer.
        account: Label,
        /// What is left.
        left: Number,
    },
    /// Calls come too fast.
    #[error("calls on account {account} come too fast, the next may come at {until}")]
    RateExceeded {
        /// The account's name at its issuer.
        account: Label,
        /// The first second in which one more may come.
        until: Timestamp,
    },
    /// A tool of another group was used.
    #[error("account {account} has used a tool that excludes this one")]
    GroupClosed {
        /// The account's name at its issuer.
        account: Label,
    },
}

impl NotCharged {
    /// Whether it tells more than the chain and the call do: what the host is attached to, and what
    /// others have spent.
    pub(super) const fn is_hosts_own(&self) -> bool {
        match self {
            Self::LedgerUnknown { .. }
            | Self::BudgetExhausted { .. }
            | Self::RateExceeded { .. }
            | Self::GroupClosed { .. } => true,
            Self::AmountMissing { .. }
            | Self::AmountNotANumber { .. }
            | Self::AmountNegative { .. }
            | Self::AmountOutOfRange { .. }
            | Self::SumOutOfRange
            | Self::WrongUnit { .. }
            | Self::ValueMissing { .. }
            | Self::ValueNotScalar { .. }
            | Self::OutOfWork(_) => false,
        }
    }
}

/// What one call comes to: what a ledger must remember of it, and what it must count. All of it or
/// none, and once for a call.
///
/// Plain data, for whatever the host's ledger is: a [`MemoryLedger`](crate::MemoryLedger) in this
/// process, or a database. In one atomic step it does this:
///
/// - A key that is marked is answered by [`Mark::answer`](crate::Mark::answer), and the mark is
///   stored as that leaves it.
/// - Another key is marked until [`LedgerTerms::keep_until`], with the request, the signed time and
///   the attempt id.
/// - Then every charge is made or none. Where one does not fit, the mark stays as refused.
/// - With the mark it stores what the call holds. When the [reservation](crate::Reservation) is
///   closed it records the outcome by [`Mark::close`](crate::Mark::close), and gives back what is
///   held if the call had no effect.
#[derive(Clone, Debug)]
pub struct Charges {
    call: CallAt,
    issuer: Issuer,
    root: MandateId,
    accepted: Accepted,
    charges: Vec<Charge>,
}

/// How a verifier came to accept a call, as far as it bears on how long a ledger remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// When it was signed; by the host's word, when it was decided.
    pub(super) at: Timestamp,
    /// The verifier's greatest call age, and its leeway.
    pub(super) terms: LedgerTerms,
    /// The expiry of the chain, for a call that is remembered until then.
    pub(super) expires: Option<Timestamp>,
}

/// One account of a ledger, and what a call asks of it.
///
/// In JSON: `{"link": 0, "ledger": name, "account": digest, "name": name}` and one of
/// `"spend": {"amount": number, "max": number, "each": "day" or "week" or "month", "remember": seconds}`,
/// where `each` is left out of what never renews and `remember` of what is not per value,
/// `"pace": {"burst": calls, "per": seconds}`, `"latch": {"group": 0}`; `link` and `group` count
/// from 0, `digest` is hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The link that has the limit.
    pub link: usize,
    /// The ledger that keeps the account.
    pub ledger: Label,
    /// The account.
    pub account: AccountId,
    /// The account's name at the link's issuer, for people.
    pub name: Label,
    /// What is asked of it.
    pub demand: Demand,
}

/// What a call asks of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// To spend: refused where everything spent would come to more than the most.
    Spend {
        /// How much. Not negative.
        amount: Number,
        /// The most of all calls together.
        max: Number,
        /// The period with which the account begins anew: a ledger counts what is spent in the one
        /// that its own clock is in, by [`Period::index`], and never goes back to an earlier one.
        period: Option<Period>,
        /// How long the account is kept after a call is charged to it, and after one is closed as
        /// done or failed; it then begins anew, unless a call is open. `None` where the host
        /// decides.
        remember: Option<Seconds>,
    },
    /// To come now: refused where calls come too fast, by GCRA.
    Pace {
        /// Calls that may come at once, and again in each period.
        burst: u32,
        /// The period.
        per: Seconds,
    },
    /// To use a tool of this group: refused where one of another group was used.
    Latch {
        /// The group, from 0.
        group: usize,
    },
}

impl Demand {
    /// Returns how long the account is kept at least; `None` where the host decides.
    pub(super) const fn remember(&self) -> Option<Seconds> {
        match *self {
            Self::Spend { remember, .. } => remember,
            Self::Pace { .. } | Self::Latch { .. } => None,
        }
    }
}

impl Charge {
    /// How much is spent; `None` of an account that counts no sum and no calls.
    #[must_use]
    pub const fn amount(&self) -> Option<Number> {
        match self.demand {
            Demand::Spend { amount, .. } => Some(amount),
            Demand::Pace { .. } | Demand::Latch { .. } => None,
        }
    }

    /// Takes in another charge to the same account, which asks for the same amount. The accounts of
    /// rates and groups are theirs alone, parameters included, so only budgets differ.
    fn merge(&mut self, other: Self) {
        let (
            Demand::Spend { max, remember, .. },
            Demand::Spend {
                max: other_max,
                remember: longer,
                ..
            },
        ) = (&mut self.demand, other.demand)
        else {
            return;
        };
        *remember = (*remember).max(longer);
        if other_max < *max {
            *max = other_max;
            self.link = other.link;
        }
    }
}

impl PartialEq for Charges {
    fn eq(&self, other: &Self) -> bool {
        let said = |charges: &Self| {
            (
                charges.key(),
                charges.request(),
                charges.root,
                charges.accepted,
            )
        };
        said(self) == said(other) && self.issuer == other.issuer && self.charges == other.charges
    }
}

impl Eq for Charges {}

impl Charges {
    pub(super) fn new(
        call: CallAt,
        (issuer, root): (Issuer, MandateId),
        accepted: Accepted,
        charges: Vec<Charge>,
    ) -> Self {
        Self {
            call,
            issuer,
            root,
            accepted,
            charges,
        }
    }

    /// The identity of the call, to be marked.
    #[must_use]
    pub fn key(&self) -> CallKey {
        self.call.key()
    }

    /// The digest of what the call asks for. The mark has it, and another request under the same
    /// key is a conflict.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        self.call.request()
    }

    pub(super) const fn call(&self) -> &CallAt {
        &self.call
    }

    /// The issuer of the root. A ledger gives each issuer only so much room.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The root that the call is made under. A ledger gives each root only so much room.
    #[must_use]
    pub const fn root(&self) -> MandateId {
        self.root
    }

    /// When the call was signed; of a call by the host's word, when it was decided.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.accepted.at
    }

    /// The greatest call age and the leeway of the verifier that accepted the call.
    #[must_use]
    pub const fn terms(&self) -> LedgerTerms {
        self.accepted.terms
    }

    /// The first second in which a mandate of the chain has expired, of a call that is remembered
    /// until then: one that is irreversible, passed a gate, or is made by the host's word. It could
    /// be presented anew for so long.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.accepted.expires
    }

    pub(super) fn into_parts(self) -> (CallAt, Vec<Charge>) {
        (self.call, self.charges)
    }

    /// The charges, of each account one; in the order of the links that first name an account, root
    /// first.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }
}

/// What a limit of a link charges for a call in its scope; `None` where it is about something else.
pub(super) fn charge_of(
    chain: &VerifiedChain,
    link: usize,
    rule: &LimitRule,
    (action, work): (&Action, &mut Work),
    attached: &[Label],
) -> Result<Option<Charge>, NotCharged> {
    let parent = link
        .checked_sub(1)
        .and_then(|parent| chain.chain().links().nth(parent));
    let owner = Owner {
        issuer: chain.anchor().issuer(),
        holder: parent.map(|parent| &parent.holder.key),
    };
    match rule {
        LimitRule::Budget(budget) => spend(link, budget, owner, (action, work), attached).map(Some),
        LimitRule::Rate(rate) => pace(link, rate, owner, attached).map(Some),
        LimitRule::Exclusive(exclusive) => latch(link, exclusive, owner, action, attached),
        // Spelled out, so that a new kind of limit is charged or said not to be.
        LimitRule::Window(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Waves(_)
        | LimitRule::Barrier(_)
        | LimitRule::Gate(_)
        | LimitRule::Delegates(_) => Ok(None),
    }
}

/// All that a chain's limits charge for a call, of each account one. Limits of one account each
/// bound all of it, so the one with the lowest maximum holds, and the longest time to remember. The
/// charge stays where the account is first named, and names the link of the limit that holds.
pub(super) fn one_an_account(charges: impl IntoIterator<Item = Charge>) -> Vec<Charge> {
    let mut kept: Vec<Charge> = Vec::new();
    for charge in charges {
        match kept
            .iter_mut()
            .find(|known| known.account == charge.account)
        {
            None => kept.push(charge),
            Some(known) => known.merge(charge),
        }
    }
    kept
}

fn spend(
    link: usize,
    budget: &Budget,
    owner: Owner<'_>,
    (action, work): (&Action, &mut Work),
    attached: &[Label],
) -> Result<Charge, NotCharged> {
    // Shares are in the order of the bytes of the ledgers' names.
    let Some((ledger, max)) = budget
        .shares()
        .find(|(ledger, _)| attached.contains(ledger))
    else {
        let ledgers = budget.shares().map(|(ledger, _)| ledger.clone()).collect();
        return Err(NotCharged::LedgerUnknown { ledgers });
    };
    let amount = amount(budget.meter(), action, work)?;
    let value = match budget.per_value() {
        None => None,
        Some(per_value) => Some((per_value, counted_value(per_value, action, work)?)),
    };
    Ok(Charge {
        link,
        ledger: ledger.clone(),
        account: account_id(&budget_account(ledger, owner, budget, value)),
        name: budget.account().clone(),
        demand: Demand::Spend {
            amount,
            max,
            period: budget.period(),
            remember: budget.per_value().map(PerValue::remember),
        },
    })
}

fn pace(
    link: usize,
    rate: &Rate,
    owner: Owner<'_>,
    attached: &[Label],
) -> Result<Charge, NotCharged> {
    attached_to(rate.ledger(), attached)?;
    Ok(Charge {
        link,
        ledger: rate.ledger().clone(),
        account: account_id(&rate_account(owner, rate)),
        name: rate.account().clone(),
        demand: Demand::Pace {
            burst: rate.burst(),
            per: rate.per(),
        },
    })
}

fn latch(
    link: usize,
    exclusive: &Exclusive,
    owner: Owner<'_>,
    action: &Action,
    attached: &[Label],
) -> Result<Option<Charge>, NotCharged> {
    let uses = |tools: &crate::limits::ToolSet| tools.iter().any(|tool| tool.matches(&action.tool));
    let Some(group) = exclusive.groups().iter().position(uses) else {
        return Ok(None);
    };
    // Only now: a tool of no group stays open, also where nobody keeps the latch.
    attached_to(exclusive.ledger(), attached)?;
    Ok(Some(Charge {
        link,
        ledger: exclusive.ledger().clone(),
        account: account_id(&exclusive_account(owner, exclusive)),
        name: exclusive.account().clone(),
        demand: Demand::Latch { group },
    }))
}

fn attached_to(ledger: &Label, attached: &[Label]) -> Result<(), NotCharged> {
    if attached.contains(ledger) {
        Ok(())
    } else {
        Err(NotCharged::LedgerUnknown {
            ledgers: vec![ledger.clone()],
        })
    }
}
