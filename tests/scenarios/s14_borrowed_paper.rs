//! S14: borrowed paper. What one finds, copies or is shown is of no use to another, each for its
//! own reason; and so are approvals.

use crate::stage::{Agent, Company, Grant, Server, Terms, at, call, only};
use mandatum::claims::{Approval, Holder, NoticeHeader};
use mandatum::decide::Presentation;
use mandatum::limits::ApprovalGate;
use mandatum::sign::Token;
use mandatum::{
    Action, Audience, Call, CallClaims, Constraint, DecisionContext, Delegation, Denial,
    DenialCode, Effect, ExecutionProof, Life, Limit, Limits, MemoryLedger, Permit, Powers,
    PublicKey, Register, Seconds, ServerContext, SigningKey, Timestamp,
};

const BANK: &str = "https://bank.example";
const OTHER_BANK: &str = "https://other-bank.example";

/// Two servers that share nothing, and the agent whose paper is borrowed, with a sibling for a task
/// of the same name.
struct World {
    servers: [(Server, MemoryLedger); 2],
    payer: Agent,
    sibling: Agent,
}

impl World {
    /// With these limits at the root.
    fn new(limits: Limits) -> Self {
        let company = Company::new("https://acme.example", powers()).expect("a company");
        let grant = Grant {
            person: "dana",
            purpose: ["payments", "march", "Pay."],
            task: "pay",
            life: Life::ExpiryOnly,
        };
        let lead = company
            .grants(grant, terms("lead", 1, 1, limits))
            .expect("a root");
        let child = |seed: u8| {
            let key = SigningKey::from_seed(&[seed; 32]);
            let holder = Holder::new(key.public()).with_name("payer".parse().expect("a label"));
            let terms = Delegation::new([seed; 16], holder, powers(), at(17, 0, 0))
                .with_step("bills".parse().expect("a task"));
            let child = lead
                .chain
                .delegate(terms, at(9, 0, 0))
                .expect("covered")
                .sign(&lead.key)
                .expect("signed");
            Agent {
                name: "payer",
                key,
                chain: lead.chain.extend(child).expect("a chain"),
            }
        };
        let server = |name| {
            (
                Server::new(name, &company).expect("a server"),
                MemoryLedger::new(100),
            )
        };
        Self {
            servers: [BANK, OTHER_BANK].map(server),
            payer: child(2),
            sibling: child(3),
        }
    }

    /// Bytes that reach a server, for what it is asked to do, with approvals.
    fn shown(
        &self,
        server: usize,
        proof: &ExecutionProof,
        action: &Action,
        approvals: &[Token<Approval>],
    ) -> Result<Permit, Denial> {
        let (server, ledger) = self.servers.get(server).expect("one of two");
        let context = DecisionContext::new(
            ServerContext::new(now(), server.name.clone()),
            Register::none(),
        )
        .with_approvals(approvals);
        let unsettled = server.verifier.check(&proof.to_bytes(), action, &context)?;
        ledger.settle(unsettled, now())
    }

    fn proof(&self, agent: &Agent, call: &Call) -> ExecutionProof {
        let (server, _) = self.servers.first().expect("the bank");
        agent.proof(call, server, now()).expect("signed")
    }
}

fn powers() -> Powers {
    let pay = only("bank.pay", Effect::Irreversible, "to", "printer").expect("a capability");
    Powers::new([pay.require("amount", at_most(5_000)).expect("a capability")]).expect("powers")
}

fn at_most(amount: u64) -> Constraint {
    Constraint::at_most(amount.into())
}

fn terms(agent: &'static str, seed: u8, hops: u8, limits: Limits) -> Terms {
    Terms {
        agent,
        seed,
        powers: powers(),
        limits,
        hops,
        from: at(9, 0, 0),
        until: at(17, 0, 0),
    }
}

fn pay(amount: u64) -> Action {
    let amount = mandatum::primitives::Value::Number(amount.into());
    Action::new(
        "bank.pay",
        [("to", "printer".into()), ("amount", amount)],
        Effect::Irreversible,
    )
    .expect("an action")
}

fn now() -> Timestamp {
    at(9, 1, 0)
}

fn code(outcome: Result<Permit, Denial>) -> Option<DenialCode> {
    outcome.err().map(|denial| denial.code())
}

/// The control: a token with the scope `bank`, valid until five, at every bank.
fn token_permits(action: &Action) -> bool {
    action.tool.as_str().starts_with("bank.") && now() < at(17, 0, 0)
}

#[test]
fn stolen_paper_is_of_no_use_to_the_thief() {
    let world = World::new(Limits::none());
    let thief = SigningKey::from_seed(&[66; 32]);
    let (first, second) = (call(1, &pay(100)), call(2, &pay(100)));
    let honest = world.proof(&world.payer, &first);
    let chain = || world.payer.chain.clone();
    let bank: Audience = BANK.parse().expect("an audience");

    // Before the honest call: nothing that follows is refused only because that was decided
    // already.
    let by_thief =
        crate::stage::resign(world.proof(&world.payer, &second).call().as_bytes(), &thief);
    let by_thief = ExecutionProof::new(chain(), Token::from_bytes(&by_thief).expect("a token"));
    let of_sibling = world.proof(&world.sibling, &second);
    let of_sibling = ExecutionProof::new(chain(), of_sibling.call().clone());
    let to_sibling = CallClaims::new(&world.payer.chain, &second, bank, now());
    let to_sibling = Token::from_bytes(&crate::stage::resign(
        to_sibling
            .sign(&world.payer.key)
            .expect("signed")
            .as_bytes(),
        &world.sibling.key,
    ));
    let to_sibling = ExecutionProof::new(chain(), to_sibling.expect("a token"));
    let table = [
        (
            "a stolen chain, the thief's signature",
            0,
            &by_thief,
            pay(100),
            Some(DenialCode::NotTheHolder),
        ),
        (
            "a call signed for a sibling of the same task name",
            0,
            &of_sibling,
            pay(100),
            Some(DenialCode::WrongLeaf),
        ),
        (
            "a sibling's signature for this leaf",
            0,
            &to_sibling,
            pay(100),
            Some(DenialCode::NotTheHolder),
        ),
        (
            "the honest call, with another amount",
            0,
            &honest,
            pay(200),
            Some(DenialCode::RequestMismatch),
        ),
        (
            "the honest call, at another bank",
            1,
            &honest,
            pay(100),
            Some(DenialCode::CallForAnotherAudience),
        ),
        ("the honest call", 0, &honest, pay(100), None),
        (
            "the honest call, replayed",
            0,
            &honest,
            pay(100),
            Some(DenialCode::AlreadyDecided),
        ),
        (
            "the honest call, replayed at another bank",
            1,
            &honest,
            pay(100),
            Some(DenialCode::CallForAnotherAudience),
        ),
    ];
    assert_eq!(
        world.payer.chain.tasks().expect("tasks"),
        world.sibling.chain.tasks().expect("tasks")
    );
    for (what, server, proof, action, expected) in table {
        assert_eq!(
            code(world.shown(server, proof, &action, &[])),
            expected,
            "{what}"
        );
        assert!(
            token_permits(&action),
            "whoever has a token is let through: {what}"
        );
    }
}

/// The two people of the gate, and who approves what.
fn approvers() -> [SigningKey; 2] {
    [50, 51].map(|seed| SigningKey::from_seed(&[seed; 32]))
}

fn approved(call: &Call, agent: &Agent, server: &str, by: &SigningKey) -> Token<Approval> {
    let server = server.parse().expect("an audience");
    let approval = Approval::new(
        call,
        agent.chain.leaf_id(),
        server,
        NoticeHeader::new([7; 16], by.public(), now()),
        at(9, 30, 0),
    );
    approval.sign(by).expect("signed")
}

/// Approvals that were given for something else, by somebody else, or twice.
#[test]
fn borrowed_approvals_are_of_no_use_either() {
    let people: Vec<PublicKey> = approvers().iter().map(SigningKey::public).collect();
    let gate =
        Limit::approval_gate(ApprovalGate::new(2, people, Seconds::hours(1)).expect("a gate"));
    let world = World::new(Limits::new([gate]).expect("limits"));
    let [ann, bob] = approvers();
    let both = |call: &Call, agent: &Agent, server: &str| {
        [&ann, &bob]
            .map(|by| approved(call, agent, server, by))
            .to_vec()
    };
    let (this, other) = (call(1, &pay(100)), call(2, &pay(100)));
    let changed = Call::new(this.id, pay(200));
    let stranger = SigningKey::from_seed(&[66; 32]);
    let one = || approved(&this, &world.payer, BANK, &ann);
    let forged = || {
        let by_stranger = crate::stage::resign(
            approved(&this, &world.payer, BANK, &bob).as_bytes(),
            &stranger,
        );
        Token::<Approval>::from_bytes(&by_stranger).expect("a token")
    };
    let table = [
        ("none", &this, vec![], Some(DenialCode::ApprovalsMissing)),
        (
            "one of two",
            &this,
            vec![one()],
            Some(DenialCode::ApprovalsMissing),
        ),
        (
            "one person's twice",
            &this,
            vec![one(), one()],
            Some(DenialCode::ApprovedTwice),
        ),
        (
            "a stranger's",
            &this,
            vec![one(), approved(&this, &world.payer, BANK, &stranger)],
            Some(DenialCode::ApprovalByStranger),
        ),
        (
            "signed by a stranger in another's name",
            &this,
            vec![one(), forged()],
            Some(DenialCode::ApprovalSignature),
        ),
        (
            "of another call like it",
            &this,
            both(&other, &world.payer, BANK),
            Some(DenialCode::ApprovalForAnotherCall),
        ),
        (
            "of another amount",
            &changed,
            both(&this, &world.payer, BANK),
            Some(DenialCode::ApprovalForAnotherCall),
        ),
        (
            "of a sibling's call",
            &this,
            both(&this, &world.sibling, BANK),
            Some(DenialCode::ApprovalForAnotherCall),
        ),
        (
            "of a call at another bank",
            &this,
            both(&this, &world.payer, OTHER_BANK),
            Some(DenialCode::ApprovalForAnotherAudience),
        ),
        (
            "of this very call",
            &this,
            both(&this, &world.payer, BANK),
            None,
        ),
        (
            "of this very call, again",
            &this,
            both(&this, &world.payer, BANK),
            Some(DenialCode::AlreadyDecided),
        ),
        (
            "of that call, for the next",
            &other,
            both(&this, &world.payer, BANK),
            Some(DenialCode::ApprovalForAnotherCall),
        ),
    ];
    for (what, call, approvals, expected) in table {
        let outcome = world.shown(
            0,
            &world.proof(&world.payer, call),
            &call.action,
            &approvals,
        );
        assert_eq!(code(outcome), expected, "{what}");
        assert!(token_permits(&call.action), "a token asks nobody: {what}");
    }
}

/// Whoever asks why sees a gate once: where it stands before the call as what it is, and nowhere as
/// something that holds.
#[test]
fn an_explanation_says_once_of_a_gate_that_it_is_closed() {
    let people: Vec<PublicKey> = approvers().iter().map(SigningKey::public).collect();
    let small = Constraint::between(0.into(), 50.into()).expect("a range");
    let gate = ApprovalGate::new(2, people, Seconds::hours(1))
        .and_then(|gate| gate.with_exemption("amount", small));
    let gate = gate.expect("a gate");
    let world = World::new(Limits::new([Limit::approval_gate(gate.clone())]).expect("limits"));
    let explained = |amount| {
        let call = call(1, &pay(amount));
        let proof = world.proof(&world.payer, &call);
        let (server, _) = world.servers.first().expect("the bank");
        let chain = server.verifier.verify(proof.chain()).expect("it verifies");
        let presentation = Presentation::signed(&call, proof.call());
        let context = DecisionContext::new(
            ServerContext::new(now(), server.name.clone()),
            Register::none(),
        );
        let text = server
            .verifier
            .explain(&chain, &presentation, &context)
            .to_string();
        let about = text
            .lines()
            .filter_map(|line| line.split_once(&gate.to_string()));
        about
            .map(|(before, after)| (before.to_owned(), after.to_owned()))
            .collect::<Vec<_>>()
    };
    let stands = explained(100);
    let [(what, why)] = stands.as_slice() else {
        panic!("it is told once: {stands:?}")
    };
    assert_eq!(what, "FAIL gate: ");
    assert!(why.starts_with(" (the root): ApprovalsMissing: "), "{why}");
    assert_eq!(
        explained(50),
        [("--   limit: ".to_owned(), " (the root)".to_owned())]
    );
}
