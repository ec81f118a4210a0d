use crate::ground::bounds::MAX_TOOL_BYTES;
use crate::ground::{OutOfWork, Work, debug_text};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Why a text is not a tool's name or pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToolError {
    /// A tool is segments of `[a-z0-9_-]`, joined by `.`; a family ends in `.*`.
    #[error("a tool is segments of `a`-`z`, `0`-`9`, `_`, `-`, joined by `.`")]
    Grammar,
    /// Longer than a tool's name may be.
    #[error("a tool's name has at most {MAX_TOOL_BYTES} bytes")]
    TooLong,
}

/// The exact name of one tool, such as `crm.read`: segments of `[a-z0-9_-]`, joined by `.`. Case-sensitive, never
/// normalised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToolName(Arc<str>);

impl ToolName {
    /// Checks and wraps a name.
    ///
    /// # Errors
    /// [`ToolError::Grammar`] for `Crm.Read`, `crm..read` or `crm.*`; [`ToolError::TooLong`].
    pub fn new(name: &str) -> Result<Self, ToolError> {
        if name.len() > MAX_TOOL_BYTES {
            return Err(ToolError::TooLong);
        }
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if name.split('.').all(|segment| !segment.is_empty() && segment.bytes().all(allowed)) {
            Ok(Self(name.into()))
        } else {
            Err(ToolError::Grammar)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name lies one or more segments below `family`.
    fn is_below(&self, family: &Self) -> bool {
        self.0.strip_prefix(&*family.0).is_some_and(|rest| rest.starts_with('.'))
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

/// One tool, or a family of tools: `crm.*` is every name with one or more further segments, and not `crm` itself.
///
/// ```
/// use mandatum::{ToolName, ToolPattern};
/// let family: ToolPattern = "crm.*".parse()?;
/// assert!(family.matches(&ToolName::new("crm.contacts.read")?));
/// assert!(!family.matches(&ToolName::new("crm")?));
/// assert!(!family.matches(&ToolName::new("crmx.read")?));
/// # Ok::<(), mandatum::ToolError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToolPattern {
    /// Exactly this tool.
    Exact(ToolName),
    /// Every tool below this name.
    Family(ToolName),
}

impl ToolPattern {
    /// Reads `crm.read` or `crm.*`.
    ///
    /// # Errors
    /// As [`ToolName::new`]; `*` alone is no family: a ceiling without bound is spelled `unlimited`.
    pub fn new(pattern: &str) -> Result<Self, ToolError> {
        match pattern.strip_suffix(".*") {
            Some(family) => ToolName::new(family).map(Self::Family),
            None => ToolName::new(pattern).map(Self::Exact),
        }
    }

    /// Whether the tool is meant.
    #[must_use]
    pub fn matches(&self, tool: &ToolName) -> bool {
        match self {
            Self::Exact(name) => name == tool,
            Self::Family(family) => tool.is_below(family),
        }
    }

    /// Whether every tool that `child` means is meant by this.
    #[must_use]
    pub fn covers(&self, child: &Self) -> bool {
        match (self, child) {
            (_, Self::Exact(tool)) => self.matches(tool),
            (Self::Exact(_), Self::Family(_)) => false,
            (Self::Family(family), Self::Family(below)) => below == family || below.is_below(family),
        }
    }

    /// Whether some tool is meant by both.
    ///
    /// # Errors
    /// [`OutOfWork`] when the budget is spent first.
    pub(crate) fn meets(&self, other: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        // Each of the names is compared with the other at most twice; a step is for eight bytes.
        let shorter = self.name().as_str().len().min(other.name().as_str().len());
        work.spend_len((shorter / 4).saturating_add(1))?;
        Ok(self.meet(other).is_some())
    }

    /// The tool's name, or that of the family.
    pub(crate) const fn name(&self) -> &ToolName {
        match self {
            Self::Exact(name) | Self::Family(name) => name,
        }
    }

    /// The tools that both mean: one covers the other, or there are none.
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

impl fmt::Display for ToolPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => write!(f, "{name}"),
            Self::Family(family) => write!(f, "{family}.*"),
        }
    }
}

impl FromStr for ToolPattern {
    type Err = ToolError;
    fn from_str(pattern: &str) -> Result<Self, ToolError> {
        Self::new(pattern)
    }
}
