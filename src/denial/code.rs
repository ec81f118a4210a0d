use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The group of a denial, by what a caller can do about it.
///
/// | kind | what the caller can do |
/// |---|---|
/// | `Malformed`, `BrokenChain` | correct the proof, or ask for another mandate |
/// | `Untrusted` | ask the owner of the server, or authenticate another way |
/// | `OutOfTime` | wait, or ask for a new mandate or a new signature |
/// | `WrongAudience` | call another server |
/// | `NotPermitted` | correct the call, or ask for more powers |
/// | `NotPresented` | sign the call again, as the holder |
/// | `Ended` | stop |
/// | `Suspended`, `Unconfirmed` | wait, then sign the call again |
/// | `Condition` | wait until the condition holds |
/// | `Exhausted` | wait, or ask for a new budget |
/// | `NotApproved` | ask people to approve |
/// | `Replayed` | read the recorded outcome, or take a new call id |
/// | `Undecidable` | report it to the operator of the server |
///
/// [`Denial::kind`](super::Denial::kind) is for the host, which can act on every row. A caller
/// receives [`PublicDenial::kind`](super::PublicDenial::kind). It is never `Ended`, `Suspended`,
/// `Unconfirmed`, `Condition` or `Exhausted`: such a denial rests on the host's own state, and its
/// public kind is `Untrusted`. [`DenialCode`] lists the codes that a caller can receive.
///
/// The enum is not `non_exhaustive`, so that a new kind breaks the callers' matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenialKind {
    /// The bytes are not a valid encoding.
    Malformed,
    /// The chain is not rooted in an anchor of this verifier, was tampered with, or does not
    /// satisfy the verifier's terms.
    Untrusted,
    /// A link breaks a rule between links.
    BrokenChain,
    /// The call is too early or too late.
    OutOfTime,
    /// The chain is valid only at other servers.
    WrongAudience,
    /// The call is not within the powers, has no amount that a budget can count, or is for a
    /// principal without an account here.
    NotPermitted,
    /// Nothing shows that the holder makes this call.
    NotPresented,
    /// The mission, task or key that the call depends on has ended for good.
    Ended,
    /// The mission is suspended for now.
    Suspended,
    /// The state of the mission is not known: a status is missing, too old or contradictory.
    Unconfirmed,
    /// A condition on a fact does not hold, or its fact is not known.
    Condition,
    /// A budget, rate or group has nothing left, for now or for good.
    Exhausted,
    /// The people who must approve did not.
    NotApproved,
    /// The call was decided before, or another call under its id.
    Replayed,
    /// The host called the library wrongly, or could not decide.
    Undecidable,
}

impl fmt::Display for DenialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident: $kind:ident,)*) => {
        /// The precise reason of a denial, without its facts. Logs and test vectors name it.
        ///
        /// # Codes that a caller can receive
        ///
        /// [`Denial::public`](super::Denial::public) has one of these codes:
        ///
        /// - `Refused`, of kind `Untrusted`: every denial that rests on the host's own state. It is
        ///   no variant of this enum.
        /// - `Malformed`, `WrongAudience`, `NotApproved`, `Replayed`: all codes of these kinds.
        /// - `BrokenChain`: all codes but `AnchorKeyHeld`.
        /// - `Untrusted`: `UnknownIssuer` and `BadSignature`.
        /// - `OutOfTime`: `IssuedInFuture`, `Expired`, `WindowClosed`, and `NotYet` for a window.
        ///   `NotYet` for a wave is `Refused`.
        /// - `NotPermitted`: all codes but `CeilingRefuses` and `AliasMissing`.
        /// - `NotPresented`: all codes but `AssertionNotAccepted`.
        /// - `Undecidable`: `OutOfWork` for the powers of links and for amounts. For a ceiling,
        ///   mission, barrier or fact it is `Refused`.
        ///
        /// A caller therefore learns that approvals are missing, that an approval is by a key that
        /// no gate names, and that its call was decided before. It never learns the state of a
        /// mission or fact, the rest of a budget, or the room in a ledger.
        ///
        /// ```
        /// use mandatum::DenialCode;
        /// use mandatum::denial::DenialKind;
        /// let code: DenialCode = "MissionEnded".parse()?;
        /// assert_eq!(code.kind(), DenialKind::Ended);
        /// assert_eq!(code.to_string(), "MissionEnded");
        /// assert!("mission ended".parse::<DenialCode>().is_err());
        /// # Ok::<(), mandatum::denial::DenialCodeError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DenialCode {
            $($(#[$doc])* $code,)*
        }

        impl DenialCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// Returns the code's name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)*
                }
            }

            /// Returns the group of the code, which is the host's. See [`DenialKind`] for callers.
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
    /// An item is larger, longer or deeper than its bound.
    OutOfBounds: Malformed,
    /// An item is not of the kind that belongs at its place.
    UnexpectedItem: Malformed,
    /// A claim, limit or kind is not known. It refuses the whole chain.
    UnknownClaim: Malformed,
    /// A required claim is missing.
    MissingClaim: Malformed,
    /// A token is of another type.
    WrongTokenType: Malformed,
    /// The algorithm or another header parameter is not accepted.
    HeaderNotAccepted: Malformed,
    /// A value is well-formed and not valid.
    InvalidValue: Malformed,
    /// Rule 1: the chain has too many links.
    TooManyLinks: BrokenChain,
    /// Rule 2: a token or chain is too large, or a link has too many limits.
    TooLarge: BrokenChain,
    /// Rule 3: a child names another parent than the link above it.
    ParentMismatch: BrokenChain,
    /// Rule 4: a child is issued before its parent.
    IssuedBeforeParent: BrokenChain,
    /// Rule 5: a child outlives its parent.
    OutlivesParent: BrokenChain,
    /// Rule 6: a child allows more delegations than its parent.
    TooManyHops: BrokenChain,
    /// Rule 7: the task path is out of bounds.
    TaskOutOfBounds: BrokenChain,
    /// Rule 8: the issuer has no anchor.
    UnknownIssuer: Untrusted,
    /// Rule 9: the root lives longer than the anchor allows.
    LivesTooLong: Untrusted,
    /// Rule 10, and steps 14 and 15: the root has no attested grant.
    NoAttestedGrant: Untrusted,
    /// Rule 10: the grant is of a kind that is not accepted.
    GrantNotAccepted: Untrusted,
    /// Rule 11: a link's signature does not verify, or a root names a key that is not its issuer's.
    BadSignature: Untrusted,
    /// Rule 11: the root is signed by a retired key of the issuer.
    RetiredKey: Untrusted,
    /// Rule 11: the root is signed by a revoked key of the issuer.
    RevokedKey: Untrusted,
    /// Rule 11: the holder's key is not a valid key.
    BadHolderKey: BrokenChain,
    /// Rule 12: the root's powers are beyond the anchor's ceiling.
    BeyondCeiling: Untrusted,
    /// Rule 13: a child's powers are beyond its parent's.
    BeyondParent: BrokenChain,
    /// Rule 14: the holder's key is a key of the issuer.
    AnchorKeyHeld: BrokenChain,
    /// Rule 15: the holder's key is an ancestor's.
    KeyReused: BrokenChain,
    /// Rule 15: the link states that its holder's key is an ancestor's, and it is not.
    KeyNotReused: BrokenChain,
    /// Rule 16: the holder controls the mission that keeps it alive.
    OwnController: BrokenChain,
    /// Rule 17: the link ends on an event that no mission could fire for all its calls.
    EventUntold: BrokenChain,
    /// Rule 17: the link is valid in waves of a mission by which not all of it lives.
    WaveUntold: BrokenChain,
    /// Rule 18: the chain lives by too many missions.
    TooManyMissions: BrokenChain,
    /// Rule 18: the chain has too many budgets, rates, exclusive groups and gates.
    TooManyMeters: BrokenChain,
    /// Rule 18: the chain makes a verifier watch too many pairs of a subject and a signer.
    TooManyWatched: BrokenChain,
    /// Rule 16: the holder may approve at a gate that applies to it.
    OwnApprover: BrokenChain,
    /// Rule 19: the root has an alias in a system that is not the issuer's.
    AliasOfAnother: Untrusted,
    /// Rule 20: a limit is for tools that no capability of its link, or of its parent, covers.
    ScopeMeetsNothing: BrokenChain,
    /// Rule 21: a child has a condition on a fact that the root does not name.
    FactUnnamed: BrokenChain,
    /// Rule 22: the holder is none of the keys to which a link above allows delegation.
    NotADelegate: BrokenChain,
    /// Step 14: the verifier demands a mission, and the call lives by none.
    MissionRequired: Untrusted,
    /// Step 14: the verifier demands an audience, and the root names none.
    AudienceRequired: Untrusted,
    /// Step 14: the chain has more links than the verifier accepts.
    ChainTooLong: Untrusted,
    /// Step 14: the root is older than the verifier accepts.
    RootTooOld: Untrusted,
    /// Step 14: the grant is older than the verifier accepts.
    GrantTooOld: Untrusted,
    /// Step 1: the chain was verified under another configuration.
    OtherConfiguration: Undecidable,
    /// Step 2: a link is issued in the future.
    IssuedInFuture: OutOfTime,
    /// Step 3: a link has expired.
    Expired: OutOfTime,
    /// A window has not opened, or a mission has not reached a wave.
    NotYet: OutOfTime,
    /// A window has closed.
    WindowClosed: OutOfTime,
    /// This server is none of the audiences.
    WrongAudience: WrongAudience,
    /// A link demands signed calls.
    SignedCallRequired: NotPresented,
    /// No capability names the tool.
    ToolNotPermitted: NotPermitted,
    /// The call's effect is higher than permitted.
    EffectTooHigh: NotPermitted,
    /// A required argument is missing.
    ArgumentMissing: NotPermitted,
    /// The capability does not name an argument.
    ArgumentUnknown: NotPermitted,
    /// An argument's value is not permitted.
    ArgumentRefused: NotPermitted,
    /// An argument is not in its canonical spelling.
    ArgumentNotCanonical: NotPermitted,
    /// Step 13: the anchor's ceiling does not permit the call.
    CeilingRefuses: NotPermitted,
    /// Step 11: the host's statement of the holder is not accepted for this effect.
    AssertionNotAccepted: NotPresented,
    /// Step 6: the presenter names another mandate.
    WrongLeaf: NotPresented,
    /// Step 10: the presenter is not the holder.
    NotTheHolder: NotPresented,
    /// Step 9: the signed call has another id.
    CallIdMismatch: NotPresented,
    /// Step 9: the signed call is about another tool or other arguments.
    RequestMismatch: NotPresented,
    /// Step 7: the signed call is for another server.
    CallForAnotherAudience: NotPresented,
    /// Step 8: the signed call is too old.
    CallTooOld: NotPresented,
    /// Step 8: the signed call is from the future.
    CallFromFuture: NotPresented,
    /// A mission that the chain lives by has ended.
    MissionEnded: Ended,
    /// Step 18: the task of a link has ended.
    TaskEnded: Ended,
    /// Step 18: the key of a link's holder was revoked.
    KeyRevoked: Ended,
    /// An event on which a link ends has fired.
    EventFired: Ended,
    /// A mission has withdrawn the tool.
    ToolWithdrawn: Ended,
    /// A mission that the chain lives by is suspended.
    MissionSuspended: Suspended,
    /// No status of a mission was received.
    StatusMissing: Unconfirmed,
    /// The status of a mission is too old.
    StatusStale: Unconfirmed,
    /// A controller contradicts itself.
    ControllerEquivocated: Unconfirmed,
    /// A controller stated more than may be kept.
    TooMuchNews: Unconfirmed,
    /// The wave of a mission is not known.
    WaveUnknown: Unconfirmed,
    /// A mission is past the waves in which the link is valid.
    WaveClosed: Ended,
    /// Tasks that a barrier waits for are not done.
    BarrierClosed: OutOfTime,
    /// Too few of the tasks that a barrier waits for can still be done.
    BarrierBroken: Ended,
    /// The fact of a condition is not known.
    FactUnknown: Condition,
    /// The fact of a condition was observed too long ago.
    FactTooOld: Condition,
    /// The fact does not satisfy the condition.
    ConditionFails: Condition,
    /// Step 16: the root has no alias of its principal in the server's system.
    AliasMissing: NotPermitted,
    /// The server is not attached to a ledger that counts a limit.
    LedgerUnknown: Undecidable,
    /// A counted argument is missing.
    AmountMissing: NotPermitted,
    /// A counted argument is not a number.
    AmountNotANumber: NotPermitted,
    /// A counted argument is negative.
    AmountNegative: NotPermitted,
    /// A counted amount, or the sum of all, is too large or has too many digits.
    AmountOutOfRange: NotPermitted,
    /// An amount is not in the budget's unit.
    WrongUnit: NotPermitted,
    /// The argument with a budget for each value is missing.
    ValueMissing: NotPermitted,
    /// The argument with a budget for each value is not a text, number or boolean.
    ValueNotScalar: NotPermitted,
    /// The amount is more than a budget has left.
    BudgetExhausted: Exhausted,
    /// Calls come too fast.
    RateExceeded: Exhausted,
    /// A tool of an excluding group was used.
    GroupClosed: Exhausted,
    /// Step 20: too few people approved.
    ApprovalsMissing: NotApproved,
    /// Step 19: more approvals than may be presented.
    TooManyApprovals: NotApproved,
    /// Step 19: an approval by a key that no gate names.
    ApprovalByStranger: NotApproved,
    /// Step 19: two approvals by one person.
    ApprovedTwice: NotApproved,
    /// Step 19: an approval of a call at another server.
    ApprovalForAnotherAudience: NotApproved,
    /// Step 19: an approval of another call.
    ApprovalForAnotherCall: NotApproved,
    /// Step 19: an approval from the future.
    ApprovalFromFuture: NotApproved,
    /// Step 19: an approval that has expired.
    ApprovalExpired: NotApproved,
    /// Step 20: an approval older than the gate allows.
    ApprovalTooOld: NotApproved,
    /// Step 19: an approval that its key did not sign.
    ApprovalSignature: NotApproved,
    /// The call was decided before. A caller who signed it anew receives the recorded outcome.
    AlreadyDecided: Replayed,
    /// The call's id was used before, for another request. A call with another id is another call.
    CallConflict: Replayed,
    /// The ledger can't remember the call, so it can't be permitted.
    LedgerFull: Undecidable,
    /// The verifier's call age or leeway is greater than the ledger's.
    BeyondLedgerTerms: Undecidable,
    /// The ledger's answer is about another call.
    AnswerForAnotherCall: Undecidable,
    /// The permit is no longer valid.
    PermitExpired: OutOfTime,
    /// The decision takes more work than is granted.
    OutOfWork: Undecidable,
}

impl AsRef<str> for DenialCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// The error of a text that is the code of no denial.
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
