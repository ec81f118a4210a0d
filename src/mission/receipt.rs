use crate::primitives::Timestamp;

/// The latest time or receipt of a fact, from which its retention counts.
///
/// All values compare as equal, because the time of receipt is no part of the fact. So two
/// registers with the same facts are equal, and a fact that is received again is not new.
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
