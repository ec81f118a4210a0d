//! Limits and their scopes.

use super::claims::read_label;
use super::error::{CodecError, Fault, Wanted};
use super::powers::{read_constraint, read_tool, write_constraint};
use super::reader::Reader;
use super::writer::Writer;
use crate::ground::bounds::{MAX_CONSTRAINT_DEPTH, MAX_ENDERS, MAX_LIMITS, MAX_NAME_BYTES, MAX_SCOPE_MEMBERS};
use crate::ground::{Audience, Mission, PublicKey, Seconds, Timestamp};
use crate::limits::{
    AudienceSet, Condition, Limit, LimitError, LimitRule, Limits, LivesBy, MaxAge, Scope, ToolSet, Window,
};
use crate::powers::Effect;

const WINDOW: u64 = 0;
const AUDIENCE: u64 = 1;
const SIGNED_CALLS: u64 = 2;
const LIVES_BY: u64 = 3;
const CONDITION: u64 = 4;
const ENDS_ON: u64 = 5;

pub(super) fn write_limits(w: &mut Writer, limits: &Limits) {
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
    }
    if let Scope::Tools(tools) = limit.scope() {
        w.sorted(tools.iter(), |w, tool| w.text(&tool.to_string()));
    }
}

pub(super) fn write_audiences(w: &mut Writer, audiences: &AudienceSet) {
    w.sorted(audiences.iter(), |w, audience| w.text(audience.as_str()));
}

/// `[controller, mission, [read, write, irreversible], ? enders]`.
pub(super) fn write_lives_by(w: &mut Writer, lives_by: &LivesBy) {
    let enders = lives_by.enders().len() > 0;
    w.array(if enders { 4 } else { 3 });
    w.bytes(lives_by.mission().controller.as_bytes());
    w.text(lives_by.mission().name.as_str());
    w.array(3);
    for effect in [Effect::Read, Effect::Write, Effect::Irreversible] {
        w.unsigned(lives_by.max_age().of(effect).get());
    }
    if enders {
        w.sorted(lives_by.enders(), |w, key| w.bytes(key.as_bytes()));
    }
}

pub(super) fn read_lives_by(r: &mut Reader<'_>) -> Result<LivesBy, CodecError> {
    let parts = r.array(3, 4)?;
    let mission = Mission::new(read_key(r)?, read_label(r)?);
    let max_age = r.make(
        |r| {
            r.array_of_length(3)?;
            Ok((read_seconds(r)?, read_seconds(r)?, read_seconds(r)?))
        },
        |(read, write, irreversible)| MaxAge::new(read, write, irreversible),
    )?;
    let lives_by = LivesBy::new(mission, max_age);
    if parts == 3 {
        return Ok(lives_by);
    }
    r.make(
        |r| {
            let count = r.array(1, MAX_ENDERS)?;
            r.sorted(count, read_key)
        },
        |enders| lives_by.ended_also_by(enders),
    )
}

pub(super) fn read_key(r: &mut Reader<'_>) -> Result<PublicKey, CodecError> {
    r.make(|r| r.bytes_of::<32>(), PublicKey::ed25519)
}

fn read_seconds(r: &mut Reader<'_>) -> Result<Seconds, CodecError> {
    r.unsigned().map(Seconds::new)
}

pub(super) fn read_limits(r: &mut Reader<'_>) -> Result<Limits, CodecError> {
    let start = r.clone();
    let count = r.array(0, MAX_LIMITS)?;
    if count == 0 {
        return start.fail(Fault::DefaultSpelled);
    }
    r.make(|r| (0..count).map(|_| read_limit(r)).collect::<Result<Vec<_>, _>>(), Limits::new)
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
        kind => return at_kind.fail(Fault::UnknownKind { kind }),
    };
    let scope = if parts == 3 { Scope::Tools(read_tools(r)?) } else { Scope::All };
    Ok(Limit::new(scope, rule))
}

fn window(ends: (Option<Timestamp>, Option<Timestamp>)) -> Result<Window, LimitError> {
    match ends {
        (Some(from), Some(until)) => Window::between(from, until),
        (Some(from), None) => Ok(Window::from(from)),
        (None, Some(until)) => Ok(Window::until(until)),
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
            key => return r.fail(Fault::UnknownKey { key }),
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
    let count = r.array(0, MAX_SCOPE_MEMBERS)?;
    if count == 0 {
        return start.fail(Fault::Expected(Wanted::ArrayOfLength(1)));
    }
    r.make(|r| r.sorted(count, read_tool), ToolSet::new)
}
