//! A decision: what each step asks, what the permit rests on, what a call is charged, and what a
//! ledger answers.
//!
//! The steps are those of [`Step`](crate::decide::Step), in that order; the first that fails is the denial.
//! Its place is a link where one is named here, −1 for the ceiling, and none otherwise. Steps that
//! ask every link, or every limit, ask the root first, and a link's limits in their order, but for
//! step 12. A limit is asked only where the call's tool is in its scope. A limit on delegates asks
//! nothing of a call.
//!
//! A case verifies the chain first, then applies its notices, and only then reads the signed call.
//!
//! # Times
//!
//! A time plus seconds is at most the last second of the year 9999. *Received* at *now*, a time of
//! up to the leeway ahead counts as now, and one further ahead as none. An age of *n* seconds is
//! held up to and including *n*; so what is from *t* may be used until before *t* + *n* + 1.
//!
//! # The steps
//!
//! - **2** `IssuedInFuture` at a link: `iat` is after now + leeway. All links before step 3.
//! - **3** `Expired` at a link: now is at `exp` or after it. The permit rests on each.
//! - **4** `WrongAudience` at 0. A root that says null is for any.
//! - **5** Windows (`NotYet` when now + leeway is before the opening, `WindowClosed` at the closing
//!   and after it, on which the permit rests), audiences (`WrongAudience`), signed calls
//!   (`SignedCallRequired`), at their links.
//! - **6** `WrongLeaf`. **7** `CallForAnotherAudience`. **8** `CallFromFuture` beyond the leeway,
//!   then `CallTooOld`. **9** `CallIdMismatch`, then `RequestMismatch`. **10** `NotTheHolder`: the
//!   signature by the leaf's holder; for an asserted call that the key is its. **11**
//!   `AssertionNotAccepted`, of asserted calls alone, which are asked nothing of 7 to 9.
//! - **12** At a link, from the leaf up: its code of [powers](super::powers). Above the leaf only
//!   delegable capabilities count. **13** `CeilingRefuses` at −1; of a call below the root only
//!   delegable ones count.
//! - **14** In this order: `ChainTooLong`; `MissionRequired`, unless the root's life is a mission
//!   or a limit of the root in whose scope the call is; `AudienceRequired` likewise; `RootTooOld`,
//!   counted from the earlier of its `iat` and now; for a greatest age of grants `NoAttestedGrant`
//!   (none, or one that counts as none) and `GrantTooOld`. The permit rests on both ages.
//! - **15** At 0, rule 10 again; a grant from beyond the leeway counts as none. **16**
//!   `AliasMissing` at 0.
//! - **17** The mission of the root's life, at 0; then the other limits but gates, at their links.
//!   See [missions](super::missions). The permit rests on each mission.
//!   - A condition: `FactUnknown` when there is none, it is not open to the root's issuer, or is
//!     from beyond the leeway; `FactTooOld`; `ConditionFails`. The permit rests on its age.
//!   - A budget, rate or group: see the charges below.
//! - **18** At a link: not ended. See [missions](super::missions).
//! - **19, 20** Gates in whose scope the call is and that stand before it: the effect is at least
//!   the gate's, and the call is not exempt. It is exempt when it has the argument and the
//!   constraint admits it; where the steps for that run out it is not. Without such a gate
//!   approvals are not looked at. With one, all of them are checked, and one that is unsound
//!   refuses the call, however many sound ones there are.
//!   - At most 32 (`TooManyApprovals`). Then each in turn: named by one of these gates
//!     (`ApprovalByStranger`), the first by its key (`ApprovedTwice`), for this server
//!     (`ApprovalForAnotherAudience`), for this leaf, `call-key` and `request`
//!     (`ApprovalForAnotherCall`), not from beyond the leeway (`ApprovalFromFuture`), before its
//!     expiry (`ApprovalExpired`). Then each signature (`ApprovalSignature`).
//!   - For each gate, at its link: those by its approvers and no older than its age are enough.
//!     Otherwise `ApprovalTooOld` when an older one is there, else `ApprovalsMissing`. Each counts
//!     until the earlier of its expiry and its time (now, if it is ahead) + age + 1; the permit
//!     rests on the latest of these ends until which enough count.
//!
//! Steps of work that run out are `OutOfWork` at the link whose powers or limit was asked, and at
//! −1 for the ceiling. A permit is valid until before the earliest second that it rests on.
//!
//! The effect of a call is that of its tool in the verifier's table: of its own entry, else of the
//! longest prefix that it goes on from, else irreversible.
//!
//! # Charges
//!
//! A call is charged for every budget, rate and group of every link in whose scope it is, root
//! first, in the order of the limits. The digest of [the account](super#digests) says whose it is.
//!
//! - **A budget**: of its ledgers the one counts that is first by the bytes of its name among those
//!   that the verifier is attached to, and where there is none the code is `LedgerUnknown`. Then
//!   what the call comes to is found. Of calls it is 1.
//! - **A rate**: `LedgerUnknown`.
//! - **Groups** charge nothing for a tool that is in none, also where the ledger is not known; else
//!   `LedgerUnknown`. The group is counted from 0 in the order of the limit.
//!
//! What a call comes to where a budget has sources:
//!
//! 1. Of each source that is of the call's tool, in the order in which they are encoded: its unit,
//!    then its amounts. Where a path meets a list, every element is walked, in order; so it is also
//!    where the path ends. An empty list adds zero, and states no unit. A path leads to nothing
//!    where an argument or entry is not there, and where it meets what is neither record nor list.
//!    - A unit: `WrongUnit` where the path leads to anything but that text, to nothing, or nowhere.
//!    - An amount: `AmountMissing` where the path leads to nothing; `AmountNotANumber`;
//!      `AmountNegative`; `AmountOutOfRange` for what is no `amount`. One in a text is
//!      `-? (0 / [1-9][0-9]*) ("." [0-9]+)?`, and `AmountOutOfRange` also where it is no `number`.
//! 2. The sum of all, exactly: `AmountOutOfRange` for one that is no `amount` (10⁵⁰ or more) or no
//!    `number` (its digits don't fit the coefficient).
//! 3. The value of a budget per value: `ValueMissing` where the path leads to nothing;
//!    `ValueNotScalar` where it meets a list, or ends at what is no text, number or boolean.
//!
//! Charges to one account are one charge: with the lowest maximum, and the longest time to
//! remember, in the place of the first, for the link of the limit with the lowest maximum, the
//! first of equal ones.
//!
//! # The ledger
//!
//! Its clock is the latest time at which it was asked, and *now* is what it shows. A ledger knows a
//! call by its `call-key` and keeps its `request` with it. Two call tokens with the same key,
//! request and time are the same call; one with a later time is signed anew. A call is too old from
//! *o* on, where *o* is its time + the greatest call age + leeway + 1. The time of an asserted call
//! is when it is decided. A call is asked of the ledger in this order:
//!
//! 1. Marks and values whose time has come are forgotten.
//! 2. A key that is marked: the mark is kept until *o* of this call, if that is later.
//!    `CallConflict` for another request. Else `AlreadyDecided`, and a call with a later time than
//!    all before it under this mark is told the outcome.
//! 3. `LedgerFull` when now is at *o* or later; or when now is at the expiry of the chain, for a
//!    call that is marked until then.
//! 4. Each charge in turn, at its link: `BudgetExhausted` when what is spent and the amount
//!    together are more than the maximum; `RateExceeded`; `GroupClosed` when another group was
//!    used. One that does not fit leaves the mark as refused, until *o*, and nothing else.
//! 5. The call is marked as open until *o*. One that is irreversible, gated or asserted is marked
//!    until the chain expires, if that is later; one that holds an amount above 0 until it is
//!    closed.
//!
//! The chain expires with the earliest `exp` of its links.
//!
//! **What is spent** of a budget that renews is what was spent in the period that now lies in, or
//! in a later one if the account is in it already. Periods are numbered: days from 0, the 1st of
//! January 1970; weeks from 0, the one that has this day, from Monday on; months from 0, January
//! 1970.
//!
//! **A value** is forgotten, with its account, from the time of the last charge + the time for
//! which it is remembered on, unless a call holds something of it. Of several times to remember the
//! latest end counts.
//!
//! **A rate** is the GCRA in units of a second's `burst`-th part: with *a* = now · burst, a call
//! fits when *a* ≥ *next* − (burst − 1) · per, and *next* becomes max(*next*, *a*) + per; at first
//! *next* is 0.
//!
//! **What a case says was charged before** counts whether or not it fits, in the order of the
//! ledgers' names: an amount is added, unless it is of an earlier period than the account is in; a
//! value is remembered from its time on; a rate's call counts as of its time, and of groups the
//! first stays. An account has one state, of the kind of the latest demand; of charges to one
//! account with different periods the later counts, where none is before days, weeks and months.
