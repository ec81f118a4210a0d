use super::notice::Notice;
use crate::chain::Settings;
use crate::primitives::{Seconds, Timestamp};

/// How old a status may be for a verifier at most, and how long therefore its register keeps what
/// it received.
///
/// What may be forgotten follows from three settings, so
/// [`Register::prune`](crate::Register::prune) takes no guess:
///
/// | received | kept |
/// |---|---|
/// | the end of a mandate | until its root has expired, as the notice states it, and the leeway: no longer than the longest lifetime of a root after the receipt, and no shorter than any chain that made the register accept it lives; all that was said of one mandate together, until the last of it |
/// | a mission's state, its waves, its controller's end | as one, until the greatest age of a status and the leeway after the latest time or receipt of anything of the mission |
/// | its events and withdrawals | the same, and for the longest lifetime of a root and twice the leeway: they also bear on calls that need no fresh status of it |
/// | an ender's end of a mission | for the longest lifetime of a root, the greatest age of a status and the leeway, after the latest of its time, its receipt and the receipt of the mission's last status; one that is only stapled to a proof was not received |
/// | a mandate that a status lists | for the longest lifetime of a root and twice the leeway after it was last listed: a root may be dated ahead, by a clock that is ahead |
///
/// A host that stores the bytes of notices stores the time of receipt beside them, and hands both
/// to [`Register::apply`](crate::Register::apply) when it builds a register anew.
/// [`lets_delete`](Self::lets_delete) says when the bytes may go: later than the register forgets,
/// because the store does not know which chains were watched.
///
/// ```
/// use mandatum::mission::Retention;
/// use mandatum::{Register, Seconds};
/// // Statuses up to an hour old are accepted for reads, roots live eight hours at most, and clocks
/// // differ by no more than 30 s.
/// let retention = Retention::new(Seconds::hours(1), Seconds::hours(8), Seconds::new(30));
/// let register = Register::new(retention);
/// assert!(register.is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    max_status_age: Seconds,
    max_lifetime: Seconds,
    leeway: Seconds,
    /// Statuses as of an earlier time are stale, whatever their age.
    not_before: Timestamp,
}

impl Retention {
    /// The retention for a verifier that accepts statuses up to this age.
    pub(crate) fn for_settings(settings: &Settings, max_status_age: Seconds) -> Self {
        let longest = settings
            .anchors()
            .map(|anchor| anchor.max_lifetime())
            .max()
            .unwrap_or_default();
        Self::new(max_status_age, longest, settings.leeway())
    }

    /// The settings of a register.
    ///
    /// - `max_status_age`: the greatest age of a status that counts for any call. A mandate may ask
    ///   for a lesser one; a greater one that it allows does not count here.
    /// - `max_lifetime`: the longest lifetime of a root of any anchor that is trusted.
    /// - `leeway`: how far clocks may differ.
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
    /// A register that kept less until then may have forgotten an end that an older status would
    /// hide. So statuses as of a time before `since` − the present greatest age stay stale for
    /// good.
    #[must_use]
    pub fn with_raised_age(self, max_status_age: Seconds, since: Timestamp) -> Self {
        let not_before = self.not_before.max(since.minus(self.max_status_age));
        Self {
            max_status_age,
            not_before,
            ..self
        }
    }

    /// No bound on the age of statuses, and nothing is ever forgotten.
    pub(crate) const fn forever() -> Self {
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

    /// Returns how far clocks may differ.
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
    /// mandate. For a status its own receipt will do, because each status repeats those before. A
    /// controller's own store deletes by another rule: see
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
        let last = latest.max(notice.header().at);
        let kept = [
            self.max_lifetime,
            self.max_status_age,
            self.leeway,
            self.leeway,
        ];
        now > kept.into_iter().fold(last, Timestamp::plus)
    }

    /// Returns whether a mission is forgotten of which the latest time or receipt is `last`.
    pub(super) fn forgets_mission(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last.plus(self.max_status_age).plus(self.leeway)
    }

    /// Returns whether an ender's end is forgotten.
    pub(super) fn forgets_ender(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last
            .plus(self.max_lifetime)
            .plus(self.max_status_age)
            .plus(self.leeway)
    }

    /// Returns whether a mandate is forgotten that was last listed at this time. Its root was
    /// issued before, by a clock that may have been ahead by the leeway, and dated ahead by the
    /// leeway.
    pub(super) fn forgets_listed(&self, last: Timestamp, now: Timestamp) -> bool {
        now > last
            .plus(self.max_lifetime)
            .plus(self.leeway)
            .plus(self.leeway)
    }

    /// Returns until when the end of a mandate counts that states when its root expires. A signer
    /// that states too late a time makes nothing permanent; one that states too early a time
    /// revives nothing of a chain that is watched until then.
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

    /// Returns whether the end of a mandate is forgotten that counts until this time.
    pub(super) fn forgets_mandate(&self, until: Timestamp, now: Timestamp) -> bool {
        now >= until.plus(self.leeway)
    }
}
