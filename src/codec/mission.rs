use super::claims::read_label;
use super::error::CodecError;
use super::limits::read_key;
use super::reader::Reader;
use super::writer::Writer;
use crate::primitives::{Mission, MissionNonce};

/// Writes `[controller, name, nonce]`, as in a mandate. The digest of a mission is of the same
/// bytes.
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
