use crate::powers::Powers;
use crate::primitives::bounds::MAX_ISSUER_KEYS;
use crate::primitives::{Issuer, Label, PublicKey, Seconds, Timestamp};
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
    /// The key is none of the anchor's.
    #[error("key {key} is none of the anchor's")]
    KeyUnknown {
        /// The key.
        key: PublicKey,
    },
    /// No root could live at all.
    #[error("the maximal lifetime of roots is at least a second")]
    NoLifetime,
}

/// The state of an anchor's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorKeyState {
    /// The key signs roots, and it ends and reports tasks in every chain of its issuer.
    InService,
    /// The key was rotated out, and nobody has stolen it. It counts for roots issued before this
    /// time: they stand, and it ends and reports tasks in their chains alone.
    ///
    /// This is no answer to a theft: a thief dates a root before this time for as long as roots may
    /// live.
    Retired {
        /// The first second whose roots are not the key's.
        roots_issued_before: Timestamp,
    },
    /// The key was stolen or is lost. Neither its roots count nor what it ends and reports.
    ///
    /// What it ended before the theft counts no longer either, so another key signs those ends
    /// again. See [`Register::ends_signed_by`](crate::Register::ends_signed_by).
    Revoked,
}

impl AnchorKeyState {
    /// Rule 11: whether the key counts for a root issued then, and for the chains below it.
    pub(crate) fn counts_for(self, root_issued_at: Timestamp) -> bool {
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
/// let keys = [AnchorKey::in_service(new), AnchorKey::retired(old, rotated), AnchorKey::revoked(stolen)];
/// assert_eq!(keys.map(AnchorKey::state)[2], AnchorKeyState::Revoked);
/// # Ok::<(), mandatum::primitives::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorKey {
    key: PublicKey,
    state: AnchorKeyState,
}

impl AnchorKey {
    /// A key in service.
    #[must_use]
    pub const fn in_service(key: PublicKey) -> Self {
        Self {
            key,
            state: AnchorKeyState::InService,
        }
    }

    /// A key that was rotated out: it counts for roots issued before this time.
    #[must_use]
    pub const fn retired(key: PublicKey, roots_issued_before: Timestamp) -> Self {
        Self {
            key,
            state: AnchorKeyState::Retired {
                roots_issued_before,
            },
        }
    }

    /// A key that counts for nothing any more.
    #[must_use]
    pub const fn revoked(key: PublicKey) -> Self {
        Self {
            key,
            state: AnchorKeyState::Revoked,
        }
    }

    /// The key.
    #[must_use]
    pub const fn key(self) -> PublicKey {
        self.key
    }

    /// Its state.
    #[must_use]
    pub const fn state(self) -> AnchorKeyState {
        self.state
    }
}

/// The keys of an issuer, as they count for a root that was issued at one time and for what is below
/// it.
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

    /// The same keys for roots of any age: all that are not revoked.
    pub(crate) const fn of_any_root(self) -> Self {
        Self::new(self.keys, Timestamp::EPOCH)
    }

    /// Those that count: they sign the root, and end and report tasks below it.
    pub(crate) fn counting(self) -> impl Iterator<Item = PublicKey> + use<'a> {
        self.counted(true)
    }

    /// All others.
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
    /// A key in service.
    fn from(key: PublicKey) -> Self {
        Self::in_service(key)
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

/// Whom a verifier believes about roots: an issuer's name, its keys, the ceiling of what its roots
/// can permit.
///
/// A resource names the issuer that controls it; a call there is authorised by one chain rooted in
/// that issuer.
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

    /// An anchor with 1 to 4 keys, for rotation. Those that are retired or revoked count among
    /// them.
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

    /// With the systems that are the issuer's own: its roots may carry the principal's local name
    /// in these, and in no other, because whoever sees a root reads them.
    #[must_use]
    pub fn with_systems(self, systems: impl IntoIterator<Item = Label>) -> Self {
        Self {
            systems: systems.into_iter().collect(),
            ..self
        }
    }

    /// Revokes one of its keys, which was stolen or is lost.
    ///
    /// A verifier made of the new anchor refuses the key's roots, also those in a
    /// [`ChainCache`](crate::chain::ChainCache), and what the key ended counts no longer. So before a host
    /// decides by the new anchor, another key signs again what
    /// [`Register::ends_signed_by`](crate::Register::ends_signed_by) lists, of the register and of
    /// stored notices.
    ///
    /// # Errors
    /// [`AnchorError::KeyUnknown`].
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

    /// Who owns what this anchor controls, for people.
    #[must_use]
    pub fn with_owner(self, owner: Label) -> Self {
        Self {
            owner: Some(owner),
            ..self
        }
    }

    /// Which policy the ceiling is from, for people.
    #[must_use]
    pub fn with_policy(self, policy: Label) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// The issuer's name.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its keys, in every state.
    #[must_use]
    pub fn keys(&self) -> &[AnchorKey] {
        &self.keys
    }

    /// Returns the first key in service; of an anchor without one, the first key.
    pub(super) fn issuing_key(&self) -> Option<PublicKey> {
        let in_service = |key: &&AnchorKey| key.state == AnchorKeyState::InService;
        let key = self.keys.iter().find(in_service).or(self.keys.first())?;
        Some(key.key)
    }

    /// One of its keys with its state.
    pub(crate) fn key(&self, key: PublicKey) -> Option<AnchorKey> {
        self.keys.iter().copied().find(|known| known.key == key)
    }

    /// The keys that count for a root issued then, and those that don't.
    pub(crate) fn keys_for(&self, root_issued_at: Timestamp) -> IssuerKeys<'_> {
        IssuerKeys::new(&self.keys, root_issued_at)
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
