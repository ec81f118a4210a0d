use super::execution::{Above, ExecutionGraph, Node};
use crate::chain::{AnchorKey, Mandates, Whose};
use crate::claims::TaskEnding;
use crate::limits::{Limit, LimitRule, LivesBy, Scope, Window};
use crate::mission::{
    Known, LivenessError, News, NotReadyError, Register, Speakers, barrier_open, event_not_fired,
    in_wave, mission_alive, not_ended,
};
use crate::powers::Effect;
use crate::primitives::bounds::MISSION_STEPS;
use crate::primitives::{OutOfWork, PublicKey, Timestamp, Work};
use std::fmt;

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
            above => self.max(above),
        }
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
/// passed over. What opens in time is `opened` before it: the leeway forgives a clock that is
/// behind.
fn own_state(
    graph: &ExecutionGraph,
    index: usize,
    register: &Register,
    now: Timestamp,
) -> TaskState {
    let path: Vec<&Node> = graph.path(index).collect();
    let Some(node) = path.first() else {
        return TaskState::Closed;
    };
    let news = News::new(register);
    let opened = now.plus(graph.leeway);
    let mut work = Work::new(MISSION_STEPS);
    // A decision would be out of work, too.
    let Ok(known) = known(&path, news, &mut work) else {
        return TaskState::Dormant;
    };
    let own = [
        ended(node, &path, &known, news, &mut work),
        events(&path, &known, &mut work),
        lifetime(node, now, opened),
    ];
    let limits =
        rules(node).map(|rule| limit_state(rule, &path, &known, news, now, opened, &mut work));
    own.into_iter()
        .chain(limits)
        .max()
        .unwrap_or(TaskState::Closed)
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
fn events(path: &[&Node], known: &[(&LivesBy, Known<'_>)], work: &mut Work) -> TaskState {
    let ending = path
        .iter()
        .flat_map(|node| rules(node))
        .filter_map(|rule| match rule {
            LimitRule::EndsOn(event) => Some(event),
            _ => None,
        });
    let state = |event| match event_not_fired(known.iter().map(|(_, known)| *known), event, work) {
        Ok(()) => TaskState::Live,
        Err(LivenessError::OutOfWork(_)) => TaskState::Dormant,
        Err(_) => TaskState::Ended,
    };
    ending.map(state).max().unwrap_or(TaskState::Live)
}

fn ended(
    node: &Node,
    path: &[&Node],
    known: &[(&LivesBy, Known<'_>)],
    news: News<'_>,
    work: &mut Work,
) -> TaskState {
    let mandates = Mandates {
        own: node.id,
        replaced: &node.replaces,
    };
    let may_end = |whose| {
        let holders = path.iter().map(|node| node.holder.key);
        // As a decision does: see `may_end` of missions.
        let issued_at = match whose {
            Whose::Own => issued_at(path),
            Whose::Replaced => Timestamp::EPOCH,
        };
        holders
            .chain(issuer_keys(path, issued_at))
            .chain(controllers(path))
    };
    match not_ended(mandates, may_end, || known.iter().copied(), news, work) {
        Ok(()) => TaskState::Live,
        Err(LivenessError::TaskEnded {
            ending: Some(TaskEnding::Completed),
            ..
        }) => TaskState::Done,
        Err(LivenessError::OutOfWork(_)) => TaskState::Dormant,
        Err(_) => TaskState::Ended,
    }
}

/// The missions that a path lives by, each looked up once.
fn known<'a>(
    path: &[&'a Node],
    news: News<'a>,
    work: &mut Work,
) -> Result<Vec<(&'a LivesBy, Known<'a>)>, OutOfWork> {
    missions(path)
        .map(|lives_by| Ok((lives_by, news.mission(&lives_by.mission().id(), work)?)))
        .collect()
}

fn lifetime(node: &Node, now: Timestamp, opened: Timestamp) -> TaskState {
    match (
        now >= node.lifetime.expires(),
        opened < node.lifetime.issued_at(),
    ) {
        (true, _) => TaskState::Closed,
        (false, true) => TaskState::Dormant,
        (false, false) => TaskState::Live,
    }
}

fn limit_state(
    rule: &LimitRule,
    path: &[&Node],
    known: &[(&LivesBy, Known<'_>)],
    news: News<'_>,
    now: Timestamp,
    opened: Timestamp,
    work: &mut Work,
) -> TaskState {
    match rule {
        LimitRule::Window(window) => window_state(*window, now, opened),
        LimitRule::LivesBy(lives_by) => {
            let mission = lives_by.mission().id();
            match mission_alive(
                (lives_by, mission),
                None,
                lives_by.max_age().of(Effect::Read),
                news,
                now,
                work,
            ) {
                Ok(_) => TaskState::Live,
                Err(LivenessError::MissionEnded { .. }) => TaskState::Ended,
                Err(_) => TaskState::Dormant,
            }
        }
        LimitRule::Waves(waves) => in_wave((waves, waves.mission().id()), news, now, work)
            .map_or_else(turn_state, |_| TaskState::Live),
        LimitRule::Barrier(barrier) => {
            let issuers: Vec<PublicKey> = match path.get(1) {
                Some(parent) => vec![parent.holder.key],
                None => issuer_keys(path, issued_at(path)).collect(),
            };
            let above = path.iter().skip(1).map(|node| node.holder.key);
            let speakers = Speakers {
                report: issuers.into_iter().chain(controllers(path)).collect(),
                call_off: issuer_keys(path, issued_at(path)).chain(above).collect(),
                silenced: known_keys(path)
                    .filter(|known| !counts(known, issued_at(path)))
                    .map(AnchorKey::key)
                    .collect(),
            };
            let missions = || {
                known
                    .iter()
                    .map(|(lives_by, known)| (lives_by.mission().controller, *known))
            };
            barrier_open(barrier, &speakers, missions, news, now, work)
                .map_or_else(turn_state, |()| TaskState::Live)
        }
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

fn window_state(window: Window, now: Timestamp, opened: Timestamp) -> TaskState {
    match (window.opens(), window.closes()) {
        (_, Some(closes)) if now >= closes => TaskState::Closed,
        (Some(opens), _) if opened < opens => TaskState::Dormant,
        _ => TaskState::Live,
    }
}

/// The keys of the issuer that a path begins with which count for a root issued then.
fn issuer_keys<'a>(
    path: &'a [&Node],
    root_issued_at: Timestamp,
) -> impl Iterator<Item = PublicKey> + 'a {
    known_keys(path)
        .filter(move |known| counts(known, root_issued_at))
        .map(AnchorKey::key)
}

fn counts(known: &AnchorKey, root_issued_at: Timestamp) -> bool {
    known.state().counts_for(root_issued_at)
}

/// All keys of the issuer that a path begins with.
fn known_keys<'a>(path: &'a [&Node]) -> impl Iterator<Item = AnchorKey> + 'a {
    path.iter().flat_map(|node| match &node.above {
        Above::Issuer(keys) => keys.iter().copied(),
        Above::Task(_) => [].iter().copied(),
    })
}

/// When the root of a path was issued.
fn issued_at(path: &[&Node]) -> Timestamp {
    path.last()
        .map_or(Timestamp::MAX, |root| root.lifetime.issued_at())
}

/// The missions that a path lives by, in any scope.
fn missions<'a>(path: &[&'a Node]) -> impl Iterator<Item = &'a LivesBy> {
    let rules = path
        .iter()
        .flat_map(|node| node.limits.iter().map(Limit::rule));
    rules.filter_map(|rule| match rule {
        LimitRule::LivesBy(lives_by) => Some(lives_by),
        _ => None,
    })
}

fn controllers(path: &[&Node]) -> impl Iterator<Item = PublicKey> {
    missions(path).map(|lives_by| lives_by.mission().controller)
}
