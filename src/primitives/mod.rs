//! Basic types that every other module uses: times, identifiers, keys as bytes, names, values,
//! numbers, and the [`bounds`] of the format.
//!
//! No type here depends on mandates. Each constructor checks its input, and its error names what is
//! wrong. All values that are compared are compared exactly: names byte for byte, numbers without
//! rounding, times in whole seconds.
//!
//! # Times
//!
//! | name | what it is |
//! |---|---|
//! | [`Timestamp`] | a point in time, in whole seconds |
//! | [`Seconds`] | a length of time |
//! | [`Lifetime`] | the time in which a token is valid |
//! | [`Period`] | a day, week or month, after which a budget renews |
//!
//! # Names and identifiers
//!
//! | name | what it is |
//! |---|---|
//! | [`Label`] | a name for people and logs |
//! | [`Issuer`], [`Audience`] | the name of an anchor, and of a server |
//! | [`TaskPath`] | a place in the execution graph |
//! | [`Mission`], [`MissionNonce`] | a purpose with a lifecycle, and its secret part |
//! | [`MissionId`], [`MandateId`], [`ListedId`] | names of missions and mandates in notices |
//! | [`TokenId`], [`CallId`], [`AttemptId`] | unique ids that the host chooses |
//! | [`CallKey`], [`RequestDigest`], [`AccountId`] | digests that ledgers and receipts use |
//! | [`Digest`] | the digest of anything outside the tokens |
//! | [`PublicKey`], [`Ed25519Bytes`], [`Signature`] | keys and signatures, as bytes |
//!
//! # Values
//!
//! | name | what it is |
//! |---|---|
//! | [`Value`], [`ValueType`] | the value of an argument, and its type |
//! | [`Number`] | an exact decimal number |
//! | [`Arguments`] | the named arguments of a call |
//! | [`ForeignText`] | a text from outside, as errors show it |
//! | [`Work`] | a budget of steps of work |
//!
//! Errors: [`TimeError`], [`PeriodError`], [`NameError`], [`IdError`], [`KeyError`],
//! [`TextFormError`], [`ValueError`], [`NumberError`], [`OutOfWork`].
//!
//! # Example
//!
//! ```
//! use mandatum::primitives::{Number, NumberError};
//! use mandatum::{Label, Seconds, Timestamp};
//! let now: Timestamp = "2026-01-01T00:00:00Z".parse()?;
//! assert_eq!(now.plus(Seconds::hours(8)).to_string(), "2026-01-01T08:00:00Z");
//! assert_eq!(Label::new("alice")?.as_str(), "alice");
//! assert_eq!("12,50".parse::<Number>(), Err(NumberError::NotANumber));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bounds;
mod display;
pub(crate) mod encoded;
mod id;
mod joiner;
mod key;
mod mission;
mod name;
mod number;
mod period;
pub(crate) mod tally;
mod text_encoding;
mod time;
mod total;
mod unicode;
mod value;
mod work;

pub use display::ForeignText;
pub use id::{
    AccountId, AttemptId, CallId, CallKey, Digest, IdError, ListedId, MandateId, MissionId,
    MissionNonce, RequestDigest, TokenId,
};
pub use key::{Ed25519Bytes, KeyError, PublicKey, Signature};
pub use mission::Mission;
pub use name::{Audience, Issuer, Label, NameError, TaskPath};
pub use number::{Number, NumberError};
pub use period::{Period, PeriodError};
pub use text_encoding::TextFormError;
pub use time::{Lifetime, Seconds, TimeError, Timestamp};
pub use value::{Arguments, Value, ValueError, ValueType};
pub use work::{OutOfWork, Work};

pub(crate) use display::{Bare, Located, Named, Quoted, Ticked, debug_text};
pub(crate) use text_encoding::{base64url, from_base64url};
pub(crate) use total::Total;
