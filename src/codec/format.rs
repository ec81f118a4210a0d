//! The format of tokens, complete enough to write a second implementation from.
//!
//! Every token is a tagged `COSE_Sign1` (RFC 9052 section 4.2) whose payload is a CWT claims set (RFC 8392) in deterministic
//! CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths, map keys strictly increasing by their encoded bytes, no
//! floats, nothing after the end. A reader accepts nothing else, so one meaning has one spelling.
//!
//! # The format
//!
//! In CDDL (RFC 8610). Where a map entry is optional, its absence means what the comment says; the default is never
//! spelled out. Arrays marked *sorted* have no duplicates and are in strictly increasing order of their encoded elements.
//!
//! ```cddl
//! chain           = [ root-token, * child-token ]              ; at most 16 tokens, 65536 bytes
//! execution-proof = [ chain, call-token, ? stapled ]           ; at most 131072 bytes
//! stapled         = [ 1*16 bstr ]                              ; each the bytes of a notice; absent: none
//! notice          = status-token / end-token / task-end-token / event-token / withdrawal-token
//!
//! token<typ, claims> = #6.18([                                 ; COSE_Sign1, at most 16384 bytes; a status 65536
//!   protected: bstr .cbor { 1: alg, 16: typ },                 ; alg (RFC 9053) and typ (RFC 9596), nothing else
//!   unprotected: {},
//!   payload: bstr .cbor claims,
//!   signature: bstr .size 64 ])
//! alg = -8 / -19                                               ; EdDSA (written), Ed25519 (RFC 9864, also read)
//!
//! root-token  = token<"mandate2-root+cwt", root-claims>
//! child-token = token<"mandate2+cwt",      child-claims>
//! call-token  = token<"mandate2-call+cwt", call-claims>
//! status-token     = token<"mandate2-status+cwt",     status-claims>
//! end-token        = token<"mandate2-end+cwt",        end-claims>
//! task-end-token   = token<"mandate2-task-end+cwt",   task-end-claims>
//! event-token      = token<"mandate2-event+cwt",      event-claims>
//! approval-token   = token<"mandate2-approval+cwt",   approval-claims>
//! receipt-token    = token<"mandate2-receipt+cwt",    receipt-claims>
//! withdrawal-token = token<"mandate2-withdrawal+cwt", withdrawal-claims>
//!
//! root-claims = {
//!   1: name,                                                   ; iss: the anchor's name
//!   4: time,                                                   ; exp: first second in which it is not valid
//!   6: time,                                                   ; iat, before exp
//!   7: bstr .size (8..16),                                     ; cti
//!   8: cnf,                                                    ; the holder's key
//!   -65537: {
//!     0: powers,
//!     ? 1: limits,                                             ; absent: no extra limit
//!     ? 2: 1..255,                                             ; delegations that may follow; absent: none
//!     ? 3: name,                                               ; the holder's name
//!     4: task,
//!     5: sorted-names / null,                                  ; audiences, 1 to 32; null: anywhere
//!     6: lives-by / null,                                      ; what keeps it alive; null: expiry only
//!     7: name,                                                 ; principal
//!     ? 8: { 1*32 name => name },                              ; the principal's local name by system
//!     9: [ code: name, subject: name, text: digest ],          ; purpose
//!     ? 10: [ kind: 0..2, by: name, at: time, evidence: digest ],
//!                                                              ; grant: 0 direct, 1 template, 2 policy; absent: none
//!     ? 12: replaced,
//!     13: pubkey } }                                           ; the key of the anchor that signs it
//! child-claims = {
//!   4: time, 6: time, 7: bstr .size (8..16), 8: cnf,           ; exp, iat, cti, cnf as above
//!   -65537: {
//!     0: powers, ? 1: limits, ? 2: 1..255, ? 3: name,          ; as above
//!     ? 4: task,                                               ; steps below the parent's task; absent: the same
//!     ? 5: true,                                               ; the holder's key is an ancestor's on purpose
//!     11: digest,                                              ; BLAKE3 of the parent's exact bytes
//!     ? 12: replaced } }
//! replaced = [ 1*32 digest ]                                   ; sorted: the mandates whose end is also this one's;
//!                                                              ; absent: none
//!
//! call-claims = {
//!   3: name,                                                   ; aud: where the call is made
//!   6: time,                                                   ; iat: when it was signed
//!   7: bstr .size 16,                                          ; cti: the call's id
//!   -65537: {
//!     0: digest,                                               ; BLAKE3 of the leaf's exact bytes
//!     1: digest } }                                            ; of the request, see below
//!
//! said<terms> = {                                              ; what every notice says
//!   6: time,                                                   ; iat: when it was said; of a status, as of when it is true
//!   7: bstr .size (8..16),                                     ; cti
//!   -65537: { 0: pubkey, terms } }                             ; the key that signs it
//!
//! status-claims     = said<( 1: [ 1*256 snapshot ] )>          ; sorted, no mission twice; the signer is their controller
//! end-claims        = said<( 1: mission-id, 2: 0..2 )>         ; 0 completed, 1 superseded, 2 revoked
//! task-end-claims   = said<( 1: digest,                        ; the mandate
//!                            2: 0..4,                          ; its task: 0 completed, 1 abandoned, 2 failed,
//!                                                              ; 3 revoked; 4: its holder's key is revoked
//!                            3: time,                          ; first second in which its root has expired
//!                            ? 4: mission-id )>                ; the mission in whose statuses its controller, who
//!                                                              ; signs, lists it; a verifier does not read it
//! event-claims      = said<( 1: mission-id, 2: name )>         ; a mission of the signer's; the event
//! withdrawal-claims = said<( 1: mission-id, 2: tool )>         ; a mission of the signer's; the tool
//!
//! approval-claims   = said<( 1: digest,                        ; of the leaf
//!                            2: digest,                        ; call-key, see below
//!                            3: digest,                        ; of the request, see below
//!                            4: name,                          ; the server
//!                            5: time )>                        ; first second in which it no longer counts
//! receipt-claims    = said<( 1: uint,                          ; the entry's number, from 0
//!                            ? 2: digest,                      ; of the exact bytes of the entry before; absent: the first
//!                            ? 3: 1..,                         ; calls denied since the entry before; absent: none
//!                            4: receipt-event )>
//! receipt-event = [ 0, call-key: digest, request: digest, leaf: digest, audience: name, decided-at: time,
//!                   [ *64 [ account: digest, ? amount: number ] ], [ *32 approval: digest ] ]   ; permitted, and starts
//!               / [ 1, call-key: digest, request: digest, 0..2 ]   ; ended: 0 done, 1 failed, 2 had no effect
//!               / [ 2 ]                                        ; nothing but the count of denials
//!               / [ 3, call-key: digest, request: digest, leaf: digest, audience: name, code: name,
//!                   ? missing: powers ]                        ; would have been denied, where a server only observes: the name
//!                                                              ; of the code, and powers that would have permitted this call,
//!                                                              ; at least one; absent: none named
//!
//! snapshot = {
//!   0: mission-id,
//!   1: uint,                                                   ; sequence: rises with every change of what follows
//!   ? 2: true,                                                 ; suspended; absent: active
//!   3: [ number: uint, since: time ],                          ; the wave
//!   ? 4: [ 1*64 name ],                                        ; sorted: events that have fired; absent: none
//!   ? 5: [ 1*64 tool ],                                        ; sorted: tools withdrawn; absent: none. All texts of 4
//!                                                              ; and 5 together take at most 12288 bytes
//!   ? 6: listed,                                               ; mandates whose tasks ended; absent: none
//!   ? 7: listed }                                              ; mandates whose holders' keys are revoked; absent: none
//! listed = bstr                                                ; the first 12 bytes of each mandate's id, one after the
//!                                                              ; other, ascending, none twice; 6 and 7 together list
//!                                                              ; at most 4096
//! mission    = [ controller: pubkey, name, nonce: bstr .size 16 ]   ; in mandates alone
//! mission-id = digest                                          ; of the mission, see below
//!
//! cnf    = { 1: { 1: 1, -1: 6, -2: bstr .size 32 } }           ; RFC 8747, COSE_Key: OKP, Ed25519, x
//! pubkey = bstr .size 32                                       ; Ed25519, neither weak nor in a second spelling
//! time   = 0..253402300799                                     ; seconds since 1970, to the year 9999
//! digest = bstr .size 32
//! name   = tstr .size (1..256)                                 ; no control characters (Cc), and none of U+00AD, U+061C,
//!                                                              ; U+200B-200F, U+2028-202E, U+2060-2069, U+FEFF,
//!                                                              ; U+FFF9-FFFB, U+E0000-E007F
//! task   = tstr .size (1..256)                                 ; 1 to 32 of [A-Za-z0-9_.-]+ joined by "/", none "." or ".."
//!
//! powers     = [ *256 capability ]
//! capability = {
//!   0: tool,
//!   1: 0..2,                                                   ; highest effect: 0 read, 1 write, 2 irreversible
//!   ? 2: { + key => constraint },                              ; arguments that must be there
//!   ? 3: { + key => constraint },                              ; arguments that may be there, none of them in 2
//!   ? 4: true,                                                 ; unnamed arguments are let through
//!   ? 5: true }                                                ; may be passed on
//! tool = tstr .size (1..128)                                   ; a name [A-Za-z0-9_.:/-]+, or a prefix of the same, up to
//!                                                              ; 127, and "*": every name that begins so and is longer
//! key  = tstr .size (0..128)                                   ; at most 64 in 2 and 3 together
//!
//! constraint = [ 0 ]                                           ; any
//!   / [ 1, values ] / [ 2, values ]                            ; one of, none of: not null, not both booleans
//!   / [ 3, { ? 0: number, ? 1: number, ? 2: number, ? 3: number } ]
//!                                                              ; ≥ or >, and ≤ or <: not both 0 and 1, not both 2 and 3
//!   / [ 4, tstr .size (0..1024) ]                              ; text pattern, "*" is any characters, no "**"
//!   / [ 5, path ] / [ 6, host ]                                ; this one and below
//!   / [ 7, { 0: sorted-names, 1: host, ? 2: 1..65535 / null, ? 3: path } ]
//!                                                              ; url: schemes, host, port (absent: the scheme's own,
//!                                                              ; null: any; not what is the own port of all schemes),
//!                                                              ; path (absent: "/"), canonical in a URL, see `Url`
//!   / [ 8, tstr ]                                              ; network, "10.0.0.0/8"
//!   / [ 9, values ]                                            ; list with these elements, of one type as in every set
//!   / [ 10, constraint ]                                       ; each element
//!   / [ 11, { ? 2: …, ? 3: …, ? 4: true } ]                    ; record, as in a capability
//!   / [ 12, [ 1*256 constraint ] ] / [ 13, [ 1*256 constraint ] ]   ; all of, any of; nested at most 8 deep
//! values = [ 1*256 value ]                                     ; sorted, of one type
//! path = tstr .size (1..1024)                                  ; canonical, see `Path`; the length binds constraints only
//! host = tstr .size (1..253)                                   ; canonical, see `Host`
//!
//! value  = null / bool / number / tstr / bstr / [ * value ] / { * key => value }
//!                                                              ; 16 deep, 4096 nodes, 65536 bytes a text
//! number   = integer / #6.4([ exponent, integer ])             ; coefficient × 10^exponent (RFC 8949 section 3.4.4) is for
//!                                                              ; every number that is no integer of 128 bits, and for none
//!                                                              ; that is; the coefficient is not divisible by ten
//! integer  = int / #6.2(bstr) / #6.3(bstr)                     ; integers, big only where they must be, to 128 bits signed
//! exponent = -400..-1 / 1..400
//!
//! limits = [ 1*32 limit ]
//! limit  = [ 0, { ? 0: time, ? 1: time }, ? scope ]            ; window: from, until before; at least one, 0 before 1
//!        / [ 1, sorted-names, ? scope ]                        ; audiences, 1 to 32
//!        / [ 2, null, ? scope ]                                ; signed calls only
//!        / [ 3, lives-by, ? scope ]                            ; a mission is active, by fresh news
//!        / [ 4, [ fact: name, constraint, max-age: uint ], ? scope ]   ; a fact is so, seen at most so many seconds ago
//!        / [ 5, name, ? scope ]                                ; ends when a mission of the chain fires this event
//!        / [ 6, waves, ? scope ]                               ; a mission is in one of these waves
//!        / [ 7, barrier, ? scope ]                             ; other tasks are done
//!        / [ 8, budget, ? scope ]                              ; all calls together stay within it
//!        / [ 9, [ account: name, ledger: name, burst: 1..1000000, per: 1..31622400, ? askable: true ], ? scope ]
//!                                                              ; GCRA, per in seconds
//!        / [ 10, [ account: name, ledger: name, [ 2*8 tools ], ? askable: true ], ? scope ]
//!                                                              ; tools of one group only; no tool in two; a scope has
//!                                                              ; every tool of every group
//!        / [ 11, gate, ? scope ]                               ; people have approved this very call
//!        / [ 12, [ 1*32 pubkey ] ]                             ; sorted: the keys that may hold mandates below; always of all
//! lives-by = [ mission,
//!              [ read: uint, write: uint, irreversible: uint ], ; greatest age of its status in seconds, not increasing
//!              ? [ 1*4 pubkey ] ]                               ; sorted: keys that may end it besides; absent: none
//! waves = {
//!   0: mission,
//!   ? 1: 1..,                                                  ; the first wave; absent: 0
//!   ? 2: uint,                                                 ; the last wave, not before the first; absent: none
//!   ? 3: 1.. }                                                 ; seconds to drain, only with a last wave; absent: 0
//! barrier = {
//!   0: [ 1*128 [ digest, [ 1*16 pubkey ] ] ],                  ; sorted, no digest twice: mandates to wait for, and for each,
//!                                                              ; sorted, the keys that may report its end
//!   ? 1: uint,                                                 ; quorum, from 1, fewer than there are; absent: all of them
//!   ? 2: time }                                                ; from when on the quorum is enough; absent: always
//! budget = {
//!   0: name,                                                   ; account
//!   1: { 1*16 name => amount },                                ; the most that each ledger lets through
//!   ? 2: [ 1*8 source ],                                       ; sorted: a sum of what these state; absent: calls, whole numbers
//!   ? 3: period,                                               ; begins anew with each; absent: never
//!   ? 4: per-value,                                            ; for each value of an argument; absent: for all calls
//!   ? 5: true }                                                ; askable: whoever holds a mandate under it may ask what is left
//! source = {                                                   ; the scope has no tool that no source is of
//!   0: arg-path,                                               ; to the amounts
//!   ? 1: tool,                                                 ; whose amounts; absent: of every tool
//!   ? 2: [ arg-path, unit: tstr .size (0..128) ],              ; to the text that states the unit; absent: none
//!   ? 3: true }                                                ; an amount may be a decimal number in a text
//! per-value = {
//!   0: arg-path,                                               ; to the value
//!   1: 1..316224000,                                           ; seconds for which a value is remembered
//!   ? 2: true }                                                ; the case of ASCII letters makes no difference
//! arg-path = [ 1*8 key ]                                       ; the argument, then entries of records
//! period = 0..2                                                ; UTC: 0 day, 1 week from Monday, 2 month
//! amount = number                                              ; from 0 to below 10^50, at most 18 digits after the point
//! gate = {
//!   0: [ 1*16 pubkey ],                                        ; sorted: who may approve
//!   1: uint,                                                   ; how many must, from 1 to all
//!   2: uint,                                                   ; how many seconds before at most
//!   ? 3: 1..2,                                                 ; only from this effect on; absent: from 0, read
//!   ? 4: [ key, constraint ] }                                 ; exempt: calls whose argument satisfies this, a range with
//!                                                              ; both ends or a one-of; absent: none
//! scope  = tools                                               ; absent: all calls. Rule 20 says which capabilities it meets
//! tools  = [ 1*32 tool ]                                       ; sorted
//! sorted-names = [ 1*32 name ]                                 ; sorted
//! ```
//!
//! # Digests
//!
//! A mandate's id is the BLAKE3 hash of its bytes. The others are BLAKE3 in key derivation mode, over deterministic CBOR:
//!
//! ```cddl
//! mission-id: of a mission as above                            ; context "mandatum 2026-12 mission"
//! request  = [ tool: tstr, arguments: { * key => value } ]     ; context "mandatum 2026-12 request"
//! account  = [ ledger: name, issuer: name,                     ; context "mandatum 2026-12 account"; issuer: of the root
//!              holder: pubkey / null,                          ; of a child's limit its parent's holder's key, of a root's null
//!              account: name, counts ]
//! counts   = [ 0, period / null, counted / null ]              ; calls
//!          / [ 1, [ 1*8 source ], period / null, counted / null ]   ; sum; sources as in the budget
//!          / [ 2, burst: uint, per: uint ]                     ; rate
//!          / [ 3, [ 2*8 tools ] ]                              ; exclusive groups, in their order
//! counted  = [ arg-path, any-case: bool, tstr / number / bool ]   ; any-case: 2 in per-value; then A to Z in the text are a to z
//! call-key = [ leaf: digest, call-id: bstr .size 16, audience: tstr ]   ; context "mandatum 2026-12 call key"
//! ```
//!
//! # Keys, facts and counts between links
//!
//! The rules between links are those of [`Chain`](crate::Chain). What they leave open to a reader is settled here:
//!
//! - **The key of a root** (13) is one of its issuer's keys at the verifier, and its signature is checked with that key alone. A
//!   key that is none of them is answered as a wrong signature is.
//! - **An issuer's key counts** for a root that it could have signed when the root was issued: a key in service always; one that is
//!   retired where the root's `iat` is before the time from which roots are no longer its; a revoked one never. The issuer's keys
//!   "above" a link are those that count for its root. Only they end a task of the chain, and report or call one off at its
//!   barriers; a key of the issuer that does not count reports nothing there, even where the barrier names it.
//! - **A fact is named** by a root when some condition of the root is on it, in whatever scope. Names are compared byte by byte.
//! - **Delegates** bind the holder of every link below the one that has them, and not its own.
//! - **Missions are counted** (rule 18) once for each place that names one: the root's own `lives-by`, and each such limit. The same
//!   mission in the same scope, named twice, counts twice.
//!
//! # Calls that are decided twice
//!
//! A ledger knows a call by its `call-key` and keeps its `request` with it, so that another request under the same id is found to be
//! a conflict. Two call tokens with the same key, request and time are the same call; one with a later time is signed anew. See
//! [`Mark::answer`](crate::Mark::answer).
//!
//! # Approvals
//!
//! An approval is of one call: its leaf, its `call-key` and its `request` are all compared. All approvals of a call are checked, and
//! one that is unsound refuses the call, however many sound ones there are; but only where a gate stands before the call. Where none
//! does, no approval is looked at.
//!
//! # What is wrong first
//!
//! A reader stops at the first fault in the order of the bytes, but for these:
//!
//! - A chain is taken apart into tokens before any of them is decoded. Of each token this reads the tag, the array of four, both
//!   headers as far as their heads, the payload as a byte string and the signature, with their sizes; then the size of the chain.
//! - After that tokens are decoded one by one, root first. Of each the protected header comes first, then its `typ` is compared, then
//!   the payload is read.
//! - At a key of a map its order is checked before it is looked up. A key that is missing is found at the end of its map.
//! - What an item makes (a name, a key, a constraint, powers) is checked when the item is complete, so a fault inside it comes first.
//! - Bytes after the end of a token, header, payload, chain or proof are found when all before them is read.
//!
//! [`Verifier::open`](crate::Verifier::open) reads a proof in the order in which a stranger costs least: the chain and the call token
//! are taken apart; root, leaf and call are decoded, and refused by their own words; then come the call's signature, the root's, the
//! links between, the other signatures, and at last what is stapled.
//!
//! Each fault has one code:
//!
//! | code | faults |
//! |---|---|
//! | `Truncated` | the bytes end within an item |
//! | `NotDeterministic` | a longer head than needed, an indefinite length, a float, a reserved simple value, a text that is not UTF-8, keys or members out of order or twice, a default spelled out, bytes after the end |
//! | `OutOfBounds` | more bytes, items or levels than there may be |
//! | `UnexpectedItem` | another kind of item than belongs there, fewer items of an array or bytes of a digest |
//! | `UnknownClaim` | a key or a kind that is not known |
//! | `MissingClaim` | a key that must be there is not |
//! | `WrongTokenType` | another `typ` |
//! | `HeaderNotAccepted` | another algorithm, a protected header parameter that is not known, an unprotected header that is not empty |
//! | `InvalidValue` | an item of the right kind whose value is refused: a name, a time, a weak key, a range whose ends cross |
//!
//! The order of all other checks is on [`Step`](crate::Step), and the order of the rules between links on [`Chain`](crate::Chain).
//!
//! # Charges
//!
//! A call is charged for every budget, rate and group of every link in whose scope it is, root first, in the order of the limits.
//! Of a budget's ledgers the one counts that is first by the bytes of its name among those that the verifier is attached to.
//! Then what the call comes to is found. The first check that fails is the denial:
//!
//! 1. Of each source that is of the call's tool, in the order in which they are encoded: its unit, then its amounts. Where a path
//!    meets a list, every element is walked, in order. An empty list adds zero, and states no unit, which is refused.
//! 2. The sum of all, exactly: one that has no number (coefficient of 128 bits) is refused.
//! 3. The value of a budget per value.
//!
//! An amount in a text is `-? (0 / [1-9][0-9]*) ("." [0-9]+)?`. Charges to one account are one charge: with the lowest maximum,
//! and the longest time to remember, in the place of the first, for the link of the limit with the lowest maximum.
//!
//! # Calls
//!
//! A call has at most 64 arguments. Texts, byte strings, map keys and names of arguments take 262144
//! bytes together, each value and name no more than its bound above. An argument may be longer than
//! what constraints may hold: a path or URL in a call has the bound of its text.
//!
//! Which texts are canonical stands on [`Path`](crate::Path), [`Host`](crate::Host),
//! [`Url`](crate::Url) and [`Network`](crate::Network).
//!
//! # Steps
//!
//! A question that takes more [steps] than it is granted is refused.
//!
//! # Text form
//!
//! base64url without padding (RFC 4648 section 5) of the bytes of a token, notices among them, a chain or an execution proof.

pub mod steps;
