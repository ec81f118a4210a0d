//! What begins anew when mandates are issued again, re-bound, merged or answered, and what does
//! not: each sentence of the section on [`mandatum::MemoryLedger`] is a test.

use crate::stage::{agent, tools};
use crate::support::{LIFETIME, at, label};
use crate::till::{
    EU, LEAD, Till, US, all, calls, exhausted, number, numbered, pays, refusal, source, sum, using,
};
use mandatum::denial::{AccessRequest, ChargeError};
use mandatum::graph::{Merge, merge};
use mandatum::limits::{RateLimit, SeparationOfDuty, ToolSet};
use mandatum::mission::{rebind_leaf, rebind_root};
use mandatum::primitives::AccountId;
use mandatum::{Budget, Limit, Permit, Register, Seconds, VerifiedChain};

/// An agent of each place in a chain, and who replaces it.
const HELPER: usize = 11;
const INTERN: usize = 12;
const NEW: usize = 21;

fn rate(burst: u32, per: u64) -> Limit {
    Limit::rate_limit(RateLimit::new(label("pace"), label(EU), burst, Seconds::new(per)).unwrap())
}

fn either(groups: [&[&str]; 2]) -> Limit {
    let tools =
        |tools: &[&str]| ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap();
    Limit::separation_of_duty(
        SeparationOfDuty::new(label("duty"), label(EU), groups.map(tools)).unwrap(),
    )
}

/// Every kind of limit that is counted.
fn counted() -> [Limit; 3] {
    [
        sum("10"),
        rate(1, 3_600),
        either([&["pay.*"], &["mail.send"]]),
    ]
}

/// Pays three, as the call of this number.
fn pays_three(till: &Till, chain: &VerifiedChain, call: usize) -> Result<Permit, ChargeError> {
    till.asks(chain, &numbered(call, &pays("3")), at(0))
        .map_err(|denial| refusal(Err::<(), _>(denial)))
}

fn accounts(permit: &Permit) -> Vec<AccountId> {
    permit
        .charges()
        .iter()
        .map(|charge| charge.account)
        .collect()
}

/// The accounts of what is left of a chain's counted limits; what they have spent stays out of it.
fn accounts_of(till: &Till, chain: &VerifiedChain) -> Vec<AccountId> {
    let unsettled = till
        .decides(chain, &numbered(99, &pays("3")), at(0))
        .unwrap();
    unsettled
        .charges()
        .charges()
        .iter()
        .map(|charge| charge.account)
        .collect()
}

fn too_fast() -> ChargeError {
    ChargeError::RateExceeded {
        account: label("pace"),
        until: at(3_600),
    }
}

/// The lead's mandate, below it the helper's, below it the intern's.
fn below(
    till: &Till,
    root: &VerifiedChain,
    helper: usize,
    limits: [Vec<Limit>; 2],
) -> [VerifiedChain; 2] {
    let lead = if root.chain().leaf().holder.key == agent(LEAD).public() {
        LEAD
    } else {
        NEW
    };
    let [of_helper, of_intern] = limits;
    let helpers = till.child(root, [lead, helper], of_helper);
    let interns = till.child(&helpers, [helper, INTERN], of_intern);
    [helpers, interns]
}

/// The helper's mandate re-bound to a new key.
fn rebound(till: &Till, chain: &VerifiedChain) -> VerifiedChain {
    let new = rebind_leaf(
        chain,
        agent(NEW).public(),
        [77; 16],
        Register::none(),
        at(0),
    )
    .unwrap();
    let above = chain.chain().parent().unwrap();
    till.verifier
        .verify(&above.extend(new.sign(&agent(LEAD)).unwrap()).unwrap())
        .unwrap()
}

#[test]
fn a_plain_re_issue_continues_every_account() {
    let till = Till::new();
    let first = till.root_numbered(1, counted());
    let again = till.root_numbered(2, counted());
    let permit = pays_three(&till, &first, 1).unwrap();
    assert_eq!(accounts(&permit), accounts_of(&till, &again));
    assert_eq!(pays_three(&till, &again, 2).map(drop), Err(too_fast()));
    let rest = till.root_numbered(3, [sum("10")]);
    assert!(till.tries(&rest, 3, &pays("7")).is_ok());
    assert_eq!(
        refusal(till.tries(&rest, 4, &pays("0.01"))),
        exhausted("travel", "0")
    );
    let latched = till.root_numbered(4, [either([&["pay.*"], &["mail.send"]])]);
    assert!(matches!(
        refusal(till.tries(&latched, 5, &using("mail.send"))),
        ChargeError::GroupClosed { .. }
    ));
}

#[test]
fn a_budget_with_another_maximum_continues() {
    let till = Till::new();
    assert!(pays_three(&till, &till.root_numbered(1, [sum("10")]), 1).is_ok());
    assert_eq!(
        refusal(till.tries(&till.root_numbered(2, [sum("4")]), 2, &pays("2"))),
        exhausted("travel", "1")
    );
    assert!(
        till.tries(&till.root_numbered(3, [sum("20")]), 3, &pays("17"))
            .is_ok()
    );
}

#[test]
fn a_rate_with_other_terms_and_other_groups_begin_anew() {
    let till = Till::new();
    let first = till.root_numbered(1, counted());
    let permit = pays_three(&till, &first, 1).unwrap();
    let other = till.root_numbered(2, [rate(2, 3_600), either([&["mail.send"], &["pay.*"]])]);
    assert!(
        accounts_of(&till, &other)
            .iter()
            .all(|account| !accounts(&permit).contains(account))
    );
    assert!(
        till.tries(&other, 2, &using("mail.send")).is_ok(),
        "another order of groups is another account"
    );
}

/// What a budget counts is its own: another argument, another unit, calls instead of amounts,
/// another ledger, another name.
#[test]
fn a_budget_that_counts_something_else_begins_anew() {
    let till = Till::new().attached_to(&[EU, US]);
    let permit = pays_three(&till, &till.root_numbered(1, [sum("10")]), 1).unwrap();
    let of = |budget: Budget| Limit::budget(budget);
    let others = [
        of(Budget::calls(label("travel"), label(EU), 10)),
        of(Budget::sum(label("hotels"), label(EU), [source("amount")], number("10")).unwrap()),
        of(Budget::sum(label("travel"), label(US), [source("amount")], number("10")).unwrap()),
    ];
    for (id, other) in (2..).zip(others) {
        assert_ne!(
            accounts_of(&till, &till.root_numbered(id, [other])),
            accounts(&permit)
        );
    }
}

#[test]
fn the_limits_of_a_mandate_that_is_re_bound_continue() {
    let till = Till::new();
    let [helpers, _] = below(&till, &till.root([]), HELPER, [counted().to_vec(), vec![]]);
    let permit = pays_three(&till, &helpers, 1).unwrap();
    let replaced = rebound(&till, &helpers);
    assert_eq!(accounts_of(&till, &replaced), accounts(&permit));
    assert_eq!(pays_three(&till, &replaced, 2).map(drop), Err(too_fast()));
}

#[test]
fn the_limits_that_a_re_bound_holder_sets_below_begin_anew() {
    let till = Till::new();
    let [helpers, interns] = below(&till, &till.root([]), HELPER, [vec![], counted().to_vec()]);
    let permit = pays_three(&till, &interns, 1).unwrap();
    let replaced = till.child(&rebound(&till, &helpers), [NEW, INTERN], counted());
    assert!(
        accounts_of(&till, &replaced)
            .iter()
            .all(|account| !accounts(&permit).contains(account))
    );
    assert!(pays_three(&till, &replaced, 2).is_ok());
}

/// Of a root that is re-bound its own limits continue, those that its holder sets begin anew, and
/// those further below continue: the key of whoever set them is the same.
#[test]
fn of_a_root_that_is_re_bound_only_what_its_holder_sets_begins_anew() {
    let till = Till::new();
    let root = till.root([sum("100")]);
    let pace = vec![rate(9, 3_600)];
    let [_, interns] = below(&till, &root, HELPER, [vec![calls(9)], pace.clone()]);
    let before = accounts(&pays_three(&till, &interns, 1).unwrap());

    let issued = rebind_root(
        &root,
        agent(NEW).public(),
        [78; 16],
        Register::none(),
        at(0),
    )
    .unwrap();
    let company = crate::support::key(crate::support::COMPANY);
    let replaced = till
        .verifier
        .verify(&issued.sign(&company).unwrap().into())
        .unwrap();
    let [_, interns] = below(&till, &replaced, HELPER, [vec![calls(9)], pace]);
    let after = accounts(&pays_three(&till, &interns, 2).unwrap());
    let continues: Vec<bool> = before
        .iter()
        .zip(&after)
        .map(|(before, after)| before == after)
        .collect();
    assert_eq!(
        continues,
        [true, false, true],
        "of the root, of its holder, of the helper"
    );
}

#[test]
fn merging_continues_what_the_one_who_merges_set_and_renames_the_rest() {
    let till = Till::new();
    let root = till.root([]);
    let [helpers, interns] = below(&till, &root, HELPER, [vec![sum("10")], vec![calls(9)]]);
    let before = accounts(&pays_three(&till, &interns, 1).unwrap());
    let terms =
        Merge::new([99; 16], agent(13).public(), at(LIFETIME)).with_powers(tools(&["pay.send"]));
    let child = merge(&root, &[interns, helpers], terms, at(0))
        .unwrap()
        .sign(&agent(LEAD))
        .unwrap();
    let limits: Vec<String> = child
        .claims()
        .link
        .limits
        .iter()
        .filter_map(account)
        .collect();
    assert_eq!(
        limits,
        [
            "travel".to_owned(),
            format!("jobs of {}", agent(HELPER).public())
        ]
    );
    let merged = till
        .verifier
        .verify(&root.chain().extend(child).unwrap())
        .unwrap();
    // The branches are not done, so the call is only asked about its accounts below a mandate with
    // the same limits.
    let like = till.child(
        &root,
        [LEAD, 14],
        merged
            .chain()
            .leaf()
            .limits
            .iter()
            .filter(|limit| account(limit).is_some())
            .cloned(),
    );
    let after = accounts_of(&till, &like);
    assert_eq!(
        (after[0] == before[0], after[1] == before[1]),
        (true, false)
    );
}

#[test]
fn an_answer_continues_what_the_one_who_answers_set_and_renames_the_rest() {
    let till = Till::new();
    let root = till.root([]);
    let [_, interns] = below(&till, &root, HELPER, [vec![sum("10")], vec![calls(9)]]);
    let before = accounts(&pays_three(&till, &interns, 1).unwrap());
    let request = AccessRequest {
        mandate: interns.chain().leaf_id(),
        holder: interns.chain().leaf().holder.clone(),
        task: interns.tasks().last().unwrap().clone(),
        powers: all(),
    };
    let terms = request
        .delegation(
            root.chain(),
            &interns,
            Register::none(),
            [55; 16],
            at(0),
            at(LIFETIME),
        )
        .unwrap();
    let answered = till.minted(&root, LEAD, terms);
    let names: Vec<String> = answered
        .chain()
        .leaf()
        .limits
        .iter()
        .filter_map(account)
        .collect();
    assert_eq!(
        names,
        [
            "travel".to_owned(),
            format!("jobs of {}", agent(HELPER).public())
        ]
    );
    let after = accounts_of(&till, &answered);
    assert_eq!(
        (after[0] == before[0], after[1] == before[1]),
        (true, false)
    );
}

/// What must last stands on the root: whatever happens to the keys below, it is the same account.
#[test]
fn what_stands_on_the_root_lasts() {
    let till = Till::new();
    let root = till.root([sum("10")]);
    let [helpers, _] = below(&till, &root, HELPER, [vec![], vec![]]);
    let mut chains = vec![rebound(&till, &helpers), till.root_numbered(2, [sum("10")])];
    let issued = rebind_root(
        &root,
        agent(NEW).public(),
        [78; 16],
        Register::none(),
        at(0),
    )
    .unwrap();
    let company = crate::support::key(crate::support::COMPANY);
    chains.push(
        till.verifier
            .verify(&issued.sign(&company).unwrap().into())
            .unwrap(),
    );
    assert!(pays_three(&till, &helpers, 1).is_ok());
    for (call, (chain, left)) in (2..).zip(chains.iter().zip(["7", "4", "1"])) {
        assert_eq!(
            refusal(till.tries(chain, call + 10, &pays("9"))),
            exhausted("travel", left)
        );
        if left != "1" {
            assert!(pays_three(&till, chain, call).is_ok());
        }
    }
}

/// No link names an account of another issuer, or of a minter with another key.
#[test]
fn no_link_names_an_account_of_another_key() {
    let till = Till::new();
    let root = till.root([sum("10")]);
    let of_root = accounts(&pays_three(&till, &root, 1).unwrap())[0];
    let [helpers, interns] = below(&till, &root, HELPER, [vec![sum("10")], vec![sum("10")]]);
    let found = accounts(&pays_three(&till, &interns, 2).unwrap());
    assert_eq!(found[0], of_root);
    assert_ne!(found[1], of_root);
    assert_ne!(found[2], found[1], "the helper's is not the lead's");
    let other_helper = till.child(&root, [LEAD, 15], [sum("10")]);
    assert_eq!(
        accounts_of(&till, &other_helper)[1],
        found[1],
        "the lead's is the lead's, whoever it limits"
    );
    let renamed = Budget::sum(
        label(&format!("travel of {}", agent(HELPER).public())),
        label(EU),
        [source("amount")],
        number("1"),
    );
    let posing = till.child(&helpers, [HELPER, 16], [Limit::budget(renamed.unwrap())]);
    assert!(
        !found.contains(&accounts_of(&till, &posing)[2]),
        "a name is no key"
    );
}

/// The account that a budget is counted under.
fn account(limit: &Limit) -> Option<String> {
    match limit.rule() {
        mandatum::limits::LimitRule::Budget(budget) => Some(budget.account().to_string()),
        _ => None,
    }
}
