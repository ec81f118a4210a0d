use crate::primitives::bounds::MAX_PATTERN_BYTES;
use crate::primitives::{Located, debug_text};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Reason why a text is not a canonical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path does not begin with `/`.
    #[error("a path begins with `/`")]
    NotAbsolute,
    /// The path has `//`, or a `/` at the end.
    #[error("a path has no empty segment")]
    EmptySegment,
    /// A segment is `.` or `..`.
    #[error("a path has no `.` or `..`")]
    DotSegment,
    /// The path has a control character, or a backslash, which some systems read as a separator.
    #[error("a path has no backslash and no control character")]
    Character,
    /// The path is longer than a path in a constraint may be.
    #[error("a path in a constraint has at most {MAX_PATTERN_BYTES} bytes")]
    TooLong,
}

/// An absolute path in its one canonical spelling.
///
/// ```text
/// path    = "/" / 1*( "/" segment )
/// segment = 1*character, not "." and not ".."
/// character: any but "/", "\" and control characters
/// ```
///
/// A path in a constraint has at most 1,024 bytes. A path in a call is bounded as every text is.
///
/// - Only the root `/` ends in a slash.
/// - A percent sign is an ordinary character, because this is the path of a file and not of a URL.
/// - Case and Unicode composition are not folded. On a file system that folds them, `/a` and `/A`
///   are one file, but two paths here.
///
/// ```
/// use mandatum::powers::{Path, PathError};
/// assert_eq!(Path::new("/decks/acme")?.as_str(), "/decks/acme");
/// assert_eq!(Path::new("decks"), Err(PathError::NotAbsolute));
/// assert_eq!(Path::new("/decks/../etc"), Err(PathError::DotSegment));
/// assert_eq!(Path::new("/decks/"), Err(PathError::EmptySegment));
/// # Ok::<(), PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Path(Box<str>);

impl Path {
    /// Checks a path and wraps it.
    ///
    /// # Errors
    /// [`PathError::NotAbsolute`] for `a`, [`PathError::EmptySegment`] for `/a/`,
    /// [`PathError::DotSegment`] for `/a/..`, [`PathError::Character`] for `/a\b`, and
    /// [`PathError::TooLong`] for more than 1,024 bytes.
    pub fn new(path: &str) -> Result<Self, PathError> {
        if path.len() > MAX_PATTERN_BYTES {
            return Err(PathError::TooLong);
        }
        Self::check(path)?;
        Ok(Self(path.into()))
    }

    /// Returns the path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks that a text is a canonical path, of any length.
    pub(crate) fn check(path: &str) -> Result<(), PathError> {
        let segments = path.strip_prefix('/').ok_or(PathError::NotAbsolute)?;
        if segments.is_empty() {
            return Ok(());
        }
        segments.split('/').try_for_each(|segment| match segment {
            "" => Err(PathError::EmptySegment),
            "." | ".." => Err(PathError::DotSegment),
            _ if segment
                .chars()
                .any(|character| character == '\\' || is_control(character)) =>
            {
                Err(PathError::Character)
            }
            _ => Ok(()),
        })
    }

    /// Returns whether the canonical `path` is this one or lies below it.
    pub(crate) fn holds(&self, path: &str) -> bool {
        match path.strip_prefix(&*self.0) {
            // At a slash only: `/decks-2` does not lie below `/decks`.
            Some(rest) => rest.is_empty() || rest.starts_with('/') || &*self.0 == "/",
            None => false,
        }
    }

    /// Returns the path one segment below.
    pub(crate) fn below(&self, segment: &str) -> String {
        if &*self.0 == "/" {
            format!("/{segment}")
        } else {
            format!("{}/{segment}", self.0)
        }
    }
}

impl AsRef<str> for Path {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Path {
    type Err = PathError;
    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::new(text)
    }
}

/// Returns whether a character is a control character: C0, U+007F or C1, the general category Cc.
///
/// Paths and URLs refuse them, URLs also encoded, because logs, terminals and servers act on them.
pub(super) fn is_control(character: char) -> bool {
    character.is_control()
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "Path", &self.0)
    }
}

impl fmt::Display for Path {
    /// Writes the path for people: bare if it has only letters, digits and marks that are usual in
    /// paths, otherwise quoted and escaped. The path itself is [`as_str`](Path::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Located(&self.0))
    }
}
