use crate::chain::Chain;
use crate::claims::{Holder, Purpose};
use crate::limits::Limits;
use crate::powers::{Action, Powers, ToolName, join};
use crate::primitives::{Label, MandateId, Named, TaskPath};
use std::fmt;

/// The parties behind a call: the principal, every holder in turn, the tool.
///
/// ```
/// # mod setup { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/setup.rs")); }
/// # let sample = setup::sample()?;
/// # let [(proof, call)] = sample.prove(["eu/acme"])?;
/// # let setup::Sample { verifier, here, now, .. } = sample;
/// # let context = mandatum::DecisionContext::new(here, mandatum::Register::none());
/// # let unsettled = verifier.check(&proof, &call.action, &context)?;
/// # let permit = mandatum::MemoryLedger::new(100).settle(unsettled, now)?;
/// let trace = permit.trace();
/// assert_eq!(trace.principal.as_str(), "alice");
/// assert_eq!(trace.hops.len(), 2);
/// assert_eq!(trace.passed_on(0), Some(&trace.hops[1].powers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Person that the work is for.
    pub principal: Label,
    /// Purpose of the work.
    pub purpose: Purpose,
    /// Every holder, root first.
    pub hops: Vec<Hop>,
    /// Tool that was called.
    pub tool: ToolName,
}

/// One holder of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Mandate that it holds.
    pub mandate: MandateId,
    /// The holder.
    pub holder: Holder,
    /// Task of the mandate.
    pub task: TaskPath,
    /// Powers that it received. The powers that it [delegated](Trace::passed_on) are those that the
    /// next holder received.
    pub powers: Powers,
    /// Limits of its own mandate. Those of the mandates above apply as well.
    pub limits: Limits,
}

impl Trace {
    pub(crate) fn new(chain: &Chain, tasks: &[TaskPath], action: &Action) -> Self {
        let root = chain.root().claims();
        let links = chain.ids().zip(chain.links()).zip(tasks);
        let hops = links
            .map(|((mandate, link), task)| Hop {
                mandate,
                holder: link.holder.clone(),
                task: task.clone(),
                powers: link.powers.clone(),
                limits: link.limits.clone(),
            })
            .collect();
        Self {
            principal: root.principal.name.clone(),
            purpose: root.purpose.clone(),
            hops,
            tool: action.tool.clone(),
        }
    }

    /// Returns the powers that a holder delegated to the next. `hop` counts from 0 for the root's
    /// holder. The last holder, who made the call, has none.
    #[must_use]
    pub fn passed_on(&self, hop: usize) -> Option<&Powers> {
        self.hops.get(hop.checked_add(1)?).map(|next| &next.powers)
    }
}

impl fmt::Display for Trace {
    /// Writes `alice → orchestrator (key gTl3…) → slides-agent (key 7Uko…) → slides.write`, with
    /// the keys in full: the issuer chooses a holder's name, and only the key identifies the
    /// holder. A name that could be taken for several is quoted. The alternate form (`{:#}`) has a
    /// paragraph for each holder:
    ///
    /// ```text
    /// alice
    ///   purpose: qbr
    ///   subject: acme
    /// → orchestrator (key gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q)
    ///   task: acme-qbr
    ///   received: slides.*() up to write, delegable
    ///   passed on: slides.write() up to write
    /// → slides-agent (key 7UkoxijRwsbq6QM4kFmVYSlZJzpcY_k2NsFGFKyHN9E)
    ///   task: acme-qbr/slides
    ///   received: slides.write() up to write
    ///   limits: until 2026-01-01T00:30:00Z
    /// → slides.write
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.paragraphs(f);
        }
        write!(f, "{}", Named(self.principal.as_str()))?;
        self.hops
            .iter()
            .try_for_each(|hop| write!(f, " → {}", hop.holder))?;
        write!(f, " → {}", self.tool)
    }
}

impl Trace {
    fn paragraphs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", Named(self.principal.as_str()))?;
        writeln!(f, "  purpose: {}", Named(self.purpose.code.as_str()))?;
        writeln!(f, "  subject: {}", Named(self.purpose.subject.as_str()))?;
        for (index, hop) in self.hops.iter().enumerate() {
            writeln!(f, "→ {}", hop.holder)?;
            writeln!(f, "  task: {}", hop.task)?;
            writeln!(f, "  received: {}", hop.powers)?;
            if hop.limits.iter().len() > 0 {
                f.write_str("  limits: ")?;
                join(f, "; ", hop.limits.iter())?;
                writeln!(f)?;
            }
            if let Some(passed_on) = self.passed_on(index) {
                writeln!(f, "  passed on: {passed_on}")?;
            }
        }
        write!(f, "→ {}", self.tool)
    }
}
