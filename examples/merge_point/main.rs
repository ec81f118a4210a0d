//! Branches of one piece of work come together: what the merge point may do, when it opens and who
//! can open it, what becomes of stragglers, and why two half-sufficient chains stay two halves.
//! Everything printed is computed; the exit code is 1 if any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
