use super::answer::{LedgerAnswer, LedgerOutcome, Reservation};
use super::charge::Charge;
use super::terms::LedgerTerms;
use crate::chain::CallAt;
use crate::primitives::{CallKey, Issuer, MandateId, RequestDigest, Timestamp};

/// The accounting of one call: what a ledger must remember of it, and what it must count. A ledger
/// makes all of it or none, and once for a call.
///
/// It is plain data, for whatever the host's ledger is: a [`MemoryLedger`](crate::MemoryLedger) in
/// this process, or a database. A ledger does this in one atomic step:
///
/// - It answers a key that is marked by [`CallMark::answer`](crate::ledger::CallMark::answer), and
///   stores the changed mark.
/// - It marks any other key until [`LedgerTerms::keep_until`], with the request, the signed time
///   and the attempt id.
/// - It then makes every charge or none. Where one does not fit, the mark stays as refused.
/// - It stores with the mark what the call holds. When the
///   [reservation](crate::charge::Reservation) is closed, it records the outcome by
///   [`CallMark::close`](crate::ledger::CallMark::close), and gives back what is held if the call
///   had no effect.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # use mandatum::{Budget, Label, Limit};
/// # let (account, ledger) = (Label::new("reads")?, Label::new("main")?);
/// # let budget = Limit::budget(Budget::calls(account, ledger.clone(), 5));
/// # let sample = setup::sample_with([budget])?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, .. } = sample;
/// # let ledgers = [ledger];
/// use mandatum::charge::Demand;
/// use mandatum::{DecisionContext, Register};
/// // The root has a budget of five calls.
/// let context = DecisionContext::new(here, Register::none()).with_ledgers(&ledgers);
/// let unsettled = verifier.check(&proof, &call.action, &context)?;
/// let [charge] = unsettled.charges().charges() else { panic!("one account") };
/// assert_eq!((charge.link, charge.name.as_str()), (0, "reads"));
/// assert!(matches!(charge.demand, Demand::Spend { max, .. } if max == 5.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        // The key and the request stand for the call, so the call itself is not compared.
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

    /// Returns the identity of the call, which is marked.
    #[must_use]
    pub fn key(&self) -> CallKey {
        self.call.key()
    }

    /// Returns the digest of the call's tool and arguments. The mark stores it, and another request
    /// under the same key is a conflict.
    #[must_use]
    pub fn request(&self) -> RequestDigest {
        self.call.request()
    }

    pub(crate) const fn call(&self) -> &CallAt {
        &self.call
    }

    /// Returns the issuer of the root. A ledger gives each issuer only so much room.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Returns the root that the call is made under. A ledger gives each root only so much room.
    #[must_use]
    pub const fn root(&self) -> MandateId {
        self.root
    }

    /// Returns the time at which the call was signed. For an asserted call, the time of the
    /// decision.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.accepted.at
    }

    /// Returns the greatest call age and the leeway of the verifier that accepted the call.
    #[must_use]
    pub const fn terms(&self) -> LedgerTerms {
        self.accepted.terms
    }

    /// Returns the first second in which a mandate of the chain has expired, for an irreversible,
    /// gated or asserted call. Such a call could be presented anew until then, so it is remembered
    /// for that long.
    #[must_use]
    pub const fn expires(&self) -> Option<Timestamp> {
        self.accepted.expires
    }

    pub(crate) fn into_parts(self) -> (CallAt, Vec<Charge>) {
        (self.call, self.charges)
    }

    /// Returns the charges, one for each account, in the order of the links that first name an
    /// account, root first.
    #[must_use]
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// Returns a ledger's answer about this call.
    #[must_use]
    pub fn answer(&self, outcome: LedgerOutcome) -> LedgerAnswer {
        LedgerAnswer {
            key: self.key(),
            request: self.request(),
            outcome,
        }
    }

    /// Returns the reservation that a ledger makes of this call.
    #[must_use]
    pub fn reservation(&self) -> Reservation {
        Reservation {
            key: self.key(),
            at: self.at(),
        }
    }
}

/// The terms on which a verifier accepted a call, from which a ledger computes how long it
/// remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Time at which it was signed. For an asserted call, the time of the decision.
    pub(crate) at: Timestamp,
    /// Greatest call age and leeway of the verifier.
    pub(crate) terms: LedgerTerms,
    /// Expiry of the chain, for a call that is remembered until then.
    pub(crate) expires: Option<Timestamp>,
}
