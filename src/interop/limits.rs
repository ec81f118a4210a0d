//! The JSON form of limits, as documented on [`Limit`].

use super::error::{FormError, FormFault};
use super::fields::{Fields, each, invalid, object, only_true, text};
use super::form::JsonForm;
use crate::ground::{Audience, Number, Timestamp, Value};
use crate::limits::{AudienceSet, Limit, LimitError, LimitRule, Limits, Scope, Window};

impl JsonForm for Limits {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(JsonForm::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, FormError> {
        Self::new(each(value, Limit::from_value)?).map_err(invalid)
    }
}

impl JsonForm for Limit {
    fn to_value(&self) -> Value {
        let (kind, content) = match self.rule() {
            LimitRule::Window(window) => {
                let end = |end: Option<Timestamp>| end.map(|at| Number::from(at.as_unix()).into());
                ("window", object([("from", end(window.opens())), ("until", end(window.closes()))]))
            }
            LimitRule::Audience(audiences) => {
                ("audience", Value::List(audiences.iter().map(|audience| audience.as_str().into()).collect()))
            }
            LimitRule::SignedCalls => ("signed_calls", true.into()),
        };
        let tools = match self.scope() {
            Scope::All => None,
            Scope::Tools(tools) => Some(Value::List(tools.iter().map(|tool| tool.to_string().into()).collect())),
        };
        object([(kind, Some(content)), ("tools", tools)])
    }

    fn from_value(value: &Value) -> Result<Self, FormError> {
        let mut fields = Fields::of(value)?;
        let tools = fields.optional("tools", |tools| each(tools, text))?;
        let (kind, content) = fields.kind()?;
        let limit = match kind {
            "window" => window(content).map(Self::window),
            "audience" => audiences(content).map(Self::audience),
            "signed_calls" => only_true(content).map(|()| Self::signed_calls()),
            unknown => return Err(FormFault::Unknown { key: unknown.into() }.into()),
        };
        let limit = limit.map_err(|error| error.under(kind))?;
        match tools {
            None => Ok(limit),
            Some(tools) => limit.for_tools(tools).map_err(|error| invalid(error).under("tools")),
        }
    }
}

fn time(value: &Value) -> Result<Timestamp, FormError> {
    let seconds = match value {
        Value::Number(number) if number.scale() == 0 => u64::try_from(number.coefficient()).ok(),
        _ => None,
    };
    let seconds = seconds.ok_or(FormFault::Expected("seconds since 1970"))?;
    Timestamp::from_unix(seconds).map_err(invalid)
}

fn window(value: &Value) -> Result<Window, FormError> {
    let mut fields = Fields::of(value)?;
    let (from, until) = (fields.optional("from", time)?, fields.optional("until", time)?);
    fields.end()?;
    match (from, until) {
        (Some(from), Some(until)) => Window::between(from, until).map_err(invalid),
        (Some(from), None) => Ok(Window::from(from)),
        (None, Some(until)) => Ok(Window::until(until)),
        (None, None) => Err(invalid(LimitError::EndlessWindow)),
    }
}

fn audiences(value: &Value) -> Result<AudienceSet, FormError> {
    let names = each(value, |name| Audience::new(text(name)?).map_err(invalid))?;
    AudienceSet::new(names).map_err(invalid)
}
