//! The quick start: the same in the README and on the front page of the docs.

/// The first block of Rust code, without the marks of comments.
fn first_block(text: &str, mark: &str, opening: &str) -> String {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix(mark))
        .map(|line| {
            line.strip_prefix(' ')
                .filter(|_| !mark.is_empty())
                .unwrap_or(line)
        });
    lines
        .skip_while(|line| *line != opening)
        .skip(1)
        .take_while(|line| *line != "```")
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn the_quick_start_is_the_same_in_the_readme_and_in_the_docs() {
    let readme = first_block(include_str!("../../README.md"), "", "```rust");
    let docs = first_block(include_str!("../../src/lib.rs"), "//!", "```");
    assert!(readme.contains("guard.run("), "{readme}");
    assert_eq!(readme, docs);
}
