//! S6: 37 tools to none. The story is the example's own; here its numbers and verdicts are
//! asserted.

#[path = "../../examples/waves/story.rs"]
mod story;

use crate::stage::{Attempt, at};
use mandatum::DenialCode;
use std::sync::OnceLock;
use story::{Counted, Told};

fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    TOLD.get_or_init(|| story::tell().expect("the story can be told"))
}

fn attempt(what: &str) -> &'static Attempt {
    told()
        .story
        .attempt(what)
        .unwrap_or_else(|| panic!("`{what}` was not tried just once"))
}

/// What a wave's leaf is permitted, the verifier being asked for every tool.
#[test]
fn the_waves_carry_37_19_8_3_1_and_0_tools() {
    let permitted: Vec<usize> = told()
        .counted
        .iter()
        .map(|wave| wave.permitted.len())
        .collect();
    assert_eq!(permitted, [37, 19, 8, 3, 1, 0]);
    assert!(told().counted.iter().map(|wave| wave.wave).eq(0..6));
}

#[test]
fn each_wave_is_narrower_than_the_one_before() {
    for (before, after) in told().counted.iter().zip(told().counted.iter().skip(1)) {
        assert!(
            after.permitted.is_subset(&before.permitted),
            "wave {}",
            after.wave
        );
        assert!(
            after.permitted.len() < before.permitted.len(),
            "wave {}",
            after.wave
        );
    }
}

/// A leaf dies with its wave, and lives only with it: in each wave the five other leaves are
/// refused all 37 tools, each the ones that it has for the wave, and the others because it never
/// had them.
#[test]
fn no_other_leaf_may_do_anything() {
    for Counted {
        wave,
        refused,
        others,
        permitted,
        ..
    } in &told().counted
    {
        let of = |code| others.get(&Some(code)).copied().unwrap_or_default();
        let (gone, has) = (
            usize::try_from(*wave).expect("few waves"),
            [37, 19, 8, 3, 1, 0],
        );
        let (closed, to_come) = (has.iter().take(gone).sum(), has.iter().skip(gone + 1).sum());
        assert_eq!(
            (of(DenialCode::WaveClosed), of(DenialCode::NotYet)),
            (closed, to_come),
            "wave {wave}"
        );
        assert_eq!(
            of(DenialCode::ToolNotPermitted),
            37 * 5 - closed - to_come,
            "wave {wave}"
        );
        assert_eq!(others.values().sum::<usize>(), 37 * 5, "wave {wave}");
        let dropped = refused
            .get(&Some(DenialCode::ToolNotPermitted))
            .copied()
            .unwrap_or_default();
        assert_eq!(dropped, 37 - permitted.len(), "wave {wave}");
    }
}

#[test]
fn in_wave_3_the_paper_of_other_waves_is_of_no_use() {
    let expected = [
        ("verify: evidence.read", None),
        ("verify: logs.search", Some(DenialCode::ToolNotPermitted)),
        ("triage: hr.roster.read", Some(DenialCode::WaveClosed)),
        ("triage: evidence.read", Some(DenialCode::WaveClosed)),
        ("triage-helper", Some(DenialCode::WaveClosed)),
        (
            "triage, after the replayed status",
            Some(DenialCode::WaveClosed),
        ),
        ("scope: netflow.read", Some(DenialCode::WaveClosed)),
    ];
    for (what, code) in expected {
        assert_eq!(attempt(what).code(), code, "{what}");
        assert_eq!(attempt(what).is_permitted(), code.is_none(), "{what}");
    }
    let scene = told()
        .story
        .scene("Still wave 3")
        .expect("the scene is played");
    let tried = scene.events.iter().filter_map(|event| match event {
        crate::stage::Event::Attempt(attempt) => Some((attempt.what.as_str(), attempt.code())),
        crate::stage::Event::Fact(_) => None,
    });
    assert!(
        tried
            .into_iter()
            .any(|tried| tried == ("report: report.write", Some(DenialCode::NotYet)))
    );
}

/// The wave after began at 10:30:00, and the leaf has 90 seconds.
#[test]
fn a_straggler_has_its_drain_time_and_no_second_more() {
    let scene = told()
        .story
        .scene("Wave 3 has begun")
        .expect("the scene is played");
    let tried: Vec<_> = scene
        .events
        .iter()
        .filter_map(|event| match event {
            crate::stage::Event::Attempt(attempt) if attempt.what.starts_with("contain") => {
                Some((attempt.when, attempt.until(), attempt.code()))
            }
            _ => None,
        })
        .collect();
    let drained = at(10, 31, 30);
    assert_eq!(
        tried,
        [
            (at(10, 31, 29), Some(drained), None),
            (drained, None, Some(DenialCode::WaveClosed))
        ]
    );
}

#[test]
fn the_roots_holder_keeps_its_ceiling_in_every_wave() {
    assert!(told().counted.iter().all(|wave| wave.root == 37));
    assert!(attempt("lead: hr.roster.read").is_permitted());
}

/// Every tool that a mandate has, 68 of the leaves' and the lead's 37, is refused for the mission;
/// the rest it never had.
#[test]
fn completion_denies_every_leaf() {
    let scene = told()
        .story
        .scene("Half past twelve")
        .expect("the scene is played");
    assert_eq!(
        scene.facts().collect::<Vec<_>>(),
        [
            "12:30:00 every tool is asked for with every mandate: 154 ToolNotPermitted, 105 MissionEnded"
        ]
    );
    let codes: Vec<_> = scene
        .events
        .iter()
        .filter_map(|event| match event {
            crate::stage::Event::Attempt(attempt) => Some(attempt.code()),
            crate::stage::Event::Fact(_) => None,
        })
        .collect();
    let ended = Some(DenialCode::MissionEnded);
    assert_eq!(
        codes,
        [
            ended,
            ended,
            ended,
            ended,
            ended,
            Some(DenialCode::ToolNotPermitted),
            ended
        ],
        "`close` has no tool"
    );
}

/// The control: a token with the scopes of all tools, valid until five, would have let every one of
/// those calls through.
#[test]
fn a_token_would_have_let_all_of_it_through() {
    assert!(told().counted.iter().all(|wave| wave.token == 37));
    let denied: Vec<&Attempt> = told()
        .story
        .attempts()
        .filter(|attempt| !attempt.is_permitted())
        .collect();
    assert!(denied.len() >= 15);
    assert!(
        denied
            .iter()
            .all(|attempt| attempt.token_permits && attempt.when < at(17, 0, 0))
    );
}

#[test]
fn the_example_agrees_with_itself() {
    assert!(told().counted.iter().all(Counted::as_expected));
    assert!(
        told()
            .story
            .attempts()
            .all(|attempt| attempt.as_expected() && !attempt.why().is_empty())
    );
}
