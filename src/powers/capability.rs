use super::action::{Action, Effect};
use super::arguments::{ArgumentRules, Presence};
use super::constraint::Constraint;
use super::powers::PowersError;
use super::tool::ToolPattern;

/// One power: a tool or a family of tools, rules for its arguments, a ceiling on its effect.
///
/// It may be passed on only if it says so; a capability that is not delegable ends with its holder.
///
/// It is written as rules: [`require`](Self::require) and [`allow`](Self::allow) name arguments,
/// [`allow_others`](Self::allow_others) lets all others through, and
/// [`allow_delegation`](Self::allow_delegation) lets the holder pass it on.
///
/// In JSON:
/// `{"tool": "crm.read", "effect": "read", "args": {name: constraint}, "optional": {name: constraint}, "open": false, "delegable": false}`,
/// where `args` are required arguments and all but `tool` and `effect` may be absent.
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
    /// A capability for `tool` (`crm.read`, or the family `crm.*`) without arguments, up to
    /// `effect`, not delegable.
    ///
    /// # Errors
    /// [`PowersError::Tool`] when the tool is not written as tools are.
    pub fn new(tool: &str, effect: Effect) -> Result<Self, PowersError> {
        Ok(Self::for_tool(ToolPattern::new(tool)?, effect))
    }

    /// The same for a tool or family that was read already.
    #[must_use]
    pub const fn for_tool(tool: ToolPattern, effect: Effect) -> Self {
        Self {
            tool,
            effect,
            arguments: ArgumentRules::closed(),
            delegable: false,
        }
    }

    /// With these rules for its arguments, instead of those it has.
    #[must_use]
    pub fn with_arguments(self, arguments: ArgumentRules) -> Self {
        Self { arguments, ..self }
    }

    /// Adds an argument that must be there.
    ///
    /// # Errors
    /// As [`ArgumentRules::require`].
    pub fn require(self, name: &str, constraint: Constraint) -> Result<Self, PowersError> {
        self.with(name, Presence::Required, constraint)
    }

    /// Adds an argument that may be there.
    ///
    /// # Errors
    /// As [`ArgumentRules::allow`].
    pub fn allow(self, name: &str, constraint: Constraint) -> Result<Self, PowersError> {
        self.with(name, Presence::Optional, constraint)
    }

    /// The capability that permits just this action, and what has less effect.
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

    /// Lets every unnamed argument through, whatever it is.
    #[must_use]
    pub fn allow_others(self) -> Self {
        Self {
            arguments: self.arguments.allow_others(),
            ..self
        }
    }

    /// Lets the holder pass it on.
    #[must_use]
    pub fn allow_delegation(self) -> Self {
        Self {
            delegable: true,
            ..self
        }
    }

    /// The tool or family.
    #[must_use]
    pub const fn tool(&self) -> &ToolPattern {
        &self.tool
    }

    /// The highest effect of a call.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// The rules for its arguments.
    #[must_use]
    pub const fn arguments(&self) -> &ArgumentRules {
        &self.arguments
    }

    /// Whether the holder may pass it on.
    #[must_use]
    pub const fn is_delegable(&self) -> bool {
        self.delegable
    }

    /// Returns whether this one's holder may delegate `child` as it is: what is to be delegated
    /// further must be delegable here.
    pub(crate) const fn passes_on(&self, child: &Self) -> bool {
        self.is_delegable() || !child.is_delegable()
    }
}
