//! A controller made again from what it said.

use super::controller::Controller;
use super::course::{Course, Running};
use super::notice::Notice;
use crate::claims::Snapshot;
use crate::ground::{Label, PublicKey, Seconds, Timestamp};

impl Controller {
    /// The controller that said all of `notices`: as it was, but for what was never stored. Notices of others, and those whose
    /// signature does not verify, are passed over.
    #[must_use]
    pub fn rebuild<'n>(key: PublicKey, keep: Seconds, notices: impl IntoIterator<Item = &'n Notice>) -> Self {
        let mut controller = Self::new(key, keep);
        let own = |notice: &&Notice| notice.signer() == key && notice.verify().is_ok();
        let notices: Vec<&Notice> = notices.into_iter().filter(own).collect();
        for notice in &notices {
            controller.last = controller.last.max(notice.said().at);
            if let Notice::Status(token) = notice {
                let at = notice.said().at;
                for snapshot in token.claims().missions.iter() {
                    controller.recall(snapshot, at);
                }
            }
        }
        for notice in &notices {
            controller.recall_for_good(notice);
        }
        controller
    }

    fn recall(&mut self, snapshot: &Snapshot, at: Timestamp) {
        let until = at.plus(self.keep);
        let recalled = Running {
            ended_until: snapshot.ended.iter().map(|mandate| (*mandate, until)).collect(),
            snapshot: snapshot.clone(),
        };
        match self.missions.get_mut(&snapshot.name) {
            Some(Course::Running(known)) if known.snapshot.sequence >= snapshot.sequence => {}
            _ => {
                self.missions.insert(snapshot.name.clone(), Course::Running(recalled));
            }
        }
    }

    /// Adds what was stated for good: ahead of a status that never came, or in a status of another sequence.
    fn recall_for_good(&mut self, notice: &Notice) {
        match notice {
            Notice::Status(token) => {
                for snapshot in token.claims().missions.iter() {
                    // Ended mandates come from their own notices, which say when each may be left out.
                    self.amend(&snapshot.name, |running| running.join_for_good(snapshot));
                }
            }
            Notice::End(token) if token.claims().mission.controller == self.key => {
                let end = token.claims();
                self.missions.insert(end.mission.name.clone(), Course::Ended(end.ending));
            }
            Notice::End(_) => {}
            Notice::Fired(token) => {
                let fired = token.claims();
                self.amend(&fired.mission, |running| running.snapshot.events.insert(fired.event.clone()));
            }
            Notice::Withdrawal(token) => {
                let withdrawal = token.claims();
                self.amend(&withdrawal.mission, |running| running.snapshot.withdrawn.insert(withdrawal.tool.clone()));
            }
            Notice::TaskEnd(token) => {
                let (end, until) = (token.claims(), notice.said().at.plus(self.keep));
                if let (Some(mission), true) = (&end.mission, until > self.last) {
                    self.amend(mission, |running| {
                        running.ended_until.entry(end.mandate).or_insert(until);
                        running.snapshot.ended.insert(end.mandate)
                    });
                }
            }
        }
    }

    fn amend(&mut self, mission: &Label, change: impl FnOnce(&mut Running) -> bool) {
        if let Some(Course::Running(running)) = self.missions.get_mut(mission) {
            if change(running) {
                running.snapshot.sequence = running.snapshot.sequence.saturating_add(1);
            }
        }
    }
}
