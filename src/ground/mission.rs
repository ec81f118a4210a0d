use super::key::PublicKey;
use super::name::Label;
use std::fmt;

/// A purpose with a lifecycle: a name, in the words of the key that controls it. Two controllers' missions of one name are
/// two missions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mission {
    /// The key whose status says that it is active.
    pub controller: PublicKey,
    /// Its name at that controller.
    pub name: Label,
}

impl Mission {
    /// The mission that `controller` calls `name`.
    #[must_use]
    pub const fn new(controller: PublicKey, name: Label) -> Self {
        Self { controller, name }
    }
}

impl fmt::Display for Mission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_str())
    }
}
