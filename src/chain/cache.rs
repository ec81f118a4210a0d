use super::error::ChainError;
use super::path::Chain;
use super::verified::{Start, VerifiedChain};
use super::verifier::Verifier;
use crate::ground::{Digest, MandateId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Chains that were verified, so that a chain which begins with one of them costs only its new links: an orchestrator's ever
/// new sub-agents one signature each.
///
/// A value that the host owns, and that threads may share: it is locked while it is asked, not while a chain is verified. It holds
/// at most as many chains as it has room for, and lets go of the one that was asked for the longest ago. A chain is known by the digest of its leaf's exact bytes, and counts
/// only where every link of what is presented is that very one, and only under the configuration that verified it. What can
/// change is no part of it: every time, every limit and all news are asked at every decision.
///
/// ```
/// # use mandatum::{Chain, ChainCache, ChainError, VerifiedChain, Verifier};
/// fn verify(verifier: &Verifier, cache: &ChainCache, chain: &Chain) -> Result<VerifiedChain, ChainError> {
///     verifier.verify_cached(chain, cache)
/// }
/// let cache = ChainCache::new(10_000);
/// assert!(cache.is_empty());
/// ```
#[derive(Debug)]
pub struct ChainCache {
    capacity: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By leaf, with when it was last asked for.
    chains: HashMap<MandateId, (VerifiedChain, u64)>,
    /// By when they were last asked for.
    by_use: BTreeMap<u64, MandateId>,
    uses: u64,
}

impl ChainCache {
    /// Room for so many chains. One of four links takes about 1.5 KB where it shares all but its leaf with another, and 5.2 KB where
    /// it shares nothing (measured with one tool and two constraints a link); the largest takes what 64 KiB of tokens do when they are
    /// decoded. Whoever may delegate can mint as many as there is room for; with
    /// [`Verifier::check_cached`] only those count whose calls are permitted.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, known: Mutex::default() }
    }

    /// How many chains it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known().chains.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it holds the chain of this leaf.
    #[must_use]
    pub fn knows(&self, leaf: &MandateId) -> bool {
        self.known().chains.contains_key(leaf)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.known() = Known::default();
    }

    /// The chain of this leaf, if it was verified under this configuration and is the one that is meant.
    pub(super) fn get(
        &self,
        leaf: &MandateId,
        configuration: Digest,
        is_meant: impl FnOnce(&VerifiedChain) -> bool,
    ) -> Option<VerifiedChain> {
        self.known().get(leaf, |known| known.configuration() == configuration && is_meant(known))
    }

    /// Keeps a chain as the one that was asked for last.
    pub(crate) fn keep(&self, chain: VerifiedChain) {
        let mut known = self.known();
        known.keep(chain);
        known.shrink_to(self.capacity);
    }

    /// No code that holds the lock panics, so what is behind a poisoned one is whole all the same.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The chain of this leaf, which is then the one that was asked for last.
    fn get(&mut self, leaf: &MandateId, is_meant: impl FnOnce(&VerifiedChain) -> bool) -> Option<VerifiedChain> {
        let (known, last) = self.chains.get_mut(leaf)?;
        if !is_meant(known) {
            return None;
        }
        self.uses = self.uses.saturating_add(1);
        self.by_use.remove(last);
        self.by_use.insert(self.uses, *leaf);
        *last = self.uses;
        Some(known.clone())
    }

    /// Keeps a chain as the one that was asked for last.
    fn keep(&mut self, chain: VerifiedChain) {
        let id = chain.chain().leaf_id();
        self.uses = self.uses.saturating_add(1);
        if let Some((_, last)) = self.chains.insert(id, (chain, self.uses)) {
            self.by_use.remove(&last);
        }
        self.by_use.insert(self.uses, id);
    }

    fn shrink_to(&mut self, capacity: usize) {
        while self.chains.len() > capacity {
            let Some((_, oldest)) = self.by_use.pop_first() else { return };
            self.chains.remove(&oldest);
        }
    }
}

impl Verifier {
    /// The same as [`verify`](Self::verify), with the same verdict for every chain, but links that `cache` knows are not verified
    /// again. What verifies is known from then on.
    ///
    /// # Errors
    /// [`ChainError`], as [`verify`](Self::verify); the cache is then as it was, but for what it was asked.
    pub fn verify_cached(&self, chain: &Chain, cache: &ChainCache) -> Result<VerifiedChain, ChainError> {
        let ids: Vec<MandateId> = chain.ids().collect();
        let is_prefix = |known: &VerifiedChain| known.is_prefix_of(&ids);
        let known = ids.iter().rev().find_map(|id| cache.get(id, self.configuration(), is_prefix));
        let shared = known.as_ref().map_or_else(|| chain.clone(), |known| known.chain().followed_by(chain));
        let verified = self.verify_after(shared, known.map_or(Start::Root, Start::Known), None)?;
        cache.keep(verified.clone());
        Ok(verified)
    }
}
