use super::error::ChainError;
use super::mint;
use super::mint::Delegation;
use super::rules;
use crate::claims::{Child, Link, Replaced, Root};
use crate::codec::{CodecError, CodecErrorKind, Envelope, Reader, TextError, Writer};
use crate::limits::{Limit, LimitRule, LivesBy, Scope};
use crate::primitives::bounds::{MAX_CHAIN_BYTES, MAX_CHAIN_LINKS};
use crate::primitives::{MandateId, PublicKey, TaskPath, Timestamp, base64url, from_base64url};
use crate::sign::{Token, Unsigned};
use std::str::FromStr;
use std::sync::Arc;

/// A decoded chain of mandates, root to leaf. Nothing of it is verified.
///
/// Clones are cheap, because chains share their links.
///
/// ```
/// # use mandatum::*;
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// # let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// # let link = Link::new([0; 16], SigningKey::from_seed(&[2; 32]).public(), Powers::none(), hour);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// # let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// let chain = Chain::from(issue(&anchor, root, now)?.sign(&key)?);
/// assert_eq!(chain.to_text().parse::<Chain>()?, chain);
/// assert_eq!(chain.parent(), None);
/// // An empty CBOR array has no root.
/// assert!(Chain::from_bytes(&[0x80]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Rules
///
/// The operations that check a rule stand in parentheses. Issuing makes a root, minting a child,
/// and extending puts a signed child below a chain.
///
/// 1. A chain has at most 16 links (decoding, minting, extending, verifying).
/// 2. A token has at most 16 KiB and at most 32 limits, a chain at most 64 KiB (decoding, issuing,
///    minting, extending).
/// 3. A child names its parent by digest (extending, verifying; minting sets the digest).
/// 4. A child is issued no earlier than its parent (minting, verifying).
/// 5. A child expires no later than its parent (minting, verifying).
/// 6. Fewer delegations may follow a child than its parent (minting, verifying).
/// 7. The task of a child extends its parent's, within bounds (minting, verifying).
/// 8. The root's issuer has an anchor (issuing, verifying).
/// 9. A root lives no longer than its anchor allows (issuing, verifying).
/// 10. A human stands behind the root in an accepted way (verifying, and every decision).
/// 11. Each link is signed by the key above it. A root is signed by the key of its anchor that it
///     names. That key is in service, or was retired later than the root was issued (issuing,
///     signing, verifying).
/// 12. A root's powers are covered by the anchor's ceiling, and its delegable powers by the
///     ceiling's delegable ones (issuing, verifying).
/// 13. A child's powers are covered by its parent's delegable ones (minting, verifying).
/// 14. No holder has a key of the anchor (issuing, verifying).
/// 15. No holder has an ancestor's key, unless the link states it (minting, verifying).
/// 16. No holder keeps itself alive or approves its own calls. A mission's controller and enders
///     hold no link that the mission keeps alive. A gate's approvers hold no link behind the gate
///     (issuing, minting, verifying).
/// 17. Calls that end on an event live by a mission, and calls that are bound to waves live by the
///     mission of these waves (issuing, minting, verifying).
/// 18. The links of a chain live by at most 32 missions, each scope counted. They have at most 64
///     budgets, rates, exclusive groups and gates. They make a verifier watch at most 4,096 pairs
///     of a subject and a signer (issuing, minting, verifying).
/// 19. A root's aliases are for systems of its issuer (issuing, verifying).
/// 20. A limit's scope meets a capability of the link that has it, or of its parent (issuing,
///     minting, verifying).
/// 21. A child's conditions name only facts that a condition of the root names (minting,
///     verifying).
/// 22. A holder below a limit on delegates is one of them (minting, verifying).
/// 23. A root is dated ahead of the clock by at most the leeway (issuing). Verifiers refuse such a
///     root at every decision until its time has come.
///
/// No rule of verifying depends on the clock, so what is verified once stays true. Every decision
/// checks all times again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    root: Arc<Token<Root>>,
    children: Vec<Arc<Token<Child>>>,
}

impl Chain {
    /// Reads a chain: a CBOR array of tokens, a root and then children.
    ///
    /// # Errors
    /// [`CodecError`], with the place, for bytes that are no such array, a token that does not
    /// decode, more than 16 tokens or more than 64 KiB. Nothing is verified.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut r = Reader::new(bytes);
        // Before anything is read, so that a stranger's bytes take no work by their number.
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
    /// [`TextError`] for a text that is not base64url without padding, or whose bytes are no chain.
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        Ok(Self::from_bytes(&from_base64url(text, MAX_CHAIN_BYTES)?)?)
    }

    /// Returns the bytes: a CBOR array of the tokens.
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

    /// Returns the text form: base64url without padding. There is no `Display`, so that no log
    /// shows it by accident.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64url(&self.to_bytes())
    }

    /// Returns this chain with one more link, which [`Chain::delegate`] minted from this very
    /// chain.
    ///
    /// # Errors
    /// [`ChainError`] by rule 3 for a child minted from another chain, and by rules 1 and 2 for a
    /// chain that is full.
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

    /// Returns the chain without its last link; `None` for a root alone.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.children.split_last()?;
        Some(Self {
            root: Arc::clone(&self.root),
            children: above.to_vec(),
        })
    }

    /// Builds a chain of a root and the links below it.
    pub(super) const fn from_parts(
        root: Arc<Token<Root>>,
        children: Vec<Arc<Token<Child>>>,
    ) -> Self {
        Self { root, children }
    }

    /// Returns the links, to be shared with another chain.
    pub(super) fn shared(&self) -> (&Arc<Token<Root>>, &[Arc<Token<Child>>]) {
        (&self.root, &self.children)
    }

    /// Returns the links of `whole`, which begins with this chain. The links of this chain are
    /// shared instead of copied.
    pub(super) fn followed_by(&self, whole: &Self) -> Self {
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

    /// Checks rule 3 for every child.
    pub(crate) fn check_parents(&self) -> Result<(), ChainError> {
        let mut above = self.ids();
        (1..)
            .zip(self.children())
            .try_for_each(|(link, child)| match above.next() {
                Some(above) => {
                    rules::names_parent(child.claims(), above).map_err(|kind| kind.at(link))
                }
                // Can't happen: there is one more id than there are children.
                None => Ok(()),
            })
    }

    /// Returns the root.
    #[must_use]
    pub fn root(&self) -> &Token<Root> {
        &self.root
    }

    /// Returns the links below the root, from the top.
    #[must_use]
    pub fn children(&self) -> impl ExactSizeIterator<Item = &Token<Child>> {
        self.children.iter().map(|child| &**child)
    }

    /// Returns the claims of each link, root first.
    #[must_use]
    pub fn links(&self) -> impl DoubleEndedIterator<Item = &Link> + Clone {
        let children = self.children.iter().map(|child| &child.claims().link);
        std::iter::once(&self.root.claims().link).chain(children)
    }

    /// Returns the missions that keep the links alive, root first, each with the number of the link
    /// that names it and its scope.
    pub fn lives_by(&self) -> impl Iterator<Item = (usize, &Scope, &LivesBy)> {
        // Only the root has a life of its own, so the first link takes it.
        let mut life = Some(&self.root.claims().life);
        self.links().enumerate().flat_map(move |(link, claims)| {
            claims
                .missions(life.take())
                .map(move |(scope, lives_by)| (link, scope, lives_by))
        })
    }

    /// Returns the holders of the links down to this one, root first.
    pub(crate) fn holders_down_to(&self, link: usize) -> impl Iterator<Item = PublicKey> {
        let links = self.links().take(link.saturating_add(1));
        links.map(|claims| claims.holder.key)
    }

    /// Returns the rules of the limits of the links down to this one.
    pub(crate) fn rules(&self, link: usize) -> impl Iterator<Item = &LimitRule> + Clone {
        let above = (0..=link).filter_map(|at| self.link(at));
        above.flat_map(|claims| claims.limits.iter().map(Limit::rule))
    }

    /// Returns a link's mandates; `None` below the leaf.
    pub(crate) fn mandates(&self, link: usize) -> Option<Mandates<'_>> {
        Some(Mandates {
            own: self.id(link)?,
            replaced: &self.link(link)?.replaces,
        })
    }

    /// Returns the id of one link.
    fn id(&self, at: usize) -> Option<MandateId> {
        match at.checked_sub(1) {
            None => Some(self.root.digest()),
            Some(child) => self.children.get(child).map(|child| child.digest()),
        }
    }

    /// Returns the claims of one link.
    fn link(&self, at: usize) -> Option<&Link> {
        match at.checked_sub(1) {
            None => Some(&self.root.claims().link),
            Some(child) => self.children.get(child).map(|child| &child.claims().link),
        }
    }

    /// Returns the id of each link, root first.
    pub fn ids(&self) -> impl Iterator<Item = MandateId> {
        std::iter::once(self.root.digest()).chain(self.children.iter().map(|child| child.digest()))
    }

    /// Returns the claims of the last link.
    #[must_use]
    pub fn leaf(&self) -> &Link {
        self.children
            .last()
            .map_or(&self.root.claims().link, |child| &child.claims().link)
    }

    /// Returns the id of the last link.
    #[must_use]
    pub fn leaf_id(&self) -> MandateId {
        self.children
            .last()
            .map_or(self.root.digest(), |child| child.digest())
    }

    /// Returns the number of links, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a chain is never empty")]
    pub fn len(&self) -> usize {
        self.children.len().saturating_add(1)
    }

    /// Mints a child below the leaf, to be signed by the leaf's holder, offline and in this
    /// process.
    ///
    /// This checks only the rules that concern the child. A holder of a chain that others made
    /// verifies it before delegating from it.
    ///
    /// The child is issued at the later of `now` and its parent's time of issue, so a clock that is
    /// behind makes no child that its verifiers refuse.
    ///
    /// # Errors
    /// [`ChainError`] by rules 1, 2, 4 to 7, 13, 15 to 18 and 20 to 22: for example a seventeenth
    /// link, an expiry after the parent's, or powers beyond the parent's, with a call that shows
    /// it.
    pub fn delegate(
        &self,
        terms: Delegation,
        now: Timestamp,
    ) -> Result<Unsigned<Child>, ChainError> {
        mint::delegate(self, terms, now)
    }

    /// Mints a child below the leaf, if every rule allows it.
    pub(crate) fn mint(&self, child: Child) -> Result<Unsigned<Child>, ChainError> {
        mint::mint(self, child)
    }

    /// Returns whether `other` continues this chain below its leaf.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        other.len() > self.len() && other.ids().take(self.len()).eq(self.ids())
    }

    /// Returns the tasks of the links from `first` on, by rule 7. `above` is the task of the link
    /// before.
    pub(super) fn tasks_below(
        &self,
        above: &TaskPath,
        first: usize,
    ) -> impl Iterator<Item = Result<TaskPath, ChainError>> {
        let children = (1..).zip(&self.children).skip(first.saturating_sub(1));
        children.scan(above.clone(), |above, (link, child)| {
            let task = rules::task_of(above, child.claims()).map_err(|kind| kind.at(link));
            // After an error the callers stop, so a stale `above` does no harm.
            task.iter().for_each(|task| above.clone_from(task));
            Some(task)
        })
    }

    /// Returns the task of each link, root first.
    ///
    /// # Errors
    /// [`ChainError`] by rule 7 when the joined steps are out of bounds.
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

/// Reads the tokens of a chain, root and children, within rules 1 and 2.
pub(super) fn take_apart<'a>(
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
    // A chain within a proof is part of more bytes, so its own are counted here.
    if bytes.len() > MAX_CHAIN_BYTES {
        Err(too_large(at))
    } else {
        Ok(tokens)
    }
}

/// Returns the error of rule 2 for bytes at `at`.
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

/// Whether a mandate is a link's own, or one that the link replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The link's own mandate.
    Own,
    /// A mandate that the link replaces.
    Replaced,
}

impl<'a> Mandates<'a> {
    /// Returns the mandates, those that are replaced first.
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
