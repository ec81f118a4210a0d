//! Abuses of approvals, one a row, each with the exact refusal it meets and where.

use crate::forging::story::{CRM, FILES, after, audience, call_of, key};
use crate::stage::*;
use mandatum::claims::{Approval, NoticeHeader};
use mandatum::denial::{ApprovalError, DenialKind, DenialPlace, DenialReason};
use mandatum::sign::Token;
use mandatum::{Action, Call, Chain, Denial, DenialCode, Effect, Limit, MemoryLedger, Seconds};

/// Two of three people approve payments.
fn gated() -> Chain {
    chain([for_payments(gate(2, &[ANNA, BEN, CLEO]))], [])
}

/// The helper's call that people are asked about.
fn asked() -> Call {
    payment(7, 2_600)
}

struct Row {
    name: &'static str,
    approvals: Vec<Token<Approval>>,
    seconds: i64,
    refused: ApprovalError,
    place: DenialPlace,
}

/// Anna's word, changed, and Ben's, which is as it should be.
fn row(name: &'static str, change: impl FnOnce(&mut Word), refused: ApprovalError) -> Row {
    let mut annas = Word::on(&gated(), &asked(), ANNA);
    change(&mut annas);
    let bens = Word::on(&gated(), &asked(), BEN);
    Row {
        name,
        approvals: vec![annas.sign(), bens.sign()],
        seconds: 0,
        refused,
        place: DenialPlace::Call,
    }
}

fn presenting(name: &'static str, approvals: Vec<Token<Approval>>, refused: ApprovalError) -> Row {
    Row {
        name,
        approvals,
        seconds: 0,
        refused,
        place: DenialPlace::Call,
    }
}

impl Row {
    fn at(self, seconds: i64) -> Self {
        Self { seconds, ..self }
    }

    fn at_the_gate(self) -> Self {
        Self {
            place: DenialPlace::Link(0),
            ..self
        }
    }

    fn denial(&self) -> Denial {
        let context = context(self.seconds).with_approvals(&self.approvals);
        decide(&gated(), &asked(), &context)
            .map(drop)
            .expect_err(self.name)
    }
}

/// The chain of another child of the orchestrator's, with the same terms and for the same helper.
fn sibling() -> Chain {
    below(&gated().parent().unwrap(), limits([]), 2)
}

fn missing(given: &[u8]) -> ApprovalError {
    let mut open: Vec<_> = [ANNA, BEN, CLEO]
        .into_iter()
        .filter(|seed| !given.contains(seed))
        .map(public)
        .collect();
    open.sort_unstable();
    ApprovalError::ApprovalsMissing {
        needed: 2,
        given: given.len(),
        open,
    }
}

/// Approvals that are no approvals of this call.
fn unsound() -> Vec<Row> {
    let (by, annas) = (public(ANNA), Word::on(&gated(), &asked(), ANNA));
    let both = || approvals(&gated(), &asked(), &[ANNA, BEN]);
    let another = || ApprovalError::ApprovalForAnotherCall { by };
    let named = |name: &str| ApprovalError::ApprovalForAnotherAudience {
        by,
        named: audience(name),
    };
    let stranger = ApprovalError::ApprovalByStranger {
        by: public(STRANGER),
    };
    let mut later = annas.clone();
    later.at = -30;
    let mut flipped = annas.sign().as_bytes().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let forged = |token| [vec![token], approvals(&gated(), &asked(), &[BEN])].concat();
    let unsigned = |by: u8| ApprovalError::ApprovalSignature { by: public(by) };
    vec![
        row("a stranger", |word| word.by = STRANGER, stranger.clone()),
        presenting(
            "a stranger besides enough others",
            [both(), approvals(&gated(), &asked(), &[STRANGER])].concat(),
            stranger,
        ),
        row(
            "the helper itself",
            |word| word.by = 3,
            ApprovalError::ApprovalByStranger { by: public(3) },
        ),
        presenting(
            "one word twice",
            vec![annas.sign(), annas.sign()],
            ApprovalError::ApprovedTwice { by },
        ),
        presenting(
            "two words of one person",
            vec![annas.sign(), later.sign()],
            ApprovalError::ApprovedTwice { by },
        ),
        presenting(
            "twice besides enough others",
            [both(), vec![later.sign()]].concat(),
            ApprovalError::ApprovedTwice { by },
        ),
        row(
            "another amount",
            |word| word.call = payment(7, 2_601),
            another(),
        ),
        row(
            "an argument more",
            |word| {
                word.call.action =
                    Action::new("pay", [("amount", 2_600), ("fee", 0)], Effect::Irreversible)
                        .unwrap();
            },
            another(),
        ),
        row(
            "another tool",
            |word| {
                word.call.action =
                    Action::new("crm.read", [("amount", 2_600)], Effect::Irreversible).unwrap();
            },
            another(),
        ),
        row(
            "another id",
            |word| word.call.id = payment(8, 1).id,
            another(),
        ),
        row(
            "the parent for the leaf",
            |word| word.leaf = gated().parent().unwrap().leaf_id(),
            another(),
        ),
        row(
            "a sibling",
            |word| word.leaf = sibling().leaf_id(),
            another(),
        ),
        row(
            "another server",
            |word| word.server = audience(FILES),
            named(FILES),
        ),
        row(
            "a server that is written otherwise",
            |word| word.server = audience("https://crm.example/"),
            named("https://crm.example/"),
        ),
        presenting(
            "a bit of the signature",
            forged(Token::from_bytes(&flipped).unwrap()),
            unsigned(ANNA),
        ),
        presenting(
            "signed by another person",
            forged(annas.signed_by(CLEO)),
            unsigned(ANNA),
        ),
        presenting(
            "signed by the helper",
            forged(annas.signed_by(3)),
            unsigned(ANNA),
        ),
        presenting(
            "a signature over something else",
            forged(signed_again(
                &annas.sign(),
                &later.unsigned().to_be_signed(),
                ANNA,
            )),
            unsigned(ANNA),
        ),
        presenting(
            "too many",
            std::iter::repeat_with(both).flatten().take(33).collect(),
            ApprovalError::TooManyApprovals { found: 33 },
        ),
    ]
}

/// Approvals that come too early or too late, and too few.
fn untimely() -> Vec<Row> {
    let by = public(ANNA);
    let (at, now, max_age) = (after(31), after(0), Seconds::new(600));
    let expired = |seconds: i64| ApprovalError::ApprovalExpired {
        by,
        expires: after(seconds),
        now: after(seconds),
    };
    let too_old = |now: i64| ApprovalError::ApprovalTooOld {
        by,
        at: after(-60),
        max_age,
        now: after(now),
    };
    vec![
        row(
            "from the future, by more than the leeway",
            |word| word.at = 31,
            ApprovalError::ApprovalFromFuture { by, at, now },
        ),
        row("expired to the second", |word| word.expires = 0, expired(0)),
        row(
            "expired a second after a minute",
            |word| word.expires = 60,
            expired(60),
        )
        .at(60),
        row(
            "expired before it was said",
            |word| (word.at, word.expires) = (0, -1),
            {
                ApprovalError::ApprovalExpired {
                    by,
                    expires: after(-1),
                    now,
                }
            },
        ),
        row(
            "too old for the gate",
            |word| word.expires = 3_000,
            too_old(541),
        )
        .at(541)
        .at_the_gate()
        .renewed(),
        presenting("none", vec![], missing(&[])).at_the_gate(),
        presenting(
            "one too few",
            approvals(&gated(), &asked(), &[BEN]),
            missing(&[BEN]),
        )
        .at_the_gate(),
    ]
}

impl Row {
    /// Ben's word is new, so that it is Anna's that is the matter.
    fn renewed(mut self) -> Self {
        let mut bens = Word::on(&gated(), &asked(), BEN);
        (bens.at, bens.expires) = (self.seconds, 3_000);
        self.approvals[1] = bens.sign();
        self
    }
}

fn rows() -> Vec<Row> {
    [unsound(), untimely()].into_iter().flatten().collect()
}

#[test]
fn every_abuse_is_refused_by_its_code_at_its_place() {
    for row in rows() {
        let denial = row.denial();
        assert_eq!(
            *denial.reason(),
            DenialReason::NotApproved(Box::new(row.refused.clone())),
            "{}",
            row.name
        );
        assert_eq!(
            (denial.place(), denial.kind()),
            (row.place, DenialKind::NotApproved),
            "{}",
            row.name
        );
    }
}

#[test]
fn the_rows_reach_every_way_not_to_approve() {
    let mut codes: Vec<DenialCode> = rows().iter().map(|row| row.denial().code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let all: Vec<DenialCode> = DenialCode::ALL
        .iter()
        .copied()
        .filter(|code| code.kind() == DenialKind::NotApproved)
        .collect();
    assert_eq!(codes, all);
}

/// The least change that makes a row right permits it: the boundaries are where they should be.
#[test]
fn to_the_second_before_it_is_permitted() {
    let permitted = |seconds: i64, change: &dyn Fn(&mut Word)| {
        let mut annas = Word::on(&gated(), &asked(), ANNA);
        change(&mut annas);
        let mut bens = Word::on(&gated(), &asked(), BEN);
        (bens.at, bens.expires) = (seconds, 3_000);
        let approvals = [annas.sign(), bens.sign()];
        decide(
            &gated(),
            &asked(),
            &context(seconds).with_approvals(&approvals),
        )
        .is_ok()
    };
    assert!(permitted(0, &|_| ()));
    assert!(
        permitted(0, &|word| word.at = 30),
        "the leeway forgives a clock that is behind"
    );
    assert!(!permitted(0, &|word| word.at = 31));
    assert!(permitted(0, &|word| word.expires = 1));
    assert!(!permitted(0, &|word| word.expires = 0));
    assert!(
        permitted(540, &|word| word.expires = 3_000),
        "as old as it may be"
    );
    assert!(!permitted(541, &|word| word.expires = 3_000));
}

#[test]
fn any_two_of_three_open_the_gate() {
    for by in [[ANNA, BEN], [BEN, CLEO], [CLEO, ANNA]] {
        let words = approvals(&gated(), &asked(), &by);
        assert!(
            decide(&gated(), &asked(), &context(0).with_approvals(&words)).is_ok(),
            "{by:?}"
        );
    }
    let words = approvals(&gated(), &asked(), &[ANNA, BEN, CLEO]);
    assert!(decide(&gated(), &asked(), &context(0).with_approvals(&words)).is_ok());
}

/// An old word besides enough recent ones does no harm.
#[test]
fn an_old_word_is_not_needed() {
    let mut cleos = Word::on(&gated(), &asked(), CLEO);
    cleos.at = -601;
    let words = [
        approvals(&gated(), &asked(), &[ANNA, BEN]),
        vec![cleos.sign()],
    ]
    .concat();
    assert!(decide(&gated(), &asked(), &context(0).with_approvals(&words)).is_ok());
}

#[test]
fn a_permit_ends_with_the_approvals_it_rests_on() {
    let permit = |given: &[(u8, i64, i64)]| {
        let word = |(by, at, expires): &(u8, i64, i64)| {
            Word {
                at: *at,
                expires: *expires,
                ..Word::on(&gated(), &asked(), *by)
            }
            .sign()
        };
        let words: Vec<_> = given.iter().map(word).collect();
        settled(decide(&gated(), &asked(), &context(0).with_approvals(&words)).unwrap())
            .valid_until()
    };
    assert_eq!(
        permit(&[(ANNA, -60, 300), (BEN, -60, 200)]),
        after(200),
        "the first of two that expires"
    );
    assert_eq!(
        permit(&[(ANNA, -60, 300), (BEN, -60, 200), (CLEO, -60, 250)]),
        after(250),
        "two are enough"
    );
    assert_eq!(
        permit(&[(ANNA, -60, 3_000), (BEN, -500, 3_000)]),
        after(101),
        "the first second it is too old in"
    );
    assert_eq!(permit(&[(ANNA, 0, 9_000), (BEN, 0, 9_000)]), after(601));
}

#[test]
fn one_approval_is_for_one_call_once() {
    let ledger = MemoryLedger::new(10);
    let words = approvals(&gated(), &asked(), &[ANNA, BEN]);
    let context = context(0).with_approvals(&words);
    let first = ledger
        .settle(decide(&gated(), &asked(), &context).unwrap(), after(0))
        .unwrap();
    let again = || ledger.settle(decide(&gated(), &asked(), &context).unwrap(), after(0));
    assert_eq!(
        code_and_place(again()),
        Some((DenialCode::AlreadyDecided, DenialPlace::Verifier))
    );
    let first = first
        .start(after(0))
        .unwrap()
        .finish(mandatum::claims::Outcome::Undone);
    ledger.close(first.reservation(), first.outcome);
    assert_eq!(
        code_and_place(again()),
        Some((DenialCode::AlreadyDecided, DenialPlace::Verifier)),
        "nor after it is settled"
    );
    let second = decide(&gated(), &payment(8, 2_600), &context);
    assert_eq!(
        code_and_place(second),
        Some((DenialCode::ApprovalForAnotherCall, DenialPlace::Call))
    );
}

/// Who makes a call can sign it anew when the first signature is too old, and the words on it still
/// count.
#[test]
fn one_approval_is_for_one_call_however_often_that_is_signed() {
    let (ledger, words) = (
        MemoryLedger::new(10),
        approvals(&gated(), &asked(), &[ANNA, BEN]),
    );
    let run = |seconds| {
        let unsettled =
            decide(&gated(), &asked(), &context(seconds).with_approvals(&words)).unwrap();
        ledger.settle(unsettled, after(seconds))
    };
    assert!(run(0).is_ok());
    for seconds in [30, 31, 62, 299] {
        ledger.forget_before(after(seconds));
        assert_eq!(
            code_and_place(run(seconds)),
            Some((DenialCode::AlreadyDecided, DenialPlace::Verifier)),
            "{seconds}"
        );
    }
    ledger.forget_before(after(3_600));
    assert!(ledger.is_empty(), "the chain has expired");
}

/// A clock that is ahead within the leeway makes no approval last longer.
#[test]
fn an_approval_from_ahead_of_the_clock_counts_from_now() {
    let gate =
        mandatum::limits::ApprovalGate::new(1, [key(ANNA).public()], Seconds::new(60)).unwrap();
    let chain = chain([Limit::approval_gate(gate)], []);
    for ahead in [0, 20, 30] {
        let approval = Approval::new(
            &asked(),
            chain.leaf_id(),
            here(),
            NoticeHeader::new([3; 16], key(ANNA).public(), after(ahead)),
            after(3_000),
        );
        let words = [approval.sign(&key(ANNA)).unwrap()];
        let permit = settled(decide(&chain, &asked(), &context(0).with_approvals(&words)).unwrap());
        assert_eq!(permit.valid_until(), after(61), "{ahead} s ahead");
    }
}

#[test]
fn a_sibling_with_the_same_terms_needs_words_of_its_own() {
    let words = approvals(&gated(), &asked(), &[ANNA, BEN]);
    let denied = decide(&sibling(), &asked(), &context(0).with_approvals(&words));
    assert_eq!(
        code_and_place(denied),
        Some((DenialCode::ApprovalForAnotherCall, DenialPlace::Call))
    );
    let words = approvals(&sibling(), &asked(), &[ANNA, BEN]);
    assert!(decide(&sibling(), &asked(), &context(0).with_approvals(&words)).is_ok());
}

#[test]
fn at_another_server_the_words_count_for_nothing() {
    let words = approvals(&gated(), &asked(), &[ANNA, BEN]);
    let there = mandatum::DecisionContext::new(
        mandatum::ServerContext::new(after(0), audience(FILES)),
        mandatum::Register::none(),
    )
    .with_approvals(&words);
    let denial = decide(&gated(), &asked(), &there).map(drop).unwrap_err();
    let refused = ApprovalError::ApprovalForAnotherAudience {
        by: public(ANNA),
        named: audience(CRM),
    };
    assert_eq!(
        *denial.reason(),
        DenialReason::NotApproved(Box::new(refused))
    );
}

/// Where no gate stands, nobody was asked: the words are neither judged nor put on record.
#[test]
fn where_no_gate_stands_words_are_passed_over() {
    let call = call_of(
        7,
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    );
    let strangers: Vec<_> = (0..40)
        .map(|_| Word::on(&gated(), &call, ANNA).signed_by(STRANGER))
        .collect();
    let permit = settled(decide(&gated(), &call, &context(0).with_approvals(&strangers)).unwrap());
    assert!(permit.started().approvals.is_empty());
    assert_eq!(permit.valid_until(), after(3_600));
}

#[test]
fn a_recheck_asks_for_the_words_again() {
    let permit = || {
        let words = approvals(&gated(), &asked(), &[ANNA, BEN]);
        settled(decide(&gated(), &asked(), &context(0).with_approvals(&words)).unwrap())
    };
    let words = approvals(&gated(), &asked(), &[ANNA, BEN]);
    let recheck = |seconds, words: &[Token<Approval>]| {
        verifier()
            .recheck(permit(), &context(seconds).with_approvals(words))
            .map_err(|refused| refused.denial)
    };
    assert_eq!(recheck(299, &words).unwrap().valid_until(), after(300));
    assert_eq!(
        code_and_place(recheck(300, &words)),
        Some((DenialCode::ApprovalExpired, DenialPlace::Call))
    );
    assert_eq!(
        code_and_place(recheck(1, &[])),
        Some((DenialCode::ApprovalsMissing, DenialPlace::Link(0)))
    );
    assert_eq!(
        code_and_place(recheck(1, &words[..1])),
        Some((DenialCode::ApprovalsMissing, DenialPlace::Link(0)))
    );
}

/// The permit rests on what was presented last, and says so on record.
#[test]
fn a_recheck_with_other_words_rests_on_those() {
    let first = approvals(&gated(), &asked(), &[ANNA, BEN]);
    let later = approvals(&gated(), &asked(), &[BEN, CLEO]);
    let permit = settled(decide(&gated(), &asked(), &context(0).with_approvals(&first)).unwrap());
    let digests = |words: &[Token<Approval>]| -> Vec<[u8; 32]> {
        words.iter().map(|word| *word.digest().as_bytes()).collect()
    };
    let said = |permit: &mandatum::Permit| -> Vec<[u8; 32]> {
        permit
            .started()
            .approvals
            .iter()
            .map(|digest| *digest.as_bytes())
            .collect()
    };
    assert_eq!(said(&permit), digests(&first));
    let permit = verifier()
        .recheck(permit, &context(1).with_approvals(&later))
        .unwrap();
    assert_eq!(said(&permit), digests(&later));
}

/// The host learns who can still approve; the caller learns how many must, which its chain says
/// anyway.
#[test]
fn who_can_still_approve_is_for_the_host_alone() {
    for given in [vec![], vec![ANNA], vec![CLEO]] {
        let words = approvals(&gated(), &asked(), &given);
        let denial = decide(&gated(), &asked(), &context(0).with_approvals(&words))
            .map(drop)
            .unwrap_err();
        assert_eq!(
            *denial.reason(),
            DenialReason::NotApproved(Box::new(missing(&given)))
        );
        let told = denial.public();
        assert_eq!((told.code, told.link), ("ApprovalsMissing", Some(0)));
        assert_eq!(
            told.message,
            format!(
                "the root: too few approvals: 2 must approve, {} did",
                given.len()
            )
        );
    }
    for row in rows() {
        let told = row.denial().public();
        let presented: Vec<_> = row
            .approvals
            .iter()
            .map(|word| word.claims().header.by)
            .collect();
        for person in [ANNA, BEN, CLEO]
            .map(public)
            .iter()
            .filter(|person| !presented.contains(person))
        {
            assert!(
                !told.message.contains(&person.to_string()),
                "{}: {}",
                row.name,
                told.message
            );
        }
    }
}

/// Whose word is missing at one gate may be there at another: each says its own.
#[test]
fn each_gate_says_who_can_still_approve_there() {
    let both = chain(
        [for_payments(gate(1, &[ANNA, BEN]))],
        [for_payments(gate(2, &[BEN, CLEO]))],
    );
    let words = approvals(&both, &asked(), &[BEN]);
    let denial = decide(&both, &asked(), &context(0).with_approvals(&words))
        .map(drop)
        .unwrap_err();
    let refused = ApprovalError::ApprovalsMissing {
        needed: 2,
        given: 1,
        open: vec![public(CLEO)],
    };
    assert_eq!(
        (denial.place(), denial.reason()),
        (
            DenialPlace::Link(1),
            &DenialReason::NotApproved(Box::new(refused))
        )
    );
}

/// A gate for everything, without a scope, stands before reading as well.
#[test]
fn a_gate_without_a_scope_stands_before_all() {
    let all = chain([Limit::approval_gate(gate(1, &[ANNA]))], []);
    for call in [
        asked(),
        call_of(
            7,
            Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
        ),
    ] {
        assert_eq!(
            code_and_place(decide(&all, &call, &context(0))),
            Some((DenialCode::ApprovalsMissing, DenialPlace::Link(0)))
        );
        let words = approvals(&all, &call, &[ANNA]);
        assert!(decide(&all, &call, &context(0).with_approvals(&words)).is_ok());
    }
}

/// A permit is for the server that it was decided at.
#[test]
fn a_recheck_at_another_server_is_refused() {
    let permit = || settled(decide(&chain([], []), &asked(), &context(0)).unwrap());
    assert!(verifier().recheck(permit(), &context(1)).is_ok());
    let elsewhere = mandatum::DecisionContext::new(
        mandatum::ServerContext::new(
            after(1),
            mandatum::Audience::new("https://elsewhere.example").unwrap(),
        ),
        mandatum::Register::none(),
    );
    let refused = verifier()
        .recheck(permit(), &elsewhere)
        .map_err(|refused| refused.denial);
    assert_eq!(
        code_and_place(refused),
        Some((DenialCode::CallForAnotherAudience, DenialPlace::Call))
    );
}
