use crate::limits::MaxAge;
use crate::primitives::Seconds;

/// The minimum that a verifier demands of every chain, whatever its links demand. The stricter of
/// verifier and token counts.
///
/// Nothing is demanded by default. A caller who is refused by a floor does not learn which one it
/// is.
///
/// ```
/// use mandatum::chain::Floors;
/// use mandatum::limits::MaxAge;
/// use mandatum::Seconds;
/// let ages = MaxAge::new(Seconds::minutes(5), Seconds::minutes(1), Seconds::new(10))?;
/// let floors = Floors::default().with_mission().with_status_age(ages).with_max_links(4);
/// assert_eq!((floors.mission(), floors.max_links()), (true, Some(4)));
/// assert_eq!(floors.root_age(), None);
/// # Ok::<(), mandatum::limits::LimitError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floors {
    mission: bool,
    status_age: Option<MaxAge>,
    root_age: Option<MaxAge>,
    grant_age: Option<Seconds>,
    audience: bool,
    max_links: Option<usize>,
}

impl Floors {
    /// Demands that every call lives by a mission that the root names, in its `life` or a limit. A
    /// limit that a holder adds below does not count, because it could name a mission of its own.
    #[must_use]
    pub const fn with_mission(mut self) -> Self {
        self.mission = true;
        self
    }

    /// Demands that the status of every mission that a call lives by is no older than this, by the
    /// call's effect.
    #[must_use]
    pub const fn with_status_age(mut self, age: MaxAge) -> Self {
        self.status_age = Some(age);
        self
    }

    /// Demands a maximum age of the root, for each effect of a call.
    #[must_use]
    pub const fn with_root_age(mut self, age: MaxAge) -> Self {
        self.root_age = Some(age);
        self
    }

    /// Demands that a person's grant is no older than this. A root without a grant is refused, even
    /// where [`AcceptedGrants`](crate::chain::AcceptedGrants) lets it pass.
    #[must_use]
    pub const fn with_grant_age(mut self, age: Seconds) -> Self {
        self.grant_age = Some(age);
        self
    }

    /// Demands that the root, or a limit of the root on the call, names the servers it is for.
    #[must_use]
    pub const fn with_audience(mut self) -> Self {
        self.audience = true;
        self
    }

    /// Demands chains of at most this number of links, the root included.
    #[must_use]
    pub const fn with_max_links(mut self, links: usize) -> Self {
        self.max_links = Some(links);
        self
    }

    /// Returns whether every call must live by a mission.
    #[must_use]
    pub const fn mission(&self) -> bool {
        self.mission
    }

    /// Returns the maximum age of a status.
    #[must_use]
    pub const fn status_age(&self) -> Option<MaxAge> {
        self.status_age
    }

    /// Returns the maximum age of a root.
    #[must_use]
    pub const fn root_age(&self) -> Option<MaxAge> {
        self.root_age
    }

    /// Returns the maximum age of a grant.
    #[must_use]
    pub const fn grant_age(&self) -> Option<Seconds> {
        self.grant_age
    }

    /// Returns whether the root must name its servers.
    #[must_use]
    pub const fn audience(&self) -> bool {
        self.audience
    }

    /// Returns the maximum number of links of a chain.
    #[must_use]
    pub const fn max_links(&self) -> Option<usize> {
        self.max_links
    }
}
