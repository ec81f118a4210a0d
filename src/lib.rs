#![doc = include_str!("../README.md")]
//!
//! # How it fits together
//!
//! - [`issue`] makes a [`Root`] under an [`Anchor`]; [`Chain::delegate`] makes children, each less
//!   than its parent.
//! - The holder of the leaf signs each call with [`sign_call`] and sends an [`ExecutionProof`].
//! - A [`Verifier`] checks it: [`Verifier::check`] from bytes to a decision, or step by step with
//!   [`Verifier::verify`] and [`Verifier::decide`].
//! - A [`ChainCache`] spares what was verified before; it changes no verdict.
//! - A chain lives by missions. Their [`Controller`] signs news, a [`Register`] joins what was
//!   heard of it, and a decision's [`Context`] carries it; [`VerifiedChain::watches`] names what a
//!   host must fetch.
//! - A decision in favour is [`Unsettled`] until a ledger says that the call is new and fits its
//!   [`Budget`]s and [`Rate`]s ([`MemoryLedger`] ships; [`Charges`] say what another must do), and
//!   then a [`Permit`], which starts one operation. How that ended is a [`Record`], which the
//!   ledger is told of.
//! - People stand before a call by a [`Gate`], and sign an [`Approval`] of it, which comes in with
//!   the [`Context`].
//! - A [`ReceiptLog`] puts on record what was permitted and how it ended, and [`verify_receipts`]
//!   checks it; a [`Trace`] names who stands behind a call.
//! - A [`Guard`] is all of a server's part in one value: verifier, register, ledger and receipts
//!   around a tool.
//! - A refusal is a [`Denial`]: where, why, what is missing, and what the caller may be told. Where
//!   asking helps, it has a [`Request`], which a parent answers with a child and a person with a
//!   new root; either carries the limits of whoever asks.
//! - Work that fans out comes together again with [`VerifiedChain::merge`], behind a [`Barrier`];
//!   [`Waves`] say when a mandate is good, [`minimal_for`] gives a step the least powers, a
//!   [`Portfolio`] picks among an agent's chains, and an [`ExecutionGraph`] shows it all as a
//!   [`Picture`].
//!
//! **Powers shrink, limits pile up.** [`Powers`] say what is permitted, and a child's must be
//! covered by its parent's delegable ones, as the root's by the anchor's [`Ceiling`]. [`Limits`]
//! only take away, and every limit of every link is checked at every call.
//!
//! # Features
//!
//! `json` (on by default) gives values, powers and limits their JSON form, with exact numbers and
//! duplicate keys refused.

mod chain;
mod claims;
mod codec;
mod decide;
mod graph;
mod ground;
#[cfg(feature = "json")]
mod interop;
mod limits;
mod mission;
mod powers;
mod sign;

#[cfg(test)]
#[path = "../tests/work_bound/mod.rs"]
mod work_bound;

pub use chain::{
    AcceptedGrants, Anchor, AnchorError, AnchorKey, AnchorKeyState, Broken, Ceiling, Chain,
    ChainCache, ChainError, ChainTextError, Delegation, Floors, VerifiedChain, Verifier,
    VerifierError, issue,
};
pub use claims::{
    Aliases, Approval, AttestedGrant, CallClaims, Child, End, Ending, Fired, GrantKind, Holder,
    Life, Link, Listed, MandateEnding, Outcome, Principal, Purpose, Receipt, ReceiptEvent,
    Replaced, Root, RootAudience, Said, Snapshot, Snapshots, Started, Status, StatusError, TaskEnd,
    TaskEnding, TooManyAliases, TooManyReplaced, UnknownGrantKind, Wave, Withdrawal, WouldDeny,
};
pub use codec::{Claims, CodecError, Fault, Invalid, TokenType, Wanted};
pub use decide::{
    AnswerError, Balance, BelowFloor, Call, Charge, ChargeRefusal, Charges, Check, Code, Context,
    Demand, Denial, DenialDetails, DenialKind, ExecutionProof, Explanation, Facts, Guard,
    GuardError, Head, Here, Hop, KeepUntil, LedgerAnswer, LedgerOutcome, LedgerTerms, Mark,
    MemoryLedger, NotApproved, NotCharged, NotStarted, NotStored, OnFailure, Opened, Permit, Place,
    Presentation, Presenter, ProofTextError, PublicDenial, Reason, ReceiptError, ReceiptFault,
    ReceiptLog, ReceiptSummary, Received, Record, RecordedOutcome, Request, Reservation, Running,
    Step, Trace, Unsettled, Verdict, sign_call, verify_receipts,
};
pub use graph::{
    ExecutionGraph, Merge, MergeError, MinimalError, NoChainSuffices, NotOnMission, Picture,
    Portfolio, TaskNode, TaskState, minimal_for,
};
pub use ground::{
    AccountId, Arguments, AttemptId, Audience, CallId, CallKey, Digest, Ed25519Bytes, ForeignText,
    IdError, Issuer, KeyError, Label, Lifetime, ListedId, MandateId, Mission, MissionId,
    MissionNonce, NameError, Number, NumberError, OutOfWork, Period, PublicKey, RequestDigest,
    Seconds, Signature, TaskPath, TextFormError, TimeError, Timestamp, TokenId, UnknownPeriod,
    Value, ValueError, ValueType, Work, bounds,
};
#[cfg(feature = "json")]
pub use interop::{FormError, FormFault, JsonForm};
pub use limits::{
    ArgumentPath, AudienceSet, Barrier, Budget, Condition, Delegates, Exclusive, Gate, Limit,
    LimitError, LimitRule, Limits, LivesBy, MaxAge, Meter, PerValue, Rate, Reporters, Scope,
    Source, Sources, ToolSet, Unit, Waves, Window,
};
pub use mission::{
    Controller, ControllerError, EndSigned, EndsSigned, Listing, MandateEnd, MissionRole, NotAlive,
    NotItsTurn, NotTaken, Notice, RebindError, Register, Retention, Taken, Watch, WatchSubject,
    Watches, WatchesIter,
};
pub use powers::{
    Action, ActionError, ArgumentRefusal, ArgumentRules, Bound, Capability, Constraint,
    ConstraintError, Effect, Gap, Host, HostError, MeetError, Network, NetworkError, NotCovered,
    Path, PathError, Pattern, PatternError, Port, Powers, PowersError, Presence, Range, RangeError,
    Refusal, ToolError, ToolName, ToolPattern, ToolPrefix, ToolTable, ToolTableError,
    UnknownEffect, Url, UrlError, UrlRule, ValueSet, ValueSetError,
};
pub use sign::{InvalidSignature, SignError, SigningKey, Token, TokenTextError, Unsigned};

pub use codec::format;
