//! The format of tokens, complete enough to write a second implementation from.
//!
//! Every token is a tagged `COSE_Sign1` (RFC 9052 section 4.2) whose payload is a CWT claims set
//! (RFC 8392) in deterministic CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths, map
//! keys strictly increasing by their encoded bytes, no floats, nothing after the end. A reader
//! accepts nothing else, so one meaning has one spelling.
//!
//! This page is the spelling. What it means is on the pages below it. Together they suffice to
//! decide every case as this library does, code and place included; `tests/interop` is a second
//! implementation that was written from them:
//!
//! - [`texts`]: the grammars of names, tasks, tools, paths, hosts, URLs, networks, and of keys and
//!   signatures.
//! - [`powers`]: what constraints admit, and when powers cover others.
//! - [`chains`]: the order in which a chain is read and verified, the code of each fault, and what
//!   the rules between links mean.
//! - [`missions`]: which notices count, how they join, and what is asked of them.
//! - [`deciding`]: the steps of a decision, charges, and what a ledger answers.
//! - [`steps`]: the work that each question is granted and takes.
//!
//! # The format
//!
//! In CDDL (RFC 8610). Where a map entry is optional, its absence means what the comment says; the
//! default is never spelled out. Arrays marked *sorted* have no duplicates and are in strictly
//! increasing order of their encoded elements.
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
//!                                                              ; and 5 together take at most 12288 bytes, and all
//!                                                              ; snapshots of a status have at most 1024
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
//! name   = tstr .size (1..256)                                 ; of characters that a reader sees, see `texts`
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
//!                                                              ; path (absent: "/"), canonical in a URL, see `texts`
//!   / [ 8, tstr ]                                              ; network, "10.0.0.0/8"
//!   / [ 9, values ]                                            ; list with these elements, of one type as in every set
//!   / [ 10, constraint ]                                       ; each element
//!   / [ 11, { ? 2: …, ? 3: …, ? 4: true } ]                    ; record, as in a capability
//!   / [ 12, [ 1*256 constraint ] ] / [ 13, [ 1*256 constraint ] ]   ; all of, any of; nested at most 8 deep
//! values = [ 1*256 value ]                                     ; sorted, of one type
//! path = tstr .size (1..1024)                                  ; canonical, see `texts`; the length binds constraints only
//! host = tstr .size (1..253)                                   ; canonical, see `texts`
//!
//! value  = null / bool / number / tstr / bstr / [ * value ] / { * key => value }
//!                                                              ; 16 deep, 4096 nodes, 65536 bytes a text or byte string
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
//! A mandate's id is the BLAKE3 hash of its bytes. The others are BLAKE3 in key derivation mode,
//! over deterministic CBOR:
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
//! # Calls
//!
//! A call has at most 64 arguments. Texts, byte strings, map keys and names of arguments take
//! 262144 bytes together, each value and name no more than its bound above. An argument may be
//! longer than what constraints may hold: a path or URL in a call has the bound of its text.
//!
//! # Text form
//!
//! base64url without padding (RFC 4648 section 5) of the bytes of a token, notices among them, a
//! chain or an execution proof.

pub mod chains;
pub mod deciding;
pub mod missions;
pub mod powers;
pub mod steps;
pub mod texts;
