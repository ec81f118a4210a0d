//! Chains: the order in which they are read and verified, and the code of each fault.
//!
//! # Reading
//!
//! A reader stops at the first fault in the order of the bytes. These rules say more about the
//! order:
//!
//! - The size of a chain that comes alone is checked before its bytes are read. In a proof it is
//!   checked when the chain is split.
//! - A chain is split into tokens before any of them is decoded. For each token this reads the
//!   parts below in this order, and then compares the size of the token:
//!   1. the tag;
//!   2. the array of four;
//!   3. the protected header, as a byte string;
//!   4. the head of the unprotected header, which must be an empty map;
//!   5. the payload, as a byte string;
//!   6. the signature.
//! - After that the tokens are decoded one by one, root first. The protected header of a token is
//!   read first. Then its `typ` is compared. Then the payload is read.
//! - The order of a key in its map is checked before the key is looked up. A missing key is found
//!   at the end of its map.
//! - The value that an item makes (a name, a key, a constraint, powers) is checked when the item is
//!   complete. So a fault inside the item comes first.
//! - At the end of the claims of a mandate, these are checked in this order:
//!   1. a missing `iat`, `exp`, `cti`, `cnf` or powers, in this order;
//!   2. an `exp` that is not after `iat`;
//!   3. any other missing key.
//! - Bytes after the end of a token, header, payload, chain or proof are found when everything
//!   before them has been read.
//!
//! A length is compared with its bound before the bytes are looked for. If an array or byte string
//! has a fixed number of elements or bytes, more of them are `OutOfBounds`, and fewer are
//! `UnexpectedItem`. The array of a token is the only exception, see below.
//!
//! An array or map that must not be empty, but is, has one of three codes:
//!
//! - `NotDeterministic` where its absence means the same: limits, required and optional arguments,
//!   aliases, events, tools withdrawn, `listed`;
//! - `UnexpectedItem` for a scope, a group, `replaced`, the enders of a mission, the schemes of a
//!   URL, a chain, and `stapled`;
//! - `InvalidValue` everywhere else.
//!
//! [`Verifier::open`](crate::Verifier::open) reads a proof in the order in which a stranger causes
//! the least work:
//!
//! 1. The chain and the call token are split.
//! 2. The root, the leaf and the call are decoded. The steps that these alone decide are asked;
//!    [`Step`](crate::decide::Step) lists them.
//! 3. The signature of the call is verified, then that of the root.
//! 4. The links between root and leaf are decoded.
//! 5. The other signatures are verified.
//! 6. The stapled notices are read.
//!
//! Each fault has one code:
//!
//! - `Truncated`: the bytes end within an item.
//! - `NotDeterministic`:
//!   - a head that is longer than needed, or an indefinite length;
//!   - a float, or a simple value other than false, true and null;
//!   - a text that is not UTF-8;
//!   - keys or sorted members out of order, or one of them twice;
//!   - a default that is written out;
//!   - two lower or two upper ends of a range;
//!   - a number in another form than its own;
//!   - bytes after the end.
//! - `OutOfBounds`:
//!   - more bytes, items or levels than the bound;
//!   - more than 255 delegations;
//!   - more than 1 entry of a `cnf`, 2 of a range or window, 3 of a `COSE_Key` or record, 4 of a
//!     URL, 6 of a capability, and 23 of every other map with numbered keys, except headers;
//!   - more than 16384 entries of a protected header; in the array of a token or in an unprotected
//!     header, more elements or entries than the token may have bytes.
//! - `UnexpectedItem`:
//!   - an item of another kind than expected;
//!   - fewer elements or bytes than the fixed number;
//!   - more than four elements in the array of a token, up to the bound above;
//!   - `any` with a second element;
//!   - a port above 65535;
//!   - a `listed` whose length is not a multiple of 12.
//! - `UnknownClaim`: an unknown key, or an unknown number of a kind.
//! - `MissingClaim`: a required key is missing.
//! - `WrongTokenType`: another `typ`.
//! - `HeaderNotAccepted`: another algorithm, an unknown parameter in the protected header, or an
//!   unprotected header that is not empty.
//! - `InvalidValue`: every other fault, which is an item of the right kind with a value that is
//!   refused. Examples:
//!   - a name, a time or a weak key;
//!   - an exponent or a coefficient out of bounds;
//!   - a value of more than 4096 nodes;
//!   - an argument that is both required and optional, or more than 64 of both;
//!   - a `COSE_Key` with other entries;
//!   - parts that contradict each other.
//!
//! The form of a number as `#6.4` is checked before its bounds. An exponent of 0 is
//! `NotDeterministic`, and so is a coefficient that is divisible by ten (0 is), whatever else is
//! wrong.
//!
//! # Keys, facts and counts between links
//!
//! The rules between links are those of the table on [`Chain`](crate::Chain). This section settles
//! their details:
//!
//! - **The key of a root** (13) is one of the keys that the verifier has for the root's issuer. The
//!   signature of the root is checked with that key alone. If the key is not one of them, the code
//!   is that of a wrong signature.
//! - **An issuer's key counts** for a root that it could have signed when the root was issued:
//!   - a key in service always counts;
//!   - a retired key counts if the root's `iat` is before the time from which the key signs no
//!     roots;
//!   - a revoked key never counts.
//!
//!   The issuer's keys "above" a link are those that count for its root. Only these keys end a task
//!   of the chain, and only these report or call off a task at its barriers. A key of the issuer
//!   that does not count reports nothing at a barrier, even if the barrier names it.
//! - **Missions down to a link** are the root's own `lives-by`, which is for all calls, and those
//!   in the limits of every link down to this one. Each place that names a mission counts (rule
//!   18). The same mission named twice in the same scope counts twice.
//! - **Rule 14** is about all keys of the anchor, in service or not.
//! - **Rule 16**: the holder of a link is neither the controller nor an ender of a mission down to
//!   it, nor an approver at a gate down to it. This includes the link's own missions and gates, and
//!   every scope.
//! - **Rule 17**: a limit on an event needs a mission down to its link that is for all calls or has
//!   the same scope as the limit. A limit on waves needs the mission that its waves are of, for all
//!   calls or in the same scope as the limit.
//! - **Rule 18**: the pairs watched are added up from the root on. With *m* missions down to the
//!   link, each link adds:
//!   - for each mission of the link: 1, and the number of its enders;
//!   - for its mandate, and for each mandate that it replaces: the number of the link (the root is
//!     0), plus 5, plus *m*;
//!   - for each task of its barriers: the number of keys named for it, plus the number of the link,
//!     plus 4, plus *m*, plus 4 more for the root or 1 more for a child.
//! - **Rule 21**: a root names a fact if some condition of the root is on that fact, in any scope.
//!   Names are compared byte by byte.
//! - **Rule 22**: delegates bind the holder of every link below the link that has them, and not
//!   that link's own holder.
//!
//! # Verifying
//!
//! The checks are made in this order. The first that fails is the denial. Its place is the link
//! that is named here, or −1 if [the ceiling](crate::chain::Ceiling) refuses.
//!
//! 1. For each child from the top: rules 3, 4, 5, 6 (`ParentMismatch`, `IssuedBeforeParent`,
//!    `OutlivesParent`, `TooManyHops`).
//! 2. For each child: rule 7 (`TaskOutOfBounds`).
//! 3. For the root: rule 8 (`UnknownIssuer`). Then its signature (`BadSignature`). Then whether its
//!    holder's key is a point of the curve (`BadHolderKey`).
//! 4. For each child: its signature by its parent's holder, then its own holder's key.
//! 5. For the root: whether the key that signed it counts (`RetiredKey`, `RevokedKey`), rule 9
//!    (`LivesTooLong`), rule 10 (`NoAttestedGrant`, `GrantNotAccepted`), rule 19
//!    (`AliasOfAnother`), rule 12 (`BeyondCeiling` at −1).
//! 6. Rule 20 for the root (`ScopeMeetsNothing`). Then for each child rule 13 (`BeyondParent`) and
//!    rule 20.
//! 7. For each link, in this order: rule 14 (`AnchorKeyHeld`); at most 32 missions down to it
//!    (`TooManyMissions`); rule 16 for missions (`OwnController`); rule 17 for its limits in their
//!    order (`EventUntold`, `WaveUntold`); at most 64 budgets, rates, groups and gates down to it
//!    (`TooManyMeters`); rule 16 for gates (`OwnApprover`).
//! 8. For each child: rule 15 (`KeyReused`, `KeyNotReused`), rule 21 (`FactUnnamed`), rule 22
//!    (`NotADelegate`).
//! 9. For each link: the pairs watched down to it (`TooManyWatched`).
//!
//! If the steps of work run out in 5 or 6, the code is `OutOfWork`. Its place is the child, or −1
//! for the root.
