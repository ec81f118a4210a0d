//! The claims of a child.

use super::claims::{Claims, MANDATE, TokenType, read_entries, sealed, set};
use super::error::CodecError;
use super::link::{LinkParts, write_common, write_registered, write_replaced};
use super::reader::Reader;
use super::writer::Writer;
use crate::claims::Child;
use crate::primitives::bounds::MAX_TASK_BYTES;
use crate::primitives::{MandateId, TaskPath};

impl Claims for Child {
    const TYPE: TokenType = TokenType::Child;
}

impl sealed::Payload for Child {
    fn write(&self, w: &mut Writer) {
        w.entries(|m| {
            write_registered(m, &self.link);
            m.entry(MANDATE, |w| {
                w.entries(|m| {
                    write_common(m, &self.link);
                    m.entry_if(4, self.step.as_ref(), |w, step| w.text(step.as_str()));
                    m.flag(5, self.same_key);
                    m.entry(11, |w| w.bytes(self.parent.as_bytes()));
                    write_replaced(m, &self.link);
                });
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let mut link = LinkParts::default();
        let (mut step, mut same_key, mut parent) = (None, false, None);
        let end = read_entries(r, &mut |r, key| match key {
            MANDATE => read_entries(r, &mut |r, key| match key {
                4 => set(
                    &mut step,
                    r.make(|r| r.text(MAX_TASK_BYTES), TaskPath::new)?,
                ),
                5 => {
                    r.true_flag()?;
                    same_key = true;
                    Ok(())
                }
                11 => set(&mut parent, MandateId::from_bytes(r.bytes_of()?)),
                key => link.read_common(r, key),
            })
            .map(drop),
            key => link.read_registered(r, key),
        })?;
        Ok(Self {
            link: link.finish(&end)?,
            parent: parent.ok_or_else(|| end.missing(11))?,
            step,
            same_key,
        })
    }
}
