use super::register::Register;
use super::task_ends::Word;
use crate::claims::{Ending, MandateEnding};
use crate::ground::{MandateId, MissionId, PublicKey, Timestamp};

/// The ends that a register knows by one key: what another key signs again when that one is revoked. See
/// [`Register::ends_signed_by`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndsSigned {
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
    /// Lists the ends that this key signed.
    ///
    /// Once a verifier's anchor [revokes](crate::Anchor::revoke) a key, no end of a mandate that it signed counts. So a host asks its
    /// register first, has a key in service sign the same ends again, applies them, and only then decides by the new anchor. The
    /// thief may have signed some of these ends; signing them again only denies, and whoever knows better leaves one out.
    ///
    /// ```
    /// use mandatum::{Anchor, AnchorError, MandateId, Notice, PublicKey, Register, SignError, SigningKey, TaskEnd, Timestamp, Watches};
    /// fn revoke(
    ///     anchor: &Anchor,
    ///     stolen: PublicKey,
    ///     spare: &SigningKey,
    ///     (register, watches): (&mut Register, &Watches),
    ///     now: Timestamp,
    /// ) -> Result<Anchor, Box<dyn std::error::Error>> {
    ///     for (number, end) in (0_u64..).zip(register.ends_signed_by(stolen).mandates) {
    ///         let mut id = [0; 16]; // from the host's random source
    ///         id[..8].copy_from_slice(&number.to_be_bytes());
    ///         let again = TaskEnd::by_holder(spare.public(), end.mandate, end.ending, end.root_expires, id, now);
    ///         let again = again.sign(spare)?;
    ///         register.apply(&Notice::from(again), watches, now)?;
    ///     }
    ///     Ok(anchor.revoke(stolen)?)
    /// }
    /// # let _ = revoke;
    /// ```
    #[must_use]
    pub fn ends_signed_by(&self, key: PublicKey) -> EndsSigned {
        let missions = self.missions().filter_map(|mission| Some((*mission, self.ending(*mission, key)?)));
        let mut missions: Vec<_> = missions.collect();
        missions.sort();
        EndsSigned { missions, mandates: self.task_ends().signed_by(&key).flat_map(ends).collect() }
    }
}

/// Returns the ends that a word states: of the task, of the key, or both.
fn ends((mandate, word): (MandateId, Word)) -> impl Iterator<Item = EndSigned> {
    let root_expires = word.until;
    let revoked = word.is_key_revoked.then_some(MandateEnding::KeyRevoked);
    let endings = word.ending.map(MandateEnding::Task).into_iter().chain(revoked);
    endings.map(move |ending| EndSigned { mandate, ending, root_expires })
}
