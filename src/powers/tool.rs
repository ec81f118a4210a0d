use crate::primitives::bounds::{MAX_TOOL_BYTES, MAX_TOOL_PREFIX_BYTES};
use crate::primitives::{OutOfWork, Ticked, Work, debug_text, tally};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// The characters of tool names, but for letters and digits.
const MARKS: &str = "_.:/-";

/// Why a text is not a tool's name or pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolError {
    /// A tool has a name.
    #[error("a tool's name is not empty")]
    Empty,
    /// Longer than a tool's name may be.
    #[error("a tool's name has at most {MAX_TOOL_BYTES} bytes, this one {found}")]
    TooLong {
        /// Its bytes.
        found: usize,
    },
    /// The part before `*` is so long that no name is longer.
    #[error(
        "before `*` a tool pattern has at most {MAX_TOOL_PREFIX_BYTES} bytes, this one {found}"
    )]
    PrefixTooLong {
        /// Its bytes.
        found: usize,
    },
    /// A character that tool names do not have.
    #[error("a tool's name has letters, digits and `_.:/-`, all of ASCII: found {} at byte {at}", Shown(*.found))]
    Character {
        /// The character.
        found: char,
        /// Where it begins.
        at: usize,
    },
    /// A star that does not end a pattern: `get*user`, `**`.
    #[error("`*` at byte {at} is not at the end: the tools of a family begin alike, as in `get_*`")]
    Star {
        /// Where it stands.
        at: usize,
    },
    /// A pattern where one tool's name is expected.
    #[error("a pattern is not a tool's name: found `*` at byte {at}")]
    NotOneTool {
        /// Where its star stands.
        at: usize,
    },
    /// The pattern `*`. A ceiling without bound is spelled `unlimited`.
    #[error(
        "`*` alone means every tool, and no pattern does: name the tools, or how their names begin"
    )]
    EveryTool,
}

/// An offending character as a message shows it: by name where a reader would not see it.
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
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`ToolError::Character`] for `get user`; [`ToolError::NotOneTool`] for `crm.*`;
    /// [`ToolError::Star`] for `get*user`; [`ToolError::Empty`]; [`ToolError::TooLong`].
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

    /// The name.
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
    /// Checks and wraps a prefix, which is written without the `*` of a pattern.
    ///
    /// # Errors
    /// [`ToolError::EveryTool`] for none; [`ToolError::Character`]; [`ToolError::Star`];
    /// [`ToolError::PrefixTooLong`].
    pub fn new(prefix: &str) -> Result<Self, ToolError> {
        check(prefix, |at| ToolError::Star { at })?;
        match prefix.len() {
            0 => Err(ToolError::EveryTool),
            1..=MAX_TOOL_PREFIX_BYTES => Ok(Self(prefix.into())),
            found => Err(ToolError::PrefixTooLong { found }),
        }
    }

    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a name begins with this and goes on.
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

/// One tool, or a family of tools whose names begin alike: `get_*` is every name that begins with
/// `get_` and has at least one more character.
///
/// Of two patterns one covers the other, or no tool is meant by both.
///
/// ```
/// use mandatum::powers::{ToolName, ToolPattern};
/// let family: ToolPattern = "crm.*".parse()?;
/// assert!(family.matches(&ToolName::new("crm.contacts.read")?));
/// assert!(!family.matches(&ToolName::new("crm.")?) && !family.matches(&ToolName::new("crm")?));
/// assert!(!family.matches(&ToolName::new("crmx.read")?));
/// assert!("crm*".parse::<ToolPattern>()?.covers(&family));
/// # Ok::<(), mandatum::powers::ToolError>(())
/// ```
///
/// Patterns are ordered by their text, so all that a family covers follows it directly; before it
/// comes the one tool whose name is its prefix, which it does not cover.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ToolPattern {
    /// Exactly this tool.
    Exact(ToolName),
    /// Every tool whose name begins with this and has at least one more character.
    Prefix(ToolPrefix),
}

impl ToolPattern {
    /// Reads `crm.read` or `crm.*`.
    ///
    /// # Errors
    /// [`ToolError`], which says where; [`ToolError::EveryTool`] for `*` alone, [`ToolError::Star`]
    /// for `**` and `get*user`.
    pub fn new(pattern: &str) -> Result<Self, ToolError> {
        match pattern.strip_suffix('*') {
            Some(prefix) => ToolPrefix::new(prefix).map(Self::Prefix),
            None => ToolName::new(pattern).map(Self::Exact),
        }
    }

    /// Returns whether the tool is meant.
    #[must_use]
    pub fn matches(&self, tool: &ToolName) -> bool {
        match self {
            Self::Exact(name) => name == tool,
            Self::Prefix(prefix) => prefix.begins(tool),
        }
    }

    /// Returns whether every tool that `child` means is meant by this.
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

    /// Returns whether some tool is meant by both.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub(crate) fn meets(&self, other: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        // Each of the names is compared with the other at most twice; a step is for eight bytes.
        let shorter = self.text().len().min(other.text().len());
        work.spend_len((shorter / 4).saturating_add(1))?;
        Ok(self.meet(other).is_some())
    }

    /// Returns the tool's name, or the prefix.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Exact(name) => &name.0,
            Self::Prefix(prefix) => &prefix.0,
        }
    }

    /// In the order of encoded patterns: shorter ones first.
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

    /// Returns the tools that both mean: one covers the other, or there are none.
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
