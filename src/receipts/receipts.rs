use crate::chain::Call;
use crate::claims::{NoticeHeader, Receipt, ReceiptEvent, Started, WouldDeny};
use crate::codec::missing_fits;
use crate::decide::{OperationRecord, Permit};
use crate::denial::Denial;
use crate::primitives::{
    Audience, CallKey, Digest, MandateId, PublicKey, RequestDigest, Timestamp, TokenId,
};
use crate::sign::{SignError, SigningKey, Token, VerifyingKey};
use std::collections::BTreeMap;
use thiserror::Error;

/// A server's record of what it permitted, as it is written.
///
/// Each receipt is signed and names the one before it by its digest, so a change, a gap or another
/// order is detected. A missing end is detected only with the last head, which must be kept
/// elsewhere.
///
/// A clock that steps back dates no receipt before the one before it. The log keeps only the head.
/// The host stores the receipts, before what they permit begins.
///
/// ```
/// use mandatum::receipts::{ReceiptErrorKind, ReceiptLog, verify_receipts};
/// use mandatum::{SigningKey, Timestamp};
/// let (key, now) = (SigningKey::from_seed(&[4; 32]), Timestamp::from_unix(1_767_225_600)?);
/// let mut log = ReceiptLog::new(key.public());
/// log.count_denial();
/// let first = log.counted([1; 16], now, &key)?;
/// let second = log.counted([2; 16], now, &key)?;
/// assert_eq!(log.head().length, 2);
/// // The second receipt is missing.
/// let cut = verify_receipts(key.public(), [&first], Some(log.head())).unwrap_err();
/// assert_eq!(cut.kind, ReceiptErrorKind::OtherEnd);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLog {
    signer: PublicKey,
    head: LogHead,
    denied: u64,
}

/// The end of a record. Kept elsewhere, it shows whether the end of the record was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogHead {
    /// Number of receipts.
    pub length: u64,
    /// Digest of the last receipt, signature included; absent for an empty record.
    pub last: Option<Digest>,
    /// Time of the last receipt; absent for an empty record.
    pub at: Option<Timestamp>,
}

impl ReceiptLog {
    /// Creates an empty record that `signer` signs.
    #[must_use]
    pub fn new(signer: PublicKey) -> Self {
        Self::resume(signer, LogHead::default())
    }

    /// Creates the record that continues after `head`.
    #[must_use]
    pub const fn resume(signer: PublicKey, head: LogHead) -> Self {
        Self {
            signer,
            head,
            denied: 0,
        }
    }

    /// Returns the end of the record.
    #[must_use]
    pub const fn head(&self) -> LogHead {
        self.head
    }

    /// Counts a denial. The next receipt states how many there were.
    pub const fn count_denial(&mut self) {
        self.denied = self.denied.saturating_add(1);
    }

    /// Returns the receipt of a permit whose operation starts now.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] for a key that is not the record's. The record is then unchanged.
    pub fn started(
        &mut self,
        permit: &Permit,
        id: impl Into<TokenId>,
        now: Timestamp,
        key: &SigningKey,
    ) -> Result<Token<Receipt>, SignError> {
        self.append(ReceiptEvent::Started(permit.started()), id.into(), now, key)
    }

    /// Returns the receipt of an operation's outcome.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] for a key that is not the record's. The record is then unchanged.
    pub fn finished(
        &mut self,
        record: &OperationRecord,
        id: impl Into<TokenId>,
        now: Timestamp,
        key: &SigningKey,
    ) -> Result<Token<Receipt>, SignError> {
        let (call, request, outcome) = (record.key, record.request, record.outcome);
        let event = ReceiptEvent::Finished {
            call,
            request,
            outcome,
        };
        self.append(event, id.into(), now, key)
    }

    /// Returns the receipt of a call that would have been denied, at a server that only observes.
    /// It permits nothing, starts nothing and counts as no denial.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] for a key that is not the record's. The record is then unchanged.
    pub fn would_deny(
        &mut self,
        observed: WouldDeny,
        id: impl Into<TokenId>,
        now: Timestamp,
        key: &SigningKey,
    ) -> Result<Token<Receipt>, SignError> {
        self.append(ReceiptEvent::WouldDeny(observed), id.into(), now, key)
    }

    /// Returns a receipt of nothing but the denials so far.
    ///
    /// # Errors
    /// [`SignError::WrongKey`] for a key that is not the record's. The record is then unchanged.
    pub fn counted(
        &mut self,
        id: impl Into<TokenId>,
        now: Timestamp,
        key: &SigningKey,
    ) -> Result<Token<Receipt>, SignError> {
        self.append(ReceiptEvent::Counted, id.into(), now, key)
    }

    /// Signs a receipt of the event and links it to the record.
    fn append(
        &mut self,
        event: ReceiptEvent,
        id: TokenId,
        now: Timestamp,
        key: &SigningKey,
    ) -> Result<Token<Receipt>, SignError> {
        let claims = Receipt {
            header: NoticeHeader {
                id,
                by: self.signer,
                at: now.max(self.head.date()),
            },
            sequence: self.head.length,
            previous: self.head.last,
            denied: self.denied,
            event,
        };
        let receipt = crate::sign::Unsigned::new(claims, vec![self.signer]).sign(key)?;
        self.head = self.head.after(&receipt);
        self.denied = 0;
        Ok(receipt)
    }
}

impl LogHead {
    /// Returns the head with the receipt added.
    fn after(self, receipt: &Token<Receipt>) -> Self {
        let last = Digest::from_bytes(*receipt.digest().as_bytes());
        Self {
            length: self.length.saturating_add(1),
            last: Some(last),
            at: Some(receipt.claims().header.at),
        }
    }

    /// Returns the time before which no later receipt is dated.
    fn date(self) -> Timestamp {
        self.at.unwrap_or(Timestamp::EPOCH)
    }
}

/// The first receipt of a record that is wrong, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("receipt {at}: {kind}")]
pub struct ReceiptError {
    /// Number of the receipt, from 0; one past the last for what is missing at the end.
    pub at: u64,
    /// Reason.
    pub kind: ReceiptErrorKind,
}

/// The reason why a receipt is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReceiptErrorKind {
    /// Another server signed it.
    #[error("not signed by the server whose record this is")]
    OtherSigner,
    /// The key that it names did not sign it.
    #[error("not signed by the key that it claims")]
    Signature,
    /// Receipts before it are missing, or in another order.
    #[error("it is receipt {found} of the record")]
    OutOfPlace {
        /// Number that it states.
        found: u64,
    },
    /// It names another receipt before it than the one that is there.
    #[error("the receipt before it is another than it names")]
    BrokenLink,
    /// It is older than the one before it.
    #[error("it is older than the receipt before it")]
    StepsBack,
    /// The operation of a call ends that never started, or has ended.
    #[error("an operation ends that is not running")]
    NotRunning,
    /// The record ends before or after the head that was kept, or in another receipt.
    #[error("the record does not end where it should")]
    OtherEnd,
}

/// The statement of a verified record as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptSummary {
    /// End of the record.
    pub head: LogHead,
    /// Number of calls that were permitted.
    pub started: u64,
    /// Number of calls that were denied.
    pub denied: u64,
    /// Number of calls that would have been denied, at a server that only observes.
    pub would_deny: u64,
    /// Calls whose outcome the record does not state.
    pub open: Vec<CallKey>,
    /// Calls that were permitted more than once. The caller can sign an id again when its mark is
    /// forgotten, so this is no fault of the record.
    pub again: Vec<CallKey>,
}

/// The number of starts of a call's operation, and how many of these have not ended.
#[derive(Clone, Copy, Debug, Default)]
struct Runs {
    started: u64,
    open: u64,
}

/// Verifies a whole record, from its first receipt to `head`, which was kept elsewhere. Without a
/// head, the end may have been cut off.
///
/// ```
/// use mandatum::receipts::{ReceiptErrorKind, ReceiptLog, verify_receipts};
/// use mandatum::{SigningKey, Timestamp};
/// let (key, now) = (SigningKey::from_seed(&[4; 32]), Timestamp::from_unix(1_767_225_600)?);
/// let mut log = ReceiptLog::new(key.public());
/// let [first, second] = [log.counted([1; 16], now, &key)?, log.counted([2; 16], now, &key)?];
/// let head = Some(log.head());
/// assert_eq!(verify_receipts(key.public(), [&first, &second], head)?.head, log.head());
/// let swapped = verify_receipts(key.public(), [&second, &first], head).unwrap_err();
/// assert_eq!((swapped.at, swapped.kind), (0, ReceiptErrorKind::OutOfPlace { found: 1 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ReceiptError`] for the first receipt that is missing, changed, signed by another key, or in
/// another place.
pub fn verify_receipts<'r>(
    signer: PublicKey,
    receipts: impl IntoIterator<Item = &'r Token<Receipt>>,
    head: Option<LogHead>,
) -> Result<ReceiptSummary, ReceiptError> {
    let mut summary = ReceiptSummary::default();
    // Keyed by request too: an id whose mark was forgotten can be used again, for another request.
    let mut calls: BTreeMap<(CallKey, RequestDigest), Runs> = BTreeMap::new();
    let key = VerifyingKey::new(&signer);
    for receipt in receipts {
        let claims = receipt.claims();
        let at = summary.head.length;
        check(receipt, summary.head, signer, key.as_ref().ok())
            .map_err(|kind| ReceiptError { at, kind })?;
        summary.head = summary.head.after(receipt);
        summary.denied = summary.denied.saturating_add(claims.denied);
        match &claims.event {
            ReceiptEvent::Started(started) => {
                summary.started = summary.started.saturating_add(1);
                let runs = calls.entry((started.call, started.request)).or_default();
                (runs.started, runs.open) =
                    (runs.started.saturating_add(1), runs.open.saturating_add(1));
            }
            ReceiptEvent::Finished { call, request, .. } => {
                let runs = calls
                    .get_mut(&(*call, *request))
                    .filter(|runs| runs.open > 0);
                let runs = runs.ok_or(ReceiptError {
                    at,
                    kind: ReceiptErrorKind::NotRunning,
                })?;
                runs.open = runs.open.saturating_sub(1);
            }
            ReceiptEvent::WouldDeny(_) => summary.would_deny = summary.would_deny.saturating_add(1),
            ReceiptEvent::Counted => {}
        }
    }
    if head.is_some_and(|head| head != summary.head) {
        return Err(ReceiptError {
            at: summary.head.length,
            kind: ReceiptErrorKind::OtherEnd,
        });
    }
    let mut by_id: BTreeMap<CallKey, Runs> = BTreeMap::new();
    for ((call, _), Runs { started, open }) in calls {
        let runs = by_id.entry(call).or_default();
        (runs.started, runs.open) = (
            runs.started.saturating_add(started),
            runs.open.saturating_add(open),
        );
    }
    summary.open = by_id
        .iter()
        .filter(|(_, runs)| runs.open > 0)
        .map(|(call, _)| *call)
        .collect();
    summary.again = by_id
        .iter()
        .filter(|(_, runs)| runs.started > 1)
        .map(|(call, _)| *call)
        .collect();
    Ok(summary)
}

/// Checks a receipt against the head before it. The signature is verified last, because it costs
/// most.
fn check(
    receipt: &Token<Receipt>,
    before: LogHead,
    signer: PublicKey,
    key: Option<&VerifyingKey>,
) -> Result<(), ReceiptErrorKind> {
    let claims = receipt.claims();
    if claims.header.by != signer {
        return Err(ReceiptErrorKind::OtherSigner);
    }
    if claims.sequence != before.length {
        return Err(ReceiptErrorKind::OutOfPlace {
            found: claims.sequence,
        });
    }
    if claims.previous != before.last {
        return Err(ReceiptErrorKind::BrokenLink);
    }
    if claims.header.at < before.date() {
        return Err(ReceiptErrorKind::StepsBack);
    }
    // A signer that is no valid key has signed nothing.
    if key.is_some_and(|key| receipt.verify(key).is_ok()) {
        Ok(())
    } else {
        Err(ReceiptErrorKind::Signature)
    }
}

impl Denial {
    /// Returns what a server that only observes records of a call under `leaf`, which this denial
    /// would have refused: the code, and the powers that were missing. These name the call's
    /// arguments; where they take more than 8 KiB they are left out.
    ///
    /// ```
    /// use mandatum::claims::Receipt;
    /// use mandatum::primitives::MandateId;
    /// use mandatum::receipts::ReceiptLog;
    /// use mandatum::sign::{SignError, Token};
    /// use mandatum::{Audience, Call, Denial, SigningKey, Timestamp};
    /// fn observe(
    ///     log: &mut ReceiptLog,
    ///     (denial, call, leaf, here): (&Denial, &Call, MandateId, &Audience),
    ///     (id, now, key): ([u8; 16], Timestamp, &SigningKey),
    /// ) -> Result<Token<Receipt>, SignError> {
    ///     log.would_deny(denial.observed(call, leaf, here), id, now, key)
    /// }
    /// ```
    #[must_use]
    pub fn observed(&self, call: &Call, leaf: MandateId, audience: &Audience) -> WouldDeny {
        WouldDeny {
            call: call.key(&leaf, audience),
            request: call.request(),
            leaf,
            audience: audience.clone(),
            code: self.code().as_str().into(),
            missing: self.missing().filter(missing_fits),
        }
    }
}

impl Permit {
    /// What a receipt says of it.
    #[must_use]
    pub fn started(&self) -> Started {
        let charge = |charge: &crate::charge::Charge| (charge.account, charge.amount());
        Started {
            call: self.key(),
            request: self.request(),
            leaf: self.chain.chain().leaf_id(),
            audience: self.charges.call().audience.clone(),
            decided_at: self.decided_at,
            charges: self.charges().iter().map(charge).collect(),
            approvals: self.approvals.clone(),
        }
    }
}
