use super::root::Life;
use crate::limits::{Limit, Limits, LivesBy, Scope};
use crate::powers::Powers;
use crate::primitives::bounds::MAX_REPLACED;
use crate::primitives::{Label, Lifetime, MandateId, Named, PublicKey, TokenId};
use std::fmt;
use thiserror::Error;

/// The key a mandate is issued to, with a name for people and logs.
///
/// Each agent has its own key, and it is never the principal's. The name is its issuer's word, for
/// example a SPIFFE id; authority hangs on the key alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: PublicKey,
    /// Its name, where it has one.
    pub name: Option<Label>,
}

impl Holder {
    /// The holder of a key, without a name.
    #[must_use]
    pub const fn new(key: PublicKey) -> Self {
        Self { key, name: None }
    }

    /// With a name.
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
    /// `orchestrator (key gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q)`: the name alone could be
    /// anyone's, so the key stands beside it, and in full, because a key with the same first
    /// characters can be searched for. Without a name it is `(key …)`. A name with parentheses in
    /// it is quoted, so a key outside of quotes is the holder's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{} ", Named(name.as_str()))?;
        }
        write!(f, "(key {})", self.key)
    }
}

/// What a root and a child both say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its unique id (`cti`).
    pub id: TokenId,
    /// Who may use it.
    pub holder: Holder,
    /// What it permits.
    pub powers: Powers,
    /// What it takes away again.
    pub limits: Limits,
    /// How many delegations may follow it. 0: none.
    pub hops: u8,
    /// From when until when.
    pub lifetime: Lifetime,
    /// The mandates that this one replaces after a change of keys. What those who may end this
    /// mandate say of the end of one of them ends this, too. The old holder is not one of them:
    /// whoever re-binds asks its register what that one said.
    pub replaces: Replaced,
}

/// The mandates that a re-bound one replaces, at most 32. None for a mandate that was minted anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced(Box<[MandateId]>);

/// More replaced mandates than one may carry: the agent needs a new grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at most {MAX_REPLACED} mandates are replaced, found {found}")]
pub struct ReplacedError {
    /// Mandates given.
    pub found: usize,
}

impl Replaced {
    /// These mandates.
    ///
    /// # Errors
    /// [`ReplacedError`] for more than 32.
    pub fn new(replaced: impl IntoIterator<Item = MandateId>) -> Result<Self, ReplacedError> {
        let mut replaced: Vec<MandateId> = replaced.into_iter().collect();
        replaced.sort_unstable();
        replaced.dedup();
        match replaced.len() {
            found if found > MAX_REPLACED => Err(ReplacedError { found }),
            _ => Ok(Self(replaced.into())),
        }
    }

    /// The mandates, in order.
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
    /// A link without extra limits and without further delegations. `id` is unique, from the host.
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

    /// With these limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With so many further delegations.
    #[must_use]
    pub fn with_hops(self, hops: u8) -> Self {
        Self { hops, ..self }
    }

    /// The missions that the link lives by, each with its scope: that of the root's own `life`
    /// first, where the link is the root's, and then those of its limits.
    pub(crate) fn missions<'a>(
        &'a self,
        life: Option<&'a Life>,
    ) -> impl Iterator<Item = (&'a Scope, &'a LivesBy)> {
        let life = life.and_then(Life::mission);
        life.into_iter()
            .chain(self.limits.iter().filter_map(Limit::mission))
    }
}
