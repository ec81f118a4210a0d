use crate::claims::{
    End, Ending, EventFired, MandateEnding, NoticeHeader, Status, TaskEnd, Withdrawal,
};
use crate::codec::{CodecError, CodecErrorKind, Envelope, Reader, TextError, TokenType};
use crate::primitives::bounds::MAX_STATUS_BYTES;
use crate::primitives::{MandateId, MissionId, PublicKey, Timestamp, from_base64url};
use crate::sign::{SignatureError, Token, Unsigned, VerifyingKey};
use std::str::FromStr;

/// A signed piece of news about missions and tasks, of any kind. That it decoded says nothing about
/// who signed it.
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
    /// [`CodecError`], with the place; a mandate or a signed call is a token of another type.
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
    /// [`TextError`] when it is not base64url, or its bytes are no notice.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_STATUS_BYTES)?)?)
    }

    /// The exact bytes.
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

    /// Who claims to have said it, and when.
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

    /// The key that it claims to be signed by.
    #[must_use]
    pub const fn signer(&self) -> PublicKey {
        self.header().by
    }

    /// Verifies that the key it claims signed it.
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

impl End {
    /// The end of a mission, to be signed by the key in `said`, one of the mission's enders.
    ///
    /// The ender's host also delivers it to the controller, which then ends the mission itself:
    /// verifiers keep an ender's notice for as long as mandates can live by the mission, and no
    /// longer.
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
    /// The end of a mandate, to be signed by the key in `said`: its holder's, or an issuer's above
    /// it.
    ///
    /// `root_expires` is the first second in which the mandate's root has expired: until then
    /// everybody keeps the notice. See [`TaskEnd`] for barriers under another root.
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
