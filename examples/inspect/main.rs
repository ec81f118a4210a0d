//! Shows any token of ours for people: `cargo run --example inspect -- TOKEN`, where TOKEN is its
//! text form, the name of a file with its text or bytes, or `-` for standard input; `--json` for
//! machines. It verifies nothing, and states so.

mod news;
mod record;
mod tree;

use data_encoding::BASE64URL_NOPAD;
use mandatum::claims::{Approval, Child, Receipt};
use mandatum::codec::CodecError;
use mandatum::json::JsonForm;
use mandatum::sign::Token;
use mandatum::{CallClaims, Chain, ExecutionProof, Notice, Root};
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
    let (flags, inputs): (Vec<String>, Vec<String>) =
        arguments.partition(|argument| argument.starts_with("--"));
    let json = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--json" => true,
        _ => return Err(usage()),
    };
    let [input] = inputs.as_slice() else {
        return Err(usage());
    };
    let bytes = read_input(input)?;
    let shown = decode(&bytes).map_err(|error| format!("not a token of ours: {error}"))?;
    Ok(if json {
        format!("{}\n", shown.to_value(bytes.len()).to_json())
    } else {
        shown.to_text(bytes.len())
    })
}

/// The token's bytes: from standard input, from a file, or spelled right there.
fn read_input(input: &str) -> Result<Vec<u8>, String> {
    if input == "-" {
        let mut content = Vec::new();
        std::io::stdin()
            .read_to_end(&mut content)
            .map_err(|error| error.to_string())?;
        return Ok(from_text(&content).unwrap_or(content));
    }
    match std::fs::read(input) {
        Ok(content) => Ok(from_text(&content).unwrap_or(content)),
        Err(_) => from_text(input.as_bytes())
            .ok_or_else(|| "neither a file nor the text of a token".to_owned()),
    }
}

/// The bytes behind the text form of a token, if it is one.
fn from_text(text: &[u8]) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.trim_ascii()).ok()
}

/// The kind of token the bytes are; if none, the error of the kind that got furthest.
fn decode(bytes: &[u8]) -> Result<Shown, CodecError> {
    ExecutionProof::from_bytes(bytes)
        .map(Shown::Proof)
        .or_else(further(|| Chain::from_bytes(bytes).map(Shown::Chain)))
        .or_else(further(|| {
            Token::<Root>::from_bytes(bytes).map(|root| Shown::Chain(root.into()))
        }))
        .or_else(further(|| {
            Token::<Child>::from_bytes(bytes).map(Shown::Child)
        }))
        .or_else(further(|| {
            Token::<CallClaims>::from_bytes(bytes).map(Shown::Call)
        }))
        .or_else(further(|| Notice::from_bytes(bytes).map(Shown::Notice)))
        .or_else(further(|| {
            Token::<Approval>::from_bytes(bytes).map(Shown::Approval)
        }))
        .or_else(further(|| {
            Token::<Receipt>::from_bytes(bytes).map(Shown::Receipt)
        }))
}

/// Tries another kind; of two errors the one that is further into the bytes tells more.
fn further(
    attempt: impl FnOnce() -> Result<Shown, CodecError>,
) -> impl FnOnce(CodecError) -> Result<Shown, CodecError> {
    move |before| attempt().map_err(|now| if now.at > before.at { now } else { before })
}
