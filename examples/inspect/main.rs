//! Shows any token of ours for people: `cargo run --example inspect -- TOKEN`, where TOKEN is its text form, the name of a file
//! with its text or bytes, or `-` for standard input; `--json` for machines. It verifies nothing, and says so.

mod tree;

use mandatum::{CallClaims, Chain, Child, CodecError, ExecutionProof, JsonForm, Root, Token, Value};
use std::io::Read;
use std::process::ExitCode;
use tree::Shown;

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
    let usage = || "usage: inspect [--json] TOKEN | FILE | -".to_owned();
    let (flags, inputs): (Vec<String>, Vec<String>) = arguments.partition(|argument| argument.starts_with("--"));
    let json = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--json" => true,
        _ => return Err(usage()),
    };
    let [input] = inputs.as_slice() else { return Err(usage()) };
    let bytes = token_bytes(read_input(input)?);
    let shown = decode(&bytes).map_err(|error| format!("not a token of ours: {error}"))?;
    Ok(if json { format!("{}\n", shown.to_value().to_json()) } else { shown.to_text() })
}

fn read_input(input: &str) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    if input == "-" {
        std::io::stdin().read_to_end(&mut content).map_err(|error| error.to_string())?;
        return Ok(content);
    }
    match std::fs::read(input) {
        Ok(file) => Ok(file),
        Err(_) => Ok(input.as_bytes().to_vec()),
    }
}

/// The token's bytes, whether the input is its text or the bytes themselves.
fn token_bytes(input: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&input);
    let quoted = Value::from(text.trim()).to_json();
    match Value::from_json(&format!("{{\"$bytes\":{quoted}}}")) {
        Ok(Value::Bytes(bytes)) => bytes,
        _ => input,
    }
}

/// The kind of token the bytes are; if none, the error of the kind that got furthest.
fn decode(bytes: &[u8]) -> Result<Shown, CodecError> {
    ExecutionProof::from_bytes(bytes)
        .map(Shown::Proof)
        .or_else(further(|| Chain::from_bytes(bytes).map(Shown::Chain)))
        .or_else(further(|| Token::<Root>::from_bytes(bytes).map(|root| Shown::Chain(root.into()))))
        .or_else(further(|| Token::<Child>::from_bytes(bytes).map(Shown::Child)))
        .or_else(further(|| Token::<CallClaims>::from_bytes(bytes).map(Shown::Call)))
}

/// Tries another kind; of two errors the one that is further into the bytes tells more.
fn further(
    attempt: impl FnOnce() -> Result<Shown, CodecError>,
) -> impl FnOnce(CodecError) -> Result<Shown, CodecError> {
    move |before| attempt().map_err(|now| if now.at > before.at { now } else { before })
}
