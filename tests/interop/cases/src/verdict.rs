//! The library's verdict on a case, as vectors say what they expect.

use crate::case::{Case, Decision};
use mandatum::json::JsonForm;
use mandatum::primitives::Value;
use std::collections::BTreeMap;

/// The verdict. A case that can't be read has the decision `unreadable`.
pub(crate) fn of(text: &str) -> Value {
    let verdict: BTreeMap<String, Value> = match Case::read(text).map(|case| case.decide()) {
        Err(_) => [("decision".into(), "unreadable".into())].into(),
        Ok(Decision::Permit(permit)) => {
            let charges: Vec<Value> = permit.charges().iter().map(JsonForm::to_value).collect();
            let until = i64::try_from(permit.valid_until().as_unix()).expect("a time");
            let mut verdict: BTreeMap<String, Value> = [
                ("decision".into(), "permit".into()),
                ("valid_until".into(), until.into()),
            ]
            .into();
            if !charges.is_empty() {
                verdict.insert("charges".into(), Value::List(charges));
            }
            verdict
        }
        Ok(Decision::Deny(denial)) => {
            let mut verdict: BTreeMap<String, Value> = [
                ("decision".into(), "deny".into()),
                ("code".into(), denial.code().as_str().into()),
            ]
            .into();
            if let Some(link) = denial.place().link() {
                verdict.insert("link".into(), link.into());
            }
            if let Some(outcome) = denial.recorded() {
                verdict.insert("outcome".into(), outcome.as_str().into());
            }
            verdict
        }
    };
    Value::Map(verdict)
}

/// What a permitted call is charged.
pub(crate) fn charges(text: &str) -> Option<Vec<Value>> {
    let Ok(Decision::Permit(permit)) = Case::read(text).map(|case| case.decide()) else {
        return None;
    };
    Some(permit.charges().iter().map(JsonForm::to_value).collect())
}

/// What it comes to, in a word: `permit`, or the code of a denial.
pub(crate) fn word(verdict: &Value) -> String {
    let Value::Map(verdict) = verdict else {
        return String::new();
    };
    let word = verdict
        .get("code")
        .or(verdict.get("decision"))
        .and_then(Value::as_text);
    word.unwrap_or_default().to_owned()
}
