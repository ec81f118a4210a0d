use crate::charge::{Charges, LedgerOutcome, LedgerTerms};
use crate::claims::Outcome;
use crate::denial::RecordedOutcome;
use crate::primitives::{AttemptId, RequestDigest, Timestamp};

/// The entry of a decided call in a ledger, under its [`CallKey`](crate::primitives::CallKey). It
/// is plain data: a row of a host's own ledger, beside the amounts that the call holds.
///
/// ```
/// use mandatum::claims::Outcome;
/// use mandatum::denial::RecordedOutcome;
/// use mandatum::ledger::CallMark;
/// use mandatum::primitives::RequestDigest;
/// use mandatum::{Seconds, Timestamp};
/// let (at, recorded) = (Timestamp::from_unix(1_767_225_600)?, RecordedOutcome::Open);
/// let (request, keep_until) = (RequestDigest::from_bytes([7; 32]), at.plus(Seconds::new(61)));
/// let mut mark = CallMark { request, at, latest: at, attempt: None, recorded, keep_until };
/// assert!(mark.close(at, Outcome::Done));
/// assert!(!mark.close(at, Outcome::Undone), "the first close counts");
/// assert_eq!(mark.recorded, RecordedOutcome::Closed(Outcome::Done));
/// # Ok::<(), mandatum::primitives::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallMark {
    /// Digest of what the call asked for.
    pub request: RequestDigest,
    /// Time at which the call was signed. With the key it identifies the
    /// [`Reservation`](crate::charge::Reservation).
    pub at: Timestamp,
    /// Latest signed time of all calls under this id and request that the ledger was asked about.
    pub latest: Timestamp,
    /// Attempt that reserved the call; absent where no reply can be lost.
    pub attempt: Option<AttemptId>,
    /// Outcome of the call.
    pub recorded: RecordedOutcome,
    /// First second in which the mark is no longer needed. While the call holds an amount of a
    /// budget, the mark is kept longer.
    pub keep_until: Timestamp,
}

impl CallMark {
    /// Creates the mark of a call that is reserved now.
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

    /// Answers a call whose key is marked already. It changes the mark, so a database stores the
    /// mark again in the same transaction.
    ///
    /// - Another request is a [conflict](LedgerOutcome::Conflict).
    /// - The attempt that made the reservation is answered as it was, while the reservation is
    ///   open.
    /// - A call that was signed later than all before it receives the recorded outcome. Only the
    ///   holder can sign one, so captured bytes reveal nothing.
    /// - The mark is kept until every call that it answered is too old, because such a call must
    ///   not be reserved later either.
    pub fn answer(
        &mut self,
        charges: &Charges,
        attempt: Option<AttemptId>,
        terms: &LedgerTerms,
    ) -> LedgerOutcome {
        let at = charges.at();
        // Before any return, because a call that is refused as a conflict must not be reserved
        // later.
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

    /// Closes the reservation that was made by the call signed at `at`. Returns whether it was
    /// open; only the first close of a reservation counts.
    pub fn close(&mut self, at: Timestamp, outcome: Outcome) -> bool {
        let is_open = self.recorded == RecordedOutcome::Open && self.at == at;
        if is_open {
            self.recorded = RecordedOutcome::Closed(outcome);
        }
        is_open
    }
}
