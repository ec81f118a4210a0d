//! An incident agent may read a database while a ticket is open, and reads no more when it is
//! closed; its other powers stay. Everything printed is computed; the exit code is 1 if any verdict
//! is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
