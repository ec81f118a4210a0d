use super::notice::Notice;
use super::register::Register;
use super::task_ends::{Statement, TaskEnds};
use crate::claims::{Ending, MandateEnding};
use crate::primitives::{MandateId, MissionId, PublicKey, Timestamp};
use std::collections::BTreeMap;

/// The ends that one key signed. A key in service signs them again before the first key is revoked.
///
/// See [`Register::ends_signed_by`].
///
/// ```
/// use mandatum::claims::{End, Ending, NoticeHeader};
/// use mandatum::{Mission, Notice, Register, SigningKey, Timestamp};
/// let (key, now) = (SigningKey::from_seed(&[1; 32]), Timestamp::from_unix(1_767_225_600)?);
/// let mission = Mission::new(key.public(), "qbr".parse()?, [7; 16]);
/// let header = NoticeHeader::new([2; 16], key.public(), now);
/// let end = End::by_ender(header, &mission, Ending::Revoked).sign(&key)?;
/// let ends = Register::none().ends_signed_by(key.public());
/// assert!(ends.missions.is_empty());
/// let ends = ends.with_stored(&[Notice::from(end)]);
/// assert_eq!(ends.missions, [(mission.id(), Ending::Revoked)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndsSigned {
    /// The key.
    pub key: PublicKey,
    /// The missions and their endings, in the order of the missions' ids.
    pub missions: Vec<(MissionId, Ending)>,
    /// The ends of mandates, in the order of the mandates' ids.
    pub mandates: Vec<EndSigned>,
}

/// The end of a mandate, as one key stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndSigned {
    /// The mandate.
    pub mandate: MandateId,
    /// The ending.
    pub ending: MandateEnding,
    /// The expiry of its root, or the time until which the register keeps the end.
    pub root_expires: Timestamp,
}

/// Lists the ends that a key signed, as far as the register has received them.
pub(super) fn ends_signed(register: &Register, key: PublicKey) -> EndsSigned {
    let missions = register
        .missions()
        .filter_map(|mission| Some((*mission, register.ending(*mission, key)?)));
    let mut missions: Vec<_> = missions.collect();
    missions.sort();
    EndsSigned {
        key,
        missions,
        mandates: register
            .task_ends()
            .signed_by(&key)
            .flat_map(ends)
            .collect(),
    }
}

impl EndsSigned {
    /// Adds the ends in the notices of a host's store.
    ///
    /// A register does not know the ends of mandates that were not used at its host. Notices of
    /// other keys, and those whose signature does not verify, are passed over.
    #[must_use]
    pub fn with_stored<'n>(self, notices: impl IntoIterator<Item = &'n Notice>) -> Self {
        let mut missions: BTreeMap<MissionId, Ending> = self.missions.into_iter().collect();
        let mut mandates = TaskEnds::default();
        for end in self.mandates {
            mandates.add(
                end.mandate,
                &self.key,
                Statement::new(end.ending, end.root_expires),
            );
        }
        let own = |notice: &&Notice| notice.signer() == self.key && notice.verify().is_ok();
        for notice in notices.into_iter().filter(own) {
            match notice {
                Notice::TaskEnd(token) => {
                    let end = token.claims();
                    mandates.add(
                        end.mandate,
                        &self.key,
                        Statement::new(end.ending, end.root_expires),
                    );
                }
                Notice::End(token) => {
                    let end = token.claims();
                    let known = missions.entry(end.mission).or_insert(end.ending);
                    *known = end.ending.max(*known);
                }
                Notice::Status(_) | Notice::EventFired(_) | Notice::Withdrawal(_) => {}
            }
        }
        let mandates = mandates.signed_by(&self.key).flat_map(ends).collect();
        Self {
            key: self.key,
            missions: missions.into_iter().collect(),
            mandates,
        }
    }
}

/// Returns the ends in a statement: of the task, of the key, or both.
fn ends((mandate, statement): (MandateId, Statement)) -> impl Iterator<Item = EndSigned> {
    let root_expires = statement.until;
    let revoked = statement
        .is_key_revoked
        .then_some(MandateEnding::KeyRevoked);
    let endings = statement
        .ending
        .map(MandateEnding::Task)
        .into_iter()
        .chain(revoked);
    endings.map(move |ending| EndSigned {
        mandate,
        ending,
        root_expires,
    })
}
