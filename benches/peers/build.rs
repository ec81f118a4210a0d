//! Tells the benchmark which versions it is built with, from the workspace's `Cargo.lock`.

use std::collections::BTreeMap;

const LOCK: &str = "../../Cargo.lock";

fn main() {
    println!("cargo:rerun-if-changed={LOCK}");
    println!("cargo:rerun-if-changed=build.rs");
    let lock = std::fs::read_to_string(LOCK).expect("the workspace has a Cargo.lock");
    let packages: Vec<Package> = lock
        .split("[[package]]")
        .skip(1)
        .map(Package::read)
        .collect();
    let own = packages
        .iter()
        .find(|package| package.name == "mandatum-peers")
        .expect("this package is in it");
    for dependency in &own.dependencies {
        let package = find(&packages, dependency);
        let dalek = package
            .dependencies
            .iter()
            .find(|name| name.starts_with("ed25519-dalek"));
        let with =
            dalek.map(|dalek| format!(" (ed25519-dalek {})", find(&packages, dalek).version));
        let variable = format!("VERSION_{}", package.name.to_uppercase().replace('-', "_"));
        println!(
            "cargo:rustc-env={variable}={} {}{}",
            package.name,
            package.version,
            with.unwrap_or_default()
        );
    }
    let compiler = std::process::Command::new(std::env::var_os("RUSTC").expect("Cargo says"));
    println!("cargo:rustc-env=VERSION_RUSTC={}", output(compiler));
}

fn output(mut compiler: std::process::Command) -> String {
    let said = compiler
        .arg("--version")
        .output()
        .expect("the compiler runs")
        .stdout;
    String::from_utf8(said)
        .expect("it is text")
        .trim()
        .to_owned()
}

struct Package {
    name: String,
    version: String,
    dependencies: Vec<String>,
}

impl Package {
    fn read(text: &str) -> Self {
        let text = text.split("\n[").next().unwrap_or_default();
        let fields: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .collect();
        let field = |name| {
            fields
                .get(name)
                .map(|value: &&str| value.trim_matches('"').to_owned())
                .unwrap_or_default()
        };
        let dependencies = text
            .lines()
            .filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\","));
        Self {
            name: field("name"),
            version: field("version"),
            dependencies: dependencies.map(str::to_owned).collect(),
        }
    }
}

/// A dependency is named by its name, with its version where there is more than one.
fn find<'p>(packages: &'p [Package], dependency: &str) -> &'p Package {
    let mut words = dependency.split(' ');
    let (name, version) = (words.next().unwrap_or_default(), words.next());
    let is_it = |package: &&Package| {
        package.name == name && version.is_none_or(|version| package.version == version)
    };
    packages
        .iter()
        .find(is_it)
        .expect("each dependency is in Cargo.lock")
}
