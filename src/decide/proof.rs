use crate::chain::{Call, Chain};
use crate::claims::CallClaims;
use crate::codec::{CodecError, CodecErrorKind, Reader, TextError, Writer};
use crate::mission::Notice;
use crate::primitives::bounds::{MAX_PROOF_BYTES, MAX_STAPLED, MAX_STATUS_BYTES};
use crate::primitives::{Audience, CallId, Timestamp, base64url, from_base64url};
use crate::sign::{Token, Unsigned};
use std::str::FromStr;

impl CallClaims {
    /// Returns the claims of a call under the leaf of `chain`, made at `audience`, for the leaf's
    /// holder to sign.
    pub fn new(chain: &Chain, call: &Call, audience: Audience, at: Timestamp) -> Unsigned<Self> {
        let claims = Self {
            id: call.id,
            leaf: chain.leaf_id(),
            request: call.request(),
            audience,
            at,
        };
        Unsigned::new(claims, vec![chain.leaf().holder.key])
    }
}

pub(crate) const TOO_LARGE: CodecError = CodecError {
    at: 0,
    kind: CodecErrorKind::TooLarge {
        max: MAX_PROOF_BYTES,
    },
};

/// A chain and a signed call in one: what a resource server receives beside the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionProof {
    chain: Chain,
    call: Token<CallClaims>,
    stapled: Vec<Notice>,
}

impl ExecutionProof {
    /// Puts both together. Nothing is checked: that is the verifier's to do.
    #[must_use]
    pub const fn new(chain: Chain, call: Token<CallClaims>) -> Self {
        Self {
            chain,
            call,
            stapled: Vec::new(),
        }
    }

    /// With news stapled to it, such as a fresh status, for a server that may not have heard it.
    ///
    /// # Errors
    /// [`CodecError`] for more than 16 notices, or more bytes than a reader takes.
    pub fn with_stapled(
        self,
        notices: impl IntoIterator<Item = Notice>,
    ) -> Result<Self, CodecError> {
        let stapled: Vec<Notice> = notices.into_iter().collect();
        if stapled.len() > MAX_STAPLED {
            return Err(CodecError {
                at: 0,
                kind: CodecErrorKind::TooMany { max: MAX_STAPLED },
            });
        }
        let proof = Self { stapled, ..self };
        if proof.to_bytes().len() > MAX_PROOF_BYTES {
            return Err(TOO_LARGE);
        }
        Ok(proof)
    }

    /// Reads a proof: a CBOR array of a chain and a call token, and of what is stapled to them.
    ///
    /// # Errors
    /// [`CodecError`], with the place; nothing is verified.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        if bytes.len() > MAX_PROOF_BYTES {
            return Err(TOO_LARGE);
        }
        let parts = r.array(2, 3)?;
        let chain = Chain::read(&mut r)?;
        let call = Token::read(&mut r)?;
        let stapled = if parts == 3 {
            read_stapled(&mut r)?
        } else {
            Vec::new()
        };
        r.end()?;
        Ok(Self {
            chain,
            call,
            stapled,
        })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`TextError`] when it is not base64url, or its bytes are no proof.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_PROOF_BYTES)?)?)
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.array(if self.stapled.is_empty() { 2 } else { 3 });
        self.chain.write(&mut w);
        w.raw(self.call.as_bytes());
        if !self.stapled.is_empty() {
            w.array(self.stapled.len());
            self.stapled
                .iter()
                .for_each(|notice| w.bytes(notice.as_bytes()));
        }
        w.into_bytes()
    }

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log shows
    /// it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.to_bytes())
    }

    /// The chain, unverified.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The signed call, unverified.
    #[must_use]
    pub const fn call(&self) -> &Token<CallClaims> {
        &self.call
    }

    /// The news stapled to it, unverified.
    #[must_use]
    pub fn stapled(&self) -> &[Notice] {
        &self.stapled
    }

    /// The id that the call was signed with.
    #[must_use]
    pub const fn call_id(&self) -> CallId {
        self.call.claims().id
    }
}

impl TryFrom<&[u8]> for ExecutionProof {
    type Error = CodecError;
    fn try_from(bytes: &[u8]) -> Result<Self, CodecError> {
        Self::from_bytes(bytes)
    }
}

impl FromStr for ExecutionProof {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::from_text(text)
    }
}

/// The notices after chain and call: byte strings, so that each is read by its own type.
pub(crate) fn read_stapled(r: &mut Reader<'_>) -> Result<Vec<Notice>, CodecError> {
    let count = r.array(1, MAX_STAPLED)?;
    r.items(count, |r| r.embedded(MAX_STATUS_BYTES, Notice::from_bytes))
}
