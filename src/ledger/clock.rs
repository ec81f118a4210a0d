use crate::primitives::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that never goes back, in seconds since 1970. It begins there.
///
/// The order of other memory does not depend on it: who must see what another thread did by it
/// takes the lock that the other released, and then reads it.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    /// Moves it on to `now`, unless it is there or later already.
    pub(crate) fn advance(&self, now: Timestamp) {
        // Most calls of a second find it there, and reading does not take the cache line from other
        // threads.
        if self.0.load(Ordering::Relaxed) < now.as_unix() {
            self.0.fetch_max(now.as_unix(), Ordering::Relaxed);
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        // It was only ever set from a `Timestamp`, so it is one.
        Timestamp::from_unix(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX)
    }
}
