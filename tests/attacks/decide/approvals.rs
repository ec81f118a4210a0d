//! What gates refuse.

use super::ladder::{Row, empowered, row};
use super::scene::{Scene, under};
use crate::support::cbor;
use crate::support::spending::{gate, needing};
use crate::support::story::{
    FILES, HELPER, NOW, ORCHESTRATOR, child_of, powers, read_crm, reading, root,
};
use mandatum::DenialCode;
use mandatum::denial::{DenialKind, DenialPlace};

/// Seeds of the keys that approve.
const ANNA: u8 = 60;
const BORIS: u8 = 62;
const CLARA: u8 = 63;
const STRANGER: u8 = 64;

/// The scene where two of three must approve what a child does.
fn two_of_three() -> Scene {
    behind(&gate(&needing(2, &[ANNA, BORIS, CLARA])))
}

fn behind(gate: &[u8]) -> Scene {
    let root = root().token();
    let child = child_of(&root).term(1, cbor::array([gate])).token();
    under([root, child])
}

/// The scene where one must approve, and nobody has.
pub(crate) fn gated() -> Scene {
    behind(&gate(&needing(1, &[ANNA])))
}

/// The scene where one must approve, and has.
pub(crate) fn approved() -> Scene {
    gated().approving(ANNA, |approval| approval)
}

pub(super) fn rows() -> Vec<Row> {
    use DenialKind::NotApproved;
    let at_gate =
        |name, scene: Scene, code| row(name, scene, code, DenialPlace::Link(1), NotApproved);
    let unsound = |name, scene: Scene, code| row(name, scene, code, DenialPlace::Call, NotApproved);
    let by = |scene: Scene, seed| scene.approving(seed, |approval| approval);
    let anna = || by(two_of_three(), ANNA);
    let time = |seconds: i64| cbor::int(NOW + seconds);
    let digest = || cbor::bytes([0; 32]);
    let both = || by(anna(), BORIS);
    vec![
        at_gate("nobody approved", gated(), DenialCode::ApprovalsMissing),
        at_gate("one of two approved", anna(), DenialCode::ApprovalsMissing),
        at_gate(
            "an approval that is too old",
            anna().approving(BORIS, |approval| approval.claim(6, time(-301))),
            DenialCode::ApprovalTooOld,
        ),
        unsound(
            "33 approvals",
            (0..33).fold(gated(), |scene, _| by(scene, ANNA)),
            DenialCode::TooManyApprovals,
        ),
        unsound(
            "a stranger",
            by(anna(), STRANGER),
            DenialCode::ApprovalByStranger,
        ),
        unsound(
            "a stranger beside enough",
            by(both(), STRANGER),
            DenialCode::ApprovalByStranger,
        ),
        unsound(
            "who calls",
            by(anna(), HELPER),
            DenialCode::ApprovalByStranger,
        ),
        unsound(
            "who delegated",
            by(anna(), ORCHESTRATOR),
            DenialCode::ApprovalByStranger,
        ),
        unsound("one twice", by(anna(), ANNA), DenialCode::ApprovedTwice),
        unsound(
            "one twice, by two tokens",
            both().approving(ANNA, |approval| approval.claim(7, cbor::bytes([9; 16]))),
            DenialCode::ApprovedTwice,
        ),
        unsound(
            "for another server",
            anna().approving(BORIS, |approval| approval.term(4, cbor::text(FILES))),
            DenialCode::ApprovalForAnotherAudience,
        ),
        unsound(
            "for another leaf",
            anna().approving(BORIS, |approval| approval.term(1, digest())),
            DenialCode::ApprovalForAnotherCall,
        ),
        unsound(
            "for another call",
            anna().approving(BORIS, |approval| approval.term(2, digest())),
            DenialCode::ApprovalForAnotherCall,
        ),
        unsound(
            "for another request under the same id",
            anna().approving(BORIS, |approval| approval.term(3, digest())),
            DenialCode::ApprovalForAnotherCall,
        ),
        unsound(
            "from the future",
            anna().approving(BORIS, |approval| approval.claim(6, time(31))),
            DenialCode::ApprovalFromFuture,
        ),
        unsound(
            "expired in this second",
            anna().approving(BORIS, |approval| approval.term(5, time(0))),
            DenialCode::ApprovalExpired,
        ),
        unsound(
            "signed by another",
            anna().approving(BORIS, |approval| approval.signed_by(STRANGER)),
            DenialCode::ApprovalSignature,
        ),
        unsound(
            "signed by another approver",
            anna().approving(BORIS, |approval| approval.signed_by(CLARA)),
            DenialCode::ApprovalSignature,
        ),
    ]
}

#[test]
fn enough_approvals_open_a_gate() {
    let by = |scene: Scene, seeds: &[u8]| {
        seeds
            .iter()
            .fold(scene, |scene, seed| {
                scene.approving(*seed, |approval| approval)
            })
            .is_permitted()
    };
    assert!(by(gated(), &[ANNA]));
    assert!(by(two_of_three(), &[ANNA, CLARA]) && by(two_of_three(), &[BORIS, ANNA, CLARA]));
}

#[test]
fn an_approval_is_for_one_call_at_one_server_under_one_leaf() {
    let approvals = || approved().approvals().to_vec();
    let code = |scene: Scene| scene.with_approvals(approvals()).denial().code();
    let other_id = gated()
        .with_id(8)
        .signing(|call| call.claim(7, cbor::bytes([8; 16])));
    assert_eq!(code(other_id), DenialCode::ApprovalForAnotherCall);
    let elsewhere = gated()
        .at_server(FILES)
        .signing(|call| call.claim(3, cbor::text(FILES)));
    assert_eq!(code(elsewhere), DenialCode::ApprovalForAnotherAudience);
    let root = root().token();
    let sibling = child_of(&root).claim(7, cbor::bytes([77; 16]));
    let sibling = sibling
        .term(1, cbor::array([gate(&needing(1, &[ANNA]))]))
        .token();
    assert_eq!(
        code(under([root, sibling])),
        DenialCode::ApprovalForAnotherCall
    );
    // What is changed after it was approved is not approved; and what it asks of the gate does not
    // change what powers permit.
    assert_eq!(
        code(gated().calling(reading("globex"))),
        DenialCode::ArgumentRefused
    );
    assert!(
        empowered(powers([read_crm(&["acme", "globex"])]))
            .with_approvals(approvals())
            .is_permitted(),
        "unasked"
    );
}
