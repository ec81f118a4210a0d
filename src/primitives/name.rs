use super::bounds::{MAX_NAME_BYTES, MAX_TASK_BYTES, MAX_TASK_STEPS};
use super::display::{debug_text, is_mark, is_unseen};
use super::joiner;
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Reason why a text is not a name.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// The text is empty.
    #[error("a name is not empty")]
    Empty,
    /// The text is longer than a name may be.
    #[error("a name has at most {max} bytes, this one {found}")]
    TooLong {
        /// Most bytes accepted.
        max: usize,
        /// Number of bytes given.
        found: usize,
    },
    /// A character is invisible or reorders text, so the name could look like another.
    ///
    /// By Unicode 17.0 these are:
    ///
    /// - the characters of `Default_Ignorable_Code_Point` (variation selectors, fillers,
    ///   bidirectional controls);
    /// - control and format characters, but not U+200C and U+200D between letters that they shape;
    /// - spaces other than U+0020, line separators, and blanks such as U+2800;
    /// - private and unassigned characters.
    #[error(
        "character '{}' at byte {at} is invisible or reorders text; expected only characters that a reader sees, and \
         U+200C and U+200D only between letters that they shape",
        character.escape_unicode()
    )]
    Unprintable {
        /// The character.
        character: char,
        /// Byte offset of the character.
        at: usize,
    },
    /// A space begins or ends the name or follows another space, which a reader overlooks.
    #[error(
        "the space at byte {at} is first, last or before another; expected single spaces between other characters"
    )]
    Space {
        /// Byte offset of the space.
        at: usize,
    },
    /// A combining mark begins the name, and would be drawn onto the text before it.
    #[error("a name begins with a combining mark; expected a character that it stands on")]
    MarkFirst,
    /// A segment of the task is not `[A-Za-z0-9_.-]+`, or it is `.` or `..`.
    #[error("a task is segments of letters, digits, `_`, `.`, `-`, joined by `/`")]
    NotATask,
    /// The task has more segments than it may have.
    #[error("a task has at most {MAX_TASK_STEPS} segments")]
    TooManySegments,
}

impl fmt::Debug for NameError {
    /// Writes the derived form, but with the character always escaped. The form of `char` shows
    /// some invisible characters as they are.
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
        // `at` is a boundary of characters, so neither default is taken.
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        check_character(before, character, after, at)
    })
}

fn check_character(before: &str, character: char, after: &str, at: usize) -> Result<(), NameError> {
    // A reader takes two spaces for one where lines are justified, and does not see one at an end.
    if character == ' ' && (before.is_empty() || after.is_empty() || after.starts_with(' ')) {
        return Err(NameError::Space { at });
    }
    if is_unseen(character) && !joiner::shapes(before, character, after) {
        return Err(NameError::Unprintable { character, at });
    }
    Ok(())
}

/// Defines a type of checked texts, with its conversions. A clone shares the text.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and wraps a text.
            ///
            /// # Errors
            /// [`NameError`] for an empty text, for one of more than 256 bytes, and for one with a
            /// character that the type does not accept.
            pub fn new(text: &str) -> Result<Self, NameError> {
                $check(text)?;
                Ok(Self(text.into()))
            }

            /// Returns the text.
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
    /// The name of an anchor, usually a URI (`iss`, RFC 8392 section 3.1.1).
    ///
    /// It accepts the characters of a [`Label`] and is compared byte for byte.
    ///
    /// ```
    /// use mandatum::Issuer;
    /// let issuer = Issuer::new("https://acme.example")?;
    /// assert_ne!(issuer, Issuer::new("https://acme.example/")?);
    /// # Ok::<(), mandatum::primitives::NameError>(())
    /// ```
    Issuer,
    check_name
);
text_type!(
    /// The name of a server that decides, usually its URI (`aud`, RFC 8392 section 3.1.3).
    ///
    /// It accepts the characters of a [`Label`] and is compared byte for byte. Servers with the
    /// same audience must share the ledger that finds repeated calls.
    ///
    /// ```
    /// use mandatum::primitives::NameError;
    /// use mandatum::Audience;
    /// assert_eq!(Audience::new("https://crm.example")?.as_str(), "https://crm.example");
    /// assert_eq!(Audience::new(""), Err(NameError::Empty));
    /// # Ok::<(), NameError>(())
    /// ```
    Audience,
    check_name
);
text_type!(
    /// A name for people and logs: of a principal, a holder (for example a SPIFFE id), a system, an
    /// alias, a purpose.
    ///
    /// - It has 1 to 256 bytes, all of visible characters: letters of any script, marks after them,
    ///   digits, symbols, and single spaces between them.
    /// - U+200C and U+200D may stand between letters that they shape, as in Persian, Hindi and
    ///   Sinhala (RFC 5892 appendix A).
    /// - It has no other invisible character ([`NameError::Unprintable`]): no variation selector,
    ///   so no `\u{fe0f}` after an emoji and no ideographic variant, and no U+200D between emoji.
    /// - It is compared byte for byte and never normalised. So names that only look alike are
    ///   different: Latin `a` and Cyrillic `а`, `é` as one character or as two, a joiner that a
    ///   font does not show. The identity of a holder is its key, not its name.
    ///
    /// ```
    /// use mandatum::primitives::NameError;
    /// use mandatum::Label;
    /// assert!(Label::new("می\u{200c}خواهم").is_ok());
    /// let filler = NameError::Unprintable { character: '\u{3164}', at: 3 };
    /// assert_eq!(Label::new("ana\u{3164}"), Err(filler));
    /// assert_eq!(Label::new("ana "), Err(NameError::Space { at: 3 }));
    /// ```
    Label,
    check_name
);
text_type!(
    /// A place in the execution graph: segments of `[A-Za-z0-9_.-]`, joined by `/`, such as
    /// `acme-qbr/slides`.
    ///
    /// It has at most 256 bytes and 32 segments, and no segment is `.` or `..`.
    ///
    /// ```
    /// use mandatum::primitives::NameError;
    /// use mandatum::TaskPath;
    /// let task = TaskPath::new("acme-qbr")?.join(&"slides".parse()?)?;
    /// assert_eq!(task.to_string(), "acme-qbr/slides");
    /// assert_eq!(TaskPath::new("acme-qbr/../globex"), Err(NameError::NotATask));
    /// # Ok::<(), NameError>(())
    /// ```
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
    /// Returns the task that is `step` below this one.
    ///
    /// # Errors
    /// [`NameError::TooLong`] and [`NameError::TooManySegments`] for a joined path of more than 256
    /// bytes or 32 segments.
    pub fn join(&self, step: &Self) -> Result<Self, NameError> {
        Self::new(&format!("{self}/{step}"))
    }

    /// Returns the steps by which this task is below `above`, or `None` if it is the same task or
    /// not below.
    #[must_use]
    pub fn below(&self, above: &Self) -> Option<Self> {
        let steps = self
            .as_str()
            .strip_prefix(above.as_str())?
            .strip_prefix('/')?;
        Self::new(steps).ok()
    }
}
