//! Waves and barriers.

use crate::codec::claims::{read_entries, set};
use crate::codec::error::{CodecError, CodecErrorKind};
use crate::codec::limits::{read_key, read_time};
use crate::codec::mission::{read_mission, write_mission};
use crate::codec::reader::Reader;
use crate::codec::writer::Writer;
use crate::limits::{Barrier, LimitError, Reporters, Waves};
use crate::primitives::bounds::{MAX_BARRIER_TASKS, MAX_REPORTERS};
use crate::primitives::{MandateId, Seconds};

/// Writes `{0: mission, ? 1: first, ? 2: last, ? 3: drain}`.
pub(super) fn write_waves(w: &mut Writer, waves: &Waves) {
    w.entries(|m| {
        m.entry(0, |w| write_mission(w, waves.mission()));
        m.entry_if(
            1,
            Some(waves.first()).filter(|first| *first > 0),
            Writer::unsigned,
        );
        m.entry_if(2, waves.last(), Writer::unsigned);
        m.entry_if(
            3,
            Some(waves.drain().get()).filter(|drain| *drain > 0),
            Writer::unsigned,
        );
    });
}

pub(super) fn read_waves(r: &mut Reader<'_>) -> Result<Waves, CodecError> {
    let (mut mission, mut first, mut last, mut drain) = (None, 0, None, 0);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut mission, read_mission(r)?),
        1 => r.positive().map(|number| first = number),
        2 => set(&mut last, r.unsigned()?),
        3 => r.positive().map(|seconds| drain = seconds),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    let mission = mission.ok_or_else(|| end.missing(0))?;
    let waves = match last {
        None => Ok(Waves::starting_at(mission, first)),
        Some(last) => Waves::new(mission, first, last),
    };
    waves
        .and_then(|waves| waves.with_drain(Seconds::new(drain)))
        .map_err(|error| end.invalid(error))
}

/// Writes `{0: [[mandate, [reporter, …]], …], ? 1: quorum, ? 2: deadline}`.
pub(super) fn write_barrier(w: &mut Writer, barrier: &Barrier) {
    w.entries(|m| {
        m.entry(0, |w| {
            w.sorted(barrier.tasks(), |w, (task, reporters)| {
                w.array(2);
                w.bytes(task.as_bytes());
                w.sorted(reporters.iter(), |w, key| w.bytes(key.as_bytes()));
            });
        });
        // A quorum of all is the default, and left out.
        let of_all = barrier.quorum() == barrier.tasks().len();
        m.entry_if(1, (!of_all).then_some(barrier.quorum()), |w, quorum| {
            w.unsigned(u64::try_from(quorum).unwrap_or(u64::MAX));
        });
        m.entry_if(2, barrier.deadline(), |w, deadline| {
            w.unsigned(deadline.as_unix());
        });
    });
}

pub(super) fn read_barrier(r: &mut Reader<'_>) -> Result<Barrier, CodecError> {
    let (mut tasks, mut quorum, mut deadline) = (None, None, None);
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut tasks, read_tasks(r)?),
        1 => set(&mut quorum, (r.clone(), r.unsigned()?)),
        2 => set(&mut deadline, read_time(r)?),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    let barrier = tasks.ok_or_else(|| end.missing(0))?;
    let barrier = match quorum {
        None => barrier,
        Some((at, quorum)) => {
            // A number that does not fit is more than there can be tasks, and refused as such.
            let quorum = usize::try_from(quorum).unwrap_or(usize::MAX);
            if quorum == barrier.tasks().len() {
                return at.fail(CodecErrorKind::DefaultSpelled);
            }
            barrier
                .with_quorum(quorum)
                .map_err(|error| end.invalid(error))?
        }
    };
    Ok(deadline.into_iter().fold(barrier, Barrier::with_deadline))
}

fn read_tasks(r: &mut Reader<'_>) -> Result<Barrier, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_BARRIER_TASKS)?;
            r.sorted(count, |r| {
                r.array_of_length(2)?;
                Ok((MandateId::from_bytes(r.bytes_of()?), read_reporters(r)?))
            })
        },
        Barrier::new::<Reporters>,
    )
}

fn read_reporters(r: &mut Reader<'_>) -> Result<Reporters, CodecError> {
    r.make(
        |r| {
            let count = r.array(0, MAX_REPORTERS)?;
            r.sorted(count, read_key)
        },
        |keys: Vec<_>| -> Result<_, LimitError> { Reporters::new(keys) },
    )
}
