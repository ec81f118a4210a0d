//! A story on a terminal.

use super::telling::{Event, Story, clock};
use std::io;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Shows the story, with colours on a terminal. The exit code is 1 if any verdict is not the one
/// expected.
pub(crate) fn show(story: &Story) -> io::Result<ExitCode> {
    let colours = Colours {
        on: io::stdout().is_terminal(),
    };
    let mut out = io::stdout().lock();
    for scene in &story.scenes {
        writeln!(out, "\n{}", colours.bold(scene.title))?;
        for event in &scene.events {
            match event {
                Event::Fact(fact) => writeln!(out, "  {fact}")?,
                Event::Attempt(attempt) => {
                    let verdict = if attempt.is_permitted() {
                        colours.green("PERMIT")
                    } else {
                        colours.red("DENY  ")
                    };
                    let surprise = if attempt.as_expected() {
                        ""
                    } else {
                        "   <-- NOT AS EXPECTED"
                    };
                    writeln!(
                        out,
                        "  {} {verdict} {}{surprise}",
                        clock(attempt.when),
                        attempt.what
                    )?;
                    writeln!(out, "                  {}", colours.dim(&attempt.why()))?;
                }
            }
        }
    }
    let attempts: Vec<_> = story.attempts().collect();
    let denied = attempts
        .iter()
        .filter(|attempt| !attempt.is_permitted())
        .count();
    let through = attempts
        .iter()
        .filter(|attempt| !attempt.is_permitted() && attempt.token_permits)
        .count();
    let surprises = attempts
        .iter()
        .filter(|attempt| !attempt.as_expected())
        .count();
    writeln!(out, "\n{}", colours.bold("In the end"))?;
    writeln!(
        out,
        "  {} attempts, {denied} denied; a bearer token with scopes would have let {through} of those through.",
        attempts.len()
    )?;
    writeln!(out, "  verdicts not as expected: {surprises}\n")?;
    Ok(if surprises == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

struct Colours {
    on: bool,
}

impl Colours {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn green(&self, text: &str) -> String {
        self.paint("32", text)
    }

    fn red(&self, text: &str) -> String {
        self.paint("31", text)
    }
}
