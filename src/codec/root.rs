//! The claims of a root.

use super::claims::{Claims, MANDATE, TokenType, read_entries, read_label, sealed, set};
use super::error::{CodecError, CodecErrorKind, InvalidValue};
use super::limits::{
    read_audiences, read_key, read_lives_by, read_time, write_audiences, write_lives_by,
};
use super::link::{LinkParts, write_common, write_registered, write_replaced};
use super::reader::Reader;
use super::writer::{MapWriter, Writer};
use crate::claims::{
    Aliases, AttestedGrant, GrantKind, Life, Principal, Purpose, Root, RootAudience,
};
use crate::primitives::bounds::{MAX_ALIASES, MAX_NAME_BYTES, MAX_TASK_BYTES};
use crate::primitives::encoded::by_encoded_key;
use crate::primitives::{Digest, Issuer, Label, PublicKey, TaskPath};
use std::collections::BTreeMap;

/// The issuer (RFC 8392 section 3.1.1).
const ISS: i64 = 1;

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
            ISS => set(
                &mut root.issuer,
                r.make(|r| r.text(MAX_NAME_BYTES), Issuer::new)?,
            ),
            MANDATE => read_entries(r, &mut |r, key| match key {
                4 => set(
                    &mut root.task,
                    r.make(|r| r.text(MAX_TASK_BYTES), TaskPath::new)?,
                ),
                5 if r.is_null()? => set(&mut root.audience, RootAudience::Anywhere),
                5 => set(&mut root.audience, RootAudience::Only(read_audiences(r)?)),
                6 if r.is_null()? => set(&mut root.life, Life::ExpiryOnly),
                6 => set(&mut root.life, Life::Mission(read_lives_by(r)?)),
                7 => set(&mut root.principal, read_label(r)?),
                8 => set(&mut root.aliases, read_aliases(r)?),
                9 => set(&mut root.purpose, read_purpose(r)?),
                10 => set(&mut root.grant, read_grant(r)?),
                13 => set(&mut root.signed_by, read_key(r)?),
                key => link.read_common(r, key),
            })
            .map(drop),
            key => link.read_registered(r, key),
        })?;
        let missing = |key| end.missing(key);
        Ok(Self {
            // The common parts come first in the order of errors.
            link: link.finish(&end)?,
            issuer: root.issuer.ok_or_else(|| missing(ISS))?,
            signed_by: root.signed_by.ok_or_else(|| missing(13))?,
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
    /// Writes our own claims.
    fn write_terms(&self, m: &mut MapWriter<'_>) {
        write_common(m, &self.link);
        m.entry(4, |w| w.text(self.task.as_str()));
        m.entry(5, |w| match &self.audience {
            RootAudience::Only(audiences) => write_audiences(w, audiences),
            RootAudience::Anywhere => w.null(),
        });
        m.entry(6, |w| match &self.life {
            Life::Mission(lives_by) => write_lives_by(w, lives_by),
            Life::ExpiryOnly => w.null(),
        });
        m.entry(7, |w| w.text(self.principal.name.as_str()));
        let aliases = by_encoded_key(
            self.principal
                .aliases
                .iter()
                .map(|(system, alias)| (system.as_str(), alias)),
        );
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
        write_replaced(m, &self.link);
        m.entry(13, |w| w.bytes(self.signed_by.as_bytes()));
    }
}

/// The parts of a root, without those of its link, that are read so far.
#[derive(Default)]
struct RootParts {
    issuer: Option<Issuer>,
    signed_by: Option<PublicKey>,
    task: Option<TaskPath>,
    audience: Option<RootAudience>,
    life: Option<Life>,
    principal: Option<Label>,
    aliases: Option<Aliases>,
    purpose: Option<Purpose>,
    grant: Option<AttestedGrant>,
}

fn read_aliases(r: &mut Reader<'_>) -> Result<Aliases, CodecError> {
    let start = r.clone();
    let mut entries = r.map(MAX_ALIASES)?;
    if entries.left() == 0 {
        return start.fail(CodecErrorKind::DefaultSpelled);
    }
    let mut aliases = BTreeMap::new();
    while let Some(system) = entries.next(r, read_label)? {
        aliases.insert(system, read_label(r)?);
    }
    Aliases::new(aliases).or_else(|error| start.fail(InvalidValue::from(error)))
}

fn read_purpose(r: &mut Reader<'_>) -> Result<Purpose, CodecError> {
    r.array_of_length(3)?;
    Ok(Purpose {
        code: read_label(r)?,
        subject: read_label(r)?,
        text: Digest::from_bytes(r.bytes_of()?),
    })
}

fn read_grant(r: &mut Reader<'_>) -> Result<AttestedGrant, CodecError> {
    r.array_of_length(4)?;
    let at_kind = r.clone();
    let kind = match r.unsigned()? {
        0 => GrantKind::Direct,
        1 => GrantKind::Template,
        2 => GrantKind::Policy,
        kind => return at_kind.fail(CodecErrorKind::UnknownKind { kind }),
    };
    Ok(AttestedGrant {
        kind,
        by: read_label(r)?,
        at: read_time(r)?,
        evidence: Digest::from_bytes(r.bytes_of()?),
    })
}
