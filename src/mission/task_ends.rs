use crate::claims::{MandateEnding, TaskEnding};
use crate::primitives::{MandateId, PublicKey, Timestamp, tally};
use std::collections::BTreeMap;

/// How mandates ended, by whose word.
///
/// Whoever mints barriers chooses which mandates they name, and any 32 bytes will do: so a tree,
/// which no choice makes slow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TaskEnds(BTreeMap<(MandateId, Fingerprint), EndReport>);

/// One signer's word on one mandate, as it is kept. A host has as many as it has agents, so it
/// takes little room: 7 bytes beside the 48 of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct EndReport {
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
    pub(super) const NONE: Self = Self {
        ending: None,
        is_key_revoked: false,
        until: Timestamp::EPOCH,
    };

    pub(super) const fn new(ending: MandateEnding, until: Timestamp) -> Self {
        match ending {
            MandateEnding::Task(ending) => Self {
                ending: Some(ending),
                is_key_revoked: false,
                until,
            },
            MandateEnding::KeyRevoked => Self {
                ending: None,
                is_key_revoked: true,
                until,
            },
        }
    }

    /// Of two endings the later in their order is kept, and of two times until which they count the
    /// later.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            ending: self.ending.max(other.ending),
            is_key_revoked: self.is_key_revoked || other.is_key_revoked,
            until: self.until.max(other.until),
        }
    }
}

/// The first half of a public key. To find a key with the same half as somebody else's takes about
/// 2¹²⁸ tries, as many as to find its secret; but for its negative, whose secret is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fingerprint([u8; 16]);

impl Fingerprint {
    const FIRST: Self = Self([0; 16]);
    const LAST: Self = Self([u8::MAX; 16]);

    fn new(key: &PublicKey) -> Self {
        Self(key.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

/// Statements about the end of one mandate, by signer.
#[derive(Clone, Copy, Debug)]
pub(super) struct MandateWords<'a> {
    all: &'a TaskEnds,
    mandate: MandateId,
}

impl MandateWords<'_> {
    pub(super) fn is_empty(self) -> bool {
        self.all.searched();
        let of_this = (self.mandate, Fingerprint::FIRST)..=(self.mandate, Fingerprint::LAST);
        self.all.0.range(of_this).next().is_none()
    }

    /// Returns a signer's word.
    pub(super) fn by(self, signer: &PublicKey) -> Word {
        self.find(signer).map_or(Word::NONE, EndReport::word)
    }

    /// Returns whether a signer said as much already: this ending or a later one in their order,
    /// the revocation, and for as long.
    pub(super) fn know(self, signer: &PublicKey, word: Word) -> bool {
        self.find(signer)
            .is_some_and(|told| told.word().join(word) == told.word())
    }

    fn find(&self, signer: &PublicKey) -> Option<&EndReport> {
        self.all.searched();
        self.all.0.get(&(self.mandate, Fingerprint::new(signer)))
    }
}

impl TaskEnds {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns what was said of one mandate.
    pub(super) const fn words(&self, mandate: &MandateId) -> MandateWords<'_> {
        MandateWords {
            all: self,
            mandate: *mandate,
        }
    }

    fn searched(&self) {
        tally::searched(self.0.len(), size_of::<(MandateId, Fingerprint)>());
    }

    /// Applies a signer's word; returns whether that changed anything.
    pub(super) fn tell(&mut self, mandate: MandateId, signer: &PublicKey, word: Word) -> bool {
        self.join_one((mandate, Fingerprint::new(signer)), EndReport::new(word))
    }

    /// Joins all of another; returns whether that changed anything.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        other.0.iter().fold(false, |changed, (key, told)| {
            self.join_one(*key, *told) | changed
        })
    }

    fn join_one(&mut self, key: (MandateId, Fingerprint), new: EndReport) -> bool {
        let known = self.0.get(&key).copied();
        let joined = known.map_or(new, |known| EndReport::new(known.word().join(new.word())));
        if known == Some(joined) {
            return false;
        }
        self.0.insert(key, joined);
        true
    }

    /// Forgets the mandates of which the latest time until which any word counts is forgotten. What
    /// was said of one mandate is forgotten together: else a completion could outlast its
    /// revocation.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Timestamp) -> bool) {
        let mut forgotten: Vec<MandateId> = Vec::new();
        let mut words = self
            .0
            .iter()
            .map(|((mandate, _), told)| (*mandate, told.word().until))
            .peekable();
        while let Some((mandate, first)) = words.next() {
            let mut latest = first;
            while let Some((_, until)) = words.next_if(|(next, _)| *next == mandate) {
                latest = latest.max(until);
            }
            if is_forgotten(latest) {
                forgotten.push(mandate);
            }
        }
        if forgotten.is_empty() {
            return;
        }
        // Both are in order.
        let mut forgotten = forgotten.into_iter().peekable();
        self.0.retain(|(mandate, _), _| {
            while forgotten.next_if(|gone| gone < mandate).is_some() {}
            forgotten.peek() != Some(mandate)
        });
    }

    /// Returns what this signer stated of each mandate, in their order.
    pub(super) fn signed_by(&self, signer: &PublicKey) -> impl Iterator<Item = (MandateId, Word)> {
        let signer = Fingerprint::new(signer);
        let own = self.0.iter().filter(move |((_, by), _)| *by == signer);
        own.map(|((mandate, _), told)| (*mandate, told.word()))
    }
}

impl EndReport {
    fn new(word: Word) -> Self {
        let [_, _, _, until @ ..] = word.until.as_unix().to_be_bytes();
        Self {
            ending: word.ending,
            is_key_revoked: word.is_key_revoked,
            until,
        }
    }

    fn word(&self) -> Word {
        let [a, b, c, d, e] = self.until;
        let until = Timestamp::from_unix(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
            .unwrap_or(Timestamp::MAX);
        Word {
            ending: self.ending,
            is_key_revoked: self.is_key_revoked,
            until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mandate, signer, kind of end, expiry.
    type NoticeHeader = (u8, u8, u8, u64);

    fn key(number: u8) -> PublicKey {
        crate::sign::SigningKey::from_seed(&[number; 32]).public()
    }

    /// Few mandates, spread over all buckets, and some that share theirs.
    fn mandate(number: u8) -> MandateId {
        let mut bytes = [number.wrapping_mul(37); 32];
        bytes[0] = number & 0xf0;
        MandateId::from_bytes(bytes)
    }

    const ENDINGS: [TaskEnding; 4] = [
        TaskEnding::Completed,
        TaskEnding::Abandoned,
        TaskEnding::Failed,
        TaskEnding::Revoked,
    ];

    /// The kind 4 is a revoked key.
    fn word(kind: u8, expires: u64) -> Word {
        let ending = ENDINGS.get(usize::from(kind)).copied();
        Word {
            ending,
            is_key_revoked: ending.is_none(),
            until: Timestamp::from_unix(expires).unwrap(),
        }
    }

    fn tell(ends: &mut TaskEnds, (task, signer, kind, expires): NoticeHeader) -> bool {
        ends.tell(mandate(task), &key(signer), word(kind, expires))
    }

    #[test]
    fn a_word_takes_55_bytes_with_its_key() {
        assert_eq!(size_of::<((MandateId, Fingerprint), EndReport)>(), 55);
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
            for header @ (task, signer, kind, expires) in words.iter().copied() {
                let before = model.get(&(task, signer)).copied();
                let new = word(kind, expires);
                model.insert((task, signer), before.map_or(new, |known| known.join(new)));
                prop_assert_eq!(tell(&mut ends, header), model.get(&(task, signer)).copied() != before);
                prop_assert!(ends.words(&mandate(task)).know(&key(signer), new));
            }
            prop_assert_eq!(ends.len(), model.len());
            let mut other = TaskEnds::default();
            for header in words.iter().rev() {
                tell(&mut other, *header);
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
                    prop_assert_eq!(ends.words(&mandate(task)).by(&key(signer)), kept);
                }
                prop_assert_eq!(ends.words(&mandate(task)).by(&key(9)), Word::NONE);
            }
        }
    }
}
