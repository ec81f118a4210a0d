//! The steps of work that questions cost, complete enough to reproduce every refusal for
//! want of work ([`DenialCode::OutOfWork`](crate::DenialCode::OutOfWork)).
//!
//! A question has a budget. What costs steps is counted before it is done; where fewer are left
//! than are counted, the question ends without an answer, which never permits. Questions that share
//! a budget take from it one after the other. Whoever asks ends at the first answer that decides: a
//! step that is not needed for it is not counted. So the order below is part of the format.
//!
//! Lengths are in bytes of UTF-8, divisions round down, and log₂ is rounded down.
//!
//! # Budgets
//!
//! | question | budget |
//! |---|---|
//! | rules 13 and 20 of all links, from the root on: of each child first coverage, then its scopes | [`VERIFY_STEPS`] together |
//! | rule 12, coverage by the ceiling | [`VERIFY_STEPS`] |
//! | the powers of all links about a call, from the leaf up | [`DECIDE_STEPS`] and [`ARGUMENT_BYTE_STEPS`] × *size*, together |
//! | the ceiling about a call | the same again |
//! | the leaf about a call before any signature is verified, for signed calls | [`SCREEN_STEPS`]; running out decides nothing |
//! | all conditions on facts of one decision, in their order | [`CONDITION_STEPS`] together |
//! | a gate's exemption, each time that it is asked | [`EXEMPTION_STEPS`]; running out exempts nothing |
//! | what all budgets of a decision count in the arguments, in the order of charges | [`DECIDE_STEPS`] and [`ARGUMENT_BYTE_STEPS`] × *size*, together |
//! | missions and tasks of one decision, in the order of its checks | [`MISSION_STEPS`] together |
//!
//! The *size* of a call's arguments is the bytes of all texts, byte strings, argument names and map
//! keys, and one for each value: scalars, lists and maps, at every depth.
//!
//! # A call against powers
//!
//! Capabilities are asked in their order until one permits. In a link above the leaf, and in a
//! ceiling for a chain of more than one link, only delegable ones are asked.
//!
//! - **Capability**: 1. When it is for the tool and the effect, its argument rules.
//! - **Argument rules**, also of a record: a walk over the rules in order of name, by bytes. For
//!   each rule 2, and 2 for each argument that stands before it in order of name and was not passed
//!   over yet. Where the argument is there, the rule's constraint is asked about its value. The
//!   walk ends at the first required argument that is missing and at the first value that is
//!   refused.
//! - **Refusal**: where all refuse, the reason is that of the capability that came furthest (tool,
//!   effect, unknown argument, missing argument, value; of equals the first). Where that is a
//!   value, a text, under a constraint that is itself a path, host, URL or network, the text is
//!   read once more, at the price of its *reading* below.
//!
//! # A constraint and a value
//!
//! 1 each time that a constraint is asked about a value, and besides:
//!
//! - **any**, and a value of a type that the constraint has none of: nothing.
//! - **one of**, **none of**: a *look-up*.
//! - **range** and a number: 4.
//! - **text pattern** and a text: a *match*.
//! - **path**, **host**, **URL**, **network** and a text: its *reading*, once for each of the four
//!   kinds however many clauses of one all-of or any-of ask. Where it is canonical, and the base is
//!   compared: for a path and a host length of the base / 64 + 1; for a URL 6, length of the rule's
//!   host / 64 + 1, and length of its path / 64 + 1; for a network nothing.
//! - **contains** and a list: 1, then for each item until all members are found: 1 and a *look-up*.
//! - **each** and a list: the inner constraint about each item until one is refused. Readings begin
//!   anew for each item.
//! - **record** and a map: argument rules, as above.
//! - **all of**, **any of**: clauses in their order until one refuses, or admits.
//!
//! **Reading** a text as a path: length + 1. As a host: length / 2 + 1, or 1 beyond 253 bytes. As a
//! URL: 2 × length + 16. As an address: 72, or 1 beyond 45 bytes.
//!
//! **Match** of a text with a pattern: length of the pattern / 16 + 2. The pattern is pieces
//! between stars. When the text begins with the first piece and the rest ends with the last, each
//! piece between them is searched in what is left, from the left, until one is not found: length of
//! the piece + 8, and for the first of them also the length of the text without its first and last
//! piece.
//!
//! **Look-up** of a value in a set of *n* members, of which the longest takes *m* bytes encoded:
//!
//! - nothing when the value has another type than the members;
//! - 16 for its encoding. A text or byte string of more than *m* bytes ends the look-up here. Of a
//!   list or map its parts are counted first, until they come to more than *m* bytes, which ends
//!   it:
//!   - a text or byte string: (length + 1) / 64 + 3, for length + 1 bytes; a scalar: 3, for 1;
//!   - a list: 3, for 1, then its items; one of more items than bytes are left of *m* ends it;
//!   - a map: 3, for 1, likewise; then 2 × entries × log₂(entries) + 8; then for each entry in
//!     order of name (length of the key + 1) / 64 + 3, for length of the key + 1 bytes, and its
//!     value;
//!   - after all of it 8;
//! - the search: (log₂(*n*) + 2) × *c*, where *c* is 4 for *m* up to 8, and *m* / 64 + 8 beyond.
//!
//! # Coverage
//!
//! Capabilities of the child are asked in their order. For each, first the parent's at the same
//! place, where that one counts (for rule 13 it is delegable; for rule 12 it is delegable or the
//! child's is not), and then all of the parent's in their order, until one covers it and counts.
//!
//! - **Capability**: 1. When tool and effect are covered: once for each capability of the child the
//!   *parts* of its arguments, then argument rules.
//! - **Argument rules**: nothing where the child's are open and the parent's are not. Otherwise 4 ×
//!   the arguments that both name, together, + 1. Then in order of name each argument of the child,
//!   until one is not covered: an open parent that does not name it covers it; else constraint
//!   against constraint. Then in order of name the parent's that the child does not name: a
//!   required one refuses; for an open child its constraint is asked whether it covers *any*.
//!
//! **Constraint against constraint**: 2 each time, and then the first of these that fits:
//!
//! 1. The parent is *any*: covered. Both are networks: decided.
//! 2. Both are one-of: nothing where the child's set is larger; else *n* × (*m* / 64 + 3) of the
//!    parent's set.
//! 3. The child is an any-of: its *parts*; each clause in order until one is not covered.
//! 4. The parent is an all-of: each clause in order until one does not cover.
//! 5. The parent is an any-of and the child a network: each clause in order until one covers; if
//!    none does, go on.
//! 6. The child's values, once: *counting*, and *listing* where they are 256 at most. Where they
//!    are listed, the parent is asked about each until it refuses one, and that decides.
//! 7. The parent is an any-of: each clause in order until one covers; if none does, go on.
//! 8. The child's *types*, once; whether the parent admits a *whole type* that has them all:
//!    covered.
//! 9. The parent is a none-of and the child has no other type: the members of its set as *values*;
//!    the child is asked about each until it admits one. If it admits none: covered.
//! 10. The child is an all-of: its *parts*; each clause in order until one is covered.
//! 11. Both of one kind: ranges 6. Patterns length of both together + 16, and a *match* of the
//!     parent with the child's text, each star replaced by a letter of four bytes. Paths and hosts:
//!     length of the parent's / 64 + 1. URLs: as a rule against a URL, and 8 for each scheme of the
//!     child's. Contains: as one-of, the parent's set within the child's, so of *n* and *m* of the
//!     child's, and nothing where the parent's is larger. Each: *parts*, then the inner ones.
//!     Records: *parts*, then argument rules.
//! 12. Else it is not covered.
//!
//! What is said to happen once is kept for the constraint of the child and asked no more while the
//! same capability of the child is compared with others of the parent.
//!
//! - **Parts** of an all-of, any-of, each, record, or of a capability's arguments: 4 × their number
//!   + 8.
//! - **Values** of a set as such: *n* + 8, and for each 4, with length / 64 + 8 for a text or byte
//!   string; 8 for a list and its items; 32 for a map, and for each entry length of the key / 64 +
//!   40 and its value.
//! - **Counting** the values of a constraint: 1. A one-of has *n*; a none-of of booleans 1; a range
//!   with equal ends 1; a pattern costs length / 16 more and without a star has 1; a network of at
//!   most 256 addresses has those. An all-of has as many as the first of its clauses that can be
//!   listed: clauses are counted until one has 256 or fewer. An any-of has the sum: clauses are
//!   counted until one can't be, or the sum of those before is more than 256. Others can't be
//!   listed.
//! - **Listing** them: 8, and for a one-of its *values*; a none-of 8; a pattern length / 64 + 8; a
//!   network 48 for each address. An any-of lists each clause. An all-of counts clauses again to
//!   find the first that can be listed, lists it, and asks all clauses in order about each value
//!   until one refuses it. Values of a set are in the order of their encodings, addresses ascend,
//!   and an any-of has those of its clauses one after the other.
//! - **Types** of a constraint: 1, and for an all-of and any-of all clauses.
//! - **Whole type**: a pattern `*` and a range without ends cost their *types*. An each costs
//!   whether its inner constraint covers *any*; an open record the same of its constraints in order
//!   of name, until one does not cover it or is required; where they do, their *types* as well.
//!   Others cost nothing.
//!
//! # Scopes
//!
//! For each limit with a scope in order: each capability of the link in its order with each tool of
//! the scope, names by their bytes first and then prefixes by theirs, until two meet; where none
//! do, the same with the parent's. Each pair costs the shorter length / 4 + 1, of a prefix without
//! its `*`.
//!
//! # Amounts
//!
//! - **Finding a name** among *n* arguments, or *n* entries of a record: (log₂(*n*) + 1) × (length
//!   of the name / 16 + 1), where log₂(0) is 0.
//! - **Walking** the path of a unit or of amounts: finding its first name. Then for each value that
//!   is reached 1: of a list its items are reached next, with the same names left; of a record,
//!   where a name is left, that is found and its value reached.
//! - **What a path leads to**, each time, and also where it leads to nothing: for a unit length of
//!   the unit / 16 + 1; for an amount 16, and for a text where these are accepted its length.
//! - **The value** of a budget per value: finding each name of its path, until one is not there;
//!   for a text length / 2 + 1.
//!
//! # Missions and tasks
//!
//! What is known is looked for in the register and in what is stapled to a proof. A look-up costs
//! the same whatever is known or stapled, so that running out tells nothing of it:
//!
//! | look-up | steps |
//! |---|---|
//! | a mission | 32 |
//! | how a mission ended, by *k* signers | 32 × *k* |
//! | a tool among those that a mission has withdrawn | 128 × (length / 8 + 1) |
//! | an event among those that a mission has fired | 14 × (length / 8 + 1) |
//! | what *k* signers said of *m* mandates | *m* × (32 × *k* + 64) |
//! | *m* mandates in a list of a mission's statuses | 30 × *m* |
//!
//! - **A mission is alive** (the root's own, and each limit): the mission; its ends, by the
//!   controller and the enders of this very limit; the tool.
//! - **Waves**: the mission.
//! - **All missions** of the chain, one for each place that names one, root first: once in a
//!   decision, before the first event, barrier or link that is asked.
//! - **An event**: the event in each mission of the chain, until it is found to have fired.
//! - **A barrier**, for each task in the order of mandates: what was said of it by the keys that it
//!   names and who may report (but for the issuer's that don't count) and who may call off, and
//!   once more by the controller of each mission down to the link; and 2 mandates in a list of each
//!   of these missions.
//! - **A link** that has not ended: what who may end it said of its mandate and those that it
//!   replaces; these in a list of each mission down to the link. Where none of that denies, once
//!   more the same of its mandate alone, for the holder's key.
//!
//! Signers are counted as often as they are named. Who is who stands under
//! [missions](super::missions#which-notices-count).
//!
//! [`VERIFY_STEPS`]: crate::bounds::VERIFY_STEPS
//! [`DECIDE_STEPS`]: crate::bounds::DECIDE_STEPS
//! [`ARGUMENT_BYTE_STEPS`]: crate::bounds::ARGUMENT_BYTE_STEPS
//! [`SCREEN_STEPS`]: crate::bounds::SCREEN_STEPS
//! [`CONDITION_STEPS`]: crate::bounds::CONDITION_STEPS
//! [`EXEMPTION_STEPS`]: crate::bounds::EXEMPTION_STEPS
//! [`MISSION_STEPS`]: crate::bounds::MISSION_STEPS
