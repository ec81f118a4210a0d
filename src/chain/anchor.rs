use crate::powers::Powers;
use crate::primitives::bounds::MAX_ISSUER_KEYS;
use crate::primitives::{Issuer, Label, PublicKey, Seconds, Timestamp};
use std::collections::BTreeSet;
use thiserror::Error;

/// The reason why parts make no anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The number of keys is out of bounds.
    #[error("an anchor has 1 to {MAX_ISSUER_KEYS} keys, found {found}")]
    Keys {
        /// Number of keys given.
        found: usize,
    },
    /// A key is listed twice.
    #[error("a key appears twice in an anchor")]
    KeyTwice,
    /// The anchor has no such key.
    #[error("the anchor has no key {key}")]
    KeyUnknown {
        /// The key asked for.
        key: PublicKey,
    },
    /// The maximum lifetime of roots is zero, so no root could be valid.
    #[error("the maximum lifetime of roots is zero, expected at least a second")]
    NoLifetime,
}

/// The state of an anchor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorKeyState {
    /// The key signs roots, and it ends and reports tasks in every chain of its issuer.
    InService,
    /// The key was rotated out and was not stolen. It counts for roots issued before this time:
    /// they stay valid, and the key ends and reports tasks in their chains alone.
    ///
    /// Retiring a stolen key does not help, because a thief can date a root before this time for as
    /// long as roots may live. A stolen key is [revoked](Self::Revoked).
    Retired {
        /// The first second whose roots the key does not sign.
        roots_issued_before: Timestamp,
    },
    /// The key was stolen or is lost. Neither its roots count nor what it ends and reports.
    ///
    /// The ends that it signed before the theft no longer count either, so another key signs those
    /// ends again. See [`Register::ends_signed_by`](crate::Register::ends_signed_by).
    Revoked,
}

impl AnchorKeyState {
    /// Rule 11: returns whether the key counts for a root issued at this time, and for the chains
    /// below it.
    pub(super) fn counts_for(self, root_issued_at: Timestamp) -> bool {
        match self {
            Self::InService => true,
            Self::Retired {
                roots_issued_before,
            } => root_issued_at < roots_issued_before,
            Self::Revoked => false,
        }
    }
}

/// A key of an anchor and its state.
///
/// ```
/// use mandatum::chain::{AnchorKey, AnchorKeyState};
/// use mandatum::{SigningKey, Timestamp};
/// let [new, old, stolen] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
/// let rotated = Timestamp::from_unix(1_767_225_600)?;
/// let keys = [
///     AnchorKey::in_service(new),
///     AnchorKey::retired(old, rotated),
///     AnchorKey::revoked(stolen),
/// ];
/// assert_eq!(keys.map(AnchorKey::state)[2], AnchorKeyState::Revoked);
/// # Ok::<(), mandatum::primitives::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorKey {
    key: PublicKey,
    state: AnchorKeyState,
}

impl AnchorKey {
    /// Returns a key in service.
    #[must_use]
    pub const fn in_service(key: PublicKey) -> Self {
        Self {
            key,
            state: AnchorKeyState::InService,
        }
    }

    /// Returns a key that was rotated out. It counts for roots issued before this time.
    #[must_use]
    pub const fn retired(key: PublicKey, roots_issued_before: Timestamp) -> Self {
        Self {
            key,
            state: AnchorKeyState::Retired {
                roots_issued_before,
            },
        }
    }

    /// Returns a key that no longer counts for anything.
    #[must_use]
    pub const fn revoked(key: PublicKey) -> Self {
        Self {
            key,
            state: AnchorKeyState::Revoked,
        }
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(self) -> PublicKey {
        self.key
    }

    /// Returns the state of the key.
    #[must_use]
    pub const fn state(self) -> AnchorKeyState {
        self.state
    }
}

/// The keys of an issuer, as they count for a root that was issued at one time and for the chains
/// below it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IssuerKeys<'a> {
    keys: &'a [AnchorKey],
    root_issued_at: Timestamp,
}

impl<'a> IssuerKeys<'a> {
    pub(crate) const fn new(keys: &'a [AnchorKey], root_issued_at: Timestamp) -> Self {
        Self {
            keys,
            root_issued_at,
        }
    }

    /// Returns the same keys for roots of any age, so that all keys count that are not revoked.
    pub(crate) const fn of_any_root(self) -> Self {
        Self::new(self.keys, Timestamp::EPOCH)
    }

    /// Returns the keys that count: they sign the root, and end and report tasks below it.
    pub(crate) fn counting(self) -> impl Iterator<Item = PublicKey> + use<'a> {
        self.counted(true)
    }

    /// Returns the keys that do not count.
    pub(crate) fn not_counting(self) -> impl Iterator<Item = PublicKey> + use<'a> {
        self.counted(false)
    }

    fn counted(self, counts: bool) -> impl Iterator<Item = PublicKey> + use<'a> {
        let known = self.keys.iter();
        known
            .filter(move |known| known.state.counts_for(self.root_issued_at) == counts)
            .map(|known| known.key)
    }
}

impl From<PublicKey> for AnchorKey {
    /// Returns the key in service.
    fn from(key: PublicKey) -> Self {
        Self::in_service(key)
    }
}

/// The most that roots of an anchor can ever permit.
///
/// It is treated as the root's parent. A root may hold the powers that the ceiling permits, and may
/// mark as delegable only those that the ceiling marks so. A call below the root counts delegable
/// entries alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// These powers.
    Powers(Powers),
    /// All powers. This is dangerous: the holder of the issuer's key may then do anything here.
    Unlimited,
}

impl From<Powers> for Ceiling {
    fn from(powers: Powers) -> Self {
        Self::Powers(powers)
    }
}

/// An issuer that a verifier trusts: its name, its keys and the ceiling of its roots.
///
/// A resource names the issuer that controls it. A call there is authorised by one chain that is
/// rooted in that issuer.
///
/// ```
/// use mandatum::chain::AnchorError;
/// use mandatum::{Anchor, Capability, Effect, Powers, Seconds, SigningKey};
/// let [key, stranger] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
/// let ceiling = Powers::new([Capability::new("crm.*", Effect::Write)?])?;
/// let anchor = Anchor::new("https://acme.example".parse()?, key, ceiling, Seconds::hours(8))?;
/// assert_eq!(anchor.revoke(key)?.issuer(), anchor.issuer());
/// assert_eq!(anchor.revoke(stranger), Err(AnchorError::KeyUnknown { key: stranger }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// Returns an anchor with one key, in service.
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

    /// Returns an anchor with 1 to 4 keys, for rotation. Retired and revoked keys count among them.
    ///
    /// # Errors
    /// [`AnchorError`] for no key, more than four, a repeated key, or a lifetime of zero.
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
        let is_repeated = |a: &AnchorKey| keys.iter().filter(|b| a.key == b.key).count() > 1;
        if keys.iter().any(is_repeated) {
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

    /// Returns the anchor with the systems that belong to the issuer. Its roots may carry the
    /// principal's local name in these systems and in no other, because everyone who sees a root
    /// reads these names.
    #[must_use]
    pub fn with_systems(self, systems: impl IntoIterator<Item = Label>) -> Self {
        Self {
            systems: systems.into_iter().collect(),
            ..self
        }
    }

    /// Returns the anchor with one of its keys revoked, which was stolen or is lost.
    ///
    /// A verifier made of the new anchor refuses the key's roots, also those in a
    /// [`ChainCache`](crate::chain::ChainCache), and the ends that the key signed no longer count.
    /// So before a host decides by the new anchor, another key signs again what
    /// [`Register::ends_signed_by`](crate::Register::ends_signed_by) lists, for the register and
    /// for stored notices.
    ///
    /// # Errors
    /// [`AnchorError::KeyUnknown`] for a key that is not the anchor's.
    pub fn revoke(&self, key: PublicKey) -> Result<Self, AnchorError> {
        self.key(key).ok_or(AnchorError::KeyUnknown { key })?;
        let revoked = |known: &AnchorKey| {
            if known.key == key {
                AnchorKey::revoked(key)
            } else {
                *known
            }
        };
        Ok(Self {
            keys: self.keys.iter().map(revoked).collect(),
            ..self.clone()
        })
    }

    /// Returns the anchor with the owner of what it controls, for people to read.
    #[must_use]
    pub fn with_owner(self, owner: Label) -> Self {
        Self {
            owner: Some(owner),
            ..self
        }
    }

    /// Returns the anchor with the policy that its ceiling comes from, for people to read.
    #[must_use]
    pub fn with_policy(self, policy: Label) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// Returns the issuer's name.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Returns the keys, in every state.
    #[must_use]
    pub fn keys(&self) -> &[AnchorKey] {
        &self.keys
    }

    /// Returns the first key in service, or the first key of an anchor without one.
    pub(super) fn issuing_key(&self) -> Option<PublicKey> {
        let in_service = |key: &&AnchorKey| key.state == AnchorKeyState::InService;
        let key = self.keys.iter().find(in_service).or(self.keys.first())?;
        Some(key.key)
    }

    /// Returns one of its keys with its state; `None` for a key that is not the anchor's.
    pub(crate) fn key(&self, key: PublicKey) -> Option<AnchorKey> {
        self.keys.iter().copied().find(|known| known.key == key)
    }

    /// Returns the keys, as they count for a root issued at this time.
    pub(crate) fn keys_for(&self, root_issued_at: Timestamp) -> IssuerKeys<'_> {
        IssuerKeys::new(&self.keys, root_issued_at)
    }

    /// Returns the most that its roots can permit.
    #[must_use]
    pub const fn ceiling(&self) -> &Ceiling {
        &self.ceiling
    }

    /// Returns the longest lifetime of a root.
    #[must_use]
    pub const fn max_lifetime(&self) -> Seconds {
        self.max_lifetime
    }

    /// Returns the systems that belong to the issuer, in order.
    #[must_use]
    pub fn systems(&self) -> impl ExactSizeIterator<Item = &Label> {
        self.systems.iter()
    }

    pub(super) fn has_system(&self, system: &Label) -> bool {
        self.systems.contains(system)
    }

    /// Returns the owner of what the anchor controls.
    #[must_use]
    pub const fn owner(&self) -> Option<&Label> {
        self.owner.as_ref()
    }

    /// Returns the policy that the ceiling comes from.
    #[must_use]
    pub const fn policy(&self) -> Option<&Label> {
        self.policy.as_ref()
    }
}
