use super::audience::AudienceSet;
use super::barrier::Barrier;
use super::budget::Budget;
use super::condition::Condition;
use super::delegates::Delegates;
use super::error::LimitError;
use super::exclusive::SeparationOfDuty;
use super::gate::ApprovalGate;
use super::lives_by::LivesBy;
use super::rate::RateLimit;
use super::scope::{Scope, ToolSet};
use super::waves::Waves;
use super::window::Window;
use crate::powers::ToolPattern;
use crate::primitives::bounds::MAX_LIMITS;
use crate::primitives::{Label, NameError, Named, PublicKey};
use std::fmt;
use std::fmt::{Display, Formatter};

/// What a limit demands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitRule {
    /// The call is decided within a window of time.
    Window(Window),
    /// The call is made at one of these servers.
    Audience(AudienceSet),
    /// The call is signed by the holder; a host's word for who calls is not enough.
    SignedCalls,
    /// A mission is active, by news that is fresh.
    LivesBy(LivesBy),
    /// A fact is so.
    Condition(Condition),
    /// No mission of the chain has fired this event.
    EndsOn(Label),
    /// A mission is in one of these waves.
    Waves(Waves),
    /// Other tasks are done.
    Barrier(Barrier),
    /// All calls together stay within a budget.
    Budget(Budget),
    /// Calls don't follow each other faster than this.
    Rate(RateLimit),
    /// Tools of several groups are not used under one account.
    Exclusive(SeparationOfDuty),
    /// People have approved this very call.
    Gate(ApprovalGate),
    /// Mandates below are held with one of these keys.
    Delegates(Delegates),
}

/// One demand on the calls in its scope.
///
/// In JSON one of `{"window": {"from": t, "until": t}}`, `{"audience": [name, …]}`,
/// `{"signed_calls": true}`,
/// `{"lives_by": {"mission": mission, "enders": [key, …], "max_age": {"read": s, "write": s, "irreversible": s}}}`,
/// `{"condition": {"fact": name, "holds": constraint, "max_age": s}}`, `{"ends_on": event}`,
/// `{"waves": {"mission": mission, "first": n, "last": n, "drain": s}}`,
/// `{"barrier": {"tasks": [{"mandate": digest, "reported_by": [key, …]}, …], "quorum": n, "deadline": t}}`,
/// `{"budget": {"account": name, "ledgers": {ledger: max, …}, "sum": [source, …], "each": "day" or "week" or "month", "per_value": {"path": [name, …], "remember": s, "any_case": true}, "askable": true}}`,
/// each source
/// `{"path": [name, …], "tool": tool, "unit": {"path": [name, …], "value": text}, "texts": true}`,
/// `{"rate": {"account": name, "ledger": name, "burst": n, "per": s, "askable": true}}`,
/// `{"exclusive": {"account": name, "ledger": name, "groups": [[tool, …], …], "askable": true}}`,
/// `{"gate": {"approvers": [key, …], "needed": n, "max_age": s, "effect": effect, "unless": {"argument": name, "is": constraint}}}`,
/// `{"delegates": [key, …]}`, each with `"tools": [tool, …]` beside it where its scope is not all
/// calls; a mission is `{"controller": key, "name": name, "nonce": hex}`; times are seconds since
/// 1970, ages and drain seconds, keys base64url, digests hex; a first wave of 0, no drain, a quorum
/// of all, an effect of read, flags that are not set, and parts of a budget, its sources and a gate
/// that there are none of are left out.
///
/// ```
/// use mandatum::limits::Window;
/// use mandatum::{Limit, Timestamp};
/// let half_past = Timestamp::from_unix(1_767_227_400)?;
/// let limit = Limit::window(Window::closing(half_past)).with_tools(["revenue.*"])?;
/// assert_eq!(limit.to_string(), "until 2026-01-01T00:30:00Z, for revenue.*");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    scope: Scope,
    rule: LimitRule,
}

impl Limit {
    /// A demand on the calls of a scope.
    ///
    /// # Errors
    /// - [`LimitError::GroupOutOfScope`] for exclusive groups with tools that are not in scope: a
    ///   use of these would not be seen, so it would exclude nothing.
    /// - [`LimitError::ToolWithoutSource`] for a budget and a scope with tools that no source is
    ///   of: their calls would spend nothing.
    /// - [`LimitError::DelegatesInScope`] for delegates of some tools only.
    pub fn new(scope: Scope, rule: LimitRule) -> Result<Self, LimitError> {
        match &rule {
            LimitRule::Exclusive(exclusive) => exclusive.within(&scope)?,
            LimitRule::Budget(budget) => budget.counts_all_of(&scope)?,
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
            | LimitRule::Rate(_)
            | LimitRule::Gate(_)
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

    /// Calls are decided within `window`.
    #[must_use]
    pub const fn window(window: Window) -> Self {
        Self::of_all(LimitRule::Window(window))
    }

    /// Calls are made at one of `audiences`.
    #[must_use]
    pub fn audience(audiences: impl Into<AudienceSet>) -> Self {
        Self::of_all(LimitRule::Audience(audiences.into()))
    }

    /// Calls are signed.
    #[must_use]
    pub const fn signed_calls() -> Self {
        Self::of_all(LimitRule::SignedCalls)
    }

    /// A mission keeps the calls alive.
    #[must_use]
    pub const fn lives_by(lives_by: LivesBy) -> Self {
        Self::of_all(LimitRule::LivesBy(lives_by))
    }

    /// A fact is so.
    #[must_use]
    pub const fn condition(condition: Condition) -> Self {
        Self::of_all(LimitRule::Condition(condition))
    }

    /// An event of a mission ends the calls.
    #[must_use]
    pub const fn ends_on(event: Label) -> Self {
        Self::of_all(LimitRule::EndsOn(event))
    }

    /// A mission is in one of these waves.
    #[must_use]
    pub const fn waves(waves: Waves) -> Self {
        Self::of_all(LimitRule::Waves(waves))
    }

    /// Other tasks are done.
    #[must_use]
    pub const fn barrier(barrier: Barrier) -> Self {
        Self::of_all(LimitRule::Barrier(barrier))
    }

    /// All calls together stay within a budget. Where every source of the budget is of a tool, the
    /// limit is for these tools.
    #[must_use]
    pub fn budget(budget: Budget) -> Self {
        Self {
            scope: budget.scope(),
            rule: LimitRule::Budget(budget),
        }
    }

    /// Calls don't follow each other faster than this.
    #[must_use]
    pub const fn rate(rate: RateLimit) -> Self {
        Self::of_all(LimitRule::Rate(rate))
    }

    /// Tools of several groups are not used under one account.
    #[must_use]
    pub const fn exclusive(exclusive: SeparationOfDuty) -> Self {
        Self::of_all(LimitRule::Exclusive(exclusive))
    }

    /// People have approved this very call.
    #[must_use]
    pub const fn gate(gate: ApprovalGate) -> Self {
        Self::of_all(LimitRule::Gate(gate))
    }

    /// Every mandate below is held with one of these keys. It is a rule of the chain (22), checked
    /// when a child is minted and when a chain is verified.
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
    /// // Of all tools, or of none.
    /// assert_eq!(limit.with_tools(["pay"]), Err(LimitError::DelegatesInScope));
    /// # Ok::<(), LimitError>(())
    /// ```
    pub fn delegates(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, LimitError> {
        Delegates::new(keys)
            .map(LimitRule::Delegates)
            .map(Self::of_all)
    }

    /// The same demand on the calls of these tools and families only.
    ///
    /// # Errors
    /// [`LimitError::Tool`] for a tool that is not written as tools are; [`LimitError::Tools`] for
    /// none or too many; else as [`Limit::new`].
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

    /// Which calls it is about.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What it demands of them.
    #[must_use]
    pub const fn rule(&self) -> &LimitRule {
        &self.rule
    }

    /// The same limit; what is counted under an account is counted under one with the other name.
    pub(crate) fn under(
        &self,
        name: impl FnOnce(&Label) -> Result<Label, NameError>,
    ) -> Result<Self, NameError> {
        let rule = match &self.rule {
            LimitRule::Budget(budget) => LimitRule::Budget(budget.under(name(budget.account())?)),
            LimitRule::Rate(rate) => LimitRule::Rate(rate.under(name(rate.account())?)),
            LimitRule::Exclusive(exclusive) => {
                LimitRule::Exclusive(exclusive.under(name(exclusive.account())?))
            }
            rule @ (LimitRule::Window(_)
            | LimitRule::Audience(_)
            | LimitRule::SignedCalls
            | LimitRule::LivesBy(_)
            | LimitRule::Condition(_)
            | LimitRule::EndsOn(_)
            | LimitRule::Waves(_)
            | LimitRule::Barrier(_)
            | LimitRule::Gate(_)
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
            Self::Rate(rate) => write!(f, "{rate}"),
            Self::Exclusive(exclusive) => write!(f, "{exclusive}"),
            Self::Gate(gate) => write!(f, "{gate}"),
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
            "lives by mission {}, news at most {read}/{write}/{irreversible} s old",
            self.mission()
        )?;
        write!(
            f,
            " to read/write/do for good, controlled by {}",
            self.mission().controller
        )?;
        match self.enders().len() {
            0 => Ok(()),
            others => write!(f, ", {others} others may end it"),
        }
    }
}

/// The limits of one mandate, at most 32. No limit is no extra limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// At most 32 limits.
    ///
    /// # Errors
    /// [`LimitError::TooMany`].
    pub fn new(limits: impl IntoIterator<Item = Limit>) -> Result<Self, LimitError> {
        let limits: Vec<Limit> = limits.into_iter().collect();
        match limits.len() {
            found if found > MAX_LIMITS => Err(LimitError::TooMany { found }),
            _ => Ok(Self(limits)),
        }
    }

    /// No extra limit.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The limits in the order they were given.
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
