//! What people read: plain, and never forged by what is read.

use super::ladder::{limited_beside, rows, trusting};
use super::scene::{scene, under};
use crate::support::cbor;
use crate::support::forge::proof_bytes;
use crate::support::story::{
    HELPER, ORCHESTRATOR, after, anchor_with, audience, child_of, confirmation, encoded_powers,
    powers, reading, root, verifier_of,
};
use mandatum::chain::Ceiling;
use mandatum::limits::Window;
use mandatum::primitives::Value;
use mandatum::{Action, Capability, Constraint, Effect, ExecutionProof, Limit};
use std::collections::BTreeMap;

#[test]
fn an_explanation_reads_from_top_to_bottom() {
    let closed = Limit::window(Window::closing(after(-60)));
    let elsewhere = Limit::audience(audience("https://files.example"))
        .with_tools(["files.*"])
        .unwrap();
    let scene = limited_beside(&["files.read"], [closed, elsewhere]).calling(reading("globex"));
    let expected = "\
ok   verified under this configuration
ok   issued in the past (the root)
ok   issued in the past (link 1)
ok   not expired (the root)
ok   not expired (link 1)
ok   valid at this server (the root)
FAIL limit: until 2025-12-31T23:59:00Z (link 1): WindowClosed: the window closed at 2025-12-31T23:59:00Z, now is 2026-01-01T00:00:00Z
--   limit: at https://files.example, for files.* (link 1)
ok   presented for this leaf
ok   signed for this server
ok   signed recently
ok   signed for this call
ok   presented by the holder
ok   presented in an accepted way
FAIL within powers (link 1): ArgumentRefused: argument `account` has a value that is not permitted
ok   within powers (the root)
ok   within the anchor's ceiling
ok   within what the verifier demands of every chain
ok   granted in an accepted way (the root)
ok   task not ended (the root)
ok   task not ended (link 1)
";
    assert_eq!(scene.explain().to_string(), expected);
}

#[test]
fn an_explanation_says_that_a_shared_key_does_not_contain() {
    let root = root().token();
    let child = child_of(&root)
        .claim(8, confirmation(ORCHESTRATOR))
        .term(5, cbor::bool(true))
        .token();
    let scene = under([root, child]).signing(|call| call.signed_by(ORCHESTRATOR));
    assert!(scene.is_permitted());
    let text = scene.explain().to_string();
    assert!(
        text.ends_with("note a link shares an ancestor's key: this narrows but does not contain\n"),
        "{text}"
    );
    assert!(!super::scene::scene().explain().to_string().contains("note"));
}

#[test]
fn a_denial_is_one_plain_sentence() {
    for row in rows() {
        let text = row.scene.denial().details().to_string();
        assert!(
            !text.is_empty() && !text.ends_with('.') && !text.contains('\n'),
            "{text}"
        );
        assert!(text.chars().next().unwrap().is_lowercase(), "{text}");
        assert!(!text.contains("::") && !text.contains("Some("), "{text}");
    }
}

/// A name with a line break that would forge the line of a check, and one that turns what is read
/// around.
const FORGED: [&str; 2] = ["x\nok   within powers (link 1)", "x\u{202e}\u{61c}\u{200b}"];

fn hides(text: &str) -> bool {
    text.chars()
        .any(|character| character.is_control() || "\u{202e}\u{61c}\u{200b}".contains(character))
}

#[test]
fn the_name_of_an_argument_forges_no_line() {
    for name in FORGED {
        let unknown = scene().calling(
            Action::new("crm.read", [("account", "acme"), (name, "x")], Effect::Read).unwrap(),
        );
        let required = Capability::new("crm.read", Effect::Read)
            .unwrap()
            .require(name, Constraint::any())
            .unwrap();
        let powers = powers([required.allow_delegation()]);
        let root = root().term(0, encoded_powers(powers.clone())).token();
        let child = child_of(&root).term(0, encoded_powers(powers)).token();
        let missing = under([root, child]).verifier(verifier_of(anchor_with(Ceiling::Unlimited)));
        for scene in [unknown, missing] {
            assert!(
                !hides(&scene.denial().to_string())
                    && !hides(&scene.denial().details().to_string())
            );
            assert!(!hides(&scene.denial().public().message));
            let explained = scene.explain().to_string();
            assert!(
                !explained
                    .lines()
                    .any(|line| line.starts_with("ok   within powers (link 1)")),
                "{explained}"
            );
            assert!(explained.lines().all(|line| !hides(line)), "{explained}");
        }
    }
}

#[test]
fn the_refusal_of_a_wider_child_forges_no_line() {
    for name in FORGED {
        let parent = powers([Capability::new("crm.read", Effect::Read)
            .unwrap()
            .allow_delegation()]);
        let wider = |constraint| {
            powers([Capability::new("crm.read", Effect::Read)
                .unwrap()
                .require(name, constraint)
                .unwrap()])
        };
        let unknown = parent.covers(&wider(Constraint::any())).unwrap_err();
        let optional = wider(Constraint::any()).covers(&parent).unwrap_err();
        let more = wider(Constraint::one_of(["a"]).unwrap())
            .covers(&wider(Constraint::any()))
            .unwrap_err();
        for refusal in [unknown, optional, more] {
            assert!(!hides(&refusal.to_string()), "{refusal}");
        }
    }
}

#[test]
fn the_type_of_a_token_forges_no_line() {
    for typ in FORGED {
        let header = cbor::Map::of([(1, cbor::int(-8)), (16, cbor::text(typ))]).bytes();
        let child = child_of(&root().token()).protected(header).token();
        let proof = proof_bytes(&[root().token(), child], &[]);
        let error = ExecutionProof::from_bytes(&proof).unwrap_err();
        assert!(!hides(&error.to_string()), "{error}");
    }
}

#[test]
fn a_call_shows_no_value_raw() {
    let named = BTreeMap::from([("account".to_owned(), Value::from(FORGED[0]))]);
    let action = Action {
        arguments: mandatum::primitives::Arguments::new(named).unwrap(),
        ..reading("acme")
    };
    assert!(!hides(&action.to_string()));
    let scene = scene()
        .verifier(trusting(Effect::Read))
        .asked(action)
        .asserted(HELPER);
    assert!(!hides(&scene.denial().to_string()) && !hides(&scene.denial().details().to_string()));
}
