use crate::powers::ToolError;
use crate::primitives::bounds::{
    MAX_APPROVERS, MAX_BARRIER_TASKS, MAX_BURST, MAX_DELEGATES, MAX_ENDERS, MAX_GROUPS,
    MAX_KEY_BYTES, MAX_LIMITS, MAX_PATH_NAMES, MAX_REPORTERS, MAX_SCOPE_MEMBERS, MAX_SHARES,
    MAX_SOURCES,
};
use crate::primitives::{Number, Timestamp};
use thiserror::Error;

/// The reason why parts make no limit, or no set of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LimitError {
    /// A window does not close after it opens.
    #[error("a window closes after it opens: {from} to {until}")]
    EmptyWindow {
        /// Time at which it opens.
        from: Timestamp,
        /// Time at which it closes.
        until: Timestamp,
    },
    /// A window has neither a beginning nor an end.
    #[error("a window has at least one end")]
    EndlessWindow,
    /// The number of audiences is out of bounds.
    #[error("1 to {MAX_SCOPE_MEMBERS} audiences, found {found}")]
    Audiences {
        /// Number of audiences given.
        found: usize,
    },
    /// The number of tools in a scope is out of bounds.
    #[error("1 to {MAX_SCOPE_MEMBERS} tools in a scope, found {found}")]
    Tools {
        /// Number of tools given.
        found: usize,
    },
    /// A tool in a scope is wrong.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The maximum age of a status increases with the effect.
    #[error("the maximum age of a status increases with the effect")]
    AgesIncrease,
    /// There are too many keys that may end a mission.
    #[error("at most {MAX_ENDERS} keys besides the controller's end a mission, found {found}")]
    Enders {
        /// Number of keys given.
        found: usize,
    },
    /// The last wave comes before the first.
    #[error("the last wave is not before the first: {first} to {last}")]
    NoWave {
        /// The first wave.
        first: u64,
        /// The last wave.
        last: u64,
    },
    /// There is time to drain without a last wave.
    #[error("time to drain needs a last wave")]
    NothingToDrain,
    /// The number of tasks that a barrier waits for is out of bounds.
    #[error("1 to {MAX_BARRIER_TASKS} tasks to wait for, found {found}")]
    BarrierTasks {
        /// Number of tasks given.
        found: usize,
    },
    /// A barrier waits for a task twice.
    #[error("a task to wait for appears twice")]
    TaskTwice,
    /// A quorum is zero, or more than the tasks.
    #[error("a quorum is 1 to {tasks} tasks, found {quorum}")]
    Quorum {
        /// The quorum given.
        quorum: usize,
        /// Number of tasks.
        tasks: usize,
    },
    /// The number of keys that may report a task is out of bounds.
    #[error("1 to {MAX_REPORTERS} keys report a task, found {found}")]
    Reporters {
        /// Number of keys given.
        found: usize,
    },
    /// A budget is below zero.
    #[error("a budget is not negative")]
    NegativeBudget,
    /// A budget of calls is not a whole number.
    #[error("calls are counted in whole numbers")]
    PartsOfCalls,
    /// A budget is larger or finer than amounts can be.
    #[error("a budget is below 10^50 and has at most 18 digits after the point")]
    BudgetOutOfRange,
    /// The number of sources of a budget is out of bounds.
    #[error("1 to {MAX_SOURCES} sources of a budget, found {found}")]
    Sources {
        /// Number of sources given.
        found: usize,
    },
    /// The number of names in a path to an argument is out of bounds.
    #[error("1 to {MAX_PATH_NAMES} names in a path to an argument, found {found}")]
    PathNames {
        /// Number of names given.
        found: usize,
    },
    /// A path to an argument, as a text, has an empty name.
    #[error("a path to an argument is names joined by `.`")]
    PathGrammar,
    /// A tool in the scope of a budget has no source.
    #[error(
        "a tool in the limit's scope has no source in the budget, so its calls would spend nothing"
    )]
    ToolWithoutSource,
    /// The time for which a value is remembered is zero or too long.
    #[error("a value is remembered for a second to ten years")]
    Remember,
    /// The number of ledgers of a budget is out of bounds.
    #[error("1 to {MAX_SHARES} ledgers count a budget, found {found}")]
    Shares {
        /// Number of ledgers given.
        found: usize,
    },
    /// A ledger is listed twice.
    #[error("a ledger appears twice in a budget")]
    LedgerTwice,
    /// The shares of a budget do not add up to the whole.
    #[error("the shares of a budget add up to {found}, which is not the whole")]
    SharesDiffer {
        /// Sum of the shares.
        found: Number,
    },
    /// The name or value of an argument is too long.
    #[error("an argument's name or unit has at most {MAX_KEY_BYTES} bytes, found {found}")]
    ArgumentName {
        /// Number of bytes given.
        found: usize,
    },
    /// The burst or the period of a rate is out of bounds.
    #[error("a rate is 1 to {MAX_BURST} calls in a second to a year")]
    Rate,
    /// The number of exclusive groups is out of bounds.
    #[error("2 to {MAX_GROUPS} groups exclude each other, found {found}")]
    Groups {
        /// Number of groups given.
        found: usize,
    },
    /// Exclusive groups have a tool in common.
    #[error("groups that exclude each other have no tool in common")]
    GroupsOverlap,
    /// The number of approvers, or of those needed, is out of bounds.
    #[error(
        "1 to {MAX_APPROVERS} keys approve, and 1 to all of them must; found {needed} of {found}"
    )]
    Approvers {
        /// Number of approvals needed.
        needed: usize,
        /// Number of keys given.
        found: usize,
    },
    /// The number of delegates is out of bounds.
    #[error(
        "1 to {MAX_DELEGATES} delegates, found {found}; a link without hops forbids delegation"
    )]
    Delegates {
        /// Number of keys given.
        found: usize,
    },
    /// Delegates are limited to some tools, but a mandate is delegated as a whole.
    #[error("delegates are the same for all tools, and a scope limits them to some")]
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
    /// A tool of an exclusive group is outside the limit's scope.
    #[error("group {group} has tools outside the limit's scope, where nothing would be excluded")]
    GroupOutOfScope {
        /// Number of the group, from 0.
        group: usize,
    },
    /// There are more limits than a mandate may have.
    #[error("at most {MAX_LIMITS} limits, found {found}")]
    TooMany {
        /// Number of limits given.
        found: usize,
    },
}
