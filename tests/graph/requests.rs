//! From a denial to a request, from a request to a further mandate; nothing is ever widened in
//! place.

use crate::stage::*;
use crate::support::{
    COMPANY, LIFETIME, OFFICE, at, decide, here, key, label, public, signed, verifier,
};
use mandatum::chain::ChainErrorKind;
use mandatum::claims::NoticeHeader;
use mandatum::denial::{AccessRequest, AnswerError};
use mandatum::mission::Watches;
use mandatum::{
    Anchor, AttestedGrant, Capability, Chain, Controller, DecisionContext, Denial, DenialCode,
    Digest, Effect, Life, Lifetime, Limit, Notice, Powers, Register, Seconds, ServerContext,
    Timestamp, VerifiedChain, Verifier, issue,
};

const AGENT: usize = 1;

fn active() -> Notice {
    let mut controller = Controller::new(public(OFFICE), Seconds::new(30));
    signed(
        controller.begin(&qbr(), [1; 16], at(0)).unwrap(),
        &key(OFFICE),
    )
}

fn known(chain: &VerifiedChain) -> Register {
    let mut register = empty_register();
    register
        .apply(&active(), &Watches::new(chain), at(1))
        .unwrap();
    register
}

fn preview(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &mandatum::Action,
) -> Result<Timestamp, Denial> {
    verifier.preview(
        chain,
        &asked(call),
        &DecisionContext::new(ServerContext::new(at(1), here()), &known(chain)),
    )
}

/// The orchestrator's root, and below it an agent that may only read.
fn chains(verifier: &Verifier) -> (VerifiedChain, VerifiedChain) {
    let powers = tools(&["crm.*", "files.read"]);
    let chain = root(&agent(0), powers, life(&qbr()), vec![], [1; 16]);
    let above = verifier.verify(&chain).unwrap();
    let below = child(
        verifier,
        &above,
        &agent(0),
        &agent(AGENT),
        tools(&["crm.read"]),
        vec![],
        [2; 16],
    );
    (above, below)
}

fn request_for(
    verifier: &Verifier,
    chain: &VerifiedChain,
    call: &mandatum::Action,
) -> AccessRequest {
    let denial = preview(verifier, chain, call).unwrap_err();
    assert_eq!(denial.code(), DenialCode::ToolNotPermitted);
    denial.request().cloned().unwrap()
}

#[test]
fn a_parent_that_has_it_answers_with_a_child() {
    let verifier = verifier();
    let (above, below) = chains(&verifier);
    let wanted = action("crm.write", "acme", Effect::Write);
    let request = request_for(&verifier, &below, &wanted);
    assert_eq!(request.mandate, below.chain().leaf_id());
    assert_eq!(request.holder.key, agent(AGENT).public());
    assert_eq!(request.task, *below.tasks().last().unwrap());

    let terms = request
        .delegation(
            above.chain(),
            &below,
            &known(&below),
            [3; 16],
            at(1),
            at(60),
        )
        .unwrap();
    let minted = above
        .chain()
        .delegate(terms, at(0))
        .unwrap()
        .sign(&agent(0))
        .unwrap();
    let answer = verifier
        .verify(&above.chain().extend(minted).unwrap())
        .unwrap();
    assert_eq!(
        answer.tasks().last(),
        below.tasks().last(),
        "for the task that needs it"
    );
    assert_eq!(answer.chain().leaf().hops, 0);
    assert_eq!(answer.chain().leaf().lifetime.expires(), at(60));
    assert!(preview(&verifier, &answer, &wanted).is_ok());
    let universe = universe();
    let exact = Powers::new([Capability::exactly(&wanted).unwrap()]).unwrap();
    assert_eq!(
        permitted(&answer.chain().leaf().powers, &universe),
        permitted(&exact, &universe)
    );

    // The old chain says what it said.
    let (_, again) = chains(&verifier);
    assert_eq!(again.chain(), below.chain());
    assert_eq!(
        preview(&verifier, &below, &wanted).unwrap_err().code(),
        DenialCode::ToolNotPermitted
    );
}

#[test]
fn a_parent_that_lacks_it_can_not() {
    let verifier = verifier();
    let (above, below) = chains(&verifier);
    let request = request_for(
        &verifier,
        &below,
        &action("pay.send", "acme", Effect::Irreversible),
    );
    let terms = request
        .delegation(
            above.chain(),
            &below,
            &known(&below),
            [3; 16],
            at(1),
            at(60),
        )
        .unwrap();
    let error = above.chain().delegate(terms, at(0)).unwrap_err();
    assert!(
        matches!(error.kind, ChainErrorKind::BeyondParent(_)),
        "{error}"
    );
    // Nor does the one who asks, from what it has itself.
    let own = request
        .delegation(
            below.chain(),
            &below,
            &known(&below),
            [3; 16],
            at(1),
            at(60),
        )
        .unwrap_err();
    assert_eq!(own, AnswerError::NotBelow);
}

#[test]
fn a_chain_that_the_asker_does_not_come_from_does_not_answer() {
    let verifier = verifier();
    let (_, below) = chains(&verifier);
    let request = request_for(
        &verifier,
        &below,
        &action("crm.write", "acme", Effect::Write),
    );
    let other = Chain::from({
        let claims = below.chain().root().claims().clone();
        let claims = mandatum::Root {
            task: "acme".parse().unwrap(),
            ..claims
        };
        issue(&anchor(ISSUER, COMPANY), claims, at(0))
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap()
    });
    let refused = request
        .delegation(&other, &below, &known(&below), [3; 16], at(1), at(60))
        .unwrap_err();
    assert_eq!(
        refused,
        AnswerError::NotBelow,
        "its limits are not below that root"
    );
}

#[test]
fn a_person_answers_with_a_new_root_that_gives_what_was_missing_and_no_more() {
    let verifier = verifier();
    let (above, below) = chains(&verifier);
    let wanted = action("pay.send", "acme", Effect::Irreversible);
    let request = request_for(&verifier, &below, &wanted);
    let like = below.chain().root().claims().clone();
    let consent = AttestedGrant::direct(label("bob"), at(1), Digest::hash("another consent"));
    let lifetime = Lifetime::new(at(0), at(60)).unwrap();
    let claims = request
        .root(&below, &known(&below), [4; 16], lifetime, consent.clone())
        .unwrap();
    let unlike = (
        &claims.link.holder,
        claims.link.hops,
        claims.link.lifetime,
        &claims.task,
        &claims.grant,
    );
    assert_eq!(
        unlike,
        (&request.holder, 0, lifetime, &request.task, &Some(consent))
    );
    assert_eq!(
        (&claims.principal, &claims.purpose, &claims.audience),
        (&like.principal, &like.purpose, &like.audience)
    );
    assert_eq!(claims.life, like.life);
    let minted = issue(&anchor(ISSUER, COMPANY), claims, at(0))
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    let answer = verifier.verify(&Chain::from(minted)).unwrap();

    let universe = universe();
    let gives = |chain: &VerifiedChain| -> Calls {
        (0..universe.len())
            .filter(|call| preview(&verifier, chain, &universe[*call]).is_ok())
            .collect()
    };
    let exact = Powers::new([Capability::exactly(&wanted).unwrap()]).unwrap();
    assert_eq!(gives(&answer), permitted(&exact, &universe));
    assert_eq!(
        gives(&below),
        permitted(&tools(&["crm.read"]), &universe),
        "the old chain is as it was"
    );
    assert_eq!(
        gives(&above),
        permitted(&tools(&["crm.*", "files.read"]), &universe)
    );
}

/// Whoever should no longer run has nothing to ask for, although powers are missing too.
#[test]
fn a_revoked_holder_is_offered_no_request() {
    let verifier = verifier();
    let (_, below) = chains(&verifier);
    let wanted = mandatum::Call::new(
        mandatum::CallId::from_bytes([7; 16]),
        action("crm.write", "acme", Effect::Write),
    );
    let signed_call = mandatum::CallClaims::new(below.chain(), &wanted, here(), at(1))
        .sign(&agent(AGENT))
        .unwrap();
    let proof = mandatum::ExecutionProof::new(below.chain().clone(), signed_call).to_bytes();
    let offered = |register: &Register| {
        let context = DecisionContext::new(ServerContext::new(at(1), here()), register);
        verifier
            .request_for(&proof, &wanted.action, &context)
            .is_some()
    };
    let mut register = known(&below);
    assert!(offered(&register));
    let end = mandatum::claims::TaskEnd::by_holder(
        NoticeHeader::new([9; 16], agent(0).public(), at(1)),
        below.chain().leaf_id(),
        mandatum::claims::TaskEnding::Revoked,
        at(LIFETIME),
    );
    register
        .apply(&signed(end, &agent(0)), &Watches::new(&below), at(1))
        .unwrap();
    assert!(!offered(&register));
    assert!(
        !offered(Register::none()),
        "nothing is known of its mission"
    );
}

#[test]
fn beyond_the_ceiling_there_is_nobody_to_ask() {
    let ceiling = tools(&["crm.read"]);
    let low = Anchor::new(
        ISSUER.parse().unwrap(),
        public(COMPANY),
        ceiling.clone(),
        Seconds::new(LIFETIME),
    )
    .unwrap();
    // The root is as broad as the ceiling in writing, which is asked again of every call.
    let verifier = Verifier::new([low.clone()])
        .unwrap()
        .dangerous_effects_as_stated();
    let chain = root_of(
        &low,
        COMPANY,
        &agent(0),
        ceiling,
        life(&qbr()),
        vec![],
        [1; 16],
    );
    let chain = verifier.verify(&chain).unwrap();
    let request = request_for(&verifier, &chain, &action("pay.send", "acme", Effect::Read));
    let like = chain.chain().root().claims();
    let lifetime = Lifetime::new(at(0), at(60)).unwrap();
    let beyond = request
        .root(
            &chain,
            &known(&chain),
            [4; 16],
            lifetime,
            like.grant.clone().unwrap(),
        )
        .unwrap();
    let error = issue(&low, beyond, at(0)).unwrap_err();
    assert!(
        matches!(error.kind, ChainErrorKind::BeyondCeiling(_)),
        "{error}"
    );
    // What any other check refuses is nothing that powers could mend.
    let late = verifier.preview(
        &chain,
        &asked(&action("crm.read", "acme", Effect::Read)),
        &DecisionContext::new(ServerContext::new(at(LIFETIME), here()), Register::none()),
    );
    let late = late.unwrap_err();
    assert_eq!(
        (late.code(), late.request(), late.missing()),
        (DenialCode::Expired, None, None)
    );
    let denial = verifier.verify(&root(
        &agent(0),
        tools(&["pay.send"]),
        life(&qbr()),
        vec![],
        [1; 16],
    ));
    let denial = Denial::from(denial.unwrap_err());
    assert_eq!(
        (denial.code(), denial.request()),
        (DenialCode::BeyondCeiling, None)
    );
}

#[test]
fn a_preview_is_of_a_call_that_its_holder_would_sign() {
    let verifier = verifier();
    let chain = root(
        &agent(AGENT),
        tools(&["crm.read"]),
        Life::ExpiryOnly,
        vec![Limit::signed_calls()],
        [1; 16],
    );
    let chain = verifier.verify(&chain).unwrap();
    let call = asked(&action("crm.read", "acme", Effect::Read));
    let context = DecisionContext::new(ServerContext::new(at(1), here()), Register::none());
    let asserted = decide(&verifier, &chain, &call, &context)
        .map(drop)
        .unwrap_err();
    assert_eq!(
        asserted.code(),
        DenialCode::SignedCallRequired,
        "a host's word is not a signature"
    );
    assert_eq!(verifier.preview(&chain, &call, &context), Ok(at(LIFETIME)));
}
