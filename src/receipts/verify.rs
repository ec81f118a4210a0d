use super::log::LogHead;
use crate::claims::{Receipt, ReceiptEvent};
use crate::primitives::{CallKey, PublicKey, RequestDigest};
use crate::sign::{Token, VerifyingKey};
use std::collections::BTreeMap;
use thiserror::Error;

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
