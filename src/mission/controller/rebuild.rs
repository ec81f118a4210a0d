//! Making a controller again from the notices that it signed.

use super::controller::Controller;
use super::lifecycle::{MissionLifecycle, RunningMission};
use crate::claims::{Snapshot, TaskEnd};
use crate::mission::notice::Notice;
use crate::primitives::{MissionId, PublicKey, Seconds};

/// Returns the controller that signed these notices.
pub(super) fn rebuild<'n>(
    key: PublicKey,
    leeway: Seconds,
    notices: impl IntoIterator<Item = &'n Notice>,
) -> Controller {
    let mut controller = Controller::new(key, leeway);
    let own = |notice: &&Notice| notice.signer() == key && notice.verify().is_ok();
    let notices: Vec<&Notice> = notices.into_iter().filter(own).collect();
    for notice in &notices {
        controller.last = controller.last.max(notice.header().at);
        if let Notice::Status(token) = notice {
            token
                .claims()
                .missions
                .iter()
                .for_each(|snapshot| recall(&mut controller, snapshot));
        }
    }
    // Permanent statements come after all statuses, because a status replaces the state that an
    // earlier one left. Ended mandates come last, because they need room in the lists.
    for notice in &notices {
        recall_permanent(&mut controller, notice);
    }
    recall_mandates(&mut controller, &notices);
    controller
}

/// Lists again every mandate whose notice states that statuses list it.
///
/// The latest status may list mandates whose roots have expired since. These are removed first,
/// as they were when the others were listed. So there is room for each.
fn recall_mandates(controller: &mut Controller, notices: &[&Notice]) {
    let (last, leeway) = (controller.last, controller.leeway);
    let is_over = |end: &TaskEnd| end.root_expires.plus(leeway) <= last;
    let ends = notices.iter().filter_map(|notice| {
        let Notice::TaskEnd(token) = notice else {
            return None;
        };
        let mission = token.claims().mission?;
        Some((mission, token.claims()))
    });
    for (mission, end) in ends.clone() {
        amend(controller, mission, |running| {
            // The notice adds the expiry, which the status does not have. A repeated statement
            // changes nothing, so the result does not matter.
            if running.lists(end.mandate.into()) {
                let _ = running.end_mandate(end.mandate.into(), end.ending, end.root_expires);
            }
        });
    }
    for lifecycle in controller.missions.values_mut() {
        if let MissionLifecycle::Running(running) = lifecycle {
            running.forget_expired(last, leeway);
        }
    }
    for (mission, end) in ends.filter(|(_, end)| !is_over(end)) {
        amend(controller, mission, |running| {
            // It is listed, or was before, and there is room for it: see above.
            let _ = running.end_mandate(end.mandate.into(), end.ending, end.root_expires);
        });
    }
}

/// Restores the state of a mission from a snapshot, unless one with a higher sequence is known.
fn recall(controller: &mut Controller, snapshot: &Snapshot) {
    match controller.missions.get(&snapshot.mission) {
        Some(MissionLifecycle::Running(known)) if known.snapshot.sequence >= snapshot.sequence => {}
        _ => {
            controller.missions.insert(
                snapshot.mission,
                MissionLifecycle::Running(Box::new(RunningMission::new(snapshot.clone()))),
            );
        }
    }
}

/// Adds the permanent statements of a notice, which the latest status may lack: a notice
/// travels ahead of the next status, which may not have been made before the crash.
fn recall_permanent(controller: &mut Controller, notice: &Notice) {
    match notice {
        Notice::Status(token) => {
            for snapshot in token.claims().missions.iter() {
                // Ended mandates are added from their own notices, which state their expiry.
                amend(controller, snapshot.mission, |running| {
                    running.join_permanent(snapshot);
                });
            }
        }
        Notice::End(token) => {
            let end = token.claims();
            // It may be the end of another controller's mission, of which this key is an ender.
            // Keeping it does no harm: this controller makes no notice of that mission.
            controller
                .missions
                .insert(end.mission, MissionLifecycle::Ended(end.ending));
        }
        Notice::EventFired(token) => {
            let fired = token.claims();
            amend(controller, fired.mission, |running| {
                running.snapshot.events.insert(fired.event.clone());
            });
        }
        Notice::Withdrawal(token) => {
            let withdrawal = token.claims();
            amend(controller, withdrawal.mission, |running| {
                running.snapshot.withdrawn.insert(withdrawal.tool.clone());
            });
        }
        // Whether its root has expired is known only after all notices: see `recall_mandates`.
        Notice::TaskEnd(_) => {}
    }
}

/// Changes the restored state of a running mission. The sequence rises if its snapshot changes.
fn amend(
    controller: &mut Controller,
    mission: MissionId,
    change: impl FnOnce(&mut RunningMission),
) {
    if let Some(MissionLifecycle::Running(running)) = controller.missions.get_mut(&mission) {
        let before = running.snapshot.clone();
        change(running);
        if running.snapshot != before {
            running.snapshot.sequence = running.snapshot.sequence.saturating_add(1);
        }
    }
}
