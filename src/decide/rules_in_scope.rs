use crate::chain::{Chain, VerifiedChain};
use crate::limits::{Limit, LimitRule};
use crate::powers::ToolName;
use crate::primitives::bounds::{MAX_CHAIN_LINKS, MAX_LIMITS};

/// The limits in whose scope a call is: one bit for each, by its link and its place in the link.
///
/// The scopes are matched once for a decision, because those of a chain may name 16 × 32 × 32
/// patterns. Every later check reads a bit.
#[derive(Clone, Copy)]
pub(super) struct InScope([u32; MAX_CHAIN_LINKS]);

const _: () = assert!(MAX_LIMITS == 32, "a link's limits have a bit each");

impl InScope {
    /// Matches the tool with the scope of every limit of a chain.
    pub(crate) fn new(chain: &Chain, tool: &ToolName) -> Self {
        let mut links = [0; MAX_CHAIN_LINKS];
        // A chain has at most as many links as there are entries (rule 1).
        for (bits, link) in links.iter_mut().zip(chain.links()) {
            for (place, limit) in (0..).zip(link.limits.iter()) {
                *bits |= u32::from(limit.scope().includes(tool)) << place;
            }
        }
        Self(links)
    }

    /// Returns whether the call is in the scope of the limit at this place of a link.
    fn includes(&self, link: usize, place: usize) -> bool {
        self.0.get(link).is_some_and(|bits| bits >> place & 1 == 1)
    }

    /// Yields every limit of a chain, root first, with its link and whether the call is in its
    /// scope.
    pub(crate) fn limits<'c>(
        &'c self,
        chain: &'c VerifiedChain,
    ) -> impl Iterator<Item = (usize, &'c Limit, bool)> {
        chain
            .chain()
            .links()
            .enumerate()
            .flat_map(move |(link, claims)| {
                let limits = claims.limits.iter().enumerate();
                limits.map(move |(place, limit)| (link, limit, self.includes(link, place)))
            })
    }

    /// Yields the rules of the limits in whose scope the call is, each with its link.
    pub(crate) fn rules<'c>(
        &'c self,
        chain: &'c VerifiedChain,
    ) -> impl Iterator<Item = (usize, &'c LimitRule)> {
        self.limits(chain)
            .filter(|(.., in_scope)| *in_scope)
            .map(|(link, limit, _)| (link, limit.rule()))
    }
}
