use crate::primitives::bounds::MAX_PATTERN_BYTES;
use crate::primitives::{Located, debug_text};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why a text is not a canonical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// A path begins with `/`.
    #[error("a path begins with `/`")]
    NotAbsolute,
    /// `//`, or a `/` at the end.
    #[error("a path has no empty segment")]
    EmptySegment,
    /// `.` or `..`.
    #[error("a path has no `.` or `..`")]
    DotSegment,
    /// A backslash, which some systems read as a separator, or a control character.
    #[error("a path has no backslash and no control character")]
    Character,
    /// Longer than a path in a constraint may be.
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
/// A path in a constraint has at most 1,024 bytes; one in a call has no length of its own, but that
/// of any text.
///
/// The root `/` alone ends in a slash. Percent signs are ordinary characters: this is a file path,
/// not a URL's. Case and Unicode composition are not folded: on a file system that folds them, `/a`
/// and `/A` are one file but two paths here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Path(Box<str>);

impl Path {
    /// Checks and wraps a path.
    ///
    /// # Errors
    /// [`PathError`], which says what is not canonical about it.
    pub fn new(path: &str) -> Result<Self, PathError> {
        if path.len() > MAX_PATTERN_BYTES {
            return Err(PathError::TooLong);
        }
        Self::check(path)?;
        Ok(Self(path.into()))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is a canonical path.
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

    /// Whether the canonical `path` is this one or lies below it.
    pub(crate) fn holds(&self, path: &str) -> bool {
        match path.strip_prefix(&*self.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('/') || &*self.0 == "/",
            None => false,
        }
    }

    /// A path one segment below.
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

/// Returns whether paths and URLs, here also encoded, refuse a character that logs, terminals and
/// servers act on: C0, U+007F and C1, which are the general category Cc.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control()
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "Path", &self.0)
    }
}

impl fmt::Display for Path {
    /// For people: bare where it is made of letters, digits and what is usual in paths; quoted and
    /// escaped where it is not. The path itself is [`as_str`](Path::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Located(&self.0))
    }
}
