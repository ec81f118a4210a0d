//! Limits and their scopes.

mod budget;
mod gate;
mod lives_by;
mod readiness;
mod spending;

use super::claims::read_label;
use super::error::{CodecError, CodecErrorKind, Expected, InvalidValue};
use super::powers::{read_constraint, read_tool, write_constraint};
use super::reader::Reader;
use super::writer::Writer;
use crate::limits::{
    AudienceSet, Condition, Delegates, Limit, LimitError, LimitRule, Limits, Scope, ToolSet, Window,
};
use crate::primitives::bounds::{
    MAX_CONSTRAINT_DEPTH, MAX_DELEGATES, MAX_LIMITS, MAX_NAME_BYTES, MAX_SCOPE_MEMBERS,
};
use crate::primitives::{Audience, PublicKey, Seconds, Timestamp};
use budget::{read_budget, write_budget};
use gate::{read_gate, write_gate};
use readiness::{read_barrier, read_waves, write_barrier, write_waves};
use spending::{read_exclusive, read_rate, write_exclusive, write_rate};

pub(super) use budget::{period_number, write_path, write_sources};
pub(super) use lives_by::{read_lives_by, write_lives_by};
pub(super) use spending::write_groups;

// The numbers of the kinds of limit.
const WINDOW: u64 = 0;
const AUDIENCE: u64 = 1;
const SIGNED_CALLS: u64 = 2;
const LIVES_BY: u64 = 3;
const CONDITION: u64 = 4;
const ENDS_ON: u64 = 5;
const WAVES: u64 = 6;
const BARRIER: u64 = 7;
const BUDGET: u64 = 8;
const RATE: u64 = 9;
const EXCLUSIVE: u64 = 10;
const GATE: u64 = 11;
const DELEGATES: u64 = 12;

pub(crate) fn write_limits(w: &mut Writer, limits: &Limits) {
    w.array(limits.iter().len());
    limits.iter().for_each(|limit| write_limit(w, limit));
}

fn write_limit(w: &mut Writer, limit: &Limit) {
    w.array(if *limit.scope() == Scope::All { 2 } else { 3 });
    match limit.rule() {
        LimitRule::Window(window) => {
            w.unsigned(WINDOW);
            w.entries(|m| {
                m.entry_if(0, window.opens(), |w, opens| w.unsigned(opens.as_unix()));
                m.entry_if(1, window.closes(), |w, closes| w.unsigned(closes.as_unix()));
            });
        }
        LimitRule::Audience(audiences) => {
            w.unsigned(AUDIENCE);
            write_audiences(w, audiences);
        }
        LimitRule::SignedCalls => {
            w.unsigned(SIGNED_CALLS);
            w.null();
        }
        LimitRule::LivesBy(lives_by) => {
            w.unsigned(LIVES_BY);
            write_lives_by(w, lives_by);
        }
        LimitRule::Condition(condition) => {
            w.unsigned(CONDITION);
            w.array(3);
            w.text(condition.fact.as_str());
            write_constraint(w, &condition.holds);
            w.unsigned(condition.max_age.get());
        }
        LimitRule::EndsOn(event) => {
            w.unsigned(ENDS_ON);
            w.text(event.as_str());
        }
        LimitRule::Waves(waves) => {
            w.unsigned(WAVES);
            write_waves(w, waves);
        }
        LimitRule::Barrier(barrier) => {
            w.unsigned(BARRIER);
            write_barrier(w, barrier);
        }
        LimitRule::Budget(budget) => {
            w.unsigned(BUDGET);
            write_budget(w, budget);
        }
        LimitRule::RateLimit(rate) => {
            w.unsigned(RATE);
            write_rate(w, rate);
        }
        LimitRule::SeparationOfDuty(exclusive) => {
            w.unsigned(EXCLUSIVE);
            write_exclusive(w, exclusive);
        }
        LimitRule::ApprovalGate(gate) => {
            w.unsigned(GATE);
            write_gate(w, gate);
        }
        LimitRule::Delegates(delegates) => {
            w.unsigned(DELEGATES);
            w.sorted(delegates.iter(), |w, key| w.bytes(key.as_bytes()));
        }
    }
    if let Scope::Tools(tools) = limit.scope() {
        write_tools(w, tools);
    }
}

fn write_tools(w: &mut Writer, tools: &ToolSet) {
    w.sorted(tools.iter(), |w, tool| w.text(&tool.to_string()));
}

pub(super) fn write_audiences(w: &mut Writer, audiences: &AudienceSet) {
    w.sorted(audiences.iter(), |w, audience| w.text(audience.as_str()));
}

pub(super) fn read_key(r: &mut Reader<'_>) -> Result<PublicKey, CodecError> {
    r.make(|r| r.bytes_of::<32>(), PublicKey::ed25519)
}

fn read_seconds(r: &mut Reader<'_>) -> Result<Seconds, CodecError> {
    r.unsigned().map(Seconds::new)
}

pub(crate) fn read_limits(r: &mut Reader<'_>) -> Result<Limits, CodecError> {
    let start = r.clone();
    let count = r.array(0, MAX_LIMITS)?;
    if count == 0 {
        return start.fail(CodecErrorKind::DefaultSpelled);
    }
    r.make(|r| r.items(count, read_limit), Limits::new)
}

fn read_limit(r: &mut Reader<'_>) -> Result<Limit, CodecError> {
    let parts = r.array(2, 3)?;
    let at_kind = r.clone();
    let rule = match r.unsigned()? {
        WINDOW => LimitRule::Window(r.make(read_window, window)?),
        AUDIENCE => LimitRule::Audience(read_audiences(r)?),
        SIGNED_CALLS => {
            r.null()?;
            LimitRule::SignedCalls
        }
        LIVES_BY => LimitRule::LivesBy(read_lives_by(r)?),
        CONDITION => {
            r.array_of_length(3)?;
            LimitRule::Condition(Condition {
                fact: read_label(r)?,
                holds: read_constraint(r, MAX_CONSTRAINT_DEPTH)?,
                max_age: read_seconds(r)?,
            })
        }
        ENDS_ON => LimitRule::EndsOn(read_label(r)?),
        WAVES => LimitRule::Waves(read_waves(r)?),
        BARRIER => LimitRule::Barrier(read_barrier(r)?),
        BUDGET => LimitRule::Budget(read_budget(r)?),
        RATE => LimitRule::RateLimit(read_rate(r)?),
        EXCLUSIVE => LimitRule::SeparationOfDuty(read_exclusive(r)?),
        GATE => LimitRule::ApprovalGate(read_gate(r)?),
        DELEGATES => LimitRule::Delegates(read_delegates(r)?),
        kind => return at_kind.fail(CodecErrorKind::UnknownKind { kind }),
    };
    let scope = if parts == 3 {
        Scope::Tools(read_tools(r)?)
    } else {
        Scope::All
    };
    // The constructors of one kind would choose a scope; here it is the one that came.
    Limit::new(scope, rule).or_else(|error| at_kind.fail(InvalidValue::from(error)))
}

fn read_delegates(r: &mut Reader<'_>) -> Result<Delegates, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_DELEGATES)?;
            r.sorted(count, read_key)
        },
        Delegates::new,
    )
}

/// Makes a window of its two optional ends.
fn window(ends: (Option<Timestamp>, Option<Timestamp>)) -> Result<Window, LimitError> {
    match ends {
        (Some(from), Some(until)) => Window::new(from, until),
        (Some(from), None) => Ok(Window::opening(from)),
        (None, Some(until)) => Ok(Window::closing(until)),
        (None, None) => Err(LimitError::EndlessWindow),
    }
}

fn read_window(r: &mut Reader<'_>) -> Result<(Option<Timestamp>, Option<Timestamp>), CodecError> {
    let mut entries = r.map(2)?;
    let (mut from, mut until) = (None, None);
    while let Some(key) = entries.next_key(r)? {
        match key {
            0 => from = Some(read_time(r)?),
            1 => until = Some(read_time(r)?),
            key => return r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }
    Ok((from, until))
}

pub(super) fn read_time(r: &mut Reader<'_>) -> Result<Timestamp, CodecError> {
    r.make(Reader::unsigned, Timestamp::from_unix)
}

pub(super) fn read_audiences(r: &mut Reader<'_>) -> Result<AudienceSet, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_SCOPE_MEMBERS)?;
            r.sorted(count, |r| r.make(|r| r.text(MAX_NAME_BYTES), Audience::new))
        },
        AudienceSet::new,
    )
}

fn read_tools(r: &mut Reader<'_>) -> Result<ToolSet, CodecError> {
    let start = r.clone();
    // An empty scope is not a default: it is the wrong item.
    let count = r.array(0, MAX_SCOPE_MEMBERS)?;
    if count == 0 {
        return start.fail(CodecErrorKind::Expected(Expected::ArrayOfLength(1)));
    }
    r.make(|r| r.sorted(count, read_tool), ToolSet::new)
}
