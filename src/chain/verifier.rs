use super::anchor::{Anchor, AnchorKey, AnchorKeyState, Ceiling};
use super::floors::Floors;
use crate::claims::GrantKind;
use crate::codec::{Writer, write_powers};
use crate::powers::{Action, ActionError, Effect, ToolTable};
use crate::primitives::{Digest, Issuer, KeyError, PublicKey, Seconds, Value};
use crate::sign::{VerifyingKey, config_digest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Why a verifier can't be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// Without an anchor nothing would ever verify.
    #[error("a verifier has at least one anchor")]
    NoAnchor,
    /// A key of an anchor verifies nothing.
    #[error("key {key} of issuer `{issuer}`: {error}")]
    Key {
        /// The issuer.
        issuer: Issuer,
        /// Its key.
        key: PublicKey,
        /// What is wrong with it.
        error: KeyError,
    },
    /// Two anchors claim one issuer's name.
    #[error("two anchors for issuer `{issuer}`")]
    IssuerTwice {
        /// The issuer.
        issuer: Issuer,
    },
}

/// Which kinds of attested grant a verifier takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedGrants {
    kinds: BTreeSet<GrantKind>,
    none: bool,
}

impl AcceptedGrants {
    /// These kinds.
    #[must_use]
    pub fn only(kinds: impl IntoIterator<Item = GrantKind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            none: false,
        }
    }

    /// Every kind, and roots without any: no human need stand behind an execution.
    #[must_use]
    pub fn dangerous_any_or_none() -> Self {
        Self {
            kinds: GrantKind::ALL.into(),
            none: true,
        }
    }

    pub(super) fn accepts(&self, kind: GrantKind) -> bool {
        self.kinds.contains(&kind)
    }

    pub(super) const fn accepts_none(&self) -> bool {
        self.none
    }
}

impl Default for AcceptedGrants {
    /// [`GrantKind::Direct`] and [`GrantKind::Template`]: a person approved this work or its
    /// template.
    fn default() -> Self {
        Self::only([GrantKind::Direct, GrantKind::Template])
    }
}

/// The time by which an issuer's clock may be behind the one that dated a root: the leeway of
/// verifiers that set no other.
pub(super) const ISSUE_LEEWAY: Seconds = Seconds::new(30);

/// Who decides: its anchors and how strict it is. A value; one per tenant.
///
/// Its configuration has a digest, which every chain that it verifies carries, so a chain verified
/// under another configuration (an anchor removed, a ceiling lowered) is refused instead of
/// trusted.
#[derive(Clone, Debug)]
pub struct Verifier {
    anchors: BTreeMap<Issuer, Trusted>,
    grants: AcceptedGrants,
    leeway: Seconds,
    max_call_age: Seconds,
    asserted_up_to: Option<Effect>,
    effects: Effects,
    floors: Floors,
    configuration: Digest,
}

/// The source of a call's effect.
#[derive(Clone, Debug)]
enum Effects {
    /// The table, unless the host states more.
    Table(ToolTable),
    /// The host's word.
    Stated,
}

/// An anchor with its keys ready to verify with.
#[derive(Clone)]
pub(crate) struct Trusted {
    pub(super) anchor: Arc<Anchor>,
    pub(super) keys: BTreeMap<PublicKey, VerifyingKey>,
}

impl Trusted {
    fn new(anchor: Anchor) -> Result<Self, VerifierError> {
        let ready = |key: &AnchorKey| {
            let key = key.key();
            let issuer = || anchor.issuer().clone();
            VerifyingKey::of(&key)
                .map(|ready| (key, ready))
                .map_err(|error| VerifierError::Key {
                    issuer: issuer(),
                    key,
                    error,
                })
        };
        let keys = anchor.keys().iter().map(ready).collect::<Result<_, _>>()?;
        Ok(Self {
            anchor: Arc::new(anchor),
            keys,
        })
    }
}

impl fmt::Debug for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.anchor.fmt(f)
    }
}

impl Verifier {
    /// The defaults of a [ledger's terms](crate::charge::LedgerTerms) too, so that both fit together unless
    /// one is changed.
    pub(crate) const DEFAULT_LEEWAY: Seconds = ISSUE_LEEWAY;
    pub(crate) const DEFAULT_MAX_CALL_AGE: Seconds = Seconds::new(30);

    /// A verifier with these anchors, and the defaults: grants direct or from a template, 30
    /// seconds of leeway, signed calls no older than 30 seconds, signed calls only, no
    /// [tools](Self::with_tools) listed, so that every call is irreversible.
    ///
    /// # Errors
    /// [`VerifierError`] for no anchor, two for one issuer, or a key that is no point of the curve.
    ///
    /// ```
    /// use mandatum::chain::Ceiling;
    /// use mandatum::{Anchor, Effect, Seconds, SigningKey, ToolTable, Verifier};
    /// let company = SigningKey::from_seed(&[1; 32]).public();
    /// let anchor = Anchor::new("https://acme.example".parse()?, company, Ceiling::Unlimited, Seconds::hours(8))?;
    /// let verifier = Verifier::new([anchor])?.with_tools(ToolTable::new([("crm.*", Effect::Read)])?);
    /// assert_eq!(verifier.action("crm.read", [("account", "acme")])?.effect, Effect::Read);
    /// assert_eq!(verifier.action("mail.send", [("to", "ana")])?.effect, Effect::Irreversible);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, VerifierError> {
        let mut by_issuer = BTreeMap::new();
        for anchor in anchors {
            let issuer = anchor.issuer().clone();
            if by_issuer
                .insert(issuer.clone(), Trusted::new(anchor)?)
                .is_some()
            {
                return Err(VerifierError::IssuerTwice { issuer });
            }
        }
        if by_issuer.is_empty() {
            return Err(VerifierError::NoAnchor);
        }
        let verifier = Self {
            anchors: by_issuer,
            grants: AcceptedGrants::default(),
            leeway: Self::DEFAULT_LEEWAY,
            max_call_age: Self::DEFAULT_MAX_CALL_AGE,
            asserted_up_to: None,
            effects: Effects::Table(ToolTable::default()),
            floors: Floors::default(),
            configuration: Digest::from_bytes([0; 32]),
        };
        Ok(verifier.configured())
    }

    /// Takes these kinds of grant.
    #[must_use]
    pub fn with_grants(self, grants: AcceptedGrants) -> Self {
        Self { grants, ..self }.configured()
    }

    /// Forgives a clock that is behind by so much: issued-at, not-before and call times may lie
    /// that far in the future. It never lengthens anything.
    #[must_use]
    pub fn with_leeway(self, leeway: Seconds) -> Self {
        Self { leeway, ..self }.configured()
    }

    /// Refuses signed calls older than this.
    #[must_use]
    pub fn with_max_call_age(self, max_call_age: Seconds) -> Self {
        Self {
            max_call_age,
            ..self
        }
        .configured()
    }

    /// Takes the host's word for who calls, for effects up to `effect`: in-process, or on a channel
    /// whose authenticated peer itself named the leaf. Whoever can make the host say so can then
    /// use any mandate it has seen.
    #[must_use]
    pub fn dangerous_accept_asserted_up_to(self, effect: Effect) -> Self {
        Self {
            asserted_up_to: Some(effect),
            ..self
        }
        .configured()
    }

    /// Takes the effects of its tools from this table. What the host states of a call can only
    /// raise them.
    #[must_use]
    pub fn with_tools(self, tools: ToolTable) -> Self {
        Self {
            effects: Effects::Table(tools),
            ..self
        }
        .configured()
    }

    /// Takes the host's word for the effect of each call, for hosts that know it otherwise than by
    /// a table of tools. A host that passes on what a request says lets the caller choose.
    #[must_use]
    pub fn dangerous_effects_as_stated(self) -> Self {
        Self {
            effects: Effects::Stated,
            ..self
        }
        .configured()
    }

    /// Demands this of every chain, whatever its links say.
    #[must_use]
    pub fn with_floors(self, floors: Floors) -> Self {
        Self { floors, ..self }.configured()
    }

    /// Returns a call of one of its tools, with the effect that the table of tools says.
    ///
    /// # Errors
    /// [`ActionError`] when the tool's name is not one, or the arguments are out of bounds.
    pub fn action<N: Into<String>, V: Into<Value>>(
        &self,
        tool: &str,
        arguments: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Action, ActionError> {
        let least = Action::new(tool, arguments, Effect::Read)?;
        Ok(match &self.effects {
            Effects::Table(tools) => Action {
                effect: tools.effect(&least.tool),
                ..least
            },
            Effects::Stated => Action {
                effect: Effect::default(),
                ..least
            },
        })
    }

    /// The effect by which a call is decided.
    pub(crate) fn effect(&self, action: &Action) -> Effect {
        match &self.effects {
            Effects::Table(tools) => action.effect.max(tools.effect(&action.tool)),
            Effects::Stated => action.effect,
        }
    }

    /// The floors: the least that it demands of every chain.
    #[must_use]
    pub const fn floors(&self) -> &Floors {
        &self.floors
    }

    /// The anchor of an issuer.
    #[must_use]
    pub fn anchor(&self, issuer: &Issuer) -> Option<&Anchor> {
        self.trusted(issuer).map(|trusted| &*trusted.anchor)
    }

    /// Its anchors, by issuer.
    #[must_use]
    pub fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.anchors.values().map(|trusted| &*trusted.anchor)
    }

    /// The digest of the whole configuration.
    #[must_use]
    pub const fn configuration(&self) -> Digest {
        self.configuration
    }

    pub(super) fn trusted(&self, issuer: &Issuer) -> Option<&Trusted> {
        self.anchors.get(issuer)
    }

    pub(crate) const fn grants(&self) -> &AcceptedGrants {
        &self.grants
    }

    /// How far in the future an issuing, an opening window or a call may lie.
    #[must_use]
    pub const fn leeway(&self) -> Seconds {
        self.leeway
    }

    /// The greatest age of a signed call.
    #[must_use]
    pub const fn max_call_age(&self) -> Seconds {
        self.max_call_age
    }

    /// Up to which effect the host's word for the holder is taken.
    #[must_use]
    pub const fn asserted_up_to(&self) -> Option<Effect> {
        self.asserted_up_to
    }

    /// The verifier with the digest of what it now is.
    fn configured(self) -> Self {
        let mut w = Writer::new();
        w.array(7);
        w.array(self.anchors.len());
        self.anchors()
            .for_each(|anchor| write_anchor(&mut w, anchor));
        w.array(self.grants.kinds.len());
        self.grants
            .kinds
            .iter()
            .for_each(|kind| w.text(kind.as_str()));
        w.unsigned(u64::from(self.grants.none));
        w.unsigned(self.leeway.get());
        w.unsigned(self.max_call_age.get());
        w.text(self.asserted_up_to.map_or("", Effect::as_str));
        match &self.effects {
            Effects::Table(tools) => write_tools(&mut w, tools),
            Effects::Stated => w.text("stated"),
        }
        write_floors(&mut w, &self.floors);
        Self {
            configuration: config_digest(&w.into_bytes()),
            ..self
        }
    }
}

fn write_tools(w: &mut Writer, tools: &ToolTable) {
    w.array(tools.iter().count());
    for (pattern, effect) in tools.iter() {
        w.array(2);
        w.text(&pattern);
        w.text(effect.as_str());
    }
}

/// A floor that is not set is null, which no number is.
fn write_floors(w: &mut Writer, floors: &Floors) {
    let number = |w: &mut Writer, number: Option<u64>| match number {
        Some(number) => w.unsigned(number),
        None => w.null(),
    };
    w.array(10);
    w.unsigned(u64::from(floors.mission()));
    w.unsigned(u64::from(floors.audience()));
    number(
        w,
        floors
            .max_links()
            .map(|links| u64::try_from(links).unwrap_or(u64::MAX)),
    );
    number(w, floors.grant_age().map(Seconds::get));
    for ages in [floors.status_age(), floors.root_age()] {
        for effect in [Effect::Read, Effect::Write, Effect::Irreversible] {
            number(w, ages.map(|ages| ages.of(effect).get()));
        }
    }
}

fn write_anchor(w: &mut Writer, anchor: &Anchor) {
    w.array(5);
    w.text(anchor.issuer().as_str());
    w.array(anchor.keys().len());
    anchor.keys().iter().for_each(|key| write_key(w, key));
    match anchor.ceiling() {
        Ceiling::Unlimited => w.text("unlimited"),
        Ceiling::Powers(powers) => write_powers(w, powers),
    }
    w.unsigned(anchor.max_lifetime().get());
    w.array(anchor.systems().len());
    anchor.systems().for_each(|system| w.text(system.as_str()));
}

fn write_key(w: &mut Writer, key: &AnchorKey) {
    w.array(2);
    w.bytes(key.key().as_bytes());
    match key.state() {
        AnchorKeyState::InService => w.null(),
        AnchorKeyState::Retired {
            roots_issued_before,
        } => w.unsigned(roots_issued_before.as_unix()),
        AnchorKeyState::Revoked => w.text("revoked"),
    }
}
