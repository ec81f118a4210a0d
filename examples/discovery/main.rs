//! An agent finds out what it needs while it works: it starts with nothing, gets the least powers
//! for each step, and asks for what is beyond them. Everything printed is computed; the exit code
//! is 1 if any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
