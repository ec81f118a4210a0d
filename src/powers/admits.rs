//! Does a constraint admit a value, a capability permit an action? The meaning of powers; everything else follows it.

use super::{
    Action, ArgumentRules, Capability, Constraint, Effect, Host, HostError, Kind, Network, NetworkError, Path,
    PathError, Powers, Presence, Url, UrlError, ValueSet,
};
use crate::ground::bounds::DECIDE_STEPS;
use crate::ground::{ForeignText, OutOfWork, Value, Work};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use thiserror::Error;

/// Why powers do not permit an action.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
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
        reason: ArgumentRefusal,
    },
    /// Deciding takes more work than is granted.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

/// Why a value is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArgumentRefusal {
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

impl Powers {
    /// Whether some capability permits the action.
    ///
    /// # Errors
    /// [`Refusal`] of the capability that came closest; [`Refusal::Tool`] when none is for the tool.
    pub fn permits(&self, action: &Action) -> Result<(), Refusal> {
        self.permits_within(action, |_| true, &mut Work::new(DECIDE_STEPS))
    }

    /// The same, with only the capabilities that `count`, within a budget.
    pub(crate) fn permits_within(
        &self,
        action: &Action,
        count: impl Fn(&Capability) -> bool,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let mut closest = Refusal::Tool;
        for capability in self.capabilities().iter().filter(|capability| count(capability)) {
            match capability.permits(action, work) {
                Ok(()) => return Ok(()),
                Err(Refusal::OutOfWork(out)) => return Err(out.into()),
                Err(refusal) if closeness(&refusal) > closeness(&closest) => closest = refusal,
                Err(_) => {}
            }
        }
        Err(closest)
    }
}

/// How far a refused action came: past the tool, past the effect, to an argument's value.
const fn closeness(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::Tool | Refusal::OutOfWork(_) => 0,
        Refusal::Effect { .. } => 1,
        Refusal::ArgumentUnknown { .. } => 2,
        Refusal::ArgumentMissing { .. } => 3,
        Refusal::Argument { .. } => 4,
    }
}

impl Capability {
    pub(super) fn permits(&self, action: &Action, work: &mut Work) -> Result<(), Refusal> {
        work.spend(1)?;
        if !self.tool().matches(&action.tool) {
            return Err(Refusal::Tool);
        }
        if action.effect > self.effect() {
            return Err(Refusal::Effect { stated: action.effect, ceiling: self.effect() });
        }
        self.arguments().permit(action.arguments.as_map(), work)
    }
}

impl ArgumentRules {
    fn permit(&self, named: &BTreeMap<String, Value>, work: &mut Work) -> Result<(), Refusal> {
        // Rules and arguments are both in order of name, so one walk meets them all.
        let mut arguments = named.iter().peekable();
        let mut unknown = None;
        for (name, presence, constraint) in self.iter() {
            let value = loop {
                work.spend(1)?;
                match arguments.peek().map(|(argument, _)| argument.as_str().cmp(name)) {
                    Some(Ordering::Less) => unknown = unknown.or(arguments.next()),
                    Some(Ordering::Equal) => break arguments.next().map(|(_, value)| value),
                    Some(Ordering::Greater) | None => break None,
                }
            };
            match (value, presence) {
                (None, Presence::Optional) => {}
                (None, Presence::Required) => return Err(Refusal::ArgumentMissing { name: name.into() }),
                (Some(value), _) if constraint.admits(value, work)? => {}
                (Some(value), _) => {
                    return Err(Refusal::Argument { name: name.into(), reason: constraint.why_not(value) });
                }
            }
        }
        match unknown.or(arguments.next()) {
            Some((unknown, _)) if !self.is_open() => Err(Refusal::ArgumentUnknown { name: unknown.as_str().into() }),
            _ => Ok(()),
        }
    }
}

impl Constraint {
    /// Whether the constraint admits `value`.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub fn admits(&self, value: &Value, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend(1)?;
        match (self.kind(), value) {
            (Kind::Any, _) => Ok(true),
            (Kind::OneOf(set), _) => is_member(set, value, work),
            (Kind::NoneOf(set), _) => Ok(set.value_type() == value.value_type() && !is_member(set, value, work)?),
            (Kind::AllOf(clauses), _) => all(clauses, |clause| clause.admits(value, work)),
            (Kind::AnyOf(clauses), _) => any(clauses, |clause| clause.admits(value, work)),
            (Kind::Range(range), Value::Number(number)) => Ok(range.admits(*number)),
            (Kind::Text(pattern), Value::Text(text)) => pattern.matches(text, work),
            (_, Value::Text(text)) => self.admits_spelling(text, work),
            (Kind::Contains(required), Value::List(items)) => {
                let comparisons = required.len().saturating_mul(items.len());
                work.spend_len(comparisons.saturating_mul(required.comparison()))?;
                Ok(required.iter().all(|element| items.contains(element)))
            }
            (Kind::Each(inner), Value::List(items)) => all(items, |item| inner.admits(item, work)),
            (Kind::Record(rules), Value::Map(entries)) => match rules.permit(entries, work) {
                Ok(()) => Ok(true),
                Err(Refusal::OutOfWork(out)) => Err(out),
                Err(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// The kinds whose values are texts of a canonical grammar.
    fn admits_spelling(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend_len(text.len() >> 4)?;
        Ok(match self.kind() {
            Kind::PathUnder(base) => Path::check(text).is_ok() && base.holds(text),
            Kind::HostUnder(base) => Host::check(text).is_ok() && base.holds(text),
            Kind::Url(rule) => Url::parse(text).is_ok_and(|url| rule.holds(&url)),
            Kind::Network(network) => Network::address(text).is_ok_and(|address| network.holds(address)),
            _ => false,
        })
    }

    /// Why a refused value is refused: its spelling, where that is at fault.
    fn why_not(&self, value: &Value) -> ArgumentRefusal {
        let spelling = match (self.kind(), value) {
            (Kind::PathUnder(_), Value::Text(text)) => Path::check(text).map_err(ArgumentRefusal::Path),
            (Kind::HostUnder(_), Value::Text(text)) => Host::check(text).map_err(ArgumentRefusal::Host),
            (Kind::Url(_), Value::Text(text)) => Url::parse(text).map(drop).map_err(ArgumentRefusal::Url),
            (Kind::Network(_), Value::Text(text)) => Network::address(text).map(drop).map_err(ArgumentRefusal::Network),
            _ => Ok(()),
        };
        spelling.err().unwrap_or(ArgumentRefusal::NotAdmitted)
    }
}

fn is_member(set: &ValueSet, value: &Value, work: &mut Work) -> Result<bool, OutOfWork> {
    work.spend_len(set.comparison())?;
    Ok(set.contains(value))
}

/// Whether `holds` for all items; the first failure of work ends it.
pub(super) fn all<T>(
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
pub(super) fn any<T>(
    items: impl IntoIterator<Item = T>,
    mut holds: impl FnMut(T) -> Result<bool, OutOfWork>,
) -> Result<bool, OutOfWork> {
    Ok(!all(items, |item| holds(item).map(|held| !held))?)
}
