use super::reason::Reason;
use crate::ground::bounds::CONDITION_STEPS;
use crate::ground::{Label, Seconds, Timestamp, Value, Work};
use crate::limits::Condition;
use std::collections::HashMap;

/// What the host observed: facts by name, each with its value and when it was observed. A fact that is not here is unknown,
/// and denies where a limit asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(HashMap<Label, (Value, Timestamp)>);

impl Facts {
    /// Nothing was observed.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The host observed that `fact` had this value at this time; a later observation replaces an earlier one.
    #[must_use]
    pub fn observed(mut self, fact: Label, value: impl Into<Value>, at: Timestamp) -> Self {
        match self.0.get(&fact) {
            Some((_, known)) if *known > at => {}
            _ => {
                self.0.insert(fact, (value.into(), at));
            }
        }
        self
    }

    /// Whether a condition holds; if so, the first second in which the observation is too old for it.
    pub(super) fn hold(&self, condition: &Condition, now: Timestamp) -> Result<Timestamp, Reason> {
        let fact = || condition.fact.clone();
        let Some((value, at)) = self.0.get(&condition.fact) else { return Err(Reason::FactUnknown { fact: fact() }) };
        if *at > now {
            return Err(Reason::FactFromFuture { fact: fact(), at: *at, now });
        }
        if now.since(*at) > condition.max_age {
            return Err(Reason::FactTooOld { fact: fact(), at: *at, max_age: condition.max_age, now });
        }
        if !condition.holds.admits(value, &mut Work::new(CONDITION_STEPS))? {
            return Err(Reason::ConditionFails { fact: fact() });
        }
        Ok(at.plus(condition.max_age).plus(Seconds::new(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::powers::Constraint;

    fn condition(pattern: &str) -> Condition {
        let holds = Constraint::pattern(pattern).unwrap();
        Condition { fact: Label::new("ticket").unwrap(), holds, max_age: Seconds::new(60) }
    }

    /// Whoever delegates may add conditions, so each has a small budget of its own.
    #[test]
    fn a_condition_made_to_be_slow_denies() {
        let now = Timestamp::from_unix(1_767_225_600).unwrap();
        let long = Facts::none().observed(Label::new("ticket").unwrap(), "a".repeat(10_000), now);
        assert!(matches!(long.hold(&condition("*a*a*a*b"), now), Err(Reason::OutOfWork(_))));
        let short = Facts::none().observed(Label::new("ticket").unwrap(), "open", now);
        assert_eq!(short.hold(&condition("*o*e*"), now), Ok(now.plus(Seconds::new(61))));
    }
}
