//! The search for a witness: a call that the child permits and the parent refuses.
//!
//! Candidates are guesses at the edges of the values that both sides mention. Each is checked by
//! the function that decides calls, so a witness is never wrong. A search that finds none proves
//! nothing.

use super::samples::{Candidates, arguments};
use crate::powers::action::Action;
use crate::powers::algebra::admits::{Miss, any, arguments_permit};
use crate::powers::algebra::cost::PLACE;
use crate::powers::algebra::covers::CoverageGap;
use crate::powers::arguments::ArgumentRules;
use crate::powers::capability::Capability;
use crate::powers::powers::Powers;
use crate::powers::tool::{ToolName, ToolPattern, ToolPrefix};
use crate::primitives::bounds::WITNESS_STEPS;
use crate::primitives::{Arguments, OutOfWork, Value, Work};
use std::collections::BTreeMap;

/// Returns the gap and a call that shows it. If none is found although several capabilities of the
/// parent overlap the child's, the gap is that no single one covers it.
pub(crate) fn explain(
    parent: &Powers,
    child: &Capability,
    count: impl Fn(&Capability) -> bool,
    gap: CoverageGap,
) -> (CoverageGap, Option<Action>) {
    if matches!(gap, CoverageGap::OutOfWork(_)) {
        return (gap, None);
    }
    let overlapping: Vec<&Capability> = parent
        .capabilities()
        .iter()
        .filter(|capability| count(capability) && capability.tool().meet(child.tool()).is_some())
        .collect();
    // A budget of its own: the refusal is decided, and explaining it must not depend on what is
    // left.
    let mut work = Work::new(WITNESS_STEPS);
    match search(&overlapping, child, &mut work) {
        Ok(None) if overlapping.len() > 1 => (CoverageGap::NoSingleEntry, None),
        Ok(witness) => (gap, witness),
        Err(OutOfWork) => (gap, None),
    }
}

/// Searches for a call that the child permits and none of the parents does.
pub(in crate::powers) fn search(
    parents: &[&Capability],
    child: &Capability,
    work: &mut Work,
) -> Result<Option<Action>, OutOfWork> {
    let rules: Vec<&ArgumentRules> = parents.iter().map(|parent| parent.arguments()).collect();
    let Candidates {
        mut first,
        bare,
        variations,
    } = arguments(child.arguments(), &rules, work)?;
    for tool in tools(child.tool(), parents, work)? {
        work.spend_len(parents.len())?;
        // Parents for another tool or a lower effect refuse the call anyway.
        let relevant: Vec<&Capability> = parents
            .iter()
            .copied()
            .filter(|parent| parent.tool().matches(&tool) && child.effect() <= parent.effect())
            .collect();
        let shows = |named: &BTreeMap<String, Value>, work: &mut Work| {
            let shows =
                holds(child, named, work)? && !any(&relevant, |parent| holds(parent, named, work))?;
            Ok(if shows {
                // Candidates may be larger than a call's arguments; such a one shows nothing.
                Arguments::new(named.clone()).ok()
            } else {
                None
            })
        };
        let action = |arguments| Action {
            tool: tool.clone(),
            arguments,
            effect: child.effect(),
        };
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

/// Returns whether a capability, whose tool and effect match, permits these arguments.
fn holds(
    capability: &Capability,
    named: &BTreeMap<String, Value>,
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    match arguments_permit(capability.arguments(), named, work) {
        Ok(()) => Ok(true),
        Err(Miss::OutOfWork(out)) => Err(out),
        Err(_) => Ok(false),
    }
}

/// Returns tools that the child matches.
///
/// For one tool this is its name. For a family these are one tool of each parent that covers only a
/// part of the family, and one that no such parent matches.
fn tools(
    child: &ToolPattern,
    parents: &[&Capability],
    work: &mut Work,
) -> Result<Vec<ToolName>, OutOfWork> {
    let prefix = match child {
        ToolPattern::Exact(tool) => return Ok(vec![tool.clone()]),
        ToolPattern::Prefix(prefix) => prefix,
    };
    let within: Vec<&ToolPattern> = parents
        .iter()
        .map(|parent| parent.tool())
        .filter(|tool| !tool.covers(child))
        .collect();
    let one_of = |parent: &&ToolPattern| match parent {
        ToolPattern::Exact(tool) => Some(tool.clone()),
        ToolPattern::Prefix(longer) => longer_names(longer.as_str()).next(),
    };
    let outside = outside(prefix, &within, work)?;
    let mut tools: Vec<ToolName> = outside
        .into_iter()
        .chain(within.iter().filter_map(one_of))
        .collect();
    tools.retain(|tool| child.matches(tool));
    Ok(tools)
}

/// Returns a name that begins with a prefix and that none of the patterns matches. No pattern
/// covers all such names.
///
/// A longer prefix does not match a name of one more character, so those are tried first. If all of
/// them are listed as tools, names of two more characters are tried, except below a name that is
/// itself a prefix of a pattern.
fn outside(
    prefix: &ToolPrefix,
    within: &[&ToolPattern],
    work: &mut Work,
) -> Result<Option<ToolName>, OutOfWork> {
    let mut find = |prefix: &str| {
        for tool in longer_names(prefix) {
            work.spend_len(within.len().saturating_add(PLACE))?;
            if !within.iter().any(|pattern| pattern.matches(&tool)) {
                return Ok(Some(tool));
            }
        }
        Ok(None)
    };
    if let Some(tool) = find(prefix.as_str())? {
        return Ok(Some(tool));
    }
    let is_prefix = |tool: &ToolName| {
        within.iter().any(|pattern| matches!(pattern, ToolPattern::Prefix(prefix) if prefix.as_str() == tool.as_str()))
    };
    for tool in longer_names(prefix.as_str()).filter(|tool| !is_prefix(tool)) {
        if let Some(tool) = find(tool.as_str())? {
            return Ok(Some(tool));
        }
    }
    Ok(None)
}

/// Returns the names of one more character than `beginning`, an easily read one first.
fn longer_names(beginning: &str) -> impl Iterator<Item = ToolName> {
    let characters = "xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/".chars();
    characters.filter_map(move |last| ToolName::new(&format!("{beginning}{last}")).ok())
}
