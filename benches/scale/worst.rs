//! The most that proofs make a verifier do which are refused: by strangers, who have no signature that counts but can write
//! whatever else a proof may say; and by holders who may delegate, whose every signature counts.
//!
//! Each is packed as full as the bounds let it be, in the ways that were found to cost the most.

use super::{CONTROLLER, MISSIONS, Table, Unit, World, id, key, label, lives_by, many, name, now};
use mandatum::bounds::{MAX_CHAIN_BYTES, MAX_CHAIN_LINKS, MAX_ENDERS, MAX_LIMITS, MAX_PROOF_BYTES, MAX_STAPLED};
use mandatum::{
    Action, Anchor, Capability, Ceiling, Chain, Code, Condition, Constraint, Context, Controller, Delegation, Effect,
    ExecutionProof, Facts, Life, Lifetime, Limit, Limits, Link, Notice, Powers, Seconds, Timestamp, Value, Verifier,
};
use std::hint::black_box;

/// The first of an issuer's four keys: the true one's, and that of a stranger in its name.
const TRUE: usize = 40;
const STRANGER: usize = 50;

/// What the links of a chain say, by their numbers.
struct Says<'a> {
    powers: &'a dyn Fn(usize) -> Powers,
    limits: &'a dyn Fn(usize) -> Limits,
}

fn end() -> Timestamp {
    now().plus(Seconds::hours(1))
}

/// An issuer with four keys and no ceiling, in the name of the world's.
fn issuer(world: &World, first_key: usize) -> Anchor {
    let keys = (first_key..first_key + 4).map(|number| key(number).public().into());
    Anchor::with_keys(world.anchor.issuer().clone(), keys, Ceiling::Unlimited, Seconds::hours(8)).unwrap()
}

/// The longest chain, with what its links say, by an issuer's last key.
fn chain(world: &World, first_key: usize, says: &Says<'_>) -> Chain {
    let lifetime = Lifetime::new(now(), end()).unwrap();
    let link = Link::new(id(0, 0), world.keys[1].public(), (says.powers)(0), lifetime).hops(15);
    let root = world.root_of(link.limits((says.limits)(0)), Life::ExpiryOnly);
    let root = mandatum::issue(&issuer(world, first_key), root).unwrap().sign(&key(first_key + 3)).unwrap();
    (1..MAX_CHAIN_LINKS).fold(Chain::from(root), |chain, link| {
        let terms = Delegation::new(id(link, 0), world.keys[link + 1].public(), (says.powers)(link), end());
        let terms = terms.hops(u8::try_from(15 - link).unwrap()).limits((says.limits)(link));
        chain.extend(chain.delegate(terms, now()).unwrap().sign(&world.keys[link]).unwrap()).unwrap()
    })
}

/// A proof with as many statuses stapled to it as there may be.
fn stapled(world: &World, chain: &Chain, missions_each: usize) -> Vec<u8> {
    let notices = (0..MAX_STAPLED).map(|number| {
        let signer = key(CONTROLLER + number);
        let mut controller = Controller::new(signer.public(), Seconds::hours(8));
        (0..missions_each).for_each(|mission| drop(controller.begin(&name(mission), [1; 16], now()).unwrap()));
        let mut statuses = controller.heartbeat(|| [2; 16].into(), now()).unwrap();
        assert_eq!(statuses.len(), 1);
        Notice::from(statuses.remove(0).sign(&signer).unwrap())
    });
    let proof = ExecutionProof::from_bytes(&world.proof(chain)).unwrap();
    proof.with_stapled(notices).unwrap().to_bytes()
}

fn read() -> Capability {
    Capability::new("crm.read", Effect::Read).unwrap().delegable()
}

fn only(capability: Capability) -> Powers {
    Powers::new([capability]).unwrap()
}

/// Measures how much it takes to refuse a proof by this code.
struct Refused<'a> {
    unit: &'a Unit,
    table: &'a mut Table,
}

impl Refused<'_> {
    fn by(
        &mut self,
        code: Code,
        what: &str,
        verifier: &Verifier,
        (bytes, action): (&[u8], &Action),
        context: &Context<'_>,
    ) {
        let (figure, spread) = self.unit.measure(many(200), 1, |_| {
            let denial = verifier.check(black_box(bytes), action, context).map(drop).unwrap_err();
            assert_eq!(denial.code(), code, "{what}: {denial}");
        });
        self.table.line(&format!("worst cases: {what}, {code:?}"), format!("{} bytes", bytes.len()), figure, spread);
    }
}

pub(super) fn cases(world: &World, unit: &Unit, table: &mut Table) {
    let mut refused = Refused { unit, table };
    by_strangers(world, &mut refused);
    by_a_stranger_whose_leaf_is_slow(world, &mut refused);
    by_holders(world, &mut refused);
}

/// Only what is decoded, and four keys that did not sign the root. The leaf permits the call, or nothing between it and the root
/// would be looked at.
fn by_strangers(world: &World, refused: &mut Refused<'_>) {
    let (knows, knows_none) = (
        Verifier::new([issuer(world, TRUE)]).unwrap().dangerous_effects_as_stated(),
        Verifier::new([Anchor::new(
            "https://globex.example".parse().unwrap(),
            key(0).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .unwrap()])
        .unwrap()
        .dangerous_effects_as_stated(),
    );
    let no_limits = |_: usize| Limits::none();
    let filled = |link: usize, filling: Vec<Capability>| {
        let filling = if link + 1 == MAX_CHAIN_LINKS { Vec::new() } else { filling };
        Powers::new(filling.into_iter().chain([read().open()])).unwrap()
    };
    let capabilities = |link: usize| {
        filled(
            link,
            (0..255).map(|n| Capability::new(&format!("tool{n}"), Effect::Read).unwrap().delegable()).collect(),
        )
    };
    let sets = |link: usize, count: usize, of: &dyn Fn() -> Constraint| {
        filled(link, vec![(0..count).fold(read(), |read, n| read.require(&n.to_string(), of()).unwrap())])
    };
    let numbers = |link: usize| sets(link, 7, &|| Constraint::one_of((0..256).map(Value::from)).unwrap());
    let texts = |link: usize| {
        sets(link, 18, &|| Constraint::one_of((b' '..=b'~').map(|letter| char::from(letter).to_string())).unwrap())
    };
    let nests = |link: usize| {
        let nested = (0..7).fold(Constraint::any(), |inner, _| Constraint::each(inner).unwrap());
        let tool = |tool: &str| {
            let capability = Capability::new(tool, Effect::Read).unwrap().delegable();
            (0..64).fold(capability, |tool, n| tool.require(&n.to_string(), nested.clone()).unwrap())
        };
        filled(link, ["a", "b"].map(tool).into())
    };
    let plain = |_: usize| only(read().open());
    let conditions = |link: usize| Limits::new((0..MAX_LIMITS).map(|n| condition(link, n))).unwrap();
    let fillings: [(&str, Says<'_>); 5] = [
        ("many capabilities", Says { powers: &capabilities, limits: &no_limits }),
        ("sets of numbers", Says { powers: &numbers, limits: &no_limits }),
        ("sets of texts", Says { powers: &texts, limits: &no_limits }),
        ("deep nests", Says { powers: &nests, limits: &no_limits }),
        ("many limits", Says { powers: &plain, limits: &conditions }),
    ];
    for (filling, says) in fillings {
        let chain = chain(world, STRANGER, &says);
        let length = chain.to_bytes().len();
        assert!((MAX_CHAIN_BYTES / 2..=MAX_CHAIN_BYTES).contains(&length), "{filling}: {length}");
        let (alone, with_news) = (world.proof(&chain), stapled(world, &chain, 75));
        assert!(with_news.len() <= MAX_PROOF_BYTES);
        let (action, context) = (&world.call.action, world.context());
        let what = format!("a stranger's, {filling}");
        refused.by(Code::UnknownIssuer, &what, &knows_none, (&alone, action), &context);
        refused.by(Code::BadSignature, &format!("{what}, 16 statuses"), &knows, (&with_news, action), &context);
    }
}

/// A leaf that takes long to ask, below links that say little.
fn by_a_stranger_whose_leaf_is_slow(world: &World, refused: &mut Refused<'_>) {
    let verifier = Verifier::new([issuer(world, TRUE)]).unwrap().dangerous_effects_as_stated();
    let asked = asked(world, "a".repeat(60_000));
    let slow_leaf = |link: usize| match link {
        15 => only(read().require("account", slow(5)).unwrap().open()),
        _ => only(read().open()),
    };
    let bytes = asked.proof(&chain(&asked, STRANGER, &Says { powers: &slow_leaf, limits: &|_| Limits::none() }));
    let what = "a stranger's, powers at the leaf that take too much to ask";
    refused.by(Code::BadSignature, what, &verifier, (&bytes, &asked.call.action), &world.context());
}

/// The world, where the call is about this account.
fn asked(world: &World, account: String) -> World {
    let action = Action::new("crm.read", [("account", account)], Effect::Read).unwrap();
    World { call: mandatum::Call { action, ..world.call.clone() }, ..World::new() }
}

/// A condition that takes nearly all the work that one may take, and holds.
fn condition(link: usize, number: usize) -> Limit {
    let slow = Constraint::pattern(&format!("*{}c*", "a".repeat(40))).unwrap();
    let holds = Constraint::any_of([slow, Constraint::pattern("*").unwrap()]).unwrap();
    let fact = label(&format!("{}", link * MAX_LIMITS + number));
    Limit::condition(Condition { fact, holds, max_age: Seconds::hours(1) })
}

/// Patterns none of which holds what another does, and a last one that is compared with all of them in vain before itself.
fn slow(patterns: u8) -> Constraint {
    let ends = (b'c'..b'c' + patterns).map(|end| format!("*{}{}*", "a".repeat(400), char::from(end)));
    let patterns = ends.map(|pattern| Constraint::pattern(&pattern).unwrap());
    Constraint::any_of(patterns.chain([last()])).unwrap()
}

fn last() -> Constraint {
    Constraint::pattern(&format!("*{}*", "a".repeat(600))).unwrap()
}

/// Sixteen signatures that hold, and then all the work that is granted.
fn by_holders(world: &World, refused: &mut Refused<'_>) {
    let verifier = Verifier::new([issuer(world, TRUE)]).unwrap().dangerous_effects_as_stated();
    let (no_limits, plain) = (|_: usize| Limits::none(), |_: usize| only(read().open()));
    let context = world.context();

    let too_much = |link: usize| match link {
        0 => only(read().open()),
        _ => only(read().require("account", slow(5)).unwrap().open()),
    };
    let chain_of = |says: &Says<'_>| chain(world, TRUE, says);
    let permitted = asked(world, "a".repeat(700));
    let bytes = permitted.proof(&chain(&permitted, TRUE, &Says { powers: &too_much, limits: &no_limits }));
    refused.by(
        Code::OutOfWork,
        "a holder's, powers that take too much to compare",
        &verifier,
        (&bytes, &permitted.call.action),
        &context,
    );

    // Four comparisons take three quarters of what verifying is granted, and then the call takes what deciding is.
    let nearly = |link: usize| match link {
        0 => only(read().open()),
        1..=4 => only(read().require("account", slow(2)).unwrap().open()),
        _ => only(read().require("account", last()).unwrap().open()),
    };
    let world_of_long = asked(world, "a".repeat(60_000));
    let long = &world_of_long.call.action;
    let nearly_chain = chain(&world_of_long, TRUE, &Says { powers: &nearly, limits: &no_limits });
    assert!(verifier.verify(&nearly_chain).is_ok());
    let bytes = world_of_long.proof(&nearly_chain);
    refused.by(Code::OutOfWork, "a holder's, powers and an argument", &verifier, (&bytes, long), &context);

    let action = &world.call.action;
    let conditions = |link: usize| Limits::new((0..MAX_LIMITS).map(|n| condition(link, n))).unwrap();
    let facts = (0..MAX_CHAIN_LINKS * MAX_LIMITS).fold(Facts::none(), |facts, number| {
        facts.observed(label(&number.to_string()), "a".repeat(120), now(), [world.anchor.issuer().clone()])
    });
    let mut bytes = world.proof(&chain_of(&Says { powers: &plain, limits: &conditions }));
    assert!(verifier.check(&bytes, action, &context.clone().with_facts(&facts)).map(drop).is_ok());
    let signature = bytes.len() - 40;
    bytes[signature] ^= 1;
    let with_facts = context.clone().with_facts(&facts);
    refused.by(
        Code::NotTheHolder,
        "a holder's, 512 conditions, call by another",
        &verifier,
        (&bytes, action),
        &with_facts,
    );

    let enders = || (200..200 + MAX_ENDERS).map(|number| key(number).public());
    let missions = |link: usize| match link {
        0 => {
            let limits =
                (0..MISSIONS).map(|n| Limit::lives_by(lives_by(CONTROLLER + n, 0).ended_also_by(enders()).unwrap()));
            Limits::new(limits).unwrap()
        }
        _ => Limits::none(),
    };
    let bytes = stapled(world, &chain_of(&Says { powers: &plain, limits: &missions }), 100);
    refused.by(Code::StatusMissing, "a holder's, 32 missions and 16 statuses", &verifier, (&bytes, action), &context);
}
