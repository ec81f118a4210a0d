use super::id::MissionNonce;
use super::key::PublicKey;
use super::name::Label;
use std::fmt;

/// A purpose with a lifecycle, named by the key that controls it, a name for people, and a nonce.
///
/// Two missions with the same name differ if their controllers or their nonces do. The three parts
/// together are a capability: a holder that knows them can mint mandates that live by the mission,
/// and so learn whether it is active. Only mandates carry them. Notices name the mission by its
/// digest, [`Mission::id`].
///
/// ```
/// use mandatum::{Mission, SigningKey};
/// let controller = SigningKey::from_seed(&[1; 32]).public();
/// // A host uses 16 random bytes for each mission.
/// let mission = Mission::new(controller, "qbr/acme".parse()?, [7; 16]);
/// let other = Mission::new(controller, "qbr/acme".parse()?, [8; 16]);
/// assert_ne!(mission.id(), other.id());
/// assert_eq!(mission.to_string(), "qbr/acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mission {
    /// The key that signs its statuses.
    pub controller: PublicKey,
    /// The name at that controller, for people.
    pub name: Label,
    /// The secret part of the name.
    pub nonce: MissionNonce,
}

impl Mission {
    /// Returns the mission that `controller` calls `name`. The `nonce` is 16 random bytes and tells
    /// it from other missions of that name.
    #[must_use]
    pub fn new(controller: PublicKey, name: Label, nonce: impl Into<MissionNonce>) -> Self {
        Self {
            controller,
            name,
            nonce: nonce.into(),
        }
    }
}

impl fmt::Display for Mission {
    /// Writes the name alone, because the nonce is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())
    }
}
