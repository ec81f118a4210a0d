//! Each rung of the ladder, failing alone.

use super::scene::{Scene, scene, under};
use crate::support::cbor;
use crate::support::forge::id_of;
use crate::support::story::{
    BANK, COMPANY, CRM, FILES, HELPER, INTERN, NOW, ORCHESTRATOR, THIEF, after, anchor_with,
    audience, child_of, confirmation, encoded_limits, encoded_powers, grandchild_of, powers,
    read_crm, reading, root, two_links, verifier, verifier_of,
};
use mandatum::chain::{AcceptedGrants, Ceiling, Floors};
use mandatum::denial::{DenialKind, DenialPlace};
use mandatum::limits::{AudienceSet, MaxAge, Window};
use mandatum::{
    Action, Capability, Constraint, DenialCode, Effect, Limit, Powers, Seconds, ToolTable, Verifier,
};

pub(crate) struct Row {
    pub(super) name: &'static str,
    pub(super) scene: Scene,
    pub(crate) code: DenialCode,
    place: DenialPlace,
    kind: DenialKind,
}

pub(super) fn row(
    name: &'static str,
    scene: Scene,
    code: DenialCode,
    place: DenialPlace,
    kind: DenialKind,
) -> Row {
    Row {
        name,
        scene,
        code,
        place,
        kind,
    }
}

/// The root and a child with these limits.
pub(super) fn limited(limits: impl IntoIterator<Item = Limit>) -> Scene {
    let root = root().token();
    let child = child_of(&root).term(1, encoded_limits(limits)).token();
    under([root, child])
}

/// The same, where root and child have a power for these tools besides.
pub(super) fn limited_beside(tools: &[&str], limits: impl IntoIterator<Item = Limit>) -> Scene {
    let others = || {
        tools.iter().map(|tool| {
            Capability::new(tool, Effect::Read)
                .unwrap()
                .allow_delegation()
        })
    };
    let with = |accounts: &[&str]| {
        encoded_powers(powers([read_crm(accounts)].into_iter().chain(others())))
    };
    let root = root().term(0, with(&["acme", "globex"])).token();
    let child = child_of(&root)
        .term(0, with(&["acme"]))
        .term(1, encoded_limits(limits))
        .token();
    under([root, child]).verifier(verifier_of(anchor_with(Ceiling::Unlimited)))
}

/// The root and a child with these powers, where the anchor has no ceiling.
pub(super) fn empowered(powers: Powers) -> Scene {
    let root = root().term(0, encoded_powers(powers.clone())).token();
    let child = child_of(&root).term(0, encoded_powers(powers)).token();
    under([root, child]).verifier(verifier_of(anchor_with(Ceiling::Unlimited)))
}

/// A verifier that takes the host's word up to this effect.
pub(super) fn trusting(effect: Effect) -> Verifier {
    verifier().dangerous_accept_asserted_up_to(effect)
}

fn action(tool: &str, arguments: &[(&str, &str)], effect: Effect) -> Action {
    Action::new(tool, arguments.iter().copied(), effect).unwrap()
}

pub(super) fn files() -> Powers {
    let under_decks = Constraint::path_under("/decks").unwrap();
    powers([Capability::new("files.read", Effect::Read)
        .unwrap()
        .require("path", under_decks)
        .unwrap()
        .allow_delegation()])
}

/// A pattern and a text that take long to compare.
pub(super) fn slow() -> (Constraint, String) {
    let pattern = Constraint::pattern("*b*").unwrap();
    (
        Constraint::any_of(vec![pattern; 256]).unwrap(),
        "a".repeat(60_000),
    )
}

pub(super) fn slow_powers() -> Powers {
    powers([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", slow().0)
        .unwrap()
        .allow_delegation()])
}

/// A ceiling of which the first entry is slow and the second lets the call through.
fn slow_ceiling() -> Powers {
    let any = Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", Constraint::any())
        .unwrap();
    powers(
        slow_powers()
            .capabilities()
            .iter()
            .cloned()
            .chain([any.allow_delegation()]),
    )
}

pub(crate) fn rows() -> Vec<Row> {
    let calls = [
        times(),
        audiences(),
        not_permitted(),
        too_much_work(),
        asserted(),
        signed(),
        floors(),
    ];
    calls
        .into_iter()
        .chain([super::charges::rows(), super::approvals::rows()])
        .flatten()
        .collect()
}

fn times() -> Vec<Row> {
    use DenialKind::{OutOfTime, Undecidable};
    let root = root().token();
    let short = child_of(&root).claim(4, cbor::int(NOW + 60)).token();
    let late = child_of(&root).claim(6, cbor::int(NOW + 60)).token();
    let other = verifier().with_leeway(Seconds::new(31));
    let opening = || limited([Limit::window(Window::opening(after(100)))]);
    let closing = || limited([Limit::window(Window::closing(after(10)))]);
    vec![
        row(
            "verified under another configuration",
            scene().decider(other),
            DenialCode::OtherConfiguration,
            DenialPlace::Verifier,
            Undecidable,
        ),
        row(
            "before the root",
            scene().at(-31),
            DenialCode::IssuedInFuture,
            DenialPlace::Link(0),
            OutOfTime,
        ),
        row(
            "before the child",
            under([root.clone(), late]),
            DenialCode::IssuedInFuture,
            DenialPlace::Link(1),
            OutOfTime,
        ),
        row(
            "after the root",
            scene().at(3600),
            DenialCode::Expired,
            DenialPlace::Link(0),
            OutOfTime,
        ),
        row(
            "after the child",
            under([root.clone(), short.clone()]).at(60),
            DenialCode::Expired,
            DenialPlace::Link(1),
            OutOfTime,
        ),
        row(
            "after a link in the middle",
            under([
                root,
                short.clone(),
                grandchild_of(&short).claim(4, cbor::int(NOW + 60)).token(),
            ])
            .at(61),
            DenialCode::Expired,
            DenialPlace::Link(1),
            OutOfTime,
        ),
        row(
            "before the window",
            opening(),
            DenialCode::NotYet,
            DenialPlace::Link(1),
            OutOfTime,
        ),
        row(
            "after the window",
            closing().at(10),
            DenialCode::WindowClosed,
            DenialPlace::Link(1),
            OutOfTime,
        ),
    ]
}

/// Below what the verifier demands of every chain.
fn floors() -> Vec<Row> {
    let demanding = |scene: Scene, floors: Floors| scene.verifier(verifier().with_floors(floors));
    let anywhere = || {
        let root = root().term(5, cbor::null()).token();
        under([root.clone(), child_of(&root).token()])
    };
    let age = Seconds::new(20);
    // Where roots without a grant are accepted, a floor on its age refuses them all the same.
    let grantless = || {
        let root = root().no_term(10).token();
        let verifier = verifier().with_grants(AcceptedGrants::dangerous_any_or_none());
        under([root.clone(), child_of(&root).token()])
            .verifier(verifier.with_floors(Floors::default().with_grant_age(age)))
    };
    let rows = [
        (
            "without a mission",
            demanding(scene(), Floors::default().with_mission()),
            DenialCode::MissionRequired,
        ),
        (
            "for every server",
            demanding(anywhere(), Floors::default().with_audience()),
            DenialCode::AudienceRequired,
        ),
        (
            "for every server but for what its holder says",
            demanding(
                {
                    let root = root().term(5, cbor::null()).token();
                    let here = encoded_limits([Limit::audience(audience(CRM))]);
                    under([root.clone(), child_of(&root).term(1, here).token()])
                },
                Floors::default().with_audience(),
            ),
            DenialCode::AudienceRequired,
        ),
        (
            "of a link too many",
            demanding(scene(), Floors::default().with_max_links(1)),
            DenialCode::ChainTooLong,
        ),
        (
            "under an old root",
            demanding(
                scene(),
                Floors::default().with_root_age(MaxAge::uniform(age)),
            )
            .at(21),
            DenialCode::RootTooOld,
        ),
        ("by no grant", grantless(), DenialCode::NoAttestedGrant),
        (
            "by an old grant",
            demanding(scene(), Floors::default().with_grant_age(age)).at(21),
            DenialCode::GrantTooOld,
        ),
    ];
    rows.map(|(name, scene, code)| {
        row(
            name,
            scene,
            code,
            DenialPlace::Verifier,
            DenialKind::Untrusted,
        )
    })
    .into()
}

/// What a host says of a call's effect never makes it less than the verifier's table does.
#[test]
fn a_call_that_is_stated_as_a_read_has_the_effect_that_the_table_says() {
    let code = |entries: &[(&'static str, Effect)]| {
        let tools = ToolTable::new(entries.iter().copied()).unwrap();
        scene()
            .verifier(verifier().with_tools(tools))
            .decide()
            .err()
            .map(|denial| denial.code())
    };
    assert_eq!(code(&[("crm.*", Effect::Read)]), None);
    assert_eq!(
        code(&[]),
        Some(DenialCode::EffectTooHigh),
        "a tool that is not listed"
    );
    assert_eq!(
        code(&[("crm.*", Effect::Read), ("crm.read", Effect::Write)]),
        Some(DenialCode::EffectTooHigh)
    );
    assert_eq!(
        code(&[("crmx.*", Effect::Read)]),
        Some(DenialCode::EffectTooHigh),
        "a tool of another family"
    );
}

/// The host may know that a call reaches further than its tool mostly does.
#[test]
fn what_the_host_states_can_only_raise_the_effect() {
    let tools = ToolTable::new([("crm.*", Effect::Read)]).unwrap();
    let writing = action("crm.read", &[("account", "acme")], Effect::Write);
    let denial = scene()
        .verifier(verifier().with_tools(tools))
        .asked(writing)
        .denial();
    assert_eq!(denial.code(), DenialCode::EffectTooHigh);
}

fn audiences() -> Vec<Row> {
    use DenialKind::{NotPresented, WrongAudience};
    let files_only = || {
        limited([Limit::audience(
            AudienceSet::new([audience(FILES)]).unwrap(),
        )])
    };
    vec![
        row(
            "at a server of which the root says nothing",
            scene().at_server(BANK),
            DenialCode::WrongAudience,
            DenialPlace::Link(0),
            WrongAudience,
        ),
        row(
            "at a server of which the child says nothing",
            files_only(),
            DenialCode::WrongAudience,
            DenialPlace::Link(1),
            WrongAudience,
        ),
        row(
            "at a name with a slash",
            scene().at_server("https://crm.example/"),
            DenialCode::WrongAudience,
            DenialPlace::Link(0),
            WrongAudience,
        ),
        row(
            "by the host's word where signed calls are asked for",
            limited([Limit::signed_calls()])
                .verifier(trusting(Effect::Irreversible))
                .asserted(HELPER),
            DenialCode::SignedCallRequired,
            DenialPlace::Link(1),
            NotPresented,
        ),
    ]
}

fn not_permitted() -> Vec<Row> {
    let refused = |name, scene: Scene, code| {
        row(
            name,
            scene,
            code,
            DenialPlace::Link(1),
            DenialKind::NotPermitted,
        )
    };
    let files = |path: &str| {
        empowered(files()).calling(action("files.read", &[("path", path)], Effect::Read))
    };
    let asking = |tool: &str, arguments: &[(&str, &str)], effect| {
        scene().calling(action(tool, arguments, effect))
    };
    let read = Effect::Read;
    vec![
        refused(
            "another tool",
            asking("crm.export", &[("account", "acme")], read),
            DenialCode::ToolNotPermitted,
        ),
        refused(
            "a tool that its parent keeps to itself",
            asking("pay", &[("amount", "5")], Effect::Irreversible),
            DenialCode::ToolNotPermitted,
        ),
        refused(
            "a higher effect",
            asking("crm.read", &[("account", "acme")], Effect::Write),
            DenialCode::EffectTooHigh,
        ),
        refused(
            "an argument is missing",
            asking("crm.read", &[], read),
            DenialCode::ArgumentMissing,
        ),
        refused(
            "an argument too many",
            asking("crm.read", &[("account", "acme"), ("limit", "9")], read),
            DenialCode::ArgumentUnknown,
        ),
        refused(
            "the account of another",
            scene().calling(reading("globex")),
            DenialCode::ArgumentRefused,
        ),
        refused(
            "an account that looks alike",
            scene().calling(reading("acm\u{435}")),
            DenialCode::ArgumentRefused,
        ),
        refused(
            "an account in capitals",
            scene().calling(reading("ACME")),
            DenialCode::ArgumentRefused,
        ),
        refused(
            "a path above",
            files("/etc/passwd"),
            DenialCode::ArgumentRefused,
        ),
        refused(
            "a path that climbs",
            files("/decks/../etc/passwd"),
            DenialCode::ArgumentNotCanonical,
        ),
        refused(
            "a path with two slashes",
            files("/decks//x"),
            DenialCode::ArgumentNotCanonical,
        ),
        refused(
            "a path with a backslash",
            files("/decks/..\\x"),
            DenialCode::ArgumentNotCanonical,
        ),
    ]
}

fn too_much_work() -> Vec<Row> {
    let root_alone = root().term(
        0,
        encoded_powers(powers([Capability::new("crm.read", Effect::Read)
            .unwrap()
            .require("account", Constraint::any())
            .unwrap()])),
    );
    let ceiling = verifier_of(anchor_with(slow_ceiling()));
    vec![
        row(
            "powers that take long",
            empowered(slow_powers()).calling(reading(&slow().1)),
            DenialCode::OutOfWork,
            DenialPlace::Link(1),
            DenialKind::Undecidable,
        ),
        row(
            "a ceiling that takes long",
            under([root_alone.token()])
                .verifier(ceiling)
                .calling(reading(&slow().1))
                .signing(|call| call.signed_by(ORCHESTRATOR)),
            DenialCode::OutOfWork,
            DenialPlace::Ceiling,
            DenialKind::Undecidable,
        ),
    ]
}

fn asserted() -> Vec<Row> {
    use DenialKind::NotPresented;
    let write = || {
        Capability::new("notes.write", Effect::Write)
            .unwrap()
            .allow_delegation()
    };
    let writing = |up_to| {
        let scene = empowered(powers([write()])).asked(action("notes.write", &[], Effect::Write));
        scene.verifier(
            verifier_of(anchor_with(Ceiling::Unlimited)).dangerous_accept_asserted_up_to(up_to),
        )
    };
    let trusted = || scene().verifier(trusting(Effect::Read));
    vec![
        row(
            "by the host's word, which is not taken",
            scene().asserted(HELPER),
            DenialCode::AssertionNotAccepted,
            DenialPlace::Verifier,
            NotPresented,
        ),
        row(
            "by the host's word, for more than it is taken for",
            writing(Effect::Read).asserted(HELPER),
            DenialCode::AssertionNotAccepted,
            DenialPlace::Verifier,
            NotPresented,
        ),
        row(
            "the host saw another's key",
            trusted().asserted(THIEF),
            DenialCode::NotTheHolder,
            DenialPlace::Call,
            NotPresented,
        ),
        row(
            "the host saw the parent's key",
            trusted().asserted(ORCHESTRATOR),
            DenialCode::NotTheHolder,
            DenialPlace::Call,
            NotPresented,
        ),
        row(
            "the peer named the root",
            trusted().asserted_for(id_of(&two_links()[0])),
            DenialCode::WrongLeaf,
            DenialPlace::Call,
            NotPresented,
        ),
    ]
}

fn signed() -> Vec<Row> {
    let not_presented = |name, scene: Scene, code| {
        row(
            name,
            scene,
            code,
            DenialPlace::Call,
            DenialKind::NotPresented,
        )
    };
    let [root, child] = two_links();
    let sibling = child_of(&root)
        .claim(7, cbor::bytes([77; 16]))
        .claim(8, confirmation(INTERN))
        .token();
    let leaf = |token: &[u8]| cbor::bytes(id_of(token).as_bytes());
    let number = Action::new("crm.read", [("account", 1_i64)], Effect::Read).unwrap();
    let either = Constraint::any_of([
        Constraint::one_of(["1"]).unwrap(),
        Constraint::one_of([1_i64]).unwrap(),
    ])
    .unwrap();
    let loose = powers([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", either)
        .unwrap()
        .allow_delegation()]);
    vec![
        not_presented(
            "signed under the root",
            scene().signing(|call| call.term(0, leaf(&root))),
            DenialCode::WrongLeaf,
        ),
        not_presented(
            "signed under a sibling of the same task",
            scene().signing(|call| call.term(0, leaf(&sibling))),
            DenialCode::WrongLeaf,
        ),
        not_presented(
            "the sibling's chain with a call for this one",
            under([root.clone(), sibling]).signing(|call| call.term(0, leaf(&child))),
            DenialCode::WrongLeaf,
        ),
        not_presented(
            "signed for another server",
            scene().signing(|call| call.claim(3, cbor::text(FILES))),
            DenialCode::CallForAnotherAudience,
        ),
        not_presented(
            "taken to another server",
            scene().at_server(FILES),
            DenialCode::CallForAnotherAudience,
        ),
        not_presented("too old", scene().at(31), DenialCode::CallTooOld),
        not_presented(
            "from the future",
            scene().signing(|call| call.claim(6, cbor::int(NOW + 31))),
            DenialCode::CallFromFuture,
        ),
        not_presented("another id", scene().with_id(8), DenialCode::CallIdMismatch),
        not_presented(
            "other arguments",
            empowered(powers([read_crm(&["acme", "globex"])])).asked(reading("globex")),
            DenialCode::RequestMismatch,
        ),
        not_presented(
            "an argument of another type",
            empowered(loose).calling(reading("1")).asked(number),
            DenialCode::RequestMismatch,
        ),
        not_presented(
            "a stolen chain and the thief's own key",
            scene().signing(|call| call.signed_by(THIEF)),
            DenialCode::NotTheHolder,
        ),
        not_presented(
            "the parent's holder",
            scene().signing(|call| call.signed_by(ORCHESTRATOR)),
            DenialCode::NotTheHolder,
        ),
        not_presented(
            "a sibling's key",
            scene().signing(|call| call.signed_by(INTERN)),
            DenialCode::NotTheHolder,
        ),
        not_presented(
            "the issuer's key",
            scene().signing(|call| call.signed_by(COMPANY)),
            DenialCode::NotTheHolder,
        ),
    ]
}

#[test]
fn the_scene_is_permitted_until_something_is_changed() {
    assert!(scene().is_permitted());
    assert!(
        empowered(files())
            .calling(action(
                "files.read",
                &[("path", "/decks/acme")],
                Effect::Read
            ))
            .is_permitted()
    );
    assert!(
        scene()
            .verifier(trusting(Effect::Read))
            .asserted(HELPER)
            .is_permitted()
    );
}

#[test]
fn every_row_gets_its_code_at_its_place() {
    for row in rows() {
        let denial = row.scene.denial();
        assert_eq!(
            (denial.code(), denial.place(), denial.kind()),
            (row.code, row.place, row.kind),
            "{}",
            row.name
        );
    }
}

#[test]
fn what_explain_finds_first_is_what_decide_says() {
    for row in rows() {
        let explanation = row.scene.explain();
        assert_eq!(
            explanation.denial(),
            Some(&row.scene.denial()),
            "{}",
            row.name
        );
        assert!(
            explanation
                .to_string()
                .contains(&format!(": {}: ", row.code)),
            "{}",
            row.name
        );
    }
    assert_eq!(scene().explain().denial(), None);
}
