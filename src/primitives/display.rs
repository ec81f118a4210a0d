//! Texts from outside, as messages show them. One function escapes invisible characters, and every
//! message uses it.

use super::unicode::{MARKS, UNSEEN};
use std::fmt;
use std::fmt::{Debug, Display, Formatter, Write};
use std::ops::Deref;

/// Returns whether the table contains `character`.
///
/// A table is a sorted list of code points. The property begins at the first, ends before the
/// second, begins again at the third, and so on.
pub(super) fn holds(edges: &[u32], character: char) -> bool {
    // An odd number of edges at or before the character means that the property holds for it.
    edges.partition_point(|edge| *edge <= u32::from(character)) & 1 == 1
}

/// Returns whether a character is invisible, reorders text, or has no predictable form, by
/// Unicode's data.
pub(super) fn is_unseen(character: char) -> bool {
    // Printable ASCII is the common case, and needs no search.
    !matches!(character, ' '..='~') && holds(UNSEEN, character)
}

/// Returns whether a character is drawn onto the one before it.
pub(super) fn is_mark(character: char) -> bool {
    !character.is_ascii() && holds(MARKS, character)
}

/// Writes `text` so that a reader sees all of it and nothing else.
///
/// - An [unseen](is_unseen) character is written as `\u{…}`.
/// - So is a combining mark that no character of the text precedes.
/// - A backslash is written before each backslash and each `mark`.
fn write_escaped(f: &mut Formatter<'_>, text: &str, mark: Option<char>) -> fmt::Result {
    // A combining mark is drawn onto the character before it. That must be one of the text, and not
    // the opening quote or the brace of an escape.
    let mut has_base = false;
    for character in text.chars() {
        let is_escaped = is_unseen(character) || (is_mark(character) && !has_base);
        if is_escaped {
            write!(f, "{}", character.escape_unicode())?;
        } else {
            if Some(character) == mark || character == '\\' {
                f.write_char('\\')?;
            }
            f.write_char(character)?;
        }
        has_base = !is_escaped;
    }
    Ok(())
}

fn write_between(f: &mut Formatter<'_>, mark: char, text: &str) -> fmt::Result {
    f.write_char(mark)?;
    write_escaped(f, text, Some(mark))?;
    f.write_char(mark)
}

/// A text in double quotes, escaped.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_between(f, '"', self.0)
    }
}

impl Debug for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// A text in backticks, escaped. Messages show found and expected values this way.
pub(crate) struct Ticked<'a>(pub(crate) &'a str);

impl Display for Ticked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_between(f, '`', self.0)
    }
}

/// The name of an argument: bare if it is an ordinary word, else quoted.
pub(crate) struct Bare<'a>(pub(crate) &'a str);

impl Display for Bare<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_plain(f, self.0, |character| {
            character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
        })
    }
}

/// A path: bare if it is made of ordinary characters, else quoted.
pub(crate) struct Located<'a>(pub(crate) &'a str);

impl Display for Located<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_plain(f, self.0, |character| {
            is_ordinary(character) || "/._-~%+@:".contains(character)
        })
    }
}

/// A label, issuer or audience beside other words: bare if it is made of ordinary characters, and
/// quoted where a reader could take it for more.
///
/// Ordinary characters are letters, digits, single spaces between them, and the punctuation of mail
/// addresses and SPIFFE ids.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A checked name has U+200C and U+200D only where they shape letters, so a reader sees
        // their effect.
        let joiner = |character| matches!(character, '\u{200c}' | '\u{200d}');
        write_plain(f, self.0, |character| {
            is_ordinary(character) || joiner(character) || " -_.@:/+".contains(character)
        })
    }
}

/// Returns whether a character is a visible letter or digit of any script, or a mark on one.
fn is_ordinary(character: char) -> bool {
    (character.is_alphanumeric() || is_mark(character)) && !is_unseen(character)
}

fn write_plain(f: &mut Formatter<'_>, text: &str, plain: impl Fn(char) -> bool) -> fmt::Result {
    // A mark at the beginning would be drawn onto the word before the text.
    if !text.is_empty() && !text.starts_with(is_mark) && text.chars().all(plain) {
        f.write_str(text)
    } else {
        write_between(f, '"', text)
    }
}

/// Writes the `Debug` form of a type that holds one text.
pub(crate) fn debug_text(f: &mut Formatter<'_>, name: &str, text: &str) -> fmt::Result {
    f.debug_tuple(name).field(&Quoted(text)).finish()
}

/// A text from outside, as an error holds it.
///
/// [`Display`] shows it in backticks and [`Debug`] in quotes. Both escape every character that is
/// invisible or reorders text. It dereferences to the text itself.
///
/// ```
/// use mandatum::primitives::ForeignText;
/// let text = ForeignText::from("a\u{202e}b");
/// assert_eq!(text.to_string(), r"`a\u{202e}b`");
/// assert_eq!(&*text, "a\u{202e}b");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignText(Box<str>);

impl Display for ForeignText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&Ticked(&self.0), f)
    }
}

impl Debug for ForeignText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&Quoted(&self.0), f)
    }
}

impl Deref for ForeignText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ForeignText {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for ForeignText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}
