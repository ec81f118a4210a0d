//! One call in front of one server, with which everything is right until something is changed.

use crate::support::forge::{Forge, chain_of};
use crate::support::spending::approval;
use crate::support::story::{
    CRM, HELPER, after, audience, call_of, call_under, key, reading, two_links, verifier,
};
use mandatum::claims::Approval;
use mandatum::decide::{Explanation, Presentation, Presenter};
use mandatum::primitives::MandateId;
use mandatum::sign::Token;
use mandatum::{
    Action, Call, CallClaims, DecisionContext, Denial, Label, Register, ServerContext, Unsettled,
    VerifiedChain, Verifier,
};

/// Who makes the call.
#[derive(Clone)]
pub(crate) enum By {
    /// Whoever signed this.
    Signed(Box<Forge>),
    /// Whoever the host says, by the seed of its key, for a leaf.
    Asserted(u8, MandateId),
}

#[derive(Clone)]
pub(crate) struct Scene {
    tokens: Vec<Vec<u8>>,
    verifier: Verifier,
    /// Who decides, where it is another than verified.
    decider: Option<Verifier>,
    context: DecisionContext<'static>,
    call: Call,
    by: By,
    approvals: Vec<Token<Approval>>,
    ledgers: Vec<Label>,
}

/// The helper reads the CRM for acme.
pub(crate) fn scene() -> Scene {
    under(two_links())
}

/// The holder of the last of these tokens reads the CRM for acme.
pub(crate) fn under(tokens: impl Into<Vec<Vec<u8>>>) -> Scene {
    let tokens = tokens.into();
    let by = By::Signed(Box::new(call_under(tokens.last().unwrap())));
    let context = DecisionContext::new(
        ServerContext::new(after(0), audience(CRM)),
        Register::none(),
    );
    let call = call_of(7, reading("acme"));
    let (approvals, ledgers) = (Vec::new(), Vec::new());
    Scene {
        tokens,
        verifier: verifier(),
        decider: None,
        context,
        call,
        by,
        approvals,
        ledgers,
    }
}

impl Scene {
    pub(crate) fn verifier(self, verifier: Verifier) -> Self {
        Self { verifier, ..self }
    }

    pub(crate) fn decider(self, decider: Verifier) -> Self {
        Self {
            decider: Some(decider),
            ..self
        }
    }

    /// So many seconds later, or earlier.
    pub(crate) fn at(self, seconds: i64) -> Self {
        Self {
            context: DecisionContext::new(
                ServerContext::new(after(seconds), self.context.audience().clone()),
                Register::none(),
            ),
            ..self
        }
    }

    /// At another server.
    pub(crate) fn at_server(self, name: &str) -> Self {
        Self {
            context: DecisionContext::new(
                ServerContext::new(self.context.now(), audience(name)),
                Register::none(),
            ),
            ..self
        }
    }

    /// The server acts in this system.
    pub(crate) fn in_system(self, system: &str) -> Self {
        Self {
            context: self.context.with_system(system.parse().unwrap()),
            ..self
        }
    }

    /// The server is attached to this ledger as well.
    pub(crate) fn attached(mut self, ledger: &str) -> Self {
        self.ledgers.push(ledger.parse().unwrap());
        self
    }

    /// Who holds this key approves the call as it is, by hand, with a change.
    pub(crate) fn approving(mut self, by: u8, change: impl FnOnce(Forge) -> Forge) -> Self {
        let (leaf, here) = (chain_of(&self.tokens).leaf_id(), self.context.audience());
        let (call, request) = (self.call.key(&leaf, here), self.call.request());
        let approval = change(approval(
            by,
            leaf.as_bytes(),
            [call.as_bytes(), request.as_bytes()],
            here.as_str(),
        ));
        self.approvals
            .push(Token::from_bytes(&approval.token()).unwrap());
        self
    }

    pub(crate) fn with_approvals(self, approvals: Vec<Token<Approval>>) -> Self {
        Self { approvals, ..self }
    }

    pub(crate) fn approvals(&self) -> &[Token<Approval>] {
        &self.approvals
    }

    /// The server is asked for this, whatever was signed.
    pub(crate) fn asked(self, action: Action) -> Self {
        Self {
            call: Call {
                action,
                ..self.call
            },
            ..self
        }
    }

    /// The server sees this id, whatever was signed.
    pub(crate) fn with_id(self, id: u8) -> Self {
        Self {
            call: call_of(id, self.call.action.clone()),
            ..self
        }
    }

    /// The call as it is signed, changed.
    pub(crate) fn signing(self, change: impl FnOnce(Forge) -> Forge) -> Self {
        match self.by {
            By::Signed(call) => Self {
                by: By::Signed(Box::new(change(*call))),
                ..self
            },
            By::Asserted(..) => panic!("the call is not signed"),
        }
    }

    /// Asked and signed for the same.
    pub(crate) fn calling(self, action: Action) -> Self {
        let request = call_of(0, action.clone()).request();
        self.asked(action)
            .signing(|call| call.term(1, crate::support::cbor::bytes(request.as_bytes())))
    }

    /// By the host's word for this key and the leaf.
    pub(crate) fn asserted(self, holder: u8) -> Self {
        let leaf = chain_of(&self.tokens).leaf_id();
        Self {
            by: By::Asserted(holder, leaf),
            ..self
        }
    }

    /// By the host's word for the helper and this leaf.
    pub(crate) fn asserted_for(self, leaf: MandateId) -> Self {
        Self {
            by: By::Asserted(HELPER, leaf),
            ..self
        }
    }

    pub(crate) fn action(&self) -> &Action {
        &self.call.action
    }

    pub(crate) fn chain(&self) -> VerifiedChain {
        self.verifier.verify(&chain_of(&self.tokens)).unwrap()
    }

    fn present<T>(
        &self,
        ask: impl FnOnce(&Verifier, &VerifiedChain, &Presentation<'_>, &DecisionContext<'_>) -> T,
    ) -> T {
        let signed: Token<CallClaims>;
        let presenter = match &self.by {
            By::Signed(call) => {
                signed = call.call();
                Presenter::Signed(&signed)
            }
            By::Asserted(holder, leaf) => Presenter::Asserted {
                holder: key(*holder).public(),
                leaf: *leaf,
            },
        };
        let presentation = Presentation {
            call: &self.call,
            presenter,
        };
        let context = self
            .context
            .clone()
            .with_approvals(&self.approvals)
            .with_ledgers(&self.ledgers);
        ask(
            self.decider.as_ref().unwrap_or(&self.verifier),
            &self.chain(),
            &presentation,
            &context,
        )
    }

    pub(crate) fn decide(&self) -> Result<Unsettled, Denial> {
        self.present(Verifier::decide)
    }

    pub(crate) fn denial(&self) -> Denial {
        self.decide().map(drop).expect_err("the call is permitted")
    }

    pub(crate) fn is_permitted(&self) -> bool {
        self.decide().is_ok()
    }

    pub(crate) fn explain(&self) -> Explanation {
        self.present(Verifier::explain)
    }
}
