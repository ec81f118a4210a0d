//! Missions and tasks: which notices count, how they join, and what a decision asks of them.
//!
//! # Which notices count
//!
//! A register is made for a chain. A notice counts when all of this holds; otherwise it is passed
//! over, and the register is as it was.
//!
//! 1. It is dated at most the leeway ahead of *now*. It counts as of the earlier of its time and
//!    now.
//! 2. A pair of subject and signer in it is watched. Of a status, only the missions that are
//!    watched are taken.
//! 3. The key that it names signed it.
//!
//! Watched are:
//!
//! - each mission that a link lives by, in any scope: all notices of its controller, and its end by
//!   each of the enders;
//! - each link's mandate, and every one that it replaces: its end by *who may end it*, which is the
//!   holders of the links down to it, the issuer's keys [that count](super::chains), and the
//!   controllers of the missions down to the link;
//! - each task of a link's barrier: its end by the keys that the barrier names for it, by *who may
//!   report* and by *who may call off*. Who may report is the parent's holder (for the root the
//!   issuer's keys that count) and the controllers of the missions down to the link, and of no
//!   other. Who may call off is the issuer's keys that count and the holders above the link. Keys
//!   of the issuer that do not count report nothing, whatever names them.
//!
//! The mission that a task-end names is not read: the word of a controller counts for every mandate
//! that lives by one of its missions, also when it names another or none. Nor is the time at which
//! the root has expired: it only says for how long a register keeps the notice.
//!
//! # How they join
//!
//! Of each mission is kept:
//!
//! - **For now**, of the highest sequence: whether any snapshot of it is suspended; whether two
//!   snapshots of it differ in their bytes; the time as of which it is known, which is that of the
//!   status with the latest stated time, and of one that came more than once the earliest receipt.
//!   Of two that differ either may be kept; nothing depends on which.
//! - **For good**, over all statuses whatever their sequence, and over events and withdrawals:
//!   events, tools withdrawn, mandates listed as ended (6), mandates listed for their holders' keys
//!   (7); the highest wave and its earliest beginning, where a beginning counts as the earliest of
//!   what is stated, the time of its status, and the receipt.
//! - **Ends** by signer. Of two by one signer the later in the order of the CDDL.
//!
//! When a mission has more than 64 events, 64 tools or 16,384 mandates in either list, it
//! *overflows*: every event, tool and mandate counts as named, in both lists.
//!
//! Of each mandate two things are kept by signer: how its task ended (0 to 3), the latest in the
//! order of the CDDL, and whether its holder's key is revoked (4). Neither replaces the other.
//!
//! A status lists a mandate when it has the first 12 bytes of its id.
//!
//! # What is asked
//!
//! At a time that is earlier than when the register was filled, a time from beyond the leeway
//! counts as none. Tasks end by notice, and by status: what is listed.
//!
//! **A mission is alive**, for a tool and an effect, by the first of these that denies:
//! `MissionEnded` by the controller or an ender of this very limit; `TooMuchNews` (it overflows);
//! `ToolWithdrawn`; `StatusMissing`; `ControllerEquivocated`; `StatusMissing` for a time beyond the
//! leeway; `StatusStale`, older than the limit's age for the effect, or than the verifier's if that
//! is less; `MissionSuspended`. It is known to be alive until as-of + age + 1.
//!
//! **A mission is in one of the waves**: `WaveUnknown` without a status; `NotYet` before the first;
//! `WaveClosed` after the last, but in the wave right after it until its beginning + drain, which
//! then bounds the permit. A wave is asked of its mission alone.
//!
//! **An event has not fired**: `EventFired` when any mission that *any* link of the chain lives by
//! has fired it or overflows, also one that only a link below lives by.
//!
//! **A barrier is open**: of each task, the worst that was said counts: by who is named or may
//! report any ending, by who may call off any but `completed`. Some of it does not count:
//!
//! - Where who may report or call off has revoked the key of the task's holder, or a mission down
//!   to the link lists the task for its key or overflows, all keys that the barrier names report
//!   nothing of that task, unless they may report besides. They are the holder's and its issuers',
//!   and nothing says which one was revoked.
//! - Where a key that the barrier names has revoked it, no key completes the task by being named.
//!   Other endings stay, also those by that key.
//! - In both cases a named key that may report besides completes the task neither way.
//! - A task that comes to `completed` is not, where a mission down to the link overflows, or lists
//!   it as ended while its controller has said no ending of it.
//!
//! The barrier is open when all are completed, or the quorum is and there is no deadline or now is
//! not before it. Else it is `BarrierBroken` when fewer than the quorum can still be completed,
//! else `BarrierClosed`.
//!
//! **A link has not ended**: `TaskEnded` where any who may end it said any ending, also
//! `completed`, of its mandate or one that it replaces. Of one that it replaces, all keys of the
//! issuer count that are not revoked: it may be from before a key was retired. Then for each
//! mission down to it in order `TooMuchNews` where it overflows, and `TaskEnded` where it lists one
//! of them as ended. Then `KeyRevoked` where any who may end it has revoked the key, or any mission
//! down to it lists it for its key: of its own mandate alone, because the keys of those that it
//! replaces may be revoked.
//!
//! What all this costs is under [steps](super::steps#missions-and-tasks).
