use crate::peer::{Asked, GOOD, Peer, Sent, TOOL};
use crate::world::{World, key};
use mandatum::chain::ChainCache;
use mandatum::primitives::Value;
use mandatum::{
    Action, Audience, CallClaims, Chain, DecisionContext, Effect, ExecutionProof, Register,
    Seconds, ServerContext,
};
use std::hint::black_box;

pub(crate) struct Mandatum {
    world: World,
    cache: ChainCache,
}

#[derive(Clone)]
pub(crate) struct Call {
    call: mandatum::Call,
    context: DecisionContext<'static>,
}

impl Mandatum {
    pub(crate) fn new() -> Self {
        Self {
            world: World::new(),
            cache: ChainCache::new(1 << 20),
        }
    }

    fn chain(&self, depth: usize) -> Chain {
        self.world.chain(depth)
    }
}

impl Peer for Mandatum {
    const NAME: &'static str = env!("VERSION_MANDATUM");
    const LABEL: &'static str = "mandatum";
    const HAS_AUDIENCE: bool = true;
    const HAS_PROOF: bool = true;
    const DIFFERS: Option<&'static str> = None;
    const WARM: Option<&'static str> =
        Some("the chain is in a `ChainCache`; bytes are read, and the signed call is verified");
    type Call = Call;

    fn call(&self, asked: Asked) -> Call {
        let arguments = [
            ("account", Value::from(asked.account)),
            ("limit", asked.limit.into()),
        ];
        let action = Action::new(TOOL, arguments, Effect::Read).unwrap();
        let now = self.world.now.plus(Seconds::new(asked.later));
        let context = DecisionContext::new(
            ServerContext::new(now, Audience::new(asked.server).unwrap()),
            Register::none(),
        );
        Call {
            call: mandatum::Call::new([9; 16], action),
            context,
        }
    }

    /// Chain and signed call are one.
    fn sent(&self, depth: usize, call: &Call) -> Sent {
        let chain = self.chain(depth);
        let server = call.context.audience().clone();
        let signed = CallClaims::new(&chain, &call.call, server, call.context.now())
            .sign(&key(depth))
            .unwrap();
        Sent {
            token: ExecutionProof::new(chain, signed).to_bytes(),
            proof: Vec::new(),
        }
    }

    fn permits(&self, sent: &Sent, call: &Call) -> bool {
        self.world
            .verifier
            .check(&sent.token, &call.call.action, &call.context)
            .is_ok()
    }

    fn mint(&self, depth: usize) -> Box<dyn FnMut() + '_> {
        let (chain, holder, terms) = (self.chain(depth), key(depth), self.world.delegation(depth));
        Box::new(move || {
            let child = black_box(&chain)
                .delegate(terms.clone(), self.world.now)
                .unwrap()
                .sign(&holder)
                .unwrap();
            assert_eq!(child.claims().parent, chain.leaf_id());
        })
    }

    fn warm(&self, depth: usize) -> Option<Box<dyn FnMut() + '_>> {
        let call = self.call(GOOD);
        let token = self.sent(depth, &call).token;
        Some(Box::new(move || {
            let Call { call, context } = &call;
            let decided = self.world.verifier.check_cached(
                black_box(&token),
                &call.action,
                context,
                &self.cache,
            );
            assert!(decided.is_ok() && self.cache.len() == 1);
        }))
    }
}
