use crate::claims::{MandateEnding, TaskEnding};
use crate::primitives::{MandateId, PublicKey, Timestamp, tally};
use std::collections::BTreeMap;

/// The ends of mandates, each as one signer stated it.
///
/// A holder that mints barriers can choose any 32 bytes as the mandates that they name. No choice
/// makes the look-ups of a tree slow, as it might for a hash map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TaskEnds(BTreeMap<(MandateId, Fingerprint), StoredStatement>);

/// The stored form of one signer's statement on one mandate.
///
/// A host has at least one for each of its agents, so it is small: 7 bytes beside the 48 of its key
/// in the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StoredStatement {
    ending: Option<TaskEnding>,
    is_key_revoked: bool,
    /// Time until which it counts, in seconds since 1970. The year 9999 fits 5 bytes.
    until: [u8; 5],
}

/// The statements of one signer on one mandate. An ending and a revoked key are kept side by side:
/// neither replaces the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The ending of the task, if one was stated.
    pub(super) ending: Option<TaskEnding>,
    /// Whether the key of the holder was stated to be revoked.
    pub(super) is_key_revoked: bool,
    /// Time until which the statements count.
    pub(super) until: Timestamp,
}

impl Statement {
    /// The statement of a signer that stated nothing.
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

    /// Joins two statements. The worse ending is kept, which is the later in their order, and the
    /// later time until which they count.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            ending: self.ending.max(other.ending),
            is_key_revoked: self.is_key_revoked || other.is_key_revoked,
            until: self.until.max(other.until),
        }
    }
}

/// The first half of a public key.
///
/// Finding another key with the same half takes about 2¹²⁸ tries, not fewer than finding the secret
/// key. The one exception is the negative of the key, which has the same secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fingerprint([u8; 16]);

impl Fingerprint {
    const FIRST: Self = Self([0; 16]);
    const LAST: Self = Self([u8::MAX; 16]);

    fn new(key: &PublicKey) -> Self {
        // 32 bytes have a first chunk of 16, so the default is never taken.
        Self(key.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

/// Statements about the end of one mandate, by signer.
#[derive(Clone, Copy, Debug)]
pub(super) struct MandateStatements<'a> {
    all: &'a TaskEnds,
    mandate: MandateId,
}

impl MandateStatements<'_> {
    pub(super) fn is_empty(self) -> bool {
        self.all.searched();
        // One search in the tree, whatever the number of signers.
        let of_this = (self.mandate, Fingerprint::FIRST)..=(self.mandate, Fingerprint::LAST);
        self.all.0.range(of_this).next().is_none()
    }

    /// Returns the statement of a signer.
    pub(super) fn by(self, signer: &PublicKey) -> Statement {
        self.find(signer)
            .map_or(Statement::NONE, StoredStatement::statement)
    }

    /// Returns whether the known statement of a signer already includes `statement`: the same
    /// ending or a worse one, the revocation, and a time that is not earlier.
    pub(super) fn include(self, signer: &PublicKey, statement: Statement) -> bool {
        self.find(signer)
            .is_some_and(|stored| stored.statement().join(statement) == stored.statement())
    }

    fn find(&self, signer: &PublicKey) -> Option<&StoredStatement> {
        self.all.searched();
        self.all.0.get(&(self.mandate, Fingerprint::new(signer)))
    }
}

impl TaskEnds {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the statements on one mandate.
    pub(super) const fn statements(&self, mandate: &MandateId) -> MandateStatements<'_> {
        MandateStatements {
            all: self,
            mandate: *mandate,
        }
    }

    fn searched(&self) {
        tally::searched(self.0.len(), size_of::<(MandateId, Fingerprint)>());
    }

    /// Adds the statement of a signer, and returns whether that changed anything.
    pub(super) fn add(
        &mut self,
        mandate: MandateId,
        signer: &PublicKey,
        statement: Statement,
    ) -> bool {
        self.join_one(
            (mandate, Fingerprint::new(signer)),
            StoredStatement::new(statement),
        )
    }

    /// Joins all statements of `other`, and returns whether that changed anything.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        other.0.iter().fold(false, |changed, (key, stored)| {
            self.join_one(*key, *stored) | changed
        })
    }

    fn join_one(&mut self, key: (MandateId, Fingerprint), new: StoredStatement) -> bool {
        let known = self.0.get(&key).copied();
        let joined = known.map_or(new, |known| {
            StoredStatement::new(known.statement().join(new.statement()))
        });
        if known == Some(joined) {
            return false;
        }
        self.0.insert(key, joined);
        true
    }

    /// Forgets each mandate whose latest statement is to be forgotten.
    ///
    /// All statements on one mandate are forgotten together. Otherwise a completion could outlast
    /// the revocation that takes it back.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Timestamp) -> bool) {
        let mut forgotten: Vec<MandateId> = Vec::new();
        let mut statements = self
            .0
            .iter()
            .map(|((mandate, _), stored)| (*mandate, stored.statement().until))
            .peekable();
        while let Some((mandate, first)) = statements.next() {
            let mut latest = first;
            while let Some((_, until)) = statements.next_if(|(next, _)| *next == mandate) {
                latest = latest.max(until);
            }
            if is_forgotten(latest) {
                forgotten.push(mandate);
            }
        }
        if forgotten.is_empty() {
            return;
        }
        // Both the tree and this list are in the order of mandates, so one walk finds all.
        let mut forgotten = forgotten.into_iter().peekable();
        self.0.retain(|(mandate, _), _| {
            while forgotten.next_if(|gone| gone < mandate).is_some() {}
            forgotten.peek() != Some(mandate)
        });
    }

    /// Returns the statements of a signer, in the order of mandates.
    pub(super) fn signed_by(
        &self,
        signer: &PublicKey,
    ) -> impl Iterator<Item = (MandateId, Statement)> {
        let signer = Fingerprint::new(signer);
        let own = self.0.iter().filter(move |((_, by), _)| *by == signer);
        own.map(|((mandate, _), stored)| (*mandate, stored.statement()))
    }
}

impl StoredStatement {
    fn new(statement: Statement) -> Self {
        let [_, _, _, until @ ..] = statement.until.as_unix().to_be_bytes();
        Self {
            ending: statement.ending,
            is_key_revoked: statement.is_key_revoked,
            until,
        }
    }

    fn statement(&self) -> Statement {
        // The bytes came from a timestamp, so the default is never taken.
        let [a, b, c, d, e] = self.until;
        let until = Timestamp::from_unix(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
            .unwrap_or(Timestamp::MAX);
        Statement {
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

    /// The mandate, the signer, the kind of end, and the expiry.
    type StatementParts = (u8, u8, u8, u64);

    fn key(number: u8) -> PublicKey {
        crate::sign::SigningKey::from_seed(&[number; 32]).public()
    }

    /// Makes one of 256 mandates. Some share their first byte, and none their others.
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

    /// Makes a statement. The kind 4 is a revoked key.
    fn statement(kind: u8, expires: u64) -> Statement {
        let ending = ENDINGS.get(usize::from(kind)).copied();
        Statement {
            ending,
            is_key_revoked: ending.is_none(),
            until: Timestamp::from_unix(expires).unwrap(),
        }
    }

    fn add(ends: &mut TaskEnds, (task, signer, kind, expires): StatementParts) -> bool {
        ends.add(mandate(task), &key(signer), statement(kind, expires))
    }

    #[test]
    fn a_statement_takes_55_bytes_with_its_key() {
        assert_eq!(size_of::<((MandateId, Fingerprint), StoredStatement)>(), 55);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_a_map_that_joins(
            stated in proptest::collection::vec((any::<u8>(), 0..3_u8, 0..5_u8, 0..100_u64), 0..600),
            now in 0..100_u64,
        ) {
            let mut model: BTreeMap<(u8, u8), Statement> = BTreeMap::new();
            let mut ends = TaskEnds::default();
            for parts @ (task, signer, kind, expires) in stated.iter().copied() {
                let before = model.get(&(task, signer)).copied();
                let new = statement(kind, expires);
                model.insert((task, signer), before.map_or(new, |known| known.join(new)));
                prop_assert_eq!(add(&mut ends, parts), model.get(&(task, signer)).copied() != before);
                prop_assert!(ends.statements(&mandate(task)).include(&key(signer), new));
            }
            prop_assert_eq!(ends.len(), model.len());
            let mut other = TaskEnds::default();
            for parts in stated.iter().rev() {
                add(&mut other, *parts);
            }
            prop_assert_eq!(&ends, &other);
            prop_assert!(!ends.join(&other));

            let now = Timestamp::from_unix(now).unwrap();
            ends.forget(|expires| expires <= now);
            let mut latest: BTreeMap<u8, Timestamp> = BTreeMap::new();
            for ((task, _), statement) in &model {
                let kept = latest.entry(*task).or_insert(statement.until);
                *kept = statement.until.max(*kept);
            }
            model.retain(|(task, _), _| latest.get(task).is_some_and(|latest| *latest > now));
            prop_assert_eq!(ends.len(), model.len());
            for task in 0..=u8::MAX {
                for signer in 0..3 {
                    let kept = model.get(&(task, signer)).copied().unwrap_or(Statement::NONE);
                    prop_assert_eq!(ends.statements(&mandate(task)).by(&key(signer)), kept);
                }
                prop_assert_eq!(ends.statements(&mandate(task)).by(&key(9)), Statement::NONE);
            }
        }
    }
}
