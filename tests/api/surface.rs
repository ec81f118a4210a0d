//! The public surface: each name of each public module, held against a file, so that no name comes
//! or goes unnoticed. With `MANDATUM_BLESS` set the file is written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Names that a server file imports beside ours: of `std`, its prelude included, and of crates for
/// HTTP and JSON.
const OTHERS: [&str; 45] = [
    "Any",
    "Arc",
    "Bound",
    "Box",
    "Bytes",
    "Client",
    "Command",
    "Context",
    "Display",
    "Duration",
    "Entry",
    "Error",
    "Event",
    "File",
    "Form",
    "Formatter",
    "Handle",
    "Host",
    "Instant",
    "Json",
    "Map",
    "Method",
    "Mutex",
    "Number",
    "Option",
    "Path",
    "Pattern",
    "Query",
    "Range",
    "Read",
    "Receiver",
    "Request",
    "Response",
    "Result",
    "Router",
    "Sender",
    "Service",
    "State",
    "Status",
    "StatusCode",
    "String",
    "Uri",
    "Url",
    "Value",
    "Write",
];

/// Names at the root, `bounds` and `format` among them: what a reader takes in on one page.
const MOST_AT_THE_ROOT: usize = 51;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The names that a file of a module exports.
fn exported(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let statements = code.split(';').map(str::trim);
    let uses = statements.filter_map(|statement| {
        // What comes before is an attribute, or a block that ends.
        let (_, tree) = statement.split_once("pub use ")?;
        Some(tree)
    });
    let mut names = BTreeSet::new();
    for tree in uses {
        let list = tree
            .split_once('{')
            .map_or(tree.rsplit("::").next().unwrap(), |(_, list)| {
                list.trim_end_matches('}')
            });
        let all = list.split(',').map(str::trim);
        names.extend(all.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    names
}

/// The public names of each public module, the root's under `mandatum`.
fn surface() -> BTreeMap<String, BTreeSet<String>> {
    let lib = std::fs::read_to_string(root().join("lib.rs")).unwrap();
    let modules = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut all: BTreeMap<String, BTreeSet<String>> = modules
        .map(|module| {
            let names = exported(&root().join(module).join("mod.rs"));
            (format!("mandatum::{module}"), names)
        })
        .collect();
    all.insert("mandatum".to_owned(), exported(&root().join("lib.rs")));
    all
}

#[test]
fn every_public_name_is_on_the_list() {
    let mut text = String::new();
    for (module, names) in surface() {
        writeln!(text, "{module}").unwrap();
        for name in names {
            writeln!(text, "  {name}").unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/surface.txt");
    if std::env::var_os("MANDATUM_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let listed = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, listed, "run the test with MANDATUM_BLESS=1 to accept");
}

#[test]
fn the_root_has_few_names_and_none_that_a_server_imports_from_elsewhere() {
    let surface = surface();
    let root = &surface["mandatum"];
    assert!(root.len() <= MOST_AT_THE_ROOT, "{} names", root.len());
    let twice: Vec<_> = root
        .iter()
        .filter(|name| OTHERS.contains(&name.as_str()))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn no_name_stands_for_two_things() {
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (module, names) in surface() {
        // The root names again what modules define.
        for name in names.into_iter().filter(|_| module != "mandatum") {
            modules.entry(name).or_default().push(module.clone());
        }
    }
    modules.retain(|_, modules| modules.len() > 1);
    assert!(modules.is_empty(), "{modules:?}");
}

/// Crates that we depend on. `time` has a feature of its own, and `serde`'s traits are implemented,
/// not taken.
const VENDORS: [&str; 7] = [
    "blake3",
    "curve25519_dalek",
    "data_encoding",
    "ed25519_dalek",
    "serde_json",
    "sha2",
    "thiserror",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
    found
}

/// The names that a file imports from a vendor.
fn vendor_names(code: &str) -> Vec<String> {
    let uses = code.split("use ").skip(1).filter_map(|rest| {
        let (tree, _) = rest.split_once(';')?;
        let vendor = tree.split("::").next()?;
        VENDORS.contains(&vendor).then_some(tree)
    });
    let names =
        uses.flat_map(|tree| tree.split(|char: char| !(char.is_alphanumeric() || char == '_')));
    // A derive of `thiserror` is no type.
    names
        .filter(|name| name.starts_with(char::is_uppercase) && *name != "Error")
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_public_signature_has_a_type_of_a_vendor() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join(" ");
        let names = vendor_names(&code);
        for rest in code.split("pub ").skip(1) {
            // Of a tuple struct a field counts that is public itself.
            let ends: &[char] = match rest.starts_with("struct ") {
                true => &['{', ';', '('],
                false => &['{', ';'],
            };
            let signature = rest.split(ends).next().unwrap_or_default();
            let words: Vec<&str> = signature
                .split(|char: char| !(char.is_alphanumeric() || char == '_'))
                .collect();
            let is_vendors =
                |word: &&&str| VENDORS.contains(*word) || names.iter().any(|name| name == **word);
            wrong.extend(
                words
                    .iter()
                    .find(is_vendors)
                    .map(|word| format!("{}: {word} in `pub {signature}`", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
