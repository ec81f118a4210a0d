use super::error::LimitError;
use crate::primitives::bounds::MAX_BURST;
use crate::primitives::{Label, Seconds};
use std::fmt;

/// A maximum rate of calls, of all descendants together, on the ledger's clock.
///
/// It is the generic cell rate algorithm (GCRA, ITU-T I.371 annex A.1). So any `t` seconds have at
/// most `burst` + `burst` · `t` / `per` calls.
///
/// The terms are part of the account, so a rate with other terms begins anew. See [what begins
/// anew](crate::MemoryLedger#accounts).
///
/// ```
/// use mandatum::Seconds;
/// use mandatum::limits::{LimitError, RateLimit};
/// let rate = |burst| RateLimit::new("mails".parse()?, "eu-1".parse()?, burst, Seconds::minutes(1))
///     .map_err(Box::<dyn std::error::Error>::from);
/// let shown = "at most 5 calls at once, and 5 more each 60 s, on account mails";
/// assert_eq!(rate(5)?.to_string(), shown);
/// assert_eq!(rate(0).unwrap_err().downcast_ref(), Some(&LimitError::Rate));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    account: Label,
    ledger: Label,
    burst: u32,
    per: Seconds,
    is_askable: bool,
}

impl RateLimit {
    /// Returns a rate of `burst` calls at once, and as many again every `per` seconds.
    ///
    /// # Errors
    /// [`LimitError::Rate`] for a burst of zero or more than a million, or a period of zero or more
    /// than a year.
    pub fn new(
        account: Label,
        ledger: Label,
        burst: u32,
        per: Seconds,
    ) -> Result<Self, LimitError> {
        // A leap year, so that every calendar year fits. The ledger's arithmetic stays exact up to
        // it.
        let year = Seconds::hours(24 * 366);
        if burst == 0 || burst > MAX_BURST || per == Seconds::default() || per > year {
            return Err(LimitError::Rate);
        }
        Ok(Self {
            account,
            ledger,
            burst,
            per,
            is_askable: false,
        })
    }

    /// Lets every holder of a mandate under it ask when the next call may come.
    #[must_use]
    pub fn with_askable(self) -> Self {
        Self {
            is_askable: true,
            ..self
        }
    }

    /// Returns whether every holder of a mandate under it may ask when the next call may come.
    #[must_use]
    pub const fn is_askable(&self) -> bool {
        self.is_askable
    }

    /// Returns the account of the issuer under which it is counted.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// Returns the rate under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self {
            account,
            ..self.clone()
        }
    }

    /// Returns the ledger that counts.
    #[must_use]
    pub const fn ledger(&self) -> &Label {
        &self.ledger
    }

    /// Returns the number of calls that may come at once, and again in each period.
    #[must_use]
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    /// Returns the period.
    #[must_use]
    pub const fn per(&self) -> Seconds {
        self.per
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.burst == 1 { "" } else { "s" };
        let (account, burst, per) = (
            crate::primitives::Named(self.account.as_str()),
            self.burst,
            self.per,
        );
        write!(
            f,
            "at most {burst} call{plural} at once, and {burst} more each {per}, on account {account}"
        )?;
        if self.is_askable {
            f.write_str(", which may be asked about")
        } else {
            Ok(())
        }
    }
}
