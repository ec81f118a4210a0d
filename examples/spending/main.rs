//! Three systems with ceilings of 5 000.00, of 50 000.00 and of none: what a grant may be, what a
//! call may be, what all calls may come to, and who must sign before much is paid. Everything
//! printed is computed; the exit code is 1 if any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
