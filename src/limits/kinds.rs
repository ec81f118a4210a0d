//! The questions that chains, missions and graphs ask of a limit of any kind. Each is answered here
//! for every kind by name: a new kind of limit does not compile before it answers them all.

use super::audience::AudienceSet;
use super::barrier::Barrier;
use super::delegates::Delegates;
use super::gate::ApprovalGate;
use super::limit::{Limit, LimitRule};
use super::lives_by::LivesBy;
use super::scope::Scope;
use super::waves::Waves;
use crate::primitives::Label;

impl Limit {
    /// The mission that keeps the calls in scope alive.
    pub(crate) const fn mission(&self) -> Option<(&Scope, &LivesBy)> {
        match self.rule().mission() {
            Some(lives_by) => Some((self.scope(), lives_by)),
            None => None,
        }
    }
}

impl LimitRule {
    /// The mission that keeps the calls alive: its controller and enders are asked (rules 16 to 18), and
    /// a decision looks its state up.
    pub(crate) const fn mission(&self) -> Option<&LivesBy> {
        match self {
            Self::LivesBy(lives_by) => Some(lives_by),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The event of a mission that ends the calls (rule 17).
    pub(crate) const fn event(&self) -> Option<&Label> {
        match self {
            Self::EndsOn(event) => Some(event),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The waves of a mission that the calls are bound to (rule 17).
    pub(crate) const fn waves(&self) -> Option<&Waves> {
        match self {
            Self::Waves(waves) => Some(waves),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The tasks that the calls wait for, whose ends a host watches (rule 18).
    pub(crate) const fn barrier(&self) -> Option<&Barrier> {
        match self {
            Self::Barrier(barrier) => Some(barrier),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The fact that a decision reads (rule 21).
    pub(crate) const fn fact(&self) -> Option<&Label> {
        match self {
            Self::Condition(condition) => Some(&condition.fact),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The servers that it names, for the floor that demands some.
    pub(crate) const fn audience(&self) -> Option<&AudienceSet> {
        match self {
            Self::Audience(audiences) => Some(audiences),
            Self::Window(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The name of the account under which a ledger counts it (rule 18).
    pub(crate) const fn account(&self) -> Option<&Label> {
        match self {
            Self::Budget(budget) => Some(budget.account()),
            Self::Rate(rate) => Some(rate.account()),
            Self::Exclusive(exclusive) => Some(exclusive.account()),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Gate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The people who must approve (rules 16 and 18).
    pub(crate) const fn gate(&self) -> Option<&ApprovalGate> {
        match self {
            Self::Gate(gate) => Some(gate),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Delegates(_) => None,
        }
    }

    /// The keys that mandates below may be held with (rule 22).
    pub(crate) const fn delegates(&self) -> Option<&Delegates> {
        match self {
            Self::Delegates(delegates) => Some(delegates),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_) => None,
        }
    }

    /// Whether a ledger or people stand behind it (rule 18).
    pub(crate) const fn is_meter(&self) -> bool {
        self.account().is_some() || self.gate().is_some()
    }

    /// Whether it says when a task may act, by the clock or by the state of missions and of other
    /// tasks: what an execution graph draws.
    pub(crate) const fn says_when(&self) -> bool {
        match self {
            Self::Window(_)
            | Self::LivesBy(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_) => true,
            Self::Audience(_)
            | Self::SignedCalls
            | Self::Condition(_)
            | Self::Budget(_)
            | Self::Rate(_)
            | Self::Exclusive(_)
            | Self::Gate(_)
            | Self::Delegates(_) => false,
        }
    }
}
