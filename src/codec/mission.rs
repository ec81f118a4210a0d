use super::claims::read_label;
use super::error::CodecError;
use super::limits::read_key;
use super::reader::Reader;
use super::writer::Writer;
use crate::primitives::{Mission, MissionNonce};

/// `[controller, name, nonce]`, as mandates have it and as its digest is over.
pub(crate) fn write_mission(w: &mut Writer, mission: &Mission) {
    w.array(3);
    w.bytes(mission.controller.as_bytes());
    w.text(mission.name.as_str());
    w.bytes(mission.nonce.as_bytes());
}

pub(super) fn read_mission(r: &mut Reader<'_>) -> Result<Mission, CodecError> {
    r.array_of_length(3)?;
    Ok(Mission::new(
        read_key(r)?,
        read_label(r)?,
        MissionNonce::from_bytes(r.bytes_of()?),
    ))
}
