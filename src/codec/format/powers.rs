//! The meaning of powers: the calls that a capability permits, and when one capability covers
//! another.
//!
//! The page on [steps](super::steps) states the cost of each question, and which questions are
//! asked only once.
//!
//! # A call
//!
//! Capabilities are asked in their order. The first that permits the call ends the question. If
//! none permits it, the refusal that came furthest is reported. These are the refusals, from the
//! least far to the furthest:
//!
//! 1. the tool (`ToolNotPermitted`);
//! 2. the effect (`EffectTooHigh`);
//! 3. an argument without a rule (`ArgumentUnknown`);
//! 4. a missing argument (`ArgumentMissing`);
//! 5. a refused value (`ArgumentRefused`).
//!
//! Of several refusals that came equally far, the first is reported.
//!
//! Rules and arguments are walked together in the order of names, by their bytes. Optional and
//! required arguments are one list. An argument with a rule is judged when it is reached. An
//! argument without a rule is reported only when all rules hold.
//!
//! The reported value is checked once more if it is a text and its constraint is itself a path, a
//! host, a URL or a network. If the text is not canonical, the code is `ArgumentNotCanonical`.
//!
//! # Constraints
//!
//! | kind | admits |
//! |---|---|
//! | any | every value |
//! | one of | a value of the set |
//! | none of | a value of the set's type that is not in the set |
//! | range | a number in the range |
//! | text pattern | a text that matches |
//! | path, host, URL, network | a canonical text that lies within |
//! | contains | a list with all values of the set, in any order, among values of any type |
//! | each | a list whose items are all admitted; also the empty list |
//! | record | a map, by the rules of arguments |
//! | all of | a value that all clauses admit |
//! | any of | a value that at least one clause admits |
//!
//! A value of another type is not admitted. Two values are equal if their encodings are equal.
//! Clauses and items are asked in their order until one decides.
//!
//! A **text pattern** consists of pieces between stars. The text begins with the first piece and
//! ends with the last piece. The other pieces follow each other between these two. Each is found
//! at the first place where it occurs.
//!
//! # Coverage
//!
//! Powers cover other powers if every capability of the child is covered by a capability of the
//! parent that counts:
//!
//! - in a ceiling, a capability counts if it is delegable, or if the child's is not;
//! - in a parent, a capability counts if it is delegable.
//!
//! A capability covers another if its tool covers the other's tool, its effect is not lower, and
//! its argument rules cover the other's. Argument rules cover others as follows, in this order:
//!
//! 1. An open child under a closed parent is not covered.
//! 2. Each argument that the child names:
//!    - if the parent does not name it, an open parent covers it and a closed one does not;
//!    - if the parent requires it, the child must require it;
//!    - the parent's constraint must cover the child's.
//! 3. Each other argument that the parent names:
//!    - if the parent requires it, the child is not covered;
//!    - if the child is open, the parent's constraint must cover `any`.
//!
//! A constraint *P* covers a constraint *C* by the first of these rules that applies:
//!
//! 1. *P* is any: yes.
//! 2. Both are networks: yes if *P* holds the first and the last address of *C*, else no. The last
//!    address of a network that ends within the mapped addresses is the one before the first of
//!    these.
//! 3. Both are one-of: yes if *C* is a subset of *P*, else no.
//! 4. *C* is any-of: yes if *P* covers each clause, else no.
//! 5. *P* is all-of: yes if each clause covers *C*, else no.
//! 6. *P* is any-of, *C* is a network, and a clause of *P* covers *C*: yes.
//! 7. The values of *C* can be listed, and are at most 256: yes if *P* admits each, else no. See
//!    below.
//! 8. *P* is any-of, and a clause covers *C*: yes.
//! 9. *P* admits all values of a type, and *C* has no other type: yes. *P* does so if it is:
//!    - the text pattern `*`;
//!    - a range without ends;
//!    - an each whose inner constraint covers any;
//!    - an open record that requires no argument, and whose constraints all cover any.
//!
//!    If the clauses of *C* contradict each other, *C* has no type, and is covered.
//! 10. *P* is none-of, *C* has only values of its type, and *C* admits none of its set: yes.
//! 11. *C* is all-of: yes if *P* covers a clause, else no.
//! 12. Both are of one kind: yes if the condition of the kind holds, else no:
//!     - Range: each end of *C* lies at the same end of *P* or further in. Where an end of *P* is
//!       exclusive and *C* has the same number, the end of *C* is exclusive too.
//!     - Text pattern: *P* matches the text of *C* in which each star is replaced by one character.
//!       It is the first character from U+F0000 on that neither pattern has.
//!     - Path, host: *C* lies under *P*.
//!     - URL: host and path lie under those of *P*. For each scheme of *C*, *P* names the scheme
//!       and has any port or the same port. The port of a rule without one is the scheme's own.
//!     - Contains: the set of *P* is a subset of the set of *C*.
//!     - Each: the inner constraint of *P* covers the inner constraint of *C*.
//!     - Record: the argument rules of *P* cover those of *C*.
//! 13. No.
//!
//! **Types** that a constraint may admit. There are seven types: null, boolean, number, text, byte
//! string, list and map.
//!
//! | kind | types |
//! |---|---|
//! | any | all seven |
//! | one of, none of | the type of the values |
//! | range | number |
//! | text pattern, path, host, URL, network | text |
//! | contains, each | list |
//! | record | map |
//! | all of | those that all clauses have |
//! | any of | those that any clause has |
//!
//! **Values that can be listed**:
//!
//! | kind | listed values |
//! |---|---|
//! | one of | the set |
//! | none of booleans | the other boolean |
//! | range with equal ends | that number |
//! | text pattern without a star | that text |
//! | network of at most 256 addresses | the texts of the addresses |
//! | all of | those values of the first clause with at most 256 that all clauses admit |
//! | any of | those of all clauses, if the values of each can be listed |
//!
//! A network that holds mapped addresses has only the addresses before them. The values of all
//! other constraints can't be listed.
//!
//! # Scopes
//!
//! A limit's scope meets a capability if one of the tools or prefixes of the scope covers the tool
//! of the capability, or is covered by it.
