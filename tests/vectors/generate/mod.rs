//! The vectors, as tables of cases that differ from a default in one thing each. Everything is made
//! of fixed seeds through the public API, and edited by hand where no honest issuer makes it, so
//! the same files come out every time.

mod approvals;
mod arguments;
mod between;
mod budgets;
mod bytes;
mod chain;
mod covers;
mod decide;
mod file;
mod floors;
mod forge;
mod keys;
mod missions;
mod news;
mod order;
mod scene;
mod spending;

/// Every vector: the name of its file and its text.
pub(crate) fn all() -> Vec<(String, String)> {
    let calls = [
        bytes::cases(),
        chain::cases(),
        decide::cases(),
        arguments::cases(),
    ];
    let standing = [
        missions::cases(),
        order::cases(),
        spending::cases(),
        budgets::cases(),
        approvals::cases(),
        floors::cases(),
    ];
    let tables =
        calls
            .into_iter()
            .chain(standing)
            .chain([between::cases(), covers::cases(), keys::cases()]);
    tables
        .flatten()
        .map(|scene| (format!("{}.json", scene.name), scene.write()))
        .collect()
}
