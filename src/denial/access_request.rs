use crate::chain::{Chain, Delegation, VerifiedChain, carried_limits, each_once};
use crate::claims::{AttestedGrant, Holder, Link, Root};
use crate::limits::{LimitError, LimitRule, Limits};
use crate::mission::{LivenessError, NotRunningError, Register, still_running};
use crate::powers::Powers;
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{Lifetime, MandateId, NameError, TaskPath, Timestamp, TokenId, Work};
use thiserror::Error;

/// A request for the powers that one call lacked. A parent may answer it with a child
/// ([`delegation`](Self::delegation)), a person with a new root ([`root`](Self::root)). No mandate
/// is ever widened: the answer is a further mandate with just the missing powers and its own end.
///
/// A request needs no trust. Both answers take the verified chain of the one who asks, and the
/// state of its missions and tasks: an execution that should no longer run gets no answer. The
/// answer carries every limit that this chain adds, so a request is no way around a gate or a
/// window. A limit that can't be carried unchanged prevents the answer. Whether the powers should
/// be given at all is the decision of the one who answers.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["us/acme"])?;
/// # let setup::Sample { verifier, here, chain, .. } = sample;
/// use mandatum::{DecisionContext, Register};
/// let context = DecisionContext::new(here, Register::none());
/// let request = verifier.request_for(&proof, &call.action, &context).expect("it lacks powers");
/// assert_eq!(request.mandate, chain.leaf_id());
/// assert!(request.powers.permits(&call.action).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In JSON:
///
/// ```text
/// {"mandate": digest, "holder": {"key": key, "name": name}, "task": task,
///  "powers": [capability, …]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRequest {
    /// Mandate that did not permit the call.
    pub mandate: MandateId,
    /// Its holder, who asks.
    pub holder: Holder,
    /// Task that the call is for.
    pub task: TaskPath,
    /// Powers that would permit just this call.
    pub powers: Powers,
}

/// The reason why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The request is about another mandate than the leaf of the chain.
    #[error("the request is about mandate {named}, the chain shown ends in {leaf}")]
    AnotherMandate {
        /// Mandate that the request names.
        named: MandateId,
        /// Last link of the chain.
        leaf: MandateId,
    },
    /// The request states another holder or task than its mandate.
    #[error("the request states another holder or task than its mandate has")]
    Misstated,
    /// The chain of the one who asks does not come from the parent.
    #[error("the chain of the one who asks is not below the parent")]
    NotBelow,
    /// The mission or task of the one who asks has ended or is suspended, or its state is unknown.
    #[error(transparent)]
    NotAlive(#[from] LivenessError),
    /// A mandate of the one who asks has expired.
    #[error("expired at {expires}, now is {now}")]
    Expired {
        /// Time of the expiry.
        expires: Timestamp,
        /// Time of the answer.
        now: Timestamp,
    },
    /// A key other than the one who answers has set a barrier or exclusive groups: in the answer,
    /// other keys could report the barrier's tasks, and the groups would begin anew.
    #[error(
        "link {link} has a barrier or exclusive groups, which only who set them can answer for"
    )]
    SetBelow {
        /// Link that has the limit.
        link: usize,
    },
    /// A limit applies to tools that a new root has no power for.
    #[error("limit {limit} of link {link} is for tools that the root would have no power for")]
    LimitLeftOut {
        /// Link that has the limit.
        link: usize,
        /// Limit, from 0.
        limit: usize,
    },
    /// The answer would carry more limits than a mandate may have.
    #[error("the limits that the answer carries: {0}")]
    Limit(#[from] LimitError),
    /// An account that another key named would get too long a name.
    #[error("an account that the answer carries: {0}")]
    Account(#[from] NameError),
}

impl AccessRequest {
    /// Creates the request of the leaf's holder for these powers.
    pub(crate) fn new(chain: &VerifiedChain, powers: Powers) -> Option<Self> {
        let (mandate, holder) = (chain.chain().leaf_id(), chain.chain().leaf().holder.clone());
        Some(Self {
            mandate,
            holder,
            task: chain.tasks().last()?.clone(),
            powers,
        })
    }

    /// Returns the terms of a child below `parent`, for the one who asks and for its task, without
    /// further delegations. [`Chain::delegate`] refuses them where the parent has no such powers to
    /// delegate.
    ///
    /// The child carries the limits of every link of `asker`'s chain below the parent:
    ///
    /// - A limit that the parent's holder set under an account continues under that account.
    /// - An account that a key further below named is another one: it begins anew, as
    ///   `account of KEY`.
    /// - A limit on tools that the answer does not have is carried all the same, because a later
    ///   answer may give these. Only a limit whose scope meets nothing of the parent's is left out.
    ///
    /// # Errors
    /// [`AnswerError`]:
    ///
    /// - for the chain of another than who asks, or one that is not below `parent`
    /// - for a mission or task that has ended or whose state is unknown, or a link that has expired
    /// - for a barrier or exclusive groups that another key set
    /// - for more than 32 limits
    pub fn delegation(
        &self,
        parent: &Chain,
        asker: &VerifiedChain,
        register: &Register,
        id: impl Into<TokenId>,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Delegation, AnswerError> {
        self.check_asker(asker, register, now)?;
        if !parent.is_above(asker.chain()) {
            return Err(AnswerError::NotBelow);
        }
        let terms = Delegation::new(id, self.holder.clone(), self.powers.clone(), expires);
        let terms = terms.with_carried(self.limits(asker, parent.len())?);
        let above = parent
            .len()
            .checked_sub(1)
            .and_then(|leaf| asker.tasks().get(leaf));
        Ok(match above.and_then(|above| self.task.below(above)) {
            Some(step) => terms.with_step(step),
            // The asker has the parent's own task.
            None => terms,
        })
    }

    /// Returns the new root that a person gives the one who asks, with nothing but the missing
    /// powers. `grant` is the person's consent to it.
    ///
    /// Principal, purpose, audience, life and signing key are those of the root of `asker`'s chain.
    /// If that key was rotated out, set [`signed_by`](Root::signed_by) to another of the
    /// issuer's.
    ///
    /// The root carries the limits of every link of `asker`'s chain. Those of its root keep their
    /// accounts, so the answer spends from what is left there. Accounts that a key below named
    /// begin anew, as `account of KEY`.
    ///
    /// # Errors
    /// [`AnswerError`], as for [`delegation`](Self::delegation), and for a limit on tools that the
    /// new root has no power for, because a root has nobody above it who would keep it.
    pub fn root(
        &self,
        asker: &VerifiedChain,
        register: &Register,
        id: impl Into<TokenId>,
        lifetime: Lifetime,
        grant: AttestedGrant,
    ) -> Result<Root, AnswerError> {
        self.check_asker(asker, register, lifetime.issued_at())?;
        self.check_nothing_left_out(asker)?;
        let link = Link::new(id, self.holder.clone(), self.powers.clone(), lifetime);
        let like = asker.chain().root().claims().clone();
        let link = link.with_limits(self.limits(asker, 0)?);
        Ok(Root {
            link,
            grant: Some(grant),
            task: self.task.clone(),
            ..like
        })
    }

    /// Checks that the chain is the one that did not suffice, that the request states its holder
    /// and task, and that it may still run.
    fn check_asker(
        &self,
        asker: &VerifiedChain,
        register: &Register,
        now: Timestamp,
    ) -> Result<(), AnswerError> {
        let leaf = asker.chain().leaf_id();
        if self.mandate != leaf {
            return Err(AnswerError::AnotherMandate {
                named: self.mandate,
                leaf,
            });
        }
        let stated =
            self.holder == asker.chain().leaf().holder && asker.tasks().last() == Some(&self.task);
        if !stated {
            return Err(AnswerError::Misstated);
        }
        still_running(asker, register, now).map_err(|not_running| match not_running {
            NotRunningError::NotAlive(not_alive) => not_alive.into(),
            NotRunningError::Expired { expires } => AnswerError::Expired { expires, now },
        })
    }

    /// Checks that a new root has a power in the scope of every limit.
    fn check_nothing_left_out(&self, asker: &VerifiedChain) -> Result<(), AnswerError> {
        let mut work = Work::new(VERIFY_STEPS);
        for (link, claims) in asker.chain().links().enumerate() {
            for (limit, carried) in claims.limits.iter().enumerate() {
                // A limit whose scope takes too much work is carried; rule 20 then decides.
                if !carried
                    .scope()
                    .meets(&self.powers, &mut work)
                    .unwrap_or(true)
                {
                    return Err(AnswerError::LimitLeftOut { link, limit });
                }
            }
        }
        Ok(())
    }

    /// Returns the limits that an answer by the issuer of link `first` carries.
    fn limits(&self, asker: &VerifiedChain, first: usize) -> Result<Limits, AnswerError> {
        // The one who answers issued link `first`, so its own limits keep their meaning.
        for (link, claims) in asker
            .chain()
            .links()
            .enumerate()
            .skip(first.saturating_add(1))
        {
            if claims
                .limits
                .iter()
                .any(|limit| is_its_issuers(limit.rule()))
            {
                return Err(AnswerError::SetBelow { link });
            }
        }
        each_once(carried_limits(asker, first, &self.powers, |_| true))
    }
}

/// Returns whether a limit changes its meaning below another issuer: other keys would report a
/// barrier's tasks, and exclusive groups would begin anew.
fn is_its_issuers(rule: &LimitRule) -> bool {
    match rule {
        LimitRule::Barrier(_) | LimitRule::SeparationOfDuty(_) => true,
        LimitRule::Window(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Waves(_)
        | LimitRule::Budget(_)
        | LimitRule::RateLimit(_)
        | LimitRule::ApprovalGate(_)
        | LimitRule::Delegates(_) => false,
    }
}
