//! Chains that break a rule: hand-forged, and signed by the very key that the place asks for,
//! unless that is the point. One rule a row; where minting has the rule too, it refuses the same by
//! the same error.

mod arrivals;
mod cache;
mod cached;
mod keys;
mod links;
mod meters;
mod named;
mod order;
mod roots;
mod signatures;
mod signing;
mod size;
mod widening;

use crate::support::cbor;
use crate::support::forge::{Forge, chain_of, proof_bytes};
use crate::support::story::{
    HELPER, after, call_of, call_under, here, key, now, reading, verifier,
};
use mandatum::chain::{ChainCache, ChainErrorKind};
use mandatum::sign::Unsigned;
use mandatum::{
    Action, Chain, ChainError, DecisionContext, Delegation, Denial, DenialCode, Register,
    ServerContext, Verifier,
};

pub(crate) use size::codes as minted_codes;

/// A chain, the verifier that refuses it, and how.
pub(crate) struct Row {
    name: &'static str,
    tokens: Vec<Vec<u8>>,
    verifier: Verifier,
    refused: ChainError,
    /// What minting the offending link says.
    minted: Option<ChainError>,
}

fn row(
    name: &'static str,
    tokens: impl Into<Vec<Vec<u8>>>,
    link: usize,
    broken: ChainErrorKind,
) -> Row {
    Row {
        name,
        tokens: tokens.into(),
        verifier: verifier(),
        refused: ChainError { link, kind: broken },
        minted: None,
    }
}

impl Row {
    fn by(self, verifier: Verifier) -> Self {
        Self { verifier, ..self }
    }

    /// Minting it fails too.
    fn minted<T>(self, result: Result<T, ChainError>) -> Self {
        Self {
            minted: Some(result.err().expect(self.name)),
            ..self
        }
    }

    fn chain(&self) -> Chain {
        chain_of(&self.tokens)
    }

    /// What its leaf permits: reading the CRM for acme, or else the call that shows what is wrong
    /// with its powers.
    fn action(&self) -> Action {
        let shown = match &self.refused.kind {
            ChainErrorKind::BeyondParent(beyond) | ChainErrorKind::BeyondCeiling(beyond) => {
                beyond.witness.as_deref().cloned()
            }
            _ => None,
        };
        let asked = [Some(reading("acme")), shown].into_iter().flatten();
        let leaf = self.chain();
        asked
            .into_iter()
            .find(|action| leaf.leaf().powers.permits(action).is_ok())
            .expect(self.name)
    }

    /// A call of that, by the leaf's holder, so that nothing but the chain is wrong; by the helper
    /// where the holder's key is none.
    fn call(&self) -> Forge {
        let request = call_of(7, self.action()).request();
        let holder = self.chain().leaf().holder.key;
        let signer = (0..=u8::MAX)
            .find(|seed| key(*seed).public() == holder)
            .unwrap_or(HELPER);
        call_under(self.tokens.last().unwrap())
            .signed_by(signer)
            .term(1, cbor::bytes(request.as_bytes()))
    }

    /// The proof of that call.
    pub(crate) fn proof(&self) -> Vec<u8> {
        proof_bytes(&self.tokens, &self.call().token())
    }
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    let tables = [
        links::rows(),
        signatures::rows(),
        roots::rows(),
        keys::rows(),
    ];
    let limits = [
        order::rows(),
        meters::rows(),
        named::rows(),
        widening::rows(),
    ];
    tables.into_iter().chain(limits).flatten().collect()
}

/// The codes that the rows reach, through the one door for servers.
pub(crate) fn codes() -> Vec<DenialCode> {
    rows().iter().map(|row| denial(row).code()).collect()
}

/// What a server says to a row's chain with a call that is right.
fn denial(row: &Row) -> Denial {
    row.verifier
        .check(&row.proof(), &row.action(), &here())
        .expect_err(row.name)
}

#[test]
fn every_row_is_refused_by_its_rule_at_its_link() {
    for row in rows() {
        assert_eq!(
            row.verifier.verify(&row.chain()).map(drop),
            Err(row.refused.clone()),
            "{}",
            row.name
        );
        assert_ne!(row.refused.kind.rule(), 0, "{}", row.name);
    }
}

/// Whatever begins like a chain that is known is refused all the same, and what is refused is not
/// known afterwards.
#[test]
fn a_cache_changes_no_verdict() {
    let mut known = 0;
    for row in rows() {
        let cache = ChainCache::new(1 << 20);
        for end in 1..row.tokens.len() {
            known += usize::from(
                row.verifier
                    .verify_cached(&chain_of(&row.tokens[..end]), &cache)
                    .is_ok(),
            );
        }
        let before = cache.len();
        for _ in 0..2 {
            let verdict = row.verifier.verify_cached(&row.chain(), &cache).map(drop);
            assert_eq!(verdict, Err(row.refused.clone()), "{}", row.name);
        }
        assert_eq!(cache.len(), before, "{}", row.name);
    }
    assert!(known > 100, "{known}");
}

#[test]
fn minting_refuses_the_same_by_the_same_error() {
    let minted: Vec<Row> = rows()
        .into_iter()
        .filter(|row| row.minted.is_some())
        .collect();
    assert!(minted.len() > 30, "{}", minted.len());
    for row in minted {
        assert_eq!(row.minted, Some(row.refused), "{}", row.name);
    }
}

#[test]
fn a_denial_is_at_the_link_and_says_so() {
    for row in rows() {
        let denial = denial(&row);
        let place = match row.refused.kind {
            ChainErrorKind::BeyondCeiling(_) => mandatum::denial::DenialPlace::Ceiling,
            _ => mandatum::denial::DenialPlace::Link(row.refused.link),
        };
        assert_eq!(denial.place(), place, "{}", row.name);
        assert_eq!(
            *denial.reason(),
            mandatum::denial::DenialReason::Chain(row.refused.kind),
            "{}",
            row.name
        );
    }
}

#[test]
fn no_server_permits_any_of_them_at_any_time() {
    for row in rows() {
        let call = row.call();
        for seconds in [-3600, 0, 60, 3599, 86_400] {
            let now = after(seconds);
            let call = call
                .clone()
                .claim(6, cbor::int(i64::try_from(now.as_unix()).unwrap()))
                .token();
            let context = DecisionContext::new(
                ServerContext::new(now, here().audience().clone()),
                Register::none(),
            );
            let proof = proof_bytes(&row.tokens, &call);
            assert!(
                row.verifier.check(&proof, &row.action(), &context).is_err(),
                "{}",
                row.name
            );
        }
    }
}

/// Minting a child below these tokens.
fn delegate(
    tokens: &[Vec<u8>],
    terms: Delegation,
) -> Result<Unsigned<mandatum::claims::Child>, ChainError> {
    chain_of(tokens).delegate(terms, now())
}
