//! The claims of the five kinds of notice, and the parts they share with approvals and receipts.

use super::claims::{
    CTI, Claims, End as MapEnd, IAT, MANDATE, TokenType, read_entries, read_label, sealed, set,
};
use super::error::{CodecError, CodecErrorKind};
use super::limits::{read_key, read_time};
use super::listed::{read_listed, write_listed};
use super::powers::read_tool;
use super::reader::Reader;
use super::writer::{MapWriter, Writer};
use crate::claims::{
    End, Ending, EventFired, Listed, MandateEnding, NoticeHeader, Snapshot, Snapshots, Status,
    TaskEnd, TaskEnding, Wave, Withdrawal,
};
use crate::primitives::bounds::{
    MAX_EVENTS, MAX_STATUS_BYTES, MAX_STATUS_MISSIONS, MAX_STATUS_NAMES, MAX_WITHDRAWN,
};
use crate::primitives::{MandateId, MissionId, PublicKey, Timestamp, TokenId};
use std::collections::BTreeSet;

/// The parts of a notice's header that are read so far.
#[derive(Default)]
struct HeaderParts {
    id: Option<TokenId>,
    by: Option<PublicKey>,
    at: Option<Timestamp>,
}

impl HeaderParts {
    fn finish(self, end: &MapEnd) -> Result<NoticeHeader, CodecError> {
        Ok(NoticeHeader {
            id: self.id.ok_or_else(|| end.missing(CTI))?,
            by: self.by.ok_or_else(|| end.missing(0))?,
            at: self.at.ok_or_else(|| end.missing(IAT))?,
        })
    }
}

/// Writes a notice, its own terms from key 1 on by `terms`.
pub(super) fn write_notice(
    w: &mut Writer,
    header: &NoticeHeader,
    terms: impl FnOnce(&mut MapWriter<'_>),
) {
    w.entries(|m| {
        m.entry(IAT, |w| w.unsigned(header.at.as_unix()));
        m.entry(CTI, |w| w.bytes(header.id.as_bytes()));
        m.entry(MANDATE, |w| {
            w.entries(|m| {
                m.entry(0, |w| w.bytes(header.by.as_bytes()));
                terms(m);
            });
        });
    });
}

/// Reads a notice, its own terms from key 1 on by `term`.
pub(super) fn read_notice<'a>(
    r: &mut Reader<'a>,
    term: &mut dyn FnMut(&mut Reader<'a>, i64) -> Result<(), CodecError>,
) -> Result<(NoticeHeader, MapEnd), CodecError> {
    let mut header = HeaderParts::default();
    let end = read_entries(r, &mut |r, key| match key {
        IAT => set(&mut header.at, read_time(r)?),
        CTI => set(&mut header.id, r.make(|r| r.bytes(16), TokenId::new)?),
        MANDATE => read_entries(r, &mut |r, key| match key {
            0 => set(&mut header.by, read_key(r)?),
            key => term(r, key),
        })
        .map(drop),
        key => r.fail(CodecErrorKind::UnknownKey { key }),
    })?;
    Ok((header.finish(&end)?, end))
}

fn unknown<T>(r: &Reader<'_>, key: i64) -> Result<T, CodecError> {
    r.fail(CodecErrorKind::UnknownKey { key })
}

impl Claims for Status {
    const TYPE: TokenType = TokenType::Status;
    const MAX_BYTES: usize = MAX_STATUS_BYTES;
}

impl sealed::Payload for Status {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.sorted(self.missions.iter(), write_snapshot));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let mut missions = None;
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => {
                let read = |r: &mut Reader<'_>| {
                    // An empty list is refused by the constructor.
                    let count = r.array(0, MAX_STATUS_MISSIONS)?;
                    let mut names = 0;
                    r.sorted(count, |r| read_snapshot(r, &mut names))
                };
                set(&mut missions, r.make(read, Snapshots::new)?)
            }
            key => unknown(r, key),
        })?;
        Ok(Self {
            header,
            missions: missions.ok_or_else(|| end.missing(1))?,
        })
    }
}

/// Returns the bytes of one snapshot, as in a status.
pub(crate) fn snapshot_bytes(snapshot: &Snapshot) -> Vec<u8> {
    let mut w = Writer::new();
    write_snapshot(&mut w, snapshot);
    w.into_bytes()
}

fn write_snapshot(w: &mut Writer, snapshot: &Snapshot) {
    w.entries(|m| {
        m.entry(0, |w| w.bytes(snapshot.mission.as_bytes()));
        m.entry(1, |w| w.unsigned(snapshot.sequence));
        m.flag(2, snapshot.suspended);
        m.entry(3, |w| {
            w.array(2);
            w.unsigned(snapshot.wave.number);
            w.unsigned(snapshot.wave.since.as_unix());
        });
        m.entry_if(4, not_empty(&snapshot.events), |w, events| {
            w.sorted(events.iter(), |w, event| w.text(event.as_str()));
        });
        m.entry_if(5, not_empty(&snapshot.withdrawn), |w, tools| {
            w.sorted(tools.iter(), |w, tool| w.text(&tool.to_string()));
        });
        for (key, listed) in [(6, &snapshot.ended), (7, &snapshot.keys_revoked)] {
            m.entry_if(
                key,
                Some(listed).filter(|listed| !listed.is_empty()),
                write_listed,
            );
        }
    });
}

fn not_empty<T>(set: &BTreeSet<T>) -> Option<&BTreeSet<T>> {
    (!set.is_empty()).then_some(set)
}

/// Reads one snapshot of a status. `names` is the number of names in the snapshots before it.
fn read_snapshot(r: &mut Reader<'_>, names: &mut usize) -> Result<Snapshot, CodecError> {
    let (mut mission, mut sequence, mut suspended, mut wave) = (None, None, false, None);
    let (mut events, mut withdrawn) = (BTreeSet::new(), BTreeSet::new());
    let (mut ended, mut keys_revoked) = (Listed::none(), Listed::none());
    let end = read_entries(r, &mut |r, key| match key {
        0 => set(&mut mission, read_mission_id(r)?),
        1 => set(&mut sequence, r.unsigned()?),
        2 => {
            suspended = true;
            r.true_flag()
        }
        3 => {
            r.array_of_length(2)?;
            set(
                &mut wave,
                Wave {
                    number: r.unsigned()?,
                    since: read_time(r)?,
                },
            )
        }
        4 => read_names(r, (MAX_EVENTS, names), read_label).map(|set| events = set),
        5 => read_names(r, (MAX_WITHDRAWN, names), read_tool).map(|set| withdrawn = set),
        6 => read_listed(r).map(|listed| ended = listed),
        7 => read_listed(r).map(|listed| keys_revoked = listed),
        key => unknown(r, key),
    })?;
    Ok(Snapshot {
        mission: mission.ok_or_else(|| end.missing(0))?,
        sequence: sequence.ok_or_else(|| end.missing(1))?,
        suspended,
        wave: wave.ok_or_else(|| end.missing(3))?,
        events,
        withdrawn,
        ended,
        keys_revoked,
    })
}

fn read_mission_id(r: &mut Reader<'_>) -> Result<MissionId, CodecError> {
    r.bytes_of().map(MissionId::from_bytes)
}

/// Reads a set. An empty one is refused, because it is left out. The members are counted before
/// they are read, so a status with too many costs nothing.
fn read_names<'a, T: Ord>(
    r: &mut Reader<'a>,
    (most, names): (usize, &mut usize),
    read: impl FnMut(&mut Reader<'a>) -> Result<T, CodecError>,
) -> Result<BTreeSet<T>, CodecError> {
    let start = r.clone();
    let count = r.array(0, most)?;
    if count == 0 {
        return start.fail(CodecErrorKind::DefaultSpelled);
    }
    *names = names.saturating_add(count);
    if *names > MAX_STATUS_NAMES {
        return start.fail(CodecErrorKind::TooMany {
            max: MAX_STATUS_NAMES,
        });
    }
    Ok(r.sorted(count, read)?.into_iter().collect())
}

impl Claims for End {
    const TYPE: TokenType = TokenType::End;
}

impl sealed::Payload for End {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.bytes(self.mission.as_bytes()));
            m.entry(2, |w| {
                w.unsigned(match self.ending {
                    Ending::Completed => 0,
                    Ending::Superseded => 1,
                    Ending::Revoked => 2,
                });
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut mission, mut ending) = (None, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut mission, read_mission_id(r)?),
            2 => set(
                &mut ending,
                read_kind(r, &[Ending::Completed, Ending::Superseded, Ending::Revoked])?,
            ),
            key => unknown(r, key),
        })?;
        Ok(Self {
            header,
            mission: mission.ok_or_else(|| end.missing(1))?,
            ending: ending.ok_or_else(|| end.missing(2))?,
        })
    }
}

/// Reads a number that stands for one of `kinds`.
fn read_kind<T: Copy>(r: &mut Reader<'_>, kinds: &[T]) -> Result<T, CodecError> {
    let start = r.clone();
    let kind = r.unsigned()?;
    match usize::try_from(kind)
        .ok()
        .and_then(|index| kinds.get(index))
    {
        Some(known) => Ok(*known),
        None => start.fail(CodecErrorKind::UnknownKind { kind }),
    }
}

impl Claims for TaskEnd {
    const TYPE: TokenType = TokenType::TaskEnd;
}

/// The kinds of end of a mandate, in the order of their numbers.
const MANDATE_ENDINGS: [MandateEnding; 5] = [
    MandateEnding::Task(TaskEnding::Completed),
    MandateEnding::Task(TaskEnding::Abandoned),
    MandateEnding::Task(TaskEnding::Failed),
    MandateEnding::Task(TaskEnding::Revoked),
    MandateEnding::KeyRevoked,
];

/// Returns the number of an ending: its index in [`MANDATE_ENDINGS`].
const fn number_of(ending: MandateEnding) -> u64 {
    match ending {
        MandateEnding::Task(TaskEnding::Completed) => 0,
        MandateEnding::Task(TaskEnding::Abandoned) => 1,
        MandateEnding::Task(TaskEnding::Failed) => 2,
        MandateEnding::Task(TaskEnding::Revoked) => 3,
        MandateEnding::KeyRevoked => 4,
    }
}

impl sealed::Payload for TaskEnd {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.bytes(self.mandate.as_bytes()));
            m.entry(2, |w| w.unsigned(number_of(self.ending)));
            m.entry(3, |w| w.unsigned(self.root_expires.as_unix()));
            m.entry_if(4, self.mission.as_ref(), |w, mission| {
                w.bytes(mission.as_bytes());
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut mandate, mut ending, mut root_expires, mut mission) = (None, None, None, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut mandate, MandateId::from_bytes(r.bytes_of()?)),
            2 => set(&mut ending, read_kind(r, &MANDATE_ENDINGS)?),
            3 => set(&mut root_expires, read_time(r)?),
            4 => set(&mut mission, read_mission_id(r)?),
            key => unknown(r, key),
        })?;
        Ok(Self {
            header,
            mandate: mandate.ok_or_else(|| end.missing(1))?,
            ending: ending.ok_or_else(|| end.missing(2))?,
            root_expires: root_expires.ok_or_else(|| end.missing(3))?,
            mission,
        })
    }
}

impl Claims for EventFired {
    const TYPE: TokenType = TokenType::Fired;
}

impl sealed::Payload for EventFired {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.bytes(self.mission.as_bytes()));
            m.entry(2, |w| w.text(self.event.as_str()));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut mission, mut event) = (None, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut mission, read_mission_id(r)?),
            2 => set(&mut event, read_label(r)?),
            key => unknown(r, key),
        })?;
        Ok(Self {
            header,
            mission: mission.ok_or_else(|| end.missing(1))?,
            event: event.ok_or_else(|| end.missing(2))?,
        })
    }
}

impl Claims for Withdrawal {
    const TYPE: TokenType = TokenType::Withdrawal;
}

impl sealed::Payload for Withdrawal {
    fn write(&self, w: &mut Writer) {
        write_notice(w, &self.header, |m| {
            m.entry(1, |w| w.bytes(self.mission.as_bytes()));
            m.entry(2, |w| w.text(&self.tool.to_string()));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut mission, mut tool) = (None, None);
        let (header, end) = read_notice(r, &mut |r, key| match key {
            1 => set(&mut mission, read_mission_id(r)?),
            2 => set(&mut tool, read_tool(r)?),
            key => unknown(r, key),
        })?;
        Ok(Self {
            header,
            mission: mission.ok_or_else(|| end.missing(1))?,
            tool: tool.ok_or_else(|| end.missing(2))?,
        })
    }
}
