use super::context::DecisionContext;
use super::ladder::{StepObserver, StepOutcome, walk};
use super::presentation::Presentation;
use super::step::Step;
use crate::chain::{Settings, VerifiedChain};
use crate::denial::{Denial, DenialPlace};
use std::fmt;

/// Every check of a decision with its verdict. It is for the people who run the host, not for its
/// callers.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(_, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, chain, here, .. } = sample;
/// use mandatum::decide::Presentation;
/// use mandatum::{DecisionContext, DenialCode, Register};
/// // A call that nobody signed.
/// let presentation = Presentation::asserted(&call, chain.leaf().holder.key, chain.leaf_id());
/// let (chain, context) = (verifier.verify(&chain)?, DecisionContext::new(here, Register::none()));
/// let explanation = verifier.explain(&chain, &presentation, &context);
/// let denial = explanation.denial().expect("asserted calls are not accepted by default");
/// assert_eq!(denial.code(), DenialCode::AssertionNotAccepted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    checks: Vec<Check>,
    same_key: bool,
}

/// One check with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The check.
    pub step: Step,
    /// Place that it is about.
    pub place: DenialPlace,
    /// Verdict of the check.
    pub verdict: Verdict,
}

/// The verdict of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The check held.
    Held,
    /// The limit does not apply to this call.
    OutOfScope,
    /// The check failed.
    Failed(Denial),
}

impl Explanation {
    /// Walks the whole ladder.
    pub(super) fn new(
        settings: &Settings,
        chain: &VerifiedChain,
        presentation: &Presentation<'_>,
        context: &DecisionContext<'_>,
    ) -> Self {
        let mut checks = Vec::new();
        // A failed check ends no walk here, so that all of them are shown.
        let walked = walk(settings, chain, presentation, context, &mut checks);
        debug_assert!(walked.is_ok(), "this observer never ends the walk");
        let same_key = chain
            .chain()
            .children()
            .any(|child| child.claims().same_key);
        Self { checks, same_key }
    }

    /// Returns all checks in their order.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Returns the denial that `decide` gives: that of the first check that failed.
    #[must_use]
    pub fn denial(&self) -> Option<&Denial> {
        self.checks.iter().find_map(|check| match &check.verdict {
            Verdict::Failed(denial) => Some(denial),
            Verdict::Held | Verdict::OutOfScope => None,
        })
    }
}

impl StepObserver for Vec<Check> {
    fn note(
        &mut self,
        step: impl FnOnce() -> Step,
        place: DenialPlace,
        outcome: StepOutcome,
    ) -> Result<(), Denial> {
        let verdict = match outcome {
            StepOutcome::Held(_) => Verdict::Held,
            StepOutcome::OutOfScope => Verdict::OutOfScope,
            StepOutcome::Failed(reason) => Verdict::Failed(Denial::new(place, reason)),
        };
        self.push(Check {
            step: step(),
            place,
            verdict,
        });
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let sign = match check.verdict {
                Verdict::Held => "ok  ",
                Verdict::OutOfScope => "--  ",
                Verdict::Failed(_) => "FAIL",
            };
            write!(f, "{sign} {}", check.step)?;
            match check.place {
                DenialPlace::Link(0) => f.write_str(" (the root)")?,
                DenialPlace::Link(link) => write!(f, " (link {link})")?,
                DenialPlace::Bytes
                | DenialPlace::Ceiling
                | DenialPlace::Call
                | DenialPlace::Verifier => {}
            }
            if let Verdict::Failed(denial) = &check.verdict {
                write!(f, ": {}: {}", denial.code(), denial.reason())?;
            }
            f.write_str("\n")?;
        }
        if self.same_key {
            f.write_str(
                "note a link shares an ancestor's key: this narrows but does not contain\n",
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration => f.write_str("verified under this configuration"),
            Self::Issued => f.write_str("issued in the past"),
            Self::NotExpired => f.write_str("not expired"),
            Self::RootAudience => f.write_str("valid at this server"),
            Self::Floors => f.write_str("within what the verifier demands of every chain"),
            Self::Grant => f.write_str("granted in an accepted way"),
            Self::LocalName => f.write_str("known by name in the server's system"),
            Self::Limit(limit) => write!(f, "limit: {limit}"),
            Self::NotEnded => f.write_str("task not ended"),
            Self::Powers => f.write_str("within powers"),
            Self::Ceiling => f.write_str("within the anchor's ceiling"),
            Self::PresenterAccepted => f.write_str("presented in an accepted way"),
            Self::Leaf => f.write_str("presented for this leaf"),
            Self::CallAudience => f.write_str("signed for this server"),
            Self::CallTime => f.write_str("signed recently"),
            Self::CallContent => f.write_str("signed for this call"),
            Self::Holder => f.write_str("presented by the holder"),
            Self::Approvals => f.write_str("every approval is of this call"),
            Self::Gate(gate) => write!(f, "gate: {gate}"),
        }
    }
}
