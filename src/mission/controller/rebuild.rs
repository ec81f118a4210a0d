//! A controller made again from the notices that it signed.

use super::controller::Controller;
use super::lifecycle::{MissionLifecycle, RunningMission};
use crate::claims::{Snapshot, TaskEnd};
use crate::mission::notice::Notice;
use crate::primitives::{MissionId, PublicKey, Seconds};

impl Controller {
    /// Returns the controller that signed all of `notices`, as it was but for what was never
    /// stored.
    ///
    /// A controller's own store keeps every notice that it signed, above all every end: a mission
    /// whose end is missing would go on. Of statuses it needs the latest of each mission alone,
    /// because each repeats those before. Notices of others, and those whose signature does not
    /// verify, are passed over.
    #[must_use]
    pub fn rebuild<'n>(
        key: PublicKey,
        leeway: Seconds,
        notices: impl IntoIterator<Item = &'n Notice>,
    ) -> Self {
        let mut controller = Self::new(key, leeway);
        let own = |notice: &&Notice| notice.signer() == key && notice.verify().is_ok();
        let notices: Vec<&Notice> = notices.into_iter().filter(own).collect();
        for notice in &notices {
            controller.last = controller.last.max(notice.header().at);
            if let Notice::Status(token) = notice {
                token
                    .claims()
                    .missions
                    .iter()
                    .for_each(|snapshot| controller.recall(snapshot));
            }
        }
        for notice in &notices {
            controller.recall_for_good(notice);
        }
        controller.recall_mandates(&notices);
        controller
    }

    /// Lists every mandate again that it said its statuses list.
    ///
    /// The latest status may list mandates that have expired since. They make room first, as they
    /// did when the others were listed; so there is room for each.
    fn recall_mandates(&mut self, notices: &[&Notice]) {
        let (last, leeway) = (self.last, self.leeway);
        let is_over = |end: &TaskEnd| end.root_expires.plus(leeway) <= last;
        let ends = notices.iter().filter_map(|notice| {
            let Notice::TaskEnd(token) = notice else {
                return None;
            };
            let mission = token.claims().mission?;
            Some((mission, token.claims()))
        });
        for (mission, end) in ends.clone() {
            self.amend(mission, |running| {
                // A status that lists it learns from here when it may leave it out.
                if running.lists(end.mandate.into()) {
                    let _ = running.end_mandate(end.mandate.into(), end.ending, end.root_expires);
                }
            });
        }
        for course in self.missions.values_mut() {
            if let MissionLifecycle::Running(running) = course {
                running.forget_expired(last, leeway);
            }
        }
        for (mission, end) in ends.filter(|(_, end)| !is_over(end)) {
            self.amend(mission, |running| {
                let _ = running.end_mandate(end.mandate.into(), end.ending, end.root_expires);
            });
        }
    }

    fn recall(&mut self, snapshot: &Snapshot) {
        match self.missions.get(&snapshot.mission) {
            Some(MissionLifecycle::Running(known))
                if known.snapshot.sequence >= snapshot.sequence => {}
            _ => {
                self.missions.insert(
                    snapshot.mission,
                    MissionLifecycle::Running(Box::new(RunningMission::new(snapshot.clone()))),
                );
            }
        }
    }

    /// Adds what was stated for good: ahead of a status that never came, or in a status of another
    /// sequence.
    fn recall_for_good(&mut self, notice: &Notice) {
        match notice {
            Notice::Status(token) => {
                for snapshot in token.claims().missions.iter() {
                    // Ended mandates come from their own notices, which say when each may be left
                    // out.
                    self.amend(snapshot.mission, |running| running.join_for_good(snapshot));
                }
            }
            Notice::End(token) => {
                let end = token.claims();
                // It may also be the end of another controller's mission, which this key may sign
                // as an ender. Nothing is said of that one here.
                self.missions
                    .insert(end.mission, MissionLifecycle::Ended(end.ending));
            }
            Notice::EventFired(token) => {
                let fired = token.claims();
                self.amend(fired.mission, |running| {
                    running.snapshot.events.insert(fired.event.clone());
                });
            }
            Notice::Withdrawal(token) => {
                let withdrawal = token.claims();
                self.amend(withdrawal.mission, |running| {
                    running.snapshot.withdrawn.insert(withdrawal.tool.clone());
                });
            }
            // Its root may have expired, and that is known only when all statuses are; see
            // `recall_mandates`.
            Notice::TaskEnd(_) => {}
        }
    }

    /// Changes what is recalled of a mission. The sequence rises where that changes its statuses.
    fn amend(&mut self, mission: MissionId, change: impl FnOnce(&mut RunningMission)) {
        if let Some(MissionLifecycle::Running(running)) = self.missions.get_mut(&mission) {
            let before = running.snapshot.clone();
            change(running);
            if running.snapshot != before {
                running.snapshot.sequence = running.snapshot.sequence.saturating_add(1);
            }
        }
    }
}
