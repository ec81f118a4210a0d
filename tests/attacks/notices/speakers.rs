//! Who may say what: every denial that news or facts lead to, and none by the word of anybody else.

use super::{
    CONTROLLER, ENDER, end, event, links, read, snapshot, status, status_of, task_end, task_ended,
    withdrawal,
};
use crate::support::cbor;
use crate::support::forge::{Forge, chain_of, proof_bytes};
use crate::support::order::{public, register as empty};
use crate::support::story::{
    COMPANY, CRM, HELPER, INTERN, ISSUER, NOW, ORCHESTRATOR, THIEF, after, audience, call_under,
    now, reading, root, two_links, verifier,
};
use mandatum::decide::Facts;
use mandatum::denial::DenialPlace;
use mandatum::mission::Watches;
use mandatum::{DecisionContext, Denial, DenialCode, Register, ServerContext, Unsettled, Verifier};

/// What a server says that heard these notices and observed these facts.
fn decide(links: &[Vec<u8>], notices: &[Forge], facts: &Facts) -> Result<Unsettled, Denial> {
    decide_of(&verifier(), links, notices, facts, 0)
}

/// What a server says so many seconds after now, to a call by the leaf's holder that is signed in
/// that second.
pub(super) fn decide_at(
    links: &[Vec<u8>],
    notices: &[Forge],
    seconds: i64,
) -> Result<Unsettled, Denial> {
    decide_by(&verifier(), links, notices, seconds)
}

/// What this very server says then.
pub(super) fn decide_by(
    verifier: &Verifier,
    links: &[Vec<u8>],
    notices: &[Forge],
    seconds: i64,
) -> Result<Unsettled, Denial> {
    decide_of(verifier, links, notices, &Facts::none(), seconds)
}

fn decide_of(
    verifier: &Verifier,
    links: &[Vec<u8>],
    notices: &[Forge],
    facts: &Facts,
    seconds: i64,
) -> Result<Unsettled, Denial> {
    let watches = Watches::new(&verifier.verify(&chain_of(links)).unwrap());
    let (mut register, now) = (empty(), after(seconds));
    for notice in notices {
        let _ = register.apply(&read(notice), &watches, now);
    }
    let holder = if links.len() == 3 { INTERN } else { HELPER };
    let call = call_under(links.last().unwrap())
        .claim(6, cbor::int(NOW + seconds))
        .signed_by(holder);
    let context =
        DecisionContext::new(ServerContext::new(now, audience(CRM)), &register).with_facts(facts);
    verifier.check(
        &proof_bytes(links, &call.token()),
        &reading("acme"),
        &context,
    )
}

fn denial(links: &[Vec<u8>], notices: &[Forge], facts: &Facts) -> (DenialCode, DenialPlace) {
    let denial = decide(links, notices, facts).unwrap_err();
    (denial.code(), denial.place())
}

pub(super) fn as_of(notice: Forge, seconds: i64) -> Forge {
    notice.claim(6, cbor::int(NOW + seconds))
}

struct Row {
    notices: Vec<Forge>,
    code: DenialCode,
    link: usize,
}

fn of_news() -> Vec<Row> {
    let [root, child] = links();
    let state = |key, value| status_of(CONTROLLER, &[snapshot("qbr").set(key, value)]);
    let ended = |link: &[u8]| state(6, cbor::bytes(&super::id_of(link).as_bytes()[..12]));
    let revoked = |link: &[u8]| state(7, cbor::bytes(&super::id_of(link).as_bytes()[..12]));
    let key_revoked = |by, link: &[u8]| task_ended(by, super::id_of(link).as_bytes(), 4);
    let too_many = (0..65).map(|n| withdrawal(CONTROLLER).term(2, cbor::text(&format!("t{n}"))));
    let fresh = |more: Forge| vec![status(CONTROLLER), more];
    let row = |notices, code, link| Row {
        notices,
        code,
        link,
    };
    vec![
        row(vec![], DenialCode::StatusMissing, 0),
        row(
            vec![as_of(status(CONTROLLER), 31)],
            DenialCode::StatusMissing,
            0,
        ),
        row(
            vec![as_of(status(CONTROLLER), -301)],
            DenialCode::StatusStale,
            0,
        ),
        row(
            vec![state(2, cbor::bool(true))],
            DenialCode::MissionSuspended,
            0,
        ),
        row(
            fresh(state(2, cbor::bool(true))),
            DenialCode::ControllerEquivocated,
            0,
        ),
        row(fresh(end(CONTROLLER)), DenialCode::MissionEnded, 0),
        row(fresh(end(ENDER)), DenialCode::MissionEnded, 0),
        row(vec![end(ENDER)], DenialCode::MissionEnded, 0),
        row(fresh(event(CONTROLLER)), DenialCode::EventFired, 0),
        row(
            vec![state(4, cbor::array([cbor::text("deal closed")]))],
            DenialCode::EventFired,
            0,
        ),
        row(fresh(withdrawal(CONTROLLER)), DenialCode::ToolWithdrawn, 0),
        row(
            vec![state(5, cbor::array([cbor::text("crm.*")]))],
            DenialCode::ToolWithdrawn,
            0,
        ),
        row(
            too_many.chain([status(CONTROLLER)]).collect(),
            DenialCode::TooMuchNews,
            0,
        ),
        row(fresh(task_end(COMPANY, &root)), DenialCode::TaskEnded, 0),
        row(fresh(task_end(COMPANY, &child)), DenialCode::TaskEnded, 1),
        row(
            fresh(task_end(ORCHESTRATOR, &root)),
            DenialCode::TaskEnded,
            0,
        ),
        row(
            fresh(task_end(ORCHESTRATOR, &child)),
            DenialCode::TaskEnded,
            1,
        ),
        row(fresh(task_end(HELPER, &child)), DenialCode::TaskEnded, 1),
        row(fresh(task_end(CONTROLLER, &root)), DenialCode::TaskEnded, 0),
        row(
            fresh(key_revoked(COMPANY, &root)),
            DenialCode::KeyRevoked,
            0,
        ),
        row(
            fresh(key_revoked(ORCHESTRATOR, &child)),
            DenialCode::KeyRevoked,
            1,
        ),
        row(
            fresh(key_revoked(HELPER, &child)),
            DenialCode::KeyRevoked,
            1,
        ),
        row(
            fresh(key_revoked(CONTROLLER, &child)),
            DenialCode::KeyRevoked,
            1,
        ),
        row(vec![revoked(&child)], DenialCode::KeyRevoked, 1),
        row(vec![ended(&root)], DenialCode::TaskEnded, 0),
        row(vec![ended(&child)], DenialCode::TaskEnded, 1),
    ]
}

/// The root and a child, which depends on a fact.
fn conditional() -> [Vec<u8>; 2] {
    let open = cbor::array([cbor::int(1), cbor::array([cbor::text("open")])]);
    let condition = cbor::array([cbor::text("ticket"), open, cbor::int(60)]);
    // The root names the fact, for other calls.
    let named = cbor::array([
        cbor::int(4),
        condition.clone(),
        cbor::array([cbor::text("pay")]),
    ]);
    let root = root().term(1, cbor::array([named])).token();
    let child = crate::support::story::child_of(&root);
    let child = child
        .term(1, cbor::array([cbor::array([cbor::int(4), condition])]))
        .token();
    [root, child]
}

fn of_facts() -> Vec<(Facts, DenialCode)> {
    let observed = |value: &str, seconds: i64| {
        Facts::none().with_fact(
            "ticket".parse().unwrap(),
            value,
            after(seconds),
            [ISSUER.parse().unwrap()],
        )
    };
    vec![
        (Facts::none(), DenialCode::FactUnknown),
        (observed("open", -61), DenialCode::FactTooOld),
        (observed("open", 31), DenialCode::FactUnknown),
        (observed("closed", 0), DenialCode::ConditionFails),
    ]
}

/// The codes that news and facts reach.
pub(crate) fn codes() -> Vec<DenialCode> {
    of_news()
        .into_iter()
        .map(|row| row.code)
        .chain(of_facts().into_iter().map(|(_, code)| code))
        .collect()
}

#[test]
fn with_a_fresh_status_and_nothing_else_it_is_permitted() {
    assert!(decide(&links(), &[status(CONTROLLER)], &Facts::none()).is_ok());
    assert!(decide(&links(), &[as_of(status(CONTROLLER), -300)], &Facts::none()).is_ok());
}

#[test]
fn every_piece_of_news_denies_by_its_code_at_its_link() {
    for (number, row) in of_news().iter().enumerate() {
        let expected = (row.code, DenialPlace::Link(row.link));
        assert_eq!(
            denial(&links(), &row.notices, &Facts::none()),
            expected,
            "row {number}"
        );
        let reversed: Vec<Forge> = row.notices.iter().rev().cloned().collect();
        assert_eq!(
            denial(&links(), &reversed, &Facts::none()),
            expected,
            "row {number}, the other way round"
        );
    }
}

#[test]
fn every_fact_that_is_not_so_denies_by_its_code_at_its_link() {
    for (facts, code) in of_facts() {
        assert_eq!(
            denial(&conditional(), &[], &facts),
            (code, DenialPlace::Link(1))
        );
    }
    let open = Facts::none().with_fact(
        "ticket".parse().unwrap(),
        "open",
        now(),
        [ISSUER.parse().unwrap()],
    );
    assert!(decide(&conditional(), &[], &open).is_ok());
}

/// Who may say what of the root and the child, in full: everything else changes nothing.
#[test]
fn nobody_else_changes_a_decision() {
    let [root, child] = links();
    let everybody = [
        COMPANY,
        ORCHESTRATOR,
        HELPER,
        THIEF,
        INTERN,
        CONTROLLER,
        ENDER,
    ];
    type Say<'a> = Box<dyn Fn(u8) -> Forge + 'a>;
    let table: Vec<(&str, Say<'_>, &[u8])> = vec![
        (
            "suspends",
            Box::new(|by| {
                status_of(
                    by,
                    &[snapshot("qbr")
                        .set(1, cbor::int(9))
                        .set(2, cbor::bool(true))],
                )
            }),
            &[CONTROLLER],
        ),
        ("ends the mission", Box::new(end), &[CONTROLLER, ENDER]),
        ("fires the event", Box::new(event), &[CONTROLLER]),
        ("withdraws the tool", Box::new(withdrawal), &[CONTROLLER]),
        (
            "ends the root",
            Box::new(|by| task_end(by, &root)),
            &[COMPANY, ORCHESTRATOR, CONTROLLER],
        ),
        (
            "ends the child",
            Box::new(|by| task_end(by, &child)),
            &[COMPANY, ORCHESTRATOR, HELPER, CONTROLLER],
        ),
    ];
    for (what, say, entitled) in table {
        for by in everybody {
            let changed = decide(&links(), &[status(CONTROLLER), say(by)], &Facts::none()).is_err();
            assert_eq!(changed, entitled.contains(&by), "{by} {what}");
        }
    }
    for by in everybody {
        let permitted = decide(&links(), &[status(by)], &Facts::none()).is_ok();
        assert_eq!(permitted, by == CONTROLLER, "{by} keeps it alive");
    }
    // And what names keys in its own terms makes nobody a controller.
    let claims = status(THIEF).term(0, public(CONTROLLER)).signed_by(THIEF);
    assert!(decide(&links(), &[claims], &Facts::none()).is_err());
}

/// Without a mission, holders and issuers still end their own.
#[test]
fn a_chain_that_lives_by_expiry_only_is_ended_by_holders_and_issuers() {
    let [root, child] = two_links();
    for (by, link, ended) in [
        (HELPER, &child, true),
        (ORCHESTRATOR, &child, true),
        (COMPANY, &root, true),
        (HELPER, &root, false),
        (CONTROLLER, &root, false),
    ] {
        assert_eq!(
            decide(&two_links(), &[task_end(by, link)], &Facts::none()).is_err(),
            ended,
            "{by}"
        );
    }
}

#[test]
fn what_is_stapled_counts_as_what_was_heard() {
    let links = links();
    let call = call_under(&links[1]).token();
    let check = |notices: &[Forge]| {
        let stapled: Vec<Vec<u8>> = notices
            .iter()
            .map(|notice| cbor::bytes(notice.token()))
            .collect();
        let proof = cbor::array([cbor::array(&links), call.clone(), cbor::array(stapled)]);
        verifier()
            .check(
                &proof,
                &reading("acme"),
                &DecisionContext::new(ServerContext::new(now(), audience(CRM)), Register::none()),
            )
            .map(drop)
            .map_err(|denial| denial.code())
    };
    assert_eq!(check(&[status(CONTROLLER)]), Ok(()));
    assert_eq!(
        check(&[status(CONTROLLER), end(ENDER)]),
        Err(DenialCode::MissionEnded)
    );
    assert_eq!(check(&[status(CONTROLLER), end(THIEF)]), Ok(()));
    assert_eq!(check(&[status(THIEF)]), Err(DenialCode::StatusMissing));
    assert_eq!(
        check(&[as_of(status(CONTROLLER), -301)]),
        Err(DenialCode::StatusStale)
    );
}

/// What is stapled never outdoes what was heard: both are joined.
#[test]
fn a_stapled_status_does_not_hide_what_was_heard() {
    let links = links();
    let watches = Watches::new(&verifier().verify(&chain_of(&links)).unwrap());
    let call = call_under(&links[1]).token();
    for (heard, code) in [
        (end(CONTROLLER), DenialCode::MissionEnded),
        (withdrawal(CONTROLLER), DenialCode::ToolWithdrawn),
        (task_end(HELPER, &links[1]), DenialCode::TaskEnded),
        (
            status_of(
                CONTROLLER,
                &[snapshot("qbr")
                    .set(1, cbor::int(2))
                    .set(2, cbor::bool(true))],
            ),
            DenialCode::MissionSuspended,
        ),
    ] {
        let mut register = empty();
        register.apply(&read(&heard), &watches, now()).unwrap();
        let stapled = cbor::array([cbor::bytes(status(CONTROLLER).token())]);
        let proof = cbor::array([cbor::array(&links), call.clone(), stapled]);
        let context = DecisionContext::new(ServerContext::new(now(), audience(CRM)), &register);
        assert_eq!(
            verifier()
                .check(&proof, &reading("acme"), &context)
                .unwrap_err()
                .code(),
            code
        );
    }
}
