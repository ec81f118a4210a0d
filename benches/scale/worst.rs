//! The most that one proof makes a verifier do, looked for by climbing: proofs are made by choices
//! ([`dice`], [`hostile`]), some choices are made anew, and what costs more for its size is kept.
//!
//! Four people send proofs: a stranger, who has no signature that counts; one who has seen a chain,
//! and forges the call's signature; one who appends links of their own to a chain that they have
//! seen, who can't be told before the first of these is verified; and a holder who may delegate,
//! whose every signature counts.

use super::{Table, Unit, World, id, is_measured, key, label, now, timed};
use ::mandatum::bounds::{MAX_CHAIN_BYTES, MAX_CHAIN_LINKS, MAX_TOKEN_BYTES};
use ::mandatum::chain::{AnchorKey, Ceiling};
use ::mandatum::claims::Child;
use ::mandatum::decide::Facts;
use ::mandatum::json::JsonForm;
use ::mandatum::limits::Condition;
use ::mandatum::primitives::MandateId;
use ::mandatum::sign::Token;
use ::mandatum::{
    Action, Anchor, Call, CallClaims, Chain, Constraint, DecisionContext, Delegation, Effect,
    ExecutionProof, Life, Lifetime, Limit, Limits, Link, Powers, Root, Seconds, SigningKey,
    Verifier, issue,
};
use dice::{Dice, Genome, Seed};
use std::collections::HashSet;

#[path = "../../tests/work_bound/dice.rs"]
#[allow(dead_code, reason = "shared with tests that do more with it")]
mod dice;
#[path = "../../tests/work_bound/hostile.rs"]
#[allow(dead_code, reason = "shared with tests that do more with it")]
mod hostile;
/// As the shared files name it.
use ::mandatum;

/// The true issuer's first key, and that of a stranger in its name.
const TRUE: usize = 40;
const STRANGER: usize = 50;
/// Holders' keys begin with it; a thief's, with the next.
const HOLDER: usize = 1;
const THIEF: usize = 60;

fn end() -> mandatum::Timestamp {
    now().plus(Seconds::hours(1))
}

/// The world's issuer with so many keys, no ceiling, and the last key the one that signs.
fn issuer(world: &World, keys: usize) -> Anchor {
    let keys = (TRUE..TRUE + keys).map(|number| AnchorKey::from(key(number).public()));
    Anchor::with_keys(
        world.anchor.issuer().clone(),
        keys,
        Ceiling::Unlimited,
        Seconds::hours(8),
    )
    .unwrap()
}

/// What everybody may: so little that it costs nothing, and so wide that it covers all that is
/// delegated.
fn plain() -> Powers {
    let any = |tool: &str| {
        mandatum::Capability::new(tool, Effect::Irreversible)
            .unwrap()
            .allow_others()
            .allow_delegation()
    };
    Powers::new([any("a.*")]).unwrap()
}

/// Bytes that a CBOR item takes.
fn item(bytes: &[u8]) -> usize {
    let (major, short) = (bytes[0] >> 5, bytes[0] & 0x1f);
    let width = [0, 1, 2, 4, 8][if short < 24 {
        0
    } else {
        usize::from(short - 23)
    }];
    let argument = match width {
        0 => usize::from(short),
        _ => bytes[1..=width]
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte)),
    };
    let mut length = 1 + width;
    let items = match major {
        2 | 3 => {
            length += argument;
            0
        }
        4 => argument,
        5 => 2 * argument,
        6 => 1,
        _ => 0,
    };
    (0..items).for_each(|_| length += item(&bytes[length..]));
    length
}

fn head(major: u8, length: usize) -> Vec<u8> {
    match length {
        0..=23 => vec![major << 5 | length as u8],
        24..=255 => vec![major << 5 | 24, length as u8],
        _ => [
            vec![major << 5 | 25],
            (length as u16).to_be_bytes().to_vec(),
        ]
        .concat(),
    }
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

fn position(of: &[u8], within: &[u8]) -> Option<usize> {
    within.windows(of.len()).position(|window| window == of)
}

/// The encoding of powers: of a root's payload, the item after the first key of its link.
fn encoded(world: &World, powers: &Powers) -> Option<Vec<u8>> {
    let bytes = root(world, powers.clone(), TRUE, Limits::none())?;
    // −65537, a map, its key 0.
    let start = position(&[0x3a, 0, 1, 0, 0], &bytes)? + 7;
    Some(bytes[start..start + item(&bytes[start..])].to_vec())
}

/// The bytes of a root that names the true key, whoever signs it: a key that is not the issuer's
/// costs no signature check.
fn root(world: &World, powers: Powers, signer: usize, limits: Limits) -> Option<Vec<u8>> {
    let link = Link::new(
        id(0, 0),
        key(HOLDER).public(),
        powers,
        Lifetime::new(now(), end()).unwrap(),
    );
    let root = Root {
        signed_by: key(TRUE).public(),
        ..world.root_of(link.with_hops(15).with_limits(limits), Life::ExpiryOnly)
    };
    // Too large for a token, or it may be issued.
    let issued = issue(&issuer(world, 1), root, now()).ok()?;
    forged(&issued.to_be_signed(), &[], &[], &key(signer))
}

/// A token with other powers and another parent, signed as its author's own software would.
fn forged(
    to_be_signed: &[u8],
    from: &[&[u8]],
    to: &[&[u8]],
    signer: &SigningKey,
) -> Option<Vec<u8>> {
    // An array of four: a text, the header, nothing, the payload.
    let header = &to_be_signed[12..];
    let (protected, rest) = header.split_at(item(header));
    let payload = &rest[1..];
    let mut claims = byte_content(payload).to_vec();
    for (from, to) in from.iter().zip(to) {
        let at = position(from, &claims)?;
        claims.splice(at..at + from.len(), to.iter().copied());
    }
    let payload = byte_string(&claims);
    let signed = [&to_be_signed[..12], protected, &[0x40], &payload].concat();
    let signature = signer.sign(&signed);
    let token = [
        &[0xd2, 0x84][..],
        protected,
        &[0xa0],
        &payload,
        &byte_string(signature.as_bytes()),
    ]
    .concat();
    (token.len() <= MAX_TOKEN_BYTES).then_some(token)
}

fn byte_content(string: &[u8]) -> &[u8] {
    let length = item(string);
    let head = match string[0] & 0x1f {
        0..=23 => 1,
        24 => 2,
        _ => 3,
    };
    &string[head..length]
}

/// Who sends a proof.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Stranger,
    /// With a chain that they have seen, and a call that they can't sign.
    HasSeen,
    /// With links of their own below one.
    Appends,
    Holder,
}

struct Proof {
    bytes: Vec<u8>,
    action: Action,
}

impl Proof {
    fn kilobytes(&self) -> f64 {
        self.bytes.len() as f64 / 1024.0
    }

    /// Of arguments, as JSON: whoever sends a proof sends them too.
    fn argument_kilobytes(&self) -> f64 {
        self.action
            .arguments
            .iter()
            .map(|(_, value)| value.to_json().len())
            .sum::<usize>() as f64
            / 1024.0
    }
}

/// A proof by choices; `None` where they make none that is within bounds.
fn proof(world: &World, who: Who, dice: &mut Dice<'_>) -> Option<Proof> {
    let links = 1 + dice.below(MAX_CHAIN_LINKS);
    // From this link on everything is the attacker's.
    let own = match who {
        Who::Stranger => 0,
        Who::HasSeen => links,
        Who::Appends | Who::Holder => 1 + dice.below(links.max(2) - 1),
    };
    let is_thief = who == Who::Stranger || who == Who::Appends;
    let signers = |link: usize| {
        key(if is_thief && link >= own {
            THIEF
        } else {
            HOLDER
        } + link)
    };
    let holder = |link: usize| {
        if link == 0 {
            key(HOLDER)
        } else {
            signers(link)
        }
    };
    let rich = dice.size(links);
    let repeated = hostile::powers(dice, 6);
    let plain_encoded = encoded(world, &plain())?;
    let heavy = [
        encoded(world, &repeated)?,
        encoded(world, &hostile::powers(dice, 6))?,
    ];
    // Each link passes on what it has, so that all are compared; or two kinds alternate.
    let kinds = 1 + dice.below(2);
    let with_conditions = who == Who::Holder && dice.one_in(3);
    let condition = hostile::constraint(dice, 1);

    let signer = if who == Who::Stranger { STRANGER } else { TRUE };
    let about = |constraint: &Constraint, tools: Option<&str>| {
        let condition = Condition {
            fact: label("f"),
            holds: constraint.clone(),
            max_age: Seconds::hours(1),
        };
        let limit = Limit::condition(condition);
        tools.map_or(limit.clone(), |tool| limit.with_tools([tool]).unwrap())
    };
    // The root names the fact, for other calls.
    let named = with_conditions.then(|| about(&Constraint::any(), Some("a.other")));
    // A stranger's limits are decoded: those of the root and of the leaf before anything else.
    let scoped = if who == Who::Stranger {
        dice.below(12)
    } else {
        0
    };
    let scoped: HashSet<Limit> = (0..scoped)
        .filter_map(|_| hostile::scoped_limit(dice))
        .collect();
    let root = root(
        world,
        plain(),
        signer,
        Limits::new(named.into_iter().chain(scoped.iter().cloned())).ok()?,
    )?;
    let mut plain_chain = Chain::from(Token::<Root>::from_bytes(&root).unwrap());
    let mut tokens = vec![plain_chain.root().as_bytes().to_vec()];
    let mut parent: MandateId = plain_chain.leaf_id();
    for link in 1..links {
        let limits = match with_conditions && link == links - 1 {
            true => vec![about(&condition, None); 8],
            false if link == links - 1 => scoped.iter().cloned().collect(),
            false => Vec::new(),
        };
        let hops = u8::try_from(15 - link).unwrap();
        let terms = Delegation::new(id(link, 0), holder(link).public(), plain(), end())
            .with_hops(hops)
            .with_limits(Limits::new(limits).ok()?);
        let unsigned = plain_chain.delegate(terms, now()).ok()?;
        // The author of a link holds the one above, but of the first that a thief appends.
        let author = if who == Who::Appends && link == own {
            key(THIEF)
        } else {
            holder(link - 1)
        };
        let is_rich = (who == Who::Stranger || link >= own) && link + rich >= links;
        let powers = if is_rich {
            &heavy[link % kinds]
        } else {
            &plain_encoded
        };
        let plain_parent = plain_chain.leaf_id();
        let token = forged(
            &unsigned.to_be_signed(),
            &[&plain_encoded, plain_parent.as_bytes()],
            &[powers, parent.as_bytes()],
            &author,
        )?;
        parent = Token::<Child>::from_bytes(&token).ok()?.digest();
        tokens.push(token);
        plain_chain = plain_chain
            .extend(unsigned.sign(&holder(link - 1)).ok()?)
            .ok()?;
    }
    let chain_bytes = [head(4, tokens.len()), tokens.concat()].concat();
    if chain_bytes.len() > MAX_CHAIN_BYTES {
        return None;
    }
    let chain = Chain::from_bytes(&chain_bytes).ok()?;
    let value = hostile::value(dice, 2);
    let arguments = (0..dice.size(8)).map(|n| (n.to_string(), value.clone()));
    let action = Action::new("a.b.c", arguments, Effect::Read).ok()?;
    let call = Call {
        action: action.clone(),
        ..world.call.clone()
    };
    let call = CallClaims::new(&chain, &call, world.server.clone(), now());
    let mut bytes = ExecutionProof::new(chain, call.sign(&holder(links - 1)).ok()?).to_bytes();
    if who == Who::HasSeen {
        // They can't sign the call.
        let signature = bytes.len() - 40;
        bytes[signature] ^= 1;
    }
    Some(Proof { bytes, action })
}

/// Seconds that a question took, kilobytes of its arguments, and what was wrong.
type Asked = (f64, f64, Option<String>);

/// One question, asked of what a genome makes.
type Question<'q> = &'q dyn Fn(&mut Dice<'_>) -> Asked;

/// The budgets themselves: the longest that comparing powers takes, the search for a witness
/// included, and that asking them does.
fn budgets(unit: &Unit, table: &mut Table) {
    let (climbs, changes) = if is_measured() { (16, 40) } else { (1, 2) };
    let compare = |dice: &mut Dice<'_>| {
        let (parent, child) = (hostile::powers(dice, 6), hostile::powers(dice, 6));
        let answer = parent
            .covers(&child)
            .err()
            .map(|beyond| beyond.gap.to_string());
        (timed(|| parent.covers(&child)).as_secs_f64(), 0.0, answer)
    };
    let ask = |dice: &mut Dice<'_>| {
        let powers = hostile::powers(dice, 6);
        let value = hostile::value(dice, 2);
        let arguments = (0..dice.size(8)).map(|n| (n.to_string(), value.clone()));
        let Ok(action) = Action::new("a.b.c", arguments, Effect::Read) else {
            return (0.0, 0.0, None);
        };
        let kilobytes = action
            .arguments
            .iter()
            .map(|(_, value)| value.to_json().len())
            .sum::<usize>() as f64
            / 1024.0;
        let answer = powers
            .permits(&action)
            .err()
            .map(|refusal| refusal.to_string());
        (
            timed(|| powers.permits(&action)).as_secs_f64(),
            kilobytes,
            answer,
        )
    };
    let unit = (0..20)
        .map(|_| unit.once().as_secs_f64())
        .min_by(f64::total_cmp)
        .unwrap();
    let questions: [(&str, Question<'_>); 2] =
        [("to compare powers", &compare), ("to ask powers", &ask)];
    for (name, question) in questions {
        let excess = |(seconds, kilobytes, _): &Asked| seconds / unit - kilobytes;
        let mut worst: Option<Asked> = None;
        for climb in 0..climbs {
            let mut seed = Seed::new(climb);
            let mut best = Genome::random(&mut seed);
            let mut of_best = question(&mut best.dice());
            for _ in 0..changes {
                let changed = best.changed(&mut seed);
                let took = question(&mut changed.dice());
                if excess(&took) >= excess(&of_best) {
                    (best, of_best) = (changed, took);
                }
            }
            // The least of several counts, or the machine's other work would.
            let again = (0..5)
                .map(|_| question(&mut best.dice()))
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap();
            if worst
                .as_ref()
                .is_none_or(|worst| excess(&again) > excess(worst))
            {
                worst = Some(again);
            }
        }
        let Some((seconds, kilobytes, answer)) = worst else {
            continue;
        };
        let answer = answer.map_or("yes".to_owned(), |answer| {
            format!("{:?}", answer.chars().take(40).collect::<String>())
        });
        let size = format!("{kilobytes:.1} KB of arguments");
        table.line(
            &format!("worst found: {name}, {answer}"),
            size,
            format!("{:.1} U", seconds / unit),
            String::new(),
        );
    }
}

pub(super) fn cases(world: &World, unit: &Unit, table: &mut Table) {
    budgets(unit, table);
    let (climbs, changes) = if is_measured() { (10, 40) } else { (1, 2) };
    let facts = Facts::none().with_fact(
        label("f"),
        "a".repeat(60_000),
        now(),
        [world.anchor.issuer().clone()],
    );
    let context: DecisionContext<'_> = world.context().with_facts(&facts);
    for (who, name, keys, bound) in [
        (
            Who::Stranger,
            "a stranger, an issuer with one key",
            1,
            "2 U + 0.5 U/KB",
        ),
        (
            Who::Stranger,
            "a stranger, an issuer with four keys",
            4,
            "2 U + 0.5 U/KB",
        ),
        (
            Who::HasSeen,
            "who has seen a chain and forges the call",
            1,
            "3 U + 0.5 U/KB",
        ),
        (
            Who::Appends,
            "who appends links to a chain that they have seen",
            1,
            "as an honest chain, a U a link",
        ),
        (
            Who::Holder,
            "a holder who may delegate",
            1,
            "150 U + 1 U/KB of arguments",
        ),
    ] {
        let verifier = Verifier::new([issuer(world, keys)])
            .unwrap()
            .dangerous_effects_as_stated();
        let in_units = |proof: &Proof| {
            let ask = || {
                timed(|| {
                    verifier
                        .check(&proof.bytes, &proof.action, &context)
                        .map(drop)
                })
            };
            let once = (0..5)
                .map(|_| ask().as_secs_f64())
                .min_by(f64::total_cmp)
                .unwrap();
            let unit = (0..5)
                .map(|_| unit.once().as_secs_f64())
                .min_by(f64::total_cmp)
                .unwrap();
            once / unit
        };
        // What it costs beside what its size excuses.
        let excess = |proof: &Proof| match who {
            Who::Holder => in_units(proof) - proof.argument_kilobytes(),
            _ => in_units(proof) - 0.5 * (proof.kilobytes() + proof.argument_kilobytes()),
        };
        let mut worst: Option<(f64, Proof)> = None;
        for climb in 0..climbs {
            let mut seed = Seed::new(climb + 100 * keys as u64);
            let mut best = Genome::random(&mut seed);
            let mut of_best =
                proof(world, who, &mut best.dice()).map_or(0.0, |proof| excess(&proof));
            for _ in 0..changes {
                let changed = best.changed(&mut seed);
                let Some(proof) = proof(world, who, &mut changed.dice()) else {
                    continue;
                };
                let costs = excess(&proof);
                if costs >= of_best {
                    (best, of_best) = (changed, costs);
                }
                if worst.as_ref().is_none_or(|(most, _)| costs > *most) {
                    worst = Some((costs, proof));
                }
            }
        }
        let Some((_, proof)) = worst else { continue };
        let code = match verifier.check(&proof.bytes, &proof.action, &context) {
            Ok(_) => "permitted".to_owned(),
            Err(denial) => denial.code().to_string(),
        };
        let (costs, kilobytes) = (
            in_units(&proof),
            proof.kilobytes() + proof.argument_kilobytes(),
        );
        let figure = format!(
            "{costs:.1} U, {:.2} U/KB of proof and arguments",
            costs / kilobytes
        );
        let size = format!(
            "{} bytes, {:.1} KB of arguments",
            proof.bytes.len(),
            proof.argument_kilobytes()
        );
        table.line(
            &format!("worst found: {name}, {code}"),
            size,
            figure,
            bound.to_owned(),
        );
    }
}
