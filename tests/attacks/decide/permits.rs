//! A permit ends with the first thing it rests on.

use super::ladder::{limited, limited_beside};
use super::scene::{Scene, scene, under};
use crate::support::cbor;
use crate::support::story::{HELPER, INTERN, NOW, after, child_of, grandchild_of, root};
use mandatum::claims::Outcome;
use mandatum::limits::Window;
use mandatum::{DenialCode, Limit, MemoryLedger, Permit, Timestamp};

fn permit(scene: &Scene) -> Permit {
    MemoryLedger::new(1)
        .settle(scene.decide().unwrap(), after(0))
        .unwrap()
}

fn until(scene: &Scene) -> Timestamp {
    permit(scene).valid_until()
}

#[test]
fn it_is_valid_until_the_earliest_end() {
    let ending = |seconds| cbor::int(NOW + seconds);
    let root = root().token();
    let child = child_of(&root).claim(4, ending(100)).token();
    let grandchild = grandchild_of(&child)
        .claim(4, ending(50))
        .signed_by(HELPER)
        .token();
    assert_eq!(until(&scene()), after(3600));
    assert_eq!(until(&under([root.clone(), child.clone()])), after(100));
    let by_intern = under([root, child, grandchild]).signing(|call| call.signed_by(INTERN));
    assert_eq!(until(&by_intern), after(50));
}

#[test]
fn windows_in_scope_end_it_and_others_do_not() {
    let closing = |seconds| Limit::window(Window::closing(after(seconds)));
    assert_eq!(
        until(&limited([closing(70), closing(40), closing(90)])),
        after(40)
    );
    assert_eq!(
        until(&limited_beside(
            &["pay"],
            [closing(40).with_tools(["pay"]).unwrap()]
        )),
        after(3600)
    );
    assert_eq!(
        until(&limited([closing(40).with_tools(["crm.*"]).unwrap()])),
        after(40)
    );
    assert_eq!(until(&limited([closing(9_999)])), after(3600));
}

#[test]
fn it_starts_in_its_last_second_and_not_in_the_next() {
    let scene = limited([Limit::window(Window::closing(after(40)))]);
    assert!(permit(&scene).start(after(39)).is_ok());
    for seconds in [40, 41, 3599, 99_999] {
        let denial = permit(&scene).start(after(seconds)).map(drop).unwrap_err();
        assert_eq!(denial.denial.code(), DenialCode::PermitExpired);
        assert_eq!(
            *denial.denial.reason(),
            mandatum::denial::DenialReason::PermitExpired {
                until: after(40),
                now: after(seconds)
            }
        );
    }
}

#[test]
fn its_record_says_what_ran() {
    let permit = permit(&scene());
    let key = permit.key();
    assert_eq!(permit.call().action, *scene().action());
    assert_eq!(
        permit.trace().to_string().split(" → ").next(),
        Some("alice")
    );
    assert!(permit.trace().to_string().ends_with(" → crm.read"));
    let record = permit.start(after(5)).unwrap().finish(Outcome::Failed);
    assert_eq!(
        (record.key, record.leaf, record.started_at),
        (key, scene().chain().chain().leaf_id(), Some(after(5)))
    );
    assert_eq!(
        (record.decided_at, record.outcome),
        (after(0), Outcome::Failed)
    );
}
