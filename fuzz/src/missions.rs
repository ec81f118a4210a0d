use crate::choices::Choices;
use crate::world::*;
use mandatum::claims::{End, Ending, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::denial::DenialKind;
use mandatum::limits::{Barrier, MaxAge};
use mandatum::mission::{Applied, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Call, Chain, Controller, DecisionContext, Denial, Effect, Life, Limit, LivesBy, Mission,
    Notice, Register, Seconds, ServerContext, Timestamp, VerifiedChain,
};

/// Most notices of one input.
const NOTICES: usize = 16;

/// When they are heard, all at once.
const NOW: u64 = 100;

/// What controllers, enders and holders say, honest or not: what is known of it does not depend on
/// order, number and ways, nothing that has ended goes on, and what nobody watches changes nothing.
pub fn missions(data: &[u8]) {
    let mut choices = Choices::new(data);
    let chains = chains();
    let mut notices = notices(&mut choices, &chains);
    let watches = chains.iter().fold(Watches::none(), |mut all, chain| {
        all.extend(&Watches::new(chain));
        all
    });
    let known = nothing_that_ended_goes_on(&notices, &watches, &chains);

    // Heard again, it is known.
    let mut again = known.clone();
    for notice in &notices {
        assert_ne!(
            again.apply(notice, &watches, at(NOW)),
            Ok(Applied::New),
            "{notice:?}"
        );
    }
    assert_eq!(again, known);

    // What is not watched under a chain does not matter to it.
    for chain in &chains {
        let own = heard(&notices, &Watches::new(chain));
        for_each_call(|call, now| {
            assert_eq!(
                verdict(chain, call, &own, now),
                verdict(chain, call, &known, now),
                "what others watch"
            );
        });
    }

    // It may be split, joined in any way, and come in any order and twice.
    let (one, rest) = notices.split_at(choices.below(notices.len() + 1));
    let (two, three) = rest.split_at(choices.below(rest.len() + 1));
    let [one, two, three] = [one, two, three].map(|some| heard(some, &watches));
    assert_eq!(
        joined(&joined(&one, &two), &three),
        known,
        "(one ∪ two) ∪ three"
    );
    assert_eq!(
        joined(&one, &joined(&two, &three)),
        known,
        "one ∪ (two ∪ three)"
    );
    assert_eq!(
        joined(&three, &joined(&two, &one)),
        known,
        "three ∪ (two ∪ one)"
    );
    assert_eq!(joined(&known, &known), known, "twice");
    notices.extend(choices.some(&notices));
    choices.shuffle(&mut notices);
    assert_eq!(heard(&notices, &watches), known, "another order");
}

/// A chain of two that lives by two missions and ends on an event, and another that waits for the
/// first one's leaf.
fn chains() -> [VerifiedChain; 2] {
    let lives_by = |controller, name| {
        let ages = sure(MaxAge::new(
            Seconds::new(600),
            Seconds::new(300),
            Seconds::new(150),
        ));
        sure(LivesBy::new(mission(controller, name), ages).with_enders([public(ENDER)]))
    };
    let chain = || -> Option<[Chain; 2]> {
        let root = root([1; 16], Life::Mission(lives_by(OFFICE, "qbr")), &[])?;
        let limits = [
            Limit::lives_by(lives_by(DESK, "slides")),
            Limit::ends_on(label("over")),
        ];
        let one = child(&root, [LEAD, HELPER], all_tools(), &limits, [2; 16])?;
        let waits = Limit::barrier(sure(Barrier::new([(one.leaf_id(), public(HELPER))])));
        Some([
            one,
            child(&root, [LEAD, INTERN], all_tools(), &[waits], [3; 16])?,
        ])
    };
    let Some(chains) = chain() else {
        panic!("the world's own chains")
    };
    chains.map(|chain| sure(verifier().verify(&chain)))
}

/// What is heard in this order; what can't be taken in is passed over.
fn heard<'n>(notices: impl IntoIterator<Item = &'n Notice>, watches: &Watches) -> Register {
    let mut register = empty_register();
    for notice in notices {
        let before = register.clone();
        match register.apply(notice, watches, at(NOW)) {
            Ok(Applied::New) => {}
            Ok(Applied::Known) | Err(_) => {
                assert_eq!(register, before, "nothing new changes nothing")
            }
        }
    }
    register
}

fn joined(one: &Register, other: &Register) -> Register {
    let mut joined = one.clone();
    joined.merge(other);
    joined
}

/// Asks about each tool, with an effect of its own, now and much later.
fn for_each_call(mut ask: impl FnMut(&Call, Timestamp)) {
    for (tool, effect) in [
        ("crm.read", Effect::Read),
        ("notes.add", Effect::Write),
        ("pay.send", Effect::Irreversible),
    ] {
        for now in [NOW, NOW + 400] {
            ask(&call([1; 16], tool, effect, 1), at(now));
        }
    }
}

fn verdict(
    chain: &VerifiedChain,
    call: &Call,
    known: &Register,
    now: Timestamp,
) -> Result<Timestamp, Denial> {
    verifier().preview(
        chain,
        call,
        &DecisionContext::new(ServerContext::new(now, here()), known),
    )
}

/// One notice after the other: a call that is refused because something ended is refused from then
/// on, and an end is never undone or lessened. What is known in the end.
fn nothing_that_ended_goes_on(
    notices: &[Notice],
    watches: &Watches,
    chains: &[VerifiedChain],
) -> Register {
    let mut register = empty_register();
    for notice in notices {
        let before = register.clone();
        let _ = register.apply(notice, watches, at(NOW));
        for chain in chains {
            for_each_call(|call, now| {
                let ended = verdict(chain, call, &before, now)
                    .is_err_and(|denial| denial.kind() == DenialKind::Ended);
                assert!(
                    !ended || verdict(chain, call, &register, now).is_err(),
                    "{notice:?} undoes an end"
                );
            });
        }
        for (mission, signer) in watches.missions() {
            assert!(
                before.ending(*mission, *signer) <= register.ending(*mission, *signer),
                "{notice:?}"
            );
            assert!(
                before.wave(*mission).map(|wave| wave.number)
                    <= register.wave(*mission).map(|wave| wave.number)
            );
        }
        for (mandate, signer) in watches.mandates() {
            assert!(
                before.task_ending(*mandate, *signer) <= register.task_ending(*mandate, *signer),
                "{notice:?}"
            );
        }
    }
    register
}

/// What is said by controllers, of which some contradict themselves, by enders and by holders.
fn notices(choices: &mut Choices<'_>, chains: &[VerifiedChain]) -> Vec<Notice> {
    let mandates: Vec<MandateId> = chains
        .iter()
        .flat_map(|chain| chain.chain().ids())
        .collect();
    let missions = [(OFFICE, "qbr"), (DESK, "slides"), (STRANGER, "qbr")];
    let mut writers: Vec<(Controller, u8, Mission)> = Vec::new();
    let mut notices = Vec::new();
    for (seed, name) in missions {
        let mut controller = Controller::new(public(seed), Seconds::new(30));
        let mission = mission(seed, name);
        notices.push(
            sure(sure(controller.begin(&mission, choices.id(), at(0))).sign(key(seed))).into(),
        );
        writers.push((controller, seed, mission));
    }
    let mut seconds = 0;
    while notices.len() < NOTICES && !choices.is_over() {
        // Some of it is of the future, further than the leeway.
        seconds = NOW.min(seconds + choices.within(0, 9));
        let (id, now) = (
            choices.id(),
            at(if choices.once_in(20) {
                NOW + 31
            } else {
                seconds
            }),
        );
        match choices.below(16) {
            0 if choices.once_in(2) => {
                let (seed, name) = choices.pick(&missions[..2]);
                let by = choices.pick(&[ENDER, STRANGER]);
                let ending =
                    choices.pick(&[Ending::Completed, Ending::Superseded, Ending::Revoked]);
                let end = End::by_ender(
                    NoticeHeader::new(id, public(by), now),
                    &mission(seed, name),
                    ending,
                );
                notices.push(sure(end.sign(key(by))).into());
            }
            1 => {
                let by = choices.pick(&[COMPANY, LEAD, HELPER, INTERN, OFFICE, DESK, STRANGER]);
                let end = TaskEnd::by_holder(
                    NoticeHeader::new(id, public(by), now),
                    choices.pick(&mandates),
                    task_ending(choices),
                    at(LIFETIME),
                );
                notices.push(sure(end.sign(key(by))).into());
            }
            // Two writers under one key, which the key's owner should not have.
            2 | 3 => writers.push(writers[choices.below(writers.len())].clone()),
            _ => {
                let writer = choices.below(writers.len());
                let said = said(choices, &mut writers[writer], &mandates, now);
                // What is lost on the way is said again by the next status.
                notices.extend(said.filter(|_| !choices.once_in(2)));
            }
        }
    }
    notices
}

fn task_ending(choices: &mut Choices<'_>) -> TaskEnding {
    choices.pick(&[
        TaskEnding::Completed,
        TaskEnding::Abandoned,
        TaskEnding::Failed,
        TaskEnding::Revoked,
    ])
}

/// What a controller says next, if it has anything to say.
fn said(
    choices: &mut Choices<'_>,
    (controller, seed, mission): &mut (Controller, u8, Mission),
    mandates: &[MandateId],
    now: Timestamp,
) -> Option<Notice> {
    let (id, mission, key) = (choices.id(), &*mission, key(*seed));
    match choices.below(9) {
        0 if choices.once_in(3) => {
            Some(sure(controller.suspend(mission, id, now).ok()?.sign(key)).into())
        }
        1 => Some(sure(controller.resume(mission, id, now).ok()?.sign(key)).into()),
        2 => Some(sure(controller.advance_wave(mission, id, now).ok()?.sign(key)).into()),
        3 => {
            let event = label(choices.pick(&["over", "won"]));
            Some(sure(controller.fire(mission, event, id, now).ok()?.sign(key)).into())
        }
        4 => {
            let tool = sure(ToolPattern::new(choices.pick(&["crm.*", "pay.send"])));
            Some(sure(controller.withdraw(mission, tool, id, now).ok()?.sign(key)).into())
        }
        5 => {
            let (mandate, ending) = (choices.pick(mandates), task_ending(choices));
            Some(
                sure(
                    controller
                        .end_task(mission, mandate, ending, at(LIFETIME), id, now)
                        .ok()?
                        .notice
                        .sign(key),
                )
                .into(),
            )
        }
        6 if choices.once_in(16) => {
            let ending = choices.pick(&[Ending::Completed, Ending::Superseded, Ending::Revoked]);
            Some(sure(controller.end(mission, ending, id, now).ok()?.sign(key)).into())
        }
        _ => {
            // A writer that has changed its mind so often is ahead of another under the same key.
            for _ in 0..choices.below(4) {
                let _ = controller.advance_wave(mission, id, now);
            }
            Some(
                sure(
                    controller
                        .heartbeat(|| id.into(), now)
                        .ok()?
                        .pop()?
                        .sign(key),
                )
                .into(),
            )
        }
    }
}
