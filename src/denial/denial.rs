use super::access_request::AccessRequest;
use super::code::{DenialCode, DenialKind};
use super::reason::DenialReason;
use super::recorded_outcome::RecordedOutcome;
use crate::chain::{Call, ChainError, ChainErrorKind};
use crate::claims::WouldDeny;
use crate::codec::{CodecError, missing_fits};
use crate::powers::Powers;
use crate::primitives::{Audience, MandateId};
use crate::sign::SignatureError;
use std::fmt;

/// The place where a denial arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialPlace {
    /// The bytes of the proof.
    Bytes,
    /// A link of the chain, from 0 for the root.
    Link(usize),
    /// The anchor's ceiling, which comes before the root.
    Ceiling,
    /// The call or its presenter.
    Call,
    /// The verifier or its host.
    Verifier,
}

impl DenialPlace {
    /// Returns the number of the link; −1 for the ceiling.
    #[must_use]
    pub fn link(self) -> Option<i64> {
        match self {
            Self::Link(link) => i64::try_from(link).ok(),
            Self::Ceiling => Some(-1),
            Self::Bytes | Self::Call | Self::Verifier => None,
        }
    }
}

/// A refusal: its place and its reason.
///
/// `Display` writes the message of [`public`](Self::public), because errors end up in answers. The
/// host's own sentence is [`details`](Self::details). `Debug` shows every fact.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["us/acme"])?;
/// # let setup::Sample { verifier, here, .. } = sample;
/// use mandatum::denial::{DenialKind, DenialPlace};
/// use mandatum::{DecisionContext, Register};
/// let context = DecisionContext::new(here, Register::none());
/// let denial = verifier.check(&proof, &call.action, &context).unwrap_err();
/// assert_eq!((denial.place(), denial.kind()), (DenialPlace::Link(1), DenialKind::NotPermitted));
/// let message = "link 1: argument `account` has a value that is not permitted";
/// assert_eq!(denial.to_string(), message);
/// assert!(denial.missing().expect("powers are missing").permits(&call.action).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    place: DenialPlace,
    reason: DenialReason,
}

impl Denial {
    pub(crate) const fn new(place: DenialPlace, reason: DenialReason) -> Self {
        Self { place, reason }
    }

    /// Returns the place where it arose.
    #[must_use]
    pub const fn place(&self) -> DenialPlace {
        self.place
    }

    /// Returns the reason with its facts.
    #[must_use]
    pub const fn reason(&self) -> &DenialReason {
        &self.reason
    }

    /// Returns the name of the reason. It is for the host: [`public`](Self::public) has the code
    /// that the caller may learn.
    #[must_use]
    pub fn code(&self) -> DenialCode {
        self.reason.code()
    }

    /// Returns the group of its code. It is for the host: [`public`](Self::public) has the kind
    /// that the caller may learn.
    #[must_use]
    pub fn kind(&self) -> DenialKind {
        self.code().kind()
    }

    /// Returns the powers that would have permitted just this call, where the call lacked powers.
    /// Other checks may still refuse it.
    #[must_use]
    pub fn missing(&self) -> Option<Powers> {
        if let Some(request) = self.request() {
            return Some(request.powers.clone());
        }
        if let DenialReason::NotPermitted { missing, .. }
        | DenialReason::CeilingRefuses { missing, .. } = &self.reason
        {
            missing.clone()
        } else {
            None
        }
    }

    /// Returns the request that the holder can make, where a link lacks powers. Beyond the ceiling
    /// only the owner of the resource can help.
    ///
    /// Only a verified chain gives a request. [`Verifier::check`](crate::Verifier::check) refuses
    /// what the leaf doesn't permit before it verifies anything. A server that offers requests
    /// there calls [`Verifier::request_for`](crate::Verifier::request_for).
    #[must_use]
    pub fn request(&self) -> Option<&AccessRequest> {
        if let DenialReason::NotPermitted { request, .. } = &self.reason {
            request.as_deref()
        } else {
            None
        }
    }

    /// Returns the recorded outcome of a call that was decided before and that its holder signed
    /// anew. A caller reads the outcome of a lost answer this way; a retry takes a new id.
    ///
    /// The caller may read it: the leaf is part of a call's identity, so the leaf's holder signed
    /// both calls.
    #[must_use]
    pub const fn recorded(&self) -> Option<RecordedOutcome> {
        if let DenialReason::AlreadyDecided { recorded } = self.reason {
            recorded
        } else {
            None
        }
    }

    /// Returns one plain sentence for the host's logs and never for the caller. Answer a caller
    /// with [`public`](Self::public).
    ///
    /// The sentence names the link and the reason. For an argument that powers refuse it names the
    /// argument, but neither its value nor the tool. [`missing`](Self::missing) has both, where
    /// they can be named. All other facts are fields of [`reason`](Self::reason): for example the
    /// approvers who have not approved.
    #[must_use]
    pub const fn details(&self) -> DenialDetails<'_> {
        DenialDetails(self)
    }

    /// Returns what the caller may be told: what follows from the chain and the call that it
    /// presented itself, and which issuers are trusted. Everything else stays with the host; such
    /// denials are all one bare `Refused`. Its kind is `Untrusted`. [`DenialCode`] lists the codes
    /// that a caller can receive.
    #[must_use]
    pub fn public(&self) -> PublicDenial {
        if self.place == DenialPlace::Ceiling || self.reason.is_hosts_own() {
            let message = "refused by the server's policy".into();
            return PublicDenial {
                kind: DenialKind::Untrusted,
                code: "Refused",
                link: None,
                recorded: None,
                message,
            };
        }
        // Only the verifier knows the issuer's keys, so an unknown key is answered like a wrong
        // signature.
        if matches!(
            self.reason,
            DenialReason::Chain(ChainErrorKind::SignerUnknown { .. })
        ) {
            let signature = DenialReason::Chain(ChainErrorKind::Signature(SignatureError));
            return Self {
                reason: signature,
                ..self.clone()
            }
            .public();
        }
        PublicDenial {
            kind: self.kind(),
            code: self.code().as_str(),
            link: self.place.link(),
            recorded: self.recorded(),
            message: self.details().to_string(),
        }
    }

    /// Returns what a server that only observes records of a call under `leaf`, which this denial
    /// would have refused: the code, and the powers that were missing. These name the call's
    /// arguments; where they take more than 8 KiB they are left out.
    ///
    /// ```
    /// use mandatum::claims::Receipt;
    /// use mandatum::primitives::MandateId;
    /// use mandatum::receipts::ReceiptLog;
    /// use mandatum::sign::{SignError, Token};
    /// use mandatum::{Audience, Call, Denial, SigningKey, Timestamp};
    /// fn observe(
    ///     log: &mut ReceiptLog,
    ///     (denial, call, leaf, here): (&Denial, &Call, MandateId, &Audience),
    ///     (id, now, key): ([u8; 16], Timestamp, &SigningKey),
    /// ) -> Result<Token<Receipt>, SignError> {
    ///     log.would_deny(denial.observed(call, leaf, here), id, now, key)
    /// }
    /// ```
    #[must_use]
    pub fn observed(&self, call: &Call, leaf: MandateId, audience: &Audience) -> WouldDeny {
        WouldDeny {
            call: call.key(&leaf, audience),
            request: call.request(),
            leaf,
            audience: audience.clone(),
            code: self.code().as_str().into(),
            missing: self.missing().filter(missing_fits),
        }
    }
}

/// The part of a denial that its caller may read.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # use mandatum::{Budget, Label, Limit};
/// # let budget = Budget::calls(Label::new("reads")?, Label::new("main")?, 5);
/// # let sample = setup::sample_with([Limit::budget(budget)])?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, .. } = sample;
/// use mandatum::{DecisionContext, DenialCode, Register};
/// // The root has a budget, and this server is not attached to its ledger: callers don't learn it.
/// let context = DecisionContext::new(here, Register::none());
/// let denial = verifier.check(&proof, &call.action, &context).unwrap_err();
/// assert_eq!(denial.code(), DenialCode::LedgerUnknown);
/// let public = denial.public();
/// assert_eq!((public.code, public.link), ("Refused", None));
/// assert_eq!(public.message, "refused by the server's policy");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicDenial {
    /// Group of the code, by what the caller can do.
    pub kind: DenialKind,
    /// Name of the code, or `Refused` for what only the host knows.
    pub code: &'static str,
    /// Number of the link, where it is about one; −1 for the ceiling.
    pub link: Option<i64>,
    /// Recorded outcome of the call, where it was decided before and its holder signed it anew.
    pub recorded: Option<RecordedOutcome>,
    /// One plain sentence.
    pub message: String,
}

impl From<ChainError> for Denial {
    fn from(error: ChainError) -> Self {
        let at_link = DenialPlace::Link(error.link);
        if let ChainErrorKind::OutOfWork(out) = error.kind {
            // The powers of a root are compared only with the ceiling, which is the host's own.
            let place = if error.link == 0 {
                DenialPlace::Ceiling
            } else {
                at_link
            };
            return Self::new(place, out.into());
        }
        let is_of_ceiling = matches!(error.kind, ChainErrorKind::BeyondCeiling(_));
        let place = if is_of_ceiling {
            DenialPlace::Ceiling
        } else {
            at_link
        };
        Self::new(place, DenialReason::Chain(error.kind))
    }
}

impl From<CodecError> for Denial {
    fn from(error: CodecError) -> Self {
        Self::new(DenialPlace::Bytes, DenialReason::Malformed(error))
    }
}

impl fmt::Display for Denial {
    /// Writes the public form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.public().fmt(f)
    }
}

impl fmt::Display for PublicDenial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The host's sentence about a [`Denial`].
#[derive(Clone, Copy, Debug)]
pub struct DenialDetails<'a>(&'a Denial);

impl fmt::Display for DenialDetails<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Denial { place, reason } = self.0;
        match place {
            DenialPlace::Link(0) => write!(f, "the root: {reason}"),
            DenialPlace::Link(link) => write!(f, "link {link}: {reason}"),
            DenialPlace::Bytes
            | DenialPlace::Ceiling
            | DenialPlace::Call
            | DenialPlace::Verifier => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for Denial {}
