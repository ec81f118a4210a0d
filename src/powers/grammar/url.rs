use super::host::{Host, HostError};
use super::path::{Path, PathError, is_control};
use crate::primitives::Quoted;
use crate::primitives::bounds::MAX_SCOPE_MEMBERS;
use std::collections::BTreeSet;
use std::fmt;
use thiserror::Error;

/// Reason why a text is not a canonical URL, or why parts do not make a URL rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UrlError {
    /// The URL does not begin with `scheme://`, or the scheme is not `[a-z][a-z0-9+.-]*` of at most
    /// 32 characters.
    #[error("a URL begins with a lower-case scheme and `://`")]
    Scheme,
    /// The URL has a user or password before the host.
    #[error("a URL has no user information")]
    UserInformation,
    /// The host is not a canonical host name.
    #[error("the URL's host: {0}")]
    Host(#[from] HostError),
    /// The port is not 1 to 65535 without leading zeros, or is the scheme's own.
    #[error("a port is 1 to 65535 without leading zeros, and absent where it is the scheme's own")]
    Port,
    /// The path is not a canonical path.
    #[error("the URL's path: {0}")]
    Path(#[from] PathError),
    /// A percent-encoding is incomplete or in lower case, or it stands for an unreserved character,
    /// `/`, `\`, a control character (C0, U+007F, C1), or, in a path, bytes that are not UTF-8.
    #[error(
        "a percent-encoding has two upper-case hex digits, and stands for no letter, digit, `-._~`, \
         `/`, `\\` or control character; those of a path are UTF-8"
    )]
    PercentEncoding,
    /// The URL has a character that RFC 3986 does not allow unencoded.
    #[error("a URL has a character that RFC 3986 does not allow unencoded")]
    Character,
    /// The URL has a fragment, which no server receives.
    #[error("a URL to be fetched has no fragment")]
    Fragment,
    /// A rule names no scheme, or too many.
    #[error("a URL rule names 1 to {MAX_SCOPE_MEMBERS} schemes")]
    Schemes,
}

/// A URL in its one canonical spelling, split into its parts.
///
/// ```text
/// url   = scheme "://" host [ ":" port ] path [ "?" query ]
/// path  = "/" or segments of RFC 3986 pchar, as on `Path`; one "/" may end it;
///         no segment is "." or ".." before its first ";"
/// query = RFC 3986 pchar, "/" and "?"
/// ```
///
/// - Scheme and host are lower case. The host is a name and not an address.
/// - There is no user and no fragment. The path is always present.
/// - A port that is the scheme's own is absent: 80 for http and ws, 443 for https and wss, 21 for
///   ftp, 22 for ssh and sftp.
///
/// A percent-encoding is `%` and two upper-case hex digits. It may stand for any byte but these:
///
/// - an unreserved character (RFC 3986 section 2.3): a letter, a digit, `-`, `.`, `_`, `~`;
/// - `/` and `\`, which servers disagree about;
/// - a control character (C0, U+007F, C1) of the text that path or query decode to;
/// - in a path, a byte that is not part of UTF-8. A query may encode other bytes. To find control
///   characters it is then read as UTF-8, with U+FFFD for every invalid part.
///
/// So a reserved character may be plain or encoded (`@` and `%40`, `;` and `%3B`, `?` as `%3F`),
/// and the two spellings are different URLs.
///
/// A URL in a call is bounded as every text is. Only the path of a rule has a bound of its own.
///
/// ```
/// use mandatum::powers::{Url, UrlError};
/// assert!(Url::parse("https://example.com/v1/items?limit=10").is_ok());
/// assert_eq!(Url::parse("https://example.com:443/"), Err(UrlError::Port));
/// assert_eq!(Url::parse("https://me@example.com/"), Err(UrlError::UserInformation));
/// assert_eq!(Url::parse("https://example.com/%2F"), Err(UrlError::PercentEncoding));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
}

impl<'a> Url<'a> {
    /// Checks that a URL is canonical, and splits it into its parts.
    ///
    /// # Errors
    /// [`UrlError`] for the first part that is not canonical, such as [`UrlError::Scheme`] for
    /// `HTTPS://…` and [`UrlError::Fragment`] for `https://example.com/#top`.
    pub fn parse(url: &'a str) -> Result<Self, UrlError> {
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
        check_scheme(scheme)?;
        let slash = rest.find('/').ok_or(PathError::NotAbsolute)?;
        let (authority, rest) = rest.split_at(slash);
        if authority.contains('@') {
            return Err(UrlError::UserInformation);
        }
        if authority.starts_with('[') {
            return Err(HostError::Address.into());
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (authority, None),
        };
        Host::check(host)?;
        if port.is_some() && port == default_port(scheme) {
            return Err(UrlError::Port);
        }
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        // One `/` may end the path of a URL, which a file's path does not have.
        let directory = path.strip_suffix('/').filter(|stem| stem.len() > 1);
        check_path(directory.unwrap_or(path))?;
        decode(query.unwrap_or_default(), "/?")?;
        Ok(Self {
            scheme,
            host,
            port,
            path,
        })
    }

    /// Returns the port that is contacted: the one spelled, or else the scheme's own.
    fn effective_port(&self) -> Option<u16> {
        self.port.or(default_port(self.scheme))
    }
}

fn check_scheme(scheme: &str) -> Result<(), UrlError> {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'.' | b'-')
    };
    let begins = scheme.starts_with(|first: char| first.is_ascii_lowercase());
    if begins && scheme.len() <= 32 && scheme.bytes().all(allowed) {
        Ok(())
    } else {
        Err(UrlError::Scheme)
    }
}

fn parse_port(text: &str) -> Result<u16, UrlError> {
    match text.parse::<u16>() {
        Ok(port) if port > 0 && port.to_string() == text => Ok(port),
        _ => Err(UrlError::Port),
    }
}

/// Returns the default port of a scheme (IANA service names).
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        "ssh" | "sftp" => Some(22),
        _ => None,
    }
}

/// Checks that a path is as on [`Path`], has only characters of URLs, and is read alike by servers.
///
/// Some servers cut the parameters of a segment off before they resolve dots, and read `..;x` as
/// `..`. Some decode overlong UTF-8, and read `%C0%AF` as `/`. Both are refused.
fn check_path(path: &str) -> Result<(), UrlError> {
    let decoded = decode(path, "/")?;
    Path::check(path)?;
    let is_dots = |segment: &str| {
        // Most segments begin with another character, and need not be searched for a `;`.
        segment.starts_with('.') && {
            let name = segment
                .split("%3B")
                .next()
                .and_then(|name| name.split(';').next());
            matches!(name, Some("." | ".."))
        }
    };
    if path.split('/').any(is_dots) {
        return Err(PathError::DotSegment.into());
    }
    if String::from_utf8(decoded).is_ok() {
        Ok(())
    } else {
        Err(UrlError::PercentEncoding)
    }
}

/// Returns the bytes that a text stands for. Its characters are `pchar` (RFC 3986 section 3.3) and
/// `extra`, and its percent-encodings are in normal form.
fn decode(text: &str, extra: &str) -> Result<Vec<u8>, UrlError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        decoded.push(match byte {
            b'%' => decode_one(rest.next(), rest.next())?,
            b'#' => return Err(UrlError::Fragment),
            _ if is_unreserved(byte)
                || b"!$&'()*+,;=:@".contains(&byte)
                || extra.as_bytes().contains(&byte) =>
            {
                byte
            }
            _ => return Err(UrlError::Character),
        });
    }
    // A query may encode bytes that are not UTF-8. The control characters of ASCII are found among
    // them too.
    let has_control = String::from_utf8_lossy(&decoded).chars().any(is_control);
    if has_control {
        Err(UrlError::PercentEncoding)
    } else {
        Ok(decoded)
    }
}

/// Returns the byte that a percent-encoding of these two digits stands for.
fn decode_one(high: Option<u8>, low: Option<u8>) -> Result<u8, UrlError> {
    let digit = |byte: Option<u8>| match byte {
        Some(byte @ b'0'..=b'9') => Some(byte.wrapping_sub(b'0')),
        Some(byte @ b'A'..=b'F') => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    };
    let (Some(high), Some(low)) = (digit(high), digit(low)) else {
        return Err(UrlError::PercentEncoding);
    };
    let byte = high.wrapping_mul(16).wrapping_add(low);
    if is_unreserved(byte) || byte == b'/' || byte == b'\\' {
        return Err(UrlError::PercentEncoding);
    }
    Ok(byte)
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The ports that a [`UrlRule`] admits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Port {
    /// Only the scheme's own, which the URL does not spell.
    #[default]
    Default,
    /// Only this one, spelled or by default.
    Only(u16),
    /// Every port.
    Any,
}

/// A rule that admits URLs by scheme, host, port and path.
///
/// It admits its host and the hosts below it, and its path and the paths below it. It admits every
/// query. A tool whose authority depends on a query argument is better described by that argument.
///
/// ```
/// use mandatum::powers::{Constraint, UrlRule};
/// use mandatum::primitives::Work;
/// let rule = UrlRule::https("example.com")?.with_path("/v1")?;
/// let rule = Constraint::url(rule);
/// assert_eq!(rule.to_string(), "https://example.com/v1/…");
/// let admits = |url: &str| rule.admits(&url.into(), &mut Work::new(1_000));
/// assert!(admits("https://api.example.com/v1/items")?);
/// assert!(!admits("https://example.com:8443/v1")? && !admits("https://example.com/v2")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UrlRule {
    /// The schemes, ascending, each once, joined by a space, which no scheme has.
    schemes: Box<str>,
    host: Host,
    port: Port,
    path: Path,
}

impl UrlRule {
    /// Makes a rule for URLs of these schemes at `host` or below it, on the scheme's own port, with
    /// any path.
    ///
    /// # Errors
    /// [`UrlError::Schemes`] for no scheme or more than 32, [`UrlError::Scheme`] for `HTTPS`.
    pub fn new<'s>(
        schemes: impl IntoIterator<Item = &'s str>,
        host: Host,
    ) -> Result<Self, UrlError> {
        let mut schemes: Vec<&str> = schemes.into_iter().collect();
        schemes.sort_unstable();
        schemes.dedup();
        if schemes.is_empty() || schemes.len() > MAX_SCOPE_MEMBERS {
            return Err(UrlError::Schemes);
        }
        schemes.iter().try_for_each(|scheme| check_scheme(scheme))?;
        Ok(Self {
            schemes: schemes.join(" ").into(),
            host,
            port: Port::Default,
            path: Path::new("/")?,
        })
    }

    /// Makes a rule for `https` URLs at `host` or below it, on port 443, with any path.
    ///
    /// # Errors
    /// [`UrlError::Host`] for a host that is not canonical, such as `Example.com`.
    pub fn https(host: &str) -> Result<Self, UrlError> {
        Self::new(["https"], Host::new(host)?)
    }

    /// Sets the ports.
    ///
    /// # Errors
    /// [`UrlError::Port`] for port 0, and for a port that is the default of every scheme of the
    /// rule, which [`Port::Default`] states. The default port of only some of the schemes is
    /// accepted.
    pub fn with_port(mut self, port: Port) -> Result<Self, UrlError> {
        if let Port::Only(number) = port {
            let is_default_of_all = self
                .schemes()
                .all(|scheme| default_port(scheme) == Some(number));
            if number == 0 || is_default_of_all {
                return Err(UrlError::Port);
            }
        }
        self.port = port;
        Ok(self)
    }

    /// Sets the path at or below which a URL's path must be.
    ///
    /// # Errors
    /// [`UrlError::Path`] for `v1` or `/v1/`, [`UrlError::PercentEncoding`] for `/%2F`,
    /// [`UrlError::Character`] for `/a b`.
    pub fn with_path(mut self, path: &str) -> Result<Self, UrlError> {
        check_path(path)?;
        self.path = Path::new(path)?;
        Ok(self)
    }

    /// Returns the schemes, ascending.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.schemes.split(' ')
    }

    /// Returns the host at or below which a URL's host must be.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the ports.
    #[must_use]
    pub const fn port(&self) -> Port {
        self.port
    }

    /// Returns the path at or below which a URL's path must be.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        self.schemes().any(|mine| mine == scheme)
    }

    /// Returns whether the rule admits the URL.
    pub(crate) fn holds(&self, url: &Url<'_>) -> bool {
        let port = match self.port {
            Port::Any => true,
            Port::Default => url.port.is_none(),
            Port::Only(port) => url.effective_port() == Some(port),
        };
        port && self.has_scheme(url.scheme)
            && self.host.holds(url.host)
            && self.path.holds(url.path)
    }

    /// Returns whether every URL that `child` admits is admitted by this. Each scheme is compared
    /// by itself, because the default port depends on it.
    pub(crate) fn covers(&self, child: &Self) -> bool {
        let scheme_covered = |scheme: &str| {
            let ports = (ports(scheme, self.port), ports(scheme, child.port));
            self.has_scheme(scheme) && (ports.0 == Ports::Any || ports.0 == ports.1)
        };
        self.host.holds(child.host.as_str())
            && self.path.holds(child.path.as_str())
            && child.schemes().all(scheme_covered)
    }

    /// Returns canonical URLs at the edges of this rule: at its host and path, and at a `branch`
    /// below each.
    pub(crate) fn samples(&self, ports: &BTreeSet<u16>, branch: &str) -> Vec<String> {
        let hosts = [self.host.as_str().to_owned(), self.host.below(branch)];
        let paths = [self.path.as_str().to_owned(), self.path.below(branch)];
        let mut samples = Vec::new();
        for scheme in self.schemes() {
            let spelled = ports
                .iter()
                .filter(|port| default_port(scheme) != Some(**port))
                .map(|port| format!(":{port}"));
            for port in spelled.chain([String::new()]) {
                for host in &hosts {
                    samples.extend(
                        paths
                            .iter()
                            .map(|path| format!("{scheme}://{host}{port}{path}")),
                    );
                }
            }
        }
        samples
    }
}

/// The ports of one scheme under one rule, in which a default port and its number are equal.
#[derive(PartialEq, Eq)]
enum Ports {
    Unspelled,
    One(u16),
    Any,
}

/// Returns the ports of a scheme under a rule.
fn ports(scheme: &str, rule: Port) -> Ports {
    match rule {
        Port::Any => Ports::Any,
        Port::Only(port) => Ports::One(port),
        Port::Default => default_port(scheme).map_or(Ports::Unspelled, Ports::One),
    }
}

impl fmt::Display for UrlRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&str> = self.schemes().collect();
        let port = match self.port {
            Port::Default => String::new(),
            Port::Only(port) => format!(":{port}"),
            Port::Any => ":*".to_owned(),
        };
        let text = format!(
            "{}://{}{port}{}",
            schemes.join("|"),
            self.host,
            self.path.below("…")
        );
        // A path that must be quoted causes the whole text to be quoted, because a quoted part in
        // the middle could be read as more than the path.
        let is_bare = self.path.to_string() == self.path.as_str();
        if is_bare {
            f.write_str(&text)
        } else {
            write!(f, "{}", Quoted(&text))
        }
    }
}
