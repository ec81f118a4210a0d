use crate::primitives::{Audience, Label, Timestamp};

/// The time and place of a decision: the verifier's clock, the server's name, and the system on
/// whose accounts it acts.
///
/// All of it is public. The checks before the presenter is authenticated read nothing else of the
/// host.
///
/// ```
/// use mandatum::{Audience, ServerContext, Timestamp};
/// let now = Timestamp::from_unix(1_767_225_600)?;
/// let here = ServerContext::new(now, Audience::new("https://crm.example")?);
/// let here = here.with_system("crm".parse()?);
/// assert_eq!(here.audience().as_str(), "https://crm.example");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerContext {
    now: Timestamp,
    audience: Audience,
    system: Option<Label>,
}

impl ServerContext {
    /// Creates a context from the time by the verifier's clock, which must not step back, and the
    /// name of the server that decides.
    #[must_use]
    pub const fn new(now: Timestamp, audience: Audience) -> Self {
        Self {
            now,
            audience,
            system: None,
        }
    }

    /// Sets the system on whose accounts the server acts. A root without an alias in it is denied.
    #[must_use]
    pub fn with_system(self, system: Label) -> Self {
        Self {
            system: Some(system),
            ..self
        }
    }

    /// Returns the same place at another time.
    #[must_use]
    pub fn with_now(&self, now: Timestamp) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }

    /// Returns the time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns the name of the server that decides.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Returns the system on whose accounts the server acts.
    #[must_use]
    pub const fn system(&self) -> Option<&Label> {
        self.system.as_ref()
    }
}
