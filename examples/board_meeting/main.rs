//! A research agent works for the CFO until the board has decided; its mandates would be valid for
//! four hours more. Everything printed is computed; the exit code is 1 if any verdict is not the
//! one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
