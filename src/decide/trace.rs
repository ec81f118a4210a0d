use crate::chain::Chain;
use crate::claims::{Holder, Purpose};
use crate::ground::{Label, MandateId, TaskPath};
use crate::powers::{Action, ToolName};
use std::fmt;

/// Who stands behind a call: the principal, every holder in turn, the tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Whom the work is for.
    pub principal: Label,
    /// What it is for.
    pub purpose: Purpose,
    /// Every holder, root first.
    pub hops: Vec<Hop>,
    /// The tool that was called.
    pub tool: ToolName,
}

/// One holder of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Its mandate.
    pub mandate: MandateId,
    /// The holder.
    pub holder: Holder,
    /// Its task.
    pub task: TaskPath,
}

impl Trace {
    pub(super) fn new(chain: &Chain, tasks: &[TaskPath], action: &Action) -> Self {
        let root = chain.root().claims();
        let links = chain.ids().zip(chain.links()).zip(tasks);
        let hops = links
            .map(|((mandate, link), task)| Hop { mandate, holder: link.holder.clone(), task: task.clone() })
            .collect();
        Self { principal: root.principal.name.clone(), purpose: root.purpose.clone(), hops, tool: action.tool.clone() }
    }
}

impl fmt::Display for Trace {
    /// `alice → orchestrator → slides-agent → slides.write`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.principal)?;
        self.hops.iter().try_for_each(|hop| write!(f, " → {}", hop.holder))?;
        write!(f, " → {}", self.tool)
    }
}
