use crate::powers::Action;
use crate::primitives::{Audience, CallId, CallKey, MandateId, RequestDigest};
use crate::sign::request_digest;
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
    /// A call of `action` under an id that was never used.
    #[must_use]
    pub fn new(id: impl Into<CallId>, action: Action) -> Self {
        Self {
            id: id.into(),
            action,
        }
    }

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
pub(crate) struct CallAt {
    pub(crate) call: Call,
    pub(crate) leaf: MandateId,
    pub(crate) audience: Audience,
    key: OnceLock<CallKey>,
    request: OnceLock<RequestDigest>,
}

impl CallAt {
    pub(crate) const fn new(call: Call, leaf: MandateId, audience: Audience) -> Self {
        Self {
            call,
            leaf,
            audience,
            key: OnceLock::new(),
            request: OnceLock::new(),
        }
    }

    pub(crate) fn key(&self) -> CallKey {
        *self
            .key
            .get_or_init(|| self.call.key(&self.leaf, &self.audience))
    }

    pub(crate) fn request(&self) -> RequestDigest {
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
