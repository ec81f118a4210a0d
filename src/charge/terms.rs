use super::answer::LedgerOutcome;
use super::charges::Charges;
use crate::chain::{DEFAULT_MAX_CALL_AGE, ISSUE_LEEWAY, Settings};
use crate::primitives::{Seconds, Timestamp};

/// The terms that fix how long a ledger keeps the mark of a call: the greatest age of a signed call
/// for its verifiers, and the greatest difference of their clocks. A ledger marks calls by its
/// terms, and refuses the calls of verifiers that accept more.
///
/// The defaults are those of [`Verifier::new`](crate::Verifier::new): 30 seconds each.
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

/// The first second in which a ledger no longer needs the mark of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepUntil {
    /// End of a mark whose charges are all made. A call that holds an amount of a budget is kept
    /// until it is closed, if that is later.
    pub reserved: Timestamp,
    /// End of a mark of which a charge is refused.
    pub refused: Timestamp,
}

impl LedgerTerms {
    /// Creates terms for verifiers that accept signed calls up to this age, with clocks that differ
    /// by no more than this leeway.
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

    /// Returns the greatest difference of the verifiers' clocks.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.leeway
    }

    /// Returns whether a ledger on these terms serves a verifier with others: neither its call age
    /// nor its leeway is greater.
    #[must_use]
    pub fn cover(&self, verifier: &Self) -> bool {
        verifier.max_call_age <= self.max_call_age && verifier.leeway <= self.leeway
    }

    /// Returns the first second in which a call that was signed at `at` is too old by every clock
    /// within the leeway.
    pub(crate) fn too_old(&self, at: Timestamp) -> Timestamp {
        // A call exactly as old as the greatest age is still accepted, hence the last second.
        at.plus(self.max_call_age)
            .plus(self.leeway)
            .plus(Seconds::new(1))
    }

    /// Returns until when a call is marked, if it is marked at `now` by the ledger's own clock.
    /// Every ledger calls it; a database does so in the transaction that marks the call.
    ///
    /// A signed call is accepted until it is older than the greatest age, by a clock that may be
    /// behind the ledger's by the leeway. From the next second on the ledger refuses it, even if a
    /// verifier still accepts it, so its mark is no longer needed. This second depends only on the
    /// signed time and these terms. No order of verifiers, clocks and forgetting can therefore
    /// reserve one signed call twice.
    ///
    /// # Errors
    /// [`LedgerOutcome::BeyondTerms`] for a verifier that accepts more than these terms cover;
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
        // A chain may expire before its call is too old. The mark stays until both, so that it is
        // there for a verifier that gives the call a lower effect.
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
    /// Returns the terms that cover these settings.
    fn from(settings: &Settings) -> Self {
        Self::new(settings.max_call_age(), settings.leeway())
    }
}
