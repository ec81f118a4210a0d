use crate::limits::{ApprovalGate, Limit};

/// One check of a decision.
///
/// In the order of the ladder:
///
/// | | step | what it takes |
/// |---|---|---|
/// | 1–4 | configuration, issued, not expired, root audience | the chain, the clock, the server's name |
/// | 5 | limits that these decide: windows, audiences, signed calls | the same |
/// | 6–11 | leaf, call audience, call time, call content, holder, presenter accepted | who calls |
/// | 12, 13 | powers, ceiling | the chain and its anchor |
/// | 14–16 | floors, grant, local name | the host's own terms |
/// | 17 | all other limits but gates; the mission that keeps the root alive is one | the host's state |
/// | 18 | not ended | the host's state |
/// | 19, 20 | approvals, gates | the people who approve |
///
/// Who calls comes before all that the host alone knows, so that nobody who can't make the call
/// learns any of it.
///
/// The ledger is asked last, when all steps held. It looks for the call's mark first:
/// `CallConflict`, then `AlreadyDecided`; then it compares its terms, then the age of the call,
/// then it asks its room, and then makes the charges in their order.
///
/// # Where several checks fail
///
/// The first one gives the code and the link. The order is this:
///
/// | of | first to last |
/// |---|---|
/// | a step that is asked of several links | the root first; only of powers, step 12, the leaf first |
/// | the limits of all links in one step | those of the root in their order, then those of the next link |
/// | several capabilities | the refusal that came furthest: another tool, a higher effect, an unknown argument, a missing one, a refused one; of equals the first |
/// | the arguments of one capability | those with a rule, by the bytes of their names; then those without |
/// | a mission | ended; too much told; the tool withdrawn; no status; contradicted; from the future, which counts as no status; too old; suspended |
/// | a budget | its ledger; of each source its unit, then its amounts: missing, no number, negative, out of range; the sum; the value |
/// | the approvals | their number; then of each: a stranger's, one person's second, its server, its call, from the future, expired; then all signatures |
/// | a gate | enough recent approvals; one that is too old; too few |
///
/// A chain is verified before all steps: rules 1; 3 to 6 for each link; 7; 8 and 11 for the root,
/// 11 for the other links; 11 for retired and revoked keys, 9, 10, 19 and 12; 20 for the root; then
/// for each further link 13 and 20; then for each link 14, 18 for missions, 16 for controllers, 17,
/// 18 for meters, 16 for approvers; then 15, 21 and 22 for each further link; then 18 for what is
/// watched.
///
/// [`Verifier::open`](crate::Verifier::open) asks steps 2 to 9 of root, leaf and call, and step 12
/// of the leaf, before anything is verified, and 8 before the rest. So of a proof whose root has an
/// unknown issuer and whose call is too old, the issuer is told. All of them are asked again
/// afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// 1: the chain was verified under this very configuration.
    Configuration,
    /// 2: a link's beginning is not in the future, but for the leeway.
    Issued,
    /// 3: a link has not expired.
    NotExpired,
    /// 4: the root is valid at this server.
    RootAudience,
    /// 5 or 17: a limit holds. Of a budget, a rate and exclusive groups: the call can be charged;
    /// whether it fits is the ledger's to say.
    Limit(Limit),
    /// 6: the presenter speaks of this leaf.
    Leaf,
    /// 7: the signed call is for this server.
    CallAudience,
    /// 8: the signed call is recent.
    CallTime,
    /// 9: the signed call is this call: its id, tool and arguments.
    CallContent,
    /// 10: the presenter is the holder.
    Holder,
    /// 11: a holder whom the host names is accepted for this effect.
    PresenterAccepted,
    /// 12: a link's powers permit the call; of links above the leaf only what is delegable counts.
    Powers,
    /// 13: the anchor's ceiling permits the call; of a call below the root only what is delegable
    /// counts.
    Ceiling,
    /// 14: the chain is not below the verifier's floors.
    Floors,
    /// 15: the grant behind the root is accepted, and not from the future.
    Grant,
    /// 16: the root names its principal in the server's system, where the server asks.
    LocalName,
    /// 18: nobody entitled has ended the task of a link.
    NotEnded,
    /// 19: every approval that was presented is one, of this very call.
    Approvals,
    /// 20: enough people have approved at a gate.
    Gate(ApprovalGate),
}
