use super::error::LimitError;
use super::per_value::PerValue;
use super::scope::{Scope, ToolSet};
use super::source::{Source, Sources};
use crate::primitives::bounds::MAX_SHARES;
use crate::primitives::{Label, Named, Number, Period, Total};
use std::collections::BTreeMap;
use std::fmt;

/// The most that all calls under a mandate and its descendants may spend, however many run in
/// parallel.
///
/// A ledger counts the spending under an account of the mandate's issuer. A verifier that is not
/// attached to a ledger named here denies the call, so nothing is counted in two places. A maximum
/// of zero permits nothing. See [what begins anew](crate::MemoryLedger#accounts).
///
/// # What it counts
///
/// It counts calls, or a sum of amounts that calls state in one or several [`Source`]s:
///
/// ```
/// use mandatum::limits::{Source, Unit};
/// use mandatum::{Budget, Limit};
/// let usd = |path: &str| Unit::new(path.parse()?, "USD");
/// let travel = Source::new("amount".parse()?).with_unit(usd("currency")?);
/// let budget = Budget::sum("travel".parse()?, "eu-1".parse()?, [travel], "5000.00".parse()?)?;
/// assert_eq!(budget.to_string(), "at most 5000 USD of `amount` in all, on account travel");
///
/// // Two tools state their payments in different places, and one of them in a text.
/// let pay = Source::new("amount.value".parse()?)
///     .with_unit(usd("amount.currency")?)
///     .with_tool("pay.*".parse()?);
/// let order = Source::new("lines.price".parse()?)
///     .with_unit(usd("currency")?)
///     .with_tool("shop.order".parse()?)
///     .with_decimal_texts();
/// let budget = Budget::sum("spend".parse()?, "eu-1".parse()?, [pay, order], 5_000.into())?;
/// assert_eq!(
///     Limit::budget(budget).to_string(),
///     "at most 5000 USD of `amount.value` by pay.* and USD of `lines.price` by shop.order in \
///      all, on account spend, for pay.*, shop.order"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Each day, week or month
///
/// A budget [with a period](Self::with_period) begins anew with each day, week or month of the UTC
/// calendar, on the ledger's clock, which never goes back. Up to twice the amount can pass across a
/// boundary: once before it and once after. An amount that is given back goes to the period in
/// which it was taken, and does nothing to a later one.
///
/// ```
/// use mandatum::primitives::Period;
/// use mandatum::Budget;
/// let daily = Budget::calls("mails".parse()?, "eu-1".parse()?, 20).with_period(Period::Day);
/// assert_eq!(daily.to_string(), "at most 20 calls each UTC day, on account mails");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Once per value
///
/// A budget [per value](Self::with_per_value) of an argument allows the same effect once, whatever
/// the call's id, so that a retry has no second effect. On a root it also covers mandates that are
/// issued again. One refund per order:
///
/// ```
/// use mandatum::limits::PerValue;
/// use mandatum::{Budget, Seconds};
/// let order = PerValue::new("order".parse()?, Seconds::hours(90 * 24))?;
/// let once = Budget::calls("refunds".parse()?, "eu-1".parse()?, 1).with_per_value(order);
/// assert_eq!(
///     once.to_string(),
///     "at most 1 call for each value of `order`, remembered for 7776000 s, on account refunds"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What continues and what begins anew
///
/// A mandate that is issued again under the same account is not refilled. The count continues when
/// a budget is issued again
///
/// - with another maximum, or for other tools;
/// - with another split among the same ledgers;
/// - with its values remembered for longer or shorter;
/// - askable or not.
///
/// It begins anew
///
/// - under another account's name;
/// - with other sources, with another period or without one, and per another argument;
/// - where another key issues the mandate. Only a root's account outlives the replacement of a
///   holder's key, so a lasting limit belongs on the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    account: Label,
    meter: Meter,
    period: Option<Period>,
    per_value: Option<PerValue>,
    shares: BTreeMap<Label, Number>,
    is_askable: bool,
}

/// The things that a budget counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meter {
    /// Each call counts one.
    Calls,
    /// The exact sum of the amounts of all sources that are of the call's tool.
    Sum(Sources),
}

impl Budget {
    /// Returns a budget of a number of calls, counted by one ledger.
    #[must_use]
    pub fn calls(account: Label, ledger: Label, max: u64) -> Self {
        let shares = BTreeMap::from([(ledger, max.into())]);
        Self {
            account,
            meter: Meter::Calls,
            period: None,
            per_value: None,
            shares,
            is_askable: false,
        }
    }

    /// Returns a budget of a sum of amounts, counted by one ledger.
    ///
    /// # Errors
    /// [`LimitError::Sources`] for no source or more than 8, and the errors of [`Budget::new`].
    pub fn sum(
        account: Label,
        ledger: Label,
        sources: impl IntoIterator<Item = Source>,
        max: Number,
    ) -> Result<Self, LimitError> {
        Self::new(account, Meter::Sum(Sources::new(sources)?), [(ledger, max)])
    }

    /// Returns a budget of its parts: the account, the things that it counts, and the maximum of
    /// each ledger.
    ///
    /// # Errors
    /// - [`LimitError::NegativeBudget`] for a maximum below zero.
    /// - [`LimitError::BudgetOutOfRange`] for 10⁵⁰ or more, or more than 18 digits after the point.
    /// - [`LimitError::PartsOfCalls`] for calls that are not whole.
    /// - [`LimitError::Shares`] for no ledger or more than 16.
    /// - [`LimitError::LedgerTwice`] for a ledger that is listed twice.
    pub fn new(
        account: Label,
        meter: Meter,
        shares: impl IntoIterator<Item = (Label, Number)>,
    ) -> Result<Self, LimitError> {
        let mut by_ledger = BTreeMap::new();
        for (ledger, max) in shares {
            if max < Number::ZERO {
                return Err(LimitError::NegativeBudget);
            }
            // A ledger counts in totals, so a maximum that is none could not be compared.
            if Total::try_from(max).is_err() {
                return Err(LimitError::BudgetOutOfRange);
            }
            if meter == Meter::Calls && !max.is_whole() {
                return Err(LimitError::PartsOfCalls);
            }
            if by_ledger.insert(ledger, max).is_some() {
                return Err(LimitError::LedgerTwice);
            }
        }
        match by_ledger.len() {
            1..=MAX_SHARES => {}
            found => return Err(LimitError::Shares { found }),
        }
        Ok(Self {
            account,
            meter,
            period: None,
            per_value: None,
            shares: by_ledger,
            is_askable: false,
        })
    }

    /// Returns the budget with a period of the UTC calendar, with which it begins anew.
    #[must_use]
    pub fn with_period(self, period: Period) -> Self {
        Self {
            period: Some(period),
            ..self
        }
    }

    /// Returns the budget with the whole amount for each value of an argument.
    #[must_use]
    pub fn with_per_value(self, per_value: PerValue) -> Self {
        Self {
            per_value: Some(per_value),
            ..self
        }
    }

    /// Lets every holder of a mandate under it ask how much is left.
    #[must_use]
    pub fn with_askable(self) -> Self {
        Self {
            is_askable: true,
            ..self
        }
    }

    /// Returns the same budget split into shares, each for a ledger of its own.
    ///
    /// Verifiers that share nothing each spend their own share, and the shares add up to the whole.
    /// A verifier that is attached to several of the ledgers spends the first share, by the bytes
    /// of the ledgers' names.
    ///
    /// # Errors
    /// [`LimitError::SharesDiffer`] for shares that do not add up to the whole, and the errors of
    /// [`Budget::new`].
    pub fn with_shares(
        self,
        shares: impl IntoIterator<Item = (Label, Number)>,
    ) -> Result<Self, LimitError> {
        let Self { shares, .. } = Self::new(self.account.clone(), self.meter.clone(), shares)?;
        let (whole, found) = (self.whole(), whole(&shares));
        if found == whole {
            Ok(Self { shares, ..self })
        } else {
            Err(LimitError::SharesDiffer {
                found: found.rounded_up(),
            })
        }
    }

    /// Returns the account of the issuer under which it is counted.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// Returns the budget under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self {
            account,
            ..self.clone()
        }
    }

    /// Returns the things that it counts.
    #[must_use]
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Returns the period with which it begins anew; `None` without one.
    #[must_use]
    pub const fn period(&self) -> Option<Period> {
        self.period
    }

    /// Returns the argument that has the whole amount for each value; `None` where all calls share
    /// it.
    #[must_use]
    pub const fn per_value(&self) -> Option<&PerValue> {
        self.per_value.as_ref()
    }

    /// Returns whether every holder of a mandate under it may ask how much is left.
    #[must_use]
    pub const fn is_askable(&self) -> bool {
        self.is_askable
    }

    /// Returns each ledger that counts, by the bytes of its name, and the maximum of its share.
    #[must_use]
    pub fn shares(&self) -> impl ExactSizeIterator<Item = (&Label, Number)> {
        self.shares.iter().map(|(ledger, max)| (ledger, *max))
    }

    /// Returns the maximum of all shares together, rounded up where a [`Number`] has too few digits
    /// for it.
    #[must_use]
    pub fn max(&self) -> Number {
        self.whole().rounded_up()
    }

    fn whole(&self) -> Total {
        whole(&self.shares)
    }

    /// Returns the tools that it can count; `None` where it counts the calls of every tool.
    fn tools(&self) -> Option<ToolSet> {
        match &self.meter {
            Meter::Calls => None,
            // Can't fail: there is at least one source, and fewer than a set of tools may have.
            Meter::Sum(sources) => sources
                .tools()
                .and_then(|tools| ToolSet::new(tools.cloned()).ok()),
        }
    }

    /// Returns the scope in which it counts every call.
    pub(super) fn scope(&self) -> Scope {
        self.tools().map_or(Scope::All, Scope::Tools)
    }

    /// Checks that every tool in scope has a source. A call of a tool without one would spend
    /// nothing.
    pub(super) fn counts_all_of(&self, scope: &Scope) -> Result<(), LimitError> {
        let is_counted = match (self.scope(), scope) {
            (Scope::All, _) => true,
            (Scope::Tools(_), Scope::All) => false,
            (counted, Scope::Tools(tools)) => {
                counted.leaves_out(std::slice::from_ref(tools)).is_none()
            }
        };
        if is_counted {
            Ok(())
        } else {
            Err(LimitError::ToolWithoutSource)
        }
    }
}

/// Returns the sum of the shares. They are few and in range, so neither default can happen.
fn whole(shares: &BTreeMap<Label, Number>) -> Total {
    let amounts = shares.values().filter_map(|max| Total::try_from(*max).ok());
    amounts.fold(Total::ZERO, |sum, max| sum.checked_add(max).unwrap_or(sum))
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.shares.values().map(ToString::to_string).collect();
        write!(f, "at most {}", lines.join(" + "))?;
        match &self.meter {
            // "1 call" only where one ledger counts it; "1 + 1 calls" has several.
            Meter::Calls if lines == ["1"] => f.write_str(" call")?,
            Meter::Calls => f.write_str(" calls")?,
            Meter::Sum(sources) => {
                f.write_str(" ")?;
                crate::powers::join(f, " and ", sources.iter())?;
            }
        }
        match (self.period, &self.per_value) {
            (None, None) => f.write_str(" in all")?,
            (period, per_value) => {
                period.map_or(Ok(()), |period| write!(f, " each UTC {period}"))?;
                per_value
                    .as_ref()
                    .map_or(Ok(()), |per_value| write!(f, " {per_value}"))?;
            }
        }
        write!(f, ", on account {}", Named(self.account.as_str()))?;
        if self.is_askable {
            f.write_str(", which may be asked about")
        } else {
            Ok(())
        }
    }
}
