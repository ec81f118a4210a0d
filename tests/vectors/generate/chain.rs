//! The rules of a chain, in their order, and what anchors say.

use super::file::{Grants, KeyForm};
use super::forge::{cose_key, put, remove, without_link};
use super::scene::{
    COMPANY, COMPANY_BEFORE, EXPIRES, ISSUED, NOW, STRANGER, Scene, grant, holder, key,
};
use ciborium::Value;
use mandatum::claims::{Aliases, GrantKind};
use mandatum::{DenialCode, Label, PublicKey, TaskPath};

pub(super) fn cases() -> Vec<Scene> {
    [
        shapes(),
        relations(),
        anchors(),
        signatures(),
        powers(),
        keys(),
        scopes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Chains of every length, and what a link may carry beside what it must.
fn shapes() -> Vec<Scene> {
    let deep = |links: u8| {
        let scene = Scene::permit(
            &format!("chain-of-{links:02}"),
            &format!("A chain of {links}, each link by the one above."),
        );
        (1..links).fold(scene, |scene, _| scene.child())
    };
    let principal = |name: &str, principal: &'static str, description: &str| {
        Scene::permit(name, description)
            .root(move |root| root.principal.name = Label::new(principal).expect("a name"))
    };
    let rich = [
        Scene::permit("task-steps", "Each child goes some steps down in the task.")
            .child_with(|terms| terms.with_step("slides".parse().expect("a task")))
            .child_with(|terms| terms.with_step("charts/revenue".parse().expect("a task"))),
        Scene::permit(
            "names-and-aliases",
            "A holder with a name, a principal with aliases, none of it ASCII only.",
        )
        .root(|root| {
            root.link.holder.name =
                Some(Label::new("spiffe://acme.example/agent/Überblick").expect("a name"));
            root.principal.name = Label::new("Алиса").expect("a name");
            let aliases = [("crm", "a.lice"), ("billing", "愛麗絲")];
            let aliases = aliases.map(|(system, alias)| {
                (
                    Label::new(system).expect("a name"),
                    Label::new(alias).expect("a name"),
                )
            });
            root.principal.aliases = Aliases::new(aliases.into()).expect("few aliases");
        })
        .anchor(|anchor| anchor.systems = vec!["crm", "billing", "travel"]),
        principal(
            "name-persian",
            "می\u{200c}خواهم",
            "A name with U+200C between letters that would join.",
        ),
        principal(
            "name-sinhala",
            "ශ්\u{200d}රී",
            "A name with U+200D between a virama and a letter.",
        ),
        principal(
            "name-bengali",
            "র\u{200d}্যাব",
            "A name with U+200D between a letter and a virama.",
        ),
        principal(
            "name-telugu",
            "సాఫ్ట్\u{200c}వేర్",
            "A name with U+200C between a virama and a letter.",
        ),
        Scene::permit(
            "no-lifetime-left-to-lose",
            "A child that expires before its parent ends the permit.",
        )
        .until(NOW + 5)
        .child()
        .living(NOW, NOW + 5),
        Scene::permit("short-id", "A token id of eight bytes.")
            .root(|root| root.link.id = [7; 8].into()),
    ];
    (1..=16).map(deep).chain(rich).collect()
}

/// Rules 1 to 7: between a link and the one above it.
fn relations() -> Vec<Scene> {
    let mut too_many = Scene::deny(DenialCode::OutOfBounds, "17-links", "A chain of 17.").hops(255);
    for hops in (200..216).rev() {
        too_many = too_many.child_with(move |terms| terms.with_hops(hops));
    }
    vec![
        too_many.forged(),
        Scene::deny(
            DenialCode::ParentMismatch,
            "other-parent",
            "The child names another parent than the link above.",
        )
        .link(1)
        .child()
        .edit(|child| child.terms(|terms| put(terms, 11, Value::Bytes(vec![0; 32])))),
        Scene::deny(
            DenialCode::ParentMismatch,
            "link-left-out",
            "The link in between was taken out of the chain.",
        )
        .link(1)
        .child()
        .child()
        .chain(|bytes| without_link(&bytes, 1)),
        Scene::permit(
            "issued-with-parent",
            "A child issued in its parent's first second.",
        )
        .child()
        .living(ISSUED, EXPIRES),
        Scene::deny(
            DenialCode::IssuedBeforeParent,
            "by-a-second",
            "A child issued one second before its parent.",
        )
        .link(1)
        .child()
        .living(ISSUED - 1, EXPIRES)
        .forged(),
        Scene::deny(
            DenialCode::OutlivesParent,
            "by-a-second",
            "A child that expires one second after its parent.",
        )
        .link(1)
        .child()
        .living(NOW, EXPIRES + 1)
        .forged(),
        Scene::deny(
            DenialCode::TooManyHops,
            "none-left",
            "A child of a root that allows no delegation.",
        )
        .link(1)
        .hops(0)
        .child()
        .forged(),
        Scene::deny(
            DenialCode::TooManyHops,
            "as-many-as-parent",
            "A child that allows as many delegations as its parent.",
        )
        .link(2)
        .hops(2)
        .child_with(|terms| terms.with_hops(1))
        .child_with(|terms| terms.with_hops(1))
        .forged(),
        Scene::permit("task-of-32-segments", "A task path of exactly 32 segments.")
            .child_with(|terms| terms.with_step(steps(31))),
        Scene::deny(
            DenialCode::TaskOutOfBounds,
            "33-segments",
            "The task path, all steps joined, has 33 segments.",
        )
        .link(1)
        .child()
        .edit(|child| child.terms(|terms| put(terms, 4, steps(32).as_str()))),
    ]
}

fn steps(count: usize) -> TaskPath {
    vec!["s"; count].join("/").parse().expect("a task")
}

/// Rules 8 to 10: whom the verifier believes.
fn anchors() -> Vec<Scene> {
    vec![
        Scene::deny(
            DenialCode::UnknownIssuer,
            "no-anchor",
            "The root's issuer has no anchor here.",
        )
        .link(0)
        .anchor(|anchor| "https://globex.example".clone_into(&mut anchor.issuer)),
        Scene::deny(
            DenialCode::UnknownIssuer,
            "by-case",
            "Issuers are compared byte for byte.",
        )
        .link(0)
        .anchor(|anchor| "https://ACME.example".clone_into(&mut anchor.issuer)),
        Scene::permit(
            "lives-as-long-as-allowed",
            "A root that lives exactly as long as its anchor allows.",
        )
        .anchor(|anchor| anchor.max_lifetime = EXPIRES - ISSUED),
        Scene::deny(
            DenialCode::LivesTooLong,
            "by-a-second",
            "A root that lives one second longer than its anchor allows.",
        )
        .link(0)
        .anchor(|anchor| anchor.max_lifetime = EXPIRES - ISSUED - 1),
        Scene::permit(
            "grant-template",
            "A grant from a template is accepted unless the verifier says otherwise.",
        )
        .root(|root| root.grant = Some(grant(GrantKind::Template))),
        Scene::deny(
            DenialCode::GrantNotAccepted,
            "policy-by-default",
            "A grant by a policy is not accepted unless the verifier says so.",
        )
        .link(0)
        .root(|root| root.grant = Some(grant(GrantKind::Policy))),
        Scene::permit(
            "grant-policy-accepted",
            "A grant by a policy, and a verifier that takes those.",
        )
        .root(|root| root.grant = Some(grant(GrantKind::Policy)))
        .verifier(|verifier| verifier.grants = Some(Grants::Only(&["policy"]))),
        Scene::deny(
            DenialCode::GrantNotAccepted,
            "direct-where-policy-only",
            "A grant that a person gave, and a verifier that takes policies only.",
        )
        .link(0)
        .verifier(|verifier| verifier.grants = Some(Grants::Only(&["policy"]))),
        Scene::deny(
            DenialCode::NoAttestedGrant,
            "by-default",
            "Nobody is said to stand behind the root.",
        )
        .link(0)
        .root(|root| root.grant = None),
        Scene::deny(
            DenialCode::NoAttestedGrant,
            "all-kinds-listed",
            "Every kind is listed, which is not the same as any or none.",
        )
        .link(0)
        .root(|root| root.grant = None)
        .verifier(|verifier| {
            verifier.grants = Some(Grants::Only(&["direct", "template", "policy"]));
        }),
        Scene::permit(
            "grant-none-any",
            "Nobody is said to stand behind the root, and the verifier takes that.",
        )
        .root(|root| root.grant = None)
        .verifier(|verifier| verifier.grants = Some(Grants::Any("any"))),
        Scene::permit("grant-policy-any", "Any takes a policy too.")
            .root(|root| root.grant = Some(grant(GrantKind::Policy)))
            .verifier(|verifier| verifier.grants = Some(Grants::Any("any"))),
    ]
}

/// Rule 11: who signed.
fn signatures() -> Vec<Scene> {
    let rotated = |scene: Scene, roots_issued_before| {
        scene.anchor(move |anchor| {
            let key = |seed| key(seed).public().to_string();
            anchor.keys = vec![
                KeyForm::Retired {
                    key: key(COMPANY_BEFORE),
                    roots_issued_before,
                },
                KeyForm::InService(key(COMPANY)),
            ];
        })
    };
    vec![
        rotated(
            Scene::permit("key-new-beside-old", "Signed by the new of two keys."),
            ISSUED,
        ),
        rotated(
            Scene::permit(
                "key-old-in-service",
                "Signed by the old key one second before its end.",
            ),
            ISSUED + 1,
        )
        .issued_by(COMPANY_BEFORE),
        rotated(
            Scene::deny(
                DenialCode::RetiredKey,
                "at-its-end",
                "Signed by the old key in the very second of its end.",
            ),
            ISSUED,
        )
        .link(0)
        .issued_by(COMPANY_BEFORE),
        Scene::deny(
            DenialCode::BadSignature,
            "root-by-stranger",
            "The root is signed by a key that is none of the anchor's.",
        )
        .link(0)
        .signed_by(STRANGER),
        Scene::deny(
            DenialCode::BadSignature,
            "root-by-its-holder",
            "The holder signed its own root.",
        )
        .link(0)
        .signed_by(holder(0)),
        Scene::deny(
            DenialCode::BadSignature,
            "child-by-issuer",
            "The child is signed by the issuer instead of its parent's holder.",
        )
        .link(1)
        .child()
        .signed_by(COMPANY),
        Scene::deny(
            DenialCode::BadSignature,
            "child-by-grandparent",
            "The child is signed by the holder of its grandparent.",
        )
        .link(2)
        .child()
        .child()
        .signed_by(holder(0)),
        Scene::deny(
            DenialCode::BadSignature,
            "one-bit",
            "One bit of the root's signature is flipped.",
        )
        .link(0)
        .tamper(|root| root.signature[0] ^= 1),
        Scene::deny(
            DenialCode::BadSignature,
            "malleated",
            "The same signature with the group order added to S (RFC 8032 section 5.1.7).",
        )
        .link(0)
        .tamper(|root| add_group_order(&mut root.signature[32..])),
        Scene::deny(DenialCode::BadSignature, "zero", "A signature of zeros.")
            .link(0)
            .tamper(|root| root.signature = vec![0; 64]),
        Scene::deny(
            DenialCode::BadSignature,
            "payload-changed",
            "The root expires a day later than what was signed.",
        )
        .link(0)
        .anchor(|anchor| anchor.max_lifetime = 1_000_000)
        .tamper(|root| root.claims(|claims| put(claims, 4, EXPIRES + 86_400))),
        Scene::permit(
            "algorithm-fully-specified",
            "The header names Ed25519 (-19) instead of EdDSA.",
        )
        .edit(|root| root.header(|header| put(header, 1, -19))),
        Scene::deny(
            DenialCode::BadHolderKey,
            "not-on-curve",
            "The root's holder has a key that is no point of the curve.",
        )
        .link(0)
        .root(|root| root.link.holder = off_the_curve().into()),
        Scene::deny(
            DenialCode::BadHolderKey,
            "leaf-not-on-curve",
            "The leaf's holder has a key that is no point of the curve.",
        )
        .link(1)
        .child()
        .edit(|child| {
            child.claims(|claims| {
                put(
                    cose_key(claims),
                    -2,
                    Value::Bytes(off_the_curve().as_bytes().to_vec()),
                );
            });
        }),
    ]
}

/// y = 2 belongs to no point.
fn off_the_curve() -> PublicKey {
    let mut bytes = [0; 32];
    bytes[0] = 2;
    PublicKey::ed25519(bytes).expect("canonical and not weak")
}

/// Adds L = 2²⁵² + 27742317777372353535851937790883648493 to a little-endian number.
fn add_group_order(number: &mut [u8]) {
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (digit, order) in number.iter_mut().zip(L) {
        [*digit, carry] = (u16::from(*digit) + u16::from(order) + u16::from(carry)).to_le_bytes();
    }
}

/// Rules 12 and 13: powers only shrink.
fn powers() -> Vec<Scene> {
    let family = r#"[{"tool":"crm.*","effect":"write","open":true,"delegable":true}]"#;
    let child = |scene: Scene, parent: &str, child: &str| {
        scene
            .ceiling("\"unlimited\"")
            .powers(parent)
            .child()
            .with_powers(child)
    };
    let beyond = |name: &str, description: &str, parent: &str, powers: &str| {
        child(
            Scene::deny(DenialCode::BeyondParent, name, description).link(1),
            parent,
            powers,
        )
        .forged()
    };
    let within = |name: &str, description: &str, parent: &str, powers: &str| {
        child(Scene::permit(name, description), parent, powers)
    };
    let kept = |account: &str| {
        format!(r#"[{{"tool":"crm.read","effect":"read","args":{{"account":{account}}}}}]"#)
    };
    let read = |account: &str| {
        format!(
            r#"[{{"tool":"crm.read","effect":"read","args":{{"account":{account}}},"delegable":true}}]"#
        )
    };
    vec![
        Scene::permit("ceiling-wider", "The ceiling is a family of tools, the root one of them.")
            .ceiling(r#"[{"tool":"crm.*","effect":"irreversible","open":true,"delegable":true}]"#),
        Scene::permit("ceiling-unlimited", "The dangerous spelling: everything the issuer signs is believed.").ceiling("\"unlimited\""),
        Scene::deny(DenialCode::BeyondCeiling, "tool", "The root is for a tool that the ceiling has not.")
            .link(-1)
            .ceiling(r#"[{"tool":"crm.list","effect":"read","open":true}]"#),
        Scene::deny(DenialCode::BeyondCeiling, "effect", "The root writes where the ceiling reads.")
            .link(-1)
            .ceiling(r#"[{"tool":"crm.*","effect":"read","open":true}]"#)
            .powers(r#"[{"tool":"crm.read","effect":"write","open":true}]"#),
        Scene::deny(DenialCode::BeyondCeiling, "no-single-entry", "Two entries of the ceiling cover the root's one only together.")
            .link(-1)
            .ceiling(
                r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}},{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["globex"]}}}]"#,
            )
            .powers(&read(r#"{"one_of":["acme","globex"]}"#)),
        Scene::deny(DenialCode::BeyondCeiling, "not-delegable", "The root may delegate what the ceiling does not let it.")
            .link(-1)
            .ceiling(&kept(r#"{"one_of":["acme"]}"#)),
        Scene::deny(DenialCode::BeyondCeiling, "delegable-in-part", "The root may delegate more than the ceiling's delegable entry.")
            .link(-1)
            .ceiling(&format!("{},{}", kept(r#"{"any":true}"#).trim_end_matches(']'), read(r#"{"one_of":["acme"]}"#).trim_start_matches('[')))
            .powers(&read(r#"{"one_of":["acme","globex"]}"#)),
        Scene::permit("ceiling-not-delegable", "The root holds what the ceiling has not as delegable, and does not delegate it.")
            .ceiling(&kept(r#"{"any":true}"#))
            .powers(&kept(r#"{"one_of":["acme"]}"#)),
        Scene::permit("ceiling-delegable-in-part", "The root delegates what the ceiling has as delegable, beside a wider entry.")
            .ceiling(&format!("{},{}", kept(r#"{"any":true}"#).trim_end_matches(']'), read(r#"{"one_of":["acme"]}"#).trim_start_matches('[')))
            .powers(&read(r#"{"one_of":["acme"]}"#))
            .child(),
        Scene::deny(DenialCode::BeyondCeiling, "ceiling-of-nothing", "The ceiling is empty.").link(-1).ceiling("[]"),
        within("child-of-family", "One tool of the parent's family.", family, &read(r#"{"one_of":["acme"]}"#)),
        within("child-narrower-value", "One of the parent's two accounts.", &read(r#"{"one_of":["acme","globex"]}"#), &read(r#"{"one_of":["acme"]}"#)),
        within("child-listed-under-pattern", "A listed text that matches the parent's pattern.", &read(r#"{"pattern":"ac*"}"#), &read(r#"{"one_of":["acme"]}"#)),
        within("child-longer-prefix", "A family within the parent's.", &family.replace("crm.*", "crm*"), &family.replace("crm.*", "crm.r*")),
        within("child-of-prefix", "A tool whose name begins with the parent's prefix, in the middle of a word.", &family.replace("crm.*", "crm.re*"), &read(r#"{"one_of":["acme"]}"#)),
        within("child-range-end", "An exclusive end under the parent's inclusive one.", &read(r#"{"range":{"max":10}}"#), &read(r#"{"range":{"below":10}}"#)).args(r#"{"account":9.5}"#),
        within("child-wide-range", "A range beyond all integers under a wider one.", &read(r#"{"range":{"max":1e300}}"#), &read(r#"{"range":{"max":1e299}}"#)).args(r#"{"account":1e298}"#),
        within("child-closed", "A closed child under an open parent.", r#"[{"tool":"crm.read","effect":"read","open":true,"delegable":true}]"#, &read(r#"{"one_of":["acme"]}"#)),
        beyond("shorter-prefix", "A family that the parent's is within.", &family.replace("crm.*", "crm.r*"), family),
        beyond("other-prefix", "A family beside the parent's.", &family.replace("crm.*", "crm.r*"), &family.replace("crm.*", "crm.w*")),
        beyond("prefix-itself", "The tool whose name is the parent's prefix, which has nothing after it.", &family.replace("crm.*", "crm.read*"), &read(r#"{"one_of":["acme"]}"#)),
        beyond("prefix-by-case", "A tool whose name begins like the parent's prefix but for case.", &family.replace("crm.*", "CRM.*"), &read(r#"{"one_of":["acme"]}"#)),
        beyond("range-end", "An inclusive end under the parent's exclusive one.", &read(r#"{"range":{"below":10}}"#), &read(r#"{"range":{"max":10}}"#)),
        beyond("range-lower-end", "An inclusive lower end over the parent's exclusive one.", &read(r#"{"range":{"above":10}}"#), &read(r#"{"range":{"min":10}}"#)),
        beyond("wide-range", "A range a power of ten wider than the parent's.", &read(r#"{"range":{"max":1e299}}"#), &read(r#"{"range":{"max":1e300}}"#)),
        beyond("open", "An open child under a closed parent.", &read(r#"{"one_of":["acme"]}"#), r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}},"open":true}]"#),
        beyond("tool", "A tool that the parent has not.", &read(r#"{"one_of":["acme"]}"#), r#"[{"tool":"crm.export","effect":"read"}]"#),
        beyond("effect", "The child writes where the parent reads.", &read(r#"{"any":true}"#), r#"[{"tool":"crm.read","effect":"write","args":{"account":{"any":true}}}]"#),
        beyond("value", "An account that the parent has not, which this call does not use.", &read(r#"{"one_of":["acme"]}"#), &read(r#"{"one_of":["acme","globex"]}"#)),
        beyond("argument-dropped", "The child names no account where the parent demands one.", &read(r#"{"one_of":["acme"]}"#), r#"[{"tool":"crm.read","effect":"read","open":true}]"#),
        beyond("pattern", "A pattern that also matches what the parent's does not.", &read(r#"{"pattern":"acme-*"}"#), &read(r#"{"pattern":"acme*"}"#)),
        beyond("family-from-tool", "The whole family where the parent has one tool.", r#"[{"tool":"crm.read","effect":"read","open":true,"delegable":true}]"#, r#"[{"tool":"crm.*","effect":"read","open":true}]"#),
        beyond("not-delegable", "The same power, which the parent may not pass on.", r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#, &read(r#"{"one_of":["acme"]}"#)),
        beyond("one-too-many", "One entry is covered, another is not.", &read(r#"{"one_of":["acme"]}"#), r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}},{"tool":"crm.read","effect":"read"}]"#),
        beyond("empty-parent", "A parent that can do nothing.", "[]", &read(r#"{"one_of":["acme"]}"#)),
        Scene::deny(DenialCode::BeyondParent, "back-to-the-root", "A grandchild takes back what the child gave up.")
            .link(2)
            .powers(&read(r#"{"one_of":["acme","globex"]}"#))
            .child()
            .with_powers(&read(r#"{"one_of":["acme"]}"#))
            .child()
            .with_powers(&read(r#"{"one_of":["acme","globex"]}"#))
            .forged(),
    ]
}

/// Rules 14 and 15: whose key is whose.
fn keys() -> Vec<Scene> {
    vec![
        Scene::deny(
            DenialCode::AnchorKeyHeld,
            "by-leaf",
            "The issuer's key is a holder's.",
        )
        .link(1)
        .child()
        .held_by(COMPANY),
        Scene::deny(
            DenialCode::AnchorKeyHeld,
            "spare-key",
            "A key of the issuer that did not sign is a holder's.",
        )
        .link(0)
        .anchor(|anchor| {
            anchor
                .keys
                .push(KeyForm::InService(key(holder(0)).public().to_string()));
        }),
        Scene::permit("same-key", "The child has its parent's key and says so.")
            .child_with(mandatum::Delegation::with_same_key)
            .held_by(holder(0)),
        Scene::permit(
            "same-key-as-root",
            "The grandchild has the root's key and says so.",
        )
        .child()
        .child_with(mandatum::Delegation::with_same_key)
        .held_by(holder(0)),
        Scene::deny(
            DenialCode::KeyReused,
            "parents",
            "The child has its parent's key and does not say so.",
        )
        .link(1)
        .child_with(mandatum::Delegation::with_same_key)
        .held_by(holder(0))
        .edit(|child| child.terms(|terms| remove(terms, 5))),
        Scene::deny(
            DenialCode::KeyReused,
            "grandparents",
            "The grandchild has the root's key and does not say so.",
        )
        .link(2)
        .child()
        .child()
        .held_by(holder(0))
        .forged(),
        Scene::deny(
            DenialCode::KeyNotReused,
            "said-so",
            "The child says that it has an ancestor's key, and has its own.",
        )
        .link(1)
        .child()
        .edit(|child| child.terms(|terms| put(terms, 5, true))),
    ]
}

/// Rule 20: a scope is about some power of the link that has it.
fn scopes() -> Vec<Scene> {
    let signed_for = |scene: Scene, tools: &[&str]| {
        let tools = tools.iter().map(|tool| Value::from(*tool)).collect();
        let limit = Value::Array(vec![2.into(), Value::Null, Value::Array(tools)]);
        scene.edit(move |link| link.terms(|terms| put(terms, 1, Value::Array(vec![limit.clone()]))))
    };
    let nothing = |name: &str, description: &str, link| {
        Scene::deny(DenialCode::ScopeMeetsNothing, name, description).link(link)
    };
    let family = r#"[{"tool":"crm.*","effect":"read","open":true,"delegable":true}]"#;
    vec![
        signed_for(
            nothing("typo", "A limit for a tool whose name is spelled wrong.", 0),
            &["crm.raed"],
        ),
        signed_for(
            nothing(
                "family",
                "A limit for the tools below the root's one tool.",
                0,
            ),
            &["crm.read.*"],
        ),
        signed_for(
            nothing(
                "prefix",
                "A limit for the tools whose names go on from the root's one tool.",
                0,
            ),
            &["crm.read*"],
        ),
        signed_for(
            nothing("case", "A limit for a tool in another case.", 0),
            &["crm.Read"],
        ),
        signed_for(
            Scene::permit(
                "scope-prefix",
                "A limit for the tools that begin as the root's one tool does.",
            ),
            &["crm.re*"],
        ),
        signed_for(
            Scene::permit(
                "scope-prefix-within",
                "A limit for a family within the root's.",
            ),
            &["crm.l*"],
        )
        .powers(r#"[{"tool":"crm.*","effect":"read","open":true,"delegable":true}]"#),
        signed_for(
            nothing(
                "child",
                "A limit for a tool that neither the child has nor its parent.",
                1,
            )
            .child_with(|terms| terms),
            &["pay"],
        )
        .with_powers(
            r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#,
        ),
        signed_for(
            Scene::permit(
                "scope-met-by-the-parent",
                "A limit for a tool that the parent has and the child has not.",
            )
            .also("pay")
            .child_with(|terms| terms),
            &["pay"],
        )
        .with_powers(
            r#"[{"tool":"crm.read","effect":"read","args":{"account":{"one_of":["acme"]}}}]"#,
        ),
        signed_for(
            Scene::permit(
                "scope-met-by-one",
                "A limit for several tools, one of them the root's.",
            ),
            &["pay", "crm.read"],
        ),
        signed_for(
            Scene::permit(
                "scope-wider-than-powers",
                "A limit for a family, the root for one tool of it.",
            ),
            &["crm.*"],
        ),
        signed_for(
            Scene::permit(
                "scope-narrower-than-powers",
                "A limit for one tool, the root for its family.",
            ),
            &["crm.list"],
        )
        .powers(family),
    ]
}
