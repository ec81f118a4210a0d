use crate::chain::{ChainError, Delegation, VerifiedChain, each_once};
use crate::claims::{Child, Holder};
use crate::limits::{Barrier, Limit, LimitError, LimitRule, Reporters};
use crate::powers::{Capability, CoverageError, MeetError, Powers};
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{NameError, TaskPath, Timestamp, TokenId, Work};
use crate::sign::Unsigned;
use thiserror::Error;

/// Why branches don't merge.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no branch to merge")]
    NoBranch,
    /// A branch does not come from the ancestor.
    #[error("branch {branch} is not below the ancestor")]
    NotBelow {
        /// Which, from 0.
        branch: usize,
    },
    /// A branch was verified under another configuration than the ancestor.
    #[error("branch {branch} was verified under another configuration than the ancestor")]
    OtherConfiguration {
        /// Which, from 0.
        branch: usize,
    },
    /// More is asked for than a branch has, or may pass on.
    #[error("more than branch {branch} has: {not_covered}")]
    BeyondBranch {
        /// Which, from 0.
        branch: usize,
        /// In which way, with a call that shows it.
        not_covered: CoverageError,
    },
    /// What the branches have in common can't be written down.
    #[error(transparent)]
    Meet(#[from] MeetError),
    /// The branches' limits, or the barrier over them, are out of bounds.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The ancestor can't mint it.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// An account that was named below has too long a name.
    #[error("an account of a branch: {0}")]
    Account(#[from] NameError),
}

/// The terms of a merge point: who goes on when the branches are done, until when. Its powers are
/// what all branches have in common, or less ([`with_powers`](Self::with_powers)); it waits for all of them,
/// or for a [`with_quorum`](Self::with_quorum).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    id: TokenId,
    holder: Holder,
    expires: Timestamp,
    powers: Option<Powers>,
    limits: Vec<Limit>,
    quorum: Option<usize>,
    deadline: Option<Timestamp>,
    step: Option<TaskPath>,
    hops: u8,
}

impl Merge {
    /// To whom, until when. `id` is unique, from the host.
    #[must_use]
    pub fn new(id: impl Into<TokenId>, holder: impl Into<Holder>, expires: Timestamp) -> Self {
        Self {
            id: id.into(),
            holder: holder.into(),
            expires,
            powers: None,
            limits: Vec::new(),
            quorum: None,
            deadline: None,
            step: None,
            hops: 0,
        }
    }

    /// With these powers instead of all that the branches have in common. What a branch may not
    /// pass on can be in them, but not to be passed on further.
    #[must_use]
    pub fn with_powers(self, powers: Powers) -> Self {
        Self {
            powers: Some(powers),
            ..self
        }
    }

    /// With these limits besides: its window, its waves.
    #[must_use]
    pub fn with_limits(self, limits: impl IntoIterator<Item = Limit>) -> Self {
        Self {
            limits: limits.into_iter().collect(),
            ..self
        }
    }

    /// Content with so many branches done.
    #[must_use]
    pub const fn with_quorum(mut self, quorum: usize) -> Self {
        self.quorum = Some(quorum);
        self
    }

    /// Waiting for stragglers until then, and only then content with the quorum.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// For a task these steps below the ancestor's.
    #[must_use]
    pub fn with_step(self, step: TaskPath) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// With so many further delegations.
    #[must_use]
    pub const fn with_hops(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }
}

impl VerifiedChain {
    /// Mints the mandate for a merge point below this chain, which all branches come from; to be
    /// signed by this leaf's holder.
    ///
    /// Its powers are the meet of the branches' powers. It has every limit that a link of a branch
    /// added, but for windows, waves and barriers, which are the minter's to say, and for limits on
    /// tools that it has no power for; and a barrier over the branches, each reported by its leaf's
    /// holder and by the issuers between that and this chain. A budget, rate or group that the
    /// ancestor's holder gave a branch goes on under the same account; one that was added further
    /// below had another issuer, and counts anew, under an account that is named after both:
    /// `travel of` that issuer's key. So nobody below names an account of the ancestor's holder to
    /// spend from.
    ///
    /// This bounds what its caller asks for; a hostile holder is bounded by its own chain all the
    /// same.
    ///
    /// # Errors
    /// [`MergeError`]; for more than a branch has with a call that shows it.
    pub fn merge(
        &self,
        branches: &[Self],
        terms: Merge,
        now: Timestamp,
    ) -> Result<Unsigned<Child>, MergeError> {
        if branches.is_empty() {
            return Err(MergeError::NoBranch);
        }
        for (index, branch) in branches.iter().enumerate() {
            if branch.configuration() != self.configuration() {
                return Err(MergeError::OtherConfiguration { branch: index });
            }
            if !self.chain().is_above(branch.chain()) {
                return Err(MergeError::NotBelow { branch: index });
            }
        }
        // Before the powers, because it bounds how many branches there are.
        let barrier = barrier_over(branches, self.chain().len(), terms.quorum, terms.deadline)?;
        let powers = match terms.powers {
            Some(asked) => covered_by_all(branches, asked)?,
            None => common_powers(branches)?,
        };
        let first = self.chain().len();
        let carried = branches
            .iter()
            .flat_map(|branch| branch.limits_from(first, &powers, goes_along));
        let own = terms.limits.into_iter().chain([Limit::barrier(barrier)]);
        let limits = each_once::<MergeError>(carried.chain(own.map(Ok)))?;
        let delegation =
            Delegation::new(terms.id, terms.holder, powers, terms.expires).with_hops(terms.hops);
        let delegation = delegation.with_limits(limits);
        let delegation = terms
            .step
            .into_iter()
            .fold(delegation, Delegation::with_step);
        Ok(self.chain().delegate(delegation, now)?)
    }
}

/// Windows, waves and barriers say when a branch works; when a merge point does is for its minter
/// to say.
fn goes_along(rule: &LimitRule) -> bool {
    match rule {
        LimitRule::Window(_) | LimitRule::Waves(_) | LimitRule::Barrier(_) => false,
        LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Budget(_)
        | LimitRule::Rate(_)
        | LimitRule::Exclusive(_)
        | LimitRule::Gate(_)
        | LimitRule::Delegates(_) => true,
    }
}

fn powers_of(branch: &VerifiedChain) -> &Powers {
    &branch.chain().leaf().powers
}

/// What a branch may not pass on, a merge point of it may not either.
fn covered_by_all(branches: &[VerifiedChain], asked: Powers) -> Result<Powers, MergeError> {
    for (index, branch) in branches.iter().enumerate() {
        let beyond = |not_covered| MergeError::BeyondBranch {
            branch: index,
            not_covered,
        };
        powers_of(branch)
            .covers_within(&asked, Capability::passes_on, &mut Work::new(VERIFY_STEPS))
            .map_err(beyond)?;
    }
    Ok(asked)
}

fn common_powers(branches: &[VerifiedChain]) -> Result<Powers, MergeError> {
    let (first, others) = branches.split_first().ok_or(MergeError::NoBranch)?;
    let common = |common: Powers, branch| common.meet(powers_of(branch));
    Ok(others.iter().try_fold(powers_of(first).clone(), common)?)
}

/// After the tasks of all branches, each by the word of its holder and of the issuers below the
/// ancestor: any of them may have to revoke the key of the holder.
fn barrier_over(
    branches: &[VerifiedChain],
    ancestor: usize,
    quorum: Option<usize>,
    deadline: Option<Timestamp>,
) -> Result<Barrier, LimitError> {
    let task = |branch: &VerifiedChain| {
        let below = branch
            .chain()
            .links()
            .skip(ancestor)
            .map(|link| link.holder.key);
        Ok((branch.chain().leaf_id(), Reporters::new(below)?))
    };
    let barrier = Barrier::new(
        branches
            .iter()
            .map(task)
            .collect::<Result<Vec<_>, LimitError>>()?,
    )?;
    let barrier = match quorum {
        Some(quorum) => barrier.with_quorum(quorum)?,
        None => barrier,
    };
    Ok(deadline.into_iter().fold(barrier, Barrier::with_deadline))
}
