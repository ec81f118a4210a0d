use super::news::MissionNews;
use super::notice::Notice;
use super::task_ends::TaskEnds;
use super::watches::Watches;
use crate::claims::{Ending, TaskEnding, Wave};
use crate::ground::{MandateId, Mission, PublicKey, Seconds, Timestamp};
use crate::sign::InvalidSignature;
use std::collections::HashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// Why a notice was not taken in. The host may keep it in its store all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// No watched chain could care what this signer says of this subject.
    #[error("nobody here watches what this signer says of this subject")]
    NotWatched,
    /// It speaks of the future, further than the leeway.
    #[error("said at {at}, now is {now}")]
    FutureDated {
        /// When it claims to have been said.
        at: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// The key it claims did not sign it.
    #[error(transparent)]
    Signature(#[from] InvalidSignature),
}

/// What a notice changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It said something new.
    New,
    /// Everything in it was known, or is outdone by what is known.
    Known,
}

/// What a verifier knows of missions and tasks: the join of the notices it has heard.
///
/// [`apply`](Self::apply) and [`merge`](Self::merge) are idempotent, commutative and associative, and an end absorbs
/// everything, so it does not matter in which order, how often or over which replicas news arrives. It is built from signed
/// notices and from nothing else: what a host stores are the notices' bytes, so a compromised store can delay news within
/// the bound, but not forge it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    leeway: Seconds,
    missions: HashMap<Mission, MissionNews>,
    ends: MissionEnds,
    task_ends: TaskEnds,
}

/// How missions ended, by whose word, and when that was told last.
type MissionEnds = HashMap<(Mission, PublicKey), (Ending, Timestamp)>;

impl Register {
    /// An empty register that forgives a clock which is behind by `leeway`: news may be said so far in the future.
    #[must_use]
    pub fn new(leeway: Seconds) -> Self {
        Self { leeway, ..Self::default() }
    }

    /// The register that knows nothing: for a host whose mandates live by no mission and are never ended early.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: LazyLock<Register> = LazyLock::new(Register::default);
        &NONE
    }

    /// Takes in a notice, if one of the watched chains could care. Cheap checks come first; the signature is checked against
    /// the key it claims; whether that key may say it is part of what is watched.
    ///
    /// # Errors
    /// [`NotTaken`]; the register is then as it was.
    pub fn apply(&mut self, notice: &Notice, watches: &Watches, now: Timestamp) -> Result<Taken, NotTaken> {
        let heard = Self::of_notice(
            notice,
            |mission, signer| watches.mission(mission, signer),
            |mandate, signer| watches.mandate(mandate, signer),
        );
        if heard.is_empty() {
            return Err(NotTaken::NotWatched);
        }
        let at = notice.said().at;
        if at > now.plus(self.leeway) {
            return Err(NotTaken::FutureDated { at, now });
        }
        notice.verify()?;
        Ok(self.join(&heard))
    }

    /// The join of both: what either knows.
    pub fn merge(&mut self, other: &Self) {
        self.join(other);
    }

    /// Forgets what can no longer matter: `keep` is the largest lifetime accepted of a mandate, and the leeway. An end is
    /// forgotten only when every mandate that it could have ended has expired, and that of a mission only when nothing was
    /// heard of the mission for as long: its controller may not have heard an ender, and goes on saying that it is active.
    pub fn prune(&mut self, now: Timestamp, keep: Seconds) {
        let before = now.minus(keep);
        self.missions.retain(|_, news| !news.is_older_than(before));
        self.ends.retain(|(mission, _), (_, at)| *at >= before || self.missions.contains_key(mission));
        self.task_ends.keep_from(before);
    }

    /// How many entries it holds: missions, ends of missions, ends of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions.len().saturating_add(self.ends.len()).saturating_add(self.task_ends.len())
    }

    /// Whether nothing was heard.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The time as of which the mission's state is known.
    #[must_use]
    pub fn as_of(&self, mission: &Mission) -> Option<Timestamp> {
        Some(self.missions.get(mission)?.heard.as_ref()?.as_of)
    }

    /// The highest wave of the mission seen, with the earliest beginning told of it.
    #[must_use]
    pub fn wave(&self, mission: &Mission) -> Option<Wave> {
        self.missions.get(mission)?.wave
    }

    pub(super) fn news(&self, mission: &Mission) -> Option<&MissionNews> {
        self.missions.get(mission)
    }

    /// How `signer` said that the mission ended.
    #[must_use]
    pub fn ending(&self, mission: &Mission, signer: PublicKey) -> Option<Ending> {
        self.ends.get(&(mission.clone(), signer)).map(|(ending, _)| *ending)
    }

    /// How `signer` said that the task ended.
    #[must_use]
    pub fn task_ending(&self, mandate: MandateId, signer: PublicKey) -> Option<TaskEnding> {
        self.task_ends.by(&mandate, &signer)
    }

    /// The last in their order of how these signers said that the task ended.
    pub(super) fn ending_by_any(
        &self,
        mandate: MandateId,
        signers: impl IntoIterator<Item = PublicKey>,
    ) -> Option<TaskEnding> {
        self.task_ends.by_any(&mandate, signers)
    }

    /// A register of one notice, with only the parts that are watched.
    fn of_notice(
        notice: &Notice,
        watched: impl Fn(&Mission, PublicKey) -> bool,
        mandate_watched: impl Fn(MandateId, PublicKey) -> bool,
    ) -> Self {
        let (signer, at) = (notice.signer(), notice.said().at);
        let mut heard = Self::default();
        let mut tell = |name: &crate::ground::Label, news: &dyn Fn() -> MissionNews| {
            let mission = Mission::new(signer, name.clone());
            if watched(&mission, signer) {
                heard.missions.insert(mission, news());
            }
        };
        match notice {
            Notice::Status(token) => {
                for snapshot in token.claims().missions.iter() {
                    tell(&snapshot.name, &|| MissionNews::of_snapshot(snapshot, at));
                }
            }
            Notice::Fired(token) => {
                let fired = token.claims();
                tell(&fired.mission, &|| MissionNews::of_event(fired.event.clone(), at));
            }
            Notice::Withdrawal(token) => {
                let withdrawal = token.claims();
                tell(&withdrawal.mission, &|| MissionNews::of_withdrawal(withdrawal.tool.clone(), at));
            }
            Notice::End(token) => {
                let end = token.claims();
                if watched(&end.mission, signer) {
                    heard.ends.insert((end.mission.clone(), signer), (end.ending, at));
                }
            }
            Notice::TaskEnd(token) => {
                let end = token.claims();
                if mandate_watched(end.mandate, signer) {
                    heard.task_ends.tell(end.mandate, &signer, end.ending, at);
                }
            }
        }
        heard
    }

    fn join(&mut self, other: &Self) -> Taken {
        let mut taken = Taken::Known;
        for (mission, theirs) in &other.missions {
            let mine = self.missions.entry(mission.clone()).or_default();
            let before = mine.clone();
            mine.join(theirs);
            if *mine != before {
                taken = Taken::New;
            }
        }
        let ends = join_ends(&mut self.ends, &other.ends);
        let task_ends = self.task_ends.join(&other.task_ends);
        if ends || task_ends { Taken::New } else { taken }
    }
}

/// Keeps the later kind of end in their order, and the later time it was told; whether anything changed.
fn join_ends(mine: &mut MissionEnds, theirs: &MissionEnds) -> bool {
    let mut changed = false;
    for (key, (ending, at)) in theirs {
        match mine.get_mut(key) {
            None => {
                mine.insert(key.clone(), (*ending, *at));
                changed = true;
            }
            Some(kept) => {
                let joined = (kept.0.max(*ending), kept.1.max(*at));
                changed |= joined != *kept;
                *kept = joined;
            }
        }
    }
    changed
}
