use crate::codec::claims::{read_entries, set};
use crate::codec::error::{CodecError, CodecErrorKind};
use crate::codec::limits::{read_key, read_seconds};
use crate::codec::powers::{read_constraint, read_effect, write_constraint, write_effect};
use crate::codec::reader::Reader;
use crate::codec::writer::Writer;
use crate::limits::ApprovalGate;
use crate::powers::{Constraint, Effect};
use crate::primitives::bounds::{MAX_APPROVERS, MAX_CONSTRAINT_DEPTH, MAX_KEY_BYTES};

/// Writes `{0: [approver, …], 1: needed, 2: max age, ? 3: effect, ? 4: [argument, constraint]}`.
pub(super) fn write_gate(w: &mut Writer, gate: &ApprovalGate) {
    w.entries(|m| {
        m.entry(0, |w| {
            w.sorted(gate.approvers(), |w, key| w.bytes(key.as_bytes()));
        });
        m.entry(1, |w| {
            w.unsigned(u64::try_from(gate.needed()).unwrap_or(u64::MAX));
        });
        m.entry(2, |w| w.unsigned(gate.max_age().get()));
        m.entry_if(
            3,
            Some(gate.effect()).filter(|effect| *effect > Effect::Read),
            write_effect,
        );
        m.entry_if(4, gate.exemption(), |w, (argument, constraint)| {
            w.array(2);
            w.text(argument);
            write_constraint(w, constraint);
        });
    });
}

pub(super) fn read_gate(r: &mut Reader<'_>) -> Result<ApprovalGate, CodecError> {
    let (mut approvers, mut needed, mut max_age, mut effect, mut unless) =
        (None, None, None, Effect::Read, None);
    let end = read_entries(r, &mut |r, key| match key {
        0 => {
            let count = r.array(0, MAX_APPROVERS)?;
            set(&mut approvers, r.sorted(count, read_key)?)
        }
        1 => set(&mut needed, r.unsigned()?),
        2 => set(&mut max_age, read_seconds(r)?),
        3 => {
            let start = r.clone();
            effect = read_effect(r)?;
            if effect == Effect::Read {
                start.fail(CodecErrorKind::DefaultSpelled)
            } else {
                Ok(())
            }
        }
        4 => set(&mut unless, read_exception(r)?),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    // A number that does not fit is more than there can be approvers, and refused as such.
    let needed = usize::try_from(needed.ok_or_else(|| end.missing(1))?).unwrap_or(usize::MAX);
    let approvers = approvers.ok_or_else(|| end.missing(0))?;
    let max_age = max_age.ok_or_else(|| end.missing(2))?;
    let gate = ApprovalGate::new(needed, approvers, max_age)
        .map_err(|error| end.invalid(error))?
        .with_effect(effect);
    match unless {
        None => Ok(gate),
        Some((argument, constraint)) => gate
            .with_exemption(&argument, constraint)
            .map_err(|error| end.invalid(error)),
    }
}

fn read_exception(r: &mut Reader<'_>) -> Result<(Box<str>, Constraint), CodecError> {
    r.array_of_length(2)?;
    Ok((
        r.text(MAX_KEY_BYTES)?.into(),
        read_constraint(r, MAX_CONSTRAINT_DEPTH)?,
    ))
}
