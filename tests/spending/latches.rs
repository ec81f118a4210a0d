//! Exclusive groups: who has read does not send.

use crate::support::label;
use crate::till::{EU, Till, US, calls, number, refusal, using};
use mandatum::denial::ChargeError;
use mandatum::limits::{LimitError, LimitRule, Scope, SeparationOfDuty, ToolSet};
use mandatum::powers::ToolPattern;
use mandatum::{Denial, Limit, Permit, VerifiedChain};
use std::sync::Barrier;

/// Either reading, or sending and paying.
fn either() -> Limit {
    either_on("duty", EU)
}

fn either_on(account: &str, ledger: &str) -> Limit {
    let tools = |tools: &[&str]| {
        ToolSet::new(tools.iter().map(|tool| ToolPattern::new(tool).unwrap())).unwrap()
    };
    let groups = [tools(&["crm.*"]), tools(&["mail.send", "pay.*"])];
    Limit::separation_of_duty(SeparationOfDuty::new(label(account), label(ledger), groups).unwrap())
}

fn uses(till: &Till, chain: &VerifiedChain, call: usize, tool: &str) -> Result<Permit, Denial> {
    till.tries(chain, call, &using(tool))
}

fn closed(result: Result<Permit, Denial>) {
    assert_eq!(
        refusal(result),
        ChargeError::GroupClosed {
            account: label("duty")
        }
    );
}

#[test]
fn the_group_that_was_used_first_closes_the_others_for_good() {
    let orders = [
        ["crm.read", "mail.send", "pay.send"],
        ["mail.send", "crm.read", "crm.read"],
    ];
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
    closed(uses(
        &till,
        &till.root_numbered(2, [either()]),
        0,
        "mail.send",
    ));
    assert!(
        uses(
            &till,
            &till.root_numbered(3, [either_on("other", EU)]),
            0,
            "mail.send"
        )
        .is_ok()
    );
    let own = [13, 14].map(|to| till.child(&root, [1, to], [either_on(&format!("own-{to}"), EU)]));
    assert!(uses(&till, &own[0], 0, "crm.read").is_ok());
    assert!(uses(&till, &own[1], 0, "crm.read").is_ok());
}

#[test]
fn a_tool_that_only_tried_closes_nothing() {
    let till = Till::new();
    let chain = till.root([either(), calls(0).with_tools(["crm.*"]).unwrap()]);
    assert!(matches!(
        refusal(uses(&till, &chain, 0, "crm.read")),
        ChargeError::BudgetExhausted { .. }
    ));
    assert!(uses(&till, &chain, 1, "mail.send").is_ok());
}

/// Groups are part of the account, so other groups begin anew: a limit that must last is issued
/// again as it was.
#[test]
fn other_groups_begin_anew() {
    let till = Till::new();
    let tools = |tools: &[&str]| {
        ToolSet::new(tools.iter().map(|tool| ToolPattern::new(tool).unwrap())).unwrap()
    };
    assert!(uses(&till, &till.root([either()]), 0, "crm.read").is_ok());
    closed(uses(
        &till,
        &till.root_numbered(2, [either()]),
        0,
        "mail.send",
    ));
    let others = [
        [tools(&["crm.*"]), tools(&["mail.send", "notes.*", "pay.*"])],
        [tools(&["mail.send", "pay.*"]), tools(&["crm.*"])],
    ];
    for (number, groups) in (3..).zip(others) {
        let anew = Limit::separation_of_duty(
            SeparationOfDuty::new(label("duty"), label(EU), groups).unwrap(),
        );
        assert!(uses(&till, &till.root_numbered(number, [anew]), 0, "mail.send").is_ok());
    }
}

/// Work that was given back is given back without its latch: what was read may have been seen.
#[test]
fn a_latch_is_never_given_back() {
    let till = Till::new();
    let chain = till.root([either(), calls(1)]);
    let permit = uses(&till, &chain, 0, "crm.read").unwrap();
    let counted = permit.charges()[1].account;
    till.closes(&permit.cancel());
    assert_eq!(till.ledger.balance(&counted).unwrap().held, number("0"));
    closed(uses(&till, &chain, 1, "mail.send"));
    assert!(uses(&till, &chain, 2, "crm.read").is_ok());
}

/// A ledger that is not known here can't say which group was first, for any tool of a group; the
/// others stay open.
#[test]
fn another_ledgers_latch_denies() {
    let till = Till::new();
    let chain = till.root([either_on("duty", US)]);
    for (call, tool) in (0..).zip(["crm.read", "mail.send"]) {
        assert_eq!(
            refusal(uses(&till, &chain, call, tool)),
            ChargeError::LedgerUnknown {
                ledgers: vec![label(US)]
            }
        );
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
            (from..from + 20)
                .filter(|call| uses(&till, &chain, *call, tool).is_ok())
                .count()
        };
        let (read, sent) = std::thread::scope(|scope| {
            let reader = scope.spawn(|| runs("crm.read", 0));
            (runs("mail.send", 100), reader.join().unwrap())
        });
        assert!(
            [(20, 0), (0, 20)].contains(&(read, sent)),
            "round {round}: {read} and {sent}"
        );
    }
}

/// Patterns that cover each other in every way, and tools that are named like the prefix of a
/// family.
fn nested() -> [ToolPattern; 13] {
    let names = [
        "a", "a*", "a.", "a.*", "a.b", "a.b.*", "a.b.c", "a-b", "a-b.*", "a-b.c", "ab", "ab.c",
        "b.*",
    ];
    names.map(|name| ToolPattern::new(name).unwrap())
}

fn pairs(patterns: &[ToolPattern]) -> Vec<Vec<&ToolPattern>> {
    let beside = patterns.iter().enumerate();
    beside
        .flat_map(|(at, one)| patterns[at..].iter().map(move |other| vec![one, other]))
        .collect()
}

/// Groups that have a tool in common are refused, in whatever order and beside whatever else they
/// name it.
#[test]
fn groups_have_no_tool_in_common() {
    let patterns = nested();
    let sets = pairs(&patterns);
    let (mut apart, mut overlapping) = (0, 0);
    for one in &sets {
        for other in &sets {
            let meets = |a: &ToolPattern| other.iter().any(|b| a.covers(b) || b.covers(a));
            let common = one.iter().any(|tool| meets(tool));
            let set = |tools: &[&ToolPattern]| {
                ToolSet::new(tools.iter().map(|tool| (*tool).clone())).unwrap()
            };
            let made =
                SeparationOfDuty::new(label("duty"), label(EU), [set(one), set(other)]).map(drop);
            let expected = if common {
                Err(LimitError::GroupsOverlap)
            } else {
                Ok(())
            };
            assert_eq!(made, expected, "{one:?} and {other:?}");
            *if common { &mut overlapping } else { &mut apart } += 1;
        }
    }
    assert!(apart > 500 && overlapping > 500, "{apart}, {overlapping}");
}

/// Whatever the scope and the groups are, each tool of a group is covered by one of the scope.
#[test]
fn a_scope_has_every_tool_of_every_group_or_leaves_out_the_first_that_it_has_not() {
    let patterns = nested();
    let set =
        |tools: &[&ToolPattern]| ToolSet::new(tools.iter().map(|tool| (*tool).clone())).unwrap();
    let mut outcomes = [0, 0, 0];
    for groups in pairs(&patterns) {
        let groups = [set(&groups[..1]), set(&groups[1..])];
        let Ok(exclusive) = SeparationOfDuty::new(label("duty"), label(EU), groups.clone()) else {
            continue;
        };
        for scope in pairs(&patterns) {
            let has = |group: &ToolSet| {
                group
                    .iter()
                    .all(|tool| scope.iter().any(|known| known.covers(tool)))
            };
            let out = groups.iter().position(|group| !has(group));
            let made = Limit::new(
                Scope::Tools(set(&scope)),
                LimitRule::SeparationOfDuty(exclusive.clone()),
            )
            .map(drop);
            let expected = out.map_or(Ok(()), |group| Err(LimitError::GroupOutOfScope { group }));
            assert_eq!(made, expected, "{groups:?} in {scope:?}");
            outcomes[out.map_or(2, |group| group)] += 1;
        }
    }
    assert!(outcomes.iter().all(|count| *count > 50), "{outcomes:?}");
}

/// A use that is out of scope would not be seen, so it would exclude nothing.
#[test]
fn groups_are_kept_apart_in_a_scope_that_has_them_all() {
    let outside = |group| Err(LimitError::GroupOutOfScope { group });
    for (tools, expected) in [
        (&["crm.*", "mail.send", "pay.*"][..], Ok(())),
        (&["crm.*", "mail.*", "pay.*", "other"], Ok(())),
        (&["mail.send", "pay.*"], outside(0)),
        (&["crm.*"], outside(1)),
        (&["crm.*", "pay.*"], outside(1)),
        (&["crm.read", "mail.send", "pay.*"], outside(0)),
        (&["crm.*", "mail.send", "pay.one"], outside(1)),
    ] {
        let made = either().with_tools(tools.iter().copied());
        assert_eq!(
            made.as_ref().map(drop).map_err(|error| *error),
            expected,
            "{tools:?}"
        );
        let scope = made.as_ref().map(|limit| limit.scope().clone());
        // The other way round too: the scope first and then the groups.
        let tools = ToolSet::new(tools.iter().map(|tool| ToolPattern::new(tool).unwrap())).unwrap();
        let other = Limit::new(Scope::Tools(tools), either().rule().clone())
            .map(|limit| limit.scope().clone());
        assert_eq!(other, scope.map_err(|error| *error));
    }
}
