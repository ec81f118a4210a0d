use super::link::Link;
use crate::limits::{AudienceSet, LivesBy, Scope};
use crate::primitives::bounds::MAX_ALIASES;
use crate::primitives::{Audience, Digest, Issuer, Label, PublicKey, TaskPath, Timestamp};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The first link: an issuer's statement of the holder, the principal, the purpose and the consent
/// of an execution.
///
/// ```
/// # use mandatum::*;
/// let [new, old] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
/// let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// let keys = [new.into(), old.into()];
/// let anchor = Anchor::with_keys(issuer, keys, Powers::none(), Seconds::hours(8))?;
/// let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// let link = Link::new([0; 16], SigningKey::from_seed(&[3; 32]).public(), Powers::none(), hour);
/// let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// assert_eq!(root.signed_by, new);
/// assert_eq!(root.with_signed_by(old).signed_by, old);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The claims of every link.
    pub link: Link,
    /// The issuer, whose anchor the root is rooted in.
    pub issuer: Issuer,
    /// The key of the anchor that signs the root. A verifier checks the signature with this key
    /// alone.
    pub signed_by: PublicKey,
    /// The person or organisation that the work is for.
    pub principal: Principal,
    /// The purpose of the work.
    pub purpose: Purpose,
    /// The issuer's statement that a human stands behind the root. A root without it is refused,
    /// unless a verifier accepts such roots.
    pub grant: Option<AttestedGrant>,
    /// The task at the root of the execution graph.
    pub task: TaskPath,
    /// The servers at which calls may be made.
    pub audience: RootAudience,
    /// The condition on which the root stays alive.
    pub life: Life,
}

impl Root {
    /// Returns the root with the issuer's statement that a person stands behind it.
    #[must_use]
    pub fn with_grant(self, grant: AttestedGrant) -> Self {
        Self {
            grant: Some(grant),
            ..self
        }
    }

    /// Returns the root, to be signed by this key of the anchor.
    #[must_use]
    pub fn with_signed_by(self, signed_by: PublicKey) -> Self {
        Self { signed_by, ..self }
    }
}

/// The accountable person or organisation that work is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The principal's name at the issuer.
    pub name: Label,
    /// The principal's local names, by system.
    pub aliases: Aliases,
}

impl Principal {
    /// Returns a principal without local names.
    #[must_use]
    pub fn new(name: Label) -> Self {
        Self {
            name,
            aliases: Aliases::default(),
        }
    }

    /// Returns the principal with these local names.
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

/// A principal's local name in each of at most 32 systems, all of the same issuer. Everyone who
/// sees the bytes reads these names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<Label, Label>);

/// An error of more aliases than a root may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at most {MAX_ALIASES} aliases, found {found}")]
pub struct AliasesError {
    /// Number of aliases given.
    pub found: usize,
}

impl Aliases {
    /// Returns local names by system.
    ///
    /// # Errors
    /// [`AliasesError`] for more than 32.
    pub fn new(by_system: BTreeMap<Label, Label>) -> Result<Self, AliasesError> {
        match by_system.len() {
            found if found > MAX_ALIASES => Err(AliasesError { found }),
            _ => Ok(Self(by_system)),
        }
    }

    /// Returns the local name in `system`.
    #[must_use]
    pub fn get(&self, system: &Label) -> Option<&Label> {
        self.0.get(system)
    }

    /// Returns each system and local name, in order.
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

/// The purpose of work.
///
/// ```
/// use mandatum::{Digest, Purpose};
/// let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// assert_eq!(purpose.text, Digest::hash("Prepare the review."));
/// # Ok::<(), mandatum::primitives::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// The kind of work, in the issuer's vocabulary: `qbr`.
    pub code: Label,
    /// The subject of the work: `acme`.
    pub subject: Label,
    /// The digest of the text that the person saw.
    pub text: Digest,
}

impl Purpose {
    /// Returns work of the kind `code` on `subject`, with the digest of the text that the person
    /// saw.
    #[must_use]
    pub fn new(code: Label, subject: Label, text: &str) -> Self {
        Self {
            code,
            subject,
            text: Digest::hash(text),
        }
    }
}

/// The way in which a human stands behind a root.
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

    /// Returns the name in JSON: `direct`, `template`, `policy`.
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

/// An error of a text that is none of `direct`, `template`, `policy`.
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

/// The issuer's statement that a human stands behind a root. A verifier does not check the
/// evidence.
///
/// ```
/// use mandatum::{AttestedGrant, Digest, Timestamp};
/// use mandatum::claims::GrantKind;
/// let (alice, at) = ("alice".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// let grant = AttestedGrant::direct(alice, at, Digest::hash("consent record 17"));
/// assert_eq!(grant.kind, GrantKind::Direct);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedGrant {
    /// The kind of the grant.
    pub kind: GrantKind,
    /// The person, or the owner and version of the policy.
    pub by: Label,
    /// Time of the grant.
    pub at: Timestamp,
    /// Digest of the evidence: the consent record, the policy.
    pub evidence: Digest,
}

impl AttestedGrant {
    /// Returns a grant by a person, `by`, who approved this very work at `at`. `evidence` is the
    /// digest of the record of the approval.
    #[must_use]
    pub const fn direct(by: Label, at: Timestamp, evidence: Digest) -> Self {
        Self {
            kind: GrantKind::Direct,
            by,
            at,
            evidence,
        }
    }

    /// Returns a grant by a person, `by`, who approved the template that this work fills in.
    #[must_use]
    pub const fn template(by: Label, at: Timestamp, evidence: Digest) -> Self {
        Self {
            kind: GrantKind::Template,
            by,
            at,
            evidence,
        }
    }

    /// Returns a grant by a policy that allows such work. `by` is its owner and version, `evidence`
    /// its digest.
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

/// The servers at which a root is valid. There is no default, so every root states them.
///
/// ```
/// use mandatum::{Audience, RootAudience};
/// let crm = Audience::new("https://crm.example")?;
/// assert!(matches!(crm.into(), RootAudience::Only(servers) if servers.iter().count() == 1));
/// # Ok::<(), mandatum::primitives::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootAudience {
    /// These servers.
    Only(AudienceSet),
    /// Every server that trusts the root's anchor. A stolen call can then be made at any server
    /// that has not yet received it.
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

/// The condition on which a root stays alive. There is no default, so every root states it.
///
/// ```
/// use mandatum::limits::MaxAge;
/// use mandatum::{Life, LivesBy, Mission, Seconds, SigningKey};
/// let controller = SigningKey::from_seed(&[1; 32]).public();
/// let mission = Mission::new(controller, "qbr/acme".parse()?, [1; 16]);
/// let lives_by = LivesBy::new(mission, MaxAge::uniform(Seconds::minutes(5)));
/// assert_ne!(Life::from(lives_by), Life::ExpiryOnly);
/// # Ok::<(), mandatum::primitives::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// A mission, whose status must be active and fresh at every call. Further missions are limits.
    Mission(LivesBy),
    /// The root's lifetime alone. The root can't be ended early, and no bound on ghost execution
    /// covers it.
    ExpiryOnly,
}

impl Life {
    /// Returns the mission that keeps the root alive, in all its calls.
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
