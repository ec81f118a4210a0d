use crate::chain::{ChainError, Delegation, VerifiedChain, carried_limits, each_once};
use crate::claims::{Child, Holder};
use crate::limits::{Barrier, Limit, LimitError, LimitRule, Reporters};
use crate::powers::{Capability, CoverageError, MeetError, Powers};
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{NameError, TaskPath, Timestamp, TokenId, Work};
use crate::sign::Unsigned;
use thiserror::Error;

/// Reason why branches do not merge.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is no branch.
    #[error("no branch to merge")]
    NoBranch,
    /// A branch does not come from the ancestor.
    #[error("branch {branch} is not below the ancestor")]
    NotBelow {
        /// Index of the branch, from 0.
        branch: usize,
    },
    /// A branch was verified under another configuration than the ancestor.
    #[error("branch {branch} was verified under another configuration than the ancestor")]
    OtherConfiguration {
        /// Index of the branch, from 0.
        branch: usize,
    },
    /// The requested powers are more than a branch has, or may delegate.
    #[error("more than branch {branch} has: {not_covered}")]
    BeyondBranch {
        /// Index of the branch, from 0.
        branch: usize,
        /// The difference, with a call that shows it.
        not_covered: CoverageError,
    },
    /// The common powers of the branches can't be written down.
    #[error(transparent)]
    Meet(#[from] MeetError),
    /// The limits of the branches, or the barrier over them, are out of bounds.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The ancestor can't mint the mandate.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The name of an account that was named below the ancestor would become too long.
    #[error("an account of a branch: {0}")]
    Account(#[from] NameError),
}

/// The terms of a merge point: the holder that continues when the branches are done, and the
/// expiry.
///
/// Its powers are those that all branches have, or less with [`with_powers`](Self::with_powers). It
/// waits for all branches, or for a quorum with [`with_quorum`](Self::with_quorum).
///
/// ```
/// use mandatum::graph::{Merge, MergeError, merge};
/// use mandatum::{Seconds, SigningKey};
/// # mod setup {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/graph.rs"));
/// # }
/// # let setup::World { plan, branches: [numbers, letters], lead, now, .. } = setup::world()?;
/// // Two verified chains below `plan`. One may read the files, one the mail, and both the CRM.
/// let editor = SigningKey::from_seed(&[4; 32]).public();
/// let terms = Merge::new([4; 16], editor, now.plus(Seconds::minutes(30)));
/// let child = merge(&plan, &[numbers, letters], terms.clone(), now)?.sign(&lead)?;
/// let merged = plan.chain().extend(child)?;
/// assert_eq!(merged.leaf().powers.to_string(), "crm.read() up to read, delegable");
/// assert!(matches!(merge(&plan, &[], terms, now), Err(MergeError::NoBranch)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// Makes the terms of a merge point that `holder` holds until `expires`. `id` is unique, from
    /// the host.
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

    /// Sets the powers, instead of all that the branches have in common. A power that a branch may
    /// not delegate can be in them, but not delegably.
    #[must_use]
    pub fn with_powers(self, powers: Powers) -> Self {
        Self {
            powers: Some(powers),
            ..self
        }
    }

    /// Adds limits to those of the branches, such as a window or waves.
    #[must_use]
    pub fn with_limits(self, limits: impl IntoIterator<Item = Limit>) -> Self {
        Self {
            limits: limits.into_iter().collect(),
            ..self
        }
    }

    /// Sets the number of branches that must be done.
    #[must_use]
    pub const fn with_quorum(mut self, quorum: usize) -> Self {
        self.quorum = Some(quorum);
        self
    }

    /// Sets the time until which it waits for all branches. From then on the quorum suffices.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets the task, by its steps below the task of the ancestor.
    #[must_use]
    pub fn with_step(self, step: TaskPath) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// Sets the number of further delegations.
    #[must_use]
    pub const fn with_hops(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }
}

/// Mints the mandate for a merge point below `ancestor`, which all branches come from; to be signed
/// by the holder of its leaf.
///
/// Its powers are the meet of the branches' powers. It has every limit that a link of a branch
/// added, but for windows, waves and barriers, which are the minter's to say, and for limits on
/// tools that it has no power for; and a barrier over the branches, each reported by its leaf's
/// holder and by the issuers between that and the ancestor. A budget, rate or group that the
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
    ancestor: &VerifiedChain,
    branches: &[VerifiedChain],
    terms: Merge,
    now: Timestamp,
) -> Result<Unsigned<Child>, MergeError> {
    if branches.is_empty() {
        return Err(MergeError::NoBranch);
    }
    for (index, branch) in branches.iter().enumerate() {
        if branch.configuration() != ancestor.configuration() {
            return Err(MergeError::OtherConfiguration { branch: index });
        }
        if !ancestor.chain().is_above(branch.chain()) {
            return Err(MergeError::NotBelow { branch: index });
        }
    }
    // Before the powers, because it bounds how many branches there are.
    let barrier = barrier_over(
        branches,
        ancestor.chain().len(),
        terms.quorum,
        terms.deadline,
    )?;
    let powers = match terms.powers {
        Some(asked) => covered_by_all(branches, asked)?,
        None => common_powers(branches)?,
    };
    let first = ancestor.chain().len();
    let carried = branches
        .iter()
        .flat_map(|branch| carried_limits(branch, first, &powers, goes_along));
    let own = terms.limits.into_iter().chain([Limit::barrier(barrier)]);
    let limits = each_once::<MergeError>(carried.chain(own.map(Ok)))?;
    let delegation =
        Delegation::new(terms.id, terms.holder, powers, terms.expires).with_hops(terms.hops);
    let delegation = delegation.with_limits(limits);
    let delegation = terms
        .step
        .into_iter()
        .fold(delegation, Delegation::with_step);
    Ok(ancestor.chain().delegate(delegation, now)?)
}

/// Returns whether a merge point keeps a limit of its branches.
///
/// Windows, waves and barriers state when a branch works. The minter of a merge point states when
/// that works, so they are not kept.
fn goes_along(rule: &LimitRule) -> bool {
    match rule {
        LimitRule::Window(_) | LimitRule::Waves(_) | LimitRule::Barrier(_) => false,
        LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Budget(_)
        | LimitRule::RateLimit(_)
        | LimitRule::SeparationOfDuty(_)
        | LimitRule::ApprovalGate(_)
        | LimitRule::Delegates(_) => true,
    }
}

fn powers_of(branch: &VerifiedChain) -> &Powers {
    &branch.chain().leaf().powers
}

/// Checks that every branch covers the requested powers. A power that a branch may not delegate is
/// not delegable in them.
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

/// Returns the powers that all branches have.
fn common_powers(branches: &[VerifiedChain]) -> Result<Powers, MergeError> {
    let (first, others) = branches.split_first().ok_or(MergeError::NoBranch)?;
    let common = |common: Powers, branch| common.meet(powers_of(branch));
    Ok(others.iter().try_fold(powers_of(first).clone(), common)?)
}

/// Makes the barrier over the tasks of all branches.
///
/// The holder of each task reports it, and so do the issuers between the task and the ancestor: any
/// of them may have to revoke the holder's key.
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
