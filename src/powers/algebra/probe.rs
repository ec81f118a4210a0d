//! A value that is asked about, with what its text spells: taken apart once, however many clauses
//! ask.

use crate::powers::grammar::host::Host;
use crate::powers::grammar::network::Network;
use crate::powers::grammar::path::Path;
use crate::powers::grammar::url::Url;
use crate::primitives::{OutOfWork, Value, Work, tally};
use std::cell::Cell;
use std::net::IpAddr;

/// A value, and its text's readings as far as they were asked for. `None` within is for a text that
/// is no canonical one.
pub(super) struct Probe<'v> {
    value: &'v Value,
    path: Cell<Option<bool>>,
    host: Cell<Option<bool>>,
    url: Cell<Option<Option<Url<'v>>>>,
    address: Cell<Option<Option<IpAddr>>>,
}

/// Steps that reading and spelling an address takes.
const ADDRESS_STEPS: usize = 72;
/// Bytes of the longest address; a longer text is told without reading it.
const MAX_ADDRESS_BYTES: usize = 45;
/// Bytes of the longest host name; the same.
const MAX_HOST_BYTES: usize = 253;

impl<'v> Probe<'v> {
    pub(super) const fn new(value: &'v Value) -> Self {
        Self {
            value,
            path: Cell::new(None),
            host: Cell::new(None),
            url: Cell::new(None),
            address: Cell::new(None),
        }
    }

    pub(super) const fn value(&self) -> &'v Value {
        self.value
    }

    /// Whether `text`, the value's, is a canonical path.
    pub(super) fn is_path(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        once(&self.path, path_steps(text), work, || {
            tally::count(text.len());
            Path::check(text).is_ok()
        })
    }

    /// Whether `text`, the value's, is a canonical host name.
    pub(super) fn is_host(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        once(&self.host, host_steps(text), work, || {
            tally::count(text.len().min(MAX_HOST_BYTES));
            Host::check(text).is_ok()
        })
    }

    /// The URL that `text`, the value's, spells.
    pub(super) fn url(&self, text: &'v str, work: &mut Work) -> Result<Option<Url<'v>>, OutOfWork> {
        once(&self.url, url_steps(text), work, || {
            tally::count(text.len().saturating_mul(4));
            tally::allocated(2);
            Url::parse(text).ok()
        })
    }

    /// The address that `text`, the value's, spells.
    pub(super) fn address(&self, text: &str, work: &mut Work) -> Result<Option<IpAddr>, OutOfWork> {
        once(&self.address, address_steps(text), work, || {
            if text.len() > MAX_ADDRESS_BYTES {
                return None;
            }
            tally::count(text.len().saturating_mul(4));
            Network::address(text).ok()
        })
    }
}

/// Steps that checking a path takes: a character is looked at several times.
pub(super) const fn path_steps(text: &str) -> usize {
    text.len().saturating_add(1)
}

pub(super) const fn host_steps(text: &str) -> usize {
    if text.len() > MAX_HOST_BYTES {
        1
    } else {
        (text.len() >> 1).saturating_add(1)
    }
}

/// Steps that taking a URL apart takes: its path and query are decoded.
pub(super) const fn url_steps(text: &str) -> usize {
    text.len().saturating_mul(2).saturating_add(16)
}

pub(super) const fn address_steps(text: &str) -> usize {
    if text.len() > MAX_ADDRESS_BYTES {
        1
    } else {
        ADDRESS_STEPS
    }
}

/// An answer that is known already, or else is found out for so many steps.
fn once<T: Copy>(
    known: &Cell<Option<T>>,
    steps: usize,
    work: &mut Work,
    find: impl FnOnce() -> T,
) -> Result<T, OutOfWork> {
    if let Some(known) = known.get() {
        return Ok(known);
    }
    work.spend_len(steps)?;
    let found = find();
    known.set(Some(found));
    Ok(found)
}
