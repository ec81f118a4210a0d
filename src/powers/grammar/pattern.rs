use crate::primitives::bounds::MAX_PATTERN_BYTES;
use crate::primitives::{OutOfWork, Work, debug_text, tally};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why a text is not a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Two stars in a row say nothing that one does not.
    #[error("a pattern has no two stars in a row")]
    DoubleStar,
    /// Longer than a pattern may be.
    #[error("a pattern has at most {MAX_PATTERN_BYTES} bytes")]
    TooLong,
}

/// A text pattern: `*` stands for any characters, also none; everything else for itself. There is
/// nothing more, and never will be: whether one pattern contains another stays decidable in time
/// *n·m*.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Checks and wraps a pattern.
    ///
    /// # Errors
    /// [`PatternError::DoubleStar`] for `a**`; [`PatternError::TooLong`].
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong);
        }
        if pattern.contains("**") {
            return Err(PatternError::DoubleStar);
        }
        Ok(Self(pattern.into()))
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether any text at all matches.
    pub(crate) fn is_everything(&self) -> bool {
        &*self.0 == "*"
    }

    /// The one text that matches, if the pattern has no star.
    pub(crate) fn literal(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&*self.0)
    }

    /// The pattern with every star replaced by `filling`.
    pub(crate) fn filled(&self, filling: &str) -> String {
        self.0.replace('*', filling)
    }

    /// Whether `text` matches, in a number of steps that grows with the lengths of both, and not
    /// with their product.
    ///
    /// The pieces before the first star and after the last are where the text begins and ends. Each
    /// piece between two stars is taken where it comes first, which is enough because no later
    /// place leaves more of the text for those that follow.
    pub(crate) fn matches(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend_len((self.0.len() >> 4).saturating_add(2))?;
        tally::bulk(self.0.len());
        let mut pieces = self.0.split('*');
        // A split has a first piece, if it is an empty one.
        let first = pieces.next().unwrap_or_default();
        let Some(rest) = text.strip_prefix(first) else {
            return Ok(false);
        };
        let Some(last) = pieces.next_back() else {
            return Ok(rest.is_empty());
        };
        let Some(mut rest) = rest.strip_suffix(last) else {
            return Ok(false);
        };
        let mut to_search = rest.len();
        for piece in pieces {
            // The search prepares itself by a walk over the piece, and looks at each byte of the
            // text twice at most; no byte is searched for two pieces, so the text counts once.
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

    /// Whether every text that `child` matches is matched by this.
    ///
    /// Put a letter that neither pattern uses for the child's stars and match the result: this
    /// pattern can take that letter only with a star of its own, and that star takes anything else
    /// in its place as well. Conversely, if it does not match, the result is itself a text that
    /// only the child matches.
    pub(crate) fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        // Two walks, and a text that is made of the child's.
        work.spend_len(
            self.0
                .len()
                .saturating_add(child.0.len())
                .saturating_add(16),
        )?;
        let Some(letter) = unused_in(&self.0, &child.0) else {
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

/// A letter that is in neither text: one of 520 for private use, which take four bytes each, so
/// that two patterns do not have room for all of them.
fn unused_in(one: &str, other: &str) -> Option<char> {
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

/// Letters among which to look for one that is not used: two thousand, more than two patterns have
/// room for.
pub(crate) fn letters() -> impl Iterator<Item = char> {
    ('a'..='z').chain('\u{4e00}'..='\u{55ff}')
}
