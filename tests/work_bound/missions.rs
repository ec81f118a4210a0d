//! Questions of missions and tasks: the worst chains that may be minted, where as much is known of
//! them as may be kept.

use super::dice::Dice;
use super::{Took, asked, work_bound};
use crate::chain::{Anchor, Ceiling, Chain, Delegation, VerifiedChain, issue};
use crate::claims::{
    AttestedGrant, Life, Link, MandateEnding, NoticeHeader, Purpose, Root, RootAudience, Snapshot,
    Snapshots, Status, TaskEnd, TaskEnding,
};
use crate::decide::Verifier;
use crate::limits::{Barrier, Limit, LimitRule, Limits, LivesBy, MaxAge, Reporters};
use crate::mission::{News, Notice, Register, Retention, Standing, Watches, mission_alive};
use crate::powers::{Capability, Effect, Powers, ToolName};
use crate::primitives::bounds::MISSION_STEPS;
use crate::primitives::{
    Digest, Label, Lifetime, MandateId, Mission, PublicKey, Seconds, Timestamp,
};
use crate::sign::{SigningKey, Unsigned};

const CONTROLLERS: usize = 4;
const REPORTERS: usize = 16;

fn now() -> Timestamp {
    Timestamp::from_unix(1_767_225_600).unwrap()
}

fn key(number: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(number).unwrap(); 32])
}

fn controller(number: usize) -> SigningKey {
    key(100 + number % CONTROLLERS)
}

fn reporter(number: usize) -> SigningKey {
    key(150 + number % REPORTERS)
}

fn label(prefix: usize, number: usize) -> Label {
    Label::new(&format!("{}{number}", "m".repeat(prefix))).unwrap()
}

fn task(number: usize) -> MandateId {
    MandateId::from_bytes(*Digest::hash(number.to_be_bytes()).as_bytes())
}

/// A chain, and what is known of all that it depends on.
struct World {
    chain: VerifiedChain,
    register: Register,
}

/// What a chain is made of.
struct Shape {
    links: usize,
    missions: usize,
    events: usize,
    tasks: usize,
    reporters: usize,
    /// Bytes of a name.
    name: usize,
    ended: usize,
    known: usize,
    /// What each reporter says of each task: nothing, that it is completed, that the key is revoked
    /// as well.
    words: usize,
}

impl Shape {
    fn of(dice: &mut Dice<'_>) -> Self {
        Self {
            links: 1 + dice.below(5),
            missions: 1 + dice.below(3),
            events: dice.below(10),
            tasks: 1 + dice.below(40),
            reporters: 1 + dice.below(REPORTERS),
            name: dice.size(200),
            ended: dice.size(2_048),
            known: dice.below(64),
            words: dice.below(3),
        }
    }

    fn limits(&self, link: usize) -> Limits {
        let age = MaxAge::uniform(Seconds::hours(1));
        let lives_by = |number: usize| {
            let mission = Mission::new(
                controller(link + number).public(),
                label(self.name, link * 8 + number),
                [7; 16],
            );
            Limit::lives_by(LivesBy::new(mission, age))
        };
        let reporters: Vec<PublicKey> = (0..self.reporters)
            .map(|number| reporter(number).public())
            .collect();
        let reported = |number| (task(number), Reporters::new(reporters.clone()).unwrap());
        let barrier = Limit::barrier(Barrier::new((0..self.tasks).map(reported)).unwrap());
        let events =
            (0..self.events).map(|number| Limit::ends_on(label(self.name, 1_000 + number)));
        Limits::new(
            (0..self.missions)
                .map(lives_by)
                .chain([barrier])
                .chain(events),
        )
        .unwrap()
    }

    /// `None` where a rule or a size refuses it.
    fn chain(&self) -> Option<VerifiedChain> {
        let tool = Capability::new("a.b", Effect::Irreversible)
            .unwrap()
            .allow_delegation();
        let powers = Powers::new([tool]).unwrap();
        let issuer = "https://acme.example".parse().unwrap();
        let anchor = Anchor::new(
            issuer,
            key(1).public(),
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .unwrap();
        let lifetime = Lifetime::new(now(), now().plus(Seconds::hours(8))).unwrap();
        let link = Link::new([0; 16], key(10).public(), powers.clone(), lifetime)
            .with_hops(15)
            .with_limits(self.limits(0));
        let grant = AttestedGrant::direct("alice".parse().unwrap(), now(), Digest::hash(""));
        let root = Root {
            link,
            issuer: anchor.issuer().clone(),
            signed_by: key(1).public(),
            principal: Label::new("alice").unwrap().into(),
            purpose: Purpose::new("p".parse().unwrap(), "s".parse().unwrap(), ""),
            grant: Some(grant),
            task: "task".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life: Life::ExpiryOnly,
        };
        let mut chain = Chain::from(issue(&anchor, root, now()).ok()?.sign(&key(1)).unwrap());
        for link in 1..self.links {
            let terms = Delegation::new(
                [1; 16],
                key(10 + link).public(),
                powers.clone(),
                lifetime.expires(),
            );
            let terms = terms
                .with_hops(u8::try_from(15 - link).unwrap())
                .with_limits(self.limits(link));
            chain = chain
                .extend(
                    chain
                        .delegate(terms, now())
                        .ok()?
                        .sign(&key(9 + link))
                        .unwrap(),
                )
                .ok()?;
        }
        Verifier::new([anchor]).unwrap().verify(&chain).ok()
    }

    /// Statuses as large as they may be, and ends of the tasks by all who may report them.
    fn register(&self, chain: &VerifiedChain) -> Register {
        let retention = Retention::new(Seconds::hours(24), Seconds::hours(8), Seconds::new(30));
        let (mut register, watches) = (Register::new(retention), Watches::new(chain));
        for (mission, signer) in chain
            .lives_by()
            .map(|(_, it, mission)| (mission, it.mission().controller))
        {
            let snapshot = Snapshot {
                events: (0..self.known)
                    .map(|number| label(self.name.min(60), 5_000 + number))
                    .collect(),
                withdrawn: (0..self.known)
                    .map(|number| format!("a.c{number}").parse().unwrap())
                    .collect(),
                ended: (0..self.ended).map(|number| task(9_000 + number)).collect(),
                keys_revoked: (0..self.ended).map(|number| task(9_000 + number)).collect(),
                ..Snapshot::beginning(mission, now())
            };
            let said = NoticeHeader {
                id: [1; 16].into(),
                by: signer,
                at: now(),
            };
            let status = Status {
                header: said,
                missions: Snapshots::new([snapshot]).unwrap(),
            };
            let by = (0..CONTROLLERS)
                .map(controller)
                .find(|key| key.public() == signer)
                .unwrap();
            if let Ok(token) = Unsigned::new(status, vec![signer]).sign(&by) {
                let _ = register.apply(&Notice::from(token), &watches, now());
            }
        }
        for number in 0..self.tasks {
            for by in (0..self.reporters).map(reporter) {
                for how in [TaskEnding::Completed.into(), MandateEnding::KeyRevoked]
                    .into_iter()
                    .take(self.words)
                {
                    let end = TaskEnd::by_holder(
                        NoticeHeader::new([2; 16], by.public(), now()),
                        task(number),
                        how,
                        Timestamp::MAX,
                    );
                    let _ = register.apply(&end.sign(&by).unwrap().into(), &watches, now());
                }
            }
        }
        register
    }

    fn world(&self) -> Option<World> {
        let chain = self.chain()?;
        let register = self.register(&chain);
        Some(World { chain, register })
    }
}

fn took(dice: &mut Dice<'_>, question: impl Fn(&World, &mut crate::primitives::Work)) -> Took {
    match Shape::of(dice).world() {
        Some(world) => asked(MISSION_STEPS, |work| question(&world, work)),
        None => asked(0, |_| ()),
    }
}

#[test]
fn work_bound_of_tasks_that_have_ended() {
    work_bound("not ended", |dice| {
        took(dice, |world, work| {
            let Ok(standing) = Standing::new(&world.chain, News::new(&world.register), work) else {
                return;
            };
            for link in 0..world.chain.chain().len() {
                let _ = standing.link_not_ended(link, work);
            }
        })
    });
}

#[test]
fn work_bound_of_events() {
    work_bound("events", |dice| {
        took(dice, |world, work| {
            let Ok(standing) = Standing::new(&world.chain, News::new(&world.register), work) else {
                return;
            };
            for limit in world
                .chain
                .chain()
                .links()
                .flat_map(|link| link.limits.iter())
            {
                if let LimitRule::EndsOn(event) = limit.rule() {
                    let _ = standing.event_not_fired(event, work);
                }
            }
        })
    });
}

#[test]
fn work_bound_of_barriers() {
    work_bound("barriers", |dice| {
        took(dice, |world, work| {
            let Ok(standing) = Standing::new(&world.chain, News::new(&world.register), work) else {
                return;
            };
            for (link, claims) in world.chain.chain().links().enumerate() {
                for limit in claims.limits.iter() {
                    if let LimitRule::Barrier(barrier) = limit.rule() {
                        let _ = standing.barrier_open(link, barrier, now(), work);
                    }
                }
            }
        })
    });
}

#[test]
fn work_bound_of_missions() {
    let tool = ToolName::new("a.b").unwrap();
    work_bound("missions", |dice| {
        took(dice, |world, work| {
            for (_, lives_by, mission) in world.chain.lives_by() {
                let age = lives_by.max_age().for_effect(Effect::Read);
                let _ = mission_alive(
                    (lives_by, mission),
                    Some(&tool),
                    age,
                    News::new(&world.register),
                    now(),
                    work,
                );
            }
        })
    });
}
