//! What a name can't do: hide, or pass for several.

use crate::support::story::{ORCHESTRATOR, anchor, key, now, read_crm, root_claims};
use mandatum::chain::{AnchorKey, ChainErrorKind};
use mandatum::charge::LedgerOutcome;
use mandatum::claims::Holder;
use mandatum::decide::{Presentation, Presenter};
use mandatum::primitives::NameError;
use mandatum::{
    Action, Audience, Chain, DecisionContext, Effect, Issuer, Label, Register, Seconds,
    ServerContext, Verifier, issue,
};

/// Characters that show nothing or reorder text, a few of every kind. That all of them are known,
/// `tests/unicode.rs` holds.
#[rustfmt::skip]
const HIDDEN: &[char] = &[
    '\0', '\t', '\n', '\u{7f}', '\u{85}', '\u{9b}', // controls
    '\u{a0}', '\u{1680}', '\u{2003}', '\u{202f}', '\u{205f}', '\u{3000}', '\u{2028}', '\u{2029}', // spaces and ends of lines
    '\u{ad}', '\u{61c}', '\u{200b}', '\u{200e}', '\u{202e}', '\u{2060}', '\u{2066}', '\u{feff}', '\u{fffa}', // format
    '\u{1d173}', '\u{13430}', '\u{e0001}', '\u{e0041}', // format, beyond U+FFFF
    '\u{34f}', '\u{180e}', '\u{180b}', '\u{fe00}', '\u{fe0f}', '\u{e0100}', '\u{e01ef}', // joiners, variation selectors
    '\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{17b4}', '\u{17b5}', // letters that are blank
    '\u{2800}', '\u{fffc}', '\u{13441}', '\u{16fe4}', '\u{1d159}', // other blanks
    '\u{378}', '\u{2065}', '\u{e0fff}', '\u{fdd0}', '\u{ffff}', '\u{10ffff}', // unassigned
    '\u{e000}', '\u{f0000}', // private
];

#[test]
fn no_name_hides_what_it_says() {
    for hidden in HIDDEN.iter().copied() {
        for (name, at) in [
            (format!("al{hidden}ice"), 2),
            (format!("ana{hidden}"), 3),
            (format!("{hidden}ana"), 0),
        ] {
            let refused = NameError::Unprintable {
                character: hidden,
                at,
            };
            assert_eq!(Label::new(&name), Err(refused), "{hidden:?}");
            assert_eq!(name.parse::<Issuer>(), Err(refused), "{hidden:?}");
            assert_eq!(name.parse::<Audience>(), Err(refused), "{hidden:?}");
        }
    }
    for shown in [
        "Zoë 李 \u{1f600}",
        "e\u{301}",
        "नमस्ते",
        "ภาษาไทย",
        "한국어",
        "日本語",
        "a – b",
        "اردو",
    ] {
        assert!(Label::new(shown).is_ok(), "{shown}");
    }
}

#[test]
fn a_joiner_stands_only_between_letters_that_it_shapes() {
    for name in [
        "می\u{200c}خواهم",  // Persian: yeh would join khah
        "نیم\u{200c}فاصله", // meem and feh
        "علی\u{200c}رضا",   // reh joins the letter before it
        "مَ\u{200c}خ",       // a mark stands on the meem
        "ܫ\u{200c}ܠ",       // Syriac
        "ߒ\u{200c}ߞ",       // N'Ko
        "ᠮ\u{200c}ᠣ",       // Mongolian
        "ශ්\u{200d}රී",       // Sinhala
        "ක්\u{200d}ෂ",
        "श्\u{200d}याम", // Devanagari
        "क्\u{200c}ष",
        "সফ্ট্\u{200c}ওয়্যার",   // Bengali
        "র\u{200d}্যাব",       // Bengali, before the virama
        "ರ\u{200d}್ಕ",        // Kannada, before the virama
        "సాఫ్ట్\u{200c}వేర్",     // Telugu
        "സോഫ്റ്റ്\u{200c}വെയർ", // Malayalam
    ] {
        assert!(Label::new(name).is_ok(), "{}", name.escape_unicode());
    }
    for name in [
        "an\u{200c}a",
        "an\u{200d}a",
        "ana\u{200d}",
        "\u{200c}ana",
        "می\u{200c}", // nothing after it
        "\u{200c}می",
        "می\u{200c} خ",        // a space after it
        "می\u{200c}\u{200c}خ", // twice
        "می\u{200d}خ",         // these join anyway
        "کار\u{200c}ها",       // reh joins no next letter
        "م\u{200c}ܠ",          // of two scripts
        "م\u{200c}a",
        "م\u{200c}1",
        "م\u{200c}\u{64e}خ", // a mark after it stands on nothing
        "ශ්\u{200d}",
        "ශ\u{200d}ර", // without a virama
        "ශ්\u{200d}ර\u{200d}",
        "ශ්\u{200d}य", // of two scripts
        "a्\u{200d}य", // a virama on a letter of another script
        "्\u{200d}य",
        "क\u{200c}्ष",                 // U+200C before the virama
        "क\u{200d}्",                  // no letter after the virama
        "क्\u{200d}ा",                 // a vowel sign after it
        "\u{1f468}\u{200d}\u{1f469}", // emoji
        "กฺ\u{200d}ก",                 // a script without conjuncts
    ] {
        let escaped = name.escape_unicode();
        assert!(
            matches!(
                Label::new(name),
                Err(NameError::Unprintable {
                    character: '\u{200c}' | '\u{200d}',
                    ..
                } | NameError::MarkFirst)
            ),
            "{escaped}"
        );
    }
}

#[test]
fn no_space_of_a_name_is_overlooked() {
    for (name, at) in [
        (" ana", 0),
        ("ana ", 3),
        ("ana  b", 3),
        (" ", 0),
        ("  ", 0),
        ("a b  c", 3),
    ] {
        assert_eq!(Label::new(name), Err(NameError::Space { at }), "{name:?}");
    }
    assert!(Label::new("Ana María de la Cruz").is_ok());
    assert_eq!(Label::new("\u{301}ana"), Err(NameError::MarkFirst));
    assert_eq!(Label::new("\u{20dd}"), Err(NameError::MarkFirst));
}

#[test]
fn a_refusal_says_which_character_and_what_was_expected() {
    let refused = Label::new("ana\u{3164}").unwrap_err();
    let said = "character '\\u{3164}' at byte 3 is invisible or reorders text; expected only characters that a reader sees, \
                and U+200C and U+200D only between letters that they shape";
    assert_eq!(refused.to_string(), said);
    assert_eq!(
        format!("{refused:?}"),
        "Unprintable { character: '\\u{3164}', at: 3 }"
    );
}

#[test]
fn a_holders_name_adds_no_station_to_the_trace() {
    let mut root = root_claims(mandatum::Powers::new([read_crm(&["acme"])]).unwrap());
    root.link.holder =
        Holder::new(key(ORCHESTRATOR).public()).with_name("agent → auditor".parse().unwrap());
    let chain = Chain::from(
        issue(&anchor(), root, now())
            .unwrap()
            .sign(&key(1))
            .unwrap(),
    );
    let verifier = Verifier::new([anchor()])
        .unwrap()
        .dangerous_effects_as_stated()
        .dangerous_accept_asserted_up_to(Effect::Read);
    let call = mandatum::Call::new(
        [1; 16],
        Action::new("crm.read", [("account", "acme")], Effect::Read).unwrap(),
    );
    let presenter = Presenter::Asserted {
        holder: key(ORCHESTRATOR).public(),
        leaf: chain.leaf_id(),
    };
    let context = DecisionContext::new(
        ServerContext::new(now(), "https://crm.example".parse().unwrap()),
        Register::none(),
    );
    let presentation = Presentation {
        call: &call,
        presenter,
    };
    let unsettled = verifier
        .decide(&verifier.verify(&chain).unwrap(), &presentation, &context)
        .unwrap();
    let answer = unsettled.charges().answer(LedgerOutcome::Reserved);
    let trace = unsettled.settle(answer).unwrap().trace();
    let shown = format!(
        "alice → \"agent → auditor\" (key {}) → crm.read",
        key(ORCHESTRATOR).public()
    );
    assert_eq!(trace.to_string(), shown);
}

#[test]
fn a_root_that_only_retired_keys_could_sign_is_not_issued() {
    let retired = AnchorKey::retired(key(1).public(), now());
    let powers = mandatum::Powers::new([read_crm(&["acme"])]).unwrap();
    let anchor = mandatum::Anchor::with_keys(
        anchor().issuer().clone(),
        [retired],
        powers.clone(),
        Seconds::hours(8),
    );
    let error = issue(&anchor.unwrap(), root_claims(powers), now()).unwrap_err();
    assert_eq!(
        error.kind,
        ChainErrorKind::RetiredKey {
            before: now(),
            issued_at: now()
        }
    );
}
