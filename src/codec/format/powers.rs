//! The meaning of powers: what a capability permits, and when one covers another. What each
//! question costs, and what is asked once only, is under [steps](super::steps).
//!
//! # A call
//!
//! Capabilities are asked in their order; the first that permits the call ends the question. Of the
//! others the refusal that came furthest is reported, the first of several: the tool
//! (`ToolNotPermitted`), then the effect (`EffectTooHigh`), an argument that is not named
//! (`ArgumentUnknown`), one that is missing (`ArgumentMissing`), one whose value is refused
//! (`ArgumentRefused`).
//!
//! Rules and arguments are walked together in the order of names, by their bytes. A named argument
//! is judged when it is reached; an argument that no rule names is reported only when all rules
//! hold. Optional and required arguments are one list.
//!
//! The value that is reported is looked at once more where its constraint is itself a path, host,
//! URL or network and it is a text: when it is not canonical the code is `ArgumentNotCanonical`.
//!
//! # Constraints
//!
//! | kind | admits |
//! |---|---|
//! | any | everything |
//! | one of | a value of the set |
//! | none of | a value of the set's type, not in it |
//! | range | a number within |
//! | text pattern | a text that matches |
//! | path, host, URL, network | a text that is canonical, and within |
//! | contains | a list with all of the set, in any order, among others of any type |
//! | each | a list, the empty one too, whose items are all admitted |
//! | record | a map, by the rules of arguments |
//! | all of, any of | what all clauses admit, or one |
//!
//! A value of another type is not admitted. Values are the same when their encodings are. Clauses
//! and items are asked in their order until one decides.
//!
//! A **text pattern** is pieces between stars. The text begins with the first piece, ends with the
//! last, and has the others between these one after the other, each found where it comes first.
//!
//! # Coverage
//!
//! Every capability of the child is covered by one of the parent's that counts: of the ceiling one
//! that is delegable, or the child's is not; of a parent one that is delegable.
//!
//! A capability covers another when its tool covers the other's, its effect is not lower, and its
//! rules cover the other's. An open child under a closed parent is not covered. Else each of the
//! child's names: one that the parent does not name is covered by an open parent; one that the
//! parent requires is required; its constraint is covered. Then each of the parent's other names:
//! one that is required is not covered; under an open child, its constraint covers `any`.
//!
//! A constraint *P* covers *C* by the first of these that applies.
//!
//! 1. *P* is any: yes.
//! 2. Both are networks: if *P* holds the first and the last address of *C*. The last address of a
//!    network that ends in the mapped ones is the one before these.
//! 3. Both are one-of: if *C* is a subset.
//! 4. *C* is any-of: if *P* covers each clause.
//! 5. *P* is all-of: if each clause covers *C*.
//! 6. *P* is any-of, *C* a network, and a clause covers *C*: yes.
//! 7. The values of *C* can be listed, and are at most 256: if *P* admits each. See below.
//! 8. *P* is any-of, and a clause covers *C*: yes.
//! 9. *P* admits all of a type, and *C* no other: yes. *P* does so as the text pattern `*`; a range
//!    without ends; an each of what covers any; an open record without required names whose
//!    constraints cover any. Where clauses of *C* contradict each other it has no type, and is
//!    covered.
//! 10. *P* is none-of, *C* has only values of its type, and admits none of its set: yes.
//! 11. *C* is all-of: if *P* covers a clause.
//! 12. Both are of one kind.
//!     - Range: each end of *C* lies at *P*'s or further in, and where *P*'s is exclusive and both are
//!       the same number, *C*'s is exclusive.
//!     - Text pattern: *P* matches *C* with each star replaced by the first character from U+F0000 on
//!       that neither has.
//!     - Path, host: *C* lies under *P*.
//!     - URL: host and path lie under *P*'s, and for each scheme of *C* *P* names it and has any port
//!       or the same one, the scheme's own for a rule without a port.
//!     - Contains: *P*'s set is a subset of *C*'s.
//!     - Each: the inner one. Record: the rules.
//! 13. No.
//!
//! **Types** that a constraint may admit: any has all seven; sets that of their values; a range
//! number; text pattern, path, host, URL and network text; contains and each list; record map;
//! all-of those that all clauses have; any-of those that any has. The seven are null, boolean,
//! number, text, byte string, list and map.
//!
//! **Values that can be listed**: a one-of's; of a none-of of booleans the other one; a range's
//! with equal ends; a text pattern's without a star; a network's of at most 256 addresses, as the
//! texts of these; of an all-of those of the first clause that has at most 256, which all clauses
//! admit; of an any-of those of all clauses, where each has some list. A network that holds mapped
//! addresses has only those before them.
//!
//! # Scopes
//!
//! A limit's scope meets a capability when one of its tools or prefixes covers that of the
//! capability, or is covered by it.
