//! The steps of work that questions cost, complete enough to reproduce every refusal with
//! [`DenialCode::OutOfWork`](crate::DenialCode::OutOfWork).
//!
//! A question has a budget of steps. Steps are counted before the work that they stand for is done.
//! If fewer steps are left than are counted, the question ends without an answer, which never
//! permits. Questions that share a budget take from it one after the other. A question ends at the
//! first answer that decides it, and steps after that are not counted. So the order below is part
//! of the format.
//!
//! Lengths are in bytes of UTF-8. Divisions round down, and log₂ is rounded down.
//!
//! # Budgets
//!
//! - [`VERIFY_STEPS`], together: rules 13 and 20 of all links, from the root on. For each child
//!   first its coverage, then its scopes.
//! - [`VERIFY_STEPS`]: rule 12, coverage by the ceiling.
//! - [`DECIDE_STEPS`] and [`ARGUMENT_BYTE_STEPS`] × *size*, together: the powers of all links about
//!   a call, from the leaf up.
//! - [`DECIDE_STEPS`] and [`ARGUMENT_BYTE_STEPS`] × *size*: the ceiling about a call.
//! - [`SCREEN_STEPS`]: for a signed call, the powers of the leaf about the call before any
//!   signature is verified. If these steps run out, nothing is decided.
//! - [`CONDITION_STEPS`], together: all conditions on facts of one decision, in their order.
//! - [`EXEMPTION_STEPS`]: a gate's exemption, each time that it is asked. If these steps run out,
//!   the call is not exempt.
//! - [`DECIDE_STEPS`] and [`ARGUMENT_BYTE_STEPS`] × *size*, together: what all budgets of a
//!   decision count in the arguments, in the order of charges.
//! - [`MISSION_STEPS`], together: missions and tasks of one decision, in the order of its checks.
//!
//! The *size* of a call's arguments is the sum of the bytes of all texts, byte strings, argument
//! names and map keys, and one for each value: each scalar, list and map, at every depth.
//!
//! # A call against powers
//!
//! Capabilities are asked in their order until one permits. In a link above the leaf, only
//! delegable capabilities are asked. In a ceiling, only delegable capabilities are asked if the
//! chain has more than one link.
//!
//! - **Capability**: 1. If it permits the tool and the effect: its argument rules.
//! - **Argument rules**, also of a record: a walk over the rules in the order of names, by bytes.
//!   For each rule 2. Then 2 for each argument before it in the order of names that was not passed
//!   yet. If the argument is there, the rule's constraint is asked about its value. The walk ends
//!   at the first missing required argument, and at the first refused value.
//! - **Refusal**: if all capabilities refuse, the reason is that of the capability that came
//!   furthest (tool, effect, unknown argument, missing argument, value; the first of equals). If
//!   the reason is a value that is a text, and its constraint is itself a path, host, URL or
//!   network, the text is read once more, for the cost of its *reading* below.
//!
//! # A constraint and a value
//!
//! Each time that a constraint is asked about a value costs 1, and in addition:
//!
//! - **any**, and every constraint that has no values of the value's type: nothing.
//! - **one of**, **none of**: a *look-up*.
//! - **range** and a number: 4.
//! - **text pattern** and a text: a *match*.
//! - **path**, **host**, **URL**, **network** and a text: the *reading* of the text. It is counted
//!   once for each of the four kinds, however many clauses of one all-of or any-of ask. If the text
//!   is canonical, the comparison is counted too:
//!   - path, host: length of the constraint's path or host / 64 + 1;
//!   - URL: 6, then length of the rule's host / 64 + 1, then length of the rule's path / 64 + 1;
//!   - network: nothing.
//! - **contains** and a list: 1. Then for each item, until all members are found: 1 and a
//!   *look-up*.
//! - **each** and a list: the inner constraint about each item, until one is refused. Readings
//!   begin anew for each item.
//! - **record** and a map: argument rules, as above.
//! - **all of**, **any of**: the clauses in their order, until one refuses (all of) or admits (any
//!   of).
//!
//! **Reading** a text costs:
//!
//! - as a path: length + 1;
//! - as a host: length / 2 + 1, or 1 if it has more than 253 bytes;
//! - as a URL: 2 × length + 16;
//! - as an address: 72, or 1 if it has more than 45 bytes.
//!
//! **Match** of a text with a pattern: length of the pattern / 16 + 2. A pattern consists of pieces
//! between stars. If the text begins with the first piece, and the rest ends with the last piece,
//! each piece between these is searched in the remaining text, from the left, until one is not
//! found. Each costs length of the piece + 8. The first of them also costs the length of the text
//! without the first and the last piece.
//!
//! **Look-up** of a value in a set of *n* members, of which the longest takes *m* encoded bytes:
//!
//! - nothing if the value has another type than the members;
//! - 16 for its encoding. If it is a text or byte string of more than *m* bytes, the look-up ends
//!   here. If it is a list or map, its parts are counted first. The look-up ends when they come to
//!   more than *m* bytes. A part has steps and bytes:
//!   - a text or byte string: (length + 1) / 64 + 3 steps, length + 1 bytes;
//!   - another scalar: 3 steps, 1 byte;
//!   - a list: 3 steps, 1 byte, then its items. The look-up ends if it has more items than bytes
//!     are left of *m*;
//!   - a map: 3 steps, 1 byte. The look-up ends if it has more entries than bytes are left of *m*.
//!     Then 2 × entries × log₂(entries) + 8 steps. Then for each entry in the order of names: its
//!     key, (length of the key + 1) / 64 + 3 steps, length of the key + 1 bytes; and its value;
//!   - after all parts: 8 steps;
//! - the search: (log₂(*n*) + 2) × *c*, where *c* is 4 for *m* up to 8, and *m* / 64 + 8 above.
//!
//! # Coverage
//!
//! Capabilities of the child are asked in their order. For each, the parent's capability at the
//! same place is asked first, if it counts. For rule 13 it counts if it is delegable. For rule 12
//! it counts if it is delegable or the child's is not. Then all capabilities of the parent are
//! asked in their order, until one covers the child's and counts.
//!
//! - **Capability**: 1. If tool and effect are covered: the *parts* of the child's arguments, once
//!   for each capability of the child, then argument rules.
//! - **Argument rules**: nothing if the child's are open and the parent's are not. Otherwise, in
//!   this order:
//!   1. 4 × the sum of both numbers of named arguments, + 1.
//!   2. In the order of names each argument of the child, until one is not covered. An open parent
//!      that does not name the argument covers it. Otherwise constraint against constraint.
//!   3. In the order of names each argument of the parent that the child does not name. A required
//!      one refuses. For an open child its constraint is asked whether it covers *any*.
//!
//! **Constraint against constraint**: 2 each time, and then the first of these that applies:
//!
//! 1. The parent is *any*: covered. Or both are networks: this decides.
//! 2. Both are one-of: nothing if the child's set is larger. Otherwise *n* × (*m* / 64 + 3) of the
//!    parent's set. This decides.
//! 3. The child is any-of: its *parts*. Then each clause in order, until one is not covered.
//! 4. The parent is all-of: each clause in order, until one does not cover.
//! 5. The parent is any-of and the child is a network: each clause in order, until one covers. If
//!    none does, the next rules follow.
//! 6. The child's values, once: *counting*, and *listing* if there are at most 256. If they are
//!    listed, the parent is asked about each until it refuses one. This decides.
//! 7. The parent is any-of: each clause in order, until one covers. If none does, the next rules
//!    follow.
//! 8. The child's *types*, once. Then whether the parent admits a *whole type* that has them all:
//!    covered.
//! 9. The parent is none-of and the child has no other type: the members of its set as *values*.
//!    Then the child is asked about each, until it admits one. If it admits none: covered.
//! 10. The child is all-of: its *parts*. Then each clause in order, until one is covered.
//! 11. Both are of one kind:
//!     - Range: 6.
//!     - Text pattern: length of both patterns together + 16. Then a *match* of the parent with the
//!       child's text, in which each star is replaced by a character of four bytes.
//!     - Path, host: length of the parent's / 64 + 1.
//!     - URL: as a rule against a URL, and 8 for each scheme of the child's.
//!     - Contains: as one-of, the parent's set within the child's: *n* and *m* are those of the
//!       child's set, and nothing if the parent's set is larger.
//!     - Each: *parts*, then the inner constraints.
//!     - Record: *parts*, then argument rules.
//! 12. Otherwise it is not covered.
//!
//! A cost that is marked "once" is counted once for a constraint of the child, and not again while
//! the same capability of the child is compared with other capabilities of the parent.
//!
//! - **Parts** of an all-of, any-of, each or record, or of a capability's arguments: 4 × their
//!   number + 8.
//! - **Values** of a set as such: *n* + 8, and 4 for each value, and in addition:
//!   - for a text or byte string: length / 64 + 8;
//!   - for a list: 8 and its items;
//!   - for a map: 32, and for each entry length of the key / 64 + 40 and its value.
//! - **Counting** the values of a constraint: 1, and in addition:
//!   - a one-of has *n*;
//!   - a none-of of booleans has 1;
//!   - a range with equal ends has 1;
//!   - a pattern costs length / 16 more, and has 1 if it has no star;
//!   - a network of at most 256 addresses has these;
//!   - an all-of has as many as the first of its clauses that can be listed. Clauses are counted
//!     until one has at most 256;
//!   - an any-of has the sum. Clauses are counted until one can't be listed, or the sum of those
//!     before is more than 256;
//!   - every other constraint can't be listed.
//! - **Listing** them: 8, and in addition:
//!   - for a one-of its *values*;
//!   - for a none-of 8;
//!   - for a pattern length / 64 + 8;
//!   - for a network 48 for each address;
//!   - an any-of lists each clause;
//!   - an all-of counts clauses again to find the first that can be listed, lists it, and asks all
//!     clauses in order about each value until one refuses it.
//!
//!   The values of a set are in the order of their encodings. Addresses ascend. An any-of has the
//!   values of its clauses one after the other.
//! - **Types** of a constraint: 1, and for an all-of and any-of the types of all clauses.
//! - **Whole type**:
//!   - a pattern `*` and a range without ends cost their *types*;
//!   - an each costs the question whether its inner constraint covers *any*, and its *types* if it
//!     does;
//!   - an open record costs the same question for each of its constraints in the order of names,
//!     until one does not cover *any* or is required, and its *types* if there is no such one;
//!   - every other constraint costs nothing.
//!
//! # Scopes
//!
//! The limits with a scope are asked in order. For each limit, each capability of the link in its
//! order is asked with each tool of the scope, until two meet. In a scope names come first, by
//! their bytes, and then prefixes by theirs. If no two meet, the parent's capabilities are asked in
//! the same way. Each pair costs length of the shorter / 4 + 1, where a prefix counts without its
//! `*`.
//!
//! # Amounts
//!
//! - **Finding a name** among *n* arguments, or *n* entries of a record: (log₂(*n*) + 1) × (length
//!   of the name / 16 + 1), where log₂(0) is 0.
//! - **Walking** the path of a unit or of amounts: finding its first name. Then 1 for each value
//!   that is reached. The items of a list are reached next, with the same names left. In a record,
//!   if a name is left, that name is found and its value is reached.
//! - **The end of a path**, each time, also if the path leads to nothing: for a unit length of the
//!   unit / 16 + 1. For an amount 16, and for a text its length if texts are accepted there.
//! - **The value** of a budget per value: finding each name of its path, until one is missing. For
//!   a text length / 2 + 1.
//!
//! # Missions and tasks
//!
//! A look-up searches the register, and the notices that are stapled to the proof. It costs the
//! same whatever these contain, so that running out of steps reveals nothing about them:
//!
//! | look-up | steps |
//! |---|---|
//! | a mission | 32 |
//! | how a mission ended, by *k* signers | 32 × *k* |
//! | a tool among those that a mission has withdrawn | 128 × (length / 8 + 1) |
//! | an event among those that a mission has fired | 14 × (length / 8 + 1) |
//! | what *k* signers stated of *m* mandates | *m* × (32 × *k* + 64) |
//! | *m* mandates in a list of a mission's statuses | 30 × *m* |
//!
//! - **A mission is alive** (the root's own, and each limit): the mission; its ends, by the
//!   controller and the enders of this very limit; the tool.
//! - **Waves**: the mission.
//! - **All missions** of the chain: one look-up for each place that names one, root first. They are
//!   counted once in a decision, before the first event, barrier or link that is asked.
//! - **An event**: the event in each mission of the chain, until one has fired it.
//! - **A barrier**: for each task in the order of mandates:
//!   1. what was stated of it by these signers: the keys that the barrier names and those that may
//!      report, without the issuer's keys that don't count; the keys that may call off; and once
//!      more the controller of each mission down to the link;
//!   2. 2 mandates in a list of each of these missions.
//! - **A link has not ended**, in this order:
//!   1. what the keys that may end it stated of its mandate, then of those that it replaces;
//!   2. all these mandates in a list of each mission down to the link;
//!   3. if none of this denies, the same look-ups again of its own mandate only, for the holder's
//!      key.
//!
//! A signer is counted as often as it is named. The page on
//! [missions](super::missions#which-notices-count) states which keys are which.
//!
//! [`VERIFY_STEPS`]: crate::bounds::VERIFY_STEPS
//! [`DECIDE_STEPS`]: crate::bounds::DECIDE_STEPS
//! [`ARGUMENT_BYTE_STEPS`]: crate::bounds::ARGUMENT_BYTE_STEPS
//! [`SCREEN_STEPS`]: crate::bounds::SCREEN_STEPS
//! [`CONDITION_STEPS`]: crate::bounds::CONDITION_STEPS
//! [`EXEMPTION_STEPS`]: crate::bounds::EXEMPTION_STEPS
//! [`MISSION_STEPS`]: crate::bounds::MISSION_STEPS
