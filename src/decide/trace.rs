use crate::chain::Chain;
use crate::claims::{Holder, Purpose};
use crate::ground::{Label, MandateId, Quoted, TaskPath};
use crate::powers::{Action, Powers, ToolName};
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
    /// What it received. What it passed on is what the next one received.
    pub powers: Powers,
}

impl Trace {
    pub(super) fn new(chain: &Chain, tasks: &[TaskPath], action: &Action) -> Self {
        let root = chain.root().claims();
        let links = chain.ids().zip(chain.links()).zip(tasks);
        let hops = links
            .map(|((mandate, link), task)| Hop {
                mandate,
                holder: link.holder.clone(),
                task: task.clone(),
                powers: link.powers.clone(),
            })
            .collect();
        Self { principal: root.principal.name.clone(), purpose: root.purpose.clone(), hops, tool: action.tool.clone() }
    }
}

impl fmt::Display for Trace {
    /// `alice → orchestrator → slides-agent → slides.write`; the alternate form (`{:#}`) has a line for each holder, with its task
    /// and what it received.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            writeln!(f, "{} for {} {}", Station(self.principal.as_str()), self.purpose.code, self.purpose.subject)?;
            for hop in &self.hops {
                writeln!(f, "→ {} for {} received {}", Station(&hop.holder.to_string()), hop.task, hop.powers)?;
            }
            return write!(f, "→ {}", self.tool);
        }
        write!(f, "{}", Station(&self.principal.to_string()))?;
        self.hops.iter().try_for_each(|hop| write!(f, " → {}", Station(&hop.holder.to_string())))?;
        write!(f, " → {}", self.tool)
    }
}

/// A name on the way, quoted where it could be taken for several.
struct Station<'a>(&'a str);

impl fmt::Display for Station<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains('→') { write!(f, "{}", Quoted(self.0)) } else { f.write_str(self.0) }
    }
}
