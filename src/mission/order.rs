//! Is it its turn? Waves and barriers, asked by decisions and by pictures of the execution graph alike.

use super::standing::News;
use super::steps;
use super::task_ends::TaskWords;
use super::watches::Speakers;
use crate::claims::TaskEnding;
use crate::ground::{Label, OutOfWork, PublicKey, Timestamp, Work};
use crate::limits::{Barrier, Reporters, Waves};
use thiserror::Error;

/// Why it is not an execution's turn, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotItsTurn {
    /// The mission's wave is not known, because no status of it was heard.
    #[error("the wave of mission {mission} is not known")]
    WaveUnknown {
        /// The mission.
        mission: Label,
    },
    /// The mission has not come to its waves.
    #[error("mission {mission} is in wave {current}, before wave {first}, the first that is good")]
    WaveNotYet {
        /// The mission.
        mission: Label,
        /// The wave that it is in.
        current: u64,
        /// The first wave that is good.
        first: u64,
    },
    /// The mission is past its waves.
    #[error("mission {mission} is in wave {current}, past wave {last}, the last that was good")]
    WaveClosed {
        /// The mission.
        mission: Label,
        /// The wave that it is in.
        current: u64,
        /// The last wave that was good.
        last: u64,
    },
    /// Tasks that it waits for are not done.
    #[error("waits for other tasks: {done} of {tasks} are done, {}", how_many(*.needed, *.deadline))]
    BarrierClosed {
        /// Tasks that are completed.
        done: usize,
        /// How many must be.
        needed: usize,
        /// All tasks.
        tasks: usize,
        /// Until when it waits for all of them, quorum or not.
        deadline: Option<Timestamp>,
    },
    /// Too few of the tasks that it waits for can still be completed.
    #[error("waits in vain: {lost} of {tasks} other tasks ended without being done, {needed} must be done")]
    BarrierBroken {
        /// Tasks that failed, were abandoned or revoked.
        lost: usize,
        /// How many must be completed.
        needed: usize,
        /// All tasks.
        tasks: usize,
    },
    /// The chain asks for more look-ups than are granted. That depends on the chain alone.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

fn how_many(needed: usize, deadline: Option<Timestamp>) -> String {
    match deadline {
        None => format!("{needed} must be"),
        Some(deadline) => format!("all must be before {deadline} and {needed} from then on"),
    }
}

/// Checks that a mission is in one of the waves; in the drain time alone, returns the first second in which that is over.
///
/// The drain is counted from the earliest beginning of the wave that was received, which is never after its receipt; so it
/// ends at one second, whenever it is asked.
pub(crate) fn in_wave(
    waves: &Waves,
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<Option<Timestamp>, NotItsTurn> {
    let mission = || waves.mission().name.clone();
    let known = news.mission(waves.mission(), work)?;
    let Some(wave) = known.wave() else {
        return Err(NotItsTurn::WaveUnknown { mission: mission() });
    };
    let current = wave.number;
    if current < waves.first() {
        return Err(NotItsTurn::WaveNotYet { mission: mission(), current, first: waves.first() });
    }
    match waves.last() {
        Some(last) if current > last => {
            // Where our clock is behind the one that the register was filled by, a beginning beyond the leeway is none, and
            // nothing drains.
            let since = known.by_our_clock(wave.since, now);
            let drained = since.map_or(now, |since| since.plus(waves.drain()));
            if current.checked_sub(1) == Some(last) && now < drained {
                return Ok(Some(drained));
            }
            Err(NotItsTurn::WaveClosed { mission: mission(), current, last })
        }
        _ => Ok(None),
    }
}

/// Checks that the tasks that a barrier waits for are done, by the word of those who may report them.
///
/// Of what several say of one task the worst counts, so a completion that an issuer revoked is none.
pub(crate) fn barrier_open(
    barrier: &Barrier,
    speakers: &Speakers,
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<(), NotItsTurn> {
    let (mut done, mut lost) = (0_usize, 0_usize);
    for (task, named) in barrier.tasks() {
        steps::find_task_ends(1, speakers.with(named).count(), work)?;
        let ending = news.task(&task).into_iter().flatten().filter_map(|words| ended(words, named, speakers)).max();
        match ending {
            None => {}
            Some(TaskEnding::Completed) => done = done.saturating_add(1),
            Some(TaskEnding::Abandoned | TaskEnding::Failed | TaskEnding::Revoked) => lost = lost.saturating_add(1),
        }
    }
    let (tasks, needed, deadline) = (barrier.tasks().len(), barrier.needed(), barrier.given_up_at());
    let is_given_up = deadline.is_none_or(|deadline| now >= deadline);
    if done == tasks || (done >= needed && is_given_up) {
        return Ok(());
    }
    if tasks.saturating_sub(lost) < needed {
        return Err(NotItsTurn::BarrierBroken { lost, needed, tasks });
    }
    Err(NotItsTurn::BarrierClosed { done, needed, tasks, deadline })
}

fn ended(words: TaskWords<'_>, named: &Reporters, speakers: &Speakers) -> Option<TaskEnding> {
    if words.is_empty() {
        return None;
    }
    let says = |key: &PublicKey| words.by(key);
    let reported = named.iter().chain(&speakers.report).filter_map(says);
    let called_off = speakers.call_off.iter().filter_map(says).filter(|ending| *ending != TaskEnding::Completed);
    reported.chain(called_off).max()
}
