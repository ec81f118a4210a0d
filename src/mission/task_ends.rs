use crate::claims::{MandateEnding, TaskEnding};
use crate::ground::{MandateId, PublicKey, Timestamp, tally};

/// How mandates ended, by whose word. As many as a host has agents, so an entry takes little room: 55 bytes, and with all
/// around it less than 64.
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

/// One signer's word on one mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    mandate: MandateId,
    signer: Fingerprint,
    ending: Option<TaskEnding>,
    is_key_revoked: bool,
    /// Until when it counts: seconds since 1970, which take 5 bytes.
    until: [u8; 5],
}

/// Everything that one signer stated of one mandate. An ending and a revoked key stand beside each
/// other, and neither replaces the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// How its task ended.
    pub(super) ending: Option<TaskEnding>,
    /// Whether its holder's key is revoked.
    pub(super) is_key_revoked: bool,
    /// Until when it counts.
    pub(super) until: Timestamp,
}

impl Word {
    /// Nothing was stated.
    pub(super) const NONE: Self = Self { ending: None, is_key_revoked: false, until: Timestamp::EPOCH };

    pub(super) const fn of(ending: MandateEnding, until: Timestamp) -> Self {
        match ending {
            MandateEnding::Task(ending) => Self { ending: Some(ending), is_key_revoked: false, until },
            MandateEnding::KeyRevoked => Self { ending: None, is_key_revoked: true, until },
        }
    }
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

/// Statements about the end of one mandate, by signer.
#[derive(Clone, Copy, Debug)]
pub(super) struct MandateWords<'a>(&'a [Told]);

impl MandateWords<'_> {
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Returns a signer's word. Others may have spoken by the thousand, so this is a binary search.
    pub(super) fn by(self, signer: &PublicKey) -> Word {
        self.find(signer).map_or(Word::NONE, Told::word)
    }

    /// Whether a signer said as much already: this ending or a later one in their order, the
    /// revocation, and for as long.
    pub(super) fn know(self, signer: &PublicKey, word: Word) -> bool {
        self.find(signer).is_some_and(|told| told.word().join(word) == told.word())
    }

    fn find(&self, signer: &PublicKey) -> Option<&Told> {
        tally::searched(self.0.len(), 16);
        let found = self.0.binary_search_by_key(&Fingerprint::of(signer), |told| told.signer).ok()?;
        self.0.get(found)
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

    /// Returns what was said of one mandate.
    pub(super) fn of(&self, mandate: &MandateId) -> MandateWords<'_> {
        let bucket = self.buckets.get(bucket(mandate, self.buckets.len())).map_or(&[][..], Vec::as_slice);
        tally::searched(bucket.len(), 32);
        tally::searched(bucket.len(), 32);
        let (_, from) = bucket.split_at(bucket.partition_point(|told| told.mandate < *mandate));
        let (of, _) = from.split_at(from.partition_point(|told| told.mandate == *mandate));
        MandateWords(of)
    }

    /// Applies a signer's word; returns whether that changed anything. Of two endings the later in their order is kept, and of
    /// two times until which it counts the later.
    pub(super) fn tell(&mut self, mandate: MandateId, signer: &PublicKey, word: Word) -> bool {
        let Word { ending, is_key_revoked, until } = word;
        let until = seconds(until);
        self.join_one(Told { mandate, signer: Fingerprint::of(signer), ending, is_key_revoked, until })
    }

    /// Joins all of another; returns whether that changed anything.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        other.iter().fold(false, |changed, told| self.join_one(*told) | changed)
    }

    /// Forgets the mandates of which the latest time until which any word counts is forgotten. What was said
    /// of one mandate is forgotten together: else a completion could outlast its revocation.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Timestamp) -> bool) {
        for bucket in &mut self.buckets {
            let mut kept: Vec<Told> = Vec::new();
            for told in bucket.chunk_by(|one, next| one.mandate == next.mandate) {
                let latest = told.iter().map(|told| told.word().until).max();
                if !latest.is_none_or(&is_forgotten) {
                    kept.extend(told);
                }
            }
            if kept.len() != bucket.len() {
                kept.shrink_to_fit();
                *bucket = kept;
            }
        }
        self.len = self.iter().count();
    }

    /// All words, in the order of mandates and signers.
    fn iter(&self) -> impl Iterator<Item = &Told> {
        self.buckets.iter().flatten()
    }

    /// Returns what this signer stated of each mandate, in their order.
    pub(super) fn signed_by(&self, signer: &PublicKey) -> impl Iterator<Item = (MandateId, Word)> {
        let signer = Fingerprint::of(signer);
        self.iter().filter(move |told| told.signer == signer).map(|told| (told.mandate, told.word()))
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
    fn word(&self) -> Word {
        let [a, b, c, d, e] = self.until;
        let until = Timestamp::from_unix(u64::from_be_bytes([0, 0, 0, a, b, c, d, e])).unwrap_or(Timestamp::MAX);
        Word { ending: self.ending, is_key_revoked: self.is_key_revoked, until }
    }

    fn join(&mut self, other: Self) -> bool {
        let joined = self.word().join(other.word());
        let is_new = joined != self.word();
        self.ending = joined.ending;
        self.is_key_revoked = joined.is_key_revoked;
        self.until = seconds(joined.until);
        is_new
    }
}

impl Word {
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            ending: self.ending.max(other.ending),
            is_key_revoked: self.is_key_revoked || other.is_key_revoked,
            until: self.until.max(other.until),
        }
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

    /// Mandate, signer, kind of end, expiry.
    type Said = (u8, u8, u8, u64);

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

    /// The kind 4 is a revoked key.
    fn word(kind: u8, expires: u64) -> Word {
        let ending = ENDINGS.get(usize::from(kind)).copied();
        Word { ending, is_key_revoked: ending.is_none(), until: Timestamp::from_unix(expires).unwrap() }
    }

    fn tell(ends: &mut TaskEnds, (task, signer, kind, expires): Said) -> bool {
        ends.tell(mandate(task), &key(signer), word(kind, expires))
    }

    #[test]
    fn an_entry_takes_55_bytes() {
        assert_eq!(size_of::<Told>(), 55);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_a_map_that_joins(
            words in proptest::collection::vec((any::<u8>(), 0..3_u8, 0..5_u8, 0..100_u64), 0..600),
            now in 0..100_u64,
        ) {
            let mut model: BTreeMap<(u8, u8), Word> = BTreeMap::new();
            let mut ends = TaskEnds::default();
            for said @ (task, signer, kind, expires) in words.iter().copied() {
                let before = model.get(&(task, signer)).copied();
                let new = word(kind, expires);
                model.insert((task, signer), before.map_or(new, |known| known.join(new)));
                prop_assert_eq!(tell(&mut ends, said), model.get(&(task, signer)).copied() != before);
                prop_assert!(ends.of(&mandate(task)).know(&key(signer), new));
            }
            prop_assert_eq!(ends.len(), model.len());
            let mut other = TaskEnds::default();
            for said in words.iter().rev() {
                tell(&mut other, *said);
            }
            prop_assert_eq!(&ends, &other);
            prop_assert!(!ends.join(&other));

            let now = Timestamp::from_unix(now).unwrap();
            ends.forget(|expires| expires <= now);
            let mut latest: BTreeMap<u8, Timestamp> = BTreeMap::new();
            for ((task, _), word) in &model {
                let kept = latest.entry(*task).or_insert(word.until);
                *kept = word.until.max(*kept);
            }
            model.retain(|(task, _), _| latest.get(task).is_some_and(|latest| *latest > now));
            prop_assert_eq!(ends.len(), model.len());
            for task in 0..=u8::MAX {
                for signer in 0..3 {
                    let kept = model.get(&(task, signer)).copied().unwrap_or(Word::NONE);
                    prop_assert_eq!(ends.of(&mandate(task)).by(&key(signer)), kept);
                }
                prop_assert_eq!(ends.of(&mandate(task)).by(&key(9)), Word::NONE);
            }
        }
    }
}
