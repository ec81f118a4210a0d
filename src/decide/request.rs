use crate::chain::{Chain, Delegation, VerifiedChain};
use crate::claims::{AttestedGrant, Holder, Link, Root};
use crate::ground::{Lifetime, MandateId, TaskPath, Timestamp, TokenId};
use crate::powers::Powers;

/// A wish for the powers that one call was denied for, as data: for a parent, who may answer it with a child
/// ([`delegation`](Self::delegation)), or a person, who may answer it with a new root ([`root`](Self::root)). Nothing is ever
/// widened in place: the answer is a further mandate, with just the missing powers and its own end.
///
/// It claims nothing that need be believed: whoever answers decides, and what a parent answers is bounded by its own powers.
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

impl Request {
    /// The leaf's holder asks for these powers.
    pub(super) fn new(chain: &VerifiedChain, powers: Powers) -> Option<Self> {
        let (mandate, holder) = (chain.chain().leaf_id(), chain.chain().leaf().holder.clone());
        Some(Self { mandate, holder, task: chain.tasks().last()?.clone(), powers })
    }

    /// The answer of a parent: terms of a child below `parent`, to the one who asks, for its task where that is below the
    /// parent's, without further delegations. [`Chain::delegate`] refuses them where the parent has no such powers to pass on.
    #[must_use]
    pub fn delegation(&self, parent: &Chain, id: impl Into<TokenId>, expires: Timestamp) -> Delegation {
        let terms = Delegation::new(id, self.holder.clone(), self.powers.clone(), expires);
        let above = parent.tasks().ok().and_then(|tasks| tasks.last().cloned());
        match above.and_then(|above| self.task.below(&above)) {
            Some(step) => terms.step(step),
            None => terms,
        }
    }

    /// The answer of a person: a new root for the one who asks, with nothing but the missing powers. Whom it is for, what for,
    /// where, what keeps it alive and its limits are those of `like`; the person's consent to it is its own `grant`.
    #[must_use]
    pub fn root(&self, like: &Root, id: impl Into<TokenId>, lifetime: Lifetime, grant: AttestedGrant) -> Root {
        let link = Link::new(id, self.holder.clone(), self.powers.clone(), lifetime);
        Root {
            link: link.limits(like.link.limits.clone()),
            grant: Some(grant),
            task: self.task.clone(),
            ..like.clone()
        }
    }
}
