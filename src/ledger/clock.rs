use crate::primitives::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that never goes back, in seconds since 1970. It starts at 1970.
///
/// No other memory is ordered by it. A thread that must see the work of another takes the lock that
/// the other released, and then reads the clock; relaxed ordering is therefore enough.
#[derive(Debug, Default)]
pub(super) struct Clock(AtomicU64);

impl Clock {
    /// Moves the clock to `now`, unless it is there or later already.
    pub(super) fn advance(&self, now: Timestamp) {
        // Most calls of a second find the clock there already. Reading it first does not take the
        // cache line from other threads.
        if self.0.load(Ordering::Relaxed) < now.as_unix() {
            self.0.fetch_max(now.as_unix(), Ordering::Relaxed);
        }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        // The value was set from a `Timestamp`, so the default is never used.
        Timestamp::from_unix(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX)
    }
}
