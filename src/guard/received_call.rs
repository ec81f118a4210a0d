use crate::claims::Approval;
use crate::decide::Facts;
use crate::powers::Action;
use crate::sign::Token;

/// A call as a server received it: the bytes of the execution proof, and the action that the server
/// is about to run.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, _)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, audience, now, server: key, .. } = sample;
/// # use mandatum::{Guard, MemoryLedger, Register};
/// # let (register, ledger) = (Register::none().clone(), MemoryLedger::new(1_000));
/// # let guard = Guard::new(verifier, audience, register, ledger, key, |_receipt| Ok(()));
/// use mandatum::guard::{GuardError, ReceivedCall, StoreError};
/// use mandatum::{Action, DenialCode, Effect};
/// // The action comes from the request itself, and the proof must be of this action.
/// let action = Action::new("crm.read", [("account", "eu/globex")], Effect::Read)?;
/// let received = ReceivedCall::new(&proof, &action);
/// let refused = guard.run(&received, || now, |_running| Ok::<(), StoreError>(()));
/// let Err(GuardError::Denied(denial)) = refused else { panic!("the proof is of another call") };
/// assert_eq!(denial.code(), DenialCode::RequestMismatch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReceivedCall<'a> {
    pub(super) proof: &'a [u8],
    pub(super) action: &'a Action,
    pub(super) facts: Option<&'a Facts>,
    pub(super) approvals: &'a [Token<Approval>],
}

impl<'a> ReceivedCall<'a> {
    /// Creates a received call from the proof and the action that the proof must be for.
    #[must_use]
    pub const fn new(proof: &'a [u8], action: &'a Action) -> Self {
        Self {
            proof,
            action,
            facts: None,
            approvals: &[],
        }
    }

    /// Sets the facts that the host observed.
    #[must_use]
    pub const fn with_facts(self, facts: &'a Facts) -> Self {
        Self {
            facts: Some(facts),
            ..self
        }
    }

    /// Sets the approvals that arrived with the call.
    #[must_use]
    pub const fn with_approvals(self, approvals: &'a [Token<Approval>]) -> Self {
        Self { approvals, ..self }
    }
}
