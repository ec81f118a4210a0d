use super::tool::{ToolError, ToolName};
use crate::primitives::bounds::{ARGUMENT_BYTE_STEPS, DECIDE_STEPS};
use crate::primitives::{Arguments, Value, ValueError, Work};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How far a call reaches: `Read` < `Write` < `Irreversible`.
///
/// A capability has a ceiling; the *server* states a call's effect, because only it knows what its
/// tool does. Unstated is [`Irreversible`](Effect::Irreversible).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something that can be changed back.
    Write,
    /// Can't be taken back: a payment, a mail, a deletion.
    #[default]
    Irreversible,
}

impl Effect {
    /// The name in JSON: `read`, `write`, `irreversible`.
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

/// The text is none of `read`, `write`, `irreversible`.
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

/// What powers are asked about: a tool, its arguments, and the effect the server states for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The tool.
    pub tool: ToolName,
    /// Its arguments.
    pub arguments: Arguments,
    /// How far the call reaches.
    pub effect: Effect,
}

impl Action {
    /// A tool by name, arguments by name and value, an effect.
    ///
    /// # Errors
    /// [`ActionError`] when the tool's name is not one, or the arguments are out of bounds.
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
    /// The work that powers may take to decide on it: a base, and eight steps for each byte of its
    /// arguments.
    pub(crate) fn work(&self) -> Work {
        let size = u64::try_from(self.arguments.size()).unwrap_or(u64::MAX);
        Work::new(DECIDE_STEPS.saturating_add(size.saturating_mul(ARGUMENT_BYTE_STEPS)))
    }
}

/// Why parts make no action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The tool's name is not one.
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
