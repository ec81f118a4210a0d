use crate::peer::{Asked, LIFE, Peer, SERVER, Sent, TOOL};
use data_encoding::BASE64URL;
use macaroon::{ByteString, Format, MacaroonKey, Verifier};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

thread_local! {
    /// The call at hand: a caveat is checked by a plain function, which is handed the caveat alone.
    static ASKED: Cell<Option<(Asked, u64)>> = const { Cell::new(None) };
}

pub(crate) struct Macaroon {
    key: MacaroonKey,
    tokens: Vec<macaroon::Macaroon>,
    verifier: Verifier,
    now: u64,
}

/// One tool, two constraints, an end: each link adds them as caveats of its own.
fn attenuate(token: &mut macaroon::Macaroon, end: u64) {
    token.add_first_party_caveat(format!("tool = {TOOL}").into());
    token.add_first_party_caveat("account in acme".into());
    token.add_first_party_caveat("limit in 1..100".into());
    token.add_first_party_caveat(format!("time < {end}").into());
}

/// What of a caveat comes after its beginning, beside the call at hand.
fn rest<'c>(caveat: &'c ByteString, begin: &str) -> Option<(&'c str, Asked, u64)> {
    let rest = std::str::from_utf8(&caveat.0).ok()?.strip_prefix(begin)?;
    ASKED.get().map(|(asked, now)| (rest, asked, now))
}

fn account(caveat: &ByteString) -> bool {
    rest(caveat, "account in ")
        .is_some_and(|(accounts, asked, _)| accounts.split(',').any(|one| one == asked.account))
}

fn limit(caveat: &ByteString) -> bool {
    let range = rest(caveat, "limit in ").and_then(|(range, asked, _)| {
        let (from, to) = range.split_once("..")?;
        Some((from.parse().ok()?..=to.parse().ok()?).contains(&asked.limit))
    });
    range == Some(true)
}

fn time(caveat: &ByteString) -> bool {
    rest(caveat, "time < ").is_some_and(|(end, _, now)| end.parse().is_ok_and(|end: u64| now < end))
}

fn server(caveat: &ByteString) -> bool {
    rest(caveat, "server = ").is_some_and(|(server, asked, _)| server == asked.server)
}

impl Macaroon {
    pub(crate) fn new() -> Self {
        macaroon::initialize().unwrap();
        let key = MacaroonKey::generate(b"the server's own secret");
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_secs();
        let mut token = macaroon::Macaroon::create(None, &key, "qbr".into()).unwrap();
        token.add_first_party_caveat(format!("server = {SERVER}").into());
        let mut tokens = Vec::new();
        for _ in 0..16 {
            attenuate(&mut token, now + LIFE);
            tokens.push(token.clone());
        }
        let mut verifier = Verifier::default();
        verifier.satisfy_exact(format!("tool = {TOOL}").into());
        [account, limit, time, server]
            .into_iter()
            .for_each(|check| verifier.satisfy_general(check));
        Self {
            key,
            tokens,
            verifier,
            now,
        }
    }
}

impl Peer for Macaroon {
    const NAME: &'static str = env!("VERSION_MACAROON");
    const LABEL: &'static str = "macaroon";
    const HAS_AUDIENCE: bool = true;
    const HAS_PROOF: bool = false;
    const DIFFERS: Option<&'static str> = Some(
        "no signatures, one key for issuer and server; no proof that the caller holds the token",
    );
    const WARM: Option<&'static str> = None;
    type Call = (Asked, u64);

    fn call(&self, asked: Asked) -> Self::Call {
        (asked, self.now + asked.later)
    }

    /// In binary: the crate writes base64, and reads both.
    fn sent(&self, depth: usize, _: &Self::Call) -> Sent {
        let text = self.tokens[depth - 1].serialize(Format::V2).unwrap();
        Sent {
            token: BASE64URL.decode(text.as_bytes()).unwrap(),
            proof: Vec::new(),
        }
    }

    fn permits(&self, sent: &Sent, call: &Self::Call) -> bool {
        ASKED.set(Some(*call));
        let token = macaroon::Macaroon::deserialize_binary(&sent.token);
        token.is_ok_and(|token| self.verifier.verify(&token, &self.key, Vec::new()).is_ok())
    }

    fn mint(&self, depth: usize) -> Box<dyn FnMut() + '_> {
        let parent = &self.tokens[depth - 1];
        Box::new(move || {
            let mut child = black_box(parent).clone();
            attenuate(&mut child, self.now + LIFE);
            assert_eq!(child.signature(), self.tokens[depth].signature());
        })
    }

    fn warm(&self, _: usize) -> Option<Box<dyn FnMut() + '_>> {
        None
    }
}
