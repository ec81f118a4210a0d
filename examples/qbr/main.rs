//! A quarterly business review, told in the terminal: who grants what, what each agent holds, and
//! what becomes of every call, honest or not, until the review is delivered and nothing runs any
//! more. Everything printed is computed; the exit code is 1 if any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

fn main() -> stage::Result<std::process::ExitCode> {
    Ok(stage::show(&story::tell()?)?)
}
