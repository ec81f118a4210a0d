use crate::chain::{AnchorKey, Chain, ChainError, issuer_anchored};
use crate::claims::{Holder, Link, Replaced};
use crate::decide::Verifier;
use crate::limits::Limit;
use crate::primitives::{Issuer, Lifetime, MandateId, Seconds, TaskPath};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The tasks that came of one or several roots, as a graph: a node for each mandate, below the one
/// that it was delegated from and after those that its barriers wait for.
///
/// It is for looking at, and verifies nothing: add chains that you minted or verified. Each takes
/// about 300 bytes a new mandate; the chain itself is not kept.
#[derive(Clone, Debug)]
pub struct ExecutionGraph {
    /// How far in the future an issuing or an opening window may lie.
    pub(super) leeway: Seconds,
    issuers: BTreeMap<Issuer, Arc<[AnchorKey]>>,
    /// Above before below.
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
    /// How many capabilities it has.
    pub(super) powers: usize,
    pub(super) lifetime: Lifetime,
    pub(super) replaces: Replaced,
    /// The limits that say when it may act, of whatever scope.
    pub(super) limits: Box<[Limit]>,
}

/// What a mandate was issued from.
#[derive(Clone, Debug)]
pub(super) enum Above {
    /// An issuer, who has these keys.
    Issuer(Arc<[AnchorKey]>),
    /// The mandate of this index.
    Task(usize),
}

impl ExecutionGraph {
    /// A graph without tasks. Of `verifier` the keys of its anchors are taken, because issuers may
    /// end what they issued, and its leeway.
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

    /// Adds what is new of a chain: its leaf, and whatever is above it.
    ///
    /// # Errors
    /// [`ChainError`] by rules 3, 7 and 8: links that don't follow each other, a task out of
    /// bounds, an issuer without an anchor. The graph is then as it was.
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
            // Taken at the root, known or not: it is no limit of what is below.
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

    /// How many tasks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node and those above it, up to the root.
    pub(super) fn path(&self, node: usize) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.nodes.get(node), |node| match node.above {
            Above::Issuer(_) => None,
            Above::Task(above) => self.nodes.get(above),
        })
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
