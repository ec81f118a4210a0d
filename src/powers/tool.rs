use crate::primitives::bounds::{MAX_TOOL_BYTES, MAX_TOOL_PREFIX_BYTES};
use crate::primitives::{OutOfWork, Ticked, Work, debug_text, tally};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// The characters of tool names beside letters and digits.
const MARKS: &str = "_.:/-";

/// Reason why a text is not a tool's name or pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The name is empty.
    #[error("a tool's name is not empty")]
    Empty,
    /// The name is longer than a tool's name may be.
    #[error("a tool's name has at most {MAX_TOOL_BYTES} bytes, this one {found}")]
    TooLong {
        /// Length in bytes.
        found: usize,
    },
    /// The part before `*` is so long that no tool name is longer.
    #[error(
        "before `*` a tool pattern has at most {MAX_TOOL_PREFIX_BYTES} bytes, this one {found}"
    )]
    PrefixTooLong {
        /// Length in bytes.
        found: usize,
    },
    /// A character is not allowed in tool names.
    #[error("a tool's name has letters, digits and `_.:/-`, all of ASCII: found {} at byte {at}", Shown(*.found))]
    Character {
        /// Character that is not allowed.
        found: char,
        /// Byte at which it begins.
        at: usize,
    },
    /// A star is not at the end of a pattern: `get*user`, `**`.
    #[error("`*` at byte {at} is not at the end: the tools of a family begin alike, as in `get_*`")]
    Star {
        /// Byte at which the star is.
        at: usize,
    },
    /// The text is a pattern, and the name of one tool is expected.
    #[error("a pattern is not a tool's name: found `*` at byte {at}")]
    NotOneTool {
        /// Byte at which the star is.
        at: usize,
    },
    /// The text is `*` alone, or an empty prefix. A ceiling without bound is spelled `unlimited`.
    #[error("`*` alone would mean every tool: list the tools, or how their names begin")]
    EveryTool,
}

/// A character as a message shows it: by name where a reader would not see it.
struct Shown(char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("a space"),
            '\t' => f.write_str("a tab"),
            '\n' | '\r' => f.write_str("a line break"),
            other => write!(f, "{}", Ticked(other.encode_utf8(&mut [0; 4]))),
        }
    }
}

/// Checks the characters of a name, or of the prefix in a pattern.
fn check(text: &str, star: impl Fn(usize) -> ToolError) -> Result<(), ToolError> {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || MARKS.contains(character);
    match text
        .char_indices()
        .find(|(_, character)| !is_allowed(*character))
    {
        None => Ok(()),
        Some((at, '*')) => Err(star(at)),
        Some((at, found)) => Err(ToolError::Character { found, at }),
    }
}

/// The exact name of one tool, such as `crm.read`, `getUser` or `slack:post/message`: 1 to 128 of
/// `[A-Za-z0-9_.:/-]`. Case-sensitive, never normalised.
///
/// ```
/// use mandatum::powers::{ToolError, ToolName};
/// assert_ne!(ToolName::new("getUser")?, ToolName::new("getuser")?);
/// assert_eq!(ToolName::new("get user"), Err(ToolError::Character { found: ' ', at: 3 }));
/// # Ok::<(), ToolError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolName(Arc<str>);

impl ToolName {
    /// Checks a name and wraps it.
    ///
    /// # Errors
    /// [`ToolError::Character`] for `get user`; [`ToolError::NotOneTool`] for `crm.*`;
    /// [`ToolError::Star`] for `get*user`; [`ToolError::Empty`] for no character;
    /// [`ToolError::TooLong`] for more than 128 bytes.
    pub fn new(name: &str) -> Result<Self, ToolError> {
        let is_last = |at: usize| at.saturating_add(1) == name.len();
        check(name, |at| {
            if is_last(at) {
                ToolError::NotOneTool { at }
            } else {
                ToolError::Star { at }
            }
        })?;
        match name.len() {
            0 => Err(ToolError::Empty),
            1..=MAX_TOOL_BYTES => Ok(Self(name.into())),
            found => Err(ToolError::TooLong { found }),
        }
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ToolName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for ToolName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "ToolName", &self.0)
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ToolName {
    type Err = ToolError;
    fn from_str(name: &str) -> Result<Self, ToolError> {
        Self::new(name)
    }
}

/// The beginning of tool names, such as `get_`: 1 to 127 of the characters of a [`ToolName`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolPrefix(Arc<str>);

impl ToolPrefix {
    /// Checks a prefix and wraps it. The prefix is written without the `*` of a pattern.
    ///
    /// # Errors
    /// [`ToolError::EveryTool`] for an empty prefix; [`ToolError::Character`] for `get user`;
    /// [`ToolError::Star`] for `get_*`; [`ToolError::PrefixTooLong`] for more than 127 bytes.
    pub fn new(prefix: &str) -> Result<Self, ToolError> {
        check(prefix, |at| ToolError::Star { at })?;
        match prefix.len() {
            0 => Err(ToolError::EveryTool),
            1..=MAX_TOOL_PREFIX_BYTES => Ok(Self(prefix.into())),
            found => Err(ToolError::PrefixTooLong { found }),
        }
    }

    /// Returns the prefix as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a name begins with this and has at least one more character.
    fn begins(&self, tool: &ToolName) -> bool {
        tool.0.len() > self.0.len() && tool.0.starts_with(&*self.0)
    }
}

impl AsRef<str> for ToolPrefix {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for ToolPrefix {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ToolPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ToolPrefix {
    type Err = ToolError;
    fn from_str(text: &str) -> Result<Self, ToolError> {
        Self::new(text)
    }
}

impl fmt::Debug for ToolPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "ToolPrefix", &self.0)
    }
}

/// One tool, or a family of tools whose names begin alike.
///
/// The family `get_*` has every name that begins with `get_` and has at least one more character.
/// Two patterns either nest, so that one covers the other, or have no tool in common.
///
/// ```
/// use mandatum::powers::{ToolName, ToolPattern};
/// let family: ToolPattern = "crm.*".parse()?;
/// assert!(family.matches(&ToolName::new("crm.contacts.read")?));
/// assert!(!family.matches(&ToolName::new("crm.")?) && !family.matches(&ToolName::new("crm")?));
/// assert!(!family.matches(&ToolName::new("crmx.read")?));
/// assert!("crm*".parse::<ToolPattern>()?.covers(&family));
/// assert!("*".parse::<ToolPattern>().is_err());
/// # Ok::<(), mandatum::powers::ToolError>(())
/// ```
///
/// Patterns are ordered by their text, so everything that a family covers follows it directly. The
/// tool whose name equals the prefix comes before the family, which does not cover it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ToolPattern {
    /// Exactly one tool.
    Exact(ToolName),
    /// Every tool whose name begins with the prefix and has at least one more character.
    Prefix(ToolPrefix),
}

impl ToolPattern {
    /// Reads `crm.read` or `crm.*`.
    ///
    /// # Errors
    /// [`ToolError::EveryTool`] for `*` alone, [`ToolError::Star`] for `**` and `get*user`, and
    /// otherwise as [`ToolName::new`] and [`ToolPrefix::new`].
    pub fn new(pattern: &str) -> Result<Self, ToolError> {
        match pattern.strip_suffix('*') {
            Some(prefix) => ToolPrefix::new(prefix).map(Self::Prefix),
            None => ToolName::new(pattern).map(Self::Exact),
        }
    }

    /// Returns whether the pattern matches the tool.
    #[must_use]
    pub fn matches(&self, tool: &ToolName) -> bool {
        match self {
            Self::Exact(name) => name == tool,
            Self::Prefix(prefix) => prefix.begins(tool),
        }
    }

    /// Returns whether this pattern matches every tool that `child` matches.
    #[must_use]
    pub fn covers(&self, child: &Self) -> bool {
        tally::count(2);
        tally::bulk(self.text().len().min(child.text().len()));
        match (self, child) {
            (_, Self::Exact(tool)) => self.matches(tool),
            // A prefix of 127 bytes has as many names as there are characters, so one name never
            // covers it.
            (Self::Exact(_), Self::Prefix(_)) => false,
            (Self::Prefix(prefix), Self::Prefix(longer)) => longer.0.starts_with(&*prefix.0),
        }
    }

    /// Returns whether some tool is matched by both.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub(crate) fn meets(&self, other: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        // Each of the texts is compared with the other at most twice, and a step pays for eight
        // bytes: 2 * len / 8.
        let shorter = self.text().len().min(other.text().len());
        work.spend_len((shorter / 4).saturating_add(1))?;
        Ok(self.meet(other).is_some())
    }

    /// Returns the tool's name, or the prefix without its star.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Exact(name) => &name.0,
            Self::Prefix(prefix) => &prefix.0,
        }
    }

    /// Compares two patterns in the order of their encodings: shorter ones first, as deterministic
    /// CBOR orders texts.
    pub(crate) fn in_encoded_order(&self, other: &Self) -> Ordering {
        let star = |pattern: &Self| matches!(pattern, Self::Prefix(_)).then_some(b'*');
        let length = |pattern: &Self| {
            pattern
                .text()
                .len()
                .saturating_add(star(pattern).iter().len())
        };
        length(self).cmp(&length(other)).then_with(|| {
            self.text()
                .bytes()
                .chain(star(self))
                .cmp(other.text().bytes().chain(star(other)))
        })
    }

    /// Returns the pattern of the tools that both match, which is one of the two, or `None`.
    pub(super) fn meet<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        if self.covers(other) {
            Some(other)
        } else if other.covers(self) {
            Some(self)
        } else {
            None
        }
    }
}

impl Ord for ToolPattern {
    fn cmp(&self, other: &Self) -> Ordering {
        tally::bulk(self.text().len().min(other.text().len()));
        let is_family = |pattern: &Self| matches!(pattern, Self::Prefix(_));
        self.text()
            .cmp(other.text())
            .then_with(|| is_family(self).cmp(&is_family(other)))
    }
}

impl PartialOrd for ToolPattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ToolPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(f, "{name}"),
            Self::Prefix(prefix) => write!(f, "{}*", prefix.0),
        }
    }
}

impl FromStr for ToolPattern {
    type Err = ToolError;
    fn from_str(pattern: &str) -> Result<Self, ToolError> {
        Self::new(pattern)
    }
}
