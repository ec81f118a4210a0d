use crate::chain::{Chain, VerifiedChain};
use crate::ground::{Label, MandateId, Mission, PublicKey, Timestamp};
use crate::limits::{Barrier, LimitRule, Reporters};
use std::collections::{BTreeMap, BTreeSet, btree_map};

/// The exact pairs of a subject and a signer that a decision under some chains depends on, each until the last of those chains
/// expires.
///
/// A host with a database fetches just what is named here, builds a small register of it, and decides as if it had read
/// everything. A register accepts nothing else, so strangers neither fill it nor crowd out true notices.
///
/// One chain makes a verifier watch at most 4,096 pairs (rule 18 on [`Chain`]). A host that watches for many chains drops
/// what has expired from time to time:
///
/// ```
/// # use mandatum::{Chain, ChainError, Timestamp, Verifier, Watches};
/// # fn serve(verifier: &Verifier, arriving: &[(Chain, Timestamp)]) -> Result<usize, ChainError> {
/// let mut watches = Watches::none();
/// for (chain, now) in arriving {
///     watches.forget_expired(*now);
///     watches.extend(&verifier.verify(chain)?.watches());
/// }
/// # Ok(watches.len())
/// # }
/// # assert!(Watches::none().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    missions: BTreeMap<(Mission, PublicKey), Timestamp>,
    /// Also those that a barrier waits for.
    mandates: BTreeMap<(MandateId, PublicKey), Timestamp>,
}

/// A pair of a subject and a signer whose notices on it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watch<'a> {
    /// The mission or mandate.
    pub subject: WatchSubject<'a>,
    /// The signer.
    pub signer: PublicKey,
    /// The first second in which every chain that watches it has expired.
    pub until: Timestamp,
}

/// The subject of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WatchSubject<'a> {
    /// A mission: its statuses, events and withdrawals, if the signer is its controller, and its end.
    Mission(&'a Mission),
    /// A mandate: its end.
    Mandate(MandateId),
}

/// The pairs that a notice is checked against before it is accepted.
pub(super) trait Watching {
    /// Whether the word of `signer` on `mission` counts.
    fn watches_mission(&self, mission: &Mission, signer: PublicKey) -> bool;

    /// Whether the word of `signer` on the end of `mandate` counts.
    fn watches_mandate(&self, mandate: MandateId, signer: PublicKey) -> bool;
}

impl Watching for Watches {
    fn watches_mission(&self, mission: &Mission, signer: PublicKey) -> bool {
        self.mission(mission, signer)
    }

    fn watches_mandate(&self, mandate: MandateId, signer: PublicKey) -> bool {
        self.mandate(mandate, signer)
    }
}

impl Watches {
    /// Watches nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Watches for the chains of `others`, too. A pair that both watch is watched until the later of both times.
    pub fn extend(&mut self, others: &Self) {
        for ((mission, signer), until) in &others.missions {
            later(&mut self.missions, (mission.clone(), *signer), *until);
        }
        for (pair, until) in &others.mandates {
            later(&mut self.mandates, *pair, *until);
        }
    }

    /// Drops the pairs that only chains watch which have expired: no decision depends on them any more.
    pub fn forget_expired(&mut self, now: Timestamp) {
        self.missions.retain(|_, until| *until > now);
        self.mandates.retain(|_, until| *until > now);
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
        WatchesIter { missions: self.missions.iter(), mandates: self.mandates.iter() }
    }

    /// Missions, each with a key whose word on it counts: the controller's for all notices, an ender's for its end.
    #[must_use]
    pub fn missions(&self) -> impl ExactSizeIterator<Item = &(Mission, PublicKey)> {
        self.missions.keys()
    }

    /// Mandates, each with a key that may end it, or report its end to a barrier.
    #[must_use]
    pub fn mandates(&self) -> impl ExactSizeIterator<Item = &(MandateId, PublicKey)> {
        self.mandates.keys()
    }

    /// Whether the word of `signer` on `mission` counts.
    #[must_use]
    pub fn mission(&self, mission: &Mission, signer: PublicKey) -> bool {
        self.missions.contains_key(&(mission.clone(), signer))
    }

    /// Whether the word of `signer` on the end of `mandate` counts.
    #[must_use]
    pub fn mandate(&self, mandate: MandateId, signer: PublicKey) -> bool {
        self.mandates.contains_key(&(mandate, signer))
    }
}

impl<'a> IntoIterator for &'a Watches {
    type Item = Watch<'a>;
    type IntoIter = WatchesIter<'a>;

    fn into_iter(self) -> WatchesIter<'a> {
        self.iter()
    }
}

/// The pairs of some watches: [`Watches::iter`].
#[derive(Clone, Debug)]
pub struct WatchesIter<'a> {
    missions: btree_map::Iter<'a, (Mission, PublicKey), Timestamp>,
    mandates: btree_map::Iter<'a, (MandateId, PublicKey), Timestamp>,
}

impl<'a> Iterator for WatchesIter<'a> {
    type Item = Watch<'a>;

    fn next(&mut self) -> Option<Watch<'a>> {
        if let Some(((mission, signer), until)) = self.missions.next() {
            return Some(Watch { subject: WatchSubject::Mission(mission), signer: *signer, until: *until });
        }
        let ((mandate, signer), until) = self.mandates.next()?;
        Some(Watch { subject: WatchSubject::Mandate(*mandate), signer: *signer, until: *until })
    }
}

fn later<K: Ord>(pairs: &mut BTreeMap<K, Timestamp>, pair: K, until: Timestamp) {
    let kept = pairs.entry(pair).or_insert(until);
    *kept = until.max(*kept);
}

impl VerifiedChain {
    /// The pairs of a subject and a signer that a decision under this chain depends on, until the chain expires.
    #[must_use]
    pub fn watches(&self) -> Watches {
        let mut watches = Watches::none();
        // No link outlives the one above it (rule 5), so the chain expires with its leaf.
        let until = self.chain().leaf().lifetime.expires();
        for (_, _, lives_by) in self.chain().lives_by() {
            let mission = lives_by.mission();
            let signers = lives_by.enders().chain([&mission.controller]);
            watches.missions.extend(signers.map(|signer| ((mission.clone(), *signer), until)));
        }
        let controllers = controllers(self.chain());
        let down_to = |link| controllers.iter().filter(move |(at, _)| *at <= link).map(|(_, key)| *key);
        for link in 0..self.chain().len() {
            for signer in may_end(self, link, down_to(link)) {
                watches.mandates.extend(self.chain().mandates(link).map(|mandate| ((mandate, signer), until)));
            }
        }
        for (link, barrier) in barriers_of(self.chain()) {
            let speakers = speakers(self, link, down_to(link));
            for (task, named) in barrier.tasks() {
                watches.mandates.extend(speakers.with(named).map(|signer| ((task, *signer), until)));
            }
        }
        watches
    }
}

/// A stapled notice counts for the chain of its proof alone: the same pairs as those of [`VerifiedChain::watches`], asked without
/// listing them.
pub(super) struct ChainWatching<'a> {
    chain: &'a VerifiedChain,
    missions: BTreeSet<(&'a PublicKey, &'a PublicKey, &'a Label)>,
    controllers: Vec<(usize, PublicKey)>,
    barriers: Vec<(usize, &'a Barrier)>,
}

impl<'a> ChainWatching<'a> {
    pub(super) fn new(chain: &'a VerifiedChain) -> Self {
        let pairs = chain.chain().lives_by().flat_map(|(_, _, lives_by)| {
            let Mission { controller, name } = lives_by.mission();
            lives_by.enders().chain([controller]).map(move |signer| (signer, controller, name))
        });
        Self {
            chain,
            missions: pairs.collect(),
            controllers: controllers(chain.chain()),
            barriers: barriers_of(chain.chain()).collect(),
        }
    }

    fn controllers(&self, link: usize) -> impl Iterator<Item = PublicKey> {
        self.controllers.iter().filter(move |(at, _)| *at <= link).map(|(_, key)| *key)
    }
}

impl Watching for ChainWatching<'_> {
    fn watches_mission(&self, mission: &Mission, signer: PublicKey) -> bool {
        self.missions.contains(&(&signer, &mission.controller, &mission.name))
    }

    fn watches_mandate(&self, mandate: MandateId, signer: PublicKey) -> bool {
        let ends = |link: usize| {
            self.chain.chain().mandates(link).any(|own| own == mandate)
                && may_end(self.chain, link, self.controllers(link)).any(|key| key == signer)
        };
        let reports = |(link, barrier): &(usize, &Barrier)| {
            barrier.reporters(mandate).is_some_and(|named| {
                speakers(self.chain, *link, self.controllers(*link)).with(named).any(|key| *key == signer)
            })
        };
        (0..self.chain.chain().len()).any(ends) || self.barriers.iter().any(reports)
    }
}

/// The controllers of the missions that the links live by, each with the link.
fn controllers(chain: &Chain) -> Vec<(usize, PublicKey)> {
    chain.lives_by().map(|(link, _, lives_by)| (link, lives_by.mission().controller)).collect()
}

fn barriers_of(chain: &Chain) -> impl Iterator<Item = (usize, &Barrier)> {
    chain.links().enumerate().flat_map(|(link, claims)| {
        claims.limits.iter().filter_map(move |limit| match limit.rule() {
            LimitRule::Barrier(barrier) => Some((link, barrier)),
            _ => None,
        })
    })
}

/// Returns the keys that may end a link's task: its holder, every issuer above it up to the anchor, and the controllers of the
/// missions that it lives by.
pub(super) fn may_end(
    chain: &VerifiedChain,
    link: usize,
    controllers: impl Iterator<Item = PublicKey>,
) -> impl Iterator<Item = PublicKey> {
    let holders = chain.chain().links().take(link.saturating_add(1)).map(|above| above.holder.key);
    holders.chain(anchor_keys(chain)).chain(controllers)
}

/// The keys whose word on other tasks counts at a mandate's barriers, besides those which a barrier names.
pub(crate) struct Speakers {
    /// Who may report how a task ended: the mandate's issuer, and the controllers of the missions that it lives by.
    pub(crate) report: Vec<PublicKey>,
    /// Who may call a task off, and can't complete it: every issuer above.
    pub(crate) call_off: Vec<PublicKey>,
}

impl Speakers {
    /// Everyone whose word on a task that these keys report counts.
    pub(super) fn with<'a>(&'a self, named: &'a Reporters) -> impl Iterator<Item = &'a PublicKey> {
        named.iter().chain(&self.report).chain(&self.call_off)
    }
}

/// Returns the keys whose word counts at the barriers of a link.
pub(super) fn speakers(chain: &VerifiedChain, link: usize, controllers: impl Iterator<Item = PublicKey>) -> Speakers {
    let above: Vec<PublicKey> = chain.chain().links().take(link).map(|above| above.holder.key).collect();
    let issuers: Vec<PublicKey> = match above.last() {
        Some(parent) => vec![*parent],
        None => anchor_keys(chain).collect(),
    };
    Speakers {
        report: issuers.into_iter().chain(controllers).collect(),
        call_off: anchor_keys(chain).chain(above).collect(),
    }
}

fn anchor_keys(chain: &VerifiedChain) -> impl Iterator<Item = PublicKey> {
    chain.anchor().keys().iter().map(|known| known.key)
}
