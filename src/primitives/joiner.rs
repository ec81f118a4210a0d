//! Places where U+200C ZERO WIDTH NON-JOINER and U+200D ZERO WIDTH JOINER shape letters. A reader
//! sees their effect there.

use super::display::holds;
use super::unicode::{INHERITED, SCRIPTS, Script};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// Returns whether `character` is U+200C or U+200D and shapes the two letters of one script that it
/// is between:
///
/// 1. U+200C between letters that would otherwise join (RFC 5892 appendix A.1), as in Arabic
///    script, Syriac, N'Ko, Mongolian.
/// 2. U+200C or U+200D after a virama (RFC 5892 appendices A.1 and A.2), as in Devanagari, Sinhala,
///    Malayalam.
/// 3. U+200D before a virama (Unicode core specification, sections 12.2 and 13.2), as in Bengali,
///    Kannada, Sinhala.
///
/// RFC 5892 accepts a joiner after any virama. Here a letter of the same script must follow,
/// because a joiner at the end of a word or between two scripts is not seen.
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
    /// Case 1: the letters on both sides would join without the non-joiner.
    fn would_join(&self, before: &str, next: Option<char>) -> bool {
        self.base(before)
            .is_some_and(|base| holds(self.joins_next, base))
            && next.is_some_and(|next| holds(self.joins_previous, next))
    }

    /// Case 2: a virama on a letter comes before, and a letter after.
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

    /// Case 3: a letter comes before, and a virama and a letter after.
    fn precedes_virama(&self, before: &str, next: Option<char>, later: Option<char>) -> bool {
        before
            .chars()
            .next_back()
            .is_some_and(|last| holds(self.letters, last))
            && next.is_some_and(|next| holds(self.viramas, next))
            && later.is_some_and(|later| holds(self.letters, later))
    }

    /// Returns the last character of a text that is not a mark.
    fn base(&self, text: &str) -> Option<char> {
        text.chars()
            .rev()
            .find(|character| !holds(self.marks, *character) && !holds(INHERITED, *character))
    }
}
