use super::anchor::Anchor;
use super::error::{Broken, ChainError};
use super::path::Chain;
use super::rules::{self, Covers};
use super::verifier::Verifier;
use crate::claims::Root;
use crate::ground::bounds::VERIFY_STEPS;
use crate::ground::{Digest, TaskPath, Work};
use crate::powers::{Capability, NotCovered, Powers};
use crate::sign::{InvalidSignature, Token, VerifyingKey};
use std::sync::Arc;

/// A chain that a verifier has verified. Only [`Verifier::verify`] makes one, and only one can decide. Cheap to clone.
///
/// It says that the chain is sound, not that it permits anything: times, limits, powers and who calls are checked at every
/// decision.
///
/// ```compile_fail
/// fn forge(chain: mandatum::Chain) -> mandatum::VerifiedChain {
///     mandatum::VerifiedChain { chain }
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedChain(Arc<Inner>);

struct Inner {
    chain: Chain,
    tasks: Vec<TaskPath>,
    anchor: Arc<Anchor>,
    leaf_key: VerifyingKey,
    configuration: Digest,
}

impl VerifiedChain {
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

    /// The task of each link, root first.
    #[must_use]
    pub fn tasks(&self) -> &[TaskPath] {
        &self.0.tasks
    }

    /// The digest of the configuration that verified it.
    #[must_use]
    pub fn configuration(&self) -> Digest {
        self.0.configuration
    }

    pub(crate) fn leaf_key(&self) -> &VerifyingKey {
        &self.0.leaf_key
    }
}

impl std::fmt::Debug for VerifiedChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedChain").field("chain", &self.0.chain).finish_non_exhaustive()
    }
}

/// Rules 12 and 13 as they are: [`Powers::covers`].
pub(super) fn covers(
    parent: &Powers,
    child: &Powers,
    count: fn(&Capability) -> bool,
    work: &mut Work,
) -> Result<(), NotCovered> {
    parent.covers_within(child, count, work)
}

impl Verifier {
    /// Verifies a chain: everything about it that can't change.
    ///
    /// In order: parent digests and times (rules 3 to 7), anchor (8 to 10, 19), signatures (11), powers (12, 13), key roles and
    /// missions (14 to 18). Cheap checks come before the signatures, and each signature is verified once, strictly, over the bytes that came.
    ///
    /// # Errors
    /// [`ChainError`], with the rule and the link.
    pub fn verify(&self, chain: &Chain) -> Result<VerifiedChain, ChainError> {
        self.verify_with(chain, &covers)
    }

    pub(crate) fn verify_with(&self, chain: &Chain, covers: &Covers) -> Result<VerifiedChain, ChainError> {
        rules::at_most_16_links(chain.len()).map_err(|broken| broken.at(0))?;
        check_relations(chain)?;
        let tasks = chain.tasks()?;

        let root = chain.root().claims();
        let unknown = || Broken::UnknownIssuer { issuer: root.issuer.clone() };
        let anchor = self.shared_anchor(&root.issuer).ok_or_else(|| unknown().at(0))?;
        rules::lives_within_cap(root, &anchor).map_err(|broken| broken.at(0))?;
        rules::grant_accepted(root, self.grants()).map_err(|broken| broken.at(0))?;
        rules::own_aliases(root, &anchor).map_err(|broken| broken.at(0))?;

        let leaf_key = check_signatures(chain, &anchor)?;

        let work = &mut Work::new(VERIFY_STEPS);
        rules::within_ceiling(root, &anchor, covers, work).map_err(|broken| broken.at(0))?;
        for (link, (child, parent)) in (1..).zip(chain.links().skip(1).zip(chain.links())) {
            rules::within_parent(child, parent, covers, work).map_err(|broken| broken.at(link))?;
        }

        check_key_roles(chain, &anchor)?;
        let configuration = self.configuration();
        Ok(VerifiedChain(Arc::new(Inner { chain: chain.clone(), tasks, anchor, leaf_key, configuration })))
    }
}

/// Rules 3 to 6 for every child and its parent.
fn check_relations(chain: &Chain) -> Result<(), ChainError> {
    for (link, (child, (parent, parent_id))) in (1..).zip(chain.children().zip(chain.links().zip(chain.ids()))) {
        let child = child.claims();
        rules::names_parent(child, parent_id)
            .and_then(|()| rules::issued_after_parent(&child.link, parent))
            .and_then(|()| rules::expires_with_parent(&child.link, parent))
            .and_then(|()| rules::fewer_hops(&child.link, parent))
            .map_err(|broken| broken.at(link))?;
    }
    Ok(())
}

/// Rule 11 for every link; the leaf's key, ready to verify calls.
fn check_signatures(chain: &Chain, anchor: &Anchor) -> Result<VerifyingKey, ChainError> {
    check_root_signature(chain.root(), anchor).map_err(|broken| broken.at(0))?;
    let mut holder = holder_key(chain, 0)?;
    for (link, child) in (1..).zip(chain.children()) {
        child.verify(&holder).map_err(|error| Broken::from(error).at(link))?;
        holder = holder_key(chain, link)?;
    }
    Ok(holder)
}

fn holder_key(chain: &Chain, link: usize) -> Result<VerifyingKey, ChainError> {
    let key = chain.links().nth(link).map_or(chain.leaf().holder.key, |link| link.holder.key);
    VerifyingKey::of(&key).map_err(|error| Broken::HolderKey(error).at(link))
}

/// A root is signed by a key of its anchor that was in service when it was issued. At most four keys are asked.
fn check_root_signature(root: &Token<Root>, anchor: &Anchor) -> Result<(), Broken> {
    for known in anchor.keys() {
        let signed = VerifyingKey::of(&known.key).is_ok_and(|key| root.verify(&key).is_ok());
        if signed {
            return rules::key_in_service(known.roots_issued_before, root.claims());
        }
    }
    Err(InvalidSignature.into())
}

/// Rules 14 to 18 for every link.
fn check_key_roles(chain: &Chain, anchor: &Anchor) -> Result<(), ChainError> {
    for (link, claims) in chain.links().enumerate() {
        let missions = chain.lives_by().filter(|(at, ..)| *at <= link);
        let missions: Vec<_> = missions.map(|(_, scope, lives_by)| (scope, lives_by)).collect();
        rules::not_the_anchor(claims, anchor)
            .and_then(|()| rules::missions_allow(claims, &missions))
            .and_then(|()| rules::meters_allow(&claims.holder.key, chain.rules(link)))
            .map_err(|broken| broken.at(link))?;
    }
    for (link, child) in (1..).zip(chain.children()) {
        let ancestors = chain.links().take(link).map(|above| &above.holder.key);
        rules::own_key(child.claims(), ancestors).map_err(|broken| broken.at(link))?;
    }
    Ok(())
}
