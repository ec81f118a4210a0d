//! A chain as it is received, decoded step by step.

use super::cache::ChainCache;
use super::chain::{Chain, take_apart};
use super::verified_chain::VerifiedChain;
use crate::claims::{Child, Link, Root};
use crate::codec::{CodecError, Envelope, Reader};
use crate::primitives::{Digest, MandateId};
use crate::sign::{Token, mandate_id};
use std::sync::Arc;

/// A chain that is split into tokens and decoded no further than needed.
///
/// Its root and leaf are decoded first, because most refusals need no more. The links between them
/// follow, except those that a cache holds byte for byte.
#[derive(Debug)]
pub(crate) struct ReceivedChain<'a> {
    root: Envelope<'a>,
    children: Vec<Envelope<'a>>,
}

/// The root and the last link of a chain, and the longest known chain that it begins with, as far
/// as the cache was asked.
#[derive(Debug)]
pub(crate) struct ChainEndpoints {
    pub(crate) root: Arc<Token<Root>>,
    /// The last link. It is absent where that is the root.
    leaf: Option<Arc<Token<Child>>>,
    known: Option<VerifiedChain>,
}

/// A cache, seen by a verifier with this configuration.
#[derive(Clone, Copy)]
pub(crate) struct CacheView<'a> {
    pub(crate) cache: &'a ChainCache,
    pub(crate) configuration: Digest,
}

impl ChainEndpoints {
    /// Returns the claims of the last link.
    pub(crate) fn leaf(&self) -> &Link {
        self.leaf
            .as_ref()
            .map_or(&self.root.claims().link, |leaf| &leaf.claims().link)
    }

    /// Returns the longest known chain that it begins with, as far as the cache was asked.
    pub(crate) const fn known(&self) -> Option<&VerifiedChain> {
        self.known.as_ref()
    }

    /// Returns the known chain that has all of its `links`.
    pub(crate) fn known_whole(&self, links: usize) -> Option<&VerifiedChain> {
        self.known
            .as_ref()
            .filter(|known| known.chain().len() == links)
    }

    /// Returns the id of the last link.
    pub(crate) fn leaf_id(&self) -> MandateId {
        self.leaf
            .as_ref()
            .map_or(self.root.digest(), |leaf| leaf.digest())
    }
}

impl<'a> ReceivedChain<'a> {
    /// Splits a chain into tokens: a CBOR array of a root and then children.
    pub(crate) fn read(r: &mut Reader<'a>) -> Result<Self, CodecError> {
        let (root, children) = take_apart(r)?;
        Ok(Self { root, children })
    }

    /// Returns the number of links, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.children.len().saturating_add(1)
    }

    /// Returns the root and the leaf, decoded where they are not known. An error of the root is
    /// reported before one of the leaf.
    pub(crate) fn ends(&self, cache: Option<CacheView<'_>>) -> Result<ChainEndpoints, CodecError> {
        let last = self.children.last();
        // The id takes a hash, which nothing needs yet without a cache.
        let id = cache.map(|_| mandate_id(last.unwrap_or(&self.root).bytes));
        if let Some(known) = self.known(cache, id, self.len()) {
            let (root, children) = known.chain().shared();
            return Ok(ChainEndpoints {
                root: Arc::clone(root),
                leaf: children.last().cloned(),
                known: Some(known),
            });
        }
        let Some(last) = last else {
            return Ok(ChainEndpoints {
                root: Arc::new(Token::digested(&self.root, id)?),
                leaf: None,
                known: None,
            });
        };
        let leaf = Token::<Child>::digested(last, id);
        // The error of a leaf waits until the root is decoded.
        let parent = leaf.as_ref().ok().map(|leaf| leaf.claims().parent);
        let known = self.known(cache, parent, self.children.len());
        let root = match &known {
            Some(known) => Arc::clone(known.chain().shared().0),
            None => Arc::new(Token::from_envelope(&self.root)?),
        };
        Ok(ChainEndpoints {
            root,
            leaf: Some(Arc::new(leaf?)),
            known,
        })
    }

    /// Decodes the whole chain, and returns it with the longest known chain that it begins with. It
    /// starts from the leaf, because each link names the one above it.
    pub(crate) fn chain(
        &self,
        endpoints: ChainEndpoints,
        cache: Option<CacheView<'_>>,
    ) -> Result<(Chain, Option<VerifiedChain>), CodecError> {
        let ChainEndpoints {
            root,
            leaf,
            mut known,
        } = endpoints;
        // The links between root and leaf that are not yet decoded.
        let mut inner = self
            .children
            .split_last()
            .map_or_else(Default::default, |(_, inner)| inner);
        let mut below: Vec<_> = leaf.into_iter().collect();
        while let (None, Some((envelope, above))) = (&known, inner.split_last()) {
            let child = Token::<Child>::from_envelope(envelope)
                // The first error from the top is reported, as a reader without a cache does.
                .map_err(|error| first_error(inner).unwrap_or(error))?;
            known = self.known(
                cache,
                Some(child.claims().parent),
                above.len().saturating_add(1),
            );
            below.push(Arc::new(child));
            inner = above;
        }
        let above = known
            .as_ref()
            .map_or_else(Default::default, |known| known.chain().shared().1);
        // `known` may include the leaf, which is in `below` too.
        below.truncate(self.children.len().saturating_sub(above.len()));
        let children = above
            .iter()
            .cloned()
            .chain(below.into_iter().rev())
            .collect();
        Ok((Chain::from_parts(root, children), known))
    }

    /// Returns the known chain of this id, if it has these links byte for byte.
    fn known(
        &self,
        cache: Option<CacheView<'_>>,
        id: Option<MandateId>,
        links: usize,
    ) -> Option<VerifiedChain> {
        let CacheView {
            cache,
            configuration,
        } = cache?;
        cache.get(&id?, configuration, |known| {
            let chain = known.chain();
            let mut children = chain.children().zip(&self.children);
            chain.len() == links
                && chain.root().as_bytes() == self.root.bytes
                && children.all(|(known, came)| known.as_bytes() == came.bytes)
        })
    }
}

/// Returns the error of the first of these tokens that does not decode.
fn first_error(tokens: &[Envelope<'_>]) -> Option<CodecError> {
    tokens
        .iter()
        .find_map(|token| Token::<Child>::from_envelope(token).err())
}
