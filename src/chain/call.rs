use super::chain::Chain;
use crate::claims::{Approval, CallClaims, NoticeHeader};
use crate::powers::Action;
use crate::primitives::{Audience, CallId, CallKey, MandateId, RequestDigest, Timestamp};
use crate::sign::{Unsigned, request_digest};
use std::fmt;
use std::sync::OnceLock;

/// One call: an action and an id that is never used again.
///
/// The holder signs the id, tool and arguments, and not the effect. An agent that does not know the
/// effect may state any; the server states its own, with
/// [`Verifier::action`](crate::Verifier::action).
///
/// ```
/// use mandatum::{Action, Audience, Call, Effect};
/// let read = |account| Action::new("crm.read", [("account", account)], Effect::Read);
/// let (acme, globex) = (Call::new([7; 16], read("acme")?), Call::new([7; 16], read("globex")?));
/// // The same id under one leaf at one server is the same call, whatever it asks for.
/// let (leaf, crm) = (mandatum::primitives::MandateId::from_bytes([1; 32]), Audience::new("crm")?);
/// assert_eq!(acme.key(&leaf, &crm), globex.key(&leaf, &crm));
/// assert_ne!(acme.request(), globex.request());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The call's id: 16 bytes from the host's random source, never used twice.
    pub id: CallId,
    /// The tool, its arguments and the effect that the server states.
    pub action: Action,
}

impl Call {
    /// Returns a call of `action` under an id that was never used.
    #[must_use]
    pub fn new(id: impl Into<CallId>, action: Action) -> Self {
        Self {
            id: id.into(),
            action,
        }
    }

    /// Returns the digest of tool and arguments, which the holder signs.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        request_digest(&self.action.tool, &self.action.arguments)
    }

    /// Returns the identity of this call under `leaf` at `audience`. It does not depend on the
    /// action, so a ledger sees a call that is made again for something else.
    #[must_use]
    pub fn key(&self, leaf: &MandateId, audience: &Audience) -> CallKey {
        CallKey::new(leaf, &self.id, audience)
    }
}

// The claims are in a room below, which knows no chain; so these constructors are here.

impl CallClaims {
    /// Returns the claims of a call under the leaf of `chain`, made at `audience`, for the leaf's
    /// holder to sign.
    pub fn new(chain: &Chain, call: &Call, audience: Audience, at: Timestamp) -> Unsigned<Self> {
        let claims = Self {
            id: call.id,
            leaf: chain.leaf_id(),
            request: call.request(),
            audience,
            at,
        };
        Unsigned::new(claims, vec![chain.leaf().holder.key])
    }
}

impl Approval {
    /// Returns a person's approval of one call under `leaf` at `audience`, for the key in `header`
    /// to sign. `leaf` is [`Chain::leaf_id`] of the caller's chain. The person sees the call
    /// itself. Its digest is signed, so an amount that is changed afterwards voids the approval.
    pub fn new(
        call: &Call,
        leaf: MandateId,
        audience: Audience,
        header: NoticeHeader,
        expires: Timestamp,
    ) -> Unsigned<Self> {
        let (key, request) = (call.key(&leaf, &audience), call.request());
        let approver = header.by;
        Unsigned::new(
            Self {
                header,
                leaf,
                call: key,
                request,
                audience,
                expires,
            },
            vec![approver],
        )
    }
}

/// A call under a leaf at a server, which together have a [`CallKey`].
///
/// The key and the request digest take a hash each, more than the rest of a decision without
/// signatures. So each is computed when it is first read.
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
    /// Writes the two digests alone, so that logs of a ledger show no arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallAt")
            .field(&self.key())
            .field(&self.request())
            .finish()
    }
}
