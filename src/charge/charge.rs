use super::amount::{amount, counted_value};
use crate::chain::VerifiedChain;
use crate::codec::{Owner, budget_account, exclusive_account, rate_account};
use crate::denial::ChargeError;
use crate::limits::{Budget, LimitRule, PerValue, RateLimit, SeparationOfDuty};
use crate::powers::Action;
use crate::primitives::{AccountId, Label, Number, Period, Seconds, Work};
use crate::sign::account_id;

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
    pub(crate) const fn remember(&self) -> Option<Seconds> {
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

/// What a limit of a link charges for a call in its scope; `None` where it is about something else.
pub(crate) fn charge_of(
    chain: &VerifiedChain,
    link: usize,
    rule: &LimitRule,
    (action, work): (&Action, &mut Work),
    attached: &[Label],
) -> Result<Option<Charge>, ChargeError> {
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
pub(crate) fn one_an_account(charges: impl IntoIterator<Item = Charge>) -> Vec<Charge> {
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
) -> Result<Charge, ChargeError> {
    // Shares are in the order of the bytes of the ledgers' names.
    let Some((ledger, max)) = budget
        .shares()
        .find(|(ledger, _)| attached.contains(ledger))
    else {
        let ledgers = budget.shares().map(|(ledger, _)| ledger.clone()).collect();
        return Err(ChargeError::LedgerUnknown { ledgers });
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
    rate: &RateLimit,
    owner: Owner<'_>,
    attached: &[Label],
) -> Result<Charge, ChargeError> {
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
    exclusive: &SeparationOfDuty,
    owner: Owner<'_>,
    action: &Action,
    attached: &[Label],
) -> Result<Option<Charge>, ChargeError> {
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

fn attached_to(ledger: &Label, attached: &[Label]) -> Result<(), ChargeError> {
    if attached.contains(ledger) {
        Ok(())
    } else {
        Err(ChargeError::LedgerUnknown {
            ledgers: vec![ledger.clone()],
        })
    }
}
