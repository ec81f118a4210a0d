//! Who stands behind a call, as data and as a person reads it.

use crate::forging::story::{
    COMPANY, HELPER, ORCHESTRATOR, after, anchor_with, call_of, key, pay, powers, read_crm,
};
use crate::stage::*;
use mandatum::chain::Ceiling;
use mandatum::claims::Holder;
use mandatum::decide::{Presentation, Trace};
use mandatum::limits::Window;
use mandatum::{
    Action, CallClaims, Chain, DecisionContext, Delegation, Effect, Limit, MemoryLedger, Powers,
    Register, Root, ServerContext, issue,
};

fn upper() -> Powers {
    powers([read_crm(&["acme", "globex"]), pay(1_000)])
}

fn lower() -> Powers {
    powers([read_crm(&["acme"])])
}

/// The trace of a call under a root, changed, and a child of the helper's with this name.
fn trace(change: impl FnOnce(&mut Root), helper: Option<&str>) -> Trace {
    let root = root_with(|root| {
        root.link.powers = upper();
        change(root);
    });
    let root = Chain::from(
        issue(&anchor_with(Ceiling::Unlimited), root, after(0))
            .unwrap()
            .sign(&key(COMPANY))
            .unwrap(),
    );
    let holder = match helper {
        Some(name) => Holder::new(public(HELPER)).with_name(label(name)),
        None => public(HELPER).into(),
    };
    let until = Limit::window(Window::closing(after(1_800)));
    let terms = Delegation::new([1; 16], holder, lower(), after(3_600))
        .with_limits(limits([
            until,
            Limit::signed_calls().with_tools(["crm.*"]).unwrap(),
        ]))
        .with_step("slides".parse().unwrap());
    let child = root
        .delegate(terms, after(0))
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    let chain = root.extend(child).unwrap();
    let call = call_of(
        7,
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    );
    let signed = CallClaims::new(&chain, &call, here(), after(0))
        .sign(&key(HELPER))
        .unwrap();
    let presentation = Presentation::signed(&call, &signed);
    let context = DecisionContext::new(ServerContext::new(after(0), here()), Register::none());
    let unsettled = verifier()
        .decide(&verified(&chain), &presentation, &context)
        .unwrap();
    MemoryLedger::new(1)
        .settle(unsettled, after(0))
        .unwrap()
        .trace()
}

#[test]
fn every_hop_says_what_it_received_and_passed_on() {
    let trace = trace(|_| (), Some("helper"));
    assert_eq!(
        (
            trace.principal.as_str(),
            trace.purpose.code.as_str(),
            trace.tool.as_str()
        ),
        ("alice", "qbr", "crm.read")
    );
    let keys: Vec<_> = trace.hops.iter().map(|hop| hop.holder.key).collect();
    assert_eq!(keys, [public(ORCHESTRATOR), public(HELPER)]);
    let received: Vec<_> = trace.hops.iter().map(|hop| &hop.powers).collect();
    assert_eq!(received, [&upper(), &lower()]);
    assert_eq!(
        trace
            .hops
            .iter()
            .map(|hop| hop.limits.iter().len())
            .collect::<Vec<_>>(),
        [0, 2]
    );
    assert_eq!(
        [trace.passed_on(0), trace.passed_on(1), trace.passed_on(2)],
        [Some(&lower()), None, None]
    );
    assert_eq!(trace.passed_on(usize::MAX), None);
}

#[test]
fn it_reads_from_the_principal_to_the_call() {
    let trace = trace(|_| (), Some("helper"));
    let (orchestrator, helper) = (public(ORCHESTRATOR), public(HELPER));
    let short =
        format!("alice → orchestrator (key {orchestrator}) → helper (key {helper}) → crm.read");
    assert_eq!(trace.to_string(), short);
    let expected = format!(
        "\
alice
  purpose: qbr
  subject: acme
→ orchestrator (key {orchestrator})
  task: acme-qbr
  received: crm.read(account ∈ {{\"acme\", \"globex\"}}) up to read, delegable; pay(amount ≥ 0 and ≤ 1000) up to irreversible
  passed on: crm.read(account = \"acme\") up to read, delegable
→ helper (key {helper})
  task: acme-qbr/slides
  received: crm.read(account = \"acme\") up to read, delegable
  limits: until 2026-01-01T00:30:00Z; signed calls only, for crm.*
→ crm.read"
    );
    assert_eq!(format!("{trace:#}"), expected);
}

/// A name is one station, in both forms, whatever it is.
#[test]
fn a_name_that_could_be_taken_for_several_is_quoted() {
    for (name, shown) in [
        ("a → b", "\"a → b\""),
        ("a -> b", "\"a -> b\""),
        ("a ⇒ b", "\"a ⇒ b\""),
        ("→", "\"→\""),
        ("→ received: all", "\"→ received: all\""),
        ("\"helper\"", "\"\\\"helper\\\"\""),
        ("back\\slash", "\"back\\\\slash\""),
        ("a;b", "\"a;b\""),
        ("(key a)", "\"(key a)\""),
        ("helper (key a)", "\"helper (key a)\""),
        ("ශ්\u{200d}රී", "ශ්\u{200d}රී"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        (
            "spiffe://acme.example/agent-1",
            "spiffe://acme.example/agent-1",
        ),
        ("Zoë 李", "Zoë 李"),
        ("agent_1+test@acme.example", "agent_1+test@acme.example"),
    ] {
        let (first, second) = (
            format!("orchestrator (key {})", public(ORCHESTRATOR)),
            format!("(key {})", public(HELPER)),
        );
        let as_helper = trace(|_| (), Some(name));
        assert_eq!(
            as_helper.to_string(),
            format!("alice → {first} → {shown} {second} → crm.read")
        );
        let paragraph = format!("\n→ {shown} {second}\n  task: acme-qbr/slides\n");
        assert!(
            format!("{as_helper:#}").contains(&paragraph),
            "{as_helper:#}"
        );
        let as_principal = trace(|root| root.principal = label(name).into(), Some("helper"));
        assert_eq!(
            as_principal.to_string(),
            format!("{shown} → {first} → helper {second} → crm.read")
        );
        let about = trace(
            |root| (root.purpose.code, root.purpose.subject) = (label(name), label(name)),
            None,
        );
        let expected = format!("alice\n  purpose: {shown}\n  subject: {shown}\n→ {first}\n");
        assert!(format!("{about:#}").starts_with(&expected), "{about:#}");
    }
}

/// A holder without a name is known by its key.
#[test]
fn a_holder_without_a_name_is_its_key() {
    let trace = trace(|_| (), None);
    assert_eq!(
        trace.to_string(),
        format!(
            "alice → orchestrator (key {}) → (key {}) → crm.read",
            public(ORCHESTRATOR),
            public(HELPER)
        )
    );
}

/// The lines of the long form are as many as there is to say, whatever the names.
#[test]
fn no_name_adds_a_line() {
    let lines = |name| {
        format!(
            "{:#}",
            trace(|root| root.principal = label(name).into(), Some(name))
        )
        .lines()
        .count()
    };
    assert_eq!(
        [
            lines("helper"),
            lines("a → b"),
            lines("→ crm.read"),
            lines("passed on: all")
        ],
        [12; 4]
    );
}
