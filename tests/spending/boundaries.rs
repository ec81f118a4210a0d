//! Budgets at their edges.

use crate::stage::{ISSUER, agent, anchor, root_of, terms, tools};
use crate::support::{COMPANY, LIFETIME, STRANGER, at, label};
use crate::till::{
    EU, LEAD, Till, US, action, all, calls, dollars, exhausted, number, numbered, pays, refusal,
    source, sum, sum_of, using,
};
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::denial::{ChargeError, DenialKind, DenialPlace};
use mandatum::graph::{Merge, MergeError, merge};
use mandatum::limits::{
    ArgumentPath, LimitError, LimitRule, Meter, PerValue, Scope, SeparationOfDuty, Source, Sources,
    ToolSet, Unit,
};
use mandatum::mission::Watches;
use mandatum::powers::ToolPattern;
use mandatum::primitives::{Number, Value};
use mandatum::{Action, Budget, DenialCode, Effect, Life, Limit, Seconds, VerifiedChain, Verifier};

fn in_dollars(max: &str) -> Limit {
    Limit::budget(
        Budget::sum(label("travel"), label(EU), [dollars("amount")], number(max)).unwrap(),
    )
}

fn pays_in(amount: &str, currency: impl Into<Value>) -> Action {
    action(
        "pay.send",
        [
            ("amount", number(amount).into()),
            ("currency", currency.into()),
        ],
    )
}

fn only_unit(unit: &str) -> ChargeError {
    ChargeError::WrongUnit {
        argument: "currency".parse().unwrap(),
        unit: unit.into(),
    }
}

/// One limit, calls that fit, and the one that does not, with its reason.
#[test]
fn each_edge_has_its_verdict() {
    let amount = || "amount".parse::<ArgumentPath>().unwrap();
    let missing = || ChargeError::AmountMissing { argument: amount() };
    let no_number = || ChargeError::AmountNotANumber { argument: amount() };
    let negative = || ChargeError::AmountNegative { argument: amount() };
    let with = |value: Value| action("pay.send", [("amount", value)]);
    let [most, less] = [i128::MAX, i128::MAX - 1].map(|number| Number::from(number).to_string());
    let cases: Vec<(Limit, Vec<Action>, Action, ChargeError)> = vec![
        (calls(0), vec![], using("crm.read"), exhausted("jobs", "0")),
        (
            calls(1),
            vec![using("crm.read")],
            using("crm.read"),
            exhausted("jobs", "0"),
        ),
        (
            calls(2),
            vec![using("crm.read"), pays("9999")],
            pays("0"),
            exhausted("jobs", "0"),
        ),
        // Zero means zero, and nothing is more than zero but not more than what is left.
        (
            sum("0"),
            vec![pays("0"), pays("0")],
            pays("0.000000000000000001"),
            exhausted("travel", "0"),
        ),
        (
            sum("5000"),
            vec![pays("5000.00"), pays("0")],
            pays("0.01"),
            exhausted("travel", "0"),
        ),
        (
            sum("5000"),
            vec![],
            pays("5000.01"),
            exhausted("travel", "5000"),
        ),
        (
            sum("5000"),
            vec![pays("2600")],
            pays("2600"),
            exhausted("travel", "2400"),
        ),
        (
            sum("5000"),
            vec![pays("2600"), pays("2400")],
            pays("1"),
            exhausted("travel", "0"),
        ),
        (
            sum("1"),
            vec![pays("0.1"); 10],
            pays("0.000000000000000001"),
            exhausted("travel", "0"),
        ),
        (
            sum("0.3"),
            vec![pays("0.1"), pays("0.2")],
            pays("0.1"),
            exhausted("travel", "0"),
        ),
        (sum("10"), vec![pays("1")], pays("-1"), negative()),
        (sum("10"), vec![], pays("-0.000000000000000001"), negative()),
        (sum("10"), vec![pays("-0")], using("pay.send"), missing()),
        (
            sum("10"),
            vec![],
            action("pay.send", [("amounts", number("1").into())]),
            missing(),
        ),
        (sum("10"), vec![], with("1".into()), no_number()),
        (sum("10"), vec![], with(Value::Null), no_number()),
        (sum("10"), vec![], with(true.into()), no_number()),
        (
            sum("10"),
            vec![],
            with(Value::List(vec![number("1").into(), "1".into()])),
            no_number(),
        ),
        (
            sum("10"),
            vec![],
            with(vec![number("11"), number("-1")].into()),
            negative(),
        ),
        (
            sum("10"),
            vec![with(vec![number("9"), number("0.5")].into())],
            pays("0.51"),
            exhausted("travel", "0.5"),
        ),
        (
            sum("10"),
            vec![with(Value::List(Vec::new()))],
            pays("10.01"),
            exhausted("travel", "10"),
        ),
        (
            in_dollars("10"),
            vec![pays_in("10", "USD")],
            pays_in("1", "USD"),
            exhausted("travel", "0"),
        ),
        (
            in_dollars("10"),
            vec![],
            pays_in("1", "EUR"),
            only_unit("USD"),
        ),
        (
            in_dollars("10"),
            vec![],
            pays_in("1", "usd"),
            only_unit("USD"),
        ),
        (
            in_dollars("10"),
            vec![],
            pays_in("1", true),
            only_unit("USD"),
        ),
        (in_dollars("10"), vec![], pays("1"), only_unit("USD")),
        (
            in_dollars("10"),
            vec![pays_in("0", "USD")],
            pays_in("0", "EUR"),
            only_unit("USD"),
        ),
        // Sums are exact, whatever the digits that they take.
        (
            sum(&most),
            vec![pays(&most)],
            pays("1"),
            exhausted("travel", "0"),
        ),
        (
            sum(&most),
            vec![pays("1")],
            pays(&most),
            exhausted("travel", &less),
        ),
        (
            sum(&most),
            vec![pays(&less), pays("0.5")],
            pays("0.6"),
            exhausted("travel", "0.5"),
        ),
        // In whatever order a list has them.
        (
            sum(&most),
            vec![],
            with(vec![number(&most), number("0.1")].into()),
            ChargeError::SumOutOfRange,
        ),
        (
            sum(&most),
            vec![],
            with(vec![number("0.1"), number(&most)].into()),
            ChargeError::SumOutOfRange,
        ),
        (
            sum(&most),
            vec![with(
                vec![number("0.5"), number(&less), number("0.5")].into(),
            )],
            pays("1"),
            exhausted("travel", "0"),
        ),
    ];
    for (limit, fitting, not, expected) in cases {
        let till = Till::new();
        let chain = till.root([limit.clone()]);
        for (call, action) in fitting.iter().enumerate() {
            assert!(
                till.tries(&chain, call, action).is_ok(),
                "{limit}: {action}"
            );
        }
        let denial = till.tries(&chain, 99, &not).map(drop).unwrap_err();
        assert_eq!(
            (denial.place(), denial.kind()),
            (DenialPlace::Link(0), denial.code().kind())
        );
        assert_eq!(refusal::<()>(Err(denial)), expected, "{limit}: {not}");
    }
}

/// What cost nothing is charged to an account all the same, so a budget of nothing has an account.
#[test]
fn nothing_is_charged_for_what_is_refused() {
    let till = Till::new();
    let chain = till.root([sum("10"), calls(9)]);
    let account = |index: usize| {
        let permit = till.tries(&chain, 1000 + index, &pays("0")).unwrap();
        permit.charges()[index].account
    };
    let [travel, jobs] = [account(0), account(1)];
    let held = || [travel, jobs].map(|account| till.ledger.balance(&account).unwrap().held);
    assert_eq!(held(), [0.into(), 2.into()]);
    for (call, amount) in [(1, "10.01"), (2, "11"), (3, "99")] {
        assert_eq!(
            refusal(till.tries(&chain, call, &pays(amount))),
            exhausted("travel", "10")
        );
        assert_eq!(held(), [0.into(), 2.into()], "all or none");
    }
}

/// The account that refuses is the second: the first one's charge is not made either, and the mark
/// stays.
#[test]
fn a_call_that_was_refused_can_not_be_tried_again() {
    let till = Till::new();
    let root = till.root([sum("100")]);
    let child = till.child(&root, [LEAD, 11], [sum("5")]);
    let denial = till.tries(&child, 1, &pays("6")).map(drop).unwrap_err();
    assert_eq!(
        (denial.code(), denial.place()),
        (DenialCode::BudgetExhausted, DenialPlace::Link(1))
    );
    let spent = till.tries(&root, 2, &pays("1")).unwrap();
    assert_eq!(
        till.ledger
            .balance(&spent.charges()[0].account)
            .unwrap()
            .held,
        1.into()
    );
    let again = till.tries(&child, 1, &pays("6")).map(drop).unwrap_err();
    assert_eq!(
        (again.code(), again.kind()),
        (DenialCode::AlreadyDecided, DenialKind::Replayed)
    );
    assert!(till.tries(&child, 3, &pays("5")).is_ok());
}

#[test]
fn a_scope_meters_its_own_calls_only() {
    let till = Till::new();
    let chain = till.root([
        sum("10").with_tools(["pay.*"]).unwrap(),
        calls(2).with_tools(["crm.read"]).unwrap(),
    ]);
    assert!(till.tries(&chain, 1, &pays("10")).is_ok());
    assert_eq!(
        refusal(till.tries(&chain, 2, &pays("1"))),
        exhausted("travel", "0")
    );
    for call in 10..15 {
        let permit = till.tries(&chain, call, &using("notes.add")).unwrap();
        assert!(
            permit.charges().is_empty(),
            "out of scope of both, and needs no amount"
        );
    }
    assert!(till.tries(&chain, 20, &using("crm.read")).is_ok());
    assert!(till.tries(&chain, 21, &using("crm.read")).is_ok());
    assert_eq!(
        refusal(till.tries(&chain, 22, &using("crm.read"))),
        exhausted("jobs", "0")
    );
}

#[test]
fn a_ledger_that_is_not_known_here_denies_in_its_scope() {
    let here = Till::new().attached_to(&[US]);
    let nowhere = Till::new().attached_to(&[]);
    let chain = here.root([calls(9).with_tools(["crm.*"]).unwrap()]);
    for till in [here, nowhere] {
        let denial = till
            .tries(&chain, 1, &using("crm.read"))
            .map(drop)
            .unwrap_err();
        assert_eq!(
            denial.public().code,
            "Refused",
            "which ledgers a server has is its own affair"
        );
        assert_eq!(
            refusal::<()>(Err(denial)),
            ChargeError::LedgerUnknown {
                ledgers: vec![label(EU)]
            }
        );
        assert!(till.tries(&chain, 2, &using("notes.add")).is_ok());
        assert_eq!(till.ledger.len(), 1, "what can't be charged is not marked");
    }
}

/// Two servers that share nothing have a line each, and together no more than the whole.
#[test]
fn a_split_budget_is_spent_line_by_line() {
    let budget = sum_of("5000")
        .with_shares([(label(EU), number("3000")), (label(US), number("2000"))])
        .unwrap();
    let [eu, us] = [EU, US].map(|ledger| Till::new().attached_to(&[ledger]));
    let chain = eu.root([Limit::budget(budget.clone())]);
    assert!(eu.tries(&chain, 1, &pays("3000")).is_ok());
    assert_eq!(
        refusal(eu.tries(&chain, 2, &pays("0.01"))),
        exhausted("travel", "0")
    );
    assert_eq!(
        refusal(us.tries(&chain, 1, &pays("2000.01"))),
        exhausted("travel", "2000")
    );
    assert!(us.tries(&chain, 2, &pays("2000")).is_ok());
    let elsewhere = Till::new().attached_to(&["ap-1"]);
    let ledgers = vec![label(EU), label(US)];
    assert_eq!(
        refusal(elsewhere.tries(&chain, 3, &pays("0"))),
        ChargeError::LedgerUnknown { ledgers }
    );
    for lines in [["3000", "2000.01"], ["3000", "1999.99"]] {
        let lines = [(label(EU), number(lines[0])), (label(US), number(lines[1]))];
        let found = lines[0].1.checked_add(lines[1].1).unwrap();
        assert_eq!(
            budget.clone().with_shares(lines),
            Err(LimitError::SharesDiffer { found })
        );
    }
}

/// What counts under one account, and what does not.
#[test]
fn an_account_is_its_ledgers_its_owners_its_name_and_what_it_counts() {
    let summing =
        |name: &str, source| Budget::sum(label(name), label(EU), [source], number("10")).unwrap();
    let budget = |name: &str, argument: &str| summing(name, source(argument));
    let till = Till::new();
    let account = |chain: &VerifiedChain, call: usize| {
        let all = [
            ("amount", number("1").into()),
            ("fee", number("1").into()),
            ("currency", "USD".into()),
        ];
        let permit = till.tries(chain, call, &action("pay.send", all)).unwrap();
        permit.charges().last().unwrap().account
    };
    let root = |number: u8, budget: Budget| till.root_numbered(number, [Limit::budget(budget)]);
    let travel = account(&root(1, budget("travel", "amount")), 1);
    let again = Budget::sum(label("travel"), label(EU), [source("amount")], number("99")).unwrap();
    assert_eq!(
        account(&root(2, again), 2),
        travel,
        "issued again, even with another most"
    );
    let others = [
        root(3, budget("meals", "amount")),
        root(4, budget("travel", "fee")),
        root(5, summing("travel", dollars("amount"))),
        root(6, Budget::calls(label("travel"), label(EU), 10)),
        till.child(
            &till.root_numbered(7, []),
            [LEAD, 11],
            [Limit::budget(budget("travel", "amount"))],
        ),
    ];
    let mut accounts: Vec<_> = (10..)
        .zip(&others)
        .map(|(call, chain)| account(chain, call))
        .collect();
    accounts.push(travel);
    let elsewhere = Till::new().attached_to(&[US]);
    let us = Budget::sum(label("travel"), label(US), [source("amount")], number("10")).unwrap();
    let permit = elsewhere.tries(&root(8, us), 20, &pays("1")).unwrap();
    accounts.push(permit.charges()[0].account);
    let count = accounts.len();
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), count);
}

/// Two companies, one server, one name of an account: two accounts.
#[test]
fn an_issuers_accounts_are_its_own() {
    let others = anchor("https://other.example", STRANGER);
    let verifier = Verifier::new([anchor(ISSUER, COMPANY), others.clone()])
        .unwrap()
        .dangerous_effects_as_stated();
    let till = Till {
        verifier: verifier.dangerous_accept_asserted_up_to(Effect::Write),
        ..Till::new()
    };
    let ours = till.root([sum("10")]);
    let limits = vec![sum("10")];
    let theirs = root_of(
        &others,
        STRANGER,
        &agent(LEAD),
        all(),
        Life::ExpiryOnly,
        limits,
        [2; 16],
    );
    let theirs = till.verifier.verify(&theirs).unwrap();
    assert!(till.tries(&ours, 1, &pays("10")).is_ok());
    assert!(till.tries(&theirs, 2, &pays("10")).is_ok());
    for chain in [&ours, &theirs] {
        assert_eq!(
            refusal(till.tries(chain, 3, &pays("1"))),
            exhausted("travel", "0")
        );
    }
}

/// A call that two limits of one account meter is charged once, under the lesser of the two.
#[test]
fn one_account_is_charged_once_for_a_call_under_the_least_most() {
    let till = Till::new();
    let chain = till.root([sum("10"), sum("4").with_tools(["pay.*"]).unwrap()]);
    let [wide, narrow] = [
        |amount| action("notes.add", [("amount", number(amount).into())]),
        pays,
    ];
    assert!(till.tries(&chain, 1, &wide("3")).is_ok());
    assert_eq!(
        refusal(till.tries(&chain, 2, &narrow("2"))),
        exhausted("travel", "1")
    );
    let permit = till.tries(&chain, 3, &narrow("1")).unwrap();
    assert_eq!(permit.charges().len(), 1);
    assert_eq!(
        till.ledger
            .balance(&permit.charges()[0].account)
            .unwrap()
            .held,
        4.into()
    );
    assert_eq!(
        refusal(till.tries(&chain, 4, &narrow("0.01"))),
        exhausted("travel", "0")
    );
    assert!(till.tries(&chain, 5, &wide("6")).is_ok());
}

/// The link that is told is the one whose most is met.
#[test]
fn the_link_of_the_least_most_is_the_one_that_refuses() {
    let till = Till::new();
    let root = till.root([]);
    let terms = |above: &VerifiedChain, id: u8, most: &str| {
        let limits = mandatum::Limits::new([sum(most)]).unwrap();
        terms(above.chain(), &agent(LEAD), all(), [id; 16])
            .with_limits(limits)
            .with_same_key()
    };
    let upper = till.minted(&root, LEAD, terms(&root, 21, "10"));
    let lower = till.minted(&upper, LEAD, terms(&upper, 22, "4"));
    let denial = till.tries(&lower, 1, &pays("5")).map(drop).unwrap_err();
    assert_eq!(denial.place(), DenialPlace::Link(2));
    assert_eq!(refusal::<()>(Err(denial)), exhausted("travel", "4"));
    let permit = till.tries(&lower, 2, &pays("4")).unwrap();
    assert_eq!(
        permit
            .charges()
            .iter()
            .map(|charge| charge.link)
            .collect::<Vec<_>>(),
        [2]
    );
    let permit = till.tries(&upper, 3, &pays("6")).unwrap();
    assert_eq!(
        permit
            .charges()
            .iter()
            .map(|charge| charge.link)
            .collect::<Vec<_>>(),
        [1]
    );
}

/// Branches with one account each spend from it, and so does what they merge into: nothing is
/// refilled.
#[test]
fn a_merge_point_spends_from_its_branches_accounts() {
    let till = Till::new();
    let root = till.root([]);
    let branches =
        [(11, "5"), (12, "4")].map(|(to, most)| till.child(&root, [LEAD, to], [sum(most)]));
    assert!(till.tries(&branches[0], 1, &pays("2")).is_ok());
    assert!(till.tries(&branches[1], 2, &pays("1")).is_ok());
    assert_eq!(
        refusal(till.tries(&branches[1], 3, &pays("1.01"))),
        exhausted("travel", "1")
    );

    let terms =
        Merge::new([99; 16], agent(13).public(), at(LIFETIME)).with_powers(tools(&["pay.send"]));
    let child = merge(&root, &branches, terms, at(0))
        .unwrap()
        .sign(&agent(LEAD))
        .unwrap();
    let merged = till
        .verifier
        .verify(&root.chain().extend(child).unwrap())
        .unwrap();
    let mut register = mandatum::Register::new(till.verifier.retention(Seconds::minutes(5)));
    for (branch, by) in branches.iter().zip([11, 12]) {
        let by = agent(by);
        let done = TaskEnd::by_holder(
            NoticeHeader::new([1; 16], by.public(), at(0)),
            branch.chain().leaf_id(),
            TaskEnding::Completed,
            at(LIFETIME),
        );
        register
            .apply(
                &done.sign(&by).unwrap().into(),
                &Watches::new(&merged),
                at(0),
            )
            .unwrap();
    }
    let context = mandatum::DecisionContext::new(
        mandatum::ServerContext::new(at(0), till.name.clone()),
        mandatum::Register::none(),
    )
    .with_ledgers(&till.attached);
    let context = context.with_register(&register);
    let tries = |call: usize, amount: &str| {
        let call = numbered(call, &pays(amount));
        till.ledger.settle(
            crate::support::decide(&till.verifier, &merged, &call, &context)?,
            at(0),
        )
    };
    assert_eq!(refusal(tries(4, "1.01")), exhausted("travel", "1"));
    let permit = tries(5, "1").unwrap();
    assert_eq!(permit.charges().len(), 1);
    assert_eq!(
        till.ledger
            .balance(&permit.charges()[0].account)
            .unwrap()
            .held,
        4.into()
    );
}

/// Whoever holds a branch adds a link to it with a limit under the name of an account of the
/// ancestor's holder.
#[test]
fn a_branch_names_no_account_of_the_ancestors_holder_to_merge_into() {
    let till = Till::new();
    let root = till.root([]);
    let branch = till.child(&root, [LEAD, 11], [sum("5")]);
    let below = till.child(&branch, [11, 12], [sum("9000"), calls(7)]);
    let terms =
        || Merge::new([99; 16], agent(13).public(), at(LIFETIME)).with_powers(tools(&["pay.send"]));
    let minted = merge(&root, &[below], terms(), at(0)).unwrap();
    let accounts: Vec<String> = minted
        .claims()
        .link
        .limits
        .iter()
        .filter_map(account)
        .collect();
    let others = |name: &str| format!("{name} of {}", agent(11).public());
    assert_eq!(
        accounts,
        ["travel".to_owned(), others("travel"), others("jobs")]
    );

    let long = Budget::calls(label(&"a".repeat(210)), label(EU), 7);
    let below = till.child(&branch, [11, 12], [Limit::budget(long)]);
    let error = merge(&root, &[below], terms(), at(0)).unwrap_err();
    assert!(matches!(error, MergeError::Account(_)), "{error}");
}

/// The account that a budget is counted under.
fn account(limit: &Limit) -> Option<String> {
    match limit.rule() {
        LimitRule::Budget(budget) => Some(budget.account().to_string()),
        _ => None,
    }
}

#[test]
fn what_is_no_budget_and_what_are_no_groups() {
    let calls_in = |shares: &[(&str, &str)]| {
        let shares = shares
            .iter()
            .map(|(ledger, max)| (label(ledger), number(max)));
        Budget::new(label("jobs"), Meter::Calls, shares).map(drop)
    };
    let sum_in = |argument: &str, max: &str| {
        let source = Source::new(ArgumentPath::new([argument])?);
        Budget::sum(label("jobs"), label(EU), [source], number(max)).map(drop)
    };
    let path = |names: &[&str]| ArgumentPath::new(names.iter().copied()).map(drop);
    let sources = |count: usize| {
        Sources::new((0..count).map(|number| source(&format!("a{number}")))).map(drop)
    };
    let remember = |seconds| PerValue::new("order".parse()?, Seconds::new(seconds)).map(drop);
    let of_tools = |tools: &[&str]| {
        let sources = tools
            .iter()
            .map(|tool| source("amount").with_tool(tool.parse().unwrap()));
        Limit::budget(Budget::sum(label("jobs"), label(EU), sources, 1.into()).unwrap())
    };
    let in_scope = |tools: &[&'static str], scope: &[&'static str]| {
        of_tools(tools).with_tools(scope.iter().copied()).map(drop)
    };
    let ten_years = 316_224_000;
    let (fits, long) = ("a".repeat(128), "a".repeat(129));
    let most = Number::from(i128::MAX).to_string();
    let many: Vec<(String, &str)> = (0..17).map(|ledger| (format!("l-{ledger}"), "1")).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(ledger, max)| (ledger.as_str(), *max))
        .collect();
    let group = |tools: &[&str]| {
        ToolSet::new(tools.iter().map(|tool| ToolPattern::new(tool).unwrap())).unwrap()
    };
    let groups =
        |groups: Vec<ToolSet>| SeparationOfDuty::new(label("duty"), label(EU), groups).map(drop);
    let nine = || {
        (0..9)
            .map(|tool| group(&[&format!("t{tool}.*")]))
            .collect::<Vec<_>>()
    };
    let cases = [
        (calls_in(&[(EU, "0")]), Ok(())),
        (calls_in(&[(EU, "-1")]), Err(LimitError::NegativeBudget)),
        (calls_in(&[(EU, "0.5")]), Err(LimitError::PartsOfCalls)),
        (
            calls_in(&[(EU, "1"), (US, "0.5")]),
            Err(LimitError::PartsOfCalls),
        ),
        (calls_in(&[]), Err(LimitError::Shares { found: 0 })),
        (calls_in(&many[..16]), Ok(())),
        (calls_in(&many), Err(LimitError::Shares { found: 17 })),
        (
            calls_in(&[(EU, "1"), (EU, "2")]),
            Err(LimitError::LedgerTwice),
        ),
        (calls_in(&[(EU, &most), (US, "1")]), Ok(())),
        (sum_in("amount", "-0.01"), Err(LimitError::NegativeBudget)),
        (sum_in(&fits, "0.000000000000000001"), Ok(())),
        (
            sum_in(&long, "1"),
            Err(LimitError::ArgumentName { found: 129 }),
        ),
        (path(&[]), Err(LimitError::PathNames { found: 0 })),
        (path(&["", "a.b", "", "a", "b", "c", "d", &fits]), Ok(())),
        (path(&["a"; 9]), Err(LimitError::PathNames { found: 9 })),
        (
            path(&["a", &long]),
            Err(LimitError::ArgumentName { found: 129 }),
        ),
        (
            "a..b".parse::<ArgumentPath>().map(drop),
            Err(LimitError::PathGrammar),
        ),
        (
            "".parse::<ArgumentPath>().map(drop),
            Err(LimitError::PathGrammar),
        ),
        (
            Unit::new("currency".parse().unwrap(), &fits).map(drop),
            Ok(()),
        ),
        (
            Unit::new("currency".parse().unwrap(), &long).map(drop),
            Err(LimitError::ArgumentName { found: 129 }),
        ),
        (sources(0), Err(LimitError::Sources { found: 0 })),
        (sources(8), Ok(())),
        (sources(9), Err(LimitError::Sources { found: 9 })),
        (Sources::new((0..9).map(|_| source("a"))).map(drop), Ok(())),
        (remember(0), Err(LimitError::Remember)),
        (remember(1), Ok(())),
        (remember(ten_years), Ok(())),
        (remember(ten_years + 1), Err(LimitError::Remember)),
        (in_scope(&["pay.*", "shop"], &["pay.send", "shop"]), Ok(())),
        (
            in_scope(&["pay.*"], &["pay.send", "shop"]),
            Err(LimitError::ToolWithoutSource),
        ),
        (
            in_scope(&["pay.send"], &["pay.*"]),
            Err(LimitError::ToolWithoutSource),
        ),
        (
            Limit::new(Scope::All, of_tools(&["pay.*"]).rule().clone()).map(drop),
            Err(LimitError::ToolWithoutSource),
        ),
        (
            Limit::new(Scope::All, sum("1").rule().clone()).map(drop),
            Ok(()),
        ),
        (
            groups(vec![group(&["crm.*"])]),
            Err(LimitError::Groups { found: 1 }),
        ),
        (groups(nine()[..8].to_vec()), Ok(())),
        (groups(nine()), Err(LimitError::Groups { found: 9 })),
        (
            groups(vec![group(&["crm.*"]), group(&["mail.send", "crm.read"])]),
            Err(LimitError::GroupsOverlap),
        ),
        (
            groups(vec![
                group(&["crm.read"]),
                group(&["mail.*"]),
                group(&["crm.*"]),
            ]),
            Err(LimitError::GroupsOverlap),
        ),
        (groups(vec![group(&["crm"]), group(&["crm.*"])]), Ok(())),
    ];
    for (number, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected, "case {number}");
    }
}

/// The lines of a budget come to what they come to, in whatever order their ledgers are named. A
/// whole that no number can write is no less a budget.
#[test]
fn lines_come_to_a_whole_in_any_order() {
    let (most, half) = (Number::from(i128::MAX - 1), number("0.5"));
    let meter = || Meter::Sum(Sources::new([source("amount")]).unwrap());
    let made = |lines: [Number; 3]| {
        let lines = ["a", "b", "c"].map(label).into_iter().zip(lines);
        Budget::new(label("travel"), meter(), lines).map(|budget| budget.max())
    };
    for lines in [[most, half, half], [half, most, half], [half, half, most]] {
        assert_eq!(made(lines), Ok(i128::MAX.into()), "{lines:?}");
    }
    let least = number("0.000000000000000001");
    for (lines, expected) in [
        (
            [least, number("0.999999999999999999"), 1.into()],
            Ok(2.into()),
        ),
        ([0.into(), 0.into(), 0.into()], Ok(Number::ZERO)),
        ([least, least, least], Ok(number("0.000000000000000003"))),
        ([i128::MAX.into(), 0.into(), 0.into()], Ok(i128::MAX.into())),
        ([most, half, 0.into()], Ok(i128::MAX.into())),
    ] {
        assert_eq!(made(lines), expected, "{lines:?}");
    }
}

#[test]
fn limits_of_several_calls_are_shown_in_the_plural() {
    assert!(
        calls(9).to_string().contains("at most 9 calls in all"),
        "{}",
        calls(9)
    );
    assert!(
        calls(1).to_string().contains("at most 1 call in all"),
        "{}",
        calls(1)
    );
    let rate = |burst| {
        let rate =
            mandatum::limits::RateLimit::new(label("pace"), label(EU), burst, Seconds::new(60))
                .unwrap();
        Limit::rate_limit(rate).to_string()
    };
    assert!(rate(2).contains("at most 2 calls at once"), "{}", rate(2));
    assert!(rate(1).contains("at most 1 call at once"), "{}", rate(1));
}
