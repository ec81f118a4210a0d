use super::answer::LedgerOutcome;
use super::charges::Charges;
use crate::chain::{DEFAULT_MAX_CALL_AGE, ISSUE_LEEWAY, Settings};
use crate::primitives::{Seconds, Timestamp};

/// How old a signed call may be for the verifiers of a ledger, and how far their clocks may differ.
/// A ledger marks calls by its terms, and refuses the calls of verifiers that accept more.
///
/// The defaults are those of [`Verifier::new`]: 30 seconds each.
///
/// ```
/// use mandatum::charge::LedgerTerms;
/// use mandatum::{MemoryLedger, Seconds};
/// let terms = LedgerTerms::new(Seconds::minutes(5), Seconds::new(30));
/// assert_eq!(MemoryLedger::with_terms(1_000, terms).terms(), terms);
/// assert!(terms.cover(&LedgerTerms::default()));
/// assert!(!LedgerTerms::default().cover(&terms));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerTerms {
    max_call_age: Seconds,
    leeway: Seconds,
}

/// Until when a ledger keeps the mark of a call: the first second in which it is no longer needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepUntil {
    /// The end of a mark whose charges are all made. A call that holds an amount of a budget is
    /// kept until it is closed, if that is later.
    pub reserved: Timestamp,
    /// The end of a mark of which a charge is refused.
    pub refused: Timestamp,
}

impl LedgerTerms {
    /// Terms for verifiers that accept signed calls up to this age, with clocks that differ by no
    /// more than this leeway.
    #[must_use]
    pub const fn new(max_call_age: Seconds, leeway: Seconds) -> Self {
        Self {
            max_call_age,
            leeway,
        }
    }

    /// Returns the greatest age of a signed call.
    #[must_use]
    pub const fn max_call_age(&self) -> Seconds {
        self.max_call_age
    }

    /// Returns by how much the clocks of verifiers may differ.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.leeway
    }

    /// Returns whether a ledger on these terms serves a verifier of these others: neither its call
    /// age nor its leeway is greater.
    #[must_use]
    pub fn cover(&self, verifier: &Self) -> bool {
        verifier.max_call_age <= self.max_call_age && verifier.leeway <= self.leeway
    }

    /// The first second in which a call that was signed then is too old by any clock within the
    /// leeway.
    pub(crate) fn too_old(&self, at: Timestamp) -> Timestamp {
        at.plus(self.max_call_age)
            .plus(self.leeway)
            .plus(Seconds::new(1))
    }

    /// Returns until when a call is marked, if it is at `now`, the ledger's own clock. For every
    /// ledger: a database asks it in the transaction that marks the call.
    ///
    /// A signed call is accepted until it is older than the greatest age, by a clock that may be
    /// behind the ledger's by the leeway. From the next second on it is refused here, whoever
    /// accepts it still, and its mark is no longer needed. This second follows from the signed time
    /// and these terms and from nothing else, so no order of verifiers, clocks and forgetting
    /// reserves one signed call twice.
    ///
    /// # Errors
    /// [`LedgerOutcome::BeyondTerms`] where the verifier accepts more than these terms cover;
    /// [`LedgerOutcome::NoRoom`] where the mark would be forgotten at once, because the ledger
    /// can't tell the first time from the next.
    pub fn keep_until(
        &self,
        charges: &Charges,
        now: Timestamp,
    ) -> Result<KeepUntil, LedgerOutcome> {
        if !self.cover(&charges.terms()) {
            return Err(LedgerOutcome::BeyondTerms);
        }
        let too_old = self.too_old(charges.at());
        let expires = charges.expires();
        if now >= too_old || expires.is_some_and(|expires| now >= expires) {
            return Err(LedgerOutcome::NoRoom);
        }
        // Not before it is too old, so that a verifier that states a lower effect does not find the
        // mark gone.
        Ok(KeepUntil {
            reserved: expires.map_or(too_old, |expires| expires.max(too_old)),
            refused: too_old,
        })
    }
}

impl Default for LedgerTerms {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_CALL_AGE, ISSUE_LEEWAY)
    }
}

impl From<&Settings> for LedgerTerms {
    /// The terms that serve this settings.
    fn from(settings: &Settings) -> Self {
        Self::new(settings.max_call_age(), settings.leeway())
    }
}
