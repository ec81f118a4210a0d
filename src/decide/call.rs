use super::facts::Facts;
use super::reason::Reason;
use crate::claims::{Approval, CallClaims};
use crate::ground::{Audience, CallId, CallKey, Label, MandateId, PublicKey, RequestDigest, Timestamp};
use crate::limits::Condition;
use crate::mission::{News, Register};
use crate::powers::Action;
use crate::sign::{Token, call_key, request_digest};
use std::sync::OnceLock;

/// One call: an action and its id, 16 bytes from the host, never used twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// The tool, its arguments, the effect that the server states.
    pub action: Action,
}

impl Call {
    /// The digest of tool and arguments, which the holder signs.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        request_digest(&self.action.tool, &self.action.arguments)
    }

    /// The one identity of this call under `leaf` at `audience`.
    #[must_use]
    pub fn key(&self, leaf: &MandateId, audience: &Audience) -> CallKey {
        call_key(leaf, &self.id, &self.request(), audience)
    }
}

/// A call under a leaf at a server, which is what has a [`CallKey`]. The key takes two hashes, more than all else of a decision
/// without signatures, so it is computed when it is first asked for.
#[derive(Clone, Debug)]
pub(super) struct CallAt {
    pub(super) call: Call,
    pub(super) leaf: MandateId,
    pub(super) audience: Audience,
    key: OnceLock<CallKey>,
}

impl CallAt {
    pub(super) const fn new(call: Call, leaf: MandateId, audience: Audience) -> Self {
        Self { call, leaf, audience, key: OnceLock::new() }
    }

    pub(super) fn key(&self) -> CallKey {
        *self.key.get_or_init(|| self.call.key(&self.leaf, &self.audience))
    }
}

/// How the holder of the leaf is known to make a call.
#[derive(Clone, Copy, Debug)]
pub enum Presenter<'a> {
    /// By its signature over the call.
    Signed(&'a Token<CallClaims>),
    /// By the host's word: in-process, or on a channel whose authenticated peer itself named this leaf on this hop. Refused
    /// unless the verifier opted in up to the call's effect.
    Asserted {
        /// The key that the host saw proven.
        holder: PublicKey,
        /// The leaf that it named.
        leaf: MandateId,
    },
}

/// A call and who makes it.
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a> {
    /// The call as the server received it: what will run if it is permitted.
    pub call: &'a Call,
    /// Who makes it.
    pub presenter: Presenter<'a>,
}

impl Presentation<'_> {
    pub(super) const fn is_signed(&self) -> bool {
        matches!(self.presenter, Presenter::Signed(_))
    }
}

/// Where and when a decision is made, and what is known there: the news of missions, the facts, the approvals, the
/// ledgers. What is not known never helps: a chain that lives by a mission is refused without its status, a condition without its
/// fact, a gate without its approvals, a budget without its ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    now: Timestamp,
    audience: Audience,
    news: News<'a>,
    facts: Option<&'a Facts>,
    approvals: &'a [Token<Approval>],
    ledgers: &'a [Label],
    system: Option<Label>,
}

impl<'a> Context<'a> {
    /// Now, by the verifier's clock, which must not step back; and the name of the server that decides.
    #[must_use]
    pub fn new(now: Timestamp, audience: Audience) -> Self {
        Self { now, audience, news: News::default(), facts: None, approvals: &[], ledgers: &[], system: None }
    }

    /// With what was heard of missions and tasks.
    #[must_use]
    pub fn with_register(mut self, register: &'a Register) -> Self {
        self.news.register = Some(register);
        self
    }

    /// With what was observed.
    #[must_use]
    pub fn with_facts(self, facts: &'a Facts) -> Self {
        Self { facts: Some(facts), ..self }
    }

    /// With the approvals that came with the call.
    #[must_use]
    pub fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }

    /// Attached to these ledgers: a decision in favour will be settled with them. A limit that another ledger counts denies.
    #[must_use]
    pub fn with_ledgers(self, ledgers: &'a [Label]) -> Self {
        Self { ledgers, ..self }
    }

    /// For a server that acts on the principal's account in this system: it asks for the principal's local name there, and a root
    /// without one is denied.
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self { system: Some(system), ..self }
    }

    /// With what came along with the presentation, beside the register.
    pub(super) fn with_stapled<'b>(&'b self, stapled: &'b Register) -> Context<'b> {
        Context { news: News { stapled: Some(stapled), ..self.news }, ..self.clone() }
    }

    /// Now.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The server that decides.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    pub(super) const fn approvals(&self) -> &'a [Token<Approval>] {
        self.approvals
    }

    pub(super) const fn ledgers(&self) -> &'a [Label] {
        self.ledgers
    }

    pub(super) const fn system(&self) -> Option<&Label> {
        self.system.as_ref()
    }

    pub(super) const fn news(&self) -> News<'a> {
        self.news
    }

    /// Whether a condition holds, by the facts; none is observed where there are no facts.
    pub(super) fn condition_holds(&self, condition: &Condition) -> Result<Timestamp, Reason> {
        match self.facts {
            Some(facts) => facts.hold(condition, self.now),
            None => Facts::none().hold(condition, self.now),
        }
    }
}
