//! Text of powers for people. The form for machines is JSON.

use super::arguments::{ArgumentRules, Presence};
use super::capability::Capability;
use super::constraint::{Constraint, Kind};
use super::powers::Powers;
use super::range::{Bound, Range};
use super::value_set::ValueSet;
use crate::primitives::{Bare, Quoted};
use std::fmt;
use std::fmt::{Display, Formatter};

impl Display for Powers {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.capabilities().is_empty() {
            return f.write_str("no power");
        }
        join(f, "; ", self.capabilities())
    }
}

impl Display for Capability {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let delegable = if self.is_delegable() {
            ", delegable"
        } else {
            ""
        };
        write!(
            f,
            "{}({}) up to {}{delegable}",
            self.tool(),
            self.arguments(),
            self.effect()
        )
    }
}

impl Display for ArgumentRules {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for (name, presence, constraint) in self.iter() {
            let optional = if presence == Presence::Optional {
                "?"
            } else {
                ""
            };
            write!(
                f,
                "{comma}{}{optional} {}",
                Bare(name),
                Predicate(constraint)
            )?;
            comma = ", ";
        }
        if self.is_open() {
            write!(f, "{comma}…")
        } else {
            Ok(())
        }
    }
}

/// A constraint as the second half of a sentence about an argument.
struct Predicate<'a>(&'a Constraint);

impl Display for Predicate<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.kind() {
            Kind::OneOf(set) if set.len() == 1 => write!(f, "= {}", self.0),
            Kind::OneOf(_) => write!(f, "∈ {}", self.0),
            Kind::Range(_) | Kind::NoneOf(_) => write!(f, "{}", self.0),
            Kind::Text(_) => write!(f, "like {}", self.0),
            Kind::PathUnder(_) | Kind::HostUnder(_) => write!(f, "under {}", self.0),
            Kind::Any
            | Kind::Url(_)
            | Kind::Network(_)
            | Kind::Contains(_)
            | Kind::Each(_)
            | Kind::Record(_)
            | Kind::AllOf(_)
            | Kind::AnyOf(_) => write!(f, "in {}", self.0),
        }
    }
}

impl Display for Constraint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Any => f.write_str("anything"),
            Kind::OneOf(set) if set.len() == 1 => write_members(f, set),
            Kind::OneOf(set) => in_braces(f, "", set),
            Kind::NoneOf(set) => in_braces(f, "∉ ", set),
            Kind::Range(range) => write!(f, "{range}"),
            Kind::Text(pattern) => write!(f, "{}", Quoted(pattern.as_str())),
            Kind::PathUnder(path) => write!(f, "{path}"),
            Kind::HostUnder(host) => write!(f, "{host}"),
            Kind::Url(rule) => write!(f, "{rule}"),
            Kind::Network(network) => write!(f, "{network}"),
            Kind::Contains(set) => in_braces(f, "lists with ", set),
            Kind::Each(inner) => write!(f, "lists of {inner}"),
            Kind::Record(rules) => write!(f, "{{{rules}}}"),
            Kind::AllOf(clauses) => in_parentheses(f, " and ", clauses),
            Kind::AnyOf(clauses) => in_parentheses(f, " or ", clauses),
        }
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let low = self.low().map(|end| match end {
            Bound::Inclusive(low) => format!("≥ {low}"),
            Bound::Exclusive(low) => format!("> {low}"),
        });
        let high = self.high().map(|end| match end {
            Bound::Inclusive(high) => format!("≤ {high}"),
            Bound::Exclusive(high) => format!("< {high}"),
        });
        match (low, high) {
            (None, None) => f.write_str("any number"),
            (Some(end), None) | (None, Some(end)) => f.write_str(&end),
            (Some(low), Some(high)) => write!(f, "{low} and {high}"),
        }
    }
}

fn in_braces(f: &mut Formatter<'_>, before: &str, set: &ValueSet) -> fmt::Result {
    write!(f, "{before}{{")?;
    write_members(f, set)?;
    f.write_str("}")
}

fn write_members(f: &mut Formatter<'_>, set: &ValueSet) -> fmt::Result {
    join(f, ", ", set.iter())
}

fn in_parentheses(f: &mut Formatter<'_>, between: &str, clauses: &[Constraint]) -> fmt::Result {
    f.write_str("(")?;
    join(f, between, clauses)?;
    f.write_str(")")
}

/// Writes `items` with `between` between them.
pub(crate) fn join(
    f: &mut Formatter<'_>,
    between: &str,
    items: impl IntoIterator<Item = impl Display>,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
