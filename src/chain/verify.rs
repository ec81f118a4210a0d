//! Verifying: checks everything about a chain that cannot change, by the numbered rules.

use super::anchor::{Anchor, AnchorKey};
use super::chain::Chain;
use super::error::{ChainError, ChainErrorKind};
use super::rules;
use super::rules::Covers;
use super::settings::{Settings, Trusted};
use super::verified_chain::{Inner, VerifiedChain};
use crate::claims::{Child, Link, Root};
use crate::powers::{Capability, CoverageError, Powers};
use crate::primitives::Work;
use crate::primitives::bounds::VERIFY_STEPS;
use crate::sign::{ComputedR, SignatureError, Token, VerifyingKey};
use std::sync::{Arc, OnceLock};

/// Verifies a whole chain.
pub(crate) fn verify(settings: &Settings, chain: &Chain) -> Result<VerifiedChain, ChainError> {
    verify_links(settings, chain.clone(), Start::Root, None, &covers)
}

/// Verifies the links of a chain that are not yet known. `start` is a verified chain that it begins
/// with or is, or its root's signature. `leaf_key` is the key of its leaf's holder, where that is
/// already made.
pub(crate) fn verify_after(
    settings: &Settings,
    chain: Chain,
    start: Start,
    leaf_key: Option<VerifyingKey>,
) -> Result<VerifiedChain, ChainError> {
    match start {
        Start::Known(whole) if whole.chain().len() == chain.len() => Ok(whole),
        start @ (Start::Known(_) | Start::Root | Start::SignedRoot(_)) => {
            verify_links(settings, chain, start, leaf_key, &covers)
        }
    }
}

/// Verifies a chain with another comparison of powers, for the test of the second lock.
#[cfg(test)]
pub(crate) fn verify_with(
    settings: &Settings,
    chain: &Chain,
    covers: &Covers,
) -> Result<VerifiedChain, ChainError> {
    verify_links(settings, chain.clone(), Start::Root, None, covers)
}

fn verify_links(
    settings: &Settings,
    chain: Chain,
    start: Start,
    leaf_key: Option<VerifyingKey>,
    covers: &Covers,
) -> Result<VerifiedChain, ChainError> {
    rules::at_most_16_links(chain.len()).map_err(|kind| kind.at(0))?;
    // The links before `first` are verified already.
    let known = match &start {
        Start::Known(known) => Some(known),
        Start::Root | Start::SignedRoot(_) => None,
    };
    let first = known.map_or(0, |known| known.chain().len());
    // The cheap rules come first, so that a chain that breaks one of them takes no signature check.
    check_relations(&chain, first)?;
    let above = known.map_or(&chain.root().claims().task, |known| &known.inner().task);
    let task = chain
        // The root's task is no step, so it is not checked.
        .tasks_below(above, first.max(1))
        .try_fold(above.clone(), |_, task| task)?;
    // A known chain and the links below it share one budget, so that a cache permits no more work.
    let mut work = known.map_or(Work::new(VERIFY_STEPS), |known| known.inner().work.rest());

    let at_root = |kind: ChainErrorKind| kind.at(0);
    let (anchor, leaf_key) = match start {
        Start::Known(known) => {
            let leaf_key =
                check_signatures(&chain, known.inner().leaf_key.clone(), first, leaf_key)?;
            (Arc::clone(&known.inner().anchor), leaf_key)
        }
        start @ (Start::Root | Start::SignedRoot(_)) => {
            let signed = if let Start::SignedRoot(signed) = start {
                *signed
            } else {
                check_root_signature(settings, chain.root()).map_err(at_root)?
            };
            let leaf_key = check_signatures(&chain, signed.holder.clone(), 1, leaf_key)?;
            let (root, grants) = (chain.root().claims(), Some(settings.grants()));
            rules::anchor_terms(root, &signed.anchor, signed.signer, grants, covers)
                .map_err(at_root)?;
            (signed.anchor, leaf_key)
        }
    };
    if first == 0 {
        rules::scopes_meet(&chain.root().claims().link, None, &mut work).map_err(at_root)?;
    }
    for (link, (child, parent)) in children(&chain, first) {
        rules::powers_and_scopes(&child.link, parent, covers, &mut work)
            .map_err(|kind| kind.at(link))?;
    }

    check_key_roles(&chain, &anchor, first)?;
    let configuration = settings.configuration();
    let tasks = OnceLock::new();
    // Every decision reads the digests, so they are computed once for a chain.
    let missions = chain
        .lives_by()
        .map(|(_, _, lives_by)| lives_by.mission().id())
        .collect();
    Ok(VerifiedChain::new(Inner {
        chain,
        task,
        tasks,
        missions,
        anchor,
        leaf_key,
        configuration,
        work,
    }))
}

/// Rule 8: returns the anchor of a root's issuer.
pub(crate) fn check_issuer<'s>(
    settings: &'s Settings,
    root: &Root,
) -> Result<&'s Trusted, ChainErrorKind> {
    rules::issuer_anchored(root, |issuer| settings.trusted(issuer))
}

/// Rules 8 and 11: checks that a key of its anchor signed a root.
pub(crate) fn check_root_signature(
    settings: &Settings,
    token: &Token<Root>,
) -> Result<SignedRoot, ChainErrorKind> {
    let trusted = check_issuer(settings, token.claims())?;
    let signer = rules::signer_known(token.claims(), &trusted.anchor)?;
    // The map has every key of the anchor, so the error can't happen.
    token.verify(trusted.keys.get(&signer.key()).ok_or(SignatureError)?)?;
    let holder = holder_key(&token.claims().link)?;
    Ok(SignedRoot {
        anchor: Arc::clone(&trusted.anchor),
        signer,
        holder,
    })
}

/// Compares powers for rules 12 and 13: [`Powers::covers`].
pub(super) fn covers(
    parent: &Powers,
    child: &Powers,
    counts: fn(&Capability, &Capability) -> bool,
    work: &mut Work,
) -> Result<(), CoverageError> {
    parent.covers_within(child, counts, work)
}

/// The place at which verifying a chain starts.
pub(crate) enum Start {
    /// The root.
    Root,
    /// The root, whose signature is checked.
    SignedRoot(Box<SignedRoot>),
    /// The first link after this verified chain.
    Known(VerifiedChain),
}

/// A root that a key of its anchor signed. Its terms are not yet checked.
pub(crate) struct SignedRoot {
    anchor: Arc<Anchor>,
    signer: AnchorKey,
    holder: VerifyingKey,
}

/// Returns the children from the link `first` on, each with its number and its parent's claims.
fn children(chain: &Chain, first: usize) -> impl Iterator<Item = (usize, (&Child, &Link))> {
    let children = chain.children().map(Token::claims);
    (1..)
        .zip(children.zip(chain.links()))
        .skip(first.saturating_sub(1))
}

/// Checks rules 3 to 6 for every child from the link `first` on.
fn check_relations(chain: &Chain, first: usize) -> Result<(), ChainError> {
    let parent_ids = chain.ids().skip(first.saturating_sub(1));
    for ((link, (child, parent)), parent_id) in children(chain, first).zip(parent_ids) {
        rules::names_parent(child, parent_id)
            .and_then(|()| rules::within_terms(&child.link, parent))
            .map_err(|kind| kind.at(link))?;
    }
    Ok(())
}

/// Checks rule 11 for every child from the link `first` on, and returns the leaf's key, ready to
/// verify calls. `parent` is the key of the holder above the first of them.
///
/// Links are checked in their order; the last step of all signatures is done for all at once.
fn check_signatures(
    chain: &Chain,
    parent: VerifyingKey,
    first: usize,
    leaf_key: Option<VerifyingKey>,
) -> Result<VerifyingKey, ChainError> {
    let mut holder = parent;
    let last = chain.len().saturating_sub(1);
    let mut computed = Vec::new();
    let mut next = |link: usize, child: &Token<Child>| {
        computed.push(
            child
                .compute(&holder)
                .map_err(|error| ChainErrorKind::from(error).at(link))?,
        );
        holder = match &leaf_key {
            Some(ready) if link == last => ready.clone(),
            _ => holder_key(&child.claims().link).map_err(|kind| kind.at(link))?,
        };
        Ok(())
    };
    let mut tokens = (1..).zip(chain.children()).skip(first.saturating_sub(1));
    let walked = tokens.try_for_each(|(link, child)| next(link, child));
    // A signature above the link at which the walk stopped is reported first.
    match ComputedR::first_invalid(&computed) {
        Some(invalid) => {
            Err(ChainErrorKind::from(SignatureError).at(first.saturating_add(invalid)))
        }
        None => walked.map(|()| holder),
    }
}

/// Rule 11: returns the key of a link's holder, ready to verify with.
pub(crate) fn holder_key(claims: &Link) -> Result<VerifyingKey, ChainErrorKind> {
    VerifyingKey::new(&claims.holder.key).map_err(ChainErrorKind::HolderKey)
}

/// Checks rules 14 to 18, 21 and 22 for every link from `first` on.
fn check_key_roles(chain: &Chain, anchor: &Anchor, first: usize) -> Result<(), ChainError> {
    for (link, claims) in chain.links().enumerate().skip(first) {
        let missions = chain.lives_by().filter(|(at, ..)| *at <= link);
        let missions: Vec<_> = missions
            .map(|(_, scope, lives_by)| (scope, lives_by))
            .collect();
        rules::not_the_anchor(claims, anchor)
            .and_then(|()| rules::limits_allow(claims, &missions, chain.rules(link)))
            .map_err(|kind| kind.at(link))?;
    }
    for (link, (child, _)) in children(chain, first) {
        let root = &chain.root().claims().link;
        rules::links_above_allow(child, root, chain.links().take(link))
            .map_err(|kind| kind.at(link))?;
    }
    rules::at_most_4096_watched(&chain.root().claims().life, chain.links())
}
