//! A refusal is best explained by a call: one that the child would permit and the parent refuses.
//!
//! Candidates are guesses at the edges of what both sides mention; whether one separates them is asked of `permits`
//! itself, so a witness is never wrong.

use super::admits::{Miss, any};
use super::samples::{Candidates, arguments, numbered};
use super::{Action, ArgumentRules, Capability, Gap, Powers, ToolName, ToolPattern};
use crate::ground::bounds::WITNESS_STEPS;
use crate::ground::{Arguments, OutOfWork, Value, Work};
use std::collections::BTreeMap;

/// The gap and a call that shows it. Where none is found although several capabilities of the parent overlap the child's,
/// the gap is that no single one covers it.
pub(super) fn explain(
    parent: &Powers,
    child: &Capability,
    count: impl Fn(&Capability) -> bool,
    gap: Gap,
) -> (Gap, Option<Action>) {
    if matches!(gap, Gap::OutOfWork(_)) {
        return (gap, None);
    }
    let overlapping: Vec<&Capability> = parent
        .capabilities()
        .iter()
        .filter(|capability| count(capability) && capability.tool().meet(child.tool()).is_some())
        .collect();
    let mut work = Work::new(WITNESS_STEPS);
    match search(&overlapping, child, &mut work) {
        Ok(None) if overlapping.len() > 1 => (Gap::NoSingleEntry, None),
        Ok(witness) => (gap, witness),
        Err(OutOfWork) => (gap, None),
    }
}

pub(super) fn search(
    parents: &[&Capability],
    child: &Capability,
    work: &mut Work,
) -> Result<Option<Action>, OutOfWork> {
    let rules: Vec<&ArgumentRules> = parents.iter().map(|parent| parent.arguments()).collect();
    let Candidates { mut first, bare, variations } = arguments(child.arguments(), &rules, work)?;
    for tool in tools(child.tool(), parents, work)? {
        work.spend_len(parents.len())?;
        let refusing: Vec<&Capability> = parents
            .iter()
            .copied()
            .filter(|parent| parent.tool().matches(&tool) && child.effect() <= parent.effect())
            .collect();
        let shows = |named: &BTreeMap<String, Value>, work: &mut Work| {
            let shows = holds(child, named, work)? && !any(&refusing, |parent| holds(parent, named, work))?;
            Ok(if shows { Arguments::new(named.clone()).ok() } else { None })
        };
        let action = |arguments| Action { tool: tool.clone(), arguments, effect: child.effect() };
        for named in [&first, &bare] {
            if let Some(arguments) = shows(named, work)? {
                return Ok(Some(action(arguments)));
            }
        }
        for variation in &variations {
            let before = variation.apply(&mut first, work)?;
            if let Some(arguments) = shows(&first, work)? {
                return Ok(Some(action(arguments)));
            }
            variation.undo(&mut first, before);
        }
    }
    Ok(None)
}

/// Whether a capability, whose tool and effect are right, permits these arguments.
fn holds(capability: &Capability, named: &BTreeMap<String, Value>, work: &mut Work) -> Result<bool, OutOfWork> {
    match capability.arguments().permit(named, work) {
        Ok(()) => Ok(true),
        Err(Miss::OutOfWork(out)) => Err(out),
        Err(_) => Ok(false),
    }
}

/// Tools that the child means: its own name; or of its family one that no parent means which does not mean all of it, and
/// those that parents name.
fn tools(child: &ToolPattern, parents: &[&Capability], work: &mut Work) -> Result<Vec<ToolName>, OutOfWork> {
    let member = |family: &ToolName, segment: &str| ToolName::new(&format!("{family}.{segment}")).ok();
    let family = match child {
        ToolPattern::Exact(tool) => return Ok(vec![tool.clone()]),
        ToolPattern::Family(family) => family,
    };
    let within: Vec<&ToolPattern> =
        parents.iter().map(|parent| parent.tool()).filter(|tool| !tool.covers(child)).collect();
    let mut tools: Vec<ToolName> = within
        .iter()
        .filter_map(|parent| match parent {
            ToolPattern::Exact(tool) => Some(tool.clone()),
            ToolPattern::Family(below) => member(below, "x"),
        })
        .collect();
    for tool in numbered("x").take(within.len().saturating_add(1)).filter_map(|segment| member(family, &segment)) {
        work.spend_len(within.len())?;
        if !within.iter().any(|parent| parent.matches(&tool)) {
            tools.insert(0, tool);
            break;
        }
    }
    tools.retain(|tool| child.matches(tool));
    Ok(tools)
}
