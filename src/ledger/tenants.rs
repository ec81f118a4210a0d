use super::memory::{SHARDS, lock, shards};
use crate::primitives::{Issuer, MandateId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Room of one kind, for marks or for accounts, and how much of it each tenant holds. A tenant that
/// holds none is not listed.
#[derive(Debug)]
pub(super) struct Room {
    free: AtomicUsize,
    issuers: Vec<Mutex<HashMap<Issuer, Held>>>,
}

/// A holder of room: a root of an issuer. Its marks and accounts share one value.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(crate) issuer: Issuer,
    pub(crate) root: MandateId,
}

/// The room that an issuer holds.
#[derive(Debug, Default)]
struct Held {
    all: usize,
    roots: HashMap<MandateId, OfRoot>,
}

/// The room that a root holds.
#[derive(Debug)]
struct OfRoot {
    held: usize,
    tenant: Arc<Tenant>,
}

impl Room {
    /// Creates room for so many.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            free: capacity.into(),
            issuers: shards(),
        }
    }

    /// Takes all the room that is wanted, or none; returns the tenant if it may take it, one place
    /// after the other.
    pub(crate) fn take(
        &self,
        issuer: &Issuer,
        root: MandateId,
        wanted: usize,
    ) -> Option<Arc<Tenant>> {
        // Each place that is taken makes the next one harder to take, so the last one decides.
        let before_last = wanted.saturating_sub(1);
        self.take_if(issuer, root, wanted, |of_issuer, of_root, free| {
            may_take(
                of_issuer.saturating_add(before_last),
                of_root.saturating_add(before_last),
                free.saturating_sub(before_last),
            )
        })
    }

    /// Takes one place without a quota, for a restored ledger, in which tenants come in any order.
    /// The place counts in later quotas.
    pub(super) fn take_restored(&self, issuer: &Issuer, root: MandateId) -> Option<Arc<Tenant>> {
        self.take_if(issuer, root, 1, |_, _, _| true)
    }

    /// Takes the room if `may` permits it, given what the issuer holds, what the root holds, and
    /// what is free.
    fn take_if(
        &self,
        issuer: &Issuer,
        root: MandateId,
        wanted: usize,
        may: impl Fn(usize, usize, usize) -> bool,
    ) -> Option<Arc<Tenant>> {
        let mut issuers = lock(self.issuers.get(place(issuer))?);
        let mut known = issuers.get_mut(issuer);
        let of_issuer = known.as_ref().map_or(0, |held| held.all);
        let known_root = known.as_mut().and_then(|held| held.roots.get_mut(&root));
        let of_root = known_root.as_ref().map_or(0, |of_root| of_root.held);
        // Other issuers take from what is free at the same time, under other locks, so it is
        // compared and taken in one step.
        let left = |free: usize| {
            free.checked_sub(wanted)
                .filter(|_| may(of_issuer, of_root, free))
        };
        self.free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
            .ok()?;
        if let Some(of_root) = known_root {
            of_root.held = of_root.held.saturating_add(wanted);
            let tenant = Arc::clone(&of_root.tenant);
            if let Some(held) = known {
                held.all = held.all.saturating_add(wanted);
            }
            return Some(tenant);
        }
        let held = issuers.entry(issuer.clone()).or_default();
        held.all = held.all.saturating_add(wanted);
        let tenant = Arc::new(Tenant {
            issuer: issuer.clone(),
            root,
        });
        held.roots.insert(
            root,
            OfRoot {
                held: wanted,
                tenant: Arc::clone(&tenant),
            },
        );
        Some(tenant)
    }

    /// Gives back room that the tenant took.
    pub(super) fn give(&self, tenant: &Tenant, given: usize) {
        if let Some(issuers) = self.issuers.get(place(&tenant.issuer)) {
            let mut issuers = lock(issuers);
            if issuers
                .get_mut(&tenant.issuer)
                .is_some_and(|held| held.is_empty_after(tenant.root, given))
            {
                issuers.remove(&tenant.issuer);
            }
        }
        self.free.fetch_add(given, Ordering::Relaxed);
    }
}

/// Returns whether one more place may be taken. An issuer may take one while it holds less than
/// what is free. A root may while it holds less than its issuer may still take, which is half of
/// (free − the issuer's). The second condition implies the first.
const fn may_take(issuer: usize, root: usize, free: usize) -> bool {
    root.saturating_mul(2).saturating_add(issuer) < free
}

impl Held {
    /// Returns whether the issuer holds nothing after the root gave back so much.
    fn is_empty_after(&mut self, root: MandateId, given: usize) -> bool {
        self.all = self.all.saturating_sub(given);
        if let Some(of_root) = self.roots.get_mut(&root) {
            of_root.held = of_root.held.saturating_sub(given);
            if of_root.held == 0 {
                self.roots.remove(&root);
            }
        }
        self.roots.is_empty()
    }
}

/// Returns the shard of an issuer. Issuers are trusted by configuration, so nobody chooses names
/// that meet in one shard.
fn place(issuer: &Issuer) -> usize {
    let sum = issuer.as_str().bytes().fold(0_u8, u8::wrapping_add);
    usize::from(sum) & (SHARDS - 1)
}
