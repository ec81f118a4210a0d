//! Reading powers and limits from bytes, whose steps are the bytes: strangers are read too.

use super::dice::Dice;
use super::hostile::constraint;
use super::{Took, work_bound};
use crate::codec::{Reader, Writer, read_limits, read_powers, write_limits, write_powers};
use crate::ground::tally::counted;
use crate::limits::{Budget, Exclusive, Limit, LimitRule, Limits, Scope, Source, ToolSet};
use crate::powers::{Capability, Effect, Powers, ToolPattern};

#[test]
fn work_bound_of_reading_powers_from_bytes() {
    work_bound("decoding", |dice| {
        let capability = |constraint| Capability::new("a", Effect::Read).unwrap().require("x", constraint).unwrap();
        let powers = Powers::new((0..dice.size(4)).map(|_| capability(constraint(dice, 3)))).unwrap();
        let mut w = Writer::new();
        write_powers(&mut w, &powers);
        let bytes = w.into_bytes();
        let (read, operations) = counted(|| read_powers(&mut Reader::new(&bytes)));
        assert_eq!(read.as_ref(), Ok(&powers));
        Took { operations, steps: bytes.len() as u64 }
    });
}

/// So many patterns, of which the last in every order covers all: names that are long alike.
fn scope(dice: &mut Dice<'_>, prefix: &str) -> Scope {
    let others = (0..dice.below(32)).map(|number| format!("{prefix}.{}{number}", "a".repeat(dice.below(20))));
    let tools: Vec<String> = others.chain([format!("{prefix}*")]).collect();
    Scope::Tools(ToolSet::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap())
}

/// Groups, or the sources of a budget, that are all in scope.
fn limit(dice: &mut Dice<'_>) -> Option<Limit> {
    let prefix = "z".repeat(dice.size(90));
    let mut number = 0;
    let mut tool = || {
        number += 1;
        format!("{prefix}{number}").parse::<ToolPattern>().unwrap()
    };
    let (account, ledger) = ("a".parse().unwrap(), "l".parse().unwrap());
    let rule = if dice.below(4) > 0 {
        let groups = (0..2 + dice.below(7)).map(|_| ToolSet::new((0..1 + dice.below(32)).map(|_| tool())).unwrap());
        LimitRule::Exclusive(Exclusive::new(account, ledger, groups.collect::<Vec<_>>()).unwrap())
    } else {
        let path = || "x".parse().unwrap();
        let sources: Vec<Source> = (0..1 + dice.below(7)).map(|_| Source::new(path()).with_tool(tool())).collect();
        let sources = sources.into_iter().chain([Source::new(path())]);
        LimitRule::Budget(Budget::sum(account, ledger, sources, 1.into()).unwrap())
    };
    Limit::new(scope(dice, &prefix), rule).ok()
}

#[test]
fn work_bound_of_reading_limits_from_bytes() {
    work_bound("decoding limits", |dice| {
        let limits =
            Limits::new((0..1 + dice.below(4)).filter_map(|_| limit(dice)).collect::<std::collections::HashSet<_>>());
        let limits = limits.unwrap();
        let mut w = Writer::new();
        write_limits(&mut w, &limits);
        let bytes = w.into_bytes();
        let (read, operations) = counted(|| read_limits(&mut Reader::new(&bytes)));
        assert_eq!(read.as_ref(), Ok(&limits));
        Took { operations, steps: bytes.len() as u64 }
    });
}
