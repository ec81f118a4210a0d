use crate::ground::{Label, Lifetime, PublicKey, TokenId};
use crate::limits::Limits;
use crate::powers::Powers;
use std::fmt;

/// The key a mandate is issued to, with a name for people and logs.
///
/// Each agent has its own key, and it is never the principal's. The name is its issuer's word, for example a SPIFFE id;
/// authority hangs on the key alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: PublicKey,
    /// Its name, where it has one.
    pub name: Option<Label>,
}

impl Holder {
    /// A holder with a name.
    #[must_use]
    pub const fn named(key: PublicKey, name: Label) -> Self {
        Self { key, name: Some(name) }
    }
}

impl From<PublicKey> for Holder {
    fn from(key: PublicKey) -> Self {
        Self { key, name: None }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}"),
            None => write!(f, "{}", self.key),
        }
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
}

impl Link {
    /// A link without extra limits and without further delegations. `id` is unique, from the host.
    #[must_use]
    pub fn new(id: impl Into<TokenId>, holder: impl Into<Holder>, powers: Powers, lifetime: Lifetime) -> Self {
        Self { id: id.into(), holder: holder.into(), powers, limits: Limits::none(), hops: 0, lifetime }
    }

    /// With these limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With so many further delegations.
    #[must_use]
    pub fn hops(self, hops: u8) -> Self {
        Self { hops, ..self }
    }
}
