use super::picture::Picture;
use crate::chain::{AnchorKey, Chain, ChainError, issuer_anchored};
use crate::claims::{Holder, Link, Replaced};
use crate::decide::Verifier;
use crate::limits::Limit;
use crate::mission::Register;
use crate::primitives::{Issuer, Lifetime, MandateId, Seconds, TaskPath, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The tasks of one or several roots, as a graph.
///
/// It has a node for each mandate, below the mandate that it was delegated from and after those
/// that its barriers wait for. It is for drawing and verifies nothing, so add only chains that you
/// minted or verified. A new mandate takes about 300 bytes, and the chain itself is not kept.
///
/// ```
/// use mandatum::Register;
/// use mandatum::graph::{ExecutionGraph, TaskState};
/// # mod setup {
/// #     include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc_examples/graph.rs"));
/// # }
/// # let setup::World { verifier, branches, now, .. } = setup::world()?;
/// let mut graph = ExecutionGraph::new(&verifier);
/// // Two branches below one root.
/// for branch in &branches {
///     graph.add(branch.chain())?;
/// }
/// assert_eq!(graph.len(), 3);
/// assert_eq!(graph.picture(Register::none(), now).count(TaskState::Live), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExecutionGraph {
    /// Time by which an issue or the opening of a window may be in the future.
    pub(super) leeway: Seconds,
    issuers: BTreeMap<Issuer, Arc<[AnchorKey]>>,
    /// The nodes, each after the node above it.
    pub(super) nodes: Vec<Node>,
    pub(super) by_id: HashMap<MandateId, usize>,
}

/// One mandate.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: MandateId,
    pub(super) above: Above,
    pub(super) task: TaskPath,
    pub(super) holder: Holder,
    /// The number of its capabilities.
    pub(super) powers: usize,
    pub(super) lifetime: Lifetime,
    pub(super) replaces: Replaced,
    /// The limits that bound when it may act, of any scope.
    pub(super) limits: Box<[Limit]>,
}

/// The origin of a mandate.
#[derive(Clone, Debug)]
pub(super) enum Above {
    /// An issuer with these keys.
    Issuer(Arc<[AnchorKey]>),
    /// The mandate with this index.
    Task(usize),
}

impl ExecutionGraph {
    /// Makes a graph without tasks.
    ///
    /// It copies the leeway of `verifier`, and the keys of its anchors because issuers may end the
    /// mandates that they issued.
    #[must_use]
    pub fn new(verifier: &Verifier) -> Self {
        let issuers = verifier
            .anchors()
            .map(|anchor| (anchor.issuer().clone(), anchor.keys().into()));
        Self {
            leeway: verifier.leeway(),
            issuers: issuers.collect(),
            nodes: Vec::new(),
            by_id: HashMap::new(),
        }
    }

    /// Adds the mandates of a chain that the graph does not have yet.
    ///
    /// # Errors
    /// [`ChainError`] by rules 3, 7 and 8: links that do not follow each other, a task out of
    /// bounds, an issuer without an anchor. The graph is then unchanged.
    pub fn add(&mut self, chain: &Chain) -> Result<(), ChainError> {
        let tasks = chain.tasks()?;
        let root = chain.root().claims();
        let keys =
            issuer_anchored(root, |issuer| self.issuers.get(issuer)).map_err(|kind| kind.at(0))?;
        chain.check_parents()?;
        let mut above = Above::Issuer(Arc::clone(keys));
        let life = root.life.mission();
        let mut life = life.map(|(_, lives_by)| Limit::lives_by(lives_by.clone()));
        for ((id, link), task) in chain.ids().zip(chain.links()).zip(tasks) {
            // The root takes the limit, also if the root is known already. The links below do not
            // have it.
            let life = life.take();
            let known = self.by_id.get(&id).copied();
            let index =
                known.unwrap_or_else(|| self.insert(Node::new(id, link, life, task, above)));
            above = Above::Task(index);
        }
        Ok(())
    }

    fn insert(&mut self, node: Node) -> usize {
        let index = self.nodes.len();
        self.by_id.insert(node.id, index);
        self.nodes.push(node);
        index
    }

    /// Returns the number of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether there is no task.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns a node and those above it, up to the root.
    pub(super) fn path(&self, node: usize) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.nodes.get(node), |node| match node.above {
            Above::Issuer(_) => None,
            Above::Task(above) => self.nodes.get(above),
        })
    }

    /// Returns a picture of the graph, with the states of tasks by what `register` has received.
    #[must_use]
    pub fn picture(&self, register: &Register, now: Timestamp) -> Picture<'_> {
        Picture::new(self, register, now)
    }
}

impl Node {
    fn new(id: MandateId, link: &Link, life: Option<Limit>, task: TaskPath, above: Above) -> Self {
        let says_when = |limit: &&Limit| limit.rule().says_when();
        Self {
            id,
            above,
            task,
            holder: link.holder.clone(),
            powers: link.powers.capabilities().len(),
            lifetime: link.lifetime,
            replaces: link.replaces.clone(),
            limits: life
                .into_iter()
                .chain(link.limits.iter().filter(says_when).cloned())
                .collect(),
        }
    }
}
