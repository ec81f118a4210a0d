use super::execution::{Above, ExecutionGraph, Node};
use super::sample::{More, sample};
use super::state::{TaskState, states};
use super::text;
use crate::claims::Holder;
use crate::limits::{Barrier, Limit, LimitRule, Scope, Waves};
use crate::mission::Register;
use crate::primitives::{MandateId, TaskPath, Timestamp};

/// An execution graph at one moment, for drawing.
///
/// The names in it come from tokens, so strangers chose them. In every format they are escaped, so
/// that no name can change the picture's structure or add code to it. Keys are not drawn: two boxes
/// with one name may be two holders, whom [`TaskNode::holder`] tells apart.
///
/// ```
/// use mandatum::graph::{ExecutionGraph, TaskState};
/// use mandatum::{Register, Seconds};
/// # mod setup {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/graph.rs"));
/// # }
/// # let setup::World { verifier, plan, now, .. } = setup::world()?;
/// let mut graph = ExecutionGraph::new(&verifier);
/// graph.add(plan.chain())?;
/// let later = now.plus(Seconds::hours(2));
/// let picture = graph.picture(Register::none(), later);
/// assert_eq!(picture.state(&plan.chain().leaf_id()), Some(TaskState::Closed)); // it has expired
/// assert!(picture.to_mermaid().starts_with("flowchart TD"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Picture<'g> {
    graph: &'g ExecutionGraph,
    states: Vec<TaskState>,
    /// The nodes that are drawn, each after the node above it.
    shown: Vec<usize>,
    /// The counts of nodes that are not drawn, by the node above them.
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
    /// Returns its mandate.
    #[must_use]
    pub const fn mandate(&self) -> MandateId {
        self.node.id
    }

    /// Returns the mandate that it was delegated from, or `None` for a root.
    #[must_use]
    pub const fn parent(&self) -> Option<MandateId> {
        self.parent
    }

    /// Returns its task.
    #[must_use]
    pub const fn task(&self) -> &'g TaskPath {
        &self.node.task
    }

    /// Returns its holder.
    #[must_use]
    pub const fn holder(&self) -> &'g Holder {
        &self.node.holder
    }

    /// Returns the number of its capabilities.
    #[must_use]
    pub const fn powers(&self) -> usize {
        self.node.powers
    }

    /// Returns its state.
    #[must_use]
    pub const fn state(&self) -> TaskState {
        self.state
    }

    /// Returns the waves that bound all its calls.
    pub fn waves(&self) -> impl Iterator<Item = &'g Waves> + use<'g> {
        self.rules().filter_map(LimitRule::waves)
    }

    /// Returns the mandates whose tasks all its calls wait for.
    pub fn waits_for(&self) -> impl Iterator<Item = MandateId> + use<'g> {
        let barriers = self.rules().filter_map(LimitRule::barrier);
        barriers.flat_map(Barrier::tasks).map(|(task, _)| task)
    }

    /// Returns the limits on all its calls.
    fn rules(&self) -> impl Iterator<Item = &'g LimitRule> + use<'g> {
        self.node
            .limits
            .iter()
            .filter(|limit| *limit.scope() == Scope::All)
            .map(Limit::rule)
    }
}

impl<'g> Picture<'g> {
    /// Returns the picture of a whole graph, by the notices that `register` has received.
    pub(super) fn new(graph: &'g ExecutionGraph, register: &Register, now: Timestamp) -> Self {
        Self {
            graph,
            states: states(graph, register, now),
            shown: (0..graph.len()).collect(),
            more: Vec::new(),
        }
    }

    /// Returns a picture of at most about `most` nodes.
    ///
    /// It is filled breadth first. Each task has at most as many children as the square root of
    /// `most`, so that the picture has some depth, and these include one in every state that
    /// occurs. The children that are left out are counted in one more node below their task.
    #[must_use]
    pub fn sampled(self, most: usize) -> Self {
        let (shown, more) = sample(self.graph, &self.states, most);
        Self {
            shown,
            more,
            ..self
        }
    }

    /// Returns the tasks that are drawn, each after the task above it.
    #[must_use]
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = TaskNode<'g>> {
        self.shown
            .iter()
            .filter_map(|index| self.node(*index))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Returns the state of a task, drawn or not.
    #[must_use]
    pub fn state(&self, mandate: &MandateId) -> Option<TaskState> {
        self.states.get(*self.graph.by_id.get(mandate)?).copied()
    }

    /// Returns the number of tasks in a state, drawn or not.
    #[must_use]
    pub fn count(&self, state: TaskState) -> usize {
        self.states.iter().filter(|found| **found == state).count()
    }

    /// Returns the picture as a Mermaid flowchart.
    ///
    /// By default Mermaid draws at most 500 edges and 50,000 characters. For a larger graph draw
    /// [`sampled`](Self::sampled).
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        text::mermaid(self)
    }

    /// Returns the picture in DOT, for Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        text::dot(self)
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
