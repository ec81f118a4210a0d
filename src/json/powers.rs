//! The JSON form of capabilities and constraints, as documented on those types.

use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, each, invalid, object, only_true, text};
use super::form::JsonForm;
use crate::powers::{
    ArgumentRules, Bound, Capability, Constraint, ConstraintError, Effect, Host, Kind, Port,
    Powers, Presence, Range, ToolPattern, UrlRule, ValueSet,
};
use crate::primitives::{Number, Value};
use std::collections::BTreeMap;

impl JsonForm for Powers {
    fn to_value(&self) -> Value {
        Value::List(self.capabilities().iter().map(JsonForm::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        Self::new(each(value, Capability::from_value)?).map_err(invalid)
    }
}

impl JsonForm for Capability {
    fn to_value(&self) -> Value {
        let (required, optional, open) = rules_to_values(self.arguments());
        object([
            ("tool", Some(self.tool().to_string().into())),
            ("effect", Some(self.effect().as_str().into())),
            ("args", required),
            ("optional", optional),
            ("open", open),
            ("delegable", self.is_delegable().then_some(true.into())),
        ])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let mut fields = Fields::new(value)?;
        let tool = fields.required("tool", |tool| {
            ToolPattern::new(text(tool)?).map_err(invalid)
        })?;
        let effect = fields.required("effect", effect)?;
        let arguments = rules_from_fields(&mut fields)?;
        let delegable = fields.flag("delegable")?;
        fields.end()?;
        let capability = Self::for_tool(tool, effect).with_arguments(arguments);
        Ok(if delegable {
            capability.allow_delegation()
        } else {
            capability
        })
    }
}

pub(super) fn effect(value: &Value) -> Result<Effect, JsonError> {
    text(value)?
        .parse()
        .map_err(|_| JsonErrorKind::Expected("`read`, `write` or `irreversible`").into())
}

fn rules_to_values(rules: &ArgumentRules) -> (Option<Value>, Option<Value>, Option<Value>) {
    let with = |wanted| {
        let named = rules.iter().filter(|(_, presence, _)| *presence == wanted);
        let map: BTreeMap<String, Value> = named
            .map(|(name, _, constraint)| (name.to_owned(), constraint.to_value()))
            .collect();
        (!map.is_empty()).then_some(Value::Map(map))
    };
    (
        with(Presence::Required),
        with(Presence::Optional),
        rules.is_open().then_some(true.into()),
    )
}

fn rules_from_fields(fields: &mut Fields<'_>) -> Result<ArgumentRules, JsonError> {
    let mut rules = ArgumentRules::closed();
    for (key, presence) in [
        ("args", Presence::Required),
        ("optional", Presence::Optional),
    ] {
        let named = fields.optional(key, constraints)?.unwrap_or_default();
        for (name, constraint) in named {
            rules = rules
                .with_rule(name, presence, constraint)
                .map_err(invalid)?;
        }
    }
    Ok(if fields.flag("open")? {
        rules.allow_others()
    } else {
        rules
    })
}

fn constraints(value: &Value) -> Result<Vec<(&str, Constraint)>, JsonError> {
    let Value::Map(named) = value else {
        return Err(JsonErrorKind::Expected("an object").into());
    };
    let read = |(name, value)| match Constraint::from_value(value) {
        Ok(constraint) => Ok((name, constraint)),
        Err(error) => Err(JsonError::under(error, name)),
    };
    named
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .map(read)
        .collect()
}

impl JsonForm for Constraint {
    fn to_value(&self) -> Value {
        let (kind, content) = match self.kind() {
            Kind::Any => ("any", true.into()),
            Kind::OneOf(set) => ("one_of", set_to_value(set)),
            Kind::NoneOf(set) => ("none_of", set_to_value(set)),
            Kind::Range(range) => ("range", range_to_value(*range)),
            Kind::Text(pattern) => ("pattern", pattern.as_str().into()),
            Kind::PathUnder(path) => ("path_under", path.as_str().into()),
            Kind::HostUnder(host) => ("host_under", host.as_str().into()),
            Kind::Url(rule) => ("url", url_to_value(rule)),
            Kind::Network(network) => ("network", network.to_string().into()),
            Kind::Contains(set) => ("contains", set_to_value(set)),
            Kind::Each(inner) => ("each", inner.to_value()),
            Kind::Record(rules) => {
                let (required, optional, open) = rules_to_values(rules);
                (
                    "record",
                    object([("args", required), ("optional", optional), ("open", open)]),
                )
            }
            Kind::AllOf(clauses) => ("all_of", clauses_to_value(clauses)),
            Kind::AnyOf(clauses) => ("any_of", clauses_to_value(clauses)),
        };
        object([(kind, Some(content))])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let (kind, content) = Fields::new(value)?.kind()?;
        constraint_of_kind(kind, content).map_err(|error| {
            // An unknown kind is a fault of this object, not of what is under the key.
            let is_of_kind =
                matches!(error.kind(), JsonErrorKind::Unknown { key } if **key == *kind);
            if is_of_kind && error.pointer().is_empty() {
                error
            } else {
                error.under(kind)
            }
        })
    }
}

fn constraint_of_kind(kind: &str, content: &Value) -> Result<Constraint, JsonError> {
    let values = || each(content, |value| Ok(value.clone()));
    let made = match kind {
        "any" => return only_true(content).map(|()| Constraint::any()),
        "one_of" => Constraint::one_of(values()?),
        "none_of" => Constraint::none_of(values()?),
        "range" => return range_from_value(content).map(Constraint::range),
        "pattern" => Constraint::pattern(text(content)?),
        "path_under" => Constraint::path_under(text(content)?),
        "host_under" => Constraint::host_under(text(content)?),
        "url" => return url_from_value(content).map(Constraint::url),
        "network" => Constraint::network(text(content)?),
        "contains" => Constraint::contains(values()?),
        "each" => Constraint::each(Constraint::from_value(content)?),
        "record" => {
            let mut fields = Fields::new(content)?;
            let rules = rules_from_fields(&mut fields)?;
            fields.end()?;
            Constraint::record(rules)
        }
        "all_of" => Constraint::all_of(each(content, Constraint::from_value)?),
        "any_of" => Constraint::any_of(each(content, Constraint::from_value)?),
        unknown => {
            return Err(JsonErrorKind::Unknown {
                key: unknown.into(),
            }
            .into());
        }
    };
    made.map_err(invalid)
}

fn set_to_value(set: &ValueSet) -> Value {
    Value::List(set.iter().collect())
}

fn clauses_to_value(clauses: &[Constraint]) -> Value {
    Value::List(clauses.iter().map(JsonForm::to_value).collect())
}

fn range_to_value(range: Range) -> Value {
    let end = |end: Option<Bound>, inclusive, exclusive| match end {
        Some(Bound::Inclusive(number)) => (inclusive, Some(number.into())),
        Some(Bound::Exclusive(number)) => (exclusive, Some(number.into())),
        None => (inclusive, None),
    };
    object([
        end(range.low(), "min", "above"),
        end(range.high(), "max", "below"),
    ])
}

pub(super) fn number(value: &Value) -> Result<Number, JsonError> {
    if let Value::Number(number) = value {
        Ok(*number)
    } else {
        Err(JsonErrorKind::Expected("a number").into())
    }
}

fn range_from_value(value: &Value) -> Result<Range, JsonError> {
    let mut fields = Fields::new(value)?;
    let mut end = |inclusive, exclusive, one| -> Result<Option<Bound>, JsonError> {
        match (
            fields.optional(inclusive, number)?,
            fields.optional(exclusive, number)?,
        ) {
            (Some(_), Some(_)) => Err(JsonErrorKind::Expected(one).into()),
            (Some(included), None) => Ok(Some(Bound::Inclusive(included))),
            (None, excluded) => Ok(excluded.map(Bound::Exclusive)),
        }
    };
    let low = end("min", "above", "one of `min` and `above`")?;
    let high = end("max", "below", "one of `max` and `below`")?;
    fields.end()?;
    Range::new(low, high).map_err(|error| invalid(ConstraintError::from(error)))
}

fn url_to_value(rule: &UrlRule) -> Value {
    let path = rule.path().as_str();
    object([
        (
            "schemes",
            Some(Value::List(rule.schemes().map(Value::from).collect())),
        ),
        ("host", Some(rule.host().as_str().into())),
        (
            "port",
            match rule.port() {
                Port::Default => None,
                Port::Only(port) => Some(Number::from(port).into()),
                Port::Any => Some("any".into()),
            },
        ),
        ("path_under", (path != "/").then_some(path.into())),
    ])
}

fn url_from_value(value: &Value) -> Result<UrlRule, JsonError> {
    let wrong = |error| invalid(ConstraintError::Url(error));
    let mut fields = Fields::new(value)?;
    let schemes = fields.required("schemes", |schemes| each(schemes, text))?;
    let host = fields.required("host", |host| {
        Host::new(text(host)?).map_err(|error| invalid(ConstraintError::from(error)))
    })?;
    let port = fields.optional("port", port)?.unwrap_or_default();
    let path = fields.optional("path_under", text)?;
    fields.end()?;
    let rule = UrlRule::new(schemes, host)
        .and_then(|rule| rule.with_port(port))
        .map_err(wrong)?;
    path.map_or(Ok(rule.clone()), |path| rule.with_path(path))
        .map_err(wrong)
}

fn port(value: &Value) -> Result<Port, JsonError> {
    let port = match value {
        Value::Text(text) if text == "any" => Some(Port::Any),
        Value::Number(number) => number
            .to_integer()
            .and_then(|port| u16::try_from(port).ok())
            .map(Port::Only),
        Value::Null
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Map(_) => None,
    };
    port.ok_or_else(|| JsonErrorKind::Expected("a port number or `any`").into())
}
