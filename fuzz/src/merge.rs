use crate::choices::Choices;
use crate::generate::Generator;
use crate::world::*;
use mandatum::graph::{self, Merge};
use mandatum::limits::{LimitRule, Window};
use mandatum::powers::PermissionError;
use mandatum::{Budget, Chain, Limit, PublicKey, VerifiedChain, issue};

/// Calls that are tried on what was merged.
const ACTIONS: usize = 24;

/// Branches below one root, at depths and with limits of their own, that merge: what comes of it
/// permits no call that one of them does not, has every limit of each, and waits for all of them.
pub fn merge(data: &[u8]) {
    let mut choices = Choices::new(data);
    let Ok(powers) = Generator::new(choices.bytes()).powers() else {
        return;
    };
    let Ok(root) = issue(&anchor(), root_claims([1; 16], powers), at(0)) else {
        return;
    };
    let above = sure(verifier().verify(&Chain::from(sure(root.sign(key(COMPANY))))));
    let count = 1 + choices.below(3);
    let branches: Option<Vec<VerifiedChain>> = (0..count)
        .map(|number| branch(&mut choices, &above, number))
        .collect();
    let Some(branches) = branches else { return };

    let terms = Merge::new([99; 16], public(STRANGER), at(LIFETIME));
    let terms = if choices.once_in(3) {
        terms.with_quorum(1 + choices.below(count))
    } else {
        terms
    };
    let Ok(merged) = graph::merge(&above, &branches, terms, at(0)) else {
        return;
    };
    let merged = sure(above.chain().extend(sure(merged.sign(key(LEAD)))));
    let merged = sure(verifier().verify(&merged));

    for branch in &branches {
        assert_carries(&above, &merged, branch);
    }
    let mut generate = Generator::new(choices.bytes());
    for _ in 0..ACTIONS {
        let Ok(action) = generate.action() else {
            return;
        };
        if merged.chain().leaf().powers.permits(&action).is_ok() {
            for branch in &branches {
                let permitted = branch.chain().leaf().powers.permits(&action);
                assert!(
                    matches!(permitted, Ok(()) | Err(PermissionError::OutOfWork(_))),
                    "{action}\nis not {branch:?}'s"
                );
            }
        }
    }
}

/// Every limit of the branch is in what was merged, as it is or with its account renamed; and it
/// waits for the branch.
fn assert_carries(above: &VerifiedChain, merged: &VerifiedChain, branch: &VerifiedChain) {
    let leaf = merged.chain().leaf();
    let barrier = leaf.limits.iter().find_map(|limit| match limit.rule() {
        LimitRule::Barrier(barrier) => Some(barrier),
        _ => None,
    });
    let waits = barrier.is_some_and(|barrier| {
        barrier
            .tasks()
            .any(|(task, _)| task == branch.chain().leaf_id())
    });
    assert!(waits, "it does not wait for a branch");
    for (link, claims) in branch.chain().links().enumerate().skip(above.chain().len()) {
        for limit in claims.limits.iter() {
            let issuer = branch
                .chain()
                .links()
                .nth(link - 1)
                .map(|link| link.holder.key);
            let same = |own: &Limit| own == limit || is_renamed(own, limit, issuer);
            let is_left_out = matches!(
                limit.rule(),
                LimitRule::Window(_) | LimitRule::Waves(_) | LimitRule::Barrier(_)
            );
            assert!(
                is_left_out || leaf.limits.iter().any(same),
                "{limit} of link {link} is not carried"
            );
        }
    }
    // What the lead's own limit counts goes on; what others named is not the lead's to spend from.
    for own in leaf.limits.iter() {
        if let Some(account) = account(own) {
            assert!(account == "own" || account.contains(" of "), "{own}");
        }
    }
}

fn account(limit: &Limit) -> Option<&str> {
    match limit.rule() {
        LimitRule::Budget(budget) => Some(budget.account().as_str()),
        _ => None,
    }
}

/// Whether one is the other with the account named after its issuer.
fn is_renamed(own: &Limit, limit: &Limit, issuer: Option<PublicKey>) -> bool {
    let (Some(mine), Some(theirs), Some(issuer)) = (account(own), account(limit), issuer) else {
        return false;
    };
    mine == format!("{theirs} of {issuer}") && own.scope() == limit.scope()
}

/// A branch of one or two links, with powers close to those above.
fn branch(
    choices: &mut Choices<'_>,
    above: &VerifiedChain,
    number: usize,
) -> Option<VerifiedChain> {
    let holders = [[10, 11], [12, 13], [14, 15]][number];
    let mut chain = above.chain().clone();
    let mut by = LEAD;
    for to in holders.into_iter().take(1 + choices.below(2)) {
        let powers = chain.leaf().powers.clone();
        let powers = if choices.once_in(3) {
            powers
        } else {
            Generator::new(choices.bytes()).near(&powers).ok()?
        };
        let name = if by == LEAD { "own" } else { "theirs" };
        let limits = [
            Limit::signed_calls(),
            Limit::audience(here()),
            Limit::window(Window::closing(at(LIFETIME))),
            Limit::budget(Budget::calls(
                label(name),
                label("eu-1"),
                choices.within(1, 3),
            )),
        ];
        let limits = choices.some(&limits);
        chain = child(&chain, [by, to], powers, &limits, choices.id())?;
        by = to;
    }
    verifier().verify(&chain).ok()
}
