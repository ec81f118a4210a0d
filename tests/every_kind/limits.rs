//! Limits.

use super::{all, known};
use crate::codec::{Reader, Writer, read_limits, write_limits};
use crate::limits::{
    ApprovalGate, AudienceSet, Barrier, Budget, Condition, Delegates, Limit, LimitRule, Limits,
    LivesBy, MaxAge, RateLimit, Reporters, Scope, SeparationOfDuty, ToolSet, Waves, Window,
};
use crate::powers::{Constraint, ToolPattern};
use crate::primitives::{Audience, Label, MandateId, Mission, PublicKey, Seconds, Timestamp};
use crate::sign::SigningKey;
use std::collections::BTreeSet;

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn key(seed: u8) -> PublicKey {
    SigningKey::from_seed(&[seed; 32]).public()
}

fn mission() -> Mission {
    Mission::new(key(1), label("m"), [7; 16])
}

fn tools(tool: &str) -> ToolSet {
    ToolSet::new([ToolPattern::new(tool).unwrap()]).unwrap()
}

fn first() -> LimitRule {
    LimitRule::Window(Window::closing(
        Timestamp::from_unix(1_767_225_600).unwrap(),
    ))
}

fn next(sample: &LimitRule) -> Option<LimitRule> {
    Some(match sample {
        LimitRule::Window(_) => LimitRule::Audience(AudienceSet::from(
            Audience::new("https://crm.example").unwrap(),
        )),
        LimitRule::Audience(_) => LimitRule::SignedCalls,
        LimitRule::SignedCalls => {
            LimitRule::LivesBy(LivesBy::new(mission(), MaxAge::uniform(Seconds::new(60))))
        }
        LimitRule::LivesBy(_) => LimitRule::Condition(Condition {
            fact: label("f"),
            holds: Constraint::any(),
            max_age: Seconds::new(60),
        }),
        LimitRule::Condition(_) => LimitRule::EndsOn(label("e")),
        LimitRule::EndsOn(_) => LimitRule::Waves(Waves::only(mission(), 2)),
        LimitRule::Waves(_) => {
            let reporters = Reporters::new([key(2)]).unwrap();
            let task = (MandateId::from_bytes([3; 32]), reporters);
            LimitRule::Barrier(Barrier::new([task]).unwrap())
        }
        LimitRule::Barrier(_) => LimitRule::Budget(Budget::calls(label("b"), label("l"), 3)),
        LimitRule::Budget(_) => LimitRule::RateLimit(
            RateLimit::new(label("r"), label("l"), 2, Seconds::new(60)).unwrap(),
        ),
        LimitRule::RateLimit(_) => {
            let groups = [tools("a"), tools("b")];
            LimitRule::SeparationOfDuty(
                SeparationOfDuty::new(label("x"), label("l"), groups).unwrap(),
            )
        }
        LimitRule::SeparationOfDuty(_) => {
            LimitRule::ApprovalGate(ApprovalGate::new(1, [key(4)], Seconds::new(60)).unwrap())
        }
        LimitRule::ApprovalGate(_) => LimitRule::Delegates(Delegates::new([key(5)]).unwrap()),
        LimitRule::Delegates(_) => return None,
    })
}

fn samples() -> Vec<Limits> {
    let limit = |rule| Limit::new(Scope::All, rule).unwrap();
    all(first(), next)
        .into_iter()
        .map(|rule| Limits::new([limit(rule)]).unwrap())
        .collect()
}

fn written(limits: &Limits) -> Vec<u8> {
    let mut w = Writer::new();
    write_limits(&mut w, limits);
    w.into_bytes()
}

#[test]
fn every_kind_of_limit_is_read_as_it_is_written() {
    for limits in samples() {
        let bytes = written(&limits);
        assert_eq!(read_limits(&mut Reader::new(&bytes)).as_ref(), Ok(&limits));
    }
}

#[test]
fn every_kind_of_limit_that_is_read_has_a_sample() {
    // A list of one limit, which has two parts: its kind and the rest.
    let of_samples = samples()
        .iter()
        .map(|limits| written(limits)[2])
        .collect::<Vec<u8>>();
    let read = known(|kind| {
        let bytes = [0x81, 0x82, kind, 0xf6];
        let read = read_limits(&mut Reader::new(&bytes));
        read.map(drop).map_err(|error| error.kind)
    });
    assert_eq!(read, of_samples);
}

#[cfg(feature = "json")]
#[test]
fn every_kind_of_limit_has_a_json_form() {
    use crate::json::JsonForm;
    for limits in samples() {
        assert_eq!(Limits::from_json(&limits.to_json()).as_ref(), Ok(&limits));
    }
}

#[test]
fn every_kind_of_limit_reads_differently() {
    let samples = samples();
    let shown: BTreeSet<String> = samples
        .iter()
        .flat_map(|limits| limits.iter().map(Limit::to_string))
        .collect();
    assert_eq!(shown.len(), samples.len());
}
