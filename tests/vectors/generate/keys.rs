//! Whose key counts: an issuer's keys in service, retired and revoked, in roots, ends and barriers;
//! the keys to whom a link lets anything be delegated; and the facts that a root names.

use super::file::KeyForm;
use super::forge::{encode, put, remove};
use super::news::{public, task_ended};
use super::order::after;
use super::scene::{COMPANY_BEFORE, ISSUED, NOW, STRANGER, Scene, holder, key, limits};
use ciborium::Value;
use mandatum::DenialCode;

/// The claim of a link that lists what it replaces.
const REPLACES: i64 = 12;

pub(super) fn cases() -> Vec<Scene> {
    let delegated = [delegates(), delegates_bytes(), facts()];
    [signers(), ends(), reports()]
        .into_iter()
        .chain(delegated)
        .flatten()
        .collect()
}

fn text(seed: u8) -> String {
    key(seed).public().to_string()
}

/// The issuer has a second key, which is in this state.
fn beside(scene: Scene, second: KeyForm) -> Scene {
    scene.anchor(move |anchor| anchor.keys.push(second))
}

fn in_service(scene: Scene) -> Scene {
    beside(scene, KeyForm::InService(text(COMPANY_BEFORE)))
}

fn retired(scene: Scene, roots_issued_before: u64) -> Scene {
    beside(
        scene,
        KeyForm::Retired {
            key: text(COMPANY_BEFORE),
            roots_issued_before,
        },
    )
}

fn revoked(scene: Scene) -> Scene {
    beside(
        scene,
        KeyForm::Revoked {
            key: text(COMPANY_BEFORE),
            revoked: true,
        },
    )
}

/// Rule 11: the key that a root names.
fn signers() -> Vec<Scene> {
    let bad = |name: &str, description: &str| {
        Scene::deny(DenialCode::BadSignature, name, description).link(0)
    };
    let public_of = |seed: u8| Value::Bytes(key(seed).public().as_bytes().to_vec());
    vec![
        in_service(Scene::permit(
            "key-second-of-two",
            "The root names the second of two keys in service.",
        ))
        .issued_by(COMPANY_BEFORE),
        in_service(bad(
            "other-key-of-the-issuer",
            "Signed by another key of the issuer than the root names.",
        ))
        .signed_by(COMPANY_BEFORE),
        bad(
            "key-of-nobody",
            "The root names a key that its issuer has not, and is signed by it.",
        )
        .issued_by(STRANGER),
        revoked(Scene::permit(
            "key-beside-a-revoked",
            "The other key of the issuer is revoked.",
        )),
        revoked(
            Scene::deny(
                DenialCode::RevokedKey,
                "root",
                "The root names a revoked key, and is signed by it.",
            )
            .link(0),
        )
        .issued_by(COMPANY_BEFORE),
        revoked(bad(
            "forged-for-a-revoked-key",
            "The root names a revoked key, and a stranger signed it.",
        ))
        .issued_by(COMPANY_BEFORE)
        .signed_by(STRANGER),
        revoked(
            Scene::deny(
                DenialCode::AnchorKeyHeld,
                "revoked",
                "A revoked key of the issuer is a holder's.",
            )
            .link(1),
        )
        .child()
        .held_by(COMPANY_BEFORE),
        Scene::deny(
            DenialCode::MissingClaim,
            "no-signer",
            "A root that names no key.",
        )
        .edit(|root| root.terms(|terms| remove(terms, 13))),
        Scene::deny(
            DenialCode::UnexpectedItem,
            "signer-short",
            "A root that names half a key.",
        )
        .edit(|root| root.terms(|terms| put(terms, 13, Value::Bytes(vec![1; 16])))),
        Scene::deny(
            DenialCode::UnknownClaim,
            "childs-signer",
            "A child that names who signs it.",
        )
        .child()
        .edit(move |child| child.terms(|terms| put(terms, 13, public_of(holder(0))))),
    ]
}

/// A root that replaces another, which the issuer's second key ended.
fn replaced(scene: Scene) -> Scene {
    const BEFORE: [u8; 32] = [0xb2; 32];
    scene
        .edit(|root| {
            root.terms(|terms| {
                put(
                    terms,
                    REPLACES,
                    Value::Array(vec![Value::Bytes(BEFORE.to_vec())]),
                );
            });
        })
        .heard(task_ended(COMPANY_BEFORE, &BEFORE, 3, NOW))
}

/// An issuer's key ends tasks only in chains whose root it could still have signed.
fn ends() -> Vec<Scene> {
    let ended = |scene: Scene| {
        scene.heard_of(|chain| task_ended(COMPANY_BEFORE, chain.leaf_id().as_bytes(), 3, NOW))
    };
    let deny = |name: &str, description: &str| {
        Scene::deny(DenialCode::TaskEnded, name, description).link(0)
    };
    vec![
        ended(in_service(deny(
            "by-the-second-key",
            "A key in service that did not sign the root ends it.",
        ))),
        ended(retired(
            deny(
                "by-a-retired-key",
                "A key ends a root that it could still have signed.",
            ),
            ISSUED + 1,
        )),
        ended(retired(
            Scene::permit(
                "end-by-a-retired-key",
                "A key ends a root issued in the second from which it is retired.",
            ),
            ISSUED,
        )),
        ended(revoked(Scene::permit(
            "end-by-a-revoked-key",
            "A revoked key ends a root.",
        ))),
        replaced(retired(
            deny(
                "replaced-by-a-retired-key",
                "A retired key ended what a later root replaces.",
            ),
            ISSUED,
        )),
        replaced(revoked(Scene::permit(
            "replaced-ended-by-a-revoked-key",
            "A revoked key ended what a root replaces.",
        ))),
    ]
}

/// Nor does it report at barriers otherwise, whatever names it.
fn reports() -> Vec<Scene> {
    const TASK: [u8; 32] = [0xb1; 32];
    const REPORTER: u8 = 60;
    let waits = |scene: Scene, reporter: u8| {
        scene
            .limits(&format!("[{}]", after(&[(TASK, reporter)], "")))
            .heard(task_ended(COMPANY_BEFORE, &TASK, 0, NOW))
    };
    let closed = |name: &str, description: &str| {
        Scene::deny(DenialCode::BarrierClosed, name, description).link(0)
    };
    vec![
        waits(
            in_service(Scene::permit(
                "barrier-by-the-second-key",
                "By a key that did not sign the root.",
            )),
            REPORTER,
        ),
        waits(
            retired(
                Scene::permit(
                    "barrier-by-a-retired-key",
                    "By a key that could still have signed the root.",
                ),
                ISSUED + 1,
            ),
            REPORTER,
        ),
        waits(
            retired(
                closed(
                    "by-a-retired-key",
                    "By a key that was retired before the root was issued.",
                ),
                ISSUED,
            ),
            REPORTER,
        ),
        waits(
            revoked(closed(
                "by-a-revoked-key",
                "By a revoked key of the issuer.",
            )),
            REPORTER,
        ),
        waits(
            revoked(closed(
                "by-a-named-revoked-key",
                "By a revoked key of the issuer, which the barrier names.",
            )),
            COMPANY_BEFORE,
        ),
    ]
}

/// Rule 22: the keys to whom anything may be delegated.
fn delegates() -> Vec<Scene> {
    let only = |seeds: &[u8]| {
        let keys: Vec<String> = seeds
            .iter()
            .map(|seed| format!("\"{}\"", text(*seed)))
            .collect();
        format!(r#"[{{"delegates":[{}]}}]"#, keys.join(","))
    };
    let deny = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::NotADelegate, name, description).link(link)
    };
    let of_child = |scene: Scene, seeds: &[u8]| {
        let only = only(seeds);
        scene.child_with(move |terms| terms.with_limits(limits(&only)))
    };
    vec![
        Scene::permit(
            "delegates-not-itself",
            "The link that names delegates is held by none of them.",
        )
        .limits(&only(&[STRANGER])),
        Scene::permit(
            "delegates-one",
            "Every holder below is one of those that the root names.",
        )
        .limits(&only(&[holder(1), holder(2)]))
        .child()
        .child(),
        deny(
            "child",
            "The child's holder is none of those that the root names.",
            1,
        )
        .limits(&only(&[holder(1)]))
        .child()
        .held_by(STRANGER)
        .forged(),
        deny("grandchild", "A holder further below is none of them.", 2)
            .limits(&only(&[holder(1)]))
            .child()
            .child()
            .forged(),
        of_child(
            deny(
                "accumulate",
                "One of the root's delegates, and none of the child's.",
                2,
            ),
            &[STRANGER],
        )
        .limits(&only(&[holder(1), holder(2)]))
        .child()
        .forged(),
        deny(
            "same-key",
            "The root's own holder takes the key back, and is none of its delegates.",
            2,
        )
        .limits(&only(&[holder(1)]))
        .child()
        .child()
        .held_by(holder(0))
        .forged()
        .edit(|child| child.terms(|terms| put(terms, 5, true))),
    ]
}

fn delegates_bytes() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, limit: Vec<Value>| {
        Scene::deny(code, name, description).edit(move |root| {
            root.terms(|terms| put(terms, 1, Value::Array(vec![Value::Array(limit.clone())])));
        })
    };
    let limit = |keys: Vec<Value>| vec![12.into(), Value::Array(keys)];
    let sorted = |seeds: std::ops::Range<u8>| {
        let mut keys: Vec<Value> = seeds.map(public).collect();
        keys.sort_by_key(encode);
        keys
    };
    let backwards = sorted(61..63).into_iter().rev().collect();
    let scoped = [
        limit(sorted(61..62)),
        vec![Value::Array(vec!["crm.read".into()])],
    ]
    .concat();
    vec![
        wrong(
            DenialCode::InvalidValue,
            "delegates-none",
            "Delegates that are nobody.",
            limit(Vec::new()),
        ),
        wrong(
            DenialCode::OutOfBounds,
            "delegates-33",
            "33 delegates.",
            limit(sorted(61..94)),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "delegates-unsorted",
            "Delegates in the wrong order.",
            limit(backwards),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "delegate-twice",
            "A delegate that appears twice.",
            limit(vec![public(61); 2]),
        ),
        wrong(
            DenialCode::InvalidValue,
            "delegates-in-scope",
            "Delegates of some tools only.",
            scoped,
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "delegate-short",
            "Half a key.",
            limit(vec![Value::Bytes(vec![1; 16])]),
        ),
    ]
}

/// Rule 21: the facts that a root names.
fn facts() -> Vec<Scene> {
    const NAMED: &str = "ticket/INC-42";
    let condition = |fact: &str, value: &str, scope: &str| {
        format!(
            r#"[{{"condition":{{"fact":"{fact}","holds":{{"one_of":["{value}"]}},"max_age":60}}{scope}}}]"#
        )
    };
    let childs = |scene: Scene, fact: &str, value: &str| {
        let own = condition(fact, value, "");
        scene.child_with(move |terms| terms.with_limits(limits(&own)))
    };
    // Past what minting checks.
    let forged = |scene: Scene, fact: &'static str| {
        let open = Value::Array(vec![1.into(), Value::Array(vec!["open".into()])]);
        let limit = Value::Array(vec![
            4.into(),
            Value::Array(vec![fact.into(), open, 60.into()]),
        ]);
        scene.child().edit(move |child| {
            child.terms(|terms| put(terms, 1, Value::Array(vec![limit.clone()])));
        })
    };
    let named = |scene: Scene| {
        scene
            .limits(&condition(NAMED, "open", ""))
            .fact(NAMED, "\"open\"", NOW)
    };
    let deny = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::FactUnnamed, name, description).link(link)
    };
    vec![
        childs(
            named(Scene::permit(
                "fact-named-by-the-root",
                "A child's condition on the root's fact.",
            )),
            NAMED,
            "open",
        )
        .until(NOW + 61),
        childs(
            Scene::permit(
                "fact-named-for-other-calls",
                "A child's condition on a fact of the root's other calls.",
            )
            .also("revenue.*")
            .limits(&condition(NAMED, "shut", r#","tools":["revenue.*"]"#))
            .fact(NAMED, "\"open\"", NOW)
            .until(NOW + 61),
            NAMED,
            "open",
        ),
        childs(
            named(Scene::permit(
                "fact-named-above-the-parent",
                "A grandchild's condition; its parent has none.",
            ))
            .child(),
            NAMED,
            "open",
        )
        .until(NOW + 61),
        forged(
            deny(
                "no-condition",
                "A child's condition, and the root has none.",
                1,
            ),
            NAMED,
        )
        .fact(NAMED, "\"open\"", NOW),
        forged(
            named(deny(
                "another",
                "A child's condition on another fact than the root's.",
                1,
            )),
            "salary",
        )
        .fact("salary", "\"open\"", NOW),
        forged(
            named(deny(
                "grandchild",
                "A grandchild's condition on another fact.",
                2,
            ))
            .child(),
            "salary",
        )
        .fact("salary", "\"open\"", NOW),
        forged(
            named(deny("case", "A fact in capitals is another.", 1)),
            "Ticket/INC-42",
        ),
    ]
}
