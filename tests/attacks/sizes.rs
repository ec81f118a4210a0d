//! What a hop costs on the wire.

use crate::support::cbor;
use crate::support::forge::chain_of;
use crate::support::story::{
    HELPER, NOW, ORCHESTRATOR, after, audience, call_of, child_of, encoded_powers, key, now,
    powers, read_crm, reading, root, two_links,
};
use mandatum::{CallClaims, Chain, Delegation, ExecutionProof};

/// Most bytes of a hop with one tool and one constraint.
const MOST: usize = 250;

#[test]
fn a_hop_with_one_tool_and_one_constraint_is_small() {
    let root = chain_of(&[root().token()]);
    let terms = Delegation::new(
        [1; 16],
        key(HELPER).public(),
        powers([read_crm(&["acme"])]),
        after(300),
    );
    let child = root
        .delegate(terms.with_step("slides".parse().unwrap()), now())
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    let hop = child.as_bytes().len();
    println!("a hop: {hop} bytes");
    assert_eq!(hop, 247);
    assert!(hop <= MOST);

    let longer = root.extend(child).unwrap();
    assert_eq!(
        longer.to_bytes().len(),
        root.to_bytes().len() + hop,
        "the chain adds nothing of its own"
    );
}

#[test]
fn a_hop_made_by_hand_takes_the_same() {
    let root = root().token();
    let by_hand = child_of(&root)
        .claim(4, cbor::int(NOW + 300))
        .term(0, encoded_powers(powers([read_crm(&["acme"])])))
        .no_term(2);
    let terms = Delegation::new(
        [1; 16],
        key(HELPER).public(),
        powers([read_crm(&["acme"])]),
        after(300),
    );
    let chain: Chain = chain_of(&[root]);
    let minted = chain
        .delegate(terms.with_step("slides".parse().unwrap()), now())
        .unwrap()
        .sign(&key(ORCHESTRATOR))
        .unwrap();
    assert_eq!(
        by_hand.token(),
        minted.as_bytes(),
        "two writers, one spelling"
    );
}

#[test]
fn a_call_is_small_whatever_its_arguments() {
    let chain = chain_of(&two_links());
    let call = call_of(7, reading(&"a".repeat(10_000)));
    let signed = CallClaims::new(&chain, &call, audience("https://crm.example"), now());
    let signed = signed.sign(&key(HELPER)).unwrap();
    let size = signed.as_bytes().len();
    println!("a call: {size} bytes");
    assert_eq!(size, 216);
    assert!(
        ExecutionProof::new(chain.clone(), signed).to_bytes().len()
            <= chain.to_bytes().len() + size + 1
    );
}
