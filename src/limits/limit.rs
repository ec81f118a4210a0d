use super::approval_gate::ApprovalGate;
use super::audience::AudienceSet;
use super::barrier::Barrier;
use super::budget::Budget;
use super::condition::Condition;
use super::delegates::Delegates;
use super::error::LimitError;
use super::lives_by::LivesBy;
use super::rate_limit::RateLimit;
use super::scope::{Scope, ToolSet};
use super::separation_of_duty::SeparationOfDuty;
use super::waves::Waves;
use super::window::Window;
use crate::powers::ToolPattern;
use crate::primitives::bounds::MAX_LIMITS;
use crate::primitives::{Label, NameError, Named, PublicKey};
use std::fmt;
use std::fmt::{Display, Formatter};

/// The demand of a limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitRule {
    /// The call is decided within a window of time.
    Window(Window),
    /// The call is made at one of these servers.
    Audience(AudienceSet),
    /// The holder signs the call. A host's statement of the caller is not enough.
    SignedCalls,
    /// A mission is active, by a status that is fresh.
    LivesBy(LivesBy),
    /// A fact satisfies a constraint.
    Condition(Condition),
    /// No mission of the chain has fired this event.
    EndsOn(Label),
    /// A mission is in one of these waves.
    Waves(Waves),
    /// Other tasks are done.
    Barrier(Barrier),
    /// All calls together stay within a budget.
    Budget(Budget),
    /// Calls do not exceed a rate.
    RateLimit(RateLimit),
    /// Tools of only one of several groups are used under one account.
    SeparationOfDuty(SeparationOfDuty),
    /// People have approved this very call.
    ApprovalGate(ApprovalGate),
    /// Mandates below are held with these keys only.
    Delegates(Delegates),
}

/// A demand on the calls in its scope.
///
/// ```
/// use mandatum::limits::Window;
/// use mandatum::{Limit, Timestamp};
/// let half_past = Timestamp::from_unix(1_767_227_400)?;
/// let limit = Limit::window(Window::closing(half_past)).with_tools(["revenue.*"])?;
/// assert_eq!(limit.to_string(), "until 2026-01-01T00:30:00Z, for revenue.*");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # JSON
///
/// A limit is an object with one of these members:
///
/// ```text
/// {"window": {"from": t, "until": t}}
/// {"audience": [name, …]}
/// {"signed_calls": true}
/// {"lives_by": {"mission": mission, "enders": [key, …],
///               "max_age": {"read": s, "write": s, "irreversible": s}}}
/// {"condition": {"fact": name, "holds": constraint, "max_age": s}}
/// {"ends_on": event}
/// {"waves": {"mission": mission, "first": n, "last": n, "drain": s}}
/// {"barrier": {"tasks": [{"mandate": digest, "reported_by": [key, …]}, …],
///              "quorum": n, "deadline": t}}
/// {"budget": {"account": name, "ledgers": {ledger: max, …}, "sum": [source, …],
///             "each": "day" or "week" or "month",
///             "per_value": {"path": [name, …], "remember": s, "any_case": true},
///             "askable": true}}
/// {"rate": {"account": name, "ledger": name, "burst": n, "per": s, "askable": true}}
/// {"exclusive": {"account": name, "ledger": name, "groups": [[tool, …], …],
///                "askable": true}}
/// {"gate": {"approvers": [key, …], "needed": n, "max_age": s, "effect": effect,
///           "unless": {"argument": name, "is": constraint}}}
/// {"delegates": [key, …]}
/// ```
///
/// - A second member `"tools": [tool, …]` states a scope that is not all calls.
/// - A mission is `{"controller": key, "name": name, "nonce": hex}`.
/// - A source is `{"path": [name, …], "tool": tool, "unit": unit, "texts": true}`, and its unit
///   `{"path": [name, …], "value": text}`.
/// - Times are seconds since 1970. Ages and drains are seconds. Keys are base64url, digests hex.
/// - These are left out: a first wave of 0, a drain of 0, a quorum of all tasks, an effect of read,
///   flags that are not set, and absent parts of a budget, its sources and a gate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    scope: Scope,
    rule: LimitRule,
}

impl Limit {
    /// Returns a demand on the calls of a scope.
    ///
    /// # Errors
    /// - [`LimitError::GroupOutOfScope`] for exclusive groups with a tool that is not in scope. The
    ///   ledger would not see a use of that tool, so the tool would exclude nothing.
    /// - [`LimitError::ToolWithoutSource`] for a budget and a scope with a tool that has no source.
    ///   A call of that tool would spend nothing.
    /// - [`LimitError::DelegatesInScope`] for delegates of some tools only.
    pub fn new(scope: Scope, rule: LimitRule) -> Result<Self, LimitError> {
        match &rule {
            LimitRule::SeparationOfDuty(exclusive) => exclusive.within(&scope)?,
            LimitRule::Budget(budget) => budget.counts_all_of(&scope)?,
            // A mandate is delegated with all its tools, so a scope would have no meaning.
            LimitRule::Delegates(_) if scope != Scope::All => {
                return Err(LimitError::DelegatesInScope);
            }
            // No other kind depends on the tools in scope.
            LimitRule::Window(_)
            | LimitRule::Audience(_)
            | LimitRule::SignedCalls
            | LimitRule::LivesBy(_)
            | LimitRule::Condition(_)
            | LimitRule::EndsOn(_)
            | LimitRule::Waves(_)
            | LimitRule::Barrier(_)
            | LimitRule::RateLimit(_)
            | LimitRule::ApprovalGate(_)
            | LimitRule::Delegates(_) => {}
        }
        Ok(Self { scope, rule })
    }

    const fn of_all(rule: LimitRule) -> Self {
        Self {
            scope: Scope::All,
            rule,
        }
    }

    /// Demands that calls are decided within `window`.
    #[must_use]
    pub const fn window(window: Window) -> Self {
        Self::of_all(LimitRule::Window(window))
    }

    /// Demands that calls are made at one of `audiences`.
    #[must_use]
    pub fn audience(audiences: impl Into<AudienceSet>) -> Self {
        Self::of_all(LimitRule::Audience(audiences.into()))
    }

    /// Demands that the holder signs calls.
    #[must_use]
    pub const fn signed_calls() -> Self {
        Self::of_all(LimitRule::SignedCalls)
    }

    /// Demands that a mission keeps the calls alive.
    #[must_use]
    pub const fn lives_by(lives_by: LivesBy) -> Self {
        Self::of_all(LimitRule::LivesBy(lives_by))
    }

    /// Demands that a fact satisfies a constraint.
    #[must_use]
    pub const fn condition(condition: Condition) -> Self {
        Self::of_all(LimitRule::Condition(condition))
    }

    /// Ends the calls on an event of a mission.
    #[must_use]
    pub const fn ends_on(event: Label) -> Self {
        Self::of_all(LimitRule::EndsOn(event))
    }

    /// Demands that a mission is in one of these waves.
    #[must_use]
    pub const fn waves(waves: Waves) -> Self {
        Self::of_all(LimitRule::Waves(waves))
    }

    /// Demands that other tasks are done.
    #[must_use]
    pub const fn barrier(barrier: Barrier) -> Self {
        Self::of_all(LimitRule::Barrier(barrier))
    }

    /// Demands that all calls together stay within a budget. Where every source of the budget is of
    /// a tool, the scope is these tools.
    #[must_use]
    pub fn budget(budget: Budget) -> Self {
        Self {
            scope: budget.scope(),
            rule: LimitRule::Budget(budget),
        }
    }

    /// Demands that calls do not exceed a rate.
    #[must_use]
    pub const fn rate_limit(rate: RateLimit) -> Self {
        Self::of_all(LimitRule::RateLimit(rate))
    }

    /// Demands that tools of only one of several groups are used under one account.
    #[must_use]
    pub const fn separation_of_duty(exclusive: SeparationOfDuty) -> Self {
        Self::of_all(LimitRule::SeparationOfDuty(exclusive))
    }

    /// Demands that people have approved this very call.
    #[must_use]
    pub const fn approval_gate(gate: ApprovalGate) -> Self {
        Self::of_all(LimitRule::ApprovalGate(gate))
    }

    /// Demands that every mandate below is held with one of these keys. This is a rule of the chain
    /// (22), which minting and verifying check.
    ///
    /// # Errors
    /// [`LimitError::Delegates`] for none or more than 32.
    ///
    /// ```
    /// use mandatum::limits::LimitError;
    /// use mandatum::{Limit, SigningKey};
    /// let [writer, reviewer] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
    /// let limit = Limit::delegates([writer, reviewer])?;
    /// assert_eq!(limit.to_string(), "delegated only to 2 keys");
    /// // A holder is a delegate for all tools or for none.
    /// assert_eq!(limit.with_tools(["pay"]), Err(LimitError::DelegatesInScope));
    /// # Ok::<(), LimitError>(())
    /// ```
    pub fn delegates(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, LimitError> {
        Delegates::new(keys)
            .map(LimitRule::Delegates)
            .map(Self::of_all)
    }

    /// Returns the same demand on the calls of these tools and families only.
    ///
    /// # Errors
    /// [`LimitError::Tool`] for a text that is no tool or family, such as `Crm Read`;
    /// [`LimitError::Tools`] for none or more than 32; and the errors of [`Limit::new`].
    pub fn with_tools<'t>(
        self,
        tools: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, LimitError> {
        let tools: Vec<ToolPattern> = tools
            .into_iter()
            .map(ToolPattern::new)
            .collect::<Result<_, _>>()?;
        Self::new(Scope::Tools(ToolSet::new(tools)?), self.rule)
    }

    /// Returns the scope: the calls that it applies to.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the demand on these calls.
    #[must_use]
    pub const fn rule(&self) -> &LimitRule {
        &self.rule
    }

    /// Returns the limit under another account, named by `name`. A limit without an account is the
    /// same.
    pub(crate) fn under(
        &self,
        name: impl FnOnce(&Label) -> Result<Label, NameError>,
    ) -> Result<Self, NameError> {
        let rule = match &self.rule {
            LimitRule::Budget(budget) => LimitRule::Budget(budget.under(name(budget.account())?)),
            LimitRule::RateLimit(rate) => LimitRule::RateLimit(rate.under(name(rate.account())?)),
            LimitRule::SeparationOfDuty(exclusive) => {
                LimitRule::SeparationOfDuty(exclusive.under(name(exclusive.account())?))
            }
            rule @ (LimitRule::Window(_)
            | LimitRule::Audience(_)
            | LimitRule::SignedCalls
            | LimitRule::LivesBy(_)
            | LimitRule::Condition(_)
            | LimitRule::EndsOn(_)
            | LimitRule::Waves(_)
            | LimitRule::Barrier(_)
            | LimitRule::ApprovalGate(_)
            | LimitRule::Delegates(_)) => rule.clone(),
        };
        Ok(Self {
            scope: self.scope.clone(),
            rule,
        })
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        match &self.scope {
            Scope::All => Ok(()),
            Scope::Tools(tools) => {
                f.write_str(", for ")?;
                crate::powers::join(f, ", ", tools.iter())
            }
        }
    }
}

impl Display for LimitRule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window(window) => match (window.opens(), window.closes()) {
                (Some(from), Some(until)) => write!(f, "from {from} until {until}"),
                (Some(from), None) => write!(f, "from {from}"),
                (None, Some(until)) => write!(f, "until {until}"),
                // Can't happen: every constructor of a window sets an end.
                (None, None) => f.write_str("always"),
            },
            Self::Audience(audiences) => {
                f.write_str("at ")?;
                crate::powers::join(
                    f,
                    ", ",
                    audiences.iter().map(|audience| Named(audience.as_str())),
                )
            }
            Self::SignedCalls => f.write_str("signed calls only"),
            Self::LivesBy(lives_by) => write!(f, "{lives_by}"),
            Self::Condition(Condition {
                fact,
                holds,
                max_age,
            }) => {
                write!(f, "while {fact} is {holds}, seen at most {max_age} ago")
            }
            Self::EndsOn(event) => write!(f, "until the event {event}"),
            Self::Waves(waves) => write!(f, "{waves}"),
            Self::Barrier(barrier) => write!(f, "{barrier}"),
            Self::Budget(budget) => write!(f, "{budget}"),
            Self::RateLimit(rate) => write!(f, "{rate}"),
            Self::SeparationOfDuty(exclusive) => write!(f, "{exclusive}"),
            Self::ApprovalGate(gate) => write!(f, "{gate}"),
            Self::Delegates(delegates) => write!(f, "{delegates}"),
        }
    }
}

impl Display for LivesBy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use crate::powers::Effect::{Irreversible, Read, Write};
        let age = |effect| self.max_age().for_effect(effect).get();
        let (read, write, irreversible) = (age(Read), age(Write), age(Irreversible));
        write!(
            f,
            "lives by mission {}, on a status at most {read}/{write}/{irreversible} s old",
            self.mission()
        )?;
        write!(
            f,
            " for reads/writes/irreversible calls, controlled by {}",
            self.mission().controller
        )?;
        match self.enders().len() {
            0 => Ok(()),
            others => write!(f, ", {others} others may end it"),
        }
    }
}

/// The limits of one mandate, at most 32.
///
/// ```
/// use mandatum::limits::LimitError;
/// use mandatum::{Limit, Limits};
/// let limits = Limits::new([Limit::signed_calls()])?;
/// assert_eq!(limits.iter().count(), 1);
/// let many = Limits::new(vec![Limit::signed_calls(); 33]);
/// assert_eq!(many, Err(LimitError::TooMany { found: 33 }));
/// # Ok::<(), LimitError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// Returns these limits.
    ///
    /// # Errors
    /// [`LimitError::TooMany`] for more than 32.
    pub fn new(limits: impl IntoIterator<Item = Limit>) -> Result<Self, LimitError> {
        let limits: Vec<Limit> = limits.into_iter().collect();
        match limits.len() {
            found if found > MAX_LIMITS => Err(LimitError::TooMany { found }),
            _ => Ok(Self(limits)),
        }
    }

    /// Returns an empty set of limits.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the limits in the order in which they were given.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Limit> + Clone {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Limits {
    type Item = &'a Limit;
    type IntoIter = std::slice::Iter<'a, Limit>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
