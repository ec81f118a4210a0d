use crate::claims::{NoticeHeader, Receipt, ReceiptEvent, WouldDeny};
use crate::decide::{OperationRecord, Permit};
use crate::primitives::{Digest, PublicKey, Timestamp, TokenId};
use crate::sign::{SignError, SigningKey, Token, Unsigned};

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
        let receipt = Unsigned::new(claims, vec![self.signer]).sign(key)?;
        self.head = self.head.after(&receipt);
        self.denied = 0;
        Ok(receipt)
    }
}

impl LogHead {
    /// Returns the head with the receipt added.
    pub(super) fn after(self, receipt: &Token<Receipt>) -> Self {
        let last = Digest::from_bytes(*receipt.digest().as_bytes());
        Self {
            length: self.length.saturating_add(1),
            last: Some(last),
            at: Some(receipt.claims().header.at),
        }
    }

    /// Returns the time before which no later receipt is dated.
    pub(super) fn date(self) -> Timestamp {
        self.at.unwrap_or(Timestamp::EPOCH)
    }
}
