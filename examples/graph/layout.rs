//! The layout of the boxes of a picture. Columns from left to right: a task stands right of the one
//! above it and of those that it waits for. Rows: every task with nothing below it has a row of its
//! own, and the others stand midway beside theirs. So the straight way to a task along its own row
//! meets no other box.

use mandatum::graph::{Picture, TaskNode};
use mandatum::primitives::MandateId;
use std::collections::HashMap;

pub(crate) const WIDTH: f64 = 250.0;
pub(crate) const HEIGHT: f64 = 56.0;
const BESIDE: f64 = 64.0;
const BELOW: f64 = 12.0;
const MARGIN: f64 = 12.0;

/// A task with its place: the left end of its box, and the middle of its height.
pub(crate) struct Placed<'g> {
    pub(crate) node: TaskNode<'g>,
    pub(crate) left: f64,
    pub(crate) middle: f64,
}

pub(crate) struct Layout<'g> {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) tasks: Vec<Placed<'g>>,
    by_id: HashMap<MandateId, usize>,
}

impl<'g> Layout<'g> {
    /// Places the tasks of a picture, below a head of this height.
    pub(crate) fn new(picture: &Picture<'g>, head: f64) -> Self {
        let tasks: Vec<Placed<'g>> = picture
            .nodes()
            .map(|node| Placed {
                node,
                left: MARGIN,
                middle: 0.0,
            })
            .collect();
        let by_id = tasks
            .iter()
            .map(|task| task.node.mandate())
            .zip(0..)
            .collect();
        let mut layout = Self {
            width: 0.0,
            height: 0.0,
            tasks,
            by_id,
        };
        layout.columns();
        layout.rows(head);
        layout.width = layout
            .tasks
            .iter()
            .map(|task| task.left + WIDTH + MARGIN)
            .fold(0.0, f64::max);
        layout
    }

    /// A task by its mandate, if it is drawn.
    pub(crate) fn task(&self, mandate: MandateId) -> Option<&Placed<'g>> {
        self.tasks.get(*self.by_id.get(&mandate)?)
    }

    /// Moves tasks to the right of those before them, until all are. A mandate names those before
    /// it by digest, so there is no circle, and no way longer than all tasks.
    fn columns(&mut self) {
        for _ in 0..self.tasks.len() {
            for index in 0..self.tasks.len() {
                let Some(node) = self.tasks.get(index).map(|task| task.node) else {
                    continue;
                };
                let before = node
                    .parent()
                    .into_iter()
                    .chain(node.waits_for())
                    .filter_map(|before| self.task(before));
                let left = before
                    .map(|before| before.left + WIDTH + BESIDE)
                    .fold(MARGIN, f64::max);
                if let Some(task) = self.tasks.get_mut(index) {
                    task.left = left;
                }
            }
        }
    }

    fn rows(&mut self, head: f64) {
        let mut below: HashMap<Option<MandateId>, Vec<usize>> = HashMap::new();
        for (index, task) in self.tasks.iter().enumerate() {
            below.entry(task.node.parent()).or_default().push(index);
        }
        let mut next = head + MARGIN + HEIGHT / 2.0;
        for root in below.get(&None).into_iter().flatten() {
            self.row(*root, &below, &mut next);
        }
        self.height = next - HEIGHT / 2.0 - BELOW + MARGIN;
    }

    /// Gives a task and all below it their rows; its own.
    fn row(
        &mut self,
        index: usize,
        below: &HashMap<Option<MandateId>, Vec<usize>>,
        next: &mut f64,
    ) -> f64 {
        let id = self.tasks.get(index).map(|task| task.node.mandate());
        let rows: Vec<f64> = below
            .get(&id)
            .into_iter()
            .flatten()
            .map(|child| self.row(*child, below, next))
            .collect();
        let middle = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => (first + last) / 2.0,
            _ => {
                let own = *next;
                *next += HEIGHT + BELOW;
                own
            }
        };
        if let Some(task) = self.tasks.get_mut(index) {
            task.middle = middle;
        }
        middle
    }
}
