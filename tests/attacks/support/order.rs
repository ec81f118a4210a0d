//! Waves and barriers by hand.

use super::cbor;
use super::cbor::Map;
use super::story::key;
use mandatum::mission::Retention;
use mandatum::{Mission, Register, Seconds};

/// The nonce of every mission in these stories.
pub(crate) const NONCE: [u8; 16] = [7; 16];

/// A mission by hand: `[controller, name, nonce]`.
pub(crate) fn mission_of(controller: u8, name: &str) -> Vec<u8> {
    cbor::array([public(controller), cbor::text(name), cbor::bytes(NONCE)])
}

/// The digest by which notices name a mission.
pub(crate) fn mission_id(controller: u8, name: &str) -> Vec<u8> {
    let mission = Mission::new(key(controller).public(), name.parse().unwrap(), NONCE);
    cbor::bytes(mission.id().as_bytes())
}

/// The waves of a mission `qbr` of this controller's, from the first on.
pub(crate) fn waves_of(controller: u8) -> Map {
    Map::of([(0, mission_of(controller, "qbr"))])
}

/// A task that is waited for, with the keys that may report it, by their seeds.
pub(crate) fn awaited(task: [u8; 32], reporters: &[u8]) -> Vec<u8> {
    cbor::array([
        cbor::bytes(task),
        cbor::array(ordered(reporters.iter().copied())),
    ])
}

/// A barrier after these tasks, in the order of their bytes.
pub(crate) fn barrier_of(mut tasks: Vec<Vec<u8>>) -> Map {
    tasks.sort();
    Map::of([(0, cbor::array(tasks))])
}

/// A register that knows nothing, and keeps everything for longer than a story lasts.
pub(crate) fn register() -> Register {
    Register::new(Retention::new(
        Seconds::hours(24),
        Seconds::hours(8_784),
        Seconds::new(30),
    ))
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
