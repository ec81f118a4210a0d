//! The log form of denials, traces, permits, receipts and explanations, by serde's `Serialize`.
//!
//! It is written and never read back: the signed bytes are the record, and the log form is for
//! people and their tools. Ids, keys, names, times, amounts and powers are written as texts, so no
//! reader rounds a number. An absent entry is left out.

use crate::claims::{
    GrantKind, Holder, NoticeHeader, Outcome, Purpose, Receipt, ReceiptEvent, Started, WouldDeny,
};
use crate::codec::TokenType;
use crate::decide::{Check, Explanation, Hop, Permit, Trace, Verdict};
use crate::denial::{Denial, DenialCode, DenialKind, DenialPlace, PublicDenial, RecordedOutcome};
use crate::graph::TaskState;
use crate::powers::{Effect, ToolName, ToolPattern};
use crate::primitives::{
    AccountId, AttemptId, Audience, CallId, CallKey, Digest, Issuer, Label, ListedId, MandateId,
    MissionId, Number, Period, PublicKey, RequestDigest, TaskPath, Timestamp, TokenId,
};
use crate::receipts::{LogHead, ReceiptSummary};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt::Display;

/// Writes types as text, by `Display`. A [`MissionNonce`](crate::primitives::MissionNonce) is not
/// among them, because a log must not hold a secret.
macro_rules! as_text {
    ($($type:ty)*) => {$(
        impl Serialize for $type {
            /// Writes the text.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

as_text!(
    AccountId AttemptId CallId CallKey Digest ListedId MandateId MissionId RequestDigest TokenId
    Audience Issuer Label TaskPath ToolName ToolPattern
    Number Period PublicKey Timestamp
    DenialCode DenialKind Effect GrantKind Outcome RecordedOutcome TaskState TokenType
);

/// A value that is written as text, by `Display`.
struct Text<T>(T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Writes an object.
fn object<S: Serializer>(
    serializer: S,
    write: impl FnOnce(&mut S::SerializeMap) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    write(&mut map)?;
    map.end()
}

/// Writes an entry, if it is there.
fn entry_if<M: SerializeMap>(
    map: &mut M,
    key: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

/// Writes a place as `place`, and as `link` the number of a link.
fn place<M: SerializeMap>(map: &mut M, place: DenialPlace) -> Result<(), M::Error> {
    let name = match place {
        DenialPlace::Bytes => "bytes",
        DenialPlace::Link(_) => "link",
        DenialPlace::Ceiling => "ceiling",
        DenialPlace::Call => "call",
        DenialPlace::Verifier => "verifier",
    };
    map.serialize_entry("place", name)?;
    match place {
        DenialPlace::Link(link) => map.serialize_entry("link", &link),
        DenialPlace::Bytes | DenialPlace::Ceiling | DenialPlace::Call | DenialPlace::Verifier => {
            Ok(())
        }
    }
}

impl Serialize for Denial {
    /// Writes the host's form: the place, the code and kind, [`Denial::details`] as `message`, and
    /// if present the `missing` powers, which can have values of the call, and the `recorded`
    /// outcome. It is for the host's logs only: answer a caller with [`Denial::public`].
    ///
    /// ```
    /// use mandatum::{Denial, ExecutionProof};
    /// let denial = Denial::from(ExecutionProof::from_bytes(b"junk").unwrap_err());
    /// let log = serde_json::to_string(&denial)?;
    /// assert!(log.starts_with(r#"{"place":"bytes","code":"UnexpectedItem","kind":"Malformed","#));
    /// assert!(log.ends_with(r#""message":"malformed at byte 0: expected an array"}"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            place(map, self.place())?;
            map.serialize_entry("code", &self.code())?;
            map.serialize_entry("kind", &self.kind())?;
            map.serialize_entry("message", &Text(self.details()))?;
            entry_if(map, "missing", self.missing().map(Text))?;
            entry_if(map, "recorded", self.recorded())
        })
    }
}

impl Serialize for PublicDenial {
    /// Writes only the facts that a caller may learn: `kind`, `code`, `message`, and `link` and
    /// `recorded` if the caller may learn them. All denials that are the host's own have the same
    /// bytes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("code", self.code)?;
            map.serialize_entry("kind", &self.kind)?;
            entry_if(map, "link", self.link)?;
            map.serialize_entry("message", &self.message)?;
            entry_if(map, "recorded", self.recorded)
        })
    }
}

impl Serialize for Holder {
    /// Writes `key`, and `name` where it has one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("key", &self.key)?;
            entry_if(map, "name", self.name.as_ref())
        })
    }
}

impl Serialize for Purpose {
    /// Writes `code`, `subject`, and the digest `text`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("code", &self.code)?;
            map.serialize_entry("subject", &self.subject)?;
            map.serialize_entry("text", &self.text)
        })
    }
}

impl Serialize for Hop {
    /// Writes `mandate`, `holder`, `task`, and the texts of `powers` and `limits`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("mandate", &self.mandate)?;
            map.serialize_entry("holder", &self.holder)?;
            map.serialize_entry("task", &self.task)?;
            map.serialize_entry("powers", &Text(&self.powers))?;
            let limits: Vec<_> = self.limits.iter().map(Text).collect();
            map.serialize_entry("limits", &limits)
        })
    }
}

impl Serialize for Trace {
    /// Writes `principal`, `purpose`, `hops` from the root's on, and `tool`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("principal", &self.principal)?;
            map.serialize_entry("purpose", &self.purpose)?;
            map.serialize_entry("hops", &self.hops)?;
            map.serialize_entry("tool", &self.tool)
        })
    }
}

impl Serialize for Permit {
    /// Writes a summary: the call's `id`, `tool` and `effect`, `valid_until`, `local_name` where it
    /// has one, `started` as its receipt has it, and `trace`. The arguments are not in it; their
    /// digest is.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("id", &self.call().id)?;
            map.serialize_entry("tool", &self.call().action.tool)?;
            map.serialize_entry("effect", &self.call().action.effect)?;
            map.serialize_entry("valid_until", &self.valid_until())?;
            entry_if(map, "local_name", self.local_name())?;
            map.serialize_entry("started", &self.started())?;
            map.serialize_entry("trace", &self.trace())
        })
    }
}

/// A charge of a receipt.
struct Charged<'r>(&'r (AccountId, Option<Number>));

impl Serialize for Charged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (account, amount) = self.0;
        object(serializer, |map| {
            map.serialize_entry("account", account)?;
            entry_if(map, "amount", *amount)
        })
    }
}

impl Serialize for Started {
    /// Writes `call`, `request`, `leaf`, `audience`, `decided_at`, `charges` and `approvals`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("call", &self.call)?;
            map.serialize_entry("request", &self.request)?;
            map.serialize_entry("leaf", &self.leaf)?;
            map.serialize_entry("audience", &self.audience)?;
            map.serialize_entry("decided_at", &self.decided_at)?;
            let charges: Vec<_> = self.charges.iter().map(Charged).collect();
            map.serialize_entry("charges", &charges)?;
            map.serialize_entry("approvals", &self.approvals)
        })
    }
}

impl Serialize for WouldDeny {
    /// Writes `call`, `request`, `leaf`, `audience`, `code`, and the text of what is `missing`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("call", &self.call)?;
            map.serialize_entry("request", &self.request)?;
            map.serialize_entry("leaf", &self.leaf)?;
            map.serialize_entry("audience", &self.audience)?;
            map.serialize_entry("code", &*self.code)?;
            entry_if(map, "missing", self.missing.as_ref().map(Text))
        })
    }
}

impl Serialize for ReceiptEvent {
    /// Writes an object with one key: `started`, `finished`, `counted` or `would_deny`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| match self {
            Self::Started(started) => map.serialize_entry("started", started),
            Self::Finished {
                call,
                request,
                outcome,
            } => map.serialize_entry("finished", &Finished(call, request, *outcome)),
            Self::Counted => map.serialize_entry("counted", &true),
            Self::WouldDeny(denied) => map.serialize_entry("would_deny", denied),
        })
    }
}

/// How an operation of a receipt ended.
struct Finished<'r>(&'r CallKey, &'r RequestDigest, Outcome);

impl Serialize for Finished<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("call", self.0)?;
            map.serialize_entry("request", self.1)?;
            map.serialize_entry("outcome", &self.2)
        })
    }
}

impl Serialize for NoticeHeader {
    /// Writes `id`, `by` and `at`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("id", &self.id)?;
            map.serialize_entry("by", &self.by)?;
            map.serialize_entry("at", &self.at)
        })
    }
}

impl Serialize for Receipt {
    /// Writes `said`, `sequence`, `previous` where there is one, `denied` and `event`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("header", &self.header)?;
            map.serialize_entry("sequence", &self.sequence)?;
            entry_if(map, "previous", self.previous)?;
            map.serialize_entry("denied", &self.denied)?;
            map.serialize_entry("event", &self.event)
        })
    }
}

impl Serialize for LogHead {
    /// Writes `length`, and `last` and `at` where there is a receipt.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("length", &self.length)?;
            entry_if(map, "last", self.last)?;
            entry_if(map, "at", self.at)
        })
    }
}

impl Serialize for ReceiptSummary {
    /// Writes `head`, `started`, `denied`, `would_deny`, `open` and `again`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("head", &self.head)?;
            map.serialize_entry("started", &self.started)?;
            map.serialize_entry("denied", &self.denied)?;
            map.serialize_entry("would_deny", &self.would_deny)?;
            map.serialize_entry("open", &self.open)?;
            map.serialize_entry("again", &self.again)
        })
    }
}

impl Serialize for Check {
    /// Writes `step` as text, `place`, `link` where it is at one, `verdict` (`held`, `out_of_scope`
    /// or `failed`), and `denial` where it failed.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (verdict, denial) = match &self.verdict {
            Verdict::Held => ("held", None),
            Verdict::OutOfScope => ("out_of_scope", None),
            Verdict::Failed(denial) => ("failed", Some(denial)),
        };
        object(serializer, |map| {
            map.serialize_entry("step", &Text(&self.step))?;
            place(map, self.place)?;
            map.serialize_entry("verdict", verdict)?;
            entry_if(map, "denial", denial)
        })
    }
}

impl Serialize for Explanation {
    /// Writes `checks` in order, and `denial` where one failed. It is for the people who run the
    /// host.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("checks", self.checks())?;
            entry_if(map, "denial", self.denial())
        })
    }
}
