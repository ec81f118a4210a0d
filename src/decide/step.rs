use crate::limits::{ApprovalGate, Limit};

/// One check of a decision, in the order in which the checks are made.
///
/// | steps | checks | input |
/// |---|---|---|
/// | 1–4 | configuration, issued, not expired, root audience | chain, clock, server name |
/// | 5 | windows, audiences, signed calls, delegates | chain, clock, server name |
/// | 6–11 | leaf; call audience, time, content; holder; presenter accepted | presentation |
/// | 12, 13 | powers, ceiling | chain and its anchor |
/// | 14–16 | floors, grant, local name | the host's own terms |
/// | 17 | the mission of the root's life; all other limits except gates | the host's state |
/// | 18 | tasks not ended | the host's state |
/// | 19, 20 | approvals, gates | approvals of people |
///
/// The presenter is checked before everything that only the host knows, so a caller that can't make
/// the call learns nothing of it.
///
/// The ledger comes last, when every step held. It checks in this order:
///
/// 1. the mark of the call: `CallConflict`, then `AlreadyDecided`
/// 2. its terms, then the age of the call
/// 3. its room for a mark
/// 4. the charges, in their order
/// 5. its room for new accounts
///
/// # Several failed checks
///
/// The first check that fails gives the code and the link. The order is this:
///
/// - One step of several links: the root first. Powers (step 12) are checked from the leaf upwards.
/// - The limits of one step: those of the root in their order, then those of the next link.
/// - Several capabilities: the refusal that came furthest. From near to far: another tool, a higher
///   effect, an unknown argument, a missing argument, a refused argument. The first of equals
///   counts.
/// - The arguments of one capability: those with a rule, by the bytes of their names; then the
///   others.
/// - A mission: ended; too many statements to keep; tool withdrawn; no status; contradictory
///   status; status from the future, which counts as no status; status too old; suspended.
/// - A budget: its ledger; for each source the unit, then the amounts (missing, not a number,
///   negative, out of range); the sum; the value.
/// - Approvals: their number; then for each approval its signer (not named, or seen before),
///   server, call, time (from the future, expired); then all signatures.
/// - A gate: enough recent approvals; an approval that is too old; too few approvals.
///
/// A chain is verified before all steps, in this order:
///
/// 1. rule 1
/// 2. rules 3 to 6 for each child, then rule 7
/// 3. rules 8 and 11 for the root, then rule 11 for the other links
/// 4. rule 11 for retired and revoked keys, then rules 9, 10, 19 and 12
/// 5. rule 20 for the root, then rules 13 and 20 for each child
/// 6. for each link, rules 14, 18 (missions), 16 (controllers), 17, 18 (meters) and 16 (approvers)
/// 7. for each child, rules 15, 21 and 22
/// 8. rule 18 for the watched pairs
///
/// [`Verifier::open`](crate::Verifier::open) checks some of this early, from the bytes of root,
/// leaf and call: rule 8, then steps 2 to 8, step 12 of the leaf, and step 9. A proof with an
/// unknown issuer and an old call is therefore refused for the issuer. Steps 2 to 5, 7, 8 and 12
/// are checked again when the call is decided; 6 and 9 depend on nothing that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Step 1: the chain was verified under this very configuration.
    Configuration,
    /// Step 2: a link is not issued in the future, except within the leeway.
    Issued,
    /// Step 3: a link has not expired.
    NotExpired,
    /// Step 4: the root is valid at this server.
    RootAudience,
    /// Step 5 or 17: a limit holds. A budget, a rate or exclusive groups hold when the call can be
    /// charged; the ledger decides whether the charge fits.
    Limit(Limit),
    /// Step 6: the presenter names this leaf.
    Leaf,
    /// Step 7: the signed call is for this server.
    CallAudience,
    /// Step 8: the signed call is recent.
    CallTime,
    /// Step 9: the signed call is this call: its id, tool and arguments.
    CallContent,
    /// Step 10: the presenter is the holder.
    Holder,
    /// Step 11: the host's statement of the holder is accepted for this effect. A signed call
    /// passes.
    PresenterAccepted,
    /// Step 12: a link's powers permit the call. Above the leaf only delegable powers count.
    Powers,
    /// Step 13: the anchor's ceiling permits the call. For a call below the root only delegable
    /// powers count.
    Ceiling,
    /// Step 14: the chain satisfies the verifier's floors.
    Floors,
    /// Step 15: the grant behind the root is accepted, and not from the future.
    Grant,
    /// Step 16: the root has an alias of its principal in the server's system. It is checked only
    /// where the server names a system.
    LocalName,
    /// Step 18: nobody entitled has ended the task of a link.
    NotEnded,
    /// Step 19: every approval that was presented is a valid approval of this very call. It is
    /// checked only if a gate applies to the call; otherwise presented approvals are ignored.
    Approvals,
    /// Step 20: enough people have approved at a gate.
    Gate(ApprovalGate),
}
