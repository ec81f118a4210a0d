use super::error::LimitError;
use crate::primitives::bounds::MAX_BURST;
use crate::primitives::{Label, Seconds};
use std::fmt;

/// How fast calls may follow each other, all descendants' together: by the generic cell rate
/// algorithm (GCRA, ITU-T I.371 annex A.1), so in any stretch of `t` seconds at most `burst` +
/// `burst` · `t` / `per` calls, on the ledger's clock.
///
/// The terms are part of the account, so a rate with other terms begins anew. See [what begins
/// anew](crate::MemoryLedger#accounts).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    account: Label,
    ledger: Label,
    burst: u32,
    per: Seconds,
    is_askable: bool,
}

impl RateLimit {
    /// `burst` calls at once, and as many again every `per` seconds.
    ///
    /// # Errors
    /// [`LimitError::Rate`] for a burst of zero or more than a million, or no time at all or more
    /// than a year.
    pub fn new(
        account: Label,
        ledger: Label,
        burst: u32,
        per: Seconds,
    ) -> Result<Self, LimitError> {
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

    /// Lets everyone who holds a mandate under it ask when the next call may come.
    #[must_use]
    pub fn with_askable(self) -> Self {
        Self {
            is_askable: true,
            ..self
        }
    }

    /// Returns whether everyone who holds a mandate under it may ask when the next call may come.
    #[must_use]
    pub const fn is_askable(&self) -> bool {
        self.is_askable
    }

    /// Under which account of the issuer it is counted.
    #[must_use]
    pub const fn account(&self) -> &Label {
        &self.account
    }

    /// The same under another account.
    pub(super) fn under(&self, account: Label) -> Self {
        Self {
            account,
            ..self.clone()
        }
    }

    /// The ledger that counts.
    #[must_use]
    pub const fn ledger(&self) -> &Label {
        &self.ledger
    }

    /// Calls that may come at once, and again in each period.
    #[must_use]
    pub const fn burst(&self) -> u32 {
        self.burst
    }

    /// The period.
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
