use super::anchor::Anchor;
use super::error::{Broken, ChainError};
use super::path::Chain;
use super::rules::{self, Covers};
use super::verifier::{Trusted, Verifier};
use crate::claims::{Child, Link, Root};
use crate::ground::bounds::VERIFY_STEPS;
use crate::ground::{Digest, MandateId, TaskPath, Work};
use crate::powers::{Capability, NotCovered, Powers};
use crate::sign::{ComputedR, InvalidSignature, Token, VerifyingKey};
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
    /// What is left of the work that verifying is granted, for links that follow.
    work: Work,
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

    /// Whether a chain of these links begins with this one.
    pub(super) fn is_prefix_of(&self, ids: &[MandateId]) -> bool {
        ids.get(..self.0.chain.len()).is_some_and(|begin| self.0.chain.ids().eq(begin.iter().copied()))
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
    /// The signatures are judged each by itself; only the last step, spelling the R that each should have, is done for all
    /// children at once, because the inverses that it takes can be had together without changing any of them. Batch verification
    /// in its usual sense adds the equations of all signatures up, each times a number that nobody foresees, and takes half the time for
    /// long chains. It is left out on purpose: with keys or Rs that have a part of small order, which whoever delegates may choose,
    /// such a sum can hold where one of its equations does not; where the numbers are drawn at random the verdict is then a matter of chance, and
    /// where they are computed from the input, as they have to be here, an attacker tries inputs until it holds (Chalkias, Garillot and
    /// Nikolaenko, *Taming the many `EdDSA`s*, 2020, on batch verification). Multiplying by the cofactor makes batches sound, but gives other verdicts
    /// than strict verification; and to show that a point has no such part takes as long as the verification that it would save.
    ///
    /// # Errors
    /// [`ChainError`], with the rule and the link.
    pub fn verify(&self, chain: &Chain) -> Result<VerifiedChain, ChainError> {
        self.verify_links(chain, None, &covers)
    }

    /// The same after a verified chain that this one begins with, or is: everything about the links below it.
    pub(crate) fn verify_after(
        &self,
        chain: &Chain,
        known: Option<VerifiedChain>,
    ) -> Result<VerifiedChain, ChainError> {
        match known {
            Some(whole) if whole.chain().len() == chain.len() => Ok(whole),
            known => self.verify_links(chain, known.as_ref(), &covers),
        }
    }

    #[cfg(test)]
    pub(crate) fn verify_with(&self, chain: &Chain, covers: &Covers) -> Result<VerifiedChain, ChainError> {
        self.verify_links(chain, None, covers)
    }

    fn verify_links(
        &self,
        chain: &Chain,
        known: Option<&VerifiedChain>,
        covers: &Covers,
    ) -> Result<VerifiedChain, ChainError> {
        rules::at_most_16_links(chain.len()).map_err(|broken| broken.at(0))?;
        let first = known.map_or(0, |known| known.chain().len());
        check_relations(chain, first)?;
        let tasks = chain.tasks_after(known.map_or(&[], VerifiedChain::tasks))?;
        let (anchor, parent_key) = match known {
            Some(known) => (Arc::clone(&known.0.anchor), known.0.leaf_key.clone()),
            None => self.check_root(chain.root()).map_err(|broken| broken.at(0))?,
        };

        let leaf_key = check_signatures(chain, parent_key, first.max(1))?;

        let mut work = known.map_or(Work::new(VERIFY_STEPS), |known| known.0.work.rest());
        if known.is_none() {
            rules::within_ceiling(chain.root().claims(), &anchor, covers, &mut work).map_err(|broken| broken.at(0))?;
        }
        for (link, (child, parent)) in children(chain, first) {
            rules::within_parent(&child.link, parent, covers, &mut work).map_err(|broken| broken.at(link))?;
        }

        check_key_roles(chain, &anchor, first)?;
        let configuration = self.configuration();
        let chain = known.map_or_else(|| chain.clone(), |known| known.0.chain.followed_by(chain));
        Ok(VerifiedChain(Arc::new(Inner { chain, tasks, anchor, leaf_key, configuration, work })))
    }

    /// Rules 8 to 10 and 19; the root's anchor.
    pub(crate) fn check_terms(&self, root: &Root) -> Result<&Trusted, Broken> {
        let unknown = || Broken::UnknownIssuer { issuer: root.issuer.clone() };
        let trusted = self.trusted(&root.issuer).ok_or_else(unknown)?;
        rules::lives_within_cap(root, &trusted.anchor)?;
        rules::grant_accepted(root, self.grants())?;
        rules::own_aliases(root, &trusted.anchor)?;
        Ok(trusted)
    }

    /// Rules 8 to 11 and 19; the root's anchor, and its holder's key.
    fn check_root(&self, token: &Token<Root>) -> Result<(Arc<Anchor>, VerifyingKey), Broken> {
        let root = token.claims();
        let trusted = self.check_terms(root)?;
        // At most four keys are asked.
        let signer = trusted.keys.iter().find(|(_, key)| token.verify(key).is_ok());
        let (known, _) = signer.ok_or(InvalidSignature)?;
        rules::key_in_service(known.roots_issued_before, root)?;
        Ok((Arc::clone(&trusted.anchor), holder_key(&root.link)?))
    }
}

/// The children from the link `first` on, each with its number and what its parent says.
fn children(chain: &Chain, first: usize) -> impl Iterator<Item = (usize, (&Child, &Link))> {
    let children = chain.children().map(Token::claims);
    (1..).zip(children.zip(chain.links())).filter(move |(link, _)| *link >= first)
}

/// Rules 3 to 6 for every child from the link `first` on, and its parent.
fn check_relations(chain: &Chain, first: usize) -> Result<(), ChainError> {
    for ((link, (child, parent)), parent_id) in
        children(chain, 0).zip(chain.ids()).filter(|((link, _), _)| *link >= first)
    {
        rules::names_parent(child, parent_id)
            .and_then(|()| rules::issued_after_parent(&child.link, parent))
            .and_then(|()| rules::expires_with_parent(&child.link, parent))
            .and_then(|()| rules::fewer_hops(&child.link, parent))
            .map_err(|broken| broken.at(link))?;
    }
    Ok(())
}

/// Rule 11 for every child from the link `first` on, whose parent is held with `parent`; the leaf's key, ready to verify calls.
/// Links are judged in their order, the last step of all at once.
fn check_signatures(chain: &Chain, parent: VerifyingKey, first: usize) -> Result<VerifyingKey, ChainError> {
    let mut holder = parent;
    let mut computed = Vec::new();
    let mut next = |link: usize, child: &Token<Child>| {
        computed.push(child.compute(&holder).map_err(|error| Broken::from(error).at(link))?);
        holder = holder_key(&child.claims().link).map_err(|broken| broken.at(link))?;
        Ok(())
    };
    let mut tokens = (1..).zip(chain.children()).skip(first.saturating_sub(1));
    let walked = tokens.try_for_each(|(link, child)| next(link, child));
    match ComputedR::first_invalid(&computed) {
        Some(invalid) => Err(Broken::from(InvalidSignature).at(first.saturating_add(invalid))),
        None => walked.map(|()| holder),
    }
}

fn holder_key(claims: &Link) -> Result<VerifyingKey, Broken> {
    VerifyingKey::of(&claims.holder.key).map_err(Broken::HolderKey)
}

/// Rules 14 to 18 for every link from `first` on.
fn check_key_roles(chain: &Chain, anchor: &Anchor, first: usize) -> Result<(), ChainError> {
    for (link, claims) in chain.links().enumerate().skip(first) {
        let missions = chain.lives_by().filter(|(at, ..)| *at <= link);
        let missions: Vec<_> = missions.map(|(_, scope, lives_by)| (scope, lives_by)).collect();
        rules::not_the_anchor(claims, anchor)
            .and_then(|()| rules::missions_allow(claims, &missions))
            .and_then(|()| rules::meters_allow(&claims.holder.key, chain.rules(link)))
            .map_err(|broken| broken.at(link))?;
    }
    for (link, (child, _)) in children(chain, first) {
        let ancestors = chain.links().take(link).map(|above| &above.holder.key);
        rules::own_key(child, ancestors).map_err(|broken| broken.at(link))?;
    }
    Ok(())
}
