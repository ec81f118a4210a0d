//! Admits: whether a constraint admits a value, and whether powers permit an action. This defines
//! the meaning of powers; coverage and meet follow it.

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

/// Reason why powers do not permit an action.
///
/// Of several capabilities that refuse, it states the one that came closest: past the tool, past
/// the effect, to the value of an argument.
///
/// ```
/// use mandatum::powers::{ArgumentError, PermissionError};
/// use mandatum::{Action, Capability, Constraint, Effect, Powers};
/// let read = Capability::new("crm.read", Effect::Read)?;
/// let powers = Powers::new([read.require("account", Constraint::one_of(["acme"])?)?])?;
/// let call = Action::new("crm.read", [("account", "globex")], Effect::Read)?;
/// let PermissionError::Argument { name, reason } = powers.permits(&call).unwrap_err() else {
///     return Err("another error".into());
/// };
/// assert_eq!((&*name, reason), ("account", ArgumentError::NotAdmitted));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PermissionError {
    /// No capability names the tool.
    #[error("no capability for this tool")]
    Tool,
    /// The effect of the call is above the ceiling of the capability.
    #[error("the call's effect is {stated}, permitted up to {ceiling}")]
    Effect {
        /// Effect that the server stated.
        stated: Effect,
        /// Ceiling of the capability.
        ceiling: Effect,
    },
    /// The call lacks a required argument.
    #[error("argument {name} is missing")]
    ArgumentMissing {
        /// Name of the argument.
        name: ForeignText,
    },
    /// The call has an argument that the capability does not name, and the capability is not open.
    #[error("argument {name} is not named by the capability")]
    ArgumentUnknown {
        /// Name of the argument.
        name: ForeignText,
    },
    /// The constraint does not admit the value of an argument.
    #[error("argument {name} {reason}")]
    Argument {
        /// Name of the argument.
        name: ForeignText,
        /// Reason why the value is not admitted.
        reason: ArgumentError,
    },
    /// Deciding takes more steps than the budget has.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// Reason why a value is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// The constraint does not admit the value.
    #[error("has a value that is not permitted")]
    NotAdmitted,
    /// The value is not a path in canonical spelling.
    #[error("is refused: {0}")]
    Path(PathError),
    /// The value is not a host name in canonical spelling.
    #[error("is refused: {0}")]
    Host(HostError),
    /// The value is not a URL in canonical spelling.
    #[error("is refused: {0}")]
    Url(UrlError),
    /// The value is not an address in canonical spelling.
    #[error("is refused: {0}")]
    Network(NetworkError),
}

/// Checks that a capability for which `counts` returns true permits the action.
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
            // A spent budget ends the search: the remaining capabilities can't be compared.
            Err(Miss::OutOfWork(out)) => return Err(out.into()),
            // Strictly closer, so the first of several equals is reported.
            Err(miss) if miss.closeness() > closest.closeness() => closest = miss,
            Err(_) => {}
        }
    }
    Err(closest.refusal(work))
}

/// A refusal by one of many capabilities. It borrows names, because only the closest refusal is
/// reported.
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
    /// Returns how far the refused action came: past the tool, past the effect, to an argument's
    /// value.
    const fn closeness(&self) -> u8 {
        match self {
            Self::Tool | Self::OutOfWork(_) => 0,
            Self::Effect { .. } => 1,
            Self::ArgumentUnknown(_) => 2,
            Self::ArgumentMissing(_) => 3,
            Self::Argument(..) => 4,
        }
    }

    /// Returns the error that is reported.
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

/// Checks that a capability permits the action: its tool, its effect, its arguments.
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

/// Checks that rules permit these arguments, in one walk over both.
pub(in crate::powers) fn arguments_permit<'a>(
    rules: &'a ArgumentRules,
    named: &'a BTreeMap<String, Value>,
    work: &mut Work,
) -> Result<(), Miss<'a>> {
    // Rules and arguments are both in order of name, so one walk compares all of them.
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
    // Unknown arguments are refused last, because a refused value of a named one explains more.
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

/// Returns whether a constraint admits the value of a probe.
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
            // Two steps for each end: a comparison of numbers counts their digits and shifts one
            // of them.
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
        // The value has another type.
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

/// Returns why a refused value is refused: its spelling, if that is not canonical.
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
    // The text is checked again here, because a refusal is rare and a probe keeps no reasons.
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

/// Counts the steps of comparing the root of a tree with a text that may lie below it.
pub(super) fn within(base: &str, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend_len((base.len() >> 6).saturating_add(1))?;
    tally::bulk(base.len());
    Ok(())
}

/// Counts the steps of comparing a URL with a rule: its scheme with at most 32, its host, and its
/// path.
pub(super) fn url_within(rule: &UrlRule, work: &mut Work) -> Result<(), OutOfWork> {
    work.spend(6)?;
    tally::count(24);
    within(rule.host().as_str(), work)?;
    within(rule.path().as_str(), work)
}

/// Returns whether `holds` is true for all items. It stops when the budget is spent.
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

/// Returns whether `holds` is true for some item. It stops when the budget is spent.
pub(in crate::powers) fn any<T>(
    items: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(T) -> Result<bool, OutOfWork>,
) -> Result<bool, OutOfWork> {
    Ok(!all(items, |item| holds(item).map(|held| !held))?)
}
