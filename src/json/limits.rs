//! The JSON form of limits, as documented on [`Limit`].

use super::budget::{budget, budget_to_value};
use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, each, invalid, key, label, object, only_true, seconds, text, time};
use super::form::JsonForm;
use super::mission::{mission, mission_to_value};
use super::readiness::{barrier, barrier_to_value, waves, waves_to_value};
use super::spending::{exclusive, exclusive_to_value, gate, gate_to_value, rate, rate_to_value};
use crate::limits::{
    AudienceSet, Condition, Limit, LimitError, LimitRule, Limits, LivesBy, MaxAge, Scope, ToolSet,
    Window,
};
use crate::powers::{Constraint, Effect, ToolPattern};
use crate::primitives::{Audience, Number, Timestamp, Value};

impl JsonForm for Limits {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(JsonForm::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        Self::new(each(value, Limit::from_value)?).map_err(invalid)
    }
}

impl JsonForm for Limit {
    fn to_value(&self) -> Value {
        let (kind, content) = match self.rule() {
            LimitRule::Window(window) => {
                let end = |end: Option<Timestamp>| end.map(|at| Number::from(at.as_unix()).into());
                (
                    "window",
                    object([
                        ("from", end(window.opens())),
                        ("until", end(window.closes())),
                    ]),
                )
            }
            LimitRule::Audience(audiences) => (
                "audience",
                Value::List(
                    audiences
                        .iter()
                        .map(|audience| audience.as_str().into())
                        .collect(),
                ),
            ),
            LimitRule::SignedCalls => ("signed_calls", true.into()),
            LimitRule::LivesBy(lives_by) => ("lives_by", lives_by.to_value()),
            LimitRule::Condition(condition) => ("condition", condition_to_value(condition)),
            LimitRule::EndsOn(event) => ("ends_on", event.as_str().into()),
            LimitRule::Waves(waves) => ("waves", waves_to_value(waves)),
            LimitRule::Barrier(barrier) => ("barrier", barrier_to_value(barrier)),
            LimitRule::Budget(budget) => ("budget", budget_to_value(budget)),
            LimitRule::RateLimit(rate) => ("rate", rate_to_value(rate)),
            LimitRule::SeparationOfDuty(exclusive) => ("exclusive", exclusive_to_value(exclusive)),
            LimitRule::ApprovalGate(gate) => ("gate", gate_to_value(gate)),
            LimitRule::Delegates(delegates) => (
                "delegates",
                Value::List(delegates.iter().map(|key| key.to_string().into()).collect()),
            ),
        };
        let tools = match self.scope() {
            Scope::All => None,
            Scope::Tools(tools) => Some(Value::List(
                tools.iter().map(|tool| tool.to_string().into()).collect(),
            )),
        };
        object([(kind, Some(content)), ("tools", tools)])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let mut fields = Fields::new(value)?;
        let tools = fields.optional("tools", tool_set)?;
        let (kind, content) = fields.kind()?;
        let limit = match kind {
            "window" => window(content).map(Self::window),
            "audience" => audiences(content).map(Self::audience),
            "signed_calls" => only_true(content).map(|()| Self::signed_calls()),
            "lives_by" => LivesBy::from_value(content).map(Self::lives_by),
            "condition" => condition(content).map(Self::condition),
            "ends_on" => label(content).map(Self::ends_on),
            "waves" => waves(content).map(Self::waves),
            "barrier" => barrier(content).map(Self::barrier),
            "budget" => budget(content).map(Self::budget),
            "rate" => rate(content).map(Self::rate_limit),
            "exclusive" => exclusive(content).map(Self::separation_of_duty),
            "gate" => gate(content).map(Self::approval_gate),
            "delegates" => {
                each(content, key).and_then(|keys| Self::delegates(keys).map_err(invalid))
            }
            unknown => {
                return Err(JsonErrorKind::Unknown {
                    key: unknown.into(),
                }
                .into());
            }
        };
        let limit = limit.map_err(|error| error.under(kind))?;
        match tools {
            // The constructors narrow a budget to the tools of its sources. Here, as in a token, a
            // limit without tools is of all calls, and such a budget is refused.
            None => Self::new(Scope::All, limit.rule().clone())
                .map_err(|error| invalid(error).under(kind)),
            Some(tools) => Self::new(Scope::Tools(tools), limit.rule().clone())
                .map_err(|error| invalid(error).under("tools")),
        }
    }
}

fn tool_set(value: &Value) -> Result<ToolSet, JsonError> {
    ToolSet::new(each(value, |tool| {
        ToolPattern::new(text(tool)?).map_err(invalid)
    })?)
    .map_err(invalid)
}

fn window(value: &Value) -> Result<Window, JsonError> {
    let mut fields = Fields::new(value)?;
    let (from, until) = (
        fields.optional("from", time)?,
        fields.optional("until", time)?,
    );
    fields.end()?;
    match (from, until) {
        (Some(from), Some(until)) => Window::new(from, until).map_err(invalid),
        (Some(from), None) => Ok(Window::opening(from)),
        (None, Some(until)) => Ok(Window::closing(until)),
        (None, None) => Err(invalid(LimitError::EndlessWindow)),
    }
}

fn audiences(value: &Value) -> Result<AudienceSet, JsonError> {
    let names = each(value, |name| Audience::new(text(name)?).map_err(invalid))?;
    AudienceSet::new(names).map_err(invalid)
}

fn condition_to_value(condition: &Condition) -> Value {
    object([
        ("fact", Some(condition.fact.as_str().into())),
        ("holds", Some(condition.holds.to_value())),
        (
            "max_age",
            Some(Number::from(condition.max_age.get()).into()),
        ),
    ])
}

fn condition(value: &Value) -> Result<Condition, JsonError> {
    let mut fields = Fields::new(value)?;
    let condition = Condition {
        fact: fields.required("fact", label)?,
        holds: fields.required("holds", Constraint::from_value)?,
        max_age: fields.required("max_age", seconds)?,
    };
    fields.end().map(|()| condition)
}

impl JsonForm for LivesBy {
    fn to_value(&self) -> Value {
        let age = |effect| Some(Number::from(self.max_age().for_effect(effect).get()).into());
        let enders: Vec<Value> = self.enders().map(|key| key.to_string().into()).collect();
        let max_age = object([
            ("read", age(Effect::Read)),
            ("write", age(Effect::Write)),
            ("irreversible", age(Effect::Irreversible)),
        ]);
        object([
            ("mission", Some(mission_to_value(self.mission()))),
            (
                "enders",
                (!enders.is_empty()).then_some(Value::List(enders)),
            ),
            ("max_age", Some(max_age)),
        ])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let mut fields = Fields::new(value)?;
        let mission = fields.required("mission", mission)?;
        let enders = fields
            .optional("enders", |enders| each(enders, key))?
            .unwrap_or_default();
        let max_age = fields.required("max_age", |ages| {
            let mut fields = Fields::new(ages)?;
            let read = fields.required("read", seconds)?;
            let write = fields.required("write", seconds)?;
            let irreversible = fields.required("irreversible", seconds)?;
            fields.end()?;
            MaxAge::new(read, write, irreversible).map_err(invalid)
        })?;
        fields.end()?;
        Self::new(mission, max_age)
            .with_enders(enders)
            .map_err(invalid)
    }
}
