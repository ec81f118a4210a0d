use crate::primitives::Timestamp;

/// The latest time or receipt of something, from which its retention counts.
///
/// All are equal: when a thing was received is no part of what is known, so two registers that know
/// the same are equal, and nothing is news for having been received again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kept(Option<Timestamp>);

impl Kept {
    pub(super) const fn since(at: Timestamp) -> Self {
        Self(Some(at))
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    pub(super) fn time(self) -> Timestamp {
        self.0.unwrap_or(Timestamp::EPOCH)
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}
