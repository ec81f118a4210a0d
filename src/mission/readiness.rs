//! Waves and barriers: whether it is the turn of an execution. Decisions and pictures of the
//! execution graph use the same functions.

use super::liveness::{Known, News};
use super::signers::{BarrierSigners, KnownLineage};
use super::steps;
use super::task_ends::{MandateStatements, Statement};
use crate::claims::TaskEnding;
use crate::limits::{Barrier, LivesBy, Reporters, Waves};
use crate::primitives::{Label, MandateId, MissionId, OutOfWork, PublicKey, Timestamp, Work};
use thiserror::Error;

/// Reason why it is not the turn of an execution.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotReadyError {
    /// The mission's wave is not known, because no status of it was received.
    #[error("the wave of mission {mission} is not known")]
    WaveUnknown {
        /// The mission.
        mission: Label,
    },
    /// The mission has not reached the waves of the mandate.
    #[error("mission {mission} is in wave {current}, before wave {first}, the first that is good")]
    WaveNotYet {
        /// The mission.
        mission: Label,
        /// The wave that it is in.
        current: u64,
        /// The first wave in which the mandate is valid.
        first: u64,
    },
    /// The mission is past the waves of the mandate.
    #[error("mission {mission} is in wave {current}, past wave {last}, the last that was good")]
    WaveClosed {
        /// The mission.
        mission: Label,
        /// The wave that it is in.
        current: u64,
        /// The last wave in which the mandate was valid.
        last: u64,
    },
    /// Tasks that the mandate waits for are not done.
    #[error("waits for other tasks: {done} of {tasks} are done, {}", how_many(*.needed, *.deadline))]
    BarrierClosed {
        /// Number of completed tasks.
        done: usize,
        /// Number of tasks that must be completed.
        needed: usize,
        /// Number of all tasks.
        tasks: usize,
        /// Time until which it waits for all of them, even if the quorum is completed.
        deadline: Option<Timestamp>,
    },
    /// Too few of the tasks that the mandate waits for can still be completed.
    #[error(
        "waits in vain: {lost} of {tasks} other tasks ended without being done, {needed} must be done"
    )]
    BarrierBroken {
        /// Number of tasks that failed, were abandoned or were revoked.
        lost: usize,
        /// Number of tasks that must be completed.
        needed: usize,
        /// Number of all tasks.
        tasks: usize,
    },
    /// The chain needs more look-ups than are granted. That depends on the chain alone.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
}

fn how_many(needed: usize, deadline: Option<Timestamp>) -> String {
    match deadline {
        None => format!("{needed} must be"),
        Some(deadline) => format!("all must be before {deadline} and {needed} from then on"),
    }
}

/// Checks that a mission is in one of the waves. In the drain time it returns the first second in
/// which the drain time is over, else `None`.
///
/// The drain time is counted from the earliest beginning of the wave that was received, which is
/// never after its receipt. So it ends at the same second, whenever this is called.
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
            // The register may have been filled by a clock ahead of ours. A beginning that is ahead
            // of ours by more than the leeway does not count, and there is no drain time then.
            let since = known.by_our_clock(wave.since, now);
            let drained = since.map_or(now, |since| since.plus(waves.drain()));
            // Only stragglers of the wave just before have drain time.
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

/// Checks that the tasks of a barrier are done, by the statements of the keys that may report them.
///
/// - The worst of several statements on one task counts. So a completion that an issuer revoked is
///   no completion.
/// - The barrier names keys for each task. Their reports do not count once the issuer of the
///   mandate with the barrier, a controller or an issuer above has revoked the key of the task's
///   holder.
/// - If a named key has revoked it, no named key completes the task, and the failures that they
///   report still count.
/// - In both cases a named key that is also an issuer or a controller completes nothing either.
/// - A task that a status lists as ended is not completed by the reports of others. The notice of
///   the controller itself states how it ended.
pub(crate) fn barrier_open(
    barrier: &Barrier,
    at: &impl KnownLineage,
    news: News<'_>,
    now: Timestamp,
    work: &mut Work,
) -> Result<(), NotReadyError> {
    let signers = at.barrier_signers();
    let (mut done, mut lost) = (0_usize, 0_usize);
    for (task, named) in barrier.tasks() {
        let missions = at.missions().count();
        // The controllers are looked up once more below, for tasks that a status lists. A status
        // has two lists.
        steps::find_mandates(
            1,
            signers.with(named).count().saturating_add(missions),
            work,
        )?;
        steps::find_listed(missions.saturating_mul(2), work)?;
        match reported(task, named, &signers, at, news) {
            None => {}
            Some(TaskEnding::Completed) => done = done.saturating_add(1),
            Some(TaskEnding::Abandoned | TaskEnding::Failed | TaskEnding::Revoked) => {
                lost = lost.saturating_add(1);
            }
        }
    }
    let (tasks, needed, deadline) = (barrier.tasks().len(), barrier.quorum(), barrier.deadline());
    // Without a deadline the quorum suffices at any time.
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

/// Returns how a task ended, or `None` if no report that counts is known.
fn reported(
    task: MandateId,
    named: &Reporters,
    signers: &BarrierSigners,
    at: &impl KnownLineage,
    news: News<'_>,
) -> Option<TaskEnding> {
    let sides: Vec<MandateStatements<'_>> = news.statements(&task).collect();
    let statement = |key: &PublicKey| {
        sides
            .iter()
            .map(|statements| statements.by(key))
            .fold(Statement::NONE, Statement::join)
    };
    let by_named: Vec<Statement> = signers.named(named).map(statement).collect();
    // A key that the barrier names may also be an issuer's, and may be the key that was revoked. So
    // its reports are kept apart from those of the other issuers.
    let (named_too, others): (Vec<&PublicKey>, Vec<&PublicKey>) =
        signers.report().partition(|key| named.has(key));
    let [by_named_too, by_others] =
        [named_too, others].map(|keys| keys.into_iter().map(statement).collect::<Vec<Statement>>());
    let by_those_above: Vec<Statement> = signers.call_off.iter().map(statement).collect();

    let is_revoked =
        |statements: &[Statement]| statements.iter().any(|statement| statement.is_key_revoked);
    let is_revoked_for_all = is_revoked(&by_others)
        || is_revoked(&by_named_too)
        || is_revoked(&by_those_above)
        || at
            .missions()
            .any(|(_, known)| known.overflows() || known.lists_key_revoked(task));
    // Most keys that a barrier names are the holder's and those of its issuers, and nothing states
    // which of them the revocation is about. So a revocation by one of them takes back all their
    // completions. It takes back no failure, because one of these may be its own report.
    let is_completed_by_named = !is_revoked(&by_named);
    let endings = |statements: &[Statement], completes: bool| {
        let endings: Vec<TaskEnding> = statements
            .iter()
            .filter_map(|statement| statement.ending)
            .collect();
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
    // A status does not state how a task ended. The task is not completed until the notice of the
    // controller arrives.
    let is_unexplained = |(lives_by, known): (&LivesBy, Known<'_>)| {
        let controller = lives_by.mission().controller;
        known.overflows() || (known.lists_ended(task) && statement(&controller).ending.is_none())
    };
    worst.filter(|ending| *ending != TaskEnding::Completed || !at.missions().any(is_unexplained))
}
