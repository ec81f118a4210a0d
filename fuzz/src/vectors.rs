//! Seeds from the decision vectors: every chain, call, notice, approval and ceiling that they hold.

use crate::seeds::Seeds;
use mandatum::json::JsonForm;
use mandatum::primitives::Value;
use mandatum::sign::Token;
use mandatum::{CallClaims, Chain, ExecutionProof};
use std::collections::BTreeMap;
use std::path::Path;

/// What the vectors hold, each by the name of the first vector that has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vectors {
    pub(crate) tokens: Seeds,
    pub(crate) proofs: Seeds,
    pub(crate) notices: Seeds,
    pub(crate) forms: Seeds,
    pub(crate) texts: Seeds,
}

pub(crate) fn vectors() -> Result<Vectors, Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.insert(name, Value::from_json(&std::fs::read_to_string(path)?)?);
        }
    }
    let mut vectors = Vectors::default();
    for (name, vector) in &files {
        vectors.add(name, vector);
    }
    Ok(vectors)
}

impl Vectors {
    fn add(&mut self, name: &str, vector: &Value) {
        let chain = text(get(vector, &["chain"]));
        let signed = text(get(vector, &["presenter", "signed"]));
        let read = chain.and_then(|chain| Chain::from_text(chain).ok());
        let call = signed.and_then(|signed| Token::<CallClaims>::from_text(signed).ok());
        if let (Some(chain), Some(call)) = (&read, &call) {
            keep(
                &mut self.proofs,
                name,
                ExecutionProof::new(chain.clone(), call.clone()).to_bytes(),
            );
        }
        if let Some(chain) = read {
            keep(&mut self.tokens, name, chain.to_bytes());
        }
        for text in [chain, signed].into_iter().flatten() {
            keep(&mut self.texts, name, text.as_bytes().to_vec());
        }
        for notice in list(get(vector, &["notices"]))
            .iter()
            .filter_map(|notice| text(Some(notice)))
        {
            if let Ok(notice) = mandatum::Notice::from_text(notice) {
                keep(&mut self.notices, name, notice.as_bytes().to_vec());
            }
        }
        for approval in list(get(vector, &["approvals"]))
            .iter()
            .filter_map(|approval| text(Some(approval)))
        {
            if let Ok(approval) = Token::<mandatum::claims::Approval>::from_text(approval) {
                keep(&mut self.tokens, name, approval.as_bytes().to_vec());
            }
        }
        for anchor in list(get(vector, &["verifier", "anchors"])) {
            if let Some(ceiling) = get(anchor, &["ceiling"]) {
                keep(&mut self.forms, name, ceiling.to_json().into_bytes());
            }
        }
        if let Some(arguments) = get(vector, &["call", "args"]) {
            keep(&mut self.forms, name, arguments.to_json().into_bytes());
        }
    }
}

/// Keeps what no vector before had.
fn keep(seeds: &mut Seeds, name: &str, seed: Vec<u8>) {
    if !seeds.iter().any(|(_, known)| *known == seed) {
        seeds.push((name.to_owned(), seed));
    }
}

fn get<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Map(map) => map.get(*name),
        _ => None,
    })
}

fn text(value: Option<&Value>) -> Option<&str> {
    match value {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}
