use super::charge::Charge;
use super::terms::LedgerTerms;
use crate::chain::CallAt;
use crate::primitives::{CallKey, Issuer, MandateId, RequestDigest, Timestamp};

/// What one call comes to: what a ledger must remember of it, and what it must count. All of it or
/// none, and once for a call.
///
/// Plain data, for whatever the host's ledger is: a [`MemoryLedger`](crate::MemoryLedger) in this
/// process, or a database. In one atomic step it does this:
///
/// - A key that is marked is answered by [`CallMark::answer`](crate::ledger::CallMark::answer), and the mark is
///   stored as that leaves it.
/// - Another key is marked until [`LedgerTerms::keep_until`], with the request, the signed time and
///   the attempt id.
/// - Then every charge is made or none. Where one does not fit, the mark stays as refused.
/// - With the mark it stores what the call holds. When the [reservation](crate::charge::Reservation) is
///   closed it records the outcome by [`CallMark::close`](crate::ledger::CallMark::close), and gives back what is
///   held if the call had no effect.
#[derive(Clone, Debug)]
pub struct Charges {
    call: CallAt,
    issuer: Issuer,
    root: MandateId,
    accepted: Accepted,
    charges: Vec<Charge>,
}

impl PartialEq for Charges {
    fn eq(&self, other: &Self) -> bool {
        let header = |charges: &Self| {
            (
                charges.key(),
                charges.request(),
                charges.root,
                charges.accepted,
            )
        };
        header(self) == header(other)
            && self.issuer == other.issuer
            && self.charges == other.charges
    }
}

impl Eq for Charges {}

impl Charges {
    pub(crate) fn new(
        call: CallAt,
        (issuer, root): (Issuer, MandateId),
        accepted: Accepted,
        charges: Vec<Charge>,
    ) -> Self {
        Self {
            call,
            issuer,
            root,
            accepted,
            charges,
        }
    }

    /// The identity of the call, to be marked.
    #[must_use]
    pub fn key(&self) -> CallKey {
        self.call.key()
    }

    /// The digest of what the call asks for. The mark has it, and another request under the same
    /// key is a conflict.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        self.call.request()
    }

    pub(crate) const fn call(&self) -> &CallAt {
        &self.call
    }

    /// The issuer of the root. A ledger gives each issuer only so much room.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The root that the call is made under. A ledger gives each root only so much room.
    #[must_use]
    pub const fn root(&self) -> MandateId {
        self.root
    }

    /// When the call was signed; of a call by the host's word, when it was decided.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.accepted.at
    }

    /// The greatest call age and the leeway of the verifier that accepted the call.
    #[must_use]
    pub const fn terms(&self) -> LedgerTerms {
        self.accepted.terms
    }

    /// The first second in which a mandate of the chain has expired, of a call that is remembered
    /// until then: one that is irreversible, passed a gate, or is made by the host's word. It could
    /// be presented anew for so long.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.accepted.expires
    }

    pub(crate) fn into_parts(self) -> (CallAt, Vec<Charge>) {
        (self.call, self.charges)
    }

    /// The charges, of each account one; in the order of the links that first name an account, root
    /// first.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }
}

/// How a verifier came to accept a call, as far as it bears on how long a ledger remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// When it was signed; by the host's word, when it was decided.
    pub(crate) at: Timestamp,
    /// The verifier's greatest call age, and its leeway.
    pub(crate) terms: LedgerTerms,
    /// The expiry of the chain, for a call that is remembered until then.
    pub(crate) expires: Option<Timestamp>,
}
