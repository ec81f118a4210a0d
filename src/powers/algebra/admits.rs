//! Admits: whether a constraint admits a value, and whether powers permit an action. This is the
//! meaning of powers; every other question follows it.

use super::probe::{Probe, address_steps, host_steps, path_steps, url_steps};
use crate::powers::action::{Action, Effect};
use crate::powers::arguments::{ArgumentRules, Presence};
use crate::powers::capability::Capability;
use crate::powers::constraint::{Constraint, Kind, Spelled};
use crate::powers::grammar::host::{Host, HostError};
use crate::powers::grammar::network::{Network, NetworkError};
use crate::powers::grammar::path::{Path, PathError};
use crate::powers::grammar::url::{Url, UrlError, UrlRule};
use crate::powers::powers::Powers;
use crate::primitives::{ForeignText, OutOfWork, Value, Work, tally};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why powers do not permit an action.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PermissionError {
    /// No capability is for this tool.
    #[error("no capability for this tool")]
    Tool,
    /// The call reaches further than the capability.
    #[error("the call's effect is {stated}, permitted up to {ceiling}")]
    Effect {
        /// What the server stated.
        stated: Effect,
        /// The capability's ceiling.
        ceiling: Effect,
    },
    /// A required argument is not there.
    #[error("argument {name} is missing")]
    ArgumentMissing {
        /// Its name.
        name: ForeignText,
    },
    /// An argument is neither named nor opened.
    #[error("argument {name} is not named by the capability")]
    ArgumentUnknown {
        /// Its name.
        name: ForeignText,
    },
    /// An argument's value is not admitted.
    #[error("argument {name} {reason}")]
    Argument {
        /// Its name.
        name: ForeignText,
        /// Why not.
        reason: ArgumentError,
    },
    /// Deciding takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// Why a value is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// It is not among the values admitted.
    #[error("has a value that is not permitted")]
    NotAdmitted,
    /// A path that is not in canonical spelling.
    #[error("is refused: {0}")]
    Path(PathError),
    /// A host that is not in canonical spelling.
    #[error("is refused: {0}")]
    Host(HostError),
    /// A URL that is not in canonical spelling.
    #[error("is refused: {0}")]
    Url(UrlError),
    /// An address that is not in canonical spelling.
    #[error("is refused: {0}")]
    Network(NetworkError),
}

/// Checks whether one of the capabilities that `counts` permits the action.
pub(in crate::powers) fn powers_permit(
    powers: &Powers,
    action: &Action,
    counts: impl Fn(&Capability) -> bool,
    work: &mut Work,
) -> Result<(), PermissionError> {
    let mut closest = Miss::Tool;
    for capability in powers.into_iter().filter(|capability| counts(capability)) {
        match capability_permits(capability, action, work) {
            Ok(()) => return Ok(()),
            Err(Miss::OutOfWork(out)) => return Err(out.into()),
            Err(miss) if miss.closeness() > closest.closeness() => closest = miss,
            Err(_) => {}
        }
    }
    Err(closest.refusal(work))
}

/// A refusal by one of many capabilities. It copies no names yet, because only the closest
/// is reported.
pub(in crate::powers) enum Miss<'a> {
    Tool,
    Effect { stated: Effect, ceiling: Effect },
    ArgumentMissing(&'a str),
    ArgumentUnknown(&'a str),
    Argument(&'a str, &'a Constraint, &'a Value),
    OutOfWork(OutOfWork),
}

impl From<OutOfWork> for Miss<'_> {
    fn from(out: OutOfWork) -> Self {
        Self::OutOfWork(out)
    }
}

impl Miss<'_> {
    /// How far the refused action came: past the tool, past the effect, to an argument's value.
    const fn closeness(&self) -> u8 {
        match self {
            Self::Tool | Self::OutOfWork(_) => 0,
            Self::Effect { .. } => 1,
            Self::ArgumentUnknown(_) => 2,
            Self::ArgumentMissing(_) => 3,
            Self::Argument(..) => 4,
        }
    }

    fn refusal(self, work: &mut Work) -> PermissionError {
        match self {
            Self::Tool => PermissionError::Tool,
            Self::Effect { stated, ceiling } => PermissionError::Effect { stated, ceiling },
            Self::ArgumentMissing(name) => PermissionError::ArgumentMissing { name: name.into() },
            Self::ArgumentUnknown(name) => PermissionError::ArgumentUnknown { name: name.into() },
            Self::Argument(name, constraint, value) => match why_not(constraint, value, work) {
                Ok(reason) => PermissionError::Argument {
                    name: name.into(),
                    reason,
                },
                Err(out) => out.into(),
            },
            Self::OutOfWork(out) => out.into(),
        }
    }
}

/// Checks whether a capability permits the action: its tool, its effect, its arguments.
fn capability_permits<'a>(
    capability: &'a Capability,
    action: &'a Action,
    work: &mut Work,
) -> Result<(), Miss<'a>> {
    work.spend(1)?;
    tally::bulk(capability.tool().text().len());
    if !capability.tool().matches(&action.tool) {
        return Err(Miss::Tool);
    }
    if action.effect > capability.effect() {
        return Err(Miss::Effect {
            stated: action.effect,
            ceiling: capability.effect(),
        });
    }
    arguments_permit(capability.arguments(), action.arguments.as_map(), work)
}

/// Checks whether rules permit these arguments: the closed world, one walk over both.
pub(in crate::powers) fn arguments_permit<'a>(
    rules: &'a ArgumentRules,
    named: &'a BTreeMap<String, Value>,
    work: &mut Work,
) -> Result<(), Miss<'a>> {
    // Rules and arguments are both in order of name, so one walk meets them all.
    let mut arguments = named.iter().peekable();
    let mut unknown = None;
    for (name, presence, constraint) in rules.iter() {
        let value = loop {
            // A comparison of two names, of at most 128 bytes.
            work.spend(2)?;
            tally::bulk(name.len());
            match arguments
                .peek()
                .map(|(argument, _)| argument.as_str().cmp(name))
            {
                Some(Ordering::Less) => unknown = unknown.or(arguments.next()),
                Some(Ordering::Equal) => break arguments.next().map(|(_, value)| value),
                Some(Ordering::Greater) | None => break None,
            }
        };
        match (value, presence) {
            (None, Presence::Optional) => {}
            (None, Presence::Required) => return Err(Miss::ArgumentMissing(name)),
            (Some(value), _) if admits(constraint, value, work)? => {}
            (Some(value), _) => return Err(Miss::Argument(name, constraint, value)),
        }
    }
    match unknown.or(arguments.next()) {
        Some((unknown, _)) if !rules.is_open() => Err(Miss::ArgumentUnknown(unknown)),
        _ => Ok(()),
    }
}

/// Returns whether a constraint admits a value.
pub(in crate::powers) fn admits(
    constraint: &Constraint,
    value: &Value,
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    admits_probe(constraint, &Probe::new(value), work)
}

fn admits_probe(
    constraint: &Constraint,
    probe: &Probe<'_>,
    work: &mut Work,
) -> Result<bool, OutOfWork> {
    work.spend(1)?;
    tally::count(2);
    match (constraint.kind(), probe.value()) {
        (Kind::Any, _) => Ok(true),
        (Kind::OneOf(set), value) => set.holds(value, work),
        (Kind::NoneOf(set), value) => {
            Ok(set.value_type() == value.value_type() && !set.holds(value, work)?)
        }
        (Kind::AllOf(clauses), _) => all(clauses, |clause| admits_probe(clause, probe, work)),
        (Kind::AnyOf(clauses), _) => any(clauses, |clause| admits_probe(clause, probe, work)),
        (Kind::Range(range), Value::Number(number)) => {
            // A comparison of numbers for each end, of two steps: their digits are counted, and
            // one of them is shifted.
            work.spend(4)?;
            Ok(range.admits(*number))
        }
        (Kind::Text(pattern), Value::Text(text)) => pattern.matches(text, work),
        (Kind::PathUnder(base), Value::Text(text)) => Ok(probe.is_path(text, work)? && {
            within(base.as_str(), work)?;
            base.holds(text)
        }),
        (Kind::HostUnder(base), Value::Text(text)) => Ok(probe.is_host(text, work)? && {
            within(base.as_str(), work)?;
            base.holds(text)
        }),
        (Kind::Url(rule), Value::Text(text)) => match probe.url(text, work)? {
            Some(url) => {
                url_within(rule, work)?;
                Ok(rule.holds(&url))
            }
            None => Ok(false),
        },
        (Kind::Network(network), Value::Text(text)) => Ok(probe
            .address(text, work)?
            .is_some_and(|address| network.holds(address))),
        (Kind::Contains(required), Value::List(items)) => required.all_among(items, work),
        (Kind::Each(inner), Value::List(items)) => all(items, |item| admits(inner, item, work)),
        (Kind::Record(rules), Value::Map(entries)) => {
            match arguments_permit(rules, entries, work) {
                Ok(()) => Ok(true),
                Err(Miss::OutOfWork(out)) => Err(out),
                Err(_) => Ok(false),
            }
        }
        // A value of another type.
        (
            Kind::Range(_)
            | Kind::Text(_)
            | Kind::PathUnder(_)
            | Kind::HostUnder(_)
            | Kind::Url(_)
            | Kind::Network(_)
            | Kind::Contains(_)
            | Kind::Each(_)
            | Kind::Record(_),
            _,
        ) => Ok(false),
    }
}

/// Returns why a refused value is refused: its spelling, where that is at fault.
fn why_not(
    constraint: &Constraint,
    value: &Value,
    work: &mut Work,
) -> Result<ArgumentError, OutOfWork> {
    let Value::Text(text) = value else {
        return Ok(ArgumentError::NotAdmitted);
    };
    let Some(spelled) = constraint.kind().spelled() else {
        return Ok(ArgumentError::NotAdmitted);
    };
    work.spend_len(match spelled {
        Spelled::Path(_) => path_steps(text),
        Spelled::Host(_) => host_steps(text),
        Spelled::Url(_) => url_steps(text),
        Spelled::Network => address_steps(text),
    })?;
    let spelling = match spelled {
        Spelled::Path(_) => Path::check(text).map_err(ArgumentError::Path),
        Spelled::Host(_) => Host::check(text).map_err(ArgumentError::Host),
        Spelled::Url(_) => Url::parse(text).map(drop).map_err(ArgumentError::Url),
        Spelled::Network => Network::address(text)
            .map(drop)
            .map_err(ArgumentError::Network),
    };
    Ok(spelling.err().unwrap_or(ArgumentError::NotAdmitted))
}

/// Counts the comparison of a tree's base with what may lie below it.
pub(super) fn within(base: &str, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend_len((base.len() >> 6).saturating_add(1))?;
    tally::bulk(base.len());
    Ok(())
}

/// Counts the comparison of a URL with a rule: of its scheme among at most 32, of its host and of
/// its path.
pub(super) fn url_within(rule: &UrlRule, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend(6)?;
    tally::count(24);
    within(rule.host().as_str(), work)?;
    within(rule.path().as_str(), work)
}

/// Whether `holds` for all items; the first failure of work ends it.
pub(in crate::powers) fn all<T>(
    items: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(T) -> Result<bool, OutOfWork>,
) -> Result<bool, OutOfWork> {
    for item in items {
        if !holds(item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether `holds` for some item; the first failure of work ends it.
pub(in crate::powers) fn any<T>(
    items: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(T) -> Result<bool, OutOfWork>,
) -> Result<bool, OutOfWork> {
    Ok(!all(items, |item| holds(item).map(|held| !held))?)
}
