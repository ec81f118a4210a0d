use super::amount::{amount, counted_value};
use crate::chain::VerifiedChain;
use crate::codec::{Owner, budget_account, exclusive_account, rate_account};
use crate::denial::ChargeError;
use crate::limits::{Budget, LimitRule, PerValue, RateLimit, SeparationOfDuty};
use crate::powers::Action;
use crate::primitives::{AccountId, Label, Number, Period, Seconds, Work};
use crate::sign::account_id;

/// One account of a ledger, and what a call takes from it.
///
/// In JSON:
///
/// ```text
/// {"link": 0, "ledger": name, "account": digest, "name": name} and one of
/// "spend": {"amount": number, "max": number, "each": period, "remember": seconds}
/// "pace": {"burst": calls, "per": seconds}
/// "latch": {"group": 0}
/// ```
///
/// `link` and `group` count from 0, and `digest` is hex. `period` is `"day"`, `"week"` or
/// `"month"`; `each` is absent for a budget that never renews, and `remember` for one that is not
/// per value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Link that has the limit.
    pub link: usize,
    /// Ledger that keeps the account.
    pub ledger: Label,
    /// Account.
    pub account: AccountId,
    /// Account's name at the link's issuer, for people.
    pub name: Label,
    /// Demand on the account.
    pub demand: Demand,
}

/// The demand of a call on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// To spend an amount. It is refused where the sum of everything spent would be more than the
    /// maximum.
    Spend {
        /// Amount, not negative.
        amount: Number,
        /// Maximum of all calls together.
        max: Number,
        /// Period with which the account begins anew. A ledger counts what is spent in the period
        /// that its own clock is in, by [`Period::index`], and never goes back to an earlier one.
        period: Option<Period>,
        /// Time for which the account is kept after a call is charged to it, and after one is
        /// closed as done or failed. It then begins anew, unless a call is open. `None` where the
        /// host decides.
        remember: Option<Seconds>,
    },
    /// To come now. It is refused where calls come too fast, by GCRA.
    Pace {
        /// Number of calls that may come at once, and again in each period.
        burst: u32,
        /// The period.
        per: Seconds,
    },
    /// To use a tool of this group. It is refused where a tool of another group was used.
    Latch {
        /// Group, from 0.
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
    /// Returns the amount that is spent; `None` for an account of a rate or of groups.
    #[must_use]
    pub const fn amount(&self) -> Option<Number> {
        match self.demand {
            Demand::Spend { amount, .. } => Some(amount),
            Demand::Pace { .. } | Demand::Latch { .. } => None,
        }
    }

    /// Merges another charge to the same account, which demands the same amount. An account of a
    /// rate or of groups includes its parameters in its id, so only budgets can differ.
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
        // `None` is less than any time.
        *remember = (*remember).max(longer);
        if other_max < *max {
            *max = other_max;
            self.link = other.link;
        }
    }
}

/// Returns the charge of a limit for a call in its scope; `None` for a limit that charges nothing.
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
        LimitRule::RateLimit(rate) => pace(link, rate, owner, attached).map(Some),
        LimitRule::SeparationOfDuty(exclusive) => latch(link, exclusive, owner, action, attached),
        // No wildcard arm, so that whoever adds a kind of limit decides whether it charges.
        LimitRule::Window(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Waves(_)
        | LimitRule::Barrier(_)
        | LimitRule::ApprovalGate(_)
        | LimitRule::Delegates(_) => Ok(None),
    }
}

/// Returns the charges of a chain's limits with one charge for each account.
///
/// Limits of one account each bound the whole account, so the lowest maximum holds, and the longest
/// time to remember. The charge stays where the account is first named, and names the link of the
/// limit that holds.
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

/// Returns the charge of a budget.
fn spend(
    link: usize,
    budget: &Budget,
    owner: Owner<'_>,
    (action, work): (&Action, &mut Work),
    attached: &[Label],
) -> Result<Charge, ChargeError> {
    // Shares are in the order of the bytes of the ledgers' names, so the first attached one is the
    // same for every server with these ledgers.
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

/// Returns the charge of a rate.
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

/// Returns the charge of exclusive groups; `None` for a tool of no group.
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
    // Checked after the group: a tool of no group is permitted even where no ledger is attached.
    attached_to(exclusive.ledger(), attached)?;
    Ok(Some(Charge {
        link,
        ledger: exclusive.ledger().clone(),
        account: account_id(&exclusive_account(owner, exclusive)),
        name: exclusive.account().clone(),
        demand: Demand::Latch { group },
    }))
}

/// Checks that the verifier is attached to the ledger.
fn attached_to(ledger: &Label, attached: &[Label]) -> Result<(), ChargeError> {
    if attached.contains(ledger) {
        Ok(())
    } else {
        Err(ChargeError::LedgerUnknown {
            ledgers: vec![ledger.clone()],
        })
    }
}
