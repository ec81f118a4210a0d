//! The claims of a signed call.

use super::claims::{CTI, Claims, IAT, MANDATE, TokenType, read_entries, sealed, set};
use super::error::{CodecError, CodecErrorKind};
use super::limits::read_time;
use super::reader::Reader;
use super::writer::Writer;
use crate::claims::CallClaims;
use crate::primitives::bounds::MAX_NAME_BYTES;
use crate::primitives::{Audience, CallId, MandateId, RequestDigest};

/// The audience (RFC 8392 section 3.1.3).
const AUD: i64 = 3;

impl Claims for CallClaims {
    const TYPE: TokenType = TokenType::Call;
}

impl sealed::Payload for CallClaims {
    fn write(&self, w: &mut Writer) {
        w.entries(|m| {
            m.entry(AUD, |w| w.text(self.audience.as_str()));
            m.entry(IAT, |w| w.unsigned(self.at.as_unix()));
            m.entry(CTI, |w| w.bytes(self.id.as_bytes()));
            m.entry(MANDATE, |w| {
                w.entries(|m| {
                    m.entry(0, |w| w.bytes(self.leaf.as_bytes()));
                    m.entry(1, |w| w.bytes(self.request.as_bytes()));
                });
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut audience, mut at, mut id, mut leaf, mut request) = (None, None, None, None, None);
        let end = read_entries(r, &mut |r, key| match key {
            AUD => set(
                &mut audience,
                r.make(|r| r.text(MAX_NAME_BYTES), Audience::new)?,
            ),
            IAT => set(&mut at, read_time(r)?),
            CTI => set(&mut id, CallId::from_bytes(r.bytes_of()?)),
            MANDATE => read_entries(r, &mut |r, key| match key {
                0 => set(&mut leaf, MandateId::from_bytes(r.bytes_of()?)),
                1 => set(&mut request, RequestDigest::from_bytes(r.bytes_of()?)),
                key => r.fail(CodecErrorKind::UnknownKey { key }),
            })
            .map(drop),
            key => r.fail(CodecErrorKind::UnknownKey { key }),
        })?;
        Ok(Self {
            id: id.ok_or_else(|| end.missing(CTI))?,
            leaf: leaf.ok_or_else(|| end.missing(0))?,
            request: request.ok_or_else(|| end.missing(1))?,
            audience: audience.ok_or_else(|| end.missing(AUD))?,
            at: at.ok_or_else(|| end.missing(IAT))?,
        })
    }
}
