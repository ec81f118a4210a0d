use super::bounds::{MAX_NAME_BYTES, MAX_TASK_BYTES, MAX_TASK_STEPS};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// A name has at least one character.
    #[error("a name is not empty")]
    Empty,
    /// Longer than it may be.
    #[error("a name has at most {max} bytes, this one {found}")]
    TooLong {
        /// Most bytes accepted.
        max: usize,
        /// Bytes given.
        found: usize,
    },
    /// A control character or a bidirectional override, either of which would let a name forge what a person reads.
    #[error("character {character:?} at byte {at} is invisible or reorders text")]
    Unprintable {
        /// The character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// A task segment is `[A-Za-z0-9_.-]+`, and not `.` or `..`.
    #[error("a task is segments of letters, digits, `_`, `.`, `-`, joined by `/`")]
    NotATask,
    /// More segments than a task may have.
    #[error("a task has at most {MAX_TASK_STEPS} segments")]
    TooManySegments,
}

/// Whether a person could be deceived by printing it: control characters and the bidirectional controls of UAX #9.
fn is_deceptive(character: char) -> bool {
    const UNSEEN: [std::ops::RangeInclusive<char>; 8] = [
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{2069}',
        '\u{feff}'..='\u{feff}',
        '\u{fff9}'..='\u{fffb}',
        '\u{e0000}'..='\u{e007f}',
    ];
    character.is_control() || UNSEEN.iter().any(|range| range.contains(&character))
}

fn check_name(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > MAX_NAME_BYTES {
        return Err(NameError::TooLong { max: MAX_NAME_BYTES, found: text.len() });
    }
    match text.char_indices().find(|(_, character)| is_deceptive(*character)) {
        Some((at, character)) => Err(NameError::Unprintable { character, at }),
        None => Ok(()),
    }
}

/// Any text as a person may safely see it: quoted, with invisible characters escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_between(f, '"', self.0)
    }
}

/// The same in backticks, as messages show what they were given.
pub(crate) struct Ticked<'a>(pub(crate) &'a str);

impl fmt::Display for Ticked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_between(f, '`', self.0)
    }
}

fn write_between(f: &mut fmt::Formatter<'_>, mark: char, text: &str) -> fmt::Result {
    write!(f, "{mark}")?;
    for character in text.chars() {
        match character {
            special if special == mark || special == '\\' => write!(f, "\\{special}")?,
            hidden if is_deceptive(hidden) => write!(f, "{}", hidden.escape_unicode())?,
            shown => write!(f, "{shown}")?,
        }
    }
    write!(f, "{mark}")
}

/// What every text newtype here has: borrow, display, parse. A clone is the same text once more, not a copy of it.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and wraps the text.
            ///
            /// # Errors
            /// [`NameError`], which says what is wrong with it.
            pub fn new(text: &str) -> Result<Self, NameError> {
                $check(text)?;
                Ok(Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;
            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

text_type!(
    /// The name an anchor goes by, usually a URI (`iss`, RFC 8392 section 3.1.1). Compared byte for byte.
    Issuer,
    check_name
);
text_type!(
    /// The name of a server that decides, usually its URI (`aud`, RFC 8392 section 3.1.3). Compared byte for byte. One
    /// audience names one replay domain.
    Audience,
    check_name
);
text_type!(
    /// A name for people and logs: of a principal, a holder (for example a SPIFFE id), a system, an alias, a purpose.
    /// 1 to 256 bytes, without control characters and bidirectional overrides. Compared byte for byte.
    Label,
    check_name
);
text_type!(
    /// A place in the execution graph: segments of `[A-Za-z0-9_.-]`, joined by `/`, such as `acme-qbr/slides`.
    TaskPath,
    check_task
);

fn check_task(text: &str) -> Result<(), NameError> {
    if text.len() > MAX_TASK_BYTES {
        return Err(NameError::TooLong { max: MAX_TASK_BYTES, found: text.len() });
    }
    if text.split('/').count() > MAX_TASK_STEPS {
        return Err(NameError::TooManySegments);
    }
    if text.split('/').all(is_task_segment) { Ok(()) } else { Err(NameError::NotATask) }
}

fn is_task_segment(segment: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !segment.is_empty() && segment != "." && segment != ".." && segment.bytes().all(allowed)
}

impl TaskPath {
    /// The task `step` below this one.
    ///
    /// # Errors
    /// [`NameError`] when the joined path is longer than a task may be.
    pub fn join(&self, step: &Self) -> Result<Self, NameError> {
        Self::new(&format!("{self}/{step}"))
    }

    /// The steps by which this task is below `above`; `None` where it is not, or is the same.
    #[must_use]
    pub fn below(&self, above: &Self) -> Option<Self> {
        let steps = self.as_str().strip_prefix(above.as_str())?.strip_prefix('/')?;
        Self::new(steps).ok()
    }
}
