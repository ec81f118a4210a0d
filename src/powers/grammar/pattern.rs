use crate::primitives::bounds::MAX_PATTERN_BYTES;
use crate::primitives::{OutOfWork, Work, debug_text, tally};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Reason why a text is not a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The pattern has two stars in a row, which match the same texts as one.
    #[error("a pattern has no two stars in a row")]
    DoubleStar,
    /// The pattern is longer than a pattern may be.
    #[error("a pattern has at most {MAX_PATTERN_BYTES} bytes")]
    TooLong,
}

/// A text pattern: `*` matches any characters or none, and every other character matches itself.
///
/// Nothing else has a meaning, so that whether one pattern covers another is decided in time linear
/// in the lengths of both.
///
/// ```
/// use mandatum::powers::{Pattern, PatternError};
/// assert_eq!(Pattern::new("eu/*.pdf")?.as_str(), "eu/*.pdf");
/// assert_eq!(Pattern::new("eu/**"), Err(PatternError::DoubleStar));
/// assert_eq!(Pattern::new(&"a".repeat(1_025)), Err(PatternError::TooLong));
/// # Ok::<(), PatternError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Checks a pattern and wraps it.
    ///
    /// # Errors
    /// [`PatternError::DoubleStar`] for `a**`; [`PatternError::TooLong`] for more than 1,024 bytes.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong);
        }
        if pattern.contains("**") {
            return Err(PatternError::DoubleStar);
        }
        Ok(Self(pattern.into()))
    }

    /// Returns the pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether every text matches.
    pub(in crate::powers) fn is_everything(&self) -> bool {
        &*self.0 == "*"
    }

    /// Returns the only text that matches, if the pattern has no star.
    pub(crate) fn literal(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&*self.0)
    }

    /// Returns the pattern with every star replaced by `filling`.
    pub(crate) fn filled(&self, filling: &str) -> String {
        self.0.replace('*', filling)
    }

    /// Returns whether `text` matches, in a number of steps linear in the lengths of both.
    ///
    /// The text must begin with the piece before the first star, and end with the piece after the
    /// last star. Each piece between two stars is matched at its first occurrence. That suffices,
    /// because no later occurrence leaves more of the text for the pieces that follow.
    pub(crate) fn matches(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend_len((self.0.len() >> 4).saturating_add(2))?;
        tally::bulk(self.0.len());
        let mut pieces = self.0.split('*');
        // A split has at least one piece, so the default is never taken.
        let first = pieces.next().unwrap_or_default();
        let Some(rest) = text.strip_prefix(first) else {
            return Ok(false);
        };
        let Some(last) = pieces.next_back() else {
            // The pattern has no star: the whole text must be the first piece.
            return Ok(rest.is_empty());
        };
        let Some(mut rest) = rest.strip_suffix(last) else {
            return Ok(false);
        };
        let mut to_search = rest.len();
        for piece in pieces {
            // `find` first walks over the piece, and then looks at each byte of the text at most
            // twice. No byte is searched for two pieces, so the length of the text is spent once,
            // at the first piece.
            work.spend_len(
                std::mem::take(&mut to_search)
                    .saturating_add(piece.len())
                    .saturating_add(8),
            )?;
            let found = rest.find(piece);
            let passed = found.map_or(rest.len(), |at| at.saturating_add(piece.len()));
            tally::count(passed.saturating_add(piece.len()).saturating_mul(2));
            match rest.get(passed..) {
                Some(after) if found.is_some() => rest = after,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Returns whether every text that `child` matches is matched by this.
    ///
    /// The child's stars are replaced by a letter that neither pattern has, and the result is
    /// matched. If it matches, a star of this pattern matched each such letter, and that star also
    /// matches anything else in its place. If it does not match, the result is itself a text that
    /// only the child matches.
    pub(crate) fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        // Two walks to find the letter, and a new text from the child's.
        work.spend_len(
            self.0
                .len()
                .saturating_add(child.0.len())
                .saturating_add(16),
        )?;
        let Some(letter) = unused_in(&self.0, &child.0) else {
            // There are more letters than two patterns have room for, so this is never reached.
            return Ok(false);
        };
        tally::allocated(2);
        self.matches(&child.filled(letter.encode_utf8(&mut [0; 4])), work)
    }
}

impl AsRef<str> for Pattern {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for Pattern {
    type Err = PatternError;
    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::new(text)
    }
}

/// Returns a letter that is in neither text.
///
/// It is one of 520 letters for private use. Each takes four bytes, so two patterns of 1,024 bytes
/// have room for 512 of them at most.
fn unused_in(one: &str, other: &str) -> Option<char> {
    // The first of Unicode's Supplementary Private Use Area-A.
    const FIRST: u32 = 0xf_0000;
    const LETTERS: usize = 2 * MAX_PATTERN_BYTES / 4 + 8;
    tally::count(one.len().saturating_add(other.len()));
    let mut used = [false; LETTERS];
    for letter in one.chars().chain(other.chars()) {
        let place = u32::from(letter)
            .checked_sub(FIRST)
            .and_then(|place| usize::try_from(place).ok());
        if let Some(used) = place.and_then(|place| used.get_mut(place)) {
            *used = true;
        }
    }
    (FIRST..)
        .zip(used)
        .find(|(_, used)| !used)
        .and_then(|(letter, _)| char::from_u32(letter))
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "Pattern", &self.0)
    }
}

/// Returns letters among which one that is not used is looked for: 26 of one byte and 2,048 of
/// three, more than two patterns have room for.
pub(crate) fn letters() -> impl Iterator<Item = char> {
    ('a'..='z').chain('\u{4e00}'..='\u{55ff}')
}
