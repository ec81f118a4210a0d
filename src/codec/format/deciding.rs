//! A decision: what each step checks, which times bound the permit, how a call is charged, and what
//! a ledger answers.
//!
//! The steps are those of [`Step`](crate::decide::Step), in that order. The first that fails is the
//! denial. Its place is a link where one is named here, −1 for the ceiling, and none otherwise.
//!
//! A step that asks every link asks the root first. A step that asks every limit asks the limits of
//! the root in their order, then those of the next link. Only step 12 asks the leaf first. A limit
//! is asked only if the call's tool is in its scope. A limit on delegates asks nothing of a call.
//!
//! A case of the test vectors verifies the chain first. Then it applies its notices. Only then does
//! it read the signed call.
//!
//! # Times
//!
//! - A time plus a number of seconds is at most the last second of the year 9999.
//! - A time *received* at *now* counts as now if it is ahead by at most the leeway. If it is
//!   further ahead, it counts as none ("from beyond the leeway").
//! - A maximum age of *n* seconds includes *n*. So what is dated *t* may be used until before *t* +
//!   *n* + 1.
//! - "The permit depends on" a time means that the permit ends before it at the latest. A permit is
//!   valid until before the earliest second that it depends on.
//!
//! # The steps
//!
//! - **2** `IssuedInFuture` at a link: its `iat` is after now + leeway. All links are asked before
//!   step 3.
//! - **3** `Expired` at a link: now is at its `exp` or after it. The permit depends on each `exp`.
//! - **4** `WrongAudience` at 0. A root with null accepts any audience.
//! - **5** At its link, each limit of these kinds:
//!   - a window: `NotYet` if now + leeway is before the opening; `WindowClosed` at the closing and
//!     after it. The permit depends on the closing.
//!   - audiences: `WrongAudience`;
//!   - signed calls: `SignedCallRequired`.
//! - **6** `WrongLeaf`.
//! - **7** `CallForAnotherAudience`.
//! - **8** `CallFromFuture` beyond the leeway, then `CallTooOld`.
//! - **9** `CallIdMismatch`, then `RequestMismatch`.
//! - **10** `NotTheHolder`. For a signed call: the signature by the leaf's holder. For an asserted
//!   call: the key that is asserted is the leaf's holder's.
//! - **11** `AssertionNotAccepted`, for asserted calls only. Steps 7 to 9 ask nothing of asserted
//!   calls.
//! - **12** At a link, from the leaf up: its code of [powers](super::powers). Above the leaf only
//!   delegable capabilities count.
//! - **13** `CeilingRefuses` at −1. If the chain has more than one link, only delegable
//!   capabilities count.
//! - **14** In this order:
//!   1. `ChainTooLong`.
//!   2. `MissionRequired`, unless the root's life is a mission, or a limit of the root in whose
//!      scope the call is is a mission.
//!   3. `AudienceRequired`, unless the root names its audiences, or a limit of the root in whose
//!      scope the call is names audiences.
//!   4. `RootTooOld`, counted from the earlier of the root's `iat` and now. The permit depends on
//!      this age.
//!   5. If there is a greatest age of grants: `NoAttestedGrant` for no grant or one that counts as
//!      none, then `GrantTooOld`. The permit depends on this age.
//! - **15** At 0, rule 10 again. A grant from beyond the leeway counts as none.
//! - **16** `AliasMissing` at 0.
//! - **17** At 0 the mission of the root's life. Then at its link each limit that is not a gate.
//!   - A mission, event, wave or barrier: see [missions](super::missions). The permit depends on
//!     each mission.
//!   - A condition: `FactUnknown` if there is no such fact, if it is not open to the root's issuer,
//!     or if it is from beyond the leeway. Then `FactTooOld`. Then `ConditionFails`. The permit
//!     depends on the fact's age.
//!   - A budget, rate or group: see the charges below.
//! - **18** At a link: it has not ended. See [missions](super::missions).
//! - **19, 20** concern the gates that *stand before* the call: the call is in the gate's scope,
//!   the effect is at least the gate's, and the call is not exempt. A call is exempt if it has the
//!   argument and the constraint admits the value. If the steps of work for that run out, it is not
//!   exempt. If no gate stands before the call, approvals are not looked at. Otherwise all of them
//!   are checked. One approval that is not sound refuses the call, however many sound ones there
//!   are.
//!   - **19** At most 32 approvals (`TooManyApprovals`). Then for each approval in turn:
//!     1. one of these gates names its signer (`ApprovalByStranger`);
//!     2. it is the first by its signer (`ApprovedTwice`);
//!     3. it is for this server (`ApprovalForAnotherAudience`);
//!     4. it is for this leaf, `call-key` and `request` (`ApprovalForAnotherCall`);
//!     5. it is not from beyond the leeway (`ApprovalFromFuture`);
//!     6. now is before its expiry (`ApprovalExpired`).
//!
//!     Then each signature (`ApprovalSignature`).
//!   - **20** For each gate, at its link: the approvals by its approvers that are not older than
//!     its age are enough. Otherwise `ApprovalTooOld` if there is an older one by its approvers,
//!     else `ApprovalsMissing`. An approval counts until the earlier of its expiry and its time +
//!     age + 1, where a time ahead of now counts as now. The permit depends on the latest of these
//!     ends until which enough approvals count.
//!
//! If the steps of work run out, the code is `OutOfWork`. Its place is the link whose powers or
//! limit was asked, or −1 for the ceiling.
//!
//! The effect of a call is that of its tool in the verifier's table. It is the effect of the tool's
//! own entry, else of the longest prefix with which the name begins and than which it is longer,
//! else irreversible.
//!
//! # Charges
//!
//! A call is charged for every budget, rate and group of every link in whose scope it is, root
//! first, in the order of the limits. The digest of [the account](super#digests) identifies the
//! account.
//!
//! - **A budget** first needs a ledger. Among its ledgers that the verifier is attached to, the one
//!   with the first name by its bytes counts. If there is none, the code is `LedgerUnknown`. Then
//!   the amount of the call is found. In a budget of calls it is 1.
//! - **A rate**: `LedgerUnknown`.
//! - **Groups** charge nothing for a tool that is in no group, even if the ledger is not known.
//!   Otherwise `LedgerUnknown`. The group is counted from 0 in the order of the limit.
//!
//! The amount of a call in a budget with sources is found in this order:
//!
//! 1. For each source of the call's tool, in the order of their encodings: its unit, then its
//!    amounts. If a path meets a list, each element is walked in order. This includes the end of
//!    the path. An empty list adds zero, and states no unit. A path leads to nothing where an
//!    argument or entry is missing, and where it meets a value that is neither a record nor a list.
//!    - A unit: `WrongUnit` if the path leads to anything but that text, if it leads to nothing, or
//!      if it states no unit at all.
//!    - An amount: `AmountMissing` if the path leads to nothing. Then `AmountNotANumber`. Then
//!      `AmountNegative`. Then `AmountOutOfRange` for a number that is not an `amount`. An amount
//!      in a text has the form `-? (0 / [1-9][0-9]*) ("." [0-9]+)?`. It is also `AmountOutOfRange`
//!      if it is not a `number`.
//! 2. The exact sum of all amounts: `AmountOutOfRange` if it is not an `amount` (10⁵⁰ or more), or
//!    not a `number` (its digits don't fit the coefficient).
//! 3. The value of a budget per value: `ValueMissing` if the path leads to nothing.
//!    `ValueNotScalar` if the path meets a list, or ends at a value that is not a text, number or
//!    boolean.
//!
//! Several charges to one account are one charge. It has the lowest maximum, and the longest time
//! to remember. It stands in the place of the first of them. Its link is that of the limit with the
//! lowest maximum, and of the first of these if several are equal.
//!
//! # The ledger
//!
//! The ledger's clock is the latest time at which it was asked. *Now* is the time of that clock. A
//! ledger identifies a call by its `call-key` and keeps its `request` with it. Two call tokens with
//! the same key, request and time are the same call. One with a later time is signed anew. A call
//! is too old from *o* on, where *o* is its time + the greatest call age + leeway + 1. The time of
//! an asserted call is the time at which it is decided.
//!
//! A ledger decides a call in this order:
//!
//! 1. Marks and values whose time is over are forgotten.
//! 2. If the key is marked: the mark is kept until *o* of this call, if that is later. The answer
//!    is `CallConflict` for another request, else `AlreadyDecided`. The answer to a call with a
//!    later time than all calls before it under this mark also has the outcome.
//! 3. `LedgerFull` if now is at *o* or later. Also `LedgerFull` if now is at the expiry of the
//!    chain, for a call that is marked until then.
//! 4. Each charge in turn, at its link:
//!    - `BudgetExhausted` if the amount spent and this amount together are more than the maximum;
//!    - `RateExceeded`;
//!    - `GroupClosed` if another group was used.
//!
//!    A charge that does not fit leaves the mark as refused, until *o*, and changes nothing else.
//! 5. The call is marked as open until *o*. The mark of an irreversible, gated or asserted call is
//!    kept until the chain expires, if that is later. The mark of a call that holds an amount above
//!    0 is kept until the call is closed.
//!
//! The chain expires at the earliest `exp` of its links.
//!
//! **The amount spent** of a budget that renews is the amount spent in the current period, or in a
//! later period if the account is already in it. Periods are numbered. Day 0 is the 1st of January
//! 1970. Week 0 is the week with this day, from Monday on. Month 0 is January 1970.
//!
//! **A value** is forgotten with its account from this time on: the time of the last charge + the
//! time for which the value is remembered. It is not forgotten while a call holds an amount of it.
//! If several times to remember apply, the latest end counts.
//!
//! **A rate** is the GCRA in units of `1 / burst` seconds. With *a* = now · burst, a call fits if
//! *a* ≥ *next* − (burst − 1) · per. Then *next* becomes max(*next*, *a*) + per. At first *next* is
//! 0.
//!
//! **Earlier charges that a case states** count whether or not they fit, in the order of the
//! ledgers' names:
//!
//! - An amount is added, unless it is of an earlier period than the account is in.
//! - A value is remembered from its time on.
//! - A call of a rate counts as of its time.
//! - The first group stays.
//!
//! An account has one state, of the kind of the latest demand. If charges to one account have
//! different periods, the last of these periods in the order none, day, week, month counts.
