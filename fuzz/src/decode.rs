use mandatum::chain::Ceiling;
use mandatum::claims::{Approval, Child, Receipt};
use mandatum::codec::{Claims, CodecError};
use mandatum::receipts::verify_receipts;
use mandatum::sign::Token;
use mandatum::{Anchor, CallClaims, Chain, ExecutionProof, Notice, Root, Seconds, issue};

/// Reads the bytes as everything that can be read. What decodes has exactly these bytes, in binary
/// and in text, and a root's payload is what writing its claims again makes.
pub fn decode(data: &[u8]) {
    if let Some(root) = token::<Root>(data) {
        assert_written_again(&root);
    }
    token::<Child>(data);
    token::<CallClaims>(data);
    token::<Approval>(data);
    if let Some(receipt) = token::<Receipt>(data) {
        assert_one_of_a_record(&receipt);
    }
    if let Some(notice) = read(Notice::from_bytes(data)) {
        assert_eq!(notice.as_bytes(), data);
    }
    if let Some(chain) = read(Chain::from_bytes(data)) {
        assert_eq!(chain.to_bytes(), data);
        assert_eq!(Chain::from_text(&chain.to_text()).as_ref(), Ok(&chain));
        assert_eq!(chain.ids().last(), Some(chain.leaf_id()));
        assert_eq!(chain.links().count(), chain.len());
        if let Ok(tasks) = chain.tasks() {
            assert_eq!(tasks.len(), chain.len());
        }
        assert_written_again(chain.root());
    }
    if let Some(proof) = read(ExecutionProof::from_bytes(data)) {
        assert_eq!(proof.to_bytes(), data);
        assert_eq!(
            ExecutionProof::from_text(&proof.to_text()).as_ref(),
            Ok(&proof)
        );
        assert_written_again(proof.chain().root());
    }
}

/// An error speaks without panicking, of a place within the bytes or right after them.
fn read<T>(decoded: Result<T, CodecError>) -> Option<T> {
    decoded.map_err(|error| error.to_string()).ok()
}

fn token<C: Claims + Clone + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<Token<C>> {
    let token = read(Token::<C>::from_bytes(data))?;
    assert_eq!(token.as_bytes(), data);
    assert_eq!(Token::from_text(&token.to_text()).as_ref(), Ok(&token));
    Some(token)
}

/// A record of this entry alone is sound just where it is the first, signed, and ends nothing.
fn assert_one_of_a_record(receipt: &Token<Receipt>) {
    let claims = receipt.claims();
    match verify_receipts(claims.header.by, [receipt], None) {
        Err(error) => assert_eq!(error.at, 0),
        Ok(summary) => {
            assert_eq!((claims.sequence, claims.previous), (0, None));
            assert_eq!((summary.head.length, summary.denied), (1, claims.denied));
            assert_eq!(u64::try_from(summary.open.len()), Ok(summary.started));
        }
    }
}

/// Issues the root's claims anew and compares what would be signed with what was.
fn assert_written_again(root: &Token<Root>) {
    let claims = root.claims().clone();
    let issued_at = claims.link.lifetime.issued_at();
    let Ok(anchor) = Anchor::new(
        claims.issuer.clone(),
        claims.signed_by,
        Ceiling::Unlimited,
        Seconds::new(u64::MAX),
    ) else {
        panic!("an anchor of one key and some lifetime");
    };
    let anchor = anchor.with_systems(
        claims
            .principal
            .aliases
            .iter()
            .map(|(system, _)| system.clone()),
    );
    let unsigned = match issue(&anchor, claims, issued_at) {
        Ok(unsigned) => unsigned,
        // These rules are between the claims of one root, so it may decode and still break them: it
        // may name its holder's own key as the issuer's. Rule 19 is not: the anchor has every
        // system that the root names.
        Err(error) if matches!(error.kind.rule(), 14 | 16..=18 | 20) => return,
        Err(error) => panic!("an unlimited anchor issues what decodes: {error}"),
    };

    // Sig_structure is [ "Signature1", protected, h'', payload ]; a token is 18([ protected, {},
    // payload, signature ]).
    let signed = unsigned.to_be_signed();
    let Some(signed) = signed.strip_prefix(b"\x84\x6aSignature1") else {
        panic!("a Sig_structure")
    };
    let token = root.as_bytes();
    let body = &token[2..token.len() - 66];
    let header = 6 + "mandate2-root+cwt".len();
    assert_eq!(signed.len(), body.len());
    assert_eq!(signed[header + 1..], body[header + 1..]);
}
