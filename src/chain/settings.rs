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

/// The reason why no verifier can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// There is no anchor, so no chain would verify.
    #[error("a verifier has at least one anchor")]
    NoAnchor,
    /// A key of an anchor is not a point of the curve.
    #[error("key {key} of issuer `{issuer}`: {error}")]
    Key {
        /// The issuer of the anchor.
        issuer: Issuer,
        /// The key.
        key: PublicKey,
        /// The error in the key.
        error: KeyError,
    },
    /// Two anchors have the same issuer.
    #[error("two anchors for issuer `{issuer}`")]
    IssuerTwice {
        /// The issuer.
        issuer: Issuer,
    },
}

/// The kinds of attested grant that a verifier accepts.
///
/// ```
/// use mandatum::chain::AcceptedGrants;
/// use mandatum::claims::GrantKind;
/// let people = AcceptedGrants::only([GrantKind::Direct, GrantKind::Template]);
/// assert_eq!(AcceptedGrants::default(), people);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedGrants {
    kinds: BTreeSet<GrantKind>,
    none: bool,
}

impl AcceptedGrants {
    /// Accepts these kinds.
    #[must_use]
    pub fn only(kinds: impl IntoIterator<Item = GrantKind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            none: false,
        }
    }

    /// Accepts every kind, and roots without any grant, so that no human has to stand behind an
    /// execution.
    #[must_use]
    pub fn dangerous_any_or_none() -> Self {
        Self {
            kinds: GrantKind::ALL.into(),
            none: true,
        }
    }

    pub(crate) fn accepts(&self, kind: GrantKind) -> bool {
        self.kinds.contains(&kind)
    }

    pub(super) const fn accepts_none(&self) -> bool {
        self.none
    }
}

impl Default for AcceptedGrants {
    /// Accepts [`GrantKind::Direct`] and [`GrantKind::Template`]: a person approved this work or
    /// its template.
    fn default() -> Self {
        Self::only([GrantKind::Direct, GrantKind::Template])
    }
}

/// The leeway that a verifier has by default: the time by which its clock may be behind the clock
/// that dated a token. Clocks that are synchronised by NTP differ by far less than thirty seconds.
pub(crate) const ISSUE_LEEWAY: Seconds = Seconds::new(30);
/// The default maximum age of a signed call. The [terms of a ledger](crate::charge::LedgerTerms)
/// have the same defaults, so that both fit together.
pub(crate) const DEFAULT_MAX_CALL_AGE: Seconds = Seconds::new(30);

/// The configuration of a verifier: its anchors and how strict it is. It is plain data, which the
/// functions that verify and decide read.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
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
    /// The table, unless the host states a higher effect.
    Table(ToolTable),
    /// The host's statement.
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
            VerifyingKey::new(&key)
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

impl Settings {
    pub(crate) fn new(anchors: impl IntoIterator<Item = Anchor>) -> Result<Self, VerifierError> {
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
            leeway: ISSUE_LEEWAY,
            max_call_age: DEFAULT_MAX_CALL_AGE,
            asserted_up_to: None,
            effects: Effects::Table(ToolTable::default()),
            floors: Floors::default(),
            // A placeholder, which `configured` replaces below.
            configuration: Digest::from_bytes([0; 32]),
        };
        Ok(verifier.configured())
    }

    pub(crate) fn with_grants(self, grants: AcceptedGrants) -> Self {
        Self { grants, ..self }.configured()
    }

    pub(crate) fn with_leeway(self, leeway: Seconds) -> Self {
        Self { leeway, ..self }.configured()
    }

    pub(crate) fn with_max_call_age(self, max_call_age: Seconds) -> Self {
        Self {
            max_call_age,
            ..self
        }
        .configured()
    }

    pub(crate) fn dangerous_accept_asserted_up_to(self, effect: Effect) -> Self {
        Self {
            asserted_up_to: Some(effect),
            ..self
        }
        .configured()
    }

    pub(crate) fn with_tools(self, tools: ToolTable) -> Self {
        Self {
            effects: Effects::Table(tools),
            ..self
        }
        .configured()
    }

    pub(crate) fn dangerous_effects_as_stated(self) -> Self {
        Self {
            effects: Effects::Stated,
            ..self
        }
        .configured()
    }

    pub(crate) fn with_floors(self, floors: Floors) -> Self {
        Self { floors, ..self }.configured()
    }

    pub(crate) fn action<N: Into<String>, V: Into<Value>>(
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

    /// Returns the effect by which a call is decided.
    pub(crate) fn effect(&self, action: &Action) -> Effect {
        match &self.effects {
            Effects::Table(tools) => action.effect.max(tools.effect(&action.tool)),
            Effects::Stated => action.effect,
        }
    }

    pub(crate) const fn floors(&self) -> &Floors {
        &self.floors
    }

    pub(crate) fn anchor(&self, issuer: &Issuer) -> Option<&Anchor> {
        self.trusted(issuer).map(|trusted| &*trusted.anchor)
    }

    pub(crate) fn anchors(&self) -> impl ExactSizeIterator<Item = &Anchor> {
        self.anchors.values().map(|trusted| &*trusted.anchor)
    }

    pub(crate) const fn configuration(&self) -> Digest {
        self.configuration
    }

    pub(super) fn trusted(&self, issuer: &Issuer) -> Option<&Trusted> {
        self.anchors.get(issuer)
    }

    pub(crate) const fn grants(&self) -> &AcceptedGrants {
        &self.grants
    }

    pub(crate) const fn leeway(&self) -> Seconds {
        self.leeway
    }

    pub(crate) const fn max_call_age(&self) -> Seconds {
        self.max_call_age
    }

    pub(crate) const fn asserted_up_to(&self) -> Option<Effect> {
        self.asserted_up_to
    }

    /// Returns the settings with the digest of their present content.
    fn configured(self) -> Self {
        let mut w = Writer::new();
        // Eight items follow, for the grants write two. Nothing decodes these bytes.
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

/// Writes the floors. A floor that is not set is null, which differs from every number.
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
            // Can't fail on a platform of at most 64 bits.
            .map(|links| u64::try_from(links).unwrap_or(u64::MAX)),
    );
    number(w, floors.grant_age().map(Seconds::get));
    for ages in [floors.status_age(), floors.root_age()] {
        for effect in [Effect::Read, Effect::Write, Effect::Irreversible] {
            number(w, ages.map(|ages| ages.for_effect(effect).get()));
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
