//! The Rust end of the test with Python's COSE libraries, which `tests/python/run.sh` runs.
//!
//! - `write DIR NOW`: writes a root, a child, a call, an approval and receipts of it to `DIR`; to
//!   `DIR/tokens.json` what each must be found to say; and to `DIR/case.json` the call as a case
//!   for the example `decide`.
//! - `verify DIR NOW`: decides on the proofs that Python wrote to `DIR`, and fails unless each
//!   decision is the expected one.
#![forbid(unsafe_code)]

use mandatum::chain::Ceiling;
use mandatum::claims::{Approval, NoticeHeader};
use mandatum::codec::Claims;
use mandatum::denial::DenialPlace;
use mandatum::receipts::ReceiptLog;
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, AttestedGrant, Audience, Call, CallClaims, Capability, Chain, Constraint,
    DecisionContext, Delegation, DenialCode, Digest, Effect, ExecutionProof, Issuer, Label, Life,
    Lifetime, Limit, Limits, Link, MemoryLedger, Powers, PublicKey, Purpose, Register, Root,
    RootAudience, Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
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
    let [verb, dir, now] = arguments.as_slice() else {
        return Err("usage: write|verify DIR NOW".into());
    };
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
    let anchor = Anchor::new(
        ISSUER.parse()?,
        company.public(),
        Ceiling::Unlimited,
        expires.since(now),
    )?;
    let powers = Powers::new([Capability::new("crm.read", Effect::Read)?
        .require("account", Constraint::one_of(["acme", "globex"])?)?
        .allow(
            "discount",
            Constraint::between(
                "-0.5".parse()?,
                "170141183460469231731687303715884105727".parse()?,
            )?,
        )?
        .allow_delegation()])?;
    let limits = Limits::new([
        Limit::signed_calls(),
        Limit::audience(Audience::new(CRM)?).with_tools(["crm.*"])?,
    ])?;
    let root = Root {
        link: Link::new(
            [4; 16],
            orchestrator.public(),
            powers.clone(),
            Lifetime::new(now, expires)?,
        )
        .with_limits(limits)
        .with_hops(1),
        issuer: anchor.issuer().clone(),
        signed_by: company.public(),
        principal: Label::new("alice")?.into(),
        purpose: Purpose::new("qbr".parse()?, "acme".parse()?, "the text"),
        grant: Some(AttestedGrant::direct(
            "alice".parse()?,
            now,
            Digest::hash("consent"),
        )),
        task: "acme-qbr".parse()?,
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let root = issue(&anchor, root, now)?.sign(&company)?;
    let chain = Chain::from(root.clone());
    let terms =
        Delegation::new([5; 8], helper.public(), powers, expires).with_step("slides".parse()?);
    let child = chain.delegate(terms, now)?.sign(&orchestrator)?;
    let chain = chain.extend(child.clone())?;
    let made = Call::new(
        CALL,
        Action::new("crm.read", [("account", "acme")], Effect::Read)?,
    );
    let call = CallClaims::new(&chain, &made, Audience::new(CRM)?, now).sign(&helper)?;
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
    let server = SigningKey::from_seed(&[5; 32]);
    let (approval, approver) = (
        approve(&chain, &made, now)?,
        SigningKey::from_seed(&[4; 32]),
    );
    let verifier = Verifier::new([anchor])?.dangerous_effects_as_stated();
    let context = DecisionContext::new(
        ServerContext::new(now, Audience::new(CRM)?),
        Register::none(),
    );
    let proof = ExecutionProof::new(chain.clone(), call.clone()).to_bytes();
    let permit =
        MemoryLedger::new(1).settle(verifier.check(&proof, &made.action, &context)?, now)?;
    let mut log = ReceiptLog::new(server.public());
    let started = log.started(&permit, [8; 8], now, &server)?;
    log.count_denial();
    let finished = log.finished(&permit.cancel(), [9; 8], now, &server)?;
    let counted = log.counted([10; 8], now, &server)?;
    let told = |said: &NoticeHeader| json!({ "iss": null, "aud": null, "exp": null, "iat": said.at.as_unix(), "cti": said.id.to_string(), "cnf": null });
    let said = call.claims();
    let call_claims = json!({
        "iss": null, "aud": said.audience.as_str(), "exp": null, "iat": said.at.as_unix(), "cti": said.id.to_string(),
        "cnf": null,
    });
    let tokens = [
        save(
            dir,
            "root",
            &root,
            &company,
            link(Some(&root.claims().issuer), &root.claims().link),
        )?,
        save(
            dir,
            "child",
            &child,
            &orchestrator,
            link(None, &child.claims().link),
        )?,
        save(dir, "call", &call, &helper, call_claims)?,
        save(
            dir,
            "approval",
            &approval,
            &approver,
            told(&approval.claims().header),
        )?,
        save(
            dir,
            "started",
            &started,
            &server,
            told(&started.claims().header),
        )?,
        save(
            dir,
            "finished",
            &finished,
            &server,
            told(&finished.claims().header),
        )?,
        save(
            dir,
            "counted",
            &counted,
            &server,
            told(&counted.claims().header),
        )?,
    ];
    fs::write(
        dir.join("tokens.json"),
        Json::from(tokens.to_vec()).to_string(),
    )?;
    Ok(())
}

fn approve(chain: &Chain, call: &Call, now: Timestamp) -> Fallible<Token<Approval>> {
    let key = SigningKey::from_seed(&[4; 32]);
    let (leaf, server) = (chain.leaf_id(), Audience::new(CRM)?);
    Ok(Approval::new(
        call,
        leaf,
        server,
        NoticeHeader::new([7; 8], key.public(), now),
        Timestamp::from_unix(EXPIRES)?,
    )
    .sign(&key)?)
}

fn save<C: Claims>(
    dir: &Path,
    name: &str,
    token: &Token<C>,
    signer: &SigningKey,
    claims: Json,
) -> Fallible<Json> {
    let file = format!("{name}.cose");
    fs::write(dir.join(&file), token.as_bytes())?;
    Ok(
        json!({ "file": file, "typ": C::TYPE.as_str(), "key": hex(signer.public().as_bytes()), "claims": claims }),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What became of a call, or that it could not be made.
type Decided = Fallible<Result<(), (DenialCode, DenialPlace)>>;

/// Each library's chain permits the call that it was signed for, once, and nothing else.
fn verify(dir: &Path, now: Timestamp) -> Fallible<()> {
    let issuer = PublicKey::try_from(fs::read(dir.join("issuer.key"))?.as_slice())?;
    let anchor = Anchor::new(
        ISSUER.parse()?,
        issuer,
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let verifier =
        Verifier::new([anchor.with_systems(["crm".parse()?])])?.dangerous_effects_as_stated();
    let ledgers = ["eu-1".parse()?];
    let decide = |replay: &MemoryLedger,
                  proof: &[u8],
                  account: &str,
                  approvals: &[Token<Approval>]|
     -> Decided {
        let action = Action::new("crm.read", [("account", account)], Effect::Read)?;
        let context = DecisionContext::new(
            ServerContext::new(now, Audience::new(CRM)?),
            Register::none(),
        )
        .with_ledgers(&ledgers)
        .with_approvals(approvals);
        let decision = verifier.check(proof, &action, &context);
        let started = decision
            .and_then(|unsettled| replay.settle(unsettled, now))
            .and_then(|permit| permit.start(now).map_err(|late| late.denial));
        Ok(started
            .map(drop)
            .map_err(|denial| (denial.code(), denial.place())))
    };
    let not_the_holder = Err((DenialCode::NotTheHolder, DenialPlace::Call));
    for maker in ["pycose", "cwt"] {
        // Both libraries make the same bytes, so each is settled with a ledger that has not seen
        // the other's.
        let replay = MemoryLedger::new(10);
        let acme = fs::read(dir.join(format!("{maker}-acme.proof")))?;
        let globex = fs::read(dir.join(format!("{maker}-globex.proof")))?;
        let approval = fs::read(dir.join(format!("{maker}-acme.approval")))?;
        let approved = [Token::from_bytes(&approval)?];
        let forged = [Token::from_bytes(&changed(
            &approval,
            approval.len().saturating_sub(1),
        )?)?];
        let (missing, unsigned) = (
            Err((DenialCode::ApprovalsMissing, DenialPlace::Link(1))),
            Err((DenialCode::ApprovalSignature, DenialPlace::Call)),
        );
        let cases = [
            (
                "another signature",
                &changed(&acme, acme.len().saturating_sub(1))?,
                "acme",
                &approved[..],
                not_the_holder,
            ),
            (
                "a changed root",
                &changed(&acme, 100)?,
                "acme",
                &approved,
                Err((DenialCode::BadSignature, DenialPlace::Link(0))),
            ),
            ("what nobody approved", &acme, "acme", &[], missing),
            (
                "what nobody signed that they approve",
                &acme,
                "acme",
                &forged,
                unsigned,
            ),
            ("what the child permits", &acme, "acme", &approved, Ok(())),
            (
                "the same again",
                &acme,
                "acme",
                &approved,
                Err((DenialCode::AlreadyDecided, DenialPlace::Verifier)),
            ),
            (
                "another request than was signed",
                &acme,
                "globex",
                &approved,
                Err((DenialCode::ArgumentRefused, DenialPlace::Link(1))),
            ),
            (
                "what only the root permits",
                &globex,
                "globex",
                &approved,
                Err((DenialCode::ArgumentRefused, DenialPlace::Link(1))),
            ),
            (
                "a request that was not signed",
                &globex,
                "acme",
                &approved,
                Err((DenialCode::RequestMismatch, DenialPlace::Call)),
            ),
        ];
        for (what, proof, account, approvals, expected) in cases {
            let found = decide(&replay, proof, account, approvals)?;
            if found != expected {
                return Err(
                    format!("{maker}, {what}: expected {expected:?}, found {found:?}").into(),
                );
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
