//! The JSON form of rates, exclusive groups and gates.

use super::budget::set;
use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, each, invalid, key, label, object, only_true, seconds, text, whole};
use super::form::JsonForm;
use super::powers::effect;
use crate::limits::{ApprovalGate, RateLimit, SeparationOfDuty, ToolSet};
use crate::powers::{Constraint, Effect, ToolPattern};
use crate::primitives::{Number, Value};

pub(super) fn rate_to_value(rate: &RateLimit) -> Value {
    object([
        ("account", Some(rate.account().as_str().into())),
        ("ledger", Some(rate.ledger().as_str().into())),
        ("burst", Some(Number::from(rate.burst()).into())),
        ("per", Some(Number::from(rate.per().get()).into())),
        ("askable", set(rate.is_askable())),
    ])
}

pub(super) fn rate(value: &Value) -> Result<RateLimit, JsonError> {
    let mut fields = Fields::new(value)?;
    let (account, ledger) = (
        fields.required("account", label)?,
        fields.required("ledger", label)?,
    );
    let burst = fields.required("burst", calls)?;
    let per = fields.required("per", seconds)?;
    let is_askable = fields.optional("askable", only_true)?.is_some();
    fields.end()?;
    // A burst beyond 32 bits is out of bounds, and so is the greatest of 32 bits.
    let rate = RateLimit::new(
        account,
        ledger,
        u32::try_from(burst).unwrap_or(u32::MAX),
        per,
    )
    .map_err(invalid)?;
    Ok(if is_askable {
        rate.with_askable()
    } else {
        rate
    })
}

pub(super) fn calls(value: &Value) -> Result<u64, JsonError> {
    whole(value).ok_or_else(|| JsonErrorKind::Expected("a number of calls").into())
}

pub(super) fn exclusive_to_value(exclusive: &SeparationOfDuty) -> Value {
    let group =
        |group: &ToolSet| Value::List(group.iter().map(|tool| tool.to_string().into()).collect());
    object([
        ("account", Some(exclusive.account().as_str().into())),
        ("ledger", Some(exclusive.ledger().as_str().into())),
        (
            "groups",
            Some(Value::List(exclusive.groups().iter().map(group).collect())),
        ),
        ("askable", set(exclusive.is_askable())),
    ])
}

pub(super) fn exclusive(value: &Value) -> Result<SeparationOfDuty, JsonError> {
    let mut fields = Fields::new(value)?;
    let (account, ledger) = (
        fields.required("account", label)?,
        fields.required("ledger", label)?,
    );
    let tool = |tool| ToolPattern::new(text(tool)?).map_err(invalid);
    let groups = fields.required("groups", |groups| {
        each(groups, |group| {
            ToolSet::new(each(group, tool)?).map_err(invalid)
        })
    })?;
    let is_askable = fields.optional("askable", only_true)?.is_some();
    fields.end()?;
    let exclusive = SeparationOfDuty::new(account, ledger, groups).map_err(invalid)?;
    Ok(if is_askable {
        exclusive.with_askable()
    } else {
        exclusive
    })
}

pub(super) fn gate_to_value(gate: &ApprovalGate) -> Value {
    let approvers = gate.approvers().map(|key| key.to_string().into()).collect();
    let unless = gate.exemption().map(|(argument, constraint)| {
        object([
            ("argument", Some(argument.into())),
            ("is", Some(constraint.to_value())),
        ])
    });
    object([
        ("approvers", Some(Value::List(approvers))),
        (
            "needed",
            u64::try_from(gate.needed())
                .ok()
                .map(|needed| Number::from(needed).into()),
        ),
        ("max_age", Some(Number::from(gate.max_age().get()).into())),
        (
            "effect",
            Some(gate.effect())
                .filter(|effect| *effect > Effect::Read)
                .map(|effect| effect.as_str().into()),
        ),
        ("unless", unless),
    ])
}

pub(super) fn gate(value: &Value) -> Result<ApprovalGate, JsonError> {
    let mut fields = Fields::new(value)?;
    let approvers = fields.required("approvers", |approvers| each(approvers, key))?;
    let needed = fields.required("needed", |needed| {
        whole(needed).ok_or_else(|| JsonErrorKind::Expected("a number of approvers").into())
    })?;
    let max_age = fields.required("max_age", seconds)?;
    let from = fields.optional("effect", effect)?.unwrap_or(Effect::Read);
    let unless = fields.optional("unless", |unless| {
        let mut fields = Fields::new(unless)?;
        let exception = (
            fields.required("argument", text)?,
            fields.required("is", Constraint::from_value)?,
        );
        fields.end().map(|()| exception)
    })?;
    fields.end()?;
    // A number that does not fit is more than there can be approvers, and refused as such.
    let gate = ApprovalGate::new(
        usize::try_from(needed).unwrap_or(usize::MAX),
        approvers,
        max_age,
    )
    .map_err(invalid)?;
    match unless {
        None => Ok(gate.with_effect(from)),
        Some((argument, constraint)) => gate
            .with_effect(from)
            .with_exemption(argument, constraint)
            .map_err(invalid),
    }
}
