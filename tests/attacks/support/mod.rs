//! What all attacks share: a small CBOR writer, tokens forged by hand, and the story they are told
//! in.

pub(crate) mod cbor;
pub(crate) mod forge;
pub(crate) mod order;
pub(crate) mod spending;
pub(crate) mod story;
