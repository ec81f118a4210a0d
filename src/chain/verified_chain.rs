use super::anchor::{Anchor, IssuerKeys};
use super::chain::Chain;
use crate::limits::LivesBy;
use crate::primitives::{Digest, MandateId, Mission, MissionId, TaskPath, Work};
use crate::sign::VerifyingKey;
use std::sync::{Arc, OnceLock};

/// A chain that a verifier has verified. Only [`Verifier::verify`] makes one, and only one can
/// decide. Cheap to clone.
///
/// It says that the chain is sound, not that it permits anything: times, limits, powers and who
/// calls are checked at every decision.
///
/// ```compile_fail
/// fn forge(chain: mandatum::Chain) -> mandatum::VerifiedChain {
///     mandatum::VerifiedChain { chain }
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedChain(Arc<Inner>);

/// The parts of a verified chain; [`verify`](super::verify) alone makes them.
pub(super) struct Inner {
    pub(super) chain: Chain,
    /// The leaf's task.
    pub(super) task: TaskPath,
    /// Those of all links, once somebody asks.
    pub(super) tasks: OnceLock<Vec<TaskPath>>,
    /// The missions that the links live by, root first: their digests, which every decision asks
    /// for.
    pub(super) missions: Vec<MissionId>,
    pub(super) anchor: Arc<Anchor>,
    pub(super) leaf_key: VerifyingKey,
    pub(super) configuration: Digest,
    /// What is left of the work that verifying is granted, for links that follow.
    pub(super) work: Work,
}

impl VerifiedChain {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.0.chain
    }

    /// The anchor it is rooted in.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.0.anchor
    }

    /// The keys of its anchor, as they count for its root.
    pub(crate) fn issuer_keys(&self) -> IssuerKeys<'_> {
        let root = self.chain().root().claims();
        self.anchor().keys_for(root.link.lifetime.issued_at())
    }

    /// The task of each link, root first.
    #[must_use]
    pub fn tasks(&self) -> &[TaskPath] {
        self.0
            .tasks
            .get_or_init(|| self.0.chain.tasks().unwrap_or_default())
    }

    /// The missions that keep the links alive, each with the link that says so, root first.
    pub(crate) fn lives_by(&self) -> impl Iterator<Item = (usize, &LivesBy, MissionId)> {
        let missions = self.0.missions.iter();
        self.chain()
            .lives_by()
            .zip(missions)
            .map(|((link, _, lives_by), mission)| (link, lives_by, *mission))
    }

    /// Returns the digest of a mission that a link names.
    pub(crate) fn mission_id(&self, mission: &Mission) -> MissionId {
        let known = self
            .lives_by()
            .find(|(_, lives_by, _)| lives_by.mission() == mission);
        known.map_or_else(|| mission.id(), |(_, _, id)| id)
    }

    /// The digest of the configuration that verified it.
    #[must_use]
    pub fn configuration(&self) -> Digest {
        self.0.configuration
    }

    /// Whether a chain of these links begins with this one.
    pub(super) fn is_prefix_of(&self, ids: &[MandateId]) -> bool {
        ids.get(..self.0.chain.len())
            .is_some_and(|begin| self.0.chain.ids().eq(begin.iter().copied()))
    }

    pub(crate) fn leaf_key(&self) -> &VerifyingKey {
        &self.0.leaf_key
    }
}

impl std::fmt::Debug for VerifiedChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedChain")
            .field("chain", &self.0.chain)
            .finish_non_exhaustive()
    }
}
