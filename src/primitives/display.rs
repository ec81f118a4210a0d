//! Texts from outside as people see them: one function escapes what can't be seen, and every
//! message goes through it.

use super::unicode::{MARKS, UNSEEN};
use std::fmt;
use std::fmt::{Debug, Display, Formatter, Write};
use std::ops::Deref;

/// Returns whether a table of edges holds a character.
pub(super) fn holds(edges: &[u32], character: char) -> bool {
    // Before the first edge a table does not hold; each edge changes that.
    edges.partition_point(|edge| *edge <= u32::from(character)) & 1 == 1
}

/// Returns whether a character shows nothing, reorders text, or shows nothing predictable, by
/// Unicode's data.
pub(crate) fn is_unseen(character: char) -> bool {
    !matches!(character, ' '..='~') && holds(UNSEEN, character)
}

/// Returns whether a character is drawn onto the one before it.
pub(super) fn is_mark(character: char) -> bool {
    !character.is_ascii() && holds(MARKS, character)
}

/// Writes `text` so that a reader sees all of it and nothing else: `\u{…}` for each character that
/// is [unseen](is_unseen), and for a mark with no character of the text to stand on; a backslash
/// before each backslash and each `mark`.
fn write_escaped(f: &mut Formatter<'_>, text: &str, mark: Option<char>) -> fmt::Result {
    // A mark stands on the character before it, which must be the text's own: not the quote, not an
    // escape's brace.
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

/// A text in backticks, escaped, as messages show what they were given.
pub(crate) struct Ticked<'a>(pub(crate) &'a str);

impl Display for Ticked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_between(f, '`', self.0)
    }
}

/// An argument's name: bare where it is an ordinary word, quoted where it is not.
pub(crate) struct Bare<'a>(pub(crate) &'a str);

impl Display for Bare<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_plain(f, self.0, |character| {
            character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
        })
    }
}

/// A path: bare where it is made of ordinary characters, quoted where a reader could take it for
/// more.
pub(crate) struct Located<'a>(pub(crate) &'a str);

impl Display for Located<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_plain(f, self.0, |character| {
            is_ordinary(character) || "/._-~%+@:".contains(character)
        })
    }
}

/// A label, issuer or audience beside other words: bare where it is made of ordinary characters,
/// which are letters, digits, spaces between them and what mail addresses and SPIFFE ids are
/// written with; quoted where a reader could take it for more.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A name has U+200C and U+200D only where they shape letters, so a reader sees them.
        let joiner = |character| matches!(character, '\u{200c}' | '\u{200d}');
        write_plain(f, self.0, |character| {
            is_ordinary(character) || joiner(character) || " -_.@:/+".contains(character)
        })
    }
}

/// A letter or digit of any script, or a mark on one.
fn is_ordinary(character: char) -> bool {
    (character.is_alphanumeric() || is_mark(character)) && !is_unseen(character)
}

fn write_plain(f: &mut Formatter<'_>, text: &str, plain: impl Fn(char) -> bool) -> fmt::Result {
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

/// A text from outside, as an error holds it: [`Display`] shows it in backticks and [`Debug`] in
/// quotes, both with every character escaped that is invisible or reorders text. It dereferences to
/// the text itself.
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
