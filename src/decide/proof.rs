use crate::chain::Chain;
use crate::claims::CallClaims;
use crate::codec::{CodecError, CodecErrorKind, Reader, TextError, Writer};
use crate::mission::Notice;
use crate::primitives::bounds::{MAX_PROOF_BYTES, MAX_STAPLED, MAX_STATUS_BYTES};
use crate::primitives::{CallId, base64url, from_base64url};
use crate::sign::Token;
use std::str::FromStr;

pub(crate) const TOO_LARGE: CodecError = CodecError {
    at: 0,
    kind: CodecErrorKind::TooLarge {
        max: MAX_PROOF_BYTES,
    },
};

/// A chain and a signed call: what a resource server receives beside the request itself.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let setup::Sample { chain, helper, now, audience, .. } = setup::sample()?;
/// use mandatum::{Action, Call, CallClaims, Effect, ExecutionProof};
/// let call = Call::new([1; 16], Action::new("crm.read", [("account", "eu/acme")], Effect::Read)?);
/// let signed = CallClaims::new(&chain, &call, audience, now).sign(&helper)?;
/// let bytes = ExecutionProof::new(chain, signed).to_bytes();
///
/// let proof = ExecutionProof::from_bytes(&bytes)?;
/// assert_eq!(proof.call_id(), call.id);
/// assert!(ExecutionProof::from_bytes(b"no proof").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionProof {
    chain: Chain,
    call: Token<CallClaims>,
    stapled: Vec<Notice>,
}

impl ExecutionProof {
    /// Creates a proof from a chain and a signed call. Nothing is checked here; the verifier checks
    /// both.
    #[must_use]
    pub const fn new(chain: Chain, call: Token<CallClaims>) -> Self {
        Self {
            chain,
            call,
            stapled: Vec::new(),
        }
    }

    /// Staples notices to the proof, such as a fresh status, for a server that may not have
    /// received them.
    ///
    /// # Errors
    /// [`CodecError`] for more than 16 notices, or a proof of more than 128 KiB.
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

    /// Reads a proof: a CBOR array of a chain, a call token and, where there are any, stapled
    /// notices. Nothing is verified.
    ///
    /// # Errors
    /// [`CodecError`], with its place, for bytes that are cut off, not in the deterministic
    /// encoding, or more than 128 KiB.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        // Checked before anything is read, so that the work is bounded.
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
    /// [`TextError`] for text that is not base64url, or whose bytes are not a proof.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_PROOF_BYTES)?)?)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        // No empty list is written: an array without notices has one encoding.
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

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log
    /// shows it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.to_bytes())
    }

    /// Returns the chain, unverified.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the signed call, unverified.
    #[must_use]
    pub const fn call(&self) -> &Token<CallClaims> {
        &self.call
    }

    /// Returns the stapled notices, unverified.
    #[must_use]
    pub fn stapled(&self) -> &[Notice] {
        &self.stapled
    }

    /// Returns the id that the call was signed with.
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

/// Reads the notices after chain and call. Each is a byte string, so that its own type reads it.
pub(super) fn read_stapled(r: &mut Reader<'_>) -> Result<Vec<Notice>, CodecError> {
    let count = r.array(1, MAX_STAPLED)?;
    r.items(count, |r| r.embedded(MAX_STATUS_BYTES, Notice::from_bytes))
}
