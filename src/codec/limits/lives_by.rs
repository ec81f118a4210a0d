use super::{read_key, read_seconds};
use crate::codec::claims::read_label;
use crate::codec::error::CodecError;
use crate::codec::reader::Reader;
use crate::codec::writer::Writer;
use crate::ground::Mission;
use crate::ground::bounds::MAX_ENDERS;
use crate::limits::{LivesBy, MaxAge};
use crate::powers::Effect;

/// `[controller, mission, [read, write, irreversible], ? enders]`.
pub(in crate::codec) fn write_lives_by(w: &mut Writer, lives_by: &LivesBy) {
    let enders = lives_by.enders().len() > 0;
    w.array(if enders { 4 } else { 3 });
    w.bytes(lives_by.mission().controller.as_bytes());
    w.text(lives_by.mission().name.as_str());
    w.array(3);
    for effect in [Effect::Read, Effect::Write, Effect::Irreversible] {
        w.unsigned(lives_by.max_age().of(effect).get());
    }
    if enders {
        w.sorted(lives_by.enders(), |w, key| w.bytes(key.as_bytes()));
    }
}

pub(in crate::codec) fn read_lives_by(r: &mut Reader<'_>) -> Result<LivesBy, CodecError> {
    let parts = r.array(3, 4)?;
    let mission = Mission::new(read_key(r)?, read_label(r)?);
    let max_age = r.make(
        |r| {
            r.array_of_length(3)?;
            Ok((read_seconds(r)?, read_seconds(r)?, read_seconds(r)?))
        },
        |(read, write, irreversible)| MaxAge::new(read, write, irreversible),
    )?;
    let lives_by = LivesBy::new(mission, max_age);
    if parts == 3 {
        return Ok(lives_by);
    }
    r.make(
        |r| {
            let count = r.array(1, MAX_ENDERS)?;
            r.sorted(count, read_key)
        },
        |enders| lives_by.ended_also_by(enders),
    )
}
