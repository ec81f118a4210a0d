use crate::ground::bounds::MAX_ISSUER_KEYS;
use crate::ground::{Issuer, Label, PublicKey, Seconds, Timestamp};
use crate::powers::Powers;
use std::collections::BTreeSet;
use thiserror::Error;

/// Why parts make no anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The number of keys is wrong.
    #[error("an anchor has 1 to {MAX_ISSUER_KEYS} keys, this one {found}")]
    Keys {
        /// Keys given.
        found: usize,
    },
    /// A key is there twice.
    #[error("an anchor has each key once")]
    KeyTwice,
    /// No root could live at all.
    #[error("the maximal lifetime of roots is at least a second")]
    NoLifetime,
}

/// A key of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorKey {
    /// The key.
    pub key: PublicKey,
    /// For a key that is being rotated out: roots issued at this time or later are not its. Absent: no such end.
    pub roots_issued_before: Option<Timestamp>,
}

impl From<PublicKey> for AnchorKey {
    fn from(key: PublicKey) -> Self {
        Self { key, roots_issued_before: None }
    }
}

/// The most that roots of an anchor can ever permit.
///
/// It is treated as the root's parent: a root may hold what the ceiling permits, and may mark as
/// delegable only what the ceiling marks so. A call below the root counts delegable entries alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// What these permit.
    Powers(Powers),
    /// Everything. The dangerous spelling: whoever has the issuer's key may then do anything here.
    Unlimited,
}

impl From<Powers> for Ceiling {
    fn from(powers: Powers) -> Self {
        Self::Powers(powers)
    }
}

/// Whom a verifier believes about roots: an issuer's name, its keys, the ceiling of what its roots can permit.
///
/// A resource names the issuer that controls it; a call there is authorised by one chain rooted in that issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    issuer: Issuer,
    keys: Vec<AnchorKey>,
    ceiling: Ceiling,
    max_lifetime: Seconds,
    systems: BTreeSet<Label>,
    owner: Option<Label>,
    policy: Option<Label>,
}

impl Anchor {
    /// An anchor with one key.
    ///
    /// # Errors
    /// [`AnchorError::NoLifetime`] when `max_lifetime` is zero.
    pub fn new(
        issuer: Issuer,
        key: PublicKey,
        ceiling: impl Into<Ceiling>,
        max_lifetime: Seconds,
    ) -> Result<Self, AnchorError> {
        Self::with_keys(issuer, [key.into()], ceiling, max_lifetime)
    }

    /// An anchor with 1 to 4 keys, for rotation.
    ///
    /// # Errors
    /// [`AnchorError`]: none, too many or repeated keys, or no lifetime.
    pub fn with_keys(
        issuer: Issuer,
        keys: impl IntoIterator<Item = AnchorKey>,
        ceiling: impl Into<Ceiling>,
        max_lifetime: Seconds,
    ) -> Result<Self, AnchorError> {
        let keys: Vec<AnchorKey> = keys.into_iter().collect();
        if !(1..=MAX_ISSUER_KEYS).contains(&keys.len()) {
            return Err(AnchorError::Keys { found: keys.len() });
        }
        let same = |a: &AnchorKey| keys.iter().filter(|b| a.key == b.key).count() > 1;
        if keys.iter().any(same) {
            return Err(AnchorError::KeyTwice);
        }
        if max_lifetime == Seconds::default() {
            return Err(AnchorError::NoLifetime);
        }
        Ok(Self {
            issuer,
            keys,
            ceiling: ceiling.into(),
            max_lifetime,
            systems: BTreeSet::new(),
            owner: None,
            policy: None,
        })
    }

    /// With the systems that are the issuer's own: its roots may carry the principal's local name in these, and in no other,
    /// because whoever sees a root reads them.
    #[must_use]
    pub fn with_systems(self, systems: impl IntoIterator<Item = Label>) -> Self {
        Self { systems: systems.into_iter().collect(), ..self }
    }

    /// Who owns what this anchor controls, for people.
    #[must_use]
    pub fn owned_by(self, owner: Label) -> Self {
        Self { owner: Some(owner), ..self }
    }

    /// Which policy the ceiling is from, for people.
    #[must_use]
    pub fn under_policy(self, policy: Label) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// The issuer's name.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its keys.
    #[must_use]
    pub fn keys(&self) -> &[AnchorKey] {
        &self.keys
    }

    /// The most its roots can permit.
    #[must_use]
    pub const fn ceiling(&self) -> &Ceiling {
        &self.ceiling
    }

    /// The longest that a root of it may live.
    #[must_use]
    pub const fn max_lifetime(&self) -> Seconds {
        self.max_lifetime
    }

    /// The systems that are the issuer's own, in order.
    #[must_use]
    pub fn systems(&self) -> impl ExactSizeIterator<Item = &Label> {
        self.systems.iter()
    }

    pub(super) fn has_system(&self, system: &Label) -> bool {
        self.systems.contains(system)
    }

    /// Who owns what it controls.
    #[must_use]
    pub const fn owner(&self) -> Option<&Label> {
        self.owner.as_ref()
    }

    /// Which policy the ceiling is from.
    #[must_use]
    pub const fn policy(&self) -> Option<&Label> {
        self.policy.as_ref()
    }
}
