//! Every bound of the format, with its reason.
//!
//! Minting and verifying apply the same bounds, so no token is minted that a verifier would refuse
//! for its size. A bound without a source is marked as a choice. Sizes are counted in the encoded
//! bytes of [`format`](mod@crate::format), and steps of work as its page on
//! [steps](crate::format::steps) states.
//!
//! ```
//! use mandatum::bounds::MAX_NAME_BYTES;
//! use mandatum::primitives::NameError;
//! use mandatum::Label;
//! let error = Label::new(&"a".repeat(MAX_NAME_BYTES + 1)).unwrap_err();
//! assert_eq!(error, NameError::TooLong { max: 256, found: 257 });
//! ```

/// Most bytes of one token (a mandate, a signed call, a notice other than a status): 16 KiB.
///
/// A mandate with one tool and one constraint takes about 240 bytes, and each further tool about
/// 50. So a mandate of [`MAX_CAPABILITIES`] tools with one short constraint each fits in 13 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Most bytes of a status: 64 KiB, for 4,096 listed mandates and 12 KiB of names.
///
/// Two statuses of this size do not fit an execution proof beside a chain, so an agent staples at
/// most one.
pub const MAX_STATUS_BYTES: usize = 64 * 1024;

/// Most bytes of the missing powers in the receipt of a call that would have been denied: 8 KiB, as
/// the format writes them.
///
/// This is half a token. The rest of the receipt takes less than 1 KiB, so it always fits beside
/// them.
pub const MAX_MISSING_BYTES: usize = MAX_TOKEN_BYTES / 2;

/// Most links of a chain, the root included: 16.
///
/// A chain costs one Ed25519 verification for each link. On the machine of `benches/README.md` the
/// longest chain takes less than half a millisecond. The agent systems that we looked at nest four
/// to six deep.
pub const MAX_CHAIN_LINKS: usize = 16;

/// Most bytes of a chain: 64 KiB.
///
/// A verifier buffers no more than this for a stranger. HTTP servers accept such a body by default
/// (nginx up to 1 MiB).
pub const MAX_CHAIN_BYTES: usize = 64 * 1024;

/// Most bytes of an execution proof: 128 KiB, for the longest chain, a signed call of less than 1
/// KiB and stapled notices.
pub const MAX_PROOF_BYTES: usize = 2 * MAX_CHAIN_BYTES;

/// Most capabilities of one mandate: 256.
///
/// The neighbouring draft suggests the same number of tools for a token
/// (draft-niyikiza-oauth-attenuating-agent-tokens-02).
pub const MAX_CAPABILITIES: usize = 256;

/// Most named arguments of a capability or record, and most arguments of a call: 64.
///
/// draft-niyikiza-oauth-attenuating-agent-tokens-02 suggests this number of constraints for a tool.
pub const MAX_ARGUMENT_RULES: usize = 64;

/// Most members of a value set, and most clauses of an all-of or any-of: 256.
///
/// A network range of at most so many addresses is compared with a list of addresses one by one.
pub const MAX_MEMBERS: usize = 256;

/// Deepest nesting of constraints: 8. A plain constraint has depth 1.
///
/// It bounds every recursion over constraints.
pub const MAX_CONSTRAINT_DEPTH: usize = 8;

/// Deepest nesting of a value: 16. A scalar has depth 1.
///
/// It bounds every recursion over values.
pub const MAX_VALUE_DEPTH: usize = 16;

/// Most nodes of one value (scalars, lists and maps together): 4,096.
///
/// A choice: it bounds the memory of a value that is made of many small parts.
pub const MAX_VALUE_NODES: usize = 4096;

/// Most bytes of one text or byte string inside a value: 64 KiB.
///
/// A choice: larger documents are passed by reference.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Most bytes of a call's arguments together: 256 KiB of texts, byte strings, map keys and names.
///
/// Four texts of the largest size fit.
pub const MAX_ARGUMENT_BYTES: usize = 256 * 1024;

/// Most bytes of the name of an argument, and of a map key: 128.
///
/// A choice, and the same as for the name of a tool.
pub const MAX_KEY_BYTES: usize = 128;

/// Most bytes of the name of a tool: 128.
///
/// The Model Context Protocol recommends names of 1 to 128 characters (specification 2025-11-25).
pub const MAX_TOOL_BYTES: usize = 128;

/// Most bytes of the prefix in a tool pattern: 127, because every name that it matches has at least
/// one character more.
pub const MAX_TOOL_PREFIX_BYTES: usize = MAX_TOOL_BYTES - 1;

/// Largest exponent of a number: 400. The smallest is −400.
///
/// The shortest text of a double has an exponent between −324 and 308. A writer that always gives
/// seventeen digits reaches −340.
pub const MAX_NUMBER_EXPONENT: i16 = 400;

/// Most bytes of a name (issuer, audience, label): 256, enough for a SPIFFE id of ordinary length.
pub const MAX_NAME_BYTES: usize = 256;

/// Most bytes of a task path: 256, as for a name. It has at most [`MAX_TASK_STEPS`] segments.
pub const MAX_TASK_BYTES: usize = 256;

/// Most segments of a task path: 32, which is two for each link of the longest chain.
pub const MAX_TASK_STEPS: usize = 32;

/// Most bytes of a text pattern, path, host or URL in a constraint: 1 KiB.
///
/// A choice: a longer rule would take a sixteenth of a token or more.
pub const MAX_PATTERN_BYTES: usize = 1024;

/// Most limits of one mandate: 32.
///
/// A choice: there are 13 kinds of limits, so each fits twice.
pub const MAX_LIMITS: usize = 32;

/// Most audiences in one audience limit, and most tools in one scope: 32.
///
/// A choice: more servers than one task is expected to call. A pattern names a family of tools.
pub const MAX_SCOPE_MEMBERS: usize = 32;

/// Most keys besides the controller's that may end a mission: 4.
///
/// Each is one more signer whose notices a verifier keeps.
pub const MAX_ENDERS: usize = 4;

/// Most missions in one status: 256.
///
/// With nothing listed they take 12 KB, less than a fifth of a full status.
pub const MAX_STATUS_MISSIONS: usize = 256;

/// Most events that a mission has fired: 64. See [`MAX_STATUS_NAME_BYTES`].
pub const MAX_EVENTS: usize = 64;

/// Most tools and tool families that a mission has withdrawn: 64. See [`MAX_STATUS_NAME_BYTES`].
pub const MAX_WITHDRAWN: usize = 64;

/// Most bytes of the names of all events and withdrawn tools of one mission together: 12 KiB.
///
/// With it a status of one mission always fits [`MAX_STATUS_BYTES`]. It leaves 96 bytes for each of
/// the 128 names.
pub const MAX_STATUS_NAME_BYTES: usize = 12 * 1024;

/// Most events and withdrawn tools of all missions of one status together: 1,024.
///
/// Each is a text of its own on the heap, and a status is decoded before its signature is
/// verified.
pub const MAX_STATUS_NAMES: usize = 1024;

/// Most mandates that a status lists as ended or as held with a revoked key, both lists together:
/// 4,096.
///
/// At [`LISTED_ID_BYTES`] each they take 48 KiB of a status.
pub const MAX_ENDED: usize = 4096;

/// Most listed mandates of one mission that a register remembers, in each of the two lists: 16,384.
///
/// A controller lists a mandate until its root has expired. A register remembers the mandate for
/// the longest lifetime of a root after it was last listed. So an honest controller exceeds the
/// bound only if its whole list is replaced four times within that time.
pub const MAX_ENDED_KEPT: usize = 4 * MAX_ENDED;

/// Bytes of a mandate's id by which a status lists it: the first 12.
///
/// Finding another mandate with the same 12 bytes takes about 2⁹⁶ tries. A holder who finds one
/// gains nothing: their mandate counts as ended, or its key as revoked, when the other one is.
pub const LISTED_ID_BYTES: usize = 12;

/// Most pairs of a subject and a signer that a chain makes a verifier watch: 4,096.
///
/// Each is a row that a host fetches, and up to two look-ups in a decision. A chain of 16 links
/// that lives by one mission has about two hundred. A barrier of 128 tasks has about seven hundred
/// to three thousand, depending on how deep the link with the barrier is.
pub const MAX_WATCHED_PAIRS: usize = 4096;

/// Most mandates that a re-bound mandate replaces: 32.
///
/// That is one for each night of a month in which its key is rotated every night. They take 1.1 KiB
/// of a token.
pub const MAX_REPLACED: usize = 32;

/// Most notices stapled to an execution proof: 16, one for a mission of each link.
pub const MAX_STAPLED: usize = 16;

/// Most missions that the links of a chain live by, in any scope: 32, two for each link.
///
/// Each is one more status to receive, and one more controller that may end tasks.
pub const MAX_CHAIN_MISSIONS: usize = 32;

/// Most tasks that one barrier waits for: 128.
///
/// With one key each they take 9 KiB of a token.
pub const MAX_BARRIER_TASKS: usize = 128;

/// Most keys that a barrier names for the end of one task: 16, which are all keys of a chain.
///
/// Each is one more signer whose notices a verifier keeps.
pub const MAX_REPORTERS: usize = MAX_CHAIN_LINKS;

/// Most ledgers that one budget is split over: 16.
///
/// A choice: more regions than a service usually keeps ledgers in.
pub const MAX_SHARES: usize = 16;

/// Most sources that one budget adds up: 8.
///
/// A choice. Each source is a tool, or a tool family, that states its amounts in a place of its
/// own.
pub const MAX_SOURCES: usize = 8;

/// Most names in the path to an argument: 8.
///
/// In the tools of public MCP servers that we looked at, no amount is nested deeper than four.
pub const MAX_PATH_NAMES: usize = 8;

/// Longest time that a value of a budget per value is remembered: ten years of 366 days, in
/// seconds.
///
/// German law has commercial records kept for ten years at most (Commercial Code, section 257).
/// Each value takes room in the ledger for this long.
pub const MAX_REMEMBER: u64 = 10 * 366 * 86_400;

/// Most calls of a rate's burst: a million.
///
/// A rate counts time in parts of a second, one for each call of the burst. With this bound every
/// time to the year 9999 is below 2⁵⁸ such parts, so the arithmetic stays exact.
pub const MAX_BURST: u32 = 1_000_000;

/// Most groups of tools that exclude each other: 8.
///
/// A choice: two groups are the ordinary case.
pub const MAX_GROUPS: usize = 8;

/// Most keys that may hold what is delegated, in one limit: 32, a team.
///
/// Each takes 34 bytes of a token.
pub const MAX_DELEGATES: usize = 32;

/// Most keys that may approve at one gate: 16.
///
/// A choice: the approvals of two gates with so many fit [`MAX_APPROVALS`].
pub const MAX_APPROVERS: usize = 16;

/// Most approvals presented with one call: 32.
///
/// Each costs a signature verification.
pub const MAX_APPROVALS: usize = 32;

/// Most budgets, rates, exclusive groups and gates of a chain together: 64.
///
/// A call is charged to an entry of the ledger for each of the first three, and each entry is a
/// line of its receipt.
pub const MAX_CHAIN_METERS: usize = 64;

/// Most aliases of a principal in one root: 32.
///
/// A choice: one for each system that a task works in.
pub const MAX_ALIASES: usize = 32;

/// Most keys of one issuer: 4, which are two for a rotation and a spare for each.
///
/// Each is one more signer whose notices a verifier keeps. A root names its own key, so it costs
/// one signature verification whatever their number.
pub const MAX_ISSUER_KEYS: usize = 4;

/// Most bytes of a JSON text: 1 MiB.
///
/// A choice: the largest ceilings that are written by hand fit.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;

/// Deepest nesting of a JSON text: 64.
///
/// The deepest constraint takes four levels for each of its eight, and a value sixteen more.
pub const MAX_JSON_DEPTH: usize = 64;

/// Steps of work that one chain verification may take besides its signatures: 393,216.
///
/// A step takes at most three nanoseconds (one byte of a pattern, one comparison with a member of a
/// set). So the worst chain that a holder can sign costs about a millisecond, or forty signature
/// verifications. The longest chain with the most capabilities that fit it takes less than half of
/// the steps.
pub const VERIFY_STEPS: u64 = 3 << 17;

/// Steps of work that one decision about powers may take besides its signature: 65,536, and
/// [`ARGUMENT_BYTE_STEPS`] for each byte of the arguments.
///
/// By the measure of [`VERIFY_STEPS`] that is about seven signature verifications.
pub const DECIDE_STEPS: u64 = 1 << 16;

/// Steps for each byte of a call's arguments, and for each value among them: 8.
///
/// A kilobyte of arguments then costs at most about one signature verification. Reading a URL takes
/// two steps for each byte, and matching a pattern one.
pub const ARGUMENT_BYTE_STEPS: u64 = 8;

/// Steps of work that a leaf's powers get before any signature is verified: 4,096.
///
/// They take less time than a signature verification. A leaf that needs more is checked after its
/// chain is verified.
pub const SCREEN_STEPS: u64 = 1 << 12;

/// Steps of work that all conditions on facts of one decision may take together: 98,304.
///
/// A fact of 64 KiB under an ordinary pattern takes two thirds of them.
pub const CONDITION_STEPS: u64 = 3 << 15;

/// Steps of work that the exemption of one gate may take: 512. A value that takes more is not
/// exempt.
///
/// The bound is low because a chain may have [`MAX_CHAIN_METERS`] gates, and each may be asked
/// twice in a decision.
pub const EXEMPTION_STEPS: u64 = 1 << 9;

/// Steps of work that the look-ups of missions and tasks may take in one decision: 1,048,576.
///
/// A chain that lives by 31 missions and ends on 34 events stays within them
/// (`tests/missions/work.rs`).
pub const MISSION_STEPS: u64 = 1 << 20;

/// Steps of work that the search for a witness of a refusal may take: 98,304.
///
/// The 256 addresses of a network beside a rule for URLs need that many. A witness only makes an
/// error more helpful, so the search may give up.
pub const WITNESS_STEPS: u64 = 3 << 15;

/// Steps of work that the meet of two sets of powers may take: 2,097,152.
///
/// They suffice for two sets of 256 capabilities with sixty arguments each. No proof makes a
/// verifier compute a meet; only a host that mints does.
pub const MEET_STEPS: u64 = 1 << 21;

/// Last accepted second: the end of the year 9999, the last year that RFC 3339 can write.
pub const MAX_TIMESTAMP: u64 = 253_402_300_799;
