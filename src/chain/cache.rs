use super::chain::Chain;
use super::error::ChainError;
use super::settings::Settings;
use super::verified_chain::VerifiedChain;
use super::verify::{Start, verify_after};
use crate::limits::Limit;
use crate::primitives::{Digest, MandateId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Chains that were verified, so that a chain which begins with one of them costs only its new
/// links: an orchestrator's ever new sub-agents one signature each.
///
/// A value that the host owns, and that threads may share: it is locked while it is asked, not
/// while a chain is verified. It holds chains of at most so many bytes together, and lets go of the
/// one that was asked for the longest ago. A chain is known by the digest of its leaf's exact
/// bytes, and counts only where every link of what is presented is that very one, and only under
/// the configuration that verified it. What can change is no part of it: every time, every limit
/// and every status is read again at every decision.
///
/// ```
/// # use mandatum::chain::ChainCache;
/// # use mandatum::{Chain, ChainError, VerifiedChain, Verifier};
/// fn verify(verifier: &Verifier, cache: &ChainCache, chain: &Chain) -> Result<VerifiedChain, ChainError> {
///     verifier.verify_cached(chain, cache)
/// }
/// let cache = ChainCache::new(64 * 1024 * 1024);
/// assert!(cache.is_empty());
/// ```
#[derive(Debug)]
pub struct ChainCache {
    max_bytes: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By leaf.
    chains: HashMap<MandateId, Entry>,
    /// The bytes that all of them count as.
    bytes: usize,
    /// By when they were last asked for.
    by_use: BTreeMap<u64, MandateId>,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    chain: VerifiedChain,
    /// When it was last asked for.
    last: u64,
    /// The bytes that it counts as.
    bytes: usize,
}

impl ChainCache {
    /// Room for chains of so many bytes on the heap, by an estimate from above.
    ///
    /// The estimate counts each chain as if it shared nothing with others. It is what a hostile
    /// chain may take, decoded, and at most ten times what an ordinary one takes: a chain of four
    /// links with one tool and two constraints each counts as about 12 KB, and takes 5 KB, or 1.5
    /// KB where it shares all but its leaf with another. The largest counts as some 2 MB. A chain
    /// that is larger than all of the room is not kept. Whoever may delegate can mint as many as
    /// there is room for; with [`Verifier::check_cached`] only those count whose calls are
    /// permitted.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            known: Mutex::default(),
        }
    }

    /// Bytes that the chains it holds take on the heap, by the estimate of [`new`](Self::new).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.known().bytes
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

    /// Verifies a chain, but for the links that are known. What verifies is known from then on.
    pub(crate) fn verify(
        &self,
        settings: &Settings,
        chain: &Chain,
    ) -> Result<VerifiedChain, ChainError> {
        let ids: Vec<MandateId> = chain.ids().collect();
        let is_prefix = |known: &VerifiedChain| known.is_prefix_of(&ids);
        let known = ids
            .iter()
            .rev()
            .find_map(|id| self.get(id, settings.configuration(), is_prefix));
        let shared = known
            .as_ref()
            .map_or_else(|| chain.clone(), |known| known.chain().followed_by(chain));
        let verified = verify_after(
            settings,
            shared,
            known.map_or(Start::Root, Start::Known),
            None,
        )?;
        self.keep(verified.clone());
        Ok(verified)
    }

    /// The chain of this leaf, if it was verified under this configuration and is the one that is
    /// meant.
    pub(super) fn get(
        &self,
        leaf: &MandateId,
        configuration: Digest,
        is_meant: impl FnOnce(&VerifiedChain) -> bool,
    ) -> Option<VerifiedChain> {
        self.known().get(leaf, |known| {
            known.configuration() == configuration && is_meant(known)
        })
    }

    /// Keeps a chain as the one that was asked for last.
    pub(crate) fn keep(&self, chain: VerifiedChain) {
        let mut known = self.known();
        known.keep(chain);
        known.shrink_to(self.max_bytes);
    }

    /// No code that holds the lock panics, so what is behind a poisoned one is whole all the same.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The chain of this leaf, which is then the one that was asked for last.
    fn get(
        &mut self,
        leaf: &MandateId,
        is_meant: impl FnOnce(&VerifiedChain) -> bool,
    ) -> Option<VerifiedChain> {
        let known = self.chains.get_mut(leaf)?;
        if !is_meant(&known.chain) {
            return None;
        }
        self.uses = self.uses.saturating_add(1);
        self.by_use.remove(&known.last);
        self.by_use.insert(self.uses, *leaf);
        known.last = self.uses;
        Some(known.chain.clone())
    }

    /// Keeps a chain as the one that was asked for last.
    fn keep(&mut self, chain: VerifiedChain) {
        let id = chain.chain().leaf_id();
        self.uses = self.uses.saturating_add(1);
        self.by_use.insert(self.uses, id);
        match self.chains.get_mut(&id) {
            // The same links, perhaps under another configuration.
            Some(known) => {
                self.by_use.remove(&known.last);
                known.last = self.uses;
                known.chain = chain;
            }
            None => {
                let bytes = chain.heap_bytes();
                self.bytes = self.bytes.saturating_add(bytes);
                self.chains.insert(
                    id,
                    Entry {
                        chain,
                        last: self.uses,
                        bytes,
                    },
                );
            }
        }
    }

    fn shrink_to(&mut self, max_bytes: usize) {
        while self.bytes > max_bytes {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                return;
            };
            let forgotten = self
                .chains
                .remove(&oldest)
                .map_or(0, |forgotten| forgotten.bytes);
            self.bytes = self.bytes.saturating_sub(forgotten);
        }
    }
}

/// Bytes that a chain takes beside its links: its places in the maps of a cache, with room that
/// maps leave free, and what verifying keeps of it.
const CHAIN_BYTES: usize = 2048;
/// Bytes that a link takes beside what grows with its token.
const LINK_BYTES: usize = 1536;
/// Bytes on the heap for each byte of a token, beside its powers, where it has limits: in a scope
/// of one letter tools, each is two bytes, and a text, its counters and its place in a set when it
/// is decoded. Measured by `tests/cache_bytes.rs`.
const LIMIT_FACTOR: usize = 48;
/// The same where it has none: the token's bytes, and the names in it, which are bytes and two
/// counters.
const NAME_FACTOR: usize = 4;

impl VerifiedChain {
    /// Bytes that it takes on the heap when it shares nothing, estimated from above.
    fn heap_bytes(&self) -> usize {
        let chain = self.chain();
        let tokens = [chain.root().as_bytes().len()]
            .into_iter()
            .chain(chain.children().map(|child| child.as_bytes().len()));
        let links = tokens.zip(chain.links()).map(|(token, link)| {
            let factor = if link.limits.iter().next().is_none() {
                NAME_FACTOR
            } else {
                LIMIT_FACTOR
            };
            let places = link
                .limits
                .iter()
                .count()
                .saturating_mul(size_of::<Limit>())
                .saturating_mul(2);
            LINK_BYTES
                .saturating_add(token.saturating_mul(factor))
                .saturating_add(places)
                .saturating_add(link.powers.heap_bytes())
        });
        links.fold(CHAIN_BYTES, usize::saturating_add)
    }
}
