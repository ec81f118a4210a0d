//! What all runs share, and what they are made of: clocks, news, controllers, verifiers.

use crate::support::*;
use mandatum::limits::{MaxAge, Waves};
use mandatum::mission::Watches;
use mandatum::{
    Chain, Controller, Effect, Limit, LivesBy, Mission, Notice, Permit, Register, Seconds,
    SigningKey, Timestamp, VerifiedChain, Verifier,
};
use std::rc::Rc;

/// Quarters of a second in a second.
pub(super) const SECOND: i64 = 4;

/// A clock: the true time, a difference that wanders, and how far it was set back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) difference: i64,
    pub(super) set_back: i64,
}

impl Clock {
    /// A clock that differs by at most `most`, often by all of it.
    pub(super) fn new(random: &mut Random, most: i64) -> Self {
        let difference = match random.below(4) {
            0 => most,
            1 => -most,
            _ => random.within(-most, most),
        };
        Self {
            difference,
            set_back: 0,
        }
    }

    /// Runs a little faster or slower for a moment. It never runs backwards.
    pub(super) fn wander(&mut self, random: &mut Random, most: i64) {
        if random.chance(2) {
            self.difference = (self.difference + random.within(-1, 1)).clamp(-most, most);
        }
    }

    /// What it shows, in whole seconds.
    pub(super) fn now(self, tick: i64) -> Timestamp {
        let shown = 100 * SECOND + tick + self.difference - self.set_back;
        at(u64::try_from(shown.div_euclid(SECOND)).unwrap())
    }

    /// How long to wait for the last moment before `until`.
    pub(super) fn last_before(self, until: Timestamp, tick: i64) -> i64 {
        (0..)
            .take_while(|waits| self.now(tick + waits) < until)
            .last()
            .unwrap_or(0)
    }

    /// How much time has passed by it, whatever it was set to.
    pub(super) const fn passed(self, tick: i64) -> i64 {
        tick + self.difference
    }
}

/// The kinds of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Event,
    TaskEnd,
    Withdrawal,
    Suspension,
    /// The waves in which calls are good are over.
    Wave,
}

pub(super) const KINDS: [Kind; 6] = [
    Kind::End,
    Kind::Event,
    Kind::TaskEnd,
    Kind::Withdrawal,
    Kind::Suspension,
    Kind::Wave,
];

/// The last wave in which calls are good. No mission comes so far before the news.
pub(super) const LAST_WAVE: u64 = 40;

impl Kind {
    /// Whether it should stop calls of this tool.
    pub(super) fn stops(self, tool: &str) -> bool {
        match self {
            Self::End | Self::TaskEnd | Self::Suspension => true,
            Self::Event => tool == "crm.read",
            Self::Withdrawal | Self::Wave => tool == "pay.send",
        }
    }
}

/// What of a controller's words does not reach a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// Nothing but what gets lost.
    ByChance,
    /// All that travels ahead; statuses pass.
    Ahead,
    /// One kind of what travels ahead; all else passes.
    OneKind(Kind),
    /// All statuses from the news on; what travels ahead passes.
    Statuses,
    /// Everything from the news on.
    Everything,
}

/// One controller and its mission.
pub(super) struct Side {
    pub(super) key: SigningKey,
    pub(super) mission: Mission,
    pub(super) controller: Controller,
    pub(super) clock: Clock,
    pub(super) every: i64,
    pub(super) stored: Vec<Rc<Notice>>,
    /// Waves begun after the first.
    pub(super) waves: u64,
    /// A second writer that knows of no news.
    pub(super) fork: Option<Controller>,
    /// A status that was signed ahead of its time, and when that comes.
    pub(super) pocketed: Option<(i64, Rc<Notice>)>,
}

/// One verifier.
pub(super) struct Site {
    pub(super) register: Register,
    pub(super) clock: Clock,
    pub(super) withheld: Withheld,
    /// When it hears of nothing.
    pub(super) partition: (i64, i64),
    pub(super) queue: Vec<Queued>,
    /// What its clock had counted when the news happened.
    pub(super) at_news: i64,
    /// What its clock had counted when work was resumed.
    pub(super) at_resume: Option<i64>,
}

pub(super) struct Queued {
    pub(super) permit: Permit,
    pub(super) decided: Timestamp,
    pub(super) due: i64,
    pub(super) tool: &'static str,
    /// The true effect.
    pub(super) effect: Effect,
}

pub(super) struct Message {
    pub(super) due: i64,
    pub(super) to: usize,
    pub(super) notice: Rc<Notice>,
}

/// A chain, with how old the news of each of its two missions may be.
pub(super) struct Served {
    pub(super) chain: VerifiedChain,
    pub(super) watches: Watches,
    pub(super) ages: [MaxAge; 2],
    /// How long stragglers of the last wave have.
    pub(super) drain: Seconds,
}

/// What all runs share: chains are verified once.
pub(super) struct World {
    pub(super) verifier: Verifier,
    pub(super) served: Vec<Served>,
}

pub(super) const CONTROLLERS: [u8; 2] = [OFFICE, DESK];
pub(super) const NAMES: [&str; 2] = ["qbr", "slides"];

impl World {
    /// The root lives by the office's mission; the child also by the desk's, its reading ends on an
    /// event, and its paying is good in the waves of both.
    pub(super) fn new() -> Self {
        let verifier = verifier();
        let both = [
            [ages(6, 3, 1), ages(5, 4, 2)],
            [ages(2, 2, 2), ages(6, 1, 0)],
            [ages(5, 2, 0), ages(3, 3, 1)],
        ];
        let serve = |(ages, drain): ([MaxAge; 2], Seconds)| {
            let lives_by =
                |side: usize| LivesBy::new(mission(CONTROLLERS[side], NAMES[side]), ages[side]);
            let life = lives_by(0).with_enders([public(ENDER)]).unwrap();
            let ends_on = Limit::ends_on(label("over")).with_tools(["crm.*"]).unwrap();
            let waves = [0, 1].map(|side| {
                let waves =
                    Waves::new(mission(CONTROLLERS[side], NAMES[side]), 0, LAST_WAVE).unwrap();
                Limit::waves(waves.with_drain(drain).unwrap())
                    .with_tools(["pay.*"])
                    .unwrap()
            });
            let chain: Chain = root(life, [1; 16]);
            let limits = [Limit::lives_by(lives_by(1)), ends_on]
                .into_iter()
                .chain(waves);
            let chain = child(&chain, ORCHESTRATOR, HELPER, limits, [2; 16]);
            let chain = verifier.verify(&chain).unwrap();
            Served {
                watches: Watches::new(&chain),
                chain,
                ages,
                drain,
            }
        };
        let drains = [0, 2, 4].map(Seconds::new);
        Self {
            served: both.into_iter().zip(drains).map(serve).collect(),
            verifier,
        }
    }
}

/// What a run, or many, showed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Operations that started before the news, or that it does not concern.
    pub(super) healthy: u64,
    /// Operations that started after work was resumed.
    pub(super) resumed: u64,
    /// Ghosts: operations that started after the news which should stop them, within the bound.
    pub(super) ghosts: u64,
    /// Operations that started later than the bound.
    pub(super) breaches: u64,
    /// The longest window of a ghost, and the bound there.
    pub(super) worst: Option<(i64, i64)>,
    /// The smallest distance of a ghost from its bound.
    pub(super) nearest: Option<i64>,
}

impl Tally {
    pub(super) fn ghost(&mut self, window: i64, bound: i64) {
        self.ghosts += 1;
        self.breaches += u64::from(window > bound);
        self.worst = self.worst.max(Some((window, bound)));
        let distance = bound - window;
        self.nearest = Some(
            self.nearest
                .map_or(distance, |nearest| nearest.min(distance)),
        );
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self {
            healthy: self.healthy + other.healthy,
            resumed: self.resumed + other.resumed,
            ghosts: self.ghosts + other.ghosts,
            breaches: self.breaches + other.breaches,
            worst: self.worst.max(other.worst),
            nearest: [self.nearest, other.nearest].into_iter().flatten().min(),
        }
    }
}
