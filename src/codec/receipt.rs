//! The claims of a receipt.

use super::claims::{Claims, TokenType, sealed, set};
use super::error::{CodecError, CodecErrorKind};
use super::limits::read_time;
use super::notices::{read_notice, write_notice};
use super::powers::{read_powers, write_powers};
use super::reader::Reader;
use super::value::{read_number, write_number};
use super::writer::Writer;
use crate::claims::{Outcome, Receipt, ReceiptEvent, Started, WouldDeny};
use crate::powers::Powers;
use crate::primitives::bounds::{
    MAX_APPROVALS, MAX_CHAIN_METERS, MAX_MISSING_BYTES, MAX_NAME_BYTES,
};
use crate::primitives::{
    AccountId, Audience, CallKey, Digest, Label, MandateId, Number, RequestDigest,
};

const STARTED: u64 = 0;
const FINISHED: u64 = 1;
const COUNTED: u64 = 2;
const WOULD_DENY: u64 = 3;

impl Claims for Receipt {
    const TYPE: TokenType = TokenType::Receipt;
}

impl sealed::Payload for Receipt {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.unsigned(self.sequence));
            m.entry_if(2, self.previous, |w, previous| w.bytes(previous.as_bytes()));
            m.entry_if(
                3,
                Some(self.denied).filter(|denied| *denied > 0),
                Writer::unsigned,
            );
            m.entry(4, |w| write_event(w, &self.event));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut sequence, mut previous, mut denied, mut event) = (None, None, 0, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut sequence, r.unsigned()?),
            2 => set(&mut previous, Digest::from_bytes(r.bytes_of()?)),
            3 => r.positive().map(|number| denied = number),
            4 => set(&mut event, read_event(r)?),
            key => r.fail(CodecErrorKind::UnknownKey { key }),
        })?;
        Ok(Self {
            header,
            sequence: sequence.ok_or_else(|| end.missing(1))?,
            previous,
            denied,
            event: event.ok_or_else(|| end.missing(4))?,
        })
    }
}

fn write_event(w: &mut Writer, event: &ReceiptEvent) {
    match event {
        ReceiptEvent::Started(started) => {
            w.array(8);
            w.unsigned(STARTED);
            w.bytes(started.call.as_bytes());
            w.bytes(started.request.as_bytes());
            w.bytes(started.leaf.as_bytes());
            w.text(started.audience.as_str());
            w.unsigned(started.decided_at.as_unix());
            w.array(started.charges.len());
            for (account, amount) in &started.charges {
                w.array(if amount.is_some() { 2 } else { 1 });
                w.bytes(account.as_bytes());
                amount.iter().for_each(|amount| write_number(w, *amount));
            }
            w.array(started.approvals.len());
            started
                .approvals
                .iter()
                .for_each(|approval| w.bytes(approval.as_bytes()));
        }
        ReceiptEvent::Finished {
            call,
            request,
            outcome,
        } => {
            w.array(4);
            w.unsigned(FINISHED);
            w.bytes(call.as_bytes());
            w.bytes(request.as_bytes());
            w.unsigned(match outcome {
                Outcome::Done => 0,
                Outcome::Failed => 1,
                Outcome::Undone => 2,
            });
        }
        ReceiptEvent::Counted => {
            w.array(1);
            w.unsigned(COUNTED);
        }
        ReceiptEvent::WouldDeny(observed) => {
            w.array(if observed.missing.is_some() { 7 } else { 6 });
            w.unsigned(WOULD_DENY);
            w.bytes(observed.call.as_bytes());
            w.bytes(observed.request.as_bytes());
            w.bytes(observed.leaf.as_bytes());
            w.text(observed.audience.as_str());
            w.text(&observed.code);
            observed
                .missing
                .iter()
                .for_each(|missing| write_powers(w, missing));
        }
    }
}

fn read_event(r: &mut Reader<'_>) -> Result<ReceiptEvent, CodecError> {
    // The number of elements depends on the kind, which is the first element. So the head is read
    // twice: once to reach the kind, once more by its kind.
    let mut parts = r.clone();
    r.array(1, 8)?;
    let at_kind = r.clone();
    match r.unsigned()? {
        STARTED => {
            parts.array_of_length(8)?;
            Ok(ReceiptEvent::Started(Started {
                call: CallKey::from_bytes(r.bytes_of()?),
                request: RequestDigest::from_bytes(r.bytes_of()?),
                leaf: MandateId::from_bytes(r.bytes_of()?),
                audience: r.make(|r| r.text(MAX_NAME_BYTES), Audience::new)?,
                decided_at: read_time(r)?,
                charges: {
                    let count = r.array(0, MAX_CHAIN_METERS)?;
                    r.items(count, read_charge)?
                },
                approvals: {
                    let count = r.array(0, MAX_APPROVALS)?;
                    r.items(count, |r| r.bytes_of().map(Digest::from_bytes))?
                },
            }))
        }
        FINISHED => {
            parts.array_of_length(4)?;
            let call = CallKey::from_bytes(r.bytes_of()?);
            let request = RequestDigest::from_bytes(r.bytes_of()?);
            let at_outcome = r.clone();
            let outcome = match r.unsigned()? {
                0 => Outcome::Done,
                1 => Outcome::Failed,
                2 => Outcome::Undone,
                kind => return at_outcome.fail(CodecErrorKind::UnknownKind { kind }),
            };
            Ok(ReceiptEvent::Finished {
                call,
                request,
                outcome,
            })
        }
        COUNTED => {
            parts.array_of_length(1)?;
            Ok(ReceiptEvent::Counted)
        }
        WOULD_DENY => {
            let count = parts.array(6, 7)?;
            Ok(ReceiptEvent::WouldDeny(WouldDeny {
                call: CallKey::from_bytes(r.bytes_of()?),
                request: RequestDigest::from_bytes(r.bytes_of()?),
                leaf: MandateId::from_bytes(r.bytes_of()?),
                audience: r.make(|r| r.text(MAX_NAME_BYTES), Audience::new)?,
                // Any name is accepted: a later version may have codes that are not known here.
                code: r.make(
                    |r| r.text(MAX_NAME_BYTES),
                    |code| Label::new(code).map(|_| code.into()),
                )?,
                missing: if count == 7 {
                    Some(read_missing(r)?)
                } else {
                    None
                },
            }))
        }
        kind => at_kind.fail(CodecErrorKind::UnknownKind { kind }),
    }
}

/// Returns whether missing powers fit a receipt. Larger ones are left out, because a receipt is a
/// token and must not exceed its bound.
pub(crate) fn missing_fits(missing: &Powers) -> bool {
    let mut w = Writer::new();
    write_powers(&mut w, missing);
    w.into_bytes().len() <= MAX_MISSING_BYTES
}

/// Reads missing powers. Empty ones are refused, because they are left out.
fn read_missing(r: &mut Reader<'_>) -> Result<Powers, CodecError> {
    let at_powers = r.clone();
    let missing = read_powers(r)?;
    if missing.capabilities().is_empty() {
        at_powers.fail(CodecErrorKind::DefaultSpelled)
    } else {
        Ok(missing)
    }
}

/// Reads `[account, ? amount]`.
fn read_charge(r: &mut Reader<'_>) -> Result<(AccountId, Option<Number>), CodecError> {
    let parts = r.array(1, 2)?;
    let account = AccountId::from_bytes(r.bytes_of()?);
    let amount = if parts == 2 {
        Some(read_number(r)?)
    } else {
        None
    };
    Ok((account, amount))
}
