use super::notice::Notice;
use super::register::Register;
use super::task_ends::{TaskEnds, Word};
use crate::claims::{Ending, MandateEnding};
use crate::primitives::{MandateId, MissionId, PublicKey, Timestamp};
use std::collections::BTreeMap;

/// The ends that one key signed: what another key signs again when that one is revoked. See
/// [`Register::ends_signed_by`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndsSigned {
    /// The key.
    pub key: PublicKey,
    /// The missions, with how each ended, in their order.
    pub missions: Vec<(MissionId, Ending)>,
    /// The mandates, in their order.
    pub mandates: Vec<EndSigned>,
}

/// The end of a mandate, as one key stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndSigned {
    /// The mandate.
    pub mandate: MandateId,
    /// How it ended.
    pub ending: MandateEnding,
    /// When its root expires, as far as the register keeps it.
    pub root_expires: Timestamp,
}

impl Register {
    /// Lists the ends that this key signed, as far as the register has taken them in.
    ///
    /// Once a verifier's anchor [revokes](crate::Anchor::revoke) a key, no end of a mandate that it
    /// signed counts. So a host asks its register and [its store](EndsSigned::with_stored) first,
    /// has a key in service sign the same ends again, stores and applies them, and only then
    /// decides by the new anchor. The thief may have signed some of these ends; signing them again
    /// only denies, and whoever knows better leaves one out.
    ///
    /// ```
    /// use mandatum::claims::{NoticeHeader, TaskEnd};
    /// use mandatum::mission::Watches;
    /// use mandatum::{Anchor, Notice, PublicKey, Register, SigningKey, Timestamp};
    /// fn revoke(
    ///     anchor: &Anchor,
    ///     stolen: PublicKey,
    ///     spare: &SigningKey,
    ///     (register, watches, store): (&mut Register, &Watches, &mut Vec<Notice>),
    ///     now: Timestamp,
    /// ) -> Result<Anchor, Box<dyn std::error::Error>> {
    ///     let ends = register.ends_signed_by(stolen).with_stored(&*store);
    ///     for (number, end) in (0_u64..).zip(ends.mandates) {
    ///         let mut id = [0; 16]; // from the host's random source
    ///         id[..8].copy_from_slice(&number.to_be_bytes());
    ///         let header = NoticeHeader::new(id, spare.public(), now);
    ///         let again = TaskEnd::by_holder(header, end.mandate, end.ending, end.root_expires);
    ///         let again = Notice::from(again.sign(spare)?);
    ///         // It may be watched no longer, or not yet: then the store has it.
    ///         let _ = register.apply(&again, watches, now);
    ///         store.push(again);
    ///     }
    ///     Ok(anchor.revoke(stolen)?)
    /// }
    /// # let _ = revoke;
    /// ```
    #[must_use]
    pub fn ends_signed_by(&self, key: PublicKey) -> EndsSigned {
        let missions = self
            .missions()
            .filter_map(|mission| Some((*mission, self.ending(*mission, key)?)));
        let mut missions: Vec<_> = missions.collect();
        missions.sort();
        EndsSigned {
            key,
            missions,
            mandates: self.task_ends().signed_by(&key).flat_map(ends).collect(),
        }
    }
}

impl EndsSigned {
    /// With those that notices of a host's store state: of mandates that were not yet used here, a
    /// register knows none. Notices of other keys, and those whose signature does not verify, are
    /// passed over.
    #[must_use]
    pub fn with_stored<'n>(self, notices: impl IntoIterator<Item = &'n Notice>) -> Self {
        let mut missions: BTreeMap<MissionId, Ending> = self.missions.into_iter().collect();
        let mut mandates = TaskEnds::default();
        for end in self.mandates {
            mandates.tell(
                end.mandate,
                &self.key,
                Word::new(end.ending, end.root_expires),
            );
        }
        let own = |notice: &&Notice| notice.signer() == self.key && notice.verify().is_ok();
        for notice in notices.into_iter().filter(own) {
            match notice {
                Notice::TaskEnd(token) => {
                    let end = token.claims();
                    mandates.tell(
                        end.mandate,
                        &self.key,
                        Word::new(end.ending, end.root_expires),
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

/// Returns the ends that a word states: of the task, of the key, or both.
fn ends((mandate, word): (MandateId, Word)) -> impl Iterator<Item = EndSigned> {
    let root_expires = word.until;
    let revoked = word.is_key_revoked.then_some(MandateEnding::KeyRevoked);
    let endings = word
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
