use super::access_request::AccessRequest;
use super::code::{DenialCode, DenialKind};
use super::reason::DenialReason;
use super::recorded_outcome::RecordedOutcome;
use crate::chain::{ChainError, ChainErrorKind};
use crate::codec::CodecError;
use crate::powers::Powers;
use crate::sign::SignatureError;
use std::fmt;

/// Where a denial arose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialPlace {
    /// In the bytes.
    Bytes,
    /// At a link of the chain, from 0 for the root.
    Link(usize),
    /// At the anchor's ceiling, which comes before the root.
    Ceiling,
    /// At the call or its presenter.
    Call,
    /// At the verifier or its host.
    Verifier,
}

impl DenialPlace {
    /// The link's number; −1 for the ceiling.
    #[must_use]
    pub fn link(self) -> Option<i64> {
        match self {
            Self::Link(link) => i64::try_from(link).ok(),
            Self::Ceiling => Some(-1),
            Self::Bytes | Self::Call | Self::Verifier => None,
        }
    }
}

/// A refusal: where, and why.
///
/// `Display` is what a caller may be told, the message of [`public`](Self::public), because errors
/// end up in answers. The host's own sentence, with every fact, is [`details`](Self::details);
/// `Debug` shows everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    place: DenialPlace,
    reason: DenialReason,
}

impl Denial {
    pub(crate) const fn new(place: DenialPlace, reason: DenialReason) -> Self {
        Self { place, reason }
    }

    /// Where it arose.
    #[must_use]
    pub const fn place(&self) -> DenialPlace {
        self.place
    }

    /// Why, with the facts.
    #[must_use]
    pub const fn reason(&self) -> &DenialReason {
        &self.reason
    }

    /// Why, as a name.
    #[must_use]
    pub fn code(&self) -> DenialCode {
        self.reason.code()
    }

    /// What a caller can do about it.
    #[must_use]
    pub fn kind(&self) -> DenialKind {
        self.code().kind()
    }

    /// The powers that would have permitted just this call, where powers were what was missing. Not
    /// a promise: other checks may refuse it still.
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

    /// What the holder can ask for, where asking helps: powers that a link lacks. Beyond the
    /// ceiling nobody but the owner of the resource can help.
    ///
    /// Only for a chain that was verified. [`Verifier::check`](crate::Verifier::check) refuses what
    /// the leaf doesn't permit before it verifies anything; a server that offers requests there
    /// asks [`Verifier::request_for`](crate::Verifier::request_for).
    #[must_use]
    pub fn request(&self) -> Option<&AccessRequest> {
        if let DenialReason::NotPermitted { request, .. } = &self.reason {
            request.as_deref()
        } else {
            None
        }
    }

    /// Returns what became of a call that was decided before, where its holder signed it anew. A
    /// lost answer is had again this way, and a retry takes a new id.
    ///
    /// The caller may know it: a call's identity has the leaf in it, so it is a call of that leaf's
    /// holder, who signed both.
    #[must_use]
    pub const fn recorded(&self) -> Option<RecordedOutcome> {
        if let DenialReason::AlreadyDecided { recorded } = self.reason {
            recorded
        } else {
            None
        }
    }

    /// Returns one plain sentence with every fact, for the host's logs and never for the caller.
    #[must_use]
    pub const fn details(&self) -> DenialDetails<'_> {
        DenialDetails(self)
    }

    /// What the caller may be told: what follows from the chain and the call that it presented
    /// itself, and which issuers are trusted. Everything else stays with the host; such denials are
    /// all one bare `Refused`.
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
        // Which keys its issuer has is the verifier's own: a key that is none of them is answered
        // as a wrong signature.
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
}

/// What a caller may be told about a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicDenial {
    /// What to do about it.
    pub kind: DenialKind,
    /// The code's name, or `Refused` for what is the host's own business.
    pub code: &'static str,
    /// The link, where it is about one.
    pub link: Option<i64>,
    /// What became of the call, where it was decided before and its holder signed it anew.
    pub recorded: Option<RecordedOutcome>,
    /// One plain sentence.
    pub message: String,
}

impl From<ChainError> for Denial {
    fn from(error: ChainError) -> Self {
        let at_link = DenialPlace::Link(error.link);
        if let ChainErrorKind::OutOfWork(out) = error.kind {
            // A root's powers are compared with the ceiling and with nothing else.
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
    /// The public form.
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
