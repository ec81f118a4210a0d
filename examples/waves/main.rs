//! An investigation begins with 37 tools and ends with none, wave by wave, while the mandates of
//! every agent stay valid until the evening. Everything printed is computed; the exit code is 1 if
//! any verdict is not the one expected.

#[path = "../stage/mod.rs"]
mod stage;
mod story;

use std::process::ExitCode;

fn main() -> stage::Result<ExitCode> {
    let told = story::tell()?;
    let shown = stage::show(&told.story)?;
    Ok(if told.counted.iter().all(story::Counted::as_expected) {
        shown
    } else {
        ExitCode::FAILURE
    })
}
