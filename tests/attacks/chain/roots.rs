//! Rules 8 to 12 for roots: issuer, lifetime, grant, retired keys, ceiling.

use super::{Row, row};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of};
use crate::support::story::{
    COMPANY, INTERN, ISSUER, NOW, THIEF, after, anchor, anchor_with, ceiling, child_of,
    encoded_powers, grant, key, now, pay, powers, read_crm, root, root_claims, verifier,
    verifier_of,
};
use mandatum::chain::{AcceptedGrants, AnchorError, AnchorKey, Ceiling, ChainErrorKind};
use mandatum::claims::GrantKind;
use mandatum::powers::CoverageGap;
use mandatum::sign::Unsigned;
use mandatum::{
    Anchor, Capability, ChainError, DenialCode, Effect, Lifetime, Powers, Root, Seconds, Timestamp,
    Verifier, issue,
};

fn rooted(change: impl FnOnce(Forge) -> Forge) -> [Vec<u8>; 2] {
    let root = change(root()).token();
    let child = child_of(&root).token();
    [root, child]
}

fn issuing(change: impl FnOnce(&mut Root)) -> Result<Unsigned<Root>, ChainError> {
    let mut root = root_claims(powers([read_crm(&["acme", "globex"])]));
    change(&mut root);
    issue(&anchor(), root, now())
}

/// The anchor with its key retired for roots issued from then on, and a newer one.
fn rotated(before: Timestamp) -> Anchor {
    let keys = [
        AnchorKey::retired(key(COMPANY).public(), before),
        key(THIEF).public().into(),
    ];
    Anchor::with_keys(ISSUER.parse().unwrap(), keys, ceiling(), Seconds::hours(8)).unwrap()
}

/// The anchor with two keys in service.
fn anchor_with_spare() -> Anchor {
    let keys = [COMPANY, THIEF].map(|seed| AnchorKey::in_service(key(seed).public()));
    Anchor::with_keys(ISSUER.parse().unwrap(), keys, ceiling(), Seconds::hours(8)).unwrap()
}

fn lasting(seconds: i64) -> impl FnOnce(Forge) -> Forge {
    move |root| root.claim(4, cbor::int(NOW + seconds))
}

fn beyond_ceiling(name: &'static str, found: Powers) -> Row {
    let tokens = rooted(|root| root.term(0, encoded_powers(found.clone())));
    let broken = ChainErrorKind::BeyondCeiling(ceiling().covers(&found).unwrap_err());
    row(name, tokens, 0, broken).minted(issuing(|root| root.link.powers = found))
}

/// The ceiling has payments, not delegable; the root marks its own as delegable.
fn delegable_beyond_ceiling(name: &'static str, held: Capability) -> Row {
    let found = powers([read_crm(&["acme"]), held.clone().allow_delegation()]);
    assert!(ceiling().covers(&found).is_ok(), "{name}: it may hold it");
    let minted = issuing(|root| root.link.powers = found.clone());
    let Err(ChainError {
        kind: ChainErrorKind::BeyondCeiling(beyond),
        ..
    }) = &minted
    else {
        panic!("{name}: {minted:?}")
    };
    assert_eq!(
        (beyond.entry, &beyond.gap),
        (1, &CoverageGap::NotDelegable),
        "{name}"
    );
    let broken = ChainErrorKind::BeyondCeiling(beyond.clone());
    let tokens = rooted(|root| root.term(0, encoded_powers(found.clone())));
    row(name, tokens, 0, broken).minted(minted)
}

pub(super) fn rows() -> Vec<Row> {
    let issuer = |name: &str| ChainErrorKind::UnknownIssuer {
        issuer: name.parse().unwrap(),
    };
    let named = |name: &str| rooted(|root| root.claim(1, cbor::text(name)));
    let of_kind = |kind: i64| {
        rooted(|root| {
            root.term(
                10,
                cbor::array([
                    cbor::int(kind),
                    cbor::text("bob"),
                    cbor::int(NOW),
                    cbor::bytes([0; 32]),
                ]),
            )
        })
    };
    let other_grants =
        |kinds: &[GrantKind]| verifier().with_grants(AcceptedGrants::only(kinds.iter().copied()));
    let lives = |seconds: u64| ChainErrorKind::LivesTooLong {
        lives: Seconds::new(seconds),
        cap: Seconds::hours(8),
    };
    let tool = |tool: &str, effect| Capability::new(tool, effect).unwrap();
    vec![
        row(
            "another issuer",
            named("https://evil.example"),
            0,
            issuer("https://evil.example"),
        )
        .minted(issuing(|root| {
            root.issuer = "https://evil.example".parse().unwrap();
        })),
        row(
            "the issuer in capitals",
            named("https://ACME.example"),
            0,
            issuer("https://ACME.example"),
        )
        .minted(issuing(|root| {
            root.issuer = "https://ACME.example".parse().unwrap();
        })),
        row(
            "the issuer with a slash",
            named("https://acme.example/"),
            0,
            issuer("https://acme.example/"),
        )
        .minted(issuing(|root| {
            root.issuer = "https://acme.example/".parse().unwrap();
        })),
        row(
            "a second more than the anchor allows",
            rooted(lasting(28_801)),
            0,
            lives(28_801),
        )
        .minted(issuing(|root| {
            root.link.lifetime = Lifetime::new(now(), after(28_801)).unwrap();
        })),
        row(
            "a root that never ends",
            rooted(lasting(7_999_999_999)),
            0,
            lives(7_999_999_999),
        )
        .minted(issuing(|root| {
            root.link.lifetime = Lifetime::new(now(), after(7_999_999_999)).unwrap();
        })),
        row(
            "no grant",
            rooted(|root| root.no_term(10)),
            0,
            ChainErrorKind::NoAttestedGrant,
        ),
        row(
            "a policy for a grant",
            of_kind(2),
            0,
            ChainErrorKind::GrantNotAccepted {
                kind: GrantKind::Policy,
            },
        ),
        row(
            "a template where a person is asked for",
            of_kind(1),
            0,
            ChainErrorKind::GrantNotAccepted {
                kind: GrantKind::Template,
            },
        )
        .by(other_grants(&[GrantKind::Direct])),
        row(
            "no grant where every kind is taken",
            rooted(|root| root.no_term(10)),
            0,
            ChainErrorKind::NoAttestedGrant,
        )
        .by(other_grants(&GrantKind::ALL)),
        row(
            "a key retired at that second",
            rooted(|root| root),
            0,
            ChainErrorKind::RetiredKey {
                before: now(),
                issued_at: now(),
            },
        )
        .by(verifier_of(rotated(now()))),
        row(
            "a revoked key",
            rooted(|root| root),
            0,
            ChainErrorKind::RevokedKey {
                key: key(COMPANY).public(),
            },
        )
        .by(verifier_of(
            anchor_with_spare().revoke(key(COMPANY).public()).unwrap(),
        )),
        row(
            "a key that is none of the issuer's",
            rooted(|root| root.issued_by(THIEF)),
            0,
            ChainErrorKind::SignerUnknown {
                key: key(THIEF).public(),
            },
        )
        .minted(issuing(|root| root.signed_by = key(THIEF).public())),
        row(
            "another key of the issuer's than the root names",
            rooted(|root| root.signed_by(THIEF)),
            0,
            mandatum::sign::SignatureError.into(),
        )
        .by(verifier_of(anchor_with_spare())),
        row(
            "a key retired long ago",
            rooted(|root| root),
            0,
            ChainErrorKind::RetiredKey {
                before: after(-9),
                issued_at: now(),
            },
        )
        .by(verifier_of(rotated(after(-9)))),
        beyond_ceiling(
            "a tool beyond the ceiling",
            powers([read_crm(&["acme"]), tool("crm.export", Effect::Read)]),
        ),
        beyond_ceiling(
            "a family beyond the ceiling",
            powers([tool("crm.*", Effect::Read)]),
        ),
        beyond_ceiling("an effect beyond the ceiling", {
            let accounts = mandatum::Constraint::one_of(["acme"]).unwrap();
            powers([tool("crm.read", Effect::Write)
                .require("account", accounts)
                .unwrap()])
        }),
        beyond_ceiling(
            "an account beyond the ceiling",
            powers([read_crm(&["acme", "umbrella"])]),
        ),
        beyond_ceiling("an amount beyond the ceiling", powers([pay(5_001)])),
        beyond_ceiling("an argument beyond the ceiling", {
            powers([read_crm(&["acme"])
                .require("export_to", mandatum::Constraint::any())
                .unwrap()])
        }),
        beyond_ceiling("any argument", powers([read_crm(&["acme"]).allow_others()])),
        delegable_beyond_ceiling("what the ceiling does not let be delegated", pay(5)),
        delegable_beyond_ceiling("the same, all of it", pay(5_000)),
    ]
}

#[test]
fn a_key_is_good_for_what_it_signed_before_it_retired() {
    let root = root().token();
    let chain = chain_of(&[root]);
    assert!(verifier_of(rotated(after(1))).verify(&chain).is_ok());
}

#[test]
fn a_root_is_signed_by_the_key_that_it_names() {
    let issued = |anchor: &Anchor, seed: u8| {
        let root = Root {
            signed_by: key(seed).public(),
            ..root_claims(Powers::none())
        };
        issue(anchor, root, now())
            .map(|unsigned| unsigned.signers().to_vec())
            .map_err(|error| error.kind)
    };
    let retired = rotated(now());
    assert_eq!(issued(&retired, THIEF), Ok(vec![key(THIEF).public()]));
    assert_eq!(
        issued(&retired, COMPANY),
        Err(ChainErrorKind::RetiredKey {
            before: now(),
            issued_at: now()
        })
    );
    assert_eq!(
        issued(&rotated(after(1)), COMPANY),
        Ok(vec![key(COMPANY).public()])
    );
    let revoked = rotated(after(1)).revoke(key(COMPANY).public()).unwrap();
    assert_eq!(
        issued(&revoked, COMPANY),
        Err(ChainErrorKind::RevokedKey {
            key: key(COMPANY).public()
        })
    );
    assert_eq!(
        issued(&revoked, INTERN),
        Err(ChainErrorKind::SignerUnknown {
            key: key(INTERN).public()
        })
    );
}

/// Its end would be kept from then on, and be forgotten before it begins.
#[test]
fn a_root_for_later_is_refused_and_the_error_says_what_to_do() {
    let issued = |seconds| {
        let mut root = root_claims(Powers::none());
        root.link.lifetime = Lifetime::new(after(seconds), after(3_600)).unwrap();
        issue(&anchor(), root, now()).map(drop)
    };
    let ahead = ChainError {
        link: 0,
        kind: ChainErrorKind::IssuedAhead {
            issued_at: after(31),
            now: now(),
        },
    };
    assert_eq!(
        [issued(-3_600), issued(0), issued(30), issued(31)],
        [Ok(()), Ok(()), Ok(()), Err(ahead.clone())]
    );
    assert!(
        ahead
            .to_string()
            .ends_with("use `Limit::window` for a later start"),
        "{ahead}"
    );
    // A verifier with the same leeway draws the line at the same second.
    let chain = |at: i64| chain_of(&[root().claim(6, cbor::int(NOW + at)).token()]);
    for (seconds, early) in [(30, false), (31, true)] {
        let chain = chain(seconds);
        let call = crate::support::story::call_of(7, crate::support::story::reading("acme"));
        let verified = verifier().verify(&chain).unwrap();
        let previewed = verifier().preview(&verified, &call, &crate::support::story::here());
        assert_eq!(
            previewed.err().map(|denial| denial.code()),
            early.then_some(DenialCode::IssuedInFuture)
        );
    }
}

#[test]
fn danger_is_taken_only_by_name() {
    let chain = chain_of(&rooted(|root| root.no_term(10)));
    let verifies = |verifier: Verifier| verifier.verify(&chain).is_ok();
    assert!(!verifies(verifier()));
    assert!(verifies(
        verifier().with_grants(AcceptedGrants::dangerous_any_or_none())
    ));

    let everything = powers([Capability::new("root.*", Effect::Irreversible)
        .unwrap()
        .allow_others()]);
    let unlimited = rooted(|root| root.term(0, encoded_powers(everything.clone())));
    let root_alone = chain_of(&unlimited[..1]);
    assert!(verifier().verify(&root_alone).is_err());
    assert!(
        verifier_of(anchor_with(Ceiling::Unlimited))
            .verify(&root_alone)
            .is_ok()
    );
}

#[test]
fn every_kind_of_grant_can_be_asked_for() {
    for kind in GrantKind::ALL {
        let mut root = root_claims(Powers::none());
        root.grant = Some(grant(kind));
        let chain = issue(&anchor(), root, now())
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap()
            .into();
        for asked in GrantKind::ALL {
            let verifier = verifier().with_grants(AcceptedGrants::only([asked]));
            assert_eq!(verifier.verify(&chain).is_ok(), asked == kind);
        }
    }
}

#[test]
fn an_anchor_has_one_to_four_keys_each_once_wherever_it_stands() {
    let anchor = |seeds: &[u8]| {
        let keys = seeds
            .iter()
            .map(|seed| AnchorKey::from(key(*seed).public()));
        Anchor::with_keys(
            ISSUER.parse().unwrap(),
            keys,
            Ceiling::Unlimited,
            Seconds::hours(8),
        )
        .map(drop)
    };
    for twice in [
        &[1, 1][..],
        &[1, 1, 2],
        &[1, 2, 1],
        &[2, 1, 1],
        &[1, 2, 3, 1],
        &[1, 2, 3, 2],
    ] {
        assert_eq!(anchor(twice), Err(AnchorError::KeyTwice), "{twice:?}");
    }
    for found in [0, 5, 6] {
        let keys: Vec<u8> = (1..=found).collect();
        assert_eq!(
            anchor(&keys),
            Err(AnchorError::Keys {
                found: usize::from(found)
            })
        );
    }
    for good in [&[1][..], &[1, 2], &[1, 2, 3], &[1, 2, 3, 4]] {
        assert_eq!(anchor(good), Ok(()));
    }
    // A key in its time and the same key after it are one key.
    let ended = AnchorKey::retired(key(1).public(), now());
    let both = [ended, key(2).public().into(), key(1).public().into()];
    let refused = Anchor::with_keys(
        ISSUER.parse().unwrap(),
        both,
        Ceiling::Unlimited,
        Seconds::hours(8),
    )
    .map(drop);
    assert_eq!(refused, Err(AnchorError::KeyTwice));
}
