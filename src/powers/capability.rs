use super::action::{Action, Effect};
use super::arguments::{ArgumentRules, Presence};
use super::constraint::Constraint;
use super::powers::PowersError;
use super::tool::ToolPattern;

/// One power: a tool or a family of tools, rules for its arguments, a ceiling on its effect.
///
/// Only a delegable capability may be delegated; any other stays with its holder.
///
/// It is written as rules: [`require`](Self::require) and [`allow`](Self::allow) name arguments,
/// [`allow_others`](Self::allow_others) permits all others, and
/// [`allow_delegation`](Self::allow_delegation) lets the holder delegate it.
///
/// In JSON, `args` are the required arguments. All but `tool` and `effect` may be absent:
///
/// ```text
/// {"tool": "crm.read", "effect": "read", "args": {name: constraint},
///  "optional": {name: constraint}, "open": false, "delegable": false}
/// ```
///
/// ```
/// use mandatum::{Capability, Constraint, Effect};
/// let read = Capability::new("crm.read", Effect::Read)?
///     .require("account", Constraint::one_of(["acme"])?)?
///     .allow_delegation();
/// assert_eq!(read.to_string(), r#"crm.read(account = "acme") up to read, delegable"#);
/// # Ok::<(), mandatum::powers::PowersError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capability {
    tool: ToolPattern,
    effect: Effect,
    arguments: ArgumentRules,
    delegable: bool,
}

impl Capability {
    /// Makes a capability for `tool` (`crm.read`, or the family `crm.*`) without arguments, up to
    /// `effect`, not delegable.
    ///
    /// # Errors
    /// [`PowersError::Tool`] for `crm read`, `*` alone, or an empty name.
    pub fn new(tool: &str, effect: Effect) -> Result<Self, PowersError> {
        Ok(Self::for_tool(ToolPattern::new(tool)?, effect))
    }

    /// Makes a capability from a pattern that was read already, with the defaults of
    /// [`new`](Self::new).
    #[must_use]
    pub const fn for_tool(tool: ToolPattern, effect: Effect) -> Self {
        Self {
            tool,
            effect,
            arguments: ArgumentRules::closed(),
            delegable: false,
        }
    }

    /// Replaces the rules for its arguments.
    #[must_use]
    pub fn with_arguments(self, arguments: ArgumentRules) -> Self {
        Self { arguments, ..self }
    }

    /// Adds an argument that every call must have.
    ///
    /// # Errors
    /// [`PowersError::Constraint`] for a name that is taken already, a name that is too long, or
    /// a 65th argument.
    pub fn require(self, name: &str, constraint: Constraint) -> Result<Self, PowersError> {
        self.with(name, Presence::Required, constraint)
    }

    /// Adds an argument that a call may have.
    ///
    /// # Errors
    /// As [`require`](Self::require).
    pub fn allow(self, name: &str, constraint: Constraint) -> Result<Self, PowersError> {
        self.with(name, Presence::Optional, constraint)
    }

    /// Returns the capability that permits this action, also with a lower effect, and no other
    /// action.
    ///
    /// # Errors
    /// [`PowersError::Constraint`] when the arguments are more, or larger, than a capability can
    /// name.
    pub fn exactly(action: &Action) -> Result<Self, PowersError> {
        let capability = Self::for_tool(ToolPattern::Exact(action.tool.clone()), action.effect);
        action
            .arguments
            .iter()
            .try_fold(capability, |capability, (name, value)| {
                capability.require(name, Constraint::one_of([value.clone()])?)
            })
    }

    fn with(
        self,
        name: &str,
        presence: Presence,
        constraint: Constraint,
    ) -> Result<Self, PowersError> {
        let arguments = self.arguments.with_rule(name, presence, constraint)?;
        Ok(Self { arguments, ..self })
    }

    /// Permits every argument that is not named, with any value.
    #[must_use]
    pub fn allow_others(self) -> Self {
        Self {
            arguments: self.arguments.allow_others(),
            ..self
        }
    }

    /// Lets the holder delegate it.
    #[must_use]
    pub fn allow_delegation(self) -> Self {
        Self {
            delegable: true,
            ..self
        }
    }

    /// Returns the tool or family.
    #[must_use]
    pub const fn tool(&self) -> &ToolPattern {
        &self.tool
    }

    /// Returns the highest effect that a call may have.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// Returns the rules for its arguments.
    #[must_use]
    pub const fn arguments(&self) -> &ArgumentRules {
        &self.arguments
    }

    /// Returns whether the holder may delegate it.
    #[must_use]
    pub const fn is_delegable(&self) -> bool {
        self.delegable
    }

    /// Returns whether this one's holder may delegate `child` as it is. A delegable child needs a
    /// delegable parent.
    pub(crate) const fn passes_on(&self, child: &Self) -> bool {
        self.is_delegable() || !child.is_delegable()
    }
}
