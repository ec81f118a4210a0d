//! Exclusive groups: who has read does not send.

use crate::support::label;
use crate::till::{EU, Till, US, calls, number, refusal, using};
use mandatum::{Denial, Exclusive, Limit, NotCharged, Permit, ToolPattern, ToolSet, VerifiedChain};
use std::sync::Barrier;

/// Either reading, or sending and paying.
fn either() -> Limit {
    either_on("duty", EU)
}

fn either_on(account: &str, ledger: &str) -> Limit {
    let tools = |tools: &[&str]| ToolSet::new(tools.iter().map(|tool| ToolPattern::new(tool).unwrap())).unwrap();
    let groups = [tools(&["crm.*"]), tools(&["mail.send", "pay.*"])];
    Limit::exclusive(Exclusive::new(label(account), label(ledger), groups).unwrap())
}

fn uses(till: &Till, chain: &VerifiedChain, call: usize, tool: &str) -> Result<Permit, Denial> {
    till.tries(chain, call, &using(tool))
}

fn closed(result: Result<Permit, Denial>) {
    assert_eq!(refusal(result), NotCharged::GroupClosed { account: label("duty") });
}

#[test]
fn the_group_that_was_used_first_closes_the_others_for_good() {
    let orders = [["crm.read", "mail.send", "pay.send"], ["mail.send", "crm.read", "crm.read"]];
    for [first, other, another] in orders {
        let till = Till::new();
        let chain = till.root([either()]);
        assert!(uses(&till, &chain, 0, first).is_ok());
        for (call, tool) in (1..).zip([other, another]) {
            closed(uses(&till, &chain, call, tool));
        }
        for (call, tool) in (10..).zip([first, "notes.add", first]) {
            assert!(uses(&till, &chain, call, tool).is_ok(), "{tool} stays open");
        }
        closed(uses(&till, &chain, 20, other));
    }
}

#[test]
fn tools_of_one_group_go_together() {
    let till = Till::new();
    let chain = till.root([either()]);
    assert!(uses(&till, &chain, 0, "mail.send").is_ok());
    assert!(uses(&till, &chain, 1, "pay.send").is_ok());
}

#[test]
fn it_closes_for_all_descendants_and_for_a_mandate_issued_again_but_not_for_other_accounts() {
    let till = Till::new();
    let root = till.root([either()]);
    let [reader, sender] = [11, 12].map(|to| till.child(&root, [1, to], []));
    assert!(uses(&till, &reader, 0, "crm.read").is_ok());
    closed(uses(&till, &sender, 0, "mail.send"));
    closed(uses(&till, &till.root_numbered(2, [either()]), 0, "mail.send"));
    assert!(uses(&till, &till.root_numbered(3, [either_on("other", EU)]), 0, "mail.send").is_ok());
    let own = [13, 14].map(|to| till.child(&root, [1, to], [either_on(&format!("own-{to}"), EU)]));
    assert!(uses(&till, &own[0], 0, "crm.read").is_ok());
    assert!(uses(&till, &own[1], 0, "crm.read").is_ok());
}

#[test]
fn a_tool_that_only_tried_closes_nothing() {
    let till = Till::new();
    let chain = till.root([either(), calls(0).for_tools(["crm.*"]).unwrap()]);
    assert!(matches!(refusal(uses(&till, &chain, 0, "crm.read")), NotCharged::BudgetExhausted { .. }));
    assert!(uses(&till, &chain, 1, "mail.send").is_ok());
}

/// Work that was given back is given back without its latch: what was read may have been seen.
#[test]
fn a_latch_is_never_given_back() {
    let till = Till::new();
    let chain = till.root([either(), calls(1)]);
    let permit = uses(&till, &chain, 0, "crm.read").unwrap();
    let counted = permit.charges()[1].account;
    till.ledger.close(&permit.cancel());
    assert_eq!(till.ledger.balance(&counted).unwrap().held, number("0"));
    closed(uses(&till, &chain, 1, "mail.send"));
    assert!(uses(&till, &chain, 2, "crm.read").is_ok());
}

/// A ledger that is not known here can't say which group was first, for any tool.
#[test]
fn another_ledgers_latch_denies() {
    let till = Till::new();
    let chain = till.root([either_on("duty", US).for_tools(["crm.*", "mail.*"]).unwrap()]);
    for (call, tool) in (0..).zip(["crm.read", "mail.send"]) {
        assert_eq!(refusal(uses(&till, &chain, call, tool)), NotCharged::LedgerUnknown { ledgers: vec![label(US)] });
    }
    assert!(uses(&till, &chain, 9, "notes.add").is_ok());
}

#[test]
fn of_two_that_run_for_it_one_wins() {
    for round in 0..20 {
        let till = Till::new();
        let chain = till.root([either()]);
        let start = Barrier::new(2);
        let runs = |tool: &'static str, from: usize| {
            start.wait();
            (from..from + 20).filter(|call| uses(&till, &chain, *call, tool).is_ok()).count()
        };
        let (read, sent) = std::thread::scope(|scope| {
            let reader = scope.spawn(|| runs("crm.read", 0));
            (runs("mail.send", 100), reader.join().unwrap())
        });
        assert!([(20, 0), (0, 20)].contains(&(read, sent)), "round {round}: {read} and {sent}");
    }
}
