use crate::peer::{Asked, GOOD, LIFE, Peer, Sent, TOOL};
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, SystemTime};
use tenuo::wire::{WarrantStack, decode_stack, encode_stack};
use tenuo::{
    Authorizer, ConstraintSet, ConstraintValue, OneOf, Range, Signature, SigningKey, Warrant,
};

/// As [`Authorizer`] has it by default: a proof is good for four windows of 30 seconds.
const WINDOW: (i64, u32) = (30, 4);

pub(crate) struct Tenuo {
    /// Key 0 is the root's, key n that of the holder of warrant n − 1.
    keys: Vec<SigningKey>,
    warrants: Vec<Warrant>,
    authorizer: Authorizer,
    /// In seconds; the proofs of possession are of this moment, so that they are always met in the
    /// first window.
    now: i64,
}

#[derive(Clone)]
pub(crate) struct Call {
    arguments: HashMap<String, ConstraintValue>,
    now: i64,
}

fn constraints() -> ConstraintSet {
    let account = ("account".to_owned(), OneOf::new(["acme"]).into());
    let limit = (
        "limit".to_owned(),
        Range::new(Some(1.0), Some(100.0)).unwrap().into(),
    );
    [account, limit].into_iter().collect()
}

impl Tenuo {
    pub(crate) fn new() -> Self {
        let keys: Vec<SigningKey> = (0..=17_u8)
            .map(|number| SigningKey::from_bytes(&[number; 32]))
            .collect();
        let root = Warrant::builder()
            .capability(TOOL, constraints())
            .holder(keys[1].public_key());
        let mut warrants = vec![root.ttl(Duration::from_secs(LIFE)).build(&keys[0]).unwrap()];
        for link in 1..16 {
            let child = below(&warrants[link - 1], &keys[link + 1], &keys[link]);
            warrants.push(child);
        }
        let authorizer = Authorizer::builder()
            .trusted_root(keys[0].public_key())
            .build()
            .unwrap();
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        Self {
            keys,
            warrants,
            authorizer,
            now: now.try_into().unwrap(),
        }
    }

    fn proof(&self, depth: usize, call: &Call) -> Signature {
        let leaf = &self.warrants[depth - 1];
        leaf.sign_with_timestamp(&self.keys[depth], TOOL, &call.arguments, Some(call.now))
            .unwrap()
    }
}

fn below(parent: &Warrant, holder: &SigningKey, signer: &SigningKey) -> Warrant {
    let child = parent
        .attenuate()
        .capability(TOOL, constraints())
        .holder(holder.public_key());
    child
        .ttl_capped_to_parent(Duration::from_secs(LIFE))
        .build(signer)
        .unwrap()
}

impl Peer for Tenuo {
    const NAME: &'static str = env!("VERSION_TENUO");
    const LABEL: &'static str = "tenuo";
    const HAS_AUDIENCE: bool = false;
    const HAS_PROOF: bool = true;
    const DIFFERS: Option<&'static str> = Some("no audience");
    const WARM: Option<&'static str> = Some(
        "the leaf is parsed; its powers and the proof are checked by `Warrant::authorize`, the chain is not",
    );
    type Call = Call;

    fn call(&self, asked: Asked) -> Call {
        let account = (
            "account".to_owned(),
            ConstraintValue::String(asked.account.to_owned()),
        );
        let limit = ("limit".to_owned(), ConstraintValue::Integer(asked.limit));
        let now = self.now + i64::try_from(asked.later).unwrap();
        Call {
            arguments: [account, limit].into_iter().collect(),
            now,
        }
    }

    fn sent(&self, depth: usize, call: &Call) -> Sent {
        let token = encode_stack(&WarrantStack::new(self.warrants[..depth].to_vec())).unwrap();
        Sent {
            token,
            proof: self.proof(depth, call).to_bytes().to_vec(),
        }
    }

    fn permits(&self, sent: &Sent, call: &Call) -> bool {
        let Ok(stack) = decode_stack(&sent.token) else {
            return false;
        };
        let proof = sent
            .proof
            .as_slice()
            .try_into()
            .ok()
            .and_then(|bytes| Signature::from_bytes(bytes).ok());
        let Call { arguments, now } = call;
        // What `check_chain` does, at a given time.
        let checked = self.authorizer.check_chain_with_pop_args_as_of(
            &stack.0,
            TOOL,
            arguments,
            arguments,
            proof.as_ref(),
            &[],
            *now,
        );
        checked.is_ok_and(|result| result.verified_approvals.is_empty())
    }

    fn mint(&self, depth: usize) -> Box<dyn FnMut() + '_> {
        let (parent, holder, signer) = (
            &self.warrants[depth - 1],
            &self.keys[depth + 1],
            &self.keys[depth],
        );
        let (powers, holder) = (constraints(), holder.public_key());
        Box::new(move || {
            let child = black_box(parent)
                .attenuate()
                .capability(TOOL, powers.clone())
                .holder(holder.clone());
            let child = child
                .ttl_capped_to_parent(Duration::from_secs(LIFE))
                .build(signer)
                .unwrap();
            assert_eq!(child.depth(), parent.depth() + 1);
        })
    }

    fn warm(&self, depth: usize) -> Option<Box<dyn FnMut() + '_>> {
        let call = self.call(GOOD);
        let (leaf, proof) = (&self.warrants[depth - 1], self.proof(depth, &call));
        Some(Box::new(move || {
            let Call { arguments, now } = black_box(&call);
            let (seconds, windows) = WINDOW;
            // What `authorize` does, at a given time.
            let decided = leaf.authorize_with_pop_args_and_config_as_of(
                TOOL,
                arguments,
                arguments,
                Some(&proof),
                seconds,
                windows,
                *now,
            );
            assert!(decided.is_ok());
        }))
    }
}
