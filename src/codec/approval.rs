//! The claims of an approval.

use super::claims::{Claims, TokenType, sealed, set};
use super::error::{CodecError, CodecErrorKind};
use super::limits::read_time;
use super::notices::{read_notice, write_notice};
use super::reader::Reader;
use super::writer::Writer;
use crate::claims::Approval;
use crate::primitives::bounds::MAX_NAME_BYTES;
use crate::primitives::{Audience, CallKey, MandateId, RequestDigest};

impl Claims for Approval {
    const TYPE: TokenType = TokenType::Approval;
}

impl sealed::Payload for Approval {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.bytes(self.leaf.as_bytes()));
            m.entry(2, |w| w.bytes(self.call.as_bytes()));
            m.entry(3, |w| w.bytes(self.request.as_bytes()));
            m.entry(4, |w| w.text(self.audience.as_str()));
            m.entry(5, |w| w.unsigned(self.expires.as_unix()));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut leaf, mut call, mut request, mut audience, mut expires) =
            (None, None, None, None, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut leaf, MandateId::from_bytes(r.bytes_of()?)),
            2 => set(&mut call, CallKey::from_bytes(r.bytes_of()?)),
            3 => set(&mut request, RequestDigest::from_bytes(r.bytes_of()?)),
            4 => set(
                &mut audience,
                r.make(|r| r.text(MAX_NAME_BYTES), Audience::new)?,
            ),
            5 => set(&mut expires, read_time(r)?),
            key => r.fail(CodecErrorKind::UnknownKey { key }),
        })?;
        Ok(Self {
            header,
            leaf: leaf.ok_or_else(|| end.missing(1))?,
            call: call.ok_or_else(|| end.missing(2))?,
            request: request.ok_or_else(|| end.missing(3))?,
            audience: audience.ok_or_else(|| end.missing(4))?,
            expires: expires.ok_or_else(|| end.missing(5))?,
        })
    }
}
