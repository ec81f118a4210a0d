//! The keys of an anchor: rotated, stolen, revoked; and mandates whose keys are changed every night
//! for a month.

use crate::support::*;
use mandatum::chain::{AnchorError, AnchorKey, Ceiling, ChainCache, ChainErrorKind};
use mandatum::claims::{NoticeHeader, TaskEnd, TaskEnding};
use mandatum::mission::{EndSigned, EndsSigned, NoticeError, Watches, rebind_leaf, rebind_root};
use mandatum::primitives::MandateId;
use mandatum::sign::Token;
use mandatum::{
    Anchor, CallClaims, Chain, DenialCode, Effect, ExecutionProof, Limits, Notice, Register,
    Seconds, ServerContext, VerifiedChain, Verifier, issue,
};

const SPARE: u8 = 30;
const THIEF: u8 = 66;

fn anchor_of(keys: impl IntoIterator<Item = AnchorKey>) -> Anchor {
    let issuer = "https://acme.example".parse().unwrap();
    Anchor::with_keys(issuer, keys, Ceiling::Unlimited, Seconds::new(LIFETIME)).unwrap()
}

/// The company's key in this state, beside a spare one in service.
fn company(known: AnchorKey) -> Anchor {
    anchor_of([known, AnchorKey::in_service(public(SPARE))])
}

fn verifier_with(anchor: Anchor) -> Verifier {
    Verifier::new([anchor])
        .unwrap()
        .dangerous_effects_as_stated()
        .dangerous_accept_asserted_up_to(Effect::Irreversible)
}

/// A root that this key signs, issued then.
fn root_by(seed: u8, issued: u64, holder: u8) -> Chain {
    let mut root = root_with(mandatum::Life::ExpiryOnly, [], [1; 16])
        .unwrap()
        .root()
        .claims()
        .clone();
    root.signed_by = public(seed);
    root.link.holder = public(holder).into();
    root.link.lifetime = mandatum::Lifetime::new(at(issued), at(issued + LIFETIME)).unwrap();
    let own = anchor_of([AnchorKey::in_service(public(seed))]);
    Chain::from(
        issue(&own, root, at(issued))
            .unwrap()
            .sign(&key(seed))
            .unwrap(),
    )
}

fn code(verifier: &Verifier, chain: &Chain, register: &Register, now: u64) -> Option<DenialCode> {
    let verified = match verifier.verify(chain) {
        Ok(verified) => verified,
        Err(error) => return Some(mandatum::Denial::from(error).code()),
    };
    let call = call([7; 16], "pay.send", Effect::Irreversible);
    verdict(verifier, &verified, &call, register, at(now))
        .err()
        .map(|denial| denial.code())
}

/// Retiring is for rotation: whoever has the key dates a root before the rotation, for as long as
/// roots live. Revoking ends that.
#[test]
fn a_stolen_key_is_revoked_because_one_that_is_retired_still_issues_what_is_dated_before() {
    let retired = verifier_with(company(AnchorKey::retired(public(COMPANY), at(3_600))));
    let revoked = verifier_with(company(AnchorKey::revoked(public(COMPANY))));
    let thiefs = root_by(COMPANY, 3_599, THIEF);
    assert_eq!(
        code(&retired, &thiefs, Register::none(), 8 * 3_600),
        None,
        "seven hours later"
    );
    assert_eq!(
        code(&revoked, &thiefs, Register::none(), 8 * 3_600),
        Some(DenialCode::RevokedKey)
    );
    assert_eq!(
        code(
            &retired,
            &root_by(COMPANY, 3_600, THIEF),
            Register::none(),
            3_600
        ),
        Some(DenialCode::RetiredKey)
    );
    for verifier in [&retired, &revoked] {
        assert_eq!(
            code(
                verifier,
                &root_by(SPARE, 3_600, ORCHESTRATOR),
                Register::none(),
                3_600
            ),
            None
        );
    }
}

/// A chain that was verified while the key was in service is not known under the anchor that
/// revokes it, nor decided by it.
#[test]
fn drill_an_anchors_key_is_revoked_and_no_cache_remembers_it() {
    let anchor = company(AnchorKey::in_service(public(COMPANY)));
    let (before, after) = (
        verifier_with(anchor.clone()),
        verifier_with(anchor.revoke(public(COMPANY)).unwrap()),
    );
    assert_ne!(before.configuration(), after.configuration());
    let (cache, chain) = (ChainCache::new(1 << 20), root_by(COMPANY, 0, ORCHESTRATOR));
    let verified = before.verify_cached(&chain, &cache).unwrap();
    assert!(cache.knows(&chain.leaf_id()));
    let refused = after
        .verify_cached(&chain, &cache)
        .map(drop)
        .map_err(|error| error.kind);
    assert_eq!(
        refused,
        Err(ChainErrorKind::RevokedKey {
            key: public(COMPANY)
        })
    );
    let call = call([7; 16], "pay.send", Effect::Irreversible);
    let stale = verdict(&after, &verified, &call, Register::none(), at(1))
        .err()
        .map(|denial| denial.code());
    assert_eq!(stale, Some(DenialCode::OtherConfiguration));
    assert_eq!(
        anchor.revoke(public(THIEF)).map(drop),
        Err(AnchorError::KeyUnknown { key: public(THIEF) })
    );
}

fn ended(by: u8, mandate: MandateId, ending: TaskEnding, now: u64) -> Notice {
    signed(
        TaskEnd::by_holder(
            NoticeHeader::new([by; 16], public(by), at(now)),
            mandate,
            ending,
            at(LIFETIME),
        ),
        &key(by),
    )
}

/// The drill: what the stolen key ended is signed again by the spare, and only then is the key
/// revoked. Nothing lives again.
#[test]
fn drill_an_anchors_key_is_revoked_and_another_signs_its_ends_again() {
    let anchor = company(AnchorKey::in_service(public(COMPANY)));
    let before = verifier_with(anchor.clone());
    // One root that the spare signed, so that it stands; two children of it, of which the stolen
    // key ended one.
    let root = root_by(SPARE, 0, ORCHESTRATOR);
    let [gone, other] = [HELPER, INTERN].map(|to| child(&root, ORCHESTRATOR, to, [], [to; 16]));
    let mut watches = Watches::new(&before.verify(&gone).unwrap());
    watches.extend(&Watches::new(&before.verify(&other).unwrap()));
    let mut register = empty();
    register
        .apply(
            &ended(COMPANY, gone.leaf_id(), TaskEnding::Revoked, 5),
            &watches,
            at(5),
        )
        .unwrap();
    register
        .apply(
            &ended(HELPER, gone.leaf_id(), TaskEnding::Completed, 5),
            &watches,
            at(5),
        )
        .unwrap();
    let codes = |verifier: &Verifier, register: &Register| {
        [&gone, &other].map(|it| code(verifier, it, register, 10))
    };
    assert_eq!(
        codes(&before, &register),
        [Some(DenialCode::TaskEnded), None]
    );

    let (mandate, root_expires) = (gone.leaf_id(), at(LIFETIME));
    let end = EndSigned {
        mandate,
        ending: TaskEnding::Revoked.into(),
        root_expires,
    };
    let by = |key, mandates| EndsSigned {
        key,
        missions: vec![],
        mandates,
    };
    assert_eq!(
        register.ends_signed_by(public(COMPANY)),
        by(public(COMPANY), vec![end])
    );
    assert_eq!(
        register.ends_signed_by(public(THIEF)),
        by(public(THIEF), vec![])
    );

    // A register of the ends by the stolen key alone: with it revoked, they no longer count.
    let after = verifier_with(anchor.revoke(public(COMPANY)).unwrap());
    let mut by_the_key_alone = empty();
    by_the_key_alone
        .apply(
            &ended(COMPANY, gone.leaf_id(), TaskEnding::Revoked, 5),
            &watches,
            at(5),
        )
        .unwrap();
    assert_eq!(
        codes(&after, &by_the_key_alone),
        [None, None],
        "why another key signs them again"
    );

    by_the_key_alone
        .apply(
            &ended(SPARE, end.mandate, TaskEnding::Revoked, 6),
            &watches,
            at(6),
        )
        .unwrap();
    assert_eq!(
        codes(&after, &by_the_key_alone),
        [Some(DenialCode::TaskEnded), None]
    );
    // Nor does the thief end anything under the new anchor.
    let watches = Watches::new(&after.verify(&other).unwrap());
    let late = ended(COMPANY, other.leaf_id(), TaskEnding::Revoked, 7);
    assert_eq!(
        register.apply(&late, &watches, at(7)),
        Err(NoticeError::NotWatched)
    );
}

/// What was ended before its first use lies in the store alone, and a chain that has expired is
/// watched no more: the drill goes through both.
#[test]
fn drill_an_anchors_key_is_revoked_and_what_only_the_store_knows_does_not_live_again() {
    let anchor = company(AnchorKey::in_service(public(COMPANY)));
    let (before, after) = (
        verifier_with(anchor.clone()),
        verifier_with(anchor.revoke(public(COMPANY)).unwrap()),
    );
    let root = root_by(SPARE, 0, ORCHESTRATOR);
    let gone = child(&root, ORCHESTRATOR, HELPER, [], [2; 16]);
    let (mut register, mut watches) = (empty(), Watches::none());
    let of_others = ended(
        SPARE,
        child(&root, ORCHESTRATOR, INTERN, [], [3; 16]).leaf_id(),
        TaskEnding::Revoked,
        5,
    );
    let mut store = vec![
        ended(COMPANY, gone.leaf_id(), TaskEnding::Revoked, 5),
        of_others,
    ];
    for end in &store {
        assert_eq!(
            register.apply(end, &watches, at(5)),
            Err(NoticeError::NotWatched),
            "no chain was used here"
        );
    }
    let ends = register.ends_signed_by(public(COMPANY));
    assert!(ends.mandates.is_empty(), "the register knows none");
    let ends = ends.with_stored(&store).mandates;
    assert_eq!(
        ends.iter().map(|end| end.mandate).collect::<Vec<_>>(),
        [gone.leaf_id()]
    );
    for end in ends {
        let again = TaskEnd::by_holder(
            NoticeHeader::new([9; 16], public(SPARE), at(6)),
            end.mandate,
            end.ending,
            end.root_expires,
        );
        store.push(signed(again, &key(SPARE)));
    }
    for (verifier, count) in [(&before, 2), (&after, 1)] {
        watches.extend(&Watches::new(&verifier.verify(&gone).unwrap()));
        let mut register = empty();
        let watched = Watches::new(&verifier.verify(&gone).unwrap());
        let taken = store
            .iter()
            .filter(|end| register.apply(end, &watched, at(20)).is_ok())
            .count();
        assert_eq!(taken, count);
        assert_eq!(
            code(verifier, &gone, &register, 20),
            Some(DenialCode::TaskEnded)
        );
    }
}

/// A retired key ended a root that was then re-bound by another key, which had not heard of it:
/// what is re-bound has ended too.
#[test]
fn what_a_key_ended_before_it_was_retired_stays_ended_when_re_bound() {
    let verifier = verifier_with(company(AnchorKey::retired(public(COMPANY), at(60))));
    let old = verifier.verify(&root_by(COMPANY, 0, ORCHESTRATOR)).unwrap();
    let fresh = rebind_root(&old, public(40), [9; 16], Register::none(), at(100))
        .unwrap()
        .sign(&key(SPARE))
        .unwrap();
    let fresh = verifier.verify(&Chain::from(fresh)).unwrap();
    let end = ended(COMPANY, old.chain().leaf_id(), TaskEnding::Revoked, 50);
    let mut register = empty();
    register.apply(&end, &Watches::new(&fresh), at(60)).unwrap();
    assert_eq!(
        code(&verifier, fresh.chain(), &register, 100),
        Some(DenialCode::TaskEnded)
    );
    // It ends nothing that was issued after it was retired.
    let own = ended(COMPANY, fresh.chain().leaf_id(), TaskEnding::Revoked, 100);
    assert_eq!(
        empty().apply(&own, &Watches::new(&fresh), at(100)),
        Err(NoticeError::NotWatched)
    );
}

/// Which keys an issuer has is the verifier's own: a stranger is answered the same for each.
#[test]
fn a_stranger_does_not_learn_the_keys_of_an_issuer() {
    let verifier = verifier_with(anchor_of([AnchorKey::in_service(public(COMPANY))]));
    let told = |root: Token<mandatum::Root>| {
        let chain = Chain::from(root);
        let call = call([1; 16], "crm.read", Effect::Read);
        let signed = CallClaims::new(&chain, &call, here(), at(1))
            .sign(&key(ORCHESTRATOR))
            .unwrap();
        let proof = ExecutionProof::new(chain, signed).to_bytes();
        let denial = verifier
            .open(&proof, &call.action, &ServerContext::new(at(1), here()))
            .map(drop)
            .unwrap_err();
        (
            denial.public(),
            denial.to_string(),
            denial.details().to_string(),
        )
    };
    let unknown = told(root_by(THIEF, 0, ORCHESTRATOR).root().clone());
    let mut bytes = root_by(COMPANY, 0, ORCHESTRATOR).root().as_bytes().to_vec();
    let place = bytes.len() - 40;
    bytes[place] ^= 1;
    let known = told(Token::from_bytes(&bytes).unwrap());
    assert_eq!((&unknown.0, &unknown.1), (&known.0, &known.1));
    assert_ne!(unknown.2, known.2, "the host is told");
}

/// A retired key ends, in the chains of roots that it could still have signed, what it could end
/// before.
#[test]
fn a_retired_key_ends_what_it_could_still_have_issued_and_nothing_else() {
    let retired = verifier_with(company(AnchorKey::retired(public(COMPANY), at(60))));
    for (issued, counts) in [(0, true), (59, true), (60, false), (61, false)] {
        let chain = root_by(SPARE, issued, ORCHESTRATOR);
        let watches = Watches::new(&retired.verify(&chain).unwrap());
        assert_eq!(
            watches.mandate(chain.leaf_id(), public(COMPANY)),
            counts,
            "{issued}"
        );
        let mut register = empty();
        let applied = register.apply(
            &ended(COMPANY, chain.leaf_id(), TaskEnding::Revoked, 70),
            &watches,
            at(70),
        );
        assert_eq!(applied.is_ok(), counts, "{issued}");
        assert_eq!(
            code(&retired, &chain, &register, 70),
            counts.then_some(DenialCode::TaskEnded),
            "{issued}"
        );
    }
}

/// Re-binding a root takes the key that signed it, or the first that may.
#[test]
fn a_root_is_rebound_by_a_key_that_may_still_sign_it() {
    let signers = |state: AnchorKey| {
        let verified = verifier_with(company(state))
            .verify(&root_by(COMPANY, 0, ORCHESTRATOR))
            .unwrap();
        let rebound =
            rebind_root(&verified, public(40), [9; 16], Register::none(), at(60)).unwrap();
        (rebound.claims().signed_by, rebound.signers().to_vec())
    };
    let by = |seed| (public(seed), vec![public(seed)]);
    assert_eq!(signers(AnchorKey::in_service(public(COMPANY))), by(COMPANY));
    assert_eq!(
        signers(AnchorKey::retired(public(COMPANY), at(61))),
        by(COMPANY)
    );
    assert_eq!(
        signers(AnchorKey::retired(public(COMPANY), at(60))),
        by(SPARE)
    );
}

/// Thirty nights, on each of which a key is changed. The last key works, one more pair is watched
/// for each mandate and signer, and the end of the very first mandate is that of the last.
#[test]
fn a_mandate_of_a_month_changes_its_keys_every_night() {
    const DAY: u64 = 86_400;
    let issuer = "https://acme.example".parse().unwrap();
    let month = Anchor::new(
        issuer,
        public(COMPANY),
        Ceiling::Unlimited,
        Seconds::new(31 * DAY),
    )
    .unwrap();
    let verifier = verifier_with(month.clone());
    let mut claims = root_with(mandatum::Life::ExpiryOnly, [], [1; 16])
        .unwrap()
        .root()
        .claims()
        .clone();
    claims.link.lifetime = mandatum::Lifetime::new(at(0), at(30 * DAY + 3_600)).unwrap();
    let first_root = Chain::from(
        issue(&month, claims, at(0))
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap(),
    );
    let terms = mandatum::Delegation::new([2; 16], public(HELPER), powers(), at(30 * DAY + 3_600));
    let first = first_root
        .delegate(terms.with_limits(Limits::none()), at(0))
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    let first_child = first_root.extend(first).unwrap();

    let mut register = empty();
    let works = |chain: &Chain, register: &Register, now| {
        assert_eq!(code(&verifier, chain, register, now), None);
    };
    // At the root; a child below would have to be minted anew.
    let mut root = first_root.clone();
    let mut child = first_child.clone();
    for night in 1..=30_u8 {
        let now = u64::from(night) * DAY;
        let verified: VerifiedChain = verifier.verify(&root).unwrap();
        let fresh = rebind_root(
            &verified,
            public(100 + night),
            [night; 16],
            &register,
            at(now),
        )
        .unwrap();
        root = Chain::from(fresh.sign(&key(COMPANY)).unwrap());
        works(&root, &register, now);
        let verified: VerifiedChain = verifier.verify(&child).unwrap();
        let fresh = rebind_leaf(
            &verified,
            public(150 + night),
            [night; 16],
            &register,
            at(now),
        )
        .unwrap();
        child = first_root
            .extend(fresh.sign(&key(ORCHESTRATOR)).unwrap())
            .unwrap();
        works(&child, &register, now);
    }
    assert_eq!(
        [&root, &child].map(|chain| chain.leaf().replaces.iter().len()),
        [30, 30]
    );
    // 31 mandates, each with its holder and the one key of the issuer; of the child also the
    // root's, and its holder's.
    let watched = [&root, &child].map(|chain| Watches::new(&verifier.verify(chain).unwrap()).len());
    assert_eq!(watched, [31 * 2, 2 + 31 * 3]);
    // The end of the first, by its holder's issuer, is that of the last.
    for (last, first) in [
        (&root, first_root.leaf_id()),
        (&child, first_child.leaf_id()),
    ] {
        let watches = Watches::new(&verifier.verify(last).unwrap());
        register
            .apply(
                &ended(COMPANY, first, TaskEnding::Revoked, 30 * DAY),
                &watches,
                at(30 * DAY),
            )
            .unwrap();
        assert_eq!(
            code(&verifier, last, &register, 30 * DAY),
            Some(DenialCode::TaskEnded)
        );
    }
}
