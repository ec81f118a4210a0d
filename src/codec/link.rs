//! The claims that all links have in common.

use super::claims::{CTI, End, IAT, read_label, set};
use super::error::{CodecError, CodecErrorKind};
use super::limits::{read_limits, read_time, write_limits};
use super::powers::{read_powers, write_powers};
use super::reader::Reader;
use super::writer::MapWriter;
use crate::claims::{Holder, Link, Replaced};
use crate::limits::Limits;
use crate::powers::Powers;
use crate::primitives::bounds::MAX_REPLACED;
use crate::primitives::{Label, Lifetime, MandateId, PublicKey, Timestamp, TokenId};

/// The time at which a token expires (RFC 8392 section 3.1.4).
const EXP: i64 = 4;
/// The holder's key (RFC 8747 section 3.1).
const CNF: i64 = 8;

/// `COSE_Key` (RFC 9052 section 7, RFC 9053 section 7.2): key type OKP, curve Ed25519, the x
/// coordinate.
const KTY: i64 = 1;
const OKP: u64 = 1;
const CRV: i64 = -1;
const CURVE_ED25519: u64 = 6;
const X: i64 = -2;
/// Confirmation by a `COSE_Key` (RFC 8747 section 3.1).
const CONFIRMATION_KEY: i64 = 1;

/// The parts of a link that are read so far.
#[derive(Default)]
pub(super) struct LinkParts {
    id: Option<TokenId>,
    key: Option<PublicKey>,
    name: Option<Label>,
    powers: Option<Powers>,
    limits: Option<Limits>,
    hops: Option<u8>,
    issued_at: Option<Timestamp>,
    expires: Option<Timestamp>,
    replaces: Option<Replaced>,
}

impl LinkParts {
    /// Reads the value of a registered claim.
    pub(super) fn read_registered(
        &mut self,
        r: &mut Reader<'_>,
        key: i64,
    ) -> Result<(), CodecError> {
        match key {
            EXP => set(&mut self.expires, read_time(r)?),
            IAT => set(&mut self.issued_at, read_time(r)?),
            CTI => set(&mut self.id, r.make(|r| r.bytes(16), TokenId::new)?),
            CNF => set(&mut self.key, read_confirmation(r)?),
            key => r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }

    /// Reads the value of a claim of ours that root and child have in common.
    pub(super) fn read_common(&mut self, r: &mut Reader<'_>, key: i64) -> Result<(), CodecError> {
        match key {
            0 => set(&mut self.powers, read_powers(r)?),
            1 => set(&mut self.limits, read_limits(r)?),
            2 => set(&mut self.hops, read_hops(r)?),
            3 => set(&mut self.name, read_label(r)?),
            12 => set(&mut self.replaces, read_replaced(r)?),
            key => r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }

    /// Makes the link of its parts at the end of the claims.
    pub(super) fn finish(self, end: &End) -> Result<Link, CodecError> {
        // The order of these is in the format: the first that is missing is the error.
        let missing = |key| end.missing(key);
        let issued_at = self.issued_at.ok_or_else(|| missing(IAT))?;
        let expires = self.expires.ok_or_else(|| missing(EXP))?;
        Ok(Link {
            id: self.id.ok_or_else(|| missing(CTI))?,
            holder: Holder {
                key: self.key.ok_or_else(|| missing(CNF))?,
                name: self.name,
            },
            powers: self.powers.ok_or_else(|| missing(0))?,
            limits: self.limits.unwrap_or_default(),
            hops: self.hops.unwrap_or_default(),
            replaces: self.replaces.unwrap_or_default(),
            lifetime: Lifetime::new(issued_at, expires).map_err(|error| end.invalid(error))?,
        })
    }
}

pub(super) fn write_registered(m: &mut MapWriter<'_>, link: &Link) {
    m.entry(EXP, |w| w.unsigned(link.lifetime.expires().as_unix()));
    m.entry(IAT, |w| w.unsigned(link.lifetime.issued_at().as_unix()));
    m.entry(CTI, |w| w.bytes(link.id.as_bytes()));
    m.entry(CNF, |w| {
        w.entries(|m| {
            m.entry(CONFIRMATION_KEY, |w| {
                w.entries(|m| {
                    m.entry(KTY, |w| w.unsigned(OKP));
                    m.entry(CRV, |w| w.unsigned(CURVE_ED25519));
                    m.entry(X, |w| w.bytes(link.holder.key.as_bytes()));
                });
            });
        });
    });
}

pub(super) fn write_common(m: &mut MapWriter<'_>, link: &Link) {
    m.entry(0, |w| write_powers(w, &link.powers));
    m.entry_if(
        1,
        (link.limits.iter().len() > 0).then_some(&link.limits),
        write_limits,
    );
    m.entry_if(2, (link.hops > 0).then_some(link.hops), |w, hops| {
        w.unsigned(u64::from(hops));
    });
    m.entry_if(3, link.holder.name.as_ref(), |w, name| {
        w.text(name.as_str());
    });
}

/// Reads `cnf` with one `COSE_Key`, which has exactly the three entries of an Ed25519 key.
fn read_confirmation(r: &mut Reader<'_>) -> Result<PublicKey, CodecError> {
    let start = r.clone();
    let wrong = || start.fail(CodecErrorKind::CoseKey);
    let mut confirmation = r.map(1)?;
    if confirmation.next_key(r)? != Some(CONFIRMATION_KEY) {
        return wrong();
    }
    let mut entries = r.map(3)?;
    // All keys come in this order, because the encodings of 1, −1 and −2 ascend.
    let kty = entries.next_key(r)? == Some(KTY) && r.unsigned()? == OKP;
    let crv = kty && entries.next_key(r)? == Some(CRV) && r.unsigned()? == CURVE_ED25519;
    if !(crv && entries.next_key(r)? == Some(X)) {
        return wrong();
    }
    r.make(|r| r.bytes_of::<32>(), PublicKey::ed25519)
}

fn read_hops(r: &mut Reader<'_>) -> Result<u8, CodecError> {
    let start = r.clone();
    match u8::try_from(r.unsigned()?) {
        Ok(0) => start.fail(CodecErrorKind::DefaultSpelled),
        Ok(hops) => Ok(hops),
        // The bound is that of the byte in which a link keeps the number.
        Err(_) => start.fail(CodecErrorKind::TooMany {
            max: usize::from(u8::MAX),
        }),
    }
}

/// Writes key 12. Root and child have keys of their own before it, and keys are written in order.
pub(super) fn write_replaced(m: &mut MapWriter<'_>, link: &Link) {
    m.entry_if(
        12,
        (link.replaces.iter().len() > 0).then_some(&link.replaces),
        |w, replaced| {
            w.sorted(replaced.iter(), |w, id| w.bytes(id.as_bytes()));
        },
    );
}

fn read_replaced(r: &mut Reader<'_>) -> Result<Replaced, CodecError> {
    r.make(
        |r| {
            let count = r.array(1, MAX_REPLACED)?;
            r.sorted(count, |r| r.bytes_of().map(MandateId::from_bytes))
        },
        Replaced::new,
    )
}
