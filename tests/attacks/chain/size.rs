//! Rules 1, 2 and 5, where only minting can meet them: the reader refuses such bytes, and no
//! verifier sees them.

use crate::support::forge::chain_of;
use crate::support::story::{
    HELPER, ORCHESTRATOR, after, anchor_with, child_of, encoded_powers, key, now, powers, root,
    root_claims, verifier_of,
};
use mandatum::bounds::{MAX_CHAIN_BYTES, MAX_TOKEN_BYTES, VERIFY_STEPS};
use mandatum::chain::{Ceiling, ChainErrorKind};
use mandatum::denial::DenialPlace;
use mandatum::{
    Capability, Chain, ChainError, Constraint, Delegation, Denial, DenialCode, Effect, Powers,
    issue,
};

/// Powers of about so many bytes.
fn bulky(bytes: usize) -> Powers {
    let text = Constraint::one_of(["a".repeat(bytes)]).unwrap();
    powers([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .require("account", text)
        .unwrap()
        .allow_delegation()])
}

fn terms(powers: Powers) -> Delegation {
    Delegation::new([1; 16], key(ORCHESTRATOR).public(), powers, after(3600)).with_same_key()
}

/// A root that allows many delegations.
fn long_root(powers: Powers) -> Chain {
    let mut root = root_claims(powers);
    root.link = root.link.with_hops(200);
    issue(&anchor_with(Ceiling::Unlimited), root, now())
        .unwrap()
        .sign(&key(1))
        .unwrap()
        .into()
}

/// The chain with one link more, all by one key.
fn longer(chain: &Chain, hops: u8, powers: Powers) -> Result<Chain, ChainError> {
    let child = chain
        .delegate(terms(powers).with_hops(hops), now())?
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    chain.extend(child)
}

/// The longest chain, and a seventeenth link that is minted.
fn seventeenth() -> (Chain, ChainError) {
    let mut chain = long_root(bulky(1));
    for hops in (100..115).rev() {
        chain = longer(&chain, hops, bulky(1)).unwrap();
    }
    let error = longer(&chain, 0, bulky(1)).map(drop).unwrap_err();
    (chain, error)
}

/// A child that is larger than any token.
fn oversize() -> ChainError {
    let anything = powers([Capability::new("crm.read", Effect::Read)
        .unwrap()
        .allow_others()
        .allow_delegation()]);
    long_root(anything)
        .delegate(terms(bulky(MAX_TOKEN_BYTES)), now())
        .map(drop)
        .unwrap_err()
}

/// The codes that only minting meets.
pub(crate) fn codes() -> Vec<DenialCode> {
    [seventeenth().1, oversize()]
        .map(|error| Denial::from(error).code())
        .into()
}

#[test]
fn the_seventeenth_link_is_neither_minted_nor_joined() {
    let (chain, seventeenth) = seventeenth();
    assert_eq!(chain.len(), 16);
    assert_eq!(
        seventeenth,
        ChainError {
            link: 16,
            kind: ChainErrorKind::TooManyLinks
        }
    );
    assert_eq!(
        chain.delegate(terms(bulky(1)), now()).map(drop),
        Err(seventeenth.clone()),
        "minting alone"
    );
    let forged = child_of(chain.children().last().unwrap().as_bytes()).child();
    assert_eq!(chain.extend(forged).map(drop), Err(seventeenth));
}

#[test]
fn a_token_that_no_reader_takes_is_not_minted() {
    let root = issue(
        &anchor_with(Ceiling::Unlimited),
        root_claims(bulky(MAX_TOKEN_BYTES)),
        now(),
    )
    .map(drop)
    .unwrap_err();
    for (link, error) in [root, oversize()].into_iter().enumerate() {
        let ChainErrorKind::TokenTooLarge { found } = error.kind else {
            panic!("{error:?}")
        };
        assert!(found > MAX_TOKEN_BYTES && error.link == link);
    }
}

#[test]
fn a_chain_that_no_reader_takes_is_not_minted() {
    let mut chain = long_root(bulky(14_000));
    let error = loop {
        let hops = u8::try_from(100 - chain.len()).unwrap();
        match longer(&chain, hops, bulky(14_000)) {
            Ok(longer) => chain = longer,
            Err(error) => break error,
        }
    };
    let ChainErrorKind::ChainTooLarge { found } = error.kind else {
        panic!("{error:?}")
    };
    assert!(found > MAX_CHAIN_BYTES && error.link == chain.len());
    let hops = u8::try_from(100 - chain.len()).unwrap();
    assert_eq!(
        chain
            .delegate(terms(bulky(14_000)).with_hops(hops), now())
            .map(drop),
        Err(error),
        "minting alone"
    );
    assert!(Chain::from_bytes(&chain.to_bytes()).is_ok());
    assert_eq!(
        Denial::from(ChainError {
            link: 0,
            kind: ChainErrorKind::ChainTooLarge { found }
        })
        .code(),
        DenialCode::TooLarge
    );
}

#[test]
fn a_forged_child_does_not_lengthen_a_chain_beyond_what_any_reader_takes() {
    let mut chain = long_root(bulky(14_000));
    let forged = |chain: &Chain| {
        let parent = chain
            .children()
            .last()
            .map_or(chain.root().as_bytes(), |child| child.as_bytes());
        child_of(parent)
            .term(0, encoded_powers(bulky(14_000)))
            .child()
    };
    while chain.len() < 4 {
        chain = chain.extend(forged(&chain)).unwrap();
    }
    let error = chain.extend(forged(&chain)).map(drop).unwrap_err();
    let ChainErrorKind::ChainTooLarge { found } = error.kind else {
        panic!("{error:?}")
    };
    assert!(found > MAX_CHAIN_BYTES && error.link == 4);
}

#[test]
fn a_child_that_would_end_before_it_begins_is_not_minted() {
    let chain = chain_of(&[root().token()]);
    let terms = |expires| Delegation::new([1; 16], key(HELPER).public(), Powers::none(), expires);
    let never = |expires, begins| ChainError {
        link: 1,
        kind: ChainErrorKind::NeverValid { expires, begins },
    };
    assert_eq!(
        chain.delegate(terms(after(10)), after(10)).map(drop),
        Err(never(after(10), after(10)))
    );
    assert_eq!(
        chain.delegate(terms(now()), after(-50)).map(drop),
        Err(never(now(), now()))
    );
    let early = chain.delegate(terms(after(10)), after(-50)).unwrap();
    assert_eq!(
        early.claims().link.lifetime.issued_at(),
        now(),
        "no child begins before its parent"
    );
}

/// Patterns that take long to compare: each with each of the other side.
fn slow(begin: &str) -> Powers {
    let patterns =
        (0..256).map(|number| Constraint::pattern(&format!("{begin}{number:03}*")).unwrap());
    let slow = Capability::new("crm.read", Effect::Read).unwrap();
    powers([slow
        .require("account", Constraint::any_of(patterns).unwrap())
        .unwrap()
        .allow_delegation()])
}

#[test]
fn a_chain_built_to_be_slow_is_given_up() {
    let root = root().term(0, encoded_powers(slow("a*"))).token();
    let child = child_of(&root).term(0, encoded_powers(slow("ab"))).token();
    let verifier = verifier_of(anchor_with(Ceiling::Unlimited));
    let refused = verifier.verify(&chain_of(&[root, child])).unwrap_err();
    assert_eq!(
        (refused.link, refused.kind.rule()),
        (1, 0),
        "{VERIFY_STEPS} steps are not enough"
    );
    let denial = Denial::from(refused);
    assert_eq!(
        (denial.place(), denial.code()),
        (DenialPlace::Link(1), DenialCode::OutOfWork)
    );
}
