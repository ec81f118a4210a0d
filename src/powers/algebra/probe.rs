//! A value under test, whose text is parsed as a path, host, URL or address once, however many
//! clauses need it.

use crate::powers::grammar::host::Host;
use crate::powers::grammar::network::Network;
use crate::powers::grammar::path::Path;
use crate::powers::grammar::url::Url;
use crate::primitives::{OutOfWork, Value, Work, tally};
use std::cell::Cell;
use std::net::IpAddr;

/// A value, with the results of parsing its text that were needed so far. An inner `None` means
/// that the text is not canonical.
pub(super) struct Probe<'v> {
    value: &'v Value,
    path: Cell<Option<bool>>,
    host: Cell<Option<bool>>,
    url: Cell<Option<Option<Url<'v>>>>,
    address: Cell<Option<Option<IpAddr>>>,
}

/// Steps of parsing an address and writing it again, as measured (`work_bound`).
const ADDRESS_STEPS: usize = 72;
/// Bytes of the longest address: IPv6 whose last four bytes are written as IPv4. A longer text is
/// refused without parsing it.
const MAX_ADDRESS_BYTES: usize = 45;
/// Bytes of the longest host name; a longer text is refused without parsing it.
const MAX_HOST_BYTES: usize = 253;

impl<'v> Probe<'v> {
    /// Makes a probe of which nothing is parsed yet.
    pub(super) const fn new(value: &'v Value) -> Self {
        Self {
            value,
            path: Cell::new(None),
            host: Cell::new(None),
            url: Cell::new(None),
            address: Cell::new(None),
        }
    }

    /// Returns the value.
    pub(super) const fn value(&self) -> &'v Value {
        self.value
    }

    /// Returns whether `text`, which is the value, is a canonical path.
    pub(super) fn is_path(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        once(&self.path, path_steps(text), work, || {
            tally::count(text.len());
            Path::check(text).is_ok()
        })
    }

    /// Returns whether `text`, which is the value, is a canonical host name.
    pub(super) fn is_host(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        once(&self.host, host_steps(text), work, || {
            tally::count(text.len().min(MAX_HOST_BYTES));
            Host::check(text).is_ok()
        })
    }

    /// Parses `text`, which is the value, as a URL.
    pub(super) fn url(&self, text: &'v str, work: &mut Work) -> Result<Option<Url<'v>>, OutOfWork> {
        once(&self.url, url_steps(text), work, || {
            tally::count(text.len().saturating_mul(4));
            tally::allocated(2);
            Url::parse(text).ok()
        })
    }

    /// Parses `text`, which is the value, as an address.
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

/// Returns the steps of checking a path. Each character is looked at several times.
pub(super) const fn path_steps(text: &str) -> usize {
    text.len().saturating_add(1)
}

/// Returns the steps of checking a host name.
pub(super) const fn host_steps(text: &str) -> usize {
    if text.len() > MAX_HOST_BYTES {
        1
    } else {
        (text.len() >> 1).saturating_add(1)
    }
}

/// Returns the steps of parsing a URL. Its path and query are decoded.
pub(super) const fn url_steps(text: &str) -> usize {
    text.len().saturating_mul(2).saturating_add(16)
}

/// Returns the steps of parsing an address.
pub(super) const fn address_steps(text: &str) -> usize {
    if text.len() > MAX_ADDRESS_BYTES {
        1
    } else {
        ADDRESS_STEPS
    }
}

/// Returns the known answer, or spends so many steps and finds it.
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
