//! Capabilities, argument rules and constraints.

use super::error::{CodecError, CodecErrorKind, Expected, InvalidValue};
use super::reader::Reader;
use super::value::{check_value, read_number, write_number};
use super::writer::{MapWriter, Writer};
use crate::powers::{
    ArgumentRules, Bound, Capability, Constraint, ConstraintError, Effect, EncodedSet, Host, Kind,
    Port, Powers, Presence, Range, ToolPattern, UrlRule, ValueSet, check_clauses,
};
use crate::primitives::bounds::{
    MAX_ARGUMENT_RULES, MAX_CAPABILITIES, MAX_CONSTRAINT_DEPTH, MAX_KEY_BYTES, MAX_MEMBERS,
    MAX_PATTERN_BYTES, MAX_SCOPE_MEMBERS, MAX_TOOL_BYTES,
};
use crate::primitives::encoded::by_encoded_key;

const REQUIRED: i64 = 2;
const OPTIONAL: i64 = 3;
const OPEN: i64 = 4;

pub(crate) fn write_powers(w: &mut Writer, powers: &Powers) {
    w.array(powers.capabilities().len());
    powers
        .capabilities()
        .iter()
        .for_each(|capability| write_capability(w, capability));
}

pub(crate) fn read_powers(r: &mut Reader<'_>) -> Result<Powers, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_CAPABILITIES)?;
            r.items(count, read_capability)
        },
        Powers::new,
    )
}

fn write_capability(w: &mut Writer, capability: &Capability) {
    w.entries(|m| {
        m.entry(0, |w| w.text(&capability.tool().to_string()));
        m.entry(1, |w| write_effect(w, capability.effect()));
        write_rules(m, capability.arguments());
        m.flag(5, capability.is_delegable());
    });
}

fn read_capability(r: &mut Reader<'_>) -> Result<Capability, CodecError> {
    let start = r.clone();
    let mut entries = r.map(6)?;
    let (mut tool, mut effect, mut delegable) = (None, None, false);
    let mut rules = ArgumentRules::closed();
    while let Some(key) = entries.next_key(r)? {
        match key {
            0 => tool = Some(read_tool(r)?),
            1 => effect = Some(read_effect(r)?),
            REQUIRED | OPTIONAL | OPEN => {
                rules = read_rules_entry(r, key, rules, MAX_CONSTRAINT_DEPTH)?;
            }
            5 => {
                r.true_flag()?;
                delegable = true;
            }
            key => return r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }
    let missing = |key| start.fail(CodecErrorKind::MissingKey { key });
    let Some(tool) = tool else { return missing(0) };
    let Some(effect) = effect else {
        return missing(1);
    };
    let capability = Capability::for_tool(tool, effect).with_arguments(rules);
    Ok(if delegable {
        capability.allow_delegation()
    } else {
        capability
    })
}

pub(super) fn write_effect(w: &mut Writer, effect: Effect) {
    w.unsigned(match effect {
        Effect::Read => 0,
        Effect::Write => 1,
        Effect::Irreversible => 2,
    });
}

pub(super) fn read_effect(r: &mut Reader<'_>) -> Result<Effect, CodecError> {
    let start = r.clone();
    match r.unsigned()? {
        0 => Ok(Effect::Read),
        1 => Ok(Effect::Write),
        2 => Ok(Effect::Irreversible),
        kind => start.fail(CodecErrorKind::UnknownKind { kind }),
    }
}

pub(super) fn read_tool(r: &mut Reader<'_>) -> Result<ToolPattern, CodecError> {
    r.make(|r| r.text(MAX_TOOL_BYTES), ToolPattern::new)
}

fn write_rules(m: &mut MapWriter<'_>, rules: &ArgumentRules) {
    for (key, wanted) in [
        (REQUIRED, Presence::Required),
        (OPTIONAL, Presence::Optional),
    ] {
        let named = rules.iter().filter(|(_, presence, _)| *presence == wanted);
        let named = by_encoded_key(named.map(|(name, _, constraint)| (name, constraint)));
        m.entry_if(key, (!named.is_empty()).then_some(named), |w, named| {
            w.map(named.len());
            for (name, constraint) in named {
                w.text(name);
                write_constraint(w, constraint);
            }
        });
    }
    m.flag(OPEN, rules.is_open());
}

/// Reads the value of one of the three keys of argument rules, which capabilities and records
/// share.
fn read_rules_entry(
    r: &mut Reader<'_>,
    key: i64,
    rules: ArgumentRules,
    depth: usize,
) -> Result<ArgumentRules, CodecError> {
    if key == OPEN {
        r.true_flag()?;
        return Ok(rules.allow_others());
    }
    let presence = if key == REQUIRED {
        Presence::Required
    } else {
        Presence::Optional
    };
    let start = r.clone();
    let mut named = r.map(MAX_ARGUMENT_RULES)?;
    if named.left() == 0 {
        return start.fail(CodecErrorKind::DefaultSpelled);
    }
    let mut more = rules.with_more(named.left());
    while let Some(name) = named.next(r, |r| r.text(MAX_KEY_BYTES))? {
        r.make(
            |r| read_constraint(r, depth),
            |constraint| more.add(name, presence, constraint),
        )?;
    }
    Ok(more.sorted())
}

pub(super) fn write_constraint(w: &mut Writer, constraint: &Constraint) {
    // Every kind but `any` is a pair of its number and its content.
    let kind = |w: &mut Writer, number| {
        w.array(2);
        w.unsigned(number);
    };
    match constraint.kind() {
        Kind::Any => {
            w.array(1);
            w.unsigned(0);
        }
        Kind::OneOf(set) => {
            kind(w, 1);
            write_set(w, set);
        }
        Kind::NoneOf(set) => {
            kind(w, 2);
            write_set(w, set);
        }
        Kind::Range(range) => {
            kind(w, 3);
            write_range(w, *range);
        }
        Kind::Text(pattern) => {
            kind(w, 4);
            w.text(pattern.as_str());
        }
        Kind::PathUnder(path) => {
            kind(w, 5);
            w.text(path.as_str());
        }
        Kind::HostUnder(host) => {
            kind(w, 6);
            w.text(host.as_str());
        }
        Kind::Url(rule) => {
            kind(w, 7);
            write_url(w, rule);
        }
        Kind::Network(network) => {
            kind(w, 8);
            w.text(&network.to_string());
        }
        Kind::Contains(set) => {
            kind(w, 9);
            write_set(w, set);
        }
        Kind::Each(inner) => {
            kind(w, 10);
            write_constraint(w, inner);
        }
        Kind::Record(rules) => {
            kind(w, 11);
            w.entries(|m| write_rules(m, rules));
        }
        Kind::AllOf(clauses) => {
            kind(w, 12);
            write_clauses(w, clauses);
        }
        Kind::AnyOf(clauses) => {
            kind(w, 13);
            write_clauses(w, clauses);
        }
    }
}

fn write_set(w: &mut Writer, set: &ValueSet) {
    w.array(set.len());
    // A set keeps its members encoded and in order.
    w.raw(set.encoded());
}

fn write_clauses(w: &mut Writer, clauses: &[Constraint]) {
    w.array(clauses.len());
    clauses
        .iter()
        .for_each(|clause| write_constraint(w, clause));
}

fn write_range(w: &mut Writer, range: Range) {
    w.entries(|m| {
        for (end, inclusive, exclusive) in [(range.low(), 0, 1), (range.high(), 2, 3)] {
            match end {
                None => {}
                Some(Bound::Inclusive(number)) => m.entry(inclusive, |w| write_number(w, number)),
                Some(Bound::Exclusive(number)) => m.entry(exclusive, |w| write_number(w, number)),
            }
        }
    });
}

fn write_url(w: &mut Writer, rule: &UrlRule) {
    w.entries(|m| {
        m.entry(0, |w| w.sorted(rule.schemes(), Writer::text));
        m.entry(1, |w| w.text(rule.host().as_str()));
        match rule.port() {
            Port::Default => {}
            Port::Only(number) => m.entry(2, |w| w.unsigned(u64::from(number))),
            Port::Any => m.entry(2, Writer::null),
        }
        let path = rule.path().as_str();
        m.entry_if(3, (path != "/").then_some(path), Writer::text);
    });
}

pub(super) fn read_constraint(r: &mut Reader<'_>, depth: usize) -> Result<Constraint, CodecError> {
    let Some(deeper) = depth.checked_sub(1) else {
        return r.fail(CodecErrorKind::TooDeep);
    };
    let start = r.clone();
    let parts = r.array(1, 2)?;
    let at_kind = r.clone();
    let kind = r.unsigned()?;
    match (kind, parts) {
        (0, 1) => return Ok(Constraint::any()),
        (1..=13, 2) => {}
        (0..=13, _) => {
            return start.fail(CodecErrorKind::Expected(Expected::ArrayOfLength(
                if kind == 0 { 1 } else { 2 },
            )));
        }
        _ => return at_kind.fail(CodecErrorKind::UnknownKind { kind }),
    }
    match kind {
        1 => r.make(read_set, EncodedSet::one_of),
        2 => r.make(read_set, EncodedSet::none_of),
        3 => r.make(read_range, |(low, high)| {
            Range::new(low, high)
                .map(Constraint::range)
                .map_err(ConstraintError::from)
        }),
        4 => r.make(|r| r.text(MAX_PATTERN_BYTES), Constraint::pattern),
        5 => r.make(|r| r.text(MAX_PATTERN_BYTES), Constraint::path_under),
        6 => r.make(|r| r.text(MAX_PATTERN_BYTES), Constraint::host_under),
        7 => read_url(r).map(Constraint::url),
        8 => r.make(|r| r.text(MAX_PATTERN_BYTES), Constraint::network),
        9 => r.make(read_set, EncodedSet::contains),
        // The depth of these four was bounded on the way down, so it is not checked again.
        10 => Ok(Constraint::nested(Kind::Each(Box::new(read_constraint(
            r, deeper,
        )?)))),
        11 => Ok(Constraint::nested(Kind::Record(read_record(r, deeper)?))),
        12 => Ok(Constraint::nested(Kind::AllOf(
            r.make(|r| read_clauses(r, deeper), check_clauses)?,
        ))),
        // Kind 13: all others were refused above.
        _ => Ok(Constraint::nested(Kind::AnyOf(
            r.make(|r| read_clauses(r, deeper), check_clauses)?,
        ))),
    }
}

/// Reads a set. Its members are checked, and kept as the bytes that came.
fn read_set<'a>(r: &mut Reader<'a>) -> Result<EncodedSet<'a>, CodecError> {
    let count = r.array(0, MAX_MEMBERS)?;
    let mut set = EncodedSet::with_room(count);
    let start = r.position();
    let (_, members) = r.with_bytes(|r| {
        r.sorted(count, |r| {
            let value_type = check_value(r)?;
            set.ends_at(r.position().saturating_sub(start), value_type);
            Ok(())
        })
    })?;
    Ok(set.with_members(members))
}

fn read_clauses(r: &mut Reader<'_>, depth: usize) -> Result<Vec<Constraint>, CodecError> {
    let count = r.array(0, MAX_MEMBERS)?;
    r.items(count, |r| read_constraint(r, depth))
}

fn read_record(r: &mut Reader<'_>, depth: usize) -> Result<ArgumentRules, CodecError> {
    let mut entries = r.map(3)?;
    let mut rules = ArgumentRules::closed();
    while let Some(key) = entries.next_key(r)? {
        match key {
            REQUIRED | OPTIONAL | OPEN => rules = read_rules_entry(r, key, rules, depth)?,
            key => return r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }
    Ok(rules)
}

fn read_range(r: &mut Reader<'_>) -> Result<(Option<Bound>, Option<Bound>), CodecError> {
    let mut entries = r.map(2)?;
    let (mut low, mut high) = (None, None);
    while let Some(key) = entries.next_key(r)? {
        let end = match key {
            0 | 2 => Bound::Inclusive(read_number(r)?),
            1 | 3 => Bound::Exclusive(read_number(r)?),
            key => return r.fail(CodecErrorKind::UnknownKey { key }),
        };
        let side = if key < 2 { &mut low } else { &mut high };
        // Two lower ends have different keys, so the order of keys does not refuse them.
        if side.replace(end).is_some() {
            return r.fail(CodecErrorKind::Duplicate);
        }
    }
    Ok((low, high))
}

fn read_url(r: &mut Reader<'_>) -> Result<UrlRule, CodecError> {
    let start = r.clone();
    let mut entries = r.map(4)?;
    let (mut schemes, mut host, mut port, mut path) = (None, None, Port::Default, None);
    while let Some(key) = entries.next_key(r)? {
        match key {
            0 => {
                let count = r.array(1, MAX_SCOPE_MEMBERS)?;
                schemes = Some(r.sorted(count, |r| r.text(MAX_PATTERN_BYTES))?);
            }
            1 => {
                host = Some(r.make(
                    |r| r.text(MAX_PATTERN_BYTES),
                    |host| Host::new(host).map_err(ConstraintError::from),
                )?);
            }
            2 if r.is_null()? => port = Port::Any,
            2 => {
                let at = r.clone();
                let number = u16::try_from(r.unsigned()?);
                port =
                    Port::Only(number.or_else(|_| {
                        at.fail(CodecErrorKind::Expected(Expected::UnsignedInteger))
                    })?);
            }
            3 => {
                let at = r.clone();
                let text = r.text(MAX_PATTERN_BYTES)?;
                if text == "/" {
                    return at.fail(CodecErrorKind::DefaultSpelled);
                }
                path = Some(text);
            }
            key => return r.fail(CodecErrorKind::UnknownKey { key }),
        }
    }
    let missing = |key| start.fail(CodecErrorKind::MissingKey { key });
    let Some(schemes) = schemes else {
        return missing(0);
    };
    let Some(host) = host else { return missing(1) };
    let rule = UrlRule::new(schemes, host)
        .and_then(|rule| rule.with_port(port))
        .and_then(|rule| match path {
            Some(path) => rule.with_path(path),
            None => Ok(rule),
        });
    rule.or_else(|error| start.fail(InvalidValue::from(ConstraintError::from(error))))
}
