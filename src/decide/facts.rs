use crate::denial::DenialReason;
use crate::limits::Condition;
use crate::primitives::{Issuer, Label, Seconds, Timestamp, Value, Work};
use std::collections::{BTreeSet, HashMap};

/// Facts that the host observed, by name: the value, the time of the observation, and the issuers
/// whose chains may read it.
///
/// Whoever can put a condition on a fact can find out its value, by adding one condition after
/// another. A fact is therefore open only to the issuers that the host names, and below a root a
/// condition may only name facts that the root names (rule 21 on [`Chain`](crate::Chain)). A fact
/// that a chain may not read is unknown to it, and denies.
///
/// A root that names a fact and allows delegation lets everyone below it read the fact's value and
/// time. Prefer facts that are true or false.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # use mandatum::{Constraint, DecisionContext, Issuer, Label, Limit, Register, Seconds};
/// # let (fact, issuer) = (Label::new("ticket/INC-42")?, Issuer::new("https://acme.example")?);
/// # let (holds, max_age) = (Constraint::one_of(["open"])?, Seconds::minutes(5));
/// # let condition = mandatum::limits::Condition { fact: fact.clone(), holds, max_age };
/// # let sample = setup::sample_with([Limit::condition(condition)])?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// use mandatum::decide::Facts;
/// // The root has a condition: fact `ticket/INC-42` is "open".
/// let context = DecisionContext::new(here, Register::none());
/// for (value, is_permitted) in [("open", true), ("closed", false)] {
///     let facts = Facts::none().with_fact(fact.clone(), value, now, [issuer.clone()]);
///     let context = context.clone().with_facts(&facts);
///     assert_eq!(verifier.check(&proof, &call.action, &context).is_ok(), is_permitted);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(HashMap<Label, Fact>);

/// An observed fact.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    value: Value,
    at: Timestamp,
    open_to: BTreeSet<Issuer>,
}

impl Facts {
    /// Returns an empty set of facts.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a fact with its value, the time of the observation, and the issuers whose chains may
    /// read it. A later observation replaces an earlier one.
    #[must_use]
    pub fn with_fact(
        mut self,
        fact: Label,
        value: impl Into<Value>,
        at: Timestamp,
        open_to: impl IntoIterator<Item = Issuer>,
    ) -> Self {
        match self.0.get(&fact) {
            // Observations may arrive in any order; an older one changes nothing.
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

    /// Checks a condition of a chain of `issuer`. Returns the first second in which the observation
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
        // An observation further in the future than a clock may be ahead counts as none.
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
            // The work depends on the fact's value, so the denial is the host's own and not public.
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

    /// Whoever delegates may add conditions, so all conditions of a decision share one budget.
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
