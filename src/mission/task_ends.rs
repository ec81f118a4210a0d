use crate::claims::TaskEnding;
use crate::ground::{MandateId, PublicKey, Timestamp, tally};

/// How tasks ended, by whose word. As many as a host has agents, so an entry takes little room: 56 bytes, and with all around
/// it less than 64.
///
/// Mandates are digests, which spread evenly, so the first bytes of one tell its bucket; the buckets are in the order of the
/// mandates, and so are the entries of each. Whoever makes many mandates of one bucket, at the cost of trying, makes looking
/// them up slower by the logarithm of their number, and each more of them moves the bucket.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskEnds {
    /// Their number is zero or a power of two.
    buckets: Vec<Vec<Told>>,
    len: usize,
}

/// One signer's word on one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    mandate: MandateId,
    signer: Fingerprint,
    ending: TaskEnding,
    /// When it was told, at last: seconds since 1970, which take 5 bytes.
    at: [u8; 5],
}

/// The first half of a public key. To find a key with the same half as somebody else's takes about 2¹²⁸ tries, as many as to
/// find its secret; but for its negative, whose secret is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fingerprint([u8; 16]);

impl Fingerprint {
    fn of(key: &PublicKey) -> Self {
        Self(key.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

/// Statements about the end of one task, by signer.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskWords<'a>(&'a [Told]);

impl TaskWords<'_> {
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Returns how a signer said that the task ended. Others may have said so by the thousand, so this is a binary search.
    pub(super) fn by(self, signer: &PublicKey) -> Option<TaskEnding> {
        tally::searched(self.0.len(), 16);
        let found = self.0.binary_search_by_key(&Fingerprint::of(signer), |told| told.signer).ok()?;
        self.0.get(found).map(|told| told.ending)
    }

    /// Whether a signer said so already, or something later in the order of endings, at this time or later.
    pub(super) fn know(self, signer: &PublicKey, ending: TaskEnding, at: Timestamp) -> bool {
        let found = self.0.binary_search_by_key(&Fingerprint::of(signer), |told| told.signer).ok();
        let told = found.and_then(|found| self.0.get(found));
        told.is_some_and(|told| told.ending >= ending && told.at >= seconds(at))
    }
}

/// Entries of a bucket, on average, when there are twice as many buckets as before.
const FULL: usize = 64;

/// Room that a full bucket gets.
const ROOM: usize = 4;

impl TaskEnds {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Returns what was said of one task.
    pub(super) fn of(&self, mandate: &MandateId) -> TaskWords<'_> {
        let bucket = self.buckets.get(bucket(mandate, self.buckets.len())).map_or(&[][..], Vec::as_slice);
        tally::searched(bucket.len(), 32);
        tally::searched(bucket.len(), 32);
        let (_, from) = bucket.split_at(bucket.partition_point(|told| told.mandate < *mandate));
        let (of, _) = from.split_at(from.partition_point(|told| told.mandate == *mandate));
        TaskWords(of)
    }

    /// Takes in a signer's word; whether that changed anything. Of two endings the later in their order is kept, and the later
    /// time that something was told.
    pub(super) fn tell(&mut self, mandate: MandateId, signer: &PublicKey, ending: TaskEnding, at: Timestamp) -> bool {
        self.join_one(Told { mandate, signer: Fingerprint::of(signer), ending, at: seconds(at) })
    }

    /// Takes in all of another; whether that changed anything.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        other.iter().fold(false, |changed, told| self.join_one(*told) | changed)
    }

    /// Keeps what was told at this time or later.
    pub(super) fn keep_from(&mut self, from: Timestamp) {
        for bucket in &mut self.buckets {
            bucket.retain(|told| told.at >= seconds(from));
            bucket.shrink_to_fit();
        }
        self.len = self.iter().count();
    }

    /// All words, in the order of mandates and signers.
    fn iter(&self) -> impl Iterator<Item = &Told> {
        self.buckets.iter().flatten()
    }

    fn join_one(&mut self, new: Told) -> bool {
        if self.len >= self.buckets.len().saturating_mul(FULL) {
            self.split();
        }
        let place = bucket(&new.mandate, self.buckets.len());
        let Some(bucket) = self.buckets.get_mut(place) else { return false };
        match bucket.binary_search_by_key(&(new.mandate, new.signer), |told| (told.mandate, told.signer)) {
            Ok(known) => bucket.get_mut(known).is_some_and(|told| told.join(new)),
            Err(place) => {
                if bucket.len() == bucket.capacity() {
                    bucket.reserve_exact(ROOM);
                }
                bucket.insert(place, new);
                self.len = self.len.saturating_add(1);
                true
            }
        }
    }

    /// Makes two buckets of each, or the first.
    fn split(&mut self) {
        let count = self.buckets.len().saturating_mul(2).max(1);
        let mut buckets = Vec::with_capacity(count);
        for mut low in std::mem::take(&mut self.buckets) {
            let high = low.split_off(low.partition_point(|told| bucket(&told.mandate, count) & 1 == 0));
            low.shrink_to_fit();
            buckets.extend([low, high]);
        }
        buckets.resize(count, Vec::new());
        self.buckets = buckets;
    }
}

impl PartialEq for TaskEnds {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for TaskEnds {}

impl Told {
    fn join(&mut self, other: Self) -> bool {
        let joined = Self { ending: self.ending.max(other.ending), at: self.at.max(other.at), ..*self };
        let is_new = joined != *self;
        *self = joined;
        is_new
    }
}

/// The bucket of a mandate, of so many: its first 32 bits, as a fraction of them all.
fn bucket(mandate: &MandateId, buckets: usize) -> usize {
    let first = u32::from_be_bytes(mandate.as_bytes().first_chunk().copied().unwrap_or_default());
    let place = u64::from(first).saturating_mul(u64::try_from(buckets).unwrap_or(u64::MAX)) >> u32::BITS;
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// In the order of times.
fn seconds(at: Timestamp) -> [u8; 5] {
    let [_, _, _, seconds @ ..] = at.as_unix().to_be_bytes();
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Word = (u8, u8, u8, u64);

    fn key(number: u8) -> PublicKey {
        crate::sign::SigningKey::from_seed(&[number; 32]).public()
    }

    /// Few mandates, spread over all buckets, and some that share theirs.
    fn mandate(number: u8) -> MandateId {
        let mut bytes = [number.wrapping_mul(37); 32];
        bytes[0] = number & 0xf0;
        MandateId::from_bytes(bytes)
    }

    const ENDINGS: [TaskEnding; 4] =
        [TaskEnding::Completed, TaskEnding::Abandoned, TaskEnding::Failed, TaskEnding::Revoked];

    fn tell(ends: &mut TaskEnds, (task, signer, ending, at): Word) -> bool {
        let at = Timestamp::from_unix(at).unwrap();
        ends.tell(mandate(task), &key(signer), ENDINGS[usize::from(ending)], at)
    }

    #[test]
    fn an_entry_takes_54_bytes() {
        assert_eq!(size_of::<Told>(), 54);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_a_map_that_joins(
            words in proptest::collection::vec((any::<u8>(), 0..3_u8, 0..4_u8, 0..100_u64), 0..600),
            from in 0..100_u64,
        ) {
            let mut model: BTreeMap<(u8, u8), (u8, u64)> = BTreeMap::new();
            let mut ends = TaskEnds::default();
            for word @ (task, signer, ending, at) in words.iter().copied() {
                let before = model.get(&(task, signer)).copied();
                let (kept, last) = before.unwrap_or((ending, at));
                model.insert((task, signer), (kept.max(ending), last.max(at)));
                prop_assert_eq!(tell(&mut ends, word), model.get(&(task, signer)).copied() != before);
            }
            prop_assert_eq!(ends.len(), model.len());
            let mut other = TaskEnds::default();
            for word in words.iter().rev() {
                tell(&mut other, *word);
            }
            prop_assert_eq!(&ends, &other);
            prop_assert!(!ends.join(&other));

            ends.keep_from(Timestamp::from_unix(from).unwrap());
            model.retain(|_, (_, at)| *at >= from);
            prop_assert_eq!(ends.len(), model.len());
            for task in 0..=u8::MAX {
                for signer in 0..3 {
                    let kept = model.get(&(task, signer)).map(|(ending, _)| ENDINGS[usize::from(*ending)]);
                    prop_assert_eq!(ends.of(&mandate(task)).by(&key(signer)), kept);
                }
                prop_assert_eq!(ends.of(&mandate(task)).by(&key(9)), None);
            }
        }
    }
}
