//! The questions that chains, missions and graphs ask of a limit. Each function answers one of them
//! for every kind by name, so a new kind of limit does not compile before it answers them all.

use super::approval_gate::ApprovalGate;
use super::audience::AudienceSet;
use super::barrier::Barrier;
use super::delegates::Delegates;
use super::limit::{Limit, LimitRule};
use super::lives_by::LivesBy;
use super::scope::Scope;
use super::waves::Waves;
use crate::primitives::Label;

impl Limit {
    /// Returns the mission that keeps the calls in scope alive, with that scope.
    pub(crate) const fn mission(&self) -> Option<(&Scope, &LivesBy)> {
        match self.rule().mission() {
            Some(lives_by) => Some((self.scope(), lives_by)),
            None => None,
        }
    }
}

impl LimitRule {
    /// Returns the mission that keeps the calls alive. Rules 16 to 18 read its controller and
    /// enders, and a decision reads its state.
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the event of a mission that ends the calls (rule 17).
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the waves of a mission that the calls are bound to (rule 17).
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the tasks that the calls wait for, whose ends a host watches (rule 18).
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the fact that a decision reads (rule 21).
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the servers that it names, for the floor that demands an audience.
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the name of the account under which a ledger counts it (rule 18).
    pub(crate) const fn account(&self) -> Option<&Label> {
        match self {
            Self::Budget(budget) => Some(budget.account()),
            Self::RateLimit(rate) => Some(rate.account()),
            Self::SeparationOfDuty(exclusive) => Some(exclusive.account()),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the gate with the people who must approve (rules 16 and 18).
    pub(crate) const fn gate(&self) -> Option<&ApprovalGate> {
        match self {
            Self::ApprovalGate(gate) => Some(gate),
            Self::Window(_)
            | Self::Audience(_)
            | Self::SignedCalls
            | Self::LivesBy(_)
            | Self::Condition(_)
            | Self::EndsOn(_)
            | Self::Waves(_)
            | Self::Barrier(_)
            | Self::Budget(_)
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::Delegates(_) => None,
        }
    }

    /// Returns the keys that may hold mandates below (rule 22).
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_) => None,
        }
    }

    /// Returns whether a ledger counts it or people approve it (rule 18).
    pub(crate) const fn is_meter(&self) -> bool {
        self.account().is_some() || self.gate().is_some()
    }

    /// Returns whether it states when a task may act, by the clock or by the state of missions and
    /// other tasks. An execution graph draws such limits.
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
            | Self::RateLimit(_)
            | Self::SeparationOfDuty(_)
            | Self::ApprovalGate(_)
            | Self::Delegates(_) => false,
        }
    }
}
