use crate::powers::{Action, Capability, PermissionError, Powers, PowersError};
use crate::primitives::Work;
use crate::primitives::bounds::{MAX_CAPABILITIES, VERIFY_STEPS};
use thiserror::Error;

/// Why there are no least powers for planned calls.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MinimalError {
    /// The parent has no power to pass on that permits a call.
    #[error("call {call}: {refusal}")]
    Refused {
        /// Which call, from 0.
        call: usize,
        /// Why the parent's powers refuse it.
        refusal: PermissionError,
    },
    /// They can't be written down: more calls, or larger arguments, than a mandate may name.
    #[error(transparent)]
    Powers(#[from] PowersError),
}

/// The least powers for a planned step: they permit exactly these calls, with these very arguments,
/// and no capability of them can be left out. One capability serves calls that differ in their
/// effect alone, because an effect is a ceiling.
///
/// With a short expiry, a step of its own and no further delegation they make a mandate for one
/// step:
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
/// [`MinimalError`], for the first call that the parent can't pass on.
pub fn minimal_for(calls: &[Action], parent: &Powers) -> Result<Powers, MinimalError> {
    // One budget for the whole plan, because minting has as much to compare it with the parent.
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
        // Said before the search for repeated calls grows with the square of a hostile plan.
        if least.len() > MAX_CAPABILITIES {
            return Err(PowersError::TooMany { found: least.len() }.into());
        }
    }
    let capabilities: Result<Vec<_>, _> = least.iter().map(Capability::exactly).collect();
    Ok(Powers::new(capabilities?)?)
}
