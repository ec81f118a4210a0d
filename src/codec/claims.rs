//! The claims sets of the three kinds of token.

use super::error::{CodecError, Fault, Wanted};
use super::limits::{read_audiences, read_limits, read_time, write_audiences, write_limits};
use super::powers::{read_powers, write_powers};
use super::reader::{Entries, Reader};
use super::writer::{MapWriter, Writer, by_encoded_key};
use crate::claims::{
    Aliases, AttestedGrant, CallClaims, Child, GrantKind, Holder, Life, Link, Principal, Purpose, Root, RootAudience,
};
use crate::ground::bounds::{MAX_ALIASES, MAX_NAME_BYTES, MAX_TASK_BYTES};
use crate::ground::{
    Audience, CallId, Digest, Issuer, Label, Lifetime, MandateId, PublicKey, RequestDigest, TaskPath, Timestamp,
    TokenId,
};
use crate::limits::Limits;
use crate::powers::Powers;
use std::collections::BTreeMap;

/// Claims of RFC 8392 section 3.1 and RFC 8747 section 3.1.
const ISS: i64 = 1;
const AUD: i64 = 3;
const EXP: i64 = 4;
const IAT: i64 = 6;
const CTI: i64 = 7;
const CNF: i64 = 8;
/// Ours, all under one claim of the private-use range (RFC 8392 section 9.1: below −65536).
const MANDATE: i64 = -65537;

/// `COSE_Key` (RFC 9052 section 7, RFC 9053 section 7.2): key type OKP, curve Ed25519, the x coordinate.
const KTY: i64 = 1;
const OKP: u64 = 1;
const CRV: i64 = -1;
const CURVE_ED25519: u64 = 6;
const X: i64 = -2;
/// Confirmation by a `COSE_Key` (RFC 8747 section 3.1).
const CONFIRMATION_KEY: i64 = 1;

/// The kinds of token, each with a media type of its own (RFC 9596: without `application/`). The version is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenType {
    /// A root mandate.
    Root,
    /// A further mandate.
    Child,
    /// A signed call.
    Call,
}

impl TokenType {
    /// The value of the `typ` header parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "mandate1-root+cwt",
            Self::Child => "mandate1+cwt",
            Self::Call => "mandate1-call+cwt",
        }
    }
}

/// Claims that a token can carry: [`Root`], [`Child`], [`CallClaims`]. Sealed: the kinds of token are fixed.
pub trait Claims: Sized + sealed::Payload {
    /// The type of token that carries them.
    const TYPE: TokenType;
}

pub(crate) mod sealed {
    use super::{CodecError, Reader, Writer};

    /// The payload of a token.
    pub trait Payload: Sized {
        /// Writes the payload.
        fn write(&self, w: &mut Writer);
        /// Reads the payload.
        ///
        /// # Errors
        /// [`CodecError`], with the place.
        fn read(r: &mut Reader<'_>) -> Result<Self, CodecError>;
    }
}

/// The payload's bytes.
pub(crate) fn payload<C: Claims>(claims: &C) -> Vec<u8> {
    let mut w = Writer::new();
    claims.write(&mut w);
    w.into_bytes()
}

/// The claims of a payload that begins at byte `at` of what errors are about.
pub(crate) fn read_payload<C: Claims>(payload: &[u8], at: usize) -> Result<C, CodecError> {
    let mut r = Reader::nested(payload, at);
    let claims = C::read(&mut r)?;
    r.end()?;
    Ok(claims)
}

impl Claims for Root {
    const TYPE: TokenType = TokenType::Root;
}

impl sealed::Payload for Root {
    fn write(&self, w: &mut Writer) {
        w.entries(|m| {
            m.entry(ISS, |w| w.text(self.issuer.as_str()));
            write_registered(m, &self.link);
            m.entry(MANDATE, |w| w.entries(|m| self.write_terms(m)));
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let mut root = RootParts::default();
        let mut link = LinkParts::default();
        let end = read_entries(r, &mut |r, key| match key {
            ISS => set(&mut root.issuer, r.make(|r| r.text(MAX_NAME_BYTES), Issuer::new)?),
            MANDATE => read_entries(r, &mut |r, key| match key {
                4 => set(&mut root.task, r.make(|r| r.text(MAX_TASK_BYTES), TaskPath::new)?),
                5 if r.is_null()? => set(&mut root.audience, RootAudience::Anywhere),
                5 => set(&mut root.audience, RootAudience::Only(read_audiences(r)?)),
                6 => {
                    r.null()?;
                    set(&mut root.life, Life::ExpiryOnly)
                }
                7 => set(&mut root.principal, read_label(r)?),
                8 => set(&mut root.aliases, read_aliases(r)?),
                9 => set(&mut root.purpose, read_purpose(r)?),
                10 => set(&mut root.grant, read_grant(r)?),
                key => link.read_common(r, key),
            })
            .map(drop),
            key => link.read_registered(r, key),
        })?;
        let missing = |key| end.missing(key);
        Ok(Self {
            link: link.finish(&end)?,
            issuer: root.issuer.ok_or_else(|| missing(ISS))?,
            principal: Principal {
                name: root.principal.ok_or_else(|| missing(7))?,
                aliases: root.aliases.unwrap_or_default(),
            },
            purpose: root.purpose.ok_or_else(|| missing(9))?,
            grant: root.grant,
            task: root.task.ok_or_else(|| missing(4))?,
            audience: root.audience.ok_or_else(|| missing(5))?,
            life: root.life.ok_or_else(|| missing(6))?,
        })
    }
}

impl Root {
    fn write_terms(&self, m: &mut MapWriter<'_>) {
        write_common(m, &self.link);
        m.entry(4, |w| w.text(self.task.as_str()));
        m.entry(5, |w| match &self.audience {
            RootAudience::Only(audiences) => write_audiences(w, audiences),
            RootAudience::Anywhere => w.null(),
        });
        m.entry(6, |w| match self.life {
            Life::ExpiryOnly => w.null(),
        });
        m.entry(7, |w| w.text(self.principal.name.as_str()));
        let aliases = by_encoded_key(self.principal.aliases.iter().map(|(system, alias)| (system.as_str(), alias)));
        m.entry_if(8, (!aliases.is_empty()).then_some(aliases), |w, aliases| {
            w.map(aliases.len());
            for (system, alias) in aliases {
                w.text(system);
                w.text(alias.as_str());
            }
        });
        m.entry(9, |w| {
            w.array(3);
            w.text(self.purpose.code.as_str());
            w.text(self.purpose.subject.as_str());
            w.bytes(self.purpose.text.as_bytes());
        });
        m.entry_if(10, self.grant.as_ref(), |w, grant| {
            w.array(4);
            w.unsigned(match grant.kind {
                GrantKind::Direct => 0,
                GrantKind::Template => 1,
                GrantKind::Policy => 2,
            });
            w.text(grant.by.as_str());
            w.unsigned(grant.at.as_unix());
            w.bytes(grant.evidence.as_bytes());
        });
    }
}

impl Claims for Child {
    const TYPE: TokenType = TokenType::Child;
}

impl sealed::Payload for Child {
    fn write(&self, w: &mut Writer) {
        w.entries(|m| {
            write_registered(m, &self.link);
            m.entry(MANDATE, |w| {
                w.entries(|m| {
                    write_common(m, &self.link);
                    m.entry_if(4, self.step.as_ref(), |w, step| w.text(step.as_str()));
                    m.flag(5, self.same_key);
                    m.entry(11, |w| w.bytes(self.parent.as_bytes()));
                });
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let mut link = LinkParts::default();
        let (mut step, mut same_key, mut parent) = (None, false, None);
        let end = read_entries(r, &mut |r, key| match key {
            MANDATE => read_entries(r, &mut |r, key| match key {
                4 => set(&mut step, r.make(|r| r.text(MAX_TASK_BYTES), TaskPath::new)?),
                5 => {
                    r.true_flag()?;
                    same_key = true;
                    Ok(())
                }
                11 => set(&mut parent, MandateId::from_bytes(r.bytes_of()?)),
                key => link.read_common(r, key),
            })
            .map(drop),
            key => link.read_registered(r, key),
        })?;
        Ok(Self { link: link.finish(&end)?, parent: parent.ok_or_else(|| end.missing(11))?, step, same_key })
    }
}

impl Claims for CallClaims {
    const TYPE: TokenType = TokenType::Call;
}

impl sealed::Payload for CallClaims {
    fn write(&self, w: &mut Writer) {
        w.entries(|m| {
            m.entry(AUD, |w| w.text(self.audience.as_str()));
            m.entry(IAT, |w| w.unsigned(self.at.as_unix()));
            m.entry(CTI, |w| w.bytes(self.id.as_bytes()));
            m.entry(MANDATE, |w| {
                w.entries(|m| {
                    m.entry(0, |w| w.bytes(self.leaf.as_bytes()));
                    m.entry(1, |w| w.bytes(self.request.as_bytes()));
                });
            });
        });
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (mut audience, mut at, mut id, mut leaf, mut request) = (None, None, None, None, None);
        let end = read_entries(r, &mut |r, key| match key {
            AUD => set(&mut audience, r.make(|r| r.text(MAX_NAME_BYTES), Audience::new)?),
            IAT => set(&mut at, read_time(r)?),
            CTI => set(&mut id, CallId::from_bytes(r.bytes_of()?)),
            MANDATE => read_entries(r, &mut |r, key| match key {
                0 => set(&mut leaf, MandateId::from_bytes(r.bytes_of()?)),
                1 => set(&mut request, RequestDigest::from_bytes(r.bytes_of()?)),
                key => r.fail(Fault::UnknownKey { key }),
            })
            .map(drop),
            key => r.fail(Fault::UnknownKey { key }),
        })?;
        Ok(Self {
            id: id.ok_or_else(|| end.missing(CTI))?,
            leaf: leaf.ok_or_else(|| end.missing(0))?,
            request: request.ok_or_else(|| end.missing(1))?,
            audience: audience.ok_or_else(|| end.missing(AUD))?,
            at: at.ok_or_else(|| end.missing(IAT))?,
        })
    }
}

/// Where a map ended, to place the error of a missing entry.
struct End(usize);

impl End {
    fn missing(&self, key: i64) -> CodecError {
        CodecError { at: self.0, fault: Fault::MissingKey { key } }
    }
}

/// Most entries of a map of claims. More than there are claims, so that one that is not known is called that.
const MAX_ENTRIES: usize = 23;

/// Reads a map, each value by `read`. Keys ascend strictly, so none comes twice.
fn read_entries<'a>(
    r: &mut Reader<'a>,
    read: &mut dyn FnMut(&mut Reader<'a>, i64) -> Result<(), CodecError>,
) -> Result<End, CodecError> {
    let mut entries: Entries<'a> = r.map(MAX_ENTRIES)?;
    while let Some(key) = entries.next_key(r)? {
        read(r, key)?;
    }
    Ok(End(r.position()))
}

#[expect(clippy::unnecessary_wraps, reason = "it ends an arm of a closure that returns a result")]
fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), CodecError> {
    *slot = Some(value);
    Ok(())
}

#[derive(Default)]
struct RootParts {
    issuer: Option<Issuer>,
    task: Option<TaskPath>,
    audience: Option<RootAudience>,
    life: Option<Life>,
    principal: Option<Label>,
    aliases: Option<Aliases>,
    purpose: Option<Purpose>,
    grant: Option<AttestedGrant>,
}

/// What every link says, as its parts are read.
#[derive(Default)]
struct LinkParts {
    id: Option<TokenId>,
    key: Option<PublicKey>,
    name: Option<Label>,
    powers: Option<Powers>,
    limits: Option<Limits>,
    hops: Option<u8>,
    issued_at: Option<Timestamp>,
    expires: Option<Timestamp>,
}

impl LinkParts {
    fn read_registered(&mut self, r: &mut Reader<'_>, key: i64) -> Result<(), CodecError> {
        match key {
            EXP => set(&mut self.expires, read_time(r)?),
            IAT => set(&mut self.issued_at, read_time(r)?),
            CTI => set(&mut self.id, r.make(|r| r.bytes(16), TokenId::new)?),
            CNF => set(&mut self.key, read_confirmation(r)?),
            key => r.fail(Fault::UnknownKey { key }),
        }
    }

    fn read_common(&mut self, r: &mut Reader<'_>, key: i64) -> Result<(), CodecError> {
        match key {
            0 => set(&mut self.powers, read_powers(r)?),
            1 => set(&mut self.limits, read_limits(r)?),
            2 => set(&mut self.hops, read_hops(r)?),
            3 => set(&mut self.name, read_label(r)?),
            key => r.fail(Fault::UnknownKey { key }),
        }
    }

    fn finish(self, end: &End) -> Result<Link, CodecError> {
        let missing = |key| end.missing(key);
        let issued_at = self.issued_at.ok_or_else(|| missing(IAT))?;
        let expires = self.expires.ok_or_else(|| missing(EXP))?;
        Ok(Link {
            id: self.id.ok_or_else(|| missing(CTI))?,
            holder: Holder { key: self.key.ok_or_else(|| missing(CNF))?, name: self.name },
            powers: self.powers.ok_or_else(|| missing(0))?,
            limits: self.limits.unwrap_or_default(),
            hops: self.hops.unwrap_or_default(),
            lifetime: Lifetime::new(issued_at, expires)
                .map_err(|error| CodecError { at: end.0, fault: Fault::Invalid(error.into()) })?,
        })
    }
}

fn write_registered(m: &mut MapWriter<'_>, link: &Link) {
    m.entry(EXP, |w| w.unsigned(link.lifetime.expires().as_unix()));
    m.entry(IAT, |w| w.unsigned(link.lifetime.issued_at().as_unix()));
    m.entry(CTI, |w| w.bytes(link.id.as_bytes()));
    m.entry(CNF, |w| {
        w.entries(|m| {
            m.entry(CONFIRMATION_KEY, |w| {
                w.entries(|m| {
                    m.entry(KTY, |w| w.unsigned(OKP));
                    m.entry(CRV, |w| w.unsigned(CURVE_ED25519));
                    m.entry(X, |w| w.bytes(link.holder.key.as_bytes()));
                });
            });
        });
    });
}

fn write_common(m: &mut MapWriter<'_>, link: &Link) {
    m.entry(0, |w| write_powers(w, &link.powers));
    m.entry_if(1, (link.limits.iter().len() > 0).then_some(&link.limits), write_limits);
    m.entry_if(2, (link.hops > 0).then_some(link.hops), |w, hops| w.unsigned(u64::from(hops)));
    m.entry_if(3, link.holder.name.as_ref(), |w, name| w.text(name.as_str()));
}

/// `cnf` with one `COSE_Key`, whose entries are just these three.
fn read_confirmation(r: &mut Reader<'_>) -> Result<PublicKey, CodecError> {
    let start = r.clone();
    let wrong = || start.fail(Fault::CoseKey);
    let mut confirmation = r.map(1)?;
    if confirmation.next_key(r)? != Some(CONFIRMATION_KEY) {
        return wrong();
    }
    let mut entries = r.map(3)?;
    let kty = entries.next_key(r)? == Some(KTY) && r.unsigned()? == OKP;
    let crv = kty && entries.next_key(r)? == Some(CRV) && r.unsigned()? == CURVE_ED25519;
    if !(crv && entries.next_key(r)? == Some(X)) {
        return wrong();
    }
    r.make(|r| r.bytes_of::<32>(), PublicKey::ed25519)
}

fn read_label(r: &mut Reader<'_>) -> Result<Label, CodecError> {
    r.make(|r| r.text(MAX_NAME_BYTES), Label::new)
}

fn read_hops(r: &mut Reader<'_>) -> Result<u8, CodecError> {
    let start = r.clone();
    match u8::try_from(r.unsigned()?) {
        Ok(0) => start.fail(Fault::DefaultSpelled),
        Ok(hops) => Ok(hops),
        Err(_) => start.fail(Fault::TooMany { max: usize::from(u8::MAX) }),
    }
}

fn read_aliases(r: &mut Reader<'_>) -> Result<Aliases, CodecError> {
    let start = r.clone();
    let mut entries = r.map(MAX_ALIASES)?;
    if entries.left() == 0 {
        return start.fail(Fault::DefaultSpelled);
    }
    let mut aliases = BTreeMap::new();
    while let Some(system) = entries.next(r, read_label)? {
        aliases.insert(system, read_label(r)?);
    }
    Aliases::new(aliases).or_else(|error| start.fail(super::Invalid::from(error)))
}

fn read_array(r: &mut Reader<'_>, length: usize) -> Result<(), CodecError> {
    let start = r.clone();
    if r.array(length, length)? == length { Ok(()) } else { start.fail(Fault::Expected(Wanted::ArrayOfLength(length))) }
}

fn read_purpose(r: &mut Reader<'_>) -> Result<Purpose, CodecError> {
    read_array(r, 3)?;
    Ok(Purpose { code: read_label(r)?, subject: read_label(r)?, text: Digest::from_bytes(r.bytes_of()?) })
}

fn read_grant(r: &mut Reader<'_>) -> Result<AttestedGrant, CodecError> {
    read_array(r, 4)?;
    let at_kind = r.clone();
    let kind = match r.unsigned()? {
        0 => GrantKind::Direct,
        1 => GrantKind::Template,
        2 => GrantKind::Policy,
        kind => return at_kind.fail(Fault::UnknownKind { kind }),
    };
    Ok(AttestedGrant { kind, by: read_label(r)?, at: read_time(r)?, evidence: Digest::from_bytes(r.bytes_of()?) })
}
