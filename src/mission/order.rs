//! Is it its turn? Waves and barriers, asked by decisions and by pictures of the execution graph alike.

use super::standing::News;
use super::watches::Speakers;
use crate::claims::TaskEnding;
use crate::ground::{Label, MandateId, PublicKey, Timestamp};
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
}

fn how_many(needed: usize, deadline: Option<Timestamp>) -> String {
    match deadline {
        None => format!("{needed} must be"),
        Some(deadline) => format!("all must be before {deadline} and {needed} from then on"),
    }
}

/// Whether a mission is in one of the waves; if so in the drain time alone, the first second in which that is over.
pub(crate) fn in_wave(waves: &Waves, news: News<'_>, now: Timestamp) -> Result<Option<Timestamp>, NotItsTurn> {
    let mission = || waves.mission().name.clone();
    let Some(wave) = news.wave(waves.mission()) else {
        return Err(NotItsTurn::WaveUnknown { mission: mission() });
    };
    let current = wave.number;
    if current < waves.first() {
        return Err(NotItsTurn::WaveNotYet { mission: mission(), current, first: waves.first() });
    }
    match waves.last() {
        Some(last) if current > last => {
            // A clock that is ahead tells of waves that begin later; what was heard of has begun.
            let drained = wave.since.min(now).plus(waves.drain());
            if current.checked_sub(1) == Some(last) && now < drained {
                return Ok(Some(drained));
            }
            Err(NotItsTurn::WaveClosed { mission: mission(), current, last })
        }
        _ => Ok(None),
    }
}

/// Whether the tasks that a barrier waits for are done, by the word of those who may report them.
///
/// Of what several say of one task the worst counts, so a completion that an issuer revoked is none.
pub(crate) fn barrier_open(
    barrier: &Barrier,
    speakers: &Speakers,
    news: News<'_>,
    now: Timestamp,
) -> Result<(), NotItsTurn> {
    let (mut done, mut lost) = (0_usize, 0_usize);
    for (task, named) in barrier.tasks() {
        match ended(task, named, speakers, news) {
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

fn ended(task: MandateId, named: &Reporters, speakers: &Speakers, news: News<'_>) -> Option<TaskEnding> {
    let says = |key: &PublicKey| news.task_ending(task, *key);
    let reported = named.iter().chain(&speakers.report).filter_map(says);
    let called_off = speakers.call_off.iter().filter_map(says).filter(|ending| *ending != TaskEnding::Completed);
    reported.chain(called_off).max()
}
