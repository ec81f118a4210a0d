//! What tokens say. Plain data: each field is right by its type, and what must hold between fields
//! and between links is the business of the chain's numbered rules.
//!
//! A [`Root`] and a [`Child`] are two types, so a child has no place for what only a root says:
//! issuer, principal, purpose, grant. There is nothing to compare and nothing to drift.

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
