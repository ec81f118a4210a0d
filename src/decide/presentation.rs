use crate::chain::Call;
use crate::claims::CallClaims;
use crate::primitives::{MandateId, PublicKey};
use crate::sign::Token;

/// The evidence for who makes a call.
#[derive(Clone, Copy, Debug)]
pub enum Presenter<'a> {
    /// The holder's signature over the call.
    Signed(&'a Token<CallClaims>),
    /// The host's statement: the caller runs in the same process, or on a channel whose
    /// authenticated peer itself named this leaf. It is refused unless the verifier accepts it up
    /// to the call's effect.
    Asserted {
        /// The key whose possession the host saw proven.
        holder: PublicKey,
        /// The leaf that the caller named.
        leaf: MandateId,
    },
}

/// A call and the evidence for who makes it.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(_, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, chain, here, .. } = sample;
/// use mandatum::decide::Presentation;
/// use mandatum::{DecisionContext, DenialCode, Register};
/// let (holder, leaf) = (chain.leaf().holder.key, chain.leaf_id());
/// let presentation = Presentation::asserted(&call, holder, leaf);
/// let context = DecisionContext::new(here, Register::none());
/// let denial = verifier.decide(&verifier.verify(&chain)?, &presentation, &context).unwrap_err();
/// assert_eq!(denial.code(), DenialCode::AssertionNotAccepted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Presentation<'a> {
    /// The call as the server received it: what will run if it is permitted.
    pub call: &'a Call,
    /// The evidence for who makes it.
    pub presenter: Presenter<'a>,
}

impl<'a> Presentation<'a> {
    /// Creates a presentation of a call that its holder signed.
    #[must_use]
    pub const fn signed(call: &'a Call, token: &'a Token<CallClaims>) -> Self {
        Self {
            call,
            presenter: Presenter::Signed(token),
        }
    }

    /// Creates a presentation of a call that comes from `holder` under `leaf` by the host's
    /// statement; see [`Presenter::Asserted`].
    #[must_use]
    pub const fn asserted(call: &'a Call, holder: PublicKey, leaf: MandateId) -> Self {
        Self {
            call,
            presenter: Presenter::Asserted { holder, leaf },
        }
    }
}

impl Presentation<'_> {
    pub(super) const fn is_signed(&self) -> bool {
        matches!(self.presenter, Presenter::Signed(_))
    }
}
