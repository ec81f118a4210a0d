//! A refusal is best explained by a call: one that the child would permit and the parent refuses.
//!
//! Candidates are guesses at the edges of what both sides mention; whether one separates them is
//! asked of `permits` itself, so a witness is never wrong.

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

/// The gap and a call that shows it. Where none is found although several capabilities of the
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
    let mut work = Work::new(WITNESS_STEPS);
    match search(&overlapping, child, &mut work) {
        Ok(None) if overlapping.len() > 1 => (CoverageGap::NoSingleEntry, None),
        Ok(witness) => (gap, witness),
        Err(OutOfWork) => (gap, None),
    }
}

pub(crate) fn search(
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
        let refusing: Vec<&Capability> = parents
            .iter()
            .copied()
            .filter(|parent| parent.tool().matches(&tool) && child.effect() <= parent.effect())
            .collect();
        let shows = |named: &BTreeMap<String, Value>, work: &mut Work| {
            let shows =
                holds(child, named, work)? && !any(&refusing, |parent| holds(parent, named, work))?;
            Ok(if shows {
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

/// Whether a capability, whose tool and effect are right, permits these arguments.
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

/// Returns tools that the child means: its own name; or of a prefix one that no parent means which
/// does not mean all of it, and one for each of those parents.
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

/// Returns a name that begins with a prefix and that none of the patterns means, none of which
/// covers all such names.
///
/// No longer prefix means a name of one character more. Where all of those are listed, one of two
/// characters is looked for, below each that is no prefix itself.
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

/// Returns the names of one character more than `beginning`, one that is easily read first.
fn longer_names(beginning: &str) -> impl Iterator<Item = ToolName> {
    let characters = "xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/".chars();
    characters.filter_map(move |last| ToolName::new(&format!("{beginning}{last}")).ok())
}
