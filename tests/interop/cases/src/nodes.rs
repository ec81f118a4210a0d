//! Changes of CBOR, whatever it means.

use crate::dice::Dice;
use crate::donors::{Donors, kind_of};
use crate::token::{encode, is_sorted, public};
use ciborium::Value as Cbor;

/// Numbers at which something may change.
const EDGES: &[i128] = &[
    0,
    1,
    2,
    3,
    16,
    23,
    24,
    32,
    64,
    255,
    256,
    3_600,
    86_400,
    1_000_000,
    1_767_225_540,
    1_767_225_600,
    1_767_225_601,
    1_767_229_200,
    253_402_300_799,
    253_402_300_800,
    4_294_967_296,
    18_446_744_073_709_551_615,
    -1,
    -18,
    -19,
];

/// The seeds of keys that have a role in some vector.
const SEEDS: &[u8] = &[
    1, 2, 10, 11, 12, 13, 50, 51, 52, 60, 61, 62, 70, 71, 80, 81, 82, 99,
];

/// Texts that are read by some grammar.
const TEXTS: &[&str] = &[
    "",
    "a",
    "*",
    "a*",
    "*a",
    "**",
    "crm.read",
    "crm.*",
    "crm.write",
    "/",
    "/a",
    "/a/..",
    "/a//b",
    "/decks/acme",
    "/decks/acme/x",
    "example.com",
    "a.example.com",
    "Example.com",
    "1.2.3.4",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "2001:db8::/32",
    "https",
    "http",
    "https://example.com/",
    "https://example.com/v1/..;x",
    "https://example.com/v1/.;x/a",
    "https://example.com/v1/a%2Fb",
    "https://example.com:8443/v1/a?b=c",
    "https://acme.example",
    "https://crm.example",
    "eu-1",
    "main",
    "acme",
    "q3",
    "\u{200d}",
    "a\u{301}",
    "\u{301}a",
    " a",
    "a  b",
];

/// Changes one node somewhere in a value; keys of maps stay most of the time.
pub(crate) fn change(value: &mut Cbor, dice: &mut Dice, donors: &Donors) {
    let mut at = dice.below(count(value));
    change_at(value, &mut at, dice, donors);
}

fn count(value: &Cbor) -> usize {
    match value {
        Cbor::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Cbor::Map(entries) => 1 + entries.iter().map(|(_, value)| count(value)).sum::<usize>(),
        Cbor::Tag(_, inner) => 1 + count(inner),
        _ => 1,
    }
}

/// Whether the node was found, and changed.
fn change_at(value: &mut Cbor, at: &mut usize, dice: &mut Dice, donors: &Donors) -> bool {
    if *at == 0 {
        change_node(value, dice, donors);
        return true;
    }
    *at -= 1;
    match value {
        Cbor::Array(items) => {
            let was_sorted = is_sorted(items);
            let found = items
                .iter_mut()
                .any(|item| change_at(item, at, dice, donors));
            if found && was_sorted && dice.percent(95) {
                items.sort_by_key(encode);
            }
            found
        }
        Cbor::Map(entries) => entries
            .iter_mut()
            .any(|(_, value)| change_at(value, at, dice, donors)),
        Cbor::Tag(_, inner) => change_at(inner, at, dice, donors),
        _ => false,
    }
}

fn change_node(value: &mut Cbor, dice: &mut Dice, donors: &Donors) {
    if dice.percent(20) {
        let same = donors
            .nodes
            .get(&kind_of(value))
            .map_or(&[][..], Vec::as_slice);
        let any: Vec<&Vec<Cbor>> = donors.nodes.values().collect();
        let from = if dice.percent(85) {
            same
        } else {
            dice.word(&any).as_slice()
        };
        if let Some(other) = dice.pick(from) {
            *value = other.clone();
        }
        return;
    }
    match value {
        Cbor::Integer(integer) => {
            let number = i128::from(*integer);
            let steps = [-1, 1, -1, 1, -30, 30, -31, 31, 3600];
            let other = if dice.percent(70) {
                number + dice.word(&steps)
            } else {
                dice.word(EDGES)
            };
            if let Ok(other) = other.try_into() {
                *integer = other;
            }
        }
        Cbor::Bytes(bytes) => change_bytes(bytes, dice),
        Cbor::Text(text) => *text = other_text(text, dice),
        Cbor::Bool(bool) => *bool = !*bool,
        Cbor::Array(items) => change_items(items, dice, donors),
        Cbor::Map(entries) => change_entries(entries, dice, donors),
        _ => *value = dice.word(&[0, 1, 2]).into(),
    }
}

fn change_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.len() == 32 && dice.percent(70) {
        *bytes = public(dice.word(SEEDS)).into_bytes().unwrap_or_default();
        return;
    }
    match dice.below(4) {
        0 => drop(bytes.pop()),
        1 => bytes.push(0),
        _ => {
            let at = dice.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}

pub(crate) fn other_text(text: &str, dice: &mut Dice) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = dice.below(characters.len());
    match dice.below(6) {
        0 if !characters.is_empty() => drop(characters.remove(at)),
        1 => characters.insert(
            at,
            dice.word(&['a', 'A', '*', '.', '/', '%', ' ', '-', '0', '\u{85}', 'é']),
        ),
        2 => characters.push(dice.word(&['a', '*', '/', '.', 'x', '0'])),
        3 if characters.len() > 1 => {
            characters.truncate(at.max(1));
        }
        _ => return dice.word(TEXTS).to_owned(),
    }
    characters.into_iter().collect()
}

fn change_items(items: &mut Vec<Cbor>, dice: &mut Dice, donors: &Donors) {
    let was_sorted = is_sorted(items);
    let at = dice.below(items.len());
    match dice.below(5) {
        0 if !items.is_empty() => drop(items.remove(at)),
        1 if !items.is_empty() => items.push(items[at].clone()),
        2 if items.len() > 1 => items.swap(at, 0),
        _ => {
            let kind = items.first().map_or(2, kind_of);
            if let Some(other) = donors.nodes.get(&kind).and_then(|nodes| dice.pick(nodes)) {
                items.insert(at, other.clone());
            }
        }
    }
    if was_sorted && dice.percent(90) {
        items.sort_by_key(encode);
        items.dedup();
    }
}

fn change_entries(entries: &mut Vec<(Cbor, Cbor)>, dice: &mut Dice, donors: &Donors) {
    let at = dice.below(entries.len());
    match dice.below(5) {
        0 if !entries.is_empty() => drop(entries.remove(at)),
        1 => {
            let key = i128::try_from(dice.below(14)).expect("a small number");
            let nodes: Vec<&Vec<Cbor>> = donors.nodes.values().collect();
            let nodes = dice.word(&nodes);
            if let Some(other) = dice.pick(nodes) {
                let key: Cbor = Cbor::Integer(key.try_into().expect("a small number"));
                entries.retain(|(known, _)| *known != key);
                entries.push((key, other.clone()));
            }
        }
        2 if entries.len() > 1 => entries.swap(at, 0),
        3 => {
            if let Some((Cbor::Text(key), _)) = entries.get_mut(at) {
                *key = other_text(key, dice);
            }
        }
        _ => {
            if let Some((_, value)) = entries.get_mut(at) {
                change(value, dice, donors);
            }
        }
    }
    if dice.percent(90) {
        entries.sort_by_key(|(key, _)| encode(key));
        entries.dedup_by(|(a, _), (b, _)| a == b);
    }
}
