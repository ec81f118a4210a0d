use crate::claims::CallClaims;
use crate::ground::{Audience, CallId, CallKey, MandateId, PublicKey, RequestDigest};
use crate::powers::Action;
use crate::sign::{Token, call_key, request_digest};
use std::fmt;
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
#[derive(Clone)]
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

impl fmt::Debug for CallAt {
    /// The key alone: what a ledger is told of says nothing of arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key().fmt(f)
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
