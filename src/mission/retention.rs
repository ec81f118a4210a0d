use super::notice::Notice;
use crate::chain::Settings;
use crate::primitives::{Seconds, Timestamp};

/// The settings of a [`Register`](crate::Register): the greatest age of a status, and how long the
/// register keeps what it received.
///
/// All times of keeping follow from three settings, so
/// [`Register::prune`](crate::Register::prune) has no setting of its own:
///
/// - **The end of a mandate** is kept until its root has expired, as the notice states it, and the
///   leeway. The notice counts for no longer than the longest lifetime of a root and the leeway
///   after its receipt. It counts for at least as long as any chain lives that made the register
///   accept it. All statements on one mandate are kept together, until the last of them is over.
/// - **The state of a mission**, its wave and its controller's end are kept together, until the
///   greatest age of a status and the leeway after the latest time or receipt of anything of the
///   mission.
/// - **Its events and withdrawals** are kept as long, and at least for the longest lifetime of a
///   root and twice the leeway. They also bear on calls that need no fresh status of the mission.
/// - **An ender's end of a mission** is kept for the longest lifetime of a root, the greatest age
///   of a status and the leeway. These count from the latest of its time, its receipt and the
///   receipt of the mission's last status. A status that is only stapled to a proof is not
///   received.
/// - **A mandate that a status lists** is kept for the longest lifetime of a root and twice the
///   leeway after it was last listed. Its root may be dated ahead, by a clock that is ahead.
///
/// A host that stores the bytes of notices stores the time of receipt with them. It gives both to
/// [`Register::apply`](crate::Register::apply) when it builds a register anew.
/// [`lets_delete`](Self::lets_delete) returns when the bytes may be deleted. That is later than the
/// register forgets, because the store does not know which chains were watched.
///
/// ```
/// use mandatum::mission::Retention;
/// use mandatum::{Register, Seconds};
/// // Statuses count for an hour at most, roots live for eight hours at most, and clocks differ by
/// // no more than 30 s.
/// let retention = Retention::new(Seconds::hours(1), Seconds::hours(8), Seconds::new(30));
/// let register = Register::new(retention);
/// assert_eq!(register.retention().max_status_age(), Seconds::hours(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    max_status_age: Seconds,
    max_lifetime: Seconds,
    leeway: Seconds,
    /// First time as of which statuses count. Earlier ones are stale, whatever their age.
    not_before: Timestamp,
}

impl Retention {
    /// Makes the retention for a verifier that accepts statuses up to this age.
    pub(crate) fn for_settings(settings: &Settings, max_status_age: Seconds) -> Self {
        let longest = settings
            .anchors()
            .map(|anchor| anchor.max_lifetime())
            .max()
            // A verifier without anchors accepts no chain, so it needs to keep nothing.
            .unwrap_or_default();
        Self::new(max_status_age, longest, settings.leeway())
    }

    /// Makes the settings of a register.
    ///
    /// - `max_status_age` is the greatest age of a status that counts for any call. A mandate may
    ///   require fresher statuses; a greater age that it allows does not count here.
    /// - `max_lifetime` is the longest lifetime of a root of any trusted anchor.
    /// - `leeway` is the greatest difference between two clocks.
    #[must_use]
    pub const fn new(max_status_age: Seconds, max_lifetime: Seconds, leeway: Seconds) -> Self {
        Self {
            max_status_age,
            max_lifetime,
            leeway,
            not_before: Timestamp::EPOCH,
        }
    }

    /// Raises the greatest age of a status at the time `since`.
    ///
    /// Until then the register kept notices for a shorter time, so it may have forgotten an end
    /// that an older status does not show. So statuses as of a time before `since` − the present
    /// greatest age stay stale forever.
    ///
    /// ```
    /// use mandatum::mission::Retention;
    /// use mandatum::{Seconds, Timestamp};
    /// let now = Timestamp::from_unix(1_767_225_600)?;
    /// let retention = Retention::new(Seconds::hours(1), Seconds::hours(8), Seconds::new(30));
    /// let raised = retention.with_raised_age(Seconds::hours(4), now);
    /// assert_eq!(raised.max_status_age(), Seconds::hours(4));
    /// assert_eq!(raised.not_before(), now.minus(Seconds::hours(1)));
    /// # Ok::<(), mandatum::primitives::TimeError>(())
    /// ```
    #[must_use]
    pub fn with_raised_age(self, max_status_age: Seconds, since: Timestamp) -> Self {
        let not_before = self.not_before.max(since.minus(self.max_status_age));
        Self {
            max_status_age,
            not_before,
            ..self
        }
    }

    /// Makes settings that do not bound the age of statuses and never forget.
    pub(super) const fn forever() -> Self {
        let always = Seconds::new(u64::MAX);
        Self::new(always, always, Seconds::new(0))
    }

    /// Returns the greatest age of a status that counts.
    #[must_use]
    pub const fn max_status_age(&self) -> Seconds {
        self.max_status_age
    }

    /// Returns the longest lifetime of a root.
    #[must_use]
    pub const fn max_lifetime(&self) -> Seconds {
        self.max_lifetime
    }

    /// Returns the greatest difference between two clocks.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.leeway
    }

    /// Returns the first time as of which statuses count.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Returns whether a host may delete a notice from its store: the longest lifetime, the
    /// greatest age and twice the leeway after `latest`.
    ///
    /// `latest` is the latest receipt of any stored notice about the same mission or the same
    /// mandate. For a status its own receipt suffices, because each status repeats the earlier
    /// ones. The store of a controller deletes by another rule, which is in
    /// [`Controller::rebuild`](crate::Controller::rebuild).
    ///
    /// ```
    /// use mandatum::mission::Retention;
    /// use mandatum::{Controller, Label, Notice, Seconds, SigningKey, Timestamp};
    /// let key = SigningKey::from_seed(&[7; 32]);
    /// let mut office = Controller::new(key.public(), Seconds::new(30));
    /// let mission = office.mission(Label::new("qbr")?, [1; 16]);
    /// let received = Timestamp::from_unix(1_767_225_600)?;
    /// let status: Notice = office.begin(&mission, [2; 16], received)?.sign(&key)?.into();
    /// let retention = Retention::new(Seconds::hours(1), Seconds::hours(8), Seconds::new(30));
    /// assert!(!retention.lets_delete(&status, received, Timestamp::from_unix(1_767_258_060)?));
    /// assert!(retention.lets_delete(&status, received, Timestamp::from_unix(1_767_258_061)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lets_delete(&self, notice: &Notice, latest: Timestamp, now: Timestamp) -> bool {
        // A notice may be dated ahead of its receipt.
        let last = latest.max(notice.header().at);
        let kept = [
            self.max_lifetime,
            self.max_status_age,
            self.leeway,
            self.leeway,
        ];
        now > kept.into_iter().fold(last, Timestamp::plus)
    }

    /// Returns whether a mission is forgotten whose latest time or receipt is `last`.
    pub(super) fn forgets_mission(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last.plus(self.max_status_age).plus(self.leeway)
    }

    /// Returns whether an ender's end is forgotten that counts from `last`.
    pub(super) fn forgets_ender(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last
            .plus(self.max_lifetime)
            .plus(self.max_status_age)
            .plus(self.leeway)
    }

    /// Returns whether a mandate is forgotten that was last listed at the time `last`.
    ///
    /// Its root was issued before, by a clock that may have been ahead by the leeway, and it may be
    /// dated ahead by the leeway. So the leeway counts twice.
    pub(super) fn forgets_listed(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last
            .plus(self.max_lifetime)
            .plus(self.leeway)
            .plus(self.leeway)
    }

    /// Returns the time until which the end of a mandate counts, given the expiry of its root that
    /// the notice states.
    ///
    /// A signer that states too late a time makes nothing permanent. A signer that states too early
    /// a time revives nothing of a chain that is watched until then.
    pub(super) fn mandate_until(
        &self,
        root_expires: Timestamp,
        watched: Timestamp,
        received: Timestamp,
    ) -> Timestamp {
        root_expires
            .min(received.plus(self.max_lifetime).plus(self.leeway))
            .max(watched)
    }

    /// Returns whether the end of a mandate is forgotten that counts until the time `until`.
    pub(super) fn forgets_mandate(&self, until: Timestamp, now: Timestamp) -> bool {
        now >= until.plus(self.leeway)
    }
}
