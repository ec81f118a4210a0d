//! The places where U+200C ZERO WIDTH NON-JOINER and U+200D ZERO WIDTH JOINER shape letters, so
//! that a reader sees that they are there.

use super::display::holds;
use super::unicode::{INHERITED, SCRIPTS, Script};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// Returns whether `character` is U+200C or U+200D and stands between two letters of one script
/// which it shapes:
///
/// 1. U+200C between letters that would otherwise join (RFC 5892 appendix A.1), as in Arabic
///    script, Syriac, N'Ko, Mongolian.
/// 2. U+200C or U+200D after a virama (RFC 5892 appendices A.1 and A.2), as in Devanagari, Sinhala,
///    Malayalam.
/// 3. U+200D before a virama (Unicode core specification, sections 12.2 and 13.2), as in Bengali,
///    Kannada, Sinhala.
///
/// Narrower than RFC 5892 in that a letter of the same script follows a virama: what a joiner does
/// at the end of a word or between two scripts can't be seen.
pub(super) fn shapes(before: &str, character: char, after: &str) -> bool {
    let mut after = after.chars();
    let (next, later) = (after.next(), after.next());
    matches!(character, NON_JOINER | JOINER)
        && SCRIPTS.iter().any(|script| {
            (character == NON_JOINER && script.would_join(before, next))
                || script.follows_virama(before, next)
                || (character == JOINER && script.precedes_virama(before, next, later))
        })
}

impl Script {
    fn would_join(&self, before: &str, next: Option<char>) -> bool {
        self.base(before)
            .is_some_and(|base| holds(self.joins_next, base))
            && next.is_some_and(|next| holds(self.joins_previous, next))
    }

    fn follows_virama(&self, before: &str, next: Option<char>) -> bool {
        before
            .chars()
            .next_back()
            .is_some_and(|last| holds(self.viramas, last))
            && self
                .base(before)
                .is_some_and(|base| holds(self.letters, base))
            && next.is_some_and(|next| holds(self.letters, next))
    }

    fn precedes_virama(&self, before: &str, next: Option<char>, later: Option<char>) -> bool {
        before
            .chars()
            .next_back()
            .is_some_and(|last| holds(self.letters, last))
            && next.is_some_and(|next| holds(self.viramas, next))
            && later.is_some_and(|later| holds(self.letters, later))
    }

    /// The last character of a text that is no mark on the one before it.
    fn base(&self, text: &str) -> Option<char> {
        text.chars()
            .rev()
            .find(|character| !holds(self.marks, *character) && !holds(INHERITED, *character))
    }
}
