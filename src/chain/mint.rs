use super::anchor::Anchor;
use super::chain::Chain;
use super::error::{ChainError, ChainErrorKind};
use super::rules;
use super::verify::covers;
use crate::claims::{Child, Holder, Life, Link, Principal, Purpose, Replaced, Root, RootAudience};
use crate::limits::{Limit, Limits};
use crate::powers::Powers;
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{Lifetime, TaskPath, Timestamp, TokenId, Work};
use crate::sign::Unsigned;

// The claims are in a room below, which knows no anchor; so this constructor is here.
impl Root {
    /// Returns a root of the anchor's issuer, without a grant.
    ///
    /// It is to be signed by the anchor's first key in service. Another key of the anchor is named
    /// with [`with_signed_by`](Self::with_signed_by). The example is on [`Root`].
    #[must_use]
    pub fn new(
        anchor: &Anchor,
        link: Link,
        principal: impl Into<Principal>,
        purpose: Purpose,
        task: TaskPath,
        audience: impl Into<RootAudience>,
        life: impl Into<Life>,
    ) -> Self {
        // An anchor has a key. Without one, the holder's is named, which `issue` refuses.
        let signed_by = anchor.issuing_key().unwrap_or(link.holder.key);
        Self {
            link,
            issuer: anchor.issuer().clone(),
            signed_by,
            principal: principal.into(),
            purpose,
            grant: None,
            task,
            audience: audience.into(),
            life: life.into(),
        }
    }
}

/// Issues a root under an anchor, to be signed by the key that it names, `root.signed_by`.
///
/// The issuer's name is the anchor's; `root.issuer` must be it. The rules are those that a verifier
/// with this anchor applies.
///
/// The root must not be dated more than 30 seconds ahead of `now`. An end of it would otherwise be
/// forgotten before it begins. Work that starts later has a window ([`Limit::window`]) in a root
/// that is issued today.
///
/// ```
/// # use mandatum::*;
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let lead = SigningKey::from_seed(&[2; 32]);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// use mandatum::chain::ChainErrorKind;
/// let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// let link = Link::new([0; 16], lead.public(), Powers::none(), hour);
/// let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// let chain = Chain::from(issue(&anchor, root.clone(), now)?.sign(&key)?);
/// assert_eq!(chain.len(), 1);
/// // The root is dated an hour ahead of this clock.
/// let error = issue(&anchor, root, now.minus(Seconds::hours(1))).unwrap_err();
/// assert!(matches!(error.kind, ChainErrorKind::IssuedAhead { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ChainError`] by rules 2, 8, 9, 11, 12, 14, 16 to 20 and 23: for example a token of more than
/// 16 KiB, the name of another issuer, a revoked key, or powers beyond the ceiling, with a call
/// that shows it.
pub fn issue(anchor: &Anchor, root: Root, now: Timestamp) -> Result<Unsigned<Root>, ChainError> {
    let at_root = |kind: ChainErrorKind| kind.at(0);
    rules::issuer_anchored(&root, |issuer| {
        (issuer == anchor.issuer()).then_some(anchor)
    })
    .map_err(at_root)?;
    rules::issued_by_now(&root, now).map_err(at_root)?;
    let signer = rules::signer_known(&root, anchor).map_err(at_root)?;
    rules::anchor_terms(&root, anchor, signer, None, &covers).map_err(at_root)?;
    rules::scopes_meet(&root.link, None, &mut Work::new(VERIFY_STEPS)).map_err(at_root)?;
    rules::not_the_anchor(&root.link, anchor).map_err(at_root)?;
    let missions: Vec<_> = root.link.missions(Some(&root.life)).collect();
    let limits = root.link.limits.iter().map(Limit::rule);
    rules::limits_allow(&root.link, &missions, limits).map_err(at_root)?;
    rules::at_most_4096_watched(&root.life, std::iter::once(&root.link))?;
    let unsigned = Unsigned::new(root, vec![signer.key()]);
    rules::token_within_size(unsigned.sealed_length()).map_err(at_root)?;
    Ok(unsigned)
}

/// The terms on which a holder delegates. An omitted term is the lowest: no further delegation, the
/// parent's task, no extra limit.
///
/// ```
/// # use mandatum::{chain::ChainErrorKind, *};
/// # let key = SigningKey::from_seed(&[1; 32]);
/// # let (issuer, now) = ("https://acme.example".parse()?, Timestamp::from_unix(1_767_225_600)?);
/// # let anchor = Anchor::new(issuer, key.public(), Powers::none(), Seconds::hours(8))?;
/// # let hour = Lifetime::new(now, now.plus(Seconds::hours(1)))?;
/// # let lead = SigningKey::from_seed(&[2; 32]);
/// # let link = Link::new([0; 16], lead.public(), Powers::none(), hour).with_hops(1);
/// # let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
/// # let (alice, task, life) = (Label::new("alice")?, "acme-qbr".parse()?, Life::ExpiryOnly);
/// # let root = Root::new(&anchor, link, alice, purpose, task, RootAudience::Anywhere, life);
/// # let chain = Chain::from(issue(&anchor, root, now)?.sign(&key)?);
/// let helper = SigningKey::from_seed(&[3; 32]).public();
/// let terms = Delegation::new([1; 16], helper, Powers::none(), now.plus(Seconds::minutes(10)));
/// let child = chain.delegate(terms.clone(), now)?.sign(&lead)?;
/// assert_eq!(chain.extend(child)?.leaf().hops, 0);
/// // The root allows one delegation, so its child allows none.
/// let refused = chain.delegate(terms.with_hops(1), now).unwrap_err();
/// assert_eq!(refused.kind, ChainErrorKind::TooManyHops { hops: 1, parent: 1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    id: TokenId,
    holder: Holder,
    powers: Powers,
    expires: Timestamp,
    /// The limits of the mandate that it is for. [`with_limits`](Self::with_limits) does not
    /// replace them.
    carried: Limits,
    limits: Limits,
    step: Option<TaskPath>,
    hops: u8,
    same_key: bool,
}

impl Delegation {
    /// Returns terms with a holder, powers and a time of expiry. `id` is unique, from the host.
    #[must_use]
    pub fn new(
        id: impl Into<TokenId>,
        holder: impl Into<Holder>,
        powers: Powers,
        expires: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            holder: holder.into(),
            powers,
            expires,
            carried: Limits::none(),
            limits: Limits::none(),
            step: None,
            hops: 0,
            same_key: false,
        }
    }

    /// Returns the terms with these limits, which are added to the parent's and to those that an
    /// answer to a request carries.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Returns the terms with the limits of the mandate that it is for.
    pub(crate) fn with_carried(self, carried: Limits) -> Self {
        Self { carried, ..self }
    }

    /// Returns the terms for a task these steps below the parent's.
    #[must_use]
    pub fn with_step(self, step: TaskPath) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// Returns the terms with this number of further delegations.
    #[must_use]
    pub const fn with_hops(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }

    /// Returns the terms for a key that an ancestor has as well. This narrows but does not contain,
    /// because the holder of the key has the ancestor's mandate too.
    #[must_use]
    pub const fn with_same_key(mut self) -> Self {
        self.same_key = true;
        self
    }
}

/// Returns a child of `chain` with these terms, to be signed by its leaf's holder.
pub(super) fn delegate(
    chain: &Chain,
    terms: Delegation,
    now: Timestamp,
) -> Result<Unsigned<Child>, ChainError> {
    let (link, parent) = (chain.len(), chain.leaf());
    let begins = now.max(parent.lifetime.issued_at());
    let lifetime = Lifetime::new(begins, terms.expires).map_err(|_| {
        ChainErrorKind::NeverValid {
            expires: terms.expires,
            begins,
        }
        .at(link)
    })?;
    let claims = Link {
        id: terms.id,
        holder: terms.holder,
        powers: terms.powers,
        limits: rules::limits_within_bound(&terms.carried, &terms.limits)
            .map_err(|kind| kind.at(link))?,
        hops: terms.hops,
        lifetime,
        replaces: Replaced::default(),
    };
    mint(
        chain,
        Child {
            link: claims,
            parent: chain.leaf_id(),
            step: terms.step,
            same_key: terms.same_key,
        },
    )
}

/// Mints a child below a chain's leaf, if every rule allows it.
pub(super) fn mint(chain: &Chain, child: Child) -> Result<Unsigned<Child>, ChainError> {
    let (link, parent) = (chain.len(), chain.leaf());
    let at_link = |kind: ChainErrorKind| kind.at(link);
    rules::at_most_16_links(link.saturating_add(1)).map_err(at_link)?;
    rules::within_terms(&child.link, parent).map_err(at_link)?;
    // A chain has at least the root's task.
    if let Some(task) = chain.tasks()?.last() {
        rules::task_of(task, &child).map_err(at_link)?;
    }
    let mut work = Work::new(VERIFY_STEPS);
    rules::powers_and_scopes(&child.link, parent, &covers, &mut work).map_err(at_link)?;
    let above = chain
        .lives_by()
        .map(|(_, scope, lives_by)| (scope, lives_by));
    let missions: Vec<_> = above.chain(child.link.missions(None)).collect();
    let limits = chain
        .rules(link)
        .chain(child.link.limits.iter().map(Limit::rule));
    rules::limits_allow(&child.link, &missions, limits).map_err(at_link)?;
    let root = chain.root().claims();
    rules::links_above_allow(&child, &root.link, chain.links()).map_err(at_link)?;
    rules::at_most_4096_watched(&root.life, chain.links().chain([&child.link]))?;
    let unsigned = Unsigned::new(child, vec![parent.holder.key]);
    let added = unsigned.sealed_length();
    rules::token_within_size(added).map_err(at_link)?;
    rules::chain_within_size(chain.to_bytes().len().saturating_add(added)).map_err(at_link)?;
    Ok(unsigned)
}
