use super::notice::NoticeHeader;
use crate::primitives::{Audience, CallKey, MandateId, RequestDigest, Timestamp};

/// A person's approval of one call: this leaf, this call with its tool and arguments, at this
/// server.
///
/// [`Approval::new`] makes one. The leaf is [`Chain::leaf_id`](crate::Chain::leaf_id) of the
/// caller's chain. The signed [`Token`](crate::sign::Token) travels as its bytes or as
/// [`Token::to_text`](crate::sign::Token::to_text). The host passes it to
/// [`ReceivedCall::with_approvals`](crate::guard::ReceivedCall::with_approvals) or
/// [`DecisionContext::with_approvals`](crate::DecisionContext::with_approvals).
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(_, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { chain, audience, now, .. } = sample;
/// use mandatum::claims::{Approval, NoticeHeader};
/// use mandatum::sign::Token;
/// use mandatum::{Seconds, SigningKey};
/// let ana = SigningKey::from_seed(&[9; 32]);
/// let header = NoticeHeader::new([1; 16], ana.public(), now);
/// let until = now.plus(Seconds::minutes(10));
/// let signed = Approval::new(&call, chain.leaf_id(), audience, header, until).sign(&ana)?;
/// assert_eq!(Token::from_text(&signed.to_text())?, signed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The id, approver and time of the approval.
    pub header: NoticeHeader,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The identity of the call: it binds the call's id, leaf and server, and is decided once.
    pub call: CallKey,
    /// The digest of what the call asks for: it binds tool and arguments.
    pub request: RequestDigest,
    /// The server at which the call is made.
    pub audience: Audience,
    /// The first second in which the approval no longer counts.
    pub expires: Timestamp,
}
