use super::execution::{Above, ExecutionGraph, Node};
use super::sample::{More, sample};
use super::state::{TaskState, states};
use crate::claims::Holder;
use crate::limits::{Barrier, Limit, LimitRule, Scope, Waves};
use crate::mission::Register;
use crate::primitives::{MandateId, TaskPath, Timestamp};

/// An execution graph at one moment, to be looked at.
///
/// Names in it come from tokens, that is from strangers: in every format they are escaped, so that
/// no name can change the picture's structure or add code to it. They are names alone, without
/// keys: two boxes with one name may be two holders, whom [`TaskNode::holder`] tells apart.
#[derive(Clone, Debug)]
pub struct Picture<'g> {
    graph: &'g ExecutionGraph,
    states: Vec<TaskState>,
    /// The nodes that are drawn, above before below.
    shown: Vec<usize>,
    /// What is not drawn, and below which node.
    more: Vec<More>,
}

/// One task of a picture.
#[derive(Clone, Copy, Debug)]
pub struct TaskNode<'g> {
    node: &'g Node,
    parent: Option<MandateId>,
    state: TaskState,
}

impl<'g> TaskNode<'g> {
    /// Its mandate.
    #[must_use]
    pub const fn mandate(&self) -> MandateId {
        self.node.id
    }

    /// The mandate that it was delegated from; `None` for a root.
    #[must_use]
    pub const fn parent(&self) -> Option<MandateId> {
        self.parent
    }

    /// The task.
    #[must_use]
    pub const fn task(&self) -> &'g TaskPath {
        &self.node.task
    }

    /// Who holds it.
    #[must_use]
    pub const fn holder(&self) -> &'g Holder {
        &self.node.holder
    }

    /// How many capabilities it has.
    #[must_use]
    pub const fn powers(&self) -> usize {
        self.node.powers
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> TaskState {
        self.state
    }

    /// The waves that all its calls are bound to.
    pub fn waves(&self) -> impl Iterator<Item = &'g Waves> + use<'g> {
        self.rules().filter_map(LimitRule::waves)
    }

    /// The mandates that all its calls wait for.
    pub fn waits_for(&self) -> impl Iterator<Item = MandateId> + use<'g> {
        let barriers = self.rules().filter_map(LimitRule::barrier);
        barriers.flat_map(Barrier::tasks).map(|(task, _)| task)
    }

    fn rules(&self) -> impl Iterator<Item = &'g LimitRule> + use<'g> {
        self.node
            .limits
            .iter()
            .filter(|limit| *limit.scope() == Scope::All)
            .map(Limit::rule)
    }
}

impl ExecutionGraph {
    /// How every task stands, by what `register` has heard.
    #[must_use]
    pub fn picture(&self, register: &Register, now: Timestamp) -> Picture<'_> {
        let states = states(self, register, now);
        Picture {
            graph: self,
            states,
            shown: (0..self.len()).collect(),
            more: Vec::new(),
        }
    }
}

impl<'g> Picture<'g> {
    /// A picture of at most about `most` nodes: breadth first, of each task at most as many
    /// children as the square root of `most`, so that the picture has some depth, and of these one
    /// in every state that occurs. What is left out is counted in one node for each task that it is
    /// below.
    #[must_use]
    pub fn sampled(self, most: usize) -> Self {
        let (shown, more) = sample(self.graph, &self.states, most);
        Self {
            shown,
            more,
            ..self
        }
    }

    /// The tasks that are drawn, above before below.
    #[must_use]
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = TaskNode<'g>> {
        self.shown
            .iter()
            .filter_map(|index| self.node(*index))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// How a task stands, drawn or not.
    #[must_use]
    pub fn state(&self, mandate: &MandateId) -> Option<TaskState> {
        self.states.get(*self.graph.by_id.get(mandate)?).copied()
    }

    /// How many tasks are in a state, drawn or not.
    #[must_use]
    pub fn count(&self, state: TaskState) -> usize {
        self.states.iter().filter(|found| **found == state).count()
    }

    pub(super) fn more(&self) -> &[More] {
        &self.more
    }

    fn node(&self, index: usize) -> Option<TaskNode<'g>> {
        let node = self.graph.nodes.get(index)?;
        let parent = match node.above {
            Above::Issuer(_) => None,
            Above::Task(above) => self.graph.nodes.get(above).map(|above| above.id),
        };
        Some(TaskNode {
            node,
            parent,
            state: *self.states.get(index)?,
        })
    }
}
