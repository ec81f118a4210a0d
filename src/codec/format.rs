//! The format of tokens, complete enough to write a second implementation from it.
//!
//! Every token is a tagged `COSE_Sign1` (RFC 9052 section 4.2) whose payload is a CWT claims set
//! (RFC 8392) in deterministic CBOR (RFC 8949 section 4.2.1):
//!
//! - every head is the shortest possible;
//! - every length is definite;
//! - the keys of a map strictly increase by their encoded bytes;
//! - there are no floats;
//! - nothing follows the end.
//!
//! A reader accepts nothing else, so each meaning has exactly one encoding.
//!
//! This page defines the bytes. The pages below it define their meaning. Together they suffice to
//! decide every case as this library does, with the same code at the same place. The second
//! implementation in `tests/interop` was written from them.
//!
//! | page | content |
//! |---|---|
//! | [`texts`] | grammars of names, tasks, tools, paths, hosts, URLs, networks, keys, signatures |
//! | [`powers`] | what constraints admit, and when powers cover other powers |
//! | [`chains`] | the order of reading and verifying a chain, and the code of each fault |
//! | [`missions`] | which notices count, how they join, and what a decision asks of them |
//! | [`deciding`] | the steps of a decision, the charges of a call, the answers of a ledger |
//! | [`steps`] | the steps of work that each question may take, and takes |
//!
//! # The format
//!
//! The format is given in CDDL (RFC 8610), with three conventions:
//!
//! - The comment of an optional map entry states what its absence means. The default is never
//!   written out.
//! - An array marked *sorted* has no duplicates. Its elements strictly increase by their encoded
//!   bytes.
//! - A comment on a line of its own belongs to the code line above it.
//!
//! ```cddl
//! chain           = [ root-token, * child-token ]
//!                                             ; at most 16 tokens, 65536 bytes
//! execution-proof = [ chain, call-token, ? stapled ]
//!                                             ; at most 131072 bytes
//! stapled         = [ 1*16 bstr ]             ; each holds the bytes of one notice; absent: no
//!                                             ; notices
//! notice          = status-token / end-token / task-end-token / event-token / withdrawal-token
//!
//! token<typ, claims> = #6.18([                ; COSE_Sign1, at most 16384 bytes; a status-token at
//!                                             ; most 65536 bytes
//!   protected: bstr .cbor { 1: alg, 16: typ },
//!                                             ; alg (RFC 9053) and typ (RFC 9596), nothing else
//!   unprotected: {},
//!   payload: bstr .cbor claims,
//!   signature: bstr .size 64 ])
//! alg = -8 / -19                              ; EdDSA, which is written; Ed25519 (RFC 9864), which
//!                                             ; is also read
//!
//! root-token       = token<"mandate2-root+cwt",       root-claims>
//! child-token      = token<"mandate2+cwt",            child-claims>
//! call-token       = token<"mandate2-call+cwt",       call-claims>
//! status-token     = token<"mandate2-status+cwt",     status-claims>
//! end-token        = token<"mandate2-end+cwt",        end-claims>
//! task-end-token   = token<"mandate2-task-end+cwt",   task-end-claims>
//! event-token      = token<"mandate2-event+cwt",      event-claims>
//! approval-token   = token<"mandate2-approval+cwt",   approval-claims>
//! receipt-token    = token<"mandate2-receipt+cwt",    receipt-claims>
//! withdrawal-token = token<"mandate2-withdrawal+cwt", withdrawal-claims>
//!
//! root-claims = {
//!   1: name,                                  ; iss: the name of the anchor
//!   4: time,                                  ; exp: the first second in which the mandate is not
//!                                             ; valid
//!   6: time,                                  ; iat: before exp
//!   7: bstr .size (8..16),                    ; cti
//!   8: cnf,                                   ; the holder's key
//!   -65537: {
//!     0: powers,
//!     ? 1: limits,                            ; absent: no limits
//!     ? 2: 1..255,                            ; number of delegations that may follow; absent: 0
//!     ? 3: name,                              ; the holder's name; absent: no name
//!     4: task,
//!     5: sorted-names / null,                 ; the audiences, 1 to 32; null: any audience
//!     6: lives-by / null,                     ; what keeps the root alive; null: nothing but its
//!                                             ; expiry ends it
//!     7: name,                                ; the principal
//!     ? 8: { 1*32 name => name },             ; the principal's local name in each system; absent:
//!                                             ; none
//!     9: [ code: name, subject: name, text: digest ],
//!                                             ; the purpose
//!     ? 10: [ kind: 0..2, by: name, at: time, evidence: digest ],
//!                                             ; the grant; kind: 0 direct, 1 template, 2 policy;
//!                                             ; absent: no grant
//!     ? 12: replaced,                         ; absent: none
//!     13: pubkey } }                          ; the anchor's key that signs this root
//! child-claims = {
//!   4: time,                                  ; exp, as in a root
//!   6: time,                                  ; iat, as in a root
//!   7: bstr .size (8..16),                    ; cti
//!   8: cnf,                                   ; the holder's key
//!   -65537: {
//!     0: powers,
//!     ? 1: limits,                            ; absent: no limits
//!     ? 2: 1..255,                            ; as in a root
//!     ? 3: name,                              ; as in a root
//!     ? 4: task,                              ; the steps below the parent's task; absent: the
//!                                             ; parent's task
//!     ? 5: true,                              ; an ancestor holds the same key, on purpose;
//!                                             ; absent: no ancestor holds it
//!     11: digest,                             ; BLAKE3 of the parent's exact bytes
//!     ? 12: replaced } }                      ; absent: none
//! replaced = [ 1*32 digest ]                  ; sorted: the ids of the mandates that this one
//!                                             ; replaces; whatever ends the task of one of them
//!                                             ; also ends this one
//!
//! call-claims = {
//!   3: name,                                  ; aud: the server at which the call is made
//!   6: time,                                  ; iat: the time at which the call was signed
//!   7: bstr .size 16,                         ; cti: the id of the call
//!   -65537: {
//!     0: digest,                              ; BLAKE3 of the leaf's exact bytes
//!     1: digest } }                           ; the digest of `request`, see below
//!
//! notice-claims<terms> = {                    ; common to all notices, approvals and receipts
//!   6: time,                                  ; iat: the time of the statement; in a status, the
//!                                             ; time as of which it is true
//!   7: bstr .size (8..16),                    ; cti
//!   -65537: { 0: pubkey, terms } }            ; 0: the key that signs it
//!
//! status-claims = notice-claims<(
//!   1: [ 1*256 snapshot ] )>                  ; sorted, each mission once; the signer is their
//!                                             ; controller
//! end-claims = notice-claims<(
//!   1: mission-id,
//!   2: 0..2 )>                                ; 0 completed, 1 superseded, 2 revoked
//! task-end-claims = notice-claims<(
//!   1: digest,                                ; the id of the mandate
//!   2: 0..4,                                  ; its task: 0 completed, 1 abandoned, 2 failed, 3
//!                                             ; revoked; 4: its holder's key is revoked
//!   3: time,                                  ; the first second in which its root has expired
//!   ? 4: mission-id )>                        ; the mission whose statuses list the mandate; the
//!                                             ; signer is its controller; a verifier does not read
//!                                             ; this entry; absent: none
//! event-claims = notice-claims<(
//!   1: mission-id,                            ; a mission that the signer controls
//!   2: name )>                                ; the event
//! withdrawal-claims = notice-claims<(
//!   1: mission-id,                            ; a mission that the signer controls
//!   2: tool )>                                ; the tool
//!
//! approval-claims = notice-claims<(
//!   1: digest,                                ; the id of the leaf
//!   2: digest,                                ; the digest of `call-key`, see below
//!   3: digest,                                ; the digest of `request`, see below
//!   4: name,                                  ; the server
//!   5: time )>                                ; the first second in which the approval does not
//!                                             ; count
//! receipt-claims = notice-claims<(
//!   1: uint,                                  ; the number of the entry, from 0
//!   ? 2: digest,                              ; BLAKE3 of the exact bytes of the entry before;
//!                                             ; absent: this is the first entry
//!   ? 3: 1..,                                 ; the number of calls denied since the entry before;
//!                                             ; absent: 0
//!   4: receipt-event )>
//! receipt-event =
//!     [ 0, call-key: digest, request: digest, leaf: digest, audience: name, decided-at: time,
//!       [ *64 [ account: digest, ? amount: number ] ], [ *32 approval: digest ] ]
//!                                             ; the call was permitted, and starts
//!   / [ 1, call-key: digest, request: digest, 0..2 ]
//!                                             ; the call ended: 0 done, 1 failed, 2 had no effect
//!   / [ 2 ]                                   ; no event; the entry only counts denials
//!   / [ 3, call-key: digest, request: digest, leaf: digest, audience: name, code: name,
//!       ? missing: powers ]                   ; a server that only observes would have denied the
//!                                             ; call; code: the name of the denial code; missing:
//!                                             ; at least one capability, powers that would have
//!                                             ; permitted the call; absent: none named
//!
//! snapshot = {
//!   0: mission-id,
//!   1: uint,                                  ; the sequence number, which rises with every change
//!                                             ; of the entries below
//!   ? 2: true,                                ; the mission is suspended; absent: it is active
//!   3: [ number: uint, since: time ],         ; the wave
//!   ? 4: [ 1*64 name ],                       ; sorted: the events that have fired; absent: none
//!   ? 5: [ 1*64 tool ],                       ; sorted: the tools withdrawn; absent: none. All
//!                                             ; texts of 4 and 5 in one snapshot take at most
//!                                             ; 12288 bytes together. All snapshots of one status
//!                                             ; have at most 1024 of these texts together
//!   ? 6: listed,                              ; the mandates whose tasks ended; absent: none
//!   ? 7: listed }                             ; the mandates whose holders' keys are revoked;
//!                                             ; absent: none
//! listed = bstr                               ; the first 12 bytes of the id of each mandate,
//!                                             ; joined, in strictly increasing order; 6 and 7 of
//!                                             ; one snapshot together name at most 4096 mandates
//! mission    = [ controller: pubkey, name, nonce: bstr .size 16 ]
//!                                             ; appears in mandates only
//! mission-id = digest                         ; the digest of `mission`, see below
//!
//! cnf    = { 1: { 1: 1, -1: 6, -2: bstr .size 32 } }
//!                                             ; RFC 8747; a COSE_Key: OKP, Ed25519, x
//! pubkey = bstr .size 32                      ; Ed25519, canonical and not weak, see `texts`
//! time   = 0..253402300799                    ; seconds since 1970, to the end of the year 9999
//! digest = bstr .size 32
//! name   = tstr .size (1..256)                ; visible characters only, see `texts`
//! task   = tstr .size (1..256)                ; 1 to 32 of [A-Za-z0-9_.-]+, joined by "/"; none is
//!                                             ; "." or ".."
//!
//! powers     = [ *256 capability ]
//! capability = {
//!   0: tool,
//!   1: 0..2,                                  ; the highest effect: 0 read, 1 write, 2
//!                                             ; irreversible
//!   ? 2: { + key => constraint },             ; required arguments; absent: none
//!   ? 3: { + key => constraint },             ; optional arguments, none of which is in 2; absent:
//!                                             ; none. 2 and 3 together have at most 64 entries
//!   ? 4: true,                                ; arguments without a rule are accepted; absent:
//!                                             ; they are refused
//!   ? 5: true }                               ; may be delegated; absent: may not be delegated
//! tool = tstr .size (1..128)                  ; a name of [A-Za-z0-9_.:/-]+; or a prefix of 1 to
//!                                             ; 127 of these characters and "*", which means every
//!                                             ; longer name that begins with the prefix
//! key  = tstr .size (0..128)
//!
//! constraint =
//!     [ 0 ]                                   ; any
//!   / [ 1, values ]                           ; one of
//!   / [ 2, values ]                           ; none of; the set is neither [null] nor both
//!                                             ; booleans
//!   / [ 3, { ? 0: number, ? 1: number, ? 2: number, ? 3: number } ]
//!                                             ; range: 0 is ≥, 1 is >, 2 is ≤, 3 is <; not both 0
//!                                             ; and 1, not both 2 and 3; absent: no end on that
//!                                             ; side
//!   / [ 4, tstr .size (0..1024) ]             ; text pattern: "*" is any characters; no "**"
//!   / [ 5, path ]                             ; this path and those below it
//!   / [ 6, host ]                             ; this host and those below it
//!   / [ 7, { 0: sorted-names, 1: host, ? 2: 1..65535 / null, ? 3: path } ]
//!                                             ; URL: 0 schemes; 1 host; 2 port (absent: the own
//!                                             ; port of the scheme, null: any port; never a number
//!                                             ; that is the own port of all schemes); 3 path,
//!                                             ; canonical in a URL (absent: "/"); see `texts`
//!   / [ 8, tstr ]                             ; network, such as "10.0.0.0/8"
//!   / [ 9, values ]                           ; contains: a list with these elements
//!   / [ 10, constraint ]                      ; each: a list whose every element satisfies this
//!   / [ 11, { ? 2: …, ? 3: …, ? 4: true } ]   ; record: 2, 3 and 4 as in a capability
//!   / [ 12, [ 1*256 constraint ] ]            ; all of
//!   / [ 13, [ 1*256 constraint ] ]            ; any of; constraints are nested at most 8 deep
//! values = [ 1*256 value ]                    ; sorted, of one type
//! path = tstr .size (1..1024)                 ; canonical, see `texts`; the length is a bound of
//!                                             ; constraints only
//! host = tstr .size (1..253)                  ; canonical, see `texts`
//!
//! value  = null / bool / number / tstr / bstr / [ * value ] / { * key => value }
//!                                             ; at most 16 deep, 4096 nodes, 65536 bytes in a text
//!                                             ; or byte string
//! number   = integer / #6.4([ exponent, integer ])
//!                                             ; a decimal fraction is coefficient × 10^exponent
//!                                             ; (RFC 8949 section 3.4.4). It writes a number if
//!                                             ; and only if no integer of 128 bits equals it; the
//!                                             ; coefficient is not divisible by ten
//! integer  = int / #6.2(bstr) / #6.3(bstr)    ; -2^127 to 2^127 - 1; a bignum only for an integer
//!                                             ; that `int` can't write
//! exponent = -400..-1 / 1..400
//!
//! limits = [ 1*32 limit ]
//! limit =
//!     [ 0, { ? 0: time, ? 1: time }, ? scope ]
//!                                             ; window: 0 the first second in it (absent: no
//!                                             ; start), 1 the first second after it (absent: no
//!                                             ; end); at least one of them, 0 before 1
//!   / [ 1, sorted-names, ? scope ]            ; audiences, 1 to 32
//!   / [ 2, null, ? scope ]                    ; signed calls only
//!   / [ 3, lives-by, ? scope ]                ; a mission is active, by a fresh status
//!   / [ 4, [ fact: name, constraint, max-age: uint ], ? scope ]
//!                                             ; a fact satisfies the constraint and was seen at
//!                                             ; most max-age seconds ago
//!   / [ 5, name, ? scope ]                    ; ends when a mission of the chain fires this event
//!   / [ 6, waves, ? scope ]                   ; a mission is in one of these waves
//!   / [ 7, barrier, ? scope ]                 ; other tasks are completed
//!   / [ 8, budget, ? scope ]                  ; all calls together stay within it
//!   / [ 9, [ account: name, ledger: name, burst: 1..1000000, per: 1..31622400, ? askable: true ],
//!       ? scope ]                             ; rate: GCRA, per in seconds; askable as in a budget
//!   / [ 10, [ account: name, ledger: name, [ 2*8 tools ], ? askable: true ], ? scope ]
//!                                             ; exclusive groups: the tools of one group only; no
//!                                             ; tool is in two groups; a scope has every tool of
//!                                             ; every group; askable as in a budget
//!   / [ 11, gate, ? scope ]                   ; people have approved this very call
//!   / [ 12, [ 1*32 pubkey ] ]                 ; delegates, sorted: the keys that may hold mandates
//!                                             ; below this one; never with a scope
//! lives-by = [
//!   mission,
//!   [ read: uint, write: uint, irreversible: uint ],
//!                                             ; the greatest age of its status in seconds, by
//!                                             ; effect; not increasing
//!   ? [ 1*4 pubkey ] ]                        ; the enders, sorted: keys besides the controller's
//!                                             ; that may end the mission; absent: none
//! waves = {
//!   0: mission,
//!   ? 1: 1..,                                 ; the first wave; absent: 0
//!   ? 2: uint,                                ; the last wave, not before the first; absent: no
//!                                             ; last wave
//!   ? 3: 1.. }                                ; seconds to drain, only with a last wave; absent: 0
//! barrier = {
//!   0: [ 1*128 [ digest, [ 1*16 pubkey ] ] ], ; sorted, no digest twice: the ids of the mandates
//!                                             ; to wait for; with each, sorted, the keys that may
//!                                             ; report its end
//!   ? 1: uint,                                ; the quorum, at least 1, less than the number of
//!                                             ; mandates; absent: all of them
//!   ? 2: time }                               ; the deadline: the quorum is enough from then on;
//!                                             ; absent: it is always enough
//! budget = {
//!   0: name,                                  ; the account
//!   1: { 1*16 name => amount },               ; by ledger, the most that this ledger permits
//!   ? 2: [ 1*8 source ],                      ; sorted: the budget is of the sum of the amounts
//!                                             ; that these state; absent: of the number of calls,
//!                                             ; and every amount in 1 is a whole number
//!   ? 3: period,                              ; the budget begins anew with each period; absent:
//!                                             ; never
//!   ? 4: per-value,                           ; each value of an argument has a budget of its own;
//!                                             ; absent: all calls share one
//!   ? 5: true }                               ; askable: every holder of a mandate under it may
//!                                             ; ask what is left; absent: nobody may
//! source = {                                  ; every tool and prefix in the limit's scope is
//!                                             ; covered by the tool of a source; without a scope
//!                                             ; one source has no tool
//!   0: arg-path,                              ; the path to the amounts
//!   ? 1: tool,                                ; the tool that states them; absent: every tool
//!   ? 2: [ arg-path, unit: tstr .size (0..128) ],
//!                                             ; the path to the text that states the unit; absent:
//!                                             ; no unit
//!   ? 3: true }                               ; an amount may be a decimal number in a text;
//!                                             ; absent: it may not
//! per-value = {
//!   0: arg-path,                              ; the path to the value
//!   1: 1..316224000,                          ; seconds for which a value is remembered
//!   ? 2: true }                               ; the case of ASCII letters makes no difference;
//!                                             ; absent: it does
//! arg-path = [ 1*8 key ]                      ; the name of the argument, then the keys of records
//!                                             ; in it
//! period = 0..2                               ; in UTC: 0 day, 1 week from Monday, 2 month
//! amount = number                             ; at least 0, less than 10^50, at most 18 digits
//!                                             ; after the point
//! gate = {
//!   0: [ 1*16 pubkey ],                       ; sorted: the approvers
//!   1: uint,                                  ; the number of approvers needed, from 1 to all of
//!                                             ; them
//!   2: uint,                                  ; the greatest age of an approval in seconds
//!   ? 3: 1..2,                                ; the lowest effect that needs approval; absent: 0,
//!                                             ; read
//!   ? 4: [ key, constraint ] }                ; exempts calls whose argument satisfies the
//!                                             ; constraint, which is a one-of, or a range with
//!                                             ; both ends; absent: no call is exempt
//! scope  = tools                              ; absent: all calls. Rule 20 states which
//!                                             ; capabilities a scope meets
//! tools  = [ 1*32 tool ]                      ; sorted
//! sorted-names = [ 1*32 name ]                ; sorted
//! ```
//!
//! # Digests
//!
//! The id of a mandate is the BLAKE3 hash of its exact bytes. The digests below are BLAKE3 in key
//! derivation mode, with the context given, over deterministic CBOR:
//!
//! ```cddl
//! mission                                     ; context "mandatum 2026-12 mission"; as above
//! request  = [ tool: tstr, arguments: { * key => value } ]
//!                                             ; context "mandatum 2026-12 request"
//! call-key = [ leaf: digest, call-id: bstr .size 16, audience: tstr ]
//!                                             ; context "mandatum 2026-12 call key"
//! account  = [                                ; context "mandatum 2026-12 account"
//!   ledger: name,
//!   issuer: name,                             ; the issuer of the root
//!   holder: pubkey / null,                    ; for the limit of a child: the key of its parent's
//!                                             ; holder; for the limit of a root: null
//!   account: name,
//!   counts ]
//! counts =
//!     [ 0, period / null, counted / null ]    ; a budget of calls
//!   / [ 1, [ 1*8 source ], period / null, counted / null ]
//!                                             ; a budget of a sum; the sources as in the budget
//!   / [ 2, burst: uint, per: uint ]           ; a rate
//!   / [ 3, [ 2*8 tools ] ]                    ; exclusive groups, in their order
//! counted = [ arg-path, any-case: bool, tstr / number / bool ]
//!                                             ; any-case is true if 2 is in per-value; then A to Z
//!                                             ; in the text are written as a to z
//! ```
//!
//! # Calls
//!
//! A call has at most 64 arguments. The texts, byte strings, map keys and argument names of a call
//! take at most 262144 bytes together. Each value and each name also keeps its own bound above. An
//! argument may be longer than a constraint may hold: a path or URL in a call has the bound of a
//! text.
//!
//! # Text form
//!
//! The text form of a token (a notice is one), a chain or an execution proof is the base64url
//! encoding of its bytes without padding (RFC 4648 section 5).

pub mod chains;
pub mod deciding;
pub mod missions;
pub mod powers;
pub mod steps;
pub mod texts;
