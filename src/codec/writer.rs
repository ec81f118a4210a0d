//! A writer of deterministic CBOR, the counterpart of the reader: shortest heads, definite lengths.

use crate::primitives::encoded::{write_head, write_map, write_number, write_plain_integer};
use crate::primitives::{Number, Value};
use std::collections::BTreeMap;

/// The bytes that are written so far.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Makes a writer with room for so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn unsigned(&mut self, number: u64) {
        self.head(0, number);
    }

    /// Writes an integer from −2⁶⁴ to 2⁶⁴ − 1. Returns `false` for another, which is not written.
    pub(super) fn integer(&mut self, number: i128) -> bool {
        write_plain_integer(&mut self.0, number)
    }

    /// Writes a map with integer keys. The caller writes the entries in the order of the encodings
    /// of their keys; they are counted here.
    pub(super) fn entries(&mut self, write: impl FnOnce(&mut MapWriter<'_>)) {
        // The head is written for no entry, and completed once they are counted.
        let head = self.0.len();
        self.map(0);
        let mut map = MapWriter {
            writer: self,
            count: 0,
        };
        write(&mut map);
        let count = map.count;
        debug_assert!(
            count < 24,
            "the maps of the format have few keys, so their heads take one byte"
        );
        if let Some(byte) = self.0.get_mut(head) {
            *byte |= count;
        }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length(2, bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(3, text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn array(&mut self, items: usize) {
        self.length(4, items);
    }

    pub(super) fn map(&mut self, entries: usize) {
        self.length(5, entries);
    }

    pub(super) fn tag(&mut self, tag: u64) {
        self.head(6, tag);
    }

    pub(super) fn bool(&mut self, bool: bool) {
        self.head(7, if bool { 21 } else { 20 });
    }

    pub(crate) fn null(&mut self) {
        self.head(7, 22);
    }

    /// Writes a map of values, in its one encoding.
    pub(super) fn values(&mut self, entries: &BTreeMap<String, Value>) {
        write_map(&mut self.0, entries);
    }

    pub(super) fn number(&mut self, number: Number) {
        write_number(&mut self.0, number);
    }

    /// Appends bytes that are already encoded.
    pub(crate) fn raw(&mut self, encoded: &[u8]) {
        self.0.extend_from_slice(encoded);
    }

    /// Writes an array whose items ascend by their encoded bytes, in whatever order they are given.
    pub(super) fn sorted<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let mut encoded: Vec<Vec<u8>> = items
            .map(|item| {
                let mut writer = Self::new();
                write(&mut writer, item);
                writer.into_bytes()
            })
            .collect();
        encoded.sort_unstable();
        self.array(encoded.len());
        encoded.iter().for_each(|item| self.raw(item));
    }

    fn length(&mut self, major: u8, length: usize) {
        // No machine has a `usize` beyond 64 bits.
        self.head(major, u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn head(&mut self, major: u8, argument: u64) {
        write_head(&mut self.0, major, argument);
    }
}

/// The entries of a map that is being written.
pub(super) struct MapWriter<'w> {
    writer: &'w mut Writer,
    count: u8,
}

impl MapWriter<'_> {
    /// Writes an entry.
    pub(super) fn entry(&mut self, key: i64, write: impl FnOnce(&mut Writer)) {
        self.count = self.count.saturating_add(1);
        // A key has 64 bits, so it is always written.
        self.writer.integer(i128::from(key));
        write(self.writer);
    }

    /// Writes an entry if it has a value.
    pub(super) fn entry_if<T>(
        &mut self,
        key: i64,
        value: Option<T>,
        write: impl FnOnce(&mut Writer, T),
    ) {
        if let Some(value) = value {
            self.entry(key, |w| write(w, value));
        }
    }

    /// Writes a flag if it is set: its absence is false.
    pub(super) fn flag(&mut self, key: i64, set: bool) {
        self.entry_if(key, set.then_some(true), Writer::bool);
    }
}
