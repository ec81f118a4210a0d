//! Every bound in one place, each with its reason.
//!
//! A bound is part of the format: what a verifier refuses, minting refuses too.

/// Most bytes of one token (a mandate, a signed call): 16 KiB.
///
/// A mandate with the most common shape takes about 250 bytes, so this leaves room for some sixty
/// capabilities, and a whole chain still fits the body limits of ordinary HTTP servers.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Most bytes of a status: 64 KiB, for 4,096 listed mandates and 12 KiB of names.
///
/// Two such statuses don't fit an execution proof beside a chain, so an agent staples at most one.
pub const MAX_STATUS_BYTES: usize = 64 * 1024;

/// Most bytes of the missing powers that a receipt of a call that would have been denied names, as
/// the format writes them: 8,192.
///
/// Half a token, so that the rest of the receipt, which takes less than a kibibyte, always fits
/// beside them.
pub const MAX_MISSING_BYTES: usize = MAX_TOKEN_BYTES / 2;

/// Most links of a chain, root included: 16.
///
/// A chain costs one Ed25519 verification a link (27 to 65 µs), so the longest costs about a
/// millisecond at most. Observed agent systems nest four to six deep.
pub const MAX_CHAIN_LINKS: usize = 16;

/// Most bytes of a chain: 64 KiB, so that a stranger can't make a verifier buffer more.
pub const MAX_CHAIN_BYTES: usize = 64 * 1024;

/// Most bytes of an execution proof: the longest chain, a signed call, which takes less than 1 KiB,
/// and stapled notices.
pub const MAX_PROOF_BYTES: usize = 2 * MAX_CHAIN_BYTES;

/// Most capabilities of one mandate: 256, the figure the neighbouring draft hints at for tools of a
/// token (draft-niyikiza-oauth-attenuating-agent-tokens-02, section on limits).
pub const MAX_CAPABILITIES: usize = 256;

/// Most named arguments of a capability or record, and most arguments of a call: 64, the same
/// draft's hint for constraints of a tool.
pub const MAX_ARGUMENT_RULES: usize = 64;

/// Most members of a value set, or clauses of an all-of or any-of: 256.
///
/// It is also the largest set a network range is spelled out to when it is compared with a list of
/// addresses.
pub const MAX_MEMBERS: usize = 256;

/// Deepest nest of constraints: 8. A plain constraint is 1. Recursion over constraints is bounded
/// by it.
pub const MAX_CONSTRAINT_DEPTH: usize = 8;

/// Deepest nest of a value: 16. A scalar is 1. Recursion over values is bounded by it.
pub const MAX_VALUE_DEPTH: usize = 16;

/// Most nodes of one value (scalars, lists, maps together): 4096.
pub const MAX_VALUE_NODES: usize = 4096;

/// Most bytes of one text or byte string inside a value: 64 KiB, what a tool's largest argument may
/// be.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Most bytes of a call's arguments together: 256 KiB of texts, byte strings, map keys and names.
pub const MAX_ARGUMENT_BYTES: usize = 256 * 1024;

/// Most bytes of an argument's name, or of a map key: 128.
pub const MAX_KEY_BYTES: usize = 128;

/// Most bytes of a tool's name: 128.
pub const MAX_TOOL_BYTES: usize = 128;

/// Most bytes of the prefix in a tool pattern: every name that it matches has one character more.
pub const MAX_TOOL_PREFIX_BYTES: usize = MAX_TOOL_BYTES - 1;

/// Largest exponent of a number, and the smallest is its negation: 400.
///
/// The shortest text of a double has an exponent between −324 and 308, and −340 where a writer
/// always gives seventeen digits.
pub const MAX_NUMBER_EXPONENT: i16 = 400;

/// Most bytes of a name (issuer, audience, label): 256, enough for a SPIFFE id of ordinary length.
pub const MAX_NAME_BYTES: usize = 256;

/// Most bytes of a task path: 256, in at most [`MAX_TASK_STEPS`] segments.
pub const MAX_TASK_BYTES: usize = 256;

/// Most segments of a task path: 32, twice the longest chain.
pub const MAX_TASK_STEPS: usize = 32;

/// Most bytes of a text pattern, path, host or URL in a constraint: 1 KiB.
pub const MAX_PATTERN_BYTES: usize = 1024;

/// Most limits of one mandate: 32.
pub const MAX_LIMITS: usize = 32;

/// Most audiences in one audience limit, or tools in one scope: 32.
pub const MAX_SCOPE_MEMBERS: usize = 32;

/// Most keys besides the controller's that may end a mission: 4. Each is one more signer whose news
/// a verifier keeps.
pub const MAX_ENDERS: usize = 4;

/// Most missions in one status: 256. With nothing listed they take a quarter of a full status.
pub const MAX_STATUS_MISSIONS: usize = 256;

/// Most events that a mission has fired: 64.
pub const MAX_EVENTS: usize = 64;

/// Most tools and families that a mission has withdrawn: 64.
pub const MAX_WITHDRAWN: usize = 64;

/// Most bytes of the names of all events and withdrawn tools of one mission together: 12 KiB, so
/// that a status of one mission always fits 64 KiB. It leaves 96 bytes for each of 128.
pub const MAX_STATUS_NAME_BYTES: usize = 12 * 1024;

/// Most events and withdrawn tools of all missions of one status together: 1,024. Each is a text of
/// its own, and statuses are read before anybody's signature is verified.
pub const MAX_STATUS_NAMES: usize = 1024;

/// Most mandates that a status lists as ended or as held with a revoked key, both lists together:
/// 4,096. At 12 bytes each they take 48 KiB of a status.
pub const MAX_ENDED: usize = 4096;

/// Most listed mandates of one mission that a register remembers, of each list: 16,384.
///
/// A controller lists a mandate until its root has expired, and a register remembers it for the
/// longest lifetime of a root after it was last listed. So an honest controller stays below, unless
/// its list is replaced four times over within that time.
pub const MAX_ENDED_KEPT: usize = 4 * MAX_ENDED;

/// Bytes of a mandate's id by which a status lists it: the first 12.
///
/// To find another mandate with the same 12 takes about 2⁹⁶ tries. Whoever finds one has ended it,
/// or revoked its holder's key, where its controller ends or revokes the other.
pub const LISTED_ID_BYTES: usize = 12;

/// Most pairs of a subject and a signer that a chain makes a verifier watch: 4,096.
///
/// Each is a row that a host fetches and up to two look-ups in a decision. A chain of 16 links that
/// lives by one mission has about two hundred; a barrier of 128 tasks has about seven hundred to
/// three thousand, by how deep it stands.
pub const MAX_WATCHED_PAIRS: usize = 4096;

/// Most mandates that a re-bound one replaces: 32, one for each night of a month that its key is
/// rotated in. They take 1.1 KiB of a token.
pub const MAX_REPLACED: usize = 32;

/// Most notices stapled to an execution proof: 16, one for each link's mission.
pub const MAX_STAPLED: usize = 16;

/// Most missions that the links of a chain say they live by, in any scope: 32. Each is one more
/// status to hear, and one more controller that may end tasks.
pub const MAX_CHAIN_MISSIONS: usize = 32;

/// Most tasks that one barrier waits for: 128. They take 9 KiB of a token.
pub const MAX_BARRIER_TASKS: usize = 128;

/// Most keys that a barrier names for the end of one task: 16, those of a whole chain. Each is one
/// more signer whose news a verifier keeps.
pub const MAX_REPORTERS: usize = MAX_CHAIN_LINKS;

/// Most ledgers that one budget is split over: 16.
pub const MAX_SHARES: usize = 16;

/// Most sources that one budget adds up: 8. Each is a tool, or a family, that states its amounts in
/// a place of its own.
pub const MAX_SOURCES: usize = 8;

/// Most names in the path to an argument: 8. Of the tools of public MCP servers none nests an
/// amount deeper than four.
pub const MAX_PATH_NAMES: usize = 8;

/// Longest that a value of a budget per value is remembered: ten years of 366 days, in seconds. So
/// long do commercial records have to be kept at most (German Commercial Code, section 257). Each
/// value takes room in the ledger for as long.
pub const MAX_REMEMBER: u64 = 10 * 366 * 86_400;

/// Most calls of a rate's burst: a million. With it, and periods up to a year, the ledger's
/// arithmetic stays exact.
pub const MAX_BURST: u32 = 1_000_000;

/// Most groups of tools that exclude each other: 8.
pub const MAX_GROUPS: usize = 8;

/// Most keys that may hold what is delegated, in one limit: 32, a team. Each takes 34 bytes of a
/// token.
pub const MAX_DELEGATES: usize = 32;

/// Most keys that may approve at one gate: 16.
pub const MAX_APPROVERS: usize = 16;

/// Most approvals presented with one call: 32. Each costs a signature check.
pub const MAX_APPROVALS: usize = 32;

/// Most limits of a chain that a ledger keeps: 64. Each is an entry that a call is charged to, and
/// a line of its receipt.
pub const MAX_CHAIN_METERS: usize = 64;

/// Most aliases of a principal in one root: 32.
pub const MAX_ALIASES: usize = 32;

/// Most keys of one issuer: 4. Two for a rotation, two for a spare of each. Each is one more signer
/// whose word a verifier keeps; a root names its own, so it costs one signature check whatever
/// their number.
pub const MAX_ISSUER_KEYS: usize = 4;

/// Most bytes of a JSON text: 1 MiB, for the largest ceilings written by hand.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;

/// Deepest nest of a JSON text: 64. The deepest constraint takes four levels for each of its eight,
/// and a value sixteen more.
pub const MAX_JSON_DEPTH: usize = 64;

/// Steps of work one chain verification may take besides its signatures: about four hundred
/// thousand.
///
/// A step is three nanoseconds at most (a byte of a pattern, a comparison of a member of a set), so
/// the worst chain that a holder may sign costs about a millisecond, or forty signature
/// verifications. The longest chain of the most capabilities that fit it takes less than half.
pub const VERIFY_STEPS: u64 = 3 << 17;

/// Steps of work one decision about powers may take besides its signature: sixty-five thousand, and
/// [`ARGUMENT_BYTE_STEPS`] for each byte of the arguments. See [`VERIFY_STEPS`].
pub const DECIDE_STEPS: u64 = 1 << 16;

/// Steps for each byte of a call's arguments, and for each value among them: eight, so that a
/// kilobyte costs about as much as a signature verification. Taking a URL apart takes two a byte,
/// and a pattern takes one.
pub const ARGUMENT_BYTE_STEPS: u64 = 8;

/// Steps of work that a leaf's powers get before any signature is verified: about four thousand,
/// what costs less than a signature. A leaf that takes more is asked once its chain is verified.
pub const SCREEN_STEPS: u64 = 1 << 12;

/// Steps of work that all conditions on facts of one decision may take together: about a hundred
/// thousand. A fact of 64 KiB against an ordinary pattern takes two thirds.
pub const CONDITION_STEPS: u64 = 3 << 15;

/// Steps of work that the exemption of one gate may take: five hundred. A chain may have 64 gates,
/// each asked twice in a decision. Whatever takes more is not exempt.
pub const EXEMPTION_STEPS: u64 = 1 << 9;

/// Steps of work that asking for the state of a chain's missions and tasks may take in one
/// decision: look-ups, each of a few hundred nanoseconds at most.
pub const MISSION_STEPS: u64 = 1 << 20;

/// Steps of work the search for a witness of a refusal may take: about a hundred thousand, what the
/// 256 addresses of a network take beside a rule for URLs. It only ever makes an error more
/// helpful, so it gives up early.
pub const WITNESS_STEPS: u64 = 3 << 15;

/// Steps of work the meet of two sets of powers may take: about two million, what two of 256
/// capabilities with sixty arguments each take. No proof asks for one; whoever mints does.
pub const MEET_STEPS: u64 = 1 << 21;

/// Last accepted second: the end of the year 9999, the last that RFC 3339 can write.
pub const MAX_TIMESTAMP: u64 = 253_402_300_799;
