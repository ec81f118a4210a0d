use super::link::Link;
use crate::limits::{AudienceSet, LivesBy, Scope};
use crate::primitives::bounds::MAX_ALIASES;
use crate::primitives::{Audience, Digest, Issuer, Label, PublicKey, TaskPath, Timestamp};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The first link: an issuer's word for whom, what for, and on whose consent an execution runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// What every link says.
    pub link: Link,
    /// Whose anchor it is rooted in.
    pub issuer: Issuer,
    /// The key of the anchor that signs it. A verifier checks its signature with this key alone.
    pub signed_by: PublicKey,
    /// Whom the work is for.
    pub principal: Principal,
    /// What it is for.
    pub purpose: Purpose,
    /// The issuer's word that a human stands behind it. Absent is no such word, and refused unless
    /// a verifier says otherwise.
    pub grant: Option<AttestedGrant>,
    /// The task at the root of the execution graph.
    pub task: TaskPath,
    /// At which servers.
    pub audience: RootAudience,
    /// What keeps it alive.
    pub life: Life,
}

/// The accountable person or organisation that work is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The principal's name at the issuer.
    pub name: Label,
    /// Local names by system.
    pub aliases: Aliases,
}

impl Principal {
    /// A principal without local names.
    #[must_use]
    pub fn new(name: Label) -> Self {
        Self {
            name,
            aliases: Aliases::default(),
        }
    }

    /// With these local names.
    #[must_use]
    pub fn with_aliases(self, aliases: Aliases) -> Self {
        Self { aliases, ..self }
    }
}

impl From<Label> for Principal {
    fn from(name: Label) -> Self {
        Self::new(name)
    }
}

/// A principal's local name in each of at most 32 systems, only of the same issuer: whoever sees
/// the bytes reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<Label, Label>);

/// More aliases than a root may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at most {MAX_ALIASES} aliases, found {found}")]
pub struct AliasesError {
    /// Aliases given.
    pub found: usize,
}

impl Aliases {
    /// Local names by system.
    ///
    /// # Errors
    /// [`AliasesError`] for more than 32.
    pub fn new(by_system: BTreeMap<Label, Label>) -> Result<Self, AliasesError> {
        match by_system.len() {
            found if found > MAX_ALIASES => Err(AliasesError { found }),
            _ => Ok(Self(by_system)),
        }
    }

    /// The local name in `system`.
    #[must_use]
    pub fn get(&self, system: &Label) -> Option<&Label> {
        self.0.get(system)
    }

    /// System and local name, in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Label, &Label)> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Aliases {
    type Item = (&'a Label, &'a Label);
    type IntoIter = std::collections::btree_map::Iter<'a, Label, Label>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What work is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// The kind of work, in the issuer's vocabulary: `qbr`.
    pub code: Label,
    /// What it is about: `acme`.
    pub subject: Label,
    /// Digest of the text that the person saw.
    pub text: Digest,
}

impl Purpose {
    /// Work of the kind `code` on `subject`, with the digest of the text that the person saw.
    ///
    /// ```
    /// use mandatum::{Digest, Purpose};
    /// let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
    /// assert_eq!(purpose.text, Digest::hash("Prepare the review."));
    /// # Ok::<(), mandatum::primitives::NameError>(())
    /// ```
    #[must_use]
    pub fn new(code: Label, subject: Label, text: &str) -> Self {
        Self {
            code,
            subject,
            text: Digest::hash(text),
        }
    }
}

/// How a human stands behind a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantKind {
    /// A person approved this very work.
    Direct,
    /// A person approved a template that this work fills in.
    Template,
    /// A named policy with an owner allows such work.
    Policy,
}

impl GrantKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Template, Self::Policy];

    /// The name in JSON: `direct`, `template`, `policy`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Template => "template",
            Self::Policy => "policy",
        }
    }
}

impl AsRef<str> for GrantKind {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for GrantKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of `direct`, `template`, `policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a kind of grant is `direct`, `template` or `policy`")]
pub struct GrantKindError;

impl FromStr for GrantKind {
    type Err = GrantKindError;
    fn from_str(text: &str) -> Result<Self, GrantKindError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(GrantKindError)
    }
}

/// The anchor's word that a human stands behind a root. The evidence itself is not checked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedGrant {
    /// How.
    pub kind: GrantKind,
    /// The person, or the owner and version of the policy.
    pub by: Label,
    /// When.
    pub at: Timestamp,
    /// Digest of the evidence: the consent record, the policy.
    pub evidence: Digest,
}

impl AttestedGrant {
    /// A person, `by`, approved this very work at `at`. `evidence` is the digest of the record of
    /// it.
    #[must_use]
    pub const fn direct(by: Label, at: Timestamp, evidence: Digest) -> Self {
        Self {
            kind: GrantKind::Direct,
            by,
            at,
            evidence,
        }
    }

    /// A person, `by`, approved the template that this work fills in.
    #[must_use]
    pub const fn template(by: Label, at: Timestamp, evidence: Digest) -> Self {
        Self {
            kind: GrantKind::Template,
            by,
            at,
            evidence,
        }
    }

    /// A policy allows such work. `by` is its owner and version, `evidence` its digest.
    #[must_use]
    pub const fn policy(by: Label, at: Timestamp, evidence: Digest) -> Self {
        Self {
            kind: GrantKind::Policy,
            by,
            at,
            evidence,
        }
    }
}

/// At which servers a root is good. There is no default: a root says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootAudience {
    /// At these.
    Only(AudienceSet),
    /// Anywhere that trusts its anchor. A stolen call is then good wherever it was not yet made.
    Anywhere,
}

impl From<AudienceSet> for RootAudience {
    fn from(servers: AudienceSet) -> Self {
        Self::Only(servers)
    }
}

impl From<Audience> for RootAudience {
    fn from(server: Audience) -> Self {
        Self::Only(server.into())
    }
}

/// What keeps a root alive. There is no default: a root says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// A mission: its status must be active and fresh at every call. Further ones are limits.
    Mission(LivesBy),
    /// Nothing but its lifetime: it can't be ended early, and no bound on ghost execution covers
    /// it.
    ExpiryOnly,
}

impl Life {
    /// The mission that keeps the root alive, in all its calls.
    pub(crate) const fn mission(&self) -> Option<(&Scope, &LivesBy)> {
        match self {
            Self::Mission(lives_by) => Some((&Scope::All, lives_by)),
            Self::ExpiryOnly => None,
        }
    }
}

impl From<LivesBy> for Life {
    fn from(mission: LivesBy) -> Self {
        Self::Mission(mission)
    }
}
