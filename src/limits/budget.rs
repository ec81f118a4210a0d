use super::LimitError;
use crate::ground::bounds::{MAX_KEY_BYTES, MAX_SHARES};
use crate::ground::{Bare, ForeignText, Label, Named, Number};
use std::collections::BTreeMap;
use std::fmt;

/// How much all calls under a mandate may come to, its descendants' included, however many run in parallel.
///
/// What is spent is counted by a ledger under an account of the mandate's issuer, so a mandate that is issued again with the
/// same account is not refilled. A verifier that is not attached to a ledger named here denies: nothing is counted in two places.
/// Zero means zero. See [what begins anew](crate::MemoryLedger#accounts).
///
/// ```
/// use mandatum::Budget;
/// let budget = Budget::sum("travel".parse()?, "eu-1".parse()?, "amount", "5000.00".parse()?)?.in_unit("currency", "USD")?;
/// assert_eq!(budget.to_string(), "at most 5000 USD of `amount` in all, on account travel");
/// let halves = budget.split([("eu-1".parse()?, 3_000.into()), ("us-1".parse()?, 2_000.into())])?;
/// assert_eq!(halves.max()?, 5_000.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    account: Label,
    meter: Meter,
    shares: BTreeMap<Label, Number>,
}

/// What a budget counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meter {
    /// Each call is one.
    Calls,
    /// The exact sum of a number argument. A call where it is missing, no number or negative is denied.
    Sum {
        /// The argument's name.
        argument: ForeignText,
        /// The unit that all of it is in; absent: it has none.
        unit: Option<Unit>,
    },
}

/// A unit, and the text argument that states it: a call that states another is denied, not converted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    /// The argument's name: `currency`.
    pub argument: ForeignText,
    /// Its only value: `USD`.
    pub value: ForeignText,
}

impl Budget {
    /// So many calls, counted by one ledger.
    #[must_use]
    pub fn calls(account: Label, ledger: Label, max: u64) -> Self {
        Self { account, meter: Meter::Calls, shares: BTreeMap::from([(ledger, max.into())]) }
    }

    /// So much of a number argument, counted by one ledger.
    ///
    /// # Errors
    /// [`LimitError::NegativeBudget`]; [`LimitError::ArgumentName`] for a name too long.
    pub fn sum(account: Label, ledger: Label, argument: &str, max: Number) -> Result<Self, LimitError> {
        let meter = Meter::Sum { argument: name(argument)?, unit: None };
        Self::new(account, meter, [(ledger, max)])
    }

    /// A budget from its parts.
    ///
    /// # Errors
    /// [`LimitError::NegativeBudget`]; [`LimitError::Shares`] for no ledger or more than 16; [`LimitError::LedgerTwice`];
    /// [`LimitError::ArgumentName`]; [`LimitError::PartsOfCalls`] for calls that are not whole; [`LimitError::SharesOverflow`].
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
            if meter == Meter::Calls && max.scale() > 0 {
                return Err(LimitError::PartsOfCalls);
            }
            if by_ledger.insert(ledger, max).is_some() {
                return Err(LimitError::LedgerTwice);
            }
        }
        if let Meter::Sum { argument, unit } = &meter {
            name(argument)?;
            if let Some(unit) = unit {
                name(&unit.argument)?;
                name(&unit.value)?;
            }
        }
        let found = by_ledger.len();
        if !(1..=MAX_SHARES).contains(&found) {
            return Err(LimitError::Shares { found });
        }
        let budget = Self { account, meter, shares: by_ledger };
        budget.max().map(|_| budget)
    }

    /// In one unit, stated by a text argument of each call.
    ///
    /// # Errors
    /// [`LimitError::ArgumentName`] for a name too long; [`LimitError::UnitOfCalls`] for a budget of calls.
    pub fn in_unit(self, argument: &str, value: &str) -> Result<Self, LimitError> {
        let Meter::Sum { argument: metered, .. } = self.meter else { return Err(LimitError::UnitOfCalls) };
        let unit = Some(Unit { argument: name(argument)?, value: name(value)? });
        Ok(Self { meter: Meter::Sum { argument: metered, unit }, ..self })
    }

    /// The same budget as several lines, each for a ledger of its own, for verifiers that share nothing: each line is spent by
    /// itself, and all lines together come to the whole. A verifier that is attached to several of them spends the first by name.
    ///
    /// # Errors
    /// [`LimitError::SharesDiffer`] when the lines come to anything but the whole; else as [`Budget::new`].
    pub fn split(self, shares: impl IntoIterator<Item = (Label, Number)>) -> Result<Self, LimitError> {
        let whole = self.max()?;
        let split = Self::new(self.account, self.meter, shares)?;
        let found = split.max()?;
        if found == whole { Ok(split) } else { Err(LimitError::SharesDiffer { found }) }
    }

    /// Under which account of the issuer it is counted.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// The same under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self { account, ..self.clone() }
    }

    /// What is counted.
    #[must_use]
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Each ledger that counts, and the most it lets through.
    #[must_use]
    pub fn shares(&self) -> impl ExactSizeIterator<Item = (&Label, Number)> {
        self.shares.iter().map(|(ledger, max)| (ledger, *max))
    }

    /// The most that all ledgers together let through.
    ///
    /// # Errors
    /// [`LimitError::SharesOverflow`].
    pub fn max(&self) -> Result<Number, LimitError> {
        Number::sum_of_positives(self.shares.values().copied()).map_err(|_| LimitError::SharesOverflow)
    }
}

/// The name, or a text value, of an argument.
pub(super) fn name(text: &str) -> Result<ForeignText, LimitError> {
    if text.len() > MAX_KEY_BYTES { Err(LimitError::ArgumentName { found: text.len() }) } else { Ok(text.into()) }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.shares.values().map(ToString::to_string).collect();
        write!(f, "at most {}", lines.join(" + "))?;
        match &self.meter {
            Meter::Calls if lines == ["1"] => f.write_str(" call")?,
            Meter::Calls => f.write_str(" calls")?,
            Meter::Sum { argument, unit } => {
                if let Some(unit) = unit {
                    write!(f, " {}", Bare(&unit.value))?;
                }
                write!(f, " of {argument}")?;
            }
        }
        write!(f, " in all, on account {}", Named(self.account.as_str()))
    }
}
