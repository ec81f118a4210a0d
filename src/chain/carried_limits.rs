//! Limits that are carried over when a mandate is minted for someone else: at merge points and in
//! answers to requests.

use super::verified_chain::VerifiedChain;
use crate::limits::{Limit, LimitError, LimitRule, Limits};
use crate::powers::Powers;
use crate::primitives::bounds::{MAX_LIMITS, VERIFY_STEPS};
use crate::primitives::{Label, NameError, PublicKey, Work};

/// Yields the limits of the links from `first` on that `go_along`, for a mandate with these
/// powers that the issuer of link `first` mints.
///
/// An account belongs to its issuer. So an account that another key named is renamed, and that
/// key is part of the new name. Under the old name it would be the minting issuer's own
/// account, and whoever chose the name could drain it. A limit is left out when its scope meets
/// neither these powers nor those of the new parent, because it could never apply below that
/// parent (rule 20).
pub(crate) fn carried_limits(
    chain: &VerifiedChain,
    first: usize,
    powers: &Powers,
    go_along: fn(&LimitRule) -> bool,
) -> impl Iterator<Item = Result<Limit, NameError>> {
    // The root's issuer is not a holder, so it has no key here.
    let issuers =
        std::iter::once(None).chain(chain.chain().links().map(|link| Some(link.holder.key)));
    let links: Vec<_> = issuers.zip(chain.chain().links()).skip(first).collect();
    let minter = links.first().and_then(|(issuer, _)| *issuer);
    let parent = first
        .checked_sub(1)
        .and_then(|parent| chain.chain().links().nth(parent));
    let mut work = Work::new(VERIFY_STEPS);
    let limits = links
        .into_iter()
        .flat_map(|(issuer, link)| link.limits.iter().map(move |limit| (issuer, limit)));
    let carried = limits.filter(|(_, limit)| {
        // A scope that runs out of work is carried; rule 20 then decides.
        let mut meets = |powers: &Powers| limit.scope().meets(powers, &mut work).unwrap_or(true);
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

/// Returns the name of an account that another key named, with that key in it.
fn named_after(account: &Label, issuer: PublicKey) -> Result<Label, NameError> {
    Label::new(&format!("{account} of {issuer}"))
}

/// Collects limits without repeats.
pub(crate) fn each_once<E: From<LimitError> + From<NameError>>(
    limits: impl IntoIterator<Item = Result<Limit, NameError>>,
) -> Result<Limits, E> {
    let mut once: Vec<Limit> = Vec::new();
    for limit in limits {
        let limit = limit?;
        if !once.contains(&limit) {
            once.push(limit);
        }
        // Checked in the loop, because the search for repeats grows with the square of the number
        // of limits, which a hostile chain chooses.
        if once.len() > MAX_LIMITS {
            return Err(LimitError::TooMany { found: once.len() }.into());
        }
    }
    Ok(Limits::new(once)?)
}
