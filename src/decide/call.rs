use crate::claims::CallClaims;
use crate::ground::{Audience, CallId, CallKey, MandateId, PublicKey, RequestDigest};
use crate::powers::Action;
use crate::sign::{Token, request_digest};
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

    /// The identity of this call under `leaf` at `audience`. It is the same whatever the call asks
    /// for.
    #[must_use]
    pub fn key(&self, leaf: &MandateId, audience: &Audience) -> CallKey {
        CallKey::new(leaf, &self.id, audience)
    }
}

/// A call under a leaf at a server, which is what has a [`CallKey`]. Key and request digest take a
/// hash each, more than all else of a decision without signatures, so they are computed when they
/// are first asked for.
#[derive(Clone)]
pub(super) struct CallAt {
    pub(super) call: Call,
    pub(super) leaf: MandateId,
    pub(super) audience: Audience,
    key: OnceLock<CallKey>,
    request: OnceLock<RequestDigest>,
}

impl CallAt {
    pub(super) const fn new(call: Call, leaf: MandateId, audience: Audience) -> Self {
        Self {
            call,
            leaf,
            audience,
            key: OnceLock::new(),
            request: OnceLock::new(),
        }
    }

    pub(super) fn key(&self) -> CallKey {
        *self
            .key
            .get_or_init(|| self.call.key(&self.leaf, &self.audience))
    }

    pub(super) fn request(&self) -> RequestDigest {
        *self.request.get_or_init(|| self.call.request())
    }
}

impl fmt::Debug for CallAt {
    /// The two digests alone: what a ledger is told of says nothing of arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallAt")
            .field(&self.key())
            .field(&self.request())
            .finish()
    }
}

/// How the holder of the leaf is known to make a call.
#[derive(Clone, Copy, Debug)]
pub enum Presenter<'a> {
    /// By its signature over the call.
    Signed(&'a Token<CallClaims>),
    /// By the host's word: in-process, or on a channel whose authenticated peer itself named this
    /// leaf on this hop. Refused unless the verifier opted in up to the call's effect.
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
