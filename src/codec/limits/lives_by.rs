use crate::codec::error::CodecError;
use crate::codec::limits::{read_key, read_seconds};
use crate::codec::mission::{read_mission, write_mission};
use crate::codec::reader::Reader;
use crate::codec::writer::Writer;
use crate::limits::{LivesBy, MaxAge};
use crate::powers::Effect;
use crate::primitives::bounds::MAX_ENDERS;

/// Writes `[mission, [read, write, irreversible], ? enders]`.
pub(in crate::codec) fn write_lives_by(w: &mut Writer, lives_by: &LivesBy) {
    let enders = lives_by.enders().len() > 0;
    w.array(if enders { 3 } else { 2 });
    write_mission(w, lives_by.mission());
    w.array(3);
    for effect in [Effect::Read, Effect::Write, Effect::Irreversible] {
        w.unsigned(lives_by.max_age().for_effect(effect).get());
    }
    if enders {
        w.sorted(lives_by.enders(), |w, key| w.bytes(key.as_bytes()));
    }
}

pub(in crate::codec) fn read_lives_by(r: &mut Reader<'_>) -> Result<LivesBy, CodecError> {
    let parts = r.array(2, 3)?;
    let mission = read_mission(r)?;
    let max_age = r.make(
        |r| {
            r.array_of_length(3)?;
            Ok((read_seconds(r)?, read_seconds(r)?, read_seconds(r)?))
        },
        |(read, write, irreversible)| MaxAge::new(read, write, irreversible),
    )?;
    let lives_by = LivesBy::new(mission, max_age);
    if parts == 2 {
        return Ok(lives_by);
    }
    r.make(
        |r| {
            let count = r.array(1, MAX_ENDERS)?;
            r.sorted(count, read_key)
        },
        |enders| lives_by.with_enders(enders),
    )
}
