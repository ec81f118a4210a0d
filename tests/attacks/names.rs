//! What a name can't do: hide, or pass for several.

use crate::support::story::{ORCHESTRATOR, anchor, key, now, read_crm, root_claims};
use mandatum::{
    Action, AnchorKey, Broken, CallId, Chain, Context, Effect, Here, Holder, Label, LedgerAnswer, LedgerOutcome,
    NameError, Presentation, Presenter, Register, Seconds, Verifier, issue,
};

#[test]
fn no_name_hides_what_it_says() {
    for hidden in
        ['\u{ad}', '\u{61c}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{fffa}', '\u{e0041}', '\n', '\u{9b}']
    {
        let named = Label::new(&format!("al{hidden}ice"));
        assert_eq!(named, Err(NameError::Unprintable { character: hidden, at: 2 }), "{hidden:?}");
    }
    assert!(Label::new("Zoë 李 \u{1f600}").is_ok());
}

#[test]
fn a_holders_name_adds_no_station_to_the_trace() {
    let mut root = root_claims(mandatum::Powers::new([read_crm(&["acme"])]).unwrap());
    root.link.holder = Holder::named(key(ORCHESTRATOR).public(), "agent → auditor".parse().unwrap());
    let chain = Chain::from(issue(&anchor(), root).unwrap().sign(&key(1)).unwrap());
    let verifier =
        Verifier::new([anchor()]).unwrap().dangerous_effects_as_stated().dangerous_accept_asserted_up_to(Effect::Read);
    let call = mandatum::Call {
        id: CallId::from_bytes([1; 16]),
        action: Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    };
    let presenter = Presenter::Asserted { holder: key(ORCHESTRATOR).public(), leaf: chain.leaf_id() };
    let context = Context::new(Here::new(now(), "https://crm.example".parse().unwrap()), Register::none());
    let presentation = Presentation { call: &call, presenter };
    let unsettled = verifier.decide(&verifier.verify(&chain).unwrap(), &presentation, &context).unwrap();
    let answer = LedgerAnswer { key: unsettled.charges().key(), outcome: LedgerOutcome::Reserved };
    let trace = unsettled.settle(answer).unwrap().trace();
    let shown = format!("alice → \"agent → auditor\" (key {}) → crm.read", key(ORCHESTRATOR).public());
    assert_eq!(trace.to_string(), shown);
}

#[test]
fn a_root_that_only_retired_keys_could_sign_is_not_issued() {
    let retired = AnchorKey { key: key(1).public(), roots_issued_before: Some(now()) };
    let powers = mandatum::Powers::new([read_crm(&["acme"])]).unwrap();
    let anchor = mandatum::Anchor::with_keys(anchor().issuer().clone(), [retired], powers.clone(), Seconds::hours(8));
    let error = issue(&anchor.unwrap(), root_claims(powers)).unwrap_err();
    assert_eq!(error.broken, Broken::RetiredKey { before: now(), issued_at: now() });
}
