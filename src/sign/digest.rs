use crate::codec::{Writer, request, write_mission};
use crate::powers::ToolName;
use crate::primitives::{
    AccountId, Arguments, Audience, CallId, CallKey, Digest, MandateId, Mission, MissionId,
    RequestDigest,
};
use blake3::Hasher;
use std::sync::LazyLock;

/// A hash for one purpose: BLAKE3 in key derivation mode, which separates purposes by their
/// context.
///
/// The hasher is kept after its context is hashed. To hash the context anew would cost every call
/// as much as hashing the call itself.
type Domain = LazyLock<Hasher>;

/// Returns the hash of `content` for the purpose of the domain.
fn within(domain: &Domain, content: &[u8]) -> [u8; 32] {
    *Hasher::clone(domain).update(content).finalize().as_bytes()
}

impl Digest {
    /// Returns the BLAKE3 digest of `content`.
    ///
    /// ```
    /// use mandatum::Digest;
    /// assert_eq!(Digest::hash("text"), Digest::hash(b"text"));
    /// assert_ne!(Digest::hash("text"), Digest::hash("text "));
    /// ```
    #[must_use]
    pub fn hash(content: impl AsRef<[u8]>) -> Self {
        Self::from_bytes(*blake3::hash(content.as_ref()).as_bytes())
    }
}

// Only this room may name the hash; so this method is here.
impl Mission {
    /// Returns the digest by which notices name the mission.
    #[must_use]
    pub fn id(&self) -> MissionId {
        static MISSION: Domain =
            LazyLock::new(|| Hasher::new_derive_key("mandatum 2026-12 mission"));
        let mut w = Writer::with_capacity(64_usize.saturating_add(self.name.as_str().len()));
        write_mission(&mut w, self);
        MissionId::from_bytes(within(&MISSION, &w.into_bytes()))
    }
}

impl From<&Mission> for MissionId {
    fn from(mission: &Mission) -> Self {
        mission.id()
    }
}

/// Returns a mandate's id: the hash of its exact bytes.
pub(crate) fn mandate_id(token: &[u8]) -> MandateId {
    MandateId::from_bytes(*blake3::hash(token).as_bytes())
}

/// Returns the digest of a call's tool and arguments.
pub(crate) fn request_digest(tool: &ToolName, arguments: &Arguments) -> RequestDigest {
    static REQUEST: Domain = LazyLock::new(|| Hasher::new_derive_key("mandatum 2026-12 request"));
    RequestDigest::from_bytes(within(&REQUEST, &request(tool, arguments)))
}

impl CallKey {
    /// Returns the identity of the call with this id under `leaf` at `audience`. It does not depend
    /// on the tool or the arguments.
    #[must_use]
    pub fn new(leaf: &MandateId, id: &CallId, audience: &Audience) -> Self {
        static CALL_KEY: Domain =
            LazyLock::new(|| Hasher::new_derive_key("mandatum 2026-12 call key"));
        let mut w = Writer::with_capacity(96_usize.saturating_add(audience.as_str().len()));
        w.array(3);
        w.bytes(leaf.as_bytes());
        w.bytes(id.as_bytes());
        w.text(audience.as_str());
        Self::from_bytes(within(&CALL_KEY, &w.into_bytes()))
    }
}

/// Returns the id of an account: the digest of its encoding.
pub(crate) fn account_id(encoded: &[u8]) -> AccountId {
    AccountId::from_bytes(blake3::derive_key("mandatum 2026-12 account", encoded))
}

/// Returns the digest of the encoding of a verifier's configuration.
pub(crate) fn config_digest(encoded: &[u8]) -> Digest {
    Digest::from_bytes(blake3::derive_key(
        "mandatum 2026-12 verifier configuration",
        encoded,
    ))
}
