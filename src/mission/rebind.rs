use super::liveness::{LivenessError, News, Standing, mission_alive};
use super::register::Register;
use crate::chain::{ChainError, VerifiedChain, issue};
use crate::claims::{Child, Holder, Link, Replaced, ReplacedError, Root};
use crate::limits::Scope;
use crate::powers::Effect;
use crate::primitives::bounds::MISSION_STEPS;
use crate::primitives::{Label, Lifetime, Timestamp, TokenId, Work};
use crate::sign::Unsigned;
use thiserror::Error;

/// Reason why a mandate is not re-bound to another key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RebindError {
    /// The execution has ended, is suspended, or is not known to be alive.
    #[error(transparent)]
    NotAlive(#[from] LivenessError),
    /// The mandate or one above it has expired. A re-bound mandate would expire at the same time.
    #[error("the mandate expired at {expires}, now is {now}")]
    Expired {
        /// Expiry of the mandate.
        expires: Timestamp,
        /// The present time.
        now: Timestamp,
    },
    /// The mandate replaces as many mandates as it may.
    #[error(transparent)]
    TooOften(#[from] ReplacedError),
    /// The new key breaks a rule: it is an ancestor's, the issuer's or a controller's.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The other of the two functions re-binds this mandate. The anchor re-binds a root, and the
    /// holder of the parent any other mandate.
    #[error("a root is re-bound with `rebind_root`, any other mandate with `rebind_leaf`")]
    WrongDoor,
}

impl VerifiedChain {
    /// Re-issues the leaf to a fresh key, to be signed by the same issuer: the same powers, limits,
    /// task and expiry, and what ends the old task ends the new one, by the word of whoever may end
    /// that. The old holder may not, so its word counts here alone. The register is asked first, as
    /// for an irreversible call: an execution that should no longer run gets no new key.
    ///
    /// If the old key is lost to an attacker, revoke it first: a [`TaskEnd`](crate::claims::TaskEnd) with
    /// [`MandateEnding::KeyRevoked`](crate::claims::MandateEnding::KeyRevoked) ends the old mandate and not
    /// the new one, and what the old key said of its task does not keep the mandate from being
    /// re-bound. What the old holder had delegated ends with the old mandate.
    ///
    /// # Errors
    /// [`RebindError`].
    pub fn rebind_leaf(
        &self,
        holder: impl Into<Holder>,
        id: impl Into<TokenId>,
        register: &Register,
        now: Timestamp,
    ) -> Result<Unsigned<Child>, RebindError> {
        let parent = self.chain().parent().ok_or(RebindError::WrongDoor)?;
        let old = self
            .chain()
            .children()
            .last()
            .ok_or(RebindError::WrongDoor)?
            .claims();
        let begins = now.max(parent.leaf().lifetime.issued_at());
        let link = self.rebound(holder.into(), id.into(), register, now, begins)?;
        Ok(parent.mint(Child {
            link,
            same_key: false,
            ..old.clone()
        })?)
    }

    /// The same for a root alone, to be signed by the key that signed it; where that key may not,
    /// by the first of its anchor's that may. [`Unsigned::signers`] names the key.
    ///
    /// # Errors
    /// [`RebindError`].
    pub fn rebind_root(
        &self,
        holder: impl Into<Holder>,
        id: impl Into<TokenId>,
        register: &Register,
        now: Timestamp,
    ) -> Result<Unsigned<Root>, RebindError> {
        if self.chain().len() > 1 {
            return Err(RebindError::WrongDoor);
        }
        let old = self.chain().root().claims();
        let link = self.rebound(holder.into(), id.into(), register, now, now)?;
        let signers = self.anchor().keys_for(now).counting();
        // Where no key may, `issue` says why.
        let signed_by = signers
            .min_by_key(|key| *key != old.signed_by)
            .unwrap_or(old.signed_by);
        Ok(issue(
            self.anchor(),
            Root {
                link,
                signed_by,
                ..old.clone()
            },
            now,
        )?)
    }

    fn rebound(
        &self,
        holder: Holder,
        id: TokenId,
        register: &Register,
        now: Timestamp,
        begins: Timestamp,
    ) -> Result<Link, RebindError> {
        self.task_still_running(register, now)
            .map_err(|not_running| match not_running {
                NotRunningError::NotAlive(not_alive) => not_alive.into(),
                NotRunningError::Expired { expires } => RebindError::Expired { expires, now },
            })?;
        let old = self.chain().leaf();
        let expires = old.lifetime.expires();
        let lifetime =
            Lifetime::new(begins, expires).map_err(|_| RebindError::Expired { expires, now })?;
        let replaces = Replaced::new(old.replaces.iter().copied().chain([self.chain().leaf_id()]))?;
        Ok(Link {
            id,
            holder,
            lifetime,
            replaces,
            ..old.clone()
        })
    }
}

/// Reason why an execution gets no further mandate.
pub(crate) enum NotRunningError {
    /// The execution has ended, is suspended, or is not known to be alive.
    NotAlive(LivenessError),
    /// A link has expired.
    Expired {
        /// Expiry of the link.
        expires: Timestamp,
    },
}

impl From<LivenessError> for NotRunningError {
    fn from(not_alive: LivenessError) -> Self {
        Self::NotAlive(not_alive)
    }
}

impl VerifiedChain {
    /// Checks that an execution may still run, as for an irreversible call, before it gets a
    /// further mandate in answer to a request. No link has expired, nobody has ended the task of
    /// one or revoked the key that holds it, its missions are active and fresh, and no event has
    /// fired that ends all of a link.
    pub(crate) fn still_running(
        &self,
        register: &Register,
        now: Timestamp,
    ) -> Result<(), NotRunningError> {
        self.running_down_to(self.chain().len(), register, now)
    }

    /// Checks the same, but that the key of the last link may have been revoked: only its task must
    /// not have ended.
    fn task_still_running(
        &self,
        register: &Register,
        now: Timestamp,
    ) -> Result<(), NotRunningError> {
        self.running_down_to(self.chain().len().saturating_sub(1), register, now)
    }

    /// Checks all links; of those from `rebound` on, that their tasks have not ended.
    fn running_down_to(
        &self,
        rebound: usize,
        register: &Register,
        now: Timestamp,
    ) -> Result<(), NotRunningError> {
        let news = News::new(register);
        let mut work = Work::new(MISSION_STEPS);
        let standing = Standing::new(self, news, &mut work).map_err(LivenessError::from)?;
        for (_, lives_by, mission) in self.lives_by() {
            let max_age = lives_by.max_age().for_effect(Effect::Irreversible);
            mission_alive((lives_by, mission), None, max_age, news, now, &mut work)?;
        }
        for (link, claims) in self.chain().links().enumerate() {
            if link < rebound {
                standing.link_not_ended(link, &mut work)?;
            } else {
                standing.task_not_ended(link, &mut work)?;
            }
            if claims.lifetime.is_over(now) {
                let expires = claims.lifetime.expires();
                return Err(NotRunningError::Expired { expires });
            }
            for event in ending_events(claims) {
                standing.event_not_fired(event, &mut work)?;
            }
        }
        Ok(())
    }
}

/// Returns the events that end all calls of a link, and not only those of some tools.
fn ending_events(link: &Link) -> impl Iterator<Item = &Label> {
    let of_all = link
        .limits
        .iter()
        .filter(|limit| *limit.scope() == Scope::All);
    of_all.filter_map(|limit| limit.rule().event())
}
