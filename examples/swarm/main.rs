//! Ten thousand agents that live for a minute, from several threads, on one budget that is spent to
//! the last cent and not one more, until one notice ends them all. Everything printed is computed,
//! the speed is this machine's; the exit code is 1 if any verdict or sum is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

use std::process::ExitCode;
use std::time::Instant;

#[expect(
    clippy::disallowed_methods,
    reason = "an example is a host, and hosts have clocks"
)]
fn main() -> stage::Result<ExitCode> {
    let begun = Instant::now();
    let told = story::tell(10_000, 4, &|| begun.elapsed())?;
    let shown = stage::show(&told.story)?;
    Ok(if told.as_expected() {
        shown
    } else {
        ExitCode::FAILURE
    })
}
