use super::id::MissionNonce;
use super::key::PublicKey;
use super::name::Label;
use std::fmt;

/// A purpose with a lifecycle, named by the key that controls it, a name for people, and a nonce.
///
/// Two controllers' missions of one name are two missions, and so are two of one controller with
/// other nonces. The whole name is a capability: who knows it may mint mandates that live by the
/// mission, and learn in this way whether it goes on. Only mandates carry it; notices name the
/// mission by its digest, [`Mission::id`].
///
/// ```
/// use mandatum::{Mission, SigningKey};
/// let controller = SigningKey::from_seed(&[1; 32]).public();
/// // A host takes 16 random bytes for each mission.
/// let mission = Mission::new(controller, "qbr/acme".parse()?, [7; 16]);
/// let other = Mission::new(controller, "qbr/acme".parse()?, [8; 16]);
/// assert_ne!(mission.id(), other.id());
/// assert_eq!(mission.to_string(), "qbr/acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mission {
    /// The key whose status says that it is active.
    pub controller: PublicKey,
    /// Its name at that controller, for people.
    pub name: Label,
    /// The part of its name that nobody guesses.
    pub nonce: MissionNonce,
}

impl Mission {
    /// The mission that `controller` calls `name`, told from others of that name by `nonce`: 16
    /// random bytes.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())
    }
}
