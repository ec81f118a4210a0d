//! Chains: the order in which they are read and verified, and the code of what is wrong.
//!
//! # Reading
//!
//! A reader stops at the first fault in the order of the bytes, but for these:
//!
//! - The size of a chain that comes alone is looked at before its bytes. In a proof it is looked at
//!   when the chain is taken apart.
//! - A chain is taken apart into tokens before any of them is decoded. Of each token this reads the
//!   tag, the array of four, the protected header and the payload as byte strings, the unprotected
//!   header as far as its head, and the signature, and then compares its size.
//! - After that tokens are decoded one by one, root first. Of each the protected header comes
//!   first, then its `typ` is compared, then the payload is read.
//! - At a key of a map its order is checked before it is looked up. A key that is missing is found
//!   at the end of its map.
//! - What an item makes (a name, a key, a constraint, powers) is checked when the item is complete,
//!   so a fault inside it comes first.
//! - At the end of the claims of a mandate come, in this order: `iat`, `exp`, `cti`, `cnf`, powers,
//!   one that is missing; an `exp` that is not after `iat`; any other that is missing.
//! - Bytes after the end of a token, header, payload, chain or proof are found when all before them
//!   is read.
//!
//! A length is compared with the most before the bytes are looked for. Of an array or byte string
//! with another number of elements or bytes than the fixed one, more are `OutOfBounds` and fewer
//! `UnexpectedItem`.
//!
//! An array or map that must not be empty, and is, is `NotDeterministic` where its absence means
//! the same (limits, required and optional arguments, aliases, events, tools withdrawn, `listed`);
//! `UnexpectedItem` where it is a scope, a group, `replaced`, the enders of a mission, the schemes
//! of a URL or a chain; and `InvalidValue` everywhere else.
//!
//! [`Verifier::open`](crate::Verifier::open) reads a proof in the order in which a stranger costs
//! least: the chain and the call token are taken apart; root, leaf and call are decoded, and
//! refused by their own words; then come the call's signature, the root's, the links between, the
//! other signatures, and at last what is stapled.
//!
//! Each fault has one code:
//!
//! | code | faults |
//! |---|---|
//! | `Truncated` | the bytes end within an item |
//! | `NotDeterministic` | a longer head than needed, an indefinite length, a float, a simple value but false, true and null, a text that is not UTF-8, keys or sorted members out of order or twice, a default spelled out, two lower or two upper ends of a range, a number in another form than its own, bytes after the end |
//! | `OutOfBounds` | more bytes, items or levels than there may be; more than 255 delegations; more than 2 entries of a range or window, 3 of a record, 4 of a URL, 6 of a capability, and 23 of every other map with numbered keys |
//! | `UnexpectedItem` | another kind of item than belongs there, fewer elements or bytes than the fixed number, `any` with a second element, a port beyond 65535, a `listed` whose length is no multiple of 12 |
//! | `UnknownClaim` | a key or a number of a kind that is not known |
//! | `MissingClaim` | a key that must be there is not |
//! | `WrongTokenType` | another `typ` |
//! | `HeaderNotAccepted` | another algorithm, a protected header parameter that is not known, an unprotected header that is not empty |
//! | `InvalidValue` | all else: an item of the right kind whose value is refused, such as a name, a time, a weak key, an exponent or a coefficient that is out of bounds, a value of more than 4096 nodes, an argument that is both required and optional, more than 64 of both, a `COSE_Key` with other entries, parts that contradict each other |
//!
//! Of a number as `#6.4` the form comes before the bounds: an exponent of 0 and a coefficient that
//! is divisible by ten (0 is) are `NotDeterministic`, whatever else is wrong.
//!
//! # Keys, facts and counts between links
//!
//! The rules between links are those of the table on [`Chain`](crate::Chain). What they leave open
//! to a reader is settled here:
//!
//! - **The key of a root** (13) is one of its issuer's keys at the verifier, and its signature is
//!   checked with that key alone. A key that is none of them is answered as a wrong signature is.
//! - **An issuer's key counts** for a root that it could have signed when the root was issued: a
//!   key in service always; one that is retired where the root's `iat` is before the time from
//!   which roots are no longer its; a revoked one never. The issuer's keys "above" a link are those
//!   that count for its root. Only they end a task of the chain, and report or call one off at its
//!   barriers; a key of the issuer that does not count reports nothing there, even where the
//!   barrier names it.
//! - **Missions down to a link** are the root's own `lives-by`, which is for all calls, and those
//!   of the limits of every link down to it. Each place that names one counts (rule 18): the same
//!   mission in the same scope, named twice, counts twice.
//! - **Rule 14** is about all of the anchor's keys, in service or not.
//! - **Rule 16**: the holder of a link is neither controller nor ender of a mission down to it, nor
//!   an approver at a gate down to it, its own included and whatever the scopes are.
//! - **Rule 17**: a limit on an event needs a mission down to its link that is for all calls or has
//!   the very same scope; one on waves needs the mission whose waves they are, so.
//! - **Rule 18**, pairs watched, added up from the root on. With *m* missions down to the link: for
//!   each mission of the link 1 and its enders; for its mandate and each that it replaces the
//!   number of the link from 0, 5, and *m*; for each task of its barriers the keys named for it,
//!   the number of the link, 4, *m*, and 4 more for the root or 1 for a child.
//! - **Rule 21**: a fact is named by a root when some condition of the root is on it, in whatever
//!   scope. Names are compared byte by byte.
//! - **Rule 22**: delegates bind the holder of every link below the one that has them, and not its
//!   own.
//!
//! # Verifying
//!
//! In this order; the first that fails is the denial. It is placed at the link that is named here,
//! and at −1 where [the ceiling](crate::chain::Ceiling) refuses.
//!
//! 1. For each child from the top: rules 3, 4, 5, 6 (`ParentMismatch`, `IssuedBeforeParent`,
//!    `OutlivesParent`, `TooManyHops`).
//! 2. For each child: rule 7 (`TaskOutOfBounds`).
//! 3. The root: rule 8 (`UnknownIssuer`), its signature (`BadSignature`), and that its holder's key
//!    is a point of the curve (`BadHolderKey`).
//! 4. For each child: its signature by its parent's holder, and its own holder's key.
//! 5. The root: that the key which signed counts (`RetiredKey`, `RevokedKey`), rule 9
//!    (`LivesTooLong`), rule 10 (`NoAttestedGrant`, `GrantNotAccepted`), rule 19
//!    (`AliasOfAnother`), rule 12 (`BeyondCeiling` at −1).
//! 6. Rule 20 for the root, then for each child rule 13 (`BeyondParent`) and rule 20
//!    (`ScopeMeetsNothing`).
//! 7. For each link: rule 14 (`AnchorKeyHeld`); at most 32 missions down to it (`TooManyMissions`);
//!    rule 16 for missions (`OwnController`); rule 17 (`EventUntold`, `WaveUntold`, by its limits
//!    in their order); at most 64 budgets, rates, groups and gates down to it (`TooManyMeters`);
//!    rule 16 for gates (`OwnApprover`).
//! 8. For each child: rule 15 (`KeyReused`, `KeyNotReused`), rule 21 (`FactUnnamed`), rule 22
//!    (`NotADelegate`).
//! 9. For each link: pairs watched down to it (`TooManyWatched`).
//!
//! Steps that run out in 5 and 6 are `OutOfWork` at the child, and at −1 for the root.
