use super::{SHARDS, lock, shards};
use crate::ground::{Issuer, MandateId};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Room of one kind, for marks or for accounts, and who holds how much of it. Who holds none is not in it.
#[derive(Debug)]
pub(super) struct Room {
    free: AtomicUsize,
    issuers: Vec<Mutex<HashMap<Issuer, Held>>>,
}

/// Who holds room: a root of an issuer.
#[derive(Clone, Debug)]
pub(super) struct Tenant {
    pub(super) issuer: Issuer,
    pub(super) root: MandateId,
}

/// What an issuer holds.
#[derive(Debug, Default)]
struct Held {
    all: usize,
    roots: HashMap<MandateId, usize>,
}

impl Room {
    pub(super) fn new(capacity: usize) -> Self {
        Self { free: capacity.into(), issuers: shards() }
    }

    /// Takes all the room that is wanted, or none; returns whether the tenant may take it, one place after the other.
    pub(super) fn take(&self, tenant: &Tenant, wanted: usize) -> bool {
        // Each place that is taken makes the next harder to take, so the last one decides.
        let Some(before_last) = wanted.checked_sub(1) else { return true };
        self.take_if(tenant, wanted, |issuer, root, free| {
            may_take(
                issuer.saturating_add(before_last),
                root.saturating_add(before_last),
                free.saturating_sub(before_last),
            )
        })
    }

    /// Takes one place, whoever holds how much: for a restored ledger, in which tenants come in any order. It counts all the
    /// same.
    pub(super) fn take_restored(&self, tenant: &Tenant) -> bool {
        self.take_if(tenant, 1, |_, _, _| true)
    }

    fn take_if(&self, tenant: &Tenant, wanted: usize, may: impl Fn(usize, usize, usize) -> bool) -> bool {
        let Some(issuers) = self.issuers.get(place(&tenant.issuer)) else { return false };
        let mut issuers = lock(issuers);
        let (issuer, root) = issuers
            .get(&tenant.issuer)
            .map_or((0, 0), |held| (held.all, held.roots.get(&tenant.root).copied().unwrap_or_default()));
        // Other issuers take from what is free at the same time, so it is compared and taken in one step.
        let left = |free: usize| free.checked_sub(wanted).filter(|_| may(issuer, root, free));
        if self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_err() {
            return false;
        }
        // Not `entry`, which would count the issuer's name up and down for each call.
        match issuers.get_mut(&tenant.issuer) {
            Some(held) => held.add(tenant.root, wanted),
            None => issuers.entry(tenant.issuer.clone()).or_default().add(tenant.root, wanted),
        }
        true
    }

    /// Gives back room that the tenant took.
    pub(super) fn give(&self, tenant: &Tenant, given: usize) {
        if let Some(issuers) = self.issuers.get(place(&tenant.issuer)) {
            let mut issuers = lock(issuers);
            if issuers.get_mut(&tenant.issuer).is_some_and(|held| held.is_empty_after(tenant.root, given)) {
                issuers.remove(&tenant.issuer);
            }
        }
        self.free.fetch_add(given, Ordering::Relaxed);
    }
}

/// The quota. An issuer may take one more place while it holds less than what is free; a root while it holds less than its
/// issuer may still take, which is half of (free − the issuer's). The second implies the first.
const fn may_take(issuer: usize, root: usize, free: usize) -> bool {
    root.saturating_mul(2).saturating_add(issuer) < free
}

impl Held {
    fn add(&mut self, root: MandateId, more: usize) {
        self.all = self.all.saturating_add(more);
        let of_root = self.roots.entry(root).or_default();
        *of_root = of_root.saturating_add(more);
    }

    fn is_empty_after(&mut self, root: MandateId, given: usize) -> bool {
        self.all = self.all.saturating_sub(given);
        if let Some(of_root) = self.roots.get_mut(&root) {
            *of_root = of_root.saturating_sub(given);
            if *of_root == 0 {
                self.roots.remove(&root);
            }
        }
        self.roots.is_empty()
    }
}

/// Issuers are trusted by configuration, so nobody chooses names that meet in one shard.
fn place(issuer: &Issuer) -> usize {
    let sum = issuer.as_str().bytes().fold(0_u8, u8::wrapping_add);
    usize::from(sum) & (SHARDS - 1)
}
