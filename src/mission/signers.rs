//! The keys whose notices on a mission or a mandate count: who may end it, and who may report its
//! end to a barrier. Verified chains, lists of watches and execution graphs ask the same functions.

use super::liveness::Known;
use super::watches::MissionRole;
use crate::chain::{IssuerKeys, Mandates, VerifiedChain, Whose};
use crate::limits::{LivesBy, Reporters};
use crate::primitives::{MissionId, PublicKey};

/// A link of a chain, or a node of an execution graph, with all that is above it.
pub(crate) trait Lineage {
    /// The keys of the issuer of the root.
    fn issuer(&self) -> IssuerKeys<'_>;

    /// The holders of the links down to this one, root first.
    fn holders(&self) -> impl Iterator<Item = PublicKey>;

    /// The controllers of the missions that the links down to this one live by.
    fn controllers(&self) -> impl Iterator<Item = PublicKey>;

    /// Returns the keys that may end one of a link's mandates: the link's holder, every issuer
    /// above it, the anchor's keys, and the controllers of the missions that it lives by.
    ///
    /// The anchor's keys are those that could still have signed the root. A mandate that the link
    /// replaces may be from under an earlier root, or be one, so for those every key counts that is
    /// not revoked.
    fn may_end(&self, whose: Whose) -> impl Iterator<Item = PublicKey> {
        let issuer = match whose {
            Whose::Own => self.issuer(),
            Whose::Replaced => self.issuer().of_any_root(),
        };
        self.holders()
            .chain(issuer.counting())
            .chain(self.controllers())
    }

    /// Returns the keys whose notices count at the barriers of a link.
    fn barrier_signers(&self) -> BarrierSigners {
        let issuer = self.issuer();
        let mut above: Vec<PublicKey> = self.holders().collect();
        // The holder of the link itself reports nothing to it.
        above.pop();
        let issuers: Vec<PublicKey> = match above.last() {
            Some(parent) => vec![*parent],
            None => issuer.counting().collect(),
        };
        BarrierSigners {
            report: issuers.into_iter().chain(self.controllers()).collect(),
            call_off: issuer.counting().chain(above).collect(),
            silenced: issuer.not_counting().collect(),
        }
    }
}

/// A lineage with the state of its missions, as far as it is known.
pub(crate) trait KnownLineage: Lineage {
    /// The mandates of the link.
    fn mandates(&self) -> Mandates<'_>;

    /// The missions that the links down to this one live by, each looked up.
    fn missions(&self) -> impl Iterator<Item = (&LivesBy, Known<'_>)>;
}

/// The keys whose notices on other tasks count at a mandate's barriers, besides those that a
/// barrier names.
pub(crate) struct BarrierSigners {
    /// The keys that may report how a task ended: the mandate's issuer, and the controllers of the
    /// missions that it lives by.
    report: Vec<PublicKey>,
    /// The keys that may call a task off and can't complete it: every issuer above.
    pub(super) call_off: Vec<PublicKey>,
    /// The anchor's keys that don't count in this chain, whatever else names them.
    silenced: Vec<PublicKey>,
}

impl BarrierSigners {
    /// Yields every key whose notices count on a task for which a barrier names these keys.
    pub(super) fn with<'a>(&'a self, named: &'a Reporters) -> impl Iterator<Item = &'a PublicKey> {
        self.named(named).chain(self.report()).chain(&self.call_off)
    }

    /// Those of the keys that a barrier names which count.
    pub(super) fn named<'a>(&'a self, named: &'a Reporters) -> impl Iterator<Item = &'a PublicKey> {
        named.iter().filter(|key| self.counts(key))
    }

    /// Those who may report the end of every task, and count.
    pub(super) fn report(&self) -> impl Iterator<Item = &PublicKey> {
        self.report.iter().filter(|key| self.counts(key))
    }

    fn counts(&self, key: &PublicKey) -> bool {
        !self.silenced.contains(key)
    }
}

/// Returns the keys that may sign notices on the missions that the links live by.
pub(super) fn mission_signers(
    chain: &VerifiedChain,
) -> impl Iterator<Item = (PublicKey, MissionId, MissionRole)> {
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
