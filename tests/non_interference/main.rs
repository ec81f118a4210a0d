//! A caller learns nothing about state that belongs to others: change that state, and every public answer stays the same to the
//! byte. Callers, chains, probes, notices and worlds are generated; a seed that fails is printed.

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
#[path = "../missions/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;

use caller::{Caller, Presented};
use host::{Answer, Host};
use std::collections::BTreeMap;
use support::Random;

/// Two hosts that agree on everything that is the caller's issuer's, and on their own terms.
fn apart_in_what_is_others(seed: u64) -> [Host; 2] {
    let random = |part| Random::new(seed + part);
    [1, 2].map(|others| Host::new(&mut random(0), &mut random(others), &mut random(0), &mut random(0)))
}

/// Two hosts that agree on everything but a fact that is open to the caller's issuer, and that the caller's root does not name.
fn apart_in_what_is_unnamed(seed: u64) -> [Host; 2] {
    let random = |part| Random::new(seed + part);
    [1, 2].map(|unnamed| Host::new(&mut random(0), &mut random(0), &mut random(0), &mut random(unnamed)))
}

/// Two hosts that agree on nothing but what is public: their name, clock, leeway and tools, and whose roots they trust.
fn apart_in_all(seed: u64) -> [Host; 2] {
    [1, 2].map(|which| {
        let random = |part: u64| Random::new(seed + 1_000 * which + part);
        Host::new(&mut random(1), &mut random(2), &mut random(3), &mut random(4))
    })
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

#[test]
fn non_interference_between_issuers() {
    let (mut tally, mut others) = (Tally::default(), 0);
    for seed in 0..400 {
        let seed = seed * 10_000;
        let mut hosts = apart_in_what_is_others(seed);
        others += usize::from(hosts[0].answers_to_others() != hosts[1].answers_to_others());
        let caller = Caller::new(&mut Random::new(seed + 9));
        for call in 0..4 {
            let presented = caller.presents(&mut Random::new(seed + 10 + call));
            let [one, two] = hosts.each_mut().map(|host| host.answer(&presented));
            assert_eq!(one, two, "seed {seed}, call {call}");
            tally.add(&one);
        }
    }
    assert!(others > 80, "what is others' makes a difference to them: {others}");
    assert!(tally.of("permit") > 100 && tally.of("Refused") > 100, "{:?}", tally.0);
    assert!(tally.0.len() >= 4, "{:?}", tally.0);
}

/// Inside one issuer, too: a holder below a root, who mints by hand what the library refuses to mint, learns nothing of a fact that
/// the root does not name.
#[test]
fn non_interference_of_facts_that_the_root_does_not_name() {
    let (mut tally, mut others) = (Tally::default(), 0);
    for seed in 0..400 {
        let seed = seed * 10_000;
        let mut hosts = apart_in_what_is_unnamed(seed);
        others += usize::from(hosts[0].answers_to_named() != hosts[1].answers_to_named());
        let caller = Caller::new(&mut Random::new(seed + 9));
        for call in 0..4 {
            let presented = caller.presents(&mut Random::new(seed + 10 + call));
            let [one, two] = hosts.each_mut().map(|host| host.answer(&presented));
            assert_eq!(one, two, "seed {seed}, call {call}");
            tally.add(&one);
        }
    }
    assert!(others > 80, "the fact makes a difference where a root names it: {others}");
    assert!(tally.of("permit") > 100 && tally.of("FactUnnamed") > 20, "{:?}", tally.0);
}

#[test]
fn non_interference_before_the_presenter_is_authenticated() {
    let (mut tally, mut differ) = (Tally::default(), 0);
    for seed in 0..300 {
        let seed = seed * 10_000;
        let mut hosts = apart_in_all(seed);
        let caller = Caller::new(&mut Random::new(seed + 9));
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
    assert!(differ > 40, "the same calls, signed, are answered differently: {differ}");
    assert!(tally.of("NotTheHolder") > 200 && tally.of("BadSignature") > 200, "{:?}", tally.0);
    assert_eq!(tally.of("Refused"), 0, "{:?}", tally.0);
}

/// Whatever of the host's a caller is refused for, it is told the same.
#[test]
fn non_interference_of_policy_denials_which_are_all_one() {
    let (mut codes, mut public) = (BTreeMap::new(), Vec::new());
    for seed in 0..800 {
        let seed = seed * 10_000;
        let caller = Caller::new(&mut Random::new(seed + 9));
        let presented: Presented = caller.presents(&mut Random::new(seed + 10));
        let mut random = [1, 2, 3, 4].map(|part| Random::new(seed + part));
        let [own, others, policy, unnamed] = &mut random;
        let mut host = Host::new(own, others, policy, unnamed);
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
