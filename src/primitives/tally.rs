//! Counts what is really done, in the crate's own tests, so that they can hold it against the steps
//! that were counted for it. Everywhere else it is compiled to nothing.
//!
//! One operation is what takes about half a nanosecond to a nanosecond: a byte looked at by itself,
//! sixteen bytes compared or copied at once, a comparison of numbers, a look-up's single
//! comparison. An allocation is [`ALLOCATION`] of them.

/// Operations of one allocation, giving it back included.
pub(crate) const ALLOCATION: usize = 24;

/// So many operations were done.
#[inline]
pub(crate) fn count(operations: usize) {
    #[cfg(test)]
    counting::add(operations);
    #[cfg(not(test))]
    let _ = operations;
}

/// So many bytes were compared or copied at once.
#[inline]
pub(crate) fn bulk(bytes: usize) {
    count((bytes >> 4).saturating_add(1));
}

/// So many allocations were made.
#[inline]
pub(crate) fn allocated(times: usize) {
    count(times.saturating_mul(ALLOCATION));
}

/// A sorted collection of `members` was searched by comparisons of keys of so many bytes.
#[inline]
pub(crate) fn searched(members: usize, bytes: usize) {
    let comparisons = members
        .checked_ilog2()
        .map_or(0, |log| usize::try_from(log).unwrap_or(0).saturating_add(1));
    count(comparisons.saturating_mul((bytes >> 4).saturating_add(1)));
}

#[cfg(test)]
pub(crate) use counting::counted;

#[cfg(test)]
mod counting {
    use std::cell::Cell;

    thread_local! {
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }

    pub(super) fn add(operations: usize) {
        COUNT.with(|count| {
            count.set(
                count
                    .get()
                    .saturating_add(u64::try_from(operations).unwrap()),
            );
        });
    }

    /// Does it, and returns how many operations that took besides.
    pub(crate) fn counted<T>(question: impl FnOnce() -> T) -> (T, u64) {
        let before = COUNT.with(Cell::get);
        let answer = question();
        (answer, COUNT.with(Cell::get).saturating_sub(before))
    }
}
