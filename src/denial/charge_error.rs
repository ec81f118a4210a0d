use crate::limits::ArgumentPath;
use crate::primitives::{ForeignText, Label, Number, OutOfWork, Timestamp};
use thiserror::Error;

/// The reason why a call can't be charged to an account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChargeError {
    /// The verifier is attached to none of the ledgers that count a limit.
    #[error(
        "a limit is counted by a ledger that this server is not attached to: {}",
        .ledgers.iter().map(Label::as_str).collect::<Vec<_>>().join(", ")
    )]
    LedgerUnknown {
        /// Ledgers that count it.
        ledgers: Vec<Label>,
    },
    /// A counted amount is missing.
    #[error("argument {argument} is counted, and is missing")]
    AmountMissing {
        /// Path to the amount.
        argument: ArgumentPath,
    },
    /// A counted amount is not a number, nor a decimal number in a text where the budget accepts
    /// texts.
    #[error("argument {argument} is counted, and is no number")]
    AmountNotANumber {
        /// Path to the amount.
        argument: ArgumentPath,
    },
    /// A counted amount is negative.
    #[error("argument {argument} is counted, and is negative")]
    AmountNegative {
        /// Path to the amount.
        argument: ArgumentPath,
    },
    /// A counted amount is 10⁵⁰ or more, or has more than 18 digits after the point.
    #[error("argument {argument} is counted, and is too large or has too many digits")]
    AmountOutOfRange {
        /// Path to the amount.
        argument: ArgumentPath,
    },
    /// The sum of a call's amounts is 10⁵⁰ or more, or has more digits than a [`Number`].
    #[error(
        "the sum of the counted amounts is too large, or has more digits than a number can have"
    )]
    SumOutOfRange,
    /// A counted amount is not in the budget's unit.
    #[error("argument {argument} must be {unit:?}, which is what is counted")]
    WrongUnit {
        /// Path to the unit.
        argument: ArgumentPath,
        /// The only unit that the budget accepts.
        unit: ForeignText,
    },
    /// The argument that has a budget for each value is missing.
    #[error("argument {argument} has a budget for each value, and is missing")]
    ValueMissing {
        /// Path to the value.
        argument: ArgumentPath,
    },
    /// The argument that has a budget for each value is not a text, number or boolean.
    #[error(
        "argument {argument} has a budget for each value, and is no text, number, true or false"
    )]
    ValueNotScalar {
        /// Path to the value.
        argument: ArgumentPath,
    },
    /// Finding the amounts takes more work than a decision may.
    #[error(transparent)]
    OutOfWork(#[from] OutOfWork),
    /// The amount is more than the budget has left.
    #[error("the budget on account {account} has {left} left, and the call takes more")]
    BudgetExhausted {
        /// Account's name at its issuer.
        account: Label,
        /// Amount that is left.
        left: Number,
    },
    /// Calls come too fast.
    #[error("calls on account {account} come too fast, the next may come at {until}")]
    RateExceeded {
        /// Account's name at its issuer.
        account: Label,
        /// First second in which one more call may come.
        until: Timestamp,
    },
    /// A tool of another group was used.
    #[error("account {account} has used a tool that excludes this one")]
    GroupClosed {
        /// Account's name at its issuer.
        account: Label,
    },
}

impl ChargeError {
    /// Returns whether it reveals more than the chain and the call do: the ledgers that the host is
    /// attached to, or what others have spent.
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
