//! What happens in a random graph.

use super::{Did, EVENTS, May, Rule, SCOPES, Speaker, World};
use crate::stage::*;
use crate::support::{
    COMPANY, LIFETIME, OFFICE, Random, STRANGER, at, heartbeat, key, label, public, signed,
};
use mandatum::chain::ChainErrorKind;
use mandatum::claims::{Ending, NoticeHeader, TaskEnd, TaskEnding};
use mandatum::graph::{Merge, MergeError, merge};
use mandatum::limits::{Waves, Window};
use mandatum::mission::{NoticeError, rebind_leaf};
use mandatum::powers::ToolPattern;
use mandatum::{Capability, Constraint, Limit, Limits, Powers, Seconds, VerifiedChain};

impl World {
    /// Something happens.
    pub(crate) fn step(&mut self) -> Did {
        match self.random.below(20) {
            0..=4 if self.nodes.len() < 18 => self.spawn(),
            5..=9 if self.nodes.len() < 18 => self.merge(),
            10..=13 => self.end(),
            14 => self.stranger_speaks(),
            15 if self.nodes.len() < 18 => self.rebind(),
            _ => self.time_passes(),
        }
    }

    /// A child of anyone: less than its parent, all that it may pass on (the task is handed on), or
    /// more than it may have.
    fn spawn(&mut self) -> Did {
        let parent = self.random.below(self.nodes.len());
        let above = self.nodes[parent].chain.clone();
        let (hops, passes) = (
            above.chain().leaf().hops,
            delegable(&above.chain().leaf().powers),
        );
        if hops == 0 {
            return Did::Other;
        }
        let powers = match self.random.below(5) {
            0 | 1 => passes.clone(),
            2 => Powers::new((0..2).map(|_| capability(&mut self.random))).unwrap(),
            _ => {
                let mask = Powers::new((0..5).map(|_| capability(&mut self.random))).unwrap();
                let Ok(less) = passes.meet(&mask) else {
                    return Did::Other;
                };
                less
            }
        };
        let (rules, limits) = self.limits(&powers);
        let (holder, id) = (agent(self.nodes.len()), self.random.id());
        let lives = self.nodes[parent].expires;
        let expires = if self.random.chance(20) {
            (lives / 2).max(self.now + 1).min(lives)
        } else {
            lives
        };
        if self.now >= expires {
            return Did::Other;
        }
        let terms = mandatum::Delegation::new(id, holder.public(), powers.clone(), at(expires))
            .with_hops(hops - 1);
        match above
            .chain()
            .delegate(terms.with_limits(limits), at(self.now))
        {
            Ok(minted) => {
                let token = minted.sign(&self.nodes[parent].key).unwrap();
                let chain = self
                    .verifier
                    .verify(&above.chain().extend(token).unwrap())
                    .unwrap();
                self.insert(chain, Some(parent), holder, rules, expires);
                Did::Spawned(true)
            }
            Err(error) => {
                let ChainErrorKind::BeyondParent(beyond) = error.kind else {
                    panic!("{error}")
                };
                if let Some(witness) = beyond.witness {
                    assert!(
                        powers.permits(&witness).is_ok() && passes.permits(&witness).is_err(),
                        "{witness}"
                    );
                }
                Did::Spawned(false)
            }
        }
    }

    /// A mandate is issued again, to a fresh key.
    fn rebind(&mut self) -> Did {
        let old = self.random.below(self.nodes.len());
        let (holder, id) = (agent(self.nodes.len()), self.random.id());
        let Some(parent) = self.nodes[old].parent else {
            return Did::Other;
        };
        let chain = &self.nodes[old].chain;
        let Ok(fresh) = rebind_leaf(chain, holder.public(), id, &self.register, at(self.now))
        else {
            return Did::Other;
        };
        assert_eq!(
            self.mission_standing(),
            May::Now,
            "what is not known to go on gets no new key"
        );
        let over = |link: &usize| !self.nodes[*link].ended.is_empty() || self.replaced_ended(*link);
        assert!(!self.path(old).iter().any(over), "nor does what has ended");
        let token = fresh.sign(&self.nodes[parent].key).unwrap();
        let chain = self.nodes[parent].chain.chain().extend(token).unwrap();
        let (rules, expires) = (self.nodes[old].rules.clone(), self.nodes[old].expires);
        let replaces = self.nodes[old]
            .replaces
            .iter()
            .copied()
            .chain([old])
            .collect();
        self.insert(
            self.verifier.verify(&chain).unwrap(),
            Some(parent),
            holder,
            rules,
            expires,
        );
        self.nodes.last_mut().unwrap().replaces = replaces;
        Did::Rebound
    }

    /// Limits for a mandate with these powers: a scope is about some of them.
    fn limits(&mut self, powers: &Powers) -> (Vec<(&'static str, Rule)>, Limits) {
        let (mut rules, mut limits) = (Vec::new(), Vec::new());
        let meets = |family: &str| {
            let family = ToolPattern::new(family).unwrap();
            powers
                .capabilities()
                .iter()
                .any(|held| held.tool().covers(&family) || family.covers(held.tool()))
        };
        let scopes: Vec<_> = SCOPES
            .into_iter()
            .filter(|(family, _)| meets(family))
            .collect();
        for _ in 0..self.random.below(3) {
            let mission = qbr();
            let (rule, limit) = match self.random.below(3) {
                0 => {
                    let from = self.now + self.random.next() % 200;
                    let until = from + 1 + self.random.next() % 4000;
                    (
                        Rule::Window(from, until),
                        Limit::window(Window::new(at(from), at(until)).unwrap()),
                    )
                }
                1 => {
                    let first = (self.wave + self.random.next() % 3).saturating_sub(1);
                    let last = self
                        .random
                        .chance(80)
                        .then(|| first + self.random.next() % 3);
                    let drain = if last.is_some() {
                        60 * (self.random.next() % 2)
                    } else {
                        0
                    };
                    let waves = match last {
                        Some(last) => Waves::new(mission, first, last).unwrap(),
                        None => Waves::starting_at(mission, first),
                    };
                    let waves = waves.with_drain(Seconds::new(drain)).unwrap();
                    (Rule::Waves { first, last, drain }, Limit::waves(waves))
                }
                _ => {
                    let event = self.random.name(&EVENTS);
                    (Rule::EndsOn(event), Limit::ends_on(label(event)))
                }
            };
            let (prefix, limit) = if !scopes.is_empty() && self.random.chance(30) {
                let (family, prefix) = *self.random.pick(&scopes);
                (prefix, limit.with_tools([family]).unwrap())
            } else {
                ("", limit)
            };
            rules.push((prefix, rule));
            limits.push(limit);
        }
        (rules, Limits::new(limits).unwrap())
    }

    /// A merge point over some of those below a node.
    fn merge(&mut self) -> Did {
        let branched: Vec<usize> = (0..self.nodes.len())
            .filter(|node| self.below(*node).len() > 1)
            .collect();
        if branched.is_empty() {
            return self.spawn();
        }
        let ancestor = *self.random.pick(&branched);
        let mut below = self.below(ancestor);
        self.random.shuffle(&mut below);
        below.truncate(2 + self.random.below(2));
        let (above, expires) = (&self.nodes[ancestor], self.nodes[ancestor].expires);
        if below.len() < 2 || above.chain.chain().leaf().hops == 0 || self.now >= expires {
            return Did::Other;
        }
        let branches: Vec<VerifiedChain> = below
            .iter()
            .map(|branch| self.nodes[*branch].chain.clone())
            .collect();
        let (holder, above) = (agent(self.nodes.len()), above.chain.clone());
        let quorum = self
            .random
            .chance(50)
            .then(|| 1 + self.random.below(below.len()));
        let deadline = self
            .random
            .chance(40)
            .then(|| self.now + self.random.next() % 600);
        let terms = Merge::new(self.random.id(), holder.public(), at(expires))
            .with_hops(above.chain().leaf().hops - 1);
        let terms = quorum.into_iter().fold(terms, Merge::with_quorum);
        let terms = deadline
            .into_iter()
            .fold(terms, |terms, deadline| terms.with_deadline(at(deadline)));
        let asks_more = self
            .random
            .chance(30)
            .then(|| Powers::new([capability(&mut self.random)]).unwrap());
        let asked = asks_more
            .clone()
            .into_iter()
            .fold(terms, Merge::with_powers);
        match merge(&above, &branches, asked, at(self.now)) {
            Ok(minted) => {
                let token = minted.sign(&self.nodes[ancestor].key).unwrap();
                let chain = self
                    .verifier
                    .verify(&above.chain().extend(token).unwrap())
                    .unwrap();
                let carried = self.carried(ancestor, &below);
                let barrier = Rule::Barrier {
                    quorum: quorum.unwrap_or(below.len()),
                    tasks: below.clone(),
                    deadline,
                };
                let rules = carried.into_iter().chain([("", barrier)]).collect();
                self.insert(chain, Some(ancestor), holder, rules, expires);
                if asks_more.is_none() {
                    let mut common = self.nodes[below[0]].own.clone();
                    common.retain(|call| {
                        below
                            .iter()
                            .all(|branch| self.nodes[*branch].own.contains(call))
                    });
                    assert_eq!(
                        self.nodes.last().unwrap().own,
                        common,
                        "exactly what the branches have in common"
                    );
                }
                Did::Merged(true)
            }
            Err(MergeError::BeyondBranch {
                branch,
                not_covered,
            }) => {
                let (asked, held) = (asks_more.unwrap(), &branches[branch].chain().leaf().powers);
                let passed_on = asked.capabilities()[not_covered.entry].is_delegable();
                let held = if passed_on {
                    delegable(held)
                } else {
                    held.clone()
                };
                // Several capabilities that cover it together, but none alone, show no call.
                if let Some(witness) = not_covered.witness {
                    assert!(
                        asked.permits(&witness).is_ok() && held.permits(&witness).is_err(),
                        "{witness}"
                    );
                }
                Did::Merged(false)
            }
            Err(MergeError::Limit(_) | MergeError::Chain(_)) => Did::Merged(false),
            Err(error) => panic!("{error}"),
        }
    }

    /// The events on which what lies between an ancestor and branches ends.
    fn carried(&self, ancestor: usize, branches: &[usize]) -> Vec<(&'static str, Rule)> {
        let between = |branch: &usize| {
            let path = self.path(*branch);
            path.into_iter()
                .take_while(|link| *link != ancestor)
                .collect::<Vec<_>>()
        };
        let rules = branches
            .iter()
            .flat_map(between)
            .flat_map(|link| &self.nodes[link].rules);
        rules
            .filter(|(_, rule)| matches!(rule, Rule::EndsOn(_)))
            .cloned()
            .collect()
    }

    /// Somebody who may says that a task ended.
    fn end(&mut self) -> Did {
        // The root's end ends everything, so it comes rarely.
        let first = usize::from(self.nodes.len() > 1 && self.random.chance(90));
        let any = first + self.random.below(self.nodes.len() - first);
        let mut awaited: Vec<usize> = (0..self.nodes.len())
            .flat_map(|node| self.branches(node))
            .collect();
        awaited.retain(|node| self.nodes[*node].ended.is_empty());
        let node = if awaited.is_empty() || self.random.chance(40) {
            any
        } else {
            *self.random.pick(&awaited)
        };
        let path = self.path(node);
        let mandate = self.nodes[node].chain.chain().leaf_id();
        let kinds = [TaskEnding::Completed; 4].into_iter().chain([
            TaskEnding::Abandoned,
            TaskEnding::Failed,
            TaskEnding::Revoked,
        ]);
        let kinds: Vec<TaskEnding> = kinds.collect();
        let (ending, id, now) = (*self.random.pick(&kinds), self.random.id(), at(self.now));
        let speaker = match self.random.below(10) {
            0..=5 => Speaker::Holder(node),
            6 | 7 => Speaker::Holder(*self.random.pick(&path)),
            8 => Speaker::Company,
            _ => Speaker::Controller,
        };
        let notice = match speaker {
            Speaker::Holder(holder) => {
                let key = &self.nodes[holder].key;
                signed(
                    TaskEnd::by_holder(
                        NoticeHeader::new(id, key.public(), now),
                        mandate,
                        ending,
                        at(LIFETIME),
                    ),
                    key,
                )
            }
            Speaker::Company => signed(
                TaskEnd::by_holder(
                    NoticeHeader::new(id, public(COMPANY), now),
                    mandate,
                    ending,
                    at(LIFETIME),
                ),
                &key(COMPANY),
            ),
            Speaker::Controller => {
                match self
                    .controller
                    .end_task(&qbr(), mandate, ending, at(LIFETIME), id, now)
                {
                    Ok(end) => signed(end.notice, &key(OFFICE)),
                    Err(_) => return Did::Other,
                }
            }
        };
        self.hear(notice);
        self.nodes[node].ended.push((speaker, ending));
        Did::Ended(node)
    }

    /// One who has no say over a task, a stranger or one further down, says that it ended.
    fn stranger_speaks(&mut self) -> Did {
        let node = self.random.below(self.nodes.len());
        let mandate = self.nodes[node].chain.chain().leaf_id();
        let below = (0..self.nodes.len()).find(|other| self.nodes[*other].parent == Some(node));
        let signer = match below {
            // A merge's minter is above its branches; no key below speaks for a node.
            Some(below) if self.random.chance(50) => agent(below),
            _ => key(STRANGER),
        };
        let end = TaskEnd::by_holder(
            NoticeHeader::new(self.random.id(), signer.public(), at(self.now)),
            mandate,
            TaskEnding::Revoked,
            at(LIFETIME),
        );
        let heard = self
            .register
            .apply(&signed(end, &signer), &self.watches, at(self.now));
        assert_eq!(heard, Err(NoticeError::NotWatched));
        Did::Nothing
    }

    /// The mission goes on, halts, or ends, and time passes.
    fn time_passes(&mut self) -> Did {
        self.now += self.random.next() % 120;
        let (mission, id, now, office) = (qbr(), self.random.id(), at(self.now), key(OFFICE));
        if self.over {
            return Did::Other;
        }
        let said = match self.random.below(24) {
            0..=4 => {
                (self.wave, self.wave_since) = (self.wave + 1, self.now);
                signed(
                    self.controller.advance_wave(&mission, id, now).unwrap(),
                    &office,
                )
            }
            5 if !self.suspended => {
                self.suspended = true;
                signed(self.controller.suspend(&mission, id, now).unwrap(), &office)
            }
            6..=10 if self.suspended => {
                self.suspended = false;
                signed(self.controller.resume(&mission, id, now).unwrap(), &office)
            }
            11 => {
                let event = self.random.name(&EVENTS);
                let Ok(fired) = self.controller.fire(&mission, label(event), id, now) else {
                    return Did::Other;
                };
                self.fired.push(event);
                // An event's notice makes no status fresher.
                self.hear(signed(fired, &office));
                return Did::Other;
            }
            12 if self.random.chance(15) => {
                self.over = true;
                let end = signed(
                    self.controller
                        .end(&mission, Ending::Completed, id, now)
                        .unwrap(),
                    &office,
                );
                self.hear(end);
                return Did::Other;
            }
            13 => {
                self.now += 400 + self.random.next() % 400;
                return Did::Other;
            }
            _ => heartbeat(&mut self.controller, &office, id, now),
        };
        self.as_of = self.now;
        self.hear(said);
        Did::Other
    }
}

/// A capability over the universe, in one of the shapes that capabilities have.
pub(crate) fn capability(random: &mut Random) -> Capability {
    let tool = if random.chance(40) {
        SCOPES[random.below(3)].0
    } else {
        TOOLS[random.below(6)]
    };
    let capability = Capability::new(tool, EFFECTS[random.below(3)]).unwrap();
    let some: Vec<&str> = ACCOUNTS.into_iter().filter(|_| random.chance(60)).collect();
    let accounts = match random.below(4) {
        0 => Constraint::pattern("*m*").unwrap(),
        1 => Constraint::any(),
        _ if some.is_empty() => Constraint::one_of(["acme"]).unwrap(),
        _ => Constraint::one_of(some).unwrap(),
    };
    let capability = match random.below(4) {
        0 => capability.allow_others(),
        1 => capability.allow("account", accounts).unwrap(),
        _ => capability.require("account", accounts).unwrap(),
    };
    if random.chance(75) {
        capability.allow_delegation()
    } else {
        capability
    }
}
