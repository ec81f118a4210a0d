use crate::primitives::{Audience, CallId, MandateId, RequestDigest, Timestamp};

/// The claims that a holder signs to make a call: digests and names, without the arguments. They
/// have no effect, because the server states it: the effect of the [`Call`](crate::Call) that an
/// agent makes them from is ignored.
///
/// ```
/// # use mandatum::*;
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// # let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// # let lead = SigningKey::from_seed(&[2; 32]);
/// # let link = Link::new([0; 16], lead.public(), Powers::none(), hour);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// # let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// # let chain = Chain::from(issue(&anchor, root, now)?.sign(&key)?);
/// let call = Call::new([7; 16], Action::new("crm.read", [("account", "acme")], Effect::Read)?);
/// let unsigned = CallClaims::new(&chain, &call, Audience::new("https://crm.example")?, now);
/// assert_eq!(unsigned.claims().request, call.request());
/// // Only the holder of the leaf signs it.
/// assert!(unsigned.clone().sign(&key).is_err());
/// assert!(unsigned.sign(&lead).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallClaims {
    /// The call's id, never used twice.
    pub id: CallId,
    /// The mandate that the call is made under.
    pub leaf: MandateId,
    /// The digest of tool and arguments.
    pub request: RequestDigest,
    /// The server at which the call is made.
    pub audience: Audience,
    /// Time at which the claims were signed.
    pub at: Timestamp,
}
