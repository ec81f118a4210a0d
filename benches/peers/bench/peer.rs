//! What is asked of every peer, and asserted of it before it is measured.

use crate::DEPTHS;
use crate::units::Row;
use std::hint::black_box;

pub(crate) const TOOL: &str = "crm.read";
pub(crate) const SERVER: &str = "https://crm.example";
/// Chains are good for an hour, in seconds.
pub(crate) const LIFE: u64 = 3600;
/// The depth at which a child is minted, and the same is asked again.
pub(crate) const USUAL: usize = 4;

/// What a server knows of a call.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) account: &'static str,
    pub(crate) limit: i64,
    /// The server that is called.
    pub(crate) server: &'static str,
    /// Seconds after the chain was minted.
    pub(crate) later: u64,
}

/// Within the powers of every link.
pub(crate) const GOOD: Asked = Asked {
    account: "acme",
    limit: 10,
    server: SERVER,
    later: 0,
};

/// What a caller sends: the token, and a proof that it holds it, where there is one.
pub(crate) struct Sent {
    pub(crate) token: Vec<u8>,
    pub(crate) proof: Vec<u8>,
}

pub(crate) trait Peer {
    /// Crate and version.
    const NAME: &'static str;
    const LABEL: &'static str;
    /// Whether tokens are bound to a server.
    const HAS_AUDIENCE: bool;
    /// Whether the caller proves that it holds the token.
    const HAS_PROOF: bool;
    /// What of the checks it has otherwise than the others.
    const DIFFERS: Option<&'static str>;
    /// What is kept from before where the same token comes again, if the peer has a notion of it.
    const WARM: Option<&'static str>;
    /// A call as this peer's API takes it.
    type Call: Clone;

    fn call(&self, asked: Asked) -> Self::Call;
    /// What the holder of a chain of so many links sends to make this call.
    fn sent(&self, depth: usize, call: &Self::Call) -> Sent;
    /// From received bytes to a decision.
    fn permits(&self, sent: &Sent, call: &Self::Call) -> bool;
    /// Minting a child below a chain of so many links, the child's key being there.
    fn mint(&self, depth: usize) -> Box<dyn FnMut() + '_>;
    /// The decision about the same token again, with what [`WARM`](Self::WARM) says kept.
    fn warm(&self, depth: usize) -> Option<Box<dyn FnMut() + '_>>;

    /// Asserts what it decides, and adds its rows.
    fn entry<'p>(&'p self, rows: &mut Vec<Row<'p>>) -> Entry {
        let bytes = |depth| self.sent(depth, &self.call(GOOD)).token.len();
        let hop = (bytes(16) - bytes(1)) / 15;
        let entry = Entry {
            name: Self::NAME,
            label: Self::LABEL,
            is_floor: false,
            differs: Self::DIFFERS,
            has_mint: true,
            hop: Some(hop),
            warm: Self::WARM,
        };
        for depth in DEPTHS {
            self.assert_decisions(depth);
            let call = self.call(GOOD);
            let sent = self.sent(depth, &call);
            rows.push(Row::new(entry.cold(depth), move || {
                assert!(self.permits(black_box(&sent), &call));
            }));
        }
        rows.push(Row::new(entry.mint(), self.mint(USUAL)));
        rows.extend(self.warm(USUAL).map(|run| Row::new(entry.warm_name(), run)));
        entry
    }

    /// That it permits the call, and refuses each that is otherwise in one way.
    fn assert_decisions(&self, depth: usize) {
        let decided = |asked: Asked| {
            let call = self.call(asked);
            self.permits(&self.sent(depth, &call), &call)
        };
        assert!(decided(GOOD), "{} permits the call", Self::LABEL);
        let mut refused = vec![
            (
                "another account",
                Asked {
                    account: "globex",
                    ..GOOD
                },
            ),
            ("too high a limit", Asked { limit: 101, ..GOOD }),
            ("too low a limit", Asked { limit: 0, ..GOOD }),
            (
                "an expired chain",
                Asked {
                    later: 2 * LIFE,
                    ..GOOD
                },
            ),
        ];
        if Self::HAS_AUDIENCE {
            refused.push((
                "another server",
                Asked {
                    server: "https://erp.example",
                    ..GOOD
                },
            ));
        }
        for (what, asked) in refused {
            assert!(!decided(asked), "{} refuses {what}", Self::LABEL);
        }
        let call = self.call(GOOD);
        let mut tampered = self.sent(depth, &call);
        let middle = tampered.token.len() / 2;
        tampered.token[middle] ^= 1;
        assert!(
            !self.permits(&tampered, &call),
            "{} refuses a changed token",
            Self::LABEL
        );
        let other = self.sent(depth, &self.call(Asked { limit: 11, ..GOOD }));
        assert_eq!(
            self.permits(&other, &call),
            !Self::HAS_PROOF,
            "{}: the proof of another call",
            Self::LABEL
        );
    }
}

/// A line of the tables.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// Signatures alone, which decide nothing.
    pub(crate) is_floor: bool,
    pub(crate) differs: Option<&'static str>,
    pub(crate) has_mint: bool,
    /// Bytes per link.
    pub(crate) hop: Option<usize>,
    pub(crate) warm: Option<&'static str>,
}

impl Entry {
    /// The name of the row.
    pub(crate) fn cold(&self, depth: usize) -> String {
        format!("{}, {depth}", self.label)
    }

    pub(crate) fn mint(&self) -> String {
        format!("{}, mint", self.label)
    }

    pub(crate) fn warm_name(&self) -> String {
        format!("{}, again", self.label)
    }
}
