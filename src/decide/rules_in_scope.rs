use crate::chain::{Chain, VerifiedChain};
use crate::limits::{Limit, LimitRule};
use crate::powers::ToolName;
use crate::primitives::bounds::{MAX_CHAIN_LINKS, MAX_LIMITS};

/// The limits in whose scope a call is: a bit for each, by its link and its place there.
///
/// Asked once a decision, because the scopes of a chain may name 16 × 32 × 32 patterns; every later
/// check looks a bit up.
#[derive(Clone, Copy)]
pub(crate) struct InScope([u32; MAX_CHAIN_LINKS]);

const _: () = assert!(MAX_LIMITS == 32, "a link's limits have a bit each");

impl InScope {
    /// Matches the tool with the scope of every limit of a chain.
    pub(crate) fn new(chain: &Chain, tool: &ToolName) -> Self {
        let mut links = [0; MAX_CHAIN_LINKS];
        for (bits, link) in links.iter_mut().zip(chain.links()) {
            for (place, limit) in (0..).zip(link.limits.iter()) {
                *bits |= u32::from(limit.scope().includes(tool)) << place;
            }
        }
        Self(links)
    }

    /// Whether the call is in the scope of the limit at this place of a link.
    fn includes(&self, link: usize, place: usize) -> bool {
        self.0.get(link).is_some_and(|bits| bits >> place & 1 == 1)
    }

    /// Every limit of a chain, with its link and whether the call is in its scope, root first.
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

    /// Yields what the limits in whose scope the call is demand, each with its link.
    pub(crate) fn rules<'c>(
        &'c self,
        chain: &'c VerifiedChain,
    ) -> impl Iterator<Item = (usize, &'c LimitRule)> {
        self.limits(chain)
            .filter(|(.., in_scope)| *in_scope)
            .map(|(link, limit, _)| (link, limit.rule()))
    }
}
