use crate::chain::{Chain, VerifiedChain};
use crate::ground::{MandateId, Mission, PublicKey};
use crate::limits::{Barrier, LimitRule, Reporters};
use std::collections::BTreeSet;

/// What a decision under some chains could depend on: the exact pairs of a subject and a signer whose word counts.
///
/// A host with a database fetches just what is named here, builds a small register of it, and decides as if it had read
/// everything. A register takes nothing else in, so strangers neither fill it nor crowd out true news.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watches {
    missions: BTreeSet<(Mission, PublicKey)>,
    /// Also those that a barrier waits for.
    mandates: BTreeSet<(MandateId, PublicKey)>,
}

impl Watches {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What these watch and what those do.
    pub fn extend(&mut self, others: &Self) {
        self.missions.extend(others.missions.iter().cloned());
        self.mandates.extend(&others.mandates);
    }

    /// Missions, each with a key whose word on it counts: the controller's for all news, an ender's for its end.
    #[must_use]
    pub fn missions(&self) -> impl ExactSizeIterator<Item = &(Mission, PublicKey)> {
        self.missions.iter()
    }

    /// Mandates, each with a key that may end it, or report its end to a barrier.
    #[must_use]
    pub fn mandates(&self) -> impl ExactSizeIterator<Item = &(MandateId, PublicKey)> {
        self.mandates.iter()
    }

    /// Whether the word of `signer` on `mission` counts.
    #[must_use]
    pub fn mission(&self, mission: &Mission, signer: PublicKey) -> bool {
        self.missions.contains(&(mission.clone(), signer))
    }

    /// Whether the word of `signer` on the end of `mandate` counts.
    #[must_use]
    pub fn mandate(&self, mandate: MandateId, signer: PublicKey) -> bool {
        self.mandates.contains(&(mandate, signer))
    }
}

impl VerifiedChain {
    /// What a decision under this chain could depend on.
    #[must_use]
    pub fn watches(&self) -> Watches {
        let mut watches = Watches::none();
        for (_, _, lives_by) in self.chain().lives_by() {
            let mission = lives_by.mission();
            let signers = lives_by.enders().chain([&mission.controller]);
            watches.missions.extend(signers.map(|signer| (mission.clone(), *signer)));
        }
        for link in 0..self.chain().len() {
            for signer in may_end(self, link) {
                watches.mandates.extend(self.chain().mandates(link).map(|mandate| (mandate, signer)));
            }
        }
        for (link, barrier) in barriers_of(self.chain()) {
            let speakers = speakers(self, link);
            for (task, named) in barrier.tasks() {
                watches.mandates.extend(speakers.with(named).map(|signer| (task, *signer)));
            }
        }
        watches
    }
}

fn barriers_of(chain: &Chain) -> impl Iterator<Item = (usize, &Barrier)> {
    chain.links().enumerate().flat_map(|(link, claims)| {
        claims.limits.iter().filter_map(move |limit| match limit.rule() {
            LimitRule::Barrier(barrier) => Some((link, barrier)),
            _ => None,
        })
    })
}

/// The keys that may end a link's task: its holder, every issuer above it up to the anchor, and the controllers of the
/// missions that it lives by.
pub(super) fn may_end(chain: &VerifiedChain, link: usize) -> impl Iterator<Item = PublicKey> {
    let holders = chain.chain().links().take(link.saturating_add(1)).map(|above| above.holder.key);
    holders.chain(anchor_keys(chain)).chain(controllers(chain, link))
}

/// Whose word on other tasks counts at a mandate's barriers, besides that of the keys which a barrier names.
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

/// Whose word counts at the barriers of a link.
pub(crate) fn speakers(chain: &VerifiedChain, link: usize) -> Speakers {
    let above: Vec<PublicKey> = chain.chain().links().take(link).map(|above| above.holder.key).collect();
    let issuers: Vec<PublicKey> = match above.last() {
        Some(parent) => vec![*parent],
        None => anchor_keys(chain).collect(),
    };
    Speakers {
        report: issuers.into_iter().chain(controllers(chain, link)).collect(),
        call_off: anchor_keys(chain).chain(above).collect(),
    }
}

fn anchor_keys(chain: &VerifiedChain) -> impl Iterator<Item = PublicKey> {
    chain.anchor().keys().iter().map(|known| known.key)
}

fn controllers(chain: &VerifiedChain, link: usize) -> impl Iterator<Item = PublicKey> {
    chain.chain().missions(link).map(|mission| mission.controller)
}
