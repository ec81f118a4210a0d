//! A case file as it is written, its fields in the order in which people read them.

use mandatum::json::JsonForm;
use mandatum::primitives::{Arguments, Value};
use mandatum::{Action, Call, CallId};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a vector says it expects.
#[derive(Clone, Serialize)]
pub(crate) struct Expect {
    pub(crate) decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) charges: Vec<Box<RawValue>>,
}

/// How the verifier of a case is configured.
#[derive(Serialize)]
pub(crate) struct Verifier {
    pub(crate) anchors: Vec<AnchorForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) leeway: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_call_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grants: Option<Grants>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asserted_up_to: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tools: BTreeMap<String, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) floors: Option<Box<RawValue>>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Grants {
    Any(&'static str),
    Only(&'static [&'static str]),
}

#[derive(Serialize)]
pub(crate) struct AnchorForm {
    pub(crate) issuer: String,
    pub(crate) keys: Vec<KeyForm>,
    pub(crate) ceiling: Box<RawValue>,
    pub(crate) max_lifetime: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) systems: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum KeyForm {
    InService(String),
    Retired {
        key: String,
        roots_issued_before: u64,
    },
    Revoked {
        key: String,
        revoked: bool,
    },
}

/// The call as the server sees it.
#[derive(Clone, Serialize)]
pub(crate) struct CallForm {
    pub(crate) id: String,
    pub(crate) tool: String,
    pub(crate) args: Box<RawValue>,
    /// What the verifier's table of tools says of it.
    #[serde(skip)]
    pub(crate) effect: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct PresenterForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asserted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) leaf: Option<String>,
}

/// A ledger that the server is attached to, as it is before the call.
#[derive(Clone, Default, Serialize)]
pub(crate) struct Ledger {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) charges: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) calls: Vec<Decided>,
}

/// A call that a ledger has decided before.
#[derive(Clone, Serialize)]
pub(crate) struct Decided {
    pub(crate) leaf: String,
    pub(crate) id: String,
    pub(crate) request: String,
    pub(crate) outcome: &'static str,
}

/// What the host observed, and when.
#[derive(Clone, Serialize)]
pub(crate) struct Fact {
    pub(crate) value: Box<RawValue>,
    pub(crate) at: u64,
    pub(crate) open_to: Vec<&'static str>,
}

/// The whole file.
#[derive(Serialize)]
pub(crate) struct File {
    pub(crate) expect: Expect,
    pub(crate) description: String,
    pub(crate) now: u64,
    pub(crate) audience: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) system: Option<&'static str>,
    pub(crate) verifier: Verifier,
    pub(crate) chain: String,
    pub(crate) call: CallForm,
    pub(crate) presenter: PresenterForm,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) facts: BTreeMap<&'static str, Fact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notices: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) approvals: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) ledgers: BTreeMap<&'static str, Ledger>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<Before>,
}

/// The same call, signed and decided earlier.
#[derive(Clone, Serialize)]
pub(crate) struct Before {
    pub(crate) now: u64,
    pub(crate) signed: String,
}

impl CallForm {
    pub(crate) fn to_call(&self) -> Call {
        let Ok(Value::Map(arguments)) = Value::from_json(self.args.get()) else {
            panic!("not arguments")
        };
        let arguments = Arguments::new(arguments).expect("arguments within bounds");
        let effect = self
            .effect
            .map(|effect| effect.parse().expect("an effect"))
            .unwrap_or_default();
        let action = Action {
            tool: self.tool.parse().expect("a tool"),
            arguments,
            effect,
        };
        Call::new(self.id.parse::<CallId>().expect("an id"), action)
    }
}

/// JSON as it was written.
pub(crate) fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap_or_else(|error| panic!("{json}: {error}"))
}
