//! To the second: what is forgiven, what is not, and that nothing is lengthened.

use super::ladder::{limited, limited_beside, trusting};
use super::scene::{Scene, scene};
use crate::support::cbor;
use crate::support::story::{BANK, CRM, FILES, HELPER, NOW, after, audience, verifier};
use mandatum::limits::Window;
use mandatum::{Effect, Limit, Seconds};

/// Whether the call, signed in that very second, is permitted so many seconds after the story's
/// now.
fn fresh(scene: &Scene, seconds: i64) -> bool {
    scene
        .clone()
        .at(seconds)
        .signing(|call| call.claim(6, cbor::int(NOW + seconds)))
        .is_permitted()
}

fn patient(scene: Scene) -> Scene {
    scene.verifier(verifier().with_leeway(Seconds::hours(2)))
}

fn strict(scene: Scene) -> Scene {
    scene.verifier(verifier().with_leeway(Seconds::new(0)))
}

#[test]
fn expiry_is_the_first_second_of_no_more() {
    assert!(fresh(&scene(), 3599));
    assert!(!fresh(&scene(), 3600));
    assert!(!fresh(&patient(scene()), 3600), "leeway lengthens nothing");
}

#[test]
fn issuing_is_forgiven_by_the_leeway_and_no_more() {
    assert!(fresh(&scene(), -30));
    assert!(!fresh(&scene(), -31));
    assert!(fresh(&strict(scene()), 0));
    assert!(!fresh(&strict(scene()), -1));
    assert!(fresh(&patient(scene()), -7200));
}

#[test]
fn a_window_opens_with_leeway_and_closes_without() {
    let window = || limited([Limit::window(Window::new(after(100), after(200)).unwrap())]);
    let open: Vec<i64> = [69, 70, 99, 100, 199, 200, 201]
        .into_iter()
        .filter(|seconds| fresh(&window(), *seconds))
        .collect();
    assert_eq!(open, [70, 99, 100, 199]);
    let strictly: Vec<i64> = [99, 100, 199, 200]
        .into_iter()
        .filter(|seconds| fresh(&strict(window()), *seconds))
        .collect();
    assert_eq!(strictly, [100, 199]);
    assert!(!fresh(&patient(window()), 200), "leeway lengthens nothing");
}

#[test]
fn a_call_is_good_for_its_age_and_no_longer() {
    let good: Vec<i64> = [0, 1, 29, 30, 31, 32]
        .into_iter()
        .filter(|age| scene().at(*age).is_permitted())
        .collect();
    assert_eq!(good, [0, 1, 29, 30]);
    assert!(
        !patient(scene()).at(31).is_permitted(),
        "leeway lengthens nothing"
    );
    let brief = scene().verifier(verifier().with_max_call_age(Seconds::new(0)));
    assert!(brief.clone().is_permitted());
    assert!(!brief.at(1).is_permitted());
}

#[test]
fn a_call_from_a_clock_ahead_is_forgiven_by_the_leeway_and_no_more() {
    let ahead = |scene: Scene, seconds: i64| {
        scene
            .signing(|call| call.claim(6, cbor::int(NOW + seconds)))
            .is_permitted()
    };
    assert!(ahead(scene(), 30));
    assert!(!ahead(scene(), 31));
    assert!(!ahead(strict(scene()), 1));
    assert!(ahead(patient(scene()), 7200));
}

#[test]
fn a_call_ahead_of_the_clock_is_not_good_for_longer_than_its_age() {
    let ahead = scene().signing(|call| call.claim(6, cbor::int(NOW + 30)));
    assert!(ahead.clone().at(60).is_permitted());
    assert!(!ahead.at(61).is_permitted());
}

#[test]
fn the_hosts_word_is_taken_up_to_an_effect_and_no_further() {
    let asserted = |up_to| {
        scene()
            .verifier(trusting(up_to))
            .asserted(HELPER)
            .is_permitted()
    };
    assert!(
        [Effect::Read, Effect::Write, Effect::Irreversible]
            .into_iter()
            .all(asserted)
    );
    assert!(!scene().asserted(HELPER).is_permitted());
}

#[test]
fn a_limit_counts_in_its_scope_and_nowhere_else() {
    let closed = || Limit::window(Window::closing(after(-10)));
    let permitted = |limit: Limit| limited([limit]).is_permitted();
    assert!(!permitted(closed()));
    for tools in [&["crm.read"][..], &["crm.*"], &["pay", "crm.*"]] {
        assert!(
            !permitted(closed().with_tools(tools.iter().copied()).unwrap()),
            "{tools:?}"
        );
    }
    for tools in [
        &["pay"][..],
        &["crm"],
        &["crm.read.*"],
        &["crm.reader", "crm-read"],
    ] {
        let elsewhere = closed().with_tools(tools.iter().copied()).unwrap();
        assert!(
            limited_beside(tools, [elsewhere]).is_permitted(),
            "{tools:?}"
        );
    }
}

#[test]
fn limits_pile_up() {
    let at = |name: &str| Limit::audience(audience(name));
    assert!(limited([at(CRM)]).is_permitted());
    assert!(
        !limited([at(CRM), at(FILES)]).is_permitted(),
        "each one holds, not some one"
    );
    assert!(
        !limited([at(BANK)]).at_server(BANK).is_permitted(),
        "a child's limit adds no audience to its root's"
    );
}
