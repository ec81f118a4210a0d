//! The envelope: tagged `COSE_Sign1` (RFC 9052 section 4.2) with a fixed protected header and an
//! empty unprotected one.

use super::claims::{Claims, TokenType, read_payload};
use super::error::{CodecError, CodecErrorKind, Expected};
use super::reader::Reader;
use super::writer::Writer;
use crate::primitives::bounds::MAX_TOKEN_BYTES;

/// CBOR tag of `COSE_Sign1` (RFC 9052 section 2).
const COSE_SIGN1: u64 = 18;
/// Header parameter `alg` (RFC 9052 section 3.1).
const ALG: i64 = 1;
/// Header parameter `typ` (RFC 9596).
const TYP: i64 = 16;
/// Algorithm `EdDSA` (RFC 9053 section 2.2), which is written.
const EDDSA: i128 = -8;
/// Algorithm Ed25519 (RFC 9864), the fully specified name of the same algorithm. It is also read.
const ED25519: i128 = -19;

/// A token that is split: its bytes, those of them that were signed, and the signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) protected: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) signature: &'a [u8; 64],
    /// The offsets of header and payload in the bytes in which errors are placed.
    protected_at: usize,
    payload_at: usize,
}

impl<'a> Envelope<'a> {
    /// Splits a token of at most [`MAX_TOKEN_BYTES`]. Its content is not read.
    pub(crate) fn read(r: &mut Reader<'a>) -> Result<Self, CodecError> {
        Self::read_within(r, MAX_TOKEN_BYTES)
    }

    /// Splits a token of at most `max` bytes. Its content is not read.
    pub(crate) fn read_within(r: &mut Reader<'a>, max: usize) -> Result<Self, CodecError> {
        let start = r.clone();
        let (envelope, bytes) = r.with_bytes(|r| {
            r.tag(COSE_SIGN1)?;
            let at = r.clone();
            // Any other number is the wrong item here. The bound is only there because `array` asks
            // for one.
            if r.array(4, max)? != 4 {
                return at.fail(CodecErrorKind::Expected(Expected::ArrayOfLength(4)));
            }
            let (protected, protected_at) = read_inner(r, max)?;
            let at = r.clone();
            if r.map(max)?.left() != 0 {
                return at.fail(CodecErrorKind::UnprotectedHeader);
            }
            let (payload, payload_at) = read_inner(r, max)?;
            let signature = r.chunk_of()?;
            Ok(Self {
                // They are known when all parts are read.
                bytes: &[],
                protected,
                payload,
                signature,
                protected_at,
                payload_at,
            })
        })?;
        if bytes.len() > max {
            return start.fail(CodecErrorKind::TooLarge { max });
        }
        Ok(Self { bytes, ..envelope })
    }

    /// Reads the claims of a token of type `C::TYPE`. The type is compared before any claim is
    /// read, so claims of one type are never taken for those of another.
    pub(crate) fn claims<C: Claims>(&self) -> Result<C, CodecError> {
        let expected = C::TYPE.as_str();
        let (found, at) = self.header()?;
        if found != expected {
            return at.fail(CodecErrorKind::TokenType {
                expected,
                found: found.into(),
            });
        }
        read_payload(self.payload, self.payload_at)
    }

    /// Returns the type that the header names.
    pub(crate) fn token_type(&self) -> Result<TokenType, CodecError> {
        let (named, at) = self.header()?;
        match TokenType::ALL
            .into_iter()
            .find(|known| known.as_str() == named)
        {
            Some(known) => Ok(known),
            None => at.fail(CodecErrorKind::TokenType {
                expected: "a token of ours",
                found: named.into(),
            }),
        }
    }

    fn header(&self) -> Result<(&'a str, Reader<'a>), CodecError> {
        read_header(&mut Reader::nested(self.protected, self.protected_at))
    }
}

/// Reads a byte string that holds CBOR. Returns its content and the offset of that.
fn read_inner<'a>(r: &mut Reader<'a>, max: usize) -> Result<(&'a [u8], usize), CodecError> {
    let inner = r.bytes(max)?;
    Ok((inner, r.position().saturating_sub(inner.len())))
}

/// Checks the protected header. Returns the type that it names, and the place of that.
fn read_header<'a>(r: &mut Reader<'a>) -> Result<(&'a str, Reader<'a>), CodecError> {
    let start = r.clone();
    let mut entries = r.map(MAX_TOKEN_BYTES)?;
    let (mut alg, mut typ) = (false, None);
    loop {
        // An error about the parameter is placed at its key.
        let at = r.clone();
        let Some(parameter) = entries.next_key(r)? else {
            break;
        };
        match parameter {
            ALG => {
                let at = r.clone();
                let found = r.negative_or_unsigned()?;
                if found != EDDSA && found != ED25519 {
                    return at.fail(CodecErrorKind::Algorithm { found });
                }
                alg = true;
            }
            TYP => {
                let at = r.clone();
                typ = Some((r.text(MAX_TOKEN_BYTES)?, at));
            }
            parameter => return at.fail(CodecErrorKind::HeaderParameter { parameter }),
        }
    }
    if !alg {
        return start.fail(CodecErrorKind::MissingKey { key: ALG });
    }
    match typ {
        Some(typ) => r.end().map(|()| typ),
        None => start.fail(CodecErrorKind::MissingKey { key: TYP }),
    }
}

/// Writes the protected header of tokens of a type.
pub(crate) fn protected_header(token_type: TokenType) -> Vec<u8> {
    let mut w = Writer::new();
    w.entries(|m| {
        m.entry(ALG, |w| {
            w.integer(EDDSA);
        });
        m.entry(TYP, |w| w.text(token_type.as_str()));
    });
    w.into_bytes()
}

/// Writes the bytes that are signed (`Sig_structure`, RFC 9052 section 4.4, without external data).
/// Signing and verifying both use this function.
pub(crate) fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::with_capacity(room(protected, payload));
    w.array(4);
    w.text("Signature1");
    w.bytes(protected);
    // External data: none.
    w.bytes(&[]);
    w.bytes(payload);
    w.into_bytes()
}

/// Returns enough room for header and payload: the parts around them take fewer than 32 bytes.
const fn room(protected: &[u8], payload: &[u8]) -> usize {
    protected
        .len()
        .saturating_add(payload.len())
        .saturating_add(32)
}

/// Writes the bytes of the token.
pub(crate) fn seal(protected: &[u8], payload: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    let mut w = Writer::with_capacity(room(protected, payload).saturating_add(signature.len()));
    w.tag(COSE_SIGN1);
    w.array(4);
    w.bytes(protected);
    w.map(0);
    w.bytes(payload);
    w.bytes(signature);
    w.into_bytes()
}
