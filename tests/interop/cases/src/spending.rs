//! Changes of budgets, and of what a ledger has decided.

use crate::changes::{called, fraction, limits_of, with_limits};
use crate::dice::Dice;
use crate::donors::Donors;
use crate::token::{entry_mut, put};
use crate::world::{Fields, World};
use ciborium::Value as Cbor;
use mandatum::primitives::Value;

const BUDGET: i64 = 8;

/// Changes what a budget adds up, when it begins anew, or what it is per value of.
pub(crate) fn budget(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let budgets = limits_of(world, BUDGET);
    let Some((link, place)) = dice.pick(&budgets).copied() else {
        return add_budget(world, dice, donors);
    };
    let path = argument_path(world, dice);
    let called = called(world);
    with_limits(world, link, |limits| {
        let Some(Cbor::Map(budget)) = limits
            .get_mut(place)
            .and_then(Cbor::as_array_mut)
            .and_then(|limit| limit.get_mut(1))
        else {
            return;
        };
        match dice.below(7) {
            0 => budget.retain(|(key, _)| *key != Cbor::from(3)),
            1 => put(budget, 3, dice.word(&[0, 1, 2, 3]).into()),
            2 => {
                let mut per_value = vec![(0.into(), path)];
                put(
                    &mut per_value,
                    1,
                    dice.word(&[1, 59, 60, 61, 3_600, 316_224_000]).into(),
                );
                if dice.percent(40) {
                    put(&mut per_value, 2, true.into());
                }
                put(budget, 4, Cbor::Map(per_value));
            }
            3 => budget.retain(|(key, _)| *key != Cbor::from(4)),
            4 => put(budget, 5, true.into()),
            5 => {
                let mut source = vec![(0.into(), path)];
                if dice.percent(30) {
                    put(
                        &mut source,
                        1,
                        dice.word(&[called.as_str(), "crm.*", "p*", "pay.send"])
                            .into(),
                    );
                }
                if dice.percent(20) {
                    put(
                        &mut source,
                        2,
                        Cbor::Array(vec![Cbor::Array(vec!["currency".into()]), "EUR".into()]),
                    );
                }
                if dice.percent(50) {
                    put(&mut source, 3, true.into());
                }
                let mut sources = entry_mut(budget, 2)
                    .and_then(|known| known.as_array().cloned())
                    .unwrap_or_default();
                sources.retain(|_| dice.percent(60));
                sources.push(Cbor::Map(source));
                sources.sort_by_key(crate::token::encode);
                sources.dedup();
                put(budget, 2, Cbor::Array(sources));
            }
            _ => {
                let Some(Cbor::Map(shares)) = entry_mut(budget, 1) else {
                    return;
                };
                let at = dice.below(shares.len());
                let most = fraction(
                    dice.word(&[-19, -18, -2, 31, 49, 50]),
                    dice.word(&[1, 9, 99]),
                );
                if let Some((_, share)) = shares.get_mut(at) {
                    *share = if dice.percent(60) {
                        dice.word(&[0, 1, 2, 5, 1_000_000]).into()
                    } else {
                        most
                    };
                }
            }
        }
    });
}

/// Adds a budget of another vector, and attaches what counts it.
fn add_budget(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let is_budget = |limit: &&Cbor| {
        limit.as_array().and_then(|limit| limit.first()) == Some(&Cbor::from(BUDGET))
    };
    let budgets: Vec<&Cbor> = donors.limits.iter().filter(is_budget).collect();
    let Some(budget) = dice.pick(&budgets).copied().cloned() else {
        return;
    };
    let link = dice.below(world.links.len());
    with_limits(world, link, |limits| limits.push(budget));
    for name in ["eu-1", "us-1"] {
        world
            .object("ledgers")
            .entry(name.into())
            .or_insert_with(|| Value::Map(Fields::new()));
    }
}

/// A path to something among the arguments, or beside it.
fn argument_path(world: &mut World, dice: &mut Dice) -> Cbor {
    let mut path = Vec::new();
    let mut value = world.object("call").get("args").cloned();
    while let Some(Value::Map(fields)) = &value {
        let names: Vec<String> = fields.keys().cloned().collect();
        let Some(name) = dice.pick(&names).cloned() else {
            break;
        };
        value = fields.get(&name).cloned();
        path.push(Cbor::from(name));
    }
    if path.is_empty() || dice.percent(15) {
        path.push(dice.word(&["amount", "x", "order"]).into());
    }
    Cbor::Array(path)
}

/// The ledger has decided the call before, or another one under its id.
pub(crate) fn decided(world: &mut World, dice: &mut Dice, _: &Donors) {
    let (Some(leaf), Some(request)) = (world.ids.last().copied(), world.request()) else {
        return;
    };
    let Some(id) = world.object("call").get("id").cloned() else {
        return;
    };
    let digest = |digest: [u8; 32], dice: &mut Dice| {
        let digest = if dice.percent(75) { digest } else { [0xaa; 32] };
        Value::from(data_encoding::HEXLOWER.encode(&digest))
    };
    let call = [
        ("leaf".to_owned(), digest(leaf, dice)),
        ("id".to_owned(), id),
        ("request".to_owned(), digest(request, dice)),
        (
            "outcome".to_owned(),
            dice.word(&["open", "done", "failed", "undone", "refused"])
                .into(),
        ),
    ];
    let names: Vec<String> = world.object("ledgers").keys().cloned().collect();
    let ledger = dice
        .pick(&names)
        .cloned()
        .unwrap_or_else(|| "eu-1".to_owned());
    let Value::Map(kept) = world
        .object("ledgers")
        .entry(ledger)
        .or_insert_with(|| Value::Map(Fields::new()))
    else {
        return;
    };
    if let Value::List(calls) = kept
        .entry("calls".into())
        .or_insert_with(|| Value::List(Vec::new()))
    {
        calls.push(Value::Map(call.into()));
    }
}
