use super::signers::{Lineage, mission_signers};
use crate::chain::{Chain, IssuerKeys, Mandates, VerifiedChain};
use crate::limits::{Barrier, Limit, LimitRule};
use crate::primitives::{MandateId, MissionId, PublicKey, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet, btree_map};

/// The pairs of a subject and a signer that decisions under some chains depend on. Each counts
/// until the last of these chains expires.
///
/// A host with a database fetches the notices of exactly these pairs, builds a small register of
/// them, and decides as if it had read all notices. A register accepts no other notice, so
/// strangers neither fill it nor displace true notices.
///
/// One chain makes a verifier watch at most 4,096 pairs (rule 18 on [`Chain`]). A host that watches
/// for many chains drops the expired pairs from time to time:
///
/// ```
/// # use mandatum::mission::Watches;
/// # use mandatum::{Chain, ChainError, Timestamp, Verifier};
/// # fn serve(verifier: &Verifier, arriving: &[(Chain, Timestamp)]) -> Result<usize, ChainError> {
/// let mut watches = Watches::none();
/// for (chain, now) in arriving {
///     watches.forget_expired(*now, verifier.leeway());
///     watches.extend(&Watches::new(&verifier.verify(chain)?));
/// }
/// # Ok(watches.len())
/// # }
/// assert!(Watches::none().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    missions: BTreeMap<(MissionId, PublicKey), MissionWatch>,
    /// The mandates of the links, and those that a barrier waits for.
    mandates: BTreeMap<(MandateId, PublicKey), Timestamp>,
}

/// The role of a mission's signer, and the time until which it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MissionWatch {
    role: MissionRole,
    until: Timestamp,
}

/// The role of a key in a mission, by which it may sign notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissionRole {
    /// The key may sign the mission's end, and no other notice.
    Ender,
    /// The key may sign every notice: statuses, events, withdrawals, and the mission's end.
    Controller,
}

/// A pair of a subject and a signer, whose notices on the subject count.
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
    /// A mission, and the role of the signer in it.
    Mission(MissionId, MissionRole),
    /// A mandate, which may be ended.
    Mandate(MandateId),
}

/// The pairs that a notice is checked against before it is accepted.
pub(super) trait Watching {
    /// Returns the role of `signer` in `mission`.
    fn role(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole>;

    /// Returns the time until which the end of `mandate` counts if `signer` states it, or `None` if
    /// that never counts.
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
    /// Makes an empty set of pairs.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Watches the pairs that a decision under this chain depends on, until the chain expires.
    #[must_use]
    pub fn new(chain: &VerifiedChain) -> Self {
        let mut watches = Self::none();
        // No link outlives the one above it (rule 5), so the chain expires with its leaf.
        let until = chain.chain().leaf().lifetime.expires();
        for (signer, mission, role) in mission_signers(chain) {
            watches.watch_mission((mission, signer), MissionWatch { role, until });
        }
        let controllers = &Controllers::new(chain.chain());
        let at = |link| LinkAt {
            chain,
            link,
            controllers,
        };
        for link in 0..chain.chain().len() {
            let at = at(link);
            let mandates = chain.chain().mandates(link).into_iter();
            for (mandate, whose) in mandates.flat_map(Mandates::iter) {
                let signers = at.may_end(whose);
                watches
                    .mandates
                    .extend(signers.map(|signer| ((mandate, signer), until)));
            }
        }
        for (link, barrier) in barriers_of(chain.chain()) {
            let signers = at(link).barrier_signers();
            for (task, named) in barrier.tasks() {
                watches
                    .mandates
                    .extend(signers.with(named).map(|signer| ((task, *signer), until)));
            }
        }
        watches
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
        // A key may be both the controller and an ender. The wider role counts.
        *kept = MissionWatch {
            role: kept.role.max(watch.role),
            until: kept.until.max(watch.until),
        };
    }

    /// Drops the pairs whose chains have all expired by every clock. No decision depends on them
    /// any more.
    ///
    /// `leeway` is how far behind a clock may be that decides with these watches.
    pub fn forget_expired(&mut self, now: Timestamp, leeway: Seconds) {
        self.missions
            .retain(|_, watch| watch.until.plus(leeway) > now);
        self.mandates.retain(|_, until| until.plus(leeway) > now);
    }

    /// Returns the number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.missions.len().saturating_add(self.mandates.len())
    }

    /// Returns whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missions.is_empty() && self.mandates.is_empty()
    }

    /// Returns all pairs in a fixed order, those of missions first.
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

    /// Returns the role of `signer` in `mission`, or `None` if the pair is not watched.
    #[must_use]
    pub fn mission(&self, mission: &MissionId, signer: PublicKey) -> Option<MissionRole> {
        self.missions
            .get(&(*mission, signer))
            .map(|watch| watch.role)
    }

    /// Returns whether the end of `mandate` counts if `signer` states it.
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

/// The iterator over the pairs of some watches, made by [`Watches::iter`].
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

/// A stapled notice counts for the chain of its proof alone: the same pairs as those of
/// [`Watches::new`], asked without listing them.
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
            missions: mission_signers(chain)
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
                    .barrier_signers()
                    .with(named)
                    .any(|key| *key == signer)
            })
        };
        // As in `VerifiedChain::watches`, the leaf expires first (rule 5).
        let counts = (0..self.chain.chain().len()).any(ends) || self.barriers.iter().any(reports);
        counts.then(|| self.chain.chain().leaf().lifetime.expires())
    }
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

    /// Returns the controllers of the missions that the links down to this one live by.
    fn down_to(&self, link: usize) -> impl Iterator<Item = PublicKey> {
        let down_to = self.0.iter().filter(move |(at, _)| *at <= link);
        down_to.map(|(_, key)| *key)
    }
}

/// Returns the barriers of a chain, each with its link.
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
