//! Grammars of text patterns, and of texts that have one canonical spelling.

pub(super) mod host;
pub(super) mod network;
pub(super) mod path;
pub(super) mod pattern;
pub(super) mod url;
