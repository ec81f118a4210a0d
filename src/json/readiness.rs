//! The JSON form of waves and barriers.

use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, digest, each, invalid, key, object, seconds, time, whole};
use super::mission::{mission, mission_to_value};
use crate::limits::{Barrier, Reporters, Waves};
use crate::primitives::{MandateId, Number, Value};

pub(super) fn waves_to_value(waves: &Waves) -> Value {
    let number = |number: u64| Number::from(number).into();
    object([
        ("mission", Some(mission_to_value(waves.mission()))),
        (
            "first",
            Some(waves.first()).filter(|first| *first > 0).map(number),
        ),
        ("last", waves.last().map(number)),
        (
            "drain",
            Some(waves.drain().get())
                .filter(|drain| *drain > 0)
                .map(number),
        ),
    ])
}

pub(super) fn waves(value: &Value) -> Result<Waves, JsonError> {
    let mut fields = Fields::new(value)?;
    let mission = fields.required("mission", mission)?;
    let first = fields.optional("first", wave)?.unwrap_or_default();
    let last = fields.optional("last", wave)?;
    let drain = fields.optional("drain", seconds)?.unwrap_or_default();
    fields.end()?;
    let waves = match last {
        None => Ok(Waves::starting_at(mission, first)),
        Some(last) => Waves::new(mission, first, last),
    };
    waves
        .and_then(|waves| waves.with_drain(drain))
        .map_err(invalid)
}

fn wave(value: &Value) -> Result<u64, JsonError> {
    whole(value).ok_or_else(|| JsonErrorKind::Expected("the number of a wave").into())
}

pub(super) fn barrier_to_value(barrier: &Barrier) -> Value {
    let tasks = barrier.tasks().map(|(task, reporters)| {
        let keys = reporters.iter().map(|key| key.to_string().into()).collect();
        object([
            ("mandate", Some(task.to_string().into())),
            ("reported_by", Some(Value::List(keys))),
        ])
    });
    let (needed, all) = (barrier.quorum(), barrier.tasks().len());
    let quorum = u64::try_from(needed)
        .ok()
        .filter(|_| needed < all)
        .map(|quorum| Number::from(quorum).into());
    object([
        ("tasks", Some(Value::List(tasks.collect()))),
        ("quorum", quorum),
        (
            "deadline",
            barrier
                .deadline()
                .map(|at| Number::from(at.as_unix()).into()),
        ),
    ])
}

pub(super) fn barrier(value: &Value) -> Result<Barrier, JsonError> {
    let mut fields = Fields::new(value)?;
    let barrier = fields.required("tasks", |tasks| {
        Barrier::new(each(tasks, awaited)?).map_err(invalid)
    })?;
    let quorum = fields.optional("quorum", |quorum| {
        whole(quorum).ok_or_else(|| JsonErrorKind::Expected("a number of tasks").into())
    })?;
    let deadline = fields.optional("deadline", time)?;
    fields.end()?;
    let barrier = match quorum {
        None => barrier,
        Some(quorum) => barrier
            // A number that does not fit is more than there can be tasks, and refused as such.
            .with_quorum(usize::try_from(quorum).unwrap_or(usize::MAX))
            .map_err(invalid)?,
    };
    Ok(deadline.into_iter().fold(barrier, Barrier::with_deadline))
}

fn awaited(value: &Value) -> Result<(MandateId, Reporters), JsonError> {
    let mut fields = Fields::new(value)?;
    let mandate = fields.required("mandate", digest)?;
    let reporters = fields.required("reported_by", |keys| {
        Reporters::new(each(keys, key)?).map_err(invalid)
    })?;
    fields.end().map(|()| (mandate, reporters))
}
