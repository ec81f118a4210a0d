use crate::claims::{
    End, Ending, EventFired, MandateEnding, NoticeHeader, Status, TaskEnd, Withdrawal,
};
use crate::codec::{CodecError, CodecErrorKind, Envelope, Reader, TextError, TokenType};
use crate::primitives::bounds::MAX_STATUS_BYTES;
use crate::primitives::{MandateId, MissionId, PublicKey, Timestamp, from_base64url};
use crate::sign::{SignatureError, Token, Unsigned, VerifyingKey};
use std::str::FromStr;

/// A signed notice about missions and tasks, of any kind.
///
/// A notice that was decoded is not verified yet. [`Register::apply`](crate::Register::apply)
/// verifies it, and checks that its signer may state what it states.
///
/// ```
/// use mandatum::{Controller, Notice, Seconds, SigningKey, Timestamp};
/// let key = SigningKey::from_seed(&[1; 32]);
/// let mut controller = Controller::new(key.public(), Seconds::new(30));
/// let mission = controller.mission("qbr".parse()?, [7; 16]);
/// let status = controller.begin(&mission, [1; 16], Timestamp::from_unix(1_767_225_600)?)?;
/// let sent = Notice::from(status.sign(&key)?);
/// let received = Notice::from_bytes(sent.as_bytes())?;
/// assert_eq!(received.signer(), key.public());
/// assert!(Notice::from_bytes(&sent.as_bytes()[1..]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A snapshot of missions.
    Status(Token<Status>),
    /// The end of a mission.
    End(Token<End>),
    /// The end of a task.
    TaskEnd(Token<TaskEnd>),
    /// An event that has fired.
    EventFired(Token<EventFired>),
    /// A tool that is withdrawn.
    Withdrawal(Token<Withdrawal>),
}

impl Notice {
    /// Reads a notice of any kind, strictly.
    ///
    /// # Errors
    /// [`CodecError`] for bytes that are no token, with the place of the error, and for a token of
    /// another type such as a mandate or a signed call.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        match Envelope::read_within(&mut Reader::new(bytes), MAX_STATUS_BYTES)?.token_type()? {
            TokenType::Status => Token::from_bytes(bytes).map(Self::Status),
            TokenType::End => Token::from_bytes(bytes).map(Self::End),
            TokenType::TaskEnd => Token::from_bytes(bytes).map(Self::TaskEnd),
            TokenType::Fired => Token::from_bytes(bytes).map(Self::EventFired),
            TokenType::Withdrawal => Token::from_bytes(bytes).map(Self::Withdrawal),
            other @ (TokenType::Root
            | TokenType::Child
            | TokenType::Call
            | TokenType::Approval
            | TokenType::Receipt) => Err(CodecError {
                at: 0,
                kind: CodecErrorKind::TokenType {
                    expected: "a notice",
                    found: other.as_str().into(),
                },
            }),
        }
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`TextError`] when the text is not base64url, and when its bytes are not a notice.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_STATUS_BYTES)?)?)
    }

    /// Returns the exact bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Status(token) => token.as_bytes(),
            Self::End(token) => token.as_bytes(),
            Self::TaskEnd(token) => token.as_bytes(),
            Self::EventFired(token) => token.as_bytes(),
            Self::Withdrawal(token) => token.as_bytes(),
        }
    }

    /// Returns the claimed signer, time and id.
    #[must_use]
    pub const fn header(&self) -> &NoticeHeader {
        match self {
            Self::Status(token) => &token.claims().header,
            Self::End(token) => &token.claims().header,
            Self::TaskEnd(token) => &token.claims().header,
            Self::EventFired(token) => &token.claims().header,
            Self::Withdrawal(token) => &token.claims().header,
        }
    }

    /// Returns the key that claims to have signed it.
    #[must_use]
    pub const fn signer(&self) -> PublicKey {
        self.header().by
    }

    /// Verifies the signature by the claimed key.
    pub(super) fn verify(&self) -> Result<(), SignatureError> {
        let key = VerifyingKey::new(&self.signer()).map_err(|_| SignatureError)?;
        match self {
            Self::Status(token) => token.verify(&key),
            Self::End(token) => token.verify(&key),
            Self::TaskEnd(token) => token.verify(&key),
            Self::EventFired(token) => token.verify(&key),
            Self::Withdrawal(token) => token.verify(&key),
        }
    }
}

impl AsRef<[u8]> for Notice {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl TryFrom<&[u8]> for Notice {
    type Error = CodecError;
    fn try_from(bytes: &[u8]) -> Result<Self, CodecError> {
        Self::from_bytes(bytes)
    }
}

impl FromStr for Notice {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::from_text(text)
    }
}

macro_rules! notice_from {
    ($($kind:ident)*) => {$(
        impl From<Token<$kind>> for Notice {
            fn from(token: Token<$kind>) -> Self {
                Self::$kind(token)
            }
        }
    )*};
}

notice_from!(Status End TaskEnd EventFired Withdrawal);

// The claims are in a room below, which signs nothing; so these constructors are here.

impl End {
    /// Makes the end of a mission, to be signed by the key in `header`, which is one of the
    /// mission's enders.
    ///
    /// The ender's host also delivers it to the controller, which then ends the mission itself.
    /// Verifiers keep the notice of an ender only for as long as
    /// [`Retention`](crate::mission::Retention) states.
    #[must_use = "unsigned claims are worth nothing"]
    pub fn by_ender(
        header: NoticeHeader,
        mission: impl Into<MissionId>,
        ending: Ending,
    ) -> Unsigned<Self> {
        let ender = header.by;
        Unsigned::new(
            Self {
                header,
                mission: mission.into(),
                ending,
            },
            vec![ender],
        )
    }
}

impl TaskEnd {
    /// Makes the end of a mandate. `header` names the signer: its holder, a holder above it, or a
    /// key of the anchor.
    ///
    /// `root_expires` is the first second in which the mandate's root has expired. Verifiers keep
    /// the notice until then. See [`TaskEnd`] for barriers under another root.
    #[must_use = "unsigned claims are worth nothing"]
    pub fn by_holder(
        header: NoticeHeader,
        mandate: MandateId,
        ending: impl Into<MandateEnding>,
        root_expires: Timestamp,
    ) -> Unsigned<Self> {
        let signer = header.by;
        let claims = Self {
            header,
            mandate,
            ending: ending.into(),
            root_expires,
            mission: None,
        };
        Unsigned::new(claims, vec![signer])
    }
}
