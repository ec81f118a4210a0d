//! The examples as programs: what they print, what they exit with.

#![cfg(feature = "json")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use data_encoding::BASE64URL_NOPAD;
use mandatum::chain::{AcceptedGrants, Ceiling};
use mandatum::claims::{
    Approval, Ending, Holder, NoticeHeader, Outcome, Receipt, Started, TaskEnding, WouldDeny,
};
use mandatum::json::JsonForm;
use mandatum::limits::{
    ApprovalGate, Barrier, MaxAge, RateLimit, Reporters, SeparationOfDuty, Source, ToolSet, Unit,
    Waves,
};
use mandatum::primitives::{MandateId, Value};
use mandatum::receipts::ReceiptLog;
use mandatum::sign::Token;
use mandatum::{
    Action, Anchor, Audience, Budget, Call, CallClaims, Capability, Chain, Constraint, Controller,
    DecisionContext, Delegation, Effect, ExecutionProof, Label, Life, Lifetime, Limit, Limits,
    Link, LivesBy, MemoryLedger, Mission, Notice, Powers, Purpose, Register, Root, RootAudience,
    Seconds, ServerContext, SigningKey, Timestamp, Verifier, issue,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What a program left behind.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// The output of a program that succeeded and complained about nothing.
    fn output(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""));
        self.out
    }

    /// The one line of a program that could not read its input.
    fn complaint(self) -> String {
        assert_eq!(
            (self.code, self.out.as_str(), self.err.lines().count()),
            (2, "", 1),
            "{}",
            self.err
        );
        self.err.trim_end().to_owned()
    }
}

/// Runs an example, built once for all tests here.
fn run(example: &str, arguments: &[&str], input: &[u8]) -> Ran {
    static BUILT: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    let built = BUILT.get_or_init(build);
    let (_, path) = built
        .iter()
        .find(|(name, _)| name == example)
        .expect("the example is built");
    let mut command = Command::new(path);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the example runs");
    // A program that reads no input may be gone already.
    let _ = child.stdin.take().expect("piped").write_all(input);
    let output = child.wait_with_output().expect("the example ends");
    Ran {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn build() -> Vec<(String, PathBuf)> {
    #[derive(Deserialize)]
    struct Built {
        executable: PathBuf,
        target: Target,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    let examples = [
        "decide", "graph", "inspect", "sarah", "spending", "swarm", "waves",
    ];
    let examples = examples.iter().flat_map(|name| ["--example", name]);
    let build = ["build", "--quiet", "--message-format", "json"]
        .into_iter()
        .chain(examples);
    let manifest = [
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ];
    let output = Command::new(env!("CARGO"))
        .args(build)
        .args(manifest)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let built = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Built>(line).ok());
    built
        .map(|built| (built.target.name, built.executable))
        .collect()
}

fn vector(name: &str) -> String {
    format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

/// A case with something in it replaced, in a file of its own.
fn changed(name: &str, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(vector("permit-chain-of-01")).expect("the vector is there");
    assert!(text.contains(from), "{from}");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::write(&path, text.replacen(from, to, 1)).expect("the file can be written");
    path.to_string_lossy().into_owned()
}

#[test]
fn decide_prints_a_permit_as_one_line_of_json() {
    let out = run("decide", &[&vector("permit-chain-of-03")], b"").output();
    assert_eq!(out.lines().count(), 1);
    let printed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(printed["decision"], "permit");
    assert_eq!(printed["valid_until"], 1_767_229_200);
    assert_eq!(printed["charges"], serde_json::json!([]));
    assert_eq!(
        printed["trace"].as_array().map(Vec::len),
        Some(5),
        "alice, three holders, the tool"
    );
}

#[test]
fn decide_prints_a_denial_as_one_line_of_json_and_exits_with_0_all_the_same() {
    let out = run(
        "decide",
        &[&vector("deny-argument-refused-in-the-child")],
        b"",
    )
    .output();
    assert_eq!(out.lines().count(), 1);
    let printed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(printed["decision"], "deny");
    assert_eq!(printed["code"], "ArgumentRefused");
    assert_eq!(printed["link"], 1);
    assert_eq!(
        printed["message"],
        "link 1: argument `account` has a value that is not permitted"
    );
    let missing = Powers::from_json(&printed["missing"].to_string()).expect("powers");
    assert_eq!(
        missing.to_string(),
        "crm.read(account = \"acme\") up to read"
    );
}

#[test]
fn decide_explains_every_check_and_ends_with_the_decision() {
    let permit = run("decide", &["--explain", &vector("permit-two-windows")], b"").output();
    assert_eq!(
        permit
            .lines()
            .filter(|line| line.starts_with("FAIL"))
            .count(),
        0
    );
    assert_eq!(
        permit
            .lines()
            .filter(|line| line.starts_with("--  "))
            .count(),
        1,
        "the window of the tickets"
    );
    assert_eq!(permit.lines().count(), 20, "{permit}");
    assert!(
        permit
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("permit until 2026-01-01T00:30:00Z: alice → "))
    );

    let deny = run(
        "decide",
        &[&vector("deny-tool-not-permitted-other-tool"), "--explain"],
        b"",
    )
    .output();
    assert_eq!(
        deny.lines().filter(|line| line.starts_with("FAIL")).count(),
        2,
        "the root and the ceiling: {deny}"
    );
    assert_eq!(
        deny.lines().last(),
        Some("deny for ToolNotPermitted: the root: no capability for this tool")
    );

    let replayed = run(
        "decide",
        &["--explain", &vector("deny-already-decided-signed")],
        b"",
    )
    .output();
    assert!(
        replayed.contains("\nFAIL not decided before: AlreadyDecided: "),
        "{replayed}"
    );
    let broken = run(
        "decide",
        &["--explain", &vector("deny-beyond-parent-tool")],
        b"",
    )
    .output();
    assert!(
        broken.starts_with("FAIL the chain verifies: BeyondParent: link 1: "),
        "{broken}"
    );
    let suspended = run(
        "decide",
        &["--explain", &vector("deny-mission-suspended-childs")],
        b"",
    )
    .output();
    let checks = [
        "\nok   limit: lives by mission qbr, ",
        "\nFAIL limit: lives by mission slides, ",
        " (link 1): MissionSuspended: ",
        "\nok   task not ended (link 1)\n",
    ];
    assert!(
        checks.iter().all(|check| suspended.contains(check)),
        "{suspended}"
    );
    let charged = run(
        "decide",
        &["--explain", &vector("permit-budget-of-both-links")],
        b"",
    )
    .output();
    let charges = [
        "\nok   not decided before\nok   charged: 1 of at most 9, on account calls of ledger eu-1 (the root)\n",
        "\nok   charged: 1 of at most 5, on account calls of ledger eu-1 (link 1)\npermit until ",
    ];
    assert!(
        charges.iter().all(|charge| charged.contains(charge)),
        "{charged}"
    );
    let exhausted = run(
        "decide",
        &["--explain", &vector("deny-budget-exhausted-childs")],
        b"",
    )
    .output();
    assert!(
        exhausted
            .contains("\nok   not decided before\nFAIL the charges fit: BudgetExhausted: link 1: "),
        "{exhausted}"
    );
    let gates = run(
        "decide",
        &["--explain", &vector("deny-approvals-missing-childs-gate")],
        b"",
    )
    .output();
    let checks = [
        "\nok   every approval is of this call\nok   gate: 1 of 1 must approve, at most 300 s before (the root)\n",
        "\nFAIL gate: 1 of 1 must approve, at most 300 s before (link 1): ApprovalsMissing: ",
    ];
    assert!(checks.iter().all(|check| gates.contains(check)), "{gates}");
    let unreadable = run(
        "decide",
        &["--explain", &vector("deny-truncated-call-empty")],
        b"",
    )
    .output();
    assert!(
        unreadable
            .starts_with("ok   the chain verifies\nFAIL the signed call can be read: Truncated: "),
        "{unreadable}"
    );
}

#[test]
fn decide_takes_the_parts_of_the_format_that_say_nothing() {
    let nothing = r#""now": 1767225600, "facts": {}, "notices": [], "approvals": [], "ledgers": {"a": {"charges": []}},"#;
    let out = run(
        "decide",
        &[&changed("nothing", r#""now": 1767225600,"#, nothing)],
        b"",
    )
    .output();
    assert!(out.starts_with(r#"{"decision":"permit","#), "{out}");
}

#[test]
fn decide_refuses_a_case_that_cannot_be_read_in_one_line() {
    let args = r#"{"account":"acme"}"#;
    let table = [
        ("not-json", "{\n", "{,\n", "not JSON, at line 1, column 2"),
        (
            "unknown-field",
            r#""now""#,
            r#""nwo""#,
            "unknown field `nwo`",
        ),
        (
            "unknown-verifier-field",
            r#""anchors": ["#,
            r#""leway": 1, "anchors": ["#,
            "unknown field `leway`",
        ),
        (
            "missing-field",
            r#""tool": "crm.read","#,
            "",
            "missing field `tool`",
        ),
        (
            "duplicate-field",
            r#""now""#,
            r#""now": 1, "now""#,
            "key `now` appears twice",
        ),
        (
            "duplicate-key",
            args,
            r#"{"account":"acme","account":"globex"}"#,
            "at `/call/args`: key `account` appears twice",
        ),
        (
            "duplicate-deep",
            args,
            r#"{"account":[{"a":1,"a":1}]}"#,
            "at `/call/args/account/0`: key `a` appears twice",
        ),
        (
            "too-precise",
            args,
            r#"{"account":0.1234567890123456789012345678901234567891}"#,
            "at `/call/args/account`: the digits of the number do not fit 128 bits",
        ),
        (
            "too-large",
            args,
            r#"{"account":1e401}"#,
            "at `/call/args/account`: the exponent of the number is outside",
        ),
        (
            "not-bytes",
            args,
            r#"{"account":{"$bytes":"!!"}}"#,
            "at `/call/args/account`: not base64url without padding",
        ),
        ("args-list", args, "[]", "`args`: expected an object"),
        (
            "tool",
            r#""tool": "crm.read""#,
            r#""tool": "crm read""#,
            "`tool`: a tool's name has letters",
        ),
        (
            "effect",
            r#""crm.read": "read""#,
            r#""crm.read": "reed""#,
            "`effect`: an effect is `read`, `write` or `irreversible`",
        ),
        (
            "call-id",
            "000102030405060708090a0b0c0d0e0f",
            "0001",
            "`id`: not lower-case hex of the wanted length",
        ),
        (
            "presenter",
            r#""signed""#,
            r#""asserted""#,
            "`presenter` has `signed`, or `asserted` and `leaf`",
        ),
        (
            "chain",
            r#""chain": "g"#,
            r#""chain": "!"#,
            "`chain`: not base64url without padding",
        ),
        (
            "ceiling",
            r#""tool":"crm.read","effect":"read""#,
            r#""tool":"crm.read","effect":"all""#,
            "`ceiling`: at `/0/effect`: expected `read`",
        ),
        (
            "grants",
            r#""anchors": ["#,
            r#""grants": "all", "anchors": ["#,
            "`grants`: a list of kinds, or `any`, not `all`",
        ),
        (
            "facts",
            r#""now""#,
            r#""facts": {"ticket/INC-42": {"value": "open"}}, "now""#,
            "missing field `at`",
        ),
        (
            "notice",
            r#""now""#,
            r#""notices": ["AAAA"], "now""#,
            "`notices`: byte 0: ",
        ),
        (
            "notice-text",
            r#""now""#,
            r#""notices": ["!"], "now""#,
            "`notices`: not base64url without padding",
        ),
        (
            "approval",
            r#""now""#,
            r#""approvals": ["AAAA"], "now""#,
            "`approvals`: byte 0: ",
        ),
        (
            "system",
            r#""now""#,
            r#""system": "", "now""#,
            "`system`: a name is not empty",
        ),
        (
            "charges",
            r#""now""#,
            r#""ledgers": {"main": {"charges": [1]}}, "now""#,
            "`charges`: expected an object",
        ),
        (
            "ledger",
            r#""now""#,
            r#""ledgers": {"": {}}, "now""#,
            "`ledgers`: a name is not empty",
        ),
        (
            "rotated-key",
            "\"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w\"",
            r#"{"key": "x", "until": 1}"#,
            "a key of an anchor is base64url, or an object",
        ),
    ];
    let charged = |under: &str, fields: &str| {
        let account = "00".repeat(32);
        let charge =
            format!(r#"{{"link":0,"ledger":"a","account":"{account}","name":"b",{fields}}}"#);
        format!(r#""ledgers": {{"{under}": {{"charges": [{charge}]}}}}, "now""#)
    };
    let spent = r#""spend":{"amount":1,"max":1}"#;
    let charges = [
        (
            "charge-elsewhere",
            charged("c", spent),
            "`charges`: a charge of ledger a under c",
        ),
        (
            "charge-at",
            charged("a", &format!(r#"{spent},"at":-1"#)),
            "`at`: expected seconds since 1970",
        ),
        (
            "charge-negative",
            charged("a", r#""spend":{"amount":-1,"max":1}"#),
            "`charges`: at `/spend/amount`: expected an amount that is not negative",
        ),
    ];
    let charges = charges
        .iter()
        .map(|(name, to, expected)| (*name, r#""now""#, to.as_str(), *expected));
    for (name, from, to, expected) in table.into_iter().chain(charges) {
        let file = changed(name, from, to);
        let complaint = run("decide", &[&file], b"").complaint();
        let said = complaint
            .strip_prefix(&format!("{file}: "))
            .unwrap_or_else(|| panic!("{name}: {complaint}"));
        assert!(said.starts_with(expected), "{name}: {said}");
    }
    assert!(
        run("decide", &["no-such-case.json"], b"")
            .complaint()
            .starts_with("no-such-case.json: ")
    );
    assert_eq!(
        run("decide", &[], b"").complaint(),
        "usage: decide [--explain] CASE.json"
    );
    assert_eq!(
        run("decide", &["--help"], b"").complaint(),
        "usage: decide [--explain] CASE.json"
    );
}

/// One token of each kind that `inspect` knows.
struct Tokens {
    root: Vec<u8>,
    child: Vec<u8>,
    chain: Vec<u8>,
    call: Vec<u8>,
    proof: Vec<u8>,
    powers: [Powers; 2],
}

fn tokens() -> Result<Tokens, Box<dyn Error>> {
    let [company, agent, helper] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let now = Timestamp::from_unix(1_767_225_600)?;
    let powers = |json| Powers::from_json(json);
    let all = powers(
        r#"[{"tool":"pay.*","effect":"irreversible","args":{"amount":{"range":{"above":0,"max":0.123456789012345678}},"to":{"any_of":[{"one_of":["a","b"]},{"pattern":"c*"}]}},"optional":{"memo":{"any":true}},"open":true,"delegable":true},{"tool":"http.get","effect":"read","args":{"url":{"url":{"schemes":["https"],"host":"example.com","port":"any","path_under":"/v1"}}}}]"#,
    )?;
    let some = powers(
        r#"[{"tool":"pay.now","effect":"write","args":{"amount":{"one_of":[0.1]},"to":{"one_of":["a"]}}}]"#,
    )?;
    let anchor = Anchor::new(
        "https://acme.example".parse()?,
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let root = Root {
        link: Link::new(
            [0; 16],
            Holder::new(agent.public()).with_name("agent".parse()?),
            all.clone(),
            Lifetime::new(now, now.plus(Seconds::hours(1)))?,
        )
        .with_limits(Limits::new([Limit::signed_calls()])?)
        .with_hops(1),
        issuer: anchor.issuer().clone(),
        signed_by: company.public(),
        principal: Label::new("alice")?.into(),
        purpose: Purpose::new("qbr".parse()?, "acme".parse()?, "text"),
        grant: None,
        task: "acme-qbr".parse()?,
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let chain = Chain::from(issue(&anchor, root, now)?.sign(&company)?);
    let root = chain.root().as_bytes().to_vec();
    let terms = Delegation::new(
        [1; 16],
        helper.public(),
        some.clone(),
        now.plus(Seconds::minutes(5)),
    )
    .with_step("pay".parse()?);
    let child = chain.delegate(terms, now)?.sign(&agent)?;
    let chain = chain.extend(child.clone())?;
    let action = Action::new(
        "pay.now",
        [("amount", Value::from(1)), ("to", "a".into())],
        Effect::Write,
    )?;
    let call = Call::new([9; 16], action);
    let call = CallClaims::new(&chain, &call, Audience::new("https://bank.example")?, now)
        .sign(&helper)?;
    Ok(Tokens {
        root,
        child: child.as_bytes().to_vec(),
        chain: chain.to_bytes(),
        call: call.as_bytes().to_vec(),
        proof: ExecutionProof::new(chain, call).to_bytes(),
        powers: [all, some],
    })
}

#[derive(Deserialize)]
struct Inspected<'a> {
    kind: String,
    bytes: usize,
    verified: bool,
    #[serde(default, borrow)]
    links: Vec<InspectedLink<'a>>,
    call: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct InspectedLink<'a> {
    #[serde(borrow)]
    powers: &'a RawValue,
    #[serde(borrow)]
    limits: &'a RawValue,
}

#[test]
fn inspect_shows_every_kind_of_token_in_every_form_and_verifies_none() {
    let tokens = tokens().expect("tokens");
    let [all, some] = [&tokens.powers[0], &tokens.powers[1]];
    let table: [(&[u8], &str, &[&Powers], bool); 5] = [
        (&tokens.root, "root mandate", &[all], false),
        (&tokens.child, "mandate without its chain", &[some], false),
        (&tokens.chain, "chain of mandates", &[all, some], false),
        (&tokens.call, "signed call", &[], true),
        (&tokens.proof, "execution proof", &[all, some], true),
    ];
    for (bytes, kind, powers, has_call) in table {
        let spelled = BASE64URL_NOPAD.encode(bytes);
        let text = run("inspect", &[&spelled], b"").output();
        assert!(
            text.starts_with(&format!(
                "{kind}, {} bytes\nnothing here has been verified: these are claims\n",
                bytes.len()
            )),
            "{text}"
        );
        assert!(!text.to_lowercase().contains("valid"), "{text}");
        assert_eq!(text.contains("\ncall\n"), has_call, "{text}");
        for powers in powers {
            for capability in powers.capabilities() {
                assert!(text.contains(&capability.to_string()), "{text}");
            }
        }
        assert_eq!(
            run("inspect", &["-"], bytes).output(),
            text,
            "bytes on standard input"
        );
        assert_eq!(
            run("inspect", &["-"], format!("{spelled}\n").as_bytes()).output(),
            text,
            "text on standard input"
        );
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{kind}.token"));
        std::fs::write(&file, bytes).expect("the file can be written");
        assert_eq!(
            run("inspect", &[&file.to_string_lossy()], b"").output(),
            text,
            "a file"
        );

        let json = run("inspect", &["--json", &spelled], b"").output();
        assert_eq!(json.lines().count(), 1);
        assert!(!json.contains("valid"), "{json}");
        let shown: Inspected<'_> = serde_json::from_str(&json).expect("JSON");
        assert_eq!(
            (shown.kind.as_str(), shown.bytes, shown.verified),
            (kind, bytes.len(), false)
        );
        assert_eq!(shown.call.is_some(), has_call);
        let read: Vec<Powers> = shown
            .links
            .iter()
            .map(|link| Powers::from_json(link.powers.get()).expect("powers"))
            .collect();
        assert_eq!(read.iter().collect::<Vec<_>>(), powers);
        assert!(
            shown
                .links
                .iter()
                .all(|link| Limits::from_json(link.limits.get()).is_ok())
        );
    }
}

#[test]
fn inspect_shows_a_chain_as_a_tree() {
    let text = run(
        "inspect",
        &[&BASE64URL_NOPAD.encode(&tokens().expect("tokens").chain)],
        b"",
    )
    .output();
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        "root",
        "issuer    https://acme.example",
        "grant     none: no person's consent is stated",
        "audience  anywhere that trusts the issuer",
        "holder    agent",
        "task      acme-qbr",
        "lives     2026-01-01T00:00:00Z to 2026-01-01T01:00:00Z (3600 s)",
        "delegates once more",
        "limits    signed calls only",
        "└─ link 1",
        "   task      acme-qbr/pay",
        "   delegates no further",
        "   powers    pay.now(amount = 0.1, to = \"a\") up to write",
        "   limits    none of its own",
    ];
    let mut left = lines.iter();
    for line in expected {
        assert!(
            left.any(|found| *found == line),
            "`{line}` is not there, or not in its place:\n{text}"
        );
    }
}

#[test]
fn inspect_shows_whose_turn_it_is() {
    let shown = || -> Result<(String, String, Limits), Box<dyn Error>> {
        let [agent, helper, controller, reporter] =
            [2, 3, 7, 8].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let now = Timestamp::from_unix(1_767_225_600)?;
        let mission = Mission::new(controller.public(), "qbr".parse()?, [7; 16]);
        let task = |byte: u8| MandateId::from_bytes([byte; 32]);
        let by = Reporters::new([helper.public(), reporter.public()])?;
        let waits = Barrier::new([(task(1), by.clone()), (task(2), by)])?
            .with_quorum(1)?
            .with_deadline(now);
        let limits = Limits::new([
            Limit::lives_by(LivesBy::new(
                mission.clone(),
                MaxAge::uniform(Seconds::new(60)),
            )),
            Limit::waves(Waves::new(mission, 1, 2)?.with_drain(Seconds::new(9))?)
                .with_tools(["pay.*"])?,
            Limit::barrier(waits),
        ])?;
        let chain = Chain::from_bytes(&[&[0x81], &tokens()?.root[..]].concat())?;
        let terms = Delegation::new(
            [1; 16],
            helper.public(),
            tokens()?.powers[1].clone(),
            now.plus(Seconds::minutes(5)),
        );
        let chain = chain.extend(
            chain
                .delegate(terms.with_limits(limits.clone()), now)?
                .sign(&agent)?,
        )?;
        let spelled = chain.to_text();
        Ok((
            run("inspect", &[&spelled], b"").output(),
            run("inspect", &["--json", &spelled], b"").output(),
            limits,
        ))
    };
    let (text, json, limits) = shown().expect("a chain");
    let key = |seed: u8| SigningKey::from_seed(&[seed; 32]).public();
    let mut reporters = [key(3), key(8)];
    reporters.sort_unstable();
    let by = format!("by the word of {} or {}", reporters[0], reporters[1]);
    let expected = [
        "             in waves 1 to 2 of mission qbr, draining for 9 s, for pay.*".to_owned(),
        format!("             · controlled by {}", key(7)),
        format!(
            "             · in notices {}",
            Mission::new(key(7), "qbr".parse().expect("a name"), [7; 16]).id()
        ),
        "             after 1 of 2 other tasks, waiting for all until 2026-01-01T00:00:00Z"
            .to_owned(),
        format!("             · {} {by}", MandateId::from_bytes([1; 32])),
        format!("             · {} {by}", MandateId::from_bytes([2; 32])),
    ];
    assert!(text.contains(&expected.join("\n")), "{text}");
    let shown: Inspected<'_> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(Limits::from_json(shown.links[1].limits.get()), Ok(limits));
}

/// A notice, its kind, and lines that are shown of it.
type Shown = (Notice, &'static str, Vec<String>);

/// Notices of every kind.
fn notices() -> Result<Vec<Shown>, Box<dyn Error>> {
    let key = SigningKey::from_seed(&[7; 32]);
    let now = Timestamp::from_unix(1_767_225_600)?;
    let mut controller = Controller::new(key.public(), Seconds::new(30));
    let qbr = controller.mission(Label::new("qbr")?, [7; 16]);
    let shown = format!("mission   {}", qbr.id());
    let (mandate, root_expires) = (MandateId::from_bytes([9; 32]), now.plus(Seconds::hours(1)));
    controller.begin(&qbr, [0; 16], now)?.sign(&key)?;
    controller.advance_wave(&qbr, [1; 16], now)?.sign(&key)?;
    let fired = controller
        .fire(&qbr, Label::new("deal closed")?, [2; 16], now)?
        .sign(&key)?;
    let withdrawn = controller
        .withdraw(&qbr, "crm.*".parse()?, [3; 16], now)?
        .sign(&key)?;
    let task_end = controller
        .end_task(
            &qbr,
            mandate,
            TaskEnding::Failed,
            root_expires,
            [4; 16],
            now,
        )?
        .notice
        .sign(&key)?;
    let _ = controller.revoke_key(
        &qbr,
        MandateId::from_bytes([8; 32]),
        root_expires,
        [4; 16],
        now,
    )?;
    let status = controller.suspend(&qbr, [5; 16], now)?.sign(&key)?;
    let end = controller
        .end(&qbr, Ending::Superseded, [6; 16], now)?
        .sign(&key)?;
    let lines = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    let of_status = [
        "as of     2026-01-01T00:00:00Z",
        &format!("└─ mission {}", qbr.id()),
        "   state     suspended",
        "   sequence  6",
        "   wave      1 since 2026-01-01T00:00:00Z",
        "   fired     deal closed",
        "   withdrawn crm.*",
        &format!("   ended     {}…", "09".repeat(12)),
        &format!("   revoked   the key of {}…", "08".repeat(12)),
    ];
    Ok(vec![
        (status.into(), "status", lines(&of_status)),
        (
            end.into(),
            "end of a mission",
            lines(&[&shown, "was       superseded"]),
        ),
        (
            task_end.into(),
            "end of a task",
            lines(&[
                &format!("mandate   {mandate}"),
                "was       failed",
                "its root  expires at 2026-01-01T01:00:00Z",
            ]),
        ),
        (
            fired.into(),
            "event that has fired",
            lines(&[&shown, "event     deal closed"]),
        ),
        (
            withdrawn.into(),
            "withdrawal of a tool",
            lines(&[&shown, "tool      crm.*"]),
        ),
    ])
}

#[test]
fn inspect_shows_notices_of_every_kind_alone_and_stapled() {
    let notices = notices().expect("notices");
    let proof = ExecutionProof::from_bytes(&tokens().expect("tokens").proof).expect("a proof");
    let proof = proof
        .with_stapled(notices.iter().map(|(notice, ..)| notice.clone()))
        .expect("few");
    let stapled = run("inspect", &[&proof.to_text()], b"").output();
    for (notice, kind, lines) in &notices {
        let spelled = BASE64URL_NOPAD.encode(notice.as_bytes());
        let text = run("inspect", &[&spelled], b"").output();
        let heading = format!(
            "{kind}, {} bytes\nnothing here has been verified: these are claims\n",
            notice.as_bytes().len()
        );
        assert!(text.starts_with(&heading), "{text}");
        assert!(
            text.contains(&format!("\nby        {}\n", notice.signer())),
            "{text}"
        );
        assert!(
            stapled.contains(&format!("\nstapled: {kind}\n")),
            "{stapled}"
        );
        for line in lines {
            assert!(
                text.contains(&format!("\n{line}\n")),
                "`{line}` is not in\n{text}"
            );
            assert!(
                stapled.contains(&format!("\n{line}\n")),
                "`{line}` is not in\n{stapled}"
            );
        }
        let json: serde_json::Value =
            serde_json::from_str(&run("inspect", &["--json", &spelled], b"").output())
                .expect("JSON");
        assert_eq!(
            (&json["kind"], &json["verified"]),
            (&(*kind).into(), &false.into()),
            "{json}"
        );
        assert_eq!(json["notice"]["by"], notice.signer().to_string(), "{json}");
        assert_eq!(json["notice"]["at"], 1_767_225_600, "{json}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&run("inspect", &["--json", &proof.to_text()], b"").output())
            .expect("JSON");
    let mission = &json["stapled"][0]["missions"][0];
    assert_eq!(json["stapled"].as_array().map(Vec::len), Some(5), "{json}");
    assert_eq!(
        (
            &mission["mission"],
            &mission["sequence"],
            &mission["suspended"]
        ),
        (
            &notices[0].2[1].replace("└─ mission ", "").into(),
            &6.into(),
            &true.into()
        )
    );
    assert_eq!(
        (&mission["events"][0], &mission["withdrawn"][0]),
        (&"deal closed".into(), &"crm.*".into())
    );
}

/// Limits that a ledger or people stand behind, and what is shown of them.
#[test]
fn inspect_shows_what_is_spent_and_who_approves() {
    let shown = || -> Result<(String, String, Limits), Box<dyn Error>> {
        let [helper, ann, bob] = [3, 50, 51].map(|seed| SigningKey::from_seed(&[seed; 32]));
        let now = Timestamp::from_unix(1_767_225_600)?;
        let [account, main] = ["travel", "eu-1"].map(Label::new);
        let (account, main) = (account?, main?);
        let dollars =
            Source::new("amount".parse()?).with_unit(Unit::new("currency".parse()?, "USD")?);
        let budget = Budget::sum(account.clone(), main.clone(), [dollars], "5000.00".parse()?)?;
        let halves = [
            (main.clone(), 3_000.into()),
            ("us-1".parse()?, 2_000.into()),
        ];
        let budget = budget.with_shares(halves)?;
        let groups = [
            ToolSet::new(["web.get".parse()?, "mail.read".parse()?])?,
            ToolSet::new(["mail.send".parse()?])?,
        ];
        let gate = ApprovalGate::new(1, [ann.public(), bob.public()], Seconds::minutes(30))?
            .with_effect(Effect::Write);
        let limits = Limits::new([
            Limit::budget(budget).with_tools(["pay.*"])?,
            Limit::budget(Budget::calls(account.clone(), main.clone(), 1)),
            Limit::rate_limit(RateLimit::new(
                account.clone(),
                main.clone(),
                20,
                Seconds::minutes(1),
            )?),
            Limit::separation_of_duty(SeparationOfDuty::new(account, main, groups)?),
            Limit::approval_gate(
                gate.with_exemption("amount", Constraint::between(0.into(), 1_000.into())?)?,
            ),
        ])?;
        let chain = Chain::from_bytes(&[&[0x81], &tokens()?.root[..]].concat())?;
        let terms = Delegation::new(
            [1; 16],
            helper.public(),
            tokens()?.powers[1].clone(),
            now.plus(Seconds::minutes(5)),
        );
        let child = chain
            .delegate(terms.with_limits(limits.clone()), now)?
            .sign(&SigningKey::from_seed(&[2; 32]))?;
        let spelled = chain.extend(child)?.to_text();
        Ok((
            run("inspect", &[&spelled], b"").output(),
            run("inspect", &["--json", &spelled], b"").output(),
            limits,
        ))
    };
    let (text, json, limits) = shown().expect("a chain");
    let mut approvers = [50, 51].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
    approvers.sort_unstable();
    let expected = [
        "limits    at most 3000 + 2000 USD of `amount` in all, on account travel, for pay.*".to_owned(),
        "          · 3000 of it counted by ledger eu-1".to_owned(),
        "          · 2000 of it counted by ledger us-1".to_owned(),
        "          at most 1 call in all, on account travel".to_owned(),
        "          · 1 of it counted by ledger eu-1".to_owned(),
        "          at most 20 calls at once, and 20 more each 60 s, on account travel".to_owned(),
        "          · counted by ledger eu-1".to_owned(),
        "          tools of one group only: {mail.read, web.get} or {mail.send}, on account travel".to_owned(),
        "          · kept by ledger eu-1".to_owned(),
        "          1 of 2 must approve, at most 1800 s before, from effect write, unless `amount` is ≥ 0 and ≤ 1000"
            .to_owned(),
        format!("          · {} may approve", approvers[0]),
        format!("          · {} may approve", approvers[1]),
    ];
    let expected = expected.map(|line| format!("   {line}")).join("\n");
    assert!(text.contains(&expected), "{text}\nis without\n{expected}");
    let shown: Inspected<'_> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(Limits::from_json(shown.links[1].limits.get()), Ok(limits));
}

/// A call that is approved, charged, and put on record.
struct OnRecord {
    approval: Token<Approval>,
    receipts: [Token<Receipt>; 4],
    permitted: Started,
}

fn on_record() -> Result<OnRecord, Box<dyn Error>> {
    let [company, agent, ann, server] =
        [1, 2, 50, 70].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let (now, bank) = (
        Timestamp::from_unix(1_767_225_600)?,
        Audience::new("https://bank.example")?,
    );
    let (account, main) = (Label::new("travel")?, Label::new("main")?);
    let limits = Limits::new([
        Limit::budget(Budget::sum(
            account.clone(),
            main.clone(),
            [Source::new("amount".parse()?)],
            100.into(),
        )?),
        Limit::rate_limit(RateLimit::new(
            account,
            main.clone(),
            1,
            Seconds::minutes(1),
        )?),
        Limit::approval_gate(ApprovalGate::new(1, [ann.public()], Seconds::minutes(30))?),
    ])?;
    let all =
        Powers::new([Capability::new("bank.pay", Effect::Irreversible)?
            .require("amount", Constraint::any())?])?;
    let anchor = Anchor::new(
        "https://acme.example".parse()?,
        company.public(),
        Ceiling::Unlimited,
        Seconds::hours(8),
    )?;
    let lifetime = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
    let root = Root {
        link: Link::new([0; 16], agent.public(), all, lifetime).with_limits(limits),
        issuer: anchor.issuer().clone(),
        signed_by: company.public(),
        principal: Label::new("alice")?.into(),
        purpose: Purpose::new("travel".parse()?, "oslo".parse()?, "text"),
        grant: None,
        task: "travel".parse()?,
        audience: RootAudience::Anywhere,
        life: Life::ExpiryOnly,
    };
    let chain = Chain::from(issue(&anchor, root, now)?.sign(&company)?);
    let action = Action::new("bank.pay", [("amount", 40)], Effect::Irreversible)?;
    let call = Call::new([9; 16], action);
    let signed = CallClaims::new(&chain, &call, bank.clone(), now).sign(&agent)?;
    let until = now.plus(Seconds::minutes(10));
    let approval = Approval::new(
        &call,
        chain.leaf_id(),
        bank.clone(),
        NoticeHeader::new([5; 16], ann.public(), now),
        until,
    )
    .sign(&ann)?;
    let verifier = Verifier::new([anchor])?
        .dangerous_effects_as_stated()
        .with_grants(AcceptedGrants::dangerous_any_or_none());
    let (approvals, ledgers) = ([approval.clone()], [main]);
    let context = DecisionContext::new(ServerContext::new(now, bank), Register::none())
        .with_approvals(&approvals)
        .with_ledgers(&ledgers);
    let unsettled = verifier.check(
        &ExecutionProof::new(chain, signed).to_bytes(),
        &call.action,
        &context,
    )?;
    let permit = MemoryLedger::new(10).settle(unsettled, now)?;
    let mut log = ReceiptLog::new(server.public());
    let (permitted, started) = (
        permit.started(),
        log.started(&permit, [6; 16], now, &server)?,
    );
    let record = permit.start(now)?.finish(Outcome::Done);
    let finished = log.finished(&record, [7; 16], now, &server)?;
    log.count_denial();
    let counted = log.counted([8; 16], now, &server)?;
    let observed = WouldDeny {
        call: permitted.call,
        request: permitted.request,
        leaf: permitted.leaf,
        audience: permitted.audience.clone(),
        code: "ToolNotPermitted".into(),
        missing: Some(missing()),
    };
    let receipts = [
        started,
        finished,
        counted,
        log.would_deny(observed, [9; 16], now, &server)?,
    ];
    Ok(OnRecord {
        approval,
        receipts,
        permitted,
    })
}

/// What a call that was only observed would have needed.
fn missing() -> Powers {
    let close = Capability::new("bank.close", Effect::Irreversible).expect("a tool");
    Powers::new([close]).expect("powers")
}

#[test]
fn inspect_shows_approvals_and_receipts() {
    let OnRecord {
        approval,
        receipts,
        permitted,
    } = on_record().expect("a record");
    let inspect = |bytes: &[u8]| {
        let spelled = BASE64URL_NOPAD.encode(bytes);
        let json = run("inspect", &["--json", &spelled], b"").output();
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        (run("inspect", &[&spelled], b"").output(), json)
    };
    let (ann, server) = (approval.claims().header.by, receipts[0].claims().header.by);
    let heading = |kind, bytes: &[u8]| {
        format!(
            "{kind}, {} bytes\nnothing here has been verified: these are claims\n\n",
            bytes.len()
        )
    };
    let (call, request, leaf) = (permitted.call, permitted.request, permitted.leaf);

    let (text, json) = inspect(approval.as_bytes());
    let expected = [
        format!("by        {ann}"),
        "stated at 2026-01-01T00:00:00Z".to_owned(),
        format!("call      {call}"),
        format!("request   {request}"),
        format!("mandate   {leaf}"),
        "audience  https://bank.example".to_owned(),
        "until     2026-01-01T00:10:00Z".to_owned(),
        format!("digest    {}\n", approval.digest()),
    ];
    assert_eq!(
        text,
        heading("approval", approval.as_bytes()) + &expected.join("\n")
    );
    let shown = &json["approval"];
    assert_eq!(
        (&json["kind"], &json["verified"]),
        (&"approval".into(), &false.into()),
        "{json}"
    );
    assert_eq!(
        (&shown["by"], &shown["call"]),
        (&ann.to_string().into(), &call.to_string().into())
    );
    assert_eq!(shown["request"], request.to_string());
    assert_eq!(
        (&shown["at"], &shown["expires"]),
        (&1_767_225_600.into(), &1_767_226_200.into())
    );

    let about = |number: usize, denied: &str| {
        let after = number
            .checked_sub(1)
            .map(|before| receipts[before].digest().to_string());
        [
            format!("by        {server}"),
            "stated at 2026-01-01T00:00:00Z".to_owned(),
            format!("number    {number}"),
            format!(
                "after     {}",
                after.unwrap_or_else(|| "nothing: it is the first".to_owned())
            ),
            format!("digest    {}", receipts[number].digest()),
            format!("denied    {denied} before it"),
        ]
    };
    let [(spent, _), (paced, _)] = permitted.charges[..] else {
        panic!("two charges")
    };
    let started = [
        format!("started   {call}"),
        format!("request   {request}"),
        format!("mandate   {leaf}"),
        "audience  https://bank.example".to_owned(),
        "decided   2026-01-01T00:00:00Z".to_owned(),
        format!("charged   40 to account {spent}"),
        format!("          at account {paced}"),
        format!("approved  by {}", approval.digest()),
    ];
    let finished = [
        format!("ended     {call}"),
        format!("request   {request}"),
        "was       done".to_owned(),
    ];
    let counted = ["event     none: it only counts what was denied".to_owned()];
    let observed = [
        format!("observed  {call}"),
        format!("request   {request}"),
        format!("mandate   {leaf}"),
        "audience  https://bank.example".to_owned(),
        "denial    ToolNotPermitted".to_owned(),
        format!("missing   {}", missing().capabilities()[0]),
    ];
    let table: [(&str, &[String], serde_json::Value); 4] = [
        ("0 calls", &started, "started".into()),
        ("0 calls", &finished, "finished".into()),
        ("1 call", &counted, "counted".into()),
        ("0 calls", &observed, "would-deny".into()),
    ];
    for (number, (denied, lines, event)) in table.into_iter().enumerate() {
        let bytes = receipts[number].as_bytes();
        let (text, json) = inspect(bytes);
        let lines = [&about(number, denied), lines].concat().join("\n");
        assert_eq!(text, heading("receipt", bytes) + &lines + "\n");
        assert_eq!(
            (&json["kind"], &json["verified"]),
            (&"receipt".into(), &false.into()),
            "{json}"
        );
        let shown = &json["receipt"];
        assert_eq!(
            (&shown["event"], &shown["sequence"]),
            (&event, &number.into()),
            "{json}"
        );
    }
    let (_, json) = inspect(receipts[0].as_bytes());
    let charges = serde_json::json!([{ "account": spent.to_string(), "amount": 40 }, { "account": paced.to_string() }]);
    assert_eq!(json["receipt"]["charges"], charges);
    assert_eq!(
        json["receipt"]["approvals"],
        serde_json::json!([approval.digest().to_string()])
    );
    assert_eq!(json["receipt"]["previous"], serde_json::Value::Null);
    for receipt in [0, 1, 3] {
        let (_, json) = inspect(receipts[receipt].as_bytes());
        assert_eq!(json["receipt"]["request"], request.to_string());
    }
    let (_, json) = inspect(receipts[3].as_bytes());
    let shown = &json["receipt"];
    assert_eq!(
        (&shown["code"], &shown["leaf"]),
        (&"ToolNotPermitted".into(), &leaf.to_string().into())
    );
    assert_eq!(
        shown["missing"],
        serde_json::json!([{ "tool": "bank.close", "effect": "irreversible" }])
    );
}

#[test]
fn inspect_refuses_what_is_no_token_in_one_line() {
    let root = tokens().expect("tokens").root;
    assert_eq!(
        run("inspect", &["no such file"], b"").complaint(),
        "neither a file nor the text of a token"
    );
    assert_eq!(
        run("inspect", &["AAAA"], b"").complaint(),
        "not a token of ours: byte 0: expected an array"
    );
    assert_eq!(
        run("inspect", &["-"], b"").complaint(),
        "not a token of ours: byte 0: the bytes end too early"
    );
    let cut = format!(
        "not a token of ours: byte {}: the bytes end too early",
        root.len() - 1
    );
    assert_eq!(
        run("inspect", &["-"], &root[..root.len() - 1]).complaint(),
        cut
    );
    assert_eq!(
        run("inspect", &["--yaml", "AAAA"], b"").complaint(),
        "usage: inspect [--json] TOKEN | FILE | -"
    );
}

#[test]
fn stories_exit_with_0_when_every_verdict_is_the_one_expected() {
    for story in ["sarah", "spending", "swarm", "waves"] {
        let out = run(story, &[], b"").output();
        assert!(out.contains("\n  verdicts not as expected: 0\n"), "{out}");
    }
}

/// What real tools make of the files, `tests/render` shows.
#[test]
fn graph_writes_three_files_and_says_where() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("graph");
    let _ = std::fs::remove_dir_all(&directory);
    let shown = directory.to_string_lossy();
    let out = run("graph", &[&shown], b"").output();
    assert_eq!(
        out.lines().last(),
        Some(&*format!(
            "execution.mmd, execution.dot and graph.html are in {shown}"
        ))
    );
    let tools = |line: &str| {
        line.split_once(" of 37 tools")
            .and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok())
    };
    assert_eq!(
        out.lines().filter_map(tools).collect::<Vec<usize>>(),
        [37, 19, 8, 3, 1, 0, 0]
    );
    let file = |name| std::fs::read_to_string(directory.join(name)).expect("the file is there");
    let (mermaid, dot, page) = (
        file("execution.mmd"),
        file("execution.dot"),
        file("graph.html"),
    );
    let counts = |text: &str, parts: &[&str]| {
        parts
            .iter()
            .map(|part| text.matches(part).count())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        counts(&mermaid, &["]:::", " --> ", " -. before .-> "]),
        [17, 16, 3]
    );
    assert_eq!(
        counts(&dot, &[" [label=", " -> ", "label=\"before\""]),
        [17, 19, 3]
    );
    assert_eq!(
        counts(&page, &["<section", "<svg", "<g class=\"task ", "<script>"]),
        [7, 7, 7 * 17, 1]
    );
}

#[test]
fn graph_writes_to_a_fresh_directory_when_none_is_given() {
    let out = run("graph", &[], b"").output();
    let directory = out
        .lines()
        .last()
        .and_then(|line| line.split_once("graph.html are in "))
        .expect("said where")
        .1;
    assert!(
        PathBuf::from(directory).join("graph.html").exists(),
        "{directory}"
    );
    std::fs::remove_dir_all(directory).expect("it can be removed");
}

#[test]
fn graph_refuses_other_arguments_in_one_line() {
    for arguments in [&["--help"][..], &["one", "two"]] {
        assert_eq!(
            run("graph", arguments, b"").complaint(),
            "usage: graph [DIRECTORY]"
        );
    }
}
