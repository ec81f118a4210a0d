//! The JSON form of charges, as documented on [`Charge`].

use super::budget::period;
use super::error::{JsonError, JsonErrorKind};
use super::fields::{Fields, invalid, label, object, seconds, text, whole};
use super::form::JsonForm;
use super::powers::number;
use super::spending::calls;
use crate::charge::{Charge, Demand};
use crate::limits::{LimitError, RateLimit};
use crate::primitives::bounds::MAX_REMEMBER;
use crate::primitives::{Label, Number, Seconds, Total, Value};

impl JsonForm for Charge {
    fn to_value(&self) -> Value {
        // No machine has a `usize` beyond 64 bits, so no count is left out.
        let count = |count: usize| {
            u64::try_from(count)
                .ok()
                .map(|count| Number::from(count).into())
        };
        let (kind, demand) = match self.demand {
            Demand::Spend {
                amount,
                max,
                period,
                remember,
            } => {
                let terms = object([
                    ("amount", Some(amount.into())),
                    ("max", Some(max.into())),
                    ("each", period.map(|period| period.as_str().into())),
                    (
                        "remember",
                        remember.map(|remember| Number::from(remember.get()).into()),
                    ),
                ]);
                ("spend", terms)
            }
            Demand::Pace { burst, per } => {
                let (burst, per) = (Number::from(burst).into(), Number::from(per.get()).into());
                ("pace", object([("burst", Some(burst)), ("per", Some(per))]))
            }
            Demand::Latch { group } => ("latch", object([("group", count(group))])),
        };
        object([
            ("link", count(self.link)),
            ("ledger", Some(self.ledger.as_str().into())),
            ("account", Some(self.account.to_string().into())),
            ("name", Some(self.name.as_str().into())),
            (kind, Some(demand)),
        ])
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        let mut fields = Fields::new(value)?;
        let link = fields.required("link", |link| count(link, "the number of a link"))?;
        let (ledger, name) = (
            fields.required("ledger", label)?,
            fields.required("name", label)?,
        );
        let account = fields.required("account", |account| {
            text(account)?
                .parse()
                .map_err(|_| JsonErrorKind::Expected("a digest in hex").into())
        })?;
        let (kind, content) = fields.kind()?;
        let demand = match kind {
            "spend" => spend(content),
            "pace" => pace(content, &ledger, &name),
            "latch" => latch(content),
            unknown => {
                return Err(JsonErrorKind::Unknown {
                    key: unknown.into(),
                }
                .into());
            }
        };
        Ok(Self {
            link,
            ledger,
            account,
            name,
            demand: demand.map_err(|error| error.under(kind))?,
        })
    }
}

fn spend(value: &Value) -> Result<Demand, JsonError> {
    let mut fields = Fields::new(value)?;
    let spend = Demand::Spend {
        amount: fields.required("amount", amount)?,
        max: fields.required("max", amount)?,
        period: fields.optional("each", period)?,
        remember: fields.optional("remember", remember)?,
    };
    fields.end().map(|()| spend)
}

/// Reads an amount, within the bounds of a budget.
fn amount(value: &Value) -> Result<Number, JsonError> {
    let amount = number(value)?;
    if amount < Number::ZERO {
        return Err(JsonErrorKind::Expected("an amount that is not negative").into());
    }
    if Total::try_from(amount).is_err() {
        Err(invalid(LimitError::BudgetOutOfRange))
    } else {
        Ok(amount)
    }
}

/// Reads a time to remember, within the bounds of a budget per value.
fn remember(value: &Value) -> Result<Seconds, JsonError> {
    let remember = seconds(value)?;
    if (1..=MAX_REMEMBER).contains(&remember.get()) {
        Ok(remember)
    } else {
        Err(invalid(LimitError::Remember))
    }
}

/// Reads the terms of a rate, within the bounds of a rate limit.
fn pace(value: &Value, ledger: &Label, name: &Label) -> Result<Demand, JsonError> {
    let mut fields = Fields::new(value)?;
    let burst = fields.required("burst", calls)?;
    let per = fields.required("per", seconds)?;
    fields.end()?;
    // A burst beyond 32 bits is out of bounds, and so is the greatest of 32 bits.
    let burst = u32::try_from(burst).unwrap_or(u32::MAX);
    let rate = RateLimit::new(name.clone(), ledger.clone(), burst, per).map_err(invalid)?;
    Ok(Demand::Pace {
        burst: rate.burst(),
        per: rate.per(),
    })
}

fn latch(value: &Value) -> Result<Demand, JsonError> {
    let mut fields = Fields::new(value)?;
    let latch = Demand::Latch {
        group: fields.required("group", |group| count(group, "the number of a group"))?,
    };
    fields.end().map(|()| latch)
}

fn count(value: &Value, wanted: &'static str) -> Result<usize, JsonError> {
    let count = whole(value).and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| JsonErrorKind::Expected(wanted).into())
}
