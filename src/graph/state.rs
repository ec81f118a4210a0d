use super::execution::{Above, ExecutionGraph, Node};
use crate::chain::{IssuerKeys, Mandates};
use crate::claims::TaskEnding;
use crate::limits::{Limit, LimitRule, LivesBy, Scope, WindowState};
use crate::mission::{
    Known, KnownLineage, Lineage, LivenessError, News, NotReadyError, Register, barrier_open,
    event_not_fired, in_wave, mission_alive, not_ended,
};
use crate::powers::Effect;
use crate::primitives::bounds::MISSION_STEPS;
use crate::primitives::{Lifetime, OutOfWork, PublicKey, Seconds, Timestamp, Work};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The state of a task in an execution graph. If several apply, the last in this order is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskState {
    /// The task may act.
    Live,
    /// The task may act later: its wave or window has not begun, the tasks that it waits for are
    /// not done, or its mission is suspended or has no fresh status.
    Dormant,
    /// The time of the task is over: it has expired, is past its window or waves, or waits for
    /// tasks that can't be done any more.
    Closed,
    /// The task, its mission or a task above it was ended.
    Ended,
    /// The task is completed.
    Done,
}

impl TaskState {
    /// All states, in their order.
    pub const ALL: [Self; 5] = [
        Self::Live,
        Self::Dormant,
        Self::Closed,
        Self::Ended,
        Self::Done,
    ];

    /// Returns the name in one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Dormant => "dormant",
            Self::Closed => "closed",
            Self::Ended => "ended",
            Self::Done => "done",
        }
    }

    /// Returns the state below a task in the state `above`. No task is live below one that is not,
    /// and a task that is done stays done.
    fn below(self, above: Self) -> Self {
        match above {
            // The completion of a task ends the tasks below it.
            Self::Done => self.max(Self::Ended),
            Self::Live | Self::Dormant | Self::Closed | Self::Ended => self.max(above),
        }
    }
}

impl AsRef<str> for TaskState {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Error for a text that is not the name of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a state of a task is `live`, `dormant`, `closed`, `ended` or `done`")]
pub struct TaskStateError;

impl FromStr for TaskState {
    type Err = TaskStateError;
    fn from_str(text: &str) -> Result<Self, TaskStateError> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(TaskStateError)
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns the state of each node, each after that of the node above it.
pub(super) fn states(
    graph: &ExecutionGraph,
    register: &Register,
    now: Timestamp,
) -> Vec<TaskState> {
    let mut states: Vec<TaskState> = Vec::with_capacity(graph.nodes.len());
    for (index, node) in graph.nodes.iter().enumerate() {
        let own = own_state(graph, index, register, now);
        let state = match node.above {
            Above::Issuer(_) => own,
            Above::Task(above) => states.get(above).map_or(own, |above| own.below(*above)),
        };
        states.push(state);
    }
    states
}

/// Returns the state of a node, without regard to the states above it.
///
/// Limits on only some tools are passed over, because the node can use its other tools. A beginning
/// in time counts also by a clock that is behind by the leeway.
fn own_state(
    graph: &ExecutionGraph,
    index: usize,
    register: &Register,
    now: Timestamp,
) -> TaskState {
    let nodes: Vec<&Node> = graph.path(index).collect();
    // The index is one of the graph, so there is a node.
    let Some(node) = nodes.first() else {
        return TaskState::Closed;
    };
    let inputs = Inputs {
        news: News::new(register),
        now,
        leeway: graph.leeway,
    };
    let mut work = Work::new(MISSION_STEPS);
    // A decision would run out of work as well, and deny for now.
    let Ok(path) = Path::new(&nodes, node, inputs.news, &mut work) else {
        return TaskState::Dormant;
    };
    let own = [
        ended(&path, inputs.news, &mut work),
        events(&path, &mut work),
        lifetime(node.lifetime, &inputs),
    ];
    let limits = rules(node).map(|rule| limit_state(rule, &path, &inputs, &mut work));
    own.into_iter()
        .chain(limits)
        .max()
        .unwrap_or(TaskState::Closed)
}

/// The state of missions and tasks, the present time, and the leeway.
struct Inputs<'a> {
    news: News<'a>,
    now: Timestamp,
    leeway: Seconds,
}

/// A node and those above it, up to the root, with the missions that they live by. Each mission is
/// looked up once.
struct Path<'a> {
    nodes: &'a [&'a Node],
    node: &'a Node,
    missions: Vec<(&'a LivesBy, Known<'a>)>,
}

impl<'a> Path<'a> {
    fn new(
        nodes: &'a [&'a Node],
        node: &'a Node,
        news: News<'a>,
        work: &mut Work,
    ) -> Result<Self, OutOfWork> {
        let limits = nodes.iter().flat_map(|node| node.limits.iter());
        let missions = limits
            .filter_map(Limit::mission)
            .map(|(_, lives_by)| Ok((lives_by, news.mission(&lives_by.mission().id(), work)?)))
            .collect::<Result<_, OutOfWork>>()?;
        Ok(Self {
            nodes,
            node,
            missions,
        })
    }
}

impl Lineage for Path<'_> {
    fn issuer(&self) -> IssuerKeys<'_> {
        match self.nodes.last() {
            Some(Node {
                above: Above::Issuer(keys),
                lifetime,
                ..
            }) => IssuerKeys::new(keys, lifetime.issued_at()),
            // The last node of a path is a root. If not, no key of an issuer counts.
            Some(_) | None => IssuerKeys::new(&[], Timestamp::MAX),
        }
    }

    fn holders(&self) -> impl Iterator<Item = PublicKey> {
        self.nodes.iter().rev().map(|node| node.holder.key)
    }

    fn controllers(&self) -> impl Iterator<Item = PublicKey> {
        let missions = self.missions.iter();
        missions.map(|(lives_by, _)| lives_by.mission().controller)
    }
}

impl KnownLineage for Path<'_> {
    fn mandates(&self) -> Mandates<'_> {
        Mandates {
            own: self.node.id,
            replaced: &self.node.replaces,
        }
    }

    fn missions(&self) -> impl Iterator<Item = (&LivesBy, Known<'_>)> {
        self.missions
            .iter()
            .map(|(lives_by, known)| (*lives_by, *known))
    }
}

/// Returns the limits on all calls of a node.
fn rules(node: &Node) -> impl Iterator<Item = &LimitRule> {
    node.limits
        .iter()
        .filter(|limit| *limit.scope() == Scope::All)
        .map(Limit::rule)
}

/// Returns the state of a path by the events that end it.
///
/// All events of the path are looked up in all its missions: an event that ends a node may be fired
/// by a mission that only a node further down lives by.
fn events(path: &Path<'_>, work: &mut Work) -> TaskState {
    let rules = path.nodes.iter().flat_map(|node| rules(node));
    let state = |event| {
        let known = path.missions.iter().map(|(_, known)| *known);
        match event_not_fired(known, event, work) {
            Ok(()) => TaskState::Live,
            Err(LivenessError::OutOfWork(_)) => TaskState::Dormant,
            Err(_) => TaskState::Ended,
        }
    };
    rules
        .filter_map(LimitRule::event)
        .map(state)
        .max()
        .unwrap_or(TaskState::Live)
}

/// Returns the state of a path by the ends of tasks and the revoked keys.
fn ended(path: &Path<'_>, news: News<'_>, work: &mut Work) -> TaskState {
    match not_ended(path, news, work) {
        Ok(()) => TaskState::Live,
        Err(LivenessError::TaskEnded {
            ending: Some(TaskEnding::Completed),
            ..
        }) => TaskState::Done,
        Err(LivenessError::OutOfWork(_)) => TaskState::Dormant,
        Err(_) => TaskState::Ended,
    }
}

/// Returns the state of a node by its lifetime.
fn lifetime(lifetime: Lifetime, inputs: &Inputs<'_>) -> TaskState {
    match (
        lifetime.is_over(inputs.now),
        lifetime.has_begun(inputs.now, inputs.leeway),
    ) {
        (true, _) => TaskState::Closed,
        (false, false) => TaskState::Dormant,
        (false, true) => TaskState::Live,
    }
}

/// Returns the state of a node by one of its limits.
fn limit_state(
    rule: &LimitRule,
    path: &Path<'_>,
    inputs: &Inputs<'_>,
    work: &mut Work,
) -> TaskState {
    let Inputs { news, now, leeway } = *inputs;
    match rule {
        LimitRule::Window(window) => match window.state(now, leeway) {
            WindowState::Open => TaskState::Live,
            WindowState::NotYet { .. } => TaskState::Dormant,
            WindowState::Closed { .. } => TaskState::Closed,
        },
        LimitRule::LivesBy(lives_by) => {
            let mission = lives_by.mission().id();
            // The greatest age of all effects: the task is live if it may at least read.
            let max_age = lives_by.max_age().for_effect(Effect::Read);
            match mission_alive((lives_by, mission), None, max_age, news, now, work) {
                Ok(_) => TaskState::Live,
                Err(LivenessError::MissionEnded { .. }) => TaskState::Ended,
                Err(_) => TaskState::Dormant,
            }
        }
        LimitRule::Waves(waves) => in_wave((waves, waves.mission().id()), news, now, work)
            .map_or_else(turn_state, |_| TaskState::Live),
        LimitRule::Barrier(barrier) => barrier_open(barrier, path, news, now, work)
            .map_or_else(turn_state, |()| TaskState::Live),
        // Events are looked up for the whole path, and the others do not depend on time or
        // missions.
        LimitRule::EndsOn(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::Condition(_)
        | LimitRule::Budget(_)
        | LimitRule::RateLimit(_)
        | LimitRule::SeparationOfDuty(_)
        | LimitRule::ApprovalGate(_)
        | LimitRule::Delegates(_) => TaskState::Live,
    }
}

/// Returns the state of a node whose turn it is not.
fn turn_state(not_its_turn: NotReadyError) -> TaskState {
    match not_its_turn {
        NotReadyError::WaveClosed { .. } | NotReadyError::BarrierBroken { .. } => TaskState::Closed,
        NotReadyError::WaveUnknown { .. }
        | NotReadyError::WaveNotYet { .. }
        | NotReadyError::BarrierClosed { .. }
        | NotReadyError::OutOfWork(_) => TaskState::Dormant,
    }
}
