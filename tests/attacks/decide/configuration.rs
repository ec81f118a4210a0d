//! A verifier's configuration: whatever can be set is part of its digest, and nothing else is.
//!
//! A setting that is added has no row here yet, so these tests fail until it has one: the fields
//! are those that `Debug` shows.

use crate::support::story::{
    COMPANY, ISSUER, THIEF, after, anchor, ceiling, key, powers, read_crm,
};
use mandatum::chain::{AcceptedGrants, AnchorKey, AnchorKeyState, Ceiling, Floors};
use mandatum::claims::GrantKind;
use mandatum::limits::MaxAge;
use mandatum::{
    Anchor, Digest, Effect, Issuer, Label, Powers, Seconds, Timestamp, ToolTable, Verifier,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// A field, and things that differ from the ordinary one in that field alone.
type Setting<T> = (&'static str, Vec<T>);

fn ordinary() -> Verifier {
    Verifier::new([anchor()]).unwrap()
}

/// What a verifier is made of beside its anchors.
fn of_a_verifier() -> Vec<Setting<Verifier>> {
    let asserted = |effect| ordinary().dangerous_accept_asserted_up_to(effect);
    vec![
        (
            "anchors",
            of_an_anchor()
                .into_iter()
                .flat_map(|(_, anchors)| anchors.into_iter().map(by))
                .collect(),
        ),
        (
            "grants",
            of_grants()
                .into_iter()
                .flat_map(|(_, grants)| grants)
                .map(|g| ordinary().with_grants(g))
                .collect(),
        ),
        (
            "leeway",
            [0, 29, 31]
                .map(|seconds| ordinary().with_leeway(Seconds::new(seconds)))
                .into(),
        ),
        (
            "max_call_age",
            [0, 29, 31]
                .map(|seconds| ordinary().with_max_call_age(Seconds::new(seconds)))
                .into(),
        ),
        (
            "asserted_up_to",
            [Effect::Read, Effect::Write, Effect::Irreversible]
                .map(asserted)
                .into(),
        ),
        ("effects", of_effects()),
        (
            "floors",
            of_floors()
                .into_iter()
                .flat_map(|(_, floors)| floors)
                .map(|f| ordinary().with_floors(f))
                .collect(),
        ),
    ]
}

/// What an anchor is made of, so far as it decides anything.
fn of_an_anchor() -> Vec<Setting<Anchor>> {
    let systems = |names: &[&str]| {
        anchor().with_systems(names.iter().map(|name| name.parse::<Label>().unwrap()))
    };
    let with = |keys: Vec<AnchorKey>, ceiling: Ceiling, hours| {
        Anchor::with_keys(
            ISSUER.parse().unwrap(),
            keys,
            ceiling,
            Seconds::hours(hours),
        )
        .unwrap()
    };
    let company = || vec![AnchorKey::from(key(COMPANY).public())];
    let issued_by = |issuer: &str| {
        Anchor::new(
            issuer.parse().unwrap(),
            key(COMPANY).public(),
            ceiling(),
            Seconds::hours(8),
        )
        .unwrap()
    };
    let ceilings = [
        Ceiling::Unlimited,
        Powers::none().into(),
        powers([read_crm(&["acme"])]).into(),
    ];
    vec![
        (
            "issuer",
            [issued_by("https://acme.example.org"), issued_by("a")].into(),
        ),
        (
            "keys",
            of_keys()
                .into_iter()
                .map(|keys| with(keys, ceiling().into(), 8))
                .collect(),
        ),
        (
            "ceiling",
            ceilings.map(|ceiling| with(company(), ceiling, 8)).into(),
        ),
        (
            "max_lifetime",
            [7, 9]
                .map(|hours| with(company(), ceiling().into(), hours))
                .into(),
        ),
        (
            "systems",
            [&["crm"][..], &["wiki"], &["crm", "wiki"]]
                .map(systems)
                .into(),
        ),
    ]
}

/// Other keys than the company's one, in either order; and the same until two times.
fn of_keys() -> Vec<Vec<AnchorKey>> {
    let [company, thief] = [COMPANY, THIEF].map(|seed| AnchorKey::from(key(seed).public()));
    let until = |seconds| {
        // Every state is named here, so that one which is added can't be forgotten.
        match company.state() {
            AnchorKeyState::InService
            | AnchorKeyState::Retired { .. }
            | AnchorKeyState::Revoked => AnchorKey::retired(company.key(), after(seconds)),
        }
    };
    vec![
        vec![thief],
        vec![company, thief],
        vec![thief, company],
        vec![AnchorKey::revoked(company.key())],
        vec![AnchorKey::revoked(company.key()), thief],
        vec![until(9)],
        vec![until(10)],
        vec![until(9), thief],
        vec![thief, until(9)],
    ]
}

fn of_grants() -> Vec<Setting<AcceptedGrants>> {
    let any_two = |one: usize, other: usize| {
        AcceptedGrants::only([GrantKind::ALL[one], GrantKind::ALL[other]])
    };
    let mut kinds: Vec<AcceptedGrants> = GrantKind::ALL
        .map(|kind| AcceptedGrants::only([kind]))
        .into();
    kinds.extend([
        AcceptedGrants::only([]),
        AcceptedGrants::only(GrantKind::ALL),
        any_two(0, 2),
    ]);
    vec![
        ("kinds", kinds),
        ("none", vec![AcceptedGrants::dangerous_any_or_none()]),
    ]
}

/// The host's word, no table, and tables that differ in a pattern, an effect, an entry.
fn of_effects() -> Vec<Verifier> {
    let table = |entries: &[(&str, Effect)]| {
        ordinary().with_tools(ToolTable::new(entries.iter().copied()).unwrap())
    };
    vec![
        ordinary().dangerous_effects_as_stated(),
        table(&[("mail.send", Effect::Read)]),
        table(&[("mail.send", Effect::Write)]),
        table(&[("mail.*", Effect::Read)]),
        table(&[("mail.send", Effect::Read), ("mail.*", Effect::Read)]),
        table(&[("mail.send", Effect::Irreversible)]),
    ]
}

/// Each floor that can be set, at two heights where it has a height.
fn of_floors() -> Vec<Setting<Floors>> {
    let none = Floors::default;
    let seconds = Seconds::new;
    let ages = || {
        let ages = [[9, 5, 3], [8, 5, 3], [9, 4, 3], [9, 5, 2]];
        ages.map(|[read, write, last]| {
            MaxAge::new(seconds(read), seconds(write), seconds(last)).unwrap()
        })
    };
    vec![
        ("mission", vec![none().with_mission()]),
        (
            "status_age",
            ages().map(|ages| none().with_status_age(ages)).into(),
        ),
        (
            "root_age",
            ages().map(|ages| none().with_root_age(ages)).into(),
        ),
        (
            "grant_age",
            [0, 9].map(|age| none().with_grant_age(seconds(age))).into(),
        ),
        ("audience", vec![none().with_audience()]),
        (
            "max_links",
            [0, 9, 16].map(|links| none().with_max_links(links)).into(),
        ),
    ]
}

fn by(anchor: Anchor) -> Verifier {
    Verifier::new([anchor]).unwrap()
}

/// What `Debug` shows of each field of a struct.
fn fields(shown: &impl Debug) -> BTreeMap<String, String> {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in format!("{shown:#?}").lines() {
        let own = line
            .strip_prefix("    ")
            .filter(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()));
        if let Some((name, _)) = own.and_then(|own| own.split_once(": ")) {
            last = name.to_owned();
        }
        fields.entry(last.clone()).or_default().push_str(line);
    }
    // The type's name, which stands before every field.
    fields.remove("");
    fields
}

/// The fields in which two things differ.
fn differing(one: &impl Debug, other: &impl Debug) -> BTreeSet<String> {
    let (one, other) = (fields(one), fields(other));
    one.into_iter()
        .filter(|(name, shown)| other.get(name) != Some(shown))
        .map(|(name, _)| name)
        .collect()
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

/// Each field has a row, but for those that are named here; and each row is about its field.
fn assert_all_there<T: Debug, const N: usize>(
    ordinary: &T,
    settings: &[Setting<T>],
    beside: [&str; N],
) {
    let rows: BTreeSet<String> = settings
        .iter()
        .map(|(field, _)| (*field).to_owned())
        .collect();
    let all: BTreeSet<String> = fields(ordinary).into_keys().collect();
    assert_eq!(&rows | &names(beside), all);
    for (field, others) in settings {
        assert!(!others.is_empty(), "{field}");
        for other in others {
            let changed = differing(ordinary, other);
            assert!(
                changed.contains(*field) && changed.is_subset(&(&names(beside) | &names([field]))),
                "{changed:?}"
            );
        }
    }
}

#[test]
fn every_setting_has_a_row() {
    assert_all_there(&ordinary(), &of_a_verifier(), ["configuration"]);
    // Owner and policy are for people.
    assert_all_there(&anchor(), &of_an_anchor(), ["owner", "policy"]);
    // Whoever takes roots without a grant takes all kinds as well.
    assert_all_there(&AcceptedGrants::default(), &of_grants()[..1], ["none"]);
    assert_all_there(&Floors::default(), &of_floors(), []);
}

#[test]
fn every_setting_changes_the_digest() {
    let mut all = vec![("ordinary", ordinary())];
    for (field, others) in of_a_verifier() {
        all.extend(others.into_iter().map(|other| (field, other)));
    }
    let second = Anchor::new(
        "https://b.example".parse().unwrap(),
        key(THIEF).public(),
        powers([]),
        Seconds::new(1),
    );
    all.push((
        "a second anchor",
        Verifier::new([anchor(), second.unwrap()]).unwrap(),
    ));
    for (index, (field, one)) in all.iter().enumerate() {
        for (other_field, other) in &all[index + 1..] {
            assert_ne!(
                one.configuration(),
                other.configuration(),
                "{field} and {other_field}:\n{one:#?}\n{other:#?}"
            );
        }
    }
    for (field, one) in &all {
        assert_eq!(
            one.configuration(),
            one.clone().with_leeway(one.leeway()).configuration(),
            "{field}"
        );
    }
}

#[test]
fn what_is_for_people_changes_no_digest() {
    let named = anchor()
        .with_owner("sales".parse().unwrap())
        .with_policy("refunds v4".parse().unwrap());
    assert_eq!(differing(&anchor(), &named), names(["owner", "policy"]));
    assert_eq!(by(named).configuration(), ordinary().configuration());
}

/// All that is set of an anchor: its keys with their times, whether it has a ceiling, how many
/// hours, which systems.
type AnchorSettings = (
    Vec<(u8, Option<Timestamp>)>,
    bool,
    u64,
    BTreeSet<&'static str>,
);

/// Everything that is set of a verifier.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    anchors: BTreeMap<&'static str, AnchorSettings>,
    kinds: BTreeSet<GrantKind>,
    leeway: u64,
    max_call_age: u64,
    asserted_up_to: Option<Effect>,
}

impl Settings {
    fn digest(&self) -> Digest {
        let anchors = self
            .anchors
            .iter()
            .map(|(issuer, (keys, limited, hours, systems))| {
                let issuer: Issuer = issuer.parse().unwrap();
                let keys = keys.iter().map(|(seed, before)| {
                    let key = key(*seed).public();
                    before.map_or(AnchorKey::in_service(key), |before| {
                        AnchorKey::retired(key, before)
                    })
                });
                let ceiling = if *limited {
                    ceiling().into()
                } else {
                    Ceiling::Unlimited
                };
                let anchor =
                    Anchor::with_keys(issuer, keys, ceiling, Seconds::hours(*hours)).unwrap();
                anchor.with_systems(
                    systems
                        .iter()
                        .map(|system| system.parse::<Label>().unwrap()),
                )
            });
        let verifier = Verifier::new(anchors)
            .unwrap()
            .with_grants(AcceptedGrants::only(self.kinds.clone()))
            .with_leeway(Seconds::new(self.leeway))
            .with_max_call_age(Seconds::new(self.max_call_age));
        let verifier = match self.asserted_up_to {
            Some(effect) => verifier.dangerous_accept_asserted_up_to(effect),
            None => verifier,
        };
        verifier.configuration()
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let time = select(vec![None, Some(after(0)), Some(after(1))]);
    let keys = (
        subsequence(vec![1, 2], 1..=2),
        proptest::collection::vec(time, 2),
    );
    let keys = keys.prop_map(|(seeds, times)| seeds.into_iter().zip(times).collect());
    let systems = subsequence(vec!["a", "ab", "b"], 0..=2).prop_map(BTreeSet::from_iter);
    let anchor = (keys, any::<bool>(), 1..3_u64, systems);
    let anchors = proptest::collection::btree_map(select(vec!["a", "ab"]), anchor, 1..=2);
    let kinds = subsequence(GrantKind::ALL.to_vec(), 0..=2).prop_map(BTreeSet::from_iter);
    let effect = select(vec![None, Some(Effect::Read), Some(Effect::Write)]);
    (anchors, kinds, 0..2_u64, 0..2_u64, effect).prop_map(
        |(anchors, kinds, leeway, max_call_age, asserted_up_to)| Settings {
            anchors,
            kinds,
            leeway,
            max_call_age,
            asserted_up_to,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of many configurations any two have one digest just where they are the same.
    #[test]
    fn no_two_configurations_have_one_digest(all in proptest::collection::vec(settings(), 300)) {
        let mut by_digest: BTreeMap<Digest, Settings> = BTreeMap::new();
        for settings in all {
            let same = by_digest.entry(settings.digest()).or_insert_with(|| settings.clone());
            prop_assert_eq!(&*same, &settings);
        }
    }
}
