//! Changes of what was heard of missions and tasks.

use crate::changes::{limits_of, with_limits};
use crate::dice::Dice;
use crate::donors::Donors;
use crate::token::{Piece, Signer, entry, entry_mut, public, put, terms_mut};
use crate::world::World;
use ciborium::Value as Cbor;

/// The statuses of a mission, where there are some.
fn statuses(world: &World) -> Vec<usize> {
    let is_status = |piece: &Piece| {
        let snapshots = piece
            .token()
            .and_then(|token| crate::token::term(&token.claims, 1));
        snapshots.is_some_and(Cbor::is_array)
    };
    (0..world.notices.len())
        .filter(|at| is_status(&world.notices[*at]))
        .collect()
}

/// The mandates that notices may be about: those of the chain, and those that barriers wait for.
fn mandates(world: &mut World) -> Vec<Vec<u8>> {
    let mut mandates: Vec<Vec<u8>> = world.ids.iter().map(|id| id.to_vec()).collect();
    for (link, place) in limits_of(world, 7) {
        with_limits(world, link, |limits| {
            let barrier = limits
                .get(place)
                .and_then(Cbor::as_array)
                .and_then(|limit| limit.get(1))
                .cloned();
            let tasks = barrier
                .as_ref()
                .and_then(|barrier| entry(barrier, 0))
                .and_then(Cbor::as_array);
            let named = tasks
                .into_iter()
                .flatten()
                .filter_map(|task| task.as_array()?.first()?.as_bytes().cloned());
            mandates.extend(named);
        });
    }
    mandates
}

/// A status lists mandates, as ended or for their holders' keys, or says more than it may.
pub(crate) fn listed(world: &mut World, dice: &mut Dice, _: &Donors) {
    let (found, mandates) = (statuses(world), mandates(world));
    let Some(notice) = dice
        .pick(&found)
        .and_then(|at| world.notices.get_mut(*at))
        .and_then(Piece::token_mut)
    else {
        return;
    };
    let Some(Cbor::Array(snapshots)) =
        terms_mut(&mut notice.claims).and_then(|terms| entry_mut(terms, 1))
    else {
        return;
    };
    let at = dice.below(snapshots.len());
    let Some(Cbor::Map(snapshot)) = snapshots.get_mut(at) else {
        return;
    };
    let mut ids: Vec<Vec<u8>> = mandates
        .iter()
        .filter(|_| dice.percent(60))
        .map(|id| id[..id.len().min(12)].to_vec())
        .collect();
    ids.sort();
    ids.dedup();
    match dice.below(12) {
        0 => ids = many(3).into_iter().rev().collect(),
        1 => ids.push(vec![0xff; 11]),
        2 | 3 => {
            // Both lists have room for 4,096 together.
            put(snapshot, 6, Cbor::Bytes(vec![0xee; 12]));
            put(
                snapshot,
                7,
                Cbor::Bytes(many(dice.word(&[4095, 4096])).concat()),
            );
            return;
        }
        4 => {
            let events = (10..58)
                .map(|number| format!("{number}{}", "e".repeat(254)).into())
                .collect();
            put(snapshot, 4, Cbor::Array(events));
            if dice.percent(50) {
                put(snapshot, 5, Cbor::Array(vec!["t".into()]));
            }
        }
        _ => {}
    }
    put(snapshot, dice.word(&[6, 7, 7]), Cbor::Bytes(ids.concat()));
    if dice.percent(10) {
        // The same mission twice, in another state.
        let mut twice = snapshot.clone();
        put(&mut twice, 1, dice.word(&[90, 91, 92]).into());
        snapshots.push(Cbor::Map(twice));
    }
    snapshots.sort_by_key(crate::token::encode);
}

/// The beginnings of so many mandates, in order.
fn many(count: u64) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| [&[0; 4][..], &number.to_be_bytes()].concat())
        .collect()
}

/// Somebody says how a task ended, or that a holder's key is revoked.
pub(crate) fn told(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let is_end = |piece: &&Piece| {
        let term = |key| {
            piece
                .token()
                .and_then(|token| crate::token::term(&token.claims, key))
        };
        term(3).is_some_and(Cbor::is_integer) && term(1).is_some_and(Cbor::is_bytes)
    };
    let of_others: Vec<&Piece> = donors
        .worlds
        .iter()
        .flat_map(|world| &world.notices)
        .filter(is_end)
        .collect();
    let Some(mut notice) = dice
        .pick(&of_others)
        .and_then(|piece| piece.token())
        .cloned()
    else {
        return;
    };
    let mandates = mandates(world);
    let Some(mandate) = dice.pick(&mandates).cloned() else {
        return;
    };
    let Some(terms) = terms_mut(&mut notice.claims) else {
        return;
    };
    put(
        terms,
        0,
        public(dice.word(&[1, 2, 10, 11, 12, 50, 52, 60, 61, 62])),
    );
    put(terms, 1, Cbor::Bytes(mandate));
    put(terms, 2, dice.word(&[0, 0, 1, 2, 3, 4, 4, 5]).into());
    notice.signer = Signer::Right;
    world.notices.push(Piece::Token(notice));
}
