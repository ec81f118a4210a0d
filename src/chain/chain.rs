use super::error::ChainError;
use super::rules;
use crate::claims::{Child, Link, Replaced, Root};
use crate::codec::{CodecError, CodecErrorKind, Envelope, Reader, TextError, Writer};
use crate::limits::{Limit, LimitRule, LivesBy, Scope};
use crate::primitives::bounds::{MAX_CHAIN_BYTES, MAX_CHAIN_LINKS};
use crate::primitives::{MandateId, PublicKey, TaskPath, base64url, from_base64url};
use crate::sign::Token;
use std::str::FromStr;
use std::sync::Arc;

/// A chain of mandates, root to leaf, as it came: decoded, but not verified. Cheap to clone and to
/// extend, because links are shared.
///
/// # Rules
///
/// | | rule | checked when |
/// |---|---|---|
/// | 1 | at most 16 links | decoding, minting, extending |
/// | 2 | a token is at most 16 KiB with at most 32 limits, a chain 64 KiB | decoding, minting, extending |
/// | 3 | a child names its parent by digest | minting, extending, verifying |
/// | 4 | a child is issued no earlier than its parent | minting, verifying |
/// | 5 | a child expires no later than its parent | minting, verifying |
/// | 6 | fewer delegations may follow a child than its parent | minting, verifying |
/// | 7 | the task extends the parent's, within bounds | minting, verifying |
/// | 8 | the root's issuer has an anchor | verifying |
/// | 9 | a root lives no longer than its anchor allows | issuing, verifying |
/// | 10 | a human stands behind the root in an accepted way | verifying |
/// | 11 | each link is signed by the key above it; a root by the key of its anchor that it names, which is in service, or was retired later than the root was issued | issuing, signing, verifying |
/// | 12 | a root's powers are covered by the anchor's ceiling, and what is delegable by what is delegable there | issuing, verifying |
/// | 13 | a child's powers are covered by its parent's delegable ones | minting, verifying |
/// | 14 | the anchor's keys are no holder's | issuing, verifying |
/// | 15 | a holder's key is no ancestor's, unless the link says so | minting, verifying |
/// | 16 | nobody keeps themself alive or approves themself: a mission's controller and enders hold no link it keeps alive, a gate's approvers none behind it | minting, verifying |
/// | 17 | what hangs on news of a mission, its events or waves, lives by it | minting, verifying |
/// | 18 | the links of a chain live by at most 32 missions, each scope counted, have at most 64 budgets, rates, exclusive groups and gates, and make a verifier watch at most 4,096 pairs of a subject and a signer | minting, verifying |
/// | 19 | a root's aliases are for systems of its issuer | issuing, verifying |
/// | 20 | a limit's scope meets a capability of the link that has it, or of its parent | minting, verifying |
/// | 21 | a child's conditions name only facts that a condition of the root names | minting, verifying |
/// | 22 | a holder below a limit on delegates is one of them | minting, verifying |
/// | 23 | a root is not dated ahead of the clock, but for the leeway | issuing; verifiers refuse it at every decision until then |
///
/// No rule that verifying checks asks what time it is: what is checked once stays true, and every
/// time is checked again at every decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    root: Arc<Token<Root>>,
    children: Vec<Arc<Token<Child>>>,
}

impl Chain {
    /// Reads a chain: a CBOR array of tokens, a root and then children.
    ///
    /// # Errors
    /// [`CodecError`], with the place; nothing is verified.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        if bytes.len() > MAX_CHAIN_BYTES {
            return Err(too_large(0));
        }
        let chain = Self::read(&mut r)?;
        r.end()?;
        Ok(chain)
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (root, children) = take_apart(r)?;
        let root = Arc::new(Token::from_envelope(&root)?);
        let children = children
            .iter()
            .map(|child| Token::from_envelope(child).map(Arc::new))
            .collect::<Result<_, _>>()?;
        Ok(Self { root, children })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`TextError`] when it is not base64url, or its bytes are no chain.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_CHAIN_BYTES)?)?)
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.write(&mut w);
        w.into_bytes()
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.array(self.len());
        w.raw(self.root.as_bytes());
        self.children
            .iter()
            .for_each(|child| w.raw(child.as_bytes()));
    }

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log shows
    /// it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.to_bytes())
    }

    /// This chain and one more link, minted with [`Chain::delegate`] from this very chain.
    ///
    /// # Errors
    /// [`ChainError`] by rule 3 when the child was minted from another, by rules 1 and 2 when the
    /// chain is full.
    pub fn extend(&self, child: Token<Child>) -> Result<Self, ChainError> {
        let link = self.len();
        rules::at_most_16_links(link.saturating_add(1)).map_err(|kind| kind.at(link))?;
        rules::names_parent(child.claims(), self.leaf_id()).map_err(|kind| kind.at(link))?;
        let size = self.to_bytes().len().saturating_add(child.as_bytes().len());
        rules::chain_within_size(size).map_err(|kind| kind.at(link))?;
        let mut children = self.children.clone();
        children.push(Arc::new(child));
        Ok(Self {
            root: Arc::clone(&self.root),
            children,
        })
    }

    /// The chain without its last link; `None` for a root alone.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.children.split_last()?;
        Some(Self {
            root: Arc::clone(&self.root),
            children: above.to_vec(),
        })
    }

    /// A root and the links below it.
    pub(crate) const fn from_parts(
        root: Arc<Token<Root>>,
        children: Vec<Arc<Token<Child>>>,
    ) -> Self {
        Self { root, children }
    }

    /// The links, to be shared with another chain.
    pub(crate) fn shared(&self) -> (&Arc<Token<Root>>, &[Arc<Token<Child>>]) {
        (&self.root, &self.children)
    }

    /// These very links and then those of `whole`, which begins with them: what both have is
    /// shared.
    pub(crate) fn followed_by(&self, whole: &Self) -> Self {
        let further = whole.children.iter().skip(self.children.len());
        Self {
            root: Arc::clone(&self.root),
            children: self
                .children
                .iter()
                .chain(further)
                .map(Arc::clone)
                .collect(),
        }
    }

    /// Rule 3 for every child.
    pub(crate) fn check_parents(&self) -> Result<(), ChainError> {
        let mut above = self.ids();
        (1..)
            .zip(self.children())
            .try_for_each(|(link, child)| match above.next() {
                Some(above) => {
                    rules::names_parent(child.claims(), above).map_err(|kind| kind.at(link))
                }
                None => Ok(()),
            })
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &Token<Root> {
        &self.root
    }

    /// The links below the root, from the top.
    #[must_use]
    pub fn children(&self) -> impl ExactSizeIterator<Item = &Token<Child>> {
        self.children.iter().map(|child| &**child)
    }

    /// What each link says, root first.
    #[must_use]
    pub fn links(&self) -> impl DoubleEndedIterator<Item = &Link> + Clone {
        let children = self.children.iter().map(|child| &child.claims().link);
        std::iter::once(&self.root.claims().link).chain(children)
    }

    /// The missions that keep the links alive, with the link that says so and its scope, root
    /// first.
    pub fn lives_by(&self) -> impl Iterator<Item = (usize, &Scope, &LivesBy)> {
        // Only the root has a life of its own.
        let mut life = Some(&self.root.claims().life);
        self.links().enumerate().flat_map(move |(link, claims)| {
            claims
                .missions(life.take())
                .map(move |(scope, lives_by)| (link, scope, lives_by))
        })
    }

    /// The holders of the links down to this one, root first.
    pub(crate) fn holders_down_to(&self, link: usize) -> impl Iterator<Item = PublicKey> {
        let links = self.links().take(link.saturating_add(1));
        links.map(|claims| claims.holder.key)
    }

    /// What the limits of the links down to this one demand.
    pub(crate) fn rules(&self, link: usize) -> impl Iterator<Item = &LimitRule> + Clone {
        let above = (0..=link).filter_map(|at| self.link(at));
        above.flat_map(|claims| claims.limits.iter().map(Limit::rule))
    }

    /// A link's mandates; `None` beyond the leaf.
    pub(crate) fn mandates(&self, link: usize) -> Option<Mandates<'_>> {
        Some(Mandates {
            own: self.id(link)?,
            replaced: &self.link(link)?.replaces,
        })
    }

    /// The id of one link.
    fn id(&self, at: usize) -> Option<MandateId> {
        match at.checked_sub(1) {
            None => Some(self.root.digest()),
            Some(child) => self.children.get(child).map(|child| child.digest()),
        }
    }

    /// What one link says.
    fn link(&self, at: usize) -> Option<&Link> {
        match at.checked_sub(1) {
            None => Some(&self.root.claims().link),
            Some(child) => self.children.get(child).map(|child| &child.claims().link),
        }
    }

    /// The id of each link, root first.
    pub fn ids(&self) -> impl Iterator<Item = MandateId> {
        std::iter::once(self.root.digest()).chain(self.children.iter().map(|child| child.digest()))
    }

    /// What the last link says.
    #[must_use]
    pub fn leaf(&self) -> &Link {
        self.children
            .last()
            .map_or(&self.root.claims().link, |child| &child.claims().link)
    }

    /// The id of the last link.
    #[must_use]
    pub fn leaf_id(&self) -> MandateId {
        self.children
            .last()
            .map_or(self.root.digest(), |child| child.digest())
    }

    /// The number of links, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a chain is never empty")]
    pub fn len(&self) -> usize {
        self.children.len().saturating_add(1)
    }

    /// The tasks of the links from `first` on, by rule 7; the one before has `above`.
    pub(crate) fn tasks_below(
        &self,
        above: &TaskPath,
        first: usize,
    ) -> impl Iterator<Item = Result<TaskPath, ChainError>> {
        let children = (1..).zip(&self.children).skip(first.saturating_sub(1));
        children.scan(above.clone(), |above, (link, child)| {
            let task = rules::task_of(above, child.claims()).map_err(|kind| kind.at(link));
            task.iter().for_each(|task| above.clone_from(task));
            Some(task)
        })
    }

    /// The task of each link, root first.
    ///
    /// # Errors
    /// [`ChainError`] by rule 7 when the steps joined are out of bounds.
    pub fn tasks(&self) -> Result<Vec<TaskPath>, ChainError> {
        let mut tasks = Vec::with_capacity(self.len());
        tasks.push(self.root.claims().task.clone());
        for task in self.tasks_below(&self.root.claims().task, 1) {
            tasks.push(task?);
        }
        Ok(tasks)
    }
}

impl TryFrom<&[u8]> for Chain {
    type Error = CodecError;
    fn try_from(bytes: &[u8]) -> Result<Self, CodecError> {
        Self::from_bytes(bytes)
    }
}

impl FromStr for Chain {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::from_text(text)
    }
}

/// The tokens of a chain, root and children, within rules 1 and 2.
pub(crate) fn take_apart<'a>(
    r: &mut Reader<'a>,
) -> Result<(Envelope<'a>, Vec<Envelope<'a>>), CodecError> {
    let at = r.position();
    let (tokens, bytes) = r.with_bytes(|r| {
        let links = r.array(1, MAX_CHAIN_LINKS)?;
        Ok((
            Envelope::read(r)?,
            r.items(links.saturating_sub(1), Envelope::read)?,
        ))
    })?;
    if bytes.len() > MAX_CHAIN_BYTES {
        Err(too_large(at))
    } else {
        Ok(tokens)
    }
}

/// Rule 2, met by bytes at `at`.
const fn too_large(at: usize) -> CodecError {
    CodecError {
        at,
        kind: CodecErrorKind::TooLarge {
            max: MAX_CHAIN_BYTES,
        },
    }
}

impl From<Token<Root>> for Chain {
    fn from(root: Token<Root>) -> Self {
        Self {
            root: Arc::new(root),
            children: Vec::new(),
        }
    }
}

/// The mandates of one link: its own, and those that it replaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mandates<'a> {
    pub(crate) own: MandateId,
    pub(crate) replaced: &'a Replaced,
}

/// A link's own mandate, or one that it replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The link's own.
    Own,
    /// One that it replaces.
    Replaced,
}

impl<'a> Mandates<'a> {
    /// Those that are replaced first.
    pub(crate) fn iter(self) -> impl Iterator<Item = (MandateId, Whose)> + use<'a> {
        self.replaced
            .iter()
            .map(|mandate| (*mandate, Whose::Replaced))
            .chain([(self.own, Whose::Own)])
    }

    pub(crate) fn len(self) -> usize {
        self.replaced.iter().len().saturating_add(1)
    }
}
