//! The mandates that a status lists: one byte string with the first 12 bytes of each id, in order.

use super::error::{CodecError, CodecErrorKind, Expected};
use super::reader::Reader;
use super::writer::Writer;
use crate::claims::Listed;
use crate::primitives::ListedId;
use crate::primitives::bounds::{LISTED_ID_BYTES, MAX_ENDED};
use std::cmp::Ordering;

pub(super) fn write_listed(w: &mut Writer, listed: &Listed) {
    let bytes: Vec<u8> = listed
        .iter()
        .flat_map(ListedId::as_bytes)
        .copied()
        .collect();
    w.bytes(&bytes);
}

/// Reads a list. An empty one is refused, because it is left out.
pub(super) fn read_listed(r: &mut Reader<'_>) -> Result<Listed, CodecError> {
    let start = r.clone();
    let bytes = r.bytes(MAX_ENDED.saturating_mul(LISTED_ID_BYTES))?;
    let ids = bytes.chunks_exact(LISTED_ID_BYTES);
    if !ids.remainder().is_empty() {
        return start.fail(CodecErrorKind::Expected(Expected::BytesInGroupsOf(
            LISTED_ID_BYTES,
        )));
    }
    if bytes.is_empty() {
        return start.fail(CodecErrorKind::DefaultSpelled);
    }
    for (id, next) in ids.clone().zip(ids.clone().skip(1)) {
        match id.cmp(next) {
            Ordering::Less => {}
            Ordering::Equal => return start.fail(CodecErrorKind::Duplicate),
            Ordering::Greater => return start.fail(CodecErrorKind::Unsorted),
        }
    }
    // Each group has 12 bytes, so none is left out.
    Ok(ids.filter_map(|id| ListedId::try_from(id).ok()).collect())
}
