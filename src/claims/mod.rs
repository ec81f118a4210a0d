//! The claims of tokens, as plain data. The type of a field makes it right by itself. The numbered
//! rules of [`Chain`](crate::Chain#rules) check the relations between fields and between links.
//!
//! A [`Root`] and a [`Child`] are two types, so a child has no place for the claims that only a
//! root has: issuer, principal, purpose and grant. A child can neither repeat nor change them.
//!
//! | type | what it is |
//! |---|---|
//! | [`Root`], [`Child`] | The claims of a mandate: of the first link, and of a further one |
//! | [`Link`] | The claims that both have: holder, powers, limits, hops, lifetime |
//! | [`Holder`] | The key that a mandate is issued to, with a name for people |
//! | [`Replaced`] | The mandates that a re-bound mandate replaces |
//! | [`Principal`], [`Aliases`] | The party that work is for, and its local names |
//! | [`Purpose`] | The purpose of the work |
//! | [`AttestedGrant`], [`GrantKind`] | The issuer's statement that a human stands behind a root |
//! | [`RootAudience`] | The servers at which a root is valid |
//! | [`Life`] | The condition on which a root stays alive |
//! | [`CallClaims`] | The claims that a holder signs to make a call |
//! | [`Approval`] | A person's approval of one call |
//! | [`NoticeHeader`] | The id, signer and time of a notice |
//! | [`Status`], [`Snapshots`], [`Snapshot`] | The state of missions at one moment |
//! | [`Wave`], [`Listed`] | The current wave of a mission, and its ended mandates |
//! | [`End`], [`Ending`] | The end of a mission |
//! | [`TaskEnd`], [`MandateEnding`], [`TaskEnding`] | The end of a mandate |
//! | [`EventFired`], [`Withdrawal`] | An event or withdrawal that is sent before the next status |
//! | [`Receipt`], [`ReceiptEvent`] | An entry of a server's record |
//! | [`Started`], [`Outcome`], [`WouldDeny`] | A permitted call, its outcome, an observed call |
//!
//! Its errors are [`AliasesError`], [`GrantKindError`], [`ReplacedError`] and [`StatusError`].
//!
//! ```
//! use mandatum::*;
//! let [company, lead] = [1, 2].map(|n| SigningKey::from_seed(&[n; 32]));
//! let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
//! let anchor = Anchor::new(issuer, company.public(), Powers::none(), Seconds::hours(8))?;
//! let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
//! let link = Link::new([0; 16], lead.public(), Powers::none(), hour);
//! let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
//! let grant = AttestedGrant::direct("alice".parse()?, now, Digest::hash("consent record 17"));
//! let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
//! let root = Root::new(&anchor, link, alice, purpose, task, Audience::new("crm")?, life);
//! let root = root.with_grant(grant);
//!
//! // A signed token has the same claims.
//! let token = issue(&anchor, root.clone(), now)?.sign(&company)?;
//! assert_eq!(token.claims(), &root);
//! assert_eq!(token.claims().principal.name.as_str(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod approval;
mod call;
mod child;
mod link;
mod listed;
mod notice;
mod receipt;
mod root;

pub use approval::Approval;
pub use call::CallClaims;
pub use child::Child;
pub use link::{Holder, Link, Replaced, ReplacedError};
pub use listed::Listed;
pub use notice::{
    End, Ending, EventFired, MandateEnding, NoticeHeader, Snapshot, Snapshots, Status, StatusError,
    TaskEnd, TaskEnding, Wave, Withdrawal,
};
pub use receipt::{Outcome, Receipt, ReceiptEvent, Started, WouldDeny};
pub use root::{
    Aliases, AliasesError, AttestedGrant, GrantKind, GrantKindError, Life, Principal, Purpose,
    Root, RootAudience,
};
