//! Tools of attackers.

use mandatum::SigningKey;

/// Bytes exchanged for others of the same length.
pub(crate) fn exchange(token: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match token.windows(from.len()).position(|window| window == from) {
        Some(at) => [
            token.get(..at),
            Some(to),
            token.get(at.saturating_add(from.len())..),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .concat(),
        None => token.to_vec(),
    }
}

/// Signs a token's content again: RFC 9052 section 4.4 by hand. A token is tag and array head (2
/// bytes), the protected header (a short byte string), an empty map, the payload, and 66 bytes of
/// signature.
pub(crate) fn resign(token: &[u8], key: &SigningKey) -> Vec<u8> {
    let body = token
        .get(2..token.len().saturating_sub(66))
        .unwrap_or_default();
    let protected_length = body
        .first()
        .map_or(0, |head| usize::from(head & 0x1f).saturating_add(1));
    let (protected, rest) = body
        .split_at_checked(protected_length)
        .unwrap_or((body, &[]));
    let payload = rest.get(1..).unwrap_or_default();
    let message = [b"\x84\x6aSignature1", protected, b"\x40", payload].concat();
    let head = token
        .get(..token.len().saturating_sub(64))
        .unwrap_or_default();
    [head, key.sign(&message).as_bytes().as_slice()].concat()
}
