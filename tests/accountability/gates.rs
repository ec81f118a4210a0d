//! Before which calls a gate stands, who may approve there, and how many there may be.

use crate::forging::forge::chain_of;
use crate::forging::story::{
    COMPANY, HELPER, ORCHESTRATOR, after, anchor_with, call_of, child_of, confirmation,
    encoded_limits, encoded_powers, key, root,
};
use crate::stage::*;
use mandatum::chain::{Ceiling, ChainErrorKind};
use mandatum::decide::{Step, Verdict};
use mandatum::denial::DenialPlace;
use mandatum::limits::{ApprovalGate, LimitError, RateLimit, SeparationOfDuty, ToolSet};
use mandatum::powers::{Bound, Range};
use mandatum::primitives::Value;
use mandatum::{
    Action, Budget, Call, Chain, ChainError, Constraint, Delegation, DenialCode, Effect, Limit,
    Seconds, issue,
};

fn gated(gate: ApprovalGate) -> Chain {
    chain([for_payments(gate)], [])
}

/// Whether the gate stands before a call: it is refused without approvals and permitted with them.
fn stands(chain: &Chain, call: &Call) -> bool {
    let words = approvals(chain, call, &[ANNA]);
    assert!(
        decide(chain, call, &context(0).with_approvals(&words)).is_ok(),
        "{}",
        call.action
    );
    match code_and_place(decide(chain, call, &context(0))) {
        None => false,
        refused => {
            assert_eq!(
                refused,
                Some((DenialCode::ApprovalsMissing, DenialPlace::Link(0)))
            );
            true
        }
    }
}

fn paid(amount: impl Into<Value>, effect: Effect) -> Call {
    call_of(
        7,
        Action::new("pay", [("amount", amount.into())], effect).unwrap(),
    )
}

#[test]
fn from_an_effect_on() {
    let effects = [Effect::Read, Effect::Write, Effect::Irreversible];
    for (least, from) in effects.into_iter().enumerate() {
        let chain = gated(gate(1, &[ANNA]).with_effect(from));
        for (effect, stated) in effects.into_iter().enumerate() {
            assert_eq!(
                stands(&chain, &paid(1, stated)),
                effect >= least,
                "{stated} from {from}"
            );
        }
    }
}

/// Only what is shown to be harmless passes by: not what is missing or of another type.
#[test]
fn unless_an_argument_shows_that_it_is_harmless() {
    let up_to = |most: i64| Constraint::between(0.into(), most.into()).unwrap();
    let small = gated(
        gate(1, &[ANNA])
            .with_exemption("amount", up_to(1_000))
            .unwrap(),
    );
    let amount = |amount: &str| paid(Value::Number(amount.parse().unwrap()), Effect::Irreversible);
    for (text, expected) in [
        ("0", false),
        ("1000", false),
        ("1000.000000000000000001", true),
        ("1001", true),
        ("-1", true),
    ] {
        assert_eq!(stands(&small, &amount(text)), expected, "{text}");
    }
    let other_types: [Value; 4] = [
        "1".into(),
        true.into(),
        Value::Null,
        Value::List(vec![1.into()]),
    ];
    for value in other_types {
        assert!(
            stands(&small, &paid(value.clone(), Effect::Irreversible)),
            "{value:?}"
        );
    }
    let without = call_of(
        7,
        Action::new("pay", [("sum", 1)], Effect::Irreversible).unwrap(),
    );
    assert!(stands(&small, &without), "the argument is missing");
    let cased = call_of(
        7,
        Action::new("pay", [("Amount", 1)], Effect::Irreversible).unwrap(),
    );
    assert!(
        stands(&small, &cased),
        "a name that is written otherwise is another"
    );

    let known = gated(
        gate(1, &[ANNA])
            .with_exemption("amount", Constraint::one_of(["small", "tiny"]).unwrap())
            .unwrap(),
    );
    assert!(!stands(&known, &paid("tiny", Effect::Irreversible)));
    assert!(stands(&known, &paid("Tiny", Effect::Irreversible)));
}

/// An exemption is bounded on every side, so that nothing is exempt that nobody had in view, such
/// as −50 000.
#[test]
fn an_exemption_has_both_ends_or_is_a_list() {
    let exempt = |constraint: Constraint| {
        gate(1, &[ANNA])
            .with_exemption("amount", constraint)
            .map(drop)
    };
    let range = |low, high| Constraint::range(Range::new(low, high).unwrap());
    for bounded in [
        Constraint::between(0.into(), 1_000.into()).unwrap(),
        range(
            Some(Bound::Exclusive(0.into())),
            Some(Bound::Exclusive(1_000.into())),
        ),
        Constraint::one_of([-1, 7]).unwrap(),
        Constraint::one_of(["small"]).unwrap(),
    ] {
        assert_eq!(exempt(bounded.clone()), Ok(()), "{bounded}");
    }
    let above = |low| range(Some(Bound::Exclusive(low)), None);
    for (open, expected) in [
        (
            Constraint::at_most(1_000.into()),
            LimitError::ExemptionWithoutLow,
        ),
        (
            range(None, Some(Bound::Exclusive(1_000.into()))),
            LimitError::ExemptionWithoutLow,
        ),
        (range(None, None), LimitError::ExemptionWithoutLow),
        (
            range(Some(Bound::Inclusive(0.into())), None),
            LimitError::ExemptionWithoutHigh,
        ),
        (above(0.into()), LimitError::ExemptionWithoutHigh),
    ] {
        assert_eq!(exempt(open.clone()), Err(expected), "{open}");
    }
    let between = || Constraint::between(0.into(), 1_000.into()).unwrap();
    for other in [
        Constraint::any(),
        Constraint::none_of([50_000]).unwrap(),
        Constraint::pattern("*").unwrap(),
        Constraint::path_under("/drafts").unwrap(),
        Constraint::all_of([between(), Constraint::at_most(9.into())]).unwrap(),
        Constraint::any_of([between(), Constraint::at_most(9.into())]).unwrap(),
        Constraint::each(between()).unwrap(),
    ] {
        assert_eq!(
            exempt(other.clone()),
            Err(LimitError::ExemptionNotListed),
            "{other}"
        );
    }
}

#[test]
fn only_before_the_tools_in_scope() {
    let chain = gated(gate(1, &[ANNA]));
    assert!(stands(&chain, &paid(1, Effect::Read)));
    assert!(!stands(
        &chain,
        &call_of(
            7,
            Action::new("crm.read", [("amount", 1)], Effect::Irreversible).unwrap()
        )
    ));
}

#[test]
fn gates_of_root_and_child_accumulate() {
    let (upper, lower) = (gate(1, &[ANNA, BEN]), gate(2, &[BEN, CLEO]));
    let both = chain([for_payments(upper.clone())], [for_payments(lower.clone())]);
    let call = payment(7, 1);
    let decided = |by: &[u8]| {
        let words = approvals(&both, &call, by);
        code_and_place(decide(&both, &call, &context(0).with_approvals(&words)))
    };
    let missing = |link| Some((DenialCode::ApprovalsMissing, DenialPlace::Link(link)));
    assert_eq!(decided(&[]), missing(0));
    assert_eq!(decided(&[ANNA]), missing(1));
    assert_eq!(decided(&[CLEO]), missing(0));
    assert_eq!(decided(&[ANNA, BEN]), missing(1));
    assert_eq!(decided(&[BEN, CLEO]), None, "Ben's word counts at both");
    assert_eq!(decided(&[ANNA, BEN, CLEO]), None);
    // What is said of each gate is said at its link.
    let words = approvals(&both, &call, &[ANNA]);
    let context = context(0).with_approvals(&words);
    let signed = signed(&both, &call, 0);
    let presentation = mandatum::decide::Presentation {
        call: &call,
        presenter: mandatum::decide::Presenter::Signed(&signed),
    };
    let explained = verifier().explain(&verified(&both), &presentation, &context);
    let gates: Vec<_> = explained
        .checks()
        .iter()
        .filter(|check| matches!(check.step, Step::Gate(_)))
        .map(|check| {
            (
                check.step.clone(),
                check.place,
                matches!(check.verdict, Verdict::Held),
            )
        })
        .collect();
    assert_eq!(
        gates,
        [
            (Step::Gate(upper), DenialPlace::Link(0), true),
            (Step::Gate(lower), DenialPlace::Link(1), false),
        ]
    );
}

/// The least age of two gates binds, each for its own people.
#[test]
fn each_gate_has_its_own_age() {
    let brief = ApprovalGate::new(1, [public(ANNA)], Seconds::new(60)).unwrap();
    let both = chain([for_payments(gate(1, &[ANNA]))], [for_payments(brief)]);
    let call = payment(7, 1);
    let decided = |age: i64| {
        let word = Word {
            at: -age,
            ..Word::on(&both, &call, ANNA)
        }
        .sign();
        decide(&both, &call, &context(0).with_approvals(&[word]))
    };
    assert_eq!(settled(decided(60).unwrap()).valid_until(), after(1));
    assert_eq!(
        code_and_place(decided(61)),
        Some((DenialCode::ApprovalTooOld, DenialPlace::Link(1)))
    );
    assert_eq!(
        code_and_place(decided(601)),
        Some((DenialCode::ApprovalTooOld, DenialPlace::Link(0)))
    );
}

fn own_approver(link: usize) -> ChainError {
    ChainError {
        link,
        kind: ChainErrorKind::OwnApprover,
    }
}

/// Rule 16, minted: the holder of the link that has the gate, and every holder below, is no
/// approver.
#[test]
fn nobody_mints_what_they_approve_themselves() {
    let issued = |approver: u8| {
        let root =
            root_with(|root| root.link.limits = limits([for_payments(gate(1, &[ANNA, approver]))]));
        issue(&anchor_with(Ceiling::Unlimited), root, after(0)).map(drop)
    };
    assert_eq!(issued(ORCHESTRATOR), Err(own_approver(0)));
    assert_eq!(issued(COMPANY), Ok(()), "who issues may approve");

    let delegated = |above: &[Limit], own: &[Limit]| {
        let root = root_with(|root| root.link.limits = limits(above.to_vec()));
        let chain = Chain::from(
            issue(&anchor_with(Ceiling::Unlimited), root, after(0))
                .unwrap()
                .sign(&key(COMPANY))
                .unwrap(),
        );
        let terms = Delegation::new([1; 16], public(HELPER), tools(), after(60))
            .with_limits(limits(own.to_vec()));
        chain.delegate(terms, after(0)).map(drop)
    };
    let by_helper = [for_payments(gate(1, &[ANNA, HELPER]))];
    assert_eq!(delegated(&by_helper, &[]), Err(own_approver(1)));
    assert_eq!(delegated(&[], &by_helper), Err(own_approver(1)));
    // A holder may be asked about what those below it do.
    assert_eq!(
        delegated(&[], &[for_payments(gate(1, &[ORCHESTRATOR]))]),
        Ok(())
    );
}

/// Rule 16, forged: whatever was signed, the verifier refuses it.
#[test]
fn nobody_forges_what_they_approve_themselves() {
    // A gate of Anna's, with another's key in place of hers: the library would not encode a
    // holder's own.
    let with = |approver: u8| {
        let annas = encoded_limits([Limit::approval_gate(gate(1, &[ANNA]))]);
        let (hers, other) = (*public(ANNA).as_bytes(), *public(approver).as_bytes());
        let at = annas.windows(32).position(|bytes| bytes == hers).unwrap();
        [&annas[..at], &other, &annas[at + 32..]].concat()
    };
    let verified = |upper: Option<u8>, lower: Option<u8>| {
        let wide = |forge: crate::forging::forge::Forge| forge.term(0, encoded_powers(tools()));
        let limited = |forge: crate::forging::forge::Forge, approver: Option<u8>| match approver {
            Some(approver) => forge.term(1, with(approver)),
            None => forge,
        };
        let root = limited(wide(root()), upper).token();
        let child = limited(wide(child_of(&root)), lower).token();
        verifier().verify(&chain_of(&[root, child])).map(drop)
    };
    assert_eq!(verified(Some(ANNA), Some(BEN)), Ok(()));
    assert_eq!(verified(Some(HELPER), None), Err(own_approver(1)));
    assert_eq!(verified(None, Some(HELPER)), Err(own_approver(1)));
    assert_eq!(
        verified(None, Some(ORCHESTRATOR)),
        Ok(()),
        "the holder above may approve what those below do"
    );
    let root = root()
        .term(0, encoded_powers(tools()))
        .term(1, with(ANNA))
        .claim(8, confirmation(ANNA))
        .token();
    assert_eq!(
        verifier().verify(&chain_of(&[root])).map(drop),
        Err(own_approver(0))
    );
}

/// Rule 18: what a ledger or people stand behind is counted over all links, of every kind and in
/// every scope.
#[test]
fn at_most_64_meters_stand_on_a_chain() {
    let kinds = |number: usize| {
        let (account, ledger) = (label(&format!("a{number}")), label("main"));
        let groups = ["pay", "crm.*"].map(|tool| ToolSet::new([tool.parse().unwrap()]).unwrap());
        match number % 4 {
            0 => Limit::budget(Budget::calls(account, ledger, 9)),
            1 => Limit::rate_limit(RateLimit::new(account, ledger, 9, Seconds::new(1)).unwrap())
                .with_tools(["pay"])
                .unwrap(),
            2 => Limit::separation_of_duty(SeparationOfDuty::new(account, ledger, groups).unwrap()),
            _ => for_payments(gate(1, &[ANNA])),
        }
    };
    let upper: Vec<Limit> = (0..32).map(kinds).collect();
    let middle: Vec<Limit> = (32..63).map(kinds).collect();
    let above = chain_of_three(&upper, &middle);
    let minted = |lower: &[Limit]| {
        let terms = Delegation::new([3; 16], public(5), tools(), after(60))
            .with_limits(limits(lower.to_vec()));
        above.delegate(terms, after(0))
    };
    let last = [kinds(63)];
    let child = minted(&last).unwrap().sign(&key(HELPER)).unwrap();
    let full = above.extend(child).unwrap();
    assert!(verifier().verify(&full).is_ok());
    let too_many = ChainError {
        link: 2,
        kind: ChainErrorKind::TooManyMeters,
    };
    assert_eq!(
        minted(&[kinds(63), kinds(64)]).map(drop),
        Err(too_many.clone())
    );

    // The same by hand.
    let [root, child] = [
        full.root().as_bytes().to_vec(),
        full.children().next().unwrap().as_bytes().to_vec(),
    ];
    let forged = |lower: Vec<Limit>| {
        let leaf = crate::forging::story::grandchild_of(&child);
        let leaf = leaf
            .term(0, encoded_powers(tools()))
            .term(1, encoded_limits(lower))
            .no_term(2)
            .token();
        verifier()
            .verify(&chain_of(&[root.clone(), child.clone(), leaf]))
            .map(drop)
    };
    assert_eq!(forged(vec![kinds(63)]), Ok(()));
    assert_eq!(forged(vec![kinds(63), kinds(64)]), Err(too_many));
}

/// Root and child with these limits, and room for one more.
fn chain_of_three(upper: &[Limit], lower: &[Limit]) -> Chain {
    let root = root_with(|root| root.link.limits = limits(upper.to_vec()));
    let chain = Chain::from(
        issue(&anchor_with(Ceiling::Unlimited), root, after(0))
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap(),
    );
    let terms = Delegation::new([1; 16], public(HELPER), tools(), after(3_600))
        .with_limits(limits(lower.to_vec()))
        .with_hops(1);
    chain
        .extend(
            chain
                .delegate(terms, after(0))
                .unwrap()
                .sign(&key(ORCHESTRATOR))
                .unwrap(),
        )
        .unwrap()
}

/// A plan knows of gates: what needs a word is not possible without it, and is until it expires.
#[test]
fn a_preview_asks_at_the_gates_as_the_decision_will() {
    let (chain, call) = (gated(gate(1, &[ANNA])), payment(7, 1));
    let preview = |words: &[mandatum::sign::Token<mandatum::claims::Approval>]| {
        verifier().preview(&verified(&chain), &call, &context(0).with_approvals(words))
    };
    assert_eq!(
        code_and_place(preview(&[])),
        Some((DenialCode::ApprovalsMissing, DenialPlace::Link(0)))
    );
    assert_eq!(preview(&approvals(&chain, &call, &[ANNA])), Ok(after(300)));
}
