//! A random execution graph, and beside it a model that says in plain words what each mandate may
//! do, now and ever.
//!
//! The model knows what was done (who was spawned from whom, who said what), and asks neither the
//! register nor the graph.

mod steps;

use crate::stage::*;
use crate::support::{LIFETIME, OFFICE, Random, at, here, key, public, signed, verifier};
use mandatum::claims::TaskEnding;
use mandatum::graph::{ExecutionGraph, TaskState};
use mandatum::mission::Watches;
use mandatum::{
    Action, Controller, DecisionContext, Denial, Notice, Powers, Register, Seconds, ServerContext,
    SigningKey, Timestamp, VerifiedChain, Verifier,
};

pub(crate) use steps::capability;

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum May {
    Now,
    /// Not now, but perhaps later.
    Later,
    Never,
}

/// Who may say that a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Holder(usize),
    Company,
    Controller,
}

#[derive(Clone, Debug)]
enum Rule {
    Window(u64, u64),
    Waves {
        first: u64,
        last: Option<u64>,
        drain: u64,
    },
    EndsOn(&'static str),
    Barrier {
        tasks: Vec<usize>,
        quorum: usize,
        deadline: Option<u64>,
    },
}

pub(crate) struct Node {
    pub(crate) chain: VerifiedChain,
    pub(crate) parent: Option<usize>,
    key: SigningKey,
    /// The calls that its own powers permit.
    pub(crate) own: Calls,
    /// Those that it may pass on.
    pub(crate) passes: Calls,
    /// What it demands, of the tools below a prefix.
    rules: Vec<(&'static str, Rule)>,
    expires: u64,
    ended: Vec<(Speaker, TaskEnding)>,
    /// Those that it was re-bound from.
    pub(crate) replaces: Vec<usize>,
}

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) universe: Vec<Action>,
    pub(crate) verifier: Verifier,
    controller: Controller,
    notices: Vec<Notice>,
    pub(crate) watches: Watches,
    pub(crate) register: Register,
    pub(crate) graph: ExecutionGraph,
    pub(crate) nodes: Vec<Node>,
    now: u64,
    as_of: u64,
    wave: u64,
    wave_since: u64,
    suspended: bool,
    over: bool,
    fired: Vec<&'static str>,
}

/// What a step did, as far as the laws ask.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Did {
    Ended(usize),
    /// A child that was spawned, or refused.
    Spawned(bool),
    Merged(bool),
    Rebound,
    /// A stranger spoke.
    Nothing,
    Other,
}

const EVENTS: [&str; 3] = ["closed", "won", "lost"];
const SCOPES: [(&str, &str); 3] = [
    ("crm.*", "crm."),
    ("files.*", "files."),
    ("crm.notes.*", "crm.notes."),
];

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
        let mission = qbr();
        let begun = signed(
            controller.begin(&mission, random.id(), at(0)).unwrap(),
            &key(OFFICE),
        );
        let verifier = verifier();
        let graph = ExecutionGraph::new(&verifier);
        let broad = tools(&["crm.*", "files.*", "pay.send"]);
        let some = (0..3).map(|_| capability(&mut random).allow_delegation());
        let powers = Powers::new(broad.capabilities().iter().cloned().chain(some)).unwrap();
        let chain = root(&agent(0), powers, life(&mission), vec![], random.id());
        let mut world = Self {
            random,
            universe: universe(),
            controller,
            notices: vec![begun],
            watches: Watches::none(),
            register: empty_register(),
            graph,
            nodes: Vec::new(),
            now: 0,
            as_of: 0,
            wave: 0,
            wave_since: 0,
            suspended: false,
            over: false,
            fired: Vec::new(),
            verifier,
        };
        let chain = world.verifier.verify(&chain).unwrap();
        world.insert(chain, None, agent(0), vec![], LIFETIME);
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        at(self.now)
    }

    fn insert(
        &mut self,
        chain: VerifiedChain,
        parent: Option<usize>,
        key: SigningKey,
        rules: Vec<(&'static str, Rule)>,
        expires: u64,
    ) {
        self.watches.extend(&Watches::new(&chain));
        for notice in &self.notices {
            let _ = self.register.apply(notice, &self.watches, at(self.now));
        }
        self.graph.add(chain.chain()).unwrap();
        let powers = &chain.chain().leaf().powers;
        let (own, passes) = (
            permitted(powers, &self.universe),
            permitted(&delegable(powers), &self.universe),
        );
        self.nodes.push(Node {
            chain,
            parent,
            key,
            own,
            passes,
            rules,
            expires,
            ended: Vec::new(),
            replaces: Vec::new(),
        });
    }

    fn hear(&mut self, notice: Notice) {
        self.register
            .apply(&notice, &self.watches, at(self.now))
            .unwrap();
        self.notices.push(notice);
    }

    /// A node and all above it, leaf first.
    pub(crate) fn path(&self, node: usize) -> Vec<usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent).collect()
    }

    /// Those that come from a node.
    fn below(&self, above: usize) -> Vec<usize> {
        (0..self.nodes.len())
            .filter(|node| *node != above && self.path(*node).contains(&above))
            .collect()
    }

    /// The calls that all links permit, if their limits and endings let them.
    fn powers_of_all(&self, node: usize) -> Calls {
        let mut calls = self.nodes[node].own.clone();
        for above in self.path(node).into_iter().skip(1) {
            calls.retain(|call| self.nodes[above].passes.contains(call));
        }
        calls
    }

    /// Whether a call with this tool may be made, powers aside.
    fn standing(&self, node: usize, tool: &str) -> May {
        let links = self
            .path(node)
            .into_iter()
            .map(|link| self.link_standing(link, tool));
        links.chain([self.mission_standing()]).max().unwrap()
    }

    const fn mission_standing(&self) -> May {
        match (self.over, self.suspended || self.now - self.as_of > 600) {
            (true, _) => May::Never,
            (false, true) => May::Later,
            (false, false) => May::Now,
        }
    }

    fn link_standing(&self, link: usize, tool: &str) -> May {
        let node = &self.nodes[link];
        if !node.ended.is_empty() || self.now >= node.expires || self.replaced_ended(link) {
            return May::Never;
        }
        let in_scope = node
            .rules
            .iter()
            .filter(|(prefix, _)| tool.starts_with(prefix));
        in_scope
            .map(|(_, rule)| self.rule_standing(link, rule))
            .max()
            .unwrap_or(May::Now)
    }

    /// Whether one that a link was re-bound from was ended, by the word of who may end the link: a
    /// key that was replaced has no say over its successor.
    fn replaced_ended(&self, link: usize) -> bool {
        let path = self.path(link);
        let may_say = |speaker: &Speaker| match speaker {
            Speaker::Holder(node) => path.contains(node),
            Speaker::Company | Speaker::Controller => true,
        };
        let replaced = self.nodes[link]
            .replaces
            .iter()
            .map(|replaced| &self.nodes[*replaced]);
        replaced
            .flat_map(|node| &node.ended)
            .any(|(speaker, _)| may_say(speaker))
    }

    /// Whether the end of a node is the end of another: it is above it, or what was re-bound is.
    pub(crate) fn ends_with(&self, node: usize, ended: usize) -> bool {
        let with =
            |link: usize| self.nodes[link].replaces.contains(&ended) && self.replaced_ended(link);
        self.path(node)
            .into_iter()
            .any(|link| link == ended || with(link))
    }

    fn rule_standing(&self, link: usize, rule: &Rule) -> May {
        match rule {
            Rule::Window(_, until) if self.now >= *until => May::Never,
            Rule::Window(from, _) if self.now + 30 < *from => May::Later,
            Rule::EndsOn(event) if self.fired.contains(event) => May::Never,
            Rule::Waves { first, .. } if self.wave < *first => May::Later,
            Rule::Waves {
                last: Some(last),
                drain,
                ..
            } if self.wave > *last => {
                if self.wave == last + 1 && self.now < self.wave_since + drain {
                    May::Now
                } else {
                    May::Never
                }
            }
            Rule::Barrier {
                tasks,
                quorum,
                deadline,
            } => {
                let heard: Vec<_> = tasks
                    .iter()
                    .map(|task| self.reported(*task, self.nodes[link].parent))
                    .collect();
                let done = heard
                    .iter()
                    .filter(|ending| **ending == Some(TaskEnding::Completed))
                    .count();
                let lost = heard.iter().flatten().count() - done;
                if done == tasks.len()
                    || (done >= *quorum && deadline.is_none_or(|deadline| self.now >= deadline))
                {
                    May::Now
                } else if tasks.len() - lost < *quorum {
                    May::Never
                } else {
                    May::Later
                }
            }
            _ => May::Now,
        }
    }

    /// What the minter of a merge point, a branch's own holder, those between the two and the
    /// controller said of the branch, and how those above the minter called it off; the worst of
    /// it.
    fn reported(&self, branch: usize, minter: Option<usize>) -> Option<TaskEnding> {
        let from_branch = std::iter::successors(Some(branch), |node| self.nodes[*node].parent);
        let named: Vec<usize> = from_branch
            .take_while(|node| Some(*node) != minter)
            .collect();
        let above: Vec<usize> =
            std::iter::successors(minter, |node| self.nodes[*node].parent).collect();
        let counts = |speaker: Speaker, ending: TaskEnding| match speaker {
            Speaker::Holder(node) if named.contains(&node) || Some(node) == minter => true,
            Speaker::Holder(node) => ending != TaskEnding::Completed && above.contains(&node),
            Speaker::Controller => true,
            Speaker::Company => ending != TaskEnding::Completed,
        };
        let said = self.nodes[branch]
            .ended
            .iter()
            .filter(|(speaker, ending)| counts(*speaker, *ending));
        said.map(|(_, ending)| *ending).max()
    }

    /// The calls that a node may make now, and those that it may make now or later.
    pub(crate) fn may(&self, node: usize) -> (Calls, Calls) {
        let mut calls = (Calls::new(), Calls::new());
        for call in self.powers_of_all(node) {
            match self.standing(node, self.universe[call].tool.as_str()) {
                May::Now => {
                    calls.0.insert(call);
                    calls.1.insert(call);
                }
                May::Later => {
                    calls.1.insert(call);
                }
                May::Never => {}
            }
        }
        calls
    }

    /// How a node stands in calls that only limits on all tools are about.
    pub(crate) fn in_general(&self, node: usize) -> May {
        self.standing(node, "")
    }

    /// The state that a picture shows for it.
    pub(crate) fn is_state(&self, node: usize, state: TaskState) -> bool {
        match self.in_general(node) {
            May::Now => state == TaskState::Live,
            May::Later => state == TaskState::Dormant,
            May::Never => matches!(
                state,
                TaskState::Closed | TaskState::Ended | TaskState::Done
            ),
        }
    }

    /// What is decided on every call under every node.
    pub(crate) fn decisions(&self) -> Vec<Vec<Result<Timestamp, Denial>>> {
        let context =
            DecisionContext::new(ServerContext::new(at(self.now), here()), &self.register);
        let of = |node: &Node| {
            self.universe
                .iter()
                .map(|call| self.verifier.preview(&node.chain, &asked(call), &context))
                .collect()
        };
        self.nodes.iter().map(of).collect()
    }

    /// Whether a node, or one above it, waits for `awaited`.
    pub(crate) fn waits_for(&self, node: usize, awaited: usize) -> bool {
        self.path(node)
            .into_iter()
            .flat_map(|link| &self.nodes[link].rules)
            .any(|(_, rule)| match rule {
                Rule::Barrier { tasks, .. } => tasks.contains(&awaited),
                _ => false,
            })
    }

    pub(crate) fn branches(&self, node: usize) -> Vec<usize> {
        let rules = self.nodes[node].rules.iter();
        let tasks = rules.filter_map(|(_, rule)| match rule {
            Rule::Barrier { tasks, .. } => Some(tasks.clone()),
            _ => None,
        });
        tasks.flatten().collect()
    }
}
