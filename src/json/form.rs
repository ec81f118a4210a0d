use super::error::JsonError;
use super::text;
use crate::primitives::Value;

/// Things with a JSON form. The form is defined over [`Value`], so numbers are exact and duplicate
/// keys are refused; bytes are `{"$bytes": "<base64url>"}`.
///
/// ```
/// use mandatum::json::JsonForm;
/// use mandatum::primitives::Value;
/// use mandatum::Capability;
/// let text = r#"{"tool":"pay","effect":"irreversible","args":{"amount":{"range":{"max":5000.10}}}}"#;
/// let capability = Capability::from_json(text)?;
/// assert_eq!(capability.to_string(), "pay(amount ≤ 5000.1) up to irreversible");
/// assert_eq!(Capability::from_json(&capability.to_json())?, capability);
///
/// let twice = Value::from_json(r#"{"a": {"b": 1, "b": 2}}"#).unwrap_err();
/// assert_eq!(twice.to_string(), "at `/a`: key `b` appears twice");
/// # Ok::<(), mandatum::json::JsonError>(())
/// ```
pub trait JsonForm: Sized {
    /// The form as a value.
    fn to_value(&self) -> Value;

    /// Reads the form from a value.
    ///
    /// # Errors
    /// [`JsonError`], with the place and what is wrong there.
    fn from_value(value: &Value) -> Result<Self, JsonError>;

    /// The form as JSON text, in one line.
    fn to_json(&self) -> String {
        text::write(&self.to_value())
    }

    /// Reads JSON text.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value); also for text that is not JSON, repeats a key, has a
    /// number that is not exact here, or is larger or deeper than may be read.
    fn from_json(text: &str) -> Result<Self, JsonError> {
        Self::from_value(&text::read(text)?)
    }
}

impl JsonForm for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }

    fn from_value(value: &Value) -> Result<Self, JsonError> {
        Ok(value.clone())
    }
}
