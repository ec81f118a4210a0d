//! The story with payments: a company's root for an orchestrator, which passes paying on to a
//! helper; people who approve.

use crate::forging::story::{
    COMPANY, CRM, HELPER, ORCHESTRATOR, after, anchor_with, audience, call_of, key, powers,
    root_claims, verifier_of,
};
use mandatum::chain::Ceiling;
use mandatum::claims::{Approval, Holder, NoticeHeader};
use mandatum::codec::Claims;
use mandatum::decide::Presentation;
use mandatum::denial::DenialPlace;
use mandatum::limits::ApprovalGate;
use mandatum::primitives::MandateId;
use mandatum::sign::{Token, Unsigned};
use mandatum::{
    Action, Audience, Call, CallClaims, Capability, Chain, DecisionContext, Delegation, Denial,
    DenialCode, Effect, ExecutionProof, Label, Limit, Limits, MemoryLedger, Permit, Powers,
    PublicKey, Register, Root, Seconds, ServerContext, Unsettled, VerifiedChain, Verifier, issue,
};

pub(crate) const ANNA: u8 = 60;
pub(crate) const BEN: u8 = 61;
pub(crate) const CLEO: u8 = 62;
pub(crate) const STRANGER: u8 = 70;

pub(crate) fn public(seed: u8) -> PublicKey {
    key(seed).public()
}

pub(crate) fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

pub(crate) fn here() -> Audience {
    audience(CRM)
}

/// What the chains permit: two tools, with any arguments.
pub(crate) fn tools() -> Powers {
    powers(["pay", "crm.read"].map(|tool| {
        Capability::new(tool, Effect::Irreversible)
            .unwrap()
            .allow_others()
            .allow_delegation()
    }))
}

pub(crate) fn verifier() -> Verifier {
    verifier_of(anchor_with(Ceiling::Unlimited))
}

/// So many of these people, at most ten minutes before, for payments.
pub(crate) fn gate(needed: usize, approvers: &[u8]) -> ApprovalGate {
    ApprovalGate::new(
        needed,
        approvers.iter().map(|seed| public(*seed)),
        Seconds::new(600),
    )
    .unwrap()
}

pub(crate) fn for_payments(gate: ApprovalGate) -> Limit {
    Limit::approval_gate(gate).with_tools(["pay"]).unwrap()
}

pub(crate) fn root_with(change: impl FnOnce(&mut Root)) -> Root {
    let mut root = root_claims(tools());
    root.link.holder = Holder::new(public(ORCHESTRATOR)).with_name(label("orchestrator"));
    change(&mut root);
    root
}

pub(crate) fn limits(limits: impl IntoIterator<Item = Limit>) -> Limits {
    Limits::new(limits).unwrap()
}

/// Root and child, each with these limits.
pub(crate) fn chain(
    upper: impl IntoIterator<Item = Limit>,
    lower: impl IntoIterator<Item = Limit>,
) -> Chain {
    let root = root_with(|root| root.link.limits = limits(upper));
    let root = issue(&anchor_with(Ceiling::Unlimited), root, after(0))
        .unwrap()
        .sign(&key(COMPANY))
        .unwrap();
    below(&Chain::from(root), limits(lower), 1)
}

/// A child for the helper.
pub(crate) fn below(root: &Chain, limits: Limits, id: u8) -> Chain {
    let helper = Holder::new(public(HELPER)).with_name(label("helper"));
    let terms = Delegation::new([id; 16], helper, tools(), after(3600))
        .with_limits(limits)
        .with_step("pay".parse().unwrap());
    root.extend(
        root.delegate(terms, after(0))
            .unwrap()
            .sign(&key(ORCHESTRATOR))
            .unwrap(),
    )
    .unwrap()
}

pub(crate) fn paying(amount: i64) -> Action {
    Action::new("pay", [("amount", amount)], Effect::Irreversible).unwrap()
}

pub(crate) fn payment(id: u8, amount: i64) -> Call {
    call_of(id, paying(amount))
}

/// The helper's word that it makes this call, so many seconds later.
pub(crate) fn signed(chain: &Chain, call: &Call, seconds: i64) -> Token<CallClaims> {
    CallClaims::new(chain, call, here(), after(seconds))
        .sign(&key(HELPER))
        .unwrap()
}

pub(crate) fn proof(chain: &Chain, call: &Call, seconds: i64) -> Vec<u8> {
    ExecutionProof::new(chain.clone(), signed(chain, call, seconds)).to_bytes()
}

pub(crate) fn verified(chain: &Chain) -> VerifiedChain {
    verifier().verify(chain).unwrap()
}

/// What is decided on the helper's call, in the context's second.
pub(crate) fn decide(
    chain: &Chain,
    call: &Call,
    context: &DecisionContext<'_>,
) -> Result<Unsettled, Denial> {
    let signed = CallClaims::new(chain, call, context.audience().clone(), context.now())
        .sign(&key(HELPER))
        .unwrap();
    let presentation = Presentation::signed(call, &signed);
    verifier().decide(&verified(chain), &presentation, context)
}

pub(crate) fn settled(unsettled: Unsettled) -> Permit {
    MemoryLedger::new(10).settle(unsettled, after(0)).unwrap()
}

pub(crate) fn code_and_place<T>(result: Result<T, Denial>) -> Option<(DenialCode, DenialPlace)> {
    result.err().map(|denial| (denial.code(), denial.place()))
}

/// What somebody approves, and how.
#[derive(Clone)]
pub(crate) struct Word {
    pub(crate) by: u8,
    pub(crate) call: Call,
    pub(crate) leaf: MandateId,
    pub(crate) server: Audience,
    /// In seconds from now.
    pub(crate) at: i64,
    pub(crate) expires: i64,
}

impl Word {
    /// On this call, a minute ago, good for five more.
    pub(crate) fn on(chain: &Chain, call: &Call, by: u8) -> Self {
        Self {
            by,
            call: call.clone(),
            leaf: chain.leaf_id(),
            server: here(),
            at: -60,
            expires: 300,
        }
    }

    pub(crate) fn unsigned(&self) -> Unsigned<Approval> {
        let (by, id) = (public(self.by), [self.by; 16]);
        Approval::new(
            &self.call,
            self.leaf,
            self.server.clone(),
            NoticeHeader::new(id, by, after(self.at)),
            after(self.expires),
        )
    }

    pub(crate) fn sign(&self) -> Token<Approval> {
        self.unsigned().sign(&key(self.by)).unwrap()
    }

    /// With a signature of another's.
    pub(crate) fn signed_by(&self, signer: u8) -> Token<Approval> {
        signed_again(&self.sign(), &self.unsigned().to_be_signed(), signer)
    }
}

/// The same token with somebody's signature over these bytes.
pub(crate) fn signed_again<C: Claims>(token: &Token<C>, bytes: &[u8], signer: u8) -> Token<C> {
    let token = token.as_bytes();
    let head = &token[..token.len() - 64];
    Token::from_bytes(&[head, key(signer).sign(bytes).as_bytes()].concat()).unwrap()
}

/// The words of these people on a call.
pub(crate) fn approvals(chain: &Chain, call: &Call, by: &[u8]) -> Vec<Token<Approval>> {
    by.iter()
        .map(|by| Word::on(chain, call, *by).sign())
        .collect()
}

pub(crate) fn context(seconds: i64) -> DecisionContext<'static> {
    DecisionContext::new(ServerContext::new(after(seconds), here()), Register::none())
}
