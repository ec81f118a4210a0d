//! A chain on its way in.

use super::cache::ChainCache;
use super::chain::{Chain, take_apart};
use super::verified_chain::VerifiedChain;
use crate::claims::{Child, Link, Root};
use crate::codec::{CodecError, Envelope, Reader};
use crate::primitives::{Digest, MandateId};
use crate::sign::{Token, mandate_id};
use std::sync::Arc;

/// A chain that is taken apart into tokens, and decoded no further than it must be: first its ends,
/// by which most calls that are refused can be told; then what is between them, and of that nothing
/// which a cache knows, byte for byte.
#[derive(Debug)]
pub(crate) struct ReceivedChain<'a> {
    root: Envelope<'a>,
    children: Vec<Envelope<'a>>,
}

/// The root and the last link of a chain, and the longest chain known that it begins with, as far
/// as that was asked.
#[derive(Debug)]
pub(crate) struct ChainEndpoints {
    pub(crate) root: Arc<Token<Root>>,
    /// Absent where the root is the last link.
    leaf: Option<Arc<Token<Child>>>,
    known: Option<VerifiedChain>,
}

/// The chains that a verifier has verified under this configuration.
#[derive(Clone, Copy)]
pub(crate) struct CacheView<'a> {
    pub(crate) cache: &'a ChainCache,
    pub(crate) configuration: Digest,
}

impl ChainEndpoints {
    /// What the last link says.
    pub(crate) fn leaf(&self) -> &Link {
        self.leaf
            .as_ref()
            .map_or(&self.root.claims().link, |leaf| &leaf.claims().link)
    }

    /// The longest chain known that it begins with, as far as that was asked.
    pub(crate) const fn known(&self) -> Option<&VerifiedChain> {
        self.known.as_ref()
    }

    /// The chain itself, where all of its `links` are known.
    pub(crate) fn known_whole(&self, links: usize) -> Option<&VerifiedChain> {
        self.known
            .as_ref()
            .filter(|known| known.chain().len() == links)
    }

    /// The id of the last link.
    pub(crate) fn leaf_id(&self) -> MandateId {
        self.leaf
            .as_ref()
            .map_or(self.root.digest(), |leaf| leaf.digest())
    }
}

impl<'a> ReceivedChain<'a> {
    /// Takes a chain apart: a CBOR array of tokens, a root and then children.
    pub(crate) fn read(r: &mut Reader<'a>) -> Result<Self, CodecError> {
        let (root, children) = take_apart(r)?;
        Ok(Self { root, children })
    }

    /// The number of links, at least 1.
    pub(crate) fn len(&self) -> usize {
        self.children.len().saturating_add(1)
    }

    /// The ends, decoded where they are not known. An error of the root comes before one of the
    /// leaf.
    pub(crate) fn ends(&self, seen: Option<CacheView<'_>>) -> Result<ChainEndpoints, CodecError> {
        let last = self.children.last();
        // Without a cache, nobody asks for it yet.
        let id = seen.map(|_| mandate_id(last.unwrap_or(&self.root).bytes));
        if let Some(known) = self.known(seen, id, self.len()) {
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
        let parent = leaf.as_ref().ok().map(|leaf| leaf.claims().parent);
        let known = self.known(seen, parent, self.children.len());
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

    /// The whole chain, and the longest that is known of it. From its leaf upwards, because each
    /// link names the one above it.
    pub(crate) fn chain(
        &self,
        ends: ChainEndpoints,
        seen: Option<CacheView<'_>>,
    ) -> Result<(Chain, Option<VerifiedChain>), CodecError> {
        let ChainEndpoints {
            root,
            leaf,
            mut known,
        } = ends;
        let mut inner = self
            .children
            .split_last()
            .map_or_else(Default::default, |(_, inner)| inner);
        let mut below: Vec<_> = leaf.into_iter().collect();
        while let (None, Some((envelope, above))) = (&known, inner.split_last()) {
            let child = Token::<Child>::from_envelope(envelope)
                .map_err(|error| first_error(inner).unwrap_or(error))?;
            known = self.known(
                seen,
                Some(child.claims().parent),
                above.len().saturating_add(1),
            );
            below.push(Arc::new(child));
            inner = above;
        }
        let above = known
            .as_ref()
            .map_or_else(Default::default, |known| known.chain().shared().1);
        // All of it is known, the leaf too.
        below.truncate(self.children.len().saturating_sub(above.len()));
        let children = above
            .iter()
            .cloned()
            .chain(below.into_iter().rev())
            .collect();
        Ok((Chain::from_parts(root, children), known))
    }

    /// The chain that is known by this id, if it is these links, byte for byte.
    fn known(
        &self,
        seen: Option<CacheView<'_>>,
        id: Option<MandateId>,
        links: usize,
    ) -> Option<VerifiedChain> {
        let CacheView {
            cache,
            configuration,
        } = seen?;
        cache.get(&id?, configuration, |known| {
            let chain = known.chain();
            let mut children = chain.children().zip(&self.children);
            chain.len() == links
                && chain.root().as_bytes() == self.root.bytes
                && children.all(|(known, came)| known.as_bytes() == came.bytes)
        })
    }
}

/// The first error in these tokens.
fn first_error(tokens: &[Envelope<'_>]) -> Option<CodecError> {
    tokens
        .iter()
        .find_map(|token| Token::<Child>::from_envelope(token).err())
}
