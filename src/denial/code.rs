use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What a caller can do about a denial. Closed on purpose: a new way to fail breaks the callers'
/// matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenialKind {
    /// The bytes are not what they should be.
    Malformed,
    /// The chain is not rooted in an anchor that is believed here, or was tampered with.
    Untrusted,
    /// A link breaks a rule between links.
    BrokenChain,
    /// Too early, or too late.
    OutOfTime,
    /// Good at other servers only.
    WrongAudience,
    /// Not within the powers; or without an amount that a budget can count, or for a principal
    /// without an account here.
    NotPermitted,
    /// It is not shown that the holder makes this call.
    NotPresented,
    /// What it serves has ended, for good.
    Ended,
    /// What it serves is halted for now.
    Suspended,
    /// It is not known that what it serves goes on: news is missing, too old or contradictory.
    Unconfirmed,
    /// A condition on the world does not hold, or is not known to.
    Condition,
    /// What it may spend is spent, for now or for good.
    Exhausted,
    /// The people who must approve did not.
    NotApproved,
    /// The call was decided before, or another one under its id.
    Replayed,
    /// The host asked wrongly, or could not decide.
    Undecidable,
}

impl fmt::Display for DenialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident: $kind:ident,)*) => {
        /// The precise reason of a denial, without its facts: what logs and test vectors name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DenialCode {
            $($(#[$doc])* $code,)*
        }

        impl DenialCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The code's name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)*
                }
            }

            /// What a caller can do about it.
            #[must_use]
            pub const fn kind(self) -> DenialKind {
                match self {
                    $(Self::$code => DenialKind::$kind,)*
                }
            }
        }
    };
}

codes! {
    /// The bytes are cut off.
    Truncated: Malformed,
    /// The bytes are not in the one deterministic encoding.
    NotDeterministic: Malformed,
    /// Something is larger, longer or deeper than it may be.
    OutOfBounds: Malformed,
    /// An item is not of the kind that belongs there.
    UnexpectedItem: Malformed,
    /// A claim, limit or kind that is not known; it refuses the whole chain.
    UnknownClaim: Malformed,
    /// A claim that must be there is not.
    MissingClaim: Malformed,
    /// A token of another type.
    WrongTokenType: Malformed,
    /// The algorithm or another header parameter is not accepted.
    HeaderNotAccepted: Malformed,
    /// A well-formed value that is not right.
    InvalidValue: Malformed,
    /// Rule 1: too many links.
    TooManyLinks: BrokenChain,
    /// Rule 2: a token or chain is too large, or a link has too many limits.
    TooLarge: BrokenChain,
    /// Rule 3: the parent named is not the link above.
    ParentMismatch: BrokenChain,
    /// Rule 4: issued before its parent.
    IssuedBeforeParent: BrokenChain,
    /// Rule 5: outlives its parent.
    OutlivesParent: BrokenChain,
    /// Rule 6: more delegations than its parent allows.
    TooManyHops: BrokenChain,
    /// Rule 7: the task path is out of bounds.
    TaskOutOfBounds: BrokenChain,
    /// Rule 8: no anchor for the issuer.
    UnknownIssuer: Untrusted,
    /// Rule 9: lives longer than the anchor allows.
    LivesTooLong: Untrusted,
    /// Rule 10: no attested grant.
    NoAttestedGrant: Untrusted,
    /// Rule 10: a grant of a kind that is not accepted.
    GrantNotAccepted: Untrusted,
    /// Rule 11: a link's signature does not verify, or a root names a key that is not its issuer's.
    BadSignature: Untrusted,
    /// Rule 11: signed by a retired key of the issuer.
    RetiredKey: Untrusted,
    /// Rule 11: signed by a revoked key of the issuer.
    RevokedKey: Untrusted,
    /// Rule 11: the holder's key is no key.
    BadHolderKey: BrokenChain,
    /// Rule 12: powers beyond the anchor's ceiling.
    BeyondCeiling: Untrusted,
    /// Rule 13: powers beyond the parent's.
    BeyondParent: BrokenChain,
    /// Rule 14: the holder's key is the issuer's.
    AnchorKeyHeld: BrokenChain,
    /// Rule 15: the holder's key is an ancestor's.
    KeyReused: BrokenChain,
    /// Rule 15: the holder's key is said to be an ancestor's and is not.
    KeyNotReused: BrokenChain,
    /// Rule 16: the holder controls the mission that keeps it alive.
    OwnController: BrokenChain,
    /// Rule 17: it ends on an event that no mission could fire for all its calls.
    EventUntold: BrokenChain,
    /// Rule 17: it is good in waves of a mission that not all of it lives by.
    WaveUntold: BrokenChain,
    /// Rule 18: it lives by too many missions.
    TooManyMissions: BrokenChain,
    /// Rule 18: it has too many limits that a ledger or people stand behind.
    TooManyMeters: BrokenChain,
    /// Rule 18: it makes a verifier watch too many pairs of a subject and a signer.
    TooManyWatched: BrokenChain,
    /// Rule 16: the holder may approve at a gate that stands before it.
    OwnApprover: BrokenChain,
    /// Rule 19: an alias in a system that is not the issuer's.
    AliasOfAnother: Untrusted,
    /// Rule 20: a limit is for tools that no capability of its link is for.
    ScopeMeetsNothing: BrokenChain,
    /// Rule 21: a condition on a fact that the root does not name.
    FactUnnamed: BrokenChain,
    /// Rule 22: the holder is none of the keys that a link above lets anything be delegated to.
    NotADelegate: BrokenChain,
    /// The verifier demands that a call lives by a mission, and this one lives by none.
    MissionRequired: Untrusted,
    /// The verifier demands that a chain names its servers, and this one names none.
    AudienceRequired: Untrusted,
    /// The verifier demands fewer links.
    ChainTooLong: Untrusted,
    /// The verifier demands that a root was issued more recently.
    RootTooOld: Untrusted,
    /// The verifier demands that a grant was given more recently.
    GrantTooOld: Untrusted,
    /// The chain was verified under another configuration.
    OtherConfiguration: Undecidable,
    /// A link is issued in the future.
    IssuedInFuture: OutOfTime,
    /// A link has expired.
    Expired: OutOfTime,
    /// A window has not opened, or a mission has not come to a wave.
    NotYet: OutOfTime,
    /// A window has closed.
    WindowClosed: OutOfTime,
    /// This server is none of the audiences.
    WrongAudience: WrongAudience,
    /// A link demands signed calls.
    SignedCallRequired: NotPresented,
    /// No capability is for the tool.
    ToolNotPermitted: NotPermitted,
    /// The call reaches further than permitted.
    EffectTooHigh: NotPermitted,
    /// A required argument is missing.
    ArgumentMissing: NotPermitted,
    /// An argument is not named.
    ArgumentUnknown: NotPermitted,
    /// An argument's value is not permitted.
    ArgumentRefused: NotPermitted,
    /// An argument is not in its canonical spelling.
    ArgumentNotCanonical: NotPermitted,
    /// The anchor's ceiling refuses the call.
    CeilingRefuses: NotPermitted,
    /// The host's word for the holder is not accepted.
    AssertionNotAccepted: NotPresented,
    /// The presenter speaks of another mandate.
    WrongLeaf: NotPresented,
    /// The presenter is not the holder.
    NotTheHolder: NotPresented,
    /// The signed call has another id.
    CallIdMismatch: NotPresented,
    /// The signed call is about another tool or other arguments.
    RequestMismatch: NotPresented,
    /// The signed call is for another server.
    CallForAnotherAudience: NotPresented,
    /// The signed call is too old.
    CallTooOld: NotPresented,
    /// The signed call is from the future.
    CallFromFuture: NotPresented,
    /// A mission it lives by has ended.
    MissionEnded: Ended,
    /// The task of a link has ended.
    TaskEnded: Ended,
    /// The key of a link's holder was revoked.
    KeyRevoked: Ended,
    /// An event on which it ends has fired.
    EventFired: Ended,
    /// The tool is withdrawn mission-wide.
    ToolWithdrawn: Ended,
    /// A mission it lives by is suspended.
    MissionSuspended: Suspended,
    /// Nothing was heard of a mission it lives by.
    StatusMissing: Unconfirmed,
    /// What was heard of a mission it lives by is too old.
    StatusStale: Unconfirmed,
    /// A controller contradicts itself.
    ControllerEquivocated: Unconfirmed,
    /// A controller told more than may be kept.
    TooMuchNews: Unconfirmed,
    /// The wave of a mission is not known.
    WaveUnknown: Unconfirmed,
    /// A mission is past the waves in which it is good.
    WaveClosed: Ended,
    /// Tasks that it waits for are not done.
    BarrierClosed: OutOfTime,
    /// Too few of the tasks that it waits for can still be done.
    BarrierBroken: Ended,
    /// A condition's fact is not known.
    FactUnknown: Condition,
    /// A condition's fact was observed too long ago.
    FactTooOld: Condition,
    /// A condition's fact is otherwise.
    ConditionFails: Condition,
    /// No name for the principal in the server's system.
    AliasMissing: NotPermitted,
    /// A limit is counted by a ledger that is not known here.
    LedgerUnknown: Undecidable,
    /// The argument that is counted is missing.
    AmountMissing: NotPermitted,
    /// The argument that is counted is no number.
    AmountNotANumber: NotPermitted,
    /// The argument that is counted is negative.
    AmountNegative: NotPermitted,
    /// An amount that is counted, or the sum of all, is too large or has too many digits.
    AmountOutOfRange: NotPermitted,
    /// An amount is not in the budget's unit.
    WrongUnit: NotPermitted,
    /// The argument with a budget for each value is missing.
    ValueMissing: NotPermitted,
    /// The argument with a budget for each value is no text, number, true or false.
    ValueNotScalar: NotPermitted,
    /// A budget would be exceeded.
    BudgetExhausted: Exhausted,
    /// Calls come too fast.
    RateExceeded: Exhausted,
    /// A tool was used that excludes this one.
    GroupClosed: Exhausted,
    /// Too few approvals.
    ApprovalsMissing: NotApproved,
    /// More approvals than may be presented.
    TooManyApprovals: NotApproved,
    /// An approval by somebody who may not.
    ApprovalByStranger: NotApproved,
    /// One person's approval twice.
    ApprovedTwice: NotApproved,
    /// An approval of a call at another server.
    ApprovalForAnotherAudience: NotApproved,
    /// An approval of another call.
    ApprovalForAnotherCall: NotApproved,
    /// An approval from the future.
    ApprovalFromFuture: NotApproved,
    /// An approval that has expired.
    ApprovalExpired: NotApproved,
    /// An approval older than the gate allows.
    ApprovalTooOld: NotApproved,
    /// An approval that its key did not sign.
    ApprovalSignature: NotApproved,
    /// The call was decided before. A caller who signed it anew is told what became of it.
    AlreadyDecided: Replayed,
    /// The call's id was used before, for another request. A call with another id is another call.
    CallConflict: Replayed,
    /// The call can't be remembered, so it can't be permitted.
    LedgerFull: Undecidable,
    /// The verifier accepts older calls, or has a greater leeway, than the ledger remembers.
    BeyondLedgerTerms: Undecidable,
    /// The ledger's answer is about another call.
    AnswerForAnotherCall: Undecidable,
    /// The permit is no longer valid.
    PermitExpired: OutOfTime,
    /// Deciding takes more work than is granted.
    OutOfWork: Undecidable,
}

impl AsRef<str> for DenialCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// The text is the code of no denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the code of a denial")]
pub struct DenialCodeError;

impl FromStr for DenialCode {
    type Err = DenialCodeError;
    fn from_str(text: &str) -> Result<Self, DenialCodeError> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == text)
            .ok_or(DenialCodeError)
    }
}

impl fmt::Display for DenialCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
