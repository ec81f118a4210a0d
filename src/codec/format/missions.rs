//! Missions and tasks: which notices count, how they join, and what a decision asks of them.
//!
//! # Which notices count
//!
//! A register is made for a chain. A notice counts if all of these conditions hold. Otherwise it is
//! ignored, and the register does not change.
//!
//! 1. It is dated at most the leeway ahead of *now*. It counts as of the earlier of its time and
//!    now.
//! 2. It has a pair of subject and signer that is watched. Of a status, only the watched missions
//!    are applied.
//! 3. The key that it names signed it.
//!
//! These are watched:
//!
//! - each mission that a link lives by, in any scope: all notices of its controller, and its end by
//!   each of its enders;
//! - the mandate of each link, and each mandate that it replaces: its end by the keys that *may end
//!   it*;
//! - each task of a link's barrier: its end by the keys that the barrier names for it, by the keys
//!   that *may report*, and by the keys that *may call off*.
//!
//! The keys of a link are these. The issuer's keys are always those
//! [that count](super::chains#keys-facts-and-counts-between-links):
//!
//! - **May end it**: the holders of the links down to this one, the issuer's keys, and the
//!   controllers of the missions down to this link.
//! - **May report**: the parent's holder (for the root the issuer's keys), and the controllers of
//!   the missions down to this link, and of no other mission.
//! - **May call off**: the issuer's keys, and the holders above the link.
//!
//! A key of the issuer that does not count reports nothing, even if a barrier names it.
//!
//! Two entries of a task-end are not read:
//!
//! - The mission. The statement of a controller counts for every mandate that lives by one of its
//!   missions, also if the task-end names another mission or none.
//! - The time at which the root has expired. It only states how long a register keeps the notice.
//!
//! # How they join
//!
//! A register keeps for each mission:
//!
//! - **For now**, of the highest sequence number:
//!   - whether any snapshot of it is suspended;
//!   - whether two snapshots of it differ in their bytes;
//!   - the time as of which it is known. This is the time of the status with the latest stated
//!     time. If that status came more than once, its earliest receipt counts. If two snapshots
//!     differ, either may be kept; nothing depends on which.
//! - **For good**, over all statuses whatever their sequence number, and over events and
//!   withdrawals:
//!   - events;
//!   - tools withdrawn;
//!   - mandates listed as ended (6);
//!   - mandates listed for their holders' keys (7);
//!   - the highest wave and its earliest beginning. A beginning counts as the earliest of the
//!     stated time, the time of its status, and the receipt.
//! - **Ends** by signer. If one signer states two, the later in the order of the CDDL counts.
//!
//! A mission *overflows* if it has more than 64 events, 64 tools, or 16,384 mandates in either
//! list. Then every event, tool and mandate counts as named, in both lists.
//!
//! A register keeps two things for each mandate, by signer. Neither replaces the other:
//!
//! - how its task ended (0 to 3): the latest in the order of the CDDL;
//! - whether its holder's key is revoked (4).
//!
//! A status lists a mandate if it has the first 12 bytes of the mandate's id.
//!
//! # Questions
//!
//! A decision may be made at a time earlier than the time at which the register was filled. Then a
//! time from beyond the leeway counts as none. A task ends by notice, or by a status that lists its
//! mandate.
//!
//! **A mission is alive** for a tool and an effect, unless one of these denies. The first counts:
//!
//! 1. `MissionEnded`: the controller or an ender of this very limit ended it.
//! 2. `TooMuchNews`: it overflows.
//! 3. `ToolWithdrawn`.
//! 4. `StatusMissing`: there is no status.
//! 5. `ControllerEquivocated`: two snapshots differ.
//! 6. `StatusMissing`: the time of the status is beyond the leeway.
//! 7. `StatusStale`: the status is older than the lower of the limit's age for the effect and the
//!    verifier's.
//! 8. `MissionSuspended`.
//!
//! The mission is known to be alive until as-of + age + 1.
//!
//! **A mission is in one of the waves**:
//!
//! 1. `WaveUnknown` without a status.
//! 2. `NotYet` before the first wave.
//! 3. `WaveClosed` after the last wave. The wave right after the last one is not closed until its
//!    beginning + drain, which then bounds the permit.
//!
//! A limit on waves asks only the mission that its waves are of.
//!
//! **An event has not fired**: `EventFired` if a mission that *any* link of the chain lives by has
//! fired it or overflows. This includes a mission that only a link below the limit lives by.
//!
//! **A barrier is open**: for each task the worst stated ending counts. The order is that of the
//! CDDL. A key that is named or may report states any ending. A key that may call off states any
//! ending but `completed`. These statements do not count:
//!
//! - **The key of the task's holder is revoked** if a key that may report or call off has revoked
//!   it, or if a mission down to the link lists the task for its key or overflows. Then the keys
//!   that the barrier names report nothing of that task, unless they may also report. The named
//!   keys are those of the holder and its issuers, and nothing states which of them was revoked.
//! - **A named key has revoked it.** Then no key completes the task by being named. Other endings
//!   stay, also those by that key.
//! - In both cases, a named key that may also report completes the task in neither way.
//! - **A mission down to the link** overflows, or lists the task as ended while its controller has
//!   stated no ending of it. Then a task whose worst ending is `completed` is not completed.
//!
//! The barrier is open if all tasks are completed. It is also open if the quorum is completed, and
//! there is no deadline or now is not before it. Otherwise it is `BarrierBroken` if fewer than the
//! quorum can still be completed, else `BarrierClosed`.
//!
//! **A link has not ended**, unless one of these denies. The first counts:
//!
//! 1. `TaskEnded`: a key that may end it stated any ending, also `completed`, of its mandate or of
//!    one that it replaces. For a replaced mandate, all keys of the issuer count that are not
//!    revoked, because it may be from before a key was retired.
//! 2. For each mission down to it in order: `TooMuchNews` if the mission overflows, `TaskEnded` if
//!    it lists one of these mandates as ended.
//! 3. `KeyRevoked`: a key that may end it has revoked the key, or a mission down to it lists the
//!    mandate for its key. This is asked of the link's own mandate only, because the keys of the
//!    mandates that it replaces may be revoked.
//!
//! The page on [steps](super::steps#missions-and-tasks) states the cost of all this.
