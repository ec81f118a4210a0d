use crate::choices::Choices;
use crate::world::*;
use mandatum::claims::{End, Ending, EventFired, Status, TaskEnd, TaskEnding, Withdrawal};
use mandatum::codec::Claims;
use mandatum::limits::MaxAge;
use mandatum::mission::{Retention, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::sign::{Token, Unsigned};
use mandatum::{Controller, Life, Limit, LivesBy, Notice, Register, Seconds};

/// Most things that a controller says.
const SAID: usize = 8;

/// Any bytes as a notice, which is of one kind and has these very bytes; and what a controller
/// says, which is read as it was said, and does not verify with a byte changed.
pub fn notices(data: &[u8]) {
    if let Ok(notice) = Notice::from_bytes(data) {
        assert_eq!(notice.as_bytes(), data);
        assert_eq!(kinds(data), 1, "{notice:?}");
    } else {
        assert_eq!(kinds(data), 0, "a token of a kind of notice is no notice");
    }

    let mut choices = Choices::new(data);
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    let missions = ["qbr", "renewal", "é"].map(|name| mission(OFFICE, name));
    let mut now = 0;
    for _ in 0..SAID {
        now += choices.within(0, 9);
        let (id, now, mission) = (
            choices.id(),
            at(now),
            &missions[choices.below(missions.len())],
        );
        match choices.below(8) {
            0 => said(&mut choices, controller.begin(mission, id, now).ok()),
            1 => said(&mut choices, controller.suspend(mission, id, now).ok()),
            2 => said(&mut choices, controller.advance_wave(mission, id, now).ok()),
            3 => {
                let event = label(choices.pick(&["over", "won"]));
                said(&mut choices, controller.fire(mission, event, id, now).ok());
            }
            4 => {
                let tool = sure(ToolPattern::new(choices.pick(&["crm.*", "pay.send"])));
                said(
                    &mut choices,
                    controller.withdraw(mission, tool, id, now).ok(),
                );
            }
            5 => {
                let mandate =
                    MandateId::from_bytes([u8::try_from(choices.below(5)).unwrap_or_default(); 32]);
                let ending = choices.pick(&[
                    TaskEnding::Completed,
                    TaskEnding::Failed,
                    TaskEnding::Revoked,
                ]);
                let ended = controller.end_task(mission, mandate, ending, at(LIFETIME), id, now);
                said(&mut choices, ended.ok().map(|end| end.notice));
            }
            6 if choices.once_in(3) => {
                let ending =
                    choices.pick(&[Ending::Completed, Ending::Superseded, Ending::Revoked]);
                said(&mut choices, controller.end(mission, ending, id, now).ok());
            }
            _ => {
                let statuses = controller.heartbeat(|| id.into(), now).unwrap_or_default();
                statuses
                    .into_iter()
                    .for_each(|status| said(&mut choices, Some(status)));
            }
        }
    }
}

/// As how many kinds of notice the bytes read.
fn kinds(data: &[u8]) -> usize {
    let kinds = [
        Token::<Status>::from_bytes(data).is_ok(),
        Token::<End>::from_bytes(data).is_ok(),
        Token::<TaskEnd>::from_bytes(data).is_ok(),
        Token::<EventFired>::from_bytes(data).is_ok(),
        Token::<Withdrawal>::from_bytes(data).is_ok(),
    ];
    kinds.into_iter().filter(|read| *read).count()
}

/// What was said reads as that; with a byte changed it is not read, or not taken from who watches
/// for it.
fn said<C: Claims + Clone + PartialEq + std::fmt::Debug>(
    choices: &mut Choices<'_>,
    unsigned: Option<Unsigned<C>>,
) where
    Notice: From<Token<C>>,
{
    let Some(unsigned) = unsigned else { return };
    let claims = unsigned.claims().clone();
    let token = sure(unsigned.sign(key(OFFICE)));
    assert_eq!(
        sure(Token::<C>::from_bytes(token.as_bytes())).claims(),
        &claims
    );
    assert_eq!(
        sure(Notice::from_bytes(token.as_bytes())),
        Notice::from(token.clone())
    );

    let mut changed = token.as_bytes().to_vec();
    let at_byte = choices.below(changed.len());
    changed[at_byte] ^= choices.pick(&[1, 0x20, 0x80]);
    if let Ok(notice) = Notice::from_bytes(&changed) {
        let retention = Retention::new(
            Seconds::hours(24),
            Seconds::new(LIFETIME),
            Seconds::new(u64::MAX),
        );
        let taken = Register::new(retention).apply(&notice, watches(), at(0));
        assert!(
            taken.is_err(),
            "byte {at_byte} of {claims:?} may be {:#x}: {notice:?}",
            changed[at_byte]
        );
    }
}

/// What a chain watches that lives by the controller's missions.
fn watches() -> &'static Watches {
    static WATCHES: std::sync::OnceLock<Watches> = std::sync::OnceLock::new();
    WATCHES.get_or_init(|| {
        let lives_by =
            |name| LivesBy::new(mission(OFFICE, name), MaxAge::uniform(Seconds::new(60)));
        let limits = ["renewal", "é"].map(|name| Limit::lives_by(lives_by(name)));
        let chain = root([1; 16], Life::Mission(lives_by("qbr")), &limits);
        chain
            .and_then(|chain| verifier().verify(&chain).ok())
            .map(|chain| Watches::new(&chain))
            .unwrap_or_default()
    })
}
