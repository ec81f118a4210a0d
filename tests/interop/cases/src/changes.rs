//! Changes of cases, each as a case may come.

use crate::dice::Dice;
use crate::donors::Donors;
use crate::news::{listed, told};
use crate::nodes::{change, other_text};
use crate::spending::{budget, decided};
use crate::token::{Piece, Signer, entry, entry_mut, key, public, put, terms_mut};
use crate::world::{Fields, World};
use ciborium::Value as Cbor;
use mandatum::primitives::{Number, Value};

/// What may happen to a case, and how often.
const CHANGES: &[(usize, Change)] = &[
    (8, now),
    (8, call_time),
    (8, argument),
    (3, tool),
    (4, effect),
    (2, audience),
    (14, link_node),
    (4, call_node),
    (12, add_limit),
    (5, drop_limit),
    (4, move_limit),
    (5, scope),
    (12, graft),
    (7, capability),
    (5, constraint),
    (6, add_link),
    (3, drop_link),
    (8, notices),
    (5, notice_node),
    (4, approvals),
    (5, facts),
    (8, verifier),
    (5, anchor),
    (7, ledgers),
    (3, before),
    (4, raw_bytes),
    (3, presenter),
    (2, signer),
    (1, stale),
    (2, replaced),
    (3, lifetime),
    (9, budget),
    (5, decided),
    (3, delegates),
    (4, facts_of_root),
    (9, listed),
    (5, told),
    (4, prefix),
    (4, magnitude),
];

type Change = fn(&mut World, &mut Dice, &Donors);

/// Changes a case in one way.
pub(crate) fn one(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let all: usize = CHANGES.iter().map(|(weight, _)| weight).sum();
    let mut left = dice.below(all);
    for (weight, change) in CHANGES {
        if left < *weight {
            return change(world, dice, donors);
        }
        left -= weight;
    }
}

/// Seconds by which times are moved.
const STEPS: &[i64] = &[
    -1, 1, -1, 1, -5, 5, 29, -29, 30, -30, 31, -31, 59, 60, 61, -60, 300, -300, 3_599, 3_600,
    3_601, -3_600, 86_400,
];

fn moved(time: u64, dice: &mut Dice) -> u64 {
    time.saturating_add_signed(dice.word(STEPS))
}

fn number(number: u64) -> Value {
    Value::Number(Number::from(number))
}

fn now(world: &mut World, dice: &mut Dice, _: &Donors) {
    let time = moved(world.number("now"), dice);
    world.set_number("now", time);
}

/// Moves a time that a token states.
fn move_claim(claims: &mut Cbor, claim: i64, dice: &mut Dice) {
    let Some(entries) = claims.as_map_mut() else {
        return;
    };
    if let Some(Cbor::Integer(time)) = entry_mut(entries, claim) {
        let other = u64::try_from(*time).map(|time| moved(time, dice));
        *time = other.map_or(*time, Into::into);
    }
}

fn call_time(world: &mut World, dice: &mut Dice, _: &Donors) {
    if let Some(call) = world.call.as_mut().and_then(Piece::token_mut) {
        move_claim(&mut call.claims, 6, dice);
    }
}

fn lifetime(world: &mut World, dice: &mut Dice, _: &Donors) {
    let (link, claim) = (dice.below(world.links.len()), dice.word(&[4, 6]));
    if let Some(claims) = world.claims(link) {
        move_claim(claims, claim, dice);
    }
}

fn argument(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let Some(Value::Map(arguments)) = world.object("call").get_mut("args") else {
        return;
    };
    let names: Vec<String> = arguments.keys().cloned().collect();
    let (name, value) = dice
        .pick(&donors.arguments)
        .expect("vectors have arguments")
        .clone();
    match (dice.below(10), dice.pick(&names)) {
        (0, Some(old)) => drop(arguments.remove(old)),
        (1, _) => drop(arguments.insert(name, value)),
        (2, Some(old)) => drop(arguments.insert(old.clone(), value)),
        (3, Some(old)) => {
            let value = arguments.get(old).cloned().unwrap_or(Value::Null);
            arguments.insert(old.clone(), Value::List(vec![value]));
        }
        (_, Some(old)) => {
            if let Some(value) = arguments.get_mut(old) {
                change_value(value, dice);
            }
        }
        _ => drop(arguments.insert(name, value)),
    }
}

/// Changes a value of JSON a little.
fn change_value(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Number(number) => {
            let steps = ["1", "-1", "0.1", "-0.1", "0.000000000000000001", "1000000"];
            let step: Number = dice.word(&steps).parse().expect("a number");
            *number = match dice.below(4) {
                0 => dice
                    .word(&[
                        "0",
                        "-0.5",
                        "1e20",
                        "0.5",
                        "100",
                        "170141183460469231731687303715884105727",
                    ])
                    .parse()
                    .unwrap_or(step),
                _ => number.checked_add(step).unwrap_or(step),
            };
        }
        Value::Text(text) => *text = other_text(text, dice),
        Value::Bool(bool) => *bool = !*bool,
        Value::Bytes(bytes) => bytes.push(1),
        Value::List(items) => {
            let at = dice.below(items.len());
            match (dice.below(3), items.get_mut(at)) {
                (0, Some(_)) => drop(items.remove(at)),
                (1, Some(item)) => change_value(item, dice),
                (_, Some(item)) => {
                    let item = item.clone();
                    items.push(item);
                }
                (_, None) => items.push(Value::Null),
            }
        }
        Value::Map(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            match (
                dice.below(3),
                dice.pick(&names).and_then(|name| fields.get_mut(name)),
            ) {
                (0, _) => {
                    drop(fields.insert(dice.word(&["x", "a", "account"]).to_owned(), Value::Null))
                }
                (_, Some(field)) => change_value(field, dice),
                _ => {}
            }
        }
        Value::Null => *value = Value::Bool(true),
    }
}

fn tool(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let other = dice
        .pick(&donors.tools)
        .expect("vectors have tools")
        .clone();
    let listed = other.as_text().unwrap_or_default().to_owned();
    world.object("call").insert("tool".into(), other);
    if dice.percent(80) {
        tools_of(world).insert(listed, effect_word(dice));
    }
}

fn effect_word(dice: &mut Dice) -> Value {
    dice.word(&["read", "write", "irreversible"]).into()
}

fn tools_of(world: &mut World) -> &mut Fields {
    let tools = world
        .object("verifier")
        .entry("tools".into())
        .or_insert_with(|| Value::Map(Fields::new()));
    let Value::Map(tools) = tools else {
        panic!("a table of tools is an object")
    };
    tools
}

fn effect(world: &mut World, dice: &mut Dice, _: &Donors) {
    let called = world
        .object("call")
        .get("tool")
        .and_then(Value::as_text)
        .unwrap_or_default()
        .to_owned();
    let family = called
        .rsplit_once('.')
        .map(|(family, _)| format!("{family}.*"));
    let tools = tools_of(world);
    match (dice.below(4), family) {
        (0, _) => drop(tools.remove(&called)),
        (1, Some(family)) => {
            tools.remove(&called);
            tools.insert(family, effect_word(dice));
        }
        _ => drop(tools.insert(called, effect_word(dice))),
    }
}

fn audience(world: &mut World, dice: &mut Dice, _: &Donors) {
    let other = dice.word(&[
        "https://crm.example",
        "https://crm.example/",
        "https://pay.example",
        "crm",
    ]);
    if dice.percent(60) {
        world.fields.insert("audience".into(), other.into());
    } else if let Some(call) = world.call.as_mut().and_then(Piece::token_mut) {
        if let Some(audience) = call
            .claims
            .as_map_mut()
            .and_then(|claims| entry_mut(claims, 3))
        {
            *audience = other.into();
        }
    }
}

fn link_node(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    let Some(claims) = world.claims(link) else {
        return;
    };
    // Most of what a link says is ours; the rest is changed as well, but not as often.
    match terms_mut(claims) {
        Some(terms) if dice.percent(85) => {
            let at = dice.below(terms.len());
            if let Some((_, term)) = terms.get_mut(at) {
                change(term, dice, donors);
            }
        }
        _ => change(claims, dice, donors),
    }
}

fn call_node(world: &mut World, dice: &mut Dice, donors: &Donors) {
    if let Some(call) = world.call.as_mut().and_then(Piece::token_mut) {
        change(&mut call.claims, dice, donors);
    }
}

/// The limits of a link, which may be none yet.
pub(crate) fn with_limits(world: &mut World, link: usize, edit: impl FnOnce(&mut Vec<Cbor>)) {
    let Some(terms) = world.claims(link).and_then(terms_mut) else {
        return;
    };
    let mut limits = entry_mut(terms, 1)
        .and_then(|limits| limits.as_array().cloned())
        .unwrap_or_default();
    edit(&mut limits);
    if limits.is_empty() {
        terms.retain(|(key, _)| *key != Cbor::from(1));
    } else {
        put(terms, 1, Cbor::Array(limits));
    }
}

fn add_limit(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    let Some(limit) = dice.pick(&donors.limits).cloned() else {
        return;
    };
    with_limits(world, link, |limits| limits.push(limit));
}

fn drop_limit(world: &mut World, dice: &mut Dice, _: &Donors) {
    let link = dice.below(world.links.len());
    with_limits(world, link, |limits| {
        if !limits.is_empty() {
            limits.remove(dice.below(limits.len()));
        }
    });
}

/// Moves a limit to another link.
fn move_limit(world: &mut World, dice: &mut Dice, _: &Donors) {
    let (from, to) = (dice.below(world.links.len()), dice.below(world.links.len()));
    let mut moved = None;
    with_limits(world, from, |limits| {
        if !limits.is_empty() {
            moved = Some(limits.remove(dice.below(limits.len())));
        }
    });
    with_limits(world, to, |limits| limits.extend(moved));
}

/// Gives a limit another scope, or none.
fn scope(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    let called = world
        .object("call")
        .get("tool")
        .and_then(Value::as_text)
        .unwrap_or_default()
        .to_owned();
    let other = dice
        .pick(&donors.tools)
        .and_then(Value::as_text)
        .unwrap_or_default()
        .to_owned();
    let family = called
        .split_once('.')
        .map_or("crm.*".to_owned(), |(family, _)| format!("{family}.*"));
    with_limits(world, link, |limits| {
        let at = dice.below(limits.len());
        let Some(Cbor::Array(limit)) = limits.get_mut(at) else {
            return;
        };
        limit.truncate(2);
        let patterns = [called, other, family];
        let scope: Vec<Cbor> = patterns
            .into_iter()
            .filter(|_| dice.percent(40))
            .map(Cbor::from)
            .collect();
        if !scope.is_empty() {
            let mut scope = scope;
            scope.sort_by_key(crate::token::encode);
            scope.dedup();
            limit.push(Cbor::Array(scope));
        }
    });
}

/// Adds the limits of another vector's link, and all that its host knows.
fn graft(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let at = if dice.percent(60) {
        *dice.pick(&donors.permitted).expect("some are permitted")
    } else {
        dice.below(donors.worlds.len())
    };
    let other = &donors.worlds[at];
    let Some(theirs) = dice.pick(&other.links).and_then(Piece::token) else {
        return;
    };
    let limits = crate::token::term(&theirs.claims, 1)
        .and_then(Cbor::as_array)
        .cloned()
        .unwrap_or_default();
    let life = crate::token::term(&theirs.claims, 6)
        .filter(|life| !life.is_null())
        .cloned();
    let link = dice.below(world.links.len());
    with_limits(world, link, |ours| ours.extend(limits));
    if let (Some(life), true) = (life, dice.percent(50)) {
        with_limits(world, link, |ours| {
            ours.push(Cbor::Array(vec![3.into(), life]))
        });
    }
    for piece in &other.notices {
        let piece = world.adopt(other, piece);
        world.notices.push(piece);
    }
    for piece in &other.approvals {
        let piece = world.adopt(other, piece);
        world.approvals.push(piece);
    }
    for name in ["facts", "ledgers"] {
        if let Some(Value::Map(theirs)) = other.fields.get(name) {
            world.object(name).extend(theirs.clone());
        }
    }
    if let (Some(Value::Map(call)), true) = (other.fields.get("call"), dice.percent(30)) {
        if let (Some(Value::Map(theirs)), Some(Value::Map(ours))) = (
            call.get("args").cloned(),
            world.object("call").get_mut("args"),
        ) {
            ours.extend(theirs);
        }
        open(world);
    }
}

/// Lets unnamed arguments through, in all links and the ceiling.
fn open(world: &mut World) {
    for link in 0..world.links.len() {
        let Some(terms) = world.claims(link).and_then(terms_mut) else {
            continue;
        };
        let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) else {
            continue;
        };
        for capability in capabilities.iter_mut().filter_map(Cbor::as_map_mut) {
            put(capability, 4, true.into());
        }
    }
    with_anchor(world, |anchor| {
        drop(anchor.insert("ceiling".into(), "unlimited".into()))
    });
}

fn capability(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    if dice.percent(40) {
        with_anchor(world, |anchor| {
            drop(anchor.insert("ceiling".into(), "unlimited".into()))
        });
    }
    let Some(terms) = world.claims(link).and_then(terms_mut) else {
        return;
    };
    let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) else {
        return;
    };
    let at = dice.below(capabilities.len());
    match dice.below(5) {
        0 => capabilities.extend(dice.pick(&donors.capabilities).cloned()),
        1 if capabilities.len() > 1 => drop(capabilities.remove(at)),
        2 if capabilities.len() > 1 => capabilities.swap(at, 0),
        _ => {
            let Some(capability) = capabilities.get_mut(at).and_then(Cbor::as_map_mut) else {
                return;
            };
            match dice.below(4) {
                0 => put(capability, 1, dice.word(&[0, 1, 2]).into()),
                1 => put(capability, 4, true.into()),
                2 => put(capability, 5, true.into()),
                _ => capability.retain(|(key, _)| *key != Cbor::from(5)),
            }
        }
    }
}

fn constraint(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    if dice.percent(50) {
        with_anchor(world, |anchor| {
            drop(anchor.insert("ceiling".into(), "unlimited".into()))
        });
    }
    let Some(terms) = world.claims(link).and_then(terms_mut) else {
        return;
    };
    let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) else {
        return;
    };
    let at = dice.below(capabilities.len());
    let Some(capability) = capabilities.get_mut(at).and_then(Cbor::as_map_mut) else {
        return;
    };
    let Some(Cbor::Map(rules)) = entry_mut(capability, dice.word(&[2, 2, 3])) else {
        return;
    };
    let at = dice.below(rules.len());
    let (Some((_, rule)), Some(other)) = (rules.get_mut(at), dice.pick(&donors.constraints)) else {
        return;
    };
    match dice.below(4) {
        0 => *rule = other.clone(),
        1 => {
            *rule = Cbor::Array(vec![
                12.into(),
                Cbor::Array(vec![rule.clone(), other.clone()]),
            ])
        }
        2 => {
            *rule = Cbor::Array(vec![
                13.into(),
                Cbor::Array(vec![rule.clone(), other.clone()]),
            ])
        }
        _ => change(rule, dice, donors),
    }
}

/// Adds a link below the leaf, which has the leaf's powers.
fn add_link(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let Some(leaf) = world.links.last().and_then(Piece::token).cloned() else {
        return;
    };
    let Some(id) = world.ids.last().copied() else {
        return;
    };
    let children: Vec<&Piece> = donors
        .worlds
        .iter()
        .filter_map(|world| world.links.get(1))
        .collect();
    let Some(mut child) = dice
        .pick(&children)
        .and_then(|piece| piece.token())
        .cloned()
    else {
        return;
    };
    let mut seed = 10 + u8::try_from(world.links.len()).expect("few links");
    if dice.percent(5) {
        seed = dice.word(&[1, 10, 50, 51, 80]);
    }
    child.signer = Signer::Right;
    let expires = entry(&leaf.claims, 4).cloned();
    let Some(claims) = child.claims.as_map_mut() else {
        return;
    };
    if let (Some(expires), Some(mine)) = (expires, entry_mut(claims, 4)) {
        *mine = expires;
    }
    if let Some(Cbor::Map(cnf)) = entry_mut(claims, 8) {
        if let Some(Cbor::Map(cose)) = entry_mut(cnf, 1) {
            put(cose, -2, public(seed));
        }
    }
    let Some(terms) = terms_mut(&mut child.claims) else {
        return;
    };
    if let (Some(powers), true) = (crate::token::term(&leaf.claims, 0), dice.percent(90)) {
        put(terms, 0, powers.clone());
    }
    put(terms, 11, Cbor::Bytes(id.to_vec()));
    let hops = u64::try_from(world.links.len()).expect("few links");
    terms.retain(|(key, _)| *key != Cbor::from(2));
    if dice.percent(50) {
        terms.retain(|(key, _)| *key != Cbor::from(1));
    }
    world.links.push(Piece::Token(child));
    // Every link above allows one more delegation, and passes on what it has.
    for link in 0..world.links.len().saturating_sub(1) {
        let Some(terms) = world.claims(link).and_then(terms_mut) else {
            continue;
        };
        put(
            terms,
            2,
            (hops + 1 - u64::try_from(link).expect("few links")).into(),
        );
        if let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) {
            for capability in capabilities.iter_mut().filter_map(Cbor::as_map_mut) {
                put(capability, 5, true.into());
            }
        }
    }
    if dice.percent(70) {
        with_anchor(world, |anchor| {
            drop(anchor.insert("ceiling".into(), "unlimited".into()))
        });
    }
}

fn drop_link(world: &mut World, _: &mut Dice, _: &Donors) {
    if world.links.len() > 1 {
        world.links.pop();
    }
}

fn notices(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let at = dice.below(world.notices.len());
    match dice.below(5) {
        0 if !world.notices.is_empty() => drop(world.notices.remove(at)),
        1 if !world.notices.is_empty() => world.notices.push(world.notices[at].clone()),
        2 if world.notices.len() > 1 => world.notices.swap(at, 0),
        3 => {
            if let Some(notice) = world.notices.get_mut(at).and_then(Piece::token_mut) {
                move_claim(&mut notice.claims, 6, dice);
            }
        }
        _ => {
            let other = &donors.worlds[dice.below(donors.worlds.len())];
            for piece in &other.notices {
                let piece = world.adopt(other, piece);
                world.notices.push(piece);
            }
        }
    }
}

/// Changes what a notice says, in itself or in one more that is said besides.
fn notice_node(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let at = dice.below(world.notices.len());
    let Some(mut notice) = world.notices.get(at).and_then(Piece::token).cloned() else {
        return;
    };
    match terms_mut(&mut notice.claims) {
        Some(terms) if dice.percent(90) => {
            let at = dice.below(terms.len());
            if let Some((_, term)) = terms.get_mut(at) {
                change(term, dice, donors);
            }
        }
        _ => change(&mut notice.claims, dice, donors),
    }
    if dice.percent(40) {
        world.notices.push(Piece::Token(notice));
    } else {
        world.notices[at] = Piece::Token(notice);
    }
}

fn approvals(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let at = dice.below(world.approvals.len());
    match dice.below(5) {
        0 if !world.approvals.is_empty() => drop(world.approvals.remove(at)),
        1 if !world.approvals.is_empty() => world.approvals.push(world.approvals[at].clone()),
        2 | 3 => {
            if let Some(approval) = world.approvals.get_mut(at).and_then(Piece::token_mut) {
                if dice.percent(60) {
                    move_claim(&mut approval.claims, 6, dice);
                } else {
                    change(&mut approval.claims, dice, donors);
                }
            }
        }
        _ => {
            let other = &donors.worlds[dice.below(donors.worlds.len())];
            for piece in &other.approvals {
                let piece = world.adopt(other, piece);
                world.approvals.push(piece);
            }
        }
    }
}

fn facts(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let facts = world.object("facts");
    let names: Vec<String> = facts.keys().cloned().collect();
    let Some(name) = dice.pick(&names).cloned() else {
        let other = &donors.worlds[dice.below(donors.worlds.len())];
        if let Some(Value::Map(theirs)) = other.fields.get("facts") {
            facts.extend(theirs.clone());
        }
        return;
    };
    let Some(Value::Map(fact)) = facts.get_mut(&name) else {
        return;
    };
    match dice.below(4) {
        0 => drop(facts.remove(&name)),
        1 => {
            if let Some(Value::Number(at)) = fact.get("at") {
                let at = at
                    .to_integer()
                    .and_then(|at| u64::try_from(at).ok())
                    .unwrap_or(0);
                fact.insert("at".into(), number(moved(at, dice)));
            }
        }
        2 => {
            if let Some(value) = fact.get_mut("value") {
                change_value(value, dice);
            }
        }
        _ => drop(fact.insert(
            "open_to".into(),
            Value::List(vec!["https://other.example".into()]),
        )),
    }
}

fn verifier(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let seconds = number(dice.word(&[0, 1, 29, 30, 31, 59, 60, 61, 300, 3_600, 86_400]));
    let verifier = world.object("verifier");
    match dice.below(8) {
        0 => drop(verifier.insert("leeway".into(), seconds)),
        1 => drop(verifier.insert("max_call_age".into(), seconds)),
        2 => drop(verifier.insert("grants".into(), dice.word(&["any"]).into())),
        3 => {
            let kinds = ["direct", "template", "policy"]
                .into_iter()
                .filter(|_| dice.percent(50))
                .map(Value::from);
            let kinds = Value::List(kinds.collect());
            verifier.insert("grants".into(), kinds);
        }
        4 => drop(verifier.insert("asserted_up_to".into(), effect_word(dice))),
        5 => drop(verifier.remove("floors")),
        6 => {
            if let Some(floors) = dice.pick(&donors.floors) {
                verifier.insert("floors".into(), floors.clone());
            }
        }
        _ => {
            let ages = ["read", "write", "irreversible"]
                .map(|effect| (effect.to_owned(), seconds.clone()));
            let age = if dice.percent(30) {
                seconds.clone()
            } else {
                Value::Map(ages.into())
            };
            let name = if matches!(age, Value::Number(_)) {
                "grant_age"
            } else {
                dice.word(&["status_age", "root_age"])
            };
            verifier.insert("floors".into(), Value::Map([(name.to_owned(), age)].into()));
        }
    }
}

fn with_anchor(world: &mut World, edit: impl FnOnce(&mut Fields)) {
    if let Some(Value::List(anchors)) = world.object("verifier").get_mut("anchors") {
        if let Some(Value::Map(anchor)) = anchors.first_mut() {
            edit(anchor);
        }
    }
}

fn anchor(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let (times, lives) = (
        [1_767_225_539, 1_767_225_540, 1_767_225_541, 1_767_225_600],
        [1, 3_599, 3_659, 3_660, 3_661],
    );
    let (before, lives) = (number(dice.word(&times)), number(dice.word(&lives)));
    let ceiling = dice.pick(&donors.ceilings).cloned();
    let word = |seed: u8| Value::from(key(seed).public().to_string());
    with_anchor(world, |anchor| match dice.below(6) {
        0 => drop(anchor.insert("ceiling".into(), "unlimited".into())),
        1 => drop(ceiling.map(|ceiling| anchor.insert("ceiling".into(), ceiling))),
        2 => drop(anchor.insert("max_lifetime".into(), lives)),
        3 => {
            let state = match dice.below(3) {
                0 => ("revoked".to_owned(), true.into()),
                _ => ("roots_issued_before".to_owned(), before),
            };
            let key = [("key".to_owned(), word(dice.word(&[1, 1, 2]))), state];
            let mut keys = vec![Value::Map(key.into()), word(dice.word(&[3, 10, 50]))];
            if dice.percent(40) {
                keys.push(word(1));
            }
            anchor.insert("keys".into(), Value::List(keys));
        }
        4 => drop(anchor.insert(
            "keys".into(),
            Value::List(vec![word(dice.word(&[1, 2, 9])), word(10)]),
        )),
        _ => drop(anchor.insert(
            "systems".into(),
            Value::List(vec![dice.word(&["crm", "erp", "mail"]).into()]),
        )),
    });
    if dice.percent(10) {
        world
            .fields
            .insert("system".into(), dice.word(&["crm", "erp"]).into());
    }
}

/// Attaches ledgers, and charges them before.
fn ledgers(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let mut names: Vec<String> = world.object("ledgers").keys().cloned().collect();
    let other = dice.word(&["main", "eu-1", "eu-2", "us-1"]).to_owned();
    match dice.below(4) {
        0 => drop(
            world
                .object("ledgers")
                .insert(other, Value::Map(Fields::new())),
        ),
        1 => {
            if let Some(name) = dice.pick(&names) {
                world.object("ledgers").remove(name);
            }
        }
        2 => {
            names.push(other);
            let name = dice.pick(&names).expect("there is one").clone();
            let charges: Vec<&(String, Value)> = donors
                .charges
                .iter()
                .filter(|(ledger, _)| *ledger == name)
                .collect();
            if let Some((_, charge)) = dice.pick(&charges) {
                charge_before(world, &name, charge.clone(), dice);
            }
        }
        _ => charge_again(world, dice),
    }
}

/// Charges what the call itself is charged, once or more often.
fn charge_again(world: &mut World, dice: &mut Dice) {
    let Some(charges) = crate::verdict::charges(&world.write()) else {
        return;
    };
    let Some(charge) = dice.pick(&charges).cloned() else {
        return;
    };
    let Value::Map(fields) = &charge else { return };
    let Some(ledger) = fields
        .get("ledger")
        .and_then(Value::as_text)
        .map(str::to_owned)
    else {
        return;
    };
    for _ in 0..=dice.below(3) {
        charge_before(world, &ledger, charge.clone(), dice);
    }
}

fn charge_before(world: &mut World, ledger: &str, mut charge: Value, dice: &mut Dice) {
    let now = world.number("now");
    if let Value::Map(fields) = &mut charge {
        if dice.percent(50) {
            fields.insert("at".into(), number(moved(now, dice)));
        }
        if let Some(Value::Map(spend)) = fields.get_mut("spend") {
            let max = spend.get("max").cloned();
            match (dice.below(4), max, spend.get_mut("amount")) {
                (0, Some(max), Some(amount)) => *amount = max,
                (1, Some(Value::Number(max)), Some(amount @ Value::Number(_))) => {
                    let Value::Number(own) = *amount else { return };
                    *amount = max
                        .checked_sub(own)
                        .ok()
                        .filter(|rest| *rest >= Number::ZERO)
                        .map_or(Value::Number(own), Value::Number);
                }
                _ => {}
            }
        } else if let Some(Value::Map(latch)) = fields.get_mut("latch") {
            latch.insert("group".into(), number(dice.word(&[0, 1, 2])));
        }
    }
    let kept = world
        .object("ledgers")
        .entry(ledger.to_owned())
        .or_insert_with(|| Value::Map(Fields::new()));
    let Value::Map(kept) = kept else { return };
    let charges = kept
        .entry("charges".into())
        .or_insert_with(|| Value::List(Vec::new()));
    if let Value::List(charges) = charges {
        charges.push(charge);
    }
}

/// The call was signed and decided before.
fn before(world: &mut World, dice: &mut Dice, _: &Donors) {
    let Some(mut call) = world.call.as_ref().and_then(Piece::token).cloned() else {
        return;
    };
    let now = moved(world.number("now"), dice);
    if dice.percent(60) {
        move_claim(&mut call.claims, 6, dice);
    }
    world.before.push((number(now), Piece::Token(call)));
}

/// Changes bytes of a token or of the chain, whatever they are.
fn raw_bytes(world: &mut World, dice: &mut Dice, _: &Donors) {
    let link = dice.below(world.links.len() + 1);
    let changed = |bytes: &mut Vec<u8>, dice: &mut Dice| {
        let at = dice.below(bytes.len());
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(dice.below(256)).expect("a byte")),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => bytes.push(0),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
    };
    let nothing = crate::token::Digests::default();
    match world.links.get(link) {
        Some(piece) => {
            let mut bytes = piece.seal(&nothing, None);
            changed(&mut bytes, dice);
            world.links[link] = Piece::Raw(bytes);
        }
        None => {
            if let Some(call) = &world.call {
                let mut bytes = call.seal(&nothing, None);
                changed(&mut bytes, dice);
                world.call = Some(Piece::Raw(bytes));
            }
        }
    }
}

/// The limits of one kind, of all links, each with its link and place.
pub(crate) fn limits_of(world: &mut World, kind: i64) -> Vec<(usize, usize)> {
    let links = 0..world.links.len();
    let mut found = Vec::new();
    for link in links {
        with_limits(world, link, |limits| {
            let is_kind = |limit: &Cbor| {
                limit.as_array().and_then(|limit| limit.first()) == Some(&Cbor::from(kind))
            };
            found.extend(
                limits
                    .iter()
                    .enumerate()
                    .filter(|(_, limit)| is_kind(limit))
                    .map(|(place, _)| (link, place)),
            );
        });
    }
    found
}

pub(crate) fn called(world: &mut World) -> String {
    world
        .object("call")
        .get("tool")
        .and_then(Value::as_text)
        .unwrap_or_default()
        .to_owned()
}

/// A number with an exponent of ten, in whatever spelling.
pub(crate) fn fraction(exponent: i64, coefficient: i64) -> Cbor {
    Cbor::Tag(
        4,
        Box::new(Cbor::Array(vec![exponent.into(), coefficient.into()])),
    )
}

/// A link says who may hold mandates below it.
fn delegates(world: &mut World, dice: &mut Dice, _: &Donors) {
    let link = dice.below(world.links.len());
    let mut keys: Vec<Cbor> = [10, 11, 12, 13, 50, 99]
        .into_iter()
        .filter(|_| dice.percent(70))
        .map(public)
        .collect();
    keys.sort_by_key(crate::token::encode);
    let mut limit = vec![12.into(), Cbor::Array(keys)];
    if dice.percent(10) {
        limit.push(Cbor::Array(vec!["crm.*".into()]));
    }
    with_limits(world, link, |limits| limits.push(Cbor::Array(limit)));
}

const CONDITION: i64 = 4;

/// The root has the conditions of the links below, so that it names their facts.
fn facts_of_root(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let mut conditions = Vec::new();
    let found = limits_of(world, CONDITION);
    if found.is_empty() {
        let is_condition = |limit: &&Cbor| {
            limit.as_array().and_then(|limit| limit.first()) == Some(&Cbor::from(CONDITION))
        };
        let of_others: Vec<&Cbor> = donors.limits.iter().filter(is_condition).collect();
        conditions.extend(dice.pick(&of_others).copied().cloned());
        let link = dice.below(world.links.len());
        with_limits(world, link, |limits| limits.extend(conditions.clone()));
    }
    for (link, place) in found {
        with_limits(world, link, |limits| {
            conditions.extend(limits.get(place).cloned())
        });
    }
    if dice.percent(80) {
        with_limits(world, 0, |limits| {
            limits.extend(conditions);
            limits.sort_by_key(crate::token::encode);
            limits.dedup();
        });
    }
}

/// A capability or a scope is for all tools that begin alike.
fn prefix(world: &mut World, dice: &mut Dice, _: &Donors) {
    let name = called(world);
    let at = dice.below(name.len() + 1);
    let Some(beginning) = name.get(..at) else {
        return;
    };
    let pattern = Cbor::from(format!("{beginning}*"));
    if dice.percent(50) {
        with_anchor(world, |anchor| {
            drop(anchor.insert("ceiling".into(), "unlimited".into()))
        });
    }
    let from = dice.below(world.links.len());
    for link in 0..=from {
        let Some(terms) = world.claims(link).and_then(terms_mut) else {
            continue;
        };
        let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) else {
            continue;
        };
        let at = dice.below(capabilities.len());
        if let Some(capability) = capabilities.get_mut(at).and_then(Cbor::as_map_mut) {
            put(capability, 0, pattern.clone());
        }
    }
    if dice.percent(30) {
        tools_of(world).insert(format!("{beginning}*"), effect_word(dice));
    }
}

/// Numbers of many orders of magnitude, in an argument and in a constraint.
fn magnitude(world: &mut World, dice: &mut Dice, _: &Donors) {
    const NUMBERS: &[&str] = &[
        "1e400", "1e399", "-1e400", "1e39", "1e38", "5e-324", "1e-400", "0", "1e50", "9e49",
        "1.5e300",
    ];
    let number: Number = dice.word(NUMBERS).parse().expect("a number");
    let Some(Value::Map(arguments)) = world.object("call").get_mut("args") else {
        return;
    };
    let names: Vec<String> = arguments.keys().cloned().collect();
    let Some(name) = dice.pick(&names).cloned() else {
        return;
    };
    arguments.insert(name.clone(), Value::Number(number));
    let coefficients = [
        (400, 1),
        (399, 1),
        (-400, 1),
        (39, 1),
        (39, -1),
        (38, 1),
        (-324, 5),
        (299, 15),
        (401, 1),
        (39, 10),
    ];
    let (exponent, coefficient) = dice.word(&coefficients);
    let end = fraction(exponent, coefficient);
    let range = Cbor::Array(vec![
        3.into(),
        Cbor::Map(vec![(dice.word(&[0, 1, 2, 3]).into(), end)]),
    ]);
    with_anchor(world, |anchor| {
        drop(anchor.insert("ceiling".into(), "unlimited".into()))
    });
    let any = dice.percent(30);
    for link in 0..world.links.len() {
        let Some(terms) = world.claims(link).and_then(terms_mut) else {
            continue;
        };
        let Some(Cbor::Array(capabilities)) = entry_mut(terms, 0) else {
            continue;
        };
        for capability in capabilities.iter_mut().filter_map(Cbor::as_map_mut) {
            if let Some(Cbor::Map(rules)) = entry_mut(capability, 2) {
                for (_, rule) in rules
                    .iter_mut()
                    .filter(|(key, _)| *key == Cbor::from(name.as_str()))
                {
                    *rule = if any {
                        Cbor::Array(vec![0.into()])
                    } else {
                        range.clone()
                    };
                }
            }
        }
    }
}

/// The host says who calls.
fn presenter(world: &mut World, dice: &mut Dice, _: &Donors) {
    let Some(id) = world.ids.last().copied() else {
        return;
    };
    let holder = world
        .links
        .last()
        .and_then(Piece::token)
        .and_then(|leaf| leaf.holder())
        .unwrap_or(10);
    let holder = if dice.percent(85) {
        holder
    } else {
        dice.word(&[1, 10, 11, 99])
    };
    world.call = None;
    let presenter = world.object("presenter");
    presenter.clear();
    presenter.insert("asserted".into(), key(holder).public().to_string().into());
    presenter.insert("leaf".into(), data_encoding::HEXLOWER.encode(&id).into());
    if dice.percent(80) {
        world
            .object("verifier")
            .insert("asserted_up_to".into(), effect_word(dice));
    }
}

/// Another key signs.
fn signer(world: &mut World, dice: &mut Dice, _: &Donors) {
    let link = dice.below(world.links.len() + 1);
    let signer = Signer::Seed(dice.word(&[1, 2, 10, 11, 50, 99]));
    let token = if link < world.links.len() {
        world.links.get_mut(link)
    } else {
        world.call.as_mut()
    };
    if let Some(token) = token.and_then(Piece::token_mut) {
        token.signer = signer;
    }
}

/// What names a token names the one that it was.
fn stale(world: &mut World, _: &mut Dice, _: &Donors) {
    world.is_stale = true;
}

/// A link replaces mandates, among them some that a notice is about.
fn replaced(world: &mut World, dice: &mut Dice, donors: &Donors) {
    let link = dice.below(world.links.len());
    let named = |piece: &Piece| {
        let token = piece.token()?;
        crate::token::term(&token.claims, 1)
            .and_then(Cbor::as_bytes)
            .filter(|bytes| bytes.len() == 32)
            .cloned()
    };
    let mut ids: Vec<Vec<u8>> = world.notices.iter().filter_map(named).collect();
    if ids.is_empty() || dice.percent(30) {
        let other = &donors.worlds[dice.below(donors.worlds.len())];
        ids.extend(other.ids.iter().map(|id| id.to_vec()));
    }
    let Some(id) = dice.pick(&ids).cloned() else {
        return;
    };
    let Some(terms) = world.claims(link).and_then(terms_mut) else {
        return;
    };
    let mut replaced = entry_mut(terms, 12)
        .and_then(|known| known.as_array().cloned())
        .unwrap_or_default();
    replaced.push(Cbor::Bytes(id));
    replaced.sort_by_key(crate::token::encode);
    replaced.dedup();
    put(terms, 12, Cbor::Array(replaced));
}
