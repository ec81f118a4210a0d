//! The checks of the ladder, one function each. [`Step`](super::step::Step) numbers them.

use super::context::DecisionContext;
use super::rules_in_scope::InScope;
use super::server_context::ServerContext;
use super::step_result::StepResult;
use crate::chain::{Call, Settings, VerifiedChain, grant_accepted};
use crate::charge::charge_of;
use crate::claims::{CallClaims, Link, Root, RootAudience};
use crate::denial::DenialReason;
use crate::limits::{
    ApprovalGate, AudienceSet, Condition, LimitRule, LivesBy, Window, WindowState,
};
use crate::mission::{Standing, in_wave, mission_alive};
use crate::powers::{Action, Effect};
use crate::primitives::bounds::{CONDITION_STEPS, MISSION_STEPS};
use crate::primitives::{Label, MandateId, OutOfWork, Timestamp, Work};
use std::cell::RefCell;

/// Checks step 1.
pub(super) fn same_configuration(
    settings: &Settings,
    chain: &VerifiedChain,
) -> Result<(), DenialReason> {
    if settings.configuration() == chain.configuration() {
        Ok(())
    } else {
        Err(DenialReason::OtherConfiguration)
    }
}

/// Checks step 2 for one link.
pub(crate) fn issued(link: &Link, now: Timestamp, settings: &Settings) -> Result<(), DenialReason> {
    if link.lifetime.has_begun(now, settings.leeway()) {
        return Ok(());
    }
    let issued_at = link.lifetime.issued_at();
    Err(DenialReason::IssuedInFuture { issued_at, now })
}

/// Checks step 3 for one link. Returns the first second in which the link has expired.
pub(super) fn not_expired(link: &Link, now: Timestamp) -> Result<Timestamp, DenialReason> {
    let expires = link.lifetime.expires();
    if link.lifetime.is_over(now) {
        Err(DenialReason::Expired { expires, now })
    } else {
        Ok(expires)
    }
}

/// Checks step 4.
pub(super) fn root_audience(
    audience: &RootAudience,
    here: &ServerContext,
) -> Result<(), DenialReason> {
    match audience {
        RootAudience::Anywhere => Ok(()),
        RootAudience::Only(audiences) => within_audience(audiences, here),
    }
}

/// Checks step 16 and returns the principal's name in the server's system; `None` where the server
/// names no system.
pub(crate) fn local_name<'c>(
    root: &'c Root,
    context: &DecisionContext<'_>,
) -> Result<Option<&'c Label>, DenialReason> {
    let Some(system) = context.system() else {
        return Ok(None);
    };
    let alias = root.principal.aliases.get(system);
    alias.map(Some).ok_or_else(|| DenialReason::AliasMissing {
        system: system.clone(),
    })
}

/// Checks that the server is one of the audiences.
pub(super) fn within_audience(
    audiences: &AudienceSet,
    here: &ServerContext,
) -> Result<(), DenialReason> {
    let here = here.audience();
    if audiences.contains(here) {
        return Ok(());
    }
    Err(DenialReason::WrongAudience {
        here: here.clone(),
        named: audiences.clone(),
    })
}

/// The party that knows whether a limit holds.
#[derive(Clone, Copy)]
pub(super) enum DecidedBy<'a> {
    /// The chain, the clock and the server's name, which are public.
    Bytes,
    /// The host's missions, facts and ledgers.
    Host,
    /// The people who approve at a gate.
    People(&'a ApprovalGate),
}

/// Returns the party that knows whether a limit holds.
pub(super) const fn decided_by(rule: &LimitRule) -> DecidedBy<'_> {
    match rule {
        LimitRule::Window(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::Delegates(_) => DecidedBy::Bytes,
        LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Waves(_)
        | LimitRule::Barrier(_)
        | LimitRule::Budget(_)
        | LimitRule::RateLimit(_)
        | LimitRule::SeparationOfDuty(_) => DecidedBy::Host,
        LimitRule::ApprovalGate(gate) => DecidedBy::People(gate),
    }
}

/// Checks step 15, which is rule 10 at the time of the decision: a grant from further in the future
/// than a clock may be ahead counts as none.
pub(super) fn grant_received(
    root: &Root,
    now: Timestamp,
    settings: &Settings,
) -> Result<(), DenialReason> {
    let grant = root
        .grant
        .as_ref()
        .filter(|grant| grant.at.received(now, settings.leeway()).is_some());
    grant_accepted(grant, settings.grants()).map_err(DenialReason::Chain)
}

/// The call that limits are evaluated for, with the budgets of work that they share.
pub(super) struct Evaluation<'a> {
    pub(crate) chain: &'a VerifiedChain,
    pub(crate) action: &'a Action,
    pub(super) in_scope: InScope,
    pub(crate) context: &'a DecisionContext<'a>,
    pub(super) is_signed: bool,
    pub(crate) settings: &'a Settings,
    /// Work left for all conditions together, because whoever delegates may add conditions.
    conditions: RefCell<Work>,
    /// Work left for finding the amounts that all budgets count in the arguments.
    amounts: RefCell<Work>,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(
        settings: &'a Settings,
        chain: &'a VerifiedChain,
        action: &'a Action,
        context: &'a DecisionContext<'a>,
        is_signed: bool,
    ) -> Self {
        let in_scope = InScope::new(chain.chain(), &action.tool);
        let conditions = RefCell::new(Work::new(CONDITION_STEPS));
        let amounts = RefCell::new(action.work());
        Self {
            chain,
            action,
            in_scope,
            context,
            is_signed,
            settings,
            conditions,
            amounts,
        }
    }
}

/// The state of the missions that a chain depends on, and the steps left for look-ups. Each mission
/// is looked up once, when it is first needed.
///
/// The steps depend on the chain alone, so running out of them reveals nothing that the host knows.
pub(crate) struct Missions<'a> {
    standing: Option<Standing<'a>>,
    pub(crate) work: Work,
}

impl<'a> Missions<'a> {
    pub(crate) const fn new() -> Self {
        Self {
            standing: None,
            work: Work::new(MISSION_STEPS),
        }
    }

    /// Returns the state of all missions, looked up at the first call, with the steps left.
    pub(crate) fn standing(
        &mut self,
        evaluation: &Evaluation<'a>,
    ) -> Result<(&Standing<'a>, &mut Work), OutOfWork> {
        let standing = match self.standing.take() {
            Some(standing) => standing,
            None => Standing::new(evaluation.chain, evaluation.context.news(), &mut self.work)?,
        };
        Ok((self.standing.insert(standing), &mut self.work))
    }
}

impl<'a> Evaluation<'a> {
    /// Checks that a limit of a link holds for the call.
    pub(crate) fn within(
        &self,
        link: usize,
        rule: &LimitRule,
        missions: &mut Missions<'a>,
    ) -> Result<StepResult, DenialReason> {
        let (context, news, now) = (self.context, self.context.news(), self.context.now());
        match rule {
            LimitRule::Window(_)
            | LimitRule::Audience(_)
            | LimitRule::SignedCalls
            | LimitRule::Delegates(_) => {
                return within_public(rule, context.here(), self.settings, self.is_signed);
            }
            LimitRule::LivesBy(lives_by) => return self.alive(lives_by, &mut missions.work),
            LimitRule::Condition(condition) => return self.condition_holds(condition),
            LimitRule::Waves(waves) => {
                let waves = (waves, self.chain.mission_id(waves.mission()));
                return Ok(StepResult {
                    until: in_wave(waves, news, now, &mut missions.work)?,
                    ..StepResult::ALWAYS
                });
            }
            LimitRule::Budget(_) | LimitRule::RateLimit(_) | LimitRule::SeparationOfDuty(_) => {
                let work = &mut *self.amounts.borrow_mut();
                let charge = charge_of(
                    self.chain,
                    link,
                    rule,
                    (self.action, work),
                    context.ledgers(),
                )?;
                return Ok(StepResult {
                    charge: charge.map(Box::new),
                    ..StepResult::ALWAYS
                });
            }
            LimitRule::EndsOn(event) => {
                let (standing, work) = missions.standing(self)?;
                standing.event_not_fired(event, work)?;
            }
            LimitRule::Barrier(barrier) => {
                let (standing, work) = missions.standing(self)?;
                standing.barrier_open(link, barrier, now, work)?;
            }
            // Gates are checked last, at steps 19 and 20.
            LimitRule::ApprovalGate(_) => {}
        }
        Ok(StepResult::ALWAYS)
    }

    /// Checks that a mission keeps the call alive, by a status no older than the token and the
    /// settings both accept.
    pub(crate) fn alive(
        &self,
        lives_by: &LivesBy,
        work: &mut Work,
    ) -> Result<StepResult, DenialReason> {
        let (tool, effect) = (Some(&self.action.tool), self.action.effect);
        let token = lives_by.max_age().for_effect(effect);
        let max_age = self
            .settings
            .floors()
            .status_age()
            // The stricter of the two counts.
            .map_or(token, |floor| floor.for_effect(effect).min(token));
        let lives_by = (lives_by, self.chain.mission_id(lives_by.mission()));
        Ok(StepResult::until(mission_alive(
            lives_by,
            tool,
            max_age,
            self.context.news(),
            self.context.now(),
            work,
        )?))
    }

    /// Checks a condition, within the work that all conditions share.
    fn condition_holds(&self, condition: &Condition) -> Result<StepResult, DenialReason> {
        let issuer = self.chain.anchor().issuer();
        let (leeway, work) = (self.settings.leeway(), &mut *self.conditions.borrow_mut());
        self.context
            .condition_holds(condition, issuer, leeway, work)
            .map(StepResult::until)
    }
}

/// Checks a window. Returns the first second in which it is closed.
fn within_window(
    window: Window,
    now: Timestamp,
    settings: &Settings,
) -> Result<StepResult, DenialReason> {
    match window.state(now, settings.leeway()) {
        WindowState::Open => Ok(StepResult {
            until: window.closes(),
            ..StepResult::ALWAYS
        }),
        WindowState::NotYet { opens } => Err(DenialReason::NotYet { opens, now }),
        WindowState::Closed { closes } => Err(DenialReason::WindowClosed { closes, now }),
    }
}

/// Checks a limit that the chain, the clock and the server's name decide. Any other limit holds
/// here.
pub(super) fn within_public(
    rule: &LimitRule,
    here: &ServerContext,
    settings: &Settings,
    is_signed: bool,
) -> Result<StepResult, DenialReason> {
    match rule {
        LimitRule::Window(window) => within_window(*window, here.now(), settings),
        LimitRule::Audience(audiences) => {
            within_audience(audiences, here).map(|()| StepResult::ALWAYS)
        }
        LimitRule::SignedCalls => is_signed
            .then_some(StepResult::ALWAYS)
            .ok_or(DenialReason::SignedCallRequired),
        // Verification checked rule 22, so every verified chain satisfies this limit.
        LimitRule::Delegates(_) => Ok(StepResult::ALWAYS),
        LimitRule::LivesBy(_)
        | LimitRule::Condition(_)
        | LimitRule::EndsOn(_)
        | LimitRule::Waves(_)
        | LimitRule::Barrier(_)
        | LimitRule::Budget(_)
        | LimitRule::RateLimit(_)
        | LimitRule::SeparationOfDuty(_)
        | LimitRule::ApprovalGate(_) => Ok(StepResult::ALWAYS),
    }
}

/// Checks step 11 for an asserted call.
pub(super) fn assertion_accepted(
    up_to: Option<Effect>,
    effect: Effect,
) -> Result<(), DenialReason> {
    if up_to.is_some_and(|ceiling| effect <= ceiling) {
        Ok(())
    } else {
        Err(DenialReason::AssertionNotAccepted { effect })
    }
}

/// Checks step 6.
pub(super) fn same_leaf(leaf: MandateId, named: MandateId) -> Result<(), DenialReason> {
    if named == leaf {
        Ok(())
    } else {
        Err(DenialReason::WrongLeaf { named, leaf })
    }
}

/// Checks step 7.
pub(super) fn call_audience(claims: &CallClaims, here: &ServerContext) -> Result<(), DenialReason> {
    if claims.audience == *here.audience() {
        Ok(())
    } else {
        Err(DenialReason::CallForAnotherAudience {
            named: claims.audience.clone(),
        })
    }
}

/// Checks step 8.
pub(super) fn call_time(
    claims: &CallClaims,
    now: Timestamp,
    settings: &Settings,
) -> Result<(), DenialReason> {
    let at = claims.at;
    if at.received(now, settings.leeway()).is_none() {
        return Err(DenialReason::CallFromFuture { at, now });
    }
    if now.since(at) > settings.max_call_age() {
        Err(DenialReason::CallTooOld { at, now })
    } else {
        Ok(())
    }
}

/// Checks step 9.
pub(super) fn call_content(claims: &CallClaims, call: &Call) -> Result<(), DenialReason> {
    if claims.id != call.id {
        return Err(DenialReason::CallIdMismatch);
    }
    if claims.request == call.request() {
        Ok(())
    } else {
        Err(DenialReason::RequestMismatch)
    }
}

/// Returns the first second in which a link of the chain has expired.
pub(crate) fn expires(chain: &VerifiedChain) -> Timestamp {
    // Step 3 refuses a chain once any link has expired, hence the minimum. A chain has a link, so
    // the default is never used.
    let expiries = chain.chain().links().map(|link| link.lifetime.expires());
    expiries
        .min()
        .unwrap_or(chain.chain().leaf().lifetime.expires())
}
