//! Notices, made by hand from the format's text alone.

use super::forge::{Envelope, encode};
use super::missions::{CONTROLLER, SECOND_CONTROLLER};
use super::scene::{EXPIRES, key};
use ciborium::Value;

/// What a status says of one mission.
#[derive(Clone)]
pub(crate) struct Told {
    name: &'static str,
    sequence: u64,
    suspended: bool,
    wave: (u64, u64),
    events: Vec<Value>,
    withdrawn: Vec<Value>,
    ended: Vec<[u8; 12]>,
    keys_revoked: Vec<[u8; 12]>,
}

/// The nonce of every mission of the vectors.
pub(crate) const NONCE: [u8; 16] = [7; 16];

/// A mission as mandates name it: `[controller, name, nonce]`.
pub(crate) fn mission(controller: u8, name: &str) -> Value {
    Value::Array(vec![public(controller), name.into(), bytes(&NONCE)])
}

/// A mission as notices name it: the digest of what mandates have.
pub(crate) fn mission_id(controller: u8, name: &str) -> Value {
    bytes(&blake3::derive_key(
        "mandatum 2026-12 mission",
        &encode(&mission(controller, name)),
    ))
}

/// Whose mission of this name it is, whoever signs.
fn whose(name: &str) -> u8 {
    if name == "slides" {
        SECOND_CONTROLLER
    } else {
        CONTROLLER
    }
}

/// An active mission, nothing fired, withdrawn or ended.
pub(crate) fn active(name: &'static str, sequence: u64) -> Told {
    Told {
        name,
        sequence,
        suspended: false,
        wave: (0, super::scene::ISSUED),
        events: Vec::new(),
        withdrawn: Vec::new(),
        ended: Vec::new(),
        keys_revoked: Vec::new(),
    }
}

/// The first bytes of a mandate's id.
fn listed(mandate: &[u8; 32]) -> [u8; 12] {
    *mandate.first_chunk().expect("12 of 32 bytes")
}

impl Told {
    pub(crate) fn suspended(self) -> Self {
        Self {
            suspended: true,
            ..self
        }
    }

    pub(crate) fn wave(self, number: u64) -> Self {
        Self {
            wave: (number, self.wave.1),
            ..self
        }
    }

    /// Its wave began then.
    pub(crate) fn since(self, at: u64) -> Self {
        Self {
            wave: (self.wave.0, at),
            ..self
        }
    }

    pub(crate) fn fired(self, event: &str) -> Self {
        Self {
            events: vec![event.into()],
            ..self
        }
    }

    pub(crate) fn withdrawn(self, tool: &str) -> Self {
        Self {
            withdrawn: vec![tool.into()],
            ..self
        }
    }

    pub(crate) fn ended(self, mandate: &[u8; 32]) -> Self {
        Self {
            ended: vec![listed(mandate)],
            ..self
        }
    }

    pub(crate) fn key_revoked(self, mandate: &[u8; 32]) -> Self {
        Self {
            keys_revoked: vec![listed(mandate)],
            ..self
        }
    }

    fn value(&self) -> Value {
        let suspended = self.suspended.then_some((2, true.into()));
        let wave = Value::Array(vec![self.wave.0.into(), self.wave.1.into()]);
        let sets = [(4, &self.events), (5, &self.withdrawn)];
        let sets = sets
            .into_iter()
            .filter(|(_, set)| !set.is_empty())
            .map(|(key, set)| (key, sorted(set.clone())));
        let lists = [(6, &self.ended), (7, &self.keys_revoked)];
        let lists = lists
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(key, list)| (key, bytes(&list.concat())));
        let head = [
            (0, mission_id(whose(self.name), self.name)),
            (1, self.sequence.into()),
        ];
        map(head
            .into_iter()
            .chain(suspended)
            .chain([(3, wave)])
            .chain(sets)
            .chain(lists))
    }
}

/// A status by the key of this seed.
pub(crate) fn status(by: u8, as_of: u64, missions: impl IntoIterator<Item = Told>) -> Vec<u8> {
    let missions = sorted(missions.into_iter().map(|told| told.value()).collect());
    notice("mandate2-status+cwt", by, by, as_of, vec![(1, missions)])
}

/// The end of a controller's mission, revoked.
pub(crate) fn end(by: u8, controller: u8, mission: &str, at: u64) -> Vec<u8> {
    let terms = vec![(1, mission_id(controller, mission)), (2, 2.into())];
    notice("mandate2-end+cwt", by, by, at, terms)
}

/// The end of a mandate, revoked.
pub(crate) fn task_end(by: u8, mandate: &[u8; 32], at: u64) -> Vec<u8> {
    task_ended(by, mandate, 3, at)
}

/// The revocation of the key that holds a mandate.
pub(crate) fn key_revoked(by: u8, mandate: &[u8; 32], at: u64) -> Vec<u8> {
    task_ended(by, mandate, 4, at)
}

/// The end of a mandate, 0 to 4 for completed, abandoned, failed, revoked, its key revoked.
pub(crate) fn task_ended(by: u8, mandate: &[u8; 32], how: u64, at: u64) -> Vec<u8> {
    forged_task_end(by, by, mandate, how, at)
}

/// The end of a mandate that claims to be by one key and is signed by another.
pub(crate) fn forged_task_end(
    signer: u8,
    by: u8,
    mandate: &[u8; 32],
    how: u64,
    at: u64,
) -> Vec<u8> {
    notice(
        "mandate2-task-end+cwt",
        by,
        signer,
        at,
        task_end_terms(mandate, how),
    )
}

/// Of a mandate whose root expires when all roots of the vectors do.
pub(super) fn task_end_terms(mandate: &[u8; 32], how: u64) -> Vec<(i64, Value)> {
    vec![(1, bytes(mandate)), (2, how.into()), (3, EXPIRES.into())]
}

/// An event of a mission.
pub(crate) fn event(by: u8, mission: &str, event: &str, at: u64) -> Vec<u8> {
    notice(
        "mandate2-event+cwt",
        by,
        by,
        at,
        vec![(1, mission_id(whose(mission), mission)), (2, event.into())],
    )
}

/// A tool withdrawn from a mission.
pub(crate) fn withdrawal(by: u8, mission: &str, tool: &str, at: u64) -> Vec<u8> {
    notice(
        "mandate2-withdrawal+cwt",
        by,
        by,
        at,
        vec![(1, mission_id(whose(mission), mission)), (2, tool.into())],
    )
}

/// The end of a mission that claims to be by one key and is signed by another.
pub(crate) fn forged_end(signer: u8, controller: u8, mission: &str, at: u64) -> Vec<u8> {
    let terms = vec![(1, mission_id(controller, mission)), (2, 2.into())];
    notice("mandate2-end+cwt", controller, signer, at, terms)
}

/// A status that claims to be by one key and is signed by another.
pub(crate) fn forged_status(signer: u8, by: u8, as_of: u64, told: &Told) -> Vec<u8> {
    notice(
        "mandate2-status+cwt",
        by,
        signer,
        as_of,
        vec![(1, Value::Array(vec![told.value()]))],
    )
}

pub(super) fn notice(typ: &str, by: u8, signer: u8, at: u64, terms: Vec<(i64, Value)>) -> Vec<u8> {
    let terms = map([(0, public(by))].into_iter().chain(terms));
    let id = bytes(&[by; 16]);
    let mut envelope = Envelope {
        protected: encode(&map([(1, (-8).into()), (16, typ.into())])),
        unprotected: Value::Map(Vec::new()),
        payload: encode(&map([(6, at.into()), (7, id), (-65537, terms)])),
        signature: Vec::new(),
    };
    envelope.sign(&key(signer));
    envelope.seal()
}

fn map(entries: impl IntoIterator<Item = (i64, Value)>) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
    )
}

pub(super) fn bytes(of: &[u8]) -> Value {
    Value::Bytes(of.to_vec())
}

/// A public key as it is spelled in terms.
pub(crate) fn public(seed: u8) -> Value {
    bytes(key(seed).public().as_bytes())
}

fn sorted(mut items: Vec<Value>) -> Value {
    items.sort_by_key(encode);
    Value::Array(items)
}
