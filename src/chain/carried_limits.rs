//! Limits that go along when a mandate is minted for someone else: merge points and answers to
//! requests.

use super::chain::Chain;
use super::verified_chain::VerifiedChain;
use crate::limits::{Limit, LimitError, LimitRule, Limits};
use crate::powers::Powers;
use crate::primitives::bounds::{MAX_LIMITS, VERIFY_STEPS};
use crate::primitives::{Label, NameError, PublicKey, Work};

impl Chain {
    /// Whether `other` goes on from this chain's leaf.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        other.len() > self.len() && other.ids().take(self.len()).eq(self.ids())
    }
}

impl VerifiedChain {
    /// Yields the limits that the links from `first` on added and that `go_along`, as a mandate
    /// with these powers has them that is minted by whoever issued link `first`.
    ///
    /// An account is its issuer's, so an account that another key named gets another name, which
    /// has that key in it: below the new issuer the name alone would be an account of that issuer's
    /// own, to be drained by whoever chose the name. A limit whose scope meets neither these powers
    /// nor those of the new parent is left out: it could never apply below that parent (rule 20).
    pub(crate) fn limits_from(
        &self,
        first: usize,
        powers: &Powers,
        go_along: fn(&LimitRule) -> bool,
    ) -> impl Iterator<Item = Result<Limit, NameError>> {
        // The issuer of the root is no holder.
        let issuers =
            std::iter::once(None).chain(self.chain().links().map(|link| Some(link.holder.key)));
        let links: Vec<_> = issuers.zip(self.chain().links()).skip(first).collect();
        let minter = links.first().and_then(|(issuer, _)| *issuer);
        let parent = first
            .checked_sub(1)
            .and_then(|parent| self.chain().links().nth(parent));
        let mut work = Work::new(VERIFY_STEPS);
        let limits = links
            .into_iter()
            .flat_map(|(issuer, link)| link.limits.iter().map(move |limit| (issuer, limit)));
        let carried = limits.filter(|(_, limit)| {
            // What can't be told goes along; rule 20 then decides.
            let mut meets =
                |powers: &Powers| limit.scope().meets(powers, &mut work).unwrap_or(true);
            go_along(limit.rule())
                && (meets(powers) || parent.is_some_and(|parent| meets(&parent.powers)))
        });
        let carried: Vec<_> = carried.collect();
        carried
            .into_iter()
            .map(move |(issuer, limit)| match issuer {
                Some(issuer) if minter != Some(issuer) => {
                    limit.under(|account| named_after(account, issuer))
                }
                _ => Ok(limit.clone()),
            })
    }
}

/// Names an account after the key that named it.
fn named_after(account: &Label, issuer: PublicKey) -> Result<Label, NameError> {
    Label::new(&format!("{account} of {issuer}"))
}

/// Collects limits, each once.
pub(crate) fn each_once<E: From<LimitError> + From<NameError>>(
    limits: impl IntoIterator<Item = Result<Limit, NameError>>,
) -> Result<Limits, E> {
    let mut once: Vec<Limit> = Vec::new();
    for limit in limits {
        let limit = limit?;
        if !once.contains(&limit) {
            once.push(limit);
        }
        // Asked here, before the search for repeated limits grows with the square of what hostile
        // chains carry.
        if once.len() > MAX_LIMITS {
            return Err(LimitError::TooMany { found: once.len() }.into());
        }
    }
    Ok(Limits::new(once)?)
}
