use crate::primitives::{Audience, Label, Timestamp};

/// When and where a call is decided: the verifier's clock, the server's name, and the system in
/// whose accounts it acts.
///
/// Everything in it is public. The checks that come before the presenter is authenticated see this
/// and nothing else of the host.
///
/// ```
/// use mandatum::{Audience, ServerContext, Timestamp};
/// let here = ServerContext::new(Timestamp::from_unix(1_767_225_600)?, Audience::new("https://crm.example")?);
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
    /// The time by the verifier's clock, which must not step back, and the name of the server that
    /// decides.
    #[must_use]
    pub const fn new(now: Timestamp, audience: Audience) -> Self {
        Self {
            now,
            audience,
            system: None,
        }
    }

    /// Acts on the principal's account in this system: a root without a local name there is denied.
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

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The server that decides.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The system in whose accounts it acts.
    #[must_use]
    pub const fn system(&self) -> Option<&Label> {
        self.system.as_ref()
    }
}
