use crate::chain::{Call, VerifiedChain};
use crate::decide::{DecisionContext, Verifier};
use crate::denial::Denial;
use crate::limits::Scope;
use crate::primitives::{MandateId, Mission};
use std::fmt;
use thiserror::Error;

/// A chain that does not live by the portfolio's mission in all its calls.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("mandate {mandate} does not live by mission {mission}")]
pub struct PortfolioMissionError {
    /// The leaf.
    pub mandate: MandateId,
    /// The portfolio's mission.
    pub mission: Mission,
}

/// Why none of an agent's chains suffices for a call: each chain's own reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortfolioError {
    /// The leaf of each chain, in the order they were added, and why it is refused.
    pub denials: Vec<(MandateId, Denial)>,
}

impl fmt::Display for PortfolioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denials.is_empty() {
            return f.write_str("there is no chain");
        }
        write!(f, "none of {} chains suffices", self.denials.len())?;
        self.denials
            .iter()
            .try_for_each(|(mandate, denial)| write!(f, "; mandate {mandate}: {denial}"))
    }
}

impl std::error::Error for PortfolioError {}

/// An agent's chains on one mission, from several owners: each resource is controlled by one owner,
/// whose chain alone counts there. A call is made under exactly one of them; what two permit half
/// each is permitted by none.
#[derive(Clone, Debug)]
pub struct Portfolio {
    mission: Mission,
    chains: Vec<VerifiedChain>,
}

impl Portfolio {
    /// No chain yet, for work on `mission`.
    #[must_use]
    pub const fn new(mission: Mission) -> Self {
        Self {
            mission,
            chains: Vec::new(),
        }
    }

    /// Adds a chain. It lives by the mission in all its calls, so the mission's end ends the
    /// portfolio.
    ///
    /// # Errors
    /// [`PortfolioMissionError`]; the portfolio is then as it was.
    pub fn add(&mut self, chain: VerifiedChain) -> Result<(), PortfolioMissionError> {
        let lives_by_it = |(_, scope, lives_by): (_, &Scope, &crate::limits::LivesBy)| {
            *scope == Scope::All && *lives_by.mission() == self.mission
        };
        if !chain.chain().lives_by().any(lives_by_it) {
            return Err(PortfolioMissionError {
                mandate: chain.chain().leaf_id(),
                mission: self.mission.clone(),
            });
        }
        self.chains.push(chain);
        Ok(())
    }

    /// The chains, in the order they were added.
    #[must_use]
    pub fn chains(&self) -> &[VerifiedChain] {
        &self.chains
    }

    /// The first chain under which the agent could make this call now, as far as `verifier` and
    /// `context` know: see [`Verifier::preview`]. The verifier knows the owners' anchors; the
    /// context names the server where the call is made.
    ///
    /// # Errors
    /// [`PortfolioError`], with the reason of each.
    pub fn choose(
        &self,
        verifier: &Verifier,
        call: &Call,
        context: &DecisionContext<'_>,
    ) -> Result<&VerifiedChain, PortfolioError> {
        let mut denials = Vec::new();
        for chain in &self.chains {
            match verifier.preview(chain, call, context) {
                Ok(_) => return Ok(chain),
                Err(denial) => denials.push((chain.chain().leaf_id(), denial)),
            }
        }
        Err(PortfolioError { denials })
    }
}
