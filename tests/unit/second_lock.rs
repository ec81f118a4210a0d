//! The second lock: with `covers` replaced by "yes", no call is permitted that the conjunction of
//! the ceiling and all links refuses, and none is refused that it permits.

use super::context::DecisionContext;
use super::presentation::Presentation;
use super::server_context::ServerContext;
use crate::chain::{Anchor, Call, Chain, verify_with};
use crate::claims::{AttestedGrant, CallClaims, Child, Life, Link, Purpose, Root, RootAudience};
use crate::decide::Verifier;
use crate::denial::{DenialCode, DenialPlace};
use crate::mission::Register;
use crate::powers::{Action, Capability, Constraint, Effect, Powers};
use crate::primitives::{Audience, Digest, Label, Lifetime, PublicKey, Seconds, Timestamp};
use crate::sign::{SigningKey, Unsigned};
use proptest::collection::vec;
use proptest::prelude::*;

const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Write, Effect::Irreversible];
const TOOLS: [&str; 3] = ["a", "t.b", "t.c"];

fn capability() -> impl Strategy<Value = Capability> {
    let tools = prop::sample::select(vec!["a", "t.b", "t.c", "t.*"]);
    let effects = prop::sample::select(EFFECTS.to_vec());
    let values = vec(0_i64..4, 1..4);
    (tools, effects, values, any::<bool>(), any::<bool>()).prop_map(
        |(tool, effect, values, delegable, optional)| {
            let constraint = Constraint::one_of(values).unwrap();
            let capability = Capability::new(tool, effect).unwrap();
            let capability = if optional {
                capability.allow("n", constraint)
            } else {
                capability.require("n", constraint)
            }
            .unwrap();
            if delegable {
                capability.allow_delegation()
            } else {
                capability
            }
        },
    )
}

/// Mostly wide powers, so that chains of them permit something.
fn powers() -> impl Strategy<Value = Powers> {
    vec(capability(), 1..7).prop_map(|capabilities| Powers::new(capabilities).unwrap())
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn link(seed: u8, holder: PublicKey, powers: Powers, now: Timestamp) -> Link {
    let lifetime = Lifetime::new(now, now.plus(Seconds::hours(1))).unwrap();
    Link::new([seed; 16], holder, powers, lifetime).with_hops(9_u8.saturating_sub(seed))
}

/// A chain of the given powers, however little they cover each other, correctly signed all the
/// same.
fn chain_of(powers: &[Powers], anchor: &Anchor, now: Timestamp) -> Chain {
    let root = Root {
        link: link(1, key(1).public(), powers[0].clone(), now),
        issuer: anchor.issuer().clone(),
        signed_by: key(0).public(),
        principal: Label::new("alice").unwrap().into(),
        purpose: Purpose::new("p".parse().unwrap(), "s".parse().unwrap(), ""),
        grant: Some(AttestedGrant::direct(
            "alice".parse().unwrap(),
            now,
            Digest::hash(""),
        )),
        task: "task".parse().unwrap(),
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let mut chain = Chain::from(
        Unsigned::new(root, vec![key(0).public()])
            .sign(&key(0))
            .unwrap(),
    );
    for (seed, powers) in (2..).zip(&powers[1..]) {
        let child = Child {
            link: link(seed, key(seed).public(), powers.clone(), now),
            parent: chain.leaf_id(),
            step: None,
            same_key: false,
        };
        let holder = key(seed.saturating_sub(1));
        chain = chain
            .extend(
                Unsigned::new(child, vec![holder.public()])
                    .sign(&holder)
                    .unwrap(),
            )
            .unwrap();
    }
    chain
}

fn conjunction(ceiling: &Powers, links: &[Powers], action: &Action) -> bool {
    let leaf = links.len().saturating_sub(1);
    let link_permits = |(index, powers): (usize, &Powers)| {
        powers
            .capabilities()
            .iter()
            .filter(|capability| index == leaf || capability.is_delegable())
            .any(|capability| {
                Powers::new([capability.clone()])
                    .unwrap()
                    .permits(action)
                    .is_ok()
            })
    };
    // The ceiling stands above the root as a parent does.
    let ceiling_permits = ceiling
        .capabilities()
        .iter()
        .filter(|capability| leaf == 0 || capability.is_delegable())
        .any(|capability| {
            Powers::new([capability.clone()])
                .unwrap()
                .permits(action)
                .is_ok()
        });
    ceiling_permits && links.iter().enumerate().all(link_permits)
}

/// What the second lock alone decides: a place, if it refuses.
fn second_lock(
    ceiling: &Powers,
    links: &[Powers],
    action: &Action,
) -> Option<(DenialCode, DenialPlace)> {
    let now = Timestamp::from_unix(1_767_225_600).unwrap();
    let issuer = "https://issuer.example".parse().unwrap();
    let anchor = Anchor::new(issuer, key(0).public(), ceiling.clone(), Seconds::hours(1)).unwrap();
    let chain = chain_of(links, &anchor, now);
    let verifier = Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated();
    let verified = verify_with(verifier.settings(), &chain, &|_, _, _, _| Ok(())).unwrap();
    let call = Call::new([7; 16], action.clone());
    let audience = Audience::new("https://server.example").unwrap();
    let holder = key(u8::try_from(links.len()).unwrap());
    let signed = CallClaims::new(&chain, &call, audience.clone(), now)
        .sign(&holder)
        .unwrap();
    let presentation = Presentation::signed(&call, &signed);
    let decision = verifier.decide(
        &verified,
        &presentation,
        &DecisionContext::new(ServerContext::new(now, audience), Register::none()),
    );
    decision.err().map(|denial| (denial.code(), denial.place()))
}

fn actions() -> impl Iterator<Item = Action> {
    let arguments = [None, Some(0_i64), Some(1), Some(2), Some(3)];
    TOOLS.into_iter().flat_map(move |tool| {
        EFFECTS.into_iter().flat_map(move |effect| {
            arguments
                .into_iter()
                .map(move |n| Action::new(tool, n.map(|n| ("n", n)), effect).unwrap())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn without_covers_the_conjunction_still_decides(ceiling in powers(), links in vec(powers(), 1..4)) {
        for action in actions() {
            let permitted = second_lock(&ceiling, &links, &action).is_none();
            prop_assert_eq!(permitted, conjunction(&ceiling, &links, &action), "{}", action);
        }
    }
}

fn reads(names: &[&str], delegable: bool) -> Powers {
    let read = |name: &&str| {
        let capability = Capability::new(name, Effect::Read).unwrap();
        if delegable {
            capability.allow_delegation()
        } else {
            capability
        }
    };
    Powers::new(names.iter().map(read)).unwrap()
}

#[test]
fn the_ceiling_is_the_link_before_the_root() {
    let action = Action::new("b", [("", ""); 0], Effect::Read).unwrap();
    let refused = second_lock(&reads(&["a"], false), &[reads(&["b"], false)], &action);
    assert_eq!(
        refused,
        Some((DenialCode::CeilingRefuses, DenialPlace::Ceiling))
    );
}

#[test]
fn above_the_leaf_only_what_is_delegable_counts() {
    let action = Action::new("b", [("", ""); 0], Effect::Read).unwrap();
    let (kept, passed_on) = (reads(&["b"], false), reads(&["b"], true));
    let refused = second_lock(&passed_on, &[kept.clone(), kept.clone()], &action);
    assert_eq!(
        refused,
        Some((DenialCode::ToolNotPermitted, DenialPlace::Link(0)))
    );
    assert_eq!(
        second_lock(&passed_on, &[passed_on.clone(), kept.clone()], &action),
        None
    );
    // So of the ceiling, for all but the root itself.
    let refused = second_lock(&kept, &[passed_on.clone(), kept.clone()], &action);
    assert_eq!(
        refused,
        Some((DenialCode::CeilingRefuses, DenialPlace::Ceiling))
    );
    assert_eq!(
        second_lock(&kept, std::slice::from_ref(&passed_on), &action),
        None
    );
}
