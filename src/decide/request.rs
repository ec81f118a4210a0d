use crate::chain::{Chain, Delegation, VerifiedChain, each_once};
use crate::claims::{AttestedGrant, Holder, Link, Root};
use crate::ground::{Lifetime, MandateId, NameError, TaskPath, Timestamp, TokenId};
use crate::limits::{LimitError, Limits};
use crate::powers::Powers;
use thiserror::Error;

/// A wish for the powers that one call was denied for, as data: for a parent, who may answer it with a child
/// ([`delegation`](Self::delegation)), or a person, who may answer it with a new root ([`root`](Self::root)). Nothing is ever
/// widened in place: the answer is a further mandate, with just the missing powers and its own end.
///
/// It claims nothing that need be believed. Both answers take the verified chain of the one who asks: the answer carries
/// every limit that this chain adds, so asking is no way around a gate, a budget or a window. Whether the powers shall be
/// given at all is for the one who answers to check.
///
/// In JSON: `{"mandate": digest, "holder": {"key": key, "name": name}, "task": task, "powers": [capability, …]}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The mandate that did not suffice.
    pub mandate: MandateId,
    /// Its holder, who asks.
    pub holder: Holder,
    /// The task that the call is for.
    pub task: TaskPath,
    /// What would permit just this call.
    pub powers: Powers,
}

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The request is about another mandate than the chain that was shown.
    #[error("the request is about mandate {named}, the chain shown ends in {leaf}")]
    AnotherMandate {
        /// The mandate that the request names.
        named: MandateId,
        /// The last link of the chain.
        leaf: MandateId,
    },
    /// The request states another holder or task than its mandate.
    #[error("the request states another holder or task than its mandate has")]
    Misstated,
    /// The chain of the one who asks does not come from the parent.
    #[error("the chain of the one who asks is not below the parent")]
    NotBelow,
    /// The limits that the answer would carry are more than a mandate may have.
    #[error("the limits that the answer carries: {0}")]
    Limit(#[from] LimitError),
    /// An account that another key named would get too long a name.
    #[error("an account that the answer carries: {0}")]
    Account(#[from] NameError),
}

impl Request {
    /// The leaf's holder asks for these powers.
    pub(super) fn new(chain: &VerifiedChain, powers: Powers) -> Option<Self> {
        let (mandate, holder) = (chain.chain().leaf_id(), chain.chain().leaf().holder.clone());
        Some(Self { mandate, holder, task: chain.tasks().last()?.clone(), powers })
    }

    /// Makes the terms of a child below `parent`, for the one who asks and for its task, without further delegations.
    /// [`Chain::delegate`] refuses them where the parent has no such powers to delegate.
    ///
    /// The child carries the limits of every link of `asker`'s chain below the parent. What the parent's holder limited under
    /// an account continues under that account. An account that a key further below named is another one: it begins anew, as
    /// `account of KEY`. A limit whose scope meets none of the powers is left out.
    ///
    /// # Errors
    /// [`AnswerError`]: for the chain of another than who asks, or one that is not below `parent`; for more than 32 limits.
    pub fn delegation(
        &self,
        parent: &Chain,
        asker: &VerifiedChain,
        id: impl Into<TokenId>,
        expires: Timestamp,
    ) -> Result<Delegation, AnswerError> {
        self.check_asker(asker)?;
        if !parent.is_above(asker.chain()) {
            return Err(AnswerError::NotBelow);
        }
        let terms = Delegation::new(id, self.holder.clone(), self.powers.clone(), expires);
        let terms = terms.carrying(self.limits(asker, parent.len())?);
        let above = parent.len().checked_sub(1).and_then(|leaf| asker.tasks().get(leaf));
        Ok(match above.and_then(|above| self.task.below(above)) {
            Some(step) => terms.step(step),
            // The same task.
            None => terms,
        })
    }

    /// Makes the new root that a person gives the one who asks, with nothing but the missing powers. The person's consent
    /// to it is its own `grant`. Principal, purpose, audience and what keeps it alive are those of the root of `asker`'s chain.
    ///
    /// The root carries the limits of every link of `asker`'s chain. Those of its root keep their accounts, so the answer spends
    /// from what is left there; accounts that a key below named begin anew, as `account of KEY`. A limit whose scope meets none
    /// of the powers is left out.
    ///
    /// # Errors
    /// [`AnswerError`]: for the chain of another than who asks; for more than 32 limits.
    pub fn root(
        &self,
        asker: &VerifiedChain,
        id: impl Into<TokenId>,
        lifetime: Lifetime,
        grant: AttestedGrant,
    ) -> Result<Root, AnswerError> {
        self.check_asker(asker)?;
        let link = Link::new(id, self.holder.clone(), self.powers.clone(), lifetime);
        let like = asker.chain().root().claims().clone();
        let link = link.limits(self.limits(asker, 0)?);
        Ok(Root { link, grant: Some(grant), task: self.task.clone(), ..like })
    }

    /// Checks that the chain is the one that did not suffice, and that the request states its holder and task.
    fn check_asker(&self, asker: &VerifiedChain) -> Result<(), AnswerError> {
        let leaf = asker.chain().leaf_id();
        if self.mandate != leaf {
            return Err(AnswerError::AnotherMandate { named: self.mandate, leaf });
        }
        let stated = self.holder == asker.chain().leaf().holder && asker.tasks().last() == Some(&self.task);
        if stated { Ok(()) } else { Err(AnswerError::Misstated) }
    }

    /// Collects what an answer by the issuer of link `first` carries.
    fn limits(&self, asker: &VerifiedChain, first: usize) -> Result<Limits, AnswerError> {
        each_once(asker.limits_from(first, &self.powers, |_| true))
    }
}
