//! What can't be charged, and what does not fit.

use super::ladder::{Row, row};
use super::scene::{Scene, scene, under};
use crate::support::cbor;
use crate::support::spending::{LEDGER, budget, calls, exclusive, group, path, rate, source, sum};
use crate::support::story::{
    ISSUER, after, anchor_with, child_of, encoded_powers, now, powers, root, verifier_of,
};
use mandatum::chain::Ceiling;
use mandatum::charge::{Charge, Demand, LedgerOutcome, LedgerTerms};
use mandatum::denial::{DenialKind, DenialPlace, RecordedOutcome};
use mandatum::ledger::CallMark;
use mandatum::primitives::{AttemptId, MandateId, Number, Value};
use mandatum::{Action, Capability, Denial, DenialCode, Effect, MemoryLedger, Permit};

/// The root and a child with these limits, by hand, for all calls of two tools, at a server that is
/// attached to the ledger.
fn metered(limits: &[Vec<u8>]) -> Scene {
    let all = || {
        let tools =
            ["crm.read", "pay"].map(|tool| Capability::new(tool, Effect::Irreversible).unwrap());
        encoded_powers(powers(
            tools.map(|tool| tool.allow_others().allow_delegation()),
        ))
    };
    let root = root().term(0, all()).token();
    let child = child_of(&root)
        .term(0, all())
        .term(1, cbor::array(limits))
        .token();
    under([root, child]).verifier(verifier_of(anchor_with(Ceiling::Unlimited)))
}

fn attached(limits: &[Vec<u8>]) -> Scene {
    metered(limits).attached(LEDGER)
}

fn paying(arguments: &[(&str, Value)]) -> Action {
    Action::new("pay", arguments.iter().cloned(), Effect::Irreversible).unwrap()
}

/// Paying under a budget of a sum, in a unit where that is said.
fn sum_of(unit: bool, arguments: &[(&str, Value)]) -> Scene {
    let of_unit = source(&["amount"]).set(2, cbor::array([path(&["currency"]), cbor::text("EUR")]));
    let of = if unit {
        sum(500).set(2, cbor::array([of_unit.bytes()]))
    } else {
        sum(500)
    };
    attached(&[budget(&of)]).calling(paying(arguments))
}

pub(super) fn rows() -> Vec<Row> {
    let unknown = |name, scene: Scene| {
        row(
            name,
            scene,
            DenialCode::LedgerUnknown,
            DenialPlace::Link(1),
            DenialKind::Undecidable,
        )
    };
    let refused = |name, scene: Scene, code| {
        row(
            name,
            scene,
            code,
            DenialPlace::Link(1),
            DenialKind::NotPermitted,
        )
    };
    let groups = || exclusive(&[group(&["crm.*"]), group(&["pay"])]);
    let amount = |amount: Value| sum_of(false, &[("amount", amount)]);
    let tenth: Number = "0.1".parse().unwrap();
    let per_order = |arguments: &[(&str, Value)]| {
        let once = calls(9).set(4, crate::support::spending::per_order(60).bytes());
        attached(&[budget(&once)]).calling(paying(arguments))
    };
    let least: Number = "-0.000000000000000001".parse().unwrap();
    let in_unit = |unit: Value| sum_of(true, &[("amount", 1.into()), ("currency", unit)]);
    vec![
        unknown(
            "a budget that nobody here counts",
            metered(&[budget(&calls(9))]),
        ),
        unknown(
            "a budget that another ledger counts",
            metered(&[budget(&calls(9))]).attached("us-1"),
        ),
        unknown(
            "a budget that a ledger of a similar name counts",
            metered(&[budget(&calls(9))]).attached("EU-1"),
        ),
        unknown("a rate that nobody here counts", metered(&[rate(1, 60)])),
        unknown("groups that nobody here keeps apart", metered(&[groups()])),
        refused("no amount", sum_of(false, &[]), DenialCode::AmountMissing),
        refused(
            "an amount by another name",
            sum_of(false, &[("Amount", 1.into())]),
            DenialCode::AmountMissing,
        ),
        refused(
            "an amount in a text",
            amount("1".into()),
            DenialCode::AmountNotANumber,
        ),
        refused(
            "an amount of null",
            amount(Value::Null),
            DenialCode::AmountNotANumber,
        ),
        refused(
            "a text in a list",
            amount(Value::List(vec![1.into(), "1".into()])),
            DenialCode::AmountNotANumber,
        ),
        refused(
            "an amount below zero in a list",
            amount(vec![9, -1].into()),
            DenialCode::AmountNegative,
        ),
        refused(
            "an amount in a record",
            amount(Value::Map([("value".to_owned(), 1.into())].into())),
            DenialCode::AmountNotANumber,
        ),
        refused(
            "a sum without a number",
            amount(vec![Number::from(i128::MAX), tenth].into()),
            DenialCode::AmountOutOfRange,
        ),
        refused(
            "a unit of an empty list",
            in_unit(Value::List(Vec::new())),
            DenialCode::WrongUnit,
        ),
        refused("no value", per_order(&[]), DenialCode::ValueMissing),
        refused(
            "a value by another name",
            per_order(&[("Order", 1.into())]),
            DenialCode::ValueMissing,
        ),
        refused(
            "a value of null",
            per_order(&[("order", Value::Null)]),
            DenialCode::ValueNotScalar,
        ),
        refused(
            "a value in bytes",
            per_order(&[("order", Value::Bytes(vec![1]))]),
            DenialCode::ValueNotScalar,
        ),
        refused(
            "a value in a list",
            per_order(&[("order", vec!["A-1"].into())]),
            DenialCode::ValueNotScalar,
        ),
        refused(
            "an amount that is true",
            amount(true.into()),
            DenialCode::AmountNotANumber,
        ),
        refused(
            "an amount below zero",
            amount((-1).into()),
            DenialCode::AmountNegative,
        ),
        refused(
            "an amount just below zero",
            amount(least.into()),
            DenialCode::AmountNegative,
        ),
        refused(
            "an amount far below zero",
            amount(Number::from(i128::MIN).into()),
            DenialCode::AmountNegative,
        ),
        refused("another unit", in_unit("USD".into()), DenialCode::WrongUnit),
        refused(
            "a unit that begins alike",
            in_unit("EURO".into()),
            DenialCode::WrongUnit,
        ),
        refused(
            "a unit in bytes",
            in_unit(Value::Bytes(b"EUR".to_vec())),
            DenialCode::WrongUnit,
        ),
        refused(
            "no unit",
            sum_of(true, &[("amount", 1.into())]),
            DenialCode::WrongUnit,
        ),
        refused(
            "no amount of a unit",
            sum_of(true, &[("currency", "EUR".into())]),
            DenialCode::AmountMissing,
        ),
        row(
            "no name in the server's system",
            scene().in_system("crm"),
            DenialCode::AliasMissing,
            DenialPlace::Link(0),
            DenialKind::NotPermitted,
        ),
    ]
}

/// Decided and settled, so many seconds later.
fn run(ledger: &MemoryLedger, scene: &Scene, id: u8, seconds: i64) -> Result<Permit, Denial> {
    let scene = scene
        .clone()
        .with_id(id)
        .signing(|call| call.claim(7, cbor::bytes([id; 16])));
    ledger.settle(scene.decide().unwrap(), after(seconds))
}

/// What the ledger refuses after it made as many such calls as may be.
fn exhausted(scene: &Scene, may: u8) -> Denial {
    let ledger = MemoryLedger::new(100);
    for id in 0..may {
        run(&ledger, scene, id, 0).map(drop).unwrap();
    }
    run(&ledger, scene, may, 0).map(drop).unwrap_err()
}

fn of_calls() -> Denial {
    exhausted(&attached(&[budget(&calls(3))]), 3)
}

fn of_a_rate() -> Denial {
    exhausted(&attached(&[rate(2, 60)]), 2)
}

/// Tools of no group stay open, wherever the groups are kept apart.
#[test]
fn a_tool_of_no_group_asks_for_no_ledger() {
    let apart = |groups: &[Vec<u8>]| metered(&[exclusive(groups)]);
    assert!(apart(&[group(&["a"]), group(&["b"])]).is_permitted());
    assert!(!apart(&[group(&["a"]), group(&["b", "crm.*"])]).is_permitted());
}

fn of_a_group() -> Denial {
    let ledger = MemoryLedger::new(100);
    let scene = attached(&[exclusive(&[group(&["crm.*"]), group(&["pay"])])]);
    run(&ledger, &scene, 1, 0).map(drop).unwrap();
    run(&ledger, &scene.calling(paying(&[])), 2, 0)
        .map(drop)
        .unwrap_err()
}

/// Room for the mark, and not for both accounts.
fn no_room() -> Denial {
    let scene = attached(&[budget(&calls(3)), rate(2, 60)]);
    run(&MemoryLedger::new(1), &scene, 1, 0)
        .map(drop)
        .unwrap_err()
}

/// The codes that a ledger answers with.
pub(crate) fn codes() -> Vec<DenialCode> {
    [of_calls(), of_a_rate(), of_a_group(), no_room()]
        .iter()
        .map(Denial::code)
        .collect()
}

#[test]
fn each_has_its_code_and_kind_at_its_place() {
    let found = [of_calls(), of_a_rate(), of_a_group(), no_room()];
    let found = found.map(|denial| (denial.code(), denial.kind(), denial.place()));
    let of_link = |code| (code, DenialKind::Exhausted, DenialPlace::Link(1));
    let expected = [
        of_link(DenialCode::BudgetExhausted),
        of_link(DenialCode::RateExceeded),
        of_link(DenialCode::GroupClosed),
        (
            DenialCode::LedgerFull,
            DenialKind::Undecidable,
            DenialPlace::Verifier,
        ),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_caller_does_not_learn_what_others_have_spent() {
    for denial in [of_calls(), of_a_rate(), of_a_group(), no_room()] {
        let told = denial.public();
        assert_eq!(
            (told.code, told.link, told.kind),
            ("Refused", None, DenialKind::Untrusted),
            "{denial}"
        );
    }
}

/// A ledger that begins anew with what another one made.
fn restored(charges: &[Charge]) -> MemoryLedger {
    let ledger = MemoryLedger::new(100);
    assert!(charges.iter().all(|charge| ledger.restore_charge(
        charge,
        (&issuer(), ROOT),
        now(),
        None
    )));
    ledger
}

fn issuer() -> mandatum::Issuer {
    ISSUER.parse().unwrap()
}

/// Of which it matters only that it is one.
const ROOT: MandateId = MandateId::from_bytes([5; 32]);

#[test]
fn what_was_charged_is_charged_after_a_restart() {
    let scenes = [
        (
            attached(&[budget(&calls(3))]),
            DenialCode::BudgetExhausted,
            3,
        ),
        (attached(&[rate(2, 60)]), DenialCode::RateExceeded, 2),
    ];
    for (scene, code, may) in scenes {
        let before = MemoryLedger::new(100);
        let permits = (0..may).map(|id| run(&before, &scene, id, 0).unwrap());
        let charges: Vec<Charge> = permits
            .flat_map(|permit| permit.charges().to_vec())
            .collect();
        let refused = run(&restored(&charges), &scene, may, 0)
            .map(drop)
            .unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(
            run(&restored(&charges[1..]), &scene, may, 0).is_ok(),
            "without one of them there is room"
        );
    }
    let groups = attached(&[exclusive(&[group(&["crm.*"]), group(&["pay"])])]);
    let latch = run(&MemoryLedger::new(9), &groups, 1, 0)
        .unwrap()
        .charges()
        .to_vec();
    let refused = run(
        &restored(&latch),
        &groups.clone().calling(paying(&[])),
        2,
        0,
    )
    .map(drop)
    .unwrap_err();
    assert_eq!(refused.code(), DenialCode::GroupClosed);
    assert!(run(&restored(&latch), &groups, 2, 0).is_ok());
}

#[test]
fn a_call_is_marked_after_a_restart_and_gives_nothing_back() {
    let scene = attached(&[budget(&calls(1))]);
    let unsettled = scene.decide().unwrap();
    let (key, root) = (unsettled.charges().key(), unsettled.charges().root());
    let until = LedgerTerms::default()
        .keep_until(unsettled.charges(), now())
        .unwrap()
        .reserved;
    let (request, recorded) = (unsettled.charges().request(), RecordedOutcome::Open);
    let mark = CallMark {
        request,
        at: now(),
        latest: now(),
        attempt: None,
        recorded,
        keep_until: until,
    };
    let permit = MemoryLedger::new(9).settle(unsettled, now()).unwrap();
    let ledger = restored(permit.charges());
    assert!(ledger.restore_mark(key, (&issuer(), root), mark));
    assert!(
        ledger.restore_mark(key, (&issuer(), root), mark),
        "a second time is none"
    );
    assert_eq!(ledger.len(), 1);
    let attempt = AttemptId::from_bytes([1; 16]);
    let outcome = ledger
        .reserve(scene.decide().unwrap().charges(), attempt, now())
        .outcome;
    assert_eq!(outcome, LedgerOutcome::Before { recorded: None });

    let account = permit.charges()[0].account;
    ledger.close(
        permit.cancel().reservation(),
        mandatum::claims::Outcome::Undone,
    );
    let balance = ledger.balance(&account).unwrap();
    assert_eq!((balance.spent, balance.held), (1.into(), Number::ZERO));

    ledger.forget_before(until);
    assert!(ledger.is_empty());
}

#[test]
fn what_can_not_be_restored_is_said() {
    let charge =
        |scene: &Scene| run(&MemoryLedger::new(9), scene, 1, 0).unwrap().charges()[0].clone();
    let scene = attached(&[budget(&calls(1))]);
    let (one, key) = (charge(&scene), scene.decide().unwrap().charges().key());
    let root = scene.decide().unwrap().charges().root();
    assert!(!MemoryLedger::new(0).restore_charge(&one, (&issuer(), root), now(), None));
    let (request, recorded) = (
        scene.decide().unwrap().charges().request(),
        RecordedOutcome::Refused,
    );
    let mark = CallMark {
        request,
        at: now(),
        latest: now(),
        attempt: None,
        recorded,
        keep_until: after(60),
    };
    assert!(!MemoryLedger::new(0).restore_mark(key, (&issuer(), root), mark));

    let most = Demand::Spend {
        amount: i128::MAX.into(),
        max: i128::MAX.into(),
        period: None,
        remember: None,
    };
    let most = Charge {
        demand: most,
        ..one.clone()
    };
    let ledger = restored(&[most.clone(), most.clone(), most, one.clone()]);
    let above = "5.1042355038140769519506191114765231719e38"
        .parse()
        .unwrap();
    assert_eq!(
        ledger.balance(&one.account).unwrap().spent,
        above,
        "rounded up to as many digits as a number has"
    );
    let less = Demand::Spend {
        amount: (-1).into(),
        max: 1.into(),
        period: None,
        remember: None,
    };
    let ledger = restored(&[
        one.clone(),
        Charge {
            demand: less,
            ..one.clone()
        },
    ]);
    assert_eq!(
        ledger.balance(&one.account).unwrap().spent,
        1.into(),
        "nothing is filled up again"
    );
}
