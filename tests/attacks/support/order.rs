//! Waves and barriers by hand.

use super::cbor::{self, Map};
use super::story::key;

/// The waves of a mission `qbr` of this controller's, from the first on.
pub(crate) fn waves_of(controller: u8) -> Map {
    Map::of([(0, public(controller)), (1, cbor::text("qbr"))])
}

/// A task that is waited for, with the keys that may report it, by their seeds.
pub(crate) fn awaited(task: [u8; 32], reporters: &[u8]) -> Vec<u8> {
    cbor::array([cbor::bytes(task), cbor::array(ordered(reporters.iter().copied()))])
}

/// A barrier after these tasks, in the order of their bytes.
pub(crate) fn barrier_of(mut tasks: Vec<Vec<u8>>) -> Map {
    tasks.sort();
    Map::of([(0, cbor::array(tasks))])
}

/// A limit of a kind.
pub(crate) fn limit(kind: i64, content: Vec<u8>) -> Vec<u8> {
    cbor::array([cbor::int(kind), content])
}

pub(crate) fn in_waves(waves: &Map) -> Vec<u8> {
    limit(6, waves.bytes())
}

pub(crate) fn after_tasks(barrier: &Map) -> Vec<u8> {
    limit(7, barrier.bytes())
}

pub(crate) fn public(seed: u8) -> Vec<u8> {
    cbor::bytes(key(seed).public().as_bytes())
}

/// The keys of these seeds in the order of their bytes.
pub(crate) fn ordered(seeds: impl IntoIterator<Item = u8>) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = seeds.into_iter().map(public).collect();
    keys.sort();
    keys
}
