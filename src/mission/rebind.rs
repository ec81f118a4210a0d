use super::liveness::LivenessError;
use super::register::Register;
use super::running::{NotRunningError, task_still_running};
use crate::chain::{ChainError, VerifiedChain, issue};
use crate::claims::{Child, Holder, Link, Replaced, ReplacedError, Root};
use crate::primitives::{Lifetime, Timestamp, TokenId};
use crate::sign::Unsigned;
use thiserror::Error;

/// Reason why a mandate is not re-bound to another key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RebindError {
    /// The execution has ended, is suspended, or is not known to be alive.
    #[error(transparent)]
    NotAlive(#[from] LivenessError),
    /// The mandate or one above it has expired. A re-bound mandate would expire at the same time.
    #[error("the mandate expired at {expires}, now is {now}")]
    Expired {
        /// Expiry of the mandate.
        expires: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// The mandate replaces as many mandates as it may.
    #[error(transparent)]
    TooOften(#[from] ReplacedError),
    /// The new key breaks a rule: it is an ancestor's, the issuer's or a controller's.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The other of the two functions re-binds this mandate. The anchor re-binds a root, and the
    /// holder of the parent any other mandate.
    #[error("a root is re-bound with `rebind_root`, any other mandate with `rebind_leaf`")]
    WrongDoor,
}

/// Re-issues the leaf to a fresh key, to be signed by the same issuer: the same powers, limits,
/// task and expiry, and what ends the old task ends the new one, by the word of whoever may end
/// that. The old holder may not, so its word counts here alone. The register is asked first, as
/// for an irreversible call: an execution that should no longer run gets no new key.
///
/// If the old key is lost to an attacker, revoke it first: a [`TaskEnd`](crate::claims::TaskEnd)
/// with [`MandateEnding::KeyRevoked`](crate::claims::MandateEnding::KeyRevoked) ends the old
/// mandate and not the new one, and what the old key said of its task does not keep the mandate
/// from being re-bound. Mandates that the old holder delegated end with the old mandate.
///
/// # Errors
/// [`RebindError`].
pub fn rebind_leaf(
    chain: &VerifiedChain,
    holder: impl Into<Holder>,
    id: impl Into<TokenId>,
    register: &Register,
    now: Timestamp,
) -> Result<Unsigned<Child>, RebindError> {
    let parent = chain.chain().parent().ok_or(RebindError::WrongDoor)?;
    let old = chain
        .chain()
        .children()
        .last()
        .ok_or(RebindError::WrongDoor)?
        .claims();
    let begins = now.max(parent.leaf().lifetime.issued_at());
    let link = rebound(chain, holder.into(), id.into(), register, now, begins)?;
    Ok(parent.mint(Child {
        link,
        same_key: false,
        ..old.clone()
    })?)
}

/// Re-issues a root alone in the same way, to be signed by the key that signed it; where that key
/// may not, by the first of its anchor's that may. [`Unsigned::signers`] names the key.
///
/// # Errors
/// [`RebindError`].
pub fn rebind_root(
    chain: &VerifiedChain,
    holder: impl Into<Holder>,
    id: impl Into<TokenId>,
    register: &Register,
    now: Timestamp,
) -> Result<Unsigned<Root>, RebindError> {
    if chain.chain().len() > 1 {
        return Err(RebindError::WrongDoor);
    }
    let old = chain.chain().root().claims();
    let link = rebound(chain, holder.into(), id.into(), register, now, now)?;
    let signers = chain.anchor().keys_for(now).counting();
    // Where no key may, `issue` says why.
    let signed_by = signers
        .min_by_key(|key| *key != old.signed_by)
        .unwrap_or(old.signed_by);
    Ok(issue(
        chain.anchor(),
        Root {
            link,
            signed_by,
            ..old.clone()
        },
        now,
    )?)
}

/// Returns the link for the new key, of an execution that may still run.
fn rebound(
    chain: &VerifiedChain,
    holder: Holder,
    id: TokenId,
    register: &Register,
    now: Timestamp,
    begins: Timestamp,
) -> Result<Link, RebindError> {
    task_still_running(chain, register, now).map_err(|not_running| match not_running {
        NotRunningError::NotAlive(not_alive) => not_alive.into(),
        NotRunningError::Expired { expires } => RebindError::Expired { expires, now },
    })?;
    let old = chain.chain().leaf();
    let expires = old.lifetime.expires();
    let lifetime =
        Lifetime::new(begins, expires).map_err(|_| RebindError::Expired { expires, now })?;
    let replaces = Replaced::new(
        old.replaces
            .iter()
            .copied()
            .chain([chain.chain().leaf_id()]),
    )?;
    Ok(Link {
        id,
        holder,
        lifetime,
        replaces,
        ..old.clone()
    })
}
