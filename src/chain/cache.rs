use super::chain::Chain;
use super::error::ChainError;
use super::settings::Settings;
use super::verified_chain::VerifiedChain;
use super::verify::{Start, verify_after};
use crate::limits::Limit;
use crate::primitives::{Digest, MandateId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Verified chains that a host keeps. A chain that begins with one of them costs only its new
/// links, so each new sub-agent of an orchestrator costs one signature.
///
/// The host owns the cache and may share it among threads. It is locked while it is read or
/// written, not while a chain is verified. It holds chains up to a number of bytes, and drops the
/// least recently used one.
///
/// A chain is found by the digest of its leaf's exact bytes. It counts only where every link of the
/// presented chain is the same byte for byte, and only under the configuration that verified it.
/// Nothing that changes is cached: every decision reads all times, limits and statuses again.
///
/// ```
/// # use mandatum::{chain::ChainCache, *};
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// # let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// # let link = Link::new([0; 16], SigningKey::from_seed(&[2; 32]).public(), Powers::none(), hour);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// # let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life)
/// #     .with_grant(AttestedGrant::direct("alice".parse()?, now, Digest::hash("record")));
/// # let chain = Chain::from(issue(&anchor, root, now)?.sign(&key)?);
/// let cache = ChainCache::new(64 * 1024 * 1024);
/// let verifier = Verifier::new([anchor])?;
/// verifier.verify_cached(&chain, &cache)?;
/// assert!(cache.knows(&chain.leaf_id()));
/// cache.clear();
/// assert!(cache.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ChainCache {
    max_bytes: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// The chains, by leaf.
    chains: HashMap<MandateId, Entry>,
    /// The sum of the bytes that the chains count as.
    bytes: usize,
    /// The leaves, by the time of their last use.
    by_use: BTreeMap<u64, MandateId>,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    chain: VerifiedChain,
    /// The number of its last use.
    last: u64,
    /// The bytes that the chain counts as.
    bytes: usize,
}

impl ChainCache {
    /// Returns a cache with room for this number of bytes on the heap, by an estimate from above.
    ///
    /// The estimate counts each chain as if it shared nothing with others. It is the most that a
    /// hostile chain may take when decoded, and at most ten times what an ordinary one takes:
    ///
    /// - A chain of four links with one tool and two constraints each counts as about 12 KB. It
    ///   takes 5 KB, or 1.5 KB where it shares all but its leaf with another.
    /// - The largest chain counts as about 2 MB. A chain larger than the whole room is not kept.
    ///
    /// A holder who may delegate can mint enough chains to fill the room. With
    /// [`Verifier::check_cached`](crate::Verifier::check_cached) only chains are kept whose calls
    /// are permitted.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            known: Mutex::default(),
        }
    }

    /// Returns the bytes that the cached chains take on the heap, by the estimate of
    /// [`new`](Self::new).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.known().bytes
    }

    /// Returns the number of cached chains.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known().chains.len()
    }

    /// Returns whether no chain is cached.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether the chain of this leaf is cached.
    #[must_use]
    pub fn knows(&self, leaf: &MandateId) -> bool {
        self.known().chains.contains_key(leaf)
    }

    /// Drops all chains.
    pub fn clear(&self) {
        *self.known() = Known::default();
    }

    /// Verifies the links of a chain that are not cached, and caches the chain.
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

    /// Returns the chain of this leaf, if this configuration verified it and `is_meant` accepts it.
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

    /// Caches a chain as the most recently used one.
    pub(crate) fn keep(&self, chain: VerifiedChain) {
        let mut known = self.known();
        known.keep(chain);
        known.shrink_to(self.max_bytes);
    }

    /// Locks the chains. No code that holds the lock panics, so the data behind a poisoned lock is
    /// whole.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Returns the chain of this leaf, and makes it the most recently used one.
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

    /// Keeps a chain as the most recently used one.
    fn keep(&mut self, chain: VerifiedChain) {
        let id = chain.chain().leaf_id();
        self.uses = self.uses.saturating_add(1);
        self.by_use.insert(self.uses, id);
        match self.chains.get_mut(&id) {
            // The same links, perhaps verified under another configuration.
            Some(known) => {
                self.by_use.remove(&known.last);
                known.last = self.uses;
                known.chain = chain;
            }
            None => {
                let bytes = chain_bytes(chain.chain());
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
                // Can't happen: every chain that counts has a use.
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

/// Bytes that a chain takes besides its links: its places in the maps of a cache, with the room
/// that maps leave free, and the parts of [`VerifiedChain`] that are of no link.
const CHAIN_BYTES: usize = 2048;
/// Bytes that a link takes besides those that grow with its token.
const LINK_BYTES: usize = 1536;
/// Bytes on the heap for each byte of a token, besides its powers, where it has limits. The worst
/// case is a scope of tools with names of one letter. Each takes two bytes of the token, and when
/// decoded a text, its counters and a place in a set. Measured by `tests/cache_bytes.rs`.
const LIMIT_FACTOR: usize = 48;
/// Bytes on the heap for each byte of a token without limits: the token's own bytes, and its names,
/// each of which has bytes and two counters.
const NAME_FACTOR: usize = 4;

/// Returns the bytes that a chain takes on the heap when it shares nothing, estimated from above.
fn chain_bytes(chain: &Chain) -> usize {
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
            // A vector that grows may have room for twice its elements.
            .saturating_mul(2);
        LINK_BYTES
            .saturating_add(token.saturating_mul(factor))
            .saturating_add(places)
            .saturating_add(link.powers.heap_bytes())
    });
    links.fold(CHAIN_BYTES, usize::saturating_add)
}
