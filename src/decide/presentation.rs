use crate::chain::Call;
use crate::claims::CallClaims;
use crate::primitives::{MandateId, PublicKey};
use crate::sign::Token;

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

impl<'a> Presentation<'a> {
    /// A call that its holder signed.
    #[must_use]
    pub const fn signed(call: &'a Call, token: &'a Token<CallClaims>) -> Self {
        Self {
            call,
            presenter: Presenter::Signed(token),
        }
    }

    /// A call that comes from `holder` under `leaf` by the host's word; see
    /// [`Presenter::Asserted`].
    #[must_use]
    pub const fn asserted(call: &'a Call, holder: PublicKey, leaf: MandateId) -> Self {
        Self {
            call,
            presenter: Presenter::Asserted { holder, leaf },
        }
    }
}

impl Presentation<'_> {
    pub(crate) const fn is_signed(&self) -> bool {
        matches!(self.presenter, Presenter::Signed(_))
    }
}
