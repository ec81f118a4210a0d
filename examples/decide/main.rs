//! Decides a case: `cargo run --example decide -- CASE.json` prints the decision as one line of
//! JSON, `--explain` every check for people. Exit code 0 whatever the decision; 2 and one line on
//! standard error for a case that can't be read.

mod case;

use case::Case;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(output) => {
            print!("{output}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let (flags, files): (Vec<String>, Vec<String>) =
        arguments.partition(|argument| argument.starts_with("--"));
    let explain = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--explain" => true,
        _ => return Err("usage: decide [--explain] CASE.json".into()),
    };
    let [file] = files.as_slice() else {
        return Err("usage: decide [--explain] CASE.json".into());
    };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let case = Case::read(&text).map_err(|error| format!("{file}: {error}"))?;
    let decision = case.decide();
    Ok(if explain {
        format!("{}{}\n", case.explain(), decision.sentence())
    } else {
        format!("{}\n", decision.to_json())
    })
}
