//! The bound over the lives of many mandates, with parties that forget all they may.
//!
//! Registers prune and are built anew from stores that delete what [`Retention::lets_delete`]
//! allows; some have no store; some get statuses only stapled; replicas merge; new ones know
//! nothing; the greatest age of a status is raised. Controllers are made again from the latest
//! status and their other notices. An issuer that has not heard of an end issues further roots,
//! dated ahead by all of the leeway, and roots that replace ended ones. Enders and issuers have
//! clocks that are slow by minutes. A thief sends and staples whatever was said before an end.
//! Still:
//!
//! - what a verifier has received stops what it is about, for good;
//! - what a controller says stops it within the bound, at a verifier that received nothing of it
//!   and remembers nothing.
//!
//! Time is counted in seconds: clocks differ by up to [`D`], and so does what each verifier sees of
//! the other's time.

use super::world::Tally;
use crate::support::*;
use mandatum::chain::Ceiling;
use mandatum::claims::{End, Ending, MandateEnding, NoticeHeader, Replaced, TaskEnd, TaskEnding};
use mandatum::limits::MaxAge;
use mandatum::mission::{Retention, Watches};
use mandatum::powers::ToolPattern;
use mandatum::primitives::MandateId;
use mandatum::{
    Anchor, AttestedGrant, Chain, Controller, Delegation, Digest, Effect, Life, Lifetime, Limit,
    Limits, Link, LivesBy, Mission, Notice, Purpose, Register, Root, RootAudience, Seconds,
    Timestamp, VerifiedChain, Verifier, issue,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The greatest age of a status, until it is raised.
const A: i64 = 40;
/// The greatest age after that.
const RAISED: i64 = 80;
/// The longest lifetime of a root.
const L: i64 = 120;
/// The leeway, which is also how far clocks differ.
const D: i64 = 10;
/// How slow a clock of an ender or an issuer's desk may be.
const SLOW: i64 = 500;
const LASTS: i64 = 600;
const RUNS: u64 = 150;

fn seconds(seconds: i64) -> Seconds {
    Seconds::new(u64::try_from(seconds).unwrap())
}

/// The true time `tick`, as a clock shows it that is ahead by so much.
fn shown(tick: i64, ahead: i64) -> Timestamp {
    at(u64::try_from(1_000 + tick + ahead).unwrap())
}

fn qbr() -> Mission {
    mission(OFFICE, "qbr")
}

/// A root and a child, and whom they are about.
struct Issued {
    chain: VerifiedChain,
    /// The mandates of the chain.
    mandates: Vec<MandateId>,
    /// And those that they replace.
    replaced: Vec<MandateId>,
    age: MaxAge,
    root_expires: Timestamp,
}

/// What calls a piece of news is about.
enum About {
    All,
    Tool(&'static str),
    /// A task, with whatever replaces it.
    Task(MandateId),
    Key(MandateId),
}

struct News {
    about: About,
    /// From when on the controller's statuses say so.
    told: Option<i64>,
    /// The bytes that say so ahead of any status.
    notice: Rc<Notice>,
}

impl News {
    fn stops(&self, issued: &Issued, tool: &str) -> bool {
        match self.about {
            About::All => true,
            About::Tool(stopped) => tool == stopped,
            About::Task(task) => issued.mandates.contains(&task) || issued.replaced.contains(&task),
            About::Key(task) => issued.mandates.contains(&task),
        }
    }
}

/// One verifier, and the store that it shares with nobody.
struct Site {
    ahead: i64,
    retention: Retention,
    register: Register,
    watches: Watches,
    /// The chains whose pairs are watched, by number.
    seen: BTreeSet<usize>,
    store: Vec<(Rc<Notice>, Timestamp)>,
    /// The news that it has received, by number.
    heard: BTreeSet<usize>,
    /// When it hears of nothing.
    partition: (i64, i64),
    /// Whether it stores what it receives. Without a store, what is not watched is lost.
    stores: bool,
    /// Whether statuses are sent to it, beside those that are stapled.
    is_sent_statuses: bool,
}

impl Site {
    fn new(random: &mut Random, partition: (i64, i64), is_sent_statuses: bool) -> Self {
        let retention = Retention::new(seconds(A), seconds(L), seconds(D));
        Self {
            ahead: *random.pick(&[-D / 2, 0, D / 2]),
            retention,
            register: Register::new(retention),
            watches: Watches::none(),
            seen: BTreeSet::new(),
            store: Vec::new(),
            heard: BTreeSet::new(),
            partition,
            stores: random.chance(70),
            is_sent_statuses,
        }
    }

    fn now(&self, tick: i64) -> Timestamp {
        shown(tick, self.ahead)
    }

    /// Stores a notice with the time of its receipt, and applies it; returns whether it counts from
    /// now on. Without a store that is only what is watched, and of mandates not even that: they
    /// may be replaced by others that live for longer.
    fn receives(&mut self, notice: &Rc<Notice>, tick: i64) -> bool {
        let received = self.now(tick);
        let is_taken = self.register.apply(notice, &self.watches, received).is_ok();
        if self.stores {
            self.store.push((Rc::clone(notice), received));
        }
        self.stores || (is_taken && !matches!(**notice, Notice::TaskEnd(_)))
    }

    /// A chain that is new here: what is stored about it counts from now on.
    fn sees(&mut self, number: usize, chain: &VerifiedChain) {
        if self.seen.insert(number) {
            let watches = Watches::new(chain);
            self.watches.extend(&watches);
            for (notice, received) in &self.store {
                let _ = self.register.apply(notice, &watches, *received);
            }
        }
    }

    /// A register that is made of what is stored; without a store, of another.
    fn rebuilds(&mut self) {
        let before = std::mem::replace(&mut self.register, Register::new(self.retention));
        if !self.stores {
            self.register.merge(&before);
        }
        for (notice, received) in &self.store {
            let _ = self.register.apply(notice, &self.watches, *received);
        }
    }

    /// Deletes what the documented rule allows.
    fn cleans_its_store(&mut self, tick: i64) {
        let now = self.now(tick);
        let mut latest: BTreeMap<Vec<u8>, Timestamp> = BTreeMap::new();
        for (notice, received) in &self.store {
            let known = latest.entry(subject(notice)).or_insert(*received);
            *known = (*known).max(*received);
        }
        let retention = self.retention;
        self.store.retain(|(notice, received)| {
            let latest = if matches!(**notice, Notice::Status(_)) {
                *received
            } else {
                latest[&subject(notice)]
            };
            !retention.lets_delete(notice, latest, now)
        });
    }
}

/// What a stored notice is about. Here all missions are one.
fn subject(notice: &Notice) -> Vec<u8> {
    match notice {
        Notice::TaskEnd(token) => token.claims().mandate.as_bytes().to_vec(),
        _ => Vec::new(),
    }
}

struct Office {
    controller: Controller,
    ahead: i64,
    store: Vec<Rc<Notice>>,
}

impl Office {
    fn now(&self, tick: i64) -> Timestamp {
        shown(tick, self.ahead)
    }

    /// It is gone; another is made of what it had stored.
    fn crashes(&mut self) {
        let stored = self.store.iter().map(|notice| &**notice);
        self.controller = Controller::rebuild(public(OFFICE), seconds(D), stored);
    }

    /// Deletes all statuses but the latest.
    fn cleans_its_store(&mut self) {
        let is_status = |notice: &Rc<Notice>| matches!(**notice, Notice::Status(_));
        let latest = self.store.iter().rfind(|notice| is_status(notice)).cloned();
        self.store.retain(|notice| !is_status(notice));
        self.store.extend(latest);
    }
}

struct Message {
    due: i64,
    to: usize,
    notice: Rc<Notice>,
    /// Which news it is, if it says so ahead of statuses.
    news: Option<usize>,
}

struct Run<'w> {
    world: &'w World,
    random: Random,
    office: Office,
    sites: Vec<Site>,
    issued: Vec<Issued>,
    news: Vec<News>,
    messages: Vec<Message>,
    /// The statuses that a thief has kept.
    header: Vec<Rc<Notice>>,
    /// How far the clocks of the issuer and the ender are behind.
    slow: i64,
    /// When the ender's end reaches the controller's host.
    delivered: Option<i64>,
    /// Whether that happens at all; without it verifiers are never cut off for long.
    delivers: bool,
    raised_at: i64,
    tally: Tally,
}

/// What all runs share.
struct World {
    anchor: Anchor,
    verifier: Verifier,
}

impl World {
    fn new() -> Self {
        let issuer = "https://acme.example".parse().unwrap();
        let anchor = Anchor::new(issuer, public(COMPANY), Ceiling::Unlimited, seconds(L)).unwrap();
        let verifier = Verifier::new([anchor.clone()])
            .unwrap()
            .with_leeway(seconds(D));
        let verifier = verifier
            .dangerous_effects_as_stated()
            .dangerous_accept_asserted_up_to(Effect::Irreversible);
        Self { anchor, verifier }
    }
}

impl<'w> Run<'w> {
    fn new(world: &'w World, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let delivers = random.chance(60);
        let longest = if delivers { L - D } else { A };
        let sites = (0..2)
            .map(|_| {
                let from = random.within(20, LASTS);
                let partition = (from, from + random.within(0, longest));
                let is_sent_statuses = !delivers || random.chance(70);
                Site::new(&mut random, partition, is_sent_statuses)
            })
            .collect();
        let controller = Controller::new(public(OFFICE), seconds(D));
        let office = Office {
            controller,
            ahead: *random.pick(&[-D / 2, 0, D / 2]),
            store: Vec::new(),
        };
        let slow = *random.pick(&[0, D / 2, SLOW]);
        let raised_at = random.within(100, 2 * LASTS);
        Self {
            world,
            random,
            office,
            sites,
            issued: Vec::new(),
            news: Vec::new(),
            messages: Vec::new(),
            header: Vec::new(),
            slow,
            delivered: None,
            delivers,
            raised_at,
            tally: Tally::default(),
        }
    }

    fn play(mut self) -> Tally {
        let now = self.office.now(0);
        let begun = self
            .office
            .controller
            .begin(&qbr(), self.random.id(), now)
            .unwrap();
        let begun = Rc::new(signed(begun, &key(OFFICE)));
        self.says(0, begun, None);
        for tick in 1..=LASTS {
            if tick % 12 == 1 {
                self.issues(tick);
            }
            if (60..400).contains(&tick) && self.random.chance(1) {
                self.news(tick);
            }
            self.office_works(tick);
            self.deliver(tick);
            for site in 0..2 {
                self.site_works(tick, site);
            }
        }
        self.tally
    }

    /// The issuer does not hear of ends. Its clock is ahead, and it dates roots ahead by the
    /// leeway.
    fn issues(&mut self, tick: i64) {
        let now = shown(tick, D / 2);
        let from = shown(tick, D / 2 + self.random.within(0, D));
        let root_expires = from.plus(seconds(self.random.within(20, L)));
        let age =
            *self
                .random
                .pick(&[ages(1_000, 1_000, 1_000), ages(60, 30, 5), ages(39, 39, 39)]);
        let life = LivesBy::new(qbr(), age)
            .with_enders([public(ENDER)])
            .unwrap();
        let ends_on = Limit::ends_on(label("over")).with_tools(["crm.*"]).unwrap();
        let before = self.issued.last().filter(|_| self.random.chance(50));
        let replaced: Vec<MandateId> = before
            .iter()
            .flat_map(|before| before.replaced.iter().chain(&before.mandates[..1]))
            .copied()
            .collect();
        let mut link = Link::new(
            self.random.id(),
            public(ORCHESTRATOR),
            powers(),
            Lifetime::new(from, root_expires).unwrap(),
        );
        link.replaces = Replaced::new(replaced.iter().rev().take(8).copied()).unwrap();
        let root = Root {
            link: link
                .with_hops(1)
                .with_limits(Limits::new([ends_on]).unwrap()),
            issuer: self.world.anchor.issuer().clone(),
            signed_by: public(COMPANY),
            principal: label("alice").into(),
            purpose: Purpose::new(label("qbr"), label("acme"), "text"),
            grant: Some(AttestedGrant::direct(
                label("alice"),
                now,
                Digest::hash("consent"),
            )),
            task: "acme-qbr".parse().unwrap(),
            audience: RootAudience::Anywhere,
            life: Life::Mission(life),
        };
        let root = Chain::from(
            issue(&self.world.anchor, root, now)
                .unwrap()
                .sign(&key(COMPANY))
                .unwrap(),
        );
        let terms = Delegation::new(self.random.id(), public(HELPER), powers(), root_expires);
        let child = root
            .delegate(terms, from)
            .unwrap()
            .sign(&key(ORCHESTRATOR))
            .unwrap();
        let chain = self
            .world
            .verifier
            .verify(&root.extend(child).unwrap())
            .unwrap();
        self.issued.push(Issued {
            mandates: mandates(&chain),
            chain,
            replaced,
            age,
            root_expires,
        });
    }

    fn news(&mut self, tick: i64) {
        let kind = self.random.below(12);
        let number = self.issued.len() - 1 - self.random.below(self.issued.len().min(8));
        let of = &self.issued[number];
        let (mandate, expires) = (*self.random.pick(&of.mandates), of.root_expires);
        let how: MandateEnding = if self.random.chance(50) {
            TaskEnding::Revoked.into()
        } else {
            MandateEnding::KeyRevoked
        };
        let about = || match how {
            MandateEnding::Task(_) => About::Task(mandate),
            MandateEnding::KeyRevoked => About::Key(mandate),
        };
        let (id, now, slow) = (
            self.random.id(),
            self.office.now(tick),
            shown(tick, -self.slow),
        );
        let (office, o, qbr) = (&mut self.office.controller, key(OFFICE), qbr());
        let told = match kind {
            0 => office
                .end(&qbr, Ending::Revoked, id, now)
                .ok()
                .map(|end| (About::All, signed(end, &o))),
            1 | 2 if self.delivered.is_none() => {
                self.delivered = Some(if self.delivers {
                    tick + self.random.within(0, L - D)
                } else {
                    i64::MAX
                });
                let end = signed(
                    End::by_ender(
                        NoticeHeader::new(id, public(ENDER), slow),
                        &qbr,
                        Ending::Revoked,
                    ),
                    &key(ENDER),
                );
                self.tells(
                    tick,
                    News {
                        about: About::All,
                        told: None,
                        notice: Rc::new(end),
                    },
                );
                None
            }
            3 => office
                .fire(&qbr, label("over"), id, now)
                .ok()
                .map(|it| (About::Tool("crm.read"), signed(it, &o))),
            4 => {
                let tool = ToolPattern::new("pay.*").unwrap();
                office
                    .withdraw(&qbr, tool, id, now)
                    .ok()
                    .map(|it| (About::Tool("pay.send"), signed(it, &o)))
            }
            5..=8 => match how {
                MandateEnding::Task(how) => office.end_task(&qbr, mandate, how, expires, id, now),
                MandateEnding::KeyRevoked => office.revoke_key(&qbr, mandate, expires, id, now),
            }
            .ok()
            .map(|end| (about(), signed(end.notice, &o))),
            _ => {
                // By the issuer, which may have mistaken the root.
                let stated = if self.random.chance(25) {
                    slow
                } else {
                    expires
                };
                let end = TaskEnd::by_holder(
                    NoticeHeader::new(id, public(COMPANY), slow),
                    mandate,
                    how,
                    stated,
                );
                self.tells(
                    tick,
                    News {
                        about: about(),
                        told: None,
                        notice: Rc::new(signed(end, &key(COMPANY))),
                    },
                );
                None
            }
        };
        if let Some((about, notice)) = told {
            let notice = Rc::new(notice);
            self.office.store.push(Rc::clone(&notice));
            // The age may be raised when the end of a mission may be forgotten, and an older status
            // is not yet too old.
            if matches!(about, About::All) && tick < self.raised_at && self.random.chance(50) {
                self.raised_at = tick + self.random.within(A + D, RAISED);
            }
            self.tells(
                tick,
                News {
                    about,
                    told: Some(tick),
                    notice,
                },
            );
            if self.random.chance(30) {
                self.office.crashes();
            }
        }
    }

    /// News that is sent to both sites: late, or never.
    fn tells(&mut self, tick: i64, news: News) {
        let number = self.news.len();
        for to in 0..2 {
            let late = *self.random.pick(&[2, 2, 10, 60]);
            if self.random.chance(70) {
                let due = tick + self.random.within(0, late);
                self.messages.push(Message {
                    due,
                    to,
                    notice: Rc::clone(&news.notice),
                    news: Some(number),
                });
            }
        }
        self.news.push(news);
    }

    /// A status that is stored, kept by a thief, and sent.
    fn says(&mut self, tick: i64, status: Rc<Notice>, only: Option<usize>) {
        self.office.store.push(Rc::clone(&status));
        for to in (0..2).filter(|to| only.is_none_or(|only| only == *to)) {
            if self.random.chance(80) {
                let due = tick + self.random.within(0, 4);
                self.messages.push(Message {
                    due,
                    to,
                    notice: Rc::clone(&status),
                    news: None,
                });
            }
        }
        self.header.push(status);
    }

    fn office_works(&mut self, tick: i64) {
        if self.delivered == Some(tick) {
            let (id, now) = (self.random.id(), self.office.now(tick));
            if let Ok(end) = self.office.controller.end(&qbr(), Ending::Revoked, id, now) {
                let notice = Rc::new(signed(end, &key(OFFICE)));
                self.office.store.push(Rc::clone(&notice));
                self.tells(
                    tick,
                    News {
                        about: About::All,
                        told: Some(tick),
                        notice,
                    },
                );
            }
        }
        if self.random.chance(1) {
            self.office.crashes();
        }
        if self.random.chance(2) {
            self.office.cleans_its_store();
        }
        if tick % 8 == 0 {
            let (id, now) = (self.random.id(), self.office.now(tick));
            for status in self.office.controller.heartbeat(|| id.into(), now).unwrap() {
                self.says(tick, Rc::new(signed(status, &key(OFFICE))), None);
            }
        }
    }

    fn deliver(&mut self, tick: i64) {
        let (due, later): (Vec<_>, Vec<_>) = self
            .messages
            .drain(..)
            .partition(|message| message.due <= tick);
        self.messages = later;
        for message in due {
            let site = &mut self.sites[message.to];
            let is_status = message.news.is_none();
            if (site.partition.0..site.partition.1).contains(&tick)
                || (is_status && !site.is_sent_statuses)
            {
                continue;
            }
            if site.receives(&message.notice, tick) {
                site.heard.extend(message.news);
            }
        }
    }

    fn site_works(&mut self, tick: i64, site: usize) {
        if self.raised_at == tick {
            let it = &mut self.sites[site];
            it.retention = it.retention.with_raised_age(seconds(RAISED), it.now(tick));
            it.rebuilds();
        }
        match self.random.below(100) {
            0..10 => {
                let it = &mut self.sites[site];
                it.register.prune(it.now(tick));
                it.watches.forget_expired(it.now(tick), seconds(D));
            }
            10..16 => self.sites[site].cleans_its_store(tick),
            16 => self.sites[site].rebuilds(),
            17 => self.joins_the_other(site),
            18 if self.random.chance(30) => self.is_new(site),
            // A thief sends what was said before.
            20..40 if !self.header.is_empty() => {
                let old = self.old_status(tick);
                if self.sites[site].is_sent_statuses {
                    self.sites[site].receives(&old, tick);
                }
            }
            40..75 => self.asks(tick, site),
            _ => {}
        }
    }

    /// Another status of the last A seconds or so: those are the ones that might still count.
    fn old_status(&mut self, tick: i64) -> Rc<Notice> {
        let from = self.office.now((tick - RAISED - 2 * D).max(0));
        let first = self
            .header
            .partition_point(|status| status.header().at < from)
            .min(self.header.len() - 1);
        Rc::clone(self.random.pick(&self.header[first..]))
    }

    /// Replicas exchange what they know and what they stored.
    fn joins_the_other(&mut self, site: usize) {
        let (one, other) = self.sites.split_at_mut(1);
        let (mine, theirs) = if site == 0 {
            (&mut one[0], &other[0])
        } else {
            (&mut other[0], &one[0])
        };
        if !mine.stores || !theirs.stores || mine.is_sent_statuses != theirs.is_sent_statuses {
            return;
        }
        mine.register.merge(&theirs.register);
        mine.heard.extend(&theirs.heard);
        mine.watches.extend(&theirs.watches);
        for (notice, received) in &theirs.store {
            mine.store.push((Rc::clone(notice), *received));
            let _ = mine.register.apply(notice, &mine.watches, *received);
        }
    }

    /// In its place is one that knows nothing.
    fn is_new(&mut self, site: usize) {
        let it = &mut self.sites[site];
        let fresh = Site::new(&mut self.random, it.partition, it.is_sent_statuses);
        *it = Site {
            ahead: it.ahead,
            retention: it.retention,
            register: Register::new(it.retention),
            ..fresh
        };
    }

    fn asks(&mut self, tick: i64, site: usize) {
        let number = self.issued.len() - 1 - self.random.below(self.issued.len().min(10));
        let tool = if self.random.chance(50) {
            "crm.read"
        } else {
            "pay.send"
        };
        let effect = *self
            .random
            .pick(&[Effect::Read, Effect::Write, Effect::Irreversible]);
        let call = call(self.random.id(), tool, effect);
        let staples = if self.sites[site].is_sent_statuses {
            30
        } else {
            100
        };
        let stapled: Vec<Notice> = match self.random.chance(staples) {
            true if !self.header.is_empty() => vec![(*self.old_status(tick)).clone()],
            _ => Vec::new(),
        };
        let issued = &self.issued[number];
        let it = &mut self.sites[site];
        it.sees(number, &issued.chain);
        let now = it.now(tick);
        let verifier = &self.world.verifier;
        let permitted = match stapled.is_empty() {
            true => verdict(verifier, &issued.chain, &call, &it.register, now).is_ok(),
            false => proven(verifier, &issued.chain, &call, &it.register, &stapled, now).is_ok(),
        };
        if !permitted {
            return;
        }
        let greatest = if self.raised_at <= tick { RAISED } else { A };
        let age = i64::try_from(issued.age.for_effect(effect).get())
            .unwrap()
            .min(greatest);
        let mut is_healthy = true;
        for (number, news) in self
            .news
            .iter()
            .enumerate()
            .filter(|(_, news)| news.stops(issued, tool))
        {
            is_healthy = false;
            // What was heard has no window at all.
            let (since, bound) = if it.heard.contains(&number) {
                (tick, -1)
            } else {
                (news.told.unwrap_or(tick), age + D + 1)
            };
            self.tally.ghost(tick - since, bound);
        }
        self.tally.healthy += u64::from(is_healthy);
    }
}

#[test]
fn what_ended_stays_ended_where_every_party_forgets_what_it_may() {
    let half = |parity| {
        let world = World::new();
        let runs = (0..RUNS)
            .filter(move |seed| seed % 2 == parity)
            .map(|seed| {
                let tally = Run::new(&world, seed).play();
                assert_eq!(tally.breaches, 0, "seed {seed} breaks the bound: {tally:?}");
                tally
            });
        runs.fold(Tally::default(), Tally::join)
    };
    let tally = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0).join(other.join().unwrap())
    });
    println!("{tally:?}");
    assert!(tally.healthy > 20 * RUNS, "honest work goes on: {tally:?}");
    assert!(
        tally.ghosts > RUNS,
        "the bound is put to the test: {tally:?}"
    );
    assert!(
        tally.nearest.unwrap() <= D,
        "the bound is nearly reached: {tally:?}"
    );
}
