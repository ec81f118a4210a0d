//! Agents of the caller's own issuer, in other branches below one orchestrator: whose missions,
//! tasks, accounts and calls the caller knows nothing of, though all of them begin with the same
//! root.

use crate::caller::{
    ACME, KNOWN, MARKED, TOOLS, UNKNOWN, agent, all, at, branch, counted, like, qbr, signed,
};
use crate::host::{ACME_KEY, ACME_OFFICE, Host, NAMED, told};
use crate::support;
use crate::support::{Random, label, public};
use mandatum::claims::{Ending, MandateEnding, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::limits::{Barrier, Condition, MaxAge, Reporters};
use mandatum::{
    Chain, Constraint, Controller, Delegation, Lifetime, Limit, Limits, Link, LivesBy, Mission,
    Notice, Seconds, SigningKey,
};

/// The seed of the orchestrator's key.
pub(crate) const LEAD: u8 = 160;

pub(crate) fn lead() -> SigningKey {
    support::key(LEAD)
}

/// The orchestrator's root, which the caller may be below too.
pub(crate) fn root() -> Chain {
    let link = Link::new(
        [30; 16],
        lead().public(),
        all(),
        Lifetime::new(at(-60), at(500)).unwrap(),
    )
    .with_hops(10);
    let named = NAMED.map(|fact| {
        let condition = Condition {
            fact: label(fact),
            holds: Constraint::any(),
            max_age: Seconds::new(0),
        };
        Limit::condition(condition)
            .with_tools(["notes.read"])
            .unwrap()
    });
    signed(
        ACME_KEY,
        like(link.with_limits(Limits::new(named).unwrap())),
    )
}

/// The key of a sibling.
pub(crate) fn key(sibling: usize) -> SigningKey {
    agent(70 + u8::try_from(sibling).unwrap())
}

pub(crate) fn below(
    chain: &Chain,
    by: &SigningKey,
    to: usize,
    limits: impl IntoIterator<Item = Limit>,
) -> Chain {
    let id = [50 + u8::try_from(to).unwrap(); 16];
    let terms = Delegation::new(id, key(to).public(), all(), chain.leaf().lifetime.expires());
    let terms = terms
        .with_hops(chain.leaf().hops - 1)
        .with_limits(Limits::new(limits).unwrap());
    chain
        .extend(chain.delegate(terms, at(0)).unwrap().sign(by).unwrap())
        .unwrap()
}

/// The task of a sibling, without limits.
pub(crate) fn task(sibling: usize) -> Chain {
    below(&root(), &lead(), sibling, [])
}

/// News that other agents hold of missions, the caller's among them.
fn news(random: &mut Random, mission: &Mission, office: u8) -> Vec<Notice> {
    let sign = &support::key(office);
    let mut controller = Controller::new(sign.public(), Seconds::new(30));
    let begun = controller
        .begin(mission, [21; 16], at(-5))
        .unwrap()
        .sign(sign)
        .unwrap();
    let (id, now) = ([22; 16], at(0));
    let last: Notice = match random.below(6) {
        0 => controller
            .suspend(mission, id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
        1 => controller
            .fire(mission, label("over"), id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
        2 => controller
            .withdraw(mission, "crm.*".parse().unwrap(), id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
        3 => controller
            .advance_wave(mission, id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
        4 => controller
            .end(mission, Ending::Revoked, id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
        _ => controller
            .status(mission, id, now)
            .unwrap()
            .sign(sign)
            .unwrap()
            .into(),
    };
    vec![begun.into(), last]
}

/// Notices about what is not the caller's, that came into its hands.
pub(crate) fn news_of_others(random: &mut Random) -> Vec<Notice> {
    let mut notices = news(random, &qbr(UNKNOWN), ACME_OFFICE);
    notices.extend(news(random, &branch(UNKNOWN), LEAD));
    notices.push(ended(random.below(2), TaskEnding::Failed.into()));
    notices
}

/// How the orchestrator says that a sibling's task ended.
fn ended(sibling: usize, how: MandateEnding) -> Notice {
    let mandate = task(sibling);
    let end = TaskEnd::by_holder(
        NoticeHeader::new([23; 16], public(LEAD), at(0)),
        mandate.leaf_id(),
        how,
        at(500),
    );
    end.sign(&lead()).unwrap().into()
}

fn lives_by(mission: Mission) -> Limit {
    Limit::lives_by(LivesBy::new(mission, MaxAge::uniform(Seconds::hours(1))))
}

impl Host {
    /// A sibling that lives by the caller's mission staples what it knows of it.
    pub(crate) fn is_shown_staples(&mut self, random: &mut Random) {
        let chain = below(
            &root(),
            &lead(),
            2,
            [lives_by(qbr(KNOWN)), lives_by(branch(KNOWN))],
        );
        for id in 0..u8::try_from(random.below(3)).unwrap() {
            let mut stapled = news(random, &qbr(KNOWN), ACME_OFFICE);
            stapled.extend(news(random, &branch(KNOWN), LEAD));
            let answer = told(&self.decides_for(&chain, &key(2), 210 + id, "mail.read", &stapled));
            self.told_to_others.push(answer);
        }
    }

    /// Siblings' tasks end in one way or another, by the orchestrator's word or their own.
    pub(crate) fn hears_of_tasks(&mut self, random: &mut Random) {
        for sibling in 0..2 {
            let chain = task(sibling);
            let ways = [
                TaskEnding::Completed.into(),
                TaskEnding::Failed.into(),
                TaskEnding::Revoked.into(),
                MandateEnding::KeyRevoked,
            ];
            for signer in [lead(), key(sibling)] {
                if random.chance(70) {
                    let how = *random.pick(&ways);
                    let end = TaskEnd::by_holder(
                        NoticeHeader::new([24; 16], signer.public(), at(0)),
                        chain.leaf_id(),
                        how,
                        at(500),
                    );
                    self.applies(
                        &chain,
                        (ACME, ACME_KEY),
                        &[end.sign(&signer).unwrap().into()],
                    );
                }
            }
        }
    }

    /// Siblings delegate further, with limits of the same names and kinds as the caller's, and
    /// call.
    pub(crate) fn serves_other_branches(&mut self, random: &mut Random) {
        let branch = task(3);
        for id in 0..4 {
            let limits: Vec<Limit> = (0..1 + random.below(6)).map(|_| counted(random)).collect();
            let chain = below(&branch, &key(3), 4, limits);
            let (tool, _) = *random.pick(&TOOLS);
            let answer = told(&self.decides_for(&chain, &key(4), 220 + id, tool, &[]));
            self.told_to_others.push(answer);
        }
    }

    /// A sibling makes calls by the ids that the caller uses, for what the caller asks for or
    /// something else.
    pub(crate) fn marks_calls(&mut self, random: &mut Random) {
        let chain = task(5);
        for id in 0..u8::try_from(MARKED).unwrap() {
            if random.chance(60) {
                let (tool, _) = *random.pick(&TOOLS);
                let answer = told(&self.decides_for(&chain, &key(5), id, tool, &[]));
                self.told_to_others.push(answer);
            }
        }
    }

    /// The host verifies chains of other branches, and forgets others for them.
    pub(crate) fn verifies_chains(&mut self, random: &mut Random) {
        for chain in [task(0), task(1), root()].iter().take(random.below(4)) {
            self.verifies(chain);
        }
    }

    /// Which of them it knows.
    pub(crate) fn known_chains(&self) -> String {
        let known = [task(0), task(1), root()].map(|chain| self.knows(&chain));
        format!("{known:?}")
    }

    /// What one is told who waits for a sibling's task, and knows its id.
    pub(crate) fn answers_to_one_that_waits(&mut self, sibling: usize) -> String {
        let reporters = Reporters::new([lead().public(), key(sibling).public()]).unwrap();
        let barrier = Barrier::new([(task(sibling).leaf_id(), reporters)]).unwrap();
        let chain = below(&root(), &lead(), 6, [Limit::barrier(barrier)]);
        told(&self.decides_for(&chain, &key(6), 230, "crm.read", &[]))
    }
}
