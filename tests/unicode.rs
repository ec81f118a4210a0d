//! The library's tables of characters are what the Unicode Character Database says, code point by
//! code point.
//!
//! `MANDATUM_BLESS=1 cargo test --test unicode the_tables` writes `src/primitives/unicode.rs` anew.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../src/primitives/unicode.rs"]
mod unicode;

use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, IndicSyllabicCategory, JoiningType, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData, PropertyNamesShort};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

/// The version whose data these are, and how many characters it has: graphic ones and format
/// controls (<https://www.unicode.org/versions/Unicode17.0.0/>, "Summary"). `icu_properties` does
/// not say its version.
const VERSION: (&str, usize) = ("17.0", 159_801);

const CODE_POINTS: std::ops::Range<u32> = 0..0x11_0000;

/// Characters that no property marks and most fonts leave blank, or draw as an empty frame: each
/// with its source.
const BLANK: [(u32, &str); 6] = [
    (
        0x2800,
        "BRAILLE PATTERN BLANK: no dots (its code chart: \"imaged as a fixed-width blank\")",
    ),
    (
        0xfffc,
        "OBJECT REPLACEMENT CHARACTER: a place for what is not there (core specification, 23.8)",
    ),
    (
        0x1_3441,
        "EGYPTIAN HIEROGLYPH FULL BLANK (core specification, section 11.4)",
    ),
    (
        0x1_3442,
        "EGYPTIAN HIEROGLYPH HALF BLANK (core specification, section 11.4)",
    ),
    (
        0x1_6fe4,
        "KHITAN SMALL SCRIPT FILLER: invisible (core specification, section 18.12)",
    ),
    (
        0x1_d159,
        "MUSICAL SYMBOL NULL NOTEHEAD: no notehead (core specification, section 21.2)",
    ),
];

/// A code point and what the tables need of it.
#[derive(Clone, Copy)]
struct Point {
    at: u32,
    script: Script,
    /// Whether it shows nothing, reorders what stands around it, or shows nothing predictable.
    is_unseen: bool,
    is_mark: bool,
    is_letter: bool,
    is_virama: bool,
    joins_next: bool,
    joins_previous: bool,
}

impl Point {
    fn new(at: u32) -> Self {
        use GeneralCategory as Of;
        let category = category(at);
        let shows_nothing = matches!(
            category,
            Of::Control
                | Of::Format
                | Of::SpaceSeparator
                | Of::LineSeparator
                | Of::ParagraphSeparator
                | Of::PrivateUse
                | Of::Surrogate
                | Of::Unassigned
        );
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains32(at);
        let is_unseen = at != 0x20
            && (shows_nothing || ignorable || BLANK.iter().any(|(blank, _)| *blank == at));
        let mark = matches!(
            category,
            Of::NonspacingMark | Of::SpacingMark | Of::EnclosingMark
        );
        let letter = matches!(
            category,
            Of::UppercaseLetter
                | Of::LowercaseLetter
                | Of::TitlecaseLetter
                | Of::ModifierLetter
                | Of::OtherLetter
        );
        let is_letter = letter && !is_unseen;
        let joining = CodePointMapData::<JoiningType>::new().get32(at);
        let syllabic = CodePointMapData::<IndicSyllabicCategory>::new().get32(at);
        Self {
            at,
            script: CodePointMapData::<Script>::new().get32(at),
            is_unseen,
            is_mark: mark && !is_unseen,
            is_letter,
            is_virama: syllabic == IndicSyllabicCategory::Virama,
            joins_next: is_letter
                && matches!(joining, JoiningType::LeftJoining | JoiningType::DualJoining),
            joins_previous: is_letter
                && matches!(
                    joining,
                    JoiningType::RightJoining | JoiningType::DualJoining
                ),
        }
    }

    fn is_inherited(&self) -> bool {
        self.is_mark && self.script == Script::Inherited
    }
}

fn category(at: u32) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get32(at)
}

/// The tables, each as the code points at which it begins and ceases to hold.
struct Tables {
    unseen: Vec<u32>,
    marks: Vec<u32>,
    inherited: Vec<u32>,
    scripts: Vec<OfScript>,
}

struct OfScript {
    name: &'static str,
    letters: Vec<u32>,
    marks: Vec<u32>,
    viramas: Vec<u32>,
    joins_next: Vec<u32>,
    joins_previous: Vec<u32>,
}

impl Tables {
    fn of_the_database() -> Self {
        let points: Vec<Point> = CODE_POINTS.map(Point::new).collect();
        // U+200C and U+200D shape letters that join, and those that a virama makes conjuncts of.
        let uses = |point: &&Point| point.is_virama || point.joins_next || point.joins_previous;
        let scripts: BTreeSet<Script> = points
            .iter()
            .filter(uses)
            .map(|point| point.script)
            .collect();
        let mut scripts: Vec<OfScript> = scripts
            .into_iter()
            .map(|script| OfScript::new(script, &points))
            .collect();
        scripts.sort_unstable_by_key(|script| script.name);
        Self {
            unseen: edges(&points, |point| point.is_unseen),
            marks: edges(&points, |point| point.is_mark),
            inherited: edges(&points, Point::is_inherited),
            scripts,
        }
    }
}

impl OfScript {
    fn new(script: Script, points: &[Point]) -> Self {
        let points: Vec<Point> = points
            .iter()
            .filter(|point| point.script == script)
            .copied()
            .collect();
        Self {
            name: PropertyNamesShort::<Script>::new()
                .get(script)
                .expect("a script has a name"),
            letters: edges(&points, |point| point.is_letter),
            marks: edges(&points, |point| point.is_mark),
            viramas: edges(&points, |point| point.is_virama),
            joins_next: edges(&points, |point| point.joins_next),
            joins_previous: edges(&points, |point| point.joins_previous),
        }
    }
}

/// The code points at which `holds` begins and ceases to be true.
fn edges(points: &[Point], holds: impl Fn(&Point) -> bool) -> Vec<u32> {
    let mut edges: Vec<u32> = Vec::new();
    for point in points.iter().filter(|point| holds(point)) {
        if edges.last() == Some(&point.at) {
            edges.pop();
        } else {
            edges.push(point.at);
        }
        edges.push(point.at + 1);
    }
    edges
}

fn written(edges: &[u32]) -> String {
    let edges: Vec<String> = edges.iter().map(|edge| format!("{edge:#x}")).collect();
    format!("&[{}]", edges.join(", "))
}

fn file(tables: &Tables) -> String {
    let mut out = String::new();
    let head = format!(
        "//! Tables of the Unicode Character Database, version {}. Each lists the code points at which a
//! property begins and ends.
//!
//! The tables are generated from the data of the crate `icu_properties` by `MANDATUM_BLESS=1 cargo
//! test --test unicode`. Without that variable the test compares this file with that data, code
//! point by code point. The crate is no dependency of the library, because it brings a dozen others
//! and few properties are needed.

",
        VERSION.0
    );
    out.push_str(&head);
    let mut table = |doc: &str, name: &str, edges: &[u32]| {
        writeln!(
            out,
            "{doc}\npub(super) const {name}: &[u32] = {};\n",
            written(edges)
        )
        .expect("a string takes all");
    };
    let mut unseen = "/// Characters that are invisible, that reorder the text around them, or that have no predictable
/// form: `Default_Ignorable_Code_Point`, the general categories Cc, Cf, Co, Cn, Zl, Zp, and Zs
/// without U+0020. The following blanks have no property that tells them:
///"
    .to_owned();
    for (point, why) in BLANK {
        write!(unseen, "\n/// - U+{point:04X} {why}").expect("a string takes all");
    }
    table(&unseen, "UNSEEN", &tables.unseen);
    table(
        "/// The general categories Mn, Mc and Me, without the members of `UNSEEN`.",
        "MARKS",
        &tables.marks,
    );
    table(
        "/// The members of `MARKS` that go with letters of any script: the script Inherited.",
        "INHERITED",
        &tables.inherited,
    );
    out.push_str(
        "/// A script whose letters U+200C and U+200D shape.
pub(super) struct Script {
    /// The general categories Lu, Ll, Lt, Lm and Lo.
    pub(super) letters: &'static [u32],
    /// The members of `MARKS` in this script.
    pub(super) marks: &'static [u32],
    /// `Indic_Syllabic_Category` Virama.
    pub(super) viramas: &'static [u32],
    /// The letters of `Joining_Type` L or D.
    pub(super) joins_next: &'static [u32],
    /// The letters of `Joining_Type` R or D.
    pub(super) joins_previous: &'static [u32],
}

/// The scripts that have a virama or letters that join, in the order of their ISO 15924 names.
pub(super) const SCRIPTS: &[Script] = &[\n",
    );
    for script in &tables.scripts {
        writeln!(
            out,
            "    // {}\n    Script {{ letters: {}, marks: {}, viramas: {}, joins_next: {}, joins_previous: {} }},",
            script.name,
            written(&script.letters),
            written(&script.marks),
            written(&script.viramas),
            written(&script.joins_next),
            written(&script.joins_previous)
        )
        .expect("a string takes all");
    }
    out.push_str("];\n");
    out
}

fn path() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/primitives/unicode.rs"
    ))
}

#[test]
fn the_tables_say_of_every_code_point_what_the_database_says() {
    let tables = Tables::of_the_database();
    if std::env::var_os("MANDATUM_BLESS").is_some() {
        std::fs::write(path(), file(&tables)).expect("the file is written");
        let formatted = std::process::Command::new("rustfmt")
            .args(["--edition", "2024"])
            .arg(path())
            .status();
        assert!(formatted.expect("rustfmt runs").success());
        return;
    }
    // Edges that rise one after the other say one thing of each code point, so equal edges say the
    // same of all of them.
    assert_eq!(unicode::UNSEEN, tables.unseen);
    assert_eq!(unicode::MARKS, tables.marks);
    assert_eq!(unicode::INHERITED, tables.inherited);
    assert_eq!(unicode::SCRIPTS.len(), tables.scripts.len());
    for (script, expected) in unicode::SCRIPTS.iter().zip(&tables.scripts) {
        assert_eq!(
            script.letters, expected.letters,
            "letters of {}",
            expected.name
        );
        assert_eq!(script.marks, expected.marks, "marks of {}", expected.name);
        assert_eq!(
            script.viramas, expected.viramas,
            "viramas of {}",
            expected.name
        );
        assert_eq!(
            script.joins_next, expected.joins_next,
            "joins_next of {}",
            expected.name
        );
        assert_eq!(
            script.joins_previous, expected.joins_previous,
            "joins_previous of {}",
            expected.name
        );
    }
}

#[test]
fn the_version_is_the_one_that_the_tables_name() {
    use GeneralCategory as Of;
    let none = [Of::Unassigned, Of::PrivateUse, Of::Control, Of::Surrogate];
    assert_eq!(
        CODE_POINTS
            .filter(|point| !none.contains(&category(*point)))
            .count(),
        VERSION.1
    );
    let text = std::fs::read_to_string(path()).expect("the file is read");
    assert!(text.starts_with(&format!(
        "//! Tables of the Unicode Character Database, version {}.",
        VERSION.0
    )));
}
