//! Look-ups are counted by what a chain asks for, so that running out of steps tells nothing of
//! what a host knows.

use crate::support::*;
use mandatum::claims::TaskEnding;
use mandatum::denial::DenialPlace;
use mandatum::limits::MaxAge;
use mandatum::mission::Watches;
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Chain, Controller, DecisionContext, Denial, DenialCode, Effect, Label, Life, Limit, LivesBy,
    Register, Seconds, ServerContext, VerifiedChain,
};

/// Events with the longest names.
fn events(from: usize, count: usize) -> Vec<Limit> {
    let event = |number: usize| Label::new(&format!("{number:0256}")).unwrap();
    (from..from + count)
        .map(|number| Limit::ends_on(event(number)))
        .collect()
}

fn lives_by(controller: u8, name: &str) -> LivesBy {
    LivesBy::new(
        mission(controller, name),
        MaxAge::uniform(Seconds::new(600)),
    )
}

const DESKS: usize = 30;

/// The root lives by the office's mission and, for paying, by thirty of the desk's. It ends on as
/// many events as it may have besides, and so may do three children.
fn chain(children: usize) -> VerifiedChain {
    let desk = |number: usize| {
        Limit::lives_by(lives_by(DESK, &format!("m{number}")))
            .with_tools(["pay.*"])
            .unwrap()
    };
    let limits = (0..DESKS).map(desk).chain(events(0, 2));
    let mut chain: Chain =
        root_with(Life::Mission(lives_by(OFFICE, "qbr")), limits, [1; 16]).unwrap();
    let holders = [ORCHESTRATOR, HELPER, INTERN, STRANGER];
    for (link, (by, to)) in holders.iter().zip(&holders[1..]).enumerate().take(children) {
        chain = child(&chain, *by, *to, events(32 * (link + 1), 32), [2; 16]);
    }
    verifier().verify(&chain).unwrap()
}

/// A register in which the office's mission is active, and the desk's say nothing, or as much as
/// they may.
fn world(chain: &VerifiedChain, is_full: bool) -> Register {
    let watches = Watches::new(chain);
    let mut register = empty();
    let mut office = Controller::new(public(OFFICE), Seconds::new(30));
    let begun = signed(
        office
            .begin(&mission(OFFICE, "qbr"), [1; 16], at(0))
            .unwrap(),
        &key(OFFICE),
    );
    register.apply(&begun, &watches, at(0)).unwrap();
    if is_full {
        let mut desk = Controller::new(public(DESK), Seconds::new(30));
        for name in (0..DESKS).map(|number| mission(DESK, &format!("m{number}"))) {
            let _ = desk.begin(&name, [1; 16], at(0)).unwrap();
            for number in 0..64_u8 {
                let _ = desk
                    .fire(&name, label(&format!("e{number}")), [2; 16], at(0))
                    .unwrap();
                let tool = ToolPattern::new(&format!("t{number}")).unwrap();
                let _ = desk.withdraw(&name, tool, [3; 16], at(0)).unwrap();
                let mandate = MandateId::from_bytes([number; 32]);
                let _ = desk
                    .end_task(
                        &name,
                        mandate,
                        TaskEnding::Failed,
                        at(LIFETIME),
                        [4; 16],
                        at(0),
                    )
                    .unwrap();
            }
        }
        for status in desk.heartbeat(|| [5; 16].into(), at(0)).unwrap() {
            register
                .apply(&signed(status, &key(DESK)), &watches, at(0))
                .unwrap();
        }
        assert_eq!(register.len(), 1 + DESKS);
    }
    register
}

fn asked(chain: &VerifiedChain, register: &Register) -> Result<(), Denial> {
    let context = DecisionContext::new(ServerContext::new(at(1), here()), register);
    decide(
        &verifier(),
        chain,
        &call([1; 16], "crm.read", Effect::Read),
        &context,
    )
    .map(drop)
}

/// Non-interference: the same verdict, at the same place, whatever is known of missions that others
/// control.
#[test]
fn running_out_of_work_on_missions_is_a_non_interference() {
    let chain = chain(3);
    let worlds = [false, true].map(|is_full| asked(&chain, &world(&chain, is_full)).unwrap_err());
    assert_eq!(worlds[0].code(), DenialCode::OutOfWork);
    assert!(
        matches!(worlds[0].place(), DenialPlace::Link(link) if link > 0),
        "{:?}",
        worlds[0]
    );
    assert_eq!(worlds[0], worlds[1]);
    assert_eq!(worlds[0].public(), worlds[1].public());
    assert_eq!(
        worlds[0].public().code,
        "Refused",
        "what it ran out on is the host's own"
    );
}

/// Far more than anyone needs is within the steps.
#[test]
fn thirty_missions_and_as_many_events_are_asked() {
    let chain = chain(1);
    for is_full in [false, true] {
        assert_eq!(asked(&chain, &world(&chain, is_full)), Ok(()));
    }
}
