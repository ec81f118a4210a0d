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

/// How a task of an execution graph stands. Of several the later in this order is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskState {
    /// It may act.
    Live,
    /// It may act later: its wave, its window or the tasks it waits for have not come, or its
    /// mission is suspended or not heard of.
    Dormant,
    /// Its time is over: expired, past its window or its waves, or waiting for tasks that can't be
    /// done any more.
    Closed,
    /// It was ended, or its mission or a task above it was.
    Ended,
    /// It is completed.
    Done,
}

impl TaskState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Live,
        Self::Dormant,
        Self::Closed,
        Self::Ended,
        Self::Done,
    ];

    /// Its name, in one word.
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

    /// What it is below a task in state `above`: nothing below goes on longer, and what is done
    /// stays done.
    fn below(self, above: Self) -> Self {
        match above {
            // The completion of a task ends what is below it.
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

/// The text is the name of no state of a task.
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

/// How each node stands, above before below.
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

/// How a node stands, whatever stands above it. Limits on some tools only leave the others, and are
/// passed over. What opens in time forgives a clock that is behind by the leeway.
fn own_state(
    graph: &ExecutionGraph,
    index: usize,
    register: &Register,
    now: Timestamp,
) -> TaskState {
    let nodes: Vec<&Node> = graph.path(index).collect();
    let Some(node) = nodes.first() else {
        return TaskState::Closed;
    };
    let asked = Asked {
        news: News::new(register),
        now,
        leeway: graph.leeway,
    };
    let mut work = Work::new(MISSION_STEPS);
    // A decision would be out of work, too.
    let Ok(path) = Path::new(&nodes, node, asked.news, &mut work) else {
        return TaskState::Dormant;
    };
    let own = [
        ended(&path, asked.news, &mut work),
        events(&path, &mut work),
        lifetime(node.lifetime, &asked),
    ];
    let limits = rules(node).map(|rule| limit_state(rule, &path, &asked, &mut work));
    own.into_iter()
        .chain(limits)
        .max()
        .unwrap_or(TaskState::Closed)
}

/// What is known, and when it is asked.
struct Asked<'a> {
    news: News<'a>,
    now: Timestamp,
    leeway: Seconds,
}

/// A node and those above it, up to the root, with the missions that they live by, each looked up
/// once.
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
            // A path ends at a root.
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

/// The limits on all calls.
fn rules(node: &Node) -> impl Iterator<Item = &LimitRule> {
    node.limits
        .iter()
        .filter(|limit| *limit.scope() == Scope::All)
        .map(Limit::rule)
}

/// An event that something above ends on may be fired by a mission that only a node further down
/// lives by.
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

fn lifetime(lifetime: Lifetime, asked: &Asked<'_>) -> TaskState {
    match (
        lifetime.is_over(asked.now),
        lifetime.has_begun(asked.now, asked.leeway),
    ) {
        (true, _) => TaskState::Closed,
        (false, false) => TaskState::Dormant,
        (false, true) => TaskState::Live,
    }
}

fn limit_state(rule: &LimitRule, path: &Path<'_>, asked: &Asked<'_>, work: &mut Work) -> TaskState {
    let Asked { news, now, leeway } = *asked;
    match rule {
        LimitRule::Window(window) => match window.state(now, leeway) {
            WindowState::Open => TaskState::Live,
            WindowState::NotYet { .. } => TaskState::Dormant,
            WindowState::Closed { .. } => TaskState::Closed,
        },
        LimitRule::LivesBy(lives_by) => {
            let mission = lives_by.mission().id();
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
        // Events are asked of the whole path.
        LimitRule::EndsOn(_)
        | LimitRule::Audience(_)
        | LimitRule::SignedCalls
        | LimitRule::Condition(_)
        | LimitRule::Budget(_)
        | LimitRule::Rate(_)
        | LimitRule::Exclusive(_)
        | LimitRule::Gate(_)
        | LimitRule::Delegates(_) => TaskState::Live,
    }
}

fn turn_state(not_its_turn: NotReadyError) -> TaskState {
    match not_its_turn {
        NotReadyError::WaveClosed { .. } | NotReadyError::BarrierBroken { .. } => TaskState::Closed,
        NotReadyError::WaveUnknown { .. }
        | NotReadyError::WaveNotYet { .. }
        | NotReadyError::BarrierClosed { .. }
        | NotReadyError::OutOfWork(_) => TaskState::Dormant,
    }
}
