//! The calls that are tried, and what the parent's holder could grant of them.

use crate::support::cbor;
use crate::support::forge::chain_of;
use crate::support::spending::{LEDGER, approval};
use crate::support::story::{
    BANK, COMPANY, CRM, FILES, HELPER, INTERN, ISSUER, ORCHESTRATOR, THIEF, after, audience,
    call_of, key,
};
use ciborium::Value as Cbor;
use mandatum::charge::{Charge, Demand};
use mandatum::claims::Approval;
use mandatum::decide::{Facts, Presentation, Presenter};
use mandatum::primitives::Value;
use mandatum::sign::Token;
use mandatum::{
    Action, Call, CallClaims, Capability, DecisionContext, Denial, DenialCode, Effect, Label,
    Powers, Register, ServerContext, SigningKey, VerifiedChain, Verifier,
};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How it is shown who calls.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Signed,
    Asserted,
}

/// Where and when a call is made, what is known there, and who approves it where that is asked for,
/// by the seeds of their keys.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) context: DecisionContext<'static>,
    pub(super) approvers: &'static [u8],
}

impl From<DecisionContext<'static>> for Setting {
    fn from(context: DecisionContext<'static>) -> Self {
        Self {
            context,
            approvers: &[],
        }
    }
}

/// A call, when and where it is made and how, and what it would be charged where the parent's
/// holder could have granted it.
#[derive(Debug)]
pub(super) struct Question {
    call: Call,
    setting: Setting,
    shown: Shown,
    parents: Option<Vec<Charge>>,
}

impl Question {
    pub(super) fn parent_could_grant(&self) -> bool {
        self.parents.is_some()
    }

    /// Whether all that the parent would be charged is among these charges, and bounded no less.
    pub(super) fn is_charged_as_the_parent(&self, charges: &[Charge]) -> bool {
        let within = |made: &Demand, demanded: &Demand| match (made, demanded) {
            (
                Demand::Spend { amount, max, .. },
                Demand::Spend {
                    amount: least,
                    max: most,
                    ..
                },
            ) => amount == least && max <= most,
            (made, demanded) => made == demanded,
        };
        let made = |demanded: &Charge| {
            charges.iter().any(|charge| {
                charge.account == demanded.account && within(&charge.demand, &demanded.demand)
            })
        };
        self.parents.iter().flatten().all(made)
    }

    /// What the holder of the chain's leaf is charged for the call, where it is permitted. Every
    /// key of the story is tried, and approvals where they are missing.
    pub(super) fn permitted(
        &self,
        verifier: &Verifier,
        chain: &VerifiedChain,
    ) -> Option<Vec<Charge>> {
        match self.decide(verifier, chain, &[]) {
            Err(Some(DenialCode::ApprovalsMissing)) => {
                self.decide(verifier, chain, self.setting.approvers).ok()
            }
            decision => decision.ok(),
        }
    }

    /// The same with just some of the approvals: a gate of a parent may take those that a gate of
    /// its child does not.
    fn permitted_by_some(&self, verifier: &Verifier, chain: &VerifiedChain) -> Option<Vec<Charge>> {
        let approvers = self.setting.approvers;
        let some = |chosen: usize| {
            let some = approvers
                .iter()
                .enumerate()
                .filter(|(place, _)| chosen & (1 << place) != 0);
            some.map(|(_, seed)| *seed).collect::<Vec<u8>>()
        };
        (0..1 << approvers.len())
            .find_map(|chosen| self.decide(verifier, chain, &some(chosen)).ok())
    }

    fn decide(
        &self,
        verifier: &Verifier,
        chain: &VerifiedChain,
        by: &[u8],
    ) -> Result<Vec<Charge>, Option<DenialCode>> {
        let (leaf, id) = (chain.chain().leaf(), chain.chain().leaf_id());
        let here = self.setting.context.audience();
        let (key, request) = (self.call.key(&id, here), self.call.request());
        let approved = |seed: &u8| {
            approval(
                *seed,
                id.as_bytes(),
                [key.as_bytes(), request.as_bytes()],
                here.as_str(),
            )
            .token()
        };
        let approvals: Vec<Token<Approval>> = by
            .iter()
            .map(|seed| Token::from_bytes(&approved(seed)).unwrap())
            .collect();
        let context = self.setting.context.clone().with_approvals(&approvals);
        let decide = |presenter| {
            let presentation = Presentation {
                call: &self.call,
                presenter,
            };
            let unsettled = verifier.decide(chain, &presentation, &context);
            unsettled
                .map(|unsettled| unsettled.charges().charges().to_vec())
                .map_err(|denial: Denial| Some(denial.code()))
        };
        match self.shown {
            Shown::Asserted => decide(Presenter::Asserted {
                holder: leaf.holder.key,
                leaf: id,
            }),
            Shown::Signed => {
                let holder = keys()
                    .into_iter()
                    .find(|key| key.public() == leaf.holder.key)
                    .ok_or(None)?;
                let call = CallClaims::new(chain.chain(), &self.call, here.clone(), context.now())
                    .sign(&holder)
                    .unwrap();
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
    pub(super) fn over(verifier: &Verifier, parents: &[Vec<u8>], settings: &[Setting]) -> Self {
        let chain = verifier.verify(&chain_of(parents)).unwrap();
        let passed_on = chain
            .chain()
            .leaf()
            .powers
            .capabilities()
            .iter()
            .filter(|entry| entry.is_delegable());
        let passed_on = Powers::new(passed_on.cloned().collect::<Vec<Capability>>()).unwrap();
        let mut questions = Vec::new();
        for action in actions() {
            for (place, setting) in settings.iter().enumerate() {
                for shown in [Shown::Asserted, Shown::Signed] {
                    // Signatures cost more than all else; what needs one is asked by one, and the
                    // rest in one place.
                    let needs_signature = action.tool.as_str() == "http.get" || place == 0;
                    if shown == Shown::Signed && !needs_signature {
                        continue;
                    }
                    let call = call_of(7, action.clone());
                    let mut question = Question {
                        call,
                        setting: setting.clone(),
                        shown,
                        parents: None,
                    };
                    if passed_on.permits(&action).is_ok() {
                        question.parents = question.permitted_by_some(verifier, &chain);
                    }
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
static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    Facts::none().with_fact(
        "ticket".parse().unwrap(),
        "open",
        after(0),
        [ISSUER.parse().unwrap()],
    )
});

/// At several servers, knowing more or less.
pub(super) fn contexts() -> Vec<Setting> {
    let plain = |seconds, name| {
        DecisionContext::new(
            ServerContext::new(after(seconds), audience(name)),
            Register::none(),
        )
    };
    let knowing = |(seconds, name)| {
        plain(seconds, name)
            .with_register(&ALIVE)
            .with_facts(&FACTS)
    };
    let places = [
        (0, CRM),
        (550, CRM),
        (700, CRM),
        (1500, CRM),
        (1900, CRM),
        (-40, CRM),
        (0, FILES),
        (2500, FILES),
        (0, BANK),
    ];
    let ignorant = [
        plain(0, CRM),
        plain(0, CRM).with_register(&ALIVE),
        plain(0, CRM).with_facts(&FACTS),
    ];
    let fired = plain(0, CRM).with_register(&FIRED).with_facts(&FACTS);
    places
        .into_iter()
        .map(knowing)
        .chain(ignorant)
        .chain([fired])
        .map(Setting::from)
        .collect()
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

static HEARD: LazyLock<Vec<Register>> = LazyLock::new(|| {
    TURNS
        .iter()
        .map(|(_, wave, done)| super::heard_of_turns(*wave, done))
        .collect()
});

/// In several waves, with more or less of the other tasks done.
pub(super) fn turns() -> Vec<Setting> {
    let at = |(turn, register): (&Turn, &'static Register)| {
        DecisionContext::new(ServerContext::new(after(turn.0), audience(CRM)), register).into()
    };
    TURNS.iter().zip(HEARD.iter()).map(at).collect()
}

static LEDGERS: LazyLock<[Label; 2]> =
    LazyLock::new(|| [LEDGER, "us-1"].map(|ledger| ledger.parse().unwrap()));

/// At servers that are attached to more or fewer ledgers, with more or fewer approvals.
pub(super) fn purses() -> Vec<Setting> {
    let attached = |ledgers, seconds| {
        DecisionContext::new(
            ServerContext::new(after(seconds), audience(CRM)),
            Register::none(),
        )
        .with_ledgers(ledgers)
    };
    let all = |approvers| Setting {
        context: attached(&LEDGERS[..], 0),
        approvers,
    };
    let lines = [&LEDGERS[..0], &LEDGERS[..1], &LEDGERS[1..]];
    let lines = lines.map(|ledgers| Setting {
        context: attached(ledgers, 0),
        approvers: &[60, 61, 62],
    });
    let late = Setting {
        context: attached(&LEDGERS[..], 400),
        approvers: &[60, 61, 62],
    };
    [&[][..], &[60], &[61], &[60, 61], &[61, 62], &[60, 61, 62]]
        .into_iter()
        .map(all)
        .chain(lines)
        .chain([late])
        .collect()
}

fn actions() -> Vec<Action> {
    let texts = |tool: &str, arguments: &[(&str, &str)], effect| {
        Action::new(tool, arguments.iter().copied(), effect).unwrap()
    };
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
