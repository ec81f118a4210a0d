use super::bounds::{MAX_NAME_BYTES, MAX_TASK_BYTES, MAX_TASK_STEPS};
use super::display::{debug_text, is_mark, is_unseen};
use super::joiner;
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Why a text is not a name.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
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
    /// A character that shows nothing or reorders text, with which a name could pass for another:
    /// by Unicode 17.0, those of `Default_Ignorable_Code_Point` (variation selectors, fillers,
    /// bidirectional controls), control and format characters, spaces other than U+0020, line
    /// separators, blanks such as U+2800, and private and unassigned characters. U+200C and U+200D
    /// are accepted between letters that they shape.
    #[error(
        "character '{}' at byte {at} is invisible or reorders text; expected only characters that a reader sees, and \
         U+200C and U+200D only between letters that they shape",
        character.escape_unicode()
    )]
    Unprintable {
        /// The character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// A space that begins or ends the name or follows another, which a reader overlooks.
    #[error(
        "the space at byte {at} is first, last or before another; expected single spaces between other characters"
    )]
    Space {
        /// Its byte offset.
        at: usize,
    },
    /// A combining mark begins the name, and would be drawn onto what is printed before it.
    #[error("a name begins with a combining mark; expected a character that it stands on")]
    MarkFirst,
    /// A task segment is `[A-Za-z0-9_.-]+`, and not `.` or `..`.
    #[error("a task is segments of letters, digits, `_`, `.`, `-`, joined by `/`")]
    NotATask,
    /// More segments than a task may have.
    #[error("a task has at most {MAX_TASK_STEPS} segments")]
    TooManySegments,
}

impl fmt::Debug for NameError {
    /// As derived, but that the character is escaped whatever it is: `char`'s own form shows some
    /// that are invisible.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::TooLong { max, found } => f
                .debug_struct("TooLong")
                .field("max", max)
                .field("found", found)
                .finish(),
            Self::Unprintable { character, at } => {
                let escaped = character.escape_unicode();
                f.debug_struct("Unprintable")
                    .field("character", &format_args!("'{escaped}'"))
                    .field("at", at)
                    .finish()
            }
            Self::Space { at } => f.debug_struct("Space").field("at", at).finish(),
            Self::MarkFirst => f.write_str("MarkFirst"),
            Self::NotATask => f.write_str("NotATask"),
            Self::TooManySegments => f.write_str("TooManySegments"),
        }
    }
}

fn check_name(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > MAX_NAME_BYTES {
        return Err(NameError::TooLong {
            max: MAX_NAME_BYTES,
            found: text.len(),
        });
    }
    if text.starts_with(is_mark) {
        return Err(NameError::MarkFirst);
    }
    text.char_indices().try_for_each(|(at, character)| {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        check_character(before, character, after, at)
    })
}

fn check_character(before: &str, character: char, after: &str, at: usize) -> Result<(), NameError> {
    // Two spaces look like one where lines are filled, and those at an end like none.
    if character == ' ' && (before.is_empty() || after.is_empty() || after.starts_with(' ')) {
        return Err(NameError::Space { at });
    }
    if is_unseen(character) && !joiner::shapes(before, character, after) {
        return Err(NameError::Unprintable { character, at });
    }
    Ok(())
}

/// Defines a text newtype: borrow, display, parse. A clone shares the text.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug_text(f, stringify!($name), &self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
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
    /// The name an anchor goes by, usually a URI (`iss`, RFC 8392 section 3.1.1). In the characters
    /// of a [`Label`], and compared byte for byte.
    Issuer,
    check_name
);
text_type!(
    /// The name of a server that decides, usually its URI (`aud`, RFC 8392 section 3.1.3). In the
    /// characters of a [`Label`], and compared byte for byte. One audience names one replay domain.
    Audience,
    check_name
);
text_type!(
    /// A name for people and logs: of a principal, a holder (for example a SPIFFE id), a system, an
    /// alias, a purpose.
    ///
    /// - It has 1 to 256 bytes, all of characters that a reader sees: letters of any script, marks
    ///   after them, digits, symbols, single spaces between them.
    /// - U+200C and U+200D may stand between letters that they shape, as in Persian, Hindi and
    ///   Sinhala (RFC 5892 appendix A).
    /// - It has no other invisible character ([`NameError::Unprintable`]): no variation selector,
    ///   so no `\u{fe0f}` after an emoji and no ideographic variant, and no U+200D between emoji.
    /// - It is compared byte for byte and never normalised. Names of other letters that look alike
    ///   (Latin `a`, Cyrillic `а`; `é` as one character or as two; a joiner that a font does not
    ///   show) are different names: keys are the identity.
    ///
    /// ```
    /// use mandatum::primitives::NameError;
    /// use mandatum::Label;
    /// assert!(Label::new("می\u{200c}خواهم").is_ok());
    /// assert_eq!(Label::new("ana\u{3164}"), Err(NameError::Unprintable { character: '\u{3164}', at: 3 }));
    /// assert_eq!(Label::new("ana "), Err(NameError::Space { at: 3 }));
    /// ```
    Label,
    check_name
);
text_type!(
    /// A place in the execution graph: segments of `[A-Za-z0-9_.-]`, joined by `/`, such as
    /// `acme-qbr/slides`.
    TaskPath,
    check_task
);

fn check_task(text: &str) -> Result<(), NameError> {
    if text.len() > MAX_TASK_BYTES {
        return Err(NameError::TooLong {
            max: MAX_TASK_BYTES,
            found: text.len(),
        });
    }
    if text.split('/').count() > MAX_TASK_STEPS {
        return Err(NameError::TooManySegments);
    }
    if text.split('/').all(is_task_segment) {
        Ok(())
    } else {
        Err(NameError::NotATask)
    }
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
        let steps = self
            .as_str()
            .strip_prefix(above.as_str())?
            .strip_prefix('/')?;
        Self::new(steps).ok()
    }
}
