use super::root::Life;
use crate::limits::{Limit, Limits, LivesBy, Scope};
use crate::powers::Powers;
use crate::primitives::bounds::MAX_REPLACED;
use crate::primitives::{Label, Lifetime, MandateId, Named, PublicKey, TokenId};
use std::fmt;
use thiserror::Error;

/// The key that a mandate is issued to, with a name for people and logs.
///
/// Each agent has its own key, which is never the principal's. The issuer chooses the name, for
/// example a SPIFFE id. Authority depends on the key alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: PublicKey,
    /// The name of the holder, where it has one.
    pub name: Option<Label>,
}

impl Holder {
    /// Returns the holder of a key, without a name.
    #[must_use]
    pub const fn new(key: PublicKey) -> Self {
        Self { key, name: None }
    }

    /// Returns the holder with a name.
    #[must_use]
    pub fn with_name(self, name: Label) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }
}

impl From<PublicKey> for Holder {
    fn from(key: PublicKey) -> Self {
        Self::new(key)
    }
}

impl fmt::Display for Holder {
    /// Writes `orchestrator (key gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q)`, or `(key …)`
    /// without a name.
    ///
    /// A name alone could be anyone's, so the key follows it. The key is written in full, because a
    /// key with the same first characters can be searched for. A name with parentheses is quoted,
    /// so a key outside of quotes is the holder's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{} ", Named(name.as_str()))?;
        }
        write!(f, "(key {})", self.key)
    }
}

/// The claims that a root and a child both have.
///
/// ```
/// use mandatum::{Lifetime, Link, Powers, Seconds, SigningKey, Timestamp};
/// let now = Timestamp::from_unix(1_767_225_600)?;
/// let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// let holder = SigningKey::from_seed(&[1; 32]).public();
/// let link = Link::new([0; 16], holder, Powers::none(), hour);
/// assert_eq!((link.hops, link.limits.iter().len()), (0, 0));
/// assert_eq!(link.with_hops(2).hops, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Unique id of the mandate (`cti`).
    pub id: TokenId,
    /// The holder, who alone may use the mandate.
    pub holder: Holder,
    /// The calls that it permits.
    pub powers: Powers,
    /// Further demands on these calls.
    pub limits: Limits,
    /// Number of delegations that may follow it. 0: none.
    pub hops: u8,
    /// Time of issue and time of expiry.
    pub lifetime: Lifetime,
    /// The mandates that this one replaces after a change of keys. An end of one of them also ends
    /// this mandate, when a key signs it that may end this mandate. The old holder's key is not
    /// such a key, so whoever re-binds asks its register for the ends that the old holder signed.
    pub replaces: Replaced,
}

/// The mandates that a re-bound one replaces, at most 32. A newly minted mandate replaces none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced(Box<[MandateId]>);

/// An error of more replaced mandates than one may carry. The agent needs a new grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at most {MAX_REPLACED} mandates are replaced, found {found}")]
pub struct ReplacedError {
    /// Number of mandates given.
    pub found: usize,
}

impl Replaced {
    /// Returns these mandates, each once.
    ///
    /// # Errors
    /// [`ReplacedError`] for more than 32.
    pub fn new(replaced: impl IntoIterator<Item = MandateId>) -> Result<Self, ReplacedError> {
        let mut replaced: Vec<MandateId> = replaced.into_iter().collect();
        // Tokens list them in order and each once.
        replaced.sort_unstable();
        replaced.dedup();
        match replaced.len() {
            found if found > MAX_REPLACED => Err(ReplacedError { found }),
            _ => Ok(Self(replaced.into())),
        }
    }

    /// Returns the mandates, in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &MandateId> + Clone {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Replaced {
    type Item = &'a MandateId;
    type IntoIter = std::slice::Iter<'a, MandateId>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Link {
    /// Returns a link without limits and without further delegations. `id` is unique, from the
    /// host.
    #[must_use]
    pub fn new(
        id: impl Into<TokenId>,
        holder: impl Into<Holder>,
        powers: Powers,
        lifetime: Lifetime,
    ) -> Self {
        Self {
            id: id.into(),
            holder: holder.into(),
            powers,
            limits: Limits::none(),
            hops: 0,
            lifetime,
            replaces: Replaced::default(),
        }
    }

    /// Returns the link with these limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Returns the link with this number of further delegations.
    #[must_use]
    pub fn with_hops(self, hops: u8) -> Self {
        Self { hops, ..self }
    }

    /// Returns the missions that the link lives by, each with its scope: that of the root's own
    /// `life` first, where the link is the root's, and then those of its limits.
    pub(crate) fn missions<'a>(
        &'a self,
        life: Option<&'a Life>,
    ) -> impl Iterator<Item = (&'a Scope, &'a LivesBy)> {
        let life = life.and_then(Life::mission);
        life.into_iter()
            .chain(self.limits.iter().filter_map(Limit::mission))
    }
}
