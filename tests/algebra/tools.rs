//! Names and patterns of tools: which there are, what they mean, which tool a table takes for what.

use crate::generate::check;
use mandatum::powers::{ToolError, ToolName, ToolPattern, ToolTableError};
use mandatum::{Capability, Effect, Powers, ToolTable};
use proptest::prelude::*;
use proptest::sample::select;

/// Names that tools of public servers have.
const REAL: [&str; 24] = [
    "getUser",
    "DATA_EXPORT_v2",
    "AssumeRoleWithIdentityContext",
    "CheckStorageEncryption",
    "ListDbInstances",
    "getJiraIssue",
    "createJiraIssue",
    "ToolChannelsList",
    "get_file_contents",
    "browser_take_screenshot",
    "confluence_get_page",
    "API-post-search",
    "crm.contacts.read",
    "mcp__github__create_issue",
    "slack:chat.postMessage",
    "repos/get-content",
    "a",
    "-",
    ".",
    "..",
    "/",
    ":",
    "_",
    "0",
];

#[test]
fn the_names_that_tools_have_are_names() {
    for name in REAL {
        let tool = ToolName::new(name).unwrap();
        assert_eq!((tool.as_str(), tool.to_string().as_str()), (name, name));
        assert_eq!(ToolPattern::new(name), Ok(ToolPattern::Exact(tool)));
        let family: ToolPattern = format!("{name}*").parse().unwrap();
        assert_eq!(family.to_string(), format!("{name}*"));
    }
    assert_ne!(
        ToolName::new("getUser"),
        ToolName::new("getuser"),
        "case counts"
    );
    assert!(ToolName::new(&"a".repeat(128)).is_ok());
    assert!(ToolPattern::new(&format!("{}*", "a".repeat(127))).is_ok());
}

#[test]
fn every_other_character_is_refused_at_its_place() {
    let others = (0..=0x7f_u8)
        .map(char::from)
        .chain("üА\u{200b}\u{202e}\u{ff0a}\u{10ffff}".chars());
    for found in others {
        if found.is_ascii_alphanumeric() || "_.:/-".contains(found) {
            continue;
        }
        let text = format!("get{found}user");
        let why = if found == '*' {
            ToolError::Star { at: 3 }
        } else {
            ToolError::Character { found, at: 3 }
        };
        assert_eq!(ToolName::new(&text), Err(why), "{text:?}");
        assert_eq!(ToolPattern::new(&text), Err(why), "{text:?}");
        assert_eq!(ToolPattern::new(&format!("{text}*")), Err(why), "{text:?}");
    }
}

#[test]
fn what_is_no_pattern_says_what_is_wrong() {
    let row = |pattern: &str, message: &str| {
        let error = ToolPattern::new(pattern).unwrap_err();
        assert_eq!(error.to_string(), message, "{pattern:?}");
    };
    row("", "a tool's name is not empty");
    row(
        "*",
        "`*` alone would mean every tool: list the tools, or how their names begin",
    );
    row(
        "**",
        "`*` at byte 0 is not at the end: the tools of a family begin alike, as in `get_*`",
    );
    row(
        "get*user",
        "`*` at byte 3 is not at the end: the tools of a family begin alike, as in `get_*`",
    );
    row(
        "*_user",
        "`*` at byte 0 is not at the end: the tools of a family begin alike, as in `get_*`",
    );
    row(
        "crm.**",
        "`*` at byte 4 is not at the end: the tools of a family begin alike, as in `get_*`",
    );
    row(
        "get user",
        "a tool's name has letters, digits and `_.:/-`, all of ASCII: found a space at byte 3",
    );
    row(
        "get\n",
        "a tool's name has letters, digits and `_.:/-`, all of ASCII: found a line break at byte 3",
    );
    row(
        "ge\u{301}t",
        "a tool's name has letters, digits and `_.:/-`, all of ASCII: found `\\u{301}` at byte 2",
    );
    row(
        "a\u{202e}",
        "a tool's name has letters, digits and `_.:/-`, all of ASCII: found `\\u{202e}` at byte 1",
    );
    row(
        "a,b",
        "a tool's name has letters, digits and `_.:/-`, all of ASCII: found `,` at byte 1",
    );
    row(
        &"a".repeat(129),
        "a tool's name has at most 128 bytes, this one 129",
    );
    row(
        &format!("{}*", "a".repeat(128)),
        "before `*` a tool pattern has at most 127 bytes, this one 128",
    );
    let message = "a pattern is not a tool's name: found `*` at byte 4";
    assert_eq!(ToolName::new("crm.*").unwrap_err().to_string(), message);
    assert_eq!(ToolName::new("*"), Err(ToolError::NotOneTool { at: 0 }));
    let error = ToolTable::new([("get_*", Effect::Read), ("get user", Effect::Read)]).unwrap_err();
    let wrong = ToolError::Character { found: ' ', at: 3 };
    assert_eq!(
        error,
        ToolTableError::Tool {
            pattern: "get user".into(),
            error: wrong
        }
    );
    assert!(
        error.to_string().starts_with("tool pattern `get user`: "),
        "{error}"
    );
}

#[test]
fn a_family_has_at_least_one_more_character() {
    let covers = |parent: &str, child: &str| {
        let [parent, child] = [parent, child].map(|pattern| ToolPattern::new(pattern).unwrap());
        parent.covers(&child)
    };
    for (parent, child) in [
        ("crm.*", "crm.x"),
        ("crm.*", "crm.contacts.read"),
        ("crm.*", "crm.*"),
        ("crm*", "crm.*"),
        ("crm*", "crm."),
        ("get_*", "get_u*"),
        ("g*", "getUser"),
    ] {
        assert!(covers(parent, child), "{parent} {child}");
        assert!(
            parent == child || !covers(child, parent),
            "{child} {parent}"
        );
    }
    for (one, other) in [
        ("get_*", "get_"),
        ("crm.*", "crm."),
        ("crm.*", "crm"),
        ("get_*", "Get_user"),
        ("get_*", "getUser"),
        ("get_u*", "get_f*"),
        ("get", "get*"),
    ] {
        assert!(!covers(one, other) && !covers(other, one), "{one} {other}");
    }
    let longest = format!("{}*", "a".repeat(127));
    assert!(covers(&longest, &"a".repeat(128)));
    assert!(
        !covers(&"a".repeat(128), &longest),
        "128 bytes and another last character"
    );
}

/// Texts of three characters that are often beginnings of each other.
fn texts() -> impl Strategy<Value = String> {
    "[aB.]{1,4}"
}

fn patterns() -> impl Strategy<Value = String> {
    (texts(), any::<bool>())
        .prop_map(|(text, is_family)| if is_family { format!("{text}*") } else { text })
}

/// Every name of up to six of the same characters, two more than any pattern has.
fn world() -> Vec<ToolName> {
    let mut names = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..6 {
        names = names
            .iter()
            .flat_map(|name| ['a', 'B', '.'].map(|last| format!("{name}{last}")))
            .collect();
        all.extend(names.iter().map(|name| ToolName::new(name).unwrap()));
    }
    all
}

fn means(pattern: &str, tool: &ToolName) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => tool.as_str().len() > prefix.len() && tool.as_str().starts_with(prefix),
        None => tool.as_str() == pattern,
    }
}

#[test]
fn coverage_is_inclusion_and_patterns_nest_or_are_apart() {
    let world = world();
    let seen = std::cell::Cell::new([0; 3]);
    check(
        600,
        &(
            patterns(),
            prop_oneof![9 => patterns().prop_map(Some), 1 => Just(None)],
        ),
        |(mine, theirs)| {
            let theirs = theirs.unwrap_or_else(|| mine.clone());
            let [a, b] = [&mine, &theirs].map(|pattern| ToolPattern::new(pattern).unwrap());
            let (mut within, mut around, mut both) = (true, true, false);
            for tool in &world {
                let (in_a, in_b) = (means(&mine, tool), means(&theirs, tool));
                assert_eq!(
                    (a.matches(tool), b.matches(tool)),
                    (in_a, in_b),
                    "{mine} {theirs} {tool}"
                );
                (within, around, both) = (
                    within && (!in_b || in_a),
                    around && (!in_a || in_b),
                    both || (in_a && in_b),
                );
            }
            assert_eq!(
                (a.covers(&b), b.covers(&a)),
                (within, around),
                "{mine} {theirs}"
            );
            assert_eq!(both, within || around, "{mine} {theirs}");
            let mut counts = seen.get();
            counts[usize::from(both) + usize::from(within && around)] += 1;
            seen.set(counts);
        },
    );
    assert!(seen.get().iter().all(|count| *count > 5), "{seen:?}");
}

/// The most specific pattern decides, found as nobody would search for it.
#[test]
fn a_table_takes_the_longest() {
    let world = world();
    let entries = proptest::collection::btree_map(
        patterns(),
        select(vec![Effect::Read, Effect::Write]),
        0..12,
    );
    let listed = std::cell::Cell::new(0);
    check(400, &entries, |entries| {
        let table = ToolTable::new(
            entries
                .iter()
                .map(|(pattern, effect)| (pattern.as_str(), *effect)),
        )
        .unwrap();
        for tool in &world {
            let matching = entries.iter().filter(|(pattern, _)| means(pattern, tool));
            // A tool's own name is as long as its longest prefix may be with the star.
            let longest =
                matching.max_by_key(|(pattern, _)| (!pattern.ends_with('*'), pattern.len()));
            let expected = longest.map_or(Effect::Irreversible, |(_, effect)| *effect);
            assert_eq!(table.effect(tool), expected, "{tool} in {entries:?}");
            listed.set(listed.get() + usize::from(longest.is_some()));
        }
        let read: std::collections::BTreeMap<String, Effect> = table.iter().collect();
        assert_eq!(read, entries);
    });
    assert!(listed.get() > 10_000, "{listed:?}");
    assert!(matches!(
        ToolTable::new([("a*", Effect::Read), ("a*", Effect::Read)]),
        Err(ToolTableError::Twice { .. })
    ));
}

/// A family that is not covered is shown by a tool, also where parents name tools of it one by one.
#[test]
fn a_family_beyond_is_shown_by_a_tool() {
    let powers = |patterns: &[String]| {
        Powers::new(
            patterns
                .iter()
                .map(|pattern| Capability::new(pattern, Effect::Read).unwrap()),
        )
        .unwrap()
    };
    let alphabet = || {
        ('a'..='z')
            .chain('A'..='Z')
            .chain('0'..='9')
            .chain("_.:/-".chars())
    };
    let long = "p".repeat(126);
    for prefix in ["get_", "g", &long] {
        let child = powers(&[format!("{prefix}*")]);
        let singles: Vec<String> = alphabet().map(|last| format!("{prefix}{last}")).collect();
        let families: Vec<String> = alphabet().map(|last| format!("{prefix}{last}*")).collect();
        let all_but_one = [&singles[..], &families[1..]].concat();
        for parents in [&[][..], &singles[..5], &singles, &families, &all_but_one] {
            let refused = powers(parents).covers(&child).unwrap_err();
            let shown = refused
                .witness
                .unwrap_or_else(|| panic!("{prefix} under {} patterns", parents.len()));
            assert!(
                child.permits(&shown).is_ok() && powers(parents).permits(&shown).is_err(),
                "{shown}"
            );
        }
        // All together they are the family, and no single one is.
        let all = [singles, families].concat();
        let refused = powers(&all).covers(&child).unwrap_err();
        assert_eq!(
            (refused.gap, refused.witness),
            (mandatum::powers::CoverageGap::NoSingleEntry, None)
        );
    }
}
