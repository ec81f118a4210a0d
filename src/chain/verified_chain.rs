use super::anchor::{Anchor, IssuerKeys};
use super::chain::Chain;
use crate::limits::LivesBy;
use crate::primitives::{Digest, MandateId, Mission, MissionId, TaskPath, Work};
use crate::sign::VerifyingKey;
use std::sync::{Arc, OnceLock};

/// A chain that a verifier has verified. Clones are cheap.
///
/// Only [`Verifier::verify`](crate::Verifier::verify) and the functions that call it make one, and
/// only a verified chain can decide. It proves that the chain is sound and permits nothing by
/// itself: every decision checks times, limits, powers and the caller.
///
/// ```
/// # use mandatum::{chain::AcceptedGrants, *};
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// # let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// # let link = Link::new([0; 16], SigningKey::from_seed(&[2; 32]).public(), Powers::none(), hour);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// # let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// # let chain = Chain::from(issue(&anchor, root, now)?.sign(&key)?);
/// let verifier = Verifier::new([anchor.clone()])?;
/// // A root without a grant is refused, unless the verifier accepts it.
/// assert_eq!(verifier.verify(&chain).unwrap_err().kind.rule(), 10);
/// let verifier = verifier.with_grants(AcceptedGrants::dangerous_any_or_none());
/// let verified = verifier.verify(&chain)?;
/// assert_eq!((verified.chain(), verified.anchor()), (&chain, &anchor));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// No other code makes one:
///
/// ```compile_fail
/// fn forge(chain: mandatum::Chain) -> mandatum::VerifiedChain {
///     mandatum::VerifiedChain { chain }
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedChain(Arc<Inner>);

/// The parts of a verified chain, which only [`verify`](super::verify()) makes.
pub(super) struct Inner {
    pub(super) chain: Chain,
    /// The task of the leaf.
    pub(super) task: TaskPath,
    /// The tasks of all links, computed when they are first read.
    pub(super) tasks: OnceLock<Vec<TaskPath>>,
    /// The digests of the missions that the links live by, root first. Every decision reads them.
    pub(super) missions: Vec<MissionId>,
    pub(super) anchor: Arc<Anchor>,
    pub(super) leaf_key: VerifyingKey,
    pub(super) configuration: Digest,
    /// The work that verifying still has for links that follow.
    pub(super) work: Work,
}

impl VerifiedChain {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Returns the chain.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.0.chain
    }

    /// Returns the anchor that the chain is rooted in.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.0.anchor
    }

    /// Returns the keys of the anchor, as they count for this root.
    pub(crate) fn issuer_keys(&self) -> IssuerKeys<'_> {
        let root = self.chain().root().claims();
        self.anchor().keys_for(root.link.lifetime.issued_at())
    }

    /// Returns the task of each link, root first.
    #[must_use]
    pub fn tasks(&self) -> &[TaskPath] {
        self.0
            .tasks
            // Can't fail: verifying checked that the tasks are within bounds.
            .get_or_init(|| self.0.chain.tasks().unwrap_or_default())
    }

    /// Returns the missions that keep the links alive, root first, each with the number of the link
    /// that names it.
    pub(crate) fn lives_by(&self) -> impl Iterator<Item = (usize, &LivesBy, MissionId)> {
        let missions = self.0.missions.iter();
        self.chain()
            .lives_by()
            .zip(missions)
            .map(|((link, _, lives_by), mission)| (link, lives_by, *mission))
    }

    /// Returns the digest of a mission. It is computed only for a mission that no link lives by.
    pub(crate) fn mission_id(&self, mission: &Mission) -> MissionId {
        let known = self
            .lives_by()
            .find(|(_, lives_by, _)| lives_by.mission() == mission);
        known.map_or_else(|| mission.id(), |(_, _, id)| id)
    }

    /// Returns the digest of the configuration that verified the chain.
    #[must_use]
    pub fn configuration(&self) -> Digest {
        self.0.configuration
    }

    /// Returns whether a chain of links with these ids begins with this chain.
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
