use crate::primitives::debug_text;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Reason why a text is not a canonical host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HostError {
    /// A label is not 1 to 63 characters of `[a-z0-9_]` and inner `-`.
    #[error("a host name is labels of `a`-`z`, `0`-`9`, `_` and inner `-`, joined by `.`")]
    Label,
    /// The name has more than 253 characters (RFC 1035 section 2.3.4, in text form).
    #[error("a host name has at most 253 characters")]
    TooLong,
    /// The last label is a number, so some software could read the name as an IPv4 address.
    #[error("an address is not a host name")]
    Address,
}

/// A host name in its one canonical spelling.
///
/// ```text
/// host  = label *( "." label )            at most 253 characters
/// label = 1*63 of a-z 0-9 _ and "-", which is neither first nor last
/// ```
///
/// A name is lower case, has no dot at the end, and is never an address: the last label is neither
/// all digits nor `0x` and hex digits, which the URL standard reads as IPv4. International names
/// are given in their `xn--` form.
///
/// ```
/// use mandatum::powers::{Host, HostError};
/// assert_eq!(Host::new("api.example.com")?.as_str(), "api.example.com");
/// assert_eq!(Host::new("Example.com"), Err(HostError::Label));
/// assert_eq!(Host::new("example.com."), Err(HostError::Label));
/// assert_eq!(Host::new("10.0.0.1"), Err(HostError::Address));
/// # Ok::<(), HostError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Host(Box<str>);

impl Host {
    /// Checks a host name and wraps it.
    ///
    /// # Errors
    /// [`HostError::Label`] for `Example.com` or `a..b`, [`HostError::Address`] for `10.0.0.1`, and
    /// [`HostError::TooLong`] for more than 253 characters.
    pub fn new(host: &str) -> Result<Self, HostError> {
        Self::check(host)?;
        Ok(Self(host.into()))
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks that a text is a canonical host name.
    pub(crate) fn check(host: &str) -> Result<(), HostError> {
        if host.len() > 253 {
            return Err(HostError::TooLong);
        }
        if !host.split('.').all(is_label) {
            return Err(HostError::Label);
        }
        // A split has at least one part, so the default is never taken.
        let last = host.rsplit('.').next().unwrap_or_default();
        if is_numeric(last) {
            Err(HostError::Address)
        } else {
            Ok(())
        }
    }

    /// Returns whether the canonical name `host` is this one or lies below it.
    pub(crate) fn holds(&self, host: &str) -> bool {
        match host.strip_suffix(&*self.0) {
            // At a dot only: `evilexample.com` does not lie below `example.com`.
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        }
    }

    /// Returns the name one label below.
    pub(crate) fn below(&self, label: &str) -> String {
        format!("{label}.{}", self.0)
    }
}

impl AsRef<str> for Host {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Host {
    type Err = HostError;
    fn from_str(text: &str) -> Result<Self, HostError> {
        Self::new(text)
    }
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    };
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Returns whether the URL standard would read a last label as a part of an IPv4 address.
fn is_numeric(label: &str) -> bool {
    match label.strip_prefix("0x") {
        // `0x` without digits counts too: the URL standard reads it as zero.
        Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "Host", &self.0)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
