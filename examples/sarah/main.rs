//! One person, five systems that each know her by another name, three owners, one mission.
//! Everything printed is computed; the exit code is 1 if any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
