//! The JSON form of budgets.

use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, each, invalid, label, object, only_true, seconds, text};
use super::powers::number;
use crate::limits::{ArgumentPath, Budget, Meter, PerValue, Source, Sources, Unit};
use crate::powers::ToolPattern;
use crate::primitives::{ForeignText, Label, Number, Period, Value};

pub(super) fn budget_to_value(budget: &Budget) -> Value {
    let shares = budget
        .shares()
        .map(|(ledger, max)| (ledger.to_string(), max.into()));
    let sum = match budget.meter() {
        Meter::Calls => None,
        Meter::Sum(sources) => Some(Value::List(sources.iter().map(source_to_value).collect())),
    };
    object([
        ("account", Some(budget.account().as_str().into())),
        ("ledgers", Some(Value::Map(shares.collect()))),
        ("sum", sum),
        ("each", budget.period().map(|period| period.as_str().into())),
        ("per_value", budget.per_value().map(per_value_to_value)),
        ("askable", set(budget.is_askable())),
    ])
}

fn source_to_value(source: &Source) -> Value {
    let unit = source.unit().map(|unit| {
        object([
            ("path", Some(path_to_value(unit.path()))),
            ("value", Some((&**unit.value()).into())),
        ])
    });
    object([
        ("path", Some(path_to_value(source.path()))),
        ("tool", source.tool().map(|tool| tool.to_string().into())),
        ("unit", unit),
        ("texts", set(source.takes_decimal_texts())),
    ])
}

fn per_value_to_value(per_value: &PerValue) -> Value {
    object([
        ("path", Some(path_to_value(per_value.path()))),
        (
            "remember",
            Some(Number::from(per_value.remember().get()).into()),
        ),
        ("any_case", set(per_value.is_any_case())),
    ])
}

fn path_to_value(path: &ArgumentPath) -> Value {
    Value::List(
        path.names()
            .iter()
            .map(|name: &ForeignText| (&**name).into())
            .collect(),
    )
}

/// Returns the value of a flag, which is left out where it is not set.
pub(super) fn set(is_set: bool) -> Option<Value> {
    is_set.then_some(Value::Bool(true))
}

pub(super) fn budget(value: &Value) -> Result<Budget, JsonError> {
    let mut fields = Fields::new(value)?;
    let account = fields.required("account", label)?;
    let shares = fields.required("ledgers", shares)?;
    let sources = fields.optional("sum", |sum| {
        Sources::new(each(sum, source)?).map_err(invalid)
    })?;
    let period = fields.optional("each", period)?;
    let per_value = fields.optional("per_value", per_value)?;
    let is_askable = fields.optional("askable", only_true)?.is_some();
    fields.end()?;
    let budget =
        Budget::new(account, sources.map_or(Meter::Calls, Meter::Sum), shares).map_err(invalid)?;
    let budget = period.into_iter().fold(budget, Budget::with_period);
    let budget = per_value.into_iter().fold(budget, Budget::with_per_value);
    Ok(if is_askable {
        budget.with_askable()
    } else {
        budget
    })
}

fn shares(value: &Value) -> Result<Vec<(Label, Number)>, JsonError> {
    let Value::Map(entries) = value else {
        return Err(JsonErrorKind::Expected("an object").into());
    };
    let share = |(ledger, max): (&String, &Value)| {
        let share = Label::new(ledger)
            .map_err(invalid)
            .and_then(|label| Ok((label, number(max)?)));
        share.map_err(|error| error.under(ledger))
    };
    entries.iter().map(share).collect()
}

fn source(value: &Value) -> Result<Source, JsonError> {
    let mut fields = Fields::new(value)?;
    let source = Source::new(fields.required("path", path)?);
    let tool = fields.optional("tool", |tool| {
        ToolPattern::new(text(tool)?).map_err(invalid)
    })?;
    let unit = fields.optional("unit", |unit| {
        let mut fields = Fields::new(unit)?;
        let (path, value) = (
            fields.required("path", path)?,
            fields.required("value", text)?,
        );
        fields.end()?;
        Unit::new(path, value).map_err(invalid)
    })?;
    let takes_texts = fields.optional("texts", only_true)?.is_some();
    fields.end()?;
    let source = tool.into_iter().fold(source, Source::with_tool);
    let source = unit.into_iter().fold(source, Source::with_unit);
    Ok(if takes_texts {
        source.with_decimal_texts()
    } else {
        source
    })
}

fn per_value(value: &Value) -> Result<PerValue, JsonError> {
    let mut fields = Fields::new(value)?;
    let (path, remember) = (
        fields.required("path", path)?,
        fields.required("remember", seconds)?,
    );
    let is_any_case = fields.optional("any_case", only_true)?.is_some();
    fields.end()?;
    let per_value = PerValue::new(path, remember).map_err(invalid)?;
    Ok(if is_any_case {
        per_value.with_any_case()
    } else {
        per_value
    })
}

fn path(value: &Value) -> Result<ArgumentPath, JsonError> {
    ArgumentPath::new(each(value, text)?).map_err(invalid)
}

pub(super) fn period(value: &Value) -> Result<Period, JsonError> {
    text(value)?
        .parse()
        .map_err(|_| JsonErrorKind::Expected("`day`, `week` or `month`").into())
}
