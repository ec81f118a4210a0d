//! The calls that are tried, and what the parent's holder could grant of them.

use crate::support::cbor;
use crate::support::forge::chain_of;
use crate::support::story::{
    BANK, COMPANY, CRM, FILES, HELPER, INTERN, ORCHESTRATOR, THIEF, after, audience, call_of, key,
};
use ciborium::Value as Cbor;
use mandatum::{
    Action, Call, Capability, Context, Effect, Facts, Powers, Presentation, Presenter, Register, SigningKey, Value,
    VerifiedChain, Verifier, sign_call,
};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How it is shown who calls.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Signed,
    Asserted,
}

/// A call, when and where it is made and how, and whether the parent's holder could have granted it.
#[derive(Debug)]
pub(super) struct Question {
    call: Call,
    context: Context<'static>,
    shown: Shown,
    parent_could_grant: bool,
}

impl Question {
    pub(super) fn parent_could_grant(&self) -> bool {
        self.parent_could_grant
    }

    /// Whether the holder of the chain's leaf is permitted the call. Every key of the story is tried.
    pub(super) fn is_permitted(&self, verifier: &Verifier, chain: &VerifiedChain) -> bool {
        let leaf = chain.chain().leaf();
        let decide = |presenter| {
            let presentation = Presentation { call: &self.call, presenter };
            verifier.decide(chain, &presentation, &self.context).is_ok()
        };
        match self.shown {
            Shown::Asserted => decide(Presenter::Asserted { holder: leaf.holder.key, leaf: chain.chain().leaf_id() }),
            Shown::Signed => {
                let Some(holder) = keys().into_iter().find(|key| key.public() == leaf.holder.key) else { return false };
                let audience = self.context.audience().clone();
                let call = sign_call(chain.chain(), &self.call, audience, self.context.now()).sign(&holder).unwrap();
                decide(Presenter::Signed(&call))
            }
        }
    }
}

fn keys() -> [SigningKey; 5] {
    [COMPANY, ORCHESTRATOR, HELPER, THIEF, INTERN].map(key)
}

/// All questions.
pub(super) struct Universe(Vec<Question>);

impl Universe {
    /// The universe below these links, at these servers in these seconds.
    pub(super) fn over(verifier: &Verifier, parents: &[Vec<u8>], contexts: &[Context<'static>]) -> Self {
        let chain = verifier.verify(&chain_of(parents)).unwrap();
        let passed_on = chain.chain().leaf().powers.capabilities().iter().filter(|entry| entry.is_delegable());
        let passed_on = Powers::new(passed_on.cloned().collect::<Vec<Capability>>()).unwrap();
        let mut questions = Vec::new();
        for action in actions() {
            for (place, context) in contexts.iter().enumerate() {
                for shown in [Shown::Asserted, Shown::Signed] {
                    // Signatures cost more than all else; what needs one is asked by one, and the rest in one place.
                    let needs_signature = action.tool.as_str() == "http.get" || place == 0;
                    if shown == Shown::Signed && !needs_signature {
                        continue;
                    }
                    let call = call_of(7, action.clone());
                    let mut question = Question { call, context: context.clone(), shown, parent_could_grant: false };
                    question.parent_could_grant =
                        passed_on.permits(&action).is_ok() && question.is_permitted(verifier, &chain);
                    questions.push(question);
                }
            }
        }
        Self(questions)
    }

    pub(super) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.0.iter()
    }
}

/// What is known, for as long as the tests run.
static ALIVE: LazyLock<Register> = LazyLock::new(|| super::heard(false));
static FIRED: LazyLock<Register> = LazyLock::new(|| super::heard(true));
static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts::none().observed("ticket".parse().unwrap(), "open", after(0)));

/// At several servers, knowing more or less.
pub(super) fn contexts() -> Vec<Context<'static>> {
    let plain = |seconds, name| Context::new(after(seconds), audience(name));
    let knowing = |(seconds, name)| plain(seconds, name).with_register(&ALIVE).with_facts(&FACTS);
    let places =
        [(0, CRM), (550, CRM), (700, CRM), (1500, CRM), (1900, CRM), (-40, CRM), (0, FILES), (2500, FILES), (0, BANK)];
    let ignorant = [plain(0, CRM), plain(0, CRM).with_register(&ALIVE), plain(0, CRM).with_facts(&FACTS)];
    let fired = plain(0, CRM).with_register(&FIRED).with_facts(&FACTS);
    places.into_iter().map(knowing).chain(ignorant).chain([fired]).collect()
}

/// When what was heard of the wave and of the tasks that are waited for.
type Turn = (i64, Option<(u64, i64)>, &'static [u8]);

const TURNS: [Turn; 10] = [
    (0, Some((1, 0)), &[1, 2, 3]),
    (0, Some((0, 0)), &[1, 2, 3]),
    (0, Some((1, 0)), &[]),
    (0, Some((1, 0)), &[1, 3]),
    (0, Some((1, 0)), &[1, 2]),
    (499, Some((1, 0)), &[1, 3]),
    (500, Some((1, 0)), &[1, 3]),
    (59, Some((2, 0)), &[1, 2, 3]),
    (60, Some((2, 0)), &[1, 2, 3]),
    (0, None, &[1, 2, 3]),
];

static HEARD: LazyLock<Vec<Register>> =
    LazyLock::new(|| TURNS.iter().map(|(_, wave, done)| super::heard_of_turns(*wave, done)).collect());

/// In several waves, with more or less of the other tasks done.
pub(super) fn turns() -> Vec<Context<'static>> {
    let at = |(turn, register): (&Turn, &'static Register)| {
        Context::new(after(turn.0), audience(CRM)).with_register(register)
    };
    TURNS.iter().zip(HEARD.iter()).map(at).collect()
}

fn actions() -> Vec<Action> {
    let texts =
        |tool: &str, arguments: &[(&str, &str)], effect| Action::new(tool, arguments.iter().copied(), effect).unwrap();
    let message = |to: &str| {
        let message = Value::Map(BTreeMap::from([("to".to_owned(), Value::from(to))]));
        Action::new("mail.send", [("message", message)], Effect::Irreversible).unwrap()
    };
    let read = Effect::Read;
    vec![
        texts("crm.read", &[("account", "acme")], read),
        texts("crm.read", &[("account", "globex")], read),
        texts("crm.read", &[("account", "acme")], Effect::Write),
        texts("crm.read", &[], read),
        texts("files.read", &[("path", "/decks/acme/q3")], read),
        texts("files.read", &[("path", "/decks/acme")], read),
        texts("files.read", &[("path", "/decks")], read),
        texts("http.get", &[("url", "https://example.com/v1/x")], read),
        texts("http.get", &[("url", "https://example.com/v1")], read),
        texts("http.get", &[("url", "https://example.com/")], read),
        message("alice"),
        texts("notes.write", &[], Effect::Write),
        texts("pay", &[], Effect::Irreversible),
    ]
}

/// The claims of a token, as generic CBOR.
pub(super) fn payload_of(token: &[u8]) -> Cbor {
    match cbor::decode(token) {
        Cbor::Tag(18, parts) => cbor::decode(parts.as_array().unwrap()[2].as_bytes().unwrap()),
        other => panic!("not a token: {other:?}"),
    }
}
