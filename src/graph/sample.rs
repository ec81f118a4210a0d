//! Sampling of a large graph, for a picture of few nodes.

use super::execution::{Above, ExecutionGraph};
use super::state::TaskState;
use crate::primitives::MandateId;
use std::collections::VecDeque;

/// The tasks that a picture leaves out below one task, or among the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct More {
    /// The task above them, or `None` for roots.
    pub(super) below: Option<MandateId>,
    /// Their number in each state, with all tasks below them.
    pub(super) counts: Counts,
}

/// Number of tasks in each state, in the order of [`TaskState::ALL`].
pub(super) type Counts = [usize; TaskState::ALL.len()];

/// Returns the nodes to draw, each after the node above it, and the counts of those left out. It
/// takes time linear in the size of the graph.
pub(super) fn sample(
    graph: &ExecutionGraph,
    states: &[TaskState],
    most: usize,
) -> (Vec<usize>, Vec<More>) {
    let (roots, children) = children(graph);
    let counts = subtree_counts(graph, states);
    // The square root balances width and depth: as many levels as children.
    let fan = most.isqrt().max(1);
    let (mut queue, mut shown, mut more) = (VecDeque::new(), Vec::new(), Vec::new());
    let mut draw =
        |queue: &mut VecDeque<usize>, nodes: &[usize], room: usize, below: Option<MandateId>| {
            let drawn = chosen(nodes, states, fan.min(room));
            let left_out = nodes
                .iter()
                .filter(|node| drawn.binary_search(node).is_err());
            let counts = left_out
                .filter_map(|node| counts.get(*node))
                .fold(Counts::default(), add);
            if counts != Counts::default() {
                more.push(More { below, counts });
            }
            queue.extend(drawn);
        };
    draw(&mut queue, &roots, most, None);
    while let Some(index) = queue.pop_front() {
        shown.push(index);
        let room = most.saturating_sub(shown.len().saturating_add(queue.len()));
        if let (Some(node), Some(children)) = (graph.nodes.get(index), children.get(index)) {
            draw(&mut queue, children, room, Some(node.id));
        }
    }
    (shown, more)
}

/// Returns up to `most` nodes in their order: the first of each state, and then the first of all.
fn chosen(nodes: &[usize], states: &[TaskState], most: usize) -> Vec<usize> {
    let first_of = |state| {
        nodes
            .iter()
            .copied()
            .find(|node| states.get(*node) == Some(&state))
    };
    let firsts: Vec<usize> = TaskState::ALL
        .into_iter()
        .filter_map(first_of)
        .take(most)
        .collect();
    let others = nodes.iter().copied().filter(|node| !firsts.contains(node));
    let mut picked: Vec<usize> = firsts.iter().copied().chain(others).take(most).collect();
    picked.sort_unstable();
    picked
}

/// Returns the roots, and the children of each node.
fn children(graph: &ExecutionGraph) -> (Vec<usize>, Vec<Vec<usize>>) {
    let (mut roots, mut children) = (Vec::new(), vec![Vec::new(); graph.nodes.len()]);
    for (index, node) in graph.nodes.iter().enumerate() {
        match node.above {
            Above::Issuer(_) => roots.push(index),
            Above::Task(above) => {
                if let Some(children) = children.get_mut(above) {
                    children.push(index);
                }
            }
        }
    }
    (roots, children)
}

/// Returns for each node the number of tasks in each state, at and below the node.
fn subtree_counts(graph: &ExecutionGraph, states: &[TaskState]) -> Vec<Counts> {
    let own = |state: &TaskState| TaskState::ALL.map(|each| usize::from(each == *state));
    let mut counts: Vec<Counts> = states.iter().map(own).collect();
    // From the last node to the first, because each node is after the node above it.
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        if let (Above::Task(above), Some(below)) = (&node.above, counts.get(index).copied()) {
            if let Some(above) = counts.get_mut(*above) {
                *above = add(*above, &below);
            }
        }
    }
    counts
}

fn add(mut sum: Counts, other: &Counts) -> Counts {
    sum.iter_mut()
        .zip(other)
        .for_each(|(sum, other)| *sum = sum.saturating_add(*other));
    sum
}
