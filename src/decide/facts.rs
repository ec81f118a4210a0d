use crate::denial::DenialReason;
use crate::limits::Condition;
use crate::primitives::{Issuer, Label, Seconds, Timestamp, Value, Work};
use std::collections::{BTreeSet, HashMap};

/// Facts that the host observed, by name: the value, when it was observed, and which issuers'
/// chains may ask for it.
///
/// Whoever can put a condition on a fact can find out its value, by adding one condition after
/// another. So a fact is open to the issuers that the host names, and to nobody else; and below a
/// root a condition is only on facts that the root names (rule 21 on [`Chain`](crate::Chain)). A
/// fact that a chain may not ask for is unknown to it, and denies.
///
/// A root that names a fact and allows delegation lets everyone below read the fact's value and its
/// time. Prefer facts that are yes or no.
///
/// ```
/// use mandatum::decide::Facts;
/// use mandatum::Timestamp;
/// let at = Timestamp::from_unix(1_767_225_600)?;
/// let facts = Facts::none().with_fact("ticket/INC-42".parse()?, "open", at, ["https://acme.example".parse()?]);
/// # let _ = facts;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(HashMap<Label, Fact>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    value: Value,
    at: Timestamp,
    open_to: BTreeSet<Issuer>,
}

impl Facts {
    /// No facts.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a fact with its value, the time it was observed, and the issuers whose chains may ask
    /// for it. A later observation replaces an earlier one.
    #[must_use]
    pub fn with_fact(
        mut self,
        fact: Label,
        value: impl Into<Value>,
        at: Timestamp,
        open_to: impl IntoIterator<Item = Issuer>,
    ) -> Self {
        match self.0.get(&fact) {
            Some(known) if known.at > at => {}
            _ => {
                let open_to = open_to.into_iter().collect();
                self.0.insert(
                    fact,
                    Fact {
                        value: value.into(),
                        at,
                        open_to,
                    },
                );
            }
        }
        self
    }

    /// Checks a condition of a chain of `issuer`; returns the first second in which the observation
    /// is too old for it.
    pub(crate) fn hold(
        &self,
        condition: &Condition,
        issuer: &Issuer,
        now: Timestamp,
        leeway: Seconds,
        work: &mut Work,
    ) -> Result<Timestamp, DenialReason> {
        let fact = || condition.fact.clone();
        let known = self
            .0
            .get(&condition.fact)
            .filter(|known| known.open_to.contains(issuer));
        // Observed further in the future than a clock may be ahead, it counts as not observed.
        let known = known.and_then(|known| Some((&known.value, known.at.received(now, leeway)?)));
        let Some((value, at)) = known else {
            return Err(DenialReason::FactUnknown { fact: fact() });
        };
        if now.since(at) > condition.max_age {
            return Err(DenialReason::FactTooOld {
                fact: fact(),
                at,
                max_age: condition.max_age,
                now,
            });
        }
        match condition.holds.admits(value, work) {
            Ok(true) => Ok(at.too_old_at(condition.max_age)),
            Ok(false) => Err(DenialReason::ConditionFails { fact: fact() }),
            // How much work it takes says something of the fact.
            Err(out) => Err(DenialReason::FactOutOfWork { fact: fact(), out }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::powers::Constraint;
    use crate::primitives::bounds::CONDITION_STEPS;

    fn condition(pattern: &str) -> Condition {
        let holds = Constraint::pattern(pattern).unwrap();
        Condition {
            fact: Label::new("ticket").unwrap(),
            holds,
            max_age: Seconds::new(60),
        }
    }

    /// Whoever delegates may add conditions, so all of a decision have one budget together.
    #[test]
    fn conditions_made_to_be_slow_deny_and_an_ordinary_one_on_the_longest_fact_holds() {
        let now = Timestamp::from_unix(1_767_225_600).unwrap();
        let issuer: Issuer = "https://acme.example".parse().unwrap();
        let ticket = |text: String| {
            Facts::none().with_fact(Label::new("ticket").unwrap(), text, now, [issuer.clone()])
        };
        let hold = |facts: &Facts, pattern, work: &mut Work| {
            facts.hold(&condition(pattern), &issuer, now, Seconds::new(30), work)
        };
        let (long, mut work) = (
            ticket(format!("{}open", "a".repeat(65_532))),
            Work::new(CONDITION_STEPS),
        );
        let until = Ok(now.plus(Seconds::new(61)));
        assert_eq!(hold(&long, "*a*open*", &mut work), until);
        assert!(matches!(
            hold(&long, "*b*", &mut work),
            Err(DenialReason::FactOutOfWork { .. })
        ));
        assert_eq!(
            hold(
                &ticket("open".to_owned()),
                "*o*e*",
                &mut Work::new(CONDITION_STEPS)
            ),
            until
        );
    }
}
