use crate::claims::CallClaims;
use crate::ground::{Audience, CallId, CallKey, MandateId, PublicKey, RequestDigest, Timestamp};
use crate::powers::Action;
use crate::sign::{Token, call_key, request_digest};

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

/// Where and when a decision is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    now: Timestamp,
    audience: Audience,
}

impl Context {
    /// Now, by the verifier's clock, which must not step back; and the name of the server that decides.
    #[must_use]
    pub const fn new(now: Timestamp, audience: Audience) -> Self {
        Self { now, audience }
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
}
