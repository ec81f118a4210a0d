use crate::powers::ToolError;
use crate::primitives::bounds::{
    MAX_APPROVERS, MAX_BARRIER_TASKS, MAX_BURST, MAX_DELEGATES, MAX_ENDERS, MAX_GROUPS,
    MAX_KEY_BYTES, MAX_LIMITS, MAX_PATH_NAMES, MAX_REPORTERS, MAX_SCOPE_MEMBERS, MAX_SHARES,
    MAX_SOURCES,
};
use crate::primitives::{Number, Timestamp};
use thiserror::Error;

/// Why something is not a limit, or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitError {
    /// A window closes after it opens.
    #[error("a window closes after it opens: {from} to {until}")]
    EmptyWindow {
        /// When it opens.
        from: Timestamp,
        /// When it closes.
        until: Timestamp,
    },
    /// A window says when it opens or when it closes.
    #[error("a window has at least one end")]
    EndlessWindow,
    /// The number of audiences is wrong.
    #[error("1 to {MAX_SCOPE_MEMBERS} audiences, found {found}")]
    Audiences {
        /// Audiences given.
        found: usize,
    },
    /// The number of tools in a scope is wrong.
    #[error("1 to {MAX_SCOPE_MEMBERS} tools in a scope, found {found}")]
    Tools {
        /// Tools given.
        found: usize,
    },
    /// A tool in a scope is wrong.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The ages of news increase with the effect.
    #[error("news may not be older for a further-reaching effect")]
    AgesIncrease,
    /// More keys that may end a mission than there may be.
    #[error("at most {MAX_ENDERS} keys besides the controller's end a mission, found {found}")]
    Enders {
        /// Keys given.
        found: usize,
    },
    /// The last wave comes before the first.
    #[error("the last wave is not before the first: {first} to {last}")]
    NoWave {
        /// The first wave.
        first: u64,
        /// The last.
        last: u64,
    },
    /// Time to drain without a last wave.
    #[error("only what has a last wave drains")]
    NothingToDrain,
    /// The number of tasks that a barrier waits for is wrong.
    #[error("1 to {MAX_BARRIER_TASKS} tasks to wait for, found {found}")]
    BarrierTasks {
        /// Tasks given.
        found: usize,
    },
    /// A barrier waits for a task twice.
    #[error("a task to wait for appears twice")]
    TaskTwice,
    /// A quorum that is none, or can't be reached.
    #[error("a quorum of {quorum} of {tasks} tasks")]
    Quorum {
        /// The quorum.
        quorum: usize,
        /// The tasks.
        tasks: usize,
    },
    /// The number of keys that may report a task is wrong.
    #[error("1 to {MAX_REPORTERS} keys report a task, found {found}")]
    Reporters {
        /// Keys given.
        found: usize,
    },
    /// A budget below zero.
    #[error("a budget is not negative")]
    NegativeBudget,
    /// A budget of parts of calls.
    #[error("calls are counted in whole numbers")]
    PartsOfCalls,
    /// A budget larger or finer than amounts are.
    #[error("a budget is below 10^50 and has at most 18 digits after the point")]
    BudgetOutOfRange,
    /// The number of sources of a budget is wrong.
    #[error("1 to {MAX_SOURCES} sources of a budget, found {found}")]
    Sources {
        /// Sources given.
        found: usize,
    },
    /// The number of names in a path to an argument is wrong.
    #[error("1 to {MAX_PATH_NAMES} names in a path to an argument, found {found}")]
    PathNames {
        /// Names given.
        found: usize,
    },
    /// A path to an argument, as a text, has an empty name.
    #[error("a path to an argument is names joined by `.`")]
    PathGrammar,
    /// A budget's limit is about a tool that none of its sources is of.
    #[error(
        "the limit's scope has a tool that no source of the budget is of, and its calls would spend nothing"
    )]
    ToolWithoutSource,
    /// A value is remembered for no time, or for too long.
    #[error("a value is remembered for a second to ten years")]
    Remember,
    /// The number of ledgers of a budget is wrong.
    #[error("1 to {MAX_SHARES} ledgers count a budget, found {found}")]
    Shares {
        /// Ledgers given.
        found: usize,
    },
    /// A ledger is there twice.
    #[error("a ledger appears twice in a budget")]
    LedgerTwice,
    /// A budget was split into more or less than it is.
    #[error("split into lines that come to {found}, which is not the whole budget")]
    SharesDiffer {
        /// What its lines add up to.
        found: Number,
    },
    /// The name or value of an argument is too long.
    #[error("an argument's name or unit has at most {MAX_KEY_BYTES} bytes, found {found}")]
    ArgumentName {
        /// Bytes given.
        found: usize,
    },
    /// A rate of nothing, or in no time.
    #[error("a rate is 1 to {MAX_BURST} calls in a second to a year")]
    Rate,
    /// The number of exclusive groups is wrong.
    #[error("2 to {MAX_GROUPS} groups exclude each other, found {found}")]
    Groups {
        /// Groups given.
        found: usize,
    },
    /// Exclusive groups have a tool in common.
    #[error("groups that exclude each other have no tool in common")]
    GroupsOverlap,
    /// The number of approvers, or of those needed, is wrong.
    #[error(
        "1 to {MAX_APPROVERS} keys approve, and 1 to all of them must; found {needed} of {found}"
    )]
    Approvers {
        /// How many must approve.
        needed: usize,
        /// Keys given.
        found: usize,
    },
    /// The number of keys that may hold what is delegated is wrong.
    #[error(
        "1 to {MAX_DELEGATES} keys may hold what is delegated, found {found}; no hops forbids delegating"
    )]
    Delegates {
        /// Keys given.
        found: usize,
    },
    /// Whom a mandate is delegated to is a matter of all its calls.
    #[error("the keys that may hold what is delegated are the same for all tools")]
    DelegatesInScope,
    /// A gate's exemption on a number has no lower end.
    #[error("a gate's exemption on a number has both ends, and this one has no lower end")]
    ExemptionWithoutLow,
    /// A gate's exemption on a number has no upper end.
    #[error("a gate's exemption on a number has both ends, and this one has no upper end")]
    ExemptionWithoutHigh,
    /// A gate's exemption is neither a range of numbers nor a list of values.
    #[error("a gate's exemption is a range of numbers with both ends, or a list of values")]
    ExemptionNotListed,
    /// A limit that sets groups of tools apart is not about all of them.
    #[error("group {group} has tools outside the limit's scope, where nothing would be excluded")]
    GroupOutOfScope {
        /// Which group, from 0.
        group: usize,
    },
    /// More limits than a mandate may have.
    #[error("at most {MAX_LIMITS} limits, found {found}")]
    TooMany {
        /// Limits given.
        found: usize,
    },
}
