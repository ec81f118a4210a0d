//! Gates, and who has approved the call.

use super::file::raw;
use super::forge::{encode, put};
use super::news::{bytes, notice, public};
use super::order::{for_tools, limited};
use super::scene::{Approved, CacheView, HERE, NOW, STRANGER, Scene, holder, key, limits};
use ciborium::Value;
use mandatum::DenialCode;
use mandatum::primitives::{CallKey, MandateId, RequestDigest};

pub(super) fn cases() -> Vec<Scene> {
    [
        gates(),
        until_when(),
        missing(),
        unsound(),
        old(),
        own(),
        bytes_of_gates(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Who approves.
const ANNA: u8 = 80;
const BORIS: u8 = 81;
const CLARA: u8 = 82;
/// How old an approval may be.
const MAX_AGE: u64 = 300;

/// An approval, as it is unless a row says otherwise.
#[derive(Clone, Copy)]
struct Given {
    by: u8,
    signer: u8,
    at: u64,
    expires: u64,
    here: &'static str,
}

const fn by(seed: u8) -> Given {
    Given {
        by: seed,
        signer: seed,
        at: NOW - 10,
        expires: NOW + 600,
        here: HERE,
    }
}

impl Given {
    const fn at(self, at: u64) -> Self {
        Self { at, ..self }
    }

    const fn expires(self, expires: u64) -> Self {
        Self { expires, ..self }
    }

    const fn signed_by(self, signer: u8) -> Self {
        Self { signer, ..self }
    }

    const fn here(self, here: &'static str) -> Self {
        Self { here, ..self }
    }

    /// Its bytes, by hand from the format's text.
    fn of(self, approved: Approved) -> Vec<u8> {
        let terms = vec![
            (1, bytes(approved.leaf.as_bytes())),
            (2, bytes(approved.call.as_bytes())),
            (3, bytes(approved.request.as_bytes())),
            (4, self.here.into()),
            (5, self.expires.into()),
        ];
        notice(
            "mandate2-approval+cwt",
            self.by,
            self.signer,
            self.at,
            terms,
        )
    }
}

fn given(scene: Scene, approvals: &[Given]) -> Scene {
    approvals.iter().fold(scene, |scene, approval| {
        let approval = *approval;
        scene.approved(move |approved| approval.of(approved))
    })
}

/// A gate, as JSON.
pub(super) fn gate(needed: u8, approvers: &[u8], words: &str) -> String {
    let keys: Vec<String> = approvers
        .iter()
        .map(|seed| format!("\"{}\"", key(*seed).public()))
        .collect();
    let keys = keys.join(",");
    format!(r#"{{"gate":{{"approvers":[{keys}],"needed":{needed},"max_age":{MAX_AGE}{words}}}}}"#)
}

fn anna(scene: Scene) -> Scene {
    scene.limits(&format!("[{}]", gate(1, &[ANNA], "")))
}

fn two_of_three(scene: Scene) -> Scene {
    scene.limits(&format!("[{}]", gate(2, &[ANNA, BORIS, CLARA], "")))
}

/// Paying an amount, where more than 1 000 is approved.
fn paying(scene: Scene, amount: &str) -> Scene {
    let unless = r#","unless":{"argument":"amount","is":{"range":{"min":0,"max":1000}}}"#;
    scene
        .powers(r#"[{"tool":"pay","effect":"irreversible","open":true,"delegable":true}]"#)
        .tool("pay")
        .effect(Some("irreversible"))
        .args(&format!(r#"{{"amount":{amount}}}"#))
        .limits(&format!("[{}]", gate(1, &[ANNA], unless)))
}

/// Until which second an approval that says nothing else lets a call through.
const UNTIL: u64 = NOW - 10 + MAX_AGE + 1;

fn gates() -> Vec<Scene> {
    let on_effect = |scene: Scene, effect| {
        scene
            .powers(r#"[{"tool":"crm.read","effect":"irreversible","open":true}]"#)
            .effect(Some(effect))
            .limits(&format!("[{}]", gate(1, &[ANNA], r#","effect":"write""#)))
    };
    let scoped = |scene: Scene, tools: &str| {
        scene.limits(&format!("[{}]", for_tools(&gate(1, &[ANNA], ""), tools)))
    };
    let both = |scene: Scene| {
        let boris = format!("[{}]", gate(1, &[BORIS], ""));
        anna(scene).child_with(move |terms| terms.with_limits(limits(&boris)))
    };
    let missing = |name: &str, description: &str| {
        Scene::deny(DenialCode::ApprovalsMissing, name, description).link(0)
    };
    vec![
        given(
            anna(Scene::permit("approved", "The one who must approve did.").until(UNTIL)),
            &[by(ANNA)],
        ),
        given(
            two_of_three(Scene::permit("approved-by-two", "Two of three did.").until(UNTIL)),
            &[by(CLARA), by(ANNA)],
        ),
        given(
            two_of_three(
                Scene::permit("approved-by-all", "All three did where two must.").until(UNTIL),
            ),
            &[by(ANNA), by(BORIS), by(CLARA)],
        ),
        given(
            both(Scene::permit("approved-at-two-gates", "Each gate has its own.").until(UNTIL)),
            &[by(ANNA), by(BORIS)],
        ),
        given(
            both(
                Scene::deny(
                    DenialCode::ApprovalsMissing,
                    "childs-gate",
                    "The root's gate is open, its child's is not.",
                )
                .link(1),
            ),
            &[by(ANNA)],
        ),
        given(
            both(missing(
                "roots-gate",
                "The child's gate is open, its root's is not.",
            )),
            &[by(BORIS)],
        ),
        on_effect(
            Scene::permit("gate-below-effect", "Reading needs no approval."),
            "read",
        ),
        on_effect(missing("from-effect-on", "Writing needs one."), "write"),
        on_effect(
            missing("above-effect", "What can't be undone needs one too."),
            "irreversible",
        ),
        scoped(
            Scene::permit("gate-out-of-scope", "Other tools need an approval."),
            "pay.*",
        )
        .also("pay.*"),
        scoped(missing("in-scope", "This tool needs an approval."), "crm.*"),
        paying(
            Scene::permit("gate-harmless", "1 000 needs no approval."),
            "1000",
        ),
        paying(
            missing("not-harmless", "A little more does."),
            "1000.000000000000000001",
        ),
        paying(
            missing(
                "below-harmless",
                "A negative amount is not between 0 and 1 000.",
            ),
            "-50000",
        ),
        paying(
            missing(
                "not-shown-to-be-harmless",
                "A text is not between 0 and 1 000.",
            ),
            "\"1\"",
        ),
        paying(
            missing(
                "without-the-argument",
                "What is not there is not between 0 and 1 000.",
            ),
            "1",
        )
        .call(|call| call.args = raw("{}")),
        given(
            paying(
                Scene::permit("approved-amount", "2 000 is approved.").until(UNTIL),
                "2000",
            ),
            &[by(ANNA)],
        ),
        given(
            Scene::permit(
                "approval-unasked",
                "A stranger approves where no approval is asked for.",
            ),
            &[by(STRANGER).signed_by(ANNA).expires(0)],
        ),
        given(
            anna(Scene::deny(
                DenialCode::AlreadyDecided,
                "approved",
                "An approval is for one call, and it was made.",
            ))
            .seen(CacheView::ThisCall, "failed")
            .outcome("failed"),
            &[by(ANNA)],
        ),
    ]
}

/// To the second.
fn until_when() -> Vec<Scene> {
    let approved =
        |name: &str, description: &str, until| anna(Scene::permit(name, description).until(until));
    vec![
        given(
            approved(
                "approval-as-old-as-may-be",
                "Approved as long ago as may be.",
                NOW + 1,
            ),
            &[by(ANNA).at(NOW - MAX_AGE)],
        ),
        given(
            approved(
                "approval-expires-next",
                "In the last second of the approval.",
                NOW + 1,
            ),
            &[by(ANNA).expires(NOW + 1)],
        ),
        given(
            approved(
                "approval-within-leeway",
                "Approved by a clock that is ahead: it counts from now.",
                NOW + MAX_AGE + 1,
            ),
            &[by(ANNA).at(NOW + 30)],
        ),
        given(
            two_of_three(
                Scene::permit(
                    "approved-by-two-until",
                    "As long as two of three still count.",
                )
                .until(NOW + 20),
            ),
            &[
                by(ANNA).expires(NOW + 10),
                by(BORIS).expires(NOW + 20),
                by(CLARA).expires(NOW + 30),
            ],
        ),
        given(
            two_of_three(
                Scene::permit(
                    "approved-by-two-one-too-old",
                    "Two of three, and the third's is too old.",
                )
                .until(UNTIL),
            ),
            &[by(ANNA), by(BORIS), by(CLARA).at(NOW - MAX_AGE - 1)],
        ),
    ]
}

fn missing() -> Vec<Scene> {
    let missing = |name: &str, description: &str| {
        Scene::deny(DenialCode::ApprovalsMissing, name, description).link(0)
    };
    vec![
        anna(missing("none", "Nobody approved.")),
        given(
            two_of_three(missing("one-of-two", "One of three did where two must.")),
            &[by(BORIS)],
        ),
        anna(missing(
            "asserted",
            "Nobody approved, whoever vouches for the caller.",
        ))
        .verifier(|verifier| verifier.asserted_up_to = Some("read"))
        .asserted(holder(0)),
        given(
            anna(Scene::deny(
                DenialCode::NotTheHolder,
                "approved",
                "Approved, and presented by a stranger.",
            ))
            .signing(|signing| signing.by = STRANGER),
            &[by(ANNA)],
        ),
    ]
}

/// Approvals that are none.
fn unsound() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, approvals: &[Given]| {
        given(
            two_of_three(Scene::deny(code, name, description)),
            approvals,
        )
    };
    let of_another = |name: &str, description: &str, change: fn(Approved) -> Vec<u8>| {
        let scene = two_of_three(Scene::deny(
            DenialCode::ApprovalForAnotherCall,
            name,
            description,
        ));
        given(scene, &[by(ANNA)]).approved(change)
    };
    let many: Vec<Given> = vec![by(ANNA); 33];
    let three = [by(ANNA), by(BORIS), by(CLARA)];
    let and = |third: Given| [three[0], three[1], third];
    vec![
        wrong(
            DenialCode::TooManyApprovals,
            "by-one",
            "33 approvals.",
            &many,
        ),
        wrong(
            DenialCode::ApprovedTwice,
            "by-one",
            "One person's approval twice is one.",
            &[by(ANNA), by(ANNA)],
        ),
        wrong(
            DenialCode::ApprovedTwice,
            "at-another-time",
            "One person's two approvals are one.",
            &[by(ANNA), by(ANNA).at(NOW - 11), by(BORIS)],
        ),
        wrong(
            DenialCode::ApprovalByStranger,
            "beside-enough",
            "Enough approved, and a stranger besides.",
            &and(by(STRANGER)),
        ),
        wrong(
            DenialCode::ApprovalByStranger,
            "the-holder",
            "Who calls approves.",
            &[by(ANNA), by(holder(0))],
        ),
        wrong(
            DenialCode::ApprovalForAnotherAudience,
            "one-of-two",
            "The approval is for another server.",
            &[by(ANNA), by(BORIS).here("https://files.example")],
        ),
        wrong(
            DenialCode::ApprovalFromFuture,
            "by-a-second",
            "Approved beyond the leeway.",
            &[by(ANNA), by(BORIS).at(NOW + 31)],
        ),
        wrong(
            DenialCode::ApprovalExpired,
            "by-a-second",
            "The approval's last second is over.",
            &[by(ANNA), by(BORIS).expires(NOW)],
        ),
        wrong(
            DenialCode::ApprovalSignature,
            "stranger",
            "Signed by a stranger in the approver's name.",
            &[by(ANNA), by(BORIS).signed_by(STRANGER)],
        ),
        wrong(
            DenialCode::ApprovalSignature,
            "other-approver",
            "One approver signs in the name of another.",
            &[by(ANNA), by(BORIS).signed_by(ANNA)],
        ),
        wrong(
            DenialCode::ApprovalSignature,
            "beside-enough",
            "Enough approved, and a forged approval besides.",
            &and(by(CLARA).signed_by(STRANGER)),
        ),
        of_another("other-call", "Approved with another id.", |approved| {
            by(BORIS).of(Approved {
                call: CallKey::from_bytes([0; 32]),
                ..approved
            })
        }),
        of_another(
            "other-request",
            "Approved with another tool or argument.",
            |approved| {
                by(BORIS).of(Approved {
                    request: RequestDigest::from_bytes([0; 32]),
                    ..approved
                })
            },
        ),
        of_another(
            "other-leaf",
            "Approved under another mandate.",
            |approved| {
                by(BORIS).of(Approved {
                    leaf: MandateId::from_bytes([0; 32]),
                    ..approved
                })
            },
        ),
        given(
            paying(
                Scene::deny(
                    DenialCode::ApprovalForAnotherCall,
                    "amount",
                    "Approved for less.",
                ),
                "5000",
            ),
            &[],
        )
        .approved(|approved| {
            let call = super::file::CallForm {
                id: "000102030405060708090a0b0c0d0e0f".to_owned(),
                tool: "pay".to_owned(),
                args: raw(r#"{"amount":2000}"#),
                effect: Some("irreversible"),
            };
            by(ANNA).of(Approved {
                request: call.to_call().request(),
                ..approved
            })
        }),
    ]
}

fn old() -> Vec<Scene> {
    let too_old = |name: &str, description: &str| {
        Scene::deny(DenialCode::ApprovalTooOld, name, description).link(0)
    };
    vec![
        given(
            anna(too_old("by-a-second", "A second older than may be.")),
            &[by(ANNA).at(NOW - MAX_AGE - 1)],
        ),
        given(
            two_of_three(too_old("one-of-two", "One of two is too old.")),
            &[by(ANNA), by(BORIS).at(NOW - MAX_AGE - 1)],
        ),
        given(
            anna(too_old("no-leeway", "Leeway makes no approval younger.")),
            &[by(ANNA).at(NOW - MAX_AGE - 1)],
        )
        .verifier(|verifier| verifier.leeway = Some(3600)),
    ]
}

/// Rule 16 on approvers.
fn own() -> Vec<Scene> {
    let approver = |seed: u8| gate_entries(&[seed], 1);
    let own = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::OwnApprover, name, description).link(link)
    };
    vec![
        limited(own("root", "Who holds the root approves.", 0), 11, approver(holder(0))),
        limited(
            own("child", "Who holds the child approves, by the child's own words.", 1).child(),
            11,
            approver(holder(1)),
        ),
        limited(own("below", "Who holds the child approves, by the root's words.", 1), 11, approver(holder(1)))
            .child()
            .forged(),
        limited(
            own(
                "below-a-lower-gate",
                "Who holds the last link approves at the root's gate; the gate between is another's.",
                2,
            ),
            11,
            approver(holder(2)),
        )
        .child_with(|terms| terms.with_limits(limits(&format!("[{}]", gate(1, &[BORIS], "")))))
        .child()
        .forged(),
        given(
            limited(
                Scene::permit("approved-by-the-parent", "Who delegated approves.").until(UNTIL).child(),
                11,
                approver(holder(0)),
            ),
            &[by(holder(0))],
        ),
    ]
}

fn gate_entries(approvers: &[u8], needed: u64) -> Vec<(Value, Value)> {
    let mut keys: Vec<Value> = approvers.iter().map(|seed| public(*seed)).collect();
    keys.sort_by_key(encode);
    vec![
        (0.into(), Value::Array(keys)),
        (1.into(), needed.into()),
        (2.into(), MAX_AGE.into()),
    ]
}

fn bytes_of_gates() -> Vec<Scene> {
    let wrong = |code, name: &str, description: &str, content| {
        limited(Scene::deny(code, name, description), 11, content)
    };
    let with = |key: i64, value: Value| {
        let mut entries = gate_entries(&[ANNA, BORIS], 1);
        put(&mut entries, key, value);
        entries
    };
    let exempt = |code, name: &str, description: &str, constraint: Vec<Value>| {
        wrong(
            code,
            name,
            description,
            with(
                4,
                Value::Array(vec!["amount".into(), Value::Array(constraint)]),
            ),
        )
    };
    let range = |ends: &[(i64, i64)]| {
        Value::Map(
            ends.iter()
                .map(|(end, at)| ((*end).into(), (*at).into()))
                .collect(),
        )
    };
    let mut keys = [public(ANNA), public(BORIS)];
    keys.sort_by_key(encode);
    let backwards = Value::Array(keys.iter().rev().cloned().collect());
    let many: Vec<u8> = (100..117).collect();
    vec![
        wrong(
            DenialCode::InvalidValue,
            "gate-of-nobody",
            "Nobody may approve.",
            gate_entries(&[], 1),
        ),
        wrong(
            DenialCode::InvalidValue,
            "gate-for-none",
            "None must approve.",
            gate_entries(&[ANNA], 0),
        ),
        wrong(
            DenialCode::InvalidValue,
            "gate-for-more",
            "More must approve than may.",
            gate_entries(&[ANNA, BORIS], 3),
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-without-low",
            "Exempt are amounts up to 1 000, negative ones too.",
            vec![3.into(), range(&[(2, 1_000)])],
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-without-high",
            "Exempt are amounts from 0 on.",
            vec![3.into(), range(&[(0, 0)])],
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-of-all-numbers",
            "Exempt is every number.",
            vec![3.into(), range(&[])],
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-of-all",
            "Exempt is everything.",
            vec![0.into()],
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-by-pattern",
            "Exempt is what matches a pattern.",
            vec![4.into(), "*".into()],
        ),
        exempt(
            DenialCode::InvalidValue,
            "exemption-but-for",
            "Exempt is all but a list.",
            vec![2.into(), Value::Array(vec![50_000.into()])],
        ),
        exempt(
            DenialCode::ApprovalsMissing,
            "exemption-with-ends",
            "Exempt are amounts from 0 to 1 000, and this call has none.",
            vec![3.into(), range(&[(0, 0), (2, 1_000)])],
        )
        .link(0),
        exempt(
            DenialCode::ApprovalsMissing,
            "exemption-listed",
            "Exempt are listed amounts, and this call has none.",
            vec![1.into(), Value::Array(vec![7.into()])],
        )
        .link(0),
        wrong(
            DenialCode::OutOfBounds,
            "approvers",
            "17 may approve.",
            gate_entries(&many, 1),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "approvers-unsorted",
            "Approvers in the wrong order.",
            with(0, backwards),
        ),
        wrong(
            DenialCode::NotDeterministic,
            "gate-from-read",
            "That it is before all effects, spelled out.",
            with(3, 0.into()),
        ),
        wrong(
            DenialCode::UnknownClaim,
            "gate-effect",
            "An effect that is not known.",
            with(3, 3.into()),
        ),
        wrong(
            DenialCode::UnknownClaim,
            "gate-key",
            "A gate with a key that is not known.",
            with(5, 1.into()),
        ),
        wrong(
            DenialCode::MissingClaim,
            "gate-age",
            "A gate without a greatest age.",
            gate_entries(&[ANNA], 1)[..2].to_vec(),
        ),
        wrong(
            DenialCode::UnexpectedItem,
            "gate-exception-of-nothing",
            "An exception without a constraint.",
            with(4, Value::Array(vec!["amount".into()])),
        ),
    ]
}
