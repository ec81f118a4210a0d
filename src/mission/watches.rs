use super::lineage::Lineage;
use crate::chain::{Chain, IssuerKeys, Mandates, VerifiedChain};
use crate::limits::{Barrier, Limit, LimitRule};
use crate::primitives::{MandateId, MissionId, PublicKey, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet, btree_map};

/// The exact pairs of a subject and a signer that a decision under some chains depends on, each
/// until the last of those chains expires.
///
/// A host with a database fetches just what is named here, builds a small register of it, and
/// decides as if it had read everything. A register accepts nothing else, so strangers neither fill
/// it nor crowd out true notices.
///
/// One chain makes a verifier watch at most 4,096 pairs (rule 18 on [`Chain`]). A host that watches
/// for many chains drops what has expired from time to time:
///
/// ```
/// # use mandatum::mission::Watches;
/// # use mandatum::{Chain, ChainError, Timestamp, Verifier};
/// # fn serve(verifier: &Verifier, arriving: &[(Chain, Timestamp)]) -> Result<usize, ChainError> {
/// let mut watches = Watches::none();
/// for (chain, now) in arriving {
///     watches.forget_expired(*now, verifier.leeway());
///     watches.extend(&verifier.verify(chain)?.watches());
/// }
/// # Ok(watches.len())
/// # }
/// # assert!(Watches::none().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    missions: BTreeMap<(MissionId, PublicKey), MissionWatch>,
    /// Also those that a barrier waits for.
    mandates: BTreeMap<(MandateId, PublicKey), Timestamp>,
}

/// What a mission's signer may state of it, and until when that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MissionWatch {
    role: MissionRole,
    until: Timestamp,
}

/// What a key may state of a mission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissionRole {
    /// That it has ended, and nothing else.
    Ender,
    /// Everything: its statuses, events and withdrawals, and its end.
    Controller,
}

/// A pair of a subject and a signer whose notices on it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watch {
    /// The mission or mandate.
    pub subject: WatchSubject,
    /// The signer.
    pub signer: PublicKey,
    /// The first second in which every chain that watches it has expired.
    pub until: Timestamp,
}

/// The subject of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WatchSubject {
    /// A mission, and what the signer may state of it.
    Mission(MissionId, MissionRole),
    /// A mandate: its end.
    Mandate(MandateId),
}

/// The pairs that a notice is checked against before it is accepted.
pub(super) trait Watching {
    /// Returns what `signer` may state of `mission`.
    fn role(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole>;

    /// Returns until when what `signer` states of the end of `mandate` counts; `None` where it does
    /// not.
    fn mandate_until(&self, mandate: MandateId, signer: PublicKey) -> Option<Timestamp>;
}

impl Watching for Watches {
    fn role(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole> {
        self.mission(mission, signer)
    }

    fn mandate_until(&self, mandate: MandateId, signer: PublicKey) -> Option<Timestamp> {
        self.mandates.get(&(mandate, signer)).copied()
    }
}

impl Watches {
    /// Watches nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Watches for the chains of `others`, too. A pair that both watch is watched until the later
    /// of both times.
    pub fn extend(&mut self, others: &Self) {
        for (pair, watch) in &others.missions {
            self.watch_mission(*pair, *watch);
        }
        for (pair, until) in &others.mandates {
            let kept = self.mandates.entry(*pair).or_insert(*until);
            *kept = (*until).max(*kept);
        }
    }

    fn watch_mission(&mut self, pair: (MissionId, PublicKey), watch: MissionWatch) {
        let kept = self.missions.entry(pair).or_insert(watch);
        // A key may be named as controller and as ender.
        *kept = MissionWatch {
            role: kept.role.max(watch.role),
            until: kept.until.max(watch.until),
        };
    }

    /// Drops the pairs that only chains watch which have expired by every clock: no decision
    /// depends on them any more. `leeway` is how far the clocks may be behind that decide by what
    /// is received for these watches.
    pub fn forget_expired(&mut self, now: Timestamp, leeway: Seconds) {
        self.missions
            .retain(|_, watch| watch.until.plus(leeway) > now);
        self.mandates.retain(|_, until| until.plus(leeway) > now);
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions.len().saturating_add(self.mandates.len())
    }

    /// Whether nothing is watched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missions.is_empty() && self.mandates.is_empty()
    }

    /// All pairs, missions first, in a fixed order.
    #[must_use]
    pub fn iter(&self) -> WatchesIter<'_> {
        WatchesIter {
            missions: self.missions.iter(),
            mandates: self.mandates.iter(),
        }
    }

    /// Returns the missions, each with a key that may state something of it.
    #[must_use]
    pub fn missions(&self) -> impl ExactSizeIterator<Item = &(MissionId, PublicKey)> {
        self.missions.keys()
    }

    /// Returns the mandates, each with a key that may end it, or report its end to a barrier.
    #[must_use]
    pub fn mandates(&self) -> impl ExactSizeIterator<Item = &(MandateId, PublicKey)> {
        self.mandates.keys()
    }

    /// Returns what `signer` may state of `mission`; `None` where that is nothing.
    #[must_use]
    pub fn mission(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole> {
        self.missions
            .get(&(*mission, signer))
            .map(|watch| watch.role)
    }

    /// Returns whether what `signer` states of the end of `mandate` counts.
    #[must_use]
    pub fn mandate(&self, mandate: MandateId, signer: PublicKey) -> bool {
        self.mandates.contains_key(&(mandate, signer))
    }
}

impl<'a> IntoIterator for &'a Watches {
    type Item = Watch;
    type IntoIter = WatchesIter<'a>;

    fn into_iter(self) -> WatchesIter<'a> {
        self.iter()
    }
}

/// The pairs of some watches: [`Watches::iter`].
#[derive(Clone, Debug)]
pub struct WatchesIter<'a> {
    missions: btree_map::Iter<'a, (MissionId, PublicKey), MissionWatch>,
    mandates: btree_map::Iter<'a, (MandateId, PublicKey), Timestamp>,
}

impl Iterator for WatchesIter<'_> {
    type Item = Watch;

    fn next(&mut self) -> Option<Watch> {
        if let Some(((mission, signer), watch)) = self.missions.next() {
            let subject = WatchSubject::Mission(*mission, watch.role);
            return Some(Watch {
                subject,
                signer: *signer,
                until: watch.until,
            });
        }
        let ((mandate, signer), until) = self.mandates.next()?;
        Some(Watch {
            subject: WatchSubject::Mandate(*mandate),
            signer: *signer,
            until: *until,
        })
    }
}

impl VerifiedChain {
    /// The pairs of a subject and a signer that a decision under this chain depends on, until the
    /// chain expires.
    #[must_use]
    pub fn watches(&self) -> Watches {
        let mut watches = Watches::none();
        // No link outlives the one above it (rule 5), so the chain expires with its leaf.
        let until = self.chain().leaf().lifetime.expires();
        for (signer, mission, role) in signers(self) {
            watches.watch_mission((mission, signer), MissionWatch { role, until });
        }
        let controllers = &Controllers::new(self.chain());
        let at = |link| LinkAt {
            chain: self,
            link,
            controllers,
        };
        for link in 0..self.chain().len() {
            let at = at(link);
            for (mandate, whose) in self
                .chain()
                .mandates(link)
                .into_iter()
                .flat_map(Mandates::iter)
            {
                let signers = at.may_end(whose);
                watches
                    .mandates
                    .extend(signers.map(|signer| ((mandate, signer), until)));
            }
        }
        for (link, barrier) in barriers_of(self.chain()) {
            let speakers = at(link).speakers();
            for (task, named) in barrier.tasks() {
                watches
                    .mandates
                    .extend(speakers.with(named).map(|signer| ((task, *signer), until)));
            }
        }
        watches
    }
}

/// A stapled notice counts for the chain of its proof alone: the same pairs as those of
/// [`VerifiedChain::watches`], asked without listing them.
pub(super) struct ChainWatching<'a> {
    chain: &'a VerifiedChain,
    missions: BTreeSet<(MissionId, PublicKey, MissionRole)>,
    controllers: Controllers,
    barriers: Vec<(usize, &'a Barrier)>,
}

impl<'a> ChainWatching<'a> {
    pub(super) fn new(chain: &'a VerifiedChain) -> Self {
        Self {
            chain,
            missions: signers(chain)
                .map(|(signer, mission, role)| (mission, signer, role))
                .collect(),
            controllers: Controllers::new(chain.chain()),
            barriers: barriers_of(chain.chain()).collect(),
        }
    }

    const fn at(&self, link: usize) -> LinkAt<'_> {
        LinkAt {
            chain: self.chain,
            link,
            controllers: &self.controllers,
        }
    }
}

impl Watching for ChainWatching<'_> {
    fn role(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole> {
        let roles = [MissionRole::Controller, MissionRole::Ender];
        roles
            .into_iter()
            .find(|role| self.missions.contains(&(*mission, signer, *role)))
    }

    fn mandate_until(&self, mandate: MandateId, signer: PublicKey) -> Option<Timestamp> {
        let ends = |link: usize| {
            let mut mandates = self
                .chain
                .chain()
                .mandates(link)
                .into_iter()
                .flat_map(Mandates::iter);
            let found = mandates.find(|(known, _)| *known == mandate);
            found.is_some_and(|(_, whose)| self.at(link).may_end(whose).any(|key| key == signer))
        };
        let reports = |(link, barrier): &(usize, &Barrier)| {
            barrier.reporters(mandate).is_some_and(|named| {
                self.at(*link)
                    .speakers()
                    .with(named)
                    .any(|key| *key == signer)
            })
        };
        let counts = (0..self.chain.chain().len()).any(ends) || self.barriers.iter().any(reports);
        counts.then(|| self.chain.chain().leaf().lifetime.expires())
    }
}

/// The keys that may state something of the missions that the links live by.
fn signers(chain: &VerifiedChain) -> impl Iterator<Item = (PublicKey, MissionId, MissionRole)> {
    chain.lives_by().flat_map(|(_, lives_by, mission)| {
        let enders = lives_by
            .enders()
            .map(move |ender| (*ender, mission, MissionRole::Ender));
        enders.chain([(
            lives_by.mission().controller,
            mission,
            MissionRole::Controller,
        )])
    })
}

/// The controllers of the missions that the links live by, each with the link.
struct Controllers(Vec<(usize, PublicKey)>);

impl Controllers {
    fn new(chain: &Chain) -> Self {
        let missions = chain.lives_by();
        Self(
            missions
                .map(|(link, _, lives_by)| (link, lives_by.mission().controller))
                .collect(),
        )
    }

    /// Those of the missions that the links down to this one live by.
    fn down_to(&self, link: usize) -> impl Iterator<Item = PublicKey> {
        let down_to = self.0.iter().filter(move |(at, _)| *at <= link);
        down_to.map(|(_, key)| *key)
    }
}

fn barriers_of(chain: &Chain) -> impl Iterator<Item = (usize, &Barrier)> {
    chain.links().enumerate().flat_map(|(link, claims)| {
        let rules = claims.limits.iter().map(Limit::rule);
        rules
            .filter_map(LimitRule::barrier)
            .map(move |barrier| (link, barrier))
    })
}

/// A link of a verified chain.
struct LinkAt<'a> {
    chain: &'a VerifiedChain,
    link: usize,
    controllers: &'a Controllers,
}

impl Lineage for LinkAt<'_> {
    fn issuer(&self) -> IssuerKeys<'_> {
        self.chain.issuer_keys()
    }

    fn holders(&self) -> impl Iterator<Item = PublicKey> {
        self.chain.chain().holders_down_to(self.link)
    }

    fn controllers(&self) -> impl Iterator<Item = PublicKey> {
        self.controllers.down_to(self.link)
    }
}
