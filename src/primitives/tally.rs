//! Counts the operations that are really done, so that the crate's own tests can compare them with
//! the steps of [`Work`](super::Work). Outside of these tests it compiles to nothing.
//!
//! One operation takes about half a nanosecond to a nanosecond: reading a single byte, comparing or
//! copying sixteen bytes at once, comparing two numbers, one comparison of a look-up. An allocation
//! counts as [`ALLOCATION`] of them.

/// Operations of one allocation and its release, which together take 12 to 24 ns.
pub(super) const ALLOCATION: usize = 24;

/// Counts so many operations.
#[inline]
pub(crate) fn count(operations: usize) {
    #[cfg(test)]
    counting::add(operations);
    #[cfg(not(test))]
    let _ = operations;
}

/// Counts the comparison or the copy of so many bytes at once.
#[inline]
pub(crate) fn bulk(bytes: usize) {
    count((bytes >> 4).saturating_add(1));
}

/// Counts so many allocations.
#[inline]
pub(crate) fn allocated(times: usize) {
    count(times.saturating_mul(ALLOCATION));
}

/// Counts the search of a sorted collection of `members`, whose keys have so many bytes.
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

    /// Runs `question` and returns its answer with the number of operations that it took.
    pub(crate) fn counted<T>(question: impl FnOnce() -> T) -> (T, u64) {
        let before = COUNT.with(Cell::get);
        let answer = question();
        (answer, COUNT.with(Cell::get).saturating_sub(before))
    }
}
