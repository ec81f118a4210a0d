use crate::chain::{Call, VerifiedChain};
use crate::decide::{DecisionContext, Verifier};
use crate::denial::Denial;
use crate::limits::Scope;
use crate::primitives::{MandateId, Mission};
use std::fmt;
use thiserror::Error;

/// Error for a chain whose calls do not all live by the portfolio's mission.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("mandate {mandate} does not live by mission {mission}")]
pub struct PortfolioMissionError {
    /// The leaf of the chain.
    pub mandate: MandateId,
    /// The portfolio's mission.
    pub mission: Mission,
}

/// Reasons why no chain of a portfolio suffices for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortfolioError {
    /// The leaf of each chain with its denial, in the order in which the chains were added.
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

/// The chains of one agent on one mission, from several owners.
///
/// Each resource is controlled by one owner, and only the chain of that owner counts there. A call
/// is made under exactly one chain: two chains that each permit half of it do not permit it.
///
/// ```
/// use mandatum::graph::Portfolio;
/// use mandatum::{Mission, SigningKey};
/// # mod setup {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/graph.rs"));
/// # }
/// # let plan = setup::world()?.plan;
/// let controller = SigningKey::from_seed(&[1; 32]).public();
/// let mut portfolio = Portfolio::new(Mission::new(controller, "qbr".parse()?, [7; 16]));
/// // `plan` is a verified chain that lives until it expires, and not by the mission.
/// assert!(portfolio.add(plan).is_err());
/// assert!(portfolio.chains().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Portfolio {
    mission: Mission,
    chains: Vec<VerifiedChain>,
}

impl Portfolio {
    /// Makes a portfolio without chains, for work on `mission`.
    #[must_use]
    pub const fn new(mission: Mission) -> Self {
        Self {
            mission,
            chains: Vec::new(),
        }
    }

    /// Adds a chain. All its calls must live by the mission, so the mission's end ends the
    /// portfolio.
    ///
    /// # Errors
    /// [`PortfolioMissionError`] for a chain that lives by another mission, by none, or by this one
    /// only for some tools. The portfolio is then unchanged.
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

    /// Returns the chains, in the order in which they were added.
    #[must_use]
    pub fn chains(&self) -> &[VerifiedChain] {
        &self.chains
    }

    /// Returns the first chain under which the agent could make this call now, by
    /// [`Verifier::preview`].
    ///
    /// The verifier has the anchors of the owners, and the context names the server of the call.
    /// The server decides anew, and may know more.
    ///
    /// # Errors
    /// [`PortfolioError`] with the denial under each chain, if every chain is refused.
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
