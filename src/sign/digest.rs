use crate::codec::{Writer, request};
use crate::ground::{AccountId, Arguments, Audience, CallId, CallKey, Digest, MandateId, RequestDigest};
use crate::powers::ToolName;

impl Digest {
    /// The BLAKE3 digest of `content`.
    #[must_use]
    pub fn of(content: impl AsRef<[u8]>) -> Self {
        Self::from_bytes(*blake3::hash(content.as_ref()).as_bytes())
    }
}

/// A mandate's id: the hash of its exact bytes.
pub(super) fn mandate_id(token: &[u8]) -> MandateId {
    MandateId::from_bytes(*blake3::hash(token).as_bytes())
}

/// The digest of a call's tool and arguments.
pub(crate) fn request_digest(tool: &ToolName, arguments: &Arguments) -> RequestDigest {
    RequestDigest::from_bytes(blake3::derive_key("mandatum 2026-11 request", &request(tool, arguments)))
}

/// The one identity of a call.
pub(crate) fn call_key(leaf: &MandateId, id: &CallId, request: &RequestDigest, audience: &Audience) -> CallKey {
    let mut w = Writer::new();
    w.array(4);
    w.bytes(leaf.as_bytes());
    w.bytes(id.as_bytes());
    w.bytes(request.as_bytes());
    w.text(audience.as_str());
    CallKey::from_bytes(blake3::derive_key("mandatum 2026-11 call key", &w.into_bytes()))
}

/// The digest of an account, as the codec writes it.
pub(crate) fn account_id(encoded: &[u8]) -> AccountId {
    AccountId::from_bytes(blake3::derive_key("mandatum 2026-11 account", encoded))
}

/// The digest of a verifier's configuration.
pub(crate) fn config_digest(encoded: &[u8]) -> Digest {
    Digest::from_bytes(blake3::derive_key("mandatum 2026-11 verifier configuration", encoded))
}
