use super::tool::{ToolError, ToolName};
use crate::primitives::bounds::{ARGUMENT_BYTE_STEPS, DECIDE_STEPS};
use crate::primitives::{Arguments, Value, ValueError, Work};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How far a call reaches: `Read` < `Write` < `Irreversible`.
///
/// A capability has a highest effect. The *server* states the effect of a call, because only it
/// knows its tools. The default is [`Irreversible`](Effect::Irreversible).
///
/// ```
/// use mandatum::Effect;
/// assert!(Effect::Read < Effect::Write && Effect::Write < Effect::Irreversible);
/// assert_eq!("write".parse(), Ok(Effect::Write));
/// assert!("delete".parse::<Effect>().is_err());
/// assert_eq!(Effect::default(), Effect::Irreversible);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The call changes nothing.
    Read,
    /// The call changes something that can be changed back.
    Write,
    /// The call is irreversible: a payment, a mail, a deletion.
    #[default]
    Irreversible,
}

impl Effect {
    /// Returns the name in JSON: `read`, `write` or `irreversible`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Irreversible => "irreversible",
        }
    }
}

impl AsRef<str> for Effect {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Error for a text other than `read`, `write` and `irreversible`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an effect is `read`, `write` or `irreversible`")]
pub struct EffectError;

impl FromStr for Effect {
    type Err = EffectError;
    fn from_str(text: &str) -> Result<Self, EffectError> {
        [Self::Read, Self::Write, Self::Irreversible]
            .into_iter()
            .find(|effect| effect.as_str() == text)
            .ok_or(EffectError)
    }
}

/// One call as powers see it: a tool, its arguments, and the effect that the server states.
///
/// A server makes the action of a received call with
/// [`Verifier::action`](crate::Verifier::action), which takes the effect from the server's table of
/// tools. An [`ActionError`] there is to be answered as a malformed request. An agent does not know
/// the effect. The call that it signs has none, so it may state any.
///
/// ```
/// use mandatum::powers::ActionError;
/// use mandatum::{Action, Effect};
/// let read = Action::new("crm.read", [("account", "acme")], Effect::Read)?;
/// assert_eq!(read.to_string(), r#"crm.read(account="acme") with effect read"#);
/// let refused = Action::new("crm read", [("account", "acme")], Effect::Read);
/// assert!(matches!(refused, Err(ActionError::Tool(_))));
/// # Ok::<(), ActionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Name of the tool.
    pub tool: ToolName,
    /// Arguments by name.
    pub arguments: Arguments,
    /// How far the call reaches, as the server states it.
    pub effect: Effect,
}

impl Action {
    /// Makes an action of a tool's name, arguments by name and value, and an effect.
    ///
    /// # Errors
    /// [`ActionError::Tool`] for `crm read` or `crm.*`; [`ActionError::Arguments`] for arguments
    /// out of bounds. If a name occurs twice, its last value counts.
    pub fn new<N: Into<String>, V: Into<Value>>(
        tool: &str,
        arguments: impl IntoIterator<Item = (N, V)>,
        effect: Effect,
    ) -> Result<Self, ActionError> {
        Ok(Self {
            tool: ToolName::new(tool)?,
            arguments: Arguments::from_pairs(arguments)?,
            effect,
        })
    }
}

impl Action {
    /// Returns the budget for deciding on it: a base, and eight steps for each byte of its
    /// arguments.
    pub(crate) fn work(&self) -> Work {
        // No machine has a `usize` beyond 64 bits, so the default is never taken.
        let size = u64::try_from(self.arguments.size()).unwrap_or(u64::MAX);
        Work::new(DECIDE_STEPS.saturating_add(size.saturating_mul(ARGUMENT_BYTE_STEPS)))
    }
}

/// Reason why parts do not make an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The text is not the name of one tool.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The arguments are out of bounds.
    #[error(transparent)]
    Arguments(#[from] ValueError),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}({}) with effect {}",
            self.tool, self.arguments, self.effect
        )
    }
}
