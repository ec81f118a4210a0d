//! A caller learns nothing about state that belongs to others: change that state, and every public
//! answer stays the same to the byte. Callers, chains, probes, notices and worlds are generated; a
//! seed that fails is printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod caller;
mod host;
mod siblings;
#[path = "../missions/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;

use caller::{Caller, Presented, UNKNOWN, branch, qbr};
use host::{Answer, Host, Part};
use std::collections::BTreeMap;
use support::Random;

/// Draws everything from one seed, but for one part, which the two hosts draw apart. Of the parts
/// that not every host has, the others are empty; and as those are asked last, most of these hosts
/// are lenient.
fn apart_in(part: Part, seed: u64) -> [impl Fn(Part) -> Option<Random>; 2] {
    [1, 2].map(move |which| {
        move |drawn: Part| match drawn {
            _ if drawn == part => Some(Random::new(seed + which)),
            Part::Policy if seed % 40_000 > 0 => None,
            Part::Own | Part::OtherIssuer | Part::Policy | Part::UnnamedFacts => {
                Some(Random::new(seed))
            }
            _ => None,
        }
    })
}

/// Two hosts that agree on nothing but what is public: their name, clock, leeway and tools, and
/// whose roots they trust.
fn apart_in_all(seed: u64) -> [Host; 2] {
    [1, 2].map(|which| Host::new(|part| Some(part.drawn_from(seed + 1_000 * which))))
}

/// How often each answer was given, so that a test sees that it asked something.
#[derive(Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn add(&mut self, answer: &Answer) {
        *self.0.entry(answer.name()).or_default() += 1;
    }

    fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or_default()
    }
}

/// Presents what a caller presents to two hosts that are apart in one part, and compares the
/// answers. Returns how often each answer was given. `knows` asks a host what one is told who may
/// know that part: it must make a difference in many of the worlds.
fn apart(part: Part, seeds: u64, knows: impl Fn(&mut Host) -> String) -> Tally {
    let (mut tally, mut differ) = (Tally::default(), 0);
    for seed in 0..seeds {
        let seed = seed * 10_000;
        let mut hosts = apart_in(part, seed).map(Host::new);
        let caller = Caller::new(&mut Random::new(seed + 9), part);
        for call in 0..4 {
            let presented = caller.presents(&mut Random::new(seed + 10 + call));
            let [one, two] = hosts.each_mut().map(|host| host.answer(&presented));
            assert_eq!(one, two, "{part:?}, seed {seed}, call {call}");
            tally.add(&one);
        }
        let [one, two] = hosts.each_mut().map(&knows);
        differ += u64::from(one != two);
    }
    assert!(
        differ > seeds / 5,
        "{part:?} makes a difference to who may know it: {differ} of {seeds}"
    );
    assert!(tally.of("permit") > 50, "{:?}", tally.0);
    tally
}

fn told_to_others(host: &mut Host) -> String {
    host.told_to_others.join(", ")
}

#[test]
fn non_interference_between_issuers() {
    let tally = apart(Part::OtherIssuer, 400, Host::answers_to_others);
    assert!(
        tally.of("permit") > 100 && tally.of("Refused") > 100,
        "{:?}",
        tally.0
    );
    assert!(tally.0.len() >= 4, "{:?}", tally.0);
}

/// Inside one issuer, too: a holder below a root, who mints by hand what the library refuses to
/// mint, learns nothing of a fact that the root does not name.
#[test]
fn non_interference_of_facts_that_the_root_does_not_name() {
    let tally = apart(Part::UnnamedFacts, 400, Host::answers_to_named);
    assert!(tally.of("FactUnnamed") > 20, "{:?}", tally.0);
}

/// A caller that knows a mission's controller and name, and guesses its nonce.
#[test]
fn non_interference_of_missions_whose_nonce_is_not_known() {
    apart(Part::UnknownMissions, 200, |host| {
        host.answers_to_one_on(qbr(UNKNOWN))
    });
}

/// A sub-agent whose sibling lives by a mission that the orchestrator made for its branch.
#[test]
fn non_interference_of_missions_of_other_branches() {
    apart(Part::Branches, 200, |host| {
        host.answers_to_one_on(branch(UNKNOWN))
    });
}

/// News of the caller's own mission among it: a proof's staples are of that proof alone.
#[test]
fn non_interference_of_what_others_staple() {
    apart(Part::Staples, 200, told_to_others);
}

/// The same comparison finds a host out that keeps what is stapled. The library has no such host: a
/// decision borrows its register.
#[test]
fn a_host_that_keeps_what_others_staple_interferes() {
    let mut found = 0;
    for seed in 0..200 {
        let seed = seed * 10_000;
        let mut hosts = apart_in(Part::Staples, seed).map(Host::dangerous_keep_staples);
        let caller = Caller::new(&mut Random::new(seed + 9), Part::Staples);
        found += (0..4)
            .filter(|call| {
                let presented = caller.presents(&mut Random::new(seed + 10 + call));
                let [one, two] = hosts.each_mut().map(|host| host.answer(&presented));
                one != two
            })
            .count();
    }
    assert!(found > 20, "{found}");
}

/// A caller that waits for tasks whose ids it guesses, all but a bit.
#[test]
fn non_interference_of_tasks_of_other_branches() {
    let tally = apart(Part::Tasks, 200, |host| {
        [0, 1]
            .map(|sibling| host.answers_to_one_that_waits(sibling))
            .join(", ")
    });
    assert!(
        tally.of("BarrierClosed") + tally.of("Refused") > 20,
        "{:?}",
        tally.0
    );
}

/// Another minter of the same issuer names accounts as the caller's minters do, of every kind that
/// is counted.
#[test]
fn non_interference_of_accounts_of_other_minters() {
    apart(Part::Accounts, 200, told_to_others);
}

/// Others make calls by the same ids at the same server.
#[test]
fn non_interference_of_calls_of_others() {
    let tally = apart(Part::Marks, 200, told_to_others);
    assert!(
        tally.of("AlreadyDecided") + tally.of("CallConflict") > 5,
        "it meets its own: {:?}",
        tally.0
    );
}

/// Whether others' chains were verified before, and whether they drove the caller's out of the
/// cache.
#[test]
fn non_interference_of_chains_that_are_known() {
    apart(Part::Chains, 200, |host| host.known_chains());
}

#[test]
fn non_interference_before_the_presenter_is_authenticated() {
    let (mut tally, mut differ) = (Tally::default(), 0);
    for seed in 0..160 {
        let seed = seed * 10_000;
        let mut hosts = apart_in_all(seed);
        let caller = Caller::new(&mut Random::new(seed + 9), Part::Policy);
        for call in 0..4 {
            let random = &mut Random::new(seed + 10 + call);
            let presented = caller.presents(random);
            for forged in presented.forgeries(random) {
                let [one, two] = hosts.each_mut().map(|host| host.answer(&forged));
                assert_eq!(one, two, "seed {seed}, call {call}");
                assert_ne!(one.name(), "permit");
                tally.add(&one);
            }
            let answers = hosts.each_mut().map(|host| host.answer(&presented));
            differ += usize::from(answers[0] != answers[1]);
        }
    }
    assert!(
        differ > 20,
        "the same calls, signed, are answered differently: {differ}"
    );
    assert!(
        tally.of("NotTheHolder") > 100 && tally.of("BadSignature") > 100,
        "{:?}",
        tally.0
    );
    assert_eq!(tally.of("Refused"), 0, "{:?}", tally.0);
}

/// Whatever of the host's a caller is refused for, it is told the same.
#[test]
fn non_interference_of_policy_denials_which_are_all_one() {
    let (mut codes, mut public) = (BTreeMap::new(), Vec::new());
    for seed in 0..500 {
        let seed = seed * 10_000;
        let caller = Caller::new(&mut Random::new(seed + 9), Part::Policy);
        let presented: Presented = caller.presents(&mut Random::new(seed + 10));
        let mut host = Host::new(|part| Some(part.drawn_from(seed)));
        if let Err(denial) = host.decide(&presented) {
            if denial.public().code == "Refused" {
                *codes.entry(denial.code()).or_insert(0) += 1;
                public.push(format!("{:?} {denial}", denial.public()));
            }
        }
    }
    public.dedup();
    assert_eq!(public.len(), 1, "{public:?}");
    assert!(codes.len() > 12, "few reasons were met: {codes:?}");
}
