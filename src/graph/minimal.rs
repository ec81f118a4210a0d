use crate::powers::{Action, Capability, PermissionError, Powers, PowersError};
use crate::primitives::Work;
use crate::primitives::bounds::{MAX_CAPABILITIES, VERIFY_STEPS};
use thiserror::Error;

/// Reason why there are no least powers for planned calls.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MinimalError {
    /// The parent has no delegable power that permits a call.
    #[error("call {call}: {refusal}")]
    Refused {
        /// Index of the call, from 0.
        call: usize,
        /// The refusal by the parent's powers.
        refusal: PermissionError,
    },
    /// The least powers are out of bounds: there are more calls, or larger arguments, than a
    /// mandate may name.
    #[error(transparent)]
    Powers(#[from] PowersError),
}

/// Returns the least powers for a planned step.
///
/// They permit exactly these calls, with these very arguments, and no capability of them can be
/// left out. One capability serves calls that differ only in their effect, because an effect is a
/// ceiling.
///
/// With a short expiry, a step of its own and no further delegation they make a mandate for a
/// single step:
///
/// ```
/// use mandatum::graph::minimal_for;
/// use mandatum::{Action, Capability, Constraint, Effect, Powers};
/// let parent = Powers::new([Capability::new("crm.read", Effect::Read)?
///     .require("account", Constraint::pattern("acme*")?)?
///     .allow_delegation()])?;
/// let call = |account| Action::new("crm.read", [("account", account)], Effect::Read);
/// let least = minimal_for(&[call("acme-emea")?, call("acme-emea")?], &parent)?;
/// assert_eq!(least.to_string(), r#"crm.read(account = "acme-emea") up to read"#);
///
/// let beyond = minimal_for(&[call("globex")?], &parent).unwrap_err();
/// assert_eq!(beyond.to_string(), "call 0: argument `account` has a value that is not permitted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`MinimalError::Refused`] for the first call that no delegable power of the parent permits, and
/// [`MinimalError::Powers`] for more than 256 different calls.
pub fn minimal_for(calls: &[Action], parent: &Powers) -> Result<Powers, MinimalError> {
    // One budget for the whole plan: minting compares the result with the parent within the same.
    let work = &mut Work::new(VERIFY_STEPS);
    let mut least: Vec<Action> = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        parent
            .permits_within(call, Capability::is_delegable, work)
            .map_err(|refusal| MinimalError::Refused {
                call: index,
                refusal,
            })?;
        match least
            .iter_mut()
            .find(|known| known.tool == call.tool && known.arguments == call.arguments)
        {
            Some(known) => known.effect = known.effect.max(call.effect),
            None => least.push(call.clone()),
        }
        // This check is in the loop because the search above grows with the square of the plan.
        if least.len() > MAX_CAPABILITIES {
            return Err(PowersError::TooMany { found: least.len() }.into());
        }
    }
    let capabilities: Result<Vec<_>, _> = least.iter().map(Capability::exactly).collect();
    Ok(Powers::new(capabilities?)?)
}
