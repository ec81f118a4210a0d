//! What hosts log, byte for byte.

use mandatum::claims::{Holder, Outcome, ReceiptEvent};
use mandatum::decide::Presentation;
use mandatum::primitives::{Number, TokenId};
use mandatum::receipts::{ReceiptLog, verify_receipts};
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Budget, Call, CallClaims, CallId, Capability, Chain,
    Constraint, DecisionContext, Denial, DenialCode, Digest, Effect, Issuer, Label, Life, Lifetime,
    Limit, Limits, Link, MemoryLedger, Permit, Powers, PublicKey, Purpose, Register, Root, Seconds,
    ServerContext, SigningKey, Timestamp, ToolTable, Unsettled, VerifiedChain, Verifier, issue,
};
use serde::Serialize;

const NOW: u64 = 1_767_225_600;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix(NOW).unwrap()
}

fn crm() -> Audience {
    Audience::new("https://crm.example").unwrap()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// A root of Acme, which trusts the key of seed 1, for the agent of seed 2.
struct World {
    verifier: Verifier,
    chain: VerifiedChain,
}

fn world() -> World {
    let accounts = Constraint::one_of(["acme"]).unwrap();
    let read = Capability::new("crm.read", Effect::Read).unwrap();
    let powers = Powers::new([read.require("account", accounts).unwrap()]).unwrap();
    let anchor = Anchor::new(
        Issuer::new("https://acme.example").unwrap(),
        key(1).public(),
        powers.clone(),
        Seconds::hours(8),
    )
    .unwrap();
    let holder = Holder::new(key(2).public()).with_name(label("agent"));
    let lifetime = Lifetime::new(now(), now().plus(Seconds::hours(1))).unwrap();
    let budget = Budget::calls(label("reads"), label("main"), 5);
    let limits = Limits::new([Limit::budget(budget)]).unwrap();
    let root = Root::new(
        &anchor,
        Link::new([7; 16], holder, powers, lifetime).with_limits(limits),
        label("alice"),
        Purpose::new(label("qbr"), label("acme"), "Prepare the review."),
        "acme-qbr".parse().unwrap(),
        crm(),
        Life::ExpiryOnly,
    )
    .with_grant(AttestedGrant::direct(
        label("alice"),
        now(),
        Digest::hash("record"),
    ));
    let root = issue(&anchor, root, now()).unwrap().sign(&key(1)).unwrap();
    let tools = ToolTable::new([("crm.read", Effect::Read)]).unwrap();
    let verifier = Verifier::new([anchor]).unwrap().with_tools(tools);
    let chain = verifier.verify(&Chain::from(root)).unwrap();
    World { verifier, chain }
}

fn call(account: &str) -> Call {
    let action = Action::new("crm.read", [("account", account)], Effect::Read).unwrap();
    Call::new([9; 16], action)
}

impl World {
    fn decide(&self, call: &Call, here: ServerContext) -> Result<Unsettled, Denial> {
        let signed = CallClaims::new(self.chain.chain(), call, here.audience().clone(), now());
        let signed = signed.sign(&key(2)).unwrap();
        let ledgers = [label("main")];
        let context = DecisionContext::new(here, Register::none()).with_ledgers(&ledgers);
        let presentation = Presentation::signed(call, &signed);
        self.verifier.decide(&self.chain, &presentation, &context)
    }

    fn permit(&self) -> Permit {
        let unsettled = self.decide(&call("acme"), ServerContext::new(now(), crm()));
        MemoryLedger::new(10)
            .settle(unsettled.unwrap(), now())
            .unwrap()
    }

    /// The trace of a call.
    fn trace(&self) -> String {
        format!(
            r#"{{"principal":"alice","purpose":{{"code":"qbr","subject":"acme","text":"{text}"}},"hops":[{{"mandate":"{leaf}","holder":{{"key":"{holder}","name":"agent"}},"task":"acme-qbr","powers":"crm.read(account = \"acme\") up to read","limits":["at most 5 calls in all, on account reads"]}}],"tool":"crm.read"}}"#,
            text = Digest::hash("Prepare the review."),
            leaf = self.chain.chain().leaf_id(),
            holder = key(2).public(),
        )
    }

    /// What a receipt says of the call's start.
    fn started(&self) -> String {
        let leaf = self.chain.chain().leaf_id();
        let permit = self.permit();
        let [charge] = permit.charges() else {
            panic!("one charge")
        };
        format!(
            r#"{{"call":"{key}","request":"{request}","leaf":"{leaf}","audience":"https://crm.example","decided_at":"2026-01-01T00:00:00Z","charges":[{{"account":"{account}","amount":"1"}}],"approvals":[]}}"#,
            key = call("acme").key(&leaf, &crm()),
            request = call("acme").request(),
            account = charge.account,
        )
    }
}

#[test]
fn a_denial_of_a_link_names_it_and_what_is_missing() {
    let denial = world().decide(&call("globex"), ServerContext::new(now(), crm()));
    let denial = denial.unwrap_err();
    assert_eq!(
        json(&denial),
        r#"{"place":"link","link":0,"code":"ArgumentRefused","kind":"NotPermitted","message":"the root: argument `account` has a value that is not permitted","missing":"crm.read(account = \"globex\") up to read"}"#,
    );
    let public = denial.public();
    assert_eq!(public.message, denial.to_string());
    assert_eq!(
        json(&public),
        r#"{"code":"ArgumentRefused","kind":"NotPermitted","link":0,"message":"the root: argument `account` has a value that is not permitted"}"#,
    );
}

#[test]
fn what_is_the_hosts_own_is_one_and_the_same_to_a_caller() {
    let refused =
        r#"{"code":"Refused","kind":"Untrusted","message":"refused by the server's policy"}"#;
    let world = world();
    let no_name = world.decide(
        &call("acme"),
        ServerContext::new(now(), crm()).with_system(label("hr")),
    );
    let no_name = no_name.unwrap_err();
    let used_up = MemoryLedger::new(10);
    let unsettled = || world.decide(&call("acme"), ServerContext::new(now(), crm()));
    let again = used_up
        .settle(unsettled().unwrap(), now())
        .and_then(|_| used_up.settle(unsettled().unwrap(), now()))
        .unwrap_err();
    for (denial, is_hosts_own) in [(no_name, true), (again, false)] {
        let public = json(&denial.public());
        assert_eq!(public == refused, is_hosts_own, "{public}");
        assert!(json(&denial).contains(denial.code().as_str()));
        assert_eq!(public.contains(denial.code().as_str()), !is_hosts_own);
    }
}

#[test]
fn a_permit_is_summed_up_without_its_arguments() {
    let world = world();
    let expected = format!(
        r#"{{"id":"{id}","tool":"crm.read","effect":"read","valid_until":"{until}","started":{started},"trace":{trace}}}"#,
        id = CallId::from([9; 16]),
        until = world.permit().valid_until(),
        started = world.started(),
        trace = world.trace(),
    );
    assert_eq!(json(&world.permit()), expected);
    assert_eq!(json(&world.permit().trace()), world.trace());
    assert_eq!(json(&world.permit().started()), world.started());
}

#[test]
fn receipts_and_their_summary_are_written_whole() {
    let world = world();
    let server = key(3);
    let mut log = ReceiptLog::new(server.public());
    log.count_denial();
    let running = world.permit().start(now()).unwrap();
    let started = log
        .started(running.permit(), [1; 16], now(), &server)
        .unwrap();
    let receipt = json(started.claims());
    let expected = format!(
        r#"{{"header":{{"id":"{id}","by":"{by}","at":"2026-01-01T00:00:00Z"}},"sequence":0,"denied":1,"event":{{"started":{started}}}}}"#,
        id = TokenId::from([1; 16]),
        by = server.public(),
        started = world.started(),
    );
    assert_eq!(receipt, expected);
    let record = running.finish(Outcome::Done);
    let finished = log.finished(&record, [2; 16], now(), &server).unwrap();
    let leaf = world.chain.chain().leaf_id();
    let (call_key, request) = (call("acme").key(&leaf, &crm()), call("acme").request());
    assert_eq!(
        json(&finished.claims().event),
        format!(r#"{{"finished":{{"call":"{call_key}","request":"{request}","outcome":"done"}}}}"#),
    );
    let denial = world.decide(&call("globex"), ServerContext::new(now(), crm()));
    let observed = denial.unwrap_err().observed(&call("globex"), leaf, &crm());
    assert_eq!(
        json(&observed),
        format!(
            r#"{{"call":"{call_key}","request":"{other}","leaf":"{leaf}","audience":"https://crm.example","code":"ArgumentRefused","missing":"crm.read(account = \"globex\") up to read"}}"#,
            other = call("globex").request(),
        ),
    );
    assert_eq!(json(&ReceiptEvent::Counted), r#"{"counted":true}"#);
    let receipts = [started, finished.clone()];
    let summary = verify_receipts(server.public(), &receipts, Some(log.head())).unwrap();
    assert_eq!(
        json(&summary),
        format!(
            r#"{{"head":{{"length":2,"last":"{last}","at":"2026-01-01T00:00:00Z"}},"started":1,"denied":1,"would_deny":0,"open":[],"again":[]}}"#,
            last = finished.digest(),
        ),
    );
}

#[test]
fn an_explanation_has_every_check_and_the_denial() {
    let world = world();
    let call = call("globex");
    let signed = CallClaims::new(world.chain.chain(), &call, crm(), now());
    let signed = signed.sign(&key(2)).unwrap();
    let ledgers = [label("main")];
    let context = DecisionContext::new(ServerContext::new(now(), crm()), Register::none())
        .with_ledgers(&ledgers);
    let presentation = Presentation::signed(&call, &signed);
    let explained = world
        .verifier
        .explain(&world.chain, &presentation, &context);
    let shown: serde_json::Value = serde_json::from_str(&json(&explained)).unwrap();
    let checks = shown["checks"].as_array().unwrap();
    assert_eq!(checks.len(), explained.checks().len());
    for (written, check) in checks.iter().zip(explained.checks()) {
        assert_eq!(written["step"], check.step.to_string());
    }
    assert_eq!(
        checks[0].to_string(),
        format!(
            r#"{{"place":"verifier","step":"{}","verdict":"held"}}"#,
            explained.checks()[0].step
        ),
    );
    let failed = checks.iter().find(|check| check["verdict"] == "failed");
    assert_eq!(failed.unwrap()["denial"], shown["denial"]);
    assert_eq!(shown["denial"]["code"], "ArgumentRefused");
}

#[test]
fn an_id_in_a_hosts_own_log_line_is_its_text() {
    #[derive(Serialize)]
    struct Line {
        call: CallId,
        agent: PublicKey,
        at: Timestamp,
        amount: Number,
        code: DenialCode,
    }
    let line = Line {
        call: CallId::from([9; 16]),
        agent: key(2).public(),
        at: now(),
        amount: "12.50".parse().unwrap(),
        code: DenialCode::Expired,
    };
    let expected = format!(
        r#"{{"call":"{}","agent":"{}","at":"2026-01-01T00:00:00Z","amount":"12.5","code":"Expired"}}"#,
        line.call, line.agent,
    );
    assert_eq!(json(&line), expected);
}
