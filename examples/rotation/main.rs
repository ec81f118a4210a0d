//! A mission is cancelled in the afternoon; at three in the morning the vault rotates the agent's
//! key, as it does every night. Everything printed is computed; the exit code is 1 if any verdict
//! is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
