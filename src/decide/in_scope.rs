use crate::chain::VerifiedChain;
use crate::limits::LimitRule;
use crate::powers::Action;

/// What the limits in whose scope a call is demand, each with its link.
pub(super) fn in_scope<'c>(
    chain: &'c VerifiedChain,
    action: &'c Action,
) -> impl Iterator<Item = (usize, &'c LimitRule)> {
    let links = chain.chain().links().enumerate();
    let limits = links.flat_map(|(link, claims)| claims.limits.iter().map(move |limit| (link, limit)));
    limits.filter(|(_, limit)| limit.scope().includes(&action.tool)).map(|(link, limit)| (link, limit.rule()))
}
