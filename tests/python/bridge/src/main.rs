//! The Rust end of the test with Python's COSE libraries, which `tests/python/run.sh` runs.
//!
//! - `write DIR NOW`: writes a root, a child and a call to `DIR`; to `DIR/tokens.json` what each must be found to say; and to
//!   `DIR/case.json` the call as a case for the example `decide`.
//! - `verify DIR NOW`: decides on the proofs that Python wrote to `DIR`, and fails unless each decision is the expected one.
#![forbid(unsafe_code)]

use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallId, Capability, Ceiling, Chain, Claims, Code, Constraint,
    Context, Delegation, Digest, Effect, GrantKind, Issuer, Label, Life, Lifetime, Limit, Limits, Link, MemoryLedger,
    Place, Powers, PublicKey, Purpose, Root, RootAudience, Seconds, SigningKey, Timestamp, Token, Verifier, issue,
    sign_call,
};
use serde_json::{Value as Json, json};
use std::error::Error;
use std::fs;
use std::path::Path;

type Fallible<T> = Result<T, Box<dyn Error>>;

const ISSUER: &str = "https://acme.example";
const CRM: &str = "https://crm.example";
/// Python compares `exp` with the wall clock: 2100-01-01.
const EXPIRES: u64 = 4_102_444_800;
const CALL: [u8; 16] = [6; 16];

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, dir, now] = arguments.as_slice() else { return Err("usage: write|verify DIR NOW".into()) };
    let (dir, now) = (Path::new(dir), Timestamp::from_unix(now.parse()?)?);
    match verb.as_str() {
        "write" => write(dir, now),
        "verify" => verify(dir, now),
        verb => Err(format!("neither `write` nor `verify`: `{verb}`").into()),
    }
}

fn write(dir: &Path, now: Timestamp) -> Fallible<()> {
    let [company, orchestrator, helper] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let expires = Timestamp::from_unix(EXPIRES)?;
    let anchor = Anchor::new(ISSUER.parse()?, company.public(), Ceiling::Unlimited, expires.since(now))?;
    let powers = Powers::new([Capability::new("crm.read", Effect::Read)?
        .require("account", Constraint::one_of(["acme", "globex"])?)?
        .allow("discount", Constraint::between("-0.5".parse()?, "170141183460469231731687303715884105727".parse()?)?)?
        .delegable()])?;
    let limits = Limits::new([Limit::signed_calls(), Limit::audience(Audience::new(CRM)?).for_tools(["crm.*"])?])?;
    let root = Root {
        link: Link::new([4; 16], orchestrator.public(), powers.clone(), Lifetime::new(now, expires)?)
            .limits(limits)
            .hops(1),
        issuer: anchor.issuer().clone(),
        principal: Label::new("alice")?.into(),
        purpose: Purpose { code: "qbr".parse()?, subject: "acme".parse()?, text: Digest::of("the text") },
        grant: Some(AttestedGrant {
            kind: GrantKind::Direct,
            by: "alice".parse()?,
            at: now,
            evidence: Digest::of("consent"),
        }),
        task: "acme-qbr".parse()?,
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let root = issue(&anchor, root)?.sign(&company)?;
    let chain = Chain::from(root.clone());
    let terms = Delegation::new([5; 8], helper.public(), powers, expires).step("slides".parse()?);
    let child = chain.delegate(terms, now)?.sign(&orchestrator)?;
    let chain = chain.extend(child.clone())?;
    let call =
        Call { id: CallId::from_bytes(CALL), action: Action::new("crm.read", [("account", "acme")], Effect::Read)? };
    let call = sign_call(&chain, &call, Audience::new(CRM)?, now).sign(&helper)?;
    let case = json!({
        "now": now.as_unix(),
        "audience": CRM,
        "verifier": { "anchors": [{
            "issuer": ISSUER,
            "keys": [company.public().to_string()],
            "ceiling": "unlimited",
            "max_lifetime": anchor.max_lifetime().get(),
        }] },
        "chain": chain.to_text(),
        "call": { "id": hex(&CALL), "tool": "crm.read", "args": { "account": "acme" }, "effect": "read" },
        "presenter": { "signed": call.to_text() },
    });
    fs::write(dir.join("case.json"), case.to_string())?;

    let link = |issuer: Option<&Issuer>, link: &Link| {
        json!({
            "iss": issuer.map(Issuer::as_str),
            "aud": null,
            "exp": link.lifetime.expires().as_unix(),
            "iat": link.lifetime.issued_at().as_unix(),
            "cti": link.id.to_string(),
            "cnf": hex(link.holder.key.as_bytes()),
        })
    };
    let said = call.claims();
    let call_claims = json!({
        "iss": null, "aud": said.audience.as_str(), "exp": null, "iat": said.at.as_unix(), "cti": said.id.to_string(),
        "cnf": null,
    });
    let tokens = [
        save(dir, "root", &root, &company, link(Some(&root.claims().issuer), &root.claims().link))?,
        save(dir, "child", &child, &orchestrator, link(None, &child.claims().link))?,
        save(dir, "call", &call, &helper, call_claims)?,
    ];
    fs::write(dir.join("tokens.json"), Json::from(tokens.to_vec()).to_string())?;
    Ok(())
}

fn save<C: Claims>(dir: &Path, name: &str, token: &Token<C>, signer: &SigningKey, claims: Json) -> Fallible<Json> {
    let file = format!("{name}.cose");
    fs::write(dir.join(&file), token.as_bytes())?;
    Ok(json!({ "file": file, "typ": C::TYPE.as_str(), "key": hex(signer.public().as_bytes()), "claims": claims }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Each library's chain permits the call that it was signed for, once, and nothing else.
fn verify(dir: &Path, now: Timestamp) -> Fallible<()> {
    let issuer = PublicKey::try_from(fs::read(dir.join("issuer.key"))?.as_slice())?;
    let anchor = Anchor::new(ISSUER.parse()?, issuer, Ceiling::Unlimited, Seconds::hours(8))?;
    let verifier = Verifier::new([anchor])?;
    let decide = |replay: &MemoryLedger, proof: &[u8], account: &str| -> Fallible<Result<(), (Code, Place)>> {
        let action = Action::new("crm.read", [("account", account)], Effect::Read)?;
        let decision = verifier.check(proof, &action, &Context::new(now, Audience::new(CRM)?));
        let started =
            decision.and_then(|unsettled| replay.settle(unsettled, now)).and_then(|permit| Ok(permit.start(now)?));
        Ok(started.map(drop).map_err(|denial| (denial.code(), denial.place())))
    };
    let not_the_holder = Err((Code::NotTheHolder, Place::Call));
    for maker in ["pycose", "cwt"] {
        // Both libraries make the same bytes, so each is settled with a ledger that has not seen the other's.
        let replay = MemoryLedger::new(10);
        let acme = fs::read(dir.join(format!("{maker}-acme.proof")))?;
        let globex = fs::read(dir.join(format!("{maker}-globex.proof")))?;
        let cases = [
            ("another signature", &changed(&acme, acme.len().saturating_sub(1))?, "acme", not_the_holder),
            ("another root", &changed(&acme, 100)?, "acme", Err((Code::ParentMismatch, Place::Link(1)))),
            ("what the child permits", &acme, "acme", Ok(())),
            ("the same again", &acme, "acme", Err((Code::AlreadyDecided, Place::Verifier))),
            ("another request than was signed", &acme, "globex", Err((Code::ArgumentRefused, Place::Link(1)))),
            ("what only the root permits", &globex, "globex", Err((Code::ArgumentRefused, Place::Link(1)))),
            ("a request that was not signed", &globex, "acme", Err((Code::RequestMismatch, Place::Call))),
        ];
        for (what, proof, account, expected) in cases {
            let found = decide(&replay, proof, account)?;
            if found != expected {
                return Err(format!("{maker}, {what}: expected {expected:?}, found {found:?}").into());
            }
            println!("{maker}, {what}: {found:?}");
        }
    }
    Ok(())
}

/// The same bytes but for one bit.
fn changed(proof: &[u8], at: usize) -> Fallible<Vec<u8>> {
    let mut proof = proof.to_vec();
    *proof.get_mut(at).ok_or("a short proof")? ^= 1;
    Ok(proof)
}
