//! Is it its turn? Waves and barriers, asked by decisions and by pictures of the execution graph
//! alike.

use super::lineage::{KnownLineage, Speakers};
use super::liveness::{Known, News};
use super::steps;
use super::task_ends::{MandateWords, Word};
use crate::claims::TaskEnding;
use crate::limits::{Barrier, LivesBy, Reporters, Waves};
use crate::primitives::{Label, MandateId, MissionId, OutOfWork, PublicKey, Timestamp, Work};
use thiserror::Error;

/// Why it is not an execution's turn, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotReadyError {
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
    #[error(
        "waits in vain: {lost} of {tasks} other tasks ended without being done, {needed} must be done"
    )]
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

/// Checks that a mission is in one of the waves; in the drain time alone, returns the first second
/// in which that is over.
///
/// The drain is counted from the earliest beginning of the wave that was received, which is never
/// after its receipt; so it ends at one second, whenever it is asked.
pub(crate) fn in_wave(
    (waves, mission): (&Waves, MissionId),
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<Option<Timestamp>, NotReadyError> {
    let known = news.mission(&mission, work)?;
    let mission = || waves.mission().name.clone();
    let Some(wave) = known.wave() else {
        return Err(NotReadyError::WaveUnknown { mission: mission() });
    };
    let current = wave.number;
    if current < waves.first() {
        return Err(NotReadyError::WaveNotYet {
            mission: mission(),
            current,
            first: waves.first(),
        });
    }
    match waves.last() {
        Some(last) if current > last => {
            // Where our clock is behind the one that the register was filled by, a beginning beyond
            // the leeway is none, and nothing drains.
            let since = known.by_our_clock(wave.since, now);
            let drained = since.map_or(now, |since| since.plus(waves.drain()));
            if current.checked_sub(1) == Some(last) && now < drained {
                return Ok(Some(drained));
            }
            Err(NotReadyError::WaveClosed {
                mission: mission(),
                current,
                last,
            })
        }
        _ => Ok(None),
    }
}

/// Checks that the tasks that a barrier waits for are done, by the word of those who may report
/// them.
///
/// Of what several say of one task the worst counts, so a completion that an issuer revoked is
/// none. What a named key reports does not count once the mandate's issuer at the barrier, a
/// controller or an issuer above has revoked the key of its holder. Where a named key has revoked
/// it, none of the named keys completes the task, and what they report as failed stays. In both
/// cases a named key that may report besides completes nothing either. A task that a status lists
/// as ended is not completed on the word of others: how it ended, the controller's own notice says.
pub(crate) fn barrier_open(
    barrier: &Barrier,
    at: &impl KnownLineage,
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<(), NotReadyError> {
    let speakers = at.speakers();
    let (mut done, mut lost) = (0_usize, 0_usize);
    for (task, named) in barrier.tasks() {
        let missions_asked = at.missions().count();
        steps::find_mandates(
            1,
            speakers.with(named).count().saturating_add(missions_asked),
            work,
        )?;
        steps::find_listed(missions_asked.saturating_mul(2), work)?;
        match reported(task, named, &speakers, at, news) {
            None => {}
            Some(TaskEnding::Completed) => done = done.saturating_add(1),
            Some(TaskEnding::Abandoned | TaskEnding::Failed | TaskEnding::Revoked) => {
                lost = lost.saturating_add(1);
            }
        }
    }
    let (tasks, needed, deadline) = (barrier.tasks().len(), barrier.quorum(), barrier.deadline());
    let is_given_up = deadline.is_none_or(|deadline| now >= deadline);
    if done == tasks || (done >= needed && is_given_up) {
        return Ok(());
    }
    if tasks.saturating_sub(lost) < needed {
        return Err(NotReadyError::BarrierBroken {
            lost,
            needed,
            tasks,
        });
    }
    Err(NotReadyError::BarrierClosed {
        done,
        needed,
        tasks,
        deadline,
    })
}

/// Returns how a task ended, as far as that is known.
fn reported(
    task: MandateId,
    named: &Reporters,
    speakers: &Speakers,
    at: &impl KnownLineage,
    news: News<'_>,
) -> Option<TaskEnding> {
    let sides: Vec<MandateWords<'_>> = news.words(&task).collect();
    let word = |key: &PublicKey| {
        sides
            .iter()
            .map(|words| words.by(key))
            .fold(Word::NONE, Word::join)
    };
    let by_named: Vec<Word> = speakers.named(named).map(word).collect();
    // A key that a barrier names may be its issuer's as well, and be the one that was revoked.
    let (named_too, others): (Vec<&PublicKey>, Vec<&PublicKey>) =
        speakers.report().partition(|key| named.has(key));
    let [by_named_too, by_others] =
        [named_too, others].map(|keys| keys.into_iter().map(word).collect::<Vec<Word>>());
    let by_those_above: Vec<Word> = speakers.call_off.iter().map(word).collect();

    let is_revoked = |words: &[Word]| words.iter().any(|word| word.is_key_revoked);
    let is_revoked_for_all = is_revoked(&by_others)
        || is_revoked(&by_named_too)
        || is_revoked(&by_those_above)
        || at
            .missions()
            .any(|(_, known)| known.overflows() || known.lists_key_revoked(task));
    // The keys that a barrier names are mostly the holder's and those of its issuers, and nothing
    // says which one was revoked. One that revokes takes every completion by them away, and none of
    // their failures: its own might be one.
    let is_completed_by_named = !is_revoked(&by_named);
    let endings = |words: &[Word], completes: bool| {
        let endings: Vec<TaskEnding> = words.iter().filter_map(|word| word.ending).collect();
        endings
            .into_iter()
            .filter(move |ending| completes || *ending != TaskEnding::Completed)
    };
    let by_named = endings(&by_named, is_completed_by_named).filter(|_| !is_revoked_for_all);
    let by_reporters = endings(&by_others, true)
        .chain(endings(
            &by_named_too,
            is_completed_by_named && !is_revoked_for_all,
        ))
        .chain(endings(&by_those_above, false));
    let worst = by_named.chain(by_reporters).max();
    // A status does not say how a task ended. Until its controller's notice comes, it is not
    // completed.
    let is_unexplained = |(lives_by, known): (&LivesBy, Known<'_>)| {
        let controller = lives_by.mission().controller;
        known.overflows() || (known.lists_ended(task) && word(&controller).ending.is_none())
    };
    worst.filter(|ending| *ending != TaskEnding::Completed || !at.missions().any(is_unexplained))
}
