use crate::charge::{Charges, LedgerOutcome, LedgerTerms};
use crate::claims::Outcome;
use crate::denial::RecordedOutcome;
use crate::primitives::{AttemptId, RequestDigest, Timestamp};

/// What a ledger remembers of a decided call, under its [`CallKey`](crate::primitives::CallKey). Plain data: a
/// row of a host's own ledger, beside the amounts that the call holds.
///
/// ```
/// use mandatum::claims::Outcome;
/// use mandatum::denial::RecordedOutcome;
/// use mandatum::ledger::CallMark;
/// use mandatum::primitives::RequestDigest;
/// use mandatum::Timestamp;
/// let (at, keep_until) = (Timestamp::from_unix(1_767_225_600)?, Timestamp::from_unix(1_767_225_661)?);
/// let request = RequestDigest::from_bytes([7; 32]);
/// let mut mark = CallMark { request, at, latest: at, attempt: None, recorded: RecordedOutcome::Open, keep_until };
/// assert!(mark.close(at, Outcome::Done));
/// assert!(!mark.close(at, Outcome::Undone), "the first close counts");
/// assert_eq!(mark.recorded, RecordedOutcome::Closed(Outcome::Done));
/// # Ok::<(), mandatum::primitives::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallMark {
    /// The digest of what the call asked for.
    pub request: RequestDigest,
    /// When the call was signed. With its key this names the [`Reservation`](crate::charge::Reservation).
    pub at: Timestamp,
    /// The latest time at which any call under this id and request was signed that the ledger was
    /// asked about.
    pub latest: Timestamp,
    /// The attempt that reserved it; absent where no reply can be lost.
    pub attempt: Option<AttemptId>,
    /// What became of it.
    pub recorded: RecordedOutcome,
    /// The first second in which the mark is no longer needed. While the call holds an amount of a
    /// budget it is kept all the same.
    pub keep_until: Timestamp,
}

impl CallMark {
    pub(crate) fn new(
        charges: &Charges,
        attempt: Option<AttemptId>,
        keep_until: Timestamp,
    ) -> Self {
        let (request, at) = (charges.request(), charges.at());
        Self {
            request,
            at,
            latest: at,
            attempt,
            recorded: RecordedOutcome::Open,
            keep_until,
        }
    }

    /// Answers a call whose key is marked already. The mark changes with it, so a database stores
    /// it again in the transaction.
    ///
    /// - Another request is a [conflict](LedgerOutcome::Conflict).
    /// - The attempt that made the reservation is answered as it was, while the reservation is
    ///   open.
    /// - A call that was signed later than all before it is told the recorded outcome. Nobody but
    ///   the holder can sign one, so captured bytes are told nothing.
    /// - The mark is kept until every call that it answered is too old, because such a call must
    ///   not be reserved later either.
    pub fn answer(
        &mut self,
        charges: &Charges,
        attempt: Option<AttemptId>,
        terms: &LedgerTerms,
    ) -> LedgerOutcome {
        let at = charges.at();
        self.keep_until = self.keep_until.max(terms.too_old(at));
        if charges.request() != self.request {
            return LedgerOutcome::Conflict;
        }
        if self.recorded == RecordedOutcome::Open
            && at == self.at
            && attempt.is_some()
            && attempt == self.attempt
        {
            return LedgerOutcome::Reserved;
        }
        let is_new = at > self.latest;
        self.latest = self.latest.max(at);
        LedgerOutcome::Before {
            recorded: is_new.then_some(self.recorded),
        }
    }

    /// Closes the reservation that was made by the call signed at `at`. Returns whether that ended
    /// it: the first close counts, and none of another reservation.
    pub fn close(&mut self, at: Timestamp, outcome: Outcome) -> bool {
        let is_open = self.recorded == RecordedOutcome::Open && self.at == at;
        if is_open {
            self.recorded = RecordedOutcome::Closed(outcome);
        }
        is_open
    }
}
