use crate::limits::ArgumentPath;
use crate::primitives::{ForeignText, Label, Number, OutOfWork, Timestamp};
use thiserror::Error;

/// Why a call can't be charged to an account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChargeError {
    /// The verifier is attached to none of the ledgers that count a limit.
    #[error("counted by a ledger that is not known here: {}", .ledgers.iter().map(Label::as_str).collect::<Vec<_>>().join(", "))]
    LedgerUnknown {
        /// The ledgers that do.
        ledgers: Vec<Label>,
    },
    /// An amount that a budget counts is not there.
    #[error("argument {argument} is counted, and is missing")]
    AmountMissing {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is no number, nor a decimal number in a text where these are
    /// accepted.
    #[error("argument {argument} is counted, and is no number")]
    AmountNotANumber {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is negative.
    #[error("argument {argument} is counted, and is negative")]
    AmountNegative {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// An amount that a budget counts is 10⁵⁰ or more, or has more than 18 digits after the point.
    #[error("argument {argument} is counted, and is too large or has too many digits")]
    AmountOutOfRange {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// The sum of all amounts that a call states is 10⁵⁰ or more, or has more digits than a
    /// [`Number`].
    #[error(
        "the amounts that are counted come to a sum that is too large, or has more digits than a number has"
    )]
    SumOutOfRange,
    /// An amount that a budget counts is not in its unit.
    #[error("argument {argument} must be {unit:?}, which is what is counted")]
    WrongUnit {
        /// The path to the unit.
        argument: ArgumentPath,
        /// The only unit.
        unit: ForeignText,
    },
    /// The argument whose every value has a budget of its own is not there.
    #[error("argument {argument} has a budget for each value, and is missing")]
    ValueMissing {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// The argument whose every value has a budget of its own is no text, number, true or false.
    #[error(
        "argument {argument} has a budget for each value, and is no text, number, true or false"
    )]
    ValueNotScalar {
        /// The path to it.
        argument: ArgumentPath,
    },
    /// Finding the amounts takes more work than a decision may.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
    /// A budget would be exceeded.
    #[error("the budget on account {account} has {left} left, and the call takes more")]
    BudgetExhausted {
        /// The account's name at its issuer.
        account: Label,
        /// What is left.
        left: Number,
    },
    /// Calls come too fast.
    #[error("calls on account {account} come too fast, the next may come at {until}")]
    RateExceeded {
        /// The account's name at its issuer.
        account: Label,
        /// The first second in which one more may come.
        until: Timestamp,
    },
    /// A tool of another group was used.
    #[error("account {account} has used a tool that excludes this one")]
    GroupClosed {
        /// The account's name at its issuer.
        account: Label,
    },
}

impl ChargeError {
    /// Whether it tells more than the chain and the call do: what the host is attached to, and what
    /// others have spent.
    pub(crate) const fn is_hosts_own(&self) -> bool {
        match self {
            Self::LedgerUnknown { .. }
            | Self::BudgetExhausted { .. }
            | Self::RateExceeded { .. }
            | Self::GroupClosed { .. } => true,
            Self::AmountMissing { .. }
            | Self::AmountNotANumber { .. }
            | Self::AmountNegative { .. }
            | Self::AmountOutOfRange { .. }
            | Self::SumOutOfRange
            | Self::WrongUnit { .. }
            | Self::ValueMissing { .. }
            | Self::ValueNotScalar { .. }
            | Self::OutOfWork(_) => false,
        }
    }
}
