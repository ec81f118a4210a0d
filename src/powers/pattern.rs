use crate::ground::bounds::MAX_PATTERN_BYTES;
use crate::ground::{OutOfWork, Work, debug_text};
use std::fmt;
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

/// A text pattern: `*` stands for any characters, also none; everything else for itself. There is nothing more, and
/// never will be: whether one pattern contains another stays decidable in time *n·m*.
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
    pub(super) fn is_everything(&self) -> bool {
        &*self.0 == "*"
    }

    /// The one text that matches, if the pattern has no star.
    pub(super) fn literal(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&*self.0)
    }

    /// The pattern with every star replaced by `filling`.
    pub(super) fn filled(&self, filling: &str) -> String {
        self.0.replace('*', filling)
    }

    /// Whether `text` matches, in at most *n·m* steps.
    ///
    /// Literals are matched greedily; on a mismatch only the last star takes one byte more, which is enough because an
    /// earlier star can't do better than the leftmost match it already has. UTF-8 lets bytes stand for characters.
    pub(super) fn matches(&self, text: &str, work: &mut Work) -> Result<bool, OutOfWork> {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0_usize, 0_usize);
        let mut last_star: Option<(usize, usize)> = None;
        while let Some(byte) = text.get(t) {
            work.spend(1)?;
            match pattern.get(p) {
                Some(b'*') => {
                    p = p.saturating_add(1);
                    last_star = Some((p, t));
                }
                Some(literal) if literal == byte => {
                    p = p.saturating_add(1);
                    t = t.saturating_add(1);
                }
                _ => match last_star {
                    None => return Ok(false),
                    Some((after_star, taken)) => {
                        let longer = taken.saturating_add(1);
                        (p, t) = (after_star, longer);
                        last_star = Some((after_star, longer));
                    }
                },
            }
        }
        Ok(matches!(pattern.get(p..), Some(b"" | b"*")))
    }

    /// Whether every text that `child` matches is matched by this.
    ///
    /// Put a letter that neither pattern uses for the child's stars and match the result: this pattern can take that
    /// letter only with a star of its own, and that star takes anything else in its place as well. Conversely, if it does
    /// not match, the result is itself a text that only the child matches.
    pub(super) fn covers(&self, child: &Self, work: &mut Work) -> Result<bool, OutOfWork> {
        work.spend_len(self.0.len().saturating_add(child.0.len()))?;
        let used = |letter: &char| self.0.contains(*letter) || child.0.contains(*letter);
        match letters().find(|letter| !used(letter)) {
            Some(letter) => self.matches(&child.filled(letter.encode_utf8(&mut [0; 4])), work),
            None => Ok(false),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_text(f, "Pattern", &self.0)
    }
}

/// Letters among which to look for one that is not used: two thousand, more than two patterns have room for.
pub(super) fn letters() -> impl Iterator<Item = char> {
    ('a'..='z').chain('\u{4e00}'..='\u{55ff}')
}
