use crate::peer::{Asked, GOOD, LIFE, Peer, SERVER, Sent, TOOL};
use biscuit_auth::builder::{Algorithm, AuthorizerBuilder, BlockBuilder, date, fact, int, string};
use biscuit_auth::macros::{authorizer, biscuit, block};
use biscuit_auth::{AuthorizerLimits, KeyPair, PrivateKey, PublicKey};
use std::hint::black_box;
use std::time::{Duration, SystemTime};

pub(crate) struct Biscuit {
    /// Key 0 is the root's; the others are those that each block names for the next.
    keys: Vec<KeyPair>,
    tokens: Vec<biscuit_auth::Biscuit>,
    root: PublicKey,
    /// What a server keeps: its policy, without what it knows of a call.
    authorizer: AuthorizerBuilder,
    now: SystemTime,
}

/// One tool, two constraints, an end: the same in each block.
fn attenuation(end: SystemTime) -> BlockBuilder {
    block!(
        r#"
        check if operation("crm.read"), account($account), ["acme"].contains($account),
            limit($limit), $limit >= 1, $limit <= 100;
        check if time($time), $time <= {end};
        "#
    )
}

impl Biscuit {
    pub(crate) fn new() -> Self {
        let key = |number: u8| {
            KeyPair::from(&PrivateKey::from_bytes(&[number; 32], Algorithm::Ed25519).unwrap())
        };
        let keys: Vec<KeyPair> = (0..=17).map(key).collect();
        let now = SystemTime::now();
        let end = now + Duration::from_secs(LIFE);
        let authority = biscuit!(
            r#"
            right("crm.read");
            check if operation("crm.read"), account($account), ["acme"].contains($account),
                limit($limit), $limit >= 1, $limit <= 100;
            check if time($time), $time <= {end};
            check if audience({SERVER});
            "#
        );
        let mut tokens = vec![authority.build(&keys[0]).unwrap()];
        for link in 1..16 {
            let child = tokens[link - 1]
                .append_with_keypair(&keys[link + 1], attenuation(end))
                .unwrap();
            tokens.push(child);
        }
        // As in the crate's own benchmarks: by default it gives up after a millisecond, which a
        // busy machine may take.
        let limits = AuthorizerLimits {
            max_time: Duration::from_secs(10),
            ..AuthorizerLimits::default()
        };
        let authorizer =
            authorizer!("allow if operation($operation), right($operation);").set_limits(limits);
        Self {
            root: keys[0].public(),
            keys,
            tokens,
            authorizer,
            now,
        }
    }

    fn allows(&self, token: &biscuit_auth::Biscuit, (asked, now): &(Asked, SystemTime)) -> bool {
        let asked = [
            fact("operation", &[string(TOOL)]),
            fact("account", &[string(asked.account)]),
            fact("limit", &[int(asked.limit)]),
            fact("audience", &[string(asked.server)]),
            fact("time", &[date(now)]),
        ];
        let builder = asked
            .into_iter()
            .fold(self.authorizer.clone(), |builder, fact| {
                builder.fact(fact).unwrap()
            });
        builder
            .build(token)
            .is_ok_and(|mut authorizer| authorizer.authorize().is_ok())
    }
}

impl Peer for Biscuit {
    const NAME: &'static str = env!("VERSION_BISCUIT_AUTH");
    const LABEL: &'static str = "biscuit-auth";
    const HAS_AUDIENCE: bool = true;
    const HAS_PROOF: bool = false;
    const DIFFERS: Option<&'static str> = Some("no proof that the caller holds the token");
    const WARM: Option<&'static str> = Some(
        "the token is parsed and its signatures are verified; the authorizer is built and run",
    );
    type Call = (Asked, SystemTime);

    fn call(&self, asked: Asked) -> Self::Call {
        (asked, self.now + Duration::from_secs(asked.later))
    }

    fn sent(&self, depth: usize, _: &Self::Call) -> Sent {
        Sent {
            token: self.tokens[depth - 1].to_vec().unwrap(),
            proof: Vec::new(),
        }
    }

    fn permits(&self, sent: &Sent, call: &Self::Call) -> bool {
        biscuit_auth::Biscuit::from(&sent.token, self.root)
            .is_ok_and(|token| self.allows(&token, call))
    }

    fn mint(&self, depth: usize) -> Box<dyn FnMut() + '_> {
        let (parent, key) = (&self.tokens[depth - 1], &self.keys[depth + 1]);
        let terms = attenuation(self.now + Duration::from_secs(LIFE));
        Box::new(move || {
            let child = black_box(parent)
                .append_with_keypair(key, terms.clone())
                .unwrap();
            assert_eq!(child.block_count(), depth + 1);
        })
    }

    fn warm(&self, depth: usize) -> Option<Box<dyn FnMut() + '_>> {
        let call = self.call(GOOD);
        let token = biscuit_auth::Biscuit::from(self.sent(depth, &call).token, self.root).unwrap();
        Some(Box::new(move || {
            assert!(self.allows(black_box(&token), &call));
        }))
    }
}
