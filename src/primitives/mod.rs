//! Leaf types every other room stands on: time, identifiers, keys as bytes, names, values, numbers,
//! bounds.
//!
//! Nothing here knows what a mandate is. Each constructor either returns a right value or says
//! precisely why not.

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
