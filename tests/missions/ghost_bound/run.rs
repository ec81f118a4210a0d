//! One run: a mission, its news, and what still starts after that.

use super::Dropped;
use super::world::{
    CONTROLLERS, Clock, KINDS, Kind, LAST_WAVE, Message, NAMES, Queued, SECOND, Served, Side, Site,
    Tally, Withheld, World,
};
use crate::support::*;
use mandatum::charge::LedgerOutcome;
use mandatum::claims::{End, Ending, MandateEnding, NoticeHeader, Outcome, TaskEnd, TaskEnding};
use mandatum::powers::ToolPattern;
use mandatum::{Controller, DecisionContext, Effect, Notice, Seconds, ServerContext};
use std::rc::Rc;

/// How long a message travels at most.
const LONGEST_WAY: i64 = 5 * SECOND;

/// How many seconds ahead a status is signed that is to break the bound: more than the bound
/// forgives.
const fn signed_ahead(most: i64) -> i64 {
    2 * most / SECOND + 4
}

/// One run: a mission's life, its news, and what still starts after that.
pub(super) struct Run<'w> {
    world: &'w World,
    served: &'w Served,
    random: Random,
    dropped: Dropped,
    /// How much clocks differ from the true time at most: half of D.
    most: i64,
    kind: Kind,
    /// Whose news it is.
    side: usize,
    news_at: i64,
    resume_at: Option<i64>,
    until: i64,
    /// How much later a controller's clock that is ahead makes ghosts, at most.
    late: i64,
    sides: Vec<Side>,
    sites: Vec<Site>,
    messages: Vec<Message>,
    tally: Tally,
}

impl<'w> Run<'w> {
    pub(super) fn new(world: &'w World, seed: u64, dropped: Dropped) -> Self {
        let mut random = Random::new(seed);
        let served = random.pick(&world.served);
        let most = random.within(0, 6);
        let kind = *random.pick(&KINDS);
        let side = random.below(2);
        let news_at = random.within(3 * SECOND, 7 * SECOND);
        let lasts = served.ages[side].for_effect(Effect::Read).max(served.drain);
        let lasts = i64::try_from(lasts.get()).unwrap() * SECOND;
        let mut until = news_at + lasts + 2 * most + 3 * SECOND;
        let resumes = kind == Kind::Suspension && random.chance(50);
        let resume_at = resumes.then(|| news_at + random.within(1, lasts + 4 * SECOND));
        if let Some(at) = resume_at {
            until = at + 5 * SECOND;
        }
        if dropped == Dropped::SignedInTime {
            until += signed_ahead(most) * SECOND;
        }
        let sides = (0..2)
            .map(|side| Self::side(&mut random, side, most))
            .collect();
        let sites = (0..2)
            .map(|_| Self::site(&mut random, most, news_at, kind))
            .collect();
        let tally = Tally::default();
        let messages = Vec::new();
        Self {
            world,
            served,
            random,
            dropped,
            most,
            kind,
            side,
            news_at,
            resume_at,
            until,
            late: 0,
            sides,
            sites,
            messages,
            tally,
        }
    }

    /// The same run with controllers whose clocks are ahead, by up to all of the leeway.
    ///
    /// What they say counts as of its receipt, so a ghost is late by as much as a status travels,
    /// and never by the leeway.
    pub(super) fn with_controllers_ahead(mut self) -> Self {
        let ahead = self.random.within(0, 25);
        self.sides
            .iter_mut()
            .for_each(|side| side.clock.set_back = -ahead * SECOND);
        self.sites
            .iter_mut()
            .for_each(|site| site.register = empty());
        self.late = LONGEST_WAY.min(ahead * SECOND);
        self.until += self.late;
        self
    }

    fn side(random: &mut Random, side: usize, most: i64) -> Side {
        let key = key(CONTROLLERS[side]);
        Side {
            controller: Controller::new(key.public(), Seconds::new(30)),
            key,
            mission: mission(CONTROLLERS[side], NAMES[side]),
            clock: Clock::new(random, most),
            every: random.within(SECOND, 3 * SECOND),
            stored: Vec::new(),
            waves: 0,
            fork: None,
            pocketed: None,
        }
    }

    fn site(random: &mut Random, most: i64, news_at: i64, kind: Kind) -> Site {
        let withheld = match random.below(5) {
            0 => Withheld::ByChance,
            1 => Withheld::Ahead,
            2 => Withheld::OneKind(kind),
            3 => Withheld::Statuses,
            _ => Withheld::Everything,
        };
        let from = if random.chance(30) {
            random.within(0, news_at + 4 * SECOND)
        } else {
            i64::MAX - 100
        };
        Site {
            register: with_leeway(u64::try_from(random.within(3, 40)).unwrap()),
            clock: Clock::new(random, most),
            withheld,
            partition: (from, from + random.within(1, 4 * SECOND)),
            queue: Vec::new(),
            at_news: 0,
            at_resume: None,
        }
    }

    pub(super) fn play(mut self) -> Tally {
        if self.dropped == Dropped::ClocksAgree {
            self.sites
                .iter_mut()
                .for_each(|site| site.clock.set_back = 10 * SECOND);
        }
        for side in 0..2 {
            let (mission, id) = (self.sides[side].mission.clone(), self.random.id());
            let now = self.sides[side].clock.now(0);
            let begun = self.sides[side]
                .controller
                .begin(&mission, id, now)
                .unwrap();
            let notice = signed(begun, &self.sides[side].key);
            self.say(0, side, None, notice);
        }
        for tick in 1..=self.until {
            self.wander();
            if tick == self.news_at {
                self.before_the_news(tick);
                self.news(tick);
            }
            if Some(tick) == self.resume_at {
                self.resume(tick);
            }
            for side in 0..2 {
                self.controller_works(tick, side);
            }
            self.deliver(tick);
            for site in 0..self.sites.len() {
                self.site_works(tick, site);
            }
        }
        self.tally
    }

    fn wander(&mut self) {
        for side in &mut self.sides {
            side.clock.wander(&mut self.random, self.most);
        }
        for site in &mut self.sites {
            site.clock.wander(&mut self.random, self.most);
        }
    }

    /// Stores a notice, and only then sends it to every site.
    fn say(&mut self, tick: i64, side: usize, kind: Option<Kind>, notice: Notice) {
        let notice = Rc::new(notice);
        self.sides[side].stored.push(Rc::clone(&notice));
        self.send(tick, side, kind, &notice);
    }

    fn send(&mut self, tick: i64, side: usize, kind: Option<Kind>, notice: &Rc<Notice>) {
        for to in 0..self.sites.len() {
            if self.is_withheld(tick, side, kind, to) || self.random.chance(15) {
                continue;
            }
            let copies = if self.random.chance(8) { 2 } else { 1 };
            for _ in 0..copies {
                let late = if self.random.chance(80) {
                    2
                } else {
                    LONGEST_WAY
                };
                let due = tick + self.random.within(0, late);
                self.messages.push(Message {
                    due,
                    to,
                    notice: Rc::clone(notice),
                });
            }
        }
    }

    /// Whether a word is held back from a site; `kind` is of what travels ahead.
    fn is_withheld(&self, tick: i64, side: usize, kind: Option<Kind>, to: usize) -> bool {
        let since_news = side == self.side && tick >= self.news_at;
        let until_resumed = self.resume_at.is_none_or(|resumed| tick < resumed);
        match (self.sites[to].withheld, kind) {
            (Withheld::ByChance, _) => false,
            (Withheld::Ahead, kind) => kind.is_some(),
            (Withheld::OneKind(held), kind) => kind == Some(held),
            (Withheld::Statuses, kind) => kind.is_none() && since_news && until_resumed,
            (Withheld::Everything, _) => since_news && until_resumed,
        }
    }

    /// What is done wrongly before the news, where an assumption is dropped.
    fn before_the_news(&mut self, tick: i64) {
        let side = &mut self.sides[self.side];
        match self.dropped {
            Dropped::OneWriter => side.fork = Some(side.controller.clone()),
            Dropped::SignedInTime => {
                let ahead = signed_ahead(self.most);
                let time = side
                    .clock
                    .now(tick)
                    .plus(Seconds::new(u64::try_from(ahead).unwrap()));
                let status = heartbeat(
                    &mut side.controller.clone(),
                    &side.key,
                    self.random.id(),
                    time,
                );
                // It is sent when its time has come: sooner, it would count as of its receipt.
                side.pocketed = Some((tick + ahead * SECOND, Rc::new(status)));
            }
            _ => {}
        }
    }

    /// The news: the controller has it from here on.
    fn news(&mut self, tick: i64) {
        for site in &mut self.sites {
            site.at_news = site.clock.passed(tick);
        }
        let (id, other) = (self.random.id(), self.random.id());
        let leaf_or_root = if self.side == 0 {
            self.random.below(2)
        } else {
            1
        };
        let mandate = mandates(&self.served.chain)[leaf_or_root];
        let by_another = self.random.chance(30);
        let side = &mut self.sides[self.side];
        let (controller, mission, now) = (
            &mut side.controller,
            side.mission.clone(),
            side.clock.now(tick),
        );
        let (kind, notice) = match self.kind {
            Kind::End => {
                let own = signed(
                    controller.end(&mission, Ending::Revoked, id, now).unwrap(),
                    &side.key,
                );
                let enders = End::by_ender(
                    NoticeHeader::new(other, public(ENDER), now),
                    &mission,
                    Ending::Completed,
                );
                let another = (by_another && self.side == 0).then(|| signed(enders, &key(ENDER)));
                (Some(Kind::End), [Some(own), another])
            }
            Kind::Event => {
                let fired = controller.fire(&mission, label("over"), id, now).unwrap();
                (Some(Kind::Event), [Some(signed(fired, &side.key)), None])
            }
            Kind::TaskEnd => {
                // The chain's own key may be revoked instead: that ends it as well.
                let expires = at(LIFETIME);
                let own = match self.random.below(2) {
                    0 => controller.end_task(
                        &mission,
                        mandate,
                        TaskEnding::Revoked,
                        expires,
                        id,
                        now,
                    ),
                    _ => controller.revoke_key(&mission, mandate, expires, id, now),
                };
                let own = own.unwrap().notice;
                let how = if by_another {
                    TaskEnding::Failed.into()
                } else {
                    MandateEnding::KeyRevoked
                };
                let issuers = TaskEnd::by_holder(
                    NoticeHeader::new(other, public(ORCHESTRATOR), now),
                    mandate,
                    how,
                    expires,
                );
                let another = by_another.then(|| signed(issuers, &key(ORCHESTRATOR)));
                (Some(Kind::TaskEnd), [Some(signed(own, &side.key)), another])
            }
            Kind::Withdrawal => {
                let tool = ToolPattern::new("pay.*").unwrap();
                let withdrawn = controller.withdraw(&mission, tool, id, now).unwrap();
                (
                    Some(Kind::Withdrawal),
                    [Some(signed(withdrawn, &side.key)), None],
                )
            }
            Kind::Suspension => (
                None,
                [
                    Some(signed(
                        controller.suspend(&mission, id, now).unwrap(),
                        &side.key,
                    )),
                    None,
                ],
            ),
            Kind::Wave => {
                let waves = (0..=LAST_WAVE - side.waves)
                    .map(|_| controller.advance_wave(&mission, id, now).unwrap());
                (
                    None,
                    [waves.last().map(|status| signed(status, &side.key)), None],
                )
            }
        };
        for notice in notice.into_iter().flatten() {
            match self.dropped {
                // It is announced, but the crash comes before it is stored.
                Dropped::StoredFirst => self.send(tick, self.side, kind, &Rc::new(notice)),
                _ => self.say(tick, self.side, kind, notice),
            }
        }
        if self.dropped == Dropped::StoredFirst {
            self.crash(self.side);
        }
    }

    fn resume(&mut self, tick: i64) {
        let id = self.random.id();
        let side = &mut self.sides[self.side];
        let resumed = side
            .controller
            .resume(&side.mission.clone(), id, side.clock.now(tick));
        // Where the news was lost in a crash, there is nothing to resume from.
        if let Ok(resumed) = resumed {
            let notice = signed(resumed, &side.key);
            self.say(tick, self.side, None, notice);
        }
        for site in &mut self.sites {
            site.at_resume = Some(site.clock.passed(tick));
        }
    }

    /// The controller is gone; another is made of what it had stored.
    fn crash(&mut self, side: usize) {
        let side = &mut self.sides[side];
        side.controller = Controller::rebuild(
            side.key.public(),
            Seconds::new(30),
            side.stored.iter().map(|notice| &**notice),
        );
    }

    fn controller_works(&mut self, tick: i64, side: usize) {
        if self.random.below(200) == 0 {
            self.crash(side);
        }
        if tick < self.news_at && self.random.chance(1) {
            let id = self.random.id();
            let it = &mut self.sides[side];
            let advanced = it
                .controller
                .advance_wave(&it.mission.clone(), id, it.clock.now(tick))
                .unwrap();
            it.waves += 1;
            let notice = signed(advanced, &it.key);
            self.say(tick, side, None, notice);
        }
        if tick % self.sides[side].every == 0 {
            let id = self.random.id();
            let it = &mut self.sides[side];
            let now = it.clock.now(tick);
            let statuses = it.controller.heartbeat(|| id.into(), now).unwrap();
            let statuses: Vec<Notice> = statuses
                .into_iter()
                .map(|status| signed(status, &it.key))
                .collect();
            let forked = it
                .fork
                .as_mut()
                .map(|fork| Rc::new(heartbeat(fork, &it.key, id, now)));
            for status in statuses {
                self.say(tick, side, None, status);
            }
            if let Some(forked) = forked {
                self.slip(tick, &forked);
            }
        }
        if let Some((_, pocketed)) = self.sides[side].pocketed.take_if(|(due, _)| tick > *due) {
            self.slip(tick, &pocketed);
        }
    }

    /// Brings a notice to every site, whatever is held back.
    fn slip(&mut self, tick: i64, notice: &Rc<Notice>) {
        for to in 0..self.sites.len() {
            self.messages.push(Message {
                due: tick,
                to,
                notice: Rc::clone(notice),
            });
        }
    }

    fn deliver(&mut self, tick: i64) {
        let (mut due, later): (Vec<_>, Vec<_>) = self
            .messages
            .drain(..)
            .partition(|message| message.due <= tick);
        self.messages = later;
        self.random.shuffle(&mut due);
        for message in due {
            let site = &mut self.sites[message.to];
            if (site.partition.0..site.partition.1).contains(&tick) {
                continue;
            }
            // What is not taken in, for a clock that is ahead, is as good as lost.
            let _ =
                site.register
                    .apply(&message.notice, &self.served.watches, site.clock.now(tick));
        }
    }

    fn site_works(&mut self, tick: i64, site: usize) {
        if self.dropped == Dropped::SteadyClock && tick == self.until - 2 * SECOND {
            self.sites[site].clock.set_back += self.until - self.news_at;
        }
        let (due, later) = self.sites[site]
            .queue
            .drain(..)
            .partition(|queued| queued.due <= tick);
        self.sites[site].queue = later;
        for queued in due {
            self.start(tick, site, queued);
        }
        if self.random.chance(12) {
            self.ask(tick, site);
        }
    }

    /// Somebody calls; the permit is used at once, or waits.
    fn ask(&mut self, tick: i64, site: usize) {
        let tool = if self.random.chance(50) {
            "crm.read"
        } else {
            "pay.send"
        };
        let effect = *self.random.pick(&[
            Effect::Read,
            Effect::Read,
            Effect::Write,
            Effect::Irreversible,
        ]);
        let stated = if self.dropped == Dropped::TrueEffect {
            Effect::Read
        } else {
            effect
        };
        let call = call(self.random.id(), tool, stated);
        let decided = self.sites[site].clock.now(tick);
        let context = DecisionContext::new(
            ServerContext::new(decided, here()),
            &self.sites[site].register,
        );
        let Ok(unsettled) = decide(&self.world.verifier, &self.served.chain, &call, &context)
        else {
            return;
        };
        let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
        let permit = unsettled.settle(answer).unwrap();
        let waits = match self.random.below(4) {
            _ if self.dropped == Dropped::CheckedAtStart => {
                self.random.within(0, self.until - tick)
            }
            0 | 1 => 0,
            2 => self.random.within(0, 6 * SECOND),
            _ => self.sites[site]
                .clock
                .last_before(permit.valid_until(), tick),
        };
        let queued = Queued {
            permit,
            decided,
            due: tick + waits,
            tool,
            effect,
        };
        if waits == 0 {
            self.start(tick, site, queued);
        } else {
            self.sites[site].queue.push(queued);
        }
    }

    /// The operation starts, if the permit is still valid; some ask the verifier again first.
    fn start(&mut self, tick: i64, site: usize, queued: Queued) {
        let now = self.sites[site].clock.now(tick);
        let Queued {
            mut permit,
            decided,
            tool,
            effect,
            ..
        } = queued;
        if self.random.chance(20) && self.dropped != Dropped::CheckedAtStart {
            let context =
                DecisionContext::new(ServerContext::new(now, here()), &self.sites[site].register);
            match self.world.verifier.recheck(permit, &context) {
                Ok(again) => permit = again,
                Err(_) => return,
            }
        }
        let asked_at = if self.dropped == Dropped::CheckedAtStart {
            decided
        } else {
            now
        };
        let Ok(running) = permit.start(asked_at) else {
            return;
        };
        let _ = running.finish(Outcome::Done);
        self.count(tick, site, tool, effect);
    }

    fn count(&mut self, tick: i64, site: usize, tool: &str, effect: Effect) {
        let site = &self.sites[site];
        let passed = site.clock.passed(tick);
        if tick < self.news_at || !self.kind.stops(tool) {
            self.tally.healthy += 1;
        } else if site.at_resume.is_some() {
            self.tally.resumed += 1;
        } else {
            let age = self.served.ages[self.side].for_effect(effect);
            // Who is good for longer than its last wave may be so for all of its drain, as the
            // controller counts it.
            let lasts = if self.kind == Kind::Wave {
                age.max(self.served.drain)
            } else {
                age
            };
            let age = i64::try_from(lasts.get()).unwrap();
            self.tally.ghost(
                passed - site.at_news,
                (age + 1) * SECOND + 2 * self.most + self.late,
            );
        }
    }
}
