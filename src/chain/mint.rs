use super::anchor::Anchor;
use super::chain::Chain;
use super::error::{ChainError, ChainErrorKind};
use super::rules;
use super::verify::covers;
use crate::claims::{
    AttestedGrant, Child, Holder, Life, Link, Principal, Purpose, Replaced, Root, RootAudience,
};
use crate::limits::{Limit, Limits};
use crate::powers::Powers;
use crate::primitives::bounds::VERIFY_STEPS;
use crate::primitives::{Lifetime, PublicKey, TaskPath, Timestamp, TokenId, Work};
use crate::sign::Unsigned;

impl Root {
    /// A root of the anchor's issuer, without a grant.
    ///
    /// It is to be signed by the anchor's first key in service; another of its keys is named by
    /// [`with_signed_by`](Self::with_signed_by).
    ///
    /// ```
    ///
    /// let key = SigningKey::from_seed(&[1; 32]);
    /// let anchor = Anchor::new("https://acme.example".parse()?, key.public(), Powers::none(), Seconds::hours(8))?;
    /// let now = Timestamp::from_unix(1_767_225_600)?;
    /// let holder = SigningKey::from_seed(&[2; 32]).public();
    /// let link = Link::new([0; 16], holder, Powers::none(), Lifetime::new(now, now.plus(Seconds::hours(1)))?);
    /// let purpose = Purpose::new("qbr".parse()?, "acme".parse()?, "Prepare the review.");
    /// let (task, server) = ("acme-qbr".parse()?, Audience::new("https://crm.example")?);
    /// let root = Root::new(&anchor, link, Label::new("alice")?, purpose, task, server, Life::ExpiryOnly)
    ///     .with_grant(AttestedGrant::direct("alice".parse()?, now, Digest::hash("consent record 17")));
    /// assert_eq!(root.signed_by, key.public());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// With the issuer's statement that a person stands behind it.
    #[must_use]
    pub fn with_grant(self, grant: AttestedGrant) -> Self {
        Self {
            grant: Some(grant),
            ..self
        }
    }

    /// To be signed by this key of the anchor.
    #[must_use]
    pub fn with_signed_by(self, signed_by: PublicKey) -> Self {
        Self { signed_by, ..self }
    }
}

/// Issues a root under an anchor, to be signed by the key that it names, `root.signed_by`.
///
/// The issuer's name is the anchor's; `root.issuer` must be it. The rules are those a verifier with
/// this anchor applies.
///
/// A root is issued now: one dated more than 30 seconds ahead of `now` is refused, because its end
/// would be forgotten before it begins. Work that starts later has a window ([`Limit::window`]) in
/// a root that is issued today.
///
/// # Errors
/// [`ChainError`] by rules 2, 8, 9, 11 (a key that is not the anchor's, is retired or revoked), 12,
/// 14, 16 to 20 and 23; for powers beyond the ceiling with a call that shows it.
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

/// What a holder passes on: the terms of a child. Everything it does not say is the least: no
/// further delegation, the parent's task, no extra limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    id: TokenId,
    holder: Holder,
    powers: Powers,
    expires: Timestamp,
    /// Those of whoever it is for, which [`with_limits`](Self::with_limits) does not replace.
    carried: Limits,
    limits: Limits,
    step: Option<TaskPath>,
    hops: u8,
    same_key: bool,
}

impl Delegation {
    /// To whom, what, until when. `id` is unique, from the host.
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

    /// With these limits added to the parent's, and to those that an answer to a request carries.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// With the limits of whoever it is for.
    pub(crate) fn with_carried(self, carried: Limits) -> Self {
        Self { carried, ..self }
    }

    /// For a task these steps below the parent's.
    #[must_use]
    pub fn with_step(self, step: TaskPath) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// With so many further delegations.
    #[must_use]
    pub const fn with_hops(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }

    /// To a key that an ancestor has as well. This narrows but does not contain: whoever has the
    /// key has the ancestor's mandate too.
    #[must_use]
    pub const fn with_same_key(mut self) -> Self {
        self.same_key = true;
        self
    }
}

impl Chain {
    /// Mints a child below the leaf, to be signed by the leaf's holder. Offline, in-process;
    /// nothing here is verified that the child does not need, so whoever delegates from a chain of
    /// others verifies that first.
    ///
    /// It is issued at the later of `now` and its parent's issuing, so a clock that is behind makes
    /// no child that its verifiers refuse.
    ///
    /// # Errors
    /// [`ChainError`] by rules 1, 2, 4 to 7, 13, 15 to 18 and 20 to 22; for powers beyond the
    /// parent's with a call that shows it.
    pub fn delegate(
        &self,
        terms: Delegation,
        now: Timestamp,
    ) -> Result<Unsigned<Child>, ChainError> {
        let (link, parent) = (self.len(), self.leaf());
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
        self.mint(Child {
            link: claims,
            parent: self.leaf_id(),
            step: terms.step,
            same_key: terms.same_key,
        })
    }

    /// A child below the leaf, if every rule allows it.
    pub(crate) fn mint(&self, child: Child) -> Result<Unsigned<Child>, ChainError> {
        let (link, parent) = (self.len(), self.leaf());
        let at_link = |kind: ChainErrorKind| kind.at(link);
        rules::at_most_16_links(link.saturating_add(1)).map_err(at_link)?;
        rules::within_terms(&child.link, parent).map_err(at_link)?;
        if let Some(task) = self.tasks()?.last() {
            rules::task_of(task, &child).map_err(at_link)?;
        }
        let mut work = Work::new(VERIFY_STEPS);
        rules::powers_and_scopes(&child.link, parent, &covers, &mut work).map_err(at_link)?;
        let above = self
            .lives_by()
            .map(|(_, scope, lives_by)| (scope, lives_by));
        let missions: Vec<_> = above.chain(child.link.missions(None)).collect();
        let limits = self
            .rules(link)
            .chain(child.link.limits.iter().map(Limit::rule));
        rules::limits_allow(&child.link, &missions, limits).map_err(at_link)?;
        let root = self.root().claims();
        rules::links_above_allow(&child, &root.link, self.links()).map_err(at_link)?;
        rules::at_most_4096_watched(&root.life, self.links().chain([&child.link]))?;
        let unsigned = Unsigned::new(child, vec![parent.holder.key]);
        let added = unsigned.sealed_length();
        rules::token_within_size(added).map_err(at_link)?;
        rules::chain_within_size(self.to_bytes().len().saturating_add(added)).map_err(at_link)?;
        Ok(unsigned)
    }
}
